/* Pages of the registries' own APIs, read without a server. */
#ifndef FOTHER_TESTS_UNIT_COLLECT_REGISTRY_DIALECT_PAGE_FIXTURE_H
#define FOTHER_TESTS_UNIT_COLLECT_REGISTRY_DIALECT_PAGE_FIXTURE_H

#include "base/limits.h"
#include "collect/registry/dialect_internal.h"

#define PAGE_DIGEST "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define PAGE_DAY "2026-11-20T09:10:11Z"
#define HUB_PAGE                                                                                                       \
	"{\"count\":1,\"next\":null,\"results\":[{\"name\":\"1.0\",\"digest\":\"" PAGE_DIGEST "\",\"images\":["        \
	"{\"digest\":\"" PAGE_DIGEST "\",\"last_pushed\":\"" PAGE_DAY "\"}],\"tag_last_pushed\":\"" PAGE_DAY "\","     \
	"\"tag_last_pulled\":\"" PAGE_DAY "\",\"last_updater_username\":\"m\\u0065\"}]}"
#define HARBOR_PAGE                                                                                                    \
	"[{\"digest\":\"" PAGE_DIGEST "\",\"push_time\":\"" PAGE_DAY "\",\"pull_time\":\"0001-01-01T00:00:00.000Z\","  \
	"\"tags\":[{\"name\":\"1.0\",\"push_time\":\"" PAGE_DAY "\",\"pull_time\":\"" PAGE_DAY "\"}]}]"
#define QUAY_PAGE                                                                                                      \
	"{\"tags\":[{\"name\":\"1.0\",\"manifest_digest\":\"" PAGE_DIGEST "\",\"start_ts\":1700000000,"                \
	"\"end_ts\":1700000100,\"reversion\":true}],\"page\":1,\"has_additional\":false}"
#define GCR_PAGE                                                                                                       \
	"{\"child\":[\"sub\"],\"manifest\":{\"" PAGE_DIGEST "\":{\"timeUploadedMs\":\"1700000000000\","                \
	"\"tag\":[\"1.0\"]}},\"name\":\"acme/web\",\"tags\":[\"1.0\"]}"

struct page_reader {
	struct registries_options options;
	struct registry_dialect dialect;
};

/* sink: borrowed. */
static inline void page_reader_init(struct page_reader *reader, const struct dialect_ops *ops, struct sink *sink,
				    int64_t read)
{
	*reader = (struct page_reader){ .options = { .sink = sink } };
	reader->dialect = (struct registry_dialect){
		.ops = ops,
		.context = { .options = &reader->options, .registry = SLICE("reg.example"), .read = read },
		.kept = ARENA_INIT(LIMIT_MIB),
		.scratch = ARENA_INIT(LIMIT_DIALECT_BYTES),
		.body = STRBUF_INIT(LIMIT_LIST_BODY_BYTES),
	};
}

static inline int page_read(struct page_reader *reader, struct slice page, struct slice *ret_why, struct error **err)
{
	strbuf_clear(&reader->dialect.body);
	strbuf_add_slice(&reader->dialect.body, page);
	if (strbuf_failed(&reader->dialect.body, err))
		return -1;
	return reader->dialect.ops->read(&reader->dialect, SLICE("acme/web"), ret_why, err);
}

static inline void page_reader_release(struct page_reader *reader)
{
	strbuf_release(&reader->dialect.body);
	arena_release(&reader->dialect.kept);
	arena_release(&reader->dialect.scratch);
}

#endif
