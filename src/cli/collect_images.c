#include "cli/collect_images.h"

#include "base/log.h"
#include "base/map.h"
#include "base/time.h"
#include "cli/filter.h"
#include "cli/registry_targets.h"
#include "collect/snapshot/snapshot.h"
#include "credential/registry_name.h"
#include "model/reference.h"

/* A sink that keeps nothing but the names of images. */
struct image_names {
	struct sink sink; /* first */
	struct map names;
};

static int names_begin(struct sink *sink, const struct sink_scope *scope, int64_t *ret_read, struct error **err)
{
	(void)sink;
	(void)scope;
	(void)err;
	*ret_read = 1;
	return 0;
}

static int note(struct image_names *names, struct slice name, struct error **err)
{
	void **place = name.len ? map_put(&names->names, name) : NULL;

	if (name.len && !place)
		return error_no_memory(err);
	if (place)
		*place = names;
	return 0;
}

/* What the spec asks for; what runs: the repository, at the digest that was pulled. */
static int names_put(struct sink *sink, int64_t read, const struct record_type *type, const void *record,
		     struct error **err)
{
	struct image_names *names = (struct image_names *)(void *)sink;
	const struct container *container = record;
	struct slice scheme, pulled;

	(void)read;
	if (type == &node_image_type)
		return note(names, ((const struct node_image *)record)->image, err);
	if (type != &container_type)
		return 0;
	pulled = container->image_id;
	if (slice_starts_with(pulled, "docker-pullable://"))
		slice_cut(slice_part(pulled, strlen("docker-pullable:/"), pulled.len), '/', &scheme, &pulled);
	if (pulled.data && memchr(pulled.data, '@', pulled.len) && note(names, pulled, err) < 0)
		return -1;
	return note(names, container->image, err);
}

static int names_finish(struct sink *sink, int64_t read, const struct sink_end *end, struct error **err)
{
	(void)sink;
	(void)read;
	(void)end;
	(void)err;
	return 0;
}

static int names_commit(struct sink *sink, struct error **err)
{
	(void)sink;
	(void)err;
	return 0;
}

static void names_rollback(struct sink *sink)
{
	(void)sink;
}

static const struct sink_ops names_ops = { names_begin, names_put, names_finish, names_commit, names_rollback };

/* --- their targets --- */

static bool is_wanted(const struct registry_wanted *wanted, struct slice registry, struct slice repository)
{
	if (wanted->registries.len && !slice_list_has(wanted->registries, registry))
		return false;
	for (size_t i = 0; i < wanted->repositories.len; i++)
		if (repository_below(repository, wanted->repositories.items[i]))
			return true;
	return wanted->repositories.len == 0;
}

/* 1; 0: it names nothing that can be asked for. Texts may lie in name. */
static int target_of(struct slice name, const struct registry_wanted *wanted, struct arena *arena,
		     struct registry_target *ret_target, struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	struct reference reference;
	struct registry_name registry;

	if (reference_parse(name, arena, &reference, &why) < 0)
		return error_is_of_input(why) ? 0 : error_move(err, &why);
	if (registry_name_parse(reference.domain, arena, &registry, err) < 0)
		return -1;
	if (!is_wanted(wanted, registry.registry, reference.path))
		return 0;
	*ret_target = (struct registry_target){
		.registry = registry.registry,
		.repository = reference.path,
		.reference = reference.digest.data ? reference.digest
			     : reference.tag.data  ? reference.tag
						   : SLICE("latest"),
	};
	return 1;
}

static int add_names(const struct image_names *names, const struct registry_wanted *wanted, struct arena *arena,
		     struct registry_target *targets, size_t *count, struct error **err)
{
	for (size_t i = 0; i < names->names.len; i++) {
		struct slice name;
		if (arena_copy(arena, names->names.items[i].key, &name) < 0)
			return arena_fail(arena, err);
		int found = target_of(name, wanted, arena, &targets[*count], err);
		if (found < 0)
			return -1;
		*count += (size_t)found;
	}
	return 0;
}

static int read_runs(struct session *session, const struct slice_list *runs, struct image_names *names,
		     struct error **err)
{
	for (size_t i = 0; i < runs->len; i++) {
		CLEANUP(error_freep) struct error *why = NULL;
		struct snapshot_options how = { .path = runs->items[i].data,
						.as_of = TIME_UNSET,
						.key = &session->key };
		struct snapshot_result result;
		if (snapshot_read(&how, &names->sink, &result, &why) == 0)
			continue;
		if (why->code == ERROR_NO_MEMORY)
			return error_move(err, &why);
		log_warn("%s: its images are not asked for: %s", runs->items[i].data, why->message);
	}
	return 0;
}

static int gather(struct session *session, const struct options *options, const struct slice_list *runs,
		  struct image_names *names, struct registry_named *ret_named, struct error **err)
{
	struct registry_wanted wanted = { .whole = true };
	struct registry_target *whole;
	size_t count;

	if (filter_registries(session, options, &wanted.registries, err) < 0 ||
	    filter_repositories(session, options, wanted.registries, &wanted.repositories, err) < 0 ||
	    registry_targets(NULL, &wanted, &session->arena, &whole, &count, err) < 0 ||
	    read_runs(session, runs, names, err) < 0)
		return -1;
	struct registry_target *targets = arena_zeroed(&session->arena, count + names->names.len + 1, sizeof *targets);
	if (!targets)
		return arena_fail(&session->arena, err);
	if (count)
		memcpy(targets, whole, count * sizeof *targets);
	if (add_names(names, &wanted, &session->arena, targets, &count, err) < 0)
		return -1;
	*ret_named = (struct registry_named){ targets, count };
	return 0;
}

int collect_images(struct session *session, const struct options *options, const struct slice_list *runs,
		   struct registry_named *ret_named, struct error **err)
{
	struct image_names names = { .sink.ops = &names_ops };

	int result = gather(session, options, runs, &names, ret_named, err);
	map_release(&names.names);
	return result;
}
