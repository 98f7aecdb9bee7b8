#include "run_private.h"

#include <stdio.h>
#include <string.h>

#include "phasetop/base/alloc.h"

enum { SETTLE_MS = PT_SCAN_SETTLE_MS, RETRY_MS = 200 };

pt_status pt_run_out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for a run");
}

pt_status pt_run_init(pt_run *run, const char *name, const char *path, pt_error *err)
{
	*run = (pt_run){
		.name = pt_text_copy(name, strlen(name)),
		.path = pt_text_copy(path, strlen(path)),
		.dirty = true,
		.polling_why = "",
		.rescan_wall_ms = INT64_MAX,
	};
	pt_trajectories_init(&run->trajectories);
	pt_run_logs_init(&run->logs);
	pt_status status =
		run->name && run->path ? pt_checkpoint_reader_create(&run->reader, err) : pt_run_out_of_memory(err);
	if (status != PT_OK)
		pt_run_fini(run);
	return status;
}

static void forget_skipped(pt_seen_checkpoint *seen)
{
	for (size_t i = 0; i < seen->n_skipped_examples; i++)
		pt_free(seen->skipped_examples[i]);
	seen->n_skipped_examples = 0;
	seen->n_skipped = 0;
}

static void seen_fini(pt_seen_checkpoint *seen)
{
	pt_free(seen->directory);
	pt_free(seen->path);
	pt_free(seen->why);
	pt_problem_list_fini(&seen->problems);
	forget_skipped(seen);
}

void pt_run_fini(pt_run *run)
{
	for (size_t i = 0; i < run->n_seen; i++)
		seen_fini(&run->seen[i]);
	pt_free(run->seen);
	pt_free(run->seams);
	pt_free(run->name);
	pt_free(run->path);
	pt_checkpoint_reader_destroy(run->reader);
	pt_trajectories_fini(&run->trajectories);
	pt_run_logs_fini(&run->logs);
	pt_problem_list_fini(&run->scan_problems);
	pt_problem_list_fini(&run->notices);
	*run = (pt_run){0};
}

/* --- what was seen of a step ------------------------------------------------------------------------ */

pt_status pt_run_seen_from(pt_run *run, int64_t step, size_t *at, pt_seen_checkpoint **out, pt_error *err)
{
	while (*at < run->n_seen && run->seen[*at].step < step)
		++*at;
	if (*at == run->n_seen || run->seen[*at].step != step) {
		if (!pt_array_reserve((void **)&run->seen, &run->seen_capacity, run->n_seen + 1, sizeof *run->seen))
			return pt_run_out_of_memory(err);
		memmove(run->seen + *at + 1, run->seen + *at, (run->n_seen - *at) * sizeof *run->seen);
		run->n_seen++;
		run->seen[*at] = (pt_seen_checkpoint){
			.step = step, .retry_wall_ms = INT64_MAX, .max_steps = PT_LOG_NO_STEP};
	}
	*out = &run->seen[*at];
	return PT_OK;
}

void pt_run_drop_seen(pt_run *run, size_t at)
{
	seen_fini(&run->seen[at]);
	memmove(run->seen + at, run->seen + at + 1, (run->n_seen - at - 1) * sizeof *run->seen);
	run->n_seen--;
}

pt_status pt_run_set_text(char **text, const char *value, pt_error *err)
{
	char *copy = pt_text_copy(value, strlen(value));
	if (!copy)
		return pt_run_out_of_memory(err);
	pt_free(*text);
	*text = copy;
	return PT_OK;
}

pt_status pt_run_wait_for(
	pt_seen_checkpoint *seen, const char *path, const char *why, int64_t retry_wall_ms, pt_error *err)
{
	pt_status status = pt_run_set_text(&seen->path, path, err);
	if (status == PT_OK)
		status = pt_run_set_text(&seen->why, why, err);
	seen->progress = PT_FILE_WAITING;
	seen->retry_wall_ms = retry_wall_ms;
	return status;
}

