"""`fother collect`, and what --snapshot makes of it: the answers of the live cluster, byte for byte but for source and times."""
import json
import shutil

import pytest
from integration.random_worlds import World as RandomWorlds

from live.fake_api import LISTS, Item
from live.scenery import TRIAGE, LiveFother, needles

SEEDS = 12
ANSWERS = [TRIAGE, ("credentials",), ("secrets",), ("images",), ("where", "docker.io/acme/web:1")]
# Where it was read from, and when; and what helps there (read again, or collect again).
OF_THE_READING = {"source", "source_kind", "as_of_from", "started", "ended", "generated", "opened", "refreshed"}


def scrubbed(value):
    if isinstance(value, dict):
        about = OF_THE_READING | ({"fix"} if value.get("record") == "unknown" else set())
        # Of many reasons the first three are told, and lists end in no certain order.
        about |= {"why"} if "; and " in (value.get("why") or "") else set()
        return {key: scrubbed(one) for key, one in value.items() if key not in about}
    return [scrubbed(one) for one in value] if isinstance(value, list) else value


class Way:
    """Answers of one store: of live reading, or of snapshots."""

    def __init__(self, fother, name):
        self.fother, self.store = fother, fother.folder / f"{name}.db"

    def ask(self, command, words, form):
        more = ("--fail-on", "none") if command is TRIAGE else ("--as-of", TRIAGE[TRIAGE.index("--as-of") + 1])
        done = self.fother.run(*command, *more, *words, "-o", form, "--store", self.store, "--key-file", self.fother.key)
        assert done.returncode in (0, 1, 4), done.stderr
        return done.returncode, done.stdout


def lines_of(text):
    return [json.dumps(scrubbed(json.loads(line))) for line in text.splitlines()]


def assert_same(live, frozen):
    """(exit code, output) of both."""
    for one, other in zip(lines_of(live[1]), lines_of(frozen[1])):
        assert one == other
    assert live[0] == frozen[0] and live[1].count("\n") == frozen[1].count("\n")


@pytest.fixture
def freeze(fother):
    def run(*words, codes=(0,)):
        folder = fother.folder / "frozen"
        done = fother.run(*fother.live("collect", folder, *words), "--as-of", TRIAGE[TRIAGE.index("--as-of") + 1], "-o", "json")
        assert done.returncode in codes, (done.returncode, done.stderr)
        leaked = [needle for needle in needles() for path in folder.rglob("*")
                  if path.is_file() and needle.encode() in path.read_bytes()]
        assert not leaked
        return folder
    return run


@pytest.fixture
def same(fother, freeze):
    """same(...): every answer of the live cluster is that of what is frozen of it with the same words."""
    def check(*words):
        folder = freeze(*words, codes=(0, 4))
        live, frozen = Way(fother, "live"), Way(fother, "frozen")
        first = live.ask(TRIAGE, fother.live(*words), "ndjson")
        second = frozen.ask(TRIAGE, ("--snapshot", folder), "ndjson")
        assert_same(first, second)
        for command in ANSWERS[1:]:
            assert_same(live.ask(command, (), "ndjson"), frozen.ask(command, (), "ndjson"))
            assert live.ask(command, (), "csv") == frozen.ask(command, (), "csv")
        return folder
    return check


def fill(api, cluster):
    """A random cluster in place of the recorded one."""
    resources = {resource.kind: resource for resource in api.world.resources.values()}
    for resource in resources.values():
        resource.items = {}
    for number, obj in enumerate(cluster.objects):
        item = Item({key: value for key, value in obj.items() if key not in ("kind", "apiVersion")})
        item.object["metadata"]["resourceVersion"] = str(number + 1)
        resources[obj["kind"]].items[item.key] = item
    for resource in resources.values():
        resource.items = dict(sorted(resource.items.items()))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_random_cluster(fother, api, same, seed):
    fill(api, RandomWorlds(seed).clusters[0])
    fother.use(fother.context(api))
    same(*(("--all-secrets",) if seed % 3 else ()), "--encoding", "json")


