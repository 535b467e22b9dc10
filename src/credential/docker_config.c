#include "credential/docker_config.h"

#include <string.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "credential/config_parser_internal.h"
#include "credential/go_name.h"
#include "credential/keyring.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* --- defects --- */

static void add_pointer(struct strbuf *out, const struct config_place *place)
{
	if (!place)
		return;
	add_pointer(out, place->parent);
	strbuf_add_char(out, '/');
	for (size_t i = 0; i < place->name.len; i++) {
		char c = place->name.data[i];
		if (c == '~' || c == '/')
			strbuf_add_text(out, c == '~' ? "~0" : "~1");
		else
			strbuf_add_char(out, c);
	}
}

int config_defect_add(struct config_parser *parser, const struct config_place *place, const char *code, size_t offset,
		      bool blocks, const char *message, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf pointer = STRBUF_INIT(2 * LIMIT_SECRET_BYTES);
	add_pointer(&pointer, place);
	if (strbuf_failed(&pointer, err))
		return -1;
	struct config_defect *defect = vec_push(&parser->defects);
	if (!defect)
		return error_no_memory(err);
	*defect = (struct config_defect){
		.code = code, .offset = offset, .blocks = blocks, .message = slice_of(message)
	};
	struct slice text = pointer.len > 0 ? strbuf_slice(&pointer) : SLICE("");
	return arena_copy(parser->arena, text, &defect->pointer) < 0 ? arena_fail(parser->arena, err) : 0;
}

/* --- names and values --- */

/* Where the password in "https://user:password@host/..." stands; of length 0 when there is none. */
static struct slice find_password(struct slice key)
{
	struct slice authority = key, user, host, name, password;
	for (size_t i = 0; i < key.len; i++)
		if (slice_starts_with(slice_part(key, i, key.len), "://")) {
			authority = slice_part(key, i + sizeof "://" - 1, key.len);
			break;
		}
	for (const char *end = "/?#"; *end; end++)
		slice_cut(authority, *end, &authority, &host);
	if (!slice_cut_last(authority, '@', &user, &host) || !slice_cut(user, ':', &name, &password))
		return slice_part(key, key.len, 0);
	return password;
}

/* The name as it may be shown. What stands in for the password keeps the key as good or bad a URL as it was. */
static int hide_password(struct config_parser *parser, struct slice decoded, struct slice *ret_name, struct error **err)
{
	struct slice password = find_password(decoded);
	*ret_name = decoded;
	if (password.len == 0)
		return 0;
	struct keyring_key key;
	bool usable;
	if (keyring_key_parse(decoded, parser->arena, &key, &usable, err) < 0)
		return -1;
	size_t start = (size_t)(password.data - decoded.data);
	struct slice before = slice_part(decoded, 0, start),
		     behind = slice_part(decoded, start + password.len, decoded.len);
	*ret_name = arena_printf(parser->arena, "%.*s%s%.*s", SLICE_ARG(before), usable ? "***" : "<hidden>",
				 SLICE_ARG(behind));
	return ret_name->data ? 0 : arena_fail(parser->arena, err);
}

int config_name_take(struct config_parser *parser, const struct config_place *parent, const struct token *token,
		     struct config_place *ret_place, struct error **err)
{
	*ret_place = (struct config_place){ .parent = parent, .offset = token->offset };
	if (token_copy(token, parser->arena, &ret_place->decoded, err) < 0 ||
	    hide_password(parser, ret_place->decoded, &ret_place->name, err) < 0)
		return -1;
	if (token->duplicate && config_defect_add(parser, ret_place, CONFIG_DEFECT_DUPLICATE, token->offset, false,
						  "this name stood here before; the last one counts", err) < 0)
		return -1;
	if (token->replaced &&
	    config_defect_add(parser, ret_place, CONFIG_DEFECT_REPLACED, token->offset, false,
			      "the name holds bytes that are not UTF-8; they are read as U+FFFD", err) < 0)
		return -1;
	return 0;
}

int config_name_check(struct config_parser *parser, const struct config_place *place, const char *name,
		      struct error **err)
{
	if (slice_equal_text(place->name, name))
		return 0;
	return config_defect_add(parser, place, CONFIG_DEFECT_NAME_CASE, place->offset, false,
				 "the name is not spelled as it should be; Go reads it all the same", err);
}