/* Paths are told relative to the run directory. */
static const char *relative(const pt_run *run, const char *path)
{
	size_t n = strlen(run->path);
	if (strncmp(path, run->path, n) != 0)
		return path;
	path += n;
	while (*path == '/')
		path++;
	return path;
}

/* --- reading one checkpoint ------------------------------------------------------------------------- */

/* The adapters of one checkpoint, each loaded, and their modules in one list. */
typedef struct loaded_parts {
	size_t n;
	pt_checkpoint **parts;
	pt_loaded_module *modules; /* shallow copies */
	pt_module_list list;
} loaded_parts;

static void parts_fini(loaded_parts *loaded)
{
	for (size_t i = 0; i < loaded->n; i++)
		pt_checkpoint_destroy(loaded->parts[i]);
	pt_free(loaded->parts);
	pt_free(loaded->modules);
}

/* An adapter that its file does not name has the name of its part; tensors as they are need one only where there are
   several parts, for names to differ. */
static void name_adapter(pt_loaded_module *module, const char *part, size_t n_parts)
{
	bool is_named = strcmp(module->adapter, "default") != 0 && module->adapter[0] != '\0';
	if (!is_named && part[0] != '\0' && (module->b || n_parts > 1))
		module->adapter = part;
}

static pt_status join_modules(loaded_parts *loaded, const pt_checkpoint_entry *entry, pt_error *err)
{
	size_t n = 0;
	for (size_t i = 0; i < loaded->n; i++)
		n += loaded->parts[i]->n_modules;
	loaded->modules = pt_array_alloc(n, sizeof *loaded->modules);
	if (!loaded->modules)
		return pt_run_out_of_memory(err);
	size_t at = 0;
	for (size_t i = 0; i < loaded->n; i++)
		for (size_t m = 0; m < loaded->parts[i]->n_modules; m++) {
			loaded->modules[at] = loaded->parts[i]->modules[m];
			name_adapter(&loaded->modules[at++], entry->parts[i].adapter, loaded->n);
		}
	loaded->list = (pt_module_list){.n_modules = n, .modules = loaded->modules};
	return PT_OK;
}

/* A path in the run directory made one of the process; NULL stays NULL. */
static pt_status full_path(
	const pt_run *run, const char *path, char *out, size_t capacity, const char **full, pt_error *err)
{
	*full = NULL;
	if (!path)
		return PT_OK;
	int n = snprintf(out, capacity, "%s/%s", run->path, path);
	if (n < 0 || (size_t)n >= capacity)
		return pt_fail(err, PT_ERR_LIMIT, path, -1, "path too long");
	*full = out;
	return PT_OK;
}

static pt_status load_parts(const pt_run *run, const pt_checkpoint_entry *entry, const atomic_bool *cancel,
	loaded_parts *loaded, pt_error *err)
{
	loaded->parts = pt_array_alloc(entry->n_parts, sizeof *loaded->parts);
	if (!loaded->parts)
		return pt_run_out_of_memory(err);
	for (size_t i = 0; i < entry->n_parts; i++) {
		char paths[2][4096];
		const char *weights, *config;
		const pt_checkpoint_part *part = &entry->parts[i];
		pt_status status = full_path(run, part->weights, paths[0], sizeof paths[0], &weights, err);
		if (status == PT_OK)
			status = full_path(run, part->config, paths[1], sizeof paths[1], &config, err);
		if (status == PT_OK)
			status = pt_checkpoint_load(weights, config, run->reader, cancel, &loaded->parts[i], err);
		if (status != PT_OK)
			return status;
		loaded->n = i + 1;
	}
	return join_modules(loaded, entry, err);
}

