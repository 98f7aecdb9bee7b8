#include "report_json_series.h"

#include "phasetop/base/missing.h"

static void write_parts(pt_json_writer *writer, const char *key, const pt_mode_part *parts, size_t n)
{
	pt_json_writer_key(writer, key);
	pt_json_writer_begin_array(writer);
	for (size_t i = 0; i < n; i++) {
		pt_json_writer_begin_object_on_line(writer);
		pt_json_writer_member_string(writer, "name", parts[i].name);
		pt_json_writer_member_double(writer, "weight", parts[i].weight);
		pt_json_writer_end_object(writer);
	}
	pt_json_writer_end_array(writer);
}

static void write_modes(pt_json_writer *writer, const pt_modes_view *modes)
{
	if (!modes->present) {
		pt_json_writer_member_null(writer, "leading_modes");
		return;
	}
	pt_json_writer_key(writer, "leading_modes");
	pt_json_writer_begin_object(writer);
	pt_report_json_step(writer, "step", modes->step);
	pt_json_writer_key(writer, "modes");
	pt_json_writer_begin_array(writer);
	for (size_t m = 0; m < modes->n_modes; m++) {
		const pt_mode_view *mode = &modes->modes[m];
		pt_json_writer_begin_object(writer);
		pt_json_writer_member_double(writer, "eigenvalue", mode->eigenvalue);
		pt_json_writer_member_double(writer, "share", mode->share);
		write_parts(writer, "probes", mode->probes, mode->n_probes);
		write_parts(writer, "groups", mode->groups, mode->n_groups);
		pt_json_writer_end_object(writer);
	}
	pt_json_writer_end_array(writer);
	pt_json_writer_end_object(writer);
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
	pt_report_json_values(writer, "shc", spectrum->shc, n);
	pt_report_json_values(writer, "pr", spectrum->pr, n);
	pt_report_json_values(writer, "trace", spectrum->trace, n);
	pt_report_json_values(writer, "lambda1", spectrum->lambda1, n);
	pt_json_writer_key(writer, "partial");
	pt_json_writer_begin_array_on_line(writer);
	for (size_t i = 0; i < n; i++)
		pt_json_writer_bool(writer, spectrum->partial && spectrum->partial[i]);
	pt_json_writer_end_array(writer);
	pt_report_json_values(writer, "pr_white_noise", spectrum->pr_white_noise, n);
	write_modes(writer, &spectrum->modes);
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
	for (size_t i = 0; i < run->n_subset_spectra; i++) {
		const pt_spectrum_view *subset = &run->subset_spectra[i];
		write_spectrum(writer, subset, subset->gaussian, subset->detrended, settings);
	}
	pt_json_writer_end_array(writer);
}

static void write_baselines(pt_json_writer *writer, const pt_baselines_view *baselines)
{
	if (!baselines->present) {
		pt_json_writer_member_null(writer, "baselines");
		return;
	}
	size_t n = baselines->n;
	pt_json_writer_key(writer, "baselines");
	pt_json_writer_begin_object(writer);
	pt_report_json_steps(writer, "steps", baselines->steps, n);
	pt_report_json_values(writer, "mean_loss", baselines->mean_loss, n);
	pt_report_json_values(writer, "slope", baselines->slope, n);
	pt_report_json_values(writer, "variance", baselines->variance, n);
	pt_report_json_values(writer, "lag1", baselines->lag1, n);
	pt_report_json_values(writer, "kendall_tau_log_shc", baselines->kendall_tau_log_shc, n);
	pt_json_writer_end_object(writer);
}

static void write_loss(pt_json_writer *writer, const pt_loss_view *loss)
{
	pt_json_writer_key(writer, "loss");
	pt_json_writer_begin_object(writer);
	pt_report_json_steps(writer, "steps", loss->steps, loss->n);
	pt_report_json_values(writer, "train", loss->train, loss->n);
	pt_report_json_values(writer, "eval", loss->eval, loss->n);
	pt_report_json_values(writer, "learning_rate", loss->learning_rate, loss->n);
	pt_report_json_values(writer, "grad_norm", loss->grad_norm, loss->n);
	pt_report_json_values(writer, "probe_mean", loss->probe_mean, loss->n);
	pt_report_json_values(writer, "probe_q10", loss->probe_q10, loss->n);
	pt_report_json_values(writer, "probe_q50", loss->probe_q50, loss->n);
	pt_report_json_values(writer, "probe_q90", loss->probe_q90, loss->n);
	pt_json_writer_key(writer, "sources");
	pt_json_writer_begin_object(writer);
	pt_json_writer_member_string(writer, "train", loss->train_source);
	pt_json_writer_member_string(writer, "eval", loss->eval_source);
	pt_json_writer_member_string(writer, "learning_rate", loss->learning_rate_source);
	pt_json_writer_member_string(writer, "grad_norm", loss->grad_norm_source);
	pt_json_writer_end_object(writer);
	pt_json_writer_key(writer, "series");
	pt_json_writer_begin_array(writer);
	for (size_t i = 0; i < loss->n_series; i++) {
		const pt_metric_view *metric = &loss->series[i];
		pt_json_writer_begin_object(writer);
		pt_json_writer_member_string(writer, "name", metric->name);
		pt_json_writer_member_string(writer, "source", metric->source);
		pt_report_json_steps(writer, "steps", metric->steps, metric->n);
		pt_report_json_values(writer, "values", metric->values, metric->n);
		pt_report_json_step(writer, "half_rise_step", metric->half_rise_step);
		pt_json_writer_end_object(writer);
	}
	pt_json_writer_end_array(writer);
	pt_json_writer_end_object(writer);
}

void pt_report_json_losses(pt_json_writer *writer, const pt_run_view *run, const pt_settings *settings)
{
	write_spectra(writer, run, settings);
	write_baselines(writer, &run->baselines);
	write_loss(writer, &run->loss);
}
