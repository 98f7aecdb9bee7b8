#include "phasetop/runio/json_reader.h"

#include <math.h>
#include <string.h>

#include "json_number.h"
#include "json_text.h"

/* What may come next. */
enum state {
	WANT_VALUE,         /* the document's value, or one after a colon */
	WANT_FIRST_ELEMENT, /* after `[`: a value or `]` */
	WANT_FIRST_KEY,     /* after `{`: a key or `}` */
	WANT_COMMA,         /* after a value within a container: `,` or its end */
	WANT_NOTHING        /* after the document's value: white space only */
};

static const char *const type_names[] = {
	"the end",
	"an object",
	"the end of the object",
	"an array",
	"the end of the array",
	"a key",
	"a string",
	"a number",
	"true",
	"false",
	"null",
};
_Static_assert(sizeof type_names / sizeof type_names[0] == PT_N_JSON_TYPES, "a name for every type");

const char *pt_json_type_name(pt_json_type type)
{
	return (unsigned)type < PT_N_JSON_TYPES ? type_names[type] : "unknown";
}

void pt_json_init(pt_json_reader *reader, const char *text, size_t length, pt_json_dialect dialect,
	const char *path, int64_t base_offset)
{
	*reader = (pt_json_reader){.text = text,
		.length = length,
		.base_offset = base_offset,
		.path = path,
		.dialect = dialect,
		.state = WANT_VALUE};
}

static int64_t offset_of(const pt_json_reader *reader, size_t at)
{
	return reader->base_offset + (int64_t)at;
}

/* Every syntax error comes through here, so that each has its offset. */
static pt_status fail_at(const pt_json_reader *reader, size_t at, const char *what, pt_error *err)
{
	if (at >= reader->length)
		return pt_fail(
			err, PT_ERR_JSON, reader->path, offset_of(reader, reader->length), "the text ends: %s", what);
	return pt_fail(err, PT_ERR_JSON, reader->path, offset_of(reader, at), "%s", what);
}

static int byte_at(const pt_json_reader *reader, size_t at)
{
	return at < reader->length ? (unsigned char)reader->text[at] : -1;
}

static void skip_space(pt_json_reader *reader)
{
	while (reader->at < reader->length) {
		char c = reader->text[reader->at];
		if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
			return;
		reader->at++;
	}
}

/* Check one escape at reader->text[at] and return the bytes it takes. */
static pt_status check_escape(pt_json_reader *reader, size_t at, size_t *used, pt_error *err)
{
	uint32_t code_point;
	bool lone;
	*used = pt_json_escape(reader->text + at, reader->length - at, &code_point, &lone);
	if (*used == 0)
		return fail_at(reader, at, "no such escape in a string", err);
	if (lone && reader->dialect == PT_JSON_STRICT)
		return fail_at(reader, at, "a surrogate escape without its partner", err);
	return PT_OK;
}

/* reader->at is at the opening quote; the token gets the raw bytes between the quotes. */
static pt_status read_string(pt_json_reader *reader, pt_json_token *token, pt_error *err)
{
	const unsigned char *text = (const unsigned char *)reader->text;
	size_t at = reader->at + 1;
	for (;;) {
		if (at >= reader->length)
			return fail_at(reader, at, "a string is not closed", err);
		unsigned char c = text[at];
		if (c == '"')
			break;
		if (c < 0x20)
			return fail_at(reader, at, "a control character in a string", err);
		size_t used = 1;
		if (c == '\\') {
			token->is_escaped = true;
			pt_status status = check_escape(reader, at, &used, err);
			if (status != PT_OK)
				return status;
		} else if (c >= 0x80) {
			used = pt_json_utf8(text + at, reader->length - at);
			if (used == 0)
				return fail_at(reader, at, "bytes that are not UTF-8", err);
		}
		at += used;
	}
	token->text = reader->text + reader->at + 1;
	token->length = at - reader->at - 1;
	reader->at = at + 1;
	return PT_OK;
}

static pt_status read_number(pt_json_reader *reader, pt_json_token *token, pt_error *err)
{
	const char *fault;
	size_t fault_at;
	size_t used =
		pt_json_scan_number(reader->text + reader->at, reader->length - reader->at, token, &fault, &fault_at);
	if (used == 0)
		return fail_at(reader, reader->at + fault_at, fault, err);
	if (isinf(token->number) && reader->dialect == PT_JSON_STRICT)
		return fail_at(reader, reader->at, "a number too large for a double", err);
	reader->at += used;
	return PT_OK;
}

