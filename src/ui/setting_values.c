/* Settings of the analysis: from text and to text (contracts in setting_values.h). */
#include "setting_values.h"

#include <string.h>

#include "phasetop/analysis/metric_request.h"
#include "phasetop/analysis/module_set.h"
#include "phasetop/base/missing.h"
#include "phasetop/base/number.h"

bool pt_setting_is_of_analysis(pt_setting setting)
{
	switch (setting) {
	case PT_SETTING_K:
	case PT_SETTING_PAIRING:
	case PT_SETTING_TURN_BELOW:
	case PT_SETTING_MIN_STEP_NORM:
	case PT_SETTING_MIN_STEP_FRAC:
	case PT_SETTING_MODULES:
	case PT_SETTING_EVERY:
	case PT_SETTING_WINDOW:
	case PT_SETTING_PROBES:
	case PT_SETTING_METRIC:
	case PT_SETTING_BASELINE:
		return true;
	default:
		return false;
	}
}

/* One number of a list, "5", or "3x" where it counts spacings. */
static bool read_k(const char *text, size_t n, int64_t *k, bool *in_spacings)
{
	char number[24];
	*in_spacings = n > 0 && text[n - 1] == 'x';
	n -= *in_spacings;
	if (n >= sizeof number)
		return false;
	memcpy(number, text, n);
	number[n] = '\0';
	return pt_number_read_int(number, 1, INT32_MAX, k);
}

static const char *read_k_list(const char *text, pt_settings *settings)
{
	static const char *const expected = "1 to 8 whole numbers with commas between, each 1 or more";
	_Static_assert(PT_MAX_K == 8, "the message names the limit");
	int64_t k[PT_MAX_K] = {0};
	size_t n = 0;
	bool in_spacings = false;
	for (;;) {
		size_t length = strcspn(text, ",");
		bool counts_spacings;
		if (n == PT_MAX_K || !read_k(text, length, &k[n], &counts_spacings))
			return expected;
		if (n > 0 && counts_spacings != in_spacings)
			return "all in steps, or all in spacings (3x)";
		in_spacings = counts_spacings;
		for (size_t i = 0; i < n; i++)
			if (k[i] == k[n])
				return "each k once";
		n++;
		if (text[length] == '\0')
			break;
		text += length + 1;
	}
	memcpy(settings->k, k, sizeof k);
	settings->n_k = n;
	settings->k_in_spacings = in_spacings;
	return NULL;
}

static const char *read_pairing(const char *text, pt_settings *settings)
{
	static const char *const expected = "step, step,TOLERANCE, step,half or index";
	int64_t tolerance = 0;
	bool by_index = strcmp(text, "index") == 0;
	if (!by_index && strncmp(text, "step", 4) != 0)
		return expected;
	if (!by_index && text[4] == ',') {
		if (strcmp(text + 5, "half") == 0)
			tolerance = -1;
		else if (!pt_number_read_int(text + 5, 0, INT32_MAX, &tolerance))
			return expected;
	} else if (!by_index && text[4] != '\0') {
		return expected;
	}
	settings->pairing = by_index ? PT_PAIRING_INDEX : PT_PAIRING_STEP;
	settings->pairing_tolerance = tolerance;
	return NULL;
}

/* To the end, for settings are compared byte by byte. */
static const char *read_glob(const char *text, char glob[PT_GLOB_BYTES])
{
	size_t n = strlen(text);
	if (n >= PT_GLOB_BYTES)
		return "a glob of 1 to 127 bytes";
	memset(glob, 0, PT_GLOB_BYTES);
	memcpy(glob, text, strcmp(text, "all") == 0 ? 0 : n);
	return NULL;
}

static const char *read_modules(const char *text, char glob[PT_GLOB_BYTES])
{
	bool valid = strlen(text) < PT_GLOB_BYTES && pt_module_set_valid(text);
	return valid ? read_glob(text, glob) : "[ADAPTER:]GLOB or layers=A-B with A not above B";
}

