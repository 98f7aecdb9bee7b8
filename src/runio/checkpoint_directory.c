#include "scan_builder.h"

#include "phasetop/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

static const char ADAPTER_WEIGHTS[] = "adapter_model.safetensors";
static const char ADAPTER_CONFIG[] = "adapter_config.json";
static const char FULL_WEIGHTS[] = "model.safetensors";
static const char FULL_INDEX[] = "model.safetensors.index.json";

enum { MAX_PARTS = 64 };

/* The look into one directory. */
typedef struct directory_look {
	scan_builder *builder;
	const directory_list *list;
	const char *path; /* in the run */
	pt_checkpoint_entry entry;
	pt_checkpoint_part parts[MAX_PARTS];
} directory_look;

static char *text(scan_builder *builder, const char *from)
{
	char *copy = pt_arena_text(builder->arena, from);
	if (!copy)
		builder->out_of_memory = true;
	return copy;
}

static char *joined(scan_builder *builder, const char *directory, const char *name)
{
	char *path = scan_join(builder->arena, directory, name);
	if (!path)
		builder->out_of_memory = true;
	return path;
}

static void set_pending(directory_look *look, const char *before, const char *name, const char *after)
{
	char why[256];
	if (look->entry.readiness != PT_CHECKPOINT_READY)
		return; /* the first reason stands */
	pt_text out = pt_text_over(why, sizeof why);
	pt_text_addf(&out, "%s%s%s", before, name, after);
	look->entry.readiness = PT_CHECKPOINT_PENDING;
	look->entry.why = text(look->builder, why);
}

/* Never opened, and said why; also one line of the scan's problems. */
static void set_refused(directory_look *look, pt_status code, const char *name, const char *why)
{
	pt_error problem;
	char *path = joined(look->builder, look->path, name);
	look->entry.readiness = PT_CHECKPOINT_REFUSED;
	look->entry.code = code;
	pt_fail(&problem, code, path, -1, "%s: %s", name, why);
	look->entry.why = text(look->builder, problem.message);
	scan_add_problem(look->builder, &problem);
}

/* A file as it is now. An absent one, or a link to nothing, has present = false. */
static pt_file_identity identity_of(const directory_list *list, const char *name, bool *is_odd)
{
	struct stat record;
	*is_odd = false;
	if (!directory_stat(list, name, &record))
		return (pt_file_identity){0};
	*is_odd = !S_ISREG(record.st_mode);
	return pt_file_identity_of(&record);
}

/* Has the file been left alone for the settle time? A time far in the future (a clock that jumped) says
 * nothing, and is taken as settled. */
static bool is_settled(scan_builder *builder, const pt_file_identity *identity)
{
	const int64_t ms = 1000000;
	int64_t changed_ns = pt_file_identity_changed_ns(identity);
	int64_t age_ms = builder->options.now_wall_ms - changed_ns / ms;
	int64_t settle_ms = builder->options.settle_ms;
	if (age_ms >= settle_ms || age_ms < -settle_ms)
		return true;
	int64_t due_ns = changed_ns + settle_ms * ms;
	if (due_ns < builder->rescan_ns)
		builder->rescan_ns = due_ns;
	return false;
}

/* Mix one more file into the identity of an index: any change of a shard changes it. */
static void fold(pt_file_identity *into, const pt_file_identity *shard)
{
	const uint64_t parts[] = {
		shard->ino, (uint64_t)shard->size_bytes, (uint64_t)shard->mtime_ns, (uint64_t)shard->ctime_ns};
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		into->ino = (into->ino ^ parts[i]) * 0x100000001b3u;
	into->size_bytes += shard->size_bytes;
	if (shard->mtime_ns > into->mtime_ns)
		into->mtime_ns = shard->mtime_ns;
	if (shard->ctime_ns > into->ctime_ns)
		into->ctime_ns = shard->ctime_ns;
}

