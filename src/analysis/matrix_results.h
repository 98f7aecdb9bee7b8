/** What follows from the Gram of one matrix type of a module set: PCA, local cosines, change points, … */
#ifndef PT_ANALYSIS_MATRIX_RESULTS_H
#define PT_ANALYSIS_MATRIX_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/analysis/settings.h"
#include "phasetop/base/status.h"
#include "phasetop/numeric/changepoint.h"
#include "phasetop/numeric/cosine_scan.h"
#include "phasetop/numeric/gram.h"
#include "phasetop/numeric/local_cosine.h"
#include "phasetop/numeric/sigma_ratios.h"
#include "phasetop/numeric/trajectory_pca.h"

enum {
	PT_SCAN_MAX_K = 100,   /* rows of a k-scan */
	PT_MAP_SCREEN_N = 320, /* checkpoints of a map that is made for the screen: more than it has dots */
};

/** Beside a local cosine, point for point. NULL: not wanted, or there is none. */
typedef struct pt_cosine_extras {
	double *memory; /* holds what follows */
	double *floor_q, *debiased, *q25, *median, *q75;
	pt_cosine_options options; /* that curve and extras were made with; k = 0: none yet */
} pt_cosine_extras;

/** cos(v_i, v_j) of some or all checkpoints. */
typedef struct pt_cosine_map {
	size_t n;
	int64_t *steps;
	double *values; /* n × n */
} pt_cosine_map;

typedef struct pt_matrix_results {
	size_t n; /* checkpoints that the results are of */
	pt_pca pca;
	double *lengths;   /* drift, step length, path length and cos(v_t, v_T), n each, one behind the other */
	pt_local_cosine cosines[PT_MAX_K];
	pt_cosine_extras extras[PT_MAX_K];
	size_t n_cosines_know; /* leading checkpoints that are as the cosines last saw them */
	pt_direction direction;
	pt_sigma_ratios sigma;
	pt_cosine_scan scan;
	pt_cosine_map map;
	bool has_sigma, has_scan, has_map; /* wanted and made */
} pt_matrix_results;

/** What pt_matrix_results.lengths holds. */
typedef enum pt_length {
	PT_LENGTH_DRIFT,
	PT_LENGTH_STEP,
	PT_LENGTH_PATH,
	PT_LENGTH_ALIGNMENT, /* no length, but of the same making */
	PT_N_LENGTHS
} pt_length;

/** One of them, results->n values. */
const double *pt_matrix_lengths(const pt_matrix_results *results, pt_length which);

void pt_matrix_results_init(pt_matrix_results *results);
void pt_matrix_results_fini(pt_matrix_results *results);

/** What the results are made of; borrowed for the call. */
typedef struct pt_matrix_input {
	pt_matrix matrix;
	const pt_gram *gram;
	const double *energies; /* rounding energies of the set, gram->n; NULL: none (dW) */
	const int64_t *steps;   /* gram->n rising steps */
	size_t n_unchanged;     /* leading checkpoints whose vectors and steps are as at the last call; 0: all anew */
	const int64_t *k;       /* n_k, in steps */
	size_t n_k;
} pt_matrix_input;

/** Bring everything up to date; only what changed since the last call, and what newly is wanted, is computed. */
PT_CHECKED pt_status pt_matrix_results_update(pt_matrix_results *results, const pt_matrix_input *input,
	const pt_settings *settings, pt_error *err);

/** The options of the local cosine that settings stand for. @param k  in steps */
pt_cosine_options pt_cosine_options_of(const pt_settings *settings, int64_t k);

#endif