static const char *read_every(const char *text, pt_settings *settings)
{
	if (strcmp(text, "all") == 0)
		settings->every = 0;
	else if (!pt_number_read_int(text, 1, INT32_MAX, &settings->every))
		return "a number of steps, 1 or more";
	return NULL;
}

/* Requests with semicolons between; to the end of each, for settings are compared byte by byte. */
static const char *read_metrics(const char *text, pt_settings *settings)
{
	static const char *const expected = "NAME[,NAME...] or FILE:NAME, up to 16 of them with ; between, or none";
	_Static_assert(PT_MAX_METRICS == 16, "the message names the limit");
	char metrics[PT_MAX_METRICS][PT_METRIC_BYTES] = {{0}};
	size_t n_metrics = 0;
	for (const char *at = text; strcmp(text, "none") != 0;) {
		at += strspn(at, " ");
		size_t n = strcspn(at, ";"), length = n;
		while (length > 0 && at[length - 1] == ' ')
			length--;
		if (n_metrics == PT_MAX_METRICS || length >= PT_METRIC_BYTES)
			return expected;
		memcpy(metrics[n_metrics], at, length);
		if (!pt_metric_request_valid(metrics[n_metrics++]))
			return expected;
		at += n;
		if (*at++ == '\0')
			break;
	}
	memcpy(settings->metrics, metrics, sizeof metrics);
	settings->n_metrics = n_metrics;
	return NULL;
}

static const char *read_baseline(const char *text, char name[PT_NAME_BYTES])
{
	size_t n = strlen(text);
	if (n >= PT_NAME_BYTES)
		return "the name of a run, or auto: the first";
	memset(name, 0, PT_NAME_BYTES);
	memcpy(name, text, strcmp(text, "auto") == 0 ? 0 : n);
	return NULL;
}

static const char *read_value(pt_setting setting, const char *text, pt_settings *settings)
{
	switch (setting) {
	case PT_SETTING_K:
		return read_k_list(text, settings);
	case PT_SETTING_PAIRING:
		return read_pairing(text, settings);
	case PT_SETTING_TURN_BELOW:
		return pt_number_read_double(text, -1, 1, &settings->turn_below) ? NULL : "a number from -1 to 1";
	case PT_SETTING_MIN_STEP_NORM:
		return pt_number_read_double(text, 0, 1e300, &settings->min_step_norm) ? NULL : "a number, 0 or more";
	case PT_SETTING_MIN_STEP_FRAC:
		return pt_number_read_double(text, 0, 1, &settings->min_step_frac) ? NULL : "a number from 0 to 1";
	case PT_SETTING_MODULES:
		return read_modules(text, settings->modules);
	case PT_SETTING_EVERY:
		return read_every(text, settings);
	case PT_SETTING_WINDOW:
		return pt_number_read_int(text, 2, 100000, &settings->probe_window) ? NULL
																			: "a number of rows, 2 to 100000";
	case PT_SETTING_PROBES:
		return read_glob(text, settings->probes);
	case PT_SETTING_METRIC:
		return read_metrics(text, settings);
	case PT_SETTING_BASELINE:
		return read_baseline(text, settings->baseline);
	default:
		return "a setting of the analysis";
	}
}

