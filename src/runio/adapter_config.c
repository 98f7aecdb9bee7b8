#include "phasetop/runio/adapter_config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"
#include "phasetop/runio/json.h"
#include "phasetop/runio/pattern.h"

enum { SHOWN_BYTES = 96, MAX_WARNINGS = 16, MAX_PATTERNS = 4096 };

/* One entry of rank_pattern or alpha_pattern. */
typedef struct pattern_entry {
	const char *key;     /* as written */
	pt_pattern *pattern; /* NULL: not understood */
	double value;        /* NaN: of another type, the entry does not count */
} pattern_entry;

typedef struct pattern_list {
	pattern_entry *entries;
	size_t n;
} pattern_list;

struct pt_adapter_config {
	pt_arena *arena;
	int64_t r; /* 0: not given */
	double lora_alpha;
	bool use_rslora, use_dora, fan_in_fan_out;
	bool one_key; /* PEFT up to 0.13: one key for both patterns */
	const char *variant;
	pattern_list ranks, alphas;
	size_t n_targets;
	const char **targets; /* target_parameters: MODULE.PARAMETER */
	size_t n_warnings;
	const char *warnings[MAX_WARNINGS];
};

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
};

static pt_status fail_memory(const char *path, pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory for adapter_config.json");
}

/* Adds a warning; the ones beyond MAX_WARNINGS are left off. false: out of memory. */
static bool warn(pt_adapter_config *config, const char *what, const char *key, const char *why)
{
	char shown[SHOWN_BYTES], line[PT_ERROR_MESSAGE_BYTES];
	pt_text text = pt_text_over(line, sizeof line);
	if (config->n_warnings >= MAX_WARNINGS)
		return true;
	pt_text_sanitize(shown, sizeof shown, key, strlen(key));
	pt_text_addf(&text, "%s %s: %s", what, shown, why);
	const char *copy = pt_arena_text(config->arena, line);
	if (copy)
		config->warnings[config->n_warnings++] = copy;
	return copy != NULL;
}

static bool is_true(const pt_json_value *root, const char *key)
{
	return pt_json_type_of(pt_json_member(root, key)) == PT_JSON_TRUE;
}

/* Is the key there with something that switches it on (not null, not false)? */
static bool is_on(const pt_json_value *root, const char *key)
{
	pt_json_type type = pt_json_type_of(pt_json_member(root, key));
	return type != PT_JSON_END && type != PT_JSON_NULL && type != PT_JSON_FALSE;
}

/* --- patterns --- */

/* PEFT matches (.*\.)?(KEY)$ ; up to 0.13 it was .*\.KEY$ without the group. */
static pt_status compile(pt_adapter_config *config, const char *key, pt_pattern **out, pt_error *err)
{
	char expression[PT_PATTERN_BYTES + 2];
	int n = snprintf(expression, sizeof expression, config->one_key ? "(?:.*\\.%s$)" : "(.*\\.)?(%s)$", key);
	if (n < 0 || (size_t)n >= sizeof expression)
		return pt_fail(err, PT_ERR_LIMIT, NULL, -1, "longer than %d bytes", (int)PT_PATTERN_BYTES);
	return pt_pattern_compile(expression, out, err);
}

static pt_status read_pattern(pt_adapter_config *config, const pt_json_value *member, const char *what,
	pattern_entry *entry, const char *path, pt_error *err)
{
	pt_error fault;
	bool warned = true;
	entry->value = (double)NAN;
	entry->key = pt_arena_text(config->arena, pt_json_key(member));
	if (!entry->key)
		return fail_memory(path, err);
	if (!pt_json_number(member, &entry->value) || !isfinite(entry->value)) {
		entry->value = (double)NAN;
		warned = warn(config, what, entry->key, "its value is no finite number, passed over");
	}
	pt_status status = compile(config, entry->key, &entry->pattern, &fault);
	if (status == PT_ERR_MEMORY)
		return fail_memory(path, err);
	if (status != PT_OK)
		warned = warn(config, what, entry->key, fault.message) && warned;
	return warned ? PT_OK : fail_memory(path, err);
}

