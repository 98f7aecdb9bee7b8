/* Following a text file that grows, is cut, replaced, taken away and brought back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "phasetop/base/alloc.h"

#include "tail_fixture.h"

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
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
