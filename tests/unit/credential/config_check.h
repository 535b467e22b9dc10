/* Docker configs as text in, what was found as text out: for test_docker_config.c and test_config_entry.c.
 *
 * The summary of a config, with its defects in order:
 *     entries  "KEY#ORDINAL form user:secret [read|hidden|unread]; ..."
 *     defects  "code@offset pointer[!]; ..."            "!" blocks
 */
#ifndef FOTHER_TESTS_UNIT_CREDENTIAL_CONFIG_CHECK_H
#define FOTHER_TESTS_UNIT_CREDENTIAL_CONFIG_CHECK_H

#include "credential/docker_config.h"

#define check_entries(format, text, expected) check_entries_(format, text, expected, __FILE__, __LINE__)
#define check_defects(format, text, expected) check_defects_(format, text, expected, __FILE__, __LINE__)
#define check_decodes(format, text, expected) check_decodes_(format, text, expected, __FILE__, __LINE__)

void check_entries_(enum config_format format, const char *text, const char *expected, const char *file, int line);
void check_defects_(enum config_format format, const char *text, const char *expected, const char *file, int line);
void check_decodes_(enum config_format format, const char *text, bool expected, const char *file, int line);

#endif
