#include "triage/triage_internal.h"

/* docs/ranking.md, "Credentials": the classes in their order. A class is what decides first; inside one, the kind of
 * the credential, its users, its copies and its age do. */
enum credential_class {
	CLASS_EXPOSED,       /* burnt, and a workload that runs or ran a bad image can read a copy */
	CLASS_IN_USE,        /* burnt, and workloads pull with it */
	CLASS_USERS_UNKNOWN, /* burnt, and nobody read who uses it */
	CLASS_READ_ONLY,     /* burnt, nobody pulls with it, but workloads can read it */
	CLASS_FORMER,        /* burnt, and no copy is left: it is dead only once the registry says so */
	CLASS_UNUSED,        /* burnt, and nobody known uses it */
	CLASS_UNPROVEN,      /* no proof that it is older or younger than the breach */
	CLASS_PROVEN_NEW,    /* seen to replace another value after the breach */
	CLASS_COUNT,
};

static const char *const class_actions[CLASS_COUNT] = {
	[CLASS_EXPOSED] = "revoke",   [CLASS_IN_USE] = "rotate",   [CLASS_USERS_UNKNOWN] = "rotate",
	[CLASS_READ_ONLY] = "rotate", [CLASS_UNUSED] = "delete",   [CLASS_FORMER] = "revoke",
	[CLASS_UNPROVEN] = "check",   [CLASS_PROVEN_NEW] = "none",
};

/* What a thief can do with each kind: a password opens the account, a token what it was made for. */
static unsigned kind_weight(struct slice kind)
{
	static const char *const order[] = { "password", "json-key", "pat", "robot", "oat" };
	for (unsigned i = 0; i < sizeof order / sizeof order[0]; i++)
		if (slice_equal_text(kind, order[i]))
			return i;
	return sizeof order / sizeof order[0];
}

/* docs/ranking.md: the earliest proof that the value existed, against the end of the window; a value is new only where
 * we saw another one in its place after that, in every copy. */
static const char *standing_of(const struct triage_run *run, const struct world_credential *c)
{
	if (c->not_changed_since != TIME_UNSET && c->not_changed_since <= run->cutoff)
		return "burnt";
	return c->set_after != TIME_UNSET && c->set_after >= run->cutoff ? "proven_new" : "unproven";
}

/* Workloads with a bad image that can read it; *ret_now: one of them runs it now. */
static int count_bad_readers(struct triage_run *run, struct credential *row, bool *ret_now)
{
	const struct user *users = row->used_by.items;
	int64_t count = 0;

	*ret_now = false;
	for (size_t i = 0; i < row->used_by.len; i++) {
		if (!slice_equal_text(users[i].relation, "reads"))
			continue;
		struct triage_workload *w = triage_workload(run, users[i].cluster, users[i].namespace,
							    users[i].workload_kind, users[i].workload);
		if (!w)
			return -1;
		count += w->counted != row && (w->bad_runs || w->bad_ran); /* it may read several copies */
		w->counted = row;
		*ret_now = *ret_now || w->bad_runs;
	}
	row->bad_readers = count;
	return 0;
}

static bool has_note(const struct credential *row, const char *note)
{
	return slice_list_has(row->notes, slice_of(note));
}

static enum credential_class class_of(const struct credential *row)
{
	if (slice_equal_text(row->standing, "proven_new"))
		return CLASS_PROVEN_NEW;
	if (slice_equal_text(row->standing, "unproven"))
		return CLASS_UNPROVEN;
	if (row->bad_readers > 0)
		return CLASS_EXPOSED;
	if (row->users == INT_UNKNOWN)
		return CLASS_USERS_UNKNOWN;
	if (row->users > 0)
		return CLASS_IN_USE;
	if (row->readers > 0)
		return CLASS_READ_ONLY;
	return has_note(row, "former") ? CLASS_FORMER : CLASS_UNUSED;
}

/* What nobody lists can be deleted. A dead key in a secret that pods list is revoked only: the secret may serve others.
 */
static const char *action_of(const struct credential *row, enum credential_class class)
{
	return class == CLASS_UNUSED && !has_note(row, "unused") ? "revoke" : class_actions[class];
}

static struct slice why_of(const struct credential *row, enum credential_class class, struct arena *arena)
{
	long long bad = row->bad_readers, users = row->users, readers = row->readers;

