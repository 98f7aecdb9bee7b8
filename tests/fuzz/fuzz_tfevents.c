/*
 * Any bytes as an event file of TensorBoard, and as the data of one record whose checksums are right. A log
 * read in two parts gives the rows and problems of one read whole.
 */
#include "event_digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t tf_masked_crc(const uint8_t *bytes, size_t n)
{
	uint32_t crc = 0xFFFFFFFFu;
	for (size_t i = 0; i < n; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0x82F63B78u : crc >> 1;
	}
	crc = ~crc;
	return (crc >> 15 | crc << 17) + 0xA282EAD8u;
}

static void put_tf_number(uint8_t *to, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)(value >> (8 * i));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *record = malloc(size + 16);
	if (!record)
		abort();
	put_tf_number(record, size, 8);
	put_tf_number(record + 8, tf_masked_crc(record, 8), 4);
	if (size > 0)
		memcpy(record + 12, data, size);
	put_tf_number(record + 12 + size, tf_masked_crc(record + 12, size), 4);
	check_event_log(PT_LOG_TFEVENTS, record, size + 16);
	check_event_log(PT_LOG_TFEVENTS, data, size);
	free(record);
	return 0;
}
