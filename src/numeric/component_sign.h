/** The sign of a principal component, which no data decide. */
#ifndef PHASETOP_NUMERIC_COMPONENT_SIGN_H
#define PHASETOP_NUMERIC_COMPONENT_SIGN_H

#include <stddef.h>

/**
 * Turns n scores so that the first is negative; where it is below 1e-9 of the largest, so that the largest
 * |score| is positive: of those that are as large but for rounding, the earliest.
 */
void pt_component_choose_sign(double *scores, size_t n);

#endif
