#include "phasetop/runio/tail.h"

#include "phasetop/base/alloc.h"

#include "followed_file.h"

#include <string.h>

struct pt_tail {
	followed_file file; /* not taken: at most complete lines that a handler refused, and a torn one */
	size_t line_cap_bytes;
	int64_t number;                 /* of the line that begins at the place */
	bool skipping;                  /* in a line over the cap: drop until its newline */
	size_t searched;                /* bytes from the place on that hold no newline */
	const pt_tail_handler *handler; /* during a reading */
};

pt_tail *pt_tail_create(const char *path, const pt_tail_options *options)
{
	pt_tail *tail = pt_array_alloc(1, sizeof *tail);
	if (!tail)
		return NULL;
	if (!followed_file_init(&tail->file, path, options ? options->read_at : NULL)) {
		pt_free(tail);
		return NULL;
	}
	tail->line_cap_bytes =
		options && options->line_cap_bytes ? options->line_cap_bytes : PT_TAIL_LINE_CAP_BYTES;
	tail->number = 1;
	return tail;
}

void pt_tail_destroy(pt_tail *tail)
{
	if (!tail)
		return;
	followed_file_fini(&tail->file);
	pt_free(tail);
}

pt_file_identity pt_tail_identity(const pt_tail *tail)
{
	return tail->file.identity;
}

int64_t pt_tail_torn_bytes(const pt_tail *tail)
{
	return (int64_t)followed_bytes(&tail->file);
}

const char *pt_tail_path(const pt_tail *tail)
{
	return tail->file.path;
}

static void start_over(void *context)
{
	pt_tail *tail = context;
	tail->number = 1;
	tail->skipping = false;
	tail->searched = 0;
	if (tail->handler->reset)
		tail->handler->reset(tail->handler->context);
}

/* Give the first line of the bytes; n are before its LF. */
static pt_status give_line(pt_tail *tail, size_t n, pt_error *err)
{
	char *text = tail->file.bytes + tail->file.start;
	if (tail->number == 1 && n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
		text += 3;
		n -= 3;
	}
	if (n > 0 && text[n - 1] == '\r')
		n--;
	char kept = text[n];
	text[n] = '\0';
	pt_status status = tail->handler->line(tail->handler->context, text, n, tail->number, err);
	text[n] = kept;
	return status;
}

static void drop_bytes(pt_tail *tail, size_t n)
{
	tail->file.start += n;
	tail->searched = 0;
}

static pt_status refuse_wide_text(const followed_file *file, pt_error *err)
{
	if (followed_offset(file) != 0 || followed_bytes(file) < 2)
		return PT_OK;
	const char *text = file->bytes + file->start;
	if (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0)
		return pt_fail(err, PT_ERR_FORMAT, file->path, 0, "UTF-16 or UTF-32 text, expected UTF-8");
	return PT_OK;
}

/* Give all complete lines of the bytes; what is left is a torn line. */
static pt_status take_lines(void *context, followed_file *file, bool *enough, pt_error *err)
{
	pt_tail *tail = context;
	(void)enough;
	pt_status status = refuse_wide_text(file, err);
	while (status == PT_OK && tail->searched < followed_bytes(file)) {
		const char *text = file->bytes + file->start;
		const char *newline = memchr(text + tail->searched, '\n', followed_bytes(file) - tail->searched);
		if (!newline) {
			tail->searched = followed_bytes(file);
			break;
		}
		size_t n = (size_t)(newline - text);
		if (!tail->skipping && n <= tail->line_cap_bytes)
			status = give_line(tail, n, err);
		else if (tail->handler->overlong)
			tail->handler->overlong(tail->handler->context, tail->number);
		if (status != PT_OK)
			break;
		tail->skipping = false;
		tail->number++;
		drop_bytes(tail, n + 1);
	}
	if (status == PT_OK && (tail->skipping || followed_bytes(file) > tail->line_cap_bytes)) {
		tail->skipping = true;
		drop_bytes(tail, followed_bytes(file));
	}
	return status;
}

pt_status pt_tail_read(pt_tail *tail, const pt_tail_handler *handler, pt_error *err)
{
	const follow_handler follow = {.context = tail, .take = take_lines, .reset = start_over};
	tail->handler = handler;
	return followed_file_read(&tail->file, &follow, err);
}
