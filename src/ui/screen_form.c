/** The form that lies over the panes: its fields, what they mean, what is offered in them. */
#include <stdio.h>
#include <string.h>

#include "form.h"
#include "pane_draw.h"
#include "screen_parts.h"

enum {
	FORM_COLS = 56,
	FORM_ROWS = 10,
	OPTIONS_COLS = 72,
	WORDS_ROWS = 5, /* below the fields of a form that has many */
	NUMBER_COLS = 16,
	WRONG_COLS = 12,
	LABEL_COLS = 16, /* where all are names of settings */
};

typedef struct form_words {
	pt_action opened_by;
	const char *title;
} form_words;

static const form_words forms[] = {
	{PT_ACTION_THRESHOLDS, "cosine thresholds"},
	{PT_ACTION_MODULE_SET, "modules that are summed"},
	{PT_ACTION_PROBE_SUBSET, "probes of the spectrum"},
	{PT_ACTION_OPTIONS, "options"},
};
_Static_assert(sizeof forms / sizeof forms[0] == PT_N_FORMS, "a title for every form");

/* Text that is wider than its place shows its end: there it is typed. */
static const char *end_of(const char *text, int cols)
{
	while (*text && pt_frame_text_width(text) > cols) {
		uint32_t code_point;
		text += pt_utf8_decode(text, strlen(text), &code_point);
	}
	return text;
}

/* Among thresholds a number has a narrow place at the right, and beside it what is wrong; a text all there
 * is. */
static pt_rect value_place(const pt_form *form, pt_setting field, pt_rect line)
{
	bool is_number = form->kind == PT_FORM_THRESHOLDS, is_options = form->kind == PT_FORM_OPTIONS;
	int label = is_options ? LABEL_COLS : pt_frame_text_width(pt_form_label(form->kind, field)) + 2;
	int x = is_number ? line.x + line.w - NUMBER_COLS - WRONG_COLS : line.x + label;
	if (is_number && x < line.x + 10)
		x = line.x + (line.w > 10 ? 10 : line.w / 2);
	int cols = is_number ? NUMBER_COLS : line.x + line.w - x - (is_options ? WRONG_COLS : 0);
	return pt_rect_intersect((pt_rect){x, line.y, cols, 1}, line);
}

static void draw_field(const pt_form *form, pt_setting field, pt_frame *frame, pt_rect line)
{
	bool active = form->field == field;
	pt_rect value = value_place(form, field, line);
	const char *text = end_of(form->text[field], value.w - 1);
	pt_frame_text_cut(frame, line, line.x, line.y, value.x - line.x - 1,
		pt_pen_of(active ? PT_ROLE_TITLE : PT_ROLE_LABEL), pt_form_label(form->kind, field));
	int x = value.x;
	if (text[0]) {
		x += pt_frame_text(frame, value, x, value.y, pt_pen_of(PT_ROLE_TEXT), text);
	} else if (!active || form->kind != PT_FORM_THRESHOLDS) {
		char usual[PT_FORM_FIELD_BYTES];
		pt_form_default(field, usual);
		pt_frame_text(frame, value, x + active, value.y, pt_pen_of(PT_ROLE_INACTIVE), usual);
	}
	if (active) {
		pt_frame_ground(frame, value, PT_ROLE_SELECTED, 0);
		pt_frame_put(frame, value, x, value.y, pt_pen_of(PT_ROLE_CROSSHAIR), U'▏');
	}
	if (form->wrong[field])
		pt_frame_text(frame, line, value.x + value.w + 1, line.y, pt_pen_of(PT_ROLE_ALERT), "not valid");
}

/* "Tab ↑ ↓: all · *.q_proj · *.v_proj" */
static void add_offers(const pt_scene *scene, bool unicode, pt_text *words)
{
	pt_offers offers;
	const pt_form *form = &scene->view->form;
	bool is_sole = pt_form_has_one_field(form->kind);
	pt_setting_offers(scene->view, scene->snapshot, form->field, &offers);
	if (offers.n < 2)
		return;
	if (is_sole)
		pt_text_add(words, unicode ? " Tab ↑ ↓:" : " Tab Up Down:");
	else
		pt_text_add(words, unicode ? " ← →:" : " Left Right:");
	for (size_t i = 0; i < offers.n; i++)
		pt_text_addf(words, "%s %s", i ? " ·" : "", offers.texts[i]);
}

