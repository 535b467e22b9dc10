"""The test cluster is a real one: it refuses, forgets, restarts and notifies as Kubernetes does."""
import json
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
from pathlib import Path

import pytest

from api import bulk
from lab import USERS
from objects import (collection_path, deployment, event, namespace, node, object_path, opaque_secret, pod, pull_secret,
                     rule, service_account)

HUB = {"https://index.docker.io/v1/": ("acme", "made-up-password-1")}
DIGEST = "1f" * 32
SECRETS = collection_path("Secret")


@pytest.fixture(scope="module")
def space(lab):
    """A namespace with twelve pull secrets and a pod."""
    lab.create([namespace("lab"), *(pull_secret("lab", f"hub-{number}", HUB) for number in range(12)),
                pod("lab", "web", "acme/web:1", digest=DIGEST, pull_secrets=["hub-1"])])
    return lab


def names(answer):
    return sorted(item["metadata"]["name"] for item in answer.must().json["items"])


def reason(answer, status, said):
    assert answer.status == status and answer.json["kind"] == "Status" and answer.json["reason"] == said, answer.body
    return answer.json


def test_it_is_ready_and_of_the_version_that_was_built(lab):
    assert lab.api().get("/readyz").body == b"ok"
    assert lab.api().get("/version").json["gitVersion"] == "v1.20.2"
    assert lab.kubectl("version", "--short").splitlines() == ["Client Version: v1.20.2", "Server Version: v1.20.2"]


# Who may do what

def test_rights_are_checked(space):
    assert "web" in names(space.api("pods-only").get(collection_path("Pod")))
    for user in ("pods-only", "no-secrets", "nobody", "two-namespaces", "u1", "u20"):
        reason(space.api(user).get(SECRETS), 403, "Forbidden")
    assert names(space.api("no-secrets").get(collection_path("Pod", "lab"))) == ["web"]
    reason(space.api("pods-only").get(collection_path("Pod", "lab") + "/web"), 403, "Forbidden")


def test_without_a_token_one_is_anonymous_and_a_wrong_token_is_nobody(lab):
    assert "system:anonymous" in reason(lab.api(None).get(SECRETS), 403, "Forbidden")["message"]
    reason(lab.api(None).get(SECRETS, Authorization="Bearer made-up-token-wrong"), 401, "Unauthorized")


def test_rights_can_be_given_in_some_namespaces(space):
    space.create([namespace("lab-2")])
    space.allow("two-namespaces", [rule(["list"], ["secrets"])], namespaces=["lab", "lab-2"])
    api = space.api("two-namespaces")
    assert len(names(api.get(collection_path("Secret", "lab")))) == 13
    assert len(names(api.get(collection_path("Secret", "lab-2")))) == 1
    reason(api.get(collection_path("Secret", "default")), 403, "Forbidden")
    reason(api.get(SECRETS), 403, "Forbidden")


@pytest.mark.parametrize("variant", [
    {"user": "pods-only"},
    {"user": "pods-only", "login": "token-file"},
    {"user": "pods-only", "login": "certificate-files"},
    {"user": "pods-only", "login": "certificate-data", "ca": "file"},
    {"user": "pods-only", "insecure": True},
    {"user": "pods-only", "tls_server_name": "lab.example"},
    {"user": "admin", "impersonate": "pods-only"},
], ids=lambda variant: "-".join(str(value) for value in variant.values()))
def test_every_way_to_log_in_is_taken_for_the_same_user(space, variant):
    config = space.kubeconfig(**variant)

    def ask(*arguments):
        return space.kubectl("--kubeconfig", config, *arguments, check=False).strip()

    assert ask("auth", "can-i", "list", "pods") == "yes" and ask("auth", "can-i", "get", "pods") == "no"
    assert "web" in ask("get", "pods", "-n", "lab", "-o", "name")


@pytest.mark.parametrize("variant", [{"ca": "none"}, {"tls_server_name": "other.example"}, {"login": "none"}],
                         ids=["unknown-ca", "other-name", "no-login"])
def test_what_should_not_get_in_does_not(space, variant):
    assert "web" in space.kubectl("--kubeconfig", space.kubeconfig(), "get", "pods", "-n", "lab")
    said = space.kubectl("--kubeconfig", space.kubeconfig(**variant), "get", "pods", "-n", "lab", check=False)
    assert "web" not in said


