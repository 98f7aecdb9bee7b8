#include "phasetop/app/saved_view.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"
#include "phasetop/runio/regular_file.h"
#include "phasetop/ui/command.h"
#include "phasetop/ui/conf.h"

enum { MAX_NAME_BYTES = 64, MAX_NAMES = 256 };

static const char suffix[] = ".view";
static const char history_name[] = "history";

/* --- where ----------------------------------------------------------------------------------------- */

static bool directory_of_views(char path[PT_OPTION_PATH_BYTES])
{
	const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	bool has_xdg = xdg && *xdg;
	pt_text text = pt_text_over(path, PT_OPTION_PATH_BYTES);
	if (!has_xdg && !(home && *home))
		return false;
	pt_text_addf(&text, "%s%s/phasetop/views", has_xdg ? xdg : home, has_xdg ? "" : "/.local/state");
	return !text.cut;
}

static bool is_file_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
	return n > 0 && n <= MAX_NAME_BYTES && name[n] == '\0' && name[0] != '.';
}

/* FNV-1a of one path, its NUL included. */
static uint64_t hash_of(const char *path)
{
	char whole[PATH_MAX];
	const char *text = realpath(path, whole) ? whole : path;
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	do
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	while (*text++);
	return hash;
}

/* The sum does not depend on the order. */
static uint64_t hash_of_runs(const pt_saved_view_key *key)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < key->n_paths; i++)
		sum += hash_of(key->paths[i]);
	return sum;
}

pt_status pt_saved_view_path(const pt_saved_view_key *key, char path[PT_OPTION_PATH_BYTES], pt_error *err)
{
	char directory[PT_OPTION_PATH_BYTES];
	bool named = key->name && key->name[0];
	if (named && !is_file_name(key->name))
		return pt_fail(err, PT_ERR_INVALID, "", -1,
			"a view's name has letters, digits, '-', '_' and '.', not at first, up to %d", MAX_NAME_BYTES);
	if (!directory_of_views(directory))
		return pt_fail(err, PT_ERR_NOT_FOUND, "", -1, "neither XDG_STATE_HOME nor HOME says where views lie");
	pt_text text = pt_text_over(path, PT_OPTION_PATH_BYTES);
	if (named)
		pt_text_addf(&text, "%s/%s%s", directory, key->name, suffix);
	else
		pt_text_addf(&text, "%s/runs/%016" PRIx64 "%s", directory, hash_of_runs(key), suffix);
	return text.cut ? pt_fail(err, PT_ERR_LIMIT, directory, -1, "the path of the view is too long") : PT_OK;
}

/* --- writing --------------------------------------------------------------------------------------- */

/* Every directory of the path of a file; what fails is found when the file is opened. */
static void make_directories(const char *path)
{
	char part[PT_OPTION_PATH_BYTES];
	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		size_t n = (size_t)(slash - path);
		memcpy(part, path, n);
		part[n] = '\0';
		mkdir(part, 0700);
	}
}

/* A value that would not be read back as it stands (a line end in it) is left out. */
static void write_line(FILE *out, const char *name, const char *value)
{
	for (const char *c = value; *c; c++)
		if ((unsigned char)*c < ' ')
			return;
	fprintf(out, "%s = %s\n", name, value);
}

static void write_view(FILE *out, const pt_saved_view_key *key, const pt_view *view)
{
	fputs("# a view of phasetop, written by save-view\n", out);
	for (size_t i = 0; i < key->n_paths; i++) {
		char safe[PT_OPTION_PATH_BYTES];
		pt_text_sanitize(safe, sizeof safe, key->paths[i], strlen(key->paths[i]));
		fprintf(out, "# of %s\n", safe);
	}
	for (int i = 0; i < PT_N_SETTINGS; i++) {
		const pt_setting_row *row = pt_setting_row_of((pt_setting)i);
		char value[PT_SETTING_TEXT_BYTES];
		pt_setting_print(view, (pt_setting)i, value, sizeof value);
		if (row->live && i != PT_SETTING_PRESET) /* the layout says more */
			write_line(out, row->name, value);
	}
	for (int i = 0; i < view->command.n_history; i++)
		write_line(out, history_name, view->command.history[i]);
}

static pt_status fill(
	int fd, const pt_saved_view_key *key, const pt_view *view, const char *path, pt_error *err)
{
	FILE *out = fdopen(fd, "w");
	if (!out) {
		close(fd);
		return pt_fail_errno(err, errno, path, "cannot write");
	}
	write_view(out, key, view);
	bool bad = fflush(out) != 0 || ferror(out) || fsync(fd) != 0;
	int why = errno;
	if (fclose(out) != 0 && !bad) {
		bad = true;
		why = errno;
	}
	return bad ? pt_fail_errno(err, why, path, "cannot write") : PT_OK;
}

