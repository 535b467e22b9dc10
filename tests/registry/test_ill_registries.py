"""One repository of a registry is ill, in one way after the other. The audit of the others is unharmed, and what is said to be
missing is exactly what is. Each fault goes from the wire to the answer of the command line; how the wire is handled in
detail is for test_transport.py.

"Breaks:" says which handling a test is there for: it was seen to fail without.
"""
import json
import os
import re
import signal
import socket
import ssl
import sqlite3
import subprocess
import threading
import time

import pytest

from ailing import GOOD, ILL, Ailing, image
from fake_registry import Answer, FakeRegistry, api_error
from images import DOCKER_LIST, OCI_INDEX, OCI_MANIFEST, Index, digest_of, to_json
from scene import FOTHER, Scene

COMMANDS = "repos", "images", "triage"
JSON = {"Content-Type": "application/json"}
ONE, TWO = image(ILL + "1"), image(ILL + "2")
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def well(tmp_path_factory):
    """What the commands say where nothing is wrong."""
    ailing = Ailing(tmp_path_factory.mktemp("well"))
    said = {command: getattr(ailing, command)() for command in COMMANDS}
    ailing.stop()
    assert all(one.status == 0 and one.complete and one.rows for one in said.values())
    assert said["triage"].missing == {}
    return said


@pytest.fixture
def ailing(tmp_path):
    one = Ailing(tmp_path)
    yield one
    one.stop()


def short(image_or_digest):
    return getattr(image_or_digest, "digest", image_or_digest)[:19]


def check_missing(said, expected):
    """Patterns for both; nothing else is missing."""
    left = dict(said.missing)
    for subject, why in expected.items():
        found = [one for one in left if re.fullmatch(subject, one)]
        assert len(found) == 1, (subject, said.missing)
        assert re.search(why, left.pop(found[0])), (why, said.missing)
    assert not left


def undated(count):
    return {f"dates and layers of {count} images?": "neither a registry nor a layout gave them"}


def tag(name):
    return f"tag HOST/acme/ill:{name}"


def lost_image(one):
    return re.escape(f"image HOST/acme/ill@{short(one)}")


def check(ailing, well, outcome, why, missing, images=4):
    """The ill repository has that outcome for that reason; what triage does not know; the status of fother images."""
    repos = ailing.repos()
    assert repos.status == (0 if outcome == "complete" else 4) and repos.complete == (outcome == "complete")
    assert repos.rows == well["repos"].rows
    assert repos.outcomes[ILL][0] == outcome and re.search(why, repos.outcomes[ILL][1] or ""), repos.outcomes
    said = ailing.images()
    assert (said.status, said.complete) == (images, images == 0), said.read
    assert said.rows == well["images"].rows
    said = ailing.triage()
    assert said.rows == well["triage"].rows
    check_missing(said, missing)
    assert (said.status, said.complete) == ((4, False) if missing else (0, True))
    return said


# --- what a digest leads to ---


def served(data=TWO.data, media_type=OCI_MANIFEST, **how):
    return lambda _: Answer(200, {"Content-Type": media_type}, data, **how)


MANIFEST = {  # what is served as the manifest of tag 2, and why that is none
    # Breaks: verify_digest taken out of take_by_digest.
    "another digest": (served(TWO.data.replace(b"layers", b"Layers")), "the bytes that came have another digest"),
    "truncated": (served(drop=20), "broke off"),
    "longer than it says": (served(TWO.data + b" "), "the bytes that came have another digest"),
    # A page with status 200 (a proxy's login) has another digest too: nothing is read from it.
    "a page": (served(b"<html>log in", "text/html"), "the bytes that came have another digest"),
    # Breaks: the comparison of mediaType and Content-Type (CVE-2021-41190's kind of confusion).
    "the type of a list": (served(media_type=DOCKER_LIST), "says that it is .*manifest.v1.json, and is served as .*manifest.list"),
    "a redirect to itself": (lambda request: Answer(307, {"Location": request.path}), "more than 5 redirects"),
    "a redirect inside": (Answer(307, {"Location": "http://169.254.169.254/latest/meta-data"}), "not public"),
    "a redirect to no URL": (Answer(302, {"Location": "file:///etc/passwd"}), "no URL that can be followed"),
    "a redirect without": (Answer(307), "no URL that can be followed"),
    "server error": (api_error(500, "UNKNOWN", "made up"), "status 500: UNKNOWN: made up"),
    "denied": (api_error(403, "DENIED", "not this one"), "status 403: DENIED: not this one"),
    # Breaks: what registry_error_says in says_absent: it is there, and would be called gone.
    "accept header": (api_error(404, "MANIFEST_UNKNOWN", "OCI index found, but accept header does not support OCI indexes"),
                      "status 404: MANIFEST_UNKNOWN: OCI index found"),
    "text for a 404": (Answer(404, {"Content-Type": "text/plain"}, "404 page not found\n"), "status 404: 404 page not found"),
    "a digest header of another": (lambda _: Answer(200, {"Content-Type": OCI_MANIFEST, "Docker-Content-Digest": ONE.digest}, TWO.data),
                                   "its digest is another than it has"),
}


