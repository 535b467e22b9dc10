/* What commands print: conclusions, made from observations by derive and triage, never stored.
 *
 * `cluster` here is the name for people (made unique where two clusters share one), cluster_uid the identity.
 */
#ifndef FOTHER_MODEL_ANSWER_H
#define FOTHER_MODEL_ANSWER_H

#include "model/field.h"
#include "model/observed.h"

#define MODEL_PLACE(F)                                                                                                 \
	F(TEXT, cluster, FIELD_COLUMN, "", 1, "Name of the cluster.")                                                  \
	F(TEXT, cluster_uid, 0, "", 1, "UID of the cluster's kube-system namespace.")                                  \
	F(TEXT, namespace, FIELD_COLUMN, "", 1, "Namespace.")

/* One secret that holds a copy of a credential. */
#define MODEL_COPY(F, R)                                                                                               \
	MODEL_PLACE(F)                                                                                                 \
	F(TEXT, secret, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Name of the secret.")                                    \
	F(TEXT, secret_type, FIELD_WIDE, "", 1, "Its type.")                                                           \
	F(TEXT, data_key, FIELD_WIDE, "", 1, "Key of its data.")                                                       \
	F(TEXT, registry_key, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Key of the docker config, as written.")            \
	F(BOOL, kubelet_reads, 0, "", 1, "The kubelet gets a login from it.")                                          \
	F(BOOL, dead_key, FIELD_WIDE, "", 1, "No image can ever match the key.")                                       \
	F(TIME, data_written, FIELD_COLUMN, "", 1, "Last write to the secret's data.")                                 \
	F(TEXT, data_written_by, FIELD_WIDE, "", 1, "Who wrote it.")                                                   \
	F(BOOL, immutable, FIELD_WIDE, "", 1, "The secret is immutable: a new name is needed.")                        \
	F(TEXT, managed_by, FIELD_COLUMN, "", 1, "What would revert a change.")                                        \
	F(TEXT, managed_at, FIELD_WIDE, "", 1, "Where to change it instead.")                                          \
	F(INT, users, FIELD_COLUMN, "", 1, "Workloads that pull with this copy; unknown when pods were not read.")     \
	F(TIME, last_seen, 0, "", 1, "Latest read that held it; the copies of a former login are places where it was.")

/* A workload, pod or service account that uses a secret. */
#define MODEL_USER(F, R)                                                                                               \
	MODEL_PLACE(F)                                                                                                 \
	F(TEXT, workload_kind, FIELD_COLUMN, "", 1, "Kind of the top controller, Pod or ServiceAccount.")              \
	F(TEXT, workload, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Its name.")                                            \
	F(TEXT, secret, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Name of the secret.")                                    \
	F(TEXT, relation, FIELD_COLUMN, "", 1,                                                                         \
	  "pulls, template, service_account or reads (mounted, not pulled with).")                                     \
	F(TEXT, via, FIELD_WIDE, "", 1, "pod, template, service_account NAME, or the volume or variable.")             \
	F(INT, pods, FIELD_COLUMN, "", 1, "Live pods of it that list the secret.")                                     \
	F(INT, ended_pods, FIELD_WIDE, "", 1, "Ended pods of it that list the secret.")                                \
	F(TEXTS, images, FIELD_WIDE | FIELD_ELASTIC, "", 1, "Images that the kubelet would pull with the credential.")

