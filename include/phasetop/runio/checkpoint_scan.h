/**
 * What lies in a run directory: checkpoints, logs, and the directories to watch for more.
 *
 * The scan is the truth: file events are only hints to scan again. It is a pure function of the disk, the
 * time and the options; nothing is opened for reading but directories.
 *
 * Checkpoints are directories `checkpoint-{n}`, `checkpoint_{n}`, `step_{n}`, `global_step{n}`, `epoch_{n}`
 * in the run or in its `checkpoints/`, in numeric order. In each, `adapter_model.safetensors` makes an
 * adapter (with named ones in sub-directories), else `model.safetensors` or its index a plain network, else
 * `pytorch_lora_weights.safetensors`, `adapters.safetensors` or the only other `….safetensors` an adapter.
 * Files are checkpoints too: `{n}_adapters.safetensors` (MLX), `NAME-step{n}.safetensors`,
 * `NAME-{epoch:06}.safetensors` (kohya), `NAME_{n:09}.safetensors` and words like it. Staging names
 * (`tmp-checkpoint-…`, `.tmp…`) are passed over, and hidden directories.
 *
 * Weights without a step (the final adapter in the run directory, `final/`, `best/`, `checkpoint-best/`) are
 * listed apart: they mostly are one of the checkpoints again.
 */
#ifndef PHASETOP_RUNIO_CHECKPOINT_SCAN_H
#define PHASETOP_RUNIO_CHECKPOINT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"
#include "phasetop/runio/checkpoint_kind.h"
#include "phasetop/runio/regular_file.h"

typedef enum pt_checkpoint_readiness {
	PT_CHECKPOINT_READY,
	PT_CHECKPOINT_PENDING, /* `why` says what it waits for */
	PT_CHECKPOINT_REFUSED, /* `code` and `why`: pickle, or a format of a later release */
	PT_N_CHECKPOINT_READINESS
} pt_checkpoint_readiness;

/** What the numbers in the names of checkpoints count. */
typedef enum pt_step_unit {
	PT_UNIT_STEP,
	PT_UNIT_EPOCH, /* torchtune, kohya */
	PT_UNIT_SAVE,  /* accelerate's checkpoints/checkpoint_{n} */
	PT_N_STEP_UNITS
} pt_step_unit;

/** One weights file of a checkpoint: one adapter, or the whole network. */
typedef struct pt_checkpoint_part {
	const char *adapter; /* "default", or the sub-directory's name; "" for a plain network */
	const char *weights; /* path in the run directory; the index where there are shards */
	const char *config;  /* path of adapter_config.json in the run directory; NULL: there is none */
	bool is_index;       /* `weights` is model.safetensors.index.json */
	pt_file_identity weights_identity; /* of an index: folded with that of every shard beside it */
	pt_file_identity config_identity;  /* present = false: no adapter_config.json */
} pt_checkpoint_part;

typedef struct pt_checkpoint_entry {
	int64_t step;          /* >= 0; 0 for weights without a step */
	const char *directory; /* path in the run directory, e.g. "checkpoints/checkpoint-5"; of a checkpoint that
							  is a file, that file's */
	pt_checkpoint_kind kind;
	pt_checkpoint_readiness readiness;
	/* REFUSED: PT_ERR_PICKLE, PT_ERR_PERMISSION, PT_ERR_IO, PT_ERR_NOT_REGULAR, PT_ERR_AMBIGUOUS; what a
	 * killed writer left: PT_ERR_TRUNCATED; a directory that has no weights any more: PT_NOTICE; else PT_OK
	 */
	pt_status code;
	const char *why; /* PENDING and REFUSED, in plain words; else "" */
	size_t n_parts;  /* 0 unless weights are there; "default" first, then by name */
	const pt_checkpoint_part *parts;
	pt_file_identity trainer_state; /* of trainer_state.json inside; present = false: none */
	int64_t written_ns;             /* newest mtime of the weights, for intervals; 0: no weights */
	int64_t touched_ns;             /* newest mtime of anything that was looked at there; 0: nothing */
	uint64_t
		fingerprint; /* of path, kind and identity of weights and configs: equal as long as none changed */
} pt_checkpoint_entry;

/* X(id, name) */
#define PT_LOG_KIND_TABLE(X)                      \
	X(PT_LOG_TRAINER_STATE, "trainer_state.json") \
	X(PT_LOG_TRAIN_JSONL, "training log")         \
	X(PT_LOG_PROBE_JSONL, "probe log")            \
	X(PT_LOG_PROBE_CSV, "probe log as CSV")       \
	X(PT_LOG_METRICS_CSV, "metrics.csv")          \
	X(PT_LOG_METRICS_JSON, "metrics as JSON")     \
	X(PT_LOG_TFEVENTS, "TensorBoard events")      \
	X(PT_LOG_WANDB, "W&B offline run")

