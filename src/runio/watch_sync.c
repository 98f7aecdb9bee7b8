#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"

#include "run_watch_state.h"
#include "watch_trust.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_SCAN_ROUNDS = 8 };

/* Polled or not, and why, after a sync. */
static void settle_polling(pt_run_watch *watch, watch_target *target)
{
	bool is_asked_for = watch->options.mode == PT_WATCH_POLL;
	bool is_doubted = watch->options.mode == PT_WATCH_AUTO && target->is_untrusted;
	pt_watch_view *view = &target->view;
	view->polling = is_asked_for || watch->fd < 0 || target->watch_failed || is_doubted;
	if (!view->polling)
		target->next_sweep_ms = INT64_MAX;
	else if (target->next_sweep_ms == INT64_MAX)
		target->next_sweep_ms = pt_clock_monotonic_ms(&watch->options.clock) + watch->options.sweep_ms;
}

static void say_problem(pt_run_watch *watch, watch_target *target, const char *what)
{
	pt_fail(&target->view.problem, PT_ERR_WATCH, target->path, -1, "%s: looking every %g s instead", what,
		(double)watch->options.sweep_ms / 1000.0);
}

static void say_errno(pt_run_watch *watch, watch_target *target, int errnum)
{
	const char *what = errnum == ENOSPC   ? "no inotify watches left (fs.inotify.max_user_watches)"
					   : errnum == EMFILE ? "no inotify instances left (fs.inotify.max_user_instances)"
										  : strerror(errnum);
	say_problem(watch, target, what);
}

/* One sync: the target's new listeners, and what became of it. */
typedef struct syncing {
	pt_run_watch *watch;
	size_t index;
	watch_target *target;
	watch_table fresh;
	bool added, out_of_memory;
	int failure; /* errno of the first watch that failed for good */
} syncing;

static void listen(syncing *sync, const char *path, watch_role role, const char *name)
{
	uint32_t mask = run_watch_role_mask(role);
	if (sync->watch->fd < 0 || sync->out_of_memory)
		return;
	int wd = run_watch_kernel_add(sync->watch, path, mask, false);
	if (wd < 0) {
		/* Vanished: the scan and its parent's watch tell. Not readable: a chmod shows in its parent; above
		   the run it is not needed. All else, want of watches above all, means polling. */
		bool is_vanished = errno == ENOENT || errno == ENOTDIR;
		bool is_private = errno == EACCES || errno == EPERM || errno == ELOOP;
		sync->added |= is_vanished && role != ROLE_ANCESTOR;
		if (!is_vanished && !is_private && !sync->failure)
			sync->failure = errno;
		return;
	}
	if (!watch_table_listens(&sync->watch->table, wd, sync->index, role, mask))
		sync->added = true;
	const watch_listener listener = {
		wd, sync->index, role, mask, false, (char *)(uintptr_t)path, (char *)(uintptr_t)name};
	if (!watch_table_add(&sync->fresh, &listener))
		sync->out_of_memory = true;
}

static bool is_directory(const char *path, struct stat *record)
{
	return stat(path, record) == 0 && S_ISDIR(record->st_mode);
}

/* Watch what lies above: the nearest existing parent for a name to come (where `path` is missing or a link),
 * and every directory above for being moved away. */
static void listen_above(syncing *sync, bool is_missing)
{
	size_t n = strlen(sync->target->absolute) + 3;
	char *path = pt_array_alloc(n, 1);
	struct stat record;
	const char *last;
	if (!path) {
		sync->out_of_memory = true;
		return;
	}
	memcpy(path, sync->target->absolute, n - 3);
	bool wants_name = is_missing || (lstat(path, &record) == 0 && S_ISLNK(record.st_mode));
	while (watch_path_pop(path, &last)) {
		if (wants_name && !is_directory(path, &record))
			continue;
		if (wants_name)
			listen(sync, path, ROLE_PARENT, last);
		else
			listen(sync, path, ROLE_ANCESTOR, NULL);
		wants_name = false;
	}
	pt_free(path);
}

