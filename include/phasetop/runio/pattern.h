/**
 * Regular expressions of foreign config files, matched in linear time.
 *
 * The subset of Python's `re` that rank and alpha patterns use: literals, `.`, classes, `\d \w \s` and their
 * opposites, groups, `|`, `* + ? {m,n}` (greedy or lazy: the same for a yes-or-no answer), `^`, `$`, `\b`.
 * Look-around, back references and inline flags are not understood. A Thompson NFA is simulated: no input
 * makes it hang.
 */
#ifndef PHASETOP_RUNIO_PATTERN_H
#define PHASETOP_RUNIO_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "phasetop/base/status.h"

enum { PT_PATTERN_BYTES = 512, PT_PATTERN_TEXT_BYTES = 4096, PT_PATTERN_INSTRUCTIONS = 4096 };

typedef struct pt_pattern pt_pattern;

/**
 * Compile.
 * @param[out] out free with pt_pattern_destroy
 * @retval PT_ERR_LIMIT       longer than PT_PATTERN_BYTES, or larger than PT_PATTERN_INSTRUCTIONS unrolled
 * @retval PT_ERR_UNSUPPORTED a construct outside of the subset
 * @retval PT_ERR_INVALID     not a regular expression; offset: where in it
 */
PT_CHECKED pt_status pt_pattern_compile(const char *expression, pt_pattern **out, pt_error *err);
void pt_pattern_destroy(pt_pattern *pattern);

/** Does the whole of `text` match? Texts beyond PT_PATTERN_TEXT_BYTES never do. O(|program|·|text|). */
bool pt_pattern_matches(const pt_pattern *pattern, const char *text);

#endif
