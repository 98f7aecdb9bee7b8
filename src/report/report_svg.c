#include "phasetop/report/report_svg.h"

#include <errno.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"
#include "svg_glyph.h"
#include "svg_stroke.h"

enum {
	W = PT_SVG_CELL_W,
	H = PT_SVG_CELL_H,
	BASELINE = 30, /* of text, below the top of its cell */
	MARGIN = 24,   /* round the frame, when it is drawn as a window */
};

/* How a cell looks, with the terminal's own colours made definite. */
typedef struct look {
	pt_rgb fg, bg;
	uint8_t attributes;
} look;

typedef struct svg_writer {
	const pt_frame *frame;
	const pt_theme *theme;
	FILE *out;
	int margin;
	pt_rgb background, foreground;
	pt_cell *cells;  /* rows × cols: of the frame, without what its strokes draw */
	look *looks;     /* rows × cols */
	pt_rgb *colours; /* every ink of the picture, by first appearance */
	size_t n_colours, capacity;
} svg_writer;

static bool same(pt_rgb a, pt_rgb b)
{
	return a.r == b.r && a.g == b.g && a.b == b.b;
}

static look look_of(const svg_writer *writer, const pt_cell *cell)
{
	pt_style style = pt_theme_style(writer->theme, cell, PT_DEPTH_TRUE);
	look l = {
		.fg = style.fg.kind == PT_COLOUR_DEFAULT ? writer->foreground : style.fg.rgb,
		.bg = style.bg.kind == PT_COLOUR_DEFAULT ? writer->background : style.bg.rgb,
		.attributes = style.attributes,
	};
	if (style.attributes & PT_ATTR_REVERSE) {
		pt_rgb swap = l.fg;
		l.fg = l.bg;
		l.bg = swap;
	}
	return l;
}

static size_t colour_index(const svg_writer *writer, pt_rgb colour)
{
	size_t i = 0;
	while (i < writer->n_colours && !same(writer->colours[i], colour))
		i++;
	return i;
}

static pt_cell cell_at(const svg_writer *writer, int x, int y)
{
	if (!pt_rect_contains(pt_frame_rect(writer->frame), x, y))
		return (pt_cell){.glyph = ' ', .width = 1, .role = PT_ROLE_TEXT};
	return writer->cells[(size_t)y * (size_t)writer->frame->cols + (size_t)x];
}

/* The cell without the glyph and the ground that are drawn as strokes and areas. */
static pt_cell own_cell(const pt_frame *frame, size_t i)
{
	pt_cell cell = frame->cells[i];
	pt_cell_trace trace =
		pt_frame_traced(frame, (int)(i % (size_t)frame->cols), (int)(i / (size_t)frame->cols));
	if (trace.glyph) {
		cell.glyph = ' ';
		cell.role = PT_ROLE_TEXT;
		cell.attributes = 0;
	}
	if (trace.ground)
		cell.ground = 0;
	return cell;
}

static const look *look_at(const svg_writer *writer, int x, int y)
{
	return &writer->looks[(size_t)y * (size_t)writer->frame->cols + (size_t)x];
}

/* Work out every cell's look, and the list of inks. */
static bool survey(svg_writer *writer)
{
	const pt_frame *frame = writer->frame;
	size_t n = (size_t)frame->cols * (size_t)frame->rows;
	writer->cells = pt_array_alloc(n, sizeof *writer->cells);
	writer->looks = pt_array_alloc(n, sizeof *writer->looks);
	for (size_t i = 0; writer->cells && writer->looks && i < n; i++) {
		const pt_cell *cell = &writer->cells[i];
		writer->cells[i] = own_cell(frame, i);
		writer->looks[i] = look_of(writer, cell);
		if (cell->glyph == ' ' || cell->glyph == 0)
			continue;
		if (colour_index(writer, writer->looks[i].fg) < writer->n_colours)
			continue;
		if (!pt_array_reserve(
				(void **)&writer->colours, &writer->capacity, writer->n_colours + 1, sizeof *writer->colours))
			return false;
		writer->colours[writer->n_colours++] = writer->looks[i].fg;
	}
	return writer->cells && writer->looks;
}

static void write_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '&')
			fputs("&amp;", out);
		else if (*text == '<')
			fputs("&lt;", out);
		else if (*text == '>')
			fputs("&gt;", out);
		else if (*text == '"')
			fputs("&quot;", out);
		else
			fputc(*text, out);
	}
}

static void write_colour(FILE *out, pt_rgb c)
{
	fprintf(out, "#%02x%02x%02x", c.r, c.g, c.b);
}

