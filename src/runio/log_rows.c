#include "phasetop/runio/log_rows.h"

#include <stdlib.h>
#include <string.h>

static const char *const role_names[] = {
#define X(id, name) name,
	PT_LOG_ROLE_TABLE(X)
#undef X
};
_Static_assert(sizeof role_names / sizeof role_names[0] == PT_N_LOG_ROLES, "a name for every role");

enum { MAX_ALIAS_BYTES = 24 };

typedef struct role_alias {
	char name[MAX_ALIAS_BYTES];
	pt_log_role role;
} role_alias;

/* What logs call the well-known columns, in small letters, in the order of strcmp: the HF Trainer's callbacks
   write `train/loss`, Lightning `train_loss_step` and `lr-AdamW`, scripts `Loss/train`. */
static const role_alias aliases[] = {
	{"dev/loss", PT_LOG_EVAL_LOSS},
	{"dev_loss", PT_LOG_EVAL_LOSS},
	{"epoch", PT_LOG_EPOCH},
	{"eval/loss", PT_LOG_EVAL_LOSS},
	{"eval_loss", PT_LOG_EVAL_LOSS},
	{"evaluation/loss", PT_LOG_EVAL_LOSS},
	{"grad_norm", PT_LOG_GRAD_NORM},
	{"gradient_norm", PT_LOG_GRAD_NORM},
	{"learning-rate", PT_LOG_LEARNING_RATE},
	{"learning_rate", PT_LOG_LEARNING_RATE},
	{"loss", PT_LOG_LOSS},
	{"loss/dev", PT_LOG_EVAL_LOSS},
	{"loss/eval", PT_LOG_EVAL_LOSS},
	{"loss/train", PT_LOG_LOSS},
	{"loss/training", PT_LOG_LOSS},
	{"loss/val", PT_LOG_EVAL_LOSS},
	{"loss/valid", PT_LOG_EVAL_LOSS},
	{"loss/validation", PT_LOG_EVAL_LOSS},
	{"lr", PT_LOG_LEARNING_RATE},
	{"lr-adam", PT_LOG_LEARNING_RATE},
	{"lr-adamw", PT_LOG_LEARNING_RATE},
	{"lr-adamw/pg1", PT_LOG_LEARNING_RATE},
	{"lr-sgd", PT_LOG_LEARNING_RATE},
	{"optim/lr", PT_LOG_LEARNING_RATE},
	{"train/epoch", PT_LOG_EPOCH},
	{"train/grad_norm", PT_LOG_GRAD_NORM},
	{"train/gradient_norm", PT_LOG_GRAD_NORM},
	{"train/learning_rate", PT_LOG_LEARNING_RATE},
	{"train/loss", PT_LOG_LOSS},
	{"train/loss_step", PT_LOG_LOSS},
	{"train/lr", PT_LOG_LEARNING_RATE},
	{"train/train_loss", PT_LOG_FINAL_LOSS},
	{"train_loss_step", PT_LOG_LOSS},
	{"training/loss", PT_LOG_LOSS},
	{"training_loss", PT_LOG_LOSS},
	{"val/loss", PT_LOG_EVAL_LOSS},
	{"val_loss", PT_LOG_EVAL_LOSS},
	{"valid/loss", PT_LOG_EVAL_LOSS},
	{"valid_loss", PT_LOG_EVAL_LOSS},
	{"validation/loss", PT_LOG_EVAL_LOSS},
	{"validation_loss", PT_LOG_EVAL_LOSS},
};

void pt_log_problems_add(pt_log_problems *problems, const pt_error *problem)
{
	if (problems->n < PT_LOG_MAX_PROBLEMS)
		problems->items[problems->n++] = *problem;
	else
		problems->n_more++;
}

static int compare_aliases(const void *a, const void *b)
{
	return strcmp(((const role_alias *)a)->name, ((const role_alias *)b)->name);
}

pt_log_role pt_log_role_of(const char *name)
{
	for (pt_log_role role = 0; role < PT_LOG_OTHER; role++)
		if (strcmp(name, role_names[role]) == 0)
			return role;
	role_alias key = {.role = PT_LOG_OTHER};
	size_t n = strlen(name);
	if (n >= sizeof key.name)
		return PT_LOG_OTHER;
	for (size_t i = 0; i < n; i++)
		key.name[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + ('a' - 'A') : name[i]);
	const role_alias *found =
		bsearch(&key, aliases, sizeof aliases / sizeof aliases[0], sizeof key, compare_aliases);
	return found ? found->role : PT_LOG_OTHER;
}

const char *pt_log_role_name(pt_log_role role)
{
	return (unsigned)role < PT_N_LOG_ROLES ? role_names[role] : "";
}