/* One login: the same user, host and secret part in any number of secrets. */
#define MODEL_CREDENTIAL(F, R)                                                                                         \
	F(INT, rank, FIELD_COLUMN, "", 1, "Place in the order to act; 1 first. Unknown outside triage.")               \
	F(TEXT, action, FIELD_COLUMN, "", 1, "revoke, rotate, delete (nobody uses it; revoke it too), check.")         \
	F(TEXT, registry, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Normalised registry.")                                 \
	F(TEXT, username, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "User name.")                                           \
	F(TEXT, cred_kind, FIELD_COLUMN, "", 1, "Kind of the credential.")                                             \
	F(TEXT, fingerprint, FIELD_COLUMN | FIELD_QUIET, "", 1, "Keyed fingerprint of the secret part.")               \
	F(TEXT, standing, FIELD_COLUMN, "", 1, "burnt, unproven or proven_new; unknown outside an incident.")          \
	F(INT, secrets, FIELD_COLUMN, "", 1, "Secrets that hold it.")                                                  \
	F(INT, users, FIELD_COLUMN, "", 1, "Workloads that pull with it; unknown when pods were not read.")            \
	F(TIME, not_changed_since, FIELD_COLUMN, "", 1, "Earliest proof that this value existed, over all copies.")    \
	F(TEXTS, notes, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "dead_key, shadowed, immutable, former, ...")             \
	F(TEXT, cred_detail, FIELD_WIDE, "", 1, "What the shape tells: a GCP key id, an AWS account.")                 \
	F(TEXT, key_id, 0, "", 1, "Id of the key that made the fingerprint.")                                          \
	F(TIME, set_after, FIELD_WIDE, "", 1, "Last time that another value was seen in its place; it is younger.")    \
	F(TEXT, age_proof, FIELD_WIDE, "", 1, "managedFields, history, or read (only the time of the read is known).") \
	F(INT, namespaces, FIELD_WIDE, "", 1, "Namespaces that hold it.")                                              \
	F(INT, clusters, FIELD_WIDE, "", 1, "Clusters that hold it.")                                                  \
	F(INT, readers, FIELD_WIDE, "", 1, "Workloads that can read a secret that holds it.")                          \
	F(INT, bad_readers, 0, "", 1, "Of the readers: those that run or ran a bad image.")                            \
	F(TEXTS, reverted_by, FIELD_WIDE, "", 1, "Managers that would revert a change of some copy.")                  \
	F(TEXT, why, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Why it stands where it stands.")                            \
	R(copies, copy, 0, 1, "Every secret that holds it.")                                                           \
	R(used_by, user, 0, 1, "Everything that uses or can read it.")

