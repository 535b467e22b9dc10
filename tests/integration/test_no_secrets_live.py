"""No planted value leaves a live reading: not what clusters hold, not what opens them, not what servers say.

Every place where a cluster or a kubeconfig holds a secret gets a value of its own; test_no_secrets.py does the same for dumps.
Looked for in outputs, logs, the store, the folder of `collect`, argv and environments, in cores while a body is under way, and
in all of the memory when the answer is made.
"""
import base64
import contextlib
import json
import os
import ssl
import stat
import subprocess
import time
from pathlib import Path

import pytest
from cli.scene import FOTHER
from integration.planted import (Planted, core_of, found_in, full_pipe, memory_of, needs_gcore, needs_root, wait_for,
                                 writes_to_a_pipe)
from live import faults, wire
from live.fake_api import FakeApi, Item, dump
from live.proxy import Proxy
from live.scenery import TRIAGE, write_kubeconfig
from live.tls import Certificates

SECRETS, PODS, EVENTS = "/api/v1/secrets", "/api/v1/pods", "/api/v1/events"
RUN_SECONDS = 60
# A value in a header or URL has only characters that may stand there.
PLAIN = "EXAMPLEplanted.{0}-0123456789.{0}-EXAMPLE"


class PlantedKey:
    """A private key, as it stands in files and as OpenSSL computes with it."""

    def __init__(self, name, path):
        self.name = name
        pem = path.read_bytes()
        der = base64.b64decode(b"".join(pem.split(b"-----")[2].split()))
        at = der.index(b"\x02\x01\x01\x04\x20") + 5  # ECPrivateKey, RFC 5915: version 1, then 32 bytes
        scalar = der[at:at + 32]
        # The key itself stands in the lines before the public one.
        lines = [line for line in pem.splitlines() if not line.startswith(b"-----")][:2]
        encoded = base64.b64encode(pem)
        self.needles = [scalar, scalar[::-1], *lines, encoded[40:120], der[:at + 32]]


class PlantedLogin:
    """A login as a header shows it."""

    def __init__(self, name, user, planted):
        self.name = name
        self.needles = [base64.b64encode(f"{user}:{planted.value}".encode())]


IN_CLUSTER = {name: Planted(name) for name in (
    "pull", "cfg", "applied", "opaqueconfig", "opaque", "stringdata", "env", "podannotation", "nodeannotation", "accountannotation",
    "entryfield")} | {name: Planted(name, PLAIN) for name in ("event", "image", "waiting", "volume", "last")}
IN_KUBECONFIG = {name: Planted(name, PLAIN) for name in (
    "token", "tokenfile", "basic", "exectoken", "execenv", "proxy", "proxyenv", "unusedtoken", "unusedpassword", "unusedexecenv",
    "unusedproxy")}
IN_ANSWERS = {name: Planted(name, PLAIN) for name in ("status", "html", "plain", "redirect", "continue", "challenge", "login401")}


def v(name):
    return (IN_CLUSTER | IN_KUBECONFIG | IN_ANSWERS)[name].value


def b64(text):
    return base64.b64encode(text.encode()).decode()


# --- a cluster full of them ---

def auth(name):
    return {"auth": b64(f"acme:{v(name)}"), "made-up-field": v("entryfield")}


def secret(name, kind, data, **metadata):
    return {"type": kind, "data": {key: b64(json.dumps(value) if isinstance(value, dict) else value) for key, value in data.items()},
            "metadata": {"name": name, "namespace": "shop", **metadata}}


def docker(name):
    return {"auths": {"docker.io": auth(name)}}


def secrets():
    kind = "kubernetes.io/dockerconfigjson"
    applied = json.dumps(secret("planted", kind, {".dockerconfigjson": docker("applied")}))
    yield secret("planted", kind, {".dockerconfigjson": docker("pull")},
                 annotations={"kubectl.kubernetes.io/last-applied-configuration": applied})
    yield secret("plantedcfg", "kubernetes.io/dockercfg", {".dockercfg": {"docker.io": auth("cfg")}})
    yield secret("plantedconfig", "Opaque", {"config.json": docker("opaqueconfig"), "password": v("opaque")})
    # No server sends it. A proxy in between, or a hostile one, could.
    yield secret("plantedtext", kind, {".dockerconfigjson": docker("last")}) | {"stringData": {"password": v("stringdata")}}