static pt_status read_patterns(pt_adapter_config *config, const pt_json_value *root, const char *what,
	pattern_list *list, const char *path, pt_error *err)
{
	const pt_json_value *object = pt_json_member(root, what);
	size_t n = 0;
	if (pt_json_type_of(object) != PT_JSON_OBJECT_BEGIN) {
		if (object && pt_json_type_of(object) != PT_JSON_NULL && !warn(config, what, "", "not an object"))
			return fail_memory(path, err);
		return PT_OK;
	}
	for (const pt_json_value *m = pt_json_first(object); m; m = pt_json_following(m))
		n++;
	if (n > MAX_PATTERNS)
		return pt_fail(err, PT_ERR_LIMIT, path, -1, "%s: more than %d patterns", what, (int)MAX_PATTERNS);
	list->entries = pt_array_alloc(n, sizeof *list->entries);
	if (!list->entries)
		return fail_memory(path, err);
	for (const pt_json_value *m = pt_json_first(object); m; m = pt_json_following(m)) {
		pt_status status = read_pattern(config, m, what, &list->entries[list->n++], path, err);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}

static const pattern_entry *first_match(const pattern_list *list, const char *module)
{
	for (size_t i = 0; i < list->n; i++) {
		const pt_pattern *pattern = list->entries[i].pattern;
		if (pattern && pt_pattern_matches(pattern, module))
			return &list->entries[i];
	}
	return NULL;
}

static const pattern_entry *entry_of_key(const pattern_list *list, const char *key)
{
	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->entries[i].key, key) == 0)
			return &list->entries[i];
	}
	return NULL;
}

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
static double value_of(const pt_adapter_config *config, const pattern_list *list, const char *module)
{
	char name[PT_PATTERN_TEXT_BYTES + 2];
	model_name(module, name, sizeof name);
	/* a key that no pattern matches is looked up as it is: the module's whole name */
	const char *key = name;
	const pattern_entry *chosen = first_match(config->one_key ? &config->ranks : list, name);
	if (!chosen && config->one_key)
		chosen = first_match(&config->alphas, name);
	if (chosen)
		key = chosen->key;
	const pattern_entry *entry = config->one_key || !chosen ? entry_of_key(list, key) : chosen;
	return entry ? entry->value : (double)NAN;
}

/* --- reading --- */

static pt_status check_peft_type(const pt_json_value *root, const char *path, pt_error *err)
{
	const char *type = pt_json_string(pt_json_member(root, "peft_type"));
	char shown[SHOWN_BYTES];
	if (pt_json_type_of(root) != PT_JSON_OBJECT_BEGIN)
		return pt_fail(err, PT_ERR_INVALID, path, 0, "adapter_config.json holds no object");
	if (!type)
		return pt_fail(err, PT_ERR_INVALID, path, -1, "no peft_type");
	pt_text_sanitize(shown, sizeof shown, type, strlen(type));
	if (strcmp(type, "LORA") != 0)
		return pt_fail(
			err, PT_ERR_NOT_LORA, path, -1, "the adapter's method is %s; phasetop reads LoRA only", shown);
	return PT_OK;
}

static pt_status read_numbers(
	pt_adapter_config *config, const pt_json_value *root, const char *path, pt_error *err)
{
	double r;
	const pt_json_value *alpha = pt_json_member(root, "lora_alpha");
	if (!pt_json_number(alpha, &config->lora_alpha))
		return pt_fail(err, PT_ERR_INVALID, path, -1,
			alpha ? "lora_alpha is not a number" : "no lora_alpha: the scaling is not known");
	if (!isfinite(config->lora_alpha))
		return pt_fail(err, PT_ERR_INVALID, path, -1, "lora_alpha is not finite");
	if (pt_json_number(pt_json_member(root, "r"), &r) && r >= 1 && r <= INT32_MAX && r == floor(r))
		config->r = (int64_t)r;
	else if (!warn(config, "r", "", "missing, or no positive whole number"))
		return fail_memory(path, err);
	config->use_rslora = is_true(root, "use_rslora");
	config->use_dora = is_true(root, "use_dora");
	config->fan_in_fan_out = is_true(root, "fan_in_fan_out");
	for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++) {
		if (is_on(root, variants[i].key))
			config->variant = variants[i].name;
	}
	config->one_key = true;
	for (size_t i = 0; i < sizeof keys_since_0_14 / sizeof keys_since_0_14[0]; i++) {
		if (pt_json_member(root, keys_since_0_14[i]))
			config->one_key = false;
	}
	return PT_OK;
}

