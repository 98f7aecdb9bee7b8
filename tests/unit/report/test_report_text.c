/** The text report: numbers, widths, characters. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "../ui/snapshot_fixture.h"
#include "phasetop/base/text.h"
#include "phasetop/report/report_text.h"

static pt_view view_of(const pt_snapshot *snapshot, bool unicode)
{
	pt_layout layout = pt_layout_default();
	pt_view view = pt_view_first(&snapshot->settings, &layout, PT_N_CHOICES);
	view.unicode = unicode;
	pt_view_meet(&view, snapshot);
	return view;
}

static char *report_of(
	fixture_kind kind, bool unicode, pt_report_text_options options, pt_matrix_choice matrix)
{
	pt_snapshot *snapshot = fixture_create(kind);
	pt_view view = view_of(snapshot, unicode);
	if (matrix != PT_N_CHOICES)
		view.matrix = matrix;
	char *text = NULL;
	size_t n_bytes = 0;
	FILE *out = open_memstream(&text, &n_bytes);
	assert_non_null(out);
	assert_int_equal(pt_report_text_write(out, snapshot, &view, &options, NULL), PT_OK);
	fclose(out);
	pt_snapshot_destroy(snapshot);
	return text;
}

static void assert_lines_fit(const char *text, int cols, bool ascii)
{
	for (const char *at = text; *at;) {
		size_t n = strcspn(at, "\n");
		char line[8192];
		assert_true(n < sizeof line);
		memcpy(line, at, n);
		line[n] = '\0';
		if (pt_text_width(line) > cols) {
			print_error("wider than %d: %s\n", cols, line);
			fail();
		}
		for (size_t i = 0; i < n; i++)
			assert_true((unsigned char)line[i] >= 0x20 && (!ascii || (unsigned char)line[i] < 0x7F));
		at += n + (at[n] == '\n');
	}
}

static void numbers_are_told(void **state)
{
	(void)state;
	char *text = report_of(FIXTURE_MEDICAL, true, (pt_report_text_options){0}, PT_N_CHOICES);
	assert_non_null(strstr(text, "medical  (runs/medical)"));
	assert_non_null(strstr(text, "1 to 400 of 800; 88 checkpoints, every 5"));
	assert_non_null(strstr(text, "last 0.3488 at 400"));
	assert_non_null(strstr(text, "PC1 89.0 %, PC2 9.9 %"));
	assert_non_null(strstr(text, "k 10: smallest 0.810 at 240"));
	assert_non_null(strstr(text, "largest 4.46e-06 at 100"));
	assert_non_null(strstr(text, "truncated: checkpoint-230/adapter_model.safetensors at 8"));
	assert_non_null(strstr(text, "╭─┤1 norm ‖B‖ ├"));
	assert_non_null(strstr(text, "5 loss"));
	assert_lines_fit(text, 120, false);
	free(text);
}

static void plots_can_be_left_out(void **state)
{
	(void)state;
	char *text =
		report_of(FIXTURE_MEDICAL, true, (pt_report_text_options){.numbers_only = true}, PT_N_CHOICES);
	assert_null(strstr(text, "╭"));
	free(text);
}

static void every_width_is_kept(void **state)
{
	(void)state;
	for (int kind = 0; kind < FIXTURE_N_KINDS; kind++)
		for (int cols = 20; cols <= 160; cols += 17) {
			char *text = report_of((fixture_kind)kind, cols % 2,
				(pt_report_text_options){.cols = cols, .rows = 24}, PT_N_CHOICES);
			assert_lines_fit(text, cols, !(cols % 2));
			free(text);
		}
}

static void ascii_is_ascii(void **state)
{
	(void)state;
	char *text = report_of(FIXTURE_THREE, false, (pt_report_text_options){.cols = 90}, PT_CHOICE_ALL);
	assert_lines_fit(text, 90, true);
	assert_non_null(strstr(text, "by 49 deg where 25 deg is usual"));
	free(text);
}

static void each_run_has_its_part(void **state)
{
	(void)state;
	char *text = report_of(FIXTURE_THREE, true, (pt_report_text_options){0}, PT_CHOICE_BOTH);
	assert_non_null(strstr(text, "phasetop  3 runs"));
	const char *medical = strstr(text, "\nmedical"), *sports = strstr(text, "\nsports");
	const char *finance = strstr(text, "\nfinance");
	assert_true(medical && sports && finance && medical < sports && sports < finance);
	assert_non_null(strstr(text, "cosine A"));
	assert_non_null(strstr(text, "cosine B"));
	free(text);
}

static void what_is_not_there_is_said(void **state)
{
	(void)state;
	char *text = report_of(FIXTURE_EMPTY, true, (pt_report_text_options){0}, PT_N_CHOICES);
	assert_non_null(strstr(text, "none yet: waits for the first checkpoint"));
	assert_null(strstr(text, "╭"));
	free(text);
	text = report_of(FIXTURE_NO_RUNS, true, (pt_report_text_options){0}, PT_N_CHOICES);
	assert_non_null(strstr(text, "no run here"));
	free(text);
	text = report_of(FIXTURE_BROKEN, true, (pt_report_text_options){0}, PT_N_CHOICES);
	assert_null(strchr(text, '\x1b'));
	assert_non_null(strstr(text, "zero_filled"));
	free(text);
}

static void a_full_disk_is_an_error(void **state)
{
	(void)state;
	pt_snapshot *snapshot = fixture_create(FIXTURE_MEDICAL);
	pt_view view = view_of(snapshot, true);
	pt_report_text_options options = {0};
	pt_error err;
	FILE *full = fopen("/dev/full", "w");
	if (!full) {
		puts("SKIP a_full_disk_is_an_error: /dev/full is absent");
		pt_snapshot_destroy(snapshot);
		skip();
	}
	assert_int_equal(pt_report_text_write(full, snapshot, &view, &options, &err), PT_ERR_IO);
	fclose(full);
	pt_snapshot_destroy(snapshot);
}

static void failed_allocations_are_told_or_harmless(void **state)
{
	(void)state;
	pt_snapshot *snapshot = fixture_create(FIXTURE_MEDICAL);
	pt_view view = view_of(snapshot, true);
	pt_report_text_options options = {0};
	FILE *out = fopen("/dev/null", "w");
	assert_non_null(out);
	for (size_t n = 1;; n++) {
		pt_alloc_fail_at(n, true);
		pt_status status = pt_report_text_write(out, snapshot, &view, &options, NULL);
		size_t made = pt_alloc_fail_at(0, false);
		assert_true(status == PT_OK || status == PT_ERR_MEMORY);
		if (made < n)
			break;
	}
	fclose(out);
	pt_snapshot_destroy(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_told),
		cmocka_unit_test(plots_can_be_left_out),
		cmocka_unit_test(every_width_is_kept),
		cmocka_unit_test(ascii_is_ascii),
		cmocka_unit_test(each_run_has_its_part),
		cmocka_unit_test(what_is_not_there_is_said),
		cmocka_unit_test(a_full_disk_is_an_error),
		cmocka_unit_test(failed_allocations_are_told_or_harmless),
	};
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
