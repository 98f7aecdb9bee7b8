#include "adapter_layout.h"

#include <string.h>

/* Rows × the product of all other dimensions. */
static void flatten(const pt_tensor_info *tensor, size_t *rows, size_t *cols)
{
	*rows = (size_t)tensor->shape[0];
	*cols = (size_t)(tensor->n_values / tensor->shape[0]);
}

/* A (r × d_in), B (d_out × r), kernels flattened. */
static adapter_layout plain(const adapter_pair *pair, const pt_adapter_config *config)
{
	(void)config;
	adapter_layout layout = {.n_experts = 1, .is_convolution = pair->a->info->n_dims > 2};
	flatten(pair->a->info, &layout.a_rows, &layout.a_cols);
	flatten(pair->b->info, &layout.b_rows, &layout.b_cols);
	return layout;
}

/* As plain; the experts of `target_parameters` have A (E·r × d_in) and B (d_out × r·E), experts last. */
static adapter_layout peft(const adapter_pair *pair, const pt_adapter_config *config)
{
	adapter_layout layout = plain(pair, config);
	if (config && layout.b_cols == layout.a_rows)
		layout.n_experts = (size_t)pt_adapter_config_experts(config, pair->module, (int64_t)layout.a_rows);
	if (layout.n_experts > 1)
		layout.b_order = ADAPTER_EXPERTS_LAST;
	return layout;
}

/*
 * A (d_in × r), B (r × d_out). Experts have B (E, d_out, r), one after another as it is wanted, and A
 * (E, r, d_in), or (E·r, d_in) up to October 2025.
 */
static adapter_layout mlx(const adapter_pair *pair, const pt_adapter_config *config)
{
	(void)config;
	const pt_tensor_info *a = pair->a->info, *b = pair->b->info;
	adapter_layout layout = {.n_experts = 1, .a_order = ADAPTER_TRANSPOSED, .b_order = ADAPTER_TRANSPOSED};
	flatten(a, &layout.a_cols, &layout.a_rows);
	flatten(b, &layout.b_cols, &layout.b_rows);
	if (b->n_dims == 2)
		return layout;
	layout.n_experts = (size_t)b->shape[0];
	layout.a_cols = (size_t)a->shape[a->n_dims - 1];
	layout.a_rows = (size_t)a->n_values / layout.a_cols;
	layout.b_rows = (size_t)b->shape[1];
	layout.b_cols = (size_t)b->n_values / layout.b_rows;
	layout.a_order = layout.b_order = ADAPTER_AS_STORED;
	if (layout.a_rows % layout.n_experts != 0)
		layout.n_experts = 1; /* what does not fit is told by its shapes */
	return layout;
}

static adapter_layout (*const layouts[PT_N_NAME_SCHEMES])(const adapter_pair *, const pt_adapter_config *) = {
	[PT_NAMES_PEFT] = peft,
	[PT_NAMES_MLX] = mlx,
	[PT_NAMES_TORCHTUNE] = plain,
	[PT_NAMES_KOHYA] = plain,
	[PT_NAMES_DIFFUSERS] = plain,
};
_Static_assert(PT_N_NAME_SCHEMES == 5, "a layout for every naming scheme");

adapter_layout adapter_layout_of(const adapter_pair *pair, const pt_adapter_config *config)
{
	return layouts[pair->scheme](pair, config);
}

/* --- values --- */

static void *copy_of(const void *values, size_t n, size_t size, pt_error *err)
{
	void *copy = pt_array_resize(NULL, n, size);
	if (copy)
		memcpy(copy, values, n * size);
	else
		(void)pt_fail(err, PT_ERR_MEMORY, NULL, -1, "out of memory to rearrange a matrix");
	return copy;
}

/* cols × rows becomes rows × cols. */
static pt_status transpose(void *values, size_t rows, size_t cols, size_t size, pt_error *err)
{
	char *stored = copy_of(values, rows * cols, size, err), *to = values;
	if (!stored)
		return PT_ERR_MEMORY;
	for (size_t i = 0; i < rows; i++)
		for (size_t k = 0; k < cols; k++, to += size)
			memcpy(to, stored + (k * rows + i) * size, size);
	pt_free(stored);
	return PT_OK;
}

/* (d_out, r, E) becomes (E, d_out, r). */
static pt_status regroup_experts(const adapter_layout *layout, void *values, size_t size, pt_error *err)
{
	size_t n_experts = layout->n_experts, r = layout->b_cols / n_experts;
	char *stored = copy_of(values, layout->b_rows * layout->b_cols, size, err), *to = values;
	if (!stored)
		return PT_ERR_MEMORY;
	for (size_t e = 0; e < n_experts; e++)
		for (size_t i = 0; i < layout->b_rows; i++)
			for (size_t k = 0; k < r; k++, to += size)
				memcpy(to, stored + (i * layout->b_cols + k * n_experts + e) * size, size);
	pt_free(stored);
	return PT_OK;
}

pt_status adapter_layout_arrange_a(const adapter_layout *layout, size_t size, void *values, pt_error *err)
{
	if (layout->a_order == ADAPTER_AS_STORED)
		return PT_OK;
	return transpose(values, layout->a_rows, layout->a_cols, size, err);
}

pt_status adapter_layout_arrange_b(const adapter_layout *layout, size_t size, void *values, pt_error *err)
{
	switch (layout->b_order) {
	case ADAPTER_TRANSPOSED:
		return transpose(values, layout->b_rows, layout->b_cols, size, err);
	case ADAPTER_EXPERTS_LAST:
		return regroup_experts(layout, values, size, err);
	case ADAPTER_AS_STORED:
		break;
	}
	return PT_OK;
}
