#define NCURSES_WIDECHAR 1
#include "phasetop/ui/terminal.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"
#include "phasetop/ui/clipboard.h"
#include "key_sequence.h"
#include "mouse_report.h"
#include "painter.h"
#include "terminal_keys.h"
#include "terminal_stand_in.h"
#include "terminal_words.h"

enum {
	ESCAPE_DELAY_MS = 25,
	RESTORE_BYTES = 512,
};

static const char mouse_on[] = "\033[?1000h\033[?1002h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1002l\033[?1000l";

/* What an emergency needs, prepared when the terminal is opened. The file's own mutable state, with curses'.
 */
static struct {
	volatile sig_atomic_t open;
	char bytes[RESTORE_BYTES];
	size_t n;
	struct termios modes;
} emergency;

struct pt_terminal {
	pt_terminal_options options;
	SCREEN *screen;
	pt_painter painter;
	bool mouse;
	struct termios modes; /* as they were before */
	pt_mouse_report report;
	bool is_kept; /* a character was read that did not belong to what came before it: it is the next one */
	int kept_result;
	wint_t kept;
};

/* --- opening and closing ---------------------------------------------------------------------------- */

static void prepare_emergency(const pt_terminal *terminal)
{
	pt_text text = pt_text_over(emergency.bytes, sizeof emergency.bytes);
	const pt_word *release = &terminal->painter.brush.words.release; /* a frame may be half sent */
	pt_text_add_bytes(&text, release->bytes, release->n);
	pt_text_add(&text, mouse_off);
	static const char *const names[] = {"sgr0", "op", "rmkx", "cnorm", "rmcup"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		pt_word word = pt_word_of(names[i]);
		pt_text_add_bytes(&text, word.bytes, word.n);
	}
	emergency.n = text.length;
	emergency.modes = terminal->modes;
	emergency.open = 1;
}

/* Another thread may hang in the middle of a frame, and the kernel lets nobody write before it: a signal that
 * means nothing takes it out of its write, for emptying what waits does not. */
static void send_emergency_bytes(void)
{
	enum { TRIES = 50, PAUSE_MS = 10 };
	size_t sent = 0;
	for (int i = 0; i < TRIES && sent < emergency.n; i++) {
		if (sent == 0)
			tcflush(STDOUT_FILENO, TCOFLUSH);
		ssize_t n = write(STDOUT_FILENO, emergency.bytes + sent, emergency.n - sent);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return;
		sent += n > 0 ? (size_t)n : 0;
		if (n < 0)
			kill(getpid(), SIGWINCH);
		if (sent < emergency.n)
			poll(NULL, 0, PAUSE_MS);
	}
}

void pt_terminal_emergency_restore(void)
{
	if (!emergency.open)
		return;
	emergency.open = 0;
	int flags = fcntl(STDOUT_FILENO, F_GETFL);
	if (flags >= 0)
		fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK); /* a stalled terminal must not hold us */
	send_emergency_bytes();
	if (flags >= 0)
		fcntl(STDOUT_FILENO, F_SETFL, flags);
	tcsetattr(STDIN_FILENO, TCSANOW, &emergency.modes);
}

/* The deepest colours that flag, environment and terminfo allow. */
static pt_colour_depth choose_depth(
	const pt_terminal_options *options, const char *term, int terminfo_colours)
{
	pt_colour_environment environment = {
		.flag = options->colour_flag,
		.no_color = getenv("NO_COLOR"),
		.colorterm = getenv("COLORTERM"),
		.term = term,
		.terminfo_colours = terminfo_colours,
	};
	return pt_colour_depth_choose(&environment);
}

static pt_status open_screen(pt_terminal *terminal, const char *term, pt_error *err)
{
	const char *entry = term;
	while (entry && !(terminal->screen = newterm(entry, stdout, stdin)))
		entry = pt_terminal_stand_in(term, entry == term ? NULL : entry);
	if (!terminal->screen)
		return pt_fail(err, PT_ERR_UNSUPPORTED, "", -1, "cannot draw on this terminal (TERM=%s)", term);
	if (pt_word_of("cup").n == 0) {
		endwin();
		delscreen(terminal->screen);
		return pt_fail(
			err, PT_ERR_UNSUPPORTED, "", -1, "this terminal cannot move its cursor (TERM=%s)", term);
	}
	pt_terminal_words_read(&terminal->painter.brush.words);
	int colours = terminal->painter.brush.words.n_colours;
	pt_colour_depth depth = choose_depth(&terminal->options, term, colours);
	if (depth == PT_DEPTH_256 && colours < 256)
		depth = PT_DEPTH_16;
	if (depth == PT_DEPTH_16 && colours < 8)
		depth = PT_DEPTH_MONO;
	terminal->painter.depth = depth;
	return PT_OK;
}

