/* The safetensors reader: each refusal with its code and byte, and the values it reads. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <math.h>
#include <stdbool.h>

#include "phasetop/base/alloc.h"
#include "phasetop/runio/safetensors.h"
#include "../../helpers/scratch_of_test.h"
#include "runio_fixture.h"

static char path[128];

static int setup(void **state)
{
	make_scratch(state);
	snprintf(path, sizeof path, "%s/x.safetensors", scratch);
	return 0;
}

static void refuses(pt_status code, int64_t offset, const char *what)
{
	pt_safetensors *file = NULL;
	pt_error err = {.offset = -2};
	pt_status status = pt_safetensors_open(path, &file, &err);
	if (status != code || err.offset != offset)
		fail_msg("%s: %s at %lld (%s), expected %s at %lld", what, pt_status_name(status),
			(long long)err.offset, err.message, pt_status_name(code), (long long)offset);
	assert_null(file);
	assert_string_equal(err.path, path);
	assert_int_equal(pt_safetensors_open(path, &file, NULL), code); /* err may be NULL */
}

static void refuses_bytes(const void *bytes, size_t n, pt_status code, int64_t offset)
{
	write_file(scratch, "x.safetensors", bytes, n);
	refuses(code, offset, "bytes");
}

static void what_is_no_safetensors_is_named(void **state)
{
	(void)state;
	static const char lfs[] = "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12\n";
	char zeros[5000] = {0};
	refuses(PT_ERR_NOT_FOUND, -1, "absent");
	refuses_bytes("", 0, PT_ERR_EMPTY, 0);
	refuses_bytes("1234567", 7, PT_ERR_TRUNCATED, 7);
	refuses_bytes(zeros, 8, PT_ERR_ZERO_FILLED, 0);
	refuses_bytes(zeros, sizeof zeros, PT_ERR_ZERO_FILLED, 0);
	zeros[100] = 1;
	refuses_bytes(zeros, sizeof zeros, PT_ERR_FORMAT, 0);
	refuses_bytes(lfs, sizeof lfs - 1, PT_ERR_LFS_POINTER, 0);
	refuses_bytes("PK\3\4\x14\0\0\0\x08\0", 10, PT_ERR_PICKLE, 0);
	refuses_bytes("\x80\x02}q\0X\1\0\0\0a", 12, PT_ERR_PICKLE, 0);
	refuses_bytes("\x1f\x8b\x08\0\0\0\0\0\0\3", 10, PT_ERR_FORMAT, 0);
	refuses_bytes("GGUF\3\0\0\0\0\0", 10, PT_ERR_FORMAT, 0);
	refuses_bytes("<!doctype html>", 15, PT_ERR_FORMAT, 0);
	refuses_bytes("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF{}", 10, PT_ERR_LIMIT, 0);
	refuses_bytes("\x01\xE1\xF5\x05\0\0\0\0{}", 10, PT_ERR_LIMIT, 0); /* 100,000,001 */
	refuses_bytes("\x00\xE1\xF5\x05\0\0\0\0{}", 10, PT_ERR_TRUNCATED, 10);
	refuses_bytes("\x03\0\0\0\0\0\0\0{}", 10, PT_ERR_TRUNCATED, 10);
}

