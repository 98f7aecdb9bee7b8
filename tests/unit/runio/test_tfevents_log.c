#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "event_fixture.h"

static const char name[] = "events.out.tfevents.1.host.2.0";

static void start(fixture *f)
{
	begin(f, PT_LOG_TFEVENTS, name);
	add_tf_version(&f->file);
}

static void scalars_are_rows(void **state)
{
	(void)state;
	fixture f;
	start(&f);
	add_tf_scalar(&f.file, 0, "loss", 2.5F);
	add_tf_scalar(&f.file, 7, "acc/tag with spaces/\xC3\xA9", -0.25F);
	add_tf_scalar(&f.file, (int64_t)1 << 40, "loss", 1.0F);
	int64_t place = (int64_t)f.file.n;
	add_tf_scalar(&f.file, 8, "x", NAN);
	put_file(&f);
	const pt_metric_state *s = read_ok(&f);
	assert_string_equal(
		f.to->bytes, "0{loss=2.5}7{acc/tag with spaces/\xC3\xA9=-0.25}1099511627776{loss=1}8{x=nan!}");
	assert_int_equal(f.to->line, place);
	assert_true(f.to->wall_s == 1700000008.0);
	assert_int_equal(s->n_rows, 4);
	assert_int_equal(s->n_invalid_values, 1);
	assert_int_equal(s->n_bad_rows, 0);
	assert_int_equal(s->max_steps, PT_LOG_NO_STEP);
	assert_true(s->identity.present);
	assert_false(s->has_closing_row);
	end(&f);
}

static void negative_steps_are_none(void **state)
{
	(void)state;
	fixture f;
	start(&f);
	add_tf_scalar(&f.file, -1, "loss", 1.0F);
	add_tf_scalar(&f.file, 1, "loss", INFINITY);
	add_tf_session(&f.file, -5, 1);
	put_file(&f);
	const pt_metric_state *s = read_ok(&f);
	assert_string_equal(f.to->bytes, "1{loss=inf!}");
	assert_int_equal(s->n_rows_without_step, 1);
	end(&f);
}

/* Several values of one event are one row; without a time there is none. */
static void one_event_is_one_row(void **state)
{
	(void)state;
	fixture f;
	start(&f);
	made event = made_new(), summary = made_new(), a = made_new(), b = made_new();
	add_text(&a, 1, "a");
	add_float(&a, 2, 1.0F);
	add_message(&summary, 1, &a);
	add_text(&b, 1, "b");
	add_float(&b, 2, 2.0F);
	add_message(&summary, 1, &b);
	add_message(&event, 5, &summary);
	add_number(&event, 2, 3); /* the step behind the summary */
	add_tf_event(&f.file, &event);
	put_file(&f);
	read_ok(&f);
	assert_string_equal(f.to->bytes, "3{a=1,b=2}");
	assert_true(isnan(f.to->wall_s));
	end(&f);
}

static void tensors_written_value_by_value(void **state)
{
	(void)state;
	fixture f;
	start(&f);
	made tensor = made_new(); /* not packed, and the type last */
	add_number(&tensor, 7, (uint64_t)(int64_t)-3);
	add_number(&tensor, 1, 3);
	add_tf_tensor(&f.file, 1, "int32", &tensor);
	tensor = made_new();
	add_number(&tensor, 1, 1);
	add_float(&tensor, 5, 0.5F);
	add_tf_tensor(&f.file, 1, "float", &tensor);
	tensor = made_new(); /* no value: 0, as the format has it */
	add_number(&tensor, 1, 2);
	add_tf_tensor(&f.file, 1, "zero", &tensor);
	tensor = made_new(); /* a packed array that is cut */
	add_number(&tensor, 1, 1);
	add_field(&tensor, 5, "\0\0\0\0\0", 5);
	add_tf_tensor(&f.file, 1, "cut", &tensor);
	tensor = made_new(); /* a type of a later release */
	add_number(&tensor, 1, 99);
	add_tf_tensor(&f.file, 1, "later", &tensor);
	put_file(&f);
	read_ok(&f);
	assert_string_equal(f.to->bytes, "1{int32=-3}1{float=0.5}1{zero=0}1{cut=0}");
	end(&f);
}

static void session_start_is_a_restart(void **state)
{
	(void)state;
	fixture f;
	start(&f);
	add_tf_session(&f.file, 20, 1);
	add_tf_scalar(&f.file, 20, "x", 1.0F);
	add_tf_session(&f.file, 30, 2); /* STOP */
	put_file(&f);
	assert_int_equal(read_ok(&f)->n_rows, 2);
	assert_string_equal(f.to->bytes, "20@{}20{x=1}");
	end(&f);
}

