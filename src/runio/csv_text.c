#include "csv_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "phasetop/base/alloc.h"

static const char dividers[] = ",;\t|";
enum { N_DIVIDERS = sizeof dividers - 1, MAX_NUMBER_BYTES = 64 };

void csv_cells_fini(csv_cells *cells)
{
	pt_free(cells->offsets);
	pt_free(cells->bytes);
	*cells = (csv_cells){0};
}

char csv_divider(const char *line, size_t n)
{
	size_t counts[N_DIVIDERS] = {0}, best = 0;
	bool quoted = false;
	for (size_t i = 0; i < n; i++) {
		const char *found = memchr(dividers, line[i], N_DIVIDERS);
		if (line[i] == '"')
			quoted = !quoted;
		else if (!quoted && found)
			counts[found - dividers]++;
	}
	for (size_t d = 1; d < N_DIVIDERS; d++)
		if (counts[d] > counts[best])
			best = d;
	return dividers[best];
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The sign behind the cell that begins at `at`, or n; *text and *length: what stands in it. A quoted cell ends at the
   quote that is not doubled; *open: there is none. */
static size_t cell_end(
	const char *line, size_t n, size_t at, char divider, const char **text, size_t *length, bool *quoted, bool *open)
{
	*open = *quoted = false;
	while (at < n && is_blank(line[at]) && line[at] != divider)
		at++;
	size_t first = at, end = at;
	if (at < n && line[at] == '"') {
		*quoted = true;
		first = ++at;
		while (at < n && (line[at] != '"' || (at + 1 < n && line[at + 1] == '"')))
			at += line[at] == '"' ? 2 : 1;
		end = at < n ? at : n;
		*open = at >= n;
	}
	while (at < n && line[at] != divider)
		at++;
	if (!*quoted) {
		end = at;
		while (end > first && is_blank(line[end - 1]))
			end--;
	}
	*text = line + first;
	*length = end - first;
	return at < n ? at : n;
}

bool csv_is_open(const char *line, size_t n, char divider)
{
	for (size_t at = 0; at <= n; at++) {
		const char *text;
		size_t length;
		bool quoted, open;
		at = cell_end(line, n, at, divider, &text, &length, &quoted, &open);
		if (open)
			return true;
	}
	return false;
}

static bool add_cell(csv_cells *cells, const char *text, size_t length, bool quoted)
{
	if (!pt_array_reserve((void **)&cells->offsets, &cells->capacity, cells->n + 1, sizeof *cells->offsets) ||
		!pt_array_reserve((void **)&cells->bytes, &cells->bytes_capacity, cells->n_bytes + length + 1, 1))
		return false;
	cells->offsets[cells->n++] = cells->n_bytes;
	for (size_t i = 0; i < length; i++) {
		cells->bytes[cells->n_bytes++] = text[i];
		if (quoted && text[i] == '"')
			i++; /* its double */
	}
	cells->bytes[cells->n_bytes++] = '\0';
	return true;
}

pt_status csv_split(
	csv_cells *cells, const char *line, size_t n, char divider, const char *path, pt_error *err)
{
	cells->n = cells->n_bytes = 0;
	for (size_t at = 0; at <= n; at++) {
		const char *text;
		size_t length;
		bool quoted, open;
		at = cell_end(line, n, at, divider, &text, &length, &quoted, &open);
		if (!add_cell(cells, text, length, quoted))
			return pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
	}
	return PT_OK;
}

/* nan, inf, infinity, with a sign or without. */
static bool word_of_number(const char *cell, double *value)
{
	bool minus = *cell == '-';
	const char *word = cell + (*cell == '-' || *cell == '+');
	if (strcasecmp(word, "nan") == 0)
		*value = (double)NAN;
	else if (strcasecmp(word, "inf") == 0 || strcasecmp(word, "infinity") == 0)
		*value = minus ? -(double)INFINITY : (double)INFINITY;
	else
		return false;
	return true;
}

csv_kind csv_number(const char *cell, char divider, double *value)
{
	char text[MAX_NUMBER_BYTES];
	size_t n = strlen(cell);
	if (n == 0)
		return CSV_EMPTY;
	if (word_of_number(cell, value))
		return CSV_NUMBER;
	if (n >= sizeof text || strspn(cell, "0123456789+-.,eE") != n)
		return CSV_WORD;
	memcpy(text, cell, n + 1);
	char *comma = strchr(text, ',');
	if (comma && divider != ',' && !strchr(text, '.'))
		*comma = '.';
	char *end;
	double read = strtod(text, &end);
	if (end == text || *end)
		return CSV_WORD;
	*value = read;
	return CSV_NUMBER;
}

bool csv_step(const char *cell, char divider, int64_t *step)
{
	double value;
	if (csv_number(cell, divider, &value) != CSV_NUMBER || !(value >= 0 && value < 0x1p53) || value != floor(value))
		return false;
	*step = (int64_t)value;
	return true;
}
