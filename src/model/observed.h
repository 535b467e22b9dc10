/* What was read, as it was read. Upserted by identity into the store, never changed by conclusions.
 *
 * `cluster` is an identity text given out by sink_begin. first_seen and last_seen are the times (as_of) of the first
 * and the latest read that held the record; gone is true when a later complete read that covered it no longer held it,
 * or its object was seen being deleted.
 */
#ifndef FOTHER_MODEL_OBSERVED_H
#define FOTHER_MODEL_OBSERVED_H

#include "model/field.h"

#define FIELD_ID_CLUSTER (FIELD_KEY | FIELD_CLUSTER)
#define FIELD_ID_NAMESPACE (FIELD_KEY | FIELD_NAMESPACE)

#define MODEL_SEEN(F)                                                                                                  \
	F(TIME, first_seen, FIELD_SEEN, "", 1, "Time of the first read that held it.")                                 \
	F(TIME, last_seen, FIELD_SEEN, "", 1, "Time of the latest read that held it.")                                 \
	F(BOOL, gone, FIELD_SEEN, "", 1, "A later complete read that covered it no longer held it.")

#define MODEL_CLUSTER(F, R)                                                                                             \
	F(TEXT, cluster, FIELD_KEY, "", 1,                                                                              \
	  "Identity: the UID of namespace kube-system; while unknown, its address; registry:HOST or images:ID of what " \
	  "holds images alone.")                                                                                        \
	F(TEXT, name, FIELD_COLUMN, "", 1, "Name for people: the context or the dump's folder.")                        \
	F(TEXT, uid, 0, "", 1, "UID of namespace kube-system.")                                                         \
	F(BOOL, provisional, 0, "", 1, "The UID is not known yet.")                                                     \
	F(TEXT, server_version, 0, "", 1, "Version of the API server.")                                                 \
	F(TIME, first_seen, FIELD_SEEN, "", 1, "Time of the first read of it.")                                         \
	F(TIME, last_seen, FIELD_SEEN, "", 1, "Time of the latest read of it.")

/* One reading of one cluster's world from one source. Written by the store itself (sink_begin, sink_finish). */
#define MODEL_READ(F, R)                                                                                                  \
	F(INT, id, FIELD_KEY, "", 1, "Number of the read in this store.")                                                 \
	F(TEXT, source, FIELD_COLUMN, "", 1, "Address of what was read: a dump's path, later a context or registry.")     \
	F(TEXT, source_kind, 0, "", 1,                                                                                    \
	  "snapshot, cluster (a live one), watch (changes of one), registry, registry_log (what it told of the past) or " \
	  "images (a layout or archive).")                                                                                \
	F(TEXT, cluster, FIELD_CLUSTER, "", 1, "Cluster that it read.")                                                   \
	F(TIME, started, 0, "", 1, "When the reading began (wall clock).")                                                \
	F(TIME, ended, 0, "", 1, "When it ended (wall clock).")                                                           \
	F(TIME, as_of, FIELD_COLUMN, "", 1, "The time that what was read speaks of; ages are measured from here.")        \
	F(TEXT, as_of_from, 0, "", 1, "given, metadata (newest time in the dump), manifest or clock.")                    \
	F(TEXT, outcome, FIELD_COLUMN, "", 1,                                                                             \
	  "complete, partial, interrupted or failed; reading while it is under way (in another process).")                \
	F(TEXT, why, 0, "", 1, "Why not complete.")                                                                       \
	F(INT, objects, 0, "", 1, "Objects read.")                                                                        \
	F(INT, defects, 0, "", 1, "Objects or files that did not decode.")                                                \
	F(TEXT, notes, 0, "", 2, "What all who use the answer must know: a certificate was not verified.")

/* How far one read covered one kind of object. */
#define MODEL_COVERAGE(F, R)                                                                                                   \
	F(INT, read, FIELD_KEY, "", 1, "The read.")                                                                            \
	F(TEXT, cluster, FIELD_CLUSTER, "", 1, "Cluster.")                                                                     \
	F(TEXT, kind, FIELD_KEY, "", 1, "Kubernetes kind, as Kind or Kind.group for kinds that are not built in.")             \
	F(TEXT, namespace, FIELD_KEY, "", 1, "* for all namespaces, else the one whose list it was.")                          \
	F(TEXT, subtype, FIELD_KEY, "", 1, "* for all, else the one type (of secrets) that the list held.")                    \
	F(TEXT, outcome, 0, "", 1,                                                                                             \
	  "complete, mixed (the list expired and goes on with a later state), metadata (complete, without values), "           \
	  "doubted (a file beside it was lost), partial (some did not decode or it was cut), interrupted, forbidden, failed, " \
	  "absent, unknown_kind.")                                                                                             \
	F(TEXT, why, 0, "", 1, "Why not complete, with the file.")                                                             \
	F(INT, objects, 0, "", 1, "Objects read.")

