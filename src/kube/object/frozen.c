#include "kube/object/frozen.h"

#include "base/json_reader.h"
#include "base/limits.h"
#include "kube/object/decode.h"
#include "model/record_json.h"

#define FORMAT 1
#define BAD_FROZEN "bad_frozen"

bool frozen_is(const struct item *item)
{
	return item->context->frozen && item->object->fother.data;
}

/* --- whose records they are --- */
static const struct {
	const struct record_type *type;
	const char *kind; /* of the only objects that have it; NULL: its ties tell */
} types[] = {
	{ &secret_type, "Secret" },
	{ &entry_type, "Secret" },
	{ &entry_value_type, "Secret" },
	{ &service_account_type, "ServiceAccount" },
	{ &pod_type, "Pod" },
	{ &workload_type, NULL },
	{ &container_type, NULL },
	{ &secret_reader_type, NULL },
	{ &node_type, "Node" },
	{ &node_image_type, "Node" },
	{ &namespace_type, "Namespace" },
	{ &event_type, "Event" },
	{ &defect_type, NULL },
};
#define TYPE_COUNT (sizeof types / sizeof types[0])

enum part { UID, NAMESPACE, NAME, GROUP, KIND, LABEL, HOLDER, KEY };

/* The fields that say of which object a record is, and which key made its fingerprint. */
static const struct tie {
	const struct record_type *type;
	const char *field;
	enum part part;
} ties[] = {
	{ &secret_type, "uid", UID },
	{ &secret_type, "namespace", NAMESPACE },
	{ &secret_type, "name", NAME },
	{ &entry_type, "secret_uid", UID },
	{ &entry_type, "namespace", NAMESPACE },
	{ &entry_type, "key_id", KEY },
	{ &entry_value_type, "secret_uid", UID },
	{ &entry_value_type, "namespace", NAMESPACE },
	{ &entry_value_type, "secret", NAME },
	{ &entry_value_type, "key_id", KEY },
	{ &service_account_type, "namespace", NAMESPACE },
	{ &service_account_type, "name", NAME },
	{ &pod_type, "uid", UID },
	{ &pod_type, "namespace", NAMESPACE },
	{ &pod_type, "name", NAME },
	{ &workload_type, "namespace", NAMESPACE },
	{ &workload_type, "group", GROUP },
	{ &workload_type, "kind", KIND },
	{ &workload_type, "name", NAME },
	{ &container_type, "namespace", NAMESPACE },
	{ &container_type, "holder_group", GROUP },
	{ &container_type, "holder_kind", KIND },
	{ &container_type, "holder", HOLDER },
	{ &secret_reader_type, "namespace", NAMESPACE },
	{ &secret_reader_type, "holder_group", GROUP },
	{ &secret_reader_type, "holder_kind", KIND },
	{ &secret_reader_type, "holder", HOLDER },
	{ &node_type, "name", NAME },
	{ &node_image_type, "node", NAME },
	{ &namespace_type, "name", NAME },
	{ &event_type, "uid", UID },
	{ &event_type, "namespace", NAMESPACE },
	{ &defect_type, "object_kind", LABEL },
	{ &defect_type, "namespace", NAMESPACE },
	{ &defect_type, "object", NAME },
	{ &defect_type, "object_uid", UID },
};

static struct slice part_of(const struct item *item, enum part part)
{
	struct slice name = item->meta->name.data ? item->meta->name : SLICE("");
	switch (part) {
	case UID:
		return item->uid;
	case NAMESPACE:
		return item->meta->namespace;
	case NAME:
		return name;
	case GROUP:
		return item->group;
	case KIND:
		return item->kind;
	case LABEL:
		return item->label;
	case HOLDER:
		return slice_equal_text(item->kind, "Pod") ? item->uid : name;
	case KEY:
		return slice_of(item->context->key->id);
	}
	return SLICE_NONE;
}

static bool fits(const struct tie *tie, const struct item *item, const void *record)
{
	struct slice value = field_text(record_field(tie->type, tie->field), record);
	if (tie->part == KEY && !value.data)
		return true; /* nothing was to be fingerprinted */
	return slice_equal(value, part_of(item, tie->part));
}

/* A record without its whole identity could not be kept. The cluster is the sink's to set, and a secret need not say
 * when it was written. */
static bool is_missing(const struct field *field, const void *record)
{
	if (!(field->flags & FIELD_KEY) || (field->flags & FIELD_CLUSTER))
		return false;
	return (field->type == FIELD_TEXT && !field_text(field, record).data) ||
	       (field->type == FIELD_INT && field_int(field, record) == INT_UNKNOWN);
}

/* The field that says it is another's, or NULL. */
static const char *foreign_field(const struct item *item, const struct record_type *type, const void *record)
{
	for (size_t i = 0; i < TYPE_COUNT; i++)
		if (types[i].type == type && types[i].kind && !slice_equal_text(item->kind, types[i].kind))
			return "record";
	for (size_t i = 0; i < sizeof ties / sizeof ties[0]; i++)
		if (ties[i].type == type && !fits(&ties[i], item, record))
			return ties[i].field;
	for (size_t i = 0; i < type->field_count; i++)
		if (is_missing(&type->fields[i], record))
			return type->fields[i].name;
	return NULL;
}

