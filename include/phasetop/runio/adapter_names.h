/** Names of adapter tensors: whose module, whose adapter, which matrix. One table row a naming scheme. */
#ifndef PHASETOP_RUNIO_ADAPTER_NAMES_H
#define PHASETOP_RUNIO_ADAPTER_NAMES_H

#include <stdbool.h>
#include <stddef.h>

typedef enum pt_name_scheme {
	PT_NAMES_PEFT, /* base_model.model.M.lora_A[.ADAPTER].weight, lora_embedding_A, lora_magnitude_vector */
	PT_NAMES_MLX,  /* M.lora_a, M.lora_b: stored transposed; M.m (DoRA) */
	PT_NAMES_TORCHTUNE, /* M.lora_a.weight, M.lora_b.weight */
	PT_NAMES_KOHYA,     /* M.lora_down.weight, M.lora_up.weight, M.alpha, M.lora_mid.weight, M.dora_scale */
	PT_NAMES_DIFFUSERS, /* M.lora.down.weight, M_lora.down.weight, M.lora_linear_layer.down.weight */
	PT_N_NAME_SCHEMES,
	PT_NAMES_NONE = PT_N_NAME_SCHEMES /* nothing of LoRA by its name */
} pt_name_scheme;

typedef enum pt_lora_role {
	PT_LORA_OTHER, /* biases, modules_to_save, base weights, … */
	PT_LORA_A,
	PT_LORA_B,
	PT_LORA_EMBEDDING_A,
	PT_LORA_EMBEDDING_B,
	PT_LORA_MAGNITUDE, /* DoRA */
	PT_LORA_ALPHA,     /* one number: s = alpha / r */
	PT_LORA_MIDDLE,    /* a core between A and B: the update is not their product */
	PT_N_LORA_ROLES
} pt_lora_role;

/** Views into the tensor's name; nothing is copied. */
typedef struct pt_adapter_name {
	pt_name_scheme scheme;
	pt_lora_role role;
	const char *module; /* the model's own name of the layer: `base_model.model.` and `.lora_…` are cut */
	size_t module_length;
	const char *adapter; /* "default" where the name has none */
	size_t adapter_length;
} pt_adapter_name;

/**
 * Take a tensor name apart. A name of no scheme gives PT_NAMES_NONE, PT_LORA_OTHER and an empty module.
 * @cost linear in `length`
 */
pt_adapter_name pt_adapter_name_parse(const char *name, size_t length);

/** Is this one of the matrices A and B? Other roles alone make no adapter: a network may have an `x.alpha`.
 */
bool pt_lora_role_is_matrix(pt_lora_role role);

/** "PEFT", "MLX", "torchtune", "kohya", "diffusers"; "" for none. */
const char *pt_name_scheme_name(pt_name_scheme scheme);

/**
 * Natural order: runs of digits compare as numbers, so that layers.2 comes before layers.10; all else byte
 * by byte. A total order: 0 for equal strings only.
 */
int pt_natural_compare(const char *a, const char *b);

#endif
