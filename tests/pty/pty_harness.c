#include "pty_harness.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>
#include <vterm.h>

#include "pty_leader.h"

enum { ROW_BYTES = PTY_MAX_COLUMNS * 24 + 1, MAX_LOG_BYTES = 8 << 20, SETTLE_DEADLINE_MS = 20000 };

struct pty {
	int master, slave; /* the slave is held, so that its modes can be read after the program's end */
	pid_t leader, program;
	int reports, commands; /* pipes from and to the leader */
	bool closed, ended, stopped, unread;
	int status;
	int columns, rows;
	struct termios before;
	VTerm *vt;
	VTermScreen *screen;
	bool alternate, cursor_seen;
	int mouse;
	char *log;
	size_t n_log, mark;
	char part[4]; /* of a character whose end was not read yet */
	size_t n_part;
	bool held;          /* between the words that begin and end a large frame */
	size_t n_hold_word; /* so much of one of them has come */
	char row[ROW_BYTES];
};

/* ---- the emulator
 * ------------------------------------------------------------------------------------------ */

static int on_property(VTermProp property, VTermValue *value, void *user)
{
	pty *terminal = user;
	if (property == VTERM_PROP_ALTSCREEN)
		terminal->alternate = value->boolean;
	if (property == VTERM_PROP_CURSORVISIBLE)
		terminal->cursor_seen = value->boolean;
	if (property == VTERM_PROP_MOUSE)
		terminal->mouse = value->number;
	return 1;
}

static void make_emulator(pty *terminal)
{
	static VTermScreenCallbacks callbacks = {.settermprop = on_property};
	terminal->vt = vterm_new(terminal->rows, terminal->columns);
	vterm_set_utf8(terminal->vt, 1);
	terminal->screen = vterm_obtain_screen(terminal->vt);
	vterm_screen_set_callbacks(terminal->screen, &callbacks, terminal);
	vterm_screen_enable_altscreen(terminal->screen, 1);
	vterm_screen_reset(terminal->screen, 1);
	terminal->cursor_seen = true;
}

static void take_report(pty *terminal)
{
	int message[2];
	if (read(terminal->reports, message, sizeof message) != (ssize_t)sizeof message)
		fail_msg("the leader of the session is gone");
	if (message[1] == 0) {
		terminal->program = message[0];
	} else if (WIFSTOPPED(message[0])) {
		terminal->stopped = true;
	} else {
		terminal->ended = true;
		terminal->status = message[0];
	}
}

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Bytes at the end that begin a character and do not end it; 0: it is whole. */
static size_t unfinished(const char *bytes, size_t n)
{
	for (size_t back = 1; back <= 3 && back <= n; back++) {
		unsigned char c = (unsigned char)bytes[n - back];
		size_t length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
		if ((c & 0xC0) != 0x80)
			return length > back ? back : 0;
	}
	return 0;
}

/* The emulator loses a character whose bytes come in two writes, where ASCII stands before it in the first: it
 * gets whole ones. */
static void show(pty *terminal, const char *bytes, size_t n)
{
	char joined[65536 + sizeof terminal->part];
	memcpy(joined, terminal->part, terminal->n_part);
	memcpy(joined + terminal->n_part, bytes, n);
	n += terminal->n_part;
	terminal->n_part = unfinished(joined, n);
	n -= terminal->n_part;
	memcpy(terminal->part, joined + n, terminal->n_part);
	vterm_input_write(terminal->vt, joined, n);
}

/* Terminals that can hold a large frame back show it whole: so do we. */
static void note_hold(pty *terminal, const char *bytes, size_t n)
{
	static const char word[] = "\033[?2026";
	for (size_t i = 0; i < n; i++) {
		if (terminal->n_hold_word == sizeof word - 1) {
			terminal->held = bytes[i] == 'h';
			terminal->n_hold_word = 0;
		} else {
			bool goes_on = bytes[i] == word[terminal->n_hold_word];
			terminal->n_hold_word = goes_on ? terminal->n_hold_word + 1 : bytes[i] == word[0];
		}
	}
}

