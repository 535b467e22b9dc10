"""Random clusters that love near misses, as kubectl would dump them, and how they change from dump to dump.

Everything comes from one seed. Names, values and times are drawn from small pools, so that the same name stands in
several namespaces, the same value under several spellings, and times meet.
"""
import base64
import copy
import hashlib
import json
import random

DAY = "2026-11-{:02}T{:02}:00:00Z"
HUB_KEYS = ("https://index.docker.io/v1/", "index.docker.io", "docker.io", "https://docker.io", "docker.io/acme",
            "docker.io/acm", "https://index.docker.io/v2/", "*.io", "docker.io/library",
            # never used by a kubelet
            "registry-1.docker.io", "hub.docker.com", "https://index.docker.io/v1", "index.docker.io/acme",
            "*.docker.io", "https://registry.hub.docker.com/v1/")
OTHER_KEYS = ("quay.io", "quay.io/acme", "https://quay.io/v1/", "reg.example.com:5000", "reg.example.com",
              "*.example.com", "reg.example.com/team", "*.example.com:5000", "acme.azurecr.io", "ghcr.io")
USERS = ("acme", "acmeci", "robot$pull", "_json_key", "Acme")
VALUES = ("example-password-1", "example-password-2", "dckr_pat_EXAMPLEexampleEXAMPLE1", "dckr_oat_EXAMPLEexample1",
          "ghp_EXAMPLEexampleEXAMPLEexampleEXAMPLE12")
IMAGES = ("nginx", "nginx:1.25", "acme/web:1", "docker.io/acme/web:1", "index.docker.io/acme/web:2", "acme/web:2",
          "acmeother/web:1", "acm/tool", "quay.io/acme/web:1", "quay.io/acme/api:1", "quay.io/other/web:1",
          "reg.example.com:5000/team/app:1", "reg.example.com/team/app:1", "reg.example.com/teamwork/app:1",
          "acme.azurecr.io/app:3", "sub.reg.example.com/app:1", "localhost/app:1", "docker.io/library/nginx:1.25")
SECRET_NAMES = ("hub", "hub-2", "regcred", "quay", "quay-pull")
ACCOUNTS = ("default", "builder", "ci")


def hash_of(*words):
    return hashlib.sha256("/".join(map(str, words)).encode()).hexdigest()


def digest(word):
    return "sha256:" + hash_of("digest", word)


def uid_of(*words):
    h = hash_of("uid", *words)
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-8{h[17:20]}-{h[20:32]}"


def b64(text):
    return base64.b64encode(text.encode()).decode()


class World:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.clusters = [RandomCluster(self.random, name) for name in
                         self.random.sample(("prod", "stage", "dev"), self.random.randint(1, 3))]

    def digests(self):
        return [digest(f"{word} {n}") for word in ("web", "nginx", "app") for n in (1, 2)]

    def change(self, day):
        for cluster in self.clusters:
            cluster.change(day)


