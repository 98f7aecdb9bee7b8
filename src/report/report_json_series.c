#include "report_json_series.h"

#include "phasetop/base/missing.h"
#include "phasetop/report/report_options.h"

/* More selected modules than this are in by_module with --full only: their arrays would be most of the document.
 */
enum { MODULES_LISTED = 64 };

void pt_report_json_step(pt_json_writer *writer, const char *key, int64_t step)
{
	if (step == PT_NO_STEP)
		pt_json_writer_member_null(writer, key);
	else
		pt_json_writer_member_int(writer, key, step);
}

void pt_report_json_steps(pt_json_writer *writer, const char *key, const int64_t *steps, size_t n)
{
	pt_json_writer_key(writer, key);
	pt_json_writer_begin_array_on_line(writer);
	for (size_t i = 0; i < n; i++)
		pt_json_writer_int(writer, steps[i]);
	pt_json_writer_end_array(writer);
}

void pt_report_json_empty(pt_json_writer *writer, const char *key)
{
	pt_json_writer_key(writer, key);
	pt_json_writer_begin_array_on_line(writer);
	pt_json_writer_end_array(writer);
}

/* `values` may be NULL: a column that was never logged, all of it missing. */
static void write_values(pt_json_writer *writer, const char *key, const double *values, size_t n)
{
	pt_json_writer_key(writer, key);
	pt_json_writer_begin_array_on_line(writer);
	for (size_t i = 0; i < n; i++)
		pt_json_writer_double(writer, values ? values[i] : PT_MISSING);
	pt_json_writer_end_array(writer);
}

/* An array, or null where the run has no such matrix type. */
static void write_values_or_null(pt_json_writer *writer, const char *key, const double *values, size_t n)
{
	if (values)
		write_values(writer, key, values, n);
	else
		pt_json_writer_member_null(writer, key);
}

enum norm_field { NORM, DRIFT, STEP_LENGTH, PATH_LENGTH };

static const double *norm_values(const pt_norm_view *view, enum norm_field field)
{
	if (!view->present)
		return NULL;
	switch (field) {
	case NORM:
		return view->norm;
	case DRIFT:
		return view->drift;
	case STEP_LENGTH:
		return view->step_length;
	case PATH_LENGTH:
		return view->path_length;
	}
	return NULL;
}

/* The members A, B, dW, W of the object that is open. */
static void write_norm_members(pt_json_writer *writer, const pt_run_view *run, enum norm_field field)
{
	for (int m = 0; m < PT_N_MATRICES; m++) {
		const double *values = norm_values(&run->matrices[m].norms, field);
		write_values_or_null(writer, pt_matrix_name((pt_matrix)m), values, run->n_steps);
	}
}

static void write_norm_object(
	pt_json_writer *writer, const char *key, const pt_run_view *run, enum norm_field field)
{
	pt_json_writer_key(writer, key);
	pt_json_writer_begin_object(writer);
	write_norm_members(writer, run, field);
	pt_json_writer_end_object(writer);
}

static void write_by_module(pt_json_writer *writer, const pt_run_view *run, const pt_settings *settings)
{
	size_t n_selected = 0;
	for (size_t i = 0; i < run->n_modules; i++)
		n_selected += run->modules[i].selected;
	pt_json_writer_key(writer, "by_module");
	pt_json_writer_begin_array(writer);
	bool listed = n_selected <= MODULES_LISTED || settings->wanted & PT_WANT_ALL_NORMS;
	for (size_t i = 0; i < run->n_modules && listed; i++) {
		const pt_module_view *module = &run->modules[i];
		if (!module->selected)
			continue;
		pt_json_writer_begin_object(writer);
		pt_json_writer_member_string(writer, "module", module->name);
		pt_json_writer_member_string(writer, "adapter", module->adapter);
		for (int m = 0; m < PT_N_MATRICES; m++) {
			const char *key = pt_matrix_name((pt_matrix)m);
			write_values_or_null(writer, key, module->norm[m], run->n_steps);
		}
		pt_json_writer_end_object(writer);
	}
	pt_json_writer_end_array(writer);
}

