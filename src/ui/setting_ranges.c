/* What part of the axes is looked at: from text and to text (contracts in setting_ranges.h). */
#include "setting_ranges.h"

#include <string.h>

#include "phasetop/base/number.h"
#include "phasetop/ui/setting.h"

enum { WORD_BYTES = 48, LIMITS = 4 };

static const double most = 1e300;

/* The next word, up to a blank or a comma; "" at the end of the text or of what the comma ends. */
static const char *next_word(const char *at, char word[WORD_BYTES])
{
	at += strspn(at, " ");
	size_t n = strcspn(at, " ,");
	word[0] = '\0';
	if (n < WORD_BYTES) {
		memcpy(word, at, n);
		word[n] = '\0';
	}
	return at + n;
}

/* As many numbers as stand there, up to LIMITS. */
static size_t read_limits(const char **at, double limits[LIMITS])
{
	char word[WORD_BYTES];
	size_t n = 0;
	const char *next = next_word(*at, word);
	while (n < LIMITS && word[0] && pt_number_read_double(word, -most, most, &limits[n])) {
		n++;
		*at = next;
		next = next_word(next, word);
	}
	*at += strspn(*at, " ");
	return n;
}

static bool is_none(const char *text)
{
	return text[0] == '\0' || strcmp(text, "none") == 0;
}

const char *pt_setting_read_x_range(const char *text, pt_zoom *zoom)
{
	static const char *const expected = "none, or a unit and two numbers, the smaller first, as step 40 200";
	char word[WORD_BYTES];
	double limits[LIMITS];
	pt_x_axis unit = zoom->axis;
	if (is_none(text)) {
		zoom->zoomed = zoom->follows = false;
		zoom->lo = zoom->hi = 0;
		return NULL;
	}
	const char *at = text, *behind = next_word(text, word);
	for (int axis = 0; axis < PT_N_X_AXES; axis++)
		if (strcmp(pt_x_axis_name((pt_x_axis)axis), word) == 0) {
			unit = (pt_x_axis)axis;
			at = behind;
		}
	if (read_limits(&at, limits) != 2 || !(limits[0] < limits[1]) || (*at && strcmp(at, "follow") != 0))
		return expected;
	zoom->zoomed = true;
	zoom->unit = unit;
	zoom->lo = limits[0];
	zoom->hi = limits[1];
	zoom->follows = *at != '\0';
	return NULL;
}

static void write_limits(double lo, double hi, pt_text *out)
{
	char number[40];
	pt_text_double(number, sizeof number, lo);
	pt_text_addf(out, " %s", number);
	pt_text_double(number, sizeof number, hi);
	pt_text_addf(out, " %s", number);
}

void pt_setting_write_x_range(const pt_zoom *zoom, pt_text *out)
{
	if (!zoom->zoomed) {
		pt_text_add(out, "none");
		return;
	}
	pt_text_add(out, pt_x_axis_name(zoom->unit));
	write_limits(zoom->lo, zoom->hi, out);
	pt_text_add(out, zoom->follows ? " follow" : "");
}

const char *pt_setting_read_y_ranges(const char *text, pt_zoom *zoom)
{
	static const char *const expected =
		"none, or panes with two numbers, the smaller first, as norms 0 0.2, loss 1 3";
	pt_y_range ranges[PT_N_PANES] = {{0}};
	for (const char *at = text; !is_none(text);) {
		char word[WORD_BYTES];
		double limits[LIMITS] = {0};
		at = next_word(at, word);
		pt_pane_id pane = pt_pane_named(word, strlen(word));
		size_t n = pane == PT_PANE_NONE ? 0 : read_limits(&at, limits);
		if ((n != 2 && n != LIMITS) || !(limits[0] < limits[1]) || limits[2] > limits[3] ||
			(*at && *at != ','))
			return expected;
		ranges[pane] = (pt_y_range){true, limits[0], limits[1], limits[2], limits[3]};
		if (*at++ == '\0')
			break;
	}
	memcpy(zoom->y, ranges, sizeof ranges);
	return NULL;
}

void pt_setting_write_y_ranges(const pt_zoom *zoom, pt_text *out)
{
	size_t before = out->length;
	for (int pane = 0; pane < PT_N_PANES; pane++) {
		const pt_y_range *range = &zoom->y[pane];
		if (!range->zoomed)
			continue;
		pt_text_addf(out, "%s%s", out->length > before ? ", " : "", pt_pane_name((pt_pane_id)pane));
		write_limits(range->lo, range->hi, out);
		if (range->right_lo < range->right_hi)
			write_limits(range->right_lo, range->right_hi, out);
	}
	if (out->length == before)
		pt_text_add(out, "none");
}
