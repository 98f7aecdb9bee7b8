#include "directory_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const directory_name *)a)->name, ((const directory_name *)b)->name);
}

/* Names into a growing array; the strings into the arena. */
static pt_status read_names(
	DIR *directory, const char *path, pt_arena *arena, directory_list *list, pt_error *err)
{
	directory_name *names = NULL;
	size_t n = 0, capacity = 0;
	pt_status status = PT_OK;
	for (;;) {
		errno = 0;
		struct dirent *found = readdir(directory);
		if (!found) {
			if (errno != 0)
				status = pt_fail_errno(err, errno, path, "read the directory");
			break;
		}
		if (strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0)
			continue;
		if (n >= DIRECTORY_MAX_NAMES) {
			status = pt_fail(
				err, PT_ERR_LIMIT, path, -1, "more than %d names in one directory", DIRECTORY_MAX_NAMES);
			break;
		}
		char *name = NULL;
		if (!pt_array_reserve((void **)&names, &capacity, n + 1, sizeof *names) ||
			!(name = pt_arena_text(arena, found->d_name))) {
			status = pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
			break;
		}
		bool is_known = found->d_type != DT_UNKNOWN, is_link = !is_known || found->d_type == DT_LNK;
		names[n++] = (directory_name){
			.name = name, .may_be_directory = is_link || found->d_type == DT_DIR, .is_link = is_link};
	}
	if (status == PT_OK &&
		!(list->names = pt_arena_copy(arena, names ? names : &(directory_name){0}, n, sizeof *names)))
		status = pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
	pt_free(names);
	list->n = n;
	return status;
}

pt_status directory_list_open(
	int parent_fd, const char *path, bool follow, pt_arena *arena, directory_list *out, pt_error *err)
{
	const char *at = *path ? path : ".";
	int flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW);
	int fd;
	do
		fd = openat(parent_fd, at, flags);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return pt_fail_errno(err, errno, path, "open the directory");
	/* closedir closes its descriptor, so the stream gets one of its own */
	int stream_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	DIR *directory = stream_fd < 0 ? NULL : fdopendir(stream_fd);
	if (!directory) {
		pt_status status = pt_fail_errno(err, errno, path, "open the directory");
		if (stream_fd >= 0)
			close(stream_fd);
		close(fd);
		return status;
	}
	directory_list list = {.fd = fd};
	pt_status status = read_names(directory, path, arena, &list, err);
	closedir(directory);
	if (status != PT_OK) {
		close(fd);
		return status;
	}
	if (list.n > 1)
		qsort(list.names, list.n, sizeof *list.names, compare_names);
	*out = list;
	return PT_OK;
}

void directory_list_close(directory_list *list)
{
	close(list->fd);
	list->fd = -1;
}

bool directory_list_has(const directory_list *list, const char *name)
{
	const directory_name key = {.name = name};
	return list->n > 0 && bsearch(&key, list->names, list->n, sizeof key, compare_names);
}

bool directory_stat(const directory_list *list, const char *name, struct stat *record)
{
	return fstatat(list->fd, name, record, 0) == 0;
}

bool directory_is_directory(const directory_list *list, const directory_name *name, bool follow)
{
	struct stat record;
	if (!name->may_be_directory)
		return false;
	if (!name->is_link)
		return true;
	return fstatat(list->fd, name->name, &record, follow ? 0 : AT_SYMLINK_NOFOLLOW) == 0 &&
		   S_ISDIR(record.st_mode);
}
