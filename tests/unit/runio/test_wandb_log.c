#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "event_fixture.h"

enum { BLOCK = 32768 };

static void start(fixture *f)
{
	begin(f, PT_LOG_WANDB, "run-x.wandb");
	add_wandb_header(&f->file);
}

/* A record that is one message, whose bytes are let go. */
static void add_record(made *to, unsigned field, made *message)
{
	made record = made_new();
	add_message(&record, field, message);
	add_wandb_record(to, record.bytes, record.n);
	free(record.bytes);
}

static void history_is_rows(void **state)
{
	(void)state;
	fixture f;
	start(&f);
	add_wandb_row(&f.file, "_step=0 train/loss=2.5 train/learning_rate=1e-3 _runtime=0.5 _timestamp=1.7e9");
	int64_t place = (int64_t)f.file.n;
	add_wandb_row(
		&f.file, "train/loss=NaN acc=-Infinity flag=true word=\"x\" list=[1,2] none=null _step=1e+06");
	put_file(&f);
	const pt_metric_state *s = read_ok(&f);
	assert_string_equal(f.to->bytes, "0{loss=2.5,learning_rate=0.001}1000000{loss=nan!,acc=-inf!,none=nan!}");
	assert_int_equal(f.to->line, place);
	assert_true(isnan(f.to->wall_s));
	assert_int_equal(s->n_rows, 2);
	assert_int_equal(s->n_invalid_values, 3);
	assert_int_equal(s->max_steps, PT_LOG_NO_STEP);
	assert_false(s->has_closing_row);
	assert_true(s->identity.present);
	add_wandb_row(&f.file, "_timestamp=1795228116.25 _step=1000001 x=1");
	put_file(&f);
	read_ok(&f);
	assert_true(f.to->wall_s == 1795228116.25);
	assert_int_equal(f.to->n_resets, 0);
	end(&f);
}

static void nested_names_have_dots(void **state)
{
	(void)state;
	fixture f;
	start(&f);
	add_wandb_row(
		&f.file, "_step=1 a|b|c=1 a={\"b\":{\"d\":2,\"w\":\"x\"},\"e.f\":NaN,\"\":3} g|h={\"i\":4}");
	add_wandb_row(&f.file, "_step=2 bad=\"NaN\" inf=\"-Infinity\" word=\"nan\"");
	put_file(&f);
	read_ok(&f);
	assert_string_equal(f.to->bytes, "1{a.b.c=1,a.b.d=2,a.e.f=nan!,a.=3,g.h.i=4}2{bad=nan!,inf=nan!}");
	end(&f);
}

/* Sizes of pictures and bins of histograms are no series, however they are written. */
static void media_are_passed_over(void **state)
{
	(void)state;
	fixture f;
	start(&f);
	add_wandb_row(&f.file,
		"_step=1 hist|packedBins|min=1 hist|_type=\"histogram\" hist|packedBins|size=2 x=3 "
		"deep|pic|size=4 deep|pic|_type=\"image-file\" deep|y=5 hist2|n=6");
	add_wandb_row(&f.file,
		"_step=2 pic={\"size\":7,\"_type\":\"image-file\"} box={\"z\":8,\"pic\":{\"_type\":1,\"q\":9}}");
	put_file(&f);
	read_ok(&f);
	assert_string_equal(f.to->bytes, "1{x=3,deep.y=5,hist2.n=6}2{box.z=8}");
	end(&f);
}

static void typed_values_of_later_releases(void **state)
{
	(void)state;
	fixture f;
	start(&f);
	made history = made_new(), item = made_new();
	add_text(&item, 1, "loss");
	add_double(&item, 6, 0.25);
	add_message(&history, 1, &item);
	item = made_new();
	add_text(&item, 2, "count");
	add_number(&item, 5, 13); /* zigzag: -7 */
	add_message(&history, 1, &item);
	item = made_new();
	add_text(&item, 1, "none");
	add_number(&item, 3, 0);
	add_message(&history, 1, &item);
	item = made_new();
	add_text(&item, 1, "object");
	add_text(&item, 8, "{\"a\":1}");
	add_message(&history, 1, &item);
	item = made_new();
	add_text(&item, 1, "_step");
	add_number(&item, 5, 10); /* 5 */
	add_message(&history, 1, &item);
	item = made_new();
	add_text(&item, 1, "flag");
	add_number(&item, 4, 1);
	add_message(&history, 1, &item);
	add_record(&f.file, 2, &history);
	put_file(&f);
	read_ok(&f);
	assert_string_equal(f.to->bytes, "5{loss=0.25,count=-7,none=nan!,object.a=1}");
	end(&f);
}

