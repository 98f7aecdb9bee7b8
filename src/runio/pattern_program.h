/** The compiled form of a regular expression, shared by compiler and matcher. */
#ifndef PHASETOP_RUNIO_PATTERN_PROGRAM_H
#define PHASETOP_RUNIO_PATTERN_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/runio/pattern.h"

/*
 * Thompson's construction: the expression becomes a program of these instructions, with jumps relative to
 * their own place, so that a repeated part can simply be copied. Matching keeps the set of instructions
 * that can be reached; its cost is |program| for each character, whatever the expression.
 */
typedef enum op {
	OP_CHARACTER, /* exactly `code_point` */
	OP_ANY,       /* any character but newline */
	OP_SET,       /* member of `set` */
	OP_SPLIT,     /* go on at both jumps */
	OP_JUMP,
	OP_BEGIN, /* ^ */
	OP_END,   /* $ */
	OP_WORD_EDGE,
	OP_NO_WORD_EDGE,
	OP_MATCH
} op;

typedef struct instruction {
	op op;
	uint32_t code_point; /* or the index of a set */
	int x, y;            /* jumps */
} instruction;

typedef struct range {
	uint32_t first, last;
} range;

enum { SET_RANGES = 24, MAX_SETS = 64 };

typedef struct set {
	range ranges[SET_RANGES];
	size_t n;
	bool negated;
} set;

struct pt_pattern {
	instruction program[PT_PATTERN_INSTRUCTIONS];
	size_t n;
	set sets[MAX_SETS];
	size_t n_sets;
};

#endif
