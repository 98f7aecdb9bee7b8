#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "phasetop/runio/json.h"
#include "phasetop/runio/tail.h"

#include "log_fixture.h"

static void rows_as_they_come(void **state)
{
	(void)state;
	log_fixture f;
	log_begin(&f, PT_LOG_TRAIN_JSONL, "train_log.jsonl");
	log_append(&f,
		"{\"step\": 0, \"loss\": 2.5, \"val_loss\": 3, \"lr\": 0.01, \"mode_0\": 0.5}\n{\"step\": 10, \"lo");
	log_expect(&f, "0{loss=2.5,eval_loss=3,learning_rate=0.01,mode_0=0.5}");
	log_append(&f, "ss\": NaN}\r\n\n  \n{\"iter\": 11, \"train_loss\": 1.5, \"tokens\": 7}\n");
	log_expect(&f, "0{loss=2.5,eval_loss=3,learning_rate=0.01,mode_0=0.5}10{loss=nan!}11{loss=1.5,tokens=7}");
	const pt_metric_state *s = log_state(&f);
	assert_int_equal(s->n_rows, 3);
	assert_int_equal(s->n_bad_rows, 0);
	assert_int_equal(s->n_invalid_values, 1);
	assert_false(s->has_closing_row);
	assert_true(log_state(&f)->identity.present);
	log_end(&f);
}

static void bad_lines_are_named_and_passed_over(void **state)
{
	(void)state;
	log_fixture f;
	log_begin(&f, PT_LOG_TRAIN_JSONL, "train_log.jsonl");
	log_append(&f, "{\"step\": 1}\n{\"step\": 2,\n[3]\n{\"step\": -1}\n{\"loss\": 1}\n{\"step\": 6} "
				   "7\nword\n{\"step\": 8}\n");
	log_expect(&f, "1{}8{}");
	const pt_metric_state *s = log_state(&f);
	const pt_log_problems *p = &log_state(&f)->problems;
	assert_int_equal(s->n_rows, 2);
	assert_int_equal(s->n_bad_rows, 5);
	assert_int_equal(s->n_rows_without_step, 1);
	assert_int_equal(p->n, 5);
	static const int64_t lines[] = {2, 3, 4, 6, 7};
	for (size_t i = 0; i < p->n; i++) {
		assert_int_equal(p->items[i].code, PT_ERR_BAD_ROW);
		assert_int_equal(p->items[i].offset, lines[i]);
		assert_string_equal(p->items[i].path, f.file.path);
		assert_true(p->items[i].message[0]);
	}
	for (int i = 0; i < 20; i++)
		log_append(&f, "junk\n");
	log_expect(&f, "1{}8{}");
	assert_int_equal(p->n, PT_LOG_MAX_PROBLEMS);
	assert_int_equal(p->n_more, 25 - PT_LOG_MAX_PROBLEMS);
	log_end(&f);
}

static void starts_over(void **state)
{
	(void)state;
	log_fixture f;
	log_begin(&f, PT_LOG_TRAIN_JSONL, "train_log.jsonl");
	log_append(&f, "{\"step\": 1}\njunk\n");
	log_expect(&f, "1{}");
	write_file(f.file.directory, "train_log.jsonl", "{\"step\": 5}\n", 12);
	log_expect(&f, "5{}");
	assert_int_equal(f.to.n_resets, 1);
	assert_int_equal(log_state(&f)->n_rows, 1);
	assert_int_equal(log_state(&f)->n_bad_rows, 0);
	assert_int_equal(log_state(&f)->problems.n, 0);
	log_end(&f);
}

static void a_refused_row_comes_again(void **state)
{
	(void)state;
	log_fixture f;
	log_begin(&f, PT_LOG_TRAIN_JSONL, "train_log.jsonl");
	log_append(&f, "{\"step\": 1}\n{\"step\": 2}\n");
	f.to.refuse_at = 2;
	assert_int_equal(pt_metric_log_read(f.log, &f.sink, NULL), PT_ERR_CANCELLED);
	assert_int_equal(log_state(&f)->n_rows, 1);
	log_expect(&f, "1{}2{}");
	log_end(&f);
}

static void failing_allocations(void **state)
{
	(void)state;
	log_expect_survives(
		PT_LOG_TRAIN_JSONL, "{\"step\": 1, \"a\": 2}\n{\"step\": 2, \"b\": 3}\n", "1{a=2}2{b=3}");
}

static void a_line_over_the_cap(void **state)
{
	(void)state;
	log_fixture f;
	log_begin(&f, PT_LOG_TRAIN_JSONL, "train_log.jsonl");
	log_append(&f, "{\"step\": 1}\n");
	assert_int_equal(truncate(f.file.path, (off_t)PT_TAIL_LINE_CAP_BYTES + 1000), 0);
	log_append(&f, "\n{\"step\": 3}\n");
	log_expect(&f, "1{}3{}");
	assert_int_equal(log_state(&f)->n_bad_rows, 1);
	assert_int_equal(log_state(&f)->problems.items[0].code, PT_ERR_LIMIT);
	assert_int_equal(log_state(&f)->problems.items[0].offset, 2);
	log_end(&f);
	pt_metric_log_destroy(NULL);
	assert_string_equal(pt_log_role_name(PT_N_LOG_ROLES), "");
}

