/* Any bytes as adapter_config.json, asked about some modules. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "phasetop/runio/adapter_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const modules[] = {"model.layers.0.self_attn.q_proj", "q_proj", "",
		"a.a.a.a.a.a.a.a.a.aaaaaaaaaaaaaaaaaaaaaaaaa!", "x.base_layer"};
	pt_adapter_config *config;
	if (pt_adapter_config_parse((const char *)data, size, "fuzz", &config, NULL) != PT_OK)
		return 0;
	for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
		double scaling;
		char warning[32];
		if (pt_adapter_config_scaling(config, modules[i], 4, &scaling, warning, sizeof warning, NULL) !=
				PT_OK ||
			(isnan(scaling) && !pt_adapter_config_method(config)) ||
			pt_adapter_config_experts(config, modules[i], 16) < 1 ||
			pt_adapter_config_rank(config, modules[i]) < 0)
			abort();
	}
	for (size_t i = 0; i < pt_adapter_config_n_warnings(config); i++) {
		if (!pt_adapter_config_warning(config, i))
			abort();
	}
	pt_adapter_config_destroy(config);
	return 0;
}
