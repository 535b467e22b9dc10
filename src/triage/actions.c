#include "triage/triage_internal.h"

/* docs/ranking.md, "Do now": the classes of action in their order. */
enum action_class {
	ACTION_CONTAIN_READER, /* runs a bad digest and can read secrets: what it reads is lost again */
	ACTION_CONTAIN,        /* runs a bad digest */
	ACTION_CONTAIN_BUILT,  /* runs an image that is built on a bad one */
	ACTION_HOLD,           /* a bad image is about to run, or will with the next pod */
	ACTION_REVOKE,         /* credentials of class exposed */
	ACTION_ROTATE,         /* credentials in use, or whose users are unknown, or that are only read */
	ACTION_MOVED,  /* a tag moved in the window, and what it points to now runs, or will with the next pod: nothing
			* says that it is bad */
	ACTION_FIX,    /* secrets that block every pull: rotation would not help these pods */
	ACTION_PURGE,  /* bad images cached on nodes */
	ACTION_DELETE, /* credentials that nobody uses */
	ACTION_CHECK,  /* credentials without proof; workloads that ran or pulled a bad image and ended */
	ACTION_COUNT,
};

static const char *const action_names[ACTION_COUNT] = {
	"contain", "contain", "contain", "hold", "revoke", "rotate", "check", "fix", "purge", "delete", "check",
};
static const char *const action_rules[ACTION_COUNT] = {
	"contain_reader", "contain", "contain_built", "hold",   "revoke", "rotate",
	"moved",          "fix",     "purge",         "delete", "check",
};

struct action_rows {
	struct triage_run *run;
	struct row_list rows;
};

static int add(struct action_rows *rows, enum action_class class, struct slice subject, struct slice why,
	       struct error **err)
{
	struct action *row = row_push(&rows->rows, &action_type, &rows->run->world->arena);

	if (!row || !subject.data || !why.data)
		return arena_fail(&rows->run->world->arena, err);
	row->rank = (int64_t)rows->rows.list.len;
	row->action = slice_of(action_names[class]);
	row->rule = slice_of(action_rules[class]);
	row->subject = subject;
	row->why = why;
	return 0;
}

static struct action *last_row(const struct action_rows *rows)
{
	return &((struct action *)rows->rows.list.items)[rows->rows.list.len - 1];
}

static enum action_class workload_class(const struct triage_workload *w)
{
	if (w->bad_runs && w->reads.len)
		return ACTION_CONTAIN_READER;
	if (w->bad_runs)
		return w->built_runs == w->bad_runs ? ACTION_CONTAIN_BUILT : ACTION_CONTAIN;
	if (w->bad_waits || (w->template_only && !w->suspended))
		return ACTION_HOLD;
	return w->bad_ran || w->bad_pulled || w->template_only ? ACTION_CHECK : ACTION_COUNT;
}

static struct slice workload_why(const struct triage_workload *w, struct arena *arena)
{
	if (w->bad_runs && w->reads.len && w->built_runs == w->bad_runs)
		return arena_printf(arena, "built on a bad image, can read %zu secret%s", w->reads.len,
				    w->reads.len == 1 ? "" : "s");
	if (w->bad_runs && w->reads.len)
		return arena_printf(arena, "bad image, can read %zu secret%s", w->reads.len,
				    w->reads.len == 1 ? "" : "s");
	if (w->bad_runs)
		return slice_of(w->built_runs == w->bad_runs ? "runs an image built on a bad one" : "runs a bad image");
	if (w->bad_waits)
		return slice_of("a bad image waits to start");
	if (w->template_only)
		return slice_of(w->suspended ? "suspended: keep it so, it starts a bad image"
					     : "its next pod starts a bad image");
	if (!w->bad_ran)
		return slice_of("pulled a bad image");
	if (w->reads.len)
		return arena_printf(arena, "ran it, could read %zu secret%s", w->reads.len,
				    w->reads.len == 1 ? "" : "s");
	return slice_of("ran a bad image");
}

static int add_workloads(struct action_rows *rows, enum action_class class, struct error **err)
{
	struct arena *arena = &rows->run->world->arena;

	for (size_t i = 0; i < rows->run->workloads.len; i++) {
		const struct triage_workload *w = rows->run->workloads.items[i].value;
		if (workload_class(w) != class)
			continue;
		struct slice subject = arena_printf(arena, "%.*s/%.*s %.*s/%.*s", SLICE_ARG(w->cluster),
						    SLICE_ARG(w->namespace), SLICE_ARG(w->kind), SLICE_ARG(w->name));
		if (add(rows, class, subject, workload_why(w, arena), err) < 0)
			return -1;
		last_row(rows)->reads = w->reads;
	}
	return 0;
}

