/* Changes of direction against a plain NumPy twin (tests/reference/make_loss_reference.py), on made and real
 * runs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "loss_fixture.h"
#include "phasetop/numeric/changepoint.h"

/* T and ρ are of order 1 … 10; φ near 0 has the square root of the rounding. */
static const double CLOSE = 1e-10, CLOSE_DEGREES = 1e-5;

/* Gram of a case: a band of rows of the lower triangle, 0 outside. */
static void read_gram(const cJSON *band, pt_gram *gram)
{
	assert_int_equal(pt_gram_zero(gram, (size_t)cJSON_GetArraySize(band), NULL), PT_OK);
	size_t i = 0;
	const cJSON *row;
	cJSON_ArrayForEach(row, band)
	{
		const size_t n = (size_t)cJSON_GetArraySize(row);
		fill_numbers(row, gram->packed + i * (i + 1) / 2 + (i + 1 - n));
		i++;
	}
}

static void check_array(const char *name, const char *field, const double *values, size_t n,
	const cJSON *expected, double tolerance)
{
	assert_int_equal(cJSON_GetArraySize(expected), n);
	size_t i = 0;
	const cJSON *item;
	cJSON_ArrayForEach(item, expected)
	{
		const double want = number_of(item);
		if (isnan(want) != isnan(values[i]) || fabs(values[i] - want) > tolerance)
			fail_msg("%s: %s[%zu] = %.17g, expected %.17g", name, field, i, values[i], want);
		i++;
	}
}

static void check_changes(const char *name, const pt_direction *direction, const cJSON *expected)
{
	if (direction->n_changes != (size_t)cJSON_GetArraySize(expected))
		fail_msg("%s: %zu changes, expected %d", name, direction->n_changes, cJSON_GetArraySize(expected));
	const pt_change_point *change = direction->changes;
	const cJSON *want;
	cJSON_ArrayForEach(want, expected)
	{
		assert_int_equal(change->at, (size_t)number_at(want, "at"));
		assert_int_equal(change->first_at, (size_t)number_at(want, "first_at"));
		assert_int_equal(change->known_at, (size_t)number_at(want, "known_at"));
		assert_true(agrees(change->statistic, number_at(want, "statistic"), CLOSE));
		assert_true(agrees(change->refined_statistic, number_at(want, "refined_statistic"), CLOSE));
		assert_true(agrees(change->ratio, number_at(want, "ratio"), CLOSE));
		assert_true(agrees(change->phi_deg, number_at(want, "phi_deg"), CLOSE_DEGREES));
		change++;
	}
}

static void check_case(const cJSON *given)
{
	const char *name = array_at(given, "name")->valuestring;
	pt_gram gram;
	pt_gram_init(&gram);
	read_gram(array_at(given, "band"), &gram);
	int64_t *steps = calloc(gram.n, sizeof *steps);
	size_t i = 0;
	const cJSON *item;
	cJSON_ArrayForEach(item, array_at(given, "steps")) steps[i++] = (int64_t)item->valuedouble;
	assert_int_equal(i, gram.n);

	pt_direction direction;
	pt_direction_init(&direction);
	assert_int_equal(pt_direction_scan(&gram, steps, &direction, NULL), PT_OK);
	assert_int_equal(direction.spacing, (int64_t)number_at(given, "spacing"));
	assert_int_equal(direction.n_grid, cJSON_GetArraySize(array_at(given, "grid")));
	i = 0;
	cJSON_ArrayForEach(item, array_at(given, "grid"))
		assert_int_equal(direction.grid[i++], (size_t)item->valuedouble);
	assert_int_equal(direction.n_increments, (size_t)number_at(given, "n_increments"));
	check_array(name, "t", direction.t, direction.n_increments, array_at(given, "t"), CLOSE);
	check_array(name, "ratio", direction.ratio, direction.n_increments, array_at(given, "ratio"), CLOSE);
	check_array(name, "phi", direction.phi_deg, direction.n_grid, array_at(given, "phi_deg"), CLOSE_DEGREES);
	assert_true(agrees(direction.usual_phi_deg, number_at(given, "usual_phi_deg"), CLOSE_DEGREES));
	check_changes(name, &direction, array_at(given, "changes"));
	pt_direction_fini(&direction);
	free(steps);
	pt_gram_fini(&gram);
}

static void all_cases_agree_with_numpy(void **state)
{
	(void)state;
	cJSON *reference = read_json(REFERENCE_PATH);
	assert_non_null(reference);
	size_t n = 0;
	const cJSON *given;
	cJSON_ArrayForEach(given, array_at(reference, "directions"))
	{
		check_case(given);
		n++;
	}
	assert_true(n >= 5);
	cJSON_Delete(reference);
}

/* What the definitions say of the real runs, apart from any agreement of two programs. */
static void real_runs_turn_where_the_definitions_say(void **state)
{
	static const struct {
		const char *run;
		int64_t step, known_at_step; /* 0: silent */
	} said[] = {
		{"medical", 100, 125}, {"sports", 115, 130}, {"deep_linear", 600, 1200}, {"smooth_control", 0, 0}};
	(void)state;
	cJSON *reference = read_json(REFERENCE_PATH);
	assert_non_null(reference);
	size_t n = 0;
	const cJSON *given;
	cJSON_ArrayForEach(given, array_at(reference, "directions")) for (size_t i = 0; i < 4; i++)
	{
		if (strcmp(array_at(given, "name")->valuestring, said[i].run) != 0)
			continue;
		n++;
		const cJSON *changes = array_at(given, "changes"), *steps = array_at(given, "steps");
		assert_int_equal(cJSON_GetArraySize(changes), said[i].step ? 1 : 0);
		if (said[i].step) {
			const int at = (int)number_at(changes->child, "at"),
					  known = (int)number_at(changes->child, "known_at");
			assert_int_equal((int64_t)cJSON_GetArrayItem(steps, at)->valuedouble, said[i].step);
			assert_int_equal((int64_t)cJSON_GetArrayItem(steps, known)->valuedouble, said[i].known_at_step);
		}
	}
	assert_int_equal(n, 4);
	cJSON_Delete(reference);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_cases_agree_with_numpy),
		cmocka_unit_test(real_runs_turn_where_the_definitions_say),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
