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
#include "cell_to_send.h"
#include "phasetop/ui/clipboard.h"
#include "key_sequence.h"
#include "mouse_report.h"

enum {
	ESCAPE_DELAY_MS = 25,
	MAX_PAIRS = 4096,  /* of colours in use at once: far more than a theme has */
	PAIR_SLOTS = 8192, /* hash table, a power of two */
	RESTORE_BYTES = 512,
	CODE_FIRST = KEY_MAX + 100, /* codes of the keys that we define ourselves */
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

typedef struct colour_pair {
	int fg, bg; /* as curses numbers colours */
	int number; /* 0: empty slot */
} colour_pair;

struct pt_terminal {
	pt_terminal_options options;
	SCREEN *screen;
	pt_colour_depth depth;
	pt_cell *shown; /* rows × columns, what is on the screen */
	int columns, rows;
	bool whole; /* the next frame is sent whole */
	bool mouse;
	struct termios modes; /* as they were before */
	colour_pair pairs[PAIR_SLOTS];
	int n_pairs;
	pt_mouse_report report;
	bool is_kept; /* a character was read that did not belong to what came before it: it is the next one */
	int kept_result;
	wint_t kept;
};

/* --- opening and closing ---------------------------------------------------------------------------- */

/* Keys that terminfo entries often lack, or have in one form of several: those of xterm, in either of its modes,
 * and of others. TERM may name another terminal than the one that sends. The row's place gives its curses code. */
static const struct {
	const char *bytes;
	pt_key key;
} own_keys[] = {
	{"\033[<", PT_KEY_NONE}, /* an SGR mouse report begins */
	{"\033[1;5D", PT_KEY_CTRL | PT_KEY_LEFT},
	{"\033[1;5C", PT_KEY_CTRL | PT_KEY_RIGHT},
	{"\033[1;5A", PT_KEY_CTRL | PT_KEY_UP},
	{"\033[1;5B", PT_KEY_CTRL | PT_KEY_DOWN},
	{"\033[1;3D", PT_KEY_ALT | PT_KEY_LEFT},
	{"\033[1;3C", PT_KEY_ALT | PT_KEY_RIGHT},
	{"\033[1;3A", PT_KEY_ALT | PT_KEY_UP},
	{"\033[1;3B", PT_KEY_ALT | PT_KEY_DOWN},
	{"\033[1;2D", PT_KEY_SHIFT | PT_KEY_LEFT},
	{"\033[1;2C", PT_KEY_SHIFT | PT_KEY_RIGHT},
	{"\033[1;2A", PT_KEY_SHIFT | PT_KEY_UP},
	{"\033[1;2B", PT_KEY_SHIFT | PT_KEY_DOWN},
	{"\033[D", PT_KEY_LEFT}, /* a terminal that ignores application mode */
	{"\033[C", PT_KEY_RIGHT},
	{"\033[A", PT_KEY_UP},
	{"\033[B", PT_KEY_DOWN},
	{"\033[H", PT_KEY_HOME},
	{"\033[F", PT_KEY_END},
	{"\033OD", PT_KEY_LEFT},
	{"\033OC", PT_KEY_RIGHT},
	{"\033OA", PT_KEY_UP},
	{"\033OB", PT_KEY_DOWN},
	{"\033OH", PT_KEY_HOME},
	{"\033OF", PT_KEY_END},
	{"\033[1~", PT_KEY_HOME},
	{"\033[4~", PT_KEY_END},
	{"\033[Z", PT_KEY_SHIFT | PT_KEY_TAB},
	{"\033OP", PT_KEY_F1},
	{"\033[11~", PT_KEY_F1},
	{"\033OM", PT_KEY_ENTER}, /* of the keypad */
};

static const char *capability(const char *name)
{
	const char *value = tigetstr(name);
	return value && value != (const char *)-1 ? value : "";
}

/* Strings of terminfo may carry padding ("$<5>"), which a raw write must not send. */
static void add_capability(pt_text *text, const char *name)
{
	for (const char *at = capability(name); *at;) {
		const char *padding = strstr(at, "$<");
		const char *end = padding ? strchr(padding, '>') : NULL;
		size_t n = end ? (size_t)(padding - at) : strlen(at);
		pt_text_add_bytes(text, at, n);
		at += n;
		if (end)
			at = end + 1;
	}
}

static void prepare_emergency(const pt_terminal *terminal)
{
	pt_text text = pt_text_over(emergency.bytes, sizeof emergency.bytes);
	pt_text_add(&text, mouse_off);
	static const char *const names[] = {"sgr0", "op", "rmkx", "cnorm", "rmcup"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		add_capability(&text, names[i]);
	emergency.n = text.length;
	emergency.modes = terminal->modes;
	emergency.open = 1;
}

void pt_terminal_emergency_restore(void)
{
	if (!emergency.open)
		return;
	emergency.open = 0;
	int flags = fcntl(STDOUT_FILENO, F_GETFL);
	if (flags >= 0)
		fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK); /* a stalled terminal must not hold us */
	tcflush(STDOUT_FILENO, TCOFLUSH);
	ssize_t n = write(STDOUT_FILENO, emergency.bytes, emergency.n);
	(void)n;
	if (flags >= 0)
		fcntl(STDOUT_FILENO, F_SETFL, flags);
	tcsetattr(STDIN_FILENO, TCSANOW, &emergency.modes);
}

/* Our own terminfo entries lie beside the program, for each TERM that we know: "phasetop-TERM" has true
   colour, "phasetop-plain-TERM" the colours that TERM has. NULL: there is none. */
static SCREEN *open_own_entry(const pt_terminal_options *options, const char *prefix, const char *term)
{
	char directory[PATH_MAX], entry[64], file[PATH_MAX];
	static const char *const places[] = {"terminfo", "../share/phasetop/terminfo"};
	pt_text name = pt_text_over(entry, sizeof entry);
	pt_text_add(&name, prefix);
	pt_text_add(&name, term);
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		pt_text place = pt_text_over(directory, sizeof directory), path = pt_text_over(file, sizeof file);
		pt_text_addf(&place, "%s/%s", options->program_dir ? options->program_dir : "", places[i]);
		pt_text_addf(&path, "%s/p/%s", directory, entry);
		if (!options->program_dir || strchr(term, '/') || name.cut || place.cut || path.cut ||
			access(file, R_OK) != 0)
			continue;
		char *before = getenv("TERMINFO_DIRS");
		char *kept = before ? pt_text_copy(before, strlen(before)) : NULL;
		char list[PATH_MAX * 2];
		snprintf(list, sizeof list, "%s:%s", directory, kept ? kept : "");
		setenv("TERMINFO_DIRS", list, 1);
		SCREEN *screen = newterm(entry, stdout, stdin);
		if (kept)
			setenv("TERMINFO_DIRS", kept, 1);
		else
			unsetenv("TERMINFO_DIRS");
		pt_free(kept);
		return screen;
	}
	return NULL;
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
	terminal->depth = choose_depth(&terminal->options, term, -1);
	if (terminal->depth == PT_DEPTH_TRUE)
		terminal->screen = open_own_entry(&terminal->options, "phasetop-", term);
	if (terminal->screen)
		return PT_OK;
	terminal->screen = open_own_entry(&terminal->options, "phasetop-plain-", term);
	if (!terminal->screen)
		terminal->screen = newterm(NULL, stdout, stdin);
	if (!terminal->screen)
		return pt_fail(err, PT_ERR_UNSUPPORTED, "", -1, "cannot draw on this terminal (TERM=%s)", term);
	terminal->depth = choose_depth(&terminal->options, term, tigetnum("colors"));
	int colours = tigetnum("colors");
	if (terminal->depth == PT_DEPTH_TRUE && colours <= 256)
		terminal->depth = PT_DEPTH_256; /* no entry that can say it */
	if (terminal->depth == PT_DEPTH_256 && colours < 256)
		terminal->depth = PT_DEPTH_16;
	if (terminal->depth == PT_DEPTH_16 && colours < 8)
		terminal->depth = PT_DEPTH_MONO;
	return PT_OK;
}

