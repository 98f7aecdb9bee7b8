/**
 * The snapshot: everything that the screen and the reports may see, immutable, owned whole by its holder.
 *
 * The work thread builds one after each change and hands it over; drawing and reporting are pure functions
 * of it. All pointers inside share the life of the snapshot. A missing or undefined number is NaN (never 0,
 * never an infinity): PT_MISSING, tested with pt_is_missing. A missing step or time is PT_NO_STEP /
 * PT_NO_TIME.
 */
#ifndef PHASETOP_ANALYSIS_SNAPSHOT_H
#define PHASETOP_ANALYSIS_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/analysis/comparison_view.h"
#include "phasetop/analysis/settings.h"
#include "phasetop/base/missing.h"
#include "phasetop/base/status.h"

#define PT_NO_STEP INT64_MIN
#define PT_NO_TIME INT64_MIN

/** One thing that went wrong, with where. Foreign text is kept as it was found; sanitize it before a
 * terminal. */
typedef struct pt_problem {
	const char *path;    /* relative to the run directory where inside of it */
	const char *code;    /* pt_status_name, e.g. "truncated" */
	int64_t offset;      /* byte offset, or line number for logs (`code` says which); -1: none */
	const char *message; /* one line */
} pt_problem;

typedef enum pt_run_state {
	PT_RUN_LIVE,
	PT_RUN_STALE,
	PT_RUN_FINISHED,
	PT_RUN_EMPTY,      /* nothing to read yet */
	PT_RUN_UNREADABLE, /* everything that is there failed to read */
	PT_N_RUN_STATES
} pt_run_state;

/** "live", "stale", "finished", "empty", "unreadable". */
const char *pt_run_state_name(pt_run_state state);

/** A stretch of training from a start or a resume on. At each step the newest segment's checkpoint counts; what a
 * resume left behind is no part of the steps and curves. */
typedef struct pt_segment {
	int64_t first_step, last_step; /* of its checkpoints, those that are overwritten by now included */
	const char *why;               /* "start" or "resume" */
	int64_t from_step;             /* "resume": the checkpoint it went on from; else PT_NO_STEP */
} pt_segment;

typedef struct pt_pending_file {
	const char *path;
	const char *why;
} pt_pending_file;

typedef struct pt_scaling_change {
	int64_t step;
	double scaling;
} pt_scaling_change;

/** How one module alone turned, in one matrix type. */
typedef struct pt_module_turn_view {
	bool present;         /* false: not wanted, the type is not there, or its Gram is not kept */
	int64_t turning_step; /* of its own PCA; PT_NO_STEP: none */
	double turning_angle_deg;
	int64_t change_step; /* its newest change point of direction; PT_NO_STEP: none */
	double min_cosine;   /* at the largest k */
	int64_t min_cosine_step;
	double share_of_drift; /* ‖v_T − v_0‖² over that of the selected set; missing where the set has none */
} pt_module_turn_view;

typedef struct pt_module_view {
	const char *name;    /* the model's own name for the layer */
	const char *adapter; /* "default", or the adapter's name; "" for a plain network */
	const char *kind;    /* lora, dora, moe, embedding, conv, full */
	int64_t rank;        /* 0 for `full` */
	double scaling;      /* s; NaN for `full` */
	size_t n_scaling_changes;
	const pt_scaling_change *scaling_changes;
	const char *dtype; /* F64 F32 F16 BF16 */
	size_t n_shape_a, n_shape_b;
	const int64_t *shape_a, *shape_b; /* shape_a holds the tensor's shape for `full`; n_shape_b is then 0 */
	bool selected;
	size_t n_warnings;
	const char *const *warnings;
	/* ‖·‖₂ of this module alone (PT_WANT_MODULES), aligned with pt_run_view.steps; NULL where the type is not
	   there */
	const double *norm[PT_N_MATRICES];
	/* how this module alone turned (PT_WANT_MODULES) */
	pt_module_turn_view turns[PT_N_MATRICES];
} pt_module_view;

/** Norm curves of the selected module set, aligned with pt_run_view.steps (n_steps long). */
typedef struct pt_norm_view {
	bool present;              /* false: the run has no such matrix type; the pointers are then NULL */
	const double *norm;        /* ‖v_i‖ */
	const double *drift;       /* ‖v_i − v_0‖ */
	const double *step_length; /* ‖v_i − v_{i−1}‖; missing at the first */
	const double *path_length; /* Σ step_length */
} pt_norm_view;

