/*
 * W&B's offline files: a header, and a LevelDB log of Records in protobuf.
 *
 *   header   ":W&B", 0xBEE1 (uint16, little-endian), version 0
 *   blocks   of 32 KiB, the header counted as part of the first; each of chunks, and zeros where less than 7
 * bytes are left: CRC-32 (IEEE, not masked) of type and data | length uint16 | type uint8 | data a record is
 * one chunk (FULL) or several (FIRST, MIDDLE …, LAST)
 *
 * W&B writes whole blocks: the file of a killed run ends in the midst of a record. After damage the next
 * chunk counts where the damaged one's length leads to one that is whole; else reading goes on with the next
 * block.
 *
 * @source wandb, core/pkg/leveldb/record.go; leveldb, doc/log_format.md
 */
#include "phasetop/base/alloc.h"

#include "crc32.h"
#include "followed_file.h"
#include "metric_reader.h"
#include "wandb_record.h"

#include <string.h>

enum {
	FILE_HEADER_BYTES = 7,
	VERSION_AT = 6,
	BLOCK_BYTES = 32 * 1024,
	HEADER_BYTES = 7,
	TYPE_AT = 6,
	RECORD_CAP_BYTES = 64 * 1024 * 1024
};

enum chunk_type { CHUNK_FULL = 1, CHUNK_FIRST, CHUNK_MIDDLE, CHUNK_LAST };

typedef struct wandb_log {
	followed_file file;
	crc32_table crc;
	wandb_reader records;
	char *record; /* joined out of chunks */
	size_t n_record, record_capacity;
	int64_t record_offset; /* of its first chunk */
	bool in_record;        /* its LAST has not come */
	bool is_whole;         /* it has, and the record is to be given */
	bool is_told;          /* the chunk at the place is damaged, and was told */
	bool drops_parts;      /* MIDDLE and LAST belong to a record that is lost, and was told */
} wandb_log;

typedef struct wandb_reading {
	wandb_log *log;
	pt_metric_state *state;
	const pt_log_sink *sink;
} wandb_reading;

static void destroy(void *reader)
{
	wandb_log *log = reader;
	followed_file_fini(&log->file);
	wandb_reader_fini(&log->records);
	pt_free(log->record);
	pt_free(log);
}

static void *create(const char *path)
{
	wandb_log *log = pt_array_alloc(1, sizeof *log);
	if (!log)
		return NULL;
	if (!followed_file_init(&log->file, path, NULL)) {
		pt_free(log);
		return NULL;
	}
	crc32_table_init(&log->crc, CRC32_IEEE);
	wandb_reader_reset(&log->records);
	return log;
}

static void add_problem(const wandb_reading *reading, pt_status code, int64_t offset, const char *what)
{
	pt_error problem;
	pt_fail(&problem, code, reading->log->file.path, offset, "%s", what);
	metric_state_bad_row(reading->state, &problem);
}

/* FILE_HEADER_BYTES are there; *is_taken = false: they are zeros from somewhere on, and may still be written.
 */
static pt_status take_file_header(followed_file *file, bool *is_taken, pt_error *err)
{
	static const char ident[VERSION_AT] = ":W&B\xE1\xBE";
	const char *bytes = file->bytes + file->start;
	size_t n = 0;
	while (n < sizeof ident && bytes[n] == ident[n])
		n++;
	*is_taken = n == sizeof ident;
	if (!*is_taken && followed_is_zero_behind(file, n))
		return PT_OK;
	if (!*is_taken)
		return pt_fail(err, PT_ERR_FORMAT, file->path, 0, "not a W&B run: its header is missing");
	if (bytes[VERSION_AT] != 0)
		return pt_fail(err, PT_ERR_FORMAT, file->path, VERSION_AT, "a W&B run of version %u, only 0 is known",
			(unsigned)(unsigned char)bytes[VERSION_AT]);
	file->start += FILE_HEADER_BYTES;
	return PT_OK;
}

typedef enum chunk_state {
	CHUNK_TORN, /* has not come whole */
	CHUNK_GOOD,
	CHUNK_ZEROS,   /* no chunk: the rest of the block is zeros */
	CHUNK_DAMAGED, /* `n` leads to the next one, if its length is not what is damaged */
	CHUNK_LOST     /* damaged, with a length that can't be */
} chunk_state;

typedef struct chunk {
	int type;
	const char *data;
	size_t n;         /* of data */
	size_t n_in_file; /* with the header */
} chunk;

