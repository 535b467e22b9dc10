#include "kube_object/generate.h"

#include "base/base64.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/time.h"
#include "base/utf8.h"
#include "support/check.h"
#include "support/protobuf.h"

#define LEN(array) (sizeof(array) / sizeof(array)[0])
#define MEMBERS_MAX 32

static uint64_t next_random(struct generated *g)
{
	g->random ^= g->random << 13;
	g->random ^= g->random >> 7;
	g->random ^= g->random << 17;
	return g->random * UINT64_C(2685821657736338717);
}

static size_t below(struct generated *g, size_t count)
{
	return (size_t)(next_random(g) >> 33) % count;
}

static bool one_in(struct generated *g, size_t count)
{
	return below(g, count) == 0;
}

/* One member of a message: what it is in JSON (empty: not there) and in protobuf (whole fields). */
struct part {
	struct strbuf json, protobuf;
};

static void part_init(struct part *part)
{
	*part = (struct part){ STRBUF_INIT(LIMIT_MIB), STRBUF_INIT(LIMIT_MIB) };
}

static void part_release(struct part *part)
{
	strbuf_release(&part->json);
	strbuf_release(&part->protobuf);
}

static void add_members(struct generated *g, const struct message *message, struct strbuf *json,
			struct strbuf protobuf[2]);

/* --- texts --- */
static const char *const NAMES[] = { "hub", "web", "", "a-1", "default", "kube-system", "x.y" };
static const char *const IMAGES[] = {
	"docker.io/acme/web:1",
	"acme/web@sha256:0000000000000000000000000000000000000000000000000000000000000001",
	"quay.io/x",
	"",
	"docker-pullable://acme/web@sha256:0000000000000000000000000000000000000000000000000000000000000002",
	"reg.example:5000/team/made-up-token@x",
	"<none>@<none>",
};
static const char *const TYPES[] = { "kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg", "Opaque", "",
				     "Normal" };
static const char *const REASONS[] = { "Pulling", "Failed", "BackOff", "Created", "", "InspectFailed" };
static const char *const MESSAGES[] = {
	"Pulling image \"docker.io/acme/web:1\"",
	"Failed: https://made-up:made-up-token@reg.example/v2/",
	"",
	"Created container \"web\"",
	"caf\xc3\xa9 \"\\\n\t\x01",
};
static const char *const GROUPS[] = { "apps/v1", "v1", "external-secrets.io/v1", "", "helm.sh/v1" };
static const char *const KINDS[] = { "ReplicaSet", "ExternalSecret", "Pod", "", "Job" };
static const char *const OTHERS[] = {
	"one", "", "tw\xc3\xb6", "bad \xff byte", "\xed\xa0\x80", "\"quoted\\\"", "Running", "spec.containers{web}",
	"77"
};

struct pool {
	const char *name;
	const char *const *texts;
	size_t count;
};
#define POOL(name, texts)                                                                                              \
	{                                                                                                              \
		name, texts, LEN(texts)                                                                                \
	}
static const struct pool POOLS[] = {
	POOL("name", NAMES),        POOL("namespace", NAMES),
	POOL("secretName", NAMES),  POOL("serviceAccountName", NAMES),
	POOL("image", IMAGES),      POOL("imageID", IMAGES),
	POOL("reference", IMAGES),  POOL("names", IMAGES),
	POOL("type", TYPES),        POOL("reason", REASONS),
	POOL("message", MESSAGES),  POOL("note", MESSAGES),
	POOL("apiVersion", GROUPS), POOL("kind", KINDS),
};

static struct slice any_text(struct generated *g, const char *name)
{
	for (size_t i = 0; i < LEN(POOLS); i++) {
		if (!strcmp(POOLS[i].name, name))
			return slice_of(POOLS[i].texts[below(g, POOLS[i].count)]);
	}
	return slice_of(OTHERS[below(g, LEN(OTHERS))]);
}

/* As Go's JSON writes it: bytes that are no UTF-8 are U+FFFD. */
static void add_json_text(struct strbuf *out, struct slice text)
{
	struct json_writer w = { .out = out };
	json_text(&w, text.data ? text : SLICE(""));
}

static void generate_text(struct generated *g, const struct member *member, struct part *part)
{
	struct slice text = any_text(g, member->name);
	if (text.len || member->empty == EMPTY_ALWAYS)
		add_json_text(&part->json, text);
	if (one_in(g, 8))
		protobuf_add_bytes(&part->protobuf, member->number, SLICE("overwritten"));
	if (text.len || part->protobuf.len || !one_in(g, 3))
		protobuf_add_bytes(&part->protobuf, member->number, text);
}