typedef struct pt_pca_view {
	bool present;
	size_t n;
	const int64_t *steps;
	const double *pc1, *pc2; /* scores; pc2 is all 0 when n is 2 */
	double explained[2];     /* ratios, 0…1; missing when the total variance is 0 */
	size_t n_scree;
	const double *scree;  /* leading explained variance ratios, at most 10 */
	int64_t turning_step; /* PT_NO_STEP: none */
	double turning_angle_deg;
	int64_t component_turn_steps[2];
} pt_pca_view;

typedef enum pt_gap {
	PT_GAP_NONE,
	PT_GAP_UNDEFINED, /* a displacement is exactly 0 */
	PT_GAP_SKIPPED,   /* below the magnitude threshold */
	PT_N_GAPS
} pt_gap;

typedef struct pt_cosine_view {
	bool present;          /* false: no checkpoint spacing is known yet, or the run lacks the matrix type */
	int64_t k;             /* as asked, in steps */
	int64_t k_used;        /* snapped to the spacing, in steps */
	int64_t k_checkpoints; /* k_used / spacing */
	size_t n;
	const int64_t *steps; /* every checkpoint at which t−k and t+k exist */
	const double *values; /* −1…1; missing where gaps[i] != PT_GAP_NONE */
	const uint8_t *gaps;  /* pt_gap */
	int64_t minimum_step; /* argmin; PT_NO_STEP: none */
	double minimum_value;
	int64_t dip_step; /* the most prominent dip after the ρ guard; PT_NO_STEP: none */
	double dip_value, dip_prominence, dip_min_step_frac;
	int64_t pending_from_step; /* the first checkpoint whose t+k has not landed; PT_NO_STEP: none */
	int64_t decided_at_step;   /* when that one is decided */
	/* storage floor: q = ‖Δ‖/√N, the smaller of the two displacements; below 3 the storage format speaks. NULL
	   for dW. `debiased` (PT_WANT_BAND) is missing where q < 2 */
	const double *floor_q, *debiased;
	/* the run's own valid values at earlier steps (PT_WANT_BAND); missing before 8 of them; else NULL */
	const double *usual_q25, *usual_median, *usual_q75;
} pt_cosine_view;

/** σ_1/σ_2 and σ_2/σ_3 of rolling windows of increments, on the regular grid of checkpoints. */
typedef struct pt_sigma_view {
	bool present;
	int64_t window_increments;
	size_t n;
	const int64_t *steps;       /* every checkpoint of the grid */
	const double *s1_s2, *s2_s3; /* missing while the window fills, and where a divisor is 0 */
} pt_sigma_view;

/** cos_k(t) over step × k (PT_WANT_K_SCAN). */
typedef struct pt_k_scan_view {
	bool present;
	size_t n_k, n;
	const int64_t *k;     /* rising, in steps */
	const int64_t *steps; /* complete checkpoints */
	const double *values; /* n_k × n, row-major; missing where there is no pair or no direction */
} pt_k_scan_view;

/** cos(v_i, v_j) of the vectors themselves (PT_WANT_CHECKPOINT_COSINE), and the Grams (PT_WANT_GRAMS). */
typedef struct pt_square_view {
	bool present;
	size_t n;
	const int64_t *steps; /* complete checkpoints */
	const double *values; /* n × n, row-major */
} pt_square_view;

/** Change points of direction: what turned, when, and since when that could be known. */
typedef struct pt_change_point_view {
	int64_t step, known_at_step;
	double statistic, ratio, threshold;
	double phi_deg, usual_phi_deg; /* missing where undefined */
	int64_t window_increments;
} pt_change_point_view;

/** All that is computed for one matrix type of one run. */
typedef struct pt_matrix_view {
	pt_norm_view norms;
	pt_pca_view pca;
	size_t n_cosines; /* = the number of k in the settings */
	pt_cosine_view cosines[PT_MAX_K];
	size_t n_change_points;
	const pt_change_point_view *change_points;
	pt_sigma_view sigma;
	pt_k_scan_view k_scan;
	pt_square_view checkpoint_cosine;
	pt_square_view gram, increment_gram; /* the latter: row and column 0 missing, for nothing comes before v_0 */
	/* cos(v_t, v_T): alignment with the newest; aligned with pca.steps; NULL below two checkpoints */
	const double *final_alignment;
} pt_matrix_view;

/** A probe, or a group of probes, in a leading mode. */
typedef struct pt_mode_part {
	const char *name; /* "#3" where the log names no probes */
	double weight;    /* probe: its entry of the unit eigenvector, with its sign; group: Σ of squares, 0…1 */
} pt_mode_part;

