#include "credential/managed.h"

#include <stdbool.h>

#include "base/ascii.h"

/* Where the sign of a manager stands. */
enum where { WHERE_OWNER, WHERE_LABEL, WHERE_ANNOTATION };

/* How `at` names the object to change instead. */
enum place {
	PLACE_KIND_AND_NAME, /* `kind` and the name of the secret */
	PLACE_OWNER,         /* `kind` and the mark's value, in the namespace of the object */
	PLACE_VALUE,         /* `kind` and the mark's value, which may be NAMESPACE/NAME */
	PLACE_TRACKING,      /* the value of an Argo CD tracking id: APPLICATION:group/Kind:namespace/name */
	PLACE_NAMED_MARKS,   /* namespace and name from the marks `namespace_mark` and `mark` */
	PLACE_NAMESPACE,     /* `kind` of the same name in the namespace that the mark's value names */
};

struct sign {
	const char *manager;
	enum where where;
	const char *mark;  /* of an owner: Kind.group, without a version */
	const char *value; /* NULL: any */
	enum place place;
	const char *kind;           /* of what `at` names */
	const char *namespace_mark; /* PLACE_NAMED_MARKS */
};

/* Strongest first: what writes the value back at once, then what does at an interval, at a sync, at an upgrade, and
 * last what only tells who wrote. */
static const struct sign signs[] = {
	{ "External Secrets", WHERE_OWNER, "ExternalSecret.external-secrets.io", NULL, PLACE_OWNER, "ExternalSecret",
	  NULL },
	{ "External Secrets", WHERE_LABEL, "reconcile.external-secrets.io/managed", "true", PLACE_KIND_AND_NAME,
	  "ExternalSecret", NULL },
	{ "External Secrets", WHERE_LABEL, "reconcile.external-secrets.io/created-by", NULL, PLACE_KIND_AND_NAME,
	  "ExternalSecret", NULL },
	{ "External Secrets", WHERE_ANNOTATION, "reconcile.external-secrets.io/data-hash", NULL, PLACE_KIND_AND_NAME,
	  "ExternalSecret", NULL },
	{ "Sealed Secrets", WHERE_OWNER, "SealedSecret.bitnami.com", NULL, PLACE_OWNER, "SealedSecret", NULL },
	{ "Sealed Secrets", WHERE_ANNOTATION, "sealedsecrets.bitnami.com/managed", "true", PLACE_KIND_AND_NAME,
	  "SealedSecret", NULL },
	{ "Sealed Secrets", WHERE_ANNOTATION, "sealedsecrets.bitnami.com/patch", "true", PLACE_KIND_AND_NAME,
	  "SealedSecret", NULL },
	{ "Sealed Secrets", WHERE_ANNOTATION, "sealedsecrets.bitnami.com/skip-set-owner-references", "true",
	  PLACE_KIND_AND_NAME, "SealedSecret", NULL },
	{ "imagepullsecret-patcher", WHERE_ANNOTATION, "app.kubernetes.io/managed-by", "imagepullsecret-patcher",
	  PLACE_KIND_AND_NAME, "source secret of imagepullsecret-patcher for", NULL },
	{ "Vault Secrets Operator", WHERE_OWNER, "VaultStaticSecret.secrets.hashicorp.com", NULL, PLACE_OWNER,
	  "VaultStaticSecret", NULL },
	{ "Vault Secrets Operator", WHERE_OWNER, "VaultDynamicSecret.secrets.hashicorp.com", NULL, PLACE_OWNER,
	  "VaultDynamicSecret", NULL },
	{ "Vault Secrets Operator", WHERE_LABEL, "app.kubernetes.io/managed-by", "hashicorp-vso", PLACE_KIND_AND_NAME,
	  "VaultStaticSecret of", NULL },
	{ "1Password Operator", WHERE_OWNER, "OnePasswordItem.onepassword.com", NULL, PLACE_OWNER, "OnePasswordItem",
	  NULL },
	{ "1Password Operator", WHERE_ANNOTATION, "operator.1password.io/item-path", NULL, PLACE_VALUE,
	  "1Password item", NULL },
	{ "OpenShift", WHERE_ANNOTATION, "openshift.io/internal-registry-auth-token.service-account", NULL, PLACE_OWNER,
	  "ServiceAccount", NULL },
	{ "OpenShift", WHERE_ANNOTATION, "openshift.io/token-secret.name", NULL, PLACE_OWNER, "Secret", NULL },
	{ "Kyverno", WHERE_LABEL, "generate.kyverno.io/policy-name", NULL, PLACE_VALUE, "ClusterPolicy", NULL },
	{ "Kyverno", WHERE_LABEL, "app.kubernetes.io/managed-by", "kyverno", PLACE_KIND_AND_NAME,
	  "generating policy of", NULL },
	{ "HNC", WHERE_LABEL, "hnc.x-k8s.io/inherited-from", NULL, PLACE_NAMESPACE, "Secret", NULL },
	{ "Secrets Store CSI", WHERE_LABEL, "secrets-store.csi.k8s.io/managed", "true", PLACE_KIND_AND_NAME,
	  "SecretProviderClass of", NULL },
	{ "reflector", WHERE_ANNOTATION, "reflector.v1.k8s.emberstack.com/reflects", NULL, PLACE_VALUE, "Secret",
	  NULL },
	{ "reflector", WHERE_ANNOTATION, "reflector.v1.k8s.emberstack.com/reflected-version", NULL, PLACE_KIND_AND_NAME,
	  "source of", NULL },
	{ "kubernetes-replicator", WHERE_ANNOTATION, "replicator.v1.mittwald.de/replicate-from", NULL, PLACE_VALUE,
	  "Secret", NULL },
	{ "kubernetes-replicator", WHERE_ANNOTATION, "replicator.v1.mittwald.de/replicated-at", NULL,
	  PLACE_KIND_AND_NAME, "source of", NULL },
	{ "kubernetes-replicator", WHERE_ANNOTATION, "replicator.v1.mittwald.de/replicated-from-version", NULL,
	  PLACE_KIND_AND_NAME, "source of", NULL },
	{ "kubernetes-replicator", WHERE_ANNOTATION, "replicator.v1.mittwald.de/replicated-keys", NULL,
	  PLACE_KIND_AND_NAME, "source of", NULL },
	{ "Flux", WHERE_LABEL, "kustomize.toolkit.fluxcd.io/name", NULL, PLACE_NAMED_MARKS, "Kustomization",
	  "kustomize.toolkit.fluxcd.io/namespace" },
	{ "Flux", WHERE_LABEL, "helm.toolkit.fluxcd.io/name", NULL, PLACE_NAMED_MARKS, "HelmRelease",
	  "helm.toolkit.fluxcd.io/namespace" },
	{ "Argo CD", WHERE_ANNOTATION, "argocd.argoproj.io/tracking-id", NULL, PLACE_TRACKING, "Application", NULL },
	{ "Helm", WHERE_ANNOTATION, "meta.helm.sh/release-name", NULL, PLACE_NAMED_MARKS, "Helm release",
	  "meta.helm.sh/release-namespace" },
	{ "Helm", WHERE_LABEL, "app.kubernetes.io/managed-by", "Helm", PLACE_KIND_AND_NAME, "Helm release of", NULL },
	{ "Argo CD (unconfirmed)", WHERE_LABEL, "app.kubernetes.io/instance", NULL, PLACE_VALUE, "Application", NULL },
};

