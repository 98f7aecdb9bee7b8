/**
 * Expected frames of the whole screen (tests/golden/ui): glyphs as text, and roles as a second text. After a
 * wanted change: make golden-update, and look at the diff.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "phasetop/ui/preset.h"
#include "phasetop/ui/screen.h"
#include "../../golden/golden_file.h"
#include "step_maps_fixture.h"

typedef struct golden {
	const char *name;
	fixture_kind kind;
	int cols, rows;
	void (*change)(pt_view *view); /* NULL: the first view */
	bool ascii;
} golden;

static void both_matrices(pt_view *view)
{
	view->matrix = PT_CHOICE_BOTH;
}

static void loss_alone(pt_view *view)
{
	pt_layout_focus(&view->layout, PT_PANE_LOSS);
	pt_layout_zoom(&view->layout, true);
}

static void problems_alone(pt_view *view)
{
	pt_layout_focus(&view->layout, PT_PANE_PROBLEMS);
	pt_layout_zoom(&view->layout, true);
}

static void cosine_turned_over(pt_view *view)
{
	pt_layout_zoom(&view->layout, true);
	view->negate_cosine = true;
	view->cursor_step = 395;
}

static void help_open(pt_view *view)
{
	view->help = true;
}

static void form_open(pt_view *view)
{
	view->form.open = true;
	view->frozen = true;
	view->newer_waits = true;
	view->form.field = PT_SETTING_MIN_STEP_NORM;
	strcpy(view->form.text[PT_SETTING_MIN_STEP_NORM], "0.0x");
	view->form.wrong[PT_SETTING_MIN_STEP_NORM] = true;
}

static void one_hidden(pt_view *view)
{
	view->run_hidden[1] = true;
	view->detrended = true;
	view->glyphs_default = PT_GLYPH_BLOCK;
}

static void press(pt_view *view, const char *keys)
{
	for (; *keys; keys++)
		pt_view_key(view, pt_key_of_character((uint32_t)*keys), NULL);
}

static void early_warning(pt_view *view)
{
	press(view, "p");
}

static void rotation(pt_view *view)
{
	press(view, "pp");
}

static void cosine_alone(pt_view *view)
{
	pt_layout_zoom(&view->layout, true);
	view->cursor_step = 55;
}

static void modules_alone(pt_view *view)
{
	pt_layout_focus(&view->layout, PT_PANE_MODULES);
	pt_layout_zoom(&view->layout, true);
	view->selected_module = 4;
}

static void modules_by_angle(pt_view *view)
{
	modules_alone(view);
	press(view, "<<");
	view->selected_module = 26;
}

static void modes_alone(pt_view *view)
{
	pt_layout_focus(&view->layout, PT_PANE_MODES);
	pt_layout_zoom(&view->layout, true);
}

static void modules_form(pt_view *view)
{
	press(view, "Mlayers=0-4");
}

static void modules_form_refused(pt_view *view)
{
	press(view, "Mlayers=4-0");
}

static void probes_form(pt_view *view)
{
	press(view, "u\t");
}

static void command_offers(pt_view *view)
{
	press(view, ":preset \t\t\t");
}

static void command_refused(pt_view *view)
{
	press(view, ":k 5,0\r");
}

static void command_answered(pt_view *view)
{
	press(view, ":pairing\r");
}

static void options_form(pt_view *view)
{
	press(view, "o\t\t\t");
}

static void options_form_at_its_end(pt_view *view)
{
	press(view, "o");
	pt_view_key(view, PT_KEY_UP, NULL);
	pt_view_key(view, PT_KEY_LEFT, NULL);
}

static void heat_maps_and_scree(pt_view *view)
{
	pt_status status = pt_layout_parse("column(row(*k-scan,map),row(scree,cosine))", &view->layout, NULL);
	assert_int_equal(status, PT_OK);
}

static void the_same_of_both(pt_view *view)
{
	heat_maps_and_scree(view);
	view->matrix = PT_CHOICE_BOTH;
	view->cursor_step = 200;
}

static void the_same_in_blocks(pt_view *view)
{
	heat_maps_and_scree(view);
	view->glyphs_default = PT_GLYPH_BLOCK;
}

static void k_scan_alone(pt_view *view)
{
	pt_layout_focus(&view->layout, PT_PANE_K_SCAN);
	pt_layout_zoom(&view->layout, true);
}

