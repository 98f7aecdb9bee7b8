#include "phasetop/app/session.h"

#include "phasetop/report/report_options.h"
#include "phasetop/ui/preset.h"

static pt_matrix_choice choice_of(const pt_options *options)
{
	if (!options->matrices_given)
		return PT_N_CHOICES;
	static const struct {
		unsigned matrices;
		pt_matrix_choice choice;
	} choices[] = {
		{PT_MATRIX_BIT(PT_MATRIX_A), PT_CHOICE_A},
		{PT_MATRIX_BIT(PT_MATRIX_B), PT_CHOICE_B},
		{PT_MATRIX_BIT(PT_MATRIX_DW), PT_CHOICE_DW},
		{PT_MATRIX_BIT(PT_MATRIX_W), PT_CHOICE_W},
		{PT_MATRIX_BIT(PT_MATRIX_A) | PT_MATRIX_BIT(PT_MATRIX_B), PT_CHOICE_BOTH},
	};
	for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
		if (choices[i].matrices == options->matrices)
			return choices[i].choice;
	return PT_CHOICE_ALL;
}

static pt_glyph_choice glyphs_of(const pt_options *options)
{
	switch (options->graph) {
	case PT_GRAPH_BRAILLE:
		return PT_GLYPH_BRAILLE;
	case PT_GRAPH_BLOCK:
		return PT_GLYPH_BLOCK;
	case PT_GRAPH_ASCII:
		return PT_GLYPH_ASCII;
	case PT_GRAPH_AUTO:
		break;
	}
	return PT_GLYPH_AUTO;
}

pt_status pt_session_view(const pt_session *session, pt_view *view, pt_error *err)
{
	const pt_options *options = session->options;
	pt_layout layout = options->preset ? pt_preset_layout((size_t)pt_preset_named(options->preset))
									   : pt_layout_default();
	if (options->layout) {
		pt_status status = pt_layout_parse(options->layout, &layout, err);
		if (status != PT_OK)
			return status;
	}
	*view = pt_view_first(&options->settings, &layout, choice_of(options));
	view->glyphs_default = glyphs_of(options);
	view->unicode = session->unicode;
	view->no_mouse = !options->mouse;
	view->align_on_turn = options->align_on_turn;
	return PT_OK;
}

pt_settings pt_session_settings(const pt_view *view)
{
	static const unsigned matrices[] = {
		[PT_CHOICE_A] = PT_MATRIX_BIT(PT_MATRIX_A),
		[PT_CHOICE_B] = PT_MATRIX_BIT(PT_MATRIX_B),
		[PT_CHOICE_DW] = PT_MATRIX_BIT(PT_MATRIX_DW),
		[PT_CHOICE_W] = 0,
		[PT_CHOICE_BOTH] = PT_MATRIX_BIT(PT_MATRIX_A) | PT_MATRIX_BIT(PT_MATRIX_B),
		[PT_CHOICE_ALL] =
			PT_MATRIX_BIT(PT_MATRIX_A) | PT_MATRIX_BIT(PT_MATRIX_B) | PT_MATRIX_BIT(PT_MATRIX_DW),
	};
	_Static_assert(sizeof matrices / sizeof matrices[0] == PT_N_CHOICES, "a set for every choice");
	pt_settings settings = view->settings;
	settings.warm_start = true;
	/* W stands in where a run has no adapter */
	settings.matrices = matrices[view->matrix] | PT_MATRIX_BIT(PT_MATRIX_W);
	settings.compared = settings.matrices;
	return settings;
}

pt_pipeline_options pt_session_pipeline(const pt_session *session, bool watch)
{
	static const pt_watch_mode modes[] = {
		[PT_WATCHING_AUTO] = PT_WATCH_AUTO,
		[PT_WATCHING_INOTIFY] = PT_WATCH_INOTIFY,
		[PT_WATCHING_POLL] = PT_WATCH_POLL,
	};
	pt_clock clock = pt_clock_system();
	return (pt_pipeline_options){
		.paths = session->paths,
		.n_paths = session->n_paths,
		.settings = session->options->settings,
		.clock = clock,
		.watch = watch,
		.watching =
			{
				.mode = modes[session->options->watch],
				.sweep_ms = session->options->poll_interval_ms,
				.clock = clock,
				.calls = pt_watch_calls_system(),
			},
	};
}
