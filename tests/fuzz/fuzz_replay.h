/**
 * A fuzz target over its corpus, and over what simple damage makes of each seed: cut at every length, a byte
 * changed, a byte left out. Targets abort on a broken promise.
 */
#ifndef TESTS_FUZZ_REPLAY_H
#define TESTS_FUZZ_REPLAY_H

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FUZZ_DAMAGED_BYTES = 400 }; /* larger seeds are run as they are */

typedef int (*fuzz_target)(const uint8_t *data, size_t size);

/* What a reader of this format takes most amiss: bytes that damage puts in. */
typedef struct fuzz_marks {
	const char *bytes;
	size_t n;
} fuzz_marks;
#define FUZZ_MARKS(literal) ((fuzz_marks){literal, sizeof(literal) - 1})

static inline void fuzz_damage(fuzz_target run, const uint8_t *seed, size_t n, fuzz_marks marks)
{
	uint8_t *copy = malloc(n + 1);
	assert_non_null(copy);
	for (size_t i = 0; i < n; i++) {
		memcpy(copy, seed, n);
		run(copy, i);
		copy[i] = (uint8_t)marks.bytes[i % marks.n];
		run(copy, n);
		memcpy(copy + i, seed + i + 1, n - i - 1);
		run(copy, n - 1);
	}
	free(copy);
}

static inline void fuzz_run_seed(const char *path, fuzz_target run, fuzz_marks marks)
{
	char *seed = NULL;
	size_t n = 0;
	FILE *in = fopen(path, "rb"), *whole = open_memstream(&seed, &n);
	assert_non_null(in);
	assert_non_null(whole);
	for (int c; (c = getc(in)) != EOF;)
		putc(c, whole);
	fclose(in);
	assert_int_equal(fclose(whole), 0);
	run((const uint8_t *)seed, n);
	if (n <= FUZZ_DAMAGED_BYTES)
		fuzz_damage(run, (const uint8_t *)seed, n, marks);
	free(seed);
}

/** All seeds of tests/fuzz/corpus/NAME, of which there have to be `least`. */
static inline void fuzz_replay(const char *name, fuzz_target run, size_t least, fuzz_marks marks)
{
	char directory[256];
	size_t n_seeds = 0;
	snprintf(directory, sizeof directory, "tests/fuzz/corpus/%s", name);
	DIR *corpus = opendir(directory);
	assert_non_null(corpus);
	for (struct dirent *e; (e = readdir(corpus));) {
		char path[1024];
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", directory, e->d_name);
		fuzz_run_seed(path, run, marks);
		n_seeds++;
	}
	closedir(corpus);
	assert_true(n_seeds >= least);
}

#endif
