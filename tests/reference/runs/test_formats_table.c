/*
 * Every folder of files written by the real libraries, against the numbers those libraries give
 * (expected.json tells the versions): norms, scalings and Grams to 1e-9, formats without LoRA named, folders
 * about logs and the life of a run as valid documents. What rule holds is told by what the expectation holds;
 * a folder without a rule fails.
 */
#include "formats_fixture.h"

#include "../../unit/runio/loaded_values.h"
#include "phasetop/numeric/blas.h"

/* The pattern of a path with its {step} put in. */
static void path_at(const char *pattern, const char *step, char *out, size_t capacity)
{
	const char *brace = strstr(pattern, "{step}");
	if (brace)
		snprintf(out, capacity, "%.*s%s%s", (int)(brace - pattern), pattern, step, brace + strlen("{step}"));
	else
		snprintf(out, capacity, "%s", pattern);
}

/* ---- LoRA ------------------------------------------------------------------------------------------- */

static void agree_module(
	folder *f, const pt_loaded_module *m, const pt_module_history *history, const cJSON *expected)
{
	agree(f, "scaling", m->scaling, member(expected, "scaling"));
	agree(f, "rank", (double)m->rank, member(expected, "r"));
	if (maybe(expected, "norm_A")) {
		agree(f, "norm of A", norm_now(history, PT_TRAJECTORY_A), member(expected, "norm_A"));
		agree(f, "norm of B", norm_now(history, PT_TRAJECTORY_B), member(expected, "norm_B"));
	}
	if (maybe(expected, "norm_dW"))
		agree(f, "norm of dW", norm_now(history, PT_TRAJECTORY_DW), member(expected, "norm_dW"));
}

/*
 * One module over all checkpoints of an adapter. `path`, `modules` of a checkpoint and `between` are as in
 * expected.json.
 */
static void check_module(
	folder *f, const char *path, const cJSON *checkpoints, const char *name, const cJSON *between)
{
	pt_module_history *history;
	size_t n = 0;
	assert_int_equal(pt_module_history_create(&history, NULL), PT_OK);
	for (const cJSON *c = checkpoints->child; c; c = c->next) {
		char below[PATH_BYTES];
		path_at(path, c->string, below, sizeof below);
		pt_checkpoint *checkpoint = load_weights(f, below);
		const cJSON *expected = maybe(maybe(c, "modules") ? member(c, "modules") : c, name);
		const pt_loaded_module *m = checkpoint ? module_of(checkpoint, name) : NULL;
		if (m && expected) {
			follow(history, m);
			agree_module(f, m, history, expected);
			n++;
		} else {
			object_to(f, "%s: no module %s", below, name);
		}
		pt_checkpoint_destroy(checkpoint);
	}
	for (int t = PT_TRAJECTORY_A; t <= PT_TRAJECTORY_DW && between && n > 1; t++)
		agree_grams(f, history, (pt_trajectory)t, between);
	pt_module_history_destroy(history);
}

static const cJSON *modules_of(const cJSON *checkpoint)
{
	const cJSON *modules = maybe(checkpoint, "modules");
	return modules ? modules : checkpoint;
}

/* Nothing beside what is expected; tensors that are no LoRA are counted. */
static void check_counts(folder *f, const char *path, const cJSON *checkpoints)
{
	for (const cJSON *c = checkpoints->child; c; c = c->next) {
		char below[PATH_BYTES];
		path_at(path, c->string, below, sizeof below);
		pt_checkpoint *checkpoint = load_weights(f, below);
		if (!checkpoint)
			continue;
		if ((int)checkpoint->n_modules != cJSON_GetArraySize(modules_of(c)))
			object_to(f, "%s: %zu modules", below, checkpoint->n_modules);
		const cJSON *rest = maybe(c, "non_lora");
		if (rest && (int)checkpoint->n_skipped_tensors != cJSON_GetArraySize(rest))
			object_to(f, "%s: %zu tensors passed over", below, checkpoint->n_skipped_tensors);
		for (size_t i = 0; i < checkpoint->n_problems; i++)
			object_to(f, "%s: %s", below, checkpoint->problems[i].message);
		pt_checkpoint_destroy(checkpoint);
	}
}

