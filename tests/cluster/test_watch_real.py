"""fother secrets --watch on a real API server: a thousand changes through five ends of its connections, each of another kind.

What was changed while the server still had the history of it is told once, in its order. Where a server has forgotten its
history (which a restart is enough for), a gap record spans what was not told, and the state after it is right all the same.
"""
import random
import re
import signal
import time

import pytest

from live.scenery import Answer
from objects import b64, collection_path, namespace, object_path, pull_secret, rule
from real import RealFother
from relay import Relay

CHANGES = 1000
LIVING_MAX = 40
# One of each type, which has a list, and so a watch, of its own; only catch_up() changes them.
BEACONS = ("beacon", "beacon-old")
USER, SECOND_TOKEN = "u20", "made-up-token-u20-second"
# What a change of each kind is called when it is told as it happens.
WORDS = {"create": "added", "login": "changed", "touch": "touched", "delete": "deleted"}
# An event takes so long from the server's clock to Fother's at most, on a busy machine.
LAG_SECONDS = 2


class Change:
    """What the writer did: kind, name, uid, version (None: deleted), password after it, and when."""

    def __init__(self, kind, made, password, before):
        self.kind, self.password = kind, password
        self.name, self.uid = made["metadata"]["name"], made["metadata"]["uid"]
        self.version = None if kind == "delete" else made["metadata"]["resourceVersion"]
        self.before, self.after = before, time.time()


class Writer:
    """The only one who changes secrets, and so the one who knows."""

    def __init__(self, lab, seed):
        self.api, self.dice = lab.api(), random.Random(seed)
        self.done, self.living, self.count = [], {}, 0

    def secret(self, name, password):
        return pull_secret("churn", name, {"docker.io": (f"acme-{name}", password)}, old=name.endswith("-old"))

    def act(self, kind, name, password, ask):
        before = time.time()
        made = ask().must().json
        if kind == "delete":
            made = {"metadata": {"name": name, "uid": made["details"]["uid"]}}
        self.done.append(Change(kind, made, password, before))

    def create(self, name=None):
        self.count += 1
        name = name or f"s-{self.count}{'-old' if self.count % 3 == 0 else ''}"
        password = self.living[name] = f"made-up-password-{self.count}"
        self.act("create", name, password, lambda: self.api.post(collection_path("Secret", "churn"), self.secret(name, password)))

    def login(self, name):
        self.count += 1
        password = self.living[name] = f"made-up-password-{self.count}"
        changed = self.secret(name, password)
        self.act("login", name, password, lambda: self.api.patch(object_path(changed), {"data": changed["data"]}))

    def touch(self, name):
        labels = {"metadata": {"labels": {"touched": str(len(self.done))}}}
        self.act("touch", name, self.living[name], lambda: self.api.patch(object_path(self.secret(name, "x")), labels))

    def delete(self, name):
        del self.living[name]
        self.act("delete", name, None, lambda: self.api.delete(object_path(self.secret(name, "x"))))

    def step(self):
        kinds = ["create"] * 3 * (len(self.living) < LIVING_MAX) + ["login", "login", "touch", "delete"] * (len(self.living) > 4)
        kind = self.dice.choice(kinds)
        if kind == "create":
            # Sometimes under a name that there was before.
            gone = sorted({one.name for one in self.done} - set(self.living))
            self.create(self.dice.choice(gone) if gone and self.dice.random() < 0.3 else None)
        else:
            getattr(self, kind)(self.dice.choice(sorted(set(self.living) - set(BEACONS))))


class Ends:
    """The five, by the number of the change before which they happen."""

    def __init__(self, lab, relay, writer, token_file):
        self.lab, self.relay, self.writer, self.token_file = lab, relay, writer, token_file
        self.at = {150: self.cut, 330: self.kill, 500: self.freeze, 660: self.forget, 830: self.rotate}

    def cut(self):
        self.relay.cut()

    def kill(self):
        self.lab.restart_apiserver(signal.SIGKILL)

    def freeze(self):
        """Silent with requests in the air, and then all connections end."""
        self.lab.freeze_apiserver()
        time.sleep(1)
        self.relay.cut()
        time.sleep(1)
        self.lab.thaw_apiserver()

    def forget(self):
        """Nobody listens while 40 changes are made and forgotten."""
        self.relay.closed = True
        for _ in range(40):
            self.writer.step()
        self.lab.compact()
        self.lab.restart_apiserver()
        self.relay.closed = False

    def rotate(self):
        """The old token ends with the server's restart; the new one comes when the old one was refused."""
        tokens = self.lab.folder / "tokens.csv"
        tokens.write_text(tokens.read_text().replace(f"{self.lab.token(USER)},", f"{SECOND_TOKEN},"))
        self.lab.restart_apiserver()
        self.lab.processes.wait_until("the old token is refused", lambda: re.search(
            r'^authentication_attempts{result="(error|failure)"} [1-9]', self.lab.api().get("/metrics").body.decode(), re.M))
        self.token_file.write_text(SECOND_TOKEN)


def catch_up(writer, run):
    """Some changes at once, whoever listens, and then none until Fother knows of the last."""
    for _ in range(10):
        writer.step()
    for name in BEACONS:
        writer.login(name)
        version = writer.done[-1].version
        run.wait_for(f"a change after {len(writer.done)}", lambda run: version in {
            row["resource_version"] for row in told(run)}, 60)


