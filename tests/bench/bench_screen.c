/*
 * What the screen costs and how soon it tells: the real program under a pty, 80×24, 256 colours.
 *
 *     bench_screen bytes PROGRAM RUN SCRATCH           bytes per arriving checkpoint over a replay of RUN
 *     bench_screen live PROGRAM RUN SCRATCH [SECONDS]  rename of a checkpoint to its step on the screen; then
 *                                                      wake-ups of all threads over so many idle seconds (30)
 *
 *     bench_screen keys PROGRAM RUN                    bytes a key, and CPU of a whole screen of 500×150
 *
 * Prints "name median p95-or-max" lines.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench_terminal.h"
#include "measure.h"

enum {
	MOST_CHECKPOINTS = 1024,
	FED_BEFORE = 30,
	FED_LIVE = 25,
	KEY_TIMES = 20,
	LARGE_COLUMNS = 500,
	LARGE_ROWS = 150,
	REDRAWS = 40
};

static void give_up(const bench_terminal *terminal, const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	if (terminal)
		bench_terminal_print(terminal);
	exit(1);
}

/* Value below which a share of the sorted values lies (nearest rank). */
static double quantile(const double *sorted, size_t n, double share)
{
	const size_t rank = (size_t)(share * (double)n + 0.999999);
	return sorted[rank > 0 ? rank - 1 : 0];
}

/* Steps of the complete checkpoints of a run, rising; returns how many. */
static size_t list_steps(const char *run, double *steps)
{
	size_t n = 0;
	DIR *directory = opendir(run);
	for (struct dirent *entry; directory && (entry = readdir(directory));) {
		int step;
		char path[PATH_MAX];
		if (sscanf(entry->d_name, "checkpoint-%d", &step) != 1 || n == MOST_CHECKPOINTS)
			continue;
		snprintf(path, sizeof path, "%s/%s/adapter_model.safetensors", run, entry->d_name);
		if (access(path, F_OK) == 0)
			steps[n++] = step;
	}
	if (directory)
		closedir(directory);
	qsort(steps, n, sizeof *steps, by_value);
	return n;
}

/* ---- bytes per arriving checkpoint ------------------------------------------------------------------------
 */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* The growing copy below TMPDIR: a directory of the run's name, one level down. False: not there yet. */
static bool find_replay(const char *scratch, const char *name, char *path, size_t capacity)
{
	bool found = false;
	DIR *directory = opendir(scratch);
	for (struct dirent *entry; directory && !found && (entry = readdir(directory));) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, capacity, "%s/%s/%s", scratch, entry->d_name, name);
		found = access(path, F_OK) == 0;
	}
	if (directory)
		closedir(directory);
	return found;
}

static void measure_bytes(char *program, char *run, const char *scratch)
{
	static double bytes[MOST_CHECKPOINTS + 1], steps[MOST_CHECKPOINTS];
	char path[PATH_MAX];
	const size_t expected = list_steps(run, steps);
	size_t n = 0;
	double quiet_since = bench_now();
	bench_terminal terminal;
	setenv("TMPDIR", scratch, 1);
	bench_terminal_start(&terminal, (char *[]){program, "--replay", run, NULL}, BENCH_COLUMNS, BENCH_ROWS);
	const double end = bench_now() + 300;
	while (!terminal.ended && bench_now() < end && (n < expected || bench_now() - quiet_since < 2)) {
		/* look for the checkpoint before its bytes, so that they are counted as its own */
		if (find_replay(scratch, base_name(run), path, sizeof path))
			n = list_steps(path, steps);
		const size_t got = bench_terminal_pump(&terminal, 0.01);
		bytes[n] += (double)got;
		if (got > 0 || n < expected)
			quiet_since = bench_now();
	}
	if (n < expected || n < 2 || terminal.ended)
		give_up(&terminal, "the replay did not come to its end");
	bench_terminal_stop(&terminal);
	/* the first checkpoint lies there before the first frame, so its bytes are those of the first paint */
	double *later = bytes + 2;
	const size_t n_later = n - 1;
	printf("first_paint_bytes %.0f %.0f\n", bytes[0] + bytes[1], bytes[0] + bytes[1]);
	qsort(later, n_later, sizeof *later, by_value);
	printf("checkpoint_bytes %.0f %.0f\n", quantile(later, n_later, 0.5), quantile(later, n_later, 0.95));
	printf("checkpoints %zu %.0f\n", n_later, later[n_later - 1]);
}

/* ---- a live run fed by hand
 * --------------------------------------------------------------------------------- */

