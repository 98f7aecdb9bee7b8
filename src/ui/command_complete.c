/* What Tab puts into the command line. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command_parts.h"
#include "phasetop/base/text.h"

static void offer(pt_offers *offers, const char *text)
{
	if (offers->n == PT_MAX_OFFERS || strlen(text) >= PT_GLOB_BYTES)
		return;
	memset(offers->texts[offers->n], 0, PT_GLOB_BYTES);
	memcpy(offers->texts[offers->n++], text, strlen(text));
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void offer_commands(const char *typed, pt_offers *offers)
{
	const char *name;
	for (size_t i = 0; (name = pt_command_name(i)) != NULL; i++)
		if (strncmp(name, typed, strlen(typed)) == 0)
			offer(offers, name);
	qsort(offers->texts, offers->n, sizeof offers->texts[0], by_name);
}

static void offer_known(const char *const *names, size_t n, pt_offers *offers)
{
	for (size_t i = 0; i < n; i++)
		offer(offers, names[i]);
}

/* A file's name out of a run's: what a shell need not quote. */
static void add_name(pt_text *text, const char *name)
{
	bool gap = true; /* so that it begins with no dash or dot */
	for (; *name; name++) {
		bool plain = isalnum((unsigned char)*name) != 0;
		if (plain || !gap)
			pt_text_add_bytes(text, plain ? name : "-", 1);
		gap = !plain;
	}
}

/* "medical-cosine", of several runs "runs-cosine". */
static void offer_files(const pt_view *view, const pt_snapshot *snapshot, bool screen, pt_offers *offers)
{
	static const char *const ends[] = {".svg", ".csv", ".txt"};
	char base[PT_GLOB_BYTES - 8];
	pt_text text = pt_text_over(base, sizeof base);
	if (snapshot && snapshot->n_runs == 1)
		add_name(&text, snapshot->runs[0].name);
	if (text.length == 0)
		pt_text_add(&text, "runs");
	if (base[text.length - 1] == '-')
		base[--text.length] = '\0';
	pt_text_addf(&text, "-%s", screen ? "screen" : pt_pane_name(view->layout.focus));
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		char file[PT_GLOB_BYTES];
		snprintf(file, sizeof file, "%s%s", base, ends[i]);
		if (!screen || i != 1)
			offer(offers, file);
	}
}

static void offer_panes(const pt_view *view, bool but_focused, pt_offers *offers)
{
	for (int pane = 0; pane < PT_N_PANES; pane++)
		if (!but_focused || pane != (int)view->layout.focus)
			offer(offers, pt_pane_name((pt_pane_id)pane));
}

static void offer_to_verb(const pt_view *view, const pt_snapshot *snapshot, pt_verb verb, pt_offers *offers)
{
	switch (verb) {
	case PT_VERB_EXPORT:
	case PT_VERB_EXPORT_SCREEN:
		offer_files(view, snapshot, verb == PT_VERB_EXPORT_SCREEN, offers);
		break;
	case PT_VERB_SAVE_VIEW:
	case PT_VERB_LOAD_VIEW:
		offer_known(view->known ? view->known->views : NULL, view->known ? view->known->n_views : 0, offers);
		break;
	case PT_VERB_TOLERANCE:
		offer(offers, "0");
		offer(offers, "half");
		break;
	case PT_VERB_STEP:
	case PT_VERB_RANGE:
		break;
	default:
		offer_panes(view, verb >= PT_VERB_SPLIT_BELOW, offers);
	}
}

/* Only those that begin with what was typed. */
static void keep(pt_offers *offers, const char *typed)
{
	size_t n = 0;
	for (size_t i = 0; i < offers->n; i++)
		if (strncmp(offers->texts[i], typed, strlen(typed)) == 0)
			memmove(offers->texts[n++], offers->texts[i], PT_GLOB_BYTES);
	offers->n = n;
}

void pt_command_offers(
	const pt_view *view, const pt_snapshot *snapshot, const char *line, pt_offers *offers, size_t *from)
{
	pt_command_words words = pt_command_words_of(line);
	offers->n = 0;
	if (!words.has_blank) {
		*from = strspn(line, " :");
		offer_commands(line + *from, offers);
		return;
	}
	*from = (size_t)(words.value - line);
	const char *name = pt_command_resolve(words.name);
	if (!name)
		return;
	pt_verb verb = pt_verb_named(name);
	pt_setting setting = pt_setting_named(name);
	if (verb != PT_N_VERBS)
		offer_to_verb(view, snapshot, verb, offers);
	else if (setting != PT_N_SETTINGS)
		pt_setting_offers(view, snapshot, setting, offers);
	else if (pt_action_named(name) == PT_ACTION_TOGGLE_PANE)
		offer_panes(view, false, offers);
	keep(offers, words.value);
}
