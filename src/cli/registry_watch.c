#include "cli/registry_watch.h"

#include <poll.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/time.h"
#include "base/utf8.h"
#include "cli/interrupt.h"
#include "cli/registry_reading.h"
#include "cli/terminal.h"
#include "derive/world_images.h"
#include "store/store_read.h"

#define INTERVAL_LEAST (1 * USEC_PER_SECOND)
#define INTERVAL_USUAL (60 * USEC_PER_SECOND)
/* A registry that fails or limits is asked again after twice the time, up to so many times the interval. */
#define SLOWEST 16
#define LOOK_MS 200

/* Where a tag stood when it was asked last. */
struct watched {
	char *digest; /* NULL: it is not there */
};

struct watching {
	struct session *session;
	struct output *output;
	const struct options *options;
	const struct registry_named *named;
	struct map tags; /* "registry/repository:tag" -> struct watched * */
	size_t turns;
	size_t changes; /* that the latest look found */
	unsigned slow;  /* 1, or more after failures */
	bool told, failed;
};

static void watching_release(struct watching *watching)
{
	for (size_t i = 0; i < watching->tags.len; i++) {
		struct watched *watched = watching->tags.items[i].value;
		if (watched)
			mem_free(watched->digest);
		mem_free(watched);
	}
	map_release(&watching->tags);
}

/* --- one change --- */

static void add_digest(struct strbuf *out, struct slice digest)
{
	struct slice algorithm, digits;

	if (!digest.data)
		strbuf_add_text(out, "nothing");
	else
		utf8_add_printable(out,
				   slice_part(slice_cut(digest, ':', &algorithm, &digits) ? digits : digest, 0, 12));
}

/* "2026-11-25T12:05:10Z  docker.io/acme/web:1.4  5ca05ca05ca0 -> 1f3c5e7a9b0d  layers on top  by acmeci" */
static void add_line(const struct tag_row *row, struct strbuf *out)
{
	char time[TIME_TEXT_BYTES];
	int64_t when = row->moved_by == TIME_UNSET ? row->last_seen : row->moved_by;

	strbuf_addf(out, "%s  ",
		    time_format(when == TIME_UNSET ? when : when / USEC_PER_SECOND * USEC_PER_SECOND, time));
	utf8_add_printable(out, row->registry);
	strbuf_add_char(out, '/');
	utf8_add_printable(out, row->repository);
	strbuf_add_char(out, ':');
	utf8_add_printable(out, row->tag);
	strbuf_add_text(out, "  ");
	add_digest(out, row->digest_before);
	strbuf_add_text(out, " -> ");
	add_digest(out, row->digest);
	strbuf_add_text(out, "  ");
	utf8_add_printable(out, row->change.data ? row->change : row->state);
	if (row->moved_by_whom.data) {
		strbuf_add_text(out, "  by ");
		utf8_add_printable(out, row->moved_by_whom);
	}
	strbuf_add_char(out, '\n');
}

static int tell(struct watching *watching, const struct tag_row *row, struct error **err)
{
	bool first = !watching->told;

	watching->told = true;
	if (!output_is_screen(watching->output))
		return output_follow(watching->output, &tag_row_type, row, first, err);
	add_line(row, &watching->output->text);
	return terminal_write(&watching->output->text, err);
}

/* What derive says of it, seen from where it stood in the last turn. */
static int describe(struct watching *watching, const struct tag *now, struct slice before, bool gone,
		    struct tag_row *row, struct error **err)
{
	struct session *session = watching->session;
	const struct world_images *images = session->world ? session->world->images : NULL;
	struct slice name = arena_printf(&session->arena, "%.*s/%.*s:%.*s", SLICE_ARG(now->registry),
					 SLICE_ARG(now->repository), SLICE_ARG(now->tag));

