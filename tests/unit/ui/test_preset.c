/** Presets: each can be read, fits the usual screens, and is known again after what does not change it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "phasetop/ui/preset.h"

static pt_placing placed(const pt_layout *layout, int columns, int rows)
{
	pt_screen_parts screen = pt_screen_parts_of(columns, rows);
	pt_placing placing;
	pt_layout_place(layout, &screen, &placing);
	return placing;
}

static void the_first_is_the_default(void **state)
{
	(void)state;
	pt_layout first = pt_preset_layout(0), standard = pt_layout_default();
	assert_string_equal(pt_preset_name(0), "watch");
	assert_memory_equal(&first, &standard, sizeof first);
	pt_layout beyond = pt_preset_layout(pt_preset_count());
	assert_memory_equal(&beyond, &standard, sizeof beyond);
}

static void names_lead_back(void **state)
{
	(void)state;
	assert_true(pt_preset_count() >= 4);
	for (size_t i = 0; i < pt_preset_count(); i++) {
		assert_int_equal(pt_preset_named(pt_preset_name(i)), i);
		assert_true(strlen(pt_preset_about(i)) > 20 && strlen(pt_preset_about(i)) < 80);
	}
	assert_int_equal(pt_preset_named("early-warning"), 1);
	assert_int_equal(pt_preset_named("early"), -1);
	assert_string_equal(pt_preset_name(99), "");
	assert_string_equal(pt_preset_about(99), "");
}

/* All panes of each have room on the smallest usual screen and on a large one; smaller ones keep the focus.
 */
static void each_fits_the_usual_screens(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int n;
		pt_pane_id panes[4];
	} wanted[] = {
		{"watch", 4, {PT_PANE_NORMS, PT_PANE_PCA, PT_PANE_COSINE, PT_PANE_SPECTRUM}},
		{"early-warning", 3, {PT_PANE_SPECTRUM, PT_PANE_LOSS, PT_PANE_MODES}},
		{"rotation", 4, {PT_PANE_COSINE, PT_PANE_K_SCAN, PT_PANE_MODULES, PT_PANE_PCA}},
		{"layers", 4, {PT_PANE_MODULES, PT_PANE_MAP, PT_PANE_SCREE, PT_PANE_NORMS}},
	};
	static const int sizes[][2] = {{80, 24}, {120, 36}, {200, 60}};
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		pt_layout layout = pt_preset_layout((size_t)pt_preset_named(wanted[i].name));
		for (size_t s = 0; s < 3; s++) {
			pt_placing placing = placed(&layout, sizes[s][0], sizes[s][1]);
			assert_int_equal(placing.n, wanted[i].n);
			for (int p = 0; p < wanted[i].n; p++) {
				const pt_place *place = pt_placing_find(&placing, wanted[i].panes[p]);
				assert_non_null(place);
				assert_true(place->width >= 30 && place->height >= 8);
			}
		}
		pt_placing small = placed(&layout, 30, 10);
		assert_int_equal(small.n, 1);
		assert_int_equal(small.places[0].pane, layout.focus);
	}
}

static void an_arrangement_is_known_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < pt_preset_count(); i++) {
		pt_layout layout = pt_preset_layout(i);
		pt_screen_parts screen = pt_screen_parts_of(120, 36);
		char text[PT_LAYOUT_TEXT_BYTES];
		assert_int_equal(pt_preset_of(&layout), i);
		pt_layout_resize(&layout, &screen, true, 3);
		pt_layout_focus_step(&layout, 1);
		pt_layout_zoom(&layout, true);
		pt_layout_show(&layout, PT_PANE_RUNS, true);
		pt_layout_want(&layout, PT_PANE_RUNS, 9);
		assert_int_equal(pt_preset_of(&layout), i);
		pt_layout_print(&layout, text, sizeof text);
		assert_int_equal(pt_layout_parse(text, &layout, NULL), PT_OK);
		assert_int_equal(pt_preset_of(&layout), i);
		pt_layout_show(&layout, layout.focus, false);
		assert_int_equal(pt_preset_of(&layout), -1);
	}
	pt_layout other;
	assert_int_equal(pt_layout_parse("row(norms,pca,cosine,spectrum)", &other, NULL), PT_OK);
	assert_int_equal(pt_preset_of(&other), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_is_the_default),
		cmocka_unit_test(names_lead_back),
		cmocka_unit_test(each_fits_the_usual_screens),
		cmocka_unit_test(an_arrangement_is_known_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
