#include "snapshot_build.h"

#include <stdio.h>
#include <string.h>

#include "verdict.h"

pt_status pt_build_out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for a snapshot");
}

static pt_status build_checkpoints(const pt_run *run, pt_arena *arena, pt_run_view *view, pt_error *err)
{
	const pt_trajectories *t = &run->trajectories;
	int64_t *steps = pt_arena_alloc(arena, t->n_checkpoints, sizeof *steps);
	bool *complete = pt_arena_alloc(arena, t->n_checkpoints, sizeof *complete);
	int64_t *deleted = pt_arena_alloc(arena, run->n_seen, sizeof *deleted);
	pt_pending_file *pending = pt_arena_alloc(arena, run->n_seen, sizeof *pending);
	pt_segment *segment = pt_arena_alloc(arena, 1, sizeof *segment);
	if (!steps || !complete || !deleted || !pending || !segment)
		return pt_build_out_of_memory(err);
	for (size_t i = 0; i < t->n_checkpoints; i++) {
		steps[i] = t->checkpoints[i].step;
		complete[i] = t->checkpoints[i].complete;
	}
	for (size_t i = 0; i < run->n_seen; i++) {
		const pt_seen_checkpoint *seen = &run->seen[i];
		if (!seen->on_disk)
			deleted[view->n_deleted++] = seen->step;
		if (seen->progress == PT_FILE_WAITING) {
			pt_pending_file *file = &pending[view->n_pending++];
			file->path = pt_arena_text(arena, seen->path);
			file->why = pt_arena_text(arena, seen->why);
			if (!file->path || !file->why)
				return pt_build_out_of_memory(err);
		}
	}
	view->n_steps = t->n_checkpoints;
	view->steps = steps;
	view->complete = complete;
	view->deleted = deleted;
	view->pending = pending;
	view->spacing = pt_step_spacing(steps, t->n_checkpoints);
	if (t->n_checkpoints > 0) {
		*segment =
			(pt_segment){.first_step = steps[0], .last_step = steps[t->n_checkpoints - 1], .why = "start"};
		view->n_segments = 1;
		view->segments = segment;
	}
	return PT_OK;
}

/* --- problems --------------------------------------------------------------------------------------- */

static pt_status add_problem(pt_problem *problems, size_t *n, pt_arena *arena, pt_status code,
	const char *path, int64_t offset, const char *message, pt_error *err)
{
	pt_problem *problem = &problems[(*n)++];
	*problem = (pt_problem){
		.path = pt_arena_text(arena, path),
		.code = pt_status_name(code),
		.offset = offset,
		.message = pt_arena_text(arena, message),
	};
	return problem->path && problem->message ? PT_OK : pt_build_out_of_memory(err);
}