static void write_norms(pt_json_writer *writer, const pt_run_view *run, const pt_settings *settings)
{
	pt_json_writer_key(writer, "norms");
	pt_json_writer_begin_object(writer);
	pt_report_json_steps(writer, "steps", run->steps, run->n_steps);
	write_norm_members(writer, run, NORM);
	write_norm_object(writer, "step_length", run, STEP_LENGTH);
	write_norm_object(writer, "drift", run, DRIFT);
	write_norm_object(writer, "path_length", run, PATH_LENGTH);
	write_by_module(writer, run, settings);
	pt_json_writer_end_object(writer);
}

static void write_pca(pt_json_writer *writer, const char *matrix, const pt_pca_view *pca)
{
	const double missing[2] = {PT_MISSING, PT_MISSING};
	size_t n = pca->present ? pca->n : 0;
	pt_json_writer_begin_object(writer);
	pt_json_writer_member_string(writer, "matrix", matrix);
	pt_report_json_steps(writer, "steps", pca->steps, n);
	write_values(writer, "pc1", pca->pc1, n);
	write_values(writer, "pc2", pca->pc2, n);
	write_values(writer, "explained_variance_ratio", pca->present ? pca->explained : missing, 2);
	write_values(writer, "scree", pca->scree, pca->present ? pca->n_scree : 0);
	bool turned = pca->present && pca->turning_step != PT_NO_STEP;
	pt_report_json_step(writer, "turning_step", turned ? pca->turning_step : PT_NO_STEP);
	pt_json_writer_member_double(writer, "turning_angle_deg", turned ? pca->turning_angle_deg : missing[0]);
	pt_json_writer_key(writer, "component_turn_steps");
	pt_json_writer_begin_array_on_line(writer);
	for (int c = 0; c < 2; c++) {
		if (pca->present && pca->component_turn_steps[c] != PT_NO_STEP)
			pt_json_writer_int(writer, pca->component_turn_steps[c]);
		else
			pt_json_writer_null(writer);
	}
	pt_json_writer_end_array(writer);
	pt_json_writer_end_object(writer);
}

static double given_or(double value, double otherwise)
{
	return pt_is_missing(value) ? otherwise : value;
}

static void write_gaps(pt_json_writer *writer, const pt_cosine_view *cosine, size_t n)
{
	static const char *const names[] = {NULL, "undefined", "skipped"};
	_Static_assert(sizeof names / sizeof names[0] == PT_N_GAPS, "a name for every gap");
	pt_json_writer_key(writer, "gap");
	pt_json_writer_begin_array_on_line(writer);
	for (size_t i = 0; i < n; i++)
		pt_json_writer_string(writer, cosine->gaps[i] < PT_N_GAPS ? names[cosine->gaps[i]] : NULL);
	pt_json_writer_end_array(writer);
}

static void write_cosine_minima(pt_json_writer *writer, const pt_cosine_view *cosine)
{
	bool minimum = cosine->present && cosine->minimum_step != PT_NO_STEP;
	pt_json_writer_key(writer, "minimum");
	pt_json_writer_begin_object_on_line(writer);
	pt_report_json_step(writer, "step", minimum ? cosine->minimum_step : PT_NO_STEP);
	pt_json_writer_member_double(writer, "value", minimum ? cosine->minimum_value : PT_MISSING);
	pt_json_writer_end_object(writer);
	bool dip = cosine->present && cosine->dip_step != PT_NO_STEP;
	pt_json_writer_key(writer, "prominent");
	pt_json_writer_begin_object_on_line(writer);
	pt_report_json_step(writer, "step", dip ? cosine->dip_step : PT_NO_STEP);
	pt_json_writer_member_double(writer, "value", dip ? cosine->dip_value : PT_MISSING);
	pt_json_writer_member_double(writer, "prominence", dip ? cosine->dip_prominence : PT_MISSING);
	pt_json_writer_member_double(
		writer, "min_step_frac", cosine->present ? cosine->dip_min_step_frac : PT_MISSING);
	pt_json_writer_end_object(writer);
}

