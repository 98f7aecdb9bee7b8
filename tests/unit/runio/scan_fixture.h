/* What the tests of the scan and of the watching share: making run directories, and a scan as one text. */
#ifndef TESTS_SCAN_FIXTURE_H
#define TESTS_SCAN_FIXTURE_H

#include <time.h>

#include "phasetop/base/text.h"
#include "phasetop/runio/checkpoint_scan.h"

#include "runio_fixture.h"

/* A file, with the directories above it. */
static inline void make_file(const char *root, const char *below, const char *text)
{
	char path[1024];
	snprintf(path, sizeof path, "%s/%s", root, below);
	for (char *at = path + strlen(root) + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		mkdir(path, 0777);
		*at = '/';
	}
	write_text(root, below, text);
}

/* A checkpoint of PEFT in the directory `name`. */
static inline void make_adapter(const char *root, const char *name)
{
	char below[512];
	snprintf(below, sizeof below, "%s/adapter_model.safetensors", name);
	make_file(root, below, "weights");
	snprintf(below, sizeof below, "%s/adapter_config.json", name);
	make_file(root, below, "{}");
}

static inline int64_t wall_ms(void)
{
	return (int64_t)time(NULL) * 1000;
}

/* Readiness, kind and parts of one entry. */
static inline void describe_entry(const pt_checkpoint_entry *e, pt_text *text)
{
	static const char *const kinds[] = {"adapter", "full", "unknown"};
	static const char *const states[] = {"ready", "pending", "refused"};
	pt_text_addf(text, "%s %s %s", e->directory, kinds[e->kind], states[e->readiness]);
	if (e->why[0])
		pt_text_addf(text, " (%s)", e->why);
	for (size_t p = 0; p < e->n_parts; p++)
		pt_text_addf(text, " [%s%s%s%s]", e->parts[p].adapter, e->parts[p].config ? "+config" : "",
			e->parts[p].is_index ? " index" : "", e->trainer_state.present ? " state" : "");
	pt_text_add(text, "\n");
}

/* Everything that does not depend on the time of the files. */
static inline void describe_scan(const pt_scan *scan, char *out, size_t capacity)
{
	pt_text text = pt_text_over(out, capacity);
	for (size_t i = 0; i < scan->n_entries; i++) {
		pt_text_addf(&text, "%lld ", (long long)scan->entries[i].step);
		describe_entry(&scan->entries[i], &text);
	}
	for (size_t i = 0; i < scan->n_unnumbered; i++) {
		pt_text_add(&text, "- ");
		describe_entry(&scan->unnumbered[i], &text);
	}
	for (size_t i = 0; i < scan->n_logs; i++)
		pt_text_addf(&text, "log %s: %s\n", scan->logs[i].path, pt_log_kind_name(scan->logs[i].kind));
	for (size_t i = 0; i < scan->n_problems; i++)
		pt_text_addf(
			&text, "problem %s: %s\n", scan->problems[i].path, pt_status_name(scan->problems[i].code));
}

#endif
