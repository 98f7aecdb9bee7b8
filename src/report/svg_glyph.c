#include "svg_glyph.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	W = PT_SVG_CELL_W,
	H = PT_SVG_CELL_H,
	/* middle of strokes: odd, so that a stroke of 2 units covers whole pixels */
	MX = W / 2 + 1,
	MY = H / 2 + 1,
};

/* Arms of a box drawing character. */
enum { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8, ROUND = 16 };

static const struct {
	uint16_t glyph;
	uint8_t arms;
	uint8_t dashes; /* 0: whole */
	uint8_t heavy;
} lines[] = {
	{0x2500, LEFT | RIGHT, 0, 0},
	{0x2501, LEFT | RIGHT, 0, 1},
	{0x2502, UP | DOWN, 0, 0},
	{0x2503, UP | DOWN, 0, 1},
	{0x2504, LEFT | RIGHT, 3, 0},
	{0x2505, LEFT | RIGHT, 3, 1},
	{0x2506, UP | DOWN, 3, 0},
	{0x2507, UP | DOWN, 3, 1},
	{0x2508, LEFT | RIGHT, 4, 0},
	{0x2509, LEFT | RIGHT, 4, 1},
	{0x250A, UP | DOWN, 4, 0},
	{0x250B, UP | DOWN, 4, 1},
	{0x250C, DOWN | RIGHT, 0, 0},
	{0x2510, DOWN | LEFT, 0, 0},
	{0x2514, UP | RIGHT, 0, 0},
	{0x2518, UP | LEFT, 0, 0},
	{0x251C, UP | DOWN | RIGHT, 0, 0},
	{0x2524, UP | DOWN | LEFT, 0, 0},
	{0x252C, LEFT | RIGHT | DOWN, 0, 0},
	{0x2534, LEFT | RIGHT | UP, 0, 0},
	{0x253C, LEFT | RIGHT | UP | DOWN, 0, 0},
	{0x254C, LEFT | RIGHT, 2, 0},
	{0x254D, LEFT | RIGHT, 2, 1},
	{0x254E, UP | DOWN, 2, 0},
	{0x254F, UP | DOWN, 2, 1},
	{0x256D, DOWN | RIGHT | ROUND, 0, 0},
	{0x256E, DOWN | LEFT | ROUND, 0, 0},
	{0x256F, UP | LEFT | ROUND, 0, 0},
	{0x2570, UP | RIGHT | ROUND, 0, 0},
	{0x2574, LEFT, 0, 0},
	{0x2575, UP, 0, 0},
	{0x2576, RIGHT, 0, 0},
	{0x2577, DOWN, 0, 0},
};

static int line_of(uint32_t glyph)
{
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (lines[i].glyph == glyph)
			return (int)i;
	return -1;
}

/* Filled and hollow markers; polygons as offsets from the cell's corner, in units. */
static const struct {
	uint16_t filled, hollow;
	int8_t n;
	int8_t xy[4][2];
} markers[] = {
	{0x25A0, 0x25A1, 4, {{3, 13}, {17, 13}, {17, 27}, {3, 27}}},
	{0x25B2, 0x25B3, 3, {{10, 11}, {18, 27}, {2, 27}}},
	{0x25BC, 0x25BD, 3, {{2, 13}, {18, 13}, {10, 29}}},
	{0x25B6, 0x25B7, 3, {{3, 12}, {18, 20}, {3, 28}}},
	{0x25C0, 0x25C1, 3, {{17, 12}, {2, 20}, {17, 28}}},
	{0x25C6, 0x25C7, 4, {{10, 10}, {19, 20}, {10, 30}, {1, 20}}},
};

static int marker_of(uint32_t glyph)
{
	for (size_t i = 0; i < sizeof markers / sizeof *markers; i++)
		if (markers[i].filled == glyph || markers[i].hollow == glyph)
			return (int)i;
	return -1;
}

pt_svg_paint pt_svg_paint_of(uint32_t glyph)
{
	if (glyph >= 0x2800 && glyph <= 0x28FF)
		return PT_SVG_DOTS;
	if (glyph >= 0x2591 && glyph <= 0x2593)
		return (pt_svg_paint)(PT_SVG_SHADE1 + (int)(glyph - 0x2591));
	if (glyph >= 0x2580 && glyph <= 0x2590)
		return PT_SVG_FILL;
	if (glyph == 0x25CF)
		return PT_SVG_FILL;
	if (glyph == 0x25CB)
		return PT_SVG_OUTLINE;
	int line = line_of(glyph), marker = marker_of(glyph);
	if (line >= 0)
		return lines[line].heavy ? PT_SVG_HEAVY : PT_SVG_LINES;
	if (marker >= 0)
		return markers[marker].filled == glyph ? PT_SVG_FILL : PT_SVG_OUTLINE;
	return PT_SVG_TEXT;
}

