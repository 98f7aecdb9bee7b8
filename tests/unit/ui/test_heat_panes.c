/** What the k-scan, the map of checkpoints and the scree say, in words and in roles. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "pane_drawing.h"

static pt_matrix_view *main_matrix(drawing *d)
{
	return &runs_of(d)[0].matrices[PT_MATRIX_B];
}

/* Cells of the map itself: a gradient's ink on a gradient's ground. */
static size_t n_of_map(const pt_frame *frame)
{
	size_t n = 0;
	for (int y = 0; y < frame->rows; y++)
		for (int x = 0; x < frame->cols; x++)
			n += pt_frame_get(frame, x, y).ground == PT_ROLE_STEP;
	return n;
}

static void k_scan_tells_the_deepest_cell_and_the_cursor(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 70, 20);
	draw_pane(&d, PT_PANE_K_SCAN);
	assert_shows(d.frame, "8 k-scan of B");
	assert_shows(d.frame, "min 0.488 @110 k 60");
	assert_shows(d.frame, "100  k 15 cos 0.906  least 0.505 at k 60");
	assert_shows(d.frame, "cos 0.4 ");
	assert_shows(d.frame, " 1.0");
	assert_true(n_of_map(d.frame) > 200);
	assert_true(n_of_role(d.frame, PT_ROLE_CROSSHAIR_CUT) > 8); /* the cursor, over the colours */
	d.view.cursor_step = 400;
	draw_pane(&d, PT_PANE_K_SCAN);
	assert_shows(d.frame, "400  k 15 no cos");
	end(&d);
}

/* The range of the colours follows the data; of several plots it is one. */
static void colours_span_the_data(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 70, 20);
	pt_k_scan_view *scan = &main_matrix(&d)->k_scan;
	double *values =
		fixture_alloc(&(fixture_maker){d.snapshot->arena, NULL}, scan->n_k * scan->n, sizeof *values);
	for (size_t i = 0; i < scan->n_k * scan->n; i++)
		values[i] = 0.9731 + 0.0001 * (double)(i % 200);
	scan->values = values;
	draw_pane(&d, PT_PANE_K_SCAN);
	assert_shows(d.frame, "cos 0.970 ");
	assert_shows(d.frame, " 0.995");
	for (size_t i = 0; i < scan->n_k * scan->n; i++)
		values[i] = i % 2 ? 1 : -1;
	draw_pane(&d, PT_PANE_K_SCAN);
	assert_shows(d.frame, "cos -1.0 "); /* never beyond what a cosine can be */
	assert_shows(d.frame, " 1.0");
	end(&d);
}

static void k_in_use_is_marked_at_the_axis(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 70, 26);
	size_t n[2] = {0, 0};
	for (int one = 0; one < 2; one++) {
		d.view.k_only = one;
		draw_pane(&d, PT_PANE_K_SCAN);
		for (int y = 0; y < d.frame->rows; y++)
			for (int x = 0; x < d.frame->cols; x++)
				n[one] += pt_frame_get(d.frame, x, y).glyph == U'▸';
	}
	assert_int_equal(n[0], 3);
	assert_int_equal(n[1], 1);
	end(&d);
}

static void map_is_symmetric_and_tells_the_alignment(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 70, 20);
	draw_pane(&d, PT_PANE_MAP);
	assert_shows(d.frame, "cosine map of B");
	assert_shows(d.frame, "to newest 0.884 @100");
	assert_shows(d.frame, "100  to 2 0.878  to 400 0.884");
	assert_shows(d.frame, "cos 0.7 ");
	assert_true(n_of_role(d.frame, PT_ROLE_CROSSHAIR_CUT) > 50); /* a row and a column */
	runs_of(&d)[0].verdicts[PT_MATRIX_B].step = PT_NO_STEP;
	draw_pane(&d, PT_PANE_MAP); /* no cursor where nobody put one and nothing turned */
	assert_int_equal(n_of_role(d.frame, PT_ROLE_CROSSHAIR_CUT), 0);
	assert_int_equal(row_of(d.frame, "to newest"), -1);
	end(&d);
}

static void a_checkpoint_without_direction_is_left_empty(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 70, 20);
	d.view.cursor_step = 400;
	draw_pane(&d, PT_PANE_MAP);
	size_t all = n_of_map(d.frame);
	pt_square_view *square = &main_matrix(&d)->checkpoint_cosine;
	double *values = pt_arena_copy(d.snapshot->arena, square->values, square->n * square->n, sizeof *values);
	for (size_t i = 0; i < square->n; i++)
		for (size_t j = 0; j < 20; j++) /* up to step 145 */
			values[i * square->n + j] = values[j * square->n + i] = PT_MISSING;
	square->values = values;
	draw_pane(&d, PT_PANE_MAP);
	assert_true(n_of_map(d.frame) < all * 7 / 10);
	for (size_t i = 0; i < square->n * square->n; i++)
		values[i] = PT_MISSING;
	d.snapshot->settings.wanted = PT_WANT_CHECKPOINT_COSINE;
	draw_pane(&d, PT_PANE_MAP);
	assert_shows(d.frame, "0 has no direction");
	end(&d);
}

