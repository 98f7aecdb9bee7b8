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

void scan_look_into(const scan_builder *builder, const char *path, kept_checkpoint *owner)
{
	if (builder->watcher)
		builder->watcher->look_into(builder->watcher->context, path, owner);
}

/* ---- the tree: all directories but those of checkpoints ---- */

static void add_problem(scan_builder *builder, const pt_error *problem)
{
	scan_tree *tree = &builder->tree;
	if (!pt_array_reserve(
			(void **)&tree->problems, &tree->problems_capacity, tree->n_problems + 1, sizeof *tree->problems))
		builder->out_of_memory = true;
	else
		tree->problems[tree->n_problems++] = *problem;
}

/* A log's name in the listed directory: a problem where it is no regular file. */
static void add_log(scan_builder *builder, const directory_list *list, const char *directory,
	const char *name, pt_log_kind kind)
{
	scan_tree *tree = &builder->tree;
	struct stat record;
	char *path = scan_join(tree->arena, directory, name);
	if (!path ||
		!pt_array_reserve((void **)&tree->logs, &tree->logs_capacity, tree->n_logs + 1, sizeof *tree->logs)) {
		builder->out_of_memory = true;
		return;
	}
	if (!directory_stat(list, name, &record))
		return; /* gone while we looked, or a link to nothing */
	if (S_ISREG(record.st_mode)) {
		tree->logs[tree->n_logs++] = (pt_log_file){kind, path};
		return;
	}
	pt_error problem;
	pt_fail(&problem, PT_ERR_NOT_REGULAR, path, -1, "a log's name, but not a regular file");
	add_problem(builder, &problem);
}

/* May the name of a listing be what its form says: a directory, or a file? A link may be either. */
static bool is_of_its_kind(const directory_name *name, const checkpoint_name *found)
{
	return found->is_file ? !name->may_be_directory || name->is_link : name->may_be_directory;
}

/* Checkpoints are in this listing of a directory below the run, so it is a run of its own. */
static bool has_checkpoints(const directory_list *list)
{
	checkpoint_name found;
	for (size_t i = 0; i < list->n; i++)
		if (is_numbered_name("", list->names[i].name, &found) && is_of_its_kind(&list->names[i], &found) &&
			(found.is_file || directory_is_directory(list, &list->names[i], true)))
			return true;
	return false;
}

/* One name of a checkpoint. False: out of memory. */
static bool note_checkpoint(
	scan_builder *builder, const char *directory, const char *name, pt_status status, checkpoint_name *found)
{
	char *path = scan_join(builder->scratch, directory, name);
	kept_checkpoint *kept = path && status == PT_OK ? scan_memory_at(builder->memory, path, found) : NULL;
	if (kept) {
		kept->is_listed = true;
		return true;
	}
	if (!path || status == PT_OK)
		return false;
	pt_error problem;
	pt_fail(&problem, status, path, -1, "the step does not fit 63 bits");
	add_problem(builder, &problem);
	return true;
}

/* Pickles in the run itself or its checkpoints/, which nothing opens: told by an example, and only where
 * nothing else is there. Beside checkpoints they are copies. */
static void note_refused(scan_builder *builder, const directory_list *list, const char *directory)
{
	const char *example = NULL;
	size_t n = 0;
	for (size_t i = 0; i < list->n; i++) {
		const directory_name *name = &list->names[i];
		if (name->may_be_directory || !refused_alone(name->name))
			continue;
		example = example ? example : name->name;
		n++;
	}
	scan_tree *tree = &builder->tree;
	char *path = n > 0 ? scan_join(builder->scratch, directory, example) : NULL;
	if (n == 0 || tree->n_refused == MAX_REFUSED)
		return;
	const refused_weights *refused = refused_weights_of(example);
	if (!path)
		builder->out_of_memory = true;
	else if (n == 1)
		pt_fail(&tree->refused[tree->n_refused++], refused->code, path, -1, "%s", refused->advice);
	else
		pt_fail(&tree->refused[tree->n_refused++], refused->code, path, -1, "and %zu more like it: %s", n - 1,
			refused->advice);
}