static void write_cosine(
	pt_json_writer *writer, const char *matrix, const pt_cosine_view *cosine, const pt_settings *settings)
{
	size_t n = cosine->present ? cosine->n : 0;
	pt_json_writer_begin_object(writer);
	pt_json_writer_member_string(writer, "matrix", matrix);
	pt_report_json_step(writer, "k", cosine->k > 0 ? cosine->k : PT_NO_STEP);
	pt_report_json_step(writer, "k_used", cosine->present ? cosine->k_used : PT_NO_STEP);
	pt_report_json_step(writer, "k_checkpoints", cosine->present ? cosine->k_checkpoints : PT_NO_STEP);
	pt_json_writer_member_string(writer, "pairing", settings->pairing == PT_PAIRING_INDEX ? "index" : "step");
	pt_json_writer_member_double(writer, "min_step_norm", given_or(settings->min_step_norm, 0));
	pt_json_writer_member_double(writer, "min_step_frac", given_or(settings->min_step_frac, 0));
	pt_json_writer_member_double(writer, "turn_below", pt_settings_turn_below(settings));
	pt_report_json_steps(writer, "steps", cosine->steps, n);
	write_values(writer, "values", cosine->values, n);
	write_gaps(writer, cosine, n);
	bool full = settings->wanted & PT_WANT_BAND;
	write_values(writer, "floor_q", cosine->floor_q, n);
	write_values(writer, "debiased", cosine->debiased, full ? n : 0);
	write_values(writer, "usual_median", cosine->usual_median, full ? n : 0);
	write_values(writer, "usual_q25", cosine->usual_q25, full ? n : 0);
	write_values(writer, "usual_q75", cosine->usual_q75, full ? n : 0);
	write_cosine_minima(writer, cosine);
	bool pending = cosine->present && cosine->pending_from_step != PT_NO_STEP;
	pt_report_json_step(writer, "pending_from_step", pending ? cosine->pending_from_step : PT_NO_STEP);
	pt_report_json_step(writer, "decided_at_step", pending ? cosine->decided_at_step : PT_NO_STEP);
	pt_json_writer_end_object(writer);
}

static void write_change_point(
	pt_json_writer *writer, const char *matrix, const pt_change_point_view *change_point)
{
	pt_json_writer_begin_object_on_line(writer);
	pt_json_writer_member_string(writer, "matrix", matrix);
	pt_json_writer_member_null(writer, "module");
	pt_report_json_step(writer, "step", change_point->step);
	pt_report_json_step(writer, "known_at_step", change_point->known_at_step);
	pt_json_writer_member_double(writer, "statistic", change_point->statistic);
	pt_json_writer_member_double(writer, "ratio", change_point->ratio);
	pt_json_writer_member_double(writer, "threshold", change_point->threshold);
	pt_json_writer_member_double(writer, "phi_deg", change_point->phi_deg);
	pt_json_writer_member_double(writer, "usual_phi_deg", change_point->usual_phi_deg);
	pt_json_writer_member_int(writer, "window_increments", change_point->window_increments);
	pt_json_writer_end_object(writer);
}

static void write_sigma(pt_json_writer *writer, const char *matrix, const pt_sigma_view *sigma)
{
	size_t n = sigma->present ? sigma->n : 0;
	pt_json_writer_begin_object(writer);
	pt_json_writer_member_string(writer, "matrix", matrix);
	pt_json_writer_member_int(writer, "window_increments", sigma->window_increments);
	pt_report_json_steps(writer, "steps", sigma->steps, n);
	write_values(writer, "s1_s2", sigma->s1_s2, n);
	write_values(writer, "s2_s3", sigma->s2_s3, n);
	pt_json_writer_end_object(writer);
}

