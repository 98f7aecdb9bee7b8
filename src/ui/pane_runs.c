/** The runs as a table: one row a run, with the figures that tell them apart. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pane_draw.h"

enum { NAME_MIN_COLS = 8, NAME_MAX_COLS = 24, CELL_BYTES = 80, GAP_COLS = 2, NORM_COLS = 8 };

/* What a cell of the table is made from. */
typedef struct row_at {
	const pt_scene *scene;
	const pt_run_view *run;
	size_t place;
} row_at;

typedef struct cell_text {
	char text[CELL_BYTES];
	pt_pen pen;
} cell_text;

static const pt_cosine_view *largest_k(row_at row)
{
	const pt_matrix_view *matrix = pt_scene_matrix(row.scene, row.run, row.scene->main_matrix);
	for (size_t i = matrix->n_cosines; i-- > 0;)
		if (matrix->cosines[i].present && pt_view_k_shown(row.scene->view, i, matrix->n_cosines))
			return &matrix->cosines[i];
	return NULL;
}

static void fill_state(row_at row, cell_text *cell)
{
	static const pt_role roles[] = {PT_ROLE_OK, PT_ROLE_WARN, PT_ROLE_LABEL, PT_ROLE_INACTIVE, PT_ROLE_ALERT};
	_Static_assert(sizeof roles / sizeof roles[0] == PT_N_RUN_STATES, "a role for every state");
	snprintf(cell->text, CELL_BYTES, "%s", row.run->removed ? "removed" : pt_run_state_name(row.run->state));
	cell->pen = pt_pen_of(row.run->removed ? PT_ROLE_WARN : roles[row.run->state]);
}

static void fill_step(row_at row, cell_text *cell)
{
	if (row.run->n_steps > 0)
		snprintf(cell->text, CELL_BYTES, "%lld", (long long)row.run->steps[row.run->n_steps - 1]);
}

static void fill_norm(row_at row, cell_text *cell)
{
	const pt_norm_view *norms = &pt_scene_matrix(row.scene, row.run, row.scene->main_matrix)->norms;
	if (!norms->present || row.run->n_steps == 0 || pt_is_missing(norms->norm[row.run->n_steps - 1]))
		return;
	double newest = norms->norm[row.run->n_steps - 1];
	if (!row.scene->has_stand_in) {
		pt_text_number(cell->text, CELL_BYTES, newest, 4);
		return;
	}
	/* Which matrix each is of: numbers of W and of B cannot be compared. */
	char number[32];
	pt_matrix matrix = pt_scene_matrix_of(row.scene, row.run, row.scene->main_matrix);
	for (int digits = 4; digits > 0; digits--) {
		pt_text_number(number, sizeof number, newest, digits);
		snprintf(cell->text, CELL_BYTES, "%s %s", pt_matrix_label(matrix), number);
		if (pt_text_width(cell->text) <= NORM_COLS)
			return;
	}
}

static void fill_growth(row_at row, cell_text *cell)
{
	const pt_norm_view *norms = &pt_scene_matrix(row.scene, row.run, row.scene->main_matrix)->norms;
	if (norms->present)
		pt_sparkline(norms->norm, row.run->n_steps, 12, 0, 0, false, cell->text, CELL_BYTES);
	cell->pen = pt_pen_of(pt_role_series((int)row.place));
}

static void fill_minimum(row_at row, cell_text *cell)
{
	const pt_cosine_view *cosine = largest_k(row);
	if (cosine && cosine->minimum_step != PT_NO_STEP)
		snprintf(
			cell->text, CELL_BYTES, "%.3f @%lld", cosine->minimum_value, (long long)cosine->minimum_step);
}

static void fill_dip(row_at row, cell_text *cell)
{
	const pt_cosine_view *cosine = largest_k(row);
	if (cosine && cosine->dip_step != PT_NO_STEP)
		snprintf(cell->text, CELL_BYTES, "%lld", (long long)cosine->dip_step);
}

static const pt_change_point_view *strongest_change(const pt_matrix_view *matrix)
{
	const pt_change_point_view *strongest = NULL;
	for (size_t i = 0; i < matrix->n_change_points; i++)
		if (!strongest || matrix->change_points[i].ratio > strongest->ratio)
			strongest = &matrix->change_points[i];
	return strongest;
}

/* What the verdict claims; else, quietly and with a question mark, what the detector alone found. */
static void fill_turn(row_at row, cell_text *cell)
{
	const pt_matrix_view *matrix = pt_scene_matrix(row.scene, row.run, row.scene->main_matrix);
	const pt_verdict *verdict = pt_scene_verdict(row.scene, row.run);
	const pt_change_point_view *found = strongest_change(matrix);
	if (verdict->step != PT_NO_STEP) {
		snprintf(cell->text, CELL_BYTES, "%lld", (long long)verdict->step);
		cell->pen = pt_pen_of(PT_ROLE_ALERT);
	} else if (found) {
		snprintf(cell->text, CELL_BYTES, "%lld ?", (long long)found->step);
		cell->pen = pt_pen_of(PT_ROLE_INACTIVE);
	}
}

