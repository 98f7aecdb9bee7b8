/**
 * Rows of training logs, in one form for every kind of log, and how a log tells its problems.
 */
#ifndef PHASETOP_RUNIO_LOG_ROWS_H
#define PHASETOP_RUNIO_LOG_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"

#define PT_LOG_NO_STEP INT64_MIN

/*
 * Well-known columns. X(id, name): the name as phasetop shows it.
 * What a log calls them otherwise is mapped here (`lr`, `val_loss`, …); the row then carries the name shown.
 */
#define PT_LOG_ROLE_TABLE(X)                 \
	X(PT_LOG_LOSS, "loss")                   \
	X(PT_LOG_EVAL_LOSS, "eval_loss")         \
	X(PT_LOG_LEARNING_RATE, "learning_rate") \
	X(PT_LOG_GRAD_NORM, "grad_norm")         \
	X(PT_LOG_EPOCH, "epoch")                 \
	X(PT_LOG_FINAL_LOSS, "train_loss")       \
	X(PT_LOG_OTHER, "")

typedef enum pt_log_role {
#define X(id, name) id,
	PT_LOG_ROLE_TABLE(X)
#undef X
		PT_N_LOG_ROLES
} pt_log_role;

/** One number of a row. */
typedef struct pt_log_field {
	const char *name; /* NUL-terminated, UTF-8 as found in the file: sanitize before a terminal */
	const char *key;  /* what the file calls it, where that may be another name (`lr`); NULL: `name` */
	pt_log_role role; /* PT_LOG_OTHER: a further series under its own name (`eval_medical_loss`, …) */
	double value;     /* NaN where null was written; ±inf where Infinity or 1e999 was */
	bool valid;       /* finite */
} pt_log_field;

/** One row. Everything it points to lives during the callback only. */
typedef struct pt_log_row {
	int64_t step;    /* >= 0 */
	int64_t line;    /* line number (from 1) in a text, byte offset in a binary file, index (from 0) in log_history */
	double wall_s;   /* when it was logged, seconds since 1970; NaN: not said */
	bool is_closing; /* the Trainer's last row: `train_loss`, `train_runtime`, no `loss` */
	/** A resumed writer begins again at `step` (TensorBoard's session START): rows at or after it that were given before,
	 * and those of the event files before this one in its directory, are void. No fields. */
	bool is_restart;
	size_t n_fields; /* may be 0; a name may occur twice: the last one counts */
	const pt_log_field *fields;
} pt_log_row;

/** Receiver of rows. */
typedef struct pt_log_sink {
	void *context;
	/** One row. Another status than PT_OK ends the reading, which then returns it. */
	pt_status (*row)(void *context, const pt_log_row *row, pt_error *err);
	/** The file was truncated or replaced: all rows given so far are void, the new ones follow. May be NULL.
	 */
	void (*reset)(void *context);
} pt_log_sink;

enum { PT_LOG_MAX_PROBLEMS = 16 };

/** What was wrong in one log file: the first few in full, the rest counted. */
typedef struct pt_log_problems {
	size_t n;      /* stored */
	size_t n_more; /* further ones, not stored */
	pt_error
		items[PT_LOG_MAX_PROBLEMS]; /* code PT_ERR_BAD_ROW or PT_ERR_LIMIT; offset = line number from 1 */
} pt_log_problems;

/** Store `problem`, or count it where the store is full. */
void pt_log_problems_add(pt_log_problems *problems, const pt_error *problem);

/** Role of a column by the name in the file, capital letters taken for small ones (`Loss/train`); PT_LOG_OTHER for all
 * others. */
pt_log_role pt_log_role_of(const char *name);

/** Name shown of a role; "" for PT_LOG_OTHER. */
const char *pt_log_role_name(pt_log_role role);

#endif
