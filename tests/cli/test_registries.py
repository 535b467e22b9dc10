"""Registries on the command line, against Debian's docker-registry: what is asked when, with whose login, and what becomes of
a registry that cannot be."""
import json
import signal
import socket
import subprocess
import time

import pytest

from pushed import Image, Index, Lab, Pushed, layer
from scene import FOTHER, Scene, digest, records

PASSWORD = "made-up-password-of-a-registry"
SINCE = ("--since", "2026-11-20")


@pytest.fixture(scope="module")
def lab():
    one = Lab()
    yield one
    one.stop()


@pytest.fixture(scope="module")
def open_registry(lab):
    return lab.registry("open")


@pytest.fixture(scope="module")
def closed_registry(lab):
    return lab.registry("closed", users={"acme": PASSWORD})


def how(registry):
    return ("--plain-http", registry.host)


def dump(tmp_path, lines, name="dump"):
    return Scene(lines).write(tmp_path / name)


def fresh(registry, name):
    """A repository of the test's own."""
    pushed = Pushed(registry)
    pushed.step(f"push {name}:1 layers=a built=2026-10-01")
    return pushed


def ask(fother, *words, codes=(0, ), **more):
    done = fother.run(*words, "--key-file", fother.key, **more)
    assert done.returncode in codes, (done.returncode, done.stderr)
    return done


# --- when a registry is asked ---


def test_no_command_asks_a_registry_without_being_told_to(fother, tmp_path, open_registry):
    pushed = fresh(open_registry, "quiet/web")
    folder = dump(tmp_path, [pushed.text("deployment a/web image=HOST/quiet/web:1 digest=%quiet/web:1")])
    before = len(open_registry.requests())
    ask(fother, "triage", "--registry", open_registry.host, *SINCE, "--snapshot", folder, codes=(0, 3, 4))
    ask(fother, "images")
    ask(fother, "registry", "repos")
    ask(fother, "registry", "tags", f"{open_registry.host}/quiet/web", "--offline")
    assert len(open_registry.requests()) == before


@pytest.mark.parametrize("words, complaint", [
    (("images", "--plain-http", "localhost:5000"), "give --read-registry too"),
    (("triage", "--registry", "docker.io", "--use-pull-secrets"), "give --read-registry too"),
    (("images", "--read-registry", "--use-pull-secrets"), "give --context NAME or --snapshot DIR too"),
    (("registry", "tags", "acme/web", "--offline", "--ca-file", "x"), "leave --offline away"),
    (("registry", "tags"), "which repository?"),
    (("registry", "watch", "acme/web", "--interval", "0s"), "a second at least"),
    (("images", "--hub-audit", "/no/such/file"), "no file of that name"),
])
def test_options_that_cannot_be_are_refused_before_anything_is_read(fother, words, complaint):
    done = fother.run(*words)
    assert done.returncode == 2 and complaint in done.stderr, done.stderr


def test_images_are_answered_without_any_cluster(fother, open_registry):
    fresh(open_registry, "alone/web")
    answer = fother.answers("images", "--registry", open_registry.host, "--repository", "alone", "--read-registry",
                            *how(open_registry))
    image, = records(answer, "image")
    assert (image["repository"], image["dating"], image["registry_state"]) == ("alone/web", "dated", "tagged")
    assert answer["complete"]
    triage = fother.answers("triage", "--registry", open_registry.host, "--repository", "alone", *SINCE)
    assert any(r["why"] == "no cluster was read" for r in records(triage, "unknown"))
    done = fother.run("credentials", "--key-file", fother.key)
    assert done.returncode == 2 and "give --context NAME or --snapshot DIR" in done.stderr


def test_what_was_read_is_not_fetched_again(fother, open_registry):
    fresh(open_registry, "again/web")
    name = f"{open_registry.host}/again/web"
    ask(fother, "registry", "tags", name, *how(open_registry))
    before = len(open_registry.requests())
    ask(fother, "registry", "tags", name, *how(open_registry))
    asked = open_registry.requests()[before:]
    assert asked and not [one for one in asked if one.method == "GET" and ("/blobs/" in one.path or "@" in one.path or
                                                                           "/manifests/sha256:" in one.path)], asked


def test_a_digest_finds_its_image_whichever_one_a_runtime_tells(fother, tmp_path, open_registry):
    web = Image([layer({"a": b"1"})], ["COPY a /"], created="2026-10-01T00:00:00Z")
    index = Index([web, Image([layer({"b": b"1"})], ["COPY b /"], architecture="arm64")])
    open_registry.push("kinds/web", "1", index)
    name = f"{open_registry.host}/kinds/web:1"
    folder = dump(tmp_path, [f"deployment a/{word} image={name} digest={one}" for word, one in (
        ("index", index.digest), ("manifest", web.digest), ("config", web.config_digest))])
    ask(fother, "images", "--snapshot", folder, "--read-registry", *how(open_registry), "--registry", open_registry.host,
        codes=(0, 4))
    for one in (index.digest, web.digest, web.digest[7:19]):
        rows = records(fother.answers("where", one), "sighting")
        expected = {"index", "manifest"} | ({"config"} if one != index.digest else set())
        assert {r["workload"] for r in rows if r["state"] == "runs"} >= expected, one


