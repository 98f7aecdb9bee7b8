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
#include "phasetop/app/config.h"
#include "phasetop/app/options.h"
#include "phasetop/app/replay.h"
#include "phasetop/app/saved_view.h"
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
	pt_theme_places places = pt_session_theme_places(options, program);
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

/* A terminal that says nothing of itself, or that it can nothing. */
static bool is_dumb(void)
{
	const char *term = getenv("TERM");
	return !term || !*term || strcmp(term, "dumb") == 0;
}

/* Standard input and output are a terminal that can be addressed. */
static bool has_screen(void)
{
	return isatty(STDOUT_FILENO) && isatty(STDIN_FILENO) && !is_dumb();
}

/* May braille and lines be written? Files and pipes take what the locale says; a dumb terminal takes ASCII. */
static bool takes_unicode(const pt_options *options)
{
	bool to_terminal = !options->export_path && isatty(STDOUT_FILENO);
	return !options->ascii && strcmp(nl_langinfo(CODESET), "UTF-8") == 0 && !(to_terminal && is_dumb());
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

/* What a view is saved for. */
static const char **view_paths(const pt_options *options, const pt_run_path *paths, size_t n)
{
	const char **found = pt_array_alloc(n, sizeof *found);
	for (size_t i = 0; found && i < n; i++)
		found[i] = i == 0 && options->replay ? options->replay : paths[i].path;
	return found;
}

/* The view of that name; else, where there is a screen, the one that was saved for these runs. */
static pt_status restore_view(pt_options *options, const pt_session *session, pt_error *err)
{
	pt_saved_view_key key = {
		.name = options->view_name, .paths = session->view_paths, .n_paths = session->n_view_paths};
	bool of_runs = !options->view_name;
	if (of_runs && (options->reset_view || (options->command == PT_COMMAND_RUN && !wants_screen(options))))
		return PT_OK;
	pt_error failure = {0};
	pt_status status = pt_saved_view_read(options, &key, &failure);
	if (status == PT_OK || (of_runs && status == PT_ERR_NOT_FOUND))
		return PT_OK;
	if (!of_runs && status == PT_ERR_NOT_FOUND)
		return pt_fail(err, PT_ERR_USAGE, "", -1, "no view of the name %s", options->view_name);
	if (!of_runs && status == PT_ERR_INVALID)
		return pt_fail(err, PT_ERR_USAGE, "", -1, "--view: %s", failure.message);
	pt_options_warn(options, "%s: %s", failure.path, failure.message);
	return PT_OK;
}

static pt_status save_view(const pt_session *session, pt_error *err)
{
	char path[PT_OPTION_PATH_BYTES];
	pt_view view;
	pt_saved_view_key key = {
		.name = session->options->save_view, .paths = session->view_paths, .n_paths = session->n_view_paths};
	if (!key.name)
		return PT_OK;
	pt_session_view(session, &view);
	return pt_saved_view_write(&key, &view, path, err);
}

static void tell_warnings(const pt_options *options)
{
	for (size_t i = 0; i < options->n_warnings && i < PT_MAX_WARNINGS; i++)
		fprintf(stderr, "phasetop: %s\n", options->warnings[i]);
	if (options->n_warnings > PT_MAX_WARNINGS)
		fprintf(stderr, "phasetop: %zu warnings more\n", options->n_warnings - PT_MAX_WARNINGS);
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

/* A theme that only a file asks for is no reason not to start. */
static pt_status load_theme(pt_options *options, pt_session *session, pt_error *err)
{
	pt_status status =
		pt_session_theme(options, session->program_dir, options->view.theme, &session->theme, err);
	const pt_origin *origin = &options->origins[PT_SETTING_THEME];
	if (status == PT_OK || origin->line == 0)
		return status;
	pt_options_warn(options, "%s:%d: %s",
		origin->kind == PT_ORIGIN_VIEW ? options->view_path : options->config_path, origin->line,
		err->message);
	options->view.theme[0] = '\0';
	return pt_session_theme(options, session->program_dir, "", &session->theme, err);
}

/* What follows once it is known which runs: their view, warnings, the theme. */
static pt_status prepare(pt_options *options, pt_session *session, pt_error *err)
{
	session->view_paths = view_paths(options, session->paths, session->n_paths);
	session->n_view_paths = session->view_paths ? session->n_paths : 0;
	session->unicode = takes_unicode(options);
	pt_status status = restore_view(options, session, err);
	if (status == PT_OK)
		status = load_theme(options, session, err);
	tell_warnings(options);
	return status == PT_OK ? save_view(session, err) : status;
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
	pt_status status = start_replay(options, &replay, &err);
	if (status == PT_OK)
		status = find_paths(options, replay, arena, &paths, &session.n_paths, &err);
	session.paths = paths;
	if (status == PT_OK)
		status = prepare(options, &session, &err);
	if (status == PT_OK) {
		code = run_session(&session, options);
	} else {
		pt_batch_complain(&err);
		code = pt_batch_exit_code(status);
	}
	pt_replay_stop(replay);
	pt_free((void *)(uintptr_t)session.view_paths);
	pt_arena_destroy(arena);
	pt_theme_destroy(session.theme);
	return code;
}

/* With the runs that would be followed, as far as there are any: their view is one of the origins. */
static int print_config(pt_options *options)
{
	pt_error err = {0};
	pt_session session = {.options = options};
	pt_run_path *paths = NULL;
	pt_arena *arena = pt_arena_create();
	bool found = options->replay == NULL &&
				 find_paths(options, NULL, arena, &paths, &session.n_paths, &err) == PT_OK;
	session.view_paths = found ? view_paths(options, paths, session.n_paths) : NULL;
	session.n_view_paths = session.view_paths ? session.n_paths : 0;
	pt_status status = found || options->view_name ? restore_view(options, &session, &err) : PT_OK;
	tell_warnings(options);
	if (status == PT_OK)
		pt_config_print(options, stdout);
	else
		pt_batch_complain(&err);
	pt_free((void *)(uintptr_t)session.view_paths);
	pt_arena_destroy(arena);
	return pt_batch_exit_code(status);
}

static int obey(pt_options *options)
{
	switch (options->command) {
	case PT_COMMAND_HELP:
		pt_options_print_help(stdout);
		return PT_EXIT_OK;
	case PT_COMMAND_VERSION:
		pt_options_print_version(stdout);
		return PT_EXIT_OK;
	case PT_COMMAND_DEFAULT_CONFIG:
		pt_config_print_default(stdout);
		return PT_EXIT_OK;
	case PT_COMMAND_LIST_THEMES:
		return list_themes(options);
	case PT_COMMAND_PRINT_CONFIG:
		return print_config(options);
	case PT_COMMAND_LOGGER:
		return print_logger(options);
	case PT_COMMAND_RUN:
		break;
	}
	return run(options);
}

/* The configuration says nothing to those who ask for help. */
static bool reads_config(pt_command command)
{
	return command != PT_COMMAND_HELP && command != PT_COMMAND_VERSION &&
		   command != PT_COMMAND_DEFAULT_CONFIG && command != PT_COMMAND_LOGGER;
}

int main(int argc, char **argv)
{
	static pt_options options;
	pt_error err = {0};
	/* characters as the user's locale has them; numbers always with a point */
	setlocale(LC_CTYPE, "");
	pt_blas_init();
	pt_status status = pt_options_parse(argc, argv, environ, &options, &err);
	if (status == PT_OK && reads_config(options.command))
		status = pt_config_read(&options, &err);
	if (status != PT_OK) {
		pt_batch_complain(&err);
		pt_options_fini(&options);
		return PT_EXIT_USAGE;
	}
	int code = obey(&options);
	pt_options_fini(&options);
	return code;
}
