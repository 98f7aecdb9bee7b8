#include "phasetop/runio/run_watch.h"

#include "phasetop/base/alloc.h"

#include "run_watch_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

/* What each role asks the kernel for. IN_MODIFY is for logs, appended to by a process that keeps them open,
 * and for truncate(2), which closes nothing; else a checkpoint's files are news when they are closed or
 * renamed. */
static const uint32_t role_masks[] = {
	[ROLE_ANCESTOR] = IN_MOVE_SELF | IN_DELETE_SELF,
	[ROLE_PARENT] =
		IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF,
	[ROLE_TREE] = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_CLOSE_WRITE |
				  IN_MODIFY | IN_MOVE_SELF | IN_DELETE_SELF,
	[ROLE_CHECKPOINT] = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_CLOSE_WRITE |
						IN_MODIFY | IN_MOVE_SELF | IN_DELETE_SELF,
};
_Static_assert(sizeof role_masks / sizeof role_masks[0] == N_WATCH_ROLES, "a mask for every role");

enum {
	MAX_READS_A_DRAIN = 64,
	READ_BYTES = 64 * 1024,
	/* kinds of events: of the watched directory itself, and of what is in a file of it */
	OWN = IN_MOVE_SELF | IN_DELETE_SELF | IN_UNMOUNT | IN_IGNORED,
	WRITTEN = IN_MODIFY | IN_CLOSE_WRITE
};

/* ---- the system's calls ---- */

static int system_init(void *context)
{
	(void)context;
	return inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
}

static int system_add(void *context, int fd, const char *path, uint32_t mask)
{
	(void)context;
	return inotify_add_watch(fd, path, mask);
}

static int system_remove(void *context, int fd, int wd)
{
	(void)context;
	return inotify_rm_watch(fd, wd);
}

static ssize_t system_read(void *context, int fd, void *bytes, size_t n)
{
	(void)context;
	return read(fd, bytes, n);
}

static int64_t system_file_system(void *context, const char *path)
{
	(void)context;
	struct statfs record;
	/* f_type is signed on some machines: CIFS's number would come out negative */
	return statfs(path, &record) == 0 ? (int64_t)(uint32_t)record.f_type : -1;
}

pt_watch_calls pt_watch_calls_system(void)
{
	return (pt_watch_calls){NULL, system_init, system_add, system_remove, system_read, system_file_system};
}

uint32_t run_watch_role_mask(watch_role role)
{
	return role_masks[role];
}

int run_watch_kernel_add(pt_run_watch *watch, const char *path, uint32_t mask, bool exact)
{
	const pt_watch_calls *calls = &watch->options.calls;
	uint32_t how = IN_ONLYDIR | (exact ? 0 : IN_MASK_ADD);
	return calls->add(calls->context, watch->fd, path, mask | how);
}

/* ---- life ---- */

void run_watch_open(pt_run_watch *watch)
{
	watch->fd = watch->options.calls.init(watch->options.calls.context);
	watch->init_errno = watch->fd < 0 ? errno : 0;
}

pt_status pt_run_watch_create(const pt_watch_options *options, pt_run_watch **watch, pt_error *err)
{
	pt_run_watch *made = pt_array_alloc(1, sizeof *made);
	char *buffer = pt_array_alloc(READ_BYTES, 1);
	if (!made || !buffer) {
		pt_free(made);
		pt_free(buffer);
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "out of memory");
	}
	made->options = *options;
	made->buffer = buffer;
	if (made->options.sweep_ms <= 0)
		made->options.sweep_ms = PT_WATCH_SWEEP_MS;
	made->fd = -1;
	if (options->mode != PT_WATCH_POLL)
		run_watch_open(made);
	*watch = made;
	return PT_OK;
}

static void forget_named(char **named, size_t n)
{
	for (size_t i = 0; named && i < n; i++)
		pt_free(named[i]);
	pt_free(named);
}

void pt_run_watch_destroy(pt_run_watch *watch)
{
	if (!watch)
		return;
	if (watch->fd >= 0)
		close(watch->fd);
	watch_table_fini(&watch->table);
	for (size_t i = 0; i < watch->n_targets; i++) {
		scan_memory_destroy(watch->targets[i].memory);
		pt_free(watch->targets[i].path);
		pt_free(watch->targets[i].absolute);
	}
	pt_free(watch->targets);
	pt_free(watch->buffer);
	forget_named(watch->named, watch->n_named);
	pt_free(watch);
}

