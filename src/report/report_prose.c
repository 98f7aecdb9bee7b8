#include "report_prose.h"

#include <stdlib.h>
#include <string.h>

#include "phasetop/base/text.h"
#include "phasetop/ui/screen.h"

enum { LABEL_COLS = 13, LINE_BYTES = 1024 };

/* Safe to print, and in ASCII where that is asked for; then it may be wrapped, for widths are settled. */
static void prepare(const pt_prose *prose, const char *words, char *out, size_t capacity)
{
	char safe[LINE_BYTES], spelled[LINE_BYTES];
	pt_text_sanitize(safe, sizeof safe, words, strlen(words));
	pt_text text = pt_text_over(out, capacity);
	if (prose->unicode) {
		pt_text_add(&text, safe);
		return;
	}
	pt_words_spelled(safe, spelled, sizeof spelled);
	for (size_t at = 0, n = strlen(spelled); at < n;) {
		uint32_t code_point;
		at += pt_utf8_decode(spelled + at, n - at, &code_point);
		pt_text_addf(&text, "%c", pt_glyph_ascii(code_point));
	}
}

void pt_prose_raw(pt_prose *prose, const char *line)
{
	fprintf(prose->out, "%s\n", line);
}

static void put_indent(const pt_prose *prose, int cols)
{
	fprintf(prose->out, "%*s", cols, "");
}

/* "  label       words …", wrapped under the words. Foreign text in it becomes safe here. */
static void put_line(pt_prose *prose, const char *label, const char *words)
{
	char safe[2 * LINE_BYTES], name[64];
	prepare(prose, words, safe, sizeof safe);
	prepare(prose, label, name, sizeof name);
	int indent = prose->cols >= 60 ? LABEL_COLS + 2 : 4, room = prose->cols - indent;
	put_indent(prose, 2);
	fputs(name, prose->out);
	int label_end = 2 + pt_text_width(name);
	if (label_end + 1 > indent)
		fputc('\n', prose->out), label_end = 0;
	const char *at = safe;
	do {
		size_t n = pt_text_fit(at, room);
		if (at[n] && at[n] != ' ') {
			size_t back = n;
			while (back > 0 && at[back - 1] != ' ')
				back--;
			n = back ? back : n ? n : 1;
		}
		size_t shown = n;
		while (shown > 0 && at[shown - 1] == ' ')
			shown--;
		put_indent(prose, indent - label_end);
		fwrite(at, 1, shown, prose->out);
		fputc('\n', prose->out);
		label_end = 0;
		at += n;
		at += strspn(at, " ");
	} while (*at);
}

static void add_number(pt_text *text, double value, int digits)
{
	char number[32];
	pt_text_number(number, sizeof number, value, digits);
	pt_text_add(text, number);
}

void pt_prose_heading(pt_prose *prose, const pt_snapshot *snapshot)
{
	fprintf(prose->out, "phasetop  %zu run%s\n", snapshot->n_runs, snapshot->n_runs == 1 ? "" : "s");
	for (size_t i = 0; i < snapshot->n_problems; i++) {
		char line[LINE_BYTES];
		const pt_problem *problem = &snapshot->problems[i];
		snprintf(line, sizeof line, "%s: %s: %s", problem->code, problem->path, problem->message);
		put_line(prose, i ? "" : "passed over", line);
	}
	if (snapshot->n_runs == 0)
		put_line(prose, "", "no run here: give the directory that a trainer writes its checkpoints into");
}

/* "; resumed at step 4" */
static void tell_seam(pt_text *text, const pt_run_view *run)
{
	int64_t from = run->segments[run->n_segments - 1].from_step;
	if (run->n_segments > 2)
		pt_text_addf(text, "; %zu segments", run->n_segments);
	if (from == PT_NO_STEP)
		pt_text_add(text, "; started anew");
	else
		pt_text_addf(text, "; resumed at step %lld", (long long)from);
}

