/** The form that lies over the panes: its fields, what they mean, what is offered in them. */
#include <stdio.h>
#include <string.h>

#include "form.h"
#include "pane_draw.h"
#include "screen_parts.h"

enum { FORM_COLS = 56, FORM_ROWS = 10, NUMBER_COLS = 16, WRONG_COLS = 12 };

typedef struct form_words {
	const char *key, *title;
} form_words;

static const form_words forms[] = {
	{"t", "cosine thresholds"},
	{"M", "modules that are summed"},
	{"u", "probes of the spectrum"},
};
_Static_assert(sizeof forms / sizeof forms[0] == PT_N_FORMS, "a title for every form");

typedef struct field_words {
	const char *empty; /* what "" means */
	const char *about;
} field_words;

static const field_words fields[] = {
	{"default", "Where the red line stands: a cosine below it is a dip that is coloured. Default 0.8."},
	{"default",
		"Steps t whose displacements over k are both shorter than this are skipped. Default 0: none."},
	{"default",
		"The same, as a share of the largest displacement so far. Default 0; for dips and turns 0.2."},
	{"all", "A glob over names, ADAPTER:GLOB, or layers=A-B."},
	{"all", "A glob over the probes' names."},
};
_Static_assert(sizeof fields / sizeof fields[0] == PT_N_FIELDS, "words for every field");

/* Text that is wider than its place shows its end: there it is typed. */
static const char *end_of(const char *text, int cols)
{
	while (*text && pt_frame_text_width(text) > cols) {
		uint32_t code_point;
		text += pt_utf8_decode(text, strlen(text), &code_point);
	}
	return text;
}

/* A number has a narrow place at the right, and beside it what is wrong; a text all there is. */
static pt_rect value_place(pt_form_field field, pt_rect line)
{
	bool is_text = field >= PT_FIELD_MODULES;
	int label = pt_frame_text_width(pt_form_field_label(field)) + 2;
	int x = is_text ? line.x + label : line.x + line.w - NUMBER_COLS - WRONG_COLS;
	if (!is_text && x < line.x + 10)
		x = line.x + (line.w > 10 ? 10 : line.w / 2);
	int cols = is_text ? line.x + line.w - x : NUMBER_COLS;
	return pt_rect_intersect((pt_rect){x, line.y, cols, 1}, line);
}

static void draw_field(const pt_form *form, pt_form_field field, pt_frame *frame, pt_rect line)
{
	bool active = form->field == field;
	pt_rect value = value_place(field, line);
	const char *text = end_of(form->text[field], value.w - 1);
	pt_frame_text_cut(frame, line, line.x, line.y, value.x - line.x - 1,
		pt_pen_of(active ? PT_ROLE_TITLE : PT_ROLE_LABEL), pt_form_field_label(field));
	int x = value.x;
	if (text[0])
		x += pt_frame_text(frame, value, x, value.y, pt_pen_of(PT_ROLE_TEXT), text);
	else if (!active || field >= PT_FIELD_MODULES)
		pt_frame_text(frame, value, x + active, value.y, pt_pen_of(PT_ROLE_INACTIVE), fields[field].empty);
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
	pt_form_field field = scene->view->form.field;
	pt_form_offers(scene->view, scene->snapshot, field, &offers);
	if (offers.n < 2)
		return;
	pt_text_add(words, unicode ? " Tab ↑ ↓:" : " Tab Up Down:");
	for (size_t i = 0; i < offers.n; i++)
		pt_text_addf(words, "%s %s", i ? " ·" : "", i ? offers.texts[i] : fields[field].empty);
}

/* What the text would select, and what the field means. */
static void draw_words(const pt_scene *scene, pt_frame *frame, pt_rect rect)
{
	char note[PT_LINE_BYTES], words[1024];
	pt_form_field field = scene->view->form.field;
	bool fine = pt_form_note(scene->view, scene->snapshot, field, note, sizeof note);
	pt_text text = pt_text_over(words, sizeof words);
	if (note[0]) {
		pt_frame_text_cut(
			frame, rect, rect.x, rect.y, rect.w, pt_pen_of(fine ? PT_ROLE_TEXT : PT_ROLE_ALERT), note);
		rect = pt_rect_inset(rect, 0, rect.h > 4 ? 2 : 1, 0, 0);
	}
	pt_text_add(&text, fields[field].about);
	add_offers(scene, frame->charset == PT_CHARSET_UTF8, &text);
	if (!pt_rect_is_empty(rect))
		pt_wrapped_draw(frame, rect, pt_pen_of(PT_ROLE_LABEL), words, 0);
}

void pt_screen_form_draw(const pt_scene *scene, pt_frame *frame, pt_rect area)
{
	const pt_form *form = &scene->view->form;
	int w = area.w < FORM_COLS ? area.w : FORM_COLS, h = area.h < FORM_ROWS ? area.h : FORM_ROWS;
	pt_rect rect = {area.x + (area.w - w) / 2, area.y + (area.h - h) / 2, w, h};
	pt_frame_fill(frame, rect, pt_pen_of(PT_ROLE_TEXT), U' ');
	pt_box box = {.focused = true,
		.key = forms[form->kind].key,
		.title = forms[form->kind].title,
		.figure = "Enter applies, Esc leaves"};
	pt_rect inner = rect;
	if (w >= 6 && h >= 3)
		inner = pt_rect_inset(pt_frame_box(frame, rect, &box), 1, 0, 1, 0);
	bool airy = inner.h >= FORM_ROWS - 2;
	pt_form_fields all = pt_form_fields_of(form->kind);
	int n = (int)all.end - (int)all.first;
	for (int f = 0; f < n; f++) {
		/* In a very low form only the field that is typed into. */
		pt_form_field field = (pt_form_field)((int)all.first + f);
		int row = inner.h < n ? (field == form->field ? 0 : inner.h) : f + airy;
		if (row < inner.h)
			draw_field(form, field, frame, (pt_rect){inner.x, inner.y + row, inner.w, 1});
	}
	int used = n + (airy ? 2 : 0);
	if (inner.h > used)
		draw_words(scene, frame, pt_rect_inset(inner, 0, used, 0, 0));
}
