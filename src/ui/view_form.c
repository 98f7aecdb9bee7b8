/* Forms over the panes: fields that are typed into, and what is done with what was typed. */
#include <stdio.h>
#include <string.h>

#include "form.h"
#include "phasetop/base/text.h"
#include "view_private.h"

/* Texts of these may be longer than a field: the command line takes them. */
static bool has_room(pt_setting setting)
{
	return setting != PT_SETTING_LAYOUT && setting != PT_SETTING_METRIC && setting != PT_SETTING_Y_RANGES;
}

size_t pt_form_fields_of(pt_form_kind kind, pt_setting fields[PT_N_SETTINGS])
{
	size_t n = 0;
	switch (kind) {
	case PT_FORM_THRESHOLDS:
		fields[n++] = PT_SETTING_TURN_BELOW;
		fields[n++] = PT_SETTING_MIN_STEP_NORM;
		fields[n++] = PT_SETTING_MIN_STEP_FRAC;
		break;
	case PT_FORM_MODULES:
		fields[n++] = PT_SETTING_MODULES;
		break;
	case PT_FORM_PROBES:
		fields[n++] = PT_SETTING_PROBES;
		break;
	default:
		for (int i = 0; i < PT_N_SETTINGS; i++)
			if (pt_setting_row_of((pt_setting)i)->live && has_room((pt_setting)i))
				fields[n++] = (pt_setting)i;
	}
	return n;
}

const char *pt_form_label(pt_form_kind kind, pt_setting field)
{
	if (kind == PT_FORM_OPTIONS)
		return pt_setting_row_of(field)->name;
	switch (field) {
	case PT_SETTING_TURN_BELOW:
		return "turn line";
	case PT_SETTING_MIN_STEP_NORM:
		return "magnitude";
	case PT_SETTING_MIN_STEP_FRAC:
		return "relative magnitude";
	default:
		return pt_setting_row_of(field)->name;
	}
}

bool pt_form_has_one_field(pt_form_kind kind)
{
	return kind == PT_FORM_MODULES || kind == PT_FORM_PROBES;
}

void pt_form_default(pt_setting field, char out[PT_FORM_FIELD_BYTES])
{
	pt_settings settings = pt_settings_default();
	pt_layout layout = pt_layout_default();
	pt_view first = pt_view_first(&settings, &layout, PT_N_CHOICES);
	pt_setting_print(&first, field, out, PT_FORM_FIELD_BYTES);
}

/* What is set now; "" where it is the default. */
static void print_field(const pt_view *view, pt_setting field, char out[PT_FORM_FIELD_BYTES])
{
	char usual[PT_FORM_FIELD_BYTES];
	memset(out, 0, PT_FORM_FIELD_BYTES);
	pt_setting_print(view, field, out, PT_FORM_FIELD_BYTES);
	pt_form_default(field, usual);
	if (strcmp(out, usual) == 0)
		out[0] = '\0';
}

unsigned pt_view_open_form(pt_view *view, pt_form_kind kind)
{
	pt_setting fields[PT_N_SETTINGS];
	size_t n = pt_form_fields_of(kind, fields);
	view->form = (pt_form){.open = true, .kind = kind, .field = fields[0]};
	for (size_t i = 0; i < n; i++)
		print_field(view, fields[i], view->form.text[fields[i]]);
	return PT_VIEW_REDRAW;
}

/* All that was typed goes into a copy first: nothing is applied where something is wrong. What was not
 * touched keeps all its digits. */
static unsigned apply_form(pt_view *view, const pt_snapshot *snapshot)
{
	pt_setting fields[PT_N_SETTINGS];
	size_t n = pt_form_fields_of(view->form.kind, fields);
	pt_view changed = *view;
	unsigned flags = PT_VIEW_REDRAW;
	bool wrong = false;
	for (size_t i = 0; i < n; i++) {
		pt_setting field = fields[i];
		char before[PT_FORM_FIELD_BYTES], expected[PT_EXPECTED_BYTES];
		unsigned more = 0;
		print_field(view, field, before);
		bool touched = strcmp(before, view->form.text[field]) != 0;
		view->form.wrong[field] = touched && !pt_view_change(&changed, snapshot, field,
												 view->form.text[field], &more, expected, sizeof expected);
		if (view->form.wrong[field] && !wrong)
			view->form.field = field;
		wrong |= view->form.wrong[field];
		flags |= more;
	}
	if (wrong)
		return PT_VIEW_REDRAW;
	*view = changed;
	view->form.open = false;
	return flags;
}