#define ENTRY(name, dtype, shape, offsets) \
	"\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static void headers_are_refused_where_they_break(void **state)
{
	(void)state;
	static const struct {
		const char *header;
		pt_status code;
		int64_t offset; /* in the header */
	} cases[] = {
		{"[]", PT_ERR_JSON, 0},
		{"{} {}", PT_ERR_JSON, 3},
		{"{}\0", PT_ERR_JSON, 0},
		{"\xEF\xBB\xBF{}", PT_ERR_JSON, 0},
		{"{" ENTRY("w", "f32", "[1]", "[0,4]") "}", PT_ERR_JSON, 14},
		{"{" ENTRY("w", "F32", "[1]", "[0,4]") ",}", PT_ERR_JSON, 53},
		{"{" ENTRY("w", "F32", "[-1]", "[0,4]") "}", PT_ERR_JSON, 29},
		{"{" ENTRY("w", "F32", "[1.0]", "[0,4]") "}", PT_ERR_JSON, 29},
		{"{" ENTRY("w", "F32", "[18446744073709551616]", "[0,4]") "}", PT_ERR_JSON, 29},
		{"{" ENTRY("w", "F32", "null", "[0,4]") "}", PT_ERR_JSON, 28},
		{"{" ENTRY("w", "F32", "[1]", "[0,4,8]") "}", PT_ERR_JSON, 47},
		{"{" ENTRY("w", "F32", "[1]", "[0]") "}", PT_ERR_JSON, 47},
		{"{\"w\":{\"dtype\":\"F32\",\"shape\":[1]}}", PT_ERR_JSON, 31},
		{"{\"w\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", PT_ERR_JSON, 20},
		{"{\"w\":null}", PT_ERR_JSON, 5},
		{"{\"__metadata__\":{\"a\":1}}", PT_ERR_JSON, 21},
		{"{\"__metadata__\":[]}", PT_ERR_JSON, 16},
		{"{\"__metadata__\":{},\"__metadata__\":{}}", PT_ERR_JSON, 19},
		{"{" ENTRY("w", "F32", "[1]", "[0,4]") "," ENTRY("w", "F32", "[1]", "[0,4]") "}", PT_ERR_AMBIGUOUS,
			54},
		{"{" ENTRY("w", "F32", "[1]", "[0,4]") "," ENTRY("\\u0077", "F32", "[1]", "[4,8]") "}",
			PT_ERR_AMBIGUOUS, 54},
		{"{" ENTRY("w", "F32", "[1]", "[4,8]") "}", PT_ERR_FORMAT, 1},
		{"{" ENTRY("w", "F32", "[1]", "[4,0]") "}", PT_ERR_FORMAT, 1},
		{"{" ENTRY("w", "F32", "[2]", "[0,4]") "}", PT_ERR_FORMAT, 1},
		{"{" ENTRY("w", "F4", "[3]", "[0,2]") "}", PT_ERR_FORMAT, 1},
		{"{" ENTRY("w", "U8", "[2,18446744073709551614]", "[0,4]") "}", PT_ERR_FORMAT, 1},
		{"{" ENTRY("w", "F32", "[4611686018427387904]", "[0,0]") "}", PT_ERR_FORMAT, 1},
		{"{" ENTRY("w", "U8", "[18446744073709551615,2,0]", "[0,0]") "}", PT_ERR_FORMAT, 1},
		{"{" ENTRY("a", "F32", "[1]", "[0,4]") "," ENTRY("b", "F32", "[1]", "[8,12]") "}", PT_ERR_FORMAT, 54},
		{"{" ENTRY("a", "F32", "[1]", "[0,4]") "," ENTRY("b", "F32", "[1]", "[2,6]") "}", PT_ERR_FORMAT, 54},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char data[12] = {0};
		if (strcmp(cases[i].header, "{}") == 0) {
			write_file(scratch, "x.safetensors", "\4\0\0\0\0\0\0\0{}\0\0", 12); /* NUL padding */
			refuses(PT_ERR_JSON, 10, "NUL padding");
			continue;
		}
		write_safetensors(scratch, "x.safetensors", cases[i].header, data, sizeof data);
		refuses(cases[i].code, 8 + cases[i].offset, cases[i].header);
	}
}

static void zeros_in_the_header_are_a_copy_in_flight(void **state)
{
	(void)state;
	static const char header[] = "{" ENTRY("w", "F32", "[1]", "[0,4]") "}";
	char bytes[8 + sizeof header - 1 + 4] = {(char)(sizeof header - 1)};
	memcpy(bytes + 8, header, 20);
	refuses_bytes(bytes, sizeof bytes, PT_ERR_ZERO_FILLED, 8 + 20);
	memset(bytes + 8, 0, 20);
	refuses_bytes(bytes, sizeof bytes, PT_ERR_ZERO_FILLED, 8);
	bytes[sizeof bytes - 5] = '}'; /* zeros with something behind them are plain nonsense */
	refuses_bytes(bytes, sizeof bytes, PT_ERR_JSON, 8);
}

