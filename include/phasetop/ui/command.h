/**
 * The command line: `:` and a name, in the last line of the screen. A name is a command of its own (the table
 * below), a setting with its value (setting_table.h), or an action (action.h), so that whatever a key does,
 * or an option sets, can be said in words. They go the same way as keys, forms and options.
 */
#ifndef PHASETOP_UI_COMMAND_H
#define PHASETOP_UI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "phasetop/ui/setting.h"
#include "phasetop/ui/view.h"

/* X(enumerator, name, what it takes, help) */
#define PT_VERB_TABLE(X)                                                                                \
	X(PT_VERB_EXPORT, "export", "FILE",                                                                 \
		"write the focused pane to FILE.svg, FILE.csv (its series) or FILE.txt")                        \
	X(PT_VERB_EXPORT_SCREEN, "export-screen", "FILE", "write the whole screen to FILE.svg or FILE.txt") \
	X(PT_VERB_SAVE_VIEW, "save-view", "[NAME]", "keep this view for these runs, or by name")            \
	X(PT_VERB_LOAD_VIEW, "load-view", "[NAME]", "back to the view that was saved")                      \
	X(PT_VERB_TOLERANCE, "tolerance", "STEPS or half",                                                  \
		"pairing: how far a checkpoint may be from t-k or t+k")                                         \
	X(PT_VERB_STEP, "step", "STEP", "put the step cursor at the checkpoint nearest to STEP")            \
	X(PT_VERB_RANGE, "range", "FROM TO", "show so much of the x axis, in its own unit; fit: all of it") \
	X(PT_VERB_FOCUS, "focus", "PANE", "focus a pane, shown where it is hidden")                         \
	X(PT_VERB_SHOW_PANE, "show", "PANE", "show a pane")                                                 \
	X(PT_VERB_HIDE_PANE, "hide-pane", "PANE", "hide a pane")                                            \
	X(PT_VERB_SPLIT_BELOW, "split-below", "PANE", "put a pane below the focused one, as large")         \
	X(PT_VERB_SPLIT_RIGHT, "split-right", "PANE", "put a pane beside the focused one, as large")        \
	X(PT_VERB_SWAP, "swap", "[PANE]", "let the focused pane and another change places")

typedef enum pt_verb {
#define X(id, name, values, help) id,
	PT_VERB_TABLE(X)
#undef X
		PT_N_VERBS
} pt_verb;

typedef struct pt_verb_row {
	const char *name, *values, *help;
} pt_verb_row;

const pt_verb_row *pt_verb_row_of(pt_verb verb);
/** PT_N_VERBS: there is none. */
pt_verb pt_verb_named(const char *name);

/** Open the command line with a beginning of a command in it ("" for none). @return PT_VIEW_… bits */
unsigned pt_command_open(pt_view *view, const char *text);

/** Put a line at the end of the history, where it stands once. */
void pt_command_remember(pt_command_line *line, const char *text);

/** A key while the command line is open. @return PT_VIEW_… bits */
unsigned pt_command_key(pt_view *view, pt_key key, const pt_snapshot *snapshot);

/**
 * Carry out one line, as if it had been typed.
 * @param[out] wrong  one line that says what is possible, where it is false
 * @param[out] flags  PT_VIEW_… bits
 */
bool pt_command_run(pt_view *view, const pt_snapshot *snapshot, const char *line, unsigned *flags,
	char wrong[PT_MESSAGE_BYTES]);

/**
 * What can stand where the last word of `line` does: names of commands, or values of the one that is named.
 * @param[out] from  byte of `line` at which that word begins
 */
void pt_command_offers(
	const pt_view *view, const pt_snapshot *snapshot, const char *line, pt_offers *offers, size_t *from);

/** What the command that `line` begins with does: "k K[,K...]: k of the local cosine, …"; "": it is none. */
void pt_command_about(const char *line, char *out, size_t capacity);

/** Verbs and settings as the COMMANDS section of the manual page, in man(7) macros. */
void pt_command_print_man(FILE *out);

#endif
