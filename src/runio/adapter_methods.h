/**
 * Adapter methods other than LoRA: what they are called, how their tensors are known, which never train.
 * Private to runio.
 */
#ifndef PHASETOP_RUNIO_ADAPTER_METHODS_H
#define PHASETOP_RUNIO_ADAPTER_METHODS_H

#include <stdbool.h>
#include <stddef.h>

#include "phasetop/runio/safetensors.h"

typedef struct adapter_method {
	const char *peft_type;   /* as PEFT writes it; "": of other libraries only */
	const char *name;        /* for people */
	const char *marker;      /* what a tensor's name in an adapter holds; NULL: no name tells */
	bool is_marked_anywhere; /* the marker is told in names that do not begin as an adapter's, too */
	const char *frozen[3];   /* names that hold one of these never train; the first NULL ends the list */
	bool owns_lora;          /* LoRA matrices beside its tensors are frozen too: the file is no LoRA */
} adapter_method;

/** The method of this peft_type; NULL: one that is not in the table. */
const adapter_method *adapter_method_of_type(const char *peft_type);

/** The method whose tensor this is by its name; NULL: none that is known. */
const adapter_method *adapter_method_of_tensor(const pt_tensor_info *tensor);

/** Is this a tensor that the method never trains: a fixed projection, an alpha, a base weight? */
bool adapter_method_freezes(const adapter_method *method, const pt_tensor_info *tensor);

#endif
