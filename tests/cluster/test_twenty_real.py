"""One API server under twenty names, read by users who log in in different ways; three of the names are broken in different
ways. Seventeen are answered, three are named, and nobody waits for the one that never answers.
"""
import re
import socket
import time

import pytest

from live.scenery import Answer
from objects import collection_path, rule
from pki import Pki
from real import TRIAGE
from relay import Relay

NAMES = [f"c{number:02}" for number in range(1, 21)]
REFUSED, WRONG_CA, HANGS = BROKEN = NAMES[2], NAMES[9], NAMES[14]
WELL = [name for name in NAMES if name not in BROKEN]
LOGINS = [{}, {"login": "token-file"}, {"login": "certificate-files"}, {"login": "certificate-data", "ca": "file"},
          {"insecure": True}, {"tls_server_name": "lab.example"}, {"user": "admin", "impersonate": True}]
EVERYTHING = [rule(["list"], ["*"], groups=["", "apps", "batch"]), rule(["get"], ["namespaces"])]


@pytest.fixture(scope="module")
def users(world_lab):
    """u1 to u20 may read everything, but u20 no secrets."""
    for number in range(1, 20):
        world_lab.allow(f"u{number}", EVERYTHING)
    kinds = ["pods", "namespaces", "nodes", "events", "serviceaccounts", "replicationcontrollers", "podtemplates"]
    world_lab.allow("u20", [rule(["list"], kinds), rule(["list"], ["*"], groups=["apps", "batch"]),
                            rule(["get"], ["namespaces"])])
    yield
    api = world_lab.api()
    for kind in ("ClusterRoleBinding", "ClusterRole"):
        api.delete(f"{collection_path(kind)}?labelSelector=fother.test/allowed").must()


@pytest.fixture
def silent(world_lab):
    """It accepts connections and never says a word."""
    with Relay(world_lab.port) as relay:
        relay.silent = True
        yield relay


def context(number, name, broken, strange):
    user = f"u{number}"
    how = LOGINS[number % len(LOGINS)] | {"name": name}
    how = how | {"impersonate": user} if how.get("impersonate") else how | {"user": user}
    if name == WRONG_CA:
        return {"name": name, "user": user, "ca": "none",
                "cluster_fields": {"certificate-authority": str(strange)}}
    return how | ({"server": broken[name]} if name in broken else {})


@pytest.fixture
def twenty(world_lab, users, silent, fother, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        closed = f"https://127.0.0.1:{free.getsockname()[1]}"
    strange = Pki(tmp_path / "other-pki", name="made-up-other-ca").ca
    servers = {REFUSED: closed, HANGS: silent.server}
    return fother.use(world_lab.kubeconfig(*(context(number, name, servers, strange)
                                             for number, name in enumerate(NAMES, 1))))


def outcomes(fother):
    """{context: outcome of its read}, as another process sees them. None yet: no store yet."""
    if not (fother.state / "fother/store.db").exists():
        return {}
    return {row["source"].partition("@")[0]: row["outcome"] for row in fother.query("SELECT source, outcome FROM read")}


def wait_for_the_others(fother, seconds=30):
    """Until all but the broken ones are in the store, each whole as far as its user may read."""
    end, wanted = time.monotonic() + seconds, dict.fromkeys(WELL, "complete") | {"c20": "partial"}
    while {name: outcomes(fother).get(name) for name in WELL} != wanted:
        assert time.monotonic() < end, outcomes(fother)
        time.sleep(0.2)


def test_all_are_read_but_three_and_none_waits_for_another(twenty, silent):
    started = time.monotonic()
    run = twenty.start(*twenty.live(*TRIAGE, contexts=NAMES))
    # While one is still waited for, all others are in the store.
    wait_for_the_others(twenty)
    assert run.process.poll() is None and silent.accepted, "".join(run.errors)
    assert outcomes(twenty).get(HANGS, "reading") == "reading" and time.monotonic() - started < 30
    assert run.interrupt() == 1
    found = outcomes(twenty)
    assert found[HANGS] == "interrupted" and found[WRONG_CA] == "failed" and found[REFUSED] in ("failed", "interrupted")
    ended = {row["source"].partition("@")[0]: row["ended"] for row in twenty.query("SELECT source, ended FROM read")}
    assert max(ended[name] for name in WELL) < ended[HANGS]


def test_the_answer_names_the_three_and_goes_by_what_is_bad(twenty, silent, world_lab):
    """The one that hangs is let go after a while, so that its end need not be waited for."""
    command = twenty.live(*TRIAGE, contexts=NAMES)
    run = twenty.start(*command)
    wait_for_the_others(twenty)
    silent.closed = True
    code = run.end(60)
    answer = Answer(type("Run", (), {"returncode": code, "stdout": "".join(run.lines), "stderr": "".join(run.errors)}))
    assert code == 4 and not answer.json["complete"]
    assert sorted(re.match(r"context (\S+) ", error)[1] for error in answer.json["errors"]) == sorted(BROKEN)
    why = {name: error for name in BROKEN for error in answer.json["errors"] if f"context {name} " in error}
    assert "cannot connect" in why[REFUSED] and "unknown authority" in why[WRONG_CA] and "connection" in why[HANGS]
    # It is one cluster, whatever its names: what u20 was refused, others have read at the same time.
    assert {(row["cluster"], row["subject"]) for row in answer.rows("unknown") if row["incomplete"]} == {
        (name, "everything") for name in BROKEN} and answer.missing == {}
    assert [(row["username"], row["clusters"], row["secrets"]) for row in answer.rows("credential")] == [
        ("acme", 1, 2), ("acmeci", 1, 1), ("acmeold", 1, 1)]
    screen = twenty.run("triage", *TRIAGE[1:-4], "--key-file", twenty.key)
    assert screen.returncode == 3 and "INCOMPLETE" in screen.stdout
    for name in BROKEN:
        assert re.search(rf"\b{name}\b", screen.stdout), screen.stdout
    # Each read as the user of its context: admin is who impersonates.
    asked = {one["user"] for one in world_lab.requests("fother")}
    assert asked >= {f"u{number}" for number, name in enumerate(NAMES, 1) if name in WELL and number % len(LOGINS) != 6}
