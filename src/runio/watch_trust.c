#include "watch_trust.h"

#include <stddef.h>

/* f_type of statfs(2); those not in linux/magic.h are from the file systems' own sources. */
static const struct {
	uint32_t type;
	const char *name;
} rows[] = {
	{0x6969, "NFS"},
	{0x517B, "SMB"},
	{0xFF534D42, "CIFS"},
	{0xFE534D42, "SMB2"},
	{0x0BD00BD0, "Lustre"},
	{0x65735546, "FUSE"},
	{0x794C7630, "overlayfs"},
	{0x01021997, "9p"},
	{0x5346414F, "AFS"},
	{0x00C36400, "Ceph"},
	{0x47504653, "GPFS"},
	{0x19830326, "BeeGFS"},
	{0x786F4256, "VirtualBox shared folder"},
};

const char *untrusted_file_system(int64_t type)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (type != -1 && rows[i].type == (uint32_t)type)
			return rows[i].name;
	return NULL;
}
