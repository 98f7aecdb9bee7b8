#include "phasetop/analysis/pipeline.h"

#include <string.h>

#include "phasetop/analysis/metric_request.h"
#include "phasetop/base/alloc.h"
#include "phasetop/runio/checkpoint_scan.h"
#include "pipeline_runs.h"
#include "snapshot_build.h"

/* A burst of events is read once it rests so long, but never later than so after its first event. */
enum { DEBOUNCE_MS = 4, LATEST_MS = 25 };

/* Sums over modules that are made anew get so long before files are looked at again, and a snapshot tells how far they
   are at every so many percent. */
enum { SUMMING_SLICE_MS = 20, SUMMING_STEPS = 50 };

static pt_status out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory");
}

static int64_t now_ms(const pt_pipeline *pipeline)
{
	return pt_clock_monotonic_ms(&pipeline->clock);
}

/* What --metric names is watched as a log. */
static pt_status watch_named(pt_pipeline *pipeline, pt_error *err)
{
	char files[PT_MAX_METRICS][PT_METRIC_BYTES];
	const char *names[PT_MAX_METRICS];
	size_t n = 0;
	for (size_t m = 0; m < pipeline->settings.n_metrics; m++) {
		if (!pt_metric_request_file(pipeline->settings.metrics[m], files[n]))
			continue;
		const char *slash = strrchr(files[n], '/');
		names[n] = slash ? slash + 1 : files[n];
		n++;
	}
	return pipeline->watch ? pt_run_watch_name_logs(pipeline->watch, names, n, err) : PT_OK;
}

pt_status pt_pipeline_create(const pt_pipeline_options *options, pt_pipeline **out, pt_error *err)
{
	pt_pipeline *pipeline = pt_array_alloc(1, sizeof *pipeline);
	if (!pipeline)
		return out_of_memory(err);
	pipeline->settings = options->settings;
	pipeline->clock = options->clock;
	pipeline->cancel = options->cancel;
	pipeline->slice_ms = options->slice_ms;
	pt_comparison_init(&pipeline->comparison);
	pt_status status = PT_OK;
	if (options->watch)
		status = pt_run_watch_create(&options->watching, &pipeline->watch, err);
	if (status == PT_OK)
		status = watch_named(pipeline, err);
	for (size_t i = 0; i < options->n_paths && status == PT_OK; i++)
		status = pt_pipeline_follow_path(pipeline, &options->paths[i], options->n_paths == 1, err);
	if (status != PT_OK) {
		pt_pipeline_destroy(pipeline);
		return status;
	}
	*out = pipeline;
	return PT_OK;
}

void pt_pipeline_destroy(pt_pipeline *pipeline)
{
	if (!pipeline)
		return;
	for (size_t i = 0; i < pipeline->n_runs; i++) {
		pt_run_fini(&pipeline->runs[i]->run);
		pt_free(pipeline->runs[i]);
	}
	pt_free(pipeline->runs);
	for (size_t i = 0; i < pipeline->n_workspaces; i++)
		pt_free(pipeline->workspaces[i].path);
	pt_free(pipeline->workspaces);
	pt_problem_list_fini(&pipeline->problems);
	pt_comparison_fini(&pipeline->comparison);
	pt_run_watch_destroy(pipeline->watch);
	pt_free(pipeline);
}

/* --- events ----------------------------------------------------------------------------------------- */

int pt_pipeline_watch_fd(const pt_pipeline *pipeline)
{
	return pipeline->watch ? pt_run_watch_fd(pipeline->watch) : -1;
}

static void mark(pt_followed_run *followed, bool tree, int64_t now)
{
	if (!followed->run.dirty && !followed->run.logs_dirty)
		followed->dirty_since_ms = now;
	followed->run.dirty |= tree;
	followed->run.logs_dirty = true;
}

static void mark_watched(pt_pipeline *pipeline)
{
	int64_t now = now_ms(pipeline);
	for (size_t i = 0; i < pipeline->n_runs; i++) {
		pt_followed_run *followed = pipeline->runs[i];
		const pt_watch_view *view = pt_run_watch_view(pipeline->watch, followed->target);
		if (!followed->replaced && view && (view->tree_dirty || view->logs_dirty))
			mark(followed, view->tree_dirty, now);
	}
}