static void braille(uint32_t glyph, int x, int y, FILE *out)
{
	static const uint8_t bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
	for (int row = 0; row < 4; row++)
		for (int col = 0; col < 2; col++)
			if (glyph & bits[row][col])
				fprintf(out, "M%d %dh0", x + W / 4 + col * W / 2, y + H / 8 + row * H / 4);
}

/* One arm as `n` dashes with gaps of the same length between and half a gap at each end. */
static void dashed(int arms, int n, int x, int y, FILE *out)
{
	bool across = arms & LEFT;
	int length = across ? W : H;
	for (int i = 0; i < n; i++) {
		int from = length * (4 * i + 1) / (4 * n), to = length * (4 * i + 3) / (4 * n);
		if (across)
			fprintf(out, "M%d %dh%d", x + from, y + MY, to - from);
		else
			fprintf(out, "M%d %dv%d", x + MX, y + from, to - from);
	}
}

static void box_line(int index, int x, int y, FILE *out)
{
	enum { RADIUS = 9 };
	int arms = lines[index].arms, mx = x + MX, my = y + MY;
	if (lines[index].dashes) {
		dashed(arms, lines[index].dashes, x, y, out);
	} else if (arms & ROUND) {
		int end_x = arms & LEFT ? x : x + W, end_y = arms & UP ? y : y + H;
		int bend_x = arms & LEFT ? mx - RADIUS : mx + RADIUS, bend_y = arms & UP ? my - RADIUS : my + RADIUS;
		fprintf(out, "M%d %dV%dQ%d %d %d %dH%d", mx, end_y, bend_y, mx, my, bend_x, my, end_x);
	} else {
		int from = arms & LEFT ? x : mx, to = arms & RIGHT ? x + W : mx;
		if (from < to)
			fprintf(out, "M%d %dH%d", from, my, to);
		from = arms & UP ? y : my;
		to = arms & DOWN ? y + H : my;
		if (from < to)
			fprintf(out, "M%d %dV%d", mx, from, to);
	}
}

static void rectangle(int x, int y, int w, int h, FILE *out)
{
	fprintf(out, "M%d %dh%dv%dh%dz", x, y, w, h, -w);
}

static void block(uint32_t glyph, int x, int y, FILE *out)
{
	if (glyph == 0x2580)
		rectangle(x, y, W, H / 2, out);
	else if (glyph <= 0x2588) { /* ▁ … █: eighths from below */
		int h = H * (int)(glyph - 0x2580) / 8;
		rectangle(x, y + H - h, W, h, out);
	} else if (glyph <= 0x258F) { /* ▉ … ▏: eighths from the left */
		rectangle(x, y, W * (int)(0x2590 - glyph) / 8, H, out);
	} else if (glyph == 0x2590) {
		rectangle(x + W / 2, y, W / 2, H, out);
	} else {
		rectangle(x, y, W, H, out);
	}
}

void pt_svg_glyph_path(uint32_t glyph, int x, int y, FILE *out)
{
	int index;
	if (glyph >= 0x2800 && glyph <= 0x28FF) {
		braille(glyph, x, y, out);
	} else if (glyph >= 0x2580 && glyph <= 0x2593) {
		block(glyph, x, y, out);
	} else if (glyph == 0x25CF || glyph == 0x25CB) {
		int r = glyph == 0x25CF ? 9 : 8;
		fprintf(out, "M%d %da%d %d 0 1 0 %d 0a%d %d 0 1 0 %d 0z", x + W / 2 - r, y + H / 2, r, r, 2 * r, r, r,
			-2 * r);
	} else if ((index = line_of(glyph)) >= 0) {
		box_line(index, x, y, out);
	} else if ((index = marker_of(glyph)) >= 0) {
		for (int i = 0; i < markers[index].n; i++)
			fprintf(out, "%c%d %d", i ? 'L' : 'M', x + markers[index].xy[i][0], y + markers[index].xy[i][1]);
		fputc('z', out);
	}
}