typedef enum pt_log_kind {
#define X(id, name) id,
	PT_LOG_KIND_TABLE(X)
#undef X
		PT_N_LOG_KINDS
} pt_log_kind;

/** One log file. Of trainer_state.json: that of the run itself and that of the newest checkpoint with a
 * non-empty one (where that one does not parse: the entries say where older ones are). */
typedef struct pt_log_file {
	pt_log_kind kind;
	const char *path; /* in the run directory */
} pt_log_file;

/** The result. All pointers share its life. */
typedef struct pt_scan {
	size_t n_entries;
	const pt_checkpoint_entry *entries; /* rising step, each step once */
	pt_step_unit unit;                  /* of all entries */
	size_t n_unnumbered;
	const pt_checkpoint_entry *unnumbered; /* weights without a step, those that tell most first */
	size_t n_logs;
	const pt_log_file *logs; /* sorted by path */
	size_t n_problems;
	const pt_error *problems; /* paths in the run directory */
	int64_t rescan_wall_ms;   /* when a pending entry will have settled: scan again then; INT64_MAX: never */
} pt_scan;

typedef struct pt_scan_options {
	int64_t now_wall_ms; /* the injected clock's */
	int64_t
		settle_ms; /* an adapter without config counts as ready so long after its last change; 0: at once */
} pt_scan_options;

enum { PT_SCAN_SETTLE_MS = 10000 };

/**
 * Scan one run directory.
 *
 * @param[in]  run  path of the directory
 * @param[out] scan destroy with pt_scan_destroy
 * @retval PT_ERR_NOT_FOUND      no such directory
 * @retval PT_ERR_NOT_DIRECTORY  a file
 * @retval PT_ERR_PERMISSION, PT_ERR_IO  the directory itself can't be listed (all else is in scan->problems)
 * @retval PT_ERR_MEMORY
 * @cost   four stats a checkpoint of an adapter (where the file system tells of sub-directories; else a
 * listing more); at most PT_SCAN_MAX_DIRECTORIES listings for logs
 */
PT_CHECKED pt_status pt_scan_run(
	const char *run, const pt_scan_options *options, pt_scan **scan, pt_error *err);
void pt_scan_destroy(pt_scan *scan);

enum { PT_SCAN_MAX_DIRECTORIES = 2048, PT_SCAN_LOG_DEPTH = 3 };

/** Step of a checkpoint directory's name; false: not such a name. Overflow gives true and PT_ERR_LIMIT. */
bool pt_checkpoint_name_parse(const char *name, int64_t *step, pt_status *status);

/** Kind of a log by its file name; false: not a log (truth.json, behaviour.csv, reference.json, …). */
bool pt_log_kind_of_name(const char *name, pt_log_kind *kind);

/** "trainer_state.json", "probe log", … */
const char *pt_log_kind_name(pt_log_kind kind);

/** A path that may be a run, or a workspace: a directory whose sub-directories are runs. */
typedef struct pt_workspace {
	bool is_run; /* checkpoints or logs lie in the path itself */
	size_t n_runs;
	const char *const *runs; /* `path/name` of each run below (is_run false), in natural order */
	size_t n_unreadable;     /* sub-directories that may not be read: there may be runs in them */
	const char *const *unreadable; /* `path/name` */
	size_t n_directories;    /* for watching: "" (the path itself) and, unless is_run, its sub-directories */
	const char *const *directories; /* paths in `path` */
	struct pt_arena *arena;
} pt_workspace;

/**
 * Is `path` a run, a workspace, or (is_run false, n_runs 0) neither yet?
 * @param[out] workspace destroy with pt_workspace_destroy
 * @retval PT_ERR_NOT_FOUND, PT_ERR_NOT_DIRECTORY, PT_ERR_PERMISSION, PT_ERR_IO, PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_workspace_scan(const char *path, pt_workspace **workspace, pt_error *err);
void pt_workspace_destroy(pt_workspace *workspace);

/**
 * The run that was written to last, in `path` itself or up to two levels below: the default of an empty
 * command line.
 * @param[out] run free with pt_free
 * @retval PT_ERR_NO_CHECKPOINTS no run there
 * @retval as pt_workspace_scan
 */
PT_CHECKED pt_status pt_workspace_newest(const char *path, char **run, pt_error *err);

#endif
