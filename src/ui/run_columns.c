#include "run_columns.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NORM_COLS = 8, SPARK_COLS = 10, SLOPE_CHECKPOINTS = 10, BASELINE_NAME_COLS = 8 };

static const pt_matrix_view *matrix_of(pt_run_row row)
{
	return pt_scene_matrix(row.scene, row.run, row.scene->main_matrix);
}

static const pt_cosine_view *largest_k(pt_run_row row)
{
	const pt_matrix_view *matrix = matrix_of(row);
	for (size_t i = matrix->n_cosines; i-- > 0;)
		if (matrix->cosines[i].present && pt_view_k_shown(row.scene->view, i, matrix->n_cosines))
			return &matrix->cosines[i];
	return NULL;
}

void pt_age_text(int64_t ms, char *out, size_t capacity)
{
	long long seconds = ms > 0 ? ms / 1000 : 0;
	if (seconds < 90)
		snprintf(out, capacity, "%lld s", seconds);
	else if (seconds < 90 * 60)
		snprintf(out, capacity, "%lld min", (seconds + 30) / 60);
	else if (seconds < 48 * 3600)
		snprintf(out, capacity, "%lld h", (seconds + 1800) / 3600);
	else if (seconds < 100 * 86400)
		snprintf(out, capacity, "%lld days", (seconds + 43200) / 86400);
	else if (seconds < 2 * 365 * 86400)
		snprintf(out, capacity, "%lld mon", (seconds + 15 * 86400) / (30 * 86400 + 37800));
	else
		snprintf(out, capacity, "%lld y", (seconds + 182 * 86400) / (365 * 86400 + 20952));
}

static void put_step(pt_run_cell *cell, int64_t step)
{
	if (step != PT_NO_STEP)
		snprintf(cell->text, PT_RUN_CELL_BYTES, "%lld", (long long)step);
}

static double step_value(int64_t step)
{
	return step == PT_NO_STEP ? PT_MISSING : (double)step;
}

/* --- what the columns show ------------------------------------------------------------------------------ */

static void fill_state(pt_run_row row, pt_run_cell *cell)
{
	static const pt_role roles[] = {PT_ROLE_OK, PT_ROLE_WARN, PT_ROLE_LABEL, PT_ROLE_INACTIVE, PT_ROLE_ALERT};
	_Static_assert(sizeof roles / sizeof roles[0] == PT_N_RUN_STATES, "a role for every state");
	snprintf(cell->text, PT_RUN_CELL_BYTES, "%s",
		row.run->removed ? "removed" : pt_run_state_name(row.run->state));
	cell->pen = pt_pen_of(row.run->removed ? PT_ROLE_WARN : roles[row.run->state]);
}

static void fill_step(pt_run_row row, pt_run_cell *cell)
{
	if (row.run->n_steps > 0)
		put_step(cell, row.run->steps[row.run->n_steps - 1]);
}

static int64_t age_ms(const pt_scene *scene, const pt_run_view *run)
{
	return run->last_write_wall_ms == PT_NO_TIME ? PT_NO_TIME
												 : scene->snapshot->taken_wall_ms - run->last_write_wall_ms;
}

static void fill_age(pt_run_row row, pt_run_cell *cell)
{
	int64_t age = age_ms(row.scene, row.run);
	if (age != PT_NO_TIME)
		pt_age_text(age, cell->text, PT_RUN_CELL_BYTES);
	cell->pen = pt_pen_of(row.run->state == PT_RUN_STALE ? PT_ROLE_WARN : PT_ROLE_LABEL);
}

/* The newest norm that is there. */
static double newest_norm(pt_run_row row)
{
	const pt_norm_view *norms = &matrix_of(row)->norms;
	return norms->present && row.run->n_steps > 0 ? norms->norm[row.run->n_steps - 1] : PT_MISSING;
}

static void fill_norm(pt_run_row row, pt_run_cell *cell)
{
	double newest = newest_norm(row);
	if (pt_is_missing(newest))
		return;
	if (!row.scene->has_stand_in) {
		pt_text_number(cell->text, PT_RUN_CELL_BYTES, newest, 4);
		return;
	}
	/* Which matrix each is of: numbers of W and of B cannot be compared. */
	char number[32];
	pt_matrix matrix = pt_scene_matrix_of(row.scene, row.run, row.scene->main_matrix);
	for (int digits = 4; digits > 0; digits--) {
		pt_text_number(number, sizeof number, newest, digits);
		snprintf(cell->text, PT_RUN_CELL_BYTES, "%s %s", pt_matrix_label(matrix), number);
		if (pt_text_width(cell->text) <= NORM_COLS)
			return;
	}
}

