/** The parts of the screen that are not panes: lines at its edges, and what lies over the panes. */
#ifndef PHASETOP_UI_SCREEN_PARTS_H
#define PHASETOP_UI_SCREEN_PARTS_H

#include "phasetop/ui/frame.h"
#include "phasetop/ui/pane.h"

/** Line on top: what is watched, is it alive, how far, when does it go on; matrix, k, window. `plots` is what
 * the plots draw, whose x axis may be another (steps from the turn). */
void pt_screen_status_draw(const pt_scene *scene, const pt_scene *plots, pt_frame *frame, pt_rect line);
/** What it tells, in words. */
void pt_screen_verdict_draw(const pt_scene *scene, pt_frame *frame, pt_rect line);
/** How many problems there are, of the runs and beside them. */
size_t pt_screen_problems(const pt_scene *scene);
/** Keys, as many as fit. */
void pt_screen_keys_draw(const pt_scene *scene, pt_frame *frame, pt_rect line);

/** The command line that is open; what is offered, meant or wrong stands in the line above. */
void pt_screen_command_draw(const pt_scene *scene, pt_frame *frame, pt_rect line);
void pt_screen_command_words_draw(const pt_scene *scene, pt_frame *frame, pt_rect line);
/** What the program has to tell. */
void pt_screen_message_draw(const pt_scene *scene, pt_frame *frame, pt_rect line);

/** Help: the focused pane in words, then every key by scope; scrolls. */
void pt_screen_help_draw(const pt_scene *scene, pt_frame *frame, pt_rect area);
/** The rectangle that is being drawn with the mouse. */
void pt_screen_rubber_draw(const pt_scene *scene, pt_frame *frame);
/** The form that is open. */
void pt_screen_form_draw(const pt_scene *scene, pt_frame *frame, pt_rect area);

#endif
