/** Tables of single panes. */
#include "report_fixture.h"

#include "phasetop/report/report_csv.h"
#include "phasetop/report/report_pane_csv.h"

static pt_view view;

static int set_up(void **state)
{
	(void)state;
	pt_settings settings = pt_settings_default();
	pt_layout layout = pt_layout_default();
	fixture_init(&f);
	f.runs[0].name = "medical";
	view = pt_view_first(&settings, &layout, PT_CHOICE_B);
	return 0;
}

static char *table_of(pt_pane_id pane, bool at_cursor)
{
	char *text = NULL;
	size_t n = 0;
	pt_error err;
	FILE *out = open_memstream(&text, &n);
	assert_non_null(out);
	if (pt_report_pane_csv(out, &f.snapshot, &view, pane, at_cursor, &err) != PT_OK)
		fail_msg("%s", err.message);
	fclose(out);
	return text;
}

static size_t n_lines(const char *text)
{
	size_t n = 0;
	for (; (text = strchr(text, '\n')) != NULL; text++)
		n++;
	return n;
}

/* All rows of a pane over steps are rows of the whole table, and all of its series are there. */
static void test_a_pane_is_a_part_of_the_whole(void **state)
{
	(void)state;
	static const struct {
		pt_pane_id pane;
		const char *has, *lacks;
	} cases[] = {
		{PT_PANE_NORMS, "medical,20,norm.B,0.3", "norm.dW"},
		{PT_PANE_NORMS, "plain,10,norm.W,0.1", "pc1"},
		{PT_PANE_PCA, "medical,10,pc1.B,0.1", "norm"},
		{PT_PANE_COSINE, "medical,10,cosine.B.k7,0.1", "pc1"},
		{PT_PANE_SPECTRUM, "medical,1,shc.window,0.5", "loss"},
		{PT_PANE_LOSS, "medical,2,metric.eval_medical_loss,1", "shc"},
	};
	pt_report_options options = pt_report_options_default();
	char *whole = PRINTED(pt_report_csv_write, &f, &options);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *text = table_of(cases[i].pane, false);
		if (!strstr(text, cases[i].has))
			fail_msg("%s is not in:\n%s", cases[i].has, text);
		assert_null(strstr(text, cases[i].lacks));
		assert_int_equal(strncmp(text, "run,step,series,value\n", 22), 0);
		for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
			assert_non_null(strstr(whole, line));
		free(text);
	}
	free(whole);
}

static void test_only_what_is_seen(void **state)
{
	(void)state;
	view.run_hidden[1] = true;
	view.matrix = PT_CHOICE_BOTH;
	char *text = table_of(PT_PANE_NORMS, false);
	assert_non_null(strstr(text, "norm.A"));
	assert_non_null(strstr(text, "norm.B"));
	assert_null(strstr(text, "plain"));
	free(text);
}

static void test_at_the_cursor(void **state)
{
	(void)state;
	view.cursor_step = 11; /* between two checkpoints: the one before */
	char *text = table_of(PT_PANE_PCA, true);
	assert_string_equal(text, "run,step,series,value\nmedical,10,pc1.B,0.1\nmedical,10,pc2.B,0.1\n");
	free(text);
	view.cursor_step = 1; /* before the first */
	text = table_of(PT_PANE_PCA, true);
	assert_string_equal(text, "run,step,series,value\n");
	free(text);
}

/* As the pane draws them: the heading says where steps and values are told from. */
static void test_what_is_drawn_is_what_is_written(void **state)
{
	(void)state;
	f.runs[0].verdicts[PT_MATRIX_B].step = 10;
	view.align_on_turn = true;
	char *text = table_of(PT_PANE_NORMS, false);
	assert_int_equal(strncmp(text, "run,step_from_turn,series,value\n", 32), 0);
	assert_non_null(strstr(text, "medical,10,norm.B,0.3")); /* step 20 */
	assert_null(strstr(text, "medical,20,"));
	free(text);
	view.align_on_turn = false;
	view.differences = true;
	text = table_of(PT_PANE_NORMS, false);
	assert_int_equal(strncmp(text, "run,step,series,value_minus_baseline\n", 37), 0);
	assert_null(strstr(text, "medical,20,norm.B,0.3"));
	free(text);
	text = table_of(PT_PANE_SPECTRUM, false);
	assert_int_equal(strncmp(text, "run,step,series,value_over_baseline\n", 36), 0);
	free(text);
}

