/** A run made for the bench: rank-1 LoRA checkpoints of a real layer's size, and probe losses. */
#ifndef PHASETOP_BENCH_MADE_RUN_H
#define PHASETOP_BENCH_MADE_RUN_H

#include <stdint.h>

enum {
	MADE_D_OUT = 5120,
	MADE_D_IN = 13824,
	MADE_SPACING = 5, /* steps between checkpoints; a probe row each step */
	MADE_PROBES = 64,
};

typedef struct made_run {
	const char *directory;
	uint64_t seed;
	int n; /* checkpoints written */
	float *a0, *a1, *b0, *b1;
	float *walk_a, *walk_b; /* what noisy gradients have added up to */
} made_run;

/** An empty run in `directory` (which exists): adapter and probes still to come. Exits when it cannot. */
void made_run_init(made_run *run, const char *directory);
void made_run_fini(made_run *run);

/** The next checkpoint, its weights renamed into place last, after its MADE_SPACING probe rows. */
void made_run_grow(made_run *run);

#endif
