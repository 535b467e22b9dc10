#include "fuzz_hub.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/time.h"
#include "model/sink_memory.h"

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_record(const struct memory_record *put)
{
	if (put->type == &registry_event_type) {
		const struct registry_event *event = put->record;
		require(time_is_valid(event->time) && event->action.len > 0 && event->repository.data);
		require(event->count == INT_UNKNOWN || event->count > 0);
	} else {
		const struct defect *defect = put->record;
		require(put->type == &defect_type);
		require(defect->code.len > 0 && defect->place.len > 0 && defect->message.len > 0);
	}
}

/* A file in memory alone. */
static int file_of(const uint8_t *data, size_t size)
{
	int fd = memfd_create("hub", 0);
	require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	return fd;
}

void fuzz_hub_file(int (*reader)(const char *path, struct sink *sink, struct hub_file_result *ret_result,
				 struct error **err),
		   const uint8_t *data, size_t size)
{
	CLEANUP(error_freep) struct error *err = NULL;
	struct hub_file_result result;
	struct sink_memory memory;
	char path[64];
	int fd = file_of(data, size);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	sink_memory_init(&memory);
	if (reader(path, &memory.sink, &result, &err) == 0) {
		require(result.events + result.defects >= (int64_t)memory.record_count);
		require((result.events > 0) == (result.to != TIME_UNSET));
		for (size_t i = 0; i < memory.record_count; i++)
			check_record(&memory.records[i]);
	} else {
		require(err->code == ERROR_SYNTAX && memory.read_count == 0);
	}
	sink_memory_release(&memory);
	close(fd);
}
