/* What can be offered for a setting, and what a text would select (contracts in setting.h). */
#include <stdio.h>
#include <string.h>

#include "phasetop/analysis/module_set.h"
#include "phasetop/base/text.h"
#include "phasetop/ui/preset.h"
#include "phasetop/ui/setting.h"

enum { MAX_KINDS = 16 }; /* of modules; a network whose layers all have their own names would fill the list */

#define FOR_RUNS_SHOWN(view, snapshot, r)                         \
	for (size_t r = 0; (snapshot) && r < (snapshot)->n_runs; r++) \
		if (pt_view_run_shown(view, r))

/* Once each; a name that itself reads as a pattern would select other things than it says. */
static void offer(pt_offers *offers, const char *before, const char *name, const char *behind)
{
	char text[PT_GLOB_BYTES];
	int length = snprintf(text, sizeof text, "%s%s%s", before, name, behind);
	if (strpbrk(name, "*?[:") || length >= (int)sizeof text || offers->n == PT_MAX_OFFERS)
		return;
	for (size_t i = 0; i < offers->n; i++)
		if (strcmp(offers->texts[i], text) == 0)
			return;
	memset(offers->texts[offers->n], 0, PT_GLOB_BYTES);
	memcpy(offers->texts[offers->n++], text, (size_t)length);
}

/* The last part of each module's name. A single one would be all of them. */
static void offer_kinds(const pt_view *view, const pt_snapshot *snapshot, pt_offers *offers)
{
	size_t before = offers->n;
	FOR_RUNS_SHOWN(view, snapshot, r)
	for (size_t m = 0; m < snapshot->runs[r].n_modules && offers->n < before + MAX_KINDS; m++) {
		const char *name = snapshot->runs[r].modules[m].name, *dot = strrchr(name, '.');
		offer(offers, dot ? "*." : "", dot ? dot + 1 : name, "");
	}
	if (offers->n == before + 1)
		offers->n = before;
}

static void offer_layers(const pt_view *view, const pt_snapshot *snapshot, pt_offers *offers)
{
	int64_t first = INT64_MAX, last = -1;
	char text[64];
	FOR_RUNS_SHOWN(view, snapshot, r)
	for (size_t m = 0; m < snapshot->runs[r].n_modules; m++) {
		int64_t layer = pt_module_layer(snapshot->runs[r].modules[m].name);
		first = layer >= 0 && layer < first ? layer : first;
		last = layer > last ? layer : last;
	}
	if (last <= first)
		return;
	int64_t middle = first + (last - first) / 2;
	snprintf(text, sizeof text, "%lld-%lld", (long long)first, (long long)middle);
	offer(offers, "layers=", text, "");
	snprintf(text, sizeof text, "%lld-%lld", (long long)middle + 1, (long long)last);
	offer(offers, "layers=", text, "");
}

static void offer_adapters(const pt_view *view, const pt_snapshot *snapshot, pt_offers *offers)
{
	size_t before = offers->n;
	FOR_RUNS_SHOWN(view, snapshot, r)
	for (size_t m = 0; m < snapshot->runs[r].n_modules; m++)
		if (snapshot->runs[r].modules[m].adapter[0])
			offer(offers, "", snapshot->runs[r].modules[m].adapter, ":*");
	if (offers->n == before + 1)
		offers->n = before;
}

static void offer_groups(const pt_view *view, const pt_snapshot *snapshot, pt_offers *offers)
{
	FOR_RUNS_SHOWN(view, snapshot, r)
	for (size_t g = 0; g < snapshot->runs[r].n_probe_groups; g++) {
		const char *glob = snapshot->runs[r].probe_groups[g].glob;
		size_t n = strlen(glob);
		char prefix[PT_GLOB_BYTES];
		if (n == 0 || n >= sizeof prefix || glob[n - 1] != '*')
			continue;
		memcpy(prefix, glob, n - 1);
		prefix[n - 1] = '\0';
		offer(offers, "", prefix, "*");
	}
}

/* Choices that are always there, divided by blanks. */
static void offer_words(const char *words, pt_offers *offers)
{
	for (const char *at = words; *at; at += strspn(at, " ")) {
		size_t n = strcspn(at, " ");
		char word[PT_GLOB_BYTES];
		snprintf(word, sizeof word, "%.*s", (int)n, at);
		offer(offers, "", word, "");
		at += n;
	}
}

static void offer_names(const char *const *names, size_t n, pt_offers *offers)
{
	for (size_t i = 0; i < n; i++)
		offer(offers, "", names[i], "");
}

static void offer_panes(const char *first, pt_offers *offers)
{
	offer(offers, "", first, "");
	for (int pane = 0; pane < PT_N_PANES; pane++)
		offer(offers, "", pt_pane_name((pt_pane_id)pane), "");
}

static void offer_sets(
	const pt_view *view, const pt_snapshot *snapshot, pt_setting setting, pt_offers *offers)
{
	offer(offers, "", "all", "");
	if (setting == PT_SETTING_PROBES) {
		offer_groups(view, snapshot, offers);
		return;
	}
	offer_kinds(view, snapshot, offers);
	offer_layers(view, snapshot, offers);
	offer_adapters(view, snapshot, offers);
}

