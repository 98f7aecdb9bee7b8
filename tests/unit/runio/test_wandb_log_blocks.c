/* Records over the blocks of a W&B file: whole, cut, damaged, still being written. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "event_fixture.h"

enum { BLOCK = 32768 };

/* As many rows as fill blocks: records lie across their ends. */
static size_t make_long(made *to, size_t n_bytes)
{
	size_t n_rows = 0;
	char items[256];
	add_wandb_header(to);
	for (; to->n < n_bytes; n_rows++) {
		snprintf(items, sizeof items, "_step=%zu x=%zu.5 some_longer_name_%.*s=1", n_rows, n_rows,
			(int)(n_rows % 90),
			"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0123456789abcdef");
		add_wandb_row(to, items);
	}
	return n_rows;
}

static void records_across_blocks(void **state)
{
	(void)state;
	fixture f;
	begin_wandb(&f);
	size_t n_rows = make_long(&f.file, 5 * BLOCK);
	put_file(&f);
	const pt_metric_state *s = read_ok(&f);
	assert_int_equal(s->n_rows, n_rows);
	assert_int_equal(s->n_bad_rows, 0);
	end(&f);
}

/* A record of many blocks, one that ends right at a block's end, and one whose first chunk has no data. */
static void records_of_odd_lengths(void **state)
{
	(void)state;
	fixture f;
	start_wandb(&f);
	static char big[100000];
	memset(big, 'x', sizeof big);
	made record = made_new();
	add_field(&record, 8, big, sizeof big); /* a kind that is passed over */
	add_wandb_record(&f.file, record.bytes, record.n);
	add_wandb_row(&f.file, "_step=1 x=1");
	record.n = 0;
	size_t left = BLOCK - f.file.n % BLOCK;
	add_field(&record, 8, big, left - 7 - 4);
	assert_int_equal(record.n, left - 7);
	add_wandb_record(&f.file, record.bytes, record.n);
	assert_int_equal(f.file.n % BLOCK, 0);
	add_wandb_row(&f.file, "_step=2 x=2");
	for (size_t n_left = 0; n_left <= 8; n_left++) {
		record.n = 0;
		left = BLOCK - f.file.n % BLOCK;
		add_field(&record, 8, big, left - n_left - 7 - 4);
		add_wandb_record(&f.file, record.bytes, record.n);
		assert_int_equal(BLOCK - f.file.n % BLOCK, n_left ? n_left : BLOCK);
		add_wandb_row(&f.file, "_step=3 x=3");
	}
	put_file(&f);
	const pt_metric_state *s = read_ok(&f);
	assert_int_equal(s->n_rows, 11);
	assert_int_equal(s->n_bad_rows, 0);
	free(record.bytes);
	end(&f);
}

/* W&B writes whole blocks: a killed run ends in a record without its LAST. */
static void cut_anywhere_it_waits(void **state)
{
	(void)state;
	fixture f;
	begin_wandb(&f);
	size_t n_rows = make_long(&f.file, BLOCK + 2000), last = 0;
	for (size_t n = 0; n <= f.file.n; n += n < 2000 || (n > BLOCK - 300 && n < BLOCK + 300) ? 1 : 97) {
		pt_metric_state got;
		assert_int_equal(read_at_once(f.directory, PT_LOG_WANDB, f.file.bytes, n, f.to, &got), PT_OK);
		assert_int_equal(got.n_bad_rows, 0);
		assert_false(got.has_closing_row);
		assert_true(got.n_rows >= last && got.n_rows <= n_rows);
		last = got.n_rows;
	}
	assert_true(last + 2 >= n_rows);
	end(&f);
}

static void a_byte_at_a_time_gives_the_same(void **state)
{
	(void)state;
	fixture f;
	pt_metric_state whole;
	begin_wandb(&f);
	make_long(&f.file, BLOCK + 1000);
	told *at_once = malloc(sizeof *at_once);
	assert_non_null(at_once);
	assert_int_equal(read_at_once(f.directory, PT_LOG_WANDB, f.file.bytes, f.file.n, at_once, &whole), PT_OK);
	FILE *file = fopen(f.path, "wb");
	assert_non_null(file);
	for (size_t i = 0; i < f.file.n; i++) {
		size_t n = i > 2000 && i < BLOCK - 500 ? 301 : 1;
		assert_int_equal(fwrite(f.file.bytes + i, 1, n, file), n);
		assert_int_equal(fflush(file), 0);
		i += n - 1;
		assert_int_equal(read_ok(&f)->n_bad_rows, 0);
	}
	assert_int_equal(fclose(file), 0);
	assert_string_equal(f.to->bytes, at_once->bytes);
	assert_int_equal(pt_metric_log_state(f.log)->n_rows, whole.n_rows);
	assert_int_equal(f.to->n_resets, 0);
	free(at_once);
	end(&f);
}

