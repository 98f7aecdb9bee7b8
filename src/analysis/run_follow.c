/** Following a scan: which checkpoints are new, changed, gone, or of a segment that a resume left behind. */
#include <stdio.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "run_private.h"

/* Results whose files are gone, or half gone, or refused now. */
static void keep_results(pt_seen_checkpoint *seen)
{
	pt_problem_list_clear(&seen->problems);
	if (seen->progress != PT_FILE_READ)
		seen->fingerprint = 0; /* of what did not read: should it come back, it is tried again */
	seen->is_kept = true;
	seen->progress = PT_FILE_READ;
	seen->retry_wall_ms = INT64_MAX;
}

/* The scan has told it as a problem of its own. */
static void refuse(pt_seen_checkpoint *seen)
{
	pt_problem_list_clear(&seen->problems);
	seen->progress = PT_FILE_FAILED;
	seen->is_kept = seen->has_results;
}

static bool time_is_up(const pt_run_context *context)
{
	return context->read_until_ms != INT64_MAX &&
		   pt_clock_monotonic_ms(context->clock) >= context->read_until_ms;
}

static pt_status follow_entry(pt_run *run, pt_seen_checkpoint *seen, const pt_checkpoint_entry *entry,
	int64_t rescan_wall_ms, const pt_run_context *context, bool *changed, pt_error *err)
{
	bool same = seen->fingerprint == entry->fingerprint && seen->progress != PT_FILE_UNREAD &&
				seen->progress != PT_FILE_LEFT_OUT;
	bool was_gone = !seen->was_on_disk;
	if (!seen->on_disk) { /* the weights went before the rest of their directory */
		keep_results(seen);
		return PT_OK;
	}
	if (entry->readiness == PT_CHECKPOINT_PENDING) {
		bool told = seen->progress == PT_FILE_WAITING && strcmp(seen->why, entry->why) == 0;
		seen->is_kept = seen->has_results;
		*changed |= !told;
		return told ? PT_OK : pt_run_wait_for(seen, entry->directory, entry->why, rescan_wall_ms, err);
	}
	bool due = seen->progress == PT_FILE_WAITING && context->now_wall_ms >= seen->retry_wall_ms;
	if (same && !due) {
		*changed |= was_gone || (seen->is_kept && seen->progress == PT_FILE_READ);
		seen->is_kept &= seen->progress != PT_FILE_READ;
		return PT_OK;
	}
	if (entry->readiness == PT_CHECKPOINT_READY && run->read_any && time_is_up(context)) {
		run->n_unread++;
		return PT_OK;
	}
	seen->fingerprint = entry->fingerprint;
	*changed = true;
	if (entry->readiness == PT_CHECKPOINT_REFUSED) {
		refuse(seen);
		return PT_OK;
	}
	run->read_any = true;
	pt_status status = pt_run_read_checkpoint(run, seen, entry, context, err);
	if (status == PT_ERR_CANCELLED || status == PT_ERR_MEMORY)
		seen->progress = PT_FILE_UNREAD; /* the next refresh tries again */
	return status;
}

/* What is gone from the disk keeps its results; what never gave any is forgotten, and so are weights that
 * stood for the run until others came. */
static pt_status mark_vanished(pt_run *run, bool *changed, pt_error *err)
{
	for (size_t i = run->n_seen; i-- > 0;) {
		pt_seen_checkpoint *seen = &run->seen[i];
		if (seen->on_disk)
			continue;
		*changed |= seen->was_on_disk;
		if (seen->has_results && !seen->is_result) {
			keep_results(seen);
			continue;
		}
		pt_status status =
			seen->has_results ? pt_trajectories_remove(&run->trajectories, seen->step, err) : PT_OK;
		if (status != PT_OK)
			return status;
		pt_run_drop_seen(run, i);
	}
	return PT_OK;
}

