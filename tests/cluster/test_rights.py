"""Users with partial rights on a real API server: what they may not read is named exactly, all else is answered, and the rights
that `fother triage --rbac` prints make the answer whole.
"""
import re

import pytest

from live.scenery import differences
from objects import collection_path, rule
from real import RealFother

CORE = ("namespaces", "secrets", "pods", "serviceaccounts", "events", "nodes", "replicationcontrollers", "podtemplates")
APPS, BATCH = ("deployments", "replicasets", "statefulsets", "daemonsets"), ("jobs", "cronjobs")
KINDS = {"namespaces": "Namespace", "pods": "Pod", "serviceaccounts": "ServiceAccount", "events": "Event", "nodes": "Node",
         "replicationcontrollers": "ReplicationController", "podtemplates": "PodTemplate", "deployments": "Deployment",
         "replicasets": "ReplicaSet", "statefulsets": "StatefulSet", "daemonsets": "DaemonSet", "jobs": "Job",
         "cronjobs": "CronJob"}
TYPES = ("kubernetes.io/dockercfg", "kubernetes.io/dockerconfigjson")
WHO_IT_IS = rule(["get"], ["namespaces"], names=["kube-system"])
EVERYWHERE = ("*",), ()
MINE = ("data", "shop")
OTHERS = ("ci", "default", "kube-node-lease", "kube-public", "kube-system")


def rules(without=(), resources=(CORE, APPS, BATCH)):
    """Lists of all kinds that Fother reads, without some."""
    for group, names in zip(("", "apps", "batch"), resources):
        if kept := [name for name in names if name not in without]:
            yield rule(["list"], kept, groups=[group])


def namespaced():
    return list(rules(without=("namespaces", "nodes")))


def missing(resources, where=EVERYWHERE, outcome="forbidden"):
    """What Answer.missing is when lists of these resources were refused."""
    found = {(KINDS[one], "*"): (*where, outcome) for one in resources if one != "secrets"}
    return found | ({("Secret", one): (*where, outcome) for one in TYPES} if "secrets" in resources else {})


ALL_NAMESPACED = [one for one in (*CORE, *APPS, *BATCH) if one not in ("namespaces", "nodes")]


@pytest.fixture
def user(world_lab):
    """u1, whose rights end with the test."""
    yield "u1"
    api = world_lab.api()
    for kind in ("ClusterRoleBinding", "ClusterRole", "RoleBinding", "Role"):
        for one in api.items(collection_path(kind)):
            name, space = one["metadata"]["name"], one["metadata"].get("namespace")
            if name.startswith(("allow-u1-", "fother-read")):
                api.delete(f"{collection_path(kind, space)}/{name}").must()


@pytest.fixture(scope="module")
def whole(world_lab, tmp_path_factory):
    fother = RealFother(tmp_path_factory.mktemp("whole")).use(world_lab.kubeconfig(name="prod"))
    answer = fother.triage()
    assert answer.code == 0 and answer.json["complete"] and answer.missing == {}, answer.output
    return answer


class Asking:
    """A Fother that reads as a user."""

    def __init__(self, fother, lab, user, **context):
        self.fother, self.lab, self.user = fother.use(lab.kubeconfig(name="prod", user=user, **context)), lab, user

    def triage(self, *words):
        return self.fother.triage(*words)

    def rights(self):
        """What --rbac prints of what was read last."""
        run = self.fother.run("triage", "--rbac", "--key-file", self.fother.key)
        assert run.returncode == 0 and run.stderr == "" and f"read as {self.user}:" in run.stdout, run.stdout + run.stderr
        return run.stdout

    def give_rights(self):
        text = self.rights()
        self.lab.kubectl("auth", "reconcile", "-f", "-", stdin=text)
        # The server learns of its own roles a moment later.
        self.lab.processes.wait_until("the rights are there", lambda: self.triage().code == 0, 5)
        return text


def assert_answered_but(answer, refused, reference):
    assert answer.code == 4 and answer.missing == refused, answer.output
    assert not answer.json["complete"] and answer.json["errors"] == [] and answer.read["outcome"] == "partial"
    assert answer.causes and all(re.match(r'HTTP 403: \S+ is forbidden: User "u1" cannot list resource', one)
                                 for one in answer.causes)
    # Without kube-system nothing tells which cluster it is but where it was read.
    assert [one for one in differences(answer.known, reference.known) if not re.match(
        rf"\[\d+\]\.cluster: 'prod@https://[\d.:]+' in place of '{reference.read['cluster']}'$", one)] == []


def kinds_given(text):
    """{kind of role: how many}"""
    return {kind: len(re.findall(rf"^kind: {kind}$", text, re.MULTILINE)) for kind in ("ClusterRole", "Role")}


