/* Any bytes as a CSV log: one read in two parts gives the rows and problems of one read whole. */
#include "event_digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* a text that begins with half of a UTF-16 mark is told from others by its second byte only */
	if (size == 0 || data[0] < 0xFE)
		check_event_log(PT_LOG_METRICS_CSV, data, size);
	return 0;
}
