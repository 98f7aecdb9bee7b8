/* The two 32-bit checksums of log files, by table, eight bytes a step. Private to runio. */
#ifndef PHASETOP_RUNIO_CRC32_H
#define PHASETOP_RUNIO_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Polynomials, lowest bit first. */
#define CRC32_IEEE 0xEDB88320u       /* zlib, W&B */
#define CRC32_CASTAGNOLI 0x82F63B78u /* CRC32C: TFRecord */

/* 8 KiB. */
typedef struct crc32_table {
	uint32_t of[8][256];
} crc32_table;

void crc32_table_init(crc32_table *table, uint32_t polynomial);

/* Checksum of n bytes behind those that gave `crc` (0: none). @cost about a byte a nanosecond or better */
uint32_t crc32_add(const crc32_table *table, uint32_t crc, const void *bytes, size_t n);

#endif
