#include "increment_rows.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "phasetop/base/alloc.h"

enum { CACHE_LINE = 64 };

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
static void widen_block(const pt_vectors *vectors, size_t i, bool lagging, size_t first, size_t width,
	double *level, double *increment)
{
	pt_values current = pt_vectors_at(vectors, i);
	pt_values before = i > 0 ? pt_vectors_at(vectors, i - 1) : (pt_values){.f64 = NULL};
	for (size_t e = 0; e < width; e++) {
		double x = pt_values_at(current, first + e);
		double y = i > 0 ? pt_values_at(before, first + e) : 0.0;
		level[e] = lagging ? y : x;
		increment[e] = x - y;
	}
}

void pt_increment_row(const pt_kernels *kernels, const pt_vectors *vectors, size_t i, double *row)
{
	_Alignas(CACHE_LINE) double level[PT_KERNEL_BLOCK], increment[PT_KERNEL_BLOCK];
	pt_increment_kernel *kernel = vectors->is_f64 ? kernels->increments_f64 : kernels->increments_f32;
	size_t group = kernels->group_of_increments, length = padded_length(vectors);
	memset(row, 0, vectors->n * sizeof *row);
	for (size_t first = 0; first < length; first += PT_KERNEL_BLOCK) {
		size_t width = length - first < PT_KERNEL_BLOCK ? length - first : PT_KERNEL_BLOCK;
		widen_block(vectors, i, false, first, width, level, increment);
		for (size_t j = 0; j < vectors->n; j += group) {
			const void *past[PT_KERNEL_MAX_GROUP + 1];
			double sums[PT_KERNEL_MAX_GROUP] = {0};
			group_at(vectors, j, group, first, past);
			kernel(increment, past, width, sums);
			for (size_t g = 0; g < group && j + g < vectors->n; g++)
				row[j + g] += sums[g];
		}
	}
}

void pt_product_row(
	const pt_kernels *kernels, const pt_vectors *vectors, size_t i, bool lagging, double *products)
{
	_Alignas(CACHE_LINE) double level[PT_KERNEL_BLOCK], increment[PT_KERNEL_BLOCK];
	pt_product_kernel *kernel = vectors->is_f64 ? lagging ? kernels->lagging_f64 : kernels->leading_f64
								: lagging       ? kernels->lagging_f32
												: kernels->leading_f32;
	size_t group = kernels->group_of_products, length = padded_length(vectors);
	memset(products, 0, vectors->n * PT_N_PRODUCTS * sizeof *products);
	for (size_t first = 0; first < length; first += PT_KERNEL_BLOCK) {
		size_t width = length - first < PT_KERNEL_BLOCK ? length - first : PT_KERNEL_BLOCK;
		widen_block(vectors, i, lagging, first, width, level, increment);
		for (size_t j = 0; j < vectors->n; j += group) {
			const void *past[PT_KERNEL_MAX_GROUP + 1];
			double sums[PT_KERNEL_MAX_GROUP * PT_N_PRODUCTS] = {0};
			group_at(vectors, j, group, first, past);
			kernel(level, increment, past, width, sums);
			size_t n = vectors->n - j < group ? vectors->n - j : group;
			for (size_t s = 0; s < n * PT_N_PRODUCTS; s++)
				products[j * PT_N_PRODUCTS + s] += sums[s];
		}
	}
}
