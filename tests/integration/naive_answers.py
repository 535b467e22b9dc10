"""What Fother must answer, worked out a second time: slowly, in plain Python, from the specification.

From docs/ranking.md, the headers of derive and triage and the notes on Kubernetes; shares no code and no shape with
src. Takes objects as `kubectl get -o json` prints them. Nothing is indexed, nothing is kept between questions: every
answer looks through everything that was ever read.
"""
import base64
import binascii
import hashlib
import hmac
import json
import re

from kubelet_rules import Blocked, decode_config, lookup

PULL_TYPES = {"kubernetes.io/dockerconfigjson": ".dockerconfigjson", "kubernetes.io/dockercfg": ".dockercfg"}
TEMPLATE_KINDS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicationController")
HUB = {"docker.io", "index.docker.io", "registry-1.docker.io", "hub.docker.com", "registry.hub.docker.com",
       "registry.docker.io", "www.docker.io"}
SAFE = "bcdfghjklmnpqrstvwxz2456789"


# --- names ---------------------------------------------------------------------------------------------------------

def registry_of(key):
    """Whose registry a docker config key or an image's domain means, for people."""
    rest, port = key, ":443"
    if key.startswith("https://"):
        rest = key[8:]
    elif key.startswith("http://"):
        rest, port = key[7:], ":80"
    host = rest.split("/")[0].lower()
    if host.endswith(port) or host.endswith(":443"):
        host = host.rpartition(":")[0]
    return "docker.io" if host in HUB else host


