/* Runs beside each other, through the pipeline: live equals cold, whatever came when; what has no number says
 * so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "phasetop/base/alloc.h"
#include "phasetop/numeric/blas.h"
#include "../../helpers/scratch_of_test.h"
#include "run_fixture.h"

enum { N_STEPS = 12, SPACING = 10 };

static const char *const names[] = {"a", "b", "c"};
static const int64_t turns[] = {60, 40, 80};

static int make_runs(void **state)
{
	make_scratch(state);
	for (int r = 0; r < 3; r++)
		make_directory(scratch, names[r]);
	return 0;
}

static void path_of(char *out, const char *root, const char *name)
{
	snprintf(out, 1024, "%s/%s", root, name);
}

static void add(const char *root, int run, int i)
{
	char path[1024];
	path_of(path, root, names[run]);
	write_adapter(path, SPACING * (int64_t)i, turns[run]);
}

static void add_all(const char *root)
{
	for (int run = 0; run < 3; run++)
		for (int i = 1; i <= N_STEPS; i++)
			add(root, run, i);
}

static pt_settings wanting(unsigned wanted)
{
	pt_settings settings = pt_settings_default();
	settings.wanted = wanted;
	return settings;
}

static void assert_near(const double *a, const double *b, size_t n)
{
	double largest = 0;
	for (size_t i = 0; i < n; i++)
		largest = fmax(largest, isnan(b[i]) ? 0 : fabs(b[i]));
	for (size_t i = 0; i < n; i++)
		assert_true(isnan(a[i]) ? isnan(b[i]) : fabs(a[i] - b[i]) <= 1e-12 * largest);
}

static void assert_same_comparison(const pt_snapshot *x, const pt_snapshot *y)
{
	assert_int_equal(x->n_runs, y->n_runs);
	assert_int_equal(x->baseline, y->baseline);
	for (int m = 0; m < PT_N_MATRICES; m++) {
		const pt_joint_pca_view *p = &x->joint[m], *q = &y->joint[m];
		assert_int_equal(p->present, q->present);
		assert_int_equal(p->n_runs, q->n_runs);
		for (size_t r = 0; r < p->n_runs; r++) {
			assert_int_equal(p->runs[r].run, q->runs[r].run);
			assert_int_equal(p->runs[r].n, q->runs[r].n);
			assert_memory_equal(p->runs[r].steps, q->runs[r].steps, p->runs[r].n * sizeof(int64_t));
			assert_near(p->runs[r].pc1, q->runs[r].pc1, p->runs[r].n);
			assert_near(p->runs[r].pc2, q->runs[r].pc2, p->runs[r].n);
		}
		for (size_t r = 0; r < x->n_runs; r++) {
			const pt_versus_view *a = &x->runs[r].versus[m], *b = &y->runs[r].versus[m];
			assert_int_equal(a->present, b->present);
			assert_int_equal(a->n, b->n);
			assert_near(a->cosine, b->cosine, a->n);
			assert_near(a->drift_cosine, b->drift_cosine, a->n);
			assert_near(&a->cosine_final, &b->cosine_final, 1);
			assert_near(&a->cosine_of_drift, &b->cosine_of_drift, 1);
			assert_int_equal(a->turn_lag_steps, b->turn_lag_steps);
		}
	}
}

/* A snapshot once nothing is left to compare. */
static pt_snapshot *settled(pt_pipeline *pipeline, fixture_time *now)
{
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	assert_non_null(snapshot);
	for (int round = 0; round < 100 && pt_pipeline_next_due_ms(pipeline) <= now->monotonic_ms; round++) {
		fixture_pump(pipeline, now);
		pt_snapshot_destroy(snapshot);
		snapshot = fixture_snapshot(pipeline);
		assert_non_null(snapshot);
	}
	return snapshot;
}

