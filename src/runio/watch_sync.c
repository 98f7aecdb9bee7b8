#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"

#include "run_watch_state.h"
#include "watch_trust.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_ROUNDS = 8 };

/* One look at a target, with what has to be listened to. */
typedef struct syncing {
	pt_run_watch *watch;
	size_t index;
	watch_target *target;
	uint64_t round;
	bool is_tree;   /* all is asked for again but what belongs to checkpoints that are not looked at */
	bool added;     /* a listener was new */
	bool is_unsure; /* something vanished or changed under us: look again */
	bool out_of_memory;
	int failure; /* errno of the first watch that failed for good */
} syncing;

static syncing begin(pt_run_watch *watch, size_t target)
{
	return (syncing){
		.watch = watch, .index = target, .target = &watch->targets[target], .round = ++watch->round};
}

/* ---- polled or not, and why ---- */

static void say_problem(syncing *sync, const char *what)
{
	pt_fail(&sync->target->view.problem, PT_ERR_WATCH, sync->target->path, -1,
		"%s: looking every %g s instead", what, (double)sync->watch->options.sweep_ms / 1000.0);
}

static void say_errno(syncing *sync, int errnum)
{
	const char *what = errnum == ENOSPC   ? "no inotify watches left (fs.inotify.max_user_watches)"
					   : errnum == EMFILE ? "no inotify instances left (fs.inotify.max_user_instances)"
										  : strerror(errnum);
	say_problem(sync, what);
}

static const char *why_failed(int errnum)
{
	return errnum == ENOSPC   ? "inotify: no watches left"
		   : errnum == EMFILE ? "inotify: no instances left"
							  : "inotify failed";
}

static const char *why_polling(const pt_run_watch *watch, const watch_target *target)
{
	if (watch->options.mode == PT_WATCH_POLL)
		return "asked for";
	if (watch->fd < 0)
		return why_failed(watch->init_errno);
	if (target->failure)
		return why_failed(target->failure);
	return watch->options.mode == PT_WATCH_AUTO && target->untrusted ? target->untrusted : "";
}

static void settle_polling(syncing *sync)
{
	pt_run_watch *watch = sync->watch;
	watch_target *target = sync->target;
	if (sync->failure)
		target->failure = sync->failure;
	if (target->failure)
		say_errno(sync, target->failure);
	else if (watch->fd < 0 && watch->options.mode != PT_WATCH_POLL)
		say_errno(sync, watch->init_errno);
	target->view.why_polling = why_polling(watch, target);
	target->view.polling = target->view.why_polling[0] != '\0';
	if (!target->view.polling)
		target->next_sweep_ms = INT64_MAX;
	else if (target->next_sweep_ms == INT64_MAX)
		target->next_sweep_ms = pt_clock_monotonic_ms(&watch->options.clock) + watch->options.sweep_ms;
}

/* ---- listening ---- */

static void listen(syncing *sync, const char *path, watch_role role, const char *name, kept_checkpoint *owner)
{
	pt_run_watch *watch = sync->watch;
	uint32_t mask = run_watch_role_mask(role);
	if (watch->fd < 0 || sync->out_of_memory)
		return;
	int wd = run_watch_kernel_add(watch, path, mask, false);
	if (wd < 0) {
		/* Vanished: the look and its parent's watch tell. Not readable: a chmod shows in its parent; above
		   the run it is not needed. All else, want of watches above all, means polling. */
		bool is_vanished = errno == ENOENT || errno == ENOTDIR;
		bool is_private = errno == EACCES || errno == EPERM || errno == ELOOP;
		sync->is_unsure |= is_vanished && role != ROLE_ANCESTOR && role != ROLE_CHECKPOINT;
		if (!is_vanished && !is_private && !sync->failure)
			sync->failure = errno;
		return;
	}
	const watch_listener wanted = {wd, sync->index, role, mask, false, owner, sync->round,
		(char *)(uintptr_t)path, (char *)(uintptr_t)name};
	watch_listener *same = watch_table_same(&watch->table, &wanted);
	if (same) {
		same->round = sync->round;
		return;
	}
	sync->added = true;
	if (!watch_table_add(&watch->table, &wanted))
		sync->out_of_memory = true;
}

static bool is_directory(const char *path, struct stat *record)
{
	return stat(path, record) == 0 && S_ISDIR(record->st_mode);
}

/* Watch what lies above: the nearest existing parent for a name to come (where `path` is missing or a link),
 * and every directory above for being moved away. */
