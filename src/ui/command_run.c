/* Carrying out a line of the command line. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "command_parts.h"
#include "phasetop/base/number.h"
#include "phasetop/base/text.h"
#include "phasetop/ui/stage.h"
#include "view_private.h"

enum { MAX_PROPOSALS = 6, SHOWN_BYTES = 64 };

/* A command on its way. */
typedef struct call {
	pt_view *view;
	const pt_snapshot *snapshot;
	const char *name, *value;
	unsigned flags;
	pt_text wrong;
} call;

unsigned pt_view_ask(pt_view *view, pt_request_kind kind, const char *text)
{
	view->request = (pt_request){.kind = kind};
	snprintf(view->request.text, sizeof view->request.text, "%s", text);
	return PT_VIEW_REDRAW | PT_VIEW_REQUEST;
}

static bool refuse(call *c, const char *expected)
{
	char shown[SHOWN_BYTES];
	pt_text_sanitize(shown, sizeof shown, c->value, strlen(c->value));
	pt_text_addf(&c->wrong, "%s: '%s' is not %s", c->name, shown, expected);
	return false;
}

static bool run_setting(call *c, pt_setting setting)
{
	char text[PT_SETTING_TEXT_BYTES], expected[PT_EXPECTED_BYTES];
	if (c->value[0] == '\0') {
		pt_setting_print(c->view, setting, text, sizeof text);
		pt_view_say(c->view, false, "%s is %s", c->name, text);
		c->flags = PT_VIEW_REDRAW;
		return true;
	}
	return pt_view_change(c->view, c->snapshot, setting, c->value, &c->flags, expected, sizeof expected) ||
		   refuse(c, expected);
}

static bool run_action(call *c, pt_action action)
{
	int arg = 1;
	if (action == PT_ACTION_TOGGLE_PANE) {
		int64_t number = 0;
		pt_pane_id pane = pt_pane_named(c->value, strlen(c->value));
		if (pane == PT_PANE_NONE && !pt_number_read_int(c->value, 1, PT_N_PANES, &number))
			return refuse(c, "a pane, by name or number");
		arg = pane == PT_PANE_NONE ? (int)number : (int)pane + 1;
	} else if (c->value[0]) {
		pt_text_addf(&c->wrong, "%s takes no value", c->name);
		return false;
	}
	c->flags = pt_view_apply(c->view, action, arg, c->snapshot);
	return true;
}

static bool run_on_pane(call *c, pt_verb verb)
{
	pt_layout *layout = &c->view->layout;
	pt_pane_id pane = pt_pane_named(c->value, strlen(c->value));
	if (pane == PT_PANE_NONE)
		return refuse(c, "a pane; Tab goes through them");
	if (pane == PT_PANE_RUNS)
		c->view->runs_pane_placed = true;
	switch (verb) {
	case PT_VERB_FOCUS:
		pt_layout_focus(layout, pane);
		break;
	case PT_VERB_SHOW_PANE:
	case PT_VERB_HIDE_PANE:
		pt_layout_show(layout, pane, verb == PT_VERB_SHOW_PANE);
		break;
	case PT_VERB_SPLIT_BELOW:
	case PT_VERB_SPLIT_RIGHT:
		pt_layout_split(layout, pane, verb == PT_VERB_SPLIT_RIGHT);
		break;
	default:
		pt_layout_swap(layout, pane);
	}
	c->flags = pt_view_settle(c->view, PT_VIEW_REDRAW);
	return true;
}

static bool run_tolerance(call *c)
{
	char pairing[PT_COMMAND_BYTES + 8], expected[PT_EXPECTED_BYTES];
	snprintf(pairing, sizeof pairing, "step,%s", c->value);
	return pt_view_change(
			   c->view, c->snapshot, PT_SETTING_PAIRING, pairing, &c->flags, expected, sizeof expected) ||
		   refuse(c, "a number of steps, or half (the spacing)");
}

static bool run_step(call *c)
{
	int64_t step;
	if (!pt_number_read_int(c->value, INT32_MIN, INT64_C(1) << 53, &step))
		return refuse(c, "a training step");
	c->flags = pt_view_put_cursor(c->view, step, c->snapshot);
	return true;
}

/* "10s", "2.5m", "3h", "1d" of a duration; "02:24", "02:24:10" of the clock, on the first day of the axis or,
 * where that is before it, on the next. */
static bool read_place(const pt_scale *axis, const char *text, double *place)
{
	static const struct {
		char unit;
		double seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	char number[SHOWN_BYTES], end;
	size_t n = strlen(text);
	int h, m, s = 0;
	if (axis->time == PT_TIME_OF_DAY &&
		(sscanf(text, "%2d:%2d:%2d%c", &h, &m, &s, &end) == 3 || sscanf(text, "%2d:%2d%c", &h, &m, &end) == 2) &&
		h >= 0 && h < 24 && m >= 0 && m < 60 && s >= 0 && s < 60) {
		double at = floor(axis->lo / 86400) * 86400 + 3600 * h + 60 * m + s;
		*place = at < axis->lo && at + 86400 <= axis->hi ? at + 86400 : at;
		return true;
	}
	for (size_t i = 0; axis->time == PT_TIME_DURATION && i < sizeof units / sizeof units[0]; i++)
		if (n > 1 && n < sizeof number && text[n - 1] == units[i].unit) {
			memcpy(number, text, n - 1);
			number[n - 1] = '\0';
			bool fine = pt_number_read_double(number, 0, 1e12, place);
			*place *= fine ? units[i].seconds : 1;
			return fine;
		}
	return pt_number_read_double(text, -1e18, 1e18, place);
}

static bool run_range(call *c)
{
	static const char *const kinds[] = {[PT_TIME_NONE] = "two numbers, the smaller first",
		[PT_TIME_DURATION] = "two times, the earlier first, as 10s 5m or 1h 2.5h",
		[PT_TIME_OF_DAY] = "two times of day, the earlier first, as 02:24 03:10"};
	char from[SHOWN_BYTES] = "";
	size_t n = strcspn(c->value, " ");
	double lo = 0, hi = 0;
	pt_stage stage = pt_stage_of(c->snapshot, c->view);
	pt_scale axis = stage.aligned.room.whole;
	pt_stage_end(&stage);
	if (n < sizeof from)
		memcpy(from, c->value, n);
	const char *to = c->value + n + strspn(c->value + n, " ");
	if (!read_place(&axis, from, &lo) || !read_place(&axis, to, &hi) || !(lo < hi))
		return refuse(c, kinds[axis.time]);
	c->flags = pt_view_zoom_to(c->view, lo, hi, c->snapshot);
	if (c->flags == 0)
		pt_text_add(&c->wrong, "range: nothing of that lies on the x axis");
	return c->flags != 0;
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);
	return n > m && strcmp(text + n - m, end) == 0;
}

