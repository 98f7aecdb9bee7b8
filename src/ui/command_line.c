/* The command line while it is typed into: editing, completion, history. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "command_parts.h"
#include "phasetop/base/text.h"
#include "view_private.h"

/* What was typed has changed: it is no offer, and nothing is wrong with it yet. */
static void touch(pt_command_line *line)
{
	line->offer = -1;
	line->wrong[0] = '\0';
	if (line->is_full)
		snprintf(line->wrong, sizeof line->wrong, "no more than %d bytes: the rest was not taken",
			PT_COMMAND_BYTES - 1);
	line->is_full = false;
	line->recalled = line->n_history;
}

/* `text` in the place of all from byte `from` on. */
static void put(pt_command_line *line, size_t from, const char *text, size_t n)
{
	pt_text out = {.bytes = line->text, .capacity = sizeof line->text, .length = from};
	line->text[from] = '\0';
	pt_text_add_bytes(&out, text, n);
	line->at = out.length;
}

unsigned pt_command_open(pt_view *view, const char *text)
{
	view->command.open = true;
	put(&view->command, 0, text, strlen(text));
	touch(&view->command);
	return PT_VIEW_REDRAW;
}

unsigned pt_command_open_export(pt_view *view, const pt_snapshot *snapshot)
{
	pt_offers offers;
	size_t from;
	unsigned flags = pt_command_open(view, "export ");
	pt_command_line *line = &view->command;
	pt_command_offers(view, snapshot, line->text, &offers, &from);
	snprintf(line->stem, sizeof line->stem, "%s", line->text);
	line->offer = 0;
	put(line, from, offers.texts[0], strlen(offers.texts[0]));
	return flags;
}

void pt_view_say(pt_view *view, bool wrong, const char *format, ...)
{
	va_list values;
	char raw[2 * PT_MESSAGE_BYTES];
	va_start(values, format);
	vsnprintf(raw, sizeof raw, format, values);
	va_end(values);
	pt_text_sanitize(view->message, sizeof view->message, raw, strlen(raw));
	view->message_wrong = wrong;
}

/* --- editing --------------------------------------------------------------------------------------- */

static size_t before(const pt_command_line *line, size_t at)
{
	while (at > 0 && ((unsigned char)line->text[--at] & 0xC0) == 0x80)
		; /* the rest of a character of several bytes */
	return at;
}

static size_t behind(const pt_command_line *line, size_t at)
{
	uint32_t ignored;
	return at + pt_utf8_decode(line->text + at, strlen(line->text + at), &ignored);
}

static void cut(pt_command_line *line, size_t from, size_t to)
{
	memmove(line->text + from, line->text + to, strlen(line->text + to) + 1);
	line->at = from;
}

static size_t start_of_word(const pt_command_line *line)
{
	size_t at = line->at;
	while (at > 0 && line->text[at - 1] == ' ')
		at--;
	while (at > 0 && line->text[at - 1] != ' ')
		at--;
	return at;
}

static void insert(pt_command_line *line, pt_key key)
{
	char encoded[4];
	if (key == ':' && line->wrong[0]) { /* what was refused gives way to another command */
		put(line, 0, "", 0);
		return;
	}
	size_t n = strlen(line->text), more = pt_utf8_encode(key, encoded);
	if (n + more >= sizeof line->text) {
		line->is_full = true;
		return;
	}
	memmove(line->text + line->at + more, line->text + line->at, n - line->at + 1);
	memcpy(line->text + line->at, encoded, more);
	line->at += more;
}

/* @return false: the key does not edit */
static bool edit(pt_command_line *line, pt_key key)
{
	size_t n = strlen(line->text);
	switch (key) {
	case PT_KEY_BACKSPACE:
	case PT_KEY_CTRL | 'h':
		cut(line, before(line, line->at), line->at);
		return true;
	case PT_KEY_DELETE:
	case PT_KEY_CTRL | 'd':
		cut(line, line->at, behind(line, line->at));
		return true;
	case PT_KEY_CTRL | 'u':
		cut(line, 0, line->at);
		return true;
	case PT_KEY_CTRL | 'k':
		cut(line, line->at, n);
		return true;
	case PT_KEY_CTRL | 'w':
		cut(line, start_of_word(line), line->at);
		return true;
	default:
		if (key >= PT_KEY_SPECIAL || pt_text_width_of(key) <= 0)
			return false;
		insert(line, key);
		return true;
	}
}