static void send(const char *bytes)
{
	fputs(bytes, stdout);
	fflush(stdout);
}

static pt_key key_of_code(int code);

/* Where the entry has a key for it, and one that means something to us, that stands. */
static void define_own_keys(void)
{
	for (size_t i = 0; i < sizeof own_keys / sizeof own_keys[0]; i++)
		if (i == 0 || key_of_code(key_defined(own_keys[i].bytes)) == PT_KEY_NONE)
			define_key(own_keys[i].bytes, CODE_FIRST + (int)i);
}

static void set_up_curses(pt_terminal *terminal)
{
	set_escdelay(ESCAPE_DELAY_MS);
	cbreak();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	leaveok(stdscr, TRUE);
	typeahead(-1); /* a key that arrives meanwhile must not leave a frame half sent */
	scrollok(stdscr, FALSE);
	curs_set(0);
	if (terminal->depth != PT_DEPTH_MONO) {
		start_color();
		use_default_colors();
	}
	define_own_keys();
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
	terminal->whole = true;
	tcgetattr(STDIN_FILENO, &terminal->modes);
	pt_status status = open_screen(terminal, term, err);
	if (status == PT_OK && *capability("cup") == '\0') {
		endwin();
		delscreen(terminal->screen);
		status =
			pt_fail(err, PT_ERR_UNSUPPORTED, "", -1, "this terminal cannot move its cursor (TERM=%s)", term);
	}
	if (status != PT_OK) {
		pt_free(terminal);
		return status;
	}
	prepare_emergency(terminal);
	set_up_curses(terminal);
	*out = terminal;
	return PT_OK;
}