static void add_arguments(made *to, const char *json)
{
	made tensor = made_new();
	add_number(&tensor, 1, 7);
	add_text(&tensor, 8, json);
	add_tf_tensor(to, 0, "args/text_summary", &tensor);
}

static void names_of_the_trainer_are_its_own(void **state)
{
	(void)state;
	fixture f;
	start(&f);
	add_arguments(&f.file, "{\"max_steps\": 60, \"per_device_train_batch_size\": 8, \"x\": [NaN]}");
	add_tf_scalar(&f.file, 1, "train/loss", 1.0F);
	add_tf_scalar(&f.file, 1, "train/rewards/chosen", 2.0F);
	add_tf_scalar(&f.file, 1, "eval/loss", 3.0F);
	add_tf_scalar(&f.file, 1, "eval/medical_loss", 4.0F);
	add_tf_scalar(&f.file, 1, "test/acc", 5.0F);
	add_tf_scalar(&f.file, 60, "train/train_runtime", 6.0F);
	add_tf_scalar(&f.file, 60, "train/train_loss", 7.0F);
	put_file(&f);
	const pt_metric_state *s = read_ok(&f);
	assert_string_equal(f.to->bytes, "1{loss=1}1{rewards/chosen=2}1{eval_loss=3}1{eval_medical_loss=4}"
									 "1{test_acc=5}60{train_runtime=6}60#{train_loss=7}");
	assert_int_equal(s->max_steps, 60);
	assert_true(s->has_closing_row);
	end(&f);
}

static void names_of_others_stay(void **state)
{
	(void)state;
	static const char *const arguments[] = {
		"{\"max_steps\": 60}", "[1]", "Namespace(lr=1)", "{\"max_steps\"", ""};
	for (size_t i = 0; i < sizeof arguments / sizeof arguments[0]; i++) {
		fixture f;
		start(&f);
		add_arguments(&f.file, arguments[i]);
		add_tf_scalar(&f.file, 1, "Loss/train", 1.0F);
		add_tf_scalar(&f.file, 1, "train/acc", 2.0F);
		add_tf_scalar(&f.file, 1, "eval/acc", 3.0F);
		put_file(&f);
		assert_int_equal(read_ok(&f)->max_steps, PT_LOG_NO_STEP);
		assert_string_equal(f.to->bytes, "1{loss=1}1{train/acc=2}1{eval/acc=3}");
		end(&f);
	}
}

/* Two series never become one column. */
static void a_role_has_one_owner(void **state)
{
	(void)state;
	fixture f;
	start(&f);
	add_tf_scalar(&f.file, 1, "train_loss_step", 1.0F);
	add_tf_scalar(&f.file, 2, "train_loss", 2.0F);
	add_tf_scalar(&f.file, 2, "val_loss", 3.0F);
	add_tf_scalar(&f.file, 2, "Loss/val", 4.0F);
	add_tf_scalar(&f.file, 3, "train_loss_step", 5.0F);
	put_file(&f);
	read_ok(&f);
	assert_string_equal(f.to->bytes, "1{loss=1}2{train_loss=2}2{eval_loss=3}2{Loss/val=4}3{loss=5}");
	end(&f);
}

