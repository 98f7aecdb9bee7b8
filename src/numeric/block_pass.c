#include "block_pass.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "parallel.h"
#include "phasetop/base/alloc.h"

enum {
	PANEL = 2048, /* doubles of a panel: two of them and the products lie in the first-level cache */
	MIN_WIDTH = 32,
	MAX_WIDTH = 256,
	CHUNK = 24,            /* past checkpoints that share the panels of the own one, at most */
	BLOCK_BYTES = 8 << 20, /* blocks of one run */
	LINE_DOUBLES = 8       /* of a cache line */
};

/* The panels of a worker. */
enum { OWN_INCREMENTS, OWN_LEVELS, PAST, N_PANELS };

static double *panel_of(const pt_block_pass *pass, size_t worker, size_t panel)
{
	return pass->scratch + (worker * N_PANELS + panel) * pass->panel_size;
}

static size_t clamp(size_t n, size_t low, size_t high)
{
	return n < low ? low : n > high ? high : n;
}

/* Increment, level. */
static size_t n_own(const pt_block_request *request)
{
	return request->own_levels ? 2 : 1;
}

static size_t n_past(const pt_block_request *request)
{
	return request->past_levels ? 2 : 1;
}

/* Rows of a panel as kernels take them: those behind the last one are zero in the own panel. */
static size_t whole_steps(size_t width)
{
	return (width + PT_BLOCK_STEP - 1) / PT_BLOCK_STEP * PT_BLOCK_STEP;
}

/* d_in, d_out */
static size_t length_of(const pt_block_request *request, int factor)
{
	return request->factors[factor]->length / request->rank;
}

pt_status pt_block_pass_init(pt_block_pass *pass, const pt_block_request *request, pt_error *err)
{
	size_t n = request->factors[PT_FACTOR_A]->n, stride = pt_block_stride(request->rank);
	*pass = (pt_block_pass){.request = *request,
		.stride = stride,
		.width = whole_steps(clamp(PANEL / stride, MIN_WIDTH, MAX_WIDTH))};
	pass->n_kinds = n_own(request) * n_past(request);
	size_t pair_size = PT_N_FACTORS * pass->n_kinds * stride * stride;
	pass->at_once = clamp(BLOCK_BYTES / (pair_size * sizeof(double)), 1, n);
	/* Scalars of B are read up to the stride: some lines behind the last row. */
	pass->panel_size = pass->width * stride + stride + LINE_DOUBLES;
	double values =
		(double)request->factors[PT_FACTOR_A]->length + (double)request->factors[PT_FACTOR_B]->length;
	size_t n_items = PT_N_FACTORS * ((pass->at_once + CHUNK - 1) / CHUNK);
	pass->n_workers = pt_parallel_workers(n_items, (double)pass->at_once * values * (double)pass->n_kinds);
	size_t scratch_size = N_PANELS * pass->n_workers * pass->panel_size;
	pass->memory =
		pt_array_alloc(scratch_size + pass->at_once * pair_size + LINE_DOUBLES, sizeof *pass->memory);
	if (!pass->memory)
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for the products of factors");
	size_t off = (uintptr_t)pass->memory / sizeof(double) % LINE_DOUBLES;
	pass->scratch = pass->memory + (off ? LINE_DOUBLES - off : 0);
	pass->blocks[PT_FACTOR_A] = pass->scratch + scratch_size;
	pass->blocks[PT_FACTOR_B] = pass->blocks[PT_FACTOR_A] + pass->at_once * pair_size / PT_N_FACTORS;
	return PT_OK;
}

void pt_block_pass_fini(pt_block_pass *pass)
{
	pt_free(pass->memory);
	*pass = (pt_block_pass){0};
}

/* A block of checkpoint first + u. */
static double *block_at(const pt_block_pass *pass, int factor, size_t u, bool own_level, bool past_level)
{
	size_t kind = (own_level ? 1u : 0u) + (past_level ? n_own(&pass->request) : 0u);
	return pass->blocks[factor] + (u * pass->n_kinds + kind) * pass->stride * pass->stride;
}

const double *pt_block_pass_at(
	const pt_block_pass *pass, int factor, size_t j, bool own_level, bool past_level)
{
	assert(j >= pass->first && j < pass->first + pass->n);
	assert((!own_level || pass->request.own_levels) && (!past_level || pass->request.past_levels));
	return block_at(pass, factor, j - pass->first, own_level, past_level);
}

/* A part of a factor: columns of A (rows of B) [first, first + width) of the increment or level of checkpoint
 * j. */
typedef struct part {
	int factor;
	size_t first, width, j;
	bool level;
} part;

/* Columns of all rows of A; rows of B, which are one run. */
static pt_ahead stored_at(const pt_block_request *r, const part *p, size_t j)
{
	const pt_vectors *vectors = r->factors[p->factor];
	size_t size = vectors->is_f64 ? sizeof(double) : sizeof(float);
	const unsigned char *item = vectors->items[j];
	if (p->factor == PT_FACTOR_A)
		return (pt_ahead){item + p->first * size, r->rank, p->width * size, length_of(r, PT_FACTOR_A) * size};
	return (pt_ahead){item + p->first * r->rank * size, 1, p->width * r->rank * size, 0};
}

