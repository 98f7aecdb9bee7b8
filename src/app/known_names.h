/** Names that the command line offers: themes, and views that were saved by name. */
#ifndef PHASETOP_SRC_APP_KNOWN_NAMES_H
#define PHASETOP_SRC_APP_KNOWN_NAMES_H

#include "phasetop/app/session.h"

/** Look for them all; those for which there is no memory are not offered. */
void pt_known_names_find(const pt_session *session, pt_known_names *names);
void pt_known_names_fini(pt_known_names *names);

#endif
