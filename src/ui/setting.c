/* Settings by name: to the view, and back to text (contracts in setting.h). */
#include "phasetop/ui/setting.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "phasetop/base/number.h"
#include "phasetop/ui/preset.h"
#include "phasetop/ui/theme.h"
#include "setting_ranges.h"
#include "setting_values.h"
#include "view_private.h"

static const pt_setting_row rows[] = {
#define X(id, name, option, values, live, help) {name, option, values, live, help},
	PT_SETTING_TABLE(X)
#undef X
};
_Static_assert(sizeof rows / sizeof rows[0] == PT_N_SETTINGS, "a row for each setting");

static const char *const graph_names[PT_N_GLYPH_CHOICES] = {"auto", "braille", "block", "ascii"};

const pt_setting_row *pt_setting_row_of(pt_setting setting)
{
	return &rows[setting];
}

pt_setting pt_setting_named(const char *name)
{
	for (int i = 0; i < PT_N_SETTINGS; i++)
		if (strcmp(rows[i].name, name) == 0 || (name[0] && strcmp(rows[i].option, name) == 0))
			return (pt_setting)i;
	return PT_N_SETTINGS;
}

/* --- from text ------------------------------------------------------------------------------------- */
/* Each returns NULL when `text` was taken, else what is expected. "" is the default. */

/* Settings that are on or off, where the view has them, and what stands there for "on". At first all are
 * false. */
typedef struct flag_row {
	pt_setting setting;
	size_t offset;
	bool on;
	const char *words[2]; /* for off and on */
} flag_row;

static const flag_row flag_rows[] = {
	{PT_SETTING_DETREND, offsetof(pt_view, detrended), true, {"off", "on"}},
	{PT_SETTING_ALIGN, offsetof(pt_view, align_on_turn), true, {"step", "turn"}},
	{PT_SETTING_SIDE_BY_SIDE, offsetof(pt_view, side_by_side), true, {"off", "on"}},
	{PT_SETTING_DIFFERENCES, offsetof(pt_view, differences), true, {"off", "on"}},
	{PT_SETTING_JOINT_PLANE, offsetof(pt_view, joint_plane), true, {"off", "on"}},
	{PT_SETTING_LOG_X, offsetof(pt_view, log_x), true, {"off", "on"}},
	{PT_SETTING_CLIP_OUTLIERS, offsetof(pt_view, clips_outliers), true, {"off", "on"}},
	{PT_SETTING_GUIDES, offsetof(pt_view, guides), true, {"off", "on"}},
	{PT_SETTING_THRESHOLDS_ON, offsetof(pt_view, thresholds_off), false, {"off", "on"}},
	{PT_SETTING_SIGN, offsetof(pt_view, negate_cosine), true, {"off", "on"}},
	{PT_SETTING_INVERT, offsetof(pt_view, invert_cosine), true, {"off", "on"}},
	{PT_SETTING_MOUSE, offsetof(pt_view, no_mouse), false, {"off", "on"}},
};

static const flag_row *flag_of(pt_setting setting)
{
	for (size_t i = 0; i < sizeof flag_rows / sizeof flag_rows[0]; i++)
		if (flag_rows[i].setting == setting)
			return &flag_rows[i];
	return NULL;
}

bool pt_setting_is_flag(pt_setting setting)
{
	return setting == PT_SETTING_ASCII || flag_of(setting) != NULL;
}

const char *pt_setting_flag_word(pt_setting setting, bool on)
{
	const flag_row *row = flag_of(setting);
	return row ? row->words[on] : on ? "on" : "off";
}

static const char *set_flag(pt_view *view, const flag_row *row, const char *text)
{
	bool *flag = (bool *)((char *)view + row->offset), before = *flag;
	if (strcmp(text, row->words[1]) == 0)
		*flag = row->on;
	else if (strcmp(text, row->words[0]) == 0)
		*flag = !row->on;
	else if (text[0])
		return rows[row->setting].values;
	else
		*flag = false;
	if (row->setting == PT_SETTING_ALIGN && *flag != before)
		pt_view_tell_steps_anew(view);
	return NULL;
}

