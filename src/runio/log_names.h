/*
 * What the series of one event log (TensorBoard, W&B) are called: the same quantity has the same name as in
 * trainer_state.json. Private to runio.
 *
 * The HF Trainer's callbacks rename what they are given: `eval_x` to `eval/x`, `test_x` to `test/x`, all else
 * to `train/x`. In a log that is known to be the Trainer's this is undone. In others `train/x` stays what it
 * is, but for the well-known columns (pt_log_role_of).
 *
 * A log may hold several series that would all be, say, the loss (`train_loss_step`, `train_loss`). The one
 * that comes first is; the others keep their own names.
 *
 * @source transformers, integrations/integration_utils.py, rewrite_logs
 */
#ifndef PHASETOP_RUNIO_LOG_NAMES_H
#define PHASETOP_RUNIO_LOG_NAMES_H

#include "log_row_reader.h"

/* Zero it before use; log_names_fini brings it back there. */
typedef struct log_names {
	bool is_trainer;              /* the log is the HF Trainer's */
	char *owners[PT_N_LOG_ROLES]; /* who has each role: the name as in the file; NULL: nobody yet */
} log_names;

void log_names_fini(log_names *names);

/**
 * Add a number to a row under its shown name.
 * @param name n bytes, as in the file
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status log_names_add(log_names *names, log_row_reader *row, const char *name, size_t n,
	double value, const char *path, pt_error *err);

#endif
