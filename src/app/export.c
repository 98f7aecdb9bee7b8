#include "phasetop/app/export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "phasetop/base/text.h"
#include "phasetop/report/report_pane_csv.h"
#include "phasetop/report/report_svg.h"
#include "phasetop/ui/frame_trace.h"
#include "phasetop/ui/pane.h"
#include "phasetop/ui/screen.h"
#include "phasetop/ui/stage.h"

enum { PRINT_COLS = 96, PRINT_ROWS = 28, MAX_NAMESAKES = 999, LINE_BYTES = 4 * PT_FRAME_MAX + 1 };

typedef enum export_kind { EXPORT_SVG, EXPORT_CSV, EXPORT_TEXT, N_EXPORTS } export_kind;

static export_kind kind_of(const char *path)
{
	static const char *const ends[] = {".svg", ".csv", ".txt"};
	size_t n = strlen(path);
	for (int i = 0; i < N_EXPORTS; i++)
		if (n > 4 && strcmp(path + n - 4, ends[i]) == 0)
			return (export_kind)i;
	return N_EXPORTS;
}

/* The pane's size on the screen; for print at least what a figure needs. */
static void choose_size(const pt_export_job *job, bool for_print, int *cols, int *rows)
{
	pt_screen_parts screen = pt_screen_parts_of(job->view->columns, job->view->rows);
	pt_placing placing;
	pt_layout_place(&job->view->layout, &screen, &placing);
	const pt_place *place = pt_placing_find(&placing, job->view->layout.focus);
	*cols = job->screen || !place ? job->view->columns : place->width;
	*rows = job->screen || !place ? job->view->rows : place->height;
	if (for_print && !job->screen) {
		*cols = *cols > PRINT_COLS ? *cols : PRINT_COLS;
		*rows = *rows > PRINT_ROWS ? *rows : PRINT_ROWS;
	}
}

static pt_status write_svg(const pt_export_job *job, const pt_frame *frame, FILE *out, pt_error *err)
{
	pt_svg_options picture = {.title = "phasetop", .window = job->screen};
	pt_rgb ground = pt_theme_background(job->theme), white = {255, 255, 255}, black = {0, 0, 0};
	bool is_dark = pt_rgb_contrast(ground, white) > pt_rgb_contrast(ground, black);
	pt_theme *light = NULL;
	if (!job->screen && is_dark &&
		pt_session_theme(job->session->options, job->session->program_dir, "phasetop-light", &light, NULL) !=
			PT_OK)
		light = NULL;
	pt_status status = pt_report_svg(frame, light ? light : job->theme, &picture, out, err);
	pt_theme_destroy(light);
	return status;
}

static pt_status write_text(const pt_frame *frame, FILE *out, const char *path, pt_error *err)
{
	for (int y = 0; y < frame->rows; y++) {
		char line[LINE_BYTES];
		pt_frame_row_text(frame, y, line, sizeof line);
		fprintf(out, "%s\n", line);
	}
	return fflush(out) != 0 || ferror(out) ? pt_fail_errno(err, errno, path, "cannot write") : PT_OK;
}

static pt_status write_picture(
	const pt_export_job *job, export_kind kind, FILE *out, const char *path, pt_error *err)
{
	int cols, rows;
	pt_frame *frame = NULL;
	choose_size(job, kind == EXPORT_SVG, &cols, &rows);
	pt_charset charset = job->session->unicode ? PT_CHARSET_UTF8 : PT_CHARSET_ASCII;
	pt_status status = pt_frame_create(cols, rows, charset, &frame, err);
	if (status == PT_OK && kind == EXPORT_SVG)
		status = pt_frame_trace(frame, err);
	if (status != PT_OK) {
		pt_frame_destroy(frame);
		return status;
	}
	pt_pane_id pane = job->view->layout.focus;
	pt_stage stage = pt_stage_of(job->snapshot, job->view);
	if (job->screen)
		pt_screen_draw(job->snapshot, job->view, frame);
	else
		pt_pane_draw(pt_stage_scene(&stage, pane), pane, frame, pt_frame_rect(frame));
	pt_stage_end(&stage);
	status = kind == EXPORT_SVG ? write_svg(job, frame, out, err) : write_text(frame, out, path, err);
	pt_frame_destroy(frame);
	return status;
}

static pt_status write_series(const pt_export_job *job, FILE *out, pt_error *err)
{
	if (!job->snapshot)
		return pt_fail(err, PT_ERR_EMPTY, "", -1, "nothing was read yet");
	return pt_report_pane_csv(out, job->snapshot, job->view, job->view->layout.focus, false, err);
}

/* A new file; where there is one of that name, and it is to stay, name-2.svg, name-3.svg, … */
static int open_new(const pt_export_job *job, char path[PT_OPTION_PATH_BYTES])
{
	size_t n = strlen(job->path);
	for (int i = 1; i <= MAX_NAMESAKES; i++) {
		pt_text text = pt_text_over(path, PT_OPTION_PATH_BYTES);
		pt_text_add_bytes(&text, job->path, i > 1 ? n - 4 : n);
		if (i > 1)
			pt_text_addf(&text, "-%d%s", i, job->path + n - 4);
		if (text.cut) {
			errno = ENAMETOOLONG;
			return -1;
		}
		int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (job->overwrite ? O_TRUNC : O_EXCL), 0666);
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return -1;
}

pt_status pt_export_write(const pt_export_job *job, char written[PT_OPTION_PATH_BYTES], pt_error *err)
{
	export_kind kind = kind_of(job->path);
	char path[PT_OPTION_PATH_BYTES];
	if (kind == N_EXPORTS || (kind == EXPORT_CSV && job->screen))
		return pt_fail(err, PT_ERR_INVALID, job->path, -1, "not a name that ends with .svg, .txt or .csv");
	int fd = open_new(job, path);
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!out)
		return pt_fail_errno(err, errno, job->path, "cannot write");
	pt_status status =
		kind == EXPORT_CSV ? write_series(job, out, err) : write_picture(job, kind, out, path, err);
	if (fclose(out) != 0 && status == PT_OK)
		status = pt_fail_errno(err, errno, path, "cannot write");
	if (status == PT_OK)
		memcpy(written, path, sizeof path);
	else
		unlink(path);
	return status;
}
