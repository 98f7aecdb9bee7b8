/** Leading modes of the probe losses: which probes move together, by name and sign. */
#include <math.h>
#include <stdio.h>

#include "pane_draw.h"

enum {
	SMALL_COLS = 26,
	SMALL_ROWS = 5,
	ROWS_FOR_GROUPS = 5,
	WEIGHT_COLS = 6, /* " −0.42" */
	BAR_MIN_COLS = 4,
	BAR_MAX_COLS = 20,
	NAME_MIN_COLS = 6,
	PERCENT_COLS = 6, /* " 100 %" */
};

static const pt_modes_view *first_modes(const pt_scene *scene, const pt_run_view **run)
{
	const pt_spectrum_view *spectrum = pt_scene_first_spectrum(scene, run);
	return spectrum && spectrum->modes.present && spectrum->modes.n_modes > 0 ? &spectrum->modes : NULL;
}

static void title(const pt_scene *scene, bool brief, char *out, size_t capacity)
{
	char subset[64], name[64] = "";
	const pt_run_view *run = NULL;
	const pt_spectrum_view *spectrum = pt_scene_first_spectrum(scene, &run);
	bool detrended = spectrum ? spectrum->detrended : scene->view->detrended;
	pt_name_text(pt_scene_subset(scene), brief ? 16 : 28, subset, sizeof subset);
	if (run && scene->n_shown > 1)
		pt_name_text(run->name, brief ? 12 : 24, name, sizeof name);
	pt_text text = pt_text_over(out, capacity);
	pt_text_add(&text, brief ? "modes" : "leading modes");
	if (name[0])
		pt_text_addf(&text, " of %s", name);
	if (subset[0])
		pt_text_addf(&text, "%s %s", name[0] ? "," : " of", subset);
	if (detrended)
		pt_text_add(&text, brief ? " detrended" : ", detrended");
}

static void figure(const pt_scene *scene, char *out, size_t capacity)
{
	const pt_modes_view *modes = first_modes(scene, NULL);
	out[0] = '\0';
	if (!modes)
		return;
	double share = 100 * modes->modes[0].share;
	int decimals = share < 100 && share >= 99.5; /* 100 % is all of it */
	snprintf(out, capacity, "%.*f %% in one @%lld", decimals, share, (long long)modes->step);
}

/* "1   62 %   λ 3.2e-05" */
static void draw_head(const pt_mode_view *mode, size_t i, pt_frame *frame, pt_rect line)
{
	char text[64], number[32];
	snprintf(text, sizeof text, "mode %zu", i + 1);
	int x = line.x + pt_frame_text(frame, line, line.x, line.y, pt_pen_of(PT_ROLE_TITLE), text);
	pt_text_number(number, sizeof number, mode->eigenvalue, 2);
	snprintf(text, sizeof text, "  %.1f %% of tr C  %s %s", 100 * mode->share,
		frame->charset == PT_CHARSET_ASCII ? "lambda" : "λ", number);
	if (x + pt_frame_text_width(text) > line.x + line.w)
		snprintf(text, sizeof text, "  %.1f %%", 100 * mode->share);
	pt_frame_text(frame, line, x, line.y, pt_pen_of(PT_ROLE_TEXT), text);
}

/* "medical/ 71 % · code/ 12 %": as many groups as fit whole, the name of the first cut where it has to be. */
static void draw_groups(const pt_mode_view *mode, pt_frame *frame, pt_rect line)
{
	int x = line.x;
	for (size_t g = 0; g < mode->n_groups; g++) {
		char name[64], text[96];
		int most = g == 0 && line.w - PERCENT_COLS < 24 ? line.w - PERCENT_COLS : 24;
		pt_name_end_text(mode->groups[g].name, most, name, sizeof name);
		snprintf(text, sizeof text, "%s%s %.0f %%", g ? " · " : "", name, 100 * mode->groups[g].weight);
		if (x + pt_frame_text_width(text) > line.x + line.w)
			return;
		x += pt_frame_text(frame, line, x, line.y, pt_pen_of(PT_ROLE_LABEL), text);
	}
}

static int widest_name(const pt_mode_view *mode, size_t n)
{
	int widest = NAME_MIN_COLS;
	for (size_t p = 0; p < n; p++) {
		char safe[PT_LINE_BYTES];
		pt_name_text(mode->probes[p].name, PT_LINE_BYTES / 4, safe, sizeof safe);
		int width = pt_text_width(safe);
		widest = width > widest ? width : widest;
	}
	return widest;
}