static void test_the_table_of_runs(void **state)
{
	(void)state;
	char *text = table_of(PT_PANE_RUNS, false);
	assert_int_equal(strncmp(text, "run,path,state,step,age_s,norm,", 31), 0);
	assert_non_null(strstr(text, "\nmedical,"));
	assert_non_null(strstr(text, "\nplain,"));
	size_t n_commas = 0, n_rows = 0;
	for (const char *c = text; *c; c++) {
		n_commas += *c == ',';
		n_rows += *c == '\n';
	}
	assert_int_equal(n_commas, n_rows * 15);
	free(text);
}

static void test_panes_with_columns_of_their_own(void **state)
{
	(void)state;
	static const int64_t k[] = {5, 10}, steps[] = {10, 20};
	static const double grid[] = {1, 0.5, PT_MISSING, -0.25};
	static const pt_mode_part probes[] = {{"a,b", 0.75}, {"c", -0.5}};
	static const pt_mode_view modes[] = {{.eigenvalue = 1, .share = 0.5, .n_probes = 2, .probes = probes}};
	pt_matrix_view *b = &f.runs[0].matrices[PT_MATRIX_B];
	b->k_scan = (pt_k_scan_view){.present = true, .n_k = 2, .n = 2, .k = k, .steps = steps, .values = grid};
	b->checkpoint_cosine = (pt_square_view){.present = true, .n = 2, .steps = steps, .values = grid};
	f.runs[0].spectra[PT_SPECTRUM_RAW].modes =
		(pt_modes_view){.present = true, .step = 20, .n_modes = 1, .modes = modes};
	f.modules[0].turns[PT_MATRIX_B] = (pt_module_turn_view){.present = true,
		.turning_step = 20,
		.turning_angle_deg = 45,
		.change_step = PT_NO_STEP,
		.min_cosine = 0.5,
		.min_cosine_step = 10,
		.share_of_drift = PT_MISSING};
	static const struct {
		pt_pane_id pane;
		const char *heading, *has;
	} cases[] = {
		{PT_PANE_K_SCAN, "run,matrix,k,step,cosine\n", "\nmedical,B,10,20,-0.25\n"},
		{PT_PANE_K_SCAN, "run,matrix,k,step,cosine\n", "\nmedical,B,10,10,\n"},
		{PT_PANE_MAP, "run,matrix,step,other_step,cosine\n", "\nmedical,B,10,20,0.5\n"},
		{PT_PANE_SCREE, "run,matrix,component,explained\n", "\nmedical,B,2,"},
		{PT_PANE_MODES, "run,step,mode,share,probe,weight\n", "\nmedical,20,1,0.5,\"a,b\",0.75\n"},
		{PT_PANE_MODULES, "run,matrix,adapter,module,turning_step,", ",20,45,,0.5,10,\n"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *text = table_of(cases[i].pane, false);
		assert_int_equal(strncmp(text, cases[i].heading, strlen(cases[i].heading)), 0);
		if (!strstr(text, cases[i].has))
			fail_msg("%s is not in:\n%s", cases[i].has, text);
		free(text);
	}
	char *text = table_of(PT_PANE_K_SCAN, false);
	assert_int_equal(n_lines(text), 5);
	free(text);
}

static void test_lists_have_no_series(void **state)
{
	(void)state;
	pt_error err;
	FILE *out = tmpfile();
	assert_int_equal(
		pt_report_pane_csv(out, &f.snapshot, &view, PT_PANE_PROBLEMS, false, &err), PT_ERR_UNSUPPORTED);
	assert_int_equal(ftell(out), 0);
	fclose(out);
	out = fopen("/dev/full", "w");
	assert_non_null(out);
	assert_int_equal(pt_report_pane_csv(out, &f.snapshot, &view, PT_PANE_NORMS, false, &err), PT_ERR_IO);
	assert_int_equal(pt_report_pane_csv(out, &f.snapshot, &view, PT_PANE_SCREE, false, &err), PT_ERR_IO);
	fclose(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_pane_is_a_part_of_the_whole, set_up),
		cmocka_unit_test_setup(test_only_what_is_seen, set_up),
		cmocka_unit_test_setup(test_at_the_cursor, set_up),
		cmocka_unit_test_setup(test_what_is_drawn_is_what_is_written, set_up),
		cmocka_unit_test_setup(test_the_table_of_runs, set_up),
		cmocka_unit_test_setup(test_panes_with_columns_of_their_own, set_up),
		cmocka_unit_test_setup(test_lists_have_no_series, set_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
