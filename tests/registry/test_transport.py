"""A registry as a source of images (src/oci/transport), against a registry that breaks one thing after the other."""
import base64
import hashlib
import json
import socket
import ssl
import threading
import time
from collections import Counter
from email.utils import formatdate

import pytest

from ask import ask_registry
from fake_registry import Answer, FakeRegistry, api_error
from images import OCI_INDEX, OCI_MANIFEST, Artifact, Image, digest_of, layer, to_json

MADE = "2026-10-01T00:00:00Z"
USER, PASSWORD = "acme", "made-up-password-1"
OTHER, OTHER_PASSWORD = "other", "made-up-password-2"
JSON = {"Content-Type": "application/json"}


def image(number=1):
    return Image([layer({"app": b"%d" % number})], created=MADE)


@pytest.fixture
def fake():
    one = FakeRegistry()
    one.image = image()
    one.push("acme/web", "1.0", one.image)
    yield one
    one.stop()


@pytest.fixture
def program(build):
    path = build / "tests/unit/oci_transport/registry-ask"
    assert path.exists(), f"{path} is not built: make"
    return path


@pytest.fixture
def ask(program, fake):
    def run(*asks, host=None, **options):
        return ask_registry(program, host or fake.host, *asks, plain=True, **({"retries": 2} | options))

    return run


@pytest.fixture
def config(tmp_path, fake):
    """A docker config with these entries: {key: (user, password)} or {key: {...}}."""

    def write(entries):
        auths = {}
        for key, entry in entries.items():
            if isinstance(entry, tuple):
                entry = {"auth": base64.b64encode(f"{entry[0]}:{entry[1]}".encode()).decode()}
            auths[key] = entry
        path = tmp_path / "config.json"
        path.write_text(json.dumps({"auths": auths}))
        return path

    return write


def lines(fake, path=""):
    return [request.line for request in fake.requests if path in request.path]


# --- what is asked for ---


def test_a_tag_is_asked_with_head_and_all_media_types_by_name(fake, ask):
    said = ask(("tag", "acme/web", "1.0"))
    assert said.last()["digest"] == fake.image.digest and said.last()["type"] == OCI_MANIFEST and said.last()["bytes"] == "-1"
    assert lines(fake) == ["HEAD /v2/acme/web/manifests/1.0"]
    accept = fake.requests[0].headers["Accept"]
    assert "*" not in accept and "q=" not in accept and OCI_INDEX in accept and "manifest.list.v2+json" in accept
    assert fake.requests[0].headers["User-Agent"] == "fother" and fake.requests[0].authorization is None


def test_manifests_and_blobs_come_verified(fake, ask):
    said = ask(("manifest", "acme/web", fake.image.digest, len(fake.image.data)), ("blob", "acme/web", fake.image.config_digest))
    for number, digest in (0, fake.image.digest), (1, fake.image.config_digest):
        assert said.last(number)["verified"] == "1" and "sha256:" + said.last(number)["sha256"] == digest
    assert said.last(0)["type"] == OCI_MANIFEST


def test_sha512_is_verified_and_an_unknown_algorithm_never_called_so(fake, ask):
    long = digest_of(fake.image.data, "sha512")
    odd = "blake3:" + "a" * 64
    fake.put("acme/web", None, fake.image.data, OCI_MANIFEST, long)
    fake.put("acme/web", None, fake.image.data, OCI_MANIFEST, odd)
    said = ask(("manifest", "acme/web", long), ("manifest", "acme/web", odd))
    assert [said.last(n)["verified"] for n in (0, 1)] == ["1", "0"] and said.outcomes() == ["present", "present"]


def test_a_head_without_a_digest_leads_to_a_get_and_a_hash_of_our_own(fake, ask):
    fake.fault("HEAD ", lambda _: Answer(200, {"Content-Type": OCI_MANIFEST}))
    fake.fault("GET ", lambda _: Answer(200, {"Content-Type": OCI_MANIFEST}, fake.image.data))
    said = ask(("tag", "acme/web", "1.0"))
    assert said.last()["digest"] == fake.image.digest and said.last()["bytes"] == str(len(fake.image.data))


@pytest.mark.parametrize("status", [400, 403, 404, 405, 501, 302])
def test_a_head_that_is_refused_is_made_a_get(fake, ask, status):
    fake.fault("HEAD ", Answer(status))
    said = ask(("tag", "acme/web", "1.0"))
    assert said.outcome() == "present" and said.last()["digest"] == fake.image.digest


def test_names_that_no_registry_has_are_not_asked_for(fake, ask):
    bad = [("tags", "../../etc"), ("tags", "a//b"), ("tag", "acme/web", "../x"), ("tag", "acme/web", "a?b=c"), ("tags", ""),
           ("manifest", "acme/web", "sha256:zz"), ("tags", "a b"), ("tag", "acme/web", "x" * 129), ("tags", "a" * 256), ("tags", "a/..")]
    said = ask(*bad)
    assert said.outcomes() == ["invalid"] * len(bad) and fake.requests == []


# --- what comes and is not right ---


def test_bytes_with_another_digest_are_invalid(fake, ask):
    fake.fault("GET ", lambda _: Answer(200, {"Content-Type": OCI_MANIFEST}, b"{}"))
    said = ask(("manifest", "acme/web", fake.image.digest), ("blob", "acme/web", fake.image.config_digest))
    assert said.outcomes() == ["invalid", "invalid"] and "another digest" in said.why()


