#include "base/limits.h"
#include "base/strbuf.h"
#include "triage/triage_internal.h"

struct unknown_rows {
	struct triage_run *run;
	struct row_list rows;
};

struct unknown_text {
	struct slice subject, why, fix;
	bool incomplete;
};

static int add(struct unknown_rows *rows, struct slice cluster, const struct unknown_text *text, struct error **err)
{
	struct unknown *row = row_push(&rows->rows, &unknown_type, &rows->run->world->arena);

	if (!row || !text->subject.data || !text->why.data)
		return arena_fail(&rows->run->world->arena, err);
	row->cluster = cluster;
	row->subject = text->subject;
	row->why = text->why;
	row->fix = text->fix;
	row->incomplete = text->incomplete ? BOOL_TRUE : BOOL_FALSE;
	return 0;
}

/* What is not known when a kind was not read. Every cluster has objects of the first five; that a dump has none of the
 * others may also mean that there are none, and an empty list does not say its kind. */
static const struct {
	const char *kind, *lost;
	bool always_there;
} needed_kinds[] = {
	{ "Secret", "which credentials there are", true },
	{ "Pod", "what runs, and who uses a secret", true },
	{ "ServiceAccount", "which pull secrets accounts give to pods", true },
	{ "Node", "what lies cached on nodes", true },
	{ "Namespace", "which cluster it is (it is filed by name)", false },
};

static int add_absent_others(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf kinds = STRBUF_INIT(LIMIT_MESSAGE_BYTES);

	for (size_t i = 0; i < cluster->coverage.len; i++) {
		const struct coverage *c = cluster->coverage.items[i];
		bool named = false;
		for (size_t k = 0; k < sizeof needed_kinds / sizeof needed_kinds[0]; k++)
			named = named || slice_equal_text(c->kind, needed_kinds[k].kind);
		if (named || !slice_equal_text(c->outcome, "absent"))
			continue;
		strbuf_add_text(&kinds, kinds.len ? ", " : "");
		strbuf_add_slice(&kinds, c->kind);
	}
	if (kinds.len == 0)
		return 0;
	struct arena *arena = &rows->run->world->arena;
	struct unknown_text text = {
		.subject = arena_printf(arena, "no %s in the dump", strbuf_text(&kinds)),
		.why = slice_of("there are none, or they were not dumped"),
		.fix = slice_of("dump them too, if the cluster has any"),
	};
	return add(rows, cluster->name, &text, err);
}

static int add_absent(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	struct arena *arena = &rows->run->world->arena;

	for (size_t k = 0; k < sizeof needed_kinds / sizeof needed_kinds[0]; k++) {
		if (world_read_kind(cluster, needed_kinds[k].kind))
			continue;
		struct unknown_text text = {
			.subject = slice_of(needed_kinds[k].lost),
			.why = arena_printf(arena, "no %s was read", needed_kinds[k].kind),
			.fix = arena_printf(arena, "kubectl get %ss -A -o json --show-managed-fields",
					    needed_kinds[k].kind),
			.incomplete = needed_kinds[k].always_there,
		};
		if (add(rows, cluster->name, &text, err) < 0)
			return -1;
	}
	return add_absent_others(rows, cluster, err);
}

static int add_partial(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	struct arena *arena = &rows->run->world->arena;

	for (size_t i = 0; i < cluster->coverage.len; i++) {
		const struct coverage *c = cluster->coverage.items[i];
		bool partial = slice_equal_text(c->outcome, "partial");
		bool strange = slice_equal_text(c->outcome, "unknown_kind");
		if (!partial && !strange)
			continue;
		struct unknown_text text = { .incomplete = partial };
		if (partial) {
			text.subject = arena_printf(arena, "some %ss", c->kind.data ? c->kind.data : "object");
			text.why = c->why.data ? c->why : slice_of("did not decode, or the list was cut");
			text.fix = slice_of("dump that kind again");
		} else {
			text.subject = arena_printf(arena, "%lld of kind %.*s", (long long)c->objects,
						    SLICE_ARG(c->kind));
			text.why = slice_of("not a kind that Fother reads");
			text.fix = slice_of("nothing, unless it makes pods or holds logins");
		}
		if (add(rows, cluster->name, &text, err) < 0)
			return -1;
	}
	return 0;
}

static int add_file_defects(struct unknown_rows *rows, struct error **err)
{
	struct world *world = rows->run->world;

	for (size_t i = 0; i < world->file_defects.len; i++) {
		const struct world_file_defect *file = world->file_defects.items[i];
		const struct defect *defect = file->record;
		struct unknown_text text = {
			.subject = arena_printf(&world->arena, "file %.*s", SLICE_ARG(defect->object)),
			.why = defect->message,
			.fix = slice_of("make this file again"),
			.incomplete = !slice_equal_text(defect->code, "ignored"),
		};
		if (add(rows, file->cluster->name, &text, err) < 0)
			return -1;
	}
	return 0;
}

