/*
 * Any allocation while a run's logs are read, and while they become what is shown, may fail: PT_ERR_MEMORY,
 * and after another try all is as if nothing had happened.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../unit/analysis/run_fixture.h"
#include "phasetop/base/alloc.h"

static void write_logs(const char *root)
{
	make_directory(root, "version_0");
	write_text(root, "trainer_state.json",
		"{\"max_steps\": 9, \"log_history\": [{\"step\": 2, \"loss\": 1, \"a/b\": 2}]}");
	write_text(root, "metrics.csv", "step,loss,\"n\no\"\nstep,loss,note\n1,2,\"x\ny\"\n3,4,z\nstep;lr\n");
	write_text(root, "version_0/metrics.csv", "step;loss\n0;1,5\n");
	write_text(root, "train_log.jsonl", "{\"step\": 7, \"loss\": 1}\n{\"step\": 4, \"eval_loss\": 2}\n");
	write_text(root, "probe_losses.csv", "step,a,b\n1,2,3\n2,3,nan\n");
	write_text(root, "s.json", "{\"step\": [1, 2], \"acc\": [3, 4]}");
}

static pt_settings asking(void)
{
	pt_settings settings = pt_settings_default();
	settings.n_metrics = 2;
	strcpy(settings.metrics[0], "s.json:acc,nope");
	strcpy(settings.metrics[1], "a/b,none");
	return settings;
}

/* Everything of the logs that a snapshot shows, as one number. */
static uint64_t digest_of(const pt_run_view *run)
{
	uint64_t hash = 0xcbf29ce484222325u;
#define MIX(value) (hash = (hash ^ (uint64_t)(value)) * 0x100000001b3u)
	const pt_loss_view *loss = &run->loss;
	for (size_t i = 0; i < loss->n; i++) {
		MIX(loss->steps[i]);
		MIX(pt_is_missing(loss->train[i]) ? -1 : 1000 * loss->train[i]);
		MIX(pt_is_missing(loss->probe_mean[i]) ? -1 : 1000 * loss->probe_mean[i]);
	}
	for (size_t i = 0; i < loss->n_series; i++) {
		MIX(loss->series[i].name[0]);
		for (size_t r = 0; r < loss->series[i].n; r++)
			MIX(1000 * loss->series[i].values[r]);
	}
	for (size_t i = 0; i < run->n_problems; i++)
		for (const char *c = run->problems[i].message; *c; c++)
			MIX(*c);
	MIX(run->state);
#undef MIX
	return hash;
}

static void reading_and_building(void **state)
{
	(void)state;
	char root[64];
	pt_settings settings = asking();
	scratch_directory(root);
	write_logs(root);
	pt_snapshot *whole = fixture_cold(root, &settings);
	uint64_t expected = digest_of(&whole->runs[0]);
	assert_true(whole->runs[0].loss.n > 4 && whole->runs[0].loss.n_series > 1);
	pt_snapshot_destroy(whole);
	size_t n_failed = 0;
	for (size_t n = 1, done = 0; !done; n++) {
		fixture_time now;
		pt_pipeline *pipeline = fixture_pipeline(root, false, &now, &settings);
		assert_non_null(pipeline);
		bool changed = false;
		pt_snapshot *snapshot = NULL;
		now.monotonic_ms += 100;
		pt_alloc_fail_at(n, false);
		pt_status read = pt_pipeline_run_due(pipeline, &changed, NULL);
		pt_status built = read == PT_OK ? pt_pipeline_snapshot(pipeline, &snapshot, NULL) : PT_ERR_MEMORY;
		done = pt_alloc_fail_at(0, false) < n;
		if (!done) {
			if (read != PT_ERR_MEMORY && built != PT_ERR_MEMORY)
				fail_msg("allocation %zu: its failure is not told", n);
			n_failed++;
			pt_pipeline_mark_all(pipeline);
			fixture_pump(pipeline, &now);
			snapshot = fixture_snapshot(pipeline);
		}
		assert_non_null(snapshot);
		if (digest_of(&snapshot->runs[0]) != expected)
			fail_msg("allocation %zu: another picture", n);
		pt_snapshot_destroy(snapshot);
		pt_pipeline_destroy(pipeline);
	}
	assert_true(n_failed > 150);
	remove_tree(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reading_and_building)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
