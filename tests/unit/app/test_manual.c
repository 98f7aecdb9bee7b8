/*
 * The manual page, --help and the tables name the same options and keys. The two sections of man/phasetop.1
 * between the marks are written from the tables: PT_MANUAL_UPDATE=1 (make man) does that; without it they are
 * compared.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/app/options.h"
#include "phasetop/ui/action.h"
#include "phasetop/ui/command.h"

#include "../../helpers/scratch.h"

#define MANUAL "man/phasetop.1"

static char *read_text(const char *path)
{
	size_t n;
	char *text = read_whole(path, &n);
	if (!text)
		fail_msg("no %s", path);
	return text;
}

static void print_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '-' || *text == '\\')
			fputc('\\', out);
		fputc(*text == '\\' ? 'e' : *text, out);
	}
}

/* The table of options as the OPTIONS section. */
static void print_options(FILE *out)
{
	fputs(".SH OPTIONS\n", out);
	for (size_t i = 0; i < PT_N_OPTIONS; i++) {
		const pt_option_row *row = &pt_option_rows()[i];
		fputs(".TP\n.B ", out);
		if (row->letter)
			fprintf(out, "\\-%c, ", row->letter);
		fputs("\\-\\-", out);
		print_escaped(out, row->name);
		if (row->argument)
			fprintf(out, " \\fI%s\\fP", row->argument);
		fputc('\n', out);
		print_escaped(out, row->help);
		if (row->environment) {
			fputs(" (variable PHASETOP_", out);
			for (const char *c = row->name; *c; c++)
				fputc(*c == '-' ? '_' : toupper((unsigned char)*c), out);
			fputc(')', out);
		}
		fputc('\n', out);
	}
}

/* What `print` writes, as a string to be freed. */
static char *printed(void (*print)(FILE *out))
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	print(out);
	fclose(out);
	return text;
}

/* The part between the marks of `name`: *begin is behind the line of the first, *end before that of the
 * second. */
static void find_part(const char *manual, const char *name, const char **begin, const char **end)
{
	char mark[64];
	snprintf(mark, sizeof mark, ".\\\" %s: begin", name);
	*begin = strstr(manual, mark);
	if (!*begin)
		fail_msg("%s has no mark %s", MANUAL, mark);
	*begin = strchr(*begin, '\n') + 1;
	snprintf(mark, sizeof mark, ".\\\" %s: end", name);
	*end = strstr(*begin, mark);
	if (!*end)
		fail_msg("%s has no mark %s", MANUAL, mark);
}

static void check_part(const char *name, void (*print)(FILE *out))
{
	char *manual = read_text(MANUAL), *expected = printed(print);
	const char *begin, *end;
	find_part(manual, name, &begin, &end);
	if (getenv("PT_MANUAL_UPDATE")) {
		FILE *out = fopen(MANUAL, "w");
		assert_non_null(out);
		fwrite(manual, 1, (size_t)(begin - manual), out);
		fputs(expected, out);
		fputs(end, out);
		fclose(out);
	} else if ((size_t)(end - begin) != strlen(expected) || memcmp(begin, expected, strlen(expected)) != 0) {
		fail_msg("the %s of %s are not those of the table: run `make man`", name, MANUAL);
	}
	free(manual);
	free(expected);
}

static void test_options_of_the_manual(void **state)
{
	(void)state;
	check_part("options", print_options);
}

static void test_keys_of_the_manual(void **state)
{
	(void)state;
	check_part("keys", pt_action_print_man);
}

static void test_commands_of_the_manual(void **state)
{
	(void)state;
	check_part("commands", pt_command_print_man);
}

static bool is_option(const char *name, size_t n)
{
	for (size_t i = 0; i < PT_N_OPTIONS; i++) {
		const char *known = pt_option_rows()[i].name;
		if (strlen(known) == n && strncmp(known, name, n) == 0)
			return true;
	}
	return false;
}

/* Each `--word` of a text on phasetop is an option of the table. */
static void check_mentions(const char *path)
{
	char *text = read_text(path);
	for (const char *at = text; (at = strstr(at, "--")) != NULL;) {
		bool at_start = at == text || !(isalnum((unsigned char)at[-1]) || at[-1] == '-');
		at += 2;
		size_t n = strspn(at, "abcdefghijklmnopqrstuvwxyz-");
		if (at_start && n > 1 && !is_option(at, n))
			fail_msg("%s names --%.*s, which there is not", path, (int)n, at);
		at += n;
	}
	free(text);
}

static void test_readme_names_options_that_exist(void **state)
{
	(void)state;
	check_mentions("README.md");
	check_mentions("sample_runs/README.md");
}

/* Roff's \-\- for --, so that the same check serves. */
static void test_manual_names_options_that_exist(void **state)
{
	(void)state;
	char *text = read_text(MANUAL);
	for (const char *at = text; (at = strstr(at, "\\-\\-")) != NULL;) {
		char name[64];
		size_t n = 0;
		for (at += 4; n + 1 < sizeof name; at++) {
			if (at[0] == '\\' && at[1] == '-')
				at++;
			else if (!islower((unsigned char)*at))
				break;
			name[n++] = *at;
		}
		if (n > 0 && !is_option(name, n))
			fail_msg("%s names --%.*s, which there is not", MANUAL, (int)n, name);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options_of_the_manual),
		cmocka_unit_test(test_keys_of_the_manual),
		cmocka_unit_test(test_commands_of_the_manual),
		cmocka_unit_test(test_readme_names_options_that_exist),
		cmocka_unit_test(test_manual_names_options_that_exist),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
