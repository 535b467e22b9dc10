/* YAML 1.1 as kubectl prints it, by libyaml's events, behind reader.h.
 *
 * Mappings are objects, sequences arrays; plain scalars are null, booleans and numbers by the rules of the YAML 1.1
 * JSON schema that sigs.k8s.io/yaml uses (yaml_scalar_internal.h); quoted ones are strings. A key that is a boolean or
 * a number is named as JSON writes it. Refused with their place: anchors, aliases, merge keys, tags other than the core
 * ones, keys that are null or not scalars, .inf and .nan. Depth to LIMIT_YAML_DEPTH, size to LIMIT_YAML_BYTES. UTF-8
 * only. A token's text is valid until the next call.
 *
 * A block of YAML has no closing bracket: a file that was cut between two lines may be whole YAML.
 */
#ifndef FOTHER_BASE_YAML_READER_H
#define FOTHER_BASE_YAML_READER_H

#include "base/reader.h"

struct yaml_reader;

/* document is borrowed. NULL and *err when memory is out or a limit passed. READER_DUPLICATES and
 * READER_PART are honoured. */
struct yaml_reader *yaml_reader_new(struct slice document, unsigned flags, struct error **err);
struct reader *yaml_reader_reader(struct yaml_reader *yaml);
struct yaml_reader *yaml_reader_free(struct yaml_reader *yaml);
void yaml_reader_freep(struct yaml_reader **yaml);

#endif
