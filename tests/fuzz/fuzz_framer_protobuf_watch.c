#include "fuzz_framer.h"

const enum frame_kind FUZZ_KIND = FRAME_PROTOBUF_WATCH;