@pytest.mark.parametrize("fault", MANIFEST)
def test_a_manifest_that_is_not_had_is_named_and_nothing_else(ailing, well, fault):
    answer, why = MANIFEST[fault]
    ailing.fake.fault(f"GET /v2/acme/ill/manifests/{TWO.digest}$", answer)
    said = check(ailing, well, "partial", f"^1 that it leads to could not be read, first {TWO.digest}: (failed|invalid|forbidden): .*{why}",
                 {lost_image(TWO): why} | undated(1))
    two, = [one for one in said.of("image") if one["digest"] == TWO.digest]
    assert two["built"] is None and two["dating"] is None and two["runs"] == 1


CONFIG = {
    "another digest": (served(TWO.config_data.replace(b"2026", b"2020")), "the bytes that came have another digest"),
    # Breaks: the comparison with the descriptor's size before hashing.
    "another size": (served(TWO.config_data + b" "), f"larger than {len(TWO.config_data)} bytes"),
    "too short": (served(TWO.config_data[:-1]), f"has {len(TWO.config_data) - 1} bytes, not {len(TWO.config_data)}"),
    "truncated": (served(TWO.config_data, drop=5), "broke off"),
    "a redirect to itself": (lambda request: Answer(307, {"Location": request.path}), "more than 5 redirects"),
    "a redirect inside": (Answer(307, {"Location": "http://10.0.0.1/"}), "not public"),
    "denied": (api_error(403, "DENIED", "not this one"), "status 403: DENIED: not this one"),
    "gone": (api_error(404, "BLOB_UNKNOWN", "blob unknown to registry"), "status 404: BLOB_UNKNOWN"),
}


@pytest.mark.parametrize("fault", CONFIG)
def test_a_config_that_is_not_had_is_named_and_its_manifest_stays(ailing, well, fault):
    answer, why = CONFIG[fault]
    ailing.fake.fault(f"GET /v2/acme/ill/blobs/{TWO.config_digest}$", answer)
    said = check(ailing, well, "partial", f"^1 that it leads to could not be read, first {TWO.config_digest}: .*{why}",
                 {lost_image(TWO.config_digest): why} | undated(1))
    two, = [one for one in said.of("image") if one["digest"] == TWO.digest]
    assert two["digest_kind"] == "manifest" and two["built"] is None


def replace(ailing, data, media_type=OCI_MANIFEST, blobs=None):
    """Tag 2 and its pod are this now."""
    digest = digest_of(data)
    ailing.fake.tags[ILL].remove("2")
    ailing.fake.put(ILL, "2", data, media_type, digest)
    ailing.fake.blobs |= {(ILL, name): blob for name, blob in (blobs or {}).items()}
    ailing.run_pod(ILL, "2", digest)
    return digest


def changed(image, **members):
    return to_json(json.loads(image.data) | members)


def with_config(data):
    manifest = json.loads(TWO.data)
    manifest["config"] |= {"digest": digest_of(data), "size": len(data)}
    return to_json(manifest), {digest_of(data): data}


def test_a_manifest_of_4_mib_is_read(ailing, well):
    data = TWO.data[:-1] + b" " * (4 * MIB - len(TWO.data)) + b"}"
    assert len(data) == 4 * MIB
    digest = replace(ailing, data)
    said = check(ailing, well, "complete", "", {}, images=0)
    assert [one["built"] for one in said.of("image") if one["digest"] == digest] == ["2026-11-20T10:00:00Z"]


def test_a_manifest_of_one_byte_more_is_named(ailing, well):
    digest = replace(ailing, TWO.data[:-1] + b" " * (4 * MIB + 1 - len(TWO.data)) + b"}")
    why = f"larger than {4 * MIB} bytes"
    check(ailing, well, "partial", f"^1 that it leads to could not be read, first {digest}: invalid: .*{why}",
          {lost_image(digest): why} | undated(1))


