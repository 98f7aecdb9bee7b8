#include "phasetop/runio/adapter_config.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "module_patterns.h"
#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"
#include "phasetop/runio/json.h"

enum { SHOWN_BYTES = 96, MAX_WARNINGS = 16 };

struct pt_adapter_config {
	pt_arena *arena;
	const char *method; /* another one than LoRA; NULL: LoRA */
	int64_t r;          /* 0: not given */
	double lora_alpha;  /* NaN: MLX, which has a scale */
	double scale;       /* MLX; NaN: PEFT */
	double scale_alpha; /* MLX before DoRA: s = scale·alpha/r; NaN: s = scale */
	bool use_rslora, use_dora, fan_in_fan_out;
	bool has_unused_alpha; /* MLX: an alpha of which it can't be told whether it counted */
	bool one_key;          /* PEFT up to 0.13: one key for both patterns */
	const char *variant, *start;
	module_patterns ranks, alphas;
	size_t n_targets;
	const char **targets; /* target_parameters: MODULE.PARAMETER */
	size_t n_warnings;
	const char *warnings[MAX_WARNINGS];
};

/* The object that a config is read from, and where in it. */
typedef struct config_source {
	const pt_json_value *root;
	const char *prefix; /* before every key, with a dot behind it; "": none */
	const char *path;   /* for errors */
	pt_adapter_config *config;
} config_source;

/* Sets of keys that PEFT's LoraConfig got in 0.14, when patterns began to be looked up separately. */
static const char *const keys_since_0_14[] = {"peft_version", "exclude_modules", "lora_bias", "eva_config"};

/* Methods whose update is not s·B·A, by the key that switches them on. */
static const struct {
	const char *key, *name;
} variants[] = {
	{"use_bdlora", "block-diagonal LoRA"},
	{"kasa_config", "KaSA"},
	{"monteclora_config", "MonteCLoRA"},
	{"velora_config", "VeLoRA"},
	{"use_qalora", "QA-LoRA"},
	{"arrow_config", "Arrow"},
	{"alora_invocation_tokens", "activated LoRA"},
};

/*
 * Initialisations with which B·A is not zero before training; most take it out of the base weights again.
 * Those with a suffix ("pissa_niter_16") are matched by what they begin with.
 */
static const struct {
	const char *begins, *name;
} starts[] = {
	{"pissa", "PiSSA"},
	{"olora", "OLoRA"},
	{"corda", "CorDA"},
	{"loftq", "LoftQ"},
	{"lora_ga", "LoRA-GA"},
};

static pt_status fail_memory(const char *path, pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory for adapter_config.json");
}

/* Adds a warning; the ones beyond MAX_WARNINGS are left off. false: out of memory. */
static bool warn(void *to, const char *what, const char *key, const char *why)
{
	pt_adapter_config *config = to;
	char shown[SHOWN_BYTES], line[PT_ERROR_MESSAGE_BYTES];
	pt_text text = pt_text_over(line, sizeof line);
	if (config->n_warnings >= MAX_WARNINGS)
		return true;
	pt_text_sanitize(shown, sizeof shown, key, strlen(key));
	pt_text_addf(&text, "%s%s%s: %s", what, *shown ? " " : "", shown, why);
	const char *copy = pt_arena_text(config->arena, line);
	if (copy)
		config->warnings[config->n_warnings++] = copy;
	return copy != NULL;
}

/* --- reading --- */

static const pt_json_value *member(const config_source *from, const char *key)
{
	char full[SHOWN_BYTES];
	int n = snprintf(full, sizeof full, "%s%s", from->prefix, key);
	return n > 0 && (size_t)n < sizeof full ? pt_json_member(from->root, full) : NULL;
}

static bool is_true(const config_source *from, const char *key)
{
	return pt_json_type_of(member(from, key)) == PT_JSON_TRUE;
}

/* Is the key there with something that switches it on (not null, not false)? */
static bool is_on(const config_source *from, const char *key)
{
	pt_json_type type = pt_json_type_of(member(from, key));
	return type != PT_JSON_END && type != PT_JSON_NULL && type != PT_JSON_FALSE;
}

static pt_status read_rank(const config_source *from, const pt_json_value *value, pt_error *err)
{
	double r;
	if (pt_json_number(value, &r) && r >= 1 && r <= INT32_MAX && r == floor(r))
		from->config->r = (int64_t)r;
	else if (!warn(from->config, "r", "", "missing, or no positive whole number"))
		return fail_memory(from->path, err);
	return PT_OK;
}