/* As curses writes: waits for a terminal that is slow, and gives up one that is gone. Nothing more is sent to
 * one that was given back in an emergency. */
static void send_bytes(const char *bytes, size_t n)
{
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
	fflush(stdout);
	while (n > 0 && emergency.open) {
		ssize_t sent = write(STDOUT_FILENO, bytes, n);
		if (sent < 0 && errno == EAGAIN)
			poll(&out, 1, -1);
		else if (sent < 0 && errno != EINTR)
			return;
		bytes += sent > 0 ? sent : 0;
		n -= sent > 0 ? (size_t)sent : 0;
	}
}

static void send(const char *text)
{
	send_bytes(text, strlen(text));
}

/* Ctrl-s must not stop the output: whoever presses it by mistake would think that the program hangs. */
static void take_flow_control(pt_terminal *terminal)
{
	struct termios modes;
	if (tcgetattr(STDIN_FILENO, &modes) != 0)
		return;
	modes.c_iflag &= ~(tcflag_t)(IXON | IXOFF);
	if (tcsetattr(STDIN_FILENO, TCSANOW, &modes) == 0)
		def_prog_mode();
	if ((modes.c_oflag & OPOST) && (modes.c_oflag & (ONLCR | OCRNL | ONLRET)))
		terminal->painter.brush.words.feeds_lines = false;
}

static void set_up_curses(pt_terminal *terminal)
{
	set_escdelay(ESCAPE_DELAY_MS);
	cbreak();
	noecho();
	nonl();
	take_flow_control(terminal);
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	refresh(); /* an empty screen, all that curses ever knows of: reading keys refreshes nothing then */
	curs_set(0);
	pt_terminal_define_keys();
	pt_terminal_set_mouse(terminal, terminal->options.mouse);
}

pt_status pt_terminal_open(const pt_terminal_options *options, pt_terminal **out, pt_error *err)
{
	const char *term = getenv("TERM");
	if (!term || !*term || strcmp(term, "dumb") == 0)
		return pt_fail(err, PT_ERR_UNSUPPORTED, "", -1, "TERM says that this terminal cannot be drawn on");
	pt_terminal *terminal = pt_array_alloc(1, sizeof *terminal);
	if (!terminal)
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for the terminal");
	terminal->options = *options;
	pt_painter_init(&terminal->painter);
	terminal->painter.theme = options->theme;
	tcgetattr(STDIN_FILENO, &terminal->modes);
	pt_status status = open_screen(terminal, term, err);
	if (status != PT_OK) {
		pt_free(terminal);
		return status;
	}
	prepare_emergency(terminal);
	set_up_curses(terminal);
	*out = terminal;
	return PT_OK;
}

/* Give the terminal back, as it was. */
static void leave(pt_terminal *terminal)
{
	pt_terminal_set_mouse(terminal, false);
	if (pt_painter_rest(&terminal->painter))
		send_bytes(terminal->painter.brush.bytes, terminal->painter.brush.n_bytes);
	endwin();
	emergency.open = 0;
}

void pt_terminal_close(pt_terminal *terminal)
{
	if (!terminal)
		return;
	leave(terminal);
	delscreen(terminal->screen);
	pt_painter_fini(&terminal->painter);
	pt_free(terminal);
}

pt_colour_depth pt_terminal_depth(const pt_terminal *terminal)
{
	return terminal->painter.depth;
}

void pt_terminal_set_mouse(pt_terminal *terminal, bool on)
{
	if (terminal->mouse == on)
		return;
	terminal->mouse = on;
	send(on ? mouse_on : mouse_off);
}

void pt_terminal_set_theme(pt_terminal *terminal, const pt_theme *theme)
{
	pt_painter_set_theme(&terminal->painter, theme);
}

bool pt_terminal_copy(pt_terminal *terminal, const char *text, size_t n)
{
	(void)terminal;
	char sequence[PT_CLIPBOARD_SEQUENCE_BYTES];
	bool fine = pt_clipboard_is_known(getenv("TERM")) && pt_clipboard_sequence(text, n, sequence) > 0;
	if (fine)
		send(sequence);
	return fine;
}

void pt_terminal_size(const pt_terminal *terminal, int *columns, int *rows)
{
	(void)terminal;
	struct winsize size = {0};
	bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;
	*columns = known ? size.ws_col : 80;
	*rows = known ? size.ws_row : 24;
	if (*columns > PT_FRAME_MAX)
		*columns = PT_FRAME_MAX;
	if (*rows > PT_FRAME_MAX)
		*rows = PT_FRAME_MAX;
}

