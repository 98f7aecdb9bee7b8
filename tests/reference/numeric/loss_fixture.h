/** JSON of the reference values, for the tests of the probe-loss spectrum and the change point. */
#ifndef PHASETOP_TESTS_LOSS_FIXTURE_H
#define PHASETOP_TESTS_LOSS_FIXTURE_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#define REFERENCE_PATH "tests/reference/loss_reference.json"

/* Whole text of a file, NUL-terminated; NULL where it cannot be read. Free with free. */
static inline char *read_text(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		return NULL;
	char *text = NULL;
	size_t length = 0, capacity = 0;
	for (;;) {
		if (length + 65536 > capacity) {
			capacity = 2 * capacity + 65537;
			text = realloc(text, capacity);
			if (!text)
				abort();
		}
		const size_t got = fread(text + length, 1, capacity - length - 1, file);
		length += got;
		if (got == 0)
			break;
	}
	fclose(file);
	text[length] = 0;
	return text;
}

static inline cJSON *read_json(const char *path)
{
	char *text = read_text(path);
	cJSON *json = text ? cJSON_Parse(text) : NULL;
	free(text);
	return json;
}

/* A number, NaN for null. */
static inline double number_of(const cJSON *item)
{
	return cJSON_IsNumber(item) ? item->valuedouble : (double)NAN;
}

static inline double number_at(const cJSON *object, const char *key)
{
	return number_of(cJSON_GetObjectItemCaseSensitive(object, key));
}

static inline const cJSON *array_at(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

/* The numbers of an array into `into`; returns how many. */
static inline size_t fill_numbers(const cJSON *array, double *into)
{
	size_t n = 0;
	const cJSON *item;
	cJSON_ArrayForEach(item, array) into[n++] = number_of(item);
	return n;
}

/* Both missing, or within `relative` of the expected value. */
static inline bool agrees(double value, double expected, double relative)
{
	if (isnan(expected) || isnan(value))
		return isnan(expected) && isnan(value);
	return fabs(value - expected) <= relative * fabs(expected);
}

/* $PT_SHARED or ../shared, with `rest` appended, in a static buffer. */
static inline const char *shared_path(const char *rest)
{
	static char path[4096];
	const char *root = getenv("PT_SHARED");
	snprintf(path, sizeof path, "%s/%s", root && *root ? root : "../shared", rest);
	return path;
}

#endif