/* A number that the scaling is made of. */
static pt_status read_factor(
	const config_source *from, const pt_json_value *value, const char *name, double *out, pt_error *err)
{
	double number;
	if (!pt_json_number(value, &number))
		return pt_fail(err, PT_ERR_INVALID, from->path, -1,
			value ? "%s is not a number" : "no %s: the scaling is not known", name);
	if (!(fabs(number) <= PT_ALPHA_MOST))
		return pt_fail(err, PT_ERR_INVALID, from->path, -1,
			isfinite(number) ? "%s is too large: the scaling is not used" : "%s is not finite", name);
	*out = number;
	return PT_OK;
}

static const char *start_of(const pt_json_value *init)
{
	const char *name = pt_json_string(init);
	for (size_t i = 0; name && i < sizeof starts / sizeof starts[0]; i++) {
		if (strncmp(name, starts[i].begins, strlen(starts[i].begins)) == 0)
			return starts[i].name;
	}
	return pt_json_type_of(init) == PT_JSON_FALSE ? "a random B" : NULL;
}

static void read_switches(const config_source *from)
{
	pt_adapter_config *config = from->config;
	config->use_rslora = is_true(from, "use_rslora");
	config->use_dora = is_true(from, "use_dora");
	config->fan_in_fan_out = is_true(from, "fan_in_fan_out");
	config->start = start_of(member(from, "init_lora_weights"));
	for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++) {
		if (is_on(from, variants[i].key))
			config->variant = variants[i].name;
	}
	config->one_key = true;
	for (size_t i = 0; i < sizeof keys_since_0_14 / sizeof keys_since_0_14[0]; i++) {
		if (member(from, keys_since_0_14[i]))
			config->one_key = false;
	}
}

static pt_status read_targets(const config_source *from, pt_error *err)
{
	pt_adapter_config *config = from->config;
	const pt_json_value *array = member(from, "target_parameters");
	size_t n = 0;
	if (pt_json_type_of(array) != PT_JSON_ARRAY_BEGIN)
		return PT_OK;
	for (const pt_json_value *v = pt_json_first(array); v; v = pt_json_following(v))
		n++;
	config->targets = pt_arena_alloc(config->arena, n, sizeof *config->targets);
	if (!config->targets)
		return fail_memory(from->path, err);
	for (const pt_json_value *v = pt_json_first(array); v; v = pt_json_following(v)) {
		const char *text = pt_json_string(v);
		if (!text)
			continue;
		const char *copy = pt_arena_text(config->arena, text);
		if (!copy)
			return fail_memory(from->path, err);
		config->targets[config->n_targets++] = copy;
	}
	return PT_OK;
}

static pt_status read_patterns(
	const config_source *from, const char *what, double most, module_patterns *patterns, pt_error *err)
{
	module_patterns_source source = {
		.arena = from->config->arena,
		.object = member(from, what),
		.what = what,
		.most = most,
		.ungrouped = from->config->one_key,
		.warn = warn,
		.warn_to = from->config,
		.path = from->path,
	};
	return module_patterns_read(patterns, &source, err);
}

static pt_status read_peft(const config_source *from, pt_error *err)
{
	pt_adapter_config *config = from->config;
	pt_status status = read_factor(from, member(from, "lora_alpha"), "lora_alpha", &config->lora_alpha, err);
	if (status == PT_OK)
		status = read_rank(from, member(from, "r"), err);
	if (status != PT_OK)
		return status;
	read_switches(from);
	status = read_patterns(from, "rank_pattern", DBL_MAX, &config->ranks, err);
	if (status == PT_OK)
		status = read_patterns(from, "alpha_pattern", PT_ALPHA_MOST, &config->alphas, err);
	if (status == PT_OK)
		status = read_targets(from, err);
	return status;
}

/*
 * MLX multiplies by `scale` itself. Its first releases multiplied by scale·alpha/r; an alpha went on being
 * written for ten months after it was last used. `use_dora` came two weeks before alpha went.
 */
