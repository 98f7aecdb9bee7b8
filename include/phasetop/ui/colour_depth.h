/** How many colours the output can show: a pure function of the environment and the flags. */
#ifndef PHASETOP_UI_COLOUR_DEPTH_H
#define PHASETOP_UI_COLOUR_DEPTH_H

#include <stdbool.h>

typedef enum pt_colour_depth {
	PT_DEPTH_MONO, /* attributes only */
	PT_DEPTH_16,
	PT_DEPTH_256,
	PT_DEPTH_TRUE,
	PT_N_DEPTHS
} pt_colour_depth;

/** "never", "16", "256", "true": what --color takes. */
const char *pt_colour_depth_name(pt_colour_depth depth);

typedef struct pt_colour_environment {
	const char *flag;      /* of --color: NULL or "auto", "never", "16", "256", "true" */
	const char *no_color;  /* NO_COLOR: any non-empty value means no colour (no-color.org) */
	const char *colorterm; /* COLORTERM: "truecolor" or "24bit" */
	const char *term;      /* TERM; NULL, "" and "dumb": no colour */
	int terminfo_colours;  /* max_colors of the terminal's entry; < 0: not known */
} pt_colour_environment;

/** The flag decides where given; then NO_COLOR; then TERM, COLORTERM and the terminfo entry. */
pt_colour_depth pt_colour_depth_choose(const pt_colour_environment *environment);

#endif
