#include "phasetop/numeric/gram.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "phasetop/base/alloc.h"

static size_t triangle(size_t n)
{
	return n * (n + 1) / 2;
}

/* Doubles of a Gram of n rows. */
static size_t entries(const pt_gram *gram, size_t n)
{
	return n > 0 ? pt_gram_offset(gram, n - 1) + n : 0;
}

void pt_gram_init(pt_gram *gram)
{
	*gram = (pt_gram){0};
}

void pt_gram_fini(pt_gram *gram)
{
	pt_free(gram->packed);
	*gram = (pt_gram){0};
}

size_t pt_gram_bytes(const pt_gram *gram)
{
	return gram->capacity * sizeof *gram->packed;
}

pt_status pt_gram_reserve(pt_gram *gram, size_t n, pt_error *err)
{
	/* n(n+1)/2 doubles must not overflow a size. */
	if (n >= (size_t)1 << 31)
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "a Gram of %zu checkpoints is too large", n);
	if (!pt_array_reserve((void **)&gram->packed, &gram->capacity, entries(gram, n), sizeof *gram->packed))
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for a Gram of %zu checkpoints", n);
	return PT_OK;
}

void pt_gram_set_band(pt_gram *gram, size_t width)
{
	assert(width >= 1 && (pt_gram_is_whole(gram) || width <= gram->band));
	pt_gram narrow = *gram;
	narrow.band = width;
	/* No row begins later than it did: rows move down one after another. */
	for (size_t i = 0; i < gram->n; i++) {
		size_t first = pt_gram_first(&narrow, i);
		memmove(gram->packed + pt_gram_offset(&narrow, i) + first,
			gram->packed + pt_gram_offset(gram, i) + first, (i + 1 - first) * sizeof *gram->packed);
	}
	size_t n_kept = entries(&narrow, gram->n);
	double *shrunk = gram->packed ? pt_array_resize(gram->packed, n_kept, sizeof *shrunk) : NULL;
	if (shrunk) { /* else the old memory stays in use, as large as it was */
		narrow.packed = shrunk;
		narrow.capacity = n_kept;
	}
	*gram = narrow;
}

pt_status pt_gram_append(pt_gram *gram, const double *row, pt_error *err)
{
	return pt_gram_insert(gram, gram->n, row, err);
}

pt_status pt_gram_insert(pt_gram *gram, size_t index, const double *row, pt_error *err)
{
	assert(index <= gram->n);
	pt_status status = pt_gram_reserve(gram, gram->n + 1, err);
	if (status != PT_OK)
		return status;
	/* From the last row down, each row behind the new one becomes the next one, its columns from `index` on
	   move by one more: the new column. It begins where the row that it was ends: nothing is overwritten. */
	for (size_t i = gram->n; i-- > index;) {
		const double *from = gram->packed + pt_gram_offset(gram, i);
		double *to = gram->packed + pt_gram_offset(gram, i + 1);
		size_t first = pt_gram_first(gram, i + 1);
		if (index < first) {
			memcpy(to + first, from + first - 1, (i + 2 - first) * sizeof *to);
			continue;
		}
		memcpy(to + first, from + first, (index - first) * sizeof *to);
		to[index] = row[i + 1];
		memcpy(to + index + 1, from + index, (i + 1 - index) * sizeof *to);
	}
	size_t first = pt_gram_first(gram, index);
	memcpy(
		gram->packed + pt_gram_offset(gram, index) + first, row + first, (index + 1 - first) * sizeof *row);
	gram->n++;
	return PT_OK;
}

void pt_gram_set_row(pt_gram *gram, size_t index, const double *row)
{
	assert(index < gram->n);
	size_t first = pt_gram_first(gram, index);
	memcpy(
		gram->packed + pt_gram_offset(gram, index) + first, row + first, (index + 1 - first) * sizeof *row);
	for (size_t i = index + 1; i < gram->n && pt_gram_first(gram, i) <= index; i++)
		gram->packed[pt_gram_offset(gram, i) + index] = row[i];
}

void pt_gram_remove(pt_gram *gram, size_t index)
{
	assert(index < gram->n);
	for (size_t i = index + 1; i < gram->n; i++) {
		/* Row i becomes row i − 1, whose band begins a column earlier than what was kept of row i. */
		const double *from = gram->packed + pt_gram_offset(gram, i);
		double *to = gram->packed + pt_gram_offset(gram, i - 1);
		size_t first = pt_gram_first(gram, i), first_to = pt_gram_first(gram, i - 1);
		if (index < first) {
			memcpy(to + first_to, from + first_to + 1, (i - first_to) * sizeof *to);
			continue;
		}
		if (first_to < first)
			to[first_to] = (double)NAN;
		memcpy(to + first, from + first, (index - first) * sizeof *to);
		memcpy(to + index, from + index + 1, (i - index) * sizeof *to);
	}
	gram->n--;
}

void pt_gram_truncate(pt_gram *gram, size_t n)
{
	if (n < gram->n)
		gram->n = n;
}

pt_status pt_gram_extend_zero(pt_gram *gram, size_t n, pt_error *err)
{
	assert(pt_gram_is_whole(gram));
	if (n <= gram->n)
		return PT_OK;
	pt_status status = pt_gram_reserve(gram, n, err);
	if (status != PT_OK)
		return status;
	memset(gram->packed + triangle(gram->n), 0, (triangle(n) - triangle(gram->n)) * sizeof *gram->packed);
	gram->n = n;
	return PT_OK;
}

