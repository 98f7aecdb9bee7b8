#include "run_names.h"

#include "phasetop/runio/checkpoint_scan.h"

#include <string.h>
#include <strings.h>

/* Directories of checkpoints, a row each: the number follows the prefix and ends the name. */
static const struct {
	const char *prefix;
	pt_step_unit unit;
} checkpoint_rows[] = {
	{"checkpoint-", PT_UNIT_STEP}, /* HF Trainer, TRL, Axolotl, Unsloth, LLaMA-Factory, diffusers */
	{"checkpoint_", PT_UNIT_STEP}, /* plain scripts; in checkpoints/ accelerate's, which counts saves */
	{"step_", PT_UNIT_STEP},       /* accelerate examples, plain scripts */
	{"global_step", PT_UNIT_STEP}, /* DeepSpeed, verl */
	{"epoch_", PT_UNIT_EPOCH},     /* torchtune */
};

/* Words before the number that ends a file's name: `name-step00000400.safetensors` (kohya). */
static const struct {
	const char *word;
	pt_step_unit unit;
} file_words[] = {
	{"step", PT_UNIT_STEP},
	{"steps", PT_UNIT_STEP},
	{"iter", PT_UNIT_STEP},
	{"iters", PT_UNIT_STEP},
	{"iteration", PT_UNIT_STEP},
	{"checkpoint", PT_UNIT_STEP},
	{"ckpt", PT_UNIT_STEP},
	{"epoch", PT_UNIT_EPOCH},
	{"ep", PT_UNIT_EPOCH},
	{"e", PT_UNIT_EPOCH},
};

/* Numbers without a word, told by their separator and their padding. */
static const struct {
	char separator;
	size_t n_digits;
	pt_step_unit unit;
} file_numbers[] = {
	{'-', 6, PT_UNIT_EPOCH}, /* kohya: name-000002.safetensors */
	{'_', 9, PT_UNIT_STEP},  /* ai-toolkit: name_000001000.safetensors */
};

/* Weights without a step: the file, or the directory, that is the run's result or a copy of its best. Where
 * nothing else is there the first one stands for the run. */
static const struct {
	const char *name;
	bool is_file;
} unnumbered_rows[] = {
	{"adapter_model.safetensors", true},
	{"pytorch_lora_weights.safetensors", true},
	{"adapters.safetensors", true},
	{"", true}, /* any other ….safetensors: kohya's last one, plain scripts */
	{"model.safetensors", true},
	{"model.safetensors.index.json", true},
	{"final", false},
	{"final_model", false},
	{"final-model", false},
	{"final_adapter", false},
	{"final_checkpoint", false},
	{"final-checkpoint", false},
	{"checkpoint-final", false},
	{"checkpoint_final", false},
	{"last", false},
	{"latest", false},
	{"checkpoint-last", false},
	{"checkpoint-latest", false},
	{"best", false},
	{"best_model", false},
	{"best-model", false},
	{"best_adapter", false},
	{"best_checkpoint", false},
	{"best-checkpoint", false},
	{"checkpoint-best", false},
	{"checkpoint_best", false},
};

enum {
	N_CHECKPOINT_ROWS = sizeof checkpoint_rows / sizeof checkpoint_rows[0],
	N_UNNUMBERED_ROWS = sizeof unnumbered_rows / sizeof unnumbered_rows[0],
	FILE_ROW = N_CHECKPOINT_ROWS, /* of numbered files, and behind it those without a number */
	UNNUMBERED_ROW,
	LONGEST_NAME = 255
};

static const char SAFETENSORS[] = ".safetensors";
static const char MLX_SUFFIX[] = "_adapters";

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
	{"sampler", "", PT_OK, NULL},
	{"dl_state_dict", "", PT_OK, NULL},
	{"mp_rank_", ".pt", PT_ERR_PICKLE,
		"a pickle of DeepSpeed, never opened: convert it with its zero_to_fp32.py (--safe_serialization)"},
	{"zero_pp_rank_", "", PT_OK, NULL},
	{"bf16_zero_pp_rank_", "", PT_OK, NULL},
	{"", ".bin", PT_ERR_PICKLE,
		"a pickle, never opened: save it again with save_pretrained(…, safe_serialization=True)"},
	{"", ".pt", PT_ERR_PICKLE, "a pickle, never opened: save its tensors with safetensors.torch.save_file"},
	{"", ".pth", PT_ERR_PICKLE, "a pickle, never opened: save its tensors with safetensors.torch.save_file"},
	{"", ".ckpt", PT_ERR_PICKLE, "a pickle, never opened: save its tensors with safetensors.torch.save_file"},
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

