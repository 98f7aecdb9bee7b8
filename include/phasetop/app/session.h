/** What every kind of session (screen, report, picture) starts from. */
#ifndef PHASETOP_APP_SESSION_H
#define PHASETOP_APP_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "phasetop/analysis/pipeline.h"
#include "phasetop/app/options.h"
#include "phasetop/base/status.h"
#include "phasetop/ui/theme.h"
#include "phasetop/ui/view.h"

typedef struct pt_session {
	const pt_options *options;
	const pt_run_path *paths; /* what to follow: those of the command line, the newest run, or the replay's */
	size_t n_paths;
	const char *const *view_paths; /* the runs that a view is saved for: of a replay the finished run */
	size_t n_view_paths;
	pt_theme *theme;
	const char *program_dir; /* where the program lies; NULL: not known */
	bool unicode;            /* the locale's character set is UTF-8, no --ascii, no dumb terminal to write to */
} pt_session;

/** The first view of a session, from the options, for what the program can show. */
void pt_session_view(const pt_session *session, pt_view *view);

/** Where themes are looked for. */
pt_theme_places pt_session_theme_places(const pt_options *options, const char *program_dir);

/**
 * The theme of a name, or of a path with a '/'; "": light where the terminal says that it is, else the
 * built-in one.
 * @retval PT_ERR_USAGE  there is no theme of that name; and those of pt_theme_load_file
 */
PT_CHECKED pt_status pt_session_theme(
	const pt_options *options, const char *program_dir, const char *name, pt_theme **theme, pt_error *err);

/** The settings that a live screen with this view asks for: frames start warm, and maps and tables are made
 * of the matrix types that are drawn. */
pt_settings pt_session_settings(const pt_view *view);

/** How the pipeline is to run. @param watch false: one cold scan */
pt_pipeline_options pt_session_pipeline(const pt_session *session, bool watch);

/** "~/x" as the shell understands it, for paths that no shell has seen: with $HOME in its place. Other paths as
 * they are. */
void pt_session_home_path(const char *path, char out[PT_OPTION_PATH_BYTES]);

#endif
