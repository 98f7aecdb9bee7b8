/**
 * Expected frames of the program itself on the sample runs (tests/golden/program): each preset and each pane
 * alone, at four sizes and in ASCII, as a terminal shows them. After a wanted change: make golden-update, and
 * look at the difference.
 *
 * A file has the rows; "-- roles", a letter for each inked cell; "-- grounds", a letter where the background
 * is not the terminal's own; "-- attributes", 'b' (bold) or 'r' (reversed) where a cell differs from its role
 * in that; last, the letters' names. A terminal knows colours alone: tests/data/roles.theme has one colour a
 * key, and the pair of a cell tells the role. Of gradients the nearest quarter is told.
 *
 * Nothing here depends on the day. The sample runs are finished, so that no time of the next checkpoint is
 * shown, and no frame has times of day on its axis. What is left is the age in the list of runs: the program
 * looks at copies whose files were all written AGE_DAYS ago, which it rounds to days.
 */
#include "../golden/golden_file.h"
#include "medical_screen.h"
#include "phasetop/ui/preset.h"
#include "phasetop/ui/theme.h"

#include <time.h>

#define ROLES_THEME "tests/data/roles.theme"

enum {
	N_QUARTERS = 5,
	N_LEVELS = 101,
	N_NAMES = PT_N_ROLES + 2 * N_QUARTERS,
	UPDATE_QUIET_MS = 700,
	AGE_DAYS = 4,
};

/* ---- from colours to roles --------------------------------------------------------------------------------
 */