void pt_setting_offers(
	const pt_view *view, const pt_snapshot *snapshot, pt_setting setting, pt_offers *offers)
{
	offers->n = 0;
	switch (setting) {
	case PT_SETTING_MODULES:
	case PT_SETTING_PROBES:
		offer_sets(view, snapshot, setting, offers);
		break;
	case PT_SETTING_PRESET:
		for (size_t i = 0; i < pt_preset_count(); i++)
			offer(offers, "", pt_preset_name(i), "");
		break;
	case PT_SETTING_ZOOMED:
	case PT_SETTING_LOG_Y:
	case PT_SETTING_Y_RANGES:
		offer_panes("none", offers);
		break;
	case PT_SETTING_THEME:
		offer_words("auto", offers);
		offer_names(
			view->known ? view->known->themes : NULL, view->known ? view->known->n_themes : 0, offers);
		break;
	case PT_SETTING_MATRIX:
		offer_words("auto A B both dW all W", offers);
		break;
	case PT_SETTING_PAIRING:
		offer_words("step step,half index", offers);
		break;
	case PT_SETTING_BASELINE:
		offer_words("auto", offers);
		for (size_t r = 0; snapshot && r < snapshot->n_runs; r++)
			offer(offers, "", snapshot->runs[r].name, "");
		break;
	case PT_SETTING_METRIC:
		offer_words("none", offers);
		FOR_RUNS_SHOWN(view, snapshot, r)
		for (size_t s = 0; s < snapshot->runs[r].loss.n_series; s++)
			offer(offers, "", snapshot->runs[r].loss.series[s].name, "");
		break;
	case PT_SETTING_X_AXIS:
		offer_words("step epoch relative wall", offers);
		break;
	case PT_SETTING_SMOOTHING:
		offer_words("none 5 10 20 50 100", offers);
		break;
	case PT_SETTING_FILTER:
	case PT_SETTING_X_RANGE:
		offer_words("none", offers);
		break;
	case PT_SETTING_K_OVERLAYS:
		offer_words("all 1 2 3", offers);
		break;
	case PT_SETTING_GRAPH:
		offer_words("auto braille block ascii", offers);
		break;
	default:
		if (pt_setting_is_flag(setting)) {
			offer_words(pt_setting_flag_word(setting, true), offers);
			offer_words(pt_setting_flag_word(setting, false), offers);
		}
	}
}

typedef struct tally {
	size_t n_runs, n, n_selected;
} tally;

static tally count_modules(const pt_view *view, const pt_snapshot *snapshot, const char *set)
{
	tally count = {0};
	FOR_RUNS_SHOWN(view, snapshot, r)
	{
		const pt_run_view *run = &snapshot->runs[r];
		count.n_runs += run->n_modules > 0;
		count.n += run->n_modules;
		for (size_t m = 0; m < run->n_modules; m++)
			count.n_selected += pt_module_set_selects(set, run->modules[m].adapter, run->modules[m].name);
	}
	return count;
}

/* As the analysis selects: a log without names has all of its probes, or none. */
static tally count_probes(const pt_view *view, const pt_snapshot *snapshot, const char *glob)
{
	tally count = {0};
	FOR_RUNS_SHOWN(view, snapshot, r)
	{
		const pt_run_view *run = &snapshot->runs[r];
		const pt_spectrum_view *spectrum = &run->spectra[PT_SPECTRUM_RAW];
		if (!spectrum->present)
			spectrum = &run->spectra[PT_SPECTRUM_GAUSSIAN];
		if (!spectrum->present || spectrum->n_probes <= 0)
			continue;
		count.n_runs++;
		count.n += (size_t)spectrum->n_probes;
		count.n_selected += glob[0] ? 0 : (size_t)spectrum->n_probes;
		for (size_t p = 0; glob[0] && p < spectrum->n_probe_names; p++)
			count.n_selected += pt_text_glob(glob, spectrum->probe_names[p]);
	}
	return count;
}

static bool is_run(const pt_snapshot *snapshot, const char *name)
{
	for (size_t r = 0; r < snapshot->n_runs; r++)
		if (strcmp(snapshot->runs[r].name, name) == 0)
			return true;
	return false;
}

bool pt_setting_note(const pt_view *view, const pt_snapshot *snapshot, pt_setting setting, const char *text,
	char *out, size_t capacity)
{
	bool is_modules = setting == PT_SETTING_MODULES;
	const char *set = strcmp(text, "all") == 0 ? "" : text;
	snprintf(out, capacity, "%s", "");
	if (setting == PT_SETTING_BASELINE && snapshot && text[0] && strcmp(text, "auto") != 0 &&
		!is_run(snapshot, text)) {
		snprintf(out, capacity, "no run of that name");
		return false;
	}
	if (!is_modules && setting != PT_SETTING_PROBES)
		return true;
	if (is_modules && !pt_module_set_valid(set)) {
		snprintf(out, capacity, "not valid: layers= takes numbers, as in layers=0-13");
		return false;
	}
	const char *what = is_modules ? "modules" : "probes";
	tally count = is_modules ? count_modules(view, snapshot, set) : count_probes(view, snapshot, set);
	if (count.n == 0) /* nothing read yet: it may come to select something */
		snprintf(out, capacity, "no %s so far", what);
	else if (count.n_selected == 0 && count.n_runs > 1)
		snprintf(out, capacity, "none of %zu %s in %zu runs", count.n, what, count.n_runs);
	else if (count.n_selected == 0)
		snprintf(out, capacity, "none of %zu %s", count.n, what);
	else if (count.n_runs > 1)
		snprintf(out, capacity, "%zu of %zu %s in %zu runs", count.n_selected, count.n, what, count.n_runs);
	else
		snprintf(out, capacity, "%zu of %zu %s", count.n_selected, count.n, what);
	return count.n == 0 || count.n_selected > 0;
}
