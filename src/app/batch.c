#include "phasetop/app/batch.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "phasetop/app/export.h"
#include "phasetop/app/worker.h"
#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"
#include "phasetop/report/report_csv.h"
#include "phasetop/report/report_json.h"
#include "phasetop/report/report_list.h"
#include "phasetop/report/report_text.h"

void pt_batch_complain(const pt_error *err)
{
	char path[PT_ERROR_PATH_BYTES * 3], message[PT_ERROR_MESSAGE_BYTES * 3];
	pt_text_sanitize(path, sizeof path, err->path, strlen(err->path));
	pt_text_sanitize(message, sizeof message, err->message, strlen(err->message));
	/* an error of the system names its path already */
	bool named = path[0] == '\0' || strncmp(message, path, strlen(path)) == 0;
	fprintf(stderr, "phasetop: %s%s%s\n", named ? "" : path, named ? "" : ": ", message);
}

int pt_batch_exit_code(pt_status status)
{
	switch (status) {
	case PT_OK:
		return PT_EXIT_OK;
	case PT_ERR_USAGE:
	case PT_ERR_INVALID:
		return PT_EXIT_USAGE;
	case PT_ERR_NOT_FOUND:
	case PT_ERR_NOT_DIRECTORY:
	case PT_ERR_NO_CHECKPOINTS:
		return PT_EXIT_NO_RUN;
	default:
		return PT_EXIT_UNREADABLE;
	}
}

/* --- one report ------------------------------------------------------------------------------------- */

/* Size of the text: as asked, else the terminal's, else the report's default. */
static void choose_size(const pt_options *options, FILE *out, int *columns, int *rows)
{
	struct winsize size = {0};
	*columns = options->columns;
	*rows = options->rows;
	if (*columns < 1 && isatty(fileno(out)) && ioctl(fileno(out), TIOCGWINSZ, &size) == 0 &&
		size.ws_col > 0) {
		*columns = size.ws_col;
		*rows = size.ws_row;
	}
	if (*columns < 1) {
		*columns = PT_REPORT_DEFAULT_COLS;
		*rows = PT_REPORT_DEFAULT_ROWS;
	}
}

static pt_status export_view(
	const pt_session *session, const pt_snapshot *snapshot, const pt_view *view, pt_error *err)
{
	const char *path = session->options->export_path;
	char written[PT_OPTION_PATH_BYTES];
	pt_export_job job = {
		.session = session,
		.snapshot = snapshot,
		.view = view,
		.theme = session->theme,
		.screen = strcmp(path + strlen(path) - 4, ".csv") != 0,
		.path = path,
		.overwrite = true,
	};
	return pt_export_write(&job, written, err);
}

static pt_status write_for_people(
	const pt_session *session, const pt_snapshot *snapshot, FILE *out, pt_error *err)
{
	pt_view view;
	int columns, rows;
	pt_session_view(session, &view);
	choose_size(session->options, out, &columns, &rows);
	pt_view_resize(&view, columns, rows);
	pt_view_meet(&view, snapshot);
	if (session->options->export_path)
		return export_view(session, snapshot, &view, err);
	pt_report_text_options text = {.cols = columns, .rows = rows};
	return pt_report_text_write(out, snapshot, &view, &text, err);
}

static pt_status write_report(
	const pt_session *session, const pt_snapshot *snapshot, bool stream, FILE *out, pt_error *err)
{
	const pt_options *options = session->options;
	pt_report_options report = pt_report_options_default();
	report.matrices = pt_options_matrices(options);
	report.list_only = options->list;
	report.compact = stream;
	pt_status status;
	if (options->output == PT_OUTPUT_JSON)
		status = pt_report_json_write(out, snapshot, &report, err);
	else if (options->output == PT_OUTPUT_CSV)
		status = pt_report_csv_write(out, snapshot, &report, err);
	else if (options->list)
		status = pt_report_list_write(out, snapshot, &report, err);
	else
		status = write_for_people(session, snapshot, out, err);
	if (status == PT_OK && fflush(out) != 0)
		status = pt_fail_errno(err, errno, "", "cannot write the report");
	return status;
}

/* --- sessions --------------------------------------------------------------------------------------- */

static void complain_of_paths(const pt_snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_problems; i++) {
		pt_error passed_over = {.code = PT_ERR_NOT_FOUND, .offset = -1};
		snprintf(passed_over.path, sizeof passed_over.path, "%s", snapshot->problems[i].path);
		snprintf(passed_over.message, sizeof passed_over.message, "passed over: %s",
			snapshot->problems[i].message);
		pt_batch_complain(&passed_over);
	}
}

static int exit_code_of(const pt_snapshot *snapshot)
{
	size_t n_empty = 0, n_unreadable = 0;
	for (size_t i = 0; i < snapshot->n_runs; i++) {
		n_empty += snapshot->runs[i].state == PT_RUN_EMPTY;
		n_unreadable += snapshot->runs[i].state == PT_RUN_UNREADABLE;
	}
	if (n_empty == snapshot->n_runs)
		return PT_EXIT_NO_RUN;
	return n_empty + n_unreadable == snapshot->n_runs ? PT_EXIT_UNREADABLE : PT_EXIT_OK;
}

