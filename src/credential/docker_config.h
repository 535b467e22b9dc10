/* The docker config in a pull secret, read as Go's decoder reads it for the kubelet.
 *
 *     CLEANUP(docker_config_release) struct docker_config config = {0};
 *     if (docker_config_parse(&text, CONFIG_DOCKERCONFIGJSON, arena, &config, err) < 0) return -1;
 *     for (size_t i = 0; i < config.entry_count; i++) use(&config.entries[i]);
 *
 * Names are matched without regard to case (go_name.h), the last of a repeated name wins (an `auths` that stands twice
 * is merged), null leaves a text as it is, makes an entry an empty one and takes all of `auths` away, bad UTF-8 and
 * lone surrogates become U+FFFD. Everything that is in the text is listed, also what the kubelet does not use (a token
 * beside a password, a password that `auth` hides, entries of the other format), and each deviation from clean JSON is
 * a defect.
 *
 * A config fails as a whole (`decodes` false) where Go's does: text that is not one JSON value with nothing behind it,
 * `auths`, an entry, username, password, email, auth or HttpHeaders of a wrong type, an `auth` that is not base64
 * (padded exactly when it ends in `=`) or holds no colon.
 *
 * The text and the secret parts stay in the secure heap; names, users and keys are copied to the arena.
 *
 * Sources: kubernetes pkg/credentialprovider/config.go (DockerConfigJSON, DockerConfigEntry.UnmarshalJSON,
 * decodeDockerConfigFieldAuth) and secrets/secrets.go from 1.34 on, docker/cli cli/config/configfile (the names that
 * others read), behaviour of encoding/json. Older kubelets
 * refuse an unpadded `auth`; the difference is not told.
 */
#ifndef FOTHER_CREDENTIAL_DOCKER_CONFIG_H
#define FOTHER_CREDENTIAL_DOCKER_CONFIG_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/slice.h"

enum config_format {
	CONFIG_DOCKERCONFIGJSON, /* {"auths": {...}} : key .dockerconfigjson */
	CONFIG_DOCKERCFG,        /* {KEY: entry} : key .dockercfg */
	CONFIG_ANY,              /* of another secret: whichever of the two it looks like; no kubelet reads it */
};

enum entry_form {
	ENTRY_EMPTY,             /* {} or null: a helper holds it; the kubelet tries an empty login */
	ENTRY_AUTH,              /* auth */
	ENTRY_USERNAME_PASSWORD, /* username and password, no auth */
	ENTRY_IDENTITY_TOKEN,    /* identitytoken: not read by the kubelet */
	ENTRY_REGISTRY_TOKEN,    /* registrytoken: not read by the kubelet */
};

/* What may be wrong; `code` of a defect record. */
struct config_defect {
	const char *code;     /* one of the CONFIG_DEFECT_* texts */
	struct slice pointer; /* JSON pointer in the config, keys escaped by RFC 6901 */
	size_t offset;        /* byte in the config, from 0 */
	bool blocks;          /* the kubelet cannot decode the secret: every pull that uses it fails */
	struct slice message; /* for a person; no byte of a value */
};

#define CONFIG_DEFECT_SYNTAX "bad_json"                       /* blocks */
#define CONFIG_DEFECT_TYPE "wrong_type"                       /* blocks where Go's decoder fails */
#define CONFIG_DEFECT_AUTH_BASE64 "bad_base64"                /* blocks */
#define CONFIG_DEFECT_AUTH_SPLIT "no_colon_in_auth"           /* blocks */
#define CONFIG_DEFECT_DUPLICATE "duplicate_key"               /* exact repetition */
#define CONFIG_DEFECT_NAME_CASE "name_case"                   /* AUTHS, Username: read all the same */
#define CONFIG_DEFECT_REPLACED "replaced_bytes"               /* bytes that became U+FFFD: not what was meant */
#define CONFIG_DEFECT_NO_AUTHS "no_auths"                     /* .dockerconfigjson without auths: never matches */
#define CONFIG_DEFECT_AUTHS_IN_DOCKERCFG "auths_in_dockercfg" /* never matches */
#define CONFIG_DEFECT_UNREAD "not_read_by_kubelet" /* identitytoken, registrytoken, credHelpers, credsStore only */
#define CONFIG_DEFECT_BOTH "auth_and_username"     /* auth wins; they differ */
#define CONFIG_DEFECT_EMPTY_USER "empty_user"
#define CONFIG_DEFECT_EMPTY_PASSWORD "empty_password"
#define CONFIG_DEFECT_BLANKS "blanks_in_value" /* newline or blank at an end of user or password */
#define CONFIG_DEFECT_NUL "nul_in_value"
#define CONFIG_DEFECT_TOKEN_USER "token_as_user" /* a token that is known by its start, as the user */
#define CONFIG_DEFECT_KEY_URL "unparsable_key"   /* the kubelet drops the key */
#define CONFIG_DEFECT_LIMIT "too_large"
#define CONFIG_DEFECT_UNKNOWN_NAME "unknown_name" /* a field that no client reads */

struct config_entry {
	struct slice key;   /* decoded; the password of a URL's user-info hidden, the key being as good or bad as before
			     */
	unsigned ordinal;   /* n-th with the same key, from 0; entries that one object gives count each */
	bool overridden;    /* something else is read in its place: a later entry, the `auth` beside a password */
	bool undecodable;   /* an `auth` that is no base64 of user:password: the secret part is its text as it stands */
	bool kubelet_reads; /* the kubelet has a user and password, possibly empty, under this key: it belongs in a
			       keyring */
	enum entry_form form;  /* of the secret part; an entry that only holds a token is in the keyring with an empty
				  password */
	struct slice username; /* <token>: it was a token, which is the secret part then */
	struct secret_bytes secret; /* password or token, for an `auth` that does not decode its text; owned */
};

struct docker_config {
	struct config_entry *entries; /* in order of the text */
	size_t entry_count;
	struct config_defect *defects;
	size_t defect_count;
	struct slice_list other_stores; /* "HOST=HELPER" of credHelpers, "HELPER" of credsStore */
	bool decodes;                   /* false: the kubelet fails on it */
};

/* Never fails on content: what is wrong is a defect, what is right is there, also before a syntax error. -1 when memory
 * or the secure heap is out. An empty text decodes to nothing: the kubelet passes over it. */
int docker_config_parse(const struct secret_bytes *text, enum config_format format, struct arena *arena,
			struct docker_config *ret_config, struct error **err);

/* Wipes the secrets; the rest belongs to the arena, which must still be there: declare it before the config. */
void docker_config_release(struct docker_config *config);

/* Whether text looks like a docker config at all (for secrets of other types): an object with `auths`, or one whose
 * members all look like entries. */
bool docker_config_likely(const struct secret_bytes *text);

const char *entry_form_name(enum entry_form form);

#endif
