#include <stdio.h>

#include "pane_draw.h"

static void title(const pt_scene *scene, bool brief, char *out, size_t capacity)
{
	(void)scene, (void)brief;
	snprintf(out, capacity, "scree");
}

static void figure(const pt_scene *scene, char *out, size_t capacity)
{
	(void)scene;
	snprintf(out, capacity, "%s", "");
}

static void draw(const pt_scene *scene, pt_frame *frame, pt_rect inner)
{
	(void)scene;
	pt_absence_draw(frame, inner, "no data yet");
}

const pt_pane_ops pt_pane_scree = {
	.id = PT_PANE_SCREE,
	.about = {"", NULL},
	.min_cols = 20,
	.min_rows = 4,
	.title = title,
	.figure = figure,
	.draw = draw,
};