#define MODEL_NAMESPACE(F, R)                                                                                          \
	F(TEXT, cluster, FIELD_ID_CLUSTER, "", 1, "Cluster.")                                                          \
	F(TEXT, name, FIELD_KEY, "", 1, "Name.")                                                                       \
	F(TEXT, uid, 0, "", 1, "UID.")                                                                                 \
	F(TIME, created, 0, "", 1, "metadata.creationTimestamp.")                                                      \
	MODEL_SEEN(F)

#define MODEL_NODE(F, R)                                                                                               \
	F(TEXT, cluster, FIELD_ID_CLUSTER, "", 1, "Cluster.")                                                          \
	F(TEXT, name, FIELD_KEY, "", 1, "Name.")                                                                       \
	F(TEXT, uid, 0, "", 1, "UID.")                                                                                 \
	F(TEXT, boot_id, 0, "", 1, "status.nodeInfo.bootID: tells its lives apart.")                                   \
	F(TIME, created, 0, "", 1, "metadata.creationTimestamp.")                                                      \
	F(TEXT, runtime, 0, "", 1, "status.nodeInfo.containerRuntimeVersion.")                                         \
	F(TEXT, kubelet_version, 0, "", 1, "status.nodeInfo.kubeletVersion.")                                          \
	F(TEXT, architecture, 0, "", 1, "status.nodeInfo.architecture.")                                               \
	F(INT, image_count, 0, "", 1, "Entries of status.images; unknown when the list is absent.")                    \
	F(BOOL, images_cut, 0, "", 1, "The list has 50 or more entries: the kubelet cuts it there by default.")        \
	MODEL_SEEN(F)

#define MODEL_NODE_IMAGE(F, R)                                                                                         \
	F(TEXT, cluster, FIELD_ID_CLUSTER, "", 1, "Cluster.")                                                          \
	F(TEXT, node, FIELD_KEY, "", 1, "Node that has it cached.")                                                    \
	F(TEXT, image, FIELD_KEY, "", 1, "One name from status.images[].names: repo:tag or repo@digest.")              \
	F(TEXT, digest, 0, "", 1, "The digest of that entry (from its repo@digest name, for its tags too).")           \
	F(INT, size_bytes, 0, "bytes", 1, "status.images[].sizeBytes.")                                                \
	MODEL_SEEN(F)

/* A controller that makes pods, or a custom owner's object with a pod template. */
#define MODEL_WORKLOAD(F, R)                                                                                           \
	F(TEXT, cluster, FIELD_ID_CLUSTER, "", 1, "Cluster.")                                                          \
	F(TEXT, namespace, FIELD_ID_NAMESPACE, "", 1, "Namespace.")                                                    \
	F(TEXT, group, FIELD_KEY, "", 1, "API group, empty for the core group.")                                       \
	F(TEXT, kind, FIELD_KEY | FIELD_KIND, "", 1, "Kind.")                                                          \
	F(TEXT, name, FIELD_KEY, "", 1, "Name.")                                                                       \
	F(TEXT, uid, 0, "", 1, "UID.")                                                                                 \
	F(TIME, created, 0, "", 1, "metadata.creationTimestamp.")                                                      \
	F(TEXT, owner_group, 0, "", 1, "API group of its controlling owner.")                                          \
	F(TEXT, owner_kind, 0, "", 1, "Kind of its controlling owner.")                                                \
	F(TEXT, owner_name, 0, "", 1, "Name of its controlling owner.")                                                \
	F(INT, replicas, 0, "", 1, "spec.replicas (1 when absent where it defaults so).")                              \
	F(BOOL, suspended, 0, "", 1, "spec.suspend of a CronJob or Job.")                                              \
	F(TEXT, service_account, 0, "", 1, "Of the template; `default` when absent.")                                  \
	F(TEXTS, pull_secrets, 0, "", 1, "imagePullSecrets of the template, in order.")                                \
	F(TEXT, managed_by, 0, "", 1, "What would revert a change of it: Helm, Argo CD, Flux; see secret.managed_by.") \
	MODEL_SEEN(F)

#define MODEL_POD(F, R)                                                                                                \
	F(TEXT, cluster, FIELD_ID_CLUSTER, "", 1, "Cluster.")                                                          \
	F(TEXT, uid, FIELD_KEY, "", 1, "UID; namespace/name where a dump has none.")                                   \
	F(TEXT, namespace, FIELD_NAMESPACE, "", 1, "Namespace.")                                                       \
	F(TEXT, name, 0, "", 1, "Name.")                                                                               \
	F(TEXT, node, 0, "", 1, "spec.nodeName.")                                                                      \
	F(TEXT, phase, 0, "", 1, "status.phase.")                                                                      \
	F(TEXT, owner_group, 0, "", 1, "API group of its controlling owner.")                                          \
	F(TEXT, owner_kind, 0, "", 1, "Kind of its controlling owner.")                                                \
	F(TEXT, owner_name, 0, "", 1, "Name of its controlling owner.")                                                \
	F(TEXT, service_account, 0, "", 1, "spec.serviceAccountName.")                                                 \
	F(TEXTS, pull_secrets, 0, "", 1, "spec.imagePullSecrets, in order: what the kubelet used.")                    \
	F(TIME, created, 0, "", 1, "metadata.creationTimestamp.")                                                      \
	F(TIME, started, 0, "", 1, "status.startTime.")                                                                \
	F(TIME, deleted, 0, "", 1, "metadata.deletionTimestamp.")                                                      \
	MODEL_SEEN(F)

