"""A real Kubernetes cluster on loopback: etcd, kube-apiserver, kube-controller-manager; no node (see node.py).

In a test (fixtures of conftest.py):

    from objects import namespace, pull_secret, pod, rule

    def test_it(lab):                                 # one cluster for the whole run: use namespaces of your own
        lab.create([namespace("shop"), pull_secret("shop", "hub", {"docker.io": ("acme", "made-up-password")})])
        config = lab.kubeconfig(user="pods-only")     # a kubeconfig file: path
        fother("triage", "--kubeconfig", config)

    def test_alone(new_lab):                          # new_lab() starts one more, 5 to 7 s, stopped after the test
        other = new_lab()

Without pytest: `with Lab() as lab: ...`, or a shell in it: `tests/cluster/lab.py` prints how to reach it and waits.

What it offers
    lab.kubeconfig(...)             kubeconfig files of every kind: users, ways to log in, several contexts
    lab.create(objects)             many objects quickly, with status; makers of objects are in objects.py
    lab.api(user)                   raw requests and watches (api.py); lab.kubectl("get", "pods"), as admin or user=...
    lab.allow(user, rules, namespaces)  RBAC; users are in USERS, u1 to u20 have no right until allowed
    lab.stop_apiserver(), start_apiserver(), restart_apiserver(), freeze_apiserver(), thaw_apiserver()
    lab.compact()                   forgets old revisions: continue tokens given before answer 410
    lab.wipe()                      empties it within a second: all namespaces but the system's, nodes, lab.allow()ed roles
    lab.requests(agent)             what a program asked: reads from the audit log, by the start of their User-Agent
    lab.service_account_token(...)  a token like a pod's

Kubernetes is 1.20.2, the newest that Debian 12 can build: tools/build-cluster-parts. No controller removes pods whose node
is not there. A pod needs the service account of its namespace: create() waits for it.
"""
import atexit
import base64
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from api import SECONDS_MAX, Api, bulk
from kubeconfig import write_kubeconfig
from objects import collection_path, object_path, rule, thing
from pki import Pki
from processes import Processes, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
SYSTEM_NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")
STOP_SECONDS = 2
ALLOWED_LABEL = "fother.test/allowed"

# Name: groups. Tokens are made-up-token-NAME. The API server reads them only when it starts, so here are all.
USERS = {"admin": ["system:masters"], "nobody": [], "pods-only": [], "no-secrets": [], "two-namespaces": []} | {
         f"u{number}": [] for number in range(1, 21)}
# What the first ones may, in the whole cluster; two-namespaces gets its rights from lab.allow().
READ = ["get", "list", "watch"]
RIGHTS = {
    "pods-only": [rule(["list"], ["pods"])],
    "no-secrets": [rule(READ, ["pods", "serviceaccounts", "namespaces", "nodes", "events", "configmaps",
                               "replicationcontrollers"]),
                   rule(READ, ["*"], groups=["apps", "batch"])],
}

# Only reads: what fills the cluster would make the log large.
AUDIT_POLICY = {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"], "rules": [
    {"level": "None", "userGroups": ["system:serviceaccounts", "system:nodes"]},
    {"level": "None", "users": ["system:apiserver", "system:kube-controller-manager"]},
    {"level": "None", "verbs": ["create", "update", "patch", "delete", "deletecollection"]},
    {"level": "Metadata"}]}

# Pods of made-up nodes stay: podgc and nodelifecycle would remove them within a minute.
CONTROLLERS = "*,-podgc,-nodelifecycle,-nodeipam,-attachdetach"


def cluster_parts():
    """The folder with the programs, built when they are not there."""
    run = subprocess.run([ROOT / "tools/build-cluster-parts"], stdout=subprocess.PIPE, text=True, check=True)
    return Path(run.stdout.splitlines()[-1]) / "bin"


