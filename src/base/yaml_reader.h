/* YAML 1.1 as kubectl prints it, by libyaml's events, behind reader.h.
 *
 * Mappings are objects, sequences arrays; plain scalars are null, booleans and numbers by the rules of the YAML 1.1
 * JSON schema that sigs.k8s.io/yaml uses; quoted ones are strings. Anchors, aliases, tags other than the core ones,
 * and mapping keys that are not scalars are refused with their place. Depth to LIMIT_YAML_DEPTH, size to
 * LIMIT_YAML_BYTES. A token's text is valid until the next call.
 */
#ifndef FOTHER_BASE_YAML_READER_H
#define FOTHER_BASE_YAML_READER_H

#include "base/reader.h"

struct yaml_reader;

/* document is borrowed. NULL and *err when memory is out. READER_DUPLICATES is honoured. */
struct yaml_reader *yaml_reader_new(struct slice document, unsigned flags, struct error **err);
struct reader *yaml_reader_reader(struct yaml_reader *yaml);
struct yaml_reader *yaml_reader_free(struct yaml_reader *yaml);
void yaml_reader_freep(struct yaml_reader **yaml);

#endif
