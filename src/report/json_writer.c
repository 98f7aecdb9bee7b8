#include "phasetop/report/json_writer.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "phasetop/base/text.h"

void pt_json_writer_init(pt_json_writer *writer, FILE *out, bool compact)
{
	memset(writer, 0, sizeof *writer);
	writer->out = out;
	writer->compact = compact;
}

pt_status pt_json_writer_finish(pt_json_writer *writer, pt_error *err)
{
	assert(writer->depth == 0 && !writer->after_key);
	fputc('\n', writer->out);
	if (fflush(writer->out) != 0 || ferror(writer->out))
		return pt_fail_errno(err, errno, "", "cannot write the report");
	return PT_OK;
}

static bool on_line(const pt_json_writer *writer)
{
	return writer->compact || (writer->depth > 0 && writer->level[writer->depth - 1].one_line);
}

static void new_line(const pt_json_writer *writer)
{
	fputc('\n', writer->out);
	for (int i = 0; i < writer->depth; i++)
		fputs("  ", writer->out);
}

/* Comma and white space before the next item of the innermost array or object. */
static void separate(pt_json_writer *writer)
{
	if (writer->depth == 0)
		return;
	bool first = !writer->level[writer->depth - 1].has_items;
	writer->level[writer->depth - 1].has_items = true;
	if (!first)
		fputc(',', writer->out);
	if (!on_line(writer))
		new_line(writer);
	else if (!first && !writer->compact)
		fputc(' ', writer->out);
}

/* What precedes each value: nothing behind a key, else a separator. */
static void before_value(pt_json_writer *writer)
{
	if (writer->after_key) {
		writer->after_key = false;
		return;
	}
	assert(writer->depth == 0 || writer->level[writer->depth - 1].array);
	separate(writer);
}

static void begin(pt_json_writer *writer, bool array, bool one_line)
{
	before_value(writer);
	assert(writer->depth < PT_JSON_WRITER_DEPTH);
	bool inherited = on_line(writer);
	fputc(array ? '[' : '{', writer->out);
	writer->level[writer->depth].array = array;
	writer->level[writer->depth].one_line = one_line || inherited;
	writer->level[writer->depth].has_items = false;
	writer->depth++;
}

static void end(pt_json_writer *writer, bool array)
{
	assert(writer->depth > 0 && writer->level[writer->depth - 1].array == array && !writer->after_key);
	bool has_items = writer->level[writer->depth - 1].has_items;
	bool flat = on_line(writer);
	writer->depth--;
	if (has_items && !flat)
		new_line(writer);
	fputc(array ? ']' : '}', writer->out);
}

void pt_json_writer_begin_object(pt_json_writer *writer)
{
	begin(writer, false, false);
}

void pt_json_writer_begin_object_on_line(pt_json_writer *writer)
{
	begin(writer, false, true);
}

void pt_json_writer_end_object(pt_json_writer *writer)
{
	end(writer, false);
}

void pt_json_writer_begin_array(pt_json_writer *writer)
{
	begin(writer, true, false);
}

void pt_json_writer_begin_array_on_line(pt_json_writer *writer)
{
	begin(writer, true, true);
}

void pt_json_writer_end_array(pt_json_writer *writer)
{
	end(writer, true);
}

static void escape(FILE *out, uint32_t unit)
{
	fprintf(out, "\\u%04" PRIx32, unit);
}

static void put_code_point(FILE *out, uint32_t c)
{
	switch (c) {
	case '"':
		fputs("\\\"", out);
		return;
	case '\\':
		fputs("\\\\", out);
		return;
	case '\n':
		fputs("\\n", out);
		return;
	case '\t':
		fputs("\\t", out);
		return;
	case '\r':
		fputs("\\r", out);
		return;
	default:
		break;
	}
	if (pt_text_width_of(c) < 0) {
		/* A report is often looked at in a terminal: what could steer it goes out as an escape. */
		if (c >= 0x10000) {
			escape(out, 0xD800u + ((c - 0x10000u) >> 10));
			escape(out, 0xDC00u + ((c - 0x10000u) & 0x3FFu));
		} else {
			escape(out, c);
		}
		return;
	}
	char utf8[4];
	fwrite(utf8, 1, pt_utf8_encode(c, utf8), out);
}

static void put_string(FILE *out, const char *text)
{
	size_t n = strlen(text);
	fputc('"', out);
	while (n > 0) {
		uint32_t c;
		size_t used = pt_utf8_decode(text, n, &c);
		put_code_point(out, c);
		text += used;
		n -= used;
	}
	fputc('"', out);
}

void pt_json_writer_key(pt_json_writer *writer, const char *key)
{
	assert(writer->depth > 0 && !writer->level[writer->depth - 1].array && !writer->after_key);
	separate(writer);
	put_string(writer->out, key);
	fputs(writer->compact ? ":" : ": ", writer->out);
	writer->after_key = true;
}

void pt_json_writer_null(pt_json_writer *writer)
{
	before_value(writer);
	fputs("null", writer->out);
}

void pt_json_writer_bool(pt_json_writer *writer, bool value)
{
	before_value(writer);
	fputs(value ? "true" : "false", writer->out);
}

void pt_json_writer_int(pt_json_writer *writer, int64_t value)
{
	before_value(writer);
	fprintf(writer->out, "%" PRId64, value);
}

void pt_json_writer_double(pt_json_writer *writer, double value)
{
	char text[40];
	pt_text_double(text, sizeof text, value);
	/* printf takes the decimal point from the locale; JSON knows one only. */
	char *comma = strchr(text, ',');
	if (comma)
		*comma = '.';
	before_value(writer);
	fputs(text, writer->out);
}

void pt_json_writer_string(pt_json_writer *writer, const char *text)
{
	if (!text) {
		pt_json_writer_null(writer);
		return;
	}
	before_value(writer);
	put_string(writer->out, text);
}

void pt_json_writer_member_null(pt_json_writer *writer, const char *key)
{
	pt_json_writer_key(writer, key);
	pt_json_writer_null(writer);
}

void pt_json_writer_member_bool(pt_json_writer *writer, const char *key, bool value)
{
	pt_json_writer_key(writer, key);
	pt_json_writer_bool(writer, value);
}

void pt_json_writer_member_int(pt_json_writer *writer, const char *key, int64_t value)
{
	pt_json_writer_key(writer, key);
	pt_json_writer_int(writer, value);
}

void pt_json_writer_member_double(pt_json_writer *writer, const char *key, double value)
{
	pt_json_writer_key(writer, key);
	pt_json_writer_double(writer, value);
}

void pt_json_writer_member_string(pt_json_writer *writer, const char *key, const char *text)
{
	pt_json_writer_key(writer, key);
	pt_json_writer_string(writer, text);
}
