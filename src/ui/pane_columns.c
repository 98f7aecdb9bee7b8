/* Runs side by side: a plot divided into a column a run, with equal axes; differences (contracts in
 * pane_draw.h). */
#include <stdio.h>
#include <string.h>

#include "pane_draw.h"

enum { COLUMN_COLS = 18, HEADING_ROWS = 1, LEAST_ROWS = 3, MOST_COLUMNS = 32, AIR_FROM_COLS = 26 };

/* Marker and name at the left, the run's own figure at the right where there is room for both. */
static void draw_heading(const pt_scene *alone, const pt_pane_ops *pane, const char *figure_of_all,
	size_t n_more, pt_frame *frame, pt_rect line)
{
	char figure[PT_LINE_BYTES], name[PT_LINE_BYTES], more[32] = "";
	size_t run = alone->first_shown;
	pane->figure(alone, figure, sizeof figure);
	if (strcmp(figure, figure_of_all) == 0)
		figure[0] = '\0'; /* the border says it for all */
	if (n_more > 0)
		snprintf(more, sizeof more, " +%zu", n_more);
	int room = line.w - 2 - pt_frame_text_width(more);
	int figure_cols = pt_frame_text_width(figure);
	pt_run_label(alone, &alone->snapshot->runs[run], room > 24 ? 24 : room, name, sizeof name);
	bool both = figure_cols > 0 && pt_frame_text_width(name) + 2 + figure_cols <= room;
	pt_pen hue = pt_pen_of(pt_role_series((int)run));
	if (frame->charset != PT_CHARSET_ASCII) /* there the marks of curves are letters of the same few */
		pt_frame_put(frame, line, line.x, line.y, hue, pt_run_marker(frame, run));
	pt_frame_text(frame, line, line.x + 2, line.y, pt_pen_of(PT_ROLE_TITLE), name);
	int end = line.x + line.w - pt_frame_text_width(more);
	if (both)
		pt_frame_text_right(frame, line, end, line.y, pt_pen_of(PT_ROLE_LABEL), figure);
	if (more[0])
		pt_frame_text_right(frame, line, line.x + line.w, line.y, pt_pen_of(PT_ROLE_LABEL), more);
}

bool pt_versus_absence_draw(const pt_scene *scene, pt_frame *frame, pt_rect rect)
{
	char text[PT_LINE_BYTES], name[64];
	if (!scene->versus)
		return false;
	pt_name_text(scene->versus, 32, name, sizeof name);
	snprintf(text, sizeof text, "no difference to %s: no step at which both have one (of the same matrix, the same probes)", name);
	pt_absence_draw(frame, rect, text);
	return true;
}

bool pt_columns_draw(const pt_scene *scene, const pt_pane_ops *pane, pt_frame *frame, pt_rect inner)
{
	size_t runs[MOST_COLUMNS], n = 0;
	int least = pane->min_cols > COLUMN_COLS ? pane->min_cols : COLUMN_COLS;
	size_t room = inner.w > 0 ? (size_t)(inner.w / least) : 0;
	if (!scene->view->side_by_side || !pane->by_run || scene->n_shown < 2 || room < 2 ||
		inner.h < LEAST_ROWS + HEADING_ROWS)
		return false;
	room = room < MOST_COLUMNS ? room : MOST_COLUMNS;
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		if (n < room)
			runs[n++] = r;
	}
	pt_scene all = *scene;
	all.columns = runs;
	all.n_columns = n;
	char figure[PT_LINE_BYTES];
	pane->figure(scene, figure, sizeof figure);
	int cols = (inner.w - ((int)n - 1)) / (int)n; /* all alike, so that their axes are */
	for (size_t c = 0; c < n; c++) {
		pt_scene alone = pt_scene_column(&all, c);
		pt_rect rect = {inner.x + (int)c * (cols + 1), inner.y, cols, inner.h};
		int margin = rect.w >= AIR_FROM_COLS;
		pt_rect line = {rect.x + margin, rect.y, rect.w - 2 * margin, HEADING_ROWS};
		draw_heading(&alone, pane, figure, c + 1 == n ? scene->n_shown - n : 0, frame, line);
		pane->draw(&alone, frame, pt_rect_inset(rect, 0, HEADING_ROWS, 0, 0));
	}
	return true;
}
