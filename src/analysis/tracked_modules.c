#include "tracked_modules.h"

#include <stdio.h>
#include <string.h>

#include "phasetop/analysis/module_set.h"
#include "phasetop/base/alloc.h"
#include "phasetop/base/missing.h"

static pt_status out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for modules");
}

void pt_tracked_module_fini(pt_tracked_module *module)
{
	pt_free(module->name);
	pt_free(module->adapter);
	pt_free(module->kind);
	pt_free(module->dtype);
	for (size_t i = 0; i < module->n_warnings; i++)
		pt_free(module->warnings[i]);
	pt_free(module->warnings);
	pt_module_history_destroy(module->history);
	*module = (pt_tracked_module){0};
}

static pt_stored stored_as(const char *dtype)
{
	static const struct {
		const char *name;
		pt_stored stored;
	} formats[] = {{"F64", PT_STORED_F64}, {"F16", PT_STORED_F16}, {"BF16", PT_STORED_BF16}};
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
		if (strcmp(dtype, formats[i].name) == 0)
			return formats[i].stored;
	return PT_STORED_F32;
}

/* The rank divides A and B alike; of experts it is that of one. */
static pt_module_shape shape_of(const pt_loaded_module *loaded)
{
	if (loaded->b == NULL)
		return (pt_module_shape){.kind = PT_MODULE_FULL, .length = loaded->a_rows * loaded->a_cols};
	if (loaded->b_cols != loaded->a_rows) /* no product: two vectors, each as long as its tensor */
		return (pt_module_shape){.kind = PT_MODULE_LORA,
			.rank = 1,
			.d_in = loaded->a_rows * loaded->a_cols,
			.d_out = loaded->b_rows * loaded->b_cols};
	size_t n_experts = loaded->n_experts > 1 ? (size_t)loaded->n_experts : 1;
	return (pt_module_shape){.kind = PT_MODULE_LORA,
		.rank = loaded->a_rows / n_experts,
		.d_in = loaded->a_cols,
		.d_out = loaded->b_rows,
		.n_experts = n_experts};
}

static pt_module_checkpoint values_of(const pt_loaded_module *loaded)
{
	pt_values a = {.f32 = loaded->is_f64 ? NULL : loaded->a, .f64 = loaded->is_f64 ? loaded->a : NULL};
	pt_values b = {.f32 = loaded->is_f64 ? NULL : loaded->b, .f64 = loaded->is_f64 ? loaded->b : NULL};
	if (loaded->b == NULL)
		return (pt_module_checkpoint){
			.shape = shape_of(loaded),
			.w = a,
			.scaling = PT_MISSING,
			.stored = stored_as(loaded->dtype),
		};
	return (pt_module_checkpoint){
		.shape = shape_of(loaded),
		.a = a,
		.b = b,
		.scaling = loaded->has_product ? loaded->scaling : PT_MISSING,
		.stored = stored_as(loaded->dtype),
	};
}

static bool add_warning(pt_tracked_module *module, const char *warning)
{
	for (size_t i = 0; i < module->n_warnings; i++)
		if (strcmp(module->warnings[i], warning) == 0)
			return true;
	if (!pt_array_reserve((void **)&module->warnings, &module->warning_capacity, module->n_warnings + 1,
			sizeof *module->warnings))
		return false;
	char *copy = pt_text_copy(warning, strlen(warning));
	if (!copy)
		return false;
	module->warnings[module->n_warnings++] = copy;
	return true;
}

static bool add_warnings(pt_tracked_module *module, const pt_loaded_module *loaded)
{
	for (size_t i = 0; i < loaded->n_warnings; i++)
		if (!add_warning(module, loaded->warnings[i]))
			return false;
	return true;
}

static pt_status module_init(pt_tracked_module *module, const pt_loaded_module *loaded, pt_error *err)
{
	*module = (pt_tracked_module){
		.name = pt_text_copy(loaded->name, strlen(loaded->name)),
		.adapter = pt_text_copy(loaded->adapter, strlen(loaded->adapter)),
		.kind = pt_text_copy(loaded->kind, strlen(loaded->kind)),
		.dtype = pt_text_copy(loaded->dtype, strlen(loaded->dtype)),
		.rank = loaded->rank,
		.n_shape_a = loaded->n_shape_a,
		.n_shape_b = loaded->n_shape_b,
	};
	memcpy(module->shape_a, loaded->shape_a, loaded->n_shape_a * sizeof *module->shape_a);
	memcpy(module->shape_b, loaded->shape_b, loaded->n_shape_b * sizeof *module->shape_b);
	if (!module->name || !module->adapter || !module->kind || !module->dtype ||
		!add_warnings(module, loaded) || pt_module_history_create(&module->history, NULL) != PT_OK) {
		pt_tracked_module_fini(module);
		return out_of_memory(err);
	}
	return PT_OK;
}

