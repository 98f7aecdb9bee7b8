#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint_store.h"
#include "phasetop/base/text.h"
#include "phasetop/runio/adapter_config.h"
#include "phasetop/runio/adapter_names.h"

enum { MAX_WARNINGS = 4 };

/* One LoRA tensor of the file. */
typedef struct entry {
	const char *module, *adapter;
	pt_lora_role role;
	const weight_tensor *tensor;
} entry;

/* All tensors of one module of one adapter. */
typedef struct pair {
	const entry *a, *b;
	bool is_embedding, has_magnitude, is_ambiguous;
} pair;

typedef struct loader {
	pt_checkpoint_store *store;
	const pt_adapter_config *config; /* of the reader; NULL: none that is of use */
	entry *entries;
	size_t n, capacity;
	size_t n_unread[PT_N_NAME_SCHEMES]; /* matrices of schemes that are not read */
	pt_error *err;
} loader;

/* --- opening --- */

/* A config that can't be used costs the scaling alone, unless it says that this is no LoRA at all. */
static pt_status open_config(loader *l)
{
	const char *path = l->store->config;
	pt_error fault;
	if (!path)
		return pt_store_problem(l->store, l->err, PT_ERR_NO_CONFIG, l->store->weights, -1,
			"no adapter_config.json: the scaling is not known");
	pt_status status = checkpoint_reader_config(l->store->reader, path, &l->config, &fault);
	if (status == PT_ERR_MEMORY || status == PT_ERR_NOT_LORA) {
		if (l->err)
			*l->err = fault;
		return status;
	}
	if (status != PT_OK)
		return pt_store_problem(l->store, l->err, status, path, fault.offset, "%s", fault.message);
	for (size_t i = 0; i < pt_adapter_config_n_warnings(l->config) && status == PT_OK; i++)
		status = pt_store_problem(
			l->store, l->err, PT_ERR_INVALID, path, -1, "%s", pt_adapter_config_warning(l->config, i));
	return status;
}

/* --- sorting tensors out --- */

static char *copy_name(pt_arena *arena, const char *name, size_t length)
{
	char *copy = pt_arena_alloc(arena, length + 1, 1);
	if (copy)
		memcpy(copy, name, length);
	return copy;
}

static pt_status add_entry(loader *l, const weight_tensor *tensor, const pt_adapter_name *name)
{
	entry e = {.role = name->role, .tensor = tensor};
	e.module = copy_name(l->store->arena, name->module, name->module_length);
	e.adapter = copy_name(l->store->arena, name->adapter, name->adapter_length);
	if (!e.module || !e.adapter ||
		!pt_array_reserve((void **)&l->entries, &l->capacity, l->n + 1, sizeof *l->entries))
		return pt_store_fail_memory(l->store, l->err);
	l->entries[l->n++] = e;
	return PT_OK;
}

static pt_status sort_out(loader *l)
{
	pt_status status = PT_OK;
	for (size_t i = 0; i < l->store->files.n_tensors && status == PT_OK; i++) {
		const weight_tensor *tensor = &l->store->files.tensors[i];
		pt_adapter_name name = pt_adapter_name_parse(tensor->info->name, tensor->info->name_length);
		bool is_read = pt_name_scheme_is_read(name.scheme);
		if (name.scheme != PT_NAMES_NONE && !is_read)
			l->n_unread[name.scheme]++;
		if (is_read)
			status = add_entry(l, tensor, &name);
		if (status == PT_OK && (!is_read || name.role == PT_LORA_MAGNITUDE))
			status = pt_store_skip(l->store, tensor->info->name, l->err);
	}
	return status;
}

/* Matrices under names that this release does not read: refused where there are no others. */
static pt_status tell_unread(loader *l)
{
	pt_status status = PT_OK;
	for (int s = 0; s < PT_N_NAME_SCHEMES && status == PT_OK; s++) {
		if (l->n_unread[s] == 0)
			continue;
		const char *name = pt_name_scheme_name((pt_name_scheme)s);
		if (l->n == 0)
			return pt_fail(l->err, PT_ERR_UNSUPPORTED, l->store->weights, -1,
				"LoRA tensors with the names of %s, which this release does not read", name);
		status = pt_store_problem(l->store, l->err, PT_ERR_UNSUPPORTED, l->store->weights, -1,
			"%zu tensors with the names of %s, passed over", l->n_unread[s], name);
	}
	if (status == PT_OK && l->n == 0)
		return pt_fail(l->err, PT_ERR_NOT_LORA, l->store->weights, -1, "no lora_A or lora_B tensors in it");
	return status;
}

