/* Names of options: the nearest one to a mistyped name. */
#ifndef PHASETOP_SRC_APP_OPTION_NAMES_H
#define PHASETOP_SRC_APP_OPTION_NAMES_H

#include "phasetop/app/options.h"

/* More than the longest option or variable name. */
enum { PT_OPTION_NAME_BYTES = 40 };

/* The rows of PT_OPTION_TABLE, by pt_option_id. */
extern const pt_option_row pt_option_table[PT_N_OPTIONS];

/* The option that a mistyped name (without dashes) most likely means; NULL: none is near. */
const pt_option_row *pt_option_nearest(const char *name);

#endif
