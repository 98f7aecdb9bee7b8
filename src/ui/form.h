/** The table of forms: which settings are their fields, and what is called how. */
#ifndef PHASETOP_UI_FORM_H
#define PHASETOP_UI_FORM_H

#include "phasetop/ui/setting.h"
#include "phasetop/ui/view.h"

/** The settings of a form, in its order. @return how many */
size_t pt_form_fields_of(pt_form_kind kind, pt_setting fields[PT_N_SETTINGS]);

/** What a field is called in that form: "turn line" among the thresholds, the setting's own name among the options. */
const char *pt_form_label(pt_form_kind kind, pt_setting field);

/** What an empty field means: the setting's default, as text. */
void pt_form_default(pt_setting field, char out[PT_FORM_FIELD_BYTES]);

/** Are the keys Tab, Up and Down for what is offered, since there is no other field? */
bool pt_form_has_one_field(pt_form_kind kind);

#endif
