/** Which checkpoints belong to the newest segment of a run that was resumed, and where segments begin. */
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/base/alloc.h"

enum {
	STATE_CAP_BYTES = 8 * 1024 * 1024, /* of a Trainer's state that is looked into for this alone */
	TRAINING_GAP_MS = 1000,            /* files that come faster than that are copied, not trained */
	CHECKPOINTS_A_RESUME = 8           /* resumes are rarer; a copy in any order goes back more often */
};

#define HASH_BASIS UINT64_C(14695981039346656037) /* FNV-1a */

/* What two states of the Trainer tell of each other. */
typedef enum verdict { VERDICT_UNKNOWN, VERDICT_SAME, VERDICT_OTHER } verdict;

/* A checkpoint whose time counts. */
typedef struct candidate {
	pt_seen_checkpoint *seen;
	int64_t written_ns;
} candidate;

typedef struct judging {
	pt_run *run;
	candidate *candidates; /* rising steps */
	size_t n;
	bool knows_pace, is_paced; /* written as a training writes, not as a copy does */
	bool records;              /* seams */
	pt_error *err;
} judging;

static pt_status out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for segments");
}

/* --- the Trainer's states --------------------------------------------------------------------------- */

static uint64_t mixed(uint64_t hash, const pt_file_identity *identity)
{
	const uint64_t parts[] = {identity->present, identity->dev, identity->ino, (uint64_t)identity->size_bytes,
		(uint64_t)identity->mtime_ns, (uint64_t)identity->ctime_ns};
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		hash = (hash ^ parts[i]) * UINT64_C(1099511628211);
	return hash;
}

static bool is_readable(const pt_file_identity *state)
{
	return state->present && state->size_bytes > 0 && state->size_bytes <= STATE_CAP_BYTES;
}

static pt_status take_row(void *context, const pt_log_row *row, pt_error *err)
{
	pt_status status = PT_OK;
	for (size_t i = 0; i < row->n_fields && status == PT_OK; i++)
		status = pt_metric_table_set(context, row->step, row->fields[i].name, row->fields[i].value, err);
	return status;
}

/* The rows of a state (table may be NULL) and what it says of itself. A state that does not read says
 * nothing. */
static pt_status read_state(
	const pt_run *run, const char *directory, pt_metric_table *table, pt_trainer_state *state, pt_error *err)
{
	char path[4096];
	pt_log_sink sink = {.context = table, .row = take_row};
	*state = (pt_trainer_state){.global_step = PT_LOG_NO_STEP, .max_steps = PT_LOG_NO_STEP};
	int n =
		snprintf(path, sizeof path, "%s/%s%strainer_state.json", run->path, directory, *directory ? "/" : "");
	if (n < 0 || (size_t)n >= sizeof path)
		return PT_OK;
	pt_status status = pt_trainer_state_read(path, table ? &sink : NULL, state, NULL, NULL);
	return status == PT_ERR_MEMORY ? out_of_memory(err) : PT_OK;
}

/* Values at one step under one name, told by both: are they equal? */
static verdict compare_rows(const pt_metric_table *a, size_t row_a, const pt_metric_table *b, size_t row_b)
{
	verdict found = VERDICT_UNKNOWN;
	for (size_t c = 0; c < a->n_columns; c++) {
		const pt_metric_column *other = pt_metric_table_column(b, a->columns[c].name);
		double x = a->columns[c].values[row_a], y = other ? other->values[row_b] : PT_MISSING;
		if (pt_is_missing(x) || pt_is_missing(y))
			continue;
		if (x < y || x > y)
			return VERDICT_OTHER;
		found = VERDICT_SAME;
	}
	return found;
}

/* One training tells the same of every step up to `until`. That it is the same one is known only from what
 * both tell of steps after `since`: a resumed training has the rows before from the one that it resumes. */
