/**
 * Overflow-checked heap arrays, an arena for immutable results, and the fault hook of the tests.
 *
 * All heap memory of phasetop comes from here. NULL means out of memory or an overflowing size;
 * callers turn it into PT_ERR_MEMORY.
 */
#ifndef PHASETOP_BASE_ALLOC_H
#define PHASETOP_BASE_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

/** Zeroed array of n elements of `size` bytes; n = 0 gives a valid pointer. Free with pt_free. */
void *pt_array_alloc(size_t n, size_t size) __attribute__((malloc));

/** Resize to n elements of `size` bytes; new bytes are not zeroed; on NULL the old array stays valid. */
void *pt_array_resize(void *array, size_t n, size_t size);

/**
 * Grow *array (geometrically) so that it holds at least `needed` elements of `size` bytes.
 * @param[in,out] capacity elements allocated
 * @return false when out of memory; array and capacity are then unchanged
 */
bool pt_array_reserve(void **array, size_t *capacity, size_t needed, size_t size);

/** Copy of the first n bytes of `text`, NUL-terminated. */
char *pt_text_copy(const char *text, size_t n);

/** Frees what the functions above gave; NULL is fine. */
void pt_free(void *memory);

/** An arena: many allocations, one life. All of its memory is released at once. */
typedef struct pt_arena pt_arena;

pt_arena *pt_arena_create(void);
void pt_arena_destroy(pt_arena *arena);
/** Zeroed, 16-byte aligned; lives as long as the arena. NULL when out of memory. */
void *pt_arena_alloc(pt_arena *arena, size_t n, size_t size);
/** Copy of n elements of `size` bytes. NULL when out of memory. */
void *pt_arena_copy(pt_arena *arena, const void *from, size_t n, size_t size);
/** Copy of a NUL-terminated string (NULL gives ""). */
char *pt_arena_text(pt_arena *arena, const char *text);
/** Bytes the arena holds, for `--list` and the bench. */
size_t pt_arena_bytes(const pt_arena *arena);

/**
 * Test hook: the n-th allocation from now on fails (1 = the next one), and all after it when `forever`.
 * 0 switches the hook off. Returns the number of allocations made since the hook was last set.
 */
size_t pt_alloc_fail_at(size_t n, bool forever);

#endif