/* A container of a pod, or of a workload's template; init and ephemeral ones and image volumes too. */
#define MODEL_CONTAINER(F, R)                                                                                          \
	F(TEXT, cluster, FIELD_ID_CLUSTER, "", 1, "Cluster.")                                                          \
	F(TEXT, namespace, FIELD_ID_NAMESPACE, "", 1, "Namespace.")                                                    \
	F(TEXT, holder_group, FIELD_KEY, "", 1, "API group of what holds it; empty for a pod.")                        \
	F(TEXT, holder_kind, FIELD_KEY | FIELD_KIND, "", 1, "Pod, or the kind of the workload whose template it is.")  \
	F(TEXT, holder, FIELD_KEY, "", 1, "The pod's uid field, or the workload's name.")                              \
	F(TEXT, role, FIELD_KEY, "", 1, "container, init, ephemeral or volume (an image volume).")                     \
	F(TEXT, name, FIELD_KEY, "", 1, "Name of the container or volume.")                                            \
	F(TEXT, image, 0, "", 1, "As the spec names it.")                                                              \
	F(TEXT, status_image, 0, "", 1, "As the status names it.")                                                     \
	F(TEXT, image_id, 0, "", 1, "status imageID as written.")                                                      \
	F(TEXT, digest, 0, "", 1, "algorithm:hex found in image_id.")                                                  \
	F(TEXT, container_id, 0, "", 1, "status containerID.")                                                         \
	F(TEXT, pull_policy, 0, "", 1, "imagePullPolicy.")                                                             \
	F(TEXT, state, 0, "", 1, "waiting, running or terminated.")                                                    \
	F(TEXT, reason, 0, "", 1, "Of the waiting or terminated state.")                                               \
	F(TEXT, message, 0, "", 1, "Of the waiting or terminated state, recognised tokens masked.")                    \
	F(TIME, started, 0, "", 1, "startedAt of the running or terminated state.")                                    \
	F(TIME, finished, 0, "", 1, "finishedAt of the terminated state.")                                             \
	F(INT, restarts, 0, "", 1, "restartCount.")                                                                    \
	MODEL_SEEN(F)

#define MODEL_SERVICE_ACCOUNT(F, R)                                                                                    \
	F(TEXT, cluster, FIELD_ID_CLUSTER, "", 1, "Cluster.")                                                          \
	F(TEXT, namespace, FIELD_ID_NAMESPACE, "", 1, "Namespace.")                                                    \
	F(TEXT, name, FIELD_KEY, "", 1, "Name.")                                                                       \
	F(TEXT, uid, 0, "", 1, "UID.")                                                                                 \
	F(TIME, created, 0, "", 1, "metadata.creationTimestamp.")                                                      \
	F(TEXTS, pull_secrets, 0, "", 1, "imagePullSecrets, in order.")                                                \
	MODEL_SEEN(F)

#define MODEL_SECRET(F, R)                                                                                             \
	F(TEXT, cluster, FIELD_ID_CLUSTER, "", 1, "Cluster.")                                                          \
	F(TEXT, uid, FIELD_KEY, "", 1, "UID; namespace/name where a dump has none.")                                   \
	F(TEXT, namespace, FIELD_NAMESPACE, "", 1, "Namespace.")                                                       \
	F(TEXT, name, 0, "", 1, "Name.")                                                                               \
	F(TEXT, type, FIELD_SUBTYPE, "", 1, "Secret type.")                                                            \
	F(BOOL, pull_type, 0, "", 1, "One of the two types that the kubelet reads pull credentials from.")             \
	F(TIME, created, 0, "", 1, "metadata.creationTimestamp.")                                                      \
	F(TEXT, resource_version, 0, "", 1, "metadata.resourceVersion.")                                               \
	F(BOOL, immutable, 0, "", 1, "immutable.")                                                                     \
	F(TIME, data_written, 0, "", 1, "Latest managedFields time that owns data; unknown without managedFields.")    \
	F(TEXT, data_written_by, 0, "", 1, "That entry's manager.")                                                    \
	F(TEXT, managed_by, 0, "", 1, "What would revert or replace a change; unknown when nothing says so.")          \
	F(TEXT, managed_at, 0, "", 1, "Where to change it instead: the owner, release, application or source.")        \
	F(BOOL, decodes, 0, "", 1,                                                                                     \
	  "The kubelet can decode it; a pull secret that it cannot blocks all pulls with it.")                         \
	F(TEXTS, other_stores, 0, "", 1, "credsStore and credHelpers named in it: HOST=HELPER, or HELPER alone.")      \
	MODEL_SEEN(F)