static void listen_above_once(syncing *sync, bool is_missing)
{
	char path[PATH_MAX + 2];
	struct stat record;
	const char *last;
	size_t n = strlen(sync->target->absolute) + 1;
	if (n > PATH_MAX)
		return; /* nothing can be there */
	memcpy(path, sync->target->absolute, n);
	bool wants_name = is_missing || (lstat(path, &record) == 0 && S_ISLNK(record.st_mode));
	while (watch_path_pop(path, &last)) {
		if (wants_name && !is_directory(path, &record))
			continue;
		if (wants_name)
			listen(sync, path, ROLE_PARENT, last, NULL);
		else
			listen(sync, path, ROLE_ANCESTOR, NULL, NULL);
		wants_name = false;
	}
}

/* Until all of it was watched already: only then is what is watched what lies above now. */
static void listen_above(syncing *sync, bool is_missing)
{
	bool added_before = sync->added;
	for (int i = 0; i < MAX_ROUNDS && !sync->out_of_memory; i++) {
		sync->added = false;
		listen_above_once(sync, is_missing);
		if (!sync->added)
			break;
		added_before = true;
	}
	sync->added = added_before;
}

/* A directory of the target, `below` "" being its own. */
static void listen_below(syncing *sync, const char *below, kept_checkpoint *owner)
{
	char path[PATH_MAX];
	pt_text text = pt_text_over(path, sizeof path);
	pt_text_addf(&text, "%s%s%s", sync->target->absolute, *below ? "/" : "", below);
	if (!text.cut)
		listen(sync, path, owner ? ROLE_CHECKPOINT : ROLE_TREE, NULL, owner);
	else if (!sync->failure)
		sync->failure = ENAMETOOLONG;
}

/* Is the path there, gone, or another directory than before? */
static void note_presence(syncing *sync)
{
	watch_target *target = sync->target;
	const pt_watch_calls *calls = &sync->watch->options.calls;
	pt_watch_view *view = &target->view;
	struct stat record;
	bool is_there = is_directory(target->absolute, &record);
	bool was_there = target->directory.present;
	if (is_there) {
		pt_file_identity now = pt_file_identity_of(&record);
		bool is_other = was_there && (now.dev != target->directory.dev || now.ino != target->directory.ino);
		view->n_recreated += is_other || view->removed;
		target->directory = now;
		const watch_distrust *distrust =
			untrusted_file_system(calls->file_system(calls->context, target->absolute));
		target->untrusted = distrust ? distrust->kind : NULL;
		if (distrust && sync->watch->options.mode == PT_WATCH_AUTO) {
			char what[96];
			pt_text text = pt_text_over(what, sizeof what);
			pt_text_addf(&text, "file events on %s are not to be trusted", distrust->name);
			say_problem(sync, what);
		}
	}
	view->missing = !is_there;
	view->removed = !is_there && was_there;
}

/* ---- letting go ---- */

/* Was this look to ask for it again, and did not? */
static bool is_given_up(const syncing *sync, const watch_listener *listener)
{
	const scan_memory *memory = sync->target->memory;
	if (listener->target != sync->index)
		return false;
	if (memory && listener->owner && scan_memory_is_gone(listener->owner))
		return true; /* though it was there when this look began */
	if (listener->round == sync->round)
		return false;
	if (!listener->owner || !memory)
		return sync->is_tree;
	return listener->is_dead || listener->owner->round == memory->round;
}

/* Give a watch back that nobody needs any more, or narrow one of which less is needed. */
static void narrow(syncing *sync, uint32_t before, const watch_listener *left, size_t n_left, int wd)
{
	pt_run_watch *watch = sync->watch;
	uint32_t mask = watch_table_mask(left, n_left);
	if (watch->fd < 0)
		return;
	if (mask == 0 && before != 0)
		watch->options.calls.remove(watch->options.calls.context, watch->fd, wd);
	else if ((before & ~mask) && run_watch_kernel_add(watch, left->path, mask, true) != wd)
		sync->is_unsure = true; /* another directory is at the path by now */
}

/* Drop the listeners that this look did not ask for. They lie by watch: one watch after the other. */
static void let_go(syncing *sync)
{
	watch_table *table = &sync->watch->table;
	size_t n = 0;
	for (size_t i = 0, end; i < table->n; i = end) {
		const int wd = table->items[i].wd;
		const size_t first = n;
		for (end = i + 1; end < table->n && table->items[end].wd == wd; end++)
			;
		uint32_t before = watch_table_mask(&table->items[i], end - i);
		for (size_t k = i; k < end; k++) {
			if (is_given_up(sync, &table->items[k]))
				watch_listener_fini(&table->items[k]);
			else
				table->items[n++] = table->items[k];
		}
		if (n - first < end - i)
			narrow(sync, before, &table->items[first], n - first, wd);
	}
	table->n = n;
	if (sync->target->memory)
		scan_memory_drop_gone(sync->target->memory);
}

