/** SGR mouse reports ("ESC [ < button ; x ; y M"), character by character as they arrive. */
#ifndef PT_UI_MOUSE_REPORT_H
#define PT_UI_MOUSE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/ui/key.h"

enum { PT_MOUSE_REPORT_BYTES = 32 };

typedef struct pt_mouse_report {
	bool open; /* it began, and has not arrived whole yet */
	char bytes[PT_MOUSE_REPORT_BYTES];
	size_t n; /* of all that came, even of those that have no room */
} pt_mouse_report;

/** "ESC [ <" arrived. */
void pt_mouse_report_open(pt_mouse_report *report);

/** Does a character belong to a report that is open? One that does not breaks it off, and is a key. */
bool pt_mouse_report_takes(const pt_mouse_report *report, uint32_t character);

/**
 * Take one more character.
 * @param[out] mouse  the event, where this character ended one
 * @return true: an event. false: not yet, or not a report after all (it is then not open any more)
 */
bool pt_mouse_report_feed(pt_mouse_report *report, uint32_t character, pt_mouse *mouse);

#endif
