#include "phasetop/report/report_csv.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "csv_table.h"
#include "phasetop/base/text.h"

/* What each row needs besides step and value. */
typedef struct table {
	FILE *out;
	const char *run;
	const pt_report_options *options;
} table;

void pt_csv_text(FILE *out, const char *text)
{
	bool quoted = strpbrk(text, ",\"\r\n") != NULL;
	size_t n = strlen(text);
	if (quoted)
		fputc('"', out);
	while (n > 0) {
		uint32_t c;
		size_t used = pt_utf8_decode(text, n, &c);
		if (c == '"')
			fputc('"', out);
		char utf8[4];
		bool passes = c == '\n' || c == '\t' || pt_text_width_of(c) >= 0;
		fwrite(utf8, 1, pt_utf8_encode(passes ? c : 0xFFFD, utf8), out);
		text += used;
		n -= used;
	}
	if (quoted)
		fputc('"', out);
}

void pt_csv_number(FILE *out, double value)
{
	if (pt_is_missing(value))
		return;
	char text[40];
	pt_text_double(text, sizeof text, value);
	char *comma = strchr(text, ','); /* of a locale with a decimal comma */
	if (comma)
		*comma = '.';
	fputs(text, out);
}

static void write_row(const table *t, int64_t step, const char *series, double value)
{
	pt_csv_text(t->out, t->run);
	fprintf(t->out, ",%" PRId64 ",", step);
	pt_csv_text(t->out, series);
	fputc(',', t->out);
	pt_csv_number(t->out, value);
	fputc('\n', t->out);
}

static bool is_wanted(const table *t, const char *series)
{
	const char *const *wanted = t->options->series;
	for (; wanted && *wanted; wanted++)
		if (strncmp(series, *wanted, strlen(*wanted)) == 0)
			return true;
	return !t->options->series;
}

static void write_series(
	const table *t, const char *series, const int64_t *steps, const double *values, size_t n)
{
	bool wanted = values && is_wanted(t, series);
	ptrdiff_t at = wanted && t->options->at_step ? pt_step_index(steps, n, *t->options->at_step) : 0;
	size_t end = t->options->at_step ? (size_t)(at + 1) : n;
	for (size_t i = at > 0 ? (size_t)at : 0; wanted && i < end; i++)
		write_row(t, steps[i], series, values[i]);
}

/* Of the whole table every matrix type, of a pane's those that are drawn. */
static void write_norms(const table *t, const pt_run_view *run)
{
	unsigned drawn = t->options->series ? pt_report_matrices_of(run, t->options->matrices) : ~0u;
	for (int m = 0; m < PT_N_MATRICES; m++) {
		const pt_norm_view *norms = &run->matrices[m].norms;
		if (!norms->present || !(drawn & PT_MATRIX_BIT(m)))
			continue;
		const struct {
			const char *name;
			const double *values;
		} columns[] = {
			{"norm", norms->norm},
			{"drift", norms->drift},
			{"step_length", norms->step_length},
			{"path_length", norms->path_length},
		};
		for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++) {
			char series[48];
			snprintf(series, sizeof series, "%s.%s", columns[c].name, pt_matrix_name((pt_matrix)m));
			write_series(t, series, run->steps, columns[c].values, run->n_steps);
		}
	}
}

static void write_directions(const table *t, const pt_run_view *run, unsigned matrices)
{
	for (int m = 0; m < PT_N_MATRICES; m++) {
		const pt_matrix_view *view = &run->matrices[m];
		const char *name = pt_matrix_name((pt_matrix)m);
		char series[64];
		if (!(matrices & PT_MATRIX_BIT(m)))
			continue;
		if (view->pca.present) {
			snprintf(series, sizeof series, "pc1.%s", name);
			write_series(t, series, view->pca.steps, view->pca.pc1, view->pca.n);
			snprintf(series, sizeof series, "pc2.%s", name);
			write_series(t, series, view->pca.steps, view->pca.pc2, view->pca.n);
		}
		for (size_t i = 0; i < view->n_cosines; i++) {
			const pt_cosine_view *cosine = &view->cosines[i];
			if (!cosine->present)
				continue;
			snprintf(series, sizeof series, "cosine.%s.k%" PRId64, name, cosine->k);
			write_series(t, series, cosine->steps, cosine->values, cosine->n);
			snprintf(series, sizeof series, "floor_q.%s.k%" PRId64, name, cosine->k);
			write_series(t, series, cosine->steps, cosine->floor_q, cosine->n);
		}
		if (view->sigma.present) {
			snprintf(series, sizeof series, "s1_s2.%s", name);
			write_series(t, series, view->sigma.steps, view->sigma.s1_s2, view->sigma.n);
			snprintf(series, sizeof series, "s2_s3.%s", name);
			write_series(t, series, view->sigma.steps, view->sigma.s2_s3, view->sigma.n);
		}
		if (view->final_alignment) {
			snprintf(series, sizeof series, "alignment.%s", name);
			write_series(t, series, view->pca.steps, view->final_alignment, view->pca.n);
		}
	}
}

