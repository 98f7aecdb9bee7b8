#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>

#include "phasetop/base/alloc.h"
#include "phasetop/runio/tail.h"

#include "runio_fixture.h"

/* What the handler was told: lines joined by '|', resets and overlong lines counted. */
typedef struct record {
	char *text;
	size_t n, capacity;
	size_t n_lines, n_resets, n_overlong, refuse_at;
	int64_t last_number, overlong_number;
} record;

static pt_status on_line(void *context, const char *text, size_t n, int64_t number, pt_error *err)
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

static void on_reset(void *context)
{
	record *told = context;
	told->n = told->n_lines = 0;
	told->last_number = 0;
	if (told->text)
		told->text[0] = '\0';
	told->n_resets++;
}

static void on_overlong(void *context, int64_t number)
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

static void begin(fixture *f, const pt_tail_options *options)
{
	*f = (fixture){0};
	scratch_directory(f->directory);
	snprintf(f->path, sizeof f->path, "%s/log.jsonl", f->directory);
	snprintf(f->other, sizeof f->other, "%s/other", f->directory);
	f->handler = (pt_tail_handler){&f->told, on_line, on_reset, on_overlong};
	f->tail = pt_tail_create(f->path, options);
	assert_non_null(f->tail);
}

static void end(fixture *f)
{
	pt_tail_destroy(f->tail);
	free(f->told.text);
	scratch_remove(f->directory);
}

