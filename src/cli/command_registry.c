#include <stdlib.h>

#include "base/limits.h"
#include "cli/command_list.h"
#include "cli/images_table.h"
#include "cli/registry_named.h"
#include "cli/registry_options.h"
#include "cli/registry_reading.h"
#include "cli/registry_watch.h"
#include "derive/world_images.h"
#include "model/reference.h"

/* --- what was asked for --- */

struct asked {
	struct registry_named named;
	struct registry_settings settings; /* of how it was asked: nothing where it was not */
	struct session session;
	struct output output;
};

static void asked_close(struct asked *asked)
{
	output_release(&asked->output);
	session_close(&asked->session);
}

static int read_named(struct asked *asked, const struct options *options, struct error **err)
{
	if (!registry_options_asks(options))
		return 0;
	if (registry_options_settings(options, &asked->session.arena, &asked->settings, err) < 0)
		return -1;
	return registry_read(&asked->session, options, asked->named.targets, asked->named.count, err);
}

/* Opens the store, asks the registries unless --offline, and derives what is known. */
static int open_asked(struct asked *asked, const struct options *options,
		      int (*parse)(const struct text_list *operands, struct arena *arena,
				   struct registry_named *ret_named, struct error **err),
		      struct error **err)
{
	if (output_init(&asked->output, options, err) < 0 || session_start(&asked->session, options, err) < 0 ||
	    parse(&options->operands, &asked->session.arena, &asked->named, err) < 0 ||
	    read_named(asked, options, err) < 0)
		return -1;
	return session_load(&asked->session, options, err);
}

static bool names(const struct registry_target *target, struct slice registry, struct slice repository,
		  struct slice tag)
{
	if (!slice_equal(target->registry, registry))
		return false;
	if (target->below ? !repository_below(repository, target->repository)
			  : target->repository.data && !slice_equal(target->repository, repository))
		return false;
	return !target->reference.data || slice_equal(target->reference, tag);
}

static bool is_named(const struct asked *asked, struct slice registry, struct slice repository, struct slice tag)
{
	for (size_t i = 0; i < asked->named.count; i++)
		if (names(&asked->named.targets[i], registry, repository, tag))
			return true;
	return asked->named.count == 0;
}

static bool is_target(const struct asked *asked, struct slice registry)
{
	for (size_t i = 0; i < asked->named.count; i++)
		if (slice_equal(asked->named.targets[i].registry, registry))
			return true;
	return asked->named.count == 0;
}

/* A mirror is asked in place of what was named. */
static bool is_asked(const struct asked *asked, struct slice registry)
{
	const struct registry_settings *settings = &asked->settings;
	for (size_t i = 0; i < settings->mirror_count; i++)
		if (slice_equal(settings->mirrors[i].host, registry) && is_target(asked, settings->mirrors[i].upstream))
			return true;
	return is_target(asked, registry);
}

/* The answer is whole when every registry that it is about was read whole. */
static bool is_whole(const struct asked *asked)
{
	const struct world_images *images = asked->session.world->images;

	if (asked->session.errors.len)
		return false;
	for (size_t i = 0; images && i < images->sources.len; i++) {
		const struct world_source *source = images->sources.items[i];
		if (source->is_registry && is_asked(asked, source->registry) && source->read &&
		    !slice_equal_text(source->read->outcome, "complete"))
			return false;
	}
	return true;
}

static bool is_of_other(const struct asked *asked, const struct read *read)
{
	if (!slice_starts_with(read->cluster, REGISTRY_IDENTITY))
		return false;
	struct slice registry = slice_part(read->cluster, sizeof REGISTRY_IDENTITY - 1, read->cluster.len);
	return !is_asked(asked, registry);
}

/* What another registry did not give is no news here. */
static int leave_others(struct asked *asked, struct record_list *reads, struct error **err)
{
	struct read *kept = arena_zeroed(&asked->session.arena, reads->len + 1, sizeof *kept);
	size_t count = 0;

	if (!kept)
		return arena_fail(&asked->session.arena, err);
	for (size_t i = 0; i < reads->len; i++) {
		const struct read *read = &((const struct read *)reads->items)[i];
		if (!is_of_other(asked, read))
			kept[count++] = *read;
	}
	*reads = (struct record_list){ kept, count };
	return 0;
}

static int print(struct asked *asked, const char *schema, const struct record_type *type, struct record_list rows,
		 const char *nothing, struct error **err)
{
	struct envelope envelope = session_envelope(&asked->session, schema);
	struct output *output = &asked->output;

	envelope.complete = is_whole(asked);
	if (leave_others(asked, &envelope.reads, err) < 0)
		return -1;
	if (output_begin(output, &envelope, err) < 0)
		return -1;
	if (rows.len == 0 && output_is_screen(output))
		strbuf_add_text(&output->text, nothing);
	else if (type == &tag_row_type && output_is_screen(output) && output->format == OUTPUT_TABLE) {
		if (tags_table(rows, output->width, &asked->session.arena, &output->text, err) < 0)
			return -1;
	} else if (output_items(output, type, rows, err) < 0)
		return -1;
	if (output_end(output, &envelope, err) < 0)
		return -1;
	return envelope.complete ? EXIT_FINE : EXIT_PARTIAL;
}

/* --- repos --- */

static int print_repositories(struct asked *asked, struct error **err)
{
	struct record_list rows;
	size_t count = 0;

	if (world_repository_rows(asked->session.world, &rows, err) < 0)
		return -1;
	struct repository *items = rows.items;
	for (size_t i = 0; i < rows.len; i++)
		if (is_named(asked, items[i].registry, items[i].repository, SLICE_NONE))
			items[count++] = items[i];
	return print(
		asked, "fother/repositories/v1", &repository_type, (struct record_list){ items, count },
		"No repository is known there. Not every registry lists its own; `fother registry tags REPO` reads one.\n",
		err);
}

