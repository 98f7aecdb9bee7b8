#include "svg_stroke.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/base/text.h"
#include "svg_glyph.h"

enum { W = PT_SVG_CELL_W, H = PT_SVG_CELL_H, DOT = W / 2 /* a dot of braille takes a square of this size */ };

/* Round caps: a dash of length 0 is a dot. */
const char pt_svg_stroke_style[] = ".w,.n,.g,.p{fill:none;stroke-linejoin:round;stroke-linecap:round}"
								   ".w{stroke-width:4}.n{stroke-width:2.5;opacity:.6}.g{stroke-width:2;"
								   "stroke-linecap:butt}.p{stroke-width:7}";

/* How a path is painted; strokes of one look that follow each other are one path. */
typedef struct path_look {
	char name; /* class: w line, n thin line, g guide, p dots, c filled marks, o hollow ones */
	pt_rgb colour;
	int dash[2]; /* in tenths of a unit; [1] = 0: solid */
} path_look;

typedef struct path_writer {
	const pt_theme *theme;
	pt_rgb foreground;
	FILE *out;
	bool is_open;
	path_look look;
	pt_spot end; /* of the last line of the open path */
} path_writer;

static void put_number(FILE *out, double value)
{
	long hundredths = lround(value * 100), whole = labs(hundredths) / 100, rest = labs(hundredths) % 100;
	fprintf(out, "%s%ld", hundredths < 0 ? "-" : "", whole);
	if (rest % 10)
		fprintf(out, ".%02ld", rest);
	else if (rest)
		fprintf(out, ".%ld", rest / 10);
}

static void put_spot(FILE *out, char command, pt_spot spot)
{
	fputc(command, out);
	put_number(out, spot.x);
	fputc(' ', out);
	put_number(out, spot.y);
}

static void close_path(path_writer *writer)
{
	if (writer->is_open)
		fputs("\"/>\n", writer->out);
	writer->is_open = false;
}

static void open_path(path_writer *writer, const path_look *look)
{
	const path_look *now = &writer->look;
	if (writer->is_open && look->name == now->name &&
		memcmp(&look->colour, &now->colour, sizeof now->colour) == 0 && look->dash[0] == now->dash[0] &&
		look->dash[1] == now->dash[1])
		return;
	close_path(writer);
	bool is_fill = look->name == 'c';
	fprintf(writer->out, "<path class=\"%c\" %s=\"#%02x%02x%02x\"", look->name, is_fill ? "fill" : "stroke",
		look->colour.r, look->colour.g, look->colour.b);
	if (look->dash[1] > 0)
		fprintf(writer->out, " stroke-dasharray=\"%d.%d %d.%d\"", look->dash[0] / 10, look->dash[0] % 10,
			look->dash[1] / 10, look->dash[1] % 10);
	fputs(" d=\"", writer->out);
	writer->look = *look;
	writer->is_open = true;
	writer->end = (pt_spot){NAN, NAN};
}

/* Dashes of a guide, as the glyph that stands for it on a screen has them: n in a cell, gaps of the same
 * length. */
static void guide_dash(uint32_t glyph, int dash[2])
{
	static const struct {
		uint16_t glyph;
		uint8_t n, length;
	} guides[] = {
		{0x254C, 2, W}, {0x254E, 2, H}, {0x2504, 3, W}, {0x2506, 3, H}, {0x2508, 4, W}, {0x250A, 4, H}};
	dash[0] = dash[1] = 0;
	for (size_t i = 0; i < sizeof guides / sizeof *guides; i++)
		if (guides[i].glyph == glyph)
			dash[0] = dash[1] = 10 * guides[i].length / (2 * guides[i].n);
}

static path_look look_of(const path_writer *writer, const pt_trace *trace)
{
	static const char names[] = {
		[PT_TRACE_GUIDE] = 'g', [PT_TRACE_LINE] = 'w', [PT_TRACE_DOTS] = 'p', [PT_TRACE_MARKS] = 'c'};
	pt_cell cell = {.role = trace->ink.role, .level = trace->ink.level};
	pt_style style = pt_theme_style(writer->theme, &cell, PT_DEPTH_TRUE);
	path_look look = {.name = names[trace->kind],
		.colour = style.fg.kind == PT_COLOUR_DEFAULT ? writer->foreground : style.fg.rgb};
	if (trace->kind == PT_TRACE_LINE && trace->thin)
		look.name = 'n';
	if (trace->kind == PT_TRACE_DOTS && trace->thin)
		look.name = 'w';
	if (trace->kind == PT_TRACE_GUIDE)
		guide_dash(trace->glyph, look.dash);
	if (trace->kind == PT_TRACE_LINE && trace->dash.off > 0) {
		/* the caps give a dash the room of its last dot */
		look.dash[0] = 10 * DOT * (trace->dash.on - 1);
		look.dash[1] = 10 * DOT * (trace->dash.off + 1);
	}
	if (trace->kind == PT_TRACE_MARKS && pt_svg_paint_of(trace->glyph) == PT_SVG_OUTLINE)
		look.name = 'o';
	return look;
}

