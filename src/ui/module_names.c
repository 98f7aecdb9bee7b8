#include "module_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pane_draw.h"

enum { MAX_PARTS = 24, MAX_LAYER_DIGITS = 9 };

/* The parts between dots but for the first that is a number: that is the layer's. */
typedef struct name_parts {
	const char *at[MAX_PARTS];
	size_t length[MAX_PARTS], n;
	const char *layer;
	size_t layer_digits;
} name_parts;

static name_parts parts_of(const char *name)
{
	name_parts parts = {.n = 0};
	for (const char *at = name; at && parts.n < MAX_PARTS;) {
		size_t length = strcspn(at, ".");
		bool is_number = length > 0 && length <= MAX_LAYER_DIGITS && strspn(at, "0123456789") == length;
		if (is_number && !parts.layer) {
			parts.layer = at;
			parts.layer_digits = length;
		} else {
			parts.at[parts.n] = at;
			parts.length[parts.n++] = length;
		}
		at = at[length] ? at + length + 1 : NULL;
	}
	return parts;
}

static bool is_same_part(const name_parts *a, size_t i, const name_parts *b, size_t j)
{
	return a->length[i] == b->length[j] && memcmp(a->at[i], b->at[j], a->length[i]) == 0;
}

static size_t common_head(const name_parts *a, const name_parts *b)
{
	size_t n = 0;
	while (n < a->n && n < b->n && is_same_part(a, n, b, n))
		n++;
	return n;
}

static size_t common_tail(const name_parts *a, const name_parts *b)
{
	size_t n = 0;
	while (n < a->n && n < b->n && is_same_part(a, a->n - 1 - n, b, b->n - 1 - n))
		n++;
	return n;
}

pt_module_naming pt_module_naming_of(const pt_run_view *run)
{
	pt_module_naming naming = {.n_head = MAX_PARTS, .n_tail = MAX_PARTS};
	const pt_module_view *first = NULL;
	size_t fewest = MAX_PARTS;
	for (size_t m = 0; m < run->n_modules; m++) {
		const pt_module_view *module = &run->modules[m];
		if (!module->selected)
			continue;
		first = first ? first : module;
		name_parts own = parts_of(module->name), other = parts_of(first->name);
		size_t head = common_head(&own, &other), tail = common_tail(&own, &other);
		naming.n_head = head < naming.n_head ? head : naming.n_head;
		naming.n_tail = tail < naming.n_tail ? tail : naming.n_tail;
		fewest = own.n < fewest ? own.n : fewest;
		if ((int)own.layer_digits > naming.layer_cols)
			naming.layer_cols = (int)own.layer_digits;
		naming.with_adapter |= strcmp(module->adapter, first->adapter) != 0;
	}
	/* at least one part stays of the shortest name; what goes from the front may not go from the end again */
	size_t most = fewest > 0 ? fewest - 1 : 0;
	naming.n_head = naming.n_head < most ? naming.n_head : most;
	naming.n_tail = naming.n_tail < most - naming.n_head ? naming.n_tail : most - naming.n_head;
	return naming;
}

static void add_parts(pt_text *text, const name_parts *parts, size_t from, size_t end)
{
	for (size_t i = from; i < end; i++) {
		if (i > from)
			pt_text_add(text, ".");
		pt_text_add_bytes(text, parts->at[i], parts->length[i]);
	}
}

void pt_module_short_name(
	const pt_module_naming *naming, const pt_module_view *module, int cols, char *out, size_t capacity)
{
	char raw[PT_LINE_BYTES], safe[PT_LINE_BYTES];
	name_parts parts = parts_of(module->name);
	size_t end = parts.n > naming->n_tail ? parts.n - naming->n_tail : parts.n;
	size_t first = naming->n_head < end ? naming->n_head : 0;
	for (size_t from = first; from == first || from < end; from++) {
		pt_text text = pt_text_over(raw, sizeof raw);
		if (naming->layer_cols > 0)
			pt_text_addf(&text, "%*.*s%s", naming->layer_cols, (int)parts.layer_digits,
				parts.layer ? parts.layer : "", from < end ? " " : "");
		pt_text_add(&text, from > first ? "…" : "");
		add_parts(&text, &parts, from, end);
		if (naming->with_adapter)
			pt_text_addf(&text, " %s", module->adapter);
		pt_text_sanitize(safe, sizeof safe, raw, strlen(raw));
		if (pt_text_width(safe) <= cols)
			break;
	}
	pt_name_text(raw, cols, out, capacity);
}