class RandomCluster:
    def __init__(self, rng, name):
        self.random, self.name = rng, name
        self.uid = uid_of(name, "kube-system")
        self.namespaces = rng.sample(("shop", "ci", "data", "shop-test"), rng.randint(1, 3))
        self.unread = set(rng.choice(((), (), (), ("ReplicaSet", "Job"), ("ServiceAccount",), ("Pod",), ("Secret",),
                                      ("Deployment", "ReplicaSet"), ("Node",))))
        self.one_file = rng.random() < 0.4
        self.objects, self.serial = [], 0
        self.add("Namespace", None, "kube-system", uid=self.uid)
        for number in range(rng.randint(1, 3)):
            self.node(f"node-{number}")
        for namespace in self.namespaces:
            self.add("Namespace", None, namespace)
            self.fill(namespace)

    # --- small things

    def chance(self, share):
        return self.random.random() < share

    def time(self, first=1, last=18):
        return DAY.format(self.random.randint(first, last), self.random.choice((0, 6, 12)))

    def add(self, kind, namespace, name, api="v1", uid=None, owner=None, **more):
        self.serial += 1
        meta = {"name": name, "uid": uid or uid_of(self.name, kind, namespace, name, self.serial),
                "creationTimestamp": self.time()}
        if namespace:
            meta["namespace"] = namespace
        if owner:
            meta["ownerReferences"] = [{"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": uid_of("x")}] * (
                self.chance(0.1)) + [{"apiVersion": owner[0], "kind": owner[1], "name": owner[2], "controller": True,
                                      "uid": uid_of(owner)}]
        obj = {"apiVersion": api, "kind": kind, "metadata": meta, **more}
        self.objects.append(obj)
        return obj

    def names(self, most=2):
        return [{"name": n} for n in self.random.sample(SECRET_NAMES, self.random.randint(1, most))]

    def fill(self, namespace):
        rng = self.random
        for name in rng.sample(SECRET_NAMES, rng.randint(1, 4)):
            self.secret(namespace, name)
        for name in ACCOUNTS[:rng.randint(1, 3)]:
            account = self.add("ServiceAccount", namespace, name)
            if self.chance(0.6):
                account["imagePullSecrets"] = self.names()
        for number in range(rng.randint(1, 4)):
            make = rng.choice((self.deployment, self.deployment, self.stateful, self.cron_job, self.bare_pod,
                               self.custom, self.static_pod, self.daemon_set))
            make(namespace, rng.choice(("web", "api", "job", "web-api")) + str(number))

    # --- secrets

    def entry(self):
        rng = self.random
        user, value = rng.choice(USERS), rng.choice(VALUES)
        form = rng.random()
        if form < 0.6:
            return {"auth": b64(f"{user}:{value}")}
        if form < 0.7:
            return {"auth": b64(f"{user}:{value}").rstrip("=")}
        if form < 0.8:
            return {"username": user, "password": value}
        if form < 0.85:
            return {"username": user, "password": value, "email": "a@example.com", "auth": b64(f"{user}:{value}")}
        if form < 0.9:
            return {"username": "other", "password": rng.choice(VALUES), "auth": b64(f"{user}:{value}")}
        if form < 0.95:
            return {"identitytoken": "example-identity-token"}
        return {}

    def config(self, legacy):
        rng = self.random
        keys = rng.sample(HUB_KEYS, rng.choice((1, 1, 1, 2))) + rng.sample(OTHER_KEYS, rng.choice((0, 0, 1, 2)))
        rng.shuffle(keys)
        auths = {key: self.entry() for key in keys}
        fault = rng.random()
        if fault < 0.04:
            auths["quay.io"] = {"auth": "!!!not base64!!!"}
        elif fault < 0.08:
            auths["quay.io"] = {"auth": b64("no colon at all")}
        text = json.dumps(auths if legacy else {"auths": auths})
        if 0.08 < fault < 0.12:
            text = text.rstrip("}") + '}, "cut": {"auth": "'
        return text

    def managed_fields(self, keys, time):
        entries = [{"manager": "kubectl-create", "operation": "Update", "apiVersion": "v1", "time": time,
                    "fieldsType": "FieldsV1",
                    "fieldsV1": {"f:data": {".": {}, **{"f:" + k: {} for k in keys}}, "f:type": {}}}]
        if self.chance(0.3):
            entries.insert(0, {**entries[0], "manager": "first", "time": self.time(1, 5)})
        if self.chance(0.4):
            entries.append({**entries[0], "manager": "labeller", "time": self.time(17, 20),
                            "fieldsV1": {"f:metadata": {"f:labels": {".": {}, "f:data": {}}}}})
        return entries

    def secret(self, namespace, name, like=None, time=None):
        rng = self.random
        kind = rng.choices(("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg", "Opaque"), (8, 1, 1))[0]
        data_key = {"kubernetes.io/dockercfg": ".dockercfg", "Opaque": "config.json"}.get(kind, ".dockerconfigjson")
        data = {data_key: b64(self.config(data_key == ".dockercfg"))}
        if kind == "Opaque" and self.chance(0.4):
            data = {"password": b64("nothing to see")}
        if like:
            kind, data = like["type"], like["data"]
        obj = self.add("Secret", namespace, name, type=kind, data=data)
        if self.chance(0.8):
            obj["metadata"]["managedFields"] = self.managed_fields(data, time or self.time())
        if self.chance(0.1):
            obj["immutable"] = True
        return obj

    # --- workloads

    def spec(self, image=None):
        rng = self.random
        spec = {"containers": [{"name": "main", "image": image or rng.choice(IMAGES)}]}
        if self.chance(0.5):
            spec["serviceAccountName"] = rng.choice(ACCOUNTS)
        if self.chance(0.5):
            spec["imagePullSecrets"] = self.names(3)
        if self.chance(0.2):
            spec["initContainers"] = [{"name": "init", "image": rng.choice(IMAGES)}]
        if self.chance(0.1):
            spec["containers"][0]["image"] = rng.choice(("acme/web", "quay.io/acme/web:1")) + "@" + digest("web 1")
        self.reads(spec)
        return spec

    def reads(self, spec):
        rng, volumes = self.random, []
        secret = rng.choice(SECRET_NAMES)
        if self.chance(0.15):
            volumes.append({"name": "v1", "secret": {"secretName": secret}})
        if self.chance(0.1):
            volumes.append({"name": "v2", "projected": {"sources": [{"configMap": {"name": "hub"}},
                                                                    {"secret": {"name": secret}}]}})
        if self.chance(0.1):
            volumes.append({"name": "v3", "image": {"reference": rng.choice(IMAGES)}})
        if self.chance(0.1):
            volumes.append({"name": "v4", "configMap": {"name": secret}})
        if volumes:
            spec["volumes"] = volumes
        main = spec["containers"][0]
        if self.chance(0.1):
            main["env"] = [{"name": "A", "valueFrom": {"secretKeyRef": {"name": secret, "key": "k"}}},
                           {"name": "B", "valueFrom": {"configMapKeyRef": {"name": secret, "key": "k"}}}]
        if self.chance(0.1):
            main["envFrom"] = [{"secretRef": {"name": secret}}]

    def as_admitted(self, namespace, template):
        """A pod's spec of a template: frozen when it was made, so it may differ from what stands there now."""
        spec = copy.deepcopy(template)
        spec.setdefault("serviceAccountName", "default")
        if "imagePullSecrets" not in spec:
            for obj in self.objects:
                if (obj["kind"], obj["metadata"].get("namespace"), obj["metadata"]["name"]) == (
                        "ServiceAccount", namespace, spec["serviceAccountName"]) and "imagePullSecrets" in obj:
                    spec["imagePullSecrets"] = copy.deepcopy(obj["imagePullSecrets"])
        if self.chance(0.1):
            spec["imagePullSecrets"] = self.names(2)
        return spec

    def image_id(self, image):
        rng = self.random
        word = next((w for w in ("web", "nginx") if w in image), "app")
        value = image.partition("@")[2] or digest(f"{word} {rng.randint(1, 2)}")
        bare = image.partition("@")[0]
        if bare.rpartition(":")[2].isdigit() or "." in bare.rpartition(":")[2]:
            bare = bare.rpartition(":")[0] or bare
        forms = f"{bare}@{value}", f"docker-pullable://{bare}@{value}", f"docker://{value}", value
        return rng.choices(forms, (6, 2, 1, 1))[0]

    def status(self, name, image, phase):
        state = {"Running": "running", "Succeeded": "terminated",
                 "Failed": self.random.choice(("terminated", "waiting")), "Pending": "waiting"}[phase]
        if name == "init" and phase == "Running":
            state = "terminated"
        start = self.time(12, 16)
        facts = {"running": {"startedAt": start},
                 "waiting": {"reason": self.random.choice(("ContainerCreating", "ImagePullBackOff"))},
                 "terminated": {"startedAt": start, "finishedAt": self.time(17, 18), "exitCode": 0,
                                "reason": "Completed"}}[state]
        if phase == "Running" and state == "running" and self.chance(0.1):
            state, facts = "waiting", {"reason": "CrashLoopBackOff"}
        pulled = state != "waiting" or facts["reason"] == "CrashLoopBackOff"
        return {"name": name, "image": image, "imageID": self.image_id(image) if pulled else "",
                "state": {state: facts}, "restartCount": self.random.choice((0, 0, 0, 3)) if pulled else 0,
                "ready": state == "running"}

    def pod(self, namespace, name, spec, owner=None, phases=("Running",) * 3 + ("Succeeded", "Failed", "Pending")):
        phase = self.random.choice(phases)
        spec = self.as_admitted(namespace, spec)
        spec["nodeName"] = f"node-{self.random.randint(0, 2)}"
        if self.chance(0.1):
            spec["ephemeralContainers"] = [{"name": "debug", "image": self.random.choice(IMAGES)}]
        status = {"phase": phase, "containerStatuses": [self.status(c["name"], c["image"], phase)
                                                        for c in spec["containers"]]}
        if self.chance(0.9):
            status["startTime"] = self.time(11, 12)
        if "initContainers" in spec:
            status["initContainerStatuses"] = [self.status("init", c["image"], phase) for c in spec["initContainers"]]
        if "ephemeralContainers" in spec:
            status["ephemeralContainerStatuses"] = [self.status("debug", c["image"], phase)
                                                    for c in spec["ephemeralContainers"]]
        return self.add("Pod", namespace, name, owner=owner, spec=spec, status=status)

    def suffix(self):
        return "".join(self.random.choices("bcdfghjklmnpqrstvwxz2456789", k=5))

    def pods_of(self, namespace, api, kind, name, spec, most=2, **how):
        for _ in range(self.random.randint(0, most)):
            self.pod(namespace, f"{name}-{self.suffix()}", spec, (api, kind, name), **how)

    def controller(self, kind, namespace, name, spec, owner=None, api="apps/v1", **more):
        template = {"metadata": {}, "spec": spec}
        if kind == "CronJob":
            more["jobTemplate"] = {"spec": {"template": template}}
        else:
            more["template"] = template
        return self.add(kind, namespace, name, api, owner=owner, spec=more)

    def deployment(self, namespace, name, owner=("apps/v1", "Deployment")):
        spec = self.spec()
        if owner[1] == "Deployment":
            self.controller("Deployment", namespace, name, spec, replicas=1)
        for number in range(self.random.randint(1, 2)):
            old = self.spec() if number else spec
            replica_set = f"{name}-{self.suffix()}{self.suffix()}"[:len(name) + 11]
            self.controller("ReplicaSet", namespace, replica_set, old, (*owner, name), replicas=0 if number else 1)
            self.pods_of(namespace, "apps/v1", "ReplicaSet", replica_set, old, 1 if number else 2)

    def custom(self, namespace, name):
        choice = self.random.randint(0, 2)
        if choice == 0:
            self.deployment(namespace, name, ("argoproj.io/v1alpha1", "Rollout"))
        elif choice == 1:
            self.stateful(namespace, name, ("monitoring.coreos.com/v1", "Prometheus", "main"))
        else:
            self.pods_of(namespace, "argoproj.io/v1alpha1", "Workflow", name, self.spec())

    def stateful(self, namespace, name, owner=None):
        spec = self.spec()
        self.controller("StatefulSet", namespace, name, spec, owner, replicas=1)
        self.pods_of(namespace, "apps/v1", "StatefulSet", name, spec)

    def daemon_set(self, namespace, name):
        spec = self.spec()
        self.controller("DaemonSet", namespace, name, spec)
        self.pods_of(namespace, "apps/v1", "DaemonSet", name, spec)

    def cron_job(self, namespace, name):
        spec = self.spec()
        self.controller("CronJob", namespace, name, spec, api="batch/v1", schedule="0 3 * * *")
        for number in range(self.random.randint(0, 2)):
            job = f"{name}-{29300000 + number * 1440}"
            self.controller("Job", namespace, job, spec, ("batch/v1", "CronJob", name), "batch/v1")
            self.pods_of(namespace, "batch/v1", "Job", job, spec, 1,
                         phases=("Succeeded", "Succeeded", "Failed", "Running"))

    def bare_pod(self, namespace, name):
        self.pod(namespace, name, self.spec())

    def static_pod(self, namespace, name):
        self.pod(namespace, f"{name}-node-0", self.spec(), ("v1", "Node", "node-0"))

    # --- nodes

    def node_images(self):
        images = []
        for image in self.random.sample(IMAGES, self.random.randint(0, 4)):
            value = digest(f"{next((w for w in ('web', 'nginx') if w in image), 'app')} {self.random.randint(1, 2)}")
            bare, colon, tag = image.rpartition(":")
            if not colon or "/" in tag:
                bare, tag = image, "latest"
            names = [f"{bare}@{value}", f"{bare}:{tag}"]
            if self.chance(0.2):
                names.pop()
            elif self.chance(0.2):
                names.append(f"{bare}:other")
            elif self.chance(0.2):
                mirror = "mirror.example.com/" + hash_of(image)[:4]
                names += [f"{mirror}@{value}", f"{mirror}:1"]
            images.append({"names": names, "sizeBytes": 1000})
        return images

    def node(self, name):
        self.add("Node", None, name, status={"images": self.node_images(), "nodeInfo": {"kubeletVersion": "v1.31.0"}})

    # --- from dump to dump

    def change(self, day):
        rng, time = self.random, DAY.format(day, 3)
        for obj in list(self.objects):
            kind, meta = obj["kind"], obj["metadata"]
            if kind == "Secret":
                self.change_secret(obj, time)
            elif kind in ("Pod", "Deployment", "ServiceAccount", "StatefulSet") and self.chance(0.15):
                self.objects.remove(obj)
            elif kind == "Node" and self.chance(0.5):
                obj["status"]["images"] = self.node_images()
            elif kind == "ServiceAccount" and self.chance(0.2):
                obj["imagePullSecrets"] = self.names()
            elif kind == "Pod" and self.chance(0.2) and obj["status"]["phase"] == "Running":
                obj["status"]["phase"] = "Succeeded"
                for status in obj["status"]["containerStatuses"]:
                    status["state"] = {"terminated": {"startedAt": time, "finishedAt": DAY.format(day, 4),
                                                      "exitCode": 0}}
        if self.chance(0.5):
            self.deployment(rng.choice(self.namespaces), f"new{day}")

    def change_secret(self, obj, time):
        meta, what = obj["metadata"], self.random.random()
        if what < 0.5:
            return
        if what < 0.75:
            obj["data"] = {key: b64(self.config(key == ".dockercfg")) if key != "password" else value
                           for key, value in obj["data"].items()}
            if "managedFields" in meta:
                meta["managedFields"] = self.managed_fields(obj["data"], time)
        elif what < 0.85:
            self.objects.remove(obj)
            self.secret(meta["namespace"], meta["name"], obj, time)
        elif what < 0.9:
            self.objects.remove(obj)
        else:
            name = self.random.choice(SECRET_NAMES)
            if not any(o["kind"] == "Secret" and (o["metadata"]["namespace"], o["metadata"]["name"]) == (
                    meta["namespace"], name) for o in self.objects):
                self.secret(meta["namespace"], name, obj if self.chance(0.5) else None, time)

    def lists(self, as_of):
        """The objects as kubectl would have printed them then: lists of a kind, or one of all."""
        for obj in self.objects:
            if obj["kind"] == "Node":
                obj["status"]["conditions"] = [{"type": "Ready", "status": "True", "lastHeartbeatTime": as_of}]
            if obj["kind"] == "Namespace":
                obj["metadata"]["managedFields"] = [{"manager": "m", "operation": "Update", "apiVersion": "v1",
                                                     "time": as_of, "fieldsType": "FieldsV1",
                                                     "fieldsV1": {"f:metadata": {}}}]
        objects = copy.deepcopy([obj for obj in self.objects if obj["kind"] not in self.unread])
        if self.one_file:
            self.random.shuffle(objects)
            return [objects]
        kinds = sorted({obj["kind"] for obj in objects})
        return [[obj for obj in objects if obj["kind"] == kind] for kind in kinds]

    def write(self, folder, as_of):
        """Writes a dump of it into the folder; its lists."""
        lists = self.lists(as_of)
        target = folder / self.name
        target.mkdir(parents=True, exist_ok=True)
        for number, objects in enumerate(lists):
            whole = {"apiVersion": "v1", "items": objects, "kind": "List", "metadata": {"resourceVersion": ""}}
            (target / f"{number}.json").write_text(json.dumps(whole))
        return lists
