/** The last W rows of probe losses, and the sums over them that a spectrum is made of. */
#ifndef PHASETOP_NUMERIC_LOSS_RING_H
#define PHASETOP_NUMERIC_LOSS_RING_H

#include <stdbool.h>
#include <stddef.h>

/**
 * W slots, taken in turn. The rows lie cut into blocks of some probes each, all rows of a block together:
 * what a new row has to be compared with is then read once, from one end to the other.
 */
typedef struct pt_loss_ring {
	size_t n, capacity;     /* probes; W */
	size_t rows, next;      /* rows held; slot of the next row */
	size_t width, n_blocks; /* probes a block (padded with zeros) */
	double *blocks;         /* n_blocks × W × width, owned */
	size_t *offsets;        /* by age: where each row is in a block, owned */
} pt_loss_ring;

/** False: out of memory; `ring` may then be given to _fini. @pre n and capacity are sane sizes, > 0 */
bool pt_loss_ring_init(pt_loss_ring *ring, size_t n, size_t capacity);
void pt_loss_ring_fini(pt_loss_ring *ring);

/** Slot of the row that is `age` rows younger than the oldest. */
static inline size_t pt_loss_ring_slot(const pt_loss_ring *ring, size_t age)
{
	return (ring->next + ring->capacity - ring->rows + age) % ring->capacity;
}

/** Takes the place of the oldest row where there are W. */
void pt_loss_ring_append(pt_loss_ring *ring, const double *row);

/** Doubles that `squares` and `squares_of_rest` below must hold: n, rounded up to whole blocks. */
static inline size_t pt_loss_ring_padded(const pt_loss_ring *ring)
{
	return ring->n_blocks * ring->width;
}

/**
 * Sums over the rows, in order of age, i = 0 … rows − 1. Their order depends on n and W alone.
 *
 * @param[out] first   ⟨δ_newest, δ_i⟩ with δ_i = row_i − row_{i−1}; first[0] is 0
 * @param[out] second  ⟨s_newest, s_i⟩ with s_i = δ_i − δ_{i−1}; second[0] and second[1] are 0
 * @param[out] squares         Σ_i of squares about the mean, of each probe; NULL: neither is computed
 * @param[out] squares_of_rest the same about the line in i
 * @cost O(nW), one pass over the rows
 */
void pt_loss_ring_sum(
	const pt_loss_ring *ring, double *first, double *second, double *squares, double *squares_of_rest);

/** The rows without their mean, or with `line` without a constant and a line in i: rows × n, in order of age.
 */
void pt_loss_ring_centred(const pt_loss_ring *ring, bool line, double *into);

/** Position i of m on the centred time axis, and 1 / Σ t². */
static inline double pt_row_time(size_t i, size_t m)
{
	return (double)i - 0.5 * (double)(m - 1);
}

static inline double pt_inverse_time_square(size_t m)
{
	const double x = (double)m;
	return 12 / (x * (x * x - 1));
}

#endif
