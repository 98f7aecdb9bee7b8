#include "phasetop/runio/checkpoint_scan.h"

#include "scan_builder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *scan_join(pt_arena *arena, const char *directory, const char *name)
{
	size_t n_directory = strlen(directory), n_name = strlen(name);
	char *path = pt_arena_alloc(arena, n_directory + n_name + 2, 1);
	if (!path)
		return NULL;
	memcpy(path, directory, n_directory);
	if (n_directory > 0)
		path[n_directory++] = '/';
	memcpy(path + n_directory, name, n_name + 1);
	return path;
}

void scan_add_problem(scan_builder *builder, const pt_error *problem)
{
	if (!pt_array_reserve((void **)&builder->problems, &builder->problems_capacity, builder->n_problems + 1,
			sizeof *builder->problems))
		builder->out_of_memory = true;
	else
		builder->problems[builder->n_problems++] = *problem;
}

void scan_add_directory(scan_builder *builder, const char *path, bool is_checkpoint)
{
	char *kept = path ? pt_arena_text(builder->arena, path) : NULL;
	if (!kept || !pt_array_reserve((void **)&builder->directories, &builder->directories_capacity,
					 builder->n_directories + 1, sizeof *builder->directories)) {
		builder->out_of_memory = true;
		return;
	}
	builder->directories[builder->n_directories++] = (pt_scan_directory){kept, is_checkpoint};
	builder->n_log_directories += !is_checkpoint;
}

static const bool kind_is_read[] = {
#define X(id, is_read, name) is_read,
	PT_LOG_KIND_TABLE(X)
#undef X
};

static void keep_log(scan_builder *builder, pt_log_kind kind, char *path, const pt_file_identity *identity)
{
	if (!path || !pt_array_reserve((void **)&builder->logs, &builder->logs_capacity, builder->n_logs + 1,
					 sizeof *builder->logs)) {
		builder->out_of_memory = true;
		return;
	}
	builder->logs[builder->n_logs++] = (pt_log_file){kind, kind_is_read[kind], path, *identity};
}

void scan_add_log(scan_builder *builder, const directory_list *list, const char *directory, const char *name,
	pt_log_kind kind)
{
	struct stat record;
	char *path = scan_join(builder->arena, directory, name);
	if (!directory_stat(list, name, &record))
		return; /* gone while we looked, or a link to nothing */
	if (path && !S_ISREG(record.st_mode)) {
		pt_error problem;
		pt_fail(&problem, PT_ERR_NOT_REGULAR, path, -1, "a log's name, but not a regular file");
		scan_add_problem(builder, &problem);
		return;
	}
	pt_file_identity identity = pt_file_identity_of(&record);
	keep_log(builder, kind, path, &identity);
}

/* Directories named as checkpoints are in this listing, so it is a run. */
static bool has_checkpoints(const directory_list *list)
{
	checkpoint_name found;
	for (size_t i = 0; i < list->n; i++)
		if (checkpoint_name_read(list->names[i].name, &found) == PT_OK &&
			directory_is_directory(list, &list->names[i], true))
			return true;
	return false;
}

static void add_checkpoints(
	scan_builder *builder, int run_fd, const directory_list *list, const char *directory)
{
	for (size_t i = 0; i < list->n; i++) {
		const directory_name *name = &list->names[i];
		checkpoint_name found;
		pt_status status =
			name->may_be_directory ? checkpoint_name_read(name->name, &found) : PT_ERR_NOT_FOUND;
		if (status == PT_ERR_NOT_FOUND)
			continue;
		char *path = scan_join(builder->scratch, directory, name->name);
		if (!path) {
			builder->out_of_memory = true;
			return;
		}
		if (status == PT_OK) {
			scan_checkpoint(builder, run_fd, path, &found);
			continue;
		}
		pt_error problem;
		pt_fail(&problem, status, path, -1, "the step does not fit 63 bits");
		scan_add_problem(builder, &problem);
	}
}