/* Take one setting over from others. */
static void copy_value(pt_setting setting, const pt_settings *from, pt_settings *to)
{
	switch (setting) {
	case PT_SETTING_K:
		memcpy(to->k, from->k, sizeof to->k);
		to->n_k = from->n_k;
		to->k_in_spacings = from->k_in_spacings;
		break;
	case PT_SETTING_PAIRING:
		to->pairing = from->pairing;
		to->pairing_tolerance = from->pairing_tolerance;
		break;
	case PT_SETTING_TURN_BELOW:
		to->turn_below = from->turn_below;
		break;
	case PT_SETTING_MIN_STEP_NORM:
		to->min_step_norm = from->min_step_norm;
		break;
	case PT_SETTING_MIN_STEP_FRAC:
		to->min_step_frac = from->min_step_frac;
		break;
	case PT_SETTING_MODULES:
		memcpy(to->modules, from->modules, PT_GLOB_BYTES);
		break;
	case PT_SETTING_EVERY:
		to->every = from->every;
		break;
	case PT_SETTING_WINDOW:
		to->probe_window = from->probe_window;
		break;
	case PT_SETTING_PROBES:
		memcpy(to->probes, from->probes, PT_GLOB_BYTES);
		break;
	case PT_SETTING_METRIC:
		memcpy(to->metrics, from->metrics, sizeof to->metrics);
		to->n_metrics = from->n_metrics;
		break;
	case PT_SETTING_BASELINE:
		memcpy(to->baseline, from->baseline, PT_NAME_BYTES);
		break;
	default:
		break;
	}
}

const char *pt_setting_read(pt_setting setting, const char *text, pt_settings *settings)
{
	bool is_auto = setting == PT_SETTING_K && text && strcmp(text, "auto") == 0;
	if (text && !is_auto)
		return read_value(setting, text, settings);
	pt_settings first = pt_settings_default();
	copy_value(setting, &first, settings);
	return NULL;
}

static void write_k(const pt_settings *settings, pt_text *out)
{
	for (size_t i = 0; i < settings->n_k; i++)
		pt_text_addf(
			out, "%s%lld%s", i ? "," : "", (long long)settings->k[i], settings->k_in_spacings ? "x" : "");
	if (settings->n_k == 0)
		pt_text_add(out, "auto");
}

static void write_pairing(const pt_settings *settings, pt_text *out)
{
	pt_text_add(out, settings->pairing == PT_PAIRING_INDEX ? "index" : "step");
	if (settings->pairing_tolerance < 0)
		pt_text_add(out, ",half");
	else if (settings->pairing_tolerance > 0)
		pt_text_addf(out, ",%lld", (long long)settings->pairing_tolerance);
}

/* All its digits; what was not given is the default. */
static void write_number(double number, pt_text *out)
{
	char text[40];
	pt_text_double(text, sizeof text, number);
	pt_text_add(out, pt_is_missing(number) ? "default" : text);
}

void pt_setting_write(pt_setting setting, const pt_settings *settings, pt_text *out)
{
	switch (setting) {
	case PT_SETTING_K:
		write_k(settings, out);
		break;
	case PT_SETTING_PAIRING:
		write_pairing(settings, out);
		break;
	case PT_SETTING_TURN_BELOW:
		write_number(settings->turn_below, out);
		break;
	case PT_SETTING_MIN_STEP_NORM:
		write_number(settings->min_step_norm, out);
		break;
	case PT_SETTING_MIN_STEP_FRAC:
		write_number(settings->min_step_frac, out);
		break;
	case PT_SETTING_MODULES:
		pt_text_add(out, settings->modules[0] ? settings->modules : "all");
		break;
	case PT_SETTING_EVERY:
		if (settings->every > 0)
			pt_text_addf(out, "%lld", (long long)settings->every);
		else
			pt_text_add(out, "all");
		break;
	case PT_SETTING_WINDOW:
		pt_text_addf(out, "%lld", (long long)settings->probe_window);
		break;
	case PT_SETTING_PROBES:
		pt_text_add(out, settings->probes[0] ? settings->probes : "all");
		break;
	case PT_SETTING_METRIC:
		for (size_t i = 0; i < settings->n_metrics; i++)
			pt_text_addf(out, "%s%s", i ? "; " : "", settings->metrics[i]);
		pt_text_add(out, settings->n_metrics ? "" : "none");
		break;
	case PT_SETTING_BASELINE:
		pt_text_add(out, settings->baseline[0] ? settings->baseline : "auto");
		break;
	default:
		break;
	}
}
