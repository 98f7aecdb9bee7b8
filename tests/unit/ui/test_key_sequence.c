/* Sequences that no terminfo entry names: where they end, and what does not belong to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "../../../src/ui/key_sequence.h"

/* How many characters behind Esc are its own. */
static size_t taken(const char *text, pt_key_sequence sequence)
{
	size_t n = 0;
	while (text[n] && sequence.part != PT_SEQUENCE_OVER &&
		   pt_key_sequence_takes(&sequence, (unsigned char)text[n]))
		n++;
	return n;
}

static void sequences_end_where_they_end(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t n;
	} cases[] = {
		{"[1;6Dm", 5}, {"[24~q", 4}, {"[Iq", 2}, {"[?62;22cq", 8}, {"[1 qq", 4}, /* one intermediate byte */
		{"OSq", 2}, {"O5Pq", 3}, {"[[Eq", 3}, {"[M !!q", 5}, /* the Linux console; an old mouse */
		{"m", 0}, {"", 0}, {"[", 1}, {"[1;", 3}, {"O", 1},   /* a key behind Esc; cut short */
		{"[1;\033[D", 3}, {"[\rq", 1}, {"O\t", 1},           /* broken off by a control */
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(taken(cases[i].text, pt_key_sequence_escaped()), cases[i].n);
	assert_int_equal(taken(" !!q", pt_key_sequence_old_mouse()), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(sequences_end_where_they_end)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
