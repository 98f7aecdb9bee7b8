/** What the files of the command line share with each other and with the keys that open it. */
#ifndef PHASETOP_UI_COMMAND_PARTS_H
#define PHASETOP_UI_COMMAND_PARTS_H

#include "phasetop/ui/command.h"

/** A line in its parts. */
typedef struct pt_command_words {
	char name[64];     /* "" where the line is empty, or its first word is longer than any name */
	const char *value; /* the rest without blanks around; a part of the line up to value_bytes */
	size_t value_bytes;
	bool has_blank; /* the name has ended */
} pt_command_words;

pt_command_words pt_command_words_of(const char *line);

/** The i-th name, each once: verbs, then settings that are live, then actions; NULL: there are no more. */
const char *pt_command_name(size_t i);
/** The name that is meant: itself, or the only one that begins so; NULL: there is none, or several. */
const char *pt_command_resolve(const char *name);
/** Does the command do nothing without a value? */
bool pt_command_needs_value(const char *name);

/** Ask the program for something. @return PT_VIEW_… bits */
unsigned pt_view_ask(pt_view *view, pt_request_kind kind, const char *text);
/** Open the command line with the name of a file to export to; Tab goes on to the other kinds of files. */
unsigned pt_command_open_export(pt_view *view, const pt_snapshot *snapshot);

#endif
