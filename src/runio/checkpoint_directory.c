#include "checkpoint_look.h"

#include "phasetop/base/text.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

static const char ADAPTER_WEIGHTS[] = "adapter_model.safetensors";
static const char ADAPTER_CONFIG[] = "adapter_config.json";
static const char FULL_WEIGHTS[] = "model.safetensors";
static const char FULL_INDEX[] = "model.safetensors.index.json";
static const char TRAINER_STATE[] = "trainer_state.json";

/* Weights half there that nobody has touched for so long were left by a writer that was killed. A writer at
 * work is told from a killed one by the file's growing, however slow. */
enum { LEFT_MS = 60000 };

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
static bool look_for_adapter(checkpoint_looking *look, const char *below, const char *adapter)
{
	char weights[512], config[512];
	pt_checkpoint_entry *entry = &look->found.entry;
	pt_text w = pt_text_over(weights, sizeof weights), c = pt_text_over(config, sizeof config);
	pt_text_addf(&w, "%s%s%s", below, *below ? "/" : "", ADAPTER_WEIGHTS);
	pt_text_addf(&c, "%s%s%s", below, *below ? "/" : "", ADAPTER_CONFIG);
	bool is_odd, config_is_odd;
	const char *weights_path = look_joined(look, weights), *config_path = look_joined(look, config);
	pt_file_identity found = look_identity(look, weights_path, &is_odd);
	if (!found.present && !*below)
		return false;
	pt_file_identity config_found = look_identity(look, config_path, &config_is_odd);
	if (!found.present) {
		if (config_found.present)
			look_set_pending(look, "no ", weights, " yet");
		return false;
	}
	if (is_odd) {
		look_set_refused(look, PT_ERR_NOT_REGULAR, weights_path, weights, "not a regular file");
		return true;
	}
	if (entry->n_parts == LOOK_MAX_PARTS)
		return true;
	/* asked only where the answer matters: each "not yet" has the run scanned again when it is due */
	if (found.size_bytes == 0 && !look_is_settled(look, &found))
		look_set_pending(look, "", weights, " is empty");
	else if (!config_found.present && !look_is_settled(look, &found))
		look_set_pending(look, "no ", config, " yet");
	else if (config_found.present && config_found.size_bytes == 0 && !look_is_settled(look, &config_found))
		look_set_pending(look, "", config, " is empty");
	entry->kind = PT_CHECKPOINT_ADAPTER;
	look->parts[entry->n_parts++] = (pt_checkpoint_part){
		.adapter = look_text(look->builder, adapter),
		.weights = weights_path,
		.config = config_found.present ? config_path : NULL,
		.weights_identity = found,
		.config_identity = config_found,
	};
	return true;
}

static void look_for_named_adapters(checkpoint_looking *look)
{
	for (size_t i = 0; i < look->list.n; i++) {
		const directory_name *name = &look->list.names[i];
		checkpoint_name nested;
		if (is_passed_over(name->name) || strlen(name->name) > 200 ||
			is_numbered_name("", name->name, &nested))
			continue;
		if (!directory_is_directory(&look->list, name, false))
			continue;
		/* watched even while empty: its files will come without a word to the directory above */
		const char *path = look_joined(look, name->name);
		if (!path)
			return;
		scan_look_into(look->builder, path, look->kept);
		look_for_adapter(look, name->name, name->name);
	}
}

static void look_for_network(checkpoint_looking *look)
{
	bool is_odd;
	const char *name = FULL_WEIGHTS;
	pt_checkpoint_entry *entry = &look->found.entry;
	pt_file_identity found = look_identity(look, look_joined(look, name), &is_odd);
	bool is_index = !found.present;
	if (is_index)
		found = look_identity(look, look_joined(look, name = FULL_INDEX), &is_odd);
	if (!found.present)
		return;
	if (is_odd) {
		look_set_refused(look, PT_ERR_NOT_REGULAR, look_joined(look, name), name, "not a regular file");
		return;
	}
	if (found.size_bytes == 0 && !look_is_settled(look, &found))
		look_set_pending(look, "", name, " is empty");
	for (size_t i = 0; is_index && i < look->list.n; i++) {
		const char *shard_name = look->list.names[i].name;
		pt_file_identity shard;
		if (is_shard_name(shard_name) &&
			(shard = look_identity(look, look_joined(look, shard_name), &is_odd)).present)
			fold(&found, &shard);
	}
	entry->kind = PT_CHECKPOINT_FULL;
	look->parts[entry->n_parts++] = (pt_checkpoint_part){
		.adapter = "",
		.weights = look_joined(look, name),
		.is_index = is_index,
		.weights_identity = found,
	};
}

/* Of the other ….safetensors files that one which is an adapter by its name, else the only one; NULL: none,
 * or several (*n_others). */
static const char *find_other_weights(const checkpoint_looking *look, bool of_adapters, size_t *n_others)
{
	const char *only = NULL;
	*n_others = 0;
	for (size_t i = 0; i < look->list.n; i++) {
		const directory_name *name = &look->list.names[i];
		if (name->name[0] == '.' || !is_safetensors_name(name->name) ||
			(name->may_be_directory && !name->is_link))
			continue;
		if (of_adapters && is_adapter_file(name->name))
			return name->name;
		++*n_others;
		only = name->name;
	}
	return !of_adapters && *n_others == 1 ? only : NULL;
}

/* Adapters under other names than PEFT's: diffusers, MLX, scripts. Their config, where they have one, does
 * not come after them. */
