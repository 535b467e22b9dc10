"""No planted value ever leaves: not in the store or its WAL, an output, a log, an argv, an error or a core dump.

Every form of secret that is read gets a value of its own. Each is looked for raw, in base64 at its three alignments, as hex
and as JSON and URLs escape it: in what is written, in a forced core in the middle of reading, in the middle of parsing and
at the first output, and then in all of the memory, also in what no core would hold.
"""
import base64
import json
import os
import signal
import subprocess
import tarfile
import time
import urllib.parse
from pathlib import Path

import pytest

from integration.planted import (Planted, core_of, found_in, full_pipe, memory_of, needs_gcore, needs_root, wait_for,
                                 writes_to_a_pipe)

ROOT = Path(__file__).resolve().parent.parent.parent
FOTHER = Path(os.environ.get("FOTHER", ROOT / "build/src/cli/fother"))


PLANTED = {name: Planted(name) for name in (
    "auth", "authunpadded", "password", "identity", "registrytoken", "dockercfg", "opaque", "basicauth", "badbase64",
    "truncated", "yaml", "jsonline", "duplicate", "annotation", "helm", "env", "event", "broken", "stringdata",
    "stringconfig", "nocolon", "emptyuser", "rawauth", "entrytext", "authstext", "passwordlist", "unknownfield", "header",
    "email", "flat", "wrongkey", "dataarray", "datatext", "configmap", "configmapconfig", "podannotation", "podlabel",
    "nodelabel", "nodeannotation", "namespacelabel", "command", "argument", "probe", "deploymentenv", "accountannotation",
    "yamlannotation", "yamlstring")}

# Where a value stands within a name, it has no character that would end the name: ends of URLs, starts of tokens.
PLANTED |= {name: Planted(name, "EXAMPLEplanted.{0}-0123456789.{0}-EXAMPLE") for name in (
    "keylogin", "keyloginbare", "proxy", "image", "imagebare", "volumeimage", "statusimage", "imageid", "nodeimage",
    "deploymentimage", "eventimage", "waiting", "terminated", "refusal", "errorlines", "digits")}
PLANTED |= {name: Planted(name, form) for name, form in (
    ("tokenuser", "dckr_pat_EXAMPLE{0}0123456789abcdef"), ("tokenalone", "ghp_EXAMPLE{0}0123456789abcdefghij"),
    ("tokenname", "glpat-EXAMPLE{0}0123456789"), ("tokenimage", "ghp_EXAMPLE{0}0123456789abcdefghij"),
    ("yamldigits", "7-EXAMPLE{0}0123456789"))}


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
        secret("truncated", {".dockerconfigjson": config(docker_io={"username": "acme", "password": v("truncated")})[:-3]}),
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
    return good + [pod, event] + crooked_secrets() + names_with_logins() + bystanders()


