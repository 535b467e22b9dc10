#include "writing.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

int writing_mask(struct slice text, struct arena *arena, struct slice *ret_text, struct error **err)
{
	(void)arena;
	(void)err;
	*ret_text = text;
	return 0;
}

struct frozen_facts writing_facts(void)
{
	return (struct frozen_facts){
		.name = SLICE("prod"),
		.server = SLICE("https://api.example.com:6443"),
		.as_of = WRITING_AS_OF,
		.key_id = SLICE("0123abcd"),
		.tool = SLICE("fother 0"),
		.mask = writing_mask,
	};
}

struct frozen_writer *writing_start(const struct scratch *scratch)
{
	struct frozen_writer *writer = NULL;
	struct error *err = NULL;
	struct frozen_facts facts = writing_facts();
	check_ok(frozen_writer_new(scratch->path, &facts, &writer, &err), &err);
	return writer;
}

struct frozen_about writing_about(const char *kind, const char *group)
{
	return (struct frozen_about){
		.kind = slice_of(kind),
		.group = slice_of(group),
		.version = SLICE("v1"),
		.resource = SLICE("things"),
		.namespace = SLICE("*"),
		.subtype = SLICE("*"),
	};
}

static void put(struct frozen_writer *writer, const struct record_type *type, const void *record)
{
	struct sink *sink = frozen_writer_sink(writer);
	struct error *err = NULL;
	check_ok(sink->ops->put(sink, 1, type, record, &err), &err);
}

void writing_put(struct frozen_writer *writer, const char *name)
{
	struct secret secret;
	record_init(&secret_type, &secret);
	secret.uid = secret.name = slice_of(name);
	secret.namespace = SLICE("shop");
	put(writer, &secret_type, &secret);
}

void writing_put_defect(struct frozen_writer *writer, const char *name, const char *place)
{
	struct defect defect;
	record_init(&defect_type, &defect);
	defect.object_kind = SLICE("Secret");
	defect.namespace = SLICE("shop");
	defect.object = slice_of(name);
	defect.code = SLICE("too_large");
	defect.place = slice_of(place);
	put(writer, &defect_type, &defect);
}

void writing_finish(struct frozen_writer *writer)
{
	struct error *err = NULL;
	struct frozen_end end = {
		.uid = SLICE("11111111-0000-4000-8000-000000000001"),
		.server_version = SLICE("v1.31.2"),
		.outcome = SLICE("complete"),
	};
	check_ok(frozen_writer_finish(writer, &end, &err), &err);
}

const char *written(const struct frozen_writer *writer, const char *name)
{
	static struct strbuf out;
	CLEANUP(file_release) struct file_bytes bytes = { 0 };
	CLEANUP(error_freep) struct error *err = NULL;
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", frozen_writer_path(writer), name);
	strbuf_release(&out);
	out = (struct strbuf)STRBUF_INIT(16 * LIMIT_MIB);
	if (file_map(AT_FDCWD, path, true, &bytes, &err) < 0)
		return NULL;
	strbuf_add_slice(&out, file_slice(&bytes));
	return strbuf_text(&out);
}
