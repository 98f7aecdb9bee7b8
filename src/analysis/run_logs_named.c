/** Files that the settings name, as `--metric FILE:NAME` does, beside those that a scan finds. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "phasetop/analysis/metric_request.h"

#include "run_logs.h"

static pt_run_log *find_named(const pt_run_logs *logs, const char *file)
{
	for (size_t i = 0; i < logs->n; i++)
		if (logs->logs[i]->is_named && strcmp(logs->logs[i]->path, file) == 0)
			return logs->logs[i];
	return NULL;
}

const pt_run_log *pt_run_logs_named(const pt_run_logs *logs, const char *request)
{
	char file[PT_METRIC_BYTES];
	return pt_metric_request_file(request, file) ? find_named(logs, file) : NULL;
}

static bool is_requested(const pt_settings *settings, const char *path)
{
	char file[PT_METRIC_BYTES];
	for (size_t m = 0; m < settings->n_metrics; m++)
		if (pt_metric_request_file(settings->metrics[m], file) && strcmp(file, path) == 0)
			return true;
	return false;
}

bool pt_run_logs_any_there(const char *root, const pt_settings *settings)
{
	bool found = false;
	for (size_t m = 0; m < settings->n_metrics && !found; m++) {
		char file[PT_METRIC_BYTES], path[PATH_MAX];
		if (!pt_metric_request_file(settings->metrics[m], file))
			continue;
		int n = snprintf(path, sizeof path, "%s/%s", file[0] == '/' ? "" : root, file);
		found = n > 0 && (size_t)n < sizeof path && access(path, F_OK) == 0;
	}
	return found;
}

pt_status pt_run_logs_name(pt_run_logs *logs, const char *root, const pt_settings *settings, pt_error *err)
{
	size_t kept = 0;
	for (size_t i = 0; i < logs->n; i++) {
		pt_run_log *log = logs->logs[i];
		if (log->is_named && !is_requested(settings, log->path))
			pt_run_log_destroy(log);
		else
			logs->logs[kept++] = log;
	}
	logs->n = kept;
	for (size_t m = 0; m < settings->n_metrics; m++) {
		char file[PT_METRIC_BYTES];
		pt_run_log *added;
		if (!pt_metric_request_file(settings->metrics[m], file) || find_named(logs, file))
			continue;
		const pt_log_file named = {.kind = PT_LOG_METRICS_JSON, .path = file};
		pt_status status = pt_run_logs_add(logs, root, &named, true, &added, err);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}
