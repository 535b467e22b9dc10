"""Registries that speak the distribution API and one of their own, read by the command line: when a tag was pushed, what it
pointed to before anybody looked, and that a registry whose own API refuses is read all the same."""
import pytest

from command import Fother
from dialects import Harbor, Quay, Refused
from fake_registry import Answer, FakeRegistry
from images import Image, layer, to_json

MADE = "2026-10-01T00:00:00Z"
FIRST, SECOND = 1790935200, 1795154400  # 2026-10-02T10:00:00Z, 2026-11-20T06:00:00Z


def image(word):
    return Image([layer({"app": word.encode()})], created=MADE)


class Both:
    """A registry whose own API is that of `own`."""

    def __init__(self, own):
        self.own, self.registry = own, FakeRegistry()
        self.registry.fault(r"GET /api/", self.answer)
        self.host = self.registry.host

    def answer(self, request):
        try:
            said = self.own.answer(request.method, request.path, request.authorization, b"")
        except Refused as refused:
            return Answer(refused.status, {"Content-Type": "application/json"}, refused.body)
        return Answer(200, {"Content-Type": "application/json"}, said if isinstance(said, bytes) else to_json(said))

    def stop(self):
        self.registry.stop()
        self.own.stop()


@pytest.fixture
def harbor():
    one = Both(Harbor())
    yield one
    one.stop()


@pytest.fixture
def quay():
    one = Both(Quay())
    yield one
    one.stop()


def tags(fother, both, name):
    return fother.run("registry", "tags", f"{both.host}/{name}", "--plain-http", both.host, "-o", "json")


def test_quay_tells_what_a_tag_pointed_to_before_anybody_looked(tmp_path, quay):
    old, new = image("old"), image("new")
    quay.registry.push("acme/web", "1.0", new)
    quay.own.tags["acme/web"] = [
        {"name": "1.0", "manifest_digest": new.digest, "start_ts": SECOND, "reversion": False},
        {"name": "1.0", "manifest_digest": old.digest, "start_ts": FIRST, "end_ts": SECOND, "reversion": False}]
    answer = tags(Fother(tmp_path), quay, "acme/web")
    row, = answer.items("tag_row")
    assert (row["state"], row["digest"], row["digest_before"]) == ("moved", new.digest, old.digest)
    assert row["moved_by"] == "2026-11-20T06:00:00Z"


def test_harbor_tells_when_a_tag_was_pushed_and_last_pulled(tmp_path, harbor):
    one, fother = image("one"), Fother(tmp_path)
    harbor.registry.push("acme/web", "1.0", one)
    harbor.own.artifacts["acme/web"] = [{
        "digest": one.digest, "push_time": "2026-10-02T10:00:00.000Z", "pull_time": "2026-11-24T08:00:00.000Z",
        "tags": [{"name": "1.0", "push_time": "2026-10-02T10:00:00.000Z", "pull_time": "2026-11-24T08:00:00.000Z"}]}]
    answer = tags(fother, harbor, "acme/web")
    assert answer.status == 0
    assert answer.items("tag_row")[0]["history"][0]["pushed"] == "2026-10-02T10:00:00Z"
    log = fother.json("registry", "log").items("registry_event")
    assert {("push", "1.0", "2026-10-02T10:00:00Z"), ("pull", "1.0", "2026-11-24T08:00:00Z")} <= \
        {(row["action"], row["tag"], row["time"]) for row in log}
    assert {row["source"] for row in log} == {"harbor"}


def test_a_registry_whose_own_api_refuses_is_read_all_the_same(tmp_path, harbor):
    harbor.registry.push("acme/web", "1.0", image("one"))
    harbor.own.login = "Basic made-up"
    answer = tags(Fother(tmp_path), harbor, "acme/web")
    row, = answer.items("tag_row")
    assert (row["state"], row["digest"]) == ("stands", image("one").digest)