static void every_cut_is_truncated_where_it_ends(void **state)
{
	(void)state;
	static const char header[] =
		"{" ENTRY("a", "F32", "[2]", "[0,8]") "," ENTRY("b", "U8", "[3]", "[8,11]") "}";
	char bytes[8 + sizeof header - 1 + 11] = {(char)(sizeof header - 1)};
	memcpy(bytes + 8, header, sizeof header - 1);
	for (size_t n = 1; n < sizeof bytes; n++)
		refuses_bytes(bytes, n, PT_ERR_TRUNCATED, (int64_t)n);
	write_file(scratch, "x.safetensors", bytes, sizeof bytes);
	pt_safetensors *file;
	assert_int_equal(pt_safetensors_open(path, &file, NULL), PT_OK);
	pt_safetensors_close(file);
}

static void trailing_bytes_are_counted(void **state)
{
	(void)state;
	static const char header[] = "{" ENTRY("a", "F32", "[1]", "[0,4]") "}";
	char data[4 + PT_SAFETENSORS_TRAILING_BYTES + 1] = {0};
	pt_safetensors *file;
	for (size_t n = 0; n <= PT_SAFETENSORS_TRAILING_BYTES; n++) {
		write_safetensors(scratch, "x.safetensors", header, data, 4 + n);
		assert_int_equal(pt_safetensors_open(path, &file, NULL), PT_OK);
		assert_int_equal(pt_safetensors_trailing_bytes(file), n);
		pt_safetensors_close(file);
	}
	write_safetensors(scratch, "x.safetensors", header, data, sizeof data);
	refuses(PT_ERR_FORMAT, 8 + (int64_t)sizeof header - 1 + 4, "trailing");
	write_safetensors(scratch, "x.safetensors", "{}", data, 1);
	refuses(PT_ERR_FORMAT, 10, "data of no tensor");
}

static void tensors_are_listed_found_and_read(void **state)
{
	(void)state;
	static const char header[] =
		"{\"__metadata__\":{\"format\":\"np\",\"format\":\"pt\",\"k\\n\":\"\"}," ENTRY(
			"h", "F16", "[2,2]", "[1,9]") "," ENTRY("u", "U8", "[]", "[0,1]") "," ENTRY("d", "F64", "[1]",
			"[9,17]") "," ENTRY("q", "F8_E4M3", "[3]", "[17,20]") "," ENTRY("z", "F32",
			"[0,18446744073709551615]", "[20,20]") "," ENTRY("e\\u0000x", "I64", "[1]", "[20,28]") "}";
	unsigned char data[28] = {7, 0x00, 0x3C, 0x00, 0xC0, 0x00, 0x7C, 0x01, 0x00};
	double pi = 3.14159;
	int64_t minus = -5;
	memcpy(data + 9, &pi, 8);
	memcpy(data + 20, &minus, 8);
	write_safetensors(scratch, "x.safetensors", header, data, sizeof data);
	pt_safetensors *file;
	pt_error err;
	assert_int_equal(pt_safetensors_open(path, &file, NULL), PT_OK);
	assert_int_equal(pt_safetensors_count(file), 6);
	assert_string_equal(pt_safetensors_tensor(file, 0)->name, "u"); /* by offset */
	assert_string_equal(pt_safetensors_metadata(file, "format"), "pt");
	assert_string_equal(pt_safetensors_metadata(file, "k\n"), "");
	assert_null(pt_safetensors_metadata(file, "none"));
	assert_null(pt_safetensors_find(file, "none"));
	assert_null(pt_safetensors_find(file, "e")); /* e\0x is another name */

	const pt_tensor_info *h = pt_safetensors_find(file, "h");
	float floats[4];
	double doubles[4], number;
	assert_int_equal(h->n_dims, 2);
	assert_int_equal(h->offset, 8 + (int64_t)sizeof header - 1 + 1);
	assert_int_equal(pt_safetensors_read_float(file, h, floats, NULL), PT_OK);
	assert_true(floats[0] == 1.0f && floats[1] == -2.0f && isinf(floats[2]) && floats[3] == 0x1p-24f);
	assert_int_equal(pt_safetensors_read_double(file, h, doubles, NULL), PT_OK);
	assert_true(doubles[3] == 0x1p-24);
	const pt_tensor_info *d = pt_safetensors_find(file, "d");
	assert_int_equal(pt_safetensors_read_double(file, d, &number, NULL), PT_OK);
	assert_true(number == pi);
	assert_int_equal(pt_safetensors_read_float(file, d, floats, &err), PT_ERR_UNSUPPORTED);
	assert_int_equal(err.offset, d->offset);
	const pt_tensor_info *u = pt_safetensors_find(file, "u");
	assert_int_equal(u->n_values, 1);
	assert_int_equal(pt_safetensors_read_double(file, u, &number, NULL), PT_OK);
	assert_true(number == 7.0);
	assert_int_equal(pt_safetensors_read_double(file, pt_safetensors_tensor(file, 5), &number, NULL), PT_OK);
	assert_true(number == -5.0);
	assert_int_equal(
		pt_safetensors_read_double(file, pt_safetensors_find(file, "q"), doubles, &err), PT_ERR_UNSUPPORTED);
	assert_non_null(strstr(err.message, "F8_E4M3"));
	assert_int_equal(pt_safetensors_find(file, "z")->n_values, 0);
	assert_int_equal(pt_safetensors_read_float(file, pt_safetensors_find(file, "z"), floats, NULL), PT_OK);
	assert_int_equal(pt_safetensors_check_unchanged(file, NULL), PT_OK);
	pt_safetensors_close(file);
	pt_safetensors_close(NULL);
}

