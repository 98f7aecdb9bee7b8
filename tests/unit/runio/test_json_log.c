/* One JSON document as a log, and the kinds of logs that were named by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "log_fixture.h"

static void expect(const char *text, const char *rows)
{
	log_expect_text(PT_LOG_METRICS_JSON, text, rows);
}

static void expect_failure(const char *text, pt_status expected)
{
	log_fixture f;
	pt_error err = {.message = ""};
	log_begin(&f, PT_LOG_METRICS_JSON, "m.json");
	log_append(&f, text);
	assert_int_equal(pt_metric_log_read(f.log, &f.sink, &err), expected);
	assert_int_equal(f.to.n_rows, 0);
	assert_string_equal(err.path, f.file.path);
	log_end(&f);
}

static void rows(void **state)
{
	(void)state;
	expect("[{\"step\": 1, \"loss\": 2}, {\"step\": 2, \"acc\": NaN}]", "1{loss=2}2{acc=nan!}");
	expect("{\"about\": {\"step\": 4}, \"n\": 3, \"rows\": [{\"step\": 1, \"SHC\": null}, {\"step\": 2, "
		   "\"x\": {\"a\": 1}}]}",
		"1{SHC=nan!}2{}");
	expect("{\"a\": {\"b\": {\"history\": [{\"iter\": 1, \"lr\": 2}]}}, \"c\": [{\"step\": 7, \"d\": 1}]}",
		"1{learning_rate=2}7{d=1}");
	expect("{\"log_history\": [{\"loss\": 1}, {\"step\": 3, \"loss\": 2}, 5, [1], \"x\"]}", "3{loss=2}");
}

static void columns(void **state)
{
	(void)state;
	expect("{\"step\": [0, 10, 20], \"loss\": [3, 2, NaN], \"name\": \"x\", \"short\": [1]}",
		"0{loss=3,short=1}10{loss=2}20{loss=nan!}");
	expect("{\"runs\": {\"iteration\": [1], \"a\": [null], \"words\": [\"x\"]}}", "1{a=nan!}");
	expect("{\"loss\": [3, 2], \"epoch\": [1, 2], \"step\": [5, 6]}", "5{loss=3,epoch=1}6{loss=2,epoch=2}");
	expect("{\"loss\": [3, 2], \"step\": [1.5, 6]}", "6{loss=2}");
	expect("{\"step\": [1, 2], \"\\u00e9\": [3, 4], \"step\": []}", "1{\xC3\xA9=3}2{\xC3\xA9=4}");
}

static void what_is_no_log(void **state)
{
	(void)state;
	expect_failure("", PT_ERR_EMPTY);
	expect_failure("{}", PT_ERR_FORMAT);
	expect_failure("[1, 2]", PT_ERR_FORMAT);
	expect_failure("7", PT_ERR_FORMAT);
	expect_failure("{\"loss\": [1, 2]}", PT_ERR_FORMAT);
	expect_failure("{\"rows\": [{\"step\": 1}", PT_ERR_JSON);
	expect_failure("[{\"step\": 1}] x", PT_ERR_JSON);
}

/* Written anew, and for a while not whole: the rows of before stay. */
static void written_anew(void **state)
{
	(void)state;
	log_fixture f;
	log_begin(&f, PT_LOG_METRICS_JSON, "m.json");
	assert_int_equal(pt_metric_log_read(f.log, &f.sink, NULL), PT_ERR_NOT_FOUND);
	log_append(&f, "[{\"step\": 1}]");
	log_expect(&f, "1{}");
	assert_int_equal(f.to.n_resets, 1);
	log_expect(&f, "1{}");
	assert_int_equal(f.to.n_resets, 1); /* nothing new, nothing done */
	growing_replace(&f.file, "[{\"step\": 1}, {\"st");
	assert_int_equal(pt_metric_log_read(f.log, &f.sink, NULL), PT_ERR_JSON);
	assert_string_equal(f.to.bytes, "1{}");
	log_append(&f, "ep\": 2}]");
	log_expect(&f, "1{}2{}");
	assert_int_equal(log_state(&f)->n_rows, 2);
	f.to.refuse_at = 2;
	growing_replace(&f.file, "[{\"step\": 3}, {\"step\": 4}, 0]");
	assert_int_equal(pt_metric_log_read(f.log, &f.sink, NULL), PT_ERR_CANCELLED);
	assert_string_equal(f.to.bytes, "");
	log_expect(&f, "3{}4{}");
	log_end(&f);
}

