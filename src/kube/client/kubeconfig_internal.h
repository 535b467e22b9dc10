/* What a kubeconfig says, merged, not judged. Within kube/client.
 *
 * Texts lie in the arena of the kubeconfig. Those that may be secret (tokens, passwords, keys, values for an exec
 * plugin) lie in its vault: memory out of core dumps that is wiped when the kubeconfig goes. A file may hold more of
 * them than the secure heap has room for; what a context uses goes there when its access is made.
 */
#ifndef FOTHER_KUBE_CLIENT_KUBECONFIG_INTERNAL_H
#define FOTHER_KUBE_CLIENT_KUBECONFIG_INTERNAL_H

#include "base/arena.h"
#include "base/file.h"
#include "base/map.h"
#include "base/reader.h"
#include "kube/client/kubeconfig.h"

/* Of the vault. len 0: not there. */
struct vault_text {
	size_t at, len;
};

/* What clusters, users and contexts have in common: the first thing of each. */
struct kubeconfig_entry {
	struct slice name;
	struct slice file;   /* where it stands: an absolute path */
	struct slice defect; /* what is wrong in it, with its place; not there: nothing. Told when it is used */
};

struct kubeconfig_cluster {
	struct kubeconfig_entry entry;
	struct slice server, tls_server_name, ca_file, ca_data;
	struct vault_text proxy_url; /* may hold a password */
	bool insecure, no_compression;
	struct slice exec_config; /* JSON: the extension client.authentication.k8s.io/exec */
};

struct kubeconfig_variable {
	struct slice name;
	struct vault_text value;
};

struct kubeconfig_exec {
	bool given;
	struct slice api_version, command, install_hint, interactive_mode;
	bool provide_cluster_info;
	struct slice_list args;
	const struct kubeconfig_variable *env;
	size_t env_count;
};

struct kubeconfig_extra {
	struct slice key;
	struct slice_list values;
};

struct kubeconfig_provider {
	bool given;
	struct slice name;
};

struct kubeconfig_user {
	struct kubeconfig_entry entry;
	struct slice certificate_file, certificate_data, key_file, token_file, username;
	struct vault_text key_data, token, password;
	struct slice as, as_uid;
	struct slice_list as_groups;
	struct kubeconfig_extras {
		const struct kubeconfig_extra *items;
		size_t len;
	} as_extra;
	struct kubeconfig_provider provider;
	struct kubeconfig_exec exec;
};

struct kubeconfig_context {
	struct kubeconfig_entry entry;
	struct slice cluster, user, namespace;
};

struct kubeconfig {
	struct arena arena;
	struct file_bytes vault;
	/* By name, in the order of the files; values are struct kubeconfig_cluster and so on, in the arena. */
	struct map clusters, users, contexts;
	struct slice current;
	struct slice files; /* all that were looked for, for messages: "a, b" */
};

/* Of all files together: names, paths, certificates. And the same again of secrets. */
#define KUBECONFIG_TEXT_BYTES (4 * LIMIT_KUBECONFIG_BYTES)

/* Empty; for kubeconfig_free. NULL: no memory. */
struct kubeconfig *kubeconfig_new(void);

/* --- kubeconfig_parse.c --- */
/* Adds what `text`, the content of `file`, says and no earlier file said. -1: it is no kubeconfig, or too large. */
int kubeconfig_parse(struct kubeconfig *config, struct slice file, struct slice text, struct error **err);

/* Borrowed until the next kubeconfig_parse. Read what base/secret.h says before you call it. */
struct slice kubeconfig_vault_reveal(const struct kubeconfig *config, struct vault_text text);
int kubeconfig_vault_add(struct kubeconfig *config, const struct token *token, struct vault_text *ret_text,
			 struct error **err);

/* --- kubeconfig_fields.c: objects with known members --- */
struct kubeconfig_parser {
	struct kubeconfig *config; /* for the vault; NULL where nothing goes there */
	struct arena *arena;       /* for texts */
	struct reader *reader;
	struct slice file;
	struct kubeconfig_entry *entry; /* in which a defect is noted; NULL: the file itself has it */
	const char *member;             /* whose value is being read */
};

/* Reads the value of which `token` is the first; null never comes here. Whatever it leaves unread is passed over. */
typedef int kubeconfig_take(struct kubeconfig_parser *parser, const struct token *token, void *target,
			    struct error **err);

struct kubeconfig_field {
	const char *name; /* NULL ends the list */
	kubeconfig_take *take;
	size_t offset; /* of what it fills in the target */
};

/* The members of an object that was just opened; unknown ones are passed over. */
int kubeconfig_take_members(struct kubeconfig_parser *parser, const struct kubeconfig_field *fields, void *target,
			    struct error **err);
/* Into a struct slice, vault_text, bool, slice_list. */
kubeconfig_take kubeconfig_take_text, kubeconfig_take_vault, kubeconfig_take_flag, kubeconfig_take_texts;
/* Notes that the value is none of `wanted` ("a text"). Always 0: the entry is refused when it is used. -1 where it
 * belongs to no entry. */
int kubeconfig_wrong_type(struct kubeconfig_parser *parser, const struct token *token, const char *wanted,
			  struct error **err);

/* --- kubeconfig_user.c, kubeconfig_cluster.c: the values of `user` and `cluster` --- */
kubeconfig_take kubeconfig_take_user, kubeconfig_take_cluster;

/* --- kubeconfig_document.c: JSON or YAML, told by trying --- */
struct kubeconfig_document {
	struct json_reader *json;
	struct yaml_reader *yaml;
	struct reader *reader;
};
/* `text` is borrowed. */
int kubeconfig_document_open(struct kubeconfig_document *document, struct slice text, struct error **err);
void kubeconfig_document_release(struct kubeconfig_document *document);

#endif
