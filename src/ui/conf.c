#include "phasetop/ui/conf.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "phasetop/base/text.h"

enum { SHOWN_BYTES = 48 };

typedef struct parser {
	const pt_conf_reader *reader;
	char section[PT_CONF_NAME_BYTES];
	bool section_known; /* false: its name was not understood, and its entries are passed over */
	int line;
} parser;

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Without blanks at either end. */
static char *trim(char *text)
{
	while (is_blank(*text))
		text++;
	size_t n = strlen(text);
	while (n > 0 && is_blank(text[n - 1]))
		text[--n] = '\0';
	return text;
}

static void tell(const parser *p, const char *before, const char *foreign, const char *behind)
{
	char shown[SHOWN_BYTES], message[2 * SHOWN_BYTES + 64];
	pt_text_sanitize(shown, sizeof shown, foreign, strlen(foreign));
	snprintf(message, sizeof message, "%s%s%s", before, shown, behind);
	p->reader->problem(p->reader->context, p->line, message);
}

static bool is_name(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
	return n > 0 && n < PT_CONF_NAME_BYTES && text[n] == '\0';
}

static void read_section(parser *p, char *text)
{
	size_t n = strlen(text);
	p->section_known = text[n - 1] == ']';
	text[n - 1] = '\0';
	char *name = trim(text + 1);
	p->section_known = p->section_known && is_name(name);
	if (p->section_known)
		memcpy(p->section, name, strlen(name) + 1);
	else
		tell(p, "not a section such as [keys]: ", text, "");
}

/* A mark that begins a comment: " # ", but not at once, for it may be the value itself. */
static void cut_comment(char *value)
{
	for (char *at = value; *at; at++)
		if (at > value + 1 && *at == '#' && is_blank(at[-1]) && (is_blank(at[1]) || at[1] == '\0')) {
			*at = '\0';
			return;
		}
}

static void read_entry(parser *p, char *text)
{
	char *equals = strchr(text, '=');
	if (!equals) {
		tell(p, "not of the form name = value: ", text, "");
		return;
	}
	*equals = '\0';
	char *name = trim(text), *value = trim(equals + 1);
	cut_comment(value);
	trim(value);
	if (!is_name(name)) {
		tell(p, "'", name, "' is no name");
		return;
	}
	pt_conf_entry entry = {.section = p->section, .name = name, .value = value, .line = p->line};
	p->reader->entry(p->reader->context, &entry);
}

static void read_line(parser *p, const char *from, size_t n)
{
	char buffer[PT_CONF_LINE_BYTES];
	if (n >= sizeof buffer || memchr(from, '\0', n)) {
		tell(p, n >= sizeof buffer ? "the line is too long" : "the line holds a NUL", "", "");
		return;
	}
	memcpy(buffer, from, n);
	buffer[n] = '\0';
	char *text = trim(buffer);
	if (*text == '\0' || *text == '#')
		return;
	if (*text == '[')
		read_section(p, text);
	else if (p->section_known)
		read_entry(p, text);
}

void pt_conf_parse(const char *text, size_t n_bytes, const pt_conf_reader *reader)
{
	parser p = {.reader = reader, .section_known = true};
	static const char mark[] = "\xEF\xBB\xBF"; /* of byte order, which some editors leave */
	size_t at = n_bytes >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
	if (n_bytes > PT_CONF_MAX_BYTES) {
		tell(&p, "larger than 64 KiB: nothing of it is read", "", "");
		return;
	}
	while (at < n_bytes) {
		const char *end = memchr(text + at, '\n', n_bytes - at);
		size_t n = end ? (size_t)(end - (text + at)) : n_bytes - at;
		p.line++;
		read_line(&p, text + at, n);
		at += n + 1;
	}
}
