"""A registry that means harm: what it calls things gets into no path, no terminal and no request, and what it sends has an end."""
import gzip
import json
import sqlite3
import unicodedata

import pytest

from ask import ask_registry
from command import Fother
from fake_registry import Answer, FakeRegistry
from images import OCI_INDEX, OCI_MANIFEST, Image, digest_of, layer, to_json

JSON = {"Content-Type": "application/json"}
ESCAPE = "\x1b]0;made-up\x07\u202e\x9b31m\r\n"
REPOSITORIES = ["../../etc", "/absolute", "a%2Fb", "a//b", "acme/web" + ESCAPE, "x" * 300, "", "acme/..", "acme/./web", "acme/web?x=y", "acme\\web", ".", "-"]
TAGS = ["../x", "1.0" + ESCAPE, ".", "-x", "a/b", "", "x" * 200, "1.0%2f..", "latest?x"]
DIGESTS = ["sha256:../../../../etc/passwd", "sha256:12", "x/y:" + "a" * 64, "sha256:" + "A" * 64, "sha256:%2e%2e", "", "foo+../..:" + "a" * 64, "a:b:" + "c" * 64]
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"


def hostile_index():
    return to_json({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [{"mediaType": OCI_MANIFEST, "digest": digest, "size": 3} for digest in DIGESTS]})


def hostile_config():
    return to_json({"created": "2026-10-01T00:00:00Z", "architecture": "amd64" + ESCAPE, "os": "linux" + ESCAPE, "author": ESCAPE,
                    "config": {"User": ESCAPE, "Labels": {ESCAPE: ESCAPE}, "Env": ["A" + ESCAPE + "=b"], "Entrypoint": [ESCAPE], "WorkingDir": ESCAPE},
                    "rootfs": {"type": "layers", "diff_ids": []}, "history": [{"created_by": "x" + ESCAPE, "comment": ESCAPE, "empty_layer": True}]})


@pytest.fixture
def fake():
    one = FakeRegistry()
    one.image = Image([layer({"app": b"1"})], created="2026-10-01T00:00:00Z")
    one.push("acme/web", "1.0", one.image)
    yield one
    one.stop()


@pytest.fixture
def hostile(fake):
    config = hostile_config()
    manifest = to_json({"schemaVersion": 2, "mediaType": OCI_MANIFEST, "layers": [], "annotations": {ESCAPE: ESCAPE},
                        "config": {"mediaType": CONFIG_TYPE, "digest": digest_of(config), "size": len(config)}})
    fake.put("acme/web", "index", hostile_index(), OCI_INDEX, digest_of(hostile_index()))
    fake.put("acme/web", "config", manifest, OCI_MANIFEST, digest_of(manifest))
    fake.blobs["acme/web", digest_of(config)] = config
    fake.fault("GET /v2/_catalog", Answer(200, JSON, json.dumps({"repositories": REPOSITORIES + ["acme/web"]})))
    fake.fault("GET /v2/acme/web/tags/", Answer(200, JSON | {"Warning": '299 - "made-up\x9b31m"'}, json.dumps({"tags": TAGS + ["1.0", "index", "config"]})))
    return fake


@pytest.fixture
def fother(tmp_path):
    return Fother(tmp_path / "home")


def rows(fother, query):
    with sqlite3.connect(next(fother.state.glob("fother/*.db"))) as db:
        return db.execute(query).fetchall()


