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

static bool counts_no_steps(const kept_checkpoint *kept)
{
	return kept->name.unit != PT_UNIT_STEP;
}

static bool counts_steps(const kept_checkpoint *kept)
{
	return is_usable(kept) && kept->name.unit == PT_UNIT_STEP;
}

static bool counts_saves(const kept_checkpoint *kept)
{
	return kept->name.unit == PT_UNIT_SAVE;
}

static bool counts_epochs(const kept_checkpoint *kept)
{
	return is_usable(kept) && kept->name.unit == PT_UNIT_EPOCH;
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
	pt_fail(&problem, PT_NOTICE, example, -1, "%zu checkpoint%s %s: passed over", n_dropped,
		n_dropped == 1 ? "" : "s", what);
	return scan_memory_add_problem(memory, &problem);
}

/* Of several entries of one step the first counts. */
static bool drop_doubles(scan_memory *memory, size_t *n_chosen)
{
	kept_checkpoint **chosen = memory->chosen;
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

/* Where the numbers are no steps, that is said once. */
static bool tell_unit(scan_memory *memory, size_t n, pt_step_unit *unit)
{
	static const char *const words[] = {
		[PT_UNIT_STEP] = NULL,
		[PT_UNIT_EPOCH] = "the numbers in the names are epochs: k and all steps are counted in epochs",
		[PT_UNIT_SAVE] =
			"the numbers in the names count saves, not steps: k and all steps are counted in saves",
	};
	_Static_assert(sizeof words / sizeof words[0] == PT_N_STEP_UNITS, "words for every unit");
	*unit = n > 0 ? memory->chosen[0]->name.unit : PT_UNIT_STEP;
	if (!words[*unit])
		return true;
	pt_error notice;
	pt_fail(&notice, PT_NOTICE, memory->chosen[0]->path, -1, "%s", words[*unit]);
	return scan_memory_add_problem(memory, &notice);
}

bool scan_memory_choose(scan_memory *memory, size_t *n_chosen, pt_step_unit *unit)
{
	sort_entries(memory->chosen, *n_chosen);
	return prefer(memory, n_chosen, is_adapter, is_network, "of a whole network in a run with adapters") &&
		   prefer(memory, n_chosen, counts_steps, counts_no_steps, "not counted in steps in a run that is") &&
		   prefer(memory, n_chosen, counts_epochs, counts_saves,
			   "counted in saves in a run counted in epochs") &&
		   drop_doubles(memory, n_chosen) && tell_unit(memory, *n_chosen, unit);
}
