#include "phasetop/report/report_pane_csv.h"

#include <errno.h>
#include <inttypes.h>

#include "csv_table.h"
#include "phasetop/base/alloc.h"
#include "phasetop/report/report_csv.h"
#include "phasetop/ui/pane.h"
#include "phasetop/ui/stage.h"

enum { MAX_BEGINNINGS = 8 };

/* Series that a pane over steps draws; NULL at the end. */
static const char *const series[PT_N_PANES][MAX_BEGINNINGS] = {
	[PT_PANE_NORMS] = {"norm.", "drift.", "step_length.", "path_length."},
	[PT_PANE_PCA] = {"pc1.", "pc2."},
	[PT_PANE_COSINE] = {"cosine.", "floor_q."},
	[PT_PANE_SPECTRUM] = {"shc.", "pr.", "trace.", "lambda1.", "pr_white_noise."},
	[PT_PANE_LOSS] = {"loss.", "metric."},
};

static void begin_row(FILE *out, const pt_run_view *run, int matrix)
{
	pt_csv_text(out, run->name);
	fprintf(out, ",%s", pt_matrix_name((pt_matrix)matrix));
}

static void end_row(FILE *out, double value)
{
	fputc(',', out);
	pt_csv_number(out, value);
	fputc('\n', out);
}

static void write_step(FILE *out, int64_t step)
{
	if (step == PT_NO_STEP)
		fputc(',', out);
	else
		fprintf(out, ",%" PRId64, step);
}

/* A row a value of a map with a row for each of `down`. */
static void write_heat(FILE *out, const pt_run_view *run, int m, const int64_t *down, size_t n_down,
	const int64_t *across, size_t n_across, const double *values)
{
	for (size_t i = 0; i < n_down; i++)
		for (size_t j = 0; j < n_across; j++) {
			begin_row(out, run, m);
			fprintf(out, ",%" PRId64 ",%" PRId64, down[i], across[j]);
			end_row(out, values[i * n_across + j]);
		}
}

static void write_k_scan(FILE *out, const pt_scene *scene, const pt_run_view *run, int m)
{
	(void)scene;
	const pt_k_scan_view *scan = &run->matrices[m].k_scan;
	if (scan->present)
		write_heat(out, run, m, scan->k, scan->n_k, scan->steps, scan->n, scan->values);
}

static void write_map(FILE *out, const pt_scene *scene, const pt_run_view *run, int m)
{
	(void)scene;
	const pt_square_view *map = &run->matrices[m].checkpoint_cosine;
	if (map->present)
		write_heat(out, run, m, map->steps, map->n, map->steps, map->n, map->values);
}

static void write_scree(FILE *out, const pt_scene *scene, const pt_run_view *run, int m)
{
	(void)scene;
	const pt_pca_view *pca = &run->matrices[m].pca;
	for (size_t i = 0; pca->present && i < pca->n_scree; i++) {
		begin_row(out, run, m);
		fprintf(out, ",%zu", i + 1);
		end_row(out, pca->scree[i]);
	}
}

static void write_modules(FILE *out, const pt_scene *scene, const pt_run_view *run, int m)
{
	(void)scene;
	for (size_t i = 0; i < run->n_modules; i++) {
		const pt_module_view *module = &run->modules[i];
		const pt_module_turn_view *turn = &module->turns[m];
		if (!module->selected || !turn->present)
			continue;
		begin_row(out, run, m);
		fputc(',', out);
		pt_csv_text(out, module->adapter);
		fputc(',', out);
		pt_csv_text(out, module->name);
		write_step(out, turn->turning_step);
		fputc(',', out);
		pt_csv_number(out, turn->turning_angle_deg);
		write_step(out, turn->change_step);
		fputc(',', out);
		pt_csv_number(out, turn->min_cosine);
		write_step(out, turn->min_cosine_step);
		end_row(out, turn->share_of_drift);
	}
}