int config_value_leave(struct config_parser *parser, unsigned depth, struct error **err)
{
	return parser->reader->depth > depth ? reader_leave(parser->reader, depth, err) : 0;
}

static int wrong_type(struct config_parser *parser, const struct config_place *place, const struct token *token,
		      bool blocks, const char *message, unsigned depth, struct error **err)
{
	if (config_defect_add(parser, place, CONFIG_DEFECT_TYPE, token->offset, blocks, message, err) < 0)
		return -1;
	return config_value_leave(parser, depth, err);
}

/* For each member of the object that was just opened. */
typedef int member_function(struct config_parser *parser, const struct config_place *place, struct error **err);

static int each_member(struct config_parser *parser, const struct config_place *parent, member_function *function,
		       struct error **err)
{
	struct token token;
	int got;
	while ((got = reader_next(parser->reader, &token, err)) > 0 && token.type == TOKEN_KEY) {
		struct config_place place;
		if (config_name_take(parser, parent, &token, &place, err) < 0 || function(parser, &place, err) < 0)
			return -1;
	}
	return got < 0 ? -1 : 0;
}

/* --- the members of a config.json --- */

static int take_entry(struct config_parser *parser, const struct config_place *place, struct error **err)
{
	return config_entry_parse(parser, place, SCOPE_KUBELET, err);
}

/* A null in the place of the map: Go drops the map that was there. */
static void drop_entries(struct config_parser *parser)
{
	for (size_t i = 0; i < parser->entries.len; i++)
		if (parser->entries.items[i].kubelet_reads)
			parser->entries.items[i].overridden = true;
}

static int take_auths(struct config_parser *parser, const struct config_place *place, struct error **err)
{
	struct token token;
	unsigned depth = parser->reader->depth;
	if (reader_next(parser->reader, &token, err) < 0)
		return -1;
	if (token.type == TOKEN_OBJECT_BEGIN)
		return each_member(parser, place, take_entry, err);
	if (token.type != TOKEN_NULL)
		return wrong_type(parser, place, &token, true, "auths must be an object", depth, err);
	drop_entries(parser);
	return 0;
}

static int take_header(struct config_parser *parser, const struct config_place *place, struct error **err)
{
	struct token token;
	unsigned depth = parser->reader->depth;
	if (reader_next(parser->reader, &token, err) < 0)
		return -1;
	if (token.type == TOKEN_STRING || token.type == TOKEN_NULL)
		return 0;
	return wrong_type(parser, place, &token, true, "the value of a header must be a text", depth, err);
}

static int take_headers(struct config_parser *parser, const struct config_place *place, struct error **err)
{
	struct token token;
	unsigned depth = parser->reader->depth;
	if (reader_next(parser->reader, &token, err) < 0)
		return -1;
	if (token.type == TOKEN_OBJECT_BEGIN)
		return each_member(parser, place, take_header, err);
	if (token.type == TOKEN_NULL)
		return 0;
	return wrong_type(parser, place, &token, true, "HttpHeaders must be an object", depth, err);
}

static int add_store(struct config_parser *parser, struct slice host, const struct token *helper, struct error **err)
{
	struct slice name, *store = vec_push(&parser->stores);
	if (!store)
		return error_no_memory(err);
	if (token_copy(helper, parser->arena, &name, err) < 0)
		return -1;
	*store = name;
	if (!host.data)
		return 0;
	char *joined = arena_bytes(parser->arena, host.len + name.len + 1);
	if (!joined)
		return arena_fail(parser->arena, err);
	memcpy(joined, host.data, host.len);
	joined[host.len] = '=';
	memcpy(joined + host.len + 1, name.data, name.len);
	*store = (struct slice){ joined, host.len + 1 + name.len };
	return 0;
}

static int add_unread(struct config_parser *parser, const struct config_place *place, struct error **err)
{
	return config_defect_add(parser, place, CONFIG_DEFECT_UNREAD, place->offset, false,
				 "the kubelet asks no credential helper that a pull secret names", err);
}

/* The value is the name of a helper: for `host`, or for all where that is not there. */
static int take_helper_of(struct config_parser *parser, const struct config_place *place, struct slice host,
			  struct error **err)
{
	struct token token;
	unsigned depth = parser->reader->depth;
	if (reader_next(parser->reader, &token, err) < 0)
		return -1;
	if (token.type == TOKEN_STRING)
		return add_store(parser, host, &token, err);
	if (token.type == TOKEN_NULL)
		return 0;
	return wrong_type(parser, place, &token, false, "the name of a helper must be a text", depth, err);
}