def url(name):
    return f"https://u:{v(name)}@r.example/x:1"


def pod():
    return {"metadata": {"name": "planted", "namespace": "shop", "annotations": {"a": v("podannotation")}},
            "spec": {"containers": [{"name": "c", "image": url("image"), "env": [{"name": "PASSWORD", "value": v("env")}]}],
                     "volumes": [{"name": "v", "image": {"reference": url("volume")}}]},
            "status": {"phase": "Pending", "containerStatuses": [
                {"name": "c", "image": "x", "imageID": "", "ready": False, "restartCount": 0,
                 "state": {"waiting": {"reason": "ErrImagePull", "message": "Bearer " + v("waiting")}}}]}}


def pod_in_protobuf(obj):
    """Numbers of k8s.io/api/core/v1/generated.proto."""
    container = wire.field(1, "c") + wire.field(2, url("image")) + wire.field(7, wire.field(1, "PASSWORD") + wire.field(2, v("env")))
    waiting = wire.field(1, "ErrImagePull") + wire.field(2, "Bearer " + v("waiting"))
    status = wire.field(1, "c") + wire.field(2, wire.field(1, waiting)) + wire.field(6, "x")
    volume = wire.field(1, "v") + wire.field(2, wire.field(30, wire.field(1, url("volume"))))
    return (wire.field(1, wire.make_metadata(obj["metadata"])) + wire.field(2, wire.field(1, volume) + wire.field(2, container))
            + wire.field(3, wire.field(1, "Pending") + wire.field(8, status)))


def event():
    return {"metadata": {"name": "planted", "namespace": "shop"}, "reason": "Failed", "type": "Warning",
            "involvedObject": {"kind": "Pod", "name": "planted", "namespace": "shop"},
            "message": f'Failed to pull image "x": {url("event")}: 401'}


def event_in_protobuf(obj):
    about = wire.field(1, "Pod") + wire.field(2, "shop") + wire.field(3, "planted")
    return (wire.field(1, wire.make_metadata(obj["metadata"])) + wire.field(2, about) + wire.field(3, "Failed")
            + wire.field(4, obj["message"]))


def put(world, name, obj, make=None):
    made = world.put(name, obj)
    if make:
        world.resource(name).items[Item(made).key] = Item(made, make(made))


def annotate(world, name, key, planted):
    """Recorded bytes stay as they are; in JSON it has an annotation more."""
    item = world.resource(name).items[key]
    item.object["metadata"].setdefault("annotations", {})["made-up"] = v(planted)


def plant(world):
    for one in secrets():
        put(world, "secrets", one)
    put(world, "pods", pod(), pod_in_protobuf)
    put(world, "events", event(), event_in_protobuf)
    annotate(world, "nodes", "node-1", "nodeannotation")
    annotate(world, "serviceaccounts", "shop/default", "accountannotation")


# --- ways in ---

PLUGIN = """#!/bin/sh
# What it inherits, for the test. Then the token.
cat /proc/$$/environ >"$0.environ"
tr '\\0' ' ' </proc/$$/cmdline >"$0.cmdline"
ls -l /proc/$$/fd >"$0.fds"
cat "/proc/$PPID/environ" "/proc/$PPID/cmdline" >"$0.parent" 2>/dev/null
: >"$0.started"
while [ -e "$0.hold" ]; do sleep 0.02; done
echo "made-up complaint" >&2
printf '%s' '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"TOKEN"}}'
"""


