/* trainer_state.json through its window: bounded memory, the same rows and errors as out of memory. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <malloc.h>

#include "phasetop/runio/trainer_log.h"

#include "log_fixture.h"

/* A state of n rows, as the Trainer prints it. */
static void write_state(const char *path, size_t n, const char *end)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	fprintf(file, "{\n  \"epoch\": 2.5,\n  \"log_history\": [\n");
	for (size_t i = 0; i < n; i++)
		fprintf(file,
			"    {\n      \"epoch\": %.6f,\n      \"grad_norm\": %.17g,\n      \"learning_rate\": %.17g,\n   "
			"   "
			"\"loss\": %.4f,\n      \"step\": %zu\n    }%s\n",
			(double)i / 1000, 1.0 / (double)(i + 3), 1e-4 / (double)(i + 1), 3.0 / (double)(i + 1), i + 1,
			i + 1 < n ? "," : "");
	fprintf(file, "  ],\n  \"max_steps\": %zu%s", n, end);
	assert_int_equal(fclose(file), 0);
}

/* Bytes on the heap when most were, over all rows. */
typedef struct heap_watch {
	size_t n_rows, before, most;
	double sum;
} heap_watch;

static size_t heap_bytes(void)
{
	struct mallinfo2 heap = mallinfo2();
	return heap.uordblks + heap.hblkhd;
}

static pt_status watch_heap(void *context, const pt_log_row *row, pt_error *err)
{
	heap_watch *watch = context;
	size_t now = heap_bytes();
	(void)err;
	watch->n_rows++;
	watch->most = now > watch->most ? now : watch->most;
	watch->sum += row->fields[3].value;
	return PT_OK;
}

static void memory_does_not_grow_with_the_file(void **state)
{
	(void)state;
	enum { N = 60000, AT_MOST = 512 * 1024 };
	growing_file file;
	heap_watch watch = {.before = heap_bytes()};
	const pt_log_sink sink = {.context = &watch, .row = watch_heap};
	pt_trainer_state found;
	growing_begin(&file, "trainer_state.json");
	write_state(file.path, N, "\n}\n");
	assert_int_equal(pt_trainer_state_read(file.path, &sink, &found, NULL, NULL), PT_OK);
	assert_int_equal(watch.n_rows, N);
	assert_int_equal(found.n_rows, N);
	assert_int_equal(found.max_steps, N);
	double sum = 0;
	for (size_t i = 0; i < N; i++) { /* as printed, to four digits */
		char text[32];
		snprintf(text, sizeof text, "%.4f", 3.0 / (double)(i + 1));
		sum += strtod(text, NULL);
	}
	assert_true(watch.sum == sum);
	assert_true(watch.most < watch.before + AT_MOST);
	growing_end(&file);
}

