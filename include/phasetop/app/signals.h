/**
 * Signals: handlers set a flag each and raise an event descriptor; the threads look when they wake.
 *
 * (No signalfd: OpenBLAS starts its threads before main, with signals unblocked, and a signal that lands
 * there would kill the process.) TERM, INT, HUP and QUIT ask to leave; should the screen thread be stuck in a
 * write to a stalled terminal, the work thread gives the terminal back itself. A fatal signal gives the
 * terminal back, then takes its course.
 */
#ifndef PHASETOP_APP_SIGNALS_H
#define PHASETOP_APP_SIGNALS_H

#include <stdbool.h>

#include "phasetop/base/status.h"

/** What happened since the last look. */
typedef struct pt_signals_seen {
	int quit;       /* the signal that asks to leave (SIGTERM, …); 0: none */
	bool resized;   /* SIGWINCH */
	bool continued; /* SIGCONT */
	bool suspend;   /* SIGTSTP */
} pt_signals_seen;

/** Install the handlers; before the terminal is opened. @retval PT_ERR_IO no event descriptor */
PT_CHECKED pt_status pt_signals_install(pt_error *err);
/** Back to how it was before. */
void pt_signals_uninstall(void);

/** Readable for the screen thread after a signal. */
int pt_signals_screen_fd(void);
/** Readable for the work thread after a signal that asks to leave. */
int pt_signals_worker_fd(void);

/** Take the flags, and lower the screen thread's descriptor. */
pt_signals_seen pt_signals_take(void);

/** The screen thread has heard of the wish to leave: no emergency. */
void pt_signals_screen_is_leaving(void);

/**
 * For the work thread, when its descriptor is readable: if the screen thread does not answer within a second,
 * give the terminal back and end the process. Returns at once when it answers.
 */
void pt_signals_watch_over_screen(void);

#endif
