#include "action_screen.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "medical_screen.h"
#include "key_forms.h"

enum { MAX_RUNS = 3 };

/* ---- the stage -------------------------------------------------------------------------------------------
 */

static bool same_style(const pty_cell *a, const pty_cell *b)
{
	return a->fg_kind == b->fg_kind && a->fg == b->fg && a->bold == b->bold && a->reverse == b->reverse;
}

/* The upper left corner of the pane that has this key. */
static bool corner_of(stage *at, const char *pane, pty_cell *corner)
{
	int x, y;
	char title[32];
	snprintf(title, sizeof title, "╭─┤%s ", pane);
	if (!pty_find(at->terminal, title, &x, &y))
		return false;
	*corner = pty_cell_at(at->terminal, x, y);
	return true;
}

static bool has_focus(stage *at, const char *pane)
{
	pty_cell corner;
	return corner_of(at, pane, &corner) && same_style(&corner, &at->accent);
}

static bool is_at_rest(pty *terminal, void *context)
{
	stage *at = context;
	char *now = screen_text(terminal, at->rest_rows);
	bool same = strcmp(now, at->rest) == 0 && has_focus(at, "3");
	free(now);
	return same;
}

void wait_for_rest(stage *at, const char *what)
{
	char text[160];
	snprintf(text, sizeof text, "%s at TERM=%s: at rest again", what, at->term);
	pty_wait_until(at->terminal, is_at_rest, at, text);
}

stage *stage_create(const char *term, const char *const *runs, int rest_rows)
{
	const char *args[MAX_RUNS + 2] = {program()};
	char term_env[64];
	const char *env[] = {term_env, NULL};
	stage *at = calloc(1, sizeof *at);
	assert_non_null(at);
	snprintf(term_env, sizeof term_env, "TERM=%s", term);
	for (int i = 0; i < MAX_RUNS && runs[i]; i++)
		args[i + 1] = runs[i];
	key_forms_at(term);
	at->term = term;
	at->rest_rows = rest_rows;
	at->terminal =
		pty_start(&(pty_options){.columns = ACTION_COLS, .rows = ACTION_ROWS, .args = args, .env = env});
	pty_wait_for(at->terminal, "┤3 local cosine");
	pty_wait_for(at->terminal, "◆ direction turned");
	pty_settle(at->terminal);
	at->rest = screen_text(at->terminal, rest_rows);
	assert_true(corner_of(at, "3", &at->accent));
	assert_false(has_focus(at, "1") || has_focus(at, "2") || has_focus(at, "4"));
	return at;
}

void stage_destroy(stage *at)
{
	if (!at)
		return;
	pty_end(at->terminal);
	free(at->rest);
	free(at);
}

void stage_rests_here(stage *at)
{
	free(at->rest);
	at->rest = screen_text(at->terminal, at->rest_rows);
}

/* ---- what is seen ----------------------------------------------------------------------------------------
 */

static bool text_moved(stage *at, const sight *seen)
{
	int x, y, n = 0;
	for (const char *row = at->rest; *row; n++) {
		const char *end = strchr(row, '\n'), *found = strstr(row, seen->moved);
		if (found && found < end) {
			int column = 0;
			for (; row < found; row++)
				column += (*row & 0xC0) != 0x80;
			return pty_find(at->terminal, seen->moved, &x, &y) && x == column + seen->x && y == n + seen->y;
		}
		row = end + 1;
	}
	fail_msg("'%s' is not there at rest", seen->moved);
	return false;
}

/* The ground of the selected row is another than that of the headings. */
static bool row_is_selected(stage *at, const char *name)
{
	int x, y, heading_x, heading_y;
	if (!pty_find(at->terminal, name, &x, &y) || !pty_find(at->terminal, "min cos", &heading_x, &heading_y))
		return false;
	pty_cell row = pty_cell_at(at->terminal, x, y), heading = pty_cell_at(at->terminal, heading_x, heading_y);
	return row.bg_kind != heading.bg_kind || row.bg != heading.bg || row.reverse != heading.reverse;
}

static bool is_seen(stage *at, const sight *seen)
{
	if (seen->shows)
		return pty_shows(at->terminal, seen->shows);
	if (seen->lacks)
		return !pty_shows(at->terminal, seen->lacks);
	if (seen->focus)
		return has_focus(at, seen->focus);
	if (seen->selected)
		return row_is_selected(at, seen->selected);
	if (seen->moved)
		return text_moved(at, seen);
	return seen->is(at);
}

bool sight_is_given(const sight *seen)
{
	return seen->shows || seen->lacks || seen->focus || seen->selected || seen->moved || seen->is;
}

typedef struct awaited {
	stage *at;
	const sight *seen;
	bool wanted;
} awaited;

static bool is_as_wanted(pty *terminal, void *context)
{
	const awaited *this = context;
	(void)terminal;
	return is_seen(this->at, this->seen) == this->wanted;
}

static void await(stage *at, const sight *seen, bool wanted, const char *what)
{
	awaited this = {at, seen, wanted};
	const char *named = seen->shows      ? seen->shows
						: seen->lacks    ? seen->lacks
						: seen->focus    ? seen->focus
						: seen->selected ? seen->selected
						: seen->moved    ? seen->moved
										 : "condition";
	char text[320];
	snprintf(text, sizeof text, "%s at TERM=%s: %s%s '%s'", what, at->term, wanted ? "" : "not yet ",
		seen->shows   ? "shows"
		: seen->lacks ? "lacks"
		: seen->moved ? "moved"
					  : "is",
		named);
	pty_wait_until(at->terminal, is_as_wanted, &this, text);
}

void wait_for_sight(stage *at, const sight *seen, const char *what)
{
	await(at, seen, true, what);
}

void wait_until_not_seen(stage *at, const sight *seen, const char *what)
{
	await(at, seen, false, what);
}

/* ---- keys ------------------------------------------------------------------------------------------------
 */

void press(stage *at, const char *keys)
{
	size_t n;
	for (const char *name; (name = next_key_name(&keys, &n));) {
		key_forms forms = key_forms_of(name, n);
		pty_type(at->terminal, forms.bytes[0]);
	}
}
