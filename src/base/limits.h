/* Every maximum in one place, each with its reason. A buffer or parser without an entry here is a mistake. */
#ifndef FOTHER_BASE_LIMITS_H
#define FOTHER_BASE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#define LIMIT_KIB ((size_t)1024)
#define LIMIT_MIB (1024 * LIMIT_KIB)
#define LIMIT_GIB (1024 * LIMIT_MIB)
_Static_assert(SIZE_MAX / 4 >= LIMIT_GIB, "4 GiB of a dump or an answer do not fit into this address space");

/* --- memory --- */
/* One error or log message: longer ones help nobody. */
#define LIMIT_MESSAGE_BYTES (16 * LIMIT_KIB)
/* Items of one vec: keeps counts in 32 bits with room to spare. */
#define LIMIT_VEC_ITEMS ((size_t)1 << 31)
/* One secret value: the API server stores at most 1 MiB of data in a Secret (MaxSecretSize). */
#define LIMIT_SECRET_BYTES (LIMIT_MIB + 4 * LIMIT_KIB)
/* The secure heap (a power of two): one full Secret, its decoded docker config, and its entries. */
#define LIMIT_SECURE_HEAP_BYTES (8 * LIMIT_MIB)
/* One Kubernetes object decoded: etcd refuses requests over 1.5 MiB; decoded structs cost a small multiple. */
#define LIMIT_OBJECT_BYTES (32 * LIMIT_MIB)
/* All that an answer is made of: 1 M containers at about 1 KiB. */
#define LIMIT_WORLD_BYTES (4 * LIMIT_GIB)
/* One row of an answer as text. */
#define LIMIT_ROW_BYTES (64 * LIMIT_MIB)

/* --- JSON and YAML --- */
/* Nesting: the deepest Kubernetes objects (CRD schemas) stay under 60; Go's decoder stops at 10,000. */
#define LIMIT_JSON_DEPTH 512
#define LIMIT_YAML_DEPTH 64 /* libyaml's scanner is quadratic in depth: facts, dependencies section 7 */
/* libyaml keeps simple-key candidates per line; a dump of one object never has a scalar above a Secret. */
#define LIMIT_YAML_BYTES (512 * LIMIT_MIB)
/* %TAG directives: libyaml compares each with all before it. Nothing that Kubernetes prints has one. */
#define LIMIT_YAML_TAG_DIRECTIVES 1000
/* Keys of the open objects together that are watched for duplicates. */
#define LIMIT_JSON_KEYS 100000

/* --- snapshots --- */
/* One file of a dump in a tar or on stdin (a file in a folder is mapped, and only bounded by the address space). */
#define LIMIT_SNAPSHOT_FILE_BYTES (4 * LIMIT_GIB)
/* Files of a dump, folders deep: more is a wrong folder (/, a home). */
#define LIMIT_SNAPSHOT_FILES 200000
#define LIMIT_SNAPSHOT_DEPTH 16
/* Broken documents of one file: JSON lines with that many bad ones are noise. */
#define LIMIT_BROKEN_DOCUMENTS 1000
/* Paths of all files of a dump: LIMIT_SNAPSHOT_FILES of 1 KiB, and some. */
#define LIMIT_SNAPSHOT_NAMES_BYTES (256 * LIMIT_MIB)
/* Unpacked to packed bytes of a tar: kubectl JSON compresses 10 to 40 times; a bomb 1,000. */
#define LIMIT_SNAPSHOT_RATIO 250

/* --- HTTP --- */
/* Bodies that wait for one reader: enough that the network does not stop while an item is decoded. */
#define LIMIT_HTTP_QUEUE_BYTES (1 * LIMIT_MIB)
/* A server that wants a longer pause is not waited for: the answer says so. */
#define LIMIT_HTTP_RETRY_AFTER_MS 60000
/* Transfers of one process: 100 clusters with some lists each. */
#define LIMIT_HTTP_TRANSFERS 4096
/* All lines of an answer's head: nginx and Go's server stop at a fraction of it when they read one. */
#define LIMIT_HTTP_HEAD_BYTES (256 * LIMIT_KIB)
/* Transfers on the HTTP/2 connections of one origin at the same time: servers allow 100 to 250 on each (RFC 9113,
 * section 6.5.2), and each costs a buffer. */