static pt_status keep_load_problems(
	const pt_run *run, pt_seen_checkpoint *seen, const loaded_parts *loaded, pt_error *err)
{
	for (size_t i = 0; i < loaded->n; i++) {
		const pt_checkpoint *part = loaded->parts[i];
		for (size_t p = 0; p < part->n_problems; p++) {
			const pt_load_problem *problem = &part->problems[p];
			pt_status status = pt_problem_list_add(&seen->problems, problem->code,
				relative(run, problem->path), problem->offset, problem->message, err);
			if (status != PT_OK)
				return status;
		}
		for (size_t s = 0; s < part->n_skipped_examples && seen->n_skipped_examples < PT_SKIPPED_EXAMPLES;
			 s++) {
			char *copy = pt_text_copy(part->skipped_examples[s], strlen(part->skipped_examples[s]));
			if (!copy)
				return pt_run_out_of_memory(err);
			seen->skipped_examples[seen->n_skipped_examples++] = copy;
		}
		seen->n_skipped += part->n_skipped_tensors;
	}
	return PT_OK;
}

/* Was this told already as a problem of the load itself (with its path and offset)? */
static bool has_problem(const pt_seen_checkpoint *seen, pt_status code)
{
	for (size_t i = 0; i < seen->problems.n; i++)
		if (seen->problems.items[i].code == code)
			return true;
	return false;
}

/* What tells one content of a checkpoint from another, once it is taken in: the norms of all its modules. */
static uint64_t content_of(const pt_trajectories *t, int64_t step)
{
	ptrdiff_t at = pt_trajectories_complete_index(t, step);
	uint64_t hash = UINT64_C(14695981039346656037);
	for (size_t i = 0; at >= 0 && i < t->n_modules; i++)
		for (int m = 0; m < PT_N_TRAJECTORIES; m++) {
			uint64_t bits = 0;
			if (pt_module_history_has(t->modules[i].history, (pt_trajectory)m)) {
				double norm = pt_module_history_norms(t->modules[i].history, (pt_trajectory)m)[at];
				memcpy(&bits, &norm, sizeof bits);
			}
			hash = (hash ^ bits) * UINT64_C(1099511628211);
		}
	return hash;
}

static pt_status take_in(pt_run *run, pt_seen_checkpoint *seen, const pt_checkpoint_entry *entry,
	const loaded_parts *loaded, const pt_run_context *context, pt_error *err)
{
	pt_status status = keep_load_problems(run, seen, loaded, err);
	if (status != PT_OK)
		return status;
	pt_error misfit = {0};
	uint64_t before = content_of(&run->trajectories, entry->step);
	status =
		loaded->list.n_modules > 0
			? pt_trajectories_put(&run->trajectories, entry->step, &loaded->list, context->settings, &misfit)
			: pt_trajectories_put_incomplete(&run->trajectories, entry->step, &misfit);
	if (status == PT_ERR_MEMORY)
		return pt_run_out_of_memory(err);
	if (seen->has_results && before != content_of(&run->trajectories, entry->step)) {
		seen->n_rewrites++;
		run->n_rewrites++;
	}
	seen->progress = PT_FILE_READ;
	seen->has_results = true;
	seen->is_kept = false;
	seen->read_ns = entry->written_ns;
	if (status == PT_OK || has_problem(seen, status))
		return PT_OK;
	return pt_problem_list_add(&seen->problems, status, entry->parts[0].weights, -1, misfit.message, err);
}

/* A failure that a writer at work explains; it is told as a problem only when the file has settled. */
static bool may_be_in_flight(pt_status status)
{
	return status == PT_ERR_TRUNCATED || status == PT_ERR_GROWING || status == PT_ERR_ZERO_FILLED ||
		   status == PT_ERR_EMPTY || status == PT_ERR_NOT_FOUND || status == PT_ERR_JSON;
}

