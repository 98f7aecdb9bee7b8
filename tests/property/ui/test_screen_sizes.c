/** Every snapshot at every size: nothing out of bounds, equal inputs give equal frames, nothing hostile gets
 * through, and no allocation that fails does harm. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../unit/ui/step_maps_fixture.h"
#include "../../unit/ui/snapshot_fixture.h"
#include "phasetop/ui/command.h"
#include "phasetop/ui/screen.h"

enum { N_VARIANTS = 10 };

static pt_view view_of(const pt_snapshot *snapshot, int variant, int cols, int rows)
{
	pt_layout layout = pt_layout_default();
	pt_settings settings = pt_settings_default();
	pt_view view = pt_view_first(snapshot ? &snapshot->settings : &settings, &layout, PT_N_CHOICES);
	view.unicode = variant != 3;
	pt_view_resize(&view, cols, rows);
	if (snapshot)
		pt_view_meet(&view, snapshot);
	view.help = variant == 4;
	view.form.open = variant == 5;
	static const pt_setting fields[] = {
		PT_SETTING_TURN_BELOW, PT_SETTING_MODULES, PT_SETTING_PROBES, PT_SETTING_GRAPH};
	_Static_assert(sizeof fields / sizeof fields[0] == PT_N_FORMS, "a field of every form");
	view.form.kind = (pt_form_kind)(cols % PT_N_FORMS);
	view.form.field = fields[view.form.kind];
	if (variant == 8) { /* typed into, with something offered */
		pt_command_open(&view, "theme \xE2\x80\xA6 and so on and so on, as far as it goes");
		view.command.offer = rows % 3 - 1;
		snprintf(view.command.stem, sizeof view.command.stem, rows % 2 ? "" : "preset ");
		view.command.wrong[0] = "w"[cols % 2];
	}
	if (variant == 9)
		pt_view_say(&view, cols % 2 == 0, "written: \x1b[31m%s", "medical-cosine.svg");
	if (variant == 6 || variant == 7) {
		pt_layout_focus(&view.layout, variant == 6 ? PT_PANE_MODULES : PT_PANE_MODES);
		pt_layout_zoom(&view.layout, true);
		view.selected_module = rows;
		view.module_sort = (pt_module_sort)(cols % PT_N_MODULE_SORTS);
	}
	view.frozen = variant == 2;
	view.side_by_side = (cols + variant) % 2 == 0;
	view.differences = variant == 1;
	view.align_on_turn = (rows + variant) % 3 == 0;
	view.joint_plane = (cols + rows) % 2 == 0;
	view.run_sort = (pt_run_sort)(cols % PT_N_RUN_SORTS);
	if (variant == 1)
		view.matrix = PT_CHOICE_ALL;
	if (variant == 2) {
		view.negate_cosine = view.invert_cosine = view.detrended = true;
		view.log_y[PT_PANE_NORMS] = view.log_y[PT_PANE_LOSS] = true;
		view.log_y[PT_PANE_SPECTRUM] = false;
		view.cursor_step = 400;
		view.guides = view.clips_outliers = view.log_x = true;
		view.smoothing = rows;
		view.zoom.axis = (pt_x_axis)(cols % PT_N_X_AXES);
		view.zoom.zoomed = rows % 2;
		view.zoom.hi = 200;
		view.zoom.y[PT_PANE_COSINE] = (pt_y_range){.zoomed = true, .lo = 0.9, .hi = 0.95};
		view.rubber = (pt_rubber){.pressed = true, .left = 1, .top = 1, .cols = 70, .rows = 40, .x1 = cols, .y1 = rows};
		for (int p = 0; p < PT_N_PANES; p++)
			pt_layout_show(&view.layout, (pt_pane_id)p, true);
	}
	return view;
}

static void assert_safe(const pt_frame *frame)
{
	for (int y = 0; y < frame->rows; y++)
		for (int x = 0; x < frame->cols; x++) {
			pt_cell cell = pt_frame_get(frame, x, y);
			assert_true(cell.role < PT_N_ROLES);
			assert_true(cell.ground < PT_N_ROLES);
			assert_true(cell.glyph == 0 ? cell.width == 0 : cell.glyph >= 0x20);
			assert_true(cell.glyph < 0x7F || cell.glyph > 0x9F);
			assert_true(cell.glyph < 0x202A || cell.glyph > 0x202E); /* bidi controls */
			if (frame->charset == PT_CHARSET_ASCII)
				assert_true(cell.glyph < 0x80);
		}
}

static void draw_at(const pt_snapshot *snapshot, int variant, int cols, int rows)
{
	pt_view view = view_of(snapshot, variant, cols, rows);
	pt_charset charset = variant == 3 ? PT_CHARSET_ASCII : PT_CHARSET_UTF8;
	pt_frame *one = NULL, *two = NULL;
	assert_int_equal(pt_frame_create(cols, rows, charset, &one, NULL), PT_OK);
	assert_int_equal(pt_frame_create(cols, rows, charset, &two, NULL), PT_OK);
	pt_screen_draw(snapshot, &view, one);
	pt_screen_draw(snapshot, &view, one); /* over itself: nothing of the first time is left */
	pt_screen_draw(snapshot, &view, two);
	assert_true(pt_frame_equal(one, two));
	assert_safe(one);
	pt_frame_destroy(one);
	pt_frame_destroy(two);
}

