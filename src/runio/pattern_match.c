#include "phasetop/runio/pattern.h"

#include <string.h>

#include "pattern_program.h"
#include "phasetop/base/text.h"

static bool in_set(const set *s, uint32_t code_point)
{
	for (size_t i = 0; i < s->n; i++) {
		if (code_point >= s->ranges[i].first && code_point <= s->ranges[i].last)
			return !s->negated;
	}
	return s->negated;
}

/* Instructions that can be reached at one place of the text. */
typedef struct thread_set {
	uint16_t list[PT_PATTERN_INSTRUCTIONS];
	size_t n;
	bool has[PT_PATTERN_INSTRUCTIONS];
} thread_set;

typedef struct place {
	bool at_begin, at_end, at_edge;
} place;

static bool passes(const instruction *i, const place *here)
{
	switch (i->op) {
	case OP_BEGIN:
		return here->at_begin;
	case OP_END:
		return here->at_end;
	case OP_WORD_EDGE:
		return here->at_edge;
	case OP_NO_WORD_EDGE:
		return !here->at_edge;
	default:
		return false;
	}
}

/* Add an instruction and all that can be reached from it without reading: a list that grows as it is
 * walked, no recursion. */
static void add_thread(const pt_pattern *p, thread_set *t, size_t pc, const place *here)
{
	size_t walk = t->n;
	if (!t->has[pc]) {
		t->has[pc] = true;
		t->list[t->n++] = (uint16_t)pc;
	}
	for (; walk < t->n; walk++) {
		size_t at = t->list[walk];
		const instruction *i = &p->program[at];
		size_t next[2];
		size_t n = 0;
		if (i->op == OP_SPLIT || i->op == OP_JUMP)
			next[n++] = (size_t)((ptrdiff_t)at + i->x);
		if (i->op == OP_SPLIT)
			next[n++] = (size_t)((ptrdiff_t)at + i->y);
		if (passes(i, here))
			next[n++] = at + 1;
		for (size_t k = 0; k < n; k++) {
			if (!t->has[next[k]]) {
				t->has[next[k]] = true;
				t->list[t->n++] = (uint16_t)next[k];
			}
		}
	}
}

static bool reads(const pt_pattern *p, const instruction *i, uint32_t code_point)
{
	switch (i->op) {
	case OP_CHARACTER:
		return i->code_point == code_point;
	case OP_ANY:
		return code_point != '\n';
	case OP_SET:
		return in_set(&p->sets[i->code_point], code_point);
	default:
		return false;
	}
}

static bool is_word(const char *text, size_t n, size_t at)
{
	unsigned char c = at < n ? (unsigned char)text[at] : 0;
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		   c >= 0x80;
}

static place place_at(const char *text, size_t n, size_t at)
{
	bool before = at > 0 && is_word(text, n, at - 1);
	return (place){.at_begin = at == 0, .at_end = at == n, .at_edge = before != is_word(text, n, at)};
}

bool pt_pattern_matches(const pt_pattern *pattern, const char *text)
{
	size_t n = strlen(text);
	if (n > PT_PATTERN_TEXT_BYTES)
		return false;
	thread_set sets[2] = {{.n = 0}, {.n = 0}};
	thread_set *now = &sets[0], *next = &sets[1];
	place here = place_at(text, n, 0);
	add_thread(pattern, now, 0, &here);
	for (size_t at = 0; at < n && now->n > 0;) {
		uint32_t code_point;
		at += pt_utf8_decode(text + at, n - at, &code_point);
		here = place_at(text, n, at);
		next->n = 0;
		memset(next->has, 0, pattern->n * sizeof next->has[0]);
		for (size_t i = 0; i < now->n; i++) {
			if (reads(pattern, &pattern->program[now->list[i]], code_point))
				add_thread(pattern, next, now->list[i] + 1u, &here);
		}
		thread_set *swap = now;
		now = next;
		next = swap;
	}
	for (size_t i = 0; i < now->n; i++) {
		if (pattern->program[now->list[i]].op == OP_MATCH)
			return true;
	}
	return false;
}
