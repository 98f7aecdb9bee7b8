/** The layout: presets, changes, text. That panes tile every size is in tests/property/ui/test_tiling.c. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "phasetop/ui/layout.h"

static pt_placing placed(const pt_layout *layout, int columns, int rows)
{
	pt_screen_parts screen = pt_screen_parts_of(columns, rows);
	pt_placing placing;
	pt_layout_place(layout, &screen, &placing);
	return placing;
}

static pt_place place_of(const pt_layout *layout, int columns, int rows, pt_pane_id pane)
{
	pt_placing placing = placed(layout, columns, rows);
	const pt_place *place = pt_placing_find(&placing, pane);
	assert_non_null(place);
	return *place;
}

static void test_default_is_four_quarters(void **state)
{
	(void)state;
	pt_layout layout = pt_layout_default();
	pt_placing placing = placed(&layout, 120, 36);
	assert_int_equal(placing.n, 4);
	pt_place norms = place_of(&layout, 120, 36, PT_PANE_NORMS), pca = place_of(&layout, 120, 36, PT_PANE_PCA);
	pt_place cosine = place_of(&layout, 120, 36, PT_PANE_COSINE);
	assert_int_equal(norms.x, 0);
	assert_int_equal(norms.y, 1);
	assert_int_equal(norms.width, 60);
	assert_int_equal(pca.x, 60);
	assert_int_equal(norms.height + cosine.height, 33);
	assert_int_equal(layout.focus, PT_PANE_COSINE);
	assert_int_equal(placed(&layout, 80, 24).n, 4);
	assert_int_equal(placed(&layout, 200, 60).n, 4);
}

static void test_parts_of_the_screen(void **state)
{
	(void)state;
	for (int rows = 0; rows < 100; rows++) {
		pt_screen_parts parts = pt_screen_parts_of(80, rows);
		int lines = (parts.status_row >= 0) + (parts.verdict_row >= 0) + (parts.keys_row >= 0);
		assert_true(lines + parts.body_height <= rows);
		assert_true(parts.verdict_row < rows && parts.keys_row < rows &&
					parts.body_y + parts.body_height <= rows + 1);
		assert_true(rows < 8 || (lines == 3 && parts.body_height == rows - 3));
	}
	assert_int_equal(pt_screen_parts_of(0, 24).body_height, 0);
	assert_int_equal(pt_screen_parts_of(-5, -5).body_height, 0);
}

static void test_small_screens_keep_the_focus(void **state)
{
	(void)state;
	pt_layout layout = pt_layout_default();
	for (int pane = 0; pane < PT_N_PANES; pane++) {
		pt_layout_focus(&layout, (pt_pane_id)pane);
		pt_placing placing = placed(&layout, 25, 8);
		assert_int_equal(placing.n, 1);
		assert_int_equal(placing.places[0].pane, pane);
	}
}

/* Too low for two rows of panes, wide enough for two side by side: a whole row stays. */
static void test_collapse_keeps_what_is_worth_most(void **state)
{
	(void)state;
	pt_layout layout = pt_layout_default();
	pt_placing placing = placed(&layout, 120, 14);
	assert_int_equal(placing.n, 2);
	assert_non_null(pt_placing_find(&placing, PT_PANE_COSINE));
	assert_non_null(pt_placing_find(&placing, PT_PANE_SPECTRUM));
	placing = placed(&layout, 39, 50); /* and the other way round */
	assert_int_equal(placing.n, 2);
	assert_non_null(pt_placing_find(&placing, PT_PANE_PCA));
}

static void test_hide_and_show_bring_back_the_same(void **state)
{
	(void)state;
	pt_layout layout = pt_layout_default();
	pt_placing before = placed(&layout, 120, 36);
	pt_layout_show(&layout, PT_PANE_NORMS, false);
	assert_int_equal(place_of(&layout, 120, 36, PT_PANE_PCA).width, 120);
	pt_layout_show(&layout, PT_PANE_NORMS, true);
	pt_placing after = placed(&layout, 120, 36);
	assert_memory_equal(&before, &after, sizeof before.places[0] * 4);
}

static void test_last_pane_stays(void **state)
{
	(void)state;
	pt_layout layout = pt_layout_default();
	for (int pane = 0; pane < PT_N_PANES; pane++)
		pt_layout_show(&layout, (pt_pane_id)pane, false);
	assert_int_equal(placed(&layout, 80, 24).n, 1);
	assert_false(layout.hidden[layout.focus]);
}

