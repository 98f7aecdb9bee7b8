#include "update_rows.h"

#include <assert.h>
#include <string.h>

#include "phasetop/base/alloc.h"

/* s_{i−1}, with s_{−1} := s_0: the first increment is the first update itself. */
static double scaling_before(const double *scalings, size_t i)
{
	return scalings[i > 0 ? i - 1 : 0];
}

void pt_update_row_rank_one(const double *products_a, const double *products_b, const double *scalings,
	size_t n, size_t i, double *row)
{
	/* The middle terms stand in brackets: exchanging i and j gives the same bits. */
	double s = scalings[i], s_before = scaling_before(scalings, i), s_change = s - s_before;
	for (size_t j = 0; j < n; j++) {
		const double *a = products_a + j * PT_N_PRODUCTS, *b = products_b + j * PT_N_PRODUCTS;
		double t = scalings[j], t_before = scaling_before(scalings, j), t_change = t - t_before;
		double aa = a[PT_PRODUCT_LEVELS], ad = a[PT_PRODUCT_LEVEL_INCREMENT];
		double da = a[PT_PRODUCT_INCREMENT_LEVEL], dd = a[PT_PRODUCT_INCREMENTS];
		double level_e = s * (t_change * aa + t_before * ad);
		double e_level = t * (s_change * aa + s_before * da);
		double e_e = s_change * t_change * aa + (s_change * t_before * ad + s_before * t_change * da) +
					 s_before * t_before * dd;
		row[j] = s * t * aa * b[PT_PRODUCT_INCREMENTS] +
				 (level_e * b[PT_PRODUCT_INCREMENT_LEVEL] + e_level * b[PT_PRODUCT_LEVEL_INCREMENT]) +
				 e_e * b[PT_PRODUCT_LEVELS];
	}
	if (row[i] < 0.0)
		row[i] = 0.0; /* a square: below zero by rounding alone */
}

void pt_running_blocks_fini(pt_running_blocks *running)
{
	for (int f = 0; f < PT_N_FACTORS; f++)
		pt_free(running->blocks[f]);
	*running = (pt_running_blocks){0};
}

size_t pt_running_blocks_bytes(const pt_running_blocks *running)
{
	return (running->capacity[PT_FACTOR_A] + running->capacity[PT_FACTOR_B]) * sizeof(double);
}

/* One row in the making. The past checkpoints come in order. */
typedef struct row_state {
	const pt_update_source *source;
	size_t i;
	pt_update_way way;
	pt_running_blocks *running;
	pt_block_pass pass;
	size_t size; /* doubles of an r × r block */
	double *memory;
	/* sums over the past increments so far: ⟨δ_i, x_j⟩ and ⟨x_i, x_j⟩ */
	double *increment_level[PT_N_FACTORS], *levels[PT_N_FACTORS];
} row_state;

/* The four blocks of a factor for one pair, by PT_PRODUCT_…. */
typedef struct pair_blocks {
	const double *at[PT_N_PRODUCTS];
} pair_blocks;

static void add_block(double *restrict to, const double *restrict from, size_t n)
{
	for (size_t e = 0; e < n; e++)
		to[e] += from[e];
}

static double *running_block(const row_state *s, int factor, size_t j)
{
	return s->running->blocks[factor] + j * s->size;
}

/* ⟨x_{i−1}, δ_i⟩ is the transpose of ⟨δ_i, x_{i−1}⟩, which the past increments have given. */
static void start_running_block(const row_state *s, int factor)
{
	size_t rank = s->source->rank, stride = s->pass.stride;
	double *to = running_block(s, factor, s->i);
	const double *from = s->increment_level[factor];
	memset(to, 0, s->size * sizeof *to);
	for (size_t p = 0; p < rank; p++)
		for (size_t q = 0; q < rank; q++)
			to[p * stride + q] = from[q * stride + p];
}

/* The own level with δ_j, A's: A_i ΔA_jᵀ; the running block then stands for it. */
static const double *leading_level(const row_state *s, size_t j, const double *increments)
{
	if (s->way == PT_UPDATE_RUNNING) {
		add_block(running_block(s, PT_FACTOR_A, j), increments, s->size);
		return running_block(s, PT_FACTOR_A, j);
	}
	const double *level = pt_block_pass_at(&s->pass, PT_FACTOR_A, j, true, false);
	if (s->running)
		memcpy(running_block(s, PT_FACTOR_A, j), level, s->size * sizeof *level);
	return level;
}

