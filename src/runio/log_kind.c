/* The kind of a log that was named by hand. */
#include "phasetop/runio/metric_log.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "phasetop/runio/json_reader.h"

enum { LOOK_BYTES = 64 * 1024 };

static bool has_suffix(const char *path, const char *suffix)
{
	size_t n = strlen(path), n_suffix = strlen(suffix);
	return n >= n_suffix && strcmp(path + n - n_suffix, suffix) == 0;
}

/* JSON in lines, or one document? Lines are whole values each. */
static pt_log_kind kind_of_json(const char *text, size_t n)
{
	const char *newline = memchr(text, '\n', n);
	pt_json_reader json;
	pt_json_token token;
	if (!newline || text[0] != '{')
		return PT_LOG_METRICS_JSON;
	pt_json_init(&json, text, (size_t)(newline - text), PT_JSON_PYTHON, NULL, 0);
	bool is_whole = pt_json_next(&json, &token, NULL) == PT_OK &&
					pt_json_skip(&json, &token, NULL) == PT_OK && pt_json_next(&json, &token, NULL) == PT_OK;
	/* a document may well lie in one line; then nothing follows but white space */
	size_t rest = (size_t)(newline - text);
	while (rest < n && strchr(" \t\r\n", text[rest]))
		rest++;
	return is_whole && rest < n ? PT_LOG_TRAIN_JSONL : PT_LOG_METRICS_JSON;
}

static pt_log_kind kind_of_text(const char *text, size_t n)
{
	if (n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
		text += 3;
		n -= 3;
	}
	while (n > 0 && strchr(" \t\r\n", *text)) {
		text++;
		n--;
	}
	return n > 0 && (*text == '{' || *text == '[') ? kind_of_json(text, n) : PT_LOG_METRICS_CSV;
}

static bool kind_of_suffix(const char *path, pt_log_kind *kind)
{
	static const struct {
		const char *suffix;
		pt_log_kind kind;
	} rows[] = {
		{".csv", PT_LOG_METRICS_CSV},
		{".tsv", PT_LOG_METRICS_CSV},
		{".jsonl", PT_LOG_TRAIN_JSONL},
		{".ndjson", PT_LOG_TRAIN_JSONL},
		{".wandb", PT_LOG_WANDB},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (has_suffix(path, rows[i].suffix)) {
			*kind = rows[i].kind;
			return true;
		}
	const char *slash = strrchr(path, '/');
	bool is_events = pt_log_kind_of_name(slash ? slash + 1 : path, kind) && *kind == PT_LOG_TFEVENTS;
	return is_events;
}

pt_status pt_metric_log_kind_of_file(const char *path, pt_log_kind *kind, pt_error *err)
{
	int fd;
	pt_file_identity identity;
	pt_log_kind named;
	pt_status status = pt_regular_file_open(AT_FDCWD, path, &fd, &identity, err);
	if (status != PT_OK)
		return status;
	if (kind_of_suffix(path, &named)) {
		*kind = named;
	} else {
		char text[LOOK_BYTES];
		size_t n = 0;
		status = pt_regular_file_read_at(fd, NULL, text, sizeof text, 0, path, &n, err);
		if (status == PT_OK && n == 0)
			status = pt_fail(err, PT_ERR_EMPTY, path, -1, "0 bytes");
		if (status == PT_OK)
			*kind = kind_of_text(text, n);
	}
	close(fd);
	return status;
}
