#include "increment_rows.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "parallel.h"
#include "phasetop/base/alloc.h"

enum { CACHE_LINE = 64, PART_STEP = 24 };

static const double zeros[PT_KERNEL_BLOCK]; /* the vector before the first one, and after the last */

static size_t padded_length(const pt_vectors *vectors)
{
	return (vectors->length + PT_KERNEL_PAD - 1) / PT_KERNEL_PAD * PT_KERNEL_PAD;
}

size_t pt_vectors_item_bytes(const pt_vectors *vectors)
{
	return padded_length(vectors) * (vectors->is_f64 ? sizeof(double) : sizeof(float)) + 2 * CACHE_LINE;
}

void *pt_vectors_new_item(const pt_vectors *vectors, pt_values values)
{
	if (vectors->length > (SIZE_MAX - 4 * CACHE_LINE) / sizeof(double))
		return NULL;
	unsigned char *memory = pt_array_alloc(pt_vectors_item_bytes(vectors), 1);
	if (!memory)
		return NULL;
	/* Aligned by hand; what pt_free needs stands just before the item. */
	unsigned char *item = memory + 2 * CACHE_LINE - (uintptr_t)memory % CACHE_LINE;
	memcpy(item - sizeof memory, &memory, sizeof memory);
	if (vectors->is_f64 && values.f32) {
		double *to = (double *)(void *)item;
		for (size_t e = 0; e < vectors->length; e++)
			to[e] = (double)values.f32[e];
	} else {
		assert(vectors->is_f64 == (values.f64 != NULL));
		size_t size = vectors->is_f64 ? sizeof(double) : sizeof(float);
		memcpy(item, vectors->is_f64 ? (const void *)values.f64 : values.f32, vectors->length * size);
	}
	return item;
}

void pt_vectors_free_item(void *item)
{
	if (!item)
		return;
	void *memory;
	memcpy(&memory, (unsigned char *)item - sizeof memory, sizeof memory);
	pt_free(memory);
}

void pt_vectors_fini(pt_vectors *vectors)
{
	for (size_t i = 0; i < vectors->n; i++)
		pt_vectors_free_item(vectors->items[i]);
	pt_free(vectors->items);
	*vectors = (pt_vectors){0};
}

bool pt_vectors_reserve(pt_vectors *vectors, size_t n)
{
	return pt_array_reserve((void **)&vectors->items, &vectors->capacity, n, sizeof *vectors->items);
}

bool pt_vectors_widen(pt_vectors *vectors)
{
	if (vectors->is_f64)
		return true;
	pt_vectors wide = {.length = vectors->length, .is_f64 = true};
	if (!pt_vectors_reserve(&wide, vectors->n))
		return false;
	for (; wide.n < vectors->n; wide.n++) {
		wide.items[wide.n] = pt_vectors_new_item(&wide, pt_vectors_at(vectors, wide.n));
		if (!wide.items[wide.n]) {
			pt_vectors_fini(&wide);
			return false;
		}
	}
	pt_vectors_fini(vectors);
	*vectors = wide;
	return true;
}

void pt_vectors_insert(pt_vectors *vectors, size_t index, void *item)
{
	assert(index <= vectors->n && vectors->n < vectors->capacity);
	memmove(
		vectors->items + index + 1, vectors->items + index, (vectors->n - index) * sizeof *vectors->items);
	vectors->items[index] = item;
	vectors->n++;
}

void *pt_vectors_take(pt_vectors *vectors, size_t index)
{
	assert(index < vectors->n);
	void *item = vectors->items[index];
	vectors->n--;
	memmove(
		vectors->items + index, vectors->items + index + 1, (vectors->n - index) * sizeof *vectors->items);
	return item;
}

pt_values pt_vectors_at(const pt_vectors *vectors, size_t index)
{
	assert(index < vectors->n);
	const void *item = vectors->items[index];
	return vectors->is_f64 ? (pt_values){.f64 = item} : (pt_values){.f32 = item};
}

/* Pointers to the group's vectors at column `first`: the predecessor of j, then j … ; zeros beyond the ends.
 */
static void group_at(const pt_vectors *vectors, size_t j, size_t group, size_t first, const void **past)
{
	size_t size = vectors->is_f64 ? sizeof(double) : sizeof(float);
	for (size_t g = 0; g <= group; g++) {
		size_t index = j + g; /* one more than the vector's */
		bool inside = index > 0 && index <= vectors->n;
		past[g] = inside ? (const unsigned char *)vectors->items[index - 1] + first * size
						 : (const unsigned char *)zeros;
	}
}

