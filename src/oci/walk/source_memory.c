#include "oci/walk/source_memory.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "oci/format/verify.h"

/* Tests only: what cannot be kept would make them pass by accident. */
static void *must(void *pointer)
{
	if (!pointer)
		__builtin_trap();
	return pointer;
}

static struct slice keep(struct source_memory *memory, struct slice text)
{
	struct slice kept;
	if (arena_copy(&memory->arena, text, &kept) < 0)
		__builtin_trap();
	return kept;
}

static struct slice key_of(enum image_ask_type type, struct slice repository, struct slice reference,
			   struct strbuf *key)
{
	strbuf_addf(key, "%d %.*s %.*s", (int)type, SLICE_ARG(repository), SLICE_ARG(reference));
	return strbuf_slice(key);
}

/* --- what it holds --- */
struct memory_answer *source_memory_answer(struct source_memory *memory, enum image_ask_type type,
					   const char *repository, struct slice reference)
{
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT(LIMIT_LINE_BYTES);
	void **place = must(map_put(&memory->answers, key_of(type, slice_of(repository), reference, &key)));
	if (*place)
		return *place;
	struct memory_answer *answer = must(arena_zeroed(&memory->arena, 1, sizeof *answer));
	answer->type = type;
	answer->repository = keep(memory, slice_of(repository));
	answer->reference = keep(memory, reference);
	return *place = answer;
}

size_t source_memory_asked(struct source_memory *memory, enum image_ask_type type, const char *repository,
			   struct slice reference)
{
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT(LIMIT_LINE_BYTES);
	const struct memory_answer *answer = map_get(&memory->answers,
						     key_of(type, slice_of(repository), reference, &key));
	return answer ? answer->asked : 0;
}

static struct slice add_bytes(struct source_memory *memory, enum image_ask_type type, const char *repository,
			      const char *media_type, struct slice bytes)
{
	struct error *err = NULL;
	struct slice digest;
	if (digest_of(bytes, &memory->arena, &digest, &err) < 0)
		__builtin_trap();
	struct memory_answer *answer = source_memory_answer(memory, type, repository, digest);
	answer->digest = digest;
	answer->media_type = keep(memory, slice_of(media_type));
	answer->bytes = keep(memory, bytes);
	return digest;
}

struct slice source_memory_manifest(struct source_memory *memory, const char *repository, const char *media_type,
				    struct slice bytes)
{
	return add_bytes(memory, IMAGE_ASK_MANIFEST, repository, media_type, bytes);
}

struct slice source_memory_blob(struct source_memory *memory, const char *repository, struct slice bytes)
{
	return add_bytes(memory, IMAGE_ASK_BLOB, repository, NULL, bytes);
}

static void add_name(struct source_memory *memory, struct memory_list *list, struct slice name)
{
	list->names = must(arena_grow(&memory->arena, list->names, list->len, &list->capacity, sizeof *list->names));
	list->names[list->len++] = keep(memory, name);
}

static struct memory_list *tags_of(struct source_memory *memory, const char *repository)
{
	void **place = must(map_put(&memory->tags, slice_of(repository)));
	if (!*place)
		*place = must(arena_zeroed(&memory->arena, 1, sizeof(struct memory_list)));
	return *place;
}

void source_memory_list(struct source_memory *memory, const char *repository, struct slice name)
{
	add_name(memory, repository ? tags_of(memory, repository) : &memory->catalog, name);
}

void source_memory_tag(struct source_memory *memory, const char *repository, const char *tag, struct slice digest,
		       const char *media_type)
{
	struct memory_answer *answer = source_memory_answer(memory, IMAGE_ASK_TAG, repository, slice_of(tag));
	answer->digest = keep(memory, digest);
	answer->media_type = keep(memory, slice_of(media_type));
	if (!map_get(&memory->tags, slice_of(repository)))
		source_memory_list(memory, NULL, slice_of(repository));
	source_memory_list(memory, repository, slice_of(tag));
}

