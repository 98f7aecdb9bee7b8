/** Missing numbers: a value that was never there, or that has no definition. It is a NaN, and never a zero. */
#ifndef PHASETOP_BASE_MISSING_H
#define PHASETOP_BASE_MISSING_H

#include <math.h>
#include <stdbool.h>

#define PT_MISSING ((double)NAN)

static inline bool pt_is_missing(double value)
{
	return value != value;
}

#endif
