/**
 * The command line: one table makes the parser, `--help`, the completion of mistyped names and the test of
 * the man page. An option that is a setting (ui/setting_table.h) is set as the configuration, saved views and
 * commands set it.
 *
 * Precedence: flag > environment (NO_COLOR, PHASETOP_*) > configuration > saved view > default. For each row
 * of the table that says so, PHASETOP_ and the long name in capitals with `_` for `-` gives the value
 * (PHASETOP_THEMES_DIR=…).
 */
#ifndef PHASETOP_APP_OPTIONS_H
#define PHASETOP_APP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "phasetop/analysis/settings.h"
#include "phasetop/app/loggers.h"
#include "phasetop/base/status.h"
#include "phasetop/ui/setting.h"
#include "phasetop/ui/view.h"

/* X(enumerator, short letter or 0, long name, argument's name or NULL, environment too, help) */
#define PT_OPTION_TABLE(X)                                                                                  \
	X(PT_OPTION_ONCE, '1', "once", NULL, false, "one text report with plots to standard output, then exit") \
	X(PT_OPTION_JSON, 0, "json", NULL, false, "the report as JSON (with -1: one document; else a stream)")  \
	X(PT_OPTION_CSV, 0, "csv", NULL, false, "the report as a table: run,step,series,value")                 \
	X(PT_OPTION_GRAMS, 0, "grams", NULL, false, "with --json: the Gram matrices too")                       \
	X(PT_OPTION_FULL, 0, "full", NULL, false,                                                               \
		"with --json: k-scan, checkpoint map, usual bands, probe groups, Grams")                            \
	X(PT_OPTION_LIST, 0, "list", NULL, false, "runs, checkpoints, modules, memory, problems")               \
	X(PT_OPTION_ITERATIONS, 'n', "iterations", "N", false, "N reports, then exit")                          \
	X(PT_OPTION_K, 'k', "window-steps", "K[,K...]", true, "k of the local cosine, in training steps")       \
	X(PT_OPTION_MATRIX, 'm', "matrix", "TYPE", true, "A, B, dW, W, both (A and B) or all; default B")       \
	X(PT_OPTION_MODULES, 0, "modules", "SET", true, "[ADAPTER:]GLOB or layers=A-B")                         \
	X(PT_OPTION_EVERY, 0, "every", "STEPS", true, "only checkpoints at multiples of STEPS")                 \
	X(PT_OPTION_PAIRING, 0, "pairing", "RULE", true,                                                        \
		"step[,TOLERANCE] (steps, or half: half the spacing) or index")                                     \
	X(PT_OPTION_MIN_STEP_NORM, 0, "min-step-norm", "X", true,                                               \
		"skip a step where both displacements are shorter than X")                                          \
	X(PT_OPTION_MIN_STEP_FRAC, 0, "min-step-frac", "X", true,                                               \
		"the same with X times the longest displacement so far (0 to 1)")                                   \
	X(PT_OPTION_TURN_BELOW, 0, "turn-below", "X", true, "turn line of the cosine, -1 to 1; default 0.8")    \
	X(PT_OPTION_PROBE_WINDOW, 'w', "probe-window", "W", true,                                               \
		"rows of probe losses for SHC, PR and tr C; default 20")                                            \
	X(PT_OPTION_PROBES, 0, "probes", "GLOB", true, "only probes whose name matches")                       \
	X(PT_OPTION_BASELINE, 0, "baseline", "NAME", true,                                                     \
		"the run that others are compared with; default the first")                                         \
	X(PT_OPTION_ALIGN, 0, "align", "ON", true,                                                             \
		"step, or turn: steps are told from where each run turned")                                         \
	X(PT_OPTION_METRIC, 0, "metric", "[FILE:]NAME", true,                                                   \
		"show NAME[,NAME...] of the run's logs, or of its CSV or JSON FILE too")                           \
	X(PT_OPTION_GRAM_MEMORY, 0, "gram-memory", "MIB", true,                                                 \
		"keep single modules' Grams whole in so much memory; default 1024")                                 \
	X(PT_OPTION_REPLAY, 0, "replay", "DIR", false,                                                          \
		"play a finished run as if live: a copy grows in a temporary directory")                            \
	X(PT_OPTION_SPEED, 0, "speed", "X", false, "steps a second of --replay; default: the run in 40 s")      \
	X(PT_OPTION_WATCH, 0, "watch", "HOW", true, "auto, inotify or poll[=SECONDS]; default auto")            \
	X(PT_OPTION_THEME, 0, "theme", "NAME", true, "colour theme; see --list-themes")                         \
	X(PT_OPTION_THEMES_DIR, 0, "themes-dir", "DIR", true, "look for themes here first")                     \
	X(PT_OPTION_LIST_THEMES, 0, "list-themes", NULL, false, "names of all themes, then exit")               \
	X(PT_OPTION_GRAPH, 0, "graph", "KIND", true, "auto, braille, block or ascii; default auto")             \
	X(PT_OPTION_COLOR, 0, "color", "DEPTH", true, "auto, never, 16, 256 or true; default auto")             \
	X(PT_OPTION_NO_COLOR, 'C', "no-color", NULL, false, "as --color never")                                 \
	X(PT_OPTION_ASCII, 'U', "ascii", NULL, false, "nothing but ASCII, --graph ascii included")              \
	X(PT_OPTION_NO_MOUSE, 'M', "no-mouse", NULL, false, "leave the mouse to the terminal")                  \
	X(PT_OPTION_SIZE, 0, "size", "COLSxROWS", true, "size of --once and --export; default the terminal's")  \
	X(PT_OPTION_PRESET, 0, "preset", "NAME", true, "arrangement of the panes by name; default watch")       \
	X(PT_OPTION_LAYOUT, 0, "layout", "STRING", true, "arrangement of the panes")                            \
	X(PT_OPTION_EXPORT, 0, "export", "FILE", false,                                                         \
		"write the screen (.svg, .txt) or the pane's series (.csv), then exit")                             \
	X(PT_OPTION_VIEW, 0, "view", "NAME", true, "start with the view that was saved by that name")           \
	X(PT_OPTION_SAVE_VIEW, 0, "save-view", "NAME", false, "save the view that is started with")             \
	X(PT_OPTION_RESET_VIEW, 0, "reset-view", NULL, false, "start without the view saved for these runs")    \
	X(PT_OPTION_CONFIG, 'c', "config", "FILE", true,                                                        \
		"configuration; default ~/.config/phasetop/phasetop.conf")                                          \
	X(PT_OPTION_DEFAULT_CONFIG, 0, "default-config", NULL, false, "a commented configuration, then exit")   \
	X(PT_OPTION_PRINT_CONFIG, 0, "print-config", NULL, false,                                               \
		"every setting, where it comes from, then exit")                                                    \
	X(PT_OPTION_INLINE_WORKER, 0, "inline-worker", NULL, false, "read and compute in one thread (tests)")   \
	X(PT_OPTION_LOGGER, 0, "logger", "NAME", false,                                                         \
		"print a logger of probe losses: hf, torch, lightning or probes")                               \
	X(PT_OPTION_HELP, 'h', "help", NULL, false, "this text")                                                \
	X(PT_OPTION_VERSION, 'V', "version", NULL, false, "the version")

