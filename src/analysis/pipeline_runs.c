#include "pipeline_runs.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/base/alloc.h"

static pt_status out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory");
}

/* --- names ------------------------------------------------------------------------------------------ */

/* The directory's own name; of "." and the like, that of the directory it stands for. */
static void own_name(const char *path, char *out, size_t capacity)
{
	char resolved[PATH_MAX];
	const char *at = realpath(path, resolved) ? resolved : path;
	size_t n = strlen(at);
	while (n > 1 && at[n - 1] == '/')
		n--;
	size_t first = n;
	while (first > 0 && at[first - 1] != '/')
		first--;
	snprintf(out, capacity, "%.*s", n > first ? (int)(n - first) : (int)n, n > first ? at + first : at);
}

static bool name_taken(const pt_pipeline *pipeline, const char *name)
{
	for (size_t i = 0; i < pipeline->n_runs; i++)
		if (!pipeline->runs[i]->replaced && strcmp(pipeline->runs[i]->run.name, name) == 0)
			return true;
	return false;
}

static void unique_name(
	const pt_pipeline *pipeline, const char *wanted, const char *path, char *out, size_t capacity)
{
	char own[NAME_MAX + 1];
	if (!wanted) {
		own_name(path, own, sizeof own);
		wanted = own;
	}
	snprintf(out, capacity, "%s", wanted);
	for (int i = 2; name_taken(pipeline, out); i++)
		snprintf(out, capacity, "%s#%d", wanted, i);
}

/* --- what is followed ------------------------------------------------------------------------------- */

bool pt_pipeline_follows(const pt_pipeline *pipeline, const char *path)
{
	for (size_t i = 0; i < pipeline->n_runs; i++)
		if (!pipeline->runs[i]->replaced && strcmp(pipeline->runs[i]->run.path, path) == 0)
			return true;
	return false;
}

pt_status pt_pipeline_follow_run(
	pt_pipeline *pipeline, const char *name, const char *path, bool may_be_workspace, pt_error *err)
{
	if (pt_pipeline_follows(pipeline, path))
		return PT_OK;
	char unique[NAME_MAX + 16];
	unique_name(pipeline, name, path, unique, sizeof unique);
	if (!pt_array_reserve(
			(void **)&pipeline->runs, &pipeline->run_capacity, pipeline->n_runs + 1, sizeof *pipeline->runs))
		return out_of_memory(err);
	pt_followed_run *followed = pt_array_alloc(1, sizeof *followed);
	if (!followed)
		return out_of_memory(err);
	pt_status status = pt_run_init(&followed->run, unique, path, err);
	if (status == PT_OK && pipeline->watch) {
		status = pt_run_watch_add(pipeline->watch, path, &followed->target, err);
		if (status != PT_OK)
			pt_run_fini(&followed->run);
	}
	if (status != PT_OK) {
		pt_free(followed);
		return status;
	}
	followed->dirty_since_ms = INT64_MIN / 2; /* at once */
	followed->may_be_workspace = may_be_workspace;
	pipeline->runs[pipeline->n_runs++] = followed;
	return PT_OK;
}

pt_status pt_pipeline_follow_workspace(
	pt_pipeline *pipeline, const char *path, const pt_workspace *found, pt_error *err)
{
	for (size_t i = 0; i < found->n_runs; i++) {
		pt_status status = pt_pipeline_follow_run(pipeline, NULL, found->runs[i], false, err);
		if (status != PT_OK)
			return status;
	}
	if (!pipeline->watch)
		return PT_OK;
	if (!pt_array_reserve((void **)&pipeline->workspaces, &pipeline->workspace_capacity,
			pipeline->n_workspaces + 1, sizeof *pipeline->workspaces))
		return out_of_memory(err);
	pt_followed_workspace *added = &pipeline->workspaces[pipeline->n_workspaces];
	added->path = pt_text_copy(path, strlen(path));
	if (!added->path)
		return out_of_memory(err);
	pt_status status = pt_run_watch_add(pipeline->watch, path, &added->target, err);
	if (status != PT_OK) {
		pt_free(added->path);
		return status;
	}
	pipeline->n_workspaces++;
	return PT_OK;
}

void pt_pipeline_take_place(pt_pipeline *pipeline, const pt_followed_run *replaced, size_t first_new)
{
	size_t at = 0;
	if (first_new >= pipeline->n_runs)
		return;
	while (pipeline->runs[at] != replaced)
		at++;
	pt_followed_run *moved = pipeline->runs[at];
	pipeline->runs[at] = pipeline->runs[first_new];
	pipeline->runs[first_new] = moved;
}

pt_status pt_pipeline_follow_path(pt_pipeline *pipeline, const pt_run_path *path, bool alone, pt_error *err)
{
	pt_workspace *found = NULL;
	pt_error why = {0};
	pt_status status = pt_workspace_scan(path->path, &found, &why);
	if (status == PT_ERR_MEMORY)
		return out_of_memory(err);
	if (status != PT_OK) {
		const char *words = status == PT_ERR_NOT_FOUND       ? "no such directory"
							: status == PT_ERR_NOT_DIRECTORY ? "a file, not a run directory"
															 : why.message;
		return alone ? pt_fail(err, status, path->path, -1, "%s", words)
					 : pt_problem_list_add(&pipeline->problems, status, path->path, -1, words, err);
	}
	for (size_t i = 0; i < found->n_unreadable && status == PT_OK; i++)
		status = pt_problem_list_add(&pipeline->problems, PT_ERR_PERMISSION, found->unreadable[i], -1,
			"cannot be read, so a run in it is not seen", err);
	if (status != PT_OK) {
		pt_workspace_destroy(found);
		return status;
	}
	if (found->is_run || found->n_runs == 0)
		status = pt_pipeline_follow_run(pipeline, path->name, path->path, !found->is_run, err);
	else
		status = pt_pipeline_follow_workspace(pipeline, path->path, found, err);
	pt_workspace_destroy(found);
	return status;
}
