#include "scan_memory.h"

#include <stdlib.h>
#include <string.h>

scan_memory *scan_memory_create(void)
{
	scan_memory *memory = pt_array_alloc(1, sizeof *memory);
	if (memory)
		memory->is_tree_dirty = memory->is_in_doubt = true;
	return memory;
}

static void free_kept(kept_checkpoint *kept)
{
	pt_free(kept->look);
	pt_free(kept->path);
	pt_free(kept);
}

void scan_memory_destroy(scan_memory *memory)
{
	if (!memory)
		return;
	for (size_t i = 0; i < memory->n_checkpoints; i++)
		free_kept(memory->checkpoints[i]);
	pt_arena_destroy(memory->tree.arena);
	pt_free(memory->tree.logs);
	pt_free(memory->tree.problems);
	pt_free(memory->checkpoints);
	pt_free(memory->chosen);
	pt_free(memory->entries);
	pt_free(memory->logs);
	pt_free(memory->problems);
	pt_free(memory);
}

/* ---- what happened ---- */

void scan_memory_doubt_all(scan_memory *memory)
{
	memory->is_tree_dirty = memory->is_in_doubt = true;
	for (size_t i = 0; i < memory->n_checkpoints; i++)
		memory->checkpoints[i]->is_dirty = true;
}

void scan_memory_touch_files(scan_memory *memory)
{
	for (size_t i = 0; i < memory->n_checkpoints; i++)
		memory->checkpoints[i]->is_dirty |= memory->checkpoints[i]->name.is_file;
}

void scan_memory_touch_unclosed(scan_memory *memory)
{
	if (memory->is_shared_unclosed)
		scan_memory_touch_files(memory);
	memory->is_shared_unclosed = false;
	for (size_t i = 0; i < memory->n_checkpoints; i++) {
		kept_checkpoint *kept = memory->checkpoints[i];
		kept->is_dirty |= kept->is_unclosed || kept->is_other_unclosed;
		kept->is_unclosed = kept->is_other_unclosed = false;
	}
}

void scan_memory_touch(scan_memory *memory, const char *directory, const char *name)
{
	char path[2 * 256];
	checkpoint_name found;
	size_t n_directory = strlen(directory), n_name = strlen(name);
	kept_checkpoint *kept = NULL;
	if (n_directory + n_name + 2 <= sizeof path && checkpoint_name_read(directory, name, &found) == PT_OK) {
		memcpy(path, directory, n_directory);
		if (n_directory > 0)
			path[n_directory++] = '/';
		memcpy(path + n_directory, name, n_name + 1);
		kept = scan_memory_at(memory, path, &found);
	}
	if (kept)
		kept->is_dirty = true;
	else
		memory->is_tree_dirty = true; /* the listing finds it */
}

/* ---- the table of checkpoints ---- */

static int compare_kept(const kept_checkpoint *kept, const char *path, const checkpoint_name *name)
{
	if (kept->name.step != name->step)
		return kept->name.step < name->step ? -1 : 1;
	if (kept->name.row != name->row)
		return kept->name.row < name->row ? -1 : 1;
	return strcmp(kept->path, path);
}

kept_checkpoint *scan_memory_at(scan_memory *memory, const char *path, const checkpoint_name *name)
{
	size_t low = 0, high = memory->n_checkpoints;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_kept(memory->checkpoints[middle], path, name);
		if (order == 0)
			return memory->checkpoints[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (!pt_array_reserve((void **)&memory->checkpoints, &memory->checkpoints_capacity,
			memory->n_checkpoints + 1, sizeof *memory->checkpoints))
		return NULL;
	kept_checkpoint *made = pt_array_alloc(1, sizeof *made);
	char *copy = pt_text_copy(path, strlen(path));
	if (!made || !copy) {
		pt_free(made);
		pt_free(copy);
		return NULL;
	}
	*made = (kept_checkpoint){.path = copy, .name = *name, .is_dirty = true};
	memmove(memory->checkpoints + low + 1, memory->checkpoints + low,
		(memory->n_checkpoints - low) * sizeof *memory->checkpoints);
	memory->checkpoints[low] = made;
	memory->n_checkpoints++;
	return made;
}

bool scan_memory_is_gone(const kept_checkpoint *kept)
{
	return !kept->look && !kept->is_dirty;
}

void scan_memory_drop_gone(scan_memory *memory)
{
	size_t n = 0;
	for (size_t i = 0; i < memory->n_checkpoints; i++) {
		kept_checkpoint *kept = memory->checkpoints[i];
		if (scan_memory_is_gone(kept))
			free_kept(kept);
		else
			memory->checkpoints[n++] = kept;
	}
	memory->n_checkpoints = n;
}

/* ---- the result ---- */

bool scan_memory_add_problem(scan_memory *memory, const pt_error *problem)
{
	if (!pt_array_reserve((void **)&memory->problems, &memory->problems_capacity, memory->n_problems + 1,
			sizeof *memory->problems))
		return false;
	memory->problems[memory->n_problems++] = *problem;
	return true;
}

static bool add_problems(scan_memory *memory, const pt_error *problems, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!scan_memory_add_problem(memory, &problems[i]))
			return false;
	return true;
}

