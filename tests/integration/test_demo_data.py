"""The demo's dump: the same twice, dated as told, made up throughout, and holding what demo/README.md promises."""
import base64
import hashlib
import json
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
AS_OF = "2026-11-25T09:00:00Z"
CUT, ERROR_TEXT = "prod/events.json", "stage/cronjobs.json"


def make(folder, as_of=AS_OF):
    done = subprocess.run(["/usr/bin/python3", ROOT / "demo/make-demo.py", folder, "--as-of", as_of], check=True,
                          capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    make(folder)
    return folder


def files(folder):
    return {str(path.relative_to(folder)): path.read_text(errors="surrogateescape") for path in
            sorted(folder.rglob("*")) if path.is_file()}


def objects(demo, cluster, kind):
    found = []
    for name, text in files(demo).items():
        if name.startswith(cluster + "/") and name.endswith(".json") and name not in (CUT, ERROR_TEXT):
            found += [item for item in json.loads(text)["items"] if item["kind"] == kind]
    return found


def pull_secrets(demo, cluster):
    return {f"{s['metadata']['namespace']}/{s['metadata']['name']}": s for s in objects(demo, cluster, "Secret")
            if s["type"] in ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")}


def config_of(secret):
    (value,) = secret["data"].values()
    return base64.b64decode(value).decode()


def test_same_time_same_bytes(demo, tmp_path):
    make(tmp_path)
    assert files(tmp_path) == files(demo)


def test_another_time_moves_the_dates_and_keeps_the_identities(demo, tmp_path):
    window = make(tmp_path, "2027-01-02T03:04:05Z")
    assert window.startswith("2026-12-24T20:14:05Z..")
    uids = re.compile(r'"uid": "([^"]*)"')
    for name in ("prod/secrets.json", "stage/pods.json"):
        then, now = (files(folder)[name] for folder in (demo, tmp_path))
        assert then != now
        assert uids.findall(then) == uids.findall(now)


def test_nothing_is_dated_after_the_dump(demo):
    for name, text in files(demo).items():
        dates = re.findall(r"\b2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text)
        assert all(date <= AS_OF for date in dates), name


def unwrapped(text):
    """The text, with what its base64 parts say behind it."""
    parts = [text]
    for blob in re.findall("[A-Za-z0-9+/]{16,}={0,2}", text):
        try:
            parts.append(base64.b64decode(blob).decode())
        except ValueError:
            pass  # not base64, or no text
    return "\n".join(parts)


def test_every_value_says_that_it_is_made_up(demo):
    for cluster in ("prod", "stage"):
        for secret in objects(demo, cluster, "Secret"):
            values = {key: unwrapped(base64.b64decode(value).decode()) for key, value in secret["data"].items()}
            assert "PRIVATE KEY" not in str(values)
            if secret["metadata"]["name"] != "registry-truncated":  # cut before it gets to the login
                values.pop("namespace", None)
                assert all("EXAMPLE" in text.upper() for text in values.values()), secret["metadata"]["name"]


def test_size_of_the_world(demo):
    owners = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicationController", "Rollout")
    workloads = [w for cluster in ("prod", "stage") for kind in owners for w in objects(demo, cluster, kind)]
    bare = [p for p in objects(demo, "prod", "Pod") if "ownerReferences" not in p["metadata"]]
    assert len(workloads) + len(bare) == 41
    assert len(pull_secrets(demo, "prod")) + len(pull_secrets(demo, "stage")) == 25
    images = {node["metadata"]["name"]: len(node["status"]["images"]) for node in objects(demo, "prod", "Node")}
    assert images["prod-node-3"] == 50
    assert [count for count in images.values() if count >= 50] == [50]


def test_owners_exist(demo):
    for cluster in ("prod", "stage"):
        known = {o["metadata"]["uid"] for kind in ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job",
                                                   "ReplicationController", "Rollout")
                 for o in objects(demo, cluster, kind)}
        for pod in objects(demo, cluster, "Pod"):
            for owner in pod["metadata"].get("ownerReferences", []):
                assert owner["uid"] in known, pod["metadata"]["name"]


def test_damaged_files(demo):
    text = files(demo)[CUT]
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    assert text.count('"kind": "Event"') > 10
    assert files(demo)[ERROR_TEXT].startswith("error: You must be logged in")


def test_malformed_configs(demo):
    prod = pull_secrets(demo, "prod")
    with pytest.raises(json.JSONDecodeError):
        json.loads(config_of(prod["data/registry-truncated"]))
    broken = json.loads(config_of(prod["batch/hub-broken"]))["auths"]
    with pytest.raises(ValueError):
        base64.b64decode(broken["https://index.docker.io/v1/"]["auth"], validate=True)


def test_recreated_secret_holds_the_old_value(demo):
    prod, stage = (pull_secrets(demo, cluster)["shop/hub-cart"] for cluster in ("prod", "stage"))
    assert config_of(prod) == config_of(stage)
    assert prod["metadata"]["creationTimestamp"] > "2026-11-20" > stage["metadata"]["creationTimestamp"]


def test_rotated_secret_holds_another_value(demo):
    rotated, forgotten = pull_secrets(demo, "prod")["web/hub-rotated"], pull_secrets(demo, "stage")["web/hub-web"]
    assert config_of(rotated) != config_of(forgotten)
    assert rotated["metadata"]["managedFields"][0]["time"] > "2026-11-20"


def test_bad_digests_are_where_the_story_says(demo):
    bad = files(demo)["bad-digests.txt"]
    where = {}
    for cluster in ("prod", "stage"):
        for kind in ("Pod", "Node"):
            for obj in objects(demo, cluster, kind):
                for digest in set(re.findall("sha256:[0-9a-f]{64}", json.dumps(obj["status"]))):
                    if digest in bad:
                        where.setdefault(digest, set()).add((cluster, kind, obj["metadata"]["name"].split("-")[0]))
    cached_only = [places for places in where.values() if all(kind == "Node" for _, kind, _ in places)]
    assert cached_only == [{("prod", "Node", "prod")}]
    running = [places for places in where.values() if ("prod", "Pod", "scanner") in places]
    assert len(running) == 1
    assert len(where) == 3  # the digest that nobody pulled is nowhere


def test_a_reference_to_no_secret_and_a_secret_without_reference(demo):
    text = "".join(files(demo).values())
    assert "hub-gone" in text
    assert "sandbox/hub-gone" not in pull_secrets(demo, "stage")
    assert text.count('"hub-unused"') == 1


def layout(demo, name):
    """{name of an image: (its manifest's digest, its config)}, and every blob is what its name says."""
    folder = demo / "images" / name
    blobs = {path.name: path.read_bytes() for path in (folder / "blobs/sha256").iterdir()}
    assert all(hashlib.sha256(data).hexdigest() == digest for digest, data in blobs.items())
    found = {}
    for one in json.loads((folder / "index.json").read_text())["manifests"]:
        manifest = json.loads(blobs[one["digest"].removeprefix("sha256:")])
        config = json.loads(blobs[manifest["config"]["digest"].removeprefix("sha256:")])
        found[one["annotations"]["org.opencontainers.image.ref.name"]] = one["digest"], config
    return found


def test_the_layouts_hold_the_overwritten_tag_and_what_was_built_on_it(demo):
    web, storefront = "docker.io/acme/web:1.9", "docker.io/acme/storefront:12.5-rc1"
    released, cached = layout(demo, "released"), layout(demo, "build-cache")
    layers = {name: config["rootfs"]["diff_ids"] for name, (_, config) in cached.items()}
    clean = released[web][1]["rootfs"]["diff_ids"]
    assert layers[web][:len(clean)] == clean and len(layers[web]) == len(clean) + 1
    assert layers[storefront][:len(layers[web])] == layers[web]
    for cluster, digest in ("prod", released[web][0]), ("stage", cached[web][0]):
        assert {status["imageID"].rpartition("@")[2] for pod in objects(demo, cluster, "Pod")
                for status in pod["status"]["containerStatuses"] if status["image"].endswith("acme/web:1.9")} == {digest}