void pt_pipeline_drain_events(pt_pipeline *pipeline)
{
	if (!pipeline->watch)
		return;
	/* a failed descriptor makes every target polled and dirty: nothing is lost */
	pt_status status = pt_run_watch_drain(pipeline->watch, NULL);
	(void)status;
	pt_run_watch_sweep(pipeline->watch);
	mark_watched(pipeline);
}

void pt_pipeline_mark_all(pt_pipeline *pipeline)
{
	for (size_t i = 0; i < pipeline->n_runs; i++)
		mark(pipeline->runs[i], true, INT64_MIN / 2);
}

/* --- work ------------------------------------------------------------------------------------------- */

static bool is_dirty(const pt_followed_run *followed)
{
	return !followed->replaced && (followed->run.dirty || followed->run.logs_dirty);
}

/* When a dirty run is to be read: the burst has rested, or lasts too long already. */
static int64_t due_ms(const pt_pipeline *pipeline, const pt_followed_run *followed)
{
	int64_t latest = followed->dirty_since_ms + LATEST_MS;
	if (!pipeline->watch)
		return followed->dirty_since_ms;
	const pt_watch_view *view = pt_run_watch_view(pipeline->watch, followed->target);
	if (!view || view->last_event_monotonic_ms == INT64_MIN)
		return followed->dirty_since_ms;
	int64_t rested = view->last_event_monotonic_ms + DEBOUNCE_MS;
	return rested < latest ? rested : latest;
}

/* The watch keeps what it found; a cold scan's result is `owned`. */
static pt_status scan(
	pt_pipeline *pipeline, pt_followed_run *followed, const pt_scan **found, pt_scan **owned, pt_error *err)
{
	pt_scan_options options = {
		.now_wall_ms = pt_clock_wall_ms(&pipeline->clock), .settle_ms = PT_SCAN_SETTLE_MS};
	if (pipeline->watch) {
		pt_run_watch_clear(pipeline->watch, followed->target);
		return pt_run_watch_scan(pipeline->watch, followed->target, &options, found, err);
	}
	pt_status status = pt_scan_run(followed->run.path, &options, owned, err);
	*found = *owned;
	return status;
}

/* An empty directory in which runs appeared is a workspace after all. */
static pt_status turn_into_workspace(
	pt_pipeline *pipeline, pt_followed_run *followed, bool *changed, pt_error *err)
{
	pt_workspace *found = NULL;
	pt_error why;
	pt_status status = pt_workspace_scan(followed->run.path, &found, &why);
	if (status != PT_OK)
		return status == PT_ERR_MEMORY ? out_of_memory(err) : PT_OK;
	if (!found->is_run && found->n_runs > 0) {
		followed->replaced = true;
		*changed = true;
		if (pipeline->watch)
			pt_run_watch_drop(pipeline->watch, followed->target);
		size_t first_new = pipeline->n_runs;
		status = pt_pipeline_follow_workspace(pipeline, followed->run.path, found, err);
		pt_pipeline_take_place(pipeline, followed, first_new);
	}
	pt_workspace_destroy(found);
	return status;
}

static pt_status take_in(
	pt_pipeline *pipeline, pt_followed_run *followed, const pt_scan *found, bool *changed, pt_error *err)
{
	bool is_named = pt_run_logs_any_there(followed->run.path, &pipeline->settings);
	if (followed->may_be_workspace && found->n_entries == 0 && found->n_logs == 0 &&
		found->n_unnumbered == 0 && found->n_problems == 0 && !is_named) {
		*changed |= !followed->run.scanned;
		followed->run.scanned = true;
		pt_status status = turn_into_workspace(pipeline, followed, changed, err);
		if (status != PT_OK || followed->replaced || pipeline->settings.n_metrics == 0)
			return status; /* else what --metric names and is not there is to be told */
	} else {
		followed->may_be_workspace = false;
	}
	size_t budget = (size_t)pipeline->settings.gram_budget_bytes / pipeline->n_runs;
	pt_trajectories_set_budget(&followed->run.trajectories, budget);
	pt_run_context context = {
		.settings = &pipeline->settings,
		.now_wall_ms = pt_clock_wall_ms(&pipeline->clock),
		.cancel = pipeline->cancel,
		.clock = &pipeline->clock,
		.read_until_ms = pipeline->slice_ms > 0 ? now_ms(pipeline) + pipeline->slice_ms : INT64_MAX,
	};
	pt_status status = pt_run_refresh(&followed->run, found, &context, changed, err);
	if (status != PT_OK)
		mark(followed, true, now_ms(pipeline));
	else if (followed->run.n_unread > 0) /* go on at once */
		mark(followed, true, INT64_MIN / 2);
	return status;
}