/* One key of a docker config in a secret. */
#define MODEL_ENTRY(F, R)                                                                                              \
	F(TEXT, cluster, FIELD_ID_CLUSTER, "", 1, "Cluster.")                                                          \
	F(TEXT, secret_uid, FIELD_KEY, "", 1, "The secret's uid field.")                                               \
	F(TEXT, data_key, FIELD_KEY, "", 1, "Key of the secret's data.")                                               \
	F(TEXT, registry_key, FIELD_KEY, "", 1, "The docker config's key, as written.")                                \
	F(INT, ordinal, FIELD_KEY, "", 1, "0, or n for the n-th repetition of the same key.")                          \
	F(TEXT, namespace, FIELD_NAMESPACE, "", 1, "The secret's namespace.")                                          \
	F(TEXT, subtype, FIELD_SUBTYPE, "", 1, "The secret's type.")                                                   \
	F(TEXT, registry, 0, "", 1, "Normalised host[:port]; every name of Docker Hub is docker.io.")                  \
	F(TEXT, path, 0, "", 1, "Path prefix of the key, without a leading slash; empty for the whole registry.")      \
	F(TEXT, form, 0, "", 1, "auth, username_password, identity_token, registry_token, empty.")                     \
	F(TEXT, username, 0, "", 1, "User name; may hold any byte.")                                                   \
	F(TEXT, cred_kind, 0, "", 1, "password, pat, oat, robot, json-key, aws, identity-token, broken, ...")          \
	F(TEXT, cred_detail, 0, "", 1, "What the shape tells and is no secret: a GCP key id, an AWS account.")         \
	F(TEXT, fingerprint, 0, "", 1, "Keyed fingerprint of the secret part.")                                        \
	F(TEXT, key_id, 0, "", 1, "Id of the key that made the fingerprint.")                                          \
	F(BOOL, kubelet_reads, 0, "", 1, "The kubelet gets a login from it.")                                          \
	F(BOOL, overridden, 0, "", 1, "A later entry with the same key replaces it.")                                  \
	MODEL_SEEN(F)

/* Every value an entry was seen to hold: the history of an entry's fingerprints. */
#define MODEL_ENTRY_VALUE(F, R)                                                                                        \
	F(TEXT, cluster, FIELD_ID_CLUSTER, "", 1, "Cluster.")                                                          \
	F(TEXT, secret_uid, FIELD_KEY, "", 1, "The secret's uid field.")                                               \
	F(TEXT, data_key, FIELD_KEY, "", 1, "Key of the secret's data.")                                               \
	F(TEXT, registry_key, FIELD_KEY, "", 1, "The docker config's key, as written.")                                \
	F(INT, ordinal, FIELD_KEY, "", 1, "As in entry.")                                                              \
	F(TEXT, fingerprint, FIELD_KEY, "", 1, "Keyed fingerprint of the secret part.")                                \
	F(TEXT, username, FIELD_KEY, "", 1, "User name at that time.")                                                 \
	F(TEXT, registry, 0, "", 1, "Normalised host[:port], as in entry.")                                            \
	F(TEXT, cred_kind, 0, "", 1, "As in entry.")                                                                   \
	F(TEXT, cred_detail, 0, "", 1, "As in entry.")                                                                 \
	F(TEXT, key_id, 0, "", 1, "Id of the key that made the fingerprint: others do not compare.")                   \
	F(TEXT, namespace, 0, "", 1, "The secret's namespace, by name: survives a re-creation with another UID.")      \
	F(TEXT, secret, 0, "", 1, "The secret's name.")                                                                \
	F(TIME, data_written, FIELD_KEY, "", 1,                                                                        \
	  "secret.data_written: each write that the value was seen under is a row.")                                   \
	MODEL_SEEN(F)

/* A pod, template or service account that can read a secret through a volume or its environment. */
#define MODEL_SECRET_READER(F, R)                                                                                      \
	F(TEXT, cluster, FIELD_ID_CLUSTER, "", 1, "Cluster.")                                                          \
	F(TEXT, namespace, FIELD_ID_NAMESPACE, "", 1, "Namespace.")                                                    \
	F(TEXT, holder_group, FIELD_KEY, "", 1, "API group of the holder.")                                            \
	F(TEXT, holder_kind, FIELD_KEY | FIELD_KIND, "", 1, "Pod or the workload's kind.")                             \
	F(TEXT, holder, FIELD_KEY, "", 1, "The pod's uid field or the workload's name.")                               \
	F(TEXT, secret, FIELD_KEY, "", 1, "Name of the secret.")                                                       \
	F(TEXT, relation, FIELD_KEY, "", 1, "volume, projected, env, env_from or csi.")                                \
	MODEL_SEEN(F)

