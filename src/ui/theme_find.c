/* Theme files on disk (contract in theme.h). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"
#include "theme_private.h"

enum { MAX_BYTES = 64 * 1024, PATH_BYTES = 1024, MAX_NAMES = 1024 };

static const char suffix[] = ".theme";
const char pt_theme_expected[] = "the name of a theme; --list-themes tells them";

/* Reads at most n bytes; -1 with errno set. */
static ssize_t read_all(int fd, char *into, size_t n)
{
	size_t at = 0;
	while (at < n) {
		ssize_t got = read(fd, into + at, n - at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		at += (size_t)got;
	}
	return (ssize_t)at;
}

/* Name of a theme: its file's without directory and suffix. */
static void name_of(const char *path, char name[PT_THEME_NAME_BYTES])
{
	const char *slash = strrchr(path, '/');
	const char *from = slash ? slash + 1 : path;
	size_t n = strlen(from), m = sizeof suffix - 1;
	if (n > m && strcmp(from + n - m, suffix) == 0)
		n -= m;
	pt_text_sanitize(name, PT_THEME_NAME_BYTES, from, n);
}

pt_status pt_theme_load_file(const char *path, pt_theme **theme, pt_error *err)
{
	char name[PT_THEME_NAME_BYTES];
	char *text = NULL;
	struct stat info;
	pt_status status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* a FIFO must not block */
	if (fd < 0)
		return pt_fail_errno(err, errno, path, "open theme");
	ssize_t n = -1;
	if (fstat(fd, &info) != 0) {
		status = pt_fail_errno(err, errno, path, "stat theme");
	} else if (!S_ISREG(info.st_mode)) {
		status = pt_fail(err, PT_ERR_NOT_REGULAR, path, -1, "a theme has to be a regular file");
	} else if (!(text = pt_array_alloc(MAX_BYTES + 1, 1))) {
		status = pt_fail(err, PT_ERR_MEMORY, path, -1, "no memory for a theme");
	} else if ((n = read_all(fd, text, MAX_BYTES + 1)) < 0) {
		status = pt_fail_errno(err, errno, path, "read theme");
	} else {
		name_of(path, name);
		status = pt_theme_parse(name, text, (size_t)n, theme, err);
		if (status != PT_OK && err)
			pt_text_sanitize(err->path, sizeof err->path, path, strlen(path));
	}
	pt_free(text);
	close(fd);
	return status;
}

/* The i-th directory to look in; "" where that place is not set; false behind the last. */
static bool place(const pt_theme_places *places, size_t i, char path[PATH_BYTES])
{
	static const char *const beside[] = {
		"/themes", "/../themes", "/../../themes", "/../share/phasetop/themes"};
	static const char *const fixed[] = {"/usr/local/share/phasetop/themes", "/usr/share/phasetop/themes",
		"/usr/local/share/btop/themes", "/usr/share/btop/themes"};
	enum { N_BESIDE = sizeof beside / sizeof *beside, N_FIXED = sizeof fixed / sizeof *fixed };
	const char *root = NULL, *rest = "";
	bool has_xdg = places->xdg_config_home && *places->xdg_config_home;
	if (i == 0) {
		root = places->themes_dir;
	} else if (i == 1) {
		root = has_xdg ? places->xdg_config_home : places->home;
		rest = has_xdg ? "/phasetop/themes" : "/.config/phasetop/themes";
	} else if (i < 2 + N_BESIDE) {
		root = places->program_dir;
		rest = beside[i - 2];
	} else if (i < 2 + N_BESIDE + N_FIXED) {
		root = fixed[i - 2 - N_BESIDE];
	} else {
		return false;
	}
	path[0] = '\0';
	if (root && *root && snprintf(path, PATH_BYTES, "%s%s", root, rest) >= PATH_BYTES)
		path[0] = '\0';
	return true;
}

static bool is_built_in(const char *name)
{
	return strcmp(name, "phasetop-dark") == 0 || strcmp(name, "default") == 0;
}

pt_status pt_theme_find(const char *name, const pt_theme_places *places, pt_theme **theme, pt_error *err)
{
	bool is_path = strchr(name, '/') != NULL;
	pt_status status = is_path ? pt_theme_load_file(name, theme, err) : PT_ERR_NOT_FOUND;
	if (status != PT_ERR_NOT_FOUND)
		return status;
	char directory[PATH_BYTES], path[PATH_BYTES + PT_THEME_NAME_BYTES];
	for (size_t i = 0; !is_path && place(places, i, directory); i++) {
		int n = directory[0] ? snprintf(path, sizeof path, "%s/%s%s", directory, name, suffix) : 0;
		if (n < 1 || (size_t)n >= sizeof path)
			continue;
		if (access(path, F_OK) == 0)
			return pt_theme_load_file(path, theme, err);
	}
	if (is_built_in(name))
		return pt_theme_create(theme, err);
	return pt_fail(err, PT_ERR_NOT_FOUND, "", -1, "theme: '%s' is not %s", name, pt_theme_expected);
}

/* ---- list ---- */

typedef struct listed {
	char *name, *path;
} listed;

typedef struct theme_list {
	listed *themes;
	size_t n, capacity;
} theme_list;

static bool add_listed(theme_list *list, const char *name, size_t n_name, const char *path)
{
	for (size_t i = 0; i < list->n; i++)
		if (strlen(list->themes[i].name) == n_name && memcmp(list->themes[i].name, name, n_name) == 0)
			return true; /* the place that is looked in first wins */
	if (list->n == MAX_NAMES)
		return true;
	if (!pt_array_reserve((void **)&list->themes, &list->capacity, list->n + 1, sizeof *list->themes))
		return false;
	listed one = {pt_text_copy(name, n_name), pt_text_copy(path, strlen(path))};
	if (!one.name || !one.path) {
		pt_free(one.name);
		pt_free(one.path);
		return false;
	}
	list->themes[list->n++] = one;
	return true;
}

static bool list_directory(theme_list *list, const char *directory)
{
	char path[PATH_BYTES + 256];
	DIR *dir = opendir(directory);
	bool ok = true;
	for (struct dirent *entry; dir && ok && (entry = readdir(dir));) {
		size_t n = strlen(entry->d_name), m = sizeof suffix - 1;
		if (n <= m || strcmp(entry->d_name + n - m, suffix) != 0)
			continue;
		int written = snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
		if (written > 0 && (size_t)written < sizeof path)
			ok = add_listed(list, entry->d_name, n - m, path);
	}
	if (dir)
		closedir(dir);
	return ok;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const listed *)a)->name, ((const listed *)b)->name);
}

pt_status pt_theme_list(const pt_theme_places *places,
	void (*visit)(const char *name, const char *path, void *context), void *context, pt_error *err)
{
	theme_list list = {0};
	char directory[PATH_BYTES];
	bool ok = true;
	for (size_t i = 0; ok && place(places, i, directory); i++)
		if (directory[0])
			ok = list_directory(&list, directory);
	static const char built_in[] = "phasetop-dark";
	ok = ok && add_listed(&list, built_in, sizeof built_in - 1, "built in");
	if (ok) {
		qsort(list.themes, list.n, sizeof *list.themes, by_name);
		for (size_t i = 0; i < list.n; i++)
			visit(list.themes[i].name, list.themes[i].path, context);
	}
	for (size_t i = 0; i < list.n; i++) {
		pt_free(list.themes[i].name);
		pt_free(list.themes[i].path);
	}
	pt_free(list.themes);
	return ok ? PT_OK : pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for the list of themes");
}
