/* Configuration and saved views as a shell sees them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli_program.h"

/* With configuration and state in the test's own directory. */
__attribute__((format(printf, 1, 2))) static void phasetop(const char *format, ...)
{
	char arguments[COMMAND_BYTES / 2], environment[256];
	va_list values;
	va_start(values, format);
	vsnprintf(arguments, sizeof arguments, format, values);
	va_end(values);
	snprintf(environment, sizeof environment,
		"unset NO_COLOR; XDG_CONFIG_HOME='%s/config' XDG_STATE_HOME='%s/state'", place, place);
	run_program(environment, arguments);
}

static void put_config(const char *text)
{
	write_text(place, "config/phasetop/phasetop.conf", text);
}

static void assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("not there: %s\nin: %s", part, text);
}

static bool exists(const char *name)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", place, name);
	return access(path, F_OK) == 0;
}

static void test_default_config_is_read_without_a_word(void **state)
{
	(void)state;
	phasetop("--default-config");
	assert_int_equal(code, 0);
	assert_says(out, "\n#theme = auto\n");
	assert_says(out, "\n[keys]\n");
	char *marked = strdup(out);
	put_config(marked);
	phasetop("--print-config");
	assert_int_equal(code, 0);
	assert_string_equal(err, "");
	assert_null(strstr(out, "# config"));
	for (char *at = marked; (at = strstr(at, "\n#")) != NULL; at++)
		if (at[2] >= 'a' && at[2] <= 'z')
			at[1] = ' ';
	char *before = strdup(out);
	put_config(marked);
	phasetop("--print-config");
	assert_string_equal(err, "");
	assert_says(out, "phasetop.conf:");
	/* line for line the same values */
	char *a = before, *b = out;
	while (a && b && *a && strncmp(b, "[keys]", 6) != 0) {
		size_t n = (size_t)(strstr(a, " # ") - a);
		assert_memory_equal(a, b, n);
		a = strchr(a, '\n') + 1;
		b = strchr(b, '\n') + 1;
	}
	assert_string_equal(a, "");
	free(before);
	free(marked);
}

static void test_print_config_tells_the_origin(void **state)
{
	(void)state;
	char line[256];
	put_config("# mine\nwindow = 9\ntheme = viridis\n[keys]\nzoom = Ctrl-x\n");
	phasetop("--print-config -k 5,10 --size 90x30");
	assert_says(out, "k              = 5,10                     # flag\n");
	assert_says(out, "size           = 90x30                    # flag\n");
	snprintf(line, sizeof line,
		"window         = 9                        # config %s/config/phasetop/phasetop.conf:2\n", place);
	assert_says(out, line);
	assert_says(out, "matrix         = auto                     # default\n");
	assert_says(out, "[keys]\nzoom           = Ctrl-x ");
	setenv("PHASETOP_THEME", "sixteen", 1);
	phasetop("--print-config");
	unsetenv("PHASETOP_THEME");
	assert_says(out, "theme          = sixteen                  # environment\n");
	write_text(place, "other.conf", "window = 11\n");
	phasetop("-c '%s/other.conf' --print-config", place);
	assert_says(out, "window         = 11 ");
	assert_says(out, "theme          = auto ");
}

static void test_bad_lines_are_warnings(void **state)
{
	(void)state;
	put_config("window = 1\ntehme = x\ntheme = no-such-theme\nnonsense\n[keys]\nzoom = w\n");
	phasetop("--once --size 80x24 sample_runs/medical");
	assert_int_equal(code, 0);
	assert_says(err, "phasetop.conf:1: window: '1' is not a number of rows, 2 to 100000\n");
	assert_says(err, "phasetop.conf:2: no setting 'tehme'");
	assert_says(err, "phasetop.conf:3: theme: 'no-such-theme' is not the name of a theme; --list-themes tells them\n");
	assert_says(err, "phasetop.conf:4: not of the form name = value: nonsense\n");
	assert_says(err, "phasetop.conf:6: zoom: w no longer means write\n");
	assert_says(out, "medical");
	phasetop("-c '%s/nowhere.conf' --once sample_runs/medical", place);
	assert_int_equal(code, 2);
	phasetop("-c /dev/null --once sample_runs/medical");
	assert_int_equal(code, 0);
	assert_string_equal(err, "");
	/* help is to be had whatever stands there */
	phasetop("--help");
	assert_string_equal(err, "");
}

