#include <math.h>

#include "checkpoint_store.h"

/* A shape of more dimensions than are kept ends with what is left of the values. */
static void set_shape(const pt_tensor_info *tensor, pt_loaded_module *m)
{
	m->n_shape_a = tensor->n_dims < PT_MODULE_DIMS ? tensor->n_dims : PT_MODULE_DIMS;
	uint64_t left = tensor->n_values;
	for (size_t i = 0; i < m->n_shape_a; i++) {
		bool is_last = i + 1 == PT_MODULE_DIMS && tensor->n_dims > PT_MODULE_DIMS;
		m->shape_a[i] = (int64_t)(is_last ? left : tensor->shape[i]);
		left /= tensor->shape[i];
	}
}

static pt_status load_tensor(pt_checkpoint_store *store, const weight_tensor *tensor, pt_error *err)
{
	const pt_tensor_info *info = tensor->info;
	pt_loaded_module m = {.adapter = "",
		.kind = "full",
		.dtype = pt_dtype_name(info->dtype),
		.n_experts = 1,
		.scaling = (double)NAN,
		.a_rows = 1,
		.a_cols = (size_t)info->n_values,
		.is_f64 = info->dtype == PT_DTYPE_F64,
		.finite_b = true};
	pt_store_values values;
	m.name = pt_arena_text(store->arena, info->name);
	if (!m.name)
		return pt_store_fail_memory(store, err);
	set_shape(info, &m);
	pt_status status = pt_store_read(store, tensor, m.is_f64, &values, err);
	if (status != PT_OK)
		return status;
	m.a = values.values;
	m.finite_a = values.finite;
	status = pt_store_add(store, &m, err);
	if (status != PT_OK)
		pt_store_free_values(store, values.values);
	return status;
}

/* Dtypes that can't be read are told in one line: a quantised network has hundreds of such tensors. */
static pt_status tell_unread(pt_checkpoint_store *store, pt_error *err)
{
	const weight_tensor *example = NULL;
	size_t n = 0;
	for (size_t i = 0; i < store->files.n_tensors; i++) {
		const weight_tensor *tensor = &store->files.tensors[i];
		if (pt_dtype_how_read(tensor->info->dtype) == PT_READ_NOT && n++ == 0)
			example = tensor;
	}
	if (!example)
		return PT_OK;
	char name[PT_STORE_NAME_BYTES];
	pt_store_shown_name(example->info, name);
	return pt_store_problem(store, err, PT_ERR_UNSUPPORTED, example->in->path, example->info->offset,
		"%zu tensor%s of a dtype that is not read, e.g. %s: %s", n, n == 1 ? "" : "s", name,
		pt_dtype_name(example->info->dtype));
}

static bool is_watched(const adapter_method *method, const pt_tensor_info *tensor)
{
	bool is_frozen = method && adapter_method_freezes(method, tensor);
	return pt_store_reads(tensor->dtype) && tensor->n_values > 0 && !is_frozen;
}

pt_status pt_store_load_full(pt_checkpoint_store *store, const adapter_method *method, pt_error *err)
{
	pt_status status = tell_unread(store, err);
	for (size_t i = 0; i < store->files.n_tensors && status == PT_OK; i++) {
		const weight_tensor *tensor = &store->files.tensors[i];
		status = is_watched(method, tensor->info) ? load_tensor(store, tensor, err)
												  : pt_store_skip(store, tensor->info->name, err);
	}
	if (status == PT_OK && store->checkpoint.n_modules == 0)
		status = pt_store_problem(
			store, err, PT_ERR_EMPTY, store->weights, -1, "no tensor of floats in it that could be watched");
	return status;
}
