#include "report_fixture.h"

#include <cjson/cJSON.h>

#include "phasetop/report/report_json.h"

static cJSON *report(const pt_report_options *options)
{
	char *text = PRINTED(pt_report_json_write, &f, options);
	const char *end = NULL;
	cJSON *document = cJSON_ParseWithOpts(text, &end, 0);
	assert_non_null(document);
	assert_string_equal(end, "\n");
	free(text);
	return document;
}

static pt_report_options all_matrices(void)
{
	pt_report_options options = pt_report_options_default();
	options.matrices = PT_MATRIX_BIT(PT_N_MATRICES) - 1;
	return options;
}

/* The members of an object, in this order and no others. */
static void assert_keys(const cJSON *object, const char *names)
{
	char keys[1024] = "";
	assert_true(cJSON_IsObject(object));
	for (const cJSON *member = object->child; member; member = member->next) {
		if (keys[0])
			strcat(keys, " ");
		strcat(keys, member->string);
	}
	assert_string_equal(keys, names);
}

static const cJSON *at(const cJSON *object, const char *path)
{
	char copy[256];
	snprintf(copy, sizeof copy, "%s", path);
	for (char *save, *name = strtok_r(copy, ".", &save); name; name = strtok_r(NULL, ".", &save)) {
		if (cJSON_IsArray(object))
			object = cJSON_GetArrayItem(object, atoi(name));
		else
			object = cJSON_GetObjectItemCaseSensitive(object, name);
		if (!object)
			fail_msg("%s: no %s", path, name);
	}
	return object;
}

static void assert_length(const cJSON *array, int n)
{
	assert_true(cJSON_IsArray(array));
	assert_int_equal(cJSON_GetArraySize(array), n);
}

static void assert_number(const cJSON *item, double value)
{
	assert_true(cJSON_IsNumber(item));
	assert_true(item->valuedouble == value);
}

static void assert_text(const cJSON *item, const char *text)
{
	assert_true(cJSON_IsString(item));
	assert_string_equal(item->valuestring, text);
}

static void test_keys_of_the_document(void **state)
{
	(void)state;
	pt_report_options options = all_matrices();
	cJSON *d = report(&options);
	assert_keys(d, "phasetop schema as_of_step runs comparison problems");
	assert_text(at(d, "phasetop"), "0.1.0");
	assert_number(at(d, "schema"), 1);
	assert_true(cJSON_IsNull(at(d, "as_of_step")));
	assert_keys(at(d, "comparison"), "baseline runs joint_pca");
	assert_length(at(d, "runs"), 2);
	for (int r = 0; r < 2; r++)
		assert_keys(cJSON_GetArrayItem(at(d, "runs"), r),
			"name path state last_write_age_s max_steps next_checkpoint_at finish_at segments checkpoints "
			"modules "
			"skipped_tensors norms pca local_cosine change_points sigma_ratios modules_turning k_scan "
			"checkpoint_cosine final_alignment grams spectrum baselines loss events");
	cJSON_Delete(d);
}

/* The second run beside the first: of W, for it has nothing else, and that with other shapes. */
static void test_comparison(void **state)
{
	(void)state;
	pt_report_options options = all_matrices();
	pt_versus_view *versus = &f.runs[1].versus[PT_MATRIX_W];
	versus->present = true;
	versus->turn_lag_steps = -15;
	cJSON *d = report(&options);
	assert_text(at(d, "comparison.baseline"), HOSTILE_NAME_DECODED);
	assert_length(at(d, "comparison.runs"), 1);
	assert_keys(at(d, "comparison.runs.0"),
		"name matrix cosine_final cosine_of_drift turn_lag_steps same_shapes steps cosine drift_cosine");
	assert_text(at(d, "comparison.runs.0.matrix"), "W");
	assert_true(cJSON_IsNull(at(d, "comparison.runs.0.cosine_final")));
	assert_true(cJSON_IsFalse(at(d, "comparison.runs.0.same_shapes")));
	assert_number(at(d, "comparison.runs.0.turn_lag_steps"), -15);
	assert_length(at(d, "comparison.joint_pca"), 0);
	cJSON_Delete(d);
	*versus = (pt_versus_view){.present = true,
		.same_shapes = true,
		.cosine_final = 0.5,
		.cosine_of_drift = 0.25,
		.turn_lag_steps = PT_NO_STEP,
		.n = 2,
		.steps = f.steps,
		.cosine = f.norm,
		.drift_cosine = f.step_length};
	pt_joint_run_view paths[] = {{0, 4, f.steps, f.pc, f.norm}, {1, 2, f.steps, f.pc, f.norm}};
	f.snapshot.joint[PT_MATRIX_W] = (pt_joint_pca_view){
		.present = true, .explained = {0.75, 0.25}, .n_runs = 2, .runs = paths, .n_left_out = 0};
	d = report(&options);
	assert_number(at(d, "comparison.runs.0.cosine_final"), 0.5);
	assert_true(cJSON_IsNull(at(d, "comparison.runs.0.turn_lag_steps")));
	assert_length(at(d, "comparison.runs.0.cosine"), 2);
	assert_true(cJSON_IsNull(at(d, "comparison.runs.0.drift_cosine.0")));
	assert_keys(at(d, "comparison.joint_pca.0"), "matrix explained_variance_ratio runs left_out");
	assert_keys(at(d, "comparison.joint_pca.0.runs.1"), "name steps pc1 pc2");
	assert_length(at(d, "comparison.joint_pca.0.runs.0.pc1"), 4);
	cJSON_Delete(d);
	*versus = (pt_versus_view){
		.cosine_final = PT_MISSING, .cosine_of_drift = PT_MISSING, .turn_lag_steps = PT_NO_STEP};
	memset(&f.snapshot.joint[PT_MATRIX_W], 0, sizeof f.snapshot.joint[PT_MATRIX_W]);
	f.snapshot.n_runs = 1;
	d = report(&options);
	assert_true(cJSON_IsNull(at(d, "comparison")));
	cJSON_Delete(d);
	f.snapshot.n_runs = 2;
}