void pt_run_watch_drop(pt_run_watch *watch, size_t target)
{
	syncing sync = begin(watch, target);
	scan_memory_destroy(sync.target->memory);
	sync.target->memory = NULL;
	sync.is_tree = true;
	let_go(&sync);
	pt_free(sync.target->path);
	pt_free(sync.target->absolute);
	*sync.target = (watch_target){.next_sweep_ms = INT64_MAX, .unclosed_until_ms = INT64_MAX};
}

/* ---- scan and watch ---- */

static void retry_inotify(pt_run_watch *watch)
{
	if (watch->options.mode == PT_WATCH_POLL || watch->fd >= 0)
		return;
	run_watch_open(watch);
	if (watch->fd >= 0)
		run_watch_mark_all(watch); /* every target has to say again what it listens to */
}

static void doubt_watching(watch_target *target)
{
	target->failure = 0;
	target->view.problem = (pt_error){.code = PT_OK, .offset = -1};
}

static void look_into(void *context, const char *path, kept_checkpoint *owner)
{
	listen_below(context, path, owner);
}

/* Each directory is watched before it is looked into, from above to below: what happens after the look is
 * told by an event, and nothing has to be looked at twice. */
static pt_status scan_once(syncing *sync, const pt_scan_options *options, pt_error *err)
{
	const scan_watcher watcher = {sync, look_into};
	watch_target *target = sync->target;
	scan_memory *memory = target->memory;
	struct stat record;
	if (memory->is_in_doubt)
		doubt_watching(target);
	sync->is_tree = memory->is_tree_dirty;
	if (sync->is_tree) {
		listen_above(sync, !is_directory(target->absolute, &record));
		note_presence(sync);
	}
	sync->is_unsure = sync->added = false;
	pt_status status = scan_memory_look(memory, target->path, options, &watcher, err);
	if (status == PT_OK || status == PT_ERR_MEMORY)
		return status;
	/* not there, or not to be listed: its name is waited for; it may have come before that was watched */
	sync->is_tree = true;
	sync->is_unsure = sync->added = false;
	listen_above(sync, true);
	note_presence(sync);
	sync->is_unsure |= sync->added;
	return status;
}

pt_status pt_run_watch_scan(
	pt_run_watch *watch, size_t target, const pt_scan_options *options, const pt_scan **scan, pt_error *err)
{
	watch_target *looked_at = &watch->targets[target];
	retry_inotify(watch);
	if (!looked_at->memory && !(looked_at->memory = scan_memory_create()))
		return pt_fail(err, PT_ERR_MEMORY, looked_at->path, -1, "out of memory");
	if (looked_at->failure) /* some directory is not watched: no event tells, and it may be watched now */
		scan_memory_doubt_all(looked_at->memory);
	for (int round = 1;; round++) {
		syncing sync = begin(watch, target);
		pt_status status = scan_once(&sync, options, err);
		if (sync.out_of_memory && status != PT_ERR_MEMORY)
			status = pt_fail(err, PT_ERR_MEMORY, looked_at->path, -1, "out of memory");
		if (status == PT_ERR_MEMORY) {
			pt_run_watch_mark(watch, target);
			return status;
		}
		let_go(&sync);
		settle_polling(&sync);
		if (sync.is_unsure) {
			scan_memory_doubt_all(looked_at->memory);
			if (round < MAX_ROUNDS)
				continue;
			pt_run_watch_mark(watch, target); /* it changes faster than we look: go on at the next turn */
		}
		if (status == PT_OK)
			*scan = &looked_at->memory->scan;
		return status;
	}
}

static void sync_workspace(syncing *sync, const pt_workspace *found)
{
	doubt_watching(sync->target);
	note_presence(sync);
	bool is_there = !sync->target->view.missing && found;
	for (size_t i = 0; is_there && i < found->n_directories; i++)
		listen_below(sync, found->directories[i], NULL);
	listen_above(sync, !is_there);
	sync->is_tree = true;
}

pt_status pt_run_watch_scan_workspace(
	pt_run_watch *watch, size_t target, pt_workspace **workspace, pt_error *err)
{
	retry_inotify(watch);
	for (int round = 1;; round++) {
		syncing sync = begin(watch, target);
		pt_workspace *found = NULL;
		pt_status status = pt_workspace_scan(watch->targets[target].path, &found, err);
		if (status == PT_ERR_MEMORY)
			return status;
		sync_workspace(&sync, found);
		if (sync.out_of_memory) {
			pt_workspace_destroy(found);
			return pt_fail(err, PT_ERR_MEMORY, sync.target->path, -1, "out of memory");
		}
		let_go(&sync);
		settle_polling(&sync);
		bool is_new = sync.added || sync.is_unsure;
		if (is_new && round < MAX_ROUNDS) {
			pt_workspace_destroy(found);
			continue;
		}
		if (is_new) /* directories come faster than we look: go on at the next turn */
			pt_run_watch_mark(watch, target);
		if (status == PT_OK)
			*workspace = found;
		return status;
	}
}
