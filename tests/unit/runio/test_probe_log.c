#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "phasetop/base/alloc.h"
#include "phasetop/runio/probe_log.h"
#include "phasetop/runio/tail.h"

#include "log_fixture.h"

/* All that was told, as one text: "set0[2:a,b;unit]" and "5:1,2" ("!" not valid, "~" Gaussian samples). */
typedef struct told {
	char bytes[8192];
	pt_text text;
	size_t n_rows, n_resets, refuse_row_at, refuse_sets;
} told;

static void clear(told *to)
{
	to->text = pt_text_over(to->bytes, sizeof to->bytes);
}

static pt_status on_set(void *context, const pt_probe_set *set, pt_error *err)
{
	told *to = context;
	if (to->refuse_sets) {
		to->refuse_sets--;
		return pt_fail(err, PT_ERR_CANCELLED, NULL, set->line, "refused");
	}
	pt_text_addf(&to->text, "set%zu@%lld[%zu:", set->index, (long long)set->line, set->n);
	for (size_t i = 0; set->names && i < set->n; i++)
		pt_text_addf(&to->text, "%s%s", i ? "," : "", set->names[i]);
	pt_text_addf(&to->text, ";%s] ", set->unit);
	return PT_OK;
}

static pt_status on_row(void *context, const pt_probe_row *row, pt_error *err)
{
	told *to = context;
	if (to->refuse_row_at && to->n_rows + 1 == to->refuse_row_at) {
		to->refuse_row_at = 0;
		return pt_fail(err, PT_ERR_CANCELLED, NULL, row->line, "refused");
	}
	to->n_rows++;
	pt_text_addf(&to->text, "%lld%s:", (long long)row->step, row->valid ? "" : "!");
	for (size_t i = 0; row->losses && i < row->n; i++)
		pt_text_addf(&to->text, "%s%g", i ? "," : "", row->losses[i]);
	if (row->m > 0)
		pt_text_addf(&to->text, "~%g", row->sigma);
	for (size_t i = 0; i < row->m * row->n; i++)
		pt_text_addf(&to->text, "%s%g", i % row->n ? "," : "/", row->samples[i]);
	pt_text_add(&to->text, " ");
	return PT_OK;
}

static void on_reset(void *context)
{
	told *to = context;
	to->n_resets++;
	to->n_rows = 0;
	clear(to);
}

typedef struct fixture {
	growing_file file;
	told to;
	pt_probe_sink sink;
	pt_probe_log *log;
} fixture;

static void begin_kind(fixture *f, pt_log_kind kind)
{
	*f = (fixture){.log = NULL};
	growing_begin(&f->file, "probe_losses");
	f->sink = (pt_probe_sink){&f->to, on_set, on_row, on_reset};
	clear(&f->to);
	f->log = pt_probe_log_create(kind, f->file.path);
	assert_non_null(f->log);
}

static void begin(fixture *f)
{
	begin_kind(f, PT_LOG_PROBE_JSONL);
}

static void end(fixture *f)
{
	pt_probe_log_destroy(f->log);
	growing_end(&f->file);
}

static void append(fixture *f, const char *text)
{
	growing_append(&f->file, text);
}

static void read_all(fixture *f, const char *expected)
{
	pt_error err = {0};
	assert_int_equal(pt_probe_log_read(f->log, &f->sink, &err), PT_OK);
	assert_string_equal(f->to.bytes, expected);
}

static void header_and_rows(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	append(&f,
		"{\"probes\": [\"a\", \"b\\u00e9\"], \"unit\": \"nats/token\"}\n{\"step\": 0, \"losses\": [1, 2]}\n");
	append(&f, "{\"step\": 2, \"losses\": [1.5, -2e3]}\n{\"step\": 4, \"los");
	read_all(&f, "set0@2[2:a,b\xC3\xA9;nats/token] 0:1,2 2:1.5,-2000 ");
	append(&f, "ses\": [3, 4]}\n");
	read_all(&f, "set0@2[2:a,b\xC3\xA9;nats/token] 0:1,2 2:1.5,-2000 4:3,4 ");
	assert_int_equal(pt_probe_log_state(f.log)->n_rows, 3);
	assert_int_equal(pt_probe_log_state(f.log)->n_sets, 1);
	assert_int_equal(pt_probe_log_state(f.log)->n_bad_rows, 0);
	assert_string_equal(pt_probe_log_path(f.log), f.file.path);
	assert_true(pt_probe_log_identity(f.log).present);
	end(&f);
}

