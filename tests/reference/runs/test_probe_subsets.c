/*
 * Which probes one looks at decides what one can see: in sample_runs/grokking the SHC of all probes rises
 * again when the network generalises (half of the held-out accuracy at step 4288), that of the training
 * probes alone only falls. Expected factors: NumPy 2.4.6, from the covariance of each window of 20 rows.
 */
#include "report_fixture.h"

static const int MEMORISED_AT = 624; /* training accuracy 0.99 */

typedef struct rise {
	double factor; /* the largest value over the smallest full window before it */
	int step;
} rise;

/* The largest rise of SHC among full windows behind step `from`. */
static rise rise_of(const cJSON *spectrum, int from)
{
	rise largest = {0, 0};
	double least = INFINITY;
	const cJSON *step = member(spectrum, "steps")->child, *shc = member(spectrum, "shc")->child,
				*partial = member(spectrum, "partial")->child;
	for (; step; step = step->next, shc = shc->next, partial = partial->next) {
		if (cJSON_IsTrue(partial))
			continue;
		assert_true(cJSON_IsNumber(shc));
		least = fmin(least, shc->valuedouble);
		if (step->valueint > from && shc->valuedouble / least > largest.factor)
			largest = (rise){shc->valuedouble / least, step->valueint};
	}
	return largest;
}

static void assert_rise(const cJSON *spectrum, int from, double factor, int step)
{
	const rise found = rise_of(spectrum, from);
	if (found.step != step || !(fabs(found.factor - factor) <= 1e-6 * factor))
		fail_msg("rises by %.9g at step %d, expected %.9g at %d", found.factor, found.step, factor, step);
}

static void training_probes_alone_show_no_grokking(void **state)
{
	(void)state;
	cJSON *report = report_of("sample_runs/grokking", "--probes 'train_*'");
	const cJSON *spectra = member(only_run(report), "spectrum");
	assert_int_equal(cJSON_GetArraySize(spectra), 4); /* raw and detrended of all, then of the subset */
	const cJSON *all = cJSON_GetArrayItem(spectra, 0), *train = cJSON_GetArrayItem(spectra, 2);
	assert_true(cJSON_IsNull(member(all, "subset")));
	assert_string_equal(member(train, "subset")->valuestring, "train_*");
	assert_int_equal(member(all, "probes")->valueint, 96);
	assert_int_equal(member(train, "probes")->valueint, 48);
	assert_true(cJSON_IsTrue(member(cJSON_GetArrayItem(spectra, 3), "detrended")));
	assert_rise(all, MEMORISED_AT, 6.203558108385, 4064);
	assert_rise(train, MEMORISED_AT, 1.652342216809, 5136);
	cJSON_Delete(report);
	report = report_of("sample_runs/grokking", "--probes 'heldout_*'");
	const cJSON *held_out = cJSON_GetArrayItem(member(only_run(report), "spectrum"), 2);
	assert_rise(held_out, MEMORISED_AT, 6.212136706163, 4064);
	cJSON_Delete(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(training_probes_alone_show_no_grokking)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
