#include "phasetop/base/alloc.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The fault hook: the one piece of mutable file-scope state of this file (see CONTRIBUTING.md). */
static atomic_size_t n_allocations;
static atomic_size_t fail_at;
static atomic_bool fail_forever;

size_t pt_alloc_fail_at(size_t n, bool forever)
{
	size_t made = atomic_exchange(&n_allocations, 0);
	atomic_store(&fail_forever, forever);
	atomic_store(&fail_at, n);
	return made;
}

static bool allocation_fails(void)
{
	size_t target = atomic_load(&fail_at);
	size_t number = atomic_fetch_add(&n_allocations, 1) + 1;
	return target != 0 && (number == target || (number > target && atomic_load(&fail_forever)));
}

void *pt_array_alloc(size_t n, size_t size)
{
	if (allocation_fails() || (size != 0 && n > PTRDIFF_MAX / size))
		return NULL;
	return calloc(n ? n : 1, size ? size : 1);
}

void *pt_array_resize(void *array, size_t n, size_t size)
{
	if (allocation_fails() || (size != 0 && n > PTRDIFF_MAX / size))
		return NULL;
	size_t bytes = n * size;
	return realloc(array, bytes ? bytes : 1);
}

bool pt_array_reserve(void **array, size_t *capacity, size_t needed, size_t size)
{
	if (needed <= *capacity)
		return true;
	size_t n = *capacity < 8 ? 8 : *capacity;
	while (n < needed) {
		if (n > SIZE_MAX / 2)
			return false;
		n += n / 2 + 1;
	}
	void *grown = pt_array_resize(*array, n, size);
	if (!grown)
		return false;
	*array = grown;
	*capacity = n;
	return true;
}

char *pt_text_copy(const char *text, size_t n)
{
	char *copy = pt_array_alloc(n + 1, 1);
	if (copy && n > 0)
		memcpy(copy, text, n);
	return copy;
}

void pt_free(void *memory)
{
	free(memory);
}

typedef struct chunk {
	struct chunk *next;
	size_t used;
	size_t capacity;
	_Alignas(16) unsigned char bytes[];
} chunk;

struct pt_arena {
	chunk *chunks; /* the newest first */
	size_t n_bytes;
};

enum { FIRST_CHUNK_BYTES = 16 * 1024, LARGEST_CHUNK_BYTES = 1024 * 1024 };

pt_arena *pt_arena_create(void)
{
	return pt_array_alloc(1, sizeof(pt_arena));
}

void pt_arena_destroy(pt_arena *arena)
{
	if (!arena)
		return;
	for (chunk *c = arena->chunks; c;) {
		chunk *next = c->next;
		pt_free(c);
		c = next;
	}
	pt_free(arena);
}

static chunk *add_chunk(pt_arena *arena, size_t bytes)
{
	size_t capacity = arena->chunks ? arena->chunks->capacity * 2 : FIRST_CHUNK_BYTES;
	if (capacity > LARGEST_CHUNK_BYTES)
		capacity = LARGEST_CHUNK_BYTES;
	if (capacity < bytes)
		capacity = bytes;
	if (capacity > PTRDIFF_MAX - sizeof(chunk))
		return NULL;
	chunk *c = pt_array_resize(NULL, sizeof(chunk) + capacity, 1);
	if (!c)
		return NULL;
	*c = (chunk){.next = arena->chunks, .capacity = capacity};
	arena->chunks = c;
	arena->n_bytes += sizeof(chunk) + capacity;
	return c;
}

void *pt_arena_alloc(pt_arena *arena, size_t n, size_t size)
{
	if (size != 0 && n > (PTRDIFF_MAX - 16) / size)
		return NULL;
	size_t bytes = (n * size + 15) / 16 * 16;
	chunk *c = arena->chunks;
	if (!c || c->capacity - c->used < bytes) {
		c = add_chunk(arena, bytes);
		if (!c)
			return NULL;
	}
	void *memory = c->bytes + c->used;
	c->used += bytes;
	memset(memory, 0, bytes);
	return memory;
}

void *pt_arena_copy(pt_arena *arena, const void *from, size_t n, size_t size)
{
	void *copy = pt_arena_alloc(arena, n, size);
	if (copy && n * size > 0)
		memcpy(copy, from, n * size);
	return copy;
}

char *pt_arena_text(pt_arena *arena, const char *text)
{
	if (!text)
		text = "";
	return pt_arena_copy(arena, text, strlen(text) + 1, 1);
}

size_t pt_arena_bytes(const pt_arena *arena)
{
	return arena->n_bytes;
}