/* One secret, for `fother secrets`. */
#define MODEL_SECRET_ENTRY(F, R)                                                                                       \
	F(TEXT, registry, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Normalised registry.")                                 \
	F(TEXT, registry_key, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "As written.")                                      \
	F(TEXT, username, FIELD_COLUMN, "", 1, "User name.")                                                           \
	F(TEXT, cred_kind, FIELD_COLUMN, "", 1, "Kind of the credential.")                                             \
	F(TEXT, fingerprint, FIELD_COLUMN, "", 1, "Keyed fingerprint.")                                                \
	F(TEXT, form, FIELD_WIDE, "", 1, "Form of the entry.")                                                         \
	F(BOOL, kubelet_reads, FIELD_WIDE, "", 1, "The kubelet gets a login from it.")                                 \
	F(BOOL, dead_key, FIELD_WIDE, "", 1, "No image can ever match the key.")                                       \
	F(TEXTS, matches, FIELD_WIDE, "", 1, "Images of the namespace that the kubelet would pull with it.")

#define MODEL_SECRET_ROW(F, R)                                                                                         \
	F(TEXT, cluster, FIELD_COLUMN | FIELD_QUIET, "", 1, "Name of the cluster.")                                    \
	F(TEXT, cluster_uid, 0, "", 1, "UID of the cluster's kube-system namespace.")                                  \
	F(TEXT, namespace, FIELD_COLUMN | FIELD_QUIET, "", 1, "Namespace.")                                            \
	F(TEXT, name, FIELD_COLUMN | FIELD_QUIET | FIELD_ELASTIC, "", 1, "Name of the secret.")                        \
	F(TEXT, uid, 0, "", 1, "UID.")                                                                                 \
	F(BOOL, blocks_pulls, FIELD_COLUMN, "", 1, "Every pull that uses it fails.")                                   \
	F(INT, users, FIELD_COLUMN, "", 1, "Workloads and service accounts that pull with it.")                        \
	F(TEXT, change, FIELD_COLUMN, "", 1, "new, changed, gone or same since the read before.")                      \
	F(TEXTS, registries, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Registries that it holds logins for.")              \
	F(TIME, data_written, FIELD_COLUMN, "", 1, "Last write to data.")                                              \
	F(TEXT, managed_by, FIELD_COLUMN, "", 1, "What would revert a change.")                                        \
	F(TEXT, secret_type, FIELD_WIDE, "", 1, "Its type.")                                                           \
	F(INT, entries_count, FIELD_WIDE, "", 1, "Entries.")                                                           \
	F(TIME, created, FIELD_WIDE, "", 1, "metadata.creationTimestamp.")                                             \
	F(TEXT, data_written_by, FIELD_WIDE, "", 1, "Who wrote it.")                                                   \
	F(BOOL, immutable, FIELD_WIDE, "", 1, "immutable.")                                                            \
	F(TEXT, managed_at, FIELD_WIDE, "", 1, "Where to change it instead.")                                          \
	F(TEXTS, defects, FIELD_WIDE | FIELD_ELASTIC, "", 1, "What is wrong with it.")                                 \
	F(TIME, first_seen, 0, "", 1, "Time of the first read that held it.")                                          \
	F(TIME, last_seen, 0, "", 1, "Time of the latest read that held it.")                                          \
	R(entries, secret_entry, 0, 1, "Its entries.")                                                                 \
	R(used_by, user, 0, 1, "Everything that uses or can read it.")

/* A digest (or a tag whose digest is not known) seen in a place. */
#define MODEL_SIGHTING(F, R)                                                                                           \
	F(INT, rank, 0, "", 1, "Place in the order to act; unknown outside triage.")                                   \
	F(TEXT, state, FIELD_COLUMN, "", 1, "runs, waits, ran, cached, pulled, template.")                             \
	F(BOOL, bad, FIELD_WIDE, "", 1, "An indicator of the incident names it.")                                      \
	F(TEXT, indicator, FIELD_WIDE, "", 1, "The indicator.")                                                        \
	MODEL_PLACE(F)                                                                                                 \
	F(TEXT, workload_kind, FIELD_COLUMN, "", 1, "Kind of the top controller.")                                     \
	F(TEXT, workload, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Its name.")                                            \
	F(TEXT, node, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Node.")                                                    \
	F(TEXT, digest, FIELD_COLUMN | FIELD_QUIET, "", 1, "Digest.")                                                  \
	F(TEXT, image, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Image as named there.")                                   \
	F(TIME, from_time, FIELD_COLUMN, "", 1, "Earliest time that it was there.")                                    \
	F(TIME, to_time, FIELD_COLUMN, "", 1, "Latest time that it was there; the read's time while it runs.")         \
	F(TEXT, pod, FIELD_WIDE | FIELD_ELASTIC, "", 1, "Pod.")                                                        \
	F(TEXT, container, FIELD_WIDE, "", 1, "Container.")                                                            \
	F(TEXT, registry, 0, "", 1, "Registry of the name, normalised.")                                               \
	F(TEXT, repository, 0, "", 1, "Repository path of the name, normalised.")                                      \
	F(TEXT, tag, 0, "", 1, "Tag of the name.")                                                                     \
	F(TEXT, digest_kind, FIELD_WIDE, "", 1, "index, manifest, config or unknown.")                                 \
	F(TIME, pulled_by, 0, "", 1, "The image was pulled between from_time and this; unknown where nothing tells.")  \
	F(TEXT, proof, FIELD_WIDE, "", 1, "pod status, node image list, event REASON, template.")                      \
	F(TEXT, why, 0, "", 1, "Why it stands where it stands.")

/* An image, for `fother images` and triage's list of the scope. */
#define MODEL_IMAGE(F, R)                                                                                              \
	F(INT, rank, 0, "", 1, "Place in the order to look; unknown outside triage.")                                  \
	F(TEXT, registry, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Registry, normalised.")                                \
	F(TEXT, repository, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Path, normalised.")                                  \
	F(TEXT, digest, FIELD_COLUMN | FIELD_QUIET, "", 1, "Digest; unknown when no status or node told it.")          \
	F(INT, runs, FIELD_COLUMN, "", 1, "Workloads that run it now.")                                                \
	F(INT, ran, FIELD_COLUMN, "", 1, "Workloads that ran it.")                                                     \
	F(INT, cached, FIELD_COLUMN, "", 1, "Nodes that have it cached.")                                              \
	F(BOOL, bad, FIELD_COLUMN, "", 1, "An indicator names it.")                                                    \
	F(TEXTS, tags, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Tags that it was asked by.")                              \
	F(TEXT, digest_kind, FIELD_WIDE, "", 1, "index, manifest, config or unknown.")                                 \
	F(INT, clusters, FIELD_WIDE, "", 1, "Clusters that it was seen in.")                                           \
	F(TIME, first_seen, FIELD_WIDE, "", 1, "Earliest sight of it.")                                                \
	F(TIME, last_seen, FIELD_WIDE, "", 1, "Latest sight of it.")                                                   \
	F(TIME, built, FIELD_COLUMN, "", 1, "Build date that it claims; not known before a registry was read.")        \
	F(TEXT, why, 0, "", 1, "Why it stands where it stands.")                                                       \
	R(sightings, sighting, 0, 1, "Every place.")                                                                   \
	F(TEXT, dating, FIELD_WIDE, "", 3,                                                                             \
	  "dated, undated, reproducible (an epoch that tools write), future (behind the read) or invalid; of an "      \
	  "index of its newest image; unknown where it was not read.")                                                 \
	F(TEXTS, tags_now, FIELD_WIDE | FIELD_ELASTIC, "", 3, "Tags that point to it by the latest read.")             \
	F(TEXTS, tags_before, FIELD_WIDE | FIELD_ELASTIC, "", 3, "Tags that pointed to it and no longer do.")          \
	F(TEXTS, platforms, FIELD_WIDE, "", 3, "Platforms: linux/arm64/v8; of an index all of its images.")            \
	F(TEXT, base, FIELD_WIDE | FIELD_ELASTIC, "", 3, "Base: a name where one is known, else a digest.")            \
	F(TEXT, base_digest, 0, "", 3, "Manifest digest of the base.")                                                 \
	F(TEXT, base_proof, FIELD_WIDE, "", 3,                                                                         \
	  "layers (its layers are the first of this one), layers and annotation, annotation (a claim), history, or "   \
	  "disagree (the annotation names another than the layers show).")                                             \
	F(TIME, pushed, FIELD_WIDE, "", 3, "Latest push that a registry or its log tells of.")                         \
	F(TEXT, pushed_by, FIELD_WIDE, "", 3, "Who pushed it then.")                                                   \
	F(INT, size_bytes, FIELD_WIDE, "bytes", 3, "Sum of its layers as stored; of an index of all images.")          \
	F(TEXT, user, FIELD_WIDE, "", 3, "User that it runs as.")                                                      \
	F(TEXT, registry_state, FIELD_WIDE, "", 3,                                                                     \
	  "tagged, untagged (there, without a tag), absent (404), forbidden, failed; unknown where nobody asked.")     \
	F(TEXT, built_on, FIELD_WIDE, "", 3, "Of an image built on a bad one: the digest of that.")                    \
	F(TEXTS, in_window, FIELD_WIDE, "", 3,                                                                         \
	  "Which of its dates lie in the incident's window: built, history, first seen, pushed, tag moved, pulled.")   \
	F(TEXTS, defects, FIELD_WIDE | FIELD_ELASTIC, "", 3, "What is wrong with its manifest or config.")

/* One state of a tag. */
#define MODEL_TAG_STATE(F, R)                                                                                          \
	F(TEXT, digest, FIELD_COLUMN, "", 3, "What it pointed to.")                                                    \
	F(TIME, since, FIELD_COLUMN, "", 3, "First time that it was seen there, or when it was pushed.")               \
	F(TIME, until, FIELD_COLUMN, "", 3, "Latest time that it was seen there.")                                     \
	F(TEXT, seen_by, FIELD_WIDE, "", 3, "registry, layout, log, or pods (it was pulled by that name).")            \
	F(TIME, pushed, FIELD_COLUMN, "", 3, "When it was pushed, where the registry tells.")                          \
	F(TEXT, pushed_by, FIELD_COLUMN, "", 3, "By whom.")                                                            \
	F(TIME, built, FIELD_WIDE, "", 3, "Build date that it claims.")

/* A tag, with its history. */
#define MODEL_TAG_ROW(F, R)                                                                                            \
	F(INT, rank, 0, "", 3, "Place in the order to look; unknown outside triage.")                                  \
	F(TEXT, registry, FIELD_COLUMN | FIELD_ELASTIC, "", 3, "Registry, normalised.")                                \
	F(TEXT, repository, FIELD_COLUMN | FIELD_QUIET | FIELD_ELASTIC, "", 3, "Path.")                                \
	F(TEXT, tag, FIELD_COLUMN | FIELD_QUIET | FIELD_ELASTIC, "", 3, "Name.")                                       \
	F(TEXT, state, FIELD_COLUMN, "", 3,                                                                            \
	  "stands, moved, put back (it moved, and points again to what it did), deleted, or unknown where the "        \
	  "registry was not read.")                                                                                    \
	F(TEXT, digest, FIELD_COLUMN, "", 3, "What it points to now; of a deleted one, what it pointed to last.")      \
	F(TEXT, digest_before, FIELD_COLUMN, "", 3, "What it pointed to before that.")                                 \
	F(TEXT, change, FIELD_COLUMN, "", 3,                                                                           \
	  "same, repacked, config only, layers on top, layers taken away, base replaced, last layers differ, other, "  \
	  "index only (the platforms are the same), not known. Of one that was put back: what stood between is to "    \
	  "what stands as that says.")                                                                                 \
	F(TIME, moved_after, FIELD_WIDE, "", 3, "Latest time that it was seen at what it pointed to before.")          \
	F(TIME, moved_by, FIELD_COLUMN, "", 3, "When it was pushed, else first seen where it is now.")                 \
	F(TEXT, moved_by_whom, FIELD_WIDE, "", 3, "Who pushed it, where the registry or its log tells.")               \
	F(INT, runs_now, FIELD_COLUMN, "", 3, "Replicas that run what it points to now.")                              \
	F(INT, runs_other, FIELD_COLUMN, "", 3, "Replicas that were started by its name and run something else.")      \
	F(TEXTS, platforms_changed, FIELD_WIDE, "", 3, "Platforms whose image changed, with how: linux/amd64: other.") \
	F(TIME, built, FIELD_WIDE, "", 3, "Build date of what it points to now.")                                      \
	F(TIME, last_seen, FIELD_WIDE, "", 3, "Latest read that held it.")                                             \
	F(BOOL, in_window, 0, "", 3, "It moved, or was pushed, in the incident's window.")                             \
	F(BOOL, bad, 0, "", 3, "It points, or pointed, to something bad.")                                             \
	F(TEXT, why, FIELD_COLUMN | FIELD_ELASTIC, "", 3, "What that means.")                                          \
	R(history, tag_state, 0, 3, "Its states, oldest first.")

/* What a digest names, for `fother image inspect`: every fact, with the names and places that it has. */
#define MODEL_IMAGE_FACTS(F, R)                                                                                        \
	F(TEXT, reference, FIELD_COLUMN, "", 3, "As it was asked for.")                                                \
	MODEL_MANIFEST_FACTS(F)                                                                                        \
	F(TEXT, base, FIELD_COLUMN, "", 3, "Base, by name where one is known.")                                        \
	F(TEXT, base_proof, FIELD_COLUMN, "", 3, "As in the record image.")                                            \
	F(TEXTS, tags_now, FIELD_COLUMN, "", 3, "Names that point to it: registry/repository:tag.")                    \
	F(TEXTS, tags_before, FIELD_COLUMN, "", 3, "Names that did.")                                                  \
	F(TEXTS, in_indexes, 0, "", 3, "Indexes that it is a member of.")                                              \
	F(TEXTS, referrers, FIELD_COLUMN, "", 3, "What refers to it: artifact type, then digest.")                     \
	F(TEXTS, defects, FIELD_COLUMN, "", 3, "What is wrong with it.")                                               \
	F(INT, runs, FIELD_COLUMN, "", 3, "Workloads that run it now.")                                                \
	F(INT, ran, FIELD_COLUMN, "", 3, "Workloads that ran it.")                                                     \
	F(INT, cached, FIELD_COLUMN, "", 3, "Nodes that have it cached.")                                              \
	R(members, index_member, 0, 3, "Of an index: what it holds.")

/* One step of an image's history with its layer, for `fother image layers`. */
#define MODEL_LAYER_ROW(F, R)                                                                                          \
	F(TEXT, image, FIELD_WIDE, "", 3, "Manifest digest of the image.")                                             \
	F(INT, number, FIELD_COLUMN, "", 3, "Layer, 1 the lowest; unknown for a step that made none.")                 \
	F(TEXT, digest, FIELD_COLUMN | FIELD_QUIET, "", 3, "Digest as stored.")                                        \
	F(TEXT, diff_id, FIELD_WIDE, "", 3, "Digest of the unpacked content, as the config claims.")                   \
	F(TEXT, media_type, FIELD_WIDE, "", 3, "Media type.")                                                          \
	F(INT, size_bytes, FIELD_COLUMN, "bytes", 3, "Size as stored.")                                                \
	F(TIME, created, FIELD_COLUMN, "", 3, "Date that the history claims for it.")                                  \
	F(TEXT, dating, FIELD_WIDE, "", 3, "dated, undated, reproducible, future or invalid.")                         \
	F(TEXT, from, FIELD_COLUMN | FIELD_ELASTIC, "", 3, "The base that brought it; unknown where none is known.")   \
	F(TEXT, instruction, FIELD_COLUMN | FIELD_ELASTIC, "", 3, "Instruction that made it; tokens masked.")          \
	F(TEXTS, also_in, 0, "", 3, "Other known images that hold the same layer: their manifest digests.")

/* A Dockerfile made of a history, for `fother image dockerfile`. */
#define MODEL_DOCKERFILE(F, R)                                                                                         \
	F(TEXT, reference, FIELD_COLUMN, "", 3, "As it was asked for.")                                                \
	F(TEXT, image, FIELD_COLUMN | FIELD_QUIET, "", 3, "Manifest digest of the image.")                             \
	F(TEXT, platform, FIELD_COLUMN, "", 3, "Platform: linux/arm64/v8.")                                            \
	F(TEXT, dockerfile, FIELD_COLUMN | FIELD_ELASTIC, "", 3,                                                       \
	  "The text, with line ends; secrets masked. Unknown where the config was not read.")

/* What differs between two images, for `fother image diff`. */
#define MODEL_IMAGE_DIFFERENCE(F, R)                                                                                   \
	F(TEXT, platform, FIELD_COLUMN, "", 3, "Platform, where indexes were compared.")                               \
	F(TEXT, what, FIELD_COLUMN, "", 3, "change (the whole judged), layer, step, user, entrypoint, label, ...")     \
	F(TEXT, name, FIELD_COLUMN | FIELD_ELASTIC, "", 3, "Which one: the layer's number, the label's name.")         \
	F(TEXT, old, FIELD_COLUMN | FIELD_ELASTIC, "", 3, "In the first.")                                             \
	F(TEXT, new, FIELD_COLUMN | FIELD_ELASTIC, "", 3, "In the second.")

#define MODEL_REGISTRY(F, R)                                                                                           \
	F(TEXT, registry, FIELD_COLUMN | FIELD_QUIET, "", 1, "Normalised host[:port].")                                \
	F(INT, credentials, FIELD_COLUMN, "", 1, "Logins seen for it.")                                                \
	F(INT, secrets, FIELD_COLUMN, "", 1, "Secrets that hold one.")                                                 \
	F(INT, images, FIELD_COLUMN, "", 1, "Images seen from it.")                                                    \
	R(repositories, repository, 0, 1, "Its repositories.")

#define MODEL_REPOSITORY(F, R)                                                                                         \
	F(TEXT, registry, FIELD_COLUMN, "", 1, "Registry.")                                                            \
	F(TEXT, repository, FIELD_COLUMN | FIELD_QUIET, "", 1, "Path.")                                                \
	F(INT, images, FIELD_COLUMN, "", 1, "Images seen from it.")                                                    \
	F(INT, tags, FIELD_COLUMN, "", 3, "Tags that it has; unknown where they were not listed.")                     \
	F(INT, manifests, FIELD_WIDE, "", 3, "Digests that are known in it.")                                          \
	F(TIME, newest, FIELD_COLUMN, "", 3, "Newest build date in it.")                                               \
	F(TIME, pushed, FIELD_COLUMN, "", 3, "Latest push, where the registry tells.")                                 \
	F(TIME, read, FIELD_COLUMN, "", 3, "When it was read last.")                                                   \
	F(TEXT, outcome, FIELD_COLUMN, "", 3, "complete, partial, forbidden, absent, failed; unknown: not asked.")     \
	F(TEXT, why, FIELD_COLUMN | FIELD_ELASTIC, "", 3, "Why not complete.")

/* A line of DO NOW. */
#define MODEL_ACTION(F, R)                                                                                             \
	F(INT, rank, FIELD_COLUMN, "", 1, "1 first.")                                                                  \
	F(TEXT, action, FIELD_COLUMN, "", 1, "contain, drain, revoke, rotate, delete, fix, check.")                    \
	F(TEXT, subject, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "What to act on.")                                       \
	F(TEXT, why, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Why it stands here.")                                       \
	F(TEXT, rule, 0, "", 1, "Rank class: see docs/ranking.")                                                       \
	F(TEXTS, reads, 0, "", 1, "Names of the secrets that the workload can read.")

/* A line of NOT KNOWN. */
#define MODEL_UNKNOWN(F, R)                                                                                            \
	F(TEXT, cluster, FIELD_COLUMN, "", 1, "Cluster, where it is about one.")                                       \
	F(TEXT, subject, FIELD_COLUMN, "", 1, "What is not known.")                                                    \
	F(TEXT, why, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Why not.")                                                  \
	F(TEXT, fix, FIELD_WIDE | FIELD_ELASTIC, "", 1, "What would tell.")                                            \
	F(BOOL, incomplete, 0, "", 1, "It concerns a source that was given: exit code 4.")                             \
	F(TEXT, kind, 0, "", 2, "Kind of the objects that are missing, where it is about some.")                       \
	F(TEXTS, namespaces, 0, "", 2, "Namespaces in which they are missing; * for all.")                             \
	F(TEXTS, but_namespaces, 0, "", 2, "Where namespaces is *: those that were read all the same.")                \
	F(TEXTS, subtypes, 0, "", 2, "Types of secrets that are missing; * for all.")                                  \
	F(TEXT, outcome, 0, "", 2,                                                                                     \
	  "How the list ended: absent, partial, mixed, metadata, interrupted, forbidden, failed.")                     \
	F(TEXT, cause, 0, "", 2, "What the server, or who read it, said, word for word.")

/* Any row of triage in one shape, for CSV. */
#define MODEL_TRIAGE_ROW(F, R)                                                                                         \
	F(TEXT, section, FIELD_COLUMN, "", 1,                                                                          \
	  "do_now, bad_images, images, tags, credentials, blocked, findings, not_known.")                              \
	F(INT, rank, FIELD_COLUMN, "", 1, "Place in the section's order.")                                             \
	F(TEXT, what, FIELD_COLUMN, "", 1, "Action, state, severity or outcome.")                                      \
	F(TEXT, cluster, FIELD_COLUMN, "", 1, "Name of the cluster.")                                                  \
	F(TEXT, namespace, FIELD_COLUMN, "", 1, "Namespace.")                                                          \
	F(TEXT, kind, FIELD_COLUMN, "", 1, "Kind of the workload, credential, subject, secret or what is missing.")    \
	F(TEXT, subject, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Workload, user, secret, node, or what is not known.")   \
	F(TEXT, registry, FIELD_COLUMN, "", 1, "Registry.")                                                            \
	F(TEXT, identity, FIELD_COLUMN | FIELD_QUIET, "", 1, "Fingerprint, digest or UID.")                            \
	F(TEXT, why, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Why it stands where it stands.")

/* One cluster that `fother collect` froze. */
#define MODEL_COLLECTED(F, R)                                                                                          \
	F(TEXT, cluster, FIELD_COLUMN, "", 1, "Name of the cluster: the context.")                                     \
	F(TEXT, outcome, FIELD_COLUMN, "", 1, "complete, partial, interrupted or failed.")                             \
	F(INT, objects, FIELD_COLUMN, "", 1, "Objects that were frozen.")                                              \
	F(TEXT, path, FIELD_COLUMN | FIELD_QUIET, "", 1, "Folder of this run.")                                        \
	F(TEXT, why, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Why not complete.")

/* One change of a secret, as `fother secrets --watch` follows them. */
#define MODEL_SECRET_CHANGE(F, R)                                                                                      \
	F(TIME, time, FIELD_COLUMN, "", 1, "When it arrived here.")                                                    \
	F(TEXT, change, FIELD_COLUMN, "", 1,                                                                           \
	  "added, changed (its logins), touched (something else of it), deleted, or lost (logins changed while the "   \
	  "server kept no history: what was between is not known).")                                                   \
	MODEL_PLACE(F)                                                                                                 \
	F(TEXT, secret, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Name of the secret.")                                    \
	F(TEXT, uid, FIELD_QUIET, "", 1, "Its UID.")                                                                   \
	F(TEXT, type, FIELD_WIDE, "", 1, "Its type.")                                                                  \
	F(TEXT, resource_version, 0, "", 1, "metadata.resourceVersion after the change.")                              \
	F(TEXTS, registries, FIELD_COLUMN, "", 1, "Registries of its entries, normalised.")                            \
	F(TEXTS, usernames, FIELD_COLUMN, "", 1, "User names of its entries, in the same order.")                      \
	F(TEXTS, fingerprints, FIELD_COLUMN, "", 1, "Fingerprints of its entries, in the same order.")                 \
	F(TEXTS, fingerprints_before, FIELD_COLUMN, "", 1, "Those before the change; unknown where it was not known.")

RECORD_STRUCT(triage_row, MODEL_TRIAGE_ROW);
RECORD_STRUCT(copy, MODEL_COPY);
RECORD_STRUCT(user, MODEL_USER);
RECORD_STRUCT(credential, MODEL_CREDENTIAL);
RECORD_STRUCT(secret_entry, MODEL_SECRET_ENTRY);
RECORD_STRUCT(secret_row, MODEL_SECRET_ROW);
RECORD_STRUCT(sighting, MODEL_SIGHTING);
RECORD_STRUCT(image, MODEL_IMAGE);
RECORD_STRUCT(tag_state, MODEL_TAG_STATE);
RECORD_STRUCT(tag_row, MODEL_TAG_ROW);
RECORD_STRUCT(image_facts, MODEL_IMAGE_FACTS);
RECORD_STRUCT(layer_row, MODEL_LAYER_ROW);
RECORD_STRUCT(dockerfile, MODEL_DOCKERFILE);
RECORD_STRUCT(image_difference, MODEL_IMAGE_DIFFERENCE);
RECORD_STRUCT(repository, MODEL_REPOSITORY);
RECORD_STRUCT(registry, MODEL_REGISTRY);
RECORD_STRUCT(collected, MODEL_COLLECTED);
RECORD_STRUCT(secret_change, MODEL_SECRET_CHANGE);
RECORD_STRUCT(action, MODEL_ACTION);
RECORD_STRUCT(unknown, MODEL_UNKNOWN);

#endif