/* Bytes from an offset to the end of its block. */
static size_t left_in_block(int64_t offset)
{
	return (size_t)(BLOCK_BYTES - offset % BLOCK_BYTES);
}

static bool is_zero(const char *bytes, size_t n)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, n - 1) == 0;
}

/* Look at the chunk `ahead` bytes behind the place; at least HEADER_BYTES are left in its block. */
static chunk_state look_at_chunk(const wandb_log *log, size_t ahead, chunk *out)
{
	const followed_file *file = &log->file;
	size_t n = followed_bytes(file) - ahead, left = left_in_block(followed_offset(file) + (int64_t)ahead);
	if (n < HEADER_BYTES)
		return CHUNK_TORN;
	const unsigned char *bytes = (const unsigned char *)file->bytes + file->start + ahead;
	uint32_t crc = bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
	size_t length = bytes[4] | (size_t)bytes[5] << 8;
	if (is_zero((const char *)bytes, HEADER_BYTES)) {
		if (n < left)
			return CHUNK_TORN;
		return is_zero((const char *)bytes, left) ? CHUNK_ZEROS : CHUNK_LOST;
	}
	*out = (chunk){.type = bytes[TYPE_AT],
		.data = (const char *)bytes + HEADER_BYTES,
		.n = length,
		.n_in_file = HEADER_BYTES + length};
	if (out->type < CHUNK_FULL || out->type > CHUNK_LAST || out->n_in_file > left)
		return CHUNK_LOST;
	if (n < out->n_in_file)
		return CHUNK_TORN;
	return crc32_add(&log->crc, 0, bytes + TYPE_AT, 1 + length) == crc ? CHUNK_GOOD : CHUNK_DAMAGED;
}

/* Where to go on behind damage; 0: more bytes must come to tell. */
static size_t next_behind_damage(const wandb_log *log, chunk_state state, const chunk *damaged)
{
	size_t left = left_in_block(followed_offset(&log->file));
	chunk next;
	if (state == CHUNK_DAMAGED && left - damaged->n_in_file < HEADER_BYTES)
		return damaged->n_in_file;
	chunk_state behind = state == CHUNK_DAMAGED ? look_at_chunk(log, damaged->n_in_file, &next) : CHUNK_LOST;
	if (behind == CHUNK_GOOD || behind == CHUNK_ZEROS)
		return damaged->n_in_file;
	if (behind == CHUNK_TORN || followed_bytes(&log->file) < left)
		return 0;
	return left;
}

/* Tell damage once, and pass over it when it is known how far; false: not yet. */
static bool pass_over_damage(const wandb_reading *reading, chunk_state state, const chunk *damaged)
{
	wandb_log *log = reading->log;
	size_t n_seen = state == CHUNK_DAMAGED ? damaged->n_in_file : HEADER_BYTES;
	if (!log->is_told && followed_is_zero_behind(&log->file, n_seen - 1))
		return false; /* ends in zeros that may still be written */
	if (!log->is_told)
		add_problem(reading, PT_ERR_BAD_ROW, followed_offset(&log->file),
			"a damaged record (it does not fit its checksum), passed over up to the next whole one");
	log->is_told = true;
	size_t n = next_behind_damage(log, state, damaged);
	if (n == 0)
		return false;
	log->file.start += n;
	log->is_told = false;
	log->in_record = false;
	log->drops_parts = true;
	return true;
}

static pt_status give(
	const wandb_reading *reading, const char *bytes, size_t n, int64_t offset, pt_error *err)
{
	wandb_log *log = reading->log;
	const wandb_record record = {.bytes = bytes, .n = n, .offset = offset, .path = log->file.path};
	return wandb_give_record(&log->records, &record, reading->state, reading->sink, err);
}

/* A record begins while another has not ended. */
static void drop_unended(const wandb_reading *reading)
{
	wandb_log *log = reading->log;
	if (log->in_record)
		add_problem(reading, PT_ERR_BAD_ROW, log->record_offset, "a record without its end");
	log->in_record = false;
}