static void look_for_others(checkpoint_looking *look, bool of_adapters)
{
	bool is_odd, config_is_odd;
	size_t n_others;
	pt_checkpoint_entry *entry = &look->found.entry;
	const char *name = find_other_weights(look, of_adapters, &n_others);
	if (!name && !of_adapters && n_others > 1)
		look_set_refused(look, PT_ERR_AMBIGUOUS, look->kept->path, "",
			"several .safetensors files and none of a known name: which one is the checkpoint?");
	if (!name)
		return;
	const char *path = look_joined(look, name), *config_path = look_joined(look, ADAPTER_CONFIG);
	pt_file_identity found = look_identity(look, path, &is_odd);
	pt_file_identity config = look_identity(look, config_path, &config_is_odd);
	if (!found.present)
		return;
	if (is_odd) {
		look_set_refused(look, PT_ERR_NOT_REGULAR, path, name, "not a regular file");
		return;
	}
	if (found.size_bytes == 0 && !look_is_settled(look, &found))
		look_set_pending(look, "", name, " is empty");
	entry->kind = of_adapters || config.present ? PT_CHECKPOINT_ADAPTER : PT_CHECKPOINT_FULL;
	look->parts[entry->n_parts++] = (pt_checkpoint_part){
		.adapter = "default",
		.weights = path,
		.config = config.present ? config_path : NULL,
		.weights_identity = found,
		.config_identity = config,
	};
}

/* The youngest change of anything in the directory; of an empty one, of itself: 0, never quiet. */
static int64_t youngest_change_ns(checkpoint_looking *look)
{
	int64_t youngest_ns = 0;
	for (size_t i = 0; i < look->list.n; i++) {
		bool is_odd;
		pt_file_identity identity = look_identity(look, look_joined(look, look->list.names[i].name), &is_odd);
		int64_t changed_ns = identity.present ? pt_file_identity_changed_ns(&identity) : 0;
		if (changed_ns > youngest_ns)
			youngest_ns = changed_ns;
	}
	return youngest_ns;
}

/* Weights that a writer is at, or was at when it was killed. */
static void explain_unfinished(checkpoint_looking *look, const char *staged, bool has_shard)
{
	bool is_left = look_is_quiet(look, youngest_change_ns(look), LEFT_MS);
	const char *path = look->kept->path;
	if (has_shard && is_left)
		look_set_refused(look, PT_ERR_TRUNCATED, path, "",
			"no model.safetensors.index.json: the shards were not finished");
	else if (has_shard)
		look_set_pending(look, "no ", FULL_INDEX, " yet, only shards");
	else if (is_left)
		look_set_refused(
			look, PT_ERR_TRUNCATED, path, "no weights, only a file left by a killed writer", staged);
	else
		look_set_pending(look, "no weights yet, only the staging file ", staged, "");
}

/* No weights that are read: what are we waiting for, or what is refused? */
static void explain_absence(checkpoint_looking *look)
{
	const char *staged = NULL;
	bool has_shard = false;
	for (size_t i = 0; i < look->list.n; i++) {
		const char *name = look->list.names[i].name;
		const refused_weights *refused = refused_weights_of(name);
		if (refused) {
			look_set_refused(look, refused->code, look_joined(look, name), name, refused->advice);
			return;
		}
		has_shard |= is_shard_name(name);
		if (strncmp(name, ".tmp", 4) == 0)
			staged = name;
	}
	if (has_shard || staged)
		explain_unfinished(look, staged, has_shard);
	else if (directory_list_has(&look->list, TRAINER_STATE) &&
			 look_is_quiet(look, youngest_change_ns(look), LEFT_MS))
		look_set_refused(look, PT_NOTICE, look->kept->path, "",
			"no weights in it, though trainer_state.json is written last: deleted, or never saved");
	else if (directory_list_has(&look->list, ADAPTER_CONFIG))
		look_set_pending(look, "no ", ADAPTER_WEIGHTS, " yet");
	else
		look_set_pending(look, look->list.n ? "no weights yet" : "empty directory", "", "");
}

/* The directory itself can't be listed. False: it is not there, and nothing is to be told. */
static bool note_unreadable(checkpoint_looking *look, bool is_link, const pt_error *problem)
{
	bool is_nothing = problem->code == PT_ERR_NOT_FOUND, is_file = problem->code == PT_ERR_NOT_DIRECTORY;
	if (!is_link && (is_nothing || is_file))
		return false; /* a file with a checkpoint's name, or gone while we looked: nothing to us */
	if (is_file)
		return true; /* what the link leads to may be a directory the next time */
	look_add_problem(look, problem);
	if (is_nothing)
		return true;
	look->found.entry.readiness = PT_CHECKPOINT_REFUSED;
	look->found.entry.code = problem->code;
	look->found.entry.why = look_text(look->builder, problem->message);
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

static bool is_found(const checkpoint_looking *look)
{
	return look->found.entry.n_parts > 0 || look->found.entry.readiness != PT_CHECKPOINT_READY;
}

static void look_at_listed(checkpoint_looking *look)
{
	look_for_adapter(look, "", "default");
	look_for_named_adapters(look);
	if (!is_found(look))
		look_for_others(look, true);
	if (!is_found(look))
		look_for_network(look);
	if (!is_found(look))
		look_for_others(look, false);
	if (!is_found(look))
		explain_absence(look);
}

static void note_state(checkpoint_looking *look)
{
	bool is_odd;
	const char *path = look_joined(look, TRAINER_STATE);
	pt_file_identity state = look_identity(look, path, &is_odd);
	if (is_odd || !state.present)
		return;
	look->found.entry.trainer_state = state;
	look->found.state_path = path;
}

bool look_into_directory(checkpoint_looking *look)
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
