/**
 * `--logger NAME`: Python files that write probe losses while something trains. They lie in src/app/loggers
 * as what they are, and the build puts their bytes into the program.
 */
#ifndef PHASETOP_APP_LOGGERS_H
#define PHASETOP_APP_LOGGERS_H

#include <stddef.h>
#include <stdio.h>

#include "phasetop/base/status.h"

/* X(enumerator, name, file in src/app/loggers without .py) */
#define PT_LOGGER_TABLE(X)                                \
	X(PT_LOGGER_HF, "hf", hf_logger)                      \
	X(PT_LOGGER_TORCH, "torch", torch_logger)             \
	X(PT_LOGGER_LIGHTNING, "lightning", lightning_logger) \
	X(PT_LOGGER_PROBES, "probes", probe_set)

typedef enum pt_logger {
#define X(id, name, file) id,
	PT_LOGGER_TABLE(X)
#undef X
		PT_N_LOGGERS
} pt_logger;

/** Which logger is called `name`; PT_N_LOGGERS: none is. */
pt_logger pt_logger_named(const char *name);

/**
 * Write the Python file, byte for byte.
 *
 * @param out  borrowed; flushed, not closed
 * @retval PT_ERR_IO  the stream failed (a full disk)
 */
PT_CHECKED pt_status pt_logger_print(pt_logger logger, FILE *out, pt_error *err);

#endif