/* --- reading them --- */
struct walk {
	const struct item *item;
	struct reader *reader;
	struct arena arena;   /* of one record */
	bool put;             /* the second time, when all were looked at */
	bool told;            /* one of the sink's or memory's own failures */
	const char *unusable; /* the code of a record that may say that the object did not decode */
	bool any_other;       /* than defects: it did */
	bool has_format, has_key, has_records;
};

/* What the API machinery would not have decoded: see item_check. Docker configs have such defects, too, and then there
 * is a record of the secret. */
static const char *unusable_code(const struct record_type *type, const void *record)
{
	static const char *const codes[] = { FAULT_TYPE, "no_name" };
	for (size_t i = 0; type == &defect_type && i < sizeof codes / sizeof codes[0]; i++)
		if (slice_equal_text(((const struct defect *)record)->code, codes[i]))
			return codes[i];
	return NULL;
}

static int take(struct walk *walk, struct token *ret_token, struct error **err)
{
	int got = reader_next(walk->reader, ret_token, err);
	return got > 0 ? 0 : got < 0 ? -1 : error_set(err, ERROR_SYNTAX, "not complete");
}

static int read_record(struct walk *walk, struct error **err)
{
	const struct record_type *all[TYPE_COUNT];
	void *record = NULL;
	for (size_t i = 0; i < TYPE_COUNT; i++)
		all[i] = types[i].type;
	arena_clear(&walk->arena);
	const struct record_type *type = record_json_read_any(walk->reader, all, TYPE_COUNT, &walk->arena, &record,
							      err);
	if (!type)
		return -1;
	const char *foreign = foreign_field(walk->item, type, record);
	if (foreign)
		return error_set(err, ERROR_SYNTAX, "%s: its %s is not of this object", type->name, foreign);
	walk->any_other = walk->any_other || type != &defect_type;
	if (!walk->unusable)
		walk->unusable = unusable_code(type, record);
	if (!walk->put || item_put(walk->item, type, record, err) == 0)
		return 0;
	walk->told = true;
	return -1;
}

static int read_records(struct walk *walk, struct error **err)
{
	struct token token;
	walk->has_records = true;
	for (size_t i = 0;; i++) {
		if (take(walk, &token, err) < 0)
			return -1;
		if (token.type == TOKEN_ARRAY_END)
			return 0;
		if (token.type != TOKEN_OBJECT_BEGIN)
			return error_set(err, ERROR_SYNTAX, "record %zu is no object", i);
		if (read_record(walk, err) < 0)
			return walk->told ? -1 : error_context(err, "record %zu", i);
	}
}

static int read_member(struct walk *walk, const struct token *key, struct error **err)
{
	struct token value;
	long long number;
	bool is_format = token_is(key, "format"), is_key = token_is(key, "key_id"),
	     is_records = token_is(key, "records");
	if (!is_format && !is_key && !is_records)
		return reader_skip(walk->reader, err);
	if (take(walk, &value, err) < 0)
		return -1;
	if (is_format) {
		if (value.type != TOKEN_NUMBER || token_int(&value, &number) < 0 || number != FORMAT)
			return error_set(err, ERROR_SYNTAX, "of another format than %d", FORMAT);
		walk->has_format = true;
		return 0;
	}
	if (is_key) {
		if (value.type != TOKEN_STRING || !token_is(&value, walk->item->context->key->id))
			return error_set(err, ERROR_SYNTAX, "its fingerprints were made with another key");
		walk->has_key = true;
		return 0;
	}
	if (value.type != TOKEN_ARRAY_BEGIN || walk->has_records)
		return error_set(err, ERROR_SYNTAX, "its records are no list");
	return read_records(walk, err);
}

static int read_members(struct walk *walk, struct error **err)
{
	struct token token;
	if (take(walk, &token, err) < 0)
		return -1;
	if (token.type != TOKEN_OBJECT_BEGIN)
		return error_set(err, ERROR_SYNTAX, "no object");
	for (;;) {
		if (take(walk, &token, err) < 0)
			return -1;
		if (token.type == TOKEN_OBJECT_END)
			break;
		if (read_member(walk, &token, err) < 0)
			return -1;
	}
	if (!walk->has_format || !walk->has_key || !walk->has_records)
		return error_set(err, ERROR_SYNTAX, "without a format, a key id, or records");
	return 0;
}

static int walk_records(struct walk *walk, struct error **err)
{
	struct json_reader json;
	json_reader_init(&json, walk->item->object->fother, 0);
	walk->reader = &json.reader;
	walk->arena = (struct arena)ARENA_INIT(LIMIT_OBJECT_BYTES);
	int result = read_members(walk, err);
	arena_release(&walk->arena);
	json_reader_release(&json);
	return result;
}

int put_frozen(const struct item *item, struct error **err)
{
	struct walk walk = { .item = item, .put = true };
	return walk_records(&walk, err);
}

static int refuse(const struct item *item, const struct error *why, struct error **err)
{
	return item_defect(item, BAD_FROZEN, SLICE("/fother"), slice_of(why->message), false, err);
}

int frozen_check(const struct item *item, const char **ret_code, struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	struct walk walk = { .item = item };
	if (walk_records(&walk, &why) < 0) {
		*ret_code = BAD_FROZEN;
		return error_is_of_input(why) ? refuse(item, why, err) : error_move(err, &why);
	}
	*ret_code = walk.any_other ? NULL : walk.unusable;
	return *ret_code ? put_frozen(item, err) : 0;
}
