"""fother secrets --watch through everything that ends a watch: nothing is lost, nothing comes twice."""
import datetime
import json
import random
import re
import sqlite3
import time

import pytest

from live import faults
from live.compare import pull_secret
from live.fake_api import dump, recorded
from live.scenery import Answer, needles
from live.world import HUB

JSON_TYPE, CFG_TYPE = "kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"
WATCH = "watch=1"
# The two lists of secrets have a watch each.
WATCHES = 2


def login(number):
    return {HUB: ("acme", f"made-up-password-{number}")}


class Watching:
    """A Fother that follows the fake's secrets."""

    def __init__(self, fother, api, *words, **context):
        self.fother, self.api = fother, api
        fother.use(fother.context(api, **context))
        self.run = fother.start(*fother.live("secrets", "--watch", "-o", "ndjson", *words))
        self.wait_for_watches()

    def wait_for_watches(self):
        self.run.wait_for("its watches", lambda _: len(self.api.watches) >= WATCHES)

    def put(self, name, number, namespace="shop"):
        return self.api.world.put("secrets", pull_secret(namespace, name, login(number)))

    def touch(self, name, label):
        secret = self.api.world.get("secrets", name)
        secret["metadata"]["labels"] = {"made-up": label}
        return self.api.world.put("secrets", secret)

    def delete(self, name):
        self.api.world.delete("secrets", name)

    def changes(self):
        return [row for row in self.run.rows() if row.get("record") == "secret_change"]

    def told(self):
        return [(row["change"], f"{row['namespace']}/{row['secret']}") for row in self.changes()]

    def expect(self, *told, in_order=True):
        """Until these were told, and nothing else."""
        order = list if in_order else sorted
        self.run.wait_for(f"{told}", lambda _: len(self.told()) >= len(told))
        assert order(self.told()) == order(told)

    def stop(self):
        """Ends it in order; no line came after the last one expected, and no secret is anywhere."""
        before = len(self.changes())
        assert self.run.interrupt() == 0, "".join(self.run.errors)
        assert len(self.changes()) == before
        leaked = [needle for needle in (*needles(), "made-up-password-") if needle in self.run.output
                  or needle.encode() in self.fother.stored()]
        assert not leaked

    def stored(self, query):
        with sqlite3.connect(self.fother.state / "fother/store.db") as db:
            return db.execute(query).fetchall()

    def answer(self):
        return Answer(self.fother.run("secrets", "-o", "json", "--key-file", self.fother.key))


@pytest.fixture
def watch(fother, api):
    watching = Watching(fother, api)
    yield watching
    if watching.run.process.poll() is None:
        watching.stop()


def versions_asked(api, subtype=JSON_TYPE):
    return [request.query["resourceVersion"] for request in api.of(WATCH) if subtype in request.query["fieldSelector"]]


# Without a fault

def test_changes_are_told_and_stored_as_they_happen(watch, api):
    watch.put("new", 1)
    watch.expect(("added", "shop/new"))
    watch.put("new", 2)
    watch.touch("shop/new", "yes")
    watch.delete("shop/new")
    watch.delete("shop/old")
    watch.expect(("added", "shop/new"), ("changed", "shop/new"), ("touched", "shop/new"), ("deleted", "shop/new"),
                 ("deleted", "shop/old"), in_order=False)
    rows = {row["change"]: row for row in watch.changes() if row["secret"] == "new"}
    assert rows["changed"]["fingerprints_before"] == rows["added"]["fingerprints"] != rows["changed"]["fingerprints"]
    assert rows["touched"]["fingerprints_before"] == rows["touched"]["fingerprints"] == rows["deleted"]["fingerprints_before"]
    assert rows["added"]["fingerprints_before"] is None and rows["deleted"]["fingerprints"] == []
    watch.stop()
    assert {(row["namespace"], row["name"]): row["change"] for row in watch.answer().items if row["change"]} == {
        ("shop", "new"): "gone", ("shop", "old"): "gone"}
    assert api.asked(WATCH) == WATCHES


def test_it_watches_from_where_the_list_stood(watch, api):
    assert versions_asked(api) == versions_asked(api, CFG_TYPE) == [str(api.world.version)]