static void write_modes_of(FILE *out, const pt_run_view *run, const pt_modes_view *modes)
{
	for (size_t i = 0; modes->present && i < modes->n_modes; i++)
		for (size_t p = 0; p < modes->modes[i].n_probes; p++) {
			pt_csv_text(out, run->name);
			fprintf(out, ",%" PRId64 ",%zu,", modes->step, i + 1);
			pt_csv_number(out, modes->modes[i].share);
			fputc(',', out);
			pt_csv_text(out, modes->modes[i].probes[p].name);
			end_row(out, modes->modes[i].probes[p].weight);
		}
}

/* Of the spectrum that is drawn: the matrix type says nothing here. */
static void write_modes(FILE *out, const pt_scene *scene, const pt_run_view *run, int m)
{
	(void)m;
	const pt_spectrum_view *spectrum = pt_scene_spectrum(scene, run);
	if (spectrum)
		write_modes_of(out, run, &spectrum->modes);
}

/* Panes with columns of their own. */
static const struct {
	pt_pane_id pane;
	const char *heading;
	void (*write)(FILE *out, const pt_scene *scene, const pt_run_view *run, int matrix);
	bool each_matrix;
} tables[] = {
	{PT_PANE_K_SCAN, "run,matrix,k,step,cosine\n", write_k_scan, true},
	{PT_PANE_MAP, "run,matrix,step,other_step,cosine\n", write_map, true},
	{PT_PANE_SCREE, "run,matrix,component,explained\n", write_scree, true},
	{PT_PANE_MODULES,
		"run,matrix,adapter,module,turning_step,turning_angle_deg,change_step,min_cosine,min_cosine_step,"
		"share\n",
		write_modules, true},
	{PT_PANE_MODES, "run,step,mode,share,probe,weight\n", write_modes, false},
};
enum { N_TABLES = sizeof tables / sizeof tables[0] };

/* The table of the runs pane: a row a run, shown or not. */
static void write_runs(FILE *out, const pt_scene *scene)
{
	static const struct {
		const char *name;
		pt_run_sort figure;
	} columns[] = {
		{"step", PT_RUNS_BY_STEP},
		{"age_s", PT_RUNS_BY_AGE},
		{"norm", PT_RUNS_BY_NORM},
		{"norm_per_step", PT_RUNS_BY_SLOPE},
		{"min_cosine", PT_RUNS_BY_MIN_COSINE},
		{"dip_step", PT_RUNS_BY_DIP},
		{"turn_step", PT_RUNS_BY_TURN},
		{"bend_step", PT_RUNS_BY_PCA_TURN},
		{"shc_peak_step", PT_RUNS_BY_PEAK},
		{"pr_then", PT_RUNS_BY_PR},
		{"cosine_with_baseline", PT_RUNS_BY_COSINE},
		{"turn_lag_steps", PT_RUNS_BY_LAG},
		{"problems", PT_RUNS_BY_PROBLEMS},
	};
	enum { N_FIGURES = sizeof columns / sizeof columns[0] };
	fputs("run,path,state", out);
	for (size_t c = 0; c < N_FIGURES; c++)
		fprintf(out, ",%s", columns[c].name);
	fputc('\n', out);
	for (size_t r = 0; r < scene->snapshot->n_runs; r++) {
		const pt_run_view *run = &scene->snapshot->runs[r];
		pt_csv_text(out, run->name);
		fputc(',', out);
		pt_csv_text(out, run->path);
		fprintf(out, ",%s", run->removed ? "removed" : pt_run_state_name(run->state));
		for (size_t c = 0; c < N_FIGURES; c++) {
			fputc(',', out);
			pt_csv_number(out, pt_run_figure(scene, run, columns[c].figure));
		}
		fputc('\n', out);
	}
}

