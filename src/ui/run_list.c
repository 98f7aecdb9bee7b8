#include "run_list.h"

#include <ctype.h>
#include <string.h>

#include "run_columns.h"

/* Does `text` hold the n bytes of `word`, whatever the case of ASCII letters? */
static bool holds(const char *text, const char *word, size_t n)
{
	size_t length = strlen(text);
	for (size_t at = 0; at + n <= length; at++) {
		size_t i = 0;
		while (i < n && tolower((unsigned char)text[at + i]) == tolower((unsigned char)word[i]))
			i++;
		if (i == n)
			return true;
	}
	return false;
}

bool pt_run_matches(const pt_run_view *run, const char *filter)
{
	const char *texts[] = {run->name, run->path, run->removed ? "removed" : pt_run_state_name(run->state)};
	for (const char *at = filter + strspn(filter, " "); *at; at += strspn(at, " ")) {
		size_t n = strcspn(at, " ");
		bool negated = at[0] == '-' && n > 1, any = false;
		for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++)
			any |= holds(texts[t], at + negated, n - negated);
		if (any == negated)
			return false;
		at += n;
	}
	return true;
}

/* What the rows are sorted by: values, or names. */
typedef struct sort_keys {
	const pt_scene *scene;
	double values[PT_LISTED_RUNS]; /* of the rows listed so far, in their order */
} sort_keys;

/* Does run r, of this value, stand before the run that is listed in row `at`? */
static bool goes_before(const sort_keys *keys, const pt_run_list *list, size_t r, double value, size_t at)
{
	if (keys->scene->view->run_sort == PT_RUNS_AS_GIVEN)
		return false;
	const pt_run_view *runs = keys->scene->snapshot->runs;
	if (keys->scene->view->run_sort == PT_RUNS_BY_NAME)
		return strcmp(runs[r].name, runs[list->places[at]].name) < 0;
	return pt_is_missing(keys->values[at]) ? !pt_is_missing(value) : value < keys->values[at];
}

static void insert(pt_run_list *list, sort_keys *keys, size_t r)
{
	double value =
		pt_run_sort_value(keys->scene, &keys->scene->snapshot->runs[r], keys->scene->view->run_sort);
	size_t at = list->n++;
	for (; at > 0 && goes_before(keys, list, r, value, at - 1); at--) {
		list->places[at] = list->places[at - 1];
		keys->values[at] = keys->values[at - 1];
	}
	list->places[at] = r;
	keys->values[at] = value;
}

void pt_run_list_make(const pt_scene *scene, pt_run_list *list)
{
	sort_keys keys = {.scene = scene};
	list->n = list->n_filtered = 0;
	list->selected = -1;
	for (size_t r = 0; scene->snapshot && r < scene->snapshot->n_runs; r++) {
		if (!pt_run_matches(&scene->snapshot->runs[r], scene->view->run_filter))
			list->n_filtered++;
		else if (list->n < PT_LISTED_RUNS)
			insert(list, &keys, r);
	}
	for (size_t i = 0; i < list->n; i++)
		if (list->places[i] == (size_t)scene->view->selected_run)
			list->selected = (ptrdiff_t)i;
	if (list->selected < 0 && list->n > 0)
		list->selected = 0;
}