/* Windows end anywhere: in words, numbers, escapes, characters. What a window shows is what memory shows. */
static void a_window_shows_what_memory_shows(void **state)
{
	(void)state;
	enum { WINDOW = 256 * 1024, AROUND = 150 };
	static const char tail[] =
		"\", \"log_history\": [{\"step\": 12345678, \"a\\u00e9\\ud83d\\ude00\": -1.25e-3, \"b\": "
		"-Infinity, \"\xF0\x9F\x98\x80\": NaN, \"c\": [true, null, {}]}], \"max_steps\": 77}";
	growing_file file;
	growing_begin(&file, "trainer_state.json");
	char *text = malloc(WINDOW + 1024);
	assert_non_null(text);
	for (size_t fill = WINDOW - AROUND - sizeof tail; fill < WINDOW + 8; fill++) {
		told_rows whole = {.n_rows = 0}, windowed = {.n_rows = 0};
		const pt_log_sink to_whole = told_sink(&whole), to_windowed = told_sink(&windowed);
		pt_trainer_state a, b;
		memset(text, 'x', fill);
		memcpy(text, "{\"f\": \"", 7);
		memcpy(text + fill, tail, sizeof tail);
		growing_replace(&file, text);
		assert_int_equal(pt_trainer_state_parse(text, strlen(text), "m", &to_whole, &a, NULL), PT_OK);
		assert_int_equal(pt_trainer_state_read(file.path, &to_windowed, &b, NULL, NULL), PT_OK);
		assert_string_equal(whole.bytes, windowed.bytes);
		assert_int_equal(a.max_steps, b.max_steps);
		assert_int_equal(b.max_steps, 77);
		/* and where it breaks off, the same error at the same byte */
		pt_error of_whole, of_windowed;
		text[fill + (fill % (sizeof tail - 2)) + 1] = '\0';
		growing_replace(&file, text);
		assert_int_equal(pt_trainer_state_parse(text, strlen(text), "m", NULL, NULL, &of_whole), PT_ERR_JSON);
		assert_int_equal(pt_trainer_state_read(file.path, NULL, NULL, NULL, &of_windowed), PT_ERR_JSON);
		assert_string_equal(of_whole.message, of_windowed.message);
		assert_int_equal(of_whole.offset, of_windowed.offset);
	}
	free(text);
	growing_end(&file);
}

static void a_string_longer_than_the_window(void **state)
{
	(void)state;
	enum { LONG = 3 * 1024 * 1024, TOO_LONG = 17 * 1024 * 1024 };
	growing_file file;
	pt_trainer_state found;
	pt_error err;
	growing_begin(&file, "trainer_state.json");
	char *text = malloc(TOO_LONG + 64);
	assert_non_null(text);
	for (size_t n = LONG; n <= TOO_LONG; n += TOO_LONG - LONG) {
		memset(text, 'x', n);
		memcpy(text, "{\"f\": \"", 7);
		strcpy(text + n, "\", \"log_history\": [{\"step\": 5}]}");
		growing_replace(&file, text);
		pt_status status = pt_trainer_state_read(file.path, NULL, &found, NULL, &err);
		assert_int_equal(status, n == LONG ? PT_OK : PT_ERR_LIMIT);
		assert_int_equal(found.n_rows, 1);
	}
	free(text);
	growing_end(&file);
}

typedef struct meddler {
	const char *path;
	size_t n_rows, n_resets;
} meddler;

static pt_status change_the_file(void *context, const pt_log_row *row, pt_error *err)
{
	meddler *m = context;
	(void)row;
	(void)err;
	if (m->n_rows++ == 0) {
		FILE *file = fopen(m->path, "ab");
		assert_non_null(file);
		fputs(" ", file);
		assert_int_equal(fclose(file), 0);
	}
	return PT_OK;
}

static void count_reset(void *context)
{
	((meddler *)context)->n_resets++;
}

/* Rows that were given of a text that then changes, or breaks off, are void. */
static void rows_are_void_where_the_file_changes(void **state)
{
	(void)state;
	growing_file file;
	growing_begin(&file, "trainer_state.json");
	meddler m = {.path = file.path};
	const pt_log_sink sink = {.context = &m, .row = change_the_file, .reset = count_reset};
	write_state(file.path, 10, "}");
	assert_int_equal(pt_trainer_state_read(file.path, &sink, NULL, NULL, NULL), PT_ERR_CHANGED);
	assert_int_equal(m.n_resets, 1);
	m = (meddler){.path = file.path, .n_rows = 1};
	write_state(file.path, 10, "");
	assert_int_equal(pt_trainer_state_read(file.path, &sink, NULL, NULL, NULL), PT_ERR_JSON);
	assert_int_equal(m.n_rows, 11);
	assert_int_equal(m.n_resets, 1);
	growing_end(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_does_not_grow_with_the_file),
		cmocka_unit_test(a_window_shows_what_memory_shows),
		cmocka_unit_test(a_string_longer_than_the_window),
		cmocka_unit_test(rows_are_void_where_the_file_changes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