static void a_live_comparison_equals_a_cold_one(void **state)
{
	/* late, out of order, one run far behind the others */
	static const int order[][2] = {{0, 1}, {0, 2}, {1, 1}, {0, 5}, {2, 9}, {1, 3}, {0, 3}, {2, 2}, {1, 2},
		{0, 4}, {2, 1}, {2, 10}, {1, 7}, {0, 6}, {2, 3}};
	fixture_time now;
	pt_settings settings = wanting(PT_WANT_COMPARISON | PT_WANT_JOINT);
	add(*state, 0, 12);
	add(*state, 1, 12);
	add(*state, 2, 12);
	pt_pipeline *live = fixture_pipeline(*state, true, &now, &settings);
	fixture_pump(live, &now);
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		add(*state, order[i][0], order[i][1]);
		fixture_pump(live, &now);
		pt_snapshot *ours = settled(live, &now), *cold = fixture_cold(*state, &settings);
		assert_non_null(cold);
		assert_true(ours->joint[PT_MATRIX_B].present && ours->joint[PT_MATRIX_DW].present);
		assert_same_comparison(ours, cold);
		pt_snapshot_destroy(ours);
		pt_snapshot_destroy(cold);
	}
	/* a checkpoint is written anew, the last one: else it were a resume, which leaves those behind it out */
	char path[1024];
	path_of(path, *state, names[1]);
	write_adapter(path, 60, 10);
	fixture_pump(live, &now);
	pt_snapshot *ours = settled(live, &now), *cold = fixture_cold(*state, &settings);
	assert_same_comparison(ours, cold);
	pt_snapshot_destroy(ours);
	pt_snapshot_destroy(cold);
	pt_pipeline_destroy(live);
}

static void only_what_is_wanted_is_computed(void **state)
{
	fixture_time now;
	pt_settings settings = wanting(0);
	add_all(*state);
	pt_pipeline *live = fixture_pipeline(*state, true, &now, &settings);
	fixture_pump(live, &now);
	pt_snapshot *snapshot = settled(live, &now);
	assert_false(snapshot->joint[PT_MATRIX_B].present || snapshot->runs[1].versus[PT_MATRIX_B].present);
	size_t bytes = snapshot->memory_bytes;
	pt_snapshot_destroy(snapshot);
	settings.wanted = PT_WANT_COMPARISON | PT_WANT_JOINT;
	settings.compared = PT_MATRIX_BIT(PT_MATRIX_B);
	pt_pipeline_set_settings(live, &settings);
	snapshot = settled(live, &now);
	assert_true(snapshot->joint[PT_MATRIX_B].present && snapshot->runs[1].versus[PT_MATRIX_B].present);
	assert_false(snapshot->joint[PT_MATRIX_A].present || snapshot->runs[1].versus[PT_MATRIX_A].present);
	assert_true(snapshot->memory_bytes > bytes); /* what is kept for it is told */
	pt_snapshot_destroy(snapshot);
	pt_pipeline_destroy(live);
}

static void the_baseline_goes_by_name(void **state)
{
	pt_settings settings = wanting(PT_WANT_COMPARISON | PT_WANT_JOINT);
	add_all(*state);
	strcpy(settings.baseline, "b");
	pt_snapshot *snapshot = fixture_cold(*state, &settings);
	assert_int_equal(snapshot->baseline, 1);
	assert_true(snapshot->runs[0].versus[PT_MATRIX_B].present);
	assert_false(snapshot->runs[1].versus[PT_MATRIX_B].present); /* nothing is told of it beside itself */
	assert_int_equal(snapshot->n_problems, 0);
	pt_snapshot_destroy(snapshot);
	strcpy(settings.baseline, "nobody");
	snapshot = fixture_cold(*state, &settings);
	assert_int_equal(snapshot->baseline, 0);
	assert_int_equal(snapshot->n_problems, 1);
	assert_string_equal(snapshot->problems[0].code, "not_found");
	assert_string_equal(snapshot->problems[0].path, "nobody");
	pt_snapshot_destroy(snapshot);
}