/* The first complete checkpoint says which modules the run has. */
pt_status pt_tracked_modules_adopt(
	pt_trajectories *t, const pt_module_list *loaded, const pt_settings *settings, pt_error *err)
{
	if (!pt_array_reserve((void **)&t->modules, &t->module_capacity, loaded->n_modules, sizeof *t->modules))
		return out_of_memory(err);
	for (size_t i = 0; i < loaded->n_modules; i++) {
		pt_status status = module_init(&t->modules[i], &loaded->modules[i], err);
		if (status != PT_OK) {
			while (i-- > 0)
				pt_tracked_module_fini(&t->modules[i]);
			return status;
		}
		t->modules[i].selected =
			pt_module_set_selects(settings->modules, t->modules[i].adapter, t->modules[i].name);
	}
	t->n_modules = loaded->n_modules;
	return PT_OK;
}

static const pt_loaded_module *find_loaded(
	const pt_module_list *loaded, const pt_tracked_module *module, size_t hint)
{
	for (size_t n = 0; n < loaded->n_modules; n++) {
		/* the order is the loader's in both lists: the hint is right but for odd files */
		const pt_loaded_module *candidate = &loaded->modules[(hint + n) % loaded->n_modules];
		if (strcmp(candidate->name, module->name) == 0 && strcmp(candidate->adapter, module->adapter) == 0)
			return candidate;
	}
	return NULL;
}

static bool same_shape(const pt_tracked_module *module, const pt_loaded_module *loaded)
{
	return module->n_shape_a == loaded->n_shape_a && module->n_shape_b == loaded->n_shape_b &&
		   memcmp(module->shape_a, loaded->shape_a, loaded->n_shape_a * sizeof *loaded->shape_a) == 0 &&
		   memcmp(module->shape_b, loaded->shape_b, loaded->n_shape_b * sizeof *loaded->shape_b) == 0;
}

static void shape_text(char *out, size_t capacity, const int64_t *shape, size_t n)
{
	size_t at = 0;
	out[0] = '\0';
	for (size_t i = 0; i < n && at < capacity; i++)
		at += (size_t)snprintf(out + at, capacity - at, "%s%lld", i ? "x" : "", (long long)shape[i]);
}

static pt_status check_module(const pt_tracked_module *module, const pt_loaded_module *loaded, pt_error *err)
{
	if (!loaded)
		return pt_fail(err, PT_ERR_MISSING_PAIR, "", -1, "module %s of the earlier checkpoints is not there",
			module->name);
	if (!same_shape(module, loaded)) {
		char was_a[48], was_b[48], is_a[48], is_b[48];
		shape_text(was_a, sizeof was_a, module->shape_a, module->n_shape_a);
		shape_text(was_b, sizeof was_b, module->shape_b, module->n_shape_b);
		shape_text(is_a, sizeof is_a, loaded->shape_a, loaded->n_shape_a);
		shape_text(is_b, sizeof is_b, loaded->shape_b, loaded->n_shape_b);
		return pt_fail(err, PT_ERR_SHAPE, "", -1, "shape changed: %s%s%s became %s%s%s in %s", was_a,
			*was_b ? " and " : "", was_b, is_a, *is_b ? " and " : "", is_b, module->name);
	}
	if (!loaded->finite_a || !loaded->finite_b)
		return pt_fail(err, PT_ERR_NOT_FINITE, "", -1, "NaN or infinity in %s", module->name);
	return PT_OK;
}

/* Does the checkpoint fit the run? Nothing is changed. */
pt_status pt_tracked_modules_check(const pt_trajectories *t, const pt_module_list *loaded, pt_error *err)
{
	for (size_t i = 0; i < t->n_modules; i++) {
		const pt_tracked_module *module = &t->modules[i];
		pt_status status = check_module(module, find_loaded(loaded, module, i), err);
		if (status != PT_OK)
			return status;
	}
	if (loaded->n_modules > t->n_modules)
		return pt_fail(err, PT_ERR_SHAPE, "", -1, "%zu modules, where the earlier checkpoints have %zu",
			loaded->n_modules, t->n_modules);
	return PT_OK;
}

pt_status pt_module_list_check_finite(const pt_module_list *loaded, pt_error *err)
{
	for (size_t i = 0; i < loaded->n_modules; i++)
		if (!loaded->modules[i].finite_a || !loaded->modules[i].finite_b)
			return pt_fail(err, PT_ERR_NOT_FINITE, "", -1, "NaN or infinity in %s", loaded->modules[i].name);
	return PT_OK;
}

/* Put the values of every module at `index`; undone whole when one fails. */
pt_status pt_tracked_modules_put(
	pt_trajectories *t, size_t index, bool replaces, const pt_module_list *loaded, pt_error *err)
{
	for (size_t i = 0; i < t->n_modules; i++) {
		pt_tracked_module *module = &t->modules[i];
		const pt_loaded_module *found = find_loaded(loaded, module, i);
		pt_module_checkpoint values = values_of(found);
		pt_status status = replaces ? pt_module_history_replace(module->history, index, &values, err)
									: pt_module_history_insert(module->history, index, &values, err);
		if (status == PT_OK && !add_warnings(module, found))
			status = out_of_memory(err);
		if (status != PT_OK) {
			if (!replaces)
				while (i-- > 0)
					if (pt_module_history_remove(t->modules[i].history, index, NULL) != PT_OK)
						break;
			return status;
		}
	}
	return PT_OK;
}
