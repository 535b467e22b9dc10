#include "base/limits.h"
#include "cli/command_list.h"
#include "cli/image_asked.h"
#include "cli/image_screen.h"
#include "cli/options.h"
#include "derive/image_detail_layers.h"
#include "derive/world_images.h"

/* --- inspect --- */

static const struct world_manifest *known(const struct image_asked *asked, struct slice digest)
{
	const struct world *world = asked->session.world;
	return world && world->images ? world_manifest_of(world, digest) : NULL;
}

/* What to show: the digest as it is, or the images of --platform. */
static int digests_of(struct image_asked *asked, const struct image_ref *ref, struct slice_list *ret_digests,
		      struct error **err)
{
	struct image_parts parts = { .count = 1 };
	if (asked->platform.data && image_asked_parts(asked, ref, &parts, err) < 0)
		return -1;
	struct slice *items = arena_zeroed(&asked->session.arena, parts.count, sizeof *items);
	if (!items)
		return arena_fail(&asked->session.arena, err);
	for (size_t i = 0; i < parts.count; i++)
		items[i] = parts.items ? parts.items[i].digest : ref->digest;
	*ret_digests = (struct slice_list){ items, parts.count };
	return 0;
}

static bool is_whole(const struct image_facts *facts)
{
	return facts->config_read != BOOL_FALSE || slice_equal_text(facts->kind, "artifact");
}

static int show_facts(struct image_asked *asked, const struct world_manifest *image, const struct image_facts *facts,
		      struct error **err)
{
	const struct world *world = asked->session.world;
	const struct image_screen screen = image_asked_screen(asked);
	const struct image_screen_facts more = { world->clusters.len > 0, world->images->read, world_built(image),
						 image->pushed, image->pushed_by };
	if (asked->output.items++)
		strbuf_add_char(screen.out, '\n');
	return image_screen_facts(&screen, facts, &more, err);
}

struct inspected {
	const struct world_manifest *image;
	struct image_facts facts;
};

static int inspect_one(struct image_asked *asked, const struct image_ref *ref, struct slice digest,
		       struct inspected *one, struct error **err)
{
	one->image = known(asked, digest);
	if (!one->image)
		return error_set(err, ERROR_SYSTEM, "%.*s: %.*s is not stored", SLICE_ARG(ref->text),
				 SLICE_ARG(digest));
	return world_image_facts(asked->session.world, one->image, ref->text, &one->facts, err);
}

static int inspect_all(struct image_asked *asked, struct inspected **ret_items, size_t *ret_count, struct error **err)
{
	struct inspected *items = NULL;
	size_t count = 0, capacity = 0;
	for (size_t i = 0; i < asked->count; i++) {
		struct slice_list digests = { 0 };
		if (digests_of(asked, &asked->refs[i], &digests, err) < 0)
			return -1;
		for (size_t k = 0; k < digests.len; k++) {
			struct inspected *grown = arena_grow(&asked->session.arena, items, count, &capacity,
							     sizeof *grown);
			if (!grown)
				return arena_fail(&asked->session.arena, err);
			items = grown;
			if (inspect_one(asked, &asked->refs[i], digests.items[k], &items[count++], err) < 0)
				return -1;
		}
	}
	*ret_items = items;
	*ret_count = count;
	return 0;
}