/** A leading eigenvector of the probe losses' covariance: what moves together. */
typedef struct pt_mode_view {
	double eigenvalue; /* loss² */
	double share;      /* of tr C */
	size_t n_probes;   /* those that load most on it, by falling |weight| */
	const pt_mode_part *probes;
	size_t n_groups; /* name prefixes, by falling weight */
	const pt_mode_part *groups;
} pt_mode_view;

/** The leading modes of the newest window (PT_WANT_MODES). */
typedef struct pt_modes_view {
	bool present;
	int64_t step; /* the window's newest row */
	size_t n_modes;
	const pt_mode_view *modes; /* by falling eigenvalue */
} pt_modes_view;

/** SHC, PR, tr C, λ₁ over the probe rows: one row of each array per valid row. */
typedef struct pt_spectrum_view {
	bool present;
	bool gaussian; /* rows carry their own samples; false: a sliding window of rows */
	bool detrended;
	const char *subset; /* NULL: all probes; else the glob or group */
	int64_t window;     /* W, rows; m for Gaussian rows */
	int64_t n_probes;
	int64_t n_rows, n_invalid_rows;
	size_t n;
	const int64_t *steps;
	const double *shc, *pr, *trace, *lambda1, *pr_white_noise;
	const bool *partial; /* the window was not yet full */
	size_t n_probe_names;
	const char *const *probe_names;
	pt_modes_view modes;
} pt_spectrum_view;

/** What one would look at without a spectrum: the mean probe loss over the same windows (PT_WANT_BASELINES). */
typedef struct pt_baselines_view {
	bool present;
	size_t n;
	const int64_t *steps;     /* valid rows */
	const double *mean_loss;  /* of the row */
	const double *slope;      /* least squares over the window's means against step, raw; loss a step */
	const double *variance;   /* of the window's means about that line in row index, divisor rows − 1 */
	const double *lag1;       /* their lag-1 autocorrelation, Σx_t x_{t+1} / Σx_t² */
	const double *kendall_tau_log_shc; /* τ-b of log SHC against row index, the last 3 W rows with SHC > 0 */
} pt_baselines_view;

/** A name-prefix group of probes that a log offers. */
typedef struct pt_probe_group_view {
	const char *glob; /* what --probes takes: the prefix with its slash and a star */
	size_t n_probes;
} pt_probe_group_view;

enum { PT_SPECTRUM_RAW, PT_SPECTRUM_DETRENDED, PT_SPECTRUM_GAUSSIAN, PT_N_SPECTRA };

typedef struct pt_metric_view {
	const char *name;   /* e.g. "eval_medical_loss" */
	const char *source; /* the logs that it is from, paths in the run with " + " between, in the order of its steps */
	bool asked;         /* `--metric` names it */
	size_t n;
	const int64_t *steps;
	const double *values;
	int64_t half_rise_step; /* PT_NO_STEP: none */
} pt_metric_view;

/** Losses on one common step axis; NULL columns were never logged. */
typedef struct pt_loss_view {
	size_t n;
	const int64_t *steps;
	const double *train, *eval, *learning_rate, *grad_norm;
	const char *train_source, *eval_source, *learning_rate_source, *grad_norm_source; /* as of a series */
	const double *probe_mean, *probe_q10, *probe_q50, *probe_q90;
	size_t n_series;
	const pt_metric_view *series; /* further columns; those that were asked for first */
} pt_loss_view;

typedef enum pt_severity {
	PT_SEVERITY_INFO,
	PT_SEVERITY_WARN,
	PT_SEVERITY_ALERT,
	PT_N_SEVERITIES
} pt_severity;

/** What the run tells, in plain words, for the settings' matrix and largest k. UTF-8, one line each. */
typedef struct pt_verdict {
	pt_severity severity;
	const char *headline; /* "direction turned near step 190" */
	const char *detail;   /* "cos 0.691 (k 15), certain since 205 · …", in falling order of weight */
	int64_t step;         /* PT_NO_STEP: none */
	int64_t known_at_step;
} pt_verdict;

/**
 * A quantity that rises with the steps (epochs, time), at the steps where it is known. Between two of them it is
 * interpolated linearly; before the first and after the last it is not known.
 */
typedef struct pt_step_map_view {
	size_t n; /* 0, or at least 2 */
	const int64_t *steps;
	const double *values; /* n, never falling */
	const char *absent;   /* static: why n is 0, as in "no epochs are logged"; NULL where n > 0 */
} pt_step_map_view;

