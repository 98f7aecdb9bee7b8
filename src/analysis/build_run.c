#include "snapshot_build.h"

#include <stdio.h>
#include <string.h>

#include "phasetop/base/text.h"

#include "verdict.h"

pt_status pt_build_out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for a snapshot");
}

static int64_t at_most(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* One segment more than there are seams; the first one begins where anything is known. */
static pt_status build_segments(const pt_run *run, pt_arena *arena, pt_run_view *view, pt_error *err)
{
	if (view->n_steps == 0)
		return PT_OK;
	size_t n = run->n_seams + 1;
	pt_segment *segments = pt_arena_alloc(arena, n, sizeof *segments);
	if (!segments)
		return pt_build_out_of_memory(err);
	int64_t first = view->steps[0], last = view->steps[view->n_steps - 1];
	segments[0] = (pt_segment){.first_step = first, .last_step = last, .why = "start", .from_step = PT_NO_STEP};
	for (size_t i = 0; i < run->n_seams; i++) {
		const pt_seam *seam = &run->seams[i];
		bool is_resume = seam->from_step != PT_NO_STEP;
		segments[i].last_step = seam->reached_step;
		segments[i].first_step = at_most(segments[i].first_step, seam->reached_step);
		segments[i + 1] = (pt_segment){.first_step = seam->first_step,
			.last_step = last,
			.why = is_resume ? "resume" : "start",
			.from_step = seam->from_step};
	}
	view->n_segments = n;
	view->segments = segments;
	return PT_OK;
}

static pt_status build_checkpoints(const pt_run *run, pt_arena *arena, pt_run_view *view, pt_error *err)
{
	const pt_trajectories *t = &run->trajectories;
	int64_t *steps = pt_arena_alloc(arena, t->n_checkpoints, sizeof *steps);
	bool *complete = pt_arena_alloc(arena, t->n_checkpoints, sizeof *complete);
	int64_t *deleted = pt_arena_alloc(arena, run->n_seen, sizeof *deleted);
	pt_pending_file *pending = pt_arena_alloc(arena, run->n_seen, sizeof *pending);
	if (!steps || !complete || !deleted || !pending)
		return pt_build_out_of_memory(err);
	for (size_t i = 0; i < t->n_checkpoints; i++) {
		steps[i] = t->checkpoints[i].step;
		complete[i] = t->checkpoints[i].complete;
	}
	for (size_t i = 0; i < run->n_seen; i++) {
		const pt_seen_checkpoint *seen = &run->seen[i];
		if (seen->is_kept)
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
	return build_segments(run, arena, view, err);
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

/* That a run is of another method than LoRA is told once, not for every checkpoint. */
static bool is_told(const pt_problem *problems, size_t n, const pt_kept_problem *kept)
{
	for (size_t i = 0; kept->code == PT_ERR_NOT_LORA && i < n; i++)
		if (strcmp(problems[i].message, kept->message) == 0)
			return true;
	return false;
}

static pt_status add_kept(
	pt_problem *problems, size_t *n, pt_arena *arena, const pt_problem_list *list, pt_error *err)
{
	for (size_t i = 0; i < list->n; i++) {
		const pt_kept_problem *kept = &list->items[i];
		if (is_told(problems, *n, kept))
			continue;
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
	if (log->n_without_step > 0 && status == PT_OK) {
		char message[64];
		snprintf(message, sizeof message, "%zu row%s without a step: passed over", log->n_without_step,
			log->n_without_step == 1 ? "" : "s");
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

/* Checkpoints that a resume left behind, in one line. */
static pt_status add_left_out(
	const pt_run *run, pt_problem *problems, size_t *n, pt_arena *arena, pt_error *err)
{
	const pt_seen_checkpoint *first = NULL;
	size_t n_left_out = 0;
	char message[160];
	for (size_t i = 0; i < run->n_seen; i++) {
		if (run->seen[i].progress != PT_FILE_LEFT_OUT)
			continue;
		first = first ? first : &run->seen[i];
		n_left_out++;
	}
	if (n_left_out == 0)
		return PT_OK;
	int64_t from = run->n_seams > 0 ? run->seams[run->n_seams - 1].from_step : PT_NO_STEP;
	pt_text text = pt_text_over(message, sizeof message);
	if (n_left_out > 1)
		pt_text_addf(&text, "and %zu later ones: ", n_left_out - 1);
	if (from != PT_NO_STEP)
		pt_text_addf(&text, "from before the resume at step %lld: left out until written anew", (long long)from);
	else
		pt_text_add(&text, "from before training started anew: left out until written anew");
	return add_problem(problems, n, arena, PT_NOTICE, first->directory, -1, message, err);
}

/* Notices go last, the rest stays in its order. */
static pt_status sort_notices(pt_run_view *view, pt_arena *arena, pt_error *err)
{
	const char *notice = pt_status_name(PT_NOTICE);
	pt_problem *sorted = pt_arena_alloc(arena, view->n_problems, sizeof *sorted);
	if (!sorted)
		return pt_build_out_of_memory(err);
	size_t n = 0;
	for (int notices = 0; notices <= 1; notices++)
		for (size_t i = 0; i < view->n_problems; i++)
			if ((strcmp(view->problems[i].code, notice) == 0) == notices) {
				sorted[n++] = view->problems[i];
				view->n_notices += (size_t)notices;
			}
	view->problems = sorted;
	return PT_OK;
}

static size_t count_problems(const pt_run *run)
{
	size_t n = run->scan_problems.n + run->notices.n + 1; /* the one of what was left behind */
	for (size_t i = 0; i < run->n_seen; i++)
		n += run->seen[i].problems.n;
	for (size_t i = 0; i < run->logs.n; i++)
		n += PT_LOG_MAX_PROBLEMS + 4; /* rows, "and n further", the file itself, invalid rows, no steps */
	return n;
}

static pt_status build_problems(
	const pt_run *run, const pt_settings *settings, pt_arena *arena, pt_run_view *view, pt_error *err)
{
	pt_problem *problems =
		pt_arena_alloc(arena, count_problems(run) + pt_log_notes_most(settings), sizeof *problems);
	if (!problems)
		return pt_build_out_of_memory(err);
	size_t n = 0;
	pt_status status = add_kept(problems, &n, arena, &run->scan_problems, err);
	for (size_t i = 0; i < run->n_seen && status == PT_OK; i++)
		status = add_kept(problems, &n, arena, &run->seen[i].problems, err);
	for (size_t i = 0; i < run->logs.n && status == PT_OK; i++)
		status = add_log_problems(problems, &n, arena, run->logs.logs[i], err);
	if (status == PT_OK)
		status = pt_build_log_notes(run, settings, arena, problems, &n, err);
	if (status == PT_OK)
		status = add_left_out(run, problems, &n, arena, err);
	if (status == PT_OK)
		status = add_kept(problems, &n, arena, &run->notices, err);
	view->n_problems = n;
	view->problems = problems;
	return status == PT_OK ? sort_notices(view, arena, err) : status;
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

/* The last step was saved, or the trainer wrote its closing row and nothing came after it. */
static bool is_finished(const pt_run *run, const pt_run_view *view)
{
	int64_t newest = view->n_steps > 0 ? view->steps[view->n_steps - 1] : PT_NO_STEP;
	if (run->unit != PT_UNIT_STEP) /* epochs and saves are not compared with steps */
		return run->logs.closed_step != PT_LOG_NO_STEP;
	bool at_end = run->logs.max_steps != PT_LOG_NO_STEP && newest >= run->logs.max_steps;
	return at_end || (run->logs.closed_step != PT_LOG_NO_STEP && newest <= run->logs.closed_step);
}

static pt_run_state state_of(
	const pt_run *run, const pt_run_view *view, const pt_run_times *times, int64_t now_ms)
{
	bool any = view->n_steps > 0 || view->loss.n > 0 || view->spectra[PT_SPECTRUM_GAUSSIAN].n > 0;
	bool has_faults = view->n_problems > view->n_notices;
	if (!any)
		return has_faults && view->n_pending == 0 && !run->removed ? PT_RUN_UNREADABLE : PT_RUN_EMPTY;
	if (is_finished(run, view))
		return PT_RUN_FINISHED;
	return times->stale_at_ms != PT_NO_TIME && now_ms >= times->stale_at_ms ? PT_RUN_STALE : PT_RUN_LIVE;
}

static const char *waiting_for(const pt_run *run, const pt_run_view *view)
{
	if (run->removed)
		return "the directory to come back";
	if (view->n_pending > 0)
		return "a checkpoint that is being written";
	return "checkpoint-N/ with adapter_model.safetensors or model.safetensors, N_adapters.safetensors, or rows in a log "
		   "(trainer_state.json, train_log.jsonl, metrics.csv, probe_losses.jsonl, TensorBoard's or W&B's)";
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
		status = pt_build_loss(run, settings, arena, view, err);
	if (status == PT_OK)
		status = pt_build_step_maps(run, arena, view, err);
	if (status == PT_OK)
		status = build_problems(run, settings, arena, view, err);
	if (status == PT_OK)
		status = build_skipped(run, arena, view, err);
	if (status == PT_OK)
		status = build_state(run, now_wall_ms, arena, view, err);
	for (int m = 0; m < PT_N_MATRICES && status == PT_OK; m++)
		status = pt_verdict_make(view, (pt_matrix)m, arena, &view->verdicts[m], err);
	return status;
}