static void check_adapter(folder *f, const char *path, const cJSON *checkpoints, const cJSON *between)
{
	check_counts(f, path, checkpoints);
	for (const cJSON *m = modules_of(checkpoints->child)->child; m; m = m->next)
		check_module(f, path, checkpoints, m->string, between ? maybe(between, m->string) : NULL);
	say(f, "LoRA", (size_t)cJSON_GetArraySize(modules_of(checkpoints->child)), "modules");
}

/* The program's own norms, module by module. */
static void check_reported_norms(folder *f, const cJSON *adapters)
{
	char options[] = "";
	cJSON *report = report_of(f->path, options);
	const cJSON *norms = member(only_run(report), "norms");
	for (const cJSON *item = member(norms, "by_module")->child; item; item = item->next) {
		const cJSON *adapter = maybe(adapters, member(item, "adapter")->valuestring);
		if (!adapter) {
			object_to(f, "an adapter %s is reported", member(item, "adapter")->valuestring);
			continue;
		}
		const cJSON *c = member(adapter, "checkpoints")->child;
		const cJSON *a = member(item, "A")->child, *b = member(item, "B")->child;
		for (; c && a && b; c = c->next, a = a->next, b = b->next) {
			const cJSON *expected = member(member(c, "modules"), member(item, "module")->valuestring);
			agree(f, "reported norm of A", a->valuedouble, member(expected, "norm_A"));
			agree(f, "reported norm of B", b->valuedouble, member(expected, "norm_B"));
		}
		if (c || a || b)
			object_to(f, "another number of checkpoints is reported");
	}
	cJSON_Delete(report);
}

static void lora(folder *f, const cJSON *expected)
{
	const cJSON *adapters = member(expected, "adapters");
	for (const cJSON *a = adapters->child; a; a = a->next)
		check_adapter(f, member(a, "path")->valuestring, member(a, "checkpoints"), maybe(a, "between"));
	check_reported_norms(f, adapters);
}

/* ---- diffusers, kohya ------------------------------------------------------------------------------- */

/* kohya's form of the same weights: its .alpha is the rank, so the trained scaling is lost and s = 1. */
static void check_kohya(folder *f, const cJSON *checkpoint)
{
	char below[PATH_BYTES];
	size_t n = 0;
	snprintf(below, sizeof below, "kohya/tiny-step%08d.safetensors", atoi(checkpoint->string));
	pt_checkpoint *loaded = load_weights(f, below);
	if (!loaded)
		return;
	for (const cJSON *m = member(checkpoint, "kohya_dW_norm")->child; m; m = m->next, n++) {
		const pt_loaded_module *ours = module_of(loaded, m->string);
		pt_module_history *history;
		if (!ours) {
			object_to(f, "%s: no module %s", below, m->string);
			continue;
		}
		assert_int_equal(pt_module_history_create(&history, NULL), PT_OK);
		follow(history, ours);
		agree(f, "kohya's norm of dW", norm_now(history, PT_TRAJECTORY_DW), m);
		if (ours->scaling != 1)
			object_to(f, "%s: scaling %g", m->string, ours->scaling);
		pt_module_history_destroy(history);
	}
	if (n != loaded->n_modules || loaded->n_problems > 0)
		object_to(f, "%s: %zu modules, %zu problems", below, loaded->n_modules, loaded->n_problems);
	pt_checkpoint_destroy(loaded);
}

static void diffusers(folder *f, const cJSON *expected)
{
	const cJSON *checkpoints = member(expected, "checkpoints");
	check_adapter(
		f, "checkpoint-{step}/pytorch_lora_weights.safetensors", checkpoints, member(expected, "between"));
	for (const cJSON *c = checkpoints->child; c; c = c->next)
		check_kohya(f, c);
}

/* One of the older names: "….to_q_lora", "….to_q.lora" and so on, the end being of the scheme. */
static const pt_loaded_module *module_that_begins(const pt_checkpoint *checkpoint, const char *name)
{
	for (size_t i = 0; i < checkpoint->n_modules; i++) {
		const pt_loaded_module *m = &checkpoint->modules[i];
		size_t n = strlen(m->name);
		if (strncmp(m->name, name, n) == 0 && (name[n] == '\0' || strncmp(name + n + 1, "lora", 4) == 0))
			return m;
	}
	return NULL;
}