/* The name of what was made by hand: the layout says it. */
static const char own_arrangement[] = "own";

static const char *set_preset(pt_view *view, const char *text, char *expected, size_t capacity)
{
	ptrdiff_t preset = text[0] ? pt_preset_named(text) : 0;
	if (strcmp(text, own_arrangement) == 0)
		return NULL;
	if (preset >= 0) {
		pt_view_take_preset(view, preset);
		return NULL;
	}
	pt_text names = pt_text_over(expected, capacity);
	for (size_t i = 0; i < pt_preset_count(); i++)
		pt_text_addf(&names, "%s%s",
			i == 0                      ? ""
			: i + 1 < pt_preset_count() ? ", "
										: " or ",
			pt_preset_name(i));
	return expected;
}

static const char *set_layout(pt_view *view, const char *text, char *expected, size_t capacity)
{
	pt_layout layout = pt_layout_default();
	pt_error err;
	if (text[0] && pt_layout_parse(text, &layout, &err) != PT_OK) {
		pt_text words = pt_text_over(expected, capacity);
		pt_text_addf(&words, "an arrangement such as row(norms:2,cosine) (%s)", err.message);
		return expected;
	}
	view->layout = layout;
	pt_view_start_panes(view);
	return NULL;
}

static const char *set_zoomed(pt_view *view, const char *text)
{
	pt_pane_id pane = pt_pane_named(text, strlen(text));
	if (pane == PT_PANE_NONE && text[0] && strcmp(text, "none") != 0)
		return "a pane, or none";
	if (pane != PT_PANE_NONE)
		pt_layout_focus(&view->layout, pane);
	pt_layout_zoom(&view->layout, pane != PT_PANE_NONE);
	return NULL;
}

static const char *set_matrix(pt_view *view, const char *text)
{
	bool is_auto = text[0] == '\0' || strcmp(text, "auto") == 0;
	pt_matrix_choice choice = is_auto ? PT_CHOICE_B : pt_matrix_choice_named(text);
	if (choice == PT_N_CHOICES)
		return "A, B, dW, W, both or all";
	if (choice != view->matrix)
		pt_zoom_forget_y(&view->zoom); /* the norms of A tell nothing of those of B */
	view->matrix = choice;
	view->matrix_placed = !is_auto;
	return NULL;
}

static const char *set_k_overlays(pt_view *view, const char *text)
{
	int64_t only = 0;
	if (text[0] && strcmp(text, "all") != 0 && !pt_number_read_int(text, 1, PT_MAX_K, &only))
		return "all, or a number from 1 to 8";
	view->k_only = (int)only;
	return NULL;
}

static const char *set_log_y(pt_view *view, const char *text)
{
	bool log_y[PT_N_PANES] = {false};
	log_y[PT_PANE_SPECTRUM] = text[0] == '\0';
	for (const char *at = text; *at && strcmp(text, "none") != 0;) {
		size_t n = strcspn(at, ",");
		pt_pane_id pane = pt_pane_named(at, n);
		if (pane == PT_PANE_NONE)
			return "panes with commas between, or none";
		log_y[pane] = true;
		at += n;
		if (*at == ',' && *++at == '\0')
			return "panes with commas between, or none";
	}
	memcpy(view->log_y, log_y, sizeof log_y);
	return NULL;
}

static const char *set_graph(pt_view *view, const char *text)
{
	for (int i = 0; i < PT_N_GLYPH_CHOICES; i++)
		if (strcmp(graph_names[i], text[0] ? text : "auto") == 0) {
			view->glyphs_default = (pt_glyph_choice)i;
			return NULL;
		}
	return "auto, braille, block or ascii";
}

static bool is_known(const pt_known_names *known, const char *theme)
{
	for (size_t i = 0; i < known->n_themes; i++)
		if (strcmp(known->themes[i], theme) == 0)
			return true;
	return known->n_themes == 0;
}

