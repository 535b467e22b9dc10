#include "cli/image_asked.h"

#include <stdlib.h>

#include "base/limits.h"
#include "cli/registry_reading.h"

/* --- opening --- */

static int check_count(const struct options *options, size_t least, size_t most, struct error **err)
{
	if (options->operands.len >= least && options->operands.len <= most)
		return 0;
	if (least == most)
		return error_set(err, ERROR_USAGE, "give %zu images: NAME[:TAG|@DIGEST], or a digest that was read",
				 least);
	return error_set(err, ERROR_USAGE, "give one image or more: NAME[:TAG|@DIGEST], or a digest that was read");
}

static int resolve(struct image_asked *asked, const struct options *options, struct error **err)
{
	asked->refs = arena_zeroed(&asked->session.arena, options->operands.len + 1, sizeof *asked->refs);
	if (!asked->refs)
		return arena_fail(&asked->session.arena, err);
	for (size_t i = 0; i < options->operands.len; i++) {
		struct image_ref *ref = &asked->refs[i];
		ref->text = slice_of(options->operands.items[i]);
		if (registry_resolve(&asked->session, options, options->operands.items[i], &ref->digest, err) < 0)
			return -1;
		asked->count++;
	}
	return 0;
}

int image_asked_open(struct image_asked *asked, const struct options *options, size_t least, size_t most,
		     struct error **err)
{
	asked->platform = slice_of(options->platform);
	if (check_count(options, least, most, err) < 0 || output_init(&asked->output, options, err) < 0 ||
	    session_read(&asked->session, options, err) < 0 ||
	    registry_read_sources(&asked->session, options, NULL, err) < 0 || resolve(asked, options, err) < 0)
		return -1;
	return session_load(&asked->session, options, err);
}

void image_asked_close(struct image_asked *asked)
{
	output_release(&asked->output);
	session_close(&asked->session);
}

struct image_screen image_asked_screen(struct image_asked *asked)
{
	struct output *output = &asked->output;
	size_t width = output->format == OUTPUT_WIDE ? LIMIT_ROW_BYTES : output->width;
	return (struct image_screen){ &output->text, &asked->session.arena, width };
}

static int leave_clusters(struct image_asked *asked, struct record_list *reads, struct error **err)
{
	const struct read *all = reads->items;
	struct read *kept = arena_zeroed(&asked->session.arena, reads->len + 1, sizeof *kept);
	size_t count = 0;

	if (!kept)
		return arena_fail(&asked->session.arena, err);
	for (size_t i = 0; i < reads->len; i++)
		if (!identity_is_cluster(all[i].cluster))
			kept[count++] = all[i];
	*reads = (struct record_list){ kept, count };
	return 0;
}

int image_asked_envelope(struct image_asked *asked, const char *schema, struct envelope *ret_envelope,
			 struct error **err)
{
	struct envelope envelope = session_envelope(&asked->session, schema);
	envelope.complete = asked->session.errors.len == 0;
	envelope.lacks_values = false;
	*ret_envelope = envelope;
	return leave_clusters(asked, &ret_envelope->reads, err);
}

int image_asked_finish(struct image_asked *asked, struct envelope *envelope, struct error **err)
{
	if (output_end(&asked->output, envelope, err) < 0)
		return -1;
	return envelope->complete ? EXIT_FINE : EXIT_PARTIAL;
}

int image_asked_run(const struct options *options, size_t least, size_t most,
		    int (*answer)(struct image_asked *asked, struct error **err), struct error **err)
{
	struct image_asked asked = { 0 };
	int code = image_asked_open(&asked, options, least, most, err);
	if (code == 0)
		code = answer(&asked, err);
	image_asked_close(&asked);
	return code;
}

/* --- platforms --- */

struct slice image_part_platform(const struct oci_platform *platform, struct arena *arena)
{
	if (!platform->os.len && !platform->architecture.len)
		return SLICE_NONE;
	return arena_printf(arena, "%.*s/%.*s%s%.*s", SLICE_ARG(platform->os), SLICE_ARG(platform->architecture),
			    platform->variant.len ? "/" : "", SLICE_ARG(platform->variant));
}

