/** rank_pattern and alpha_pattern: values of modules by regular expressions over their names. Private to
 * runio. */
#ifndef PHASETOP_RUNIO_MODULE_PATTERNS_H
#define PHASETOP_RUNIO_MODULE_PATTERNS_H

#include <stdbool.h>
#include <stddef.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/status.h"
#include "phasetop/runio/json.h"
#include "phasetop/runio/pattern.h"

enum { MODULE_PATTERNS_MOST = 4096 };

/** One entry. */
typedef struct module_pattern {
	const char *key;     /* as written */
	pt_pattern *pattern; /* NULL: not understood */
	double value;        /* NaN: of another type, the entry does not count */
} module_pattern;

typedef struct module_patterns {
	module_pattern *entries; /* in file order; a repeated key keeps its first place and has its last value */
	size_t n;
} module_patterns;

/** Where lines about what is passed over go. @return false: out of memory */
typedef bool (*module_patterns_warn)(void *to, const char *what, const char *key, const char *why);

typedef struct module_patterns_source {
	pt_arena *arena;             /* holds the keys */
	const pt_json_value *object; /* NULL or null: no patterns */
	const char *what;            /* "rank_pattern" */
	double most;                 /* a value beyond it is passed over */
	bool ungrouped;              /* PEFT up to 0.13: `.*\.KEY$` instead of `(.*\.)?(KEY)$` */
	module_patterns_warn warn;
	void *warn_to;
	const char *path; /* for errors */
} module_patterns_source;

/**
 * @param[out] patterns free with module_patterns_fini, after a failure too
 * @retval PT_ERR_MEMORY, PT_ERR_LIMIT (more than MODULE_PATTERNS_MOST)
 */
PT_CHECKED pt_status module_patterns_read(
	module_patterns *patterns, const module_patterns_source *source, pt_error *err);
void module_patterns_fini(module_patterns *patterns);

/** The first entry whose pattern matches the module's whole name; NULL: none. */
const module_pattern *module_patterns_match(const module_patterns *patterns, const char *module);
/** The entry of exactly this key; NULL: none. */
const module_pattern *module_patterns_of_key(const module_patterns *patterns, const char *key);

#endif
