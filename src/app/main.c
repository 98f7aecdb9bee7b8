/**
 * phasetop: what kind of session the command line asks for, and what it starts from.
 */
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phasetop/app/batch.h"
#include "phasetop/app/loggers.h"
#include "phasetop/app/options.h"
#include "phasetop/app/replay.h"
#include "phasetop/app/screen_app.h"
#include "phasetop/app/session.h"
#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"
#include "phasetop/numeric/blas.h"
#include "phasetop/runio/checkpoint_scan.h"
#include "phasetop/runio/hf_cache.h"

/* Where the program itself lies, so that themes beside it are found; "" when that is not known. */
static void program_directory(char *out, size_t capacity)
{
	ssize_t n = readlink("/proc/self/exe", out, capacity - 1);
	out[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(out, '/');
	if (slash)
		*slash = '\0';
}

static pt_theme_places theme_places(const pt_options *options, const char *program)
{
	return (pt_theme_places){
		.themes_dir = options->themes_dir,
		.xdg_config_home = getenv("XDG_CONFIG_HOME"),
		.home = getenv("HOME"),
		.program_dir = *program ? program : NULL,
	};
}

static void print_theme(const char *name, const char *path, void *context)
{
	char safe[PATH_MAX];
	pt_text_sanitize(safe, sizeof safe, path ? path : "built in", strlen(path ? path : "built in"));
	fprintf(context, "%-20s %s\n", name, safe);
}

static int list_themes(const pt_options *options)
{
	char program[PATH_MAX];
	pt_error err;
	program_directory(program, sizeof program);
	pt_theme_places places = theme_places(options, program);
	pt_status status = pt_theme_list(&places, print_theme, stdout, &err);
	if (status != PT_OK)
		pt_batch_complain(&err);
	return pt_batch_exit_code(status);
}

static int print_logger(const pt_options *options)
{
	pt_error err;
	pt_status status = pt_logger_print(options->logger, stdout, &err);
	if (status != PT_OK)
		pt_batch_complain(&err);
	return pt_batch_exit_code(status);
}

/* Terminals that say so give "foreground;background" in the 16-colour palette: 7 and 15 are light grounds. */
static bool terminal_is_light(void)
{
	const char *colours = getenv("COLORFGBG");
	const char *ground = colours ? strrchr(colours, ';') : NULL;
	return ground && (strcmp(ground, ";7") == 0 || strcmp(ground, ";15") == 0);
}

static pt_status load_theme(const pt_options *options, const char *program, pt_theme **theme, pt_error *err)
{
	pt_theme_places places = theme_places(options, program);
	if (!options->theme) {
		bool light = terminal_is_light() && pt_theme_find("phasetop-light", &places, theme, NULL) == PT_OK;
		return light ? PT_OK : pt_theme_create(theme, err);
	}
	pt_status status = pt_theme_find(options->theme, &places, theme, err);
	return status == PT_ERR_NOT_FOUND
			   ? pt_fail(err, PT_ERR_USAGE, "", -1, "no theme %s; see --list-themes", options->theme)
			   : status;
}

/* Standard input and output are a terminal that can be addressed. */
static bool has_screen(void)
{
	const char *term = getenv("TERM");
	return isatty(STDOUT_FILENO) && isatty(STDIN_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

static bool wants_screen(const pt_options *options)
{
	return options->output == PT_OUTPUT_SCREEN && !options->once && !options->list && !options->export_path &&
		   options->iterations == 0 && has_screen();
}

/* A dashboard that has no screen to draw on is a report. */
static int run_session(pt_session *session, pt_options *options)
{
	if (wants_screen(options)) {
		pt_error err = {0};
		int code = PT_EXIT_OK;
		pt_status status = pt_screen_app_run(session, &code, &err);
		if (status == PT_OK)
			return code;
		pt_batch_complain(&err);
		if (status != PT_ERR_UNSUPPORTED)
			return pt_batch_exit_code(status);
		/* TERM names a terminal that nobody knows how to draw on: text it is */
	}
	if (options->output == PT_OUTPUT_SCREEN && options->iterations <= 1)
		options->once = true;
	return pt_batch_run(session, stdout);
}

/* Of models in the cache of the Hugging Face hub the directory, under the model's own name. */
static pt_status find_in_hub(pt_run_path *path, pt_arena *arena, pt_error *err)
{
	const pt_hf_places places = {
		.hub_cache = getenv("HF_HUB_CACHE"),
		.hf_home = getenv("HF_HOME"),
		.xdg_cache_home = getenv("XDG_CACHE_HOME"),
		.home = getenv("HOME"),
	};
	const char *found = NULL, *label = NULL;
	pt_status status = pt_hf_is_name(path->path) ? pt_hf_find(path->path, &places, arena, &found, &label, err)
												 : pt_hf_snapshot(path->path, arena, &found, &label, err);
	if (status != PT_OK || !found)
		return status;
	path->path = found;
	path->name = path->name ? path->name : label;
	return PT_OK;
}

/* The paths to follow: the replay's copy, those of the command line, or the newest run that lies here. */
static pt_status find_paths(const pt_options *options, const pt_replay *replay, pt_arena *arena,
	pt_run_path **paths, size_t *n, pt_error *err)
{
	size_t n_given = options->n_paths + (replay ? 1 : 0);
	pt_run_path *found = arena ? pt_arena_alloc(arena, n_given + 1, sizeof *found) : NULL;
	if (!found)
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory");
	size_t at = 0;
	pt_status status = PT_OK;
	if (replay)
		found[at++].path = pt_replay_directory(replay);
	for (size_t i = 0; i < options->n_paths && status == PT_OK; i++) {
		found[at] = (pt_run_path){.name = options->paths[i].name, .path = options->paths[i].path};
		status = find_in_hub(&found[at++], arena, err);
	}
	if (status == PT_OK && n_given == 0) {
		char *newest = NULL;
		status = pt_workspace_newest(".", &newest, err);
		if (status == PT_ERR_NO_CHECKPOINTS)
			return pt_fail(err, status, "", -1, "no run under this directory: give a RUN_DIR; see --help");
		if (status == PT_OK && !(found[at++].path = pt_arena_text(arena, newest)))
			status = pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory");
		pt_free(newest);
	}
	*paths = found;
	*n = at;
	return status;
}

static pt_status start_replay(const pt_options *options, pt_replay **replay, pt_error *err)
{
	if (!options->replay)
		return PT_OK;
	pt_status status = pt_replay_start(options->replay, options->speed, replay, err);
	/* a report of a replay is one of its end */
	if (status == PT_OK && (options->once || options->list || options->export_path))
		status = pt_replay_wait(*replay, err);
	return status;
}

static int run(pt_options *options)
{
	pt_error err = {0};
	char program[PATH_MAX];
	program_directory(program, sizeof program);
	pt_session session = {.options = options, .program_dir = *program ? program : NULL};
	pt_replay *replay = NULL;
	pt_run_path *paths = NULL;
	pt_arena *arena = pt_arena_create();
	int code;
	session.unicode = !options->ascii && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	pt_status status = load_theme(options, program, &session.theme, &err);
	if (status == PT_OK)
		status = start_replay(options, &replay, &err);
	if (status == PT_OK)
		status = find_paths(options, replay, arena, &paths, &session.n_paths, &err);
	if (status == PT_OK) {
		session.paths = paths;
		code = run_session(&session, options);
	} else {
		pt_batch_complain(&err);
		code = pt_batch_exit_code(status);
	}
	pt_replay_stop(replay);
	pt_arena_destroy(arena);
	pt_theme_destroy(session.theme);
	return code;
}

int main(int argc, char **argv)
{
	pt_options options;
	pt_error err;
	/* characters as the user's locale has them; numbers always with a point */
	setlocale(LC_CTYPE, "");
	pt_blas_init();
	if (pt_options_parse(argc, argv, environ, &options, &err) != PT_OK) {
		pt_batch_complain(&err);
		return PT_EXIT_USAGE;
	}
	int code = PT_EXIT_OK;
	switch (options.command) {
	case PT_COMMAND_HELP:
		pt_options_print_help(stdout);
		break;
	case PT_COMMAND_VERSION:
		pt_options_print_version(stdout);
		break;
	case PT_COMMAND_LIST_THEMES:
		code = list_themes(&options);
		break;
	case PT_COMMAND_LOGGER:
		code = print_logger(&options);
		break;
	case PT_COMMAND_RUN:
		code = run(&options);
		break;
	}
	pt_options_fini(&options);
	return code;
}