static void add_logs(scan_builder *builder, const directory_list *list, const char *directory)
{
	for (size_t i = 0; i < list->n; i++) {
		pt_log_kind kind;
		if (pt_log_kind_of_name(list->names[i].name, &kind) &&
			(kind != PT_LOG_TRAINER_STATE || *directory == '\0'))
			scan_add_log(builder, list, directory, list->names[i].name, kind);
	}
}

static bool is_over_limit(scan_builder *builder, const char *path)
{
	if (builder->n_log_directories < PT_SCAN_MAX_DIRECTORIES)
		return false;
	if (!builder->told_limit) {
		pt_error problem;
		pt_fail(&problem, PT_ERR_LIMIT, path, -1, "more than %d directories: logs from here on are not found",
			PT_SCAN_MAX_DIRECTORIES);
		scan_add_problem(builder, &problem);
	}
	builder->told_limit = true;
	return true;
}

/* Where to look next: the plain directories of a listing. Links are not followed, so no loop and no way out
 * of the run. */
typedef struct pending_directory {
	const char *path;
	int depth;
} pending_directory;

typedef struct directory_queue {
	pending_directory *items;
	size_t n, capacity, next;
} directory_queue;

static void enqueue_directories(scan_builder *builder, directory_queue *queue, const directory_list *list,
	const char *directory, int depth)
{
	for (size_t i = 0; i < list->n && depth <= PT_SCAN_LOG_DEPTH; i++) {
		const directory_name *name = &list->names[i];
		checkpoint_name found;
		if (is_passed_over(name->name) || checkpoint_name_read(name->name, &found) != PT_ERR_NOT_FOUND ||
			!directory_is_directory(list, name, false))
			continue;
		char *path = scan_join(builder->scratch, directory, name->name);
		if (!path ||
			!pt_array_reserve((void **)&queue->items, &queue->capacity, queue->n + 1, sizeof *queue->items)) {
			builder->out_of_memory = true;
			return;
		}
		queue->items[queue->n++] = (pending_directory){path, depth};
	}
}

/* One directory below the run: its logs, unless it is a run of its own. */
static void look_below(scan_builder *builder, int run_fd, directory_queue *queue, const pending_directory *at)
{
	directory_list list;
	pt_error problem;
	if (is_over_limit(builder, at->path))
		return;
	pt_status status = directory_list_open(run_fd, at->path, false, builder->scratch, &list, &problem);
	if (status == PT_ERR_MEMORY)
		builder->out_of_memory = true;
	/* unreadable and vanished directories below a run are no news: nothing is known to be in them */
	if (status != PT_OK)
		return;
	scan_add_directory(builder, at->path, false);
	bool is_container = strcmp(at->path, "checkpoints") == 0;
	if (is_container)
		add_checkpoints(builder, run_fd, &list, at->path);
	if (is_container || !has_checkpoints(&list)) {
		add_logs(builder, &list, at->path);
		enqueue_directories(builder, queue, &list, at->path, at->depth + 1);
	}
	directory_list_close(&list);
}

static void look_into_run(scan_builder *builder, const directory_list *run)
{
	directory_queue queue = {0};
	scan_add_directory(builder, "", false);
	add_checkpoints(builder, run->fd, run, "");
	add_logs(builder, run, "");
	enqueue_directories(builder, &queue, run, "", 1);
	while (queue.next < queue.n && !builder->out_of_memory) {
		pending_directory at = queue.items[queue.next++];
		look_below(builder, run->fd, &queue, &at);
	}
	pt_free(queue.items);
}

/* trainer_state.json of the newest checkpoint that has one with something in it. */
static void add_newest_state(scan_builder *builder)
{
	for (size_t i = builder->n_entries; i-- > 0;) {
		const pt_checkpoint_entry *entry = &builder->entries[i].entry;
		if (entry->trainer_state.present && entry->trainer_state.size_bytes > 0) {
			char *path = scan_join(builder->arena, entry->directory, "trainer_state.json");
			keep_log(builder, PT_LOG_TRAINER_STATE, path, &entry->trainer_state);
			return;
		}
	}
}

