/* What `--metric` asks for, in the text report: told, and drawn with the losses. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "../analysis/run_fixture.h"
#include "phasetop/report/report_text.h"

static char *report_of(const char *root, const pt_settings *settings)
{
	pt_snapshot *snapshot = fixture_cold(root, settings);
	assert_non_null(snapshot);
	pt_layout layout = pt_layout_default();
	pt_view view = pt_view_first(&snapshot->settings, &layout, PT_N_CHOICES);
	pt_view_meet(&view, snapshot);
	pt_report_text_options options = {0};
	char *text = NULL;
	size_t n_bytes = 0;
	FILE *out = open_memstream(&text, &n_bytes);
	assert_non_null(out);
	assert_int_equal(pt_report_text_write(out, snapshot, &view, &options, NULL), PT_OK);
	fclose(out);
	pt_snapshot_destroy(snapshot);
	return text;
}

static void told_and_drawn(void **state)
{
	(void)state;
	char root[64];
	pt_settings settings = pt_settings_default();
	scratch_directory(root);
	write_text(root, "behaviour.csv", "step,accuracy,other\n0,0.25,1\n10,0.5,1\n20,1,1\n30,0.75,1\n");
	settings.n_metrics = 1;
	strcpy(settings.metrics[0], "behaviour.csv:accuracy");
	char *text = report_of(root, &settings);
	assert_non_null(
		strstr(text, "metric       accuracy: first 0.2500 at 0, last 0.7500 at 30, half way at 20"));
	assert_non_null(strstr(text, "loss ├"));
	assert_null(strstr(text, "other"));
	free(text);
	/* beside a loss that is there, a series of the logs; what nobody asks for is not told */
	write_text(root, "train_log.jsonl",
		"{\"step\": 0, \"loss\": 2, \"entropy\": 3}\n{\"step\": 30, \"loss\": 1, \"entropy\": 4}\n");
	strcpy(settings.metrics[0], "entropy");
	text = report_of(root, &settings);
	assert_non_null(strstr(text, "metric       entropy: first 3.000 at 0"));
	free(text);
	settings.n_metrics = 0;
	text = report_of(root, &settings);
	assert_null(strstr(text, "entropy"));
	free(text);
	remove_tree(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(told_and_drawn)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