static pair_blocks blocks_of_a(row_state *s, size_t j)
{
	pair_blocks b;
	b.at[PT_PRODUCT_INCREMENTS] = pt_block_pass_at(&s->pass, PT_FACTOR_A, j, false, false);
	b.at[PT_PRODUCT_LEVEL_INCREMENT] = leading_level(s, j, b.at[PT_PRODUCT_INCREMENTS]);
	if (s->way == PT_UPDATE_DIRECT) {
		b.at[PT_PRODUCT_INCREMENT_LEVEL] = pt_block_pass_at(&s->pass, PT_FACTOR_A, j, false, true);
		b.at[PT_PRODUCT_LEVELS] = pt_block_pass_at(&s->pass, PT_FACTOR_A, j, true, true);
		return b;
	}
	add_block(s->increment_level[PT_FACTOR_A], b.at[PT_PRODUCT_INCREMENTS], s->size);
	add_block(s->levels[PT_FACTOR_A], b.at[PT_PRODUCT_LEVEL_INCREMENT], s->size);
	b.at[PT_PRODUCT_INCREMENT_LEVEL] = s->increment_level[PT_FACTOR_A];
	b.at[PT_PRODUCT_LEVELS] = s->levels[PT_FACTOR_A];
	return b;
}

static pair_blocks blocks_of_b(const row_state *s, size_t j)
{
	bool direct = s->way == PT_UPDATE_DIRECT;
	pair_blocks b;
	b.at[PT_PRODUCT_INCREMENTS] = pt_block_pass_at(&s->pass, PT_FACTOR_B, j, false, false);
	b.at[PT_PRODUCT_LEVEL_INCREMENT] = s->way == PT_UPDATE_RUNNING
										   ? running_block(s, PT_FACTOR_B, j)
										   : pt_block_pass_at(&s->pass, PT_FACTOR_B, j, true, false);
	b.at[PT_PRODUCT_INCREMENT_LEVEL] =
		direct ? pt_block_pass_at(&s->pass, PT_FACTOR_B, j, false, true) : s->increment_level[PT_FACTOR_B];
	b.at[PT_PRODUCT_LEVELS] =
		direct ? pt_block_pass_at(&s->pass, PT_FACTOR_B, j, true, true) : s->levels[PT_FACTOR_B];
	return b;
}

/* B's levels lag: they take δ_j up after the pair (i, j) is done, the running block δ_i likewise. */
static void advance_b(row_state *s, size_t j, const pair_blocks *b)
{
	const double *increments = b->at[PT_PRODUCT_INCREMENTS], *level = b->at[PT_PRODUCT_LEVEL_INCREMENT];
	if (s->way != PT_UPDATE_DIRECT) {
		add_block(s->increment_level[PT_FACTOR_B], increments, s->size);
		add_block(s->levels[PT_FACTOR_B], level, s->size);
	}
	if (!s->running)
		return;
	if (s->way != PT_UPDATE_RUNNING)
		memcpy(running_block(s, PT_FACTOR_B, j), level, s->size * sizeof *level);
	add_block(running_block(s, PT_FACTOR_B, j), increments, s->size);
}

/* ⟨δ_i, δ_j⟩ from the blocks: the sum over entries of what stands in pt_update_row_rank_one. */
static double contract(const row_state *state, size_t j, const pair_blocks *a, const pair_blocks *b)
{
	size_t rank = state->source->rank, stride = state->pass.stride;
	const double *scalings = state->source->scalings;
	double s = scalings[state->i], s_before = scaling_before(scalings, state->i), s_change = s - s_before;
	double t = scalings[j], t_before = scaling_before(scalings, j), t_change = t - t_before, total = 0.0;
	for (size_t p = 0; p < rank; p++) {
		const double *restrict aa = a->at[PT_PRODUCT_LEVELS] + p * stride;
		const double *restrict ad = a->at[PT_PRODUCT_LEVEL_INCREMENT] + p * stride;
		const double *restrict da = a->at[PT_PRODUCT_INCREMENT_LEVEL] + p * stride;
		const double *restrict dd = a->at[PT_PRODUCT_INCREMENTS] + p * stride;
		const double *restrict bb = b->at[PT_PRODUCT_LEVELS] + p * stride;
		const double *restrict bd = b->at[PT_PRODUCT_LEVEL_INCREMENT] + p * stride;
		const double *restrict db = b->at[PT_PRODUCT_INCREMENT_LEVEL] + p * stride;
		const double *restrict ee = b->at[PT_PRODUCT_INCREMENTS] + p * stride;
		double sum = 0.0;
#pragma omp simd reduction(+ : sum)
		for (size_t q = 0; q < rank; q++) {
			double level_e = s * (t_change * aa[q] + t_before * ad[q]);
			double e_level = t * (s_change * aa[q] + s_before * da[q]);
			double e_e = s_change * (t_change * aa[q] + t_before * ad[q]) +
						 s_before * (t_change * da[q] + t_before * dd[q]);
			sum += s * t * aa[q] * ee[q] + (level_e * db[q] + e_level * bd[q]) + e_e * bb[q];
		}
		total += sum;
	}
	return total;
}