	switch (class) {
	case CLASS_EXPOSED:
		return arena_printf(arena, "%lld workload%s with a bad image can read it", bad, bad == 1 ? "" : "s");
	case CLASS_IN_USE:
		return arena_printf(arena, "in use: %lld workload%s pull%s with it", users, users == 1 ? "" : "s",
				    users == 1 ? "s" : "");
	case CLASS_USERS_UNKNOWN:
		return slice_of("users not known: not all that could use it was read");
	case CLASS_READ_ONLY:
		return arena_printf(arena, "%lld workload%s can read it, none pulls with it", readers,
				    readers == 1 ? "" : "s");
	case CLASS_FORMER:
		return slice_of("no copy is left; did the registry revoke it?");
	case CLASS_UNUSED:
		return slice_of(has_note(row, "unused") ? "no known user; leaked all the same"
							: "no pull needs it; a secret with it is listed");
	case CLASS_UNPROVEN:
		return slice_of("proven neither older nor newer");
	default:
		return slice_of("seen to replace another value");
	}
}

static int compare_credentials(const void *left, const void *right)
{
	const struct credential *a = left, *b = right;
	const int64_t ascending[][2] = {
		{ class_of(a), class_of(b) },
		{ kind_weight(a->cred_kind), kind_weight(b->cred_kind) },
		{ -a->bad_readers, -b->bad_readers },
		{ a->users == INT_UNKNOWN ? 0 : -a->users, b->users == INT_UNKNOWN ? 0 : -b->users },
		{ -a->secrets, -b->secrets },
		{ a->not_changed_since, b->not_changed_since },
	};

	for (size_t i = 0; i < sizeof ascending / sizeof ascending[0]; i++)
		if (ascending[i][0] != ascending[i][1])
			return ascending[i][0] < ascending[i][1] ? -1 : 1;
	int order = slice_compare(a->registry, b->registry);
	order = order ? order : slice_compare(a->username, b->username);
	order = order ? order : slice_compare(a->fingerprint, b->fingerprint);
	return order ? order : slice_compare(a->cred_kind, b->cred_kind);
}

/* The scope's logins, and those of any registry that a workload with a bad image can read: they leaked with it. */
static int judge(struct triage_run *run, const struct world_credential *source, struct credential *row,
		 bool *ret_wanted, struct error **err)
{
	bool read_now;

	if (count_bad_readers(run, row, &read_now) < 0)
		return arena_fail(&run->world->arena, err);
	*ret_wanted = row->bad_readers > 0 || scope_has_login(run->incident, row->registry, row->username);
	/* However new it is: what bad code can read now has leaked again. */
	row->standing = slice_of(read_now ? "burnt" : standing_of(run, source));
	enum credential_class class = class_of(row);
	row->action = slice_of(action_of(row, class));
	row->why = why_of(row, class, &run->world->arena);
	if (!row->why.data)
		return arena_fail(&run->world->arena, err);
	if (*ret_wanted && (class == CLASS_EXPOSED || class == CLASS_IN_USE))
		run->triage->burnt_in_use = true;
	return 0;
}

static void number_credentials(struct record_list *rows)
{
	struct credential *items = rows->items;

	if (rows->len)
		qsort(items, rows->len, sizeof *items, compare_credentials);
	for (size_t i = 0; i < rows->len; i++)
		items[i].rank = (int64_t)i + 1;
}

int triage_credentials(struct triage_run *run, struct error **err)
{
	struct row_list rows = { 0 };

	for (size_t i = 0; i < run->world->credentials.len; i++) {
		const struct world_credential *source = run->world->credentials.items[i];
		struct credential *row = world_credential_row(run->world, source);
		bool wanted = false;
		if (!row)
			return arena_fail(&run->world->arena, err);
		if (judge(run, source, row, &wanted, err) < 0)
			return -1;
		if (wanted && !row_push_copy(&rows, &credential_type, row, &run->world->arena))
			return arena_fail(&run->world->arena, err);
	}
	number_credentials(&rows.list);
	run->triage->credentials = rows.list;
	return 0;
}

/* Whichever registry they were meant for: one such secret fails every pull of a pod that lists it. */
int triage_blocked(struct triage_run *run, struct error **err)
{
	struct row_list rows = { 0 };

	for (size_t i = 0; i < run->world->secrets.len; i++) {
		const struct world_secret *secret = run->world->secrets.items[i];
		if (!secret->blocks_pulls || !secret->current)
			continue;
		struct secret_row *row = world_secret_row(run->world, secret);
		if (!row || !row_push_copy(&rows, &secret_row_type, row, &run->world->arena))
			return arena_fail(&run->world->arena, err);
	}
	run->triage->blocked = rows.list;
	return 0;
}