/* How the run stands to the baseline, and its path in the joint plane. Single numbers stand at the newest step. */
static void write_comparison(const table *t, const pt_snapshot *snapshot, size_t r, unsigned matrices)
{
	const pt_run_view *run = &snapshot->runs[r];
	for (int m = 0; m < PT_N_MATRICES; m++) {
		const pt_versus_view *versus = &run->versus[m];
		const pt_joint_pca_view *joint = &snapshot->joint[m];
		if (!(matrices & PT_MATRIX_BIT(m)) || run->n_steps == 0)
			continue;
		double lag = versus->turn_lag_steps == PT_NO_STEP ? PT_MISSING : (double)versus->turn_lag_steps;
		const int64_t *last = &run->steps[run->n_steps - 1];
		const struct {
			const char *name;
			const int64_t *steps;
			const double *values;
			size_t n;
		} columns[] = {
			{"versus.cosine_final", last, &versus->cosine_final, 1},
			{"versus.cosine_of_drift", last, &versus->cosine_of_drift, 1},
			{"versus.turn_lag_steps", last, &lag, 1},
			{"versus.cosine", versus->steps, versus->cosine, versus->n},
			{"versus.drift_cosine", versus->steps, versus->drift_cosine, versus->n},
		};
		char series[64];
		for (size_t c = 0; versus->present && c < sizeof columns / sizeof columns[0]; c++) {
			snprintf(series, sizeof series, "%s.%s", columns[c].name, pt_matrix_name((pt_matrix)m));
			write_series(t, series, columns[c].steps, columns[c].values, columns[c].n);
		}
		for (size_t i = 0; joint->present && i < joint->n_runs; i++) {
			if (joint->runs[i].run != r)
				continue;
			snprintf(series, sizeof series, "joint_pc1.%s", pt_matrix_name((pt_matrix)m));
			write_series(t, series, joint->runs[i].steps, joint->runs[i].pc1, joint->runs[i].n);
			snprintf(series, sizeof series, "joint_pc2.%s", pt_matrix_name((pt_matrix)m));
			write_series(t, series, joint->runs[i].steps, joint->runs[i].pc2, joint->runs[i].n);
		}
	}
}

/* The name of a subset's series ends with its glob in brackets. */
static void write_spectrum(const table *t, const pt_spectrum_view *spectrum)
{
	const char *form = spectrum->gaussian    ? "gaussian"
					   : spectrum->detrended ? "window_detrended"
											 : "window";
	const struct {
		const char *name;
		const double *values;
	} columns[] = {
		{"shc", spectrum->shc},
		{"pr", spectrum->pr},
		{"trace", spectrum->trace},
		{"lambda1", spectrum->lambda1},
		{"pr_white_noise", spectrum->pr_white_noise},
	};
	for (size_t c = 0; spectrum->present && c < sizeof columns / sizeof columns[0]; c++) {
		char series[256];
		pt_text name = pt_text_over(series, sizeof series);
		pt_text_addf(&name, "%s.%s", columns[c].name, form);
		if (spectrum->subset)
			pt_text_addf(&name, "[%s]", spectrum->subset);
		write_series(t, series, spectrum->steps, columns[c].values, spectrum->n);
	}
}

static void write_spectra(const table *t, const pt_run_view *run)
{
	for (int f = 0; f < PT_N_SPECTRA; f++)
		write_spectrum(t, &run->spectra[f]);
	for (size_t i = 0; i < run->n_subset_spectra; i++)
		write_spectrum(t, &run->subset_spectra[i]);
}

static void write_baselines(const table *t, const pt_baselines_view *baselines)
{
	const struct {
		const char *name;
		const double *values;
	} columns[] = {
		{"baseline.mean_loss", baselines->mean_loss},
		{"baseline.slope", baselines->slope},
		{"baseline.variance", baselines->variance},
		{"baseline.lag1", baselines->lag1},
		{"baseline.kendall_tau_log_shc", baselines->kendall_tau_log_shc},
	};
	for (size_t c = 0; baselines->present && c < sizeof columns / sizeof columns[0]; c++)
		write_series(t, columns[c].name, baselines->steps, columns[c].values, baselines->n);
}

static void write_loss(const table *t, const pt_loss_view *loss)
{
	const struct {
		const char *name;
		const double *values;
	} columns[] = {
		{"loss.train", loss->train},
		{"loss.eval", loss->eval},
		{"loss.learning_rate", loss->learning_rate},
		{"loss.grad_norm", loss->grad_norm},
		{"loss.probe_mean", loss->probe_mean},
		{"loss.probe_q10", loss->probe_q10},
		{"loss.probe_q50", loss->probe_q50},
		{"loss.probe_q90", loss->probe_q90},
	};
	for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++)
		write_series(t, columns[c].name, loss->steps, columns[c].values, loss->n);
	for (size_t i = 0; i < loss->n_series; i++) {
		const pt_metric_view *metric = &loss->series[i];
		char series[256];
		pt_text name = pt_text_over(series, sizeof series);
		pt_text_add(&name, "metric.");
		pt_text_add(&name, metric->name);
		write_series(t, series, metric->steps, metric->values, metric->n);
	}
}

pt_status pt_report_csv_write(
	FILE *out, const pt_snapshot *snapshot, const pt_report_options *options, pt_error *err)
{
	fprintf(out, "run,%s,series,%s\n", options->step_name ? options->step_name : "step",
		options->value_name ? options->value_name : "value");
	for (size_t i = 0; i < snapshot->n_runs; i++) {
		const pt_run_view *run = &snapshot->runs[i];
		table t = {.out = out, .run = run->name, .options = options};
		write_norms(&t, run);
		unsigned matrices = pt_report_matrices_of(run, options->matrices);
		write_directions(&t, run, matrices);
		write_comparison(&t, snapshot, i, matrices);
		write_spectra(&t, run);
		write_baselines(&t, &run->baselines);
		write_loss(&t, &run->loss);
	}
	if (fflush(out) != 0 || ferror(out))
		return pt_fail_errno(err, errno, "", "cannot write the report");
	return PT_OK;
}
