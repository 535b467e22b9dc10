#include "base/ascii.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "cli/command_list.h"
#include "cli/filter.h"
#include "derive/world_images.h"
#include "model/reference.h"

#define LEAST_DIGITS 6 /* fewer would match by chance */

struct question {
	struct slice digest;        /* a whole digest or the start of one; not there: by name */
	struct slice_list known;    /* digests of images that were read and begin so */
	struct reference reference; /* tag not there: every tag */
};

static bool is_digest_start(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_lower_hex(text.data[i]))
			return false;
	return text.len >= LEAST_DIGITS;
}

static int parse(const char *text, struct arena *arena, struct question *ret_question, struct error **err)
{
	struct slice given = slice_of(text), algorithm, digits;

	*ret_question = (struct question){ 0 };
	bool prefixed = slice_cut(given, ':', &algorithm, &digits) && slice_equal_text(algorithm, "sha256");
	if (prefixed && !is_digest_start(digits))
		return error_set(err, ERROR_USAGE, "%s: a digest needs at least %d lower-case hex digits", text,
				 LEAST_DIGITS);
	if (prefixed || is_digest_start(given)) {
		ret_question->digest = prefixed ? given : arena_printf(arena, "sha256:%s", text);
		return ret_question->digest.data ? 0 : arena_fail(arena, err);
	}
	if (reference_parse(given, arena, &ret_question->reference, err) < 0)
		return options_fail(err, "%s", text);
	ret_question->digest = ret_question->reference.digest;
	return 0;
}

/* Runtimes tell an image by its index, its manifest or its config: all of them are it. */
static int find_known(struct world *world, struct question *question, struct error **err)
{
	const struct world_images *images = world->images;
	size_t count = images && question->digest.data ? images->manifests.len : 0;
	struct slice *digests = arena_zeroed(&world->arena, count + 1, sizeof *digests);

	if (!digests)
		return arena_fail(&world->arena, err);
	question->known.items = digests;
	for (size_t i = 0; i < count; i++) {
		struct slice digest = ((const struct world_manifest *)images->manifests.items[i])->record->digest;
		if (slice_equal(slice_part(digest, 0, question->digest.len), question->digest))
			digests[question->known.len++] = digest;
	}
	return 0;
}

static bool is_same_image(const struct world *world, const struct question *question, struct slice digest)
{
	if (slice_equal(slice_part(digest, 0, question->digest.len), question->digest))
		return true;
	for (size_t i = 0; i < question->known.len; i++)
		if (world_same_image(world, question->known.items[i], digest))
			return true;
	return false;
}

static bool answers(const struct world *world, const struct question *question, const struct sighting *sighting)
{
	if (question->digest.data)
		return sighting->digest.data && is_same_image(world, question, sighting->digest);
	return slice_equal(sighting->registry, question->reference.domain) &&
	       slice_equal(sighting->repository, question->reference.path) &&
	       (!question->reference.tag.data || slice_equal(sighting->tag, question->reference.tag));
}

/* What is known to have executed comes before what could have. */
static size_t rank_of(struct slice state)
{
	static const char *const order[] = { "runs", "waits", "ran", "cached", "pulled", "template" };
	size_t rank = 0;

	while (rank < sizeof order / sizeof order[0] && !slice_equal_text(state, order[rank]))
		rank++;
	return rank;
}

static int compare_rows(const void *left, const void *right)
{
	const struct sighting *a = left, *b = right;
	size_t rank_a = rank_of(a->state), rank_b = rank_of(b->state);

	if (rank_a != rank_b)
		return rank_a < rank_b ? -1 : 1;
	return record_compare(&sighting_type, a, b);
}

static bool last_component_is(struct slice path, struct slice name)
{
	struct slice head, tail;
	return slice_equal(slice_cut_last(path, '/', &head, &tail) ? tail : path, name);
}

/* Other images of the same last name: "scanner" alone means docker.io/library/scanner, and rarely was that meant. */
static void say_near_ones(struct output *output, const struct world *world, const struct question *question)
{
	struct slice head, name, last = SLICE_NONE;
	unsigned said = 0;

	if (!slice_cut_last(question->reference.path, '/', &head, &name))
		name = question->reference.path;
	for (size_t i = 0; i < world->sightings.len && said < 5; i++) {
		const struct sighting *s = world->sightings.items[i];
		if (!last_component_is(s->repository, name) || slice_equal(s->repository, last))
			continue;
		last = s->repository;
		strbuf_add_text(&output->text, said++ ? ", " : "Seen under that name: ");
		utf8_add_printable(&output->text, s->registry);
		strbuf_add_char(&output->text, '/');
		utf8_add_printable(&output->text, s->repository);
	}
	strbuf_add_text(&output->text, said ? "\n" : "");
}

static void say_not_seen(struct output *output, const struct world *world, const struct question *question,
			 bool complete)
{
	const struct reference *r = &question->reference;

	if (question->digest.data)
		strbuf_addf(&output->text, "Looked for digest %.*s...", SLICE_ARG(question->digest));
	else
		strbuf_addf(&output->text, "Looked for image %.*s/%.*s%s%.*s", SLICE_ARG(r->domain), SLICE_ARG(r->path),
			    r->tag.data ? ":" : "", SLICE_ARG(r->tag));
	strbuf_addf(&output->text, ": not seen in what was read%s.\n",
		    complete ? "" : ", which is not complete: see NOT KNOWN in `fother triage`");
	if (!question->digest.data)
		say_near_ones(output, world, question);
}

static int print(struct session *session, struct output *output, const struct filter *filter, struct error **err)
{
	struct envelope envelope = session_envelope(session, "fother/sightings/v1");
	struct world *world = session->world;
	struct question question;
	struct sighting *rows = arena_zeroed(&world->arena, world->sightings.len + 1, sizeof *rows);
	size_t count = 0;

	if (!rows)
		return arena_fail(&world->arena, err);
	if (parse(filter->options->operands.items[0], &world->arena, &question, err) < 0 ||
	    find_known(world, &question, err) < 0)
		return -1;
	for (size_t i = 0; i < world->sightings.len; i++)
		if (answers(world, &question, world->sightings.items[i]))
			rows[count++] = *(const struct sighting *)world->sightings.items[i];
	qsort(rows, count, sizeof *rows, compare_rows);
	struct record_list list = { rows, count };
	if (output_begin(output, &envelope, err) < 0)
		return -1;
	if (count == 0 && output_is_screen(output))
		say_not_seen(output, world, &question, envelope.complete);
	else if (output_items(output, &sighting_type, list, err) < 0)
		return -1;
	return output_end(output, &envelope, err) < 0 ? -1 : session_exit_code(session);
}

static int run(const struct options *options, struct error **err)
{
	if (options->operands.len != 1)
		return error_set(err, ERROR_USAGE, "give one digest (or its first %d digits) or one image name",
				 LEAST_DIGITS);
	return filter_run(options, print, err);
}

const struct command command_where = {
	.name = "where",
	.operands = "DIGEST|IMAGE",
	.summary = "Every place where a digest or image runs, ran, or lies cached.",
	.text = "Lists every sighting of a digest (or the start of one, or an image name with or without a tag): in pods that "
		"run or ended, in node caches, in events, in templates; from when to when, and what proves it. Where a registry or "
		"a layout was read, a digest means the image, whichever a runtime tells: that of its index, its manifest or its "
		"config.",
	.options = OPTIONS_ALWAYS | OPTIONS_OUTPUT | OPTIONS_SOURCES,
	.run = run,
};