static void real_logs(void **state)
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
		told_rows to = {.n_rows = 0};
		const pt_log_sink sink = told_sink(&to);
		shared_path(path, sizeof path, rows[i].path);
		pt_metric_log *log = pt_metric_log_create(PT_LOG_TRAIN_JSONL, path);
		assert_int_equal(pt_metric_log_read(log, &sink, NULL), PT_OK);
		assert_int_equal(pt_metric_log_state(log)->n_rows, rows[i].n_rows);
		assert_int_equal(pt_metric_log_state(log)->n_bad_rows, 0);
		pt_metric_log_destroy(log);
	}
}

static void llamafactory(void **state)
{
	(void)state;
	log_fixture f;
	log_begin(&f, PT_LOG_TRAIN_JSONL, "trainer_log.jsonl");
	log_append(&f,
		"{\"current_steps\": 2, \"total_steps\": 20, \"loss\": 4.5, \"lr\": 0.005, \"epoch\": 0.25, "
		"\"percentage\": 10.0, \"elapsed_time\": \"0:00:00\", \"remaining_time\": \"0:00:01\"}\n");
	log_append(&f, "{\"current_steps\": 2, \"total_steps\": 20, \"eval_loss\": 4, \"epoch\": 0.25, "
				   "\"percentage\": 10.0, \"throughput\": 7, \"total_tokens\": 9}\n");
	log_expect(&f,
		"2{loss=4.5,learning_rate=0.005,epoch=0.25}2{eval_loss=4,epoch=0.25,throughput=7,total_tokens=9}");
	assert_int_equal(log_state(&f)->max_steps, 20);
	assert_false(log_state(&f)->has_closing_row);
	/* the Trainer's closing row, of which only the epoch is kept */
	log_append(&f, "{\"current_steps\": 20, \"total_steps\": 20, \"epoch\": 2.5, \"percentage\": 100.0, "
				   "\"elapsed_time\": \"0:00:09\"}\n");
	told_clear(&f.to);
	log_expect(&f, "20*{epoch=2.5}");
	assert_true(log_state(&f)->has_closing_row);
	log_end(&f);
	/* words of LLaMA-Factory mean nothing in other logs */
	log_expect_text(PT_LOG_TRAIN_JSONL, "{\"step\": 3, \"total_steps\": 20, \"percentage\": 15}\n",
		"3{total_steps=20,percentage=15}");
	log_expect_text(PT_LOG_TRAIN_JSONL,
		"{\"step\": 3, \"current_steps\": 4, \"epoch\": 1, \"max_steps\": 9}\n", "3{epoch=1}");
	log_expect_text(PT_LOG_TRAIN_JSONL, "{\"step\": 3, \"max_steps\": -1, \"max_steps\": null}\n", "3{}");
}

static double number_of(const pt_json_value *object, const char *key)
{
	double number = 0;
	assert_true(pt_json_number(pt_json_member(object, key), &number));
	return number;
}

/* Against the rows that Python's json reads of the same file. */
static void real_llamafactory(void **state)
{
	(void)state;
	char path[1024], name[1024];
	if (!shared_has("formats/log_llamafactory_hand_made"))
		skip();
	shared_path(path, sizeof path, "formats/log_llamafactory_hand_made/trainer_log.jsonl");
	shared_path(name, sizeof name, "formats/log_llamafactory_hand_made/expected.json");
	told_rows to = {.n_rows = 0};
	const pt_log_sink sink = told_sink(&to);
	pt_metric_log *log = pt_metric_log_create(PT_LOG_TRAIN_JSONL, path);
	assert_int_equal(pt_metric_log_read(log, &sink, NULL), PT_OK);
	pt_json_value *expected = NULL;
	size_t i = 0;
	char rows[8192];
	pt_text all = pt_text_over(rows, sizeof rows);
	assert_int_equal(pt_json_read(name, &expected, NULL), PT_OK);
	const pt_json_value *row = pt_json_first(pt_json_member(expected, "rows"));
	for (; row; row = pt_json_following(row)) {
		static const char *const kept[][2] = {
			{"loss", "loss"}, {"eval_loss", "eval_loss"}, {"lr", "learning_rate"}, {"epoch", "epoch"}};
		bool is_closing = !pt_json_member(row, "loss") && !pt_json_member(row, "eval_loss");
		const char *comma = "";
		pt_text_addf(&all, "%lld%s{", (long long)number_of(row, "current_steps"), is_closing ? "*" : "");
		for (size_t k = 0; k < 4; k++) {
			if (!pt_json_member(row, kept[k][0]))
				continue;
			pt_text_addf(&all, "%s%s=%g", comma, kept[k][1], number_of(row, kept[k][0]));
			comma = ",";
		}
		pt_text_add(&all, "}");
		i++;
	}
	assert_int_equal(i, 13);
	assert_string_equal(to.bytes, rows);
	assert_int_equal(pt_metric_log_state(log)->max_steps, 20);
	assert_true(pt_metric_log_state(log)->has_closing_row);
	pt_json_destroy(expected);
	pt_metric_log_destroy(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_as_they_come),
		cmocka_unit_test(bad_lines_are_named_and_passed_over),
		cmocka_unit_test(starts_over),
		cmocka_unit_test(a_refused_row_comes_again),
		cmocka_unit_test(failing_allocations),
		cmocka_unit_test(a_line_over_the_cap),
		cmocka_unit_test(real_logs),
		cmocka_unit_test(llamafactory),
		cmocka_unit_test(real_llamafactory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