void pt_terminal_resize(pt_terminal *terminal)
{
	int columns, rows;
	pt_terminal_size(terminal, &columns, &rows);
	resizeterm(rows, columns);
	refresh(); /* its empty screen: now, and not when the next key is read */
	/* even where the size is what it was: a window that shrank and grew back has lost its content */
	pt_terminal_repaint(terminal);
}

void pt_terminal_repaint(pt_terminal *terminal)
{
	pt_painter_forget(&terminal->painter);
}

void pt_terminal_suspend(pt_terminal *terminal)
{
	bool mouse = terminal->mouse;
	leave(terminal);
	/* the default action, so that an orphan (which nobody could continue) goes on instead of stopping */
	struct sigaction stop = {.sa_handler = SIG_DFL}, before;
	sigaction(SIGTSTP, &stop, &before);
	raise(SIGTSTP);
	/* … and here the process was continued */
	sigaction(SIGTSTP, &before, NULL);
	emergency.open = 1;
	refresh();
	pt_terminal_set_mouse(terminal, mouse);
	pt_terminal_resize(terminal);
}

/* --- drawing ---------------------------------------------------------------------------------------- */

void pt_terminal_show(pt_terminal *terminal, const pt_frame *frame)
{
	if (pt_painter_paint(&terminal->painter, frame))
		send_bytes(terminal->painter.brush.bytes, terminal->painter.brush.n_bytes);
}

bool pt_terminal_writable(const pt_terminal *terminal)
{
	(void)terminal;
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
	return poll(&out, 1, 0) > 0 && (out.revents & POLLOUT);
}

/* --- input ------------------------------------------------------------------------------------------ */

/* Readable, and yet there is nothing to read: the other end is gone. */
static bool input_has_ended(void)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	int n = poll(&in, 1, 0);
	if (n <= 0)
		return false;
	if (in.revents & (POLLHUP | POLLERR | POLLNVAL))
		return true;
	int waiting = 0;
	return (in.revents & POLLIN) && ioctl(STDIN_FILENO, FIONREAD, &waiting) == 0 && waiting == 0;
}

static int next_character(pt_terminal *terminal, wint_t *character)
{
	if (!terminal->is_kept)
		return get_wch(character);
	terminal->is_kept = false;
	*character = terminal->kept;
	return terminal->kept_result;
}

/* Reads what is there of a sequence that no key is known for. false: not one character of it is. */
static bool skip_sequence(pt_terminal *terminal, pt_key_sequence sequence)
{
	bool any = false;
	while (sequence.part != PT_SEQUENCE_OVER) {
		wint_t character;
		int result = next_character(terminal, &character);
		if (result == ERR)
			break; /* a person's own Esc, or one that was cut short */
		if (result != OK || !pt_key_sequence_takes(&sequence, (uint32_t)character)) {
			terminal->is_kept = true;
			terminal->kept_result = result;
			terminal->kept = character;
			break;
		}
		any = true;
	}
	return any;
}

pt_input pt_terminal_read(pt_terminal *terminal)
{
	for (;;) {
		/* asked before reading: getch on a hung-up terminal would spin */
		if (input_has_ended())
			return (pt_input){.kind = PT_INPUT_END};
		wint_t character;
		int result = next_character(terminal, &character);
		if (result == ERR)
			return (pt_input){.kind = PT_INPUT_NONE};
		pt_input input = {.kind = PT_INPUT_KEY};
		if (result == OK && pt_mouse_report_takes(&terminal->report, (uint32_t)character)) {
			input.kind = PT_INPUT_MOUSE;
			if (pt_mouse_report_feed(&terminal->report, (uint32_t)character, &input.mouse))
				return input;
			continue;
		}
		terminal->report.open = false;
		if (result == KEY_CODE_YES && pt_terminal_is_mouse_code((int)character)) {
			pt_mouse_report_open(&terminal->report);
			continue;
		}
		if (result == KEY_CODE_YES && character == KEY_MOUSE) {
			skip_sequence(terminal, pt_key_sequence_old_mouse());
			continue;
		}
		if (result == OK && character == '\033' && skip_sequence(terminal, pt_key_sequence_escaped()))
			continue;
		input.key =
			result == KEY_CODE_YES ? pt_terminal_key_of_code((int)character) : pt_key_of_character(character);
		if (input.key != PT_KEY_NONE)
			return input;
	}
}
