/* What an event file is expected to hold: the numbers that the library which wrote it was given. */
#ifndef TESTS_RUNIO_EXPECTED_EVENTS_H
#define TESTS_RUNIO_EXPECTED_EVENTS_H

#include <math.h>

#include "phasetop/runio/json.h"
#include "phasetop/runio/metric_log.h"

#include "runio_fixture.h"

/* Finds the series of a name in an expected.json and takes its values off, one by one. */
typedef struct expectation {
	const char *name;
	size_t n;
	int64_t steps[512];
	double values[512]; /* NaN: not finite */
} expectation;

enum { MAX_EXPECTED = 40 };

typedef struct expectations {
	size_t n, n_given, n_missed;
	double tolerance; /* relative */
	expectation series[MAX_EXPECTED];
} expectations;

static inline bool is_expected(
	const expectation *series, size_t v, const pt_log_field *field, double tolerance)
{
	double expected = series->values[v], difference = expected - field->value;
	if (!field->valid)
		return isnan(expected) != 0;
	return fabs(difference) <= tolerance * fabs(field->value);
}

/* Is there such a number that was not given yet? Then it is now. */
static inline bool take_expected(expectations *all, int64_t step, const pt_log_field *field)
{
	for (size_t s = 0; s < all->n; s++) {
		expectation *series = &all->series[s];
		if (strcmp(series->name, field->name) != 0)
			continue;
		for (size_t v = 0; v < series->n; v++)
			if (series->steps[v] == step && is_expected(series, v, field, all->tolerance)) {
				series->steps[v] = -1;
				return true;
			}
	}
	return false;
}

static inline pt_status on_expected_row(void *context, const pt_log_row *row, pt_error *err)
{
	expectations *all = context;
	(void)err;
	for (size_t i = 0; i < row->n_fields; i++) {
		const pt_log_field *field = &row->fields[i];
		all->n_given++;
		if (take_expected(all, row->step, field))
			continue;
		all->n_missed++;
		print_message("not expected: %lld %s %.17g\n", (long long)row->step, field->name, field->value);
	}
	return PT_OK;
}

static inline void expect_number(expectations *all, const char *name, double step, double value)
{
	size_t s = 0;
	while (s < all->n && strcmp(all->series[s].name, name) != 0)
		s++;
	assert_true(s < MAX_EXPECTED);
	if (s == all->n)
		all->series[all->n++] = (expectation){.name = name};
	expectation *series = &all->series[s];
	assert_true(series->n < 512);
	series->steps[series->n] = (int64_t)step;
	series->values[series->n++] = value;
}

/* The same as an expected.json has it: a value that is no number is not finite. */
static inline void expect_json(
	expectations *all, const char *name, const pt_json_value *step, const pt_json_value *value)
{
	double at = -1.0, number = (double)NAN;
	assert_true(pt_json_number(step, &at));
	(void)pt_json_number(value, &number);
	expect_number(all, name, at, number);
}

/* The numbers that a log gives are those expected, no more and no less. */
static inline void assert_gives(pt_log_kind kind, const char *path, expectations *all)
{
	size_t n_expected = 0;
	for (size_t s = 0; s < all->n; s++)
		n_expected += all->series[s].n;
	pt_metric_log *log = pt_metric_log_create(kind, path);
	const pt_log_sink sink = {.context = all, .row = on_expected_row};
	assert_int_equal(pt_metric_log_read(log, &sink, NULL), PT_OK);
	assert_int_equal(all->n_missed, 0);
	assert_int_equal(all->n_given, n_expected);
	assert_int_equal(pt_metric_log_state(log)->n_bad_rows, 0);
	pt_metric_log_destroy(log);
}

#endif