def test_several_contexts_in_one_file(space):
    config = space.kubeconfig({"name": "a", "user": "nobody"}, {"name": "b", "user": "pods-only", "namespace": "lab"})
    assert space.kubectl("--kubeconfig", config, "get", "pods", check=False) == ""
    assert "web" in space.kubectl("--kubeconfig", config, "--context", "b", "get", "pods")
    assert json.loads(space.kubectl("--kubeconfig", config, "config", "view", "-o", "json"))["current-context"] == "a"


def test_every_user_has_its_token(lab):
    def review(user):
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                "spec": {"resourceAttributes": {"verb": "list", "resource": "secrets"}}}
        return lab.api(user).post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body).must().json

    answers = dict(zip(USERS, bulk(review, USERS)))
    assert [user for user, answer in answers.items() if answer["status"]["allowed"]] == ["admin"]


def test_a_service_account_has_a_token_like_a_pods(space):
    token = space.service_account_token("lab")
    answer = space.api(None).get(SECRETS, Authorization=f"Bearer {token}")
    assert "system:serviceaccount:lab:default" in reason(answer, 403, "Forbidden")["message"]


# What it keeps

def test_objects_of_every_kind_are_kept_with_their_status(space):
    about = pod("lab", "web", "acme/web:1")
    space.create([service_account("lab", "builder", ["hub-1"]), deployment("lab", "shop", "acme/shop:1", replicas=2),
                  event("lab", "web.1", about, "Pulled", "Successfully pulled image"),
                  pull_secret("lab", "old", HUB, old=True), opaque_secret("lab", "other"),
                  node("node-1", [(["acme/web:1", f"acme/web@sha256:{DIGEST}"], 7)])])
    api = space.api()
    status = api.get(collection_path("Pod", "lab") + "/web").json["status"]
    assert status["phase"] == "Running" and status["containerStatuses"][0]["imageID"] == f"acme/web@sha256:{DIGEST}"
    assert api.get(collection_path("Node") + "/node-1").json["status"]["images"][0]["sizeBytes"] == 7
    by_type = "?fieldSelector=type%3Dkubernetes.io/dockercfg"
    assert names(api.get(collection_path("Secret", "lab") + by_type)) == ["old"]
    # The controllers work: they make the pods of a deployment.
    space.processes.wait_until("two pods of the deployment", lambda: sum(
        name.startswith("shop-") for name in names(api.get(collection_path("Pod", "lab")))) == 2)


