/* Settings among the options: who said them last, and who goes before whom. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "option_values.h"
#include "phasetop/base/number.h"
#include "phasetop/base/text.h"

static const char *const color_names[] = {"auto", "never", "16", "256", "true"};
_Static_assert(sizeof color_names / sizeof color_names[0] == PT_COLOR_TRUE + 1, "a name for every depth");

const char *pt_color_choice_name(pt_color_choice color)
{
	return color_names[color];
}

void pt_options_warn(pt_options *options, const char *format, ...)
{
	char raw[2 * PT_WARNING_BYTES];
	va_list values;
	va_start(values, format);
	vsnprintf(raw, sizeof raw, format, values);
	va_end(values);
	if (options->n_warnings < PT_MAX_WARNINGS)
		pt_text_sanitize(options->warnings[options->n_warnings], PT_WARNING_BYTES, raw, strlen(raw));
	options->n_warnings++;
}

/* --- settings of the start alone ------------------------------------------------------------------- */

static const char *set_color(const char *value, pt_options *options)
{
	int index;
	if (pt_option_choice(value, color_names, PT_COLOR_TRUE + 1, &index))
		return "auto, never, 16, 256 or true";
	options->color = (pt_color_choice)index;
	return NULL;
}

static const char *set_ascii(const char *value, pt_options *options)
{
	bool on = strcmp(value, "on") == 0;
	if (!on && strcmp(value, "off") != 0)
		return "on or off";
	options->ascii = on;
	return NULL;
}

static const char *set_themes_dir(const char *value, pt_options *options)
{
	if (value[0] == '\0')
		return "a name (it is empty)";
	if (strlen(value) >= sizeof options->themes_dir)
		return "a path of up to 1023 bytes";
	memcpy(options->themes_dir, value, strlen(value) + 1);
	return NULL;
}

static const char *set_gram_memory(const char *value, pt_settings *settings)
{
	int64_t mebibytes;
	if (!pt_number_read_int(value, 0, INT64_C(1) << 24, &mebibytes))
		return "a number of MiB, 0 or more";
	settings->gram_budget_bytes = mebibytes << 20;
	return NULL;
}

/* Put the default back. */
static void reset(pt_setting setting, pt_options *options)
{
	switch (setting) {
	case PT_SETTING_COLOR:
		options->color = PT_COLOR_AUTO;
		break;
	case PT_SETTING_ASCII:
		options->ascii = false;
		break;
	case PT_SETTING_THEMES_DIR:
		options->themes_dir[0] = '\0';
		break;
	case PT_SETTING_WATCH:
		options->watch = PT_WATCHING_AUTO;
		options->poll_interval_ms = 0;
		break;
	case PT_SETTING_SIZE:
		options->columns = options->rows = 0;
		break;
	default:
		options->view.settings.gram_budget_bytes = pt_settings_default().gram_budget_bytes;
	}
}

static const char *set_at_start(pt_setting setting, const char *value, pt_options *options)
{
	if (strcmp(value, "default") == 0) {
		reset(setting, options);
		return NULL;
	}
	switch (setting) {
	case PT_SETTING_COLOR:
		return set_color(value, options);
	case PT_SETTING_ASCII:
		return set_ascii(value, options);
	case PT_SETTING_THEMES_DIR:
		return set_themes_dir(value, options);
	case PT_SETTING_WATCH:
		return pt_option_watch(value, &options->watch, &options->poll_interval_ms);
	case PT_SETTING_SIZE:
		return pt_option_size(value, &options->columns, &options->rows);
	default:
		return set_gram_memory(value, &options->view.settings);
	}
}

/* --- precedence ------------------------------------------------------------------------------------ */

static bool stands(const pt_options *options, pt_setting setting, pt_origin origin)
{
	const pt_origin *layout = &options->origins[PT_SETTING_LAYOUT];
	const pt_origin *preset = &options->origins[PT_SETTING_PRESET];
	if (options->origins[setting].kind > origin.kind)
		return false;
	if (setting == PT_SETTING_PRESET)
		return layout->kind < origin.kind;
	if (setting == PT_SETTING_LAYOUT)
		return preset->kind <= origin.kind;
	/* what pane stands alone belongs to the arrangement: one that was asked for is seen */
	if (setting == PT_SETTING_ZOOMED)
		return layout->kind <= origin.kind && preset->kind <= origin.kind;
	return true;
}

