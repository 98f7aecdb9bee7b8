/* Resumes: which checkpoints count, and what is said of the others, by every sign there is of a resume. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "life_fixture.h"
#include "phasetop/base/alloc.h"

#define STEPS(run) steps_text((run)->steps, (run)->n_steps)

/* "4-12 start, 8-8 resume 4" */
static const char *segments_text(const pt_run_view *run)
{
	static char text[256];
	size_t n = 0;
	text[0] = '\0';
	for (size_t i = 0; i < run->n_segments; i++) {
		const pt_segment *s = &run->segments[i];
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%lld-%lld %s", i ? ", " : "",
			(long long)s->first_step, (long long)s->last_step, s->why);
		if (s->from_step != PT_NO_STEP)
			n += (size_t)snprintf(text + n, sizeof text - n, " %lld", (long long)s->from_step);
	}
	return text;
}

static void expect_segments(const pt_snapshot *snapshot, const char *steps, const char *segments)
{
	const pt_run_view *run = &snapshot->runs[0];
	assert_string_equal(STEPS(run), steps);
	assert_string_equal(segments_text(run), segments);
	assert_int_equal(run->n_problems, run->n_notices);
}

static void expect_live(
	pt_pipeline *pipeline, fixture_time *now, const char *steps, const char *segments, double last_loss)
{
	fixture_pump(pipeline, now);
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	const pt_loss_view *loss = &snapshot->runs[0].loss;
	expect_segments(snapshot, steps, segments);
	if (last_loss > 0) {
		assert_non_null(loss->train);
		assert_true(fabs(loss->train[loss->n - 1] - last_loss) < 1e-9);
	}
	pt_snapshot_destroy(snapshot);
}

static void expect_cold(const char *root, const char *steps, const char *segments)
{
	pt_snapshot *snapshot = fixture_cold(root, NULL);
	expect_segments(snapshot, steps, segments);
	pt_snapshot_destroy(snapshot);
}

/* --- a real one: 12 steps, then from step 4 on again with another rate --- */

static void a_real_resume(void **state)
{
	char first[1024], after[1024];
	fixture_time now;
	if (!shared_has("formats/life_resume"))
		skip();
	shared_path(first, sizeof first, "formats/life_resume/first");
	shared_path(after, sizeof after, "formats/life_resume/after");
	copy_checkpoint(first, *state, "checkpoint-4");
	copy_checkpoint(first, *state, "checkpoint-8");
	copy_checkpoint(first, *state, "checkpoint-12");
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, NULL);
	expect_live(pipeline, &now, "4 8 12", "4-12 start", 4.1245903968811035);
	/* the weights come first: the state beside them is still that of the training before */
	char source[1100], target[256];
	snprintf(source, sizeof source, "%s/checkpoint-8", after);
	snprintf(target, sizeof target, "%s/checkpoint-8", (char *)*state);
	copy_one(source, target, "adapter_model.safetensors");
	expect_live(pipeline, &now, "4 8", "4-12 start, 8-8 resume 4", 0);
	copy_checkpoint(after, *state, "checkpoint-8");
	expect_live(pipeline, &now, "4 8", "4-12 start, 8-8 resume 4", 4.128159523010254);
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	assert_true(has_words(&snapshot->runs[0], "checkpoint-12", "from before the resume at step 4"));
	assert_int_equal(snapshot->runs[0].state, PT_RUN_STALE); /* 8 of 16 steps, an hour ago: not finished */
	pt_snapshot_destroy(snapshot);
	expect_cold(*state, "4 8", "4-12 start, 8-8 resume 4");
	copy_checkpoint(after, *state, "checkpoint-12");
	expect_live(pipeline, &now, "4 8 12", "4-12 start, 8-12 resume 4", 0);
	copy_checkpoint(after, *state, "checkpoint-16");
	expect_live(pipeline, &now, "4 8 12 16", "4-12 start, 8-16 resume 4", 4.102625370025635);
	/* the curves are those of the directory as it is now */
	snapshot = fixture_snapshot(pipeline);
	pt_snapshot *cold = fixture_cold(after, NULL);
	expect_segments(cold, "4 8 12 16", "4-4 start, 8-16 resume 4"); /* told by max_steps alone */
	for (size_t i = 0; i < 4; i++)
		assert_true(snapshot->runs[0].matrices[PT_MATRIX_B].norms.norm[i] ==
					cold->runs[0].matrices[PT_MATRIX_B].norms.norm[i]);
	assert_true(fabs(snapshot->runs[0].matrices[PT_MATRIX_B].cosines[0].values[0] -
					 cold->runs[0].matrices[PT_MATRIX_B].cosines[0].values[0]) < 1e-12);
	pt_snapshot_destroy(cold);
	pt_snapshot_destroy(snapshot);
	pt_pipeline_destroy(pipeline);
}

/* --- by hand --- */