static void every_size_is_drawn(void **state)
{
	(void)state;
	for (int kind = 0; kind < FIXTURE_N_KINDS; kind++) {
		pt_snapshot *snapshot = fixture_create((fixture_kind)kind);
		fixture_step_maps(snapshot);
		for (int cols = 1; cols <= 120; cols += cols < 24 ? 1 : 13)
			for (int rows = 1; rows <= 50; rows += rows < 12 ? 1 : 9)
				draw_at(snapshot, (cols + rows + kind) % N_VARIANTS, cols, rows);
		pt_snapshot_destroy(snapshot);
	}
}

/* One pane over the whole frame: what a layout would collapse is drawn, too. */
static void draw_pane_at(const pt_snapshot *snapshot, pt_pane_id pane, int variant, int cols, int rows)
{
	pt_view view = view_of(snapshot, variant, cols, rows);
	pt_frame *frame = NULL;
	pt_charset charset = variant == 3 ? PT_CHARSET_ASCII : PT_CHARSET_UTF8;
	assert_int_equal(pt_frame_create(cols, rows, charset, &frame, NULL), PT_OK);
	pt_scene scene = pt_scene_of(snapshot, &view);
	pt_pane_draw(&scene, pane, frame, pt_frame_rect(frame));
	assert_safe(frame);
	pt_frame_destroy(frame);
}

static void every_pane_is_drawn_at_every_size(void **state)
{
	(void)state;
	static const fixture_kind kinds[] = {
		FIXTURE_MEDICAL, FIXTURE_THREE, FIXTURE_MANY, FIXTURE_YOUNG, FIXTURE_NETWORK};
	for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
		pt_snapshot *snapshot = fixture_create(kinds[kind]);
		for (int pane = 0; pane < PT_N_PANES; pane++)
			for (int cols = 1; cols <= 90; cols += cols < 40 ? 1 : 7)
				for (int rows = 1; rows <= 40; rows += rows < 16 ? 1 : 5)
					draw_pane_at(snapshot, (pt_pane_id)pane, (cols + rows) % 4, cols, rows);
		pt_snapshot_destroy(snapshot);
	}
}

static void large_sizes_are_drawn(void **state)
{
	(void)state;
	pt_snapshot *snapshot = fixture_create(FIXTURE_RICH);
	for (int variant = 0; variant < N_VARIANTS; variant++)
		draw_at(snapshot, variant, 500, 160);
	pt_snapshot_destroy(snapshot);
}

static void no_snapshot_yet_is_drawn(void **state)
{
	(void)state;
	for (int cols = 1; cols <= 90; cols += 11)
		for (int rows = 1; rows <= 30; rows += 5)
			draw_at(NULL, 0, cols, rows);
}

/* The smallest screens still tell the state. */
static void one_cell_is_a_glyph(void **state)
{
	(void)state;
	pt_snapshot *snapshot = fixture_create(FIXTURE_MEDICAL);
	pt_view view = view_of(snapshot, 0, 1, 1);
	pt_frame *frame = NULL;
	assert_int_equal(pt_frame_create(1, 1, PT_CHARSET_UTF8, &frame, NULL), PT_OK);
	pt_screen_draw(snapshot, &view, frame);
	assert_int_equal(pt_frame_get(frame, 0, 0).glyph, U'●');
	pt_frame_destroy(frame);
	pt_snapshot_destroy(snapshot);
}

static void failed_allocations_do_no_harm(void **state)
{
	(void)state;
	pt_snapshot *snapshot = fixture_create(FIXTURE_RICH);
	fixture_step_maps(snapshot);
	pt_frame *frame = NULL;
	pt_view view = view_of(snapshot, 1, 120, 36);
	view.smoothing = 10;
	view.clips_outliers = true;
	view.zoom.axis = PT_X_EPOCH;
	pt_layout_show(&view.layout, PT_PANE_MODULES, true);
	pt_layout_show(&view.layout, PT_PANE_MODES, true);
	assert_int_equal(pt_frame_create(120, 36, PT_CHARSET_UTF8, &frame, NULL), PT_OK);
	for (int forever = 0; forever < 2; forever++)
		for (size_t n = 1;; n++) {
			pt_alloc_fail_at(n, forever);
			pt_screen_draw(snapshot, &view, frame);
			size_t made = pt_alloc_fail_at(0, false);
			assert_safe(frame);
			if (made < n)
				break;
		}
	pt_frame_destroy(frame);
	pt_snapshot_destroy(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size_is_drawn),
		cmocka_unit_test(every_pane_is_drawn_at_every_size),
		cmocka_unit_test(large_sizes_are_drawn),
		cmocka_unit_test(no_snapshot_yet_is_drawn),
		cmocka_unit_test(one_cell_is_a_glyph),
		cmocka_unit_test(failed_allocations_do_no_harm),
	};
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