static void check_old_module(folder *f, const pt_loaded_module *m, const cJSON *expected)
{
	static const struct {
		const char *key;
		pt_trajectory of;
	} norms[] = {{"norm_down", PT_TRAJECTORY_A}, {"norm_up", PT_TRAJECTORY_B}, {"norm_dW", PT_TRAJECTORY_DW},
		{"norm_dW_scaling_1", PT_TRAJECTORY_DW}};
	pt_module_history *history;
	assert_int_equal(pt_module_history_create(&history, NULL), PT_OK);
	follow(history, m);
	for (size_t i = 0; i < sizeof norms / sizeof norms[0]; i++)
		if (maybe(expected, norms[i].key))
			agree(f, norms[i].key, norm_now(history, norms[i].of), member(expected, norms[i].key));
	agree(f, "rank", (double)m->rank, member(expected, "r"));
	if (maybe(expected, "scaling"))
		agree(f, "scaling", m->scaling, member(expected, "scaling"));
	else if (m->scaling != 1)
		object_to(f, "%s: scaling %g", m->name, m->scaling);
	pt_module_history_destroy(history);
}

static void old_names(folder *f, const cJSON *expected)
{
	size_t n = 0;
	for (const cJSON *file = member(expected, "files")->child; file; file = file->next) {
		pt_checkpoint *checkpoint = load_weights(f, file->string);
		if (!checkpoint)
			continue;
		if (cJSON_IsString(file)) { /* "… not LoRA, to be named" */
			bool is_named = checkpoint->n_problems == 1 && checkpoint->problems[0].code == PT_ERR_NOT_LORA;
			if (!is_named || checkpoint->kind != PT_CHECKPOINT_FULL)
				object_to(f, "%s is not named", file->string);
		}
		for (const cJSON *m = cJSON_IsObject(file) ? file->child : NULL; m; m = m->next, n++) {
			const pt_loaded_module *ours = module_that_begins(checkpoint, m->string);
			if (ours)
				check_old_module(f, ours, m);
			else
				object_to(f, "%s: no module %s", file->string, m->string);
		}
		pt_checkpoint_destroy(checkpoint);
	}
	say(f, "LoRA", n, "modules");
}

/* ---- torchtune, accelerate, a config that misleads -------------------------------------------------- */

/* Names differ from torchtune's own, and B of q and k is permuted: norms are the same. */
static void torchtune(folder *f, const cJSON *expected)
{
	for (const cJSON *epoch = member(expected, "tune_state_by_epoch")->child; epoch; epoch = epoch->next) {
		char below[64];
		snprintf(below, sizeof below, "epoch_%s/adapter_model.safetensors", epoch->string);
		pt_checkpoint *checkpoint = load_weights(f, below);
		for (const cJSON *m = epoch->child; m && checkpoint; m = m->next) {
			int layer;
			char projection[32], name[96];
			assert_int_equal(sscanf(m->string, "layers.%d.attn.%31s", &layer, projection), 2);
			snprintf(name, sizeof name, "model.layers.%d.self_attn.%s", layer, projection);
			const pt_loaded_module *ours = module_of(checkpoint, name);
			pt_module_history *history;
			if (!ours) {
				object_to(f, "%s: no module %s", below, name);
				continue;
			}
			assert_int_equal(pt_module_history_create(&history, NULL), PT_OK);
			follow(history, ours);
			agree(f, "norm of A", norm_now(history, PT_TRAJECTORY_A), member(m, "norm_A"));
			agree(f, "norm of B", norm_now(history, PT_TRAJECTORY_B), member(m, "norm_B"));
			agree(f, "scaling", ours->scaling, member(m, "scaling"));
			pt_module_history_destroy(history);
		}
		if (checkpoint)
			say(f, "LoRA", checkpoint->n_modules, "modules");
		pt_checkpoint_destroy(checkpoint);
	}
}

/* The module whose matrix A or B a tensor is; NULL: a tensor that is none. */
static const pt_loaded_module *module_of_tensor(
	const pt_checkpoint *checkpoint, const char *tensor, bool *is_a)
{
	char name[256];
	const char *matrix = strstr(tensor, ".lora_");
	if (!matrix)
		return NULL;
	*is_a = matrix[strlen(".lora_")] == 'A';
	snprintf(name, sizeof name, "%.*s", (int)(matrix - tensor), tensor);
	return module_of(checkpoint, name + strlen("base_model.model."));
}

