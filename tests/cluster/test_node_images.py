"""A real node that pulls from a real registry: what runs there, whatever the runtime calls it, is found in the registry.

One story, whose tag moves five times; each chapter is what Fother answers then. The registry is Debian's, with a login; the
image is an index with attestations, as BuildKit makes them.
"""
import itertools
import json

import pytest

from node import NAME
from objects import collection_path, namespace, pull_secret
from real import RealFother
from registry.images import Image, Index, layer
from registry.lab import Lab as RegistryLab

SPACE, USER, PASSWORD = "pulls", "acme", "made-up-password-of-a-registry"
BUILT, BUILT_LATER = "2026-11-20T10:00:00Z", "2026-11-22T10:00:00Z"
# Fields of rows that are times of reads, or come of them; and how to ask for more.
READ_TIMES = ("first_seen", "last_seen", "from_time", "to_time", "since", "until", "moved_after", "moved_by", "fix")


def web(base, program, *more, note=None):
    """An index: one image on the base for each of two platforms, with a layer for each of `more` on top."""
    steps = [layer({"program": (0o755, program)}), *(layer({name: name.encode()}) for name in more)]
    history = ["COPY program /program # buildkit", *(f"COPY {name} /{name} # buildkit" for name in more)]
    settings = {"Entrypoint": ["/program"]}
    images = [base.child(steps, history, BUILT_LATER if more else BUILT, settings, architecture=architecture)
              for architecture in ("amd64", "arm64")]
    return Index(images, attestations=True, annotations={"note": note} if note else None)


def status_digest(status):
    return status["containerStatuses"][0]["imageID"].partition("@")[2]


