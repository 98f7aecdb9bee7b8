#include "phasetop/app/options.h"

#include <assert.h>
#include <ctype.h>
#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "phasetop/analysis/metric_request.h"
#include "phasetop/base/alloc.h"
#include "phasetop/base/number.h"
#include "phasetop/base/text.h"

#include "option_names.h"
#include "option_values.h"

enum {
	LONG_ONLY = 256,  /* getopt's codes for options without a letter lie above all letters */
	SHOWN_BYTES = 48, /* of a foreign argument that a message repeats */
	MAX_REPORTS = 1000000
};

/* A foreign argument as a message can repeat it: sanitized and cut. */
static const char *shown(const char *text, char buffer[SHOWN_BYTES])
{
	pt_text_sanitize(buffer, SHOWN_BYTES, text, strlen(text));
	return buffer;
}

static pt_status fail_unknown_long(const char *argument, pt_error *err)
{
	char name[PT_OPTION_NAME_BYTES], buffer[SHOWN_BYTES];
	size_t length = strcspn(argument + 2, "=");
	if (length >= sizeof name)
		length = sizeof name - 1;
	memcpy(name, argument + 2, length);
	name[length] = '\0';
	const pt_option_row *meant = pt_option_nearest(name);
	shown(name, buffer);
	if (meant)
		return pt_fail(err, PT_ERR_USAGE, "", -1,
			"unknown option '--%s' (did you mean '--%s'?); see 'phasetop --help'", buffer, meant->name);
	return pt_fail(err, PT_ERR_USAGE, "", -1, "unknown option '--%s'; see 'phasetop --help'", buffer);
}

static pt_status fail_value(
	const pt_option_row *row, bool environment, const char *value, const char *expected, pt_error *err)
{
	char buffer[SHOWN_BYTES], variable[PT_OPTION_NAME_BYTES];
	pt_text name = pt_text_over(variable, sizeof variable);
	pt_text_add(&name, environment ? "PHASETOP_" : "--");
	for (const char *c = row->name; *c; c++) {
		int upper = *c == '-' ? '_' : toupper((unsigned char)*c);
		char letter = environment ? (char)upper : *c;
		pt_text_add_bytes(&name, &letter, 1);
	}
	return pt_fail(err, PT_ERR_USAGE, "", -1, "%s: '%s' is not %s; see 'phasetop --help'", variable,
		shown(value, buffer), expected);
}

static const char *set_text(const char *value, const char **field)
{
	if (value[0] == '\0')
		return "a name (it is empty)";
	*field = value;
	return NULL;
}

static const char *set_export(const char *value, pt_options *options)
{
	size_t n = strlen(value);
	if (n < 5 || (strcmp(value + n - 4, ".svg") != 0 && strcmp(value + n - 4, ".txt") != 0 &&
					 strcmp(value + n - 4, ".csv") != 0))
		return "a file name that ends with .svg, .txt or .csv";
	options->export_path = value;
	return NULL;
}

static const char *set_logger(const char *value, pt_options *options)
{
	options->logger = pt_logger_named(value);
	options->command = PT_COMMAND_LOGGER;
	return options->logger == PT_N_LOGGERS ? "hf, torch, lightning or probes" : NULL;
}

/* One more request: the option may be given several times. */
static const char *set_metric(const char *value, pt_options *options)
{
	pt_settings *settings = &options->view.settings;
	pt_origin *origin = &options->origins[PT_SETTING_METRIC];
	if (!pt_metric_request_valid(value))
		return "[FILE:]NAME[,NAME...] of at most 255 bytes";
	if (origin->kind != PT_ORIGIN_FLAG) /* what a variable asked for stands back */
		settings->n_metrics = 0;
	if (settings->n_metrics == PT_MAX_METRICS)
		return "one of the 16 that are taken";
	_Static_assert(PT_MAX_METRICS == 16 && PT_METRIC_BYTES == 256, "the messages name the limits");
	memcpy(settings->metrics[settings->n_metrics++], value, strlen(value) + 1);
	origin->kind = PT_ORIGIN_FLAG;
	return NULL;
}

/* Options that are no settings, and take a value. */
static const char *set_other(pt_option_id id, const char *value, pt_options *options)
{
	switch (id) {
	case PT_OPTION_ITERATIONS:
		return pt_number_read_int(value, 1, MAX_REPORTS, &options->iterations)
				   ? NULL
				   : "a number of reports, 1 or more";
	case PT_OPTION_REPLAY:
		return set_text(value, &options->replay);
	case PT_OPTION_SPEED:
		return pt_number_read_double(value, 1e-6, 1e12, &options->speed)
				   ? NULL
				   : "a number of steps a second above 0";
	case PT_OPTION_EXPORT:
		return set_export(value, options);
	case PT_OPTION_VIEW:
		return set_text(value, &options->view_name);
	case PT_OPTION_SAVE_VIEW:
		return set_text(value, &options->save_view);
	case PT_OPTION_CONFIG:
		return set_text(value, &options->config);
	case PT_OPTION_LOGGER:
		return set_logger(value, options);
	case PT_OPTION_METRIC:
		return set_metric(value, options);
	default:
		assert(false && "an option without a case");
		return NULL;
	}
}

