/* Event files that are cut, damaged, or still being written: what is lost is the record. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "event_fixture.h"

static void damaged_data_cost_their_record(void **state)
{
	(void)state;
	fixture f;
	start_tfevents(&f);
	add_tf_scalar(&f.file, 1, "x", 1.0F);
	size_t second = f.file.n;
	add_tf_scalar(&f.file, 2, "x", 2.0F);
	add_tf_scalar(&f.file, 3, "x", 3.0F);
	f.file.bytes[second + 15] ^= 1;
	put_file(&f);
	const pt_metric_state *s = read_ok(&f);
	assert_string_equal(f.to->bytes, "1{x=1}3{x=3}");
	assert_int_equal(s->n_bad_rows, 1);
	assert_int_equal(s->problems.items[0].code, PT_ERR_BAD_ROW);
	assert_int_equal(s->problems.items[0].offset, second);
	assert_string_equal(s->problems.items[0].path, f.path);
	assert_non_null(strstr(s->problems.items[0].message, "data"));
	end(&f);
}

static void a_damaged_length_costs_its_record(void **state)
{
	(void)state;
	fixture f;
	start_tfevents(&f);
	add_tf_scalar(&f.file, 1, "x", 1.0F);
	size_t second = f.file.n;
	add_tf_scalar(&f.file, 2, "x", 2.0F);
	add_tf_scalar(&f.file, 3, "x", 3.0F);
	f.file.bytes[second + 1] ^= 1;
	put_file(&f);
	const pt_metric_state *s = read_ok(&f);
	assert_string_equal(f.to->bytes, "1{x=1}3{x=3}");
	assert_int_equal(s->n_bad_rows, 1);
	assert_int_equal(s->problems.items[0].offset, second);
	assert_non_null(strstr(s->problems.items[0].message, "length"));
	end(&f);
}

static void whole_records_that_are_no_events(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"\x2a\x7f", "\x2a\x03\x0a\x05\x01", "\x03", "\x2a\x04\x0a\x02\x0a\x09", "\xff"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		fixture f;
		start_tfevents(&f);
		size_t place = f.file.n;
		add_tf_record(&f.file, bad[i], strlen(bad[i]));
		add_tf_scalar(&f.file, 3, "x", 3.0F);
		put_file(&f);
		const pt_metric_state *s = read_ok(&f);
		assert_string_equal(f.to->bytes, "3{x=3}");
		assert_int_equal(s->n_bad_rows, 1);
		assert_int_equal(s->problems.items[0].offset, place);
		end(&f);
	}
}

static void what_is_no_event_file_says_so(void **state)
{
	(void)state;
	fixture f;
	pt_error err = {0};
	begin_tfevents(&f);
	assert_int_equal(pt_metric_log_read(f.log, &f.sink, &err), PT_ERR_NOT_FOUND);
	put_bytes(&f, "wb", "", 0);
	read_ok(&f);
	put_bytes(&f, "wb", "version http", 11); /* less than a header tells nothing */
	read_ok(&f);
	put_bytes(&f, "wb", "version https://git-lfs", 23);
	assert_int_equal(pt_metric_log_read(f.log, &f.sink, &err), PT_ERR_FORMAT);
	assert_int_equal(pt_metric_log_read(f.log, &f.sink, &err), PT_ERR_FORMAT);
	assert_int_equal(err.offset, 0);
	/* and when it becomes one */
	add_tf_scalar(&f.file, 1, "x", 1.0F);
	put_file(&f);
	assert_int_equal(read_ok(&f)->n_bad_rows, 0);
	assert_string_equal(f.to->bytes, "1{x=1}");
	end(&f);
}

static void make_small(made *to)
{
	add_tf_version(to);
	for (int64_t step = 0; step < 5; step++)
		add_tf_scalar(to, step, "x", (float)step + 0.5F);
}

/* The places where the records of a file begin; the last is its end. */
static size_t record_places(const made *file, size_t *places)
{
	size_t n = 0;
	for (size_t at = 0; at < file->n; n++) {
		uint64_t length;
		memcpy(&length, file->bytes + at, 8);
		places[n] = at;
		at += 16 + (size_t)length;
	}
	places[n] = file->n;
	return n;
}

static void a_byte_at_a_time_gives_the_same(void **state)
{
	(void)state;
	fixture f;
	begin_tfevents(&f);
	make_small(&f.file);
	for (size_t i = 0; i < f.file.n; i++) {
		put_bytes(&f, i ? "ab" : "wb", f.file.bytes + i, 1);
		assert_int_equal(read_ok(&f)->n_bad_rows, 0);
	}
	assert_string_equal(f.to->bytes, "0{x=0.5}1{x=1.5}2{x=2.5}3{x=3.5}4{x=4.5}");
	assert_int_equal(f.to->n_resets, 0);
	end(&f);
}

