/*
 * The watch invariant: after any sequence of changes, once what is due was looked at, what was seen equals a
 * cold scan. PT_SEQUENCES says how many sequences to try (default 100 of each kind).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>

#include "../../helpers/random_numbers.h"
#include "../../unit/runio/watch_fixture.h"

/* ---- any sequence of changes: what was seen equals a cold scan ---- */

static uint64_t random_state;

static const char *random_checkpoint(void)
{
	static const char *const names[] = {"checkpoint-1", "checkpoint-2", "checkpoint-10", "step_1",
		"checkpoints/checkpoint-3", "tmp-checkpoint-4", "checkpoint-2/style", "logs", "logs/deep",
		"checkpoints", "logs/checkpoint-7", "epoch_3", "checkpoint-99999999999999999999", ".", ".", "best",
		"final", "checkpoints/checkpoint_2"};
	return names[random_below(&random_state, sizeof names / sizeof names[0])];
}

static const char *random_file(void)
{
	static const char *const names[] = {"adapter_model.safetensors", "adapter_config.json",
		"trainer_state.json", "model.safetensors", ".tmpAbC", "adapter_model.bin", "train_log.jsonl",
		"README.md", "0000100_adapters.safetensors", "name-step00000007.safetensors", "name.safetensors",
		"model-00001-of-00002.safetensors", "data.pt"};
	return names[random_below(&random_state, sizeof names / sizeof names[0])];
}

static void put(const char *path, const char *mode)
{
	FILE *file = fopen(path, mode);
	if (!file)
		return; /* its directory is not there now: nothing happens */
	fprintf(file, "%.*s", (int)random_below(&random_state, 20), "0123456789012345678901234567890");
	fclose(file);
}

/* Links were made: what happens at their other end is told by no event, and found by the next look. */
static bool has_links;

/* A link of a file's or a directory's name, mostly to what is there. */
static void symlink_any(const char *directory, const char *file, const char *other)
{
	const char *target = random_below(&random_state, 2) ? other : file,
			   *path = target == file ? other : directory;
	if (symlink(target, path) != 0)
		return; /* its directory is not there, or the name is taken */
	has_links = true;
}

static void change(fixture *f)
{
	char directory[256], file[512], other[512];
	snprintf(directory, sizeof directory, "%s/%s", f->run, random_checkpoint());
	snprintf(file, sizeof file, "%s/%s", directory, random_file());
	snprintf(other, sizeof other, "%s/%s", f->run, random_checkpoint());
	switch (random_below(&random_state, 20)) {
	case 0:
	case 1:
		mkdir(f->run, 0777);
		snprintf(other, sizeof other, "%s/checkpoints", f->run);
		mkdir(other, 0777);
		mkdir(directory, 0777);
		break;
	case 2:
	case 3:
	case 4:
		put(file, "w");
		break;
	case 5:
		put(file, "a");
		break;
	case 6:
		unlink(file);
		break;
	case 7:
		remove_tree(directory);
		break;
	case 8:
		rename(directory, other);
		break;
	case 9:
		snprintf(other, sizeof other, "%s/%s", directory, random_file());
		rename(file, other);
		break;
	case 10:
		rename(f->run, f->other);
		break;
	case 11:
		rename(f->other, f->run);
		break;
	case 12:
		if (random_below(&random_state, 4) == 0)
			remove_tree(f->run);
		break;
	case 13:
		mkdir(f->run, 0777);
		snprintf(file, sizeof file, "%s/probe_losses.jsonl", f->run);
		put(file, "a");
		break;
	case 14:
		if (truncate(file, 3) != 0)
			break; /* not there */
		break;
	case 15:
		make_file(f->base, "noise", "");
		break;
	case 16:
		symlink_any(directory, file, other);
		break;
	case 17:
		snprintf(other, sizeof other, "%s/%s", directory, random_file());
		if (strcmp(directory + strlen(f->run), "/.") == 0 ||
			strcmp(directory + strlen(f->run), "/checkpoints") == 0)
			break; /* a checkpoint that is a file gets another ctime, of which no event tells */
		if (link(file, other) != 0)
			break; /* not there, or there already */
		has_links = true;
		break;
	case 18:
		chmod(directory, 0755);
		break;
	default:
		put(directory, "w"); /* a file with a directory's name, where there is none */
	}
}