class Silent:
    """A server that takes requests and never answers."""

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self.socket.getsockname()[1]}"
        return self

    def __exit__(self, *_):
        self.socket.close()


def test_interrupt_ends_the_reading_of_a_registry(fother):
    with Silent() as silent:
        process = subprocess.Popen(
            [FOTHER, "registry", "repos", silent.host, "--plain-http", silent.host], text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={"PATH": "/usr/bin:/bin", "HOME": str(fother.folder), "XDG_STATE_HOME": str(fother.state)})
        silent.socket.accept()[0].recv(100)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 1 and "interrupted: what was read of registries is stored" in err, err


# --- whose login ---


def test_logins_of_pull_secrets_are_used_only_when_told_to(fother, tmp_path, closed_registry):
    pushed = fresh(closed_registry, "secret/web")
    folder = dump(tmp_path, [f"secret a/hub {closed_registry.host} user=acme value={PASSWORD}",
                             pushed.text("deployment a/web image=HOST/secret/web:1 digest=%secret/web:1 pull=hub")])
    words = ("triage", "--registry", closed_registry.host, "--repository", "secret", *SINCE, "--snapshot", folder,
             "--read-registry", *how(closed_registry))
    before = len(closed_registry.requests())
    answer = fother.answers(*words)
    assert not [one for one in closed_registry.requests()[before:] if one.user == "acme"]
    assert not answer["complete"]
    lost = [r for r in records(answer, "unknown") if r["incomplete"]]
    assert lost and all("secret/web" in r["subject"] or closed_registry.host in r["subject"] for r in lost), lost
    answer = fother.answers(*words, "--use-pull-secrets")
    assert [one for one in closed_registry.requests()[before:] if one.user == "acme"]
    image, = [r for r in records(answer, "image") if r["repository"] == "secret/web"]
    assert image["dating"] == "dated"
    assert answer["complete"], records(answer, "unknown")
    for path in fother.state.rglob("*"):
        assert not path.is_file() or PASSWORD.encode() not in path.read_bytes()


# --- what cannot be read ---


def test_registry_that_cannot_be_reached_is_not_known_and_the_rest_is_answered(fother, tmp_path):
    folder = dump(tmp_path, ["deployment a/web image=127.0.0.1:9/acme/web:1"])
    done = ask(fother, "triage", "--registry", "127.0.0.1:9", "--since", "2026-11-24", "--snapshot", folder, "--read-registry",
               "--plain-http", "127.0.0.1:9", "-o", "json", codes=(4, ))
    answer = json.loads(done.stdout)
    assert [e for e in answer["errors"] if e.startswith("registry 127.0.0.1:9: ")]
    row, = [r for r in records(answer, "unknown") if r["subject"] == "registry 127.0.0.1:9"]
    assert row["incomplete"] and "cannot connect" in row["why"]
    assert [r["repository"] for r in records(answer, "image")] == ["acme/web"]
    screen = ask(fother, "triage", "1", codes=(4, ), columns=80).stdout
    assert screen.count("cannot connect") == 1
    assert not [line for line in screen.partition("\nNEXT")[0].splitlines() if len(line) > 80]


def test_repository_that_is_not_there_is_an_answer(fother, open_registry):
    done = ask(fother, "registry", "tags", f"{open_registry.host}/no/such", *how(open_registry), codes=(0, 4))
    assert "No tag is known" in done.stdout


# --- logs of Docker Hub ---


def test_audit_log_says_who_overwrote_a_tag_in_the_window(fother, tmp_path):
    folder = dump(tmp_path, ["deployment a/web image=acme/web:1 digest=new"])
    log = tmp_path / "audit.json"
    pushes = [("good", "acmeci", "2026-10-02T09:00:00Z"), ("new", "mallory", "2026-11-20T03:30:00Z")]
    log.write_text(json.dumps({"logs": [
        {"account": "acme", "action": "repo.tag.push", "name": "acme/web", "actor": actor, "timestamp": at,
         "data": {"digest": digest(word), "tag": "1"}} for word, actor, at in pushes]}))
    words = ("triage", "--registry", "docker.io", "--window", "2026-11-20..2026-11-21", "--snapshot", folder)
    answer = fother.answers(*words, "--hub-audit", log, "--as-of", "2026-11-25T12:00:00Z")
    tag, = records(answer, "tag_row")
    assert (tag["state"], tag["moved_by_whom"], tag["in_window"]) == ("moved", "mallory", True)
    assert tag["digest"] == digest("new") and tag["digest_before"] == digest("good")
    image, = [r for r in records(answer, "image") if r["digest"] == digest("new")]
    assert "pushed" in image["in_window"]
    assert "tag docker.io/acme/web:1" in [r["subject"] for r in records(answer, "action")]
    assert [r for r in records(answer, "unknown") if r["subject"] == "registry docker.io"], "a log is no reading of the registry"