REFUSED = {
    # Breaks: the check for both in manifest.c (CVE-2021-41190).
    "layers and manifests": (changed(TWO, manifests=[ONE.descriptor()]), "manifests"),
    "no JSON": (b"no JSON at all", "JSON"),
    "half of it": (TWO.data[:100], "JSON|ends"),
    "nothing": (b"", "."),
    "a list": (b"[]", "."),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_manifest_that_is_none_is_named_though_its_digest_is_right(ailing, well, fault):
    data, why = REFUSED[fault]
    digest = replace(ailing, data)
    check(ailing, well, "partial", f"^1 that it leads to could not be read, first {digest}: invalid: .*{why}",
          {lost_image(digest): why} | undated(1))


@pytest.mark.parametrize("data", [b"no JSON", b"[]", b'"text"', b'{"created"', b"\x00" * 20])
def test_a_config_that_is_no_json_is_named(ailing, well, data):
    manifest, blobs = with_config(data)
    digest = replace(ailing, manifest, blobs=blobs)
    config = digest_of(data)
    said = check(ailing, well, "partial", f"^1 that it leads to could not be read, first {config}: invalid", {lost_image(config): "."} | undated(1))
    assert [one["digest_kind"] for one in said.of("image") if one["digest"] == digest] == ["manifest"]


# --- where blobs are ---


def test_a_config_that_lies_elsewhere_is_fetched_there_without_the_login(ailing, well):
    store, fake = FakeRegistry(), ailing.fake
    fake.login, fake.public = "bearer", ("acme/", "catalog")
    store.fault("GET /there", lambda _: Answer(200, {}, TWO.config_data))
    fake.fault(f"GET /v2/acme/ill/blobs/{TWO.config_digest}$",
               lambda request: Answer(307, {"Location": f"http://{store.host}/there?signed=1"}) if request.authorization else None)
    check(ailing, well, "complete", "", {}, images=0)
    store.stop()
    assert store.requests and not any(request.authorization for request in store.requests)


def test_a_slow_answer_is_waited_for(ailing, well):
    ailing.fake.fault(f"GET /v2/acme/ill/manifests/{TWO.digest}$", served(pace=0.002))
    check(ailing, well, "complete", "", {}, images=0)


@pytest.fixture
def certified(tmp_path):
    """A registry with TLS, and what makes it trusted."""
    key, certificate = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    one = Ailing(tmp_path, FakeRegistry(context))
    one.how = ("--ca-file", certificate)
    yield one
    one.stop()


def make_certificate(folder):
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                    "-out", certificate, "-days", "2", "-subj", "/CN=made-up", "-addext", "subjectAltName=IP:127.0.0.1"],
                   check=True, capture_output=True)
    return key, certificate


def test_a_redirect_from_https_to_http_is_not_followed_and_named(certified, well):
    """Breaks: the first check of redirect_fault."""
    plain = FakeRegistry()
    plain.fault("", lambda _: Answer(200, {}, TWO.config_data))
    certified.fake.fault(f"GET /v2/acme/ill/blobs/{TWO.config_digest}$", Answer(307, {"Location": f"http://{plain.host}/there"}))
    why = "from https to http"
    check(certified, well, "partial", f"^1 that it leads to could not be read, first {TWO.config_digest}: failed: .*{why}",
          {lost_image(TWO.config_digest): why} | undated(1))
    plain.stop()
    assert plain.requests == []


# --- indexes ---


def test_a_missing_member_is_named_and_the_others_are_read(ailing, well):
    here, gone = image("here"), image("gone", architecture="arm64")
    index = Index([here, gone])
    replace(ailing, index.data, index.media_type, here.blobs() | gone.blobs())
    ailing.fake.put(ILL, None, here.data, here.media_type, here.digest)
    said = check(ailing, well, "partial", f"^1 that it leads to could not be read, first {gone.digest}: absent",
                 {lost_image(gone): "status 404: MANIFEST_UNKNOWN"})
    two, = [one for one in said.of("image") if one["digest"] == index.digest]
    assert two["built"] == "2026-11-20T10:00:00Z" and two["digest_kind"] == "index"


def put_all(ailing, *manifests):
    for one in manifests:
        ailing.fake.put(ILL, None, one.data, one.media_type, one.digest)


def nested(depth, name):
    """An image in so many indexes, outermost first."""
    all_of_them = [image(name)]
    for _ in range(depth):
        all_of_them.insert(0, Index([all_of_them[0]]))
    return all_of_them


