/** The command line, and what the program has to tell in its place. */
#include <string.h>

#include "command_parts.h"
#include "pane_draw.h"
#include "screen_parts.h"

/* The part of the text that is seen begins here, so that the place where is typed is seen. */
static const char *first_seen(const pt_command_line *line, int cols)
{
	char typed[PT_COMMAND_BYTES];
	memcpy(typed, line->text, sizeof typed);
	typed[line->at] = '\0';
	const char *from = typed;
	while (*from && pt_frame_text_width(from) > cols) {
		uint32_t ignored;
		from += pt_utf8_decode(from, strlen(from), &ignored);
	}
	return line->text + (from - typed);
}

void pt_screen_command_draw(const pt_scene *scene, pt_frame *frame, pt_rect line)
{
	const pt_command_line *command = &scene->view->command;
	pt_frame_fill(frame, line, pt_pen_of(PT_ROLE_TEXT), U' ');
	int x = line.x + pt_frame_text(frame, line, line.x, line.y, pt_pen_of(PT_ROLE_KEY), ":");
	const char *text = first_seen(command, line.w - 2);
	char typed[PT_COMMAND_BYTES];
	pt_text before = pt_text_over(typed, sizeof typed);
	pt_text_add_bytes(&before, text, command->at - (size_t)(text - command->text));
	int cursor = x + pt_frame_text_width(typed);
	pt_frame_text(frame, line, x, line.y, pt_pen_of(PT_ROLE_TEXT), text);
	pt_frame_ground(frame, pt_rect_intersect((pt_rect){cursor, line.y, 1, 1}, line), PT_ROLE_SELECTED, 0);
}

/* Offers beside each other, from the one that stands in the text on where not all fit. */
static void draw_offers(const pt_offers *offers, int chosen, pt_frame *frame, pt_rect line)
{
	int cols = 0, first = 0;
	for (int i = 0; i <= chosen; i++) {
		cols += pt_frame_text_width(offers->texts[i]) + 2;
		if (cols > line.w)
			first = i, cols = pt_frame_text_width(offers->texts[i]) + 2;
	}
	int x = line.x;
	for (size_t i = (size_t)first; i < offers->n && x < line.x + line.w; i++) {
		pt_role role = (int)i == chosen ? PT_ROLE_KEY : PT_ROLE_LABEL;
		int width = pt_frame_text_width(offers->texts[i]);
		if (x > line.x && x + width > line.x + line.w) {
			pt_frame_put(frame, line, x, line.y, pt_pen_of(PT_ROLE_LABEL), U'…');
			break;
		}
		x += pt_frame_text(frame, line, x, line.y, pt_pen_of(role), offers->texts[i]) + 2;
	}
}

/* What is wrong; else what is offered, while it is asked for or few; else what the command does. */
void pt_screen_command_words_draw(const pt_scene *scene, pt_frame *frame, pt_rect line)
{
	const pt_command_line *command = &scene->view->command;
	pt_offers offers;
	size_t from;
	char about[PT_LINE_BYTES];
	pt_frame_fill(frame, line, pt_pen_of(PT_ROLE_TEXT), U' ');
	line = pt_rect_inset(line, line.w >= 40, 0, 0, 0);
	pt_command_offers(
		scene->view, scene->snapshot, command->offer >= 0 ? command->stem : command->text, &offers, &from);
	pt_command_about(command->text, about, sizeof about);
	if (command->wrong[0])
		pt_frame_text_cut(frame, line, line.x, line.y, line.w, pt_pen_of(PT_ROLE_WARN), command->wrong);
	else if (command->offer >= 0 || (offers.n > 0 && !about[0]))
		draw_offers(&offers, command->offer, frame, line);
	else
		pt_frame_text_cut(frame, line, line.x, line.y, line.w, pt_pen_of(PT_ROLE_LABEL), about);
}

void pt_screen_message_draw(const pt_scene *scene, pt_frame *frame, pt_rect line)
{
	const pt_view *view = scene->view;
	pt_role role = view->message_wrong ? PT_ROLE_WARN : PT_ROLE_TEXT;
	pt_frame_fill(frame, line, pt_pen_of(PT_ROLE_TEXT), U' ');
	pt_rect words = pt_rect_inset(line, line.w >= 40, 0, 0, 0);
	pt_frame_text_cut(frame, words, words.x, words.y, words.w, pt_pen_of(role), view->message);
}
