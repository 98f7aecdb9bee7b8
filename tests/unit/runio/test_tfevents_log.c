/* The rows of an event file of TensorBoard: steps, names, values. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "event_fixture.h"

static void scalars_are_rows(void **state)
{
	(void)state;
	fixture f;
	start_tfevents(&f);
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
	start_tfevents(&f);
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
	start_tfevents(&f);
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
	start_tfevents(&f);
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
	start_tfevents(&f);
	add_tf_session(&f.file, 20, 1);
	add_tf_scalar(&f.file, 20, "x", 1.0F);
	add_tf_session(&f.file, 30, 2); /* STOP */
	put_file(&f);
	assert_int_equal(read_ok(&f)->n_rows, 2);
	assert_string_equal(f.to->bytes, "20@{}20{x=1}");
	end(&f);
}

static void names_of_the_trainer_are_its_own(void **state)
{
	(void)state;
	fixture f;
	start_tfevents(&f);
	add_tf_arguments(&f.file, "{\"max_steps\": 60, \"per_device_train_batch_size\": 8, \"x\": [NaN]}");
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
		start_tfevents(&f);
		add_tf_arguments(&f.file, arguments[i]);
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
	start_tfevents(&f);
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

static void starts_over_when_replaced(void **state)
{
	(void)state;
	fixture f;
	start_tfevents(&f);
	add_tf_arguments(&f.file, "{\"per_device_train_batch_size\": 8}");
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
	start_tfevents(&f);
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
		start_tfevents(&f);
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
		cmocka_unit_test(starts_over_when_replaced),
		cmocka_unit_test(a_refused_row_comes_again),
		cmocka_unit_test(failing_allocations),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
