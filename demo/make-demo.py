#!/usr/bin/python3
"""Writes the dump of a made-up breach: two clusters, a list of bad digests, and what usually goes wrong with dumps.

    demo/make-demo.py build/demo [--as-of 2026-11-25T09:00:00Z]

All dates are relative to now, or to --as-of; the same time gives the same bytes. Prints the breach's window, as
`fother triage --window` takes it. The story, and what Fother should find in it, is told in demo/README.md.
Every login and key in here is made up and says so.
"""
import argparse
import datetime
import pathlib
import sys

import kube_objects as k
from image_objects import write_layout
from story_images import StoryImages

HUB = "https://index.docker.io/v1/"
ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
GCR = "europe-docker.pkg.dev"
HARBOR = "harbor.acme.example"

# The logins of the story: user, secret part.
LOGINS = {
    "ci": ("acmeci", "dckr_pat_EXAMPLEexampleEXAMPLE0001"),
    "owner": ("acme", "example-not-a-password-owner"),
    "cart": ("acmecart", "dckr_pat_EXAMPLEexampleEXAMPLE0002"),
    "web old": ("acmeweb", "dckr_pat_EXAMPLEexampleEXAMPLE0003"),
    "web new": ("acmeweb", "dckr_pat_EXAMPLEexampleEXAMPLE0004"),
    "legacy": ("acmelegacy", "example-not-a-password-legacy"),
    "batch": ("acmebatch", "dckr_pat_EXAMPLEexampleEXAMPLE0005"),
    "builder": ("acmebuilder", "dckr_pat_EXAMPLEexampleEXAMPLE0006"),
    "dev": ("acmedev", "example-not-a-password-dev"),
    "ghcr": ("acme-bot", "ghp_EXAMPLEexampleEXAMPLEexampleEXAM01"),
    "quay": ("acme+puller", "EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLE1"),
    "harbor": ("robot$ci+puller", "example-not-a-password-robot"),
    "gcr": ("_json_key", '{"type":"service_account","project_id":"acme-example",'
                         '"private_key_id":"0123456789abcdef0123456789abcdef01234567",'
                         '"private_key":"EXAMPLE-NOT-A-KEY",'
                         '"client_email":"puller@acme-example.iam.gserviceaccount.com"}'),
}