static void receive(pty *terminal)
{
	char bytes[65536];
	ssize_t n = read(terminal->master, bytes, sizeof bytes);
	if (n <= 0)
		return;
	if (terminal->n_log + (size_t)n > MAX_LOG_BYTES) {
		terminal->n_log = 0; /* what is measured between marks is far smaller */
		terminal->mark = 0;
	}
	memcpy(terminal->log + terminal->n_log, bytes, (size_t)n);
	terminal->n_log += (size_t)n;
	note_hold(terminal, bytes, (size_t)n);
	show(terminal, bytes, (size_t)n);
	char answer[4096];
	size_t n_answer = vterm_output_read(terminal->vt, answer, sizeof answer);
	if (n_answer > 0 && write(terminal->master, answer, n_answer) < 0)
		return;
}

/* Waits at most that long for something to happen; false: nothing did. */
static bool pump(pty *terminal, int timeout_ms)
{
	struct pollfd fds[] = {
		{.fd = terminal->closed || terminal->unread ? -1 : terminal->master, .events = POLLIN},
		{.fd = terminal->reports, .events = POLLIN},
	};
	int n = poll(fds, 2, timeout_ms);
	if (n <= 0)
		return false;
	if (fds[0].revents)
		receive(terminal);
	if (fds[1].revents)
		take_report(terminal);
	return true;
}

/* ---- starting and ending
 * ----------------------------------------------------------------------------------- */

pty *pty_start(const pty_options *options)
{
	pty *terminal = calloc(1, sizeof *terminal);
	int reports[2], commands[2];
	assert_non_null(terminal);
	terminal->log = malloc(MAX_LOG_BYTES);
	assert_non_null(terminal->log);
	terminal->columns = options->columns ? options->columns : 80;
	terminal->rows = options->rows ? options->rows : 24;
	terminal->unread = options->unread;
	make_emulator(terminal);
	struct winsize size = {
		.ws_col = (unsigned short)terminal->columns, .ws_row = (unsigned short)terminal->rows};
	assert_int_equal(openpty(&terminal->master, &terminal->slave, NULL, NULL, &size), 0);
	assert_int_equal(tcgetattr(terminal->slave, &terminal->before), 0);
	fcntl(terminal->master, F_SETFD, FD_CLOEXEC);
	fcntl(terminal->slave, F_SETFD, FD_CLOEXEC);
	assert_int_equal(pipe2(reports, O_CLOEXEC), 0);
	assert_int_equal(pipe2(commands, O_CLOEXEC), 0);
	fflush(NULL);
	terminal->leader = fork();
	assert_true(terminal->leader >= 0);
	if (terminal->leader == 0) {
		close(terminal->master);
		close(reports[0]);
		close(commands[1]);
		if (login_tty(terminal->slave) != 0)
			_exit(126);
		pty_lead(options, reports[1], commands[0]);
	}
	close(reports[1]);
	close(commands[0]);
	terminal->reports = reports[0];
	terminal->commands = commands[1];
	while (terminal->program == 0)
		take_report(terminal);
	return terminal;
}

void pty_end(pty *terminal)
{
	if (!terminal)
		return;
	if (!terminal->ended) {
		kill(terminal->program, SIGKILL);
		kill(terminal->program, SIGCONT);
	}
	if (!terminal->closed)
		close(terminal->master);
	close(terminal->slave);
	close(terminal->commands);
	kill(terminal->leader, SIGKILL);
	waitpid(terminal->leader, NULL, 0);
	close(terminal->reports);
	vterm_free(terminal->vt);
	free(terminal->log);
	free(terminal);
}

pid_t pty_program(const pty *terminal)
{
	return terminal->program;
}

