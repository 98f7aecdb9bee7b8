/* The program as a shell sees it: exit codes, what goes to standard output and what to standard error. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../helpers/json_document.h"
#include "cli_program.h"

__attribute__((format(printf, 1, 2))) static void phasetop(const char *format, ...)
{
	char arguments[COMMAND_BYTES / 2];
	va_list values;
	va_start(values, format);
	vsnprintf(arguments, sizeof arguments, format, values);
	va_end(values);
	run_program("XDG_CONFIG_HOME=/nonexistent XDG_STATE_HOME=/nonexistent", arguments);
}

static void expect_code(int expected)
{
	if (code != expected)
		fail_msg("exit code %d, should be %d; standard error: %s", code, expected, err);
}

/* One line on standard error that begins with the program's name. */
static void expect_one_line(void)
{
	if (strncmp(err, "phasetop: ", 10) != 0 || strchr(err, '\n') != err + strlen(err) - 1)
		fail_msg("not one line of phasetop's: %s", err);
}

static void expect_usage(const char *arguments, const char *part)
{
	phasetop("%s", arguments);
	expect_code(2);
	expect_one_line();
	assert_string_equal(out, "");
	if (!strstr(err, part) || !strstr(err, "--"))
		fail_msg("%s: no hint in: %s", arguments, err);
}

static cJSON *document(void)
{
	cJSON *parsed = cJSON_Parse(out);
	if (!parsed)
		fail_msg("standard output is not JSON: %.200s", out);
	return parsed;
}

/* ---- 0 ---------------------------------------------------------------------------------------------- */

static void test_help_and_version(void **state)
{
	(void)state;
	phasetop("--help");
	expect_code(0);
	assert_non_null(strstr(out, "usage: phasetop"));
	assert_string_equal(err, "");
	phasetop("--version");
	expect_code(0);
	assert_string_equal(out, "phasetop 0.1.0\n");
}

static void test_list_themes(void **state)
{
	(void)state;
	phasetop("--list-themes --themes-dir themes");
	expect_code(0);
	assert_true(strlen(out) > 0);
}

static void test_reports(void **state)
{
	(void)state;
	phasetop("--once --json sample_runs/finance");
	expect_code(0);
	assert_string_equal(err, "");
	cJSON *d = document();
	assert_int_equal(cJSON_GetArraySize(member(d, "runs")), 1);
	assert_string_equal(member(member(d, "runs")->child, "name")->valuestring, "finance");
	assert_int_equal(cJSON_GetArraySize(member(d, "problems")), 0);
	cJSON_Delete(d);
	phasetop("--once --csv again=sample_runs/finance");
	expect_code(0);
	assert_int_equal(strncmp(out, "run,step,series,value\nagain,5,", 30), 0);
	phasetop("--list sample_runs/finance");
	expect_code(0);
	assert_non_null(strstr(out, "checkpoints  80, steps 5 to 400"));
	phasetop("--list --json sample_runs/finance");
	expect_code(0);
	d = document();
	assert_null(cJSON_GetObjectItemCaseSensitive(member(d, "runs")->child, "norms"));
	cJSON_Delete(d);
	phasetop("-n 1 --json sample_runs/finance");
	expect_code(0);
	cJSON_Delete(document());
}

static void test_no_terminal_means_text(void **state)
{
	(void)state;
	phasetop("sample_runs/finance");
	expect_code(0);
	assert_non_null(strstr(out, "finance"));
	assert_null(strchr(out, '\x1b'));
	phasetop("-1 -U --size 60x20 sample_runs/finance");
	expect_code(0);
	for (const char *c = out; *c; c++)
		assert_true((unsigned char)*c < 0x80);
}

static void test_several_runs_and_a_file_among_them(void **state)
{
	(void)state;
	phasetop("--once --json sample_runs/finance sample_runs/README.md sample_runs/sports");
	expect_code(0);
	cJSON *d = document();
	assert_int_equal(cJSON_GetArraySize(member(d, "runs")), 2);
	const cJSON *problem = member(d, "problems")->child;
	assert_non_null(problem);
	assert_non_null(strstr(member(problem, "path")->valuestring, "README.md"));
	cJSON_Delete(d);
}

static void test_nothing_is_written_into_a_run(void **state)
{
	(void)state;
	struct stat before, after;
	assert_int_equal(stat("sample_runs/finance", &before), 0);
	phasetop("--once sample_runs/finance");
	expect_code(0);
	assert_int_equal(stat("sample_runs/finance", &after), 0);
	assert_int_equal(before.st_mtim.tv_sec, after.st_mtim.tv_sec);
	assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
}

