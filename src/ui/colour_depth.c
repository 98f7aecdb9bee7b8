#include "phasetop/ui/colour_depth.h"

#include <stddef.h>
#include <string.h>

static const char *const names[] = {"never", "16", "256", "true"};
_Static_assert(sizeof names / sizeof *names == PT_N_DEPTHS, "a name for each depth");

const char *pt_colour_depth_name(pt_colour_depth depth)
{
	return names[depth < PT_N_DEPTHS ? depth : PT_DEPTH_MONO];
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);
	return n >= m && strcmp(text + n - m, end) == 0;
}

/* What TERM's name and the terminfo entry promise. */
static pt_colour_depth depth_of_terminal(const char *term, int terminfo_colours)
{
	if (!term || !*term || strcmp(term, "dumb") == 0)
		return PT_DEPTH_MONO;
	if (ends_with(term, "-direct") || terminfo_colours > 256)
		return PT_DEPTH_TRUE;
	if (strstr(term, "256color") || terminfo_colours == 256)
		return PT_DEPTH_256;
	if (terminfo_colours >= 0)
		return terminfo_colours >= 8 ? PT_DEPTH_16 : PT_DEPTH_MONO;
	return strncmp(term, "vt", 2) == 0 || ends_with(term, "-mono") || ends_with(term, "-m") ? PT_DEPTH_MONO
																							: PT_DEPTH_16;
}

pt_colour_depth pt_colour_depth_choose(const pt_colour_environment *environment)
{
	const char *flag = environment->flag, *colorterm = environment->colorterm;
	for (int i = 0; flag && i < PT_N_DEPTHS; i++)
		if (strcmp(flag, names[i]) == 0)
			return (pt_colour_depth)i;
	if (environment->no_color && *environment->no_color)
		return PT_DEPTH_MONO;
	pt_colour_depth depth = depth_of_terminal(environment->term, environment->terminfo_colours);
	bool says_true = colorterm && (strcmp(colorterm, "truecolor") == 0 || strcmp(colorterm, "24bit") == 0);
	return depth != PT_DEPTH_MONO && says_true ? PT_DEPTH_TRUE : depth;
}
