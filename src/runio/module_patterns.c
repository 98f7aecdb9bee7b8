#include "module_patterns.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static pt_status fail_memory(const module_patterns_source *source, pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, source->path, -1, "out of memory for %s", source->what);
}

static pt_status compile(
	const module_patterns_source *source, const char *key, pt_pattern **out, pt_error *err)
{
	char expression[PT_PATTERN_BYTES + 2];
	int n =
		snprintf(expression, sizeof expression, source->ungrouped ? "(?:.*\\.%s$)" : "(.*\\.)?(%s)$", key);
	if (n < 0 || (size_t)n >= sizeof expression)
		return pt_fail(err, PT_ERR_LIMIT, NULL, -1, "longer than %d bytes", (int)PT_PATTERN_BYTES);
	return pt_pattern_compile(expression, out, err);
}

static pt_status read_value(
	const module_patterns_source *source, const pt_json_value *member, module_pattern *entry, pt_error *err)
{
	double value;
	entry->value = (double)NAN;
	if (pt_json_number(member, &value) && fabs(value) <= source->most) {
		entry->value = value;
		return PT_OK;
	}
	bool told =
		source->warn(source->warn_to, source->what, entry->key, "its value is no number of use, passed over");
	return told ? PT_OK : fail_memory(source, err);
}

static pt_status read_entry(
	const module_patterns_source *source, const pt_json_value *member, module_pattern *entry, pt_error *err)
{
	pt_error fault;
	entry->key = pt_arena_text(source->arena, pt_json_key(member));
	if (!entry->key)
		return fail_memory(source, err);
	pt_status status = read_value(source, member, entry, err);
	if (status != PT_OK)
		return status;
	status = compile(source, entry->key, &entry->pattern, &fault);
	if (status == PT_ERR_MEMORY)
		return fail_memory(source, err);
	if (status != PT_OK && !source->warn(source->warn_to, source->what, entry->key, fault.message))
		return fail_memory(source, err);
	return PT_OK;
}

pt_status module_patterns_read(module_patterns *patterns, const module_patterns_source *source, pt_error *err)
{
	size_t n = 0;
	pt_status status = PT_OK;
	pt_json_type type = pt_json_type_of(source->object);
	*patterns = (module_patterns){0};
	if (type != PT_JSON_OBJECT_BEGIN) {
		bool is_none = type == PT_JSON_END || type == PT_JSON_NULL;
		return is_none || source->warn(source->warn_to, source->what, "", "not an object")
				   ? PT_OK
				   : fail_memory(source, err);
	}
	for (const pt_json_value *m = pt_json_first(source->object); m; m = pt_json_following(m))
		n++;
	if (n > MODULE_PATTERNS_MOST)
		return pt_fail(err, PT_ERR_LIMIT, source->path, -1, "%s: more than %d patterns", source->what,
			(int)MODULE_PATTERNS_MOST);
	patterns->entries = pt_array_alloc(n, sizeof *patterns->entries);
	if (!patterns->entries)
		return fail_memory(source, err);
	for (const pt_json_value *m = pt_json_first(source->object); m && status == PT_OK;
		 m = pt_json_following(m)) {
		module_pattern *known = (module_pattern *)module_patterns_of_key(patterns, pt_json_key(m));
		status = known ? read_value(source, m, known, err)
					   : read_entry(source, m, &patterns->entries[patterns->n++], err);
	}
	return status;
}

void module_patterns_fini(module_patterns *patterns)
{
	for (size_t i = 0; i < patterns->n; i++)
		pt_pattern_destroy(patterns->entries[i].pattern);
	pt_free(patterns->entries);
	*patterns = (module_patterns){0};
}

const module_pattern *module_patterns_match(const module_patterns *patterns, const char *module)
{
	for (size_t i = 0; i < patterns->n; i++) {
		const pt_pattern *pattern = patterns->entries[i].pattern;
		if (pattern && pt_pattern_matches(pattern, module))
			return &patterns->entries[i];
	}
	return NULL;
}

const module_pattern *module_patterns_of_key(const module_patterns *patterns, const char *key)
{
	for (size_t i = 0; i < patterns->n; i++) {
		if (strcmp(patterns->entries[i].key, key) == 0)
			return &patterns->entries[i];
	}
	return NULL;
}