static void fill_pca_turn(row_at row, cell_text *cell)
{
	const pt_pca_view *pca = &pt_scene_matrix(row.scene, row.run, row.scene->main_matrix)->pca;
	if (pca->present && pca->turning_step != PT_NO_STEP)
		snprintf(cell->text, CELL_BYTES, "%lld", (long long)pca->turning_step);
}

static void fill_peak(row_at row, cell_text *cell)
{
	const pt_spectrum_view *spectrum = pt_scene_spectrum(row.scene, row.run);
	size_t best = spectrum ? spectrum->n : 0;
	for (size_t i = 0; spectrum && i < spectrum->n; i++)
		if (!spectrum->partial[i] && !pt_is_missing(spectrum->shc[i]) &&
			(best == spectrum->n || spectrum->shc[i] > spectrum->shc[best]))
			best = i;
	if (spectrum && best < spectrum->n)
		snprintf(cell->text, CELL_BYTES, "%lld", (long long)spectrum->steps[best]);
}

static void fill_problems(row_at row, cell_text *cell)
{
	size_t n = row.run->n_problems - row.run->n_notices;
	snprintf(cell->text, CELL_BYTES, "%zu", n);
	cell->pen = pt_pen_of(n ? PT_ROLE_WARN : PT_ROLE_LABEL);
}

typedef struct table_column {
	const char *header;
	int cols;
	int weight; /* of keeping it when room is short */
	bool left;  /* left-aligned */
	void (*fill)(row_at row, cell_text *cell);
} table_column;

/* In the order of the screen; the name stands before them. */
static const table_column columns[] = {
	{"state", 10, 9, true, fill_state},
	{"step", 6, 10, false, fill_step},
	{"norm", NORM_COLS, 8, false, fill_norm},
	{"growth", 12, 4, true, fill_growth},
	{"min cos", 13, 7, false, fill_minimum},
	{"dip", 5, 3, false, fill_dip},
	{"turned", 8, 6, false, fill_turn},
	{"PCA turn", 8, 1, false, fill_pca_turn},
	{"SHC peak", 8, 2, false, fill_peak},
	{"problems", 8, 5, false, fill_problems},
};
enum { N_COLUMNS = sizeof columns / sizeof columns[0] };

static void title(const pt_scene *scene, bool brief, char *out, size_t capacity)
{
	(void)scene;
	(void)brief;
	snprintf(out, capacity, "runs");
}

static void figure(const pt_scene *scene, char *out, size_t capacity)
{
	size_t n = scene->snapshot ? scene->snapshot->n_runs : 0, n_hidden = 0;
	for (size_t r = 0; r < n; r++)
		n_hidden += !pt_view_run_shown(scene->view, r);
	if (n_hidden)
		snprintf(out, capacity, "%zu runs, %zu hidden · a all", n, n_hidden);
	else
		snprintf(out, capacity, "%zu %s", n, n == 1 ? "run" : "runs");
}

/* The columns that fit beside a name of `name_cols`, the weightiest first. */
static int choose_columns(int cols, int name_cols, bool chosen[N_COLUMNS])
{
	int used = 2 + name_cols;
	memset(chosen, 0, N_COLUMNS * sizeof *chosen);
	for (int weight = 10; weight > 0; weight--)
		for (int c = 0; c < N_COLUMNS; c++)
			if (columns[c].weight == weight && used + GAP_COLS + columns[c].cols <= cols) {
				chosen[c] = true;
				used += GAP_COLS + columns[c].cols;
			}
	return used;
}

static int widest_name(const pt_scene *scene)
{
	int widest = NAME_MIN_COLS;
	char name[PT_LINE_BYTES];
	for (size_t r = 0; r < scene->snapshot->n_runs; r++) {
		pt_name_text(scene->snapshot->runs[r].name, NAME_MAX_COLS, name, sizeof name);
		int width = pt_text_width(name);
		widest = width > widest ? width : widest;
	}
	return widest;
}

static void draw_header(const pt_scene *scene, pt_frame *frame, pt_rect line, int name_cols,
	const bool chosen[N_COLUMNS], const char *names)
{
	pt_pen pen = pt_pen_of(PT_ROLE_LABEL);
	pt_frame_text(frame, line, line.x + 2, line.y, pen, names);
	int x = line.x + 2 + name_cols;
	for (int c = 0; c < N_COLUMNS; c++) {
		if (!chosen[c])
			continue;
		x += GAP_COLS;
		char header[32];
		if (columns[c].fill == fill_norm && !scene->has_stand_in)
			snprintf(header, sizeof header, "‖%s‖", pt_matrix_label(scene->main_matrix));
		else
			snprintf(header, sizeof header, "%s", columns[c].header);
		if (columns[c].left)
			pt_frame_text(frame, line, x, line.y, pen, header);
		else
			pt_frame_text_right(frame, line, x + columns[c].cols, line.y, pen, header);
		x += columns[c].cols;
	}
}

