#include "phasetop/app/options.h"

#include <string.h>

#include "phasetop/report/report_json.h"

enum { HELP_COLUMN = 30 };

static void print_row(FILE *out, const pt_option_row *row)
{
	char left[64];
	const char *argument = row->argument ? row->argument : "";
	snprintf(left, sizeof left, "%s%c%s--%s%s%s", row->letter ? "  -" : "   ",
		row->letter ? row->letter : ' ', row->letter ? ", " : "  ", row->name, row->argument ? " " : "",
		argument);
	/* A long left side gets a line of its own, so that the texts stay in one column. */
	if (strlen(left) >= HELP_COLUMN)
		fprintf(out, "%s\n%*s%s\n", left, HELP_COLUMN, "", row->help);
	else
		fprintf(out, "%-*s%s\n", HELP_COLUMN, left, row->help);
}

void pt_options_print_help(FILE *out)
{
	fputs("usage: phasetop [OPTIONS] [NAME=]RUN_DIR|hf:ORG/NAME[@REVISION]...\n"
		  "\n"
		  "Watches fine-tuning runs: norms, trajectory, turns of direction, and probe losses.\n"
		  "Without RUN_DIR: the newest run under the current directory. Press ? for the keys.\n"
		  "hf:ORG/NAME is what `hf download` has put into the local cache.\n"
		  "\n",
		out);
	const pt_option_row *rows = pt_option_rows();
	for (size_t i = 0; i < PT_N_OPTIONS; i++)
		print_row(out, &rows[i]);
	fputs("\n"
		  "Where standard output is no terminal, the report is text. An option marked in the manual page\n"
		  "can be set by a variable too: PHASETOP_THEME=light. NO_COLOR switches colours off.\n"
		  "\n"
		  "exit codes: 0 fine, 2 usage, 3 no run found, 4 all inputs unreadable\n",
		out);
}

void pt_options_print_version(FILE *out)
{
	fputs("phasetop " PT_VERSION "\n", out);
}