static void put(const char *path, const char *mode, const char *text, size_t n)
{
	FILE *file = fopen(path, mode);
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static void append(fixture *f, const char *text)
{
	put(f->path, "ab", text, strlen(text));
}

static void read_ok(fixture *f)
{
	pt_error err = {0};
	pt_status status = pt_tail_read(f->tail, &f->handler, &err);
	if (status != PT_OK)
		print_message("%s: %s\n", pt_status_name(status), err.message);
	assert_int_equal(status, PT_OK);
}

static void assert_told(fixture *f, const char *lines)
{
	assert_string_equal(f->told.text ? f->told.text : "", lines);
}

static void gives_only_new_complete_lines(void **state)
{
	(void)state;
	fixture f;
	begin(&f, NULL);
	append(&f, "one\ntw");
	read_ok(&f);
	assert_told(&f, "one|");
	assert_int_equal(pt_tail_torn_bytes(f.tail), 2);
	read_ok(&f);
	assert_told(&f, "one|");
	append(&f, "o\n\nfour\n");
	read_ok(&f);
	assert_told(&f, "one|two||four|");
	assert_int_equal(f.told.n_resets, 0);
	assert_int_equal(pt_tail_torn_bytes(f.tail), 0);
	assert_true(pt_tail_identity(f.tail).present);
	assert_string_equal(pt_tail_path(f.tail), f.path);
	end(&f);
}

static void cuts_crlf_and_bom(void **state)
{
	(void)state;
	fixture f;
	begin(&f, NULL);
	append(&f, "\xEF\xBB\xBFone\r\ntwo\r\n\xEF\xBB\xBFthree\n\r\n");
	read_ok(&f);
	assert_told(&f, "one|two|\xEF\xBB\xBFthree||");
	end(&f);
}

static void keeps_nul_bytes(void **state)
{
	(void)state;
	fixture f;
	begin(&f, NULL);
	put(f.path, "wb", "a\0b\n", 4);
	read_ok(&f);
	assert_int_equal(f.told.n, 4);
	assert_memory_equal(f.told.text, "a\0b|", 4);
	end(&f);
}

static void waits_for_a_file_to_come(void **state)
{
	(void)state;
	fixture f;
	pt_error err;
	begin(&f, NULL);
	assert_int_equal(pt_tail_read(f.tail, &f.handler, &err), PT_ERR_NOT_FOUND);
	assert_string_equal(err.path, f.path);
	assert_false(pt_tail_identity(f.tail).present);
	append(&f, "one\n");
	read_ok(&f);
	assert_told(&f, "one|");
	assert_int_equal(f.told.n_resets, 0);
	end(&f);
}

static void starts_over_after_truncation(void **state)
{
	(void)state;
	fixture f;
	begin(&f, NULL);
	append(&f, "one\ntwo\nthr");
	read_ok(&f);
	put(f.path, "wb", "x\n", 2);
	read_ok(&f);
	assert_told(&f, "x|");
	assert_int_equal(f.told.n_resets, 1);
	put(f.path, "wb", "", 0);
	read_ok(&f);
	assert_told(&f, "");
	assert_int_equal(f.told.n_resets, 2);
	append(&f, "y\n");
	read_ok(&f);
	assert_told(&f, "y|");
	assert_int_equal(f.told.n_resets, 2);
	end(&f);
}

static void sees_truncation_even_when_the_file_grew_past_the_place(void **state)
{
	(void)state;
	fixture f;
	begin(&f, NULL);
	append(&f, "one\ntwo\n");
	read_ok(&f);
	put(f.path, "wb", "eins\nzwei\ndrei\n", 15);
	read_ok(&f);
	assert_told(&f, "eins|zwei|drei|");
	assert_int_equal(f.told.n_resets, 1);
	/* as long as before, byte for byte */
	put(f.path, "wb", "EINS\nZWEI\nDREI\n", 15);
	read_ok(&f);
	assert_told(&f, "EINS|ZWEI|DREI|");
	assert_int_equal(f.told.n_resets, 2);
	end(&f);
}

static void sees_replacement_by_rename(void **state)
{
	(void)state;
	fixture f;
	begin(&f, NULL);
	append(&f, "one\n");
	read_ok(&f);
	put(f.other, "wb", "one\ntwo\n", 8);
	assert_int_equal(rename(f.other, f.path), 0);
	read_ok(&f);
	assert_told(&f, "one|two|");
	assert_int_equal(f.told.n_resets, 1);
	end(&f);
}

static void keeps_its_place_while_the_file_is_away(void **state)
{
	(void)state;
	fixture f;
	begin(&f, NULL);
	append(&f, "one\n");
	read_ok(&f);
	assert_int_equal(rename(f.path, f.other), 0);
	assert_int_equal(pt_tail_read(f.tail, &f.handler, NULL), PT_ERR_NOT_FOUND);
	assert_told(&f, "one|");
	assert_int_equal(rename(f.other, f.path), 0);
	append(&f, "two\n");
	read_ok(&f);
	assert_told(&f, "one|two|");
	assert_int_equal(f.told.n_resets, 0);
	/* deleted and written anew: often the same inode number */
	assert_int_equal(unlink(f.path), 0);
	append(&f, "other\nlonger than before\n");
	read_ok(&f);
	assert_told(&f, "other|longer than before|");
	assert_int_equal(f.told.n_resets, 1);
	end(&f);
}

static void gives_a_refused_line_again(void **state)
{
	(void)state;
	fixture f;
	pt_error err;
	begin(&f, NULL);
	append(&f, "one\ntwo\nthree\n");
	f.told.refuse_at = 2;
	assert_int_equal(pt_tail_read(f.tail, &f.handler, &err), PT_ERR_CANCELLED);
	assert_told(&f, "one|");
	append(&f, "four\n");
	read_ok(&f);
	assert_told(&f, "one|two|three|four|");
	end(&f);
}

static void passes_over_lines_above_the_cap(void **state)
{
	(void)state;
	fixture f;
	const pt_tail_options options = {.line_cap_bytes = 10};
	begin(&f, &options);
	append(&f, "0123456789\n0123456789X\nshort\n");
	read_ok(&f);
	assert_told(&f, "0123456789|short|");
	assert_int_equal(f.told.n_overlong, 1);
	assert_int_equal(f.told.overlong_number, 2);
	/* torn, and longer with every call */
	for (int i = 0; i < 5; i++) {
		append(&f, "ABCDEFGH");
		read_ok(&f);
	}
	assert_int_equal(f.told.n_overlong, 1);
	assert_int_equal(pt_tail_torn_bytes(f.tail), 0); /* dropped, not kept */
	append(&f, "end\nafter\n");
	read_ok(&f);
	assert_int_equal(f.told.n_overlong, 2);
	assert_int_equal(f.told.overlong_number, 4);
	assert_told(&f, "0123456789|short|after|");
	/* a truncation in the midst of one ends it */
	append(&f, "0123456789012345");
	read_ok(&f);
	put(f.path, "wb", "new\n", 4);
	read_ok(&f);
	assert_told(&f, "new|");
	end(&f);
}

static void survives_a_gigabyte_without_newline(void **state)
{
	(void)state;
	fixture f;
	begin(&f, NULL);
	append(&f, "one\n");
	assert_int_equal(truncate(f.path, (off_t)1 << 30), 0);
	read_ok(&f);
	assert_told(&f, "one|");
	append(&f, "\nafter\n");
	read_ok(&f);
	assert_told(&f, "one|after|");
	assert_int_equal(f.told.n_overlong, 1);
	assert_int_equal(f.told.overlong_number, 2);
	end(&f);
}

static void long_lines_over_many_chunks(void **state)
{
	(void)state;
	fixture f;
	enum { N = 1000000 };
	begin(&f, NULL);
	char *line = malloc(N + 1);
	assert_non_null(line);
	for (int i = 0; i < N; i++)
		line[i] = (char)('a' + i % 23);
	line[N] = '\n';
	put(f.path, "wb", line, N / 3);
	read_ok(&f);
	assert_int_equal(f.told.n_lines, 0);
	put(f.path, "ab", line + N / 3, N + 1 - N / 3);
	append(&f, "next\n");
	read_ok(&f);
	assert_int_equal(f.told.n_lines, 2);
	assert_memory_equal(f.told.text, line, N);
	assert_string_equal(f.told.text + N, "|next|");
	free(line);
	end(&f);
}

/* pread that is interrupted, short, and at last fails. */
static int n_calls, fail_from;

static ssize_t odd_pread(int fd, void *bytes, size_t n, off_t offset)
{
	n_calls++;
	if (fail_from && n_calls >= fail_from) {
		errno = EIO;
		return -1;
	}
	if (n_calls % 2) {
		errno = EINTR;
		return -1;
	}
	return pread(fd, bytes, n < 3 ? n : 3, offset);
}

static void survives_interrupted_short_and_failing_reads(void **state)
{
	(void)state;
	fixture f;
	pt_error err = {0};
	const pt_tail_options options = {.read_at = odd_pread};
	begin(&f, &options);
	n_calls = fail_from = 0;
	append(&f, "one\nand two\n");
	read_ok(&f);
	assert_told(&f, "one|and two|");
	append(&f, "three\n");
	fail_from = n_calls + 4;
	assert_int_equal(pt_tail_read(f.tail, &f.handler, &err), PT_ERR_IO);
	assert_string_equal(err.path, f.path);
	assert_true(err.offset >= 0);
	assert_told(&f, "one|and two|");
	fail_from = 0;
	read_ok(&f);
	assert_told(&f, "one|and two|three|");
	assert_int_equal(f.told.n_resets, 0);
	end(&f);
}

static void refuses_what_is_no_text_file(void **state)
{
	(void)state;
	fixture f;
	pt_error err = {0};
	begin(&f, NULL);
	assert_int_equal(mkdir(f.path, 0700), 0);
	assert_int_equal(pt_tail_read(f.tail, &f.handler, &err), PT_ERR_NOT_REGULAR);
	assert_int_equal(rmdir(f.path), 0);
	assert_int_equal(mkfifo(f.path, 0600), 0);
	assert_int_equal(pt_tail_read(f.tail, &f.handler, &err), PT_ERR_NOT_REGULAR); /* and does not hang */
	assert_int_equal(unlink(f.path), 0);
	assert_int_equal(symlink("log.jsonl", f.path), 0);
	assert_int_equal(pt_tail_read(f.tail, &f.handler, &err), PT_ERR_IO); /* a link to itself */
	assert_int_equal(unlink(f.path), 0);
	assert_int_equal(symlink("/dev/zero", f.path), 0);
	assert_int_equal(pt_tail_read(f.tail, &f.handler, &err), PT_ERR_NOT_REGULAR);
	assert_int_equal(unlink(f.path), 0);
	put(f.path, "wb", "\xFF\xFE{\0}\0\n\0", 8);
	assert_int_equal(pt_tail_read(f.tail, &f.handler, &err), PT_ERR_FORMAT);
	put(f.path, "wb", "fine\n", 5);
	read_ok(&f);
	assert_told(&f, "fine|");
	end(&f);
}

static void survives_failing_allocations(void **state)
{
	(void)state;
	char long_line[3000];
	memset(long_line, 'x', sizeof long_line - 2);
	strcpy(long_line + sizeof long_line - 2, "\n");
	for (size_t n = 1, done = 0; !done; n++) {
		fixture f;
		begin(&f, NULL);
		append(&f, "one\n");
		append(&f, long_line);
		pt_alloc_fail_at(n, false);
		pt_tail *other = pt_tail_create(f.path, NULL);
		pt_status status = other ? pt_tail_read(other, &f.handler, NULL) : PT_ERR_MEMORY;
		done = status == PT_OK;
		pt_alloc_fail_at(0, false);
		if (!done)
			assert_int_equal(status, PT_ERR_MEMORY);
		if (other && !done)
			assert_int_equal(pt_tail_read(other, &f.handler, NULL), PT_OK);
		if (other)
			assert_int_equal(f.told.n_lines, 2);
		pt_tail_destroy(other);
		end(&f);
	}
}

/* ---- any sequence of changes ≡ reading from scratch ---- */

static uint64_t random_state;

static unsigned random_below(unsigned n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)((random_state >> 11) % n);
}