static int compare_logs(const void *a, const void *b)
{
	return strcmp(((const pt_log_file *)a)->path, ((const pt_log_file *)b)->path);
}

static int compare_problems(const void *a, const void *b)
{
	const pt_error *x = a, *y = b;
	int order = strcmp(x->path, y->path);
	return order ? order : strcmp(x->message, y->message);
}

/* The logs of the tree, and trainer_state.json of the newest checkpoint that has one with something in it. */
static bool assemble_logs(scan_memory *memory, size_t n_entries)
{
	size_t n = memory->tree.n_logs;
	if (!pt_array_reserve((void **)&memory->logs, &memory->logs_capacity, n + 1, sizeof *memory->logs))
		return false;
	if (n > 0)
		memcpy(memory->logs, memory->tree.logs, n * sizeof *memory->logs);
	for (size_t i = n_entries; i-- > 0;) {
		const checkpoint_look *look = memory->chosen[i]->look;
		if (look->entry.trainer_state.present && look->entry.trainer_state.size_bytes > 0) {
			memory->logs[n++] = (pt_log_file){PT_LOG_TRAINER_STATE, look->state_path};
			break;
		}
	}
	if (n > 1)
		qsort(memory->logs, n, sizeof *memory->logs, compare_logs);
	memory->scan.n_logs = n;
	return true;
}

/* Looks with something to tell: those with a step to the front of `chosen`, those without behind them. */
static bool sort_out(scan_memory *memory, size_t *n_numbered, size_t *n_unnumbered)
{
	size_t n = 0, n_without = 0, capacity = memory->n_checkpoints;
	for (size_t i = 0; i < memory->n_checkpoints; i++) {
		const kept_checkpoint *kept = memory->checkpoints[i];
		if (!kept->look || !kept->look->has_entry)
			continue;
		if (!kept->name.is_unnumbered)
			memory->chosen[n++] = memory->checkpoints[i];
		else if (kept->look->entry.n_parts > 0)
			memory->chosen[capacity - ++n_without] = memory->checkpoints[i];
	}
	for (size_t i = 0; i < n_without / 2; i++) { /* they were put there from the back */
		kept_checkpoint *swapped = memory->chosen[capacity - n_without + i];
		memory->chosen[capacity - n_without + i] = memory->chosen[capacity - 1 - i];
		memory->chosen[capacity - 1 - i] = swapped;
	}
	/* what keeps a final directory from being read matters where nothing else is there */
	for (size_t i = 0; i < memory->n_checkpoints; i++) {
		const kept_checkpoint *kept = memory->checkpoints[i];
		if (kept->look && (!kept->name.is_unnumbered || n + n_without == 0) &&
			!add_problems(memory, kept->look->problems, kept->look->n_problems))
			return false;
	}
	*n_numbered = n;
	*n_unnumbered = n_without;
	return n + n_without > 0 || add_problems(memory, memory->tree.refused, memory->tree.n_refused);
}

static int64_t next_rescan_ms(const scan_memory *memory)
{
	int64_t rescan_ns = INT64_MAX;
	for (size_t i = 0; i < memory->n_checkpoints; i++) {
		const checkpoint_look *look = memory->checkpoints[i]->look;
		if (look && look->rescan_ns < rescan_ns)
			rescan_ns = look->rescan_ns;
	}
	return rescan_ns == INT64_MAX ? INT64_MAX : rescan_ns / 1000000 + 1;
}

bool scan_memory_assemble(scan_memory *memory)
{
	size_t n, n_unnumbered, capacity = memory->n_checkpoints;
	pt_step_unit unit = PT_UNIT_STEP;
	memory->n_problems = 0;
	if (!pt_array_reserve(
			(void **)&memory->chosen, &memory->chosen_capacity, capacity, sizeof *memory->chosen) ||
		!pt_array_reserve(
			(void **)&memory->entries, &memory->entries_capacity, capacity, sizeof *memory->entries) ||
		!add_problems(memory, memory->tree.problems, memory->tree.n_problems) ||
		!sort_out(memory, &n, &n_unnumbered) || !scan_memory_choose(memory, &n, &unit) ||
		!assemble_logs(memory, n))
		return false;
	for (size_t i = 0; i < n; i++)
		memory->entries[i] = memory->chosen[i]->look->entry;
	for (size_t i = 0; i < n_unnumbered; i++)
		memory->entries[n + i] = memory->chosen[capacity - n_unnumbered + i]->look->entry;
	if (memory->n_problems > 1)
		qsort(memory->problems, memory->n_problems, sizeof *memory->problems, compare_problems);
	memory->scan = (pt_scan){
		.n_entries = n,
		.entries = memory->entries,
		.unit = unit,
		.n_unnumbered = n_unnumbered,
		.unnumbered = memory->entries ? memory->entries + n : NULL,
		.n_logs = memory->scan.n_logs,
		.logs = memory->logs,
		.n_problems = memory->n_problems,
		.problems = memory->problems,
		.rescan_wall_ms = next_rescan_ms(memory),
	};
	return true;
}
