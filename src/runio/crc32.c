#include "crc32.h"

void crc32_table_init(crc32_table *table, uint32_t polynomial)
{
	for (uint32_t byte = 0; byte < 256; byte++) {
		uint32_t rest = byte;
		for (int bit = 0; bit < 8; bit++)
			rest = rest & 1 ? rest >> 1 ^ polynomial : rest >> 1;
		table->of[0][byte] = rest;
	}
	/* of[k]: what a byte leaves after k bytes of zeros behind it */
	for (int k = 1; k < 8; k++)
		for (int byte = 0; byte < 256; byte++) {
			uint32_t before = table->of[k - 1][byte];
			table->of[k][byte] = before >> 8 ^ table->of[0][before & 0xFF];
		}
}

uint32_t crc32_add(const crc32_table *table, uint32_t crc, const void *bytes, size_t n)
{
	const unsigned char *at = bytes;
	crc = ~crc;
	for (; n >= 8; n -= 8, at += 8)
		crc = table->of[7][(crc ^ at[0]) & 0xFF] ^ table->of[6][(crc >> 8 ^ at[1]) & 0xFF] ^
			  table->of[5][(crc >> 16 ^ at[2]) & 0xFF] ^ table->of[4][(crc >> 24 ^ at[3]) & 0xFF] ^
			  table->of[3][at[4]] ^ table->of[2][at[5]] ^ table->of[1][at[6]] ^ table->of[0][at[7]];
	for (; n > 0; n--, at++)
		crc = crc >> 8 ^ table->of[0][(crc ^ *at) & 0xFF];
	return ~crc;
}