/* A Kubernetes Event that speaks of an image or its pull. */
#define MODEL_EVENT(F, R)                                                                                              \
	F(TEXT, cluster, FIELD_ID_CLUSTER, "", 1, "Cluster.")                                                          \
	F(TEXT, uid, FIELD_KEY, "", 1, "UID; namespace/name where a dump has none.")                                   \
	F(TEXT, namespace, FIELD_NAMESPACE, "", 1, "Namespace.")                                                       \
	F(TEXT, reason, 0, "", 1, "Pulling, Pulled, Failed, BackOff, ...")                                             \
	F(TEXT, involved_kind, 0, "", 1, "Kind of the object that it is about.")                                       \
	F(TEXT, involved_name, 0, "", 1, "Its name.")                                                                  \
	F(TEXT, involved_uid, 0, "", 1, "Its UID.")                                                                    \
	F(TEXT, container, 0, "", 1, "Container named by fieldPath.")                                                  \
	F(TEXT, node, 0, "", 1, "Node that reported it.")                                                              \
	F(TEXT, image, 0, "", 1, "Image named in the message.")                                                        \
	F(TEXT, message, 0, "", 1, "Message, recognised tokens masked.")                                               \
	F(INT, count, 0, "", 1, "How often it happened.")                                                              \
	F(TIME, first_time, 0, "", 1, "First time.")                                                                   \
	F(TIME, last_time, 0, "", 1, "Latest time.")                                                                   \
	MODEL_SEEN(F)

/* Something malformed, with its place. */
#define MODEL_DEFECT(F, R)                                                                                             \
	F(TEXT, cluster, FIELD_ID_CLUSTER, "", 1, "Cluster.")                                                          \
	F(TEXT, object_kind, FIELD_KEY, "", 1, "Kind of the object, or File.")                                         \
	F(TEXT, namespace, FIELD_ID_NAMESPACE, "", 1, "Namespace of the object.")                                      \
	F(TEXT, object, FIELD_KEY, "", 1, "Name of the object, or the file's path in the dump.")                       \
	F(TEXT, object_uid, 0, "", 1, "The object's uid field.")                                                       \
	F(TEXT, code, FIELD_KEY, "", 1, "What is wrong, from a fixed list: bad_base64, truncated, duplicate_key, ...") \
	F(TEXT, place, FIELD_KEY, "", 1, "JSON pointer in the object, or byte or line in the file.")                   \
	F(TEXT, file, 0, "", 1, "File of the dump, with the byte or line of the object.")                              \
	F(TEXT, message, 0, "", 1, "For a person. Never a byte of a value.")                                           \
	F(BOOL, blocks_pulls, 0, "", 1, "The kubelet fails every pull that uses the secret because of it.")            \
	MODEL_SEEN(F)

/* A span in which a source lost something. */
#define MODEL_GAP(F, R)                                                                                                \
	F(TEXT, cluster, FIELD_ID_CLUSTER, "", 1, "Cluster.")                                                          \
	F(TEXT, source, FIELD_KEY, "", 1, "What lost it: a file of the dump, a node's image list.")                    \
	F(TEXT, kind, FIELD_KEY, "", 1, "What kind of record is missing.")                                             \
	F(TEXT, cause, 0, "", 1, "Why.")                                                                               \
	F(INT, lost, 0, "", 1, "How many, where that is known.")                                                       \
	F(TIME, from_time, 0, "", 1, "Start of the span, where it has one.")                                           \
	F(TIME, to_time, 0, "", 1, "End of the span.")                                                                 \
	MODEL_SEEN(F)

/* An object that a watch saw being deleted. What was read of it until then is gone, as a UID never comes back. Put with
 * the kind and uid that its records have. */
#define MODEL_DELETION(F, R)                                                                                           \
	F(TEXT, cluster, FIELD_ID_CLUSTER, "", 2, "Cluster.")                                                          \
	F(TEXT, kind, FIELD_KEY, "", 2, "Kubernetes kind, as in coverage.")                                            \
	F(TEXT, uid, FIELD_KEY, "", 2, "UID.")                                                                         \
	F(TEXT, namespace, 0, "", 2, "Namespace.")                                                                     \
	F(TEXT, name, 0, "", 2, "Name.")                                                                               \
	F(TIME, deleted, 0, "", 2, "metadata.deletionTimestamp of its last state, where it had one.")                  \
	MODEL_SEEN(F)

/* --- images: what registries, layouts and archives hold ---
 *
 * A registry is filed like a cluster of its own, whose identity is registry:HOST; a layout or an archive of images as
 * images:ID (model/sink.h). What they say (tags, what was there and what was not) belongs to them; what a digest names
 * belongs to nobody, for it is the same everywhere. */