# Ends of a watch

def test_a_watch_that_the_server_ends_goes_on_from_the_last_event(watch, api):
    version = watch.put("new", 1)["metadata"]["resourceVersion"]
    watch.expect(("added", "shop/new"))
    api.end_watches()
    api.wait(WATCH, 2 * WATCHES)
    assert versions_asked(api)[1] == version
    watch.put("new", 2)
    watch.expect(("added", "shop/new"), ("changed", "shop/new"))


def test_a_bookmark_moves_the_version(watch, api):
    # A change of something else: no event tells this watch of it.
    api.world.put("pods", api.world.get("pods", "shop/web-1"))
    api.bookmark()
    api.end_watches()
    api.wait(WATCH, 2 * WATCHES)
    version = str(api.world.version)
    assert versions_asked(api)[1] == versions_asked(api, CFG_TYPE)[1] == version != versions_asked(api)[0]
    # What was before is history no more, and nothing is missed.
    api.forget()
    watch.put("new", 1)
    watch.expect(("added", "shop/new"))


def test_half_an_event_is_none(watch, api):
    watch.put("new", 1)
    watch.expect(("added", "shop/new"))
    api.cut_next_event()
    watch.put("new", 2)
    watch.expect(("added", "shop/new"), ("changed", "shop/new"))
    watch.put("new", 3)
    watch.expect(("added", "shop/new"), ("changed", "shop/new"), ("changed", "shop/new"))


def test_a_restart_of_the_server_is_overcome(watch, api):
    watch.put("new", 1)
    watch.expect(("added", "shop/new"))
    api.stop()
    watch.put("new", 2)
    watch.delete("shop/other")
    time.sleep(0.3)
    api.start()
    watch.expect(("added", "shop/new"), ("changed", "shop/new"), ("deleted", "shop/other"))
    watch.put("new", 3)
    watch.expect(("added", "shop/new"), ("changed", "shop/new"), ("deleted", "shop/other"), ("changed", "shop/new"))


def test_a_server_that_is_busy_is_asked_again(watch, api):
    api.fail(WATCH, faults.too_many(seconds=1), times=WATCHES)
    api.cut_watches()
    api.wait(WATCH, 3 * WATCHES)
    watch.put("new", 1)
    watch.expect(("added", "shop/new"))


def test_what_is_wrong_is_said_and_that_it_is_over(watch, api):
    fault = api.fail(WATCH, faults.html(200))
    api.cut_watches()
    watch.run.wait_for("a notice", lambda run: "not followed at the moment" in "".join(run.errors))
    watch.put("new", 1)
    api.faults.remove(fault)
    watch.expect(("added", "shop/new"))
    watch.run.wait_for("an end", lambda run: "followed again" in "".join(run.errors))


def test_a_thousand_changes_through_five_disconnects(watch, api):
    """Every version that the world went through is told, in its order."""
    dice = random.Random(5)
    ends = {at: end for at, end in zip(sorted(dice.sample(range(50, 950), 5)), [
        api.cut_watches, api.cut_next_event, api.end_watches, api.cut_watches, api.cut_next_event])}
    living = []
    for number in range(1000):
        if number in ends:
            ends[number]()
        if len(living) > 20 and dice.random() < 0.3:
            watch.delete("shop/" + living.pop(dice.randrange(len(living))))
            continue
        name = f"churn-{number}" if len(living) < 20 or dice.random() < 0.3 else dice.choice(living)
        living += [name] if name not in living else []
        watch.put(name, number)
    made = [(change.type, change.item.object["metadata"]["name"], str(change.version)) for change in api.world.history]
    watch.run.wait_for("all changes", lambda _: len(watch.changes()) >= len(made))
    words = {"added": "ADDED", "changed": "MODIFIED", "deleted": "DELETED"}
    assert [(words[row["change"]], row["secret"], row["resource_version"]) for row in watch.changes()] == made
    watch.stop()
    assert {row["name"] for row in watch.answer().items if row["change"] != "gone" and row["name"].startswith("churn")} == set(living)
    assert watch.stored("SELECT * FROM gap") == []


# History that is forgotten