static void scree_tells_shares_and_their_sum(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 60, 16);
	draw_pane(&d, PT_PANE_SCREE);
	assert_shows(d.frame, "scree of B");
	assert_shows(d.frame, "PC1+PC2 98.9 %");
	assert_shows(d.frame, "89.0 %  89.0 %");
	assert_shows(d.frame, "9.9 %  98.9 %");
	assert_shows(d.frame, "<0.1 % 100.0 %");
	assert_shows(d.frame, "own  so far");
	assert_shows(d.frame, "PC10");
	draw_pane(&d, PT_PANE_SCREE);
	main_matrix(&d)->pca.n_scree = 1;
	draw_pane(&d, PT_PANE_SCREE);
	assert_shows(d.frame, "PC1 89.0 %");
	end(&d);
	d = start(FIXTURE_MEDICAL, 30, 6); /* as many as there are rows for */
	draw_pane(&d, PT_PANE_SCREE);
	assert_shows(d.frame, "PC4");
	assert_int_equal(row_of(d.frame, "PC5"), -1);
	end(&d);
}

/* A bar of 89 % of 37 cells is 32 cells and 7 eighths. */
/* Two columns of numbers always have their names; where there is no row for those there is one column. */
static void columns_of_the_scree_are_named(void **state)
{
	(void)state;
	for (int rows = 3; rows < 14; rows++) {
		drawing d = start(FIXTURE_MEDICAL, 60, rows);
		draw_pane(&d, PT_PANE_SCREE);
		bool has_two = row_of(d.frame, "89.0 %  89.0 %") >= 0;
		assert_int_equal(has_two, row_of(d.frame, "own  so far") >= 0);
		assert_int_equal(has_two, rows >= 5);
		assert_shows(d.frame, "89.0 %");
		end(&d);
	}
}

static void bars_are_as_long_as_the_share(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 63, 14);
	draw_pane(&d, PT_PANE_SCREE);
	int y = row_of(d.frame, "PC1 "), full = 0, part = 0;
	for (int x = 0; x < d.frame->cols; x++) {
		uint32_t glyph = pt_frame_get(d.frame, x, y).glyph;
		full += glyph == 0x2588;
		part += glyph == 0x2589; /* seven eighths */
	}
	assert_int_equal(full, 32);
	assert_int_equal(part, 1);
	end(&d);
}

static void several_runs_and_types_have_small_plots(void **state)
{
	(void)state;
	static const pt_pane_id panes[] = {PT_PANE_K_SCAN, PT_PANE_MAP, PT_PANE_SCREE};
	for (size_t i = 0; i < 3; i++) {
		drawing d = start(FIXTURE_THREE, 90, 24);
		draw_pane(&d, panes[i]);
		assert_shows(d.frame, "● medical");
		assert_shows(d.frame, "▲ sports");
		assert_shows(d.frame, "■ finance");
		assert_shows(d.frame, "3 runs");
		end(&d);
		d = start(FIXTURE_MEDICAL, 90, 24);
		d.view.matrix = PT_CHOICE_BOTH;
		draw_pane(&d, panes[i]);
		assert_shows(d.frame, "A and B");
		assert_shows(d.frame, i == 0 ? "cos B 0.906" : i == 1 ? "100  B  to 2 0.878" : "PC1+PC2 99.4 %");
		end(&d);
	}
	drawing d = start(FIXTURE_THREE, 140, 24);
	draw_pane(&d, PT_PANE_K_SCAN);
	assert_shows(d.frame, "min 0.380 @125 k 60"); /* each has its own */
	end(&d);
}

