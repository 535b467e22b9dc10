/* What configs and the v1Compatibility of schema 1 have in common. */
#ifndef FOTHER_OCI_FORMAT_CONFIG_INTERNAL_H
#define FOTHER_OCI_FORMAT_CONFIG_INTERNAL_H

#include "oci/format/config.h"
#include "oci/format/document_internal.h"

oci_take oci_take_date;     /* struct oci_date */
oci_take oci_take_settings; /* struct oci_config: the object `config` of Docker's and OCI's configs */
/* struct slice_list: a list of texts, or one text alone, as Docker reads commands. null: not there. */
oci_take oci_take_command;

#endif
