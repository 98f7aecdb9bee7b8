/* Straight lines of a chart: the step cursor, seams, turns, the grid (contracts in pane_draw.h). */
#include <stdio.h>

#include "pane_draw.h"

/* A vertical line at a place of the x axis; nothing where it is beyond it. */
static void line_at(pt_chart *chart, double x, uint32_t glyph, pt_role role)
{
	double fraction = pt_scale_fraction(&chart->x, x);
	if (chart->canvas && fraction >= 0 && fraction <= 1)
		pt_guide_up(chart->canvas, &chart->x, x, glyph, pt_ink_of(role, 0));
}

void pt_chart_line_at(pt_chart *chart, const pt_scene *scene, const pt_run_view *run, int64_t step,
	uint32_t glyph, pt_role role)
{
	line_at(chart, pt_scene_x(scene, run, step), glyph, role);
}

/* Where a run was resumed: no difference goes across such a line but from the checkpoint that it was resumed
 * from. */
static void draw_seams(pt_chart *chart, const pt_scene *scene)
{
	for (size_t r = 0; scene->snapshot && r < scene->snapshot->n_runs; r++) {
		const pt_run_view *run = &scene->snapshot->runs[r];
		for (size_t i = 1; i < run->n_segments && pt_view_run_shown(scene->view, r); i++)
			pt_chart_line_at(chart, scene, run, run->segments[i].first_step, U'┊', PT_ROLE_GUIDE);
	}
}

void pt_chart_guides(pt_chart *chart, const pt_scene *scene)
{
	draw_seams(chart, scene);
	line_at(chart, pt_scene_cursor_x(scene), U'┊', PT_ROLE_CROSSHAIR);
}

void pt_chart_change_points(pt_chart *chart, const pt_scene *scene, pt_matrix matrix)
{
	const pt_run_view *run = pt_scene_first_run(scene);
	if (!run || scene->n_shown != 1)
		return;
	/* What the detector found and nothing else backs is told in words, as noise; a line would claim more. */
	int64_t step = run->verdicts[pt_scene_matrix_of(scene, run, matrix)].step;
	if (step != PT_NO_STEP)
		pt_chart_line_at(chart, scene, run, step, U'╎', PT_ROLE_EVENT);
}

void pt_chart_grid(pt_chart *chart, const pt_scene *scene)
{
	pt_canvas *canvas = chart->canvas;
	if (!canvas || !scene->view->guides)
		return;
	pt_ink ink = pt_ink_of(PT_ROLE_GUIDE, 0);
	/* in ASCII lines would look like curves */
	bool is_ascii = canvas->kind == PT_CANVAS_ASCII;
	for (size_t i = 0; chart->plot.has_y && i < chart->plot.y.n; i++)
		if (!chart->plot.y.ticks[i].minor)
			pt_guide_across(canvas, &chart->y, chart->plot.y.ticks[i].value, is_ascii ? U'·' : U'┈', ink);
	for (size_t i = 0; chart->plot.has_x && i < chart->plot.x.n; i++)
		pt_guide_up(canvas, &chart->x, chart->plot.x.ticks[i].value, is_ascii ? U'·' : U'┊', ink);
}

void pt_scene_x_title(const pt_scene *scene, char *out, size_t capacity)
{
	bool is_other = scene->axis != scene->view->zoom.axis;
	snprintf(out, capacity, "%s", scene->axis == PT_X_EPOCH ? "epoch" : is_other ? "steps" : "");
}