/* --- finding the sign --- */

struct marks {
	const struct managed_mark *items;
	size_t len;
};

static struct marks marks_at(const struct managed_object *object, enum where where)
{
	switch (where) {
	case WHERE_OWNER:
		return (struct marks){ object->owners, object->owner_count };
	case WHERE_LABEL:
		return (struct marks){ object->labels, object->label_count };
	case WHERE_ANNOTATION:
		return (struct marks){ object->annotations, object->annotation_count };
	}
	return (struct marks){ 0 };
}

static const struct managed_mark *find_mark(struct marks marks, const char *name)
{
	for (size_t i = 0; i < marks.len; i++)
		if (slice_equal_text(marks.items[i].name, name))
			return &marks.items[i];
	return NULL;
}

/* Flux lets go of what is marked so; a value that it only creates or never touches stays. */
static bool flux_lets_go(const struct managed_object *object)
{
	struct marks annotations = { object->annotations, object->annotation_count };
	const struct managed_mark *apply = find_mark(annotations, "kustomize.toolkit.fluxcd.io/ssa");
	const struct managed_mark *reconcile = find_mark(annotations, "kustomize.toolkit.fluxcd.io/reconcile");
	return (apply && (slice_equal_nocase(apply->value, SLICE("IfNotPresent")) ||
			  slice_equal_nocase(apply->value, SLICE("Ignore")))) ||
	       (reconcile && slice_equal_nocase(reconcile->value, SLICE("disabled")));
}

static bool sign_matches(const struct sign *sign, const struct managed_mark *mark, const struct managed_object *object)
{
	if (sign->value && !slice_equal_text(mark->value, sign->value))
		return false;
	return !slice_starts_with(slice_of(sign->mark), "kustomize.toolkit.fluxcd.io/") || !flux_lets_go(object);
}

static const struct sign *find_sign(const struct managed_object *object, const struct managed_mark **ret_mark)
{
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		const struct managed_mark *mark = find_mark(marks_at(object, signs[i].where), signs[i].mark);
		if (!mark || !sign_matches(&signs[i], mark, object))
			continue;
		*ret_mark = mark;
		return &signs[i];
	}
	return NULL;
}

