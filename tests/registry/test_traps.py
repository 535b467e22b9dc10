"""What registries, runtimes and builders do in good faith and others trip over, from the wire to the answer: nothing of it is
missing, and nothing of it is told that is not so.

"Breaks:" says which handling a test is there for.
"""
import base64
import json

import pytest

from ailing import GOOD, ILL, Ailing, image
from fake_registry import Answer, api_error
from images import (DOCKER_LIST, OCI_INDEX, OCI_LAYER, OCI_MANIFEST, Artifact, Image, Index, digest_of, layer, schema1, to_json)

ONE, TWO = image(ILL + "1"), image(ILL + "2")
JSON = {"Content-Type": "application/json"}
MADE = "2026-11-20T10:00:00Z"
USER, PASSWORD = "acme", "made-up-password-9"


@pytest.fixture
def ailing(tmp_path):
    one = Ailing(tmp_path)
    yield one
    one.stop()


def login(fother, host, user=USER, password=PASSWORD):
    folder = fother.folder / ".docker"
    folder.mkdir()
    auth = base64.b64encode(f"{user}:{password}".encode()).decode()
    (folder / "config.json").write_text(json.dumps({"auths": {host: {"auth": auth}}}))
    return fother


def facts(ailing, fother, digest):
    return ailing.ask("image", "inspect", digest, "--offline", fother=fother).answer["items"][0]


def whole(said):
    assert said.status == 0 and said.complete and said.missing == {}, (said.status, said.missing, said.read)
    return said


def images(said, repository=ILL):
    return {one["digest"]: one for one in said.of("image", repository)}


def push(ailing, name, one):
    """On tag 2, which a pod runs, in place of what was there."""
    ailing.fake.tags[ILL].remove("2")
    ailing.fake.push(ILL, "2", one)
    ailing.run_pod(ILL, "2", one.digest)
    return name


# --- what a tag points to ---


def list_of(*members):
    return Index(members, form="docker")


def rewriting(child):
    """distribution gives the linux/amd64 child to whoever does not take lists."""

    def answer(request):
        if DOCKER_LIST in request.headers.get("Accept", ""):
            return None
        return Answer(200, {"Content-Type": child.media_type, "Docker-Content-Digest": child.digest}, child.data)

    return answer


@pytest.mark.parametrize("head", [True, False])
def test_a_docker_list_is_asked_for_as_one_and_never_moved(ailing, head):
    """Breaks: the media types of lists in the header Accept."""
    child, other = image("child", form="docker"), image("other", form="docker", architecture="arm64")
    listed = list_of(child, other)
    push(ailing, "2", listed)
    ailing.fake.fault("(GET|HEAD) /v2/acme/ill/manifests/2$", rewriting(child))
    if not head:
        ailing.fake.faults.clear()
        ailing.fake.fault("HEAD ", Answer(405))
        ailing.fake.fault("GET /v2/acme/ill/manifests/2$", rewriting(child))
    fother = ailing.fother()
    for _ in range(2):
        rows = {one["tag"]: one for one in whole(ailing.tags(fother=fother)).all("tag_row")}
        assert (rows["2"]["digest"], rows["2"]["state"], rows["2"]["digest_before"]) == (listed.digest, "stands", None)
    said = whole(ailing.triage(fother=fother))
    assert said.all("tag_row") == [] and images(said)[listed.digest]["platforms"] == ["linux/amd64", "linux/arm64"]


def test_accept_names_each_type_for_manifests_and_no_wildcard(ailing):
    whole(ailing.triage())
    asked = [one for one in ailing.fake.requests if "/manifests/" in one.path]
    assert asked and all("*" not in one.headers["Accept"] and OCI_INDEX in one.headers["Accept"] for one in asked)


def test_a_pod_that_runs_the_child_or_the_config_runs_what_the_tag_points_to(ailing):
    """Runtimes tell the digest of an index, of a manifest, or of a config."""
    child = image("child")
    index = Index([child, image("other", architecture="arm64")])
    push(ailing, "2", index)
    ailing.run_pod(ILL, "child", child.digest)
    ailing.run_pod(ILL, "config", child.config_digest)
    said = whole(ailing.triage())
    runs = {digest: one["runs"] for digest, one in images(said).items()}
    assert sum(runs.values()) == 4 and runs[index.digest] >= 1
    assert all(one["built"] == MADE for one in images(said).values() if one["runs"])