static pt_status directory_name_read(const char *directory, const char *name, checkpoint_name *out)
{
	for (int row = 0; row < N_CHECKPOINT_ROWS; row++) {
		size_t n = strlen(checkpoint_rows[row].prefix);
		if (strncmp(name, checkpoint_rows[row].prefix, n) != 0)
			continue;
		int64_t step = 0;
		pt_status status = number_of(name + n, &step);
		if (status == PT_ERR_NOT_FOUND)
			continue;
		bool is_save = strcmp(directory, PT_SCAN_CONTAINER) == 0 && name[n - 1] == '_' && name[0] == 'c';
		*out = (checkpoint_name){
			.step = step, .unit = is_save ? PT_UNIT_SAVE : checkpoint_rows[row].unit, .row = row};
		return status;
	}
	return PT_ERR_NOT_FOUND;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The word that ends `stem[0, n)`, a separator behind it passed over; false: none of the table. */
static bool unit_by_word(const char *stem, size_t n, pt_step_unit *unit)
{
	if (n > 0 && strchr("-_.=", stem[n - 1]))
		n--;
	size_t first = n;
	while (first > 0 && is_letter(stem[first - 1]))
		first--;
	for (size_t i = 0; i < sizeof file_words / sizeof file_words[0]; i++) {
		if (strlen(file_words[i].word) == n - first &&
			strncasecmp(file_words[i].word, stem + first, n - first) == 0) {
			*unit = file_words[i].unit;
			return true;
		}
	}
	return false;
}

/* The unit of a number of n_digits behind stem[0, n); false: just a number in a name. */
static bool unit_of(const char *stem, size_t n, size_t n_digits, pt_step_unit *unit)
{
	if (unit_by_word(stem, n, unit))
		return true;
	for (size_t i = 0; n > 1 && i < sizeof file_numbers / sizeof file_numbers[0]; i++) {
		if (stem[n - 1] == file_numbers[i].separator && n_digits == file_numbers[i].n_digits) {
			*unit = file_numbers[i].unit;
			return true;
		}
	}
	return false;
}

/* `{n}_adapters` (MLX), or a number at the end of a stem. */
static pt_status file_name_read(const char *name, checkpoint_name *out)
{
	char stem[LONGEST_NAME + 1];
	size_t n = strlen(name) - (sizeof SAFETENSORS - 1);
	pt_step_unit unit = PT_UNIT_STEP;
	if (n > LONGEST_NAME)
		return PT_ERR_NOT_FOUND;
	memcpy(stem, name, n);
	stem[n] = '\0';
	size_t first = n;
	if (has_ends(stem, "", MLX_SUFFIX)) {
		stem[n - (sizeof MLX_SUFFIX - 1)] = '\0';
		first = 0;
	} else {
		while (first > 0 && stem[first - 1] >= '0' && stem[first - 1] <= '9')
			first--;
		if (first == n || !unit_of(stem, first, n - first, &unit))
			return PT_ERR_NOT_FOUND;
	}
	int64_t step = 0;
	pt_status status = number_of(stem + first, &step);
	if (status != PT_ERR_NOT_FOUND)
		*out = (checkpoint_name){.step = step, .unit = unit, .row = FILE_ROW, .is_file = true};
	return status;
}

static pt_status unnumbered_name_read(const char *name, checkpoint_name *out)
{
	int any = -1;
	for (int row = 0; row < N_UNNUMBERED_ROWS; row++) {
		if (!*unnumbered_rows[row].name)
			any = row;
		if (strcmp(name, unnumbered_rows[row].name) != 0)
			continue;
		*out = (checkpoint_name){
			.row = UNNUMBERED_ROW + row, .is_file = unnumbered_rows[row].is_file, .is_unnumbered = true};
		return PT_OK;
	}
	if (!is_safetensors_name(name))
		return PT_ERR_NOT_FOUND;
	*out = (checkpoint_name){.row = UNNUMBERED_ROW + any, .is_file = true, .is_unnumbered = true};
	return PT_OK;
}

pt_status checkpoint_name_read(const char *directory, const char *name, checkpoint_name *out)
{
	pt_status status = directory_name_read(directory, name, out);
	if (status == PT_ERR_NOT_FOUND && is_safetensors_name(name) && name[0] != '.')
		status = file_name_read(name, out);
	if (status == PT_ERR_NOT_FOUND && name[0] != '.')
		status = unnumbered_name_read(name, out);
	return status;
}

bool is_numbered_name(const char *directory, const char *name, checkpoint_name *out)
{
	return checkpoint_name_read(directory, name, out) == PT_OK && !out->is_unnumbered;
}

bool pt_checkpoint_name_parse(const char *name, int64_t *step, pt_status *status)
{
	checkpoint_name found;
	pt_status read = directory_name_read("", name, &found);
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

bool refused_alone(const char *name)
{
	static const char *const words[] = {
		"model", "adapter", "lora", "checkpoint", "ckpt", "weights", "epoch", "step", "iter"};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcasestr(name, words[i]))
			return refused_weights_of(name) != NULL;
	return false;
}

bool is_safetensors_name(const char *name)
{
	return has_ends(name, "", SAFETENSORS) && strlen(name) >= sizeof SAFETENSORS && !is_shard_name(name);
}

bool is_adapter_file(const char *name)
{
	return strcmp(name, "adapter_model.safetensors") == 0 ||
		   strcmp(name, "pytorch_lora_weights.safetensors") == 0 || strcmp(name, "adapters.safetensors") == 0;
}

bool is_weights_or_config(const char *name)
{
	return has_ends(name, "", SAFETENSORS) || has_ends(name, "", ".safetensors.index.json") ||
		   strcmp(name, "adapter_config.json") == 0;
}

/* `…-00001-of-00005.safetensors` */
bool is_shard_name(const char *name)
{
	const char *of = strstr(name, "-of-");
	return of && has_ends(of, "-of-", SAFETENSORS) && of > name && of[-1] >= '0' && of[-1] <= '9';
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
