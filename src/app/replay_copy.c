#include "replay_copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "phasetop/base/alloc.h"
#include "phasetop/runio/regular_file.h"

#include "replay_state.h"

enum {
	CHUNK_BYTES = 256 * 1024,
	LINE_BYTES = 64 * 1024 * 1024, /* longer lines are no log */
	DIRECTORY_DEPTH = 3,           /* of sub-directories in a checkpoint */
	REMOVE_FDS = 16
};

pt_status pt_replay_join(char out[PT_REPLAY_PATH_BYTES], const char *a, const char *b, pt_error *err)
{
	int n = snprintf(out, PT_REPLAY_PATH_BYTES, "%s/%s", a, b);
	if (n < 0 || n >= PT_REPLAY_PATH_BYTES)
		return pt_fail(err, PT_ERR_LIMIT, a, -1, "a path is too long");
	return PT_OK;
}

pt_status pt_replay_make_parents(const char *root, const char *path, pt_error *err)
{
	char part[PT_REPLAY_PATH_BYTES];
	for (const char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
		size_t n = (size_t)(slash - path);
		if (n >= sizeof part)
			return pt_fail(err, PT_ERR_LIMIT, path, -1, "a path is too long");
		memcpy(part, path, n);
		part[n] = '\0';
		if (mkdir(part, 0777) != 0 && errno != EEXIST)
			return pt_fail_errno(err, errno, part, "cannot make the directory");
	}
	return PT_OK;
}

static pt_status write_all(int fd, const char *path, const char *bytes, size_t n, pt_error *err)
{
	while (n > 0) {
		ssize_t written = write(fd, bytes, n);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return pt_fail_errno(err, errno, path, "cannot write");
		bytes += written;
		n -= (size_t)written;
	}
	return PT_OK;
}

static pt_status copy_bytes(
	int in, int out, const char *from, const char *to, const pt_replay_cancel *cancel, pt_error *err)
{
	char *chunk = pt_array_alloc(CHUNK_BYTES, 1);
	if (!chunk)
		return pt_fail(err, PT_ERR_MEMORY, from, -1, "no memory to copy");
	pt_status status = PT_OK;
	int64_t offset = 0;
	for (size_t got = 1; status == PT_OK && got > 0;) {
		if (cancel->is_wanted(cancel->context)) {
			status = pt_fail(err, PT_ERR_CANCELLED, from, -1, "the replay was stopped");
			break;
		}
		status = pt_regular_file_read_at(in, NULL, chunk, CHUNK_BYTES, offset, from, &got, err);
		if (status == PT_OK)
			status = write_all(out, to, chunk, got, err);
		offset += (int64_t)got;
	}
	pt_free(chunk);
	return status;
}

/* As safetensors 0.8: .tmpXXXXXX in the same directory, mode 0600, set to its full size, filled, renamed, and
   closed only then. */
static pt_status copy_staged(int in, int64_t size_bytes, const char *from, const char *to,
	const pt_replay_cancel *cancel, pt_error *err)
{
	char staging[PT_REPLAY_PATH_BYTES];
	const char *slash = strrchr(to, '/');
	int n = snprintf(staging, sizeof staging, "%.*s.tmpXXXXXX", (int)(slash - to + 1), to);
	if (n < 0 || n >= (int)sizeof staging)
		return pt_fail(err, PT_ERR_LIMIT, to, -1, "a path is too long");
	int out = mkostemp(staging, O_CLOEXEC);
	if (out < 0)
		return pt_fail_errno(err, errno, staging, "cannot create");
	pt_status status = PT_OK;
	if (ftruncate(out, size_bytes) != 0)
		status = pt_fail_errno(err, errno, staging, "cannot set the size");
	if (status == PT_OK)
		status = copy_bytes(in, out, from, staging, cancel, err);
	if (status == PT_OK && rename(staging, to) != 0)
		status = pt_fail_errno(err, errno, to, "cannot rename");
	close(out);
	return status;
}

