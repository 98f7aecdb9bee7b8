/* What the tests of following a text file share: the file, and what the handler was told of it. */
#ifndef TESTS_RUNIO_TAIL_FIXTURE_H
#define TESTS_RUNIO_TAIL_FIXTURE_H

#include "phasetop/runio/tail.h"

#include "runio_fixture.h"

/* What the handler was told: lines joined by '|', resets and overlong lines counted. */
typedef struct record {
	char *text;
	size_t n, capacity;
	size_t n_lines, n_resets, n_overlong, refuse_at;
	int64_t last_number, overlong_number;
} record;

static inline pt_status on_line(void *context, const char *text, size_t n, int64_t number, pt_error *err)
{
	record *told = context;
	if (told->refuse_at && told->n_lines + 1 == told->refuse_at) {
		told->refuse_at = 0;
		return pt_fail(err, PT_ERR_CANCELLED, NULL, number, "refused");
	}
	assert_int_equal(text[n], '\0');
	assert_int_equal(number, told->last_number + 1);
	told->last_number = number;
	while (told->n + n + 2 > told->capacity) {
		told->capacity = told->capacity * 2 + 256;
		told->text = realloc(told->text, told->capacity);
		assert_non_null(told->text);
	}
	memcpy(told->text + told->n, text, n);
	told->n += n;
	told->text[told->n++] = '|';
	told->text[told->n] = '\0';
	told->n_lines++;
	return PT_OK;
}

static inline void on_reset(void *context)
{
	record *told = context;
	told->n = told->n_lines = 0;
	told->last_number = 0;
	if (told->text)
		told->text[0] = '\0';
	told->n_resets++;
}

static inline void on_overlong(void *context, int64_t number)
{
	record *told = context;
	told->n_overlong++;
	told->overlong_number = number;
	told->last_number = number;
}

typedef struct fixture {
	char directory[64], path[128], other[128];
	record told;
	pt_tail_handler handler;
	pt_tail *tail;
} fixture;

static inline void begin(fixture *f, const pt_tail_options *options)
{
	*f = (fixture){0};
	scratch_directory(f->directory);
	snprintf(f->path, sizeof f->path, "%s/log.jsonl", f->directory);
	snprintf(f->other, sizeof f->other, "%s/other", f->directory);
	f->handler = (pt_tail_handler){&f->told, on_line, on_reset, on_overlong};
	f->tail = pt_tail_create(f->path, options);
	assert_non_null(f->tail);
}

static inline void end(fixture *f)
{
	pt_tail_destroy(f->tail);
	free(f->told.text);
	remove_tree(f->directory);
}

static inline void put(const char *path, const char *mode, const char *text, size_t n)
{
	FILE *file = fopen(path, mode);
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static inline void append(fixture *f, const char *text)
{
	put(f->path, "ab", text, strlen(text));
}

static inline void read_ok(fixture *f)
{
	pt_error err = {0};
	pt_status status = pt_tail_read(f->tail, &f->handler, &err);
	if (status != PT_OK)
		print_message("%s: %s\n", pt_status_name(status), err.message);
	assert_int_equal(status, PT_OK);
}

static inline void assert_told(fixture *f, const char *lines)
{
	assert_string_equal(f->told.text ? f->told.text : "", lines);
}

#endif