static void put_preset(pt_view *view, const char *name)
{
	pt_layout layout = pt_preset_layout((size_t)pt_preset_named(name));
	bool unicode = view->unicode;
	int cols = view->columns, rows = view->rows;
	*view = pt_view_first(&view->settings, &layout, PT_N_CHOICES);
	view->unicode = unicode;
	pt_view_resize(view, cols, rows);
}

static void compare(pt_view *view)
{
	put_preset(view, "compare");
}

static void compare_own_planes(pt_view *view)
{
	put_preset(view, "compare");
	view->joint_plane = false;
	view->cursor_step = 200;
}

static void compare_overlaid(pt_view *view)
{
	put_preset(view, "compare");
	view->side_by_side = false;
}

static void differences(pt_view *view)
{
	view->differences = true;
}

static void differences_in_columns(pt_view *view)
{
	put_preset(view, "compare");
	view->differences = true;
	view->align_on_turn = true;
}

static void aligned(pt_view *view)
{
	view->align_on_turn = true;
}

static void triage(pt_view *view)
{
	put_preset(view, "triage");
}

static void triage_sorted(pt_view *view)
{
	put_preset(view, "triage");
	view->run_sort = PT_RUNS_BY_MIN_COSINE;
	view->selected_run = 17;
	view->run_hidden[2] = true;
}

static void triage_filtered(pt_view *view)
{
	put_preset(view, "triage");
	press(view, "/med -s0");
	view->run_sort = PT_RUNS_BY_AGE;
}

static void zoomed_with_guides(pt_view *view)
{
	view->guides = true;
	view->zoom.zoomed = true;
	view->zoom.lo = 60;
	view->zoom.hi = 180;
}

static void smooth_epochs(pt_view *view)
{
	pt_layout_show(&view->layout, PT_PANE_LOSS, true);
	view->zoom.axis = PT_X_EPOCH;
	view->smoothing = 20;
	view->clips_outliers = true;
}

static void times_of_day(pt_view *view)
{
	rotation(view);
	view->zoom.axis = PT_X_WALL;
}

static void rectangle(pt_view *view)
{
	view->rubber = (pt_rubber){.pressed = true,
		.pane = PT_PANE_COSINE,
		.left = 7,
		.top = 14,
		.cols = 31,
		.rows = 5,
		.x0 = 12,
		.y0 = 14,
		.x1 = 24,
		.y1 = 17};
}

