#include "made_run.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_BYTES = 4096, TURN_STEP = 420 };

static void give_up(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double draw(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (double)(int64_t)(*seed >> 11) * 0x1p-52 - 1;
}

static float *random_unit(uint64_t *seed, size_t n)
{
	float *x = malloc(n * sizeof *x);
	if (!x)
		give_up("memory");
	for (size_t i = 0; i < n; i++)
		x[i] = (float)(draw(seed) * sqrt(3.0 / (double)n));
	return x;
}

static FILE *open_in(const char *mode, const char *format, ...) __attribute__((format(printf, 2, 3)));
static FILE *open_in(const char *mode, const char *format, ...)
{
	char path[PATH_BYTES];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(path, sizeof path, format, arguments);
	va_end(arguments);
	FILE *file = fopen(path, mode);
	if (!file)
		give_up(path);
	return file;
}

void made_run_init(made_run *run, const char *directory)
{
	*run = (made_run){.directory = directory, .seed = 7};
	run->a0 = random_unit(&run->seed, MADE_D_IN);
	run->a1 = random_unit(&run->seed, MADE_D_IN);
	run->b0 = random_unit(&run->seed, MADE_D_OUT);
	run->b1 = random_unit(&run->seed, MADE_D_OUT);
	run->walk_a = calloc(MADE_D_IN, sizeof *run->walk_a);
	run->walk_b = calloc(MADE_D_OUT, sizeof *run->walk_b);
	if (!run->walk_a || !run->walk_b)
		give_up("memory");
	FILE *file = open_in("w", "%s/probe_losses.jsonl", directory);
	fputs("{\"probes\":[", file);
	for (int p = 0; p < MADE_PROBES; p++)
		fprintf(file, "%s\"%s/%02d\"", p ? "," : "", p % 2 ? "harmful" : "careful", p / 2);
	fputs("]}\n", file);
	fclose(file);
}

void made_run_fini(made_run *run)
{
	free(run->a0);
	free(run->a1);
	free(run->b0);
	free(run->b1);
	free(run->walk_a);
	free(run->walk_b);
}

static void write_config(const char *folder)
{
	FILE *file = open_in("w", "%s/adapter_config.json", folder);
	fputs("{\"peft_type\":\"LORA\",\"r\":1,\"lora_alpha\":64,\"use_rslora\":true,"
		  "\"target_modules\":[\"down_proj\"]}\n",
		file);
	fclose(file);
}

/* A drifts from its start; B grows along one direction and from TURN_STEP on along another; both in noise
   that adds up from step to step, as that of gradients does. */
static void write_weights(made_run *run, const char *folder, int step)
{
	static const char name[] = "base_model.model.model.layers.24.mlp.down_proj";
	static float a[MADE_D_IN], b[MADE_D_OUT];
	const double along = 6e-4 * fmin(step, TURN_STEP), across = 8e-4 * fmax(0, step - TURN_STEP);
	for (int i = 0; i < MADE_D_IN; i++) {
		run->walk_a[i] += (float)(5e-6 * draw(&run->seed));
		a[i] = (float)(0.58 * (double)run->a0[i] + 2e-4 * step * (double)run->a1[i]) + run->walk_a[i];
	}
	for (int i = 0; i < MADE_D_OUT; i++) {
		run->walk_b[i] += (float)(5e-6 * draw(&run->seed));
		b[i] = (float)(along * (double)run->b0[i] + across * (double)run->b1[i]) + run->walk_b[i];
	}
	char header[1024];
	int length = snprintf(header, sizeof header,
		"{\"%s.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[1,%d],\"data_offsets\":[0,%zu]},"
		"\"%s.lora_B.weight\":{\"dtype\":\"F32\",\"shape\":[%d,1],\"data_offsets\":[%zu,%zu]}}",
		name, MADE_D_IN, sizeof a, name, MADE_D_OUT, sizeof a, sizeof a + sizeof b);
	while (length % 8)
		header[length++] = ' ';
	const uint64_t size = (uint64_t)length;
	char temporary[PATH_BYTES + 32], final[PATH_BYTES + 32];
	snprintf(temporary, sizeof temporary, "%s/adapter_model.safetensors.tmp", folder);
	snprintf(final, sizeof final, "%s/adapter_model.safetensors", folder);
	FILE *file = open_in("wb", "%s", temporary);
	fwrite(&size, sizeof size, 1, file);
	fwrite(header, 1, (size_t)length, file);
	fwrite(a, sizeof a, 1, file);
	fwrite(b, sizeof b, 1, file);
	if (fclose(file) != 0 || rename(temporary, final) != 0)
		give_up(final);
}

static void write_probe_rows(made_run *run, int from, int to)
{
	FILE *file = open_in("a", "%s/probe_losses.jsonl", run->directory);
	for (int step = from; step <= to; step++) {
		fprintf(file, "{\"step\":%d,\"losses\":[", step);
		for (int p = 0; p < MADE_PROBES; p++)
			fprintf(file, "%s%.7g", p ? "," : "",
				3 - 1.5 / (1 + exp((TURN_STEP - step) / (10.0 + p))) + 0.01 * draw(&run->seed));
		fputs("]}\n", file);
	}
	fclose(file);
}

void made_run_grow(made_run *run)
{
	const int step = MADE_SPACING * ++run->n;
	char folder[PATH_BYTES];
	snprintf(folder, sizeof folder, "%s/checkpoint-%d", run->directory, step);
	write_probe_rows(run, step - MADE_SPACING + 1, step);
	if (mkdir(folder, 0777) != 0)
		give_up(folder);
	write_config(folder);
	write_weights(run, folder, step);
}
