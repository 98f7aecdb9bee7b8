/* Forms over the panes: fields that are typed into, and what is done with what was typed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "phasetop/base/missing.h"
#include "phasetop/base/text.h"
#include "view_private.h"

pt_form_fields pt_form_fields_of(pt_form_kind kind)
{
	static const pt_form_fields forms[] = {
		{PT_FIELD_TURN_BELOW, PT_FIELD_MODULES},
		{PT_FIELD_MODULES, PT_FIELD_PROBES},
		{PT_FIELD_PROBES, PT_N_FIELDS},
	};
	_Static_assert(sizeof forms / sizeof forms[0] == PT_N_FORMS, "fields for every form");
	return forms[kind];
}

/* The number that a field holds; NULL: it holds text. */
static double *field_number(pt_settings *settings, pt_form_field field)
{
	switch (field) {
	case PT_FIELD_TURN_BELOW:
		return &settings->turn_below;
	case PT_FIELD_MIN_STEP_NORM:
		return &settings->min_step_norm;
	case PT_FIELD_MIN_STEP_FRAC:
		return &settings->min_step_frac;
	default:
		return NULL;
	}
}

static char *field_text(pt_settings *settings, pt_form_field field)
{
	return field == PT_FIELD_MODULES ? settings->modules : settings->probes;
}

static void print_field(pt_settings *settings, pt_form_field field, char out[PT_FORM_FIELD_BYTES])
{
	const double *number = field_number(settings, field);
	out[0] = '\0';
	if (!number)
		snprintf(out, PT_FORM_FIELD_BYTES, "%s", field_text(settings, field));
	else if (!pt_is_missing(*number))
		snprintf(out, PT_FORM_FIELD_BYTES, "%.6g", *number);
}

unsigned pt_view_open_form(pt_view *view, pt_form_kind kind)
{
	pt_form_fields fields = pt_form_fields_of(kind);
	view->form = (pt_form){.open = true, .kind = kind, .field = fields.first};
	for (int f = (int)fields.first; f < (int)fields.end; f++)
		print_field(&view->settings, (pt_form_field)f, view->form.text[f]);
	return PT_VIEW_REDRAW;
}

/* A number in the field's range; "" is the default. */
static bool parse_number(pt_form_field field, const char *text, double *out)
{
	char *end;
	double value = strtod(text, &end), low = field == PT_FIELD_TURN_BELOW ? -1 : 0;
	double high = field == PT_FIELD_MIN_STEP_NORM ? HUGE_VAL : 1;
	if (*text == '\0') {
		*out = PT_MISSING;
		return true;
	}
	if (*end != '\0' || !isfinite(value) || value < low || value > high)
		return false;
	*out = value;
	return true;
}

/* Put what was typed into the settings; false where it cannot stand. */
static bool take_field(
	const pt_view *view, pt_form_field field, const pt_snapshot *snapshot, pt_settings *settings)
{
	char note[PT_GLOB_BYTES];
	const char *typed = view->form.text[field];
	double *number = field_number(settings, field);
	if (number)
		return parse_number(field, typed, number);
	if (!pt_form_note(view, snapshot, field, note, sizeof note))
		return false;
	/* to the end, for settings are compared byte by byte */
	memset(field_text(settings, field), 0, PT_GLOB_BYTES);
	memcpy(field_text(settings, field), typed, strlen(typed));
	return true;
}

static unsigned apply_form(pt_view *view, const pt_snapshot *snapshot)
{
	pt_settings wanted = view->settings;
	pt_form_fields fields = pt_form_fields_of(view->form.kind);
	bool wrong = false, changed = false;
	for (int i = (int)fields.first; i < (int)fields.end; i++) {
		pt_form_field field = (pt_form_field)i;
		char before[PT_FORM_FIELD_BYTES];
		print_field(&view->settings, field, before);
		/* what was not touched keeps all its digits */
		bool touched = strcmp(before, view->form.text[i]) != 0;
		view->form.wrong[i] = touched && !take_field(view, field, snapshot, &wanted);
		if (view->form.wrong[i] && !wrong)
			view->form.field = field;
		wrong |= view->form.wrong[i];
		changed |= touched;
	}
	if (wrong)
		return PT_VIEW_REDRAW;
	view->form.open = false;
	view->settings = wanted;
	return PT_VIEW_REDRAW | (changed ? PT_VIEW_SETTINGS : 0);
}

/* Numbers take what numbers are made of, text takes what can be shown. */
static bool is_typed(pt_form_field field, pt_key key)
{
	if (key == PT_KEY_BACKSPACE || key == PT_KEY_DELETE)
		return true;
	if (field < PT_FIELD_MODULES)
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
	char *text = form->text[form->field];
	size_t at = 0;
	while (at < offers->n && strcmp(offers->texts[at], text) != 0)
		at++;
	bool found = at < offers->n;
	if (by > 0)
		at = found ? (at + 1) % offers->n : 0;
	else
		at = (found && at > 0 ? at : offers->n) - 1;
	memcpy(text, offers->texts[at], PT_GLOB_BYTES);
	form->wrong[form->field] = false;
}

/* Tab and the arrows: the next field, or the next offer where there is one field alone. */
static unsigned move_on(pt_view *view, int by, const pt_snapshot *snapshot)
{
	pt_offers offers;
	pt_form *form = &view->form;
	pt_form_fields fields = pt_form_fields_of(form->kind);
	int n = (int)fields.end - (int)fields.first;
	pt_form_offers(view, snapshot, form->field, &offers);
	if (offers.n > 0)
		put_offer(form, &offers, by);
	else
		form->field =
			(pt_form_field)((int)fields.first + ((int)form->field - (int)fields.first + by + n) % n);
	return PT_VIEW_REDRAW;
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
	bool typed = is_typed(form->field, key);
	if (typed)
		edit_field(form, key);
	/* the terminal's own keys go on; others would change what the form covers */
	*taken = !(key & PT_KEY_CTRL);
	return typed ? PT_VIEW_REDRAW : 0;
}
