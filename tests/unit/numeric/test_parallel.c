/* Loops over items by several threads: every item once, whoever runs it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "../../../src/numeric/parallel.h"

enum { MOST = 100 };

typedef struct tally {
	size_t n_workers;
	pthread_t caller;
	atomic_int n_runs[MOST];
	atomic_int n_wrong;
} tally;

static void count(void *context, size_t worker, size_t item)
{
	tally *t = context;
	atomic_fetch_add(&t->n_runs[item], 1);
	bool is_caller = pthread_equal(pthread_self(), t->caller);
	sigset_t mask;
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	if (worker >= t->n_workers || is_caller != (worker == 0) || sigismember(&mask, SIGTERM) != !is_caller)
		atomic_fetch_add(&t->n_wrong, 1);
}

static void every_item_is_run_once(void **state)
{
	(void)state;
	for (size_t n_workers = 1; n_workers <= PT_PARALLEL_MAX; n_workers++)
		for (size_t n = 0; n <= MOST; n += n < 6 ? 1 : 47) {
			tally t;
			memset(&t, 0, sizeof t);
			t.n_workers = n_workers;
			t.caller = pthread_self();
			pt_parallel_for(n_workers, n, count, &t);
			for (size_t i = 0; i < MOST; i++)
				assert_int_equal(atomic_load(&t.n_runs[i]), i < n ? 1 : 0);
			assert_int_equal(atomic_load(&t.n_wrong), 0);
		}
}

static void little_work_stays_on_one_thread(void **state)
{
	(void)state;
	assert_int_equal(pt_parallel_workers(100, PT_PARALLEL_WORK - 1.0), 1);
	assert_int_equal(pt_parallel_workers(1, 1e12), 1);
	assert_int_equal(pt_parallel_workers(0, 1e12), 1);
	assert_in_range(pt_parallel_workers(2, 1e12), 1, 2);
	assert_in_range(pt_parallel_workers(100, 1e12), 1, PT_PARALLEL_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_item_is_run_once),
		cmocka_unit_test(little_work_stays_on_one_thread),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
