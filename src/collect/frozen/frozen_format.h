/* What the JSON of a snapshot holds beside the objects themselves: docs/snapshot-format.md, as field lists.
 *
 * Written by frozen_writer.h, read by frozen_manifest.h; both through model/record_json.h.
 */
#ifndef FOTHER_COLLECT_FROZEN_FROZEN_FORMAT_H
#define FOTHER_COLLECT_FROZEN_FROZEN_FORMAT_H

#include "model/observed.h"

#define FROZEN_SCHEMA "fother.snapshot/1"
#define FROZEN_LIST_SCHEMA "fother.list/1"
/* Of any version. */
#define FROZEN_SCHEMA_ANY "fother.snapshot/"
#define FROZEN_LIST_SCHEMA_ANY "fother.list/"
#define FROZEN_MANIFEST_NAME "manifest.json"
#define FROZEN_VERSION_NAME "version.json"
/* The member of a list that holds its head, and of an object that holds its records. */
#define FROZEN_MEMBER "fother"
/* Of an object's member: {"format": 1, "key_id": "...", "records": [...]} */
#define FROZEN_FORMAT 1

#define FROZEN_ABOUT(F)                                                                                                \
	F(TEXT, kind, 0, "", 2, "Kubernetes kind of the items.")                                                       \
	F(TEXT, group, 0, "", 2, "API group, empty for the core group.")                                               \
	F(TEXT, version, 0, "", 2, "API version.")                                                                     \
	F(TEXT, resource, 0, "", 2, "Resource, as in the API's paths.")                                                \
	F(TEXT, namespace, 0, "", 2, "* for all namespaces, else the one that was asked for.")                         \
	F(TEXT, subtype, 0, "", 2, "* for all, else the one type of secrets that was asked for.")                      \
	F(BOOL, metadata_only, 0, "", 2, "The items are metadata alone.")

/* Head of a file: what a run that was interrupted is read by. */
#define FROZEN_HEAD(F, R)                                                                                              \
	F(TEXT, schema, 0, "", 2, "fother.list/1.")                                                                    \
	F(TEXT, tool, 0, "", 2, "What wrote it.")                                                                      \
	F(TEXT, cluster, 0, "", 2, "Name of the cluster, for people.")                                                 \
	F(TEXT, server, 0, "", 2, "Address of its API server.")                                                        \
	F(TIME, as_of, 0, "", 2, "The time that what was read speaks of.")                                             \
	F(TEXT, key_id, 0, "", 2, "Id of the key that made the fingerprints.")                                         \
	FROZEN_ABOUT(F)

/* One list that was asked for. */
#define FROZEN_LIST_ROW(F, R)                                                                                          \
	FROZEN_ABOUT(F)                                                                                                \
	F(TEXT, outcome, 0, "", 2, "As in coverage.")                                                                  \
	F(TEXT, why, 0, "", 2, "Why not complete.")                                                                    \
	F(INT, objects, 0, "", 2, "Objects read.")                                                                     \
	F(TEXT, resource_version, 0, "", 2, "metadata.resourceVersion of the list.")                                   \
	F(TEXT, file, 0, "", 2, "Name of the file, in the manifest's folder; null: nothing came.")                     \
	F(INT, bytes, 0, "bytes", 2, "Size of the file.")                                                              \
	F(TEXT, sha256, 0, "", 2, "SHA-256 of the file, 64 hex digits.")

/* Any other file. */
#define FROZEN_FILE_ROW(F, R)                                                                                          \
	F(TEXT, file, 0, "", 2, "Name, in the manifest's folder.")                                                     \
	F(INT, bytes, 0, "bytes", 2, "Size.")                                                                          \
	F(TEXT, sha256, 0, "", 2, "SHA-256, 64 hex digits.")

RECORD_STRUCT(frozen_head, FROZEN_HEAD);
RECORD_STRUCT(frozen_list_row, FROZEN_LIST_ROW);
RECORD_STRUCT(frozen_file_row, FROZEN_FILE_ROW);

#define FROZEN_MANIFEST(F, R)                                                                                          \
	F(TEXT, schema, 0, "", 2, "fother.snapshot/1.")                                                                \
	F(TEXT, tool, 0, "", 2, "What wrote it.")                                                                      \
	F(TEXT, cluster, 0, "", 2, "Name of the cluster, for people.")                                                 \
	F(TEXT, cluster_uid, 0, "", 2, "UID of namespace kube-system.")                                                \
	F(TEXT, server, 0, "", 2, "Address of its API server.")                                                        \
	F(TEXT, server_version, 0, "", 2, "Version of its API server.")                                                \
	F(TEXT, key_id, 0, "", 2, "Id of the key that made the fingerprints: others do not compare.")                  \
	F(TIME, started, 0, "", 2, "When the reading began (wall clock).")                                             \
	F(TIME, ended, 0, "", 2, "When it ended (wall clock).")                                                        \
	F(TIME, as_of, 0, "", 2, "The time that what was read speaks of.")                                             \
	F(TEXT, outcome, 0, "", 2, "complete, partial, interrupted or failed.")                                        \
	F(TEXT, why, 0, "", 2, "Why not complete.")                                                                    \
	F(TEXT, notes, 0, "", 2, "What all who use the answer must know: a certificate was not verified.")             \
	R(lists, frozen_list_row, 0, 2, "Every list that was asked for, in the order in which they ended.")            \
	R(files, frozen_file_row, 0, 2, "Every other file of the folder but the manifest.")                            \
	R(lost, defect, 0, 2, "Items that came and could not be taken at all.")

RECORD_STRUCT(frozen_manifest, FROZEN_MANIFEST);

#endif