typedef struct literal {
	const char *text;
	pt_json_type type;
	pt_json_dialect least; /* dialect that has it */
	double number;
} literal;

static const literal literals[] = {
	{"true", PT_JSON_TRUE, PT_JSON_STRICT, 0.0},
	{"false", PT_JSON_FALSE, PT_JSON_STRICT, 0.0},
	{"null", PT_JSON_NULL, PT_JSON_STRICT, 0.0},
	{"NaN", PT_JSON_NUMBER, PT_JSON_PYTHON, (double)NAN},
	{"Infinity", PT_JSON_NUMBER, PT_JSON_PYTHON, (double)INFINITY},
	{"-Infinity", PT_JSON_NUMBER, PT_JSON_PYTHON, -(double)INFINITY},
};

static bool read_literal(pt_json_reader *reader, pt_json_token *token)
{
	for (size_t i = 0; i < sizeof literals / sizeof literals[0]; i++) {
		size_t n = strlen(literals[i].text);
		if (literals[i].least > reader->dialect || reader->length - reader->at < n ||
			memcmp(reader->text + reader->at, literals[i].text, n) != 0)
			continue;
		token->type = literals[i].type;
		token->number = literals[i].number;
		token->text = reader->text + reader->at;
		token->length = n;
		reader->at += n;
		return true;
	}
	return false;
}

static void after_value(pt_json_reader *reader)
{
	reader->state = reader->depth == 0 ? WANT_NOTHING : WANT_COMMA;
}

static bool in_object(const pt_json_reader *reader)
{
	size_t level = reader->depth - 1;
	return reader->depth > 0 && (reader->is_object[level / 8] >> (level % 8) & 1) != 0;
}

static pt_status open_container(pt_json_reader *reader, bool object, pt_json_token *token, pt_error *err)
{
	if (reader->depth >= PT_JSON_MAX_DEPTH)
		return pt_fail(err, PT_ERR_LIMIT, reader->path, offset_of(reader, reader->at),
			"JSON nested deeper than %d", (int)PT_JSON_MAX_DEPTH);
	unsigned char bit = (unsigned char)(1u << (reader->depth % 8));
	unsigned char *byte = &reader->is_object[reader->depth / 8];
	*byte = object ? (unsigned char)(*byte | bit) : (unsigned char)(*byte & ~bit);
	token->type = object ? PT_JSON_OBJECT_BEGIN : PT_JSON_ARRAY_BEGIN;
	token->text = reader->text + reader->at;
	token->length = 1;
	reader->depth++;
	reader->at++;
	reader->state = object ? WANT_FIRST_KEY : WANT_FIRST_ELEMENT;
	return PT_OK;
}

static void close_container(pt_json_reader *reader, pt_json_token *token)
{
	token->type = in_object(reader) ? PT_JSON_OBJECT_END : PT_JSON_ARRAY_END;
	token->text = reader->text + reader->at;
	token->length = 1;
	reader->depth--;
	token->depth = reader->depth;
	reader->at++;
	after_value(reader);
}

static pt_status read_value(pt_json_reader *reader, pt_json_token *token, pt_error *err)
{
	int c = byte_at(reader, reader->at);
	if (c == '{' || c == '[')
		return open_container(reader, c == '{', token, err);
	pt_status status = PT_OK;
	if (c == '"') {
		token->type = PT_JSON_STRING;
		status = read_string(reader, token, err);
	} else if (!read_literal(reader, token)) {
		if (c != '-' && (c < '0' || c > '9'))
			return fail_at(reader, reader->at, "a value belongs here", err);
		status = read_number(reader, token, err);
	}
	if (status == PT_OK)
		after_value(reader);
	return status;
}

static pt_status read_key(pt_json_reader *reader, pt_json_token *token, pt_error *err)
{
	if (byte_at(reader, reader->at) != '"')
		return fail_at(reader, reader->at, "a key in quotes belongs here", err);
	size_t start = reader->at;
	token->type = PT_JSON_KEY;
	pt_status status = read_string(reader, token, err);
	if (status != PT_OK)
		return status;
	skip_space(reader);
	if (byte_at(reader, reader->at) != ':') {
		status = fail_at(reader, reader->at, "a colon belongs after the key", err);
		reader->at = start;
		return status;
	}
	reader->at++;
	reader->state = WANT_VALUE;
	return PT_OK;
}

