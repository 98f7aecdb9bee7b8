#include "option_names.h"

#include <string.h>

/* Edits between a mistyped name and the one that is proposed. */
enum { MAX_DISTANCE = 2 };

const pt_option_row pt_option_table[PT_N_OPTIONS] = {
#define X(id, letter, name, argument, environment, help) {id, letter, name, argument, environment, help},
	PT_OPTION_TABLE(X)
#undef X
};

const pt_option_row *pt_option_rows(void)
{
	return pt_option_table;
}

/* Levenshtein distance of names shorter than PT_OPTION_NAME_BYTES; PT_OPTION_NAME_BYTES for longer ones. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	size_t line[PT_OPTION_NAME_BYTES];
	if (n >= PT_OPTION_NAME_BYTES || m >= PT_OPTION_NAME_BYTES)
		return PT_OPTION_NAME_BYTES;
	for (size_t j = 0; j <= m; j++)
		line[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t diagonal = line[0];
		line[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t least = diagonal + (a[i - 1] != b[j - 1]);
			diagonal = line[j];
			if (line[j] + 1 < least)
				least = line[j] + 1;
			if (line[j - 1] + 1 < least)
				least = line[j - 1] + 1;
			line[j] = least;
		}
	}
	return line[m];
}

const pt_option_row *pt_option_nearest(const char *name)
{
	const pt_option_row *best = NULL;
	size_t best_distance = MAX_DISTANCE + 1;
	for (size_t i = 0; i < PT_N_OPTIONS; i++) {
		size_t distance = edit_distance(name, pt_option_table[i].name);
		/* A beginning of a name counts as one slip: abbreviations are refused, but understood. */
		if (strlen(name) >= 3 && strncmp(name, pt_option_table[i].name, strlen(name)) == 0)
			distance = 1;
		if (distance < best_distance) {
			best = &pt_option_table[i];
			best_distance = distance;
		}
	}
	return best;
}
