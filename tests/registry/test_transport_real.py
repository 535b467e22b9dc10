"""The same against Debian's docker-registry, and that the scripted registry of test_transport.py is like it."""
import base64
import hashlib
import http.client
import json
from collections import Counter

import pytest

from ask import ask_registry
from fake_registry import FakeRegistry
from images import OCI_INDEX, OCI_MANIFEST, Image, Index, digest_of, layer

MADE = "2026-10-01T00:00:00Z"
USER, PASSWORD = "acme", "made-up-password-1"
KINDS = {"anonymous": {}, "basic": {"users": {USER: PASSWORD}}, "basic-tls": {"users": {USER: PASSWORD}, "tls": True},
         "token-tls": {"token_users": {USER: PASSWORD}, "public": ("open/",), "tls": True}}


def image(number=1, form="oci"):
    return Image([layer({"app": b"%d" % number})], created=MADE, form=form)


@pytest.fixture
def program(build):
    path = build / "tests/unit/oci_transport/registry-ask"
    assert path.exists(), f"{path} is not built: make"
    return path


@pytest.fixture
def ask(program, lab, tmp_path):
    def run(registry, *asks, login=None, **options):
        path = None
        if login:
            path = tmp_path / "config.json"
            auth = base64.b64encode(f"{login[0]}:{login[1]}".encode()).decode()
            path.write_text(json.dumps({"auths": {registry.host: {"auth": auth}}}))
        how = {"ca": lab.pki.ca} if registry.tls else {"plain": True}
        return ask_registry(program, registry.host, *asks, docker_config=path, **how, **options)

    return run


@pytest.fixture(scope="module", params=KINDS)
def filled(request, lab):
    registry = lab.registry(f"transport-{request.param}", **KINDS[request.param])
    registry.images = {}
    for number in range(12):
        repository = f"{'open' if number % 2 else 'acme'}/app{number}"
        registry.images[repository] = image(number, "docker" if number % 3 == 0 else "oci")
        registry.push(repository, "1", registry.images[repository])
    registry.index = Index([image(1), Image([layer({"a": b"x"})], created=MADE, architecture="arm64")])
    registry.push("acme/app0", "many", registry.index)
    if registry.issuer:
        registry.issuer.asked.clear()
    return registry


def test_everything_of_a_registry_comes_with_its_digest(filled, ask):
    asks = [("catalog",), ("tags", "acme/app0"), ("tag", "acme/app0", "many"), ("manifest", "acme/app0", filled.index.digest)]
    for repository, one in filled.images.items():
        asks += [("tag", repository, "1"), ("manifest", repository, one.digest, len(one.data)), ("blob", repository, one.config_digest)]
    before = len(filled.requests())
    said = ask(filled, *asks, login=(USER, PASSWORD))
    assert set(said.outcomes()) == {"present"}, said.text
    assert said.names(0) == sorted(filled.images) and sorted(said.names(1)) == ["1", "many"]
    assert said.last(2)["digest"] == filled.index.digest and said.last(3)["type"] == OCI_INDEX
    for number, (_, one) in enumerate(filled.images.items()):
        head, manifest, blob = (said.last(4 + 3 * number + i) for i in range(3))
        assert head["digest"] == one.digest and head["type"] == manifest["type"] == one.media_type
        assert manifest["sha256"] == hashlib.sha256(one.data).hexdigest() and blob["verified"] == "1"
    requests = filled.requests(before)
    taken = [r for r in requests if r.status == 200]
    assert len(taken) == len(asks) and max(Counter(map(repr, taken)).values()) == 1
    peers = len({r.peer for r in requests})
    assert peers == 1 if filled.tls else 1 < peers <= 4  # with TLS it speaks HTTP/2
    assert said.facts["logged_in"] == ("0" if not filled.users and not filled.issuer else "1")
    if filled.issuer:
        scopes = [scopes for _, scopes, user in filled.issuer.asked if user == USER]
        assert sorted(scopes) == sorted([("registry:catalog:*",)] + [(f"repository:{name}:pull",) for name in filled.images])


def test_without_a_login_what_is_public_comes(filled, ask):
    said = ask(filled, ("catalog",), ("tag", "acme/app0", "1"), ("tag", "open/app1", "1"), ("tags", "open/app1"))
    if filled.issuer:
        assert said.outcomes() == ["forbidden", "forbidden", "present", "present"]
    else:
        assert set(said.outcomes()) == ({"forbidden"} if filled.users else {"present"})
    assert said.facts["logged_in"] == "0"


def test_a_wrong_login_is_as_good_as_none(filled, ask):
    said = ask(filled, ("tag", "acme/app0", "1"), ("tag", "open/app1", "1"), login=(USER, "made-up-wrong"))
    if filled.issuer:
        assert said.outcomes() == ["forbidden", "present"]
    elif filled.users:
        assert said.outcomes() == ["forbidden", "forbidden"]
    assert "made-up-wrong" not in said.text + said.errors


def test_what_is_not_there(filled, ask):
    none = "sha256:" + "0" * 64
    said = ask(filled, ("tag", "acme/app0", "no"), ("manifest", "acme/app0", none), ("blob", "acme/app0", none), ("tags", "acme/none"),
               ("referrers", "acme/app0", filled.index.digest), login=(USER, PASSWORD))
    assert said.outcomes() == ["absent"] * 5, said.text


