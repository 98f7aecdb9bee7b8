/** The settings of an analysis: what the numbers depend on besides the files. A value; copy it freely. */
#ifndef PHASETOP_ANALYSIS_SETTINGS_H
#define PHASETOP_ANALYSIS_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum pt_matrix {
	PT_MATRIX_A,
	PT_MATRIX_B,
	PT_MATRIX_DW, /* s·B·A, the update itself: gauge-invariant */
	PT_MATRIX_W,  /* plain networks */
	PT_N_MATRICES
} pt_matrix;

/** "A", "B", "dW", "W". */
const char *pt_matrix_name(pt_matrix matrix);
/** For the screen: "A", "B", "ΔW", "W". */
const char *pt_matrix_label(pt_matrix matrix);

typedef enum pt_pairing { PT_PAIRING_STEP, PT_PAIRING_INDEX } pt_pairing;

enum { PT_MAX_K = 8, PT_GLOB_BYTES = 128 };

typedef struct pt_settings {
	/* k in training steps, as asked. n_k = 0: the default, 1, 2 and 3 spacings of each run.
	   k_in_spacings: the values count checkpoint spacings instead of steps (what the keys change). */
	int64_t k[PT_MAX_K];
	size_t n_k;
	bool k_in_spacings;
	pt_pairing pairing;
	int64_t pairing_tolerance; /* steps; 0: exact; -1: half the spacing */
	/* what the user gave; NaN: not given (defaults then differ by use, see definitions: thresholds) */
	double turn_below;           /* c₀; default 0.8 */
	double min_step_norm;        /* m; default 0 */
	double min_step_frac;        /* ρ; default 0 for curve and argmin, 0.2 for dip and turning point */
	int64_t probe_window;        /* W, rows; default 20 */
	bool full;                   /* what only reports show too: the tail of the scree, λ₁ of the spectra */
	int64_t every;               /* only checkpoints at multiples; 0: all */
	char modules[PT_GLOB_BYTES]; /* [ADAPTER:]GLOB or layers=A-B; "": all */
	char probes[PT_GLOB_BYTES];  /* glob over probe names; "": all */
} pt_settings;

/** Everything at its default. */
pt_settings pt_settings_default(void);

/** c₀ with its default. */
double pt_settings_turn_below(const pt_settings *settings);

#endif