# --- repos, tags, watch ---


def test_repositories_and_tags_tell_what_they_hold(fother, open_registry):
    pushed = fresh(open_registry, "list/web")
    pushed.step("push list/web:2 layers=b built=2026-11-01")
    host = open_registry.host
    rows = records(fother.answers("registry", "repos", f"{host}/list", *how(open_registry)), "repository")
    assert [(r["repository"], r["tags"]) for r in rows] == [("list/web", 2)]
    pushed.step("push list/web:2 on=list/web:2 layers=c built=2026-11-02")
    rows = records(fother.answers("registry", "tags", f"{host}/list/web", *how(open_registry)), "tag_row")
    by_tag = {r["tag"]: r for r in rows}
    assert by_tag["1"]["state"] == "stands"
    assert (by_tag["2"]["state"], by_tag["2"]["change"]) == ("moved", "layers on top")
    assert [s["digest"] for s in by_tag["2"]["history"]] == [i.digest for i in pushed.names["list/web:2"]]
    only = records(fother.answers("registry", "tags", f"{host}/list/web:1", "--offline"), "tag_row")
    assert [r["tag"] for r in only] == ["1"]
    for words in (("images", "--registry", host), ("registry", "repos"), ("registry", "tags", f"{host}/list/web", "--offline")):
        for width in (80, 120):
            text = ask(fother, *words, columns=width, codes=(0, 4)).stdout
            assert all(len(line) <= width for line in text.splitlines() if not line.startswith("(incomplete")), text


def test_a_tag_that_is_not_there_is_told_and_what_others_did_not_give_is_not(fother, open_registry):
    fresh(open_registry, "typo/web")
    ask(fother, "registry", "tags", "127.0.0.1:9/typo/web", "--plain-http", "127.0.0.1:9", codes=(1, 4))
    done = ask(fother, "registry", "tags", f"{open_registry.host}/typo/web:9.9", f"{open_registry.host}/typo/web", *how(open_registry), codes=(4, ))
    assert f"{open_registry.host}/typo/web:9.9: no such tag is known" in done.stderr
    assert "127.0.0.1:9" not in done.stdout.replace(open_registry.host, ""), done.stdout
    answer = fother.answers("registry", "tags", f"{open_registry.host}/typo/web", *how(open_registry), codes=(0, ))
    assert {r["cluster"] for r in answer["reads"]} == {f"registry:{open_registry.host}"}


class Watch:
    def __init__(self, fother, *words):
        self.process = subprocess.Popen(
            [FOTHER, "registry", "watch", *words, "--interval", "1s", "--key-file", str(fother.key)], text=True,
            env={"PATH": "/usr/bin:/bin", "HOME": str(fother.folder), "XDG_STATE_HOME": str(fother.state), "COLUMNS": "120"},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def line(self):
        return self.process.stdout.readline().rstrip("\n")

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


def test_watch_tells_and_keeps_each_change_until_it_is_stopped(fother, open_registry):
    pushed = fresh(open_registry, "watch/web")
    name = f"{open_registry.host}/watch/web"
    watch = Watch(fother, name, *how(open_registry))
    try:
        assert watch.line() == "(watching 1 tags: each change follows; ^C ends)"
        first = pushed.find("watch/web:1")
        pushed.step("push watch/web:1 on=watch/web:1 layers=b built=2026-11-20")
        second = pushed.find("watch/web:1")
        line = watch.line()
        assert f"{name}:1  {first.digest[7:19]} -> {second.digest[7:19]}  layers on top" in line, line
        pushed.step("push watch/web:new layers=c built=2026-11-20")
        assert f"{name}:new  nothing -> " in watch.line()
        pushed.step("delete watch/web:1")
        assert f"{name}:1  {second.digest[7:19]} -> nothing  deleted" in watch.line()
    finally:
        code, _, err = watch.stop()
    assert code == 0, err
    rows = records(fother.answers("registry", "tags", name, "--offline"), "tag_row")
    assert {r["tag"]: r["state"] for r in rows} == {"1": "deleted", "new": "stands"}


def test_watch_prints_records_and_asks_with_head_alone(fother, open_registry):
    pushed = fresh(open_registry, "follow/web")
    name = f"{open_registry.host}/follow/web"
    ask(fother, "registry", "tags", name, *how(open_registry))
    before = len(open_registry.requests())
    watch = Watch(fother, f"{name}:1", "-o", "ndjson", *how(open_registry))
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until and sum("/manifests/1" in r.path for r in open_registry.requests()[before:]) < 3:
            time.sleep(0.2)
        asked = [one for one in open_registry.requests()[before:] if "follow/web" in one.path]
        assert {one.method for one in asked} == {"HEAD"}, asked
        pushed.step("push follow/web:1 on=follow/web:1 layers=b built=2026-11-20")
        row = json.loads(watch.line())
    finally:
        watch.stop()
    assert (row["record"], row["tag"], row["change"]) == ("tag_row", "1", "layers on top")
    assert row["digest"] == pushed.find("follow/web:1").digest
