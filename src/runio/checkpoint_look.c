#include "checkpoint_look.h"

#include "phasetop/base/text.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

char *look_text(scan_builder *builder, const char *from)
{
	char *copy = pt_arena_text(builder->scratch, from);
	if (!copy)
		builder->out_of_memory = true;
	return copy;
}

char *look_joined(checkpoint_looking *look, const char *name)
{
	char *path = scan_join(look->builder->scratch, look->kept->path, name);
	if (!path)
		look->builder->out_of_memory = true;
	return path;
}

void look_add_problem(checkpoint_looking *look, const pt_error *problem)
{
	size_t n = look->found.n_problems;
	if (!pt_array_reserve(
			(void **)&look->problems, &look->problems_capacity, n + 1, sizeof *look->problems)) {
		look->builder->out_of_memory = true;
		return;
	}
	look->problems[look->found.n_problems++] = *problem;
}

void look_set_pending(checkpoint_looking *look, const char *before, const char *name, const char *after)
{
	char why[256];
	pt_checkpoint_entry *entry = &look->found.entry;
	if (entry->readiness != PT_CHECKPOINT_READY)
		return; /* the first reason stands */
	pt_text out = pt_text_over(why, sizeof why);
	pt_text_addf(&out, "%s%s%s", before, name, after);
	entry->readiness = PT_CHECKPOINT_PENDING;
	entry->why = look_text(look->builder, why);
}

void look_set_refused(
	checkpoint_looking *look, pt_status code, const char *path, const char *name, const char *why)
{
	pt_error problem;
	pt_checkpoint_entry *entry = &look->found.entry;
	entry->readiness = PT_CHECKPOINT_REFUSED;
	entry->code = code;
	pt_fail(&problem, code, path, -1, "%s%s%s", name, *name ? ": " : "", why);
	entry->why = look_text(look->builder, problem.message);
	look_add_problem(look, &problem);
}

pt_file_identity look_identity(checkpoint_looking *look, const char *path, bool *is_odd)
{
	struct stat record;
	int run_fd = look->builder->run_fd;
	*is_odd = false;
	if (!path || fstatat(run_fd, path, &record, AT_SYMLINK_NOFOLLOW) != 0)
		return (pt_file_identity){0};
	look->found.is_passing |= S_ISLNK(record.st_mode) || (S_ISREG(record.st_mode) && record.st_nlink > 1);
	if (S_ISLNK(record.st_mode) && fstatat(run_fd, path, &record, 0) != 0)
		return (pt_file_identity){0};
	*is_odd = !S_ISREG(record.st_mode);
	pt_file_identity identity = pt_file_identity_of(&record);
	if (identity.mtime_ns > look->found.entry.touched_ns)
		look->found.entry.touched_ns = identity.mtime_ns;
	return identity;
}

bool look_is_quiet(checkpoint_looking *look, int64_t changed_ns, int64_t quiet_ms)
{
	const int64_t ms = 1000000;
	int64_t age_ms = look->builder->options.now_wall_ms - changed_ns / ms;
	if (age_ms >= quiet_ms || age_ms < -quiet_ms)
		return true;
	int64_t due_ns = changed_ns + quiet_ms * ms;
	if (due_ns < look->found.rescan_ns)
		look->found.rescan_ns = due_ns;
	return false;
}

bool look_is_settled(checkpoint_looking *look, const pt_file_identity *identity)
{
	return look_is_quiet(look, pt_file_identity_changed_ns(identity), look->builder->options.settle_ms);
}

/* ---- the result in one block ---- */

static size_t n_bytes(const char *from)
{
	return from ? strlen(from) + 1 : 0;
}

static const char *pack_text(char **at, const char *from)
{
	if (!from)
		return NULL;
	size_t n = n_bytes(from);
	char *to = memcpy(*at, from, n);
	*at += n;
	return to;
}