static void test_wanted_rows(void **state)
{
	(void)state;
	pt_layout layout = pt_layout_default();
	pt_layout_show(&layout, PT_PANE_RUNS, true);
	pt_layout_want(&layout, PT_PANE_RUNS, 7);
	assert_int_equal(place_of(&layout, 120, 36, PT_PANE_RUNS).height, 7);
	assert_int_equal(place_of(&layout, 120, 60, PT_PANE_RUNS).height, 7);
	/* no more than leaves the plots their minimum */
	pt_layout_want(&layout, PT_PANE_RUNS, 1000);
	assert_int_equal(place_of(&layout, 120, 36, PT_PANE_NORMS).height, PT_PANE_MIN_ROWS);
}

static void test_resize_moves_single_cells(void **state)
{
	(void)state;
	pt_layout layout = pt_layout_default();
	pt_screen_parts screen = pt_screen_parts_of(120, 36);
	pt_layout_resize(&layout, &screen, true, 1);
	assert_int_equal(place_of(&layout, 120, 36, PT_PANE_COSINE).width, 61);
	assert_int_equal(place_of(&layout, 120, 36, PT_PANE_NORMS).width, 60); /* another row */
	pt_layout_resize(&layout, &screen, true, -5);
	assert_int_equal(place_of(&layout, 120, 36, PT_PANE_COSINE).width, 56);
	int height = place_of(&layout, 120, 36, PT_PANE_COSINE).height;
	pt_layout_resize(&layout, &screen, false, 3);
	assert_int_equal(place_of(&layout, 120, 36, PT_PANE_COSINE).height, height + 3);
	assert_int_equal(place_of(&layout, 120, 36, PT_PANE_SPECTRUM).height, height + 3);
	pt_layout_resize(&layout, &screen, true, 1000);
	assert_int_equal(place_of(&layout, 120, 36, PT_PANE_SPECTRUM).width, PT_PANE_MIN_COLUMNS);
	pt_layout_equalise(&layout);
	assert_int_equal(place_of(&layout, 120, 36, PT_PANE_COSINE).width, 60);
}

static void test_focus_moves(void **state)
{
	(void)state;
	pt_layout layout = pt_layout_default();
	pt_screen_parts screen = pt_screen_parts_of(120, 36);
	pt_layout_focus_towards(&layout, &screen, 0, -1);
	assert_int_equal(layout.focus, PT_PANE_NORMS);
	pt_layout_focus_towards(&layout, &screen, 1, 0);
	assert_int_equal(layout.focus, PT_PANE_PCA);
	pt_layout_focus_towards(&layout, &screen, 1, 0); /* the edge */
	assert_int_equal(layout.focus, PT_PANE_PCA);
	pt_layout_focus_step(&layout, 1);
	assert_int_equal(layout.focus, PT_PANE_COSINE);
	pt_layout_focus_step(&layout, 1);
	pt_layout_focus_step(&layout, 1); /* round, past the hidden ones */
	assert_int_equal(layout.focus, PT_PANE_NORMS);
	pt_layout_focus_step(&layout, -1);
	assert_int_equal(layout.focus, PT_PANE_SPECTRUM);
}

static void test_zoom_and_back(void **state)
{
	(void)state;
	pt_layout layout = pt_layout_default();
	pt_placing before = placed(&layout, 120, 36);
	pt_layout_zoom(&layout, true);
	pt_placing zoomed = placed(&layout, 120, 36);
	assert_int_equal(zoomed.n, 1);
	assert_int_equal(zoomed.places[0].width, 120);
	pt_layout_focus_step(&layout, 1);
	assert_int_equal(placed(&layout, 120, 36).places[0].pane, PT_PANE_SPECTRUM);
	pt_layout_zoom(&layout, false);
	pt_placing after = placed(&layout, 120, 36);
	assert_int_equal(after.n, before.n);
	assert_memory_equal(before.places, after.places, sizeof before.places[0] * 4);
}

