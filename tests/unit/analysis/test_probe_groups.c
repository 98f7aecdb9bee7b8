/* Groups that the names of probes offer: proper parts, as their globs select them, and not too many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "../../../src/analysis/probe_groups.h"
#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"

static pt_probe_groups groups_of(size_t n, const char *const *names)
{
	pt_probe_groups groups;
	char *texts[256];
	for (size_t i = 0; i < n; i++)
		texts[i] = (char *)(uintptr_t)names[i]; /* only read */
	pt_probe_names set = {.n = n, .names = texts};
	assert_int_equal(pt_probe_groups_find(&set, &groups, NULL), PT_OK);
	return groups;
}

static void groups_are_proper_parts(void **state)
{
	(void)state;
	static const char *const plain[] = {"a", "b", "c"};
	assert_int_equal(groups_of(3, plain).n, 0);
	static const char *const one[] = {"run/a", "run/b"};
	assert_int_equal(groups_of(2, one).n, 0); /* all of them */
	static const char *const mixed[] = {
		"b/2", "a", "ab/1", "b/1", "ab", "a/x/1", "a/x/2", "/1", "b-/3", "w*/1"};
	pt_probe_groups groups = groups_of(10, mixed);
	/* not a/: it is a/x/ by a shorter name; not the nameless one, not a glob in a prefix */
	static const char *const expected[] = {"b/*", "ab/*", "a/x/*", "b-/*"};
	static const size_t counts[] = {2, 1, 2, 1};
	assert_int_equal(groups.n, 4);
	for (size_t g = 0; g < 4; g++) {
		assert_string_equal(groups.items[g].glob, expected[g]);
		assert_int_equal(groups.items[g].n_probes, counts[g]);
		size_t n_matched = 0;
		for (size_t i = 0; i < 10; i++)
			n_matched += pt_text_glob(expected[g], mixed[i]);
		assert_int_equal(n_matched, counts[g]);
	}
	static const char *const deep[] = {"r/s/a/1", "r/s/a/2", "r/t/1", "r/s/b/1"};
	groups = groups_of(4, deep);
	static const char *const inner[] = {"r/s/*", "r/s/a/*", "r/t/*", "r/s/b/*"};
	assert_int_equal(groups.n, 4);
	for (size_t g = 0; g < 4; g++)
		assert_string_equal(groups.items[g].glob, inner[g]);
}

static void groups_are_bounded(void **state)
{
	(void)state;
	static char texts[200][160];
	const char *names[200];
	for (int i = 0; i < 200; i++) {
		if (i == 0)
			snprintf(texts[i], sizeof texts[i], "%0140d/x", 7); /* no --probes holds it */
		else
			snprintf(texts[i], sizeof texts[i], "g%d/x", i);
		names[i] = texts[i];
	}
	pt_probe_groups groups = groups_of(200, names);
	assert_int_equal(groups.n, PT_MAX_PROBE_GROUPS);
	assert_string_equal(groups.items[0].glob, "g1/*");
	assert_string_equal(groups.items[PT_MAX_PROBE_GROUPS - 1].glob, "g24/*");
}

static void without_memory_they_stay_as_they_were(void **state)
{
	(void)state;
	char *names[] = {"a/1", "b/1"};
	pt_probe_names set = {.n = 2, .names = names};
	pt_probe_groups groups = {.n = 7};
	pt_alloc_fail_at(1, false);
	assert_int_equal(pt_probe_groups_find(&set, &groups, NULL), PT_ERR_MEMORY);
	pt_alloc_fail_at(0, false);
	assert_int_equal(groups.n, 7); /* untouched */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_are_proper_parts),
		cmocka_unit_test(groups_are_bounded),
		cmocka_unit_test(without_memory_they_stay_as_they_were),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