static const golden goldens[] = {
	{"medical_80x24", FIXTURE_MEDICAL, 80, 24, NULL, false},
	{"medical_120x36", FIXTURE_MEDICAL, 120, 36, NULL, false},
	{"medical_200x60", FIXTURE_MEDICAL, 200, 60, NULL, false},
	{"medical_40x12", FIXTURE_MEDICAL, 40, 12, NULL, false},
	{"medical_20x6", FIXTURE_MEDICAL, 20, 6, NULL, false},
	{"medical_ascii_80x24", FIXTURE_MEDICAL, 80, 24, NULL, true},
	{"medical_both_120x36", FIXTURE_MEDICAL, 120, 36, both_matrices, false},
	{"medical_loss_80x24", FIXTURE_MEDICAL, 80, 24, loss_alone, false},
	{"medical_negated_80x24", FIXTURE_MEDICAL, 80, 24, cosine_turned_over, false},
	{"medical_help_80x24", FIXTURE_MEDICAL, 80, 24, help_open, false},
	{"stale_form_80x24", FIXTURE_STALE, 80, 24, form_open, false},
	{"three_80x24", FIXTURE_THREE, 80, 24, NULL, false},
	{"three_120x36", FIXTURE_THREE, 120, 36, NULL, false},
	{"three_hidden_120x36", FIXTURE_THREE, 120, 36, one_hidden, false},
	{"three_ascii_80x24", FIXTURE_THREE, 80, 24, NULL, true},
	{"empty_80x24", FIXTURE_EMPTY, 80, 24, NULL, false},
	{"no_runs_80x24", FIXTURE_NO_RUNS, 80, 24, NULL, false},
	{"young_80x24", FIXTURE_YOUNG, 80, 24, NULL, false},
	{"broken_80x24", FIXTURE_BROKEN, 80, 24, problems_alone, false},
	{"network_80x24", FIXTURE_NETWORK, 80, 24, NULL, false},
	{"rich_80x24", FIXTURE_RICH, 80, 24, NULL, false},
	{"rich_cosine_120x36", FIXTURE_RICH, 120, 36, cosine_alone, false},
	{"rich_cosine_ascii_80x24", FIXTURE_RICH, 80, 24, cosine_alone, true},
	{"rich_rotation_80x24", FIXTURE_RICH, 80, 24, rotation, false},
	{"rich_rotation_120x36", FIXTURE_RICH, 120, 36, rotation, false},
	{"rich_early_warning_80x24", FIXTURE_RICH, 80, 24, early_warning, false},
	{"rich_modules_80x24", FIXTURE_RICH, 80, 24, modules_alone, false},
	{"rich_modules_150x44", FIXTURE_RICH, 150, 44, modules_by_angle, false},
	{"rich_modules_40x12", FIXTURE_RICH, 40, 12, modules_alone, false},
	{"rich_modules_ascii_80x24", FIXTURE_RICH, 80, 24, modules_alone, true},
	{"rich_modes_80x24", FIXTURE_RICH, 80, 24, modes_alone, false},
	{"rich_modes_150x44", FIXTURE_RICH, 150, 44, modes_alone, false},
	{"rich_modes_ascii_80x24", FIXTURE_RICH, 80, 24, modes_alone, true},
	{"rich_modules_form_80x24", FIXTURE_RICH, 80, 24, modules_form, false},
	{"rich_modules_refused_40x12", FIXTURE_RICH, 40, 12, modules_form_refused, false},
	{"subset_120x36", FIXTURE_SUBSET, 120, 36, NULL, false},
	{"subset_early_warning_120x36", FIXTURE_SUBSET, 120, 36, early_warning, false},
	{"subset_probes_form_ascii_80x24", FIXTURE_SUBSET, 80, 24, probes_form, true},
	{"command_offers_80x24", FIXTURE_MEDICAL, 80, 24, command_offers, false},
	{"command_refused_ascii_80x24", FIXTURE_MEDICAL, 80, 24, command_refused, true},
	{"command_answered_40x6", FIXTURE_MEDICAL, 40, 6, command_answered, false},
	{"options_form_120x36", FIXTURE_MEDICAL, 120, 36, options_form, false},
	{"options_form_end_80x24", FIXTURE_MEDICAL, 80, 24, options_form_at_its_end, false},
	{"heat_80x24", FIXTURE_MEDICAL, 80, 24, heat_maps_and_scree, false},
	{"heat_200x60", FIXTURE_MEDICAL, 200, 60, heat_maps_and_scree, false},
	{"heat_ascii_80x24", FIXTURE_MEDICAL, 80, 24, heat_maps_and_scree, true},
	{"heat_both_120x36", FIXTURE_MEDICAL, 120, 36, the_same_of_both, false},
	{"heat_three_120x36", FIXTURE_THREE, 120, 36, the_same_in_blocks, false},
	{"heat_young_80x24", FIXTURE_YOUNG, 80, 24, heat_maps_and_scree, false},
	{"compare_80x24", FIXTURE_THREE, 80, 24, compare, false},
	{"compare_120x36", FIXTURE_THREE, 120, 36, compare, false},
	{"compare_200x60", FIXTURE_THREE, 200, 60, compare, false},
	{"compare_ascii_80x24", FIXTURE_THREE, 80, 24, compare, true},
	{"compare_own_planes_120x36", FIXTURE_THREE, 120, 36, compare_own_planes, false},
	{"compare_overlaid_120x36", FIXTURE_THREE, 120, 36, compare_overlaid, false},
	{"compare_many_120x36", FIXTURE_MANY, 120, 36, compare, false},
	{"differences_120x36", FIXTURE_THREE, 120, 36, differences, false},
	{"differences_columns_120x36", FIXTURE_THREE, 120, 36, differences_in_columns, false},
	{"aligned_120x36", FIXTURE_THREE, 120, 36, aligned, false},
	{"triage_80x24", FIXTURE_THREE, 80, 24, triage, false},
	{"triage_120x36", FIXTURE_THREE, 120, 36, triage, false},
	{"triage_many_80x24", FIXTURE_MANY, 80, 24, triage, false},
	{"triage_many_120x36", FIXTURE_MANY, 120, 36, triage_sorted, false},
	{"triage_many_200x60", FIXTURE_MANY, 200, 60, triage_sorted, false},
	{"triage_many_ascii_80x24", FIXTURE_MANY, 80, 24, triage_filtered, true},
	{"heat_k_scan_80x24", FIXTURE_MEDICAL, 80, 24, k_scan_alone, false},
	{"zoomed_120x36", FIXTURE_MEDICAL, 120, 36, zoomed_with_guides, false},
	{"epochs_120x36", FIXTURE_THREE, 120, 36, smooth_epochs, false},
	{"epochs_ascii_80x24", FIXTURE_MEDICAL, 80, 24, smooth_epochs, true},
	{"times_120x36", FIXTURE_MEDICAL, 120, 36, times_of_day, false},
	{"rectangle_80x24", FIXTURE_MEDICAL, 80, 24, rectangle, false},
};
enum { N_GOLDENS = sizeof goldens / sizeof goldens[0] };

