#include <math.h>
#include <string.h>

#include "adapter_layout.h"
#include "adapter_methods.h"
#include "adapter_scaling.h"
#include "checkpoint_store.h"
#include "phasetop/base/text.h"

enum { MAX_WARNINGS = 8 };

typedef struct loader {
	pt_checkpoint_store *store;
	adapter_sources sources;
	adapter_pairs pairs;
	bool lacks_config; /* some scaling could not be had for want of a config */
	pt_error *err;
} loader;

/* --- what is known about all modules --- */

/* A metadata string that can't be used costs the scalings alone. */
static pt_status read_metadata(loader *l, adapter_metadata *metadata)
{
	pt_status status = PT_OK;
	for (size_t i = 0; i < l->store->files.n_files && metadata->n == 0; i++) {
		const weight_file *in = &l->store->files.files[i];
		const char *text = pt_safetensors_metadata(in->file, ADAPTER_METADATA_KEY);
		pt_error fault;
		if (!text)
			continue;
		status = adapter_metadata_parse(metadata, text, in->path, &fault);
		if (status == PT_OK)
			continue;
		adapter_metadata_fini(metadata);
		if (status == PT_ERR_MEMORY)
			return pt_store_fail_memory(l->store, l->err);
		status = pt_store_problem(
			l->store, l->err, status, in->path, -1, ADAPTER_METADATA_KEY ": %s", fault.message);
		break;
	}
	return status;
}

/* Tensors of other methods among those of LoRA: one line a method. */
static pt_status tell_other_methods(loader *l)
{
	const adapter_method *last = NULL;
	pt_status status = PT_OK;
	for (size_t i = 0; i < l->store->files.n_tensors && status == PT_OK; i++) {
		const weight_tensor *tensor = &l->store->files.tensors[i];
		const adapter_method *method = adapter_method_of_tensor(tensor->info);
		if (method && method != last)
			status = pt_store_problem(l->store, l->err, PT_ERR_NOT_LORA, tensor->in->path, -1,
				"tensors of %s beside those of LoRA are passed over", method->name);
		last = method ? method : last;
	}
	return status;
}

/* --- one module --- */

static pt_status tensor_problem(loader *l, const weight_tensor *tensor, pt_status code, const char *what)
{
	char name[PT_STORE_NAME_BYTES];
	pt_store_shown_name(tensor->info, name);
	return pt_store_problem(
		l->store, l->err, code, tensor->in->path, tensor->info->offset, "tensor %s: %s", name, what);
}

/* What keeps a matrix from being read; PT_OK: nothing. */
static pt_status fault_of(const pt_tensor_info *tensor, const char **what)
{
	*what = "a matrix of at least 2 and at most 8 dimensions belongs here";
	if (tensor->n_dims < 2 || tensor->n_dims > PT_MODULE_DIMS)
		return PT_ERR_SHAPE;
	*what = "it is empty";
	if (tensor->n_values == 0)
		return PT_ERR_SHAPE;
	*what = "its dtype is not read";
	return pt_store_reads(tensor->dtype) ? PT_OK : PT_ERR_UNSUPPORTED;
}

/* What keeps a module from being loaded is told as a problem; *loads is then false. */
static pt_status check_pair(loader *l, const adapter_pair *p, bool *loads)
{
	const char *what = NULL;
	*loads = false;
	if (p->ambiguity)
		return tensor_problem(l, p->a ? p->a : p->b, PT_ERR_AMBIGUOUS, p->ambiguity);
	if (!p->a || !p->b)
		return tensor_problem(l, p->a ? p->a : p->b, PT_ERR_MISSING_PAIR,
			p->a ? "its matrix B is missing" : "its matrix A is missing");
	for (int i = 0; i < 2; i++) {
		const weight_tensor *tensor = i == 0 ? p->a : p->b;
		pt_status code = fault_of(tensor->info, &what);
		if (code != PT_OK)
			return tensor_problem(l, tensor, code, what);
	}
	*loads = true;
	return PT_OK;
}

