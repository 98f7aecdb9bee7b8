/** How each module alone turned: one row a module, sorted by what one looks for. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module_names.h"
#include "pane_grid.h"
#include "phasetop/base/alloc.h"

enum {
	NAME_MIN_COLS = 8,
	NAME_MAX_COLS = 40,
	GAP_COLS = 2,
	CELL_BYTES = 48,
	BAR_MIN_COLS = 5,
	BAR_MAX_COLS = 24,
	ROWS_FOR_WHOLE_NAME = 8,
};

static const pt_absence absence = {
	.want = PT_WANT_MODULES,
	.n_least = 2,
	.waits = "the modules' turns wait for a second checkpoint",
	.no_value = "no module's own inner products are kept: --gram-memory gives them more room",
};

/* The modules of the set, in the order of the screen. */
typedef struct module_table {
	const pt_scene *scene;
	const pt_run_view *run;
	pt_matrix matrix;
	pt_module_naming naming;
	struct module_row {
		double key; /* what is sorted by; rises */
		size_t place;
	} * rows;
	size_t n;
	double largest_share;
} module_table;

typedef struct cell_text {
	char text[CELL_BYTES];
	pt_pen pen;
} cell_text;

static const pt_module_turn_view *turn_of(const module_table *table, size_t row)
{
	return &table->run->modules[table->rows[row].place].turns[table->matrix];
}

/* What comes first has the smallest key; what is missing the largest. */
static double sort_key(pt_module_sort sort, const pt_module_turn_view *turn, size_t place)
{
	double key = PT_MISSING;
	if (sort == PT_SORT_MODULE)
		return (double)place;
	if (!turn->present)
		return HUGE_VAL;
	if (sort == PT_SORT_TURNED && turn->change_step != PT_NO_STEP)
		key = (double)turn->change_step;
	if (sort == PT_SORT_PCA_TURN && turn->turning_step != PT_NO_STEP)
		key = (double)turn->turning_step;
	if (sort == PT_SORT_ANGLE)
		key = -turn->turning_angle_deg;
	if (sort == PT_SORT_MIN_COSINE)
		key = turn->min_cosine;
	if (sort == PT_SORT_SHARE)
		key = -turn->share_of_drift;
	return pt_is_missing(key) ? HUGE_VAL : key;
}