def crooked_secrets():
    """What people write where a docker config belongs."""
    def docker(name, text, **metadata):
        return secret(name, {".dockerconfigjson": text if isinstance(text, str) else json.dumps(text)}, **metadata)

    def raw(name, data):
        return {**secret(name, {}), "data": data}

    return [
        docker("tokenuser", config(docker_io={"auth": b64(v("tokenuser") + ":x")})),
        docker("tokenalone", config(ghcr_io={"auth": b64(v("tokenalone"))})),
        docker("tokenname", config(gitlab_example={"username": v("tokenname"), "password": "x-oauth-basic"})),
        docker("nocolon", config(docker_io={"auth": b64(v("nocolon"))})),
        docker("emptyuser", config(docker_io={"auth": b64(":" + v("emptyuser"))})),
        docker("rawauth", config(docker_io={"auth": "u:" + v("rawauth")})),
        docker("entrytext", config(docker_io=v("entrytext"))),
        docker("authstext", {"auths": v("authstext")}),
        docker("passwordlist", config(docker_io={"username": {"a": v("passwordlist")}, "password": [v("passwordlist")]})),
        docker("fields", {"auths": {"docker.io": {"auth": b64("u:w"), "x": v("unknownfield"), "email": v("email")}},
                          "HttpHeaders": {"X-Key": v("header")},
                          "proxies": {"default": {"httpProxy": f"http://u:{v('proxy')}@proxy.example"}}}),
        docker("flat", {"docker.io": {"auth": b64("u:" + v("flat"))}}),
        docker("keylogin", {"auths": {f"https://acme:{v('keylogin')}@a.example/v2/": {"auth": b64("u:w")},
                                      f"acme:{v('keyloginbare')}@b.example": {"auth": b64("u:w")}}}),
        secret("wrongkey", {"wrong": config(docker_io={"auth": b64("u:" + v("wrongkey"))})}),
        raw("dataarray", {".dockerconfigjson": [v("dataarray")]}),
        raw("datatext", v("datatext")),
        {**secret("stringdata", {}, "Opaque"), "stringData": {
            "password": v("stringdata"), "config.json": config(docker_io={"auth": b64("u:" + v("stringconfig"))})}},
    ]


def names_with_logins():
    """Names of images, and messages that quote them."""
    def url(name):
        return f"https://u:{v(name)}@r.example/x:1"

    template = {"containers": [{"name": "c", "image": url("deploymentimage"), "env": [{"name": "X", "value": v("deploymentenv")}]}]}
    return [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {
            "name": "q", "namespace": "shop", "uid": "uid-q", "annotations": {"a": v("podannotation")},
            "labels": {"l": v("podlabel")}},
         "spec": {"nodeName": "n", "containers": [
             {"name": "a", "image": url("image"), "command": [v("command")], "args": ["--password", v("argument")],
              "livenessProbe": {"exec": {"command": [v("probe")]}}},
             {"name": "b", "image": f"u:{v('imagebare')}@r.example/x:1"},
             {"name": "d", "image": f"docker.io/{v('tokenimage')}/x:1"}],
             "volumes": [{"name": "v", "image": {"reference": url("volumeimage")}}]},
         "status": {"containerStatuses": [
             {"name": "a", "image": url("statusimage"), "imageID": f"docker-pullable://u:{v('imageid')}@r.example/x@sha256:{64 * 'a'}",
              "state": {"waiting": {"reason": "ErrImagePull", "message": "Bearer " + v("waiting")}}},
             {"name": "b", "state": {"terminated": {"exitCode": 1, "message": url("terminated")}}}]}},
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "namespace": "shop", "uid": "uid-d"},
         "spec": {"template": {"spec": template}}},
        {"apiVersion": "v1", "kind": "Event", "metadata": {"name": "f", "namespace": "shop", "uid": "uid-f"},
         "reason": "Failed", "involvedObject": {"kind": "Pod", "name": "q", "namespace": "shop"},
         "message": f'Failed to pull image "u:{v("eventimage")}@r.example/x:1"'},
        {"apiVersion": "v1", "kind": "Node", "metadata": {
            "name": "n", "uid": "uid-n", "labels": {"l": v("nodelabel")}, "annotations": {"a": v("nodeannotation")}},
         "status": {"images": [{"names": [url("nodeimage"), "r.example/x:1"]}]}},
    ]


def bystanders():
    """Objects that hold no logins where anybody would look for them."""
    return [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "shop", "uid": "uid-c"}, "data": {
            "password": v("configmap"), "config.json": config(docker_io={"auth": b64("u:" + v("configmapconfig"))})}},
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "uid": "uid-s", "labels": {"l": v("namespacelabel")}}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {
            "name": "a", "namespace": "shop", "uid": "uid-a", "annotations": {"a": v("accountannotation")}},
         "imagePullSecrets": [{"name": "auth"}]},
    ]


