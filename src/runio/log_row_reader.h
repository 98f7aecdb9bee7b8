/* Log rows, field by field, and one JSON object as a row: shared by the readers of logs. Private to runio. */
#ifndef PHASETOP_RUNIO_LOG_ROW_READER_H
#define PHASETOP_RUNIO_LOG_ROW_READER_H

#include "phasetop/runio/json_reader.h"
#include "phasetop/runio/log_rows.h"

enum { LOG_MAX_NAME_BYTES = 1024 }; /* a longer name is no field */

typedef enum step_state { STEP_ABSENT, STEP_BAD, STEP_GOOD } step_state;

/* Room for one row, used again for the next. Zero it before use. */
typedef struct log_row_reader {
	pt_log_field *fields;
	size_t n_fields, fields_capacity;
	size_t *name_offsets; /* of each field's name in `names` */
	size_t offsets_capacity;
	char *names;
	size_t n_names, names_capacity;
	size_t n_invalid; /* values of the last row that are not finite */
	/* of the last object that was read */
	int64_t step;               /* PT_LOG_NO_STEP: not good */
	bool step_is_current_steps; /* LLaMA-Factory calls it so */
} log_row_reader;

void log_row_reader_fini(log_row_reader *reader);

/* Begin a row without fields. */
void log_row_begin(log_row_reader *reader);

/**
 * Add a number under a name of n bytes. A name that can't be shown (NUL inside, too long) gives no field.
 * @param role PT_LOG_OTHER: the field keeps its name; else it gets the role's
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status log_row_add(log_row_reader *reader, const char *name, size_t n, pt_log_role role,
	double value, const char *path, pt_error *err);

/* The row of what was added, without step, line and time; points into `reader` until the next beginning. It
   is closing where a field has the role PT_LOG_FINAL_LOSS. */
void log_row_end(log_row_reader *reader, pt_log_row *row);

/**
 * Read the object whose PT_JSON_OBJECT_BEGIN was the last token of `json`.
 * @param[out] row   all but `line`; points into `reader` until the next call
 * @param[out] step  is row->step good?
 * @retval PT_ERR_JSON, PT_ERR_LIMIT, PT_ERR_MEMORY
 */
PT_CHECKED pt_status log_row_read(
	log_row_reader *reader, pt_json_reader *json, pt_log_row *row, step_state *step, pt_error *err);

#endif