/* One adapter's files, in the checkpoint itself or (`below` != "") in a directory of it. */
static void look_for_adapter(directory_look *look, const char *below, const char *adapter)
{
	char weights[512], config[512];
	pt_text w = pt_text_over(weights, sizeof weights), c = pt_text_over(config, sizeof config);
	pt_text_addf(&w, "%s%s%s", below, *below ? "/" : "", ADAPTER_WEIGHTS);
	pt_text_addf(&c, "%s%s%s", below, *below ? "/" : "", ADAPTER_CONFIG);
	bool is_odd, config_is_odd;
	pt_file_identity found = identity_of(look->list, weights, &is_odd);
	pt_file_identity config_found = identity_of(look->list, config, &config_is_odd);
	if (!found.present) {
		if (config_found.present && *below)
			set_pending(look, "no ", weights, " yet");
		return;
	}
	if (is_odd) {
		set_refused(look, PT_ERR_NOT_REGULAR, weights, "not a regular file");
		return;
	}
	if (look->entry.n_parts == MAX_PARTS)
		return;
	/* asked only where the answer matters: each "not yet" has the run scanned again when it is due */
	if (found.size_bytes == 0 && !is_settled(look->builder, &found))
		set_pending(look, "", weights, " is empty");
	else if (!config_found.present && !is_settled(look->builder, &found))
		set_pending(look, "no ", config, " yet");
	else if (config_found.present && config_found.size_bytes == 0 &&
			 !is_settled(look->builder, &config_found))
		set_pending(look, "", config, " is empty");
	look->entry.kind = PT_CHECKPOINT_ADAPTER;
	look->parts[look->entry.n_parts++] = (pt_checkpoint_part){
		.adapter = text(look->builder, adapter),
		.weights = joined(look->builder, look->path, weights),
		.config = config_found.present ? joined(look->builder, look->path, config) : NULL,
		.weights_identity = found,
		.config_identity = config_found,
	};
}

static void look_for_named_adapters(directory_look *look)
{
	for (size_t i = 0; i < look->list->n; i++) {
		const directory_name *name = &look->list->names[i];
		checkpoint_name nested;
		if (is_passed_over(name->name) || strlen(name->name) > 200 ||
			checkpoint_name_read(name->name, &nested) != PT_ERR_NOT_FOUND)
			continue;
		if (!directory_is_directory(look->list, name, false))
			continue;
		/* watched even while empty: its files will come without a word to the directory above */
		scan_add_directory(look->builder, joined(look->builder, look->path, name->name), true);
		look_for_adapter(look, name->name, name->name);
	}
}

static void look_for_network(directory_look *look)
{
	bool is_odd;
	const char *name = FULL_WEIGHTS;
	pt_file_identity found = identity_of(look->list, name, &is_odd);
	bool is_index = !found.present;
	if (is_index)
		found = identity_of(look->list, name = FULL_INDEX, &is_odd);
	if (!found.present)
		return;
	if (is_odd) {
		set_refused(look, PT_ERR_NOT_REGULAR, name, "not a regular file");
		return;
	}
	if (found.size_bytes == 0 && !is_settled(look->builder, &found))
		set_pending(look, "", name, " is empty");
	for (size_t i = 0; is_index && i < look->list->n; i++) {
		pt_file_identity shard;
		if (is_shard_name(look->list->names[i].name) &&
			(shard = identity_of(look->list, look->list->names[i].name, &is_odd)).present)
			fold(&found, &shard);
	}
	look->entry.kind = PT_CHECKPOINT_FULL;
	look->parts[look->entry.n_parts++] = (pt_checkpoint_part){
		.adapter = "",
		.weights = joined(look->builder, look->path, name),
		.is_index = is_index,
		.weights_identity = found,
	};
}

/* No weights that are read: what are we waiting for, or what is refused? */
static void explain_absence(directory_look *look)
{
	const char *staged = NULL;
	bool has_shard = false;
	for (size_t i = 0; i < look->list->n; i++) {
		const char *name = look->list->names[i].name;
		const refused_weights *refused = refused_weights_of(name);
		if (refused) {
			set_refused(look, refused->code, name, refused->advice);
			return;
		}
		has_shard |= is_shard_name(name);
		if (strncmp(name, ".tmp", 4) == 0)
			staged = name;
	}
	if (has_shard)
		set_pending(look, "no ", FULL_INDEX, " yet, only shards");
	else if (staged)
		set_pending(look, "no weights yet, only the staging file ", staged, "");
	else if (directory_list_has(look->list, ADAPTER_CONFIG))
		set_pending(look, "no ", ADAPTER_WEIGHTS, " yet");
	else
		set_pending(look, look->list->n ? "no weights yet" : "empty directory", "", "");
}

