/** What part of the axes is looked at, as text: settings x-range and y-ranges. */
#ifndef PHASETOP_UI_SETTING_RANGES_H
#define PHASETOP_UI_SETTING_RANGES_H

#include "phasetop/base/text.h"
#include "phasetop/ui/zoom.h"

/**
 * "step 40 200", "step 40 200 follow", "none". Times are seconds (relative: from the start; wall: of the day,
 * from the first day on); without a unit that of the axis that is asked for.
 * @return NULL when it was read, else what is expected; *zoom is then untouched. "" is none
 */
const char *pt_setting_read_x_range(const char *text, pt_zoom *zoom);
void pt_setting_write_x_range(const pt_zoom *zoom, pt_text *out);

/** "norms 0 0.25, spectrum 1e-9 1e-3 0 5" (the latter two: the right axis), "none". As above. */
const char *pt_setting_read_y_ranges(const char *text, pt_zoom *zoom);
void pt_setting_write_y_ranges(const pt_zoom *zoom, pt_text *out);

#endif