/* A login of another registry than the breached one says so. */
static struct slice login_text(const struct action_rows *rows, const struct credential *row)
{
	struct arena *arena = &rows->run->world->arena;
	struct slice user = row->username.data && row->username.len ? row->username : SLICE("(no user)");
	struct slice id = slice_part(row->fingerprint, 0, 8);

	if (rows->run->incident->registries.len == 1 &&
	    scope_has_login(rows->run->incident, row->registry, row->username))
		return arena_printf(arena, "%.*s %.*s %.*s", SLICE_ARG(user), SLICE_ARG(row->cred_kind), SLICE_ARG(id));
	return arena_printf(arena, "%.*s %.*s %.*s %.*s", SLICE_ARG(user), SLICE_ARG(row->cred_kind), SLICE_ARG(id),
			    SLICE_ARG(row->registry));
}

static enum action_class credential_class(const struct credential *row)
{
	if (slice_equal_text(row->action, "revoke"))
		return row->bad_readers > 0 ? ACTION_REVOKE : ACTION_DELETE;
	if (slice_equal_text(row->action, "rotate"))
		return ACTION_ROTATE;
	if (slice_equal_text(row->action, "delete"))
		return ACTION_DELETE;
	return slice_equal_text(row->action, "check") ? ACTION_CHECK : ACTION_COUNT;
}

/* Short: the credential's own row has the whole reason. */
static struct slice login_why(const struct credential *row, struct arena *arena)
{
	long long secrets = row->secrets, users = row->users, readers = row->readers;
	const char *plural = secrets == 1 ? "" : "s";

	if (row->secrets == 0)
		return slice_of("no copy left; is it revoked?");
	if (row->bad_readers > 0)
		return arena_printf(arena, "in %lld secret%s, bad image reads it", secrets, plural);
	if (row->users == INT_UNKNOWN)
		return arena_printf(arena, "in %lld secret%s, users not known", secrets, plural);
	if (users > 0)
		return arena_printf(arena, "in %lld secret%s, %lld workload%s use%s it", secrets, plural, users,
				    users == 1 ? "" : "s", users == 1 ? "s" : "");
	if (readers > 0)
		return arena_printf(arena, "in %lld secret%s, %lld can read it", secrets, plural, readers);
	return arena_printf(arena, "in %lld secret%s, no pull needs it", secrets, plural);
}

static int add_credentials(struct action_rows *rows, enum action_class class, struct error **err)
{
	struct arena *arena = &rows->run->world->arena;
	const struct credential *items = rows->run->triage->credentials.items;

	for (size_t i = 0; i < rows->run->triage->credentials.len; i++) {
		if (credential_class(&items[i]) != class)
			continue;
		struct slice why = class == ACTION_CHECK ? items[i].why : login_why(&items[i], arena);
		if (add(rows, class, login_text(rows, &items[i]), why, err) < 0)
			return -1;
		last_row(rows)->action = items[i].action;
	}
	return 0;
}

static struct slice moved_why(const struct tag_row *tag, struct arena *arena)
{
	if (tag->runs_now > 0)
		return tag->why;
	struct slice change = tag->change.len ? tag->change : SLICE("moved");
	return arena_printf(arena, "%.*s: the next pod of %lld replica%s starts it", SLICE_ARG(change),
			    (long long)tag->runs_other, tag->runs_other == 1 ? "" : "s");
}

/* What its name stands for was started, or will be in place of what it stood for. */
static bool is_started(const struct tag_row *tag)
{
	return tag->runs_now > 0 || (tag->runs_other > 0 && slice_equal_text(tag->state, "moved"));
}

/* Tags that point to something bad have their workloads above. */
static int add_moved(struct action_rows *rows, struct error **err)
{
	struct arena *arena = &rows->run->world->arena;
	const struct tag_row *items = rows->run->triage->tags.items;

	for (size_t i = 0; i < rows->run->triage->tags.len; i++) {
		const struct tag_row *tag = &items[i];
		if (tag->in_window != BOOL_TRUE || tag->bad == BOOL_TRUE || !is_started(tag))
			continue;
		struct slice subject = arena_printf(arena, "tag %.*s/%.*s:%.*s", SLICE_ARG(tag->registry),
						    SLICE_ARG(tag->repository), SLICE_ARG(tag->tag));
		if (add(rows, ACTION_MOVED, subject, moved_why(tag, arena), err) < 0)
			return -1;
	}
	return 0;
}

