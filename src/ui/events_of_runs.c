#include "events_of_runs.h"

#include <stdio.h>

#include "pane_draw.h"

enum { MOST_WORDS = 96 };

/* One event at a time, to whoever goes through them; false ends it. */
typedef bool (*event_visitor)(void *context, const pt_run_view *run, int64_t step, const char *words);

/* The dip of the largest k; the others' are the same seen on a smaller scale. */
static const pt_cosine_view *largest_k(const pt_matrix_view *matrix)
{
	for (size_t i = matrix->n_cosines; i-- > 0;)
		if (matrix->cosines[i].present)
			return &matrix->cosines[i];
	return NULL;
}

static bool visit_run(const pt_scene *scene, const pt_run_view *run, event_visitor visit, void *context)
{
	char words[MOST_WORDS];
	const pt_matrix_view *matrix = pt_scene_matrix(scene, run, scene->main_matrix);
	const char *label = pt_matrix_label(pt_scene_matrix_of(scene, run, scene->main_matrix));
	bool more = true;
	for (size_t i = 0; i < matrix->n_change_points && more; i++) {
		const pt_change_point_view *point = &matrix->change_points[i];
		snprintf(
			words, sizeof words, "change point of %s, known at %lld", label, (long long)point->known_at_step);
		more = visit(context, run, point->step, words);
	}
	const pt_cosine_view *cosine = largest_k(matrix);
	if (more && cosine && cosine->dip_step != PT_NO_STEP) {
		snprintf(words, sizeof words, "most prominent dip, cos %.3f", cosine->dip_value);
		more = visit(context, run, cosine->dip_step, words);
	}
	if (more && matrix->pca.present && matrix->pca.turning_step != PT_NO_STEP) {
		snprintf(words, sizeof words, "the path of %s bends, by %.0f°", label, matrix->pca.turning_angle_deg);
		more = visit(context, run, matrix->pca.turning_step, words);
	}
	for (size_t i = 1; i < run->n_segments && more; i++)
		more = visit(context, run, run->segments[i].first_step, "training was resumed");
	return more;
}

static void visit_all(const pt_scene *scene, event_visitor visit, void *context)
{
	bool more = true;
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		more = more && visit_run(scene, &scene->snapshot->runs[r], visit, context);
	}
}

typedef struct search {
	int64_t from, best;
	int direction;
} search;

static bool keep_nearest(void *context, const pt_run_view *run, int64_t step, const char *words)
{
	(void)run;
	(void)words;
	search *found = context;
	bool is_beyond = found->direction > 0 ? step > found->from : step < found->from;
	bool is_nearer =
		found->best == PT_NO_STEP || (found->direction > 0 ? step < found->best : step > found->best);
	if (is_beyond && is_nearer)
		found->best = step;
	return true;
}

bool pt_event_next(const pt_scene *scene, int64_t step, int direction, int64_t *next)
{
	search found = {.from = step, .best = PT_NO_STEP, .direction = direction};
	visit_all(scene, keep_nearest, &found);
	if (found.best != PT_NO_STEP)
		*next = found.best;
	return found.best != PT_NO_STEP;
}

typedef struct telling {
	const pt_scene *scene;
	int64_t step;
	pt_text text;
} telling;

static bool tell(void *context, const pt_run_view *run, int64_t step, const char *words)
{
	telling *told = context;
	char name[64] = "";
	if (step != told->step)
		return true;
	if (told->scene->n_shown > 1)
		pt_name_text(run->name, 16, name, sizeof name);
	pt_text_addf(&told->text, "%s%s%s%s", told->text.length ? " · " : "", name, name[0] ? ": " : "", words);
	return true;
}

void pt_event_text(const pt_scene *scene, int64_t step, char *out, size_t capacity)
{
	telling told = {.scene = scene, .step = step, .text = pt_text_over(out, capacity)};
	visit_all(scene, tell, &told);
}
