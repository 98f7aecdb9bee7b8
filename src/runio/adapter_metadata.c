#include "adapter_metadata.h"

#include <string.h>

/* A key of LoraConfig has no dot: what stands before the last one is the prefix. */
static pt_status add_prefix(adapter_metadata *metadata, const char *key, const char *path, pt_error *err)
{
	const char *dot = strrchr(key, '.');
	size_t n = dot ? (size_t)(dot - key) + 1 : 0;
	for (size_t i = 0; i < metadata->n; i++)
		if (strlen(metadata->parts[i].prefix) == n && memcmp(metadata->parts[i].prefix, key, n) == 0)
			return PT_OK;
	if (metadata->n == ADAPTER_METADATA_PARTS || n >= ADAPTER_METADATA_PREFIX_BYTES)
		return pt_fail(err, PT_ERR_LIMIT, path, -1,
			ADAPTER_METADATA_KEY ": more than %d models, or too long a name", (int)ADAPTER_METADATA_PARTS);
	memcpy(metadata->parts[metadata->n].prefix, key, n);
	metadata->parts[metadata->n++].prefix[n] = '\0';
	return PT_OK;
}

static pt_status read_parts(
	adapter_metadata *metadata, const pt_json_value *root, const char *path, pt_error *err)
{
	pt_status status = PT_OK;
	if (pt_json_type_of(root) != PT_JSON_OBJECT_BEGIN)
		return pt_fail(err, PT_ERR_INVALID, path, -1, ADAPTER_METADATA_KEY " holds no object");
	for (const pt_json_value *m = pt_json_first(root); m && status == PT_OK; m = pt_json_following(m))
		status = add_prefix(metadata, pt_json_key(m), path, err);
	for (size_t i = 0; i < metadata->n && status == PT_OK; i++)
		status =
			pt_adapter_config_of_part(root, metadata->parts[i].prefix, path, &metadata->parts[i].config, err);
	return status;
}

pt_status adapter_metadata_parse(
	adapter_metadata *metadata, const char *text, const char *path, pt_error *err)
{
	pt_json_value *root;
	*metadata = (adapter_metadata){0};
	pt_status status = pt_json_parse(text, strlen(text), path, &root, err);
	if (status != PT_OK)
		return status;
	status = read_parts(metadata, root, path, err);
	pt_json_destroy(root);
	return status;
}

void adapter_metadata_fini(adapter_metadata *metadata)
{
	for (size_t i = 0; i < metadata->n; i++)
		pt_adapter_config_destroy(metadata->parts[i].config);
	*metadata = (adapter_metadata){0};
}

const pt_adapter_config *adapter_metadata_of(
	const adapter_metadata *metadata, const char *module, const char **name)
{
	const pt_adapter_config *found = NULL;
	size_t longest = 0;
	for (size_t i = 0; i < metadata->n; i++) {
		const char *prefix = metadata->parts[i].prefix;
		size_t n = strlen(prefix);
		if (strncmp(module, prefix, n) != 0 || (found && n < longest))
			continue;
		found = metadata->parts[i].config;
		longest = n;
		*name = module + n;
	}
	return found;
}
