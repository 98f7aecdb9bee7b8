/**
 * The configuration, saved views, and where both lie. Both are text (ui/conf.h) and are never trusted: a line
 * that is not understood is a warning. Neither is ever written unasked.
 */
#ifndef PHASETOP_APP_CONFIG_H
#define PHASETOP_APP_CONFIG_H

#include <stdbool.h>
#include <stdio.h>

#include "phasetop/app/options.h"
#include "phasetop/base/status.h"

/**
 * Read --config, or $XDG_CONFIG_HOME/phasetop/phasetop.conf (~/.config/…), into the options, behind flags and
 * environment. The usual file need not be there; what cannot be read or understood is a warning of the
 * options.
 * @retval PT_ERR_USAGE  --config names a file that cannot be read
 */
PT_CHECKED pt_status pt_config_read(pt_options *options, pt_error *err);

/** Take the text of a configuration over; `name` is what warnings call it. */
void pt_config_take(pt_options *options, const char *name, const char *text, size_t n_bytes);

/** `--default-config`: every setting with what it takes, and every key, as comments. */
void pt_config_print_default(FILE *out);

/** `--print-config`: every setting in force, and where it comes from; the keys that are not those of the
 * table. */
void pt_config_print(const pt_options *options, FILE *out);

#endif