# Deployments and other controllers: namespace, kind, name, image, pull secrets, replicas, age in days.
PROD = [
    ("kube-system", "DaemonSet", "kube-proxy", "registry.k8s.io/kube-proxy:v1.31.6", (), 3, 390),
    ("kube-system", "Deployment", "coredns", "registry.k8s.io/coredns/coredns:v1.11.3", (), 2, 390),
    ("shop", "Deployment", "web", "docker.io/acme/web:1.9", ("hub",), 3, 41),
    ("shop", "Deployment", "api", "acme/api:4.2", ("hub",), 2, 29),
    ("shop", "Deployment", "cart", "docker.io/acme/cart:2.0", ("hub-cart",), 2, 12),
    ("shop", "StatefulSet", "redis", "docker.io/library/redis:7.4", (), 1, 300),
    ("shop", "CronJob", "sitemap", "ghcr.io/acme/sitemap:1.2", ("ghcr",), 1, 120),
    ("shop", "Job", "migrate-4-2", "docker.io/acme/migrate:4.2", ("hub",), 1, 7),
    ("payments", "Deployment", "checkout", "docker.io/acme/checkout:7.1", ("hub", "registry-acme"), 3, 18),
    ("payments", "Deployment", "ledger", "docker.io/acme/ledger:3.3", ("registry-acme",), 2, 66),
    ("web", "Rollout", "storefront", "docker.io/acme/storefront:12.4", ("hub-immutable",), 3, 33),
    ("web", "Deployment", "static", "docker.io/acme/static:2.1", ("hub-rotated",), 2, 90),
    ("ci", "Deployment", "scanner", "docker.io/acme/scanner:3.1", ("hub",), 2, 200),
    ("ci", "Deployment", "runner", HARBOR + "/ci/runner:2.8", ("harbor-robot",), 2, 150),
    ("ci", "StatefulSet", "cache", "docker.io/library/registry:2.8.3", (), 1, 310),
    ("data", "CronJob", "nightly-report", "docker.io/acme/report:2.2", ("hub",), 1, 250),
    ("data", "CronJob", "backfill", "docker.io/acme/etl-tools:1.0", ("registry-truncated",), 1, 250),
    ("data", "Deployment", "etl", ECR + "/etl:55", ("ecr",), 1, 21),
    ("data", "StatefulSet", "warehouse", GCR + "/acme-example/data/warehouse:9", ("gcr",), 2, 260),
    ("monitoring", "DaemonSet", "node-agent", "docker.io/acme/node-agent:1.4", ("hub",), 3, 140),
    ("monitoring", "Deployment", "grafana", "quay.io/acme/grafana:11.2", ("quay-robot",), 1, 77),
    ("monitoring", "StatefulSet", "prometheus", "quay.io/prometheus/prometheus:v2.53.0", (), 1, 77),
    ("legacy", "Deployment", "portal", "acme/portal:0.9", ("dockercfg",), 1, 380),
    ("legacy", "ReplicationController", "mailer", "acme/mailer:0.3", ("hub-dead",), 1, 385),
    ("batch", "Deployment", "worker", "docker.io/acme/worker:6.0", ("hub-batch", "hub-broken"), 2, 3),
]
STAGE = [
    ("kube-system", "DaemonSet", "kube-proxy", "registry.k8s.io/kube-proxy:v1.30.9", (), 2, 280),
    ("kube-system", "Deployment", "coredns", "registry.k8s.io/coredns/coredns:v1.11.1", (), 1, 280),
    ("shop", "Deployment", "web", "docker.io/acme/web:1.9", ("hub",), 1, 41),
    ("shop", "Deployment", "api", "docker.io/acme/api:4.3-rc1", ("hub",), 1, 4),
    ("shop", "Deployment", "cart", "docker.io/acme/cart:2.1-rc2", ("hub-cart",), 1, 9),
    ("shop", "StatefulSet", "redis", "docker.io/library/redis:7.4", (), 1, 260),
    ("web", "Deployment", "storefront", "docker.io/acme/storefront:12.5-rc1", ("hub-web",), 1, 2),
    ("web", "Deployment", "static", "docker.io/acme/static:2.1", ("hub-web",), 1, 95),
    ("ci", "Deployment", "builder", "docker.io/acme/builder:1.7", (), 1, 60),
    ("ci", "Deployment", "deployer", "docker.io/acme/deployer:0.4", ("argo-hub",), 1, 130),
    ("ci", "Job", "smoke-test-118", "docker.io/acme/smoke:1.1", ("argo-hub",), 1, 1),
    ("sandbox", "Deployment", "playground", "docker.io/library/nginx:1.27", (), 1, 15),
    ("sandbox", "Deployment", "forgotten", "docker.io/acme/toolbox:1.0", ("hub-gone",), 1, 220),
    ("monitoring", "DaemonSet", "node-exporter", "quay.io/prometheus/node-exporter:v1.8.2", (), 2, 200),
    ("monitoring", "StatefulSet", "prometheus", "quay.io/prometheus/prometheus:v2.53.0", (), 1, 200),
]

BROKEN_PULL = 'failed to pull image "docker.io/acme/worker:6.0": illegal base64 data at input byte 9'


class Story:
    """The times that everything else hangs on."""

    def __init__(self, now):
        self.clock = k.Clock(now)
        self.start = now - datetime.timedelta(days=8, hours=6, minutes=50)
        self.end = now - datetime.timedelta(days=6, hours=18)
        self.images = StoryImages(self.clock.ago, self.in_window)

    def in_window(self, **after_start):
        return k.stamp(self.start + datetime.timedelta(**after_start))

    def window(self):
        return f"{k.stamp(self.start)}..{k.stamp(self.end)}"


# --- pull secrets --------------------------------------------------------------------------------------------------

def hub(login, key=HUB):
    return {key: k.auth_entry(*LOGINS[login])}


def ecr_login(clock):
    """As `aws ecr get-login-password` prints it: good for twelve hours, and says until when."""
    expires = int(clock.now.timestamp()) + 7 * 3600
    return "AWS", k.b64('{"payload":"EXAMPLE","version":"2","type":"DATA_KEY","expiration":%d}' % expires)