/* All of a scan that is to be seen through events: times and sizes included, but for those of logs. */
static void describe_all(const pt_scan *scan, char *out, size_t capacity)
{
	size_t n;
	if (!scan) {
		snprintf(out, capacity, "nothing");
		return;
	}
	describe_scan(scan, out, capacity);
	n = strlen(out);
	pt_text text = pt_text_over(out + n, capacity - n);
	for (size_t i = 0; i < scan->n_entries + scan->n_unnumbered; i++) {
		const pt_checkpoint_entry *e =
			i < scan->n_entries ? &scan->entries[i] : &scan->unnumbered[i - scan->n_entries];
		pt_text_addf(&text, "%llu %lld", (unsigned long long)e->trainer_state.ino,
			(long long)e->trainer_state.ctime_ns);
		for (size_t p = 0; p < e->n_parts; p++)
			pt_text_addf(&text, " %llu %lld %lld", (unsigned long long)e->parts[p].weights_identity.ino,
				(long long)e->parts[p].weights_identity.ctime_ns,
				(long long)e->parts[p].config_identity.ctime_ns);
	}
}

static void compare_with_cold_scan(fixture *f, uint64_t seed)
{
	static char seen[65536], cold[65536];
	const pt_scan_options options = {.now_wall_ms = wall_ms() + 3600000, .settle_ms = PT_SCAN_SETTLE_MS};
	pt_scan *scan = NULL;
	pt_status status = pt_scan_run(f->run, &options, &scan, NULL);
	assert_true(status == PT_OK || status == PT_ERR_NOT_FOUND);
	describe_all(f->scan, seen, sizeof seen);
	describe_all(scan, cold, sizeof cold);
	pt_scan_destroy(scan);
	if (strcmp(seen, cold) != 0)
		fail_msg("sequence %llu: seen\n%s\nbut there is\n%s", (unsigned long long)seed, seen, cold);
	assert_int_equal(view(f)->missing, status != PT_OK);
}

static uint64_t n_sequences(void)
{
	const char *asked = getenv("PT_SEQUENCES");
	return asked ? (uint64_t)strtoull(asked, NULL, 10) : 100;
}

/* Events as they come: whenever no dirt is left, what was seen is what is there. */
static void any_sequence_is_seen_through_events(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= n_sequences(); seed++) {
		fixture f;
		begin(&f);
		random_state = seed * 0x9E3779B97F4A7C15u;
		has_links = false;
		(void)look(&f);
		for (int i = 0; i < 25; i++) {
			for (unsigned j = random_below(&random_state, 4) + 1; j > 0; j--)
				change(&f);
			/* now and then the queue overflows: events are lost, and the kernel says so */
			f.faults.loses_events = f.faults.says_overflow = random_below(&random_state, 16) == 0;
			drain(&f);
			f.faults.loses_events = false;
			fake_now_ms += 2000; /* what was cut and not closed comes now; else nothing is due */
			pt_run_watch_sweep(f.watch);
			if (view(&f)->tree_dirty || has_links)
				(void)look(&f);
			compare_with_cold_scan(&f, seed);
		}
		end(&f);
	}
}

/* Events withheld at random: after one sweep what was seen is what is there. */
static void any_sequence_is_seen_after_a_sweep(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= n_sequences(); seed++) {
		fixture f = {.faults.file_system = 0x6969};
		begin_mode(&f, PT_WATCH_AUTO);
		random_state = seed * 0xD1B54A32D192ED03u;
		(void)look(&f);
		for (int i = 0; i < 10; i++) {
			f.faults.loses_events = random_below(&random_state, 2);
			f.faults.add_errno = random_below(&random_state, 8) ? 0 : ENOSPC;
			for (unsigned j = random_below(&random_state, 6) + 1; j > 0; j--)
				change(&f);
			drain(&f);
			if (view(&f)->tree_dirty && random_below(&random_state, 2))
				(void)look(&f);
			fake_now_ms += 2000;
			pt_run_watch_sweep(f.watch);
			assert_true(view(&f)->tree_dirty);
			(void)look(&f);
			compare_with_cold_scan(&f, seed);
		}
		end(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_sequence_is_seen_through_events),
		cmocka_unit_test(any_sequence_is_seen_after_a_sweep),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
