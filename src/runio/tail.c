#include "phasetop/runio/tail.h"

#include "phasetop/base/alloc.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum {
	GUARD_BYTES = 512,       /* read again before each chunk: do they still lie before the place? */
	CHUNK_BYTES = 64 * 1024, /* read at a time */
	KEPT_BYTES = 256 * 1024  /* buffer kept between calls */
};

struct pt_tail {
	char *path;
	size_t line_cap_bytes;
	pt_pread_fn read_at;
	pt_file_identity identity; /* at the last successful read */
	int64_t offset;            /* all bytes before it are in the buffer or were given */
	int64_t number;            /* of the line that begins at buffer[0] */
	bool skipping;             /* in a line over the cap: drop until its newline */
	char guard[GUARD_BYTES];
	size_t n_guard;
	/* text read and not yet given: at most complete lines that a handler refused, and a torn one */
	char *buffer;
	size_t capacity, start, end, searched; /* [searched, end) may hold a newline */
};

pt_tail *pt_tail_create(const char *path, const pt_tail_options *options)
{
	pt_tail *tail = pt_array_alloc(1, sizeof *tail);
	if (!tail)
		return NULL;
	tail->path = pt_text_copy(path, strlen(path));
	if (!tail->path) {
		pt_free(tail);
		return NULL;
	}
	tail->line_cap_bytes =
		options && options->line_cap_bytes ? options->line_cap_bytes : PT_TAIL_LINE_CAP_BYTES;
	tail->read_at = options ? options->read_at : NULL;
	tail->number = 1;
	return tail;
}

void pt_tail_destroy(pt_tail *tail)
{
	if (!tail)
		return;
	pt_free(tail->buffer);
	pt_free(tail->path);
	pt_free(tail);
}

pt_file_identity pt_tail_identity(const pt_tail *tail)
{
	return tail->identity;
}

int64_t pt_tail_torn_bytes(const pt_tail *tail)
{
	return (int64_t)(tail->end - tail->start);
}

const char *pt_tail_path(const pt_tail *tail)
{
	return tail->path;
}

static void start_over(pt_tail *tail, const pt_tail_handler *handler)
{
	bool had_begun = tail->offset > 0;
	tail->offset = 0;
	tail->number = 1;
	tail->skipping = false;
	tail->n_guard = 0;
	tail->start = tail->end = tail->searched = 0;
	if (had_begun && handler->reset)
		handler->reset(handler->context);
}

/* Give one line out of the buffer. buffer[end_of_line] is its LF. */
static pt_status give_line(pt_tail *tail, size_t end_of_line, const pt_tail_handler *handler, pt_error *err)
{
	char *text = tail->buffer + tail->start;
	size_t n = end_of_line - tail->start;
	if (tail->number == 1 && n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
		text += 3;
		n -= 3;
	}
	if (n > 0 && text[n - 1] == '\r')
		n--;
	char kept = text[n];
	text[n] = '\0';
	pt_status status = handler->line(handler->context, text, n, tail->number, err);
	text[n] = kept;
	return status;
}

/* Give all complete lines of the buffer; what is left is a torn line. */
static pt_status give_lines(pt_tail *tail, const pt_tail_handler *handler, pt_error *err)
{
	while (tail->searched < tail->end) {
		char *newline = memchr(tail->buffer + tail->searched, '\n', tail->end - tail->searched);
		if (!newline) {
			tail->searched = tail->end;
			break;
		}
		size_t at = (size_t)(newline - tail->buffer);
		if (tail->skipping || at - tail->start > tail->line_cap_bytes) {
			tail->skipping = false;
			if (handler->overlong)
				handler->overlong(handler->context, tail->number);
		} else {
			pt_status status = give_line(tail, at, handler, err);
			if (status != PT_OK)
				return status;
		}
		tail->number++;
		tail->start = tail->searched = at + 1;
	}
	if (tail->skipping || tail->end - tail->start > tail->line_cap_bytes) {
		tail->skipping = true;
		tail->start = tail->searched = tail->end;
	}
	return PT_OK;
}

/* Move the torn line to the front and make room for one more chunk with the guard before it. */
static bool make_room(pt_tail *tail)
{
	size_t torn = tail->end - tail->start;
	if (tail->start > 0 && torn > 0)
		memmove(tail->buffer, tail->buffer + tail->start, torn);
	tail->searched -= tail->start;
	tail->start = 0;
	tail->end = torn;
	return pt_array_reserve((void **)&tail->buffer, &tail->capacity, torn + GUARD_BYTES + CHUNK_BYTES, 1);
}

