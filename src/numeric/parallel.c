#include "parallel.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

/* What a kernel's blocks on the stack need, several times over; some systems give a thread less. */
enum { STACK_BYTES = 1 << 20 };

typedef struct loop {
	pt_parallel_item *run;
	void *context;
	size_t n_items;
	atomic_size_t next;
} loop;

typedef struct worker {
	loop *of;
	size_t number;
	pthread_t thread;
} worker;

static size_t n_processors(void)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof set, &set) == 0)
		return (size_t)CPU_COUNT(&set);
	long online = sysconf(_SC_NPROCESSORS_ONLN); /* more processors than the set has room for */
	return online > 0 ? (size_t)online : 1;
}

size_t pt_parallel_workers(size_t n_items, double work)
{
	if (work < PT_PARALLEL_WORK || n_items < 2)
		return 1;
	size_t n = n_processors();
	n = n < PT_PARALLEL_MAX ? n : PT_PARALLEL_MAX;
	return n < n_items ? n : n_items;
}

static void *take_items(void *argument)
{
	const worker *w = argument;
	for (;;) {
		size_t item = atomic_fetch_add(&w->of->next, 1);
		if (item >= w->of->n_items)
			return NULL;
		w->of->run(w->of->context, w->number, item);
	}
}

/* Threads for workers 1 … n_workers − 1; returns how many there are. They take no signals: those are for
   threads that wait for them. */
static size_t start(worker *workers, size_t n_workers)
{
	pthread_attr_t attributes;
	if (pthread_attr_init(&attributes) != 0)
		return 0;
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	size_t n = 0;
	if (pthread_attr_setstacksize(&attributes, STACK_BYTES) == 0)
		while (n + 1 < n_workers &&
			   pthread_create(&workers[n + 1].thread, &attributes, take_items, &workers[n + 1]) == 0)
			n++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return n;
}

void pt_parallel_for(size_t n_workers, size_t n_items, pt_parallel_item *run, void *context)
{
	assert(n_workers >= 1 && n_workers <= PT_PARALLEL_MAX);
	loop l = {.run = run, .context = context, .n_items = n_items};
	worker workers[PT_PARALLEL_MAX];
	for (size_t i = 0; i < PT_PARALLEL_MAX; i++)
		workers[i] = (worker){.of = &l, .number = i};
	size_t n_threads = n_workers > 1 ? start(workers, n_workers) : 0;
	take_items(&workers[0]);
	for (size_t i = 1; i <= n_threads; i++)
		pthread_join(workers[i].thread, NULL);
}