class Story:
    def __init__(self, node_lab, registry, folder):
        self.node_lab, self.lab, self.registry = node_lab, node_lab.lab, registry
        self.image = f"{registry.host}/acme/web:1"
        program = (node_lab.folder / "program").read_bytes()
        self.base = Image([layer({"etc/base": b"base"})], ["COPY base /etc/base"], created="2026-10-01T00:00:00Z")
        self.first, self.second = web(self.base, program), web(self.base, program, "more")
        # The greater of the two digests: see test_the_runtime_tells_one_of_the_indexes_that_led_to_an_image.
        others = (web(self.base, program, "more", note=f"the same images, {number}") for number in itertools.count())
        self.third = next(one for one in others if one.digest > self.second.digest)
        self.fother = RealFother(folder / "fother").use(self.lab.kubeconfig(name="prod"))
        self.folder, self.answers, self.statuses = folder, {}, {}
        self.lab.create([namespace(SPACE), pull_secret(SPACE, "hub", {registry.host: (USER, PASSWORD)})])

    def push(self, image):
        self.registry.push("acme/web", "1", image)

    def node_images(self):
        node = self.lab.api().get(collection_path("Node") + f"/{NAME}").must().json
        return [sorted(image["names"]) for image in node["status"].get("images", [])
                if any(name.startswith(self.registry.host) for name in image["names"])]

    def start_pod(self, name):
        """It pulls what the tag points to now."""
        self.lab.create([self.node_lab.pod(SPACE, name, pull_secrets=["hub"], image=self.image)])
        self.statuses[name] = self.node_lab.wait_for_pod(SPACE, name, lambda status: status["phase"] == "Running")

    def wait_for_node(self):
        """Until it tells of the first two images: a kubelet looks twice a minute."""
        self.lab.processes.wait_until("the node's images", lambda: len(self.node_images()) == 2)
        self.cached = self.node_images()

    def reading(self, *words):
        return [*words, "-n", SPACE, "--registry", self.registry.host, "--read-registry", "--plain-http", self.registry.host]

    def ask(self, chapter, *words, fother=None, codes=(0,)):
        done = (fother or self.fother).run(*words, "-o", "json")
        assert done.returncode in codes, (chapter, done.returncode, done.stderr)
        assert PASSWORD not in done.stdout + done.stderr
        self.answers[chapter] = json.loads(done.stdout) | {"errors_said": done.stderr}

    def triage(self, chapter):
        self.ask(chapter, *self.fother.live(*self.reading("triage", "--since", "3h", "--fail-on", "none"),
                                            "--use-pull-secrets"))

    def rows(self, chapter, record):
        return [row for row in self.answers[chapter]["items"] if row["record"] == record]

    def row(self, chapter, image):
        [row] = [row for row in self.rows(chapter, "image") if row["digest"] == image.digest and row["repository"] == "acme/web"]
        return row

    def tag(self, chapter):
        [row] = [row for row in self.rows(chapter, "tag_row") if row["repository"] == "acme/web"]
        return row

    def moves(self, chapter):
        names = {self.first.digest: "first", self.second.digest: "second", self.third.digest: "third"}
        return [names[state["digest"]] for state in self.tag(chapter)["history"]]

    def collect(self):
        """Frozen by one Fother; asked live by another, and from the folder by a third."""
        evidence = self.folder / "evidence"
        freezer = RealFother(self.folder / "freezer").use(self.fother.kubeconfig)
        done = freezer.run(*freezer.live("collect", evidence, *self.reading()), "--use-pull-secrets")
        assert done.returncode == 0, done.stderr
        for way in ("live", "frozen"):
            fother = RealFother(self.folder / f"of-{way}").use(self.fother.kubeconfig)
            source = (fother.live(*self.reading(), "--use-pull-secrets") if way == "live" else
                      ["--snapshot", evidence, "--registry", self.registry.host, "--key-file", fother.key])
            self.ask(f"triage {way}", "triage", "--since", "3h", "--fail-on", "none", *source, fother=fother)
            self.ask(f"images {way}", "images", "--key-file", fother.key, fother=fother)
            self.ask(f"tags {way}", "registry", "tags", f"{self.registry.host}/acme/web", "--offline", "--key-file", fother.key,
                     fother=fother)

    def tell(self):
        self.registry.push("acme/base", "1", self.base)
        self.push(self.first)
        self.start_pod("one")
        self.ask("no login", *self.fother.live(*self.reading("images")), codes=(4,))
        self.ask("triage without", *self.fother.live(*self.reading("triage", "--since", "3h", "--fail-on", "none")), codes=(4,))
        self.triage("stands")
        self.ask("images", *self.fother.live(*self.reading("images"), "--use-pull-secrets"))
        self.push(self.second)
        self.triage("moved")
        self.start_pod("two")
        self.wait_for_node()
        self.triage("pulled")
        self.push(self.third)
        self.start_pod("three")
        self.triage("same images")
        self.collect()
        self.registry.delete("acme/web", self.third.digest)
        self.triage("deleted")
        self.push(self.first)
        self.triage("put back")
        return self


@pytest.fixture(scope="module")
def registry():
    one = RegistryLab()
    yield one.registry("node", users={USER: PASSWORD})
    one.stop()


@pytest.fixture(scope="module")
def story(node_lab, registry, tmp_path_factory):
    return Story(node_lab, registry, tmp_path_factory.mktemp("images")).tell()


def test_the_runtime_tells_the_digest_of_the_index(story):
    assert status_digest(story.statuses["one"]) == story.first.digest
    assert status_digest(story.statuses["two"]) == story.second.digest
    first, second = (story.image.replace(":1", "@" + one.digest) for one in (story.first, story.second))
    # The name went with the tag.
    assert sorted(story.cached) == sorted([[first], [story.image, second]])


def test_the_runtime_tells_one_of_the_indexes_that_led_to_an_image(story):
    """The one whose digest comes first: why an index that differs elsewhere must be no other image for a pod."""
    assert status_digest(story.statuses["three"]) == story.second.digest


def test_without_a_login_the_registry_is_not_known_and_that_is_said(story):
    answer = story.answers["no login"]
    assert not answer["complete"] and "forbidden" in answer["errors_said"]
    image = story.row("no login", story.first)
    assert (image["registry_state"], image["built"], image["runs"]) == ("forbidden", None, 1)
    lost = [row for row in story.rows("triage without", "unknown") if row["incomplete"]]
    assert lost and all("status 401" in row["why"] and "--use-pull-secrets" in row["fix"] for row in lost), lost