static void test_keys_of_the_parts(void **state)
{
	(void)state;
	pt_report_options options = all_matrices();
	cJSON *d = report(&options);
	assert_keys(at(d, "runs.0.segments.0"), "first_step last_step why from_step");
	assert_keys(at(d, "runs.0.checkpoints"), "count first last spacing steps deleted pending problems");
	assert_keys(at(d, "runs.0.checkpoints.pending.0"), "path why");
	assert_keys(at(d, "runs.0.checkpoints.problems.0"), "path code offset message");
	assert_keys(at(d, "problems.0"), "path code offset message");
	assert_keys(at(d, "runs.0.modules.0"),
		"name adapter kind rank scaling scaling_changes dtype shape_a shape_b selected warnings");
	assert_keys(at(d, "runs.0.modules.0.scaling_changes.0"), "step scaling");
	assert_keys(at(d, "runs.0.skipped_tensors"), "count examples");
	assert_keys(at(d, "runs.0.norms"), "steps A B dW W step_length drift path_length by_module");
	assert_keys(at(d, "runs.0.norms.step_length"), "A B dW W");
	assert_keys(at(d, "runs.0.norms.drift"), "A B dW W");
	assert_keys(at(d, "runs.0.norms.by_module.0"), "module adapter A B dW W");
	assert_keys(at(d, "runs.0.pca.0"), "matrix steps pc1 pc2 explained_variance_ratio scree turning_step "
									   "turning_angle_deg component_turn_steps");
	assert_keys(at(d, "runs.0.local_cosine.0"),
		"matrix k k_used k_checkpoints pairing min_step_norm min_step_frac turn_below steps values gap "
		"floor_q "
		"debiased usual_median usual_q25 usual_q75 minimum prominent pending_from_step decided_at_step");
	assert_keys(at(d, "runs.0.local_cosine.0.minimum"), "step value");
	assert_keys(at(d, "runs.0.local_cosine.0.prominent"), "step value prominence min_step_frac");
	assert_keys(at(d, "runs.0.change_points.0"),
		"matrix module step known_at_step statistic ratio threshold phi_deg usual_phi_deg window_increments");
	assert_keys(at(d, "runs.0.spectrum.0"), "source window detrended subset probes rows invalid_rows steps "
											"shc pr trace lambda1 partial pr_white_noise "
											"leading_modes");
	assert_keys(at(d, "runs.0.loss"),
		"steps train eval learning_rate grad_norm probe_mean probe_q10 probe_q50 probe_q90 sources series");
	assert_keys(at(d, "runs.0.loss.sources"), "train eval learning_rate grad_norm");
	assert_text(at(d, "runs.0.loss.sources.train"), "trainer_state.json + runs/a");
	assert_true(cJSON_IsNull(at(d, "runs.0.loss.sources.eval")));
	assert_keys(at(d, "runs.0.loss.series.0"), "name source steps values half_rise_step");
	cJSON_Delete(d);
}