def reference(image):
    """(domain, path, tag, digest) of an image's name, Docker Hub filled in; None when it is no name."""
    rest, _, digest = image.partition("@")
    first, slash, path = rest.partition("/")
    if not slash or not (first == "localhost" or re.search(r"[.:A-Z]", first)):
        first, path = "docker.io", rest
    if first == "index.docker.io":
        first = "docker.io"
    path, _, tag = path.partition(":")
    if first == "docker.io" and "/" not in path:
        path = "library/" + path
    if not re.fullmatch(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*", path):
        return None
    if not tag and not digest:
        tag = "latest"
    return first, path, tag or None, digest or None


def repository(image):
    parsed = reference(image)
    return parsed and f"{parsed[0]}/{parsed[1]}"


DEAD_HOSTS = ("cut", "registry-1.docker.io", "hub.docker.com", "registry.hub.docker.com", "registry.docker.io")


def is_dead(key):
    """The truth table of facts/kubernetes.md A3, for the keys that the worlds use."""
    rest = re.sub("^https?://", "", key)
    host, slash, path = rest.partition("/")
    if host in DEAD_HOSTS:
        return True
    return host == "index.docker.io" and slash == "/" and path not in ("", "v1/", "v2/")


def kind_of(registry, user, value, form):
    """cred_kind, for the shapes that the worlds use."""
    if user == "AWS" and ".ecr." in registry:
        return "aws"
    for start, kind in (("dckr_pat_", "pat"), ("dckr_oat_", "oat"), ("ghp_", "pat"), ("glpat-", "pat"),
                        ("gldt-", "deploy-token")):
        if value.startswith(start):
            return kind
    if user in ("_json_key", "_json_key_base64"):
        return "json-key"
    if user and user.startswith("robot$"):
        return "robot"
    if form == "auth" and user is None:
        return "broken"
    if not value:
        return "helper" if form == "empty" else "password"
    return {"identity_token": "identity-token", "registry_token": "registry-token"}.get(form, "password")


# --- docker configs ------------------------------------------------------------------------------------------------

def entries_in(text, legacy):
    """[(key, ordinal, form, user, value, read by the kubelet)] of each login in a docker config; whether it decodes."""
    try:
        decode_config(text, legacy)
        decodes = True
    except Blocked:
        decodes = False
    try:
        auths = json.loads(text)
    except ValueError:
        # A text that dies: what stood whole before that is there. The worlds cut between entries.
        whole = text[:text.rindex('"cut"')].rstrip(", ")
        auths = json.loads(whole + ', "cut": {}' + ("}" if legacy else "}}"))
    if not legacy:
        auths = auths.get("auths", {})
    found = []
    for key, entry in auths.items():
        logins = []
        tokens = [(form, entry[name]) for form, name in
                  (("identity_token", "identitytoken"), ("registry_token", "registrytoken")) if entry.get(name)]
        user, password = entry.get("username", ""), entry.get("password", "")
        if "auth" in entry:
            try:
                raw = entry["auth"]
                both = base64.b64decode(raw + "=" * (-len(raw) % 4) if not raw.endswith("=") else raw, validate=True)
                auth_user, colon, auth_password = both.decode().partition(":")
                if not colon:
                    raise ValueError("no colon")
                logins.append(("auth", auth_user, auth_password, decodes))
                if password and password != auth_password:
                    logins.append(("username_password", user, password, False))
            except (ValueError, binascii.Error):
                logins.append(("auth", None, entry["auth"], False))
        elif user or password:
            logins.append(("username_password", user, password, decodes))
        for form, token in tokens:
            logins.append((form, user or None, token, False if logins else decodes))
        if not logins:
            logins.append(("empty", None, "", decodes))
        found += [(key, ordinal, *login) for ordinal, login in enumerate(logins)]
    return found, decodes


# --- objects -------------------------------------------------------------------------------------------------------

def group_of(obj):
    api = obj.get("apiVersion", "v1")
    return api.partition("/")[0] if "/" in api else ""


def template_of(obj):
    spec = obj.get("spec", {})
    if obj["kind"] == "CronJob":
        return spec["jobTemplate"]["spec"]["template"]["spec"]
    return spec["template"]["spec"]


def controller_of(obj):
    for owner in obj["metadata"].get("ownerReferences", []):
        if owner.get("controller"):
            return group_of(owner), owner["kind"], owner["name"]
    return None


def images_in(spec):
    """[(role, name, image)] of a pod's spec."""
    found = [("container", c["name"], c["image"]) for c in spec.get("containers", [])]
    found += [("init", c["name"], c["image"]) for c in spec.get("initContainers", [])]
    found += [("ephemeral", c["name"], c["image"]) for c in spec.get("ephemeralContainers", [])]
    found += [("volume", v["name"], v["image"]["reference"]) for v in spec.get("volumes", []) if "image" in v]
    return found


def reads_in(spec):
    """{(secret, how)} that the pod's code can read."""
    found = set()
    for volume in spec.get("volumes", []):
        if "secret" in volume:
            found.add((volume["secret"]["secretName"], "volume"))
        for source in volume.get("projected", {}).get("sources", []):
            if "secret" in source:
                found.add((source["secret"]["name"], "projected"))
    parts = ("containers", "initContainers", "ephemeralContainers")
    for container in [c for part in parts for c in spec.get(part, [])]:
        for variable in container.get("env", []):
            if "secretKeyRef" in variable.get("valueFrom", {}):
                found.add((variable["valueFrom"]["secretKeyRef"]["name"], "env"))
        for source in container.get("envFrom", []):
            if "secretRef" in source:
                found.add((source["secretRef"]["name"], "env_from"))
    return found


def names_of(references):
    seen = []
    for item in references or []:
        if item["name"] not in seen:
            seen.append(item["name"])
    return seen


def written(secret):
    """Latest write to its data."""
    times = [(entry["time"], entry["manager"]) for entry in secret["metadata"].get("managedFields", [])
             if "f:data" in entry.get("fieldsV1", {})]
    return max(times)[0] if times else None


def times_in(value):
    if isinstance(value, dict):
        return [t for member in value.values() for t in times_in(member)]
    if isinstance(value, list):
        return [t for member in value for t in times_in(member)]
    return [value] if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value) else []


def newest_time(objects):
    return max(t for obj in objects for part in ("metadata", "status") for t in times_in(obj.get(part, {})))


# --- what was read -------------------------------------------------------------------------------------------------

class Seen:
    """One object with its readings."""

    def __init__(self, kind, obj):
        self.kind, self.obj, self.first, self.last, self.gone = kind, obj, None, None, False
        self.namespace, self.name = obj["metadata"].get("namespace"), obj["metadata"]["name"]


class Read:
    def __init__(self, as_of, lists):
        """lists: each a list of objects that stood together in a complete list."""
        self.as_of, self.lists = as_of, lists
        self.objects = [obj for part in lists for obj in part]

    def covers(self, kind, obj):
        """Some list of it would have held the object."""
        namespace, subtype = obj["metadata"].get("namespace"), obj.get("type")
        for part in self.lists:
            same = [o for o in part if o["kind"] == kind and group_of(o) == group_of(obj)]
            namespaces = {o["metadata"].get("namespace") for o in same}
            types = {o.get("type") for o in same}
            if same and (len(namespaces) > 1 or namespace in namespaces) and (
                    kind != "Secret" or len(types) > 1 or subtype in types):
                return True
        return False