static int by_module(const void *a, const void *b)
{
	const entry *x = a, *y = b;
	int order = strcmp(x->adapter, y->adapter);
	if (order == 0)
		order = strcmp(x->module, y->module);
	return order ? order : (int)x->role - (int)y->role;
}

/* The entries from `first` on that belong to one module. */
static size_t collect_pair(const loader *l, size_t first, pair *out)
{
	const entry *head = &l->entries[first];
	size_t i = first;
	*out = (pair){.a = NULL};
	for (; i < l->n; i++) {
		const entry *e = &l->entries[i];
		if (strcmp(e->adapter, head->adapter) != 0 || strcmp(e->module, head->module) != 0)
			break;
		if (e->role == PT_LORA_MAGNITUDE) {
			out->has_magnitude = true;
			continue;
		}
		bool is_a = e->role == PT_LORA_A || e->role == PT_LORA_EMBEDDING_A;
		const entry **place = is_a ? &out->a : &out->b;
		out->is_ambiguous = out->is_ambiguous || *place;
		out->is_embedding = e->role == PT_LORA_EMBEDDING_A || e->role == PT_LORA_EMBEDDING_B;
		*place = e;
	}
	return i;
}

/* --- one module --- */

static pt_status tensor_problem(loader *l, const weight_tensor *tensor, pt_status code, const char *what)
{
	char name[PT_STORE_NAME_BYTES];
	pt_store_shown_name(tensor->info, name);
	return pt_store_problem(
		l->store, l->err, code, tensor->in->path, tensor->info->offset, "tensor %s: %s", name, what);
}

