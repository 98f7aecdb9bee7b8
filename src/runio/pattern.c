#include "phasetop/runio/pattern.h"

#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"
#include "pattern_program.h"

enum { MAX_NESTING = 32, MAX_REPEAT = 255 };

typedef struct compiler {
	pt_pattern *pattern;
	const char *text;
	size_t length, at;
	int nesting;
	pt_error *err;
} compiler;

static pt_status fail_at(const compiler *c, pt_status code, const char *what)
{
	return pt_fail(c->err, code, NULL, (int64_t)c->at, "regular expression, byte %zu: %s", c->at, what);
}

static int peek(const compiler *c)
{
	return c->at < c->length ? (unsigned char)c->text[c->at] : -1;
}

static bool looking_at(const compiler *c, const char *text)
{
	size_t n = strlen(text);
	return c->length - c->at >= n && memcmp(c->text + c->at, text, n) == 0;
}

static pt_status emit(compiler *c, instruction i)
{
	if (c->pattern->n >= PT_PATTERN_INSTRUCTIONS)
		return fail_at(c, PT_ERR_LIMIT, "too large");
	c->pattern->program[c->pattern->n++] = i;
	return PT_OK;
}

/* Make room for one instruction at `where`; jumps inside of what moves stay right, being relative. */
static pt_status insert(compiler *c, size_t where, instruction i)
{
	pt_pattern *p = c->pattern;
	if (p->n >= PT_PATTERN_INSTRUCTIONS)
		return fail_at(c, PT_ERR_LIMIT, "too large");
	memmove(&p->program[where + 1], &p->program[where], (p->n - where) * sizeof p->program[0]);
	p->program[where] = i;
	p->n++;
	return PT_OK;
}

/* --- sets --- */

static pt_status add_range(compiler *c, set *s, uint32_t first, uint32_t last)
{
	if (s->n >= SET_RANGES)
		return fail_at(c, PT_ERR_LIMIT, "a class with too many parts");
	s->ranges[s->n++] = (range){first, last};
	return PT_OK;
}

/* The characters of \d, \w, \s (ASCII, as module names are), or all others for \D, \W, \S. false: another
 * letter, or no room. */
