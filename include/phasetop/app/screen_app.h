/** The dashboard: the screen thread. It owns the view and the terminal: update, then draw. */
#ifndef PHASETOP_APP_SCREEN_APP_H
#define PHASETOP_APP_SCREEN_APP_H

#include "phasetop/app/session.h"
#include "phasetop/base/status.h"

/**
 * Run the dashboard until the user leaves, a signal asks for it, or the terminal is gone.
 *
 * Sleeps in one poll over signals, the worker's snapshots, the frame timer (30 a second, disarmed when idle)
 * and the keyboard, in this order; then at most one frame. Nothing happens: nobody wakes.
 *
 * @param[out] exit_code  0 after `q`, 128 + N after signal N, 129 when the terminal is gone
 * @retval PT_ERR_UNSUPPORTED  the terminal cannot show it (nothing was written): report as text instead
 * @retval PT_ERR_NOT_FOUND, PT_ERR_NOT_DIRECTORY, …  as pt_pipeline_create
 */
PT_CHECKED pt_status pt_screen_app_run(const pt_session *session, int *exit_code, pt_error *err);

#endif
