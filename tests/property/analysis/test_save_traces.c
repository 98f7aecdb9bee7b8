/*
 * The system calls of real saves (tests/data/save_traces), made again and stopped at every one of them and in
 * the middle of every write: nothing half written is ever taken for whole, nothing whole is missing at the
 * next look, and what rotation deletes stays, marked. PT_SEQUENCES says how many random choices of looks to
 * try (default 20).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../helpers/random_numbers.h"
#include "phasetop/base/text.h"
#include "trace_fixture.h"

enum { MAX_STEPS = 8, N_SHARDS = 5 };

/* What a checkpoint's files say of it at a moment. */
typedef struct truth {
	int64_t step;
	bool may_be_seen;  /* all bytes of its weights and of what has to come with them are there */
	bool must_be_seen; /* and the files were closed or renamed */
	bool is_going;     /* a file of its weights is deleted */
	double norm;       /* ‖B‖ or ‖W‖ of its weights, by a cold look at the whole of it */
} truth;

typedef struct stage {
	char base[64], run[128], reference[128];
	trace calls;
	trace_player player;
	truth truths[MAX_STEPS];
	size_t n_truths;
	bool is_sharded, is_full;
	size_t n_looked; /* checkpoints that a look found, at most */
} stage;

static uint64_t random_state;

/* --- what the files will be in the end --- */

static void write_tensor(const char *directory, const char *file, const char *tensor, int64_t step)
{
	char header[256];
	float values[24];
	for (int i = 0; i < 24; i++)
		values[i] = (float)(cos(i + 0.1 * (double)step) + (double)strlen(file));
	snprintf(header, sizeof header, "{\"%s\":{\"dtype\":\"F32\",\"shape\":[4,6],\"data_offsets\":[0,96]}}",
		tensor);
	write_safetensors(directory, file, header, values, sizeof values);
}

static void write_shards(const char *directory, int64_t step)
{
	char index[1024];
	pt_text text = pt_text_over(index, sizeof index);
	pt_text_add(&text, "{\"weight_map\":{");
	for (int i = 1; i <= N_SHARDS; i++) {
		char file[64], tensor[24];
		snprintf(file, sizeof file, "model-%05d-of-%05d.safetensors", i, N_SHARDS);
		snprintf(tensor, sizeof tensor, "layer%d", i);
		write_tensor(directory, file, tensor, step);
		pt_text_addf(&text, "%s\"%s\":\"%s\"", i > 1 ? "," : "", tensor, file);
	}
	pt_text_add(&text, "}}");
	write_text(directory, "model.safetensors.index.json", index);
}

static void write_reference(stage *s, const char *name, int64_t step)
{
	char directory[256], state[256];
	snprintf(directory, sizeof directory, "%s/%s", s->reference, name);
	make_directory(s->reference, name);
	if (s->is_sharded) {
		write_shards(directory, step);
	} else if (s->is_full) {
		write_tensor(directory, "model.safetensors", "layer", step);
	} else {
		float a[FIXTURE_D_IN], b[FIXTURE_D_OUT];
		fixture_vectors(step, 100, a, b);
		write_adapter_values(s->reference, name, a, b);
	}
	snprintf(state, sizeof state,
		"{\"global_step\":%lld,\"max_steps\":1000,\"log_history\":[{\"step\":%lld,\"loss\":%lld.5}]}",
		(long long)step, (long long)step, (long long)step);
	write_text(directory, "trainer_state.json", state);
}

static truth *truth_of(stage *s, const char *path)
{
	int64_t step = strncmp(path, "checkpoint-", 11) == 0 ? atoll(path + 11) : -1;
	for (size_t i = 0; i < s->n_truths; i++)
		if (s->truths[i].step == step)
			return &s->truths[i];
	return NULL;
}

static double norm_at(const pt_run_view *run, size_t i)
{
	const pt_norm_view *b = &run->matrices[PT_MATRIX_B].norms, *w = &run->matrices[PT_MATRIX_W].norms;
	return b->present ? b->norm[i] : w->present ? w->norm[i] : PT_MISSING;
}

/* Every directory that the trace makes, whole, and what a cold look at it tells. */
static void make_reference(stage *s)
{
	char name[128];
	int64_t step = 0;
	mkdir(s->reference, 0777);
	for (size_t i = 0; i < s->calls.n; i++) {
		const trace_call *call = &s->calls.calls[i];
		s->is_sharded |= strstr(call->path, "-of-") != NULL;
		s->is_full |= strstr(call->to, "/model") != NULL;
	}
	for (size_t i = 0; i < s->calls.n; i++) {
		if (s->calls.calls[i].kind != CALL_MKDIR)
			continue;
		final_name(&s->calls, i, s->calls.calls[i].path, name);
		bool is_checkpoint = strncmp(name, "checkpoint-", 11) == 0;
		step = is_checkpoint ? atoll(name + 11) : step;
		write_reference(s, name, step);
		if (is_checkpoint)
			s->truths[s->n_truths++] = (truth){.step = step};
	}
	pt_snapshot *snapshot = fixture_cold(s->reference, NULL);
	assert_int_equal(snapshot->runs[0].n_steps, s->n_truths);
	for (size_t i = 0; i < s->n_truths; i++) {
		s->truths[i].norm = norm_at(&snapshot->runs[0], i);
		assert_false(pt_is_missing(s->truths[i].norm));
	}
	pt_snapshot_destroy(snapshot);
}