def test_a_digest_header_that_the_bytes_do_not_have_is_invalid(fake, ask):
    wrong = "sha256:" + "1" * 64
    fake.fault("GET ", lambda _: Answer(200, {"Content-Type": OCI_MANIFEST, "Docker-Content-Digest": wrong}, fake.image.data))
    fake.fault("HEAD ", Answer(405))
    said = ask(("manifest", "acme/web", fake.image.digest), ("tag", "acme/web", "1.0"))
    assert said.outcomes() == ["invalid", "invalid"] and wrong in said.why()


def test_a_size_that_the_descriptor_does_not_have_is_invalid(fake, ask):
    size = len(fake.image.data)
    said = ask(("manifest", "acme/web", fake.image.digest, size - 1), ("manifest", "acme/web", fake.image.digest, size + 1))
    assert said.outcomes() == ["invalid", "invalid"]


@pytest.mark.parametrize("more,outcome", [(0, "present"), (1, "invalid")])
def test_a_manifest_has_a_maximum_of_4_mib(fake, ask, more, outcome):
    data = b" " * (4 * 1024 * 1024 + more)
    digest = digest_of(data)
    fake.put("acme/web", None, data, OCI_MANIFEST, digest)
    fake.blobs["acme/web", digest] = data
    said = ask(("manifest", "acme/web", digest), ("blob", "acme/web", digest))
    assert said.outcomes() == [outcome, outcome]


def test_a_body_that_breaks_off_is_asked_for_again(fake, ask):
    fake.fault("GET ", lambda _: Answer(200, {"Content-Type": OCI_MANIFEST}, fake.image.data, drop=20), times=2)
    said = ask(("manifest", "acme/web", fake.image.digest))
    assert said.outcome() == "present" and len(fake.requests) == 3


def test_a_body_that_always_breaks_off_fails(fake, ask):
    fake.fault("GET ", lambda _: Answer(200, {"Content-Type": OCI_MANIFEST}, fake.image.data, drop=20))
    said = ask(("manifest", "acme/web", fake.image.digest))
    assert said.outcome() == "failed" and len(fake.requests) == 3


def test_what_is_not_there_is_absent_only_where_the_api_says_so(fake, ask):
    fake.fault("(GET|HEAD) /v2/acme/text", Answer(404, {"Content-Type": "text/plain"}, "404 page not found\n"))
    fake.fault("(GET|HEAD) /v2/acme/html", Answer(404, {"Content-Type": "text/html"}, "<html><TITLE>Not here\x1b[31m</TITLE></html>"))
    fake.fault("(GET|HEAD) /v2/acme/index", api_error(404, "MANIFEST_UNKNOWN", "OCI index found, but accept header does not support OCI indexes"))
    none = "sha256:" + "0" * 64
    said = ask(("manifest", "acme/web", none), ("blob", "acme/web", none), ("tag", "acme/web", "no"), ("manifest", "acme/text", none),
               ("tag", "acme/html", "1"), ("manifest", "acme/index", none))
    assert said.outcomes() == ["absent"] * 3 + ["failed"] * 3
    assert "MANIFEST_UNKNOWN" in said.why(0) and "404 page not found" in said.why(3) and "Not here" in said.why(4)
    assert "\x1b" not in said.text


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_that_recovers_is_asked_again_and_one_that_does_not_fails(fake, ask, status):
    said_at_last = 1 if status == 500 else 3
    fake.fault("GET ", Answer(status, JSON, "{}"))
    said = ask(("manifest", "acme/web", fake.image.digest))
    assert said.outcome() == "failed" and str(status) in said.why() and len(fake.requests) == said_at_last


def test_a_registry_that_is_not_there_fails_once_for_all(ask):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        started = time.monotonic()
        said = ask(*[("tag", "acme/web", str(n)) for n in range(200)], host=f"127.0.0.1:{closed.getsockname()[1]}")
    assert set(said.outcomes()) == {"failed"} and "cannot connect" in said.why(7)
    assert time.monotonic() - started < 20


def test_the_others_are_unharmed(fake, ask):
    for number in range(20):
        fake.push(f"acme/app{number}", "1", image(number))
    fake.fault("HEAD /v2/acme/app7/", Answer(500))
    fake.fault("HEAD /v2/acme/app9/", lambda _: Answer(200, {"Content-Length": "none"}))
    said = ask(*[("tag", f"acme/app{number}", "1") for number in range(20)])
    assert [n for n, outcome in enumerate(said.outcomes()) if outcome != "present"] == [7, 9]


def test_a_slow_one_keeps_nobody_else_waiting(fake, ask):
    for number in range(20):
        fake.push(f"acme/app{number}", "1", image(number))
    fake.fault(f"GET /v2/acme/web/manifests/{fake.image.digest}", lambda _: Answer(200, {"Content-Type": OCI_MANIFEST}, fake.image.data, pace=0.003))
    said = ask(("manifest", "acme/web", fake.image.digest), *[("tag", f"acme/app{number}", "1") for number in range(20)])
    assert set(said.outcomes()) == {"present"} and list(said.answers)[-1] == 0


def test_the_first_one_may_hang_and_the_others_go(fake, ask):
    fake.fault("HEAD /v2/acme/web/manifests/hangs", lambda _: time.sleep(20))
    said = ask(("tag", "acme/web", "hangs"), *[("tag", "acme/web", "1.0")] * 5, alarm=4000)
    assert said.outcomes() == ["interrupted"] + ["present"] * 5