/* --- asking --- */
static int ask(struct image_source *source, const struct image_ask *asked, void *owner, struct error **err)
{
	struct source_memory *memory = (struct source_memory *)source;
	if (memory->ask_fails_after && memory->asked >= memory->ask_fails_after)
		return error_set(err, ERROR_SYSTEM, "this source was told to fail");
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT(LIMIT_LINE_BYTES);
	struct slice name = key_of(asked->type, asked->repository, asked->reference, &key);
	if (strbuf_failed(&key, err))
		return -1;
	struct memory_ask *item = vec_push(&memory->asks);
	if (!item)
		return error_no_memory(err);
	item->answer = map_get(&memory->answers, name);
	item->type = asked->type;
	if (asked->type == IMAGE_ASK_TAGS)
		item->list = map_get(&memory->tags, asked->repository);
	if (asked->type == IMAGE_ASK_REPOSITORIES)
		item->list = &memory->catalog;
	item->owner = owner;
	memory->asked++;
	if (item->answer)
		item->answer->asked++;
	if (memory->asks.len > memory->most_under_way)
		memory->most_under_way = memory->asks.len;
	return 0;
}

static size_t choose(struct source_memory *memory)
{
	if (!memory->seed)
		return 0;
	memory->seed ^= memory->seed << 13;
	memory->seed ^= memory->seed >> 7;
	memory->seed ^= memory->seed << 17;
	return memory->seed % memory->asks.len;
}

/* --- answering --- */
static bool is_list(const struct memory_ask *item)
{
	return item->type == IMAGE_ASK_TAGS || item->type == IMAGE_ASK_REPOSITORIES;
}

/* One page, and at the end what went wrong, if anything did. True: it was the last. */
static bool answer_list(const struct source_memory *memory, struct memory_ask *item, struct image_answer *answer)
{
	const struct memory_list *list = item->list;
	const struct memory_answer *told = item->answer;
	bool fails = told && told->outcome != IMAGE_PRESENT;
	size_t end = !list ? 0 : fails && told->fails_after < list->len ? told->fails_after : list->len;
	size_t count = item->at + memory->page < end ? memory->page : end - item->at;
	if (count)
		answer->names = (struct slice_list){ list->names + item->at, count };
	item->at += count;
	if (count && (fails || item->at < end))
		return false;
	if (fails || !list) {
		answer->outcome = fails ? told->outcome : IMAGE_ABSENT;
		answer->why = fails ? told->why : SLICE("404 NAME_UNKNOWN");
	}
	return true;
}

static bool answer_one(const struct memory_ask *item, struct image_answer *answer)
{
	const struct memory_answer *told = item->answer;
	if (!told && item->type == IMAGE_ASK_REFERRERS) {
		answer->media_type = SLICE("application/vnd.oci.image.index.v1+json");
		answer->bytes = SLICE("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
				      "\"manifests\":[]}");
		answer->verified = true;
		return true;
	}
	answer->outcome = told ? told->outcome : IMAGE_ABSENT;
	answer->why = told ? told->why : SLICE("404 MANIFEST_UNKNOWN");
	if (answer->outcome != IMAGE_PRESENT)
		return true;
	answer->digest = told->digest;
	answer->media_type = told->media_type;
	answer->bytes = told->bytes;
	answer->verified = !told->unverified;
	return true;
}

static int next(struct image_source *source, int timeout_ms, struct image_answer *ret_answer, struct error **err)
{
	struct source_memory *memory = (struct source_memory *)source;
	(void)timeout_ms;
	if (memory->next_fails_after && memory->nexts >= memory->next_fails_after)
		return error_set(err, ERROR_SYSTEM, "this source was told to fail");
	if (!memory->asks.len)
		return 0;
	size_t chosen = choose(memory);
	struct memory_ask *item = &memory->asks.items[chosen];
	struct image_answer answer = { .owner = item->owner, .outcome = IMAGE_PRESENT };
	answer.last = is_list(item) ? answer_list(memory, item, &answer) : answer_one(item, &answer);
	memory->nexts++;
	if (answer.last) {
		memmove(item, item + 1, (memory->asks.len - chosen - 1) * sizeof *item);
		memory->asks.len--;
	}
	*ret_answer = answer;
	return 1;
}

static size_t width(const struct image_source *source)
{
	return ((const struct source_memory *)source)->width;
}

static void close_nothing(struct image_source *source)
{
	(void)source;
}

static const struct image_source_ops memory_ops = { ask, next, width, close_nothing };

void source_memory_init(struct source_memory *memory)
{
	*memory = (struct source_memory){
		.source.ops = &memory_ops,
		.arena = ARENA_INIT(LIMIT_WORLD_BYTES),
		.width = 8,
		.page = 100,
	};
}

void source_memory_release(struct source_memory *memory)
{
	map_release(&memory->answers);
	map_release(&memory->tags);
	vec_release(&memory->asks);
	arena_release(&memory->arena);
}
