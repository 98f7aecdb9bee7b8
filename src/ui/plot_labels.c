/* Words inside of a plot: legends, read-outs, labels of points, colour bars (contracts in axes.h). */
#include "phasetop/ui/axes.h"
#include "phasetop/ui/frame_trace.h"

enum { LEGEND_GAP = 3 };

/* A free box near a corner in frame coordinates; without a map of places the corner itself. */
static bool find_box(pt_rect inner, pt_places *places, pt_corner corner, int cols, int rows, pt_rect *box)
{
	if (cols < 1 || rows < 1 || cols > inner.w || rows > inner.h)
		return false;
	int col = corner == PT_CORNER_TOP_RIGHT || corner == PT_CORNER_BOTTOM_RIGHT ? inner.w - cols : 0;
	int row = corner == PT_CORNER_BOTTOM_LEFT || corner == PT_CORNER_BOTTOM_RIGHT ? inner.h - rows : 0;
	int off_axis = col == 0 ? 1 : col - 1; /* words that touch an axis read as a label of it */
	if (places && cols + 2 <= inner.w && pt_places_n_taken(places, off_axis - 1, row, cols + 2, rows) == 0) {
		col = off_axis;
		pt_places_take(places, col - 1, row, cols + 2, rows);
	} else {
		pt_places_box(places, corner, cols, rows, &col, &row);
	}
	*box = (pt_rect){inner.x + col, inner.y + row, cols, rows};
	return true;
}

static int entry_cols(const pt_legend_entry *entry)
{
	return 2 + pt_frame_text_width(entry->name);
}

static size_t n_across(size_t n, int n_rows)
{
	return n_rows < 1 ? n : (n + (size_t)n_rows - 1) / (size_t)n_rows;
}

/* Columns of the i-th column of entries. */
static int column_cols(const pt_legend_entry *entries, size_t n, size_t across, size_t column)
{
	int widest = 0;
	for (size_t i = column; i < n; i += across)
		widest = entry_cols(&entries[i]) > widest ? entry_cols(&entries[i]) : widest;
	return widest;
}

int pt_legend_cols(const pt_legend_entry *entries, size_t n, int n_rows)
{
	int cols = 0;
	size_t across = n_across(n, n_rows);
	for (size_t c = 0; c < across; c++)
		cols += column_cols(entries, n, across, c) + (c ? LEGEND_GAP : 0);
	return cols;
}

static void draw_entry(pt_frame *frame, pt_rect clip, int x, int y, const pt_legend_entry *entry)
{
	pt_frame_put(frame, clip, x, y, entry->pen, entry->marker ? entry->marker : 0x2501);
	pt_frame_text_cut(frame, clip, x + 2, y, clip.x + clip.w - x - 2, entry->pen, entry->name);
}

void pt_legend_draw(pt_frame *frame, pt_rect inner, pt_places *places, pt_corner corner,
	const pt_legend_entry *entries, size_t n, int n_rows)
{
	pt_rect box;
	int most_rows = inner.h / 2 < 1 ? 1 : inner.h / 2;
	for (; n > 0; n--) { /* what does not fit is left out from the end */
		int rows = n_rows > 0 ? n_rows : 1;
		while (n_rows < 1 && rows < most_rows && pt_legend_cols(entries, n, rows) > inner.w)
			rows++;
		size_t across = n_across(n, rows);
		int n_used = across ? (int)((n + across - 1) / across) : 0;
		if (!find_box(inner, places, corner, pt_legend_cols(entries, n, rows), n_used, &box))
			continue;
		pt_frame_fill(frame, box, pt_pen_of(PT_ROLE_TEXT), ' ');
		int x = box.x;
		for (size_t c = 0; c < across; c++) {
			for (size_t i = c; i < n; i += across)
				draw_entry(frame, box, x, box.y + (int)(i / across), &entries[i]);
			x += column_cols(entries, n, across, c) + LEGEND_GAP;
		}
		return;
	}
}

bool pt_note_draw(
	pt_frame *frame, pt_rect inner, pt_places *places, pt_corner corner, pt_pen pen, const char *text)
{
	pt_rect box;
	if (!find_box(inner, places, corner, pt_frame_text_width(text), 1, &box))
		return false;
	pt_frame_fill(frame, box, pt_pen_of(PT_ROLE_TEXT), ' ');
	pt_frame_text(frame, box, box.x, box.y, pen, text);
	return true;
}

void pt_point_labels_draw(
	pt_frame *frame, pt_rect inner, pt_places *places, const pt_point_label *labels, size_t n)
{
	for (size_t i = n; i-- > 0;) { /* what weighs most is drawn last, so on top */
		const pt_point_label *label = &labels[i];
		if (label->col < 0 || label->row < 0 || label->col >= inner.w || label->row >= inner.h)
			continue;
		pt_frame_mark(frame, inner, inner.x + label->col, inner.y + label->row, label->glyph_pen,
			label->glyph, (pt_spot){inner.x + label->at.x, inner.y + label->at.y});
		pt_places_take(places, label->col, label->row, 1, 1);
	}
	for (size_t i = 0; i < n; i++) {
		const pt_point_label *label = &labels[i];
		int width = label->text ? pt_frame_text_width(label->text) : 0, col, row;
		if (width > 0 && pt_places_beside(places, label->col, label->row, width, &col, &row))
			pt_frame_text(frame, inner, inner.x + col, inner.y + row, label->text_pen, label->text);
	}
}

int pt_colour_bar_draw(
	pt_frame *frame, pt_rect rect, pt_role role, const char *low, const char *high, int cols)
{
	pt_pen label = pt_pen_of(PT_ROLE_LABEL);
	int low_cols = pt_frame_text_width(low), high_cols = pt_frame_text_width(high);
	int all = low_cols + 1 + cols + 1 + high_cols;
	if (cols < 2 || rect.h < 1 || all > rect.w)
		return 0;
	int x = rect.x + rect.w - all;
	pt_frame_text(frame, rect, x, rect.y, label, low);
	x += low_cols + 1;
	for (int i = 0; i < cols; i++)
		pt_frame_put(frame, rect, x + i, rect.y, pt_pen_level(role, 100 * i / (cols - 1)), 0x2588);
	pt_frame_text(frame, rect, x + cols + 1, rect.y, label, high);
	return all;
}
