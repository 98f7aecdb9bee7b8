/* The tables of names: what in a run directory is a checkpoint, its weights, a log. Private to runio. */
#ifndef PHASETOP_RUNIO_RUN_NAMES_H
#define PHASETOP_RUNIO_RUN_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"

typedef enum step_unit { UNIT_STEP, UNIT_EPOCH } step_unit;

/* What a checkpoint directory's name says. */
typedef struct checkpoint_name {
	int64_t step;
	step_unit unit;
	int row; /* of the table: the lower one is preferred where two directories have one step */
} checkpoint_name;

/* PT_ERR_NOT_FOUND: no such name; PT_ERR_LIMIT: the number does not fit. */
pt_status checkpoint_name_read(const char *name, checkpoint_name *out);

/* Weights that are known and not read: `code` and advice; NULL: none of these. */
typedef struct refused_weights {
	const char *prefix, *suffix;
	pt_status code;
	const char *advice;
} refused_weights;
const refused_weights *refused_weights_of(const char *name);

/* A shard of a network: model-00001-of-00005.safetensors. */
bool is_shard_name(const char *name);

/* Directories that are never looked into: hidden, staging, caches, optimizer states. */
bool is_passed_over(const char *name);

/* Directories that hold logs of the run above them, never runs of their own. */
bool is_log_directory_name(const char *name);

#endif