static void tell_state(pt_prose *prose, const pt_scene *scene, const pt_run_view *run)
{
	char line[LINE_BYTES], state[128];
	pt_text text = pt_text_over(line, sizeof line);
	pt_screen_state(scene, state, sizeof state);
	/* Without the glyph in front: words read the same in a log and to a screen reader. */
	pt_text_add(&text, strchr(state, ' ') ? strchr(state, ' ') + 1 : state);
	if (run->last_write_wall_ms != PT_NO_TIME && run->state == PT_RUN_LIVE)
		pt_text_addf(&text, ", newest data %lld s old",
			(long long)(scene->snapshot->taken_wall_ms - run->last_write_wall_ms) / 1000);
	put_line(prose, "state", line);
	text = pt_text_over(line, sizeof line);
	if (run->n_steps == 0) {
		pt_text_addf(&text, "none yet%s%s", run->waiting_for && run->waiting_for[0] ? ": waits for " : "",
			run->waiting_for ? run->waiting_for : "");
	} else {
		pt_text_addf(
			&text, "%lld to %lld", (long long)run->steps[0], (long long)run->steps[run->n_steps - 1]);
		if (run->max_steps != PT_NO_STEP)
			pt_text_addf(&text, " of %lld", (long long)run->max_steps);
		pt_text_addf(&text, "; %zu checkpoint%s", run->n_steps, run->n_steps == 1 ? "" : "s");
		if (run->spacing != PT_NO_STEP)
			pt_text_addf(&text, ", every %lld", (long long)run->spacing);
		if (run->n_deleted)
			pt_text_addf(&text, "; %zu of them deleted since", run->n_deleted);
		if (run->n_segments > 1)
			tell_seam(&text, run);
	}
	put_line(prose, "steps", line);
}

static void tell_verdict(pt_prose *prose, const pt_run_view *run, pt_matrix matrix)
{
	char line[LINE_BYTES], label[32];
	const pt_verdict *verdict = &run->verdicts[matrix];
	if (!verdict->headline || !verdict->headline[0])
		return;
	snprintf(label, sizeof label, "verdict %s", pt_matrix_label(matrix));
	pt_text text = pt_text_over(line, sizeof line);
	pt_text_add(&text, verdict->headline);
	if (verdict->detail && verdict->detail[0])
		pt_text_addf(&text, ": %s", verdict->detail);
	put_line(prose, label, line);
}

/* Index of the first, last or largest finite value; n: none. */
typedef enum which_value { FIRST_VALUE, LAST_VALUE, LARGEST_VALUE } which_value;

static size_t find_value(const double *values, size_t n, which_value which)
{
	size_t found = n;
	for (size_t i = 0; values && i < n; i++) {
		if (pt_is_missing(values[i]))
			continue;
		if (found == n || which == LAST_VALUE || (which == LARGEST_VALUE && values[i] > values[found]))
			found = i;
	}
	return found;
}

static bool add_at(
	pt_text *text, const char *word, const int64_t *steps, const double *values, size_t n, which_value which)
{
	size_t i = find_value(values, n, which);
	if (i == n)
		return false;
	pt_text_addf(text, "%s%s ", text->length ? ", " : "", word);
	add_number(text, values[i], 4);
	pt_text_addf(text, " at %lld", (long long)steps[i]);
	return true;
}

static void tell_norm(pt_prose *prose, const pt_run_view *run, pt_matrix matrix)
{
	char line[LINE_BYTES], label[32];
	const pt_norm_view *norms = &run->matrices[matrix].norms;
	if (!norms->present)
		return;
	pt_text text = pt_text_over(line, sizeof line);
	add_at(&text, "first", run->steps, norms->norm, run->n_steps, FIRST_VALUE);
	add_at(&text, "last", run->steps, norms->norm, run->n_steps, LAST_VALUE);
	add_at(&text, "largest", run->steps, norms->norm, run->n_steps, LARGEST_VALUE);
	snprintf(label, sizeof label, "norm %s", pt_matrix_label(matrix));
	if (text.length)
		put_line(prose, label, line);
}

static void tell_pca(pt_prose *prose, const pt_run_view *run, pt_matrix matrix)
{
	char line[LINE_BYTES], label[32];
	const pt_pca_view *pca = &run->matrices[matrix].pca;
	if (!pca->present)
		return;
	pt_text text = pt_text_over(line, sizeof line);
	if (pt_is_missing(pca->explained[0]))
		pt_text_add(&text, "no variance");
	else
		pt_text_addf(&text, "PC1 %.1f %%, PC2 %.1f %% of the variance", 100 * pca->explained[0],
			100 * pca->explained[1]);
	if (pca->turning_step != PT_NO_STEP)
		pt_text_addf(&text, "; the path bends most at %lld (%.0f°)", (long long)pca->turning_step,
			pca->turning_angle_deg);
	snprintf(label, sizeof label, "PCA %s", pt_matrix_label(matrix));
	put_line(prose, label, line);
}

