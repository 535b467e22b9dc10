"""A cluster with something of everything that Fother reads, for tests that compare ways to read it.

    rich.fill(lab)          # a lab without controllers, and so one that stays as it is

It is the recorded world of tests/live and more: what is malformed as far as an API server lets it pass, what never works,
what is managed by others, every place in which a workload names an image or a secret, every state of a pod.
"""
import base64
import json

from live import world
from objects import (b64, container_status, event, namespace, node, object_path, opaque_secret, pod, pull_secret, secret,
                     service_account, thing)

HUB = world.HUB
DIGESTS = {name: (name.encode().hex() * 64)[:64] for name in ("api", "tool", "cron", "side", "gone")}
PASSWORDS = {name: f"made-up-password-{name}" for name in (
    "plain", "fields", "colon", "twice-1", "twice-2", "dead", "eso", "sealed", "argo", "helm", "flux", "fixed", "kaniko",
    "two-keys", "latin", "basic")} | {"token": "made-up-identity-token", "registrytoken": "made-up-registry-token"}


def raw_config(namespace_, name, text, **rest):
    return secret(namespace_, name, {".dockerconfigjson": text}, "kubernetes.io/dockerconfigjson", **rest)


def good(name):
    return {HUB: (f"acme-{name}", PASSWORDS[name])}


def odd_secrets():
    return [
        pull_secret("edge", "bad-base64", {HUB: {"auth": "%%%"}, "quay.io": ("acme", PASSWORDS["plain"])}),
        pull_secret("edge", "no-colon", {"docker.io": {"auth": b64("onlyaname")}}),
        pull_secret("edge", "no-padding", {"docker.io": {"auth": b64("acme:" + PASSWORDS["plain"]).rstrip("=")}}),
        pull_secret("edge", "fields", {"docker.io": {"username": "acme-fields", "password": PASSWORDS["fields"],
                                                     "email": "a@made-up.example"}}),
        pull_secret("edge", "both", {"docker.io": {"username": "other", "password": PASSWORDS["fields"],
                                                   "auth": b64("acme:" + PASSWORDS["plain"])}}),
        pull_secret("edge", "tokens", {"docker.io": {"identitytoken": PASSWORDS["token"]},
                                       "ghcr.io": {"registrytoken": PASSWORDS["registrytoken"]}}),
        pull_secret("edge", "colon", {"docker.io": ("acme", PASSWORDS["colon"] + ":and:more")}),
        pull_secret("edge", "latin", {"docker.io": {"auth": base64.b64encode(
            b"acm\xe9:" + PASSWORDS["latin"].encode()).decode()}}),
        pull_secret("edge", "dead", {key: ("acme-dead", PASSWORDS["dead"]) for key in (
            "registry-1.docker.io", "https://hub.docker.com", "*.docker.io", "index.docker.io/acme", "http://[bad", "")}),
        pull_secret("edge", "many", {key: ("acme", PASSWORDS["two-keys"]) for key in (
            "docker.io", "index.docker.io", HUB, "quay.io/acme", "*.example.com:5000", "reg.example.com")}),
        raw_config("edge", "empty", "{}"),
        raw_config("edge", "no-auths", '{"auths":{}}'),
        raw_config("edge", "auths-list", '{"auths":[]}'),
        raw_config("edge", "auths-null", '{"auths":null,"credHelpers":{"gcr.io":"gcloud"},"credsStore":"desktop"}'),
        raw_config("edge", "entry-text", '{"auths":{"docker.io":"text"}}'),
        raw_config("edge", "entry-null", '{"auths":{"docker.io":null}}'),
        raw_config("edge", "auth-number", '{"auths":{"docker.io":{"auth":7}}}'),
        raw_config("edge", "twice", '{"auths":{"docker.io":{"auth":"%s"},"docker.io":{"auth":"%s"}}}' % (
            b64("acme:" + PASSWORDS["twice-1"]), b64("acme:" + PASSWORDS["twice-2"]))),
        raw_config("edge", "escapes", '{"auths":{"docker\\u002eio":{"username":"\\u00fcser","password":"%s"}}}'
                   % PASSWORDS["plain"]),
        raw_config("edge", "spaces", ' {\n\t"auths" : { "docker.io" : { "auth" : "%s" } } }\n' %
                   b64("acme:" + PASSWORDS["plain"])),
        secret("edge", "old-and-new", {".dockercfg": json.dumps({"docker.io": {"auth": b64("acme:" + PASSWORDS["plain"])}}),
                                       ".dockerconfigjson": "no JSON"}, "kubernetes.io/dockercfg"),
        secret("edge", "old-wrapped", {".dockercfg": json.dumps({"auths": {}})}, "kubernetes.io/dockercfg"),
    ]


