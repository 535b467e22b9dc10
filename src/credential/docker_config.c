#include "credential/docker_config.h"

#include <string.h>

#include "base/limits.h"
#include "credential/config_parser_internal.h"
#include "credential/go_name.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* --- values --- */

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
	if (!error_is_of_input(*read_error))
		return error_move(err, read_error);
	parser->unread = (*read_error)->code == ERROR_LIMIT;
	if (parser->unread)
		return config_defect_add(parser, NULL, CONFIG_DEFECT_LIMIT, offset, false,
					 "too large or too deep to be read here", err);
	return config_defect_add(parser, NULL, CONFIG_DEFECT_SYNTAX, offset, true, "this is not JSON from here on",
				 err);
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
	return !parser->blocked && !parser->unread;
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
		read_as = config_looks_flat(bytes) ? CONFIG_DOCKERCFG : CONFIG_DOCKERCONFIGJSON;
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
