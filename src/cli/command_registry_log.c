#include <stdlib.h>

#include "cli/command_list.h"
#include "cli/filter.h"
#include "cli/incident.h"
#include "derive/world_images.h"

struct asked {
	const struct filter *filter;
	struct incident window; /* its window alone */
};

static bool is_wanted(const struct asked *asked, const struct registry_event *event)
{
	const struct incident *window = &asked->window;

	if ((window->window_from != TIME_UNSET && event->time < window->window_from) ||
	    (window->window_to != TIME_UNSET && event->time > window->window_to))
		return false;
	return filter_registry(asked->filter, event->registry) && filter_repository(asked->filter, event->repository) &&
	       (filter_account(asked->filter, event->actor) || filter_account(asked->filter, event->token_name));
}

/* Parts of an identity are never not there: what a log does not tell is empty in them. */
static void forget_empty_texts(struct registry_event *event)
{
	struct slice *const texts[] = { &event->repository, &event->tag,     &event->digest, &event->actor,
					&event->token_name, &event->address, &event->client };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (!texts[i]->len)
			*texts[i] = SLICE_NONE;
}

/* Latest first: what a responder asks is what happened last. */
static int compare_events(const void *left, const void *right)
{
	const struct registry_event *a = left, *b = right;

	if (a->time != b->time)
		return a->time > b->time ? -1 : 1;
	return record_compare(&registry_event_type, a, b);
}

static int choose(struct world *world, const struct asked *asked, struct record_list *ret_rows, struct error **err)
{
	const struct record_list *all = &world->images->events;
	struct registry_event *rows = arena_zeroed(&world->arena, all->len + 1, sizeof *rows);
	size_t count = 0;

	if (!rows)
		return arena_fail(&world->arena, err);
	for (size_t i = 0; i < all->len; i++)
		if (is_wanted(asked, &((const struct registry_event *)all->items)[i]))
			rows[count++] = ((const struct registry_event *)all->items)[i];
	qsort(rows, count, sizeof *rows, compare_events);
	for (size_t i = 0; i < count; i++)
		forget_empty_texts(&rows[i]);
	*ret_rows = (struct record_list){ rows, count };
	return 0;
}

static void say_nothing_known(struct output *output, const struct record_list *all)
{
	strbuf_add_text(
		&output->text,
		all->len ? "No event of that scope is known.\n"
			 : "No log was read: give --hub-audit FILE or --hub-usage FILE, or --read-registry where "
			   "the registry tells of its pushes itself.\n");
}

static int print(struct session *session, struct output *output, const struct filter *filter, struct error **err)
{
	struct envelope envelope = session_envelope(session, "fother/registry_log/v1");
	struct asked asked = { .filter = filter };
	struct record_list rows;

	record_init(&incident_type, &asked.window);
	if (incident_window(session, filter->options, &asked.window, err) < 0 ||
	    choose(session->world, &asked, &rows, err) < 0 || output_begin(output, &envelope, err) < 0)
		return -1;
	if (rows.len == 0 && output_is_screen(output))
		say_nothing_known(output, &session->world->images->events);
	else if (output_items(output, &registry_event_type, rows, err) < 0)
		return -1;
	return output_end(output, &envelope, err) < 0 ? -1 : session_exit_code(session);
}

static int run(const struct options *options, struct error **err)
{
	return filter_run(options, print, err);
}

const struct command command_registry_log = {
	.name = "registry log",
	.operands = "",
	.summary = "Who pushed, deleted and pulled what when, by registries' own logs.",
	.text = "Lists what logs tell: Docker Hub's audit log (--hub-audit) says who pushed and deleted which tag, its usage "
		"report (--hub-usage) which token pulled what from which address; Harbor, Quay, Google's registries and "
		"Docker Hub tell times of pushes and pulls when they are read (--read-registry). Latest first. --account "
		"is a user or the name of a token, --since and --window narrow the time.",
	.options = OPTIONS_ALWAYS | OPTIONS_OUTPUT | OPTIONS_SOURCES | OPTION_BIT(REGISTRY) | OPTION_BIT(REPOSITORY) |
		   OPTION_BIT(ACCOUNT) | OPTION_BIT(SINCE) | OPTION_BIT(WINDOW),
	.judges_registries = true,
	.without_clusters = true,
	.run = run,
};