@pytest.mark.parametrize("by_status", [False, True], ids=["by an event", "by a status"])
def test_what_happened_while_nothing_was_told_is_found_by_a_list(watch, api, by_status):
    watch.touch("shop/hub", "before")
    watch.expect(("touched", "shop/hub"))
    known_until = datetime.datetime.now().timestamp()
    api.too_old_by_status = by_status
    api.stop()
    time.sleep(1.1)
    watch.put("hub", 1)
    watch.put("new", 2)
    watch.delete("shop/old")
    watch.delete("data/hub")
    watch.touch("ci/hub", "yes")
    api.forget()
    api.start()
    # A change of nothing that matters is not told: only logins are compared.
    watch.expect(("touched", "shop/hub"), ("lost", "shop/hub"), ("added", "shop/new"), ("deleted", "shop/old"),
                 ("deleted", "data/hub"), in_order=False)
    lost = next(row for row in watch.changes() if row["change"] == "lost")
    assert lost["fingerprints_before"] and lost["fingerprints_before"] != lost["fingerprints"]
    # It goes on from the list.
    watch.wait_for_watches()
    watch.put("new", 3)
    watch.run.wait_for("what comes after", lambda _: watch.told()[-1] == ("changed", "shop/new"))
    watch.stop()
    gaps = watch.stored("SELECT source, kind, from_time, to_time FROM gap ORDER BY source")
    assert [re.sub(", from .*", "", source) for source, *_ in gaps] == [
        f"watch of secrets, type {CFG_TYPE}", f"watch of secrets, type {JSON_TYPE}"]
    for _, kind, start, end in gaps:
        assert kind == "Secret" and start / 1e6 < known_until + 0.5 and end - start > 1e6
    gone = {f"{row['namespace']}/{row['name']}" for row in watch.answer().items if row["change"] == "gone"}
    assert gone == {"shop/old", "data/hub"}


def test_each_gap_is_kept(watch, api):
    for number in range(2):
        asked = api.asked("limit=500&fieldSelector")
        api.stop()
        watch.put("new", number)
        api.forget()
        api.start()
        api.wait("limit=500&fieldSelector", asked + WATCHES)
        watch.wait_for_watches()
        watch.touch("shop/hub", str(number))
        watch.run.wait_for("a touch", lambda _, number=number: watch.told().count(("touched", "shop/hub")) == number + 1)
    watch.stop()
    assert len(watch.stored(f"SELECT * FROM gap WHERE source LIKE '%{JSON_TYPE}%'")) == 2


def test_a_list_of_many_pages_after_a_gap(watch, api):
    """The pages of both lists come in any order: each item is told of its own list."""
    api.page_max = 1
    for number in range(12):
        watch.put(f"many-{number:02}", number)
    watch.run.wait_for("all", lambda _: len(watch.told()) == 12)
    api.stop()
    watch.delete("shop/many-03")
    watch.put("many-07", 100)
    api.forget()
    api.start()
    watch.run.wait_for("a gap", lambda _: len(watch.told()) >= 14)
    assert sorted(watch.told()[12:]) == [("deleted", "shop/many-03"), ("lost", "shop/many-07")]
    row = next(row for row in watch.changes() if row["change"] == "lost")
    assert len(row["fingerprints"]) == len(row["fingerprints_before"]) == 1


def test_a_list_that_begins_again_does_not_count_twice(watch, api):
    """The first attempt of the list after a gap showed a secret that is gone in the second."""
    api.page_max = 1

    def gone_in_between(reply, request):
        if JSON_TYPE in request.query["fieldSelector"] and "ci/hub" in api.world.resource("secrets").items:
            api.world.delete("secrets", "ci/hub")
            faults.expired()(reply, request)

    api.stop()
    api.forget()
    api.fail("&continue", gone_in_between)
    api.start()
    watch.expect(("deleted", "ci/hub"))


def test_a_server_that_forgets_at_once_is_not_asked_without_pause(watch, api):
    api.fail(WATCH, faults.status(410, "Expired", "too old resource version"))
    api.cut_watches()
    api.wait("limit=500&fieldSelector", 2 * WATCHES)
    before = api.asked("limit=500&fieldSelector")
    time.sleep(2)
    assert api.asked("limit=500&fieldSelector") - before <= 3 * WATCHES


