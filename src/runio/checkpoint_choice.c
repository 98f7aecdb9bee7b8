#include "scan_memory.h"

#include <stdlib.h>
#include <string.h>

static bool is_usable(const kept_checkpoint *kept)
{
	return kept->look->entry.kind != PT_CHECKPOINT_UNKNOWN;
}

/* Rising step; within a step the one that counts comes first. */
static int compare_entries(const void *a, const void *b)
{
	const kept_checkpoint *x = *(kept_checkpoint *const *)a, *y = *(kept_checkpoint *const *)b;
	if (x->name.step != y->name.step)
		return x->name.step < y->name.step ? -1 : 1;
	if (is_usable(x) != is_usable(y))
		return is_usable(x) ? -1 : 1;
	if (x->name.row != y->name.row)
		return x->name.row < y->name.row ? -1 : 1;
	size_t x_bytes = strlen(x->path), y_bytes = strlen(y->path);
	if (x_bytes != y_bytes) /* the run's own before those of checkpoints/ */
		return x_bytes < y_bytes ? -1 : 1;
	return strcmp(x->path, y->path);
}

/* They come nearly as they are to be: mostly there is nothing to sort. */
static void sort_entries(kept_checkpoint **chosen, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (compare_entries(&chosen[i - 1], &chosen[i]) > 0) {
			qsort(chosen, n, sizeof *chosen, compare_entries);
			return;
		}
}

static bool is_network(const kept_checkpoint *kept)
{
	return kept->look->entry.kind == PT_CHECKPOINT_FULL;
}

static bool is_adapter(const kept_checkpoint *kept)
{
	return kept->look->entry.kind == PT_CHECKPOINT_ADAPTER;
}

static bool counts_epochs(const kept_checkpoint *kept)
{
	return kept->name.unit == UNIT_EPOCH;
}

static bool counts_steps(const kept_checkpoint *kept)
{
	return is_usable(kept) && kept->name.unit == UNIT_STEP;
}

/* Where one entry is of the first sort, all of the second are dropped, with one problem. */
static bool prefer(scan_memory *memory, size_t *n_chosen, bool (*wanted)(const kept_checkpoint *),
	bool (*unwanted)(const kept_checkpoint *), const char *what)
{
	kept_checkpoint **chosen = memory->chosen;
	bool has_wanted = false;
	for (size_t i = 0; i < *n_chosen && !has_wanted; i++)
		has_wanted = wanted(chosen[i]);
	size_t n = 0, n_dropped = 0;
	const char *example = NULL;
	for (size_t i = 0; has_wanted && i < *n_chosen; i++) {
		if (!unwanted(chosen[i])) {
			chosen[n++] = chosen[i];
			continue;
		}
		example = example ? example : chosen[i]->path;
		n_dropped++;
	}
	if (n_dropped == 0)
		return true;
	*n_chosen = n;
	pt_error problem;
	pt_fail(&problem, PT_ERR_AMBIGUOUS, example, -1, "%zu %s passed over", n_dropped, what);
	return scan_memory_add_problem(memory, &problem);
}

bool scan_memory_choose(scan_memory *memory, size_t *n_chosen)
{
	kept_checkpoint **chosen = memory->chosen;
	sort_entries(chosen, *n_chosen);
	if (!prefer(memory, n_chosen, is_adapter, is_network,
			"checkpoint(s) of a whole network in a run with adapters") ||
		!prefer(memory, n_chosen, counts_steps, counts_epochs,
			"checkpoint(s) counted in epochs in a run counted in steps"))
		return false;
	size_t n = 0;
	for (size_t i = 0; i < *n_chosen; i++) {
		const kept_checkpoint *kept = chosen[i];
		if (n == 0 || chosen[n - 1]->name.step != kept->name.step) {
			chosen[n++] = chosen[i];
			continue;
		}
		pt_error problem;
		pt_fail(&problem, PT_ERR_AMBIGUOUS, kept->path, -1, "step %lld is also in %s, which counts",
			(long long)kept->name.step, chosen[n - 1]->path);
		if (!scan_memory_add_problem(memory, &problem))
			return false;
	}
	*n_chosen = n;
	return true;
}