static verdict compare_tables(
	const pt_metric_table *a, const pt_metric_table *b, int64_t since, int64_t until)
{
	verdict found = VERDICT_UNKNOWN;
	for (size_t i = 0, k = 0; i < a->n_rows && a->steps[i] <= until; i++) {
		while (k < b->n_rows && b->steps[k] < a->steps[i])
			k++;
		if (k == b->n_rows || b->steps[k] != a->steps[i])
			continue;
		verdict row = compare_rows(a, i, b, k);
		if (row == VERDICT_OTHER)
			return row;
		if (row == VERDICT_SAME && a->steps[i] > since)
			found = row;
	}
	return found;
}

/* Two states, of which `a` is of the lower step. */
static pt_status compare_states(const pt_run *run, const char *a, const char *b, int64_t since, int64_t until,
	verdict *found, pt_error *err)
{
	pt_metric_table tables[2];
	pt_trainer_state state;
	pt_metric_table_init(&tables[0]);
	pt_metric_table_init(&tables[1]);
	pt_status status = read_state(run, a, &tables[0], &state, err);
	if (status == PT_OK)
		status = read_state(run, b, &tables[1], &state, err);
	if (status == PT_OK)
		*found = compare_tables(&tables[0], &tables[1], since, until);
	pt_metric_table_fini(&tables[0]);
	pt_metric_table_fini(&tables[1]);
	return status;
}

/* --- one pair --------------------------------------------------------------------------------------- */

/* Do the states of two checkpoints tell of one training? Each pair is read once. */
static pt_status ask_states(judging *j, size_t low, size_t high, verdict *found)
{
	const pt_seen_checkpoint *a = j->candidates[low].seen;
	pt_seen_checkpoint *b = j->candidates[high].seen;
	*found = VERDICT_UNKNOWN;
	if (!a->on_disk || !b->on_disk || !is_readable(&a->state) || !is_readable(&b->state))
		return PT_OK;
	uint64_t key = mixed(mixed(HASH_BASIS, &a->state), &b->state);
	if (b->judged_key != key) {
		int64_t since = low > 0 ? j->candidates[low - 1].seen->step : -1;
		verdict judged;
		pt_status status =
			compare_states(j->run, a->directory, b->directory, since, a->step, &judged, j->err);
		if (status != PT_OK)
			return status;
		b->judged_key = key;
		b->judged = (int)judged;
	}
	/* the state is written last: while it is older than its weights it is that of the training before */
	bool is_old = a->state.mtime_ns < j->candidates[low].written_ns;
	*found = b->judged == VERDICT_SAME && is_old ? VERDICT_UNKNOWN : (verdict)b->judged;
	return PT_OK;
}

/* Was a checkpoint below `high` written anew after it, while we watched? */
static bool was_rewritten_below(const judging *j, size_t high)
{
	for (size_t i = 0; i < high; i++)
		if (j->candidates[i].seen->n_rewrites > 0 &&
			j->candidates[i].written_ns > j->candidates[high].written_ns)
			return true;
	return false;
}

/* --- is it a training's pace, or a copy's? ---------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
	const candidate *x = a, *y = b;
	if (x->written_ns != y->written_ns)
		return x->written_ns < y->written_ns ? -1 : 1;
	return (x->seen->step > y->seen->step) - (x->seen->step < y->seen->step);
}

static int by_gap(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* A copy writes in no time, or by the alphabet (checkpoint-10 before checkpoint-9), or in no order at all. */
static pt_status note_pace(judging *j)
{
	if (j->knows_pace)
		return PT_OK;
	j->knows_pace = true;
	candidate *ordered = pt_array_alloc(j->n, sizeof *ordered);
	int64_t *gaps = pt_array_alloc(j->n - 1, sizeof *gaps);
	if (ordered && gaps) {
		size_t n_back = 0, n_against_alphabet = 0;
		memcpy(ordered, j->candidates, j->n * sizeof *ordered);
		qsort(ordered, j->n, sizeof *ordered, by_time);
		for (size_t i = 1; i < j->n; i++) {
			gaps[i - 1] = ordered[i].written_ns - ordered[i - 1].written_ns;
			n_back += ordered[i].seen->step < ordered[i - 1].seen->step;
			n_against_alphabet += strcmp(ordered[i].seen->directory, ordered[i - 1].seen->directory) < 0;
		}
		qsort(gaps, j->n - 1, sizeof *gaps, by_gap);
		j->is_paced = gaps[(j->n - 1) / 2] >= TRAINING_GAP_MS * INT64_C(1000000) &&
					  n_back <= 1 + j->n / CHECKPOINTS_A_RESUME && n_against_alphabet > 0;
	}
	pt_status status = ordered && gaps ? PT_OK : out_of_memory(j->err);
	pt_free(ordered);
	pt_free(gaps);
	return status;
}

