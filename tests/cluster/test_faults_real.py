"""Faults of a real API server, in the middle of a read: what they cost is named, and what they do not cost is read. And every
way to log in, with what is said where it fails.
"""
import os
import random
import signal
import subprocess

import pytest

from cli.scene import FOTHER
from live.scenery import Answer
from objects import collection_path, namespace, pull_secret, rule, service_account
from pki import Pki
from real import TRIAGE, RealFother
from relay import Relay

# Three pages of 500.
MANY = 1150
PAGE = ("/api/v1/secrets?limit=500&fieldSelector=type%3Dkubernetes.io%2Fdockerconfigjson",
        "application/vnd.kubernetes.protobuf, application/json")
TYPE = "kubernetes.io/dockerconfigjson"
EVERYTHING = [rule(["list"], ["*"], groups=["", "apps", "batch"]), rule(["get"], ["namespaces"])]


@pytest.fixture(scope="module")
def lab(start_lab):
    lab, dice = start_lab(controllers=False), random.Random(7)
    lab.create([namespace("many")] + [pull_secret("many", f"s-{number}", {
        "docker.io": (f"acme-{number}", f"made-up-password-{number}-{dice.randbytes(500).hex()}")}) for number in range(MANY)])
    lab.allow("u1", EVERYTHING)
    yield lab
    lab.stop()


@pytest.fixture
def relay(lab):
    with Relay(lab.port) as relay:
        yield relay