static int compare_logs(const void *a, const void *b)
{
	return strcmp(((const pt_log_file *)a)->path, ((const pt_log_file *)b)->path);
}

static int compare_problems(const void *a, const void *b)
{
	const pt_error *x = a, *y = b;
	int order = strcmp(x->path, y->path);
	return order ? order : strcmp(x->message, y->message);
}

/* The growing arrays become the immutable result, in the arena that it owns. */
static pt_scan *finish(scan_builder *builder, const pt_file_identity *run)
{
	scan_choose_entries(builder);
	add_newest_state(builder);
	if (builder->n_logs > 1)
		qsort(builder->logs, builder->n_logs, sizeof *builder->logs, compare_logs);
	if (builder->n_problems > 1)
		qsort(builder->problems, builder->n_problems, sizeof *builder->problems, compare_problems);
	pt_arena *arena = builder->arena;
	pt_checkpoint_entry *entries = pt_arena_alloc(arena, builder->n_entries, sizeof(pt_checkpoint_entry));
	for (size_t i = 0; entries && i < builder->n_entries; i++)
		entries[i] = builder->entries[i].entry;
	pt_scan *scan = pt_arena_alloc(arena, 1, sizeof *scan);
	if (!scan || !entries)
		return NULL;
	*scan = (pt_scan){
		.n_entries = builder->n_entries,
		.entries = entries,
		.n_logs = builder->n_logs,
		.logs = pt_arena_copy(arena, builder->logs, builder->n_logs, sizeof *builder->logs),
		.n_directories = builder->n_directories,
		.directories =
			pt_arena_copy(arena, builder->directories, builder->n_directories, sizeof *builder->directories),
		.n_problems = builder->n_problems,
		.problems = pt_arena_copy(arena, builder->problems, builder->n_problems, sizeof *builder->problems),
		.rescan_wall_ms = builder->rescan_ns == INT64_MAX ? INT64_MAX : builder->rescan_ns / 1000000 + 1,
		.run = *run,
		.arena = arena,
	};
	bool is_whole = scan->logs && scan->directories && scan->problems && !builder->out_of_memory;
	return is_whole ? scan : NULL;
}

static void free_builder(scan_builder *builder)
{
	pt_arena_destroy(builder->scratch);
	pt_free(builder->entries);
	pt_free(builder->logs);
	pt_free(builder->directories);
	pt_free(builder->problems);
}

static pt_status build_scan(scan_builder *builder, const char *run, pt_scan **scan, pt_error *err)
{
	directory_list list;
	struct stat record;
	pt_status status = directory_list_open(AT_FDCWD, run, true, builder->scratch, &list, err);
	if (status != PT_OK)
		return status;
	if (fstat(list.fd, &record) != 0) {
		status = pt_fail_errno(err, errno, run, "stat");
		directory_list_close(&list);
		return status;
	}
	pt_file_identity identity = pt_file_identity_of(&record);
	look_into_run(builder, &list);
	directory_list_close(&list);
	pt_scan *made = builder->out_of_memory ? NULL : finish(builder, &identity);
	if (!made)
		return pt_fail(err, PT_ERR_MEMORY, run, -1, "out of memory");
	*scan = made;
	return PT_OK;
}

pt_status pt_scan_run(const char *run, const pt_scan_options *options, pt_scan **scan, pt_error *err)
{
	scan_builder builder = {.options = *options, .rescan_ns = INT64_MAX};
	builder.arena = pt_arena_create();
	builder.scratch = pt_arena_create();
	pt_status status = builder.arena && builder.scratch
						   ? build_scan(&builder, run, scan, err)
						   : pt_fail(err, PT_ERR_MEMORY, run, -1, "out of memory");
	free_builder(&builder);
	if (status != PT_OK)
		pt_arena_destroy(builder.arena);
	return status;
}

void pt_scan_destroy(pt_scan *scan)
{
	if (scan)
		pt_arena_destroy(scan->arena);
}
