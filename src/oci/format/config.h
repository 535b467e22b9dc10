/* The config of an image: OCI image spec (config.md), Docker's application/vnd.docker.container.image.v1+json, and what
 * schema 1 tells of the same in v1Compatibility. Read as Go does: see manifest.h.
 *
 * A date is a claim. `created` of nothing, of the zero date of Go (0001-01-01T00:00:00Z) and of what is not a date are
 * no dates; 1970-01-01T00:00:00Z and 1980-01-01T00:00:00Z (of which tools write the first second, or the next) and up
 * to a day behind each, for those who forgot their zone, are what tools write to be reproducible.
 */
#ifndef FOTHER_OCI_FORMAT_CONFIG_H
#define FOTHER_OCI_FORMAT_CONFIG_H

#include "oci/format/manifest.h"

enum oci_dating {
	OCI_DATED,
	OCI_UNDATED,
	OCI_REPRODUCIBLE,
	OCI_DATE_INVALID,
};
/* "dated", "undated", "reproducible", "invalid". */
const char *oci_dating_text(enum oci_dating dating);

struct oci_date {
	enum oci_dating dating;
	int64_t time;      /* set where dated, and of a reproducible one */
	struct slice text; /* as written; not there: no text */
};
#define OCI_NO_DATE                                                                                                    \
	{                                                                                                              \
		OCI_UNDATED, INT64_MIN,                                                                                \
		{                                                                                                      \
			NULL, 0                                                                                        \
		}                                                                                                      \
	}

struct oci_history {
	struct oci_date created;
	struct slice created_by, author, comment;
	bool empty_layer;
};

struct oci_config {
	struct oci_date created;
	struct slice author;
	struct oci_platform platform;
	struct oci_history *history; /* lowest first */
	size_t history_count;
	struct slice_list diff_ids; /* lowest first; items that are no digest are not there (a defect) */
	bool has_rootfs;
	struct slice user, working_dir, stop_signal;
	/* Entrypoint, command and shell may be one text in Docker's: then they are lists of one. */
	struct slice_list entrypoint, command, shell, onbuild, healthcheck; /* items pointer NULL: not given */
	bool args_escaped;
	struct slice_list environment; /* NAME=VALUE as written: mask what is shown */
	struct slice_list ports, volumes;
	struct oci_annotation *labels;
	size_t label_count;
	struct oci_defects defects;
	struct slice refused;
};

/* 1, 0 (refused: no JSON object), -1. Limit: LIMIT_IMAGE_CONFIG_BYTES, LIMIT_HISTORY. */
int oci_config_parse(struct slice bytes, struct arena *arena, struct oci_config *ret_config, struct error **err);
/* From the v1Compatibility texts of a schema 1 manifest: dates, history, and what the newest says of the config. It has
 * no diff IDs; each entry of its history, empty or not, has its layer in the manifest. 1, -1. */
int oci_config_of_schema1(const struct oci_manifest *manifest, struct arena *arena, struct oci_config *ret_config,
			  struct error **err);

#endif