/* --- numbers --- */
static void generate_bool(struct generated *g, const struct member *member, struct part *part)
{
	bool value = one_in(g, 2);
	assert_int_equal(member->empty, EMPTY_KEPT);
	if (one_in(g, 3))
		return;
	strbuf_add_text(&part->json, value ? "true" : "false");
	if (one_in(g, 8))
		protobuf_add_number(&part->protobuf, member->number, !value);
	protobuf_add_number(&part->protobuf, member->number, value ? 1 + below(g, 2) * UINT64_C(0x100000000) : 0);
}

static int64_t any_int(struct generated *g)
{
	static const int64_t ints[] = { 0, 1, 3, 30, INT32_MAX, -1, INT64_MAX, INT64_MIN };
	return ints[below(g, LEN(ints))];
}

static void generate_int(struct generated *g, const struct member *member, struct part *part)
{
	int64_t value = any_int(g);
	if (member->empty == EMPTY_KEPT && one_in(g, 3))
		return;
	if (value || member->empty != EMPTY_OMITTED)
		strbuf_add_int(&part->json, value);
	if (one_in(g, 8))
		protobuf_add_number(&part->protobuf, member->number, 7);
	if (value || part->protobuf.len || member->empty == EMPTY_KEPT || !one_in(g, 3))
		protobuf_add_number(&part->protobuf, member->number, (uint64_t)value);
}

/* --- times --- */
static void generate_time(struct generated *g, const struct member *member, struct part *part)
{
	static const int64_t seconds[] = {
		0, 1767323045, 1764080000, -1, INT64_C(221845392000), INT64_C(-62135596799)
	};
	CLEANUP(strbuf_release) struct strbuf stamp = STRBUF_INIT(64);
	int64_t micros = one_in(g, 4) ? (int64_t)below(g, 1000000) : 0;
	char text[TIME_TEXT_BYTES];
	if (one_in(g, 4)) { /* the zero time */
		if (one_in(g, 2))
			strbuf_add_text(&part->json, "null");
		if (one_in(g, 2))
			protobuf_add_bytes(&part->protobuf, member->number, SLICE(""));
		return;
	}
	int64_t second = seconds[below(g, LEN(seconds))];
	add_json_text(&part->json, slice_of(time_format(second * USEC_PER_SECOND + micros, text)));
	protobuf_add_number(&stamp, 1, (uint64_t)second);
	if (micros || one_in(g, 2))
		protobuf_add_number(&stamp, 2, (uint64_t)micros * 1000);
	protobuf_add_bytes(&part->protobuf, member->number, strbuf_slice(&stamp));
}

/* --- maps --- */
static const char *const LABELS[] = { "app.kubernetes.io/managed-by", "app", "", "helm.toolkit.fluxcd.io/name" };
static const char *const ANNOTATIONS[] = { "meta.helm.sh/release-name",
					   "kubectl.kubernetes.io/last-applied-configuration",
					   "argocd.argoproj.io/tracking-id", "x" };
static const char *const DATA_KEYS[] = { ".dockerconfigjson", ".dockercfg", "config.json", "k\xff" };
static const char *const TEXT_KEYS[] = { "plain.json", "notes" }; /* others: of two values of a key the last counts */
static const char *const VALUES[] = {
	"{\"auths\":{\"quay.io\":{\"username\":\"acme+robot\",\"password\":\"made-up-token-1\"},\"x\":{\"auth\":\"!\"}}}",
	"{\"https://index.docker.io/v1/\":{\"username\":\"acme\",\"password\":\"made-up-token-2\",\"email\":\"\"}}",
	"{\"auths\":{\"reg.example:5000\":{\"auth\":\"YTptYWRlLXVwLXRva2Vu\"}},\"credsStore\":\"made-up\"}",
	"",
	"not JSON \xff\xfe",
	" \n{ \"auths\": null }",
	"[]",
};
struct map_pool {
	const char *const *keys;
	size_t count;
};
static struct map_pool keys_of(enum value_type type)
{
	if (type == VALUE_LABELS)
		return (struct map_pool){ LABELS, LEN(LABELS) };
	if (type == VALUE_ANNOTATIONS)
		return (struct map_pool){ ANNOTATIONS, LEN(ANNOTATIONS) };
	if (type == VALUE_TEXT_DATA)
		return (struct map_pool){ TEXT_KEYS, LEN(TEXT_KEYS) };
	return (struct map_pool){ DATA_KEYS, LEN(DATA_KEYS) };
}

static void add_map_value(const struct member *member, struct strbuf *json, struct slice value)
{
	CLEANUP(strbuf_release) struct strbuf encoded = STRBUF_INIT(LIMIT_MIB);
	if (member->type != VALUE_DATA) {
		add_json_text(json, value);
		return;
	}
	base64_encode(value, &encoded);
	add_json_text(json, strbuf_slice(&encoded));
}

