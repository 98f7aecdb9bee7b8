#include "run.h"

#include <string.h>

#include "phasetop/base/alloc.h"

void pt_problem_list_clear(pt_problem_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		pt_free(list->items[i].path);
		pt_free(list->items[i].message);
	}
	list->n = 0;
}

void pt_problem_list_fini(pt_problem_list *list)
{
	pt_problem_list_clear(list);
	pt_free(list->items);
	*list = (pt_problem_list){0};
}

pt_status pt_problem_list_add(pt_problem_list *list, pt_status code, const char *path, int64_t offset,
	const char *message, pt_error *err)
{
	pt_kept_problem kept = {
		.code = code,
		.offset = offset,
		.path = pt_text_copy(path, strlen(path)),
		.message = pt_text_copy(message, strlen(message)),
	};
	if (!kept.path || !kept.message ||
		!pt_array_reserve((void **)&list->items, &list->capacity, list->n + 1, sizeof *list->items)) {
		pt_free(kept.path);
		pt_free(kept.message);
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for problems");
	}
	list->items[list->n++] = kept;
	return PT_OK;
}
