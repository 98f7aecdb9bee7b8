/**
 * Leading eigenpairs of a large symmetric operator K on the vectors of mean 0: Lanczos with full
 * reorthogonalisation and thick restarts, which can go on from its last basis when K has grown by one row.
 *
 * The basis Q is kept with its images K Q, so that the best approximation in its span (Rayleigh-Ritz) and the
 * true residual K u − θ u of each pair cost no pass over K. A pass takes the residuals of the pairs that are
 * not settled yet as the next basis vectors; from a cold start that is block Lanczos. A full basis shrinks to
 * its leading Ritz vectors, and to what it knows of the newest element (see pt_lanczos_border).
 *
 * A pair is settled when its residual r is below 1e-11 of its distance to the neighbouring Ritz values (so
 * that the vector is right to that; the first `n_exact` pairs), or so small that its value is right to 5e-12
 * of the largest (error <= min(r, r² / distance); the others), or is rounding itself.
 */
#ifndef PHASETOP_NUMERIC_LANCZOS_H
#define PHASETOP_NUMERIC_LANCZOS_H

#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"

enum {
	PT_LANCZOS_BLOCK = 4,      /* most vectors of a pass */
	PT_LANCZOS_MAX_BASIS = 32, /* then it shrinks … */
	PT_LANCZOS_KEPT = 16       /* … to so many */
};

/** y_c = K x_c for n_vectors (1 … PT_LANCZOS_BLOCK) vectors; K maps the space of vectors with mean 0 into
 * itself. */
typedef void pt_operator(const void *context, size_t n_vectors, const double *const *x, double *const *y);

/** A basis and what is known of K on it. Owns memory. */
typedef struct pt_lanczos {
	size_t n;                 /* order of K; 0: no basis yet */
	size_t m;                 /* basis vectors */
	size_t stride;            /* doubles from vector to vector, >= n */
	size_t n_wanted, n_exact; /* leading pairs, and of them those whose vectors are wanted */
	double *basis;            /* Q: m orthonormal vectors of mean 0 */
	double *images;           /* K applied to each of them */
	double *scratch;          /* PT_LANCZOS_KEPT vectors */
	/* Row c: Ritz vector c over the basis; and K between Ritz vectors, diagonal in its first n_wanted rows
	   but for entries no larger than `couplings`. */
	double ritz[PT_LANCZOS_MAX_BASIS * PT_LANCZOS_MAX_BASIS];
	double projected[PT_LANCZOS_MAX_BASIS * PT_LANCZOS_MAX_BASIS];
	double couplings[PT_LANCZOS_KEPT];
	double *memory;
	uint64_t noise_state;
} pt_lanczos;

void pt_lanczos_init(pt_lanczos *l);
void pt_lanczos_fini(pt_lanczos *l);

/**
 * A basis from a fixed start: what follows is a function of K alone.
 * @param n         order of K, >= 2
 * @param n_wanted  leading pairs, <= n − 1, < PT_LANCZOS_KEPT
 * @param n_exact   of them those whose vectors are wanted
 * @retval PT_ERR_MEMORY
 * @cost   one pass
 */
PT_CHECKED pt_status pt_lanczos_start(pt_lanczos *l, size_t n, size_t n_wanted, size_t n_exact,
	pt_operator *multiply, const void *context, pt_error *err);

/**
 * K has grown by one row and column: the quadratic form of vectors that end in 0 is as before. Takes the
 * basis over to it, with all images, and adds the new direction, without a pass over K.
 *
 * No leading pair can be missed from here on, however the new row turns things: the old K is the new one on a
 * subspace that lacks one dimension, so by interlacing λ_c+1(new) <= λ_c(old); and the span of the basis
 * holds the old eigenvectors, so that Ritz value c is >= λ_c(old) and only rises. When c Ritz pairs are
 * settled, they are c eigenpairs that lie no lower than λ_c(old), above which there are no more than c. (That
 * is why K grows by one at a time.)
 *
 * @param image  n + 1 values: K (e_n − e_{n−1}), the last unit vector less the one before it; any constant
 * may be added. By symmetry it gives the new element of every image.
 * @pre   a basis on which the pairs wanted were settled
 * @retval PT_ERR_MEMORY  the basis is lost: start anew
 * @cost  O(n m)
 */
PT_CHECKED pt_status pt_lanczos_border(pt_lanczos *l, const double *image, pt_error *err);

/**
 * Passes until the pairs wanted are settled; then pt_lanczos_value and pt_lanczos_vectors give them.
 *
 * @retval PT_ERR_UNDEFINED  they do not settle within 32 + n/8 passes (dsyevr takes less): the basis is lost
 * @retval PT_ERR_MEMORY
 * @cost   a pass: one call of K for up to PT_LANCZOS_BLOCK vectors, O(n m), and O(m³) at worst
 * @source Golub & Van Loan, Matrix Computations, 4th ed., §10.3; Wu & Simon, Thick-restart Lanczos method for
 *         large symmetric eigenvalue problems, SIAM J. Matrix Anal. Appl. 22 (2000)
 */
PT_CHECKED pt_status pt_lanczos_settle(
	pt_lanczos *l, pt_operator *multiply, const void *context, pt_error *err);

/** Ritz value c < n_wanted, falling with c. */
double pt_lanczos_value(const pt_lanczos *l, size_t c);

/** The n_exact leading Ritz vectors: n_exact × n, unit rows. */
PT_CHECKED pt_status pt_lanczos_vectors(const pt_lanczos *l, double *vectors, pt_error *err);

#endif