class Cluster:
    def __init__(self, name, uid):
        self.name, self.uid, self.reads = name, uid, []

    def add(self, as_of, lists):
        self.reads.append(Read(as_of, lists))
        self.reads.sort(key=lambda read: read.as_of)

    @property
    def as_of(self):
        return self.reads[-1].as_of

    @staticmethod
    def identity(obj):
        meta = obj["metadata"]
        if obj["kind"] in ("Pod", "Secret"):
            return obj["kind"], meta["uid"]
        return obj["kind"], group_of(obj), meta.get("namespace"), meta["name"]

    def all(self, *kinds):
        """Everything of the kinds that was ever read, in its latest form."""
        found = {}
        for read in self.reads:
            for obj in read.objects:
                if obj["kind"] in kinds or (not kinds and obj["kind"]):
                    seen = found.setdefault(self.identity(obj), Seen(obj["kind"], obj))
                    seen.obj, seen.last, seen.first = obj, read.as_of, seen.first or read.as_of
        for seen in found.values():
            seen.gone = any(read.as_of > seen.last and read.covers(seen.kind, seen.obj) for read in self.reads)
        return list(found.values())

    def there(self, *kinds):
        return [seen for seen in self.all(*kinds) if not seen.gone]

    def has(self, kind):
        return any(obj["kind"] == kind for obj in self.reads[-1].objects)

    def users_known(self):
        return self.has("Pod") and self.has("ServiceAccount") and any(self.has(kind) for kind in TEMPLATE_KINDS)

    # --- workloads

    def find(self, namespace, group, kind, name):
        for seen in self.all(*self.template_kinds()):
            if (seen.namespace, group_of(seen.obj), seen.kind, seen.name) == (namespace, group, kind, name):
                return seen
        return None

    def template_kinds(self):
        return TEMPLATE_KINDS

    def top(self, namespace, group, kind, name):
        """The controller above all: (namespace, group, kind, name)."""
        for _ in range(20):
            seen = self.find(namespace, group, kind, name)
            owner = controller_of(seen.obj) if seen else self.guess(namespace, kind, name)
            if not owner:
                break
            group, kind, name = owner
        return namespace, group, kind, name

    def guess(self, namespace, kind, name):
        stem, _, end = name.rpartition("-")
        owner = None
        if kind == "ReplicaSet" and end and set(end) <= set(SAFE):
            owner = "apps", "Deployment", stem
        if kind == "Job" and end.isdigit():
            owner = "batch", "CronJob", stem
        return owner if owner and self.find(namespace, *owner) else None

    def workload_of(self, pod):
        owner = controller_of(pod.obj)
        if owner is None or owner[1] == "Node":
            return pod.namespace, "", "Pod", pod.name
        return self.top(pod.namespace, *owner)

    def ended(self, pod):
        return pod.gone or pod.obj["status"].get("phase") in ("Succeeded", "Failed")

    def templates(self):
        """[(seen, top)] of those that make the next pod."""
        found = []
        for seen in self.there(*self.template_kinds()):
            top = self.top(seen.namespace, group_of(seen.obj), seen.kind, seen.name)
            mine = (seen.namespace, group_of(seen.obj), seen.kind, seen.name)
            if top != mine:
                above, node = False, seen
                while node is not None and controller_of(node.obj):
                    node = self.find(seen.namespace, *controller_of(node.obj))
                    above = above or (node is not None and not node.gone)
                if above or (seen.kind in ("ReplicaSet", "ReplicationController") and
                             seen.obj["spec"].get("replicas", 1) == 0):
                    continue
            found.append((seen, top))
        return found

    # --- secrets

    def secrets(self, namespace=None):
        """Current ones; of two with one name the one seen later."""
        found = {}
        for seen in self.there("Secret"):
            if namespace in (None, seen.namespace) and SecretView.of(seen):
                other = found.get((seen.namespace, seen.name))
                if not other or other.last < seen.last:
                    found[(seen.namespace, seen.name)] = seen
        return list(found.values())

    def list_of(self, spec, namespace, own_account=True):
        """(pull secrets of the next pod of a template, the account that gives them)."""
        own = names_of(spec.get("imagePullSecrets"))
        if own or not own_account:
            return own, None
        account = spec.get("serviceAccountName") or spec.get("serviceAccount") or "default"
        for seen in self.there("ServiceAccount"):
            if (seen.namespace, seen.name) == (namespace, account):
                return names_of(seen.obj.get("imagePullSecrets")), account
        return [], None

    def pulled_with(self, secret, lists):
        """{key: {repositories}} for which the keys of a secret are tried: lists are [(names, images)]."""
        here = {s.name: SecretView.of(s) for s in self.secrets(secret.namespace)}
        found = {}
        for names, images in lists:
            views = [here[name] for name in names if name in here and here[name].pull_type]
            if secret.name not in names or any(not view.decodes for view in views):
                continue
            for image in images:
                repo = repository(image)
                keys = [[e[0].encode() for e in view.entries if e[5]] for view in views]
                for number, key in lookup(keys, repo.encode()) if repo else []:
                    if views[number].name == secret.name:
                        found.setdefault(key.decode(), set()).add(repo)
        return found

    def lists_of(self, namespace, workload=None):
        """[(pull-secret names, images)] of live pods and templates of the namespace, or of one workload."""
        found = []
        for pod in self.all("Pod"):
            if pod.namespace == namespace and not self.ended(pod) and workload in (None, self.workload_of(pod)):
                found.append((names_of(pod.obj["spec"].get("imagePullSecrets")),
                              [image for _, _, image in images_in(pod.obj["spec"])]))
        for seen, top in self.templates():
            if seen.namespace == namespace and workload in (None, top):
                spec = template_of(seen.obj)
                found.append((self.list_of(spec, namespace)[0], [image for _, _, image in images_in(spec)]))
        return found

    def images_of(self, namespace, workload):
        """Images of a workload's templates and live pods."""
        return [image for _, images in self.lists_of(namespace, workload) for image in images]

    def uses(self, secret):
        """{(kind, name, relation, via): (live pods, ended pods, workload)}."""
        counts, rows = {}, {}
        for pod in self.all("Pod"):
            if pod.namespace != secret.namespace:
                continue
            top = self.workload_of(pod)
            if secret.name in names_of(pod.obj["spec"].get("imagePullSecrets")):
                live, ended = counts.get(top, (0, 0))
                counts[top] = (live, ended + 1) if self.ended(pod) else (live + 1, ended)
        for top, (live, ended) in counts.items():
            rows[(top[2], top[3], "pulls", "pod")] = (live, ended, top)
        given = set()
        for seen, top in self.templates():
            if seen.namespace != secret.namespace:
                continue
            names, account = self.list_of(template_of(seen.obj), seen.namespace)
            if secret.name in names:
                row = ("service_account", "service_account " + account) if account else ("template", "template")
                rows[(top[2], top[3], *row)] = (*counts.get(top, (0, 0)), top)
            if account:
                given.add(account)
        for account in self.there("ServiceAccount"):
            if (account.namespace == secret.namespace and account.name not in given and
                    secret.name in names_of(account.obj.get("imagePullSecrets"))):
                row = "ServiceAccount", account.name, "service_account", "service_account " + account.name
                rows[row] = (0, 0, None)
        readers = {}
        for pod in self.all("Pod"):
            how = {via for name, via in reads_in(pod.obj["spec"]) if name == secret.name}
            if pod.namespace == secret.namespace and how:
                reader = readers.setdefault(self.workload_of(pod), [set(), 0, 0])
                reader[0] |= how
                reader[2 if self.ended(pod) else 1] += 1
        for seen, top in self.templates():
            how = {via for name, via in reads_in(template_of(seen.obj)) if name == secret.name}
            if seen.namespace == secret.namespace and how:
                readers.setdefault(top, [set(), 0, 0])[0] |= how
        for top, (how, live, ended) in readers.items():
            rows[(top[2], top[3], "reads", ", ".join(sorted(how)))] = (live, ended, top)
        return rows

    def pullers(self, secret):
        """Workloads that pull with it now or with their next pod; accounts that no workload runs as."""
        uses = self.uses(secret)
        workloads = {top for (_, _, relation, _), (live, _, top) in uses.items()
                     if top and (relation in ("template", "service_account") or (relation == "pulls" and live))}
        return workloads, {name for (kind, name, relation, _), (_, _, top) in uses.items() if top is None}

    # --- sightings

    def sightings(self):
        rows = []
        for pod in self.all("Pod"):
            rows += self.pod_sightings(pod)
        for seen, top in self.templates():
            for _, name, image in images_in(template_of(seen.obj)):
                rows.append(self.row("template", image, (reference(image) or (None,) * 4)[3], top, container=name,
                                     to=seen.last, proof="template"))
        for node in self.all("Node"):
            rows += self.node_sightings(node)
        return rows

    def row(self, state, image, digest, top=None, pod=None, container=None, node=None, start=None, to=None, proof=None):
        parsed = reference(image)
        return {"state": state, "cluster": self.name, "namespace": top[0] if top else None,
                "workload_kind": top[2] if top else None, "workload": top[3] if top else None, "pod": pod,
                "container": container, "node": node, "image": image,
                "registry": parsed and registry_of(parsed[0]), "repository": parsed and parsed[1],
                "tag": parsed and parsed[2], "digest": digest, "from_time": start, "to_time": to, "proof": proof}

    def pod_sightings(self, pod):
        rows, spec, status = [], pod.obj["spec"], pod.obj["status"]
        statuses = {(role, s["name"]): s for role, part in
                    (("container", "containerStatuses"), ("init", "initContainerStatuses"),
                     ("ephemeral", "ephemeralContainerStatuses")) for s in status.get(part, [])}
        for role, name, image in images_in(spec):
            now = statuses.get((role, name), {})
            state = next(iter(now.get("state", {})), None)
            facts = now.get("state", {}).get(state, {})
            found = re.search(r"sha256:[0-9a-f]{64}", now.get("imageID", ""))
            digest = found[0] if found else (reference(image) or (None,) * 4)[3]
            phase, started = status.get("phase"), facts.get("startedAt")
            if state == "running":
                seen = "ran" if self.ended(pod) else "runs"
            elif state == "terminated":
                seen = "ran"
            elif state == "waiting":
                if facts.get("reason") == "CrashLoopBackOff":
                    seen = "ran" if self.ended(pod) else "runs"
                elif self.ended(pod):
                    seen = "ran" if now.get("restartCount") else "pulled" if found else None
                else:
                    seen = "waits"
            else:
                seen = "ran" if self.ended(pod) else {"Running": "runs", "Pending": "waits"}[phase]
            if not seen:
                continue
            pod_start = status.get("startTime") or pod.obj["metadata"]["creationTimestamp"]
            start = started if started and not now.get("restartCount") else pod_start
            rows.append(self.row(seen, image, digest, self.workload_of(pod), pod.name, name, spec.get("nodeName"),
                                 start, facts.get("finishedAt") or pod.last, "pod status" if now else "pod spec"))
        return rows

    def node_sightings(self, node):
        """Each repository by its tags; by its digest where no tag stood beside it in the last list that had it."""
        seen = {}
        for read in self.reads:
            for obj in read.objects:
                if obj["kind"] != "Node" or obj["metadata"]["name"] != node.name:
                    continue
                for image in obj["status"].get("images", []):
                    digest = next((n.partition("@")[2] for n in image["names"] if "@" in n), None)
                    for name in image["names"]:
                        first, _ = seen.get((name, digest), (read.as_of, None))
                        seen[(name, digest)] = first, read.as_of
        # A name is kept with the digest that it had last.
        last_digest = {name: max((l, d) for (n, d), (_, l) in seen.items() if n == name)[1] for name, _ in seen}
        seen = {(name, digest): times for (name, digest), times in seen.items() if last_digest[name] == digest}
        rows = []
        for (name, digest), (first, last) in seen.items():
            same = {n: times for (n, d), times in seen.items() if d == digest and repository(n) == repository(name)}
            if "@" in name and any("@" not in n and l >= last for n, (_, l) in same.items()):
                continue
            first = min([f for n, (f, _) in same.items() if "@" in n] or [first])
            proof = "node image list" if last == node.last and not node.gone else "earlier node image list"
            rows.append(self.row("cached", name, digest, node=node.name, start=first, to=last, proof=proof))
        return rows


