"""Small worlds in one line an object, as Kubernetes dumps, and Fother run on them.

    secret ci/hub docker.io user=acmeci kind=pat written=2026-10-01
    deployment ci/scanner image=acme/scanner:1 digest=bad reads=hub pull=hub
    cronjob data/report image=acme/report:2 state=none
    node n2 images=acme/report:2@bad
    event ci/gone image=acme/web:1@bad
    serviceaccount ci/builder pull=hub

A digest is a word; its SHA-256 stands for it. State of a workload's pod: running (default), waiting, ended, none. Every
scene has a kube-system namespace, a node and a service account, so that nothing but what the scene leaves out is unknown.
Times are fixed: a breach from 2026-11-20 to 2026-11-21, read on 2026-11-25 at noon.
"""
import base64
import hashlib
import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOTHER = Path(os.environ.get("FOTHER", ROOT / "build/src/cli/fother"))
AS_OF = "2026-11-25T12:00:00Z"
WINDOW = "2026-11-20..2026-11-21"
BEFORE = "2026-10-01T00:00:00Z"

# All made up.
VALUES = {
    "password": "example-password-{}",
    "pat": "dckr_pat_EXAMPLEexample{}",
    "oat": "dckr_oat_EXAMPLEexample{}",
}
USERS = {"robot": "robot$"}
APPS = {"deployment": ("Deployment", "apps/v1"), "statefulset": ("StatefulSet", "apps/v1"),
        "daemonset": ("DaemonSet", "apps/v1"), "cronjob": ("CronJob", "batch/v1"), "job": ("Job", "batch/v1")}


def digest(word):
    if word.startswith("sha256:"):
        return word
    return "sha256:" + hashlib.sha256(word.encode()).hexdigest()


def uid(*parts):
    h = hashlib.sha256("/".join(parts).encode()).hexdigest()
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-8{h[17:20]}-{h[20:32]}"