static size_t random_text(char *out, size_t most)
{
	size_t n = random_below((unsigned)most);
	for (size_t i = 0; i < n; i++) {
		unsigned kind = random_below(12);
		out[i] = (char)(kind == 0 ? '\n' : kind == 1 ? '\r' : 'a' + (int)random_below(26));
	}
	return n;
}

/* The complete lines of the file as it lies there. */
static void expect_from_scratch(fixture *f)
{
	record fresh = {0};
	const pt_tail_handler handler = {&fresh, on_line, on_reset, on_overlong};
	pt_tail *tail = pt_tail_create(f->path, NULL);
	pt_status status = pt_tail_read(tail, &handler, NULL);
	size_t n = 0;
	char *whole = read_whole(f->path, &n);
	if (!whole) {
		assert_int_equal(status, PT_ERR_NOT_FOUND);
	} else {
		assert_int_equal(status, PT_OK);
		assert_int_equal(f->told.n_lines, fresh.n_lines);
		assert_int_equal(f->told.n, fresh.n);
		if (fresh.n > 0)
			assert_memory_equal(f->told.text, fresh.text, fresh.n);
		size_t n_newlines = 0;
		for (size_t i = 0; i < n; i++)
			n_newlines += whole[i] == '\n';
		assert_int_equal(fresh.n_lines, n_newlines);
		free(whole);
	}
	pt_tail_destroy(tail);
	free(fresh.text);
}

