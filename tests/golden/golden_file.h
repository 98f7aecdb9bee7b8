/**
 * Files of what is expected: compared with what was got, or, where PT_GOLDEN_UPDATE is set (make
 * golden-update), written anew.
 */
#ifndef TESTS_GOLDEN_FILE_H
#define TESTS_GOLDEN_FILE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline bool golden_is_updated(void)
{
	return getenv("PT_GOLDEN_UPDATE") != NULL;
}

/* The whole file as text, "" where there is none; free it. */
static inline char *golden_read(const char *path)
{
	char *text = NULL, bytes[4096];
	size_t n_bytes = 0, n;
	FILE *file = fopen(path, "rb"), *memory = open_memstream(&text, &n_bytes);
	assert_non_null(memory);
	while (file && (n = fread(bytes, 1, sizeof bytes, file)) > 0)
		fwrite(bytes, 1, n, memory);
	if (file)
		fclose(file);
	fclose(memory);
	return text;
}

/* Show the first line that differs, so that a failure can be read in a log. */
static inline void golden_tell_difference(const char *path, const char *expected, const char *got)
{
	int line = 1;
	const char *end = expected, *got_end = got;
	for (; *end && *end == *got_end; end++, got_end++)
		if (*end == '\n') {
			line++;
			expected = end + 1;
			got = got_end + 1;
		}
	print_error("%s:%d\n  expected %.*s\n  got      %.*s\n", path, line, (int)strcspn(expected, "\n"),
		expected, (int)strcspn(got, "\n"), got);
}

/* Is the file's text this one? When updating, it is made to be. */
static inline bool golden_check(const char *path, const char *got)
{
	char *expected = golden_read(path);
	bool is_same = strcmp(expected, got) == 0;
	if (!is_same && golden_is_updated()) {
		FILE *file = fopen(path, "wb");
		assert_non_null(file);
		fputs(got, file);
		fclose(file);
		is_same = true;
	} else if (!is_same) {
		golden_tell_difference(path, expected, got);
	}
	free(expected);
	return is_same;
}

#endif
