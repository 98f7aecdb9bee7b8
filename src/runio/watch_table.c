#include "watch_table.h"

#include "phasetop/base/alloc.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

void watch_listener_fini(watch_listener *listener)
{
	pt_free(listener->path);
	pt_free(listener->name);
}

void watch_table_fini(watch_table *table)
{
	for (size_t i = 0; i < table->n; i++)
		watch_listener_fini(&table->items[i]);
	pt_free(table->items);
	*table = (watch_table){0};
}

size_t watch_table_find(const watch_table *table, int wd, size_t *first)
{
	size_t low = 0, high = table->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (table->items[middle].wd < wd)
			low = middle + 1;
		else
			high = middle;
	}
	*first = low;
	size_t n = 0;
	while (low + n < table->n && table->items[low + n].wd == wd)
		n++;
	return n;
}

bool watch_table_add(watch_table *table, const watch_listener *listener)
{
	watch_listener made = *listener;
	made.path = pt_text_copy(listener->path, strlen(listener->path));
	made.name = listener->name ? pt_text_copy(listener->name, strlen(listener->name)) : NULL;
	bool is_whole = made.path && (made.name || !listener->name);
	if (!is_whole || !pt_array_reserve((void **)&table->items, &table->capacity, table->n + 1, sizeof made)) {
		watch_listener_fini(&made);
		return false;
	}
	size_t at;
	size_t n_same = watch_table_find(table, made.wd, &at);
	at += n_same;
	memmove(table->items + at + 1, table->items + at, (table->n - at) * sizeof made);
	table->items[at] = made;
	table->n++;
	return true;
}

uint32_t watch_table_mask(const watch_listener *listeners, size_t n)
{
	uint32_t mask = 0;
	for (size_t i = 0; i < n; i++)
		if (!listeners[i].is_dead)
			mask |= listeners[i].mask;
	return mask;
}

watch_listener *watch_table_same(const watch_table *table, const watch_listener *listener)
{
	size_t first;
	size_t n = watch_table_find(table, listener->wd, &first);
	for (size_t i = first; i < first + n; i++) {
		watch_listener *item = &table->items[i];
		bool is_same_name = item->name && listener->name ? strcmp(item->name, listener->name) == 0
														 : item->name == listener->name;
		if (!item->is_dead && item->target == listener->target && item->role == listener->role &&
			item->owner == listener->owner && is_same_name && strcmp(item->path, listener->path) == 0)
			return item;
	}
	return NULL;
}

pt_status watch_path_absolute(const char *path, char **out, pt_error *err)
{
	char cwd[PATH_MAX] = "";
	if (path[0] != '/' && !getcwd(cwd, sizeof cwd))
		return pt_fail_errno(err, errno, path, "the working directory");
	bool is_here = path[0] == '\0' || strcmp(path, ".") == 0;
	size_t n_cwd = strlen(cwd), n_path = is_here ? 0 : strlen(path);
	char *made = pt_array_alloc(n_cwd + n_path + 3, 1);
	if (!made)
		return pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
	memcpy(made, cwd, n_cwd);
	size_t n = n_cwd;
	if (n_cwd > 0 && n_path > 0 && made[n - 1] != '/')
		made[n++] = '/';
	memcpy(made + n, path, n_path);
	n += n_path;
	while (n > 1 && made[n - 1] == '/')
		n--;
	made[n] = '\0';
	*out = made;
	return PT_OK;
}

bool watch_path_pop(char *path, const char **last)
{
	size_t n = strlen(path);
	while (n > 1 && path[n - 1] == '/')
		path[--n] = '\0';
	char *slash = strrchr(path, '/');
	if (!slash || slash[1] == '\0')
		return false;
	*last = slash + 1;
	if (slash == path) {
		/* the last part moves up one byte so that "/" and it can both stand: "/x" -> "/\0x" */
		memmove(path + 2, path + 1, n);
		path[1] = '\0';
		*last = path + 2;
	} else {
		*slash = '\0';
	}
	return true;
}