static void change(fixture *f)
{
	char text[2048];
	size_t n = random_text(text, random_below(4) ? 60 : sizeof text);
	struct stat found;
	switch (random_below(10)) {
	case 0:
		if (stat(f->path, &found) == 0)
			assert_int_equal(truncate(f->path, (off_t)random_below((unsigned)found.st_size + 1)), 0);
		break;
	case 1:
		put(f->path, "wb", text, n);
		break;
	case 2:
		put(f->other, "wb", text, n);
		assert_int_equal(rename(f->other, f->path), 0);
		break;
	case 3:
		unlink(f->path);
		break;
	default:
		put(f->path, "ab", text, n);
	}
}

static void any_sequence_equals_reading_from_scratch(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 300; seed++) {
		fixture f;
		begin(&f, NULL);
		random_state = seed * 0x9E3779B97F4A7C15u;
		for (int i = 0; i < 30; i++) {
			for (unsigned j = random_below(3) + 1; j > 0; j--)
				change(&f);
			pt_status status = pt_tail_read(f.tail, &f.handler, NULL);
			if (status == PT_OK)
				expect_from_scratch(&f);
			else
				assert_int_equal(status, PT_ERR_NOT_FOUND);
		}
		end(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_only_new_complete_lines),
		cmocka_unit_test(cuts_crlf_and_bom),
		cmocka_unit_test(keeps_nul_bytes),
		cmocka_unit_test(waits_for_a_file_to_come),
		cmocka_unit_test(starts_over_after_truncation),
		cmocka_unit_test(sees_truncation_even_when_the_file_grew_past_the_place),
		cmocka_unit_test(sees_replacement_by_rename),
		cmocka_unit_test(keeps_its_place_while_the_file_is_away),
		cmocka_unit_test(gives_a_refused_line_again),
		cmocka_unit_test(passes_over_lines_above_the_cap),
		cmocka_unit_test(survives_a_gigabyte_without_newline),
		cmocka_unit_test(long_lines_over_many_chunks),
		cmocka_unit_test(survives_interrupted_short_and_failing_reads),
		cmocka_unit_test(refuses_what_is_no_text_file),
		cmocka_unit_test(survives_failing_allocations),
		cmocka_unit_test(any_sequence_equals_reading_from_scratch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
