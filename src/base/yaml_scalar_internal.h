/* What a plain YAML scalar means: the rules of go-yaml v2, which sigs.k8s.io/yaml uses to turn YAML into JSON.
 *
 *     yes, On, TRUE, y      booleans              0x1F, 0o17, 017, 0b11, 1_000     integers
 *     ~, null, (nothing)    null                  1.5, .5, 1e3, 08                 other numbers
 *     .inf, .nan            no JSON value         2026-11-25, 1:30, anything else  strings
 *
 * Numbers come out as JSON writes them: integers decimal, without +, underscores or leading zeros.
 */
#ifndef FOTHER_BASE_YAML_SCALAR_INTERNAL_H
#define FOTHER_BASE_YAML_SCALAR_INTERNAL_H

#include "base/reader.h"

/* Longer digits are not a number that anything here could use. */
#define YAML_NUMBER_BYTES 512

/* Sets type, boolean and text of token; a number's text lies in `number`. False: a value that JSON does not have. */
bool yaml_scalar_resolve(struct slice text, char number[YAML_NUMBER_BYTES], struct token *token);

#endif