@pytest.mark.parametrize("words", [(), ("--all-secrets",), ("--metadata-only",), ("-n", "shop", "-n", "ci")],
                         ids=["as it is", "all secrets", "metadata only", "two namespaces"])
def test_the_recorded_cluster(fother, api, same, words):
    fother.use(fother.context(api))
    same(*words)


def test_what_may_not_be_read_is_missing_in_both(fother, api, same):
    allowed = api.rights
    api.rights = lambda user, verb, resource, namespace: allowed(user, verb, resource, namespace) and (
        resource not in ("events", "nodes") and (resource != "secrets" or namespace == "shop"))
    fother.use(fother.context(api))
    folder = same()
    manifest = json.loads(next(folder.rglob("manifest.json")).read_text())
    assert {row["kind"]: row["outcome"] for row in manifest["lists"]}["Event"] == "forbidden"
    assert {row["namespace"] for row in manifest["lists"] if row["kind"] == "Secret" and row["outcome"] == "complete"} == {"shop"}


def test_an_object_that_is_too_large_is_lost_in_both(fother, api, same):
    # The last event that is kept comes behind it.
    event = api.world.get("events", next(iter(api.world.resource("events").items)))
    event["metadata"] |= {"name": "a-huge-one", "annotations": {"made-up": "x" * (9 << 20)}}
    event["metadata"].pop("uid")
    api.world.put("events", event)
    fother.use(fother.context(api))
    folder = same("--encoding", "json")
    manifest = json.loads(next(folder.rglob("manifest.json")).read_text())
    assert [lost["code"] for lost in manifest["lost"]] == ["too_large"]
    frozen = json.loads(next(folder.rglob("Event.json")).read_text())["items"]
    assert len(frozen) == len(api.world.resource("events").items) - 1


def test_what_is_frozen_is_for_jq_and_for_people(fother, api, freeze):
    fother.use(fother.context(api))
    folder = freeze()
    runs = list((folder / "prod").iterdir())
    assert len(runs) == 1 and folder.stat().st_mode & 0o777 == 0o700 and runs[0].stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in runs[0].iterdir())
    secrets = json.loads((runs[0] / "Secret.kubernetes.io-dockerconfigjson.json").read_text())
    hub = next(item for item in secrets["items"] if item["metadata"]["name"] == "hub" and item["metadata"]["namespace"] == "shop")
    assert secrets["kind"] == "SecretList" and hub["data"] == {".dockerconfigjson": None}
    entry = next(record for record in hub["fother"]["records"] if record["record"] == "entry")
    assert entry["username"] == "acme" and len(entry["fingerprint"]) == 32
    # One object, one line.
    text = (runs[0] / "Pod.json").read_text()
    pods = len(json.loads(text)["items"])
    assert len(text.splitlines()) == pods + 2


def test_a_second_run_adds_and_what_was_deleted_is_gone(fother, api, freeze):
    fother.use(fother.context(api))
    folder = freeze()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    api.world.delete("secrets", "shop/old")
    done = fother.run(*fother.live("collect", folder), "--as-of", "2099-01-01T00:00:00Z")
    assert done.returncode == 0
    assert all(path.read_bytes() == text for path, text in before.items())
    assert len(list((folder / "prod").iterdir())) == 2
    # Each run is read as of its own time, the older first.
    done = fother.run("secrets", "--snapshot", folder, "-o", "json", "--key-file", fother.key)
    answer = json.loads(done.stdout)
    assert [read["as_of"] for read in answer["reads"]] == ["2099-01-01T00:00:00Z"]
    changes = {f"{row['namespace']}/{row['name']}": row["change"] for row in answer["items"]}
    assert changes.pop("shop/old") == "gone" and set(changes.values()) == {"same"}
    first = min((folder / "prod").iterdir())
    done = fother.run("secrets", "--snapshot", first, "-o", "json", "--key-file", fother.key, "--store", fother.folder / "first.db")
    assert "shop/old" in {f"{row['namespace']}/{row['name']}" for row in json.loads(done.stdout)["items"]}