/* Probes of one colour move together. The sign of an eigenvector is chance: neither has a colour that warns. */
static void draw_probes(const pt_mode_view *mode, pt_frame *frame, pt_rect rect)
{
	size_t n = mode->n_probes < (size_t)rect.h ? mode->n_probes : (size_t)rect.h;
	int names = widest_name(mode, n), bar = rect.w - names - WEIGHT_COLS - 2;
	bar = bar > BAR_MAX_COLS ? BAR_MAX_COLS : bar < BAR_MIN_COLS ? BAR_MIN_COLS : bar;
	if (names > rect.w - WEIGHT_COLS - 2 - bar)
		names = rect.w - WEIGHT_COLS - 2 - bar;
	double largest = n > 0 ? fabs(mode->probes[0].weight) : 0;
	for (size_t p = 0; p < n && largest > 0; p++) {
		const pt_mode_part *probe = &mode->probes[p];
		char name[PT_LINE_BYTES], weight[32];
		int y = rect.y + (int)p, x = rect.x + names;
		pt_pen pen = pt_pen_of(pt_role_series(probe->weight < 0 ? 1 : 0));
		pt_name_end_text(probe->name, names, name, sizeof name);
		pt_frame_text(frame, rect, rect.x, y, pt_pen_of(PT_ROLE_TEXT), name);
		snprintf(weight, sizeof weight, "%s%.2f", probe->weight < 0 ? "−" : "+", fabs(probe->weight));
		pt_frame_text_right(frame, rect, x + WEIGHT_COLS, y, pen, weight);
		pt_bar_draw(frame, (pt_rect){x + WEIGHT_COLS + 1, y, bar, 1}, fabs(probe->weight) / largest, pen);
	}
}

static void draw_mode(const pt_mode_view *mode, size_t i, pt_frame *frame, pt_rect rect)
{
	draw_head(mode, i, frame, (pt_rect){rect.x, rect.y, rect.w, 1});
	rect = pt_rect_inset(rect, 0, 1, 0, 0);
	if (mode->n_groups > 1 && rect.h >= ROWS_FOR_GROUPS - 1) {
		draw_groups(mode, frame, (pt_rect){rect.x, rect.y, rect.w, 1});
		rect = pt_rect_inset(rect, 0, 1, 0, 0);
	}
	/* a row of air before the next one, where it does not cost the probes much */
	if (rect.h > 4)
		rect = pt_rect_inset(rect, 0, 0, 0, 1);
	if (!pt_rect_is_empty(rect))
		draw_probes(mode, frame, rect);
}

static void draw(const pt_scene *scene, pt_frame *frame, pt_rect inner)
{
	const pt_spectrum_view *spectrum = pt_scene_first_spectrum(scene, NULL);
	const pt_modes_view *modes = first_modes(scene, NULL);
	if (!spectrum) {
		pt_spectrum_absence_draw(scene, frame, inner);
		return;
	}
	if (!modes) {
		bool asked = scene->snapshot->settings.wanted & PT_WANT_MODES;
		pt_absence_draw(frame, inner,
			asked ? "no mode yet: the losses of the newest window do not vary"
				  : "being computed: the next look at the run brings it");
		return;
	}
	pt_rect rect = inner.w > 30 ? pt_rect_inset(inner, 1, 0, 1, 0) : inner;
	pt_split split = pt_split_of(rect, modes->n_modes, SMALL_COLS, SMALL_ROWS);
	for (size_t i = 0; i < split.n; i++)
		draw_mode(&modes->modes[i], i, frame, pt_split_rect(&split, i));
}

const pt_pane_ops pt_pane_modes = {
	.id = PT_PANE_MODES,
	.about = {"Leading eigenvectors of the probe losses' covariance over the newest window: what moves "
			  "together. Each",
		"with its eigenvalue and share of the total variance, the weight of each group of names, and the "
		"probes",
		"that load most on it: those of one sign rise and fall together, those of the other against them. ( "
		")",
		"change the window, d takes a common trend out first, u looks at some probes only."},
	.min_cols = 18,
	.min_rows = 3,
	.title = title,
	.figure = figure,
	.draw = draw,
};
