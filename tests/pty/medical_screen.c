#include "medical_screen.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

const char *program(void)
{
	const char *given = getenv("PT_PROGRAM");
	return given ? given : "build/release/phasetop";
}

pty *start_with(const char *path, const char *const *env, int columns, int rows)
{
	const char *args[] = {program(), path, NULL};
	return pty_start(&(pty_options){.columns = columns, .rows = rows, .args = args, .env = env});
}

/* The whole of the sample run is on the screen. */
void wait_for_screen(pty *terminal)
{
	pty_wait_for(terminal, "step 400");
	pty_wait_for(terminal, "cosine");
	pty_settle(terminal);
}

pty *start(const char *const *env)
{
	pty *terminal = start_with(MEDICAL_RUN, env, 80, 24);
	wait_for_screen(terminal);
	return terminal;
}

char *screen_text(pty *terminal, int rows)
{
	char *text = calloc((size_t)rows, PTY_MAX_COLUMNS * 4 + 1);
	assert_non_null(text);
	for (int y = 0; y < rows; y++) {
		strcat(text, pty_row(terminal, y));
		strcat(text, "\n");
	}
	return text;
}

void assert_exited(pty *terminal, int code)
{
	int status = pty_wait_for_end(terminal);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != code)
		fail_msg("ended with status %#x, not with exit code %d", (unsigned)status, code);
	assert_true(pty_is_restored(terminal));
}
