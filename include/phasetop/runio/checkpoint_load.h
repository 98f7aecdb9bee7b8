/**
 * The weights of one checkpoint read into memory: the matrices of its modules, each with its scaling.
 *
 * What the weights are is told by the tensors, not by the file's name: LoRA matrices make an adapter,
 * whatever lies beside them; else every tensor of floats is a matrix W. A bad tensor costs its module alone
 * and is told as a problem; a bad file fails the whole load.
 */
#ifndef PHASETOP_RUNIO_CHECKPOINT_LOAD_H
#define PHASETOP_RUNIO_CHECKPOINT_LOAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"
#include "phasetop/runio/checkpoint_kind.h"

enum { PT_MODULE_DIMS = 8, PT_SKIPPED_EXAMPLES = 8, PT_LOAD_PROBLEMS = 32 };

/* Values of one checkpoint held in memory at most; a larger one is PT_ERR_LIMIT. */
#define PT_CHECKPOINT_BYTES ((uint64_t)8 << 30)

typedef struct pt_loaded_module {
	const char *name;    /* the model's own name for the layer; of the tensor, for `full` */
	const char *adapter; /* "default", or the adapter's name; "" for `full` */
	const char *kind;    /* lora, dora, moe, embedding, conv, full */
	const char *dtype;   /* as stored: F64 F32 F16 BF16 (A's, where B's differs) */
	int64_t rank;        /* rows of A, of one expert's for moe; 0 for `full` */
	int64_t
		n_experts;  /* moe: a and b hold so many A, each rank × a_cols, and B, each b_rows × rank; else 1 */
	double scaling; /* s; NaN for `full` and where it is not known */
	bool has_product; /* dW = s·B·A is defined: shapes fit and s is known (A and B may be not finite) */
	size_t n_shape_a, n_shape_b;
	int64_t shape_a[PT_MODULE_DIMS], shape_b[PT_MODULE_DIMS]; /* as stored; of the tensor, for `full` */
	size_t a_rows, a_cols;                                    /* r × d_in; 1 × n for `full` */
	size_t b_rows, b_cols;                                    /* d_out × r; 0 × 0 for `full` */
	bool is_f64;                                              /* a and b are double, else float */
	const void *a; /* row-major, the exact stored values; for `full` the tensor's values */
	const void *b; /* row-major; NULL for `full`. For moe regrouped: the B of one expert after another */
	bool finite_a, finite_b;
	size_t n_warnings;
	const char *const *warnings; /* one line each */
} pt_loaded_module;

/** Something that did not stop the load. */
typedef struct pt_load_problem {
	pt_status code;
	const char *path;    /* of the file */
	int64_t offset;      /* byte offset; -1: none */
	const char *message; /* one line; foreign names in it are as they were found */
} pt_load_problem;

/** Read-only; everything in it lives as long as the checkpoint. */
typedef struct pt_checkpoint {
	pt_checkpoint_kind kind; /* ADAPTER: LoRA modules; FULL: tensors as they are, matrix W */
	size_t n_modules;
	const pt_loaded_module *modules; /* sorted by adapter, then name in natural order */
	size_t n_skipped_tensors;        /* adapter: not of LoRA; full: not of floats */
	size_t n_skipped_examples;
	const char *skipped_examples[PT_SKIPPED_EXAMPLES];
	size_t n_problems;
	const pt_load_problem *problems; /* at most PT_LOAD_PROBLEMS; the last one counts those left off */
	uint64_t n_value_bytes;          /* memory the values take */
} pt_checkpoint;

/**
 * What the loads of a run's checkpoints share: the parsed config, whose bytes are mostly the same, and the
 * memory of the values (at most 512 MiB are kept from one checkpoint to the next).
 */
typedef struct pt_checkpoint_reader pt_checkpoint_reader;

/** @retval PT_ERR_MEMORY */
PT_CHECKED pt_status pt_checkpoint_reader_create(pt_checkpoint_reader **reader, pt_error *err);
/** After all checkpoints that were loaded with it are destroyed. */
void pt_checkpoint_reader_destroy(pt_checkpoint_reader *reader);

/**
 * Load a checkpoint.
 *
 * @param      weights   path of a safetensors file of any name, or of an index of shards (`….json`)
 * @param      config    path of its adapter_config.json (PEFT's or MLX's); NULL: there is none
 * @param      reader    outlives the checkpoint; NULL: nothing is shared
 * @param      cancel    looked at between tensors; NULL: never called off
 * @param[out] out       free with pt_checkpoint_destroy
 * @retval PT_ERR_NOT_FOUND  no such file, or a shard is missing
 * @retval PT_ERR_PICKLE     a pickle under the name of safetensors
 * @retval PT_ERR_LIMIT      above PT_CHECKPOINT_BYTES
 * @retval PT_ERR_CHANGED    a file changed while it was read
 * @retval PT_ERR_AMBIGUOUS  one name in two shards
 * @retval PT_ERR_CANCELLED  `cancel` was set
 * @retval PT_ERR_INVALID    an index that names a file outside of its directory
 * @retval PT_ERR_MEMORY, and those of pt_safetensors_open
 *
 * Told as problems: PT_ERR_NO_CONFIG (and any other failure of the config: scalings are then NaN),
 * PT_ERR_MISSING_PAIR, PT_ERR_SHAPE, PT_ERR_NOT_FINITE (offset: the first bad value), PT_ERR_UNSUPPORTED
 * (dtype), PT_ERR_AMBIGUOUS (it can't be told which tensors make a matrix or a module), PT_ERR_INVALID (what
 * in the config was passed over), PT_ERR_FORMAT (trailing bytes), PT_ERR_NOT_FOUND (a tensor that the index
 * promises), PT_ERR_NOT_LORA (another method, by name: watched as it is, or beside LoRA passed over),
 * PT_ERR_EMPTY (nothing to watch).
 * @cost reading the tensors once; memory of the values as float (double for F64)
 */
PT_CHECKED pt_status pt_checkpoint_load(const char *weights, const char *config, pt_checkpoint_reader *reader,
	const atomic_bool *cancel, pt_checkpoint **out, pt_error *err);
void pt_checkpoint_destroy(pt_checkpoint *checkpoint);

#endif
