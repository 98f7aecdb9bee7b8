#include "phasetop/app/session.h"

#include <stdlib.h>
#include <string.h>

#include "phasetop/base/text.h"

void pt_session_view(const pt_session *session, pt_view *view)
{
	const pt_options *options = session->options;
	*view = options->view;
	view->first_layout = view->layout;
	view->keymap = &options->keymap;
	view->unicode = session->unicode;
	if (options->ascii)
		view->glyphs_default = PT_GLYPH_ASCII;
	view->settings.wanted = pt_view_wanted(view);
}

pt_settings pt_session_settings(const pt_view *view)
{
	static const unsigned matrices[] = {
		[PT_CHOICE_A] = PT_MATRIX_BIT(PT_MATRIX_A),
		[PT_CHOICE_B] = PT_MATRIX_BIT(PT_MATRIX_B),
		[PT_CHOICE_DW] = PT_MATRIX_BIT(PT_MATRIX_DW),
		[PT_CHOICE_W] = 0,
		[PT_CHOICE_BOTH] = PT_MATRIX_BIT(PT_MATRIX_A) | PT_MATRIX_BIT(PT_MATRIX_B),
		[PT_CHOICE_ALL] =
			PT_MATRIX_BIT(PT_MATRIX_A) | PT_MATRIX_BIT(PT_MATRIX_B) | PT_MATRIX_BIT(PT_MATRIX_DW),
	};
	_Static_assert(sizeof matrices / sizeof matrices[0] == PT_N_CHOICES, "a set for every choice");
	pt_settings settings = view->settings;
	settings.warm_start = true;
	/* W stands in where a run has no adapter */
	settings.matrices = matrices[view->matrix] | PT_MATRIX_BIT(PT_MATRIX_W);
	settings.compared = settings.matrices;
	return settings;
}

pt_pipeline_options pt_session_pipeline(const pt_session *session, bool watch)
{
	static const pt_watch_mode modes[] = {
		[PT_WATCHING_AUTO] = PT_WATCH_AUTO,
		[PT_WATCHING_INOTIFY] = PT_WATCH_INOTIFY,
		[PT_WATCHING_POLL] = PT_WATCH_POLL,
	};
	pt_clock clock = pt_clock_system();
	return (pt_pipeline_options){
		.paths = session->paths,
		.n_paths = session->n_paths,
		.settings = session->options->view.settings,
		.clock = clock,
		.watch = watch,
		.watching =
			{
				.mode = modes[session->options->watch],
				.sweep_ms = session->options->poll_interval_ms,
				.clock = clock,
				.calls = pt_watch_calls_system(),
			},
	};
}

pt_theme_places pt_session_theme_places(const pt_options *options, const char *program_dir)
{
	return (pt_theme_places){
		.themes_dir = options->themes_dir[0] ? options->themes_dir : NULL,
		.xdg_config_home = getenv("XDG_CONFIG_HOME"),
		.home = getenv("HOME"),
		.program_dir = program_dir,
	};
}

void pt_session_home_path(const char *path, char out[PT_OPTION_PATH_BYTES])
{
	const char *home = getenv("HOME");
	bool is_below = path[0] == '~' && path[1] == '/' && home && *home;
	pt_text text = pt_text_over(out, PT_OPTION_PATH_BYTES);
	pt_text_addf(&text, "%s%s", is_below ? home : "", is_below ? path + 1 : path);
}

/* Terminals that say so give "foreground;background" in the 16-colour palette: 7 and 15 are light grounds. */
static bool terminal_is_light(void)
{
	const char *colours = getenv("COLORFGBG");
	const char *ground = colours ? strrchr(colours, ';') : NULL;
	return ground && (strcmp(ground, ";7") == 0 || strcmp(ground, ";15") == 0);
}

pt_status pt_session_theme(
	const pt_options *options, const char *program_dir, const char *name, pt_theme **theme, pt_error *err)
{
	pt_theme_places places = pt_session_theme_places(options, program_dir);
	if (!name[0]) {
		bool light = terminal_is_light() && pt_theme_find("phasetop-light", &places, theme, NULL) == PT_OK;
		return light ? PT_OK : pt_theme_create(theme, err);
	}
	char path[PT_OPTION_PATH_BYTES];
	pt_session_home_path(name, path);
	pt_status status = pt_theme_find(path, &places, theme, err);
	return status == PT_ERR_NOT_FOUND ? PT_ERR_USAGE : status;
}