static void write_turn(
	pt_json_writer *writer, const pt_module_view *module, const char *matrix, const pt_module_turn_view *turn)
{
	pt_json_writer_begin_object_on_line(writer);
	pt_json_writer_member_string(writer, "module", module->name);
	pt_json_writer_member_string(writer, "adapter", module->adapter);
	pt_json_writer_member_string(writer, "matrix", matrix);
	pt_report_json_step(writer, "turning_step", turn->turning_step);
	pt_json_writer_member_double(writer, "min_cosine", turn->min_cosine);
	pt_report_json_step(writer, "min_cosine_step", turn->min_cosine_step);
	pt_json_writer_member_double(writer, "share_of_drift", turn->share_of_drift);
	pt_json_writer_member_double(writer, "turning_angle_deg", turn->turning_angle_deg);
	pt_report_json_step(writer, "change_step", turn->change_step);
	pt_json_writer_end_object(writer);
}

static void write_turns(pt_json_writer *writer, const pt_run_view *run, pt_matrix matrix)
{
	for (size_t i = 0; i < run->n_modules; i++) {
		const pt_module_view *module = &run->modules[i];
		if (module->selected && module->turns[matrix].present)
			write_turn(writer, module, pt_matrix_name(matrix), &module->turns[matrix]);
	}
}

/* Rows of n values, each an array on a line. */
static void write_rows(
	pt_json_writer *writer, const char *key, const double *values, size_t n_rows, size_t n)
{
	pt_json_writer_key(writer, key);
	pt_json_writer_begin_array(writer);
	for (size_t r = 0; r < n_rows; r++) {
		pt_json_writer_begin_array_on_line(writer);
		for (size_t i = 0; i < n; i++)
			pt_json_writer_double(writer, values[r * n + i]);
		pt_json_writer_end_array(writer);
	}
	pt_json_writer_end_array(writer);
}

static void write_k_scan(pt_json_writer *writer, const char *matrix, const pt_k_scan_view *scan)
{
	pt_json_writer_begin_object(writer);
	pt_json_writer_member_string(writer, "matrix", matrix);
	pt_report_json_steps(writer, "k", scan->k, scan->n_k);
	pt_report_json_steps(writer, "steps", scan->steps, scan->n);
	write_rows(writer, "values", scan->values, scan->n_k, scan->n);
	pt_json_writer_end_object(writer);
}

static void write_checkpoint_cosine(pt_json_writer *writer, const char *matrix, const pt_square_view *map)
{
	pt_json_writer_begin_object(writer);
	pt_json_writer_member_string(writer, "matrix", matrix);
	pt_report_json_steps(writer, "steps", map->steps, map->n);
	write_rows(writer, "values", map->values, map->n, map->n);
	pt_json_writer_end_object(writer);
}

static void write_alignment(pt_json_writer *writer, const char *matrix, const pt_matrix_view *view)
{
	size_t n = view->final_alignment ? view->pca.n : 0;
	pt_json_writer_begin_object(writer);
	pt_json_writer_member_string(writer, "matrix", matrix);
	pt_report_json_steps(writer, "steps", view->pca.steps, n);
	write_values(writer, "values", view->final_alignment, n);
	pt_json_writer_end_object(writer);
}

/* The name of the one selected module; null for the sum over several. */
static const char *only_module(const pt_run_view *run)
{
	const char *name = NULL;
	for (size_t i = 0; i < run->n_modules; i++) {
		if (!run->modules[i].selected)
			continue;
		if (name)
			return NULL;
		name = run->modules[i].name;
	}
	return name;
}

static void write_gram(
	pt_json_writer *writer, const char *matrix, const pt_run_view *run, const pt_matrix_view *view)
{
	pt_json_writer_begin_object(writer);
	pt_json_writer_member_string(writer, "matrix", matrix);
	pt_json_writer_member_string(writer, "module", only_module(run));
	pt_report_json_steps(writer, "steps", view->gram.steps, view->gram.n);
	write_rows(writer, "gram", view->gram.values, view->gram.n, view->gram.n);
	write_rows(writer, "increment_gram", view->increment_gram.values, view->gram.n, view->gram.n);
	pt_json_writer_end_object(writer);
}

/* The elements of one matrix type in one of the arrays that have an element a type (and more). */
typedef void part_writer(
	pt_json_writer *writer, const pt_run_view *run, const pt_settings *settings, pt_matrix matrix);