static void long_tensors_are_read_in_pieces(void **state)
{
	(void)state;
	enum { N = 20001 };
	static uint16_t data[N];
	static float out[N];
	static double wide[N];
	pt_safetensors *file;
	for (size_t i = 0; i < N; i++)
		data[i] = (uint16_t)(i * 3);
	write_safetensors(
		scratch, "x.safetensors", "{" ENTRY("w", "BF16", "[20001]", "[0,40002]") "}", data, sizeof data);
	assert_int_equal(pt_safetensors_open(path, &file, NULL), PT_OK);
	assert_int_equal(pt_safetensors_read_float(file, pt_safetensors_tensor(file, 0), out, NULL), PT_OK);
	assert_int_equal(pt_safetensors_read_double(file, pt_safetensors_tensor(file, 0), wide, NULL), PT_OK);
	for (size_t i = 0; i < N; i++) {
		uint32_t bits = (uint32_t)data[i] << 16;
		assert_memory_equal(&out[i], &bits, 4);
		assert_true(isnan(out[i]) || wide[i] == (double)out[i]);
	}
	pt_safetensors_close(file);
}

static void a_change_is_seen(void **state)
{
	(void)state;
	float values[2];
	pt_safetensors *file;
	pt_error err;
	static const char header[] = "{" ENTRY("w", "F32", "[2]", "[0,8]") "}";
	write_safetensors(scratch, "x.safetensors", header, "12345678", 8);
	assert_int_equal(pt_safetensors_open(path, &file, NULL), PT_OK);
	assert_int_equal(truncate(path, 8 + (off_t)sizeof header - 1 + 5), 0);
	assert_int_equal(
		pt_safetensors_read_float(file, pt_safetensors_tensor(file, 0), values, &err), PT_ERR_CHANGED);
	assert_int_equal(err.offset, 8 + (int64_t)sizeof header - 1 + 5);
	assert_int_equal(pt_safetensors_check_unchanged(file, &err), PT_ERR_CHANGED);
	pt_safetensors_close(file);

	write_safetensors(scratch, "x.safetensors", header, "12345678", 8);
	assert_int_equal(pt_safetensors_open(path, &file, NULL), PT_OK);
	struct timespec past[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	assert_int_equal(utimensat(AT_FDCWD, path, past, 0), 0);
	assert_int_equal(pt_safetensors_check_unchanged(file, NULL), PT_ERR_CHANGED);
	pt_safetensors_close(file);
}

/* Close the descriptor under the reader: every read then fails as on a dying disk. */
static void break_descriptor(void)
{
	for (int fd = 3; fd < 256; fd++) {
		char link[64], target[256] = "";
		snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
		if (readlink(link, target, sizeof target - 1) > 0 && strcmp(target, path) == 0)
			close(fd);
	}
}

static void failing_reads_are_told(void **state)
{
	(void)state;
	float values[2];
	double doubles[2];
	pt_safetensors *file;
	pt_error err;
	static const char header[] =
		"{" ENTRY("f", "F32", "[2]", "[0,8]") "," ENTRY("h", "F16", "[2]", "[8,12]") "}";
	write_safetensors(scratch, "x.safetensors", header, "123456789012", 12);
	assert_int_equal(pt_safetensors_open(path, &file, NULL), PT_OK);
	break_descriptor();
	const pt_tensor_info *f = pt_safetensors_find(file, "f"), *h = pt_safetensors_find(file, "h");
	assert_int_equal(pt_safetensors_read_float(file, f, values, &err), PT_ERR_IO);
	assert_int_equal(err.offset, f->offset);
	assert_int_equal(pt_safetensors_read_float(file, h, values, &err), PT_ERR_IO);
	assert_int_equal(err.offset, h->offset);
	assert_int_equal(pt_safetensors_read_double(file, h, doubles, &err), PT_ERR_IO);
	assert_int_equal(pt_safetensors_check_unchanged(file, &err), PT_ERR_IO);
	pt_safetensors_close(file);
}

static void what_is_no_regular_file_is_refused(void **state)
{
	(void)state;
	pt_safetensors *file = NULL;
	assert_int_equal(pt_safetensors_open(scratch, &file, NULL), PT_ERR_NOT_REGULAR);
	assert_int_equal(pt_safetensors_open("/dev/null", &file, NULL), PT_ERR_NOT_REGULAR);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(pt_safetensors_open(path, &file, NULL), PT_ERR_NOT_REGULAR);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink(path, path), 0);
	assert_int_equal(pt_safetensors_open(path, &file, NULL), PT_ERR_IO);
	assert_null(file);
}