class Bed:
    """A fake cluster, a kubeconfig with every kind of login, and Fother on them."""

    def __init__(self, folder, pki, proxy):
        self.folder, self.pki, self.proxy = folder, pki, proxy
        self.api = FakeApi(pki)
        context = self.api.http.socket.context
        context.verify_mode = ssl.CERT_OPTIONAL  # it asks for a client certificate, so that the key is used
        context.load_verify_locations(str(pki.ca))
        plant(self.api.world)
        self.state, self.kubeconfig, self.plugin = folder / "state", folder / "kubeconfig", folder / "bin/made-up-plugin"
        self.key = pki.folder / "client.key"
        self.planted = [*IN_CLUSTER.values(), *IN_KUBECONFIG.values(), *IN_ANSWERS.values(), PlantedKey("clientkey", self.key),
                        PlantedKey("unusedkey", pki.folder / "unused.key"), PlantedLogin("basic as a header", "u", IN_KUBECONFIG["basic"]),
                        PlantedLogin("proxy as a header", "u", IN_KUBECONFIG["proxy"])]
        self.api.users |= {v(name): "admin" for name in ("token", "tokenfile", "exectoken")} | {b64(f"u:{v('basic')}"): "admin"}
        self.rights()
        self.write()
        self.children = []

    def rights(self):
        # Whoever shows a client certificate has no other login.
        known = self.api.rights
        self.api.rights = lambda user, *rest: user == "system:anonymous" or known(user, *rest)
        self.api.check_path = lambda request: None

    def write(self):
        self.plugin.parent.mkdir()
        self.plugin.write_text(PLUGIN.replace("TOKEN", v("exectoken")))
        self.plugin.chmod(0o755)
        token_file = self.folder / "token"
        token_file.write_text(v("tokenfile") + "\n")
        here = {"server": self.api.server, "ca": self.pki.ca}
        certificate, key = map(Path.read_bytes, self.pki.pair("client"))
        command = {"apiVersion": "client.authentication.k8s.io/v1", "command": str(self.plugin), "interactiveMode": "Never",
                   "provideClusterInfo": True}
        write_kubeconfig(self.kubeconfig, [
            here | {"name": "token", "token": v("token")},
            here | {"name": "tokenfile", "token_file": token_file},
            here | {"name": "basic", "user_fields": {"username": "u", "password": v("basic")}},
            here | {"name": "certificate", "user_fields": {"client-certificate-data": base64.b64encode(certificate).decode(),
                                                           "client-key-data": base64.b64encode(key).decode()}},
            here | {"name": "exec", "exec": command | {"env": [{"name": "MADE_UP", "value": v("execenv")}]}},
            {"name": "proxy", "server": f"https://localhost:{self.api.port}", "ca": self.pki.ca, "token": v("token"),
             "cluster_fields": {"proxy-url": self.proxy.url.replace("://", f"://u:{v('proxy')}@")}},
            here | {"name": "unused", "token": v("unusedtoken"), "cluster_fields": {
                "proxy-url": f"http://u:{v('unusedproxy')}@127.0.0.1:1"}},
            here | {"name": "unused2", "user_fields": {"username": "u", "password": v("unusedpassword")}},
            here | {"name": "unused3", "exec": command | {"env": [{"name": "MADE_UP", "value": v("unusedexecenv")}]}},
            here | {"name": "unused4", "user_fields": {
                "client-certificate-data": base64.b64encode(self.pki.pair("unused")[0].read_bytes()).decode(),
                "client-key-data": base64.b64encode((self.pki.folder / "unused.key").read_bytes()).decode()}}])

    def environment(self):
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": str(self.state),
                "DEBUGINFOD_URLS": ""}

    def words(self, *words, context="token"):
        return [FOTHER, *map(str, words), "--kubeconfig", self.kubeconfig, "--context", context, "--allow-exec", self.plugin]

    def run(self, *words, context="token", live=True, **more):
        command = self.words(*words, context=context) if live else [FOTHER, *map(str, words)]
        return subprocess.run(command, capture_output=True, env=self.environment() | more, stdin=subprocess.DEVNULL,
                              timeout=RUN_SECONDS, check=False)

    def start(self, *words, context="token", stdout=subprocess.DEVNULL):
        child = subprocess.Popen(self.words(*words, context=context), env=self.environment(), stdin=subprocess.DEVNULL,
                                 stdout=stdout, stderr=subprocess.DEVNULL)
        self.children.append(child)
        return child

    def held_at_output(self, *words, context="token"):
        """When all was read and nothing of the answer could be written."""
        read_end, write_end = full_pipe()
        child = self.start(*words, context=context, stdout=write_end)
        os.close(write_end)
        self.open_ends.append(read_end)
        assert wait_for(lambda: child.poll() is not None or writes_to_a_pipe(child)), "did not come to its output"
        assert child.poll() is None
        return child

    open_ends = []

    def found(self, data, but=()):
        return [name for name in found_in(data, self.planted) if name not in but]

    def stored(self):
        return b"".join(path.read_bytes() for path in self.state.rglob("*") if path.is_file() and path.name != "key")

    def stop(self):
        for child in self.children:
            child.kill()
            child.wait()
        self.api.stop()
        while self.open_ends:
            os.close(self.open_ends.pop())


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    made = Certificates(tmp_path_factory.mktemp("pki"))
    made.sign("client", "ca", "DNS:client.example", ("-startdate", "20250101000000Z", "-enddate", "20490101000000Z"))
    made.sign("unused", "ca", "DNS:client.example", ("-startdate", "20250101000000Z", "-enddate", "20490101000000Z"))
    return made