def test_three_pods_of_one_tag_run_three_digests_and_each_is_told(ailing):
    """Breaks: the baseline is what runs, not what the tag points to now."""
    old = [image(f"old {number}") for number in range(2)]
    for one in old:
        ailing.fake.put(ILL, None, one.data, one.media_type, one.digest)
        ailing.fake.blobs |= {(ILL, digest): data for digest, data in one.blobs().items()}
    folder = ailing.dump
    lines = [f"deployment ns/p{number} image={ailing.fake.host}/{ILL}:1 digest={digest}" for number, digest in
             enumerate([ONE.digest, *(one.digest for one in old)])]
    ailing.dump = lambda: more(folder(), lines)
    said = whole(ailing.triage())
    assert {digest: (one["runs"], one["registry_state"]) for digest, one in images(said).items() if one["runs"]} == {
        ONE.digest: (1, "tagged"), old[0].digest: (1, "untagged"), old[1].digest: (1, "untagged")}


def more(folder, lines):
    """The same cluster with these workloads in place of its own."""
    from ailing import SECRET, Scene
    return Scene([SECRET, *lines]).write(folder)


# --- whose digest it is ---


def test_a_pull_through_cache_is_recognised_by_digest(ailing):
    """The pod's image has the cache's name; the registry behind it knows the digest. Breaks: dates by digest alone."""
    ailing.pods.clear()
    ailing.dump = lambda dump=ailing.dump: more(dump(), [f"deployment ns/cached image=mirror.example/hub/ill:1 digest={ONE.digest}"])
    fother = ailing.fother()
    whole(ailing.repos(fother=fother))
    said = ailing.images(fother=fother)
    cached, = images(ailing.ask("images", "--registry", "mirror.example", fother=fother_without_reading(fother)), "hub/ill").values()
    assert cached["digest"] == ONE.digest and cached["built"] == MADE and cached["runs"] == 1
    assert said.status == 0
    found = ailing.ask("where", ONE.digest, fother=fother_without_reading(fother))
    assert {one["image"] for one in found.all("sighting")} == {"mirror.example/hub/ill:1"}


class fother_without_reading:
    """Fother that asks no registry, so that it takes no option of one."""

    def __init__(self, fother):
        self.fother, self.key = fother, fother.key

    def run(self, *words):
        words = list(words)
        while "--plain-http" in words:
            at = words.index("--plain-http")
            del words[at:at + 2]
        return self.fother.run(*words)


def test_a_mirror_answers_for_its_upstream_and_says_so(ailing):
    ailing.more = ("--mirror", f"{ailing.fake.host}=docker.io")
    said = ailing.ask("registry", "tags", "docker.io/acme/good")
    assert [(one["registry"], one["tag"], one["digest"]) for one in said.all("tag_row")] == [
        ("docker.io", name, image(f"acme/good{name}").digest) for name in "12"]
    assert "HOST was asked in place of docker.io" in said.answer["reads"][0]["notes"] and said.status == 0
    ailing.fake.fault("(HEAD|GET) /v2/acme/good/manifests/2$", api_error(403, "DENIED", "no"))
    said = ailing.ask("registry", "tags", "docker.io/acme/good")
    assert (said.status, said.complete) == (4, False) and said.read == ("partial", "acme/good 2: forbidden: status 403: DENIED: no")


def test_an_image_that_the_kubelet_names_by_another_repository_keeps_its_digest(ailing):
    """A tag pushed again under another name: imageID has the name under which the node had it first."""
    ailing.fake.push("acme/renamed", "1", ONE)
    ailing.run_pod("acme/renamed", "1", ONE.digest)
    said = whole(ailing.triage())
    renamed, = images(said, "acme/renamed").values()
    assert renamed["digest"] == ONE.digest and renamed["built"] == MADE


# --- logins ---


def test_a_revoked_token_is_left_away_where_the_image_is_public(ailing):
    """GHCR says 403 to a revoked token, for public images too. Breaks: the last try without a login."""
    ailing.fake.fault("", lambda request: api_error(403, "DENIED", "denied") if request.authorization else None)
    ailing.fake.login, ailing.fake.public = None, ()
    challenge = {"WWW-Authenticate": f'Bearer realm="{ailing.fake.realm}",service="made-up-service",scope="registry:catalog:*"'}
    ailing.fake.fault("GET /v2/_catalog", api_error(401, "UNAUTHORIZED", "no", challenge), times=1)
    said = ailing.tags(fother=login(ailing.fother(), ailing.fake.host))
    assert whole(said) and len(said.all("tag_row")) == 2


