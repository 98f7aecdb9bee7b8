#include "phasetop/runio/checkpoint_scan.h"

#include "phasetop/base/alloc.h"
#include "phasetop/runio/adapter_names.h"

#include "directory_list.h"
#include "run_names.h"
#include "scan_builder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What a shallow look at a directory says. */
typedef struct shallow_look {
	bool has_checkpoints, has_logs;
	bool has_adapter;  /* without a step: a result, which is a run where there are no others */
	int64_t newest_ns; /* newest mtime of a checkpoint or a log */
} shallow_look;

static void note_time(shallow_look *look, const directory_list *list, const char *name)
{
	struct stat record;
	if (!directory_stat(list, name, &record))
		return;
	int64_t mtime_ns = pt_file_identity_of(&record).mtime_ns;
	if (mtime_ns > look->newest_ns)
		look->newest_ns = mtime_ns;
}

/* A checkpoint with a step of its own, a directory or a file as its name wants it? */
static bool is_checkpoint(const directory_list *list, const char *directory, const directory_name *name)
{
	checkpoint_name found;
	struct stat record;
	if (!is_numbered_name(directory, name->name, &found))
		return false;
	if (!found.is_file)
		return directory_is_directory(list, name, true);
	return directory_stat(list, name->name, &record) && !S_ISDIR(record.st_mode);
}

static void note_names(shallow_look *look, const directory_list *list, const char *directory)
{
	for (size_t i = 0; i < list->n; i++) {
		const directory_name *name = &list->names[i];
		pt_log_kind kind;
		if (is_checkpoint(list, directory, name)) {
			look->has_checkpoints = true;
			note_time(look, list, name->name);
		} else if (!*directory && pt_log_kind_of_name(name->name, &kind)) {
			look->has_logs = true;
			note_time(look, list, name->name);
		} else if (!*directory && is_adapter_file(name->name)) {
			look->has_adapter = true;
			note_time(look, list, name->name);
		}
	}
}

/* Look at the names of a listed directory, and at those of its `checkpoints/`. */
static pt_status look_at(const directory_list *list, pt_arena *scratch, shallow_look *look, pt_error *err)
{
	*look = (shallow_look){0};
	note_names(look, list, "");
	if (!directory_list_has(list, PT_SCAN_CONTAINER))
		return PT_OK;
	directory_list inner;
	pt_status status = directory_list_open(list->fd, PT_SCAN_CONTAINER, true, scratch, &inner, err);
	if (status != PT_OK) /* no directory, or not for us: only the want of memory is an error here */
		return status == PT_ERR_MEMORY ? status : PT_OK;
	note_names(look, &inner, PT_SCAN_CONTAINER);
	directory_list_close(&inner);
	return PT_OK;
}

/* Is a sub-directory of that name a run of its own? */
static bool is_run_below(const char *name, const shallow_look *look)
{
	return look->has_checkpoints || (look->has_logs && !is_log_directory_name(name));
}

static int compare_natural(const void *a, const void *b)
{
	return pt_natural_compare(*(char *const *)a, *(char *const *)b);
}

typedef struct workspace_builder {
	pt_arena *arena, *scratch;
	const char **runs;
	size_t n_runs;
	const char **results; /* directories that hold a lone adapter: runs where there are no others */
	size_t n_results;
	const char **directories;
	size_t n_directories;
	const char **unreadable;
	size_t n_unreadable;
} workspace_builder;

static char *join_path(pt_arena *arena, const char *path, const char *name)
{
	size_t n = strlen(path);
	while (n > 0 && path[n - 1] == '/')
		n--;
	if (n == 0 && path[0] == '/') { /* the root: "/" and "/" joined give one slash too many */
		char *joined = scan_join(arena, "/", name);
		return joined ? joined + 1 : NULL;
	}
	char *trimmed = pt_arena_copy(arena, path, n + 1, 1);
	if (!trimmed)
		return NULL;
	trimmed[n] = '\0';
	return scan_join(arena, trimmed, name);
}

/* What lies below a run is the run's own: nothing is looked for there, and a thousand checkpoints not listed.
 */
static pt_status look_at_children(
	workspace_builder *builder, const directory_list *list, const char *path, bool is_run, pt_error *err)
{
	builder->runs = pt_arena_alloc(builder->arena, list->n, sizeof *builder->runs);
	builder->directories = pt_arena_alloc(builder->arena, list->n + 1, sizeof *builder->directories);
	builder->results = pt_arena_alloc(builder->arena, list->n, sizeof *builder->results);
	builder->unreadable = pt_arena_alloc(builder->arena, list->n, sizeof *builder->unreadable);
	if (!builder->runs || !builder->results || !builder->directories || !builder->unreadable)
		return pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
	builder->directories[builder->n_directories++] = "";
	for (size_t i = 0; i < list->n && !is_run; i++) {
		const directory_name *name = &list->names[i];
		if (is_passed_over(name->name) || !directory_is_directory(list, name, false))
			continue;
		directory_list child;
		shallow_look look;
		pt_status status = directory_list_open(list->fd, name->name, false, builder->scratch, &child, err);
		if (status == PT_ERR_MEMORY)
			return status;
		if (status == PT_ERR_PERMISSION) {
			char *locked = join_path(builder->arena, path, name->name);
			if (!locked)
				return pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
			builder->unreadable[builder->n_unreadable++] = locked;
		}
		if (status != PT_OK)
			continue; /* not readable: not a run for us */
		status = look_at(&child, builder->scratch, &look, err);
		directory_list_close(&child);
		char *kept = pt_arena_text(builder->arena, name->name);
		char *run = join_path(builder->arena, path, name->name);
		if (status != PT_OK || !kept || !run)
			return pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
		builder->directories[builder->n_directories++] = kept;
		if (is_run_below(name->name, &look))
			builder->runs[builder->n_runs++] = run;
		else if (look.has_adapter)
			builder->results[builder->n_results++] = run;
	}
	if (builder->n_runs == 0) {
		builder->runs = builder->results;
		builder->n_runs = builder->n_results;
	}
	if (builder->n_runs > 1)
		qsort(builder->runs, builder->n_runs, sizeof *builder->runs, compare_natural);
	return PT_OK;
}

