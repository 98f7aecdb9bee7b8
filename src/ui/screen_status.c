/** The status line, and the state in words. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "pane_draw.h"
#include "events_of_runs.h"
#include "phasetop/ui/preset.h"
#include "phasetop/ui/screen.h"
#include "run_columns.h"
#include "screen_parts.h"

enum { MAX_SEGMENTS = 16, SEGMENT_BYTES = 120, MOST_WEIGHT = 20 };

/* One piece of the status line. Where not all fit, those of small weight go, after all took their short form.
 */
typedef struct segment {
	char text[SEGMENT_BYTES], brief[SEGMENT_BYTES];
	pt_role role;
	int weight;
	int gap; /* cells in front of it */
	bool right;
	bool left_out;
} segment;

typedef struct segment_list {
	segment items[MAX_SEGMENTS];
	size_t n;
} segment_list;

static void add_segment(
	segment_list *list, pt_role role, int weight, bool right, const char *text, const char *brief)
{
	if (list->n == MAX_SEGMENTS || !text[0])
		return;
	segment *item = &list->items[list->n++];
	*item = (segment){.role = role, .weight = weight, .right = right, .gap = 3};
	snprintf(item->text, SEGMENT_BYTES, "%s", text);
	snprintf(item->brief, SEGMENT_BYTES, "%s", brief ? brief : text);
}

typedef struct state_words {
	const char *glyph, *word;
	pt_role role;
} state_words;

static state_words words_of(pt_run_state state)
{
	static const state_words words[] = {
		{"●", "live", PT_ROLE_BAR_OK},
		{"◌", "stale", PT_ROLE_BAR_WARN},
		{"○", "finished", PT_ROLE_BAR_LABEL},
		{"○", "waiting", PT_ROLE_BAR_LABEL},
		{"✕", "unreadable", PT_ROLE_BAR_ALERT},
	};
	_Static_assert(sizeof words / sizeof words[0] == PT_N_RUN_STATES, "words for every state");
	return words[(unsigned)state < PT_N_RUN_STATES ? state : PT_RUN_EMPTY];
}

static const pt_run_view *sole_run(const pt_scene *scene)
{
	if (scene->n_shown == 1)
		return pt_scene_first_run(scene);
	return scene->snapshot && scene->snapshot->n_runs == 1 ? &scene->snapshot->runs[0] : NULL;
}

/* The state that matters most for several runs: a live one, else a stale one, … */
static pt_run_state joint_state(const pt_scene *scene)
{
	if (!scene->snapshot || scene->snapshot->n_runs == 0)
		return PT_RUN_EMPTY;
	const pt_run_view *sole = sole_run(scene);
	if (sole)
		return sole->state;
	pt_run_state joint = PT_RUN_UNREADABLE;
	for (size_t r = 0; r < scene->snapshot->n_runs; r++)
		if (scene->snapshot->runs[r].state < joint)
			joint = scene->snapshot->runs[r].state;
	return joint;
}

/* "2 live, 1 finished"; one word where all are alike. */
static void several_states(const pt_scene *scene, pt_text *text)
{
	size_t counts[PT_N_RUN_STATES] = {0}, n_kinds = 0;
	for (size_t r = 0; r < scene->snapshot->n_runs; r++)
		counts[scene->snapshot->runs[r].state]++;
	for (int s = 0; s < PT_N_RUN_STATES; s++)
		n_kinds += counts[s] > 0;
	bool any = false;
	for (int s = 0; s < PT_N_RUN_STATES; s++) {
		if (!counts[s])
			continue;
		if (n_kinds > 1)
			pt_text_addf(text, "%s%zu ", any ? ", " : "", counts[s]);
		pt_text_add(text, words_of((pt_run_state)s).word);
		any = true;
	}
}

static size_t count_unread(const pt_scene *scene)
{
	size_t n = 0;
	for (size_t r = 0; scene->snapshot && r < scene->snapshot->n_runs; r++)
		n += scene->snapshot->runs[r].n_unread;
	return n;
}

/* The state without its glyph. `brief` leaves the age out. While a long run is read, nothing else is told of
 * it. */
