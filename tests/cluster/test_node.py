"""A kubelet that pulls with the credentials of the cluster's secrets, and what the cluster then shows of it."""
import pytest

from node import NAME, PASSWORD, USER, waiting
from objects import collection_path, namespace, object_path, pull_secret

FAILED = ("ErrImagePull", "ImagePullBackOff")


@pytest.fixture(scope="module")
def running(node_lab):
    """A pod that pulled with its secret."""
    node_lab.lab.create([namespace("run"), node_lab.pull_secret("run", "hub"), node_lab.pod("run", "web", ["hub"])])
    return node_lab.wait_for_pod("run", "web", lambda status: status["phase"] == "Running")


def test_a_pod_really_runs_with_the_image_that_was_pulled(node_lab, running):
    image_id = f"{node_lab.registry.host}/acme/web@{node_lab.registry.digest(node_lab.image)}"
    assert running["containerStatuses"][0]["imageID"] == image_id
    assert (USER, "acme/web", "1") in node_lab.registry.pulls
    container = running["containerStatuses"][0]["containerID"].removeprefix("containerd://")
    # It is a process of this machine.
    [folder] = [path for path in node_lab.cgroup_folders() if path.name == container and path.parts[4] == "memory"]
    [pid] = (folder / "cgroup.procs").read_text().split()
    with open(f"/proc/{pid}/cmdline", "rb") as line:
        assert line.read() == b"/program\0"


def test_the_node_names_the_image(node_lab, running):
    def images():
        node = node_lab.lab.api().get(collection_path("Node") + f"/{NAME}").must().json
        return [name for image in node["status"].get("images", []) for name in image["names"]]

    node_lab.processes.wait_until("the node's images", lambda: node_lab.image in images())


def test_the_events_tell_of_the_pull(node_lab, running):
    events = node_lab.lab.api().items(collection_path("Event", "run"))
    said = [one["message"] for one in events if one["involvedObject"]["name"] == "web" and one["reason"] == "Pulled"]
    assert said and f'Successfully pulled image "{node_lab.image}"' in said[0]


def test_a_dead_credential_stops_new_pods_and_not_running_ones(node_lab, running):
    lab, registry = node_lab.lab, node_lab.registry
    registry.users[USER] = "made-up-password-2"
    try:
        lab.create([node_lab.pod("run", "late", ["hub"])])
        node_lab.wait_for_pod("run", "late", lambda status: waiting(status) in FAILED)
        assert node_lab.wait_for_pod("run", "web", lambda status: True)["phase"] == "Running"
        # The rotation: the waiting pod pulls by itself with what is in the secret then.
        fresh = node_lab.pull_secret("run", "hub", "made-up-password-2")
        lab.api().patch(object_path(fresh), {"data": fresh["data"]}).must()
        node_lab.wait_for_pod("run", "late", lambda status: status["phase"] == "Running", 120)
    finally:
        registry.users[USER] = PASSWORD


@pytest.mark.parametrize("name, secrets, said", [
    ("none", [], "401 Unauthorized"),
    ("missing", ["no-such"], "401 Unauthorized"),
    ("undecodable", ["broken"], "illegal base64 data"),
    ("undecodable-beside-good", ["good", "broken"], "illegal base64 data"),
])
def test_what_the_kubelet_says_without_a_usable_credential(node_lab, running, name, secrets, said):
    lab, space = node_lab.lab, f"refused-{name}"
    lab.create([namespace(space), node_lab.pull_secret(space, "good"),
                pull_secret(space, "broken", {node_lab.registry.host: {"auth": "%%%"}}),
                node_lab.pod(space, "web", secrets)])
    node_lab.wait_for_pod(space, "web", lambda status: waiting(status) in FAILED)
    node_lab.processes.wait_until("the event of the failure", lambda: any(
        said in one["message"] for one in lab.api().items(collection_path("Event", space)) if one["reason"] == "Failed"))
