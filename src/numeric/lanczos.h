/** Leading eigenpairs of a large symmetric operator: block Lanczos with full reorthogonalisation. */
#ifndef PHASETOP_NUMERIC_LANCZOS_H
#define PHASETOP_NUMERIC_LANCZOS_H

#include <stddef.h>

#include "phasetop/base/status.h"

enum {
	PT_LANCZOS_BLOCK = 4, /* a pass over the matrix serves four vectors; fourfold eigenvalues are seen */
	PT_LANCZOS_MAX_BASIS = 120
};

/** y_c = K x_c for n_vectors (1 … PT_LANCZOS_BLOCK) vectors; K maps the space of vectors with mean 0 into
 * itself. */
typedef void pt_operator(const void *context, size_t n_vectors, const double *const *x, double *const *y);

/**
 * The n_wanted largest eigenpairs of K among vectors of mean 0, from a fixed start: a function of K alone.
 *
 * Settled when the residual r of each of the first `n_exact` pairs is below 1e-10 of its distance to the
 * neighbouring eigenvalues (so the vector is right to 1e-10) and those of the others are so
 * small that their values are right to 1e-9 of the largest (error <= min(r, r² / distance)).
 *
 * @param      n          order of K, > n_wanted
 * @param[out] values     n_wanted eigenvalues, falling
 * @param[out] vectors    n_exact × n, unit rows
 * @retval PT_ERR_UNDEFINED  not settled within PT_LANCZOS_MAX_BASIS vectors: take dsyevr
 * @retval PT_ERR_MEMORY
 * @cost   m/4 calls of K and O(n m²) for a basis of m
 * @source Golub & Van Loan, Matrix Computations, 4th ed., §10.3
 */
PT_CHECKED pt_status pt_lanczos_leading(size_t n, pt_operator *multiply, const void *context, size_t n_wanted,
	size_t n_exact, double *values, double *vectors, pt_error *err);

#endif