static void listen_below(syncing *sync, size_t n_directories, const pt_scan_directory *directories)
{
	for (size_t i = 0; i < n_directories && !sync->out_of_memory; i++) {
		const char *below = directories[i].path;
		size_t n_path = strlen(sync->target->absolute), n_below = strlen(below);
		char *path = pt_array_alloc(n_path + n_below + 2, 1);
		if (!path) {
			sync->out_of_memory = true;
			return;
		}
		memcpy(path, sync->target->absolute, n_path);
		if (n_below > 0) {
			path[n_path] = '/';
			memcpy(path + n_path + 1, below, n_below);
		}
		listen(sync, path, directories[i].is_checkpoint ? ROLE_CHECKPOINT : ROLE_TREE, NULL);
		pt_free(path);
	}
}

/* Is the path there, gone, or another directory than before? */
static void note_presence(syncing *sync)
{
	watch_target *target = sync->target;
	pt_watch_view *view = &target->view;
	struct stat record;
	bool is_there = is_directory(target->absolute, &record);
	bool was_there = target->directory.present;
	if (is_there) {
		pt_file_identity now = pt_file_identity_of(&record);
		bool is_other = was_there && (now.dev != target->directory.dev || now.ino != target->directory.ino);
		view->n_recreated += is_other || view->removed;
		target->directory = now;
		const char *type = untrusted_file_system(
			sync->watch->options.calls.file_system(sync->watch->options.calls.context, target->absolute));
		target->is_untrusted = type != NULL;
		if (type && sync->watch->options.mode == PT_WATCH_AUTO) {
			char what[96];
			pt_text text = pt_text_over(what, sizeof what);
			pt_text_addf(&text, "file events on %s are not to be trusted", type);
			say_problem(sync->watch, target, what);
		}
	}
	view->missing = !is_there;
	view->removed = !is_there && was_there;
}

/* Take over the new listeners; give watches back that nobody needs, and narrow those that need less. */
static bool exchange_listeners(syncing *sync)
{
	pt_run_watch *watch = sync->watch;
	const pt_watch_calls *calls = &watch->options.calls;
	watch_table old = {0};
	if (!pt_array_reserve((void **)&old.items, &old.capacity, watch->table.n, sizeof *old.items) ||
		!pt_array_reserve((void **)&watch->table.items, &watch->table.capacity,
			watch->table.n + sync->fresh.n, sizeof *watch->table.items)) {
		pt_free(old.items);
		return false;
	}
	for (size_t i = 0; i < watch->table.n; i++)
		if (watch->table.items[i].target == sync->index && !watch->table.items[i].is_dead) {
			old.items[old.n] = watch->table.items[i];
			old.items[old.n].mask = watch_table_mask(&watch->table, old.items[old.n].wd);
			old.n++;
		}
	watch_table_remove_target(&watch->table, sync->index); /* frees the texts of `old` too */
	if (!watch_table_merge(&watch->table, &sync->fresh)) {
		pt_free(old.items);
		return false;
	}
	for (size_t i = 0; i < old.n; i++) {
		int wd = old.items[i].wd;
		uint32_t mask = watch_table_mask(&watch->table, wd);
		size_t first;
		if (i > 0 && old.items[i - 1].wd == wd)
			continue;
		if (mask == 0) {
			calls->remove(calls->context, watch->fd, wd);
		} else if ((old.items[i].mask & ~mask) && watch_table_find(&watch->table, wd, &first) > 0) {
			const char *path = watch->table.items[first].path;
			if (run_watch_kernel_add(watch, path, mask, true) != wd)
				sync->added = true; /* another directory by now: look again */
		}
	}
	pt_free(old.items);
	return true;
}

