#include "log_names.h"

#include "phasetop/base/alloc.h"

#include <string.h>

void log_names_fini(log_names *names)
{
	for (pt_log_role role = 0; role < PT_N_LOG_ROLES; role++)
		pt_free(names->owners[role]);
	*names = (log_names){0};
}

static bool has_prefix(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

/* The Trainer's own name, in place: it is never longer. */
static void undo_rewriting(char *name)
{
	static const char train[] = "train/";
	if (has_prefix(name, train))
		memmove(name, name + sizeof train - 1, strlen(name) - sizeof train + 2);
	else if (has_prefix(name, "eval/") || has_prefix(name, "test/"))
		name[4] = '_';
}

/* The role by the name in the file: `train_loss` is the Trainer's mean over the run in its own log only. */
static pt_log_role role_of(const log_names *names, const char *name)
{
	pt_log_role role = pt_log_role_of(name);
	bool is_plain = role == PT_LOG_FINAL_LOSS && strcmp(name, pt_log_role_name(role)) == 0;
	return is_plain && !names->is_trainer ? PT_LOG_LOSS : role;
}

/* One series a role: who came first has it, but for the one that is called exactly as the role is. */
static pt_status settle_owner(
	log_names *names, const char *name, pt_log_role *role, const char *path, pt_error *err)
{
	char **owner = &names->owners[*role];
	if (*role == PT_LOG_OTHER || (*owner && strcmp(*owner, name) == 0))
		return PT_OK;
	if (*owner && strcmp(name, pt_log_role_name(*role)) != 0) {
		*role = PT_LOG_OTHER;
		return PT_OK;
	}
	char *copy = pt_text_copy(name, strlen(name));
	if (!copy)
		return pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
	pt_free(*owner);
	*owner = copy;
	return PT_OK;
}

pt_status log_names_add(log_names *names, log_row_reader *row, const char *name, size_t n, double value,
	const char *path, pt_error *err)
{
	char in_file[LOG_MAX_NAME_BYTES + 1], shown[LOG_MAX_NAME_BYTES + 1];
	if (n == 0 || n > LOG_MAX_NAME_BYTES || memchr(name, '\0', n))
		return PT_OK;
	memcpy(in_file, name, n);
	in_file[n] = '\0';
	memcpy(shown, in_file, n + 1);
	if (names->is_trainer)
		undo_rewriting(shown);
	pt_log_role role = role_of(names, in_file);
	if (role == PT_LOG_OTHER && names->is_trainer)
		role = pt_log_role_of(shown);
	pt_status status = settle_owner(names, in_file, &role, path, err);
	if (status != PT_OK)
		return status;
	return log_row_add(row, shown, strlen(shown), role, value, path, err);
}
