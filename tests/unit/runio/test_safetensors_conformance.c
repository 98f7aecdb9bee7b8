/*
 * Every verdict of the newest release of the reference library (safetensors 0.8.0) on its odd files, ours
 * beside it. Where we differ on purpose, the row is named here with the reason. The giants are built from
 * their recipes, sparse where they can be.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>

#include "phasetop/runio/safetensors.h"
#include "runio_fixture.h"

static const struct {
	const char *row;
	bool accept;
	const char *why;
} differences[] = {
	{"dup tensor key (same)", false, "a repeated name is ambiguous, never picked silently"},
	{"dup names via escape", false, "a repeated name is ambiguous, never picked silently"},
	{"data long", true, "a few trailing bytes are tolerated with a warning"},
	{"trailing 1 byte after data", true, "a few trailing bytes are tolerated with a warning"},
};
enum { N_DIFFERENCES = sizeof differences / sizeof differences[0] };

enum { FILE_COLUMN, NAME_COLUMN, BYTES_COLUMN, VERDICT_COLUMN, CLASS_COLUMN, TENSORS_COLUMN, N_COLUMNS };

/* Split a line at its tabs, in place. */
static size_t split(char *line, char *columns[N_COLUMNS])
{
	size_t n = 0;
	while (line && n < N_COLUMNS) {
		columns[n++] = line;
		line = strchr(line, '\t');
		if (line)
			*line++ = '\0';
	}
	return n;
}

static int difference_of(const char *row)
{
	for (int i = 0; i < N_DIFFERENCES; i++) {
		if (strcmp(differences[i].row, row) == 0)
			return i;
	}
	return -1;
}

/* "w:F32[1]" of a tensor, as the table writes it (plain names only). */
static void describe(const pt_tensor_info *tensor, char *out, size_t capacity)
{
	size_t n = (size_t)snprintf(out, capacity, "%.40s:%s[", tensor->name, pt_dtype_name(tensor->dtype));
	if (tensor->n_dims > PT_TENSOR_DIMS) {
		snprintf(out + n, capacity - n, "%zu dims]", tensor->n_dims);
		return;
	}
	for (size_t i = 0; i < tensor->n_dims; i++)
		n += (size_t)snprintf(
			out + n, capacity - n, "%s%llu", i ? ", " : "", (unsigned long long)tensor->shape[i]);
	snprintf(out + n, capacity - n, "]");
}

/* The table lists the first tensors; each must be among ours. Names with escapes are left out. */
static void check_tensors(const pt_safetensors *file, char *columns[N_COLUMNS])
{
	size_t expected = strtoul(columns[CLASS_COLUMN], NULL, 10);
	if (pt_safetensors_count(file) != expected)
		fail_msg("%s: %zu tensors, expected %zu", columns[NAME_COLUMN], pt_safetensors_count(file), expected);
	for (size_t i = 0; i < pt_safetensors_count(file) && i < 4; i++) {
		char text[256];
		describe(pt_safetensors_tensor(file, i), text, sizeof text);
		if (expected <= 3 && !strchr(columns[TENSORS_COLUMN], '\\') && !strstr(columns[TENSORS_COLUMN], text))
			fail_msg("%s: %s, expected %s", columns[NAME_COLUMN], text, columns[TENSORS_COLUMN]);
	}
}

static void check_row(const char *path, char *columns[N_COLUMNS], bool seen[N_DIFFERENCES])
{
	bool accept = strcmp(columns[VERDICT_COLUMN], "accept") == 0;
	int difference = difference_of(columns[NAME_COLUMN]);
	pt_safetensors *file = NULL;
	pt_error err = {.code = PT_OK, .offset = -2};
	pt_status status = pt_safetensors_open(path, &file, &err);
	if (difference >= 0) {
		seen[difference] = true;
		if (differences[difference].accept == accept)
			fail_msg("%s: no difference any more", columns[NAME_COLUMN]);
		accept = differences[difference].accept;
		printf("differs: %s (%s)\n", columns[NAME_COLUMN], differences[difference].why);
	}
	if ((status == PT_OK) != accept)
		fail_msg("%s: %s at %lld (%s), expected %s", columns[NAME_COLUMN], pt_status_name(status),
			(long long)err.offset, err.message, columns[VERDICT_COLUMN]);
	if (status == PT_OK && difference < 0)
		check_tensors(file, columns);
	if (status == PT_OK && difference >= 0)
		assert_true(pt_safetensors_trailing_bytes(file) > 0);
	if (status != PT_OK) { /* every refusal says where, and in which file */
		assert_true(err.offset >= 0);
		assert_string_equal(err.path, path);
		assert_true(err.message[0] != '\0');
		assert_null(strchr(err.message, '\n'));
	}
	pt_safetensors_close(file);
}

