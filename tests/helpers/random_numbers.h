/** Streams of numbers that a seed repeats, on every machine. */
#ifndef TESTS_HELPERS_RANDOM_NUMBERS_H
#define TESTS_HELPERS_RANDOM_NUMBERS_H

#include <stdint.h>

/* Knuth's congruential generator (MMIX); its high bits are the good ones. */
static inline uint64_t random_step(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state;
}

/* 31 bits. The scripts of tests/reference draw the same. */
static inline uint64_t random_bits(uint64_t *state)
{
	return random_step(state) >> 33;
}

/* In [−1, 1), of 31 bits. */
static inline double random_uniform(uint64_t *state)
{
	return (double)random_bits(state) * 0x1p-30 - 1.0;
}

/* In [−1, 1), of 53 bits. */
static inline double random_fine(uint64_t *state)
{
	return (double)(int64_t)(random_step(state) >> 11) * 0x1p-52 - 1;
}

/* Marsaglia's xorshift 13, 7, 17; a seed of 0 stays there. */
static inline uint64_t xorshift(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* One of 0 … n − 1. */
static inline unsigned random_below(uint64_t *state, unsigned n)
{
	return (unsigned)((xorshift(state) >> 11) % n);
}

#endif
