#include "phasetop/analysis/module_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/base/text.h"

static const char layers_prefix[] = "layers=";

static bool parse_layer(const char *text, char end, int64_t *layer, const char **behind)
{
	if (*text < '0' || *text > '9')
		return false;
	char *stop;
	errno = 0;
	long long value = strtoll(text, &stop, 10);
	if (errno != 0 || (*stop != end && *stop != '\0'))
		return false;
	*layer = value;
	*behind = stop;
	return true;
}

static bool parse_layers(const char *set, int64_t *first, int64_t *last)
{
	const char *at = set + strlen(layers_prefix);
	if (!parse_layer(at, '-', first, &at))
		return false;
	*last = *first;
	if (*at == '-' && (!parse_layer(at + 1, '\0', last, &at) || *at != '\0'))
		return false;
	return *first <= *last;
}

static bool is_layers(const char *set)
{
	return strncmp(set, layers_prefix, strlen(layers_prefix)) == 0;
}

int64_t pt_module_layer(const char *module)
{
	for (const char *part = module; part; part = strchr(part, '.')) {
		if (*part == '.')
			part++;
		size_t n = strspn(part, "0123456789");
		if (n > 0 && n < 10 && (part[n] == '.' || part[n] == '\0'))
			return strtoll(part, NULL, 10);
	}
	return -1;
}

bool pt_module_set_valid(const char *set)
{
	int64_t first, last;
	return !is_layers(set) || parse_layers(set, &first, &last);
}

bool pt_module_set_selects(const char *set, const char *adapter, const char *module)
{
	if (*set == '\0')
		return true;
	if (is_layers(set)) {
		int64_t first, last, layer = pt_module_layer(module);
		return parse_layers(set, &first, &last) && layer >= first && layer <= last;
	}
	/* an adapter's name holds no colon, so the first one divides */
	const char *colon = strchr(set, ':');
	if (!colon)
		return pt_text_glob(set, module);
	char wanted[128];
	size_t n = (size_t)(colon - set);
	if (n >= sizeof wanted)
		return false;
	memcpy(wanted, set, n);
	wanted[n] = '\0';
	return pt_text_glob(wanted, adapter) && pt_text_glob(colon + 1, module);
}