def test_an_identity_token_gets_tokens(lab, ask, program, tmp_path):
    registry = lab.registry("transport-identity", token_users={USER: PASSWORD}, tls=True)
    registry.push("acme/web", "1", image())
    registry.issuer.refresh_tokens["made-up-refresh-token"] = USER
    registry.issuer.asked.clear()
    path = tmp_path / "identity.json"
    path.write_text(json.dumps({"auths": {registry.host: {"auth": base64.b64encode(b"made-up-user:").decode(), "identitytoken": "made-up-refresh-token"}}}))
    said = ask_registry(program, registry.host, ("tag", "acme/web", "1"), ca=lab.pki.ca, docker_config=path)
    assert said.outcome() == "present" and registry.issuer.asked == [("POST", ("repository:acme/web:pull",), USER)]


@pytest.fixture(scope="module")
def safe(lab):
    registry = lab.registry("transport-safe", tls=True)
    registry.push("acme/web", "1", image())
    return registry


def test_a_certificate_of_an_authority_that_nobody_named_is_refused(safe, program, ask):
    said = ask_registry(program, safe.host, ("tag", "acme/web", "1"), ("tags", "acme/web"), retries=1)
    assert said.outcomes() == ["failed", "failed"] and "authority" in said.why() and safe.requests() == []
    assert ask(safe, ("tag", "acme/web", "1")).outcome() == "present"


def test_a_registry_with_tls_asked_without_fails(safe, program):
    assert ask_registry(program, safe.host, ("tag", "acme/web", "1"), plain=True, retries=1).outcome() == "failed"


# --- the scripted registry is like the real one ---

HEADERS = ("content-type", "docker-content-digest", "etag", "www-authenticate", "link")
ACCEPT = {"Accept": f"{OCI_MANIFEST}, {OCI_INDEX}"}
ASKED = [("HEAD", "/v2/acme/web/manifests/1", ACCEPT), ("GET", "/v2/acme/web/manifests/1", ACCEPT), ("GET", "/v2/acme/web/manifests/{digest}", ACCEPT),
         ("GET", "/v2/acme/web/manifests/1", {"Accept": "text/plain"}), ("HEAD", "/v2/acme/web/manifests/no", ACCEPT), ("GET", "/v2/acme/web/manifests/no", ACCEPT),
         ("GET", "/v2/acme/web/blobs/{config}", {}), ("GET", "/v2/acme/web/blobs/{none}", {}), ("GET", "/v2/acme/web/tags/list", {}),
         ("GET", "/v2/acme/none/tags/list", {}), ("GET", "/v2/_catalog?n=1000", {}), ("GET", "/v2/_catalog?n=1", {}),
         ("GET", "/v2/acme/web/referrers/{digest}", {}), ("GET", "/elsewhere", {})]


def answer_of(host, method, path, headers):
    connection = http.client.HTTPConnection(host)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    kept = {name: answer.headers[name] for name in HEADERS if answer.headers[name]}
    try:
        body = json.loads(body)
        for error in body.get("errors", []) if isinstance(body, dict) else []:
            error.pop("detail", None)
            error.pop("message", None) if error["code"] == "UNAUTHORIZED" else None
    except ValueError:
        pass
    return answer.status, kept, body


@pytest.fixture(scope="module")
def pair(lab):
    real, fake = lab.registry("transport-pair"), FakeRegistry()
    index = Index([image(1)])
    for one in real, fake:
        one.push("acme/app", "1", image(2))
        one.push("acme/web", "1", index)
    fake.page = 0
    yield real, fake, index
    fake.stop()


@pytest.mark.parametrize("method,path,headers", ASKED)
def test_the_fake_answers_as_the_real_one(pair, method, path, headers):
    real, fake, index = pair
    fake.page = 1 if "n=1" == path[-3:] else 0
    path = path.format(digest=index.digest, config=image(1).config_digest, none=digest_of(b"none"))
    expected, got = answer_of(real.host, method, path, headers), answer_of(fake.host, method, path, headers)
    if "blobs" in path:  # the real one lets blobs be kept by their digest
        expected[1].pop("etag", None)
    if path == "/elsewhere" or "_catalog" in path or "tags/list" in path or expected[0] == 404:
        for one in expected, got:
            one[1].update({"content-type": one[1].get("content-type", "").split(";")[0]} if "content-type" in one[1] else {})
    assert got[0] == expected[0] and got[2] == expected[2]
    assert {k: v for k, v in got[1].items() if k != "link"} == {k: v for k, v in expected[1].items() if k != "link"}
    assert ("link" in got[1]) == ("link" in expected[1])


@pytest.mark.parametrize("kind", ["basic", "token-tls"])
def test_the_fake_challenges_as_the_real_one(lab, kind):
    real, fake = lab.registry(f"transport-challenge-{kind}", **KINDS[kind]), FakeRegistry()
    fake.login = "basic" if kind == "basic" else "bearer"
    for path in "/v2/_catalog", "/v2/acme/web/manifests/1", "/v2/acme/web/tags/list":
        challenges = []
        connection = real.connect()
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 401 and json.loads(answer.read())["errors"][0]["code"] == "UNAUTHORIZED"
        challenges.append(answer.headers["WWW-Authenticate"].replace(real.issuer.realm if real.issuer else fake.realm, "REALM"))
        status, headers, body = answer_of(fake.host, "GET", path, {})
        challenges.append(headers["www-authenticate"].replace(fake.realm, "REALM"))
        assert status == 401 and body["errors"][0]["code"] == "UNAUTHORIZED" and challenges[0] == challenges[1]
    fake.stop()
