/*
 * What the tables of real folders share: checkpoints read as the program reads them, numbers compared with an
 * expected.json, and a line a folder: what was read, and the worst relative error.
 */
#ifndef TESTS_REFERENCE_RUNS_FORMATS_FIXTURE_H
#define TESTS_REFERENCE_RUNS_FORMATS_FIXTURE_H

#include "report_fixture.h"

#include <dirent.h>
#include <unistd.h>

#include "phasetop/numeric/increments.h"
#include "phasetop/runio/checkpoint_load.h"

/* The expectations are sums in float64 of the same stored values, in another order. */
#define FORMAT_TOLERANCE 1e-9

enum { MAX_FOLDERS = 256, MAX_STEPS = 64, READ_BYTES = 160 };

/* One folder: how far it agrees, and what is said about it. */
typedef struct folder {
	char path[PATH_BYTES];
	const char *name;
	char read[READ_BYTES];
	size_t n_compared, n_wrong;
	double worst;
} folder;

__attribute__((format(printf, 2, 3))) static inline void object_to(folder *f, const char *format, ...)
{
	va_list arguments;
	if (f->n_wrong++ >= 5)
		return;
	printf("%s: ", f->name);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
}

/* Relative to `scale`; a null stands for what is not defined. */
static inline void agree_within(folder *f, const char *what, double ours, const cJSON *expected, double scale)
{
	f->n_compared++;
	if (!expected || cJSON_IsNull(expected)) {
		if (!isnan(ours))
			object_to(f, "%s is %.17g, should not be there", what, ours);
		return;
	}
	double off = fabs(ours - expected->valuedouble);
	double error = off == 0 ? 0 : off / scale;
	if (!(error <= FORMAT_TOLERANCE))
		object_to(f, "%s is %.17g, should be %.17g", what, ours, expected->valuedouble);
	f->worst = error > f->worst ? error : f->worst;
}

static inline void agree(folder *f, const char *what, double ours, const cJSON *expected)
{
	agree_within(f, what, ours, expected, expected ? fabs(expected->valuedouble) : 1);
}