static void test_the_configuration_is_in_force(void **state)
{
	(void)state;
	put_config("k = 10\npreset = single\n");
	phasetop("--export '%s/a.txt' --size 80x24 sample_runs/medical", place);
	slurp("a.txt", out);
	assert_says(out, "k 10");
	assert_null(strstr(out, "k 15"));
	assert_null(strstr(out, "1 norm"));
	phasetop("--export '%s/a.txt' --size 80x24 --preset watch sample_runs/medical", place);
	slurp("a.txt", out);
	assert_says(out, "1 norm");
	assert_false(exists("state")); /* nothing is written unasked */
}

static void test_views_by_name(void **state)
{
	(void)state;
	phasetop("--once --size 80x24 -k 10 --layout 'row(*loss)' --save-view mine sample_runs/medical");
	assert_int_equal(code, 0);
	assert_true(exists("state/phasetop/views/mine.view"));
	phasetop("--print-config --view mine sample_runs/medical");
	assert_says(out, "k              = 10                       # view ");
	assert_says(out, "/views/mine.view:");
	phasetop("--export '%s/a.txt' --size 80x24 --view mine sample_runs/medical", place);
	slurp("a.txt", out);
	assert_says(out, "5 loss");
	assert_null(strstr(out, "1 norm"));
	phasetop("--once --view none-such sample_runs/medical");
	assert_int_equal(code, 2);
	assert_says(err, "no view of the name none-such");
	phasetop("--once --view ../x sample_runs/medical");
	assert_int_equal(code, 2);
	phasetop("--once --save-view a/b sample_runs/medical");
	assert_int_equal(code, 2);
	phasetop("--view x --reset-view sample_runs/medical");
	assert_int_equal(code, 2);
}

static void test_export_of_series(void **state)
{
	(void)state;
	phasetop("--export '%s/a.csv' --layout 'row(*pca)' sample_runs/medical", place);
	assert_int_equal(code, 0);
	slurp("a.csv", out);
	assert_int_equal(strncmp(out, "run,step,series,value\nmedical,", 30), 0);
	assert_says(out, ",pc1.B,");
	assert_null(strstr(out, "cosine"));
}

/* Curves are lines there, and no dots of a terminal. */
static void test_export_of_a_picture(void **state)
{
	(void)state;
	char arguments[256];
	snprintf(arguments, sizeof arguments, "--export '%s/a.svg' --size 80x24 sample_runs/medical", place);
	run_program("LC_ALL=C.UTF-8", arguments);
	assert_int_equal(code, 0);
	slurp("a.svg", out);
	assert_says(out, "<path class=\"w\" stroke=\"#");
	assert_null(strstr(out, "class=\"d "));
}

static int set_up(void **state)
{
	if (make_place(state) != 0)
		return -1;
	make_directory(place, "config");
	make_directory(place, "config/phasetop");
	return 0;
}

/* As of `-c <(phasetop --default-config)`. */
static void test_a_pipe_is_a_configuration(void **state)
{
	(void)state;
	char path[256], command[COMMAND_BYTES];
	snprintf(path, sizeof path, "%s/pipe", place);
	assert_int_equal(mkfifo(path, 0600), 0);
	snprintf(command, sizeof command, "printf 'window = 31\\n' > '%s' &", path);
	assert_int_equal(system(command), 0);
	phasetop("-c '%s' --print-config", path);
	assert_int_equal(code, 0);
	assert_non_null(strstr(out, "= 31"));
	assert_non_null(strstr(out, "/pipe:1"));
	unlink(path);
	phasetop("-c '%s' --print-config", place); /* a directory is none */
	assert_int_equal(code, 2);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, remove_place)
	const struct CMUnitTest tests[] = {
		CASE(test_default_config_is_read_without_a_word),
		CASE(test_print_config_tells_the_origin),
		CASE(test_bad_lines_are_warnings),
		CASE(test_the_configuration_is_in_force),
		CASE(test_views_by_name),
		CASE(test_export_of_series),
		CASE(test_export_of_a_picture),
		CASE(test_a_pipe_is_a_configuration),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
