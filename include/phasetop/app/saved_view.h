/**
 * Saved views: what is looked at, and how, kept under a name or for a set of runs, in
 * $XDG_STATE_HOME/phasetop/views (~/.local/state/…). Written only when that was asked for, as a whole or not
 * at all.
 */
#ifndef PHASETOP_APP_SAVED_VIEW_H
#define PHASETOP_APP_SAVED_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "phasetop/app/options.h"
#include "phasetop/base/status.h"
#include "phasetop/ui/view.h"

/** What a view is saved for: a name, or the runs; the order in which they were given says nothing. */
typedef struct pt_saved_view_key {
	const char *name; /* NULL or "": the runs */
	const char *const *paths;
	size_t n_paths;
} pt_saved_view_key;

/**
 * Where the view lies, or would.
 * @retval PT_ERR_INVALID    a name that is no file name: letters, digits, '-', '_' and '.', not at first, up
 * to 64
 * @retval PT_ERR_NOT_FOUND  neither XDG_STATE_HOME nor HOME is set
 * @retval PT_ERR_LIMIT      the path is too long
 */
PT_CHECKED pt_status pt_saved_view_path(
	const pt_saved_view_key *key, char path[PT_OPTION_PATH_BYTES], pt_error *err);

/** Write it, beside and then renamed; directories are made. @param[out] path what was written
 * @retval as pt_saved_view_path, PT_ERR_PERMISSION, PT_ERR_IO */
PT_CHECKED pt_status pt_saved_view_write(
	const pt_saved_view_key *key, const pt_view *view, char path[PT_OPTION_PATH_BYTES], pt_error *err);

/**
 * Read it into the options, behind everything else that was said. Lines that are not understood are warnings.
 * @retval PT_ERR_NOT_FOUND  there is none
 * @retval as pt_regular_file_read
 */
PT_CHECKED pt_status pt_saved_view_read(pt_options *options, const pt_saved_view_key *key, pt_error *err);

/**
 * Read it into a view that is on the screen.
 * @param[out] n_wrong  lines that were passed over
 * @param[out] flags    PT_VIEW_… bits of what changed
 * @retval as pt_saved_view_read; the view is then as it was
 */
PT_CHECKED pt_status pt_saved_view_load(pt_view *view, const pt_snapshot *snapshot,
	const pt_saved_view_key *key, size_t *n_wrong, unsigned *flags, pt_error *err);

/** Names of views that were saved by name, sorted. @param[out] names free each and the array with pt_free
 * @return how many; 0 when there are none, or no memory */
size_t pt_saved_view_names(char ***names);

#endif
