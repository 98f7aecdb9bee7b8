#include "phasetop/app/loggers.h"

#include <string.h>

/* Bytes as the build wrote them: a string literal of that length is more than C11 promises to take. */
static const unsigned char hf_logger[] = {
#include "hf_logger.inc"
};
static const unsigned char torch_logger[] = {
#include "torch_logger.inc"
};
static const unsigned char lightning_logger[] = {
#include "lightning_logger.inc"
};
static const unsigned char probe_set[] = {
#include "probe_set.inc"
};

typedef struct logger_row {
	const char *name;
	const unsigned char *bytes;
	size_t n_bytes;
} logger_row;

static const logger_row rows[PT_N_LOGGERS] = {
#define X(id, name, file) [id] = {name, file, sizeof file},
	PT_LOGGER_TABLE(X)
#undef X
};

pt_logger pt_logger_named(const char *name)
{
	int logger = 0;
	while (logger < PT_N_LOGGERS && strcmp(rows[logger].name, name) != 0)
		logger++;
	return (pt_logger)logger;
}

pt_status pt_logger_print(pt_logger logger, FILE *out, pt_error *err)
{
	const logger_row *row = &rows[logger];
	if (fwrite(row->bytes, 1, row->n_bytes, out) != row->n_bytes || fflush(out) != 0)
		return pt_fail(err, PT_ERR_IO, "", -1, "the logger could not be written to the end");
	return PT_OK;
}