static pt_status add_kept(
	pt_problem *problems, size_t *n, pt_arena *arena, const pt_problem_list *list, pt_error *err)
{
	for (size_t i = 0; i < list->n; i++) {
		const pt_kept_problem *kept = &list->items[i];
		pt_status status =
			add_problem(problems, n, arena, kept->code, kept->path, kept->offset, kept->message, err);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}

static const pt_log_problems *rows_problems(const pt_run_log *log)
{
	if (log->metrics)
		return &pt_metric_log_state(log->metrics)->problems;
	return log->probes.log ? pt_probe_log_problems(log->probes.log) : NULL;
}

static pt_status add_log_problems(
	pt_problem *problems, size_t *n, pt_arena *arena, const pt_run_log *log, pt_error *err)
{
	pt_status status = PT_OK;
	if (log->has_problem)
		status = add_problem(
			problems, n, arena, log->problem.code, log->path, log->problem.offset, log->problem.message, err);
	const pt_log_problems *rows = rows_problems(log);
	for (size_t i = 0; rows && i < rows->n && status == PT_OK; i++)
		status = add_problem(problems, n, arena, rows->items[i].code, log->path, rows->items[i].offset,
			rows->items[i].message, err);
	if (rows && rows->n_more > 0 && status == PT_OK) {
		char message[64];
		snprintf(message, sizeof message, "and %zu further lines that do not fit", rows->n_more);
		status = add_problem(problems, n, arena, PT_ERR_BAD_ROW, log->path, -1, message, err);
	}
	if (log->probes.log && status == PT_OK) {
		size_t n_invalid = pt_probe_log_state(log->probes.log)->n_invalid_rows;
		char message[96];
		snprintf(message, sizeof message,
			"%zu row%s with a loss that is not finite: left out of every window", n_invalid,
			n_invalid == 1 ? "" : "s");
		if (n_invalid > 0)
			status = add_problem(problems, n, arena, PT_ERR_NOT_FINITE, log->path, -1, message, err);
	}
	return status;
}

static size_t count_problems(const pt_run *run)
{
	size_t n = run->scan_problems.n;
	for (size_t i = 0; i < run->n_seen; i++)
		n += run->seen[i].problems.n;
	for (size_t i = 0; i < run->logs.n; i++)
		n += PT_LOG_MAX_PROBLEMS + 3; /* rows, "and n further", the file itself, invalid rows */
	return n;
}

static pt_status build_problems(const pt_run *run, pt_arena *arena, pt_run_view *view, pt_error *err)
{
	pt_problem *problems = pt_arena_alloc(arena, count_problems(run), sizeof *problems);
	if (!problems)
		return pt_build_out_of_memory(err);
	size_t n = 0;
	pt_status status = add_kept(problems, &n, arena, &run->scan_problems, err);
	for (size_t i = 0; i < run->n_seen && status == PT_OK; i++)
		status = add_kept(problems, &n, arena, &run->seen[i].problems, err);
	for (size_t i = 0; i < run->logs.n && status == PT_OK; i++)
		status = add_log_problems(problems, &n, arena, run->logs.logs[i], err);
	view->n_problems = n;
	view->problems = problems;
	return status;
}

/* Tensors passed over, of the newest checkpoint that was read. */
static pt_status build_skipped(const pt_run *run, pt_arena *arena, pt_run_view *view, pt_error *err)
{
	for (size_t i = run->n_seen; i-- > 0;) {
		const pt_seen_checkpoint *seen = &run->seen[i];
		if (seen->progress != PT_FILE_READ)
			continue;
		const char **examples = pt_arena_alloc(arena, seen->n_skipped_examples, sizeof *examples);
		if (!examples)
			return pt_build_out_of_memory(err);
		for (size_t e = 0; e < seen->n_skipped_examples; e++)
			if (!(examples[e] = pt_arena_text(arena, seen->skipped_examples[e])))
				return pt_build_out_of_memory(err);
		view->n_skipped_tensors = seen->n_skipped;
		view->n_skipped_examples = seen->n_skipped_examples;
		view->skipped_examples = examples;
		return PT_OK;
	}
	return PT_OK;
}

/* --- state ------------------------------------------------------------------------------------------ */

static pt_run_state state_of(
	const pt_run *run, const pt_run_view *view, const pt_run_times *times, int64_t now_ms)
{
	bool any = view->n_steps > 0 || view->loss.n > 0 || view->spectra[PT_SPECTRUM_GAUSSIAN].n > 0;
	if (!any)
		return view->n_problems > 0 && view->n_pending == 0 && !run->removed ? PT_RUN_UNREADABLE
																			 : PT_RUN_EMPTY;
	bool at_end = run->logs.max_steps != PT_LOG_NO_STEP && view->n_steps > 0 &&
				  view->steps[view->n_steps - 1] >= run->logs.max_steps;
	if (at_end || run->logs.closed)
		return PT_RUN_FINISHED;
	return times->stale_at_ms != PT_NO_TIME && now_ms >= times->stale_at_ms ? PT_RUN_STALE : PT_RUN_LIVE;
}

static const char *waiting_for(const pt_run *run, const pt_run_view *view)
{
	if (run->removed)
		return "the directory to come back";
	if (view->n_pending > 0)
		return "a checkpoint that is being written";
	return "checkpoint-N/ with adapter_model.safetensors or model.safetensors, or a log (trainer_state.json, "
		   "train_log.jsonl, probe_losses.jsonl)";
}

static pt_status build_state(
	const pt_run *run, int64_t now_ms, pt_arena *arena, pt_run_view *view, pt_error *err)
{
	pt_run_times times = pt_run_times_of(run);
	view->state = state_of(run, view, &times, now_ms);
	view->last_write_wall_ms = times.last_write_ms;
	view->usual_interval_ms = times.usual_interval_ms;
	bool live = view->state == PT_RUN_LIVE;
	view->next_checkpoint_wall_ms = live ? times.next_checkpoint_ms : PT_NO_TIME;
	view->finish_wall_ms = live ? times.finish_ms : PT_NO_TIME;
	view->max_steps = run->logs.max_steps == PT_LOG_NO_STEP ? PT_NO_STEP : run->logs.max_steps;
	view->removed = run->removed;
	view->n_unread = run->n_unread;
	view->polling_why = run->polling_why;
	view->polling = run->polling_why[0] != '\0';
	view->kept = pt_trajectories_kept(&run->trajectories);
	view->name = pt_arena_text(arena, run->name);
	view->path = pt_arena_text(arena, run->path);
	view->waiting_for = pt_arena_text(arena, view->state == PT_RUN_EMPTY ? waiting_for(run, view) : "");
	return view->name && view->path && view->waiting_for ? PT_OK : pt_build_out_of_memory(err);
}

pt_status pt_build_run_view(const pt_run *run, const pt_settings *settings, int64_t now_wall_ms,
	pt_arena *arena, pt_run_view *view, pt_error *err)
{
	*view = (pt_run_view){.spacing = PT_NO_STEP, .max_steps = PT_NO_STEP};
	for (int m = 0; m < PT_N_MATRICES; m++) {
		view->matrices[m].pca.turning_step = PT_NO_STEP;
		view->matrices[m].pca.turning_angle_deg = PT_MISSING;
	}
	pt_status status = build_checkpoints(run, arena, view, err);
	if (status == PT_OK)
		status = pt_build_modules(run, settings, arena, view, err);
	if (status == PT_OK)
		status = pt_build_matrices(run, settings, arena, view, err);
	if (status == PT_OK)
		status = pt_build_spectra(run, settings, arena, view, err);
	if (status == PT_OK)
		status = pt_build_baselines(run, arena, view, err);
	if (status == PT_OK)
		status = pt_build_loss(run, arena, view, err);
	if (status == PT_OK)
		status = pt_build_step_maps(run, arena, view, err);
	if (status == PT_OK)
		status = build_problems(run, arena, view, err);
	if (status == PT_OK)
		status = build_skipped(run, arena, view, err);
	if (status == PT_OK)
		status = build_state(run, now_wall_ms, arena, view, err);
	for (int m = 0; m < PT_N_MATRICES && status == PT_OK; m++)
		status = pt_verdict_make(view, (pt_matrix)m, arena, &view->verdicts[m], err);
	return status;
}
