/*
 * What the tests of whole reports share: run the program, read its JSON, compare numbers with a reference and say
 * which of them disagree.
 */
#ifndef TESTS_REFERENCE_RUNS_REPORT_FIXTURE_H
#define TESTS_REFERENCE_RUNS_REPORT_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../helpers/json_document.h"
#include "../../helpers/program.h"

#define TOLERANCE 1e-8

enum { MAX_RUNS = 64, PATH_BYTES = 512 };

/* One comparison: which run, for messages, and how many of its numbers disagree. */
typedef struct check {
	const char *run;
	size_t n_compared, n_wrong;
} check;

__attribute__((format(printf, 2, 3))) static inline void complain(check *c, const char *format, ...)
{
	va_list arguments;
	if (c->n_wrong++ >= 10)
		return; /* enough to see what is wrong */
	printf("%s: ", c->run);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
}

/* ---- documents -------------------------------------------------------------------------------------- */

static inline char *read_stream(FILE *in, size_t *n)
{
	size_t capacity = 1 << 20;
	char *text = malloc(capacity);
	assert_non_null(text);
	*n = 0;
	for (size_t got; (got = fread(text + *n, 1, capacity - *n - 1, in)) > 0;) {
		*n += got;
		if (capacity - *n < 2) {
			capacity *= 2;
			text = realloc(text, capacity);
			assert_non_null(text);
		}
	}
	text[*n] = '\0';
	return text;
}

/* What a command prints; `status` as of pclose. */
static inline cJSON *printed_by(const char *command, int *status)
{
	size_t n;
	FILE *out = popen(command, "r");
	assert_non_null(out);
	char *text = read_stream(out, &n);
	*status = pclose(out);
	cJSON *document = cJSON_Parse(text);
	free(text);
	if (!document)
		fail_msg("%s: not JSON (%zu bytes)", command, n);
	return document;
}

/* NULL where there is none. */
static inline cJSON *reference_of(const char *run, const char *name)
{
	char path[PATH_BYTES];
	snprintf(path, sizeof path, "%s/%s", run, name);
	return read_json(path);
}

static inline cJSON *report_of(const char *run, const char *options)
{
	char command[2 * PATH_BYTES];
	int status;
	snprintf(command, sizeof command, "exec '%s' --once --json -m all -k 5,10,15 %s '%s'", program_path(),
		options, run);
	cJSON *document = printed_by(command, &status);
	if (status != 0)
		fail_msg("%s: ended with %d", command, status);
	return document;
}

static inline const cJSON *only_run(const cJSON *report)
{
	const cJSON *runs = member(report, "runs");
	assert_int_equal(cJSON_GetArraySize(runs), 1);
	return runs->child;
}

/* The element of an array of objects whose `key` is the text `value`. */
static inline const cJSON *element(const cJSON *array, const char *key, const char *value)
{
	for (const cJSON *item = array->child; item; item = item->next) {
		const cJSON *text = cJSON_GetObjectItemCaseSensitive(item, key);
		if (cJSON_IsString(text) && strcmp(text->valuestring, value) == 0)
			return item;
	}
	fail_msg("no element with %s = %s", key, value);
	return NULL;
}

/* ---- numbers ---------------------------------------------------------------------------------------- */

static inline double largest(const cJSON *array)
{
	double most = 0;
	for (const cJSON *item = array->child; item; item = item->next) {
		if (cJSON_IsNumber(item) && fabs(item->valuedouble) > most)
			most = fabs(item->valuedouble);
	}
	return most;
}

static inline void compare_items(check *c, const char *what, int at, const cJSON *ours, const cJSON *reference,
	double factor, double tolerance)
{
	c->n_compared++;
	if (!ours) {
		complain(c, "%s[%d] is not there", what, at);
	} else if (cJSON_IsNull(reference)) {
		if (!cJSON_IsNull(ours))
			complain(c, "%s[%d] should be null", what, at);
	} else if (!cJSON_IsNumber(ours)) {
		complain(c, "%s[%d] is no number", what, at);
	} else if (!(fabs(factor * ours->valuedouble - reference->valuedouble) <= tolerance)) {
		complain(c, "%s[%d] is %.17g, should be %.17g", what, at, factor * ours->valuedouble,
			reference->valuedouble);
	}
}

static inline void compare_arrays(
	check *c, const char *what, const cJSON *ours, const cJSON *reference, double factor, double tolerance)
{
	if (!cJSON_IsArray(ours) || cJSON_GetArraySize(ours) != cJSON_GetArraySize(reference)) {
		complain(c, "%s has %d elements, should have %d", what, cJSON_GetArraySize(ours),
			cJSON_GetArraySize(reference));
		return;
	}
	const cJSON *a = ours->child, *b = reference->child;
	for (int i = 0; a && b; a = a->next, b = b->next, i++)
		compare_items(c, what, i, a, b, factor, tolerance);
}

/* To 1e-8 of the largest element. */
static inline void compare(check *c, const char *what, const cJSON *ours, const cJSON *reference)
{
	compare_arrays(c, what, ours, reference, 1, TOLERANCE * largest(reference));
}

#endif