/* Returns what was expected of `value` (in `expected` or static), or NULL when all is well. */
static const char *set_value(pt_option_id id, const char *value, pt_origin_kind origin, pt_options *options,
	char expected[PT_EXPECTED_BYTES])
{
	pt_setting setting = pt_setting_named(pt_option_table[id].name);
	if (setting == PT_N_SETTINGS || (id == PT_OPTION_METRIC && origin == PT_ORIGIN_FLAG)) /* one more */
		return set_other(id, value, options);
	if (value[0] == '\0')
		return "a value (it is empty)";
	return pt_options_set(options, setting, value, (pt_origin){.kind = origin}, expected) ? NULL : expected;
}

/* Flags that stand for a value of a setting. */
static void set_for_good(pt_setting setting, const char *value, pt_options *options)
{
	char expected[PT_EXPECTED_BYTES];
	bool fine = pt_options_set(options, setting, value, (pt_origin){.kind = PT_ORIGIN_FLAG}, expected);
	assert(fine);
	(void)fine;
}

/* Options that take no value. Returns the complaint, or NULL when all is well. */
static const char *set_flag(pt_option_id id, pt_options *options)
{
	static const char *const two_forms = "--json and --csv are two forms; take one";
	switch (id) {
	case PT_OPTION_ONCE:
		options->once = true;
		break;
	case PT_OPTION_LIST:
		options->list = true;
		break;
	case PT_OPTION_GRAMS:
		options->view.settings.wanted |= PT_WANT_GRAMS;
		break;
	case PT_OPTION_FULL:
		options->view.settings.wanted |= PT_WANT_FULL;
		break;
	case PT_OPTION_JSON:
		if (options->output == PT_OUTPUT_CSV)
			return two_forms;
		options->output = PT_OUTPUT_JSON;
		break;
	case PT_OPTION_CSV:
		if (options->output == PT_OUTPUT_JSON)
			return two_forms;
		options->output = PT_OUTPUT_CSV;
		break;
	case PT_OPTION_NO_COLOR:
		set_for_good(PT_SETTING_COLOR, "never", options);
		break;
	case PT_OPTION_ASCII:
		set_for_good(PT_SETTING_ASCII, "on", options);
		break;
	case PT_OPTION_NO_MOUSE:
		set_for_good(PT_SETTING_MOUSE, "off", options);
		break;
	case PT_OPTION_RESET_VIEW:
		options->reset_view = true;
		break;
	case PT_OPTION_DEFAULT_CONFIG:
		options->command = PT_COMMAND_DEFAULT_CONFIG;
		break;
	case PT_OPTION_PRINT_CONFIG:
		options->command = PT_COMMAND_PRINT_CONFIG;
		break;
	case PT_OPTION_INLINE_WORKER:
		options->inline_worker = true;
		break;
	case PT_OPTION_LIST_THEMES:
		options->command = PT_COMMAND_LIST_THEMES;
		break;
	case PT_OPTION_HELP:
		options->command = PT_COMMAND_HELP;
		break;
	case PT_OPTION_VERSION:
		options->command = PT_COMMAND_VERSION;
		break;
	default:
		assert(false && "a flag without a case");
	}
	return NULL;
}

/* ---- environment ------------------------------------------------------------------------------------ */

/* The value when `entry` is "PHASETOP_<NAME OF ROW>=value", else NULL. */
static const char *environment_value(const char *entry, const pt_option_row *row)
{
	static const char prefix[] = "PHASETOP_";
	if (strncmp(entry, prefix, sizeof prefix - 1) != 0)
		return NULL;
	const char *at = entry + sizeof prefix - 1;
	for (const char *c = row->name; *c; c++, at++) {
		if (*at != (*c == '-' ? '_' : toupper((unsigned char)*c)))
			return NULL;
	}
	return *at == '=' ? at + 1 : NULL;
}

/* NO_COLOR first, then PHASETOP_…, which is meant for this program and so says more. Empty values are unset.
 */
