/* Strict readers of the values that options take: the whole text or nothing, ranges included. */
#ifndef PHASETOP_SRC_APP_OPTION_VALUES_H
#define PHASETOP_SRC_APP_OPTION_VALUES_H

#include <stdbool.h>

#include "phasetop/app/options.h"

/* Each returns NULL when `text` was read, else what is expected, for the message ("a whole number, 1 or
   more"). Outputs are untouched on failure. */
const char *pt_option_choice(const char *text, const char *const *names, size_t n, int *index);
const char *pt_option_watch(const char *text, pt_watching_choice *watch, int64_t *interval_ms);
const char *pt_option_size(const char *text, int *columns, int *rows);

#endif