static void state_text(const pt_scene *scene, bool brief, char *out, size_t capacity)
{
	pt_text text = pt_text_over(out, capacity);
	const pt_run_view *run = sole_run(scene);
	size_t n_unread = count_unread(scene);
	if (n_unread) {
		pt_text_addf(&text, brief ? "reading, %zu left" : "reading, %zu checkpoints left", n_unread);
		return;
	}
	if (!run && scene->snapshot && scene->snapshot->n_runs > 1) {
		several_states(scene, &text);
		return;
	}
	pt_text_add(&text, scene->snapshot ? words_of(joint_state(scene)).word : "reading");
	if (!run)
		return;
	if (run->removed)
		pt_text_add(&text, brief ? ", gone" : ", directory gone, data kept");
	if (run->state == PT_RUN_STALE && run->last_write_wall_ms != PT_NO_TIME && !brief) {
		char age[32];
		pt_age_text(scene->snapshot->taken_wall_ms - run->last_write_wall_ms, age, sizeof age);
		pt_text_addf(&text, ", newest data %s old", age);
	}
}

void pt_screen_state(const pt_scene *scene, char *out, size_t capacity)
{
	char words[SEGMENT_BYTES];
	state_text(scene, false, words, sizeof words);
	snprintf(out, capacity, "%s %s", words_of(joint_state(scene)).glyph, words);
}

/* The program's name; beside it, or in its place, that of the preset that is not the first. */
static void add_brand(const pt_scene *scene, segment_list *list)
{
	char text[SEGMENT_BYTES] = "phasetop", brief[SEGMENT_BYTES];
	ptrdiff_t preset = pt_preset_of(&scene->view->layout);
	pt_text all = {.bytes = text, .capacity = sizeof text, .length = strlen(text)};
	if (preset > 0)
		pt_text_addf(&all, " · %s", pt_preset_name((size_t)preset));
	snprintf(brief, sizeof brief, "%s", preset > 0 ? pt_preset_name((size_t)preset) : text);
	add_segment(list, PT_ROLE_BAR_BRAND, 5, false, text, brief);
	list->items[0].gap = 1;
}

static void add_names(const pt_scene *scene, segment_list *list)
{
	add_brand(scene, list);
	char name[SEGMENT_BYTES] = "", brief[SEGMENT_BYTES];
	const pt_run_view *run = sole_run(scene);
	if (!scene->snapshot || scene->snapshot->n_runs == 0)
		return;
	if (run && scene->snapshot->n_runs == 1)
		pt_name_text(run->name, 32, name, sizeof name);
	else if (scene->n_shown < scene->snapshot->n_runs)
		snprintf(name, sizeof name, "%zu of %zu runs", scene->n_shown, scene->snapshot->n_runs);
	else
		snprintf(name, sizeof name, "%zu runs", scene->snapshot->n_runs);
	pt_name_text(name, 16, brief, sizeof brief);
	add_segment(list, PT_ROLE_BAR_TITLE, 10, false, name, brief);
	list->items[list->n - 1].gap = 2;
}

/* "polling", where no news comes by itself. Nothing of a finished run is waited for. */
static void add_watching(const pt_scene *scene, segment_list *list)
{
	size_t n_polling = 0, n_gone = 0, n = scene->snapshot ? scene->snapshot->n_runs : 0;
	char text[SEGMENT_BYTES];
	for (size_t r = 0; r < n; r++) {
		const pt_run_view *run = &scene->snapshot->runs[r];
		n_polling += run->polling && run->state != PT_RUN_FINISHED;
		n_gone += run->removed;
	}
	if (n_polling)
		add_segment(list, PT_ROLE_BAR_WARN, 1, false, "polling", NULL);
	if (n_gone && !sole_run(scene)) { /* of one run its state says so */
		snprintf(text, sizeof text, "%zu director%s gone, data kept", n_gone, n_gone == 1 ? "y" : "ies");
		char brief[SEGMENT_BYTES];
		snprintf(brief, sizeof brief, "%zu gone", n_gone);
		add_segment(list, PT_ROLE_BAR_WARN, 4, false, text, brief);
	}
}

static void add_state(const pt_scene *scene, segment_list *list)
{
	char text[SEGMENT_BYTES], brief[SEGMENT_BYTES];
	state_words words = words_of(joint_state(scene));
	add_segment(list, words.role, 12, false, words.glyph, NULL);
	state_text(scene, false, text, sizeof text);
	state_text(scene, true, brief, sizeof brief);
	add_segment(list, words.role, 9, false, text, brief);
	list->items[list->n - 1].gap = 1;
	add_watching(scene, list);
}

