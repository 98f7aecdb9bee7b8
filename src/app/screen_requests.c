#include "screen_requests.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/app/export.h"
#include "phasetop/app/saved_view.h"
#include "phasetop/report/report_pane_csv.h"
#include "phasetop/ui/clipboard.h"
#include "phasetop/ui/pane.h"

enum { LINE_BYTES = 512 };

static void tell_failure(pt_view *view, const pt_error *err)
{
	/* an error of the system names its path already */
	bool named = err->path[0] == '\0' || strncmp(err->message, err->path, strlen(err->path)) == 0;
	pt_view_say(view, true, "%s%s%s", named ? "" : err->path, named ? "" : ": ", err->message);
}

static void export(const pt_screen_desk *desk)
{
	char written[PT_OPTION_PATH_BYTES], path[PT_OPTION_PATH_BYTES];
	pt_error err = {0};
	pt_session_home_path(desk->view->request.text, path);
	pt_export_job job = {
		.session = desk->session,
		.snapshot = desk->snapshot,
		.view = desk->view,
		.theme = desk->theme,
		.screen = desk->view->request.kind == PT_REQUEST_EXPORT_SCREEN,
		.path = path,
	};
	if (pt_export_write(&job, written, &err) == PT_OK)
		pt_view_say(desk->view, false, "written: %s", written);
	else
		tell_failure(desk->view, &err);
}

/* The values at the cursor as a table; of a pane of words its line. Free with free(). */
static char *read_out(const pt_screen_desk *desk, size_t *n, pt_error *err)
{
	char *text = NULL;
	pt_pane_id pane = desk->view->layout.focus;
	FILE *out = open_memstream(&text, n);
	if (!out) {
		pt_status ignored = pt_fail_errno(err, errno, "", "cannot copy");
		(void)ignored;
		return NULL;
	}
	pt_status status = desk->snapshot ? pt_report_pane_csv(out, desk->snapshot, desk->view, pane, true, err)
									  : PT_ERR_UNSUPPORTED;
	if (status == PT_ERR_UNSUPPORTED) {
		char line[LINE_BYTES];
		pt_scene scene = pt_scene_of(desk->snapshot, desk->view);
		pt_pane_line(&scene, pane, line, sizeof line);
		fprintf(out, "%s\n", line);
		status = PT_OK;
	}
	if (fclose(out) != 0 && status == PT_OK)
		status = pt_fail_errno(err, errno, "", "cannot copy");
	if (status == PT_OK)
		return text;
	free(text);
	return NULL;
}

static void copy(const pt_screen_desk *desk)
{
	size_t n = 0;
	pt_error err = {0};
	char *text = read_out(desk, &n, &err);
	if (!text)
		tell_failure(desk->view, &err);
	else if (n > PT_CLIPBOARD_MAX_BYTES)
		pt_view_say(desk->view, true, "too much to copy (%zu KiB, %d at most): write it to a file", n / 1024,
			PT_CLIPBOARD_MAX_BYTES / 1024);
	else if (!pt_terminal_copy(desk->terminal, text, n))
		pt_view_say(desk->view, true, "this terminal is not known to have a clipboard: write it to a file");
	else
		pt_view_say(desk->view, false, "copied: the %s pane at the cursor, %zu bytes",
			pt_pane_name(desk->view->layout.focus), n);
	free(text);
}

static pt_saved_view_key key_of(const pt_screen_desk *desk)
{
	return (pt_saved_view_key){.name = desk->view->request.text,
		.paths = desk->session->view_paths,
		.n_paths = desk->session->n_view_paths};
}

static void save(const pt_screen_desk *desk)
{
	char path[PT_OPTION_PATH_BYTES];
	pt_error err = {0};
	pt_saved_view_key key = key_of(desk);
	if (pt_saved_view_write(&key, desk->view, path, &err) == PT_OK)
		pt_view_say(desk->view, false, "saved: %s", path);
	else
		tell_failure(desk->view, &err);
}

static unsigned load(const pt_screen_desk *desk)
{
	size_t n_wrong;
	unsigned flags;
	pt_error err = {0};
	pt_saved_view_key key = key_of(desk);
	pt_status status = pt_saved_view_load(desk->view, desk->snapshot, &key, &n_wrong, &flags, &err);
	if (status == PT_ERR_NOT_FOUND && key.name[0])
		pt_view_say(desk->view, true, "no view of the name %s", key.name);
	else if (status == PT_ERR_NOT_FOUND)
		pt_view_say(desk->view, true, "no view was saved for these runs");
	else if (status != PT_OK)
		tell_failure(desk->view, &err);
	else if (n_wrong > 0)
		pt_view_say(desk->view, true, "%zu line%s of the view passed over", n_wrong, n_wrong == 1 ? "" : "s");
	return status == PT_OK ? flags : PT_VIEW_REDRAW;
}

unsigned pt_screen_fulfil(const pt_screen_desk *desk)
{
	switch (desk->view->request.kind) {
	case PT_REQUEST_EXPORT:
	case PT_REQUEST_EXPORT_SCREEN:
		export(desk);
		break;
	case PT_REQUEST_COPY:
		copy(desk);
		break;
	case PT_REQUEST_SAVE_VIEW:
		save(desk);
		break;
	case PT_REQUEST_LOAD_VIEW:
		return load(desk);
	}
	return PT_VIEW_REDRAW;
}