def test_a_revoked_token_that_the_token_server_refuses_is_left_away(ailing):
    fake = ailing.fake
    fake.login, fake.public = "bearer", ("acme/", "catalog")
    fake.fault("GET /token", lambda request: api_error(403, "DENIED", "denied") if request.authorization else None)
    said = ailing.triage(fother=login(ailing.fother(), fake.host))
    assert whole(said) and images(said)[ONE.digest]["built"] == MADE


@pytest.mark.parametrize("challenges", [
    ['Basic realm="harbor"'], ['Negotiate', 'Basic realm="made-up"'], ['Bearer realm="ftp://x/y",service="s", Basic realm="made-up"'],
    ['basic REALM=x'], ['Digest realm="a, Basic realm=\\"x\\"", nonce=1', 'BASIC realm="b"']])
def test_basic_among_several_challenges(ailing, challenges):
    """Harbor asks for Basic where stale logins are sent. Breaks: challenge_find("basic") in learn()."""
    fake = ailing.fake
    fake.login, fake.users = "basic", {USER: PASSWORD}
    fake.challenge = lambda path, error=None: challenges
    said = ailing.triage(fother=login(ailing.fother(), fake.host))
    assert whole(said) and images(said)[ONE.digest]["built"] == MADE


def test_a_bearer_among_several_challenges(ailing):
    fake = ailing.fake
    fake.login, fake.users = "bearer", {USER: PASSWORD}
    plain = fake.challenge
    fake.challenge = lambda path, error=None: ["Negotiate", "bEARER" + plain(path, error)[6:]]
    assert whole(ailing.triage(fother=login(ailing.fother(), fake.host)))


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_a_password_is_in_no_answer_whatever_the_registry_says(ailing, status):
    """Breaks: auth_is_echoed."""
    fake = ailing.fake
    fake.login, fake.users = "basic", {USER: PASSWORD}
    fake.fault("(GET|HEAD) /v2/acme/ill/", lambda request: api_error(status, "UNKNOWN", f"you sent {PASSWORD}") if request.authorization else None)
    fother = login(ailing.fother(), fake.host)
    said = ailing.triage(fother=fother)
    assert said.status == 4 and PASSWORD not in json.dumps(said.answer) + said.err
    assert not [path for path in fother.state.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]


# --- lists ---


@pytest.mark.parametrize("status,code", [(405, "UNSUPPORTED"), (400, "PAGINATION_NUMBER_INVALID")])
def test_a_registry_that_takes_no_length_of_a_page_is_asked_without(ailing, status, code):
    """ECR says 405 above 1000. Breaks: unpaged in ask_list_refused."""
    ailing.fake.fault(r"GET /v2/.*[?&]n=", api_error(status, code, "no"))
    said = whole(ailing.triage())
    assert images(said)[ONE.digest]["built"] == MADE


@pytest.mark.parametrize("link", ['</v2/acme/ill/tags/list?last=op%2Fa%3Dque&n=1>; rel="next"', '<{origin}/v2/acme/ill/tags/list?last=op%2Fa%3Dque&n=1>; rel=next'])
def test_a_cursor_is_followed_as_it_was_given(ailing, link):
    """ECR Public refuses one that was made anew."""
    ailing.fake.fault(r"GET /v2/acme/ill/tags/list\?last=op%2Fa%3Dque&n=1$", Answer(200, JSON, '{"tags":["2"]}'))
    ailing.fake.fault(r"GET /v2/acme/ill/tags/list\?.*last", api_error(405, "UNSUPPORTED", "no"))
    ailing.fake.fault(r"GET /v2/acme/ill/tags/list", Answer(200, JSON | {"Link": link.format(origin=f"http://{ailing.fake.host}")}, '{"tags":["1"]}'))
    assert [one["tag"] for one in whole(ailing.tags()).all("tag_row")] == ["1", "2"]


def test_the_next_page_of_quay(ailing):
    ailing.fake.fault(r"GET /v2/acme/ill/tags/list\?next_page=a%2Fb%3D", Answer(200, JSON, '{"tags":["2"]}'))
    ailing.fake.fault("GET /v2/acme/ill/tags/list", Answer(200, JSON, '{"tags":["1"],"next_page":"a/b="}'))
    assert [one["tag"] for one in whole(ailing.tags()).all("tag_row")] == ["1", "2"]


