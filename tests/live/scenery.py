"""Fother on fake clusters: kubeconfigs, runs, and what an answer says it does not know."""
import base64
import datetime
import json
import signal
import subprocess
import threading
import time

from cli.scene import FOTHER, Fother

from live.fake_api import World, recorded
from live.world import PASSWORDS

# The breach ended after the recorded cluster was made, so that all its logins are burnt; all is read a day later.
MADE = max(item["metadata"]["creationTimestamp"] for item in json.loads(recorded("list-pods"))["items"])


def after(hours):
    made = datetime.datetime.fromisoformat(MADE.replace("Z", "+00:00"))
    return (made + datetime.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


AS_OF = after(24)
TRIAGE = ("triage", "--registry", "docker.io", "--window", f"{after(-24)}..{after(1)}", "--as-of", AS_OF)
USERS = {"hub": "acme", "old": "acmeold", "ci": "acmeci", "other": "acme", "config": "acme"}
LOOK_SECONDS = 0.05
TOKENS = ["made-up-token-admin", "made-up-token-nobody", "made-up-token-second"]


def needles():
    """Every form in which a value of the recorded world could come out."""
    for name, password in PASSWORDS.items():
        login = f"{USERS[name]}:{password}"
        yield from (password, base64.b64encode(password.encode()).decode(), base64.b64encode(login.encode()).decode())
    yield from TOKENS


def write_kubeconfig(path, contexts):
    """contexts: dicts with name, server, and ca (a file), insecure, token, token_file, exec, cluster_fields, user_fields."""
    config = {"apiVersion": "v1", "kind": "Config", "current-context": contexts[0]["name"], "clusters": [], "users": [],
              "contexts": []}
    for one in contexts:
        name = one["name"]
        cluster = {"server": one["server"]} | ({"certificate-authority": str(one["ca"])} if one.get("ca") else {}) | (
            {"insecure-skip-tls-verify": True} if one.get("insecure") else {}) | one.get("cluster_fields", {})
        keys = {"token": "token", "token_file": "tokenFile", "exec": "exec"}
        user = {keys[key]: str(one[key]) if key == "token_file" else one[key] for key in keys if one.get(key)}
        config["clusters"].append({"name": name, "cluster": cluster})
        config["users"].append({"name": name, "user": user | one.get("user_fields", {})})
        config["contexts"].append({"name": name, "context": {"cluster": name, "user": name} | (
            {"namespace": one["namespace"]} if one.get("namespace") else {})})
    path.write_text(json.dumps(config, indent=1))
    path.chmod(0o600)
    return path


class Answer:
    """What Fother said: its exit code, and JSON."""

    def __init__(self, run):
        self.code, self.errors, self.output = run.returncode, run.stderr, run.stdout + run.stderr
        self.json = json.loads(run.stdout) if run.stdout.startswith("{") else None
        self.items = self.json["items"] if self.json else []
        self.read = self.json["reads"][-1] if self.json and self.json["reads"] else None

    def rows(self, *kinds):
        return [item for item in self.items if item["record"] in kinds]

    @property
    def known(self):
        """All but what is not known."""
        return [item for item in self.items if item["record"] != "unknown"]

    @property
    def missing(self):
        """{(kind, subtype): (namespaces, namespaces it is not of, outcome)}: what was asked for and not read whole."""
        found = {}
        for row in self.rows("unknown"):
            for subtype in (row["subtypes"] or ["*"]) if row["kind"] else ():
                assert row["incomplete"]
                found[row["kind"], subtype] = tuple(row["namespaces"]), tuple(row["but_namespaces"] or ()), row["outcome"]
        return found

    @property
    def causes(self):
        return [row["cause"] for row in self.rows("unknown") if row["kind"]]


def without_unused(items):
    """That nothing uses a secret is only said where all users are known."""
    return [one for one in items if not (isinstance(one, dict) and one.get("rule") == "pull-unused")]


def differences(told, known, where=""):
    """Where `told` says other things than `known`. Numbers may be unknown in it, and secrets not called unused."""
    if isinstance(known, dict) and isinstance(told, dict):
        return [one for key in {**known, **told}
                for one in differences(told.get(key), known.get(key), f"{where}.{key}")]
    if isinstance(known, list) and isinstance(told, list):
        told, known = without_unused(told), without_unused(known)
        if len(told) != len(known):
            return [f"{where}: {len(told)} in place of {len(known)}"]
        return [one for at, pair in enumerate(zip(told, known)) for one in differences(*pair, f"{where}[{at}]")]
    return [] if told == known or (told is None and isinstance(known, int)) else [f"{where}: {told!r} in place of {known!r}"]


class Run:
    """A Fother that runs: its lines as they come."""

    def __init__(self, process):
        self.process, self.lines, self.errors = process, [], []
        self.came = threading.Condition()
        self.readers = [threading.Thread(target=self.read, args=pair, daemon=True)
                        for pair in ((process.stdout, self.lines), (process.stderr, self.errors))]
        for reader in self.readers:
            reader.start()

    def read(self, stream, lines):
        for line in stream:
            with self.came:
                lines.append(line)
                self.came.notify_all()
        with self.came:
            self.came.notify_all()

    def wait_for(self, what, test, seconds=20):
        """Until test(run); the end of Fother ends the wait."""
        end = time.monotonic() + seconds
        with self.came:
            while not test(self) and self.process.poll() is None and time.monotonic() < end:
                self.came.wait(LOOK_SECONDS)
            assert test(self), \
                f"{what}: not in {seconds} s, exit {self.process.poll()}\n{''.join(self.lines[-20:])}\n{''.join(self.errors)}"

    def rows(self):
        with self.came:
            return [json.loads(line) for line in self.lines]

    def interrupt(self, seconds=10):
        self.process.send_signal(signal.SIGINT)
        return self.end(seconds)

    def end(self, seconds=20):
        code = self.process.wait(seconds)
        for reader in self.readers:
            reader.join(5)
        return code

    @property
    def output(self):
        return "".join(self.lines) + "".join(self.errors)


class LiveFother(Fother):
    def __init__(self, folder, pki):
        super().__init__(folder)
        self.pki, self.started, self.kubeconfig = pki, [], self.folder / "kubeconfig"

    def context(self, api, **more):
        return {"name": "prod", "server": api.server, "ca": self.pki.ca, "token": api.token()} | more

    def use(self, *contexts):
        write_kubeconfig(self.kubeconfig, contexts)
        return self

    def live(self, *words, contexts=("prod",)):
        """Words and the options of live sources."""
        named = [word for name in contexts for word in ("--context", name)]
        return [*words, "--kubeconfig", self.kubeconfig, *named, "--key-file", self.key]

    def triage(self, *words, contexts=("prod",), **env):
        """Exit 0 when all was read, 4 when not, as no finding counts unless `words` say so."""
        command = self.live(*TRIAGE, "--fail-on", "none", *words, "-o", "json", contexts=contexts)
        return Answer(self.run(*command, **env))

    def start(self, *words, **env):
        """A Run."""
        full = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": str(self.state),
                **env}
        process = subprocess.Popen([FOTHER, *map(str, words)], env=full, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.started.append(process)
        return Run(process)

    def reference(self, lost=(), empty=(), spoiled=(), cut=None):
        """The answer to a dump of the recorded cluster: without the objects `lost`, with other types in those `spoiled`, with
        empty lists, and lists that end after so many items (cut: {RESOURCE: number}). Objects are named RESOURCE (all of it)
        or RESOURCE/NAMESPACE/NAME.
        """
        folder = self.folder / "reference"
        (folder / "prod").mkdir(parents=True)
        for resource in World().resources.values():
            about = {"kind": resource.kind, "apiVersion": resource.api_version}
            items = [about | item.object | ({"metadata": {"name": ["made", "up"]}} if f"{resource.name}/{key}" in spoiled else {})
                     for key, item in resource.items.items() if item.object.get("type") != "Opaque"
                     and not {resource.name, f"{resource.name}/{key}"} & set(lost)]
            items = [] if resource.name in empty else items
            text = json.dumps(about | {"kind": resource.kind + "List", "metadata": {}, "items": items})
            if resource.name in (cut or {}):
                text = text[:text.index(json.dumps(items[cut[resource.name]]))]
            if items or resource.name in empty:
                (folder / "prod" / f"{resource.name}.json").write_text(text)
        return Answer(self.run(*TRIAGE, "--fail-on", "none", "-o", "json", "--snapshot", folder, "--key-file", self.key,
                               "--store", folder / "store.db"))

    def stop_all(self):
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait()

    def stored(self):
        """All bytes of the store."""
        return b"".join(path.read_bytes() for path in self.state.rglob("*") if path.is_file() and path.name != "key")
