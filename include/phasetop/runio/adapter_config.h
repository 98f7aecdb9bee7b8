/**
 * adapter_config.json, PEFT's or MLX's: what makes s of dW = s·B·A.
 *
 *   PEFT  s = alpha / r, or alpha / sqrt(r) with rsLoRA
 *   MLX   s = lora_parameters.scale; in its first releases scale·alpha / r
 *
 * r is taken from the tensor's shape; alpha from `lora_alpha`, or from the first `alpha_pattern` in file
 * order that matches the module's name. Up to PEFT 0.13 one key was chosen from the rank patterns and then
 * the alpha patterns, and both values were looked up under it; such files (told by keys that 0.14 brought)
 * are read by that rule.
 *
 * @source PEFT 0.21 `get_pattern_key`, `LoraModel._create_and_replace`; PEFT 0.9 `LoraModel` (old rule);
 *         mlx-lm `tuner/lora.py`: commit 57b16724 of June 2024 dropped alpha
 */
#ifndef PHASETOP_RUNIO_ADAPTER_CONFIG_H
#define PHASETOP_RUNIO_ADAPTER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"
#include "phasetop/runio/json.h"

/* A larger alpha or scale counts as none: squares of dW would leave the range of doubles, and cost A and B
 * too. */
#define PT_ALPHA_MOST 1e100

typedef struct pt_adapter_config pt_adapter_config;

/**
 * Parse and check the text of RUN/checkpoint-N/adapter_config.json.
 * @param      path named in errors, may be NULL
 * @param[out] out  free with pt_adapter_config_destroy
 * @retval PT_ERR_INVALID   neither peft_type nor lora_parameters, or lora_alpha (scale) missing, not a number
 * or not finite
 * @retval PT_ERR_MEMORY, PT_ERR_JSON, PT_ERR_LIMIT of pt_json_parse
 */
PT_CHECKED pt_status pt_adapter_config_parse(
	const char *text, size_t length, const char *path, pt_adapter_config **out, pt_error *err);
void pt_adapter_config_destroy(pt_adapter_config *config);

/**
 * One of several configs that lie in one object, their keys told apart by what they begin with: "unet.r",
 * "text_encoder.r". A missing peft_type means LoRA here.
 * @param prefix with its dot: "unet."; "": none
 * @retval as pt_adapter_config_parse
 */
PT_CHECKED pt_status pt_adapter_config_of_part(const pt_json_value *object, const char *prefix,
	const char *path, pt_adapter_config **out, pt_error *err);

/** PEFT's, not MLX's. */
bool pt_adapter_config_is_peft(const pt_adapter_config *config);

/** peft_type of another method than LoRA, fit for a message; NULL: LoRA. The rest then says nothing: NaN, 0.
 */
const char *pt_adapter_config_method(const pt_adapter_config *config);

bool pt_adapter_config_uses_rslora(const pt_adapter_config *config);
bool pt_adapter_config_uses_dora(const pt_adapter_config *config);
bool pt_adapter_config_fan_in_fan_out(const pt_adapter_config *config);

/** Methods inside of LoRA whose update is not s·B·A: "block-diagonal LoRA", "KaSA", …; NULL: none. */
const char *pt_adapter_config_variant(const pt_adapter_config *config);

/**
 * How B·A began where it did not begin at zero ("PiSSA", "OLoRA", "a random B", …): its norm is then not the
 * change that training made. NULL: at zero.
 */
const char *pt_adapter_config_start(const pt_adapter_config *config);

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
 * @param[out] scaling     dimensionless; NaN: of another method
 * @param[out] warning     "" or one line: the config disagrees with the tensor's rank, or it can't be told
 * which rule it was written under
 * @param      capacity    bytes of `warning`
 * @retval PT_ERR_INVALID rank < 1
 */
PT_CHECKED pt_status pt_adapter_config_scaling(const pt_adapter_config *config, const char *module,
	int64_t rank, double *scaling, char *warning, size_t capacity, pt_error *err);

/** What in the file was passed over (patterns not understood, values of a wrong type): one line each. */
size_t pt_adapter_config_n_warnings(const pt_adapter_config *config);
const char *pt_adapter_config_warning(const pt_adapter_config *config, size_t i);

#endif