/* @return false: the key does not move */
static bool move(pt_command_line *line, pt_key key)
{
	switch (key) {
	case PT_KEY_LEFT:
	case PT_KEY_CTRL | 'b':
		line->at = before(line, line->at);
		return true;
	case PT_KEY_RIGHT:
	case PT_KEY_CTRL | 'f':
		line->at = behind(line, line->at);
		return true;
	case PT_KEY_HOME:
	case PT_KEY_CTRL | 'a':
		line->at = 0;
		return true;
	case PT_KEY_END:
	case PT_KEY_CTRL | 'e':
		line->at = strlen(line->text);
		return true;
	default:
		return false;
	}
}

/* --- completion ------------------------------------------------------------------------------------ */

static size_t common_length(const pt_offers *offers)
{
	size_t n = strlen(offers->texts[0]);
	for (size_t i = 1; i < offers->n; i++)
		while (n > 0 && strncmp(offers->texts[0], offers->texts[i], n) != 0)
			n--;
	while (n > 0 && ((unsigned char)offers->texts[0][n] & 0xC0) == 0x80)
		n--;
	return n;
}

/* The only offer, or as much as all have in common, or one after the other. */
static void complete(pt_view *view, const pt_snapshot *snapshot, int by)
{
	pt_command_line *line = &view->command;
	pt_offers offers;
	size_t from;
	bool goes_on = line->offer >= 0;
	if (!goes_on)
		snprintf(line->stem, sizeof line->stem, "%s", line->text);
	pt_command_offers(view, snapshot, line->stem, &offers, &from);
	if (offers.n == 0)
		return;
	int n = (int)offers.n;
	size_t common = common_length(&offers), typed = strlen(line->stem + from);
	if (!goes_on && (n == 1 || common > typed)) {
		bool is_name = !pt_command_words_of(line->stem).has_blank;
		put(line, from, offers.texts[0], common);
		if (n == 1 && is_name && pt_command_needs_value(offers.texts[0]))
			put(line, line->at, " ", 1);
		return;
	}
	line->offer = !goes_on ? (by > 0 ? 0 : n - 1) : (line->offer + by + n) % n;
	put(line, from, offers.texts[line->offer], strlen(offers.texts[line->offer]));
}

/* --- history --------------------------------------------------------------------------------------- */

void pt_command_remember(pt_command_line *line, const char *text)
{
	int n = line->n_history, at = 0;
	while (at < n && strcmp(line->history[at], text) != 0)
		at++;
	if (at == n && n == PT_COMMAND_HISTORY)
		at = 0; /* the oldest goes */
	if (at < n) {
		memmove(line->history[at], line->history[at + 1], (size_t)(n - at - 1) * sizeof line->history[0]);
		n--;
	}
	snprintf(line->history[n], sizeof line->history[n], "%s", text);
	line->n_history = line->recalled = n + 1;
}

static void recall(pt_command_line *line, int by)
{
	int at = line->recalled + by;
	if (at < 0 || at > line->n_history)
		return;
	const char *text = at == line->n_history ? "" : line->history[at];
	put(line, 0, text, strlen(text));
	touch(line);
	line->recalled = at;
}

/* --- keys ------------------------------------------------------------------------------------------ */

/* Closed before it is carried out, for the command may open something else; what was wrong is typed anew. */
static unsigned carry_out(pt_view *view, const pt_snapshot *snapshot)
{
	pt_command_line *line = &view->command;
	char text[PT_COMMAND_BYTES];
	unsigned flags = 0;
	memcpy(text, line->text, sizeof text);
	if (text[strspn(text, " :")])
		pt_command_remember(line, text);
	line->open = false;
	if (!pt_command_run(view, snapshot, text, &flags, line->wrong)) {
		line->open = true;
		line->offer = -1;
	}
	return flags | PT_VIEW_REDRAW;
}

unsigned pt_command_key(pt_view *view, pt_key key, const pt_snapshot *snapshot)
{
	pt_command_line *line = &view->command;
	bool leaves = key == PT_KEY_ESC || (line->text[0] == '\0' && key == PT_KEY_BACKSPACE);
	if (key == PT_KEY_ENTER)
		return carry_out(view, snapshot);
	if (leaves)
		line->open = false;
	else if (key == PT_KEY_TAB || key == (PT_KEY_SHIFT | PT_KEY_TAB))
		complete(view, snapshot, key == PT_KEY_TAB ? 1 : -1);
	else if (key == PT_KEY_UP || key == PT_KEY_DOWN)
		recall(line, key == PT_KEY_UP ? -1 : 1);
	else if (key == (PT_KEY_CTRL | 'z') || key == (PT_KEY_CTRL | 'l'))
		return pt_view_apply(
			view, key == (PT_KEY_CTRL | 'z') ? PT_ACTION_SUSPEND : PT_ACTION_REDRAW, 1, snapshot);
	else if (move(line, key))
		line->offer = -1;
	else if (edit(line, key))
		touch(line);
	else
		return 0;
	return PT_VIEW_REDRAW;
}
