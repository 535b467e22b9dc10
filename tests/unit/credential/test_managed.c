#include "credential/managed.h"

#include <string.h>

#include "base/limits.h"
#include "support/check.h"
#include "support/torture.h"

enum { OWNER, LABEL, ANNOTATION, KINDS };

/* Marks of the secret shop/hub, as "name=value" in three lists, and who manages it then. manager NULL: nobody. */
struct example {
	const char *marks[KINDS][3];
	const char *writer, *manager, *at;
};

#define MARK(kind, text) .marks = { [kind] = { text } }
#define OPENSHIFT_ANNOTATION "openshift.io/internal-registry-auth-token.service-account=builder"

static const struct example examples[] = {
	{ .manager = NULL },
	/* manager by manager */
	{ MARK(OWNER, "ExternalSecret.external-secrets.io=es-hub"), NULL, "External Secrets",
	  "ExternalSecret shop/es-hub" },
	{ MARK(LABEL, "reconcile.external-secrets.io/managed=true"), NULL, "External Secrets",
	  "ExternalSecret shop/hub" },
	{ MARK(LABEL, "reconcile.external-secrets.io/managed=false"), NULL, NULL, NULL },
	{ MARK(LABEL, "reconcile.external-secrets.io/created-by=1f2e"), NULL, "External Secrets",
	  "ExternalSecret shop/hub" },
	{ MARK(ANNOTATION, "reconcile.external-secrets.io/data-hash=1f2e"), NULL, "External Secrets",
	  "ExternalSecret shop/hub" },
	{ MARK(OWNER, "SealedSecret.bitnami.com=hub"), NULL, "Sealed Secrets", "SealedSecret shop/hub" },
	{ MARK(ANNOTATION, "sealedsecrets.bitnami.com/managed=true"), NULL, "Sealed Secrets", "SealedSecret shop/hub" },
	{ MARK(ANNOTATION, "sealedsecrets.bitnami.com/patch=true"), NULL, "Sealed Secrets", "SealedSecret shop/hub" },
	{ MARK(ANNOTATION, "sealedsecrets.bitnami.com/skip-set-owner-references=true"), NULL, "Sealed Secrets",
	  "SealedSecret shop/hub" },
	{ MARK(ANNOTATION, "argocd.argoproj.io/tracking-id=ci-stage:/Secret:ci/hub"), NULL, "Argo CD",
	  "Application ci-stage" },
	{ MARK(LABEL, "app.kubernetes.io/instance=web"), NULL, "Argo CD (unconfirmed)", "Application web" },
	{ .marks = { [LABEL] = { "kustomize.toolkit.fluxcd.io/name=apps",
				 "kustomize.toolkit.fluxcd.io/namespace=flux-system" } },
	  .manager = "Flux",
	  .at = "Kustomization flux-system/apps" },
	{ .marks = { [LABEL] = { "kustomize.toolkit.fluxcd.io/name=apps" },
		     [ANNOTATION] = { "kustomize.toolkit.fluxcd.io/ssa=Merge" } },
	  .manager = "Flux",
	  .at = "Kustomization apps" },
	{ .marks = { [LABEL] = { "kustomize.toolkit.fluxcd.io/name=apps" },
		     [ANNOTATION] = { "kustomize.toolkit.fluxcd.io/ssa=IfNotPresent" } } },
	{ .marks = { [LABEL] = { "kustomize.toolkit.fluxcd.io/name=apps" },
		     [ANNOTATION] = { "kustomize.toolkit.fluxcd.io/ssa=Ignore" } } },
	{ .marks = { [LABEL] = { "kustomize.toolkit.fluxcd.io/name=apps" },
		     [ANNOTATION] = { "kustomize.toolkit.fluxcd.io/reconcile=disabled" } } },
	{ .marks = { [LABEL] = { "helm.toolkit.fluxcd.io/name=web", "helm.toolkit.fluxcd.io/namespace=shop" } },
	  .manager = "Flux",
	  .at = "HelmRelease shop/web" },
	{ .marks = { [ANNOTATION] = { "meta.helm.sh/release-name=ledger", "meta.helm.sh/release-namespace=payments" } },
	  .manager = "Helm",
	  .at = "Helm release payments/ledger" },
	{ MARK(LABEL, "app.kubernetes.io/managed-by=Helm"), NULL, "Helm", "Helm release of shop/hub" },
	{ MARK(LABEL, "app.kubernetes.io/managed-by=somebody"), NULL, NULL, NULL },
	{ MARK(ANNOTATION, "replicator.v1.mittwald.de/replicate-from=base/hub"), NULL, "kubernetes-replicator",
	  "Secret base/hub" },
	{ MARK(ANNOTATION, "replicator.v1.mittwald.de/replicated-at=2026-11-20T00:00:00Z"), NULL,
	  "kubernetes-replicator", "source of shop/hub" },
	{ MARK(ANNOTATION, "replicator.v1.mittwald.de/replicated-from-version=812"), NULL, "kubernetes-replicator",
	  "source of shop/hub" },
	{ MARK(ANNOTATION, "replicator.v1.mittwald.de/replicated-keys=.dockerconfigjson"), NULL,
	  "kubernetes-replicator", "source of shop/hub" },
	{ MARK(ANNOTATION, "replicator.v1.mittwald.de/replicate-to=web"), NULL, NULL, NULL }, /* the source itself */
	{ MARK(ANNOTATION, "reflector.v1.k8s.emberstack.com/reflects=base/hub"), NULL, "reflector", "Secret base/hub" },
	{ MARK(ANNOTATION, "reflector.v1.k8s.emberstack.com/reflected-version=812"), NULL, "reflector",
	  "source of shop/hub" },
	{ MARK(ANNOTATION, "reflector.v1.k8s.emberstack.com/reflection-allowed=true"), NULL, NULL, NULL },
	{ MARK(ANNOTATION, "app.kubernetes.io/managed-by=imagepullsecret-patcher"), NULL, "imagepullsecret-patcher",
	  "source secret of imagepullsecret-patcher for shop/hub" },
	{ MARK(OWNER, "VaultStaticSecret.secrets.hashicorp.com=hub"), NULL, "Vault Secrets Operator",
	  "VaultStaticSecret shop/hub" },
	{ MARK(LABEL, "secrets-store.csi.k8s.io/managed=true"), NULL, "Secrets Store CSI",
	  "SecretProviderClass of shop/hub" },
	{ MARK(LABEL, "generate.kyverno.io/policy-name=sync-hub"), NULL, "Kyverno", "ClusterPolicy sync-hub" },
	{ MARK(LABEL, "hnc.x-k8s.io/inherited-from=base"), NULL, "HNC", "Secret base/hub" },
	{ MARK(OWNER, "OnePasswordItem.onepassword.com=hub"), NULL, "1Password Operator", "OnePasswordItem shop/hub" },
	{ MARK(ANNOTATION, OPENSHIFT_ANNOTATION), NULL, "OpenShift", "ServiceAccount shop/builder" },
	/* any other owner */
	{ MARK(OWNER, "Registry.example.com=main"), NULL, "owner", "Registry shop/main" },
	{ MARK(OWNER, "ServiceAccount=builder"), "kubectl", "owner", "ServiceAccount shop/builder" },
	/* who wrote it last */
	{ .writer = "kubectl-client-side-apply" },
	{ .writer = "kubectl" },
	{ .writer = "helmfile" },
	{ .writer = "velero-server" },
	{ .writer = "" },
	{ .writer = "helm", .manager = "Helm", .at = "field manager helm" },
	{ .writer = "argocd-controller", .manager = "Argo CD", .at = "field manager argocd-controller" },
	{ .writer = "Terraform", .manager = "Terraform", .at = "field manager Terraform" },
	{ .writer = "octopus", .manager = "other writer", .at = "field manager octopus" },
	{ .writer = "ansible", .manager = "other writer", .at = "field manager ansible" },
	/* the strongest first */
	{ .marks = { [OWNER] = { "Other.example.com=x", "ExternalSecret.external-secrets.io=hub" },
		     [LABEL] = { "app.kubernetes.io/managed-by=Helm", "app.kubernetes.io/instance=web" },
		     [ANNOTATION] = { "argocd.argoproj.io/tracking-id=web:/Secret:shop/hub" } },
	  .writer = "helm",
	  .manager = "External Secrets",
	  .at = "ExternalSecret shop/hub" },
	{ .marks = { [LABEL] = { "app.kubernetes.io/managed-by=Helm", "app.kubernetes.io/instance=web" },
		     [ANNOTATION] = { "argocd.argoproj.io/tracking-id=web:/Secret:shop/hub",
				      "meta.helm.sh/release-name=web" } },
	  .manager = "Argo CD",
	  .at = "Application web" },
	{ .marks = { [LABEL] = { "app.kubernetes.io/instance=web", "app.kubernetes.io/managed-by=Helm" } },
	  .manager = "Helm",
	  .at = "Helm release of shop/hub" },
	{ .marks = { [OWNER] = { "SealedSecret.bitnami.com=hub" },
		     [ANNOTATION] = { "replicator.v1.mittwald.de/replicate-from=base/hub" } },
	  .manager = "Sealed Secrets",
	  .at = "SealedSecret shop/hub" },
};

