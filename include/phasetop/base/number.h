/** Strict readers of numbers: the whole text or nothing, ranges included. For what people give: options,
 * commands, configuration. */
#ifndef PHASETOP_BASE_NUMBER_H
#define PHASETOP_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/**
 * A whole number in decimal digits, with a minus sign or none; no blanks, no plus sign.
 * @return false, with *value untouched, when it is anything else or outside of [least, most]
 */
bool pt_number_read_int(const char *text, int64_t least, int64_t most, int64_t *value);

/**
 * A number in decimal digits, with a fraction and an exponent or without; no blanks, no hexadecimal, inf or
 * nan.
 * @return false, with *value untouched, when it is anything else, not finite or outside of [least, most]
 */
bool pt_number_read_double(const char *text, double least, double most, double *value);

#endif