def test_indexes_in_indexes_are_followed_to_the_limit_and_told_beyond(ailing, well):
    whole = nested(4, "deep")
    put_all(ailing, *whole)
    replace(ailing, whole[0].data, OCI_INDEX, whole[-1].blobs())
    check(ailing, well, "complete", "", {}, images=0)
    deep = nested(40, "too deep")
    put_all(ailing, *deep)
    ailing.fake.tags[ILL].append("3")
    ailing.fake.manifests[ILL, "3"] = (deep[0].data, OCI_INDEX, deep[0].digest)
    said = ailing.repos()
    assert said.rows == well["repos"].rows and said.status == 4
    assert re.search("^1 that it leads to could not be read, first sha256:[0-9a-f]{64}: invalid: an index in too many others$", said.outcomes[ILL][1])
    # What lies below the limit is never asked for.
    assert not ailing.lines(deep[-1].digest)


def test_an_index_that_holds_itself_comes_to_an_end(ailing, well):
    """Only digests that nobody can verify make a circle."""
    name = "blake3:" + "a" * 64
    index = to_json({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [
        {"mediaType": OCI_INDEX, "digest": name, "size": 100}, ONE.descriptor(platform=ONE.platform())]})
    index = index.replace(b'"size":100', b'"size":%d' % len(index))
    ailing.fake.put(ILL, None, index, OCI_INDEX, name)
    ailing.fake.tags[ILL].append("3")
    ailing.fake.manifests[ILL, "3"] = (index, OCI_INDEX, name)
    said = ailing.repos()
    assert said.rows == well["repos"].rows
    assert len(ailing.lines(f"GET /v2/acme/ill/manifests/{name}")) == 1


# --- lists ---

LIST = {
    "denied": (api_error(403, "DENIED", "no"), "forbidden", "status 403: DENIED: no"),
    "server error": (api_error(500, "UNKNOWN", "made up"), "failed", "status 500: UNKNOWN: made up"),
    "a page": (Answer(200, {"Content-Type": "text/html"}, "<html>log in"), "failed", "no list of tags"),
    "truncated": (lambda _: Answer(200, JSON, '{"tags":["1","2"]}', drop=9), "failed", "broke off"),
    "broken JSON": (Answer(200, JSON, '{"tags":["1"'), "failed", "no list of tags"),
    "a redirect": (Answer(307, {"Location": "/elsewhere"}), "failed", "lists are not followed elsewhere"),
}


@pytest.mark.parametrize("fault", LIST)
def test_a_list_of_tags_that_is_not_had_is_named_and_what_runs_is_read_all_the_same(ailing, well, fault):
    answer, outcome, why = LIST[fault]
    ailing.fake.fault("GET /v2/acme/ill/tags/list", answer)
    said = check(ailing, well, outcome, why, {"(some )?tags of HOST/acme/ill": why}, images=0)
    assert {one["built"] for one in said.of("image")} == {"2026-11-20T10:00:00Z"}


LINKS = {
    "to itself": ('</v2/acme/ill/tags/list?n=1000>; rel="next"', "leads back to a page that was read"),
    "elsewhere": ('<http://other.example/v2/acme/ill/tags/list?last=2>; rel="next"', "at another host"),
    "broken": ('</v2/acme/ill/tags/list', "is broken"),
    "to no URL": ('<file:///etc/passwd>; rel="next"', "another host|no URL"),
}


@pytest.mark.parametrize("fault", LINKS)
def test_a_list_whose_next_page_is_not_to_be_had_is_partial_and_its_tags_are_read(ailing, well, fault):
    link, why = LINKS[fault]
    ailing.fake.fault("GET /v2/acme/ill/tags/list", Answer(200, JSON | {"Link": link}, '{"tags":["1","2"]}'))
    said = check(ailing, well, "partial", why, {"some tags of HOST/acme/ill": why}, images=0)
    assert not [line for line in ailing.lines() if "other.example" in line]
    assert {one["built"] for one in said.of("image")} == {"2026-11-20T10:00:00Z"}


@pytest.mark.parametrize("tags", ["null", "[]"])
def test_a_repository_without_tags_is_no_failure(ailing, well, tags):
    ailing.fake.fault("GET /v2/acme/ill/tags/list", Answer(200, JSON, '{"name":"acme/ill","tags":%s}' % tags))
    said = check(ailing, well, "complete", "", {}, images=0)
    assert len(said.of("image")) == 2  # by their digests, and by name, for pods run them