static void add_progress(const pt_scene *scene, segment_list *list)
{
	char text[SEGMENT_BYTES], brief[SEGMENT_BYTES];
	const pt_run_view *run = sole_run(scene);
	if (!run) {
		int64_t first = INT64_MAX, last = INT64_MIN;
		PT_FOR_SHOWN_RUNS(scene, r)
		{
			const pt_run_view *one = &scene->snapshot->runs[r];
			if (one->n_steps == 0)
				continue;
			first = one->steps[0] < first ? one->steps[0] : first;
			last = one->steps[one->n_steps - 1] > last ? one->steps[one->n_steps - 1] : last;
		}
		if (first <= last) {
			snprintf(text, sizeof text, "steps %lld–%lld", (long long)first, (long long)last);
			snprintf(brief, sizeof brief, "to %lld", (long long)last);
			add_segment(list, PT_ROLE_BAR, 8, false, text, brief);
		}
		return;
	}
	if (run->n_steps == 0)
		return;
	int64_t last = run->steps[run->n_steps - 1];
	bool is_open = run->max_steps != PT_NO_STEP && run->max_steps > last;
	snprintf(brief, sizeof brief, "step %lld", (long long)last);
	if (is_open)
		snprintf(text, sizeof text, "step %lld of %lld", (long long)last, (long long)run->max_steps);
	add_segment(list, PT_ROLE_BAR, 8, false, is_open ? text : brief, brief);
	if (run->spacing != PT_NO_STEP)
		snprintf(text, sizeof text, "%zu checkpoints, every %lld", run->n_steps, (long long)run->spacing);
	else
		snprintf(text, sizeof text, "%zu checkpoint%s", run->n_steps, run->n_steps == 1 ? "" : "s");
	add_segment(list, PT_ROLE_BAR, 3, false, text, NULL);
	if (run->n_deleted == 0 || run->removed)
		return;
	snprintf(text, sizeof text, "%zu deleted on disk", run->n_deleted);
	snprintf(brief, sizeof brief, "%zu deleted", run->n_deleted);
	add_segment(list, PT_ROLE_BAR_LABEL, 2, false, text, brief);
}

/* "next ≈ 13:42": a time of day, so that nothing on the screen has to move by itself. */
static void add_next(const pt_scene *scene, segment_list *list)
{
	const pt_run_view *run = sole_run(scene);
	if (!run || run->n_unread || run->state != PT_RUN_LIVE || run->next_checkpoint_wall_ms == PT_NO_TIME)
		return;
	time_t seconds = (time_t)(run->next_checkpoint_wall_ms / 1000);
	struct tm local;
	char text[SEGMENT_BYTES];
	if (!localtime_r(&seconds, &local))
		return;
	snprintf(text, sizeof text, "next ≈ %02d:%02d", local.tm_hour, local.tm_min);
	add_segment(list, PT_ROLE_BAR_LABEL, 4, false, text, NULL);
}

/* The set of modules that is summed, where it is not all, and how far the summing is. */
static void add_modules(const pt_scene *scene, segment_list *list)
{
	char text[SEGMENT_BYTES], set[SEGMENT_BYTES];
	double progress = 1;
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		double own = scene->snapshot->runs[r].kept.set_progress;
		progress = own > 0 && own < progress ? own : progress; /* 0: there is nothing to wait for */
	}
	if (progress < 1) {
		snprintf(text, sizeof text, "summing %d %%", (int)(100 * progress));
		add_segment(list, PT_ROLE_BAR_WARN, 6, true, text, NULL);
	}
	if (!scene->snapshot->settings.modules[0])
		return;
	pt_name_text(scene->snapshot->settings.modules, 24, set, sizeof set);
	snprintf(text, sizeof text, "modules %.80s", set);
	add_segment(list, PT_ROLE_BAR_SETTING, 5, true, text, set);
}