static void give_back_room(pt_tail *tail)
{
	if (tail->capacity <= KEPT_BYTES || tail->end - tail->start > KEPT_BYTES)
		return;
	if (!make_room(tail))
		return;
	size_t capacity = tail->end + GUARD_BYTES + CHUNK_BYTES;
	char *smaller = pt_array_resize(tail->buffer, capacity, 1);
	if (smaller) {
		tail->buffer = smaller;
		tail->capacity = capacity;
	}
}

/* The last GUARD_BYTES of what was read: `fresh` new bytes behind the old guard. */
static void remember_guard(pt_tail *tail, const char *fresh, size_t n)
{
	if (n >= GUARD_BYTES) {
		memcpy(tail->guard, fresh + n - GUARD_BYTES, GUARD_BYTES);
		tail->n_guard = GUARD_BYTES;
		return;
	}
	size_t kept = tail->n_guard;
	if (kept > GUARD_BYTES - n)
		kept = GUARD_BYTES - n;
	memmove(tail->guard, tail->guard + tail->n_guard - kept, kept);
	memcpy(tail->guard + kept, fresh, n);
	tail->n_guard = kept + n;
}

static pt_status refuse_wide_text(const pt_tail *tail, const char *text, size_t n, pt_error *err)
{
	if (tail->offset == 0 && n >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
		return pt_fail(err, PT_ERR_FORMAT, tail->path, 0, "UTF-16 or UTF-32 text, expected UTF-8");
	return PT_OK;
}

/* Read one chunk behind the place into the buffer. *n_fresh: new bytes (0 at the end of the file);
 * *is_other: the bytes before the place are no longer those that were read. Guard and chunk come by one
 * read, so that no truncation can slip in between. */
static pt_status read_chunk(pt_tail *tail, int fd, size_t *n_fresh, bool *is_other, pt_error *err)
{
	if (!make_room(tail))
		return pt_fail(err, PT_ERR_MEMORY, tail->path, -1, "out of memory");
	char *place = tail->buffer + tail->end;
	size_t n = 0;
	pt_status status = pt_regular_file_read_at(fd, tail->read_at, place, tail->n_guard + CHUNK_BYTES,
		tail->offset - (int64_t)tail->n_guard, tail->path, &n, err);
	if (status != PT_OK)
		return status;
	*is_other = n < tail->n_guard || memcmp(place, tail->guard, tail->n_guard) != 0;
	*n_fresh = 0;
	if (*is_other || n == tail->n_guard)
		return PT_OK;
	char *fresh = place + tail->n_guard;
	n -= tail->n_guard;
	status = refuse_wide_text(tail, fresh, n, err);
	if (status != PT_OK)
		return status;
	remember_guard(tail, fresh, n);
	memmove(place, fresh, n);
	tail->end += n;
	tail->offset += (int64_t)n;
	*n_fresh = n;
	return PT_OK;
}

static pt_status read_news(pt_tail *tail, int fd, const pt_tail_handler *handler, pt_error *err)
{
	/* what a handler refused the last time comes first */
	pt_status status = give_lines(tail, handler, err);
	for (int n_restarts = 0; status == PT_OK;) {
		size_t n_fresh = 0;
		bool is_other = false;
		status = read_chunk(tail, fd, &n_fresh, &is_other, err);
		if (status != PT_OK)
			break;
		if (is_other) {
			start_over(tail, handler);
			/* a writer that rewrites faster than we read: the next call goes on */
			if (++n_restarts > 3)
				break;
			continue;
		}
		if (n_fresh == 0)
			break;
		status = give_lines(tail, handler, err);
	}
	return status;
}

pt_status pt_tail_read(pt_tail *tail, const pt_tail_handler *handler, pt_error *err)
{
	int fd;
	pt_file_identity identity;
	pt_status status = pt_regular_file_open(AT_FDCWD, tail->path, &fd, &identity, err);
	if (status != PT_OK)
		return status;
	bool is_replaced =
		tail->identity.present && (identity.dev != tail->identity.dev || identity.ino != tail->identity.ino);
	if (is_replaced || identity.size_bytes < tail->offset)
		start_over(tail, handler);
	tail->identity = identity;
	status = read_news(tail, fd, handler, err);
	close(fd);
	give_back_room(tail);
	return status;
}