/* What a report holds: runs are compared in the types that are asked for, W standing in. */
static void want_report(const pt_session *session, pt_settings *settings)
{
	settings->wanted |= PT_WANT_REPORT;
	settings->compared = pt_options_matrices(session->options) | PT_MATRIX_BIT(PT_MATRIX_W);
}

static pt_status cold_snapshot(const pt_session *session, pt_snapshot **snapshot, pt_error *err)
{
	pt_pipeline_options options = pt_session_pipeline(session, false);
	want_report(session, &options.settings);
	pt_pipeline *pipeline = NULL;
	bool changed;
	if (session->options->output == PT_OUTPUT_SCREEN) { /* what the panes of the picture show */
		pt_view view;
		pt_session_view(session, &view);
		options.settings.wanted |= view.settings.wanted;
	}
	pt_status status = pt_pipeline_create(&options, &pipeline, err);
	if (status == PT_OK)
		status = pt_pipeline_run_due(pipeline, &changed, err);
	if (status == PT_OK)
		status = pt_pipeline_snapshot(pipeline, snapshot, err);
	pt_pipeline_destroy(pipeline);
	return status;
}

static int run_once(const pt_session *session, FILE *out)
{
	pt_error err = {0};
	pt_snapshot *snapshot = NULL;
	pt_status status = cold_snapshot(session, &snapshot, &err);
	int code = pt_batch_exit_code(status);
	if (status != PT_OK) {
		pt_batch_complain(&err);
		if (session->options->output != PT_OUTPUT_JSON)
			return code;
		snapshot = pt_snapshot_of_problem(&session->options->view.settings, 0, &err);
		if (!snapshot)
			return code;
	} else {
		complain_of_paths(snapshot);
		code = exit_code_of(snapshot);
	}
	status = write_report(session, snapshot, false, out, &err);
	if (status != PT_OK) {
		pt_batch_complain(&err);
		code = status == PT_ERR_INVALID || status == PT_ERR_UNSUPPORTED ? PT_EXIT_USAGE : PT_EXIT_UNREADABLE;
	} else if (code == PT_EXIT_NO_RUN && snapshot->n_runs > 0) {
		pt_error waits = {.code = PT_ERR_NO_CHECKPOINTS, .offset = -1};
		snprintf(waits.path, sizeof waits.path, "%s", snapshot->runs[0].path);
		snprintf(waits.message, sizeof waits.message, "nothing to read yet; waiting for %s",
			snapshot->runs[0].waiting_for);
		pt_batch_complain(&waits);
	}
	pt_snapshot_destroy(snapshot);
	return code;
}

/* Sleeps until the worker has news; false: the reader of the report is gone. */
static bool wait_for_news(const pt_session *session, pt_worker *worker, FILE *out)
{
	if (session->options->inline_worker)
		pt_worker_pump(worker, 200);
	struct pollfd fds[] = {
		{.fd = pt_worker_event_fd(worker), .events = POLLIN},
		{.fd = fileno(out), .events = 0}, /* POLLERR alone: the pipe's other end was closed */
	};
	while (poll(fds, 2, session->options->inline_worker ? 0 : -1) < 0)
		if (errno != EINTR)
			return false;
	return !(fds[1].revents & (POLLERR | POLLHUP | POLLNVAL));
}

static int run_stream(const pt_session *session, FILE *out)
{
	pt_error err = {0};
	pt_worker *worker = NULL;
	pt_worker_options options = {.pipeline = pt_session_pipeline(session, true),
		.inline_worker = session->options->inline_worker,
		.wake_fd = -1};
	want_report(session, &options.pipeline.settings);
	pt_status status = pt_worker_create(&options, &worker, &err);
	if (status != PT_OK) {
		pt_batch_complain(&err);
		return pt_batch_exit_code(status);
	}
	bool separate = session->options->output != PT_OUTPUT_JSON; /* blocks are divided by an empty line */
	int64_t n_left = session->options->iterations;
	for (int64_t n = 0; status == PT_OK && (n_left == 0 || n < n_left);) {
		if (!wait_for_news(session, worker, out))
			break;
		pt_snapshot *snapshot = pt_worker_take_snapshot(worker);
		if (!snapshot)
			continue;
		if (n++ > 0 && separate)
			fputc('\n', out);
		status = write_report(session, snapshot, true, out, &err);
		pt_snapshot_destroy(snapshot);
	}
	pt_worker_destroy(worker);
	return PT_EXIT_OK;
}

int pt_batch_run(const pt_session *session, FILE *out)
{
	const pt_options *options = session->options;
	bool stream =
		!options->once && !options->list && !options->export_path &&
		(options->iterations > 1 || (options->iterations == 0 && options->output != PT_OUTPUT_SCREEN));
	return stream ? run_stream(session, out) : run_once(session, out);
}
