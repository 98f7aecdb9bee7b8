/* Words inside of a plot: legends, read-outs, labels of points, colour bars (contracts in axes.h). */
#include "phasetop/ui/axes.h"

enum { LEGEND_GAP = 3 };

/* A free box near a corner in frame coordinates; without a map of places the corner itself. */
static bool find_box(pt_rect inner, pt_places *places, pt_corner corner, int cols, int rows, pt_rect *box)
{
	if (cols < 1 || rows < 1 || cols > inner.w || rows > inner.h)
		return false;
	int col = corner == PT_CORNER_TOP_RIGHT || corner == PT_CORNER_BOTTOM_RIGHT ? inner.w - cols : 0;
	int row = corner == PT_CORNER_BOTTOM_LEFT || corner == PT_CORNER_BOTTOM_RIGHT ? inner.h - rows : 0;
	pt_places_box(places, corner, cols, rows, &col, &row);
	*box = (pt_rect){inner.x + col, inner.y + row, cols, rows};
	return true;
}

static int entry_cols(const pt_legend_entry *entry)
{
	return 2 + pt_frame_text_width(entry->name);
}

static void draw_entry(pt_frame *frame, pt_rect clip, int x, int y, const pt_legend_entry *entry)
{
	pt_frame_put(frame, clip, x, y, entry->pen, entry->marker ? entry->marker : 0x2501);
	pt_frame_text_cut(frame, clip, x + 2, y, clip.x + clip.w - x - 2, entry->pen, entry->name);
}

void pt_legend_draw(pt_frame *frame, pt_rect inner, pt_places *places, pt_corner corner,
	const pt_legend_entry *entries, size_t n)
{
	int side_by_side = 0, widest = 0;
	size_t n_beside = 0, n_rows = 0;
	for (size_t i = 0; i < n; i++) {
		int cols = entry_cols(&entries[i]);
		int with = side_by_side + cols + (i ? LEGEND_GAP : 0);
		if (with <= inner.w && n_beside == i) {
			side_by_side = with;
			n_beside++;
		}
		widest = cols > widest ? cols : widest;
		n_rows++;
	}
	pt_rect box;
	if (n == 0 || pt_rect_is_empty(inner))
		return;
	/* all in a row, else stacked if that shows more */
	if (n_beside < n && inner.h / 2 > (int)n_beside) {
		n_rows = (int)n_rows > inner.h / 2 ? (size_t)(inner.h / 2) : n_rows;
		widest = widest > inner.w ? inner.w : widest;
		if (!find_box(inner, places, corner, widest, (int)n_rows, &box))
			return;
		pt_frame_fill(frame, box, pt_pen_of(PT_ROLE_TEXT), ' ');
		for (size_t i = 0; i < n_rows; i++)
			draw_entry(frame, box, box.x, box.y + (int)i, &entries[i]);
		return;
	}
	if (n_beside == 0 || !find_box(inner, places, corner, side_by_side, 1, &box))
		return;
	pt_frame_fill(frame, box, pt_pen_of(PT_ROLE_TEXT), ' ');
	int x = box.x;
	for (size_t i = 0; i < n_beside; i++) {
		draw_entry(frame, box, x, box.y, &entries[i]);
		x += entry_cols(&entries[i]) + LEGEND_GAP;
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
		pt_frame_put(
			frame, inner, inner.x + label->col, inner.y + label->row, label->glyph_pen, label->glyph);
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