pt_status pt_run_watch_name_logs(pt_run_watch *watch, const char *const *names, size_t n, pt_error *err)
{
	char **named = pt_array_alloc(n, sizeof *named);
	bool is_whole = named != NULL;
	for (size_t i = 0; i < n && is_whole; i++)
		is_whole = (named[i] = pt_text_copy(names[i], strlen(names[i]))) != NULL;
	if (!is_whole) {
		forget_named(named, n);
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory");
	}
	forget_named(watch->named, watch->n_named);
	watch->named = named;
	watch->n_named = n;
	return PT_OK;
}

pt_status pt_run_watch_add(pt_run_watch *watch, const char *path, size_t *target, pt_error *err)
{
	watch_target made = {.next_sweep_ms = INT64_MAX, .unclosed_until_ms = INT64_MAX};
	pt_status status = watch_path_absolute(path, &made.absolute, err);
	if (status != PT_OK)
		return status;
	made.path = pt_text_copy(path, strlen(path));
	if (!made.path || !pt_array_reserve((void **)&watch->targets, &watch->targets_capacity,
						  watch->n_targets + 1, sizeof made)) {
		pt_free(made.path);
		pt_free(made.absolute);
		return pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
	}
	made.view = (pt_watch_view){.tree_dirty = true,
		.logs_dirty = true,
		.missing = true,
		.why_polling = "",
		.last_event_monotonic_ms = INT64_MIN,
		.problem = {.code = PT_OK, .offset = -1}};
	watch->targets[watch->n_targets] = made;
	*target = watch->n_targets++;
	return PT_OK;
}

size_t pt_run_watch_n_targets(const pt_run_watch *watch)
{
	return watch->n_targets;
}

const pt_watch_view *pt_run_watch_view(const pt_run_watch *watch, size_t target)
{
	return watch->targets[target].path ? &watch->targets[target].view : NULL;
}

int pt_run_watch_fd(const pt_run_watch *watch)
{
	return watch->fd;
}

void pt_run_watch_clear(pt_run_watch *watch, size_t target)
{
	watch->targets[target].view.tree_dirty = watch->targets[target].view.logs_dirty = false;
}

void pt_run_watch_mark(pt_run_watch *watch, size_t target)
{
	watch_target *marked = &watch->targets[target];
	marked->view.tree_dirty = marked->view.logs_dirty = true;
	if (marked->memory)
		scan_memory_doubt_all(marked->memory);
}

void run_watch_mark_all(pt_run_watch *watch)
{
	int64_t now_ms = pt_clock_monotonic_ms(&watch->options.clock);
	for (size_t i = 0; i < watch->n_targets; i++) {
		pt_run_watch_mark(watch, i);
		watch->targets[i].view.last_event_monotonic_ms = now_ms;
	}
}

/* ---- events ---- */

/* The listened directory's path in the target: "" is the run itself. */
static const char *below_target(const watch_target *target, const watch_listener *listener)
{
	const char *below = listener->role == ROLE_TREE ? listener->path + strlen(target->absolute) : "";
	return below + (*below == '/');
}

/* Where checkpoints lie: the run itself or its checkpoints/. */
static bool holds_checkpoints(const char *below)
{
	return *below == '\0' || strcmp(below, PT_SCAN_CONTAINER) == 0;
}

/* The checkpoint that an event is about: the directory's, or the file of that name; NULL: none that is known.
 */
static kept_checkpoint *checkpoint_of(watch_target *target, const watch_listener *listener, const char *name)
{
	char path[2 * 256];
	checkpoint_name found;
	if (listener->role != ROLE_TREE || !target->memory)
		return listener->owner;
	const char *below = below_target(target, listener);
	if (!holds_checkpoints(below) || checkpoint_name_read(below, name, &found) != PT_OK || !found.is_file)
		return NULL;
	int n = snprintf(path, sizeof path, "%s%s%s", below, *below ? "/" : "", name);
	return n > 0 && (size_t)n < sizeof path ? scan_memory_at(target->memory, path, &found) : NULL;
}

/* A file that is read whole was written to. Reading it now would find it half written; it is news when it is
 * closed, or when nothing more has come for a sweep's time (truncate(2), a writer that never closes).
 * @return  weights or a config, which were not known to be open: what was seen of them is no longer right */
static bool note_unclosed(watch_target *target, const watch_listener *listener,
	const struct inotify_event *event, const char *name, int64_t until_ms)
{
	kept_checkpoint *kept = checkpoint_of(target, listener, name);
	bool is_read = is_weights_or_config(name), is_news = kept && is_read && !kept->is_unclosed;
	if (kept && is_read)
		kept->is_unclosed = true;
	else if (kept)
		kept->is_other_unclosed = true;
	else if (target->memory)
		target->memory->is_shared_unclosed = true;
	bool is_first = target->unclosed_until_ms == INT64_MAX;
	bool is_same = target->unclosed_wd == event->wd && strcmp(target->unclosed_name, name) == 0;
	target->is_one_unclosed = is_first || (target->is_one_unclosed && is_same);
	target->unclosed_until_ms = until_ms;
	target->unclosed_wd = event->wd;
	memcpy(target->unclosed_name, name, strlen(name) + 1);
	return is_news;
}

