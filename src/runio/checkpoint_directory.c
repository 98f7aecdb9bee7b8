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
static const char TRAINER_STATE[] = "trainer_state.json";

enum { MAX_PARTS = 64 };

/* The look into one directory; texts are in the scratch arena until it is packed. */
typedef struct directory_look {
	scan_builder *builder;
	kept_checkpoint *kept;
	directory_list list; /* empty where no listing was needed */
	checkpoint_look found;
	pt_checkpoint_part *parts; /* MAX_PARTS */
	pt_error *problems;        /* those of `found`, growing */
	size_t problems_capacity;
} directory_look;

static char *text(scan_builder *builder, const char *from)
{
	char *copy = pt_arena_text(builder->scratch, from);
	if (!copy)
		builder->out_of_memory = true;
	return copy;
}

/* Path in the run directory of a name in this one. */
static char *joined(directory_look *look, const char *name)
{
	char *path = scan_join(look->builder->scratch, look->kept->path, name);
	if (!path)
		look->builder->out_of_memory = true;
	return path;
}

static void add_problem(directory_look *look, const pt_error *problem)
{
	size_t n = look->found.n_problems;
	if (!pt_array_reserve(
			(void **)&look->problems, &look->problems_capacity, n + 1, sizeof *look->problems)) {
		look->builder->out_of_memory = true;
		return;
	}
	look->problems[look->found.n_problems++] = *problem;
}

static void set_pending(directory_look *look, const char *before, const char *name, const char *after)
{
	char why[256];
	pt_checkpoint_entry *entry = &look->found.entry;
	if (entry->readiness != PT_CHECKPOINT_READY)
		return; /* the first reason stands */
	pt_text out = pt_text_over(why, sizeof why);
	pt_text_addf(&out, "%s%s%s", before, name, after);
	entry->readiness = PT_CHECKPOINT_PENDING;
	entry->why = text(look->builder, why);
}

/* Never opened, and said why; also one line of the scan's problems. */
static void set_refused(directory_look *look, pt_status code, const char *name, const char *why)
{
	pt_error problem;
	pt_checkpoint_entry *entry = &look->found.entry;
	entry->readiness = PT_CHECKPOINT_REFUSED;
	entry->code = code;
	pt_fail(&problem, code, joined(look, name), -1, "%s: %s", name, why);
	entry->why = text(look->builder, problem.message);
	add_problem(look, &problem);
}

/* A file as it is now, links followed. An absent one, or a link to nothing, has present = false. What can
 * change without a word in this directory, through a link, has it looked at each time. */
static pt_file_identity identity_of(directory_look *look, const char *path, bool *is_odd)
{
	struct stat record;
	int run_fd = look->builder->run_fd;
	*is_odd = false;
	if (!path || fstatat(run_fd, path, &record, AT_SYMLINK_NOFOLLOW) != 0)
		return (pt_file_identity){0};
	look->found.is_passing |= S_ISLNK(record.st_mode) || (S_ISREG(record.st_mode) && record.st_nlink > 1);
	if (S_ISLNK(record.st_mode) && fstatat(run_fd, path, &record, 0) != 0)
		return (pt_file_identity){0};
	*is_odd = !S_ISREG(record.st_mode);
	return pt_file_identity_of(&record);
}

/* Has the file been left alone for the settle time? A time far in the future (a clock that jumped) says
 * nothing, and is taken as settled. */
