#include "phasetop/runio/checkpoint_load.h"

#include <stdlib.h>

#include "checkpoint_store.h"
#include "phasetop/runio/adapter_names.h"

/* By adapter, then name, each in natural order. */
static int by_name(const void *a, const void *b)
{
	const pt_loaded_module *x = a, *y = b;
	int order = pt_natural_compare(x->adapter, y->adapter);
	return order ? order : pt_natural_compare(x->name, y->name);
}

/* The tensors decide what the weights are, whatever the file is called. */
static pt_checkpoint_kind kind_of(const weight_files *files)
{
	for (size_t i = 0; i < files->n_tensors; i++) {
		const pt_tensor_info *info = files->tensors[i].info;
		pt_lora_role role = pt_adapter_name_parse(info->name, info->name_length).role;
		if (role != PT_LORA_OTHER && role != PT_LORA_MAGNITUDE)
			return PT_CHECKPOINT_ADAPTER;
	}
	return PT_CHECKPOINT_FULL;
}

/* An adapter of another method is refused by name; whatever else is wrong with a config is told later. */
static pt_status check_method(pt_checkpoint_store *store, pt_error *err)
{
	const pt_adapter_config *config;
	pt_error fault;
	if (!store->config)
		return PT_OK;
	pt_status status = checkpoint_reader_config(store->reader, store->config, &config, &fault);
	if (status != PT_ERR_NOT_LORA && status != PT_ERR_MEMORY)
		return PT_OK;
	if (err)
		*err = fault;
	return status;
}

static pt_status load(pt_checkpoint_store *store, pt_error *err)
{
	store->arena = pt_arena_create();
	if (!store->arena)
		return pt_store_fail_memory(store, err);
	pt_status status = check_method(store, err);
	if (status == PT_OK)
		status = weight_files_open(&store->files, store->arena, store->weights, err);
	if (status == PT_OK)
		status = pt_store_check_files(store, err);
	if (status != PT_OK)
		return status;
	store->checkpoint.kind = kind_of(&store->files);
	status = store->checkpoint.kind == PT_CHECKPOINT_ADAPTER ? pt_store_load_adapter(store, err)
															 : pt_store_load_full(store, err);
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