def test_pages_are_of_one_moment_and_a_token_expires(space):
    path = collection_path("Secret", "lab") + "?fieldSelector=type%3Dkubernetes.io/dockerconfigjson"
    first = space.api().get(path + "&limit=5").must().json
    assert len(first["items"]) == 5
    token = urllib.parse.quote(first["metadata"]["continue"])
    second = space.api().get(f"{path}&limit=5&continue={token}").must().json
    assert len(second["items"]) == 5 and second["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    space.compact()
    expired = reason(space.api().get(f"{path}&limit=5&continue={token}"), 410, "Expired")
    again = urllib.parse.quote(expired["metadata"]["continue"])
    more = space.api().get(f"{path}&limit=500&continue={again}").must().json
    assert len(first["items"]) + len(more["items"]) == 12
    assert len(space.api().items(path, limit=5)) == 12


def test_a_restart_keeps_what_there_was(space):
    path = object_path(pull_secret("lab", "hub-1", HUB))
    before = space.api().get(path).must().json
    space.restart_apiserver()
    assert space.api().get(path).must().json == before
    space.restart_apiserver(signal.SIGKILL)
    assert space.api().get(path).must().json == before


def test_stopped_it_refuses_and_frozen_it_is_silent(space):
    space.stop_apiserver()
    with pytest.raises(ConnectionRefusedError):
        space.api().get("/readyz")
    space.start_apiserver()
    space.freeze_apiserver()
    try:
        with pytest.raises(TimeoutError):
            next(space.api().watch(collection_path("Pod") + "?watch=1", seconds=1))
    finally:
        space.thaw_apiserver()
    assert space.api().get("/readyz").body == b"ok"


def test_wipe_leaves_only_what_the_system_has(new_lab):
    lab = new_lab()
    was = set(lab.etcd_keys())
    lab.create([namespace("gone"), pod("gone", "web", "acme/web:1"), pull_secret("gone", "hub", HUB), node("node-9")])
    lab.allow("u1", [rule(["list"], ["secrets"])])
    assert names(lab.api("u1").get(collection_path("Secret", "gone")))
    lab.wipe()
    assert {key for key in set(lab.etcd_keys()) - was if "/gone" in key or "u1" in key or "node-9" in key} == set()
    assert was <= set(lab.etcd_keys()) | {key for key in was if "/events/" in key}
    lab.processes.wait_until("the right is gone", lambda: lab.api("u1").get(SECRETS).status == 403)
    lab.create([namespace("gone")])
    assert names(lab.api().get(collection_path("Pod", "gone"))) == []


# Watching

def test_watch_tells_each_change_and_its_end(space):
    path = collection_path("Secret", "lab")
    version = space.api().get(path + "?limit=1").json["metadata"]["resourceVersion"]
    seen = []

    def follow():
        seen.extend((one["type"], one["object"]["metadata"]["name"]) for one in
                    space.api().watch(f"{path}?watch=1&resourceVersion={version}&timeoutSeconds=3"))

    watcher = threading.Thread(target=follow)
    watcher.start()
    changed = opaque_secret("lab", "changing")
    space.create([changed])
    space.api().patch(object_path(changed), {"metadata": {"labels": {"a": "b"}}}).must()
    space.delete(changed)
    watcher.join()
    assert seen == [("ADDED", "changing"), ("MODIFIED", "changing"), ("DELETED", "changing")]


def test_watch_from_too_long_ago_is_an_error_event(space):
    space.restart_apiserver()
    [only] = space.api().watch(collection_path("Secret", "lab") + "?watch=1&resourceVersion=1&timeoutSeconds=5")
    assert only["type"] == "ERROR" and only["object"]["code"] == 410 and only["object"]["reason"] == "Expired"


# What a test can learn about its program

def test_requests_tell_what_a_program_asked(space):
    agent = f"made-up-agent-{time.time_ns()}"
    path = collection_path("Secret", "lab") + "?limit=3"
    space.api().get(path, User_Agent=agent + "/1.0")
    space.api("nobody").get(path, User_Agent=agent + "/1.0")
    space.processes.wait_until("both are in the audit log", lambda: len(space.requests(agent)) == 2)
    asked = [(one["verb"], one["uri"], one["user"], one["status"]) for one in space.requests(agent)]
    assert asked == [("list", path, "admin", 200), ("list", path, "nobody", 403)]


# Two at once, and what is left

def test_a_second_cluster_is_another_one(space, new_lab):
    other = new_lab(controllers=False)
    other.create([namespace("elsewhere")])
    assert "elsewhere" not in names(space.api().get(collection_path("Namespace")))
    assert "lab" not in names(other.api().get(collection_path("Namespace")))
    # Its authority is another one too.
    trusting = space.kubeconfig(server=other.server)
    assert space.kubectl("--kubeconfig", trusting, "get", "ns", check=False) == ""


def test_stop_leaves_no_process_and_no_file(new_lab):
    lab = new_lab(controllers=False)
    running = list(lab.processes.running.values())
    lab.stop()
    assert all(process.poll() is not None for process in running) and len(running) == 2
    assert not lab.folder.exists()


def test_killed_tests_leave_no_process_and_no_file(space):
    child = subprocess.Popen([sys.executable, "-c", """
from lab import Lab
lab = Lab(controllers=False)
print(lab.folder, *(process.pid for process in lab.processes.running.values()), flush=True)
input()
"""], cwd=Path(__file__).parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    folder, *pids = child.stdout.readline().split()
    assert len(pids) == 2 and all(Path("/proc", pid).exists() for pid in pids) and Path(folder).is_dir()
    child.kill()
    child.wait()
    space.processes.wait_until("processes and folder are gone", lambda: not any(
        path.exists() for path in [Path(folder), *(Path("/proc", pid) for pid in pids)]), 20)
