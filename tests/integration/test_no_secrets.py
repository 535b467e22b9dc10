"""No planted value ever leaves: not in the store or its WAL, an output, a log, an argv, an error or a core dump.

Every form of secret that is read gets a value of its own. Each is looked for raw, in base64 at its three alignments, as hex
and as JSON and URLs escape it.
"""
import base64
import json
import os
import shutil
import signal
import subprocess
import tarfile
import time
import urllib.parse
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FOTHER = Path(os.environ.get("FOTHER", ROOT / "build/src/cli/fother"))


class Planted:
    """A made-up value that stands nowhere else, with characters that every encoding changes."""

    def __init__(self, name):
        self.name = name
        self.value = f'EXAMPLE-planted/{name}+"\\ü&=%-0123456789-{name}-EXAMPLE'

    def needles(self):
        raw = self.value.encode()
        yield raw
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        for shift in range(3):
            # The characters that depend on nothing but the value.
            encoded = base64.b64encode(b"\0" * shift + raw)
            yield encoded[4 if shift else 0:-4]
        yield json.dumps(self.value)[1:-1].encode()
        yield json.dumps(self.value, ensure_ascii=False)[1:-1].encode()
        yield urllib.parse.quote(self.value, safe="").encode()
        yield urllib.parse.quote_plus(self.value).encode()


PLANTED = {name: Planted(name) for name in (
    "auth", "authunpadded", "password", "identity", "registrytoken", "dockercfg", "opaque", "basicauth", "badbase64",
    "truncated", "yaml", "jsonline", "duplicate", "annotation", "helm", "env", "event", "broken")}


def v(name):
    return PLANTED[name].value


def b64(text):
    return base64.b64encode(text.encode()).decode()


def secret(name, data, kind="kubernetes.io/dockerconfigjson", **metadata):
    return {"apiVersion": "v1", "kind": "Secret", "type": kind, "data": {k: b64(t) for k, t in data.items()},
            "metadata": {"name": name, "namespace": "shop", "uid": f"uid-{name}", **metadata}}


def config(**auths):
    return json.dumps({"auths": {key.replace("_", "."): entry for key, entry in auths.items()}})


def objects():
    last_applied = json.dumps(secret("applied", {".dockerconfigjson": config(a_io={"auth": b64("u:" + v("annotation"))})}))
    good = [
        secret("auth", {".dockerconfigjson": config(docker_io={"auth": b64("acme:" + v("auth"))})},
               annotations={"kubectl.kubernetes.io/last-applied-configuration": last_applied}),
        secret("unpadded", {".dockerconfigjson": config(ghcr_io={"auth": b64("acme:" + v("authunpadded")).rstrip("=")})}),
        secret("password", {".dockerconfigjson": config(quay_io={"username": "acme", "password": v("password")})}),
        secret("tokens", {".dockerconfigjson": config(a_azurecr_io={"identitytoken": v("identity")},
                                                      b_io={"registrytoken": v("registrytoken")})}),
        secret("dockercfg", {".dockercfg": json.dumps({"docker.io": {"username": "acme", "password": v("dockercfg")}})},
               "kubernetes.io/dockercfg"),
        secret("opaque", {"config.json": config(docker_io={"auth": b64("acme:" + v("opaque"))})}, "Opaque"),
        secret("basic", {"username": "acme", "password": v("basicauth")}, "kubernetes.io/basic-auth"),
        secret("badbase64", {".dockerconfigjson": config(docker_io={"auth": "!" + v("badbase64")})}),
        secret("truncated", {".dockerconfigjson": config(docker_io={"username": "acme", "password": v("truncated")})[:-8]}),
        secret("duplicate", {".dockerconfigjson": '{"auths":{"docker.io":{"username":"a","password":%s},"docker.io":{}}}'
                                                  % json.dumps(v("duplicate"))}),
        secret("helm", {"release": b64(v("helm"))}, "helm.sh/release.v1"),
    ]
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "shop", "uid": "uid-p"},
           "spec": {"containers": [{"name": "c", "image": "acme/web:1", "env": [{"name": "PASSWORD", "value": v("env")}]}],
                    "imagePullSecrets": [{"name": "auth"}, {"name": "badbase64"}]}, "status": {}}
    event = {"apiVersion": "v1", "kind": "Event", "metadata": {"name": "e", "namespace": "shop", "uid": "uid-e"},
             "reason": "Failed", "involvedObject": {"kind": "Pod", "name": "p", "namespace": "shop"},
             "message": "Failed to pull image \"acme/web:1\": https://acme:%s@registry.example/v2/: 401" %
                        urllib.parse.quote(v("event"), safe="")}
    return good + [pod, event]


@pytest.fixture(scope="module")
def dump(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    everything = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects()}, indent=1)
    (folder / "all.json").write_text(everything)
    yaml_secret = secret("yaml", {".dockerconfigjson": config(docker_io={"password": v("yaml"), "username": "y"})})
    (folder / "one.yaml").write_text(f"""apiVersion: v1
kind: Secret
metadata: {{name: yaml, namespace: shop, uid: uid-yaml}}
type: kubernetes.io/dockerconfigjson
data:
  .dockerconfigjson: {yaml_secret["data"][".dockerconfigjson"]}
""")
    line = json.dumps(secret("jsonline", {".dockerconfigjson": config(docker_io={"auth": b64("j:" + v("jsonline"))})}))
    (folder / "lines.ndjson").write_text("{bad\n" + line + "\n")
    broken = json.dumps(secret("broken", {".dockerconfigjson": config(docker_io={"auth": b64("b:" + v("broken"))})}))
    (folder / "cut.json").write_text(broken[:-20])
    return folder