static void no_header(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	append(&f, "{\"losses\": [7], \"extra\": {\"losses\": []}, \"step\": 1}\n\n{\"step\": 1, \"losses\": "
			   "[8]}\n{\"step\": 0, \"losses\": [9]}\n");
	read_all(&f, "set0@1[1:;] 1:7 1:8 0:9 "); /* repeated and backward steps pass */
	end(&f);
}

static void gaussian_rows(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	append(&f, "{\"step\": 5, \"sigma\": 0.001, \"samples\": [[1, 2], [3, 4], [5, 6]]}\n");
	append(&f, "{\"step\": 6, \"samples\": [[1, 2]], \"losses\": [8, 9]}\n");
	append(&f, "{\"step\": 7, \"sigma\": 1, \"samples\": [[1, NaN], [3, 4]]}\n");
	read_all(&f, "set0@1[2:;] 5:~0.001/1,2/3,4/5,6 6:8,9~nan/1,2 7!:~1/1,nan/3,4 ");
	append(&f,
		"{\"step\": 8, \"samples\": [[1, 2], [3]]}\n{\"step\": 9, \"samples\": []}\n{\"step\": 9, "
		"\"samples\": "
		"[[]]}\n{\"step\": 9, \"samples\": [1]}\n{\"step\": 9, \"samples\": [[1]], \"losses\": [1, 2]}\n");
	read_all(&f, "set0@1[2:;] 5:~0.001/1,2/3,4/5,6 6:8,9~nan/1,2 7!:~1/1,nan/3,4 ");
	assert_int_equal(pt_probe_log_state(f.log)->n_bad_rows, 5);
	end(&f);
}

static void rows_that_are_not_finite_are_given_and_counted(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	append(&f, "{\"step\": 1, \"losses\": [1, NaN]}\n{\"step\": 2, \"losses\": [null, 1]}\n{\"step\": 3, "
			   "\"losses\": "
			   "[-Infinity, 1e999]}\n{\"step\": 4, \"losses\": [1, 2]}\n");
	read_all(&f, "set0@1[2:;] 1!:1,nan 2!:nan,1 3!:nan,nan 4:1,2 ");
	assert_int_equal(pt_probe_log_state(f.log)->n_rows, 4);
	assert_int_equal(pt_probe_log_state(f.log)->n_invalid_rows, 3);
	assert_int_equal(pt_probe_log_state(f.log)->n_bad_rows, 0);
	end(&f);
}

static void probe_sets_change(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	append(&f, "{\"probes\": [\"a\", \"b\"]}\n{\"step\": 1, \"losses\": [1, 2]}\n{\"step\": 2, \"losses\": "
			   "[1, 2, 3]}\n");
	append(&f, "{\"step\": 3, \"losses\": [1, 2]}\n");
	read_all(&f, "set0@2[2:a,b;] 1:1,2 set1@3[3:;] 2:1,2,3 set2@4[2:a,b;] 3:1,2 ");
	/* the same header again is no news; another one is, for the rows after it */
	append(&f, "{\"probes\": [\"a\", \"b\"]}\n{\"step\": 4, \"losses\": [1, 2]}\n{\"probes\": [\"a\", "
			   "\"c\"]}\n{\"step\": 5, "
			   "\"losses\": [1, 2]}\n");
	read_all(&f, "set0@2[2:a,b;] 1:1,2 set1@3[3:;] 2:1,2,3 set2@4[2:a,b;] 3:1,2 4:1,2 set3@8[2:a,c;] 5:1,2 ");
	assert_int_equal(pt_probe_log_state(f.log)->n_sets, 4);
	end(&f);
}