pt_status pt_replay_copy_file(
	const char *from, const char *to, bool staged, const pt_replay_cancel *cancel, pt_error *err)
{
	int in;
	pt_file_identity identity;
	pt_status status = pt_regular_file_open(AT_FDCWD, from, &in, &identity, err);
	if (status != PT_OK)
		return status;
	if (staged) {
		status = copy_staged(in, identity.size_bytes, from, to, cancel, err);
	} else {
		int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (out < 0) {
			status = pt_fail_errno(err, errno, to, "cannot create");
		} else {
			status = copy_bytes(in, out, from, to, cancel, err);
			close(out);
		}
	}
	close(in);
	return status;
}

pt_status pt_replay_write_file(const char *to, const char *bytes, size_t n, pt_error *err)
{
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (out < 0)
		return pt_fail_errno(err, errno, to, "cannot create");
	pt_status status = write_all(out, to, bytes, n, err);
	close(out);
	return status;
}

enum turn { WEIGHTS, OTHERS, STATE, N_TURNS };

static enum turn turn_of(const char *name)
{
	static const char suffix[] = ".safetensors";
	size_t n = strlen(name), m = sizeof suffix - 1;
	if (n > m && strcmp(name + n - m, suffix) == 0)
		return WEIGHTS;
	return strcmp(name, "trainer_state.json") == 0 ? STATE : OTHERS;
}

static pt_status copy_turn(const char *from, const char *to, enum turn turn, int depth,
	const pt_replay_cancel *cancel, pt_error *err);

/* One entry of a checkpoint directory, if it is its turn. Whatever is neither a file nor a directory stays.
 */
static pt_status copy_entry(const char *from, const char *to, const char *name, enum turn turn, int depth,
	const pt_replay_cancel *cancel, pt_error *err)
{
	char source[PT_REPLAY_PATH_BYTES], target[PT_REPLAY_PATH_BYTES];
	struct stat record;
	pt_status status = pt_replay_join(source, from, name, err);
	if (status == PT_OK)
		status = pt_replay_join(target, to, name, err);
	if (status != PT_OK)
		return status;
	if (stat(source, &record) != 0)
		return PT_OK;
	if (S_ISDIR(record.st_mode) && depth < DIRECTORY_DEPTH)
		return copy_turn(source, target, turn, depth + 1, cancel, err);
	if (!S_ISREG(record.st_mode) || turn_of(name) != turn)
		return PT_OK;
	return pt_replay_copy_file(source, target, turn == WEIGHTS, cancel, err);
}

static pt_status copy_turn(const char *from, const char *to, enum turn turn, int depth,
	const pt_replay_cancel *cancel, pt_error *err)
{
	if (turn == WEIGHTS && mkdir(to, 0777) != 0 && errno != EEXIST)
		return pt_fail_errno(err, errno, to, "cannot make the directory");
	DIR *directory = opendir(from);
	if (!directory)
		return pt_fail_errno(err, errno, from, "cannot read the directory");
	pt_status status = PT_OK;
	struct dirent *entry;
	while (status == PT_OK && (entry = readdir(directory)) != NULL) {
		if (entry->d_name[0] != '.')
			status = copy_entry(from, to, entry->d_name, turn, depth, cancel, err);
	}
	closedir(directory);
	return status;
}

pt_status pt_replay_copy_checkpoint(
	const char *from, const char *to, const pt_replay_cancel *cancel, pt_error *err)
{
	pt_status status = PT_OK;
	for (int turn = WEIGHTS; status == PT_OK && turn < N_TURNS; turn++)
		status = copy_turn(from, to, (enum turn)turn, 0, cancel, err);
	return status;
}

static int remove_entry(const char *path, const struct stat *record, int kind, struct FTW *place)
{
	(void)record;
	(void)kind;
	(void)place;
	int failed = remove(path);
	(void)failed; /* go on: what can be removed is removed */
	return 0;
}