def prod_secrets(cluster):
    """20 pull secrets, and four others as every cluster has them."""
    ago = cluster.clock.ago

    def add(namespace, name, auths, days, **more):
        return k.pull_secret(cluster, namespace, name, auths, ago(days=days), **more)
    add("shop", "hub", hub("ci"), 388)
    add("payments", "hub", hub("ci"), 388)
    add("ci", "hub", hub("ci"), 388)
    prod_managed_secrets(cluster, add)
    add("web", "hub-immutable", hub("owner"), 210, immutable=True)
    k.secret(cluster, "legacy", "dockercfg", "kubernetes.io/dockercfg",
             {".dockercfg": k.json_text(hub("owner")).strip()}, ago(days=384))
    add("legacy", "hub-dead", hub("legacy", "registry-1.docker.io"), 384)
    add("legacy", "hub-unused", hub("dev"), 220)
    # Deleted and made again after the breach, by a pipeline that still had the old value.
    add("shop", "hub-cart", hub("cart"), 2, manager="helmfile")
    add("web", "hub-rotated", hub("web new"), 300, written=ago(days=1, hours=3), manager="kubectl-patch")
    add("batch", "hub-batch", hub("batch"), 45)
    broken = {HUB: {"auth": "YWNtZWJhd*GNoOmV4YW1wbGU="}, "ghcr.io": k.auth_only(*LOGINS["ghcr"])}
    add("batch", "hub-broken", broken, 3, manager="ansible")
    # Restored from a backup: today's API server would refuse it.
    add("data", "registry-truncated", k.docker_config(hub("ci"))[:45], 250, manager="velero-server")
    add("shop", "ghcr", {"ghcr.io": k.auth_only(*LOGINS["ghcr"])}, 120)
    add("monitoring", "quay-robot", {"quay.io": k.auth_only(*LOGINS["quay"])}, 77)
    add("ci", "harbor-robot", {HARBOR: k.auth_entry(*LOGINS["harbor"])}, 150)
    add("data", "ecr", {"https://" + ECR: k.auth_entry(*ecr_login(cluster.clock))}, 260, written=ago(hours=5),
        manager="ecr-credential-helper")
    add("data", "gcr", {"https://" + GCR: k.auth_entry(*LOGINS["gcr"])}, 260)
    prod_other_secrets(cluster)


def prod_managed_secrets(cluster, add):
    """Somebody puts these back when they are changed."""
    owned = [k.owner(cluster, "external-secrets.io/v1", "ExternalSecret", "data", "hub")]
    add("data", "hub", hub("ci"), 250, manager="externalsecrets.external-secrets.io/hub", owners=owned,
        labels={"reconcile.external-secrets.io/managed": "true",
                "reconcile.external-secrets.io/created-by": k.hex_of("es hub")[:56]},
        annotations={"reconcile.external-secrets.io/data-hash": k.hex_of("es data")[:56]})
    owned = [k.owner(cluster, "bitnami.com/v1alpha1", "SealedSecret", "monitoring", "hub")]
    add("monitoring", "hub", hub("ci"), 140, manager="controller", owners=owned)
    add("payments", "registry-acme", hub("owner"), 66, manager="helm",
        labels={"app.kubernetes.io/managed-by": "Helm"},
        annotations={"meta.helm.sh/release-name": "ledger", "meta.helm.sh/release-namespace": "payments"})


def prod_other_secrets(cluster):
    """A copy of a login where few look for it, and things that are none of Fother's business."""
    ago = cluster.clock.ago
    k.secret(cluster, "ci", "kaniko-config", "Opaque", {"config.json": k.docker_config(hub("ci"))}, ago(days=200))
    k.secret(cluster, "shop", "shop-tls", "kubernetes.io/tls",
             {"tls.crt": "EXAMPLE-NOT-A-CERTIFICATE", "tls.key": "EXAMPLE-NOT-A-KEY"}, ago(days=60))
    k.secret(cluster, "payments", "sh.helm.release.v1.ledger.v3", "helm.sh/release.v1",
             {"release": k.b64("EXAMPLE-NOT-A-RELEASE" * 40)}, ago(days=66), labels={"owner": "helm"})
    k.secret(cluster, "legacy", "default-token-x7k2p", "kubernetes.io/service-account-token",
             {"ca.crt": "EXAMPLE-NOT-A-CERTIFICATE", "namespace": "legacy", "token": "EXAMPLE.NOT-A.TOKEN"},
             ago(days=384), annotations={"kubernetes.io/service-account.name": "default"})


