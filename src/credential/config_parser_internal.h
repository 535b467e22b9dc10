/* What the files of the docker config parser share: docker_config.c (the document), config_entry.c (one entry),
 * config_listing.c (what it gives), config_likely.c (whether it is a config), config_parser.c (places, names, defects).
 */
#ifndef FOTHER_CREDENTIAL_CONFIG_PARSER_INTERNAL_H
#define FOTHER_CREDENTIAL_CONFIG_PARSER_INTERNAL_H

#include "base/json_reader.h"
#include "base/map.h"
#include "base/vec.h"
#include "credential/docker_config.h"

struct config_parser {
	struct arena *arena;
	struct reader *reader;
	struct {
		VEC(struct config_entry)
	} entries;
	struct {
		VEC(struct config_defect)
	} defects;
	struct {
		VEC(struct slice)
	} stores;
	struct map first_of_key; /* key as decoded -> index + 1 of the entry that its last object gave first */
	bool blocked;            /* the kubelet cannot decode it */
	bool unread;             /* something of it could not be read here */
	struct map ordinals;     /* key as shown -> how many entries it has */
};

/* Where in the document: a chain of names up to the root (NULL). */
struct config_place {
	const struct config_place *parent;
	struct slice name; /* as shown: without the password of a URL's user-info */
	struct slice decoded;
	size_t offset;
};

/* How the value at a place counts. */
enum config_scope {
	SCOPE_KUBELET, /* an entry that the kubelet decodes: a wrong type blocks */
	SCOPE_GUESS,   /* where no kubelet looks; listed when it holds a field of an entry */
	SCOPE_WRAPPER, /* `auths` in a .dockercfg: an entry to the kubelet, a map of entries to the one who wrote it */
};

/* message is a constant text. offset may differ from the place's. From LIMIT_CONFIG_ENTRIES on, they only count. 0 or
 * -1. */
int config_defect_add(struct config_parser *parser, const struct config_place *place, const char *code, size_t offset,
		      bool blocks, const char *message, struct error **err);

/* Reads the name of a member and tells what is odd about it. Matched against no field yet. 0 or -1. */
int config_name_take(struct config_parser *parser, const struct config_place *parent, const struct token *token,
		     struct config_place *ret_place, struct error **err);

/* Tells of a name that was matched without regard to case. 0 or -1. */
int config_name_check(struct config_parser *parser, const struct config_place *place, const char *name,
		      struct error **err);

/* Passes over the rest of the value whose first token was just read at depth `depth`. 0 or -1. */
int config_value_leave(struct config_parser *parser, unsigned depth, struct error **err);

/* The next value is an entry under place->name. Lists what it gives. 0 or -1. */
int config_entry_parse(struct config_parser *parser, const struct config_place *place, enum config_scope scope,
		       struct error **err);

/* The fields of an entry. */
enum config_field {
	FIELD_USERNAME,
	FIELD_PASSWORD,
	FIELD_EMAIL,
	FIELD_AUTH,
	FIELD_IDENTITY,
	FIELD_REGISTRY,
	FIELD_ADDRESS,
	FIELDS,
};

struct config_values {
	struct secret_bytes text[FIELDS]; /* the last text of each; not set: none */
	size_t offset[FIELDS];
	bool telling; /* one of the fields that make an object an entry was there */
};

/* Lists the entries that the values under place->decoded give; may take secrets out of them. 0 or -1. */
int config_values_list(struct config_parser *parser, const struct config_place *place, enum config_scope scope,
		       struct config_values *values, struct error **err);

/* Whether name is a field that makes an object an entry. */
bool config_field_is_telling(struct slice name);

/* Whether the members of text all look like entries, as in a .dockercfg. */
bool config_looks_flat(struct slice text);

#endif
