/* The comparison of the runs that a pipeline follows: when it is brought up to date, and for how long. */
#include <string.h>

#include "phasetop/base/alloc.h"
#include "pipeline_runs.h"
#include "snapshot_build.h"

/* Work on the comparison gets so long before files are looked at again; a snapshot tells how far it is at
   every so many percent. */
enum { COMPARING_SLICE_MS = 20, COMPARING_STEPS = 20 };

static pt_status out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for the comparison of runs");
}

/* The runs in the pipeline's order; list.runs NULL: out of memory. To be freed. */
static pt_compared_list list_runs(const pt_pipeline *pipeline)
{
	pt_trajectories **runs = pt_array_alloc(pipeline->n_runs, sizeof(pt_trajectories *));
	pt_compared_list list = {.n = pipeline->n_runs, .runs = runs, .baseline = SIZE_MAX};
	size_t first = SIZE_MAX;
	for (size_t i = 0; runs && i < pipeline->n_runs; i++) {
		pt_followed_run *followed = pipeline->runs[i];
		if (followed->replaced)
			continue;
		runs[i] = &followed->run.trajectories;
		first = first == SIZE_MAX ? i : first;
		if (list.baseline == SIZE_MAX && strcmp(followed->run.name, pipeline->settings.baseline) == 0)
			list.baseline = i;
	}
	if (list.baseline == SIZE_MAX)
		list.baseline = first;
	return list;
}

static int64_t now_ms(const pt_pipeline *pipeline)
{
	return pt_clock_monotonic_ms(&pipeline->clock);
}

/* Pieces until the time is up; all of them where nobody watches. */
static pt_status work(pt_pipeline *pipeline, const pt_compared_list *list, pt_error *err)
{
	int64_t begin = now_ms(pipeline);
	while (pt_comparison_pending(&pipeline->comparison)) {
		if (pipeline->watch && now_ms(pipeline) - begin >= COMPARING_SLICE_MS)
			break;
		if (pipeline->cancel && atomic_load(pipeline->cancel))
			return pt_fail(err, PT_ERR_CANCELLED, "", -1, "cancelled");
		pt_status status = pt_comparison_advance(&pipeline->comparison, list, err);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}

/* The least progress of all planes, in COMPARING_STEPS. */
static int progress_of(const pt_pipeline *pipeline, const pt_compared_list *list)
{
	double least = 1;
	for (int m = 0; m < PT_N_MATRICES; m++) {
		double own = pt_comparison_progress(&pipeline->comparison, list, m);
		least = own < least ? own : least;
	}
	return (int)(least * COMPARING_STEPS);
}

pt_status pt_pipeline_compare(pt_pipeline *pipeline, bool *changed, pt_error *err)
{
	if (!pt_comparison_pending(&pipeline->comparison))
		return PT_OK;
	pt_compared_list list = list_runs(pipeline);
	if (!list.runs)
		return out_of_memory(err);
	/* files may have been read since the last piece */
	pt_status status = pt_comparison_sync(&pipeline->comparison, &list, &pipeline->settings, err);
	if (status == PT_OK)
		status = work(pipeline, &list, err);
	int progress = progress_of(pipeline, &list);
	*changed |= progress != pipeline->told_comparison || !pt_comparison_pending(&pipeline->comparison);
	pipeline->told_comparison = progress;
	pt_free((void *)list.runs);
	return status;
}

pt_status pt_pipeline_build_comparison(pt_pipeline *pipeline, pt_snapshot *snapshot, pt_error *err)
{
	pt_compared_list list = list_runs(pipeline);
	if (!list.runs)
		return out_of_memory(err);
	for (size_t i = 0; i < list.n && i < list.baseline; i++)
		snapshot->baseline += list.runs[i] != NULL;
	pt_status status = pt_comparison_sync(&pipeline->comparison, &list, &pipeline->settings, err);
	if (status == PT_OK)
		status = work(pipeline, &list, err);
	if (status == PT_OK)
		status = pt_comparison_derive(&pipeline->comparison, &list, err);
	if (status == PT_OK)
		status = pt_build_comparison(&pipeline->comparison, &list, snapshot, err);
	snapshot->memory_bytes += pt_comparison_bytes(&pipeline->comparison);
	pt_free((void *)list.runs);
	return status;
}