def test_docker_io_is_asked_at_its_real_host(program, fake):
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        asked = []

        def talk():
            connection, _ = proxy.accept()
            asked.append(connection.recv(1000).split(b"\r\n")[0])
            connection.close()

        threading.Thread(target=talk, daemon=True).start()
        ask_registry(program, "docker.io", ("tags", "library/alpine"), proxy=f"http://127.0.0.1:{proxy.getsockname()[1]}", retries=1, alarm=1500)
    assert asked == [b"CONNECT registry-1.docker.io:443 HTTP/1.1"]


# --- lists ---


def test_pages_are_followed_as_they_are_given(fake, ask):
    for number in range(25):
        fake.push(f"acme/app{number:02}", "1", image(number))
    fake.page = 10
    said = ask(("catalog",))
    assert said.names() == sorted(fake.tags) and len(said.answers[0]) == 3
    assert lines(fake)[1:] == ["GET /v2/_catalog?last=acme%2Fapp09&n=10", "GET /v2/_catalog?last=acme%2Fapp19&n=10"]


@pytest.mark.parametrize("form", ["<{path}>; rel=next", '<{origin}{path}>; rel="next"', '<{path}>;rel="prev next"',
                                  '</other>; rel="prev", <{path}>; title="a, b"; rel="next"', '<?last=x%20y>; rel=NEXT',
                                  '</v2/_catalog?last=x%20y>; title="<>;,\\""; rel="next"'])
def test_forms_of_a_link(fake, ask, form):
    path = "/v2/_catalog?last=x%20y"
    link = form.format(path=path, origin=f"http://{fake.host}")
    fake.fault(r"GET /v2/_catalog\?last=x%20y$", Answer(200, JSON, '{"repositories":["b"]}'))
    fake.fault("GET /v2/_catalog", Answer(200, JSON | {"Link": link}, '{"repositories":["a"]}'))
    assert ask(("catalog",)).names() == ["a", "b"]


@pytest.mark.parametrize("link", ["</v2/_catalog", 'rel="next"', '<http://other.example/v2/_catalog?last=a>; rel="next"',
                                  '<https://{host}/v2/_catalog?last=a>; rel="next"', '<//{host}@evil.example/x>; rel="next"',
                                  '<file:///etc/passwd>; rel="next"', '<>; rel="next"', '</a\\b c>; rel="next'])
def test_a_list_whose_link_cannot_be_followed_is_given_and_said_to_be_incomplete(fake, ask, link):
    fake.fault("GET /v2/_catalog", Answer(200, JSON | {"Link": link.format(host=fake.host)}, '{"repositories":["a"]}'))
    said = ask(("catalog",))
    assert said.names() == ["a"] and said.outcome() == "failed" and "list" in said.why() and len(fake.requests) == 1


def test_a_list_that_leads_back_to_itself_ends(fake, ask):
    fake.fault("GET /v2/_catalog", lambda request: Answer(200, JSON | {"Link": f'</v2/_catalog?last={"b" if "last=a" in request.path else "a"}>; rel="next"'},
                                                          '{"repositories":["a"]}'))
    said = ask(("catalog",))
    assert said.outcome() == "failed" and "leads back" in said.why() and len(fake.requests) == 3


def test_the_next_page_of_quay(fake, ask):
    fake.fault(r"GET /v2/acme/web/tags/list\?next_page=a%2Fb%3D", Answer(200, JSON, '{"tags":["2"]}'))
    fake.fault("GET /v2/acme/web/tags/list", Answer(200, JSON, '{"tags":["1"],"next_page":"a/b="}'))
    assert ask(("tags", "acme/web")).names() == ["1", "2"]


@pytest.mark.parametrize("body,names,outcome", [
    ('{"tags":null}', [], "present"), ('{"name":"x","tags":[]}', [], "present"), ('{"tags":["b","a","b"]}', ["b", "a", "b"], "present"),
    ('{"tags":["a",7,null,["x"],{"y":[]},"\\u0062"]}', ["a", "b"], "present"), ('[]', [], "invalid"), ('{"tags":["a"', [], "invalid"),
    ("<html>", [], "invalid"), ("{}", [], "invalid"), ("", [], "invalid"), ('{"tags":{"a":1}}', [], "invalid")])
def test_bodies_of_lists(fake, ask, body, names, outcome):
    fake.fault("GET /v2/acme/web/tags/list", Answer(200, JSON, body))
    said = ask(("tags", "acme/web"))
    assert said.outcome() == outcome and said.names() == names


@pytest.mark.parametrize("status,code,outcome", [(401, "UNAUTHORIZED", "forbidden"), (403, "DENIED", "forbidden"), (404, "X", "unsupported"),
                                                 (405, "UNSUPPORTED", "unsupported"), (500, "UNKNOWN", "failed")])
def test_registries_without_a_catalog(fake, ask, status, code, outcome):
    fake.fault("GET /v2/_catalog", api_error(status, code, "made up"))
    assert ask(("catalog",)).outcome() == outcome


def test_a_registry_that_refuses_the_length_of_a_page_is_asked_without_it(fake, ask):
    fake.fault(r"GET /v2/_catalog\?n=", api_error(400, "PAGINATION_NUMBER_INVALID", "n is too large"))
    assert ask(("catalog",)).names() == ["acme/web"]


def test_tags_of_a_repository_that_is_not_there_are_absent(fake, ask):
    fake.fault("GET /v2/acme/proxy", Answer(404, {"Content-Type": "text/html"}, "<html>"))
    assert ask(("tags", "acme/none"), ("tags", "acme/proxy")).outcomes() == ["absent", "failed"]


