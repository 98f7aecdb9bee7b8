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

/** A set of matrix types, one bit each. */
#define PT_MATRIX_BIT(matrix) (1u << (unsigned)(matrix))

/** "A", "B", "dW", "W". */
const char *pt_matrix_name(pt_matrix matrix);
/** For the screen: "A", "B", "ΔW", "W". */
const char *pt_matrix_label(pt_matrix matrix);

typedef enum pt_pairing { PT_PAIRING_STEP, PT_PAIRING_INDEX } pt_pairing;

enum {
	PT_MAX_K = 8,
	PT_GLOB_BYTES = 128,
	PT_NAME_BYTES = 256,
	PT_MAX_LEFT_OUT = 256,
	PT_MAX_METRICS = 16,
	PT_METRIC_BYTES = 256
};

/** What is computed beyond the curves of every frame: somebody looks at it, or a report holds it. A set of bits. */
typedef enum pt_want {
	PT_WANT_SCREE = 1 << 0,             /* ten explained variance ratios, not two */
	PT_WANT_LAMBDA1 = 1 << 1,           /* the largest eigenvalue of the probe losses' covariance */
	PT_WANT_BAND = 1 << 2,              /* the usual band of the local cosine */
	PT_WANT_MODULES = 1 << 3,           /* each module's own turn */
	PT_WANT_K_SCAN = 1 << 4,            /* cosine over step × k */
	PT_WANT_CHECKPOINT_COSINE = 1 << 5, /* checkpoint × checkpoint */
	PT_WANT_MODES = 1 << 6,             /* leading modes of the probe losses */
	PT_WANT_SUBSETS = 1 << 7,           /* a spectrum for each group of probes */
	PT_WANT_GRAMS = 1 << 8,             /* Gram matrices themselves */
	PT_WANT_BASELINES = 1 << 9,         /* slope, variance, lag-1 and Kendall's tau of the probe losses */
	PT_WANT_SIGMA = 1 << 10,            /* singular value ratios of rolling windows */
	PT_WANT_ALL_NORMS = 1 << 11,        /* norm curves of every module, be they ever so many */
	PT_WANT_COMPARISON = 1 << 12,       /* cosines of each run with the baseline */
	PT_WANT_JOINT = 1 << 13,            /* one PCA for several runs */
} pt_want;
/** What every report holds. */
#define PT_WANT_REPORT                                                                                        \
	(PT_WANT_SCREE | PT_WANT_LAMBDA1 | PT_WANT_MODULES | PT_WANT_MODES | PT_WANT_BASELINES | PT_WANT_SIGMA | \
		PT_WANT_COMPARISON | PT_WANT_JOINT)
/** What `--full` adds. */
#define PT_WANT_FULL                                                                                          \
	(PT_WANT_BAND | PT_WANT_K_SCAN | PT_WANT_CHECKPOINT_COSINE | PT_WANT_SUBSETS | PT_WANT_GRAMS |             \
		PT_WANT_ALL_NORMS)

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
	unsigned wanted;             /* PT_WANT_… bits */
	unsigned matrices; /* PT_MATRIX_BITs: bands, module turns, k-scan and map are wanted of these; 0: of all */
	bool warm_start;   /* PCA may start from the last one: frames of a live screen, never a report */
	int64_t gram_budget_bytes;   /* for the Grams of single modules, all runs together; default 1 GiB */
	int64_t every;               /* only checkpoints at multiples; 0: all */
	/* runs beside each other */
	char baseline[PT_NAME_BYTES]; /* name of the run that the others are compared with; "": the first */
	unsigned compared;            /* PT_MATRIX_BITs: runs are compared in these types; 0: in all */
	uint64_t left_out[PT_MAX_LEFT_OUT / 64]; /* a bit for each place of a run in the snapshot: not in the joint PCA */
	char modules[PT_GLOB_BYTES]; /* [ADAPTER:]GLOB or layers=A-B; "": all */
	char probes[PT_GLOB_BYTES];  /* glob over probe names; "": all */
	size_t n_metrics;
	char metrics[PT_MAX_METRICS][PT_METRIC_BYTES]; /* further series to show: metric_request.h */
} pt_settings;

/** Everything at its default. */
pt_settings pt_settings_default(void);

/** c₀ with its default. */
double pt_settings_turn_below(const pt_settings *settings);
/** ρ of the prominent dip and of the turning point, with its default. */
double pt_settings_turning_frac(const pt_settings *settings);

#endif
