/* System calls of a Trainer's saves, as strace saw them, parsed and made again one by one. */
#ifndef TESTS_TRACE_FIXTURE_H
#define TESTS_TRACE_FIXTURE_H

#include <fcntl.h>

#include "../../unit/analysis/run_fixture.h"

typedef enum call_kind {
	CALL_MKDIR,
	CALL_OPEN, /* created, or cut to 0 bytes */
	CALL_RESIZE,
	CALL_WRITE,
	CALL_RENAME,
	CALL_CLOSE,
	CALL_UNLINK,
	CALL_RMDIR
} call_kind;

typedef struct trace_call {
	call_kind kind;
	char path[128],
		to[128]; /* below the run; `to` of a rename, and of a write the name the file gets in the end */
} trace_call;

enum { MAX_CALLS = 512, MAX_OPEN = 16 };

typedef struct trace {
	size_t n;
	trace_call calls[MAX_CALLS];
} trace;

/* The path behind `mark`, up to `end`, without "run/"; false: there is none. */
static inline bool path_behind(const char *line, const char *mark, char end, char out[128])
{
	const char *at = strstr(line, mark);
	if (!at)
		return false;
	at += strlen(mark);
	if (strncmp(at, "run", 3) != 0)
		return false;
	at += at[3] == '/' ? 4 : 3;
	size_t n = 0;
	while (at[n] && at[n] != end && n < 127) {
		out[n] = at[n];
		n++;
	}
	out[n] = '\0';
	return true;
}

static inline void parse_call(trace *t, const char *line)
{
	static const struct {
		const char *name, *mark;
		char end;
		call_kind kind;
	} rows[] = {
		{" mkdir(", "mkdir(\"", '"', CALL_MKDIR},
		{" openat(", "AT_FDCWD, \"", '"', CALL_OPEN},
		{" ftruncate(", "<", '>', CALL_RESIZE},
		{" write(", "<", '>', CALL_WRITE},
		{" writev(", "<", '>', CALL_WRITE},
		{" renameat(", "AT_FDCWD, \"", '"', CALL_RENAME},
		{" rename(", "rename(\"", '"', CALL_RENAME},
		{" close(", "<", '>', CALL_CLOSE},
		{" unlinkat(", "<", '>', CALL_UNLINK},
		{" rmdir(", "rmdir(\"", '"', CALL_RMDIR},
	};
	trace_call *call = &t->calls[t->n];
	if (strstr(line, "= -1 ") || strstr(line, "O_DIRECTORY"))
		return;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (!strstr(line, rows[i].name))
			continue;
		*call = (trace_call){.kind = rows[i].kind};
		if (!path_behind(line, rows[i].mark, rows[i].end, call->path) || !call->path[0])
			return;
		if (call->kind == CALL_RENAME) {
			const char *to = strstr(line, ", \"run/");
			const char *second = to ? strstr(to + 1, ", \"run/") : NULL;
			path_behind(second ? second : to, "\"", '"', call->to);
		}
		if (call->kind == CALL_UNLINK) {
			const char *name = strstr(line, ", \"");
			size_t n = strlen(call->path);
			snprintf(call->path + n, sizeof call->path - n, "/%.*s", (int)strcspn(name + 3, "\""), name + 3);
		}
		t->n++;
		if (t->n == MAX_CALLS)
			exit(99);
		return;
	}
}

/* Where the file that is written at `path` now will lie in the end. */
static inline void final_name(const trace *t, size_t from, const char *path, char out[128])
{
	snprintf(out, 128, "%s", path);
	for (size_t i = from; i < t->n; i++) {
		const trace_call *call = &t->calls[i];
		size_t n = strlen(call->path);
		char rest[128];
		if (call->kind != CALL_RENAME || strncmp(out, call->path, n) != 0 || (out[n] && out[n] != '/'))
			continue;
		snprintf(rest, sizeof rest, "%s", out + n);
		snprintf(out, 128, "%.64s%.63s", call->to, rest);
	}
}

static inline bool trace_read(const char *path, trace *t)
{
	FILE *file = fopen(path, "r");
	char line[1024];
	if (!file)
		return false;
	t->n = 0;
	while (fgets(line, sizeof line, file))
		parse_call(t, line);
	fclose(file);
	for (size_t i = 0; i < t->n; i++)
		if (t->calls[i].kind == CALL_WRITE || t->calls[i].kind == CALL_OPEN ||
			t->calls[i].kind == CALL_RESIZE)
			final_name(t, i, t->calls[i].path, t->calls[i].to);
	return t->n > 0;
}

