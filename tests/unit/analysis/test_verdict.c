/* The verdict line says what it saw, and says less where there is less. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "../../../src/analysis/verdict.h"

enum { N = 60 };

typedef struct fixture {
	pt_arena *arena;
	int64_t steps[N];
	double ones[N];
	pt_change_point_view changes[2];
	pt_run_view run;
} fixture;

static int set_up(void **state)
{
	static fixture f;
	memset(&f, 0, sizeof f);
	f.arena = pt_arena_create();
	for (int i = 0; i < N; i++) {
		f.steps[i] = 5 * (i + 1);
		f.ones[i] = 1;
	}
	f.run.n_steps = N;
	f.run.steps = f.steps;
	pt_matrix_view *b = &f.run.matrices[PT_MATRIX_B];
	b->norms = (pt_norm_view){
		.present = true, .norm = f.ones, .drift = f.ones, .step_length = f.ones, .path_length = f.ones};
	b->pca.turning_step = PT_NO_STEP;
	b->n_cosines = 1;
	b->cosines[0] = (pt_cosine_view){.present = true,
		.k = 15,
		.k_used = 15,
		.k_checkpoints = 3,
		.minimum_step = 235,
		.minimum_value = 0.813,
		.dip_step = 100,
		.dip_value = 0.906,
		.dip_prominence = 0.07};
	b->change_points = f.changes;
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	pt_arena_destroy(((fixture *)*state)->arena);
	return 0;
}

static pt_verdict judge(fixture *f)
{
	pt_verdict verdict;
	assert_int_equal(pt_verdict_make(&f->run, PT_MATRIX_B, f->arena, &verdict, NULL), PT_OK);
	return verdict;
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" lacks \"%s\"", text, part);
}

static void a_backed_turn_is_claimed_with_its_figures(void **state)
{
	fixture *f = *state;
	f->changes[0] = (pt_change_point_view){
		.step = 105, .known_at_step = 125, .ratio = 2.5, .phi_deg = 49, .usual_phi_deg = 25};
	f->run.matrices[PT_MATRIX_B].n_change_points = 1;
	pt_verdict verdict = judge(f);
	assert_int_equal(verdict.severity, PT_SEVERITY_ALERT);
	assert_int_equal(verdict.step, 105);
	assert_int_equal(verdict.known_at_step, 125);
	has(verdict.headline, "direction turned near step 105");
	has(verdict.detail, "49°");
	has(verdict.detail, "25° is usual");
	has(verdict.detail, "known since 125");
	has(verdict.detail, "0.906 at 100 (k 15)");
}

static void a_small_angle_is_no_turn(void **state)
{
	fixture *f = *state;
	f->changes[0] = (pt_change_point_view){
		.step = 105, .known_at_step = 125, .ratio = 2.5, .phi_deg = 30, .usual_phi_deg = 25};
	f->run.matrices[PT_MATRIX_B].n_change_points = 1;
	pt_verdict verdict = judge(f);
	assert_int_equal(verdict.severity, PT_SEVERITY_INFO);
	assert_int_equal(verdict.step, PT_NO_STEP);
	has(verdict.detail, "not beyond this run's own noise");
	has(verdict.detail, "0.813 at 235");
}

static void without_agreement_nothing_is_claimed(void **state)
{
	fixture *f = *state;
	f->changes[0] = (pt_change_point_view){
		.step = 280, .known_at_step = 300, .ratio = 4, .phi_deg = 94, .usual_phi_deg = 54};
	f->run.matrices[PT_MATRIX_B].n_change_points = 1;
	assert_int_equal(judge(f).severity, PT_SEVERITY_INFO);
	f->run.matrices[PT_MATRIX_B].pca.turning_step = 290; /* the turning point agrees where the dip does not */
	assert_int_equal(judge(f).severity, PT_SEVERITY_ALERT);
}

static void a_backed_change_goes_before_a_larger_one_without(void **state)
{
	fixture *f = *state;
	f->changes[0] = (pt_change_point_view){
		.step = 280, .known_at_step = 300, .ratio = 9, .phi_deg = 94, .usual_phi_deg = 54};
	f->changes[1] = (pt_change_point_view){
		.step = 95, .known_at_step = 120, .ratio = 2, .phi_deg = 80, .usual_phi_deg = 25};
	f->run.matrices[PT_MATRIX_B].n_change_points = 2;
	assert_int_equal(judge(f).step, 95);
}

static void little_is_said_of_little(void **state)
{
	fixture *f = *state;
	f->run.n_steps = 12;
	has(judge(f).headline, "too early");
	has(judge(f).detail, "11 of 24 increments");
	f->run.n_steps = 1;
	has(judge(f).headline, "one checkpoint");
	f->run.n_steps = N;
	has(judge(f).headline, "no turn so far");
	memset(f->ones, 0, sizeof f->ones);
	has(judge(f).headline, "weights do not change");
	f->run.matrices[PT_MATRIX_B].norms.present = false;
	assert_string_equal(judge(f).headline, "");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(a_backed_turn_is_claimed_with_its_figures),
		CASE(a_small_angle_is_no_turn),
		CASE(without_agreement_nothing_is_claimed),
		CASE(a_backed_change_goes_before_a_larger_one_without),
		CASE(little_is_said_of_little),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