static bool is_settled(directory_look *look, const pt_file_identity *identity)
{
	const int64_t ms = 1000000;
	const pt_scan_options *options = &look->builder->options;
	int64_t changed_ns = pt_file_identity_changed_ns(identity);
	int64_t age_ms = options->now_wall_ms - changed_ns / ms;
	int64_t settle_ms = options->settle_ms;
	if (age_ms >= settle_ms || age_ms < -settle_ms)
		return true;
	int64_t due_ns = changed_ns + settle_ms * ms;
	if (due_ns < look->found.rescan_ns)
		look->found.rescan_ns = due_ns;
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

/* One adapter's files, in the checkpoint itself or (`below` != "") in a directory of it. False: no weights.
 */
static bool look_for_adapter(directory_look *look, const char *below, const char *adapter)
{
	char weights[512], config[512];
	pt_checkpoint_entry *entry = &look->found.entry;
	pt_text w = pt_text_over(weights, sizeof weights), c = pt_text_over(config, sizeof config);
	pt_text_addf(&w, "%s%s%s", below, *below ? "/" : "", ADAPTER_WEIGHTS);
	pt_text_addf(&c, "%s%s%s", below, *below ? "/" : "", ADAPTER_CONFIG);
	bool is_odd, config_is_odd;
	const char *weights_path = joined(look, weights), *config_path = joined(look, config);
	pt_file_identity found = identity_of(look, weights_path, &is_odd);
	if (!found.present && !*below)
		return false;
	pt_file_identity config_found = identity_of(look, config_path, &config_is_odd);
	if (!found.present) {
		if (config_found.present)
			set_pending(look, "no ", weights, " yet");
		return false;
	}
	if (is_odd) {
		set_refused(look, PT_ERR_NOT_REGULAR, weights, "not a regular file");
		return true;
	}
	if (entry->n_parts == MAX_PARTS)
		return true;
	/* asked only where the answer matters: each "not yet" has the run scanned again when it is due */
	if (found.size_bytes == 0 && !is_settled(look, &found))
		set_pending(look, "", weights, " is empty");
	else if (!config_found.present && !is_settled(look, &found))
		set_pending(look, "no ", config, " yet");
	else if (config_found.present && config_found.size_bytes == 0 && !is_settled(look, &config_found))
		set_pending(look, "", config, " is empty");
	entry->kind = PT_CHECKPOINT_ADAPTER;
	look->parts[entry->n_parts++] = (pt_checkpoint_part){
		.adapter = text(look->builder, adapter),
		.weights = weights_path,
		.config = config_found.present ? config_path : NULL,
		.weights_identity = found,
		.config_identity = config_found,
	};
	return true;
}

static void look_for_named_adapters(directory_look *look)
{
	for (size_t i = 0; i < look->list.n; i++) {
		const directory_name *name = &look->list.names[i];
		checkpoint_name nested;
		if (is_passed_over(name->name) || strlen(name->name) > 200 ||
			checkpoint_name_read(name->name, &nested) != PT_ERR_NOT_FOUND)
			continue;
		if (!directory_is_directory(&look->list, name, false))
			continue;
		/* watched even while empty: its files will come without a word to the directory above */
		const char *path = joined(look, name->name);
		if (!path)
			return;
		scan_look_into(look->builder, path, look->kept);
		look_for_adapter(look, name->name, name->name);
	}
}

static void look_for_network(directory_look *look)
{
	bool is_odd;
	const char *name = FULL_WEIGHTS;
	pt_checkpoint_entry *entry = &look->found.entry;
	pt_file_identity found = identity_of(look, joined(look, name), &is_odd);
	bool is_index = !found.present;
	if (is_index)
		found = identity_of(look, joined(look, name = FULL_INDEX), &is_odd);
	if (!found.present)
		return;
	if (is_odd) {
		set_refused(look, PT_ERR_NOT_REGULAR, name, "not a regular file");
		return;
	}
	if (found.size_bytes == 0 && !is_settled(look, &found))
		set_pending(look, "", name, " is empty");
	for (size_t i = 0; is_index && i < look->list.n; i++) {
		const char *shard_name = look->list.names[i].name;
		pt_file_identity shard;
		if (is_shard_name(shard_name) &&
			(shard = identity_of(look, joined(look, shard_name), &is_odd)).present)
			fold(&found, &shard);
	}
	entry->kind = PT_CHECKPOINT_FULL;
	look->parts[entry->n_parts++] = (pt_checkpoint_part){
		.adapter = "",
		.weights = joined(look, name),
		.is_index = is_index,
		.weights_identity = found,
	};
}

/* No weights that are read: what are we waiting for, or what is refused? */
static void explain_absence(directory_look *look)
{
	const char *staged = NULL;
	bool has_shard = false;
	for (size_t i = 0; i < look->list.n; i++) {
		const char *name = look->list.names[i].name;
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
	else if (directory_list_has(&look->list, ADAPTER_CONFIG))
		set_pending(look, "no ", ADAPTER_WEIGHTS, " yet");
	else
		set_pending(look, look->list.n ? "no weights yet" : "empty directory", "", "");
}

/* The directory itself can't be listed. False: it is not there, and nothing is to be told. */
static bool note_unreadable(directory_look *look, bool is_link, const pt_error *problem)
{
	bool is_nothing = problem->code == PT_ERR_NOT_FOUND, is_file = problem->code == PT_ERR_NOT_DIRECTORY;
	if (!is_link && (is_nothing || is_file))
		return false; /* a file with a checkpoint's name, or gone while we looked: nothing to us */
	if (is_file)
		return true; /* what the link leads to may be a directory the next time */
	add_problem(look, problem);
	if (is_nothing)
		return true;
	look->found.entry.readiness = PT_CHECKPOINT_REFUSED;
	look->found.entry.code = problem->code;
	look->found.entry.why = text(look->builder, problem->message);
	look->found.has_entry = true;
	return true;
}

/* Where a directory without sub-directories is known to have two links. */
static void ask_file_system(scan_builder *builder)
{
	static const long counting[] = {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, TMPFS_MAGIC, F2FS_SUPER_MAGIC};
	struct statfs system;
	struct stat run;
	builder->asked_file_system = true;
	if (fstatfs(builder->run_fd, &system) != 0 || fstat(builder->run_fd, &run) != 0)
		return;
	builder->run_device = run.st_dev;
	for (size_t i = 0; i < sizeof counting / sizeof counting[0]; i++)
		builder->links_count_below |= (long)system.f_type == counting[i];
}

/* No sub-directories: the few files of an adapter can be asked for by name, without a listing. Listing every
 * checkpoint was most of what a scan cost. */
static bool needs_no_listing(scan_builder *builder, const struct stat *directory)
{
	if (!builder->asked_file_system)
		ask_file_system(builder);
	return builder->links_count_below && S_ISDIR(directory->st_mode) && directory->st_nlink == 2 &&
		   directory->st_dev == builder->run_device;
}

static void look_at_listed(directory_look *look)
{
	look_for_adapter(look, "", "default");
	look_for_named_adapters(look);
	if (look->found.entry.n_parts == 0 && look->found.entry.readiness == PT_CHECKPOINT_READY)
		look_for_network(look);
	if (look->found.entry.n_parts == 0 && look->found.entry.readiness == PT_CHECKPOINT_READY)
		explain_absence(look);
}

static void note_state(directory_look *look)
{
	bool is_odd;
	const char *path = joined(look, TRAINER_STATE);
	pt_file_identity state = identity_of(look, path, &is_odd);
	if (is_odd || !state.present)
		return;
	look->found.entry.trainer_state = state;
	look->found.state_path = path;
}

/* False: no such directory. */
static bool look_into(directory_look *look)
{
	scan_builder *builder = look->builder;
	const char *path = look->kept->path;
	struct stat record;
	pt_error problem;
	scan_look_into(builder, path, look->kept);
	bool is_there = fstatat(builder->run_fd, path, &record, AT_SYMLINK_NOFOLLOW) == 0;
	bool is_link = is_there && S_ISLNK(record.st_mode);
	look->found.is_passing = is_link;
	if (!is_there || !needs_no_listing(builder, &record) || !look_for_adapter(look, "", "default")) {
		pt_status status =
			directory_list_open(builder->run_fd, path, true, builder->scratch, &look->list, &problem);
		builder->out_of_memory |= status == PT_ERR_MEMORY;
		if (status != PT_OK)
			return status != PT_ERR_MEMORY && note_unreadable(look, is_link, &problem);
		look_at_listed(look);
		directory_list_close(&look->list);
	}
	note_state(look);
	look->found.has_entry = true;
	return true;
}

/* ---- the result in one block ---- */

static size_t n_bytes(const char *from)
{
	return from ? strlen(from) + 1 : 0;
}

static const char *pack_text(char **at, const char *from)
{
	if (!from)
		return NULL;
	size_t n = n_bytes(from);
	char *to = memcpy(*at, from, n);
	*at += n;
	return to;
}

/* FNV-1a by words: equal as long as no file of the checkpoint changed. */
static void mix(uint64_t *hash, uint64_t value)
{
	*hash = (*hash ^ value) * UINT64_C(1099511628211);
	*hash ^= *hash >> 32; /* what differs in the upper half alone is to reach the lower */
}

static void mix_text(uint64_t *hash, const char *at)
{
	for (; *at; at++)
		mix(hash, (unsigned char)*at);
}

static void mix_identity(uint64_t *hash, const pt_file_identity *identity)
{
	const uint64_t fields[] = {identity->present, identity->dev, identity->ino,
		(uint64_t)identity->size_bytes, (uint64_t)identity->mtime_ns, (uint64_t)identity->ctime_ns};
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		mix(hash, fields[i]);
}

static void finish_entry(pt_checkpoint_entry *entry)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	mix_text(&hash, entry->directory);
	mix(&hash, (uint64_t)entry->kind);
	for (size_t i = 0; i < entry->n_parts; i++) {
		const pt_checkpoint_part *part = &entry->parts[i];
		mix_text(&hash, part->weights);
		mix_identity(&hash, &part->weights_identity);
		mix_identity(&hash, &part->config_identity);
		if (part->weights_identity.mtime_ns > entry->written_ns)
			entry->written_ns = part->weights_identity.mtime_ns;
	}
	entry->fingerprint = hash;
}

static checkpoint_look *pack(const directory_look *look)
{
	const checkpoint_look *from = &look->found;
	const size_t n_parts = from->entry.n_parts, parts_bytes = n_parts * sizeof look->parts[0],
				 problems_bytes = from->n_problems * sizeof *look->problems;
	size_t n =
		sizeof *from + parts_bytes + problems_bytes + n_bytes(from->entry.why) + n_bytes(from->state_path);
	for (size_t i = 0; i < n_parts; i++)
		n += n_bytes(look->parts[i].adapter) + n_bytes(look->parts[i].weights) +
			 n_bytes(look->parts[i].config);
	char *block = pt_array_alloc(n, 1);
	if (!block)
		return NULL;
	checkpoint_look *packed = (checkpoint_look *)block;
	pt_checkpoint_part *parts = (pt_checkpoint_part *)(block + sizeof *packed);
	pt_error *problems = (pt_error *)(block + sizeof *packed + parts_bytes);
	char *at = block + sizeof *packed + parts_bytes + problems_bytes;
	*packed = *from;
	for (size_t i = 0; i < n_parts; i++) {
		parts[i] = look->parts[i];
		parts[i].adapter = pack_text(&at, parts[i].adapter);
		parts[i].weights = pack_text(&at, parts[i].weights);
		parts[i].config = pack_text(&at, parts[i].config);
	}
	for (size_t i = 0; i < from->n_problems; i++)
		problems[i] = look->problems[i];
	packed->entry.parts = parts;
	packed->problems = problems;
	packed->entry.why = pack_text(&at, from->entry.why);
	packed->state_path = pack_text(&at, from->state_path);
	packed->entry.directory = look->kept->path; /* which lives as long as its looks */
	finish_entry(&packed->entry);
	return packed;
}

checkpoint_look *scan_checkpoint(scan_builder *builder, kept_checkpoint *kept)
{
	pt_checkpoint_part parts[MAX_PARTS];
	directory_look look = {.builder = builder, .kept = kept, .parts = parts};
	checkpoint_look *packed = NULL;
	look.found = (checkpoint_look){
		.rescan_ns = INT64_MAX, .entry = {.step = kept->name.step, .kind = PT_CHECKPOINT_UNKNOWN, .why = ""}};
	bool is_there = look_into(&look);
	if (is_there && !builder->out_of_memory && !(packed = pack(&look)))
		builder->out_of_memory = true;
	pt_free(look.problems);
	return packed;
}
