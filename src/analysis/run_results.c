/** Weights without a step: the final adapter in the run directory, final/, best/, checkpoint-best/. */
#include "run.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "phasetop/base/alloc.h"
#include "phasetop/runio/regular_file.h"

enum {
	CHUNK_BYTES = 256 * 1024,
	COMPARED_BYTES = 256 * 1024 * 1024, /* of larger files the first and the last half of it */
	COMPARED_CHECKPOINTS = 256,         /* the newest ones; different weights differ in the first chunk */
	TOLD_RESULTS = 4
};

static pt_status out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for weights without a step");
}

/* --- is it one of the checkpoints again? ------------------------------------------------------------ */

static bool same_bytes(int a, int b, int64_t from, int64_t n, char *chunks, const char *path)
{
	while (n > 0) {
		size_t wanted = n < CHUNK_BYTES ? (size_t)n : CHUNK_BYTES, n_a = 0, n_b = 0;
		if (pt_regular_file_read_at(a, NULL, chunks, wanted, from, path, &n_a, NULL) != PT_OK ||
			pt_regular_file_read_at(b, NULL, chunks + CHUNK_BYTES, wanted, from, path, &n_b, NULL) != PT_OK ||
			n_a != wanted || n_b != wanted || memcmp(chunks, chunks + CHUNK_BYTES, wanted) != 0)
			return false;
		from += (int64_t)wanted;
		n -= (int64_t)wanted;
	}
	return true;
}