/* Pass over a comma where one belongs. *closes: the container ends here instead. */
static pt_status pass_comma(pt_json_reader *reader, bool *closes, pt_error *err)
{
	bool object = in_object(reader);
	int c = byte_at(reader, reader->at);
	*closes = c == (object ? '}' : ']');
	if (*closes || reader->state != WANT_COMMA)
		return PT_OK;
	if (c != ',')
		return fail_at(
			reader, reader->at, object ? "a comma or } belongs here" : "a comma or ] belongs here", err);
	size_t comma = reader->at++;
	skip_space(reader);
	if (byte_at(reader, reader->at) == (object ? '}' : ']')) {
		reader->at = comma;
		return fail_at(reader, comma, "a comma before the end", err);
	}
	return PT_OK;
}

/* The next token of the text at hand. */
static pt_status next_at_hand(pt_json_reader *reader, pt_json_token *token, pt_error *err)
{
	pt_json_reader before = *reader;
	pt_json_token t = {.type = PT_JSON_END, .number = 0.0};
	pt_status status = PT_OK;
	bool closes = false;
	skip_space(reader);
	if (reader->state == WANT_NOTHING) {
		if (reader->at < reader->length)
			return fail_at(reader, reader->at, "bytes after the end of the JSON value", err);
		t.text = reader->text + reader->at;
		t.offset = offset_of(reader, reader->at);
		*token = t;
		return PT_OK;
	}
	if (reader->state != WANT_VALUE)
		status = pass_comma(reader, &closes, err);
	if (status == PT_OK) {
		skip_space(reader);
		t.offset = offset_of(reader, reader->at);
		t.depth = reader->depth;
		if (closes)
			close_container(reader, &t);
		else if (reader->state != WANT_VALUE && in_object(reader))
			status = read_key(reader, &t, err);
		else
			status = read_value(reader, &t, err);
	}
	if (status != PT_OK) {
		*reader = before; /* a second call tells the same error */
		return status;
	}
	*token = t;
	return PT_OK;
}

void pt_json_init_window(pt_json_reader *reader, pt_json_refill_fn refill, void *context,
	pt_json_dialect dialect, const char *path)
{
	pt_json_init(reader, "", 0, dialect, path, 0);
	reader->refill = refill;
	reader->refill_context = context;
}

/* Might the bytes that follow make another token of this, or one at all? A fault that they could mend is told
   no further from the end than the longest escape or literal. */
static bool may_go_on(const pt_json_reader *reader, pt_status status, const pt_error *fault)
{
	enum { LONGEST_ESCAPE = 12 };
	if (status == PT_ERR_JSON)
		return fault->offset + LONGEST_ESCAPE >= offset_of(reader, reader->length);
	return status == PT_OK && reader->at == reader->length;
}

pt_status pt_json_next(pt_json_reader *reader, pt_json_token *token, pt_error *err)
{
	while (reader->refill) {
		pt_json_reader before = *reader;
		pt_json_token t;
		pt_error fault; /* not cleared: it is large, and this is done for each token */
		fault.offset = -1;
		pt_status status = next_at_hand(reader, &t, &fault);
		if (!may_go_on(reader, status, &fault)) {
			if (status == PT_OK)
				*token = t;
			else if (err)
				*err = fault;
			return status;
		}
		bool grew = false;
		*reader = before;
		status = reader->refill(reader->refill_context, reader, &grew, err);
		if (status != PT_OK)
			return status;
		if (!grew)
			reader->refill = NULL; /* what is at hand is the rest */
	}
	return next_at_hand(reader, token, err);
}

pt_status pt_json_expect(
	pt_json_reader *reader, pt_json_type type, const char *what, pt_json_token *token, pt_error *err)
{
	pt_json_token t;
	pt_status status = pt_json_next(reader, &t, err);
	if (status != PT_OK)
		return status;
	if (t.type != type)
		return pt_fail(
			err, PT_ERR_JSON, reader->path, t.offset, "%s where %s belongs", pt_json_type_name(t.type), what);
	*token = t;
	return PT_OK;
}

pt_status pt_json_skip(pt_json_reader *reader, const pt_json_token *token, pt_error *err)
{
	pt_json_token t = *token;
	if (t.type == PT_JSON_KEY) {
		pt_status status = pt_json_next(reader, &t, err);
		if (status != PT_OK)
			return status;
	}
	if (t.type != PT_JSON_OBJECT_BEGIN && t.type != PT_JSON_ARRAY_BEGIN)
		return PT_OK;
	size_t depth = t.depth;
	do {
		pt_status status = pt_json_next(reader, &t, err);
		if (status != PT_OK)
			return status;
	} while (reader->depth > depth);
	return PT_OK;
}