static bool run_export(call *c, pt_verb verb)
{
	bool is_pane = verb == PT_VERB_EXPORT;
	if (!ends_with(c->value, ".svg") && !ends_with(c->value, ".txt") &&
		!(is_pane && ends_with(c->value, ".csv")))
		return refuse(c, is_pane ? "a file name that ends with .svg, .csv or .txt"
								 : "a file name that ends with .svg or .txt");
	c->flags = pt_view_ask(c->view, is_pane ? PT_REQUEST_EXPORT : PT_REQUEST_EXPORT_SCREEN, c->value);
	return true;
}

static bool run_verb(call *c, pt_verb verb)
{
	pt_action action = pt_action_named(c->name);
	if (c->value[0] == '\0' && action != PT_N_ACTIONS)
		return run_action(c, action);
	if (c->value[0] == '\0' && pt_verb_row_of(verb)->values[0] != '[') {
		pt_text_addf(
			&c->wrong, "%s %s: to %s", c->name, pt_verb_row_of(verb)->values, pt_verb_row_of(verb)->help);
		return false;
	}
	switch (verb) {
	case PT_VERB_EXPORT:
	case PT_VERB_EXPORT_SCREEN:
		return run_export(c, verb);
	case PT_VERB_SAVE_VIEW:
	case PT_VERB_LOAD_VIEW:
		c->flags = pt_view_ask(
			c->view, verb == PT_VERB_SAVE_VIEW ? PT_REQUEST_SAVE_VIEW : PT_REQUEST_LOAD_VIEW, c->value);
		return true;
	case PT_VERB_TOLERANCE:
		return run_tolerance(c);
	case PT_VERB_STEP:
		return run_step(c);
	case PT_VERB_RANGE:
		return run_range(c);
	default:
		return run_on_pane(c, verb);
	}
}

/* "no command kk: there are k, k-less, k-more, …" : those that begin with the same letters, as far as any
 * does. */
static bool refuse_name(call *c, const char *name)
{
	char shown[SHOWN_BYTES];
	const pt_known_names *known_names = c->view->known;
	pt_text_sanitize(shown, sizeof shown, name, strlen(name));
	if (known_names && known_names->is_option && known_names->is_option(name)) {
		pt_text_addf(&c->wrong, "%s is an option of the start alone: phasetop --%s", shown, shown);
		return false;
	}
	pt_text_addf(&c->wrong, "no command '%s'", shown);
	for (size_t n = strlen(name); n > 0; n--) {
		size_t n_named = 0;
		const char *known;
		for (size_t i = 0; (known = pt_command_name(i)) != NULL; i++)
			if (strncmp(known, name, n) == 0 && n_named++ < MAX_PROPOSALS)
				pt_text_addf(&c->wrong, "%s%s", n_named == 1 ? "; there is " : ", ", known);
		if (n_named > MAX_PROPOSALS)
			pt_text_add(&c->wrong, ", …");
		if (n_named > 0)
			return false;
	}
	pt_text_add(&c->wrong, "; Tab lists them");
	return false;
}

static bool run(call *c, const char *first_word)
{
	c->name = pt_command_resolve(first_word);
	if (!c->name)
		return refuse_name(c, first_word);
	pt_verb verb = pt_verb_named(c->name);
	pt_setting setting = pt_setting_named(c->name);
	pt_action action = pt_action_named(c->name);
	if (verb != PT_N_VERBS)
		return run_verb(c, verb);
	if (setting != PT_N_SETTINGS && !pt_setting_row_of(setting)->live) {
		pt_text_addf(&c->wrong, "%s is set at the start: by its option or in the configuration", c->name);
		return false;
	}
	if (setting != PT_N_SETTINGS && (c->value[0] || action == PT_N_ACTIONS))
		return run_setting(c, setting);
	return run_action(c, action);
}

bool pt_command_run(pt_view *view, const pt_snapshot *snapshot, const char *line, unsigned *flags,
	char wrong[PT_MESSAGE_BYTES])
{
	pt_command_words words = pt_command_words_of(line);
	char value[PT_COMMAND_BYTES] = "";
	call c = {
		.view = view, .snapshot = snapshot, .value = value, .wrong = pt_text_over(wrong, PT_MESSAGE_BYTES)};
	*flags = 0;
	if (words.name[0] == '\0' && words.value_bytes == 0 && line[strspn(line, " :")] == '\0')
		return true;
	size_t n = words.value_bytes < sizeof value ? words.value_bytes : sizeof value - 1;
	memcpy(value, words.value, n);
	bool fine = words.name[0] ? run(&c, words.name) : refuse_name(&c, "");
	*flags = fine ? c.flags : 0;
	return fine;
}
