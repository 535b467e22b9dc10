/* What the fuzz targets of Docker Hub's files share: the bytes as a file, and what must hold of its records. */
#ifndef FOTHER_TESTS_FUZZ_FUZZ_HUB_H
#define FOTHER_TESTS_FUZZ_FUZZ_HUB_H

#include <stddef.h>
#include <stdint.h>

#include "collect/registry/hub_files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void fuzz_hub_file(int (*reader)(const char *path, struct sink *sink, struct hub_file_result *ret_result,
				 struct error **err),
		   const uint8_t *data, size_t size);

#endif