static void check_tensors(folder *f, const pt_checkpoint *checkpoint, const cJSON *tensors)
{
	size_t n_other = 0;
	for (const cJSON *t = tensors->child; t; t = t->next) {
		bool is_a;
		const pt_loaded_module *m = module_of_tensor(checkpoint, t->string, &is_a);
		if (m)
			agree(f, t->string,
				is_a ? norm_of(m, m->a, m->a_rows * m->a_cols) : norm_of(m, m->b, m->b_rows * m->b_cols),
				member(t, "norm"));
		else
			n_other++;
	}
	if (checkpoint->kind != PT_CHECKPOINT_ADAPTER || n_other != checkpoint->n_skipped_tensors)
		object_to(f, "%zu tensors passed over, should be %zu", checkpoint->n_skipped_tensors, n_other);
}

/* Whole models with LoRA names among base weights, and adapters. */
static void tensors_by_file(folder *f, const cJSON *expected)
{
	for (const cJSON *file = member(expected, "tensors")->child; file; file = file->next) {
		pt_checkpoint *checkpoint = load_weights(f, file->string);
		if (!checkpoint)
			continue;
		check_tensors(f, checkpoint, file);
		bool has_config = strstr(file->string, "adapter_model") != NULL;
		if (isnan(checkpoint->modules[0].scaling) == has_config)
			object_to(f, "%s: scaling %g", file->string, checkpoint->modules[0].scaling);
		say(f, "", checkpoint->n_modules, "modules");
		pt_checkpoint_destroy(checkpoint);
	}
}

/* The config says another rank than the tensors: the tensors count, and the module says so. */
static void rank_trap(folder *f, const cJSON *expected)
{
	for (const cJSON *c = member(expected, "tensors")->child; c; c = c->next) {
		char below[96];
		size_t n_warned = 0;
		snprintf(below, sizeof below, "checkpoint-%s/adapter_model.safetensors", c->string);
		pt_checkpoint *checkpoint = load_weights(f, below);
		if (!checkpoint)
			continue;
		check_tensors(f, checkpoint, c);
		for (const cJSON *m = member(expected, "modules_at_training")->child; m; m = m->next) {
			const pt_loaded_module *ours = module_of(checkpoint, m->string);
			assert_non_null(ours);
			agree(f, "rank", (double)ours->rank, member(m, "r"));
			agree(f, "scaling", ours->scaling, member(m, "scaling"));
			n_warned += ours->n_warnings;
		}
		if (n_warned == 0)
			object_to(f, "%s: no warning", below);
		say(f, "LoRA", checkpoint->n_modules, "modules");
		pt_checkpoint_destroy(checkpoint);
	}
}

/* ---- no LoRA ---------------------------------------------------------------------------------------- */

/* Each tensor that is watched has the norm that is expected; the method's name is said. */
static void check_method(folder *f, const char *below, const cJSON *method)
{
	pt_checkpoint *checkpoint = load_weights(f, below);
	if (!checkpoint)
		return;
	for (size_t i = 0; i < checkpoint->n_modules; i++) {
		const pt_loaded_module *m = &checkpoint->modules[i];
		const cJSON *tensor = maybe(member(method, "tensors"), m->name);
		if (strcmp(m->kind, "full") != 0 || m->b)
			object_to(f, "%s: %s is a LoRA module", below, m->name);
		if (tensor)
			agree(f, m->name, norm_of(m, m->a, m->a_cols), member(tensor, "norm"));
	}
	if (checkpoint->n_modules == 0 || checkpoint->n_problems != 1 ||
		checkpoint->problems[0].code != PT_ERR_NOT_LORA)
		object_to(f, "%s is not named", below);
	pt_checkpoint_destroy(checkpoint);
}

static void other_methods(folder *f, const cJSON *expected)
{
	size_t n = 0;
	for (const cJSON *m = member(expected, "methods")->child; m; m = m->next) {
		for (int step = 4; step <= 8; step += 4) {
			char below[128], path[PATH_BYTES + 128];
			snprintf(below, sizeof below, "%s/checkpoint-%d/adapter_model.safetensors", m->string, step);
			snprintf(path, sizeof path, "%s/%s", f->path, below);
			if (access(path, R_OK) != 0)
				continue;
			check_method(f, below, m);
			n++;
		}
	}
	if ((int)n < cJSON_GetArraySize(member(expected, "methods")))
		object_to(f, "%zu methods", n);
	say(f, "no LoRA:", n, "methods");
}

