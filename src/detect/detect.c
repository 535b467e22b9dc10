#include "detect/detect.h"

#include <stdarg.h>
#include <stdlib.h>

#include "detect/detect_internal.h"

const struct detect_rule detect_rules[] = {
	{ "pull-entry-undecodable", "high", "Malformed: every pull that lists it fails",
	  "Write the docker config anew (kubectl create secret docker-registry), keeping its other entries.",
	  find_entry_undecodable },
	{ "pull-missing", "high", "Names a pull secret that is not there",
	  "Create the secret in this namespace, or take the reference out.", find_missing },
	{ "pull-exposed", "high", "A workload can read a registry login",
	  "Treat the login as known to the workload. Give it one of its own that can only do what it needs.",
	  find_exposed },
	{ "pull-password", "high", "A pull secret holds an account's password",
	  "Replace it by an access token that can only pull, then change the password.", find_password },
	{ "pull-key-dead", "medium", "No image can ever match this key",
	  "Correct the key, or delete the entry. The login in it has leaked all the same: revoke it.", find_key_dead },
	{ "pull-unsupported-auth", "medium", "The kubelet cannot use this login",
	  "Store a user name and a password or token instead, or use a credential provider on the nodes.",
	  find_unsupported_auth },
	{ "pull-shared", "medium", "One login is shared widely",
	  "Give each cluster and team a login of its own, so that one can be revoked without the others.",
	  find_shared },
	{ "pull-rotation-blocked", "medium", "A change would be refused or put back",
	  "Rotate where the evidence says; for an immutable secret, write a new one and re-point its references.",
	  find_rotation_blocked },
	{ "pull-key-shadowed", "low", "Another login is always tried first",
	  "Delete the entry that is not meant, or reorder the pull secrets.", find_key_shadowed },
	{ "pull-unused", "low", "Nothing uses this pull secret", "Revoke the login in it, then delete the secret.",
	  find_unused },
	{ "pull-defect", "low", "The docker config is not what was meant",
	  "Write the docker config anew, without what the evidence names.", find_defect },
};
const size_t detect_rule_count = sizeof detect_rules / sizeof *detect_rules;

int detect_add(struct detect_run *run, const struct detect_subject *subject, struct error **err, const char *format,
	       ...)
{
	struct arena *arena = &run->world->arena;
	char evidence[1024]; /* cut where a name is absurdly long */
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(evidence, sizeof evidence, format, arguments);
	va_end(arguments);
	size_t len = length < 0 ? 0 : (size_t)length < sizeof evidence ? (size_t)length : sizeof evidence - 1;
	struct finding *finding = arena_zeroed(arena, 1, sizeof *finding);
	if (!finding)
		return arena_fail(arena, err);
	record_init(&finding_type, finding);
	finding->rule = slice_of(run->rule->id);
	finding->cluster = subject->cluster->record->cluster;
	finding->subject_kind = subject->kind;
	finding->namespace = subject->namespace;
	finding->subject = subject->name;
	finding->place = subject->place;
	finding->severity = slice_of(run->rule->severity);
	finding->title = slice_of(run->rule->title);
	finding->fix = slice_of(run->rule->fix);
	finding->state = SLICE("open");
	if (arena_copy(arena, (struct slice){ evidence, len }, &finding->evidence) < 0 ||
	    world_list_push(&run->findings, finding, arena) < 0)
		return arena_fail(arena, err);
	return 0;
}

struct detect_subject detect_secret(const struct world_secret *secret, struct slice place)
{
	return (struct detect_subject){ secret->cluster, SLICE("Secret"), secret->record->namespace,
					secret->record->name, place };
}

int detect_each_secret(struct detect_run *run,
		       int (*visit)(struct detect_run *, const struct world_secret *, struct error **),
		       struct error **err)
{
	for (size_t i = 0; i < run->world->secrets.len; i++) {
		const struct world_secret *secret = run->world->secrets.items[i];
		if (secret->current && visit(run, secret, err) < 0)
			return -1;
	}
	return 0;
}

int detect_each_entry(struct detect_run *run,
		      int (*visit)(struct detect_run *, const struct world_entry *, struct error **),
		      struct error **err)
{
	for (size_t i = 0; i < run->world->clusters.len; i++) {
		const struct world_cluster *cluster = run->world->clusters.items[i];
		for (size_t j = 0; j < cluster->entries.len; j++) {
			if (visit(run, cluster->entries.items[j], err) < 0)
				return -1;
		}
	}
	return 0;
}

static int severity_rank(struct slice severity)
{
	static const char *const order[] = { "critical", "high", "medium", "low" };
	int rank = 0;
	while (rank < 4 && !slice_equal_text(severity, order[rank]))
		rank++;
	return rank;
}

static int compare_findings(const void *a, const void *b)
{
	const struct finding *left = a, *right = b;
	int order = severity_rank(left->severity) - severity_rank(right->severity);
	const struct slice pairs[][2] = {
		{ left->cluster, right->cluster }, { left->namespace, right->namespace },
		{ left->subject, right->subject }, { left->rule, right->rule },
		{ left->place, right->place },
	};
	for (size_t i = 0; !order && i < sizeof pairs / sizeof *pairs; i++)
		order = slice_compare(pairs[i][0], pairs[i][1]);
	return order;
}

int detect_run(struct world *world, struct record_list *ret_findings, struct error **err)
{
	struct detect_run run = { .world = world };
	for (size_t i = 0; i < detect_rule_count; i++) {
		run.rule = &detect_rules[i];
		if (run.rule->find(&run, err) < 0)
			return error_context(err, "rule %s", run.rule->id);
	}
	struct finding *findings = arena_zeroed(&world->arena, run.findings.len + 1, sizeof *findings);
	if (!findings)
		return arena_fail(&world->arena, err);
	for (size_t i = 0; i < run.findings.len; i++)
		findings[i] = *(const struct finding *)run.findings.items[i];
	qsort(findings, run.findings.len, sizeof *findings, compare_findings);
	*ret_findings = (struct record_list){ findings, run.findings.len };
	return 0;
}