/* What stands for each role, and then for each quarter of the two gradients. */
static const char alphabet[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+*/=<>";
_Static_assert(sizeof alphabet - 1 >= N_NAMES, "a letter for each name");

static pt_theme *theme;

static void name_text(int name, char *out, size_t capacity)
{
	if (name < PT_N_ROLES) {
		snprintf(out, capacity, "%s", pt_role_name((pt_role)name));
		return;
	}
	int gradient = (name - PT_N_ROLES) / N_QUARTERS, quarter = (name - PT_N_ROLES) % N_QUARTERS;
	snprintf(out, capacity, "%s at %d %%", pt_role_name(gradient ? PT_ROLE_DIVERGING : PT_ROLE_STEP),
		quarter * 100 / (N_QUARTERS - 1));
}

/* A colour as a number; −1: the terminal's own. */
static int colour_of_theme(pt_colour colour)
{
	return colour.kind == PT_COLOUR_DEFAULT ? -1 : colour.rgb.r << 16 | colour.rgb.g << 8 | colour.rgb.b;
}

static int foreground_of(int role)
{
	return colour_of_theme(pt_theme_role_style(theme, (pt_role)role, 0, PT_DEPTH_TRUE).fg);
}

static int background_of(int role)
{
	return colour_of_theme(pt_theme_role_style(theme, (pt_role)role, 0, PT_DEPTH_TRUE).bg);
}

/* The quarter of the gradient that has this colour; −1: neither has. */
static int quarter_of(int colour)
{
	static const pt_role gradients[] = {PT_ROLE_STEP, PT_ROLE_DIVERGING};
	for (int g = 0; g < 2; g++)
		for (int level = 0; level < N_LEVELS; level++)
			if (colour_of_theme(pt_theme_role_style(theme, gradients[g], level, PT_DEPTH_TRUE).fg) == colour)
				return PT_N_ROLES + g * N_QUARTERS + (level * (N_QUARTERS - 1) + 50) / 100;
	return -1;
}

/* Ink: the role of both colours, else one of that ink on the terminal's own ground. −1: of no role. */
static int ink_of(const pty_cell *cell)
{
	int found = -1;
	for (int role = PT_ROLE_TEXT; role < PT_N_ROLES; role++) {
		if (pt_role_is_gradient((pt_role)role) || foreground_of(role) != cell->fg)
			continue;
		if (background_of(role) == cell->bg)
			return role;
		if (found < 0 || background_of(role) == -1)
			found = role;
	}
	return found >= 0 ? found : quarter_of(cell->fg);
}

/* Ground: the first role that lies on it. −1: of no role. */
static int ground_of(const pty_cell *cell)
{
	for (int role = PT_ROLE_TEXT; role < PT_N_ROLES; role++)
		if (background_of(role) == cell->bg)
			return role;
	return quarter_of(cell->bg);
}

/* ---- a frame as text --------------------------------------------------------------------------------------
 */

typedef char cell_letter(const pty_cell *cell, bool used[N_NAMES]);

static char letter_of(int name, bool used[N_NAMES])
{
	if (name < 0)
		return '?';
	used[name] = true;
	return alphabet[name];
}

static char role_letter(const pty_cell *cell, bool used[N_NAMES])
{
	return cell->glyph == ' ' ? '.' : letter_of(ink_of(cell), used);
}

static char ground_letter(const pty_cell *cell, bool used[N_NAMES])
{
	return cell->bg == -1 ? '.' : letter_of(ground_of(cell), used);
}

static char attribute_letter(const pty_cell *cell, bool used[N_NAMES])
{
	(void)used;
	int role = cell->glyph == ' ' ? -1 : ink_of(cell);
	bool is_role = role >= 0 && role < PT_N_ROLES;
	int own = is_role ? pt_theme_role_style(theme, (pt_role)role, 0, PT_DEPTH_TRUE).attributes : 0;
	if (cell->reverse != ((own & PT_ATTR_REVERSE) != 0))
		return 'r';
	return cell->glyph != ' ' && cell->bold != ((own & PT_ATTR_BOLD) != 0) ? 'b' : '.';
}

/* Rows without what is blank at their ends; nothing at all where all of it is. */
static void write_plane(
	pty *terminal, int cols, int rows, const char *title, cell_letter *letter, bool used[N_NAMES], FILE *out)
{
	char row[PTY_MAX_COLUMNS + 1];
	int n_waiting = 0;
	bool begun = false;
	for (int y = 0; y < rows; y++, n_waiting++) {
		int end = 0;
		for (int x = 0; x < cols; x++) {
			pty_cell cell = pty_cell_at(terminal, x, y);
			row[x] = letter(&cell, used);
			end = row[x] == '.' ? end : x + 1;
		}
		if (end == 0)
			continue;
		if (!begun)
			fprintf(out, "-- %s\n", title);
		for (; n_waiting > 0; n_waiting--)
			fputc('\n', out);
		fprintf(out, "%.*s", end, row);
		begun = true;
	}
	if (begun)
		fputc('\n', out);
}

/* The frame that the terminal shows; free it. */
static char *frame_text(pty *terminal, int cols, int rows)
{
	bool used[N_NAMES] = {false};
	char *text = NULL, name[64];
	size_t n_bytes = 0;
	FILE *out = open_memstream(&text, &n_bytes);
	assert_non_null(out);
	for (int y = 0; y < rows; y++)
		fprintf(out, "%s\n", pty_row(terminal, y));
	write_plane(terminal, cols, rows, "roles", role_letter, used, out);
	write_plane(terminal, cols, rows, "grounds", ground_letter, used, out);
	write_plane(terminal, cols, rows, "attributes", attribute_letter, used, out);
	fputs("-- letters\n", out);
	for (int i = 0; i < N_NAMES; i++) {
		name_text(i, name, sizeof name);
		if (used[i])
			fprintf(out, "%c %s\n", alphabet[i], name);
	}
	fclose(out);
	return text;
}

/* ---- walking through the frames ---------------------------------------------------------------------------
 */

enum { N_RUNS = 3, PATH_BYTES = 64 };

static char place[] = "/tmp/phasetop-golden-XXXXXX", runs[N_RUNS][PATH_BYTES];

typedef struct walk {
	const char *name, *size; /* of the test, of the size in file names */
	int cols, rows;
	bool ascii, several; /* medical alone, else three runs */
} walk;

/* What several runs are for is not shown with one, and the other way round. */
static bool is_for_several(const char *name)
{
	return strcmp(name, "compare") == 0 || strcmp(name, "triage") == 0 || strcmp(name, "runs") == 0;
}

static bool is_drawn(pty *terminal, void *context)
{
	(void)context;
	const char *status = pty_row(terminal, 0);
	return pty_in_alternate_screen(terminal) && status[0] && !strstr(status, "reading");
}

static pty *start_walk(const walk *one)
{
	const char *args[5 + N_RUNS] = {program(), "--theme", ROLES_THEME};
	static const char *const env[] = {"COLORTERM=truecolor", NULL};
	size_t n = 3;
	if (one->ascii)
		args[n++] = "--ascii";
	for (int i = 0; i < (one->several ? N_RUNS : 1); i++)
		args[n++] = runs[i];
	pty *terminal =
		pty_start(&(pty_options){.columns = one->cols, .rows = one->rows, .args = args, .env = env});
	pty_wait_until(terminal, is_drawn, NULL, "the first frame of what was read");
	pty_settle(terminal);
	return terminal;
}

/* What is computed on demand comes after the first painting: a frame that is not the expected one is given
 * time, one that is need not be waited for. */
static char *settled_text(pty *terminal, const walk *one, const char *path)
{
	static const int quiet_ms[] = {40, PTY_QUIET_MS, 2500};
	const size_t n_tries = sizeof quiet_ms / sizeof *quiet_ms;
	char *expected = golden_read(path), *got = NULL;
	for (size_t i = 0; i < n_tries && (!got || strcmp(got, expected) != 0); i++) {
		free(got);
		pty_settle_for(terminal, golden_is_updated() ? UPDATE_QUIET_MS : quiet_ms[i]);
		got = frame_text(terminal, one->cols, one->rows);
		if (golden_is_updated())
			break;
	}
	free(expected);
	return got;
}

static bool check_frame(pty *terminal, const walk *one, const char *name, const char *command)
{
	char path[128];
	snprintf(path, sizeof path, "tests/golden/program/%s_%s.frame", name, one->size);
	pty_type(terminal, command);
	char *got = settled_text(terminal, one, path);
	bool is_same = golden_check(path, got);
	free(got);
	return is_same;
}

static void shows_what_is_expected(void **state)
{
	const walk *one = *state;
	pty *terminal = start_walk(one);
	int n_wrong = 0;
	char command[64];
	for (size_t i = 0; i < pt_preset_count(); i++) {
		snprintf(command, sizeof command, ":preset %s\r", pt_preset_name(i));
		if (is_for_several(pt_preset_name(i)) == one->several)
			n_wrong += !check_frame(terminal, one, pt_preset_name(i), command);
	}
	for (int pane = 0; pane < PT_N_PANES; pane++) {
		const char *name = pt_pane_name((pt_pane_id)pane);
		snprintf(command, sizeof command, ":preset watch\r:zoomed %s\r", name);
		if (is_for_several(name) == one->several)
			n_wrong += !check_frame(terminal, one, name, command);
	}
	pty_end(terminal);
	if (n_wrong)
		fail_msg("%d frames are not what is expected", n_wrong);
}

/* A key that roles.theme lacks, or a colour that it has twice, would make roles look alike. */
static void theme_tells_roles_apart(void **state)
{
	(void)state;
	for (int a = PT_ROLE_TEXT; a < PT_N_ROLES; a++)
		for (int b = PT_ROLE_TEXT; b < a; b++)
			if (foreground_of(a) == foreground_of(b) && background_of(a) == background_of(b))
				fail_msg(
					ROLES_THEME ": %s and %s look alike", pt_role_name((pt_role)b), pt_role_name((pt_role)a));
	for (int role = PT_ROLE_TEXT; role < PT_N_ROLES; role++)
		if (!pt_role_is_gradient((pt_role)role) && quarter_of(foreground_of(role)) >= 0)
			fail_msg(ROLES_THEME ": %s looks like a gradient", pt_role_name((pt_role)role));
}

static int shell(const char *command)
{
	return system(command) == 0 ? 0 : -1;
}

static int make_place(void **state)
{
	static const char *const names[N_RUNS] = {"medical", "sports", "finance"};
	char command[256];
	(void)state;
	if (pt_theme_load_file(ROLES_THEME, &theme, NULL) != PT_OK || !mkdtemp(place))
		return -1;
	for (int i = 0; i < N_RUNS; i++) {
		snprintf(runs[i], PATH_BYTES, "%s/%s", place, names[i]);
		snprintf(command, sizeof command, "cp -r sample_runs/%s %s", names[i], place);
		if (shell(command) != 0)
			return -1;
	}
	long long then = (long long)time(NULL) - AGE_DAYS * 86400LL;
	snprintf(command, sizeof command, "find %s -exec touch -d @%lld {} +", place, then);
	return shell(command);
}

static int remove_place(void **state)
{
	char command[64];
	(void)state;
	pt_theme_destroy(theme);
	snprintf(command, sizeof command, "rm -rf %s", place);
	return shell(command);
}

int main(void)
{
	static const walk walks[] = {
		{.name = "one run, 80x24", .size = "80x24", .cols = 80, .rows = 24},
		{.name = "one run, 120x36", .size = "120x36", .cols = 120, .rows = 36},
		{.name = "one run, 200x60", .size = "200x60", .cols = 200, .rows = 60},
		{.name = "one run, 40x12", .size = "40x12", .cols = 40, .rows = 12},
		{.name = "one run, ASCII", .size = "ascii_80x24", .cols = 80, .rows = 24, .ascii = true},
		{.name = "three runs, 80x24", .size = "80x24", .cols = 80, .rows = 24, .several = true},
		{.name = "three runs, 120x36", .size = "120x36", .cols = 120, .rows = 36, .several = true},
		{.name = "three runs, 200x60", .size = "200x60", .cols = 200, .rows = 60, .several = true},
		{.name = "three runs, 40x12", .size = "40x12", .cols = 40, .rows = 12, .several = true},
		{.name = "three runs, ASCII",
			.size = "ascii_80x24",
			.cols = 80,
			.rows = 24,
			.ascii = true,
			.several = true},
	};
	enum { N_WALKS = sizeof walks / sizeof walks[0] };
	struct CMUnitTest tests[N_WALKS + 1];
	for (size_t i = 0; i < N_WALKS; i++)
		tests[i] = (struct CMUnitTest){.name = walks[i].name,
			.test_func = shows_what_is_expected,
			.initial_state = (void *)(uintptr_t)&walks[i]};
	tests[N_WALKS] = (struct CMUnitTest)cmocka_unit_test(theme_tells_roles_apart);
	return _cmocka_run_group_tests("golden_program", tests, N_WALKS + 1, make_place, remove_place);
}