static void pca_part(
	pt_json_writer *writer, const pt_run_view *run, const pt_settings *settings, pt_matrix matrix)
{
	(void)settings;
	write_pca(writer, pt_matrix_name(matrix), &run->matrices[matrix].pca);
}

static void cosine_part(
	pt_json_writer *writer, const pt_run_view *run, const pt_settings *settings, pt_matrix matrix)
{
	const pt_matrix_view *view = &run->matrices[matrix];
	for (size_t i = 0; i < view->n_cosines; i++)
		write_cosine(writer, pt_matrix_name(matrix), &view->cosines[i], settings);
}

static void change_part(
	pt_json_writer *writer, const pt_run_view *run, const pt_settings *settings, pt_matrix matrix)
{
	(void)settings;
	const pt_matrix_view *view = &run->matrices[matrix];
	for (size_t i = 0; i < view->n_change_points; i++)
		write_change_point(writer, pt_matrix_name(matrix), &view->change_points[i]);
}

static void sigma_part(
	pt_json_writer *writer, const pt_run_view *run, const pt_settings *settings, pt_matrix matrix)
{
	(void)settings;
	if (run->matrices[matrix].sigma.present)
		write_sigma(writer, pt_matrix_name(matrix), &run->matrices[matrix].sigma);
}

static void turns_part(
	pt_json_writer *writer, const pt_run_view *run, const pt_settings *settings, pt_matrix matrix)
{
	(void)settings;
	write_turns(writer, run, matrix);
}

static void scan_part(
	pt_json_writer *writer, const pt_run_view *run, const pt_settings *settings, pt_matrix matrix)
{
	if (settings->wanted & PT_WANT_K_SCAN && run->matrices[matrix].k_scan.present)
		write_k_scan(writer, pt_matrix_name(matrix), &run->matrices[matrix].k_scan);
}

static void map_part(
	pt_json_writer *writer, const pt_run_view *run, const pt_settings *settings, pt_matrix matrix)
{
	if (settings->wanted & PT_WANT_CHECKPOINT_COSINE && run->matrices[matrix].checkpoint_cosine.present)
		write_checkpoint_cosine(writer, pt_matrix_name(matrix), &run->matrices[matrix].checkpoint_cosine);
}

static void alignment_part(
	pt_json_writer *writer, const pt_run_view *run, const pt_settings *settings, pt_matrix matrix)
{
	(void)settings;
	write_alignment(writer, pt_matrix_name(matrix), &run->matrices[matrix]);
}

static void gram_part(
	pt_json_writer *writer, const pt_run_view *run, const pt_settings *settings, pt_matrix matrix)
{
	if (settings->wanted & PT_WANT_GRAMS && run->matrices[matrix].gram.present)
		write_gram(writer, pt_matrix_name(matrix), run, &run->matrices[matrix]);
}

static void write_directions(
	pt_json_writer *writer, const pt_run_view *run, const pt_settings *settings, unsigned matrices)
{
	static const struct {
		const char *key;
		part_writer *write;
	} parts[] = {
		{"pca", pca_part},
		{"local_cosine", cosine_part},
		{"change_points", change_part},
		{"sigma_ratios", sigma_part},
		{"modules_turning", turns_part},
		{"k_scan", scan_part},
		{"checkpoint_cosine", map_part},
		{"final_alignment", alignment_part},
		{"grams", gram_part},
	};
	for (size_t part = 0; part < sizeof parts / sizeof parts[0]; part++) {
		pt_json_writer_key(writer, parts[part].key);
		pt_json_writer_begin_array(writer);
		for (int m = 0; m < PT_N_MATRICES; m++)
			if (matrices & PT_MATRIX_BIT(m))
				parts[part].write(writer, run, settings, (pt_matrix)m);
		pt_json_writer_end_array(writer);
	}
}

