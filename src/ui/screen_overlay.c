/** The help screen. */
#include <stdio.h>
#include <string.h>

#include "pane_draw.h"
#include "phasetop/base/alloc.h"
#include "screen_parts.h"
#include "view_private.h"

enum { HELP_COLUMN_COLS = 58, HELP_MAX_LINES = 192, KEYS_COLS = 15 };

typedef struct help_line {
	bool heading;
	char keys[32];
	char text[128];
} help_line;

typedef struct help_text {
	help_line *lines; /* HELP_MAX_LINES */
	size_t n;
	const pt_keymap *keymap;
	bool unicode;
	int cols;
} help_text;

static void add_help(help_text *help, bool heading, const char *keys, const char *text)
{
	if (help->n == HELP_MAX_LINES)
		return;
	help_line *line = &help->lines[help->n++];
	line->heading = heading;
	snprintf(line->keys, sizeof line->keys, "%s", keys);
	snprintf(line->text, sizeof line->text, "%s", text);
}

/* The pane's own words, joined and broken anew for the column. */
static void add_about(help_text *help, const pt_pane_ops *pane, const char *title)
{
	char words[1024], piece[128];
	pt_text text = pt_text_over(words, sizeof words);
	add_help(help, true, "", title);
	for (size_t i = 0; i < sizeof pane->about / sizeof pane->about[0] && pane->about[i]; i++)
		pt_text_addf(&text, "%s%s", i ? " " : "", pane->about[i]);
	for (const char *at = words; *at;) {
		size_t n = pt_text_fit(at, help->cols - 1);
		if (at[n] && at[n] != ' ') {
			size_t back = n;
			while (back > 0 && at[back - 1] != ' ')
				back--;
			n = back > 0 ? back : n > 0 ? n : 1;
		}
		pt_text line = pt_text_over(piece, sizeof piece);
		pt_text_add_bytes(&line, at, n);
		add_help(help, false, "", piece);
		at += n;
		at += strspn(at, " ");
	}
	add_help(help, false, "", "");
}

static void add_scope(help_text *help, pt_scope scope)
{
	add_help(help, true, "", pt_scope_title(scope));
	for (int a = 0; a < PT_N_ACTIONS; a++) {
		const pt_action_row *row = pt_action_row_of((pt_action)a);
		char keys[32];
		if (row->scope != scope)
			continue;
		pt_action_show_keys(help->keymap, (pt_action)a, help->unicode, keys, sizeof keys);
		add_help(help, false, keys[0] ? keys : "none", row->help);
	}
	add_help(help, false, "", "");
}

static void draw_help_line(pt_frame *frame, pt_rect rect, const help_line *line)
{
	if (line->heading) {
		pt_frame_text_cut(frame, rect, rect.x, rect.y, rect.w, pt_pen_of(PT_ROLE_TITLE), line->text);
		return;
	}
	int x = rect.x;
	if (line->keys[0]) {
		int used = pt_frame_text_cut(frame, rect, x, rect.y, rect.w, pt_pen_of(PT_ROLE_KEY), line->keys);
		int keys_cols = rect.w >= 40 ? KEYS_COLS : 10;
		x += used + 1 > keys_cols ? used + 1 : keys_cols;
	}
	pt_frame_text_cut(frame, rect, x, rect.y, rect.x + rect.w - x, pt_pen_of(PT_ROLE_TEXT), line->text);
}

static void write_help(const pt_scene *scene, help_text *help)
{
	char title[96];
	const pt_pane_ops *pane = pt_pane_ops_of(scene->view->layout.focus);
	pane->title(scene, false, title, sizeof title);
	add_about(help, pane, title);
	/* The scopes of the focused pane first. */
	static const pt_scope plot_first[] = {
		PT_SCOPE_PLOT, PT_SCOPE_DOMAIN, PT_SCOPE_PANES, PT_SCOPE_GLOBAL, PT_SCOPE_RUNS, PT_SCOPE_LIST};
	static const pt_scope list_first[] = {
		PT_SCOPE_RUNS, PT_SCOPE_LIST, PT_SCOPE_PANES, PT_SCOPE_GLOBAL, PT_SCOPE_PLOT, PT_SCOPE_DOMAIN};
	static const pt_scope rows_first[] = {
		PT_SCOPE_LIST, PT_SCOPE_DOMAIN, PT_SCOPE_PANES, PT_SCOPE_GLOBAL, PT_SCOPE_PLOT, PT_SCOPE_RUNS};
	_Static_assert(sizeof plot_first / sizeof plot_first[0] == PT_N_SCOPES, "every scope once");
	_Static_assert(sizeof rows_first / sizeof rows_first[0] == PT_N_SCOPES, "every scope once");
	_Static_assert(sizeof list_first / sizeof list_first[0] == PT_N_SCOPES, "every scope once");
	const pt_scope *order = pt_pane_is_list(pane->id)    ? list_first
							: pt_pane_has_rows(pane->id) ? rows_first
														 : plot_first;
	for (int s = 0; s < PT_N_SCOPES; s++)
		add_scope(help, order[s]);
	while (help->n > 0 && !help->lines[help->n - 1].text[0])
		help->n--;
}

void pt_screen_help_draw(const pt_scene *scene, pt_frame *frame, pt_rect area)
{
	pt_frame_fill(frame, area, pt_pen_of(PT_ROLE_TEXT), U' ');
	pt_rect inner = area.w >= 6 && area.h >= 3 ? pt_rect_inset(area, 2, 1, 2, 1) : area;
	int n_columns = inner.w / HELP_COLUMN_COLS < 1   ? 1
					: inner.w / HELP_COLUMN_COLS > 3 ? 3
													 : inner.w / HELP_COLUMN_COLS;
	help_text help = {.lines = pt_array_alloc(HELP_MAX_LINES, sizeof(help_line)),
		.keymap = scene->view->keymap,
		.unicode = frame->charset == PT_CHARSET_UTF8,
		.cols = inner.w / n_columns - (n_columns > 1 ? 2 : 0)};
	if (help.lines)
		write_help(scene, &help);
	int page = inner.h * n_columns, n = (int)help.n;
	int most = n > page ? n - page : 0, first = scene->view->help_scroll;
	first = first < 0 ? 0 : first > most ? most : first;
	char figure[64];
	if (most > 0)
		snprintf(
			figure, sizeof figure, "%d–%d of %d  ↑↓ scroll", first + 1, first + (page < n ? page : n), n);
	else
		snprintf(figure, sizeof figure, "Esc back");
	char key[32];
	pt_action_show_first_key(help.keymap, PT_ACTION_HELP, help.unicode, key, sizeof key);
	pt_box box = {.focused = true, .key = key, .title = "help", .figure = figure};
	if (area.w >= 6 && area.h >= 3)
		pt_frame_box(frame, area, &box);
	for (int i = 0; i < page && first + i < n; i++) {
		int column = inner.h > 0 ? i / inner.h : 0;
		pt_rect line = {inner.x + column * (inner.w / n_columns), inner.y + i % inner.h, help.cols, 1};
		draw_help_line(frame, pt_rect_intersect(line, inner), &help.lines[first + i]);
	}
	pt_free(help.lines);
}