/* Widened as it is stored: A's rows `width` apart, B's rank. All zeros, as before the first checkpoint: left
 * as it is. */
static void widen(const pt_block_request *r, const part *p, double *to, size_t row_stride)
{
	const pt_vectors *vectors = r->factors[p->factor];
	bool lagging = p->level && p->factor == PT_FACTOR_B;
	if (lagging && p->j == 0)
		return;
	pt_ahead values = stored_at(r, p, lagging ? p->j - 1 : p->j);
	const void *before = !p->level && p->j > 0 ? stored_at(r, p, p->j - 1).at : NULL;
	pt_stored_rows rows = {values.at, before, values.n_runs, values.stride};
	size_t n = p->factor == PT_FACTOR_A ? p->width : p->width * r->rank;
	(vectors->is_f64 ? r->kernels->widen_f64 : r->kernels->widen_f32)(rows, n, to, row_stride);
}

/* A panel of the own checkpoint: row e has place e of all rows of A (columns of B). `spare` is a panel's
 * memory. */
static void make_own_panel(const pt_block_pass *pass, const part *p, double *spare, double *panel)
{
	const pt_block_request *r = &pass->request;
	size_t rank = r->rank, stride = pass->stride, width = pass->width;
	bool is_a = p->factor == PT_FACTOR_A;
	memset(spare, 0, rank * width * sizeof *spare);
	widen(r, p, spare, width);
	for (size_t e = 0; e < p->width; e++)
		for (size_t row = 0; row < rank; row++)
			panel[e * stride + row] = is_a ? spare[row * width + e] : spare[e * rank + row];
	memset(panel + p->width * stride, 0, (whole_steps(p->width) - p->width) * stride * sizeof *panel);
}

/* What comes after checkpoint first + u: the same part of the next one, or the next part of the chunk's
 * first. */
static pt_ahead ahead_of(const pt_block_pass *pass, const part *p, size_t u_first, size_t u, size_t end)
{
	part next = *p;
	if (u + 1 < end)
		return stored_at(&pass->request, p, pass->first + u + 1);
	next.first += p->width;
	if (next.first + next.width > length_of(&pass->request, p->factor))
		return (pt_ahead){.n_runs = 0};
	return stored_at(&pass->request, &next, pass->first + u_first);
}

/* One part of the own checkpoint times the same part of past ones first + u … first + end − 1. */
static void multiply_part(const pt_block_pass *pass, part p, size_t worker, size_t u_first, size_t end)
{
	const pt_block_request *r = &pass->request;
	double *own[2] = {panel_of(pass, worker, OWN_INCREMENTS), panel_of(pass, worker, OWN_LEVELS)};
	double *past = panel_of(pass, worker, PAST);
	p.j = r->i;
	for (size_t o = 0; o < n_own(r); o++) {
		p.level = o > 0;
		make_own_panel(pass, &p, past, own[o]);
	}
	bool is_a = p.factor == PT_FACTOR_A;
	pt_scalars scalars = {past, pass->stride, is_a ? pass->width : 1, is_a ? 1 : r->rank};
	for (size_t u = u_first; u < end; u++)
		for (size_t l = 0; l < n_past(r); l++) {
			p.j = pass->first + u;
			p.level = l > 0;
			if (p.level && p.j == 0 && !is_a)
				continue; /* B before the first checkpoint is 0 */
			widen(r, &p, past, pass->width);
			pt_ahead ahead = ahead_of(pass, &p, u_first, u, end);
			for (size_t o = 0; o < n_own(r); o++)
				r->kernels->block(own[o], pass->stride, scalars, whole_steps(p.width),
					block_at(pass, p.factor, u, o > 0, l > 0), ahead);
		}
}

static void run_chunk(void *context, size_t worker, size_t item)
{
	const pt_block_pass *pass = context;
	int factor = item < pass->n_chunks ? PT_FACTOR_A : PT_FACTOR_B;
	size_t chunk = (pass->n + pass->n_chunks - 1) / pass->n_chunks; /* all of about one size */
	size_t u = item % pass->n_chunks * chunk, end = pass->n - u < chunk ? pass->n : u + chunk;
	/* What is not written below, the padding, is zero. */
	memset(panel_of(pass, worker, 0), 0, N_PANELS * pass->panel_size * sizeof(double));
	size_t chunk_size = (end - u) * pass->n_kinds * pass->stride * pass->stride;
	memset(block_at(pass, factor, u, false, false), 0, chunk_size * sizeof(double));
	size_t length = length_of(&pass->request, factor);
	for (size_t first = 0; first < length; first += pass->width) {
		size_t width = length - first < pass->width ? length - first : pass->width;
		multiply_part(pass, (part){.factor = factor, .first = first, .width = width}, worker, u, end);
	}
}

void pt_block_pass_run(pt_block_pass *pass, size_t first, size_t n)
{
	assert(n >= 1 && n <= pass->at_once && first + n <= pass->request.factors[PT_FACTOR_A]->n);
	pass->first = first;
	pass->n = n;
	pass->n_chunks = (n + CHUNK - 1) / CHUNK;
	pt_parallel_for(pass->n_workers, PT_N_FACTORS * pass->n_chunks, run_chunk, pass);
}