def managed_secrets():
    owner = {"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "sealed", "uid": "made-up-uid-1",
             "controller": True}
    return [
        pull_secret("ci", "sealed", good("sealed"), ownerReferences=[owner]),
        pull_secret("ci", "eso", good("eso"), labels={"reconcile.external-secrets.io/managed": "true"}, ownerReferences=[
            owner | {"apiVersion": "external-secrets.io/v1beta1", "kind": "ExternalSecret", "name": "eso"}]),
        pull_secret("ci", "argo", good("argo"), annotations={"argocd.argoproj.io/tracking-id": "app:/Secret:ci/argo"}),
        pull_secret("ci", "helm", good("helm"), labels={"app.kubernetes.io/managed-by": "Helm"}, annotations={
            "meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "ci"}),
        pull_secret("ci", "flux", good("flux"), labels={"kustomize.toolkit.fluxcd.io/name": "apps",
                                                        "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}),
        pull_secret("ci", "fixed", good("fixed")) | {"immutable": True},
    ]


def other_secrets():
    """Of types that only --all-secrets reads, and those that it does not."""
    kaniko = json.dumps({"auths": {HUB: {"auth": b64("acme-kaniko:" + PASSWORDS["kaniko"])}}})
    return [
        secret("ci", "kaniko", {"config.json": kaniko, "other": "made-up"}),
        secret("ci", "named-as-pull-secret", {".dockerconfigjson": kaniko}),
        secret("ci", "not-text", {"binary": bytes(range(256)), "empty": ""}),
        opaque_secret("ci", "large", size=60000),
        secret("ci", "basic", {"username": "acme", "password": PASSWORDS["basic"]}, "kubernetes.io/basic-auth"),
        secret("ci", "sh.helm.release.v1.shop.v1", {"release": b64(kaniko)}, "helm.sh/release.v1"),
        secret("ci", "robot-token", {"extra": kaniko}, "kubernetes.io/service-account-token",
               annotations={"kubernetes.io/service-account.name": "default"}),
    ]


def owned(kind, made):
    return [{"apiVersion": "apps/v1" if kind != "Job" else "batch/v1", "kind": kind, "name": made["metadata"]["name"],
             "uid": made["metadata"]["uid"], "controller": True}]


def every_place():
    """The spec of a pod that names secrets and images in every place where one can."""
    return {
        "serviceAccountName": "robot",
        "initContainers": [{"name": "first", "image": "quay.io/acme/first:1"}],
        "containers": [
            {"name": "main", "image": "acme/api:1", "command": ["run", "--now"], "envFrom": [{"secretRef": {"name": "basic"}}],
             "env": [{"name": "A", "value": "made-up"}, {"name": "B", "valueFrom": {"secretKeyRef": {"name": "kaniko",
                                                                                                  "key": "config.json"}}}]},
            {"name": "side", "image": "docker.io/acme/side@sha256:" + DIGESTS["side"]}],
        "volumes": [
            {"name": "one", "secret": {"secretName": "hub"}}, {"name": "two", "emptyDir": {}},
            {"name": "three", "projected": {"sources": [{"secret": {"name": "eso"}}, {"configMap": {"name": "none"}}]}}],
        "imagePullSecrets": [{"name": "hub"}, {"name": "missing"}, {"name": "eso"}, {"name": "fixed"}],
        "automountServiceAccountToken": False,
    }


def fill_workloads(lab):
    """A deployment, its replica set and pods; a job of a cron job and its pod; a pod of a daemon set."""
    labels = {"app": "api"}
    spec = {"replicas": 0, "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": every_place()}}
    [deployment] = lab.create([thing("Deployment", "ci", "api", spec=spec)])
    [replicas] = lab.create([thing("ReplicaSet", "ci", "api-1", spec=spec, ownerReferences=owned("Deployment", deployment))])
    once = {"restartPolicy": "Never", "containers": [{"name": "main", "image": "docker.io/acme/cron:3"}],
            "imagePullSecrets": [{"name": "bad-base64"}]}
    [cron] = lab.create([thing("CronJob", "edge", "nightly", spec={
        "schedule": "0 4 * * *", "suspend": True, "jobTemplate": {"spec": {"template": {"spec": once}}}})])
    owner = [{"apiVersion": "batch/v1beta1", "kind": "CronJob", "name": "nightly", "uid": cron["metadata"]["uid"],
              "controller": True}]
    [job] = lab.create([thing("Job", "edge", "nightly-1", spec={"template": {"spec": once}}, ownerReferences=owner)])
    fill_pods(lab, owned("ReplicaSet", replicas), owned("Job", job))


def ended(digest, code, reason):
    return {"terminated": {"exitCode": code, "reason": reason, "startedAt": "2026-11-19T08:00:00Z",
                           "finishedAt": "2026-11-19T09:00:00Z", "containerID": "containerd://" + digest}}


def fill_pods(lab, replicas, job):
    api = "docker.io/acme/api@sha256:" + DIGESTS["api"]
    every = {"phase": "Running", "startTime": "2026-11-20T07:59:00Z",
             "initContainerStatuses": [container_status("first", "quay.io/acme/first:1", "sha256:" + DIGESTS["tool"],
                                                        ended("c1" * 32, 0, "Completed"))],
             "containerStatuses": [
                 container_status("main", "docker.io/acme/api:1", "docker-pullable://" + api) | {
                     "restartCount": 2, "lastState": ended("c2" * 32, 137, "OOMKilled")},
                 container_status("side", "sha256:" + DIGESTS["side"], "docker.io/acme/side@sha256:" + DIGESTS["side"])]}
    gone = [container_status("main", "docker.io/acme/cron:3", "docker.io/acme/cron@sha256:" + DIGESTS["cron"],
                             ended("c3" * 32, code, reason)) for code, reason in ((0, "Completed"), (1, "Error"))]
    waits = container_status("main", "docker.io/acme/cron:3", "", {"waiting": {"reason": "ImagePullBackOff", "message":
                             'Back-off pulling image "docker.io/acme/cron:3"'}})
    spec = every_place() | {"nodeName": "node-1"}
    pods = [
        thing("Pod", "ci", "api-1-a", spec=spec, status=every, ownerReferences=replicas, labels={"app": "api"}),
        thing("Pod", "ci", "api-1-b", spec=spec | {"nodeName": "node-3"}, ownerReferences=replicas),
        *(pod("edge", f"nightly-1-{number}", "docker.io/acme/cron:3", ownerReferences=job, pull_secrets=["bad-base64"])
          | {"status": {"phase": phase, "containerStatuses": [status]}}
          for number, (phase, status) in enumerate(zip(("Succeeded", "Failed", "Pending"), [*gone, waits]))),
        pod("edge", "bare", "reg.example.com:5000/tool", digest=DIGESTS["tool"], pull_secrets=["many", "dead"]),
        pod("edge", "no-digest", "acme/tool:2", state={"running": {"startedAt": "2026-11-20T08:00:00Z"}}),
        pod("edge", "never-scheduled", "acme/tool:2", node=None),
    ]
    # One after the other, as in the recorded world.
    for one in pods:
        lab.create([one])


def events():
    bare, missing = pod("edge", "bare", "x"), pod("edge", "deleted", "x")
    late = event("edge", "deleted.2", missing, "Pulled", "Successfully pulled image \"docker.io/acme/gone:1\" in 1.5s")
    micro = {key: value for key, value in late.items() if key not in ("firstTimestamp", "lastTimestamp", "count")} | {
        "eventTime": "2026-11-20T08:00:00.123456Z", "reportingComponent": "kubelet", "reportingInstance": "node-1",
        "action": "Pulling", "series": {"count": 3, "lastObservedTime": "2026-11-20T08:05:00.654321Z"}}
    return [
        event("edge", "bare.1", bare, "Pulling", 'Pulling image "reg.example.com:5000/tool"'),
        event("edge", "bare.2", bare, "Pulled", 'Container image "reg.example.com:5000/tool" already present on machine'),
        event("edge", "deleted.1", missing, "Pulled", 'Successfully pulled image "docker.io/acme/gone@sha256:'
              + DIGESTS["gone"] + '" in 1m2.5s'),
        micro,
        event("edge", "nightly.1", pod("edge", "nightly-1-2", "x"), "Failed",
              'Failed to pull image "docker.io/acme/cron:3": rpc error: unauthorized: \u201cmade-up\u201d'),
        event("edge", "other.1", bare, "Scheduled", "Successfully assigned edge/bare to node-1"),
    ]


def nodes():
    many = [([f"docker.io/acme/many@sha256:{number:064x}", f"docker.io/acme/many:{number}"], 1000 + number)
            for number in range(50)]
    named = [(["docker.io/acme/api@sha256:" + DIGESTS["api"]], 5), (["docker.io/acme/tagonly:1"], 6), (["<none>@<none>"], 7)]
    return [node("node-3", many), node("node-4", named)]


def fill(lab):
    world.fill(lab)
    lab.create([namespace("edge", labels={"made": "up"})])
    lab.create([service_account("edge", "default", ["many", "missing"])])
    lab.create([*odd_secrets(), *managed_secrets(), *other_secrets()])
    lab.create([service_account("ci", "robot", ["hub", "sealed"])])
    lab.create(nodes() + events())
    fill_workloads(lab)
    # A second writer of one, of its labels only; and a login that was changed since it was made.
    lab.api().patch(object_path(pull_secret("ci", "helm", {})), {"metadata": {"labels": {"seen": "yes"}}},
                    User_Agent="made-up-labeller/1").must()
    changed = pull_secret("ci", "argo", good("argo") | {"ghcr.io": ("acme", PASSWORDS["plain"])})
    lab.api().patch(object_path(changed), {"data": changed["data"]}, User_Agent="argocd-application-controller/2").must()


def needles():
    """Every form in which a value could come out."""
    for password in PASSWORDS.values():
        yield from (password, b64(password), b64(password).rstrip("="))
