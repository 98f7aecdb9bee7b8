#include "phasetop/base/status.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
#define X(id, name, meaning) name,
	PT_STATUS_TABLE(X)
#undef X
};
_Static_assert(sizeof names / sizeof names[0] == PT_N_STATUS, "a name for every status");

const char *pt_status_name(pt_status code)
{
	return (unsigned)code < PT_N_STATUS ? names[code] : "unknown";
}

static void copy_text(char *to, size_t capacity, const char *from)
{
	size_t n = from ? strlen(from) : 0;
	if (n >= capacity)
		n = capacity - 1;
	if (n > 0)
		memcpy(to, from, n);
	to[n] = '\0';
}

pt_status pt_fail(pt_error *err, pt_status code, const char *path, int64_t offset, const char *format, ...)
{
	if (err) {
		char message[PT_ERROR_MESSAGE_BYTES];
		va_list args;
		va_start(args, format);
		vsnprintf(message, sizeof message, format, args);
		va_end(args);
		/* the path may be err's own, when a caller adds context: build both before storing either */
		char where[PT_ERROR_PATH_BYTES];
		copy_text(where, sizeof where, path);
		copy_text(err->message, sizeof err->message, message);
		copy_text(err->path, sizeof err->path, where);
		err->code = code;
		err->offset = offset;
	}
	return code;
}

static pt_status status_of_errno(int errnum)
{
	switch (errnum) {
	case ENOENT:
		return PT_ERR_NOT_FOUND;
	case EACCES:
	case EPERM:
		return PT_ERR_PERMISSION;
	case EISDIR:
		return PT_ERR_NOT_REGULAR;
	case ENOTDIR:
		return PT_ERR_NOT_DIRECTORY;
	case ENOMEM:
		return PT_ERR_MEMORY;
	default:
		return PT_ERR_IO;
	}
}

pt_status pt_fail_errno(pt_error *err, int errnum, const char *path, const char *what)
{
	return pt_fail(err, status_of_errno(errnum), path, -1, "%s: %s", what, strerror(errnum));
}