class Reading:
    """A Fother that was stopped in the middle of the second page of the secrets."""

    def __init__(self, fother, lab, relay, **context):
        self.fother, self.lab, self.relay = fother, lab, relay
        fother.use(lab.kubeconfig(name="prod", server=relay.server, **context))
        path, accept = PAGE
        page_bytes = len(lab.api("u1").get(path, Accept=accept).must().body)
        self.before = len(lab.requests("fother"))
        relay.hold_after(page_bytes + page_bytes // 3)
        self.run = fother.start(*fother.live(*TRIAGE))
        assert relay.held.wait(30), "".join(self.run.errors)

    def go_on(self, seconds=60):
        self.relay.go_on()
        code = self.run.end(seconds)
        return Answer(type("Run", (), {"returncode": code, "stdout": "".join(self.run.lines),
                                       "stderr": "".join(self.run.errors)}))

    def asked(self):
        """Lists of these secrets since it began: (page or "first", status)."""
        return [("next" if "continue=" in one["uri"] else "first", one["status"])
                for one in self.lab.requests("fother")[self.before:] if "type%3Dkubernetes.io%2Fdockerconfigjson" in one["uri"]]


@pytest.fixture
def reading(fother, lab, relay):
    return Reading(fother, lab, relay)


def assert_whole(answer):
    assert (answer.code, answer.missing, answer.json["errors"]) == (0, {}, []), answer.output[-3000:]
    assert answer.json["complete"] and answer.read["outcome"] == "complete" and answer.read["why"] is None
    assert len(answer.rows("credential")) == MANY


# In the middle of a read

def test_what_was_compacted_between_pages_is_listed_again(reading, lab):
    """And once only, with what was changed in between."""
    lab.compact()
    new = pull_secret("many", "new", {"docker.io": ("acme-0", "made-up-password-0-new")})
    lab.create([new])
    try:
        answer = reading.go_on()
    finally:
        lab.delete(new)
    assert answer.code == 0 and answer.json["complete"] and answer.read["why"] is None, answer.output[-3000:]
    assert len(answer.rows("credential")) == MANY + 1
    assert reading.asked() == [("first", 200), ("next", 410), ("first", 200), ("next", 200), ("next", 200)] or \
        reading.asked() == [("first", 200), ("next", 200), ("next", 410), ("first", 200), ("next", 200), ("next", 200)]


def test_a_server_that_freezes_and_thaws_is_waited_for(reading, lab):
    lab.freeze_apiserver()
    reading.relay.go_on()
    with pytest.raises(subprocess.TimeoutExpired):
        reading.run.process.wait(4)
    lab.thaw_apiserver()
    assert_whole(reading.go_on())


def test_connections_that_are_cut_cost_nothing(reading):
    reading.relay.cut()
    assert_whole(reading.go_on())


def test_a_server_that_is_killed_and_starts_again_costs_nothing(reading, lab):
    lab.stop_apiserver(signal.SIGKILL)
    reading.relay.go_on()
    lab.start_apiserver()
    assert_whole(reading.go_on())


def test_a_token_that_ends_with_the_servers_restart_is_read_again(fother, lab, relay, tmp_path):
    token, second = tmp_path / "token", "made-up-token-u1-second"
    token.write_text(lab.token("u1"))
    tokens = lab.folder / "tokens.csv"
    before = tokens.read_text()
    reading = Reading(fother, lab, relay, login="none", user_fields={"tokenFile": str(token)})
    try:
        tokens.write_text(before.replace(f"{lab.token('u1')},", f"{second},"))
        lab.stop_apiserver(signal.SIGKILL)
        token.write_text(second)
        # A server that has just begun to listen forbids everything until it has read its roles.
        lab.start_apiserver()
        reading.relay.go_on()
        answer = reading.go_on()
    finally:
        tokens.write_text(before)
        lab.restart_apiserver(signal.SIGKILL)
    assert_whole(answer)
    assert not [one for one in (lab.token("u1"), second) if one in answer.output or one.encode() in fother.stored()]


def test_a_server_that_ends_for_good_is_named_and_what_was_read_stays(reading, lab, fother):
    lab.stop_apiserver(signal.SIGKILL)
    try:
        answer = reading.go_on(120)
        assert answer.code == 4 and not answer.json["complete"] and answer.json["errors"] == []
        assert answer.read["outcome"] == "partial"
        [(where, but, outcome)] = [found for (kind, one), found in answer.missing.items() if (kind, one) == ("Secret", TYPE)]
        assert (where, but, outcome) == (("*",), (), "failed")
        # The first page at least, and not all: none of it is clean, and none is gone.
        assert 500 <= len(answer.rows("credential")) < MANY
        assert {found[2] for found in answer.missing.values()} == {"failed"}
    finally:
        lab.start_apiserver()
    whole = fother.triage()
    assert_whole(whole)


# Ways to log in

@pytest.mark.parametrize("variant", [
    {"login": "token-file"}, {"login": "certificate-files"}, {"login": "certificate-data", "ca": "file"},
    {"tls_server_name": "lab.example"}, {"user": "admin", "impersonate": "u1"},
], ids=lambda variant: "-".join(map(str, variant.values())))
def test_every_way_to_log_in(fother, lab, variant):
    before = len(lab.requests("fother"))
    fother.use(lab.kubeconfig(**{"name": "prod", "user": "u1"} | variant))
    assert_whole(fother.triage())
    if "impersonate" not in variant:
        assert {one["user"] for one in lab.requests("fother")[before:]} == {"u1"}


def test_a_server_that_is_not_verified_is_said_aloud(fother, lab):
    fother.use(lab.kubeconfig(name="prod", user="u1", insecure=True))
    answer = fother.triage()
    assert_whole(answer)
    assert "not verified" in answer.read["notes"] and "not verified" in answer.errors
    screen = fother.run("triage", "--registry", "docker.io", "--since", "3h", "--key-file", fother.key)
    assert "not verified" in screen.stdout


def refused(fother, why):
    """One that cannot be read at all: exit 1, and nothing of it is clean later."""
    answer = fother.triage()
    assert answer.code == 1 and why in answer.errors, answer.output
    later = fother.stored_triage()
    assert later.code == 4 and not later.json["complete"] and later.known == []
    return answer


@pytest.mark.parametrize("variant, why", [
    ({"ca": "none"}, "unknown authority"), ({"tls_server_name": "other.example"}, "other.example"),
    ({"user_fields": {"token": "made-up-token-wrong"}}, "HTTP 401"), ({"login": "none"}, "system:anonymous"),
], ids=["unknown-ca", "other-name", "wrong-token", "no-login"])
def test_what_does_not_get_in_is_named(fother, lab, variant, why):
    refused(fother.use(lab.kubeconfig(name="prod", **variant)), why)


def test_another_authority_is_not_trusted(fother, lab, tmp_path):
    other = Pki(tmp_path / "pki", name="made-up-other-ca").ca
    refused(fother.use(lab.kubeconfig(name="prod", ca="none", cluster_fields={"certificate-authority": str(other)})),
            "unknown authority")


def exec_plugin(lab, folder, token_file):
    """A command that prints the token in a file, and tells how often it ran."""
    script = folder / "made-up-login"
    script.write_text(f'#!/bin/sh\necho ran >>{folder}/runs\n'
                      'printf \'{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential",'
                      f'"status":{{"token":"%s"}}}}\' "$(cat {token_file})"\n')
    script.chmod(0o755)
    return lab.kubeconfig(name="prod", login="none", user_fields={"exec": {
        "apiVersion": "client.authentication.k8s.io/v1beta1", "command": str(script), "interactiveMode": "Never"}})


def test_an_exec_plugin_runs_only_where_it_is_named(fother, lab, tmp_path):
    token = tmp_path / "token"
    token.write_text(lab.token("u1"))
    fother.use(exec_plugin(lab, tmp_path, token))
    answer = fother.triage()
    assert answer.code == 1 and "--allow-exec" in answer.errors and "made-up-login" in answer.errors
    assert not (tmp_path / "runs").exists()
    assert_whole(fother.triage("--allow-exec", tmp_path / "made-up-login"))
    assert (tmp_path / "runs").read_text() == "ran\n"


def test_an_exec_plugin_whose_token_is_refused_runs_once_more(fother, lab, tmp_path):
    token = tmp_path / "token"
    token.write_text("made-up-token-wrong")
    fother.use(exec_plugin(lab, tmp_path, token))
    answer = fother.triage("--allow-exec", tmp_path / "made-up-login")
    assert answer.code == 1 and "HTTP 401" in answer.errors and "made-up-token-wrong" not in answer.output
    assert (tmp_path / "runs").read_text() == "ran\n" * 2
    token.write_text(lab.token("u1"))
    assert_whole(fother.triage("--allow-exec", tmp_path / "made-up-login"))


# As a pod

@pytest.fixture
def robot(lab):
    """(token, forget): the token of a service account that may read; forget() ends it, and gives another. One that was used
    is good for ten more seconds."""
    def make():
        lab.create([service_account("many", "robot")])
        return lab.service_account_token("many", "robot")

    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "made-up-robot"}
    subject = {"kind": "ServiceAccount", "name": "robot", "namespace": "many"}
    api = lab.api()
    api.post(collection_path("ClusterRole"), {"metadata": {"name": "made-up-robot"}, "rules": EVERYTHING}).must()
    api.post(collection_path("ClusterRoleBinding"), {"metadata": {"name": "made-up-robot"}, "roleRef": role,
                                                     "subjects": [subject]}).must()
    token = make()

    def forget():
        lab.delete(service_account("many", "robot"))
        return make()

    yield token, forget
    lab.delete(service_account("many", "robot"))
    for kind in ("ClusterRoleBinding", "ClusterRole"):
        api.delete(collection_path(kind) + "/made-up-robot").must()