typedef struct warning_list {
	const char *lines[MAX_WARNINGS];
	size_t n;
	bool out_of_memory;
} warning_list;

static void add_warning(loader *l, warning_list *list, const char *line)
{
	if (line[0] == '\0' || list->n == MAX_WARNINGS)
		return;
	const char *copy = pt_arena_text(l->store->arena, line);
	if (copy)
		list->lines[list->n++] = copy;
	else
		list->out_of_memory = true;
}

static const char *kind_of(const adapter_pair *p, const adapter_layout *layout)
{
	if (layout->n_experts > 1)
		return "moe";
	if (p->is_embedding)
		return "embedding";
	if (p->has_magnitude)
		return "dora";
	return layout->is_convolution ? "conv" : "lora";
}

static pt_status set_scaling(loader *l, const adapter_pair *p, pt_loaded_module *m, adapter_scaling *scaling)
{
	pt_status status = adapter_scaling_of(&l->sources, p, m->rank, scaling, l->err);
	if (status != PT_OK)
		return status;
	m->scaling = scaling->value;
	if (scaling->bad_alpha)
		return tensor_problem(l, p->alpha, PT_ERR_NOT_FINITE, "no number that an alpha can be");
	l->lacks_config |= isnan(m->scaling);
	return PT_OK;
}

static void add_config_warnings(loader *l, const pt_adapter_config *config, warning_list *warnings)
{
	char line[PT_ERROR_MESSAGE_BYTES];
	const char *variant = pt_adapter_config_variant(config), *start = pt_adapter_config_start(config);
	if (variant) {
		pt_text text = pt_text_over(line, sizeof line);
		pt_text_addf(&text, "%s: the update is not s·B·A alone", variant);
		add_warning(l, warnings, line);
	}
	if (start) {
		pt_text text = pt_text_over(line, sizeof line);
		pt_text_addf(&text,
			"%s at the start: B·A did not begin at zero, its norm is not the change made by training", start);
		add_warning(l, warnings, line);
	}
}

static pt_status set_warnings(
	loader *l, const adapter_pair *p, const adapter_scaling *scaling, pt_loaded_module *m)
{
	warning_list warnings = {.n = 0};
	char line[PT_ERROR_MESSAGE_BYTES];
	pt_dtype a = p->a->info->dtype, b = p->b->info->dtype;
	add_warning(l, &warnings, scaling->warning);
	if (p->has_magnitude)
		add_warning(l, &warnings, "DoRA: dW is s·B·A; the merged change also holds the magnitude vector");
	if (p->middle)
		add_warning(l, &warnings, "a core (lora_mid) lies between A and B: the update is not s·B·A");
	if (scaling->config)
		add_config_warnings(l, scaling->config, &warnings);
	if (a != b) {
		pt_text text = pt_text_over(line, sizeof line);
		pt_text_addf(&text, "A is stored as %s, B as %s", pt_dtype_name(a), pt_dtype_name(b));
		add_warning(l, &warnings, line);
	}
	if (warnings.n == 0 && !warnings.out_of_memory)
		return PT_OK;
	m->warnings = pt_arena_copy(l->store->arena, warnings.lines, warnings.n, sizeof *warnings.lines);
	m->n_warnings = warnings.n;
	return m->warnings && !warnings.out_of_memory ? PT_OK : pt_store_fail_memory(l->store, l->err);
}

static void set_shape(const pt_tensor_info *tensor, int64_t shape[PT_MODULE_DIMS], size_t *n_shape)
{
	*n_shape = tensor->n_dims;
	for (size_t i = 0; i < tensor->n_dims; i++)
		shape[i] = (int64_t)tensor->shape[i];
}

