#include "phasetop/plot/place.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/base/alloc.h"

struct pt_places {
	int cols, rows;
	bool *taken; /* rows × cols */
};

pt_places *pt_places_create(int cols, int rows)
{
	if (cols < 1 || rows < 1)
		return NULL;
	pt_places *places = pt_array_alloc(1, sizeof *places);
	if (!places)
		return NULL;
	*places = (pt_places){cols, rows, pt_array_alloc((size_t)cols * (size_t)rows, sizeof(bool))};
	if (!places->taken) {
		pt_free(places);
		return NULL;
	}
	return places;
}

pt_places *pt_places_of_canvas(const pt_canvas *canvas)
{
	pt_places *places = canvas ? pt_places_create(canvas->cols, canvas->rows) : NULL;
	for (int i = 0; places && i < canvas->cols * canvas->rows; i++)
		places->taken[i] = canvas->cells[i].dots || canvas->cells[i].over || canvas->cells[i].under;
	return places;
}

void pt_places_destroy(pt_places *places)
{
	if (!places)
		return;
	pt_free(places->taken);
	pt_free(places);
}

/* Part of [at, at + n) that lies in [0, limit): its begin and end. */
static void cut(int at, int n, int limit, int *begin, int *end)
{
	long long stop = (long long)at + (n > 0 ? n : 0);
	*begin = at < 0 ? 0 : at > limit ? limit : at;
	*end = stop > limit ? limit : stop < *begin ? *begin : (int)stop;
}

void pt_places_take(pt_places *places, int col, int row, int cols, int rows)
{
	if (!places)
		return;
	int x0, x1, y0, y1;
	cut(col, cols, places->cols, &x0, &x1);
	cut(row, rows, places->rows, &y0, &y1);
	for (int y = y0; y < y1; y++)
		memset(places->taken + (size_t)y * (size_t)places->cols + x0, true, (size_t)(x1 - x0));
}

int pt_places_n_taken(const pt_places *places, int col, int row, int cols, int rows)
{
	if (!places || cols < 1 || rows < 1)
		return 0;
	int x0, x1, y0, y1;
	cut(col, cols, places->cols, &x0, &x1);
	cut(row, rows, places->rows, &y0, &y1);
	long long n = (long long)cols * rows - (long long)(x1 - x0) * (y1 - y0);
	for (int y = y0; y < y1; y++)
		for (int x = x0; x < x1; x++)
			n += places->taken[(size_t)y * (size_t)places->cols + (size_t)x];
	return n > INT_MAX ? INT_MAX : (int)n;
}

/* Is a run of cells inside of the map and free, with a free cell at each side where there is one? */
static bool is_free_run(const pt_places *places, int col, int row, int width, int air_left, int air_right)
{
	if (col < 0 || row < 0 || row >= places->rows || col + width > places->cols)
		return false;
	int from = col - air_left < 0 ? 0 : col - air_left;
	int to = col + width + air_right > places->cols ? places->cols : col + width + air_right;
	return pt_places_n_taken(places, from, row, to - from, 1) == 0;
}

bool pt_places_beside(pt_places *places, int col, int row, int width, int *label_col, int *label_row)
{
	if (!places || width < 1 || width > places->cols || col < -1 || row < -1 || col > places->cols ||
		row > places->rows)
		return false;
	/* right, left, either a column further, then the rows above and below: right, centred, left; then two
	 * rows off */
	const struct {
		int dx, dy;
	} spots[] = {
		{2, 0},
		{-1 - width, 0},
		{3, 0},
		{-2 - width, 0},
		{1, -1},
		{1, 1},
		{-width / 2, -1},
		{-width / 2, 1},
		{-width, -1},
		{-width, 1},
		{3, -1},
		{3, 1},
		{-2 - width, -1},
		{-2 - width, 1},
		{1, -2},
		{1, 2},
		{-width / 2, -2},
		{-width / 2, 2},
		{-width, -2},
		{-width, 2},
		{4, 0},
		{-3 - width, 0},
	};
	size_t n = sizeof spots / sizeof *spots;
	/* with air on both sides; for want of that, beside the point with its curve in the cell between */
	for (size_t i = 0; i < 2 * n; i++) {
		int x = col + spots[i % n].dx, y = row + spots[i % n].dy;
		bool same_row = i >= n && spots[i % n].dy == 0;
		int air_left = same_row && spots[i % n].dx > 0 ? 0 : 1,
			air_right = same_row && spots[i % n].dx < 0 ? 0 : 1;
		if (!is_free_run(places, x, y, width, air_left, air_right))
			continue;
		pt_places_take(places, x - 1, y, width + 2, 1); /* the next label keeps a distance of two */
		*label_col = x;
		*label_row = y;
		return true;
	}
	return false;
}

/* Distance of a box from where it should be; rows weigh double, as cells are twice as high as wide, and a
 * place that leaves both the top and the bottom edge costs more than any along them. */
static long distance(const pt_places *places, int col, int row, int rows, int want_col, int want_row)
{
	bool on_edge = row == 0 || row == places->rows - rows;
	return labs((long)col - want_col) + 2 * labs((long)row - want_row) +
		   (on_edge ? 0 : 2L * places->cols + 4L * places->rows);
}

/* Taken cells of a box and of the columns beside it, where the map has them. */
static int n_taken_with_air(const pt_places *places, int col, int row, int cols, int rows)
{
	int from = col > 0 ? col - 1 : 0, to = col + cols < places->cols ? col + cols + 1 : places->cols;
	return pt_places_n_taken(places, from, row, to - from, rows);
}

/* Where the fewest cells are taken, nearest to the wanted place among those. */
static void find_box(const pt_places *places, int cols, int rows, int *col, int *row)
{
	int want_col = *col, want_row = *row, best_taken = INT_MAX;
	long best_distance = LONG_MAX;
	for (int y = 0; y + rows <= places->rows; y++)
		for (int x = 0; x + cols <= places->cols; x++) {
			long far = distance(places, x, y, rows, want_col, want_row);
			if (best_taken == 0 && far >= best_distance)
				continue;
			int taken = n_taken_with_air(places, x, y, cols, rows);
			if (taken > best_taken || (taken == best_taken && far >= best_distance))
				continue;
			best_taken = taken;
			best_distance = far;
			*col = x;
			*row = y;
		}
}

bool pt_places_box(pt_places *places, pt_corner preferred, int cols, int rows, int *col, int *row)
{
	if (!places || cols < 1 || rows < 1 || cols > places->cols || rows > places->rows)
		return false;
	bool right = preferred == PT_CORNER_TOP_RIGHT || preferred == PT_CORNER_BOTTOM_RIGHT;
	bool bottom = preferred == PT_CORNER_BOTTOM_LEFT || preferred == PT_CORNER_BOTTOM_RIGHT;
	*col = right ? places->cols - cols : 0;
	*row = bottom ? places->rows - rows : 0;
	if (n_taken_with_air(places, *col, *row, cols, rows) > 0)
		find_box(places, cols, rows, col, row);
	pt_places_take(places, *col - 1, *row, cols + 2, rows); /* the next box keeps a distance of two */
	return true;
}
