/** Panes tile the body exactly at every size and after any actions; the focus is never lost. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "../../helpers/random_numbers.h"
#include "phasetop/ui/preset.h"
#include "phasetop/ui/view.h"

enum { MAX_COLUMNS = 200, MAX_ROWS = 80, N_ACTIONS_TRIED = 20000 };

static void assert_tiles(const pt_layout *layout, int columns, int rows)
{
	static unsigned char cover[MAX_ROWS][MAX_COLUMNS];
	pt_screen_parts screen = pt_screen_parts_of(columns, rows);
	pt_placing placing;
	pt_layout_place(layout, &screen, &placing);
	memset(cover, 0, sizeof cover);
	for (int i = 0; i < placing.n; i++) {
		const pt_place *place = &placing.places[i];
		assert_true(place->width > 0 && place->height > 0);
		assert_true(place->x >= 0 && place->x + place->width <= columns);
		assert_true(
			place->y >= screen.body_y && place->y + place->height <= screen.body_y + screen.body_height);
		assert_false(layout->hidden[place->pane]);
		if (placing.n > 1) {
			int min_rows = pt_pane_is_list(place->pane) ? PT_PANE_LIST_MIN_ROWS : PT_PANE_MIN_ROWS;
			assert_true(place->width >= PT_PANE_MIN_COLUMNS && place->height >= min_rows);
		}
		for (int y = place->y; y < place->y + place->height; y++)
			for (int x = place->x; x < place->x + place->width; x++)
				assert_int_equal(++cover[y][x], 1);
	}
	for (int y = screen.body_y; y < screen.body_y + screen.body_height; y++)
		for (int x = 0; x < columns; x++)
			assert_int_equal(cover[y][x], 1);
	assert_false(layout->hidden[layout->focus]);
	assert_true(screen.body_height < 1 || pt_placing_find(&placing, layout->focus));
	assert_true(layout->zoomed == PT_PANE_NONE || layout->zoomed == layout->focus);
}

static void assert_tiles_at_every_size(const pt_layout *layout, int every_columns)
{
	for (int rows = 1; rows <= MAX_ROWS; rows++)
		for (int columns = 1; columns <= MAX_COLUMNS; columns += every_columns)
			assert_tiles(layout, columns, rows);
}

static void test_every_size(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"column(row(norms,pca),row(*cosine,spectrum),-loss,-runs=6,-problems=6)",
		"column(row(norms,pca),row(*cosine,spectrum),loss,runs=6,problems=6)",
		"row(column(norms,loss:3),column(pca,row(cosine:2,spectrum)),*runs=30)",
		("column(row(norms,pca,modules),row(*cosine,spectrum),row(loss,k-scan,modes:2),row(map,scree),runs,"
		 "problems)"),
	};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		pt_layout layout;
		assert_int_equal(pt_layout_parse(texts[i], &layout, NULL), PT_OK);
		assert_tiles_at_every_size(&layout, 1);
	}
	for (size_t i = 0; i < pt_preset_count(); i++) {
		pt_layout layout = pt_preset_layout(i);
		assert_tiles_at_every_size(&layout, 7);
	}
}

static int below(uint64_t *seed, int n)
{
	return (int)(xorshift(seed) % (uint64_t)n);
}

/* Zooming and back leaves every rectangle as it was. */
static void assert_zoom_restores(const pt_view *view)
{
	pt_screen_parts screen = pt_screen_parts_of(view->columns, view->rows);
	pt_layout layout = view->layout;
	pt_placing before, after;
	pt_layout_zoom(&layout, false);
	memset(&before, 0, sizeof before);
	memset(&after, 0, sizeof after);
	pt_layout_place(&layout, &screen, &before);
	pt_layout_zoom(&layout, true);
	assert_tiles(&layout, view->columns, view->rows);
	pt_layout_zoom(&layout, false);
	pt_layout_place(&layout, &screen, &after);
	assert_memory_equal(&before, &after, sizeof before);
}

static void one_step(pt_view *view, uint64_t *seed)
{
	switch (below(seed, 10)) {
	case 0:
		pt_view_resize(view, 1 + below(seed, MAX_COLUMNS), 1 + below(seed, MAX_ROWS));
		break;
	case 1:
	case 2: {
		pt_mouse mouse = {(pt_mouse_kind)below(seed, PT_MOUSE_WHEEL_DOWN + 1), below(seed, view->columns),
			below(seed, view->rows)};
		pt_view_mouse(view, &mouse, NULL);
		break;
	}
	case 3: {
		pt_key key = (pt_key)below(seed, 2)
						 ? (pt_key)below(seed, 0x7F)
						 : (pt_key)(PT_KEY_SPECIAL + below(seed, 16)) | (pt_key)below(seed, 8) << 24;
		pt_view_key(view, key, NULL);
		break;
	}
	default:
		pt_view_apply(view, (pt_action)below(seed, PT_N_ACTIONS), 1 + below(seed, PT_N_PANES), NULL);
		break;
	}
}

static void test_any_actions(void **state)
{
	(void)state;
	for (uint64_t run = 1; run <= 3; run++) {
		uint64_t seed = run * 0x9E3779B97F4A7C15u;
		pt_settings settings = pt_settings_default();
		pt_layout layout = pt_layout_default();
		pt_view view = pt_view_first(&settings, &layout, PT_N_CHOICES);
		for (int i = 0; i < N_ACTIONS_TRIED; i++) {
			one_step(&view, &seed);
			assert_tiles(&view.layout, view.columns, view.rows);
			if (i % 16 == 0)
				assert_zoom_restores(&view);
			char text[PT_LAYOUT_TEXT_BYTES], again[PT_LAYOUT_TEXT_BYTES];
			pt_layout parsed;
			pt_layout_print(&view.layout, text, sizeof text);
			assert_int_equal(pt_layout_parse(text, &parsed, NULL), PT_OK);
			pt_layout_print(&parsed, again, sizeof again);
			assert_string_equal(text, again);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_size),
		cmocka_unit_test(test_any_actions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