static size_t split_marks(const char *const texts[3], struct managed_mark *ret_marks)
{
	size_t count = 0;
	for (; count < 3 && texts[count]; count++)
		slice_cut(slice_of(texts[count]), '=', &ret_marks[count].name, &ret_marks[count].value);
	return count;
}

static int managed(const struct example *example, struct arena *arena, struct managed_by *ret_managed,
		   struct error **err)
{
	struct managed_mark marks[KINDS][3];
	size_t counts[KINDS];
	for (int i = 0; i < KINDS; i++)
		counts[i] = split_marks(example->marks[i], marks[i]);
	struct managed_object object = {
		.namespace = SLICE("shop"),
		.name = SLICE("hub"),
		.owners = marks[OWNER],
		.owner_count = counts[OWNER],
		.labels = marks[LABEL],
		.label_count = counts[LABEL],
		.annotations = marks[ANNOTATION],
		.annotation_count = counts[ANNOTATION],
		.data_manager = slice_of(example->writer),
	};
	return managed_by_of(&object, arena, ret_managed, err);
}

static void managers_are_told(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		struct error *err = NULL;
		struct managed_by by;
		check_ok(managed(&examples[i], &arena, &by, &err), &err);
		if (!examples[i].manager) {
			if (by.manager)
				fail_msg("example %zu: managed by %s", i, by.manager);
			assert_null(by.at.data);
			continue;
		}
		if (!by.manager || strcmp(by.manager, examples[i].manager) != 0)
			fail_msg("example %zu: managed by %s, not %s", i, by.manager ? by.manager : "nobody",
				 examples[i].manager);
		check_slice(by.at, examples[i].at);
	}
}

static void without_a_namespace(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);
	struct managed_mark owner = { SLICE("Registry.example.com"), SLICE("main") };
	struct managed_object object = { .name = SLICE("hub"), .owners = &owner, .owner_count = 1 };
	struct error *err = NULL;
	struct managed_by by;
	check_ok(managed_by_of(&object, &arena, &by, &err), &err);
	check_slice(by.at, "Registry main");
}

static int managed_once(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);
	struct managed_by by;
	return managed(data, &arena, &by, err);
}

static void every_allocation_fails(void **state)
{
	struct example sign = { MARK(OWNER, "SealedSecret.bitnami.com=hub") },
		       owner = { MARK(OWNER, "X.example.com=a") };
	struct example writer = { .writer = "ansible" };
	torture(managed_once, &sign);
	torture(managed_once, &owner);
	torture(managed_once, &writer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(managers_are_told),
		cmocka_unit_test(without_a_namespace),
		cmocka_unit_test(every_allocation_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
