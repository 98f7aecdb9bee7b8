/* The configuration: reading it (contracts in config.h). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/app/config.h"
#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"
#include "phasetop/runio/regular_file.h"
#include "phasetop/ui/conf.h"

typedef struct taking {
	pt_options *options;
	const char *name;
	int setting_lines[PT_N_SETTINGS], key_lines[PT_N_ACTIONS]; /* where each was given; 0: not yet */
} taking;

/* What is said twice is mostly a slip: the reader of the file may look at the other line. */
static void warn_of_two(const taking *t, const pt_conf_entry *entry, int *line)
{
	if (*line > 0)
		pt_options_warn(t->options, "%s:%d: %s was given on line %d already; the last that is valid counts",
			t->name, entry->line, entry->name, *line);
	*line = entry->line;
}

static void take_setting(taking *t, const pt_conf_entry *entry)
{
	char expected[PT_EXPECTED_BYTES];
	pt_setting setting = pt_setting_named(entry->name);
	pt_origin origin = {.kind = PT_ORIGIN_CONFIG, .line = entry->line};
	if (setting != PT_N_SETTINGS)
		warn_of_two(t, entry, &t->setting_lines[setting]);
	if (setting == PT_N_SETTINGS)
		pt_options_warn(
			t->options, "%s:%d: no setting '%s'; see --default-config", t->name, entry->line, entry->name);
	else if (!pt_options_set(t->options, setting, entry->value, origin, expected))
		pt_options_warn(t->options, "%s:%d: %s: '%.64s' is not %s", t->name, entry->line, entry->name,
			entry->value, expected);
}

static void take_key(taking *t, const pt_conf_entry *entry)
{
	char words[PT_KEYMAP_WORDS_BYTES];
	pt_action action = pt_action_named(entry->name);
	if (action == PT_N_ACTIONS) {
		pt_options_warn(
			t->options, "%s:%d: no action '%s'; see --default-config", t->name, entry->line, entry->name);
		return;
	}
	warn_of_two(t, entry, &t->key_lines[action]);
	bool bound = pt_keymap_bind(&t->options->keymap, action, entry->value, words);
	if (words[0])
		pt_options_warn(t->options, "%s:%d: %s: %s", t->name, entry->line, entry->name, words);
	if (bound)
		t->options->key_lines[action] = entry->line;
}

static void take_entry(void *context, const pt_conf_entry *entry)
{
	taking *t = context;
	if (entry->section[0] == '\0')
		take_setting(t, entry);
	else if (strcmp(entry->section, "keys") == 0)
		take_key(t, entry);
	else
		pt_options_warn(
			t->options, "%s:%d: no section [%s]: there is [keys]", t->name, entry->line, entry->section);
}

static void take_problem(void *context, int line, const char *message)
{
	const taking *t = context;
	pt_options_warn(t->options, "%s:%d: %s", t->name, line, message);
}

void pt_config_take(pt_options *options, const char *name, const char *text, size_t n_bytes)
{
	taking t = {.options = options, .name = name};
	pt_conf_reader reader = {.entry = take_entry, .problem = take_problem, .context = &t};
	pt_conf_parse(text, n_bytes, &reader);
}

/* "" where neither variable is set, or the path is too long. */
static void usual_path(char path[PT_OPTION_PATH_BYTES])
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	bool has_xdg = xdg && *xdg;
	pt_text text = pt_text_over(path, PT_OPTION_PATH_BYTES);
	if (has_xdg || (home && *home))
		pt_text_addf(&text, "%s%s/phasetop/phasetop.conf", has_xdg ? xdg : home, has_xdg ? "" : "/.config");
	if (text.cut)
		path[0] = '\0';
}

/* A file that somebody named may be a pipe: -c <(phasetop --default-config). */
static pt_status read_stream(const char *path, char **text, size_t *n, pt_error *err)
{
	FILE *in = fopen(path, "re");
	char *bytes = in ? pt_array_alloc(PT_CONF_MAX_BYTES + 1, 1) : NULL;
	if (!in)
		return pt_fail_errno(err, errno, path, "cannot be read");
	size_t got = bytes ? fread(bytes, 1, PT_CONF_MAX_BYTES + 1, in) : 0;
	int why = ferror(in) ? errno : 0;
	fclose(in);
	pt_status status = !bytes                    ? pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory")
					   : why                     ? pt_fail_errno(err, why, path, "cannot be read")
					   : got > PT_CONF_MAX_BYTES ? pt_fail(err, PT_ERR_LIMIT, path, -1, "more than %d bytes",
													   (int)PT_CONF_MAX_BYTES)
												 : PT_OK;
	if (status != PT_OK) {
		pt_free(bytes);
		return status;
	}
	bytes[got] = '\0';
	*text = bytes;
	*n = got;
	return PT_OK;
}

pt_status pt_config_read(pt_options *options, pt_error *err)
{
	char path[PT_OPTION_PATH_BYTES], *text = NULL;
	size_t n = 0;
	pt_error failure = {0};
	usual_path(path);
	if (options->config) {
		pt_text given = pt_text_over(path, sizeof path);
		pt_text_add(&given, options->config);
	}
	if (path[0] == '\0' || strcmp(path, "/dev/null") == 0) /* none, as people say it */
		return PT_OK;
	pt_status status = options->config
						   ? read_stream(path, &text, &n, &failure)
						   : pt_regular_file_read(path, PT_CONF_MAX_BYTES, &text, &n, NULL, &failure);
	if (status != PT_OK && options->config)
		return pt_fail(err, PT_ERR_USAGE, path, -1, "%s", failure.message);
	if (status != PT_OK && status != PT_ERR_NOT_FOUND)
		pt_options_warn(options, "%s: %s", path, failure.message);
	if (status == PT_OK) {
		memcpy(options->config_path, path, sizeof path);
		pt_config_take(options, path, text, n);
	}
	pt_free(text);
	return PT_OK;
}