static pt_status read_mlx(const config_source *from, const pt_json_value *parameters, pt_error *err)
{
	pt_adapter_config *config = from->config;
	const pt_json_value *alpha = pt_json_member(parameters, "alpha");
	pt_status status =
		read_factor(from, pt_json_member(parameters, "scale"), "lora_parameters.scale", &config->scale, err);
	if (status == PT_OK)
		status = read_rank(from, pt_json_member(parameters, "rank"), err);
	if (status != PT_OK || !alpha)
		return status;
	if (!member(from, "use_dora") && !member(from, "fine_tune_type") && !member(from, "num_layers"))
		return read_factor(from, alpha, "lora_parameters.alpha", &config->scale_alpha, err);
	config->has_unused_alpha = !member(from, "fine_tune_type") && !member(from, "num_layers");
	return PT_OK;
}

static pt_status read_config(const config_source *from, pt_error *err)
{
	pt_adapter_config *config = from->config;
	const pt_json_value *parameters = member(from, "lora_parameters");
	const char *type = pt_json_string(member(from, "peft_type"));
	char shown[SHOWN_BYTES];
	config->lora_alpha = config->scale = config->scale_alpha = (double)NAN;
	if (pt_json_type_of(from->root) != PT_JSON_OBJECT_BEGIN)
		return pt_fail(err, PT_ERR_INVALID, from->path, 0, "adapter_config.json holds no object");
	if (!type && pt_json_type_of(parameters) == PT_JSON_OBJECT_BEGIN)
		return read_mlx(from, parameters, err);
	if (type ? !*type : !*from->prefix)
		return pt_fail(err, PT_ERR_INVALID, from->path, -1, "no peft_type");
	if (!type || strcasecmp(type, "LORA") == 0)
		return read_peft(from, err);
	pt_text_sanitize(shown, sizeof shown, type, strlen(type));
	config->method = pt_arena_text(config->arena, shown);
	return config->method ? PT_OK : fail_memory(from->path, err);
}

static pt_status from_tree(config_source *from, pt_adapter_config **out, pt_error *err)
{
	pt_adapter_config *config = pt_array_alloc(1, sizeof *config);
	if (!config)
		return fail_memory(from->path, err);
	from->config = config;
	config->arena = pt_arena_create();
	pt_status status = config->arena ? read_config(from, err) : fail_memory(from->path, err);
	if (status == PT_OK)
		*out = config;
	else
		pt_adapter_config_destroy(config);
	return status;
}

pt_status pt_adapter_config_parse(
	const char *text, size_t length, const char *path, pt_adapter_config **out, pt_error *err)
{
	static const char byte_order_mark[] = "\xEF\xBB\xBF";
	config_source from = {.prefix = "", .path = path};
	pt_json_value *root;
	size_t n = sizeof byte_order_mark - 1;
	bool is_marked = length >= n && memcmp(text, byte_order_mark, n) == 0;
	pt_status status =
		pt_json_parse(is_marked ? text + n : text, is_marked ? length - n : length, path, &root, err);
	if (status != PT_OK)
		return status;
	from.root = root;
	status = from_tree(&from, out, err);
	pt_json_destroy(root);
	return status;
}

pt_status pt_adapter_config_of_part(
	const pt_json_value *object, const char *prefix, const char *path, pt_adapter_config **out, pt_error *err)
{
	config_source from = {.root = object, .prefix = prefix, .path = path};
	return from_tree(&from, out, err);
}

void pt_adapter_config_destroy(pt_adapter_config *config)
{
	if (!config)
		return;
	module_patterns_fini(&config->ranks);
	module_patterns_fini(&config->alphas);
	pt_arena_destroy(config->arena);
	pt_free(config);
}

/* --- looking up --- */

/* PEFT wraps a module once more for its second target parameter: M.base_layer is M. */
static void model_name(const char *module, char *out, size_t capacity)
{
	static const char wrapper[] = ".base_layer";
	size_t n = strlen(module), w = sizeof wrapper - 1;
	while (n > w && memcmp(module + n - w, wrapper, w) == 0)
		n -= w;
	if (n >= capacity)
		n = capacity - 1;
	memcpy(out, module, n);
	out[n] = '\0';
}

