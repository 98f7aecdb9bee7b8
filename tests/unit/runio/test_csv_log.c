/* Metric logs in comma-separated text. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "phasetop/runio/tail.h"

#include "log_fixture.h"

static void expect(const char *text, const char *rows)
{
	log_expect_text(PT_LOG_METRICS_CSV, text, rows);
}

/* Problems of a text, as "line;line;". */
static void expect_problems(const char *text, const char *rows, const char *lines)
{
	log_fixture f;
	char told[256];
	pt_text all = pt_text_over(told, sizeof told);
	log_begin(&f, PT_LOG_METRICS_CSV, "metrics.csv");
	log_append(&f, text);
	log_expect(&f, rows);
	const pt_log_problems *problems = &log_state(&f)->problems;
	for (size_t i = 0; i < problems->n; i++) {
		assert_string_equal(problems->items[i].path, f.file.path);
		assert_true(problems->items[i].message[0]);
		pt_text_addf(&all, "%lld;", (long long)problems->items[i].offset);
	}
	assert_string_equal(told, lines);
	log_end(&f);
}

static void dialects(void **state)
{
	(void)state;
	expect("step,loss\n0,1.5\n10,0.5\n", "0{loss=1.5}10{loss=0.5}");
	expect("step;loss\n0;1.5\n", "0{loss=1.5}");
	expect("step\tloss\n0\t1.5\n", "0{loss=1.5}");
	expect("\xEF\xBB\xBFstep,loss\r\n0,1.5\r\n\r\n", "0{loss=1.5}");
	expect("\"step\",\"loss, \"\"train\"\"\"\n\"0\",\"1.5\"\n", "0{loss, \"train\"=1.5}");
	expect("step, loss ,\"lr\" \n 0 , 1.5,\"0.1\" \n", "0{loss=1.5,learning_rate=0.1}");
	expect("step;\"a,b;c\"\n0;1.5\n", "0{a,b;c=1.5}");
	expect("# step,loss\n0,1.5\n# a remark\n1,2\n", "0{loss=1.5}1{loss=2}"); /* numpy.savetxt */
	expect("step\n3\n", "3{}");
	expect("step,loss", ""); /* torn */
}

static void step_columns(void **state)
{
	(void)state;
	expect("loss,Step\n1,5\n", "5{loss=1}");
	expect("Wall time,Step,Value\n1700000000.5,5,2\n", "5{Value=2}"); /* TensorBoard's export */
	expect("global_step,step_time,loss,timestamp\n5,0.5,1,1700000000.5\n", "5{step_time=0.5,loss=1}");
	expect("step|x\n4|5\n", "4{x=5}");
	expect("epoch,global_step,loss\n0,5,1\n", "5{epoch=0,loss=1}");
	expect("Global Step,loss\n5,1\n", "5{loss=1}");
	expect("iteration,iter,loss\n7,5,1\n", "5{iteration=7,loss=1}");
	expect("epoch,loss\n3,1\n", "3{loss=1}"); /* where there is nothing better */
	expect("current_steps,loss\n3,1\n", "3{loss=1}");
	expect(",step,loss\n0,10,1\n1,20,2\n", "10{loss=1}20{loss=2}"); /* pandas' index has no name */
	expect("step,loss\n1e3,1\n20.0,2\n007,3\n", "1000{loss=1}20{loss=2}7{loss=3}");
}

static void values(void **state)
{
	(void)state;
	expect("step,a,b,c\n1,,2,\n", "1{b=2}"); /* empty is missing, and no field */
	expect("step,a,b,c,d\n1,nan,NaN,inf,-Infinity\n", "1{a=nan!,b=nan!,c=inf!,d=-inf!}");
	expect("step,a,b,c\n1,null,None,N/A\n", "1{a=nan!,b=nan!,c=nan!}");
	expect("step,a,b,c\n1,word,True,0x10\n", "1{}"); /* words are no fields */
	expect("step,a,b,c,d,e\n1,+1.5,.5,5.,1e-3,-.25E+2\n", "1{a=1.5,b=0.5,c=5,d=0.001,e=-25}");
	expect("step,a,b,c\n1,1.5.2,1e,-\n", "1{}");
	expect("step,a,b\n1,1 000,12%\n", "1{}");
	expect("step,a,a\n1,2,3\n", "1{a=2,a=3}");
}

