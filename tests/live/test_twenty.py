"""Twenty clusters at once, three of them broken in different ways: the others are answered, the broken ones are named, and
nobody waits for them.

One server stands for all of them, under twenty names and as many users. As its objects are the same, so is its cluster: what
tells the contexts apart is the read of each.
"""
import json
import re
import time

import pytest

from live import faults
from live.fake_api import dump, recorded
from live.scenery import TRIAGE, Answer, write_kubeconfig

NAMES = [f"c{number:02}" for number in range(1, 21)]
REFUSED, WRONG_CA, NOBODY = BROKEN = NAMES[4], NAMES[9], NAMES[14]
WELL = [name for name in NAMES if name not in BROKEN]


def cluster_of(request):
    """The fake shows each user a kube-system of its own."""
    return f"made-up-cluster-{request.user}"


def own_cluster(reply, request):
    if reply.status == 200:
        obj = json.loads(recorded("kube-system"))
        obj["metadata"]["uid"] = cluster_of(request)
        faults.replace(reply, 200, "application/json", dump(obj))


@pytest.fixture
def twenty(api, start_api, fother):
    """Contexts c01 to c20; a port where nobody listens, another authority, and a user whom nobody knows."""
    closed, strange = start_api(), start_api(certificate="other")
    closed.stop()
    api.users |= {f"made-up-token-{name}": name for name in WELL}
    api.fail("/api/v1/namespaces/kube-system", own_cluster)
    servers = {REFUSED: closed, WRONG_CA: strange}
    write_kubeconfig(fother.kubeconfig, [fother.context(servers.get(name, api), name=name, token=f"made-up-token-{name}")
                                         for name in NAMES])
    return fother


def failures(answer):
    """{context: why}"""
    return {re.match(r"context (\S+) ", error)[1]: error for error in answer.json["errors"]}


def test_seventeen_are_answered_and_three_are_named(twenty, api):
    answer = twenty.triage(contexts=NAMES)
    assert answer.code == 4 and not answer.json["complete"]
    why = failures(answer)
    assert sorted(why) == sorted(BROKEN)
    assert "cannot connect" in why[REFUSED] and "unknown authority" in why[WRONG_CA] and "HTTP 401" in why[NOBODY]
    assert {copy["cluster"] for row in answer.rows("credential") for copy in row["copies"]} == set(WELL)
    # The same three logins everywhere.
    assert [(row["username"], row["clusters"]) for row in answer.rows("credential")] == [
        ("acme", 17), ("acmeci", 17), ("acmeold", 17)]
    assert outcomes_of(answer) == {name: "failed" if name in BROKEN else "complete" for name in NAMES}
    assert {request.user for request in api.requests} == set(WELL) | {None}
    assert not [name for name in NAMES if f"made-up-token-{name}" in answer.output]


def test_findings_go_first_and_the_screen_names_the_broken_ones(twenty):
    screen = twenty.run(*twenty.live(*TRIAGE, contexts=NAMES), columns=120)
    assert screen.returncode == 3 and "INCOMPLETE" in screen.stdout
    for name in BROKEN:
        assert re.search(rf"\b{name}\b", screen.stdout), screen.stdout


def test_all_contexts_are_the_same_as_each_by_name(twenty):
    command = [*TRIAGE, "--fail-on", "none", "--kubeconfig", twenty.kubeconfig, "--all-contexts", "--key-file", twenty.key]
    answer = Answer(twenty.run(*command, "-o", "json"))
    assert answer.code == 4 and sorted(failures(answer)) == sorted(BROKEN)
    assert [row["clusters"] for row in answer.rows("credential")] == [17, 17, 17]


def test_what_was_never_read_is_unknown_and_never_clean(twenty):
    twenty.triage(contexts=NAMES)
    later = Answer(twenty.run(*TRIAGE, "--fail-on", "none", "-o", "json", "--key-file", twenty.key))
    assert later.code == 4 and not later.json["complete"]
    assert {row["cluster"] for row in later.rows("unknown") if row["incomplete"]} == set(BROKEN)


def outcomes_of(answer):
    """{context: outcome of its read}"""
    return {read["source"].partition("@")[0]: read["outcome"] for read in answer.json["reads"]}


def wait_until_stored(fother, names, seconds=20):
    """Until all of them are in the store, as another process sees it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        run = fother.run("secrets", "-o", "json", "--key-file", fother.key)
        outcomes = outcomes_of(Answer(run)) if run.returncode in (0, 4) else {}
        if all(outcomes.get(name) == "complete" for name in names):
            return outcomes
        time.sleep(0.1)
    raise AssertionError(f"not in the store after {seconds} s: {outcomes} {run.stderr}")


@pytest.mark.parametrize("act", [faults.no_answer(reset=False), faults.too_many(seconds=50)], ids=["silent", "busy"])
def test_one_that_hangs_delays_nobody(twenty, api, act):
    slow = WELL[0]

    def for_one(reply, request):
        if request.user == slow:
            act(reply, request)

    api.fail("/", for_one)
    run = twenty.start(*twenty.live(*TRIAGE, "-o", "json", contexts=NAMES))
    api.wait("podtemplates", len(WELL) - 1)
    # Another process sees them in the store, while the slow one is still waited for.
    stored = wait_until_stored(twenty, WELL[1:])
    assert run.process.poll() is None and stored.get(slow, "reading") == "reading"
    assert run.interrupt() == 1 and "interrupted" in "".join(run.errors)
    later = Answer(twenty.run(*TRIAGE, "--fail-on", "none", "-o", "json", "--key-file", twenty.key))
    outcomes = outcomes_of(later)
    assert {name: outcomes[name] for name in WELL} == dict.fromkeys(WELL, "complete") | {slow: "interrupted"}
    assert outcomes[NOBODY] == outcomes[WRONG_CA] == "failed" and outcomes[REFUSED] in ("failed", "interrupted")
    assert {copy["cluster"] for row in later.rows("credential") for copy in row["copies"]} == set(WELL[1:])