static void write_head(const svg_writer *writer, const pt_svg_options *options)
{
	int w = writer->frame->cols * W + 2 * writer->margin, h = writer->frame->rows * H + 2 * writer->margin;
	char title[256];
	const char *given = options && options->title ? options->title : "phasetop";
	pt_text_sanitize(title, sizeof title, given, strlen(given));
	fprintf(writer->out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
		"role=\"img\">\n<title>",
		w / 2, h / 2, w, h);
	write_escaped(writer->out, title);
	fputs("</title>\n<style>"
		  "text{font:32px \"DejaVu Sans Mono\",\"Cascadia Mono\",Menlo,Consolas,monospace;white-space:pre}"
		  ".b{font-weight:bold}.i{opacity:.6}.u{text-decoration:underline}"
		  ".d,.l,.h,.o{fill:none;stroke-width:2}.d{stroke-width:7;stroke-linecap:round}.h{stroke-width:5}"
		  ".s{opacity:.25}.t{opacity:.5}.v{opacity:.75}",
		writer->out);
	fputs(pt_svg_stroke_style, writer->out);
	for (size_t i = 0; i < writer->n_colours; i++) {
		fprintf(writer->out, ".c%zu{fill:", i);
		write_colour(writer->out, writer->colours[i]);
		fprintf(writer->out, "}.k%zu{stroke:", i);
		write_colour(writer->out, writer->colours[i]);
		fputs("}", writer->out);
	}
	fprintf(writer->out, "</style>\n<rect width=\"%d\" height=\"%d\"%s fill=\"", w, h,
		writer->margin ? " rx=\"20\"" : "");
	write_colour(writer->out, writer->background);
	fputs("\"/>\n", writer->out);
	if (writer->margin)
		fprintf(writer->out, "<g transform=\"translate(%d %d)\">\n", writer->margin, writer->margin);
}

/* Grounds that are not the picture's own: one rectangle for a run of equal ones in a row. */
static void write_grounds(const svg_writer *writer)
{
	for (int y = 0; y < writer->frame->rows; y++)
		for (int x = 0; x < writer->frame->cols;) {
			int from = x;
			pt_rgb bg = look_at(writer, x, y)->bg;
			while (x < writer->frame->cols && same(look_at(writer, x, y)->bg, bg))
				x++;
			if (same(bg, writer->background))
				continue;
			fprintf(writer->out, "<path fill=\"");
			write_colour(writer->out, bg);
			fprintf(writer->out, "\" d=\"M%d %dh%dv%dh%dz\"/>\n", from * W, y * H, (x - from) * W, H,
				-(x - from) * W);
		}
}

/* Are the strokes of a plot seen in the cell? */
static bool has_strokes(const svg_writer *writer, int x, int y)
{
	return pt_frame_traced(writer->frame, x, y).plot > 0;
}

/* The cells from (x, y) on, before column `end`, that hide the strokes of a plot with one ground: how many.
 */
static int n_hiding(const svg_writer *writer, int x, int y, int end)
{
	int n = 0;
	while (x + n < end && !has_strokes(writer, x + n, y) &&
		   same(look_at(writer, x + n, y)->bg, look_at(writer, x, y)->bg))
		n++;
	return n;
}

/* What stands over a plot hides its strokes: the grounds of those cells once more, a path for each colour
 * that follows another. */
static void write_covers(const svg_writer *writer)
{
	const pt_frame_traces *traces = writer->frame->traces;
	const pt_rgb *open = NULL;
	for (size_t p = 0; traces && p < traces->n; p++) {
		pt_rect rect = pt_rect_intersect(traces->plots[p].rect, pt_frame_rect(writer->frame));
		for (int y = rect.y; traces->plots[p].shown && y < rect.y + rect.h; y++)
			for (int x = rect.x, n = 0; x < rect.x + rect.w; x += n + (n == 0)) {
				n = n_hiding(writer, x, y, rect.x + rect.w);
				const pt_rgb *bg = &look_at(writer, x, y)->bg;
				if (n == 0)
					continue;
				if (!open || !same(*open, *bg)) {
					fputs(open ? "\"/>\n<path fill=\"" : "<path fill=\"", writer->out);
					write_colour(writer->out, *bg);
					fputs("\" d=\"", writer->out);
				}
				open = bg;
				fprintf(writer->out, "M%d %dh%dv%dh%dz", x * W, y * H, n * W, H, -n * W);
			}
	}
	if (open)
		fputs("\"/>\n", writer->out);
}

/* A tick of the lower axis moves along it: the axis itself stays whole. */
static void write_shape(uint32_t glyph, int x, int y, int dx, int dy, FILE *out)
{
	bool is_tick = glyph == 0x252C && dx != 0; /* ┬ is ─ and ╷ */
	if (is_tick)
		pt_svg_glyph_path(0x2500, x, y, out);
	pt_svg_glyph_path(is_tick ? 0x2577 : glyph, x + dx, y + dy, out);
}

/* All glyphs of one ink and one kind of paint are one path: those under strokes, or all others. */
static void write_shapes(const svg_writer *writer, size_t colour, pt_svg_paint paint, bool under)
{
	static const char *const classes[PT_N_SVG_PAINTS] = {
		[PT_SVG_DOTS] = "d k",
		[PT_SVG_LINES] = "l k",
		[PT_SVG_HEAVY] = "h k",
		[PT_SVG_FILL] = "c",
		[PT_SVG_SHADE1] = "s c",
		[PT_SVG_SHADE2] = "t c",
		[PT_SVG_SHADE3] = "v c",
		[PT_SVG_OUTLINE] = "o k",
	};
	bool begun = false;
	for (int y = 0; y < writer->frame->rows; y++)
		for (int x = 0; x < writer->frame->cols; x++) {
			pt_cell cell = cell_at(writer, x, y);
			if (cell.glyph < 0x80 || !same(look_at(writer, x, y)->fg, writer->colours[colour]) ||
				pt_svg_paint_of(cell.glyph) != paint || has_strokes(writer, x, y) != under)
				continue;
			pt_cell_trace beside = pt_frame_traced(writer->frame, x, y);
			if (!begun)
				fprintf(writer->out, "<path class=\"%s%zu\" d=\"", classes[paint], colour);
			begun = true;
			write_shape(cell.glyph, x * W, y * H, beside.dx * W / 100, beside.dy * H / 100, writer->out);
		}
	if (begun)
		fputs("\"/>\n", writer->out);
}

