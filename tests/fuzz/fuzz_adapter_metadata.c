/* Any text as the lora_adapter_metadata of weights, asked about some modules. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/runio/adapter_metadata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const modules[] = {
		"unet.down_blocks.0.to_q", "text_encoder.q_proj", "text_encoder_2.q", "", "unet.", "unet"};
	adapter_metadata metadata;
	char *text = malloc(size + 1);
	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (adapter_metadata_parse(&metadata, text, "fuzz", NULL) == PT_OK) {
		for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
			const char *name = NULL;
			const pt_adapter_config *config = adapter_metadata_of(&metadata, modules[i], &name);
			double scaling;
			char warning[32];
			if (!config)
				continue;
			size_t n = strlen(modules[i]), n_name = strlen(name);
			if (n_name > n || strcmp(modules[i] + n - n_name, name) != 0 ||
				pt_adapter_config_scaling(config, name, 4, &scaling, warning, sizeof warning, NULL) != PT_OK)
				abort();
		}
	}
	adapter_metadata_fini(&metadata);
	free(text);
	return 0;
}
