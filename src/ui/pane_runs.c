/** The runs as a table: one row a run, with the figures that tell them apart. */
#include <stdio.h>
#include <string.h>

#include "run_columns.h"
#include "run_list.h"

enum {
	NAME_MIN_COLS = 8,
	NAME_MAX_COLS = 24,
	MARK_COLS = 2,
	GAP_COLS = 2,
	MAX_COLUMNS = 24,
	SORTED_WEIGHT = 100,
	TROUBLE_WEIGHT = 15 /* of the problems, once there are any */
};

static void title(const pt_scene *scene, bool brief, char *out, size_t capacity)
{
	(void)brief;
	char filter[PT_LINE_BYTES];
	pt_name_end_text(scene->view->run_filter, 24, filter, sizeof filter);
	bool open = scene->view->filter_open;
	snprintf(out, capacity, open || filter[0] ? "runs /%s%s" : "runs", filter, open ? "▏" : "");
}

static void figure(const pt_scene *scene, char *out, size_t capacity)
{
	pt_run_list list;
	pt_run_list_make(scene, &list);
	pt_text text = pt_text_over(out, capacity);
	size_t n = scene->snapshot ? scene->snapshot->n_runs : 0, n_hidden = 0;
	for (size_t r = 0; r < n; r++)
		n_hidden += !pt_view_run_shown(scene->view, r);
	if (list.n_filtered)
		pt_text_addf(&text, "%zu of ", n - list.n_filtered);
	pt_text_addf(&text, "%zu %s", n, n == 1 ? "run" : "runs");
	if (n_hidden)
		pt_text_addf(&text, ", %zu hidden · a all", n_hidden);
	if (scene->view->run_sort != PT_RUNS_AS_GIVEN)
		pt_text_addf(&text, " · by %s", pt_run_sort_name(scene->view->run_sort));
}

/* What is drawn: columns and the room for names. */
typedef struct table {
	const pt_run_column *columns;
	size_t n_columns;
	bool chosen[MAX_COLUMNS];
	int name_cols;
} table;

static bool any_problem(const pt_scene *scene)
{
	for (size_t r = 0; r < scene->snapshot->n_runs; r++)
		if (scene->snapshot->runs[r].n_problems > scene->snapshot->runs[r].n_notices)
			return true;
	return false;
}

static int weight_of(const pt_scene *scene, const pt_run_column *column)
{
	bool sorts = column->sort != PT_RUNS_AS_GIVEN && column->sort == scene->view->run_sort;
	bool tells_trouble = column->sort == PT_RUNS_BY_PROBLEMS && any_problem(scene);
	return sorts ? SORTED_WEIGHT : tells_trouble ? TROUBLE_WEIGHT : column->weight;
}

/* The columns that fit beside the names, the weightiest first. */
static void choose_columns(const pt_scene *scene, int cols, table *t)
{
	int used = MARK_COLS + t->name_cols;
	for (int weight = SORTED_WEIGHT; weight > 0; weight--)
		for (size_t c = 0; c < t->n_columns; c++) {
			const pt_run_column *column = &t->columns[c];
			if (weight_of(scene, column) != weight || used + GAP_COLS + column->cols > cols)
				continue;
			t->chosen[c] = true;
			used += GAP_COLS + column->cols;
		}
}

/* The name, and where there are several runs which one is the baseline. */
static void name_text(const pt_scene *scene, size_t place, int cols, char *out, size_t capacity)
{
	bool marked = place == scene->snapshot->baseline && scene->snapshot->n_runs > 1 && cols > NAME_MIN_COLS;
	pt_name_text(scene->snapshot->runs[place].name, marked ? cols - 2 : cols, out, capacity);
	pt_text text = {.bytes = out, .capacity = capacity, .length = strlen(out)};
	if (marked)
		pt_text_add(&text, " ◂");
}

static table table_of(const pt_scene *scene, int cols)
{
	table t = {.name_cols = NAME_MIN_COLS + 1};
	char name[PT_LINE_BYTES];
	t.columns = pt_run_columns(&t.n_columns);
	for (size_t r = 0; r < scene->snapshot->n_runs; r++) {
		name_text(scene, r, NAME_MAX_COLS, name, sizeof name);
		int width = pt_text_width(name);
		t.name_cols = width > t.name_cols ? width : t.name_cols;
	}
	int most = cols / 3 > NAME_MIN_COLS ? cols / 3 : NAME_MIN_COLS;
	t.name_cols = t.name_cols < most ? t.name_cols : most;
	choose_columns(scene, cols, &t);
	return t;
}

/* Left-aligned text begins at x, other text ends with the column. */
static void put_in_column(
	pt_frame *frame, pt_rect line, int x, const pt_run_column *column, pt_pen pen, const char *text)
{
	pt_rect room = pt_rect_intersect(line, (pt_rect){x - GAP_COLS, line.y, column->cols + GAP_COLS, 1});
	if (column->left)
		pt_frame_text(frame, room, x, line.y, pen, text);
	else
		pt_frame_text_right(frame, room, x + column->cols, line.y, pen, text);
}