def stage_secrets(cluster):
    """5 pull secrets, and one other."""
    ago = cluster.clock.ago

    def add(namespace, name, auths, days, **more):
        return k.pull_secret(cluster, namespace, name, auths, ago(days=days), **more)
    add("shop", "hub", hub("ci"), 275)
    add("shop", "hub-cart", hub("cart"), 200)   # the same value as the "new" one in prod
    add("web", "hub-web", hub("web old"), 270)  # rotated in prod, forgotten here
    add("ci", "sa-hub", hub("builder"), 60)
    add("ci", "argo-hub", hub("ci"), 130, manager="argocd-controller",
        annotations={"argocd.argoproj.io/tracking-id": "ci-stage:/Secret:ci/argo-hub"})
    k.secret(cluster, "shop", "shop-tls", "kubernetes.io/tls",
             {"tls.crt": "EXAMPLE-NOT-A-CERTIFICATE", "tls.key": "EXAMPLE-NOT-A-KEY"}, ago(days=60))


# --- workloads -----------------------------------------------------------------------------------------------------

def spec_of(namespace, name, image, pull_secrets, kind):
    """The pod spec of a workload; some need more than a container and its pull secrets."""
    restart = "OnFailure" if kind in ("Job", "CronJob") else "Always"
    if (namespace, name) == ("ci", "scanner"):
        return scanner_spec(image, pull_secrets)
    account = "builder" if (namespace, name) == ("ci", "builder") else None
    if account:  # its pods list the secret: admission copied it from the service account
        pull_secrets = ()
    return k.pod_spec([k.container(name, image)], pull_secrets=pull_secrets, account=account, restart=restart)


def scanner_spec(image, pull_secrets):
    """Scans what is pushed: so it has the registry's logins at hand."""
    mounts = [{"mountPath": "/kaniko/.docker", "name": "docker-config", "readOnly": True}]
    env = [{"name": "HARBOR_CONFIG", "valueFrom": {"secretKeyRef": {"key": ".dockerconfigjson",
                                                                     "name": "harbor-robot"}}}]
    volumes = [{"name": "docker-config", "secret": {"defaultMode": 420, "secretName": "hub"}}]
    return k.pod_spec([k.container("scanner", image, env=env, mounts=mounts)], pull_secrets=pull_secrets,
                      volumes=volumes)


class Run:
    """One workload being added to one cluster."""

    def __init__(self, cluster, story, nodes, digests, row):
        self.cluster, self.story, self.nodes, self.digests = cluster, story, nodes, digests
        self.namespace, self.kind, self.name, image, pull_secrets, self.replicas, self.days = row
        self.spec = spec_of(self.namespace, self.name, image, pull_secrets, self.kind)
        minutes = int(k.hex_of(self.namespace, self.name)[:2], 16)
        self.created = story.clock.ago(days=self.days, minutes=minutes)

    def template(self):
        return k.template(self.name, self.spec)

    def owner(self, api):
        return k.owner(self.cluster, api, self.kind, self.namespace, self.name)

    def suffix(self, length, *more):
        return k.suffix_of(length, self.cluster.name, self.namespace, self.name, *more)

    def put(self, api, spec, **more):
        k.controller(self.cluster, api, self.kind, self.namespace, self.name, spec, self.created, **more)


def life_of(run, number):
    """When a pod started, its containers' state, its phase: most just run."""
    story, place = run.story, (run.cluster.name, run.name)
    if run.name == "scanner":
        return story.in_window(hours=3, minutes=number), None, "Running"
    if place == ("stage", "web"):
        return story.in_window(hours=5), None, "Running"
    if place == ("prod", "web"):
        return story.clock.ago(days=20 + number), None, "Running"
    started = story.clock.ago(days=min(run.days, 5) / (number + 1), minutes=7 + number)
    if run.namespace == "batch":
        return started, k.waiting("ImagePullBackOff", BROKEN_PULL), "Pending"
    if run.kind == "Job":
        started = story.in_window(hours=9) if run.name == "migrate-4-2" else story.clock.ago(hours=20)
        return started, k.ended(started, started[:-3] + "58Z"), "Succeeded"
    return started, None, "Running"


