/** The program as a shell runs it: exit code, standard output and standard error, in a directory of the test's
 * own. */
#ifndef TESTS_CLI_PROGRAM_H
#define TESTS_CLI_PROGRAM_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../helpers/program.h"
#include "../helpers/scratch.h"

enum { OUTPUT_BYTES = 16 * 1024 * 1024, COMMAND_BYTES = 2048 };

static char place[64]; /* a temporary directory for each test */
static char *out, *err;
static int code;

static inline void slurp(const char *name, char *text)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", place, name);
	FILE *in = fopen(path, "r");
	assert_non_null(in);
	text[fread(text, 1, OUTPUT_BYTES - 1, in)] = '\0';
	fclose(in);
}

/* Run `ENVIRONMENT phasetop ARGUMENTS` in a shell; fills out, err and code. TERM says nothing of a screen. */
static inline void run_program(const char *environment, const char *arguments)
{
	char command[COMMAND_BYTES];
	int n = snprintf(command, sizeof command, "%s TERM=dumb timeout 120 '%s' %s >'%s/.out' 2>'%s/.err' </dev/null",
		environment, program_path(), arguments, place, place);
	assert_in_range(n, 1, COMMAND_BYTES - 1);
	int status = system(command);
	assert_true(WIFEXITED(status));
	code = WEXITSTATUS(status);
	slurp(".out", out);
	slurp(".err", err);
}

static inline int make_place(void **state)
{
	(void)state;
	scratch_directory(place);
	out = malloc(OUTPUT_BYTES);
	err = malloc(OUTPUT_BYTES);
	return out && err ? 0 : -1;
}

static inline int remove_place(void **state)
{
	(void)state;
	free(out);
	free(err);
	remove_tree(place);
	return 0;
}

#endif