static void absence_tells_what_would_bring_it(void **state)
{
	(void)state;
	static const struct {
		pt_pane_id pane;
		unsigned want;
		const char *young, *nothing;
	} cases[] = {
		{PT_PANE_K_SCAN, PT_WANT_K_SCAN, "t − k, t and t + k: 1 of at least 3 so far", "for no k are there"},
		{PT_PANE_MAP, PT_WANT_CHECKPOINT_COSINE, "waits for a second checkpoint: 1 of", "exactly 0"},
		{PT_PANE_SCREE, PT_WANT_SCREE, "wait for a second checkpoint: 1 of", "the same point"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		drawing d = start(FIXTURE_YOUNG, 100, 10);
		draw_pane(&d, cases[i].pane);
		assert_shows(d.frame, cases[i].young);
		d.view.matrix = PT_CHOICE_W;
		draw_pane(&d, cases[i].pane);
		assert_shows(d.frame, "no matrix W in this run");
		end(&d);
		d = start(FIXTURE_MEDICAL, 100, 10);
		pt_matrix_view *matrix = main_matrix(&d);
		matrix->k_scan.present = matrix->checkpoint_cosine.present = matrix->pca.present = false;
		d.snapshot->settings.wanted = 0;
		draw_pane(&d, cases[i].pane);
		assert_shows(d.frame, "being computed: the next look");
		d.snapshot->settings.wanted = cases[i].want;
		draw_pane(&d, cases[i].pane);
		assert_shows(d.frame, cases[i].nothing);
		runs_of(&d)[0].kept.set_progress = 0.4;
		draw_pane(&d, cases[i].pane);
		assert_shows(d.frame, "being computed: 40 %");
		end(&d);
	}
}

/* Without colours the map is a ramp of characters, as it is in ASCII. */
static void without_colours_a_map_is_a_ramp(void **state)
{
	(void)state;
	pt_cell cell = {.glyph = 0x2580, .width = 1, .role = PT_ROLE_STEP, .ground = PT_ROLE_STEP};
	assert_int_equal(pt_cell_plain_glyph(&cell, PT_CHARSET_UTF8), '.');
	cell.level = 100;
	assert_int_equal(pt_cell_plain_glyph(&cell, PT_CHARSET_UTF8), '+');
	cell.ground_level = 100;
	assert_int_equal(pt_cell_plain_glyph(&cell, PT_CHARSET_UTF8), '@');
	cell.ground = PT_ROLE_AXIS; /* nothing in the other half */
	assert_int_equal(pt_cell_plain_glyph(&cell, PT_CHARSET_UTF8), '@');
	cell.glyph = 0x2584;
	assert_int_equal(pt_cell_plain_glyph(&cell, PT_CHARSET_UTF8), '@');
	cell.ground = PT_ROLE_NONE; /* a curve of half blocks */
	assert_int_equal(pt_cell_plain_glyph(&cell, PT_CHARSET_UTF8), 0x2584);
	/* a band is its ground alone; where something stands on it that is seen */
	cell = (pt_cell){.glyph = ' ', .width = 1, .role = PT_ROLE_TEXT, .ground = PT_ROLE_BAND};
	assert_int_equal(pt_cell_plain_glyph(&cell, PT_CHARSET_ASCII), ',');
	assert_int_equal(pt_cell_plain_glyph(&cell, PT_CHARSET_UTF8), U'·');
	cell.glyph = U'⣀';
	assert_int_equal(pt_cell_plain_glyph(&cell, PT_CHARSET_UTF8), U'⣀');
	drawing d = start(FIXTURE_MEDICAL, 70, 20);
	draw_pane(&d, PT_PANE_MAP);
	assert_shows(d.frame, "cos 0.7 ..");
	assert_shows(d.frame, "@@@@@");
	end(&d);
}

static void small_panes_keep_the_figure(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 24, 2);
	draw_pane(&d, PT_PANE_K_SCAN);
	assert_shows(d.frame, "min 0.488 @110 k 60");
	draw_pane(&d, PT_PANE_MAP);
	assert_shows(d.frame, "to newest 0.884 @100");
	draw_pane(&d, PT_PANE_SCREE);
	assert_shows(d.frame, "89.0 %");
	end(&d);
}

static void the_border_tells_the_key(void **state)
{
	(void)state;
	static const char *const heads[PT_N_PANES] = {
		"┤1 ", "┤2 ", "┤3 ", "┤4 ", "┤5 ", "┤6 ", "┤7 ", "┤8 ", "┤9 ", "┤0 ", "┤^w1 ", "┤^w2 "};
	drawing d = start(FIXTURE_MEDICAL, 70, 10);
	for (int pane = 0; pane < PT_N_PANES; pane++) {
		draw_pane(&d, (pt_pane_id)pane);
		assert_int_equal(row_of(d.frame, heads[pane]), 0);
	}
	end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(k_scan_tells_the_deepest_cell_and_the_cursor),
		cmocka_unit_test(colours_span_the_data),
		cmocka_unit_test(k_in_use_is_marked_at_the_axis),
		cmocka_unit_test(map_is_symmetric_and_tells_the_alignment),
		cmocka_unit_test(a_checkpoint_without_direction_is_left_empty),
		cmocka_unit_test(scree_tells_shares_and_their_sum),
		cmocka_unit_test(columns_of_the_scree_are_named),
		cmocka_unit_test(bars_are_as_long_as_the_share),
		cmocka_unit_test(several_runs_and_types_have_small_plots),
		cmocka_unit_test(absence_tells_what_would_bring_it),
		cmocka_unit_test(without_colours_a_map_is_a_ramp),
		cmocka_unit_test(small_panes_keep_the_figure),
		cmocka_unit_test(the_border_tells_the_key),
	};
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
