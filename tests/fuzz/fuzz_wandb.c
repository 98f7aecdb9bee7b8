/*
 * Any bytes as an offline run of W&B: as they are, and as the data of records whose checksums are right, long
 * and short ones. A log read in two parts gives the rows and problems of one read whole.
 */
#include "event_digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WANDB_HEADER_BYTES = 7, WANDB_PART_BYTES = 1000 };

static size_t put_wandb_chunk(uint8_t *to, uint8_t type, const uint8_t *data, size_t n)
{
	uint32_t crc = 0xFFFFFFFFu;
	to[4] = (uint8_t)n;
	to[5] = (uint8_t)(n >> 8);
	to[6] = type;
	memcpy(to + WANDB_HEADER_BYTES, data, n);
	for (size_t i = 0; i <= n; i++) {
		crc ^= to[6 + i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
	}
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(~crc >> (8 * i));
	return WANDB_HEADER_BYTES + n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t header[WANDB_HEADER_BYTES] = {':', 'W', '&', 'B', 0xE1, 0xBE, 0};
	size_t half = size / 2 < WANDB_PART_BYTES ? size / 2 : WANDB_PART_BYTES;
	size_t whole = size < WANDB_PART_BYTES ? size : WANDB_PART_BYTES, n = sizeof header;
	uint8_t *file = malloc(8 * WANDB_PART_BYTES);
	if (!file)
		abort();
	memcpy(file, header, sizeof header);
	if (size > 0) {
		n += put_wandb_chunk(file + n, 1, data, whole);
		n += put_wandb_chunk(file + n, 2, data, half);
		n += put_wandb_chunk(file + n, 4, data + half, whole - half);
		n += put_wandb_chunk(file + n, data[0] % 6, data, half);
		n += put_wandb_chunk(file + n, 1, data + half, whole - half);
	}
	check_event_log(PT_LOG_WANDB, file, n);
	check_event_log(PT_LOG_WANDB, data, size);
	free(file);
	return 0;
}