@pytest.fixture(scope="module")
def archive(dump, tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "dump.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        tar.add(dump, arcname="planted")
    return path


def assert_clean(what, data):
    for planted in PLANTED.values():
        for needle in planted.needles():
            assert needle not in data, f"{planted.name} leaked into {what}"


def environment(state):
    return {"PATH": os.environ["PATH"], "HOME": str(state), "XDG_STATE_HOME": str(state), "LC_ALL": "C.UTF-8"}


COMMANDS = (["triage", "--registry", "docker.io", "--bad", "acme/web:1"], ["credentials"], ["secrets"], ["images"],
            ["where", "acme/web:1"], ["incident", "list"], ["incident", "show", "1"])


def test_the_needles_find_themselves(dump):
    """A search that cannot find what is there proves nothing."""
    data = (dump / "all.json").read_bytes() + (dump / "one.yaml").read_bytes()
    found = {p.name for p in PLANTED.values() for needle in p.needles() if needle in data}
    assert {"env", "event", "basicauth"} <= found
    decoded = b"".join(base64.b64decode(t) for o in objects() for t in o.get("data", {}).values())
    found = {p.name for p in PLANTED.values() for needle in p.needles() if needle in decoded}
    assert {"auth", "password", "identity", "registrytoken", "dockercfg", "opaque", "duplicate", "helm"} <= found


@pytest.mark.parametrize("source", ["folder", "archive", "stdin"])
def test_outputs_logs_and_store(source, dump, archive, tmp_path):
    state = tmp_path / "state"
    stdin = open(archive, "rb") if source == "stdin" else subprocess.DEVNULL
    path = {"folder": dump, "archive": archive, "stdin": "-"}[source]
    first = subprocess.run([FOTHER, "credentials", "-vv", "--snapshot", path], stdin=stdin, capture_output=True,
                           env=environment(state), timeout=60, check=False)
    assert first.returncode in (0, 4), first.stderr
    assert b"acme" in first.stdout
    assert_clean("stdout", first.stdout)
    assert_clean("stderr", first.stderr)
    for command in COMMANDS:
        for form in ("table", "wide", "json", "ndjson", "csv"):
            done = subprocess.run([FOTHER, *command, "-vv", "-o", form], capture_output=True, env=environment(state),
                                  timeout=60, check=False)
            assert done.returncode in (0, 3, 4), done.stderr
            assert_clean(f"{command[0]} -o {form}", done.stdout + done.stderr)
    for file in state.rglob("*"):
        if file.is_file() and file.name != "key":
            assert_clean(str(file), file.read_bytes())


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def stopped(dump, archive, tmp_path):
    """Fother held at its first output, when all was read and nothing released: stdout is a full pipe nobody reads."""
    children = []

    def start(path):
        read_end, write_end = os.pipe()
        os.set_blocking(write_end, False)
        try:
            while True:
                os.write(write_end, b"x" * 4096)
        except BlockingIOError:
            os.set_blocking(write_end, True)
        child = subprocess.Popen([FOTHER, "credentials", "-o", "json", "--snapshot", path], stdout=write_end,
                                 stderr=subprocess.DEVNULL, env=environment(tmp_path / "state"))
        os.close(write_end)
        children.append((child, read_end))
        wchan = Path(f"/proc/{child.pid}/wchan")
        syscall = Path(f"/proc/{child.pid}/syscall")
        assert wait_for(lambda: child.poll() is not None or "pipe_write" in wchan.read_text() or
                        syscall.read_text().split()[:2] == ["1", "0x1"]), "did not come to its output"
        assert child.poll() is None
        return child

    yield start
    for child, read_end in children:
        child.send_signal(signal.SIGKILL)
        child.wait()
        os.close(read_end)


def test_store_and_wal_while_it_runs(stopped, dump, tmp_path):
    child = stopped(dump)
    files = [f for f in (tmp_path / "state").rglob("*") if f.is_file() and f.name != "key"]
    assert files
    for file in files:
        assert_clean(str(file), file.read_bytes())
    assert_clean("argv", Path(f"/proc/{child.pid}/cmdline").read_bytes())
    assert_clean("environment", Path(f"/proc/{child.pid}/environ").read_bytes())


def test_no_core_is_written(stopped, dump):
    child = stopped(dump)
    limits = Path(f"/proc/{child.pid}/limits").read_text()
    line = next(text for text in limits.splitlines() if text.startswith("Max core file size"))
    assert line.split()[4:6] == ["0", "0"]
    # Not dumpable: /proc belongs to root even when another user started it.
    assert Path(f"/proc/{child.pid}/mem").stat().st_uid == 0


@pytest.mark.parametrize("source", ["folder", "archive"])
def test_forced_core(source, stopped, dump, archive, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("needs root: only root may look into a process that is not dumpable")
    if not shutil.which("gcore"):
        pytest.skip("needs gdb's gcore")
    child = stopped(dump if source == "folder" else archive)
    core = tmp_path / "core"
    done = subprocess.run(["gcore", "-o", core, str(child.pid)], capture_output=True, timeout=120, check=False)
    file = Path(f"{core}.{child.pid}")
    assert file.exists(), done.stderr
    data = file.read_bytes()
    assert b"acme" in data, "the core holds nothing of the program's memory: it proves nothing"
    assert_clean("a forced core dump", data)


def test_errors_name_no_value(tmp_path):
    """Options take no secrets, but a person may paste one where a name belongs."""
    done = subprocess.run([FOTHER, "triage", "--registry", "docker.io", "--snapshot", tmp_path / "missing"],
                          capture_output=True, env=environment(tmp_path / "state"), timeout=60, check=False)
    assert done.returncode == 1
    assert_clean("an error", done.stderr)