def add_pods(run, owner, names):
    spec = run.spec
    if spec.get("serviceAccountName") == "builder":  # admission copies the account's list into each pod
        spec = dict(spec, imagePullSecrets=[{"name": "sa-hub"}])
    first = int(k.hex_of(run.namespace, run.name)[:4], 16)
    for number, name in enumerate(names):
        started, state, phase = life_of(run, number)
        node = run.nodes[(number + first) % len(run.nodes)]
        k.pod(run.cluster, run.namespace, name, spec, node, started, run.digests, state=state, phase=phase,
              owners=[owner], labels={"app": run.name})


def add_deployment(run):
    run.put("apps/v1", k.replicated(run.name, run.spec, run.replicas),
            annotations={"deployment.kubernetes.io/revision": "4"},
            status=k.deployment_status(run.replicas, run.created))
    add_replica_set(run, "apps/v1")


def add_rollout(run):
    """A custom owner of ReplicaSets: Argo Rollouts."""
    spec = dict(k.replicated(run.name, run.spec, run.replicas), strategy={"canary": {"steps": [{"setWeight": 20}]}})
    run.put("argoproj.io/v1alpha1", spec)
    add_replica_set(run, "argoproj.io/v1alpha1")


def add_replica_set(run, owner_api):
    name, count = f"{run.name}-{run.suffix(9)}", run.replicas
    spec = {"replicas": count, "selector": {"matchLabels": {"app": run.name}}, "template": run.template()}
    k.controller(run.cluster, "apps/v1", "ReplicaSet", run.namespace, name, spec, run.created,
                 ownerReferences=[run.owner(owner_api)],
                 status={"availableReplicas": count, "readyReplicas": count, "replicas": count})
    owner = k.owner(run.cluster, "apps/v1", "ReplicaSet", run.namespace, name)
    add_pods(run, owner, [f"{name}-{run.suffix(5, str(n))}" for n in range(count)])


def add_direct(run):
    """StatefulSet, DaemonSet, ReplicationController: own their pods themselves."""
    api = "v1" if run.kind == "ReplicationController" else "apps/v1"
    labels = {"app": run.name}
    spec = {"template": run.template(), "selector": labels if api == "v1" else {"matchLabels": labels}}
    if run.kind != "DaemonSet":
        spec["replicas"] = run.replicas
    run.put(api, spec)
    suffixes = [str(n) if run.kind == "StatefulSet" else run.suffix(5, str(n)) for n in range(run.replicas)]
    add_pods(run, run.owner(api), [f"{run.name}-{suffix}" for suffix in suffixes])


def add_job(run):
    run.put("batch/v1", {"backoffLimit": 6, "completions": 1, "parallelism": 1, "suspend": False,
                         "template": run.template()}, status={"succeeded": 1})
    add_pods(run, run.owner("batch/v1"), [f"{run.name}-{run.suffix(5)}"])


def add_cron_job(run):
    """Between two runs, and told to keep no history: no Job and no pod is left of the last one."""
    run.put("batch/v1", {"concurrencyPolicy": "Forbid", "failedJobsHistoryLimit": 0, "successfulJobsHistoryLimit": 0,
                         "jobTemplate": {"metadata": {"creationTimestamp": None}, "spec": {"template": run.template()}},
                         "schedule": "17 3 * * *", "suspend": run.name == "backfill"},
            status={"lastScheduleTime": run.story.in_window(hours=20)})


ADDERS = {"Deployment": add_deployment, "Rollout": add_rollout, "StatefulSet": add_direct, "DaemonSet": add_direct,
          "ReplicationController": add_direct, "Job": add_job, "CronJob": add_cron_job}


def add_bare_pod(cluster, story, node, digests):
    """Somebody's shell, started by hand."""
    spec = k.pod_spec([k.container("shell", "docker.io/acme/toolbox:1.0")], pull_secrets=("hub-dead",))
    k.pod(cluster, "legacy", "debug-shell", spec, node, story.clock.ago(days=30), digests)