static int compare_rows(const void *a, const void *b)
{
	const struct module_row *x = a, *y = b;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

/* rows is NULL where there is nothing to show, or no memory. */
static module_table table_of(const pt_scene *scene)
{
	const pt_run_view *run = pt_scene_first_run(scene);
	module_table table = {.scene = scene, .run = run};
	if (!run)
		return table;
	table.matrix = pt_scene_matrix_of(scene, run, scene->main_matrix);
	bool any = false;
	for (size_t m = 0; m < run->n_modules; m++)
		any |= run->modules[m].selected && run->modules[m].turns[table.matrix].present;
	table.rows = any ? pt_array_alloc(run->n_modules, sizeof *table.rows) : NULL;
	for (size_t m = 0; table.rows && m < run->n_modules; m++) {
		const pt_module_turn_view *turn = &run->modules[m].turns[table.matrix];
		if (!run->modules[m].selected)
			continue;
		table.rows[table.n++] = (struct module_row){sort_key(scene->view->module_sort, turn, m), m};
		if (turn->present && turn->share_of_drift > table.largest_share)
			table.largest_share = turn->share_of_drift;
	}
	if (table.rows)
		qsort(table.rows, table.n, sizeof *table.rows, compare_rows);
	table.naming = pt_module_naming_of(run);
	return table;
}

static void fill_step(int64_t step, pt_pen pen, cell_text *cell)
{
	if (step == PT_NO_STEP)
		return;
	snprintf(cell->text, CELL_BYTES, "%lld", (long long)step);
	cell->pen = pen;
}

static void fill_turned(const module_table *table, const pt_module_turn_view *turn, cell_text *cell)
{
	(void)table;
	fill_step(turn->change_step, pt_pen_of(PT_ROLE_EVENT), cell);
}

static void fill_pca_turn(const module_table *table, const pt_module_turn_view *turn, cell_text *cell)
{
	(void)table;
	fill_step(turn->turning_step, cell->pen, cell);
}

static void fill_angle(const module_table *table, const pt_module_turn_view *turn, cell_text *cell)
{
	(void)table;
	if (!pt_is_missing(turn->turning_angle_deg))
		snprintf(cell->text, CELL_BYTES, "%.0f°", turn->turning_angle_deg);
}

/* Below the turn line it has the line's colour, as in the plot of the cosine. */
static void fill_min_cosine(const module_table *table, const pt_module_turn_view *turn, cell_text *cell)
{
	if (pt_is_missing(turn->min_cosine))
		return;
	snprintf(cell->text, CELL_BYTES, "%.3f @%lld", turn->min_cosine, (long long)turn->min_cosine_step);
	if (!table->scene->view->thresholds_off &&
		turn->min_cosine < pt_settings_turn_below(&table->scene->snapshot->settings))
		cell->pen = pt_pen_of(PT_ROLE_ALERT);
}

static void fill_share(const module_table *table, const pt_module_turn_view *turn, cell_text *cell)
{
	(void)table;
	if (!pt_is_missing(turn->share_of_drift))
		snprintf(cell->text, CELL_BYTES, "%.1f %%", 100 * turn->share_of_drift);
}

typedef struct table_column {
	const char *header;
	int cols;
	int weight; /* of keeping it when room is short */
	pt_module_sort sort;
	void (*fill)(const module_table *table, const pt_module_turn_view *turn, cell_text *cell);
} table_column;

/* In the order of the screen; the name stands before them, a bar of the share behind. */
static const table_column columns[] = {
	{"turned", 6, 4, PT_SORT_TURNED, fill_turned},
	{"PCA bend", 8, 1, PT_SORT_PCA_TURN, fill_pca_turn},
	{"angle", 5, 2, PT_SORT_ANGLE, fill_angle},
	{"min cos", 13, 3, PT_SORT_MIN_COSINE, fill_min_cosine},
	{"share", 7, 5, PT_SORT_SHARE, fill_share},
};
enum { N_COLUMNS = sizeof columns / sizeof columns[0] };
_Static_assert(N_COLUMNS == PT_N_MODULE_SORTS - 1, "a column for everything one can sort by but the name");

static const char *sort_word(pt_module_sort sort)
{
	for (size_t c = 0; c < N_COLUMNS; c++)
		if (columns[c].sort == sort)
			return columns[c].header;
	return "name";
}

static void title(const pt_scene *scene, bool brief, char *out, size_t capacity)
{
	const pt_run_view *run = pt_scene_first_run(scene);
	char name[64] = "";
	pt_matrix matrix = run ? pt_scene_matrix_of(scene, run, scene->main_matrix) : scene->main_matrix;
	if (run && scene->n_shown > 1)
		pt_name_text(run->name, brief ? 12 : 24, name, sizeof name);
	snprintf(out, capacity, "modules%s%s%s%s", brief ? " " : " by ", pt_matrix_label(matrix),
		name[0] ? " of " : "", name);
}

static void figure(const pt_scene *scene, char *out, size_t capacity)
{
	module_table table = table_of(scene);
	size_t n_turned = 0;
	for (size_t i = 0; i < table.n; i++)
		n_turned += turn_of(&table, i)->present && turn_of(&table, i)->change_step != PT_NO_STEP;
	out[0] = '\0';
	if (table.n > 0)
		snprintf(out, capacity, "%zu of %zu turned · by %s", n_turned, table.n,
			sort_word(scene->view->module_sort));
	pt_free(table.rows);
}

/* Where the columns stand, and how wide name and bar are. */
typedef struct table_plan {
	int name_cols, bar_cols; /* bar_cols 0: none */
	bool chosen[N_COLUMNS];
} table_plan;

static int widest_name(const module_table *table)
{
	int widest = NAME_MIN_COLS;
	char name[PT_LINE_BYTES];
	for (size_t i = 0; i < table->n; i++) {
		pt_module_short_name(
			&table->naming, &table->run->modules[table->rows[i].place], NAME_MAX_COLS, name, sizeof name);
		int width = pt_text_width(name);
		widest = width > widest ? width : widest;
	}
	return widest;
}

/* The weightiest columns that fit beside the name; the bar takes what is left. */
static table_plan plan_of(const module_table *table, int cols)
{
	table_plan plan = {.name_cols = widest_name(table)};
	int most = 9 * cols / 20 > NAME_MIN_COLS ? 9 * cols / 20 : NAME_MIN_COLS;
	plan.name_cols = plan.name_cols < most ? plan.name_cols : most;
	int used = plan.name_cols;
	for (int weight = N_COLUMNS; weight > 0; weight--)
		for (int c = 0; c < N_COLUMNS; c++)
			if (columns[c].weight == weight && used + GAP_COLS + columns[c].cols <= cols) {
				plan.chosen[c] = true;
				used += GAP_COLS + columns[c].cols;
			}
	int left = cols - used - GAP_COLS;
	plan.bar_cols = left < BAR_MIN_COLS ? 0 : left < BAR_MAX_COLS ? left : BAR_MAX_COLS;
	return plan;
}

static void draw_header(
	const module_table *table, const table_plan *plan, pt_frame *frame, pt_rect line, const char *names)
{
	pt_module_sort sort = table->scene->view->module_sort;
	pt_pen label = pt_pen_of(PT_ROLE_LABEL), chosen = pt_pen_of(PT_ROLE_TITLE);
	pt_frame_text_cut(
		frame, line, line.x, line.y, plan->name_cols, sort == PT_SORT_MODULE ? chosen : label, names);
	int x = line.x + plan->name_cols;
	for (int c = 0; c < N_COLUMNS; c++) {
		if (!plan->chosen[c])
			continue;
		x += GAP_COLS + columns[c].cols;
		pt_frame_text_right(
			frame, line, x, line.y, columns[c].sort == sort ? chosen : label, columns[c].header);
	}
}

static void draw_row(
	const module_table *table, const table_plan *plan, size_t row, pt_frame *frame, pt_rect line)
{
	char name[PT_LINE_BYTES];
	const pt_module_turn_view *turn = turn_of(table, row);
	pt_module_short_name(
		&table->naming, &table->run->modules[table->rows[row].place], plan->name_cols, name, sizeof name);
	pt_frame_text(frame, line, line.x, line.y, pt_pen_of(PT_ROLE_TEXT), name);
	int x = line.x + plan->name_cols;
	for (int c = 0; c < N_COLUMNS; c++) {
		if (!plan->chosen[c])
			continue;
		x += GAP_COLS + columns[c].cols;
		cell_text cell = {.pen = pt_pen_of(PT_ROLE_TEXT)};
		if (turn->present)
			columns[c].fill(table, turn, &cell);
		if (!cell.text[0])
			cell = (cell_text){"–", pt_pen_of(PT_ROLE_INACTIVE)};
		pt_frame_text_right(frame, line, x, line.y, cell.pen, cell.text);
	}
	if (turn->present && table->largest_share > 0)
		pt_bar_draw(frame, (pt_rect){x + GAP_COLS, line.y, plan->bar_cols, 1},
			turn->share_of_drift / table->largest_share,
			pt_pen_of(pt_role_series((int)table->scene->first_shown)));
}

/* "  lora, rank 8, F16": of what finds no room the end is left out, whole. */
static void kind_text(const pt_module_view *module, int room, char *out, size_t capacity)
{
	char parts[3][40] = {"", "", ""};
	pt_text text = pt_text_over(out, capacity);
	snprintf(parts[0], sizeof parts[0], "  %.20s", module->kind);
	if (module->rank > 0)
		snprintf(parts[1], sizeof parts[1], ", rank %lld", (long long)module->rank);
	snprintf(parts[2], sizeof parts[2], ", %.8s", module->dtype);
	for (int i = 0; i < 3 && pt_text_width(out) + pt_text_width(parts[i]) <= room; i++)
		pt_text_add(&text, parts[i]);
}

/* "model.layers.12.mlp.down_proj  lora, rank 8, F16" */
static void draw_whole_name(const module_table *table, size_t row, pt_frame *frame, pt_rect line)
{
	char name[PT_LINE_BYTES], rest[128];
	const pt_module_view *module = &table->run->modules[table->rows[row].place];
	int own = pt_text_width(module->name);
	kind_text(module, own < line.w ? line.w - own : line.w / 2, rest, sizeof rest);
	int room = line.w - pt_text_width(rest);
	pt_name_end_text(module->name, room > line.w / 2 ? room : line.w, name, sizeof name);
	int x = line.x + pt_frame_text(frame, line, line.x, line.y, pt_pen_of(PT_ROLE_LABEL), name);
	pt_frame_text_cut(frame, line, x, line.y, line.x + line.w - x, pt_pen_of(PT_ROLE_INACTIVE), rest);
}

static void draw_table(const module_table *table, pt_frame *frame, pt_rect rect)
{
	char names[48];
	bool is_focused = table->scene->view->layout.focus == PT_PANE_MODULES;
	int chosen = table->scene->view->selected_module, last = (int)table->n - 1;
	size_t selected = (size_t)(chosen < 0 ? 0 : chosen > last ? last : chosen);
	bool with_whole = is_focused && rect.h >= ROWS_FOR_WHOLE_NAME;
	size_t rows = (size_t)(rect.h - 1 - with_whole), first = selected >= rows ? selected + 1 - rows : 0;
	table_plan plan = plan_of(table, rect.w);
	snprintf(names, sizeof names, "module");
	if (rows < table->n)
		snprintf(names, sizeof names, "%zu–%zu of %zu", first + 1, first + rows, table->n);
	draw_header(table, &plan, frame, (pt_rect){rect.x, rect.y, rect.w, 1}, names);
	for (size_t i = 0; i < rows && first + i < table->n; i++) {
		pt_rect line = {rect.x, rect.y + 1 + (int)i, rect.w, 1};
		draw_row(table, &plan, first + i, frame, line);
		if (is_focused && first + i == selected)
			pt_frame_ground(frame, line, PT_ROLE_SELECTED, 0);
	}
	if (with_whole)
		draw_whole_name(table, selected, frame, (pt_rect){rect.x, rect.y + rect.h - 1, rect.w, 1});
}

static void draw(const pt_scene *scene, pt_frame *frame, pt_rect inner)
{
	module_table table = table_of(scene);
	if (table.n > 0)
		draw_table(&table, frame, inner.w > 30 ? pt_rect_inset(inner, 1, 0, 1, 0) : inner);
	else
		pt_plot_grid_absence(scene, &absence, frame, inner);
	pt_free(table.rows);
}

const pt_pane_ops pt_pane_modules = {
	.id = PT_PANE_MODULES,
	.about = {"Each module of the set by itself: its newest change point of direction (turned), where its "
			  "own "
			  "PCA",
		"bends and by how much, its smallest cosine at the largest k, and its share of the set's drift: what",
		"carries the update. The layer's number comes first; what all names share is left out. – : not",
		"defined, or its inner products are not kept. Of several runs the first that is shown. ↑ ↓ choose a "
		"row,",
		"< > the column it is sorted by; M chooses which modules are summed."},
	.min_cols = 18,
	.min_rows = 3,
	.title = title,
	.figure = figure,
	.draw = draw,
};