static void make_small(made *to)
{
	add_wandb_header(to);
	for (int i = 0; i < 5; i++) {
		char items[64];
		snprintf(items, sizeof items, "_step=%d x=%d.5", i, i);
		add_wandb_row(to, items);
	}
}

/* A damaged byte costs its record; a damaged length the rest of its block. */
static void a_flipped_bit_costs_its_record_or_block(void **state)
{
	(void)state;
	fixture f;
	begin_wandb(&f);
	make_small(&f.file);
	size_t n_chunk = (f.file.n - 7) / 5;
	add_fixed(&f.file, 0, 0);
	while (f.file.n < BLOCK) /* the rest of the block, as padding */
		add_fixed(&f.file, 0, 1);
	add_wandb_row(&f.file, "_step=9 x=9");
	for (size_t i = 0; i < 7 + 5 * n_chunk; i++) {
		size_t chunk = i < 7 ? 0 : (i - 7) / n_chunk, at = i < 7 ? i : (i - 7) % n_chunk;
		for (int bit = 0; bit < 8; bit++) {
			pt_metric_state got;
			f.file.bytes[i] ^= (unsigned char)(1 << bit);
			pt_status status = read_at_once(f.directory, PT_LOG_WANDB, f.file.bytes, f.file.n, f.to, &got);
			f.file.bytes[i] ^= (unsigned char)(1 << bit);
			assert_int_equal(status, i < 7 ? PT_ERR_FORMAT : PT_OK);
			if (i < 7)
				continue;
			bool is_length = at == 4 || at == 5;
			assert_int_equal(got.n_bad_rows, 1);
			assert_int_equal(got.problems.items[0].offset, 7 + chunk * n_chunk);
			assert_true(got.n_rows == 5 || ((is_length || at == 6) && got.n_rows == chunk + 1));
			assert_non_null(strstr(f.to->bytes, "9{x=9}"));
		}
	}
	end(&f);
}

static void damage_in_a_record_of_two_blocks(void **state)
{
	(void)state;
	fixture f;
	begin_wandb(&f);
	size_t n_rows = make_long(&f.file, 3 * BLOCK);
	size_t places[] = {20, BLOCK - 8, BLOCK + 4, BLOCK + 5, 2 * BLOCK + 100};
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		pt_metric_state got;
		f.file.bytes[places[i]] ^= 0x40;
		assert_int_equal(read_at_once(f.directory, PT_LOG_WANDB, f.file.bytes, f.file.n, f.to, &got), PT_OK);
		f.file.bytes[places[i]] ^= 0x40;
		assert_int_equal(got.n_bad_rows, 1);
		assert_true(got.n_rows < n_rows && got.n_rows > n_rows / 2);
	}
	end(&f);
}

static void parts_that_do_not_fit(void **state)
{
	(void)state;
	fixture f;
	start_wandb(&f);
	add_wandb_chunk(&f.file, 3, "x", 1);
	add_wandb_chunk(&f.file, 4, "x", 1);
	int64_t second = (int64_t)f.file.n;
	add_wandb_chunk(&f.file, 2, "x", 1);
	add_wandb_row(&f.file, "_step=1 x=1");
	add_wandb_chunk(&f.file, 9, "x", 1); /* a type of a later release */
	add_wandb_row(&f.file, "_step=2 x=2");
	put_file(&f);
	const pt_metric_state *s = read_ok(&f);
	assert_int_equal(s->n_bad_rows, 3);
	assert_int_equal(s->problems.items[0].offset, 7);
	assert_int_equal(s->problems.items[1].offset, second);
	assert_string_equal(f.to->bytes, "1{x=1}");
	end(&f);
}

static void whole_records_that_do_not_parse(void **state)
{
	(void)state;
	static const char *const bad[] = {"\x12\x7f", "\x12\x03\x0a\x05\x01", "\x03", "\xff"};
	fixture f;
	start_wandb(&f);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		add_wandb_record(&f.file, bad[i], strlen(bad[i]));
	add_wandb_row(&f.file, "_step=1 x=1e");
	add_wandb_row(&f.file, "_step=1 x={\"a\":1");
	add_wandb_row(&f.file, "_step=1 x=1}");
	add_wandb_row(&f.file, "_step=2 x=2 empty=");
	put_file(&f);
	const pt_metric_state *s = read_ok(&f);
	assert_int_equal(s->n_bad_rows, 7);
	assert_int_equal(s->problems.items[0].offset, 7);
	assert_string_equal(f.to->bytes, "2{x=2}");
	end(&f);
}

