/* Names of models, and where their snapshots lie in the cache of the Hugging Face hub. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>

#include "phasetop/runio/hf_cache.h"

#include "scan_fixture.h"

typedef struct hub {
	char root[64], cache[128];
	pt_arena *arena;
	pt_hf_places places;
	const char *path, *label;
	pt_error err;
} hub;

static int begin(void **state)
{
	static hub h;
	h = (hub){.arena = pt_arena_create()};
	scratch_directory(h.root);
	snprintf(h.cache, sizeof h.cache, "%s/hub", h.root);
	h.places.hf_home = h.root;
	make_file(h.root, "hub/models--org--my-model/refs/main", "0123456789abcdef\n");
	make_file(h.root, "hub/models--org--my-model/refs/pr/1", "fedc456789abcdef");
	make_file(h.root, "hub/models--org--my-model/snapshots/0123456789abcdef/config.json", "{}");
	make_file(h.root, "hub/models--org--my-model/snapshots/fedc456789abcdef/config.json", "{}");
	make_file(h.root, "hub/models--org--my-model/snapshots/01230000/config.json", "{}");
	make_file(h.root, "hub/models--gpt2/snapshots/aaaa/config.json", "{}");
	make_file(h.root, "hub/models--org--broken/refs/main", "../../etc");
	*state = &h;
	return 0;
}

static int end(void **state)
{
	hub *h = *state;
	pt_arena_destroy(h->arena);
	remove_tree(h->root);
	return 0;
}

static pt_status find(hub *h, const char *name)
{
	return pt_hf_find(name, &h->places, h->arena, &h->path, &h->label, &h->err);
}

static void expect_found(hub *h, const char *name, const char *below, const char *label)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", h->cache, below);
	if (find(h, name) != PT_OK)
		fail_msg("%s: %s", name, h->err.message);
	assert_string_equal(h->path, path);
	assert_string_equal(h->label, label);
}

static void a_name_and_its_revisions(void **state)
{
	hub *h = *state;
	expect_found(h, "hf:org/my-model", "models--org--my-model/snapshots/0123456789abcdef", "my-model");
	expect_found(h, "hf:org/my-model@main", "models--org--my-model/snapshots/0123456789abcdef", "my-model");
	expect_found(h, "hf:org/my-model@pr/1", "models--org--my-model/snapshots/fedc456789abcdef", "my-model");
	expect_found(h, "hf:org/my-model@fedc45", "models--org--my-model/snapshots/fedc456789abcdef", "my-model");
	expect_found(h, "hf:org/my-model@01230000", "models--org--my-model/snapshots/01230000", "my-model");
	/* no refs/main: the newest, here the only one */
	expect_found(h, "hf:gpt2", "models--gpt2/snapshots/aaaa", "gpt2");
	assert_true(pt_hf_is_name("hf:x"));
	assert_false(pt_hf_is_name("./hf:x"));
}

static void what_is_absent_tells_the_command(void **state)
{
	hub *h = *state;
	assert_int_equal(find(h, "hf:org/other"), PT_ERR_NOT_FOUND);
	assert_non_null(strstr(h->err.message, "`hf download org/other`"));
	assert_int_equal(find(h, "hf:org/other@v2"), PT_ERR_NOT_FOUND);
	assert_non_null(strstr(h->err.message, "`hf download org/other --revision v2`"));
	assert_int_equal(find(h, "hf:org/my-model@0123"), PT_ERR_NOT_FOUND); /* two begin like that */
	assert_int_equal(find(h, "hf:org/my-model@01"), PT_ERR_NOT_FOUND);   /* too few digits to tell */
	assert_int_equal(find(h, "hf:org/broken"), PT_ERR_NOT_FOUND);        /* its ref leads out of the cache */
	h->places = (pt_hf_places){0};
	assert_int_equal(find(h, "hf:org/my-model"), PT_ERR_NOT_FOUND);
}

static void what_is_no_name(void **state)
{
	hub *h = *state;
	static const char *const bad[] = {"hf:", "hf:/x", "hf:a/b/c", "hf:../x", "hf:a/..", "hf:a/", "hf:a b",
		"hf:a/b@", "hf:a/b@../x", "hf:a/b@/x", "hf:a/b@x//y"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(find(h, bad[i]), PT_ERR_USAGE);
}

static void the_first_place_that_is_set_counts(void **state)
{
	hub *h = *state;
	char xdg[128], home[128];
	snprintf(xdg, sizeof xdg, "%s/xdg", h->root);
	snprintf(home, sizeof home, "%s/home", h->root);
	make_file(h->root, "xdg/huggingface/hub/models--x/snapshots/1111/a", "");
	make_file(h->root, "home/.cache/huggingface/hub/models--x/snapshots/2222/a", "");
	make_file(h->root, "home/mine/models--x/snapshots/3333/a", "");
	const struct {
		pt_hf_places places;
		const char *commit;
	} rows[] = {
		{{.home = home}, "2222"},
		{{.home = home, .xdg_cache_home = xdg}, "1111"},
		{{.home = home, .xdg_cache_home = xdg, .hf_home = "", .hub_cache = ""}, "1111"},
		{{.home = home, .xdg_cache_home = xdg, .hub_cache = "~/mine"}, "3333"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		h->places = rows[i].places;
		assert_int_equal(find(h, "hf:x"), PT_OK);
		assert_string_equal(strrchr(h->path, '/') + 1, rows[i].commit);
	}
	h->places.hf_home = h->root; /* HF_HUB_CACHE still goes before it */
	assert_int_equal(find(h, "hf:x"), PT_OK);
	assert_string_equal(strrchr(h->path, '/') + 1, "3333");
}

static void directories_of_the_cache(void **state)
{
	hub *h = *state;
	char path[512];
	snprintf(path, sizeof path, "%s/models--org--my-model//", h->cache);
	assert_int_equal(pt_hf_snapshot(path, h->arena, &h->path, &h->label, &h->err), PT_OK);
	assert_string_equal(strrchr(h->path, '/') + 1, "0123456789abcdef");
	assert_string_equal(h->label, "my-model");
	assert_int_equal(pt_hf_snapshot(h->cache, h->arena, &h->path, &h->label, &h->err), PT_OK);
	assert_null(h->path);
	make_file(h->root, "hub/models--empty/snapshots/x", "a file");
	snprintf(path, sizeof path, "%s/models--empty", h->cache);
	assert_int_equal(pt_hf_snapshot(path, h->arena, &h->path, &h->label, &h->err), PT_ERR_NOT_FOUND);
}

static void every_failing_allocation_is_told(void **state)
{
	hub *h = *state;
	for (size_t n = 1;; n++) {
		pt_alloc_fail_at(n, false);
		pt_status status = find(h, "hf:gpt2");
		pt_alloc_fail_at(0, false);
		if (status == PT_OK)
			break;
		/* a ref that can't be read for want of memory is none */
		assert_true(status == PT_ERR_MEMORY || status == PT_ERR_NOT_FOUND);
		assert_true(n < 100);
	}
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		CASE(a_name_and_its_revisions),
		CASE(what_is_absent_tells_the_command),
		CASE(what_is_no_name),
		CASE(the_first_place_that_is_set_counts),
		CASE(directories_of_the_cache),
		CASE(every_failing_allocation_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