static bool add_class(set *s, int letter)
{
	static const range digits[] = {{'0', '9'}};
	static const range words[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
	static const range spaces[] = {{'\t', '\r'}, {' ', ' '}};
	int kind = letter | 0x20;
	const range *ranges = kind == 'd' ? digits : kind == 'w' ? words : kind == 's' ? spaces : NULL;
	size_t n = kind == 'd' ? 1 : kind == 'w' ? 4 : 2;
	if (!ranges || s->n + n + 1 > SET_RANGES)
		return false;
	uint32_t next = 0;
	for (size_t i = 0; i < n; i++) {
		/* the class itself, or the gap before each of its ranges and after the last */
		s->ranges[s->n++] = letter == kind ? ranges[i] : (range){next, ranges[i].first - 1};
		next = ranges[i].last + 1;
	}
	if (letter != kind)
		s->ranges[s->n++] = (range){next, UINT32_MAX};
	return true;
}

static pt_status new_set(compiler *c, set **out, uint32_t *index)
{
	if (c->pattern->n_sets >= MAX_SETS)
		return fail_at(c, PT_ERR_LIMIT, "too many classes");
	*index = (uint32_t)c->pattern->n_sets++;
	*out = &c->pattern->sets[*index];
	**out = (set){.n = 0};
	return PT_OK;
}

/* --- parsing --- */

/* The character an escaped letter stands for; punctuation stands for itself. -1: not understood. */
static int32_t escaped_character(int letter)
{
	switch (letter) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'r':
		return '\r';
	case 'f':
		return '\f';
	case 'v':
		return '\v';
	default:
		if (letter < 0 || letter >= 0x80 || (letter >= '0' && letter <= '9') ||
			(letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z'))
			return -1;
		return letter;
	}
}

static uint32_t take_character(compiler *c)
{
	uint32_t code_point = 0;
	c->at += pt_utf8_decode(c->text + c->at, c->length - c->at, &code_point);
	return code_point;
}

/* One end of a range in [...], or a class such as \d (then *is_class). */
static pt_status parse_set_part(compiler *c, set *s, uint32_t *code_point, bool *is_class)
{
	*is_class = false;
	if (peek(c) < 0)
		return fail_at(c, PT_ERR_INVALID, "[ is not closed");
	if (peek(c) != '\\') {
		*code_point = take_character(c);
		return PT_OK;
	}
	c->at++;
	*is_class = add_class(s, peek(c));
	int32_t character = *is_class ? 0 : escaped_character(peek(c));
	if (character < 0)
		return fail_at(c, PT_ERR_UNSUPPORTED, "this escape is not understood in [ ]");
	*code_point = (uint32_t)character;
	c->at++;
	return PT_OK;
}

static pt_status parse_set(compiler *c)
{
	set *s = NULL;
	uint32_t index = 0;
	pt_status status = new_set(c, &s, &index);
	if (status != PT_OK)
		return status;
	c->at++;
	if (peek(c) == '^') {
		s->negated = true;
		c->at++;
	}
	for (bool first = true; first || peek(c) != ']'; first = false) {
		uint32_t low, high;
		bool is_class;
		status = parse_set_part(c, s, &low, &is_class);
		if (status != PT_OK)
			return status;
		if (is_class)
			continue;
		high = low;
		if (peek(c) == '-' && c->at + 1 < c->length && c->text[c->at + 1] != ']') {
			c->at++;
			status = parse_set_part(c, s, &high, &is_class);
			if (status != PT_OK)
				return status;
			if (is_class || high < low)
				return fail_at(c, PT_ERR_INVALID, "a range that ends before it begins");
		}
		status = add_range(c, s, low, high);
		if (status != PT_OK)
			return status;
	}
	c->at++;
	return emit(c, (instruction){.op = OP_SET, .code_point = index});
}

static pt_status parse_escape(compiler *c)
{
	c->at++;
	int letter = peek(c);
	if (letter == 'b' || letter == 'B') {
		c->at++;
		return emit(c, (instruction){.op = letter == 'b' ? OP_WORD_EDGE : OP_NO_WORD_EDGE});
	}
	if (letter == 'A' || letter == 'Z') {
		c->at++;
		return emit(c, (instruction){.op = letter == 'A' ? OP_BEGIN : OP_END});
	}
	if (letter > 0 && strchr("dwsDWS", letter)) {
		set *s = NULL;
		uint32_t index = 0;
		pt_status status = new_set(c, &s, &index);
		if (status != PT_OK)
			return status;
		add_class(s, letter);
		c->at++;
		return emit(c, (instruction){.op = OP_SET, .code_point = index});
	}
	int32_t character = escaped_character(letter);
	if (character < 0)
		return fail_at(c, letter < 0 ? PT_ERR_INVALID : PT_ERR_UNSUPPORTED, "this escape is not understood");
	c->at++;
	return emit(c, (instruction){.op = OP_CHARACTER, .code_point = (uint32_t)character});
}

static pt_status parse_alternatives(compiler *c);

static pt_status parse_group(compiler *c)
{
	if (c->nesting >= MAX_NESTING)
		return fail_at(c, PT_ERR_LIMIT, "groups nested too deep");
	if (looking_at(c, "(?:"))
		c->at += 3;
	else if (looking_at(c, "(?"))
		return fail_at(c, PT_ERR_UNSUPPORTED, "look-around, flags and named groups are not understood");
	else
		c->at++;
	c->nesting++;
	pt_status status = parse_alternatives(c);
	c->nesting--;
	if (status != PT_OK)
		return status;
	if (peek(c) != ')')
		return fail_at(c, PT_ERR_INVALID, "( is not closed");
	c->at++;
	return PT_OK;
}

static pt_status parse_atom(compiler *c)
{
	switch (peek(c)) {
	case '(':
		return parse_group(c);
	case '[':
		return parse_set(c);
	case '\\':
		return parse_escape(c);
	case '.':
		c->at++;
		return emit(c, (instruction){.op = OP_ANY});
	case '^':
		c->at++;
		return emit(c, (instruction){.op = OP_BEGIN});
	case '$':
		c->at++;
		return emit(c, (instruction){.op = OP_END});
	case '*':
	case '+':
	case '?':
		return fail_at(c, PT_ERR_INVALID, "nothing to repeat");
	default:
		return emit(c, (instruction){.op = OP_CHARACTER, .code_point = take_character(c)});
	}
}

static bool parse_number(const char *text, size_t length, size_t *at, int *value)
{
	size_t first = *at;
	int n = 0;
	for (; *at < length && text[*at] >= '0' && text[*at] <= '9'; ++*at)
		n = n > MAX_REPEAT ? n : n * 10 + (text[*at] - '0');
	*value = n;
	return *at > first;
}

/* {m}, {m,}, {,n}, {,} or {m,n}; any other { is a character of its own, as in Python. most = -1: no end. */
static bool parse_counts(compiler *c, int *least, int *most)
{
	size_t at = c->at + 1;
	bool has_least = parse_number(c->text, c->length, &at, least);
	*most = *least;
	if (at < c->length && c->text[at] == ',') {
		at++;
		has_least = true; /* left out, it is 0 */
		if (!parse_number(c->text, c->length, &at, most))
			*most = -1;
	}
	if (!has_least || at >= c->length || c->text[at] != '}')
		return false;
	c->at = at + 1;
	return true;
}

static pt_status copy_part(compiler *c, const instruction *part, size_t n)
{
	pt_status status = PT_OK;
	for (size_t i = 0; i < n && status == PT_OK; i++)
		status = emit(c, part[i]);
	return status;
}

/* Unroll: `least` copies, then either a loop or (most − least) optional copies, each of which can leave. */
static pt_status repeat(compiler *c, size_t start, int least, int most)
{
	instruction *part = pt_array_alloc(c->pattern->n - start, sizeof *part);
	if (!part)
		return pt_fail(c->err, PT_ERR_MEMORY, NULL, -1, "out of memory");
	size_t n = c->pattern->n - start;
	memcpy(part, &c->pattern->program[start], n * sizeof *part);
	c->pattern->n = start;
	pt_status status = PT_OK;
	for (int i = 0; i < least && status == PT_OK; i++)
		status = copy_part(c, part, n);
	if (most < 0 && status == PT_OK) { /* L: split next, out; part; jump L */
		status = emit(c, (instruction){.op = OP_SPLIT, .x = 1, .y = (int)n + 2});
		if (status == PT_OK)
			status = copy_part(c, part, n);
		if (status == PT_OK)
			status = emit(c, (instruction){.op = OP_JUMP, .x = -(int)n - 1});
	}
	for (int i = least; i < most && status == PT_OK; i++) {
		status = emit(c, (instruction){.op = OP_SPLIT, .x = 1, .y = (most - i) * ((int)n + 1)});
		if (status == PT_OK)
			status = copy_part(c, part, n);
	}
	pt_free(part);
	return status;
}

static pt_status parse_repeated(compiler *c)
{
	size_t start = c->pattern->n;
	pt_status status = parse_atom(c);
	if (status != PT_OK)
		return status;
	int least = 0, most = -1;
	int next = peek(c);
	if (next == '*' || next == '+' || next == '?') {
		least = next == '+';
		most = next == '?' ? 1 : -1;
		c->at++;
	} else if (next != '{' || !parse_counts(c, &least, &most)) {
		return PT_OK;
	}
	if (least > MAX_REPEAT || most > MAX_REPEAT)
		return fail_at(c, PT_ERR_LIMIT, "repeated too often");
	if (most >= 0 && most < least)
		return fail_at(c, PT_ERR_INVALID, "{m,n} with n below m");
	if (peek(c) == '?') /* lazy: the same for a yes-or-no answer */
		c->at++;
	if (peek(c) == '*' || peek(c) == '+' || peek(c) == '?')
		return fail_at(c, PT_ERR_INVALID, "repeated twice");
	return repeat(c, start, least, most);
}

/* a|b|c: each alternative but the last is preceded by a split and followed by a jump to the end. */
static pt_status parse_alternatives(compiler *c)
{
	size_t jumps[PT_PATTERN_BYTES];
	size_t n_jumps = 0;
	size_t start = c->pattern->n;
	pt_status status = PT_OK;
	while (status == PT_OK && peek(c) >= 0 && peek(c) != ')') {
		if (peek(c) != '|') {
			status = parse_repeated(c);
			continue;
		}
		c->at++;
		int n = (int)(c->pattern->n - start);
		status = insert(c, start, (instruction){.op = OP_SPLIT, .x = 1, .y = n + 2});
		if (status == PT_OK)
			status = emit(c, (instruction){.op = OP_JUMP});
		jumps[n_jumps++] = c->pattern->n - 1;
		start = c->pattern->n;
	}
	if (status != PT_OK)
		return status;
	for (size_t i = 0; i < n_jumps; i++)
		c->pattern->program[jumps[i]].x = (int)(c->pattern->n - jumps[i]);
	return PT_OK;
}

pt_status pt_pattern_compile(const char *expression, pt_pattern **out, pt_error *err)
{
	size_t length = strlen(expression);
	if (length > PT_PATTERN_BYTES)
		return pt_fail(
			err, PT_ERR_LIMIT, NULL, -1, "a regular expression of more than %d bytes", (int)PT_PATTERN_BYTES);
	pt_pattern *pattern = pt_array_alloc(1, sizeof *pattern);
	if (!pattern)
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "out of memory");
	compiler c = {.pattern = pattern, .text = expression, .length = length, .err = err};
	pt_status status = parse_alternatives(&c);
	if (status == PT_OK && c.at < c.length)
		status = fail_at(&c, PT_ERR_INVALID, ") without (");
	if (status == PT_OK)
		status = emit(&c, (instruction){.op = OP_MATCH});
	if (status != PT_OK) {
		pt_free(pattern);
		return status;
	}
	*out = pattern;
	return PT_OK;
}

void pt_pattern_destroy(pt_pattern *pattern)
{
	pt_free(pattern);
}