# --- referrers ---


def test_referrers_by_their_api_and_pages_of_them(fake, ask):
    one, two = Artifact("application/a", subject=fake.image), Artifact("application/b", subject=fake.image)

    def referrers(request, repository, digest):
        second = "page=2" in request.path
        link = {} if second else {"Link": f'<{request.path}?page=2>; rel="next"'}
        body = to_json({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [(two if second else one).descriptor()]})
        return Answer(200, {"Content-Type": OCI_INDEX} | link, body)

    fake.referrers = referrers
    said = ask(("referrers", "acme/web", fake.image.digest))
    merged = to_json({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [one.descriptor(), two.descriptor()]})
    assert said.outcome() == "present" and said.last()["sha256"] == hashlib.sha256(merged).hexdigest() and said.last()["type"] == OCI_INDEX


def test_without_the_api_the_tag_of_the_digest_is_asked_and_the_api_not_again(fake, ask):
    index = to_json({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []})
    fake.put("acme/web", fake.image.digest.replace(":", "-"), index, OCI_INDEX, digest_of(index))
    said = ask(("referrers", "acme/web", fake.image.digest), ("run",), ("referrers", "acme/web", "sha256:" + "0" * 64), ("run",))
    assert said.outcomes() == ["present", "absent"] and said.last(0)["sha256"] == hashlib.sha256(index).hexdigest()
    assert len(lines(fake, "/referrers/")) == 1


def test_a_page_for_people_is_no_index_of_referrers(fake, ask):
    fake.fault("GET /v2/acme/web/referrers/", Answer(200, {"Content-Type": "text/html"}, "<html>"))
    assert ask(("referrers", "acme/web", fake.image.digest)).outcome() == "absent"


# --- logins ---


def test_one_token_for_each_scope_whoever_waits_for_it(fake, ask, config):
    fake.login, fake.users = "bearer", {USER: PASSWORD}
    fake.token_delay = 0.2
    for number in range(5):
        fake.push(f"acme/app{number}", "1", image(number))
    said = ask(*[("tag", f"acme/app{number % 5}", "1") for number in range(50)], docker_config=config({fake.host: (USER, PASSWORD)}))
    assert set(said.outcomes()) == {"present"}
    asked = lines(fake, "/token")
    assert len(asked) == len(set(asked)) == 5 and said.facts["tokens"] == "5"
    assert said.facts["logged_in"] == "1" and said.facts["login"] == USER
    assert len([r for r in fake.requests if r.path != "/token" and not r.authorization]) == 1 + 0
    assert len(fake.requests) == 1 + 5 + 50


def test_without_a_login_tokens_are_asked_for_all_the_same(fake, ask):
    fake.login, fake.public = "bearer", ("acme/web",)
    fake.push("acme/secret", "1", image())
    said = ask(("tag", "acme/web", "1.0"), ("tags", "acme/secret"), ("catalog",))
    assert said.outcomes() == ["present", "forbidden", "forbidden"] and "UNAUTHORIZED" in said.why(1)
    assert said.facts["logged_in"] == "0"
    assert all(r.authorization is None for r in fake.requests if r.path.startswith("/token"))


def test_basic_is_sent_with_each_request_once_it_was_asked_for(fake, ask, config):
    fake.login, fake.users = "basic", {USER: PASSWORD}
    said = ask(*[("tag", "acme/web", "1.0")] * 5, docker_config=config({fake.host: (USER, PASSWORD)}))
    assert set(said.outcomes()) == {"present"}
    assert [bool(r.authorization) for r in fake.requests] == [False] + [True] * 5


@pytest.mark.parametrize("login", ["basic", "bearer"])
def test_logins_are_tried_in_their_order_and_none_at_last(fake, ask, config, login):
    fake.login, fake.users, fake.public = login, {OTHER: OTHER_PASSWORD}, ("acme/web",)
    entries = {f"{fake.host}/acme/web": (USER, "made-up-wrong"), f"{fake.host}/acme": (OTHER, OTHER_PASSWORD)}
    said = ask(("tag", "acme/web", "1.0"), docker_config=config(entries))
    assert said.outcome() == "present" and said.facts["login"] == OTHER
    fake.users = {}
    said = ask(("tag", "acme/web", "1.0"), docker_config=config(entries))
    assert said.outcome() == ("present" if login == "bearer" else "forbidden") and said.facts["logged_in"] == "0"


def test_a_refused_login_at_the_token_server_falls_back_to_none(fake, ask, config):
    fake.login, fake.public = "bearer", ("acme/web",)
    fake.fault("GET /token", lambda request: api_error(403, "DENIED", "revoked") if request.authorization else None)
    assert ask(("tag", "acme/web", "1.0"), docker_config=config({fake.host: (USER, PASSWORD)})).outcome() == "present"


def test_a_token_that_ended_is_renewed_once(fake, ask):
    fake.login, fake.public = "bearer", ("acme/web",)
    ended = []

    def end_tokens(request):
        if len([r for r in fake.requests if r.path.startswith("/v2")]) == 4 and not ended:
            ended.append(fake.tokens.clear())
        return None

    fake.fault("HEAD ", end_tokens)
    said = ask(*[("tag", "acme/web", "1.0")] * 6, width=1)
    assert set(said.outcomes()) == {"present"} and ended and len(lines(fake, "/token")) == 2


