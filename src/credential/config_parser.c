/* What the parts of the docker config parser share: defects with their places, names, passing over values. */
#include "base/limits.h"
#include "base/strbuf.h"
#include "credential/config_parser_internal.h"
#include "credential/keyring.h"

/* Of one name in the pointer of a defect: longer than any host, and than what a person reads. */
#define NAME_SHOWN_BYTES 256

/* --- defects --- */

/* Long names are cut, so that many defects under one cost no more than many defects. */
static struct slice cut_name(struct slice name)
{
	size_t length = NAME_SHOWN_BYTES;
	if (name.len <= NAME_SHOWN_BYTES)
		return name;
	while (length > 0 && ((unsigned char)name.data[length] & 0xc0) == 0x80)
		length--;
	return slice_part(name, 0, length);
}

static void add_pointer(struct strbuf *out, const struct config_place *place)
{
	if (!place)
		return;
	add_pointer(out, place->parent);
	strbuf_add_char(out, '/');
	struct slice name = cut_name(place->name);
	for (size_t i = 0; i < name.len; i++) {
		char c = name.data[i];
		if (c == '~' || c == '/')
			strbuf_add_text(out, c == '~' ? "~0" : "~1");
		else
			strbuf_add_char(out, c);
	}
	if (name.len < place->name.len)
		strbuf_add_text(out, "...");
}

static int push_defect(struct config_parser *parser, const struct config_place *place, struct config_defect found,
		       struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf pointer = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	add_pointer(&pointer, place);
	if (strbuf_failed(&pointer, err))
		return -1;
	struct config_defect *defect = vec_push(&parser->defects);
	if (!defect)
		return error_no_memory(err);
	*defect = found;
	struct slice text = pointer.len > 0 ? strbuf_slice(&pointer) : SLICE("");
	return arena_copy(parser->arena, text, &defect->pointer) < 0 ? arena_fail(parser->arena, err) : 0;
}

int config_defect_add(struct config_parser *parser, const struct config_place *place, const char *code, size_t offset,
		      bool blocks, const char *message, struct error **err)
{
	struct config_defect defect = {
		.code = code, .offset = offset, .blocks = blocks, .message = slice_of(message)
	};
	parser->blocked = parser->blocked || blocks;
	if (parser->defects.len > LIMIT_CONFIG_ENTRIES)
		return 0;
	if (parser->defects.len == LIMIT_CONFIG_ENTRIES) {
		defect.code = CONFIG_DEFECT_LIMIT;
		defect.message = SLICE("there is more that is wrong; it is not listed");
		place = NULL;
	}
	return push_defect(parser, place, defect, err);
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
