#include "probe_groups.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/base/alloc.h"

size_t pt_probe_prefix(const char *name)
{
	const char *slash = strrchr(name, '/');
	return slash ? (size_t)(slash - name) : 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Where a name stands to those that begin with the prefix of n bytes and its slash: before, among, behind. */
static int side_of(const char *name, const char *prefix, size_t n)
{
	int side = strncmp(name, prefix, n);
	return side != 0 ? side : (unsigned char)name[n] - '/';
}

/* How many of the sorted names stand before those of a prefix, or with `behind` not behind them. */
static size_t count_before(char *const *sorted, size_t n_names, const char *prefix, size_t n, bool behind)
{
	size_t low = 0, high = n_names;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int side = side_of(sorted[middle], prefix, n);
		if (side < 0 || (behind && side == 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_listed(const pt_probe_groups *groups, const char *prefix, size_t n)
{
	for (size_t g = 0; g < groups->n; g++)
		if (strncmp(groups->items[g].glob, prefix, n) == 0 && strcmp(groups->items[g].glob + n, "/*") == 0)
			return true;
	return false;
}

/* A prefix in which a glob character would match more than itself is no glob for its group. */
static bool is_plain(const char *prefix, size_t n)
{
	return strcspn(prefix, "*?[") >= n;
}

/* The group of the first n bytes of a name, where that is one. */
static void add_group(
	pt_probe_groups *groups, char *const *sorted, size_t n_names, const char *name, size_t n)
{
	if (n == 0 || n + 3 > PT_GLOB_BYTES || !is_plain(name, n) || is_listed(groups, name, n))
		return;
	size_t first = count_before(sorted, n_names, name, n, false);
	size_t count = count_before(sorted, n_names, name, n, true) - first;
	/* where all of its probes go on with the same name, the longer prefix says more: the first does and the
	 * last */
	size_t longer = n + 1 + strcspn(name + n + 1, "/");
	bool same = name[longer] == '/' && side_of(sorted[first], name, longer) == 0 &&
				side_of(sorted[first + count - 1], name, longer) == 0;
	if (count == n_names || same)
		return;
	pt_probe_group *group = &groups->items[groups->n++];
	snprintf(group->glob, sizeof group->glob, "%.*s/*", (int)n, name);
	group->n_probes = count;
}

pt_status pt_probe_groups_find(const pt_probe_names *set, pt_probe_groups *groups, pt_error *err)
{
	if (!set->names) {
		groups->n = 0;
		return PT_OK;
	}
	char **sorted = pt_array_alloc(set->n, sizeof *sorted);
	if (!sorted)
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for groups of probes");
	memcpy(sorted, set->names, set->n * sizeof *sorted);
	qsort(sorted, set->n, sizeof *sorted, by_name);
	groups->n = 0;
	for (size_t i = 0; i < set->n; i++) {
		const char *name = set->names[i], *slash = strchr(name, '/');
		for (; slash && groups->n < PT_MAX_PROBE_GROUPS; slash = strchr(slash + 1, '/'))
			add_group(groups, sorted, set->n, name, (size_t)(slash - name));
	}
	pt_free(sorted);
	return PT_OK;
}