def test_ecr_public_says_400_for_a_token_that_ended(fake, ask):
    fake.login, fake.public = "bearer", ("acme/web",)
    first = []

    def refuse(request):
        if not request.authorization:
            return None
        first.append(request.authorization)
        if len(first) > 2 and request.authorization == first[0]:
            return api_error(400, "DENIED", "Your Authorization Token is invalid.")
        return None

    fake.fault("(GET|HEAD) /v2/", refuse)
    said = ask(*[("manifest", "acme/web", fake.image.digest)] * 4, width=1)
    assert set(said.outcomes()) == {"present"} and len(lines(fake, "/token")) == 2


def test_one_thing_that_is_denied_does_not_lock_out_the_rest(fake, ask, config):
    fake.login, fake.users = "bearer", {USER: PASSWORD}
    for number in range(4):
        fake.push("acme/web", str(number), image(number))
    fake.fault("(GET|HEAD) /v2/acme/web/manifests/2$", lambda request: api_error(403, "DENIED", "not this one") if request.authorization else None)
    said = ask(*[("tag", "acme/web", str(number)) for number in range(4)], width=1, docker_config=config({fake.host: (USER, PASSWORD)}))
    assert said.outcomes() == ["present", "present", "forbidden", "present"] and "not this one" in said.why(2)


def test_an_identity_token_is_posted_and_sent_as_a_password_where_there_is_no_post(fake, ask, config):
    fake.login, fake.refresh_tokens = "bearer", {"made-up-refresh+/=": USER}
    entry = {fake.host: {"auth": base64.b64encode(b"made-up-user:").decode(), "identitytoken": "made-up-refresh+/="}}
    said = ask(("tag", "acme/web", "1.0"), docker_config=config(entry))
    assert said.outcome() == "present" and lines(fake, "/token") == ["POST /token"]
    form = fake.requests[1].body.decode()
    assert "grant_type=refresh_token" in form and "scope=repository%3Aacme%2Fweb%3Apull" in form and "client_id=" in form
    fake.post = False
    fake.requests.clear()
    said = ask(("tag", "acme/web", "1.0"), docker_config=config(entry))
    assert [line.split("?")[0] for line in lines(fake, "/token")][:2] == ["POST /token", "GET /token"]


@pytest.fixture
def identity(fake, config):
    fake.login, fake.refresh_tokens = "bearer", {"made-up-refresh-1": USER}
    return config({fake.host: {"auth": base64.b64encode(b"made-up-user:").decode(), "identitytoken": "made-up-refresh-1"}})


@pytest.mark.parametrize("trouble", [Answer(503), Answer(502, JSON, "{}"), Answer(200, JSON, '{"access_token":"a"}', drop=3)])
def test_an_identity_token_is_posted_again_to_a_server_that_recovers(fake, ask, identity, trouble):
    fake.fault("POST /token", trouble, times=2)
    assert ask(("tag", "acme/web", "1.0"), docker_config=identity).outcome() == "present" and len(lines(fake, "/token")) == 3
    fake.fault("POST /token", trouble)
    fake.requests.clear()
    assert ask(("tag", "acme/web", "1.0"), docker_config=identity).outcome() == "failed" and len(lines(fake, "/token")) == 3


def test_a_token_that_breaks_off_is_asked_for_again(fake, ask):
    fake.login, fake.public = "bearer", ("acme/web",)
    fake.fault("GET /token", Answer(200, JSON, '{"token":"made-up"}', drop=5), times=1)
    assert ask(("tag", "acme/web", "1.0")).outcome() == "present" and len(lines(fake, "/token")) == 2


def test_a_refresh_token_that_is_given_in_place_of_another_is_used_from_then_on(fake, ask, identity):
    def renew(request):
        answer = fake.answer_token(request)
        if answer.status == 200:
            fake.refresh_tokens = {f"made-up-refresh-{len(lines(fake, '/token')) + 1}": USER}
            answer.body = json.dumps(json.loads(answer.body) | {"refresh_token": next(iter(fake.refresh_tokens))}).encode()
        return answer

    fake.fault("POST /token", renew)
    for number in range(3):
        fake.push(f"acme/app{number}", "1", image(number))
    said = ask(*[("tag", f"acme/app{number}", "1") for number in range(3)], docker_config=identity, width=1)
    assert said.outcomes() == ["present"] * 3 and len(lines(fake, "/token")) == 3
    assert "made-up-refresh" not in said.text + said.errors


def test_a_token_server_that_is_down_is_one_failure_for_all(fake, ask):
    fake.login = "bearer"
    for number in range(30):
        fake.push(f"acme/app{number}", "1", image(number))
    fake.fault("GET /token", Answer(500))
    said = ask(*[("tag", f"acme/app{number}", "1") for number in range(30)], width=4)
    assert set(said.outcomes()) == {"failed"} and "token server" in said.why(20)
    assert len(lines(fake, "/token")) <= 4


@pytest.mark.parametrize("answer", [Answer(200, JSON, "{}"), Answer(200, JSON, "not JSON"), Answer(200, JSON, '{"token":"a b"}'), Answer(200, JSON, '{"token":7}'),
                                    Answer(200, JSON, '{"token":"a\\r\\nX-Bad: 1"}'), Answer(200, JSON, '{"token":"' + "a" * (1 << 20) + '"}'),
                                    Answer(302, {"Location": "http://127.0.0.1:1/"}), Answer(204)])
