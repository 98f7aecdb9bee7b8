/* The rows of an offline run of W&B: steps, names, values, and what other records say. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "event_fixture.h"

static void history_is_rows(void **state)
{
	(void)state;
	fixture f;
	start_wandb(&f);
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
	start_wandb(&f);
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
	start_wandb(&f);
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
	start_wandb(&f);
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
	add_wandb_message(&f.file, 2, &history);
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
	start_wandb(&f);
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
	start_wandb(&f);
	made history = made_new(), step = made_new();
	add_wandb_item(&history, "x=1");
	add_number(&step, 1, 9);
	add_message(&history, 2, &step);
	add_wandb_message(&f.file, 2, &history);
	history = made_new();
	add_wandb_item(&history, "x=2");
	add_field(&history, 2, "", 0); /* an absent number is 0 */
	add_wandb_message(&f.file, 2, &history);
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
	start_wandb(&f);
	made run = made_new(), config = made_new(), metric = made_new(), closing = made_new();
	add_wandb_item(&config, "max_steps=-1");
	add_message(&run, 4, &config);
	add_wandb_message(&f.file, 17, &run);
	put_file(&f);
	assert_int_equal(read_ok(&f)->max_steps, PT_LOG_NO_STEP);
	run = made_new();
	config = made_new();
	add_wandb_item(&config, "lr=0.1");
	add_wandb_item(&config, "max_steps=40");
	add_message(&run, 4, &config);
	add_wandb_message(&f.file, 17, &run);
	put_file(&f);
	assert_int_equal(read_ok(&f)->max_steps, 40);
	config = made_new();
	add_wandb_item(&config, "max_steps=60");
	add_wandb_message(&f.file, 5, &config);
	add_text(&metric, 1, "train/global_step");
	add_wandb_message(&f.file, 12, &metric);
	add_wandb_row(&f.file, "_step=60 train/train_loss=1 train/train_runtime=2");
	put_file(&f);
	assert_int_equal(read_ok(&f)->max_steps, 60);
	assert_string_equal(f.to->bytes, "60#{train_loss=1,train_runtime=2}");
	f.to->n_rows = 0;
	add_number(&closing, 1, 0);
	add_wandb_message(&f.file, 18, &closing);
	put_file(&f);
	assert_true(read_ok(&f)->has_closing_row);
	end(&f);
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
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
