/* CSV logs in the dialects of people's tools. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "phasetop/base/alloc.h"

#include "log_fixture.h"

/* Rows of a file that is there as a whole, and a byte at a time. */
static void expect(const char *csv, const char *rows, size_t n_bad_rows)
{
	fixture f;
	begin(&f, PT_LOG_METRICS_CSV, "metrics.csv");
	append(&f, csv);
	read_rows(&f, rows);
	assert_int_equal(pt_metric_log_state(f.log)->n_bad_rows, n_bad_rows);
	assert_int_equal(pt_metric_log_state(f.log)->n_rows, f.to.n_rows);
	end(&f);
	begin(&f, PT_LOG_METRICS_CSV, "metrics.csv");
	for (const char *at = csv; *at; at++) {
		append(&f, (const char[2]){*at, '\0'});
		assert_int_equal(pt_metric_log_read(f.log, &f.sink, NULL), PT_OK);
	}
	read_rows(&f, rows);
	assert_int_equal(pt_metric_log_state(f.log)->n_bad_rows, n_bad_rows);
	assert_int_equal(f.to.n_resets, 0);
	end(&f);
}

static void dialects(void **state)
{
	(void)state;
	expect("step,loss,lr\n0,2.5,0.01\n10,2,.5\n", "0{loss=2.5,learning_rate=0.01}10{loss=2,learning_rate=0.5}", 0);
	expect("\xef\xbb\xbfstep,loss\r\n0,1\r\n1,0.5\r\n", "0{loss=1}1{loss=0.5}", 0);
	expect("step;loss;name\n0;1,25;a\n1;-1,5e-1;b\n", "0{loss=1.25}1{loss=-0.15}", 0);
	expect("loss\tstep\n1.5\t3\n", "3{loss=1.5}", 0);
	expect("step|x\n4|5\n", "4{x=5}", 0);
	expect("# made by a script\n\nStep, Loss , val_loss\n 7 , 1.5 ,2\n", "7{loss=1.5,eval_loss=2}", 0);
	/* with a comma between cells a comma is never a point; a number with two is a word */
	expect("step;x\n0;1,2,3\n", "0{}", 0);
	/* quotes: dividers, doubled quotes and ends of lines within them */
	expect("\"step\",\"a, \"\"b\"\"\",note\n1,2,\"x,y\"\n2,\"3\",\"two\nlines\"\n3,4,z\n",
		"1{a, \"b\"=2}2{a, \"b\"=3}3{a, \"b\"=4}", 0);
}

static void what_is_missing_is_missing(void **state)
{
	(void)state;
	expect("epoch,lr,step,train_loss_epoch,train_loss_step,val_loss\n0,0.1,1,,0.25,\n0,,9,0.5,,\n0,,9,,,0.75\n",
		"1{epoch=0,learning_rate=0.1,loss=0.25}9{epoch=0,train_loss_epoch=0.5}9{epoch=0,eval_loss=0.75}", 0);
	expect("step,a,b\n1,nan,inf\n2,NaN,-Infinity\n3,,n/a\n4,true,1e999\n5,7\n",
		"1{a=nan!,b=inf!}2{a=nan!,b=-inf!}3{}4{b=inf!}5{a=7}", 0);
	expect("iter,loss\n,5\n2,6\n", "2{loss=6}", 0);
	expect("epoch,loss\n1,5\n2,6\n", "1{loss=5}2{loss=6}", 0); /* epochs where nothing else counts */
	expect("global_step,step_time,loss,timestamp\n5,0.5,1,1700000000.5\n", "5{step_time=0.5,loss=1}", 0);
}

static void bad_rows_cost_themselves(void **state)
{
	(void)state;
	expect("step,a\n1,2,3\n-1,2\n1.5,2\nx,2\n2,4\n", "2{a=4}", 4);
	expect("1,2\n3,4\n", "", 1);            /* no header: said once */
	expect("a,b\n3,4\n5,6\n", "", 1);       /* no steps: said once */
	expect("step,a\n1,2\nstep,b\n2,3\n", "1{a=2}2{b=3}", 0); /* started again with other columns */
	expect("step,a\n1,0x10\n2,1e\n3,--1\n4,+5\n", "1{}2{}3{}4{a=5}", 0);
}