def test_a_server_that_ends_watches_at_once_is_not_asked_without_pause(watch, api):
    def nothing(reply, request):
        reply.stream = iter(())

    api.fail(WATCH, nothing)
    api.cut_watches()
    api.wait(WATCH, 2 * WATCHES)
    before = api.asked(WATCH)
    time.sleep(2)
    assert api.asked(WATCH) - before <= 4 * WATCHES


# Logins

def test_a_new_token_in_the_file_is_used(fother, api):
    token = fother.folder / "token"
    token.write_text(api.token())
    watch = Watching(fother, api, token=None, token_file=token)
    watch.put("new", 1)
    watch.expect(("added", "shop/new"))
    api.users = {"made-up-token-second": "admin"}
    token.write_text("made-up-token-second")
    api.cut_watches()
    watch.put("new", 2)
    watch.expect(("added", "shop/new"), ("changed", "shop/new"))
    watch.stop()


def test_a_token_that_comes_later_is_found(fother, api):
    """The old one is refused before the new one is there."""
    token = fother.folder / "token"
    token.write_text(api.token())
    watch = Watching(fother, api, token=None, token_file=token)
    api.users = {"made-up-token-second": "admin"}
    api.cut_watches()
    watch.run.wait_for("a notice", lambda run: "HTTP 401" in "".join(run.errors))
    token.write_text("made-up-token-second")
    watch.put("new", 1)
    watch.expect(("added", "shop/new"))
    watch.stop()


def test_rights_that_are_taken_away_are_said(watch, api):
    api.rights = lambda user, verb, resource, namespace: verb != "watch"
    api.cut_watches()
    watch.run.wait_for("a notice", lambda run: "cannot watch resource" in "".join(run.errors))
    api.rights = lambda user, verb, resource, namespace: True
    watch.put("new", 1)
    watch.expect(("added", "shop/new"))


# Several clusters

def own_cluster(reply, request):
    obj = json.loads(recorded("kube-system"))
    obj["metadata"]["uid"] = "made-up-cluster"
    faults.replace(reply, 200, "application/json", dump(obj))


def test_a_cluster_that_comes_later_is_followed_too(fother, api, start_api):
    late = start_api()
    for name in list(late.world.resource("secrets").items):
        late.world.delete("secrets", name)
    late.world.put("secrets", pull_secret("shop", "late", login(1)))
    late.fail("/api/v1/namespaces/kube-system", own_cluster)
    late.stop()
    fother.use(fother.context(api), fother.context(late, name="late"))
    run = fother.start(*fother.live("secrets", "--watch", "-o", "ndjson", contexts=("prod", "late")))
    run.wait_for("its watches", lambda _: len(api.watches) >= WATCHES)

    def told():
        return [(row["change"], row["cluster"], row["secret"]) for row in run.rows() if row.get("record") == "secret_change"]

    api.world.delete("secrets", "shop/other")
    run.wait_for("the first", lambda _: len(told()) == 1)
    late.start()
    run.wait_for("the second", lambda _: len(told()) == 2)
    late.world.put("secrets", pull_secret("shop", "late", login(2)))
    run.wait_for("its change", lambda _: len(told()) == 3)
    assert told() == [("deleted", "prod", "other"), ("added", "late", "late"), ("changed", "late", "late")]
    # The answer before it was partial.
    assert run.interrupt() == 4


# The cluster itself

def test_it_is_the_same_cluster_where_kube_system_may_not_be_read(fother, api):
    api.fail("/api/v1/namespaces/kube-system", faults.status(403, "Forbidden"))
    watch = Watching(fother, api)
    watch.put("new", 1)
    watch.expect(("added", "shop/new"))
    watch.touch("shop/hub", "yes")
    watch.expect(("added", "shop/new"), ("touched", "shop/hub"))
    watch.stop()
    # One cluster in the store, whichever way each read learnt who it is.
    assert {row["cluster_uid"] for row in watch.answer().items} == {watch.changes()[0]["cluster_uid"]}
    assert watch.stored("SELECT count(*) FROM cluster") == [(1,)]