static int inspect(struct image_asked *asked, struct error **err)
{
	struct envelope envelope = session_envelope(&asked->session, "fother/image_facts/v1");
	struct inspected *items = NULL;
	size_t count = 0;
	if (inspect_all(asked, &items, &count, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		envelope.complete = envelope.complete && is_whole(&items[i].facts);
	if (output_begin(&asked->output, &envelope, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		const struct record_list one = { &items[i].facts, 1 };
		if ((output_is_screen(&asked->output) ? show_facts(asked, items[i].image, &items[i].facts, err)
						      : output_items(&asked->output, &image_facts_type, one, err)) < 0)
			return -1;
	}
	return image_asked_finish(asked, &envelope, err);
}

static int run_inspect(const struct options *options, struct error **err)
{
	return image_asked_run(options, 1, SIZE_MAX, inspect, err);
}

/* --- layers and dockerfile: image by image --- */

typedef int (*part_answer)(struct image_asked *asked, const struct image_part *part, struct error **err);

static bool is_told(const struct image_part *part)
{
	return part->stored && (part->detail.has_config || part->detail.manifest.kind == OCI_ARTIFACT);
}

static int answer_parts(struct image_asked *asked, const char *schema, part_answer answer, struct error **err)
{
	struct envelope envelope;
	struct image_parts *parts = arena_zeroed(&asked->session.arena, asked->count, sizeof *parts);
	if (!parts)
		return arena_fail(&asked->session.arena, err);
	if (image_asked_envelope(asked, schema, &envelope, err) < 0)
		return -1;
	for (size_t i = 0; i < asked->count; i++) {
		if (image_asked_parts(asked, &asked->refs[i], &parts[i], err) < 0)
			return -1;
		for (size_t k = 0; k < parts[i].count; k++)
			envelope.complete = envelope.complete && is_told(&parts[i].items[k]);
	}
	if (output_begin(&asked->output, &envelope, err) < 0)
		return -1;
	for (size_t i = 0; i < asked->count; i++)
		for (size_t k = 0; k < parts[i].count; k++)
			if (answer(asked, &parts[i].items[k], err) < 0)
				return -1;
	return image_asked_finish(asked, &envelope, err);
}

static const char *lack_of(const struct image_part *part)
{
	if (!part->stored)
		return "its manifest was not read";
	if (part->detail.manifest.kind == OCI_ARTIFACT)
		return "it is an artifact, and no image";
	return part->detail.config.refused.data ? "what is stored as its config is none" : "its config was not read";
}

static int layers_of(struct image_asked *asked, const struct image_part *part, struct error **err)
{
	const struct image_screen screen = image_asked_screen(asked);
	struct record_list rows = { 0 };
	if (part->stored &&
	    image_layer_rows(asked->session.world, &part->detail, &asked->session.arena, &rows, err) < 0)
		return -1;
	if (!output_is_screen(&asked->output))
		return output_items(&asked->output, &layer_row_type, rows, err);
	if (asked->output.items++)
		strbuf_add_char(screen.out, '\n');
	image_screen_heading(&screen, part->reference, part->platform, part->digest);
	if (!part->stored || !part->detail.has_config)
		strbuf_addf(screen.out, "(%s)\n", lack_of(part));
	if (part->stored && part->detail.has_config && !part->detail.history.tied)
		strbuf_add_text(screen.out,
				"(the history does not fit the layers: which step made which is not known)\n");
	return rows.len ? image_screen_layers(&screen, rows, err) : 0;
}

static int layers(struct image_asked *asked, struct error **err)
{
	return answer_parts(asked, "fother/image_layers/v1", layers_of, err);
}

static int run_layers(const struct options *options, struct error **err)
{
	return image_asked_run(options, 1, SIZE_MAX, layers, err);
}

static int write_dockerfile(struct image_asked *asked, const struct image_part *part, struct strbuf *out,
			    struct error **err)
{
	struct dockerfile_base base = { 0 };
	int got = image_detail_base(asked->session.world, &part->detail, &base, err);
	if (got < 0)
		return -1;
	return dockerfile_write(&part->detail.history, &part->detail.config, got ? &base : NULL, out, err);
}

static int dockerfile_of(struct image_asked *asked, const struct image_part *part, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_DOCKERFILE_BYTES);
	const struct image_screen screen = image_asked_screen(asked);
	bool there = part->stored && part->detail.has_config;
	if (there && write_dockerfile(asked, part, &text, err) < 0)
		return -1;
	if (!output_is_screen(&asked->output)) {
		struct dockerfile row = { part->reference, part->digest, part->platform,
					  there ? strbuf_slice(&text) : SLICE_NONE };
		return output_items(&asked->output, &dockerfile_type, (struct record_list){ &row, 1 }, err);
	}
	if (asked->output.items++)
		strbuf_add_char(screen.out, '\n');
	/* One image alone is a Dockerfile from its first line: there a parser wants `# syntax=`. */
	if (part->of_index || asked->count > 1) {
		strbuf_add_text(screen.out, "# ");
		image_screen_heading(&screen, part->reference, part->platform, part->digest);
	}
	if (!there)
		strbuf_addf(screen.out, "# Not known: %s.\n", lack_of(part));
	strbuf_add_slice(screen.out, strbuf_slice(&text));
	return strbuf_failed(screen.out, err) ? -1 : 0;
}

static int dockerfiles(struct image_asked *asked, struct error **err)
{
	return answer_parts(asked, "fother/dockerfiles/v1", dockerfile_of, err);
}

static int run_dockerfile(const struct options *options, struct error **err)
{
	return image_asked_run(options, 1, SIZE_MAX, dockerfiles, err);
}

/* --- rows --- */

const struct command command_image_inspect = {
	.name = "image inspect",
	.operands = "REF...",
	.summary = "What an image is: dates, base, names, where it runs, what is wrong with it.",
	.text = IMAGE_REF_TEXT
	"Shows all that is known of it. Dates are what its builder claims. A base is proven by layers, or "
	"only claimed. Of an index, shows what it holds; --platform picks one image of it.",
	.options = IMAGE_ASKED_OPTIONS,
	.judges_registries = true,
	.without_clusters = true,
	.run = run_inspect,
};

const struct command command_image_layers = {
	.name = "image layers",
	.operands = "REF...",
	.summary = "The layers of an image, the steps that made them, and the base they came with.",
	.text = IMAGE_REF_TEXT
	"Lists every step of the history, lowest first, with the layer that it made; a step without a number "
	"made none. Of an index, every image in it, or that of --platform.",
	.options = IMAGE_ASKED_OPTIONS,
	.without_clusters = true,
	.run = run_layers,
};

const struct command command_image_dockerfile = {
	.name = "image dockerfile",
	.operands = "REF...",
	.summary = "The Dockerfile that an image came from, as far as its history tells.",
	.text = IMAGE_REF_TEXT
	"Prints the instructions of the history, and what the config has that the history does not tell of. Values of ARG "
	"and recognised secrets are masked. -o json has the whole text of each image in one field.",
	.options = IMAGE_ASKED_OPTIONS,
	.without_clusters = true,
	.run = run_dockerfile,
};