static pt_status refresh(pt_pipeline *pipeline, pt_followed_run *followed, bool *changed, pt_error *err)
{
	const pt_scan *found = NULL;
	pt_scan *owned = NULL;
	pt_error why = {0};
	followed->run.dirty = followed->run.logs_dirty = false;
	pt_status status = scan(pipeline, followed, &found, &owned, &why);
	if (status == PT_ERR_MEMORY) {
		mark(followed, true, now_ms(pipeline));
		return out_of_memory(err);
	}
	if (status != PT_OK)
		return pt_run_scan_failed(&followed->run, &why, changed, err);
	status = take_in(pipeline, followed, found, changed, err);
	pt_scan_destroy(owned);
	return status;
}

static pt_status read_logs(pt_pipeline *pipeline, pt_followed_run *followed, bool *changed, pt_error *err)
{
	followed->run.logs_dirty = false;
	if (pipeline->watch)
		pt_run_watch_clear(pipeline->watch, followed->target);
	followed->run.logs.now_wall_ms = pt_clock_wall_ms(&pipeline->clock);
	pt_status status = pt_run_logs_read(&followed->run.logs, changed, err);
	pt_run_note_log_news(&followed->run, followed->run.logs.now_wall_ms);
	return status;
}

/* Runs that appeared below a workspace join in. */
static pt_status check_workspaces(pt_pipeline *pipeline, bool *changed, pt_error *err)
{
	for (size_t i = 0; i < pipeline->n_workspaces; i++) {
		size_t target = pipeline->workspaces[i].target;
		const pt_watch_view *view = pt_run_watch_view(pipeline->watch, target);
		if (!view || !(view->tree_dirty || view->logs_dirty))
			continue;
		pt_run_watch_clear(pipeline->watch, target);
		pt_workspace *found = NULL;
		pt_status status = pt_run_watch_scan_workspace(pipeline->watch, target, &found, NULL);
		if (status == PT_ERR_MEMORY)
			return out_of_memory(err);
		for (size_t r = 0; status == PT_OK && r < found->n_runs; r++) {
			*changed |= !pt_pipeline_follows(pipeline, found->runs[r]);
			pt_status followed = pt_pipeline_follow_run(pipeline, NULL, found->runs[r], false, err);
			if (followed != PT_OK) {
				pt_workspace_destroy(found);
				return followed;
			}
		}
		pt_workspace_destroy(found);
	}
	return PT_OK;
}

/* Things that time alone brings about: a file that has settled, a run gone stale. */
static void mark_timed(pt_pipeline *pipeline, bool *changed)
{
	int64_t wall = pt_clock_wall_ms(&pipeline->clock);
	for (size_t i = 0; i < pipeline->n_runs; i++) {
		pt_followed_run *followed = pipeline->runs[i];
		if (followed->run.rescan_wall_ms <= wall) {
			followed->run.rescan_wall_ms = INT64_MAX;
			mark(followed, true, INT64_MIN / 2);
		}
		int64_t stale_ms = pt_run_times_of(&followed->run).stale_at_ms;
		bool stale = stale_ms != PT_NO_TIME && wall >= stale_ms;
		*changed |= stale != followed->told_stale && followed->run.scanned;
		followed->told_stale = stale;
	}
}

/* The sum of a module set that is not kept: a slice of it; all of it where nobody watches. */
static pt_status sum_set(pt_pipeline *pipeline, pt_followed_run *followed, bool *changed, pt_error *err)
{
	pt_trajectories *t = &followed->run.trajectories;
	int64_t begin = now_ms(pipeline);
	while (pt_trajectories_pending(t)) {
		if (pipeline->watch && now_ms(pipeline) - begin >= SUMMING_SLICE_MS)
			break;
		if (pipeline->cancel && atomic_load(pipeline->cancel))
			return pt_fail(err, PT_ERR_CANCELLED, "", -1, "cancelled");
		pt_status status = pt_trajectories_advance(t, err);
		if (status != PT_OK)
			return status;
	}
	int progress = (int)(pt_trajectories_kept(t).set_progress * SUMMING_STEPS);
	*changed |= progress != followed->told_progress || !pt_trajectories_pending(t);
	followed->told_progress = progress;
	return PT_OK;
}

