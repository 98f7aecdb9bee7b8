#include "phasetop/runio/adapter_names.h"

#include <string.h>

static const char default_adapter[] = "default";

/* What a scheme writes behind a module's name. PEFT's may have .ADAPTER after the stem. */
typedef struct suffix {
	pt_name_scheme scheme;
	pt_lora_role role;
	const char *stem; /* behind the module */
	const char *tail; /* closes the name */
	bool has_adapter; /* `.ADAPTER` may stand between the two */
} suffix;

static const suffix suffixes[] = {
	{PT_NAMES_PEFT, PT_LORA_A, ".lora_A", ".weight", true},
	{PT_NAMES_PEFT, PT_LORA_B, ".lora_B", ".weight", true},
	{PT_NAMES_PEFT, PT_LORA_EMBEDDING_A, ".lora_embedding_A", "", true},
	{PT_NAMES_PEFT, PT_LORA_EMBEDDING_B, ".lora_embedding_B", "", true},
	{PT_NAMES_PEFT, PT_LORA_MAGNITUDE, ".lora_magnitude_vector", ".weight", true},
	{PT_NAMES_PEFT, PT_LORA_MAGNITUDE, ".lora_magnitude_vector", "", true},
	{PT_NAMES_MLX, PT_LORA_A, ".lora_a", "", false},
	{PT_NAMES_MLX, PT_LORA_B, ".lora_b", "", false},
	{PT_NAMES_MLX, PT_LORA_MAGNITUDE, ".m", "", false},
	{PT_NAMES_TORCHTUNE, PT_LORA_A, ".lora_a", ".weight", false},
	{PT_NAMES_TORCHTUNE, PT_LORA_B, ".lora_b", ".weight", false},
	{PT_NAMES_TORCHTUNE, PT_LORA_MAGNITUDE, ".magnitude", "", false},
	{PT_NAMES_KOHYA, PT_LORA_A, ".lora_down", ".weight", false},
	{PT_NAMES_KOHYA, PT_LORA_B, ".lora_up", ".weight", false},
	{PT_NAMES_KOHYA, PT_LORA_ALPHA, ".alpha", "", false},
	{PT_NAMES_KOHYA, PT_LORA_MIDDLE, ".lora_mid", ".weight", false},
	{PT_NAMES_KOHYA, PT_LORA_MAGNITUDE, ".dora_scale", "", false},
	{PT_NAMES_DIFFUSERS, PT_LORA_A, ".lora.down", ".weight", false},
	{PT_NAMES_DIFFUSERS, PT_LORA_B, ".lora.up", ".weight", false},
	{PT_NAMES_DIFFUSERS, PT_LORA_A, "_lora.down", ".weight", false},
	{PT_NAMES_DIFFUSERS, PT_LORA_B, "_lora.up", ".weight", false},
	{PT_NAMES_DIFFUSERS, PT_LORA_A, ".lora_linear_layer.down", ".weight", false},
	{PT_NAMES_DIFFUSERS, PT_LORA_B, ".lora_linear_layer.up", ".weight", false},
};

static const char *const scheme_names[] = {"PEFT", "MLX", "torchtune", "kohya", "diffusers"};
_Static_assert(sizeof scheme_names / sizeof scheme_names[0] == PT_N_NAME_SCHEMES, "a name for every scheme");

/* Last place of `stem` in the name; -1: none. */
static ptrdiff_t find_last(const char *name, size_t length, const char *stem)
{
	size_t n = strlen(stem);
	for (size_t at = length; at-- > 0;) {
		if (length - at >= n && memcmp(name + at, stem, n) == 0)
			return (ptrdiff_t)at;
	}
	return -1;
}

/* Does the name fit this row? Then *module_length and the adapter's span are set. */
static bool fits(const suffix *s, const char *name, size_t length, pt_adapter_name *out)
{
	size_t tail = strlen(s->tail), stem = strlen(s->stem);
	if (length < tail + stem || memcmp(name + length - tail, s->tail, tail) != 0)
		return false;
	ptrdiff_t at = find_last(name, length - tail, s->stem);
	if (at <= 0)
		return false;
	size_t from = (size_t)at + stem, to = length - tail;
	out->adapter = default_adapter;
	out->adapter_length = sizeof default_adapter - 1;
	if (from < to) { /* .ADAPTER */
		if (!s->has_adapter || name[from] != '.' || to - from < 2 ||
			memchr(name + from + 1, '.', to - from - 1))
			return false; /* torch allows no dot in the name of an adapter */
		out->adapter = name + from + 1;
		out->adapter_length = to - from - 1;
	}
	out->module = name;
	out->module_length = (size_t)at;
	return true;
}

static void cut_prefix(pt_adapter_name *name)
{
	static const char prefix[] = "base_model.model.";
	size_t n = sizeof prefix - 1;
	if (name->module_length > n && memcmp(name->module, prefix, n) == 0) {
		name->module += n;
		name->module_length -= n;
	}
}

pt_adapter_name pt_adapter_name_parse(const char *name, size_t length)
{
	pt_adapter_name out = {.scheme = PT_NAMES_NONE, .role = PT_LORA_OTHER, .module = name};
	for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
		pt_adapter_name found = out;
		if (!fits(&suffixes[i], name, length, &found))
			continue;
		found.scheme = suffixes[i].scheme;
		found.role = suffixes[i].role;
		if (found.scheme == PT_NAMES_PEFT)
			cut_prefix(&found);
		return found;
	}
	return out;
}

bool pt_lora_role_is_matrix(pt_lora_role role)
{
	return role == PT_LORA_A || role == PT_LORA_B || role == PT_LORA_EMBEDDING_A ||
		   role == PT_LORA_EMBEDDING_B;
}

const char *pt_name_scheme_name(pt_name_scheme scheme)
{
	return (unsigned)scheme < PT_N_NAME_SCHEMES ? scheme_names[scheme] : "";
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Order of two runs of digits by value; 0 for equal values. Moves both behind their runs. */
static int compare_runs(const char **a, const char **b)
{
	const char *x = *a, *y = *b;
	while (*x == '0')
		x++;
	while (*y == '0')
		y++;
	size_t n = 0, m = 0;
	while (is_digit(x[n]))
		n++;
	while (is_digit(y[m]))
		m++;
	*a = x + n;
	*b = y + m;
	if (n != m)
		return n < m ? -1 : 1;
	return memcmp(x, y, n);
}

int pt_natural_compare(const char *a, const char *b)
{
	const char *x = a, *y = b;
	while (*x && *y) {
		int order = is_digit(*x) && is_digit(*y) ? compare_runs(&x, &y)
												 : (int)(unsigned char)*x++ - (int)(unsigned char)*y++;
		if (order != 0)
			return order;
	}
	if (*x || *y)
		return *x ? 1 : -1;
	return strcmp(a, b); /* "01" and "1": equal as numbers, still in a definite order */
}
