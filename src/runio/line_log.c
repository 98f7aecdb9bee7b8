#include "line_log.h"

typedef struct line_reading {
	const line_handler *handler;
	const char *path;
} line_reading;

bool log_line_is_blank(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
			return false;
	return true;
}

/* What a parser said about a line, as a problem of the log: PT_ERR_BAD_ROW (PT_ERR_LIMIT stays), the number
   of the line for an offset, the byte in the line told in the message. */
static void problem_of_line(pt_error *problem, int64_t number)
{
	pt_error cause = *problem;
	pt_status code = cause.code == PT_ERR_LIMIT ? PT_ERR_LIMIT : PT_ERR_BAD_ROW;
	if (cause.offset >= 0)
		pt_fail(problem, code, cause.path, number, "%.200s (byte %lld of the line)", cause.message,
			(long long)cause.offset);
	else
		pt_fail(problem, code, cause.path, number, "%s", cause.message);
}

pt_status line_log_take(
	const line_handler *handler, const char *text, size_t n, int64_t number, const char *path, pt_error *err)
{
	pt_error problem;
	pt_status status = handler->parse(handler->context, text, n, number, &problem);
	if (status == PT_ERR_MEMORY)
		return pt_fail(err, status, path, -1, "out of memory");
	if (status != PT_OK) {
		problem_of_line(&problem, number);
		handler->bad(handler->context, &problem);
		return PT_OK;
	}
	return handler->give(handler->context, number, err);
}

static pt_status take_line(void *context, const char *text, size_t n, int64_t number, pt_error *err)
{
	const line_reading *reading = context;
	return line_log_take(reading->handler, text, n, number, reading->path, err);
}

static void take_reset(void *context)
{
	const line_reading *reading = context;
	reading->handler->reset(reading->handler->context);
}

static void take_overlong(void *context, int64_t number)
{
	const line_reading *reading = context;
	pt_error problem;
	pt_fail(&problem, PT_ERR_LIMIT, reading->path, number, "a line of more than %d MiB, passed over",
		PT_TAIL_LINE_CAP_BYTES >> 20);
	reading->handler->bad(reading->handler->context, &problem);
}

pt_status line_log_read(pt_tail *tail, const line_handler *handler, pt_error *err)
{
	line_reading reading = {.handler = handler, .path = pt_tail_path(tail)};
	const pt_tail_handler lines = {
		.context = &reading, .line = take_line, .reset = take_reset, .overlong = take_overlong};
	return pt_tail_read(tail, &lines, err);
}
