/* JSONL logs: rows as they come, bad lines named, truncation and refusal survived. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "phasetop/base/alloc.h"
#include "phasetop/runio/tail.h"

#include "log_fixture.h"

static void jsonl_rows_as_they_come(void **state)
{
	(void)state;
	fixture f;
	begin(&f, PT_LOG_TRAIN_JSONL, "train_log.jsonl");
	append(&f,
		"{\"step\": 0, \"loss\": 2.5, \"val_loss\": 3, \"lr\": 0.01, \"mode_0\": 0.5}\n{\"step\": 10, \"lo");
	read_rows(&f, "0{loss=2.5,eval_loss=3,learning_rate=0.01,mode_0=0.5}");
	append(&f, "ss\": NaN}\r\n\n  \n{\"iter\": 11, \"train_loss\": 1.5, \"tokens\": 7}\n");
	read_rows(&f, "0{loss=2.5,eval_loss=3,learning_rate=0.01,mode_0=0.5}10{loss=nan!}11{loss=1.5,tokens=7}");
	const pt_metric_state *s = pt_metric_log_state(f.log);
	assert_int_equal(s->n_rows, 3);
	assert_int_equal(s->n_bad_rows, 0);
	assert_int_equal(s->n_invalid_values, 1);
	assert_false(s->has_closing_row);
	assert_true(pt_metric_log_state(f.log)->identity.present);
	end(&f);
}

static void jsonl_bad_lines_are_named_and_passed_over(void **state)
{
	(void)state;
	fixture f;
	begin(&f, PT_LOG_TRAIN_JSONL, "train_log.jsonl");
	append(&f, "{\"step\": 1}\n{\"step\": 2,\n[3]\n{\"step\": -1}\n{\"loss\": 1}\n{\"step\": 6} "
			   "7\nword\n{\"step\": 8}\n");
	read_rows(&f, "1{}8{}");
	const pt_metric_state *s = pt_metric_log_state(f.log);
	const pt_log_problems *p = &pt_metric_log_state(f.log)->problems;
	assert_int_equal(s->n_rows, 2);
	assert_int_equal(s->n_bad_rows, 5);
	assert_int_equal(s->n_rows_without_step, 1);
	assert_int_equal(p->n, 5);
	static const int64_t lines[] = {2, 3, 4, 6, 7};
	for (size_t i = 0; i < p->n; i++) {
		assert_int_equal(p->items[i].code, PT_ERR_BAD_ROW);
		assert_int_equal(p->items[i].offset, lines[i]);
		assert_string_equal(p->items[i].path, f.path);
		assert_true(p->items[i].message[0]);
	}
	for (int i = 0; i < 20; i++)
		append(&f, "junk\n");
	read_rows(&f, "1{}8{}");
	assert_int_equal(p->n, PT_LOG_MAX_PROBLEMS);
	assert_int_equal(p->n_more, 25 - PT_LOG_MAX_PROBLEMS);
	end(&f);
}

static void jsonl_starts_over(void **state)
{
	(void)state;
	fixture f;
	begin(&f, PT_LOG_TRAIN_JSONL, "train_log.jsonl");
	append(&f, "{\"step\": 1}\njunk\n");
	read_rows(&f, "1{}");
	write_file(f.directory, "train_log.jsonl", "{\"step\": 5}\n", 12);
	read_rows(&f, "5{}");
	assert_int_equal(f.to.n_resets, 1);
	assert_int_equal(pt_metric_log_state(f.log)->n_rows, 1);
	assert_int_equal(pt_metric_log_state(f.log)->n_bad_rows, 0);
	assert_int_equal(pt_metric_log_state(f.log)->problems.n, 0);
	end(&f);
}

static void jsonl_a_refused_row_comes_again(void **state)
{
	(void)state;
	fixture f;
	begin(&f, PT_LOG_TRAIN_JSONL, "train_log.jsonl");
	append(&f, "{\"step\": 1}\n{\"step\": 2}\n");
	f.to.refuse_at = 2;
	assert_int_equal(pt_metric_log_read(f.log, &f.sink, NULL), PT_ERR_CANCELLED);
	assert_int_equal(pt_metric_log_state(f.log)->n_rows, 1);
	read_rows(&f, "1{}2{}");
	end(&f);
}

static void jsonl_failing_allocations(void **state)
{
	(void)state;
	for (size_t n = 1, done = 0; !done; n++) {
		fixture f;
		begin(&f, PT_LOG_TRAIN_JSONL, "train_log.jsonl");
		append(&f, "{\"step\": 1, \"a\": 2}\n{\"step\": 2, \"b\": 3}\n");
		pt_alloc_fail_at(n, false);
		pt_status status = pt_metric_log_read(f.log, &f.sink, NULL);
		done = status == PT_OK;
		pt_alloc_fail_at(0, false);
		if (!done)
			assert_int_equal(status, PT_ERR_MEMORY);
		read_rows(&f, "1{a=2}2{b=3}");
		end(&f);
	}
}

static void jsonl_a_line_over_the_cap(void **state)
{
	(void)state;
	fixture f;
	begin(&f, PT_LOG_TRAIN_JSONL, "train_log.jsonl");
	append(&f, "{\"step\": 1}\n");
	assert_int_equal(truncate(f.path, (off_t)PT_TAIL_LINE_CAP_BYTES + 1000), 0);
	append(&f, "\n{\"step\": 3}\n");
	read_rows(&f, "1{}3{}");
	assert_int_equal(pt_metric_log_state(f.log)->n_bad_rows, 1);
	assert_int_equal(pt_metric_log_state(f.log)->problems.items[0].code, PT_ERR_LIMIT);
	assert_int_equal(pt_metric_log_state(f.log)->problems.items[0].offset, 2);
	end(&f);
	pt_metric_log_destroy(NULL);
	assert_string_equal(pt_log_role_name(PT_N_LOG_ROLES), "");
}

static void real_jsonl_logs(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		size_t n_rows;
	} rows[] = {{"runs/deep_linear/train_log.jsonl", 501}, {"runs/grokking/train_log.jsonl", 401},
		{"formats/log_plain_scripts/metrics.jsonl", 12}};
	if (!shared_has("runs"))
		skip();
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char path[1024];
		told to = {0};
		clear(&to);
		const pt_log_sink sink = {&to, on_row, NULL};
		shared_path(path, sizeof path, rows[i].path);
		pt_metric_log *log = pt_metric_log_create(PT_LOG_TRAIN_JSONL, path);
		assert_int_equal(pt_metric_log_read(log, &sink, NULL), PT_OK);
		assert_int_equal(pt_metric_log_state(log)->n_rows, rows[i].n_rows);
		assert_int_equal(pt_metric_log_state(log)->n_bad_rows, 0);
		pt_metric_log_destroy(log);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jsonl_rows_as_they_come),
		cmocka_unit_test(jsonl_bad_lines_are_named_and_passed_over),
		cmocka_unit_test(jsonl_starts_over),
		cmocka_unit_test(jsonl_a_refused_row_comes_again),
		cmocka_unit_test(jsonl_failing_allocations),
		cmocka_unit_test(jsonl_a_line_over_the_cap),
		cmocka_unit_test(real_jsonl_logs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
