/* What one Event of TensorBoard says: a row, a restart, whose log it is. Private to runio. */
#ifndef PHASETOP_RUNIO_TFEVENTS_EVENT_H
#define PHASETOP_RUNIO_TFEVENTS_EVENT_H

#include "log_names.h"
#include "metric_reader.h"

/* Zero it before use. */
typedef struct tfevents_reader {
	log_row_reader row;
	log_names names;
} tfevents_reader;

void tfevents_reader_fini(tfevents_reader *reader);

/* The file is read from its beginning. */
void tfevents_reader_reset(tfevents_reader *reader);

typedef struct tfevents_record {
	const char *bytes; /* a serialized Event */
	size_t n;
	int64_t offset; /* of its record in the file */
	const char *path;
} tfevents_record;

/**
 * Give the row of the event's scalars, or the restart it tells, to the sink; nothing for one without either.
 * What does not parse is counted as a bad row.
 * @retval PT_ERR_MEMORY
 * @retval what sink->row returned; the same record may then be given again
 */
PT_CHECKED pt_status tfevents_give_record(tfevents_reader *reader, const tfevents_record *record,
	pt_metric_state *state, const pt_log_sink *sink, pt_error *err);

#endif