/** What is kept of the Grams: sums always whole; single modules whole as long as they fit the budget. */
typedef struct pt_kept_view {
	size_t vector_bytes, gram_bytes; /* held for this run */
	size_t n_modules_whole;          /* modules whose Grams are whole */
	int64_t band_checkpoints;        /* of the others: increments this near to each other only; 0: all are whole */
	size_t n_layer_sums;             /* layer groups whose sums are kept instead */
	double set_progress;             /* 0…1 while the selected set's Gram is computed in the background; 1: done */
} pt_kept_view;

typedef struct pt_run_view {
	const char *name; /* NAME=…, else the directory's name; unique within the snapshot */
	const char *path; /* as given on the command line */
	pt_run_state state;
	bool removed; /* the directory is gone; data are kept */
	size_t n_unread; /* checkpoints on the disk that are still to be read: what is shown is a part */
	bool polling; /* watched by polling */
	const char *polling_why; /* in a few words: "a network file system"; "": not polling; static */
	int64_t last_write_wall_ms, next_checkpoint_wall_ms, finish_wall_ms; /* PT_NO_TIME: not known */
	int64_t max_steps;                                                   /* PT_NO_STEP: not known */
	int64_t usual_interval_ms; /* median gap between checkpoints; PT_NO_TIME: not known */
	const char *waiting_for;   /* for PT_RUN_EMPTY: what would make it start; else "" */

	size_t n_segments;
	const pt_segment *segments;

	/* checkpoints in step order: those that were read, on disk or no longer */
	size_t n_steps;
	const int64_t *steps;
	const bool *complete; /* false: a value is missing (NaN in a tensor); not part of PCA and cosine */
	int64_t spacing;      /* PT_NO_STEP: fewer than two checkpoints */
	size_t n_deleted; /* read once, and deleted or overwritten by what does not read since */
	const int64_t *deleted;
	size_t n_pending;
	const pt_pending_file *pending;
	size_t n_problems; /* with the notices */
	size_t n_notices;  /* the last ones: nothing is wrong, something was passed over (code "notice") */
	const pt_problem *problems;

	pt_kept_view kept;
	size_t n_modules;
	const pt_module_view *modules; /* sorted by adapter, then name in natural order */
	size_t n_skipped_tensors;
	size_t n_skipped_examples;
	const char *const *skipped_examples;

	pt_matrix_view matrices[PT_N_MATRICES];
	pt_versus_view versus[PT_N_MATRICES];
	pt_spectrum_view spectra[PT_N_SPECTRA]; /* of all probes */
	/* of the probes that settings.probes selects (raw, then detrended), and with PT_WANT_SUBSETS of each group */
	size_t n_subset_spectra;
	const pt_spectrum_view *subset_spectra;
	pt_baselines_view baselines;
	size_t n_probe_groups;
	const pt_probe_group_view *probe_groups;
	pt_loss_view loss;
	/* what the steps are besides their numbers: the epoch that the training logs tell, and seconds since 1970 from the
	   times of a log's rows, else from those of the checkpoints' files (which a copy may have lost) */
	pt_step_map_view epochs, wall_s;
	/* one verdict a matrix type (headline "" where the run lacks it) */
	pt_verdict verdicts[PT_N_MATRICES];
} pt_run_view;

typedef struct pt_snapshot {
	uint64_t serial;       /* rises by one with each published snapshot */
	int64_t taken_wall_ms; /* when it was built */
	pt_settings settings;  /* what it was built for */
	size_t n_runs;
	const pt_run_view *runs; /* in the order of the command line */
	size_t baseline;         /* place of the run that the others are compared with; 0 where none is named */
	pt_joint_pca_view joint[PT_N_MATRICES];
	size_t n_problems;       /* problems of no single run: paths passed over, watches refused */
	const pt_problem *problems;
	size_t memory_bytes; /* held by the histories */
	struct pt_arena *arena;
} pt_snapshot;

/** Frees all of it; NULL is fine. */
void pt_snapshot_destroy(pt_snapshot *snapshot);

/** A snapshot of no runs that tells one problem (so that a report can be made of it). NULL when out of
 * memory. */
pt_snapshot *pt_snapshot_of_problem(const pt_settings *settings, int64_t wall_ms, const pt_error *problem);

/** The strongest change point of direction; NULL: none. */
const pt_change_point_view *pt_strongest_change(const pt_matrix_view *matrix);

/** Does the run have this matrix type? */
bool pt_run_has_matrix(const pt_run_view *run, pt_matrix matrix);

/** Index of `step` in run->steps, or of the nearest below; -1 when all are above. O(log n). */
ptrdiff_t pt_step_index(const int64_t *steps, size_t n, int64_t step);

#endif