static const char *set_x_axis(pt_view *view, const char *text)
{
	for (int i = 0; i < PT_N_X_AXES; i++)
		if (strcmp(pt_x_axis_name((pt_x_axis)i), text[0] ? text : "step") == 0) {
			view->zoom.axis = (pt_x_axis)i; /* a range in another unit is none */
			return NULL;
		}
	return "step, epoch, relative or wall";
}

static const char *set_smoothing(pt_view *view, const char *text)
{
	double half_life = 0;
	if (text[0] && strcmp(text, "none") != 0 && !pt_number_read_double(text, 1, 1e9, &half_life))
		return "none, or a number of steps from 1 on";
	view->smoothing = half_life;
	return NULL;
}

static const char *set_filter(pt_view *view, const char *text)
{
	size_t n = strcmp(text, "none") == 0 ? 0 : strlen(text);
	if (n >= sizeof view->run_filter)
		return "a text of up to 63 bytes";
	memset(view->run_filter, 0, sizeof view->run_filter);
	memcpy(view->run_filter, text, n);
	return NULL;
}

/* A path is tried when it is loaded; of a name it is known whether there is such a theme. */
static const char *set_theme(pt_view *view, const char *text)
{
	bool is_auto = text[0] == '\0' || strcmp(text, "auto") == 0;
	if (strlen(text) >= PT_THEME_TEXT_BYTES)
		return "a name of up to 255 bytes";
	if (!is_auto && view->known && !strchr(text, '/') && !is_known(view->known, text))
		return pt_theme_expected;
	snprintf(view->theme, sizeof view->theme, "%s", is_auto ? "" : text);
	return NULL;
}

static const char *set_analysis(pt_view *view, const pt_snapshot *snapshot, pt_setting setting,
	const char *text, char *expected, size_t capacity)
{
	char note[PT_EXPECTED_BYTES];
	const char *wrong = pt_setting_read(setting, text[0] ? text : NULL, &view->settings);
	if (!wrong && !pt_setting_note(view, snapshot, setting, text, note, sizeof note)) {
		pt_text words = pt_text_over(expected, capacity);
		pt_text_addf(&words, "found: %s", note);
		return expected;
	}
	if (!wrong && setting == PT_SETTING_K)
		view->n_overlays = view->settings.n_k;
	return wrong;
}

static const char *set(pt_view *view, const pt_snapshot *snapshot, pt_setting setting, const char *text,
	char *expected, size_t capacity)
{
	const flag_row *flag = flag_of(setting);
	if (flag)
		return set_flag(view, flag, text);
	switch (setting) {
	case PT_SETTING_PRESET:
		return set_preset(view, text, expected, capacity);
	case PT_SETTING_LAYOUT:
		return set_layout(view, text, expected, capacity);
	case PT_SETTING_ZOOMED:
		return set_zoomed(view, text);
	case PT_SETTING_MATRIX:
		return set_matrix(view, text);
	case PT_SETTING_K_OVERLAYS:
		return set_k_overlays(view, text);
	case PT_SETTING_LOG_Y:
		return set_log_y(view, text);
	case PT_SETTING_X_AXIS:
		return set_x_axis(view, text);
	case PT_SETTING_SMOOTHING:
		return set_smoothing(view, text);
	case PT_SETTING_FILTER:
		return set_filter(view, text);
	case PT_SETTING_X_RANGE:
		return pt_setting_read_x_range(text, &view->zoom);
	case PT_SETTING_Y_RANGES:
		return pt_setting_read_y_ranges(text, &view->zoom);
	case PT_SETTING_GRAPH:
		return set_graph(view, text);
	case PT_SETTING_THEME:
		return set_theme(view, text);
	default:
		return pt_setting_is_of_analysis(setting)
				   ? set_analysis(view, snapshot, setting, text, expected, capacity)
				   : "set at the start: by its option or in the configuration";
	}
}

bool pt_setting_set(pt_view *view, const pt_snapshot *snapshot, pt_setting setting, const char *text,
	char *expected, size_t capacity)
{
	pt_settings before = view->settings;
	char words[PT_EXPECTED_BYTES] = "";
	const char *wrong =
		set(view, snapshot, setting, strcmp(text, "default") == 0 ? "" : text, words, sizeof words);
	if (!wrong)
		return true;
	view->settings = before;
	snprintf(expected, capacity, "%s", wrong);
	return false;
}

