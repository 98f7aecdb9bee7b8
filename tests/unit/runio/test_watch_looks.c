/* Where a scan through the watch looks, and where not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "watch_fixture.h"

/* What no event named is known: neither watched again nor looked at. */
static void only_what_events_name_is_looked_at(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	for (int i = 1; i <= 20; i++) {
		char name[32];
		snprintf(name, sizeof name, "checkpoint-%d", i);
		make_adapter(f.run, name);
	}
	make_file(f.run, "checkpoints/checkpoint-30/adapter_model.safetensors", "x");
	settle(&f);
	size_t n_added = f.faults.n_added;
	make_adapter(f.run, "checkpoint-21");
	expect_dirt(&f, true, false);
	/* a change of which no event tells: seen when that directory is looked at, so not now */
	f.faults.loses_events = true;
	make_file(f.run, "checkpoint-3/adapter_model.safetensors", "longer weights");
	drain(&f);
	f.faults.loses_events = false;
	assert_int_equal(look(&f), PT_OK);
	assert_int_equal(f.faults.n_added, n_added + 1);
	assert_int_equal(f.scan->n_entries, 22);
	assert_int_equal(f.scan->entries[20].step, 21);
	assert_int_equal(f.scan->entries[2].parts[0].weights_identity.size_bytes, 7);
	/* files of the run that are neither logs nor checkpoints are nothing */
	make_file(f.run, "README.md", "");
	expect_dirt(&f, false, false);
	make_file(f.run, "checkpoints/checkpoint-30/adapter_config.json", "{}");
	expect_dirt(&f, true, false);
	assert_int_equal(look(&f), PT_OK);
	assert_int_equal(f.faults.n_added, n_added + 2);
	assert_true(f.scan->entries[21].parts[0].config_identity.present);
	/* events were lost: all is looked at */
	f.faults.says_overflow = true;
	expect_dirt(&f, true, true);
	assert_int_equal(look(&f), PT_OK);
	assert_int_equal(f.scan->entries[2].parts[0].weights_identity.size_bytes, 14);
	end(&f);
}

/* Through a link files change without an event here. */
static void what_links_lead_to_is_looked_at_each_time(void **state)
{
	(void)state;
	fixture f;
	char path[256], link_path[256];
	begin(&f);
	make_adapter(f.base, "kept/a");
	make_adapter(f.run, "checkpoint-2");
	snprintf(path, sizeof path, "%s/kept/a", f.base);
	snprintf(link_path, sizeof link_path, "%s/checkpoint-1", f.run);
	assert_int_equal(symlink(path, link_path), 0);
	snprintf(path, sizeof path, "%s/kept/blob", f.base);
	make_file(f.base, "kept/blob", "long weights");
	snprintf(link_path, sizeof link_path, "%s/checkpoint-2/adapter_model.safetensors", f.run);
	assert_int_equal(unlink(link_path), 0);
	assert_int_equal(symlink(path, link_path), 0);
	settle(&f);
	assert_int_equal(f.scan->entries[1].parts[0].weights_identity.size_bytes, 12);
	make_file(f.base, "kept/blob", "other");
	drain(&f);
	assert_int_equal(look(&f), PT_OK);
	assert_int_equal(f.scan->entries[1].parts[0].weights_identity.size_bytes, 5);
	snprintf(path, sizeof path, "%s/kept", f.base);
	assert_int_equal(rename(path, f.other), 0);
	drain(&f);
	assert_int_equal(look(&f), PT_OK);
	assert_int_equal(f.scan->entries[0].step, 2);
	assert_int_equal(f.scan->entries[0].n_parts, 0);
	assert_int_equal(f.scan->n_problems, 1); /* checkpoint-1 leads nowhere */
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_events_name_is_looked_at),
		cmocka_unit_test(what_links_lead_to_is_looked_at_each_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