typedef enum pt_option_id {
#define X(id, letter, name, argument, environment, help) id,
	PT_OPTION_TABLE(X)
#undef X
		PT_N_OPTIONS
} pt_option_id;

typedef struct pt_option_row {
	pt_option_id id;
	char letter; /* 0: none */
	const char *name;
	const char *argument; /* NULL: takes none */
	bool environment;
	const char *help;
} pt_option_row;

/** The table, PT_N_OPTIONS rows. */
const pt_option_row *pt_option_rows(void);

/** What the program ends with. */
typedef enum pt_exit_code {
	PT_EXIT_OK = 0,
	PT_EXIT_USAGE = 2,
	PT_EXIT_NO_RUN = 3, /* no such directory, a single path that is a file, or --once and nothing to read */
	PT_EXIT_UNREADABLE = 4, /* all inputs are unreadable */
} pt_exit_code;

typedef enum pt_command {
	PT_COMMAND_RUN,
	PT_COMMAND_HELP,
	PT_COMMAND_VERSION,
	PT_COMMAND_LIST_THEMES,
	PT_COMMAND_LOGGER,
	PT_COMMAND_DEFAULT_CONFIG,
	PT_COMMAND_PRINT_CONFIG,
} pt_command;

/* What goes to standard output; PT_OUTPUT_SCREEN is the dashboard, or text where that is no terminal. */
typedef enum pt_output { PT_OUTPUT_SCREEN, PT_OUTPUT_JSON, PT_OUTPUT_CSV } pt_output;

typedef enum pt_watching_choice {
	PT_WATCHING_AUTO,
	PT_WATCHING_INOTIFY,
	PT_WATCHING_POLL
} pt_watching_choice;
typedef enum pt_color_choice {
	PT_COLOR_AUTO,
	PT_COLOR_NEVER,
	PT_COLOR_16,
	PT_COLOR_256,
	PT_COLOR_TRUE,
} pt_color_choice;

