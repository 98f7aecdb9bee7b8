#include "phasetop/runio/metric_log.h"

#include "phasetop/base/alloc.h"

#include "metric_reader.h"

static const metric_reader *const readers[PT_N_LOG_KINDS] = {
	[PT_LOG_TRAIN_JSONL] = &jsonl_log_reader,
	[PT_LOG_METRICS_CSV] = &csv_log_reader,
	[PT_LOG_METRICS_JSON] = &json_log_reader,
	[PT_LOG_TFEVENTS] = &tfevents_log_reader,
	[PT_LOG_WANDB] = &wandb_log_reader,
};

struct pt_metric_log {
	const metric_reader *kind;
	void *reader;
	pt_metric_state state;
};

void metric_state_reset(pt_metric_state *state)
{
	*state = (pt_metric_state){.max_steps = PT_LOG_NO_STEP, .identity = state->identity};
}

void metric_state_bad_row(pt_metric_state *state, const pt_error *problem)
{
	pt_log_problems_add(&state->problems, problem);
	state->n_bad_rows++;
}

pt_status metric_give_row(
	pt_metric_state *state, const pt_log_sink *sink, const pt_log_row *row, pt_error *err)
{
	pt_status status = sink->row(sink->context, row, err);
	if (status != PT_OK)
		return status;
	state->n_rows++;
	for (size_t i = 0; i < row->n_fields; i++)
		state->n_invalid_values += !row->fields[i].valid;
	state->has_closing_row |= row->is_closing;
	return PT_OK;
}

bool pt_metric_log_reads(pt_log_kind kind)
{
	return (unsigned)kind < PT_N_LOG_KINDS && readers[kind] != NULL;
}

pt_metric_log *pt_metric_log_create(pt_log_kind kind, const char *path)
{
	pt_metric_log *log = pt_array_alloc(1, sizeof *log);
	if (!log)
		return NULL;
	log->kind = readers[kind];
	metric_state_reset(&log->state);
	log->reader = log->kind->create(path);
	if (!log->reader) {
		pt_free(log);
		return NULL;
	}
	return log;
}

void pt_metric_log_destroy(pt_metric_log *log)
{
	if (!log)
		return;
	log->kind->destroy(log->reader);
	pt_free(log);
}

pt_status pt_metric_log_read(pt_metric_log *log, const pt_log_sink *sink, pt_error *err)
{
	return log->kind->read(log->reader, &log->state, sink, err);
}

const pt_metric_state *pt_metric_log_state(const pt_metric_log *log)
{
	return &log->state;
}