/* A tag at one digest, as long as it stood there without another in between: the rows of one tag are its history. */
#define MODEL_TAG(F, R)                                                                                                \
	F(TEXT, cluster, FIELD_ID_CLUSTER, "", 3, "Registry or layout that said so.")                                  \
	F(TEXT, registry, FIELD_KEY, "", 3, "Registry, normalised; of a mirror, the one that it mirrors.")             \
	F(TEXT, repository, FIELD_ID_NAMESPACE, "", 3, "Path of the repository.")                                      \
	F(TEXT, tag, FIELD_KEY, "", 3, "Name.")                                                                        \
	F(TEXT, digest, FIELD_KEY, "", 3, "Digest of the manifest or index that it pointed to.")                       \
	F(TIME, since, FIELD_KEY, "", 3, "Time of the first read of this row that found it there.")                    \
	F(TEXT, media_type, 0, "", 3, "Of what it pointed to.")                                                        \
	MODEL_SEEN(F)

/* What a registry answered when it was asked for one name, where that is no tag that it pointed out: a digest that it
 * holds or not, a tag that it refused. */
#define MODEL_REGISTRY_ANSWER(F, R)                                                                                    \
	F(TEXT, cluster, FIELD_ID_CLUSTER, "", 3, "Registry or layout that was asked.")                                \
	F(TEXT, registry, FIELD_KEY, "", 3, "Registry, normalised, as in tag.")                                        \
	F(TEXT, repository, FIELD_ID_NAMESPACE, "", 3, "Path of the repository.")                                      \
	F(TEXT, reference, FIELD_KEY, "", 3, "Tag or digest; empty for the list of tags.")                             \
	F(TEXT, outcome, 0, "", 3,                                                                                     \
	  "present, absent (404), forbidden, limited (429 until the end), invalid (wrong digest, too large, no "       \
	  "manifest), failed or interrupted.")                                                                         \
	F(TEXT, why, 0, "", 3, "What it said, or what was wrong; recognised tokens masked.")                           \
	MODEL_SEEN(F)

/* What a digest names: one platform's image, an index, an artifact. The bytes are in image_content. */
#define MODEL_MANIFEST_FACTS(F)                                                                                        \
	F(TEXT, digest, FIELD_KEY | FIELD_COLUMN | FIELD_QUIET, "", 3, "Digest of the manifest.")                      \
	F(TEXT, kind, 0, "", 3, "image, index, artifact, attestation (of BuildKit), schema1 or unknown.")              \
	F(TEXT, media_type, 0, "", 3, "Media type.")                                                                   \
	F(TEXT, artifact_type, 0, "", 3, "Of an artifact: its artifactType, else its config's media type.")            \
	F(INT, size_bytes, 0, "bytes", 3, "Size of the manifest itself.")                                              \
	F(TEXT, subject, 0, "", 3, "Digest that it refers to (signatures, SBOMs, attestations).")                      \
	F(TEXT, config_digest, 0, "", 3, "Digest of the config.")                                                      \
	F(TEXT, config_media_type, 0, "", 3, "Media type of the config.")                                              \
	F(BOOL, config_read, 0, "", 3, "The config was read: what stands below is whole.")                             \
	F(TEXT, os, 0, "", 3, "Operating system, of the config.")                                                      \
	F(TEXT, architecture, 0, "", 3, "Architecture.")                                                               \
	F(TEXT, variant, 0, "", 3, "Variant of it.")                                                                   \
	F(TEXT, os_version, 0, "", 3, "Version of the operating system (Windows).")                                    \
	F(TIME, created, 0, "", 3, "Build date that the config claims; unknown where dating is not `dated`.")          \
	F(TEXT, created_text, 0, "", 3, "The date as written.")                                                        \
	F(TEXT, dating, 0, "", 3,                                                                                      \
	  "dated, undated (none, or the zero date), reproducible (an epoch that tools write: 1970, 1980) or invalid.") \
	F(TIME, history_from, 0, "", 3, "Earliest real date in the history.")                                          \
	F(TIME, history_to, 0, "", 3, "Latest real date in the history.")                                              \
	F(TEXTS, history_between, 0, "", 3, "Its other real dates, each once, to the second.")                         \
	F(TEXTS, layers, 0, "", 3, "Digests of the layers as they are stored, lowest first.")                          \
	F(TEXTS, diff_ids, 0, "", 3, "Digests of their unpacked content, as the config claims.")                       \
	F(INT, layers_bytes, 0, "bytes", 3, "Sum of the layers' sizes as stored.")                                     \
	F(TEXT, chain_id, 0, "", 3, "Chain ID of all layers (OCI image spec, config.md).")                             \
	F(TEXT, history_digest, 0, "", 3, "SHA-256 over the history's commands: equal histories have equal ones.")     \
	F(INT, history_count, 0, "", 3, "Entries of the history.")                                                     \
	F(TEXT, user, 0, "", 3, "User that it runs as, as written.")                                                   \
	F(TEXTS, entrypoint, 0, "", 3, "Entrypoint; recognised tokens masked.")                                        \
	F(TEXTS, command, 0, "", 3, "Cmd; recognised tokens masked.")                                                  \
	F(TEXT, working_dir, 0, "", 3, "Working directory.")                                                           \
	F(TEXTS, env_names, 0, "", 3, "Names of its environment variables.")                                           \
	F(TEXTS, ports, 0, "", 3, "Exposed ports: 80/tcp.")                                                            \
	F(TEXTS, labels, 0, "", 3, "Labels, NAME=VALUE; recognised tokens masked.")                                    \
	F(TEXTS, annotations, 0, "", 3, "Annotations of the manifest, NAME=VALUE; recognised tokens masked.")          \
	F(TEXT, base_name, 0, "", 3, "Base that it claims (org.opencontainers.image.base.name).")                      \
	F(TEXT, base_digest, 0, "", 3, "Digest of the base that it claims.")                                           \
	F(TEXT, builder, 0, "", 3, "What built it, by its history: buildkit, docker, buildah, kaniko, jib, ko, ...")