def test_tags_out_of_order_and_twice_are_each_asked_for_once(ailing, well):
    ailing.fake.tags[ILL] = ["2", "1", "2", "1", "2"]
    check(ailing, well, "complete", "", {}, images=0)
    ailing.fake.requests.clear()
    said = ailing.repos()
    assert said.of("repository")[0]["tags"] == 2
    assert len(ailing.lines("HEAD /v2/acme/ill/manifests/[12]$")) == 2


def test_ten_thousand_tags_come_in_pages_and_one_that_is_denied_is_named(ailing, well):
    ailing.fake.page = 1000
    names = [f"t{number:05}" for number in range(9998)]
    for name in names:
        ailing.fake.manifests[ILL, name] = ailing.fake.manifests[ILL, "1"]
    ailing.fake.tags[ILL] += names
    ailing.fake.fault("(HEAD|GET) /v2/acme/ill/manifests/t04321$", api_error(403, "DENIED", "not this one"))
    said = ailing.repos()
    assert said.rows == well["repos"].rows and said.status == 4
    assert said.outcomes[ILL] == ("partial", "1 of 10000 tags: t04321: forbidden: status 403: DENIED: not this one")
    assert len(ailing.lines("GET /v2/acme/ill/tags/list")) == 10
    assert len(ailing.lines("GET /v2/acme/ill/manifests/sha256")) == 2


@pytest.mark.parametrize("name", ["1", "2"])
def test_a_tag_that_is_denied_is_named_whether_a_pod_or_the_list_tells_of_it(ailing, well, name):
    """Breaks: what was asked for by name and the list being one repository (find_open in walk_repository.c): 1 of 1 tags, or none."""
    del ailing.pods[ILL, "2"]
    ailing.fake.fault(f"(HEAD|GET) /v2/acme/ill/manifests/{name}$", api_error(403, "DENIED", "no"))
    why = f"1 of 2 tags: {name}: forbidden: status 403: DENIED: no"
    check(ailing, well, "partial", why, {"some tags of HOST/acme/ill": why, tag(name): "status 403: DENIED: no"}, images=4 if name == "1" else 0)


def test_found_comes_before_missing_in_the_status(ailing):
    ailing.fake.fault("(HEAD|GET) /v2/acme/ill/manifests/2$", api_error(403, "DENIED", "no"))
    said = ailing.triage("--fail-on", "low")
    assert said.status == 3 and not said.complete and said.missing
    ailing.fake.faults.clear()
    assert ailing.triage("--fail-on", "low").status == 3 and ailing.triage("--fail-on", "none").status == 0


# --- a HEAD that is none ---


@pytest.mark.parametrize("head", [Answer(405), Answer(404), Answer(403), Answer(501), lambda _: Answer(200, {"Content-Type": OCI_MANIFEST}),
                                  Answer(200, {"Content-Type": OCI_MANIFEST, "Docker-Content-Digest": "none"})])
def test_a_head_that_tells_nothing_leads_to_a_get_and_nothing_is_missing(ailing, well, head):
    """Breaks: the step to GET in registry_receive.c."""
    ailing.fake.fault("HEAD /v2/acme/ill/", head)
    said = check(ailing, well, "complete", "", {}, images=0)
    assert {one["registry_state"] for one in said.of("image")} == {"tagged"}


# --- catalogs ---

REFUSALS = {"401": api_error(401, "UNAUTHORIZED", "no", {"WWW-Authenticate": 'Basic realm="made-up"'}), "403": api_error(403, "DENIED", "no"),
            "404": Answer(404, {"Content-Type": "text/plain"}, "404 page not found"), "405": api_error(405, "UNSUPPORTED", "no")}


@pytest.mark.parametrize("status", REFUSALS)
def test_without_a_catalog_what_clusters_run_and_what_was_given_is_read(ailing, well, status):
    ailing.fake.fault("GET /v2/_catalog", REFUSALS[status])
    assert ailing.images().rows == well["images"].rows
    said = ailing.triage()
    check_missing(said, {"other repositories of HOST": f"cannot be listed: status {status}"})
    assert {one["repository"] for one in said.all("image") if one["built"]} == {*GOOD, ILL}
    given = ailing.tags("acme/good")
    assert given.status == 0 and [one["tag"] for one in given.all("tag_row")] == ["1", "2"]


# --- limits ---


def limited(**headers):
    return api_error(429, "TOOMANYREQUESTS", "slow down", headers)


WHY_LIMITED = r"too many requests, says the registry \(429\)"


