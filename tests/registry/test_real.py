"""Fother on Debian's docker-registry, held against skopeo, and against what the registry itself logged."""
import json
import subprocess

import pytest

from command import Fother
from images import Artifact, Image, Index, layer, package_layer
from lab import most_at_once

BASE_MADE, APP_MADE = "2026-09-01T00:00:00Z", "2026-11-20T10:15:00.5Z"
USER, PASSWORD = "acme", "made-up-password-7"
KINDS = {"anonymous": {}, "basic": {"users": {USER: PASSWORD}}, "token": {"token_users": {USER: PASSWORD}, "tls": True}}


def base_image():
    return Image([package_layer("base-files"), package_layer("busybox-static")], ["ADD file:made-up in / ", "RUN /bin/sh -c true # buildkit"],
                 BASE_MADE, config={"Cmd": ["/bin/sh"]})


def app_image(base, number, form="oci", **more):
    return base.child([layer({"app/run": (0o755, b"#!/bin/sh\necho %d\n" % number)})],
                      ["COPY run /app/run # buildkit", "-USER 10001"], APP_MADE, form=form, **more, config={
                          "User": "10001", "Entrypoint": ["/app/run"], "Env": ["PATH=/bin", "MODE=made-up"],
                          "Labels": {"org.opencontainers.image.version": str(number)}})


def fill(registry):
    """acme/web 1 to 4, an index with attestations, a Docker image, what refers to one; acme/base."""
    base = base_image()
    apps = [app_image(base, number) for number in range(1, 4)]
    docker = app_image(base, 4, "docker")
    index = Index([apps[0], app_image(base, 5, architecture="arm64", variant="v8")], attestations=True)
    registry.push("acme/base", "12", base)
    for number, image in enumerate(apps + [docker], 1):
        registry.push("acme/web", str(number), image)
    registry.push("acme/web", "many", index)
    registry.push("acme/web", "again", apps[0])
    registry.push("acme/web", None, Artifact("application/vnd.example.sbom", subject=apps[0]))
    for number in range(60):
        registry.push(f"many/app-{number % 20}", str(number), app_image(base, 100 + number))
    return {"base": base, "apps": apps, "docker": docker, "index": index}


@pytest.fixture(scope="module", params=KINDS)
def registry(lab, request):
    one = lab.registry(f"real-{request.param}", **KINDS[request.param])
    one.world = fill(one)
    return one


@pytest.fixture
def fother(tmp_path, registry):
    one = Fother(tmp_path)
    one.login(registry.host, USER, PASSWORD)
    return one