def digests_for(rows, cluster_name, images):
    """Which digest each image is in this cluster: the same everywhere, but for what was pushed over."""
    digests = {row[3]: k.digest_of(row[3].removeprefix("docker.io/")) for row in rows}
    digests["docker.io/acme/toolbox:1.0"] = k.digest_of("acme/toolbox:1.0")
    web = images.bad_web if cluster_name == "stage" else images.web
    for image in web, images.api, images.scanner, images.migrate, images.report, images.storefront:
        digests[image.name] = image.digest
    digests["acme/api:4.2"] = images.api.digest
    return digests


# --- nodes, namespaces, events -------------------------------------------------------------------------------------

FILLERS = [f"docker.io/library/{name}:{version}" for name, versions in (
    ("busybox", ("1.35", "1.36", "1.37")), ("alpine", ("3.18", "3.19", "3.20", "3.21")), ("node", ("18", "20", "22")),
    ("python", ("3.10", "3.11", "3.12", "3.13")), ("postgres", ("14", "15", "16", "17")), ("golang", ("1.22", "1.23")),
    ("nginx", ("1.25", "1.26", "1.27")), ("debian", ("11", "12")), ("haproxy", ("2.8", "3.0")), ("mysql", ("8.0",)),
    ("mongo", ("6", "7")), ("rabbitmq", ("3.12", "3.13")), ("memcached", ("1.6",)), ("httpd", ("2.4",)),
    ("openjdk", ("17", "21")), ("ruby", ("3.2", "3.3")), ("php", ("8.2", "8.3")), ("traefik", ("2.11", "3.1")),
    ("elasticsearch", ("8.14",)), ("logstash", ("8.14",)), ("kibana", ("8.14",)), ("consul", ("1.15",)),
    ("vault", ("1.13",)), ("influxdb", ("2.7",)), ("nats", ("2.10",)), ("caddy", ("2.8",)), ("zookeeper", ("3.9",)),
    ("mariadb", ("10.11", "11.4")), ("ubuntu", ("22.04", "24.04"))) for version in versions]


def images_on(cluster, node, digests):
    """Images of the pods that the node runs."""
    found = {}
    for pod in cluster.objects["Pod"]:
        if pod["spec"]["nodeName"] != node or "waiting" in pod["status"]["containerStatuses"][0]["state"]:
            continue
        for container in pod["spec"]["containers"]:
            image = container["image"]
            name = image if "." in image.split("/")[0] else "docker.io/" + image
            found[name] = digests[image]
    return found


def add_nodes(cluster, story, nodes, digests):
    for number, name in enumerate(nodes):
        images = images_on(cluster, name, digests)
        wanted = 50 if name == "prod-node-3" else 12 + 4 * number
        if name == "prod-node-2":
            images["docker.io/acme/report:2.2"] = story.images.report.digest
        for filler in FILLERS:
            if len(images) < wanted:
                images.setdefault(filler, k.digest_of(filler))
        k.node(cluster, name, story.clock.ago(days=390), [k.node_image(i, d) for i, d in images.items()],
               story.clock.ago(seconds=12 + number))


def add_namespaces(cluster, story, rows):
    names = {"default", "kube-public", "kube-system"} | {row[0] for row in rows}
    for name in sorted(names):
        k.namespace(cluster, name, story.clock.ago(days=391 if name.startswith(("default", "kube-")) else 389))
        for account in ["default"] + (["builder"] if (cluster.name, name) == ("stage", "ci") else []):
            k.service_account(cluster, name, account, story.clock.ago(days=389),
                              ("sa-hub",) if account == "builder" else ())


def add_events(cluster, story):
    """Of the last hour only: that is how long an API server keeps them."""
    ago = story.clock.ago
    for pod in cluster.objects["Pod"]:
        image = pod["spec"]["containers"][0]["image"]
        minutes = 5 + int(k.hex_of("event", pod["metadata"]["name"])[:4], 16) % 50
        if "waiting" in pod["status"]["containerStatuses"][0]["state"]:
            k.event(cluster, pod, "Failed", f'Failed to pull image "{image}": {BROKEN_PULL}', ago(days=3),
                    ago(minutes=4), count=830, kind="Warning")
            k.event(cluster, pod, "BackOff", f'Back-off pulling image "{image}"', ago(days=3), ago(minutes=2),
                    count=18_800, kind="Warning")
        elif pod["metadata"]["namespace"] == "sandbox" and "imagePullSecrets" in pod["spec"]:
            k.event(cluster, pod, "FailedToRetrieveImagePullSecret", "Unable to retrieve some image pull secrets "
                    "(hub-gone); attempting to pull the image may not succeed.", ago(minutes=minutes),
                    ago(minutes=1), count=40, kind="Warning")
        else:
            k.event(cluster, pod, "Pulled", f'Container image "{image}" already present on machine',
                    ago(minutes=minutes), ago(minutes=minutes))