/* The pattern value that holds for a module; NaN when none does. */
static double value_of(const pt_adapter_config *config, const module_patterns *patterns, const char *module)
{
	char name[PT_PATTERN_TEXT_BYTES + 2];
	model_name(module, name, sizeof name);
	/* a key that no pattern matches is looked up as it is: the module's whole name */
	const char *key = name;
	const module_pattern *chosen = module_patterns_match(config->one_key ? &config->ranks : patterns, name);
	if (!chosen && config->one_key)
		chosen = module_patterns_match(&config->alphas, name);
	if (chosen)
		key = chosen->key;
	const module_pattern *entry = config->one_key || !chosen ? module_patterns_of_key(patterns, key) : chosen;
	return entry ? entry->value : (double)NAN;
}

/* --- asking --- */

bool pt_adapter_config_uses_rslora(const pt_adapter_config *config)
{
	return config->use_rslora;
}

bool pt_adapter_config_uses_dora(const pt_adapter_config *config)
{
	return config->use_dora;
}

bool pt_adapter_config_fan_in_fan_out(const pt_adapter_config *config)
{
	return config->fan_in_fan_out;
}

bool pt_adapter_config_is_peft(const pt_adapter_config *config)
{
	return isnan(config->scale);
}

const char *pt_adapter_config_method(const pt_adapter_config *config)
{
	return config->method;
}

const char *pt_adapter_config_start(const pt_adapter_config *config)
{
	return config->start;
}

const char *pt_adapter_config_variant(const pt_adapter_config *config)
{
	return config->variant;
}

int64_t pt_adapter_config_rank(const pt_adapter_config *config, const char *module)
{
	double r = value_of(config, &config->ranks, module);
	if (isnan(r))
		return config->r;
	return r >= 1 && r <= INT32_MAX && r == floor(r) ? (int64_t)r : 0;
}

double pt_adapter_config_alpha(const pt_adapter_config *config, const char *module)
{
	double alpha = value_of(config, &config->alphas, module);
	return isnan(alpha) ? config->lora_alpha : alpha;
}

/* Is `module` the parent of the parameter PARENT.PARAMETER, or does its name end in ".PARENT"? */
static bool is_parent(const char *module, const char *target)
{
	const char *dot = strrchr(target, '.');
	size_t parent = dot ? (size_t)(dot - target) : 0, n = strlen(module);
	if (parent == 0)
		return true;
	return n >= parent && memcmp(module + n - parent, target, parent) == 0 &&
		   (n == parent || module[n - parent - 1] == '.');
}

int64_t pt_adapter_config_experts(const pt_adapter_config *config, const char *module, int64_t n_rows)
{
	char name[PT_PATTERN_TEXT_BYTES + 2];
	int64_t r = pt_adapter_config_rank(config, module);
	if (r < 1 || n_rows < r || n_rows % r != 0)
		return 1;
	model_name(module, name, sizeof name);
	for (size_t i = 0; i < config->n_targets; i++) {
		if (is_parent(name, config->targets[i]))
			return n_rows / r;
	}
	return 1;
}

static double scaling_of(const pt_adapter_config *config, const char *module, int64_t rank)
{
	if (!isnan(config->scale))
		return isnan(config->scale_alpha) ? config->scale
										  : config->scale * (config->scale_alpha / (double)rank);
	double alpha = pt_adapter_config_alpha(config, module);
	return alpha / (config->use_rslora ? sqrt((double)rank) : (double)rank);
}

pt_status pt_adapter_config_scaling(const pt_adapter_config *config, const char *module, int64_t rank,
	double *scaling, char *warning, size_t capacity, pt_error *err)
{
	if (rank < 1)
		return pt_fail(err, PT_ERR_INVALID, NULL, -1, "rank %lld", (long long)rank);
	int64_t configured = pt_adapter_config_rank(config, module);
	pt_text text = pt_text_over(warning, capacity);
	if (configured != 0 && configured != rank)
		pt_text_addf(&text, "the config gives rank %lld, the tensor has %lld: the tensor's is used",
			(long long)configured, (long long)rank);
	if (config->has_unused_alpha)
		pt_text_addf(&text,
			"%sthe scaling is the config's scale; MLX before June 2024 took scale times alpha/rank",
			text.length > 0 ? "; " : "");
	*scaling = scaling_of(config, module, rank);
	return PT_OK;
}

size_t pt_adapter_config_n_warnings(const pt_adapter_config *config)
{
	return config->n_warnings;
}

const char *pt_adapter_config_warning(const pt_adapter_config *config, size_t i)
{
	return i < config->n_warnings ? config->warnings[i] : "";
}
