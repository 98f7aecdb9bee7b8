#include "phasetop/report/report_json.h"

#include <string.h>

#include "phasetop/report/json_writer.h"
#include "phasetop/report/report_list.h"

#include "report_json_series.h"

static void write_time(pt_json_writer *writer, const char *key, int64_t wall_ms)
{
	char text[32];
	pt_report_time(text, sizeof text, wall_ms);
	pt_json_writer_member_string(writer, key, text[0] ? text : NULL);
}

static void write_strings(pt_json_writer *writer, const char *key, const char *const *strings, size_t n)
{
	pt_json_writer_key(writer, key);
	pt_json_writer_begin_array_on_line(writer);
	for (size_t i = 0; i < n; i++)
		pt_json_writer_string(writer, strings[i]);
	pt_json_writer_end_array(writer);
}

static void write_problems(
	pt_json_writer *writer, const char *key, const pt_problem *problems, size_t n_problems)
{
	pt_json_writer_key(writer, key);
	pt_json_writer_begin_array(writer);
	for (size_t i = 0; i < n_problems; i++) {
		pt_json_writer_begin_object_on_line(writer);
		pt_json_writer_member_string(writer, "path", problems[i].path);
		pt_json_writer_member_string(writer, "code", problems[i].code);
		pt_report_json_step(writer, "offset", problems[i].offset < 0 ? PT_NO_STEP : problems[i].offset);
		pt_json_writer_member_string(writer, "message", problems[i].message);
		pt_json_writer_end_object(writer);
	}
	pt_json_writer_end_array(writer);
}

static void write_segments(pt_json_writer *writer, const pt_run_view *run)
{
	pt_json_writer_key(writer, "segments");
	pt_json_writer_begin_array(writer);
	for (size_t i = 0; i < run->n_segments; i++) {
		pt_json_writer_begin_object_on_line(writer);
		pt_report_json_step(writer, "first_step", run->segments[i].first_step);
		pt_report_json_step(writer, "last_step", run->segments[i].last_step);
		pt_json_writer_member_string(writer, "why", run->segments[i].why);
		pt_report_json_step(writer, "from_step", run->segments[i].from_step);
		pt_json_writer_end_object(writer);
	}
	pt_json_writer_end_array(writer);
}

static void write_checkpoints(pt_json_writer *writer, const pt_run_view *run)
{
	size_t n = run->n_steps;
	pt_json_writer_key(writer, "checkpoints");
	pt_json_writer_begin_object(writer);
	pt_json_writer_member_int(writer, "count", (int64_t)n);
	pt_report_json_step(writer, "first", n ? run->steps[0] : PT_NO_STEP);
	pt_report_json_step(writer, "last", n ? run->steps[n - 1] : PT_NO_STEP);
	pt_report_json_step(writer, "spacing", run->spacing);
	pt_report_json_steps(writer, "steps", run->steps, n);
	pt_report_json_steps(writer, "deleted", run->deleted, run->n_deleted);
	pt_json_writer_key(writer, "pending");
	pt_json_writer_begin_array(writer);
	for (size_t i = 0; i < run->n_pending; i++) {
		pt_json_writer_begin_object_on_line(writer);
		pt_json_writer_member_string(writer, "path", run->pending[i].path);
		pt_json_writer_member_string(writer, "why", run->pending[i].why);
		pt_json_writer_end_object(writer);
	}
	pt_json_writer_end_array(writer);
	write_problems(writer, "problems", run->problems, run->n_problems);
	pt_json_writer_end_object(writer);
}

static void write_scaling_changes(pt_json_writer *writer, const pt_module_view *module)
{
	pt_json_writer_key(writer, "scaling_changes");
	pt_json_writer_begin_array(writer);
	for (size_t i = 0; i < module->n_scaling_changes; i++) {
		pt_json_writer_begin_object_on_line(writer);
		pt_report_json_step(writer, "step", module->scaling_changes[i].step);
		pt_json_writer_member_double(writer, "scaling", module->scaling_changes[i].scaling);
		pt_json_writer_end_object(writer);
	}
	pt_json_writer_end_array(writer);
}

