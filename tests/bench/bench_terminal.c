#include "bench_terminal.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

double bench_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void bench_sleep(double seconds)
{
	const struct timespec time = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
	nanosleep(&time, NULL);
}

static void become(char *const argv[])
{
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	unsetenv("COLORTERM");
	unsetenv("NO_COLOR");
	execv(argv[0], argv);
	fprintf(stderr, "bench: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

void bench_terminal_start(bench_terminal *terminal, char *const argv[], int columns, int rows)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
	*terminal = (bench_terminal){.last_s = bench_now()};
	terminal->pid = forkpty(&terminal->fd, NULL, NULL, &size);
	if (terminal->pid == 0)
		become(argv);
	terminal->vt = vterm_new(rows, columns);
	if (terminal->pid < 0 || !terminal->vt) {
		fprintf(stderr, "bench: no pty: %s\n", strerror(errno));
		exit(1);
	}
	vterm_set_utf8(terminal->vt, 1);
	terminal->screen = vterm_obtain_screen(terminal->vt);
	vterm_screen_reset(terminal->screen, 1);
}

void bench_terminal_type(bench_terminal *terminal, const char *bytes)
{
	if (write(terminal->fd, bytes, strlen(bytes)) < 0)
		terminal->ended = true;
}

double bench_terminal_cpu(const bench_terminal *terminal)
{
	clockid_t clock;
	struct timespec used = {0};
	if (clock_getcpuclockid(terminal->pid, &clock) == 0)
		clock_gettime(clock, &used);
	return (double)used.tv_sec + 1e-9 * (double)used.tv_nsec;
}

size_t bench_terminal_pump(bench_terminal *terminal, double seconds)
{
	char bytes[65536];
	struct pollfd wait = {.fd = terminal->fd, .events = POLLIN};
	if (terminal->ended || poll(&wait, 1, (int)(seconds * 1e3)) <= 0)
		return 0;
	const ssize_t got = read(terminal->fd, bytes, sizeof bytes);
	if (got <= 0) {
		terminal->ended = true;
		return 0;
	}
	vterm_input_write(terminal->vt, bytes, (size_t)got);
	terminal->n_bytes += (size_t)got;
	terminal->last_s = bench_now();
	return (size_t)got;
}

bool bench_terminal_settle(bench_terminal *terminal, double quiet, double limit)
{
	const double end = bench_now() + limit;
	terminal->last_s = bench_now();
	while (!terminal->ended && bench_now() < end) {
		bench_terminal_pump(terminal, 0.01);
		if (bench_now() - terminal->last_s > quiet)
			return true;
	}
	return false;
}

/* Text of a row, other characters than ASCII as '?'. */
static void row_text(const bench_terminal *terminal, int row, char *text)
{
	for (int column = 0; column < BENCH_COLUMNS; column++) {
		VTermScreenCell cell;
		vterm_screen_get_cell(terminal->screen, (VTermPos){row, column}, &cell);
		text[column] = cell.chars[0] == 0 ? ' ' : cell.chars[0] < 127 ? (char)cell.chars[0] : '?';
	}
	text[BENCH_COLUMNS] = 0;
}

bool bench_terminal_top_has(const bench_terminal *terminal, const char *word)
{
	char text[BENCH_COLUMNS + 1];
	row_text(terminal, 0, text);
	const char *found = strstr(text, word);
	return found && !(found[strlen(word)] >= '0' && found[strlen(word)] <= '9');
}

void bench_terminal_print(const bench_terminal *terminal)
{
	char text[BENCH_COLUMNS + 1];
	for (int row = 0; row < BENCH_ROWS; row++) {
		row_text(terminal, row, text);
		fprintf(stderr, "    |%s|\n", text);
	}
}

void bench_terminal_stop(bench_terminal *terminal)
{
	static const int signals[] = {0, SIGTERM, SIGKILL};
	if (write(terminal->fd, "q", 1) != 1)
		terminal->ended = true;
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		if (signals[i])
			kill(terminal->pid, signals[i]);
		for (int wait = 0; wait < 200; wait++) {
			bench_terminal_pump(terminal, 0.01);
			if (waitpid(terminal->pid, NULL, WNOHANG) != 0)
				goto gone;
			if (terminal->ended)
				bench_sleep(0.01);
		}
	}
	waitpid(terminal->pid, NULL, 0);
gone:
	close(terminal->fd);
	vterm_free(terminal->vt);
}
