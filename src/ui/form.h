/** The table of forms, and what is offered in their fields and told of them. */
#ifndef PHASETOP_UI_FORM_H
#define PHASETOP_UI_FORM_H

#include "phasetop/ui/view.h"

/** The fields of a form are those from `first` to before `end`. */
typedef struct pt_form_fields {
	pt_form_field first, end;
} pt_form_fields;

pt_form_fields pt_form_fields_of(pt_form_kind kind);

enum { PT_MAX_OFFERS = 32 };

/** Texts that Tab puts into a field; the first is "", the default. n = 0: nothing is offered there. */
typedef struct pt_offers {
	size_t n;
	char texts[PT_MAX_OFFERS][PT_GLOB_BYTES];
} pt_offers;

/**
 * What the runs shown have to offer.
 *
 * Modules: each last part of their names (`*.q_proj`), the lower and the upper half of the layers, each
 * adapter (`style:*`); left out where it would be all of them. Probes: the groups by name prefix.
 * O(modules · offers).
 */
void pt_form_offers(const pt_view *view, const pt_snapshot *snapshot, pt_form_field field, pt_offers *offers);

/**
 * What the text in a field would select: "21 of 196 modules", or what is wrong with it; "": nothing to tell.
 * @return false where it is not to be applied
 */
bool pt_form_note(
	const pt_view *view, const pt_snapshot *snapshot, pt_form_field field, char *out, size_t capacity);

#endif