static void failing_allocations(void **state)
{
	(void)state;
	log_expect_survives(PT_LOG_METRICS_JSON,
		"{\"step\": [1, 2], \"a\": [3, 4], \"rows\": [{\"step\": 7, \"b\": 1}]}", "7{b=1}1{a=3}2{a=4}");
}

static void kinds(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text;
		pt_log_kind kind;
	} files[] = {
		{"a.csv", "{", PT_LOG_METRICS_CSV},
		{"a.tsv", "", PT_LOG_METRICS_CSV},
		{"a.jsonl", "", PT_LOG_TRAIN_JSONL},
		{"a.json", "{\"step\": [1]}", PT_LOG_METRICS_JSON},
		{"a.json", "{\"step\": 1}\n\n", PT_LOG_METRICS_JSON},
		{"a.json", "{\"step\": 1}\n{\"step\": 2}\n", PT_LOG_TRAIN_JSONL},
		{"a.json", "[{\"step\": 1},\n{\"step\": 2}]\n", PT_LOG_METRICS_JSON},
		{"a.json", "{\n\"step\": [1]\n}", PT_LOG_METRICS_JSON},
		{"a.txt", "step,loss\n", PT_LOG_METRICS_CSV},
		{"log", "\xEF\xBB\xBF \n[1]", PT_LOG_METRICS_JSON},
		{"a.wandb", "", PT_LOG_WANDB},
		{"events.out.tfevents.1.x", "", PT_LOG_TFEVENTS},
		{"trainer_state.json", "{\n}", PT_LOG_METRICS_JSON},
	};
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		growing_file file;
		pt_log_kind kind = PT_N_LOG_KINDS;
		growing_begin(&file, files[i].name);
		assert_int_equal(pt_metric_log_kind_of_file(file.path, &kind, NULL), PT_ERR_NOT_FOUND);
		growing_append(&file, files[i].text);
		assert_int_equal(pt_metric_log_kind_of_file(file.path, &kind, NULL), PT_OK);
		if (kind != files[i].kind)
			fail_msg("%s with '%s': %s", files[i].name, files[i].text, pt_log_kind_name(kind));
		assert_true(pt_metric_log_reads(kind));
		growing_end(&file);
	}
	growing_file empty;
	pt_log_kind kind;
	growing_begin(&empty, "a.json");
	growing_append(&empty, "");
	assert_int_equal(pt_metric_log_kind_of_file(empty.path, &kind, NULL), PT_ERR_EMPTY);
	growing_end(&empty);
}

/* Counted by Python's json. */
static void real_documents(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		size_t n_rows;
	} files[] = {{"runs/deep_linear/reference.json", 501},
		{"formats/life_final_in_run_dir/trainer_state.json", 9},
		{"wild/_snippets/nan_log_history_indot5.json", 0}};
	if (!shared_has("wild"))
		skip();
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		char path[1024];
		told_rows to = {.n_rows = 0};
		const pt_log_sink sink = told_sink(&to);
		shared_path(path, sizeof path, files[i].path);
		pt_metric_log *log = pt_metric_log_create(PT_LOG_METRICS_JSON, path);
		assert_int_equal(pt_metric_log_read(log, &sink, NULL), PT_OK);
		if (files[i].n_rows)
			assert_int_equal(pt_metric_log_state(log)->n_rows, files[i].n_rows);
		else
			assert_true(pt_metric_log_state(log)->n_rows > 0);
		pt_metric_log_destroy(log);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows),
		cmocka_unit_test(columns),
		cmocka_unit_test(what_is_no_log),
		cmocka_unit_test(written_anew),
		cmocka_unit_test(failing_allocations),
		cmocka_unit_test(kinds),
		cmocka_unit_test(real_documents),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