static int run_repos(const struct options *options, struct error **err)
{
	struct asked asked = { 0 };

	int code = open_asked(&asked, options, registry_named_hosts, err);
	if (code == 0)
		code = print_repositories(&asked, err);
	asked_close(&asked);
	return code;
}

/* --- tags --- */

/* A tag that was asked for by name, and that nobody has. */
static int tell_unknown(struct asked *asked, const struct record_list *rows, struct error **err)
{
	for (size_t t = 0; t < asked->named.count; t++) {
		const struct registry_target *target = &asked->named.targets[t];
		bool known = !target->reference.data;
		for (size_t i = 0; i < rows->len && !known; i++) {
			const struct tag_row *row = &((const struct tag_row *)rows->items)[i];
			known = names(target, row->registry, row->repository, row->tag);
		}
		if (known)
			continue;
		CLEANUP(error_freep) struct error *failure = NULL;
		error_set(&failure, ERROR_SYSTEM, "%.*s/%.*s:%.*s: no such tag is known", SLICE_ARG(target->registry),
			  SLICE_ARG(target->repository), SLICE_ARG(target->reference));
		if (session_remember_failure(&asked->session, failure, err) < 0)
			return -1;
	}
	return 0;
}

static int print_tags(struct asked *asked, struct error **err)
{
	struct record_list rows;
	size_t count = 0;

	if (world_tag_rows(asked->session.world, &rows, err) < 0)
		return -1;
	struct tag_row *items = rows.items;
	for (size_t i = 0; i < rows.len; i++)
		if (is_named(asked, items[i].registry, items[i].repository, items[i].tag))
			items[count++] = items[i];
	struct record_list kept = { items, count };
	if (tell_unknown(asked, &kept, err) < 0)
		return -1;
	return print(asked, "fother/tags/v1", &tag_row_type, kept, "No tag is known.\n", err);
}

static int run_tags(const struct options *options, struct error **err)
{
	struct asked asked = { 0 };

	int code = open_asked(&asked, options, registry_named_repositories, err);
	if (code == 0)
		code = print_tags(&asked, err);
	asked_close(&asked);
	return code;
}

/* --- watch --- */

static int run_watch(const struct options *options, struct error **err)
{
	struct asked asked = { 0 };

	int code = output_init(&asked.output, options, err);
	if (code == 0)
		code = session_start(&asked.session, options, err);
	if (code == 0)
		code = registry_named_repositories(&options->operands, &asked.session.arena, &asked.named, err);
	if (code == 0)
		code = registry_watch(&asked.session, &asked.output, options, &asked.named, err);
	asked_close(&asked);
	return code;
}

#define OPTIONS_ASKING                                                                                                 \
	(OPTIONS_ALWAYS | OPTIONS_OUTPUT | OPTIONS_STORE | OPTION_BIT(AS_OF) | OPTION_BIT(PLAIN_HTTP) |                \
	 OPTION_BIT(TOKEN_HOST) | OPTION_BIT(CA_FILE) | OPTION_BIT(MIRROR) | OPTION_BIT(ALLOW_EXEC))

const struct command command_registry_repos = {
	.name = "registry repos",
	.operands = "[HOST[/PATH]...]",
	.summary = "The repositories of registries, read now, or known from before.",
	.text = "Lists the repositories of each HOST (below PATH, where one is given): how many tags each has, its newest "
		"build date, its latest push where the registry tells, and how completely it was read. Each is read on the "
		"way, with all its tags and images. Many registries list no repositories, or not to everybody (Docker Hub "
		"never does): the answer says so, and holds those that are known from images. Without a HOST, and with "
		"--offline, nobody is asked.",
	.options = OPTIONS_ASKING | OPTION_BIT(OFFLINE),
	.judges_registries = true,
	.without_clusters = true,
	.without_layers = true,
	.run = run_repos,
};

const struct command command_registry_tags = {
	.name = "registry tags",
	.operands = "REPO[:TAG]...",
	.summary = "The tags of repositories: where they point and pointed, and what changed.",
	.text = "Reads the tags of each REPO (docker.io/acme/web; a name without a host is of Docker Hub), and lists them "
		"with what is known of their past: whether a tag stands, moved, was put back or was deleted; what it points "
		"to and pointed to before; what changed between the two, judged by the content of layers (\"layers on top\" "
		"is what a trojan looks like); how many replicas run either. Tags are asked with HEAD, which Docker Hub does "
		"not count as a pull; manifests and configs are read once and kept. -o json has every state of each tag.",
	.options = OPTIONS_ASKING | OPTION_BIT(OFFLINE),
	.judges_registries = true,
	.without_clusters = true,
	.run = run_tags,
};

const struct command command_registry_watch = {
	.name = "registry watch",
	.operands = "REPO[:TAG]...",
	.summary = "Asks again and again where tags point, and tells and stores each change.",
	.text = "Asks where the tags of each REPO point, each --interval (60s unless said), until ^C. Prints a line for "
		"each change: when, which tag, from which digest to which, what changed, and who pushed it where the "
		"registry tells. Everything is stored, so that `fother registry tags` and `fother triage` know the history. "
		"Only a new digest is read; a registry that limits requests is asked less often, until it answers again. "
		"-o ndjson prints each change as a record.",
	.options = OPTIONS_ASKING | OPTION_BIT(INTERVAL),
	.judges_registries = true,
	.without_clusters = true,
	.run = run_watch,
};