static int take_helper(struct config_parser *parser, const struct config_place *place, struct error **err)
{
	return take_helper_of(parser, place, place->name, err);
}

static int take_helpers(struct config_parser *parser, const struct config_place *place, struct error **err)
{
	struct token token;
	unsigned depth = parser->reader->depth;
	if (add_unread(parser, place, err) < 0 || reader_next(parser->reader, &token, err) < 0)
		return -1;
	if (token.type == TOKEN_OBJECT_BEGIN)
		return each_member(parser, place, take_helper, err);
	if (token.type == TOKEN_NULL)
		return 0;
	return wrong_type(parser, place, &token, false, "credHelpers must be an object", depth, err);
}

static int take_store(struct config_parser *parser, const struct config_place *place, struct error **err)
{
	if (add_unread(parser, place, err) < 0)
		return -1;
	return take_helper_of(parser, place, SLICE_NONE, err);
}

static int take_other(struct config_parser *parser, const struct config_place *place, struct error **err)
{
	(void)place;
	return reader_skip(parser->reader, err);
}

/* What the docker CLI, and with it others, reads. Headers and auths are all that the kubelet does. */
static const struct {
	const char *name;
	member_function *take;
} config_members[] = {
	{ "auths", take_auths },          { "HttpHeaders", take_headers },     { "credHelpers", take_helpers },
	{ "credsStore", take_store },     { "aliases", take_other },           { "cliPluginsExtraDirs", take_other },
	{ "configFormat", take_other },   { "currentContext", take_other },    { "detachKeys", take_other },
	{ "experimental", take_other },   { "features", take_other },          { "imagesFormat", take_other },
	{ "networksFormat", take_other }, { "nodesFormat", take_other },       { "plugins", take_other },
	{ "pluginsFormat", take_other },  { "proxies", take_other },           { "pruneFilters", take_other },
	{ "psFormat", take_other },       { "secretFormat", take_other },      { "serviceInspectFormat", take_other },
	{ "servicesFormat", take_other }, { "stackOrchestrator", take_other }, { "statsFormat", take_other },
	{ "tasksFormat", take_other },    { "volumesFormat", take_other },
};

static int take_config_member(struct config_parser *parser, const struct config_place *place, struct error **err)
{
	for (size_t i = 0; i < sizeof config_members / sizeof *config_members; i++) {
		if (!go_name_is(place->name, config_members[i].name))
			continue;
		if (config_name_check(parser, place, config_members[i].name, err) < 0)
			return -1;
		return config_members[i].take(parser, place, err);
	}
	size_t listed = parser->entries.len;
	if (config_entry_parse(parser, place, SCOPE_GUESS, err) < 0)
		return -1;
	if (parser->entries.len > listed)
		return 0;
	return config_defect_add(parser, place, CONFIG_DEFECT_UNKNOWN_NAME, place->offset, false,
				 "no client reads a member of this name", err);
}

/* --- the members of a .dockercfg --- */

static int take_dockercfg_member(struct config_parser *parser, const struct config_place *place, struct error **err)
{
	if (!go_name_is(place->name, "auths"))
		return config_entry_parse(parser, place, SCOPE_KUBELET, err);
	if (config_defect_add(parser, place, CONFIG_DEFECT_AUTHS_IN_DOCKERCFG, place->offset, false,
			      "auths belongs in a .dockerconfigjson; here it is a registry of that name", err) < 0)
		return -1;
	return config_entry_parse(parser, place, SCOPE_WRAPPER, err);
}

/* --- the document --- */

static int take_document(struct config_parser *parser, enum config_format format, struct error **err)
{
	struct token token;
	if (reader_next(parser->reader, &token, err) < 0)
		return -1;
	if (token.type == TOKEN_NULL)
		return 0;
	if (token.type != TOKEN_OBJECT_BEGIN)
		return wrong_type(parser, NULL, &token, true, "a docker config is an object", 0, err);
	return each_member(parser, NULL, format == CONFIG_DOCKERCFG ? take_dockercfg_member : take_config_member, err);
}

