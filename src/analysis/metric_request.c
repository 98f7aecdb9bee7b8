#include "phasetop/analysis/metric_request.h"

#include <string.h>

#include "phasetop/runio/log_rows.h"

static const char *names_of(const char *request)
{
	const char *colon = strchr(request, ':');
	return colon ? colon + 1 : request;
}

bool pt_metric_request_file(const char *request, char file[PT_METRIC_BYTES])
{
	const char *colon = strchr(request, ':');
	if (!colon)
		return false;
	size_t n = (size_t)(colon - request);
	memcpy(file, request, n);
	file[n] = '\0';
	return true;
}

bool pt_metric_request_name(const char *request, size_t i, char name[PT_METRIC_BYTES])
{
	const char *at = names_of(request);
	for (; i > 0; i--) {
		at += strcspn(at, ",");
		if (*at++ == '\0')
			return false;
	}
	size_t n = strcspn(at, ",");
	memcpy(name, at, n);
	name[n] = '\0';
	return true;
}

bool pt_metric_request_valid(const char *request)
{
	char text[PT_METRIC_BYTES];
	if (strlen(request) >= PT_METRIC_BYTES || request[0] == ':')
		return false;
	for (size_t i = 0; pt_metric_request_name(request, i, text); i++)
		if (text[0] == '\0')
			return false;
	return true;
}

bool pt_metric_is_asked(const pt_settings *settings, const char *name)
{
	char asked[PT_METRIC_BYTES];
	for (size_t m = 0; m < settings->n_metrics; m++) {
		if (pt_metric_request_file(settings->metrics[m], asked))
			continue;
		for (size_t i = 0; pt_metric_request_name(settings->metrics[m], i, asked); i++)
			if (strcmp(asked, name) == 0 || strcmp(pt_log_role_name(pt_log_role_of(asked)), name) == 0)
				return true;
	}
	return false;
}