bool pt_options_set(pt_options *options, pt_setting setting, const char *value, pt_origin origin,
	char expected[PT_EXPECTED_BYTES])
{
	const pt_setting_row *row = pt_setting_row_of(setting);
	bool in_force = stands(options, setting, origin);
	pt_options copy, *to = in_force ? options : &copy;
	if (!in_force)
		copy = *options; /* what is not in force has to be right all the same */
	/* an arrangement stands runs side by side, or not, unless somebody said so who goes before */
	bool side_by_side = to->view.side_by_side, joint_plane = to->view.joint_plane;
	if (row->live && !pt_setting_set(&to->view, NULL, setting, value, expected, PT_EXPECTED_BYTES))
		return false;
	const char *wrong = row->live ? NULL : set_at_start(setting, value, to);
	if (wrong) {
		snprintf(expected, PT_EXPECTED_BYTES, "%s", wrong);
		return false;
	}
	to->origins[setting] = origin;
	if (setting == PT_SETTING_PRESET || setting == PT_SETTING_LAYOUT) {
		if (to->origins[PT_SETTING_SIDE_BY_SIDE].kind >= origin.kind)
			to->view.side_by_side = side_by_side;
		if (to->origins[PT_SETTING_JOINT_PLANE].kind >= origin.kind)
			to->view.joint_plane = joint_plane;
	}
	return true;
}

unsigned pt_options_matrices(const pt_options *options)
{
	static const unsigned matrices[] = {
		[PT_CHOICE_A] = PT_MATRIX_BIT(PT_MATRIX_A),
		[PT_CHOICE_B] = PT_MATRIX_BIT(PT_MATRIX_B),
		[PT_CHOICE_DW] = PT_MATRIX_BIT(PT_MATRIX_DW),
		[PT_CHOICE_W] = PT_MATRIX_BIT(PT_MATRIX_W),
		[PT_CHOICE_BOTH] = PT_MATRIX_BIT(PT_MATRIX_A) | PT_MATRIX_BIT(PT_MATRIX_B),
		[PT_CHOICE_ALL] = PT_MATRIX_BIT(PT_N_MATRICES) - 1,
	};
	_Static_assert(sizeof matrices / sizeof matrices[0] == PT_N_CHOICES, "a set for every choice");
	return matrices[options->view.matrix];
}

/* --- to text --------------------------------------------------------------------------------------- */

static void print_watch(const pt_options *options, pt_text *out)
{
	static const char *const names[] = {"auto", "inotify", "poll"};
	pt_text_add(out, names[options->watch]);
	if (options->watch == PT_WATCHING_POLL && options->poll_interval_ms > 0)
		pt_text_addf(out, "=%.6g", (double)options->poll_interval_ms / 1000.0);
}

void pt_options_print_setting(const pt_options *options, pt_setting setting, char *out, size_t capacity)
{
	pt_text text = pt_text_over(out, capacity);
	switch (setting) {
	case PT_SETTING_COLOR:
		pt_text_add(&text, color_names[options->color]);
		break;
	case PT_SETTING_ASCII:
		pt_text_add(&text, options->ascii ? "on" : "off");
		break;
	case PT_SETTING_THEMES_DIR:
		pt_text_add(&text, options->themes_dir[0] ? options->themes_dir : "default");
		break;
	case PT_SETTING_WATCH:
		print_watch(options, &text);
		break;
	case PT_SETTING_SIZE:
		if (options->columns > 0)
			pt_text_addf(&text, "%dx%d", options->columns, options->rows);
		else
			pt_text_add(&text, "default");
		break;
	case PT_SETTING_GRAM_MEMORY:
		pt_text_addf(&text, "%lld", (long long)(options->view.settings.gram_budget_bytes >> 20));
		break;
	default:
		pt_setting_print(&options->view, setting, out, capacity);
	}
}