def controls(text):
    return [c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"]


def asked_paths(fake):
    return {request.path.partition("?")[0] for request in fake.requests}


COMMANDS = [("registry", "repos", "{host}"), ("registry", "tags", "{host}/acme/web"), ("images", "--registry", "{host}", "--read-registry"),
            ("image", "inspect", "{host}/acme/web:config"), ("image", "inspect", "{host}/acme/web:index"), ("image", "dockerfile", "{host}/acme/web:config"),
            ("image", "layers", "{host}/acme/web:config"), ("image", "diff", "{host}/acme/web:config", "{host}/acme/web:1.0")]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_control_character_gets_to_the_terminal(hostile, fother, words):
    said = [fother.run(*(word.format(host=hostile.host) for word in words), "-o", form, "-vv", "--plain-http", hostile.host) for form in ("table", "wide", "csv")]
    for one in said:
        assert controls(one.out + one.err) == [] and one.out, one.err


def test_names_that_are_none_are_told_and_not_asked_for(hostile, fother):
    fother.run("images", "--registry", hostile.host, "--read-registry", "--plain-http", hostile.host)
    places = {object_ for code, object_ in rows(fother, "SELECT code, object FROM defect") if code == "bad_name"}
    assert {"../../etc", "a%2Fb", "acme/..", "../x", "a/b", "1.0%2f..", "1.0" + ESCAPE} <= places
    for path in asked_paths(hostile):
        assert path.startswith(("/v2/acme/web/", "/v2/_catalog", "/api/")) and ".." not in path and "%" not in path, path


def test_digests_that_are_none_are_told_and_not_asked_for(hostile, fother):
    fother.run("registry", "tags", f"{hostile.host}/acme/web", "--plain-http", hostile.host)
    assert not [path for path in asked_paths(hostile) if "passwd" in path or "sha256:12" in path or "%" in path]
    (outcome, why), = rows(fother, "SELECT outcome, why FROM coverage WHERE kind = 'Manifest'")
    assert outcome == "partial" and "no digest" in why


def test_nothing_is_written_beside_the_folder_that_was_named(hostile, fother, tmp_path):
    fother.run("collect", "--read-registry", "--registry", hostile.host, "--plain-http", hostile.host, str(tmp_path / "frozen"))
    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    inside = {name for name in files if name.startswith("frozen/")}
    assert inside and all(name.startswith("home/") for name in files - inside)
    assert {name.split("/", 3)[3].split("/")[0] for name in inside} == {"blobs", "index.json", "manifest.json", "oci-layout", "records.ndjson"}


# --- what has no end ---


@pytest.fixture
def program(build):
    return build / "tests/unit/oci_transport/registry-ask"


BOMB = gzip.compress(b'{"tags":["' + b" " * (80 << 20) + b'"]}')


@pytest.mark.parametrize("ask", [("tags", "acme/web"), ("catalog",), ("tag", "acme/web", "1.0"), ("manifest",), ("blob",), ("referrers",)], ids=lambda ask: ask[0])
def test_what_unpacks_to_more_than_may_be_is_given_up(fake, program, ask):
    for method in ("GET", "HEAD"):
        fake.fault(f"{method} /v2/", lambda request: Answer(405) if request.method == "HEAD" else Answer(200, JSON | {"Content-Encoding": "gzip"}, BOMB))
    if len(ask) == 1 and ask[0] != "catalog":
        ask += ("acme/web", fake.image.digest)
    said = ask_registry(program, fake.host, ask, plain=True, retries=1)
    assert said.outcome() in ("invalid", "failed") and "larger than" in said.why(), said.text


def test_a_manifest_that_is_packed_without_being_asked_for_is_still_held_to_its_digest(fake, program):
    fake.fault("GET /v2/acme/web/manifests/", lambda _: Answer(200, {"Content-Type": OCI_MANIFEST, "Content-Encoding": "gzip"}, gzip.compress(fake.image.data + b" ")))
    said = ask_registry(program, fake.host, ("manifest", "acme/web", fake.image.digest), plain=True, retries=1)
    assert said.outcome() == "invalid" and all(request.headers["Accept-Encoding"] == "identity" for request in fake.requests)


def test_a_head_without_an_end_is_given_up(fake, program):
    fake.fault("HEAD ", lambda _: Answer(200, {f"X-{n}": "x" * 4000 for n in range(200)}))
    fake.fault("GET ", lambda _: Answer(200, {f"X-{n}": "x" * 4000 for n in range(200)}))
    said = ask_registry(program, fake.host, ("tag", "acme/web", "1.0"), ("manifest", "acme/web", fake.image.digest), plain=True, retries=1)
    assert said.outcomes() == ["failed", "failed"]


@pytest.mark.parametrize("location", ["//other.example\\@{host}/x", "http:{host}/x", "///other.example/x", "https://{host}@other.example/x",
                                      "http://other.example:80:80/", "http://other.example%2f@{host}/"])
def test_addresses_that_two_readers_could_read_as_two_are_not_followed(fake, program, location):
    fake.fault("GET /v2/", lambda _: Answer(307, {"Location": location.format(host=fake.host)}))
    said = ask_registry(program, fake.host, ("blob", "acme/web", fake.image.config_digest), plain=True, retries=1)
    assert said.outcome() == "failed" and "no URL" in said.why() and len(fake.requests) == 1


@pytest.mark.parametrize("realm", ["https://a..b/", "https://-/", "https://_/", "https://" + "a" * 255 + "/", "https://x:0/", "https://[1:2]/", "https://1.2.3.4.5/", "https:///x"])
def test_a_token_server_that_cannot_be_is_no_end_of_the_rest(fake, program, realm):
    fake.fault("HEAD /v2/acme/web/manifests/odd", lambda _: Answer(401, {"WWW-Authenticate": f'Bearer realm="{realm}"'}))
    said = ask_registry(program, fake.host, ("tag", "acme/web", "1.0"), ("tag", "acme/web", "odd"), plain=True, retries=1, width=1)
    assert said.outcome(0) == "present" and said.outcome(1) in ("failed", "forbidden")