static void copy_file(const char *from, const char *to)
{
	char bytes[65536];
	const int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (out < 0)
		give_up(NULL, to);
	for (ssize_t got; in >= 0 && (got = read(in, bytes, sizeof bytes)) > 0;)
		if (write(out, bytes, (size_t)got) != got)
			give_up(NULL, to);
	close(out);
	if (in >= 0)
		close(in);
}

/* All of a checkpoint but its weights, which wait under a temporary name. */
static void prepare_checkpoint(const char *run, const char *live, int step, char *temporary, char *final)
{
	char from[PATH_MAX];
	snprintf(final, PATH_MAX, "%s/checkpoint-%d", live, step);
	mkdir(final, 0777);
	snprintf(from, sizeof from, "%s/checkpoint-%d/adapter_config.json", run, step);
	snprintf(final, PATH_MAX, "%s/checkpoint-%d/adapter_config.json", live, step);
	copy_file(from, final);
	snprintf(from, sizeof from, "%s/checkpoint-%d/adapter_model.safetensors", run, step);
	snprintf(temporary, PATH_MAX, "%s/checkpoint-%d/adapter_model.safetensors.tmp", live, step);
	snprintf(final, PATH_MAX, "%s/checkpoint-%d/adapter_model.safetensors", live, step);
	copy_file(from, temporary);
}

/* Seconds from the rename of a checkpoint to its step in the status line. */
static double feed_checkpoint(bench_terminal *terminal, const char *run, const char *live, int step)
{
	char temporary[PATH_MAX], final[PATH_MAX], word[32];
	prepare_checkpoint(run, live, step, temporary, final);
	snprintf(word, sizeof word, "step %d", step);
	/* let what the temporary files stirred up settle; jitter, so that no poll of ours meets one phase of
	 * theirs */
	bench_terminal_settle(terminal, 0.15 + 0.01 * (step % 17), 5);
	if (bench_terminal_top_has(terminal, word))
		give_up(terminal, "the step was on the screen before its checkpoint");
	const double begin = bench_now();
	if (rename(temporary, final) != 0)
		give_up(terminal, strerror(errno));
	while (!bench_terminal_top_has(terminal, word)) {
		bench_terminal_pump(terminal, 0.01);
		if (terminal->ended || bench_now() - begin > 10) {
			fprintf(stderr, "bench: no \"%s\" in the status line 10 s after the rename\n", word);
			give_up(terminal, "a checkpoint did not come to the screen");
		}
	}
	return terminal->last_s - begin;
}

/* Voluntary context switches of all threads: each is one going to sleep, so one wake-up. */
static long wakeups_of(pid_t pid)
{
	char path[PATH_MAX], line[256];
	long sum = 0;
	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	DIR *tasks = opendir(path);
	for (struct dirent *entry; tasks && (entry = readdir(tasks));) {
		snprintf(path, sizeof path, "/proc/%d/task/%.20s/status", (int)pid, entry->d_name);
		FILE *status = entry->d_name[0] == '.' ? NULL : fopen(path, "r");
		while (status && fgets(line, sizeof line, status)) {
			long count;
			if (sscanf(line, "voluntary_ctxt_switches: %ld", &count) == 1)
				sum += count;
		}
		if (status)
			fclose(status);
	}
	if (tasks)
		closedir(tasks);
	return sum;
}

/* Idle: switches in all, and the moments (half seconds apart) in which there were any. */
static void measure_idle(bench_terminal *terminal, double seconds)
{
	bench_terminal_settle(terminal, 1, 10);
	const long before = wakeups_of(terminal->pid);
	const size_t bytes = terminal->n_bytes;
	const double end = bench_now() + seconds;
	long last = before;
	int moments = 0;
	bool awake_before = false;
	while (bench_now() < end && !terminal->ended) {
		bench_terminal_pump(terminal, 0);
		bench_sleep(0.5);
		const long now = wakeups_of(terminal->pid);
		if (now > last && !awake_before)
			printf("idle_moment_%d %.1f %ld\n", ++moments, seconds - (end - bench_now()), now - last);
		awake_before = now > last;
		last = now;
	}
	bench_terminal_pump(terminal, 0);
	printf("idle_switches %ld %d\n", last - before, moments);
	printf("idle_bytes %zu %zu\n", terminal->n_bytes - bytes, terminal->n_bytes - bytes);
}