static bool same_files(
	const char *root, const pt_checkpoint_part *a, const pt_checkpoint_part *b, char *chunks)
{
	const pt_file_identity *x = &a->weights_identity, *y = &b->weights_identity;
	char paths[2][4096];
	int fds[2] = {-1, -1};
	pt_file_identity identity;
	bool same = x->size_bytes == y->size_bytes && !a->is_index && !b->is_index;
	if (!same || (x->dev == y->dev && x->ino == y->ino))
		return same;
	const char *const below[] = {a->weights, b->weights};
	for (int i = 0; i < 2 && same; i++) {
		int n = snprintf(paths[i], sizeof paths[i], "%s/%s", root, below[i]);
		same = n > 0 && (size_t)n < sizeof paths[i] &&
			   pt_regular_file_open(AT_FDCWD, paths[i], &fds[i], &identity, NULL) == PT_OK;
	}
	int64_t size = x->size_bytes, half = COMPARED_BYTES / 2;
	if (same && size <= COMPARED_BYTES)
		same = same_bytes(fds[0], fds[1], 0, size, chunks, paths[0]);
	else if (same)
		same = same_bytes(fds[0], fds[1], 0, half, chunks, paths[0]) &&
			   same_bytes(fds[0], fds[1], size - half, half, chunks, paths[0]);
	for (int i = 0; i < 2; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return same;
}

/* The newest checkpoint with the same weights; NULL: none. */
static const pt_checkpoint_entry *find_same(
	const pt_run *run, const pt_scan *scan, const pt_checkpoint_entry *result, char *chunks)
{
	size_t n_compared = 0;
	for (size_t i = scan->n_entries; i-- > 0 && n_compared < COMPARED_CHECKPOINTS;) {
		const pt_checkpoint_entry *entry = &scan->entries[i];
		if (entry->n_parts == 0)
			continue;
		n_compared++;
		if (same_files(run->path, &result->parts[0], &entry->parts[0], chunks))
			return entry;
	}
	return NULL;
}

/* --- what is told ----------------------------------------------------------------------------------- */

static pt_status tell(pt_run *run, const pt_checkpoint_entry *result, const char *words, pt_error *err)
{
	return pt_problem_list_add(&run->notices, PT_NOTICE, result->directory, -1, words, err);
}

static pt_status tell_passed_over(
	pt_run *run, const pt_scan *scan, const pt_checkpoint_entry *result, char *chunks, pt_error *err)
{
	char words[256];
	const pt_checkpoint_entry *same = find_same(run, scan, result, chunks);
	if (same)
		snprintf(words, sizeof words, "%.128s again: passed over", same->directory);
	else
		snprintf(words, sizeof words,
			"the weights of none of the checkpoints, and no step in its name: passed over");
	return tell(run, result, words, err);
}

/* What the notices tell of: the weights without a step, and the newest checkpoint. */
static uint64_t key_of(const pt_scan *scan)
{
	uint64_t key = 1;
	for (size_t i = 0; i < scan->n_unnumbered; i++)
		key = key * UINT64_C(1099511628211) + scan->unnumbered[i].fingerprint;
	for (size_t i = scan->n_entries; i-- > 0;)
		if (scan->entries[i].n_parts > 0)
			return key * UINT64_C(1099511628211) + scan->entries[i].fingerprint;
	return key;
}

static pt_status tell_all(pt_run *run, const pt_scan *scan, bool *changed, pt_error *err)
{
	char *chunks = pt_array_alloc(2, CHUNK_BYTES);
	pt_status status = chunks ? PT_OK : out_of_memory(err);
	pt_problem_list_clear(&run->notices);
	for (size_t i = 0; i < scan->n_unnumbered && i < TOLD_RESULTS && status == PT_OK; i++)
		status = tell_passed_over(run, scan, &scan->unnumbered[i], chunks, err);
	pt_free(chunks);
	if (status == PT_OK && scan->n_unnumbered > TOLD_RESULTS) {
		char words[96];
		snprintf(words, sizeof words, "and %zu more without a step in their names: passed over",
			scan->n_unnumbered - TOLD_RESULTS - 1);
		status = tell(run, &scan->unnumbered[TOLD_RESULTS], words, err);
	}
	*changed = true;
	return status;
}

/* --- a run of nothing else -------------------------------------------------------------------------- */

/* The step of the Trainer's state beside the weights, else of that in the run. */
static pt_status step_of(const pt_run *run, const pt_checkpoint_entry *result, int64_t *step, pt_error *err)
{
	const char *const directories[] = {result->directory, "."};
	*step = PT_LOG_NO_STEP;
	for (size_t i = 0; i < 2 && *step == PT_LOG_NO_STEP; i++) {
		char path[4096];
		pt_trainer_state state = {.global_step = PT_LOG_NO_STEP};
		int n = snprintf(path, sizeof path, "%s/%s/trainer_state.json", run->path, directories[i]);
		if (n < 0 || (size_t)n >= sizeof path)
			continue;
		if (pt_trainer_state_read(path, NULL, &state, NULL, NULL) == PT_ERR_MEMORY)
			return out_of_memory(err);
		*step = state.global_step;
	}
	return PT_OK;
}

static pt_status stand_in(pt_run *run, const pt_scan *scan, pt_checkpoint_entry *entry, pt_error *err)
{
	int64_t step;
	char words[128];
	pt_status status = step_of(run, &scan->unnumbered[0], &step, err);
	if (status != PT_OK)
		return status;
	*entry = scan->unnumbered[0];
	entry->step = step == PT_LOG_NO_STEP ? 0 : step;
	if (step == PT_LOG_NO_STEP)
		snprintf(words, sizeof words, "final weights alone: their step is not known, and counted as 0");
	else
		snprintf(
			words, sizeof words, "final weights alone: step %lld by trainer_state.json", (long long)step);
	pt_problem_list_clear(&run->notices);
	status = tell(run, entry, words, err);
	for (size_t i = 1; i < scan->n_unnumbered && i < TOLD_RESULTS && status == PT_OK; i++)
		status = tell(run, &scan->unnumbered[i], "without a step too: passed over", err);
	return status;
}

/* Are there checkpoints with a step, or will there be? */
static bool has_numbered(const pt_run *run, const pt_scan *scan)
{
	for (size_t i = 0; i < scan->n_entries; i++)
		if (scan->entries[i].n_parts > 0 || scan->entries[i].readiness == PT_CHECKPOINT_PENDING)
			return true;
	for (size_t i = 0; i < run->n_seen; i++)
		if (run->seen[i].has_results && !run->seen[i].is_result)
			return true;
	return false;
}

pt_status pt_run_weigh_results(pt_run *run, const pt_scan *scan, pt_checkpoint_entry *entry, bool *stands_in,
	bool *changed, pt_error *err)
{
	uint64_t key = scan->n_unnumbered > 0 ? key_of(scan) : 0;
	*stands_in = scan->n_unnumbered > 0 && !has_numbered(run, scan);
	if (*stands_in) {
		*changed |= run->results_key != key;
		run->results_key = key;
		return stand_in(run, scan, entry, err);
	}
	if (run->results_key == key)
		return PT_OK;
	run->results_key = key;
	return tell_all(run, scan, changed, err);
}