pt_status pt_pipeline_run_due(pt_pipeline *pipeline, bool *changed, pt_error *err)
{
	*changed = false;
	mark_timed(pipeline, changed);
	pt_status status = check_workspaces(pipeline, changed, err);
	int64_t now = now_ms(pipeline);
	for (size_t i = 0; i < pipeline->n_runs && status == PT_OK; i++) {
		pt_followed_run *followed = pipeline->runs[i];
		if (!is_dirty(followed) || due_ms(pipeline, followed) > now)
			continue;
		status = followed->run.dirty ? refresh(pipeline, followed, changed, err)
									 : read_logs(pipeline, followed, changed, err);
		if (pipeline->watch && !followed->replaced) {
			const pt_watch_view *view = pt_run_watch_view(pipeline->watch, followed->target);
			followed->run.polling_why = view ? view->why_polling : "";
		}
	}
	for (size_t i = 0; i < pipeline->n_runs && status == PT_OK; i++)
		if (pt_trajectories_pending(&pipeline->runs[i]->run.trajectories))
			status = sum_set(pipeline, pipeline->runs[i], changed, err);
	return status == PT_OK ? pt_pipeline_compare(pipeline, changed, err) : status;
}

static void sooner(int64_t *due, int64_t candidate)
{
	if (candidate < *due)
		*due = candidate;
}

int64_t pt_pipeline_next_due_ms(const pt_pipeline *pipeline)
{
	int64_t due = pipeline->watch ? pt_run_watch_next_sweep_ms(pipeline->watch) : INT64_MAX;
	int64_t wall = pt_clock_wall_ms(&pipeline->clock), now = now_ms(pipeline);
	if (pt_comparison_pending(&pipeline->comparison))
		sooner(&due, now);
	for (size_t i = 0; i < pipeline->n_runs; i++) {
		const pt_followed_run *followed = pipeline->runs[i];
		if (followed->replaced)
			continue;
		if (is_dirty(followed))
			sooner(&due, due_ms(pipeline, followed));
		if (pt_trajectories_pending(&followed->run.trajectories))
			sooner(&due, now);
		if (followed->run.rescan_wall_ms != INT64_MAX)
			sooner(&due, now + (followed->run.rescan_wall_ms - wall));
		int64_t stale_ms = pt_run_times_of(&followed->run).stale_at_ms;
		bool closed = followed->run.logs.closed_step != PT_LOG_NO_STEP;
		if (stale_ms != PT_NO_TIME && !followed->told_stale && !closed)
			sooner(&due, now + (stale_ms - wall));
	}
	return due;
}

/* --- results ---------------------------------------------------------------------------------------- */

void pt_pipeline_set_settings(pt_pipeline *pipeline, const pt_settings *settings)
{
	bool other_steps = settings->every != pipeline->settings.every;
	bool other_files = settings->n_metrics != pipeline->settings.n_metrics ||
					   memcmp(settings->metrics, pipeline->settings.metrics, sizeof settings->metrics) != 0;
	pipeline->settings = *settings;
	for (size_t i = 0; i < pipeline->n_runs; i++) {
		pt_run *run = &pipeline->runs[i]->run;
		pt_trajectories_select(&run->trajectories, settings);
		pt_trajectories_invalidate(&run->trajectories);
		if (other_steps && pt_run_keep_multiples(run, settings->every, NULL) != PT_OK)
			continue; /* out of memory: those checkpoints stay */
	}
	/* out of memory: they are read with each scan, not when they are written to */
	pt_status watched = other_files ? watch_named(pipeline, NULL) : PT_OK;
	(void)watched;
	if (other_steps || other_files)
		pt_pipeline_mark_all(pipeline);
}