static int64_t youngest_change_ms(const pt_checkpoint_entry *entry)
{
	int64_t youngest_ns = 0;
	for (size_t i = 0; i < entry->n_parts; i++) {
		int64_t weights_ns = pt_file_identity_changed_ns(&entry->parts[i].weights_identity);
		int64_t config_ns = pt_file_identity_changed_ns(&entry->parts[i].config_identity);
		if (weights_ns > youngest_ns)
			youngest_ns = weights_ns;
		if (entry->parts[i].config_identity.present && config_ns > youngest_ns)
			youngest_ns = config_ns;
	}
	return youngest_ns / 1000000;
}

static pt_status load_failed(const pt_run *run, pt_seen_checkpoint *seen, const pt_checkpoint_entry *entry,
	const pt_error *why, const pt_run_context *context, pt_error *err)
{
	const char *path = why->path[0] ? relative(run, why->path) : entry->parts[0].weights;
	seen->is_kept = seen->has_results;
	if (seen->has_results && why->code == PT_ERR_NOT_FOUND) {
		seen->on_disk = false; /* shards are deleted one by one, the index last */
		seen->progress = PT_FILE_FAILED;
		return PT_OK;
	}
	if (why->code == PT_ERR_CHANGED)
		return pt_run_wait_for(seen, path, why->message, context->now_wall_ms + RETRY_MS, err);
	int64_t settled_ms = youngest_change_ms(entry) + SETTLE_MS;
	if (may_be_in_flight(why->code) && context->now_wall_ms < settled_ms)
		return pt_run_wait_for(seen, path, "still being written", settled_ms, err);
	seen->progress = PT_FILE_FAILED;
	return pt_problem_list_add(&seen->problems, why->code, path, why->offset, why->message, err);
}

/* A config that does not parse and is young is half of one: PEFT writes it in place. NULL: none is. */
static const pt_load_problem *half_written_config(
	const pt_checkpoint_entry *entry, const loaded_parts *loaded, int64_t now_wall_ms, int64_t *settled_ms)
{
	for (size_t i = 0; i < loaded->n; i++) {
		const pt_file_identity *config = &entry->parts[i].config_identity;
		*settled_ms = pt_file_identity_changed_ns(config) / 1000000 + SETTLE_MS;
		if (!config->present || now_wall_ms >= *settled_ms)
			continue;
		for (size_t p = 0; p < loaded->parts[i]->n_problems; p++) {
			const pt_load_problem *problem = &loaded->parts[i]->problems[p];
			const char *slash = strrchr(problem->path, '/');
			if (slash && strcmp(slash + 1, "adapter_config.json") == 0 && may_be_in_flight(problem->code))
				return problem;
		}
	}
	return NULL;
}

static pt_status take_or_wait(pt_run *run, pt_seen_checkpoint *seen, const pt_checkpoint_entry *entry,
	const loaded_parts *loaded, const pt_run_context *context, pt_error *err)
{
	int64_t settled_ms;
	const pt_load_problem *half = half_written_config(entry, loaded, context->now_wall_ms, &settled_ms);
	if (!half)
		return take_in(run, seen, entry, loaded, context, err);
	seen->is_kept = seen->has_results;
	return pt_run_wait_for(seen, relative(run, half->path), "still being written", settled_ms, err);
}

pt_status pt_run_read_checkpoint(pt_run *run, pt_seen_checkpoint *seen, const pt_checkpoint_entry *entry,
	const pt_run_context *context, pt_error *err)
{
	pt_error failure = {0};
	loaded_parts loaded = {0};
	pt_problem_list_clear(&seen->problems);
	forget_skipped(seen);
	seen->retry_wall_ms = INT64_MAX;
	pt_status status = load_parts(run, entry, context->cancel, &loaded, &failure);
	if (status == PT_OK)
		status = take_or_wait(run, seen, entry, &loaded, context, err);
	else if (status == PT_ERR_MEMORY || status == PT_ERR_CANCELLED)
		status = pt_fail(err, status, failure.path, failure.offset, "%s", failure.message);
	else
		status = load_failed(run, seen, entry, &failure, context, err);
	parts_fini(&loaded);
	return status;
}