static void note_closed(watch_target *target, const struct inotify_event *event, const char *name)
{
	if (target->is_one_unclosed && target->unclosed_wd == event->wd &&
		strcmp(target->unclosed_name, name) == 0)
		target->unclosed_until_ms = INT64_MAX;
}

typedef enum meaning { MEANS_NOTHING, MEANS_TREE, MEANS_LOGS, MEANS_UNCLOSED } meaning;

static bool is_named(const pt_run_watch *watch, const char *name)
{
	for (size_t i = 0; i < watch->n_named; i++)
		if (strcmp(watch->named[i], name) == 0)
			return true;
	return false;
}

/* What an event about a file in the run, or in a directory of it that is no checkpoint, means. */
static meaning meaning_in_tree(const pt_run_watch *watch, const watch_target *target,
	const watch_listener *listener, const struct inotify_event *event, const char *name)
{
	pt_log_kind kind;
	checkpoint_name checkpoint;
	const char *below = below_target(target, listener);
	bool is_log = pt_log_kind_of_name(name, &kind), is_asked = !is_log && is_named(watch, name);
	if (((is_log && kind != PT_LOG_TRAINER_STATE) || is_asked) && (event->mask & WRITTEN))
		return MEANS_LOGS; /* followed as it grows */
	is_log |= is_asked;
	bool is_holding = holds_checkpoints(below), is_written = event->mask & WRITTEN;
	bool is_name = checkpoint_name_read(below, name, &checkpoint) != PT_ERR_NOT_FOUND ||
				   (!is_written && refused_alone(name));
	/* below those a name makes a run of its own, whatever is in it; all other files are nothing to us */
	if (!is_log && !(is_name && (is_holding || !is_written)) && !(is_holding && is_weights_or_config(name)))
		return MEANS_NOTHING;
	return event->mask & IN_MODIFY ? MEANS_UNCLOSED : MEANS_TREE;
}

/* What an event means for one listener. */
static meaning meaning_of(const pt_run_watch *watch, const watch_target *target,
	const watch_listener *listener, const struct inotify_event *event, const char *name)
{
	if (event->mask & OWN)
		return MEANS_TREE;
	if (!(event->mask & listener->mask))
		return MEANS_NOTHING; /* asked for by another listener of the same directory */
	if (listener->role == ROLE_PARENT)
		return strcmp(name, listener->name) == 0 ? MEANS_TREE : MEANS_NOTHING;
	if (listener->role == ROLE_TREE && name[0] && !(event->mask & IN_ISDIR))
		return meaning_in_tree(watch, target, listener, event, name);
	return event->mask & IN_MODIFY ? MEANS_UNCLOSED : MEANS_TREE;
}

/* Where the next scan is to look for what happened. */
static void note_dirt(
	watch_target *target, const watch_listener *listener, const struct inotify_event *event, const char *name)
{
	scan_memory *memory = target->memory;
	if (!memory)
		return;
	if (listener->role == ROLE_CHECKPOINT) {
		listener->owner->is_dirty = true;
		return;
	}
	const char *below = below_target(target, listener);
	bool is_run = *below == '\0', is_holding = holds_checkpoints(below);
	bool is_about_container = strcmp(below, PT_SCAN_CONTAINER) == 0 || strcmp(name, PT_SCAN_CONTAINER) == 0;
	checkpoint_name found;
	if (listener->role != ROLE_TREE || (is_holding && (name[0] == '\0' || (event->mask & OWN))) ||
		(is_run && is_about_container)) {
		scan_memory_doubt_all(memory);
		return;
	}
	if (is_holding && checkpoint_name_read(below, name, &found) == PT_OK) {
		scan_memory_touch(memory, below, name);
		return;
	}
	if (is_holding && (is_weights_or_config(name) || strcmp(name, "trainer_state.json") == 0))
		scan_memory_touch_files(memory);
	if (!(event->mask & WRITTEN)) /* what is in a log is the log's reader's */
		memory->is_tree_dirty = true;
}

/* Weights or a config that were closed, replaced or taken away are not being written any more. */
static void note_settled(
	watch_target *target, const watch_listener *listener, const struct inotify_event *event, const char *name)
{
	const uint32_t ends = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;
	kept_checkpoint *kept =
		(event->mask & ends) && is_weights_or_config(name) ? checkpoint_of(target, listener, name) : NULL;
	if (kept)
		kept->is_unclosed = false;
}