static void bad_lines_are_named_and_passed_over(void **state)
{
	(void)state;
	static const char *const lines[] = {"{", "[]", "\"word\"", "{\"step\": 1}", "{\"losses\": [1]}",
		"{\"step\": 1, \"losses\": []}", "{\"step\": 1, \"losses\": [\"x\"]}", "{\"step\": 1, \"losses\": 5}",
		"{\"step\": 1, \"losses\": [true]}", "{\"step\": -1, \"losses\": [1]}",
		"{\"step\": 1.5, \"losses\": [1]}", "{\"step\": \"1\", \"losses\": [1]}",
		"{\"step\": 99999999999999999999, \"losses\": [1]}", "{\"probes\": [1]}", "{\"probes\": \"a\"}",
		"{\"step\": 1, \"losses\": [1]} x", "{}", "{\"a\": \"\\ud800\xff\"}"};
	enum { N = sizeof lines / sizeof lines[0] };
	fixture f;
	begin(&f);
	for (size_t i = 0; i < N; i++) {
		append(&f, lines[i]);
		append(&f, "\n");
	}
	append(&f, "{\"step\": 3, \"losses\": [4]}\n");
	read_all(&f, "set0@19[1:;] 3:4 ");
	assert_int_equal(pt_probe_log_state(f.log)->n_bad_rows, N);
	const pt_log_problems *p = pt_probe_log_problems(f.log);
	assert_int_equal(p->n, PT_LOG_MAX_PROBLEMS);
	assert_int_equal(p->n_more, N - PT_LOG_MAX_PROBLEMS);
	for (size_t i = 0; i < p->n; i++) {
		assert_int_equal(p->items[i].code, PT_ERR_BAD_ROW);
		assert_int_equal(p->items[i].offset, i + 1);
		assert_string_equal(p->items[i].path, f.file.path);
	}
	end(&f);
}

static void odd_names(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	append(&f, "{\"probes\": [\"a\\u0000b\", \"\", \"c\\td\"], \"unit\": "
			   "\"0123456789012345678901234567890123456789012345678901234567890123456789\"}\n"
			   "{\"step\": 1, \"losses\": [1, 2, 3]}\n");
	read_all(&f, "set0@2[3:a\x01"
				 "b,,c\td;012345678901234567890123456789012345678901234567890123456789012] 1:1,2,3 ");
	end(&f);
}

static void starts_over(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	append(&f, "{\"probes\": [\"a\"]}\n{\"step\": 1, \"losses\": [1]}\njunk\n");
	read_all(&f, "set0@2[1:a;] 1:1 ");
	write_file(f.file.directory, "probe_losses", "{\"step\": 9, \"losses\": [3]}\n", 27);
	read_all(&f, "set0@1[1:;] 9:3 "); /* the header went with the file it stood in */
	assert_int_equal(f.to.n_resets, 1);
	assert_int_equal(pt_probe_log_state(f.log)->n_bad_rows, 0);
	assert_int_equal(pt_probe_log_state(f.log)->n_sets, 1);
	assert_int_equal(pt_probe_log_problems(f.log)->n, 0);
	end(&f);
}

static void what_is_refused_comes_again(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	append(&f, "{\"probes\": [\"a\"]}\n{\"step\": 1, \"losses\": [1]}\n{\"step\": 2, \"losses\": [2]}\n");
	f.to.refuse_sets = 1;
	assert_int_equal(pt_probe_log_read(f.log, &f.sink, NULL), PT_ERR_CANCELLED);
	f.to.refuse_row_at = 1;
	assert_int_equal(pt_probe_log_read(f.log, &f.sink, NULL), PT_ERR_CANCELLED);
	read_all(&f, "set0@2[1:a;] 1:1 2:2 ");
	assert_int_equal(pt_probe_log_state(f.log)->n_rows, 2);
	end(&f);
}

static void failing_allocations(void **state)
{
	(void)state;
	for (size_t n = 1, done = 0; !done; n++) {
		fixture f;
		begin(&f);
		append(&f, "{\"probes\": [\"a\", \"b\"]}\n{\"step\": 1, \"losses\": [1, 2]}\n{\"step\": 2, "
				   "\"samples\": [[1, 2]]}\n");
		pt_alloc_fail_at(n, false);
		pt_status status = pt_probe_log_read(f.log, &f.sink, NULL);
		done = status == PT_OK;
		pt_alloc_fail_at(0, false);
		if (!done)
			assert_int_equal(status, PT_ERR_MEMORY);
		read_all(&f, "set0@2[2:a,b;] 1:1,2 2:~nan/1,2 ");
		end(&f);
	}
}