static double trace(const double *block, size_t rank, size_t stride)
{
	double sum = 0.0;
	for (size_t p = 0; p < rank; p++)
		sum += block[p * stride + p];
	return sum;
}

/* Entries j of the three rows; j comes after j − 1. */
static void finish_pair(row_state *s, size_t j, double *const rows[PT_N_FACTORS], double *row_dw)
{
	if (s->way == PT_UPDATE_RUNNING && j == s->i)
		for (int f = 0; f < PT_N_FACTORS; f++)
			start_running_block(s, f);
	pair_blocks a = blocks_of_a(s, j), b = blocks_of_b(s, j);
	size_t rank = s->source->rank, stride = s->pass.stride;
	rows[PT_FACTOR_A][j] = trace(a.at[PT_PRODUCT_INCREMENTS], rank, stride);
	rows[PT_FACTOR_B][j] = trace(b.at[PT_PRODUCT_INCREMENTS], rank, stride);
	row_dw[j] = contract(s, j, &a, &b);
	if (j == s->i && row_dw[j] < 0.0)
		row_dw[j] = 0.0; /* a square: below zero by rounding alone */
	advance_b(s, j, &b);
}

static pt_status begin(row_state *s, pt_error *err)
{
	const pt_update_source *source = s->source;
	pt_block_request request = {.kernels = source->kernels,
		.factors = {source->factors[PT_FACTOR_A], source->factors[PT_FACTOR_B]},
		.rank = source->rank,
		.i = s->i,
		.own_levels = s->way != PT_UPDATE_RUNNING,
		.past_levels = s->way == PT_UPDATE_DIRECT};
	pt_status status = pt_block_pass_init(&s->pass, &request, err);
	if (status != PT_OK)
		return status;
	s->size = s->pass.stride * s->pass.stride;
	bool ok = true;
	for (int f = 0; f < PT_N_FACTORS && s->running; f++)
		ok = ok && pt_array_reserve((void **)&s->running->blocks[f], &s->running->capacity[f],
					   source->factors[f]->n * s->size, sizeof(double));
	s->memory = ok ? pt_array_alloc(2 * PT_N_FACTORS * s->size, sizeof *s->memory) : NULL;
	if (!s->memory) {
		pt_block_pass_fini(&s->pass);
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for the products of factors");
	}
	for (int f = 0; f < PT_N_FACTORS; f++) {
		s->increment_level[f] = s->memory + (size_t)(2 * f) * s->size;
		s->levels[f] = s->memory + (size_t)(2 * f + 1) * s->size;
	}
	return PT_OK;
}

pt_status pt_update_rows(const pt_update_source *source, size_t i, pt_update_way way,
	pt_running_blocks *running, double *const rows[PT_N_FACTORS], double *row_dw, pt_error *err)
{
	size_t n = source->factors[PT_FACTOR_A]->n;
	assert(!running || i + 1 == n);
	assert(way != PT_UPDATE_RUNNING || (running && running->n == i));
	row_state s = {.source = source, .i = i, .way = way, .running = running};
	if (running)
		running->n = 0;
	pt_status status = begin(&s, err);
	if (status != PT_OK)
		return status;
	for (size_t first = 0; first < n; first += s.pass.at_once) {
		size_t n_now = n - first < s.pass.at_once ? n - first : s.pass.at_once;
		pt_block_pass_run(&s.pass, first, n_now);
		for (size_t j = first; j < first + n_now; j++)
			finish_pair(&s, j, rows, row_dw);
	}
	if (running)
		running->n = n;
	pt_block_pass_fini(&s.pass);
	pt_free(s.memory);
	return PT_OK;
}
