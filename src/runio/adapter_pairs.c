#include "adapter_pairs.h"

#include <stdlib.h>
#include <string.h>

/* One tensor with a name of LoRA. */
typedef struct entry {
	const char *module, *adapter;
	pt_name_scheme scheme;
	pt_lora_role role;
	const weight_tensor *tensor;
} entry;

typedef struct entry_list {
	entry *items;
	size_t n, capacity;
} entry_list;

static char *copy_name(pt_arena *arena, const char *name, size_t length)
{
	char *copy = pt_arena_alloc(arena, length + 1, 1);
	if (copy)
		memcpy(copy, name, length);
	return copy;
}

static pt_status add_entry(pt_checkpoint_store *store, entry_list *entries, const weight_tensor *tensor,
	const pt_adapter_name *name, pt_error *err)
{
	entry e = {.scheme = name->scheme, .role = name->role, .tensor = tensor};
	e.module = copy_name(store->arena, name->module, name->module_length);
	e.adapter = copy_name(store->arena, name->adapter, name->adapter_length);
	if (!e.module || !e.adapter ||
		!pt_array_reserve((void **)&entries->items, &entries->capacity, entries->n + 1, sizeof e))
		return pt_store_fail_memory(store, err);
	entries->items[entries->n++] = e;
	return PT_OK;
}

static pt_status list_entries(pt_checkpoint_store *store, entry_list *entries, pt_error *err)
{
	pt_status status = PT_OK;
	for (size_t i = 0; i < store->files.n_tensors && status == PT_OK; i++) {
		const weight_tensor *tensor = &store->files.tensors[i];
		pt_adapter_name name = pt_adapter_name_parse(tensor->info->name, tensor->info->name_length);
		status = name.role == PT_LORA_OTHER ? pt_store_skip(store, tensor->info->name, err)
											: add_entry(store, entries, tensor, &name, err);
	}
	return status;
}

static int by_module(const void *a, const void *b)
{
	const entry *x = a, *y = b;
	int order = strcmp(x->adapter, y->adapter);
	if (order == 0)
		order = strcmp(x->module, y->module);
	if (order == 0)
		order = (int)x->role - (int)y->role;
	return order ? order : (x->tensor > y->tensor) - (x->tensor < y->tensor); /* of one array: file order */
}

static void take_matrix(adapter_pair *pair, const entry *e)
{
	bool is_a = e->role == PT_LORA_A || e->role == PT_LORA_EMBEDDING_A;
	const weight_tensor **place = is_a ? &pair->a : &pair->b;
	if (*place)
		pair->ambiguity = "two tensors for one matrix of this module";
	else if ((pair->a || pair->b) && pair->scheme != e->scheme)
		pair->ambiguity = "A and B have names of two schemes";
	if (!pair->a && !pair->b)
		pair->scheme = e->scheme;
	pair->is_embedding = e->role == PT_LORA_EMBEDDING_A || e->role == PT_LORA_EMBEDDING_B;
	*place = e->tensor;
}

static pt_status take_entry(pt_checkpoint_store *store, adapter_pair *pair, const entry *e, pt_error *err)
{
	if (pt_lora_role_is_matrix(e->role)) {
		take_matrix(pair, e);
		return PT_OK;
	}
	bool is_used = pair->a || pair->b; /* matrices come first in the order of roles */
	if (is_used && e->role == PT_LORA_ALPHA) {
		pair->alpha = e->tensor;
		return PT_OK;
	}
	if (is_used && e->role == PT_LORA_MIDDLE) {
		pair->middle = e->tensor;
		return PT_OK;
	}
	pair->has_magnitude |= e->role == PT_LORA_MAGNITUDE;
	return pt_store_skip(store, e->tensor->info->name, err);
}

/* The entries from `first` on that belong to one module; *next is the one after them. */
static pt_status collect_pair(pt_checkpoint_store *store, const entry_list *entries, size_t first,
	adapter_pair *pair, size_t *next, pt_error *err)
{
	const entry *head = &entries->items[first];
	pt_status status = PT_OK;
	size_t i = first;
	*pair = (adapter_pair){.module = head->module, .adapter = head->adapter, .scheme = head->scheme};
	for (; i < entries->n && status == PT_OK; i++) {
		const entry *e = &entries->items[i];
		if (strcmp(e->adapter, head->adapter) != 0 || strcmp(e->module, head->module) != 0)
			break;
		status = take_entry(store, pair, e, err);
	}
	*next = i;
	return status;
}

pt_status adapter_pairs_collect(pt_checkpoint_store *store, adapter_pairs *pairs, pt_error *err)
{
	entry_list entries = {0};
	*pairs = (adapter_pairs){0};
	pt_status status = list_entries(store, &entries, err);
	if (status == PT_OK && entries.n > 1)
		qsort(entries.items, entries.n, sizeof *entries.items, by_module);
	for (size_t i = 0; i < entries.n && status == PT_OK;) {
		adapter_pair pair;
		status = collect_pair(store, &entries, i, &pair, &i, err);
		if (status != PT_OK || (!pair.a && !pair.b))
			continue;
		if (!pt_array_reserve((void **)&pairs->items, &pairs->capacity, pairs->n + 1, sizeof pair))
			status = pt_store_fail_memory(store, err);
		else
			pairs->items[pairs->n++] = pair;
	}
	pt_free(entries.items);
	return status;
}