/* Roles by letters in the order of their first use, with what each means below: the text does not depend on
 * the numbers of the roles. Grounds follow as a second plane where there are any. */
typedef struct role_letters {
	char letter[PT_N_ROLES];
	pt_role order[PT_N_ROLES];
	int n;
} role_letters;

static char letter_of(role_letters *letters, int role)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	if (role < 0 || role >= PT_N_ROLES)
		return '?';
	if (!letters->letter[role]) {
		letters->letter[role] = alphabet[letters->n];
		letters->order[letters->n++] = (pt_role)role;
	}
	return letters->letter[role];
}

static void write_roles(const pt_frame *frame, FILE *out)
{
	role_letters letters = {.n = 0};
	for (int plane = 0; plane < 2; plane++) {
		for (int y = 0; y < frame->rows; y++) {
			for (int x = 0; x < frame->cols; x++) {
				pt_cell cell = pt_frame_get(frame, x, y);
				int role = plane ? cell.ground : cell.glyph == ' ' ? 0 : cell.role;
				bool blank = plane ? role == 0 : cell.glyph == ' ' && cell.role == PT_ROLE_TEXT;
				fputc(blank ? '.' : letter_of(&letters, plane ? role : cell.role), out);
			}
			fputc('\n', out);
		}
		fputs(plane ? "" : "-- grounds\n", out);
	}
	for (int i = 0; i < letters.n; i++)
		fprintf(out, "%c %s\n", letters.letter[letters.order[i]], pt_role_name(letters.order[i]));
}

static void write_glyphs(const pt_frame *frame, FILE *out)
{
	char row[4 * 400 + 1];
	for (int y = 0; y < frame->rows; y++) {
		pt_frame_row_text(frame, y, row, sizeof row);
		fprintf(out, "%s\n", row);
	}
}

static void check_plane(const golden *one, const char *plane, const pt_frame *frame)
{
	char path[160];
	snprintf(path, sizeof path, "tests/golden/ui/%s.%s", one->name, plane);
	char *got = NULL;
	size_t n_bytes = 0;
	FILE *memory = open_memstream(&got, &n_bytes);
	assert_non_null(memory);
	if (strcmp(plane, "glyphs") == 0)
		write_glyphs(frame, memory);
	else
		write_roles(frame, memory);
	fclose(memory);
	if (!golden_check(path, got))
		fail();
	free(got);
}

static void draws_as_expected(void **state)
{
	const golden *one = *state;
	pt_snapshot *snapshot = fixture_create(one->kind);
	fixture_step_maps(snapshot);
	pt_layout layout = pt_layout_default();
	pt_view view = pt_view_first(&snapshot->settings, &layout, PT_N_CHOICES);
	pt_frame *frame = NULL;
	view.unicode = !one->ascii;
	pt_view_resize(&view, one->cols, one->rows);
	pt_view_meet(&view, snapshot);
	if (one->change)
		one->change(&view);
	pt_view_meet(&view, snapshot);
	pt_charset charset = one->ascii ? PT_CHARSET_ASCII : PT_CHARSET_UTF8;
	assert_int_equal(pt_frame_create(one->cols, one->rows, charset, &frame, NULL), PT_OK);
	pt_screen_draw(snapshot, &view, frame);
	check_plane(one, "glyphs", frame);
	check_plane(one, "roles", frame);
	pt_frame_destroy(frame);
	pt_snapshot_destroy(snapshot);
}

int main(void)
{
	struct CMUnitTest tests[N_GOLDENS];
	setenv("TZ", "UTC", 1); /* "next ≈ 13:42" is a local time of day */
	for (size_t i = 0; i < N_GOLDENS; i++)
		tests[i] = (struct CMUnitTest){.name = goldens[i].name,
			.test_func = draws_as_expected,
			.initial_state = (void *)(uintptr_t)&goldens[i]};
	return _cmocka_run_group_tests("screen_golden", tests, N_GOLDENS, NULL, NULL);
}
