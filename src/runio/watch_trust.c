#include "watch_trust.h"

#include <stddef.h>

static const char NETWORK[] = "a network file system";

/* Those not in linux/magic.h are from the file systems' own sources. */
static const watch_distrust rows[] = {
	{0x6969, "NFS", NETWORK},
	{0x517B, "SMB", NETWORK},
	{0xFF534D42, "CIFS", NETWORK},
	{0xFE534D42, "SMB2", NETWORK},
	{0x0BD00BD0, "Lustre", NETWORK},
	{0x65735546, "FUSE", "a FUSE file system"},
	{0x794C7630, "overlayfs", "an overlay file system"},
	{0x01021997, "9p", "a file system shared with the host"},
	{0x5346414F, "AFS", NETWORK},
	{0x00C36400, "Ceph", NETWORK},
	{0x47504653, "GPFS", NETWORK},
	{0x19830326, "BeeGFS", NETWORK},
	{0x786F4256, "VirtualBox shared folder", "a file system shared with the host"},
};

const watch_distrust *untrusted_file_system(int64_t type)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (type != -1 && rows[i].type == (uint32_t)type)
			return &rows[i];
	return NULL;
}
