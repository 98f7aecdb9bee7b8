/** Short names of modules. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "../../../src/ui/module_names.h"
#include "phasetop/base/text.h"

enum { MAX_NAMES = 8 };

typedef struct named_run {
	pt_run_view run;
	pt_module_view modules[MAX_NAMES];
	pt_module_naming naming;
} named_run;

/* Names, ended by NULL; "style:" in front names another adapter, "-" a module that is not selected. */
static named_run *make(named_run *made, const char *const *names)
{
	*made = (named_run){0};
	for (; *names; names++) {
		const char *name = *names;
		pt_module_view *module = &made->modules[made->run.n_modules++];
		*module = (pt_module_view){.adapter = "default", .selected = name[0] != '-'};
		name += name[0] == '-';
		if (strncmp(name, "style:", 6) == 0) {
			module->adapter = "style";
			name += 6;
		}
		module->name = name;
	}
	made->run.modules = made->modules;
	made->naming = pt_module_naming_of(&made->run);
	return made;
}

static void assert_short(const named_run *made, size_t i, int cols, const char *wanted)
{
	char name[128];
	pt_module_short_name(&made->naming, &made->modules[i], cols, name, sizeof name);
	assert_string_equal(name, wanted);
}

static void what_is_common_is_left_out(void **state)
{
	(void)state;
	named_run storage;
	const char *const names[] = {"model.layers.3.self_attn.q_proj.base", "model.layers.12.mlp.down_proj.base",
		"model.layers.12.mlp.up_proj.base", "-lm_head", NULL};
	named_run *made = make(&storage, names);
	assert_short(made, 0, 40, " 3 self_attn.q_proj");
	assert_short(made, 1, 40, "12 mlp.down_proj");
	assert_short(made, 1, 13, "12 …down_proj");
	assert_short(made, 1, 8, "12 …dow…");
	assert_short(made, 1, 0, "");
}

static void the_last_part_is_always_said(void **state)
{
	(void)state;
	named_run storage;
	const char *const layers[] = {"model.layers.3.mlp.down_proj", "model.layers.4.mlp.down_proj", NULL};
	assert_short(make(&storage, layers), 1, 40, "4 down_proj");
	const char *const one[] = {"model.layers.1.mlp.down_proj", NULL};
	assert_short(make(&storage, one), 0, 40, "1 down_proj");
	/* what is common to both ends of a short name is not left out twice */
	const char *const ends[] = {"a.b", "a.x.b", "a.b", NULL};
	named_run *made = make(&storage, ends);
	assert_short(made, 0, 40, "b");
	assert_short(made, 1, 40, "x.b");
}

static void names_without_layers_and_hostile_ones(void **state)
{
	(void)state;
	named_run storage;
	const char *const plain[] = {"encoder.weight", "decoder.weight", NULL};
	assert_short(make(&storage, plain), 0, 40, "encoder");
	const char *const odd[] = {"", "...", "1", "\x1b[31m.2.\xff", "1234567890.x", NULL};
	named_run *made = make(&storage, odd);
	assert_short(made, 0, 40, "  ");
	assert_short(made, 2, 40, "1");
	assert_short(made, 3, 40, "2 \xef\xbf\xbd[31m.\xef\xbf\xbd");
	assert_short(made, 4, 40, "  1234567890.x"); /* too long for a layer's number */
	const char *const none[] = {NULL};
	make(&storage, none);
	char deep[512] = "a";
	for (int i = 0; i < 100; i++)
		strcat(deep, ".a");
	const char *const many[] = {deep, "b", NULL};
	made = make(&storage, many);
	assert_true(pt_text_width(deep) > 40);
	char name[128];
	pt_module_short_name(&made->naming, &made->modules[0], 40, name, sizeof name);
	assert_true(pt_text_width(name) <= 40);
}

static void adapters_are_told_where_there_are_several(void **state)
{
	(void)state;
	named_run storage;
	const char *const names[] = {"layers.0.q_proj", "layers.0.v_proj", "style:layers.0.v_proj", NULL};
	named_run *made = make(&storage, names);
	assert_short(made, 1, 40, "0 v_proj default");
	assert_short(made, 2, 40, "0 v_proj style");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_common_is_left_out),
		cmocka_unit_test(the_last_part_is_always_said),
		cmocka_unit_test(names_without_layers_and_hostile_ones),
		cmocka_unit_test(adapters_are_told_where_there_are_several),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
