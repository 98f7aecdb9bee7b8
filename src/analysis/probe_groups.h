/** Groups of probes that their names offer: "medical/harmful/03" is of medical/harmful/ and of medical/. */
#ifndef PT_ANALYSIS_PROBE_GROUPS_H
#define PT_ANALYSIS_PROBE_GROUPS_H

#include <stddef.h>

#include "phasetop/analysis/settings.h"
#include "probe_traces.h"

enum { PT_MAX_PROBE_GROUPS = 24 };

typedef struct pt_probe_group {
	char glob[PT_GLOB_BYTES]; /* the prefix, its slash and a star: what --probes takes */
	size_t n_probes;
} pt_probe_group;

typedef struct pt_probe_groups {
	size_t n;
	pt_probe_group
		items[PT_MAX_PROBE_GROUPS]; /* in order of their first probe, inner groups after the outer one */
} pt_probe_groups;

/**
 * Prefixes up to a slash that some but not all probes share; at most PT_MAX_PROBE_GROUPS, the first ones. A
 * prefix that stands for the same probes as a longer one is left out, and one that has a glob character in
 * it.
 * @param      set     without names: no groups
 * @param[out] groups
 * @retval PT_ERR_MEMORY
 * @cost   O(n log n) comparisons of names
 */
PT_CHECKED pt_status pt_probe_groups_find(const pt_probe_names *set, pt_probe_groups *groups, pt_error *err);

/** Length of the innermost prefix of a name, its slash not counted; 0: it has none. */
size_t pt_probe_prefix(const char *name);

#endif
