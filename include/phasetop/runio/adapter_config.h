/**
 * PEFT's adapter_config.json: what makes s of dW = s·B·A.
 *
 *   s = alpha / r, or alpha / sqrt(r) with rsLoRA
 *
 * r is taken from the tensor's shape; alpha from `lora_alpha`, or from the first `alpha_pattern` in file
 * order that matches the module's name. Up to PEFT 0.13 one key was chosen from the rank patterns and then
 * the alpha patterns, and both values were looked up under it; such files (told by keys that 0.14 brought)
 * are read by that rule.
 *
 * @source PEFT 0.21 `get_pattern_key`, `LoraModel._create_and_replace`; PEFT 0.9 `LoraModel` (old rule)
 */
#ifndef PHASETOP_RUNIO_ADAPTER_CONFIG_H
#define PHASETOP_RUNIO_ADAPTER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"

typedef struct pt_adapter_config pt_adapter_config;

/**
 * Parse and check the text of RUN/checkpoint-N/adapter_config.json.
 * @param      path named in errors, may be NULL
 * @param[out] out  free with pt_adapter_config_destroy
 * @retval PT_ERR_NOT_LORA  peft_type is another method; the message names it
 * @retval PT_ERR_INVALID   no peft_type, or lora_alpha missing, not a number or not finite
 * @retval PT_ERR_MEMORY, PT_ERR_JSON, PT_ERR_LIMIT of pt_json_parse
 */
PT_CHECKED pt_status pt_adapter_config_parse(
	const char *text, size_t length, const char *path, pt_adapter_config **out, pt_error *err);
void pt_adapter_config_destroy(pt_adapter_config *config);

bool pt_adapter_config_uses_rslora(const pt_adapter_config *config);
bool pt_adapter_config_uses_dora(const pt_adapter_config *config);
bool pt_adapter_config_fan_in_fan_out(const pt_adapter_config *config);

/** Methods inside of LoRA whose update is not s·B·A: "block-diagonal LoRA", "KaSA", …; NULL: none. */
const char *pt_adapter_config_variant(const pt_adapter_config *config);

/** r that the config gives this module (patterns applied); 0 when it gives none. */
int64_t pt_adapter_config_rank(const pt_adapter_config *config, const char *module);

/** alpha that the config gives this module (patterns applied). */
double pt_adapter_config_alpha(const pt_adapter_config *config, const char *module);

/**
 * Experts whose A matrices lie one below the other in a tensor of `n_rows` rows: PEFT's
 * `target_parameters`. 1 for a plain module.
 */
int64_t pt_adapter_config_experts(const pt_adapter_config *config, const char *module, int64_t n_rows);

/**
 * The scaling of a module.
 * @param      module      the model's own name for the layer
 * @param      rank        rows of A (an expert's, for MoE)
 * @param[out] scaling     dimensionless
 * @param[out] warning     "" or one line: the config disagrees with the tensor's rank
 * @param      capacity    bytes of `warning`
 * @retval PT_ERR_INVALID rank < 1
 */
PT_CHECKED pt_status pt_adapter_config_scaling(const pt_adapter_config *config, const char *module,
	int64_t rank, double *scaling, char *warning, size_t capacity, pt_error *err);

/** What in the file was passed over (patterns not understood, values of a wrong type): one line each. */
size_t pt_adapter_config_n_warnings(const pt_adapter_config *config);
const char *pt_adapter_config_warning(const pt_adapter_config *config, size_t i);

#endif
