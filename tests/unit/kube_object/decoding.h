/* What the tests of the decoder share: a text in, an object and its faults out. */
#ifndef FOTHER_TESTS_UNIT_KUBE_OBJECT_DECODING_H
#define FOTHER_TESTS_UNIT_KUBE_OBJECT_DECODING_H

#include "base/cleanup.h"
#include "base/json_reader.h"
#include "base/yaml_reader.h"
#include "kube/object/decode.h"
#include "kube_object/reading.h"

/* One object decoded, with what the decoder found. */
struct decoding {
	struct arena arena;
	struct json_reader json;
	struct decoder decoder;
	struct object object;
	int result;
	struct error *err;
};

/* Decodes the object, well or badly: see result and err. */
void decode(struct decoding *d, const char *text);
void decoding_release(struct decoding *d);
bool in_document(const struct decoding *d, struct slice text);

#define DECODE(d, text)                                                                                                \
	CLEANUP(decoding_release) struct decoding d;                                                                   \
	decode(&d, text)

/* The one fault of the object; another number of them fails the test. */
const struct fault *only_fault(const struct decoding *d);
/* Decoding text gives that fault and no other. */
void check_fault(const char *text, const char *code, const char *pointer, bool fatal);

struct yaml_decoding {
	struct arena arena;
	struct yaml_reader *yaml;
	struct decoder decoder;
	struct object object;
};

/* The same of YAML; a failure fails the test. */
void decode_yaml(struct yaml_decoding *d, struct slice text);
void yaml_decoding_release(struct yaml_decoding *d);

#endif
