/* Logs of lines of text: what the readers of all of them do alike. Private to runio. */
#ifndef PHASETOP_RUNIO_LINE_LOG_H
#define PHASETOP_RUNIO_LINE_LOG_H

#include "phasetop/runio/tail.h"

typedef struct line_handler {
	void *context;
	/* What does the line say? It may be blank. A failure but PT_ERR_MEMORY is a problem of the line, which is
	   then passed over. May be called again for the same line, where the last `give` failed. */
	pt_status (*parse)(void *context, const char *text, size_t n, int64_t number, pt_error *problem);
	/* Hand on what was parsed, if anything was. A failure ends the reading, and the line comes again. */
	pt_status (*give)(void *context, int64_t number, pt_error *err);
	/* All that was given is void. */
	void (*reset)(void *context);
	/* A problem, its offset being the number of the line. */
	void (*bad)(void *context, const pt_error *problem);
} line_handler;

/** Take one line. @retval PT_ERR_MEMORY, what `give` returned */
PT_CHECKED pt_status line_log_take(
	const line_handler *handler, const char *text, size_t n, int64_t number, const char *path, pt_error *err);

/** Take the lines that are new. @retval as pt_tail_read */
PT_CHECKED pt_status line_log_read(pt_tail *tail, const line_handler *handler, pt_error *err);

/* Nothing but white space? Such lines are no rows and no problems. */
bool log_line_is_blank(const char *text, size_t n);

#endif
