/** Settings of the analysis as text: what setting.c and the view's own settings share. */
#ifndef PHASETOP_UI_SETTING_VALUES_H
#define PHASETOP_UI_SETTING_VALUES_H

#include "phasetop/base/text.h"
#include "phasetop/ui/setting.h"

/** Is it one of those that pt_settings holds? */
bool pt_setting_is_of_analysis(pt_setting setting);

/** @return NULL when it was read, else what is expected; *settings is then untouched. `text` NULL: the
 * default. */
const char *pt_setting_read(pt_setting setting, const char *text, pt_settings *settings);

/** The text that pt_setting_read reads back. */
void pt_setting_write(pt_setting setting, const pt_settings *settings, pt_text *out);

#endif