static void damaged_data_cost_their_record(void **state)
{
	(void)state;
	fixture f;
	start(&f);
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
	start(&f);
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
		start(&f);
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
	begin(&f, PT_LOG_TFEVENTS, name);
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
	begin(&f, PT_LOG_TFEVENTS, name);
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
	begin(&f, PT_LOG_TFEVENTS, name);
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
	begin(&f, PT_LOG_TFEVENTS, name);
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
	begin(&f, PT_LOG_TFEVENTS, name);
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
	start(&f);
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

static void starts_over_when_replaced(void **state)
{
	(void)state;
	fixture f;
	start(&f);
	add_arguments(&f.file, "{\"per_device_train_batch_size\": 8}");
	add_tf_scalar(&f.file, 1, "train/x", 1.0F);
	put_file(&f);
	read_ok(&f);
	assert_string_equal(f.to->bytes, "1{x=1}");
	f.file.n = 0;
	add_tf_scalar(&f.file, 2, "train/x", 2.0F);
	put_file(&f);
	assert_int_equal(read_ok(&f)->n_rows, 1);
	assert_string_equal(f.to->bytes, "2{train/x=2}"); /* whose names they are is forgotten, too */
	assert_int_equal(f.to->n_resets, 1);
	end(&f);
}

static void a_refused_row_comes_again(void **state)
{
	(void)state;
	fixture f;
	start(&f);
	add_tf_scalar(&f.file, 1, "x", 1.0F);
	add_tf_scalar(&f.file, 2, "x", 2.0F);
	put_file(&f);
	f.to->refuse_at = 2;
	assert_int_equal(pt_metric_log_read(f.log, &f.sink, NULL), PT_ERR_CANCELLED);
	assert_int_equal(read_ok(&f)->n_rows, 2);
	assert_string_equal(f.to->bytes, "1{x=1}2{x=2}");
	end(&f);
}

static void failing_allocations(void **state)
{
	(void)state;
	for (size_t n = 1, done = 0; !done; n++) {
		fixture f;
		start(&f);
		add_tf_scalar(&f.file, 1, "loss", 1.0F);
		add_tf_scalar(&f.file, 2, "x", 2.0F);
		put_file(&f);
		pt_alloc_fail_at(n, false);
		pt_status status = pt_metric_log_read(f.log, &f.sink, NULL);
		pt_alloc_fail_at(0, false);
		done = status == PT_OK;
		if (!done)
			assert_int_equal(status, PT_ERR_MEMORY);
		read_ok(&f);
		assert_string_equal(f.to->bytes, "1{loss=1}2{x=2}");
		end(&f);
	}
	for (size_t n = 1; n < 8; n++) {
		pt_alloc_fail_at(n, false);
		pt_metric_log_destroy(pt_metric_log_create(PT_LOG_TFEVENTS, "none"));
		pt_alloc_fail_at(0, false);
	}
}

static void a_record_over_the_cap(void **state)
{
	(void)state;
	fixture f;
	start(&f);
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

/* ---- files of the real libraries ---- */

/* A tag's name as it is shown. */
static const char *shown(const char *tag, bool is_trainer, char *out, size_t capacity)
{
	pt_log_role role = pt_log_role_of(tag);
	snprintf(out, capacity, "%s", tag);
	if (role != PT_LOG_OTHER)
		return pt_log_role_name(role);
	if (is_trainer && strncmp(tag, "train/", 6) == 0)
		return out + 6;
	if (is_trainer && strncmp(tag, "eval/", 5) == 0)
		out[4] = '_';
	return out;
}

/* An expected.json's `scalars`: {tag: [[step, value or "nan"], …]}. */
static void check_scalars(const char *path, const pt_json_value *scalars, bool is_trainer)
{
	static char names[MAX_EXPECTED][256];
	expectations *all = calloc(1, sizeof *all);
	assert_non_null(all);
	size_t n = 0;
	for (const pt_json_value *tag = pt_json_first(scalars); tag; tag = pt_json_following(tag), n++) {
		assert_true(n < MAX_EXPECTED);
		const char *as = shown(pt_json_key(tag), is_trainer, names[n], sizeof names[n]);
		for (const pt_json_value *row = pt_json_first(tag); row; row = pt_json_following(row)) {
			double step = -1.0, value = (double)NAN;
			assert_true(pt_json_number(pt_json_first(row), &step));
			(void)pt_json_number(pt_json_following(pt_json_first(row)), &value);
			expect_number(all, as, step, value);
		}
	}
	assert_gives(PT_LOG_TFEVENTS, path, all);
	free(all);
}

/* Every file that a folder's expected.json names. */
static void check_folder(const char *folder, const char *member, bool is_trainer)
{
	char below[256], path[1024];
	pt_json_value *expected;
	size_t n = 0;
	snprintf(below, sizeof below, "formats/%s/expected.json", folder);
	shared_path(path, sizeof path, below);
	assert_int_equal(pt_json_read(path, &expected, NULL), PT_OK);
	const pt_json_value *file = pt_json_first(pt_json_member(expected, member));
	for (; file; file = pt_json_following(file), n++) {
		snprintf(below, sizeof below, "formats/%s/%s", folder, pt_json_key(file));
		shared_path(path, sizeof path, below);
		check_scalars(path, pt_json_member(file, "scalars"), is_trainer);
	}
	assert_true(n > 0);
	pt_json_destroy(expected);
}

static void folders_of_formats(void **state)
{
	(void)state;
	if (!shared_has("formats/log_tb_mixed"))
		skip();
	check_folder("log_tb_mixed", "files", false);
	check_folder("log_tb_trainer", "files", true);
	check_folder("log_tb_killed", "files", false);
	check_folder("log_lightning_csv", "tb", false);
}

/* tensorboard's own loader stops at damage: there this reader has more. */
static void cut_files_of_formats(void **state)
{
	(void)state;
	static const struct {
		const char *folder;
		size_t n_rows, n_bad_rows;
	} cases[] = {{"cut_in_data", 19, 0}, {"cut_in_crc", 19, 0}, {"cut_in_length", 0, 0}, {"empty", 0, 0},
		{"zero_padded_tail", 20, 0}, {"bad_data_crc_middle", 19, 1}};
	if (!shared_has("formats/log_tb_cut"))
		skip();
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char below[256], path[1024];
		snprintf(below, sizeof below, "formats/log_tb_cut/%s/events.out.tfevents.1795227398.node01.17679.13",
			cases[i].folder);
		shared_path(path, sizeof path, below);
		told *to = malloc(sizeof *to);
		assert_non_null(to);
		clear(to);
		const pt_log_sink sink = {.context = to, .row = on_row};
		pt_metric_log *log = pt_metric_log_create(PT_LOG_TFEVENTS, path);
		assert_int_equal(pt_metric_log_read(log, &sink, NULL), PT_OK);
		assert_int_equal(pt_metric_log_state(log)->n_rows, cases[i].n_rows);
		assert_int_equal(pt_metric_log_state(log)->n_bad_rows, cases[i].n_bad_rows);
		pt_metric_log_destroy(log);
		free(to);
	}
}

/* tests/data/events: see make_events.py */
static void files_made_with_the_libraries(void **state)
{
	(void)state;
	static const char *const files[] = {
		"events.out.tfevents.1.tensorboard", "events.out.tfevents.2.tensorboardX"};
	pt_json_value *expected;
	assert_int_equal(pt_json_read("tests/data/events/expected.json", &expected, NULL), PT_OK);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		char path[256], ignored[256];
		expectations *all = calloc(1, sizeof *all);
		assert_non_null(all);
		const pt_json_value *row = pt_json_first(pt_json_member(expected, files[i]));
		for (; row; row = pt_json_following(row)) {
			const pt_json_value *step = pt_json_first(row), *tag = pt_json_following(step);
			double at = -1.0, value = (double)NAN;
			assert_true(pt_json_number(step, &at));
			(void)pt_json_number(pt_json_following(tag), &value);
			bool is_known = pt_log_role_of(pt_json_string(tag)) != PT_LOG_OTHER;
			expect_number(all,
				is_known ? shown(pt_json_string(tag), false, ignored, sizeof ignored) : pt_json_string(tag),
				at, value);
		}
		snprintf(path, sizeof path, "tests/data/events/%s", files[i]);
		assert_gives(PT_LOG_TFEVENTS, path, all);
		free(all);
	}
	pt_json_destroy(expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scalars_are_rows),
		cmocka_unit_test(negative_steps_are_none),
		cmocka_unit_test(one_event_is_one_row),
		cmocka_unit_test(tensors_written_value_by_value),
		cmocka_unit_test(session_start_is_a_restart),
		cmocka_unit_test(names_of_the_trainer_are_its_own),
		cmocka_unit_test(names_of_others_stay),
		cmocka_unit_test(a_role_has_one_owner),
		cmocka_unit_test(damaged_data_cost_their_record),
		cmocka_unit_test(a_damaged_length_costs_its_record),
		cmocka_unit_test(whole_records_that_are_no_events),
		cmocka_unit_test(what_is_no_event_file_says_so),
		cmocka_unit_test(a_byte_at_a_time_gives_the_same),
		cmocka_unit_test(cut_anywhere_it_waits),
		cmocka_unit_test(a_flipped_bit_costs_its_record),
		cmocka_unit_test(zeros_at_the_end_wait_to_be_written),
		cmocka_unit_test(zeros_in_the_midst_are_damage),
		cmocka_unit_test(starts_over_when_replaced),
		cmocka_unit_test(a_refused_row_comes_again),
		cmocka_unit_test(failing_allocations),
		cmocka_unit_test(a_record_over_the_cap),
		cmocka_unit_test(folders_of_formats),
		cmocka_unit_test(cut_files_of_formats),
		cmocka_unit_test(files_made_with_the_libraries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