@pytest.fixture
def bed(tmp_path, pki):
    with Proxy() as proxy:
        made = Bed(tmp_path, pki, proxy)
        proxy.to = made.api.port
        yield made
        made.stop()
    assert not made.api.mistakes


def test_the_needles_find_themselves(bed):
    """A search that cannot find what is there proves nothing."""
    lists = [resource.items.values() for resource in bed.api.world.resources.values()]
    as_json = b"".join(dump(item.object) for items in lists for item in items)
    as_protobuf = b"".join(item.raw for items in lists for item in items if item.raw)
    assert sorted(bed.found(as_json)) == sorted(IN_CLUSTER)
    # Recorded bytes have no more than was recorded, and stringData is not in protobuf at all.
    assert set(IN_CLUSTER) - set(bed.found(as_protobuf)) == {"nodeannotation", "accountannotation", "stringdata"}
    ways_in = b"".join(path.read_bytes() for path in (bed.kubeconfig, bed.plugin, bed.folder / "token", bed.key))
    # In proxyenv is what only an environment holds.
    assert set(IN_KUBECONFIG) | {"clientkey", "unusedkey"} == set(bed.found(ways_in)) | {"proxyenv"}


LOGINS = ("token", "tokenfile", "basic", "certificate", "exec", "proxy")
COMMANDS = (["credentials", "--all-secrets"], ["secrets", "--encoding", "json", "--all-secrets"], [*TRIAGE, "--bad", "acme/web:1"],
            ["secrets", "--metadata-only"], ["images"], ["where", "acme/web:1"])


@pytest.mark.parametrize("login", LOGINS)
def test_outputs_logs_and_store(bed, login):
    for command in COMMANDS:
        for form in ("table", "json", "csv"):
            done = bed.run(*command, "-v", "-v", "-o", form, context=login)
            assert done.returncode in (0, 3), done.stderr
            assert b"docker.io" in done.stdout or b"shop" in done.stdout
            assert not bed.found(done.stdout) and not bed.found(done.stderr)
    # It was logged in as it should be, and read what is planted.
    users = {request.user for request in bed.api.requests}
    assert users == ({"system:anonymous"} if login == "certificate" else {"admin"})
    assert bool(bed.proxy.asked) == (login == "proxy")
    stored = bed.stored()
    assert b"plantedconfig" in stored and b"[masked]" in stored
    assert not bed.found(stored)
    for command in (["credentials", "-o", "wide"], ["incident", "show", "1", "-o", "json"]):
        done = bed.run(*command, "-v", "-v", live=False)
        assert done.returncode in (0, 3) and not bed.found(done.stdout + done.stderr)


def test_a_proxy_of_the_environment(bed):
    write_kubeconfig(bed.kubeconfig, [{"name": "token", "server": f"https://prod.example:{bed.api.port}", "ca": bed.pki.ca,
                                       "token": v("token"), "cluster_fields": {"tls-server-name": "localhost"}}])
    done = bed.run("credentials", "-v", "-v", "-o", "json", HTTPS_PROXY=bed.proxy.url.replace("://", f"://u:{v('proxyenv')}@"))
    assert done.returncode == 0 and bed.proxy.asked == {f"prod.example:{bed.api.port}"}
    assert not bed.found(done.stdout + done.stderr + bed.stored())