static void generate_entry(struct generated *g, const struct member *member, struct slice key, struct part *part)
{
	CLEANUP(strbuf_release) struct strbuf entry = STRBUF_INIT(LIMIT_MIB);
	bool is_data = member->type == VALUE_DATA || member->type == VALUE_TEXT_DATA;
	struct slice value = is_data ? slice_of(VALUES[below(g, LEN(VALUES))]) : any_text(g, "value");
	if (member->type == VALUE_TEXT_DATA && !utf8_valid(value))
		value = SLICE("text");
	strbuf_add_text(&part->json, part->json.len > 1 ? "," : "");
	add_json_text(&part->json, key);
	strbuf_add_char(&part->json, ':');
	add_map_value(member, &part->json, value);
	if (key.len || one_in(g, 2))
		protobuf_add_bytes(&entry, 1, key);
	if (value.len || one_in(g, 2))
		protobuf_add_bytes(&entry, 2, value);
	protobuf_add_bytes(&part->protobuf, member->number, strbuf_slice(&entry));
}

static void generate_map(struct generated *g, const struct member *member, struct part *part)
{
	struct map_pool keys = keys_of(member->type);
	if (member->type == VALUE_TEXT_DATA && !one_in(g, 8)) /* servers do not send any */
		return;
	strbuf_add_char(&part->json, '{');
	for (size_t i = 0; i < keys.count; i++) {
		if (one_in(g, 3))
			generate_entry(g, member, slice_of(keys.keys[i]), part);
	}
	if (part->json.len > 1)
		strbuf_add_char(&part->json, '}');
	else
		strbuf_clear(&part->json);
}

/* --- the rest --- */
static void generate_owned_fields(struct generated *g, const struct member *member, struct part *part)
{
	static const char *const fields[] = { "{\"f:data\":{\".\":{},\"f:x\":{}},\"f:type\":{}}",
					      "{\"f:metadata\":{\"f:data\":{}}}", "{}", "{\"f:d\\u0061ta\":{}}",
					      "{\"a\\\\b\":1}" };
	CLEANUP(strbuf_release) struct strbuf raw = STRBUF_INIT(4096);
	if (one_in(g, 4))
		return;
	struct slice json = slice_of(fields[below(g, LEN(fields))]);
	strbuf_add_slice(&part->json, json);
	protobuf_add_bytes(&raw, 1, json);
	protobuf_add_bytes(&part->protobuf, member->number, strbuf_slice(&raw));
}

static void generate_texts(struct generated *g, const struct member *member, struct part *part)
{
	size_t count = below(g, 4);
	for (size_t i = 0; i < count; i++) {
		struct slice text = any_text(g, member->name);
		strbuf_add_char(&part->json, i ? ',' : '[');
		add_json_text(&part->json, text);
		protobuf_add_bytes(&part->protobuf, member->number, text);
	}
	if (count)
		strbuf_add_char(&part->json, ']');
}

/* A message in one part, or in two. */
static void generate_message(struct generated *g, const struct member *member, bool may_split, struct part *part)
{
	struct strbuf halves[2] = { STRBUF_INIT(LIMIT_MIB), STRBUF_INIT(LIMIT_MIB) };
	bool split = may_split && one_in(g, 4);
	strbuf_add_char(&part->json, '{');
	add_members(g, member->message, &part->json, halves);
	strbuf_add_char(&part->json, '}');
	if (!split)
		strbuf_add_slice(&halves[0], strbuf_slice(&halves[1]));
	protobuf_add_bytes(&part->protobuf, member->number, strbuf_slice(&halves[0]));
	if (split)
		protobuf_add_bytes(&part->protobuf, member->number, strbuf_slice(&halves[1]));
	strbuf_release(&halves[0]);
	strbuf_release(&halves[1]);
}

static void generate_objects(struct generated *g, const struct member *member, struct part *part)
{
	size_t count = below(g, 4);
	for (size_t i = 0; i < count; i++) {
		strbuf_add_char(&part->json, i ? ',' : '[');
		generate_message(g, member, false, part);
	}
	if (count)
		strbuf_add_char(&part->json, ']');
}