def test_a_limit_of_one_repository_that_never_ends_harms_no_other(ailing, well):
    """Breaks: limit_exhaust for a repository alone: all of the registry was given up."""
    ailing.fake.fault("(GET|HEAD) /v2/acme/ill/", limited(**{"Retry-After": "3600"}))
    check(ailing, well, "failed", WHY_LIMITED, {
        "tags of HOST/acme/ill": WHY_LIMITED, "2 tags of HOST/acme/ill": WHY_LIMITED, "2 images of HOST/acme/ill": WHY_LIMITED} | undated(2))


def test_where_pulls_alone_are_limited_tags_are_read_and_images_named(ailing):
    """As Docker Hub counts: GETs of manifests, no HEAD. Breaks: limits of one kind for all kinds."""
    ailing.fake.fault("GET /v2/[^_].*/manifests/", limited(**{"Retry-After": "3600"}))
    said = ailing.triage()
    check_missing(said, {f"2 images of HOST/{one}": WHY_LIMITED for one in (*GOOD, ILL)} | undated(6))
    assert said.status == 4
    assert {one["tag"]: one["digest"] for one in ailing.tags().all("tag_row")} == {"1": ONE.digest, "2": TWO.digest}


def test_a_limit_for_all_ends_soon_and_is_one_reason(ailing):
    """Breaks: in_a_row in registry_limit.c: each of many repositories would be asked."""
    for number in range(300):
        ailing.fake.push(f"acme/app{number:03}", "1", ONE)
        ailing.run_pod(f"acme/app{number:03}", "1", ONE.digest)
    ailing.fake.fault("", limited(**{"Retry-After": "3600"}))
    started = time.monotonic()
    said = ailing.triage()
    assert time.monotonic() - started < 30 and len(ailing.fake.requests) < 80
    assert said.status == 4 and "HOST" in said.errors[0]
    check_missing(said, {"registry HOST": WHY_LIMITED})


def test_a_limit_of_one_repository_that_names_no_end_lets_the_others_go_first(ailing, well):
    ailing.fake.fault("(GET|HEAD) /v2/acme/ill/", limited())
    fother = ailing.fother()
    process = start(ailing, fother, "registry", "repos", ailing.fake.host)
    wait_until(lambda: all(ailing.lines(f"blobs/{image(one + name).config_digest}") for one in GOOD for name in "12"))
    wait_until(lambda: len(ailing.lines("GET /v2/acme/ill/tags/list")) > 2)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    said = ailing.stored(fother)
    assert said.rows == well["repos"].rows and said.outcomes[ILL][0] == "interrupted"


@pytest.mark.parametrize("pattern,headers", [("(GET|HEAD) /v2/acme/ill/", {}), ("(GET|HEAD) /v2/acme/ill/", {"Retry-After": "1"}),
                                             ("", {}), ("", {"Retry-After": "1"}), ("", {"X-Retry-After": "0"})])
def test_a_limit_that_ends_is_waited_for_and_nothing_is_missing(ailing, well, pattern, headers):
    ailing.fake.fault(pattern, limited(**headers), times=2)
    said = ailing.triage()
    assert said.rows == well["triage"].rows and said.missing == {} and said.status == 0
    notes = [read["notes"] for read in said.answer["reads"] if read["source_kind"] == "registry"]
    assert "429 was answered 2 times" in notes[0]


# --- logins ---


def end_tokens(ailing, refusal):
    """A token that was good for a dozen requests ends, in the middle of twenty more tags."""
    fake, ended = ailing.fake, set()
    fake.login, fake.public = "bearer", ("acme/", "catalog")
    for number in range(20):
        fake.manifests[ILL, f"t{number}"] = fake.manifests[ILL, "1"]
        fake.tags[ILL].append(f"t{number}")

    def end(request):
        if not request.authorization or request.path.startswith("/token"):
            return None
        with fake.lock:
            if not ended and sum(one.authorization == request.authorization for one in fake.requests) > 12:
                ended.add(request.authorization.split()[1])
            return refusal(request) if request.authorization.split()[1] in ended else None

    fake.fault("", end)
    return ended


@pytest.mark.parametrize("refusal", [
    # Breaks: the renewal in auth_refused.
    lambda request: api_error(401, "UNAUTHORIZED", "authentication required"),
    # ECR. Breaks: 400 DENIED in auth_is_refusal.
    lambda request: api_error(400, "DENIED", "Your Authorization Token is invalid."),
    lambda request: api_error(403, "DENIED", "denied")])
def test_tokens_that_end_in_the_middle_are_renewed_and_nothing_is_missing(ailing, well, refusal):
    ended = end_tokens(ailing, refusal)
    said = ailing.triage()
    assert ended and said.rows == well["triage"].rows and said.missing == {} and said.status == 0
    assert len(ailing.lines("/token.*repository%3Aacme%2Fill")) == 2


