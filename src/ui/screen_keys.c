/** The line of keys: as many as fit; behind help and quit first those that lead back from a closer look. */
#include <string.h>

#include "pane_draw.h"
#include "phasetop/ui/screen.h"
#include "screen_parts.h"

enum { MAX_HINTS = 32, N_STEADY = 2, GAP_COLS = 3 };

static bool any_hidden(const pt_scene *scene)
{
	for (size_t r = 0; scene->snapshot && r < scene->snapshot->n_runs; r++)
		if (!pt_view_run_shown(scene->view, r))
			return true;
	return false;
}

/* What a key undoes just now; its everyday hint then gives way to it. NULL: nothing. */
static const char *way_back(const pt_scene *scene, pt_action action)
{
	const pt_view *view = scene->view;
	switch (action) {
	case PT_ACTION_ZOOM:
		return view->layout.zoomed != PT_PANE_NONE ? "all panes" : NULL;
	case PT_ACTION_FIT:
		return pt_zoom_is_part(&view->zoom) ? "whole range" : NULL;
	case PT_ACTION_ALL_RUNS:
		return any_hidden(scene) ? "all runs" : NULL;
	default:
		return NULL;
	}
}

static size_t add_ways_back(const pt_scene *scene, bool unicode, pt_hint *hints)
{
	static const pt_action actions[] = {PT_ACTION_ZOOM, PT_ACTION_FIT, PT_ACTION_ALL_RUNS};
	size_t n = 0;
	for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
		hints[n].word = way_back(scene, actions[i]);
		if (!hints[n].word)
			continue;
		pt_action_show_first_key(scene->view->keymap, actions[i], unicode, hints[n].keys, sizeof hints[n].keys);
		n += hints[n].keys[0] != '\0';
	}
	return n;
}

/* The pane that lists what the count of problems counts, where it is out of sight. */
static size_t add_problems(const pt_scene *scene, pt_hint *hint)
{
	const pt_layout *layout = &scene->view->layout;
	if (pt_screen_problems(scene) == 0 || !layout->hidden[PT_PANE_PROBLEMS] || layout->zoomed != PT_PANE_NONE)
		return 0;
	hint->word = "problems";
	pt_pane_key_text(PT_PANE_PROBLEMS, hint->keys, sizeof hint->keys);
	return 1;
}

/* Is the hint worth its place now? */
static bool is_of_use(const pt_scene *scene, const char *word)
{
	if (strcmp(word, pt_action_row_of(PT_ACTION_ZOOM)->hint) == 0)
		return !way_back(scene, PT_ACTION_ZOOM);
	if (strcmp(word, pt_action_row_of(PT_ACTION_SIDE_BY_SIDE)->hint) == 0)
		return scene->n_shown > 1;
	return true;
}

void pt_screen_keys_draw(const pt_scene *scene, pt_frame *frame, pt_rect line)
{
	pt_hint everyday[MAX_HINTS], hints[MAX_HINTS + 4]; /* and those of the moment */
	bool unicode = frame->charset == PT_CHARSET_UTF8;
	size_t n_everyday =
		pt_action_hints(scene->view->keymap, pt_view_context(scene->view), unicode, everyday, MAX_HINTS);
	size_t n = 0;
	for (size_t i = 0; i < n_everyday; i++) {
		if (i == N_STEADY) {
			n += add_ways_back(scene, unicode, hints + n);
			n += add_problems(scene, hints + n);
		}
		if (is_of_use(scene, everyday[i].word))
			hints[n++] = everyday[i];
	}
	int x = line.x + (line.w >= 40 ? 1 : 0);
	for (size_t i = 0; i < n; i++) {
		int cols = pt_frame_text_width(hints[i].keys) + 1 + pt_frame_text_width(hints[i].word);
		if (x + cols > line.x + line.w)
			return;
		x += pt_frame_text(frame, line, x, line.y, pt_pen_of(PT_ROLE_KEY), hints[i].keys) + 1;
		x += pt_frame_text(frame, line, x, line.y, pt_pen_of(PT_ROLE_LABEL), hints[i].word) + GAP_COLS;
	}
}