@pytest.fixture(scope="module")
def churned(start_lab, tmp_path_factory):
    """(changes made, changes told, gaps, the Fother that followed, its run, the lab)"""
    lab = start_lab(controllers=False)
    lab.create([namespace("churn"), pull_secret("churn", "before", {"docker.io": ("acme", "made-up-password-before")})])
    lab.allow(USER, [rule(["get", "list", "watch"], ["*"], groups=["", "apps", "batch"])])
    folder = tmp_path_factory.mktemp("watch")
    fother, token_file = RealFother(folder / "follows"), folder / "token"
    token_file.write_text(lab.token(USER))
    with Relay(lab.port) as relay:
        fother.use(lab.kubeconfig(name="prod", server=relay.server, login="none", user_fields={"tokenFile": str(token_file)}))
        run = fother.start(*fother.live("secrets", "--watch", "-o", "ndjson"))
        run.wait_for("the answer before", lambda run: any('"schema"' in line for line in run.lines))
        writer = Writer(lab, 5)
        for name in BEACONS:
            writer.create(name)
        ends = Ends(lab, relay, writer, token_file).at
        while len(writer.done) < CHANGES:
            for at in [at for at in ends if at <= len(writer.done)]:
                ends.pop(at)()
                catch_up(writer, run)
            writer.step()
        assert not ends
        catch_up(writer, run)
        time.sleep(1)
        code = run.interrupt()
        yield writer, told(run), fother, run, code, lab
    fother.stop_all()
    lab.stop()


def told(run):
    return [row for row in run.rows() if row.get("record") == "secret_change"]


@pytest.fixture(scope="module")
def gaps(churned):
    return [(row["from_time"] / 1e6, row["to_time"] / 1e6) for row in churned[2].query("SELECT * FROM gap WHERE kind = 'Secret'")]


class Story:
    """What was told of one secret (one UID) held against what was done to it."""

    def __init__(self, done, rows, gaps):
        self.done, self.gaps, self.hidden, self.at = done, gaps, [], 0
        for row in rows:
            self.take(row)
        self.hide(len(done))

    def hide(self, until):
        """What was not told until there was within a gap."""
        for change in self.done[self.at:until]:
            assert any(start - LAG_SECONDS <= change.before and change.after <= end + LAG_SECONDS for start, end in self.gaps), \
                f"{change.kind} of {change.name} was never told, and no gap says so"
            self.hidden.append(change)

    def take(self, row):
        found = [at for at in range(self.at, len(self.done)) if self.done[at].version == (
            None if row["change"] == "deleted" else row["resource_version"])]
        assert found, f"told twice, or out of order, or never done: {row}"
        change, hidden = self.done[found[0]], found[0] > self.at
        self.hide(found[0])
        self.at = found[0] + 1
        if row["change"] != WORDS[change.kind]:
            # A list found it: `added` and `lost` say what is there now, whatever came in between.
            assert row["change"] in ("added", "lost") and (hidden or change.kind == "login"), row
            self.at = found[0]
            self.hide(found[0] + 1)
            self.at = found[0] + 1


@pytest.fixture(scope="module")
def stories(churned, gaps):
    writer, rows, *_ = churned
    uids = {change.uid for change in writer.done}
    assert {row["uid"] for row in rows} <= uids
    return [Story([one for one in writer.done if one.uid == uid], [row for row in rows if row["uid"] == uid], gaps)
            for uid in sorted(uids)]


def test_every_change_is_told_once_and_in_order_or_lies_in_a_gap(churned, stories):
    writer, rows, *_ = churned
    hidden = sum(len(story.hidden) for story in stories)
    assert len(writer.done) >= CHANGES and {change.kind for change in writer.done} == set(WORDS)
    # The forty that were forgotten, less those of them whose result was still there to be found.
    assert 10 <= hidden <= 120 and len(rows) >= 880, (hidden, len(rows))


def test_what_the_server_had_forgotten_is_in_a_gap(churned, gaps):
    assert gaps and all(start < end for start, end in gaps)
    assert sum(end - start for start, end in gaps) < 120


def test_the_logins_told_are_those_that_were_written(churned):
    """A fingerprint stands for one password and no other."""
    writer, rows, *_ = churned
    passwords, known = {(one.uid, one.version): one.password for one in writer.done}, {}
    for row in rows:
        if row["change"] == "deleted":
            assert row["fingerprints"] == []
            continue
        [fingerprint] = row["fingerprints"]
        assert known.setdefault(passwords[row["uid"], row["resource_version"]], fingerprint) == fingerprint
    assert len(set(known.values())) == len(known) > 300


def test_the_store_ends_with_what_the_cluster_has(churned):
    writer, _, fother, _, _, lab = churned
    fresh = RealFother(fother.folder.parent / "fresh").use(lab.kubeconfig(name="prod"))

    def state(answer):
        return {(row["namespace"], row["name"], row["uid"]): [
            (entry["registry"], entry["username"], entry["fingerprint"]) for entry in row["entries"]]
            for row in answer.items if row["change"] != "gone"}

    now = state(Answer(fresh.run(*fresh.live("secrets", "-o", "json"))))
    last = Answer(fother.run("secrets", "-o", "json", "--key-file", fother.key))
    assert state(last) == now
    assert {name for _, name, _ in now} == {*writer.living, "before"}
    # Each that is gone is known to be gone; what came and went within a gap was never seen.
    gone = {row["uid"] for row in last.items if row["change"] == "gone"}
    alive = {uid for _, _, uid in now}
    assert gone == {row["uid"] for row in churned[1]} - alive


def test_it_ended_well_and_said_no_secret(churned):
    _, _, fother, run, code, _ = churned
    assert code == 0, "".join(run.errors)
    assert "followed again" in "".join(run.errors)
    for needle in ("made-up-password-", b64("made-up-password-")[:-4], "made-up-token-"):
        assert needle not in run.output and needle.encode() not in fother.stored()