/* All but the values. */
static pt_status describe(loader *l, const adapter_pair *p, const adapter_layout *layout, pt_loaded_module *m)
{
	const pt_tensor_info *a = p->a->info, *b = p->b->info;
	adapter_scaling scaling;
	bool fits = layout->b_cols == layout->a_rows;
	*m = (pt_loaded_module){
		.name = p->module,
		.adapter = p->adapter,
		.kind = kind_of(p, layout),
		.dtype = pt_dtype_name(a->dtype),
		.is_f64 = a->dtype == PT_DTYPE_F64 || b->dtype == PT_DTYPE_F64,
		.rank = (int64_t)(layout->a_rows / layout->n_experts),
		.n_experts = (int64_t)layout->n_experts,
		.a_rows = layout->a_rows,
		.a_cols = layout->a_cols,
		.b_rows = layout->b_rows,
		.b_cols = layout->b_cols,
	};
	set_shape(a, m->shape_a, &m->n_shape_a);
	set_shape(b, m->shape_b, &m->n_shape_b);
	pt_status status = set_scaling(l, p, m, &scaling);
	if (status == PT_OK)
		status = set_warnings(l, p, &scaling, m);
	m->has_product = fits && !p->middle && isfinite(m->scaling);
	bool is_variant = scaling.config && pt_adapter_config_variant(scaling.config); /* of shapes of its own */
	if (status == PT_OK && !fits && !is_variant)
		status = tensor_problem(l, p->b, PT_ERR_SHAPE, "its rank is not that of A");
	return status;
}

static pt_status read_matrices(loader *l, const adapter_pair *p, const adapter_layout *layout, bool is_f64,
	pt_store_values *a, pt_store_values *b)
{
	size_t size = is_f64 ? sizeof(double) : sizeof(float);
	pt_status status = pt_store_read(l->store, p->a, is_f64, a, l->err);
	if (status == PT_OK)
		status = adapter_layout_arrange_a(layout, size, a->values, l->err);
	if (status == PT_OK)
		status = pt_store_read(l->store, p->b, is_f64, b, l->err);
	return status == PT_OK ? adapter_layout_arrange_b(layout, size, b->values, l->err) : status;
}

static pt_status load_module(loader *l, const adapter_pair *p)
{
	pt_loaded_module m;
	pt_store_values a = {.values = NULL}, b = {.values = NULL};
	adapter_layout layout = adapter_layout_of(p, l->sources.config);
	pt_status status = describe(l, p, &layout, &m);
	if (status == PT_OK)
		status = read_matrices(l, p, &layout, m.is_f64, &a, &b);
	if (status == PT_OK) {
		m.a = a.values;
		m.b = b.values;
		m.finite_a = a.finite;
		m.finite_b = b.finite;
		status = pt_store_add(l->store, &m, l->err);
	}
	if (status != PT_OK) {
		pt_store_free_values(l->store, a.values);
		pt_store_free_values(l->store, b.values);
	}
	return status;
}

static pt_status load_modules(loader *l)
{
	pt_status status = PT_OK;
	for (size_t i = 0; i < l->pairs.n && status == PT_OK; i++) {
		bool loads;
		status = check_pair(l, &l->pairs.items[i], &loads);
		if (status == PT_OK && loads)
			status = load_module(l, &l->pairs.items[i]);
	}
	return status;
}

static bool has_name(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	return strcmp(slash ? slash + 1 : path, name) == 0;
}

pt_status pt_store_load_adapter(pt_checkpoint_store *store, const pt_adapter_config *config, pt_error *err)
{
	adapter_metadata metadata = {.n = 0};
	loader l = {.store = store, .err = err};
	l.sources = (adapter_sources){
		.config = config,
		.metadata = &metadata,
		.is_pipeline = has_name(store->weights, "pytorch_lora_weights.safetensors"),
	};
	pt_status status = read_metadata(&l, &metadata);
	if (status == PT_OK)
		status = tell_other_methods(&l);
	if (status == PT_OK)
		status = adapter_pairs_collect(store, &l.pairs, err);
	if (status == PT_OK)
		status = load_modules(&l);
	if (status == PT_OK && l.lacks_config && !store->config)
		status = pt_store_problem(store, err, PT_ERR_NO_CONFIG, store->weights, -1,
			"no adapter_config.json: the scaling is not known");
	pt_free(l.pairs.items);
	adapter_metadata_fini(&metadata);
	return status;
}