def test_a_token_server_that_refuses_one_repository_harms_no_other(ailing, well):
    ailing.fake.login, ailing.fake.public = "bearer", ("acme/good", "acme/fine", "catalog")
    why = "status 401"
    check(ailing, well, "forbidden", why, {"tags of HOST/acme/ill": why, "2 tags of HOST/acme/ill": why,
                                           "2 images of HOST/acme/ill": why} | undated(2))


def test_tokens_of_five_thousand_repositories_fit_into_the_secure_heap(tmp_path):
    """4 KiB each, twice in each answer: 40 MiB of tokens. Breaks: keep_what_fits in auth.c: out of memory, for all. Of those
    that are kept the one that is used all the time stays."""
    fake = FakeRegistry()
    fake.login = "bearer"

    fake.issue = make_issue(fake, 2044)
    fake.push("acme/all", "0", ONE)
    for number in range(5000):
        fake.tags[f"acme/app{number:04}"] = []
        if number % 10 == 0:
            fake.manifests["acme/all", f"t{number}"] = fake.manifests["acme/all", "0"]
            fake.tags["acme/all"].append(f"t{number}")
    ailing = Ailing(tmp_path, fake, fill=False)
    said = ailing.repos()
    ailing.stop()
    assert said.status == 0 and said.complete and len(said.all("repository")) == 5003
    assert len([line for line in ailing.lines("/token") if "acme%2Fall%3A" in line]) <= 3


def test_sixteen_registries_share_the_secure_heap(tmp_path):
    """Tokens of 16 KiB, 12 MiB of them in the requests that would be under way at once. Breaks: the shares of registries.c
    and what is held back for them: out of memory, for all."""
    fakes = [FakeRegistry() for _ in range(16)]
    asking = {fake.host: [0, 0] for fake in fakes}
    for fake in fakes:
        fake.login, fake.public = "bearer", ("acme/", "catalog")
        fake.issue, fake.token_delay = make_issue(fake, 8000), 0.01
        fake.fault("GET /token", lambda request, fake=fake: count_now(fake, asking[fake.host]))
        for number in range(40):
            fake.push(f"acme/app{number:02}", "1", ONE)
    ailing = Ailing(tmp_path, fakes[0], fill=False)
    ailing.more = [word for fake in fakes[1:] for word in ("--registry", fake.host, "--plain-http", fake.host)]
    said = ailing.triage()
    for fake in fakes:
        fake.stop()
    assert said.complete and said.errors == [], (said.missing, said.errors, said.answer["reads"][-1])
    assert len(said.all("image")) >= 16
    assert {read["outcome"] for read in said.answer["reads"]} == {"complete"}
    assert max(most for _, most in asking.values()) <= 2


def count_now(fake, counts):
    with fake.lock:
        counts[0] = sum(1 for request in fake.requests if request.path.startswith("/token") and request.end is None)
        counts[1] = max(counts)


def make_issue(fake, half):
    def issue(scopes, _):
        token = "made-up-" + os.urandom(half).hex()
        with fake.lock:
            fake.tokens[token] = (scopes, time.monotonic() + 300)
        return {"token": token, "access_token": token, "expires_in": 300}
    return issue


def test_more_logins_than_are_kept_are_told(ailing):
    """320 of 4 KiB. Breaks: the warning of vault_was_full in registry_reading.c."""
    dump, host = ailing.dump, ailing.fake.host
    pod = f"deployment ns/ill image={host}/{ILL}:1 digest={ONE.digest}"

    def with_secrets(count):
        secrets = [f"secret ns/s{number} {host} user=u{number} value={'made-up-' + 'x' * 4088}{number}" for number in range(count)]
        return lambda: Scene([*secrets, pod]).write(dump())

    ailing.more = ("--use-pull-secrets", )
    for count, told in (5, False), (320, True):
        ailing.dump = with_secrets(count)
        said = ailing.images()
        assert ("the pull secrets hold more logins than are kept" in said.err) == told
        assert said.status == 0 and "made-up-xxx" not in said.err + json.dumps(said.answer)


# --- peers ---