static void tell_cosine(
	pt_prose *prose, const pt_run_view *run, const pt_cosine_view *cosine, const char *label)
{
	char line[LINE_BYTES];
	pt_text text = pt_text_over(line, sizeof line);
	pt_text_addf(&text, "k %lld", (long long)cosine->k_used);
	if (cosine->k != cosine->k_used)
		pt_text_addf(&text, " (asked: %lld)", (long long)cosine->k);
	if (cosine->minimum_step == PT_NO_STEP)
		pt_text_add(&text, ": no value yet");
	else
		pt_text_addf(
			&text, ": smallest %.3f at %lld", cosine->minimum_value, (long long)cosine->minimum_step);
	if (cosine->dip_step != PT_NO_STEP)
		pt_text_addf(&text, "; most prominent dip %.3f at %lld (prominence %.3f)", cosine->dip_value,
			(long long)cosine->dip_step, cosine->dip_prominence);
	size_t n_gaps = 0;
	for (size_t i = 0; i < cosine->n; i++)
		n_gaps += cosine->gaps[i] != PT_GAP_NONE;
	if (n_gaps)
		pt_text_addf(&text, "; %zu of %zu steps without a value", n_gaps, cosine->n);
	if (cosine->pending_from_step != PT_NO_STEP && run->state == PT_RUN_FINISHED)
		pt_text_addf(&text, "; undecided from %lld on", (long long)cosine->pending_from_step);
	else if (cosine->pending_from_step != PT_NO_STEP && cosine->decided_at_step != PT_NO_STEP)
		pt_text_addf(&text, "; %lld is decided when %lld lands", (long long)cosine->pending_from_step,
			(long long)cosine->decided_at_step);
	put_line(prose, label, line);
}

static void tell_cosines(pt_prose *prose, const pt_run_view *run, pt_matrix matrix)
{
	const pt_matrix_view *view = &run->matrices[matrix];
	char label[32];
	snprintf(label, sizeof label, "cosine %s", pt_matrix_label(matrix));
	bool any = false;
	for (size_t i = 0; i < view->n_cosines; i++) {
		if (!view->cosines[i].present)
			continue;
		tell_cosine(prose, run, &view->cosines[i], any ? "" : label);
		any = true;
	}
}

static void tell_changes(pt_prose *prose, const pt_run_view *run, pt_matrix matrix)
{
	const pt_matrix_view *view = &run->matrices[matrix];
	for (size_t i = 0; i < view->n_change_points; i++) {
		char line[LINE_BYTES], label[32];
		const pt_change_point_view *change = &view->change_points[i];
		pt_text text = pt_text_over(line, sizeof line);
		snprintf(label, sizeof label, "turned %s", pt_matrix_label(matrix));
		pt_text_addf(&text, "near %lld, known at %lld; ratio ", (long long)change->step,
			(long long)change->known_at_step);
		add_number(&text, change->ratio, 2);
		pt_text_add(&text, " above its threshold ");
		add_number(&text, change->threshold, 2);
		if (!pt_is_missing(change->phi_deg) && !pt_is_missing(change->usual_phi_deg))
			pt_text_addf(&text, "; by %.0f° where %.0f° is usual", change->phi_deg, change->usual_phi_deg);
		put_line(prose, i ? "" : label, line);
	}
}

/* How the run stands to the baseline. */
static void tell_versus(
	pt_prose *prose, const pt_snapshot *snapshot, const pt_run_view *run, pt_matrix matrix)
{
	char line[LINE_BYTES], label[32];
	const pt_versus_view *versus = &run->versus[matrix];
	if (!versus->present)
		return;
	pt_text text = pt_text_over(line, sizeof line);
	pt_text_addf(&text, "with %s", snapshot->runs[snapshot->baseline].name);
	if (!versus->same_shapes)
		pt_text_add(&text, ": other modules or shapes, so that no cosine is defined");
	else if (pt_is_missing(versus->cosine_final))
		pt_text_add(&text, ": no cosine, for a vector is 0");
	else
		pt_text_addf(&text, ": cosine of the newest vectors %.3f", versus->cosine_final);
	if (!pt_is_missing(versus->cosine_of_drift) && versus->same_shapes)
		pt_text_addf(&text, ", of what came since the first checkpoint %.3f", versus->cosine_of_drift);
	if (versus->turn_lag_steps != PT_NO_STEP && versus->turn_lag_steps != 0)
		pt_text_addf(&text, "; turned %lld steps %s", (long long)llabs((long long)versus->turn_lag_steps),
			versus->turn_lag_steps > 0 ? "later" : "earlier");
	else if (versus->turn_lag_steps == 0)
		pt_text_add(&text, "; turned at the same step");
	snprintf(label, sizeof label, "compared %s", pt_matrix_label(matrix));
	put_line(prose, label, line);
}