static void test_what_nobody_wanted_is_empty_or_null(void **state)
{
	(void)state;
	pt_report_options options = all_matrices();
	cJSON *d = report(&options);
	static const char *const empty[] = {"runs.0.sigma_ratios", "runs.0.modules_turning", "runs.0.k_scan",
		"runs.0.checkpoint_cosine", "runs.0.grams", "runs.0.events", "runs.0.local_cosine.0.debiased",
		 "runs.0.local_cosine.0.usual_median",
		"runs.0.local_cosine.0.usual_q25", "runs.0.local_cosine.0.usual_q75"};
	for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++)
		assert_length(at(d, empty[i]), 0);
	assert_true(cJSON_IsNull(at(d, "runs.0.baselines")));
	assert_true(cJSON_IsNull(at(d, "runs.0.spectrum.0.leading_modes")));
	cJSON_Delete(d);
}

static void test_arrays_have_the_length_of_their_steps(void **state)
{
	(void)state;
	pt_report_options options = all_matrices();
	cJSON *d = report(&options);
	static const struct {
		const char *of, *names;
		int n;
	} groups[] = {
		{"runs.0.norms", "steps A B dW step_length.A step_length.dW drift.B path_length.B by_module.0.A", 4},
		{"runs.0.norms.by_module", "0.dW 1.B", 4},
		{"runs.0.pca.1", "steps pc1 pc2", 4},
		{"runs.0.local_cosine.0", "steps values gap", 3},
		{"runs.0.spectrum.1", "steps shc pr trace lambda1 partial pr_white_noise", 3},
		{"runs.0.loss", "steps train eval learning_rate grad_norm probe_mean probe_q10 probe_q50 probe_q90",
			3},
		{"runs.0.loss.series.0", "steps values", 3},
	};
	for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
		char names[256];
		snprintf(names, sizeof names, "%s", groups[i].names);
		for (char *save, *name = strtok_r(names, " ", &save); name; name = strtok_r(NULL, " ", &save))
			assert_length(at(at(d, groups[i].of), name), groups[i].n);
	}
	assert_length(at(d, "runs.0.norms.by_module"), 2); /* the third module is not selected */
	cJSON_Delete(d);
}

static void test_missing_is_null_and_zero_is_zero(void **state)
{
	(void)state;
	pt_report_options options = all_matrices();
	cJSON *d = report(&options);
	assert_true(cJSON_IsNull(at(d, "runs.0.norms.W")));
	assert_true(cJSON_IsNull(at(d, "runs.0.norms.drift.W")));
	assert_true(cJSON_IsNull(at(d, "runs.1.norms.A")));
	assert_number(at(d, "runs.0.norms.B.0"), 0);
	assert_number(at(d, "runs.0.norms.B.2"), 1e-300);
	assert_number(at(d, "runs.0.norms.B.3"), 1.0 / 3.0);
	assert_true(cJSON_IsNull(at(d, "runs.0.norms.step_length.B.0")));
	assert_number(at(d, "runs.0.norms.step_length.B.1"), 123456789.123456789);
	assert_true(cJSON_IsNull(at(d, "runs.0.pca.0.component_turn_steps.1")));
	assert_true(cJSON_IsNull(at(d, "runs.0.local_cosine.0.values.0")));
	assert_text(at(d, "runs.0.local_cosine.0.gap.0"), "undefined");
	assert_true(cJSON_IsNull(at(d, "runs.0.local_cosine.0.gap.1")));
	assert_text(at(d, "runs.0.local_cosine.0.gap.2"), "skipped");
	assert_true(cJSON_IsNull(at(d, "runs.0.local_cosine.0.prominent.step")));
	assert_true(cJSON_IsNull(at(d, "runs.0.local_cosine.0.prominent.value")));
	assert_true(cJSON_IsNull(at(d, "runs.0.loss.eval.1")));
	assert_true(cJSON_IsNull(at(d, "runs.0.loss.series.0.half_rise_step")));
	assert_true(cJSON_IsNull(at(d, "runs.1.max_steps")));
	assert_true(cJSON_IsNull(at(d, "runs.1.last_write_age_s")));
	assert_true(cJSON_IsNull(at(d, "runs.0.finish_at")));
	assert_true(cJSON_IsNull(at(d, "problems.0.offset")));
	assert_number(at(d, "runs.0.checkpoints.problems.0.offset"), 264123);
	assert_true(cJSON_IsNull(at(d, "runs.1.modules.0.rank")));
	assert_true(cJSON_IsNull(at(d, "runs.1.modules.0.scaling")));
	assert_true(cJSON_IsNull(at(d, "runs.1.modules.0.shape_b")));
	cJSON_Delete(d);
}