static pt_status build_workspace(
	workspace_builder *builder, const char *path, pt_workspace **workspace, pt_error *err)
{
	directory_list list;
	shallow_look look;
	pt_status status = directory_list_open(AT_FDCWD, path, true, builder->scratch, &list, err);
	if (status != PT_OK)
		return status;
	status = look_at(&list, builder->scratch, &look, err);
	bool is_run = status == PT_OK && (look.has_checkpoints || look.has_logs || look.has_adapter);
	if (status == PT_OK)
		status = look_at_children(builder, &list, path, is_run, err);
	directory_list_close(&list);
	if (status != PT_OK)
		return status;
	pt_workspace *made = pt_arena_alloc(builder->arena, 1, sizeof *made);
	if (!made)
		return pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
	*made = (pt_workspace){
		.is_run = is_run,
		.n_runs = builder->n_runs,
		.runs = builder->runs,
		.n_unreadable = builder->n_unreadable,
		.unreadable = builder->unreadable,
		.n_directories = builder->n_directories,
		.directories = builder->directories,
		.arena = builder->arena,
	};
	*workspace = made;
	return PT_OK;
}

pt_status pt_workspace_scan(const char *path, pt_workspace **workspace, pt_error *err)
{
	workspace_builder builder = {.arena = pt_arena_create(), .scratch = pt_arena_create()};
	pt_status status = builder.arena && builder.scratch
						   ? build_workspace(&builder, path, workspace, err)
						   : pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
	pt_arena_destroy(builder.scratch);
	if (status != PT_OK)
		pt_arena_destroy(builder.arena);
	return status;
}

void pt_workspace_destroy(pt_workspace *workspace)
{
	if (workspace)
		pt_arena_destroy(workspace->arena);
}

/* ---- the newest run ---- */

enum { NEWEST_DEPTH = 2, NEWEST_MAX_DIRECTORIES = 4096 };

typedef struct newest_search {
	pt_arena *scratch;
	const char *best;
	int64_t best_ns;
	bool best_is_result; /* a lone adapter, which any other run goes before */
	size_t n_looked_at;
} newest_search;

static void take_newer(newest_search *search, const char *path, const shallow_look *look, bool is_result)
{
	bool goes_before =
		search->best_is_result != is_result ? search->best_is_result : look->newest_ns > search->best_ns;
	if (search->best && !goes_before)
		return;
	search->best = path;
	search->best_ns = look->newest_ns;
	search->best_is_result = is_result;
}

/* Depth first over plain directories, at most NEWEST_DEPTH below; the recursion is that deep. */
static pt_status search_newest(
	newest_search *search, const char *path, const char *name, int depth, pt_error *err)
{
	directory_list list;
	shallow_look look;
	pt_status status = directory_list_open(AT_FDCWD, path, depth == 0, search->scratch, &list, err);
	if (status != PT_OK)
		return depth == 0 || status == PT_ERR_MEMORY ? status : PT_OK;
	status = look_at(&list, search->scratch, &look, err);
	bool is_run = depth == 0 ? look.has_checkpoints || look.has_logs : is_run_below(name, &look);
	if (status == PT_OK && (is_run || look.has_adapter))
		take_newer(search, path, &look, !is_run);
	for (size_t i = 0; status == PT_OK && !is_run && depth < NEWEST_DEPTH && i < list.n; i++) {
		if (is_passed_over(list.names[i].name) || !directory_is_directory(&list, &list.names[i], false) ||
			search->n_looked_at++ >= NEWEST_MAX_DIRECTORIES)
			continue;
		char *below = join_path(search->scratch, path, list.names[i].name);
		status = below ? search_newest(search, below, list.names[i].name, depth + 1, err)
					   : pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
	}
	directory_list_close(&list);
	return status;
}

pt_status pt_workspace_newest(const char *path, char **run, pt_error *err)
{
	newest_search search = {.scratch = pt_arena_create()};
	if (!search.scratch)
		return pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
	pt_status status = search_newest(&search, path, "", 0, err);
	char *found = NULL;
	if (status == PT_OK && !search.best)
		status = pt_fail(
			err, PT_ERR_NO_CHECKPOINTS, path, -1, "no run here or up to %d levels below", NEWEST_DEPTH);
	else if (status == PT_OK && !(found = pt_text_copy(search.best, strlen(search.best))))
		status = pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
	pt_arena_destroy(search.scratch);
	if (status == PT_OK)
		*run = found;
	return status;
}