static bool is_number(pt_setting field)
{
	return field == PT_SETTING_TURN_BELOW || field == PT_SETTING_MIN_STEP_NORM ||
		   field == PT_SETTING_MIN_STEP_FRAC || field == PT_SETTING_WINDOW;
}

/* Numbers take what numbers are made of, text takes what can be shown. */
static bool is_typed(pt_setting field, pt_key key)
{
	if (key == PT_KEY_BACKSPACE || key == PT_KEY_DELETE)
		return true;
	if (is_number(field))
		return key > 0 && key < 0x80 && strchr("0123456789.-+eE", (int)key);
	return key < PT_KEY_SPECIAL && pt_text_width_of(key) > 0;
}

static void edit_field(pt_form *form, pt_key key)
{
	char *text = form->text[form->field], encoded[4];
	size_t n = strlen(text);
	form->wrong[form->field] = false;
	if (key == PT_KEY_BACKSPACE || key == PT_KEY_DELETE) {
		while (n > 0 && ((unsigned char)text[n - 1] & 0xC0) == 0x80)
			n--; /* the rest of a character of several bytes */
		text[n > 0 ? n - 1 : 0] = '\0';
		return;
	}
	size_t more = pt_utf8_encode(key, encoded);
	if (n + more >= PT_FORM_FIELD_BYTES)
		return;
	memcpy(text + n, encoded, more);
	text[n + more] = '\0';
}

/* The offer after, or before, what stands in the field; what was typed by hand stands before the first. */
static void put_offer(pt_form *form, const pt_offers *offers, int by)
{
	char *text = form->text[form->field], usual[PT_FORM_FIELD_BYTES];
	pt_form_default(form->field, usual);
	const char *now = text[0] ? text : usual;
	size_t at = 0;
	while (at < offers->n && strcmp(offers->texts[at], now) != 0)
		at++;
	bool found = at < offers->n;
	if (by > 0)
		at = found ? (at + 1) % offers->n : 0;
	else
		at = (found && at > 0 ? at : offers->n) - 1;
	memcpy(text, offers->texts[at], PT_GLOB_BYTES);
	if (strcmp(text, usual) == 0)
		text[0] = '\0';
	form->wrong[form->field] = false;
}

static unsigned next_offer(pt_view *view, int by, const pt_snapshot *snapshot)
{
	pt_offers offers;
	pt_setting_offers(view, snapshot, view->form.field, &offers);
	if (offers.n > 0)
		put_offer(&view->form, &offers, by);
	return PT_VIEW_REDRAW;
}

static unsigned next_field(pt_form *form, int by)
{
	pt_setting fields[PT_N_SETTINGS];
	int n = (int)pt_form_fields_of(form->kind, fields), at = 0;
	while (at < n && fields[at] != form->field)
		at++;
	form->field = fields[(at + by + n) % n];
	return PT_VIEW_REDRAW;
}

/* Tab and the arrows: the next field, or the next offer where there is one field alone. */
static unsigned move_on(pt_view *view, int by, const pt_snapshot *snapshot)
{
	return pt_form_has_one_field(view->form.kind) ? next_offer(view, by, snapshot)
												  : next_field(&view->form, by);
}

unsigned pt_view_form_key(pt_view *view, pt_key key, const pt_snapshot *snapshot, bool *taken)
{
	pt_form *form = &view->form;
	*taken = true;
	if (key == PT_KEY_ENTER)
		return apply_form(view, snapshot);
	if (key == PT_KEY_ESC) {
		form->open = false;
		return PT_VIEW_REDRAW;
	}
	if (key == PT_KEY_DOWN || key == PT_KEY_TAB)
		return move_on(view, 1, snapshot);
	if (key == PT_KEY_UP || key == (PT_KEY_SHIFT | PT_KEY_TAB))
		return move_on(view, -1, snapshot);
	if (key == PT_KEY_RIGHT || (key == ' ' && pt_setting_is_flag(form->field)))
		return next_offer(view, 1, snapshot);
	if (key == PT_KEY_LEFT)
		return next_offer(view, -1, snapshot);
	bool typed = is_typed(form->field, key);
	if (typed)
		edit_field(form, key);
	/* the terminal's own keys go on; others would change what the form covers */
	*taken = !(key & PT_KEY_CTRL);
	return typed ? PT_VIEW_REDRAW : 0;
}
