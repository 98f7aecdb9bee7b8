#include "adapter_methods.h"

#include <string.h>

/*
 * Names from PEFT 0.21 (`PeftType`, each tuner's `prefix` and the buffers among its `other_param_names`) and
 * LyCORIS 4.1 (`weight_list_det`).
 */
static const adapter_method methods[] = {
	{.peft_type = "ADALORA", .name = "AdaLoRA", .marker = ".lora_E"},
	{.peft_type = "ADAMSS", .name = "AdaMSS", .marker = ".adamss_", .frozen = {".adamss_newB"}},
	{.peft_type = "ADAPTION_PROMPT", .name = "LLaMA-Adapter", .marker = ".adaption_"},
	{.peft_type = "BEFT", .name = "BEFT", .marker = ".beft_"},
	{.peft_type = "BOFT", .name = "BOFT", .marker = ".boft_"},
	{.peft_type = "BONE", .name = "Bone", .marker = ".bone_"},
	{.peft_type = "C3A", .name = "C3A", .marker = ".c3a_"},
	{.peft_type = "CARTRIDGE", .name = "Cartridge"},
	{.peft_type = "CPT", .name = "context-aware prompt tuning"},
	{.peft_type = "DEFT", .name = "DEFT", .marker = ".deft_"},
	{.peft_type = "DELORA", .name = "DeLoRA", .marker = ".delora_", .frozen = {".delora_w_norm"}},
	{.peft_type = "FOURIERFT", .name = "FourierFT", .marker = ".fourierft_"},
	{.peft_type = "FROD",
		.name = "FRoD",
		.marker = ".frod_lambda",
		.frozen = {"frod_V", "frod_U", "frod_s_"}},
	{.peft_type = "GLORA", .name = "GLoRA", .marker = ".glora_"},
	{.peft_type = "GRALORA", .name = "GraLoRA", .marker = ".gralora_"},
	{.peft_type = "HIRA", .name = "HiRA", .marker = ".hira_"},
	{.peft_type = "HRA", .name = "HRA", .marker = ".hra_"},
	{.peft_type = "IA3", .name = "IA3", .marker = ".ia3_"},
	{.peft_type = "LILY", .name = "Lily", .marker = ".lily_"},
	{.peft_type = "LN_TUNING", .name = "LN tuning", .marker = ".ln_tuning_"},
	{.peft_type = "LOHA",
		.name = "LoHa",
		.marker = ".hada_w",
		.is_marked_anywhere = true,
		.frozen = {".alpha"}},
	{.peft_type = "LOKR",
		.name = "LoKr",
		.marker = ".lokr_w",
		.is_marked_anywhere = true,
		.frozen = {".alpha"}},
	{.peft_type = "MISS", .name = "MiSS", .marker = ".miss_"},
	{.peft_type = "MULTITASK_PROMPT_TUNING", .name = "multitask prompt tuning"},
	{.peft_type = "OFT", .name = "OFT", .marker = ".oft_", .frozen = {".alpha"}},
	{.peft_type = "OSF", .name = "OSF", .marker = ".osf_"},
	{.peft_type = "P_TUNING", .name = "p-tuning"},
	{.peft_type = "PEANUT", .name = "PEANuT", .marker = ".peanut_"},
	{.peft_type = "POLY", .name = "Polytropon", .marker = ".poly_"},
	{.peft_type = "PREFIX_TUNING", .name = "prefix tuning"},
	{.peft_type = "PROMPT_TUNING", .name = "prompt tuning"},
	{.peft_type = "PSOFT", .name = "PSOFT", .marker = ".psoft_"},
	{.peft_type = "PVERA", .name = "PVeRA", .marker = ".pvera_lambda", .frozen = {"pvera_A", "pvera_B"}},
	{.peft_type = "RANDLORA",
		.name = "RandLoRA",
		.marker = ".randlora_",
		.frozen = {"randlora_A", "randlora_B"}},
	{.peft_type = "ROAD", .name = "RoAd", .marker = ".road_"},
	{.peft_type = "SHADOW", .name = "Shadow", .marker = ".shadow_"},
	{.peft_type = "SHIRA", .name = "SHiRA", .marker = ".shira_"},
	{.peft_type = "SUPERTUNING", .name = "SuperTuning", .marker = ".supertuning_"},
	{.peft_type = "TINYLORA",
		.name = "TinyLoRA",
		.marker = ".tinylora_",
		.frozen = {"tinylora_A", "tinylora_B", "tinylora_P"}},
	{.peft_type = "TRAINABLE_TOKENS", .name = "trainable tokens"},
	{.peft_type = "UNILORA", .name = "Uni-LoRA", .marker = ".unilora_", .frozen = {"unilora_scales"}},
	{.peft_type = "VBLORA", .name = "VB-LoRA", .marker = ".vblora_"},
	{.peft_type = "VERA", .name = "VeRA", .marker = ".vera_lambda", .frozen = {"vera_A", "vera_B"}},
	{.peft_type = "WAVEFT", .name = "WaveFT", .marker = ".waveft_"},
	{.peft_type = "XLORA",
		.name = "X-LoRA",
		.marker = ".internal_xlora_classifier.",
		.frozen = {".lora_model."},
		.owns_lora = true},
	{.peft_type = "", .name = "T-LoRA", .marker = ".lambda_layer", .frozen = {".alpha"}},
	{.peft_type = "", .name = "a set of weight differences", .marker = ".diff"},
};
enum { N_METHODS = sizeof methods / sizeof methods[0] };

static bool holds(const pt_tensor_info *tensor, const char *part)
{
	return memmem(tensor->name, tensor->name_length, part, strlen(part)) != NULL;
}

const adapter_method *adapter_method_of_type(const char *peft_type)
{
	for (size_t i = 0; i < N_METHODS && *peft_type; i++)
		if (strcmp(methods[i].peft_type, peft_type) == 0)
			return &methods[i];
	return NULL;
}

static bool begins(const pt_tensor_info *tensor, const char *prefix)
{
	size_t n = strlen(prefix);
	return tensor->name_length > n && memcmp(tensor->name, prefix, n) == 0;
}

/* A network may have a `.road_head` of its own. */
static bool is_marked(const adapter_method *method, const pt_tensor_info *tensor)
{
	bool is_flat = begins(tensor, "lora_") || begins(tensor, "lycoris_");
	bool is_peft = begins(tensor, "base_model.") && *method->peft_type;
	return method->marker && (is_flat || is_peft || method->is_marked_anywhere) &&
		   holds(tensor, method->marker);
}

const adapter_method *adapter_method_of_tensor(const pt_tensor_info *tensor)
{
	for (size_t i = 0; i < N_METHODS; i++)
		if (is_marked(&methods[i], tensor))
			return &methods[i];
	return NULL;
}

bool adapter_method_freezes(const adapter_method *method, const pt_tensor_info *tensor)
{
	for (size_t i = 0; i < sizeof method->frozen / sizeof method->frozen[0] && method->frozen[i]; i++)
		if (holds(tensor, method->frozen[i]))
			return true;
	return false;
}