static void save(const char *root, int64_t step, int64_t turn, int64_t max_steps, int64_t from, double shift)
{
	char directory[256];
	write_adapter(root, step, turn);
	snprintf(directory, sizeof directory, "%s/checkpoint-%lld", root, (long long)step);
	if (max_steps > 0)
		write_state(directory, step, max_steps, from, shift, "");
}

/* Without states: checkpoints that are rewritten while we watch. */
static void rewritten_without_states(void **state)
{
	fixture_time now;
	for (int64_t step = 5; step <= 30; step += 5)
		save(*state, step, 100, 0, 0, 0);
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, NULL);
	expect_live(pipeline, &now, "5 10 15 20 25 30", "5-30 start", 0);
	save(*state, 15, 7, 0, 0, 0);
	expect_live(pipeline, &now, "5 10 15", "5-30 start, 15-15 resume 10", 0);
	save(*state, 20, 7, 0, 0, 0);
	expect_live(pipeline, &now, "5 10 15 20", "5-30 start, 15-20 resume 10", 0);
	/* and once more, from an earlier step */
	save(*state, 10, 3, 0, 0, 0);
	expect_live(pipeline, &now, "5 10", "5-30 start, 15-20 resume 10, 10-10 resume 5", 0);
	save(*state, 5, 3, 0, 0, 0);
	expect_live(pipeline, &now, "5", "5-30 start, 15-20 resume 10, 10-10 resume 5, 5-5 start", 0);
	pt_pipeline_destroy(pipeline);
}

/* The same bytes again (touch, rsync): no resume. */
static void touched_is_not_rewritten(void **state)
{
	fixture_time now;
	for (int64_t step = 5; step <= 20; step += 5)
		save(*state, step, 100, 0, 0, 0);
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, NULL);
	expect_live(pipeline, &now, "5 10 15 20", "5-20 start", 0);
	save(*state, 10, 100, 0, 0, 0);
	expect_live(pipeline, &now, "5 10 15 20", "5-20 start", 0);
	pt_pipeline_destroy(pipeline);
}

/* Other save_steps: no checkpoint is overwritten, but the states tell of other losses. */
static void other_steps_than_before(void **state)
{
	fixture_time now;
	for (int64_t step = 10; step <= 40; step += 10)
		save(*state, step, 100, 60, 0, 0);
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, NULL);
	expect_live(pipeline, &now, "10 20 30 40", "10-40 start", 5.0 / 40);
	save(*state, 24, 7, 60, 20, 0.25);
	expect_live(pipeline, &now, "10 20 24", "10-40 start, 24-24 resume 20", 5.0 / 24 + 0.25);
	save(*state, 28, 7, 60, 20, 0.25);
	expect_live(pipeline, &now, "10 20 24 28", "10-40 start, 24-28 resume 20", 5.0 / 28 + 0.25);
	expect_cold(*state, "10 20 24 28", "10-40 start, 24-28 resume 20");
	pt_pipeline_destroy(pipeline);
}

/* Kept results of deleted checkpoints go too, where they lie behind the step that training went back to. */
static void resumed_after_rotation(void **state)
{
	fixture_time now;
	char command[256];
	for (int64_t step = 10; step <= 50; step += 10)
		save(*state, step, 100, 60, 0, 0);
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, NULL);
	expect_live(pipeline, &now, "10 20 30 40 50", "10-50 start", 0);
	snprintf(command, sizeof command, "cd '%s' && rm -r checkpoint-10 checkpoint-30 checkpoint-40",
		(char *)*state);
	assert_int_equal(system(command), 0);
	expect_live(pipeline, &now, "10 20 30 40 50", "10-50 start", 0);
	save(*state, 30, 7, 60, 20, 0.25);
	expect_live(pipeline, &now, "10 20 30", "10-50 start, 30-30 resume 20", 0);
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	assert_string_equal(steps_text(snapshot->runs[0].deleted, snapshot->runs[0].n_deleted), "10");
	pt_snapshot_destroy(snapshot);
	pt_pipeline_destroy(pipeline);
}

/* Times of a training and no states: a later step that is older was left behind. */
static void told_by_times(void **state)
{
	int64_t begin = 1700000000000;
	for (int64_t step = 5; step <= 40; step += 5)
		write_adapter_at(*state, step, 100, begin + step * MINUTE_MS);
	expect_cold(*state, "5 10 15 20 25 30 35 40", "5-40 start");
	for (int64_t step = 15; step <= 25; step += 5)
		write_adapter_at(*state, step, 7, begin + (100 + step) * MINUTE_MS);
	expect_cold(*state, "5 10 15 20 25", "5-40 start, 15-25 resume 10");
}

