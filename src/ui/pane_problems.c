/** What went wrong while reading: path, code, place and message, one entry a problem. */
#include <stdio.h>
#include <string.h>

#include "pane_draw.h"

/* Problems of no single run first, then those of each run (hidden ones too: hiding is for plots). */
typedef struct problem_at {
	const pt_problem *problem; /* NULL: past the last */
	const char *run;           /* NULL: of no single run, or only one run is there */
} problem_at;

static size_t n_problems(const pt_scene *scene)
{
	if (!scene->snapshot)
		return 0;
	size_t n = scene->snapshot->n_problems;
	for (size_t r = 0; r < scene->snapshot->n_runs; r++)
		n += scene->snapshot->runs[r].n_problems;
	return n;
}

static problem_at problem_of(const pt_scene *scene, size_t i)
{
	const pt_snapshot *snapshot = scene->snapshot;
	if (i < snapshot->n_problems)
		return (problem_at){&snapshot->problems[i], NULL};
	i -= snapshot->n_problems;
	for (size_t r = 0; r < snapshot->n_runs; r++) {
		const pt_run_view *run = &snapshot->runs[r];
		if (i < run->n_problems)
			return (problem_at){&run->problems[i], snapshot->n_runs > 1 ? run->name : NULL};
		i -= run->n_problems;
	}
	return (problem_at){NULL, NULL};
}

static void title(const pt_scene *scene, bool brief, char *out, size_t capacity)
{
	(void)scene;
	(void)brief;
	snprintf(out, capacity, "problems");
}

static void figure(const pt_scene *scene, char *out, size_t capacity)
{
	size_t n = n_problems(scene);
	snprintf(out, capacity, n ? "%zu" : "none", n);
}

/* "truncated  checkpoint-230/adapter_model.safetensors at byte 8" */
static void head_of(problem_at at, char *out, size_t capacity)
{
	char path[PT_LINE_BYTES] = "", run[64] = "";
	pt_text text = pt_text_over(out, capacity);
	if (at.problem->path)
		pt_name_text(at.problem->path, 160, path, sizeof path);
	if (at.run) {
		pt_name_text(at.run, 24, run, sizeof run);
		pt_text_addf(&text, "%s: ", run);
	}
	pt_text_add(&text, path);
	if (at.problem->offset >= 0)
		pt_text_addf(&text, " at %lld", (long long)at.problem->offset);
}

/* Draws from line `line` of the list on; returns the lines of this entry. Without a frame it only counts. */
static int draw_entry(pt_frame *frame, pt_rect rect, problem_at at, int line)
{
	char head[2 * PT_LINE_BYTES], code[48];
	head_of(at, head, sizeof head);
	pt_name_text(at.problem->code ? at.problem->code : "", 32, code, sizeof code);
	const char *message = at.problem->message ? at.problem->message : "";
	int code_cols = pt_text_width(code) + 2, head_cols = pt_frame_text_width(head);
	bool one_line = code_cols + head_cols + 2 + pt_frame_text_width(message) <= rect.w;
	pt_rect body =
		one_line ? pt_rect_inset(rect, code_cols + head_cols + 2, 0, 0, 0) : pt_rect_inset(rect, 2, 0, 0, 0);
	int n_message = pt_wrapped_draw(NULL, body, pt_pen_of(PT_ROLE_TEXT), message, 0);
	if (!frame)
		return one_line ? 1 : 1 + n_message;
	if (line >= 0) {
		pt_frame_text(frame, rect, rect.x, rect.y + line, pt_pen_of(PT_ROLE_WARN), code);
		pt_frame_text_cut(frame, rect, rect.x + code_cols, rect.y + line, rect.w - code_cols,
			pt_pen_of(PT_ROLE_LABEL), head);
	}
	int first = line + (one_line ? 0 : 1), cut = first < 0 ? -first : 0;
	body.y += first + cut;
	body.h -= first + cut;
	if (!pt_rect_is_empty(body))
		pt_wrapped_draw(frame, body, pt_pen_of(PT_ROLE_TEXT), message, cut);
	return one_line ? 1 : 1 + n_message;
}

static void draw(const pt_scene *scene, pt_frame *frame, pt_rect inner)
{
	size_t n = n_problems(scene);
	if (n == 0) {
		pt_absence_draw(
			frame, inner, scene->snapshot ? "no problems: all that was found was read" : "reading …");
		return;
	}
	pt_rect rect = inner.w > 4 ? pt_rect_inset(inner, 1, 0, 1, 0) : inner;
	int n_lines = 0;
	for (size_t i = 0; i < n; i++)
		n_lines += draw_entry(NULL, rect, problem_of(scene, i), 0);
	int scroll = scene->view->scroll[PT_PANE_PROBLEMS], most = n_lines > rect.h ? n_lines - rect.h : 0;
	int line = -(scroll < 0 ? 0 : scroll > most ? most : scroll);
	for (size_t i = 0; i < n && line < rect.h; i++)
		line += draw_entry(frame, rect, problem_of(scene, i), line);
	if (n_lines > rect.h && rect.w > 24 && rect.h > 1)
		pt_frame_text_right(
			frame, inner, inner.x + inner.w - 1, inner.y + inner.h - 1, pt_pen_of(PT_ROLE_LABEL), " ↑↓ more");
}

const pt_pane_ops pt_pane_problems = {
	.id = PT_PANE_PROBLEMS,
	.about = {"Every file or log line that could not be used: what kind of problem, where (byte, or line of "
			  "a log),",
		"and what follows from it. The rest of the run is shown. ↑ ↓ PgUp PgDn scroll."},
	.min_cols = 1,
	.min_rows = 1,
	.title = title,
	.figure = figure,
	.draw = draw,
	.spark = NULL,
};