static void hostile_names_stay_out_of_messages(void **state)
{
	(void)state;
	static char header[200000];
	pt_error err;
	pt_safetensors *file;
	write_safetensors(scratch, "x.safetensors",
		"{" ENTRY("\\u001b]52;c;QUJD\\u0007\\n", "F32", "[2]", "[0,4]") "}", "1234", 4);
	assert_int_equal(pt_safetensors_open(path, &file, &err), PT_ERR_FORMAT);
	for (const char *c = err.message; *c; c++)
		assert_true((unsigned char)*c >= 0x20);
	size_t n = (size_t)sprintf(header, "{\"");
	memset(header + n, 'n', 100000);
	sprintf(header + n + 100000, "\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}");
	write_safetensors(scratch, "x.safetensors", header, "1234", 4);
	assert_int_equal(pt_safetensors_open(path, &file, &err), PT_ERR_FORMAT);
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	write_safetensors(scratch, "x.safetensors",
		"{\"__metadata__\":{\"a\":\"b\"}," ENTRY("w", "F32", "[1]", "[0,4]") "}", "1234", 4);
	for (size_t n = 1;; n++) {
		pt_safetensors *file = NULL;
		pt_error err;
		pt_alloc_fail_at(n, false);
		pt_status status = pt_safetensors_open(path, &file, &err);
		pt_alloc_fail_at(0, false);
		if (status == PT_OK) {
			pt_safetensors_close(file);
			assert_true(n > 5);
			return;
		}
		assert_int_equal(status, PT_ERR_MEMORY);
		assert_null(file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_no_safetensors_is_named, setup, remove_scratch),
		cmocka_unit_test_setup_teardown(headers_are_refused_where_they_break, setup, remove_scratch),
		cmocka_unit_test_setup_teardown(zeros_in_the_header_are_a_copy_in_flight, setup, remove_scratch),
		cmocka_unit_test_setup_teardown(every_cut_is_truncated_where_it_ends, setup, remove_scratch),
		cmocka_unit_test_setup_teardown(trailing_bytes_are_counted, setup, remove_scratch),
		cmocka_unit_test_setup_teardown(tensors_are_listed_found_and_read, setup, remove_scratch),
		cmocka_unit_test_setup_teardown(long_tensors_are_read_in_pieces, setup, remove_scratch),
		cmocka_unit_test_setup_teardown(a_change_is_seen, setup, remove_scratch),
		cmocka_unit_test_setup_teardown(failing_reads_are_told, setup, remove_scratch),
		cmocka_unit_test_setup_teardown(what_is_no_regular_file_is_refused, setup, remove_scratch),
		cmocka_unit_test_setup_teardown(hostile_names_stay_out_of_messages, setup, remove_scratch),
		cmocka_unit_test_setup_teardown(every_allocation_may_fail, setup, remove_scratch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