/* How runs stand beside each other: aligned, or as differences. */
static void add_beside(const pt_scene *scene, segment_list *list)
{
	char text[SEGMENT_BYTES], name[SEGMENT_BYTES];
	const pt_snapshot *snapshot = scene->snapshot;
	size_t n_without = 0, n_unsure = 0;
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		bool has_any = pt_view_turn(scene->view, snapshot, &snapshot->runs[r]) != PT_NO_STEP;
		n_without += !has_any;
		n_unsure += has_any && pt_scene_verdict(scene, &snapshot->runs[r])->step == PT_NO_STEP;
	}
	if (scene->view->align_on_turn && n_without == scene->n_shown)
		add_segment(list, PT_ROLE_BAR_WARN, 6, true, "no turn to align on", "no turn");
	else if (scene->view->align_on_turn) {
		pt_text words = pt_text_over(text, sizeof text);
		pt_text_add(&words, "aligned on turn");
		if (n_unsure > 0) /* a change point that the verdict does not take for a turn */
			pt_text_addf(&words, ", %zu not sure", n_unsure);
		if (n_without > 0)
			pt_text_addf(&words, ", %zu without", n_without);
		add_segment(list, PT_ROLE_BAR_SETTING, 6, true, text, "from turn");
	}
	if (!scene->view->differences)
		return;
	if (snapshot->n_runs < 2) {
		add_segment(list, PT_ROLE_BAR_WARN, 5, true, "one run: no differences", NULL);
		return;
	}
	pt_name_text(snapshot->runs[snapshot->baseline].name, 16, name, sizeof name);
	snprintf(text, sizeof text, "differences to %.80s", name);
	add_segment(list, PT_ROLE_BAR_SETTING, 5, true, text, "differences");
}

static void add_settings(const pt_scene *scene, segment_list *list)
{
	char matrices[32], text[SEGMENT_BYTES], brief[SEGMENT_BYTES];
	if (!scene->snapshot || scene->snapshot->n_runs == 0)
		return;
	add_modules(scene, list);
	add_beside(scene, list);
	pt_scene_matrix_text(scene, matrices, sizeof matrices);
	snprintf(text, sizeof text, "matrix %s", matrices);
	snprintf(brief, sizeof brief, "%s", scene->n_matrices > 1 ? matrices : text);
	add_segment(list, PT_ROLE_BAR_SETTING, 7, true, text, brief);
	pt_scene_k_text(scene, text, sizeof text);
	add_segment(list, PT_ROLE_BAR_SETTING, 6, true, text, NULL);
	long long window = (long long)scene->snapshot->settings.probe_window;
	snprintf(text, sizeof text, "window %lld", window);
	snprintf(brief, sizeof brief, "W %lld", window);
	add_segment(list, PT_ROLE_BAR_SETTING, 2, true, text, brief);
}

/* What happened at a step cursor that was placed by hand; else where the cursor stands on an axis of other things. */
static void add_cursor(const pt_scene *scene, segment_list *list)
{
	char text[SEGMENT_BYTES], brief[SEGMENT_BYTES], event[SEGMENT_BYTES], place[32];
	const char *unit = scene->axis == PT_X_EPOCH ? "epoch " : "";
	long long step = (long long)scene->cursor;
	if (!scene->snapshot || scene->cursor == PT_NO_STEP)
		return;
	bool is_placed = scene->view->cursor_step != PT_NO_STEP;
	pt_event_text(scene, scene->cursor, event, sizeof event);
	pt_scene_place_text(scene, pt_scene_cursor_x(scene), 1, place, sizeof place);
	if (is_placed && event[0]) {
		pt_text words = pt_text_over(text, sizeof text), few = pt_text_over(brief, sizeof brief);
		pt_text_addf(&words, "%lld: %s", step, event);
		pt_text_addf(&few, "%lld: ", step);
		pt_text_add_bytes(&few, event, strcspn(event, ",·")); /* the first, without its numbers */
		add_segment(list, PT_ROLE_BAR_TITLE, 11, false, text, brief);
	} else if (scene->axis != PT_X_STEP) {
		snprintf(text, sizeof text, "%lld: %s%s", step, unit, place);
		add_segment(list, PT_ROLE_BAR_SETTING, 5, false, text, NULL);
	}
}