def build_cluster(story, name, rows, nodes, **versions):
    cluster = k.Cluster(name, story.clock, **versions)
    digests = digests_for(rows, name, story.images)
    add_namespaces(cluster, story, rows)
    for row in rows:
        ADDERS[row[1]](Run(cluster, story, nodes, digests, row))
    if name == "prod":
        add_bare_pod(cluster, story, nodes[0], digests)
        prod_secrets(cluster)
    else:
        stage_secrets(cluster)
    add_nodes(cluster, story, nodes, digests)
    add_events(cluster, story)
    return cluster


# --- files ---------------------------------------------------------------------------------------------------------

def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def write_prod(cluster, folder):
    """One file per kind, as a loop over `kubectl get KIND -A -o json` leaves them; the disk was full at the end."""
    for kind, objects in cluster.objects.items():
        text = k.json_text(k.list_of(objects))
        if kind == "Event":
            text = text[:len(text) * 2 // 3]
        write(folder / (kind.lower() + "s.json"), text)


def write_stage(cluster, folder):
    """Some kinds in one file, service accounts as YAML, and a login that ran out before the last command."""
    together = ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"]
    write(folder / "workloads.json", k.json_text(k.list_of([o for kind in together for o in cluster.objects[kind]])))
    write(folder / "serviceaccounts.yaml", k.yaml_text(k.list_of(cluster.objects["ServiceAccount"])))
    for kind, objects in cluster.objects.items():
        if kind not in together + ["ServiceAccount"]:
            write(folder / (kind.lower() + "s.json"), k.json_text(k.list_of(objects)))
    write(folder / "cronjobs.json", "error: You must be logged in to the server (Unauthorized)\n")


def bad_digests(story):
    return f"""# What the registry's incident page lists, and what our own forensics found so far.
# One indicator a line; text behind a # at the start of a line is a comment.

# acme/scanner:3.1, pushed over by the attacker
{story.images.scanner.digest}
# acme/migrate:4.2
docker.io/acme/migrate@{story.images.migrate.digest}
# acme/report:2.2
{story.images.report.digest}
# pushed over in the window and put back afterwards; the registry could not say with what
docker.io/acme/web:1.9 {story.window()}
# from the incident page; not one of ours as far as we know
{k.digest_of("bad, never pulled here")}
# the miner that was found in a layer
file:{k.digest_of("bad file")}
"""


def parse_time(text):
    time = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return time if time.tzinfo else time.replace(tzinfo=datetime.timezone.utc)


def main():
    options = argparse.ArgumentParser(description="Writes the dump of a made-up breach.")
    options.add_argument("folder", type=pathlib.Path, help="where to write it; files of an earlier demo are replaced")
    options.add_argument("--as-of", type=parse_time, metavar="TIME", help="when the dump was made (default: now)")
    given = options.parse_args()
    now = given.as_of or datetime.datetime.now(datetime.timezone.utc)
    story = Story(now.astimezone(datetime.timezone.utc).replace(microsecond=0))

    prod = build_cluster(story, "prod", PROD, ["prod-node-1", "prod-node-2", "prod-node-3"])
    stage = build_cluster(story, "stage", STAGE, ["stage-node-1", "stage-node-2"], runtime="docker://24.0.7",
                          version="v1.30.9")
    write_prod(prod, given.folder / "prod")
    write_stage(stage, given.folder / "stage")
    write(given.folder / "bad-digests.txt", bad_digests(story))
    write_layout(given.folder / "images/released", story.images.released())
    write_layout(given.folder / "images/build-cache", story.images.cached())
    print(story.window())
    return 0


if __name__ == "__main__":
    sys.exit(main())