static inline const cJSON *maybe(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* ---- checkpoints ------------------------------------------------------------------------------------ */

/* The weights at a path in the folder, with the adapter_config.json beside it where there is one. */
static inline pt_checkpoint *load_weights(folder *f, const char *below)
{
	char weights[2 * PATH_BYTES], config[2 * PATH_BYTES + 32];
	pt_checkpoint *checkpoint = NULL;
	pt_error err = {0};
	snprintf(weights, sizeof weights, "%s/%s", f->path, below);
	snprintf(
		config, sizeof config, "%.*s/adapter_config.json", (int)(strrchr(weights, '/') - weights), weights);
	bool has_config = access(config, R_OK) == 0;
	if (pt_checkpoint_load(weights, has_config ? config : NULL, NULL, NULL, &checkpoint, &err) != PT_OK)
		object_to(f, "%s: %s", below, err.message);
	return checkpoint;
}

static inline const pt_loaded_module *module_of(const pt_checkpoint *checkpoint, const char *name)
{
	for (size_t i = 0; i < checkpoint->n_modules; i++)
		if (strcmp(checkpoint->modules[i].name, name) == 0)
			return &checkpoint->modules[i];
	return NULL;
}

static inline pt_values values_at(const pt_loaded_module *m, const void *values)
{
	return (pt_values){.f32 = m->is_f64 ? NULL : values, .f64 = m->is_f64 ? values : NULL};
}

/* The module's trajectory gets one checkpoint more, as the analysis does it. */
static inline void follow(pt_module_history *history, const pt_loaded_module *m)
{
	size_t n_experts = m->n_experts > 1 ? (size_t)m->n_experts : 1;
	bool fits = m->b && m->b_cols == m->a_rows;
	pt_module_checkpoint values = {
		.shape = {.kind = PT_MODULE_FULL, .length = m->a_rows * m->a_cols},
		.w = values_at(m, m->a),
		.scaling = (double)NAN,
	};
	if (m->b)
		values = (pt_module_checkpoint){
			.shape = {.kind = PT_MODULE_LORA,
				.rank = fits ? m->a_rows / n_experts : 1,
				.d_in = fits ? m->a_cols : m->a_rows * m->a_cols,
				.d_out = fits ? m->b_rows : m->b_rows * m->b_cols,
				.n_experts = n_experts},
			.a = values_at(m, m->a),
			.b = values_at(m, m->b),
			.scaling = m->has_product ? m->scaling : (double)NAN,
		};
	pt_error err = {0};
	if (pt_module_history_insert(history, pt_module_history_n(history), &values, &err) != PT_OK)
		fail_msg("%s: %s", m->name, err.message);
}

static inline double norm_now(const pt_module_history *history, pt_trajectory trajectory)
{
	const double *norms = pt_module_history_norms(history, trajectory);
	return norms ? norms[pt_module_history_n(history) - 1] : (double)NAN;
}

/* `expected` n × n against entries of ours from `first` on, relative to the largest on the diagonal. */
static inline void agree_matrix(
	folder *f, const char *what, const cJSON *expected, const double *ours, size_t n, size_t first)
{
	double most = 0;
	size_t i = 0;
	for (const cJSON *row = expected->child; row; row = row->next, i++) {
		double on_diagonal = fabs(cJSON_GetArrayItem(row, (int)i)->valuedouble);
		most = on_diagonal > most ? on_diagonal : most;
	}
	assert_int_equal(i + first, n);
	i = first;
	for (const cJSON *row = expected->child; row; row = row->next, i++) {
		size_t k = first;
		for (const cJSON *x = row->child; x; x = x->next, k++)
			agree_within(f, what, ours[i * n + k], x, most);
	}
}

/* Gram and increment Gram of one trajectory. */
static inline void agree_grams(
	folder *f, const pt_module_history *history, pt_trajectory trajectory, const cJSON *between)
{
	static const char *const names[] = {"A", "B", "dW", "W"};
	char key[64];
	double products[MAX_STEPS * MAX_STEPS];
	snprintf(key, sizeof key, "gram_%s", names[trajectory]);
	const cJSON *gram = maybe(between, key);
	snprintf(key, sizeof key, "increment_gram_%s", names[trajectory]);
	const cJSON *increments = maybe(between, key);
	const pt_gram *ours = pt_module_history_gram(history, trajectory);
	if (!gram || cJSON_IsNull(gram) || !pt_module_history_has(history, trajectory))
		return;
	assert_true(ours->n <= MAX_STEPS);
	pt_gram_inner_products(ours, false, products);
	agree_matrix(f, key + strlen("increment_"), gram, products, ours->n, 0);
	for (size_t i = 0; i < ours->n; i++)
		for (size_t k = 0; k < ours->n; k++)
			products[i * ours->n + k] = pt_gram_at(ours, i, k);
	if (increments && !cJSON_IsNull(increments))
		agree_matrix(f, key, increments, products, ours->n, 1);
}

/* ---- the program ------------------------------------------------------------------------------------ */

/* Does `phasetop --once --json` give a document with sensible states? The states are added to what was read.
 */
static inline void check_document(folder *f)
{
	static const char *const states[] = {"live", "stale", "finished", "empty", "unreadable"};
	char command[2 * PATH_BYTES];
	int status;
	snprintf(command, sizeof command, "exec '%s' --once --json '%s' 2>/dev/null", program_path(), f->path);
	cJSON *document = printed_by(command, &status);
	if (status == -1 || (status & 0x7F) != 0)
		object_to(f, "the program died: %d", status);
	const cJSON *runs = member(document, "runs");
	if (cJSON_GetArraySize(runs) < 1)
		object_to(f, "no runs");
	for (const cJSON *run = runs->child; run; run = run->next) {
		bool known = false;
		for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
			known |= strcmp(member(run, "state")->valuestring, states[i]) == 0;
		if (!known)
			object_to(f, "state %s", member(run, "state")->valuestring);
		size_t n = strlen(f->read);
		snprintf(f->read + n, sizeof f->read - n, "%s%s", n ? ", " : "", member(run, "state")->valuestring);
	}
	cJSON_Delete(document);
}

static inline void say(folder *f, const char *what, size_t n, const char *rest)
{
	size_t at = strlen(f->read);
	snprintf(f->read + at, sizeof f->read - at, "%s%s %zu %s", at ? ", " : "", what, n, rest);
}

/* ---- which folders ---------------------------------------------------------------------------------- */

static folder folders[MAX_FOLDERS];
static struct CMUnitTest tests[MAX_FOLDERS + 1];
static size_t n_tests;

static inline int compare_names(const void *a, const void *b)
{
	return strcmp(((const folder *)a)->path, ((const folder *)b)->path);
}

/* A test for each directory in ../shared/`below`; false: there is no such place. */
static inline bool add_folders(const char *below, void (*test)(void **))
{
	char root[PATH_BYTES / 2];
	shared_path(root, sizeof root, below);
	DIR *directory = opendir(root);
	if (!directory)
		return false;
	size_t n = 0;
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
		if (entry->d_name[0] == '.' || entry->d_type == DT_REG)
			continue;
		assert_true(n < MAX_FOLDERS);
		int length = snprintf(folders[n].path, sizeof folders[n].path, "%s/%s", root, entry->d_name);
		assert_true(length < PATH_BYTES);
		n++;
	}
	closedir(directory);
	qsort(folders, n, sizeof folders[0], compare_names);
	for (size_t i = 0; i < n; i++) {
		folders[i].name = strrchr(folders[i].path, '/') + 1;
		tests[n_tests++] =
			(struct CMUnitTest){.name = folders[i].name, .test_func = test, .initial_state = &folders[i]};
	}
	return n > 0;
}

static inline void report_folder(const folder *f)
{
	printf("%-40s %-60s %6zu numbers, worst %.1e\n", f->name, f->read, f->n_compared, f->worst);
	if (f->n_wrong > 0)
		fail_msg("%s: %zu disagreements", f->name, f->n_wrong);
}

#endif
