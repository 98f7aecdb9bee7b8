/** From a run's state to its view in a snapshot. Everything is copied into the arena. */
#ifndef PT_ANALYSIS_SNAPSHOT_BUILD_H
#define PT_ANALYSIS_SNAPSHOT_BUILD_H

#include "phasetop/analysis/snapshot.h"
#include "phasetop/base/alloc.h"
#include "comparison.h"
#include "phasetop/base/status.h"
#include "run.h"

/** @pre the run's trajectories and probe stores are computed for `settings` @retval PT_ERR_MEMORY */
PT_CHECKED pt_status pt_build_run_view(const pt_run *run, const pt_settings *settings, int64_t now_wall_ms,
	pt_arena *arena, pt_run_view *view, pt_error *err);

/* parts of it, each in a file of its own */
PT_CHECKED pt_status pt_build_matrices(
	const pt_run *run, const pt_settings *settings, pt_arena *arena, pt_run_view *view, pt_error *err);
PT_CHECKED pt_status pt_build_modules(
	const pt_run *run, const pt_settings *settings, pt_arena *arena, pt_run_view *view, pt_error *err);
PT_CHECKED pt_status pt_build_spectra(
	const pt_run *run, const pt_settings *settings, pt_arena *arena, pt_run_view *view, pt_error *err);
PT_CHECKED pt_status pt_build_baselines(const pt_run *run, pt_arena *arena, pt_run_view *view, pt_error *err);
PT_CHECKED pt_status pt_build_loss(
	const pt_run *run, const pt_settings *settings, pt_arena *arena, pt_run_view *view, pt_error *err);
/* What is to be said of the logs together: --metric that finds nothing, several trainings. At most
   pt_log_notes_most of them. */
PT_CHECKED pt_status pt_build_log_notes(const pt_run *run, const pt_settings *settings, pt_arena *arena,
	pt_problem *problems, size_t *n, pt_error *err);
size_t pt_log_notes_most(const pt_settings *settings);

/**
 * Runs beside each other, into a snapshot whose runs are built.
 * @param list  the runs as the pipeline keeps them
 */
PT_CHECKED pt_status pt_build_comparison(
	const pt_comparison *comparison, const pt_compared_list *list, pt_snapshot *snapshot, pt_error *err);
PT_CHECKED pt_status pt_build_step_maps(const pt_run *run, pt_arena *arena, pt_run_view *view, pt_error *err);

/** Names of a subset's probes in a snapshot, for its spectra and their modes to share. */
typedef struct pt_built_names {
	size_t n;
	bool given;               /* the log names its probes */
	const char *const *names; /* "#3" by place in the log's rows where it does not; not set without modes then */
	/* for modes, else NULL */
	const size_t *group; /* of each probe, by innermost prefix; SIZE_MAX: none */
	size_t n_groups;
	const char *const *groups;
} pt_built_names;

/** @param with_modes  modes are to be built with them */
PT_CHECKED pt_status pt_build_names(const pt_probe_store *store, const pt_probe_traces *traces, bool with_modes,
	pt_arena *arena, pt_built_names *names, pt_error *err);
/** Leading modes of the newest window; left out where `names` were not made for modes. */
PT_CHECKED pt_status pt_build_modes(const pt_probe_store *store, const pt_probe_traces *traces, pt_modes_of of,
	const pt_built_names *names, pt_arena *arena, pt_modes_view *view, pt_error *err);

/** Spread n_complete values over all checkpoints of the run; the incomplete ones are missing. NULL: no memory. */
const double *pt_build_spread(const pt_trajectories *trajectories, const double *values, pt_arena *arena);

/** The one failure of building. */
pt_status pt_build_out_of_memory(pt_error *err);

#endif
