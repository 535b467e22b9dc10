/* What the JSON of a frozen registry holds beside records and blobs: docs/snapshot-format.md, as field lists.
 *
 * Written by frozen_images.h, read by frozen_images_manifest.h; both through model/record_json.h.
 */
#ifndef FOTHER_COLLECT_FROZEN_FROZEN_IMAGES_FORMAT_H
#define FOTHER_COLLECT_FROZEN_FROZEN_IMAGES_FORMAT_H

#include "model/observed.h"

#define FROZEN_IMAGES_SCHEMA "fother.images/1"
/* Of any version. */
#define FROZEN_IMAGES_SCHEMA_ANY "fother.images/"
#define FROZEN_RECORDS_NAME "records.ndjson"

/* The first line of records.ndjson: what a run that was interrupted is read by. */
#define FROZEN_IMAGES_HEAD(F, R)                                                                                       \
	F(TEXT, schema, 0, "", 3, "fother.images/1.")                                                                  \
	F(TEXT, tool, 0, "", 3, "What wrote it.")                                                                      \
	F(TEXT, registry, 0, "", 3, "Registry, normalised.")                                                           \
	F(TIME, as_of, 0, "", 3, "The time that what was read speaks of.")

#define FROZEN_IMAGES_FILE(F, R)                                                                                       \
	F(TEXT, file, 0, "", 3, "Path in the run's folder: index.json, blobs/sha256/HEX.")                             \
	F(INT, bytes, 0, "bytes", 3, "Size.")                                                                          \
	F(TEXT, sha256, 0, "", 3, "SHA-256, 64 hex digits.")                                                           \
	F(TEXT, media_type, 0, "", 3, "Of a blob: the type that it was asked or given by.")                            \
	F(TEXT, kind, 0, "", 3, "Of a manifest: as in the record manifest; null: no record is made of it.")            \
	F(BOOL, config_read, 0, "", 3, "Of a manifest: its config was read, and is a blob of this run.")

RECORD_STRUCT(frozen_images_head, FROZEN_IMAGES_HEAD);
RECORD_STRUCT(frozen_images_file, FROZEN_IMAGES_FILE);

#define FROZEN_IMAGES_MANIFEST(F, R)                                                                                   \
	F(TEXT, schema, 0, "", 3, "fother.images/1.")                                                                  \
	F(TEXT, tool, 0, "", 3, "What wrote it.")                                                                      \
	F(TEXT, registry, 0, "", 3, "Registry, normalised.")                                                           \
	F(TIME, started, 0, "", 3, "When the reading began (wall clock).")                                             \
	F(TIME, ended, 0, "", 3, "When it ended (wall clock).")                                                        \
	F(TIME, as_of, 0, "", 3, "The time that what was read speaks of.")                                             \
	F(TEXT, outcome, 0, "", 3, "complete, partial, interrupted or failed.")                                        \
	F(TEXT, why, 0, "", 3, "Why not complete.")                                                                    \
	F(TEXT, notes, 0, "", 3, "What all who use the answer must know.")                                             \
	R(files, frozen_images_file, 0, 3, "Every file of the folder but the manifest.")

RECORD_STRUCT(frozen_images_manifest, FROZEN_IMAGES_MANIFEST);

#endif
