/* Runs made by hand for the tests of the pipeline: a rank-1 adapter whose B turns at a known step. */
#ifndef TESTS_RUN_FIXTURE_H
#define TESTS_RUN_FIXTURE_H

#include <math.h>

#include "../runio/runio_fixture.h"

#include "phasetop/analysis/pipeline.h"
#include "phasetop/analysis/snapshot.h"

enum { FIXTURE_D_IN = 12, FIXTURE_D_OUT = 10 };

static inline void append_text(const char *root, const char *name, const char *text)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", root, name);
	FILE *file = fopen(path, "ab");
	if (!file || fputs(text, file) == EOF || fclose(file) != 0)
		exit(99);
}

/* Deterministic, not smooth to the last digit: a course that turns into a second direction at `turn`. */
static inline void fixture_vectors(int64_t step, int64_t turn, float *a, float *b)
{
	double along = 0.01 * (double)(step < turn ? step : turn),
		   across = 0.012 * (double)(step > turn ? step - turn : 0);
	for (int i = 0; i < FIXTURE_D_IN; i++)
		a[i] = (float)(cos(i + 1.0) + 1e-3 * (double)step * sin(2.0 * i + 0.3));
	for (int i = 0; i < FIXTURE_D_OUT; i++)
		b[i] = (float)(along * cos(3.0 * i) + across * sin(5.0 * i + 1) +
					   1e-4 * sin(0.7 * (double)step * (i + 1)));
}

static inline void write_adapter_values(
	const char *root, const char *checkpoint, const float *a, const float *b)
{
	char directory[4096], header[512];
	float data[FIXTURE_D_IN + FIXTURE_D_OUT];
	make_directory(root, checkpoint);
	snprintf(directory, sizeof directory, "%s/%s", root, checkpoint);
	snprintf(header, sizeof header,
		"{\"base_model.model.layers.3.down_proj.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[1,%d],\"data_"
		"offsets\":[0,%d]},"
		"\"base_model.model.layers.3.down_proj.lora_B.weight\":{\"dtype\":\"F32\",\"shape\":[%d,1],\"data_"
		"offsets\":[%d,%d]}}",
		FIXTURE_D_IN, FIXTURE_D_IN * 4, FIXTURE_D_OUT, FIXTURE_D_IN * 4, (FIXTURE_D_IN + FIXTURE_D_OUT) * 4);
	memcpy(data, a, sizeof(float) * FIXTURE_D_IN);
	memcpy(data + FIXTURE_D_IN, b, sizeof(float) * FIXTURE_D_OUT);
	write_safetensors(directory, "adapter_model.safetensors", header, data, sizeof data);
	write_text(directory, "adapter_config.json", "{\"peft_type\":\"LORA\",\"r\":1,\"lora_alpha\":2}");
}

static inline void write_adapter(const char *root, int64_t step, int64_t turn)
{
	char checkpoint[64];
	float a[FIXTURE_D_IN], b[FIXTURE_D_OUT];
	snprintf(checkpoint, sizeof checkpoint, "checkpoint-%lld", (long long)step);
	fixture_vectors(step, turn, a, b);
	write_adapter_values(root, checkpoint, a, b);
}

/* Wall time of the tests: an hour after now, so that files are settled; monotonic time is driven by hand. */
typedef struct fixture_time {
	int64_t wall_ms, monotonic_ms;
	int64_t look_ms; /* monotonic time goes on by so much at each look */
} fixture_time;

static inline int64_t fixture_wall(void *context)
{
	return ((fixture_time *)context)->wall_ms;
}

static inline int64_t fixture_monotonic(void *context)
{
	fixture_time *now = context;
	return now->monotonic_ms += now->look_ms;
}

/* @param slice_ms  how long one round of reading may take; 0: as long as it takes */
static inline pt_pipeline *fixture_pipeline_sliced(
	const char *root, bool watch, fixture_time *now, const pt_settings *settings, int64_t slice_ms)
{
	pt_clock real = pt_clock_system();
	*now = (fixture_time){.wall_ms = pt_clock_wall_ms(&real) + 3600 * 1000, .monotonic_ms = 1000};
	pt_clock clock = {.wall_ms = fixture_wall, .monotonic_ms = fixture_monotonic, .context = now};
	pt_run_path path = {.path = root};
	pt_pipeline_options options = {
		.paths = &path,
		.n_paths = 1,
		.settings = settings ? *settings : pt_settings_default(),
		.clock = clock,
		.watch = watch,
		.watching = {.mode = PT_WATCH_AUTO, .clock = clock, .calls = pt_watch_calls_system()},
		.slice_ms = slice_ms,
	};
	pt_pipeline *pipeline = NULL;
	if (pt_pipeline_create(&options, &pipeline, NULL) != PT_OK)
		return NULL;
	return pipeline;
}

static inline pt_pipeline *fixture_pipeline(
	const char *root, bool watch, fixture_time *now, const pt_settings *settings)
{
	return fixture_pipeline_sliced(root, watch, now, settings, 0);
}

/* Events, then all that is due now; true: something changed. */
static inline bool fixture_pump(pt_pipeline *pipeline, fixture_time *now)
{
	bool any = false;
	for (int round = 0; round < 4; round++) {
		bool changed = false;
		now->monotonic_ms += 100;
		pt_pipeline_drain_events(pipeline);
		if (pt_pipeline_run_due(pipeline, &changed, NULL) != PT_OK)
			return any;
		any |= changed;
	}
	return any;
}

static inline pt_snapshot *fixture_snapshot(pt_pipeline *pipeline)
{
	pt_snapshot *snapshot = NULL;
	return pt_pipeline_snapshot(pipeline, &snapshot, NULL) == PT_OK ? snapshot : NULL;
}

/* A cold scan of `root`; settled. */
static inline pt_snapshot *fixture_cold(const char *root, const pt_settings *settings)
{
	fixture_time now;
	pt_pipeline *pipeline = fixture_pipeline(root, false, &now, settings);
	if (!pipeline)
		return NULL;
	fixture_pump(pipeline, &now);
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	pt_pipeline_destroy(pipeline);
	return snapshot;
}

#endif