void pty_type(pty *terminal, const char *bytes)
{
	assert_int_equal(write(terminal->master, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
}

void pty_mouse(pty *terminal, int button, int x, int y, bool release)
{
	char bytes[40];
	snprintf(bytes, sizeof bytes, "\033[<%d;%d;%d%c", button, x + 1, y + 1, release ? 'm' : 'M');
	pty_type(terminal, bytes);
}

void pty_resize(pty *terminal, int columns, int rows)
{
	struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};
	terminal->columns = columns;
	terminal->rows = rows;
	vterm_set_size(terminal->vt, rows, columns);
	assert_int_equal(ioctl(terminal->master, TIOCSWINSZ, &size), 0);
}

void pty_lose_content(pty *terminal)
{
	vterm_set_size(terminal->vt, 1, 1);
	vterm_set_size(terminal->vt, terminal->rows, terminal->columns);
	pty_signal(terminal, SIGWINCH);
}

void pty_signal(pty *terminal, int number)
{
	assert_int_equal(kill(terminal->program, number), 0);
}

void pty_close(pty *terminal)
{
	close(terminal->master);
	terminal->closed = true;
}

void pty_stop_reading(pty *terminal)
{
	terminal->unread = true;
}

static bool has_unread(pty *terminal, void *context)
{
	int n = 0;
	(void)context;
	return ioctl(terminal->master, FIONREAD, &n) == 0 && n > 0;
}

void pty_wait_for_unread(pty *terminal)
{
	pty_wait_until(terminal, has_unread, NULL, "output of the program");
}

void pty_read_again(pty *terminal)
{
	terminal->unread = false;
}

/* ---- what the screen shows
 * --------------------------------------------------------------------------------- */

static size_t encode(uint32_t code, char *out)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = n; i-- > 1; code >>= 6)
		out[i] = (char)(0x80 | (code & 0x3F));
	out[0] = (char)(code | (n == 2 ? 0xC0 : n == 3 ? 0xE0 : 0xF0));
	return n;
}

const char *pty_row(pty *terminal, int row)
{
	size_t n = 0, end = 0;
	for (int x = 0; row >= 0 && row < terminal->rows && x < terminal->columns && x < PTY_MAX_COLUMNS; x++) {
		VTermScreenCell cell;
		VTermPos at = {.row = row, .col = x};
		vterm_screen_get_cell(terminal->screen, at, &cell);
		if (cell.chars[0] == (uint32_t)-1)
			continue; /* the right half of a wide character */
		uint32_t glyph = cell.chars[0] ? cell.chars[0] : ' ';
		n += encode(glyph, terminal->row + n);
		if (glyph != ' ')
			end = n;
	}
	terminal->row[end] = '\0';
	return terminal->row;
}

bool pty_find(pty *terminal, const char *text, int *x, int *y)
{
	for (int row = 0; row < terminal->rows; row++) {
		const char *line = pty_row(terminal, row), *found = strstr(line, text);
		if (!found)
			continue;
		*y = row;
		*x = 0;
		for (; line < found; line++)
			*x += (*line & 0xC0) != 0x80;
		return true;
	}
	return false;
}

bool pty_shows(pty *terminal, const char *text)
{
	int x, y;
	return pty_find(terminal, text, &x, &y);
}

static void dump(pty *terminal)
{
	fprintf(stderr, "the screen, %d x %d%s:\n", terminal->columns, terminal->rows,
		terminal->ended ? ", the program has ended" : "");
	for (int row = 0; row < terminal->rows; row++)
		fprintf(stderr, "|%s\n", pty_row(terminal, row));
}

void pty_wait_until(pty *terminal, pty_condition *condition, void *context, const char *what)
{
	int64_t deadline = now_ms() + PTY_DEADLINE_MS;
	while ((terminal->held && !terminal->ended) || !condition(terminal, context)) {
		int64_t left = deadline - now_ms();
		bool quiet = !pump(terminal, left < 0 ? 0 : left < 100 ? (int)left : 100);
		if (left <= 0 || (terminal->ended && quiet && !condition(terminal, context))) {
			dump(terminal);
			fail_msg("%s: waited in vain", what);
		}
	}
}

static bool shows(pty *terminal, void *context)
{
	return pty_shows(terminal, context);
}

static bool shows_not(pty *terminal, void *context)
{
	return !pty_shows(terminal, context);
}

void pty_wait_for(pty *terminal, const char *text)
{
	pty_wait_until(terminal, shows, (void *)(uintptr_t)text, text);
}

void pty_wait_until_gone(pty *terminal, const char *text)
{
	pty_wait_until(terminal, shows_not, (void *)(uintptr_t)text, text);
}

void pty_settle_for(pty *terminal, int quiet_ms)
{
	int64_t deadline = now_ms() + SETTLE_DEADLINE_MS;
	while (now_ms() < deadline && pump(terminal, quiet_ms))
		;
}

