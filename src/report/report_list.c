#include "phasetop/report/report_list.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "phasetop/base/text.h"

enum { FIELD_BYTES = 1024 };

void pt_report_time(char *out, size_t capacity, int64_t wall_ms)
{
	out[0] = '\0';
	if (wall_ms == PT_NO_TIME)
		return;
	time_t seconds = (time_t)(wall_ms / 1000 - (wall_ms % 1000 < 0));
	struct tm parts;
	if (!gmtime_r(&seconds, &parts) || strftime(out, capacity, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
		out[0] = '\0';
}

/* A foreign string, safe for a terminal. */
static void put(FILE *out, const char *foreign)
{
	char clean[FIELD_BYTES];
	const char *text = foreign ? foreign : "";
	pt_text_sanitize(clean, sizeof clean, text, strlen(text));
	fputs(clean, out);
}

static void put_shape(FILE *out, const int64_t *shape, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s%" PRId64, i ? "x" : "", shape[i]);
}

static void put_bytes(FILE *out, size_t bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	double amount = (double)bytes;
	size_t unit = 0;
	while (amount >= 1024.0 && unit + 1 < sizeof units / sizeof units[0]) {
		amount /= 1024.0;
		unit++;
	}
	fprintf(out, unit ? "%.1f %s" : "%.0f %s", amount, units[unit]);
}

static void list_problems(FILE *out, const char *indent, const pt_problem *problems, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool is_notice = strcmp(problems[i].code, pt_status_name(PT_NOTICE)) == 0;
		fprintf(out, "%s%s  ", indent, is_notice ? "notice" : "problem");
		put(out, problems[i].path);
		if (problems[i].offset >= 0)
			fprintf(out, " @%" PRId64, problems[i].offset);
		if (is_notice)
			fputs("  ", out);
		else
			fprintf(out, "  %s: ", problems[i].code);
		put(out, problems[i].message);
		fputc('\n', out);
	}
}

/* "1–10, 15–400 by 5" would be nicer to read than it is to get wrong: first, last, count and spacing say it.
 */
static void list_checkpoints(FILE *out, const pt_run_view *run)
{
	fprintf(out, "  checkpoints  %zu", run->n_steps);
	if (run->n_steps > 0)
		fprintf(out, ", steps %" PRId64 " to %" PRId64, run->steps[0], run->steps[run->n_steps - 1]);
	if (run->spacing != PT_NO_STEP)
		fprintf(out, ", mostly %" PRId64 " apart", run->spacing);
	if (run->n_deleted > 0)
		fprintf(out, ", %zu deleted on disk", run->n_deleted);
	fputc('\n', out);
	for (size_t i = 0; i < run->n_segments; i++) {
		const pt_segment *segment = &run->segments[i];
		fprintf(out, "  segment  %" PRId64 " to %" PRId64, segment->first_step, segment->last_step);
		if (segment->from_step != PT_NO_STEP)
			fprintf(out, " (resumed at step %" PRId64 ")\n", segment->from_step);
		else
			fprintf(out, " (%s)\n", segment->why);
	}
	for (size_t i = 0; i < run->n_pending; i++) {
		fputs("  pending  ", out);
		put(out, run->pending[i].path);
		fputs(": ", out);
		put(out, run->pending[i].why);
		fputc('\n', out);
	}
}

static void list_module(FILE *out, const pt_module_view *module)
{
	fprintf(out, "  %s  ", module->selected ? "module" : "(module)");
	put(out, module->name);
	if (module->adapter && module->adapter[0] && strcmp(module->adapter, "default") != 0) {
		fputs("  adapter ", out);
		put(out, module->adapter);
	}
	fprintf(out, "  %s", module->kind);
	if (module->n_shape_b > 0) {
		fprintf(out, "  r=%" PRId64, module->rank);
		if (!pt_is_missing(module->scaling)) {
			char scaling[40];
			pt_text_number(scaling, sizeof scaling, module->scaling, 4);
			fprintf(out, "  s=%s", scaling);
		}
	}
	fprintf(out, "  %s  %s", module->dtype ? module->dtype : "", module->n_shape_b > 0 ? "A " : "");
	put_shape(out, module->shape_a, module->n_shape_a);
	if (module->n_shape_b > 0) {
		fputs(" B ", out);
		put_shape(out, module->shape_b, module->n_shape_b);
	}
	fputc('\n', out);
	for (size_t i = 0; i < module->n_warnings; i++) {
		fputs("    warning  ", out);
		put(out, module->warnings[i]);
		fputc('\n', out);
	}
}

/* The logs that the well-known curves are from. */
static void list_sources(FILE *out, const pt_loss_view *loss)
{
	const struct {
		const char *name, *source;
	} rows[] = {
		{"train", loss->train_source},
		{"eval", loss->eval_source},
		{"learning rate", loss->learning_rate_source},
		{"grad norm", loss->grad_norm_source},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (!rows[i].source)
			continue;
		fprintf(out, "  %s  from ", rows[i].name);
		put(out, rows[i].source);
		fputc('\n', out);
	}
}

static void list_logs(FILE *out, const pt_run_view *run)
{
	if (run->loss.n > 0)
		fprintf(out, "  log  %zu rows, steps %" PRId64 " to %" PRId64 "\n", run->loss.n, run->loss.steps[0],
			run->loss.steps[run->loss.n - 1]);
	list_sources(out, &run->loss);
	for (int f = 0; f < PT_N_SPECTRA; f += 2) { /* the detrended form is of the same rows as the raw one */
		const pt_spectrum_view *spectrum = &run->spectra[f];
		if (!spectrum->present)
			continue;
		fprintf(out, "  probes  %" PRId64 "%s, %" PRId64 " rows", spectrum->n_probes,
			spectrum->gaussian ? " (Gaussian)" : "", spectrum->n_rows);
		if (spectrum->n_invalid_rows > 0)
			fprintf(out, ", %" PRId64 " invalid", spectrum->n_invalid_rows);
		fputc('\n', out);
	}
	for (size_t i = 0; i < run->loss.n_series; i++) {
		const pt_metric_view *metric = &run->loss.series[i];
		fputs("  metric  ", out);
		put(out, metric->name);
		fprintf(out, "  %zu values from ", metric->n);
		put(out, metric->source);
		fputc('\n', out);
	}
}

/* What is kept, and what a change of the module set would cost. */
static void list_kept(FILE *out, const pt_kept_view *kept)
{
	fputs("  kept  ", out);
	put_bytes(out, kept->vector_bytes);
	fputs(" of weights, ", out);
	put_bytes(out, kept->gram_bytes);
	fputs(" of Grams: ", out);
	if (kept->band_checkpoints == 0) {
		fputs("whole for every module\n", out);
		return;
	}
	fputs("whole for the selected set", out);
	if (kept->n_layer_sums > 0)
		fprintf(out, " and the sums of %zu layers", kept->n_layer_sums);
	fprintf(out, ", the nearest %" PRId64 " increments for single modules (--gram-memory)\n",
		kept->band_checkpoints);
}

static void list_run(FILE *out, const pt_run_view *run)
{
	put(out, run->name);
	fprintf(out, "  %s", pt_run_state_name(run->state));
	if (run->removed)
		fputs(", its directory is gone", out);
	if (run->polling) {
		fputs(", watched by polling: ", out);
		put(out, run->polling_why && run->polling_why[0] ? run->polling_why : "asked for");
	}
	char when[32];
	pt_report_time(when, sizeof when, run->last_write_wall_ms);
	if (when[0])
		fprintf(out, ", last written %s", when);
	fputs("\n  path  ", out);
	put(out, run->path);
	fputc('\n', out);
	if (run->waiting_for && run->waiting_for[0]) {
		fputs("  waiting for  ", out);
		put(out, run->waiting_for);
		fputc('\n', out);
	}
	list_checkpoints(out, run);
	for (size_t i = 0; i < run->n_modules; i++)
		list_module(out, &run->modules[i]);
	if (run->n_modules > 0)
		list_kept(out, &run->kept);
	if (run->n_skipped_tensors > 0) {
		fprintf(out, "  skipped tensors  %zu", run->n_skipped_tensors);
		for (size_t i = 0; i < run->n_skipped_examples; i++) {
			fputs(i ? ", " : ": ", out);
			put(out, run->skipped_examples[i]);
		}
		fputc('\n', out);
	}
	list_logs(out, run);
	list_problems(out, "  ", run->problems, run->n_problems);
}

pt_status pt_report_list_write(
	FILE *out, const pt_snapshot *snapshot, const pt_report_options *options, pt_error *err)
{
	(void)options;
	for (size_t i = 0; i < snapshot->n_runs; i++)
		list_run(out, &snapshot->runs[i]);
	list_problems(out, "", snapshot->problems, snapshot->n_problems);
	fputs("memory  ", out);
	put_bytes(out, snapshot->memory_bytes);
	fputs(" held by the histories\n", out);
	if (fflush(out) != 0 || ferror(out))
		return pt_fail_errno(err, errno, "", "cannot write the list");
	return PT_OK;
}