def quoted(name):
    """What a careless server writes into a refusal: in forms that are recognised, and the login as it came."""
    return f"https://u:{v(name)}@x.example/ Authorization: Bearer {v(name)} {v('token')} token={v('token')}"


@pytest.mark.parametrize("where", [PODS, "/"])
@pytest.mark.parametrize("act", [
    faults.status(500, "InternalError", quoted("status")), faults.status(403, "Forbidden", quoted("status")),
    faults.status(401, "Unauthorized", quoted("status"), WWW_Authenticate=f'Bearer realm="{v("challenge")}"'),
    faults.status(410, "Expired", quoted("status")), faults.status(404, "NotFound", quoted("status")),
    faults.html(200, quoted("html").encode()), faults.html(500, b"<title>%s</title>" % quoted("html").encode()),
    faults.plain(500, quoted("plain").encode()), faults.redirect(f"https://127.0.0.1/?token={v('redirect')}&t={v('token')}"),
    faults.cut(700)], ids=["500", "403", "401", "410", "404", "html", "title", "plain", "redirect", "cut"])
def test_what_a_server_writes_into_a_refusal(bed, act, where):
    fault = bed.api.fail(where, act)
    done = bed.run(*TRIAGE, "-v", "-v", "-o", "json")
    assert done.returncode in (1, 3, 4), done.stderr
    assert not bed.found(done.stdout) and not bed.found(done.stderr)
    assert fault.done
    assert not bed.found(bed.stored())


def test_a_password_that_a_server_quotes(bed):
    bed.api.fail(PODS, faults.status(500, "InternalError", f"u has no password {v('basic')}, {b64('u:' + v('basic'))}"))
    done = bed.run(*TRIAGE, "-o", "json", context="basic")
    assert b"u has no password ****" in done.stdout
    assert not bed.found(done.stdout + done.stderr + bed.stored())


def test_a_continue_token(bed):
    bed.api.page_max = 2
    bed.api.fail(SECRETS, faults.same_token(v("continue")))
    done = bed.run(*TRIAGE, "-v", "-v", "-o", "json")
    assert done.returncode in (3, 4) and b"the same page" in done.stdout
    assert bed.api.asked(v("continue"))
    assert not bed.found(done.stdout + done.stderr + bed.stored())


# --- other processes ---

@needs_root
def test_argv_and_environments(bed):
    """Of Fother, and of the plugin: that one gets our environment, and what the kubeconfig has for it."""
    hold = Path(f"{bed.plugin}.hold")
    hold.touch()
    child = bed.start("credentials", context="exec")
    assert wait_for(lambda: Path(f"{bed.plugin}.started").exists())
    ours = b"".join(Path(f"/proc/{child.pid}/{name}").read_bytes() for name in ("environ", "cmdline"))
    assert b"XDG_STATE_HOME" in ours and b"credentials" in ours and not bed.found(ours)
    inherited = Path(f"{bed.plugin}.environ").read_bytes()
    assert b"XDG_STATE_HOME" in inherited and bed.found(inherited) == ["execenv"]
    assert not bed.found(Path(f"{bed.plugin}.cmdline").read_bytes())
    # No file or socket of ours.
    files = [line.split(" -> ")[1] for line in Path(f"{bed.plugin}.fds").read_text().splitlines() if " -> " in line]
    assert not [name for name in files if "socket" in name or str(bed.state) in name or "event" in name], files
    hold.unlink()
    assert child.wait(RUN_SECONDS) == 0


def test_the_plugin_gets_the_password_of_its_proxy_alone(bed):
    """It needs it, as with kubectl; only where the kubeconfig says that it shall know the cluster."""
    config = json.loads(bed.kubeconfig.read_text())
    user = next(one["user"] for one in config["users"] if one["name"] == "exec")
    next(one["context"] for one in config["contexts"] if one["name"] == "proxy")["user"] = "exec"
    for told, expected in ((True, ["execenv", "proxy"]), (False, ["execenv"])):
        user["exec"]["provideClusterInfo"] = told
        bed.kubeconfig.write_text(json.dumps(config))
        assert bed.run("credentials", context="proxy").returncode == 0
        assert bed.found(Path(f"{bed.plugin}.environ").read_bytes()) == expected


