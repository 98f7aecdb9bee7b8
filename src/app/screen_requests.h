/** What the view asks of the program: files and the clipboard. */
#ifndef PHASETOP_SRC_APP_SCREEN_REQUESTS_H
#define PHASETOP_SRC_APP_SCREEN_REQUESTS_H

#include "phasetop/app/session.h"
#include "phasetop/ui/terminal.h"

typedef struct pt_screen_desk {
	const pt_session *session;
	const pt_snapshot *snapshot; /* NULL: nothing was read yet */
	const pt_theme *theme;       /* of the screen */
	pt_terminal *terminal;
	pt_view *view; /* view->request is fulfilled; what came of it is said in the last line */
} pt_screen_desk;

/** @return PT_VIEW_… bits of what changed */
unsigned pt_screen_fulfil(const pt_screen_desk *desk);

#endif