static void add_entry(directory_look *look, const checkpoint_name *name)
{
	scan_builder *builder = look->builder;
	for (size_t i = 0; i < look->entry.n_parts; i++)
		if (look->parts[i].weights_identity.mtime_ns > look->entry.written_ns)
			look->entry.written_ns = look->parts[i].weights_identity.mtime_ns;
	look->entry.parts = pt_arena_copy(builder->arena, look->parts, look->entry.n_parts, sizeof *look->parts);
	if (!look->entry.parts || !pt_array_reserve((void **)&builder->entries, &builder->entries_capacity,
								  builder->n_entries + 1, sizeof *builder->entries)) {
		builder->out_of_memory = true;
		return;
	}
	builder->entries[builder->n_entries++] = (found_checkpoint){look->entry, *name};
}

/* The directory itself can't be listed. */
static void add_unreadable(directory_look *look, const checkpoint_name *name, const pt_error *problem)
{
	if (problem->code == PT_ERR_NOT_DIRECTORY)
		return; /* a file with a checkpoint's name: nothing to us */
	scan_add_problem(look->builder, problem);
	if (problem->code == PT_ERR_NOT_FOUND)
		return; /* gone while we looked, or a link to nothing */
	look->entry.readiness = PT_CHECKPOINT_REFUSED;
	look->entry.code = problem->code;
	look->entry.why = text(look->builder, problem->message);
	scan_add_directory(look->builder, look->entry.directory, true);
	add_entry(look, name);
}

/* Where a directory without sub-directories is known to have two links. */
static void ask_file_system(scan_builder *builder, int run_fd)
{
	static const long counting[] = {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, TMPFS_MAGIC, F2FS_SUPER_MAGIC};
	struct statfs system;
	struct stat run;
	builder->asked_file_system = true;
	if (fstatfs(run_fd, &system) != 0 || fstat(run_fd, &run) != 0)
		return;
	builder->run_device = run.st_dev;
	for (size_t i = 0; i < sizeof counting / sizeof counting[0]; i++)
		builder->links_count_below |= (long)system.f_type == counting[i];
}

/*
 * The usual checkpoint, an adapter in a directory without sub-directories, needs no listing: its few files
 * are asked for by name. Listing every checkpoint at each scan was most of what an arriving one cost.
 */
