"""The objects of the recorded cluster. Every credential in it is made up and says so.

shop/hub, data/hub    the login acme of docker.io, twice; pods and an account pull with it
shop/old              a login of docker.io in the older form
ci/hub, shop/other    other logins: acmeci of docker.io, acme of quay.io
ci/plain, ci/config   Opaque: nothing of interest, and a docker config
"""
import base64
import json

from cluster.objects import (container_status, deployment, event, namespace, node, opaque_secret, pod, pull_secret, secret,
                             service_account, thing, workload)

HUB = "https://index.docker.io/v1/"
PASSWORDS = {name: f"made-up-password-{name}" for name in ("hub", "old", "ci", "other", "config")}
DIGESTS = {"web": "1f" * 32, "report": "2e" * 32, "builder": "3d" * 32}
LABELS = {"app": "legacy"}


def logins():
    config = {"auths": {"docker.io": {"auth": base64.b64encode(f"acme:{PASSWORDS['config']}".encode()).decode()}}}
    return [
        pull_secret("shop", "hub", {HUB: ("acme", PASSWORDS["hub"])}),
        pull_secret("data", "hub", {HUB: ("acme", PASSWORDS["hub"])}),
        pull_secret("shop", "old", {HUB: ("acmeold", PASSWORDS["old"])}, old=True),
        pull_secret("ci", "hub", {"docker.io": ("acmeci", PASSWORDS["ci"])}),
        pull_secret("shop", "other", {"quay.io": ("acme", PASSWORDS["other"])}),
        opaque_secret("ci", "plain", size=100),
        secret("ci", "config", {"config.json": json.dumps(config)}),
    ]


def template(image):
    return {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "main", "image": image}],
                                                     "imagePullSecrets": [{"name": "hub"}]}}


def workloads():
    job = {"spec": {**template("acme/report:2")["spec"], "restartPolicy": "Never"}}
    return [
        deployment("shop", "web", "acme/web:1", pull_secrets=["hub"]),
        workload("ReplicaSet", "shop", "web-1", "acme/web:1", pull_secrets=["hub"]),
        workload("StatefulSet", "data", "db", "acme/db:4", pull_secrets=["hub"]),
        thing("DaemonSet", "ci", "agent", spec={"selector": {"matchLabels": LABELS}, "template": template("acme/agent:1")}),
        thing("Job", "data", "report-1", spec={"template": job}),
        thing("CronJob", "data", "report", spec={"schedule": "0 4 * * *", "jobTemplate": {"spec": {"template": job}}}),
    ]


def others():
    """Kinds that the lab's makers do not know: (path, object)."""
    meta = {"apiVersion": "v1"}
    return [
        ("/api/v1/namespaces/shop/replicationcontrollers",
         {**meta, "kind": "ReplicationController", "metadata": {"name": "legacy"},
          "spec": {"replicas": 0, "selector": LABELS, "template": template("acme/legacy:1")}}),
        ("/api/v1/namespaces/ci/podtemplates",
         {**meta, "kind": "PodTemplate", "metadata": {"name": "spare"}, "template": template("acme/spare:1")}),
    ]


def pods():
    waits = container_status("main", "acme/builder:3", "", {"waiting": {"reason": "ErrImagePull", "message": "made-up reason"}})
    return [
        pod("shop", "web-1", "docker.io/acme/web:1", digest=DIGESTS["web"], pull_secrets=["hub"]),
        pod("shop", "web-2", "docker.io/acme/web:1", digest=DIGESTS["web"], pull_secrets=["hub", "old"], node="node-2"),
        pod("data", "report-1", "docker.io/acme/report:2", digest=DIGESTS["report"], pull_secrets=["hub"]),
        pod("ci", "builder-1", "docker.io/acme/builder:3", pull_secrets=["hub"], state=waits["state"], phase="Pending"),
    ]


def fill(lab):
    """Everything into an empty lab without controllers."""
    lab.create([namespace(name) for name in ("shop", "data", "ci")])
    # One after the other: lists of all namespaces are then the same in each recording.
    for obj in ([service_account(name, "default") for name in ("shop", "data", "ci", "default", "kube-system")]
                + [service_account("shop", "robot", ["hub"])] + logins() + workloads()
                + [node(f"node-{number}", [([f"docker.io/acme/{name}@sha256:{DIGESTS[name]}", f"docker.io/acme/{name}:{tag}"],
                                            1000 * number)]) for number, name, tag in ((1, "web", 1), (2, "builder", 3))]):
        lab.create([obj])
    for path, obj in others():
        lab.api().post(path, obj).must()
    for obj in pods():
        lab.create([obj])
    web = pods()[0]
    lab.create([event("shop", "web-1.pulled", web, "Pulled",
                      'Successfully pulled image "docker.io/acme/web:1" in 2s')])
