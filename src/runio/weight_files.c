#include "weight_files.h"

#include <stdlib.h>
#include <string.h>

#include "phasetop/base/text.h"
#include "shard_index.h"

static pt_status fail_memory(const char *path, pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory for a checkpoint");
}

static pt_status open_file(weight_files *files, const char *path, pt_error *err)
{
	weight_file opened = {.path = pt_arena_text(files->arena, path)};
	if (!opened.path || !pt_array_reserve((void **)&files->files, &files->files_capacity, files->n_files + 1,
							sizeof *files->files))
		return fail_memory(path, err);
	pt_status status = pt_safetensors_open(path, &opened.file, err);
	if (status == PT_OK)
		files->files[files->n_files++] = opened;
	return status;
}

/* `directory/name`, the directory being that of `path`. */
static char *beside(pt_arena *arena, const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) + 1 : 0, m = strlen(name);
	char *joined = pt_arena_alloc(arena, n + m + 1, 1);
	if (joined) {
		memcpy(joined, path, n);
		memcpy(joined + n, name, m);
	}
	return joined;
}

/* Tensors that the index places in a shard and that are not there. */
static void count_missing(weight_files *files, const shard_index *index)
{
	for (size_t i = 0; i < index->n_lines; i++) {
		const shard_line *line = &index->lines[i];
		if (!pt_safetensors_find(files->files[line->shard].file, line->tensor) && files->n_missing++ == 0)
			files->missing = line->tensor;
	}
}

static pt_status open_shards(weight_files *files, const char *path, pt_error *err)
{
	shard_index index;
	pt_status status = shard_index_read(&index, files->arena, path, err);
	for (size_t i = 0; i < index.n_shards && status == PT_OK; i++) {
		const char *shard = beside(files->arena, path, index.shards[i]);
		status = shard ? open_file(files, shard, err) : fail_memory(path, err);
	}
	if (status == PT_OK)
		count_missing(files, &index);
	shard_index_fini(&index);
	return status;
}

static pt_status list_tensors(weight_files *files, const char *path, pt_error *err)
{
	size_t n = 0;
	for (size_t i = 0; i < files->n_files; i++)
		n += pt_safetensors_count(files->files[i].file);
	if (!pt_array_reserve((void **)&files->tensors, &files->tensors_capacity, n, sizeof *files->tensors))
		return fail_memory(path, err);
	for (size_t i = 0; i < files->n_files; i++) {
		const weight_file *in = &files->files[i];
		for (size_t t = 0; t < pt_safetensors_count(in->file); t++)
			files->tensors[files->n_tensors++] =
				(weight_tensor){.in = in, .info = pt_safetensors_tensor(in->file, t)};
	}
	return PT_OK;
}

static int by_name(const void *a, const void *b)
{
	const pt_tensor_info *x = *(const pt_tensor_info *const *)a, *y = *(const pt_tensor_info *const *)b;
	size_t n = x->name_length < y->name_length ? x->name_length : y->name_length;
	int order = memcmp(x->name, y->name, n);
	return order ? order : (x->name_length > y->name_length) - (x->name_length < y->name_length);
}

/* One name in two shards is never picked silently. */
static pt_status check_repeats(const weight_files *files, const char *path, pt_error *err)
{
	size_t n = files->n_tensors;
	if (files->n_files < 2)
		return PT_OK; /* within a file the header's reader has looked */
	const pt_tensor_info **sorted = pt_array_alloc(n, sizeof *sorted);
	if (!sorted)
		return fail_memory(path, err);
	pt_status status = PT_OK;
	for (size_t i = 0; i < n; i++)
		sorted[i] = files->tensors[i].info;
	qsort(sorted, n, sizeof *sorted, by_name);
	for (size_t i = 1; i < n && status == PT_OK; i++) {
		char name[96];
		if (by_name(&sorted[i - 1], &sorted[i]) != 0)
			continue;
		pt_text_sanitize(name, sizeof name, sorted[i]->name, sorted[i]->name_length);
		status = pt_fail(err, PT_ERR_AMBIGUOUS, path, -1, "tensor %s is in two shards", name);
	}
	pt_free(sorted);
	return status;
}

static bool is_index(const char *path)
{
	static const char end[] = ".json";
	size_t n = strlen(path), m = sizeof end - 1;
	return n > m && memcmp(path + n - m, end, m) == 0;
}

pt_status weight_files_open(weight_files *files, pt_arena *arena, const char *path, pt_error *err)
{
	*files = (weight_files){.arena = arena};
	pt_status status = is_index(path) ? open_shards(files, path, err) : open_file(files, path, err);
	if (status == PT_OK)
		status = list_tensors(files, path, err);
	return status == PT_OK ? check_repeats(files, path, err) : status;
}

void weight_files_close(weight_files *files)
{
	for (size_t i = 0; i < files->n_files; i++)
		pt_safetensors_close(files->files[i].file);
	pt_free(files->files);
	pt_free(files->tensors);
	*files = (weight_files){0};
}

pt_status weight_files_check_unchanged(const weight_files *files, pt_error *err)
{
	pt_status status = PT_OK;
	for (size_t i = 0; i < files->n_files && status == PT_OK; i++)
		status = pt_safetensors_check_unchanged(files->files[i].file, err);
	return status;
}