@pytest.fixture(scope="module")
def dump(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    everything = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects()}, indent=1)
    (folder / "all.json").write_text(everything)
    yaml_secret = secret("yaml", {".dockerconfigjson": config(docker_io={"password": v("yaml"), "username": "y"})})
    (folder / "one.yaml").write_text(f"""apiVersion: v1
kind: Secret
metadata: {{name: yaml, namespace: shop, uid: uid-yaml, annotations: {{a: {json.dumps(v("yamlannotation"))}}}}}
type: kubernetes.io/dockerconfigjson
data:
  .dockerconfigjson: {yaml_secret["data"][".dockerconfigjson"]}
stringData:
  password: {json.dumps(v("yamlstring"))}
  digits: {v("yamldigits")}
""")
    (folder / "refused.json").write_text(json.dumps({
        "apiVersion": "v1", "kind": "Status", "status": "Failure", "message": f"GET https://u:{v('refusal')}@api.example/: 401"}))
    (folder / "errors.yaml").write_text(f"error: unable to fetch https://u:{v('errorlines')}@api.example/: Unauthorized\n")
    (folder / "wide.json").write_bytes(json.dumps(
        secret("wide", {".dockerconfigjson": config(docker_io={"auth": b64("w:" + v("digits"))})})).encode("utf-16"))
    line = json.dumps(secret("jsonline", {".dockerconfigjson": config(docker_io={"auth": b64("j:" + v("jsonline"))})}))
    (folder / "lines.ndjson").write_text("{bad\n" + line + "\n")
    broken = json.dumps(secret("broken", {".dockerconfigjson": config(docker_io={"auth": b64("b:" + v("broken"))})}))
    (folder / "cut.json").write_text(broken[:-20])
    return folder


def pack(dump, folder, kind):
    path = folder / f"dump.tar.{kind}"
    with tarfile.open(path, f"w:{kind}") as tar:
        tar.add(dump, arcname="planted")
    return path