/* --- the giants --- */

static void put_prefix(FILE *out, uint64_t length)
{
	fwrite(&length, sizeof length, 1, out);
}

static void padded_braces(FILE *out, uint64_t length)
{
	enum { BLOCK = 1 << 16 };
	char spaces[BLOCK];
	memset(spaces, ' ', sizeof spaces);
	put_prefix(out, length);
	fputs("{}", out);
	for (uint64_t left = length - 2; left > 0;) {
		size_t n = left < BLOCK ? (size_t)left : BLOCK;
		fwrite(spaces, 1, n, out);
		left -= n;
	}
}

static void hundred_thousand_tensors(FILE *out)
{
	put_prefix(out, 0);
	fputc('{', out);
	for (int i = 0; i < 100000; i++)
		fprintf(out, "%s\"t%d\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}", i ? "," : "", i,
			i * 4, i * 4 + 4);
	fputc('}', out);
	uint64_t length = (uint64_t)ftell(out) - 8;
	for (int i = 0; i < 100000; i++)
		fwrite("\0\0\0", 1, 4, out);
	rewind(out);
	put_prefix(out, length);
}

static void ten_million_dims(FILE *out)
{
	put_prefix(out, 0);
	fputs("{\"w\":{\"dtype\":\"U8\",\"shape\":[", out);
	for (int i = 0; i < 10000000; i++)
		fputs(i ? ",0" : "0", out);
	fputs("],\"data_offsets\":[0,0]}}", out);
	uint64_t length = (uint64_t)ftell(out) - 8;
	rewind(out);
	put_prefix(out, length);
}

static void sparse_floats(FILE *out, uint64_t n_values)
{
	char header[128];
	int n = snprintf(header, sizeof header,
		"{\"w\":{\"dtype\":\"F32\",\"shape\":[%llu],\"data_offsets\":[0,%llu]}}",
		(unsigned long long)n_values, (unsigned long long)n_values * 4);
	put_prefix(out, (uint64_t)n);
	fputs(header, out);
	fflush(out);
	if (ftruncate(fileno(out), (off_t)(8 + (uint64_t)n + n_values * 4)) != 0)
		perror("ftruncate");
}

static bool build_giant(const char *name, const char *path)
{
	FILE *out = fopen(path, "w+b");
	if (!out)
		return false;
	bool known = true;
	if (strstr(name, "N=100000000 "))
		padded_braces(out, 100000000);
	else if (strstr(name, "N=100000001 "))
		padded_braces(out, 100000001);
	else if (strstr(name, "100k tensors"))
		hundred_thousand_tensors(out);
	else if (strstr(name, "20 MB"))
		ten_million_dims(out);
	else if (strstr(name, "5 GiB"))
		sparse_floats(out, 1342177280);
	else if (strstr(name, "4 GiB + 4"))
		sparse_floats(out, 1073741825);
	else
		known = false;
	return fclose(out) == 0 && known;
}

static void agrees_with_every_verdict(void **state)
{
	(void)state;
	if (!shared_has("conformance/safetensors/verdicts.tsv"))
		skip();
	char path[1024], scratch[64];
	size_t n = 0, n_rows = 0, n_giants = 0;
	bool seen[N_DIFFERENCES] = {false};
	scratch_directory(scratch);
	shared_path(path, sizeof path, "conformance/safetensors/verdicts.tsv");
	char *table = read_whole(path, &n);
	assert_non_null(table);
	char *rest = table;
	for (char *line; (line = strsep(&rest, "\n"));) {
		char *columns[N_COLUMNS];
		if (line[0] == '#' || strncmp(line, "file\t", 5) == 0 || split(line, columns) < N_COLUMNS)
			continue;
		if (strncmp(columns[FILE_COLUMN], "RECIPE", 6) == 0) {
			snprintf(path, sizeof path, "%s/giant.safetensors", scratch);
			assert_true(build_giant(columns[NAME_COLUMN], path));
			n_giants++;
		} else {
			char below[512];
			snprintf(below, sizeof below, "conformance/safetensors/%s", columns[FILE_COLUMN]);
			shared_path(path, sizeof path, below);
		}
		struct stat status;
		assert_int_equal(stat(path, &status), 0);
		assert_int_equal(status.st_size, strtoll(columns[BYTES_COLUMN], NULL, 10));
		check_row(path, columns, seen);
		n_rows++;
	}
	for (int i = 0; i < N_DIFFERENCES; i++)
		assert_true(seen[i]);
	printf("%zu verdicts, %zu of them giants\n", n_rows, n_giants);
	assert_true(n_rows >= 199);
	assert_int_equal(n_giants, 6);
	free(table);
	remove_tree(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_every_verdict)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