/* Growth of the norm a step over the newest ten checkpoints, or all there are. */
static double slope_of(pt_run_row row)
{
	const pt_run_view *run = row.run;
	const pt_norm_view *norms = &matrix_of(row)->norms;
	if (!norms->present || run->n_steps < 2)
		return PT_MISSING;
	size_t last = run->n_steps - 1, first = last > SLOPE_CHECKPOINTS ? last - SLOPE_CHECKPOINTS : 0;
	return (norms->norm[last] - norms->norm[first]) / (double)(run->steps[last] - run->steps[first]);
}

static void fill_slope(pt_run_row row, pt_run_cell *cell)
{
	double slope = slope_of(row);
	if (!pt_is_missing(slope))
		pt_text_number(cell->text, PT_RUN_CELL_BYTES, slope, 2);
}

static void fill_growth(pt_run_row row, pt_run_cell *cell)
{
	const pt_norm_view *norms = &matrix_of(row)->norms;
	if (norms->present)
		pt_sparkline(norms->norm, row.run->n_steps, SPARK_COLS, 0, 0, false, cell->text, PT_RUN_CELL_BYTES);
	cell->pen = pt_pen_of(pt_role_series((int)row.place));
}

static void fill_course(pt_run_row row, pt_run_cell *cell)
{
	const pt_cosine_view *cosine = largest_k(row);
	if (cosine)
		pt_sparkline(cosine->values, cosine->n, SPARK_COLS, 0, 0, false, cell->text, PT_RUN_CELL_BYTES);
	cell->pen = pt_pen_of(pt_role_series((int)row.place));
}

static void fill_minimum(pt_run_row row, pt_run_cell *cell)
{
	const pt_cosine_view *cosine = largest_k(row);
	if (cosine && cosine->minimum_step != PT_NO_STEP)
		snprintf(cell->text, PT_RUN_CELL_BYTES, "%.3f @%lld", cosine->minimum_value,
			(long long)cosine->minimum_step);
}

static void fill_dip(pt_run_row row, pt_run_cell *cell)
{
	const pt_cosine_view *cosine = largest_k(row);
	if (cosine)
		put_step(cell, cosine->dip_step);
}

/* What the verdict claims; else, quietly and with a question mark, what the detector alone found. */
static void fill_turn(pt_run_row row, pt_run_cell *cell)
{
	const pt_verdict *verdict = pt_scene_verdict(row.scene, row.run);
	const pt_change_point_view *found = pt_strongest_change(matrix_of(row));
	if (verdict->step != PT_NO_STEP) {
		put_step(cell, verdict->step);
		cell->pen = pt_pen_of(PT_ROLE_ALERT);
	} else if (found) {
		snprintf(cell->text, PT_RUN_CELL_BYTES, "%lld ?", (long long)found->step);
		cell->pen = pt_pen_of(PT_ROLE_INACTIVE);
	}
}

static void fill_pca_turn(pt_run_row row, pt_run_cell *cell)
{
	const pt_pca_view *pca = &matrix_of(row)->pca;
	if (pca->present)
		put_step(cell, pca->turning_step);
}

/* The row of the largest SHC among full windows; -1: none. */
static ptrdiff_t peak_of(const pt_spectrum_view *spectrum)
{
	ptrdiff_t best = -1;
	for (size_t i = 0; spectrum && i < spectrum->n; i++)
		if (!spectrum->partial[i] && !pt_is_missing(spectrum->shc[i]) &&
			(best < 0 || spectrum->shc[i] > spectrum->shc[best]))
			best = (ptrdiff_t)i;
	return best;
}

static void fill_peak(pt_run_row row, pt_run_cell *cell)
{
	const pt_spectrum_view *spectrum = pt_scene_spectrum(row.scene, row.run);
	ptrdiff_t peak = peak_of(spectrum);
	if (peak >= 0)
		put_step(cell, spectrum->steps[peak]);
}

