"""The registries' own APIs: what each tells of pushes and pulls, with which login, and what a hostile one can do."""
import base64
import datetime
import json
import time

import pytest

from dialects import Google, Harbor, Hub, Own, Quay, Refused, ask, basic

PASSWORD = "made-up-password"
A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64
DAY = "2026-11-20T09:10:11Z"
START = 1795000000


def at(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module")
def asker(build):
    path = build / "tests/unit/collect_registry/dialect-ask"
    if not path.exists():
        pytest.fail(f"{path} is not built: ninja")
    return path


def serving(kind):
    @pytest.fixture
    def one():
        own = kind()
        yield own
        own.stop()

    return one


hub, harbor, quay, google, own = map(serving, (Hub, Harbor, Quay, Google, Own))


@pytest.fixture
def config(tmp_path):
    """A docker config with these logins: host, user, password."""

    def write(*logins):
        path = tmp_path / "config.json"
        auths = {host: {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()} for host, user, password in logins}
        path.write_text(json.dumps({"auths": auths}))
        return path

    return write


# --- Docker Hub ---


def hub_tag(name, digest=A, pushed=DAY, pulled=None, **more):
    return {"name": name, "digest": digest, "tag_last_pushed": pushed, "tag_last_pulled": pulled, "images": []} | more


def test_hub_tells_who_pushed_a_tag_and_when_it_was_pulled(asker, hub):
    hub.tags["acme/web"] = [hub_tag("1.0", pulled="2026-11-21T00:00:00.123456Z", last_updater_username="mallory", last_updated="2020-01-01T00:00:00Z")]
    told = ask(asker, hub, "docker.io", ("times", "acme/web"))
    assert told.name == "hub" and told.done == [(1, "")] and told.whose == {("hub", "docker.io")}
    assert told.events == [("push", DAY, "acme/web", "1.0", A, "mallory"), ("pull", "2026-11-21T00:00:00.123456Z", "acme/web", "1.0", A, "")]


def test_hub_tells_of_each_platform(asker, hub):
    images = [{"architecture": "amd64", "digest": B, "last_pushed": DAY, "last_pulled": DAY}, {"digest": None, "last_pushed": DAY}]
    hub.tags["acme/web"] = [hub_tag("1.0", pushed=None, images=images)]
    told = ask(asker, hub, "docker.io", ("times", "acme/web"))
    assert told.events == [("push", DAY, "acme/web", "", B, ""), ("pull", DAY, "acme/web", "", B, "")]


def test_hub_without_a_time_of_the_push_tells_the_last_change(asker, hub):
    hub.tags["acme/web"] = [{"name": "old", "digest": A, "last_updated": DAY}]
    assert ask(asker, hub, "docker.io", ("times", "acme/web")).events == [("push", DAY, "acme/web", "old", A, "")]


def test_hub_gives_a_hundred_tags_at_once_and_all_pages(asker, hub):
    hub.tags["acme/web"] = [hub_tag(f"t{i}") for i in range(250)]
    told = ask(asker, hub, "docker.io", ("times", "acme/web"))
    assert [event[3] for event in told.events] == [f"t{i}" for i in range(250)]
    assert len(hub.requests) == 3 and all("page_size=100" in path for path in hub.paths)


def test_hub_lists_a_namespace(asker, hub):
    hub.tags |= {f"acme/r{i}": [] for i in range(101)} | {"other/x": []}
    told = ask(asker, hub, "docker.io", ("list", "acme"))
    assert told.done == [(1, "")] and told.found == [f"acme/r{i}" for i in range(101)]
    assert ask(asker, hub, "docker.io", ("list", "acme/r7")).found == ["acme/r7"]
    assert ask(asker, hub, "docker.io", ("list", "")).done == [(0, "Docker Hub lists a namespace, not everything")]


def test_hub_is_asked_without_a_login_while_that_is_enough(asker, hub, config):
    hub.tags["acme/web"], hub.users = [hub_tag("1")], {"me": PASSWORD}
    ask(asker, hub, "docker.io", ("times", "acme/web"), config=config((hub.host, "me", PASSWORD)))
    assert [authorization for _, _, authorization in hub.requests] == [None]


def test_hub_gives_a_token_for_what_is_private_and_it_is_kept(asker, hub, config):
    for name in ("acme/a", "acme/b"):
        hub.tags[name] = [hub_tag("1")]
        hub.private.add(name)
    password = 'made-up "\\\n\x01 ä'
    hub.users = {"me": password}
    told = ask(asker, hub, "docker.io", ("times", "acme/a"), ("times", "acme/b"), config=config((hub.host, "me", password)))
    assert told.done == [(1, ""), (1, "")] and len(told.events) == 2
    assert [method for method, _, _ in hub.requests] == ["GET", "POST", "GET", "GET"]
    assert "made-up" not in told.text


def test_hub_renews_a_token_that_ended(asker, hub, config):
    hub.tags["acme/a"] = [hub_tag(f"t{i}") for i in range(150)]
    hub.private.add("acme/a")
    hub.users = {"me": PASSWORD}
    hub.faults.append((r"page=2", Refused(401)))
    told = ask(asker, hub, "docker.io", ("times", "acme/a"), config=config((hub.host, "me", PASSWORD)))
    assert told.done == [(1, "")] and len(told.events) == 150 and len(hub.tokens) == 2


def test_hub_refuses_a_login(asker, hub, config):
    hub.tags["acme/a"] = [hub_tag("1")]
    hub.private.add("acme/a")
    told = ask(asker, hub, "docker.io", ("times", "acme/a"), config=config((hub.host, "me", PASSWORD)))
    assert told.done == [(0, "its own API answers 404")] and not told.events


def test_a_login_of_docker_hub_is_not_for_its_mirror(asker, hub, config):
    hub.tags["acme/a"] = [hub_tag("1")]
    hub.private.add("acme/a")
    hub.users = {"me": PASSWORD}
    told = ask(asker, hub, "docker.io", ("times", "acme/a"), config=config(("https://index.docker.io/v1/", "me", PASSWORD)))
    assert told.done[0][0] == 0 and [method for method, _, _ in hub.requests] == ["GET"]


def test_names_are_escaped(asker, hub):
    told = ask(asker, hub, "docker.io", ("times", "acme/../x?y#z"))
    assert told.done == [(0, "its own API answers 404")]
    assert hub.paths == ["/v2/namespaces/acme/repositories/..%2Fx%3Fy%23z/tags?page=1&page_size=100"]


# --- Harbor ---


def artifact(digest, *tags, pushed=DAY, pulled="0001-01-01T00:00:00.000Z"):
    return {"type": "IMAGE", "tags": list(tags) or None, "push_time": pushed, "pull_time": pulled, "digest": digest}


def test_harbor_is_recognised_and_tells_times_of_artifacts_and_tags(asker, harbor):
    tag = {"name": "1.0", "push_time": "2026-11-22T00:00:00.5Z", "pull_time": "2026-11-23T00:00:00Z"}
    harbor.artifacts["shop/a/b"] = [artifact(A, tag), artifact(B, pulled=DAY)]
    told = ask(asker, harbor, harbor.host, ("times", "shop/a/b"))
    assert told.name == "harbor" and told.done == [(1, "")] and told.whose == {("harbor", harbor.host)}
    assert told.events == [
        ("push", DAY, "shop/a/b", "", A, ""),
        ("push", "2026-11-22T00:00:00.5Z", "shop/a/b", "1.0", A, ""),
        ("pull", "2026-11-23T00:00:00Z", "shop/a/b", "1.0", A, ""),
        ("push", DAY, "shop/a/b", "", B, ""),
        ("pull", DAY, "shop/a/b", "", B, ""),
    ]
    assert harbor.paths[1] == "/api/v2.0/projects/shop/repositories/a%252Fb/artifacts?with_tag=true&page=1&page_size=100"


def test_harbor_gives_all_pages(asker, harbor):
    harbor.artifacts["shop/a"] = [artifact("sha256:%064x" % i) for i in range(200)]
    told = ask(asker, harbor, harbor.host, ("times", "shop/a"))
    assert len(told.events) == 200 and len(harbor.requests) == 1 + 3


def test_harbor_takes_a_login_once_it_asks_for_one(asker, harbor, config):
    harbor.artifacts["shop/a"], harbor.login = [artifact(A)], basic("robot$ci", PASSWORD)
    logins = config((harbor.host, "robot$ci", PASSWORD))
    told = ask(asker, harbor, harbor.host, ("times", "shop/a"), ("times", "shop/a"), config=logins)
    assert told.done == [(1, ""), (1, "")] and [bool(authorization) for _, _, authorization in harbor.requests] == [False, False, True, True]
    assert ask(asker, harbor, harbor.host, ("times", "shop/a")).done == [(0, "its own API refuses (401)")]


def test_harbor_lists_projects_and_everything(asker, harbor):
    harbor.artifacts = {f"shop/r{i}": [] for i in range(100)} | {"lab/x": []}
    told = ask(asker, harbor, harbor.host, ("list", "shop"), ("list", ""), ("list", "shop/r1"))
    names = [f"shop/r{i}" for i in range(100)]
    assert told.done == [(1, "")] * 3 and told.found == [*names, *names, "lab/x", "shop/r1"]


# --- Quay ---


def quay_tag(name, digest, start, end=None, **more):
    return {"name": name, "manifest_digest": digest, "start_ts": start, "reversion": False} | ({"end_ts": end} if end else {}) | more


def test_quay_is_recognised_and_tells_the_history_of_tags(asker, quay):
    later = int(time.time()) + 86400
    quay.tags["acme/web"] = [
        quay_tag("latest", A, START + 300, reversion=True),
        quay_tag("latest", B, START + 200, START + 300),
        quay_tag("gone", B, START, START + 100),
        quay_tag("expires", A, START, later),
    ]
    told = ask(asker, quay, quay.host, ("times", "acme/web"))
    assert told.name == "quay" and told.done == [(1, "")]
    assert sorted(told.events) == [
        ("delete_tag", at(START + 100), "acme/web", "gone", B, ""),
        ("push", at(START), "acme/web", "expires", A, ""),
        ("push", at(START), "acme/web", "gone", B, ""),
        ("push", at(START + 200), "acme/web", "latest", B, ""),
        ("push", at(START + 300), "acme/web", "latest", A, ""),
    ]


def test_quay_is_known_by_its_name(asker, quay):
    quay.tags["acme/web"] = [quay_tag("1", A, START)]
    told = ask(asker, quay, "quay.io", ("times", "acme/web"))
    assert told.name == "quay" and told.whose == {("quay", "quay.io")}
    assert quay.paths == ["/api/v1/repository/acme/web/tag/?onlyActiveTags=false&page=1&limit=100"]


def test_a_tag_of_quay_that_was_moved_across_pages_is_not_deleted(asker, quay):
    quay.tags["acme/web"] = [quay_tag("t", A, START + i, START + 1 + i) for i in range(149, -1, -1)]
    told = ask(asker, quay, quay.host, ("times", "acme/web"))
    assert [event[0] for event in told.events].count("delete_tag") == 1 and len(told.events) == 151


def test_where_pages_of_quay_are_missing_no_tag_is_said_to_be_deleted(asker, quay):
    quay.tags["acme/web"] = [quay_tag("t", A, START + i, START + 1 + i) for i in range(149, -1, -1)]
    quay.faults.append((r"page=2", Refused(400)))
    told = ask(asker, quay, quay.host, ("times", "acme/web"))
    assert told.done == [(0, "its own API answers 400")] and {event[0] for event in told.events} == {"push"}


def test_quay_takes_only_tokens(asker, quay, config):
    quay.tags["acme/web"], quay.login = [quay_tag("1", A, START)], "Bearer made-up-oauth-token"
    told = ask(asker, quay, quay.host, ("times", "acme/web"), config=config((quay.host, "acme+robot", PASSWORD)))
    assert told.done == [(0, "its own API refuses (401)")] and not any(authorization for _, _, authorization in quay.requests)
    told = ask(asker, quay, quay.host, ("times", "acme/web"), config=config((quay.host, "$oauthtoken", "made-up-oauth-token")))
    assert told.done == [(1, "")] and len(told.events) == 1


def test_quay_lists_a_namespace(asker, quay):
    quay.tags = {f"acme/r{i}": [] for i in range(5)} | {"x/y": []}
    told = ask(asker, quay, quay.host, ("list", "acme"), ("list", ""))
    assert told.found == [f"acme/r{i}" for i in range(5)]
    assert told.done == [(1, ""), (0, "Quay lists a namespace, not everything")]


# --- Google ---


def test_google_tells_when_each_manifest_was_uploaded(asker, google):
    google.lists["proj/app"] = {
        "name": "proj/app", "tags": ["1", "latest"], "child": ["sub"],
        "manifest": {
            A: {"imageSizeBytes": "7", "mediaType": "x", "timeCreatedMs": "1", "timeUploadedMs": "1795000000123", "tag": ["1", "latest"]},
            B: {"timeUploadedMs": "1795000000000", "tag": []},
            "sha256:no": {"timeUploadedMs": "1795000000000", "tag": ["bad"]},
        },
    }
    told = ask(asker, google, "eu.gcr.io", ("times", "proj/app"))
    moment = at(START)[:-1] + ".123Z"
    assert told.name == "gcr" and told.done == [(1, "")] and told.whose == {("gcr", "eu.gcr.io")}
    assert told.events == [
        ("push", moment, "proj/app", "", A, ""), ("push", moment, "proj/app", "1", A, ""), ("push", moment, "proj/app", "latest", A, ""),
        ("push", at(START), "proj/app", "", B, ""),
    ]
    assert ask(asker, google, "europe-docker.pkg.dev", ("times", "proj/app")).name == "gcr"


def test_google_lists_what_is_below_a_project(asker, google):
    manifest = {A: {"timeUploadedMs": "1", "tag": []}}
    google.lists = {
        "proj": {"child": ["app", "empty"], "manifest": {}}, "proj/app": {"child": ["sub"], "manifest": manifest},
        "proj/app/sub": {"child": [], "manifest": manifest}, "proj/empty": {"child": [], "manifest": {}},
    }
    told = ask(asker, google, "gcr.io", ("list", "proj"), ("list", ""))
    assert told.found == ["proj/app", "proj/app/sub"] and not told.events
    assert told.done == [(1, ""), (0, "Google's registries list a project, not everything")]


def test_google_takes_a_login(asker, google, config):
    google.lists["proj/app"] = {"manifest": {A: {"timeUploadedMs": "1795000000000"}}}
    google.login = basic("oauth2accesstoken", PASSWORD)
    told = ask(asker, google, "gcr.io", ("times", "proj/app"), config=config((google.host, "oauth2accesstoken", PASSWORD)))
    assert told.done == [(1, "")] and len(told.events) == 1


def test_folders_of_google_that_never_end(asker, google):
    class Endless(dict):
        def __contains__(self, name):
            return True

        def __getitem__(self, name):
            return {"child": ["a", "b"], "manifest": {}}

    google.lists = Endless()
    told = ask(asker, google, "gcr.io", ("list", "proj"), seconds=120)
    assert told.done == [(0, "its repositories do not come to an end")] and len(google.requests) <= 10000


# --- others, and hostile ones ---


def test_a_registry_that_speaks_none_of_these_is_asked_twice_at_most(asker, own):
    def refuse(*_):
        raise Refused(404)

    own.answer = refuse
    told = ask(asker, own, own.host, ("times", "a/b"))
    assert told.name == "none" and len(own.requests) == 2


def test_names_that_only_end_like_one_are_not_it(asker, own):
    own.answer = lambda *_: b"<html>"
    assert ask(asker, own, "evilgcr.io").name == "none"
    assert ask(asker, own, "docker.io.example").name == "none"


@pytest.mark.parametrize("body", [
    b"", b"[]", b"null", b"7", b"<html>", b'{"results":', b'{"results":{}}', b'{"results":[7,null,[],{"name":7},{"name":{}}]}',
    b'{"results":[{"name":"' + b"x" * 129 + b'","tag_last_pushed":"2026-11-20T09:10:11Z"}]}',
    b'{"results":[{"name":"a","digest":"../x","tag_last_pushed":"2026-11-20T09:10:11Z"}]}',
    b'{"results":[{"name":"a","tag_last_pushed":"yesterday"},{"name":"b","tag_last_pushed":"0001-01-01T00:00:00Z"}]}',
    b'{"results":[{"name":"a","tag_last_pushed":["2026-11-20T09:10:11Z"]}],"next":{"a":[]}}',
    b'{"results":[{"images":[[[[]]],{"digest":[]}],"name":null}]}', b"\x1f\x8b\x08", b"[" * 100000,
])
def test_odd_answers_tell_nothing(asker, own, body):
    own.answer = lambda *_: body
    told = ask(asker, own, "docker.io", ("times", "acme/web"))
    assert told.events == [] and len(told.done) == 1


@pytest.mark.parametrize("stamp", ["0", "-1", "9999999999999999999999", "9223372036854775807", "253402300800000", "1e12", "", "x"])
def test_times_out_of_range_are_none(asker, google, stamp):
    google.lists["proj/app"] = {"manifest": {A: {"timeUploadedMs": stamp, "tag": ["1"]}}}
    told = ask(asker, google, "gcr.io", ("times", "proj/app"))
    assert told.events == [] and told.done == [(1, "")]


def test_the_same_page_again_and_again(asker, own):
    own.answer = lambda *_: {"next": "more", "results": [hub_tag("1")]}
    told = ask(asker, own, "docker.io", ("times", "acme/web"))
    assert told.done == [(0, "its own API gives the same page again")] and len(own.requests) == 2


def test_pages_of_repositories_that_go_in_a_circle(asker, quay):
    quay.answer = lambda *_: {"repositories": [], "next_page": "here"}
    told = ask(asker, quay, "quay.io", ("list", "acme"))
    assert told.done == [(0, "its own API gives the same page again")] and len(quay.requests) == 2


def test_more_than_is_read(asker, own):
    own.answer = lambda *_: b" " * (65 << 20)
    told = ask(asker, own, "docker.io", ("times", "acme/web"), seconds=60)
    assert told.done == [(0, "its own API answers more than is read")]


def test_a_redirect_is_not_followed(asker, own, hub):
    def redirect(*_):
        raise Refused(302, {"Location": f"http://{hub.host}/v2/namespaces/acme/repositories/web/tags?page_size=100"})

    own.answer = redirect
    told = ask(asker, own, "docker.io", ("times", "acme/web"))
    assert told.done == [(0, "its own API answers 302")] and not hub.requests


@pytest.mark.parametrize("header", ["Retry-After", "X-Retry-After"])
def test_a_limit_is_waited_out(asker, hub, header):
    hub.tags["acme/web"] = [hub_tag("1")]
    started = time.time()
    hub.faults.append((r"tags", Refused(429, {header: "2" if header == "Retry-After" else str(int(started) + 3)})))
    told = ask(asker, hub, "docker.io", ("times", "acme/web"))
    assert told.done == [(1, "")] and len(hub.requests) == 2 and time.time() >= started + 1.9


def test_a_limit_that_lasts_is_told(asker, hub):
    hub.tags["acme/web"] = [hub_tag("1")]
    hub.faults.append((r"tags", Refused(429, {"X-Retry-After": str(int(time.time()) + 36000)})))
    told = ask(asker, hub, "docker.io", ("times", "acme/web"))
    assert told.done == [(0, "its own API answers 429")] and len(hub.requests) == 1


def test_nobody_is_asked_over_plain_http_who_was_not_named(asker, quay, config):
    logins = config((quay.host, "$oauthtoken", PASSWORD))
    told = ask(asker, quay, "quay.io", ("times", "acme/web"), config=logins, plain=False)
    assert told.done[0][0] == 0 and told.done[0][1].startswith("its own API could not be asked: ")
    assert not quay.requests


def test_an_api_at_another_host_gets_the_logins_of_that_host(asker, hub, own, config):
    hub.tags["acme/web"] = [hub_tag("1")]
    hub.private.add("acme/web")
    hub.users = {"me": PASSWORD}
    told = ask(asker, own, "docker.io", ("times", "acme/web"), config=config((own.host, "me", PASSWORD)), api_host=hub.host)
    assert told.done == [(0, "its own API answers 404")] and [method for method, _, _ in hub.requests] == ["GET"]
    told = ask(asker, own, "docker.io", ("times", "acme/web"), config=config((hub.host, "me", PASSWORD)), api_host=hub.host)
    assert told.done == [(1, "")] and not own.requests


@pytest.mark.parametrize("no_proxy, asked", [("", True), ("harbor.example", False)])
def test_it_is_reached_by_the_proxy_of_the_environment(asker, harbor, monkeypatch, no_proxy, asked):
    for name, value in (("HTTP_PROXY", f"http://{harbor.host}"), ("http_proxy", ""), ("NO_PROXY", no_proxy), ("no_proxy", "")):
        monkeypatch.setenv(name, value)
    seen = len(harbor.requests)
    ask(asker, harbor, "harbor.example", ("times", "acme/web"), host="harbor.example")
    assert (len(harbor.requests) > seen) == asked


def test_a_proxy_that_is_none_is_told(asker, hub, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "gopher://made-up:made-up-password-3@x")
    monkeypatch.setenv("NO_PROXY", "")
    told = ask(asker, hub, "docker.io", ("times", "acme/web"), host="hub.example")
    assert told.done[0][0] == 0 and "HTTP_PROXY" in told.done[0][1] and "made-up-password-3" not in told.done[0][1]


def test_a_server_that_is_not_there(asker, own):
    own.stop()
    told = ask(asker, own, "docker.io", ("times", "acme/web"))
    assert told.done[0][0] == 0 and told.done[0][1].startswith("its own API ")


def test_a_token_that_is_none(asker, hub, config):
    hub.tags["acme/a"] = [hub_tag("1")]
    hub.private.add("acme/a")
    hub.users = {"me": PASSWORD}
    for body in (b"{}", b"no", b'{"access_token":7}', b'{"access_token":"a\\r\\nb"}', b" " * 100000):
        hub.faults.append((r"auth/token", body))
        told = ask(asker, hub, "docker.io", ("times", "acme/a"), config=config((hub.host, "me", PASSWORD)))
        assert told.done == [(0, "its own API answers 404")]
