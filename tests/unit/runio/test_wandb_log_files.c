/* Offline runs that wandb wrote. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "event_fixture.h"
#include "expected_events.h"

static void expect_logged(expectations *all, int n, int step, int n_all)
{
	for (int i = 0; i < n; i++) {
		double at = (double)i * step;
		expect_number(all, "loss", at, i == 7 || i == 8 ? (double)NAN : 3.0 * exp(-i / 20.0));
		expect_number(all, "learning_rate", at, 1e-3 * (1.0 - (double)i / n_all));
		expect_number(all, "epoch", at, i / 10.0);
		if (i % 5 == 0)
			expect_number(all, "eval_loss", at, 3.0 * exp(-i / 25.0));
		if (i == 9)
			expect_number(all, "nested.a.b", at, 1.5);
	}
}

/* What the folders' notes say was logged; the numbers come back as Python's exp gave them, or a bit beside.
 */
static void folders_of_formats(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		int n, step, n_all;
		bool is_closed;
	} cases[] = {{"log_wandb_clean/offline-run-20261121_022835-run60/run-run60.wandb", 60, 1, 60, true},
		{"log_wandb_step/offline-run-20261121_022839-run40/run-run40.wandb", 40, 10, 40, true},
		{"log_wandb_killed/offline-run-20261121_022842-run50/run-run50.wandb", 0, 1, 50, false},
		{"log_wandb_killed_long/offline-run-20261121_022848-run170/run-run170.wandb", 142, 1, 170, false}};
	if (!shared_has("formats/log_wandb_clean"))
		skip();
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char below[256], path[1024];
		expectations *all = calloc(1, sizeof *all);
		assert_non_null(all);
		all->tolerance = 1e-15;
		expect_logged(all, cases[i].n, cases[i].step, cases[i].n_all);
		snprintf(below, sizeof below, "formats/%s", cases[i].path);
		shared_path(path, sizeof path, below);
		assert_gives(PT_LOG_WANDB, path, all);
		free(all);
		pt_metric_log *log = pt_metric_log_create(PT_LOG_WANDB, path);
		const pt_log_sink sink = {.row = NULL};
		if (cases[i].n == 0)
			assert_int_equal(pt_metric_log_read(log, &sink, NULL), PT_OK);
		pt_metric_log_destroy(log);
	}
}

/* tests/data/events: see make_events.py */
static void files_made_with_the_library(void **state)
{
	(void)state;
	static const char *const files[] = {"json.wandb", "typed.wandb"};
	static const char *const names[][2] = {{"train/loss", "loss"}, {"train/epoch", "epoch"},
		{"eval/loss", "eval_loss"}, {"nested.a.b", "nested.a.b"}, {"nothing", "nothing"}, {"big", "big"}};
	pt_json_value *expected;
	assert_int_equal(pt_json_read("tests/data/events/expected.json", &expected, NULL), PT_OK);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		char path[256];
		expectations *all = calloc(1, sizeof *all);
		assert_non_null(all);
		const pt_json_value *row = pt_json_first(pt_json_member(expected, files[i]));
		for (; row; row = pt_json_following(row)) {
			const pt_json_value *step = pt_json_first(row), *name = pt_json_following(step);
			size_t n = 0;
			while (strcmp(names[n][0], pt_json_string(name)) != 0)
				n++;
			expect_json(all, names[n][1], step, pt_json_following(name));
		}
		snprintf(path, sizeof path, "tests/data/events/%s", files[i]);
		assert_gives(PT_LOG_WANDB, path, all);
		free(all);
		pt_metric_log *log = pt_metric_log_create(PT_LOG_WANDB, path);
		told *to = malloc(sizeof *to);
		assert_non_null(to);
		clear(to);
		const pt_log_sink sink = {.context = to, .row = on_row};
		assert_int_equal(pt_metric_log_read(log, &sink, NULL), PT_OK);
		assert_int_equal(pt_metric_log_state(log)->max_steps, 40);
		assert_true(pt_metric_log_state(log)->has_closing_row);
		pt_metric_log_destroy(log);
		free(to);
	}
	pt_json_destroy(expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folders_of_formats),
		cmocka_unit_test(files_made_with_the_library),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
