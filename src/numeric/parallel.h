/**
 * A loop over independent items on several processors: threads are made for one call and gone after it, so
 * that nothing spins, nothing wakes up between calls and there is no state to keep.
 *
 * Which thread runs an item must not matter for what it writes: results are then the same to the bit on any
 * machine.
 */
#ifndef PHASETOP_NUMERIC_PARALLEL_H
#define PHASETOP_NUMERIC_PARALLEL_H

#include <stddef.h>

enum {
	PT_PARALLEL_MAX = 4,       /* threads at most, the caller's among them */
	PT_PARALLEL_WORK = 1 << 20 /* products from which a second thread pays: about 0.2 ms of one */
};

/** Runs one item. @param worker  below the n_workers of the call: whose scratch memory to use */
typedef void pt_parallel_item(void *context, size_t worker, size_t item);

/**
 * How many threads a loop deserves: 1 below PT_PARALLEL_WORK, else as many as there are items, processors
 * that this process may use, and PT_PARALLEL_MAX.
 * @param work  products of two numbers, of all items together
 */
size_t pt_parallel_workers(size_t n_items, double work);

/**
 * run(context, worker, item) for every item < n_items; returns when all are done. Items are handed out in
 * order. Where no thread can be made fewer workers do it all, the calling thread at least.
 * @param n_workers  1 … PT_PARALLEL_MAX; 1: no thread is made
 * @cost  about 50 µs for each thread more than one
 */
void pt_parallel_for(size_t n_workers, size_t n_items, pt_parallel_item *run, void *context);

#endif