void pt_terminal_close(pt_terminal *terminal)
{
	if (!terminal)
		return;
	pt_terminal_set_mouse(terminal, false);
	endwin();
	emergency.open = 0;
	delscreen(terminal->screen);
	pt_free(terminal->shown);
	pt_free(terminal);
}

pt_colour_depth pt_terminal_depth(const pt_terminal *terminal)
{
	return terminal->depth;
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
	terminal->options.theme = theme;
	terminal->whole = true;
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
	/* even where the size is what it was: a window that shrank and grew back has lost its content */
	pt_terminal_repaint(terminal);
}

void pt_terminal_repaint(pt_terminal *terminal)
{
	terminal->whole = true;
	clearok(curscr, TRUE);
}

void pt_terminal_suspend(pt_terminal *terminal)
{
	bool mouse = terminal->mouse;
	pt_terminal_set_mouse(terminal, false);
	endwin();
	emergency.open = 0;
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
	pt_terminal_repaint(terminal);
}

/* --- drawing ---------------------------------------------------------------------------------------- */

/* How curses numbers a colour at this depth; −1: the terminal's own. A terminal of eight colours has the
 * bright ones as bold: *bold is then set. */
static int colour_number(const pt_terminal *terminal, const pt_colour *colour, bool *bold)
{
	if (colour->kind == PT_COLOUR_DEFAULT)
		return -1;
	if (terminal->depth != PT_DEPTH_TRUE && colour->index >= COLORS) {
		*bold = true;
		return colour->index % 8;
	}
	if (terminal->depth != PT_DEPTH_TRUE)
		return colour->index;
	if (colour->kind == PT_COLOUR_INDEX && colour->index < 8)
		return colour->index;
	int value = colour->rgb.r << 16 | colour->rgb.g << 8 | colour->rgb.b;
	return value < 8 ? 8 : value; /* 0 to 7 would be the palette's */
}

/* The pair of two colours, made when first used; 0 (the terminal's own) when there is no room. */
static int pair_of(pt_terminal *terminal, int fg, int bg)
{
	if (terminal->depth == PT_DEPTH_MONO || (fg == -1 && bg == -1))
		return 0;
	unsigned at = ((unsigned)fg * 2654435761u ^ (unsigned)bg * 40503u) % PAIR_SLOTS;
	while (terminal->pairs[at].number != 0) {
		if (terminal->pairs[at].fg == fg && terminal->pairs[at].bg == bg)
			return terminal->pairs[at].number;
		at = (at + 1) % PAIR_SLOTS;
	}
	int most = COLOR_PAIRS - 1 < MAX_PAIRS ? COLOR_PAIRS - 1 : MAX_PAIRS;
	if (terminal->n_pairs >= most || init_extended_pair(terminal->n_pairs + 1, fg, bg) == ERR)
		return 0;
	terminal->n_pairs++;
	terminal->pairs[at] = (colour_pair){.fg = fg, .bg = bg, .number = terminal->n_pairs};
	return terminal->n_pairs;
}

static attr_t attributes_of(uint8_t attributes)
{
	attr_t found = A_NORMAL;
	if (attributes & PT_ATTR_BOLD)
		found |= A_BOLD;
	if (attributes & PT_ATTR_DIM)
		found |= A_DIM;
	if (attributes & PT_ATTR_UNDERLINE)
		found |= A_UNDERLINE;
	if (attributes & PT_ATTR_REVERSE)
		found |= A_REVERSE;
	return found;
}

static void put_cell(pt_terminal *terminal, int x, int y, const pt_cell *cell)
{
	pt_style style = pt_theme_style(terminal->options.theme, cell, terminal->depth);
	bool bold = (style.attributes & PT_ATTR_BOLD) != 0, bright_ground = false;
	int fg = colour_number(terminal, &style.fg, &bold),
		bg = colour_number(terminal, &style.bg, &bright_ground);
	int pair = pair_of(terminal, fg, bg);
	/* eight colours have no bright grounds: the halves of one cell would differ where their values do not */
	bool is_plain = terminal->depth == PT_DEPTH_MONO || bright_ground;
	uint32_t glyph = is_plain ? pt_cell_plain_glyph(cell) : cell->glyph;
	wchar_t text[2] = {(wchar_t)(glyph ? glyph : ' '), L'\0'};
	cchar_t out;
	setcchar(&out, text, attributes_of(style.attributes) | (bold ? A_BOLD : A_NORMAL),
		(short)(pair > SHRT_MAX ? 0 : pair), &pair);
	mvadd_wch(y, x, &out);
}

