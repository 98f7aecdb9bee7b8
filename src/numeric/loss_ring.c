#include "loss_ring.h"

#include <string.h>

#include "phasetop/base/alloc.h"

enum {
	BLOCK = 32, /* probes: a block of 100 rows stays in the first cache */
	LANES = 4   /* probes summed at a time: so few that the sums stay in registers */
};

/* Two units of 128 bits, which every machine has; one vector of four would be kept in memory without AVX. */
typedef double half __attribute__((vector_size(2 * sizeof(double)), aligned(8), may_alias));
typedef struct lanes {
	half a, b;
} lanes;

static inline lanes load(const double *from)
{
	return (lanes){*(const half *)from, *(const half *)(from + 2)};
}

static inline void store(double *to, lanes x)
{
	*(half *)to = x.a;
	*(half *)(to + 2) = x.b;
}

static inline lanes minus(lanes x, lanes y)
{
	return (lanes){x.a - y.a, x.b - y.b};
}

static inline lanes scaled(lanes x, double factor)
{
	return (lanes){x.a * factor, x.b * factor};
}

static inline void add(lanes *sum, lanes x)
{
	sum->a += x.a;
	sum->b += x.b;
}

static inline void add_product(lanes *sum, lanes x, lanes y)
{
	sum->a += x.a * y.a;
	sum->b += x.b * y.b;
}

static inline double sum_of(lanes x)
{
	const half sum = x.a + x.b;
	return sum[0] + sum[1];
}

bool pt_loss_ring_init(pt_loss_ring *ring, size_t n, size_t capacity)
{
	const size_t whole = (n + LANES - 1) / LANES * LANES, width = whole < BLOCK ? whole : BLOCK;
	*ring = (pt_loss_ring){.n = n, .capacity = capacity, .width = width, .n_blocks = (n + width - 1) / width};
	size_t count;
	if (__builtin_mul_overflow(ring->n_blocks * width, capacity, &count))
		return false;
	ring->blocks = pt_array_alloc(count, sizeof *ring->blocks);
	ring->offsets = pt_array_alloc(capacity, sizeof *ring->offsets);
	return ring->blocks && ring->offsets;
}

void pt_loss_ring_fini(pt_loss_ring *ring)
{
	pt_free(ring->blocks);
	pt_free(ring->offsets);
	*ring = (pt_loss_ring){0};
}

void pt_loss_ring_append(pt_loss_ring *ring, const double *row)
{
	const size_t width = ring->width;
	for (size_t b = 0; b < ring->n_blocks; b++) {
		const size_t first = b * width, left = ring->n - first;
		double *to = ring->blocks + (b * ring->capacity + ring->next) * width;
		memcpy(to, row + first, (left < width ? left : width) * sizeof *to);
	}
	ring->next = (ring->next + 1) % ring->capacity;
	if (ring->rows < ring->capacity)
		ring->rows++;
	for (size_t i = 0; i < ring->rows; i++)
		ring->offsets[i] = pt_loss_ring_slot(ring, i) * width;
}

/* Adds what the block `at` contributes to the products of differences. */
static void add_products(const pt_loss_ring *ring, const double *at, double *first, double *second)
{
	const size_t m = ring->rows;
	lanes newest_first[BLOCK / LANES], newest_second[BLOCK / LANES];
	const double *x = at + ring->offsets[m - 1], *y = at + ring->offsets[m - 2],
				 *z = at + ring->offsets[m > 2 ? m - 3 : 0];
	for (size_t p = 0; p < ring->width; p += LANES) {
		newest_first[p / LANES] = minus(load(x + p), load(y + p));
		newest_second[p / LANES] = minus(newest_first[p / LANES], minus(load(y + p), load(z + p)));
	}
	for (size_t i = 1; i < m; i++) {
		x = at + ring->offsets[i];
		y = at + ring->offsets[i - 1];
		z = at + ring->offsets[i > 1 ? i - 2 : 0];
		lanes first_sum = {{0}, {0}}, second_sum = {{0}, {0}};
		for (size_t p = 0; p < ring->width; p += LANES) {
			const lanes middle = load(y + p), here = minus(load(x + p), middle);
			add_product(&first_sum, newest_first[p / LANES], here);
			add_product(&second_sum, newest_second[p / LANES], minus(here, minus(middle, load(z + p))));
		}
		first[i] += sum_of(first_sum);
		second[i] += i > 1 ? sum_of(second_sum) : 0;
	}
}

/* Of LANES probes, from differences to the oldest row, so that an offset costs no digits. */
static void sum_squares(const pt_loss_ring *ring, const double *at, double *squares, double *squares_of_rest)
{
	const size_t m = ring->rows, *offsets = ring->offsets;
	const double inverse = pt_inverse_time_square(m);
	const lanes oldest = load(at + offsets[0]);
	lanes mean = {{0}, {0}}, slope = {{0}, {0}}, square = {{0}, {0}}, rest = {{0}, {0}};
	for (size_t i = 0; i < m; i++)
		add(&mean, minus(load(at + offsets[i]), oldest));
	mean = scaled(mean, 1 / (double)m);
	for (size_t i = 0; i < m; i++) {
		const lanes x = minus(minus(load(at + offsets[i]), oldest), mean);
		add_product(&square, x, x);
		add(&slope, scaled(x, pt_row_time(i, m)));
	}
	for (size_t i = 0; i < m; i++) {
		const lanes x = minus(minus(load(at + offsets[i]), oldest), mean),
					residual = minus(x, scaled(slope, pt_row_time(i, m) * inverse));
		add_product(&rest, residual, residual);
	}
	store(squares, square);
	store(squares_of_rest, rest);
}

void pt_loss_ring_sum(
	const pt_loss_ring *ring, double *first, double *second, double *squares, double *squares_of_rest)
{
	memset(first, 0, ring->rows * sizeof *first);
	memset(second, 0, ring->rows * sizeof *second);
	if (ring->rows < 2)
		return;
	for (size_t b = 0; b < ring->n_blocks; b++) {
		const double *at = ring->blocks + b * ring->capacity * ring->width;
		add_products(ring, at, first, second);
		for (size_t p = 0; squares && p < ring->width; p += LANES)
			sum_squares(ring, at + p, squares + b * ring->width + p, squares_of_rest + b * ring->width + p);
	}
}

void pt_loss_ring_centred(const pt_loss_ring *ring, bool line, double *into)
{
	const size_t n = ring->n, m = ring->rows;
	const double inverse = pt_inverse_time_square(m);
	for (size_t p = 0; p < n; p++) {
		const double *at = ring->blocks + p / ring->width * ring->capacity * ring->width + p % ring->width;
		double mean = 0, slope = 0;
		for (size_t i = 0; i < m; i++)
			mean += into[i * n + p] = at[ring->offsets[i]] - at[ring->offsets[0]];
		for (size_t i = 0; i < m; i++) {
			into[i * n + p] -= mean / (double)m;
			slope += into[i * n + p] * pt_row_time(i, m);
		}
		for (size_t i = 0; line && i < m; i++)
			into[i * n + p] -= slope * inverse * pt_row_time(i, m);
	}
}