/* --- where to change it instead --- */

static struct slice value_of(const struct managed_object *object, enum where where, const char *name)
{
	const struct managed_mark *mark = name ? find_mark(marks_at(object, where), name) : NULL;
	return mark ? mark->value : SLICE_NONE;
}

static struct slice named(struct arena *arena, const char *kind, struct slice namespace, struct slice name)
{
	if (namespace.len == 0)
		return arena_printf(arena, "%s %.*s", kind, SLICE_ARG(name));
	return arena_printf(arena, "%s %.*s/%.*s", kind, SLICE_ARG(namespace), SLICE_ARG(name));
}

/* "APPLICATION:group/Kind:namespace/name" */
static struct slice tracked(struct arena *arena, const char *kind, struct slice tracking_id)
{
	struct slice application, rest;
	slice_cut(tracking_id, ':', &application, &rest);
	return named(arena, kind, SLICE_NONE, application);
}

static struct slice place_of(const struct managed_object *object, const struct sign *sign,
			     const struct managed_mark *mark, struct arena *arena)
{
	switch (sign->place) {
	case PLACE_OWNER:
		return named(arena, sign->kind, object->namespace, mark->value);
	case PLACE_VALUE:
		return named(arena, sign->kind, SLICE_NONE, mark->value);
	case PLACE_TRACKING:
		return tracked(arena, sign->kind, mark->value);
	case PLACE_NAMED_MARKS:
		return named(arena, sign->kind, value_of(object, sign->where, sign->namespace_mark), mark->value);
	case PLACE_NAMESPACE:
		return named(arena, sign->kind, mark->value, object->name);
	case PLACE_KIND_AND_NAME:
		break;
	}
	return named(arena, sign->kind, object->namespace, object->name);
}

/* --- no mark: who owns it, who wrote it last --- */

/* First words of managedFields managers. Those without a manager are persons, scripts and restores: they do not come
 * back. */
static const struct {
	const char *start, *manager;
} writers[] = {
	{ "argocd", "Argo CD" },
	{ "kustomize-controller", "Flux" },
	{ "helm-controller", "Flux" },
	{ "externalsecrets.external-secrets.io", "External Secrets" },
	{ "HashiCorp", "Terraform" },
	{ "Terraform", "Terraform" },
	{ "pulumi", "Pulumi" },
	{ "helmfile", NULL },
	{ "helm", "Helm" },
	{ "kubectl", NULL },
	{ "fother", NULL },
	{ "velero", NULL },
	{ "before-first-apply", NULL },
	{ "curl", NULL },
	{ "Mozilla", NULL },
	{ "python-requests", NULL },
	{ "OpenAPI-Generator", NULL },
	{ "k9s", NULL },
	{ "Lens", NULL },
	{ "oc", NULL },
};

#define OTHER_WRITER "other writer"

/* `start` is the writer, or its first words: "helm" is not "helmfile". */
static bool is_writer(struct slice writer, struct slice start)
{
	struct slice behind = slice_part(writer, start.len, 1);
	bool whole_word = behind.len == 0 || !ascii_is_letter(behind.data[0]);
	return whole_word && slice_equal(slice_part(writer, 0, start.len), start);
}

static const char *manager_of_writer(struct slice writer)
{
	for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
		if (is_writer(writer, slice_of(writers[i].start)))
			return writers[i].manager;
	return OTHER_WRITER;
}

/* An owner that no row knows may write the object, and takes it along when it goes. */
static struct slice place_of_owner(const struct managed_object *object, struct arena *arena)
{
	const struct managed_mark *owner = &object->owners[0];
	struct slice kind, group;
	slice_cut(owner->name, '.', &kind, &group);
	return arena_printf(arena, "%.*s %.*s%s%.*s", SLICE_ARG(kind), SLICE_ARG(object->namespace),
			    object->namespace.len > 0 ? "/" : "", SLICE_ARG(owner->value));
}

int managed_by_of(const struct managed_object *object, struct arena *arena, struct managed_by *ret_managed,
		  struct error **err)
{
	struct managed_by managed = { 0 };
	const struct managed_mark *mark;
	const struct sign *sign = find_sign(object, &mark);
	if (sign)
		managed = (struct managed_by){ sign->manager, place_of(object, sign, mark, arena) };
	else if (object->owner_count > 0)
		managed = (struct managed_by){ "owner", place_of_owner(object, arena) };
	else if (object->data_manager.len > 0 && manager_of_writer(object->data_manager))
		managed = (struct managed_by){ manager_of_writer(object->data_manager),
					       arena_printf(arena, "field manager %.*s",
							    SLICE_ARG(object->data_manager)) };
	if (managed.manager && !managed.at.data)
		return arena_fail(arena, err);
	*ret_managed = managed;
	return 0;
}
