/** The tidy table: `run,step,series,value`, one row a number. */
#ifndef PHASETOP_REPORT_REPORT_CSV_H
#define PHASETOP_REPORT_REPORT_CSV_H

#include <stdio.h>

#include "phasetop/analysis/snapshot.h"
#include "phasetop/base/status.h"
#include "phasetop/report/report_options.h"

/**
 * Write the header and one row for each step of each series of each run (RFC 4180 quoting, lines end with a
 * newline). A missing value is an empty field. In a stream of tables the caller prints an empty line between
 * two.
 *
 * Series: norm.B, drift.B, step_length.B, path_length.B (each matrix type the run has); pc1.B, pc2.B,
 * cosine.B.k15 and floor_q.B.k15 (k as asked, in steps), s1_s2.B, s2_s3.B, alignment.B (the types asked for);
 * beside the baseline versus.cosine.B and versus.drift_cosine.B at the steps that both have,
 * versus.cosine_final.B, versus.cosine_of_drift.B and versus.turn_lag_steps.B at the newest, and in the joint
 * plane joint_pc1.B, joint_pc2.B; shc, pr, trace, lambda1, pr_white_noise with .window, .window_detrended or
 * .gaussian behind, and the glob in brackets where they are of a subset of the probes: shc.window[train_*];
 * mean_loss, slope, variance, lag1, kendall_tau_log_shc with baseline. before; train, eval, learning_rate,
 * grad_norm, probe_mean, probe_q10, probe_q50, probe_q90 with loss. before; further logged series as
 * metric.NAME.
 *
 * @retval PT_ERR_IO  the stream failed
 */
PT_CHECKED pt_status pt_report_csv_write(
	FILE *out, const pt_snapshot *snapshot, const pt_report_options *options, pt_error *err);

#endif