def test_one_that_hangs_keeps_nobody_else_waiting_and_an_interrupt_keeps_what_was_read(ailing, well):
    """Breaks: the commit of what was read when it is interrupted."""
    hang = threading.Event()
    ailing.fake.fault(f"GET /v2/acme/ill/manifests/{TWO.digest}$", lambda _: hang.wait(60) and None)
    fother = ailing.fother()
    process = start(ailing, fother, "registry", "repos", ailing.fake.host)
    wait_until(lambda: ailing.lines(TWO.digest) and ailing.lines(f"blobs/{image(GOOD[0] + '2').config_digest}") and
               ailing.lines(f"blobs/{image(GOOD[1] + '2').config_digest}") and ailing.fake.now == 1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1 and "what was read of registries is stored, and marked as incomplete" in err
    hang.set()
    said = ailing.stored(fother)
    assert said.read == ("interrupted", None) and said.status == 4 and not said.complete
    assert said.rows == well["repos"].rows
    assert said.outcomes[ILL][0] == "interrupted"


def start(ailing, fother, *words):
    return subprocess.Popen([FOTHER, *map(str, words), "--plain-http", ailing.fake.host, "--key-file", str(fother.key)], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env={"PATH": "/usr/bin:/bin", "HOME": str(fother.folder), "XDG_STATE_HOME": str(fother.state)})


def wait_until(holds, seconds=30):
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def stored(fother):
    paths = list(fother.state.glob("fother/*.db"))
    if not paths:
        return set()
    with sqlite3.connect(f"file:{paths[0]}?mode=ro", uri=True) as store:
        try:
            return {digest for digest, in store.execute("SELECT digest FROM manifest WHERE config_read = 1")}
        except sqlite3.OperationalError:  # it is being made, or somebody writes
            return set()


def test_nothing_that_was_committed_is_lost_by_a_kill_or_fetched_again(ailing, well):
    """Breaks: the commits while it reads (COMMIT_EVERY)."""
    hang, good = threading.Event(), {image(one + name).digest for one in GOOD for name in "12"}
    ailing.fake.fault(f"GET /v2/acme/ill/manifests/{TWO.digest}$", lambda _: hang.wait(60) and None)
    fother = ailing.fother()
    process = start(ailing, fother, "registry", "repos", ailing.fake.host)
    wait_until(lambda: stored(fother) >= good)
    process.kill()
    process.communicate()
    hang.set()
    ailing.fake.faults.clear()
    ailing.fake.requests.clear()
    said = ailing.repos(fother=fother)
    assert said.status == 0 and said.complete and said.rows == well["repos"].rows
    assert stored(fother) == good | {ONE.digest, TWO.digest}
    again = [line for line in ailing.lines("GET .*(manifests/sha256:|blobs/)") if ILL not in line]
    assert again == []


class Dead:
    """A registry that cannot be asked: nobody listens; no TLS; a certificate that nobody vouches for."""

    def __init__(self, kind, folder):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.host, self.plain, self.kind, self.fake = f"127.0.0.1:{self.socket.getsockname()[1]}", kind == "refused", kind, None
        if kind == "refused":
            self.socket.close()
        elif kind == "unknown":
            self.host = "no-such-host.invalid"
        elif kind == "no TLS":
            threading.Thread(target=self.talk, daemon=True).start()
        else:
            key, certificate = make_certificate(folder)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            self.fake = FakeRegistry(context)
            self.host = self.fake.host

    def talk(self):
        while True:
            try:
                connection, _ = self.socket.accept()
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                connection.close()
            except OSError:
                return

    def stop(self):
        self.socket.close()
        if self.fake:
            self.fake.stop()


@pytest.mark.parametrize("kind,why", [("refused", "cannot connect"), ("no TLS", "TLS|SSL"), ("untrusted", "certificate"), ("unknown", "resolve|no such host|address")])
def test_a_dead_registry_beside_a_good_one_is_named_and_the_good_one_is_whole(ailing, well, tmp_path, kind, why):
    dead = Dead(kind, tmp_path)
    ailing.more = ("--registry", dead.host, *(("--plain-http", dead.host) if dead.plain else ()))
    said = ailing.triage()
    dead.stop()
    check_missing(said, {re.escape(f"registry {dead.host}"): why, re.escape(f"anything of {dead.host}"): "no login or image of it was read"})
    assert said.rows == well["triage"].rows and said.status == 4
    assert len(said.errors) == 1 and dead.host in said.errors[0]
    assert [(read["outcome"], read["why"]) for read in said.answer["reads"] if "HOST" in read["source"]] == [("complete", None)]


def test_a_dead_registry_alone_is_a_failure(ailing):
    host = ailing.fake.host
    ailing.stop()
    done = ailing.fother().run("registry", "repos", host, "--plain-http", host)
    assert done.returncode == 1 and host in done.stderr and "cannot connect" in done.stderr and done.stdout == ""