static void draw_row(row_at row, pt_frame *frame, pt_rect line, int name_cols, const bool chosen[N_COLUMNS])
{
	bool shown = pt_view_run_shown(row.scene->view, row.place);
	bool selected =
		row.scene->view->layout.focus == PT_PANE_RUNS && row.scene->view->selected_run == (int)row.place;
	pt_pen hue = pt_pen_of(shown ? pt_role_series((int)row.place) : PT_ROLE_INACTIVE);
	char name[PT_LINE_BYTES];
	pt_name_text(row.run->name, name_cols, name, sizeof name);
	pt_frame_put(frame, line, line.x, line.y, hue, shown ? pt_run_marker(frame, row.place) : U'·');
	pt_frame_text(frame, line, line.x + 2, line.y,
		shown ? pt_pen_of(PT_ROLE_TITLE) : pt_pen_of(PT_ROLE_INACTIVE), name);
	int x = line.x + 2 + name_cols;
	for (int c = 0; c < N_COLUMNS; c++) {
		if (!chosen[c])
			continue;
		x += GAP_COLS;
		cell_text cell = {.pen = pt_pen_of(PT_ROLE_TEXT)};
		columns[c].fill(row, &cell);
		if (cell.text[0] == '\0') {
			snprintf(cell.text, CELL_BYTES, "–");
			cell.pen = pt_pen_of(PT_ROLE_INACTIVE);
		}
		if (!shown)
			cell.pen = pt_pen_of(PT_ROLE_INACTIVE);
		pt_rect room = pt_rect_intersect(line, (pt_rect){x, line.y, columns[c].cols, 1});
		if (columns[c].left)
			pt_frame_text(frame, room, x, line.y, cell.pen, cell.text);
		else
			pt_frame_text_right(frame, room, x + columns[c].cols, line.y, cell.pen, cell.text);
		x += columns[c].cols;
	}
	if (selected)
		pt_frame_ground(frame, line, PT_ROLE_SELECTED, 0);
}

/* First row drawn: as scrolled, clamped, and so that the selected one is seen. */
static size_t first_row(const pt_scene *scene, int rows)
{
	size_t n = scene->snapshot->n_runs;
	int most = (int)n > rows ? (int)n - rows : 0, first = scene->view->scroll[PT_PANE_RUNS];
	int selected = scene->view->selected_run;
	if (scene->view->layout.focus == PT_PANE_RUNS && selected >= 0 && selected < (int)n) {
		first = selected < first ? selected : first;
		first = selected >= first + rows ? selected - rows + 1 : first;
	}
	return (size_t)(first < 0 ? 0 : first > most ? most : first);
}

static void draw(const pt_scene *scene, pt_frame *frame, pt_rect inner)
{
	char text[PT_LINE_BYTES];
	if (!scene->snapshot || scene->snapshot->n_runs == 0) {
		pt_absence_draw(frame, inner, pt_scene_absence(scene, text, sizeof text));
		return;
	}
	pt_rect rect = inner.w > 30 ? pt_rect_inset(inner, 1, 0, 1, 0) : inner;
	int name_cols = widest_name(scene);
	if (name_cols > rect.w / 3)
		name_cols = rect.w / 3 > NAME_MIN_COLS ? rect.w / 3 : NAME_MIN_COLS;
	bool chosen[N_COLUMNS];
	choose_columns(rect.w, name_cols, chosen);
	bool with_header = rect.h > 1;
	int rows = rect.h - with_header;
	size_t first = first_row(scene, rows), n = scene->snapshot->n_runs;
	snprintf(text, sizeof text, "run");
	if ((size_t)rows < n)
		snprintf(text, sizeof text, "%zu–%zu of %zu", first + 1, first + (size_t)rows, n);
	if (with_header)
		draw_header(scene, frame, (pt_rect){rect.x, rect.y, rect.w, 1}, name_cols, chosen, text);
	for (int i = 0; i < rows && first + (size_t)i < scene->snapshot->n_runs; i++) {
		row_at row = {scene, &scene->snapshot->runs[first + (size_t)i], first + (size_t)i};
		draw_row(row, frame, (pt_rect){rect.x, rect.y + with_header + i, rect.w, 1}, name_cols, chosen);
	}
}

const pt_pane_ops pt_pane_runs = {
	.id = PT_PANE_RUNS,
	.about = {"One row a run: its state, newest step, norm and how it grew, the smallest cosine at the "
			  "largest k, the",
		"most prominent dip, where the direction turned (dim with a question mark: not beyond the run's own",
		"noise), where its PCA bends and its SHC is highest. A W before a norm: that run has no LoRA, and "
		"its",
		"whole weights stand in. ↑ ↓ choose a row, Space shows or hides that run in all plots, a shows all."},
	.min_cols = 1,
	.min_rows = 1,
	.title = title,
	.figure = figure,
	.draw = draw,
	.spark = NULL,
};
