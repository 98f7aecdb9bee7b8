/*
 * Other people's folders: what each is must be read as ../shared/wild/README.md describes it. Norms of every
 * adapter against NumPy (tests/reference/wild_reference.json); files that can't be read refused for the right
 * reason; the rest are logs, and give a valid document. A folder that is in no list fails.
 */
#include "formats_fixture.h"

#include "phasetop/numeric/blas.h"

/* Folders whose weights are all refused, and why. */
static const struct {
	const char *name;
	pt_status code;
} refused[] = {
	{"tasfiahmrinmoyee__Gemma3-1B-Instruct-outputs", PT_ERR_LFS_POINTER},
	{"yongshuaiy__LLMs-final", PT_ERR_TRUNCATED},
};

/* Folders of logs, which other tests look into. */
static const char *const logs[] = {
	"Jaong__Checkpoint-of-CPT",
	"Na00s__muon-grokking",
	"O5-7__chat_glm2_in4_LIL_prefix",
	"_snippets",
	"aigoncharov__trainer_state_viz",
	"mechanistic-interpretability-grokking__progress-measures-paper",
	"seamus-fallows__Training-Dynamics-of-Deep-Learning",
};

static cJSON *references;

/* ---- weights that are read -------------------------------------------------------------------------- */

static void check_file(folder *f, const cJSON *expected)
{
	double squares[3] = {0, 0, 0};
	pt_checkpoint *checkpoint = load_weights(f, expected->string);
	if (!checkpoint)
		return;
	for (size_t i = 0; i < checkpoint->n_modules; i++) {
		pt_module_history *history;
		assert_int_equal(pt_module_history_create(&history, NULL), PT_OK);
		follow(history, &checkpoint->modules[i]);
		for (int t = PT_TRAJECTORY_A; t <= PT_TRAJECTORY_DW; t++)
			squares[t] += norm_now(history, (pt_trajectory)t) * norm_now(history, (pt_trajectory)t);
		pt_module_history_destroy(history);
	}
	agree(f, "norm of A", sqrt(squares[0]), member(expected, "norm_A"));
	agree(f, "norm of B", sqrt(squares[1]), member(expected, "norm_B"));
	agree(f, "norm of dW", sqrt(squares[2]), member(expected, "norm_dW"));
	agree(f, "modules", (double)checkpoint->n_modules, member(expected, "modules"));
	agree(f, "tensors passed over", (double)checkpoint->n_skipped_tensors, member(expected, "rest"));
	if (checkpoint->kind != PT_CHECKPOINT_ADAPTER || checkpoint->n_problems > 0)
		object_to(f, "%s: %zu problems", expected->string, checkpoint->n_problems);
	pt_checkpoint_destroy(checkpoint);
}

static bool adapters(folder *f)
{
	const cJSON *files = maybe(references, f->name);
	if (!files)
		return false;
	for (const cJSON *file = files->child; file; file = file->next)
		check_file(f, file);
	say(f, "LoRA,", (size_t)cJSON_GetArraySize(files), "files");
	return true;
}

/* Bit-identical checkpoints: no step, no drift, and no turn is claimed. */
static void check_standstill(folder *f)
{
	if (strcmp(f->name, "sansha521__loraForNewsClassification") != 0)
		return;
	char options[] = "";
	cJSON *report = report_of(f->path, options);
	const cJSON *norms = member(only_run(report), "norms");
	for (const cJSON *x = member(member(norms, "drift"), "B")->child; x; x = x->next)
		agree_within(f, "drift", 0, x, 1);
	for (const cJSON *x = member(member(norms, "step_length"), "B")->child->next; x; x = x->next)
		agree_within(f, "step", 0, x, 1);
	cJSON_Delete(report);
}

/* ---- weights that are not --------------------------------------------------------------------------- */

/* Every adapter_model.safetensors up to three levels below. */
static size_t expect_refusals(folder *f, const char *below, int depth, pt_status code)
{
	char path[4 * PATH_BYTES];
	size_t n = 0;
	snprintf(path, sizeof path, "%s/%s", f->path, below);
	DIR *directory = opendir(path);
	assert_non_null(directory);
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
		char name[2 * PATH_BYTES];
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof name, "%s%s%.255s", below, *below ? "/" : "", entry->d_name);
		if (entry->d_type == DT_DIR && depth > 0)
			n += expect_refusals(f, name, depth - 1, code);
		if (strcmp(entry->d_name, "adapter_model.safetensors") != 0)
			continue;
		pt_checkpoint *checkpoint = NULL;
		snprintf(path, sizeof path, "%s/%s", f->path, name);
		pt_status status = pt_checkpoint_load(path, NULL, NULL, NULL, &checkpoint, NULL);
		if (status != code)
			object_to(f, "%s: %s", name, pt_status_name(status));
		pt_checkpoint_destroy(checkpoint);
		f->n_compared++;
		n++;
	}
	closedir(directory);
	return n;
}

static bool refusals(folder *f)
{
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		if (strcmp(refused[i].name, f->name) != 0)
			continue;
		size_t n = expect_refusals(f, "", 3, refused[i].code);
		say(f, pt_status_name(refused[i].code), n, "files");
		if (n < 2)
			object_to(f, "%zu files", n);
		return true;
	}
	return false;
}

/* One tensor a file: floats are watched, integers alone are nothing to watch. */
static bool dtypes(folder *f)
{
	static const struct {
		const char *file;
		bool is_watched;
	} samples[] = {{"B", false}, {"H", false}, {"I", false}, {"b", false}, {"d", true}, {"e", true},
		{"f", true}, {"h", false}, {"i", false}};
	if (strcmp(f->name, "huggingface__safetensors") != 0)
		return false;
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		char below[64];
		snprintf(below, sizeof below, "samples/%s.safetensors", samples[i].file);
		pt_checkpoint *checkpoint = load_weights(f, below);
		if (!checkpoint)
			continue;
		bool is_empty = checkpoint->n_problems == 1 && checkpoint->problems[0].code == PT_ERR_EMPTY;
		if ((checkpoint->n_modules > 0) != samples[i].is_watched || is_empty == samples[i].is_watched)
			object_to(
				f, "%s: %zu tensors, %zu problems", below, checkpoint->n_modules, checkpoint->n_problems);
		f->n_compared++;
		pt_checkpoint_destroy(checkpoint);
	}
	say(f, "dtypes,", sizeof samples / sizeof samples[0], "files");
	return true;
}

/* ---- the table -------------------------------------------------------------------------------------- */

static bool is_log(const folder *f)
{
	for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++)
		if (strcmp(logs[i], f->name) == 0)
			return true;
	return false;
}

static void test_folder(void **state)
{
	folder *f = *state;
	if (!adapters(f) && !refusals(f) && !dtypes(f) && !is_log(f))
		object_to(f, "it is in no list");
	check_standstill(f);
	check_document(f);
	report_folder(f);
}

int main(void)
{
	pt_blas_init();
	if (!add_folders("wild", test_folder)) {
		printf("SKIP the table of other people's folders: ../shared is absent\n");
		return 0;
	}
	references = reference_of("tests/reference", "wild_reference.json");
	int n_failed = _cmocka_run_group_tests("wild", tests, n_tests, NULL, NULL);
	cJSON_Delete(references);
	return n_failed;
}
