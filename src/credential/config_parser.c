/* What the parts of the docker config parser share: defects with their places, names, passing over values. */
#include "base/limits.h"
#include "base/strbuf.h"
#include "credential/config_parser_internal.h"
#include "credential/keyring.h"

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