def test_answers_of_token_servers_that_are_none(fake, ask, answer):
    fake.login = "bearer"
    fake.fault("GET /token", answer)
    said = ask(("tag", "acme/web", "1.0"))
    assert said.outcome() == "failed" and "token" in said.why()


REALMS = ["http://169.254.169.254/token", "http://127.0.0.1:1/token", "http://other.example/token", "https://10.0.0.1/token", "https://[::1]/token",
          "https://0x7f.1/token", "https://2130706433/token", "https://user:pw@{host}/token", "https://localhost/token", "https://[::ffff:10.0.0.1]/",
          "ftp://{host}/token", "/token", "", "https://100.64.0.1/", "https://[fd00::1]/", "https://017700000001/", "file:///etc/passwd", "https://127.0.0.2:1/t"]


@pytest.mark.parametrize("realm", REALMS)
def test_realms_that_lead_somewhere_else_get_nothing(fake, ask, config, realm):
    fake.login, fake.realm = "bearer", realm.format(host=fake.host)
    said = ask(("tag", "acme/web", "1.0"), docker_config=config({fake.host: (USER, PASSWORD)}))
    assert said.outcome() == "forbidden" and "token server" in said.why(), said.text
    assert all(not r.authorization for r in fake.requests) and len(fake.requests) == 1


# --- a token server inside, that the user named ---


@pytest.fixture
def issuer(lab):
    """Of a private network, with TLS and a name of its own: what GitLab is to its registry."""
    one = FakeRegistry(lab.tls_context())
    one.name = one.host.replace("127.0.0.1", "localhost")
    yield one
    one.stop()


@pytest.fixture
def split(fake, issuer, config):
    """A registry and its token server: its login, and how often it was told to whom."""
    fake.login, fake.users, fake.realm = "bearer", {USER: PASSWORD}, f"https://{issuer.name}/token"
    issuer.fault("(GET|POST) /token", fake.answer_token)
    return {"docker_config": config({fake.host: (USER, PASSWORD)})}


def test_a_private_token_server_is_asked_when_the_user_named_it(fake, issuer, split, ask, lab):
    said = ask(("tag", "acme/web", "1.0"), ca=lab.pki.ca, token_host=issuer.name, **split)
    assert said.outcome() == "present" and said.facts["login"] == USER and len(issuer.requests) == 1
    said = ask(("tag", "acme/web", "1.0"), ca=lab.pki.ca, **split)
    assert said.outcome() == "forbidden" and "--token-host" in said.why() and len(issuer.requests) == 1