/* Times of a copy: in no time, by the alphabet, in no order. */
static void copies_are_no_resumes(void **state)
{
	static const int64_t by_alphabet[] = {10, 100, 15, 20, 5, 50}, in_no_order[] = {50, 5, 100, 15, 20, 10};
	int64_t begin = 1700000000000;
	for (int i = 0; i < 6; i++)
		write_adapter_at(*state, by_alphabet[i], 1000, begin + 10 * i);
	expect_cold(*state, "5 10 15 20 50 100", "5-100 start");
	for (int i = 0; i < 6; i++)
		write_adapter_at(*state, by_alphabet[i], 1000, begin + 30000 * i);
	expect_cold(*state, "5 10 15 20 50 100", "5-100 start");
	for (int i = 0; i < 6; i++)
		write_adapter_at(*state, in_no_order[i], 1000, begin + 30000 * i);
	expect_cold(*state, "5 10 15 20 50 100", "5-100 start");
	/* with states that tell of one training the times may be what they like */
	for (int i = 0; i < 6; i++) {
		char directory[256], name[64];
		snprintf(name, sizeof name, "checkpoint-%lld", (long long)in_no_order[i]);
		snprintf(directory, sizeof directory, "%s/%s", (char *)*state, name);
		write_state(directory, in_no_order[i], 100, 0, 0.0, "");
		set_mtimes(*state, name, begin + (in_no_order[i] == 5 ? 1000 : in_no_order[i]) * MINUTE_MS);
	}
	expect_cold(*state, "5 10 15 20 50 100", "5-100 start");
}

/* The closing row of the first training lies in the run directory while the second one goes on. */
static void a_closing_row_from_before(void **state)
{
	fixture_time now;
	for (int64_t step = 10; step <= 40; step += 10)
		save(*state, step, 100, 40, 0, 0);
	write_state(*state, 40, 40, 0, 0.0, ",{\"step\":40,\"train_loss\":2.0,\"train_runtime\":1.0}");
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, NULL);
	fixture_pump(pipeline, &now);
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	assert_int_equal(snapshot->runs[0].state, PT_RUN_FINISHED);
	pt_snapshot_destroy(snapshot);
	save(*state, 20, 7, 80, 10, 0.25);
	save(*state, 30, 7, 80, 10, 0.25);
	expect_live(pipeline, &now, "10 20 30", "10-40 start, 20-30 resume 10", 5.0 / 30 + 0.25);
	snapshot = fixture_snapshot(pipeline);
	assert_int_not_equal(snapshot->runs[0].state, PT_RUN_FINISHED);
	assert_int_equal(snapshot->runs[0].max_steps, 80);
	pt_snapshot_destroy(snapshot);
	snapshot = fixture_cold(*state, NULL);
	assert_int_not_equal(snapshot->runs[0].state, PT_RUN_FINISHED);
	assert_int_equal(snapshot->runs[0].max_steps, 80);
	pt_snapshot_destroy(snapshot);
	pt_pipeline_destroy(pipeline);
}

/* Half of a state is written: what was known of the segments stays. */
static void a_state_that_does_not_read(void **state)
{
	for (int64_t step = 10; step <= 30; step += 10)
		save(*state, step, 100, 60, 0, 0);
	write_text(*state, "checkpoint-20/trainer_state.json", "{\"log_history\":[{\"st");
	expect_cold(*state, "10 20 30", "10-30 start");
}

static void every_failing_allocation_is_survived(void **state)
{
	for (int64_t step = 10; step <= 40; step += 10)
		save(*state, step, 100, 60, 0, 0);
	save(*state, 20, 7, 60, 10, 0.25);
	for (size_t n = 1;; n++) {
		fixture_time now;
		bool changed;
		pt_pipeline *pipeline = fixture_pipeline(*state, false, &now, NULL);
		pt_alloc_fail_at(n, false);
		pt_status status = pt_pipeline_run_due(pipeline, &changed, NULL);
		pt_alloc_fail_at(0, false);
		assert_true(status == PT_OK || status == PT_ERR_MEMORY);
		if (status == PT_ERR_MEMORY)
			assert_int_equal(pt_pipeline_run_due(pipeline, &changed, NULL), PT_OK);
		pt_snapshot *snapshot = fixture_snapshot(pipeline);
		expect_segments(snapshot, "10 20", "10-40 start, 20-20 resume 10");
		pt_snapshot_destroy(snapshot);
		pt_pipeline_destroy(pipeline);
		if (status == PT_OK)
			break;
		assert_true(n < 5000);
	}
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_scratch, remove_scratch)
	const struct CMUnitTest tests[] = {
		CASE(a_real_resume),
		CASE(rewritten_without_states),
		CASE(touched_is_not_rewritten),
		CASE(other_steps_than_before),
		CASE(resumed_after_rotation),
		CASE(told_by_times),
		CASE(copies_are_no_resumes),
		CASE(a_closing_row_from_before),
		CASE(a_state_that_does_not_read),
		CASE(every_failing_allocation_is_survived),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