static void cut_anywhere_it_waits(void **state)
{
	(void)state;
	fixture f;
	size_t places[16];
	begin_tfevents(&f);
	make_small(&f.file);
	record_places(&f.file, places);
	for (size_t n = 0; n <= f.file.n; n++) {
		pt_metric_state got;
		assert_int_equal(read_at_once(f.directory, PT_LOG_TFEVENTS, f.file.bytes, n, f.to, &got), PT_OK);
		size_t whole = 0;
		while (whole < 6 && places[whole + 1] <= n)
			whole++;
		assert_int_equal(got.n_rows, whole > 0 ? whole - 1 : 0);
		assert_int_equal(got.n_bad_rows, 0);
	}
	end(&f);
}

/* Every bit of every byte, one after the other: it costs its record, and no other. */
static void a_flipped_bit_costs_its_record(void **state)
{
	(void)state;
	fixture f;
	size_t places[16];
	begin_tfevents(&f);
	make_small(&f.file);
	size_t n = record_places(&f.file, places), record = 0;
	for (size_t i = 0; i < f.file.n; i++) {
		record += i == places[record + 1];
		char expected[256];
		pt_text text = pt_text_over(expected, sizeof expected);
		for (size_t r = 1; r < n; r++)
			if (r != record)
				pt_text_addf(&text, "%zu{x=%zu.5}", r - 1, r - 1);
		for (int bit = 0; bit < 8; bit++) {
			pt_metric_state got;
			f.file.bytes[i] ^= (unsigned char)(1 << bit);
			pt_status status = read_at_once(f.directory, PT_LOG_TFEVENTS, f.file.bytes, f.file.n, f.to, &got);
			f.file.bytes[i] ^= (unsigned char)(1 << bit);
			assert_int_equal(status, PT_OK);
			assert_string_equal(f.to->bytes, expected);
			assert_int_equal(got.n_bad_rows, 1);
			assert_int_equal(got.problems.items[0].offset, places[record]);
		}
	}
	end(&f);
}

/* A file of its full size, zeros first, filled from the front as a copy does. */
static void zeros_at_the_end_wait_to_be_written(void **state)
{
	(void)state;
	fixture f;
	begin_tfevents(&f);
	make_small(&f.file);
	FILE *file = fopen(f.path, "wb");
	assert_non_null(file);
	assert_int_equal(ftruncate(fileno(file), (off_t)f.file.n + 3000000), 0);
	for (size_t i = 0; i < f.file.n; i += 3) {
		size_t n = f.file.n - i < 3 ? f.file.n - i : 3;
		assert_int_equal(read_ok(&f)->n_bad_rows, 0);
		assert_int_equal(fwrite(f.file.bytes + i, 1, n, file), n);
		assert_int_equal(fflush(file), 0);
	}
	assert_int_equal(read_ok(&f)->n_bad_rows, 0);
	assert_string_equal(f.to->bytes, "0{x=0.5}1{x=1.5}2{x=2.5}3{x=3.5}4{x=4.5}");
	assert_int_equal(fclose(file), 0);
	end(&f);
}

static void zeros_in_the_midst_are_damage(void **state)
{
	(void)state;
	fixture f;
	start_tfevents(&f);
	add_tf_scalar(&f.file, 1, "x", 1.0F);
	size_t place = f.file.n;
	for (int i = 0; i < 100000; i++)
		add_fixed(&f.file, 0, 1);
	add_tf_scalar(&f.file, 2, "x", 2.0F);
	put_file(&f);
	const pt_metric_state *s = read_ok(&f);
	assert_string_equal(f.to->bytes, "1{x=1}2{x=2}");
	assert_int_equal(s->n_bad_rows, 1);
	assert_int_equal(s->problems.items[0].offset, place);
	end(&f);
}

static void a_record_over_the_cap(void **state)
{
	(void)state;
	fixture f;
	start_tfevents(&f);
	size_t place = f.file.n;
	const off_t length = 65 * 1024 * 1024;
	add_tf_header(&f.file, (uint64_t)length);
	put_file(&f);
	read_ok(&f);
	assert_int_equal(truncate(f.path, (off_t)f.file.n + length + 4), 0);
	f.file.n = 0;
	add_tf_scalar(&f.file, 2, "x", 2.0F);
	put_bytes(&f, "ab", f.file.bytes, f.file.n);
	const pt_metric_state *s = read_ok(&f);
	assert_string_equal(f.to->bytes, "2{x=2}");
	assert_int_equal(s->n_bad_rows, 1);
	assert_int_equal(s->problems.items[0].code, PT_ERR_LIMIT);
	assert_int_equal(s->problems.items[0].offset, place);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damaged_data_cost_their_record),
		cmocka_unit_test(a_damaged_length_costs_its_record),
		cmocka_unit_test(whole_records_that_are_no_events),
		cmocka_unit_test(what_is_no_event_file_says_so),
		cmocka_unit_test(a_byte_at_a_time_gives_the_same),
		cmocka_unit_test(cut_anywhere_it_waits),
		cmocka_unit_test(a_flipped_bit_costs_its_record),
		cmocka_unit_test(zeros_at_the_end_wait_to_be_written),
		cmocka_unit_test(zeros_in_the_midst_are_damage),
		cmocka_unit_test(a_record_over_the_cap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
