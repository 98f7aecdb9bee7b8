#include "made_run.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../helpers/random_numbers.h"

enum { PATH_BYTES = 4096, TURN_STEP = 420 };

static void give_up(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static float *random_unit(uint64_t *seed, size_t n)
{
	float *x = malloc(n * sizeof *x);
	if (!x)
		give_up("memory");
	for (size_t i = 0; i < n; i++)
		x[i] = (float)(random_fine(seed) * sqrt(3.0 / (double)n));
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

const made_shape made_small = {.modules = 1, .rank = 1, .d_in = 13824, .d_out = 5120};
const made_shape made_large = {.modules = 32, .rank = 8, .d_in = 13824, .d_out = 5696};
const made_shape made_wide = {.modules = 8, .rank = 32, .d_in = 13824, .d_out = 5696};

void made_run_init(made_run *run, const char *directory, const made_shape *shape)
{
	*run = (made_run){.directory = directory, .shape = *shape, .seed = 7};
	run->n_a = (size_t)shape->rank * (size_t)shape->d_in;
	run->n_b = (size_t)shape->rank * (size_t)shape->d_out;
	run->a0 = random_unit(&run->seed, run->n_a);
	run->a1 = random_unit(&run->seed, run->n_a);
	run->b0 = random_unit(&run->seed, run->n_b);
	run->b1 = random_unit(&run->seed, run->n_b);
	run->walk_a = calloc((size_t)shape->modules * run->n_a, sizeof *run->walk_a);
	run->walk_b = calloc((size_t)shape->modules * run->n_b, sizeof *run->walk_b);
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

static void write_config(const made_run *run, const char *folder)
{
	FILE *file = open_in("w", "%s/adapter_config.json", folder);
	fprintf(file,
		"{\"peft_type\":\"LORA\",\"r\":%d,\"lora_alpha\":64,\"use_rslora\":true,"
		"\"target_modules\":[\"down_proj\"]}\n",
		run->shape.rank);
	fclose(file);
}

/* The next A of a module (B): from its start along one direction, after TURN_STEP along another, in noise that adds
   up from step to step, as that of gradients does. */
static void write_factor(made_run *run, FILE *file, float *walk, const float *first, const float *second, size_t n,
	double along, double across)
{
	float *values = malloc(n * sizeof *values);
	if (!values)
		give_up("memory");
	for (size_t i = 0; i < n; i++) {
		walk[i] += (float)(5e-6 * random_fine(&run->seed));
		values[i] = (float)(along * (double)first[i] + across * (double)second[i]) + walk[i];
	}
	fwrite(values, sizeof *values, n, file);
	free(values);
}

static void write_header(const made_run *run, FILE *file)
{
	enum { HEADER_BYTES = 16384 };
	char header[HEADER_BYTES];
	int length = 0;
	size_t at = 0;
	for (int module = 0; module < run->shape.modules; module++)
		for (int factor = 0; factor < 2; factor++) {
			size_t bytes = (factor ? run->n_b : run->n_a) * sizeof(float);
			length += snprintf(header + length, (size_t)(HEADER_BYTES - length),
				"%c\"base_model.model.model.layers.%d.mlp.down_proj.lora_%c.weight\":{\"dtype\":\"F32\","
				"\"shape\":[%d,%d],\"data_offsets\":[%zu,%zu]}",
				at ? ',' : '{', 24 + module, factor ? 'B' : 'A', factor ? run->shape.d_out : run->shape.rank,
				factor ? run->shape.rank : run->shape.d_in, at, at + bytes);
			at += bytes;
		}
	header[length++] = '}';
	while (length % 8)
		header[length++] = ' ';
	const uint64_t size = (uint64_t)length;
	fwrite(&size, sizeof size, 1, file);
	fwrite(header, 1, (size_t)length, file);
}

static void write_weights(made_run *run, const char *folder, int step)
{
	const double along = 6e-4 * fmin(step, TURN_STEP), across = 8e-4 * fmax(0, step - TURN_STEP);
	char temporary[PATH_BYTES + 32], final[PATH_BYTES + 32];
	snprintf(temporary, sizeof temporary, "%s/adapter_model.safetensors.tmp", folder);
	snprintf(final, sizeof final, "%s/adapter_model.safetensors", folder);
	FILE *file = open_in("wb", "%s", temporary);
	write_header(run, file);
	for (size_t module = 0; module < (size_t)run->shape.modules; module++) {
		write_factor(
			run, file, run->walk_a + module * run->n_a, run->a0, run->a1, run->n_a, 0.58, 2e-4 * step);
		write_factor(run, file, run->walk_b + module * run->n_b, run->b0, run->b1, run->n_b, along, across);
	}
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
				3 - 1.5 / (1 + exp((TURN_STEP - step) / (10.0 + p))) + 0.01 * random_fine(&run->seed));
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
	write_config(run, folder);
	write_weights(run, folder, step);
}
