/* What can be said in the command line: verbs, settings and actions by name. */
#include <stdio.h>
#include <string.h>

#include "action_keys.h"
#include "command_parts.h"
#include "phasetop/base/text.h"

static const pt_verb_row rows[] = {
#define X(id, name, values, help) {name, values, help},
	PT_VERB_TABLE(X)
#undef X
};
_Static_assert(sizeof rows / sizeof rows[0] == PT_N_VERBS, "a row for each verb");

const pt_verb_row *pt_verb_row_of(pt_verb verb)
{
	return &rows[verb];
}

pt_verb pt_verb_named(const char *name)
{
	for (int i = 0; i < PT_N_VERBS; i++)
		if (strcmp(rows[i].name, name) == 0)
			return (pt_verb)i;
	return PT_N_VERBS;
}

pt_command_words pt_command_words_of(const char *line)
{
	pt_command_words words = {.value = ""};
	line += strspn(line, " :");
	size_t n = strcspn(line, " ");
	if (n < sizeof words.name)
		memcpy(words.name, line, n);
	words.has_blank = line[n] == ' ';
	words.value = line + n + strspn(line + n, " ");
	words.value_bytes = strlen(words.value);
	while (words.value_bytes > 0 && words.value[words.value_bytes - 1] == ' ')
		words.value_bytes--;
	return words;
}

static bool is_live_setting(const char *name)
{
	pt_setting setting = pt_setting_named(name);
	return setting != PT_N_SETTINGS && pt_setting_row_of(setting)->live;
}

/* An action whose name a verb or a setting has is theirs where a value follows: it is named once. */
static const char *nth_action(size_t i)
{
	for (int action = 0; action < PT_N_ACTIONS; action++) {
		const char *name = pt_action_row_of((pt_action)action)->name;
		if (pt_verb_named(name) == PT_N_VERBS && !is_live_setting(name) && i-- == 0)
			return name;
	}
	return NULL;
}

const char *pt_command_name(size_t i)
{
	if (i < PT_N_VERBS)
		return rows[i].name;
	i -= PT_N_VERBS;
	for (int setting = 0; setting < PT_N_SETTINGS; setting++)
		if (pt_setting_row_of((pt_setting)setting)->live && i-- == 0)
			return pt_setting_row_of((pt_setting)setting)->name;
	return nth_action(i);
}

const char *pt_command_resolve(const char *name)
{
	const char *found = NULL;
	size_t n = strlen(name), n_found = 0;
	pt_setting setting = pt_setting_named(name);
	if (setting != PT_N_SETTINGS)
		return pt_setting_row_of(setting)->name;
	const char *known;
	for (size_t i = 0; n > 0 && (known = pt_command_name(i)) != NULL; i++) {
		if (strcmp(known, name) == 0)
			return known;
		if (strncmp(known, name, n) == 0) {
			found = known;
			n_found++;
		}
	}
	return n_found == 1 ? found : NULL;
}

bool pt_command_needs_value(const char *name)
{
	pt_verb verb = pt_verb_named(name);
	if (pt_action_named(name) != PT_N_ACTIONS)
		return false;
	return verb == PT_N_VERBS ? is_live_setting(name) : rows[verb].values[0] != '[';
}

void pt_command_about(const char *line, char *out, size_t capacity)
{
	pt_command_words words = pt_command_words_of(line);
	const char *name = pt_command_resolve(words.name);
	pt_text text = pt_text_over(out, capacity);
	if (!name)
		return;
	pt_verb verb = pt_verb_named(name);
	pt_setting setting = pt_setting_named(name);
	pt_action action = pt_action_named(name);
	if (verb != PT_N_VERBS)
		pt_text_addf(&text, "%s %s: %s", name, rows[verb].values, rows[verb].help);
	else if (setting != PT_N_SETTINGS && (words.has_blank || action == PT_N_ACTIONS))
		pt_text_addf(
			&text, "%s %s: %s", name, pt_setting_row_of(setting)->values, pt_setting_row_of(setting)->help);
	else
		pt_text_addf(&text, "%s: %s", name, pt_action_row_of(action)->help);
}

static void print_row(FILE *out, const char *name, const char *option, const char *values, const char *help)
{
	fputs(".TP\n.B ", out);
	pt_print_roff(out, name);
	fputs(" \\fI", out);
	pt_print_roff(out, values);
	fputs("\\fP\n", out);
	pt_print_roff(out, help);
	if (option[0]) {
		fputs("; also ", out);
		pt_print_roff(out, option);
	}
	fputs("\n", out);
}

void pt_command_print_man(FILE *out)
{
	fputs(".SS \"Commands of their own\"\n", out);
	for (int i = 0; i < PT_N_VERBS; i++)
		print_row(out, rows[i].name, "", rows[i].values, rows[i].help);
	fputs(".SS Settings\n", out);
	for (int i = 0; i < PT_N_SETTINGS; i++) {
		const pt_setting_row *row = pt_setting_row_of((pt_setting)i);
		if (row->live)
			print_row(out, row->name, row->option, row->values, row->help);
	}
	fputs(".SS \"Settings of the start alone\"\n", out);
	for (int i = 0; i < PT_N_SETTINGS; i++) {
		const pt_setting_row *row = pt_setting_row_of((pt_setting)i);
		if (!row->live)
			print_row(out, row->name, row->option, row->values, row->help);
	}
}