void pt_replay_remove_tree(const char *directory)
{
	nftw(directory, remove_entry, REMOVE_FDS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* ---- logs ------------------------------------------------------------------------------------------- */

static bool csv_line_step(const char *line, size_t n, int64_t *step)
{
	char number[24];
	size_t digits = 0;
	while (digits < n && digits + 1 < sizeof number && line[digits] >= '0' && line[digits] <= '9')
		digits++;
	if (digits == 0 || digits == n || (line[digits] != ',' && line[digits] != '\n' && line[digits] != '\r'))
		return false;
	memcpy(number, line, digits);
	number[digits] = '\0';
	*step = strtoll(number, NULL, 10);
	return true;
}

/* Read on until a whole line (or the rest of the file) lies at buffer[begin]. */
static pt_status read_line(pt_replay_log *log, pt_error *err)
{
	size_t searched = log->begin;
	for (;;) {
		char *newline = memchr(log->buffer + searched, '\n', log->end - searched);
		if (newline) {
			log->line_bytes = (size_t)(newline - (log->buffer + log->begin)) + 1;
			return PT_OK;
		}
		size_t held = log->end - log->begin;
		memmove(log->buffer, log->buffer + log->begin, held);
		log->begin = 0;
		log->end = searched = held;
		if (held > LINE_BYTES)
			return pt_fail(err, PT_ERR_LIMIT, "", -1, "a log line is longer than %d bytes", LINE_BYTES);
		if (!pt_array_reserve((void **)&log->buffer, &log->capacity, held + CHUNK_BYTES, 1))
			return pt_fail(err, PT_ERR_MEMORY, "", -1, "no memory for a log line");
		ssize_t got;
		do {
			got = read(log->in, log->buffer + held, CHUNK_BYTES);
		} while (got < 0 && errno == EINTR);
		if (got < 0)
			return pt_fail_errno(err, errno, "", "cannot read the log");
		if (got == 0) {
			log->line_bytes = held;
			return PT_OK;
		}
		log->end += (size_t)got;
	}
}

static pt_status next_line(pt_replay_log *log, pt_error *err)
{
	pt_status status = read_line(log, err);
	if (status != PT_OK || log->line_bytes == 0)
		return status;
	const char *line = log->buffer + log->begin;
	int64_t step;
	bool found = log->csv ? csv_line_step(line, log->line_bytes, &step)
						  : pt_replay_line_step(line, log->line_bytes, &step);
	if (found) {
		log->step = step;
		log->has_step = true;
	}
	return PT_OK;
}

pt_status pt_replay_log_init(pt_replay_log *log, const char *from, const char *to, bool csv, pt_error *err)
{
	memset(log, 0, sizeof *log);
	log->csv = csv;
	log->step = INT64_MIN; /* a header precedes every step */
	log->out = -1;
	pt_file_identity identity;
	pt_status status = pt_regular_file_open(AT_FDCWD, from, &log->in, &identity, err);
	if (status != PT_OK) {
		log->in = -1;
		return status;
	}
	log->out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
	if (log->out < 0)
		status = pt_fail_errno(err, errno, to, "cannot create");
	if (status == PT_OK && !pt_array_reserve((void **)&log->buffer, &log->capacity, CHUNK_BYTES, 1))
		status = pt_fail(err, PT_ERR_MEMORY, from, -1, "no memory for a log line");
	if (status == PT_OK)
		status = next_line(log, err);
	if (status != PT_OK)
		pt_replay_log_fini(log);
	return status;
}

void pt_replay_log_fini(pt_replay_log *log)
{
	if (log->in >= 0)
		close(log->in);
	if (log->out >= 0)
		close(log->out);
	pt_free(log->buffer);
	memset(log, 0, sizeof *log);
	log->in = log->out = -1;
}

pt_status pt_replay_log_advance(pt_replay_log *log, pt_error *err)
{
	pt_status status = write_all(log->out, "", log->buffer + log->begin, log->line_bytes, err);
	if (status != PT_OK)
		return status;
	log->begin += log->line_bytes;
	return next_line(log, err);
}