#define MODEL_MANIFEST(F, R)                                                                                            \
	MODEL_MANIFEST_FACTS(F)                                                                                         \
	F(TEXTS, history_steps, 0, "", 3,                                                                               \
	  "For each entry of the history HASH:OWN: short hashes over the commands up to it, so that what begins alike " \
	  "is found, and over itself, with + where it made a layer.")                                                   \
	MODEL_SEEN(F)

/* One descriptor of an index. */
#define MODEL_INDEX_MEMBER(F, R)                                                                                       \
	F(TEXT, index, FIELD_KEY, "", 3, "Digest of the index.")                                                       \
	F(TEXT, digest, FIELD_KEY, "", 3, "Digest of the manifest or index in it.")                                    \
	F(INT, ordinal, FIELD_KEY, "", 3, "Place in the list, from 0.")                                                \
	F(TEXT, media_type, 0, "", 3, "Media type.")                                                                   \
	F(TEXT, artifact_type, 0, "", 3, "artifactType of the descriptor.")                                            \
	F(INT, size_bytes, 0, "bytes", 3, "Size of it.")                                                               \
	F(TEXT, os, 0, "", 3, "Platform: operating system.")                                                           \
	F(TEXT, architecture, 0, "", 3, "Platform: architecture.")                                                     \
	F(TEXT, variant, 0, "", 3, "Platform: variant.")                                                               \
	F(TEXT, os_version, 0, "", 3, "Platform: os.version.")                                                         \
	F(TEXT, attests, 0, "", 3, "Of an attestation of BuildKit: the digest that it speaks of.")                     \
	MODEL_SEEN(F)

/* The bytes of a manifest, index or config, as they were verified: evidence. */
#define MODEL_IMAGE_CONTENT(F, R)                                                                                      \
	F(TEXT, digest, FIELD_KEY, "", 3, "Digest of the bytes.")                                                      \
	F(TEXT, media_type, 0, "", 3, "Media type that it was asked or given by.")                                     \
	F(TEXT, bytes, 0, "", 3, "The bytes.")                                                                         \
	MODEL_SEEN(F)

/* What a registry's own records say happened: an audit log, a table of pulls, and the times of pushes and pulls that
 * its own API tells of tags and digests (Docker Hub, Harbor, Quay, GCR). */
#define MODEL_REGISTRY_EVENT(F, R)                                                                                     \
	F(TEXT, registry, FIELD_KEY | FIELD_WIDE, "", 3, "Registry, normalised.")                                      \
	F(TIME, time, FIELD_KEY | FIELD_COLUMN, "", 3, "When.")                                                        \
	F(TEXT, action, FIELD_KEY | FIELD_COLUMN, "", 3,                                                               \
	  "push, delete_tag, delete, create, pull, check (a HEAD or a pull of a manifest that moved no layer), or as " \
	  "the log names it.")                                                                                         \
	F(TEXT, repository, FIELD_KEY | FIELD_COLUMN | FIELD_ELASTIC, "", 3, "Path of the repository.")                \
	F(TEXT, tag, FIELD_KEY | FIELD_COLUMN | FIELD_ELASTIC, "", 3, "Tag.")                                          \
	F(TEXT, digest, FIELD_KEY | FIELD_WIDE, "", 3, "Digest.")                                                      \
	F(TEXT, actor, FIELD_KEY | FIELD_COLUMN | FIELD_ELASTIC, "", 3, "Who: the user's name.")                       \
	F(TEXT, token_name, FIELD_KEY | FIELD_COLUMN | FIELD_ELASTIC, "", 3,                                           \
	  "Name or id of the access token that was used, never a value.")                                              \
	F(TEXT, address, FIELD_KEY | FIELD_COLUMN, "", 3, "Where from.")                                               \
	F(TEXT, client, FIELD_WIDE | FIELD_ELASTIC, "", 3, "User agent.")                                              \
	F(INT, count, FIELD_COLUMN, "", 3, "How many times, where the log adds up.")                                   \
	F(TEXT, source, FIELD_WIDE, "", 3, "hub-audit, hub-usage, hub, harbor, quay, gcr.")                            \
	MODEL_SEEN(F)

