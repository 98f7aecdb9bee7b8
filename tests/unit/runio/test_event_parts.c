/* What the readers of event logs are built of: checksums, protobuf, names. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../../src/runio/crc32.h"
#include "../../../src/runio/protobuf_reader.h"
#include "event_records.h"
#include "phasetop/runio/metric_log.h"

/* The check values of the catalogues, and RFC 3720, B.4. */
static void checksums_of_the_catalogues(void **state)
{
	(void)state;
	crc32_table ieee, castagnoli;
	unsigned char bytes[32];
	crc32_table_init(&ieee, CRC32_IEEE);
	crc32_table_init(&castagnoli, CRC32_CASTAGNOLI);
	assert_int_equal(crc32_add(&ieee, 0, "123456789", 9), 0xCBF43926u);
	assert_int_equal(crc32_add(&castagnoli, 0, "123456789", 9), 0xE3069283u);
	memset(bytes, 0, sizeof bytes);
	assert_int_equal(crc32_add(&castagnoli, 0, bytes, sizeof bytes), 0x8A9136AAu);
	memset(bytes, 0xFF, sizeof bytes);
	assert_int_equal(crc32_add(&castagnoli, 0, bytes, sizeof bytes), 0x62A8AB43u);
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)i;
	assert_int_equal(crc32_add(&castagnoli, 0, bytes, sizeof bytes), 0x46DD794Eu);
	assert_int_equal(crc32_add(&ieee, 0, "", 0), 0);
}

static void checksums_in_parts_of_any_length(void **state)
{
	(void)state;
	crc32_table table;
	unsigned char bytes[100];
	crc32_table_init(&table, CRC32_CASTAGNOLI);
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)(i * 37 + i / 7);
	for (size_t n = 0; n <= sizeof bytes; n++) {
		uint32_t whole = crc32_add(&table, 0, bytes, n);
		assert_int_equal(whole, crc_by_definition(CRC32_CASTAGNOLI, bytes, n));
		for (size_t first = 0; first <= n; first += 3)
			assert_int_equal(
				crc32_add(&table, crc32_add(&table, 0, bytes, first), bytes + first, n - first), whole);
	}
}

static void fields_of_every_kind(void **state)
{
	(void)state;
	made message = made_new();
	add_number(&message, 1, UINT64_MAX);
	add_double(&message, 2, -1.5);
	add_text(&message, 536870911, "text");
	add_float(&message, 4, 0.25F);
	protobuf_reader reader = protobuf_over(message.bytes, message.n);
	protobuf_field field;
	assert_true(protobuf_next(&reader, &field) && protobuf_is(&field, 1, PROTOBUF_VARINT));
	assert_true(field.bits == UINT64_MAX);
	assert_true(protobuf_next(&reader, &field) && protobuf_is(&field, 2, PROTOBUF_FIXED64));
	assert_true(protobuf_double(field.bits) == -1.5);
	assert_true(protobuf_next(&reader, &field) && protobuf_is(&field, 536870911, PROTOBUF_BYTES));
	assert_true(protobuf_text_is(&field, "text") && !protobuf_text_is(&field, "tex"));
	assert_true(protobuf_next(&reader, &field) && protobuf_is(&field, 4, PROTOBUF_FIXED32));
	assert_true(protobuf_float(field.bits) == 0.25);
	assert_false(protobuf_next(&reader, &field));
	assert_false(reader.is_bad);
	free(message.bytes);
}

static void bad_messages_say_so_once(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t n;
	} bad[] = {
		{"\x08", 1},                                              /* no value */
		{"\x08\x80", 2},                                          /* a varint that is cut */
		{"\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 12}, /* eleven bytes */
		{"\x09\0\0\0\0\0\0\0", 8},                                /* seven of eight bytes */
		{"\x0D\0\0\0", 4},                                        /* three of four */
		{"\x0A\x05"
		 "abcd",
			6},                                                          /* longer than the message */
		{"\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 11},            /* as long as can be said */
		{"\x0A", 1}, {"\x0B", 1}, {"\x0C", 1}, {"\x0E", 1}, {"\x0F", 1}, /* groups, and no types */
		{"\0\0", 2},                                                     /* field 0 */
		{"\x80\x80\x80\x80\x10\0", 6},                                   /* field 2^29 */
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		unsigned char *exact = malloc(bad[i].n); /* of the exact size, so that reading on is seen */
		assert_non_null(exact);
		memcpy(exact, bad[i].bytes, bad[i].n);
		protobuf_reader reader = protobuf_over(exact, bad[i].n);
		protobuf_field field;
		assert_false(protobuf_next(&reader, &field));
		assert_true(reader.is_bad);
		assert_false(protobuf_next(&reader, &field));
		free(exact);
	}
}

static void what_columns_are_called(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		pt_log_role role;
	} names[] = {{"loss", PT_LOG_LOSS}, {"train/loss", PT_LOG_LOSS}, {"Loss/train", PT_LOG_LOSS},
		{"LOSS", PT_LOG_LOSS}, {"training_loss", PT_LOG_LOSS}, {"train_loss_step", PT_LOG_LOSS},
		{"train_loss_epoch", PT_LOG_OTHER}, {"train_loss", PT_LOG_FINAL_LOSS},
		{"train/train_loss", PT_LOG_FINAL_LOSS}, {"eval/loss", PT_LOG_EVAL_LOSS},
		{"val_loss", PT_LOG_EVAL_LOSS}, {"Loss/val", PT_LOG_EVAL_LOSS}, {"loss/validation", PT_LOG_EVAL_LOSS},
		{"valid/loss", PT_LOG_EVAL_LOSS}, {"dev_loss", PT_LOG_EVAL_LOSS},
		{"validation_loss", PT_LOG_EVAL_LOSS}, {"test/loss", PT_LOG_OTHER}, {"lr", PT_LOG_LEARNING_RATE},
		{"lr-AdamW", PT_LOG_LEARNING_RATE}, {"lr-AdamW/pg1", PT_LOG_LEARNING_RATE},
		{"lr-AdamW/pg2", PT_LOG_OTHER}, {"train/learning_rate", PT_LOG_LEARNING_RATE},
		{"train/grad_norm", PT_LOG_GRAD_NORM}, {"Epoch", PT_LOG_EPOCH}, {"train/epoch", PT_LOG_EPOCH},
		{"", PT_LOG_OTHER}, {"los", PT_LOG_OTHER}, {"loss_", PT_LOG_OTHER},
		{"a name of more than twenty-four bytes", PT_LOG_OTHER}};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_int_equal(pt_log_role_of(names[i].name), names[i].role);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checksums_of_the_catalogues),
		cmocka_unit_test(checksums_in_parts_of_any_length),
		cmocka_unit_test(fields_of_every_kind),
		cmocka_unit_test(bad_messages_say_so_once),
		cmocka_unit_test(what_columns_are_called),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
