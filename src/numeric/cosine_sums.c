#include "cosine_sums.h"

enum { NARROW = 6, ROWS_AT_ONCE = 4 };

/* A few columns of many rows, which is what a k that grows by one asks for: sums of several rows run side by side, for
   one alone would wait for each of its additions. */
static double narrow_block(const pt_gram *gram, size_t i, size_t i_end, size_t j, size_t j_end)
{
	double sums[ROWS_AT_ONCE] = {0};
	for (; i + ROWS_AT_ONCE <= i_end; i += ROWS_AT_ONCE) {
		const double *rows[ROWS_AT_ONCE];
		for (size_t r = 0; r < ROWS_AT_ONCE; r++)
			rows[r] = pt_gram_row(gram, i + r);
		for (size_t c = j; c < j_end; c++)
			for (size_t r = 0; r < ROWS_AT_ONCE; r++)
				sums[r] += rows[r][c];
	}
	for (; i < i_end; i++)
		for (size_t c = j; c < j_end; c++)
			sums[0] += pt_gram_row(gram, i)[c];
	return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

/* Sum over rows [i, i_end) and columns [j, j_end), j_end <= i: a block below the diagonal. */
static double block_below(const pt_gram *gram, size_t i, size_t i_end, size_t j, size_t j_end)
{
	if (j_end < j + NARROW)
		return narrow_block(gram, i, i_end, j, j_end);
	double total = 0.0;
	for (; i < i_end; i++) {
		const double *row = pt_gram_row(gram, i);
		double sum = 0.0;
#pragma omp simd reduction(+ : sum)
		for (size_t c = j; c < j_end; c++)
			sum += row[c];
		total += sum;
	}
	return total;
}

/* The square block [from, end) × [from, end), and its diagonal alone. */
static double square_block(const pt_gram *gram, size_t from, size_t end, double *trace)
{
	double below = 0.0, diagonal = 0.0;
	for (size_t i = from; i < end; i++) {
		below += block_below(gram, i, i + 1, from, i);
		diagonal += pt_gram_row(gram, i)[i];
	}
	*trace = diagonal;
	return 2.0 * below + diagonal;
}

void pt_cosine_sums_widen(pt_cosine_sums *s, const pt_gram *gram, size_t at, size_t before, size_t after)
{
	double trace;
	if (before < s->before) {
		s->before_before += square_block(gram, before + 1, s->before + 1, &trace);
		s->before_before += 2.0 * block_below(gram, s->before + 1, at + 1, before + 1, s->before + 1);
		s->before_after += block_below(gram, at + 1, s->after + 1, before + 1, s->before + 1);
		s->before_trace += trace;
		s->before = before;
	}
	if (after > s->after) {
		s->after_after += square_block(gram, s->after + 1, after + 1, &trace);
		s->after_after += 2.0 * block_below(gram, s->after + 1, after + 1, at + 1, s->after + 1);
		s->before_after += block_below(gram, s->after + 1, after + 1, s->before + 1, at + 1);
		s->after_trace += trace;
		s->after = after;
	}
}