static bool keep_size(pt_terminal *terminal, const pt_frame *frame)
{
	if (terminal->columns == frame->cols && terminal->rows == frame->rows)
		return true;
	pt_cell *shown = pt_array_alloc((size_t)frame->cols * (size_t)frame->rows, sizeof *shown);
	if (!shown)
		return false;
	pt_free(terminal->shown);
	terminal->shown = shown;
	terminal->columns = frame->cols;
	terminal->rows = frame->rows;
	terminal->whole = true;
	return true;
}

void pt_terminal_show(pt_terminal *terminal, const pt_frame *frame)
{
	if (!keep_size(terminal, frame))
		return;
	for (int y = 0; y < frame->rows; y++)
		for (int x = 0; x < frame->cols; x++) {
			size_t at = (size_t)y * (size_t)frame->cols + (size_t)x;
			const pt_cell *cell = &frame->cells[at];
			if (!terminal->whole && memcmp(cell, &terminal->shown[at], sizeof *cell) == 0)
				continue;
			pt_cell sent = pt_cell_to_send(terminal->options.theme, terminal->depth, cell,
				terminal->whole ? NULL : &terminal->shown[at]);
			if (cell->width > 0)
				put_cell(terminal, x, y, &sent);
		}
	memcpy(
		terminal->shown, frame->cells, (size_t)frame->cols * (size_t)frame->rows * sizeof *terminal->shown);
	terminal->whole = false;
	refresh();
}

bool pt_terminal_writable(const pt_terminal *terminal)
{
	(void)terminal;
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
	return poll(&out, 1, 0) > 0 && (out.revents & POLLOUT);
}

/* --- input ------------------------------------------------------------------------------------------ */

static const struct {
	int code;
	pt_key key;
} curses_keys[] = {
	{KEY_LEFT, PT_KEY_LEFT},
	{KEY_RIGHT, PT_KEY_RIGHT},
	{KEY_UP, PT_KEY_UP},
	{KEY_DOWN, PT_KEY_DOWN},
	{KEY_HOME, PT_KEY_HOME},
	{KEY_END, PT_KEY_END},
	{KEY_PPAGE, PT_KEY_PAGE_UP},
	{KEY_NPAGE, PT_KEY_PAGE_DOWN},
	{KEY_BACKSPACE, PT_KEY_BACKSPACE},
	{KEY_DC, PT_KEY_DELETE},
	{KEY_ENTER, PT_KEY_ENTER},
	{KEY_BTAB, PT_KEY_SHIFT | PT_KEY_TAB},
	{KEY_SLEFT, PT_KEY_SHIFT | PT_KEY_LEFT},
	{KEY_SRIGHT, PT_KEY_SHIFT | PT_KEY_RIGHT},
	{KEY_SR, PT_KEY_SHIFT | PT_KEY_UP},
	{KEY_SF, PT_KEY_SHIFT | PT_KEY_DOWN},
	{KEY_F(1), PT_KEY_F1},
};

static pt_key key_of_code(int code)
{
	int own = code - CODE_FIRST;
	if (own >= 0 && own < (int)(sizeof own_keys / sizeof own_keys[0]))
		return own_keys[own].key;
	for (size_t i = 0; i < sizeof curses_keys / sizeof curses_keys[0]; i++)
		if (curses_keys[i].code == code)
			return curses_keys[i].key;
	/* extended capabilities (kLFT5 …) have codes that curses hands out: ask for their name */
	static const struct {
		const char *stem;
		pt_key key;
	} stems[] = {{"kLFT", PT_KEY_LEFT}, {"kRIT", PT_KEY_RIGHT}, {"kUP", PT_KEY_UP}, {"kDN", PT_KEY_DOWN}};
	const char *name = keyname(code);
	for (size_t i = 0; name && i < sizeof stems / sizeof stems[0]; i++) {
		size_t n = strlen(stems[i].stem);
		if (strncmp(name, stems[i].stem, n) != 0)
			continue;
		switch (atoi(name + n)) {
		case 3:
			return PT_KEY_ALT | stems[i].key;
		case 5:
			return PT_KEY_CTRL | stems[i].key;
		case 0:
		case 2:
			return PT_KEY_SHIFT | stems[i].key;
		default:
			return PT_KEY_NONE;
		}
	}
	return PT_KEY_NONE;
}

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
		if (result == KEY_CODE_YES && (int)character == CODE_FIRST) {
			pt_mouse_report_open(&terminal->report);
			continue;
		}
		if (result == KEY_CODE_YES && character == KEY_MOUSE) {
			skip_sequence(terminal, pt_key_sequence_old_mouse());
			continue;
		}
		if (result == OK && character == '\033' && skip_sequence(terminal, pt_key_sequence_escaped()))
			continue;
		input.key = result == KEY_CODE_YES ? key_of_code((int)character) : pt_key_of_character(character);
		if (input.key != PT_KEY_NONE)
			return input;
	}
}