static void runs_taken_out_are_in_no_plane(void **state)
{
	fixture_time now;
	pt_settings settings = wanting(PT_WANT_JOINT);
	add_all(*state);
	pt_pipeline *live = fixture_pipeline(*state, true, &now, &settings);
	fixture_pump(live, &now);
	pt_snapshot *all = settled(live, &now);
	assert_int_equal(all->joint[PT_MATRIX_B].n_runs, 3);
	settings.left_out[0] = 1; /* the baseline itself: the others go on without it */
	pt_pipeline_set_settings(live, &settings);
	pt_snapshot *two = settled(live, &now);
	assert_int_equal(two->joint[PT_MATRIX_B].n_runs, 2);
	assert_int_equal(two->joint[PT_MATRIX_B].runs[0].run, 1);
	assert_int_equal(two->joint[PT_MATRIX_B].n_left_out, 0); /* by hand, so nobody needs to be told */
	settings.left_out[0] = 3;                                /* one alone has its own plane */
	pt_pipeline_set_settings(live, &settings);
	pt_snapshot *one = settled(live, &now);
	assert_false(one->joint[PT_MATRIX_B].present);
	settings.left_out[0] = 0;
	pt_pipeline_set_settings(live, &settings);
	pt_snapshot *again = settled(live, &now);
	assert_same_comparison(again, all);
	pt_snapshot_destroy(all);
	pt_snapshot_destroy(two);
	pt_snapshot_destroy(one);
	pt_snapshot_destroy(again);
	pt_pipeline_destroy(live);
}

/* An adapter whose B is twice as long. */
static void write_other_shape(const char *root, int64_t step)
{
	char checkpoint[64], directory[2048], header[512];
	float data[FIXTURE_D_IN + 2 * FIXTURE_D_OUT], more[FIXTURE_D_OUT];
	snprintf(checkpoint, sizeof checkpoint, "checkpoint-%lld", (long long)step);
	make_directory(root, checkpoint);
	snprintf(directory, sizeof directory, "%s/%s", root, checkpoint);
	fixture_vectors(step, 50, data, data + FIXTURE_D_IN);
	fixture_vectors(step + 1, 50, data, more);
	memcpy(data + FIXTURE_D_IN + FIXTURE_D_OUT, more, sizeof more);
	int a = FIXTURE_D_IN * 4, all = (int)sizeof data;
	snprintf(header, sizeof header,
		"{\"base_model.model.layers.3.down_proj.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[1,%d],\"data_"
		"offsets\":[0,%d]},"
		"\"base_model.model.layers.3.down_proj.lora_B.weight\":{\"dtype\":\"F32\",\"shape\":[%d,1],\"data_"
		"offsets\":[%d,%d]}}",
		FIXTURE_D_IN, a, 2 * FIXTURE_D_OUT, a, all);
	write_safetensors(directory, "adapter_model.safetensors", header, data, sizeof data);
	write_text(directory, "adapter_config.json", "{\"peft_type\":\"LORA\",\"r\":1,\"lora_alpha\":2}");
}

static void other_shapes_have_no_cosine(void **state)
{
	char path[1024];
	pt_settings settings = wanting(PT_WANT_COMPARISON | PT_WANT_JOINT);
	path_of(path, *state, names[2]);
	for (int i = 1; i <= N_STEPS; i++) {
		add(*state, 0, i);
		add(*state, 1, i);
		write_other_shape(path, SPACING * i);
	}
	pt_snapshot *snapshot = fixture_cold(*state, &settings);
	const pt_versus_view *versus = &snapshot->runs[2].versus[PT_MATRIX_B];
	assert_true(versus->present);
	assert_false(versus->same_shapes);
	assert_true(pt_is_missing(versus->cosine_final) && pt_is_missing(versus->cosine_of_drift));
	assert_int_equal(versus->n, 0);
	const pt_joint_pca_view *joint = &snapshot->joint[PT_MATRIX_B];
	assert_int_equal(joint->n_runs, 2);
	assert_int_equal(joint->n_left_out, 1);
	assert_int_equal(joint->left_out[0], 2);
	pt_snapshot_destroy(snapshot);
}