static pt_status append_part(const wandb_reading *reading, const chunk *part, pt_error *err)
{
	wandb_log *log = reading->log;
	if (log->n_record + part->n > RECORD_CAP_BYTES) {
		add_problem(reading, PT_ERR_LIMIT, log->record_offset, "a record of more than 64 MiB, passed over");
		log->in_record = false;
		log->drops_parts = true;
		return PT_OK;
	}
	if (!pt_array_reserve((void **)&log->record, &log->record_capacity, log->n_record + part->n + 1, 1))
		return pt_fail(err, PT_ERR_MEMORY, log->file.path, -1, "out of memory");
	memcpy(log->record + log->n_record, part->data, part->n);
	log->n_record += part->n;
	log->is_whole = part->type == CHUNK_LAST;
	log->in_record = !log->is_whole;
	return PT_OK;
}

static pt_status take_chunk(const wandb_reading *reading, const chunk *part, pt_error *err)
{
	wandb_log *log = reading->log;
	int64_t offset = followed_offset(&log->file);
	pt_status status = PT_OK;
	if (part->type == CHUNK_FULL || part->type == CHUNK_FIRST) {
		drop_unended(reading);
		log->drops_parts = false;
		log->record_offset = offset;
		log->n_record = 0;
	} else if (!log->in_record) {
		if (!log->drops_parts)
			add_problem(reading, PT_ERR_BAD_ROW, offset, "a part of a record that has no beginning");
		log->drops_parts = true;
	}
	if (part->type == CHUNK_FULL)
		status = give(reading, part->data, part->n, offset, err);
	else if (part->type == CHUNK_FIRST || log->in_record)
		status = append_part(reading, part, err);
	if (status == PT_OK)
		log->file.start += part->n_in_file;
	return status;
}

/* Give the record that was joined, and let a large one's memory go. */
static pt_status give_whole(const wandb_reading *reading, pt_error *err)
{
	wandb_log *log = reading->log;
	pt_status status = give(reading, log->record, log->n_record, log->record_offset, err);
	if (status != PT_OK)
		return status;
	log->is_whole = false;
	if (log->record_capacity > 8 * BLOCK_BYTES) {
		pt_free(log->record);
		log->record = NULL;
		log->record_capacity = 0;
	}
	return PT_OK;
}

/* Take what the bytes begin with; *goes_on = false: it has not come yet. */
static pt_status take_next(const wandb_reading *reading, bool *goes_on, pt_error *err)
{
	wandb_log *log = reading->log;
	followed_file *file = &log->file;
	size_t left = left_in_block(followed_offset(file));
	if (log->is_whole)
		return give_whole(reading, err);
	*goes_on = followed_bytes(file) >= HEADER_BYTES;
	if (followed_offset(file) == 0)
		return *goes_on ? take_file_header(file, goes_on, err) : PT_OK;
	if (left < HEADER_BYTES) {
		*goes_on = followed_bytes(file) >= left;
		file->start += *goes_on ? left : 0;
		return PT_OK;
	}
	chunk part = {0};
	chunk_state state = look_at_chunk(log, 0, &part);
	*goes_on = state != CHUNK_TORN;
	if (state == CHUNK_GOOD)
		return take_chunk(reading, &part, err);
	if (state == CHUNK_ZEROS) {
		*goes_on = !followed_is_zero_behind(file, left); /* else they may still be written */
		file->start += *goes_on ? left : 0;
	} else if (state != CHUNK_TORN) {
		*goes_on = pass_over_damage(reading, state, &part);
	}
	return PT_OK;
}

static pt_status take_chunks(void *context, followed_file *file, bool *enough, pt_error *err)
{
	pt_status status = PT_OK;
	for (bool goes_on = true; status == PT_OK && goes_on;)
		status = take_next(context, &goes_on, err);
	*enough = followed_ends_in_zeros(file);
	return status;
}

static void take_reset(void *context)
{
	const wandb_reading *reading = context;
	wandb_log *log = reading->log;
	log->in_record = log->is_whole = log->is_told = log->drops_parts = false;
	wandb_reader_reset(&log->records);
	metric_state_reset(reading->state);
	if (reading->sink->reset)
		reading->sink->reset(reading->sink->context);
}

static pt_status read_new(void *reader, pt_metric_state *state, const pt_log_sink *sink, pt_error *err)
{
	wandb_log *log = reader;
	wandb_reading reading = {.log = log, .state = state, .sink = sink};
	const follow_handler handler = {.context = &reading, .take = take_chunks, .reset = take_reset};
	pt_status status = followed_file_read(&log->file, &handler, err);
	followed_file_unread_zeros(&log->file);
	state->identity = log->file.identity;
	return status;
}

const metric_reader wandb_log_reader = {create, destroy, read_new};