bool image_platform_is(struct slice platform, struct slice asked)
{
	struct slice start = slice_part(platform, 0, asked.len);
	if (!platform.data || !slice_equal(start, asked))
		return false;
	return platform.len == asked.len || platform.data[asked.len] == '/';
}

/* --- indexes --- */

struct parts {
	struct image_asked *asked;
	struct image_part *items;
	size_t count, capacity, loaded;
	struct slice reference;
};

static struct image_part *new_part(struct parts *p, struct slice digest)
{
	struct image_part *items = arena_grow(&p->asked->session.arena, p->items, p->count, &p->capacity,
					      sizeof *items);
	if (!items)
		return NULL;
	p->items = items;
	items[p->count] = (struct image_part){ .reference = p->reference, .digest = digest };
	return &items[p->count++];
}

static int add_digest(struct parts *p, struct slice digest, const struct oci_descriptor *member, unsigned depth,
		      struct error **err);

/* What speaks of another image in the index is none. */
static bool is_image(const struct oci_descriptor *member)
{
	return member->digest.data && !oci_attests(member).data;
}

static int add_members(struct parts *p, const struct oci_manifest *index, unsigned depth, struct error **err)
{
	for (size_t i = 0; i < index->member_count && p->loaded < LIMIT_DESCRIPTORS; i++)
		if (is_image(&index->members[i]) &&
		    add_digest(p, index->members[i].digest, &index->members[i], depth + 1, err) < 0)
			return -1;
	return 0;
}

static int add_digest(struct parts *p, struct slice digest, const struct oci_descriptor *member, unsigned depth,
		      struct error **err)
{
	struct arena *arena = &p->asked->session.arena;
	struct image_detail detail;
	p->loaded++;
	int got = image_detail_load(p->asked->session.store, digest, arena, &detail, err);
	if (got < 0)
		return -1;
	if (got > 0 && detail.manifest.kind == OCI_INDEX)
		return depth < LIMIT_INDEX_DEPTH ? add_members(p, &detail.manifest, depth, err) : 0;
	struct image_part *part = new_part(p, digest);
	if (!part)
		return arena_fail(arena, err);
	part->of_index = member != NULL;
	part->stored = got > 0;
	if (part->stored)
		part->detail = detail;
	if (member)
		part->platform = image_part_platform(&member->platform, arena);
	if (!part->platform.data && part->stored && detail.has_config)
		part->platform = image_part_platform(&detail.config.platform, arena);
	return 0;
}

/* What most clusters run comes first; everything else as the index has it. */
static void put_usual_first(struct image_part *items, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (!slice_equal_text(items[i].platform, "linux/amd64"))
			continue;
		struct image_part usual = items[i];
		memmove(items + 1, items, i * sizeof *items);
		items[0] = usual;
		return;
	}
}

static size_t keep_platform(struct parts *p, struct slice platform)
{
	size_t kept = 0;
	for (size_t i = 0; i < p->count; i++)
		if (image_platform_is(p->items[i].platform, platform))
			p->items[kept++] = p->items[i];
	return kept;
}

static int no_such_platform(const struct parts *p, struct slice platform, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf there = STRBUF_INIT(LIMIT_MESSAGE_BYTES / 4);
	for (size_t i = 0; i < p->count; i++) {
		strbuf_add_text(&there, there.len ? ", " : "");
		strbuf_add_slice(&there, p->items[i].platform);
	}
	return error_set(err, ERROR_USAGE, "%.*s: no image for --platform %.*s; it has: %s", SLICE_ARG(p->reference),
			 SLICE_ARG(platform), there.len ? strbuf_text(&there) : "none");
}

int image_asked_parts(struct image_asked *asked, const struct image_ref *ref, struct image_parts *ret_parts,
		      struct error **err)
{
	struct parts p = { .asked = asked, .reference = ref->text };
	if (add_digest(&p, ref->digest, NULL, 0, err) < 0)
		return -1;
	if (asked->platform.data) {
		size_t kept = keep_platform(&p, asked->platform);
		if (!kept)
			return no_such_platform(&p, asked->platform, err);
		p.count = kept;
	}
	if (p.count)
		put_usual_first(p.items, p.count);
	*ret_parts = (struct image_parts){ p.items, p.count };
	return 0;
}
