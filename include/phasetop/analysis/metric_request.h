/**
 * What `--metric` asks for: `[FILE:]NAME[,NAME…]`. FILE is a path in the run directory (or an absolute one);
 * without it a series of any log of the run is meant. The first colon divides.
 */
#ifndef PHASETOP_ANALYSIS_METRIC_REQUEST_H
#define PHASETOP_ANALYSIS_METRIC_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "phasetop/analysis/settings.h"

/** Does it fit (less than PT_METRIC_BYTES), and have neither an empty FILE nor an empty NAME? */
bool pt_metric_request_valid(const char *request);

/** FILE, as a path; false: the request names none. */
bool pt_metric_request_file(const char *request, char file[PT_METRIC_BYTES]);

/** Name i, from 0; false: there are no more. */
bool pt_metric_request_name(const char *request, size_t i, char name[PT_METRIC_BYTES]);

/** Does any request without a FILE ask for the series of this name? `lr` asks for learning_rate. */
bool pt_metric_is_asked(const pt_settings *settings, const char *name);

#endif