static void names_of_roles(void **state)
{
	(void)state;
	expect("step,train_loss,val_loss,lr\n1,2,3,4\n", "1{loss=2,eval_loss=3,learning_rate=4}");
	/* one series a role: who is called as the role is, else who came first */
	expect("step,train_loss,loss\n1,,3\n2,2,3\n", "1{loss=3}2{train_loss=2,loss=3}");
	expect("step,val_loss,eval_loss\n1,2,\n2,2,3\n3,2,\n",
		"1{eval_loss=2}2{eval_loss=2,eval_loss=3}3{val_loss=2}");
}

static void decimal_marks(void **state)
{
	(void)state;
	expect("step;loss\n0;1,5\n1;,25\n2;2\n", "0{loss=1.5}1{loss=0.25}2{loss=2}");
	/* the first mark is the log's; the other one is told, once, and not read */
	expect_problems("step;loss;lr\n0;1,5;2\n1;1.25;3\n2;0.5;4\n",
		"0{loss=1.5,learning_rate=2}1{learning_rate=3}2{learning_rate=4}", "3;");
	expect_problems("step;loss\n0;1.5\n1;1,25\n", "0{loss=1.5}1{}", "3;");
	expect("step;loss\n0;1.234,5\n1;1,234.5\n", "0{}1{}"); /* thousands: nobody can tell */
	expect("step,loss\n0,\"1,5\"\n", "0{}");               /* where commas divide, they are no marks */
}

static void quotes(void **state)
{
	(void)state;
	expect("step,note,loss\n1,\"two\nlines, \"\"so\"\"\n\n\",2\n3,x,4\n", "1{loss=2}3{loss=4}");
	expect("step,note,loss\n1,a\"b,2\n", "1{loss=2}"); /* a quote within is text */
	expect("step,note,loss\n1,\"a\"b,2\n", "1{loss=2}");
	/* a quote that is never closed costs its own row: the next line is a row by itself */
	expect_problems("step,note,loss\n1,\"a,2\n3,x,4\n5,y,6\n", "3{loss=4}5{loss=6}", "3;");
	log_fixture f;
	log_begin(&f, PT_LOG_METRICS_CSV, "metrics.csv");
	log_append(&f, "step,note,loss\n1,\"a\n");
	log_expect(&f, "");
	log_append(&f, "b\n");
	log_expect(&f, "");
	log_append(&f, "c\",2\n");
	log_expect(&f, "1{loss=2}");
	log_end(&f);
}

static void a_record_over_the_cap(void **state)
{
	(void)state;
	log_fixture f;
	enum { N = 70 };
	char *line = malloc(32768 + 2);
	assert_non_null(line);
	memset(line, 'x', 32768);
	strcpy(line + 32768, "\n");
	log_begin(&f, PT_LOG_METRICS_CSV, "metrics.csv");
	log_append(&f, "step,note\n1,\"");
	for (int i = 0; i < N; i++)
		log_append(&f, line);
	log_append(&f, "2,ok\n");
	log_expect(&f, "2{}");
	assert_int_equal(log_state(&f)->problems.items[0].code, PT_ERR_LIMIT);
	free(line);
	log_end(&f);
}

