/** What the weights of a checkpoint are. */
#ifndef PHASETOP_RUNIO_CHECKPOINT_KIND_H
#define PHASETOP_RUNIO_CHECKPOINT_KIND_H

typedef enum pt_checkpoint_kind {
	PT_CHECKPOINT_ADAPTER, /* adapter_model.safetensors, with adapter_config.json beside it */
	PT_CHECKPOINT_FULL,    /* model.safetensors, or its shards by index: matrix W */
	PT_CHECKPOINT_UNKNOWN, /* no weights yet, or none that are read */
	PT_N_CHECKPOINT_KINDS
} pt_checkpoint_kind;

#endif
