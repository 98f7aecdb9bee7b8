#include "option_values.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/analysis/metric_request.h"
#include "phasetop/report/report_options.h"

enum { SCREEN_CELLS = 1000 }; /* the largest screen in either direction */

const char *pt_option_int(const char *text, int64_t least, int64_t most, int64_t *value)
{
	static const char *const expected = "a whole number in range";
	/* strtoll passes over blanks and a plus sign; a command line has no business with either. */
	if (!isdigit((unsigned char)text[0]) && text[0] != '-')
		return expected;
	char *end;
	errno = 0;
	long long number = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || number < least || number > most)
		return expected;
	*value = number;
	return NULL;
}

const char *pt_option_double(const char *text, double least, double most, double *value)
{
	static const char *const expected = "a number in range";
	/* Decimal digits only: strtod also takes blanks, hexadecimal, inf and nan. */
	if (text[0] == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0')
		return expected;
	char *end;
	double number = strtod(text, &end);
	if (end == text || *end != '\0' || !isfinite(number) || number < least || number > most)
		return expected;
	*value = number;
	return NULL;
}

const char *pt_option_choice(const char *text, const char *const *names, size_t n, int *index)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(text, names[i]) == 0) {
			*index = (int)i;
			return NULL;
		}
	}
	return "one of the names in --help";
}

const char *pt_option_k_list(const char *text, pt_settings *settings)
{
	static const char *const expected = "1 to 8 whole numbers with commas between, each 1 or more";
	_Static_assert(PT_MAX_K == 8, "the message names the limit");
	int64_t k[PT_MAX_K];
	size_t n = 0;
	for (;;) {
		char number[24];
		size_t length = strcspn(text, ",");
		if (n == PT_MAX_K || length >= sizeof number)
			return expected;
		memcpy(number, text, length);
		number[length] = '\0';
		if (pt_option_int(number, 1, INT32_MAX, &k[n]))
			return expected;
		for (size_t i = 0; i < n; i++) {
			if (k[i] == k[n])
				return "each k once";
		}
		n++;
		if (text[length] == '\0')
			break;
		text += length + 1;
	}
	memcpy(settings->k, k, n * sizeof k[0]);
	settings->n_k = n;
	settings->k_in_spacings = false;
	return NULL;
}

const char *pt_option_pairing(const char *text, pt_settings *settings)
{
	static const char *const expected = "step, step,TOLERANCE, step,half or index";
	if (strcmp(text, "index") == 0) {
		settings->pairing = PT_PAIRING_INDEX;
		settings->pairing_tolerance = 0;
		return NULL;
	}
	if (strncmp(text, "step", 4) != 0)
		return expected;
	int64_t tolerance = 0;
	if (text[4] == ',') {
		if (strcmp(text + 5, "half") == 0)
			tolerance = -1;
		else if (pt_option_int(text + 5, 0, INT32_MAX, &tolerance))
			return expected;
	} else if (text[4] != '\0') {
		return expected;
	}
	settings->pairing = PT_PAIRING_STEP;
	settings->pairing_tolerance = tolerance;
	return NULL;
}

const char *pt_option_matrices(const char *text, unsigned *matrices)
{
	static const struct {
		const char *name;
		unsigned matrices;
	} choices[] = {
		{"A", PT_MATRIX_BIT(PT_MATRIX_A)},
		{"B", PT_MATRIX_BIT(PT_MATRIX_B)},
		{"dW", PT_MATRIX_BIT(PT_MATRIX_DW)},
		{"W", PT_MATRIX_BIT(PT_MATRIX_W)},
		{"both", PT_MATRIX_BIT(PT_MATRIX_A) | PT_MATRIX_BIT(PT_MATRIX_B)},
		{"all", PT_MATRIX_BIT(PT_N_MATRICES) - 1},
	};
	for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
		if (strcmp(text, choices[i].name) == 0) {
			*matrices = choices[i].matrices;
			return NULL;
		}
	}
	return "A, B, dW, W, both or all";
}

const char *pt_option_glob(const char *text, char glob[PT_GLOB_BYTES])
{
	size_t length = strlen(text);
	if (length == 0 || length >= PT_GLOB_BYTES)
		return "a glob of 1 to 127 bytes";
	memcpy(glob, text, length + 1);
	return NULL;
}

const char *pt_option_name(const char *text, char name[PT_NAME_BYTES])
{
	size_t length = strlen(text);
	if (length == 0 || length >= PT_NAME_BYTES)
		return "the name of a run";
	memcpy(name, text, length + 1);
	return NULL;
}

const char *pt_option_align(const char *text, bool *on_turn)
{
	static const char *const names[] = {"step", "turn"};
	int index;
	if (pt_option_choice(text, names, 2, &index))
		return "step or turn";
	*on_turn = index == 1;
	return NULL;
}

const char *pt_option_modules(const char *text, char glob[PT_GLOB_BYTES])
{
	static const char *const expected = "[ADAPTER:]GLOB or layers=A-B with A not above B";
	if (strncmp(text, "layers=", 7) == 0) {
		const char *dash = strchr(text, '-');
		char first[24];
		int64_t a, b;
		if (!dash || (size_t)(dash - (text + 7)) >= sizeof first)
			return expected;
		memcpy(first, text + 7, (size_t)(dash - (text + 7)));
		first[dash - (text + 7)] = '\0';
		if (pt_option_int(first, 0, INT32_MAX, &a) || pt_option_int(dash + 1, a, INT32_MAX, &b))
			return expected;
	}
	return pt_option_glob(text, glob) ? expected : NULL;
}

const char *pt_option_metric(const char *text, pt_settings *settings)
{
	if (!pt_metric_request_valid(text))
		return "[FILE:]NAME[,NAME...] of at most 255 bytes";
	if (settings->n_metrics == PT_MAX_METRICS)
		return "one of the 16 that are taken";
	_Static_assert(PT_MAX_METRICS == 16 && PT_METRIC_BYTES == 256, "the messages name the limits");
	memcpy(settings->metrics[settings->n_metrics++], text, strlen(text) + 1);
	return NULL;
}

const char *pt_option_watch(const char *text, pt_watching_choice *watch, int64_t *interval_ms)
{
	static const char *const names[] = {"auto", "inotify", "poll"};
	int index;
	if (!pt_option_choice(text, names, 3, &index)) {
		*watch = (pt_watching_choice)index;
		*interval_ms = 0;
		return NULL;
	}
	double seconds;
	if (strncmp(text, "poll=", 5) != 0 || pt_option_double(text + 5, 0.05, 86400, &seconds))
		return "auto, inotify, poll or poll=SECONDS (0.05 to 86400)";
	*watch = PT_WATCHING_POLL;
	*interval_ms = llround(seconds * 1000.0);
	return NULL;
}

const char *pt_option_size(const char *text, int *columns, int *rows)
{
	static const char *const expected = "COLSxROWS, each 1 to 1000";
	const char *x = strchr(text, 'x');
	char first[24];
	int64_t c, r;
	if (!x || (size_t)(x - text) >= sizeof first)
		return expected;
	memcpy(first, text, (size_t)(x - text));
	first[x - text] = '\0';
	if (pt_option_int(first, 1, SCREEN_CELLS, &c) || pt_option_int(x + 1, 1, SCREEN_CELLS, &r))
		return expected;
	*columns = (int)c;
	*rows = (int)r;
	return NULL;
}