static int add_blocked(struct action_rows *rows, struct error **err)
{
	struct arena *arena = &rows->run->world->arena;
	const struct secret_row *items = rows->run->triage->blocked.items;

	for (size_t i = 0; i < rows->run->triage->blocked.len; i++) {
		struct slice subject = arena_printf(arena, "%.*s/%.*s Secret/%.*s", SLICE_ARG(items[i].cluster),
						    SLICE_ARG(items[i].namespace), SLICE_ARG(items[i].name));
		if (add(rows, ACTION_FIX, subject, slice_of("malformed: blocks every pull"), err) < 0)
			return -1;
	}
	return 0;
}

/* One line a node, however many bad images lie there. */
static int add_cached(struct action_rows *rows, struct error **err)
{
	CLEANUP(map_release) struct map nodes = { 0 };
	struct arena *arena = &rows->run->world->arena;
	const struct sighting *items = rows->run->triage->sightings.items;

	for (size_t i = 0; i < rows->run->triage->sightings.len; i++) {
		if (!slice_equal_text(items[i].state, "cached"))
			continue;
		struct slice name = arena_printf(arena, "%.*s node %.*s", SLICE_ARG(items[i].cluster),
						 SLICE_ARG(items[i].node));
		void **place = name.data ? map_put(&nodes, name) : NULL;
		if (!place)
			return arena_fail(arena, err);
		if (*place)
			continue;
		*place = rows;
		/* The latest sight of a node stands first. */
		bool still = !slice_equal_text(items[i].proof, "earlier node image list");
		struct slice why = slice_of(still ? "a bad image is cached there" : "a bad image was cached there");
		if (add(rows, ACTION_PURGE, name, why, err) < 0)
			return -1;
	}
	return 0;
}

/* A pod that only an event of its pull tells of, and no workload. */
static struct slice pulled_by(const struct sighting *s, struct arena *arena)
{
	if (!s->pod.data)
		return arena_printf(arena, "%.*s node %.*s", SLICE_ARG(s->cluster), SLICE_ARG(s->node));
	return arena_printf(arena, "%.*s/%.*s Pod/%.*s", SLICE_ARG(s->cluster), SLICE_ARG(s->namespace),
			    SLICE_ARG(s->pod));
}

static int add_pulled(struct action_rows *rows, struct error **err)
{
	CLEANUP(map_release) struct map pods = { 0 };
	struct arena *arena = &rows->run->world->arena;
	const struct sighting *items = rows->run->triage->sightings.items;

	for (size_t i = 0; i < rows->run->triage->sightings.len; i++) {
		if (!slice_equal_text(items[i].state, "pulled") || items[i].workload.data)
			continue;
		struct slice name = pulled_by(&items[i], arena);
		void **place = name.data ? map_put(&pods, name) : NULL;
		if (!place)
			return arena_fail(arena, err);
		if (*place)
			continue;
		*place = rows;
		if (add(rows, ACTION_CHECK, name, slice_of("pulled a bad image"), err) < 0)
			return -1;
	}
	return 0;
}

int triage_actions(struct triage_run *run, struct error **err)
{
	struct action_rows rows = { .run = run };

	if (add_workloads(&rows, ACTION_CONTAIN_READER, err) < 0 || add_workloads(&rows, ACTION_CONTAIN, err) < 0 ||
	    add_workloads(&rows, ACTION_CONTAIN_BUILT, err) < 0 || add_workloads(&rows, ACTION_HOLD, err) < 0 ||
	    add_credentials(&rows, ACTION_REVOKE, err) < 0 || add_credentials(&rows, ACTION_ROTATE, err) < 0 ||
	    add_moved(&rows, err) < 0 || add_blocked(&rows, err) < 0 || add_cached(&rows, err) < 0 ||
	    add_credentials(&rows, ACTION_DELETE, err) < 0 || add_workloads(&rows, ACTION_CHECK, err) < 0 ||
	    add_pulled(&rows, err) < 0 || add_credentials(&rows, ACTION_CHECK, err) < 0)
		return -1;
	run->triage->actions = rows.rows.list;
	return 0;
}
