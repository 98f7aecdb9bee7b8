#include "report_fixture.h"

#include "phasetop/report/report_csv.h"

static bool has_line(const char *text, const char *line)
{
	size_t n = strlen(line);
	for (const char *at = text; (at = strstr(at, line)) != NULL; at++) {
		if ((at == text || at[-1] == '\n') && (at[n] == '\n' || at[n] == '\0'))
			return true;
	}
	return false;
}

static void test_header_rows_and_missing(void **state)
{
	(void)state;
	f.runs[0].name = "medical";
	pt_report_options options = pt_report_options_default();
	char *text = PRINTED(pt_report_csv_write, &f, &options);
	assert_int_equal(strncmp(text, "run,step,series,value\n", 22), 0);
	assert_true(has_line(text, "medical,5,norm.B,0"));
	assert_true(has_line(text, "medical,20,norm.dW,0.3333333333333333"));
	assert_true(has_line(text, "medical,5,step_length.B,")); /* missing: an empty field, never 0 */
	assert_true(has_line(text, "medical,10,pc1.B,0.1"));
	assert_true(has_line(text, "medical,10,cosine.B.k7,0.1"));
	assert_true(has_line(text, "medical,5,cosine.B.k7,"));
	assert_true(has_line(text, "medical,1,shc.window,0.5"));
	assert_true(has_line(text, "medical,1,pr.window_detrended,0.5"));
	assert_true(has_line(text, "medical,2,loss.train,1"));
	assert_true(has_line(text, "medical,2,metric.eval_medical_loss,1"));
	assert_true(has_line(text, "plain,10,norm.W,0.1"));
	free(text);
}

static void test_comparison(void **state)
{
	(void)state;
	pt_report_options options = pt_report_options_default();
	f.runs[1].name = "plain";
	f.runs[1].versus[PT_MATRIX_W] = (pt_versus_view){.present = true,
		.same_shapes = true,
		.cosine_final = 0.5,
		.cosine_of_drift = PT_MISSING,
		.turn_lag_steps = -15,
		.n = 2,
		.steps = f.steps,
		.cosine = f.pc,
		.drift_cosine = f.step_length};
	pt_joint_run_view path = {1, 4, f.steps, f.pc, f.norm};
	f.snapshot.joint[PT_MATRIX_W] = (pt_joint_pca_view){.present = true, .n_runs = 1, .runs = &path};
	char *text = PRINTED(pt_report_csv_write, &f, &options);
	assert_true(has_line(text, "plain,20,versus.cosine_final.W,0.5"));
	assert_true(has_line(text, "plain,20,versus.cosine_of_drift.W,"));
	assert_true(has_line(text, "plain,20,versus.turn_lag_steps.W,-15"));
	assert_true(has_line(text, "plain,10,versus.cosine.W,0.1"));
	assert_true(has_line(text, "plain,5,versus.drift_cosine.W,"));
	assert_true(has_line(text, "plain,10,joint_pc1.W,0.1"));
	assert_null(strstr(text, "versus.cosine.B"));
	free(text);
	memset(&f.snapshot.joint[PT_MATRIX_W], 0, sizeof f.snapshot.joint[PT_MATRIX_W]);
	f.runs[1].versus[PT_MATRIX_W].present = false;
}

static void test_matrices_follow_the_option(void **state)
{
	(void)state;
	pt_report_options options = pt_report_options_default();
	char *text = PRINTED(pt_report_csv_write, &f, &options);
	assert_null(strstr(text, "pc1.A"));
	assert_null(strstr(text, "loss.eval")); /* never logged */
	assert_null(strstr(text, "k500"));      /* not there yet */
	free(text);
	options.matrices = PT_MATRIX_BIT(PT_MATRIX_A) | PT_MATRIX_BIT(PT_MATRIX_B);
	text = PRINTED(pt_report_csv_write, &f, &options);
	assert_non_null(strstr(text, "pc1.A"));
	free(text);
}

static void test_quoting(void **state)
{
	(void)state;
	pt_report_options options = pt_report_options_default();
	char *text = PRINTED(pt_report_csv_write, &f, &options);
	/* ESC, the override, the tag and the bad byte are U+FFFD; quotes doubled; the field quoted */
	assert_non_null(
		strstr(text, "\"a\xef\xbf\xbd[31m\"\"\\\n\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd,b\",5,norm.A,0\n"));
	assert_null(strchr(text, '\x1b'));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_header_rows_and_missing, make_fixture),
		cmocka_unit_test_setup(test_comparison, make_fixture),
		cmocka_unit_test_setup(test_matrices_follow_the_option, make_fixture),
		cmocka_unit_test_setup(test_quoting, make_fixture),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