static void write_module(pt_json_writer *writer, const pt_module_view *module)
{
	bool full = module->kind && strcmp(module->kind, "full") == 0;
	pt_json_writer_begin_object_on_line(writer);
	pt_json_writer_member_string(writer, "name", module->name);
	pt_json_writer_member_string(writer, "adapter", module->adapter);
	pt_json_writer_member_string(writer, "kind", module->kind);
	/* A plain tensor has neither rank nor scaling nor a second factor: null, never 0 or an empty shape. */
	pt_report_json_step(writer, "rank", full ? PT_NO_STEP : module->rank);
	pt_json_writer_member_double(writer, "scaling", module->scaling);
	write_scaling_changes(writer, module);
	pt_json_writer_member_string(writer, "dtype", module->dtype);
	pt_report_json_steps(writer, "shape_a", module->shape_a, module->n_shape_a);
	if (full)
		pt_json_writer_member_null(writer, "shape_b");
	else
		pt_report_json_steps(writer, "shape_b", module->shape_b, module->n_shape_b);
	pt_json_writer_member_bool(writer, "selected", module->selected);
	write_strings(writer, "warnings", module->warnings, module->n_warnings);
	pt_json_writer_end_object(writer);
}

static void write_age(pt_json_writer *writer, const pt_run_view *run, int64_t now_ms)
{
	if (run->last_write_wall_ms == PT_NO_TIME || now_ms == PT_NO_TIME) {
		pt_json_writer_member_null(writer, "last_write_age_s");
		return;
	}
	/* A file from the future (a clock that jumped, another machine's time) is new, not younger than new. */
	int64_t age_ms = now_ms > run->last_write_wall_ms ? now_ms - run->last_write_wall_ms : 0;
	pt_json_writer_member_double(writer, "last_write_age_s", (double)age_ms / 1000.0);
}

static void write_run(pt_json_writer *writer, const pt_run_view *run, const pt_snapshot *snapshot,
	const pt_report_options *options, int64_t now_ms)
{
	pt_json_writer_begin_object(writer);
	pt_json_writer_member_string(writer, "name", run->name);
	pt_json_writer_member_string(writer, "path", run->path);
	pt_json_writer_member_string(writer, "state", pt_run_state_name(run->state));
	write_age(writer, run, now_ms);
	pt_report_json_step(writer, "max_steps", run->max_steps);
	write_time(writer, "next_checkpoint_at", run->next_checkpoint_wall_ms);
	write_time(writer, "finish_at", run->finish_wall_ms);
	write_segments(writer, run);
	write_checkpoints(writer, run);
	pt_json_writer_key(writer, "modules");
	pt_json_writer_begin_array(writer);
	for (size_t i = 0; i < run->n_modules; i++)
		write_module(writer, &run->modules[i]);
	pt_json_writer_end_array(writer);
	pt_json_writer_key(writer, "skipped_tensors");
	pt_json_writer_begin_object_on_line(writer);
	pt_json_writer_member_int(writer, "count", (int64_t)run->n_skipped_tensors);
	write_strings(writer, "examples", run->skipped_examples, run->n_skipped_examples);
	pt_json_writer_end_object(writer);
	if (!options->list_only) {
		unsigned matrices = pt_report_matrices_of(run, options->matrices);
		pt_report_json_series(writer, run, &snapshot->settings, matrices);
	}
	pt_json_writer_end_object(writer);
}

pt_status pt_report_json_write(
	FILE *out, const pt_snapshot *snapshot, const pt_report_options *options, pt_error *err)
{
	int64_t now_ms = options->now_wall_ms == PT_NO_TIME ? snapshot->taken_wall_ms : options->now_wall_ms;
	pt_json_writer writer;
	pt_json_writer_init(&writer, out, options->compact);
	pt_json_writer_begin_object(&writer);
	pt_json_writer_member_string(&writer, "phasetop", PT_VERSION);
	pt_json_writer_member_int(&writer, "schema", PT_REPORT_SCHEMA);
	pt_json_writer_member_null(&writer, "as_of_step");
	pt_json_writer_key(&writer, "runs");
	pt_json_writer_begin_array(&writer);
	for (size_t i = 0; i < snapshot->n_runs; i++)
		write_run(&writer, &snapshot->runs[i], snapshot, options, now_ms);
	pt_json_writer_end_array(&writer);
	if (!options->list_only)
		pt_report_json_comparison(&writer, snapshot, options->matrices);
	write_problems(&writer, "problems", snapshot->problems, snapshot->n_problems);
	pt_json_writer_end_object(&writer);
	return pt_json_writer_finish(&writer, err);
}
