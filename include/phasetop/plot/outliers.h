/** Which values of a plot are so far out that they would flatten the rest. */
#ifndef PHASETOP_PLOT_OUTLIERS_H
#define PHASETOP_PLOT_OUTLIERS_H

#include "phasetop/plot/scale.h"

/**
 * The range without what is far out: values beyond Q1 − 3·IQR and Q3 + 3·IQR (Tukey, Exploratory Data
 * Analysis, 1977: "far out"), of the logarithms for a log axis. Quartiles by linear interpolation between
 * order statistics (type 7 of Hyndman and Fan 1996, NumPy's default). Where half of the values are equal, or
 * there are fewer than eight, nothing is left out.
 * @param values  n, finite; they are sorted in place
 * @cost  O(n log n)
 */
pt_range pt_range_without_outliers(double *values, size_t n, bool is_log);

#endif
