/* What the fields of an entry give: logins and tokens, and what is odd about them. */
#include <stdint.h>
#include <string.h>

#include "base/base64.h"
#include "base/limits.h"
#include "credential/config_parser_internal.h"
#include "credential/keyring.h"
#include "credential/kind.h"

/* Shown for a user that is a token: docker's own word for a login that is nothing but a token. */
#define TOKEN_USER "<token>"

/* Later objects under the same key replace what earlier ones gave. All that one object gave has one copy of the key. */
static int start_key(struct config_parser *parser, struct slice key, bool kubelet, struct error **err)
{
	void **first = map_put(&parser->first_of_key, key);
	if (!first)
		return error_no_memory(err);
	size_t start = *first ? (size_t)(uintptr_t)*first - 1 : parser->entries.len;
	for (size_t i = start; i < parser->entries.len; i++) {
		struct config_entry *earlier = &parser->entries.items[i];
		if (earlier->key.data != parser->entries.items[start].key.data)
			break;
		earlier->overridden = earlier->overridden || kubelet || !earlier->kubelet_reads;
	}
	*first = (void *)(uintptr_t)(parser->entries.len + 1);
	return 0;
}

static int take_ordinal(struct config_parser *parser, struct slice key, unsigned *ret_ordinal, struct error **err)
{
	void **count = map_put(&parser->ordinals, key);
	if (!count)
		return error_no_memory(err);
	*ret_ordinal = (unsigned)(uintptr_t)*count;
	*count = (void *)((uintptr_t)*count + 1);
	return 0;
}

struct listing {
	struct config_parser *parser;
	const struct config_place *place;
	struct config_values *values;
	bool kubelet; /* it reads what is listed here */
	bool judged;  /* what does not decode blocks */
	bool placed;  /* one of the entries stands for the key in the keyring */
};

static int defect(const struct listing *listing, const char *code, size_t offset, const char *message,
		  struct error **err)
{
	return config_defect_add(listing->parser, listing->place, code, offset, false, message, err);
}

/* The new entry, without user and secret. The first that is not overridden is what the kubelet has. */
static struct config_entry *add_entry(struct listing *listing, enum entry_form form, bool overridden,
				      struct error **err)
{
	struct config_parser *parser = listing->parser;
	if (parser->entries.len >= LIMIT_CONFIG_ENTRIES) {
		error_set(err, ERROR_LIMIT, "more than %d entries", LIMIT_CONFIG_ENTRIES);
		return NULL;
	}
	unsigned ordinal = 0;
	if (take_ordinal(parser, listing->place->name, &ordinal, err) < 0)
		return NULL;
	struct config_entry *entry = vec_push(&parser->entries);
	if (!entry) {
		error_no_memory(err);
		return NULL;
	}
	*entry = (struct config_entry){ .key = listing->place->name,
					.ordinal = ordinal,
					.form = form,
					.username = SLICE(""),
					.overridden = overridden };
	entry->kubelet_reads = listing->kubelet && !overridden && !listing->placed;
	listing->placed = listing->placed || !overridden;
	return entry;
}

static void move_secret(struct secret_bytes *to, struct secret_bytes *from)
{
	*to = *from;
	*from = (struct secret_bytes){ 0 };
}

static int set_username(struct listing *listing, struct config_entry *entry, struct slice name, struct error **err)
{
	if (!name.data)
		name = SLICE("");
	if (credential_is_token(name))
		name = SLICE(TOKEN_USER);
	return arena_copy(listing->parser->arena, name, &entry->username) < 0 ? arena_fail(listing->parser->arena, err)
									      : 0;
}

static bool holds_nul(struct slice text)
{
	return text.len > 0 && memchr(text.data, '\0', text.len);
}

/* What is odd about a login. */
static int check_login(const struct listing *listing, struct slice user, struct slice password, size_t offset,
		       struct error **err)
{
	bool blanks = slice_trim(user).len != user.len || slice_trim(password).len != password.len;
	const struct {
		bool found;
		const char *code, *message;
	} checks[] = {
		{ user.len == 0, CONFIG_DEFECT_EMPTY_USER, "the user is empty" },
		{ password.len == 0, CONFIG_DEFECT_EMPTY_PASSWORD, "the password is empty" },
		{ blanks, CONFIG_DEFECT_BLANKS, "user or password starts or ends with a blank or a newline" },
		{ holds_nul(user) || holds_nul(password), CONFIG_DEFECT_NUL,
		  "user or password holds a NUL, which some clients cut off" },
		{ credential_is_token(user), CONFIG_DEFECT_TOKEN_USER, "a token stands in the place of the user" },
	};
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
		if (checks[i].found && defect(listing, checks[i].code, offset, checks[i].message, err) < 0)
			return -1;
	return 0;
}

static bool has_text(const struct config_values *values, enum config_field field)
{
	return secret_length(&values->text[field]) > 0;
}

static bool has_token(const struct config_values *values)
{
	return has_text(values, FIELD_IDENTITY) || has_text(values, FIELD_REGISTRY);
}

/* A token beside an empty password is what the entry is about: the password is not worth an entry then. */
static int list_login(struct listing *listing, enum entry_form form, size_t offset, struct slice user,
		      struct slice password, bool overridden, struct error **err)
{
	if (password.len == 0 && has_token(listing->values) && !credential_is_token(user))
		return 0;
	struct slice secret = credential_is_token(user) ? user : password;
	struct config_entry *entry = add_entry(listing, form, overridden, err);
	if (!entry || set_username(listing, entry, user, err) < 0 || secret_copy(&entry->secret, secret, err) < 0)
		return -1;
	return check_login(listing, user, password, offset, err);
}

