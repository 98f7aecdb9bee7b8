/* What one kind of training log brings: a reader is one file and one row of the table in metric_log.c. Private to runio. */
#ifndef PHASETOP_RUNIO_METRIC_READER_H
#define PHASETOP_RUNIO_METRIC_READER_H

#include "phasetop/runio/metric_log.h"

typedef struct metric_reader {
	void *(*create)(const char *path); /* NULL: out of memory */
	void (*destroy)(void *reader);     /* not called with NULL */
	/* As pt_metric_log_read, state->identity included. Before it calls sink->reset it makes *state that of an
	   empty log, with metric_state_reset. */
	pt_status (*read)(void *reader, pt_metric_state *state, const pt_log_sink *sink, pt_error *err);
} metric_reader;

/* Everything but the identity is forgotten. */
void metric_state_reset(pt_metric_state *state);

/* What could not be read: counted, and told while there is room. */
void metric_state_bad_row(pt_metric_state *state, const pt_error *problem);

/* Give a row, and count it. @retval what sink->row returned */
PT_CHECKED pt_status metric_give_row(
	pt_metric_state *state, const pt_log_sink *sink, const pt_log_row *row, pt_error *err);

extern const metric_reader jsonl_log_reader;
extern const metric_reader csv_log_reader;
extern const metric_reader json_log_reader;
extern const metric_reader tfevents_log_reader;
extern const metric_reader wandb_log_reader;

#endif
