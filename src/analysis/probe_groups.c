#include "probe_groups.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

size_t pt_probe_prefix(const char *name)
{
	const char *slash = strrchr(name, '/');
	return slash ? (size_t)(slash - name) : 0;
}

/* Does the name begin with the prefix and its slash? */
static bool has_prefix(const char *name, const char *prefix, size_t n)
{
	return strncmp(name, prefix, n) == 0 && name[n] == '/';
}

static size_t count_of(const pt_probe_names *set, const char *prefix, size_t n)
{
	size_t count = 0;
	for (size_t i = 0; i < set->n; i++)
		count += has_prefix(set->names[i], prefix, n);
	return count;
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

static void add_group(pt_probe_groups *groups, const pt_probe_names *set, const char *name, size_t n)
{
	if (n == 0 || n + 3 > PT_GLOB_BYTES || !is_plain(name, n) || is_listed(groups, name, n))
		return;
	size_t count = count_of(set, name, n), inner = 0;
	/* where all of its probes go on with the same name, the longer prefix says more */
	size_t longer = n + 1 + strcspn(name + n + 1, "/");
	if (name[longer] == '/')
		inner = count_of(set, name, longer);
	if (count == set->n || inner == count || groups->n == PT_MAX_PROBE_GROUPS)
		return;
	pt_probe_group *group = &groups->items[groups->n++];
	snprintf(group->glob, sizeof group->glob, "%.*s/*", (int)n, name);
	group->n_probes = count;
}

pt_probe_groups pt_probe_groups_of(const pt_probe_names *set)
{
	pt_probe_groups groups = {0};
	for (size_t i = 0; set && set->names && i < set->n; i++) {
		const char *name = set->names[i];
		for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/'))
			add_group(&groups, set, name, (size_t)(slash - name));
	}
	return groups;
}
