#include "phasetop/ui/pane.h"

#include <stdio.h>
#include <string.h>

#include "pane_draw.h"

enum { COLS_FOR_NAMES = 12 };

static const pt_pane_ops *const panes[] = {
	&pt_pane_norms,
	&pt_pane_pca,
	&pt_pane_cosine,
	&pt_pane_spectrum,
	&pt_pane_loss,
	&pt_pane_runs,
	&pt_pane_problems,
	&pt_pane_k_scan,
	&pt_pane_modules,
	&pt_pane_modes,
	&pt_pane_map,
	&pt_pane_scree,
};
_Static_assert(
	sizeof panes / sizeof panes[0] == PT_N_PANES, "a row for every pane, in the order of pt_pane_id");

const pt_pane_ops *pt_pane_ops_of(pt_pane_id pane)
{
	return panes[(unsigned)pane < PT_N_PANES ? pane : 0];
}

void pt_pane_line(const pt_scene *scene, pt_pane_id pane, char *out, size_t capacity)
{
	char title[PT_LINE_BYTES], figure[PT_LINE_BYTES];
	pt_pane_ops_of(pane)->title(scene, true, title, sizeof title);
	pt_pane_ops_of(pane)->figure(scene, figure, sizeof figure);
	snprintf(out, capacity, figure[0] ? "%s %s" : "%s%s", title, figure);
}

/* What the sparklines of several runs span together. */
static pt_range range_of_sparks(const pt_scene *scene, const pt_pane_ops *pane)
{
	pt_range range = pt_range_empty();
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		size_t n = 0;
		pt_scene alone = pt_scene_run(scene, r);
		const double *values = pane->spark(&alone, &n);
		if (values)
			pt_range_add_all(&range, values, n);
	}
	return range;
}

/* A row a run: marker, name, sparkline; "+2" behind the last one for those that find no row. */
static void draw_sparks(const pt_scene *scene, const pt_pane_ops *pane, pt_frame *frame, pt_rect rect)
{
	char text[4 * PT_LINE_BYTES];
	pt_range range = range_of_sparks(scene, pane);
	bool is_ascii = frame->charset == PT_CHARSET_ASCII;
	int names = 0, row = rect.y;
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		pt_name_text(scene->snapshot->runs[r].name, rect.w / 2 - 2, text, sizeof text);
		names = pt_frame_text_width(text) > names ? pt_frame_text_width(text) : names;
	}
	size_t n_left = scene->n_shown;
	for (size_t r = pt_scene_next_run(scene, 0); n_left > 0 && row < rect.y + rect.h;
		 r = pt_scene_next_run(scene, r + 1), row++) {
		pt_scene alone = pt_scene_run(scene, r);
		pt_pen pen = pt_pen_of(pt_role_series((int)r));
		size_t n = 0;
		const double *values = pane->spark(&alone, &n);
		pt_frame_put(frame, rect, rect.x, row, pen, pt_run_marker(frame, r));
		pt_name_text(scene->snapshot->runs[r].name, names, text, sizeof text);
		pt_frame_text(frame, rect, rect.x + 2, row, pen, text);
		n_left--;
		bool has_more = n_left > 0 && row + 1 == rect.y + rect.h;
		int x = names + 3, more = has_more ? snprintf(text, sizeof text, " +%zu", n_left) : 0;
		if (has_more)
			pt_frame_text_right(frame, rect, rect.x + rect.w, row, pt_pen_of(PT_ROLE_LABEL), text);
		int cols = rect.w - x - more < 200 ? rect.w - x - more : 200;
		if (pt_sparkline(values, n, cols, range.lo, range.hi, is_ascii, text, sizeof text) > 0)
			pt_frame_text(frame, rect, rect.x + x, row, pen, text);
	}
}

/* Where a plot has no room: the figure in words, below it a sparkline; of several runs one each. */
static void draw_small(
	const pt_scene *scene, const pt_pane_ops *pane, pt_frame *frame, pt_rect rect, bool has_title)
{
	char line[2 * PT_LINE_BYTES], figure[PT_LINE_BYTES], spark[4 * PT_LINE_BYTES];
	pt_pane_line(scene, pane->id, line, sizeof line);
	pane->figure(scene, figure, sizeof figure);
	const char *words = figure[0] && (has_title || pt_frame_text_width(line) > rect.w) ? figure : line;
	size_t n = 0;
	const double *values = pane->spark ? pane->spark(scene, &n) : NULL;
	int row = rect.y;
	/* who is who is worth more than the figure */
	bool has_sparks = n > 0 && scene->n_shown > 1 && rect.w >= COLS_FOR_NAMES && (has_title || rect.h > 1);
	if (!has_title || (rect.h > 1 && !has_sparks) || n == 0)
		pt_frame_text_cut(frame, rect, rect.x, row++, rect.w, pt_pen_of(PT_ROLE_TEXT), words);
	if (n == 0 || row >= rect.y + rect.h)
		return;
	if (has_sparks) {
		draw_sparks(scene, pane, frame, pt_rect_inset(rect, 0, row - rect.y, 0, 0));
		return;
	}
	int cols = rect.w < 200 ? rect.w : 200;
	pt_sparkline(values, n, cols, 0, 0, frame->charset == PT_CHARSET_ASCII, spark, sizeof spark);
	pt_frame_text(frame, rect, rect.x, row, pt_pen_of(pt_role_series((int)scene->first_shown)), spark);
}

