"""A pod that really pulled with a secret, on a real node, as fother triage sees it live."""
import pytest

from node import NAME, USER
from objects import collection_path, namespace
from real import AS_OF, RealFother

SPACE = "live"


@pytest.fixture(scope="module")
def pulled(node_lab):
    """Everything that the cluster will tell of the pull is there: the event, and the node's list of images."""
    lab = node_lab.lab
    lab.create([namespace(SPACE), node_lab.pull_secret(SPACE, "hub"), node_lab.pod(SPACE, "web", pull_secrets=["hub"]),
                node_lab.pod(SPACE, "late", pull_secrets=["missing"])])
    status = node_lab.wait_for_pod(SPACE, "web", lambda status: status["phase"] == "Running")
    node_lab.wait_for_pod(SPACE, "late", lambda status: status.get("containerStatuses"))
    events = collection_path("Event", SPACE)
    lab.processes.wait_until("the event", lambda: any(
        one["reason"] == "Pulled" and one["involvedObject"]["name"] == "web" for one in lab.api().items(events)))
    node = collection_path("Node") + f"/{NAME}"
    lab.processes.wait_until("the node's images", lambda: node_lab.image in [
        name for image in lab.api().get(node).must().json["status"].get("images", []) for name in image["names"]])
    return status


@pytest.fixture(scope="module")
def answer(node_lab, pulled, tmp_path_factory):
    fother = RealFother(tmp_path_factory.mktemp("node")).use(node_lab.lab.kubeconfig(name="prod"))
    digest = node_lab.registry.digest(node_lab.image)
    answer = fother.triage("--registry", node_lab.registry.host, "--bad", digest, "-n", SPACE)
    assert answer.json and answer.json["errors"] == [], answer.output
    answer.fother = fother
    return answer


def test_the_image_runs_from_the_digest_that_was_pulled(answer, node_lab, pulled):
    digest = node_lab.registry.digest(node_lab.image)
    # The sandbox's image is the same one under another name.
    [image] = [row for row in answer.rows("image") if row["digest"] == digest and row["repository"] == "acme/web"]
    assert image["registry"] == node_lab.registry.host and image["bad"]
    assert image["runs"] >= 1 and image["cached"] >= 1
    found = {(row["state"], row["namespace"], row["workload"], row["node"]) for row in answer.rows("sighting")}
    assert ("runs", SPACE, "web", NAME) in found
    assert ("cached", None, None, NAME) in found
    [container] = answer.fother.query("SELECT * FROM container WHERE holder_kind = 'Pod' AND state = 'running'")
    told = pulled["containerStatuses"][0]
    assert (container["image_id"], container["container_id"]) == (told["imageID"], told["containerID"])


def test_the_login_it_pulled_with_is_in_use_and_burnt(answer, node_lab):
    [login] = [row for row in answer.rows("credential") if row["registry"] == node_lab.registry.host]
    assert login["username"] == USER and login["standing"] == "burnt" and login["users"] >= 1
    [copy] = login["copies"]
    assert (copy["namespace"], copy["secret"]) == (SPACE, "hub")


def test_the_event_of_the_pull_is_read(answer, node_lab):
    events = answer.fother.query("SELECT * FROM event WHERE involved_name = 'web' AND reason = 'Pulled'")
    assert events and all(event["image"] == node_lab.image for event in events)


def test_the_pod_without_a_login_waits(answer):
    waits = {(row["state"], row["workload"]) for one in answer.rows("image") for row in one["sightings"]}
    assert ("waits", "late") in waits


def test_what_the_node_says_of_itself(answer):
    [node] = answer.fother.query("SELECT * FROM node WHERE name = ?", NAME)
    assert node["runtime"].startswith("containerd://") and node["kubelet_version"] == "v1.20.2" and node["image_count"] >= 1
    assert answer.json["generated"] == AS_OF
