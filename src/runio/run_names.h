/* The tables of names: what in a run directory is a checkpoint, its weights, a log. Private to runio. */
#ifndef PHASETOP_RUNIO_RUN_NAMES_H
#define PHASETOP_RUNIO_RUN_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"
#include "phasetop/runio/checkpoint_scan.h"

/* The directory in a run that may hold its checkpoints; they may also lie in the run itself. */
#define PT_SCAN_CONTAINER "checkpoints"

/* What the name of a checkpoint's directory or file says. */
typedef struct checkpoint_name {
	int64_t step; /* UNNUMBERED: meaningless */
	pt_step_unit unit;
	int row;            /* of the tables: the lower one is preferred where two have one step */
	bool is_file;       /* the weights themselves lie in the run: MLX, kohya, plain scripts */
	bool is_unnumbered; /* final weights, copies of the best or the newest: no step of their own */
} checkpoint_name;

/*
 * A name in the run directory ("") or its checkpoints/. Directories and files have names of their own, so
 * that a name alone tells which of the two it is to be.
 * @retval PT_ERR_NOT_FOUND no such name @retval PT_ERR_LIMIT the number does not fit
 */
pt_status checkpoint_name_read(const char *directory, const char *name, checkpoint_name *out);

/* A checkpoint with a step of its own: what makes a directory a run. */
bool is_numbered_name(const char *directory, const char *name, checkpoint_name *out);

/* A weights file that makes the directory in which it lies a run even alone: an adapter. */
bool is_adapter_file(const char *name);

/* Weights that are known and not read: `code` and advice; NULL: none of these. */
typedef struct refused_weights {
	const char *prefix, *suffix;
	pt_status code;
	const char *advice;
} refused_weights;
const refused_weights *refused_weights_of(const char *name);
/* Is a pickle of that name weights even where no checkpoint's directory says so? (data.pt is none) */
bool refused_alone(const char *name);

/* A file of a checkpoint that is read whole: while one is being written there is nothing to read. */
bool is_weights_or_config(const char *name);

/* ….safetensors, and no shard */
bool is_safetensors_name(const char *name);

/* A shard of a network: model-00001-of-00005.safetensors. */
bool is_shard_name(const char *name);

/* Directories that are never looked into: hidden, staging, caches, optimizer states. */
bool is_passed_over(const char *name);

/* Directories that hold logs of the run above them, never runs of their own. */
bool is_log_directory_name(const char *name);

#endif
