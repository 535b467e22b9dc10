"""Logins that a registry is asked with reach the registry, and nothing else: no disk, output, log, argv or core.

They come from pull secrets (--use-pull-secrets), from the user's docker config and from a credential helper. The registry is
on loopback, wants a login, and says which it saw.
"""
import base64
import contextlib
import http.server
import json
import os
import signal
import subprocess
import threading
import urllib.parse
from pathlib import Path

import pytest

from integration.planted import Planted, core_of, found_in, needs_gcore, needs_root, wait_for
from live.fake_api import FakeApi
from live.scenery import write_kubeconfig
from live.tls import Certificates

ROOT = Path(__file__).resolve().parent.parent.parent
FOTHER = Path(os.environ.get("FOTHER", ROOT / "build/src/cli/fother"))
RUN_SECONDS = 60

PLANTED = {name: Planted(name) for name in ("pullsecret", "dockerconfig", "helper")}


class PlantedHeader:
    """A login as a header shows it."""

    def __init__(self, name):
        self.name = name + " in a header"
        self.needles = [basic(name).encode()]


def b64(text):
    return base64.b64encode(text.encode()).decode()


def basic(name):
    return b64(f"acme:{PLANTED[name].value}")


# A token server's. They go into headers, so their characters are plain ones.
TOKEN = Planted("issued", "EXAMPLE.planted-{0}.0123456789-{0}-EXAMPLE")
RENEWED = Planted("renewed", "EXAMPLE.planted-{0}.0123456789-{0}-EXAMPLE")
IDENTITY = Planted("identity")


class PlantedForm:
    """A token as the form has it: each byte escaped."""

    name = "a token in a form"
    needles = ["".join(f"%{byte:02X}" for byte in one.value.encode()).encode() for one in (IDENTITY, RENEWED)]


EVERYTHING = [TOKEN, RENEWED, IDENTITY, PlantedForm(), *PLANTED.values(), *(PlantedHeader(name) for name in PLANTED)]


