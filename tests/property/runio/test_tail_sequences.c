/* Any sequence of changes of a file, followed, gives what reading it from scratch gives. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../helpers/random_numbers.h"
#include "../../unit/runio/tail_fixture.h"

static uint64_t random_state;

static size_t random_text(char *out, size_t most)
{
	size_t n = random_below(&random_state, (unsigned)most);
	for (size_t i = 0; i < n; i++) {
		unsigned kind = random_below(&random_state, 12);
		out[i] = (char)(kind == 0 ? '\n' : kind == 1 ? '\r' : 'a' + (int)random_below(&random_state, 26));
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
	size_t n = random_text(text, random_below(&random_state, 4) ? 60 : sizeof text);
	struct stat found;
	switch (random_below(&random_state, 10)) {
	case 0:
		if (stat(f->path, &found) == 0)
			assert_int_equal(
				truncate(f->path, (off_t)random_below(&random_state, (unsigned)found.st_size + 1)), 0);
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
			for (unsigned j = random_below(&random_state, 3) + 1; j > 0; j--)
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
		cmocka_unit_test(any_sequence_equals_reading_from_scratch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