class Lab:
    """One cluster. apiserver_options: more options for kube-apiserver, as a list."""

    def __init__(self, controllers=True, apiserver_options=()):
        self.parts = cluster_parts()
        self.processes = Processes("cluster")
        atexit.register(self.stop)
        self.folder, self.controllers = self.processes.folder, controllers
        self.apiserver_options = list(apiserver_options)
        self.written = 0
        self.apis = {}
        try:
            self.prepare()
            self.start()
        except BaseException:
            self.stop()
            raise

    # Life

    def prepare(self):
        self.pki = Pki(self.folder / "pki")
        self.pki.certificate("apiserver", "/CN=kube-apiserver", server=True)
        self.pki.certificate("admin", "/O=system:masters/CN=admin")
        self.pki.certificate("controllers", "/CN=system:kube-controller-manager")
        self.pki.key_pair("service-accounts")
        tokens = [f'{self.token(user)},{user},uid-{user}' + (f',"{",".join(groups)}"' if groups else "")
                  for user, groups in USERS.items()]
        (self.folder / "tokens.csv").write_text("\n".join(tokens) + "\n")
        (self.folder / "audit-policy.yaml").write_text(json.dumps(AUDIT_POLICY))

    def start(self):
        self.port, self.etcd_port, self.etcd_peers, self.controllers_port = (free_port() for _ in range(4))
        self.server = f"https://{HOST}:{self.port}"
        self.processes.start("etcd", [
            self.parts / "etcd", "--data-dir", self.folder / "etcd",
            "--listen-peer-urls", f"http://{HOST}:{self.etcd_peers}",
            "--listen-client-urls", f"http://{HOST}:{self.etcd_port}",
            "--advertise-client-urls", f"http://{HOST}:{self.etcd_port}"])
        self.start_apiserver()
        if self.controllers:
            self.start_controllers()
        for user, rules in RIGHTS.items():
            self.allow(user, rules, label=None)

    def start_apiserver(self):
        """On the same port as before; returns when /readyz says ok."""
        pki = self.pki.folder
        self.processes.start("kube-apiserver", [
            self.parts / "kube-apiserver", f"--bind-address={HOST}", f"--advertise-address={HOST}",
            f"--secure-port={self.port}", f"--etcd-servers=http://{HOST}:{self.etcd_port}",
            "--authorization-mode=Node,RBAC", f"--token-auth-file={self.folder}/tokens.csv",
            f"--client-ca-file={pki}/ca.crt", f"--tls-cert-file={pki}/apiserver.crt",
            f"--tls-private-key-file={pki}/apiserver.key", "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-signing-key-file={pki}/service-accounts.key",
            f"--service-account-key-file={pki}/service-accounts.pub", "--service-cluster-ip-range=10.0.0.0/24",
            "--allow-privileged=true", "--endpoint-reconciler-type=none",
            f"--audit-policy-file={self.folder}/audit-policy.yaml", f"--audit-log-path={self.folder}/audit.log",
            *self.apiserver_options])
        self.processes.wait_until("kube-apiserver is ready", self.ready)

    def ready(self):
        try:
            return self.api().get("/readyz").body == b"ok"
        except (OSError, http.client.HTTPException):
            return False

    def start_controllers(self):
        pki = self.pki.folder
        config = self.kubeconfig(user="controllers", login="certificate-files")
        self.processes.start("kube-controller-manager", [
            self.parts / "kube-controller-manager", f"--kubeconfig={config}", f"--bind-address={HOST}",
            f"--secure-port={self.controllers_port}", "--port=0",
            f"--service-account-private-key-file={pki}/service-accounts.key", f"--root-ca-file={pki}/ca.crt",
            "--use-service-account-credentials=true", "--leader-elect=false", f"--cert-dir={self.folder}/controllers",
            f"--controllers={CONTROLLERS}", "--kube-api-qps=500", "--kube-api-burst=500",
            "--concurrent-serviceaccount-token-syncs=20", "--concurrent-namespace-syncs=20"])
        self.wait_for_accounts(["default"])

    def stop_apiserver(self, sign=signal.SIGTERM):
        """Within 2 s: idle connections are closed in order, watches are cut. With signal.SIGKILL all are cut at once."""
        # It would wait a minute for the end of the watches.
        self.processes.stop("kube-apiserver", STOP_SECONDS, sign)

    def restart_apiserver(self, sign=signal.SIGTERM):
        self.stop_apiserver(sign)
        self.start_apiserver()

    def freeze_apiserver(self):
        """It accepts connections (the kernel does) and answers nothing, until thaw_apiserver()."""
        self.processes.running["kube-apiserver"].send_signal(signal.SIGSTOP)

    def thaw_apiserver(self):
        self.processes.running["kube-apiserver"].send_signal(signal.SIGCONT)

    def stop(self):
        atexit.unregister(self.stop)
        self.stop_apiserver(signal.SIGKILL)
        self.processes.stop_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    # Ways in

    @staticmethod
    def token(user):
        return f"made-up-token-{user}"

    def api(self, user="admin"):
        """Raw requests with the token of a user; None: no token."""
        if user not in self.apis:
            self.apis[user] = Api(self.server, self.pki.ca, token=user and self.token(user))
        return self.apis[user]

    def client_certificate(self, user, groups=None):
        """(certificate file, key file) of any user; those of USERS have their groups."""
        groups = USERS.get(user, []) if groups is None else groups
        return self.pki.certificate(user, "".join(f"/O={group}" for group in groups) + f"/CN={user}")

    def kubeconfig(self, *contexts, path=None, current=None, **variant):
        """Writes a kubeconfig and returns its path. Each context is a dict with the keys of `variant`, which alone
        describes the only one.

        name          of the context (lab)
        user          of USERS (admin)
        login         token (default), token-file, certificate-files, certificate-data, none
        ca            data (default), file, none
        insecure      insecure-skip-tls-verify (then ca is none)
        tls_server_name, namespace, server, proxy_url, impersonate (a user's name)
        user_fields, cluster_fields   more keys, or others, as dicts
        current       which context is current (the first)
        """
        self.written += 1
        path = Path(path or self.folder / f"kubeconfig-{self.written}.yaml")
        contexts = [{"server": self.server} | variant | context for context in contexts or ({},)]
        return write_kubeconfig(self, path, contexts, current)

    def kubectl(self, *arguments, user="admin", stdin=None, check=True):
        """What kubectl printed."""
        if user not in (configs := self.__dict__.setdefault("configs", {})):
            configs[user] = self.kubeconfig(user=user)
        run = subprocess.run([self.parts / "kubectl", "--kubeconfig", configs[user], "--cache-dir", self.folder / "kubectl",
                              *map(str, arguments)], input=stdin, capture_output=True, text=True, timeout=SECONDS_MAX)
        if check and run.returncode:
            raise RuntimeError(f"kubectl {' '.join(map(str, arguments))}: {run.stderr}")
        return run.stdout

    def allow(self, user, rules, namespaces=None, label=ALLOWED_LABEL):
        """Gives a user the rights (objects.rule) in these namespaces, or everywhere. wipe() takes them back."""
        subject = {"kind": "User", "name": user, "apiGroup": "rbac.authorization.k8s.io"}
        labels = {label: "yes"} if label else {}
        self.written += 1
        for space in namespaces or [None]:
            name, kind = f"allow-{user}-{self.written}", "Role" if space else "ClusterRole"
            role = {"kind": kind, "name": name, "apiGroup": "rbac.authorization.k8s.io"}
            self.create([thing(kind, space, name, rules=rules, labels=labels),
                         thing(kind + "Binding", space, name, roleRef=role, subjects=[subject], labels=labels)])
            # The server learns of its own roles some milliseconds later.
            self.processes.wait_until(f"{user} has its rights", lambda: self.may(user, rules[0], space))

    def may(self, user, rule, namespace=None):
        """Whether the first of what a rule gives is allowed."""
        wanted = {"verb": rule["verbs"][0], "group": rule["apiGroups"][0], "resource": rule["resources"][0],
                  "name": rule.get("resourceNames", [""])[0], "namespace": namespace or ""}
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
                  "spec": {"user": user, "resourceAttributes": wanted}}
        path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
        return self.api().post(path, review).must().json["status"]["allowed"]

    def service_account_token(self, namespace, name="default", seconds=3600):
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                "spec": {"audiences": ["https://kubernetes.default.svc"], "expirationSeconds": seconds}}
        path = collection_path("ServiceAccount", namespace) + f"/{name}/token"
        return self.api().post(path, body).must().json["status"]["token"]

    # Contents

    def create(self, objects):
        """Creates them, namespaces first and then in no order, and sets the status that they have. Returns what the
        server made of them, in the order given."""
        objects = list(objects)
        spaces = [obj["metadata"]["name"] for obj in objects if obj["kind"] == "Namespace"]
        made = dict(zip(spaces, bulk(self.create_one, [obj for obj in objects if obj["kind"] == "Namespace"])))
        if self.controllers:
            self.wait_for_accounts(spaces)
        others = iter(bulk(self.create_one, [obj for obj in objects if obj["kind"] != "Namespace"]))
        return [made[obj["metadata"]["name"]] if obj["kind"] == "Namespace" else next(others) for obj in objects]

    def create_one(self, obj):
        path = collection_path(obj["kind"], obj["metadata"].get("namespace"))
        made = self.api().post(path, obj).must().json
        if "status" in obj:
            made = self.api().patch(object_path(obj) + "/status", {"status": obj["status"]}).must().json
        return made

    def wait_for_accounts(self, namespaces):
        """The default service account of each, with the secret that its token is in: pods are refused before."""
        missing = set(namespaces)

        def none_missing():
            accounts = self.api().items(collection_path("ServiceAccount")) if missing else []
            missing.difference_update(one["metadata"]["namespace"] for one in accounts
                                      if one["metadata"]["name"] == "default" and one.get("secrets"))
            return not missing

        self.processes.wait_until("every namespace has its service account", none_missing)

    def delete(self, obj):
        self.api().delete(object_path(obj)).must()

    def wipe(self):
        """Removes what tests made, in etcd itself, as deleting namespaces takes long."""
        spaces = [one["metadata"]["name"] for one in self.api().items(collection_path("Namespace"))]
        keys = [key.split("/") for key in self.etcd_keys()]
        spaces = [space for space in spaces if space not in SYSTEM_NAMESPACES]
        kinds = {key[2] for key in keys if len(key) == 5} | {"services/specs", "services/endpoints"}
        # The service accounts before their tokens, or new tokens are made.
        kinds = sorted(kinds, key=lambda kind: (kind != "serviceaccounts", kind))
        prefixes = [f"/registry/namespaces/{space}" for space in spaces] + ["/registry/minions/"]
        prefixes += [f"/registry/{kind}/{space}/" for kind in kinds for space in spaces]
        for prefix in prefixes:
            self.etcd("kv/deleterange", key=prefix, range_end=prefix[:-1] + chr(ord(prefix[-1]) + 1))
        for kind in ("ClusterRoleBinding", "ClusterRole"):
            self.api().delete(f"{collection_path(kind)}?labelSelector={ALLOWED_LABEL}").must()
        # The server's own caches follow within milliseconds.
        cached = collection_path("Namespace") + "?resourceVersion=0"
        self.processes.wait_until("the wiped namespaces are gone", lambda: not set(spaces) & {
            one["metadata"]["name"] for one in self.api().get(cached).must().json["items"]})

    # Below the API server

    def etcd(self, call, **fields):
        """etcd's JSON gateway; str fields are bytes there."""
        fields = {name: base64.b64encode(value.encode()).decode() if isinstance(value, str) else value
                  for name, value in fields.items()}
        connection = http.client.HTTPConnection(HOST, self.etcd_port, timeout=SECONDS_MAX)
        try:
            connection.request("POST", f"/v3/{call}", json.dumps(fields))
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        if response.status != 200:
            raise RuntimeError(f"etcd {call}: {answer}")
        return answer

    def etcd_keys(self):
        kvs = self.etcd("kv/range", key="/registry/", range_end="/registry0", keys_only=True).get("kvs", [])
        return [base64.b64decode(kv["key"]).decode() for kv in kvs]

    def compact(self):
        """Forgets all revisions but the newest, which is newer than any that a client has seen."""
        revision = int(self.etcd("kv/put", key="/fother-test/compacted", value="x")["header"]["revision"])
        self.etcd("kv/compaction", revision=revision, physical=True)

    def requests(self, agent=""):
        """Reads, in the order of their ends: dicts with verb, uri, user, agent, status. A list, a get or a watch that still
        runs is not there yet."""
        answered = [json.loads(line) for line in (self.folder / "audit.log").read_text().splitlines()]
        return [{"verb": one["verb"], "uri": one["requestURI"], "user": one["user"]["username"],
                 "agent": one.get("userAgent", ""), "status": one["responseStatus"]["code"]}
                for one in answered if one["stage"] == "ResponseComplete" and one.get("userAgent", "").startswith(agent)]

    def log_tails(self):
        return self.processes.log_tails()


def main():
    with Lab() as lab:
        print(f"export KUBECONFIG={lab.kubeconfig()} PATH={lab.parts}:$PATH    # ^C stops the cluster", flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    sys.exit(main())
