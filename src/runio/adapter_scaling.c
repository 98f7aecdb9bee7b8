#include "adapter_scaling.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "phasetop/base/text.h"

/* How the models of an image pipeline begin in the names of its adapter. */
static const char *const pipeline_models[] = {"unet.", "text_encoder.", "text_encoder_2.", "text_encoder_3.",
	"diffusion_model.", "transformer.transformer_blocks.", "transformer.single_transformer_blocks."};

static bool is_of_pipeline(const adapter_sources *sources, const char *module)
{
	for (size_t i = 0; i < sizeof pipeline_models / sizeof pipeline_models[0]; i++)
		if (strncmp(module, pipeline_models[i], strlen(pipeline_models[i])) == 0)
			return true;
	return sources->is_pipeline;
}

static pt_status from_alpha(const adapter_pair *pair, int64_t rank, adapter_scaling *out, pt_error *err)
{
	const weight_tensor *tensor = pair->alpha;
	double alpha = (double)NAN;
	if (tensor->info->n_values == 1 && pt_dtype_how_read(tensor->info->dtype) != PT_READ_NOT) {
		pt_status status = pt_safetensors_read_double(tensor->in->file, tensor->info, &alpha, err);
		if (status != PT_OK)
			return status;
	}
	out->bad_alpha = !(fabs(alpha) <= PT_ALPHA_MOST);
	if (alpha == 0.0)
		snprintf(out->warning, sizeof out->warning, "an alpha of 0 stands for the rank, as in kohya");
	out->value = alpha == 0.0 ? 1.0 : out->bad_alpha ? (double)NAN : alpha / (double)rank;
	return PT_OK;
}

static void from_convention(const adapter_sources *sources, const adapter_pair *pair, adapter_scaling *out)
{
	bool is_kohya = pair->scheme == PT_NAMES_KOHYA, is_mlx = pair->scheme == PT_NAMES_MLX;
	bool is_pipeline = !is_mlx && is_of_pipeline(sources, pair->module);
	if (!is_kohya && !is_pipeline && pair->scheme != PT_NAMES_DIFFUSERS)
		return;
	out->value = 1.0;
	snprintf(out->warning, sizeof out->warning, "no alpha in the file: the scaling is taken as 1, as %s does",
		is_kohya ? "kohya" : "diffusers");
}

pt_status adapter_scaling_of(const adapter_sources *sources, const adapter_pair *pair, int64_t rank,
	adapter_scaling *out, pt_error *err)
{
	const char *name = pair->module;
	*out = (adapter_scaling){.value = (double)NAN};
	out->config = adapter_metadata_of(sources->metadata, pair->module, &name);
	if (!out->config)
		out->config = sources->config;
	if (pair->alpha)
		return from_alpha(pair, rank, out, err);
	if (out->config)
		return pt_adapter_config_scaling(
			out->config, name, rank, &out->value, out->warning, sizeof out->warning, err);
	from_convention(sources, pair, out);
	return PT_OK;
}
