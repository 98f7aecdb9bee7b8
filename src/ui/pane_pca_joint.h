/** Several runs in the plane of one PCA. */
#ifndef PHASETOP_UI_PANE_PCA_JOINT_H
#define PHASETOP_UI_PANE_PCA_JOINT_H

#include "pane_draw.h"

/** Is one plane for all runs wanted, of the several that are shown? */
bool pt_joint_is_wanted(const pt_scene *scene);

/** The run's path in the joint plane, in the form of its own PCA (with its own turning step); not present: it
 * is not in it. */
pt_pca_view pt_joint_pca_of(const pt_scene *scene, size_t run, pt_matrix matrix);

/** "47.0 % + 24.1 %, one plane", and who is not in it. */
void pt_joint_figure(const pt_scene *scene, char *out, size_t capacity);

/** Why a run, or all of them, are not in a plane. */
void pt_joint_absence(const pt_scene *scene, pt_frame *frame, pt_rect rect);

/** All runs in one plot, a hue and a marker each. */
void pt_joint_draw(const pt_scene *scene, pt_matrix matrix, pt_frame *frame, pt_rect rect);

#endif