@pytest.mark.parametrize("resource", ["secrets", "pods", "serviceaccounts", "events", "nodes", "replicasets", "cronjobs"])
def test_one_kind_that_may_not_be_listed_is_missing_alone(fother, world_lab, user, whole, resource):
    world_lab.allow(user, [*rules(without=(resource,)), WHO_IT_IS])
    asking = Asking(fother, world_lab, user)
    assert_answered_but(asking.triage(), missing([resource]), fother.reference(world_lab, lambda kind, _: kind != resource))
    given = asking.give_rights()
    assert kinds_given(given) == {"ClusterRole": 1, "Role": 0}
    assert re.findall(r"resources: \[(.*)\]", given) == [resource]
    after = asking.triage()
    assert (after.code, after.missing, after.known) == (0, {}, whole.known)


def test_namespaces_that_may_not_be_listed_are_missing_alone(fother, world_lab, user, whole):
    """Only their names: what is in them was read."""
    world_lab.allow(user, [*rules(without=("namespaces",)), WHO_IT_IS])
    asking = Asking(fother, world_lab, user)
    assert_answered_but(asking.triage(), missing(["namespaces"]), whole)
    assert "resources: [namespaces]" in asking.give_rights()
    assert asking.triage().known == whole.known


def test_rights_in_two_namespaces_where_all_are_known_by_name(fother, world_lab, user, whole):
    world_lab.allow(user, [rule(["list"], ["namespaces", "nodes"]), WHO_IT_IS])
    world_lab.allow(user, namespaced(), MINE)
    asking = Asking(fother, world_lab, user)
    answer = asking.triage()
    assert_answered_but(answer, missing(ALL_NAMESPACED, (OTHERS, ())), fother.reference(
        world_lab, lambda _, namespace: namespace in ("*", *MINE)))
    given = asking.give_rights()
    assert kinds_given(given) == {"ClusterRole": 0, "Role": len(OTHERS)}
    assert sorted(set(re.findall(r'namespace: "(.*)"', given))) == sorted(OTHERS)
    after = asking.triage()
    assert (after.code, after.missing, after.known) == (0, {}, whole.known)


def test_rights_in_two_namespaces_that_are_given(fother, world_lab, user):
    """The others were not asked for, and so are not missing."""
    world_lab.allow(user, namespaced(), MINE)
    asking = Asking(fother, world_lab, user)
    answer = asking.triage("-n", "shop", "-n", "data")
    assert_answered_but(answer, missing(["namespaces", "nodes"]), fother.reference(
        world_lab, lambda kind, namespace: kind != "nodes" and namespace in MINE))
    assert re.findall(r"resources: \[(.*)\]", asking.rights()) == ["nodes, namespaces", "namespaces"]


def test_rights_in_two_namespaces_of_which_one_is_the_contexts(fother, world_lab, user, whole):
    """Nobody tells which others there are: the one of the context is read, as kubectl does."""
    world_lab.allow(user, namespaced(), MINE)
    asking = Asking(fother, world_lab, user, namespace="shop")
    answer = asking.triage()
    assert_answered_but(answer, missing(ALL_NAMESPACED, (("*",), ("shop",))) | missing(["namespaces", "nodes"]),
                        fother.reference(world_lab, lambda kind, namespace: kind != "nodes" and namespace == "shop"))
    given = asking.give_rights()
    assert kinds_given(given) == {"ClusterRole": 1, "Role": 0} and "resourceNames: [kube-system]" in given
    after = asking.triage()
    assert (after.code, after.missing, after.known) == (0, {}, whole.known)
    # Who it was is known only now: it is one cluster all the same.
    assert len(fother.query("SELECT * FROM cluster")) == 1


@pytest.mark.parametrize("granted", [False, True], ids=["nothing", "unnamed namespaces"])
def test_who_may_read_nothing_is_told_so_and_nothing_is_clean(fother, world_lab, user, whole, granted):
    if granted:
        world_lab.allow(user, namespaced(), MINE)
    asking = Asking(fother, world_lab, user)
    answer = asking.triage()
    assert answer.code == 1 and answer.json is None, answer.output
    assert 'HTTP 403: namespaces is forbidden: User "u1"' in answer.errors and "none of the sources" in answer.errors
    # Nor is it later, from the store alone.
    later = fother.stored_triage()
    assert later.code == 4 and not later.json["complete"] and later.known == []
    given = asking.give_rights()
    assert kinds_given(given) == {"ClusterRole": 1, "Role": 0}
    assert sorted(", ".join(re.findall(r"resources: \[(.*)\]", given)).split(", ")) == sorted(
        [*CORE, *APPS, *BATCH, "namespaces"])
    after = asking.triage()
    assert (after.code, after.missing, after.known) == (0, {}, whole.known)


def test_all_rights_can_be_asked_for_before_anything_was_read(fother, world_lab, user, whole):
    run = fother.run("triage", "--rbac", "--key-file", fother.key)
    assert run.returncode == 0
    [name] = set(re.findall(r"^    name: (.*)$", run.stdout, re.MULTILINE)) - {"fother-read"}
    world_lab.kubectl("auth", "reconcile", "-f", "-", stdin=run.stdout.replace(name, user))
    asking = Asking(fother, world_lab, user)
    world_lab.processes.wait_until("the rights are there", lambda: asking.triage().code == 0, 5)
    assert asking.triage().known == whole.known
