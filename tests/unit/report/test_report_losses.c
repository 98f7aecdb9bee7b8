/* What the JSON and the table say of probe subsets, leading modes and baselines. */
#include "report_fixture.h"

#include "../../helpers/json_document.h"

#include "phasetop/report/report_csv.h"
#include "phasetop/report/report_json.h"

/* Raw and detrended of one subset whose glob has what CSV and JSON must quote; modes of the raw spectrum. */
typedef struct losses {
	fixture f;
	pt_spectrum_view subsets[2];
	pt_mode_part probes[2], groups[1];
	pt_mode_view modes[2];
	double slope[FIXTURE_ROWS];
} losses;

static losses l;

static int set_up(void **state)
{
	(void)state;
	fixture_init(&l.f);
	pt_run_view *run = &l.f.runs[0];
	run->name = "medical";
	for (int i = 0; i < 2; i++) {
		l.subsets[i] = run->spectra[i];
		l.subsets[i].subset = "med,\"a\"/*";
		l.subsets[i].n_probes = 5;
	}
	run->n_subset_spectra = 2;
	run->subset_spectra = l.subsets;
	l.probes[0] = (pt_mode_part){HOSTILE_NAME, -0.8};
	l.probes[1] = (pt_mode_part){"med/1", 0.6};
	l.groups[0] = (pt_mode_part){"med", 0.36};
	l.modes[0] = (pt_mode_view){0.1, 0.75, 2, l.probes, 1, l.groups};
	l.modes[1] = (pt_mode_view){0.025, 0.125, 1, l.probes, 0, NULL};
	run->spectra[PT_SPECTRUM_RAW].modes = (pt_modes_view){true, 2, 2, l.modes};
	for (int i = 0; i < FIXTURE_ROWS; i++)
		l.slope[i] = i == 0 ? PT_MISSING : -0.25 * i;
	run->baselines =
		(pt_baselines_view){true, FIXTURE_ROWS, l.f.rows, l.f.row_values, l.slope, l.slope, l.slope, l.slope};
	return 0;
}

static cJSON *report(void)
{
	pt_report_options options = pt_report_options_default();
	char *text = PRINTED(pt_report_json_write, &l.f, &options);
	cJSON *document = cJSON_Parse(text);
	assert_non_null(document);
	free(text);
	return document;
}

static const cJSON *run_of(const cJSON *document, int i)
{
	return cJSON_GetArrayItem(member(document, "runs"), i);
}

/* The members of an object, in this order and no others. */
static void assert_keys(const cJSON *object, const char *names)
{
	char keys[256] = "";
	assert_true(cJSON_IsObject(object));
	for (const cJSON *item = object->child; item; item = item->next) {
		strcat(keys, keys[0] ? " " : "");
		strcat(keys, item->string);
	}
	assert_string_equal(keys, names);
}

static void subsets_follow_all_probes(void **state)
{
	(void)state;
	cJSON *document = report();
	const cJSON *spectra = member(run_of(document, 0), "spectrum");
	assert_int_equal(cJSON_GetArraySize(spectra), 4);
	for (int i = 0; i < 4; i++) {
		const cJSON *spectrum = cJSON_GetArrayItem(spectra, i), *subset = member(spectrum, "subset");
		assert_int_equal(cJSON_IsTrue(member(spectrum, "detrended")), i % 2);
		assert_int_equal(member(spectrum, "probes")->valueint, i < 2 ? 64 : 5);
		assert_int_equal(cJSON_GetArraySize(member(spectrum, "shc")), FIXTURE_ROWS);
		if (i < 2)
			assert_true(cJSON_IsNull(subset));
		else
			assert_string_equal(subset->valuestring, "med,\"a\"/*");
	}
	cJSON_Delete(document);
}

static void modes_are_objects_or_null(void **state)
{
	(void)state;
	cJSON *document = report();
	const cJSON *spectra = member(run_of(document, 0), "spectrum");
	const cJSON *leading = member(cJSON_GetArrayItem(spectra, 0), "leading_modes");
	assert_keys(leading, "step modes");
	assert_int_equal(member(leading, "step")->valueint, 2);
	assert_int_equal(cJSON_GetArraySize(member(leading, "modes")), 2);
	const cJSON *mode = member(leading, "modes")->child;
	assert_keys(mode, "eigenvalue share probes groups");
	assert_true(member(mode, "eigenvalue")->valuedouble == 0.1 && member(mode, "share")->valuedouble == 0.75);
	assert_int_equal(cJSON_GetArraySize(member(mode, "probes")), 2);
	assert_keys(member(mode, "probes")->child, "name weight");
	assert_string_equal(member(member(mode, "probes")->child, "name")->valuestring, HOSTILE_NAME_DECODED);
	assert_true(member(member(mode, "probes")->child, "weight")->valuedouble == -0.8);
	assert_keys(member(mode, "groups")->child, "name weight");
	assert_int_equal(cJSON_GetArraySize(member(mode->next, "groups")), 0);
	assert_true(cJSON_IsNull(member(cJSON_GetArrayItem(spectra, 1), "leading_modes")));
	cJSON_Delete(document);
}

static void baselines_are_an_object_or_null(void **state)
{
	(void)state;
	cJSON *document = report();
	const cJSON *baselines = member(run_of(document, 0), "baselines");
	assert_keys(baselines, "steps mean_loss slope variance lag1 kendall_tau_log_shc");
	for (const cJSON *item = baselines->child; item; item = item->next)
		assert_int_equal(cJSON_GetArraySize(item), FIXTURE_ROWS);
	assert_true(cJSON_IsNull(member(baselines, "slope")->child));
	assert_true(cJSON_GetArrayItem(member(baselines, "slope"), 2)->valuedouble == -0.5);
	assert_true(cJSON_IsNull(member(run_of(document, 1), "baselines")));
	cJSON_Delete(document);
}

static bool has_line(const char *text, const char *line)
{
	size_t n = strlen(line);
	for (const char *at = text; (at = strstr(at, line)) != NULL; at++)
		if ((at == text || at[-1] == '\n') && at[n] == '\n')
			return true;
	return false;
}

static void the_table_has_them_too(void **state)
{
	(void)state;
	pt_report_options options = pt_report_options_default();
	char *text = PRINTED(pt_report_csv_write, &l.f, &options);
	assert_true(has_line(text, "medical,1,shc.window,0.5"));
	assert_true(has_line(text, "medical,1,\"shc.window[med,\"\"a\"\"/*]\",0.5"));
	assert_true(has_line(text, "medical,1,\"pr.window_detrended[med,\"\"a\"\"/*]\",0.5"));
	assert_true(has_line(text, "medical,1,baseline.mean_loss,0.5"));
	assert_true(has_line(text, "medical,0,baseline.slope,"));
	assert_true(has_line(text, "medical,2,baseline.slope,-0.5"));
	assert_true(has_line(text, "medical,1,baseline.variance,-0.25"));
	assert_true(has_line(text, "medical,1,baseline.lag1,-0.25"));
	assert_true(has_line(text, "medical,1,baseline.kendall_tau_log_shc,-0.25"));
	assert_null(strstr(text, "plain,0,baseline"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(subsets_follow_all_probes, set_up),
		cmocka_unit_test_setup(modes_are_objects_or_null, set_up),
		cmocka_unit_test_setup(baselines_are_an_object_or_null, set_up),
		cmocka_unit_test_setup(the_table_has_them_too, set_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
