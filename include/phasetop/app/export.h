/** Files that a person asks for: a pane or the screen as SVG or text, a pane's series as CSV. */
#ifndef PHASETOP_APP_EXPORT_H
#define PHASETOP_APP_EXPORT_H

#include <stdbool.h>

#include "phasetop/app/session.h"

typedef struct pt_export_job {
	const pt_session *session;
	const pt_snapshot *snapshot; /* NULL: nothing was read yet */
	const pt_view *view;
	const pt_theme *theme; /* of the screen */
	bool screen;           /* all of it; else the focused pane */
	const char *path;      /* the kind is that of its ending: .svg, .csv (of a pane alone), .txt */
	bool overwrite;        /* false: where the file is there already, another one is written, name-2.svg */
} pt_export_job;

/**
 * Write it. A pane as SVG is for print: without a window, at least 96 × 28 cells, on a light ground where the
 * theme is dark and the light one is found. In SVG curves are lines at the resolution of the data.
 *
 * @param[out] written  the file's path
 * @retval PT_ERR_INVALID       no such ending
 * @retval PT_ERR_UNSUPPORTED   the pane has no series; nothing was written
 * @retval PT_ERR_PERMISSION, PT_ERR_IO, …  the file, which is then not left half written; PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_export_write(
	const pt_export_job *job, char written[PT_OPTION_PATH_BYTES], pt_error *err);

#endif