/* FNV-1a by words: equal as long as no file of the checkpoint changed. */
static void mix(uint64_t *hash, uint64_t value)
{
	*hash = (*hash ^ value) * UINT64_C(1099511628211);
	*hash ^= *hash >> 32; /* what differs in the upper half alone is to reach the lower */
}

static void mix_text(uint64_t *hash, const char *at)
{
	for (; *at; at++)
		mix(hash, (unsigned char)*at);
}

static void mix_identity(uint64_t *hash, const pt_file_identity *identity)
{
	const uint64_t fields[] = {identity->present, identity->dev, identity->ino,
		(uint64_t)identity->size_bytes, (uint64_t)identity->mtime_ns, (uint64_t)identity->ctime_ns};
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		mix(hash, fields[i]);
}

static void finish_entry(pt_checkpoint_entry *entry)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	mix_text(&hash, entry->directory);
	mix(&hash, (uint64_t)entry->kind);
	for (size_t i = 0; i < entry->n_parts; i++) {
		const pt_checkpoint_part *part = &entry->parts[i];
		mix_text(&hash, part->weights);
		mix_identity(&hash, &part->weights_identity);
		mix_identity(&hash, &part->config_identity);
		if (part->weights_identity.mtime_ns > entry->written_ns)
			entry->written_ns = part->weights_identity.mtime_ns;
	}
	entry->fingerprint = hash;
}

static checkpoint_look *pack(const checkpoint_looking *look)
{
	const checkpoint_look *from = &look->found;
	const size_t n_parts = from->entry.n_parts, parts_bytes = n_parts * sizeof look->parts[0],
				 problems_bytes = from->n_problems * sizeof *look->problems;
	size_t n =
		sizeof *from + parts_bytes + problems_bytes + n_bytes(from->entry.why) + n_bytes(from->state_path);
	for (size_t i = 0; i < n_parts; i++)
		n += n_bytes(look->parts[i].adapter) + n_bytes(look->parts[i].weights) +
			 n_bytes(look->parts[i].config);
	char *block = pt_array_alloc(n, 1);
	if (!block)
		return NULL;
	checkpoint_look *packed = (checkpoint_look *)block;
	pt_checkpoint_part *parts = (pt_checkpoint_part *)(block + sizeof *packed);
	pt_error *problems = (pt_error *)(block + sizeof *packed + parts_bytes);
	char *at = block + sizeof *packed + parts_bytes + problems_bytes;
	*packed = *from;
	for (size_t i = 0; i < n_parts; i++) {
		parts[i] = look->parts[i];
		parts[i].adapter = pack_text(&at, parts[i].adapter);
		parts[i].weights = pack_text(&at, parts[i].weights);
		parts[i].config = pack_text(&at, parts[i].config);
	}
	for (size_t i = 0; i < from->n_problems; i++)
		problems[i] = look->problems[i];
	packed->entry.parts = parts;
	packed->problems = problems;
	packed->entry.why = pack_text(&at, from->entry.why);
	packed->state_path = pack_text(&at, from->state_path);
	packed->entry.directory = look->kept->path; /* which lives as long as its looks */
	finish_entry(&packed->entry);
	return packed;
}

checkpoint_look *scan_checkpoint(scan_builder *builder, kept_checkpoint *kept)
{
	pt_checkpoint_part parts[LOOK_MAX_PARTS];
	checkpoint_looking look = {.builder = builder, .kept = kept, .parts = parts};
	checkpoint_look *packed = NULL;
	look.found = (checkpoint_look){
		.rescan_ns = INT64_MAX, .entry = {.step = kept->name.step, .kind = PT_CHECKPOINT_UNKNOWN, .why = ""}};
	bool is_there = kept->name.is_file ? look_at_file(&look) : look_into_directory(&look);
	if (is_there && kept->is_unclosed && look.found.entry.n_parts > 0)
		look_set_pending(&look, "still being written", "", "");
	if (is_there && !builder->out_of_memory && !(packed = pack(&look)))
		builder->out_of_memory = true;
	pt_free(look.problems);
	return packed;
}