/* PR at the peak of SHC. */
static double pr_then(pt_run_row row)
{
	const pt_spectrum_view *spectrum = pt_scene_spectrum(row.scene, row.run);
	ptrdiff_t peak = peak_of(spectrum);
	return peak < 0 ? PT_MISSING : spectrum->pr[peak];
}

static void fill_pr(pt_run_row row, pt_run_cell *cell)
{
	double pr = pr_then(row);
	if (!pt_is_missing(pr))
		pt_text_number(cell->text, PT_RUN_CELL_BYTES, pr, 3);
}

static const pt_versus_view *versus_of(pt_run_row row)
{
	return &row.run->versus[pt_scene_matrix_of(row.scene, row.run, row.scene->main_matrix)];
}

static bool is_baseline(pt_run_row row)
{
	return row.place == row.scene->snapshot->baseline;
}

static void fill_cosine(pt_run_row row, pt_run_cell *cell)
{
	const pt_versus_view *versus = versus_of(row);
	cell->pen = pt_pen_of(PT_ROLE_LABEL);
	if (is_baseline(row)) {
		snprintf(cell->text, PT_RUN_CELL_BYTES, "baseline");
		return;
	}
	if (versus->present && !versus->same_shapes) {
		snprintf(cell->text, PT_RUN_CELL_BYTES, "other shape");
	} else if (versus->present && !pt_is_missing(versus->cosine_final)) {
		snprintf(cell->text, PT_RUN_CELL_BYTES, "%.3f", versus->cosine_final);
		cell->pen = pt_pen_of(PT_ROLE_TEXT);
	}
}

static void fill_lag(pt_run_row row, pt_run_cell *cell)
{
	const pt_versus_view *versus = versus_of(row);
	if (!is_baseline(row) && versus->present && versus->turn_lag_steps != PT_NO_STEP)
		snprintf(cell->text, PT_RUN_CELL_BYTES, "%+lld", (long long)versus->turn_lag_steps);
}

static void fill_problems(pt_run_row row, pt_run_cell *cell)
{
	size_t n = row.run->n_problems - row.run->n_notices;
	snprintf(cell->text, PT_RUN_CELL_BYTES, "%zu", n);
	cell->pen = pt_pen_of(n ? PT_ROLE_WARN : PT_ROLE_LABEL);
}

/* In the order of the screen; the name stands before them. */
static const pt_run_column columns[] = {
	{"state", 10, 14, true, fill_state, PT_RUNS_BY_STATE},
	{"step", 6, 16, false, fill_step, PT_RUNS_BY_STEP},
	{"age", 7, 10, false, fill_age, PT_RUNS_BY_AGE},
	{"norm", NORM_COLS, 12, false, fill_norm, PT_RUNS_BY_NORM},
	{"slope", 8, 7, false, fill_slope, PT_RUNS_BY_SLOPE},
	{"growth", SPARK_COLS, 8, true, fill_growth, PT_RUNS_AS_GIVEN},
	{"cosine", SPARK_COLS, 2, true, fill_course, PT_RUNS_AS_GIVEN},
	{"min cos", 11, 13, false, fill_minimum, PT_RUNS_BY_MIN_COSINE},
	{"dip", 5, 6, false, fill_dip, PT_RUNS_BY_DIP},
	{"turned", 6, 15, false, fill_turn, PT_RUNS_BY_TURN},
	{"PCA bend", 8, 1, false, fill_pca_turn, PT_RUNS_BY_PCA_TURN},
	{"SHC peak", 8, 5, false, fill_peak, PT_RUNS_BY_PEAK},
	{"PR then", 7, 4, false, fill_pr, PT_RUNS_BY_PR},
	{"cos", 12, 9, false, fill_cosine, PT_RUNS_BY_COSINE},
	{"lag", 6, 3, false, fill_lag, PT_RUNS_BY_LAG},
	{"problems", 8, 11, false, fill_problems, PT_RUNS_BY_PROBLEMS},
};

const pt_run_column *pt_run_columns(size_t *n)
{
	*n = sizeof columns / sizeof columns[0];
	return columns;
}