/* `_step` counts calls of log(); the Trainer's own step is what checkpoints are called by. */
static void the_training_s_own_step_counts(void **state)
{
	(void)state;
	fixture f;
	start(&f);
	add_wandb_row(&f.file, "_step=0 before=1");
	add_wandb_row(&f.file, "_step=1 train/global_step=100 train/x=2");
	add_wandb_row(&f.file, "_step=2 train/global_step=100 eval/x=3");
	add_wandb_row(&f.file, "_step=3 mine=4");
	add_wandb_row(&f.file, "_step=4 train/global_step=-1 train/x=5");
	add_wandb_row(&f.file, "_step=5 global_step=7 train/global_step=200 x=6");
	put_file(&f);
	const pt_metric_state *s = read_ok(&f);
	assert_string_equal(f.to->bytes, "0{before=1}100{x=2}100{eval_x=3}100{mine=4}200{x=6}");
	assert_int_equal(s->n_rows_without_step, 1);
	f.file.n = 0;
	add_wandb_header(&f.file);
	add_wandb_row(&f.file, "_step=3 mine=4 train/x=1");
	put_file(&f);
	read_ok(&f);
	assert_string_equal(f.to->bytes, "3{mine=4,train/x=1}"); /* all of it is forgotten */
	end(&f);
}

static void the_step_of_the_record(void **state)
{
	(void)state;
	fixture f;
	start(&f);
	made history = made_new(), step = made_new();
	add_wandb_item(&history, "x=1");
	add_number(&step, 1, 9);
	add_message(&history, 2, &step);
	add_record(&f.file, 2, &history);
	history = made_new();
	add_wandb_item(&history, "x=2");
	add_field(&history, 2, "", 0); /* an absent number is 0 */
	add_record(&f.file, 2, &history);
	add_wandb_row(&f.file, "x=3");
	put_file(&f);
	const pt_metric_state *s = read_ok(&f);
	assert_string_equal(f.to->bytes, "9{x=1}0{x=2}");
	assert_int_equal(s->n_rows_without_step, 1);
	end(&f);
}

static void what_other_records_say(void **state)
{
	(void)state;
	fixture f;
	start(&f);
	made run = made_new(), config = made_new(), metric = made_new(), closing = made_new();
	add_wandb_item(&config, "max_steps=-1");
	add_message(&run, 4, &config);
	add_record(&f.file, 17, &run);
	put_file(&f);
	assert_int_equal(read_ok(&f)->max_steps, PT_LOG_NO_STEP);
	run = made_new();
	config = made_new();
	add_wandb_item(&config, "lr=0.1");
	add_wandb_item(&config, "max_steps=40");
	add_message(&run, 4, &config);
	add_record(&f.file, 17, &run);
	put_file(&f);
	assert_int_equal(read_ok(&f)->max_steps, 40);
	config = made_new();
	add_wandb_item(&config, "max_steps=60");
	add_record(&f.file, 5, &config);
	add_text(&metric, 1, "train/global_step");
	add_record(&f.file, 12, &metric);
	add_wandb_row(&f.file, "_step=60 train/train_loss=1 train/train_runtime=2");
	put_file(&f);
	assert_int_equal(read_ok(&f)->max_steps, 60);
	assert_string_equal(f.to->bytes, "60#{train_loss=1,train_runtime=2}");
	f.to->n_rows = 0;
	add_number(&closing, 1, 0);
	add_record(&f.file, 18, &closing);
	put_file(&f);
	assert_true(read_ok(&f)->has_closing_row);
	end(&f);
}

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
	begin(&f, PT_LOG_WANDB, "run-x.wandb");
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
	start(&f);
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
	begin(&f, PT_LOG_WANDB, "run-x.wandb");
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
	begin(&f, PT_LOG_WANDB, "run-x.wandb");
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
	begin(&f, PT_LOG_WANDB, "run-x.wandb");
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
	begin(&f, PT_LOG_WANDB, "run-x.wandb");
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
	start(&f);
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
	start(&f);
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
	begin(&f, PT_LOG_WANDB, "run-x.wandb");
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
	begin(&f, PT_LOG_WANDB, "run-x.wandb");
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
	begin(&f, PT_LOG_WANDB, "run-x.wandb");
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
		begin(&f, PT_LOG_WANDB, "run-x.wandb");
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

/* ---- files of the real library ---- */