/* A breach being worked on. */
#define MODEL_INCIDENT(F, R)                                                                                           \
	F(INT, id, FIELD_KEY | FIELD_COLUMN | FIELD_QUIET, "", 1, "Number, short to type.")                            \
	F(TEXT, state, FIELD_COLUMN, "", 1, "open or closed.")                                                         \
	F(TEXTS, registries, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "Registries in scope, normalised.")                  \
	F(TEXTS, repositories, FIELD_COLUMN | FIELD_ELASTIC, "", 1,                                                    \
	  "Repository path prefixes that narrow it; none: all.")                                                       \
	F(TEXTS, accounts, FIELD_COLUMN | FIELD_ELASTIC, "", 1, "User names that narrow the credentials; none: all.")  \
	F(TEXTS, indicators, FIELD_WIDE | FIELD_ELASTIC, "", 1,                                                        \
	  "Bad digests, tags and files, one canonical line each.")                                                     \
	F(TIME, window_from, FIELD_COLUMN, "", 1, "Start of the window; credentials older than its end are burnt.")    \
	F(TIME, window_to, FIELD_COLUMN, "", 1, "End of the window; unknown while the breach may go on.")              \
	F(TIME, opened, FIELD_WIDE, "", 1, "When it was opened (time of the answers, not of the keyboard).")           \
	F(TIME, refreshed, FIELD_WIDE, "", 1, "When it was last refreshed.")

/* Anything wrong, concluded by detect. Derived: dropped and rebuilt, first_seen kept. */
#define MODEL_FINDING(F, R)                                                                                            \
	F(TEXT, rule, FIELD_KEY, "", 1, "Rule that made it: pull-key-dead, pull-entry-undecodable, ...")               \
	F(TEXT, cluster, FIELD_ID_CLUSTER, "", 1, "Cluster.")                                                          \
	F(TEXT, subject_kind, FIELD_KEY, "", 1, "Kind of the subject.")                                                \
	F(TEXT, namespace, FIELD_KEY, "", 1, "Namespace of the subject.")                                              \
	F(TEXT, subject, FIELD_KEY, "", 1, "Name of the subject.")                                                     \
	F(TEXT, place, FIELD_KEY, "", 1, "Where in the subject: a registry key, a field.")                             \
	F(TEXT, severity, 0, "", 1, "critical, high, medium or low.")                                                  \
	F(TEXT, title, 0, "", 1, "One line for a person.")                                                             \
	F(TEXT, evidence, 0, "", 1, "What was seen.")                                                                  \
	F(TEXT, fix, 0, "", 1, "What to do.")                                                                          \
	F(TEXT, state, 0, "", 1, "open, accepted or resolved.")                                                        \
	MODEL_SEEN(F)

RECORD_STRUCT(cluster, MODEL_CLUSTER);
RECORD_STRUCT(read, MODEL_READ);
RECORD_STRUCT(coverage, MODEL_COVERAGE);
RECORD_STRUCT(namespace, MODEL_NAMESPACE);
RECORD_STRUCT(node, MODEL_NODE);
RECORD_STRUCT(node_image, MODEL_NODE_IMAGE);
RECORD_STRUCT(workload, MODEL_WORKLOAD);
RECORD_STRUCT(pod, MODEL_POD);
RECORD_STRUCT(container, MODEL_CONTAINER);
RECORD_STRUCT(service_account, MODEL_SERVICE_ACCOUNT);
RECORD_STRUCT(secret, MODEL_SECRET);
RECORD_STRUCT(entry, MODEL_ENTRY);
RECORD_STRUCT(entry_value, MODEL_ENTRY_VALUE);
RECORD_STRUCT(secret_reader, MODEL_SECRET_READER);
RECORD_STRUCT(event, MODEL_EVENT);
RECORD_STRUCT(defect, MODEL_DEFECT);
RECORD_STRUCT(gap, MODEL_GAP);
RECORD_STRUCT(deletion, MODEL_DELETION);
RECORD_STRUCT(tag, MODEL_TAG);
RECORD_STRUCT(registry_answer, MODEL_REGISTRY_ANSWER);
RECORD_STRUCT(manifest, MODEL_MANIFEST);
RECORD_STRUCT(index_member, MODEL_INDEX_MEMBER);
RECORD_STRUCT(image_content, MODEL_IMAGE_CONTENT);
RECORD_STRUCT(registry_event, MODEL_REGISTRY_EVENT);
RECORD_STRUCT(incident, MODEL_INCIDENT);
RECORD_STRUCT(finding, MODEL_FINDING);

/* Identities of what holds images and is no cluster. */
#define REGISTRY_IDENTITY "registry:" /* then the normalised host[:port] */
#define IMAGES_IDENTITY "images:"     /* then 16 hex digits of the SHA-256 of the absolute path */
static inline bool identity_is_cluster(struct slice identity)
{
	return !slice_starts_with(identity, REGISTRY_IDENTITY) && !slice_starts_with(identity, IMAGES_IDENTITY);
}

/* Every record that readers of sources put into a sink (not read, cluster, incident, finding). */
extern const struct record_type *const observed_types[];
extern const size_t observed_type_count;

#endif
