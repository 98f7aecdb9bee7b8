/** A frame as an SVG picture: cells on a fixed grid, blocks and lines as shapes, so that it looks the same in
 * any font; the plots of a frame that keeps its lines (see ui/frame_trace.h) as paths, braille else as
 * circles. */
#ifndef PHASETOP_REPORT_REPORT_SVG_H
#define PHASETOP_REPORT_REPORT_SVG_H

#include <stdio.h>

#include "phasetop/base/status.h"
#include "phasetop/ui/frame.h"
#include "phasetop/ui/theme.h"

typedef struct pt_svg_options {
	const char *title; /* for readers that cannot see it; NULL: "phasetop" */
	bool window;       /* rounded corners and a margin round it, as a picture in a README wants */
} pt_svg_options;

/**
 * Write the frame, in the theme's true colours, as one self-contained SVG 1.1 document (no scripts, no fonts,
 * no links, no ids, so that several may stand in one page). Equal frames give equal bytes. Runs of equal
 * style are one element.
 * @retval PT_ERR_IO     the stream failed
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_report_svg(
	const pt_frame *frame, const pt_theme *theme, const pt_svg_options *options, FILE *out, pt_error *err);

#endif