/* --- seams ------------------------------------------------------------------------------------------ */

/* A seam that is not known yet. One and the same resume is found again at each look, by other signs too. */
static pt_status add_seam(judging *j, pt_seam seam, bool is_rewind)
{
	pt_run *run = j->run;
	for (size_t i = 0; i < run->n_seams; i++) {
		pt_seam *known = &run->seams[i];
		if (known->first_step != seam.first_step || (is_rewind && known->n_rewrites != seam.n_rewrites))
			continue;
		if (seam.reached_step > known->reached_step)
			known->reached_step = seam.reached_step;
		return PT_OK;
	}
	if (!pt_array_reserve((void **)&run->seams, &run->seam_capacity, run->n_seams + 1, sizeof *run->seams))
		return out_of_memory(j->err);
	run->seams[run->n_seams++] = seam;
	return PT_OK;
}

/* The segment that left candidate `high` behind begins at the first of those that are younger than it. What
 * was left behind before is not what the segment before reached. */
static pt_status add_rewind(judging *j, size_t high)
{
	size_t first = 0;
	while (j->candidates[first].written_ns <= j->candidates[high].written_ns)
		first++;
	const pt_seen_checkpoint *begin = j->candidates[first].seen;
	pt_seen_checkpoint *left = j->candidates[high].seen;
	bool was_counted = left->is_counted_out;
	left->is_counted_out = true;
	int64_t from = first > 0 ? j->candidates[first - 1].seen->step : PT_NO_STEP;
	return add_seam(j,
		(pt_seam){.first_step = begin->step,
			.from_step = from,
			.reached_step = was_counted ? from : left->step,
			.n_rewrites = begin->n_rewrites},
		true);
}

