/** SVG pictures as text, and what a reader of XML demands of them. */
#ifndef TESTS_REPORT_SVG_READING_H
#define TESTS_REPORT_SVG_READING_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/base/text.h"
#include "phasetop/report/report_svg.h"

static const pt_rect everywhere = {0, 0, 1000, 1000};

static inline pt_frame *new_frame(int cols, int rows)
{
	pt_frame *frame = NULL;
	assert_int_equal(pt_frame_create(cols, rows, PT_CHARSET_UTF8, &frame, NULL), PT_OK);
	return frame;
}

static inline pt_theme *new_theme(const char *text)
{
	pt_theme *theme = NULL;
	assert_int_equal(pt_theme_parse("test", text, strlen(text), &theme, NULL), PT_OK);
	return theme;
}

/* The picture as text; free() it. */
static inline char *svg_of(const pt_frame *frame, const pt_theme *theme, const pt_svg_options *options)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	assert_non_null(out);
	assert_int_equal(pt_report_svg(frame, theme, options, out, NULL), PT_OK);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(strlen(text), n);
	char *copy = strdup(text); /* gcc takes a pointer into the stream's for one into this function */
	assert_non_null(copy);
	free(text);
	return copy;
}

static inline int count(const char *text, const char *what)
{
	int n = 0;
	for (const char *at = text; (at = strstr(at, what)); at++)
		n++;
	return n;
}

/* Elements nest, attributes are quoted, no bare '&' or '<' in text, UTF-8 throughout. */
static inline void assert_well_formed(const char *xml)
{
	enum { DEEPEST = 16 };
	char open[DEEPEST][16];
	int depth = 0;
	for (const char *at = xml; *at;) {
		if (*at == '&')
			assert_true(!strncmp(at, "&amp;", 5) || !strncmp(at, "&lt;", 4) || !strncmp(at, "&gt;", 4) ||
						!strncmp(at, "&quot;", 6));
		if (*at != '<') {
			uint32_t c;
			size_t used = pt_utf8_decode(at, strlen(at), &c);
			assert_true(c != 0xFFFD || used == 3);
			assert_true(c >= 0x20 || c == '\n');
			at += used;
			continue;
		}
		bool closing = *++at == '/';
		at += closing;
		char name[16];
		size_t n = strspn(at, "abcdefghijklmnopqrstuvwxyz");
		assert_in_range(n, 1, sizeof name - 1);
		memcpy(name, at, n);
		name[n] = '\0';
		for (at += n; *at && *at != '>' && *at != '/'; at++)
			if (*at == '"') {
				at = strchr(at + 1, '"');
				assert_non_null(at);
			} else {
				assert_int_not_equal(*at, '<');
			}
		bool empty = *at == '/';
		at += empty;
		assert_int_equal(*at, '>');
		at++;
		if (closing)
			assert_string_equal(name, open[--depth]);
		else if (!empty)
			memcpy(open[depth++], name, sizeof name);
		assert_in_range(depth, 0, DEEPEST - 1);
	}
	assert_int_equal(depth, 0);
}

#endif