/* Columns [first, first + width) of v_i (or, lagging, v_{i−1}) and of δ_i, widened. */
static void widen_own(const pt_kernels *kernels, const pt_pass *pass, size_t first, size_t width,
	double *level, double *increment)
{
	const pt_vectors *vectors = pass->vectors;
	pt_widen_kernel *widen = vectors->is_f64 ? kernels->widen_f64 : kernels->widen_f32;
	const void *own[2]; /* v_{i−1}, v_i */
	group_at(vectors, pass->i, 1, first, own);
	widen((pt_stored_rows){own[1], own[0], 1, 0}, width, increment, 0);
	if (pass->kind != PT_PASS_INCREMENTS)
		widen((pt_stored_rows){own[pass->kind == PT_PASS_LEADING], NULL, 1, 0}, width, level, 0);
}

/* One block of columns times the past vectors [j_first, j_end). */
static void multiply_block(const pt_kernels *kernels, const pt_pass *pass, const double *level,
	const double *increment, size_t first, size_t width, size_t j_first, size_t j_end)
{
	bool is_f64 = pass->vectors->is_f64, one = pass->kind == PT_PASS_INCREMENTS;
	pt_increment_kernel *increments = is_f64 ? kernels->increments_f64 : kernels->increments_f32;
	pt_product_kernel *products = pass->kind == PT_PASS_LAGGING
									  ? is_f64 ? kernels->lagging_f64 : kernels->lagging_f32
								  : is_f64 ? kernels->leading_f64
										   : kernels->leading_f32;
	size_t group = one ? kernels->group_of_increments : kernels->group_of_products,
		   n_out = one ? 1 : PT_N_PRODUCTS;
	for (size_t j = j_first; j < j_end; j += group) {
		const void *past[PT_KERNEL_MAX_GROUP + 1];
		double sums[PT_KERNEL_MAX_GROUP * PT_N_PRODUCTS] = {0};
		group_at(pass->vectors, j, group, first, past);
		if (one)
			increments(increment, past, width, sums);
		else
			products(level, increment, past, width, sums);
		size_t n = (j_end - j < group ? j_end - j : group) * n_out;
		for (size_t s = 0; s < n; s++)
			pass->out[j * n_out + s] += sums[s];
	}
}

double pt_increment_square(const pt_kernels *kernels, const pt_vectors *vectors, size_t i)
{
	_Alignas(CACHE_LINE) double increment[PT_KERNEL_BLOCK];
	size_t length = padded_length(vectors);
	double sums[PT_KERNEL_MAX_GROUP] = {0};
	for (size_t first = 0; first < length; first += PT_KERNEL_BLOCK) {
		size_t width = length - first < PT_KERNEL_BLOCK ? length - first : PT_KERNEL_BLOCK;
		const void *past[PT_KERNEL_MAX_GROUP + 1];
		group_at(vectors, i, kernels->group_of_increments, first, past);
		widen_own(kernels, &(pt_pass){vectors, i, PT_PASS_INCREMENTS, NULL}, first, width, NULL, increment);
		(vectors->is_f64 ? kernels->increments_f64 : kernels->increments_f32)(increment, past, width, sums);
	}
	return sums[0];
}

/* All passes, each cut into `n_parts` runs of `part` past vectors. */
typedef struct divided_passes {
	const pt_kernels *kernels;
	const pt_pass *passes;
	size_t n_parts, part;
} divided_passes;

static void run_part(void *context, size_t worker, size_t item)
{
	(void)worker;
	const divided_passes *d = context;
	const pt_pass *pass = &d->passes[item / d->n_parts];
	size_t n = pass->vectors->n, length = padded_length(pass->vectors);
	size_t j_first = item % d->n_parts * d->part, j_end = j_first + d->part < n ? j_first + d->part : n;
	size_t n_out = pass->kind == PT_PASS_INCREMENTS ? 1 : PT_N_PRODUCTS;
	_Alignas(CACHE_LINE) double level[PT_KERNEL_BLOCK], increment[PT_KERNEL_BLOCK];
	memset(pass->out + j_first * n_out, 0, (j_end - j_first) * n_out * sizeof *pass->out);
	for (size_t first = 0; first < length; first += PT_KERNEL_BLOCK) {
		size_t width = length - first < PT_KERNEL_BLOCK ? length - first : PT_KERNEL_BLOCK;
		widen_own(d->kernels, pass, first, width, level, increment);
		multiply_block(d->kernels, pass, level, increment, first, width, j_first, j_end);
	}
}

void pt_run_passes(const pt_kernels *kernels, const pt_pass *passes, size_t n_passes)
{
	size_t n = passes[0].vectors->n;
	double work = 0.0;
	for (size_t p = 0; p < n_passes; p++)
		work += (double)n * (double)passes[p].vectors->length;
	size_t n_workers = pt_parallel_workers(n, work);
	/* Two parts a worker and pass level out what else the processors do; parts of whole groups of any kernel.
	 */
	size_t part = n_workers == 1 ? n : (n / (2 * n_workers) / PART_STEP + 1) * PART_STEP;
	divided_passes d = {kernels, passes, (n + part - 1) / part, part};
	pt_parallel_for(n_workers, n_passes * d.n_parts, run_part, &d);
}