static void measure_live(char *program, const char *run, const char *scratch, double idle_seconds)
{
	static double steps[MOST_CHECKPOINTS], latency[FED_LIVE];
	char live[PATH_MAX], temporary[PATH_MAX], final[PATH_MAX];
	const size_t n = list_steps(run, steps);
	if (n < FED_BEFORE + FED_LIVE)
		give_up(NULL, "the run has too few checkpoints");
	snprintf(live, sizeof live, "%s/live", scratch);
	mkdir(live, 0777);
	for (size_t i = 0; i < FED_BEFORE; i++) {
		prepare_checkpoint(run, live, (int)steps[i], temporary, final);
		rename(temporary, final);
	}
	bench_terminal terminal;
	bench_terminal_start(&terminal, (char *[]){program, live, NULL}, BENCH_COLUMNS, BENCH_ROWS);
	char word[32];
	snprintf(word, sizeof word, "step %d", (int)steps[FED_BEFORE - 1]);
	const double start = bench_now();
	while (!bench_terminal_top_has(&terminal, word)) {
		bench_terminal_pump(&terminal, 0.01);
		if (terminal.ended || bench_now() - start > 20)
			give_up(&terminal, "the run did not come to the screen");
	}
	printf("start_ms %.3f %.3f\n", 1e3 * (terminal.last_s - start), 1e3 * (terminal.last_s - start));
	bench_terminal_settle(&terminal, 0.5, 10);
	for (size_t i = 0; i < FED_LIVE; i++)
		latency[i] = 1e3 * feed_checkpoint(&terminal, run, live, (int)steps[FED_BEFORE + i]);
	qsort(latency, FED_LIVE, sizeof *latency, by_value);
	printf("latency_ms %.3f %.3f\n", quantile(latency, FED_LIVE, 0.5), latency[FED_LIVE - 1]);
	measure_idle(&terminal, idle_seconds);
	bench_terminal_stop(&terminal);
}

/* ---- keys ------------------------------------------------------------------------------------------------
 */

static size_t bytes_of_keys(bench_terminal *terminal, const char *keys)
{
	const size_t before = terminal->n_bytes;
	bench_terminal_type(terminal, keys);
	bench_terminal_settle(terminal, 0.15, 5);
	return terminal->n_bytes - before;
}

/* A key many times: median and the most. */
static void measure_key(bench_terminal *terminal, const char *name, const char *there, const char *back)
{
	double bytes[KEY_TIMES];
	for (size_t i = 0; i < KEY_TIMES; i++)
		bytes[i] = (double)bytes_of_keys(terminal, i % 2 && back ? back : there);
	qsort(bytes, KEY_TIMES, sizeof *bytes, by_value);
	printf("%s %.0f %.0f\n", name, quantile(bytes, KEY_TIMES, 0.5), bytes[KEY_TIMES - 1]);
}

static void measure_keys(char *program, char *run)
{
	static const char *const panes[] = {"cosine", "spectrum", "norms", "pca"};
	char name[64];
	bench_terminal terminal;
	bench_terminal_start(&terminal, (char *[]){program, run, NULL}, BENCH_COLUMNS, BENCH_ROWS);
	bench_terminal_settle(&terminal, 0.5, 10);
	measure_key(&terminal, "cursor_bytes", "\033[D", NULL);
	measure_key(&terminal, "hide_bytes", "4", "4");
	for (size_t i = 0; i < sizeof panes / sizeof panes[0]; i++) {
		snprintf(name, sizeof name, "zoom_%s_bytes", panes[i]);
		printf("%s %zu", name, bytes_of_keys(&terminal, "z"));
		printf(" %zu\n", bytes_of_keys(&terminal, "z")); /* and back */
		bytes_of_keys(&terminal, "\t");
	}
	bench_terminal_stop(&terminal);
	bench_terminal_start(&terminal, (char *[]){program, run, NULL}, LARGE_COLUMNS, LARGE_ROWS);
	bench_terminal_settle(&terminal, 0.5, 10);
	const double before = bench_terminal_cpu(&terminal);
	for (int i = 0; i < REDRAWS; i++)
		bytes_of_keys(&terminal, "\f"); /* Ctrl-l */
	const double cpu = bench_terminal_cpu(&terminal) - before;
	printf("redraw_cpu_ms %.3f %.3f\n", 1e3 * cpu / REDRAWS, 1e3 * cpu / REDRAWS);
	bench_terminal_stop(&terminal);
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "keys") == 0)
		measure_keys(argv[2], argv[3]);
	else if (argc == 5 && strcmp(argv[1], "bytes") == 0)
		measure_bytes(argv[2], argv[3], argv[4]);
	else if ((argc == 5 || argc == 6) && strcmp(argv[1], "live") == 0)
		measure_live(argv[2], argv[3], argv[4], argc == 6 ? atof(argv[5]) : 30);
	else {
		fputs("usage: bench_screen keys PROGRAM RUN, or bytes|live PROGRAM RUN SCRATCH [IDLE_SECONDS]\n", stderr);
		return 2;
	}
	return 0;
}