static void take_event(pt_run_watch *watch, const watch_listener *listener, const struct inotify_event *event,
	const char *name, int64_t now_ms)
{
	watch_target *target = &watch->targets[listener->target];
	if (event->mask & IN_CLOSE_WRITE)
		note_closed(target, event, name);
	note_settled(target, listener, event, name);
	switch (meaning_of(watch, target, listener, event, name)) {
	case MEANS_NOTHING:
		return;
	case MEANS_UNCLOSED:
		if (!note_unclosed(target, listener, event, name, now_ms + watch->options.sweep_ms))
			return;
		note_dirt(target, listener, event, name);
		target->view.tree_dirty = true;
		break;
	case MEANS_TREE:
		note_dirt(target, listener, event, name);
		target->view.tree_dirty = true;
		break;
	case MEANS_LOGS:
		target->view.logs_dirty = true;
		break;
	}
	target->view.last_event_monotonic_ms = now_ms;
}

static void dispatch(pt_run_watch *watch, const struct inotify_event *event, const char *name, int64_t now_ms)
{
	if (event->mask & IN_Q_OVERFLOW) {
		run_watch_mark_all(watch);
		return;
	}
	size_t first;
	size_t n = watch_table_find(&watch->table, event->wd, &first);
	for (size_t i = first; i < first + n; i++) {
		watch_listener *listener = &watch->table.items[i];
		take_event(watch, listener, event, name, now_ms);
		if (event->mask & IN_IGNORED)
			listener->is_dead = true;
	}
}

/* Walk the records of one read; the kernel's lengths are checked all the same. */
static void dispatch_all(pt_run_watch *watch, const char *bytes, size_t n)
{
	int64_t now_ms = pt_clock_monotonic_ms(&watch->options.clock);
	struct inotify_event event;
	for (size_t at = 0; n - at >= sizeof event;) {
		memcpy(&event, bytes + at, sizeof event);
		at += sizeof event;
		if (event.len > n - at)
			break;
		char name[NAME_MAX + 1] = "";
		size_t n_name = event.len < sizeof name ? event.len : sizeof name - 1;
		memcpy(name, bytes + at, n_name);
		name[n_name] = '\0';
		at += event.len;
		dispatch(watch, &event, name, now_ms);
	}
}

/* All targets are polled from now on, until inotify can be had again. */
static void lose_inotify(pt_run_watch *watch, int errnum)
{
	close(watch->fd);
	watch->fd = -1;
	watch->init_errno = errnum;
	watch_table_fini(&watch->table);
	run_watch_mark_all(watch);
}

pt_status pt_run_watch_drain(pt_run_watch *watch, pt_error *err)
{
	const pt_watch_calls *calls = &watch->options.calls;
	/* bounded, so that a storm of events can't keep the caller here: the fd stays readable */
	for (int i = 0; watch->fd >= 0 && i < MAX_READS_A_DRAIN; i++) {
		ssize_t n = calls->read(calls->context, watch->fd, watch->buffer, READ_BYTES);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return PT_OK;
		if (n <= 0) {
			int errnum = n < 0 ? errno : EIO;
			lose_inotify(watch, errnum);
			return pt_fail_errno(err, errnum, NULL, "inotify");
		}
		dispatch_all(watch, watch->buffer, (size_t)n);
	}
	return PT_OK;
}

/* ---- sweeps ---- */

static int64_t due_ms(const watch_target *target)
{
	return target->unclosed_until_ms < target->next_sweep_ms ? target->unclosed_until_ms
															 : target->next_sweep_ms;
}

int64_t pt_run_watch_next_sweep_ms(const pt_run_watch *watch)
{
	int64_t next_ms = INT64_MAX;
	for (size_t i = 0; i < watch->n_targets; i++)
		if (watch->targets[i].path && due_ms(&watch->targets[i]) < next_ms)
			next_ms = due_ms(&watch->targets[i]);
	return next_ms;
}

void pt_run_watch_sweep(pt_run_watch *watch)
{
	int64_t now_ms = pt_clock_monotonic_ms(&watch->options.clock);
	for (size_t i = 0; i < watch->n_targets; i++) {
		watch_target *target = &watch->targets[i];
		if (!target->path || due_ms(target) > now_ms)
			continue;
		if (target->next_sweep_ms <= now_ms) {
			pt_run_watch_mark(watch, i);
			target->next_sweep_ms = now_ms + watch->options.sweep_ms;
		}
		if (target->memory)
			scan_memory_touch_unclosed(target->memory);
		target->view.tree_dirty = target->view.logs_dirty = true;
		target->unclosed_until_ms = INT64_MAX;
	}
}