static void expect_logged(expectations *all, int n, int step, int n_all)
{
	for (int i = 0; i < n; i++) {
		double at = (double)i * step;
		expect_number(all, "loss", at, i == 7 || i == 8 ? (double)NAN : 3.0 * exp(-i / 20.0));
		expect_number(all, "learning_rate", at, 1e-3 * (1.0 - (double)i / n_all));
		expect_number(all, "epoch", at, i / 10.0);
		if (i % 5 == 0)
			expect_number(all, "eval_loss", at, 3.0 * exp(-i / 25.0));
		if (i == 9)
			expect_number(all, "nested.a.b", at, 1.5);
	}
}

/* What the folders' notes say was logged; the numbers come back as Python's exp gave them, or a bit beside.
 */
static void folders_of_formats(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		int n, step, n_all;
		bool is_closed;
	} cases[] = {{"log_wandb_clean/offline-run-20261121_022835-run60/run-run60.wandb", 60, 1, 60, true},
		{"log_wandb_step/offline-run-20261121_022839-run40/run-run40.wandb", 40, 10, 40, true},
		{"log_wandb_killed/offline-run-20261121_022842-run50/run-run50.wandb", 0, 1, 50, false},
		{"log_wandb_killed_long/offline-run-20261121_022848-run170/run-run170.wandb", 142, 1, 170, false}};
	if (!shared_has("formats/log_wandb_clean"))
		skip();
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char below[256], path[1024];
		expectations *all = calloc(1, sizeof *all);
		assert_non_null(all);
		all->tolerance = 1e-15;
		expect_logged(all, cases[i].n, cases[i].step, cases[i].n_all);
		snprintf(below, sizeof below, "formats/%s", cases[i].path);
		shared_path(path, sizeof path, below);
		assert_gives(PT_LOG_WANDB, path, all);
		free(all);
		pt_metric_log *log = pt_metric_log_create(PT_LOG_WANDB, path);
		const pt_log_sink sink = {.row = NULL};
		if (cases[i].n == 0)
			assert_int_equal(pt_metric_log_read(log, &sink, NULL), PT_OK);
		pt_metric_log_destroy(log);
	}
}

/* tests/data/events: see make_events.py */
static void files_made_with_the_library(void **state)
{
	(void)state;
	static const char *const files[] = {"json.wandb", "typed.wandb"};
	static const char *const names[][2] = {{"train/loss", "loss"}, {"train/epoch", "epoch"},
		{"eval/loss", "eval_loss"}, {"nested.a.b", "nested.a.b"}, {"nothing", "nothing"}, {"big", "big"}};
	pt_json_value *expected;
	assert_int_equal(pt_json_read("tests/data/events/expected.json", &expected, NULL), PT_OK);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		char path[256];
		expectations *all = calloc(1, sizeof *all);
		assert_non_null(all);
		const pt_json_value *row = pt_json_first(pt_json_member(expected, files[i]));
		for (; row; row = pt_json_following(row)) {
			const pt_json_value *step = pt_json_first(row), *name = pt_json_following(step);
			double at = -1.0, value = (double)NAN;
			size_t n = 0;
			while (strcmp(names[n][0], pt_json_string(name)) != 0)
				n++;
			assert_true(pt_json_number(step, &at));
			(void)pt_json_number(pt_json_following(name), &value);
			expect_number(all, names[n][1], at, value);
		}
		snprintf(path, sizeof path, "tests/data/events/%s", files[i]);
		assert_gives(PT_LOG_WANDB, path, all);
		free(all);
		pt_metric_log *log = pt_metric_log_create(PT_LOG_WANDB, path);
		told *to = malloc(sizeof *to);
		assert_non_null(to);
		clear(to);
		const pt_log_sink sink = {.context = to, .row = on_row};
		assert_int_equal(pt_metric_log_read(log, &sink, NULL), PT_OK);
		assert_int_equal(pt_metric_log_state(log)->max_steps, 40);
		assert_true(pt_metric_log_state(log)->has_closing_row);
		pt_metric_log_destroy(log);
		free(to);
	}
	pt_json_destroy(expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(history_is_rows),
		cmocka_unit_test(nested_names_have_dots),
		cmocka_unit_test(media_are_passed_over),
		cmocka_unit_test(typed_values_of_later_releases),
		cmocka_unit_test(the_training_s_own_step_counts),
		cmocka_unit_test(the_step_of_the_record),
		cmocka_unit_test(what_other_records_say),
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
		cmocka_unit_test(folders_of_formats),
		cmocka_unit_test(files_made_with_the_library),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
