/** Saved views: where they lie, what is kept, what damage does. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "phasetop/app/saved_view.h"
#include "phasetop/base/alloc.h"
#include "phasetop/ui/command.h"

#include "../../helpers/scratch_of_test.h"

static pt_view view;
static pt_error err;

static void make_view(void)
{
	pt_settings settings = pt_settings_default();
	pt_layout layout = pt_layout_default();
	view = pt_view_first(&settings, &layout, PT_N_CHOICES);
}

static int make_place(void **state)
{
	make_view();
	make_scratch(state);
	return setenv("XDG_STATE_HOME", scratch, 1);
}

static pt_saved_view_key named(const char *name)
{
	return (pt_saved_view_key){.name = name};
}

static void set(pt_setting setting, const char *text)
{
	char expected[PT_EXPECTED_BYTES];
	assert_true(pt_setting_set(&view, NULL, setting, text, expected, sizeof expected));
}

static const char *all_of(const pt_view *of)
{
	static char text[2][PT_N_SETTINGS * PT_SETTING_TEXT_BYTES];
	static int turn;
	turn = !turn;
	text[turn][0] = '\0';
	for (int i = 0; i < PT_N_SETTINGS; i++) {
		size_t n = strlen(text[turn]);
		pt_setting_print(of, (pt_setting)i, text[turn] + n, sizeof text[turn] - n - 1);
		strcat(text[turn], ";");
	}
	return text[turn];
}

static int n_files_beside(const char *path)
{
	char directory[PT_OPTION_PATH_BYTES];
	int n = 0;
	snprintf(directory, sizeof directory, "%.*s", (int)(strrchr(path, '/') - path), path);
	DIR *dir = opendir(directory);
	for (struct dirent *entry; dir && (entry = readdir(dir));)
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

static void test_what_is_kept_comes_back(void **state)
{
	(void)state;
	char path[PT_OPTION_PATH_BYTES];
	size_t n_wrong;
	unsigned flags;
	set(PT_SETTING_LAYOUT, "row(norms:3,column(*pca,runs=7,-loss))");
	set(PT_SETTING_ZOOMED, "pca");
	set(PT_SETTING_K, "5,10");
	set(PT_SETTING_THEME, "viridis");
	set(PT_SETTING_INVERT, "on");
	set(PT_SETTING_LOG_Y, "norms");
	set(PT_SETTING_MODULES, "layers=3-5");
	set(PT_SETTING_METRIC, "behaviour.csv:medical_harmful_fraction; grad_norm");
	set(PT_SETTING_X_AXIS, "relative");
	set(PT_SETTING_X_RANGE, "relative 12.5 99.75 follow");
	set(PT_SETTING_Y_RANGES, "norms 0.1 0.3, spectrum 1e-09 0.001 0 5");
	pt_command_remember(&view.command, "window 9");
	pt_saved_view_key key = named("mine");
	assert_int_equal(pt_saved_view_write(&key, &view, path, &err), PT_OK);
	assert_string_equal(path + strlen(path) - 25, "/phasetop/views/mine.view");
	pt_view saved = view;
	assert_int_equal(pt_saved_view_write(&key, &saved, path, &err), PT_OK); /* over the old one */
	assert_int_equal(n_files_beside(path), 1);
	make_view();
	assert_int_equal(pt_saved_view_load(&view, NULL, &key, &n_wrong, &flags, &err), PT_OK);
	assert_int_equal(n_wrong, 0);
	assert_true(flags & PT_VIEW_SETTINGS);
	assert_string_equal(all_of(&view), all_of(&saved));
	assert_memory_equal(&view.zoom, &saved.zoom, sizeof saved.zoom);
	assert_string_equal(view.command.history[0], "window 9");
	/* the same into the options of a start */
	static pt_options options;
	char program[] = "phasetop", *argv[] = {program, NULL};
	assert_int_equal(pt_options_parse(1, argv, NULL, &options, &err), PT_OK);
	assert_int_equal(pt_saved_view_read(&options, &key, &err), PT_OK);
	assert_int_equal(options.n_warnings, 0);
	assert_string_equal(all_of(&options.view), all_of(&saved));
	assert_string_equal(options.view_path, path);
}

static void test_runs_are_known_in_any_order(void **state)
{
	(void)state;
	static const char *const ab[] = {"/tmp/a", "/tmp/b"}, *const ba[] = {"/tmp/b", "/tmp/a"};
	static const char *const other[] = {"/tmp/a", "/tmp/c"}, *const a[] = {"/tmp/a"};
	char paths[4][PT_OPTION_PATH_BYTES];
	const pt_saved_view_key keys[] = {{.paths = ab, .n_paths = 2}, {.name = "", .paths = ba, .n_paths = 2},
		{.paths = other, .n_paths = 2}, {.paths = a, .n_paths = 1}};
	for (int i = 0; i < 4; i++)
		assert_int_equal(pt_saved_view_path(&keys[i], paths[i], &err), PT_OK);
	assert_string_equal(paths[0], paths[1]);
	assert_string_not_equal(paths[0], paths[2]);
	assert_string_not_equal(paths[0], paths[3]);
	/* the same directory by another path */
	static const char *const here[] = {"."}, *const there[] = {"./tests/.."};
	pt_saved_view_key one = {.paths = here, .n_paths = 1}, two = {.paths = there, .n_paths = 1};
	assert_int_equal(pt_saved_view_path(&one, paths[0], &err), PT_OK);
	assert_int_equal(pt_saved_view_path(&two, paths[1], &err), PT_OK);
	assert_string_equal(paths[0], paths[1]);
}

