#include "phasetop/plot/heatmap.h"

#include <math.h>

#include "phasetop/base/missing.h"

/* Mean of the finite values under part `i` of `n` rows and part `j` of `m` columns; NaN: none. At least one
 * value lies under each part. */
static double block_mean(
	const double *values, size_t n_rows, size_t n_cols, size_t i, size_t n, size_t j, size_t m)
{
	size_t r0 = n_rows * i / n, r1 = n_rows * (i + 1) / n;
	size_t c0 = n_cols * j / m, c1 = n_cols * (j + 1) / m;
	r1 = r1 > r0 ? r1 : r0 + 1;
	c1 = c1 > c0 ? c1 : c0 + 1;
	double mean = 0;
	size_t seen = 0;
	for (size_t r = r0; r < r1; r++)
		for (size_t c = c0; c < c1; c++) {
			double value = values[r * n_cols + c];
			if (!isfinite(value))
				continue;
			seen++;
			mean += value / (double)seen - mean / (double)seen;
		}
	return seen ? mean : PT_MISSING;
}

/* 0…100, or −1 where there is no value. */
static int level_of(double value, double lo, double hi)
{
	if (!isfinite(value) || !(hi > lo))
		return -1;
	return (int)lround(100 * (fmin(fmax(value, lo), hi) / 2 - lo / 2) / (hi / 2 - lo / 2));
}

void pt_heatmap_draw(
	pt_canvas *canvas, const double *values, size_t n_rows, size_t n_cols, double lo, double hi, uint8_t role)
{
	static const char ramp[] = " .:-=+*#%@";
	if (!canvas || !values || n_rows == 0 || n_cols == 0)
		return;
	int down = canvas->kind == PT_CANVAS_ASCII ? 1 : 2;
	size_t n = (size_t)(canvas->rows * down), m = (size_t)canvas->cols;
	for (int row = 0; row < canvas->rows; row++)
		for (int col = 0; col < canvas->cols; col++) {
			pt_canvas_cell *cell = &canvas->cells[(size_t)row * m + (size_t)col];
			size_t top = (size_t)(row * down), bottom = top + (size_t)down - 1;
			int upper = level_of(block_mean(values, n_rows, n_cols, top, n, (size_t)col, m), lo, hi);
			int lower = level_of(block_mean(values, n_rows, n_cols, bottom, n, (size_t)col, m), lo, hi);
			pt_ink ink = {.role = role};
			if (upper < 0 && lower < 0)
				continue;
			if (down == 1) {
				ink.level = (uint8_t)upper;
				pt_canvas_over(canvas, col, row, (unsigned char)ramp[upper * 9 / 100], ink);
			} else if (upper < 0 || lower < 0) {
				ink.level = (uint8_t)(upper < 0 ? lower : upper);
				pt_canvas_over(canvas, col, row, upper < 0 ? 0x2584 : 0x2580, ink);
			} else {
				ink.level = (uint8_t)upper;
				pt_canvas_over(canvas, col, row, 0x2580, ink);
				cell->ground = role;
				cell->ground_level = (uint8_t)lower;
			}
		}
}