static void write_spectrum(pt_json_writer *writer, const pt_spectrum_view *spectrum, bool gaussian,
	bool detrended, const pt_settings *settings)
{
	bool present = spectrum->present;
	size_t n = present ? spectrum->n : 0;
	pt_json_writer_begin_object(writer);
	pt_json_writer_member_string(writer, "source", gaussian ? "gaussian" : "window");
	pt_json_writer_member_int(writer, "window", present ? spectrum->window : settings->probe_window);
	pt_json_writer_member_bool(writer, "detrended", detrended);
	pt_json_writer_member_string(writer, "subset", spectrum->subset);
	pt_report_json_step(writer, "probes", present ? spectrum->n_probes : PT_NO_STEP);
	pt_json_writer_member_int(writer, "rows", present ? spectrum->n_rows : 0);
	pt_json_writer_member_int(writer, "invalid_rows", present ? spectrum->n_invalid_rows : 0);
	pt_report_json_steps(writer, "steps", spectrum->steps, n);
	write_values(writer, "shc", spectrum->shc, n);
	write_values(writer, "pr", spectrum->pr, n);
	write_values(writer, "trace", spectrum->trace, n);
	write_values(writer, "lambda1", spectrum->lambda1, n);
	pt_json_writer_key(writer, "partial");
	pt_json_writer_begin_array_on_line(writer);
	for (size_t i = 0; i < n; i++)
		pt_json_writer_bool(writer, spectrum->partial && spectrum->partial[i]);
	pt_json_writer_end_array(writer);
	write_values(writer, "pr_white_noise", spectrum->pr_white_noise, n);
	pt_json_writer_member_null(writer, "leading_modes"); /* comes with a later version */
	pt_json_writer_end_object(writer);
}

static void write_spectra(pt_json_writer *writer, const pt_run_view *run, const pt_settings *settings)
{
	pt_json_writer_key(writer, "spectrum");
	pt_json_writer_begin_array(writer);
	/* The window forms are always there, empty where nothing was logged; the Gaussian one where its rows are.
	 */
	write_spectrum(writer, &run->spectra[PT_SPECTRUM_RAW], false, false, settings);
	write_spectrum(writer, &run->spectra[PT_SPECTRUM_DETRENDED], false, true, settings);
	const pt_spectrum_view *gaussian = &run->spectra[PT_SPECTRUM_GAUSSIAN];
	if (gaussian->present)
		write_spectrum(writer, gaussian, true, gaussian->detrended, settings);
	pt_json_writer_end_array(writer);
}

static void write_loss(pt_json_writer *writer, const pt_loss_view *loss)
{
	pt_json_writer_key(writer, "loss");
	pt_json_writer_begin_object(writer);
	pt_report_json_steps(writer, "steps", loss->steps, loss->n);
	write_values(writer, "train", loss->train, loss->n);
	write_values(writer, "eval", loss->eval, loss->n);
	write_values(writer, "learning_rate", loss->learning_rate, loss->n);
	write_values(writer, "grad_norm", loss->grad_norm, loss->n);
	write_values(writer, "probe_mean", loss->probe_mean, loss->n);
	write_values(writer, "probe_q10", loss->probe_q10, loss->n);
	write_values(writer, "probe_q50", loss->probe_q50, loss->n);
	write_values(writer, "probe_q90", loss->probe_q90, loss->n);
	pt_json_writer_key(writer, "series");
	pt_json_writer_begin_array(writer);
	for (size_t i = 0; i < loss->n_series; i++) {
		const pt_metric_view *metric = &loss->series[i];
		pt_json_writer_begin_object(writer);
		pt_json_writer_member_string(writer, "name", metric->name);
		pt_json_writer_member_string(writer, "source", metric->source);
		pt_report_json_steps(writer, "steps", metric->steps, metric->n);
		write_values(writer, "values", metric->values, metric->n);
		pt_report_json_step(writer, "half_rise_step", metric->half_rise_step);
		pt_json_writer_end_object(writer);
	}
	pt_json_writer_end_array(writer);
	pt_json_writer_end_object(writer);
}

void pt_report_json_series(
	pt_json_writer *writer, const pt_run_view *run, const pt_settings *settings, unsigned matrices)
{
	write_norms(writer, run, settings);
	write_directions(writer, run, settings, matrices);
	write_spectra(writer, run, settings);
	pt_json_writer_member_null(writer, "baselines");
	write_loss(writer, &run->loss);
	pt_report_json_empty(writer, "events");
}
