/* A live build-up of a real run and a cold scan of it give equal reports, in whatever order its files arrive.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>

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

/* What befalls the watching while the run grows. */
typedef struct mishap {
	int burst;         /* files made at once before each look: the kernel's queue holds 16,384 events */
	bool loses_events; /* and says nothing of it: told by sweeps alone */
	int n_watches;     /* as many can be had; 0: all that are asked for */
	pt_watch_calls real;
	int n_added;
} mishap;

static int add_some(void *context, int fd, const char *path, uint32_t mask)
{
	mishap *m = context;
	errno = ENOSPC;
	if (m->n_watches > 0 && m->n_added >= m->n_watches)
		return -1;
	m->n_added++;
	return m->real.add(NULL, fd, path, mask);
}

static int begin_watching(void *context)
{
	return ((mishap *)context)->real.init(NULL);
}

static int remove_watch(void *context, int fd, int wd)
{
	return ((mishap *)context)->real.remove(NULL, fd, wd);
}

static ssize_t read_some(void *context, int fd, void *bytes, size_t n)
{
	mishap *m = context;
	ssize_t got = m->real.read(NULL, fd, bytes, n);
	while (m->loses_events && got > 0)
		got = m->real.read(NULL, fd, bytes, n);
	return got;
}

static int64_t say_file_system(void *context, const char *path)
{
	(void)path;
	return ((mishap *)context)->loses_events ? 0x6969 : -1; /* NFS: not to be trusted */
}

static pt_pipeline *watch_with(const char *root, mishap *m, fixture_time *now, const pt_settings *settings)
{
	pt_clock real = pt_clock_system();
	*now = (fixture_time){.wall_ms = pt_clock_wall_ms(&real) + 3600 * 1000, .monotonic_ms = 1000};
	pt_clock clock = {.wall_ms = fixture_wall, .monotonic_ms = fixture_monotonic, .context = now};
	pt_run_path path = {.path = root};
	m->real = pt_watch_calls_system();
	pt_pipeline_options options = {
		.paths = &path,
		.n_paths = 1,
		.settings = *settings,
		.clock = clock,
		.watch = true,
		.watching = {.mode = PT_WATCH_AUTO,
			.clock = clock,
			.calls = {m, begin_watching, add_some, remove_watch, read_some, say_file_system}},
	};
	pt_pipeline *pipeline = NULL;
	return pt_pipeline_create(&options, &pipeline, NULL) == PT_OK ? pipeline : NULL;
}

static void make_burst(const char *root, int n)
{
	for (int i = 0; i < n; i++) {
		char path[256];
		snprintf(path, sizeof path, "%s/junk-%d", root, i);
		FILE *file = fopen(path, "w");
		assert_non_null(file);
		fclose(file);
		if (i % 2)
			unlink(path);
	}
}

static void grow_with(const char *run, int shuffle, mishap *befalls)
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
	pt_pipeline *pipeline = watch_with(root, befalls, &now, &settings);
	assert_non_null(pipeline);
	for (size_t i = 0; i < n; i++) {
		copy_checkpoint(run, root, names[i]);
		for (size_t l = 0; l < sizeof logs / sizeof logs[0]; l++)
			copy_log_part(run, root, logs[l], i, n);
		if (befalls->burst > 0 && i % 50 != 49 && i + 1 < n)
			continue;
		make_burst(root, befalls->burst);
		if (befalls->loses_events || befalls->n_watches > 0)
			now.monotonic_ms += PT_WATCH_SWEEP_MS;
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
	remove_tree(root);
}

static void grow_and_compare(const char *run, int shuffle)
{
	mishap none = {0};
	grow_with(run, shuffle, &none);
}

static void bursts_that_overflow_the_queue(void **state)
{
	(void)state;
	mishap bursts = {.burst = 20000};
	grow_with("sample_runs/medical", 1, &bursts);
}

static void events_that_never_come(void **state)
{
	(void)state;
	mishap silence = {.loses_events = true};
	grow_with("sample_runs/medical", 1, &silence);
}

static void watches_that_run_out(void **state)
{
	(void)state;
	mishap few = {.n_watches = 20};
	grow_with("sample_runs/medical", 1, &few);
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
		cmocka_unit_test(bursts_that_overflow_the_queue),
		cmocka_unit_test(events_that_never_come),
		cmocka_unit_test(watches_that_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
