/* Who listens to which watch: a table sorted by watch descriptor. Private to runio. */
#ifndef PHASETOP_RUNIO_WATCH_TABLE_H
#define PHASETOP_RUNIO_WATCH_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"
#include "scan_memory.h"

/* Why a target listens to a directory; the kernel knows one watch an inode, shared by all listeners. */
typedef enum watch_role {
	ROLE_ANCESTOR,   /* above the target: is it itself moved or deleted? */
	ROLE_PARENT,     /* where the target, or the next part of its path, will come to be: `name` */
	ROLE_TREE,       /* the run, or a directory in it that may hold logs or checkpoints */
	ROLE_CHECKPOINT, /* a checkpoint's directory */
	N_WATCH_ROLES
} watch_role;

typedef struct watch_listener {
	int wd;
	size_t target;
	watch_role role;
	uint32_t mask;
	bool is_dead;           /* the kernel has dropped the watch */
	kept_checkpoint *owner; /* ROLE_CHECKPOINT only; in the target's memory */
	uint64_t round;         /* of the last sync that asked for it */
	char *path;             /* owned */
	char *name;             /* owned; ROLE_PARENT only */
} watch_listener;

typedef struct watch_table {
	watch_listener *items;
	size_t n, capacity;
} watch_table;

void watch_table_fini(watch_table *table);

/* Put a listener in its place, copying path and name (may be NULL). False: out of memory. */
bool watch_table_add(watch_table *table, const watch_listener *listener);

/* First listener of wd and how many there are; 0: none. */
size_t watch_table_find(const watch_table *table, int wd, size_t *first);

/* Union of the masks of n living listeners. */
uint32_t watch_table_mask(const watch_listener *listeners, size_t n);

/* The living listener of the same watch, target, role, owner and name; NULL: none. */
watch_listener *watch_table_same(const watch_table *table, const watch_listener *listener);

void watch_listener_fini(watch_listener *listener);

/**
 * Absolute form of a path: the working directory before a relative one, no slash at the end.
 * @param[out] out free with pt_free
 */
PT_CHECKED pt_status watch_path_absolute(const char *path, char **out, pt_error *err);

/* Cut the last part off an absolute path, in place, and point *last at it (until the next call). The buffer
 * has one byte of room behind the NUL. False: the path was the root. */
bool watch_path_pop(char *path, const char **last);

#endif