/** [NAME=]RUN_DIR as given. An argument that exists on disk as it stands is a path, `=` or not. */
typedef struct pt_named_path {
	const char *name; /* NULL: the directory's own */
	const char *path;
} pt_named_path;

/** Who said what a setting is; a later one here goes before an earlier one. */
typedef enum pt_origin_kind {
	PT_ORIGIN_DEFAULT,
	PT_ORIGIN_VIEW,
	PT_ORIGIN_CONFIG,
	PT_ORIGIN_ENVIRONMENT,
	PT_ORIGIN_FLAG,
} pt_origin_kind;

typedef struct pt_origin {
	pt_origin_kind kind;
	int line; /* of the configuration or the view; 0: no file */
} pt_origin;

enum { PT_MAX_WARNINGS = 32, PT_WARNING_BYTES = 320, PT_OPTION_PATH_BYTES = 1024 };

typedef struct pt_options {
	pt_command command;
	pt_logger logger; /* of PT_COMMAND_LOGGER */
	pt_output output;
	bool once;
	bool list;          /* with PT_OUTPUT_JSON: the document without the series */
	int64_t iterations; /* 0: not given */
	pt_view view;       /* what is started with: the settings of the analysis, matrix, layout, theme, … */
	pt_keymap keymap;
	const char *replay; /* NULL: none */
	double speed;       /* steps a second; 0: not given */
	pt_watching_choice watch;
	int64_t poll_interval_ms;              /* 0: not given */
	char themes_dir[PT_OPTION_PATH_BYTES]; /* "": not given */
	pt_color_choice color;
	bool ascii;
	int columns, rows; /* 0: not given */
	const char *export_path;
	const char *config;    /* NULL: the usual one, which need not be there */
	const char *view_name; /* NULL: that of these runs, where there is one */
	const char *save_view; /* NULL: not asked for */
	bool reset_view;
	bool inline_worker;
	size_t n_paths; /* 0: the newest run under the current directory (or --replay alone) */
	pt_named_path *paths;
	char *names; /* storage of the NAMEs */
	/* where everything comes from */
	pt_origin origins[PT_N_SETTINGS];
	int key_lines[PT_N_ACTIONS];                      /* of the configuration; 0: the table's keys */
	char config_path[PT_OPTION_PATH_BYTES];           /* that was read; "": none was */
	char view_path[PT_OPTION_PATH_BYTES];             /* that was read; "": none was */
	char warnings[PT_MAX_WARNINGS][PT_WARNING_BYTES]; /* "phasetop.conf:3: no setting 'tehme'", sanitized */
	size_t n_warnings;                                /* those beyond the list are counted */
} pt_options;

/**
 * Parse a command line.
 *
 * @param      argc, argv    as of main; argv[0] is passed over; strings are borrowed for the life of
 * `options`
 * @param      environment   "NAME=value" strings, NULL-terminated (environ), borrowed likewise; NULL: none
 * @param[out] options       release with pt_options_fini
 * @retval PT_ERR_USAGE   err->message is one line with the hint where to read on; exit with PT_EXIT_USAGE
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_options_parse(
	int argc, char *const argv[], char *const environment[], pt_options *options, pt_error *err);

void pt_options_fini(pt_options *options);

/**
 * Set one setting, unless it was said by somebody who goes before. A preset and a layout are one choice: the
 * layout goes before the preset of the same origin, and both before those of a weaker one.
 *
 * @param[out] expected  where it is false: what `value` should have been
 * @return false, with nothing changed, where the value cannot stand, be it in force or not
 */
bool pt_options_set(pt_options *options, pt_setting setting, const char *value, pt_origin origin,
	char expected[PT_EXPECTED_BYTES]);

/** PT_MATRIX_BIT of each type that is asked for; B alone where nobody asked. */
unsigned pt_options_matrices(const pt_options *options);

/** What is set, as pt_options_set reads it: PT_SETTING_TEXT_BYTES suffice, but for a path. */
void pt_options_print_setting(const pt_options *options, pt_setting setting, char *out, size_t capacity);

/** Put a warning on the list; it is made safe to print. */
void pt_options_warn(pt_options *options, const char *format, ...) PT_PRINTF(2, 3);

/** What --color takes: "auto", "never", "16", "256", "true". */
const char *pt_color_choice_name(pt_color_choice color);

/** `--help`: usage, options from the table, exit codes. */
void pt_options_print_help(FILE *out);
/** `--version`: "phasetop 0.1.0". */
void pt_options_print_version(FILE *out);

#endif
