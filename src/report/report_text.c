#include "phasetop/report/report_text.h"

#include <string.h>

#include "phasetop/ui/pane.h"
#include "report_prose.h"

enum { LEAST_COLS = 20, COLS_FOR_TWO = 100, LEAST_PLOT_ROWS = 8, MOST_COLS = 1000, MOST_ROWS = 400 };

/* The plots of a run, in this order; lists are told in words. */
static const pt_pane_id plots[] = {
	PT_PANE_NORMS, PT_PANE_PCA, PT_PANE_COSINE, PT_PANE_SPECTRUM, PT_PANE_LOSS};
enum { N_PLOTS = sizeof plots / sizeof plots[0] };

static bool has_data(const pt_scene *scene, pt_pane_id pane)
{
	if (scene->n_shown == 0)
		return false;
	const pt_run_view *run = &scene->snapshot->runs[scene->first_shown];
	const pt_loss_view *loss = &run->loss;
	bool any = false;
	switch (pane) {
	case PT_PANE_SPECTRUM:
		for (int s = 0; s < PT_N_SPECTRA; s++)
			any = any || run->spectra[s].n > 0;
		return any;
	case PT_PANE_LOSS:
		any = loss->n_series > 0 && loss->series[0].asked;
		return loss->n > 0 && (loss->train || loss->eval || loss->probe_mean || any);
	case PT_PANE_PCA:
		return run->n_steps > 1;
	case PT_PANE_COSINE:
		for (size_t m = 0; m < scene->n_matrices; m++)
			for (size_t k = 0; k < run->matrices[scene->matrices[m]].n_cosines; k++)
				any = any || run->matrices[scene->matrices[m]].cosines[k].n > 0;
		return any;
	default:
		return run->n_steps > 0;
	}
}

static void write_frame(pt_prose *prose, const pt_frame *frame)
{
	char row[4 * MOST_COLS + 1];
	for (int y = 0; y < frame->rows; y++) {
		pt_frame_row_text(frame, y, row, sizeof row);
		pt_prose_raw(prose, row);
	}
}

/* One band of plots: those of ids[0…n) side by side. */
static void draw_band(const pt_scene *scene, const pt_pane_id *ids, int n, pt_frame *frame)
{
	pt_frame_clear(frame);
	for (int i = 0; i < n; i++) {
		int from = frame->cols * i / n, to = frame->cols * (i + 1) / n;
		pt_pane_draw(scene, ids[i], frame, (pt_rect){from, 0, to - from, frame->rows});
	}
}

static PT_CHECKED pt_status write_plots(
	pt_prose *prose, const pt_snapshot *snapshot, const pt_view *view, int cols, int rows, pt_error *err)
{
	pt_frame *frame = NULL;
	pt_charset charset = view->unicode ? PT_CHARSET_UTF8 : PT_CHARSET_ASCII;
	pt_status status = pt_frame_create(cols, rows, charset, &frame, err);
	if (status != PT_OK)
		return status;
	pt_scene scene = pt_scene_of(snapshot, view);
	pt_pane_id chosen[N_PLOTS];
	int n = 0, across = cols >= COLS_FOR_TWO ? 2 : 1;
	for (int p = 0; p < N_PLOTS; p++)
		if (has_data(&scene, plots[p]))
			chosen[n++] = plots[p];
	for (int i = 0; i < n; i += across) {
		draw_band(&scene, chosen + i, n - i < across ? n - i : across, frame);
		pt_prose_raw(prose, "");
		write_frame(prose, frame);
	}
	pt_frame_destroy(frame);
	return PT_OK;
}

/* Only this run; nothing has the focus, for a page has no keys. */
static pt_view view_of_one(const pt_view *view, size_t run, size_t n_runs)
{
	pt_view one = *view;
	for (size_t r = 0; r < n_runs && r < PT_VIEW_MAX_RUNS; r++)
		one.run_hidden[r] = r != run;
	one.layout.focus = PT_PANE_NONE;
	return one;
}

static int clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

pt_status pt_report_text_write(FILE *out, const pt_snapshot *snapshot, const pt_view *view,
	const pt_report_text_options *options, pt_error *err)
{
	int cols = options->cols < 1 ? PT_REPORT_DEFAULT_COLS : clamp(options->cols, LEAST_COLS, MOST_COLS);
	int rows = options->rows < 1 ? PT_REPORT_DEFAULT_ROWS : clamp(options->rows, 1, MOST_ROWS);
	int plot_rows = rows / 2 < LEAST_PLOT_ROWS ? LEAST_PLOT_ROWS : rows / 2;
	pt_prose prose = {.out = out, .cols = cols, .unicode = view->unicode};
	pt_prose_heading(&prose, snapshot);
	for (size_t r = 0; r < snapshot->n_runs; r++) {
		/* Runs beyond what a view can hide would be shown beside every other one: told in words only. */
		if (!pt_view_run_shown(view, r))
			continue;
		pt_view one = view_of_one(view, r, snapshot->n_runs);
		pt_prose_run(&prose, snapshot, &one, r);
		if (options->numbers_only || snapshot->n_runs > PT_VIEW_MAX_RUNS)
			continue;
		pt_status status = write_plots(&prose, snapshot, &one, cols, plot_rows, err);
		if (status != PT_OK)
			return status;
	}
	if (fflush(out) != 0 || ferror(out))
		return pt_fail(err, PT_ERR_IO, "", -1, "the report could not be written");
	return PT_OK;
}
