/** JSON numbers, to the nearest double and to exact integers, whatever the locale. */
#ifndef PHASETOP_RUNIO_JSON_NUMBER_H
#define PHASETOP_RUNIO_JSON_NUMBER_H

#include <stddef.h>

#include "phasetop/runio/json_reader.h"

/**
 * Read the number that `text` begins with; fills type, text, length, number, integer and is_integer of the
 * token. A magnitude too large for a double gives an infinity.
 * @param[out] fault    what is wrong, when it is no number
 * @param[out] fault_at and where
 * @return bytes taken; 0: no number
 */
size_t pt_json_scan_number(
	const char *text, size_t n, pt_json_token *token, const char **fault, size_t *fault_at);

#endif
