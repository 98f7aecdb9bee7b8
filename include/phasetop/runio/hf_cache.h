/**
 * The local cache of the Hugging Face hub: `hf:ORG/NAME` and `models--ORG--NAME/` to the directory of a
 * snapshot.
 *
 *     CACHE/models--ORG--NAME/refs/main             the commit that `main` was when it was downloaded last
 *     CACHE/models--ORG--NAME/snapshots/COMMIT/…    links into blobs/
 *
 * Nothing is ever downloaded.
 *
 * @source huggingface_hub, guides/manage-cache
 */
#ifndef PHASETOP_RUNIO_HF_CACHE_H
#define PHASETOP_RUNIO_HF_CACHE_H

#include <stdbool.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/status.h"

/** Values of the environment's variables; NULL or "": not set. */
typedef struct pt_hf_places {
	const char *hub_cache;      /* HF_HUB_CACHE: the cache itself */
	const char *hf_home;        /* HF_HOME: its hub/ */
	const char *xdg_cache_home; /* XDG_CACHE_HOME: its huggingface/hub/ */
	const char *home;           /* HOME: its .cache/huggingface/hub/ */
} pt_hf_places;

/** Does it begin with "hf:"? */
bool pt_hf_is_name(const char *path);

/**
 * Where a model's snapshot lies. The first place that is set is the cache, as in huggingface_hub.
 *
 * @param      name   `hf:ORG/NAME`, `hf:NAME` or `hf:ORG/NAME@REVISION`; a revision is a branch, a tag, a
 * commit or the first digits of one. Without one: refs/main, else the newest snapshot.
 * @param[out] path   of the snapshot, in the arena
 * @param[out] label  NAME, in the arena
 * @retval PT_ERR_USAGE      not of this form
 * @retval PT_ERR_NOT_FOUND  not in the cache: the message is the command that downloads it
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_hf_find(const char *name, const pt_hf_places *places, pt_arena *arena,
	const char **path, const char **label, pt_error *err);

/**
 * The snapshot of a directory `models--ORG--NAME` of a cache.
 * @param[out] snapshot, label  in the arena; NULL: the path is no such directory
 * @retval PT_ERR_NOT_FOUND  it has no snapshot
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_hf_snapshot(
	const char *path, pt_arena *arena, const char **snapshot, const char **label, pt_error *err);

#endif