class Registry(http.server.ThreadingHTTPServer):
    """Wants a login, any; holds the answer to one that came with it until it is let go."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.logins = []
        self.held, self.go = threading.Event(), threading.Event()
        self.go.set()

    @property
    def host(self):
        return f"127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        login = self.headers.get("Authorization")
        if login:
            self.server.logins.append(login.removeprefix("Basic "))
            self.server.held.set()
            self.server.go.wait(RUN_SECONDS)
        body = b'{"repositories": []}' if login else b'{"errors": [{"code": "UNAUTHORIZED"}]}'
        self.send_response(200 if login else 401)
        if not login:
            self.send_header("WWW-Authenticate", 'Basic realm="made up"')
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


class TokenHandler(Handler):
    """Wants a token of its own /token, which gives one for a password, and for an identity token that it replaces."""

    def do_GET(self):
        login = self.headers.get("Authorization", "")
        if self.path.startswith("/token"):
            self.answer_token("Basic" if login else "nothing")
        elif login == f"Bearer {TOKEN.value}":
            self.server.logins.append("token")
            self.server.held.set()
            self.server.go.wait(RUN_SECONDS)
            self.answer(200, {"repositories": []})
        else:
            realm = f"http://{self.server.host}/token"
            self.answer(401, {"errors": []}, ("WWW-Authenticate", f'Bearer realm="{realm}",service="made up"'))

    do_HEAD = do_GET

    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        known = form.get("refresh_token") in ([IDENTITY.value], [RENEWED.value])
        self.answer_token("identity" if known else "nothing")

    def answer_token(self, login):
        self.server.logins.append(login)
        given = {"identity": {"access_token": TOKEN.value, "refresh_token": RENEWED.value}, "Basic": {"token": TOKEN.value}}
        self.answer(200 if login in given else 401, given.get(login, {}))

    def answer(self, status, document, *headers):
        body = json.dumps(document).encode()
        self.send_response(status)
        for name, value in (*headers, ("Content-Type", "application/json"), ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@pytest.fixture
def registry(request):
    server = Registry()
    server.RequestHandlerClass = getattr(request, "param", Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.go.set()
    server.shutdown()
    server.server_close()


def pull_secret(host):
    config = json.dumps({"auths": {host: {"auth": basic("pullsecret")}}})
    return {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/dockerconfigjson",
            "metadata": {"name": "planted", "namespace": "shop"}, "data": {".dockerconfigjson": b64(config)}}


def write_dump(path, host):
    secret = pull_secret(host)
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "shop", "uid": "uid-p"},
           "spec": {"containers": [{"name": "c", "image": f"{host}/team/app:1"}], "imagePullSecrets": [{"name": "planted"}]}, "status": {}}
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [secret, pod]}))


def prepare(name, registry, home):
    """Where the login comes from, and the options that it needs."""
    docker = home / ".docker"
    docker.mkdir()
    write_dump(home / "dump.json", registry.host)
    if name == "pullsecret":
        return ["--use-pull-secrets"]
    if name == "identity":
        entry = {"auth": b64("made-up-user:"), "identitytoken": IDENTITY.value}
        (docker / "config.json").write_text(json.dumps({"auths": {registry.host: entry}}))
        return []
    if name == "dockerconfig":
        (docker / "config.json").write_text(json.dumps({"auths": {registry.host: {"auth": basic(name)}}}))
        return []
    (docker / "config.json").write_text(json.dumps({"credHelpers": {registry.host: "made-up"}}))
    program = home / "docker-credential-made-up"
    reply = json.dumps({"ServerURL": registry.host, "Username": "acme", "Secret": PLANTED[name].value}, ensure_ascii=False)
    (home / "reply").write_text(reply)
    program.write_text(f"#!/bin/sh\nexec cat '{home}/reply'\n")
    program.chmod(0o700)
    return ["--allow-exec", "docker-credential-made-up"]


def environment(home):
    return {"PATH": f"{home}:{os.environ['PATH']}", "DEBUGINFOD_URLS": "", "HOME": str(home), "XDG_STATE_HOME": str(home / "state"),
            "LC_ALL": "C.UTF-8"}


def command(registry, home, options, source=None):
    return [FOTHER, "triage", "--registry", registry.host, "--read-registry", "--plain-http", registry.host, "-vv",
            *(source or ["--snapshot", home / "dump.json"]), *options]


def assert_clean(what, data):
    assert not found_in(data, EVERYTHING), f"leaked into {what}"


def test_the_needles_find_themselves(registry, tmp_path):
    prepare("pullsecret", registry, tmp_path)
    assert found_in((tmp_path / "dump.json").read_bytes(), [PLANTED["pullsecret"]]) == ["pullsecret"]
    assert found_in(f"Basic {basic('helper')}".encode(), EVERYTHING) == ["helper", "helper in a header"]


def check_run(registry, home, done, name):
    assert set(registry.logins) == {basic(name)}
    check_clean(home, done)


def check_clean(home, done):
    assert done.returncode in (0, 3, 4), done.stderr
    assert_clean("stdout", done.stdout)
    assert_clean("stderr", done.stderr)
    files = [file for file in (home / "state").rglob("*") if file.is_file() and file.name != "key"]
    assert files
    for file in files:
        assert_clean(str(file), file.read_bytes())


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("form", ["table", "json"])
def test_the_registry_gets_the_login_and_nothing_else_does(name, form, registry, tmp_path):
    options = prepare(name, registry, tmp_path)
    done = subprocess.run([*command(registry, tmp_path, options), "-o", form], stdin=subprocess.DEVNULL, capture_output=True,
                          env=environment(tmp_path), timeout=RUN_SECONDS, check=False)
    check_run(registry, tmp_path, done, name)


WITH_TOKENS = pytest.mark.parametrize("registry", [TokenHandler], indirect=True, ids=["tokens"])


@WITH_TOKENS
@pytest.mark.parametrize("name, login", [("dockerconfig", "Basic"), ("identity", "identity")])
def test_tokens_of_a_token_server(name, login, registry, tmp_path):
    options = prepare(name, registry, tmp_path)
    done = subprocess.run([*command(registry, tmp_path, options), "-o", "json"], stdin=subprocess.DEVNULL, capture_output=True,
                          env=environment(tmp_path), timeout=RUN_SECONDS, check=False)
    assert set(registry.logins) == {login, "token"}
    check_clean(tmp_path, done)


@WITH_TOKENS
@pytest.mark.parametrize("name", ["dockerconfig", "identity"])
def test_a_frozen_registry_holds_no_login(name, registry, tmp_path):
    prepare(name, registry, tmp_path)
    frozen = tmp_path / "state" / "frozen"
    done = subprocess.run([FOTHER, "collect", frozen, "--read-registry", "--registry", registry.host, "--plain-http", registry.host,
                           "-vv"], stdin=subprocess.DEVNULL, capture_output=True, env=environment(tmp_path), timeout=RUN_SECONDS,
                          check=False)
    assert "token" in registry.logins and list(frozen.glob("*/*/manifest.json"))
    check_clean(tmp_path, done)


@needs_root
@needs_gcore
@WITH_TOKENS
@pytest.mark.parametrize("name", ["dockerconfig", "identity"])
def test_forced_core_with_a_token(name, registry, tmp_path):
    with asking(registry, tmp_path, prepare(name, registry, tmp_path)) as child:
        data = core_of(child, tmp_path)
    assert registry.host.encode() in data, "the core holds nothing of the program's memory: it proves nothing"
    assert_clean("a forced core dump", data)


def test_a_pull_secret_of_a_live_cluster(registry, tmp_path, tmp_path_factory):
    pki = Certificates(tmp_path_factory.mktemp("pki"))
    with FakeApi(pki) as api:
        api.world.put("secrets", pull_secret(registry.host))
        kubeconfig = write_kubeconfig(tmp_path / "kubeconfig", [
            {"name": "prod", "server": api.server, "ca": pki.ca, "token": "made-up-token-admin"}])
        source = ["--kubeconfig", kubeconfig, "--context", "prod"]
        done = subprocess.run(command(registry, tmp_path, ["--use-pull-secrets"], source), stdin=subprocess.DEVNULL,
                              capture_output=True, env=environment(tmp_path), timeout=RUN_SECONDS, check=False)
    check_run(registry, tmp_path, done, "pullsecret")


def test_without_the_option_no_pull_secret_is_used(registry, tmp_path):
    prepare("pullsecret", registry, tmp_path)
    subprocess.run(command(registry, tmp_path, []), stdin=subprocess.DEVNULL, capture_output=True, env=environment(tmp_path),
                   timeout=RUN_SECONDS, check=False)
    assert registry.logins == []


def test_a_helper_is_not_run_unless_it_is_allowed(registry, tmp_path):
    prepare("helper", registry, tmp_path)
    (tmp_path / "docker-credential-made-up").write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\n")
    subprocess.run(command(registry, tmp_path, []), stdin=subprocess.DEVNULL, capture_output=True, env=environment(tmp_path),
                   timeout=RUN_SECONDS, check=False)
    assert registry.logins == [] and not (tmp_path / "ran").exists()


def is_gone(pid):
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] in "ZX"


def test_an_interrupt_ends_a_helper_that_hangs(registry, tmp_path):
    options = prepare("helper", registry, tmp_path)
    started = tmp_path / "started"
    (tmp_path / "docker-credential-made-up").write_text(
        f"#!/bin/sh\nsleep 300 &\necho $$ $! >'{started}.new'\nmv '{started}.new' '{started}'\nwait\n")
    child = subprocess.Popen(command(registry, tmp_path, options), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, env=environment(tmp_path))
    try:
        assert wait_for(started.exists), "the helper was not run"
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=RUN_SECONDS / 2)  # a helper alone has a minute
    finally:
        child.kill()
        child.wait()
    assert child.returncode != 0
    assert_clean("stderr", said)
    assert all(wait_for(lambda pid=pid: is_gone(pid)) for pid in started.read_text().split())


@contextlib.contextmanager
def asking(registry, home, options):
    """Fother while the registry, which has got the login, thinks about its answer."""
    registry.go.clear()
    child = subprocess.Popen(command(registry, home, options), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, env=environment(home))
    try:
        assert wait_for(registry.held.is_set), "the registry was not asked with a login"
        yield child
    finally:
        child.kill()
        child.wait()


@pytest.mark.parametrize("name", PLANTED)
def test_store_and_argv_while_it_asks(name, registry, tmp_path):
    with asking(registry, tmp_path, prepare(name, registry, tmp_path)) as child:
        assert_clean("argv", Path(f"/proc/{child.pid}/cmdline").read_bytes())
        assert_clean("environment", Path(f"/proc/{child.pid}/environ").read_bytes())
        for file in (tmp_path / "state").rglob("*"):
            if file.is_file() and file.name != "key":
                assert_clean(str(file), file.read_bytes())


@needs_root
@needs_gcore
@pytest.mark.parametrize("name", PLANTED)
def test_forced_core_while_it_asks(name, registry, tmp_path):
    with asking(registry, tmp_path, prepare(name, registry, tmp_path)) as child:
        data = core_of(child, tmp_path)
    assert registry.host.encode() in data, "the core holds nothing of the program's memory: it proves nothing"
    assert_clean("a forced core dump", data)
