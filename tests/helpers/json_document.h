/** Documents of JSON, read by cJSON: the reference values, and what the program prints. */
#ifndef TESTS_HELPERS_JSON_DOCUMENT_H
#define TESTS_HELPERS_JSON_DOCUMENT_H

#include <math.h>

#include <cjson/cJSON.h>

#include "scratch.h"

/* NULL where there is no such file; one that is none of JSON fails the test. */
static inline cJSON *read_json(const char *path)
{
	size_t n;
	char *text = read_whole(path, &n);
	cJSON *json = text ? cJSON_Parse(text) : NULL;
	if (text && !json)
		fail_msg("%s: not JSON (%zu bytes)", path, n);
	free(text);
	return json;
}

static inline const cJSON *member(const cJSON *object, const char *name)
{
	const cJSON *found = cJSON_GetObjectItemCaseSensitive(object, name);
	if (!found)
		fail_msg("no member %s", name);
	return found;
}

/* A number, NaN for null. */
static inline double number_of(const cJSON *item)
{
	return cJSON_IsNumber(item) ? item->valuedouble : (double)NAN;
}

/* NaN where there is none, too. */
static inline double number_at(const cJSON *object, const char *key)
{
	return number_of(cJSON_GetObjectItemCaseSensitive(object, key));
}

/* The numbers of an array into `into`; returns how many. */
static inline size_t fill_numbers(const cJSON *array, double *into)
{
	size_t n = 0;
	const cJSON *item;
	cJSON_ArrayForEach(item, array) into[n++] = number_of(item);
	return n;
}

#endif
