/* Sorted listing of one directory. Private to runio. */
#ifndef PHASETOP_RUNIO_DIRECTORY_LIST_H
#define PHASETOP_RUNIO_DIRECTORY_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/status.h"

enum { DIRECTORY_MAX_NAMES = 1000000 };

typedef struct directory_name {
	const char *name;
	bool may_be_directory; /* a directory, a link, or not known */
	bool is_link;          /* or not known */
} directory_name;

typedef struct directory_list {
	int fd; /* the open directory; close it with directory_list_close */
	size_t n;
	directory_name *names; /* by strcmp; life of the arena; no "." and ".." */
} directory_list;

/**
 * @param parent_fd, path as of openat; "" lists parent_fd's own directory
 * @param follow          may `path` itself be a link?
 * @retval PT_ERR_NOT_FOUND, PT_ERR_NOT_DIRECTORY, PT_ERR_PERMISSION, PT_ERR_IO, PT_ERR_MEMORY, PT_ERR_LIMIT
 */
PT_CHECKED pt_status directory_list_open(
	int parent_fd, const char *path, bool follow, pt_arena *arena, directory_list *out, pt_error *err);
void directory_list_close(directory_list *list);

/* Is the name in the list? */
bool directory_list_has(const directory_list *list, const char *name);

/* stat of a name in the directory, links followed. */
bool directory_stat(const directory_list *list, const char *name, struct stat *record);

/* Is it a directory (links followed where `follow`)? */
bool directory_is_directory(const directory_list *list, const directory_name *name, bool follow);

#endif
