/**
 * Change points of direction: where the increments of a trajectory begin to point elsewhere, judged against
 * the run's own past; and the turning angle φ, the figure for people.
 *
 * Grid. Only the regular grid of checkpoints counts: those whose step has, modulo the spacing, the most
 * frequent remainder (the smallest such at ties). Increments run between neighbouring checkpoints of the
 * grid; those of length 0 (a frozen adapter) are left out. δ_1 … δ_n are the others, N_ij = ⟨δ_i, δ_j⟩ /
 * (‖δ_i‖‖δ_j‖).
 *
 * Statistic. Over the last 16 unit increments up to the n-th (all there are while n < 16), for each split
 * into L older and R newer ones, L, R ≥ 4, with s_LL, s_RR the means of N over pairs of different increments
 * of one side and s_LR over pairs across,
 *
 *     T = LR/(L + R) · (s_LL + s_RR − 2 s_LR),      T_n = max over splits.
 *
 * Every real trajectory curves, so T_n is judged by ρ_n = T_n / (median(T_8 … T_{n−5}) + 0.3), asked from
 * n = 24 on. An event begins where ρ_n > 1.6 and the split lies more than 6 increments after the first split
 * of the event before. Its step is refined: of this row and the next 16 whose split lies within 6 increments
 * of the first split, the one with the largest T decides. The step is the checkpoint between the two sides.
 *
 * Turning angle. At a grid checkpoint t, over the 8 increments on either side (raw, so that noise cancels),
 *
 *     φ(t) = arccos( s_LR / √(s_LL s_RR) ),
 *
 * s_LL, s_RR off-diagonal means, s_LR the mean of all 64 products, the cosine clipped to ±1. Defined only
 * where both sides are coherent: s_LL, s_RR > 0 and 64·s/S > 0.5 with S the sum of all 64 products of that
 * side (NaN elsewhere). A median is NumPy's: the mean of the middle two for an even count.
 *
 * Source: definitions "Transition step (3)"; measured with ../shared/tools/rotation_simulator.py;
 * tests/reference/make_loss_reference.py is the Python twin.
 */
#ifndef PHASETOP_NUMERIC_CHANGEPOINT_H
#define PHASETOP_NUMERIC_CHANGEPOINT_H

#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"
#include "phasetop/numeric/gram.h"

enum {
	PT_CHANGE_WINDOW = 16,      /* unit increments in a window */
	PT_CHANGE_MIN_SIDE = 4,     /* of them on either side of a split */
	PT_CHANGE_FIRST = 8,        /* T is known from this many increments on */
	PT_CHANGE_LEARNING = 24,    /* ρ is asked from this many on ("learning its own curvature" before) */
	PT_CHANGE_APART = 6,        /* increments between the splits of two events; also of the refinement */
	PT_CHANGE_REFINE_ROWS = 16, /* rows after the alarm that may refine its split */
	PT_CHANGE_HELD_BACK = 5,    /* T_{n−4} … T_n do not enter the median that T_n is judged by */
	PT_TURN_SIDE = 8,           /* increments on either side of φ */
	PT_TURN_REACH = 4,          /* φ of an event: the largest within this many increments of it */
};

#define PT_CHANGE_RATIO 1.6    /* the threshold on ρ */
#define PT_CHANGE_SOFTENER 0.3 /* added to the median */

/** One change of direction. Indices are into the steps that were given. */
typedef struct pt_change_point {
	size_t at;                /* the checkpoint between the two sides, after refinement */
	size_t first_at;          /* the same as the alarm had it */
	size_t known_at;          /* the newest checkpoint when the alarm came: it was not knowable before */
	double statistic;         /* T_n at the alarm, the one ρ_n judges */
	double refined_statistic; /* T of the row that decided `at`, ≥ statistic */
	double ratio;             /* ρ_n at the alarm, > PT_CHANGE_RATIO */
	double phi_deg; /* the largest φ within PT_TURN_REACH increments of `at`; NaN: none is defined */
} pt_change_point;

/** All that the detector says of a trajectory; own it with pt_direction_init / _fini. */
typedef struct pt_direction {
	int64_t spacing, remainder; /* of the grid, in steps; spacing 0: fewer than two checkpoints */
	size_t n_grid;
	size_t *grid;         /* checkpoints of the grid, as indices into the steps */
	double *phi_deg;      /* φ at each of them, degrees; NaN where undefined or not yet known */
	size_t n_increments;  /* n: nonzero increments of the grid */
	size_t *ends;         /* checkpoint at the right end of increment i = 1 … n, at ends[i − 1] */
	double *t;            /* T_i at t[i − 1]; NaN for i < 8 */
	size_t *splits;       /* of T_i: how many increments lie before it; 0 where T_i is NaN */
	double *phi_after;    /* φ at the right end of increment i, at phi_after[i − 1] */
	double *ratio;        /* ρ_i at ratio[i − 1]; NaN before the 24th */
	double usual_phi_deg; /* median of all defined φ; NaN: none */
	size_t n_changes;
	pt_change_point *changes; /* in order of known_at */
} pt_direction;

/** Empty; owns nothing. */
void pt_direction_init(pt_direction *direction);
/** Frees the arrays; the struct is then as after init. */
void pt_direction_fini(pt_direction *direction);

/**
 * Change points and turning angles of a whole trajectory, or brought up to date.
 *
 * A function of the checkpoints given alone: hand over fewer and it tells what was known then; what is kept
 * from the last call changes no bit.
 *
 * @param         gram        increment Gram of n checkpoints; increments whose square is NaN (a dW without
 *                            scaling) are left out like zeros
 * @param         steps       gram->n steps, strictly rising
 * @param         n_unchanged leading checkpoints whose vectors and steps are those of the last call with this
 *                            `direction`; 0: compute all
 * @param[in,out] direction   initialised; replaced on success, untouched on failure
 * @retval PT_ERR_INVALID  the steps do not rise strictly
 * @retval PT_ERR_MEMORY
 * @cost   16 products and about 700 additions a new checkpoint, O(n) for the others; where the grid skips
 *         checkpoints, all products between them
 */
PT_CHECKED pt_status pt_direction_update(
	const pt_gram *gram, const int64_t *steps, size_t n_unchanged, pt_direction *direction, pt_error *err);

/** pt_direction_update with nothing kept. */
PT_CHECKED pt_status pt_direction_scan(
	const pt_gram *gram, const int64_t *steps, pt_direction *direction, pt_error *err);

#endif
