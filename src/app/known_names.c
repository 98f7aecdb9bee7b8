#include "known_names.h"

#include <string.h>

#include "phasetop/app/saved_view.h"
#include "phasetop/base/alloc.h"

typedef struct list {
	char **names;
	size_t n, capacity;
} list;

static void add(const char *name, const char *path, void *context)
{
	list *themes = context;
	(void)path;
	if (!pt_array_reserve((void **)&themes->names, &themes->capacity, themes->n + 1, sizeof *themes->names))
		return;
	themes->names[themes->n] = pt_text_copy(name, strlen(name));
	themes->n += themes->names[themes->n] != NULL;
}

static bool is_option(const char *name)
{
	for (size_t i = 0; i < PT_N_OPTIONS; i++)
		if (strcmp(pt_option_rows()[i].name, name) == 0)
			return true;
	return false;
}

void pt_known_names_find(const pt_session *session, pt_known_names *names)
{
	list themes = {0};
	char **views = NULL;
	pt_theme_places places = pt_session_theme_places(session->options, session->program_dir);
	pt_status status = pt_theme_list(&places, add, &themes, NULL);
	(void)status; /* out of memory: what was found is offered */
	size_t n_views = pt_saved_view_names(&views);
	*names = (pt_known_names){.themes = (const char *const *)themes.names,
		.n_themes = themes.n,
		.views = (const char *const *)views,
		.n_views = n_views,
		.is_option = is_option};
}

static void free_list(const char *const *names, size_t n)
{
	char **own = (char **)(uintptr_t)names;
	for (size_t i = 0; i < n; i++)
		pt_free(own[i]);
	pt_free(own);
}

void pt_known_names_fini(pt_known_names *names)
{
	free_list(names->themes, names->n_themes);
	free_list(names->views, names->n_views);
	*names = (pt_known_names){0};
}