static void begin(stage *s, const char *trace_name, bool in_place)
{
	char path[256];
	*s = (stage){0};
	scratch_directory(s->base);
	snprintf(s->run, sizeof s->run, "%s/run", s->base);
	snprintf(s->reference, sizeof s->reference, "%s/reference", s->base);
	snprintf(path, sizeof path, "tests/data/save_traces/%s", trace_name);
	assert_true(trace_read(path, &s->calls));
	if (in_place)
		trace_in_place(&s->calls);
	make_reference(s);
	mkdir(s->run, 0777);
	s->player = (trace_player){.root = s->run, .reference = s->reference};
}

static void end(stage *s)
{
	remove_tree(s->base);
}

/* --- what the files are at a moment --- */

/* Is the file there and as long as it is to be; and is it not open? */
static bool is_whole(stage *s, const char *directory, const char *name, bool closed)
{
	char path[512], below[256];
	struct stat record, wanted;
	snprintf(below, sizeof below, "%s/%s", directory, name);
	snprintf(path, sizeof path, "%s/%s", s->run, below);
	if (stat(path, &record) != 0)
		return false;
	snprintf(path, sizeof path, "%s/%s", s->reference, below);
	assert_int_equal(stat(path, &wanted), 0);
	/* safetensors 0.8 closes after the renaming: renamed is whole */
	bool is_json = strstr(name, ".json") != NULL;
	bool is_open = is_json && fd_of(&s->player, below, false) >= 0;
	return record.st_size == wanted.st_size && !(closed && is_open);
}

static bool are_whole(stage *s, const char *directory, bool closed, bool in_place)
{
	if (!s->is_full)
		return is_whole(s, directory, "adapter_model.safetensors", closed) &&
			   is_whole(s, directory, "adapter_config.json", closed);
	if (!s->is_sharded) {
		char below[256];
		snprintf(below, sizeof below, "%s/model.safetensors", directory);
		bool is_open = in_place && fd_of(&s->player, below, false) >= 0;
		return is_whole(s, directory, "model.safetensors", closed) && !(closed && is_open);
	}
	bool whole = is_whole(s, directory, "model.safetensors.index.json", closed);
	for (int i = 1; i <= N_SHARDS && whole; i++) {
		char name[64];
		snprintf(name, sizeof name, "model-%05d-of-%05d.safetensors", i, N_SHARDS);
		whole = is_whole(s, directory, name, closed);
	}
	return whole;
}

static void look_at_files(stage *s, bool in_place)
{
	for (size_t i = 0; i < s->n_truths; i++) {
		truth *t = &s->truths[i];
		char directory[64];
		snprintf(directory, sizeof directory, "checkpoint-%lld", (long long)t->step);
		bool was_whole = t->may_be_seen;
		t->may_be_seen = are_whole(s, directory, false, in_place);
		t->must_be_seen = are_whole(s, directory, true, in_place);
		t->is_going |= was_whole && !t->may_be_seen;
	}
}

/* --- what is told of them --- */

static bool is_listed(const int64_t *steps, size_t n, int64_t step, size_t *at)
{
	for (*at = 0; *at < n; ++*at)
		if (steps[*at] == step)
			return true;
	return false;
}

static void expect_steps(stage *s, const pt_run_view *run, const char *when, bool keeps)
{
	size_t at;
	for (size_t i = 0; i < s->n_truths; i++) {
		const truth *t = &s->truths[i];
		bool is_seen = is_listed(run->steps, run->n_steps, t->step, &at);
		if (is_seen && !t->may_be_seen && !(keeps && t->is_going))
			fail_msg("%s: step %lld is taken for whole", when, (long long)t->step);
		if (is_seen && norm_at(run, at) != t->norm)
			fail_msg(
				"%s: step %lld has the norm %g, not %g", when, (long long)t->step, norm_at(run, at), t->norm);
		if (!is_seen && t->must_be_seen)
			fail_msg("%s: step %lld is missing", when, (long long)t->step);
		bool is_deleted = is_listed(run->deleted, run->n_deleted, t->step, &at);
		if (is_deleted != (is_seen && !t->may_be_seen))
			fail_msg(
				"%s: step %lld is%s marked as deleted", when, (long long)t->step, is_deleted ? "" : " not");
	}
	for (size_t i = 0; i < run->n_pending; i++) {
		const truth *t = truth_of(s, run->pending[i].path);
		if (t && t->is_going && keeps)
			fail_msg("%s: %s is deleted, not %s", when, run->pending[i].path, run->pending[i].why);
	}
	if (run->n_problems > run->n_notices)
		fail_msg("%s: %s: %s", when, run->problems[0].path, run->problems[0].message);
}