/* Rows × the product of all other dimensions. */
static void set_shape(
	const pt_tensor_info *tensor, int64_t shape[PT_MODULE_DIMS], size_t *n_shape, size_t *rows, size_t *cols)
{
	*n_shape = tensor->n_dims;
	for (size_t i = 0; i < tensor->n_dims; i++)
		shape[i] = (int64_t)tensor->shape[i];
	*rows = (size_t)tensor->shape[0];
	*cols = *rows > 0 ? (size_t)(tensor->n_values / tensor->shape[0]) : 0;
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
static pt_status check_pair(loader *l, const pair *p, bool *loads)
{
	const char *what = NULL;
	*loads = false;
	if (p->is_ambiguous)
		return tensor_problem(
			l, (p->a ? p->a : p->b)->tensor, PT_ERR_AMBIGUOUS, "two tensors for one matrix of this module");
	if (!p->a && !p->b)
		return PT_OK; /* a magnitude alone */
	if (!p->a || !p->b)
		return tensor_problem(l, (p->a ? p->a : p->b)->tensor, PT_ERR_MISSING_PAIR,
			p->a ? "its lora_B is missing" : "its lora_A is missing");
	for (int i = 0; i < 2; i++) {
		const weight_tensor *tensor = i == 0 ? p->a->tensor : p->b->tensor;
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
} warning_list;

static pt_status add_warning(loader *l, warning_list *list, const char *line)
{
	if (line[0] == '\0' || list->n == MAX_WARNINGS)
		return PT_OK;
	const char *copy = pt_arena_text(l->store->arena, line);
	if (!copy)
		return pt_store_fail_memory(l->store, l->err);
	list->lines[list->n++] = copy;
	return PT_OK;
}

static const char *kind_of(const pair *p, const pt_loaded_module *m)
{
	if (m->n_experts > 1)
		return "moe";
	if (p->is_embedding)
		return "embedding";
	if (p->has_magnitude)
		return "dora";
	return m->n_shape_a > 2 ? "conv" : "lora";
}

static pt_status set_scaling(loader *l, pt_loaded_module *m, warning_list *warnings)
{
	char line[PT_ERROR_MESSAGE_BYTES];
	m->scaling = (double)NAN;
	if (!l->config)
		return PT_OK;
	pt_status status =
		pt_adapter_config_scaling(l->config, m->name, m->rank, &m->scaling, line, sizeof line, l->err);
	if (status == PT_OK)
		status = add_warning(l, warnings, line);
	return status;
}

static pt_status set_warnings(loader *l, const pair *p, pt_loaded_module *m, warning_list *warnings)
{
	char line[PT_ERROR_MESSAGE_BYTES];
	pt_text text = pt_text_over(line, sizeof line);
	pt_status status = PT_OK;
	if (p->has_magnitude)
		status =
			add_warning(l, warnings, "DoRA: dW is s·B·A; the merged change also holds the magnitude vector");
	if (status == PT_OK && l->config && pt_adapter_config_variant(l->config)) {
		pt_text_addf(&text, "%s: the update is not s·B·A alone", pt_adapter_config_variant(l->config));
		status = add_warning(l, warnings, line);
	}
	if (status == PT_OK && p->a->tensor->info->dtype != p->b->tensor->info->dtype) {
		text = pt_text_over(line, sizeof line);
		pt_text_addf(&text, "A is stored as %s, B as %s", pt_dtype_name(p->a->tensor->info->dtype),
			pt_dtype_name(p->b->tensor->info->dtype));
		status = add_warning(l, warnings, line);
	}
	if (status != PT_OK || warnings->n == 0)
		return status;
	m->warnings = pt_arena_copy(l->store->arena, warnings->lines, warnings->n, sizeof *warnings->lines);
	m->n_warnings = warnings->n;
	return m->warnings ? PT_OK : pt_store_fail_memory(l->store, l->err);
}

/* All but the values. */
static pt_status describe(loader *l, const pair *p, pt_loaded_module *m)
{
	warning_list warnings = {.n = 0};
	const pt_tensor_info *a = p->a->tensor->info, *b = p->b->tensor->info;
	m->name = p->a->module;
	m->adapter = p->a->adapter;
	m->dtype = pt_dtype_name(a->dtype);
	m->is_f64 = a->dtype == PT_DTYPE_F64 || b->dtype == PT_DTYPE_F64;
	set_shape(a, m->shape_a, &m->n_shape_a, &m->a_rows, &m->a_cols);
	set_shape(b, m->shape_b, &m->n_shape_b, &m->b_rows, &m->b_cols);
	m->n_experts = 1;
	if (l->config && m->b_cols == m->a_rows)
		m->n_experts = pt_adapter_config_experts(l->config, m->name, (int64_t)m->a_rows);
	m->rank = (int64_t)m->a_rows / m->n_experts;
	m->kind = kind_of(p, m);
	pt_status status = set_scaling(l, m, &warnings);
	if (status == PT_OK)
		status = set_warnings(l, p, m, &warnings);
	m->has_product = m->b_cols == m->a_rows && isfinite(m->scaling);
	if (status == PT_OK && m->b_cols != m->a_rows)
		status = tensor_problem(
			l, p->b->tensor, PT_ERR_SHAPE, "its columns are not as many as the rows of lora_A");
	return status;
}

/* PEFT stores the B of E experts as (d_out, r, E), while A is (E, r, d_in): B becomes (E, d_out, r). */
static pt_status regroup_experts(loader *l, pt_loaded_module *m, void *values)
{
	size_t size = m->is_f64 ? sizeof(double) : sizeof(float);
	size_t r = (size_t)m->rank, n_experts = (size_t)m->n_experts, n = m->b_rows * m->b_cols;
	char *stored = pt_array_alloc(n, size), *to = values;
	if (!stored)
		return pt_store_fail_memory(l->store, l->err);
	memcpy(stored, values, n * size);
	for (size_t e = 0; e < n_experts; e++)
		for (size_t i = 0; i < m->b_rows; i++)
			for (size_t k = 0; k < r; k++, to += size)
				memcpy(to, stored + (i * m->b_cols + k * n_experts + e) * size, size);
	pt_free(stored);
	return PT_OK;
}

static pt_status load_module(loader *l, const pair *p)
{
	pt_loaded_module m = {.kind = NULL};
	pt_store_values a = {.values = NULL}, b = {.values = NULL};
	pt_status status = describe(l, p, &m);
	if (status == PT_OK)
		status = pt_store_read(l->store, p->a->tensor, m.is_f64, &a, l->err);
	if (status == PT_OK)
		status = pt_store_read(l->store, p->b->tensor, m.is_f64, &b, l->err);
	if (status == PT_OK && m.n_experts > 1)
		status = regroup_experts(l, &m, b.values);
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
	if (l->n > 1)
		qsort(l->entries, l->n, sizeof *l->entries, by_module);
	for (size_t i = 0; i < l->n && status == PT_OK;) {
		pair p;
		bool loads;
		i = collect_pair(l, i, &p);
		status = check_pair(l, &p, &loads);
		if (status == PT_OK && loads)
			status = load_module(l, &p);
	}
	return status;
}

pt_status pt_store_load_adapter(pt_checkpoint_store *store, pt_error *err)
{
	loader l = {.store = store, .err = err};
	pt_status status = open_config(&l);
	if (status == PT_OK)
		status = sort_out(&l);
	if (status == PT_OK)
		status = tell_unread(&l);
	if (status == PT_OK)
		status = load_modules(&l);
	pt_free(l.entries);
	return status;
}