pt_status pt_saved_view_write(
	const pt_saved_view_key *key, const pt_view *view, char path[PT_OPTION_PATH_BYTES], pt_error *err)
{
	char beside[PT_OPTION_PATH_BYTES + 8], where[PT_OPTION_PATH_BYTES];
	pt_status status = pt_saved_view_path(key, where, err);
	if (status != PT_OK)
		return status;
	make_directories(where);
	snprintf(beside, sizeof beside, "%s.XXXXXX", where);
	int fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return pt_fail_errno(err, errno, where, "cannot write");
	status = fill(fd, key, view, where, err);
	if (status == PT_OK && rename(beside, where) != 0)
		status = pt_fail_errno(err, errno, where, "cannot write");
	if (status == PT_OK)
		memcpy(path, where, sizeof where);
	else
		unlink(beside);
	return status;
}

/* --- reading --------------------------------------------------------------------------------------- */

/* Where entries go: the options at the start, or a view on the screen. */
typedef struct taking {
	pt_options *options;
	pt_view *view;
	const pt_snapshot *snapshot;
	const char *path;
	size_t n_wrong;
	unsigned flags;
} taking;

static void warn(taking *t, int line, const char *name, const char *message)
{
	t->n_wrong++;
	if (t->options)
		pt_options_warn(t->options, "%s:%d: %s%s%s", t->path, line, name, name[0] ? ": " : "", message);
}

static void take_entry(void *context, const pt_conf_entry *entry)
{
	taking *t = context;
	char expected[PT_EXPECTED_BYTES] = "";
	unsigned flags = 0;
	pt_setting setting = pt_setting_named(entry->name);
	bool fine = false;
	if (strcmp(entry->name, history_name) == 0) {
		pt_command_remember(t->options ? &t->options->view.command : &t->view->command, entry->value);
		return;
	}
	if (setting == PT_N_SETTINGS || !pt_setting_row_of(setting)->live || entry->section[0]) {
		warn(t, entry->line, entry->name, "no part of a view");
		return;
	}
	if (t->options)
		fine = pt_options_set(t->options, setting, entry->value,
			(pt_origin){.kind = PT_ORIGIN_VIEW, .line = entry->line}, expected);
	else
		fine = pt_view_change(t->view, t->snapshot, setting, entry->value, &flags, expected, sizeof expected);
	t->flags |= flags;
	if (!fine)
		warn(t, entry->line, entry->name, expected);
}

static void take_problem(void *context, int line, const char *message)
{
	warn(context, line, "", message);
}

static pt_status read_into(taking *t, const pt_saved_view_key *key, pt_error *err)
{
	char path[PT_OPTION_PATH_BYTES], *text = NULL;
	size_t n = 0;
	pt_status status = pt_saved_view_path(key, path, err);
	if (status == PT_OK)
		status = pt_regular_file_read(path, PT_CONF_MAX_BYTES, &text, &n, NULL, err);
	if (status != PT_OK)
		return status;
	t->path = path;
	pt_conf_reader reader = {.entry = take_entry, .problem = take_problem, .context = t};
	pt_conf_parse(text, n, &reader);
	pt_free(text);
	if (t->options)
		memcpy(t->options->view_path, path, sizeof path);
	return PT_OK;
}

pt_status pt_saved_view_read(pt_options *options, const pt_saved_view_key *key, pt_error *err)
{
	taking t = {.options = options};
	return read_into(&t, key, err);
}

pt_status pt_saved_view_load(pt_view *view, const pt_snapshot *snapshot, const pt_saved_view_key *key,
	size_t *n_wrong, unsigned *flags, pt_error *err)
{
	taking t = {.view = view, .snapshot = snapshot};
	pt_status status = read_into(&t, key, err);
	if (status != PT_OK)
		return status;
	*n_wrong = t.n_wrong;
	*flags = t.flags | PT_VIEW_REDRAW;
	return PT_OK;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

size_t pt_saved_view_names(char ***names)
{
	char directory[PT_OPTION_PATH_BYTES];
	size_t n = 0;
	char **found = pt_array_alloc(MAX_NAMES, sizeof *found);
	DIR *dir = found && directory_of_views(directory) ? opendir(directory) : NULL;
	for (struct dirent *entry; dir && n < MAX_NAMES && (entry = readdir(dir));) {
		size_t length = strlen(entry->d_name), end = sizeof suffix - 1;
		if (length <= end || strcmp(entry->d_name + length - end, suffix) != 0)
			continue;
		found[n] = pt_text_copy(entry->d_name, length - end);
		n += found[n] != NULL;
	}
	if (dir)
		closedir(dir);
	if (n > 0)
		qsort(found, n, sizeof *found, by_name);
	*names = found;
	return n;
}
