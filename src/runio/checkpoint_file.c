#include "checkpoint_look.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* The config beside a file, where there is one: MLX has one for all its checkpoints, kohya none. */
static void find_config(checkpoint_looking *look, pt_checkpoint_part *part)
{
	bool is_odd;
	const char *path = look->kept->path, *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;
	char *directory = pt_arena_copy(look->builder->scratch, path, n + 1, 1);
	if (!directory) {
		look->builder->out_of_memory = true;
		return;
	}
	directory[n] = '\0';
	char *config = scan_join(look->builder->scratch, directory, "adapter_config.json");
	if (!config)
		look->builder->out_of_memory = true;
	part->config_identity = look_identity(look, config, &is_odd);
	part->config = part->config_identity.present ? config : NULL;
}

/* trainer_state.json beside weights that the Trainer's scripts leave in the run directory tells their step.
 */
static void find_state(checkpoint_looking *look)
{
	bool is_odd;
	if (strchr(look->kept->path, '/') || !look->kept->name.is_unnumbered)
		return;
	pt_file_identity state = look_identity(look, "trainer_state.json", &is_odd);
	if (!is_odd && state.present)
		look->found.entry.trainer_state = state;
}

static bool ends_with(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);
	return n >= m && memcmp(name + n - m, suffix, m) == 0;
}

bool look_at_file(checkpoint_looking *look)
{
	bool is_odd;
	pt_checkpoint_entry *entry = &look->found.entry;
	const char *path = look->kept->path, *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct stat record;
	if (fstatat(look->builder->run_fd, path, &record, 0) == 0 && S_ISDIR(record.st_mode))
		return false; /* a directory with a file's name */
	pt_file_identity found = look_identity(look, path, &is_odd);
	look->found.has_entry = found.present;
	if (!found.present)
		return look->found.is_passing; /* a link whose other end may come */
	if (is_odd) {
		look_set_refused(look, PT_ERR_NOT_REGULAR, path, name, "not a regular file");
		return true;
	}
	bool is_index = ends_with(name, ".json"), is_network = is_index || strcmp(name, "model.safetensors") == 0;
	pt_checkpoint_part part = {.adapter = is_network ? "" : "default",
		.weights = path,
		.is_index = is_index,
		.weights_identity = found};
	find_config(look, &part);
	find_state(look);
	bool needs_config = strcmp(name, "adapter_model.safetensors") == 0;
	if (found.size_bytes == 0 && !look_is_settled(look, &found))
		look_set_pending(look, "", name, " is empty");
	else if (needs_config && !part.config && !look_is_settled(look, &found))
		look_set_pending(look, "no ", "adapter_config.json", " yet");
	entry->kind = is_network && !part.config ? PT_CHECKPOINT_FULL : PT_CHECKPOINT_ADAPTER;
	look->parts[entry->n_parts++] = part;
	return true;
}
