#include "verdict.h"

#include <math.h>
#include <stdlib.h>

#include "phasetop/base/text.h"

enum { LINE_BYTES = 400, INCREMENTS_BEFORE_JUDGING = 24 };

/* A turning angle counts from this multiple of the run's usual one on. */
static const double unusual_angle = 1.5;

static const pt_cosine_view *largest_k(const pt_matrix_view *matrix)
{
	const pt_cosine_view *largest = NULL;
	for (size_t i = 0; i < matrix->n_cosines; i++)
		if (matrix->cosines[i].present && (!largest || matrix->cosines[i].k_used > largest->k_used))
			largest = &matrix->cosines[i];
	return largest;
}

static bool within(int64_t step, int64_t other, int64_t distance)
{
	return step != PT_NO_STEP && other != PT_NO_STEP && llabs((long long)(step - other)) <= distance;
}

/* Is the change of direction backed by the turning angle and by a second look (dip or turning point)? */
static bool is_backed(const pt_change_point_view *change, const pt_matrix_view *matrix)
{
	const pt_cosine_view *cosine = largest_k(matrix);
	bool angle = !pt_is_missing(change->phi_deg) && !pt_is_missing(change->usual_phi_deg) &&
				 change->phi_deg >= unusual_angle * change->usual_phi_deg;
	if (!angle || !cosine)
		return false;
	return within(cosine->dip_step, change->step, 2 * cosine->k_used) ||
		   within(matrix->pca.turning_step, change->step, 2 * cosine->k_used);
}

/* The backed change of the largest ratio; else, unbacked, that of the largest ratio. */
static const pt_change_point_view *strongest_change(const pt_matrix_view *matrix, bool *backed)
{
	const pt_change_point_view *strongest = NULL;
	*backed = false;
	for (size_t i = 0; i < matrix->n_change_points; i++) {
		const pt_change_point_view *change = &matrix->change_points[i];
		bool own = is_backed(change, matrix);
		if (!strongest || (own && !*backed) || (own == *backed && change->ratio > strongest->ratio)) {
			strongest = change;
			*backed = own;
		}
	}
	return strongest;
}

static void add_number(pt_text *line, double value, int digits)
{
	char number[32];
	pt_text_number(number, sizeof number, value, digits);
	pt_text_add(line, number);
}

static void separate(pt_text *line)
{
	if (line->length > 0)
		pt_text_add(line, " · ");
}

static void add_minimum(pt_text *line, const pt_cosine_view *cosine)
{
	if (!cosine || cosine->minimum_step == PT_NO_STEP)
		return;
	separate(line);
	pt_text_add(line, "smallest cos ");
	add_number(line, cosine->minimum_value, 3);
	pt_text_addf(line, " at %lld (k %lld)", (long long)cosine->minimum_step, (long long)cosine->k_used);
}

static void add_dip(pt_text *line, const pt_cosine_view *cosine, int64_t near, const char *lead_in)
{
	if (!cosine || cosine->dip_step == PT_NO_STEP || !within(cosine->dip_step, near, 2 * cosine->k_used))
		return;
	separate(line);
	pt_text_add(line, lead_in);
	add_number(line, cosine->dip_value, 3);
	pt_text_addf(line, " at %lld (k %lld)", (long long)cosine->dip_step, (long long)cosine->k_used);
}

static void add_spectrum_peak(pt_text *line, const pt_spectrum_view *spectrum)
{
	if (!spectrum->present)
		return;
	size_t peak = spectrum->n;
	for (size_t i = 0; i < spectrum->n; i++) {
		if (spectrum->partial[i] || pt_is_missing(spectrum->shc[i]))
			continue;
		if (peak == spectrum->n || spectrum->shc[i] > spectrum->shc[peak])
			peak = i;
	}
	if (peak == spectrum->n)
		return;
	separate(line);
	pt_text_add(line, "SHC highest at ");
	pt_text_addf(line, "%lld (", (long long)spectrum->steps[peak]);
	add_number(line, spectrum->shc[peak], 2);
	pt_text_add(line, ")");
}

static void tell_turn(
	const pt_change_point_view *change, const pt_matrix_view *matrix, pt_text *head, pt_text *line)
{
	pt_text_addf(head, "direction turned near step %lld", (long long)change->step);
	pt_text_addf(line, "by %.0f° where %.0f° is usual, known since %lld", change->phi_deg,
		change->usual_phi_deg, (long long)change->known_at_step);
	add_dip(line, largest_k(matrix), change->step, "cos dips to ");
}

static void tell_unbacked(
	const pt_change_point_view *change, const pt_matrix_view *matrix, pt_text *head, pt_text *line)
{
	const pt_cosine_view *cosine = largest_k(matrix);
	pt_text_add(head, "no clear turn");
	pt_text_addf(line, "a change near %lld, not beyond this run's own noise", (long long)change->step);
	add_minimum(line, cosine);
}

static bool nothing_moves(const pt_norm_view *norms, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (norms->step_length[i] > 0)
			return false;
	return true;
}

static void tell_quiet(const pt_run_view *run, const pt_matrix_view *matrix, pt_text *head, pt_text *line)
{
	if (run->n_steps < 2) {
		pt_text_add(head, "one checkpoint so far");
		pt_text_add(line, "direction needs more: a turn can be judged from the 24th increment on");
	} else if (nothing_moves(&matrix->norms, run->n_steps)) {
		pt_text_add(head, "weights do not change");
		pt_text_addf(line, "all %zu checkpoints are equal", run->n_steps);
	} else if (run->n_steps <= INCREMENTS_BEFORE_JUDGING) {
		pt_text_add(head, run->state == PT_RUN_FINISHED ? "too few checkpoints to tell" : "too early to tell");
		pt_text_addf(line, "learning this run's own curvature: %zu of %d increments", run->n_steps - 1,
			INCREMENTS_BEFORE_JUDGING);
		add_minimum(line, largest_k(matrix));
	} else {
		pt_text_add(head, "no turn so far");
		add_minimum(line, largest_k(matrix));
	}
}

pt_status pt_verdict_make(
	const pt_run_view *run, pt_matrix type, pt_arena *arena, pt_verdict *verdict, pt_error *err)
{
	char head_bytes[LINE_BYTES], line_bytes[LINE_BYTES];
	pt_text head = pt_text_over(head_bytes, sizeof head_bytes);
	pt_text line = pt_text_over(line_bytes, sizeof line_bytes);
	pt_verdict made = {.severity = PT_SEVERITY_INFO, .step = PT_NO_STEP, .known_at_step = PT_NO_STEP};
	const pt_matrix_view *matrix = &run->matrices[type];
	if (matrix->norms.present) {
		bool backed;
		const pt_change_point_view *change = strongest_change(matrix, &backed);
		if (change && backed) {
			made.severity = PT_SEVERITY_ALERT;
			made.step = change->step;
			made.known_at_step = change->known_at_step;
			tell_turn(change, matrix, &head, &line);
		} else if (change) {
			tell_unbacked(change, matrix, &head, &line);
		} else {
			tell_quiet(run, matrix, &head, &line);
		}
		add_spectrum_peak(&line, &run->spectra[PT_SPECTRUM_RAW]);
	}
	made.headline = pt_arena_text(arena, head_bytes);
	made.detail = pt_arena_text(arena, line_bytes);
	if (!made.headline || !made.detail)
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for the verdict");
	*verdict = made;
	return PT_OK;
}