	if (!name.data)
		return arena_fail(&session->arena, err);
	record_init(&tag_row_type, row);
	const struct world_tag *tag = images ? map_get(&images->tags_by_name, name) : NULL;
	if (tag && world_tag_row(session->world, tag, row, err) < 0)
		return -1;
	row->registry = now->registry;
	row->repository = now->repository;
	row->tag = now->tag;
	row->digest_before = before;
	row->digest = gone ? SLICE_NONE : now->digest;
	row->state = gone ? SLICE("deleted") : before.data ? row->state : SLICE("new");
	if (row->moved_by == TIME_UNSET)
		row->moved_by = gone ? session->now : now->since;
	if (gone || !before.data) {
		row->change = SLICE_NONE;
		return 0;
	}
	return session->world
		       ? world_change(session->world, before, now->digest, &row->change, &row->platforms_changed, err)
		       : 0;
}

/* --- one turn --- */

static bool is_gone(const struct tag *tag, const struct record_list *answers)
{
	const struct registry_answer *items = answers->items;

	for (size_t i = 0; i < answers->len; i++)
		if (slice_equal(items[i].reference, tag->tag) && slice_equal_text(items[i].outcome, "absent") &&
		    items[i].last_seen > tag->last_seen)
			return true;
	return tag->gone == BOOL_TRUE;
}

static struct watched *watched_of(struct watching *watching, const struct tag *tag)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT(LIMIT_ROW_BYTES);

	strbuf_addf(&name, "%.*s/%.*s:%.*s", SLICE_ARG(tag->registry), SLICE_ARG(tag->repository), SLICE_ARG(tag->tag));
	void **place = name.failure ? NULL : map_put(&watching->tags, strbuf_slice(&name));
	if (place && !*place)
		*place = mem_alloc_zeroed(1, sizeof(struct watched));
	return place ? *place : NULL;
}

static int set_digest(struct watched *watched, struct slice digest, struct error **err)
{
	char *copy = mem_alloc(digest.len + 1);

	if (!copy)
		return error_no_memory(err);
	memcpy(copy, digest.data, digest.len);
	copy[digest.len] = '\0';
	mem_free(watched->digest);
	watched->digest = copy;
	return 0;
}

/* counting: how many have changed; else they are told. */
enum look { LOOK_COUNT, LOOK_TELL };

static int compare(struct watching *watching, const struct tag *tag, bool gone, enum look look, struct error **err)
{
	struct watched *watched = watched_of(watching, tag);
	struct tag_row row;

	if (!watched)
		return error_no_memory(err);
	struct slice before = slice_of(watched->digest);
	bool same = gone ? !watched->digest : watched->digest && slice_equal(before, tag->digest);
	watching->changes += !same;
	if (same || (look == LOOK_COUNT && watching->turns > 0))
		return 0;
	if (watching->turns > 0 &&
	    (describe(watching, tag, before, gone, &row, err) < 0 || tell(watching, &row, err) < 0))
		return -1;
	if (!gone)
		return set_digest(watched, tag->digest, err);
	mem_free(watched->digest);
	watched->digest = NULL;
	return 0;
}

/* Rows of one tag stand beside each other; its latest is where it stands. */
static int compare_tags(struct watching *watching, const struct record_list *tags, const struct record_list *answers,
			const struct registry_target *target, enum look look, struct error **err)
{
	const struct tag *items = tags->items;

	for (size_t i = 0; i < tags->len;) {
		const struct tag *latest = &items[i];
		for (; i < tags->len && slice_equal(items[i].tag, latest->tag); i++)
			if (items[i].last_seen > latest->last_seen ||
			    (items[i].last_seen == latest->last_seen && items[i].since > latest->since))
				latest = &items[i];
		if (target->reference.data && !slice_equal(target->reference, latest->tag))
			continue;
		if (compare(watching, latest, is_gone(latest, answers), look, err) < 0)
			return -1;
	}
	return 0;
}

static int look_at(struct watching *watching, const struct registry_target *target, enum look look, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_WORLD_BYTES);
	struct session *session = watching->session;
	struct slice identity = arena_printf(&arena, REGISTRY_IDENTITY "%.*s", SLICE_ARG(target->registry));
	const struct store_where where[] = { { .field = "registry", .text = target->registry },
					     { .field = "repository", .text = target->repository },
					     { .field = "cluster", .text = identity } };
	struct record_list tags, answers;

	if (!identity.data)
		return arena_fail(&arena, err);
	if (store_read_all(session->store, &tag_type, where, 3, &arena, &tags, err) < 0 ||
	    store_read_all(session->store, &registry_answer_type, where, 3, &arena, &answers, err) < 0)
		return -1;
	return compare_tags(watching, &tags, &answers, target, look, err);
}