def skopeo(registry, what, *options):
    ca = registry.lab.pki.folder / "for-skopeo"
    ca.mkdir(exist_ok=True)
    (ca / "ca.crt").write_bytes(registry.lab.pki.ca.read_bytes())
    how = ["--cert-dir", ca] if registry.tls else ["--tls-verify=false"]
    ran = subprocess.run(["skopeo", "inspect", *how, "--creds", f"{USER}:{PASSWORD}", *options, f"docker://{registry.host}/{what}"],
                         capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


@pytest.mark.parametrize("tag", ["1", "3", "4"])
def test_facts_of_an_image_are_those_of_skopeo(registry, fother, tag):
    facts = fother.json("image", "inspect", f"{registry.host}/acme/web:{tag}", registry=registry).items()[0]
    seen, config = skopeo(registry, f"acme/web:{tag}", "-n"), skopeo(registry, f"acme/web:{tag}", "--config")
    assert facts["digest"] == seen["Digest"]
    assert facts["created_text"] == config["created"]
    assert facts["layers"] == seen["Layers"]
    assert facts["diff_ids"] == config["rootfs"]["diff_ids"]
    assert (facts["os"], facts["architecture"]) == (seen["Os"], seen["Architecture"])
    assert facts["labels"] == [f"{name}={value}" for name, value in sorted(seen["Labels"].items())]
    assert facts["env_names"] == [one.split("=")[0] for one in seen["Env"]]
    assert (facts["user"], facts["entrypoint"]) == (config["config"]["User"], config["config"]["Entrypoint"])
    assert facts["history_count"] == len(config["history"])
    assert facts["layers_bytes"] == sum(one["size"] for one in skopeo(registry, f"acme/web:{tag}", "--raw")["layers"])


def test_an_index_holds_what_skopeo_sees_in_it(registry, fother):
    facts = fother.json("image", "inspect", f"{registry.host}/acme/web:many", registry=registry).items()[0]
    raw = skopeo(registry, "acme/web:many", "--raw")
    assert facts["kind"] == "index"
    assert [(one["digest"], one["architecture"]) for one in facts["members"]] == \
        [(one["digest"], one["platform"]["architecture"]) for one in raw["manifests"]]


def test_tags_are_those_of_skopeo(registry, fother):
    rows = fother.json("registry", "tags", f"{registry.host}/acme/web", registry=registry).items("tag_row")
    tags = skopeo(registry, "acme/web:1")["RepoTags"]
    assert sorted(one["tag"] for one in rows) == sorted(tags)
    for row in rows:
        assert row["digest"] == skopeo(registry, f"acme/web:{row['tag']}", "-n")["Digest"]


def test_the_base_is_found_without_a_list(registry, fother):
    fother.json("registry", "repos", registry.host, registry=registry)
    facts = fother.json("image", "inspect", f"{registry.host}/acme/web:2", "--offline").items()[0]
    assert facts["base"] == f"{registry.host}/acme/base:12"
    assert facts["base_proof"] == "layers"


def test_the_registry_was_asked_at_once_over_few_connections_and_for_nothing_twice(registry, fother):
    before = len(registry.requests())
    tokens_before = len(registry.issuer.asked) if registry.issuer else 0
    fother.json("registry", "repos", registry.host, registry=registry)
    asked = registry.requests(before)
    paths = [(one.method, one.path) for one in asked if one.status == 200]
    twice = {path for path in paths if paths.count(path) > 1 and path[1] != "/v2/"}
    assert not twice
    wanted = [one.digest for one in registry.world["apps"]] + [registry.world["index"].digest]
    assert all(("GET", f"/v2/acme/web/manifests/{digest}") in paths for digest in wanted)
    assert most_at_once(asked) > 1
    assert len({one.peer for one in asked}) <= 5
    if registry.issuer:
        scopes = [scopes for _, scopes, _ in registry.issuer.asked[tokens_before:]]
        assert len(scopes) == len(set(scopes))
    again = len(registry.requests())
    fother.json("registry", "repos", registry.host, registry=registry)
    second = registry.requests(again)
    assert not [one for one in second if one.method == "GET" and ("/manifests/sha256:" in one.path or "/blobs/" in one.path)]


def test_a_tag_that_moves_and_is_put_back_is_told(registry, fother):
    web = registry.world["apps"]
    registry.push("acme/moves", "latest", web[0])
    name = f"{registry.host}/acme/moves"
    assert fother.json("registry", "tags", name, registry=registry).items("tag_row")[0]["state"] == "stands"
    trojan = web[0].child([layer({"usr/bin/.x": b"made up"})], ["RUN /bin/sh -c made-up"], "2026-11-24T03:00:00Z")
    registry.push("acme/moves", "latest", trojan)
    row = fother.json("registry", "tags", name, registry=registry).items("tag_row")[0]
    assert (row["state"], row["change"]) == ("moved", "layers on top")
    assert (row["digest_before"], row["digest"]) == (web[0].digest, trojan.digest)
    registry.push("acme/moves", "latest", web[0])
    row = fother.json("registry", "tags", name, registry=registry).items("tag_row")[0]
    assert (row["state"], row["digest"]) == ("put back", web[0].digest)
    assert row["change"] == "layers on top", "what was done to it, not how it was undone"
    registry.delete("acme/moves", web[0].digest)
    row = fother.json("registry", "tags", name, registry=registry).items("tag_row")[0]
    assert row["state"] == "deleted"


def test_a_registry_that_is_asked_with_the_wrong_tls_names_the_option(registry, fother):
    answer = fother.run("registry", "tags", f"{registry.host}/acme/web")
    assert answer.status == 1
    assert ("unknown authority" if registry.tls else "speaks no TLS") in answer.err
    assert "--ca-file" in answer.err and "--plain-http" in answer.err


def test_what_an_image_is_does_not_rest_on_what_another_repository_would_not_tell(registry, fother):
    assert fother.run("registry", "tags", f"{registry.host}/no/such", registry=registry).status == 4
    answer = fother.run("image", "inspect", f"{registry.host}/acme/web:1", registry=registry)
    assert answer.status == 0 and "no/such" not in answer.out