static void headers(void **state)
{
	(void)state;
	/* late: what is before it is said and passed over */
	expect_problems("Training log, v2\n1,2\nstep,loss\n0,1\n", "0{loss=1}", "1;");
	/* none: the numbers have no names */
	expect_problems("0,1.5\n1,2.5\n2,3\n", "", "1;");
	expect_problems("time,loss\n0,1.5\n", "", "1;");
	/* again, as a resumed script writes it, and with other columns */
	expect("step,loss\n0,1\nstep,loss\n0,2\nlr,step\n0.5,1\n", "0{loss=1}0{loss=2}1{learning_rate=0.5}");
	/* the word as a value is no header */
	expect("step,scheduler,loss\n0,step,1\n", "0{loss=1}");
	/* columns grow: more cells than names, fewer cells than names; each is told once */
	expect_problems("step,loss\n0,1,2\n1,3,4\n2,5\n", "0{loss=1}1{loss=3}2{loss=5}", "2;");
	expect_problems("step,loss,lr\n0,1\n1,3\n2\n", "0{loss=1}1{loss=3}2{}", "2;");
	log_fixture f;
	log_begin(&f, PT_LOG_METRICS_CSV, "metrics.csv");
	log_append(&f, "0,1.5\n1,2.5\n");
	log_expect(&f, "");
	assert_int_equal(log_state(&f)->n_rows_without_step, 2);
	log_end(&f);
}

static void bad_rows(void **state)
{
	(void)state;
	expect_problems(
		"step,loss\nx,1\n-1,1\n1.5,1\nnan,1\n99999999999999999999,1\n7,2\n", "7{loss=2}", "2;3;4;5;6;");
	log_fixture f;
	log_begin(&f, PT_LOG_METRICS_CSV, "metrics.csv");
	log_append(&f, "step,loss\n,1\n\"\",2\n3,4\n");
	log_expect(&f, "3{loss=4}");
	assert_int_equal(log_state(&f)->n_rows_without_step, 2);
	assert_int_equal(log_state(&f)->n_bad_rows, 0);
	log_end(&f);
}

/* Lightning writes the file anew when a column comes: all of it is read again. */
static void starts_over(void **state)
{
	(void)state;
	log_fixture f;
	log_begin(&f, PT_LOG_METRICS_CSV, "metrics.csv");
	log_append(&f, "epoch,step,train_loss_step\n0,1,2.5\n0,3,2.25\n");
	log_expect(&f, "1{epoch=0,loss=2.5}3{epoch=0,loss=2.25}");
	growing_replace(&f.file, "epoch,step,train_loss_step,val_loss\n0,1,2.5,\n0,3,2.25,\n0,3,,3\n");
	log_expect(&f, "1{epoch=0,loss=2.5}3{epoch=0,loss=2.25}3{epoch=0,eval_loss=3}");
	assert_int_equal(f.to.n_resets, 1);
	growing_replace(&f.file, "lr;step\n1,5;7\n");
	log_expect(&f, "7{learning_rate=1.5}");
	assert_int_equal(log_state(&f)->n_rows, 1);
	log_end(&f);
}

static void a_refused_row_comes_again(void **state)
{
	(void)state;
	log_fixture f;
	log_begin(&f, PT_LOG_METRICS_CSV, "metrics.csv");
	log_append(&f, "step,note,loss\n1,x,2\n2,\"a\nb\",3,4\n3,\"c,1\n4,d,5\n");
	for (f.to.refuse_at = 1; f.to.refuse_at <= 3; f.to.refuse_at++) {
		size_t at = f.to.refuse_at;
		assert_int_equal(pt_metric_log_read(f.log, &f.sink, NULL), PT_ERR_CANCELLED);
		assert_int_equal(log_state(&f)->n_rows, at - 1);
		f.to.refuse_at = at;
	}
	f.to.refuse_at = 0;
	log_expect(&f, "1{loss=2}2{loss=3}4{loss=5}");
	assert_int_equal(log_state(&f)->problems.n, 2); /* nothing is told twice */
	log_end(&f);
}

static void failing_allocations(void **state)
{
	(void)state;
	log_expect_survives(PT_LOG_METRICS_CSV,
		"remark\nstep;note;loss\n1;\"a\nb\";1,5\n2;\"open;1\n3;x;2\nstep;lr\n4;2\n",
		"1{loss=1.5}3{loss=2}4{learning_rate=2}");
}