@pytest.fixture
def machine(fake, split, lab):
    """The same under this machine's own name, which is no address and leads to one inside."""
    name = socket.gethostname()
    if "127.0.0.1" not in {address[0] for *_, address in socket.getaddrinfo(name, 1, socket.AF_INET, socket.SOCK_STREAM)}:
        pytest.skip("this machine's name does not lead to 127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if not (lab.pki.folder / "machine.crt").exists():
        lab.pki.make("machine", "/CN=machine", f"subjectAltName=DNS:{name}", "basicConstraints=critical,CA:FALSE", signed=("-CA", "ca.crt", "-CAkey", "ca.key"))
    context.load_cert_chain(lab.pki.folder / "machine.crt", lab.pki.folder / "machine.key")
    one = FakeRegistry(context)
    one.name = one.host.replace("127.0.0.1", name)
    one.fault("(GET|POST) /token", fake.answer_token)
    fake.realm = f"https://{one.name}/token"
    yield one
    one.stop()


def test_a_name_that_leads_inside_is_asked_when_the_user_named_it(machine, split, ask, lab):
    said = ask(("tag", "acme/web", "1.0"), ca=lab.pki.ca, retries=1, **split)
    assert said.outcome() == "failed" and "not public" in said.why() and "--token-host" in said.why() and machine.requests == []
    assert ask(("tag", "acme/web", "1.0"), ca=lab.pki.ca, token_host=machine.name, **split).outcome() == "present"


@pytest.mark.parametrize("named", ["localhost", "localhost:1", "127.0.0.1:{port}", "x.localhost:{port}"])
def test_another_private_token_server_is_not(fake, issuer, split, ask, lab, named):
    port = issuer.host.partition(":")[2]
    said = ask(("tag", "acme/web", "1.0"), ca=lab.pki.ca, token_host=named.format(port=port), **split)
    assert said.outcome() == "forbidden" and issuer.requests == []


def test_who_may_be_asked_for_tokens_may_not_for_blobs(fake, machine, split, ask, lab):
    fake.fault("GET /v2/acme/web/blobs/", lambda request: Answer(307, {"Location": f"https://{machine.name}/b"}) if request.authorization else None)
    said = ask(("blob", "acme/web", fake.image.config_digest), ca=lab.pki.ca, token_host=machine.name, retries=1, **split)
    assert said.outcome() == "failed" and "not public" in said.why()
    assert len(machine.requests) == 1 and lines(machine, "/token") == lines(machine)


def test_a_named_token_server_has_to_have_a_certificate(fake, issuer, split, ask):
    said = ask(("tag", "acme/web", "1.0"), token_host=issuer.name, retries=1, **split)
    assert said.outcome() == "failed" and "token server" in said.why() and issuer.requests == []


def test_challenges_in_several_headers_and_forms(fake, ask, config):
    fake.login, fake.users = "bearer", {USER: PASSWORD}
    plain = fake.challenge

    def several(path, error=None):
        return ['Negotiate', 'Digest realm="a, Bearer realm=\\"x\\"", nonce=1, qop="auth,auth-int"', "bEaReR" + plain(path, error)[6:]]

    fake.challenge = several
    assert ask(("tag", "acme/web", "1.0"), docker_config=config({fake.host: (USER, PASSWORD)})).outcome() == "present"


def test_an_unknown_kind_of_login_is_forbidden(fake, ask):
    fake.fault("HEAD", Answer(401, {"WWW-Authenticate": "Negotiate"}))
    assert "kind that is not known" in ask(("tag", "acme/web", "1.0")).why()


def test_a_secret_is_in_no_output(fake, ask, config):
    fake.login, fake.users = "bearer", {}
    fake.fault("GET /token", lambda request: api_error(401, "UNAUTHORIZED", f"wrong: {request.authorization} {PASSWORD}"))
    said = ask(("tag", "acme/web", "1.0"), docker_config=config({fake.host: (USER, PASSWORD)}))
    assert said.outcome() == "forbidden" and PASSWORD not in said.text + said.errors
    assert base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode() not in said.text + said.errors


@pytest.mark.parametrize("say", [lambda text: text, lambda text: text.replace("m", "\\u006d"), lambda text: "x" * 505 + text])
def test_a_registry_that_gives_back_the_login_is_not_shown(fake, ask, config, say):
    fake.login, fake.users = "basic", {USER: PASSWORD}
    for status, path in (403, "tags"), (500, "manifests"):
        body = json.dumps({"errors": [{"code": "DENIED", "message": "MESSAGE"}]}).replace("MESSAGE", say(f"you sent {PASSWORD}"))
        fake.fault(f"GET /v2/acme/web/{path}/", lambda request, status=status, body=body: Answer(status, JSON, body) if request.authorization else None)
    said = ask(("tags", "acme/web"), ("manifest", "acme/web", fake.image.digest), docker_config=config({fake.host: (USER, PASSWORD)}))
    assert said.outcomes() == ["forbidden", "failed"] and "not shown" in said.why(1)
    assert PASSWORD[:12] not in said.text + said.errors


# --- proxies of the environment ---


def proxied(fake, program, blob_host, **environment):
    """registry.example is asked through the fake, which redirects a blob to blob_host."""
    fake.fault("GET http://registry.example/v2/acme/web/blobs/", lambda _: Answer(307, {"Location": f"http://{blob_host}/b"}))
    fake.fault("GET http://[^/]*/b$", lambda _: Answer(200, {}, fake.image.config_data))
    said = ask_registry(program, "registry.example", ("blob", "acme/web", fake.image.config_digest), plain=True, retries=1, environment_proxies=True,
                        environment={"HTTP_PROXY": f"http://{fake.host}", "http_proxy": "", "NO_PROXY": "", "no_proxy": ""} | environment)
    return said.last(), [r.path for r in fake.requests]


def test_each_host_is_reached_by_the_proxy_that_the_environment_names_for_it(fake, program):
    said, asked = proxied(fake, program, "store.example:80")
    assert said["outcome"] == "present" and asked[-1] == "http://store.example/b" and len(asked) == 2


def test_a_host_without_a_proxy_is_not_reached_by_the_registry_s(fake, program):
    said, asked = proxied(fake, program, "store.invalid", NO_PROXY="store.invalid")
    assert said["outcome"] == "failed" and "resolve" in said["why"] and len(asked) == 1


def test_a_proxy_does_not_lead_inside_by_a_literal_address(fake, program):
    said, asked = proxied(fake, program, "10.0.0.1")
    assert said["outcome"] == "failed" and "not public" in said["why"] and len(asked) == 1


def test_a_proxy_that_is_none_is_told_of_the_one_thing_that_needs_it(fake, program):
    fake.fault("HEAD http://", lambda _: Answer(401, {"WWW-Authenticate": 'Bearer realm="https://auth.example/token"'}))
    said = ask_registry(program, "registry.example", ("tag", "acme/web", "1.0"), ("manifest", "acme/web", fake.image.digest), plain=True, retries=1,
                        environment_proxies=True, environment={"HTTP_PROXY": f"http://{fake.host}", "HTTPS_PROXY": "gopher://made-up:made-up-password-3@x"})
    assert said.outcomes() == ["forbidden", "forbidden"] and "HTTPS_PROXY" in said.why() and "made-up-password-3" not in said.text


# --- redirects ---


@pytest.fixture
def store():
    """Where blobs are."""
    one = FakeRegistry()
    yield one
    one.stop()


def test_blobs_are_fetched_elsewhere_without_the_login(fake, ask, config):
    fake.login, fake.users = "bearer", {USER: PASSWORD}
    fake.fault("GET /signed", lambda request: Answer(200, {}, fake.image.config_data))
    fake.fault("GET /v2/acme/web/blobs/", lambda request: Answer(307, {"Location": "/signed?x=1"}) if request.authorization else None)
    said = ask(("blob", "acme/web", fake.image.config_digest), docker_config=config({fake.host: (USER, PASSWORD)}))
    assert said.outcome() == "present" and [bool(r.authorization) for r in fake.requests if r.path.startswith("/signed")] == [False]


def test_a_redirect_to_another_port_of_the_host_has_no_login(fake, store, ask, config):
    fake.login, fake.users = "basic", {USER: PASSWORD}
    store.fault("GET /b", lambda request: Answer(200, {}, fake.image.config_data))
    fake.fault("GET /v2/acme/web/blobs/", lambda request: Answer(302, {"Location": f"http://{store.host}/b"}) if request.authorization else None)
    said = ask(("blob", "acme/web", fake.image.config_digest), docker_config=config({fake.host: (USER, PASSWORD)}))
    assert said.outcome() == "present" and [r.authorization for r in store.requests] == [None]


@pytest.mark.parametrize("where", ["http://169.254.169.254/latest/meta-data/", "http://localhost:1/", "http://10.0.0.1/", "http://[::1]:1/", "file:///etc/passwd",
                                   "http://user@{host}/", "", "gopher://x", "http://0/", "http://2130706433/", "http://127.0.0.1.:80/x"])
def test_redirects_that_are_not_followed(fake, ask, where):
    fake.fault("GET /v2/", lambda _: Answer(307, {"Location": where.format(host=fake.host)}))
    said = ask(("blob", "acme/web", fake.image.config_digest))
    assert said.outcome() == "failed" and "redirect" in said.why(), said.text
    assert len(fake.requests) == 1


def test_redirects_end(fake, ask):
    fake.fault("GET ", lambda request: Answer(307, {"Location": request.path + "x"}))
    said = ask(("blob", "acme/web", fake.image.config_digest))
    assert said.outcome() == "failed" and "redirects" in said.why() and len(fake.requests) == 6


def test_lists_are_not_followed_elsewhere(fake, ask):
    fake.fault("GET ", lambda request: Answer(307, {"Location": "/elsewhere"}))
    assert ask(("catalog",), ("tags", "acme/web")).outcomes() == ["failed", "failed"] and not lines(fake, "/elsewhere")


def test_a_signed_address_that_ended_is_asked_for_once_more(fake, ask):
    signs = iter(range(10))
    fake.fault("GET /signed/0", Answer(403, {"Content-Type": "application/xml"}, "<Error>ended</Error>"))
    fake.fault("GET /signed/1", lambda _: Answer(200, {}, fake.image.config_data))
    fake.fault("GET /v2/", lambda _: Answer(307, {"Location": f"/signed/{next(signs)}"}))
    assert ask(("blob", "acme/web", fake.image.config_digest)).outcome() == "present"


# --- limits ---


@pytest.mark.parametrize("after", ["1", "date", None])
def test_all_wait_together_for_a_limit(fake, ask, after):
    for number in range(20):
        fake.push(f"acme/app{number}", "1", image(number))
    until = []

    def limit(request):
        with fake.lock:
            if not until:
                until.append(time.monotonic() + 1)
            if time.monotonic() < until[0]:
                headers = {} if after is None else {"Retry-After": after if after == "1" else formatdate(time.time() + 2, usegmt=True)}
                return api_error(429, "TOOMANYREQUESTS", "slow down", headers)
        return None

    fake.fault("HEAD ", limit)
    said = ask(*[("tag", f"acme/app{number}", "1") for number in range(20)], width=8)
    assert set(said.outcomes()) == {"present"}
    refused = int(said.facts["limited"])
    assert 1 <= refused <= 9 and len(fake.requests) == 20 + refused


def test_patience_ends_for_all_at_once(fake, ask):
    fake.fault("HEAD ", api_error(429, "TOOMANYREQUESTS", "slow down", {"Retry-After": "3600"}))
    started = time.monotonic()
    said = ask(*[("tag", "acme/web", str(number)) for number in range(100)], patience=2000)
    assert set(said.outcomes()) == {"limited"} and "429" in said.why() and len(fake.requests) <= 2
    assert time.monotonic() - started < 20


def test_what_is_left_is_told(fake, ask):
    fake.fault("HEAD ", lambda _: Answer(200, {"Content-Type": OCI_MANIFEST, "Docker-Content-Digest": fake.image.digest, "RateLimit-Limit": "100;w=21600",
                                               "RateLimit-Remaining": "87;w=21600", "Warning": '299 - "made-up \x1b[31mnews"'.replace("\x1b", "")}))
    said = ask(("tag", "acme/web", "1.0"))
    assert (said.facts["limit"], said.facts["remaining"], said.facts["limit_seconds"]) == ("100", "87", "21600")
    assert said.facts["warning"] == "made-up [31mnews"


def test_a_token_server_that_limits_is_waited_for(fake, ask):
    fake.login, fake.public = "bearer", ("acme/web",)
    fake.fault("GET /token", Answer(429, {"Retry-After": "1"}), times=1)
    said = ask(("tag", "acme/web", "1.0"))
    assert said.outcome() == "present" and len(lines(fake, "/token")) == 2


# --- many at once ---


def test_many_are_under_way_over_few_connections(fake, ask):
    for number in range(60):
        fake.push(f"acme/app{number}", "1", image(number))
    barrier = threading.Barrier(4, timeout=10)
    met = []

    def wait(request):
        if len(fake.requests) > 1 and not met:
            try:
                barrier.wait()
                met.append(True)
            except threading.BrokenBarrierError:
                pass
        return None

    fake.fault("HEAD ", wait)
    said = ask(*[("tag", f"acme/app{number}", "1") for number in range(60)], connections=4)
    assert set(said.outcomes()) == {"present"} and met
    assert len({r.peer for r in fake.requests}) <= 4
    assert max(Counter(lines(fake)).values()) == 1


def test_an_interrupt_ends_all(fake, ask):
    fake.fault("HEAD ", lambda _: time.sleep(3))
    said = ask(*[("tag", "acme/web", "1.0")] * 20, alarm=500)
    assert "interrupted" in said.outcomes() and len(said.answers) == 20
