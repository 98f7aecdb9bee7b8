/* Strict readers of the values that options take: the whole text or nothing, ranges included. */
#ifndef PHASETOP_SRC_APP_OPTION_VALUES_H
#define PHASETOP_SRC_APP_OPTION_VALUES_H

#include <stdbool.h>

#include "phasetop/app/options.h"

/* Each returns NULL when `text` was read, else what is expected, for the message ("a whole number, 1 or
   more"). Outputs are untouched on failure. */
const char *pt_option_int(const char *text, int64_t least, int64_t most, int64_t *value);
const char *pt_option_double(const char *text, double least, double most, double *value);
const char *pt_option_choice(const char *text, const char *const *names, size_t n, int *index);
const char *pt_option_k_list(const char *text, pt_settings *settings);
const char *pt_option_pairing(const char *text, pt_settings *settings);
const char *pt_option_matrices(const char *text, unsigned *matrices);
const char *pt_option_glob(const char *text, char glob[PT_GLOB_BYTES]);
const char *pt_option_name(const char *text, char name[PT_NAME_BYTES]);
const char *pt_option_align(const char *text, bool *on_turn);
const char *pt_option_modules(const char *text, char glob[PT_GLOB_BYTES]);
const char *pt_option_metric(const char *text, pt_settings *settings); /* one more request */
const char *pt_option_watch(const char *text, pt_watching_choice *watch, int64_t *interval_ms);
const char *pt_option_size(const char *text, int *columns, int *rows);

#endif