/* The same saves by an older safetensors: the final name is opened and written in place. */
static inline void trace_in_place(trace *t)
{
	size_t n = 0;
	for (size_t i = 0; i < t->n; i++) {
		trace_call call = t->calls[i];
		bool is_staged = strstr(call.path, "/.tmp") != NULL;
		if (is_staged && (call.kind == CALL_RESIZE || call.kind == CALL_RENAME))
			continue;
		if (is_staged)
			snprintf(call.path, sizeof call.path, "%s", call.to);
		t->calls[n++] = call;
	}
	t->n = n;
}

/* --- making them again --- */

typedef struct trace_player {
	const char *root;      /* of the run */
	const char *reference; /* where the files lie as they are in the end */
	struct {
		char path[128];
		int fd;
	} open[MAX_OPEN];
} trace_player;

static inline int fd_of(trace_player *p, const char *path, bool forget)
{
	for (size_t i = 0; i < MAX_OPEN; i++) {
		if (p->open[i].fd <= 0 || strcmp(p->open[i].path, path) != 0)
			continue;
		int fd = p->open[i].fd;
		if (forget)
			p->open[i].fd = 0;
		return fd;
	}
	return -1;
}

static inline void keep_fd(trace_player *p, const char *path, int fd)
{
	for (size_t i = 0; i < MAX_OPEN; i++) {
		if (p->open[i].fd > 0)
			continue;
		p->open[i].fd = fd;
		snprintf(p->open[i].path, sizeof p->open[i].path, "%s", path);
		return;
	}
	exit(99);
}

/* Bytes of a file as it is in the end: those of the reference, or a few of no meaning. */
static inline char *content_of_file(const trace_player *p, const char *final, size_t *n)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", p->reference, final);
	char *bytes = read_whole(path, n);
	if (!bytes) {
		bytes = strdup("of no meaning");
		*n = strlen(bytes);
	}
	return bytes;
}

/* Part `part` of `parts` of a write: one byte, up to the half, all but one byte, the last byte. */
enum { WRITE_PARTS = 4 };

static inline void play_write(trace_player *p, const trace_call *call, int part)
{
	size_t n;
	char *bytes = content_of_file(p, call->to, &n);
	const size_t ends[WRITE_PARTS + 1] = {0, n > 0, n / 2 > 1 ? n / 2 : n > 0, n > 1 ? n - 1 : n, n};
	int fd = fd_of(p, call->path, false);
	size_t from = ends[part], to = ends[part + 1];
	if (fd < 0 || (to > from && pwrite(fd, bytes + from, to - from, (off_t)from) != (ssize_t)(to - from)))
		exit(99);
	free(bytes);
}

static inline void rename_open(trace_player *p, const char *from, const char *to)
{
	for (size_t i = 0; i < MAX_OPEN; i++)
		if (p->open[i].fd > 0 && strcmp(p->open[i].path, from) == 0)
			snprintf(p->open[i].path, sizeof p->open[i].path, "%s", to);
}

/* One call; of a write its part. Anything that fails ends the test. */
static inline void play(trace_player *p, const trace_call *call, int part)
{
	char path[512], to[512];
	size_t n;
	int fd, failed = 0;
	snprintf(path, sizeof path, "%s/%s", p->root, call->path);
	snprintf(to, sizeof to, "%s/%s", p->root, call->to);
	switch (call->kind) {
	case CALL_MKDIR:
		failed = mkdir(path, 0777);
		break;
	case CALL_OPEN:
		fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		failed = fd < 0;
		keep_fd(p, call->path, fd);
		break;
	case CALL_RESIZE:
		free(content_of_file(p, call->to, &n));
		failed = ftruncate(fd_of(p, call->path, false), (off_t)n);
		break;
	case CALL_WRITE:
		play_write(p, call, part);
		break;
	case CALL_RENAME:
		failed = rename(path, to);
		rename_open(p, call->path, call->to);
		break;
	case CALL_CLOSE:
		fd = fd_of(p, call->path, true);
		failed = fd > 0 ? close(fd) : 0; /* directories are not kept open */
		break;
	case CALL_UNLINK:
		unlink(path); /* of files of no meaning that were never written, too */
		break;
	case CALL_RMDIR:
		failed = rmdir(path);
		break;
	}
	if (failed) {
		perror(path);
		exit(99);
	}
}

#endif
