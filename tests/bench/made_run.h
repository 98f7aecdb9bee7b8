/** A run made for the bench: LoRA checkpoints of real layers' sizes, and probe losses. */
#ifndef PHASETOP_BENCH_MADE_RUN_H
#define PHASETOP_BENCH_MADE_RUN_H

#include <stddef.h>
#include <stdint.h>

enum {
	MADE_SPACING = 5, /* steps between checkpoints; a probe row each step */
	MADE_PROBES = 64,
};

/** What a checkpoint holds: `modules` times A (rank × d_in) and B (d_out × rank) in F32. */
typedef struct made_shape {
	int modules, rank, d_in, d_out;
} made_shape;

/** One module of rank 1: 13,824 + 5,120 values, as down_proj of a 14B model has. */
extern const made_shape made_small;
/** 20 MB: 32 modules of rank 8; 8 modules of rank 32, whose dW is four times the work. */
extern const made_shape made_large, made_wide;

typedef struct made_run {
	const char *directory;
	made_shape shape;
	size_t n_a, n_b; /* values of one factor */
	uint64_t seed;
	int n; /* checkpoints written */
	float *a0, *a1, *b0, *b1;
	float *walk_a, *walk_b; /* what noisy gradients have added up to; all modules, one after the other */
} made_run;

/** An empty run in `directory` (which exists): adapter and probes still to come. Exits when it cannot. */
void made_run_init(made_run *run, const char *directory, const made_shape *shape);
void made_run_fini(made_run *run);

/** The next checkpoint, its weights renamed into place last, after its MADE_SPACING probe rows. */
void made_run_grow(made_run *run);

#endif