/* ---- 2 ---------------------------------------------------------------------------------------------- */

static void test_usage(void **state)
{
	(void)state;
	expect_usage("--nonsense", "--nonsense");
	expect_usage("--jsno", "--json");
	expect_usage("-k 0 sample_runs/finance", "--window-steps");
	expect_usage("--size big", "--size");
	expect_usage("--json --csv sample_runs/finance", "--csv");
	expect_usage("--once --layout 'row(' sample_runs/finance", "layout");
	expect_usage("--once --theme no-such-theme sample_runs/finance", "theme");
	expect_usage("''", "RUN_DIR");
	expect_usage("\"$(printf -- '--\\033]0;x\\007')\"", "unknown option");
	assert_null(strchr(err, '\x1b'));
}

/* ---- 3 ---------------------------------------------------------------------------------------------- */

static void test_no_run(void **state)
{
	(void)state;
	phasetop("--once '%s/nowhere'", place);
	expect_code(3);
	expect_one_line();
	assert_non_null(strstr(err, "nowhere"));
	phasetop("'%s/nowhere'", place);
	expect_code(3);
	write_file(place, "file", "x", 1);
	phasetop("--once '%s/file'", place);
	expect_code(3);
	expect_one_line();
	make_directory(place, "empty");
	phasetop("--once '%s/empty'", place);
	expect_code(3);
	phasetop("--replay '%s/nowhere'", place);
	expect_code(3);
	expect_one_line();
}

static void test_no_run_prints_the_document_all_the_same(void **state)
{
	(void)state;
	make_directory(place, "empty");
	phasetop("--once --json '%s/empty'", place);
	expect_code(3);
	cJSON *d = document();
	const cJSON *run = member(d, "runs")->child;
	assert_non_null(run);
	assert_string_equal(member(run, "state")->valuestring, "empty");
	cJSON_Delete(d);
	phasetop("--once --json '%s/nowhere'", place);
	expect_code(3);
	d = document();
	assert_true(cJSON_GetArraySize(member(d, "problems")) > 0);
	cJSON_Delete(d);
}

static void test_no_run_below_the_current_directory(void **state)
{
	(void)state;
	char here[1024];
	assert_non_null(getcwd(here, sizeof here));
	char command[COMMAND_BYTES];
	snprintf(command, sizeof command, "cd '%s' && TERM=dumb '%s/%s' --once >.out 2>.err </dev/null", place,
		here, program_path());
	int status = system(command);
	assert_int_equal(WEXITSTATUS(status), 3);
}

/* ---- 4 ---------------------------------------------------------------------------------------------- */

static void test_all_unreadable(void **state)
{
	(void)state;
	/* a young file of zeros could still be on its way; a pointer in place of the file is what it is */
	static const char pointer[] = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 2328\n";
	make_directory(place, "run");
	make_directory(place, "run/checkpoint-5");
	write_file(place, "run/checkpoint-5/adapter_model.safetensors", pointer, sizeof pointer - 1);
	write_file(place, "run/checkpoint-5/adapter_config.json", "{\"r\": 1, \"lora_alpha\": 1}", 25);
	phasetop("--once --json '%s/run'", place);
	expect_code(4);
	cJSON *d = document();
	const cJSON *run = member(d, "runs")->child;
	assert_string_equal(member(run, "state")->valuestring, "unreadable");
	assert_int_equal(member(member(run, "checkpoints"), "count")->valueint, 0);
	cJSON_Delete(d);
}

/* ---- pipes ------------------------------------------------------------------------------------------ */

static void test_a_reader_that_leaves_ends_the_stream(void **state)
{
	(void)state;
	char command[COMMAND_BYTES];
	snprintf(command, sizeof command,
		"timeout 60 '%s' --once --json sample_runs/medical | head -c 100 >/dev/null", program_path());
	assert_int_equal(system(command), 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_place, remove_place)
	const struct CMUnitTest tests[] = {
		CASE(test_help_and_version),
		CASE(test_list_themes),
		CASE(test_reports),
		CASE(test_no_terminal_means_text),
		CASE(test_several_runs_and_a_file_among_them),
		CASE(test_nothing_is_written_into_a_run),
		CASE(test_usage),
		CASE(test_no_run),
		CASE(test_no_run_prints_the_document_all_the_same),
		CASE(test_no_run_below_the_current_directory),
		CASE(test_all_unreadable),
		CASE(test_a_reader_that_leaves_ends_the_stream),
	};
#undef CASE
	return cmocka_run_group_tests(tests, NULL, NULL);
}