/* A mark about its middle, at the nearest whole unit. */
static void put_mark(path_writer *writer, uint32_t glyph, pt_spot spot)
{
	pt_svg_glyph_path(glyph, (int)lround(spot.x) - W / 2, (int)lround(spot.y) - H / 2, writer->out);
}

static void put_trace(path_writer *writer, const pt_traced_plot *plot, const pt_trace *trace)
{
	path_look look = look_of(writer, trace);
	open_path(writer, &look);
	for (size_t i = 0; i < trace->n; i++) {
		pt_spot own = plot->tracing->spots[trace->from + i];
		pt_spot spot = {(plot->rect.x + own.x) * W, (plot->rect.y + own.y) * H};
		if (trace->kind == PT_TRACE_MARKS) {
			put_mark(writer, trace->glyph, spot);
		} else if (trace->kind == PT_TRACE_DOTS) {
			put_spot(writer->out, 'M', spot);
			fputs("h0", writer->out);
		} else if (i > 0) {
			put_spot(writer->out, 'L', spot);
			writer->end = spot;
		} else if (look.dash[1] > 0 || !(fabs(spot.x - writer->end.x) < 0.005) ||
				   !(fabs(spot.y - writer->end.y) < 0.005)) {
			put_spot(writer->out, 'M', spot); /* else a solid line goes on */
		}
	}
}

void pt_svg_strokes(const pt_frame *frame, const pt_theme *theme, pt_rgb foreground, FILE *out)
{
	path_writer writer = {.theme = theme, .foreground = foreground, .out = out};
	for (size_t p = 0; frame->traces && p < frame->traces->n; p++) {
		const pt_traced_plot *plot = &frame->traces->plots[p];
		for (size_t t = 0; plot->shown && t < plot->tracing->n; t++)
			if (plot->tracing->traces[t].kind != PT_TRACE_AREA)
				put_trace(&writer, plot, &plot->tracing->traces[t]);
	}
	close_path(&writer);
}

static void put_area(
	const pt_traced_plot *plot, const pt_trace *trace, const pt_theme *theme, pt_rgb foreground, FILE *out)
{
	bool is_shade = trace->glyph != 0;
	pt_cell cell = {.role = is_shade ? trace->ink.role : (uint8_t)PT_ROLE_TEXT,
		.ground = is_shade ? (uint8_t)PT_ROLE_NONE : trace->ink.role};
	pt_style style = pt_theme_style(theme, &cell, PT_DEPTH_TRUE);
	pt_colour fill = is_shade ? style.fg : style.bg;
	if (fill.kind == PT_COLOUR_DEFAULT && !is_shade)
		return; /* the picture's own ground */
	pt_rgb colour = fill.kind == PT_COLOUR_DEFAULT ? foreground : fill.rgb;
	fprintf(out, "<path%s fill=\"#%02x%02x%02x\" d=\"", is_shade ? " class=\"s\"" : "", colour.r, colour.g,
		colour.b);
	for (size_t i = 0; i < trace->n; i++) {
		pt_spot own = plot->tracing->spots[trace->from + i];
		put_spot(out, i ? 'L' : 'M', (pt_spot){(plot->rect.x + own.x) * W, (plot->rect.y + own.y) * H});
	}
	fputs("z\"/>\n", out);
}

void pt_svg_areas(const pt_frame *frame, const pt_theme *theme, pt_rgb foreground, FILE *out)
{
	for (size_t p = 0; frame->traces && p < frame->traces->n; p++) {
		const pt_traced_plot *plot = &frame->traces->plots[p];
		for (size_t t = 0; plot->shown && t < plot->tracing->n; t++)
			if (plot->tracing->traces[t].kind == PT_TRACE_AREA)
				put_area(plot, &plot->tracing->traces[t], theme, foreground, out);
	}
}