/* The runs that are shown, put into `runs`, as a snapshot of the same life. */
static pt_snapshot shown_of(const pt_snapshot *snapshot, const pt_view *view, pt_run_view *runs)
{
	pt_snapshot shown = *snapshot;
	shown.runs = runs;
	shown.n_runs = 0;
	for (size_t i = 0; i < snapshot->n_runs; i++)
		if (pt_view_run_shown(view, i))
			runs[shown.n_runs++] = snapshot->runs[i];
	return shown;
}

static unsigned matrices_of(const pt_view *view, const pt_snapshot *snapshot)
{
	pt_matrix drawn[PT_N_MATRICES];
	unsigned matrices = 0;
	for (size_t n = pt_view_matrices(view, snapshot, drawn), i = 0; i < n; i++)
		matrices |= PT_MATRIX_BIT(drawn[i]);
	return matrices;
}

static void write_table(
	FILE *out, const pt_scene *scene, const pt_snapshot *shown, size_t table, unsigned matrices)
{
	fputs(tables[table].heading, out);
	for (size_t r = 0; r < shown->n_runs; r++) {
		unsigned there = pt_report_matrices_of(&shown->runs[r], matrices);
		for (int m = 0; m < (tables[table].each_matrix ? PT_N_MATRICES : 1); m++)
			if (!tables[table].each_matrix || there & PT_MATRIX_BIT(m))
				tables[table].write(out, scene, &shown->runs[r], m);
	}
}

/* What the pane tells in place of plain steps and values is named in the heading. */
static void name_columns(const pt_scene *scene, pt_pane_id pane, pt_report_options *options)
{
	if (scene->is_aligned)
		options->step_name = "step_from_turn";
	if (scene->versus)
		options->value_name = pt_pane_is_ratio(scene->view, pane) ? "value_over_baseline" : "value_minus_baseline";
}

static pt_status write_series(
	FILE *out, const pt_scene *scene, pt_pane_id pane, const pt_snapshot *shown, bool at_cursor, pt_error *err)
{
	static const char *const joint_series[] = {"joint_pc1.", "joint_pc2.", NULL};
	bool is_joint = pane == PT_PANE_PCA && scene->view->joint_plane && shown->n_runs > 1;
	pt_report_options options = pt_report_options_default();
	options.matrices = matrices_of(scene->view, scene->snapshot);
	options.series = is_joint ? joint_series : series[pane];
	options.at_step = at_cursor && scene->cursor != PT_NO_STEP ? &scene->cursor : NULL;
	name_columns(scene, pane, &options);
	return pt_report_csv_write(out, shown, &options, err);
}

pt_status pt_report_pane_csv(FILE *out, const pt_snapshot *snapshot, const pt_view *view, pt_pane_id pane,
	bool at_cursor, pt_error *err)
{
	size_t table = 0;
	while (table < N_TABLES && tables[table].pane != pane)
		table++;
	if (!series[pane][0] && table == N_TABLES && pane != PT_PANE_RUNS)
		return pt_fail(err, PT_ERR_UNSUPPORTED, "", -1, "the %s pane has words alone: take .svg or .txt",
			pt_pane_name(pane));
	pt_stage stage = pt_stage_of(snapshot, view);
	const pt_scene *scene = pt_stage_scene(&stage, pane);
	pt_run_view *runs = pt_array_alloc(snapshot->n_runs, sizeof *runs);
	pt_status status = PT_OK;
	if (runs) {
		pt_snapshot shown = shown_of(scene->snapshot, view, runs);
		if (pane == PT_PANE_RUNS)
			write_runs(out, scene);
		else if (table == N_TABLES)
			status = write_series(out, scene, pane, &shown, at_cursor, err);
		else
			write_table(out, scene, &shown, table, matrices_of(view, snapshot));
	} else {
		status = pt_fail(err, PT_ERR_MEMORY, "", -1, "no memory to export");
	}
	pt_free(runs);
	pt_stage_end(&stage);
	if (status == PT_OK && (fflush(out) != 0 || ferror(out)))
		status = pt_fail_errno(err, errno, "", "cannot write the table");
	return status;
}