#define LIMIT_HTTP_STREAMS 64
/* URL and header lines of one request: servers refuse more than 8 to 32 KiB, tokens with it. */
#define LIMIT_HTTP_REQUEST_BYTES (256 * LIMIT_KIB)

/* --- live clusters --- */
/* Clusters that are read at the same time; others wait their turn. Each takes a thread and a queue. */
#define LIMIT_LIVE_CLUSTERS 64
/* One object as it arrives: etcd refuses requests over 1.5 MiB; JSON with escapes and indentation may be some times
 * that. */
#define LIMIT_ITEM_BYTES (8 * LIMIT_MIB)
/* Pages of one list: 50 M objects in pages of 500. A server that gives more does not come to an end. */
#define LIMIT_LIST_PAGES 100000
/* A list without its items: metadata with a continue token. */
#define LIMIT_LIST_HEAD_BYTES (1 * LIMIT_MIB)
/* The body of a refusal: a Status, or some proxy's page. */
#define LIMIT_REFUSAL_BYTES (256 * LIMIT_KIB)
/* One kubeconfig file, and what it points to. */
#define LIMIT_KUBECONFIG_BYTES (16 * LIMIT_MIB)
#define LIMIT_CREDENTIAL_FILE_BYTES (1 * LIMIT_MIB)
/* Contexts, clusters, users of all files together. */
#define LIMIT_KUBECONFIG_ENTRIES 10000
/* How long an exec plugin may take: it may ask a person or a cloud. */
#define LIMIT_EXEC_PLUGIN_MS 60000
#define LIMIT_EXEC_OUTPUT_BYTES (1 * LIMIT_MIB)

/* --- images --- */
/* A manifest or index: registries refuse more than 4 MiB, and clients should take as much (distribution spec). */
#define LIMIT_MANIFEST_BODY_BYTES (4 * LIMIT_MIB)
/* A config: containers/image stops at 4 MiB as well. */
#define LIMIT_IMAGE_CONFIG_BYTES (4 * LIMIT_MIB)
/* Layers of an image, members of an index: overlayfs mounts 500, and 4 MiB of descriptors are 20,000. */
#define LIMIT_DESCRIPTORS 20000
/* Annotations or labels of one thing, and entries of a history. */
#define LIMIT_ANNOTATIONS 10000
#define LIMIT_HISTORY 20000
/* Defects of one manifest or config; the rest is counted. */
#define LIMIT_OCI_DEFECTS 50
/* What one manifest and its config are parsed into: a small multiple of 8 MiB. */
#define LIMIT_IMAGE_BYTES (64 * LIMIT_MIB)
/* Indexes in indexes: real ones are one deep. */
#define LIMIT_INDEX_DEPTH 4
/* Digests that one walk may meet: 1 M images are 60 MiB of set. */
#define LIMIT_WALK_DIGESTS 4000000
/* A config that is kept for a while because another manifest may have it too: real ones are some KiB. */
#define LIMIT_CACHED_CONFIG_BYTES (64 * LIMIT_KIB)
/* Names that wait: the tags of one repository, or the repositories of a registry, 1 M of 128 bytes each. */
#define LIMIT_WALK_NAMES_BYTES (128 * LIMIT_MIB)
/* Manifests and configs kept of one archive, and members of it. */
#define LIMIT_LAYOUT_KEPT_BYTES (512 * LIMIT_MIB)
#define LIMIT_LAYOUT_MEMBERS 1000000
/* What names the images of a layout: a frozen registry of 100,000 tags is 30 MiB. */
#define LIMIT_LAYOUT_NAMES_BYTES (128 * LIMIT_MIB)
/* Unpacked to packed bytes of an archive of images: layers pack 2 to 4 times; a bomb 1,000. Looked at only when so much
 * was unpacked, for a layer may hold a file of zeros. */
#define LIMIT_LAYOUT_RATIO 250
#define LIMIT_LAYOUT_RATIO_FROM_BYTES (256 * LIMIT_MIB)
/* Things wrong in a layout that are told; the rest is counted. */
#define LIMIT_LAYOUT_PROBLEMS 1000
/* A Dockerfile made of a history. */
#define LIMIT_DOCKERFILE_BYTES (16 * LIMIT_MIB)

