/* Runs whose files get the times that a test wants them to have. */
#ifndef TESTS_LIFE_FIXTURE_H
#define TESTS_LIFE_FIXTURE_H

#include <dirent.h>
#include <fcntl.h>

#include "../../helpers/scratch_of_test.h"
#include "run_fixture.h"

enum { MINUTE_MS = 60000 };

/* mtime of a file; its ctime is that of the call. */
static inline void set_mtime(const char *root, const char *name, int64_t ms)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", root, name);
	const struct timespec times[2] = {
		{ms / 1000, (long)(ms % 1000) * 1000000}, {ms / 1000, (long)(ms % 1000) * 1000000}};
	if (utimensat(AT_FDCWD, path, times, 0) != 0) {
		perror(path);
		exit(99);
	}
}

/* mtime of all files of a directory. */
static inline void set_mtimes(const char *root, const char *name, int64_t ms)
{
	char path[4096], below[512];
	snprintf(path, sizeof path, "%s/%s", root, name);
	DIR *directory = opendir(path);
	for (struct dirent *entry; directory && (entry = readdir(directory));) {
		snprintf(below, sizeof below, "%.200s/%.255s", name, entry->d_name);
		if (entry->d_name[0] != '.')
			set_mtime(root, below, ms);
	}
	if (directory)
		closedir(directory);
}

/* A checkpoint that was written at that time; `turn` tells one training from another. */
static inline void write_adapter_at(const char *root, int64_t step, int64_t turn, int64_t ms)
{
	char name[64];
	write_adapter(root, step, turn);
	snprintf(name, sizeof name, "checkpoint-%lld", (long long)step);
	set_mtimes(root, name, ms);
}

/* The Trainer's state beside it: a loss at every second step, shifted by `shift` from `from` on. */
static inline void write_state(
	const char *root, int64_t step, int64_t max_steps, int64_t from, double shift, const char *closing)
{
	char text[4096];
	size_t n =
		(size_t)snprintf(text, sizeof text, "{\"global_step\":%lld,\"log_history\":[", (long long)step);
	for (int64_t s = 2; s <= step; s += 2)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s{\"step\":%lld,\"loss\":%.17g}", s > 2 ? "," : "",
			(long long)s, 5.0 / (double)s + (s > from ? shift : 0.0));
	snprintf(text + n, sizeof text - n, "%s],\"max_steps\":%lld}", closing, (long long)max_steps);
	write_text(root, "trainer_state.json", text);
}

static inline void copy_one(const char *from, const char *to, const char *name)
{
	char path[4096];
	size_t n;
	snprintf(path, sizeof path, "%s/%s", from, name);
	char *bytes = read_whole(path, &n);
	if (!bytes) {
		perror(path);
		exit(99);
	}
	write_file(to, name, bytes, n);
	free(bytes);
}

/* What a Trainer saves, in its order. */
static inline void copy_checkpoint(const char *from, const char *root, const char *name)
{
	static const char *const files[] = {
		"adapter_model.safetensors", "adapter_config.json", "trainer_state.json"};
	char source[2048], target[2048];
	make_directory(root, name);
	snprintf(source, sizeof source, "%s/%s", from, name);
	snprintf(target, sizeof target, "%s/%s", root, name);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		copy_one(source, target, files[i]);
}

static inline bool has_words(const pt_run_view *run, const char *path, const char *words)
{
	for (size_t i = 0; i < run->n_problems; i++)
		if (strncmp(run->problems[i].path, path, strlen(path)) == 0 &&
			strstr(run->problems[i].message, words))
			return true;
	for (size_t i = 0; i < run->n_pending; i++)
		if (strncmp(run->pending[i].path, path, strlen(path)) == 0 && strstr(run->pending[i].why, words))
			return true;
	return false;
}

/* "4 8 12" */
static inline const char *steps_text(const int64_t *steps, size_t n)
{
	static char text[1024];
	size_t at = 0;
	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%lld", i ? " " : "", (long long)steps[i]);
	return text;
}

#endif