static void lines_over_the_cap_and_wide_text(void **state)
{
	(void)state;
	log_fixture f;
	log_begin(&f, PT_LOG_METRICS_CSV, "metrics.csv");
	log_append(&f, "step,loss\n1,2\n");
	assert_int_equal(truncate(f.file.path, (off_t)PT_TAIL_LINE_CAP_BYTES + 1000), 0);
	log_append(&f, "\n3,4\n");
	log_expect(&f, "1{loss=2}3{loss=4}");
	assert_int_equal(log_state(&f)->problems.items[0].code, PT_ERR_LIMIT);
	assert_int_equal(log_state(&f)->problems.items[0].offset, 3);
	log_end(&f);
	log_begin(&f, PT_LOG_METRICS_CSV, "metrics.csv");
	write_file(f.file.directory, "metrics.csv", "\xFF\xFEs\0t\0", 6);
	assert_int_equal(pt_metric_log_read(f.log, &f.sink, NULL), PT_ERR_FORMAT);
	log_end(&f);
}

/* What other people's programs wrote; counts by the cells that csv.reader gives (two names occur twice). */
static void real_logs(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		size_t n_rows, n_invalid, n_problems;
		const char *last;
	} rows[] = {
		{"formats/log_lightning_csv/csv/version_0/metrics.csv", 21, 0, 0, ""},
		{"formats/log_plain_scripts/loss.csv", 30, 2, 0, "29{a=0.033333,b=0.002747}"},
		{"formats/log_plain_scripts/loss_crlf_bom.csv", 10, 0, 0, "9{loss=0.1}"},
		{"formats/log_plain_scripts/loss_semicolon_comma_decimal.csv", 10, 0, 0, "9{loss=0.1}"},
		{"wild/Na00s__muon-grokking/runs/seedstudy_adamw_stable_seed_0.csv", 1001, 2010, 0, NULL},
		{"wild/Na00s__muon-grokking/runs/seedstudy_adamw_unstable_seed_1.csv", 1001, 2010, 0, NULL},
		{"runs/medical/behaviour.csv", 81, 0, 0, NULL},
	};
	if (!shared_has("wild"))
		skip();
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char path[1024];
		told_rows *to = calloc(1, sizeof *to);
		assert_non_null(to);
		const pt_log_sink sink = told_sink(to);
		shared_path(path, sizeof path, rows[i].path);
		pt_metric_log *log = pt_metric_log_create(PT_LOG_METRICS_CSV, path);
		assert_int_equal(pt_metric_log_read(log, &sink, NULL), PT_OK);
		const pt_metric_state *s = pt_metric_log_state(log);
		if (s->n_rows != rows[i].n_rows || s->n_invalid_values != rows[i].n_invalid ||
			s->problems.n != rows[i].n_problems || s->n_rows_without_step != 0)
			fail_msg("%s: %zu rows, %zu invalid, %zu problems, %zu without a step", path, s->n_rows,
				s->n_invalid_values, s->problems.n, s->n_rows_without_step);
		if (rows[i].last)
			assert_non_null(strstr(to->bytes, rows[i].last));
		pt_metric_log_destroy(log);
		free(to);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dialects),
		cmocka_unit_test(step_columns),
		cmocka_unit_test(values),
		cmocka_unit_test(names_of_roles),
		cmocka_unit_test(decimal_marks),
		cmocka_unit_test(quotes),
		cmocka_unit_test(a_record_over_the_cap),
		cmocka_unit_test(headers),
		cmocka_unit_test(bad_rows),
		cmocka_unit_test(starts_over),
		cmocka_unit_test(a_refused_row_comes_again),
		cmocka_unit_test(failing_allocations),
		cmocka_unit_test(lines_over_the_cap_and_wide_text),
		cmocka_unit_test(real_logs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