static void test_hit_and_drag(void **state)
{
	(void)state;
	pt_layout layout = pt_layout_default();
	pt_screen_parts screen = pt_screen_parts_of(120, 36);
	pt_layout_hit hit = pt_layout_hit_at(&layout, &screen, 10, 5);
	assert_int_equal(hit.pane, PT_PANE_NORMS);
	assert_int_equal(hit.border.before, -1);
	assert_int_equal(pt_layout_hit_at(&layout, &screen, 10, 0).pane, PT_PANE_NONE);
	assert_int_equal(pt_layout_hit_at(&layout, &screen, -1, 5).pane, PT_PANE_NONE);
	assert_int_equal(pt_layout_hit_at(&layout, &screen, 500, 500).pane, PT_PANE_NONE);
	/* either of the two cells of a border: it follows the pointer exactly */
	for (int grip = -1; grip <= 0; grip++) {
		hit = pt_layout_hit_at(&layout, &screen, 60 + grip, 5);
		assert_true(hit.border.before >= 0 && hit.border.vertical);
		pt_layout_drag(&layout, &screen, hit.border, 70 + grip, 9);
		assert_int_equal(place_of(&layout, 120, 36, PT_PANE_NORMS).width, 70);
		pt_layout_drag(&layout, &screen, hit.border, 60 + grip, 9);
		assert_int_equal(place_of(&layout, 120, 36, PT_PANE_NORMS).width, 60);
	}
	pt_layout_drag(&layout, &screen, hit.border, -1000, 0);
	assert_int_equal(place_of(&layout, 120, 36, PT_PANE_NORMS).width, PT_PANE_MIN_COLUMNS);
	pt_place cosine = place_of(&layout, 120, 36, PT_PANE_COSINE);
	hit = pt_layout_hit_at(&layout, &screen, 5, cosine.y);
	assert_true(hit.border.before >= 0 && !hit.border.vertical);
	pt_layout_drag(&layout, &screen, hit.border, 5, cosine.y - 4);
	assert_int_equal(place_of(&layout, 120, 36, PT_PANE_COSINE).height, cosine.height + 4);
	/* a border of another layout, or none */
	pt_layout_drag(&layout, &screen, PT_NO_BORDER, 5, 5);
	pt_layout_drag(&layout, &screen, (pt_border){.before = 30, .after = 31}, 5, 5);
}

static void test_text_reads_back(void **state)
{
	(void)state;
	const char *const texts[] = {
		"column(row(norms,pca),row(*cosine,spectrum),-loss,-runs=6,-problems=6)",
		"row(norms:3,pca:2)",
		"*loss",
		" column( row( norms , pca ):5 , *runs=9 ) ",
		"row(column(norms,loss),column(pca,row(cosine,spectrum)))",
		"row(*k-scan:2,column(modules,-modes),map,-scree)",
	};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		pt_layout first, second;
		char text[PT_LAYOUT_TEXT_BYTES], again[PT_LAYOUT_TEXT_BYTES];
		assert_int_equal(pt_layout_parse(texts[i], &first, NULL), PT_OK);
		pt_layout_print(&first, text, sizeof text);
		assert_int_equal(pt_layout_parse(text, &second, NULL), PT_OK);
		pt_layout_print(&second, again, sizeof again);
		assert_string_equal(text, again);
		assert_memory_equal(&first, &second, sizeof first);
	}
}

static void test_bad_texts(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t offset;
	} bad[] = {
		{"", 0},
		{"nonsense", 0},
		{"row", 3},
		{"row(", 4},
		{"row()", 4},
		{"row(norms", 9},
		{"row(norms,)", 10},
		{"row(norms))", 10},
		{"row(norms,norms)", 10},
		{"norms:0", 7},
		{"norms:99999999999999", 11},
		{"norms:x", 6},
		{"-norms", 6},
		{"-row(norms)", 1},
		{"norms\xff", 5},
		{"columns", 0},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		pt_layout layout = pt_layout_default(), before = layout;
		pt_error err = {0};
		assert_int_equal(pt_layout_parse(bad[i].text, &layout, &err), PT_ERR_INVALID);
		assert_int_equal(err.offset, bad[i].offset);
		assert_memory_equal(&layout, &before, sizeof layout);
	}
}

static void test_too_deep_a_text(void **state)
{
	(void)state;
	char text[1000] = "";
	pt_layout layout;
	for (int i = 0; i < 60; i++)
		strcat(text, "row(");
	assert_int_equal(pt_layout_parse(text, &layout, NULL), PT_ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default_is_four_quarters),
		cmocka_unit_test(test_parts_of_the_screen),
		cmocka_unit_test(test_small_screens_keep_the_focus),
		cmocka_unit_test(test_collapse_keeps_what_is_worth_most),
		cmocka_unit_test(test_hide_and_show_bring_back_the_same),
		cmocka_unit_test(test_last_pane_stays),
		cmocka_unit_test(test_wanted_rows),
		cmocka_unit_test(test_resize_moves_single_cells),
		cmocka_unit_test(test_focus_moves),
		cmocka_unit_test(test_zoom_and_back),
		cmocka_unit_test(test_hit_and_drag),
		cmocka_unit_test(test_text_reads_back),
		cmocka_unit_test(test_bad_texts),
		cmocka_unit_test(test_too_deep_a_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