void pty_settle(pty *terminal)
{
	pty_settle_for(terminal, PTY_QUIET_MS);
}

static int colour_of(const VTermColor *colour, bool foreground, pty_colour_kind *kind)
{
	if (foreground ? VTERM_COLOR_IS_DEFAULT_FG(colour) : VTERM_COLOR_IS_DEFAULT_BG(colour)) {
		*kind = PTY_DEFAULT;
		return -1;
	}
	if (VTERM_COLOR_IS_INDEXED(colour)) {
		*kind = PTY_INDEXED;
		return colour->indexed.idx;
	}
	*kind = PTY_RGB;
	return colour->rgb.red << 16 | colour->rgb.green << 8 | colour->rgb.blue;
}

pty_cell pty_cell_at(pty *terminal, int x, int y)
{
	VTermScreenCell cell;
	VTermPos at = {.row = y, .col = x};
	pty_cell out = {0};
	vterm_screen_get_cell(terminal->screen, at, &cell);
	out.glyph = cell.chars[0] ? cell.chars[0] : ' ';
	out.bold = cell.attrs.bold;
	out.reverse = cell.attrs.reverse;
	out.fg = colour_of(&cell.fg, true, &out.fg_kind);
	out.bg = colour_of(&cell.bg, false, &out.bg_kind);
	return out;
}

void pty_mark(pty *terminal)
{
	terminal->mark = terminal->n_log;
}

size_t pty_bytes_since_mark(const pty *terminal)
{
	return terminal->n_log - terminal->mark;
}

bool pty_received_since_mark(const pty *terminal, const char *bytes)
{
	return memmem(terminal->log + terminal->mark, terminal->n_log - terminal->mark, bytes, strlen(bytes)) !=
		   NULL;
}

bool pty_cleared_since_mark(const pty *terminal)
{
	return pty_received_since_mark(terminal, "\033[2J") ||
		   pty_received_since_mark(terminal, "\033[H\033[J") ||
		   pty_received_since_mark(terminal, "\033[3J") || pty_received_since_mark(terminal, "\033c");
}

/* ---- jobs
 * -------------------------------------------------------------------------------------------------- */

static bool is_ended(pty *terminal, void *context)
{
	(void)context;
	return terminal->ended;
}

static bool is_stopped(pty *terminal, void *context)
{
	(void)context;
	return terminal->stopped;
}

int pty_wait_for_end(pty *terminal)
{
	pty_wait_until(terminal, is_ended, NULL, "the end of the program");
	while (!terminal->closed && !terminal->unread && pump(terminal, 0))
		;
	return terminal->status;
}

bool pty_has_ended(pty *terminal)
{
	while (pump(terminal, 0))
		;
	return terminal->ended;
}

void pty_wait_for_stop(pty *terminal)
{
	pty_wait_until(terminal, is_stopped, NULL, "the stop of the program");
	while (pump(terminal, 0))
		;
}

void pty_foreground(pty *terminal)
{
	terminal->stopped = false;
	assert_int_equal(write(terminal->commands, "c", 1), 1);
}

bool pty_in_alternate_screen(const pty *terminal)
{
	return terminal->alternate;
}

bool pty_mouse_captured(const pty *terminal)
{
	return terminal->mouse != 0;
}

bool pty_is_restored(pty *terminal)
{
	struct termios now;
	bool modes = tcgetattr(terminal->slave, &now) == 0 && now.c_iflag == terminal->before.c_iflag &&
				 now.c_oflag == terminal->before.c_oflag && now.c_cflag == terminal->before.c_cflag &&
				 now.c_lflag == terminal->before.c_lflag &&
				 memcmp(now.c_cc, terminal->before.c_cc, sizeof now.c_cc) == 0;
	bool good = modes && !terminal->alternate && terminal->cursor_seen && terminal->mouse == 0;
	if (!good)
		fprintf(stderr, "left behind:%s%s%s%s\n", modes ? "" : " modes of the line",
			terminal->alternate ? " alternate screen" : "", terminal->cursor_seen ? "" : " hidden cursor",
			terminal->mouse ? " mouse" : "");
	return good;
}
