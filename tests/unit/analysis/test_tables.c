/* Metric tables, module sets and settings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "phasetop/analysis/metric_table.h"
#include "phasetop/analysis/module_set.h"
#include "phasetop/analysis/settings.h"
#include "phasetop/base/alloc.h"
#include "phasetop/base/missing.h"

static void rows_of_one_step_are_joined_and_the_last_value_wins(void **state)
{
	(void)state;
	pt_metric_table table;
	pt_metric_table_init(&table);
	assert_int_equal(pt_metric_table_set(&table, 10, "loss", 1.0, NULL), PT_OK);
	assert_int_equal(pt_metric_table_set(&table, 10, "eval_loss", 2.0, NULL), PT_OK);
	assert_int_equal(pt_metric_table_set(&table, 10, "loss", 1.5, NULL), PT_OK);
	assert_int_equal(table.n_rows, 1);
	assert_int_equal(table.n_columns, 2);
	assert_float_equal(pt_metric_table_column(&table, "loss")->values[0], 1.5, 0);
	assert_null(pt_metric_table_column(&table, "grad_norm"));
	pt_metric_table_fini(&table);
}

static void rows_in_any_order_are_sorted_and_gaps_are_missing(void **state)
{
	(void)state;
	static const int64_t order[] = {50, 10, 40, 20, 30, 0};
	pt_metric_table table;
	pt_metric_table_init(&table);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(
			pt_metric_table_set(&table, order[i], i % 2 ? "odd" : "even", (double)order[i], NULL), PT_OK);
	for (size_t i = 0; i < table.n_rows; i++)
		assert_int_equal(table.steps[i], 10 * (int64_t)i);
	const double *odd = pt_metric_table_column(&table, "odd")->values;
	assert_true(odd[0] == 0 && odd[1] == 10 && odd[2] == 20);
	assert_true(pt_is_missing(odd[3]) && pt_is_missing(odd[4]) && pt_is_missing(odd[5]));
	assert_int_equal(pt_metric_table_set(&table, 10, "odd", (double)INFINITY, NULL), PT_OK);
	assert_true(pt_is_missing(pt_metric_table_column(&table, "odd")->values[1]));
	pt_metric_table_fini(&table);
}

static void a_table_survives_every_failing_allocation(void **state)
{
	(void)state;
	for (size_t n = 1; n < 40; n++) {
		pt_metric_table table;
		pt_metric_table_init(&table);
		pt_alloc_fail_at(n, false);
		for (int64_t step = 0; step < 100; step++) {
			pt_status a = pt_metric_table_set(&table, step, "a", 1, NULL);
			pt_status b = pt_metric_table_set(&table, step, "b", 2, NULL);
			assert_true((a == PT_OK || a == PT_ERR_MEMORY) && (b == PT_OK || b == PT_ERR_MEMORY));
		}
		pt_alloc_fail_at(0, false);
		assert_true(table.n_rows >= 99);
		pt_metric_table_fini(&table);
	}
}

static void module_sets_select(void **state)
{
	(void)state;
	const char *q21 = "model.layers.21.self_attn.q_proj";
	assert_true(pt_module_set_selects("", "default", q21));
	assert_true(pt_module_set_selects("*.q_proj", "default", q21));
	assert_false(pt_module_set_selects("*.v_proj", "default", q21));
	assert_true(pt_module_set_selects("layers=20-22", "default", q21));
	assert_true(pt_module_set_selects("layers=21", "default", q21));
	assert_false(pt_module_set_selects("layers=2", "default", q21));
	assert_false(pt_module_set_selects("layers=22-30", "default", q21));
	assert_true(pt_module_set_selects("style:*", "style", q21));
	assert_false(pt_module_set_selects("style:*", "default", q21));
	assert_true(pt_module_set_selects("layers.0.weight", "", "layers.0.weight"));
	assert_int_equal(pt_module_layer(q21), 21);
	assert_int_equal(pt_module_layer("lm_head"), -1);
	assert_int_equal(pt_module_layer("h.3x.q"), -1);
	assert_true(pt_module_set_valid("layers=3-4") && pt_module_set_valid("*") &&
				!pt_module_set_valid("layers=4-3") && !pt_module_set_valid("layers=x") &&
				!pt_module_set_valid("layers=3-"));
}

static void settings_have_their_defaults(void **state)
{
	(void)state;
	pt_settings settings = pt_settings_default();
	assert_int_equal(settings.probe_window, 20);
	assert_float_equal(pt_settings_turn_below(&settings), 0.8, 0);
	settings.turn_below = -0.5;
	assert_float_equal(pt_settings_turn_below(&settings), -0.5, 0);
	assert_string_equal(pt_matrix_name(PT_MATRIX_DW), "dW");
	assert_string_equal(pt_matrix_label(PT_MATRIX_DW), "ΔW");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_one_step_are_joined_and_the_last_value_wins),
		cmocka_unit_test(rows_in_any_order_are_sorted_and_gaps_are_missing),
		cmocka_unit_test(a_table_survives_every_failing_allocation),
		cmocka_unit_test(module_sets_select),
		cmocka_unit_test(settings_have_their_defaults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