static int add_nodes(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	size_t cut = 0, without = 0;

	for (size_t i = 0; i < cluster->nodes.len; i++) {
		const struct node *node = cluster->nodes.items[i];
		cut += node->images_cut == BOOL_TRUE;
		without += node->image_count == INT_UNKNOWN;
	}
	struct arena *arena = &rows->run->world->arena;
	struct unknown_text text = { .fix = slice_of(
					     "kubelet nodeStatusMaxImages: -1, or look on the node: crictl images") };
	if (cut) {
		text.subject = arena_printf(arena, "images on %zu node%s", cut, cut == 1 ? "" : "s");
		text.why = slice_of("image list cut at 50: more may be cached");
		if (add(rows, cluster->name, &text, err) < 0)
			return -1;
	}
	if (without) {
		text.subject = arena_printf(arena, "images on %zu node%s", without, without == 1 ? "" : "s");
		text.why = slice_of("the node tells no image list");
		if (add(rows, cluster->name, &text, err) < 0)
			return -1;
	}
	return 0;
}

static int add_undated(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	size_t undated = 0;

	for (size_t i = 0; i < cluster->secrets.len; i++) {
		const struct world_secret *secret = cluster->secrets.items[i];
		undated += secret->current && secret->record->data_written == TIME_UNSET;
	}
	if (!undated)
		return 0;
	struct arena *arena = &rows->run->world->arena;
	struct unknown_text text = {
		.subject = arena_printf(arena, "age of %zu secret%s", undated, undated == 1 ? "" : "s"),
		.why = slice_of("no managedFields in the dump"),
		.fix = slice_of("kubectl get secrets -A -o json --show-managed-fields"),
	};
	return add(rows, cluster->name, &text, err);
}

/* A dump of the two pull-secret types alone, as it is often made. */
static int add_other_types(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	bool read = false;

	for (size_t i = 0; i < cluster->coverage.len; i++) {
		const struct coverage *c = cluster->coverage.items[i];
		if (!slice_equal_text(c->kind, "Secret") || slice_equal_text(c->outcome, "absent"))
			continue;
		read = true;
		if (!slice_starts_with(c->subtype, "kubernetes.io/dockerc"))
			return 0;
	}
	if (!read)
		return 0;
	static const struct unknown_text text = {
		.subject = SLICE("logins in other secrets"),
		.why = SLICE("only secrets of the pull-secret types were dumped"),
		.fix = SLICE("kubectl get secrets -A -o json --show-managed-fields"),
	};
	return add(rows, cluster->name, &text, err);
}

/* Pods whose controller was not read: its template, and what is above it, is not known. Static pods are their node's.
 */
static int add_unread_owners(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	size_t pods = 0;
	struct slice kind = SLICE_NONE;

	for (size_t i = 0; i < cluster->pods.len; i++) {
		const struct world_pod *pod = cluster->pods.items[i];
		const struct world_workload *top = pod->workload;
		if (pod->ended || !pod->record->owner_kind.len || !top || top->record ||
		    slice_equal_text(pod->record->owner_kind, "Node"))
			continue;
		kind = pods++ ? kind : top->kind;
	}
	if (!pods)
		return 0;
	struct arena *arena = &rows->run->world->arena;
	struct unknown_text text = {
		.subject = arena_printf(arena, "owners of %zu pod%s", pods, pods == 1 ? "" : "s"),
		.why = arena_printf(arena, "their controllers (%.*s, ...) were not read", SLICE_ARG(kind)),
		.fix = slice_of("dump the workloads too"),
		.incomplete = true,
	};
	return add(rows, cluster->name, &text, err);
}

static int add_malformed(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	size_t malformed = 0;

	for (size_t i = 0; i < cluster->secrets.len; i++) {
		const struct world_secret *secret = cluster->secrets.items[i];
		malformed += secret->current && secret->record->decodes == BOOL_FALSE;
	}
	if (!malformed)
		return 0;
	struct arena *arena = &rows->run->world->arena;
	struct unknown_text text = {
		.subject = arena_printf(arena, "logins in %zu malformed secret%s", malformed,
					malformed == 1 ? "" : "s"),
		.why = slice_of("what does not decode may be a login all the same: see BLOCKED PULLS"),
	};
	return add(rows, cluster->name, &text, err);
}