static void generate_value(struct generated *g, const struct member *member, struct part *part)
{
	switch (member->type) {
	case VALUE_TEXT:
		return generate_text(g, member, part);
	case VALUE_BOOL:
		return generate_bool(g, member, part);
	case VALUE_INT:
		return generate_int(g, member, part);
	case VALUE_TIME:
	case VALUE_TIME_AHEAD:
		return generate_time(g, member, part);
	case VALUE_TEXTS:
		return generate_texts(g, member, part);
	case VALUE_OWNED_FIELDS:
		return generate_owned_fields(g, member, part);
	case VALUE_OBJECTS:
		return generate_objects(g, member, part);
	case VALUE_OBJECT:
		if (!one_in(g, 6))
			generate_message(g, member, true, part);
		return;
	case VALUE_LABELS:
	case VALUE_ANNOTATIONS:
	case VALUE_DATA:
	case VALUE_TEXT_DATA:
		return generate_map(g, member, part);
	default:
		fail_msg("%s: a type that no protobuf has", member->name);
	}
}

static void add_unknown(struct generated *g, struct strbuf *json, struct strbuf *protobuf)
{
	strbuf_addf(json, "%s\"unknown%zu\":{\"name\":[1,\"x\"]}",
		    json->len && json->data[json->len - 1] != '{' ? "," : "", below(g, 1000));
	switch (below(g, 4)) {
	case 0:
		protobuf_add_number(protobuf, 900, next_random(g));
		return;
	case 1:
		protobuf_add_bytes(protobuf, 901, SLICE("\x08\xff\x0b"));
		return;
	case 2:
		protobuf_add_tag(protobuf, 902, 1);
		strbuf_add(protobuf, "12345678", 8);
		return;
	default:
		protobuf_add_tag(protobuf, 903, 5);
		strbuf_add(protobuf, "1234", 4);
	}
}

static void add_part(const struct member *member, const struct part *part, struct strbuf *json)
{
	if (!part->json.len)
		return;
	strbuf_add_text(json, json->data[json->len - 1] == '{' ? "" : ",");
	strbuf_addf(json, "\"%s\":", member->name);
	strbuf_add_slice(json, strbuf_slice(&part->json));
}

/* A message of its own in protobuf, the same object in JSON. */
static void add_inline(struct generated *g, const struct member *member, struct strbuf *json, struct strbuf *protobuf)
{
	struct strbuf halves[2] = { STRBUF_INIT(LIMIT_MIB), STRBUF_INIT(LIMIT_MIB) };
	add_members(g, member->message, json, halves);
	protobuf_add_bytes(protobuf, member->number, strbuf_slice(&halves[0]));
	if (halves[1].len)
		protobuf_add_bytes(protobuf, member->number, strbuf_slice(&halves[1]));
	strbuf_release(&halves[0]);
	strbuf_release(&halves[1]);
}

static void shuffle(struct generated *g, size_t *order, size_t count)
{
	for (size_t i = 0; i < count; i++)
		order[i] = i;
	for (size_t i = count; i > 1; i--) {
		size_t k = below(g, i), kept = order[i - 1];
		order[i - 1] = order[k];
		order[k] = kept;
	}
}

/* Behind the brace of json; each member's fields go to one of the two halves. */
static void add_members(struct generated *g, const struct message *message, struct strbuf *json,
			struct strbuf protobuf[2])
{
	size_t order[MEMBERS_MAX];
	assert_true(message->member_count <= MEMBERS_MAX);
	shuffle(g, order, message->member_count);
	for (size_t i = 0; i < message->member_count; i++) {
		const struct member *member = &message->members[order[i]];
		struct strbuf *half = &protobuf[below(g, 2)];
		struct part part;
		if (one_in(g, 10))
			add_unknown(g, json, half);
		if (member->type == VALUE_INLINE) {
			add_inline(g, member, json, half);
			continue;
		}
		part_init(&part);
		generate_value(g, member, &part);
		add_part(member, &part, json);
		strbuf_add_slice(half, strbuf_slice(&part.protobuf));
		part_release(&part);
	}
}

void generate(struct generated *g, const struct message *message)
{
	struct strbuf halves[2] = { STRBUF_INIT(LIMIT_MIB), STRBUF_INIT(LIMIT_MIB) };
	struct error *err = NULL;
	g->json = (struct strbuf)STRBUF_INIT(LIMIT_MIB);
	g->protobuf = (struct strbuf)STRBUF_INIT(LIMIT_MIB);
	strbuf_add_char(&g->json, '{');
	add_members(g, message, &g->json, halves);
	strbuf_add_char(&g->json, '}');
	strbuf_add_slice(&g->protobuf, strbuf_slice(&halves[0]));
	strbuf_add_slice(&g->protobuf, strbuf_slice(&halves[1]));
	strbuf_release(&halves[0]);
	strbuf_release(&halves[1]);
	assert_false(strbuf_failed(&g->json, &err) || strbuf_failed(&g->protobuf, &err));
}

void generated_release(struct generated *g)
{
	strbuf_release(&g->json);
	strbuf_release(&g->protobuf);
}