static pt_status compute(pt_pipeline *pipeline, pt_followed_run *followed, pt_error *err)
{
	pt_run *run = &followed->run;
	bool ignored = false;
	pt_status status = pt_trajectories_compute(&run->trajectories, &pipeline->settings, err);
	if (status == PT_OK && !pipeline->watch && pt_trajectories_pending(&run->trajectories)) {
		/* a report waits for what a screen would show later */
		status = sum_set(pipeline, followed, &ignored, err);
		if (status == PT_OK)
			status = pt_trajectories_compute(&run->trajectories, &pipeline->settings, err);
	}
	for (int gaussian = 0; gaussian <= 1 && status == PT_OK; gaussian++) {
		pt_probe_store *store = pt_run_logs_probes(&run->logs, gaussian);
		if (store)
			status = pt_probe_store_derive(store, &pipeline->settings, err);
	}
	return status;
}

static pt_status build_runs(pt_pipeline *pipeline, pt_snapshot *snapshot, pt_error *err)
{
	pt_run_view *views = pt_arena_alloc(snapshot->arena, pipeline->n_runs, sizeof *views);
	if (!views)
		return pt_build_out_of_memory(err);
	for (size_t i = 0; i < pipeline->n_runs; i++) {
		pt_run *run = &pipeline->runs[i]->run;
		if (pipeline->runs[i]->replaced)
			continue;
		pt_status status = compute(pipeline, pipeline->runs[i], err);
		if (status == PT_OK)
			status = pt_build_run_view(run, &pipeline->settings, snapshot->taken_wall_ms, snapshot->arena,
				&views[snapshot->n_runs], err);
		if (status != PT_OK)
			return status;
		snapshot->n_runs++;
		snapshot->memory_bytes += pt_trajectories_bytes(&run->trajectories);
	}
	snapshot->runs = views;
	return pt_pipeline_build_comparison(pipeline, snapshot, err);
}

static bool is_complete(const pt_problem *problem)
{
	return problem->path && problem->message;
}

/* Paths passed over; a baseline that is no run here. */
static pt_status build_problems(const pt_pipeline *pipeline, pt_snapshot *snapshot, pt_error *err)
{
	size_t n = pipeline->problems.n;
	pt_problem *problems = pt_arena_alloc(snapshot->arena, n + 1, sizeof *problems);
	if (!problems)
		return pt_build_out_of_memory(err);
	for (size_t i = 0; i < n; i++) {
		const pt_kept_problem *kept = &pipeline->problems.items[i];
		problems[i] = (pt_problem){
			.path = pt_arena_text(snapshot->arena, kept->path),
			.code = pt_status_name(kept->code),
			.offset = kept->offset,
			.message = pt_arena_text(snapshot->arena, kept->message),
		};
		if (!is_complete(&problems[i]))
			return pt_build_out_of_memory(err);
	}
	const char *baseline = pipeline->settings.baseline;
	if (baseline[0] && snapshot->n_runs > 0 && strcmp(snapshot->runs[snapshot->baseline].name, baseline) != 0) {
		problems[n] = (pt_problem){
			.path = pt_arena_text(snapshot->arena, baseline),
			.code = pt_status_name(PT_ERR_NOT_FOUND),
			.offset = -1,
			.message = "no run of this name to compare with: the first one is the baseline",
		};
		if (!is_complete(&problems[n++]))
			return pt_build_out_of_memory(err);
	}
	snapshot->n_problems = n;
	snapshot->problems = problems;
	return PT_OK;
}

pt_status pt_pipeline_snapshot(pt_pipeline *pipeline, pt_snapshot **out, pt_error *err)
{
	pt_arena *arena = pt_arena_create();
	pt_snapshot *snapshot = arena ? pt_arena_alloc(arena, 1, sizeof *snapshot) : NULL;
	if (!snapshot) {
		pt_arena_destroy(arena);
		return pt_build_out_of_memory(err);
	}
	snapshot->arena = arena;
	snapshot->serial = pipeline->serial + 1;
	snapshot->taken_wall_ms = pt_clock_wall_ms(&pipeline->clock);
	snapshot->settings = pipeline->settings;
	pt_status status = build_runs(pipeline, snapshot, err);
	if (status == PT_OK)
		status = build_problems(pipeline, snapshot, err);
	if (status != PT_OK) {
		pt_arena_destroy(arena);
		return status;
	}
	pipeline->serial++;
	*out = snapshot;
	return PT_OK;
}