@pytest.fixture(scope="module")
def sources(dump, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sources")
    return {"folder": dump, "gz": pack(dump, folder, "gz"), "xz": pack(dump, folder, "xz"), "yaml": dump / "one.yaml",
            "utf16": dump / "wide.json", "json": dump / "all.json"}


@pytest.fixture(scope="module")
def archive(sources):
    return sources["gz"]


def assert_clean(what, data):
    assert not found_in(data, PLANTED.values()), f"leaked into {what}"


def assert_key_is_not_in(data, state):
    """The key of the fingerprints: with it and the store, passwords can be tried."""
    key = (state / "fother/key").read_bytes()
    assert len(key) == 32
    assert key not in data and key.hex().encode() not in data and base64.b64encode(key) not in data


def environment(state):
    return {"PATH": os.environ["PATH"], "DEBUGINFOD_URLS": "", "HOME": str(state), "XDG_STATE_HOME": str(state), "LC_ALL": "C.UTF-8"}


COMMANDS = (["triage", "--registry", "docker.io", "--bad", "acme/web:1"], ["credentials"], ["secrets"], ["images"],
            ["where", "acme/web:1"], ["incident", "list"], ["incident", "show", "1"])


def test_the_needles_find_themselves(dump):
    """A search that cannot find what is there proves nothing."""
    data = b"".join(path.read_bytes() for path in dump.iterdir()) + (dump / "wide.json").read_text("utf-16").encode()
    assert [p.name for p in PLANTED.values() if not any(needle in data for needle in p.needles)] == []


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


@pytest.fixture
def stopped(dump, archive, tmp_path):
    """Fother held at its first output, when all was read and nothing released: stdout is a full pipe nobody reads."""
    children = []

    def start(path):
        read_end, write_end = full_pipe()
        child = subprocess.Popen([FOTHER, "credentials", "-o", "json", "--snapshot", path], stdout=write_end,
                                 stderr=subprocess.DEVNULL, env=environment(tmp_path / "state"))
        os.close(write_end)
        children.append((child, read_end))
        assert wait_for(lambda: child.poll() is not None or writes_to_a_pipe(child)), "did not come to its output"
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


@needs_root
@needs_gcore
@pytest.mark.parametrize("source", ["folder", "gz", "xz", "yaml", "utf16"])
def test_forced_core(source, stopped, sources, tmp_path):
    data = core_of(stopped(sources[source]), tmp_path)
    assert b"docker.io" in data, "the core holds nothing of the program's memory: it proves nothing"
    assert_clean("a forced core dump", data)
    assert_key_is_not_in(data, tmp_path / "state")


@needs_root
@needs_gcore
@pytest.mark.parametrize("through", ["fifo", "stdin"])
def test_forced_core_in_the_middle_of_reading(through, sources, tmp_path):
    """Half of the dump has come, and its writer is slow."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    writer = os.open(fifo, os.O_RDWR)
    child = subprocess.Popen([FOTHER, "credentials", "--snapshot", fifo if through == "fifo" else "-"],
                             stdin=fifo.open("rb") if through == "stdin" else subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(tmp_path / "state"))
    try:
        text = sources["json"].read_bytes()
        os.write(writer, text[:len(text) // 2])
        waiting = Path(f"/proc/{child.pid}/wchan")
        assert wait_for(lambda: "pipe" in waiting.read_text() or Path(f"/proc/{child.pid}/syscall").read_text()[:2] == "0 ")
        time.sleep(0.2)
        assert child.poll() is None
        memory = b"".join(memory_of(child))
        assert any(needle in memory for needle in PLANTED["auth"].needles), "nothing was read yet: it proves nothing"
        assert_clean("a core in the middle of reading", core_of(child, tmp_path))
    finally:
        child.kill()
        child.wait()
        os.close(writer)


@needs_root
@needs_gcore
@pytest.mark.parametrize("source", ["json", "utf16"])
def test_forced_core_in_the_middle_of_parsing(source, sources, tmp_path):
    """Where a fingerprint is made, the value is decoded and in use, and so is the key."""
    state = tmp_path / "state"
    script = ["set debuginfod enabled off", "set breakpoint pending on", "break HMAC", "run", f"gcore {tmp_path}/core.1"]
    if source == "json":
        script += ["ignore 1 5", "continue", f"gcore {tmp_path}/core.2", "ignore 1 6", "continue", f"gcore {tmp_path}/core.3"]
    options = [option for line in [*script, "kill"] for option in ("-ex", line)]
    done = subprocess.run(["gdb", "-nx", "-batch", *options, "--args", FOTHER, "credentials", "--snapshot", sources[source]],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=120, env=environment(state), check=False)
    cores = sorted(tmp_path.glob("core.*"))
    assert len(cores) == (3 if source == "json" else 1), done.stdout + done.stderr
    for core in cores:
        data = core.read_bytes()
        assert b"docker.io" in data
        assert_clean(f"{core.name} in the middle of parsing", data)
        assert_key_is_not_in(data, state)


@needs_root
@pytest.mark.parametrize("source", ["folder", "gz", "xz", "yaml", "utf16"])
def test_no_memory_holds_what_was_read(source, stopped, sources):
    """When the answer is written, every value was overwritten: in the secure heap too, and where files were unpacked."""
    child = stopped(sources[source])
    data = b"".join(memory_of(child))
    assert b"docker.io" in data
    assert_clean("the memory of the process", data)
    assert not [line for line in Path(f"/proc/{child.pid}/maps").read_text().splitlines() if str(sources[source]) in line]


def test_errors_name_no_value(tmp_path):
    """Options take no secrets, but a person may paste one where a name belongs."""
    done = subprocess.run([FOTHER, "triage", "--registry", "docker.io", "--snapshot", tmp_path / "missing"],
                          capture_output=True, env=environment(tmp_path / "state"), timeout=60, check=False)
    assert done.returncode == 1
    assert_clean("an error", done.stderr)
