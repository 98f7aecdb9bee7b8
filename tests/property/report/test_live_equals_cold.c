/* A live build-up of a real run and a cold scan of it give equal reports, in whatever order its files arrive.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <dirent.h>

#include "../../unit/analysis/run_fixture.h"
#include "phasetop/report/report_json.h"

static cJSON *report_of(const pt_snapshot *snapshot)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	pt_report_options options = pt_report_options_default();
	options.matrices = 0xF;
	assert_int_equal(pt_report_json_write(out, snapshot, &options, NULL), PT_OK);
	fclose(out);
	cJSON *document = cJSON_Parse(text);
	assert_non_null(document);
	free(text);
	return document;
}

/* What may differ by the report's own rules. */
static int is_exempt(const char *key)
{
	static const char *const exempt[] = {
		"path", "state", "last_write_age_s", "next_checkpoint_at", "finish_at", "events"};
	for (size_t i = 0; key && i < sizeof exempt / sizeof exempt[0]; i++)
		if (strcmp(key, exempt[i]) == 0)
			return 1;
	return 0;
}

static double largest(const cJSON *array)
{
	double found = 0;
	for (const cJSON *item = array->child; item; item = item->next)
		if (cJSON_IsNumber(item) && fabs(item->valuedouble) > found)
			found = fabs(item->valuedouble);
	return found;
}

static void assert_same(const cJSON *a, const cJSON *b, const char *where, double scale)
{
	if ((a->type & 0xFF) != (b->type & 0xFF))
		fail_msg("%s: kinds differ", where);
	if (cJSON_IsNumber(a) &&
		fabs(a->valuedouble - b->valuedouble) > 1e-12 * fmax(scale, fabs(a->valuedouble)))
		fail_msg("%s: %.17g is not %.17g", where, a->valuedouble, b->valuedouble);
	if (cJSON_IsString(a) && strcmp(a->valuestring, b->valuestring) != 0)
		fail_msg("%s: \"%s\" is not \"%s\"", where, a->valuestring, b->valuestring);
	double own = cJSON_IsArray(a) ? largest(a) : 0;
	const cJSON *x = a->child, *y = b->child;
	for (; x && y; x = x->next, y = y->next) {
		if (x->string && strcmp(x->string, y->string) != 0)
			fail_msg("%s: key %s is not %s", where, x->string, y->string);
		if (!is_exempt(x->string))
			assert_same(x, y, x->string ? x->string : where, own);
	}
	if (x || y)
		fail_msg("%s: lengths differ", where);
}

static void copy_file(const char *from, const char *to)
{
	size_t n;
	char *bytes = read_whole(from, &n);
	char part[1100];
	if (!bytes)
		return;
	snprintf(part, sizeof part, "%s.part", to);
	FILE *file = fopen(part, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	fclose(file);
	assert_int_equal(rename(part, to), 0);
	free(bytes);
}

static void copy_checkpoint(const char *run, const char *root, const char *name)
{
	static const char *const files[] = {
		"adapter_model.safetensors", "adapter_config.json", "model.safetensors", "trainer_state.json"};
	make_directory(root, name);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		char from[1024], to[1024];
		snprintf(from, sizeof from, "%s/%s/%s", run, name, files[i]);
		snprintf(to, sizeof to, "%s/%s/%s", root, name, files[i]);
		if (access(from, R_OK) == 0)
			copy_file(from, to);
	}
}

enum { MAX_CHECKPOINTS = 256 };

static int by_number(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	return atoi(strpbrk(x, "0123456789")) - atoi(strpbrk(y, "0123456789"));
}

static size_t list_checkpoints(const char *run, char *names[MAX_CHECKPOINTS])
{
	size_t n = 0;
	DIR *directory = opendir(run);
	assert_non_null(directory);
	for (struct dirent *entry; (entry = readdir(directory)) && n < MAX_CHECKPOINTS;)
		if (strncmp(entry->d_name, "checkpoint-", 11) == 0 || strncmp(entry->d_name, "step_", 5) == 0)
			names[n++] = strdup(entry->d_name);
	closedir(directory);
	qsort(names, n, sizeof names[0], by_number);
	return n;
}

/* The first `part` of `parts` of a log's bytes: lines are torn where that falls. */
static void copy_log_part(const char *run, const char *root, const char *name, size_t part, size_t parts)
{
	char from[1024], to[1024];
	size_t n;
	snprintf(from, sizeof from, "%s/%s", run, name);
	snprintf(to, sizeof to, "%s/%s", root, name);
	char *bytes = read_whole(from, &n);
	if (!bytes)
		return;
	FILE *file = fopen(to, "ab");
	assert_non_null(file);
	size_t begin = n * part / parts, end = n * (part + 1) / parts;
	assert_int_equal(fwrite(bytes + begin, 1, end - begin, file), end - begin);
	fclose(file);
	free(bytes);
}

static void grow_and_compare(const char *run, int shuffle)
{
	static const char *const logs[] = {
		"probe_losses.jsonl", "probe_losses_gaussian.jsonl", "train_log.jsonl"};
	char root[64], *names[MAX_CHECKPOINTS];
	if (access(run, R_OK) != 0)
		fail_msg("%s is not there", run);
	scratch_directory(root);
	size_t n = list_checkpoints(run, names);
	assert_true(n > 10);
	srand(7);
	for (size_t i = n; shuffle && i-- > 1;) {
		size_t j = (size_t)rand() % (i + 1);
		char *swapped = names[i];
		names[i] = names[j];
		names[j] = swapped;
	}
	fixture_time now;
	pt_settings settings = pt_settings_default();
	pt_pipeline *pipeline = fixture_pipeline(root, true, &now, &settings);
	assert_non_null(pipeline);
	for (size_t i = 0; i < n; i++) {
		copy_checkpoint(run, root, names[i]);
		for (size_t l = 0; l < sizeof logs / sizeof logs[0]; l++)
			copy_log_part(run, root, logs[l], i, n);
		fixture_pump(pipeline, &now);
		if (i % 5 == 0)
			pt_snapshot_destroy(fixture_snapshot(pipeline));
	}
	pt_snapshot *live = fixture_snapshot(pipeline), *cold = fixture_cold(root, &settings);
	assert_int_equal(live->runs[0].n_steps, n);
	cJSON *a = report_of(live), *b = report_of(cold);
	assert_same(a, b, run, 0);
	cJSON_Delete(a);
	cJSON_Delete(b);
	pt_snapshot_destroy(live);
	pt_snapshot_destroy(cold);
	pt_pipeline_destroy(pipeline);
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	scratch_remove(root);
}

static void an_adapter_in_order(void **state)
{
	(void)state;
	grow_and_compare("sample_runs/medical", 0);
}

static void an_adapter_in_any_order(void **state)
{
	(void)state;
	grow_and_compare("sample_runs/medical", 1);
}

static void eight_modules_in_any_order(void **state)
{
	(void)state;
	grow_and_compare("sample_runs/medical_r4", 1);
}

static void a_plain_network_in_order(void **state)
{
	(void)state;
	grow_and_compare("sample_runs/deep_linear", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_adapter_in_order),
		cmocka_unit_test(an_adapter_in_any_order),
		cmocka_unit_test(eight_modules_in_any_order),
		cmocka_unit_test(a_plain_network_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