static bool open_unlisted(scan_builder *builder, int run_fd, const char *path, directory_list *out)
{
	struct stat directory, weights;
	if (!builder->asked_file_system)
		ask_file_system(builder, run_fd);
	if (!builder->links_count_below)
		return false;
	int fd = openat(run_fd, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false; /* the listing tells why */
	if (fstat(fd, &directory) != 0 || directory.st_nlink != 2 || directory.st_dev != builder->run_device ||
		fstatat(fd, ADAPTER_WEIGHTS, &weights, 0) != 0) {
		close(fd);
		return false;
	}
	*out = (directory_list){.fd = fd};
	return true;
}

void scan_checkpoint(scan_builder *builder, int run_fd, const char *path, const checkpoint_name *name)
{
	directory_look look = {.builder = builder};
	look.path = text(builder, path);
	look.entry = (pt_checkpoint_entry){
		.step = name->step, .directory = look.path, .kind = PT_CHECKPOINT_UNKNOWN, .why = ""};
	directory_list list;
	pt_error problem;
	if (builder->out_of_memory)
		return;
	pt_status status = PT_OK;
	if (!open_unlisted(builder, run_fd, path, &list))
		status = directory_list_open(run_fd, path, true, builder->scratch, &list, &problem);
	if (status == PT_ERR_MEMORY) {
		builder->out_of_memory = true;
		return;
	}
	if (status != PT_OK) {
		add_unreadable(&look, name, &problem);
		return;
	}
	look.list = &list;
	scan_add_directory(builder, look.path, true);
	look_for_adapter(&look, "", "default");
	look_for_named_adapters(&look);
	if (look.entry.n_parts == 0 && look.entry.readiness == PT_CHECKPOINT_READY)
		look_for_network(&look);
	if (look.entry.n_parts == 0 && look.entry.readiness == PT_CHECKPOINT_READY)
		explain_absence(&look);
	bool is_odd;
	pt_file_identity state = identity_of(&list, "trainer_state.json", &is_odd);
	if (!is_odd)
		look.entry.trainer_state = state;
	directory_list_close(&list);
	add_entry(&look, name);
}

/* ---- which entries count ---- */

static bool is_usable(const found_checkpoint *found)
{
	return found->entry.kind != PT_CHECKPOINT_UNKNOWN;
}

/* Rising step; within a step the one that counts comes first. */
static int compare_entries(const void *a, const void *b)
{
	const found_checkpoint *x = a, *y = b;
	if (x->entry.step != y->entry.step)
		return x->entry.step < y->entry.step ? -1 : 1;
	if (is_usable(x) != is_usable(y))
		return is_usable(x) ? -1 : 1;
	if (x->name.row != y->name.row)
		return x->name.row < y->name.row ? -1 : 1;
	size_t x_bytes = strlen(x->entry.directory), y_bytes = strlen(y->entry.directory);
	if (x_bytes != y_bytes) /* the run's own before those of checkpoints/ */
		return x_bytes < y_bytes ? -1 : 1;
	return strcmp(x->entry.directory, y->entry.directory);
}

static bool is_network(const found_checkpoint *found)
{
	return found->entry.kind == PT_CHECKPOINT_FULL;
}

static bool is_adapter(const found_checkpoint *found)
{
	return found->entry.kind == PT_CHECKPOINT_ADAPTER;
}

static bool counts_epochs(const found_checkpoint *found)
{
	return found->name.unit == UNIT_EPOCH;
}

static bool counts_steps(const found_checkpoint *found)
{
	return is_usable(found) && found->name.unit == UNIT_STEP;
}

/* Where one entry is of the first sort, all of the second are dropped, with one problem. */
static void prefer(scan_builder *builder, bool (*wanted)(const found_checkpoint *),
	bool (*unwanted)(const found_checkpoint *), const char *what)
{
	bool has_wanted = false;
	for (size_t i = 0; i < builder->n_entries; i++)
		has_wanted |= wanted(&builder->entries[i]);
	size_t n = 0, n_dropped = 0;
	const char *example = NULL;
	for (size_t i = 0; has_wanted && i < builder->n_entries; i++) {
		if (!unwanted(&builder->entries[i])) {
			builder->entries[n++] = builder->entries[i];
			continue;
		}
		example = example ? example : builder->entries[i].entry.directory;
		n_dropped++;
	}
	if (n_dropped == 0)
		return;
	builder->n_entries = n;
	pt_error problem;
	pt_fail(&problem, PT_ERR_AMBIGUOUS, example, -1, "%zu %s passed over", n_dropped, what);
	scan_add_problem(builder, &problem);
}

void scan_choose_entries(scan_builder *builder)
{
	if (builder->n_entries > 1)
		qsort(builder->entries, builder->n_entries, sizeof *builder->entries, compare_entries);
	prefer(builder, is_adapter, is_network, "checkpoint(s) of a whole network in a run with adapters");
	prefer(builder, counts_steps, counts_epochs, "checkpoint(s) counted in epochs in a run counted in steps");
	size_t n = 0;
	for (size_t i = 0; i < builder->n_entries; i++) {
		const pt_checkpoint_entry *entry = &builder->entries[i].entry;
		if (n > 0 && builder->entries[n - 1].entry.step == entry->step) {
			pt_error problem;
			pt_fail(&problem, PT_ERR_AMBIGUOUS, entry->directory, -1, "step %lld is also in %s, which counts",
				(long long)entry->step, builder->entries[n - 1].entry.directory);
			scan_add_problem(builder, &problem);
			continue;
		}
		builder->entries[n++] = builder->entries[i];
	}
	builder->n_entries = n;
}
