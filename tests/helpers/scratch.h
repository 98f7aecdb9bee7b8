/** Directories and files of a test's own, files read whole, and the material beside the repository. */
#ifndef TESTS_HELPERS_SCRATCH_H
#define TESTS_HELPERS_SCRATCH_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A new empty directory; `out` needs 64 bytes. */
static inline void scratch_directory(char *out)
{
	strcpy(out, "/tmp/phasetop-test-XXXXXX");
	if (!mkdtemp(out)) {
		perror("mkdtemp");
		exit(99);
	}
}

static inline int remove_one(const char *path, const struct stat *record, int flag, struct FTW *walk)
{
	(void)record;
	(void)flag;
	(void)walk;
	return remove(path) == 0 ? 0 : -1;
}

/* A directory with all that is in it, if it is there. */
static inline void remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void write_file(const char *directory, const char *name, const void *bytes, size_t n)
{
	char path[8192];
	snprintf(path, sizeof path, "%s/%s", directory, name);
	FILE *file = fopen(path, "wb");
	if (!file || fwrite(bytes, 1, n, file) != n || fclose(file) != 0) {
		perror(path);
		exit(99);
	}
}

static inline void write_text(const char *directory, const char *name, const char *text)
{
	write_file(directory, name, text, strlen(text));
}

/* It may be there already. */
static inline void make_directory(const char *root, const char *name)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", root, name);
	if (mkdir(path, 0755) != 0 && access(path, F_OK) != 0) {
		perror(path);
		exit(99);
	}
}

/* The whole of a file, NUL-terminated; NULL when it can't be read. */
static inline char *read_whole(const char *path, size_t *n)
{
	FILE *file = fopen(path, "rb");
	struct stat status;
	if (!file || fstat(fileno(file), &status) != 0) {
		if (file)
			fclose(file);
		return NULL;
	}
	char *text = malloc((size_t)status.st_size + 1);
	*n = fread(text, 1, (size_t)status.st_size, file);
	text[*n] = '\0';
	fclose(file);
	return text;
}

/* A path below ../shared (or $PT_SHARED), tests being run from the repository root. */
static inline void shared_path(char *out, size_t capacity, const char *below)
{
	const char *root = getenv("PT_SHARED");
	snprintf(out, capacity, "%s/%s", root && *root ? root : "../shared", below);
}

/* Is it there? Else prints why the test is skipped. */
static inline int shared_has(const char *below)
{
	char path[8192];
	shared_path(path, sizeof path, below);
	if (access(path, R_OK) == 0)
		return 1;
	printf("SKIP %s: ../shared is absent\n", below);
	return 0;
}

#endif