static pt_status keep_scan_problems(pt_run *run, const pt_scan *scan, bool *changed, pt_error *err)
{
	bool same = run->scan_problems.n == scan->n_problems;
	for (size_t i = 0; same && i < scan->n_problems; i++)
		same = strcmp(run->scan_problems.items[i].message, scan->problems[i].message) == 0 &&
			   strcmp(run->scan_problems.items[i].path, scan->problems[i].path) == 0;
	if (same)
		return PT_OK;
	*changed = true;
	pt_problem_list_clear(&run->scan_problems);
	for (size_t i = 0; i < scan->n_problems; i++) {
		const pt_error *problem = &scan->problems[i];
		pt_status status = pt_problem_list_add(
			&run->scan_problems, problem->code, problem->path, problem->offset, problem->message, err);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}

static void plan_rescan(pt_run *run, int64_t rescan_wall_ms)
{
	run->rescan_wall_ms = rescan_wall_ms < run->logs.retry_wall_ms ? rescan_wall_ms : run->logs.retry_wall_ms;
	for (size_t i = 0; i < run->n_seen; i++)
		if (run->seen[i].progress == PT_FILE_WAITING && run->seen[i].retry_wall_ms < run->rescan_wall_ms)
			run->rescan_wall_ms = run->seen[i].retry_wall_ms;
}

/* Is the entry what is left of a checkpoint whose weights were deleted first? */
static bool is_going(const pt_seen_checkpoint *seen, const pt_checkpoint_entry *entry)
{
	bool is_odd = entry->readiness == PT_CHECKPOINT_REFUSED && entry->code != PT_NOTICE;
	return seen->has_results && entry->n_parts == 0 && !is_odd;
}

/* What the scan tells of one checkpoint, before anything is read. */
static pt_status note_entry(
	pt_seen_checkpoint *seen, const pt_checkpoint_entry *entry, int64_t now_wall_ms, pt_error *err)
{
	if (!seen->directory || strcmp(seen->directory, entry->directory) != 0) {
		pt_status status = pt_run_set_text(&seen->directory, entry->directory, err);
		if (status != PT_OK)
			return status;
	}
	seen->on_disk = !is_going(seen, entry);
	seen->has_weights = entry->n_parts > 0 && entry->readiness == PT_CHECKPOINT_READY;
	seen->state = entry->trainer_state;
	if (entry->written_ns > 0)
		seen->written_ns = entry->written_ns;
	if (entry->touched_ns != seen->touched_ns) {
		seen->touched_ns = entry->touched_ns;
		int64_t touched_ms = entry->touched_ns / 1000000;
		seen->news_ms = touched_ms < now_wall_ms ? touched_ms : now_wall_ms;
	}
	return PT_OK;
}

/* The entries that are to be followed: rising steps, as what was seen of them. */
typedef struct followed_entries {
	size_t n;
	const pt_checkpoint_entry *entries;
	bool are_results; /* weights without a step, standing for the run */
	int64_t rescan_wall_ms;
} followed_entries;

static bool is_skipped(const pt_checkpoint_entry *entry, const pt_settings *settings)
{
	return settings->every > 0 && entry->step % settings->every != 0;
}

static pt_status note_entries(
	pt_run *run, const followed_entries *followed, const pt_run_context *context, pt_error *err)
{
	size_t at = 0;
	for (size_t i = 0; i < followed->n; i++) {
		pt_seen_checkpoint *seen = NULL;
		if (is_skipped(&followed->entries[i], context->settings) && !followed->are_results)
			continue;
		pt_status status = pt_run_seen_from(run, followed->entries[i].step, &at, &seen, err);
		if (status == PT_OK)
			status = note_entry(seen, &followed->entries[i], context->now_wall_ms, err);
		if (status != PT_OK)
			return status;
		seen->is_result = followed->are_results;
	}
	return PT_OK;
}

static pt_status follow_entries(pt_run *run, const followed_entries *followed, const pt_run_context *context,
	bool *changed, pt_error *err)
{
	size_t at = 0;
	for (size_t i = 0; i < followed->n; i++) {
		const pt_checkpoint_entry *entry = &followed->entries[i];
		pt_seen_checkpoint *seen = NULL;
		if (is_skipped(entry, context->settings) && !followed->are_results)
			continue;
		pt_status status = pt_run_seen_from(run, entry->step, &at, &seen, err);
		if (status == PT_OK && !seen->is_left_out && seen->is_result == followed->are_results)
			status = follow_entry(run, seen, entry, followed->rescan_wall_ms, context, changed, err);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}

/* What a resume left behind takes no part any more. */
static pt_status leave_out(pt_run *run, bool *changed, pt_error *err)
{
	for (size_t i = 0; i < run->n_seen; i++) {
		pt_seen_checkpoint *seen = &run->seen[i];
		if (!seen->is_left_out || seen->progress == PT_FILE_LEFT_OUT)
			continue;
		pt_status status = pt_trajectories_remove(&run->trajectories, seen->step, err);
		if (status != PT_OK)
			return status;
		pt_problem_list_clear(&seen->problems);
		seen->has_results = seen->is_kept = false;
		seen->progress = PT_FILE_LEFT_OUT;
		seen->retry_wall_ms = INT64_MAX;
		*changed = true;
	}
	return PT_OK;
}

/* What is read may tell that training went back: then other checkpoints belong to the run than it seemed. */
static pt_status follow_checkpoints(pt_run *run, const followed_entries *followed,
	const pt_run_context *context, bool *changed, pt_error *err)
{
	pt_status status = PT_OK;
	for (size_t n = run->n_rewrites + 1; status == PT_OK && n != run->n_rewrites;) {
		n = run->n_rewrites;
		run->n_unread = 0;
		status = pt_run_judge(run, false, err);
		if (status == PT_OK)
			status = leave_out(run, changed, err);
		if (status == PT_OK)
			status = follow_entries(run, followed, context, changed, err);
	}
	return status == PT_OK ? pt_run_judge(run, true, err) : status;
}

static pt_status follow_all(
	pt_run *run, const pt_scan *scan, const pt_run_context *context, bool *changed, pt_error *err)
{
	pt_checkpoint_entry result;
	bool stands_in;
	followed_entries numbered = {scan->n_entries, scan->entries, false, scan->rescan_wall_ms};
	followed_entries results = {0, &result, true, scan->rescan_wall_ms};
	for (size_t i = 0; i < run->n_seen; i++) {
		run->seen[i].was_on_disk = run->seen[i].on_disk;
		run->seen[i].on_disk = run->seen[i].has_weights = false;
	}
	run->unit = scan->unit;
	run->read_any = false;
	pt_status status = pt_run_weigh_results(run, scan, &result, &stands_in, changed, err);
	results.n = status == PT_OK && stands_in;
	if (status == PT_OK)
		status = note_entries(run, &numbered, context, err);
	if (status == PT_OK)
		status = note_entries(run, &results, context, err);
	if (status == PT_OK)
		status = follow_checkpoints(run, &numbered, context, changed, err);
	if (status == PT_OK)
		status = follow_entries(run, &results, context, changed, err);
	return status;
}

static const pt_seen_checkpoint *newest_with_state(const pt_run *run)
{
	for (size_t i = run->n_seen; i-- > 0;) {
		const pt_seen_checkpoint *seen = &run->seen[i];
		if (seen->on_disk && !seen->is_left_out && !seen->is_result && seen->state.present &&
			seen->state.size_bytes > 0)
			return seen;
	}
	return NULL;
}

/* The Trainer's states that count: that of the newest checkpoint that was not left behind (its path is made
 * in `path`), and that of the run itself unless it was. */
static size_t choose_logs(
	const pt_run *run, const pt_scan *scan, bool own_is_old, pt_log_file *logs, char *path, size_t capacity)
{
	size_t n = 0;
	const pt_seen_checkpoint *newest = newest_with_state(run);
	for (size_t i = 0; i < scan->n_logs; i++) {
		bool is_state = scan->logs[i].kind == PT_LOG_TRAINER_STATE;
		bool is_own = !strchr(scan->logs[i].path, '/');
		if (is_state && is_own && own_is_old)
			continue;
		logs[n] = scan->logs[i];
		if (is_state && !is_own && newest) {
			int length = snprintf(path, capacity, "%s/trainer_state.json", newest->directory);
			logs[n].path = length > 0 && (size_t)length < capacity ? path : logs[n].path;
		}
		n++;
	}
	return n;
}

static pt_status follow_logs(
	pt_run *run, const pt_scan *scan, const pt_run_context *context, bool *changed, pt_error *err)
{
	char path[4096];
	bool own_is_old;
	pt_scan chosen = *scan;
	pt_status status = pt_run_state_is_old(run, &own_is_old, err);
	if (status != PT_OK)
		return status;
	if (own_is_old)
		pt_run_logs_forget(&run->logs, "trainer_state.json", changed);
	pt_log_file *logs = pt_array_alloc(scan->n_logs, sizeof *logs);
	if (!logs)
		return pt_run_out_of_memory(err);
	chosen.n_logs = choose_logs(run, scan, own_is_old, logs, path, sizeof path);
	chosen.logs = logs;
	run->logs.now_wall_ms = context->now_wall_ms;
	status = pt_run_logs_name(&run->logs, run->path, context->settings, err);
	if (status == PT_OK)
		status = pt_run_logs_sync(&run->logs, run->path, &chosen, changed, err);
	pt_free(logs);
	pt_run_note_log_news(run, context->now_wall_ms);
	return status;
}

pt_status pt_run_refresh(
	pt_run *run, const pt_scan *scan, const pt_run_context *context, bool *changed, pt_error *err)
{
	*changed |= !run->scanned || run->removed;
	run->scanned = true;
	run->removed = false;
	pt_status status = keep_scan_problems(run, scan, changed, err);
	if (status != PT_OK)
		return status;
	status = follow_all(run, scan, context, changed, err);
	if (status == PT_OK)
		status = mark_vanished(run, changed, err);
	if (status == PT_OK)
		status = follow_logs(run, scan, context, changed, err);
	plan_rescan(run, scan->rescan_wall_ms);
	return status;
}

pt_status pt_run_scan_failed(pt_run *run, const pt_error *why, bool *changed, pt_error *err)
{
	bool gone = why->code == PT_ERR_NOT_FOUND || why->code == PT_ERR_NOT_DIRECTORY;
	bool told = run->scanned && run->removed == gone && run->scan_problems.n == 1 &&
				run->scan_problems.items[0].code == why->code;
	run->scanned = true;
	run->rescan_wall_ms = INT64_MAX;
	if (told)
		return PT_OK;
	*changed = true;
	run->removed = gone;
	pt_problem_list_clear(&run->scan_problems);
	return pt_problem_list_add(&run->scan_problems, why->code, run->path, why->offset,
		gone ? "the run directory is gone" : why->message, err);
}

pt_status pt_run_keep_multiples(pt_run *run, int64_t every, pt_error *err)
{
	for (size_t i = run->n_seen; every > 0 && i-- > 0;) {
		if (run->seen[i].step % every == 0)
			continue;
		pt_status status = pt_trajectories_remove(&run->trajectories, run->seen[i].step, err);
		if (status != PT_OK)
			return status;
		pt_run_drop_seen(run, i);
	}
	return PT_OK;
}