static void write_all_shapes(const svg_writer *writer, bool under)
{
	for (size_t i = 0; i < writer->n_colours; i++)
		for (int paint = PT_SVG_TEXT + 1; paint < PT_N_SVG_PAINTS; paint++)
			write_shapes(writer, i, (pt_svg_paint)paint, under);
}

static bool is_letter(const pt_cell *cell)
{
	return cell->width > 0 && cell->glyph != ' ' && pt_svg_paint_of(cell->glyph) == PT_SVG_TEXT;
}

/* Do the letters of two neighbouring cells belong equally far beside them? */
static bool same_shift(const svg_writer *writer, int x, int y)
{
	pt_cell_trace here = pt_frame_traced(writer->frame, x, y),
				  before = pt_frame_traced(writer->frame, x - 1, y);
	return here.dx == before.dx && here.dy == before.dy;
}

/* Does the cell go on a run of text in this look? A single space may stand between two words of it. */
static bool goes_on(const svg_writer *writer, int x, int y, const look *first)
{
	pt_cell cell = cell_at(writer, x, y);
	if (x >= writer->frame->cols)
		return false;
	if (cell.width == 0)
		return true;
	if (cell.glyph == ' ' && !(first->attributes & PT_ATTR_UNDERLINE)) {
		pt_cell next = cell_at(writer, x + 1, y);
		return is_letter(&next) && goes_on(writer, x + 1, y, first);
	}
	const look *l = look_at(writer, x, y);
	return is_letter(&cell) && same(l->fg, first->fg) && l->attributes == first->attributes &&
		   same_shift(writer, x, y);
}

static void write_text_run(const svg_writer *writer, int from, int to, int y)
{
	const look *l = look_at(writer, from, y);
	pt_cell_trace beside = pt_frame_traced(writer->frame, from, y);
	fprintf(writer->out, "<text class=\"c%zu%s%s%s\" x=\"%d\" y=\"%d\" textLength=\"%d\">",
		colour_index(writer, l->fg), l->attributes & PT_ATTR_BOLD ? " b" : "",
		l->attributes & PT_ATTR_DIM ? " i" : "", l->attributes & PT_ATTR_UNDERLINE ? " u" : "",
		from * W + beside.dx * W / 100, y * H + BASELINE + beside.dy * H / 100, (to - from) * W);
	for (int x = from; x < to; x++) {
		pt_cell cell = cell_at(writer, x, y);
		char encoded[5] = {0};
		if (cell.width == 0)
			continue;
		pt_utf8_encode(cell.glyph, encoded);
		write_escaped(writer->out, encoded);
	}
	fputs("</text>\n", writer->out);
}

static void write_texts(const svg_writer *writer)
{
	for (int y = 0; y < writer->frame->rows; y++)
		for (int x = 0; x < writer->frame->cols;) {
			pt_cell cell = cell_at(writer, x, y);
			int from = x++;
			if (!is_letter(&cell))
				continue;
			while (goes_on(writer, x, y, look_at(writer, from, y)))
				x++;
			write_text_run(writer, from, x, y);
		}
}

pt_status pt_report_svg(
	const pt_frame *frame, const pt_theme *theme, const pt_svg_options *options, FILE *out, pt_error *err)
{
	pt_rgb background = pt_theme_background(theme), white = {240, 240, 240}, black = {16, 16, 16};
	svg_writer writer = {
		.frame = frame,
		.theme = theme,
		.out = out,
		.margin = options && options->window ? MARGIN : 0,
		.background = background,
		.foreground = pt_rgb_contrast(background, white) > pt_rgb_contrast(background, black) ? white : black,
	};
	pt_status status = PT_OK;
	if (survey(&writer)) {
		write_head(&writer, options);
		write_grounds(&writer);
		pt_svg_areas(frame, theme, writer.foreground, out);
		write_all_shapes(&writer, true);
		pt_svg_strokes(frame, theme, writer.foreground, out);
		write_covers(&writer);
		write_all_shapes(&writer, false);
		write_texts(&writer);
		fputs(writer.margin ? "</g>\n</svg>\n" : "</svg>\n", out);
		if (ferror(out))
			status = pt_fail_errno(err, errno ? errno : EIO, NULL, "write SVG");
	} else {
		status = pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for an SVG picture");
	}
	pt_free(writer.cells);
	pt_free(writer.looks);
	pt_free(writer.colours);
	return status;
}