def test_names_that_can_be_none_are_told_and_not_asked_for(ailing):
    ailing.fake.tags[ILL] += ["../../x", "a b", "-x", "x" * 129]
    said = ailing.repos()
    assert said.status == 4 and said.outcomes[ILL][1].startswith("4 of 6 tags: ../../x: invalid")
    assert {one: said.outcomes[one][0] for one in GOOD} == {one: "complete" for one in GOOD}
    assert not ailing.lines(r"\.\.|a%20b|xxxx")


# --- referrers ---


@pytest.mark.parametrize("referrers", [
    Answer(404, {"Content-Type": "text/plain; charset=utf-8"}, "404 page not found\n"), Answer(404, {"Content-Type": "text/html"}, "<html>"),
    Answer(200, {"Content-Type": "text/html"}, "<html>"), Answer(405), Answer(400), Answer(406), api_error(404, "NAME_UNKNOWN", "no"),
    Answer(200, {"Content-Type": OCI_INDEX}, to_json({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}))])
def test_without_referrers_nothing_is_missing(ailing, referrers):
    """Breaks: is_unsupported in registry_referrers.c."""
    ailing.fake.fault("GET /v2/.*/referrers/", referrers)
    assert whole(ailing.triage()) and whole(ailing.repos())


def test_signatures_and_boms_beside_an_image_are_no_images(ailing):
    bom = Artifact("application/vnd.example.sbom", subject=ONE)
    ailing.fake.push(ILL, "bom", bom)
    ailing.fake.push(ILL, f"sha256-{ONE.digest[7:]}.sig", Artifact("application/vnd.dev.cosign.artifact.sig.v1+json"))
    said = whole(ailing.triage())
    assert images(said)[ONE.digest]["built"] == MADE
    assert whole(ailing.repos()).outcomes[ILL] == ("complete", None)


# --- dates ---

DATES = {"undated": (None, "undated"), "epoch": ("1970-01-01T00:00:00Z", "reproducible"), "buildpacks": ("1980-01-01T00:00:01Z", "reproducible"),
         "year 1": ("0001-01-01T00:00:00Z", "undated"), "future": ("2099-01-01T00:00:00Z", "future"), "no date": ("yesterday", "invalid"),
         "offset": ("2026-11-20T12:00:00.123456789+02:00", "dated")}


@pytest.mark.parametrize("kind", DATES)
def test_dates_that_are_none_are_told_apart_and_drop_no_image(ailing, kind):
    """Breaks: the classes of image_dates.c: an image would be built in 1970, or 292 years ago."""
    created, dating = DATES[kind]
    one = Image([layer({"app": kind.encode()})], [{"created_by": "COPY app /"}], created=created)
    push(ailing, "2", one)
    said = ailing.triage()
    found = images(said)[one.digest]
    assert (found["dating"], found["runs"]) == (dating, 1)
    assert (found["built"] or "").startswith("2026-11-20T10:00:00.123456" if dating == "dated" else "")
    assert dating in ("dated", "future") or found["built"] is None
    assert found["in_window"] is None or "built" not in found["in_window"] or dating == "dated"
    expected = set() if dating == "dated" else {"when 1 image was built"}
    assert set(said.missing) == expected and said.complete


# --- forms of images ---


def test_attestations_are_no_images_and_no_platform(ailing):
    index = Index([image("child")], attestations=True)
    push(ailing, "2", index)
    said = whole(ailing.triage())
    found = images(said)[index.digest]
    assert found["platforms"] == ["linux/amd64"] and found["built"] == MADE
    assert not [one for one in said.of("image") if "unknown" in str(one["platforms"])]


@pytest.mark.parametrize("form", ["docker", "oci"])
def test_zstd_layers_in_both_forms(ailing, form):
    one = Image([layer({"app": form.encode()}, "zstd")], ["COPY app /"], MADE, form=form)
    push(ailing, "2", one)
    said = whole(ailing.triage())
    assert images(said)[one.digest]["built"] == MADE and images(said)[one.digest]["size_bytes"] == len(one.layers[0].data)