void pt_run_column_header(const pt_scene *scene, const pt_run_column *column, char *out, size_t capacity)
{
	char name[64];
	if (column->fill == fill_norm && !scene->has_stand_in) {
		snprintf(out, capacity, "‖%s‖", pt_matrix_label(scene->main_matrix));
	} else if (column->fill == fill_cosine && scene->snapshot->n_runs > 1) {
		pt_name_text(
			scene->snapshot->runs[scene->snapshot->baseline].name, BASELINE_NAME_COLS, name, sizeof name);
		snprintf(out, capacity, "cos %s", name);
	} else {
		snprintf(out, capacity, "%s", column->header);
	}
}

/* --- what they are sorted by ---------------------------------------------------------------------------- */

static double turn_value(pt_run_row row)
{
	const pt_change_point_view *found = pt_strongest_change(matrix_of(row));
	int64_t told = pt_scene_verdict(row.scene, row.run)->step;
	return step_value(told != PT_NO_STEP || !found ? told : found->step);
}

static double cosine_value(pt_run_row row, pt_run_sort sort)
{
	const pt_cosine_view *cosine = largest_k(row);
	if (!cosine)
		return PT_MISSING;
	return sort == PT_RUNS_BY_DIP ? step_value(cosine->dip_step) : cosine->minimum_value;
}

static double peak_value(pt_run_row row)
{
	const pt_spectrum_view *spectrum = pt_scene_spectrum(row.scene, row.run);
	ptrdiff_t peak = peak_of(spectrum);
	return peak < 0 ? PT_MISSING : (double)spectrum->steps[peak];
}

static double versus_value(pt_run_row row, pt_run_sort sort)
{
	const pt_versus_view *versus = versus_of(row);
	if (!versus->present)
		return PT_MISSING;
	return sort == PT_RUNS_BY_LAG ? step_value(versus->turn_lag_steps) : versus->cosine_final;
}

double pt_run_figure(const pt_scene *scene, const pt_run_view *run, pt_run_sort column)
{
	pt_run_row row = {scene, run, (size_t)(run - scene->snapshot->runs)};
	int64_t age = age_ms(scene, run);
	switch (column) {
	case PT_RUNS_BY_STATE:
		return run->state;
	case PT_RUNS_BY_STEP:
		return run->n_steps ? (double)run->steps[run->n_steps - 1] : PT_MISSING;
	case PT_RUNS_BY_AGE:
		return age == PT_NO_TIME ? PT_MISSING : (double)age / 1000;
	case PT_RUNS_BY_NORM:
		return newest_norm(row);
	case PT_RUNS_BY_SLOPE:
		return slope_of(row);
	case PT_RUNS_BY_MIN_COSINE:
	case PT_RUNS_BY_DIP:
		return cosine_value(row, column);
	case PT_RUNS_BY_TURN:
		return turn_value(row);
	case PT_RUNS_BY_PCA_TURN:
		return matrix_of(row)->pca.present ? step_value(matrix_of(row)->pca.turning_step) : PT_MISSING;
	case PT_RUNS_BY_PEAK:
		return peak_value(row);
	case PT_RUNS_BY_PR:
		return pr_then(row);
	case PT_RUNS_BY_COSINE:
	case PT_RUNS_BY_LAG:
		return versus_value(row, column);
	case PT_RUNS_BY_PROBLEMS:
		return (double)(run->n_problems - run->n_notices);
	default:
		return 0;
	}
}

double pt_run_sort_value(const pt_scene *scene, const pt_run_view *run, pt_run_sort sort)
{
	bool largest_first = sort == PT_RUNS_BY_STEP || sort == PT_RUNS_BY_NORM || sort == PT_RUNS_BY_SLOPE ||
						 sort == PT_RUNS_BY_PROBLEMS;
	double figure = pt_run_figure(scene, run, sort);
	return largest_first ? -figure : figure;
}

const char *pt_run_sort_name(pt_run_sort sort)
{
	static const char *const names[] = {"", "name", "state", "step", "age", "norm", "slope", "min cos", "dip",
		"turned", "PCA bend", "SHC peak", "PR then", "cosine", "lag", "problems"};
	_Static_assert(sizeof names / sizeof names[0] == PT_N_RUN_SORTS, "a name for every order");
	return names[(unsigned)sort < PT_N_RUN_SORTS ? sort : 0];
}
