#include "run_names.h"

#include "phasetop/runio/checkpoint_scan.h"

#include <string.h>

/*
 * Directories of checkpoints, a row each: the number follows the prefix and ends the name.
 *
 * Rows of later releases, which are files and not directories: MLX `{n}_adapters.safetensors`, kohya
 * `name-step{n}.safetensors` and `name-{epoch}.safetensors`.
 */
static const struct {
	const char *prefix;
	step_unit unit;
} checkpoint_rows[] = {
	{"checkpoint-", UNIT_STEP}, /* HF Trainer */
	{"checkpoint_", UNIT_STEP}, /* accelerate */
	{"step_", UNIT_STEP},       /* accelerate examples, plain scripts */
	{"global_step", UNIT_STEP}, /* DeepSpeed, verl */
	{"epoch_", UNIT_EPOCH},     /* torchtune */
};
enum { N_CHECKPOINT_ROWS = sizeof checkpoint_rows / sizeof checkpoint_rows[0] };

/* The first row that fits counts. What is named here is never opened. */
static const refused_weights refused_rows[] = {
	{"adapter_model", ".bin", PT_ERR_PICKLE,
		"a pickle, never opened: save it again with save_pretrained(…, safe_serialization=True)"},
	{"adapter_model", ".pt", PT_ERR_PICKLE,
		"a pickle, never opened: save it again with save_pretrained(…, safe_serialization=True)"},
	{"pytorch_model", ".bin", PT_ERR_PICKLE,
		"a pickle, never opened: save it again with save_pretrained(…, safe_serialization=True)"},
	{"pytorch_model_fsdp", "", PT_ERR_PICKLE,
		"a sharded pickle, never opened: set fsdp_state_dict_type to FULL_STATE_DICT, or convert it with "
		"`accelerate merge-weights`"},
	{"", ".distcp", PT_ERR_PICKLE,
		"a distributed checkpoint with pickled metadata, never opened: convert it with "
		"torch.distributed.checkpoint.format_utils and safetensors.torch.save_file"},
	{"optimizer", "", PT_OK, NULL}, /* beside weights, never weights */
	{"scheduler", "", PT_OK, NULL},
	{"scaler", "", PT_OK, NULL},
	{"rng_state", "", PT_OK, NULL},
	{"training_args", "", PT_OK, NULL},
	{"random_states", "", PT_OK, NULL},
	{"", ".pt", PT_ERR_PICKLE, "a pickle, never opened: save its tensors with safetensors.torch.save_file"},
	{"", ".pth", PT_ERR_PICKLE, "a pickle, never opened: save its tensors with safetensors.torch.save_file"},
	{"", ".ckpt", PT_ERR_PICKLE, "a pickle, never opened: save its tensors with safetensors.torch.save_file"},
	{"pytorch_lora_weights", ".safetensors", PT_ERR_UNSUPPORTED, "diffusers weights are not read yet"},
	{"adapters", ".safetensors", PT_ERR_UNSUPPORTED, "MLX adapters are not read yet"},
};

/* Logs by name. */
static const struct {
	const char *prefix, *suffix;
	pt_log_kind kind;
} log_rows[] = {
	{"trainer_state.json", "", PT_LOG_TRAINER_STATE},
	{"train_log.jsonl", "", PT_LOG_TRAIN_JSONL},
	{"trainer_log.jsonl", "", PT_LOG_TRAIN_JSONL},
	{"metrics.jsonl", "", PT_LOG_TRAIN_JSONL},
	{"metrics.csv", "", PT_LOG_METRICS_CSV},
	{"probe_losses", ".jsonl", PT_LOG_PROBE_JSONL},
	{"probe_losses", ".csv", PT_LOG_PROBE_CSV},
	{"events.out.tfevents.", NULL, PT_LOG_TFEVENTS},
	{"", ".wandb", PT_LOG_WANDB},
};

static const char *const log_kind_names[] = {
#define X(id, name) name,
	PT_LOG_KIND_TABLE(X)
#undef X
};
_Static_assert(sizeof log_kind_names / sizeof log_kind_names[0] == PT_N_LOG_KINDS, "a name for every kind");

static bool has_ends(const char *name, const char *prefix, const char *suffix)
{
	size_t n = strlen(name), n_prefix = strlen(prefix), n_suffix = strlen(suffix);
	return n >= n_prefix + n_suffix && memcmp(name, prefix, n_prefix) == 0 &&
		   memcmp(name + n - n_suffix, suffix, n_suffix) == 0;
}

/* Decimal digits and nothing else. */
static pt_status number_of(const char *digits, int64_t *number)
{
	uint64_t value = 0;
	bool fits = true;
	if (!*digits)
		return PT_ERR_NOT_FOUND;
	for (const char *at = digits; *at; at++) {
		if (*at < '0' || *at > '9')
			return PT_ERR_NOT_FOUND;
		fits = fits && value <= (INT64_MAX - (uint64_t)(*at - '0')) / 10;
		value = fits ? value * 10 + (uint64_t)(*at - '0') : value;
	}
	*number = (int64_t)value;
	return fits ? PT_OK : PT_ERR_LIMIT;
}

pt_status checkpoint_name_read(const char *name, checkpoint_name *out)
{
	for (int row = 0; row < N_CHECKPOINT_ROWS; row++) {
		size_t n = strlen(checkpoint_rows[row].prefix);
		if (strncmp(name, checkpoint_rows[row].prefix, n) != 0)
			continue;
		int64_t step = 0;
		pt_status status = number_of(name + n, &step);
		if (status == PT_ERR_NOT_FOUND)
			continue;
		*out = (checkpoint_name){.step = step, .unit = checkpoint_rows[row].unit, .row = row};
		return status;
	}
	return PT_ERR_NOT_FOUND;
}

bool pt_checkpoint_name_parse(const char *name, int64_t *step, pt_status *status)
{
	checkpoint_name found;
	pt_status read = checkpoint_name_read(name, &found);
	if (read == PT_ERR_NOT_FOUND)
		return false;
	*step = found.step;
	*status = read;
	return true;
}

bool pt_log_kind_of_name(const char *name, pt_log_kind *kind)
{
	for (size_t i = 0; i < sizeof log_rows / sizeof log_rows[0]; i++) {
		const char *suffix = log_rows[i].suffix;
		bool fits = !suffix    ? has_ends(name, log_rows[i].prefix, "")
					: !*suffix ? strcmp(name, log_rows[i].prefix) == 0
							   : has_ends(name, log_rows[i].prefix, suffix);
		if (fits) {
			*kind = log_rows[i].kind;
			return true;
		}
	}
	return false;
}

const char *pt_log_kind_name(pt_log_kind kind)
{
	return (unsigned)kind < PT_N_LOG_KINDS ? log_kind_names[kind] : "";
}

const refused_weights *refused_weights_of(const char *name)
{
	for (size_t i = 0; i < sizeof refused_rows / sizeof refused_rows[0]; i++)
		if (has_ends(name, refused_rows[i].prefix, refused_rows[i].suffix))
			return refused_rows[i].code == PT_OK ? NULL : &refused_rows[i];
	return NULL;
}

bool is_shard_name(const char *name)
{
	return has_ends(name, "model-", ".safetensors") && strstr(name, "-of-");
}

bool is_passed_over(const char *name)
{
	static const char *const names[] = {"adapter_model", "node_modules", "__pycache__", "venv"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return name[0] == '.' || strncmp(name, "tmp-", 4) == 0;
}

bool is_log_directory_name(const char *name)
{
	static const char *const names[] = {"log", "logs", "runs", "tb", "tensorboard", "wandb", "metrics"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}