pt_status pt_gram_zero(pt_gram *gram, size_t n, pt_error *err)
{
	assert(pt_gram_is_whole(gram));
	pt_status status = pt_gram_reserve(gram, n, err);
	if (status != PT_OK)
		return status;
	gram->n = 0;
	return pt_gram_extend_zero(gram, n, err);
}

pt_status pt_gram_copy(pt_gram *into, const pt_gram *from, pt_error *err)
{
	size_t n = entries(from, from->n);
	if (!pt_array_reserve((void **)&into->packed, &into->capacity, n, sizeof *into->packed))
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for a Gram of %zu checkpoints", from->n);
	if (n > 0)
		memcpy(into->packed, from->packed, n * sizeof *into->packed);
	into->n = from->n;
	into->band = from->band;
	return PT_OK;
}

void pt_gram_add(pt_gram *into, const pt_gram *from, size_t first_row)
{
	assert(into->n == from->n && pt_gram_is_whole(into) && pt_gram_is_whole(from));
	if (first_row >= into->n)
		return;
	size_t end = triangle(into->n);
	for (size_t i = triangle(first_row); i < end; i++)
		into->packed[i] += from->packed[i];
}

/* Σ of `n` neighbouring entries, in a fixed order. */
static double sum_of(const double *values, size_t n)
{
	double sum = 0.0;
#pragma omp simd reduction(+ : sum)
	for (size_t i = 0; i < n; i++)
		sum += values[i];
	return sum;
}

static bool is_kept(const pt_gram *gram, size_t i, size_t j)
{
	return i >= j ? j >= pt_gram_first(gram, i) : i >= pt_gram_first(gram, j);
}

double pt_gram_block_sum(const pt_gram *gram, size_t i_first, size_t i_end, size_t j_first, size_t j_end)
{
	assert(i_end <= gram->n && j_end <= gram->n);
	if (i_first >= i_end || j_first >= j_end)
		return 0.0;
	/* The corners are farthest from the diagonal. */
	if (!is_kept(gram, i_end - 1, j_first) || !is_kept(gram, i_first, j_end - 1))
		return (double)NAN;
	double total = 0.0;
	for (size_t i = i_first; i < i_end; i++) {
		/* The part of the row that lies in the stored triangle is contiguous; the rest is read by column. */
		const double *row = pt_gram_row(gram, i);
		size_t in_row = j_end < i + 1 ? j_end : i + 1;
		if (in_row > j_first)
			total += sum_of(row + j_first, in_row - j_first);
		for (size_t j = in_row > j_first ? in_row : j_first; j < j_end; j++)
			total += pt_gram_row(gram, j)[i];
	}
	return total;
}

pt_status pt_gram_select(
	const pt_gram *gram, const size_t *indices, size_t n_selected, pt_gram *out, pt_error *err)
{
	assert(out != gram && pt_gram_is_whole(gram));
	size_t n = n_selected ? indices[n_selected - 1] + 1 : 0;
	assert(n <= gram->n);
	/* Each group of increments (indices[g−1], indices[g]] becomes one. Row i of D is summed by column groups,
	   then added to its row group: every entry is touched once. */
	pt_status status = pt_gram_zero(out, n_selected, err);
	for (size_t i = 0, group = 0; status == PT_OK && i < n; i++) {
		if (i > indices[group])
			group++;
		const double *row = pt_gram_row(gram, i);
		double *to = out->packed + triangle(group);
		size_t first = 0;
		for (size_t g = 0; g < group; g++) {
			to[g] += sum_of(row + first, indices[g] + 1 - first);
			first = indices[g] + 1;
		}
		/* Within the group itself both halves of the symmetric block count. */
		to[group] += 2.0 * sum_of(row + first, i - first) + row[i];
	}
	return status;
}

void pt_gram_lengths(const pt_gram *gram, double *drift, double *step_length, double *path_length)
{
	assert(pt_gram_is_whole(gram) || !drift);
	double path = 0.0, square = 0.0;
	for (size_t i = 0; i < gram->n; i++) {
		const double *row = pt_gram_row(gram, i);
		double length = i > 0 ? sqrt(row[i]) : (double)NAN;
		if (i > 0) {
			path += length;
			if (drift)
				square += row[i] + 2.0 * sum_of(row + 1, i - 1);
		}
		if (drift)
			drift[i] = square > 0.0 ? sqrt(square) : square == square ? 0.0 : (double)NAN;
		if (step_length)
			step_length[i] = length;
		if (path_length)
			path_length[i] = path;
	}
}

void pt_gram_inner_products(const pt_gram *gram, bool from_first, double *out)
{
	assert(pt_gram_is_whole(gram));
	size_t n = gram->n, origin = from_first ? 1 : 0;
	for (size_t i = 0; i < n; i++) {
		const double *row = pt_gram_row(gram, i);
		double *to = out + i * n;
		double partial = 0.0;
		for (size_t j = 0; j < i; j++) {
			partial += j >= origin && i >= origin ? row[j] : 0.0;
			to[j] = (i > 0 ? out[(i - 1) * n + j] : 0.0) + partial;
			out[j * n + i] = to[j];
		}
		/* P(i,i) = P(i−1,i) + Σ_{b≤i} D(i,b), and P(i−1,i) is the entry just written by symmetry. */
		partial += i >= origin ? row[i] : 0.0;
		to[i] = (i > 0 ? out[(i - 1) * n + i] : 0.0) + partial;
	}
}
