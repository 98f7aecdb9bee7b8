#include "phasetop/runio/hf_cache.h"

#include "phasetop/base/text.h"
#include "phasetop/runio/regular_file.h"

#include "directory_list.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { REF_BYTES = 4096, LEAST_COMMIT_DIGITS = 4, PATH_BYTES = 4096 };

static const char PREFIX[] = "hf:";
static const char REPOSITORY[] = "models--";

/* `hf:ORG/NAME@REVISION` in its parts. */
typedef struct hub_name {
	char repository[256]; /* ORG/NAME */
	char revision[256];   /* "": not given */
} hub_name;

bool pt_hf_is_name(const char *path)
{
	return strncmp(path, PREFIX, sizeof PREFIX - 1) == 0;
}

static bool is_set(const char *value)
{
	return value && *value;
}

static pt_status out_of_memory(const char *path, pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
}

/* --- names --- */

/* Letters, digits and -_. as the hub allows, in one or two parts; never a way out of the cache. */
static bool is_repository(const char *name)
{
	size_t n_parts = 1, n = 0; /* of the part under way */
	for (const char *c = name; *c; c++) {
		bool is_plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
						*c == '-' || *c == '_' || (*c == '.' && n > 0);
		if (*c == '/' && n > 0) {
			n_parts++;
			n = 0;
		} else if (is_plain) {
			n++;
		} else {
			return false;
		}
	}
	return n > 0 && n_parts <= 2;
}

/* A branch, a tag or a commit: slashes are allowed (refs/pr/1), a way out is not. */
static bool is_revision(const char *revision)
{
	return *revision && *revision != '/' && *revision != '.' && !strstr(revision, "..") &&
		   !strstr(revision, "//");
}

static pt_status split(const char *name, hub_name *out, pt_error *err)
{
	const char *rest = name + sizeof PREFIX - 1, *at = strchr(rest, '@');
	pt_text repository = pt_text_over(out->repository, sizeof out->repository);
	pt_text revision = pt_text_over(out->revision, sizeof out->revision);
	pt_text_add_bytes(&repository, rest, at ? (size_t)(at - rest) : strlen(rest));
	pt_text_add(&revision, at ? at + 1 : "");
	if (repository.cut || revision.cut || !is_repository(out->repository) ||
		(at && !is_revision(out->revision)))
		return pt_fail(err, PT_ERR_USAGE, name, -1, "hf:ORG/NAME or hf:ORG/NAME@REVISION is meant");
	return PT_OK;
}

/* --- places --- */

/* The cache's directory. False: too long, or nothing is set. */
static bool cache_of(const pt_hf_places *places, char path[PATH_BYTES])
{
	pt_text text = pt_text_over(path, PATH_BYTES);
	const char *given = is_set(places->hub_cache) ? places->hub_cache : places->hf_home;
	const char *below = is_set(places->hub_cache)        ? ""
						: is_set(places->hf_home)        ? "/hub"
						: is_set(places->xdg_cache_home) ? "/huggingface/hub"
														 : "/.cache/huggingface/hub";
	if (!is_set(given))
		given = is_set(places->xdg_cache_home) ? places->xdg_cache_home : places->home;
	if (!is_set(given))
		return false;
	if (given[0] == '~' && (given[1] == '/' || given[1] == '\0') && is_set(places->home)) {
		pt_text_add(&text, places->home);
		given++;
	}
	pt_text_add(&text, given);
	pt_text_add(&text, below);
	return !text.cut;
}

static bool is_directory(const char *path)
{
	struct stat record;
	return stat(path, &record) == 0 && S_ISDIR(record.st_mode);
}

/* --- snapshots --- */

/* The commit that refs/REVISION names; false: there is none. */
static bool read_ref(const char *repository, const char *revision, char commit[REF_BYTES])
{
	char path[PATH_BYTES], *bytes;
	size_t n;
	pt_text text = pt_text_over(path, sizeof path);
	pt_text_addf(&text, "%s/refs/%s", repository, revision);
	if (text.cut || pt_regular_file_read(path, REF_BYTES - 1, &bytes, &n, NULL, NULL) != PT_OK)
		return false;
	while (n > 0 && strchr(" \t\r\n", bytes[n - 1]))
		n--;
	memcpy(commit, bytes, n);
	commit[n] = '\0';
	pt_free(bytes);
	return n > 0 && strlen(commit) == n && !strchr(commit, '/') && commit[0] != '.';
}

/* Of the snapshots the one whose commit begins with `prefix`, else ("") the newest; NULL: none, or several
 * begin like that. */