static pt_status take_environment(char *const environment[], pt_options *options, pt_error *err)
{
	char expected[PT_EXPECTED_BYTES];
	const pt_origin from_environment = {.kind = PT_ORIGIN_ENVIRONMENT};
	for (size_t e = 0; environment && environment[e]; e++) {
		if (strncmp(environment[e], "NO_COLOR=", 9) == 0 && environment[e][9] != '\0' &&
			!pt_options_set(options, PT_SETTING_COLOR, "never", from_environment, expected))
			assert(false && "a choice of the table");
	}
	for (size_t e = 0; environment && environment[e]; e++) {
		for (size_t i = 0; i < PT_N_OPTIONS; i++) {
			const char *value = pt_option_table[i].environment
									? environment_value(environment[e], &pt_option_table[i])
									: NULL;
			if (!value || value[0] == '\0')
				continue;
			const char *wrong =
				set_value(pt_option_table[i].id, value, PT_ORIGIN_ENVIRONMENT, options, expected);
			if (wrong)
				return fail_value(&pt_option_table[i], true, value, wrong, err);
		}
	}
	return PT_OK;
}

/* ---- command line ----------------------------------------------------------------------------------- */

/* getopt_long's tables, made from the rows. */
typedef struct getopt_tables {
	struct option names[PT_N_OPTIONS + 1];
	char letters[2 * PT_N_OPTIONS + 3];
} getopt_tables;

static void make_tables(getopt_tables *tables)
{
	memset(tables, 0, sizeof *tables);
	size_t n = 0;
	tables->letters[n++] = ':'; /* a missing argument is told from an unknown option */
	for (int i = 0; i < PT_N_OPTIONS; i++) {
		tables->names[i] = (struct option){
			.name = pt_option_table[i].name,
			.has_arg = pt_option_table[i].argument ? required_argument : no_argument,
			.val = LONG_ONLY + i,
		};
		if (pt_option_table[i].letter)
			tables->letters[n++] = pt_option_table[i].letter;
		if (pt_option_table[i].letter && pt_option_table[i].argument)
			tables->letters[n++] = ':';
	}
}

static const pt_option_row *row_of_code(int code)
{
	if (code >= LONG_ONLY)
		return &pt_option_table[code - LONG_ONLY];
	for (size_t i = 0; i < PT_N_OPTIONS; i++) {
		if (pt_option_table[i].letter && pt_option_table[i].letter == code)
			return &pt_option_table[i];
	}
	return NULL;
}

/* The word that getopt_long has just read a long option from. */
static const char *word_read(char *const argv[])
{
	return optarg && optarg == argv[optind - 1] ? argv[optind - 2] : argv[optind - 1];
}

/* getopt_long takes any beginning of a name; scripts would break when a later option shares it. */
static bool is_whole_name(const char *word, const char *name)
{
	size_t n = strlen(name);
	return strncmp(word, "--", 2) == 0 && strncmp(word + 2, name, n) == 0 &&
		   (word[2 + n] == '\0' || word[2 + n] == '=');
}

static pt_status fail_getopt(int code, char *const argv[], pt_error *err)
{
	char buffer[SHOWN_BYTES];
	const char *word = argv[optind - 1];
	const pt_option_row *row = optopt ? row_of_code(optopt) : NULL;
	if (code == ':' && row)
		return pt_fail(err, PT_ERR_USAGE, "", -1, "--%s needs a value (%s); see 'phasetop --help'", row->name,
			row->argument);
	if (row && optopt >= LONG_ONLY)
		return pt_fail(err, PT_ERR_USAGE, "", -1, "--%s takes no value; see 'phasetop --help'", row->name);
	if (optopt == 0 || optopt >= LONG_ONLY)
		return fail_unknown_long(word, err);
	char letter[2] = {(char)optopt, '\0'};
	return pt_fail(
		err, PT_ERR_USAGE, "", -1, "unknown option '-%s'; see 'phasetop --help'", shown(letter, buffer));
}

static pt_status take_flags(int argc, char *argv[], pt_options *options, pt_error *err)
{
	getopt_tables tables;
	make_tables(&tables);
	optind = 0; /* GNU: start anew, whatever was parsed before */
	opterr = 0;
	for (;;) {
		int code = getopt_long(argc, argv, tables.letters, tables.names, NULL);
		if (code == -1)
			return PT_OK;
		if (code == '?' || code == ':')
			return fail_getopt(code, argv, err);
		const pt_option_row *row = row_of_code(code);
		if (code >= LONG_ONLY && !is_whole_name(word_read(argv), row->name))
			return fail_unknown_long(word_read(argv), err);
		char expected[PT_EXPECTED_BYTES];
		const char *wrong = row->argument ? set_value(row->id, optarg, PT_ORIGIN_FLAG, options, expected)
										  : set_flag(row->id, options);
		if (wrong && row->argument)
			return fail_value(row, false, optarg, wrong, err);
		if (wrong)
			return pt_fail(err, PT_ERR_USAGE, "", -1, "%s; see 'phasetop --help'", wrong);
		if (options->command == PT_COMMAND_HELP || options->command == PT_COMMAND_VERSION)
			return PT_OK; /* --help and --version act whatever follows */
	}
}