static void tell_spectrum(pt_prose *prose, const pt_spectrum_view *spectrum)
{
	char line[LINE_BYTES];
	if (!spectrum->present || spectrum->n == 0)
		return;
	const struct {
		const char *name;
		const double *values;
	} series[] = {{"SHC", spectrum->shc}, {"PR", spectrum->pr}, {"tr C", spectrum->trace}};
	pt_text text = pt_text_over(line, sizeof line);
	pt_text_addf(&text, "%lld probes, %s %lld, %lld rows", (long long)spectrum->n_probes,
		spectrum->gaussian ? "samples a row" : "window", (long long)spectrum->window,
		(long long)spectrum->n_rows);
	if (spectrum->n_invalid_rows)
		pt_text_addf(&text, ", %lld of them not valid", (long long)spectrum->n_invalid_rows);
	pt_text_add(&text, spectrum->detrended ? ", detrended" : "");
	put_line(prose, "probe losses", line);
	for (size_t s = 0; s < sizeof series / sizeof series[0]; s++) {
		text = pt_text_over(line, sizeof line);
		if (add_at(&text, "last", spectrum->steps, series[s].values, spectrum->n, LAST_VALUE)) {
			add_at(&text, "largest", spectrum->steps, series[s].values, spectrum->n, LARGEST_VALUE);
			put_line(prose, series[s].name, line);
		}
	}
}

static void tell_losses(pt_prose *prose, const pt_loss_view *loss)
{
	const struct {
		const char *name;
		const double *values;
	} series[] = {{"train loss", loss->train}, {"eval loss", loss->eval}, {"probe mean", loss->probe_mean},
		{"learn. rate", loss->learning_rate}};
	for (size_t s = 0; s < sizeof series / sizeof series[0]; s++) {
		char line[LINE_BYTES];
		pt_text text = pt_text_over(line, sizeof line);
		if (add_at(&text, "first", loss->steps, series[s].values, loss->n, FIRST_VALUE)) {
			add_at(&text, "last", loss->steps, series[s].values, loss->n, LAST_VALUE);
			put_line(prose, series[s].name, line);
		}
	}
}

/* What `--metric` asks for; such series come first. */
static void tell_metrics(pt_prose *prose, const pt_loss_view *loss)
{
	for (size_t s = 0; s < loss->n_series && loss->series[s].asked; s++) {
		const pt_metric_view *series = &loss->series[s];
		char line[LINE_BYTES], told[LINE_BYTES];
		pt_text text = pt_text_over(told, sizeof told);
		if (!add_at(&text, "first", series->steps, series->values, series->n, FIRST_VALUE))
			continue;
		add_at(&text, "last", series->steps, series->values, series->n, LAST_VALUE);
		if (series->half_rise_step != PT_NO_STEP)
			pt_text_addf(&text, ", half way at %lld", (long long)series->half_rise_step);
		text = pt_text_over(line, sizeof line);
		pt_text_addf(&text, "%s: %s", series->name, told);
		put_line(prose, "metric", line);
	}
}

static void tell_problems(pt_prose *prose, const pt_run_view *run)
{
	char line[LINE_BYTES];
	if (run->n_problems == 0)
		put_line(prose, "problems", "none");
	for (size_t i = 0; i < run->n_problems; i++) {
		const pt_problem *problem = &run->problems[i];
		pt_text text = pt_text_over(line, sizeof line);
		pt_text_addf(&text, "%s: %s", problem->code, problem->path);
		if (problem->offset >= 0)
			pt_text_addf(&text, " at %lld", (long long)problem->offset);
		pt_text_addf(&text, ": %s", problem->message);
		put_line(prose, i ? "" : "problems", line);
	}
}

void pt_prose_run(pt_prose *prose, const pt_snapshot *snapshot, const pt_view *view, size_t r)
{
	const pt_run_view *run = &snapshot->runs[r];
	pt_scene scene = pt_scene_of(snapshot, view);
	char line[LINE_BYTES], head[2 * LINE_BYTES];
	snprintf(line, sizeof line, strcmp(run->name, run->path) == 0 ? "%s" : "%s  (%s)", run->name, run->path);
	prepare(prose, line, head, sizeof head);
	head[pt_text_fit(head, prose->cols)] = '\0';
	fprintf(prose->out, "\n%s\n", head);
	tell_state(prose, &scene, run);
	for (size_t m = 0; m < scene.n_matrices; m++)
		tell_verdict(prose, run, scene.matrices[m]);
	for (size_t m = 0; m < scene.n_matrices; m++) {
		tell_norm(prose, run, scene.matrices[m]);
		tell_pca(prose, run, scene.matrices[m]);
		tell_cosines(prose, run, scene.matrices[m]);
		tell_changes(prose, run, scene.matrices[m]);
		tell_versus(prose, snapshot, run, scene.matrices[m]);
	}
	const pt_spectrum_view *spectrum =
		&run->spectra[view->detrended ? PT_SPECTRUM_DETRENDED : PT_SPECTRUM_RAW];
	tell_spectrum(prose, spectrum->present ? spectrum : &run->spectra[PT_SPECTRUM_GAUSSIAN]);
	tell_losses(prose, &run->loss);
	tell_metrics(prose, &run->loss);
	tell_problems(prose, run);
}