/* Nothing but blanks may stand behind it. */
static int take_end(struct config_parser *parser, struct error **err)
{
	struct token token;
	int more = reader_next(parser->reader, &token, err);
	if (more == 0)
		more = reader_next_document(parser->reader, err);
	if (more > 0)
		return config_defect_add(parser, NULL, CONFIG_DEFECT_SYNTAX, parser->reader->offset, true,
					 "something stands behind the end of the config", err);
	return more;
}

/* A document that the reader gave up, as a defect. What it would take to read on is not there, so it decodes nothing.
 */
static int reader_defect(struct config_parser *parser, struct error **read_error, struct error **err)
{
	size_t offset = parser->reader->offset;
	enum error_code code = (*read_error)->code;
	if (code != ERROR_SYNTAX && code != ERROR_LIMIT)
		return error_move(err, read_error);
	if (code == ERROR_LIMIT)
		return config_defect_add(parser, NULL, CONFIG_DEFECT_LIMIT, offset, false,
					 "too large or too deep to be read here", err);
	return config_defect_add(parser, NULL, CONFIG_DEFECT_SYNTAX, offset, true, "this is not JSON from here on",
				 err);
}

static bool has_defect(const struct config_parser *parser, const char *code)
{
	for (size_t i = 0; i < parser->defects.len; i++)
		if (strcmp(parser->defects.items[i].code, code) == 0)
			return true;
	return false;
}

static bool has_auths(const struct config_parser *parser)
{
	for (size_t i = 0; i < parser->entries.len; i++)
		if (parser->entries.items[i].kubelet_reads && !parser->entries.items[i].overridden)
			return true;
	return false;
}

static bool decodes(const struct config_parser *parser)
{
	for (size_t i = 0; i < parser->defects.len; i++)
		if (parser->defects.items[i].blocks)
			return false;
	return !has_defect(parser, CONFIG_DEFECT_LIMIT);
}

static int parse_text(struct config_parser *parser, struct slice text, enum config_format format, struct error **err)
{
	CLEANUP(error_freep) struct error *read_error = NULL;
	if (slice_starts_with(text, BYTE_ORDER_MARK) &&
	    config_defect_add(parser, NULL, CONFIG_DEFECT_SYNTAX, 0, true, "Go refuses a byte order mark", err) < 0)
		return -1;
	if ((take_document(parser, format, &read_error) < 0 || take_end(parser, &read_error) < 0) &&
	    reader_defect(parser, &read_error, err) < 0)
		return -1;
	if (format == CONFIG_DOCKERCONFIGJSON && decodes(parser) && !has_auths(parser))
		return config_defect_add(parser, NULL, CONFIG_DEFECT_NO_AUTHS, 0, false, "auths holds no entry", err);
	return 0;
}

/* What was gathered moves to the arena. */
static int finish(struct config_parser *parser, enum config_format format, struct docker_config *config,
		  struct error **err)
{
	size_t entries = parser->entries.len, defects = parser->defects.len, stores = parser->stores.len;
	struct config_entry *entry_items = arena_zeroed(parser->arena, entries + 1, sizeof *entry_items);
	struct config_defect *defect_items = arena_zeroed(parser->arena, defects + 1, sizeof *defect_items);
	struct slice *store_items = arena_zeroed(parser->arena, stores + 1, sizeof *store_items);
	if (!entry_items || !defect_items || !store_items)
		return arena_fail(parser->arena, err);
	config->decodes = decodes(parser);
	for (size_t i = 0; i < entries; i++) {
		struct config_entry *entry = &parser->entries.items[i];
		entry->kubelet_reads = entry->kubelet_reads && !entry->overridden && config->decodes &&
				       format != CONFIG_ANY;
		entry_items[i] = *entry;
	}
	for (size_t i = 0; i < defects; i++) {
		defect_items[i] = parser->defects.items[i];
		defect_items[i].blocks = defect_items[i].blocks && format != CONFIG_ANY;
	}
	for (size_t i = 0; i < stores; i++)
		store_items[i] = parser->stores.items[i];
	config->entries = entry_items;
	config->entry_count = entries;
	config->defects = defect_items;
	config->defect_count = defects;
	config->other_stores = (struct slice_list){ store_items, stores };
	parser->entries.len = 0; /* their secrets have a new owner */
	return 0;
}