/* Split NAME=RUN_DIR. *names is where the next NAME is stored. */
static pt_status take_path(const char *argument, pt_named_path *path, char **names, pt_error *err)
{
	const char *equals = strchr(argument, '=');
	const char *slash = strchr(argument, '/');
	path->name = NULL;
	path->path = argument;
	/* `a/b=c` and whatever exists as it stands is a path. */
	if (equals && (!slash || slash > equals) && access(argument, F_OK) != 0) {
		size_t n = (size_t)(equals - argument);
		if (n == 0 || equals[1] == '\0')
			return pt_fail(err, PT_ERR_USAGE, "", -1, "NAME=RUN_DIR needs both; see 'phasetop --help'");
		path->name = *names;
		path->path = equals + 1;
		memcpy(*names, argument, n);
		(*names)[n] = '\0';
		*names += n + 1;
	}
	if (path->path[0] == '\0')
		return pt_fail(err, PT_ERR_USAGE, "", -1, "an empty RUN_DIR; see 'phasetop --help'");
	return PT_OK;
}

static pt_status take_paths(size_t n, char *const arguments[], pt_options *options, pt_error *err)
{
	size_t name_bytes = 0;
	for (size_t i = 0; i < n; i++)
		name_bytes += strlen(arguments[i]) + 1;
	options->paths = pt_array_alloc(n, sizeof *options->paths);
	options->names = pt_array_alloc(name_bytes, 1);
	if (!options->paths || !options->names)
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "no memory for the command line");
	options->n_paths = n;
	char *next = options->names;
	for (size_t i = 0; i < n; i++) {
		pt_status status = take_path(arguments[i], &options->paths[i], &next, err);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}

/* Options that contradict each other, or that mean nothing without another. */
static pt_status check_together(const pt_options *options, pt_error *err)
{
	const struct {
		bool wrong;
		const char *what;
	} rules[] = {
		{options->output == PT_OUTPUT_CSV && options->list, "--list has no --csv form; take --json"},
		{options->once && options->iterations > 0, "--once is one report; --iterations N gives N"},
		{options->view.settings.wanted && options->output != PT_OUTPUT_JSON,
			"--full and --grams are for --json"},
		{options->speed > 0 && !options->replay, "--speed is for --replay DIR"},
		{options->export_path && options->output != PT_OUTPUT_SCREEN,
			"--export writes the screen, not --json or --csv"},
		{options->view_name && options->reset_view, "--view and --reset-view contradict each other"},
	};
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		if (rules[i].wrong)
			return pt_fail(err, PT_ERR_USAGE, "", -1, "%s; see 'phasetop --help'", rules[i].what);
	}
	return PT_OK;
}

pt_status pt_options_parse(
	int argc, char *const argv[], char *const environment[], pt_options *options, pt_error *err)
{
	pt_settings settings = pt_settings_default();
	pt_layout layout = pt_layout_default();
	pt_options parsed = {.view = pt_view_first(&settings, &layout, PT_N_CHOICES)};
	parsed.view.settings.wanted = 0; /* of reports: --full and --grams; what the panes need is found later */
	pt_keymap_init(&parsed.keymap);
	/* getopt_long sorts its argument vector, so that it gets a copy. */
	size_t n_words = argc > 0 ? (size_t)argc : 0;
	char **words = pt_array_alloc(n_words + 1, sizeof *words);
	if (!words)
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "no memory for the command line");
	for (size_t i = 0; i < n_words; i++)
		words[i] = argv[i];
	pt_error environment_error;
	pt_status environment_status = take_environment(environment, &parsed, &environment_error);
	pt_status status = take_flags(argc, words, &parsed, err);
	if (status == PT_OK && parsed.command != PT_COMMAND_HELP && parsed.command != PT_COMMAND_VERSION) {
		/* A bad variable stops the program, but neither --help nor --version. */
		if (environment_status != PT_OK)
			status = pt_fail(err, environment_status, "", -1, "%s", environment_error.message);
		if (status == PT_OK && (size_t)optind < n_words)
			status = take_paths(n_words - (size_t)optind, words + optind, &parsed, err);
		if (status == PT_OK)
			status = check_together(&parsed, err);
	}
	pt_free(words);
	if (status != PT_OK) {
		pt_options_fini(&parsed);
		return status;
	}
	*options = parsed;
	return PT_OK;
}

void pt_options_fini(pt_options *options)
{
	pt_free(options->paths);
	pt_free(options->names);
	options->paths = NULL;
	options->names = NULL;
	options->n_paths = 0;
}