/* Which part of the x axis is looked at, and of which axis, where that is not all of the steps. */
static void add_range(const pt_scene *scene, segment_list *list)
{
	char text[SEGMENT_BYTES], lo[32], hi[32];
	pt_scene_axis_lack(scene, text, sizeof text);
	add_segment(list, PT_ROLE_BAR_WARN, 7, false, text, strncmp(text, "not log", 7) == 0 ? "not log" : NULL);
	if (scene->has_steps && pt_scene_is_zoomed(scene)) {
		double step = (scene->steps.hi - scene->steps.lo) / 100;
		pt_scene_place_text(scene, scene->steps.lo, step, lo, sizeof lo);
		pt_scene_place_text(scene, scene->steps.hi, step, hi, sizeof hi);
		snprintf(text, sizeof text, "%s%s–%s", scene->axis == PT_X_EPOCH ? "epoch " : "", lo, hi);
		add_segment(list, PT_ROLE_BAR_SETTING, 5, true, text, NULL);
	}
	if (scene->view->zoom.follows)
		add_segment(list, PT_ROLE_BAR_SETTING, 4, true, "follows", NULL);
}

static void add_banner(const pt_scene *scene, segment_list *list)
{
	char text[SEGMENT_BYTES], key[32];
	pt_action_show_first_key(scene->view->keymap, PT_ACTION_FREEZE, true, key, sizeof key);
	snprintf(text, sizeof text,
		scene->view->newer_waits ? " frozen · newer data wait · %s goes on " : " frozen · %s goes on ", key);
	add_segment(list, PT_ROLE_HEADLINE_WARN, 11, true, text,
		scene->view->newer_waits ? " frozen · newer data " : " frozen ");
}

static int width_of(const segment_list *list, bool brief)
{
	int width = 0;
	bool is_first = true;
	for (size_t i = 0; i < list->n; i++) {
		if (list->items[i].left_out)
			continue;
		width += pt_frame_text_width(brief ? list->items[i].brief : list->items[i].text);
		width += is_first ? 0 : list->items[i].gap;
		is_first = false;
	}
	return width;
}

/* Leave segments out, the lightest first, until the short forms fit. */
static void drop_segments(segment_list *list, int cols)
{
	while (width_of(list, true) > cols) {
		size_t lightest = list->n, n_left = 0;
		for (size_t i = 0; i < list->n; i++) {
			if (list->items[i].left_out)
				continue;
			n_left++;
			if (lightest == list->n || list->items[i].weight < list->items[lightest].weight)
				lightest = i;
		}
		if (n_left < 2)
			return;
		list->items[lightest].left_out = true;
	}
	/* a long one that went after short ones leaves room for these, the heaviest first */
	for (int weight = MOST_WEIGHT; weight >= 0; weight--)
		for (size_t i = 0; i < list->n; i++) {
			if (!list->items[i].left_out || list->items[i].weight != weight)
				continue;
			list->items[i].left_out = false;
			list->items[i].left_out = width_of(list, true) > cols;
		}
}

static void draw_segments(const segment_list *list, bool brief, pt_frame *frame, pt_rect line, int margin)
{
	int x = line.x + margin, right = 0;
	bool is_first = true;
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].right && !list->items[i].left_out)
			right +=
				pt_frame_text_width(brief ? list->items[i].brief : list->items[i].text) + list->items[i].gap;
	int right_x = line.x + line.w - margin - right;
	for (size_t i = 0; i < list->n; i++) {
		const segment *item = &list->items[i];
		if (item->left_out)
			continue;
		const char *text = brief ? item->brief : item->text;
		int *at = item->right ? &right_x : &x;
		if (item->right && right_x < x)
			right_x = x;
		*at += is_first ? 0 : item->gap;
		*at += pt_frame_text(frame, line, *at, line.y, pt_pen_of(item->role), text);
		is_first = false;
	}
}

void pt_screen_status_draw(const pt_scene *scene, const pt_scene *plots, pt_frame *frame, pt_rect line)
{
	segment_list list = {.n = 0};
	add_names(scene, &list);
	add_state(scene, &list);
	add_progress(scene, &list);
	add_next(scene, &list);
	add_cursor(scene, &list);
	add_range(plots, &list);
	if (scene->view->frozen)
		add_banner(scene, &list);
	else
		add_settings(scene, &list);
	int margin = line.w >= 40 ? 1 : 0;
	bool brief = width_of(&list, false) > line.w - 2 * margin;
	if (brief)
		drop_segments(&list, line.w - 2 * margin);
	pt_frame_fill(frame, line, pt_pen_of(PT_ROLE_BAR), U' ');
	draw_segments(&list, brief, frame, line, margin);
}
