/** Layouts after any splits and swaps: they print to a text that is read back to the same, keep every pane
 * once, and tile the screen. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "../../helpers/random_numbers.h"
#include "phasetop/ui/preset.h"

enum { N_RUNS = 200, N_CHANGES = 40 };

static uint64_t seed;

static uint64_t next_random(uint64_t bound)
{
	return xorshift(&seed) % bound;
}

static pt_pane_id any_pane(void)
{
	return (pt_pane_id)next_random(PT_N_PANES);
}

static void change(pt_layout *layout, const pt_screen_parts *screen)
{
	switch (next_random(8)) {
	case 0:
		pt_layout_show(layout, any_pane(), next_random(2) == 0);
		break;
	case 1:
		pt_layout_focus(layout, any_pane());
		break;
	case 2:
		pt_layout_resize(layout, screen, next_random(2) == 0, (int)next_random(11) - 5);
		break;
	case 3:
		pt_layout_swap(layout, any_pane());
		break;
	case 4:
		pt_layout_want(layout, any_pane(), (int)next_random(9));
		break;
	default:
		pt_layout_split(layout, any_pane(), next_random(2) == 0);
	}
}

static void assert_every_pane_once(const pt_layout *layout)
{
	int n_leaves[PT_N_PANES] = {0};
	for (int i = 0; i < layout->n_nodes; i++) {
		const pt_layout_node *node = &layout->nodes[i];
		if (node->kind == PT_NODE_PANE)
			n_leaves[node->pane]++;
		else if (i > 0) /* what holds one part would be that part */
			assert_true(node->first >= 0 && layout->nodes[node->first].next >= 0);
		assert_true(i == 0 || node->parent < i);
	}
	for (int pane = 0; pane < PT_N_PANES; pane++)
		assert_int_equal(n_leaves[pane], 1);
	assert_false(layout->hidden[layout->focus]);
}

static void assert_read_back(const pt_layout *layout)
{
	char text[PT_LAYOUT_TEXT_BYTES], again[PT_LAYOUT_TEXT_BYTES];
	pt_layout read, unzoomed = *layout;
	pt_error err;
	pt_layout_zoom(&unzoomed, false);
	pt_layout_print(&unzoomed, text, sizeof text);
	if (pt_layout_parse(text, &read, &err) != PT_OK)
		fail_msg("%s: %s", text, err.message);
	pt_layout_print(&read, again, sizeof again);
	assert_string_equal(text, again);
	assert_int_equal(read.n_nodes, layout->n_nodes);
	assert_int_equal(read.focus, layout->focus);
	assert_memory_equal(read.hidden, layout->hidden, sizeof read.hidden);
	assert_memory_equal(read.nodes, layout->nodes, (size_t)layout->n_nodes * sizeof layout->nodes[0]);
}

static void assert_tiles(const pt_layout *layout, const pt_screen_parts *screen)
{
	pt_placing placing;
	int cells = 0;
	pt_layout_place(layout, screen, &placing);
	for (int i = 0; i < placing.n; i++)
		cells += placing.places[i].width * placing.places[i].height;
	assert_int_equal(cells, screen->columns * screen->body_height);
	assert_non_null(pt_placing_find(&placing, layout->focus));
}

static void test_any_changes(void **state)
{
	(void)state;
	pt_screen_parts screen = pt_screen_parts_of(200, 60);
	for (int r = 0; r < N_RUNS; r++) {
		seed = 0x9E3779B97F4A7C15u + (uint64_t)r;
		pt_layout layout = pt_preset_layout(next_random(pt_preset_count()));
		for (int i = 0; i < N_CHANGES; i++) {
			change(&layout, &screen);
			assert_every_pane_once(&layout);
			assert_read_back(&layout);
			assert_tiles(&layout, &screen);
		}
	}
}

static void test_a_split_puts_the_pane_beside(void **state)
{
	(void)state;
	static const struct {
		const char *before, *after;
		pt_pane_id pane;
		bool right;
	} cases[] = {
		{"row(*norms,pca)", "row(norms,*loss,pca)", PT_PANE_LOSS, true},
		{"row(*norms,pca)", "row(column(norms,*loss),pca)", PT_PANE_LOSS, false},
		{"row(*norms:3,pca)", "row(column(norms,*loss):3,pca)", PT_PANE_LOSS, false},
		{"row(*norms,column(pca,loss))", "row(column(norms,*pca),loss)", PT_PANE_PCA, false}, /* it moves */
		{"row(*norms,pca)", "column(norms,*pca)", PT_PANE_PCA, false},
		{"row(*norms,pca)", "row(*norms,pca)", PT_PANE_NORMS, true},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		pt_layout layout, wanted;
		pt_placing a, b;
		pt_screen_parts screen = pt_screen_parts_of(120, 40);
		assert_int_equal(pt_layout_parse(cases[i].before, &layout, NULL), PT_OK);
		assert_int_equal(pt_layout_parse(cases[i].after, &wanted, NULL), PT_OK);
		pt_layout_split(&layout, cases[i].pane, cases[i].right);
		pt_layout_place(&layout, &screen, &a);
		pt_layout_place(&wanted, &screen, &b);
		assert_int_equal(layout.focus, wanted.focus);
		assert_int_equal(a.n, b.n);
		for (int p = 0; p < a.n; p++)
			assert_memory_equal(&a.places[p], &b.places[p], sizeof a.places[p]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_changes),
		cmocka_unit_test(test_a_split_puts_the_pane_beside),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
