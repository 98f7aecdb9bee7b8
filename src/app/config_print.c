/* The configuration: writing it (contracts in config.h). */
#include <string.h>

#include "phasetop/app/config.h"
#include "phasetop/base/text.h"

static void print_default_setting(FILE *out, const pt_options *options, pt_setting setting)
{
	char value[PT_SETTING_TEXT_BYTES];
	const pt_setting_row *row = pt_setting_row_of(setting);
	pt_options_print_setting(options, setting, value, sizeof value);
	fprintf(out, "# %s (%s)%s%s\n#%s = %s\n\n", row->help, row->values, row->option[0] ? "; also " : "",
		row->option, row->name, value);
}

void pt_config_print_default(FILE *out)
{
	pt_settings settings = pt_settings_default();
	pt_layout layout = pt_layout_default();
	pt_options options = {.view = pt_view_first(&settings, &layout, PT_N_CHOICES)};
	fputs("# Configuration of phasetop: $XDG_CONFIG_HOME/phasetop/phasetop.conf, or "
		  "~/.config/phasetop/phasetop.conf.\n"
		  "# What stands here are the defaults: take the mark away where you want another value.\n"
		  "# Flags and PHASETOP_* variables go before it, saved views behind it.\n\n",
		out);
	for (int i = 0; i < PT_N_SETTINGS; i++)
		print_default_setting(out, &options, (pt_setting)i);
	fputs("# Keys of the actions, with blanks between; Ctrl-w:h is Ctrl-w, then h; none: no key.\n[keys]\n",
		out);
	for (int i = 0; i < PT_N_ACTIONS; i++) {
		const pt_action_row *row = pt_action_row_of((pt_action)i);
		fprintf(out, "#%s = %s # %s\n", row->name, row->keys, row->help);
	}
}

static void print_text(FILE *out, const char *text)
{
	char safe[PT_OPTION_PATH_BYTES];
	pt_text_sanitize(safe, sizeof safe, text, strlen(text));
	fputs(safe, out);
}

static void print_origin(FILE *out, const pt_options *options, pt_setting setting)
{
	static const char *const kinds[] = {"default", "view ", "config ", "environment", "flag"};
	const pt_origin *origin = &options->origins[setting];
	fprintf(out, " # %s", kinds[origin->kind]);
	if (origin->kind == PT_ORIGIN_VIEW || origin->kind == PT_ORIGIN_CONFIG) {
		print_text(out, origin->kind == PT_ORIGIN_VIEW ? options->view_path : options->config_path);
		fprintf(out, ":%d", origin->line);
	}
	fputc('\n', out);
}

void pt_config_print(const pt_options *options, FILE *out)
{
	for (int i = 0; i < PT_N_SETTINGS; i++) {
		char value[PT_SETTING_TEXT_BYTES], safe[PT_SETTING_TEXT_BYTES];
		pt_options_print_setting(options, (pt_setting)i, value, sizeof value);
		pt_text_sanitize(safe, sizeof safe, value, strlen(value));
		fprintf(out, "%-14s = %-24s", pt_setting_row_of((pt_setting)i)->name, safe);
		print_origin(out, options, (pt_setting)i);
	}
	bool any = false;
	for (int i = 0; i < PT_N_ACTIONS; i++) {
		if (options->key_lines[i] == 0)
			continue;
		fputs(any ? "" : "[keys]\n", out);
		any = true;
		fprintf(
			out, "%-14s = %-24s # config ", pt_action_row_of((pt_action)i)->name, options->keymap.keys[i]);
		print_text(out, options->config_path);
		fprintf(out, ":%d\n", options->key_lines[i]);
	}
}