/* --- registries --- */
/* Registries that are read at the same time. */
#define LIMIT_LIVE_REGISTRIES 16
/* A page of a list: 1,000 names of 255 bytes, and some; registries that do not page send all tags at once. */
#define LIMIT_LIST_BODY_BYTES (64 * LIMIT_MIB)
/* An answer of a token server; an error of a registry. */
#define LIMIT_TOKEN_BODY_BYTES (64 * LIMIT_KIB)
/* Of the secure heap, for all registries together: tokens on their way with requests; twice that for those kept;
 * and one answer with a token comes at once for each 32 KiB of it. A longer token no server takes. */
#define LIMIT_REGISTRY_SECRET_BYTES (1 * LIMIT_MIB)
#define LIMIT_TOKEN_BYTES (16 * LIMIT_KIB)
#define LIMIT_REGISTRY_ERROR_BYTES (256 * LIMIT_KIB)
/* Redirects of one blob, challenges of one answer, tokens kept, logins tried for one repository. */
#define LIMIT_REDIRECTS 5
#define LIMIT_CHALLENGES 16
#define LIMIT_TOKENS 10000
#define LIMIT_LOGINS_TRIED 8
/* Pages of 100 that a registry's own API gives of one repository or list: 1 M tags. */
#define LIMIT_DIALECT_PAGES 10000
/* What is kept of them until the last one came. */
#define LIMIT_DIALECT_BYTES (512 * LIMIT_MIB)
/* A user's docker config. */
#define LIMIT_DOCKER_CONFIG_BYTES (1 * LIMIT_MIB)
/* Hosts, users, places of logins: some configs, a small multiple each. */
#define LIMIT_LOGINS_BYTES (64 * LIMIT_MIB)
/* Logins of pull secrets kept in the secure heap, each some hundred bytes of it, which leave room for a full Secret;
 * keys and users, which may be long. */
#define LIMIT_VAULT_LOGINS 4096
#define LIMIT_VAULT_VALUE_BYTES (1 * LIMIT_MIB)
#define LIMIT_VAULT_TEXT_BYTES (4 * LIMIT_MIB)
/* A file of an audit log or of usage: a year of a large organisation. */
#define LIMIT_HUB_FILE_BYTES (4 * LIMIT_GIB)
#define LIMIT_HUB_FILE_DEFECTS 1000
/* One row of a table: the addresses of a busy hour, aggregated. */
#define LIMIT_CSV_ROW_BYTES (1 * LIMIT_MIB)
#define LIMIT_CSV_FIELDS 1000
/* One event of an audit log, decoded. */
#define LIMIT_HUB_EVENT_BYTES (16 * LIMIT_MIB)

/* --- frozen snapshots --- */
/* One object with the records that were made of it, all that is escaped in it counted: LIMIT_ITEM_BYTES some times. */
#define LIMIT_FROZEN_ITEM_BYTES (64 * LIMIT_MIB)
/* A manifest: LIMIT_SNAPSHOT_FILES lists of about 1 KiB, and some. */
#define LIMIT_MANIFEST_BYTES (256 * LIMIT_MIB)
/* The records of a frozen registry: 1 M tags and answers of about 300 bytes (of one in a tar, as much as is kept of
 * what names images). */
#define LIMIT_FROZEN_RECORDS_BYTES (512 * LIMIT_MIB)

/* --- credentials --- */
/* Entries of one docker config: 1 MiB of data cannot hold more that mean anything. */
#define LIMIT_CONFIG_ENTRIES 16384
/* Path of a repository: RepositoryNameTotalLengthMax of the distribution grammar; the domain is not counted. */
#define LIMIT_REPOSITORY_BYTES 255
/* A tag, of the same grammar. */
#define LIMIT_TAG_BYTES 128
/* Image reference: host 255, path 255, tag 128, digest 7 + 128, separators. */
#define LIMIT_REFERENCE_BYTES 1024

/* --- commands --- */
/* Lines of a --bad file. */
#define LIMIT_INDICATORS 100000
#define LIMIT_LINE_BYTES (64 * LIMIT_KIB)

#endif