@pytest.mark.parametrize("printed", ["{0}", '{{"status":{{"token":"{0}"}}}}', '{{"apiVersion":"client.authentication.k8s.io/v1",'
                                     '"kind":"ExecCredential","status":{{"token":["{0}"],"clientKeyData":"{0}"}}}}'])
def test_what_a_plugin_prints_wrongly(bed, printed):
    bed.plugin.write_text("#!/bin/sh\necho '%s'\n" % printed.format(v("exectoken")))
    done = bed.run("credentials", "-v", "-v", context="exec")
    assert done.returncode == 1 and b"exec" in done.stderr
    assert not bed.found(done.stdout + done.stderr + bed.stored())


def test_allowed_by_name_is_what_path_finds(bed):
    """Neither a file of the working directory, nor one that a relative folder of PATH or the kubeconfig would lead to."""
    here = bed.folder / "here"
    here.mkdir()
    evil = here / bed.plugin.name
    evil.write_text(f"#!/bin/sh\n: >{bed.folder}/evil-ran\n")
    evil.chmod(0o755)
    config = json.loads(bed.kubeconfig.read_text())
    user = next(one["user"] for one in config["users"] if one["name"] == "exec")
    for command in (evil.name, f"./{evil.name}", str(evil)):
        for path in (".:", ":", "", "/usr/bin:/bin", f"here:.:{bed.plugin.parent}"):
            user["exec"]["command"] = command
            (here / "kubeconfig").write_text(json.dumps(config))
            done = subprocess.run([FOTHER, "credentials", "--kubeconfig", "kubeconfig", "--context", "exec", "--allow-exec", evil.name],
                                  cwd=here, env=bed.environment() | {"PATH": path}, capture_output=True, timeout=RUN_SECONDS,
                                  check=False)
            found = command == evil.name and str(bed.plugin.parent) in path
            assert (done.returncode == 0) == found, (command, path, done.stderr)
    assert not (bed.folder / "evil-ran").exists()


# --- files ---

@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_the_folder_of_collect(bed, mask):
    out = bed.folder / "frozen"
    done = subprocess.run(bed.words("collect", out, "--all-secrets", "-v", "-v"), env=bed.environment(), capture_output=True, umask=mask,
                          timeout=RUN_SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    assert not bed.found(done.stdout + done.stderr)
    paths = [out, *out.rglob("*")]
    files = [path for path in paths if path.is_file()]
    written = b"".join(path.read_bytes() for path in files)
    assert b"plantedconfig" in written and b"last-applied" not in written
    assert not bed.found(written) and not bed.found("\n".join(map(str, paths)).encode())
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()} == {0o700}
    state = [path for path in (bed.state / "fother").rglob("*") if path.is_file()]
    assert {"key", "store.db"} <= {path.name for path in state}
    assert {stat.S_IMODE(path.stat().st_mode) for path in state} == {0o600}
    assert stat.S_IMODE((bed.state / "fother").stat().st_mode) == 0o700
    # And what is read of it again.
    again = bed.run("credentials", "-v", "-v", "--snapshot", out, "--store", bed.state / "again.db", "--key-file",
                    bed.state / "fother/key", live=False)
    assert again.returncode == 0 and b"acme" in again.stdout
    assert not bed.found(again.stdout + again.stderr + bed.stored())


def test_a_kubeconfig_that_all_may_read_is_no_problem(bed):
    bed.kubeconfig.chmod(0o644)
    done = bed.run("credentials")
    assert done.returncode == 0 and not done.stderr


# --- memory ---

# libcurl has the request, header by header, until its answer is whole.
OF_A_TRANSFER = {"token"}


def check_under_way(bed, child, folder, but):
    """Cores hold no more than a transfer needs. Logins stand in the secure heap beside that."""
    core = core_of(child, folder)
    assert b"docker.io" in core, "the core holds nothing of the program's memory: it proves nothing"
    assert set(bed.found(core)) <= but


