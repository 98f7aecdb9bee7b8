/**
 * Settings: everything that a person sets by name. One table makes the commands, the configuration, saved
 * views, the form of options, completion and the manual page; an option of the command line that is a setting
 * goes through here too.
 */
#ifndef PHASETOP_UI_SETTING_H
#define PHASETOP_UI_SETTING_H

#include <stdbool.h>
#include <stddef.h>

#include "phasetop/ui/view.h"

typedef struct pt_setting_row {
	const char *name;
	const char
		*option; /* long name of its option where it is another, which is understood as well; else "" */
	const char *values; /* what it takes, in a few words */
	bool live; /* can be changed while the program runs; else it is set at the start (app/options.h) */
	const char *help;
} pt_setting_row;

/** The table's row; lives for ever. */
const pt_setting_row *pt_setting_row_of(pt_setting setting);
/** By its name, or by that of its option; PT_N_SETTINGS: there is none. */
pt_setting pt_setting_named(const char *name);

/** Is it on or off, and nothing else? */
bool pt_setting_is_flag(pt_setting setting);
/** What such a setting is called: "on" and "off", or words of its own ("turn" and "step"). */
const char *pt_setting_flag_word(pt_setting setting, bool on);

enum { PT_EXPECTED_BYTES = 160, PT_SETTING_TEXT_BYTES = PT_MAX_METRICS * (PT_METRIC_BYTES + 2) };

/**
 * Set a live setting from its text. "default" and "" stand for the default of each.
 *
 * Nothing else of the view changes, its settings.wanted included; pt_view_change settles that too.
 *
 * @param      snapshot  may be NULL; else modules and probes have to select something in it
 * @param[out] expected  where it is false: what the text should have been ("a number from -1 to 1"), cut to
 * fit
 * @return false, and the view is as it was, where the text cannot stand
 */
bool pt_setting_set(pt_view *view, const pt_snapshot *snapshot, pt_setting setting, const char *text,
	char *expected, size_t capacity);

/** As pt_setting_set, for a view that is drawn. @param[out] flags PT_VIEW_… bits of what changed */
bool pt_view_change(pt_view *view, const pt_snapshot *snapshot, pt_setting setting, const char *text,
	unsigned *flags, char *expected, size_t capacity);

/** The text that pt_setting_set reads back to what is set now. PT_SETTING_TEXT_BYTES always suffice. */
void pt_setting_print(const pt_view *view, pt_setting setting, char *out, size_t capacity);

enum { PT_MAX_OFFERS = 192 };

/** Texts that Tab puts into a field or behind a command. */
typedef struct pt_offers {
	size_t n;
	char texts[PT_MAX_OFFERS][PT_GLOB_BYTES];
} pt_offers;

/**
 * What can be offered as a value: the choices of a setting that has few, and what the runs shown have.
 *
 * Modules: each last part of their names (`*.q_proj`), the lower and the upper half of the layers, each
 * adapter (`style:*`); left out where it would be all of them. Probes: the groups by name prefix.
 * O(modules · offers).
 */
void pt_setting_offers(
	const pt_view *view, const pt_snapshot *snapshot, pt_setting setting, pt_offers *offers);

/**
 * What a text would select, for modules and probes: "21 of 196 modules", or what is wrong with it; "":
 * nothing to tell.
 * @return false where it is not to be taken
 */
bool pt_setting_note(const pt_view *view, const pt_snapshot *snapshot, pt_setting setting, const char *text,
	char *out, size_t capacity);

#endif