static const char *choose(const directory_list *list, const char *prefix)
{
	const char *found = NULL;
	int64_t newest_ns = 0;
	struct stat record;
	for (size_t i = 0; i < list->n; i++) {
		const char *name = list->names[i].name;
		if (name[0] == '.' || strncmp(name, prefix, strlen(prefix)) != 0 ||
			!directory_stat(list, name, &record) || !S_ISDIR(record.st_mode))
			continue;
		int64_t mtime_ns = pt_file_identity_of(&record).mtime_ns;
		if (*prefix && found)
			return NULL;
		if (!found || mtime_ns > newest_ns) {
			found = name;
			newest_ns = mtime_ns;
		}
	}
	return found;
}

/* The snapshot of a revision ("": refs/main, else the newest). PT_ERR_NOT_FOUND without words. */
static pt_status find_snapshot(
	const char *repository, const char *revision, pt_arena *arena, const char **out, pt_error *err)
{
	char commit[REF_BYTES], path[PATH_BYTES];
	pt_text text = pt_text_over(path, sizeof path);
	bool is_ref = read_ref(repository, *revision ? revision : "main", commit);
	pt_text_addf(&text, "%s/snapshots", repository);
	if (is_ref || *revision) {
		pt_text whole = text;
		pt_text_addf(&whole, "/%s", is_ref ? commit : revision);
		if (!whole.cut && is_directory(path)) {
			*out = pt_arena_text(arena, path);
			return *out ? PT_OK : out_of_memory(repository, err);
		}
		path[text.length] = '\0';
	}
	if (is_ref || (*revision && strlen(revision) < LEAST_COMMIT_DIGITS))
		return PT_ERR_NOT_FOUND;
	directory_list list;
	pt_status status = directory_list_open(AT_FDCWD, path, true, arena, &list, NULL);
	if (status != PT_OK)
		return status == PT_ERR_MEMORY ? out_of_memory(repository, err) : PT_ERR_NOT_FOUND;
	const char *chosen = choose(&list, revision);
	directory_list_close(&list);
	if (!chosen)
		return PT_ERR_NOT_FOUND;
	pt_text_addf(&text, "/%s", chosen);
	*out = pt_arena_text(arena, path);
	return *out ? PT_OK : out_of_memory(repository, err);
}

pt_status pt_hf_find(const char *name, const pt_hf_places *places, pt_arena *arena, const char **path,
	const char **label, pt_error *err)
{
	hub_name parts;
	char cache[PATH_BYTES] = "", repository[PATH_BYTES];
	pt_status status = split(name, &parts, err);
	if (status != PT_OK)
		return status;
	const char *slash = strchr(parts.repository, '/');
	pt_text text = pt_text_over(repository, sizeof repository);
	bool has_cache = cache_of(places, cache);
	pt_text_addf(&text, "%s/%s", cache, REPOSITORY);
	pt_text_add_bytes(
		&text, parts.repository, slash ? (size_t)(slash - parts.repository) : strlen(parts.repository));
	if (slash)
		pt_text_addf(&text, "--%s", slash + 1);
	status = has_cache && !text.cut ? find_snapshot(repository, parts.revision, arena, path, err)
									: PT_ERR_NOT_FOUND;
	if (status == PT_ERR_NOT_FOUND)
		return pt_fail(err, status, name, -1, "not in the cache (%.80s): fetch it with `hf download %s%s%s`",
			cache, parts.repository, *parts.revision ? " --revision " : "", parts.revision);
	if (status != PT_OK)
		return status;
	*label = pt_arena_text(arena, slash ? slash + 1 : parts.repository);
	return *label ? PT_OK : out_of_memory(name, err);
}

pt_status pt_hf_snapshot(
	const char *path, pt_arena *arena, const char **snapshot, const char **label, pt_error *err)
{
	char trimmed[PATH_BYTES];
	pt_text text = pt_text_over(trimmed, sizeof trimmed);
	size_t n = strlen(path);
	while (n > 1 && path[n - 1] == '/')
		n--;
	pt_text_add_bytes(&text, path, n);
	const char *slash = strrchr(trimmed, '/'), *name = slash ? slash + 1 : trimmed;
	*snapshot = *label = NULL;
	if (text.cut || strncmp(name, REPOSITORY, sizeof REPOSITORY - 1) != 0)
		return PT_OK;
	char below[PATH_BYTES];
	pt_text snapshots = pt_text_over(below, sizeof below);
	pt_text_addf(&snapshots, "%s/snapshots", trimmed);
	if (snapshots.cut || !is_directory(below))
		return PT_OK;
	pt_status status = find_snapshot(trimmed, "", arena, snapshot, err);
	if (status == PT_ERR_NOT_FOUND)
		return pt_fail(err, status, path, -1, "a repository of the Hugging Face cache without a snapshot");
	if (status != PT_OK)
		return status;
	const char *last = name + sizeof REPOSITORY - 1;
	for (const char *next; (next = strstr(last, "--")) != NULL;)
		last = next + 2;
	*label = pt_arena_text(arena, last);
	return *label ? PT_OK : out_of_memory(path, err);
}