static int look_at_all(struct watching *watching, enum look look, struct error **err)
{
	watching->changes = 0;
	for (size_t i = 0; i < watching->named->count; i++)
		if (look_at(watching, &watching->named->targets[i], look, err) < 0)
			return -1;
	return 0;
}

/* Only when something changed is the registry asked who did it, and the world made. */
static int tell_changes(struct watching *watching, struct error **err)
{
	struct slice ignored;

	if (look_at_all(watching, LOOK_COUNT, err) < 0)
		return -1;
	if (!watching->changes || !watching->turns)
		return 0;
	if (registry_ask(watching->session, watching->options, watching->named, &ignored, err) < 0 ||
	    session_load(watching->session, watching->options, err) < 0)
		return -1;
	return look_at_all(watching, LOOK_TELL, err);
}

/* 1: all was asked; 0: not all. */
static int turn(struct watching *watching, struct error **err)
{
	struct session *session = watching->session;
	struct slice why = SLICE_NONE;

	if (!session->as_of_given)
		session->now = time_now() / USEC_PER_SECOND * USEC_PER_SECOND;
	if (registry_poll(session, watching->options, watching->named, &why, err) < 0 ||
	    tell_changes(watching, err) < 0)
		return -1;
	if (why.data)
		log_warn("%.*s", SLICE_ARG(why));
	return !why.data;
}

/* --- between turns --- */

static void stop_nothing(void *data)
{
	(void)data;
}

/* Whether ^C came. */
static bool wait_until_next(int64_t interval, unsigned slow)
{
	int64_t until = time_now() + interval * slow;

	while (!interrupt_came() && time_now() < until)
		poll(NULL, 0, LOOK_MS);
	return interrupt_came();
}

static int take_interval(const struct options *options, int64_t *ret_interval, struct error **err)
{
	*ret_interval = INTERVAL_USUAL;
	if (options->interval && duration_parse(slice_of(options->interval), ret_interval, err) < 0)
		return options_fail(err, "--interval");
	if (*ret_interval < INTERVAL_LEAST)
		return error_set(err, ERROR_USAGE, "--interval %s: a second at least", options->interval);
	return 0;
}

static int begin(struct watching *watching, struct error **err)
{
	if (!output_is_screen(watching->output))
		return 0;
	strbuf_addf(&watching->output->text, "(watching %zu tags: each change follows; ^C ends)\n", watching->tags.len);
	return terminal_write(&watching->output->text, err);
}

static int follow(struct watching *watching, int64_t interval, struct error **err)
{
	for (;; watching->turns++) {
		CLEANUP(error_freep) struct error *failure = NULL;
		int whole = turn(watching, &failure);
		if (whole < 0 && interrupt_came())
			return 0;
		if (whole < 0)
			return error_move(err, &failure);
		if (watching->turns == 0 && begin(watching, err) < 0)
			return -1;
		watching->failed |= !whole;
		watching->slow = whole ? 1 : watching->slow < SLOWEST ? watching->slow * 2 : SLOWEST;
		if (wait_until_next(interval, watching->slow))
			return 0;
	}
}

int registry_watch(struct session *session, struct output *output, const struct options *options,
		   const struct registry_named *named, struct error **err)
{
	CLEANUP(watching_release)
	struct watching watching = {
		.session = session, .output = output, .options = options, .named = named, .slow = 1
	};
	int64_t interval;

	if (take_interval(options, &interval, err) < 0)
		return -1;
	interrupt_catch(stop_nothing, NULL);
	int result = follow(&watching, interval, err);
	interrupt_done();
	interrupt_release();
	if (result < 0)
		return -1;
	return watching.failed ? EXIT_PARTIAL : EXIT_FINE;
}