def test_the_token_of_a_service_account_that_was_replaced_in_its_file(fother, lab, robot, tmp_path):
    """The old one, of an account that was deleted, is refused; the file has the new one at the next read."""
    token, forget = robot
    file = tmp_path / "token"
    fother.use(lab.kubeconfig(name="prod", login="none", user_fields={"tokenFile": str(file)}))
    fresh = forget()
    file.write_text(token)
    answer = fother.triage()
    assert answer.code == 1 and "HTTP 401" in answer.errors
    file.write_text(fresh)
    assert_whole(fother.triage())
    assert token.encode() not in fother.stored() and fresh.encode() not in fother.stored()


def why_no_mounts():
    """Why there can be no mount namespace here; None: there can."""
    if os.geteuid() != 0:
        return "mounts need root"
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, text=True)
    return f"no mount namespace of its own: {tried.stderr.strip()}" if tried.returncode else None


@pytest.mark.skipif(why_no_mounts() is not None, reason=str(why_no_mounts()))
def test_in_a_cluster(lab, robot, tmp_path):
    """The paths of a pod are fixed: they are there in a mount namespace of its own."""
    token, forget = robot
    fresh = forget()
    inside = InPod(lab, tmp_path, token)
    answer = inside.triage()
    assert answer.code == 1 and "HTTP 401" in answer.errors
    (inside.account / "token").write_text(fresh)
    answer = inside.triage()
    assert_whole(answer)
    assert lab.server in answer.read["source"]


class InPod(RealFother):
    FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount"

    def __init__(self, lab, folder, token):
        super().__init__(folder / "pod")
        self.lab, self.account = lab, folder / "account"
        self.account.mkdir()
        (self.account / "token").write_text(token)
        (self.account / "namespace").write_text("many")
        (self.account / "ca.crt").write_bytes(lab.pki.ca.read_bytes())

    def triage(self, *words, **_):
        script = (f'mount -t tmpfs none /run && mkdir -p "{self.FOLDER}" && mount --bind "{self.account}" "{self.FOLDER}" && '
                  'exec "$@"')
        run = subprocess.run(["unshare", "--mount", "sh", "-c", script, "sh", FOTHER, *TRIAGE, "--in-cluster", "--key-file",
                              self.key, *words], capture_output=True, text=True, check=False, timeout=60, env=os.environ | {
                                  "KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(self.lab.port),
                                  "XDG_STATE_HOME": str(self.state)})
        return Answer(run)
