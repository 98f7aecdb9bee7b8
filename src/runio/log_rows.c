#include "phasetop/runio/log_rows.h"

#include <string.h>

static const char *const role_names[] = {
#define X(id, name) name,
	PT_LOG_ROLE_TABLE(X)
#undef X
};
_Static_assert(sizeof role_names / sizeof role_names[0] == PT_N_LOG_ROLES, "a name for every role");

/* What logs call the well-known columns besides the names shown. */
static const struct {
	const char *name;
	pt_log_role role;
} aliases[] = {
	{"lr", PT_LOG_LEARNING_RATE},
	{"val_loss", PT_LOG_EVAL_LOSS},
	{"valid_loss", PT_LOG_EVAL_LOSS},
	{"validation_loss", PT_LOG_EVAL_LOSS},
};

void pt_log_problems_add(pt_log_problems *problems, const pt_error *problem)
{
	if (problems->n < PT_LOG_MAX_PROBLEMS)
		problems->items[problems->n++] = *problem;
	else
		problems->n_more++;
}

pt_log_role pt_log_role_of(const char *name)
{
	for (pt_log_role role = 0; role < PT_LOG_OTHER; role++)
		if (strcmp(name, role_names[role]) == 0)
			return role;
	for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
		if (strcmp(name, aliases[i].name) == 0)
			return aliases[i].role;
	return PT_LOG_OTHER;
}

const char *pt_log_role_name(pt_log_role role)
{
	return (unsigned)role < PT_N_LOG_ROLES ? role_names[role] : "";
}
