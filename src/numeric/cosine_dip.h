/** The most prominent dip of a curve with gaps. */
#ifndef PHASETOP_NUMERIC_COSINE_DIP_H
#define PHASETOP_NUMERIC_COSINE_DIP_H

#include <stdbool.h>
#include <stddef.h>

/**
 * scipy's find_peaks and peak_prominences of −values over each maximal run of valid points; the largest
 * prominence wins, the earlier dip at ties.
 * @param valid        n; points that count
 * @param[out] prominence  of the dip; untouched when there is none
 * @return its position (the middle of a plateau, rounded down), or −1: no inner point is a dip
 * @cost   O(n) for a curve, O(n²) at worst
 */
ptrdiff_t pt_cosine_dip(const double *values, const bool *valid, size_t n, double *prominence);

#endif
