/* One fuzz target per kind of body. */
#ifndef FOTHER_TESTS_FUZZ_FUZZ_FRAMER_H
#define FOTHER_TESTS_FUZZ_FUZZ_FRAMER_H

#include "kube/client/framer.h"

extern const enum frame_kind FUZZ_KIND;

#endif