static void problems_have_their_lines(void **state)
{
	(void)state;
	fixture f;
	begin(&f, PT_LOG_METRICS_CSV, "metrics.csv");
	append(&f, "step,a\n1,2,3\n\n2,\"open\n");
	for (int i = 0; i < 70; i++)
		append(&f, "3,4\n");
	append(&f, "9,8\n");
	assert_int_equal(pt_metric_log_read(f.log, &f.sink, NULL), PT_OK);
	const pt_metric_state *s = pt_metric_log_state(f.log);
	assert_int_equal(s->n_bad_rows, 2);
	assert_int_equal(s->problems.items[0].offset, 2);
	assert_int_equal(s->problems.items[1].offset, 4); /* a quote that is not closed costs 64 lines, not the file */
	assert_int_equal(s->n_rows, 70 - 63 + 1);
	assert_string_equal(s->problems.items[0].path, f.path);
	end(&f);
}

/* Lightning writes the file anew, with another header, when a metric comes that was not there before. */
static void a_new_header_starts_over(void **state)
{
	(void)state;
	fixture f;
	begin(&f, PT_LOG_METRICS_CSV, "metrics.csv");
	append(&f, "step,loss\n1,2\n2,3\n");
	read_rows(&f, "1{loss=2}2{loss=3}");
	static const char text[] = "loss,step,val_loss\n2,1,\n3,2,\n,2,5\n";
	write_file(f.directory, "metrics.csv", text, sizeof text - 1);
	read_rows(&f, "1{loss=2}2{loss=3}2{eval_loss=5}");
	assert_int_equal(f.to.n_resets, 1);
	append(&f, "4,3,");
	read_rows(&f, "1{loss=2}2{loss=3}2{eval_loss=5}");
	append(&f, "\n");
	read_rows(&f, "1{loss=2}2{loss=3}2{eval_loss=5}3{loss=4}");
	end(&f);
}

static void a_refused_row_comes_again(void **state)
{
	(void)state;
	fixture f;
	begin(&f, PT_LOG_METRICS_CSV, "metrics.csv");
	append(&f, "step,a,b\n1,2,x\n2,3,\"y\nz\"\n");
	f.to.refuse_at = 2;
	assert_int_equal(pt_metric_log_read(f.log, &f.sink, NULL), PT_ERR_CANCELLED);
	read_rows(&f, "1{a=2}2{a=3}");
	end(&f);
}

static void failing_allocations(void **state)
{
	(void)state;
	for (size_t n = 1, done = 0; !done; n++) {
		fixture f;
		begin(&f, PT_LOG_METRICS_CSV, "metrics.csv");
		append(&f, "step,a,loss\n1,2,\"3\n\"\n2,3,4\n");
		pt_alloc_fail_at(n, false);
		pt_status status = pt_metric_log_read(f.log, &f.sink, NULL);
		done = status == PT_OK;
		pt_alloc_fail_at(0, false);
		if (!done)
			assert_int_equal(status, PT_ERR_MEMORY);
		read_rows(&f, "1{a=2}2{a=3,loss=4}");
		end(&f);
	}
}

static void real_csv_logs(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		size_t n_rows, n_invalid;
	} logs[] = {{"formats/log_plain_scripts/loss.csv", 30, 2}, {"formats/log_plain_scripts/loss_crlf_bom.csv", 10, 0},
		{"formats/log_plain_scripts/loss_semicolon_comma_decimal.csv", 10, 0},
		{"formats/log_lightning_csv/csv/version_0/metrics.csv", 21, 0}};
	if (!shared_has("formats"))
		skip();
	for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++) {
		char path[1024];
		told to = {0};
		clear(&to);
		const pt_log_sink sink = {&to, on_row, NULL};
		shared_path(path, sizeof path, logs[i].path);
		pt_metric_log *log = pt_metric_log_create(PT_LOG_METRICS_CSV, path);
		assert_int_equal(pt_metric_log_read(log, &sink, NULL), PT_OK);
		assert_int_equal(pt_metric_log_state(log)->n_rows, logs[i].n_rows);
		assert_int_equal(pt_metric_log_state(log)->n_invalid_values, logs[i].n_invalid);
		assert_int_equal(pt_metric_log_state(log)->n_bad_rows, 0);
		pt_metric_log_destroy(log);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dialects),
		cmocka_unit_test(what_is_missing_is_missing),
		cmocka_unit_test(bad_rows_cost_themselves),
		cmocka_unit_test(problems_have_their_lines),
		cmocka_unit_test(a_new_header_starts_over),
		cmocka_unit_test(a_refused_row_comes_again),
		cmocka_unit_test(failing_allocations),
		cmocka_unit_test(real_csv_logs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
