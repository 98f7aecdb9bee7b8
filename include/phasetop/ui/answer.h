/** Keys that change nothing of what is seen: the last line says why. */
#ifndef PHASETOP_UI_ANSWER_H
#define PHASETOP_UI_ANSWER_H

#include "phasetop/ui/frame.h"
#include "phasetop/ui/view.h"

/** Are two frames of a screen equal but for their last row, where hints, messages and the command line stand?
 */
bool pt_answer_same_picture(const pt_frame *a, const pt_frame *b);

/**
 * Say why an action, which was applied to the view, changed nothing of the picture; a message that is there
 * stays.
 * @param is_pending  other numbers were asked for, and may yet change it: only what they cannot change is
 * said
 * @return false: nothing was said. Esc with nothing to leave and the end of a list need no words
 */
bool pt_answer(pt_view *view, pt_action action, bool is_pending, const pt_snapshot *snapshot);

#endif
