/* One look at a checkpoint, shared by the looks at directories and at files. Private to runio. */
#ifndef PHASETOP_RUNIO_CHECKPOINT_LOOK_H
#define PHASETOP_RUNIO_CHECKPOINT_LOOK_H

#include "scan_builder.h"

enum { LOOK_MAX_PARTS = 64 };

/* Texts are in the scratch arena until the look is packed. */
typedef struct checkpoint_looking {
	scan_builder *builder;
	kept_checkpoint *kept;
	directory_list list; /* empty where no listing was needed */
	checkpoint_look found;
	pt_checkpoint_part *parts; /* LOOK_MAX_PARTS */
	pt_error *problems;        /* those of `found`, growing */
	size_t problems_capacity;
} checkpoint_looking;

char *look_text(scan_builder *builder, const char *from);

/* Path in the run directory of a name in this checkpoint's directory. */
char *look_joined(checkpoint_looking *look, const char *name);

void look_add_problem(checkpoint_looking *look, const pt_error *problem);

/* What is waited for; the first reason stands. */
void look_set_pending(checkpoint_looking *look, const char *before, const char *name, const char *after);

/* Never opened, and said why; also one line of the scan's problems. */
void look_set_refused(
	checkpoint_looking *look, pt_status code, const char *path, const char *name, const char *why);

/* A file as it is now, links followed. An absent one, or a link to nothing, has present = false. What can
 * change without a word in this directory, through a link, has it looked at each time. */
pt_file_identity look_identity(checkpoint_looking *look, const char *path, bool *is_odd);

/* Has it been left alone for so long since its last change? If not, the scan is due again when it will have
 * been. A time far in the future (a clock that jumped) says nothing, and is taken as settled. */
bool look_is_quiet(checkpoint_looking *look, int64_t changed_ns, int64_t quiet_ms);
/* For the time that a config may come after its weights. */
bool look_is_settled(checkpoint_looking *look, const pt_file_identity *identity);

/* A directory; false: nothing is there. */
bool look_into_directory(checkpoint_looking *look);
/* A file of weights in the run; false: nothing is there. */
bool look_at_file(checkpoint_looking *look);

#endif