@needs_root
@needs_gcore
@pytest.mark.parametrize("encoding", ["auto", "json"])
@pytest.mark.parametrize("where", [PODS, EVENTS])
def test_a_core_when_secrets_were_read_and_more_comes(bed, tmp_path, encoding, where):
    """What came before is nowhere, though connections and buffers are the same."""
    bed.api.fail(where, faults.hang(300))
    child = bed.start("credentials", "--all-secrets", "--encoding", encoding)
    bed.api.wait(where)
    time.sleep(1)
    assert child.poll() is None
    assert bed.api.asked(SECRETS)
    check_under_way(bed, child, tmp_path, OF_A_TRANSFER)
    memory = b"".join(memory_of(child))
    assert set(bed.found(memory)) == OF_A_TRANSFER


@needs_root
@needs_gcore
@pytest.mark.parametrize("encoding", ["auto", "json"])
def test_a_core_in_the_middle_of_a_secret(bed, tmp_path, encoding):
    """Its bytes lie in the heap until it is whole; those of the item before it are gone."""
    page = f"{SECRETS}?limit=500&fieldSelector=type%3Dkubernetes.io%2Fdockerconfigjson"

    def cut_in_the_last(reply, request):
        reply.finish()
        whole, reply.page = reply.body, None
        # plantedtext is the last of them, by name.
        end = next(whole.index(needle) + len(needle) for needle in IN_CLUSTER["last"].needles if needle in whole)
        faults.trickle(100, 0.01)(reply, request)  # so that items come in parts, and are put together
        faults.hang(end)(reply, request)

    bed.api.fail(page, cut_in_the_last)
    child = bed.start("credentials", "--encoding", encoding)
    bed.api.wait(page)
    time.sleep(1)
    assert child.poll() is None
    # The one that is half there is allowed, and must be seen, or the test would look at nothing.
    core = core_of(child, tmp_path)
    assert "last" in bed.found(core)
    assert set(bed.found(core)) <= OF_A_TRANSFER | {"last", "entryfield", "stringdata"}


@needs_root
@needs_gcore
def test_a_core_while_a_plugin_runs(bed, tmp_path):
    hold = Path(f"{bed.plugin}.hold")
    hold.touch()
    child = bed.start("credentials", context="exec")
    assert wait_for(lambda: Path(f"{bed.plugin}.started").exists())
    assert not bed.found(core_of(child, tmp_path))
    # What the plugin is given is at hand; of the rest of the kubeconfig nothing is.
    assert bed.found(b"".join(memory_of(child))) == ["execenv"]
    hold.unlink()
    assert child.wait(RUN_SECONDS) == 0


@needs_root
@needs_gcore
def test_a_core_while_changes_are_followed(bed, tmp_path):
    """A watch may last for days: what the last event brought is not kept."""
    child = bed.start("secrets", "--watch", "-o", "ndjson")
    assert wait_for(lambda: len(bed.api.watches) == 2)
    put(bed.api.world, "secrets", secret("later", "kubernetes.io/dockerconfigjson", {".dockerconfigjson": docker("last")}))
    assert wait_for(lambda: b"later" in bed.stored())
    time.sleep(1)
    check_under_way(bed, child, tmp_path, OF_A_TRANSFER)
    assert set(bed.found(b"".join(memory_of(child)))) == OF_A_TRANSFER
    assert not bed.found(bed.stored())


@needs_root
@needs_gcore
@pytest.mark.parametrize("login", LOGINS)
def test_no_memory_holds_what_was_read(bed, tmp_path, login):
    """When the answer is written: in no buffer, arena or secure heap; of the connections and logins neither."""
    bed.api.fail("/api/v1/replicationcontrollers", faults.status(500, "InternalError", f"Bearer {v('status')}"))
    child = bed.held_at_output("credentials", "-o", "json", "--all-secrets", context=login)
    assert not bed.found(core_of(child, tmp_path))
    memory = b"".join(memory_of(child))
    assert b"docker.io" in memory and not bed.found(memory)


@needs_root
def test_no_memory_holds_what_was_collected(bed):
    child = bed.held_at_output("collect", bed.folder / "frozen", "--all-secrets", "-o", "json")
    memory = b"".join(memory_of(child))
    assert b"frozen" in memory and not bed.found(memory)