/* An auth that cannot be decoded keeps its text as the secret: it is in the clear all the same. */
static int list_broken_auth(struct listing *listing, const char *code, const char *message, struct error **err)
{
	size_t offset = listing->values->offset[FIELD_AUTH];
	if (config_defect_add(listing->parser, listing->place, code, offset, listing->judged, message, err) < 0)
		return -1;
	struct config_entry *entry = add_entry(listing, ENTRY_AUTH, false, err);
	if (!entry)
		return -1;
	entry->undecodable = true;
	move_secret(&entry->secret, &listing->values->text[FIELD_AUTH]);
	return 0;
}

/* username and password beside an auth that says something else. */
static int list_hidden_login(struct listing *listing, struct slice user, struct slice password, struct error **err)
{
	struct slice hidden_user = secret_reveal(&listing->values->text[FIELD_USERNAME]);
	struct slice hidden_password = secret_reveal(&listing->values->text[FIELD_PASSWORD]);
	bool differs = (hidden_user.len > 0 && !slice_equal(hidden_user, user)) ||
		       (hidden_password.len > 0 && !slice_equal(hidden_password, password));
	if (!differs)
		return 0;
	if (defect(listing, CONFIG_DEFECT_BOTH, listing->values->offset[FIELD_AUTH],
		   "auth and username or password differ; auth is read", err) < 0)
		return -1;
	if (hidden_password.len == 0 || slice_equal(hidden_password, password))
		return 0;
	return list_login(listing, ENTRY_USERNAME_PASSWORD, listing->values->offset[FIELD_PASSWORD], hidden_user,
			  hidden_password, true, err);
}

static int list_auth(struct listing *listing, struct slice *ret_user, struct secret_bytes *decoded, struct error **err)
{
	CLEANUP(error_freep) struct error *bad = NULL;
	struct slice text = secret_reveal(&listing->values->text[FIELD_AUTH]), user, password;
	/* As the kubelet does. Any blank but a newline fails in both variants. */
	if (base64_decode_secret(text, base64_variant_of(text), decoded, &bad) < 0) {
		if (bad->code != ERROR_SYNTAX)
			return error_move(err, &bad);
		return list_broken_auth(listing, CONFIG_DEFECT_AUTH_BASE64, "auth is not base64", err);
	}
	if (!slice_cut(secret_reveal(decoded), ':', &user, &password))
		return list_broken_auth(listing, CONFIG_DEFECT_AUTH_SPLIT,
					"auth holds no colon between user and password", err);
	*ret_user = user;
	if (list_login(listing, ENTRY_AUTH, listing->values->offset[FIELD_AUTH], user, password, false, err) < 0)
		return -1;
	return list_hidden_login(listing, user, password, err);
}

static int list_token(struct listing *listing, enum config_field field, enum entry_form form, struct slice user,
		      struct error **err)
{
	if (defect(listing, CONFIG_DEFECT_UNREAD, listing->values->offset[field], "the kubelet does not read tokens",
		   err) < 0)
		return -1;
	struct config_entry *entry = add_entry(listing, form, false, err);
	if (!entry || set_username(listing, entry, user, err) < 0)
		return -1;
	move_secret(&entry->secret, &listing->values->text[field]);
	return 0;
}

static int list_tokens(struct listing *listing, struct slice user, struct error **err)
{
	static const struct {
		enum config_field field;
		enum entry_form form;
	} tokens[] = { { FIELD_IDENTITY, ENTRY_IDENTITY_TOKEN }, { FIELD_REGISTRY, ENTRY_REGISTRY_TOKEN } };
	for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
		if (has_text(listing->values, tokens[i].field) &&
		    list_token(listing, tokens[i].field, tokens[i].form, user, err) < 0)
			return -1;
	return 0;
}

static int list_values(struct listing *listing, struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes decoded = { 0 };
	struct config_values *values = listing->values;
	struct slice user = secret_reveal(&values->text[FIELD_USERNAME]);
	bool login = has_text(values, FIELD_USERNAME) || has_text(values, FIELD_PASSWORD);
	if (has_text(values, FIELD_AUTH)) {
		if (list_auth(listing, &user, &decoded, err) < 0)
			return -1;
	} else if (login && list_login(listing, ENTRY_USERNAME_PASSWORD, values->offset[FIELD_USERNAME], user,
				       secret_reveal(&values->text[FIELD_PASSWORD]), false, err) < 0) {
		return -1;
	}
	if (list_tokens(listing, user, err) < 0)
		return -1;
	return listing->placed || add_entry(listing, ENTRY_EMPTY, false, err) ? 0 : -1;
}

static int check_key(const struct listing *listing, struct error **err)
{
	struct keyring_key key;
	bool usable;
	if (keyring_key_parse(listing->place->decoded, listing->parser->arena, &key, &usable, err) < 0)
		return -1;
	return usable ? 0
		      : defect(listing, CONFIG_DEFECT_KEY_URL, listing->place->offset,
			       "the key does not parse as a URL; the kubelet drops it", err);
}

int config_values_list(struct config_parser *parser, const struct config_place *place, enum config_scope scope,
		       struct config_values *values, struct error **err)
{
	struct listing listing = { .parser = parser,
				   .place = place,
				   .values = values,
				   .kubelet = scope == SCOPE_KUBELET,
				   .judged = scope == SCOPE_KUBELET || scope == SCOPE_WRAPPER };
	if (!values->telling && scope != SCOPE_KUBELET)
		return 0;
	if (start_key(parser, place->decoded, listing.kubelet, err) < 0 ||
	    (listing.kubelet && check_key(&listing, err) < 0))
		return -1;
	return list_values(&listing, err);
}