static pt_status read_targets(
	pt_adapter_config *config, const pt_json_value *root, const char *path, pt_error *err)
{
	const pt_json_value *array = pt_json_member(root, "target_parameters");
	size_t n = 0;
	if (pt_json_type_of(array) != PT_JSON_ARRAY_BEGIN)
		return PT_OK;
	for (const pt_json_value *v = pt_json_first(array); v; v = pt_json_following(v))
		n++;
	config->targets = pt_arena_alloc(config->arena, n, sizeof *config->targets);
	if (!config->targets)
		return fail_memory(path, err);
	for (const pt_json_value *v = pt_json_first(array); v; v = pt_json_following(v)) {
		const char *text = pt_json_string(v);
		if (!text)
			continue;
		const char *copy = pt_arena_text(config->arena, text);
		if (!copy)
			return fail_memory(path, err);
		config->targets[config->n_targets++] = copy;
	}
	return PT_OK;
}

static pt_status from_tree(
	const pt_json_value *root, const char *path, pt_adapter_config **out, pt_error *err)
{
	pt_status status = check_peft_type(root, path, err);
	if (status != PT_OK)
		return status;
	pt_adapter_config *config = pt_array_alloc(1, sizeof *config);
	if (!config)
		return fail_memory(path, err);
	config->arena = pt_arena_create();
	status = config->arena ? read_numbers(config, root, path, err) : fail_memory(path, err);
	if (status == PT_OK)
		status = read_patterns(config, root, "rank_pattern", &config->ranks, path, err);
	if (status == PT_OK)
		status = read_patterns(config, root, "alpha_pattern", &config->alphas, path, err);
	if (status == PT_OK)
		status = read_targets(config, root, path, err);
	if (status != PT_OK) {
		pt_adapter_config_destroy(config);
		return status;
	}
	*out = config;
	return PT_OK;
}

pt_status pt_adapter_config_parse(
	const char *text, size_t length, const char *path, pt_adapter_config **out, pt_error *err)
{
	pt_json_value *root;
	pt_status status = pt_json_parse(text, length, path, &root, err);
	if (status != PT_OK)
		return status;
	status = from_tree(root, path, out, err);
	pt_json_destroy(root);
	return status;
}

static void destroy_patterns(pattern_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		pt_pattern_destroy(list->entries[i].pattern);
	pt_free(list->entries);
}

void pt_adapter_config_destroy(pt_adapter_config *config)
{
	if (!config)
		return;
	destroy_patterns(&config->ranks);
	destroy_patterns(&config->alphas);
	pt_arena_destroy(config->arena);
	pt_free(config);
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

pt_status pt_adapter_config_scaling(const pt_adapter_config *config, const char *module, int64_t rank,
	double *scaling, char *warning, size_t capacity, pt_error *err)
{
	if (rank < 1)
		return pt_fail(err, PT_ERR_INVALID, NULL, -1, "rank %lld", (long long)rank);
	int64_t configured = pt_adapter_config_rank(config, module);
	double alpha = pt_adapter_config_alpha(config, module);
	pt_text text = pt_text_over(warning, capacity);
	if (configured != 0 && configured != rank)
		pt_text_addf(&text, "adapter_config.json gives rank %lld, the tensor has %lld: the tensor's is used",
			(long long)configured, (long long)rank);
	*scaling = alpha / (config->use_rslora ? sqrt((double)rank) : (double)rank);
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