static void runs_of_other_steps_meet_where_both_are(void **state)
{
	char path[1024];
	pt_settings settings = wanting(PT_WANT_COMPARISON);
	for (int i = 1; i <= 6; i++)
		add(*state, 0, i);
	path_of(path, *state, names[1]);
	for (int64_t step = 15; step <= 60; step += 15)
		write_adapter(path, step, 40);
	pt_snapshot *snapshot = fixture_cold(*state, &settings);
	const pt_versus_view *versus = &snapshot->runs[1].versus[PT_MATRIX_B];
	assert_int_equal(versus->n, 2);
	assert_int_equal(versus->steps[0], 30);
	assert_int_equal(versus->steps[1], 60);
	assert_false(pt_is_missing(versus->cosine_final));
	assert_int_equal(snapshot->n_runs, 2);
	pt_snapshot_destroy(snapshot);
}

/* An empty directory that becomes one of runs keeps its place among the others, and so do they. */
static void places_are_kept_when_runs_join(void **state)
{
	char parent[1024], other[1024];
	fixture_time now;
	pt_clock real = pt_clock_system();
	make_directory(*state, "parent");
	path_of(parent, *state, "parent");
	path_of(other, *state, "a");
	add(*state, 0, 1);
	now = (fixture_time){.wall_ms = pt_clock_wall_ms(&real) + 3600 * 1000, .monotonic_ms = 1000};
	pt_clock clock = {.wall_ms = fixture_wall, .monotonic_ms = fixture_monotonic, .context = &now};
	pt_run_path paths[] = {{.path = parent}, {.path = other}};
	pt_pipeline_options options = {.paths = paths,
		.n_paths = 2,
		.settings = pt_settings_default(),
		.clock = clock,
		.watch = true,
		.watching = {.mode = PT_WATCH_AUTO, .clock = clock, .calls = pt_watch_calls_system()}};
	pt_pipeline *live = NULL;
	assert_int_equal(pt_pipeline_create(&options, &live, NULL), PT_OK);
	fixture_pump(live, &now);
	pt_snapshot *before = fixture_snapshot(live);
	assert_int_equal(before->n_runs, 2);
	assert_string_equal(before->runs[1].name, "a");
	pt_snapshot_destroy(before);
	for (int i = 0; i < 2; i++) {
		char path[2048];
		make_directory(parent, names[1 + i]);
		snprintf(path, sizeof path, "%s/%s", parent, names[1 + i]);
		write_adapter(path, 10, 40);
		fixture_pump(live, &now);
	}
	pt_snapshot *after = fixture_snapshot(live);
	assert_int_equal(after->n_runs, 3);
	assert_string_equal(after->runs[0].name, "b");
	assert_string_equal(after->runs[1].name, "a");
	assert_string_equal(after->runs[2].name, "c");
	pt_snapshot_destroy(after);
	pt_pipeline_destroy(live);
}

/* What fails for want of memory fails whole, and comes right with the next snapshot. */
static void failed_allocations_do_no_harm(void **state)
{
	fixture_time now;
	pt_settings settings = wanting(PT_WANT_COMPARISON | PT_WANT_JOINT);
	add_all(*state);
	pt_snapshot *cold = fixture_cold(*state, &settings);
	for (size_t at = 1, done = 0; !done; at += at < 60 ? 1 : 17) {
		pt_snapshot *snapshot = NULL;
		pt_pipeline *pipeline = fixture_pipeline(*state, false, &now, &settings);
		fixture_pump(pipeline, &now);
		pt_alloc_fail_at(at, false);
		pt_status status = pt_pipeline_snapshot(pipeline, &snapshot, NULL);
		done = pt_alloc_fail_at(0, false) < at;
		assert_true(status == PT_OK || status == PT_ERR_MEMORY);
		if (status != PT_OK)
			snapshot = fixture_snapshot(pipeline);
		assert_non_null(snapshot);
		assert_same_comparison(snapshot, cold);
		pt_snapshot_destroy(snapshot);
		pt_pipeline_destroy(pipeline);
	}
	pt_snapshot_destroy(cold);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_runs, remove_scratch)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_live_comparison_equals_a_cold_one),
		CASE(only_what_is_wanted_is_computed),
		CASE(the_baseline_goes_by_name),
		CASE(runs_taken_out_are_in_no_plane),
		CASE(other_shapes_have_no_cosine),
		CASE(runs_of_other_steps_meet_where_both_are),
		CASE(places_are_kept_when_runs_join),
		CASE(failed_allocations_do_no_harm),
	};
	pt_blas_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
