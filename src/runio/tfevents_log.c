/*
 * TensorBoard event files: TFRecords, each an Event in protobuf.
 *
 *   length   uint64, little-endian
 *   masked CRC-32C of the 8 bytes of length
 *   data     an Event: wall_time, step, and a summary of values by tag, or a word of the writer about itself
 *   masked CRC-32C of the data
 *
 * @source tensorflow, lib/io/record_writer.h (framing), util/event.proto, framework/summary.proto
 */
#include "phasetop/base/alloc.h"

#include "crc32.h"
#include "followed_file.h"
#include "log_names.h"
#include "metric_reader.h"
#include "tfevents_event.h"

#include <string.h>

enum {
	HEADER_BYTES = 12,
	TRAILER_BYTES = 4,
	RECORD_CAP_BYTES = 64 * 1024 * 1024,
	ZEROS_LOOKED_THROUGH =
		1024 * 1024 /* behind damage: a longer run of zeros is the end of what was written */
};
static const uint64_t longest_record = (uint64_t)1 << 40; /* more is no length, whatever its checksum says */

typedef struct tfevents_log {
	followed_file file;
	crc32_table crc;
	tfevents_reader events;
	bool has_records;  /* a whole header was seen: it is an event file */
	bool is_lost;      /* behind a damaged length: looking for the next header */
	uint64_t n_passed; /* bytes to pass over: a record above the cap */
} tfevents_log;

typedef struct tfevents_reading {
	tfevents_log *log;
	pt_metric_state *state;
	const pt_log_sink *sink;
} tfevents_reading;

static void destroy(void *reader)
{
	tfevents_log *log = reader;
	followed_file_fini(&log->file);
	tfevents_reader_fini(&log->events);
	pt_free(log);
}

static void *create(const char *path)
{
	tfevents_log *log = pt_array_alloc(1, sizeof *log);
	if (!log)
		return NULL;
	if (!followed_file_init(&log->file, path, NULL)) {
		pt_free(log);
		return NULL;
	}
	crc32_table_init(&log->crc, CRC32_CASTAGNOLI);
	return log;
}

static uint32_t read_u32(const char *bytes)
{
	uint32_t value = 0;
	for (int i = 0; i < 4; i++)
		value |= (uint32_t)(unsigned char)bytes[i] << (8 * i);
	return value;
}

/* Does the masked checksum behind n bytes fit them? The mask keeps a checksum of checksums from being weak.
 */
static bool is_intact(const crc32_table *table, const char *bytes, size_t n)
{
	uint32_t crc = crc32_add(table, 0, bytes, n);
	return read_u32(bytes + n) == (crc >> 15 | crc << 17) + 0xA282EAD8u;
}

static bool read_header(const crc32_table *table, const char *bytes, uint64_t *length)
{
	if (!is_intact(table, bytes, 8))
		return false;
	*length = read_u32(bytes) | (uint64_t)read_u32(bytes + 4) << 32;
	return *length <= longest_record;
}

static void add_problem(const tfevents_reading *reading, pt_status code, const char *what)
{
	pt_error problem;
	const followed_file *file = &reading->log->file;
	pt_fail(&problem, code, file->path, followed_offset(file), "%s", what);
	metric_state_bad_row(reading->state, &problem);
}

/* Go on to the next header behind a damaged one; false: there is none yet. */
static bool find_header(tfevents_log *log)
{
	followed_file *file = &log->file;
	size_t n = followed_solid_bytes(file);
	uint64_t length;
	for (; followed_bytes(file) >= HEADER_BYTES && n > 0; file->start++, n--)
		if (read_header(&log->crc, file->bytes + file->start, &length)) {
			log->is_lost = false;
			return true;
		}
	return false;
}

/* Damage in the first n bytes that are not taken. What reaches into zeros at the end is not written yet. */
static bool may_still_be_written(const followed_file *file, size_t n)
{
	return followed_is_zero_behind(file, n - 1);
}

static void pass_over(tfevents_log *log)
{
	size_t n = followed_bytes(&log->file);
	if (n > log->n_passed)
		n = (size_t)log->n_passed;
	log->file.start += n;
	log->n_passed -= n;
}

/* Take the record that the bytes begin with; *is_whole = false: it has not come yet. */
static pt_status take_record(const tfevents_reading *reading, bool *is_whole, pt_error *err)
{
	tfevents_log *log = reading->log;
	followed_file *file = &log->file;
	const char *bytes = file->bytes + file->start;
	uint64_t length;
	*is_whole = false;
	if (!read_header(&log->crc, bytes, &length)) {
		log->is_lost = !may_still_be_written(file, HEADER_BYTES);
		*is_whole = log->is_lost;
		if (log->is_lost)
			add_problem(reading, PT_ERR_BAD_ROW,
				"a damaged record (its length does not fit its checksum), passed over up to the next whole "
				"one");
		return PT_OK;
	}
	log->has_records = true;
	if (length > RECORD_CAP_BYTES) {
		add_problem(reading, PT_ERR_LIMIT, "a record of more than 64 MiB, passed over");
		log->n_passed = HEADER_BYTES + length + TRAILER_BYTES;
		*is_whole = true;
		return PT_OK;
	}
	size_t n = (size_t)length, n_record = HEADER_BYTES + n + TRAILER_BYTES;
	if (followed_bytes(file) < n_record)
		return PT_OK;
	if (!is_intact(&log->crc, bytes + HEADER_BYTES, n)) {
		if (may_still_be_written(file, n_record))
			return PT_OK;
		add_problem(
			reading, PT_ERR_BAD_ROW, "a damaged record (its data do not fit their checksum), passed over");
	} else {
		const tfevents_record record = {
			.bytes = bytes + HEADER_BYTES, .n = n, .offset = followed_offset(file), .path = file->path};
		pt_status status = tfevents_give_record(&log->events, &record, reading->state, reading->sink, err);
		if (status != PT_OK)
			return status;
	}
	file->start += n_record;
	*is_whole = true;
	return PT_OK;
}

static pt_status take_records(void *context, followed_file *file, bool *enough, pt_error *err)
{
	const tfevents_reading *reading = context;
	tfevents_log *log = reading->log;
	pt_status status = PT_OK;
	for (bool goes_on = true; status == PT_OK && goes_on;) {
		pass_over(log);
		if (log->n_passed > 0 || followed_bytes(file) < HEADER_BYTES || (log->is_lost && !find_header(log)))
			break;
		status = take_record(reading, &goes_on, err);
	}
	*enough = followed_ends_in_zeros(file);
	return status;
}

static void take_reset(void *context)
{
	const tfevents_reading *reading = context;
	tfevents_log *log = reading->log;
	log->has_records = log->is_lost = false;
	log->n_passed = 0;
	tfevents_reader_reset(&log->events);
	metric_state_reset(reading->state);
	if (reading->sink->reset)
		reading->sink->reset(reading->sink->context);
}

static pt_status read_new(void *reader, pt_metric_state *state, const pt_log_sink *sink, pt_error *err)
{
	tfevents_log *log = reader;
	tfevents_reading reading = {.log = log, .state = state, .sink = sink};
	const follow_handler handler = {.context = &reading, .take = take_records, .reset = take_reset};
	pt_status status = followed_file_read(&log->file, &handler, err);
	followed_file_unread_zeros(&log->file);
	state->identity = log->file.identity;
	if (status == PT_OK && log->is_lost && !log->has_records)
		status = pt_fail(
			err, PT_ERR_FORMAT, log->file.path, 0, "not an event file of TensorBoard: no record begins it");
	return status;
}

const metric_reader tfevents_log_reader = {create, destroy, read_new};