bool pt_view_change(pt_view *view, const pt_snapshot *snapshot, pt_setting setting, const char *text,
	unsigned *flags, char *expected, size_t capacity)
{
	pt_settings before = view->settings;
	bool no_mouse = view->no_mouse;
	if (!pt_setting_set(view, snapshot, setting, text, expected, capacity))
		return false;
	*flags = PT_VIEW_REDRAW;
	*flags |= memcmp(&before, &view->settings, sizeof before) != 0 ? PT_VIEW_SETTINGS : 0;
	*flags |= no_mouse != view->no_mouse ? PT_VIEW_MOUSE : 0;
	*flags = pt_view_settle(view, *flags);
	return true;
}

/* --- to text --------------------------------------------------------------------------------------- */

static void print_layout(const pt_view *view, pt_text *out)
{
	char text[PT_LAYOUT_TEXT_BYTES];
	pt_layout_print(&view->layout, text, sizeof text);
	pt_text_add(out, text);
}

static void print_log_y(const pt_view *view, pt_text *out)
{
	size_t before = out->length;
	for (int pane = 0; pane < PT_N_PANES; pane++)
		if (view->log_y[pane])
			pt_text_addf(out, "%s%s", out->length > before ? "," : "", pt_pane_name((pt_pane_id)pane));
	if (out->length == before)
		pt_text_add(out, "none");
}

static void print_smoothing(const pt_view *view, pt_text *out)
{
	char number[40];
	pt_text_double(number, sizeof number, view->smoothing);
	pt_text_add(out, view->smoothing > 0 ? number : "none");
}

static void print_flag(const pt_view *view, pt_setting setting, pt_text *out)
{
	const flag_row *row = flag_of(setting);
	if (row)
		pt_text_add(out, row->words[*(const bool *)((const char *)view + row->offset) == row->on]);
}

void pt_setting_print(const pt_view *view, pt_setting setting, char *out, size_t capacity)
{
	pt_text text = pt_text_over(out, capacity);
	ptrdiff_t preset;
	switch (setting) {
	case PT_SETTING_PRESET:
		preset = pt_preset_of(&view->layout);
		pt_text_add(&text, preset < 0 ? own_arrangement : pt_preset_name((size_t)preset));
		break;
	case PT_SETTING_LAYOUT:
		print_layout(view, &text);
		break;
	case PT_SETTING_ZOOMED:
		pt_text_add(&text, view->layout.zoomed == PT_PANE_NONE ? "none" : pt_pane_name(view->layout.zoomed));
		break;
	case PT_SETTING_MATRIX:
		pt_text_add(&text, view->matrix_placed ? pt_matrix_choice_name(view->matrix) : "auto");
		break;
	case PT_SETTING_K_OVERLAYS:
		if (view->k_only > 0)
			pt_text_addf(&text, "%d", view->k_only);
		else
			pt_text_add(&text, "all");
		break;
	case PT_SETTING_LOG_Y:
		print_log_y(view, &text);
		break;
	case PT_SETTING_X_AXIS:
		pt_text_add(&text, pt_x_axis_name(view->zoom.axis));
		break;
	case PT_SETTING_SMOOTHING:
		print_smoothing(view, &text);
		break;
	case PT_SETTING_FILTER:
		pt_text_add(&text, view->run_filter[0] ? view->run_filter : "none");
		break;
	case PT_SETTING_X_RANGE:
		pt_setting_write_x_range(&view->zoom, &text);
		break;
	case PT_SETTING_Y_RANGES:
		pt_setting_write_y_ranges(&view->zoom, &text);
		break;
	case PT_SETTING_GRAPH:
		pt_text_add(&text, graph_names[view->glyphs_default]);
		break;
	case PT_SETTING_THEME:
		pt_text_add(&text, view->theme[0] ? view->theme : "auto");
		break;
	default:
		print_flag(view, setting, &text);
		pt_setting_write(setting, &view->settings, &text);
	}
}