static void set_time(fixture_time *now)
{
	pt_clock real = pt_clock_system();
	now->wall_ms = pt_clock_wall_ms(&real);
}

static void look_live(stage *s, pt_pipeline *pipeline, fixture_time *now, const char *when)
{
	set_time(now); /* files are as young as they are */
	fixture_pump(pipeline, now);
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	expect_steps(s, &snapshot->runs[0], when, true);
	pt_snapshot_destroy(snapshot);
}

/* A program that starts just now sees what is there, and nothing of what was deleted. */
static void look_cold(stage *s, const char *when)
{
	fixture_time now;
	pt_pipeline *pipeline = fixture_pipeline(s->run, false, &now, NULL);
	set_time(&now);
	fixture_pump(pipeline, &now);
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	const pt_run_view *run = &snapshot->runs[0];
	size_t at;
	for (size_t i = 0; i < s->n_truths; i++) {
		const truth *t = &s->truths[i];
		bool is_seen = is_listed(run->steps, run->n_steps, t->step, &at);
		if (is_seen && (!t->may_be_seen || norm_at(run, at) != t->norm))
			fail_msg("%s, cold: step %lld is taken for whole", when, (long long)t->step);
		if (!is_seen && t->must_be_seen)
			fail_msg("%s, cold: step %lld is missing", when, (long long)t->step);
	}
	pt_snapshot_destroy(snapshot);
	pt_pipeline_destroy(pipeline);
}

/* Play it all; look after each call with the probability 1 / one_of, cold too where `cold`. */
static void replay(const char *trace_name, bool in_place, unsigned one_of, bool cold)
{
	stage s;
	fixture_time now;
	begin(&s, trace_name, in_place);
	pt_pipeline *pipeline = fixture_pipeline(s.run, true, &now, NULL);
	for (size_t i = 0; i < s.calls.n; i++) {
		const trace_call *call = &s.calls.calls[i];
		int n_parts = call->kind == CALL_WRITE ? WRITE_PARTS : 1;
		for (int part = 0; part < n_parts; part++) {
			char when[256];
			play(&s.player, call, part);
			look_at_files(&s, in_place);
			snprintf(when, sizeof when, "%s, call %zu (%s), part %d", trace_name, i, call->path, part);
			if (random_below(&random_state, one_of) == 0)
				look_live(&s, pipeline, &now, when);
			if (cold)
				look_cold(&s, when);
		}
	}
	look_live(&s, pipeline, &now, "the end");
	pt_pipeline_destroy(pipeline);
	end(&s);
}

static const char PEFT[] = "trainer_5.23_peft_save_total_limit_2.txt";
static const char STAGED[] = "trainer_4.37.2_peft_0.9.0_staging_rename.txt";
static const char FULL[] = "trainer_5.23_full_model.txt";
static const char SHARDED[] = "trainer_5.23_full_model_sharded.txt";

static void at_every_call(void **state)
{
	(void)state;
	random_state = 1;
	replay(PEFT, false, 1, true);
	replay(STAGED, false, 1, true);
	replay(FULL, false, 1, true);
	replay(SHARDED, false, 1, true);
}

static void at_every_call_of_an_older_safetensors(void **state)
{
	(void)state;
	random_state = 1;
	replay(PEFT, true, 1, true);
	replay(FULL, true, 1, true);
	replay(SHARDED, true, 1, true);
}

/* Looks come late and seldom: several calls lie between two of them. */
static void at_random_calls(void **state)
{
	(void)state;
	const char *asked = getenv("PT_SEQUENCES");
	uint64_t n = asked ? strtoull(asked, NULL, 10) : 20;
	for (uint64_t seed = 1; seed <= n; seed++) {
		unsigned one_of = 2 + (unsigned)(seed % 30);
		random_state = seed * 0x9E3779B97F4A7C15u;
		replay(PEFT, seed % 2, one_of, false);
		replay(STAGED, false, one_of, false);
		replay(FULL, seed % 2, one_of, false);
		replay(SHARDED, seed % 2, one_of, false);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_every_call),
		cmocka_unit_test(at_every_call_of_an_older_safetensors),
		cmocka_unit_test(at_random_calls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
