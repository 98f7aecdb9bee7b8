/* What the tests of the readers share: scratch directories, files, and the material beside the repository. */
#ifndef TESTS_RUNIO_FIXTURE_H
#define TESTS_RUNIO_FIXTURE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A path below ../shared (or $PT_SHARED), tests being run from the repository root. */
static inline void shared_path(char *out, size_t capacity, const char *below)
{
	const char *root = getenv("PT_SHARED");
	snprintf(out, capacity, "%s/%s", root ? root : "../shared", below);
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

/* A new empty directory; `out` needs 64 bytes. */
static inline void scratch_directory(char *out)
{
	strcpy(out, "/tmp/phasetop-test-XXXXXX");
	if (!mkdtemp(out)) {
		perror("mkdtemp");
		exit(99);
	}
}

static inline void scratch_remove(const char *directory)
{
	char command[256];
	snprintf(command, sizeof command, "rm -rf '%s'", directory);
	if (system(command) != 0)
		fprintf(stderr, "could not remove %s\n", directory);
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

/* A safetensors file: length, header, data. */
static inline void write_safetensors(
	const char *directory, const char *name, const char *header, const void *data, size_t n_data)
{
	size_t n = strlen(header);
	unsigned char *bytes = malloc(8 + n + n_data);
	uint64_t length = n;
	memcpy(bytes, &length, 8);
	memcpy(bytes + 8, header, n);
	if (n_data > 0)
		memcpy(bytes + 8 + n, data, n_data);
	write_file(directory, name, bytes, 8 + n + n_data);
	free(bytes);
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

#endif