static void test_a_cosine_not_yet_there_keeps_its_place(void **state)
{
	(void)state;
	pt_report_options options = pt_report_options_default();
	cJSON *d = report(&options);
	assert_length(at(d, "runs.0.local_cosine"), 2);
	assert_number(at(d, "runs.0.local_cosine.0.k"), 7);
	assert_number(at(d, "runs.0.local_cosine.0.k_used"), 5);
	assert_number(at(d, "runs.0.local_cosine.1.k"), 500);
	assert_true(cJSON_IsNull(at(d, "runs.0.local_cosine.1.k_used")));
	assert_length(at(d, "runs.0.local_cosine.1.steps"), 0);
	assert_true(cJSON_IsNull(at(d, "runs.0.local_cosine.1.minimum.step")));
	cJSON_Delete(d);
}

static void test_matrices_follow_the_option(void **state)
{
	(void)state;
	pt_report_options options = pt_report_options_default();
	cJSON *d = report(&options);
	assert_length(at(d, "runs.0.pca"), 1);
	assert_text(at(d, "runs.0.pca.0.matrix"), "B");
	assert_length(at(d, "runs.0.change_points"), 1);
	assert_true(cJSON_IsNull(at(d, "runs.0.change_points.0.module")));
	assert_true(cJSON_IsNull(at(d, "runs.0.change_points.0.usual_phi_deg")));
	/* a plain network has W only, whatever is asked for */
	assert_length(at(d, "runs.1.pca"), 1);
	assert_text(at(d, "runs.1.pca.0.matrix"), "W");
	cJSON_Delete(d);
	options = all_matrices();
	d = report(&options);
	assert_length(at(d, "runs.0.pca"), 3);
	assert_text(at(d, "runs.0.pca.2.matrix"), "dW");
	assert_length(at(d, "runs.0.local_cosine"), 6);
	cJSON_Delete(d);
	options.matrices = PT_MATRIX_BIT(PT_MATRIX_W);
	d = report(&options);
	assert_length(at(d, "runs.0.pca"), 0);
	cJSON_Delete(d);
}

static void test_spectrum_forms(void **state)
{
	(void)state;
	pt_report_options options = pt_report_options_default();
	cJSON *d = report(&options);
	assert_length(at(d, "runs.0.spectrum"), 2);
	assert_text(at(d, "runs.0.spectrum.0.source"), "window");
	assert_true(cJSON_IsFalse(at(d, "runs.0.spectrum.0.detrended")));
	assert_true(cJSON_IsTrue(at(d, "runs.0.spectrum.1.detrended")));
	assert_true(cJSON_IsTrue(at(d, "runs.0.spectrum.0.partial.0")));
	assert_true(cJSON_IsFalse(at(d, "runs.0.spectrum.0.partial.2")));
	assert_true(cJSON_IsNull(at(d, "runs.0.spectrum.0.subset")));
	assert_length(at(d, "runs.1.spectrum"), 2); /* no probe log: there, and empty */
	assert_length(at(d, "runs.1.spectrum.0.steps"), 0);
	assert_true(cJSON_IsNull(at(d, "runs.1.spectrum.0.probes")));
	cJSON_Delete(d);
	f.runs[0].spectra[PT_SPECTRUM_GAUSSIAN] = f.runs[0].spectra[PT_SPECTRUM_RAW];
	f.runs[0].spectra[PT_SPECTRUM_GAUSSIAN].gaussian = true;
	d = report(&options);
	assert_length(at(d, "runs.0.spectrum"), 3);
	assert_text(at(d, "runs.0.spectrum.2.source"), "gaussian");
	cJSON_Delete(d);
}

static void test_hostile_names_arrive_escaped_and_whole(void **state)
{
	(void)state;
	pt_report_options options = pt_report_options_default();
	char *text = PRINTED(pt_report_json_write, &f, &options);
	for (const char *c = text; *c; c++)
		assert_true((unsigned char)*c >= 0x20 || *c == '\n');
	assert_null(strstr(text, "\xe2\x80\xae"));
	free(text);
	cJSON *d = report(&options);
	assert_text(at(d, "runs.0.name"), HOSTILE_NAME_DECODED);
	assert_text(at(d, "runs.0.modules.0.name"), HOSTILE_NAME_DECODED);
	assert_text(at(d, "problems.0.path"), HOSTILE_NAME_DECODED);
	cJSON_Delete(d);
}

