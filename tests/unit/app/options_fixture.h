/* A command line as one text, and the options or the usage error that it makes. */
#ifndef TESTS_APP_OPTIONS_FIXTURE_H
#define TESTS_APP_OPTIONS_FIXTURE_H

#include <stdio.h>
#include <string.h>

#include "phasetop/app/options.h"

enum { MAX_WORDS = 48 };

static char storage[8192];
static pt_options options;
static pt_error error;

/* Parse a line of words divided by '|' (so that words may hold blanks). The words live in `storage`. */
static inline pt_status parse_in(char *const environment[], const char *line)
{
	char *words[MAX_WORDS + 1];
	int n = 0;
	char program[] = "phasetop";
	words[n++] = program;
	snprintf(storage, sizeof storage, "%s", line);
	for (char *at = storage; *line && at;) {
		assert_true(n < MAX_WORDS);
		words[n++] = at;
		at = strchr(at, '|');
		if (at)
			*at++ = '\0';
	}
	words[n] = NULL;
	memset(&options, 0, sizeof options);
	memset(&error, 0, sizeof error);
	return pt_options_parse(n, words, environment, &options, &error);
}

static inline void good(const char *line)
{
	pt_status status = parse_in(NULL, line);
	if (status != PT_OK)
		fail_msg("%s: %s", line, error.message);
}

/* A usage error whose one line holds `part` and the hint. */
static inline void bad(const char *line, const char *part)
{
	assert_int_equal(parse_in(NULL, line), PT_ERR_USAGE);
	if (!strstr(error.message, part))
		fail_msg("%s: '%s' does not say '%s'", line, error.message, part);
	assert_non_null(strstr(error.message, "see 'phasetop --help'"));
	assert_null(strchr(error.message, '\n'));
	assert_null(strchr(error.message, '\x1b'));
}

#endif