static void draw_header(
	const pt_scene *scene, const table *t, pt_frame *frame, pt_rect line, const char *names)
{
	bool by_name = scene->view->run_sort == PT_RUNS_BY_NAME;
	pt_frame_text(
		frame, line, line.x + MARK_COLS, line.y, pt_pen_of(by_name ? PT_ROLE_TITLE : PT_ROLE_LABEL), names);
	int x = line.x + MARK_COLS + t->name_cols;
	for (size_t c = 0; c < t->n_columns; c++) {
		if (!t->chosen[c])
			continue;
		char header[64];
		bool sorts = weight_of(scene, &t->columns[c]) == SORTED_WEIGHT;
		x += GAP_COLS;
		pt_run_column_header(scene, &t->columns[c], header, sizeof header);
		put_in_column(
			frame, line, x, &t->columns[c], pt_pen_of(sorts ? PT_ROLE_TITLE : PT_ROLE_LABEL), header);
		x += t->columns[c].cols;
	}
}

static void draw_row(pt_run_row row, const table *t, bool selected, pt_frame *frame, pt_rect line)
{
	bool shown = pt_view_run_shown(row.scene->view, row.place);
	pt_pen hue = pt_pen_of(shown ? pt_role_series((int)row.place) : PT_ROLE_INACTIVE);
	char name[PT_LINE_BYTES];
	name_text(row.scene, row.place, t->name_cols, name, sizeof name);
	pt_frame_put(frame, line, line.x, line.y, hue, shown ? pt_run_marker(frame, row.place) : U'·');
	pt_frame_text(frame, line, line.x + MARK_COLS, line.y,
		shown ? pt_pen_of(PT_ROLE_TITLE) : pt_pen_of(PT_ROLE_INACTIVE), name);
	int x = line.x + MARK_COLS + t->name_cols;
	for (size_t c = 0; c < t->n_columns; c++) {
		if (!t->chosen[c])
			continue;
		x += GAP_COLS;
		pt_run_cell cell = {.pen = pt_pen_of(PT_ROLE_TEXT)};
		t->columns[c].fill(row, &cell);
		if (cell.text[0] == '\0') {
			snprintf(cell.text, sizeof cell.text, "–");
			cell.pen = pt_pen_of(PT_ROLE_INACTIVE);
		}
		if (!shown)
			cell.pen = pt_pen_of(PT_ROLE_INACTIVE);
		put_in_column(frame, line, x, &t->columns[c], cell.pen, cell.text);
		x += t->columns[c].cols;
	}
	if (selected)
		pt_frame_ground(frame, line, PT_ROLE_SELECTED, 0);
}

/* First row drawn: as scrolled, clamped, and so that the selected one is seen. */
static size_t first_row(const pt_scene *scene, const pt_run_list *list, int rows)
{
	int n = (int)list->n, selected = (int)list->selected;
	int most = n > rows ? n - rows : 0, first = scene->view->scroll[PT_PANE_RUNS];
	if (scene->view->layout.focus == PT_PANE_RUNS && selected >= 0) {
		first = selected < first ? selected : first;
		first = selected >= first + rows ? selected - rows + 1 : first;
	}
	return (size_t)(first < 0 ? 0 : first > most ? most : first);
}

static void draw_table(const pt_scene *scene, const pt_run_list *list, pt_frame *frame, pt_rect rect)
{
	char names[64] = "run";
	table t = table_of(scene, rect.w);
	bool with_header = rect.h > 1, focused = scene->view->layout.focus == PT_PANE_RUNS;
	int rows = rect.h - with_header;
	size_t first = first_row(scene, list, rows);
	if ((size_t)rows < list->n)
		snprintf(names, sizeof names, "%zu–%zu of %zu", first + 1, first + (size_t)rows, list->n);
	if (with_header)
		draw_header(scene, &t, frame, (pt_rect){rect.x, rect.y, rect.w, 1}, names);
	for (int i = 0; i < rows && first + (size_t)i < list->n; i++) {
		size_t at = first + (size_t)i, place = list->places[at];
		pt_run_row row = {scene, &scene->snapshot->runs[place], place};
		draw_row(row, &t, focused && (ptrdiff_t)at == list->selected, frame,
			(pt_rect){rect.x, rect.y + with_header + i, rect.w, 1});
	}
}

static void draw(const pt_scene *scene, pt_frame *frame, pt_rect inner)
{
	char text[PT_LINE_BYTES];
	pt_run_list list;
	if (!scene->snapshot || scene->snapshot->n_runs == 0) {
		pt_absence_draw(frame, inner, pt_scene_absence(scene, text, sizeof text));
		return;
	}
	pt_run_list_make(scene, &list);
	if (list.n == 0)
		pt_absence_draw(frame, inner, "no run matches: Esc takes the filter away");
	else
		draw_table(scene, &list, frame, inner.w > 30 ? pt_rect_inset(inner, 1, 0, 1, 0) : inner);
}

const pt_pane_ops pt_pane_runs = {
	.id = PT_PANE_RUNS,
	.about =
		{"One row a run: state, newest step, age of the newest data, norm, how much it grows a step, the "
		 "smallest",
			"cosine at the largest k, the most prominent dip, where the direction turned (with a question "
			"mark: not",
			"beyond the run's own noise), where SHC peaks and PR then, and beside the baseline (◂) the "
			"cosine of the",
			"newest vectors and how much later it turned. A W before a norm: whole weights. ↑ ↓ choose a "
			"row, Space",
			"shows or hides that run in all plots, a shows all, b makes it the baseline, < > sort, / lists "
			"only runs",
			"whose name or state holds each word typed (-word: does not)."},
	.min_cols = 1,
	.min_rows = 1,
	.title = title,
	.figure = figure,
	.draw = draw,
	.spark = NULL,
};
