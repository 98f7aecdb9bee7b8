/**
 * The configs that diffusers writes into `__metadata__` of the weights: a JSON object in a string, the keys
 * of each model's LoraConfig prefixed with the model's name ("unet.r", "text_encoder.lora_alpha"). Private to
 * runio.
 *
 * @source diffusers 0.35 `_pack_dict_with_prefix`, key `lora_adapter_metadata`
 */
#ifndef PHASETOP_RUNIO_ADAPTER_METADATA_H
#define PHASETOP_RUNIO_ADAPTER_METADATA_H

#include "phasetop/base/status.h"
#include "phasetop/runio/adapter_config.h"

#define ADAPTER_METADATA_KEY "lora_adapter_metadata"

enum { ADAPTER_METADATA_PARTS = 16, ADAPTER_METADATA_PREFIX_BYTES = 64 };

typedef struct adapter_metadata {
	size_t n;
	struct {
		char prefix[ADAPTER_METADATA_PREFIX_BYTES]; /* with its dot; "": keys without a prefix */
		pt_adapter_config *config;
	} parts[ADAPTER_METADATA_PARTS];
} adapter_metadata;

/**
 * @param      path     of the weights, for errors
 * @param[out] metadata free with adapter_metadata_fini, after a failure too
 * @retval PT_ERR_LIMIT more than ADAPTER_METADATA_PARTS models, or a longer prefix
 * @retval as pt_adapter_config_parse
 */
PT_CHECKED pt_status adapter_metadata_parse(
	adapter_metadata *metadata, const char *text, const char *path, pt_error *err);
void adapter_metadata_fini(adapter_metadata *metadata);

/**
 * The config that holds for a module, e.g. "unet.down_blocks.0.to_q".
 * @param[out] name  the module's name in its model: "down_blocks.0.to_q"
 * @return NULL: none
 */
const pt_adapter_config *adapter_metadata_of(
	const adapter_metadata *metadata, const char *module, const char **name);

#endif