static int add_too_old(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	int64_t from = rows->run->incident->window_from;

	if (from == TIME_UNSET || cluster->as_of == TIME_UNSET || cluster->as_of >= from)
		return 0;
	static const struct unknown_text text = {
		.subject = SLICE("everything since the breach"),
		.why = SLICE("the dump is older than the window"),
		.fix = SLICE("make a dump now"),
		.incomplete = true,
	};
	return add(rows, cluster->name, &text, err);
}

/* A mistyped registry must not look like a clean one. */
static int add_unseen_registries(struct unknown_rows *rows, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf seen = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	const struct slice_list wanted = rows->run->incident->registries;
	struct arena *arena = &rows->run->world->arena;
	struct record_list all;

	if (world_registries(rows->run->world, &all, err) < 0)
		return -1;
	const struct registry *registries = all.items;
	for (size_t i = 0; i < all.len && seen.len < LIMIT_KIB; i++) {
		strbuf_add_text(&seen, i ? ", " : "");
		strbuf_add_slice(&seen, registries[i].registry);
	}
	if (strbuf_failed(&seen, err))
		return -1;
	for (size_t w = 0; w < wanted.len; w++) {
		bool found = false;
		for (size_t i = 0; i < all.len; i++)
			found = found || slice_equal(registries[i].registry, wanted.items[w]);
		if (found)
			continue;
		struct unknown_text text = {
			.subject = arena_printf(arena, "anything of %.*s", SLICE_ARG(wanted.items[w])),
			.why = arena_printf(arena, "no login or image of it was read; is it spelled so? seen: %s",
					    seen.len ? strbuf_text(&seen) : "none"),
		};
		if (add(rows, SLICE_NONE, &text, err) < 0)
			return -1;
	}
	return 0;
}

/* What no dump can tell: true for every triage until such a source is read. */
static int add_other_sources(struct unknown_rows *rows, struct error **err)
{
	const struct incident *incident = rows->run->incident;
	struct arena *arena = &rows->run->world->arena;

	for (size_t i = 0; i < incident->registries.len; i++) {
		struct unknown_text text = {
			.subject = arena_printf(arena, "registry %.*s", SLICE_ARG(incident->registries.items[i])),
			.why = slice_of("not read: build dates, moved tags, pushes and pulls"),
			.fix = slice_of("look at its audit log for the window"),
		};
		if (add(rows, SLICE_NONE, &text, err) < 0)
			return -1;
	}
	static const char *const always[][3] = {
		{ "what executed", "no node sensor: nothing known of processes", NULL },
		{ "copies outside Kubernetes", "CI variables, laptops, nodes, registry mirrors, backups",
		  "go through them by hand" },
	};
	for (size_t i = 0; i < sizeof always / sizeof always[0]; i++) {
		struct unknown_text text = { slice_of(always[i][0]), slice_of(always[i][1]), slice_of(always[i][2]),
					     false };
		if (add(rows, SLICE_NONE, &text, err) < 0)
			return -1;
	}
	return 0;
}

static int add_file_indicators(struct unknown_rows *rows, struct error **err)
{
	size_t files = 0;

	for (size_t i = 0; i < rows->run->indicators->len; i++)
		files += rows->run->indicators->items[i].kind == INDICATOR_FILE;
	if (!files)
		return 0;
	struct unknown_text text = {
		.subject = arena_printf(&rows->run->world->arena, "%zu bad file%s", files, files == 1 ? "" : "s"),
		.why = slice_of("layers were not read: files cannot be matched yet"),
	};
	return add(rows, SLICE_NONE, &text, err);
}

int triage_unknown(struct triage_run *run, struct error **err)
{
	struct unknown_rows rows = { .run = run };
	struct triage *triage = run->triage;

	for (size_t i = 0; i < run->world->clusters.len; i++) {
		const struct world_cluster *cluster = run->world->clusters.items[i];
		if (add_absent(&rows, cluster, err) < 0 || add_partial(&rows, cluster, err) < 0 ||
		    add_nodes(&rows, cluster, err) < 0 || add_undated(&rows, cluster, err) < 0 ||
		    add_other_types(&rows, cluster, err) < 0 || add_unread_owners(&rows, cluster, err) < 0 ||
		    add_malformed(&rows, cluster, err) < 0 || add_too_old(&rows, cluster, err) < 0)
			return -1;
	}
	if (add_file_defects(&rows, err) < 0 || add_file_indicators(&rows, err) < 0 ||
	    add_unseen_registries(&rows, err) < 0 || add_other_sources(&rows, err) < 0)
		return -1;
	triage->unknown = rows.rows.list;
	triage->complete = run->world->clusters.len > 0;
	const struct unknown *items = triage->unknown.items;
	for (size_t i = 0; i < triage->unknown.len; i++)
		if (items[i].incomplete == BOOL_TRUE)
			triage->complete = false;
	return 0;
}