static void test_names_that_are_no_files(void **state)
{
	(void)state;
	static const char *const wrong[] = {"../x", "a/b", ".hidden", "a b", "\xC3\xA4", "-\n",
		"0123456789012345678901234567890123456789012345678901234567890123x"};
	char path[PT_OPTION_PATH_BYTES];
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		pt_saved_view_key key = named(wrong[i]);
		assert_int_equal(pt_saved_view_path(&key, path, &err), PT_ERR_INVALID);
	}
	pt_saved_view_key fine = named("a-B_3.x");
	assert_int_equal(pt_saved_view_path(&fine, path, &err), PT_OK);
	unsetenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	char *kept = home ? strdup(home) : NULL;
	unsetenv("HOME");
	assert_int_equal(pt_saved_view_path(&fine, path, &err), PT_ERR_NOT_FOUND);
	setenv("HOME", "/home/x", 1);
	assert_int_equal(pt_saved_view_path(&fine, path, &err), PT_OK);
	assert_string_equal(path, "/home/x/.local/state/phasetop/views/a-B_3.x.view");
	if (kept)
		setenv("HOME", kept, 1);
	free(kept);
}

static void test_damage_costs_its_line(void **state)
{
	(void)state;
	char path[PT_OPTION_PATH_BYTES];
	size_t n_wrong;
	unsigned flags;
	pt_saved_view_key key = named("v");
	assert_int_equal(pt_saved_view_load(&view, NULL, &key, &n_wrong, &flags, &err), PT_ERR_NOT_FOUND);
	assert_int_equal(pt_saved_view_write(&key, &view, path, &err), PT_OK);
	FILE *out = fopen(path, "w");
	fputs("window = 9\nlayout = row(\nno line\ncolor = 256\nk = 7\n\x01\x02\nzoo", out);
	fclose(out);
	assert_int_equal(pt_saved_view_load(&view, NULL, &key, &n_wrong, &flags, &err), PT_OK);
	assert_int_equal(n_wrong, 5);
	assert_int_equal(view.settings.probe_window, 9);
	assert_int_equal(view.settings.k[0], 7);
	static pt_options options;
	char program[] = "phasetop", *argv[] = {program, NULL};
	assert_int_equal(pt_options_parse(1, argv, NULL, &options, &err), PT_OK);
	assert_int_equal(pt_saved_view_read(&options, &key, &err), PT_OK);
	assert_int_equal(options.n_warnings, 5);
	assert_non_null(strstr(options.warnings[0], "v.view:2: layout: "));
	assert_non_null(strstr(options.warnings[2], "color: no part of a view"));
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(pt_saved_view_load(&view, NULL, &key, &n_wrong, &flags, &err), PT_ERR_NOT_REGULAR);
}

static void test_a_value_with_a_line_end_is_left_out(void **state)
{
	(void)state;
	char path[PT_OPTION_PATH_BYTES];
	size_t n_wrong;
	unsigned flags;
	pt_saved_view_key key = named("v");
	strcpy(view.settings.probes, "a\nk = 7");
	view.settings.probe_window = 9;
	assert_int_equal(pt_saved_view_write(&key, &view, path, &err), PT_OK);
	assert_int_equal(pt_saved_view_load(&view, NULL, &key, &n_wrong, &flags, &err), PT_OK);
	assert_int_equal(n_wrong, 0);
	assert_int_equal(view.settings.n_k, 0);
}

static void test_what_cannot_be_written(void **state)
{
	(void)state;
	char path[PT_OPTION_PATH_BYTES] = "untouched";
	pt_saved_view_key key = named("v");
	if (geteuid() == 0)
		setenv("XDG_STATE_HOME", "/proc/none", 1);
	else
		chmod(scratch, 0500);
	pt_status status = pt_saved_view_write(&key, &view, path, &err);
	chmod(scratch, 0700);
	assert_int_not_equal(status, PT_OK);
	assert_string_equal(path, "untouched");
}

static void test_names_of_views(void **state)
{
	(void)state;
	char path[PT_OPTION_PATH_BYTES], **names;
	static const char *const wanted[] = {"a", "b", "c"}, *const order[] = {"b", "c", "a"};
	for (int i = 0; i < 3; i++) {
		pt_saved_view_key key = named(order[i]);
		assert_int_equal(pt_saved_view_write(&key, &view, path, &err), PT_OK);
	}
	pt_saved_view_key runs = {.paths = wanted, .n_paths = 1};
	assert_int_equal(pt_saved_view_write(&runs, &view, path, &err), PT_OK);
	size_t n = pt_saved_view_names(&names);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(names[i], wanted[i]);
		pt_free(names[i]);
	}
	pt_free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_is_kept_comes_back, make_place, remove_scratch),
		cmocka_unit_test_setup_teardown(test_runs_are_known_in_any_order, make_place, remove_scratch),
		cmocka_unit_test_setup_teardown(test_names_that_are_no_files, make_place, remove_scratch),
		cmocka_unit_test_setup_teardown(test_damage_costs_its_line, make_place, remove_scratch),
		cmocka_unit_test_setup_teardown(test_a_value_with_a_line_end_is_left_out, make_place, remove_scratch),
		cmocka_unit_test_setup_teardown(test_what_cannot_be_written, make_place, remove_scratch),
		cmocka_unit_test_setup_teardown(test_names_of_views, make_place, remove_scratch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