static void a_line_over_the_cap(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	append(&f, "{\"step\": 1, \"losses\": [1]}\n");
	assert_int_equal(truncate(f.file.path, (off_t)PT_TAIL_LINE_CAP_BYTES + 1000), 0);
	append(&f, "\n{\"step\": 3, \"losses\": [2]}\n");
	read_all(&f, "set0@1[1:;] 1:1 3:2 ");
	assert_int_equal(pt_probe_log_state(f.log)->n_bad_rows, 1);
	assert_int_equal(pt_probe_log_problems(f.log)->items[0].code, PT_ERR_LIMIT);
	assert_int_equal(pt_probe_log_problems(f.log)->items[0].offset, 2);
	end(&f);
	pt_probe_log_destroy(NULL);
}

/* More numbers in one row than memory is given for. */
static void a_row_of_too_many_numbers(void **state)
{
	(void)state;
	fixture f;
	enum { N = 8 * 1024 * 1024 + 1 };
	static const char head[] = "{\"step\": 1, \"losses\": [";
	begin(&f);
	char *line = malloc(sizeof head + 2 * N + 8);
	assert_non_null(line);
	strcpy(line, head);
	char *at = line + sizeof head - 1;
	for (int i = 0; i < N; i++) {
		*at++ = '1';
		*at++ = ',';
	}
	strcpy(at - 1, "]}\n");
	append(&f, line);
	free(line);
	append(&f, "{\"step\": 2, \"losses\": [2]}\n");
	read_all(&f, "set0@2[1:;] 2:2 ");
	assert_int_equal(pt_probe_log_problems(f.log)->items[0].code, PT_ERR_LIMIT);
	end(&f);
}

/* ---- CSV ---- */

static void csv_rows(void **state)
{
	(void)state;
	fixture f;
	begin_kind(&f, PT_LOG_PROBE_CSV);
	append(&f, "step,a,\"b, c\"\r\n0,1,2\r\n\r\n5,1.5,-2e3\r\n7,");
	read_all(&f, "set0@2[2:a,b, c;] 0:1,2 5:1.5,-2000 ");
	append(&f, "nan,4\n8,,4\n9,inf,4\n10,3,4\n");
	read_all(&f, "set0@2[2:a,b, c;] 0:1,2 5:1.5,-2000 7!:nan,4 8!:nan,4 9!:nan,4 10:3,4 ");
	assert_int_equal(pt_probe_log_state(f.log)->n_invalid_rows, 3);
	assert_int_equal(pt_probe_log_state(f.log)->n_bad_rows, 0);
	/* a resumed writer's header again is no news; another one is */
	append(&f, "step,a,\"b, c\"\n9,3,4\nb;step\n");
	append(&f, "b,step\n7,11\n");
	read_all(&f,
		"set0@2[2:a,b, c;] 0:1,2 5:1.5,-2000 7!:nan,4 8!:nan,4 9!:nan,4 10:3,4 9:3,4 set1@13[1:b;] 11:7 ");
	end(&f);
}

static void csv_bad_lines_are_named_and_passed_over(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"1,2", "1,2,3,4", "x,1,2", "-1,1,2", "1.5,1,2", ",1,2", "1,a,2", "1;2;3"};
	enum { N = sizeof lines / sizeof lines[0] };
	fixture f;
	begin_kind(&f, PT_LOG_PROBE_CSV);
	append(&f, "step,a,b\n");
	for (size_t i = 0; i < N; i++) {
		append(&f, lines[i]);
		append(&f, "\n");
	}
	append(&f, "3,4,5\n");
	read_all(&f, "set0@10[2:a,b;] 3:4,5 ");
	assert_int_equal(pt_probe_log_state(f.log)->n_bad_rows, N);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(pt_probe_log_problems(f.log)->items[i].offset, i + 2);
	end(&f);
	/* without names there is no telling which column is the step */
	begin_kind(&f, PT_LOG_PROBE_CSV);
	append(&f, "0,1,2\n1,1,2\n");
	read_all(&f, "");
	assert_int_equal(pt_probe_log_problems(f.log)->n, 1);
	assert_int_equal(pt_probe_log_problems(f.log)->items[0].offset, 1);
	end(&f);
}