def test_foreign_layers_are_not_fetched_from_where_they_point(ailing):
    manifest = json.loads(TWO.data)
    manifest["layers"][0] |= {"mediaType": OCI_LAYER.replace("layer", "layer.nondistributable") + "+gzip", "urls": [f"http://{ailing.fake.host}/elsewhere"]}
    data = to_json(manifest)
    ailing.fake.tags[ILL].remove("2")
    ailing.fake.put(ILL, "2", data, OCI_MANIFEST, digest_of(data))
    del ailing.fake.blobs[ILL, TWO.layers[0].digest]
    ailing.run_pod(ILL, "2", digest_of(data))
    said = whole(ailing.triage())
    assert images(said)[digest_of(data)]["built"] == MADE and not ailing.lines("elsewhere")


def test_schema_1_has_its_date_and_steps_without_a_config(ailing):
    one = schema1(ILL, "2", TWO.layers, [{"id": "b" * 64, "created": MADE, "architecture": "amd64", "os": "linux",
                                         "config": {"User": "app"}, "container_config": {"Cmd": ["/bin/sh -c #(nop) COPY file:x in /"]}}])
    ailing.fake.tags[ILL].remove("2")
    ailing.fake.put(ILL, "2", one.data, one.media_type, one.digest)
    ailing.run_pod(ILL, "2", one.digest)
    said = whole(ailing.triage())
    assert images(said)[one.digest]["built"] == MADE and images(said)[one.digest]["user"] == "app"


def test_sha512_is_verified(ailing):
    for data, outcome in (TWO.data, "complete"), (TWO.data.replace(b"layers", b"Layers"), "partial"):
        name = digest_of(TWO.data, "sha512")
        ailing.fake.manifests[ILL, name] = ailing.fake.manifests[ILL, "2"] = (data, OCI_MANIFEST, name)
        ailing.run_pod(ILL, "2", name)
        said = ailing.repos()
        assert said.outcomes[ILL][0] == outcome
    assert re_digest(said.outcomes[ILL][1]) == name and "another digest" in said.outcomes[ILL][1]


def re_digest(text):
    return next(word.rstrip(":") for word in text.split() if word.startswith("sha"))


def test_a_digest_of_an_unknown_algorithm_is_read_and_said_to_be_unproven(ailing):
    name = "blake3:" + "a" * 64
    ailing.fake.manifests[ILL, name] = ailing.fake.manifests[ILL, "2"] = (TWO.data, OCI_MANIFEST, name)
    ailing.run_pod(ILL, "2", name)
    fother = ailing.fother()
    assert ailing.repos(fother=fother).outcomes[ILL][0] == "complete"
    found = images(ailing.stored_images(fother))[name]
    assert found["built"] == MADE and any("unverified" in one for one in found["defects"])


def test_members_that_are_no_images_are_not_asked_for(ailing):
    index = Index([ONE], more=[{"mediaType": "application/vnd.example.thing", "digest": "sha256:" + "d" * 64, "size": 3}])
    push(ailing, "2", index)
    assert whole(ailing.triage()) and not ailing.lines("dddddd")


# --- what it tells besides ---


def test_what_is_left_of_a_limit_and_warnings_are_shown(ailing):
    limits = {"RateLimit-Limit": "100;w=21600", "RateLimit-Remaining": "87;w=21600", "Warning": '299 - "made-up news"'}
    ailing.fake.fault("HEAD /v2/acme/ill/", lambda request: head_of(ailing, request, limits))
    notes = whole(ailing.triage()).answer["reads"][-1]["notes"]
    assert "87 of 100 pulls left in 6h" in notes and "made-up news" in notes


def head_of(ailing, request, headers):
    found = ailing.fake.manifests.get((ILL, request.path.rpartition("/")[2]))
    return Answer(200, {"Content-Type": found[1], "Docker-Content-Digest": found[2]} | headers, found[0]) if found else None


def test_parameters_of_a_content_type_are_nothing(ailing):
    ailing.fake.fault(f"GET /v2/acme/ill/manifests/{TWO.digest}$", Answer(200, {"Content-Type": OCI_MANIFEST + "; charset=utf-8"}, TWO.data))
    assert images(whole(ailing.triage()))[TWO.digest]["built"] == MADE


def test_tags_are_looked_at_with_head_and_manifests_fetched_once_for_ever(ailing):
    """Docker Hub counts GETs of manifests."""
    fother = ailing.fother()
    whole(ailing.triage(fother=fother))
    ailing.fake.requests.clear()
    whole(ailing.triage(fother=fother))
    assert ailing.lines("HEAD") and not ailing.lines("GET /v2/acme/.*/(manifests/sha256:|manifests/[12]$|blobs)")
