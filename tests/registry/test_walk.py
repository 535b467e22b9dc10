"""What is said of a registry that does not give everything: exactly what is missing, and the rest unharmed."""
import base64
import json
import os
import sqlite3
import subprocess
from pathlib import Path

import pytest

from fake_registry import Answer, FakeRegistry, api_error
from images import Image, Index, layer

ROOT = Path(__file__).resolve().parent.parent.parent
FOTHER = Path(os.environ.get("FOTHER", ROOT / "build/src/cli/fother"))
SECONDS = 120


def image(name):
    return Image([layer({"app": name.encode()})], ["COPY app /app # buildkit"], "2026-11-20T10:00:00Z")


class Reader:
    """Fother with a store of its own, which is looked into."""

    def __init__(self, folder, fake):
        self.state, self.fake = folder / "state", fake
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_STATE_HOME": str(self.state), "LANG": "C.UTF-8"}

    def run(self, *words):
        return subprocess.run([FOTHER, *words, "--plain-http", self.fake.host], capture_output=True, text=True, timeout=SECONDS,
                              env=self.environment, check=False)


@pytest.fixture
def fake():
    one = FakeRegistry()
    yield one
    one.stop()


@pytest.fixture
def fother(tmp_path, fake):
    return Reader(tmp_path, fake)


def rows(fother, query):
    with sqlite3.connect(next(fother.state.glob("fother/*.db"))) as db:
        return db.execute(query).fetchall()


def covered(fother):
    return {(kind, namespace): (outcome, why) for kind, namespace, outcome, why in
            rows(fother, "SELECT kind, namespace, outcome, why FROM coverage")}


def answers(fother):
    return {(repository, reference): outcome for repository, reference, outcome in
            rows(fother, "SELECT repository, reference, outcome FROM registry_answer")}


def test_what_is_missing_is_named_and_the_rest_is_unharmed(fake, fother):
    good, changed, lost = image("good"), image("changed"), image("lost")
    fake.push("acme/tags", "1", good)
    fake.push("acme/tags", "2", good)
    fake.fault("HEAD /v2/acme/tags/manifests/2", api_error(403, "DENIED", "not for you"))
    fake.fault("GET /v2/acme/tags/manifests/2", api_error(403, "DENIED", "not for you"))
    fake.push("acme/config", "1", changed)
    fake.blobs["acme/config", changed.config_digest] = changed.config_data.replace(b"2026", b"2025")
    fake.push("acme/index", "1", Index([good, lost]))
    del fake.manifests["acme/index", lost.digest]
    fake.push("acme/whole", "1", good)
    fother.run("registry", "repos", fake.host)
    said = covered(fother)
    assert said["Tag", "acme/tags"][0] == "partial"
    assert said["Tag", "acme/tags"][1].startswith("1 of 2 tags: 2: forbidden: ")
    assert said["Manifest", "acme/config"][0] == "partial"
    assert f"first {changed.config_digest}: invalid: " in said["Manifest", "acme/config"][1]
    assert said["Tag", "acme/config"] == ("complete", None)
    assert said["Manifest", "acme/index"][0] == "partial"
    assert f"first {lost.digest}: absent: " in said["Manifest", "acme/index"][1]
    assert said["Tag", "acme/whole"] == said["Manifest", "acme/whole"] == ("complete", None)
    assert answers(fother) == {("acme/tags", "2"): "forbidden", ("acme/config", changed.config_digest): "invalid",
                               ("acme/index", lost.digest): "absent"}
    assert {digest for digest, in rows(fother, "SELECT digest FROM manifest")} >= {good.digest, changed.digest}
    assert rows(fother, "SELECT outcome FROM \"read\"") == [("partial",)]


def test_a_registry_without_a_catalog_says_so(fake, fother):
    fake.push("acme/web", "1", image("web"))
    fake.fault("GET /v2/_catalog", Answer(404, {"Content-Type": "text/plain"}, "404 page not found\n"))
    fother.run("registry", "repos", fake.host)
    outcome, why = covered(fother)["Repository", "*"]
    assert outcome == "absent"
    assert "cannot be listed" in why
    assert not any("/manifests/" in request.path for request in fake.requests)


def test_a_mirror_is_asked_in_place_of_its_upstream(fake, fother):
    one = image("web")
    fake.push("acme/web", "1", one)
    fother.run("registry", "tags", "docker.io/acme/web", "--mirror", f"{fake.host}=docker.io")
    assert rows(fother, "SELECT registry, repository, tag, digest FROM tag") == [("docker.io", "acme/web", "1", one.digest)]
    (notes,), = rows(fother, "SELECT notes FROM \"read\"")
    assert f"{fake.host} was asked in place of docker.io" in notes


def write_config(fother, **logins):
    folder = Path(fother.environment["HOME"]) / ".docker"
    folder.mkdir()
    auths = {host: {"auth": base64.b64encode(f"{user}:made-up-password-of-{user}".encode()).decode()} for host, user in logins.items()}
    (folder / "config.json").write_text(json.dumps({"auths": auths}))


@pytest.mark.parametrize("kind", ["basic", "bearer"])
def test_a_mirror_never_gets_the_login_of_its_upstream(fake, fother, kind):
    fake.login, fake.users = kind, {"upstream": "made-up-password-of-upstream"}
    fake.push("acme/web", "1", image("web"))
    write_config(fother, **{"https://index.docker.io/v1/": "upstream", "docker.io/acme": "upstream"})
    fother.run("registry", "tags", "docker.io/acme/web", "--mirror", f"{fake.host}=docker.io")
    assert fake.requests and [r.authorization for r in fake.requests if (r.authorization or "").startswith("Basic")] == []
    assert rows(fother, "SELECT * FROM tag") == []


def test_a_private_token_server_that_the_option_names(fake, fother, lab):
    issuer = FakeRegistry(lab.tls_context())
    name = issuer.host.replace("127.0.0.1", "localhost")
    fake.login, fake.users, fake.realm = "bearer", {"me": "made-up-password-of-me"}, f"https://{name}/token"
    issuer.fault("GET /token", fake.answer_token)
    fake.push("acme/web", "1", image("web"))
    write_config(fother, **{fake.host: "me"})
    words = ("registry", "tags", f"{fake.host}/acme/web", "--ca-file", str(lab.pki.ca))
    fother.run(*words)
    assert rows(fother, "SELECT tag FROM tag") == [] and issuer.requests == []
    done = fother.run(*words, "--token-host", name)
    issuer.stop()
    assert rows(fother, "SELECT tag FROM tag") == [("1",)], done.stderr


def test_what_is_known_is_not_fetched_again(fake, fother):
    fake.push("acme/web", "1", image("one"))
    fother.run("registry", "tags", f"{fake.host}/acme/web")
    fake.push("acme/web", "2", image("two"))
    before = len(fake.requests)
    fother.run("registry", "tags", f"{fake.host}/acme/web")
    fetched = [request.line for request in fake.requests[before:] if request.method == "GET" and
               ("/manifests/sha256:" in request.path or "/blobs/" in request.path)]
    assert fetched == [f"GET /v2/acme/web/manifests/{image('two').digest}", f"GET /v2/acme/web/blobs/{image('two').config_digest}"]