/* Candidates that are older than one of a lower step, from the lowest on. */
static pt_status find_rewinds(judging *j)
{
	for (size_t i = 1, youngest = 0; i < j->n; i++) {
		pt_seen_checkpoint *seen = j->candidates[i].seen;
		if (j->candidates[i].written_ns >= j->candidates[youngest].written_ns) {
			youngest = i;
			continue;
		}
		verdict states;
		pt_status status = ask_states(j, youngest, i, &states);
		if (status == PT_OK && states == VERDICT_UNKNOWN)
			status = note_pace(j);
		if (status != PT_OK)
			return status;
		seen->is_left_out = states == VERDICT_OTHER ||
							(states == VERDICT_UNKNOWN && (j->is_paced || was_rewritten_below(j, i)));
		if (seen->is_left_out && j->records)
			status = add_rewind(j, i);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}

/* max_steps as the state beside a checkpoint says it; read once. */
static pt_status ask_end(judging *j, size_t i, int64_t *max_steps)
{
	pt_seen_checkpoint *seen = j->candidates[i].seen;
	*max_steps = PT_LOG_NO_STEP;
	if (!seen->on_disk || !is_readable(&seen->state))
		return PT_OK;
	uint64_t key = mixed(HASH_BASIS, &seen->state);
	if (seen->end_key != key) {
		pt_trainer_state state;
		pt_status status = read_state(j->run, seen->directory, NULL, &state, j->err);
		if (status != PT_OK)
			return status;
		seen->max_steps = state.max_steps;
		seen->end_key = key;
	}
	*max_steps = seen->max_steps;
	return PT_OK;
}

/* One training has one max_steps: where it changes from one checkpoint to the next another one began. Between
 * two that agree nothing is looked at. The recursion is as deep as the logarithm of their number. */
static pt_status find_ends(judging *j, size_t low, size_t high)
{
	int64_t at_low, at_high;
	pt_status status = ask_end(j, low, &at_low);
	if (status == PT_OK)
		status = ask_end(j, high, &at_high);
	if (status != PT_OK || at_low == at_high || at_low == PT_LOG_NO_STEP || at_high == PT_LOG_NO_STEP)
		return status;
	if (high - low > 1) {
		status = find_ends(j, low, low + (high - low) / 2);
		return status == PT_OK ? find_ends(j, low + (high - low) / 2, high) : status;
	}
	int64_t from = j->candidates[low].seen->step;
	return add_seam(j,
		(pt_seam){.first_step = j->candidates[high].seen->step,
			.from_step = from,
			.reached_step = from,
			.n_rewrites = j->candidates[high].seen->n_rewrites},
		false);
}

/* --- the whole -------------------------------------------------------------------------------------- */

/* Checkpoints that were whole once: those on disk by the time of their weights, the others by that of what
 * was read. */
static pt_status list_candidates(judging *j)
{
	pt_run *run = j->run;
	j->candidates = pt_array_alloc(run->n_seen, sizeof *j->candidates);
	if (!j->candidates)
		return out_of_memory(j->err);
	for (size_t i = 0; i < run->n_seen; i++) {
		pt_seen_checkpoint *seen = &run->seen[i];
		bool was_whole = seen->has_results || seen->progress == PT_FILE_LEFT_OUT;
		int64_t written_ns = seen->has_weights ? seen->written_ns : was_whole ? seen->read_ns : 0;
		seen->is_left_out = false;
		if (written_ns > 0 && !seen->is_result)
			j->candidates[j->n++] = (candidate){seen, written_ns};
	}
	return PT_OK;
}

pt_status pt_run_judge(pt_run *run, bool records, pt_error *err)
{
	judging j = {.run = run, .records = records, .err = err};
	pt_status status = list_candidates(&j);
	if (status == PT_OK)
		status = find_rewinds(&j);
	if (status == PT_OK && records) {
		size_t n = 0;
		for (size_t i = 0; i < j.n; i++) {
			j.candidates[i].seen->is_counted_out &= j.candidates[i].seen->is_left_out;
			if (!j.candidates[i].seen->is_left_out)
				j.candidates[n++] = j.candidates[i];
		}
		status = n > 1 ? find_ends(&j, 0, n - 1) : PT_OK;
	}
	pt_free(j.candidates);
	return status;
}

pt_status pt_run_state_is_old(const pt_run *run, bool *is_old, pt_error *err)
{
	const pt_seen_checkpoint *newest = NULL;
	*is_old = false;
	for (size_t i = 0; i < run->n_seen; i++)
		if (run->seen[i].on_disk && !run->seen[i].is_left_out && !run->seen[i].is_result &&
			is_readable(&run->seen[i].state))
			newest = &run->seen[i];
	char path[4096];
	struct stat record;
	int n = snprintf(path, sizeof path, "%s/trainer_state.json", run->path);
	if (!newest || run->n_seams == 0 || n < 0 || (size_t)n >= sizeof path || stat(path, &record) != 0)
		return PT_OK;
	pt_file_identity own = pt_file_identity_of(&record);
	verdict found = VERDICT_UNKNOWN;
	if (!is_readable(&own) || own.mtime_ns >= newest->state.mtime_ns)
		return PT_OK;
	pt_status status = compare_states(run, newest->directory, "", -1, newest->step, &found, err);
	*is_old = found == VERDICT_OTHER;
	return status;
}
