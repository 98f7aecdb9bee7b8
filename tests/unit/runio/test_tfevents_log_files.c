/* Event files that TensorBoard, tensorboardX, the Trainer and Lightning wrote. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "event_fixture.h"
#include "expected_events.h"

/* A tag's name as it is shown. */
static const char *shown(const char *tag, bool is_trainer, char *out, size_t capacity)
{
	pt_log_role role = pt_log_role_of(tag);
	snprintf(out, capacity, "%s", tag);
	if (role != PT_LOG_OTHER)
		return pt_log_role_name(role);
	if (is_trainer && strncmp(tag, "train/", 6) == 0)
		return out + 6;
	if (is_trainer && strncmp(tag, "eval/", 5) == 0)
		out[4] = '_';
	return out;
}

/* An expected.json's `scalars`: {tag: [[step, value or "nan"], …]}. */
static void check_scalars(const char *path, const pt_json_value *scalars, bool is_trainer)
{
	static char names[MAX_EXPECTED][256];
	expectations *all = calloc(1, sizeof *all);
	assert_non_null(all);
	size_t n = 0;
	for (const pt_json_value *tag = pt_json_first(scalars); tag; tag = pt_json_following(tag), n++) {
		assert_true(n < MAX_EXPECTED);
		const char *as = shown(pt_json_key(tag), is_trainer, names[n], sizeof names[n]);
		for (const pt_json_value *row = pt_json_first(tag); row; row = pt_json_following(row))
			expect_json(all, as, pt_json_first(row), pt_json_following(pt_json_first(row)));
	}
	assert_gives(PT_LOG_TFEVENTS, path, all);
	free(all);
}

/* Every file that a folder's expected.json names. */
static void check_folder(const char *folder, const char *member, bool is_trainer)
{
	char below[256], path[1024];
	pt_json_value *expected;
	size_t n = 0;
	snprintf(below, sizeof below, "formats/%s/expected.json", folder);
	shared_path(path, sizeof path, below);
	assert_int_equal(pt_json_read(path, &expected, NULL), PT_OK);
	const pt_json_value *file = pt_json_first(pt_json_member(expected, member));
	for (; file; file = pt_json_following(file), n++) {
		snprintf(below, sizeof below, "formats/%s/%s", folder, pt_json_key(file));
		shared_path(path, sizeof path, below);
		check_scalars(path, pt_json_member(file, "scalars"), is_trainer);
	}
	assert_true(n > 0);
	pt_json_destroy(expected);
}

static void folders_of_formats(void **state)
{
	(void)state;
	if (!shared_has("formats/log_tb_mixed"))
		skip();
	check_folder("log_tb_mixed", "files", false);
	check_folder("log_tb_trainer", "files", true);
	check_folder("log_tb_killed", "files", false);
	check_folder("log_lightning_csv", "tb", false);
}

/* tensorboard's own loader stops at damage: there this reader has more. */
static void cut_files_of_formats(void **state)
{
	(void)state;
	static const struct {
		const char *folder;
		size_t n_rows, n_bad_rows;
	} cases[] = {{"cut_in_data", 19, 0}, {"cut_in_crc", 19, 0}, {"cut_in_length", 0, 0}, {"empty", 0, 0},
		{"zero_padded_tail", 20, 0}, {"bad_data_crc_middle", 19, 1}};
	if (!shared_has("formats/log_tb_cut"))
		skip();
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char below[256], path[1024];
		snprintf(below, sizeof below, "formats/log_tb_cut/%s/events.out.tfevents.1795227398.node01.17679.13",
			cases[i].folder);
		shared_path(path, sizeof path, below);
		told *to = malloc(sizeof *to);
		assert_non_null(to);
		clear(to);
		const pt_log_sink sink = {.context = to, .row = on_row};
		pt_metric_log *log = pt_metric_log_create(PT_LOG_TFEVENTS, path);
		assert_int_equal(pt_metric_log_read(log, &sink, NULL), PT_OK);
		assert_int_equal(pt_metric_log_state(log)->n_rows, cases[i].n_rows);
		assert_int_equal(pt_metric_log_state(log)->n_bad_rows, cases[i].n_bad_rows);
		pt_metric_log_destroy(log);
		free(to);
	}
}

/* tests/data/events: see make_events.py */
static void files_made_with_the_libraries(void **state)
{
	(void)state;
	static const char *const files[] = {
		"events.out.tfevents.1.tensorboard", "events.out.tfevents.2.tensorboardX"};
	pt_json_value *expected;
	assert_int_equal(pt_json_read("tests/data/events/expected.json", &expected, NULL), PT_OK);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		char path[256], ignored[256];
		expectations *all = calloc(1, sizeof *all);
		assert_non_null(all);
		const pt_json_value *row = pt_json_first(pt_json_member(expected, files[i]));
		for (; row; row = pt_json_following(row)) {
			const pt_json_value *step = pt_json_first(row), *tag = pt_json_following(step);
			bool is_known = pt_log_role_of(pt_json_string(tag)) != PT_LOG_OTHER;
			expect_json(all,
				is_known ? shown(pt_json_string(tag), false, ignored, sizeof ignored) : pt_json_string(tag),
				step, pt_json_following(tag));
		}
		snprintf(path, sizeof path, "tests/data/events/%s", files[i]);
		assert_gives(PT_LOG_TFEVENTS, path, all);
		free(all);
	}
	pt_json_destroy(expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folders_of_formats),
		cmocka_unit_test(cut_files_of_formats),
		cmocka_unit_test(files_made_with_the_libraries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