class SecretView:
    """A secret's logins. None when it holds none and is no pull secret."""

    def __init__(self, seen, data_key, text):
        self.seen, self.name, self.data_key = seen, seen.name, data_key
        self.pull_type = seen.obj["type"] in PULL_TYPES
        self.entries, self.decodes = entries_in(text, data_key == ".dockercfg")
        if not self.pull_type:
            self.entries = [(*entry[:5], False) for entry in self.entries]

    @staticmethod
    def of(seen):
        kind = seen.obj["type"]
        data = seen.obj.get("data", {})
        if kind in PULL_TYPES:
            return SecretView(seen, PULL_TYPES[kind], base64.b64decode(data[PULL_TYPES[kind]]).decode())
        for key, value in data.items():
            text = base64.b64decode(value).decode()
            if '"auths"' in text:
                return SecretView(seen, key, text)
        return None


# --- the answers ---------------------------------------------------------------------------------------------------

class Answers:
    def __init__(self, clusters, key):
        self.clusters, self.key = clusters, key

    def fingerprint(self, value):
        return hmac.new(self.key, value.encode(), hashlib.sha256).hexdigest()[:32]

    def login(self, entry):
        key, _, form, user, value, _ = entry
        registry = registry_of(key)
        return registry, user or None, kind_of(registry, user, value, form), self.fingerprint(value) if value else None

    @staticmethod
    def value_of(login):
        """What makes two logins one value: a token is the same under any user name, a password is not."""
        registry, user, kind, fingerprint = login
        return registry, None if kind in ("pat", "oat") else user, fingerprint

    def values_over_time(self, cluster):
        """[(place, login, read's time, written)] of everything that ever stood in a secret there."""
        found = []
        for read in cluster.reads:
            for obj in read.objects:
                if obj["kind"] == "Secret" and SecretView.of(Seen("Secret", obj)):
                    view = SecretView.of(Seen("Secret", obj))
                    for entry in view.entries:
                        place = obj["metadata"]["namespace"], view.name, view.data_key, entry[0], entry[1]
                        found.append((place, self.login(entry), read.as_of, written(obj)))
        return found

    def only_now(self, login, time):
        """Whether the value was seen at the time in nothing but what is still there and was not read again since."""
        for cluster in self.clusters:
            there = {s.obj["metadata"]["uid"] for s in cluster.secrets() if s.last == time}
            for read in cluster.reads:
                for obj in read.objects if read.as_of == time else []:
                    view = SecretView.of(Seen("Secret", obj)) if obj["kind"] == "Secret" else None
                    if (view and obj["metadata"]["uid"] not in there and
                            any(e[4] and self.value_of(self.login(e)) == self.value_of(login) for e in view.entries)):
                        return False
        return True

    def age(self, login, places):
        """(not_changed_since, set_after, age_proof) of a login that stands in the (cluster, place)s."""
        proofs = []
        for cluster in self.clusters:
            for _, other, as_of, wrote in self.values_over_time(cluster):
                if other[3] and self.value_of(other) == self.value_of(login):
                    proofs.append((as_of, 1))
                    if wrote:
                        proofs.append((wrote, 0))
        since, how = min(proofs)
        proof = "managedFields" if how == 0 else "read" if self.only_now(login, since) else "history"
        afters = []
        for cluster, place in places:
            values = [(as_of, other[3]) for p, other, as_of, _ in self.values_over_time(cluster)
                      if p == place and other[3]]
            first = min(as_of for as_of, value in values if value == login[3])
            before = [as_of for as_of, value in values if value != login[3] and as_of < first]
            afters.append(max(before) if before else None)
        set_after = None if None in afters or since <= min(afters) else min(afters)
        return since, set_after, proof

    def credentials(self):
        found = {}
        for cluster in self.clusters:
            for secret in cluster.secrets():
                for entry in SecretView.of(secret).entries:
                    if entry[4]:
                        found.setdefault(self.login(entry), []).append((cluster, secret, entry))
        answers = {login: self.credential(login, copies) for login, copies in found.items()}
        held = {self.value_of(login) for login in found}
        for login, places in self.places_over_time().items():
            if self.value_of(login) not in held:
                answers[login] = self.former(login, places)
        return answers

    def places_over_time(self):
        """{login: {(cluster, namespace, secret, data key, registry key): last seen}} of all that was ever read."""
        found = {}
        for cluster in self.clusters:
            for read in cluster.reads:
                for obj in read.objects:
                    view = SecretView.of(Seen("Secret", obj)) if obj["kind"] == "Secret" else None
                    for entry in view.entries if view else []:
                        if entry[4]:
                            place = cluster.name, obj["metadata"]["namespace"], view.name, view.data_key, entry[0]
                            found.setdefault(self.login(entry), {})[place] = read.as_of
        return found

    def former(self, login, places):
        """A login of which no copy is left."""
        stood = [(cluster, place) for cluster in self.clusters
                 for place, other, _, _ in self.values_over_time(cluster) if other == login]
        since, set_after, proof = self.age(login, stood)
        return {"not_changed_since": since, "set_after": set_after, "age_proof": proof, "secrets": 0, "namespaces": 0,
                "clusters": 0, "users": 0, "readers": 0, "used_by": [], "who_reads": set(), "listed": False,
                "copies": sorted([(*place, last) for place, last in places.items()], key=repr)}

    def credential(self, login, copies):
        places = [(c, (s.namespace, s.name, SecretView.of(s).data_key, e[0], e[1])) for c, s, e in copies]
        since, set_after, proof = self.age(login, places)
        users, readers, used_by, known, listed = set(), set(), {}, True, False
        rows = []
        for cluster, secret, entry in copies:
            view = SecretView.of(secret)
            served = cluster.pulled_with(secret, cluster.lists_of(secret.namespace))
            dead = view.pull_type and is_dead(entry[0]) and entry[0] not in served
            alive = self.can_match(view, served)
            pullers = cluster.pullers(secret)[0] if alive else set()
            listed = listed or not cluster.users_known()
            known = known and (cluster.users_known() or not alive)
            users |= {(cluster.uid, top) for top in pullers}
            for (kind, name, relation, via), (live, ended, top) in cluster.uses(secret).items():
                images = set()
                if relation != "reads" and top and entry[5]:
                    # Of the images of the workload those that the key is tried for in the namespace, by whomever.
                    own = {repository(image) for image in cluster.images_of(secret.namespace, top)}
                    images = served.get(entry[0], set()) & own
                if relation == "reads":
                    readers.add((cluster.uid, top))
                else:
                    listed = listed or live or relation != "pulls"
                pods = (live, ended) if live or ended or cluster.has("Pod") else (None, None)
                use = cluster.name, secret.namespace, kind, name, secret.name, relation, via, *pods
                used_by[use] = used_by.get(use, set()) | images
            rows.append((cluster.name, secret.namespace, secret.name, secret.obj["type"], view.data_key, entry[0],
                         entry[5], dead, written(secret.obj), bool(secret.obj.get("immutable")),
                         len(pullers) if pullers or not alive or cluster.users_known() else None, secret.last))
        secrets = {(c.uid, s.obj["metadata"]["uid"]) for c, s, _ in copies}
        return {"not_changed_since": since, "set_after": set_after, "age_proof": proof, "secrets": len(secrets),
                "namespaces": len({(c.uid, s.namespace) for c, s, _ in copies}),
                "clusters": len({c.uid for c, _, _ in copies}), "users": len(users) if users or known else None,
                "readers": len(readers) if readers or all(c.users_known() for c, _, _ in copies) else None,
                "copies": sorted(rows, key=repr),
                "used_by": sorted([(*use, tuple(sorted(images))) for use, images in used_by.items()], key=repr),
                "who_reads": readers, "listed": bool(listed)}

    @staticmethod
    def can_match(view, served):
        """Whether some image can match a key that the kubelet reads, so that it may ever pull with the secret."""
        return view.pull_type and not view.seen.gone and (
            not view.decodes or any(not is_dead(e[0]) or e[0] in served for e in view.entries))

    def secrets(self):
        """{uid: row} of every secret that was ever read."""
        rows = {}
        for cluster in self.clusters:
            current = {s.obj["metadata"]["uid"] for s in cluster.secrets()}
            reads = [read.as_of for read in cluster.reads if any(o["kind"] == "Secret" for o in read.objects)]
            for secret in cluster.all("Secret"):
                view = SecretView.of(secret)
                if view:
                    rows[secret.obj["metadata"]["uid"]] = self.secret(cluster, secret, view, current, reads)
        return rows

    def secret(self, cluster, secret, view, current, reads):
        here = secret.obj["metadata"]["uid"] in current
        served = cluster.pulled_with(secret, cluster.lists_of(secret.namespace)) if here else {}
        workloads, accounts = cluster.pullers(secret) if here else (set(), set())
        held = view.entries if here else []
        entries = sorted((registry_of(e[0]), e[0], e[3] or "", e[2], e[5],
                          view.pull_type and is_dead(e[0]) and e[0] not in served,
                          tuple(sorted(served.get(e[0], ()))) if e[5] else ()) for e in held)
        alive = self.can_match(view, served)
        count = len(workloads) + len(accounts) if alive else 0
        return {"cluster": cluster.name, "namespace": secret.namespace, "name": secret.name,
                "registries": sorted({registry_of(e[0]) for e in held}), "entries_count": len(held),
                "data_written": written(secret.obj), "immutable": bool(secret.obj.get("immutable")),
                "blocks_pulls": here and view.pull_type and not view.decodes, "entries": entries,
                "first_seen": secret.first, "last_seen": secret.last,
                "change": self.change(cluster, secret, here, reads),
                "users": count if count or not alive or cluster.users_known() else None}

    def change(self, cluster, secret, here, reads):
        if len(reads) < 2:
            return None
        if not here:
            return "gone"
        if secret.first == reads[-1]:
            return "new"
        if secret.last != reads[-1]:
            return "same"

        def held(as_of):
            for read in cluster.reads:
                for obj in read.objects:
                    if read.as_of == as_of and obj["metadata"].get("uid") == secret.obj["metadata"]["uid"]:
                        return sorted(e[:5] for e in SecretView.of(Seen("Secret", obj)).entries)
            return None
        before = held(reads[-2])
        return "new" if before is None else "same" if before == held(reads[-1]) else "changed"

    def sightings(self):
        return [row for cluster in self.clusters for row in cluster.sightings()]

    def images(self):
        """{(registry, repository, digest): (tags, runs, ran, cached, clusters, first, last, number of sightings)}."""
        rows = self.sightings()
        found = {}
        for row in rows:
            digest = row["digest"]
            if digest is None:
                same = {r["digest"] for r in rows if r["digest"] and
                        all(r[k] == row[k] for k in ("registry", "repository", "tag"))}
                digest = same.pop() if len(same) == 1 else None
            key = (row["registry"], row["repository"], digest, row["tag"] if digest is None else None)
            found.setdefault(key, []).append(row)

        def count(rows, state, *fields):
            return len({tuple(r[f] for f in ("cluster", *fields)) for r in rows if r["state"] == state and
                        not r["proof"].startswith("earlier")})
        workload = ("namespace", "workload_kind", "workload")
        return {key: {"tags": sorted({r["tag"] for r in rows if r["tag"]}), "runs": count(rows, "runs", *workload),
                      "ran": count(rows, "ran", *workload), "cached": count(rows, "cached", "node"),
                      "clusters": len({r["cluster"] for r in rows}),
                      "first_seen": min(r["from_time"] or r["to_time"] for r in rows),
                      "last_seen": max(r["to_time"] for r in rows), "sightings": len(rows)}
                for key, rows in found.items()}

    # --- a breach

    def bad_sightings(self, digests):
        """Sightings of bad digests, and what will start them again by a name that stood for one in the cluster."""
        rows = self.sightings()
        names = {(r["cluster"], r["registry"], r["repository"], r["tag"]) for r in rows
                 if r["digest"] in digests and r["tag"]}
        return [r for r in rows if r["digest"] in digests or (
            r["digest"] is None and r["state"] in ("template", "waits") and
            (r["cluster"], r["registry"], r["repository"], r["tag"]) in names)]

    def triage(self, registry, window_end, digests):
        """{login: (standing, action, bad readers)} of the registry, and of those that bad code can read."""
        uids = {cluster.name: cluster.uid for cluster in self.clusters}

        def workloads(*states):
            return {(uids[r["cluster"]], r["namespace"], r["workload_kind"], r["workload"])
                    for r in self.bad_sightings(digests) if r["state"] in states}

        def among(readers, bad):
            return {w for w in readers if (w[0], w[1][0], w[1][2], w[1][3]) in bad}
        now, ever = workloads("runs"), workloads("runs", "ran")
        answers = {}
        for login, row in self.credentials().items():
            exposed = among(row["who_reads"], ever)
            if login[0] != registry and not exposed:
                continue
            if row["not_changed_since"] <= window_end or among(row["who_reads"], now):
                standing = "burnt"
                needed = row["users"] or row["users"] is None or row["readers"]
                gone = not row["secrets"]
                action = ("revoke" if exposed or gone else "rotate" if needed else
                          "revoke" if row["listed"] else "delete")
            elif row["set_after"] and row["set_after"] > window_end:
                standing, action = "proven_new", "none"
            else:
                standing, action = "unproven", "check"
            answers[login] = (standing, action, len(exposed))
        return answers
