/** Where s of dW = s·B·A comes from. Private to runio. */
#ifndef PHASETOP_RUNIO_ADAPTER_SCALING_H
#define PHASETOP_RUNIO_ADAPTER_SCALING_H

#include "adapter_metadata.h"
#include "adapter_pairs.h"

/** What is known about all modules of one checkpoint. */
typedef struct adapter_sources {
	const pt_adapter_config *config; /* adapter_config.json; NULL: none that is of use */
	const adapter_metadata *metadata;
	bool is_pipeline; /* the file has the name that diffusers' pipelines give it */
} adapter_sources;

typedef struct adapter_scaling {
	double value; /* NaN: not known */
	char warning[PT_ERROR_MESSAGE_BYTES];
	const pt_adapter_config *config; /* the one that holds for the module; NULL: none */
	bool bad_alpha;                  /* its alpha is not one number up to PT_ALPHA_MOST */
} adapter_scaling;

/**
 * The scaling of a module, from the first of these that there is:
 *   alpha / r of the module's own `.alpha` (kohya, LyCORIS; an alpha of 0 stands for r, as in kohya);
 *   the config of its model in the file's metadata (diffusers);
 *   adapter_config.json;
 *   1 where the scheme's own readers take it so: kohya's and diffusers' without an alpha.
 * @param rank >= 1
 * @retval PT_ERR_CHANGED, PT_ERR_IO of reading the alpha
 * @source kohya sd-scripts `networks/lora.py`; diffusers `get_peft_kwargs` (lora_alpha = r)
 */
PT_CHECKED pt_status adapter_scaling_of(const adapter_sources *sources, const adapter_pair *pair,
	int64_t rank, adapter_scaling *out, pt_error *err);

#endif
