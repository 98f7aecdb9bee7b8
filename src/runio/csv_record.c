#include "csv_record.h"

#include "phasetop/base/alloc.h"

/* Where the next byte stands. */
enum state {
	CELL_BEGINS,
	IN_CELL,
	IN_QUOTES,
	BEHIND_QUOTES /* a quote in quotes: the end of them, or the first of two */
};

void csv_record_fini(csv_record *record)
{
	pt_free(record->text);
	pt_free(record->ends);
	*record = (csv_record){0};
}

void csv_record_drop(csv_record *record)
{
	record->first_line = 0;
}

bool csv_record_is_open(const csv_record *record, int64_t number)
{
	const csv_place *place = number == record->last_line ? &record->before : &record->now;
	return record->first_line > 0 && record->first_line < number && place->state == IN_QUOTES;
}

const char *csv_cell(const csv_record *record, size_t i, size_t *n)
{
	size_t start = i > 0 ? record->ends[i - 1] + 1 : 0;
	*n = record->ends[i] - start;
	return record->text + start;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void put(csv_record *record, char c)
{
	record->text[record->now.n_text++] = c;
}

/* Blanks behind a cell without quotes are none of it. */
static void end_cell(csv_record *record)
{
	csv_place *now = &record->now;
	size_t start = now->n_cells > 0 ? record->ends[now->n_cells - 1] + 1 : 0;
	while (now->state == IN_CELL && now->n_text > start && is_blank(record->text[now->n_text - 1]))
		now->n_text--;
	record->ends[now->n_cells++] = now->n_text;
	put(record, '\0');
	now->state = CELL_BEGINS;
}

static void take_byte(csv_record *record, char c)
{
	csv_place *now = &record->now;
	bool divides = c == record->delimiter;
	switch ((enum state)now->state) {
	case CELL_BEGINS:
		if (divides) {
			end_cell(record);
		} else if (c == '"') {
			now->state = IN_QUOTES;
		} else if (!is_blank(c)) {
			now->state = IN_CELL;
			put(record, c);
		}
		break;
	case IN_QUOTES:
		if (c == '"')
			now->state = BEHIND_QUOTES;
		else
			put(record, c);
		break;
	case BEHIND_QUOTES:
		if (c == '"') {
			now->state = IN_QUOTES;
			put(record, c);
		} else if (divides) {
			end_cell(record);
		} else if (!is_blank(c)) {
			now->state = IN_CELL; /* text behind the quotes: part of the cell, as Python has it */
			put(record, c);
		}
		break;
	case IN_CELL:
		if (divides)
			end_cell(record);
		else
			put(record, c);
		break;
	}
}

/* Room for n further bytes: each may be a cell of its own, and one more ends the line. */
static bool reserve(csv_record *record, size_t n)
{
	return pt_array_reserve(
			   (void **)&record->text, &record->text_capacity, record->now.n_text + 2 * n + 4, 1) &&
		   pt_array_reserve((void **)&record->ends, &record->ends_capacity, record->now.n_cells + n + 2,
			   sizeof *record->ends);
}

pt_status csv_record_add(csv_record *record, const char *line, size_t n, int64_t number, bool *is_whole,
	const char *path, pt_error *err)
{
	if (record->first_line > 0 && record->last_line == number)
		record->now = record->before;
	bool goes_on = record->first_line > 0 && record->first_line < number && record->now.state == IN_QUOTES;
	if (!goes_on) {
		record->first_line = number;
		record->now = (csv_place){.state = CELL_BEGINS};
	}
	if (goes_on && record->now.n_text + n > CSV_RECORD_CAP_BYTES) {
		int64_t first = record->first_line;
		csv_record_drop(record);
		return pt_fail(err, PT_ERR_LIMIT, path, -1,
			"a quote that line %lld opens is not closed within %d KiB", (long long)first,
			CSV_RECORD_CAP_BYTES / 1024);
	}
	record->before = record->now;
	record->last_line = number;
	if (!reserve(record, n))
		return pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
	if (goes_on)
		put(record, '\n');
	for (size_t i = 0; i < n; i++)
		take_byte(record, line[i]);
	*is_whole = record->now.state != IN_QUOTES;
	if (*is_whole)
		end_cell(record);
	return PT_OK;
}