/* Lists show themselves with nothing to plot: the runs that wait, the problems. */
static bool needs_data(pt_pane_id pane)
{
	return !pt_pane_is_list(pane);
}

void pt_pane_key_text(pt_pane_id pane, char *out, size_t capacity)
{
	snprintf(out, capacity, pane < 10 ? "%d" : "^w%d", pane < 10 ? ((int)pane + 1) % 10 : (int)pane - 9);
}

/* What is drawn from weights has nothing to say of a run of logs alone, but where the logs are. */
static const char *no_weights(const pt_scene *scene, pt_pane_id pane, char *out, size_t capacity)
{
	char key[16];
	bool any_problem = false;
	if (pane == PT_PANE_SPECTRUM || pane == PT_PANE_LOSS || pane == PT_PANE_MODES || pt_pane_is_list(pane))
		return NULL;
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		const pt_run_view *run = &scene->snapshot->runs[r];
		if (run->n_steps > 0)
			return NULL;
		any_problem |= run->n_problems > run->n_notices;
	}
	if (!any_problem)
		return "no checkpoints so far, only logs: p shows the losses";
	pt_pane_key_text(PT_PANE_PROBLEMS, key, sizeof key);
	snprintf(out, capacity, "no checkpoint that could be read: %s shows the problems, p the losses", key);
	return out;
}

static void draw_inside(
	const pt_scene *scene, const pt_pane_ops *pane, pt_frame *frame, pt_rect inner, bool has_title)
{
	char text[PT_LINE_BYTES];
	const char *absence = needs_data(pane->id) ? pt_scene_absence(scene, text, sizeof text) : NULL;
	/* Where nothing at all is there, the focused pane says why; the same words in every pane would be noise.
	 */
	if (absence)
		pt_absence_draw(frame, inner, scene->view->layout.focus == pane->id ? absence : "no data yet");
	else if ((absence = no_weights(scene, pane->id, text, sizeof text)))
		pt_absence_draw(frame, inner, absence);
	else if (inner.w < pane->min_cols || inner.h < pane->min_rows)
		draw_small(scene, pane, frame, inner, has_title);
	else if (!pt_columns_draw(scene, pane, frame, inner))
		pane->draw(scene, frame, inner);
}

bool pt_pane_is_ratio(const pt_view *view, pt_pane_id pane)
{
	return pane == PT_PANE_SPECTRUM && view->log_y[PT_PANE_SPECTRUM];
}

/* With the baseline that values are told from: "norm ‖B‖ − medical". */
static void full_title(const pt_scene *scene, const pt_pane_ops *pane, bool brief, char *out, size_t capacity)
{
	char name[PT_LINE_BYTES];
	pane->title(scene, brief, out, capacity);
	if (!scene->versus || !pane->by_difference)
		return;
	bool is_ratio = pt_pane_is_ratio(scene->view, pane->id);
	pt_name_text(scene->versus, brief ? 12 : 24, name, sizeof name);
	pt_text text = {.bytes = out, .capacity = capacity, .length = strlen(out)};
	pt_text_addf(&text, " %s %s", is_ratio ? "÷" : "−", name);
}

void pt_pane_draw(const pt_scene *scene, pt_pane_id pane, pt_frame *frame, pt_rect rect)
{
	const pt_pane_ops *ops = pt_pane_ops_of(pane);
	if (pt_rect_is_empty(rect))
		return;
	if (rect.w < 6 || rect.h < 3) { /* a border would take all the room */
		draw_inside(scene, ops, frame, rect, false);
		return;
	}
	char key[16], title[PT_LINE_BYTES], figure[PT_LINE_BYTES];
	pt_pane_key_text(pane, key, sizeof key);
	ops->figure(scene, figure, sizeof figure);
	full_title(scene, ops, false, title, sizeof title);
	int room = rect.w - 11 - pt_frame_text_width(key); /* corners, brackets, the key and blanks */
	if (pt_frame_text_width(title) + pt_frame_text_width(figure) > room)
		full_title(scene, ops, true, title, sizeof title);
	/* Rather no figure than half a title. */
	if (pt_frame_text_width(title) + pt_frame_text_width(figure) > room)
		figure[0] = '\0';
	pt_text end = {.bytes = title, .capacity = sizeof title, .length = strlen(title)};
	pt_text_add(&end, " "); /* `┤1 norm ‖B‖ ├`: air on both sides */
	pt_box box = {.focused = scene->view->layout.focus == pane,
		.key = key,
		.title = title,
		.figure = figure[0] ? figure : NULL,
		.figure_pen = pt_pen_of(PT_ROLE_LABEL)};
	pt_rect inner = pt_frame_box(frame, rect, &box);
	if (!pt_rect_is_empty(inner))
		draw_inside(scene, ops, frame, inner, true);
}
