#include "option_values.h"

#include <math.h>
#include <string.h>

#include "phasetop/base/number.h"

enum { SCREEN_CELLS = 1000 }; /* the largest screen in either direction */

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
	if (strncmp(text, "poll=", 5) != 0 || !pt_number_read_double(text + 5, 0.05, 86400, &seconds))
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
	if (!pt_number_read_int(first, 1, SCREEN_CELLS, &c) || !pt_number_read_int(x + 1, 1, SCREEN_CELLS, &r))
		return expected;
	*columns = (int)c;
	*rows = (int)r;
	return NULL;
}