/* What the text would select, and what the field means. */
static void draw_words(const pt_scene *scene, pt_frame *frame, pt_rect rect)
{
	char note[PT_LINE_BYTES], words[2048];
	const pt_form *form = &scene->view->form;
	bool fine = pt_setting_note(
		scene->view, scene->snapshot, form->field, form->text[form->field], note, sizeof note);
	pt_text text = pt_text_over(words, sizeof words);
	if (note[0]) {
		pt_frame_text_cut(
			frame, rect, rect.x, rect.y, rect.w, pt_pen_of(fine ? PT_ROLE_TEXT : PT_ROLE_ALERT), note);
		rect = pt_rect_inset(rect, 0, rect.h > 4 ? 2 : 1, 0, 0);
	}
	if (form->kind == PT_FORM_THRESHOLDS) /* where fields have names of their own */
		pt_text_addf(&text, "%s: ", pt_setting_row_of(form->field)->name);
	pt_text_addf(&text, "%s.", pt_setting_row_of(form->field)->help);
	add_offers(scene, frame->charset == PT_CHARSET_UTF8, &text);
	if (!pt_rect_is_empty(rect))
		pt_wrapped_draw(frame, rect, pt_pen_of(PT_ROLE_LABEL), words, 0);
}

static pt_rect form_rect(const pt_form *form, size_t n, pt_rect area)
{
	int cols = form->kind == PT_FORM_OPTIONS ? OPTIONS_COLS : FORM_COLS;
	int rows = form->kind == PT_FORM_OPTIONS ? (int)n + WORDS_ROWS + 3 : FORM_ROWS;
	int w = area.w < cols ? area.w : cols, h = area.h < rows ? area.h : rows;
	return (pt_rect){area.x + (area.w - w) / 2, area.y + (area.h - h) / 2, w, h};
}

/* Of the field that is typed into, from 1. */
static size_t place_of(const pt_form *form, const pt_setting *fields, size_t n)
{
	size_t at = 0;
	while (at + 1 < n && fields[at] != form->field)
		at++;
	return at + 1;
}

/* Of more fields than there are rows those round the one that is typed into. @return rows that they take */
static int draw_fields(const pt_form *form, pt_frame *frame, pt_rect inner, int words_rows)
{
	pt_setting fields[PT_N_SETTINGS];
	int n = (int)pt_form_fields_of(form->kind, fields), at = (int)place_of(form, fields, (size_t)n) - 1;
	int rows = inner.h - words_rows < n ? inner.h - words_rows : n;
	rows = rows < 1 ? 1 : rows;
	int first = at < rows / 2 ? 0 : at - rows / 2;
	first = first > n - rows ? n - rows : first;
	for (int row = 0; row < rows && row < inner.h; row++)
		draw_field(form, fields[first + row], frame, (pt_rect){inner.x, inner.y + row, inner.w, 1});
	return rows;
}

void pt_screen_form_draw(const pt_scene *scene, pt_frame *frame, pt_rect area)
{
	const pt_form *form = &scene->view->form;
	pt_setting fields[PT_N_SETTINGS];
	char place[48], key[32];
	size_t n = pt_form_fields_of(form->kind, fields);
	snprintf(place, sizeof place, "%zu of %zu", place_of(form, fields, n), n);
	pt_rect rect = form_rect(form, n, area), inner = rect;
	pt_frame_fill(frame, rect, pt_pen_of(PT_ROLE_TEXT), U' ');
	pt_action_show_first_key(
		scene->view->keymap, forms[form->kind].opened_by, frame->charset == PT_CHARSET_UTF8, key, sizeof key);
	pt_box box = {.focused = true,
		.key = key,
		.title = forms[form->kind].title,
		.figure = "Enter applies, Esc leaves",
		.footer = form->kind == PT_FORM_OPTIONS ? place : NULL};
	if (rect.w >= 6 && rect.h >= 3)
		inner = pt_rect_inset(pt_frame_box(frame, rect, &box), 1, 0, 1, 0);
	bool airy = inner.h >= FORM_ROWS - 2;
	if (airy)
		inner = pt_rect_inset(inner, 0, 1, 0, 0);
	int used = draw_fields(form, frame, inner, airy && form->kind == PT_FORM_OPTIONS ? WORDS_ROWS : 0) + airy;
	if (inner.h > used)
		draw_words(scene, frame, pt_rect_inset(inner, 0, used, 0, 0));
}
