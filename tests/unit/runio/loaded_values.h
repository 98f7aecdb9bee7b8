/* The values of a loaded module, whatever they are held as. */
#ifndef TESTS_RUNIO_LOADED_VALUES_H
#define TESTS_RUNIO_LOADED_VALUES_H

#include <math.h>

#include "phasetop/runio/checkpoint_load.h"

static inline double value_at(const pt_loaded_module *m, const void *values, size_t i)
{
	return m->is_f64 ? ((const double *)values)[i] : (double)((const float *)values)[i];
}

static inline double norm_of(const pt_loaded_module *m, const void *values, size_t n)
{
	double sum = 0.0;
	for (size_t i = 0; i < n; i++)
		sum += value_at(m, values, i) * value_at(m, values, i);
	return sqrt(sum);
}

#endif