static void retry_inotify(pt_run_watch *watch)
{
	if (watch->options.mode == PT_WATCH_POLL || watch->fd >= 0)
		return;
	run_watch_open(watch);
	if (watch->fd >= 0)
		run_watch_mark_all(watch); /* every target has to say again what it listens to */
}

pt_status pt_run_watch_sync(pt_run_watch *watch, size_t target, size_t n_directories,
	const pt_scan_directory *directories, bool *added, pt_error *err)
{
	syncing sync = {.watch = watch, .index = target, .target = &watch->targets[target]};
	retry_inotify(watch);
	sync.target->view.problem = (pt_error){.code = PT_OK, .offset = -1};
	note_presence(&sync);
	listen_below(&sync, sync.target->view.missing ? 0 : n_directories, directories);
	listen_above(&sync, sync.target->view.missing || n_directories == 0);
	if (sync.out_of_memory || !exchange_listeners(&sync)) {
		watch_table_fini(&sync.fresh);
		return pt_fail(err, PT_ERR_MEMORY, sync.target->path, -1, "out of memory");
	}
	watch_table_fini(&sync.fresh);
	sync.target->watch_failed = sync.failure != 0;
	if (sync.failure)
		say_errno(watch, sync.target, sync.failure);
	else if (watch->fd < 0 && watch->options.mode != PT_WATCH_POLL)
		say_errno(watch, sync.target, watch->init_errno);
	settle_polling(watch, sync.target);
	if (added)
		*added = sync.added;
	return PT_OK;
}

void pt_run_watch_drop(pt_run_watch *watch, size_t target)
{
	watch_target *dropped = &watch->targets[target];
	syncing sync = {.watch = watch, .index = target, .target = dropped};
	if (!exchange_listeners(&sync)) /* out of memory: the watches stay, their events find nobody */
		watch_table_remove_target(&watch->table, target);
	pt_free(dropped->path);
	pt_free(dropped->absolute);
	*dropped = (watch_target){.next_sweep_ms = INT64_MAX, .unclosed_until_ms = INT64_MAX};
}

/* ---- scan and watch ---- */

pt_status pt_run_watch_scan(
	pt_run_watch *watch, size_t target, const pt_scan_options *options, pt_scan **scan, pt_error *err)
{
	for (int round = 1;; round++) {
		bool added = false;
		pt_scan *found = NULL;
		pt_status status = pt_scan_run(watch->targets[target].path, options, &found, err);
		if (status == PT_ERR_MEMORY)
			return status;
		pt_status synced = pt_run_watch_sync(watch, target, found ? found->n_directories : 0,
			found ? found->directories : NULL, &added, status == PT_OK ? err : NULL);
		if (synced != PT_OK) {
			pt_scan_destroy(found);
			return synced;
		}
		if (added && round < MAX_SCAN_ROUNDS) {
			pt_scan_destroy(found);
			continue;
		}
		if (added) /* directories come faster than we look: go on at the next turn */
			pt_run_watch_mark(watch, target);
		if (status == PT_OK)
			*scan = found;
		return status;
	}
}

pt_status pt_run_watch_scan_workspace(
	pt_run_watch *watch, size_t target, pt_workspace **workspace, pt_error *err)
{
	for (int round = 1;; round++) {
		bool added = false;
		pt_workspace *found = NULL;
		pt_status status = pt_workspace_scan(watch->targets[target].path, &found, err);
		if (status == PT_ERR_MEMORY)
			return status;
		pt_status synced = pt_run_watch_sync(watch, target, found ? found->n_directories : 0,
			found ? found->directories : NULL, &added, status == PT_OK ? err : NULL);
		if (synced != PT_OK) {
			pt_workspace_destroy(found);
			return synced;
		}
		if (added && round < MAX_SCAN_ROUNDS) {
			pt_workspace_destroy(found);
			continue;
		}
		if (added)
			pt_run_watch_mark(watch, target);
		if (status == PT_OK)
			*workspace = found;
		return status;
	}
}