static void what_is_no_wandb_file_says_so(void **state)
{
	(void)state;
	fixture f;
	pt_error err = {0};
	begin_wandb(&f);
	assert_int_equal(pt_metric_log_read(f.log, &f.sink, &err), PT_ERR_NOT_FOUND);
	put_bytes(&f, "wb", ":W&B", 4);
	read_ok(&f);
	put_bytes(&f, "wb", "version https", 13);
	assert_int_equal(pt_metric_log_read(f.log, &f.sink, &err), PT_ERR_FORMAT);
	assert_int_equal(pt_metric_log_read(f.log, &f.sink, &err), PT_ERR_FORMAT);
	put_bytes(&f, "wb", ":W&B\xE1\xBE\x01", 7);
	assert_int_equal(pt_metric_log_read(f.log, &f.sink, &err), PT_ERR_FORMAT);
	assert_non_null(strstr(err.message, "version 1"));
	add_wandb_header(&f.file);
	put_file(&f); /* all that a killed run of fifty rows leaves */
	assert_int_equal(read_ok(&f)->n_rows, 0);
	add_wandb_row(&f.file, "_step=1 x=1");
	put_file(&f);
	assert_int_equal(read_ok(&f)->n_bad_rows, 0);
	assert_string_equal(f.to->bytes, "1{x=1}");
	end(&f);
}

static void zeros_at_the_end_wait_to_be_written(void **state)
{
	(void)state;
	fixture f;
	begin_wandb(&f);
	size_t n_rows = make_long(&f.file, BLOCK + 1500);
	FILE *file = fopen(f.path, "wb");
	assert_non_null(file);
	assert_int_equal(ftruncate(fileno(file), (off_t)f.file.n + 3000000), 0);
	for (size_t i = 0; i < f.file.n;) {
		size_t n = i < 600 || i > BLOCK - 50 ? 5 : 997;
		n = f.file.n - i < n ? f.file.n - i : n;
		if (i > 0)
			assert_int_equal(read_ok(&f)->n_bad_rows, 0);
		assert_int_equal(fwrite(f.file.bytes + i, 1, n, file), n);
		assert_int_equal(fflush(file), 0);
		i += n;
	}
	const pt_metric_state *s = read_ok(&f);
	assert_int_equal(s->n_bad_rows, 0);
	assert_int_equal(s->n_rows, n_rows);
	assert_int_equal(fclose(file), 0);
	end(&f);
}

static void a_refused_row_comes_again(void **state)
{
	(void)state;
	fixture f;
	begin_wandb(&f);
	size_t n_rows = make_long(&f.file, 2 * BLOCK);
	put_file(&f);
	for (size_t n = 1; n <= n_rows; n++) { /* those of one chunk, and those of two */
		f.to->refuse_at = n;
		assert_int_equal(pt_metric_log_read(f.log, &f.sink, NULL), PT_ERR_CANCELLED);
		assert_int_equal(pt_metric_log_state(f.log)->n_rows, n - 1);
	}
	assert_int_equal(read_ok(&f)->n_rows, n_rows);
	assert_int_equal(pt_metric_log_state(f.log)->n_bad_rows, 0);
	end(&f);
}

static void failing_allocations(void **state)
{
	(void)state;
	for (size_t n = 1, done = 0; !done; n++) {
		fixture f;
		begin_wandb(&f);
		size_t n_rows = make_long(&f.file, BLOCK + 1000);
		add_wandb_row(&f.file, "_step=1 loss=1 h|_type=1 h|n=2");
		put_file(&f);
		pt_alloc_fail_at(n, false);
		pt_status status = pt_metric_log_read(f.log, &f.sink, NULL);
		pt_alloc_fail_at(0, false);
		done = status == PT_OK;
		if (!done)
			assert_int_equal(status, PT_ERR_MEMORY);
		assert_int_equal(read_ok(&f)->n_rows, n_rows + 1);
		assert_int_equal(pt_metric_log_state(f.log)->n_bad_rows, 0);
		end(&f);
	}
	for (size_t n = 1; n < 8; n++) {
		pt_alloc_fail_at(n, false);
		pt_metric_log_destroy(pt_metric_log_create(PT_LOG_WANDB, "none"));
		pt_alloc_fail_at(0, false);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_across_blocks),
		cmocka_unit_test(records_of_odd_lengths),
		cmocka_unit_test(cut_anywhere_it_waits),
		cmocka_unit_test(a_byte_at_a_time_gives_the_same),
		cmocka_unit_test(a_flipped_bit_costs_its_record_or_block),
		cmocka_unit_test(damage_in_a_record_of_two_blocks),
		cmocka_unit_test(parts_that_do_not_fit),
		cmocka_unit_test(whole_records_that_do_not_parse),
		cmocka_unit_test(what_is_no_wandb_file_says_so),
		cmocka_unit_test(zeros_at_the_end_wait_to_be_written),
		cmocka_unit_test(a_refused_row_comes_again),
		cmocka_unit_test(failing_allocations),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