/* The names of checkpoints in a listed directory: those that are not known yet are to be looked into. */
static void note_checkpoints(scan_builder *builder, const directory_list *list, const char *directory)
{
	note_refused(builder, list, directory);
	for (size_t i = 0; i < list->n && !builder->out_of_memory; i++) {
		const directory_name *name = &list->names[i];
		checkpoint_name found;
		pt_status status = checkpoint_name_read(directory, name->name, &found);
		if (status != PT_ERR_NOT_FOUND && is_of_its_kind(name, &found) &&
			!note_checkpoint(builder, directory, name->name, status, &found))
			builder->out_of_memory = true;
	}
}

static void add_logs(scan_builder *builder, const directory_list *list, const char *directory)
{
	for (size_t i = 0; i < list->n; i++) {
		pt_log_kind kind;
		if (pt_log_kind_of_name(list->names[i].name, &kind) &&
			(kind != PT_LOG_TRAINER_STATE || *directory == '\0'))
			add_log(builder, list, directory, list->names[i].name, kind);
	}
}

static bool is_over_limit(scan_builder *builder, const char *path)
{
	scan_tree *tree = &builder->tree;
	if (tree->n_directories < PT_SCAN_MAX_DIRECTORIES)
		return false;
	if (!tree->told_limit) {
		pt_error problem;
		pt_fail(&problem, PT_ERR_LIMIT, path, -1, "more than %d directories: logs from here on are not found",
			PT_SCAN_MAX_DIRECTORIES);
		add_problem(builder, &problem);
	}
	tree->told_limit = true;
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

/* Is a directory of that name a checkpoint, or final weights where those lie? */
static bool is_checkpoint_name(const char *directory, const char *name)
{
	checkpoint_name found;
	bool is_holding = *directory == '\0' || strcmp(directory, PT_SCAN_CONTAINER) == 0;
	return checkpoint_name_read(directory, name, &found) != PT_ERR_NOT_FOUND && !found.is_file &&
		   (is_holding || !found.is_unnumbered);
}

static void enqueue_directories(scan_builder *builder, directory_queue *queue, const directory_list *list,
	const char *directory, int depth)
{
	for (size_t i = 0; i < list->n && depth <= PT_SCAN_LOG_DEPTH; i++) {
		const directory_name *name = &list->names[i];
		if (is_passed_over(name->name) || is_checkpoint_name(directory, name->name) ||
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
static void look_below(scan_builder *builder, directory_queue *queue, const pending_directory *at)
{
	directory_list list;
	pt_error problem;
	if (is_over_limit(builder, at->path))
		return;
	scan_look_into(builder, at->path, NULL);
	pt_status status =
		directory_list_open(builder->run_fd, at->path, false, builder->scratch, &list, &problem);
	if (status == PT_ERR_MEMORY)
		builder->out_of_memory = true;
	/* unreadable and vanished directories below a run are no news: nothing is known to be in them */
	if (status != PT_OK)
		return;
	builder->tree.n_directories++;
	bool is_container = strcmp(at->path, PT_SCAN_CONTAINER) == 0;
	if (is_container)
		note_checkpoints(builder, &list, at->path);
	if (is_container || !has_checkpoints(&list)) {
		add_logs(builder, &list, at->path);
		enqueue_directories(builder, queue, &list, at->path, at->depth + 1);
	}
	directory_list_close(&list);
}

static void look_at_tree(scan_builder *builder, const directory_list *run)
{
	directory_queue queue = {0};
	builder->tree.n_directories = 1;
	note_checkpoints(builder, run, "");
	add_logs(builder, run, "");
	enqueue_directories(builder, &queue, run, "", 1);
	while (queue.next < queue.n && !builder->out_of_memory) {
		pending_directory at = queue.items[queue.next++];
		look_below(builder, &queue, &at);
	}
	pt_free(queue.items);
}

static void free_tree(scan_tree *tree)
{
	pt_arena_destroy(tree->arena);
	pt_free(tree->logs);
	pt_free(tree->problems);
	*tree = (scan_tree){0};
}

static void forget(kept_checkpoint *kept)
{
	pt_free(kept->look);
	kept->look = NULL;
	kept->is_dirty = kept->is_unclosed = false;
}

/* The listings are whole: they take the old ones' place, and what they do not name is gone. */
static void take_tree(scan_builder *builder)
{
	scan_memory *memory = builder->memory;
	free_tree(&memory->tree);
	memory->tree = builder->tree;
	builder->tree = (scan_tree){0};
	memory->is_tree_dirty = false;
	for (size_t i = 0; i < memory->n_checkpoints; i++)
		if (!memory->checkpoints[i]->is_listed)
			forget(memory->checkpoints[i]);
}

/* ---- the checkpoints ---- */

/* Something happened there, or what was seen holds for its moment only. */
static bool is_to_be_looked_at(const kept_checkpoint *kept)
{
	return kept->is_dirty || (kept->look && (kept->look->is_passing || kept->look->rescan_ns != INT64_MAX));
}

static void look_at_checkpoints(scan_builder *builder)
{
	scan_memory *memory = builder->memory;
	for (size_t i = 0; i < memory->n_checkpoints && !builder->out_of_memory; i++) {
		kept_checkpoint *kept = memory->checkpoints[i];
		if (!is_to_be_looked_at(kept))
			continue;
		checkpoint_look *look = scan_checkpoint(builder, kept);
		if (builder->out_of_memory)
			return;
		pt_free(kept->look);
		kept->look = look;
		kept->is_dirty = false;
		kept->round = memory->round;
	}
}

/* ---- the whole ---- */

static pt_status list_run(scan_builder *builder, const char *run, directory_list *list, pt_error *err)
{
	scan_memory *memory = builder->memory;
	for (size_t i = 0; i < memory->n_checkpoints; i++)
		memory->checkpoints[i]->is_listed = false;
	builder->tree.arena = pt_arena_create();
	if (!builder->tree.arena)
		return pt_fail(err, PT_ERR_MEMORY, run, -1, "out of memory");
	scan_look_into(builder, "", NULL);
	return directory_list_open(AT_FDCWD, run, true, builder->scratch, list, err);
}

static pt_status open_run(const char *run, directory_list *list, pt_error *err)
{
	int fd;
	do
		fd = open(run, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return pt_fail_errno(err, errno, run, "open the directory");
	*list = (directory_list){.fd = fd};
	return PT_OK;
}

static pt_status look(scan_builder *builder, const char *run, pt_error *err)
{
	directory_list list;
	bool is_listed = builder->memory->is_tree_dirty;
	pt_status status = is_listed ? list_run(builder, run, &list, err) : open_run(run, &list, err);
	if (status != PT_OK)
		return status;
	builder->run_fd = list.fd;
	if (is_listed)
		look_at_tree(builder, &list);
	if (is_listed && !builder->out_of_memory)
		take_tree(builder);
	if (!builder->out_of_memory)
		look_at_checkpoints(builder);
	directory_list_close(&list);
	if (builder->out_of_memory || !scan_memory_assemble(builder->memory))
		return pt_fail(err, PT_ERR_MEMORY, run, -1, "out of memory");
	return PT_OK;
}

pt_status scan_memory_look(scan_memory *memory, const char *run, const pt_scan_options *options,
	const scan_watcher *watcher, pt_error *err)
{
	scan_builder builder = {.memory = memory, .options = *options, .watcher = watcher};
	memory->round++;
	builder.scratch = pt_arena_create();
	pt_status status =
		builder.scratch ? look(&builder, run, err) : pt_fail(err, PT_ERR_MEMORY, run, -1, "out of memory");
	pt_arena_destroy(builder.scratch);
	free_tree(&builder.tree);
	memory->is_in_doubt = false;
	if (status != PT_OK)
		scan_memory_doubt_all(memory);
	for (size_t i = 0; status != PT_OK && status != PT_ERR_MEMORY && i < memory->n_checkpoints; i++)
		forget(memory->checkpoints[i]);
	return status;
}

pt_status pt_scan_run(const char *run, const pt_scan_options *options, pt_scan **scan, pt_error *err)
{
	scan_memory *memory = scan_memory_create();
	if (!memory)
		return pt_fail(err, PT_ERR_MEMORY, run, -1, "out of memory");
	pt_status status = scan_memory_look(memory, run, options, NULL, err);
	if (status == PT_OK)
		*scan = &memory->scan;
	else
		scan_memory_destroy(memory);
	return status;
}

void pt_scan_destroy(pt_scan *scan)
{
	scan_memory_destroy((scan_memory *)scan); /* it is its first member */
}
