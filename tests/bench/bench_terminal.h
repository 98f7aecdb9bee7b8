/** The program under a pty, with a terminal emulator that keeps its screen. */
#ifndef PHASETOP_BENCH_TERMINAL_H
#define PHASETOP_BENCH_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { BENCH_COLUMNS = 80, BENCH_ROWS = 24 };

typedef struct bench_terminal {
	pid_t pid;
	int fd;
	bool ended;     /* the program closed the pty */
	size_t n_bytes; /* from the program, so far */
	double last_s;  /* monotonic time of its last bytes */
	struct VTerm *vt;
	struct VTermScreen *screen;
} bench_terminal;

/** Monotonic seconds. */
double bench_now(void);
/** Sleep; a signal may cut it short. */
void bench_sleep(double seconds);

/** Start a program (NULL-terminated argv), TERM=xterm-256color, UTF-8. Exits when it cannot. */
void bench_terminal_start(bench_terminal *terminal, char *const argv[], int columns, int rows);

/** Type bytes. */
void bench_terminal_type(bench_terminal *terminal, const char *bytes);

/** CPU seconds of the program so far, in kernel and outside. */
double bench_terminal_cpu(const bench_terminal *terminal);

/** Wait at most `seconds` for bytes, show them to the emulator; how many came. */
size_t bench_terminal_pump(bench_terminal *terminal, double seconds);

/** Pump until nothing has come for `quiet` seconds; at most `limit`. False when the limit or the end came. */
bool bench_terminal_settle(bench_terminal *terminal, double quiet, double limit);

/** Does the top row hold `word` with no digit behind it? */
bool bench_terminal_top_has(const bench_terminal *terminal, const char *word);

/** Print the screen's text (what went wrong is then to be seen). */
void bench_terminal_print(const bench_terminal *terminal);

/** Key q, then SIGTERM, then SIGKILL; frees. */
void bench_terminal_stop(bench_terminal *terminal);

#endif