def test_what_runs_is_found_in_the_registry(story):
    assert story.answers["images"]["complete"] and story.answers["images"]["errors"] == []
    image = story.row("images", story.first)
    assert (image["digest_kind"], image["built"], image["dating"]) == ("index", BUILT, "dated")
    assert (image["base"], image["base_digest"]) == (f"{story.registry.host}/acme/base:1", story.base.digest)
    assert (image["tags_now"], image["registry_state"]) == (["1"], "tagged")
    # Attestations are no platform.
    assert image["platforms"] == ["linux/amd64", "linux/arm64"]
    assert {(row["state"], row["workload"], row["node"]) for row in image["sightings"] if row["digest"]} == {
        ("runs", "one", NAME)}


def test_a_tag_that_stands_is_no_alarm(story):
    assert story.rows("stands", "tag_row") == []
    assert not [row for row in story.rows("stands", "action") if "acme/web" in row["subject"]]


def test_a_tag_that_was_pushed_over_moved_and_its_replica_runs_another(story):
    tag = story.tag("moved")
    assert (tag["state"], tag["change"]) == ("moved", "layers on top")
    assert (tag["digest"], tag["digest_before"]) == (story.second.digest, story.first.digest)
    assert (tag["runs_now"], tag["runs_other"]) == (0, 1)
    assert tag["platforms_changed"] == ["linux/amd64: layers on top", "linux/arm64: layers on top"]
    assert story.row("moved", story.second)["built"] == BUILT_LATER


def test_a_replica_that_pulls_then_runs_the_new_one(story):
    tag = story.tag("pulled")
    assert (tag["state"], tag["runs_now"], tag["runs_other"]) == ("moved", 1, 1)
    # It was started in the second in which the tag moved: that is no move back.
    assert story.moves("pulled") == ["first", "second"]
    assert ("check", f"tag {story.image}") in [(row["action"], row["subject"]) for row in story.rows("pulled", "action")]


def test_another_index_of_the_same_images_is_no_other_image_for_replicas(story):
    tag = story.tag("same images")
    assert (tag["state"], tag["change"], tag["digest"]) == ("moved", "index only", story.third.digest)
    assert (tag["runs_now"], tag["runs_other"]) == (2, 1)
    assert story.moves("same images") == ["first", "second", "third"]


def test_a_deleted_tag_is_deleted_and_what_runs_is_still_known(story):
    tag = story.tag("deleted")
    assert (tag["state"], tag["digest"]) == ("deleted", story.third.digest)
    assert story.row("deleted", story.second)["built"] == BUILT_LATER
    assert (story.row("deleted", story.second)["runs"], story.row("deleted", story.second)["registry_state"]) == (2, "untagged")


def test_a_tag_that_was_put_back_is_no_proof(story):
    tag = story.tag("put back")
    assert (tag["state"], tag["digest"], tag["runs_now"], tag["runs_other"]) == ("put back", story.first.digest, 1, 2)
    assert story.moves("put back") == ["first", "second", "third", "first"]
    assert "no proof of clean" in tag["why"]


def test_only_the_login_of_the_pull_secret_was_used(story):
    asked = story.registry.requests()
    # Its log names the user of what could not be answered alone.
    assert {one.user for one in asked if one.status == 404} == {USER}
    for path in story.folder.rglob("*"):
        assert not path.is_file() or PASSWORD.encode() not in path.read_bytes(), path


def without_times(row):
    if isinstance(row, list):
        return [without_times(one) for one in row]
    if isinstance(row, dict):
        return {key: without_times(value) for key, value in row.items() if key not in READ_TIMES}
    return row


@pytest.mark.parametrize("what", ["triage", "images", "tags"])
def test_what_was_frozen_answers_as_the_registry_did(story, what):
    live, frozen = ([without_times(row) for row in story.answers[f"{what} {way}"]["items"]] for way in ("live", "frozen"))
    assert frozen == live
    assert any(row["record"] in ("image", "tag_row") for row in live)
