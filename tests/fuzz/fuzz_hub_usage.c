/* A file of Docker Hub's usage report: events with a time, defects with a place, or a refusal. */
#include "fuzz_hub.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_hub_file(hub_usage_read, data, size);
	return 0;
}