/* All tensors of a network in one vector. */
static void network(folder *f, const cJSON *expected)
{
	char options[] = "";
	cJSON *report = report_of(f->path, options);
	const cJSON *run = only_run(report), *norms = member(run, "norms");
	const cJSON *gram = member(expected, "gram_all"), *w = member(norms, "W")->child;
	const cJSON *increments = member(expected, "increment_gram_all");
	const cJSON *lengths = member(member(norms, "step_length"), "W")->child;
	int n = cJSON_GetArraySize(gram);
	assert_int_equal(cJSON_GetArraySize(member(norms, "W")), n);
	for (int i = 0; i < n; i++, w = w->next, lengths = lengths->next) {
		cJSON *norm =
			cJSON_CreateNumber(sqrt(cJSON_GetArrayItem(cJSON_GetArrayItem(gram, i), i)->valuedouble));
		agree(f, "norm of W", w->valuedouble, norm);
		cJSON_Delete(norm);
		if (i == 0)
			continue;
		norm = cJSON_CreateNumber(
			sqrt(cJSON_GetArrayItem(cJSON_GetArrayItem(increments, i - 1), i - 1)->valuedouble));
		agree(f, "step of W", lengths->valuedouble, norm);
		cJSON_Delete(norm);
	}
	say(f, "network,", (size_t)cJSON_GetArraySize(member(run, "modules")), "tensors");
	cJSON_Delete(report);
}

/* ---- the table -------------------------------------------------------------------------------------- */

/* The first key that an expectation has tells the rule; NULL: other tests look into it, here it is a
 * document. */
static const struct {
	const char *key;
	void (*check)(folder *, const cJSON *);
} rules[] = {
	{"adapters", lora}, {"between", diffusers}, {"tune_state_by_epoch", torchtune},
	{"modules_at_training", rank_trap}, {"tensors", tensors_by_file}, {"methods", other_methods},
	{"gram_all", network}, {"states", NULL}, /* trainer_state.json, and the life of a run */
	{"files_left_on_disk", NULL},            /* saves that were killed */
	{"decoded", NULL},                       /* W&B */
	{"tb", NULL},                            /* Lightning */
	{"rows", NULL},                          /* LLaMA-Factory */
	{"probe_steps", NULL},                   /* plain scripts */
	{"cases", NULL},                         /* event files that were cut */
	{"first_row", NULL},                     /* TRL */
};

static bool is_of_event_files(const cJSON *expected)
{
	const cJSON *files = maybe(expected, "files"), *first = files ? files->child : NULL;
	return first && first->string && strstr(first->string, "events.out.tfevents");
}

static bool is_of_old_names(const cJSON *expected)
{
	const cJSON *files = maybe(expected, "files"), *first = files ? files->child : NULL;
	return first && first->child && cJSON_IsObject(first->child) && maybe(first->child, "norm_down");
}

static void test_folder(void **state)
{
	folder *f = *state;
	cJSON *expected = reference_of(f->path, "expected.json");
	bool is_known = !expected && strcmp(f->name, "save_traces") == 0; /* text */
	if (expected && is_of_old_names(expected)) {
		old_names(f, expected);
		is_known = true;
	}
	for (size_t i = 0; expected && !is_known && i < sizeof rules / sizeof rules[0]; i++) {
		if (!maybe(expected, rules[i].key))
			continue;
		if (rules[i].check)
			rules[i].check(f, expected);
		is_known = true;
	}
	is_known |= expected && is_of_event_files(expected);
	if (!is_known)
		object_to(f, "no rule for what is expected of it");
	check_document(f);
	cJSON_Delete(expected);
	report_folder(f);
}

int main(void)
{
	pt_blas_init();
	if (!add_folders("formats", test_folder)) {
		printf("SKIP the table of formats: ../shared is absent\n");
		return 0;
	}
	return _cmocka_run_group_tests("formats", tests, n_tests, NULL, NULL);
}