def test_a_run_that_failed_is_of_the_cluster_that_the_others_read(fother, api, freeze):
    allowed, fother_of = api.rights, fother.context(api)
    fother.use(fother_of)
    api.rights = lambda *_: False
    freeze(codes=(1,))
    api.rights = allowed
    folder = fother.folder / "frozen"
    done = fother.run(*fother.live("collect", folder), "--as-of", "2099-01-01T00:00:00Z")
    assert done.returncode == 0, done.stderr
    done = fother.run("secrets", "--snapshot", folder, "-o", "json", "--key-file", fother.key)
    assert done.returncode == 0 and {row["cluster"] for row in json.loads(done.stdout)["items"]} == {"prod"}
    # Alone it knows nothing, and says so.
    done = fother.run("secrets", "--snapshot", min((folder / "prod").iterdir()), "-o", "json", "--key-file", fother.key,
                      "--store", fother.folder / "alone.db")
    assert done.returncode in (1, 4)


def test_another_key_is_refused(fother, api, freeze):
    fother.use(fother.context(api))
    folder = freeze()
    other = LiveFother(fother.folder / "other", fother.pki) if (fother.folder / "other").mkdir() is None else None
    other.key.write_bytes(b"another made-up key of 32 bytes!")
    done = other.run("secrets", "--snapshot", folder, "--key-file", other.key)
    assert done.returncode == 2 and "--key-file" in done.stderr and "would not compare" in done.stderr


def test_a_run_that_was_changed_is_partial(fother, api, freeze):
    fother.use(fother.context(api))
    folder = freeze()
    pods = next(folder.rglob("Pod.json"))
    pods.write_text(pods.read_text().replace("web-1", "web-9"))
    next(folder.rglob("Node.json")).unlink()
    done = fother.run(*TRIAGE, "--fail-on", "none", "--snapshot", folder, "-o", "json", "--key-file", fother.key)
    answer = json.loads(done.stdout)
    assert done.returncode == 4 and answer["reads"][-1]["outcome"] == "partial"
    assert "Pod.json: it was changed" in answer["reads"][-1]["why"] and "Node.json: the manifest names it" in answer["reads"][-1]["why"]
    unknown = {(row["kind"], row["outcome"]) for row in answer["items"] if row["record"] == "unknown" and row["kind"]}
    assert {("Pod", "partial"), ("Node", "failed")} <= unknown


def test_a_run_without_a_manifest_proves_nothing(fother, api, freeze):
    fother.use(fother.context(api))
    folder = freeze()
    next(folder.rglob("manifest.json")).unlink()
    done = fother.run(*TRIAGE, "--fail-on", "none", "--snapshot", folder, "-o", "json", "--key-file", fother.key)
    answer = json.loads(done.stdout)
    assert done.returncode == 4 and answer["reads"][-1]["outcome"] == "interrupted"
    assert [row for row in answer["items"] if row["record"] == "credential"]


def test_a_tar_of_it(fother, api, freeze):
    fother.use(fother.context(api))
    folder = freeze()
    packed = shutil.make_archive(fother.folder / "packed", "gztar", folder)
    one, two = Way(fother, "folder"), Way(fother, "tar")
    first = one.ask(TRIAGE, ("--snapshot", folder), "ndjson")
    second = two.ask(TRIAGE, ("--snapshot", packed), "ndjson")
    assert_same(first, second)


def test_every_list_of_the_fake_is_frozen(fother, api, freeze):
    fother.use(fother.context(api))
    folder = freeze("--all-secrets")
    manifest = json.loads(next(folder.rglob("manifest.json")).read_text())
    frozen = {(row["group"], row["resource"]) for row in manifest["lists"] if row["outcome"] == "complete"}
    wanted = {(path.split("/")[2] if path.startswith("/apis") else "", path.rsplit("/", 1)[1]) for path in LISTS.values()}
    assert wanted <= frozen
