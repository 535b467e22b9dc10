"""Fother on fake clusters: kubeconfigs, runs, and what an answer says it does not know."""
import base64
import json
import signal
import subprocess
import threading

from cli.scene import FOTHER, Fother

from live.world import PASSWORDS

# As the command line of a person; output is compared, so all of it is given.
SCOPE = ("triage", "--registry", "docker.io")
WINDOW = ("--window", "2026-11-20..2026-11-21")
USERS = {"hub": "acme", "old": "acmeold", "ci": "acmeci", "other": "acme", "config": "acme"}
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
        """Until test(run) of the lines so far."""
        with self.came:
            assert self.came.wait_for(lambda: test(self) or self.process.poll() is not None, seconds) and test(self), \
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

    def start(self, *words, **env):
        """A Run."""
        full = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": str(self.state),
                **env}
        process = subprocess.Popen([FOTHER, *map(str, words)], env=full, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.started.append(process)
        return Run(process)

    def stop_all(self):
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait()

    def stored(self):
        """All bytes of the store."""
        return b"".join(path.read_bytes() for path in self.state.rglob("*") if path.is_file() and path.name != "key")