static void test_times_and_ages(void **state)
{
	(void)state;
	pt_report_options options = pt_report_options_default();
	cJSON *d = report(&options);
	assert_text(at(d, "runs.0.next_checkpoint_at"), "2026-01-01T12:00:05Z");
	assert_number(at(d, "runs.0.last_write_age_s"), 12);
	cJSON_Delete(d);
	options.now_wall_ms = f.runs[0].last_write_wall_ms + 1500;
	d = report(&options);
	assert_number(at(d, "runs.0.last_write_age_s"), 1.5);
	cJSON_Delete(d);
	options.now_wall_ms = f.runs[0].last_write_wall_ms - 5000; /* a file from the future */
	d = report(&options);
	assert_number(at(d, "runs.0.last_write_age_s"), 0);
	cJSON_Delete(d);
}

static void test_list_leaves_the_series_out(void **state)
{
	(void)state;
	pt_report_options options = pt_report_options_default();
	options.list_only = true;
	cJSON *d = report(&options);
	assert_keys(d, "phasetop schema as_of_step runs problems");
	assert_keys(at(d, "runs.0"), "name path state last_write_age_s max_steps next_checkpoint_at finish_at "
								 "segments checkpoints modules "
								 "skipped_tensors");
	cJSON_Delete(d);
}

static void test_compact_is_one_line_and_the_same_document(void **state)
{
	(void)state;
	pt_report_options options = pt_report_options_default();
	cJSON *indented = report(&options);
	options.compact = true;
	cJSON *compact = report(&options);
	assert_true(cJSON_Compare(indented, compact, 1));
	cJSON_Delete(indented);
	cJSON_Delete(compact);
	char *text = PRINTED(pt_report_json_write, &f, &options);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	free(text);
}

static void test_many_modules_are_left_out_of_by_module(void **state)
{
	(void)state;
	pt_report_options options = pt_report_options_default();
	pt_module_view many[65];
	for (int i = 0; i < 65; i++)
		many[i] = f.modules[1];
	f.runs[0].modules = many;
	f.runs[0].n_modules = 64;
	cJSON *d = report(&options);
	assert_length(at(d, "runs.0.norms.by_module"), 64);
	cJSON_Delete(d);
	f.runs[0].n_modules = 65;
	d = report(&options);
	assert_length(at(d, "runs.0.norms.by_module"), 0);
	assert_length(at(d, "runs.0.modules"), 65);
	cJSON_Delete(d);
}

static void test_settings_are_told(void **state)
{
	(void)state;
	pt_report_options options = pt_report_options_default();
	cJSON *d = report(&options);
	assert_text(at(d, "runs.0.local_cosine.0.pairing"), "step");
	assert_number(at(d, "runs.0.local_cosine.0.min_step_norm"), 0);
	assert_number(at(d, "runs.0.local_cosine.0.min_step_frac"), 0);
	assert_number(at(d, "runs.0.local_cosine.0.turn_below"), 0.8);
	assert_number(at(d, "runs.0.local_cosine.0.prominent.min_step_frac"), 0.2);
	cJSON_Delete(d);
	f.snapshot.settings.pairing = PT_PAIRING_INDEX;
	f.snapshot.settings.min_step_norm = 0.0035;
	f.snapshot.settings.turn_below = 0.5;
	d = report(&options);
	assert_text(at(d, "runs.0.local_cosine.0.pairing"), "index");
	assert_number(at(d, "runs.0.local_cosine.0.min_step_norm"), 0.0035);
	assert_number(at(d, "runs.0.local_cosine.0.turn_below"), 0.5);
	cJSON_Delete(d);
}

static void test_no_runs(void **state)
{
	(void)state;
	f.snapshot.n_runs = 0;
	f.snapshot.n_problems = 0;
	pt_report_options options = pt_report_options_default();
	cJSON *d = report(&options);
	assert_length(at(d, "runs"), 0);
	assert_length(at(d, "problems"), 0);
	cJSON_Delete(d);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup(name, make_fixture)
	const struct CMUnitTest tests[] = {
		CASE(test_keys_of_the_document),
		CASE(test_comparison),
		CASE(test_keys_of_the_parts),
		CASE(test_what_nobody_wanted_is_empty_or_null),
		CASE(test_arrays_have_the_length_of_their_steps),
		CASE(test_missing_is_null_and_zero_is_zero),
		CASE(test_a_cosine_not_yet_there_keeps_its_place),
		CASE(test_matrices_follow_the_option),
		CASE(test_spectrum_forms),
		CASE(test_hostile_names_arrive_escaped_and_whole),
		CASE(test_times_and_ages),
		CASE(test_list_leaves_the_series_out),
		CASE(test_compact_is_one_line_and_the_same_document),
		CASE(test_many_modules_are_left_out_of_by_module),
		CASE(test_settings_are_told),
		CASE(test_no_runs),
	};
#undef CASE
	return cmocka_run_group_tests(tests, NULL, NULL);
}