static void release_parser(struct config_parser *parser)
{
	for (size_t i = 0; i < parser->entries.len; i++)
		secret_release(&parser->entries.items[i].secret);
	vec_release(&parser->entries);
	vec_release(&parser->defects);
	vec_release(&parser->stores);
	map_release(&parser->first_of_key);
	map_release(&parser->ordinals);
}

/* --- which of the two --- */

/* What the members of the object that comes next look like. */
struct looks {
	bool auths;   /* one of them is auths, and an object */
	bool entries; /* all of them are entries, and there is one */
};

/* Whether the object that was just opened holds a field of an entry. Leaves it. */
static int look_at_fields(struct reader *reader, bool *ret_entry, struct error **err)
{
	struct token token;
	int got;
	*ret_entry = false;
	while ((got = reader_next(reader, &token, err)) > 0 && token.type == TOKEN_KEY) {
		*ret_entry = *ret_entry || (token.plain && config_field_is_telling(token.text));
		if (reader_skip(reader, err) < 0)
			return -1;
	}
	return got;
}

static int look_at_members(struct reader *reader, struct looks *looks, struct error **err)
{
	struct token key, value;
	int got;
	if (reader_next(reader, &value, err) <= 0 || value.type != TOKEN_OBJECT_BEGIN)
		return -1;
	looks->entries = true;
	size_t count = 0;
	for (; (got = reader_next(reader, &key, err)) > 0 && key.type == TOKEN_KEY; count++) {
		bool entry = false;
		unsigned depth = reader->depth;
		if (reader_next(reader, &value, err) < 0)
			return -1;
		bool object = value.type == TOKEN_OBJECT_BEGIN;
		looks->auths = looks->auths || (object && key.plain && go_name_is(key.text, "auths"));
		if (object ? look_at_fields(reader, &entry, err) < 0 : reader_leave(reader, depth, err) < 0)
			return -1;
		looks->entries = looks->entries && entry;
	}
	looks->entries = looks->entries && count > 0;
	return got;
}

static struct looks look_at(struct slice text)
{
	CLEANUP(error_freep) struct error *ignored = NULL;
	CLEANUP(json_reader_release) struct json_reader json;
	struct looks looks = { 0 };
	json_reader_init(&json, text, READER_GO);
	if (look_at_members(&json.reader, &looks, &ignored) < 0)
		looks.entries = false;
	return looks;
}

bool docker_config_likely(const struct secret_bytes *text)
{
	struct looks looks = look_at(secret_reveal(text));
	return looks.auths || looks.entries;
}

/* --- the interface --- */

int docker_config_parse(const struct secret_bytes *text, enum config_format format, struct arena *arena,
			struct docker_config *ret_config, struct error **err)
{
	CLEANUP(release_parser) struct config_parser parser = { .arena = arena };
	CLEANUP(json_reader_release) struct json_reader json;
	struct docker_config config = { 0 };
	struct slice bytes = secret_reveal(text);
	enum config_format read_as = format;
	json_reader_init(&json, bytes, READER_GO | READER_DUPLICATES);
	parser.reader = &json.reader;
	if (format == CONFIG_ANY)
		read_as = look_at(bytes).entries ? CONFIG_DOCKERCFG : CONFIG_DOCKERCONFIGJSON;
	if (bytes.len > 0 && parse_text(&parser, bytes, read_as, err) < 0)
		return -1;
	if (bytes.len == 0 &&
	    config_defect_add(&parser, NULL, CONFIG_DEFECT_SYNTAX, 0, false, "the config is empty", err) < 0)
		return -1;
	if (finish(&parser, format, &config, err) < 0)
		return -1;
	*ret_config = config;
	return 0;
}

void docker_config_release(struct docker_config *config)
{
	for (size_t i = 0; i < config->entry_count; i++)
		secret_release(&config->entries[i].secret);
	*config = (struct docker_config){ 0 };
}

const char *entry_form_name(enum entry_form form)
{
	static const char *const names[] = {
		[ENTRY_EMPTY] = "empty",
		[ENTRY_AUTH] = "auth",
		[ENTRY_USERNAME_PASSWORD] = "username_password",
		[ENTRY_IDENTITY_TOKEN] = "identity_token",
		[ENTRY_REGISTRY_TOKEN] = "registry_token",
	};
	return names[form];
}