class Scene:
    def __init__(self, lines, cluster="prod", without=()):
        self.cluster, self.objects, self.without = cluster, [], set(without)
        self.add(self.meta("v1", "Namespace", None, "kube-system"))
        self.add({**self.meta("v1", "ServiceAccount", "default", "default")})
        self.node("node n1")
        if "pod" not in self.without:
            self.workload("deployment default/idle image=quay.io/idle/idle:1 digest=idle")
        for line in lines:
            self.line(line)

    def add(self, obj):
        if obj["kind"].lower() not in self.without:
            self.objects.append(obj)
        return obj

    def meta(self, api, kind, namespace, name, **more):
        metadata = {"name": name, "uid": uid(self.cluster, kind, namespace or "", name), "creationTimestamp": BEFORE}
        if namespace:
            metadata["namespace"] = namespace
        metadata.update(more)
        return {"apiVersion": api, "kind": kind, "metadata": metadata}

    def line(self, line):
        kind = line.split()[0]
        if kind in APPS:
            self.workload(line)
        else:
            getattr(self, kind)(line)

    @staticmethod
    def words(line):
        _, name, *rest = line.split()
        plain = [w for w in rest if "=" not in w]
        return name, plain, dict(w.split("=", 1) for w in rest if "=" in w)

    def secret(self, line):
        name, registries, how = self.words(line)
        namespace, name = name.split("/")
        kind = how.get("kind", "password")
        value = how.get("value", VALUES.get(kind, "example-{}").format(how.get("user", "") + how.get("n", "")))
        user = USERS.get(kind, "") + how.get("user", "acme")
        auth = how.get("auth", base64.b64encode(f"{user}:{value}".encode()).decode())
        config = {"auths": {key: {"auth": auth} for key in registries or ["https://index.docker.io/v1/"]}}
        written = how.get("written", "2026-10-01") + "T00:00:00Z"
        obj = self.meta("v1", "Secret", namespace, name, managedFields=[{
            "manager": "kubectl", "operation": "Update", "apiVersion": "v1", "time": written, "fieldsType": "FieldsV1",
            "fieldsV1": {"f:data": {"f:.dockerconfigjson": {}}}}])
        obj["data"] = {".dockerconfigjson": base64.b64encode(json.dumps(config).encode()).decode()}
        obj["type"] = "kubernetes.io/dockerconfigjson"
        self.add(obj)

    def serviceaccount(self, line):
        name, _, how = self.words(line)
        namespace, name = name.split("/")
        obj = self.meta("v1", "ServiceAccount", namespace, name)
        obj["imagePullSecrets"] = [{"name": s} for s in how.get("pull", "").split(",") if s]
        self.add(obj)

    def node(self, line):
        name, _, how = self.words(line)
        images = []
        for image in filter(None, how.get("images", "").split(",")):
            reference, _, word = image.partition("@")
            domain = reference.partition("/")[0]
            full = reference if "." in domain or ":" in domain else "docker.io/" + reference
            images.append({"names": [f"{full.rpartition(':')[0]}@{digest(word)}", full], "sizeBytes": 1})
        obj = self.meta("v1", "Node", None, name)
        obj["status"] = {"images": images, "nodeInfo": {"containerRuntimeVersion": "containerd://1.7"}}
        self.add(obj)

    def event(self, line):
        """A pull by a pod that is gone."""
        name, _, how = self.words(line)
        namespace, name = name.split("/")
        image, _, word = how["image"].partition("@")
        at = how.get("at", "2026-11-20T06:00:00") + "Z"
        self.add({**self.meta("v1", "Event", namespace, name + ".1"), "reason": "Pulled", "type": "Normal",
                  "message": f'Successfully pulled image "{image}{"@" + digest(word) if word else ""}" in 2s',
                  "involvedObject": {"kind": "Pod", "namespace": namespace, "name": name, "uid": uid(name)},
                  "firstTimestamp": at, "lastTimestamp": at, "source": {"component": "kubelet", "host": "n1"}})

    def pod_spec(self, name, how):
        spec = {"containers": [{"name": name, "image": how["image"]}], "serviceAccountName": how.get("sa", "default")}
        if how.get("pull"):
            spec["imagePullSecrets"] = [{"name": s} for s in how["pull"].split(",")]
        if how.get("reads"):
            spec["volumes"] = [{"name": s, "secret": {"secretName": s}} for s in how["reads"].split(",")]
        return spec

    def workload(self, line):
        kind, api = APPS[line.split()[0]]
        name, _, how = self.words(line)
        namespace, name = name.split("/")
        obj = self.meta(api, kind, namespace, name)
        template = {"spec": self.pod_spec(name, how)}
        obj["spec"] = {"jobTemplate": {"spec": {"template": template}}} if kind == "CronJob" else {"template": template}
        self.add(obj)
        if how.get("state", "running") != "none":
            self.pod(namespace, name, how, {"apiVersion": api, "kind": kind, "name": name, "controller": True,
                                            "uid": obj["metadata"]["uid"]})

    def pod(self, namespace, name, how, owner):
        state = how.get("state", "running")
        started = how.get("started", "2026-11-20T06:00:00") + "Z"
        status = {"name": name, "image": how["image"], "restartCount": int(how.get("restarts", 0)), "imageID": ""}
        if state != "waiting":
            status["imageID"] = how["image"].rpartition(":")[0] + "@" + digest(how.get("digest", name))
        status["state"] = {
            "running": {"running": {"startedAt": started}},
            "waiting": {"waiting": {"reason": "ContainerCreating"}},
            "ended": {"terminated": {"startedAt": started, "finishedAt": how.get("finished", "2026-11-20T07:00:00") + "Z"}},
        }[state]
        pod = self.meta("v1", "Pod", namespace, name + "-0", ownerReferences=[owner])
        pod["spec"] = {**self.pod_spec(name, how), "nodeName": how.get("node", "n1")}
        pod["status"] = {"phase": {"running": "Running", "waiting": "Pending", "ended": "Succeeded"}[state],
                         "startTime": how.get("pod_started", started.rstrip("Z")) + "Z", "containerStatuses": [status]}
        self.add(pod)

    def write(self, folder):
        target = Path(folder) / self.cluster
        target.mkdir(parents=True, exist_ok=True)
        (target / "all.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": self.objects}))
        return folder


class Fother:
    """Fother with a store of its own, a fixed key and no environment of the tester's."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.state = self.folder / "state"
        self.key = self.folder / "key"
        self.key.write_bytes(b"a made-up key of 32 bytes, sure!")
        self.key.chmod(0o600)

    def run(self, *words, columns=120, stdin=None, **env):
        full = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "COLUMNS": str(columns), "LC_ALL": "C.UTF-8",
                "XDG_STATE_HOME": str(self.state), **env}
        return subprocess.run([FOTHER, *map(str, words)], env=full, input=stdin, capture_output=True, text=stdin is None or
                              isinstance(stdin, str), timeout=60, check=False)

    def answers(self, *words, codes=(0, 3, 4)):
        done = self.run(*words, "-o", "json", "--key-file", self.key)
        assert done.returncode in codes, (done.returncode, done.stderr)
        return json.loads(done.stdout)

    def triage(self, folder, *words, **how):
        return self.answers("triage", "--snapshot", folder, "--as-of", AS_OF, *words, **how)


def records(answer, kind):
    return [item for item in answer["items"] if item["record"] == kind]