static void csv_starts_over_and_comes_again(void **state)
{
	(void)state;
	fixture f;
	begin_kind(&f, PT_LOG_PROBE_CSV);
	append(&f, "step,a\n1,1\nx,2\n");
	f.to.refuse_sets = 1;
	assert_int_equal(pt_probe_log_read(f.log, &f.sink, NULL), PT_ERR_CANCELLED);
	read_all(&f, "set0@2[1:a;] 1:1 ");
	growing_replace(&f.file, "b;step\n2,5;9\n");
	read_all(&f, "set0@2[1:b;] 9:2.5 ");
	assert_int_equal(pt_probe_log_state(f.log)->n_bad_rows, 0);
	end(&f);
}

static void csv_failing_allocations(void **state)
{
	(void)state;
	for (size_t n = 1, done = 0; !done; n++) {
		fixture f;
		begin_kind(&f, PT_LOG_PROBE_CSV);
		append(&f, "step,a,\"b\nc\"\nstep,a,b\n1,2,3\n2,\"4\",5\n");
		pt_alloc_fail_at(n, false);
		pt_status status = pt_probe_log_read(f.log, &f.sink, NULL);
		done = status == PT_OK;
		pt_alloc_fail_at(0, false);
		if (!done)
			assert_int_equal(status, PT_ERR_MEMORY);
		read_all(&f, "set0@4[2:a,b;] 1:2,3 2:4,5 ");
		end(&f);
	}
}

static void real_logs(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		size_t n_rows, n_invalid;
	} rows[] = {
		{"runs/medical/probe_losses.jsonl", 401, 0},
		{"runs/deep_linear/probe_losses.jsonl", 501, 0},
		{"runs/deep_linear/probe_losses_gaussian.jsonl", 31, 0},
		{"runs/grokking/probe_losses.jsonl", 401, 0},
		{"formats/log_plain_scripts/probe_losses.jsonl", 25, 2},
		{"formats/log_plain_scripts/probe_sigma.jsonl", 0, 0},
	};
	if (!shared_has("runs/medical"))
		skip();
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char path[1024];
		told to = {0};
		clear(&to);
		const pt_probe_sink sink = {&to, on_set, on_row, NULL};
		shared_path(path, sizeof path, rows[i].path);
		pt_probe_log *log = pt_probe_log_create(PT_LOG_PROBE_JSONL, path);
		pt_error err;
		if (pt_probe_log_read(log, &sink, &err) != PT_OK)
			fail_msg("%s: %s", path, err.message);
		const pt_probe_state *s = pt_probe_log_state(log);
		assert_int_equal(s->n_bad_rows, 0);
		assert_int_equal(s->n_sets, 1);
		if (rows[i].n_rows)
			assert_int_equal(s->n_rows, rows[i].n_rows);
		else
			assert_true(s->n_rows > 0);
		assert_int_equal(s->n_invalid_rows, rows[i].n_invalid);
		pt_probe_log_destroy(log);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_and_rows),
		cmocka_unit_test(no_header),
		cmocka_unit_test(gaussian_rows),
		cmocka_unit_test(rows_that_are_not_finite_are_given_and_counted),
		cmocka_unit_test(probe_sets_change),
		cmocka_unit_test(bad_lines_are_named_and_passed_over),
		cmocka_unit_test(odd_names),
		cmocka_unit_test(starts_over),
		cmocka_unit_test(what_is_refused_comes_again),
		cmocka_unit_test(failing_allocations),
		cmocka_unit_test(a_line_over_the_cap),
		cmocka_unit_test(a_row_of_too_many_numbers),
		cmocka_unit_test(csv_rows),
		cmocka_unit_test(csv_bad_lines_are_named_and_passed_over),
		cmocka_unit_test(csv_starts_over_and_comes_again),
		cmocka_unit_test(csv_failing_allocations),
		cmocka_unit_test(real_logs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
