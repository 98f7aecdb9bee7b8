#include "phasetop/runio/checkpoint_load.h"

#include <stdlib.h>

#include "adapter_methods.h"
#include "checkpoint_store.h"
#include "phasetop/runio/adapter_names.h"

/* By adapter, then name, each in natural order. */
static int by_name(const void *a, const void *b)
{
	const pt_loaded_module *x = a, *y = b;
	int order = pt_natural_compare(x->adapter, y->adapter);
	return order ? order : pt_natural_compare(x->name, y->name);
}

/* What the tensors say about the whole. */
typedef struct content {
	bool has_lora;                /* matrices A or B */
	const adapter_method *method; /* another one, by the names of its tensors; NULL: none */
} content;

/* The tensors decide what the weights are, whatever the file is called. */
static content look_at(const weight_files *files)
{
	content found = {.has_lora = false};
	for (size_t i = 0; i < files->n_tensors; i++) {
		const pt_tensor_info *info = files->tensors[i].info;
		const adapter_method *method = adapter_method_of_tensor(info);
		found.has_lora |= pt_lora_role_is_matrix(pt_adapter_name_parse(info->name, info->name_length).role);
		if (method && (!found.method || method->owns_lora))
			found.method = method;
	}
	if (found.method && found.method->owns_lora)
		found.has_lora = false;
	return found;
}

/* A config that can't be used costs the scaling alone: *config is then NULL. */
static pt_status read_config(pt_checkpoint_store *store, const pt_adapter_config **config, pt_error *err)
{
	pt_error fault;
	*config = NULL;
	if (!store->config)
		return PT_OK;
	pt_status status = checkpoint_reader_config(store->reader, store->config, config, &fault);
	if (status == PT_ERR_MEMORY)
		return pt_store_fail_memory(store, err);
	if (status != PT_OK)
		return pt_store_problem(store, err, status, store->config, fault.offset, "%s", fault.message);
	for (size_t i = 0; i < pt_adapter_config_n_warnings(*config) && status == PT_OK; i++)
		status = pt_store_problem(
			store, err, PT_ERR_INVALID, store->config, -1, "%s", pt_adapter_config_warning(*config, i));
	return status;
}

/* Tensors that make no LoRA are watched as they are, and it is said whose they are. */
static pt_status load_as_they_are(
	pt_checkpoint_store *store, const content *found, const pt_adapter_config *config, pt_error *err)
{
	const char *type = config ? pt_adapter_config_method(config) : NULL;
	const adapter_method *method = type ? adapter_method_of_type(type) : found->method;
	const char *name = method ? method->name : type;
	pt_status status = PT_OK;
	if (name)
		status = pt_store_problem(store, err, PT_ERR_NOT_LORA, store->weights, -1,
			"%s is not plain LoRA: its tensors are watched as they are, matrix W, no ΔW", name);
	else if (config && pt_adapter_config_is_peft(config))
		status = pt_store_problem(store, err, PT_ERR_NOT_LORA, store->weights, -1,
			"no LoRA matrices in it: its tensors are watched as they are, matrix W, no ΔW");
	return status == PT_OK ? pt_store_load_full(store, method, err) : status;
}

static pt_status load(pt_checkpoint_store *store, pt_error *err)
{
	const pt_adapter_config *config;
	store->arena = pt_arena_create();
	if (!store->arena)
		return pt_store_fail_memory(store, err);
	pt_status status = weight_files_open(&store->files, store->arena, store->weights, err);
	if (status == PT_OK)
		status = pt_store_check_files(store, err);
	if (status == PT_OK)
		status = read_config(store, &config, err);
	if (status != PT_OK)
		return status;
	content found = look_at(&store->files);
	bool is_lora = found.has_lora && !(config && pt_adapter_config_method(config));
	store->checkpoint.kind = is_lora ? PT_CHECKPOINT_ADAPTER : PT_CHECKPOINT_FULL;
	status =
		is_lora ? pt_store_load_adapter(store, config, err) : load_as_they_are(store, &found, config, err);
	if (status == PT_OK)
		status = weight_files_check_unchanged(&store->files, err);
	if (status == PT_OK && store->checkpoint.n_modules > 1)
		qsort(store->modules, store->checkpoint.n_modules, sizeof *store->modules, by_name);
	return status;
}

pt_status pt_checkpoint_load(const char *weights, const char *config, pt_checkpoint_reader *reader,
	const atomic_bool *cancel, pt_checkpoint **out, pt_error *err)
{
	pt_checkpoint_reader *own = NULL; /* for this load alone: it gives no memory of values */
	if (!reader) {
		pt_status status = pt_checkpoint_reader_create(&own, err);
		if (status != PT_OK)
			return status;
	}
	pt_checkpoint_store *store = pt_array_alloc(1, sizeof *store);
	if (!store) {
		pt_checkpoint_reader_destroy(own);
		return pt_fail(err, PT_ERR_MEMORY, weights, -1, "out of memory for a checkpoint");
	}
	store->weights = weights;
	store->config = config;
	store->cancel = cancel;
	store->reader = reader ? reader : own;
	checkpoint_reader_begin(store->reader);
	pt_status status = load(store, err);
	weight_files_close(&store->files);
	store->weights = store->config = NULL;
	store->cancel = NULL;
	store->reader = reader;
	pt_checkpoint_reader_destroy(own);
	if (status == PT_OK)
		*out = &store->checkpoint;
	else
		pt_checkpoint_destroy(&store->checkpoint);
	return status;
}

void pt_checkpoint_destroy(pt_checkpoint *checkpoint)
{
	if (!checkpoint)
		return;
	pt_checkpoint_store *store = (pt_checkpoint_store *)checkpoint;
	for (size_t i = 0; i < checkpoint->n_modules; i++) {
		pt_store_free_values(store, store->modules[i].a);
		pt_store_free_values(store, store->modules[i].b);
	}
	pt_free(store->modules);
	pt_arena_destroy(store->arena);
	checkpoint_reader_end(store->reader);
	pt_free(store);
}
