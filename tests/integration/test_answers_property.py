"""Random worlds, answered by Fother and by naive_answers.py: field by field the same.

By hand with other seeds: python3 tests/integration/test_answers_property.py FIRST LAST
"""
import sys
import tempfile
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent / "cli")]
from naive_answers import Answers, Cluster  # noqa: E402
from random_worlds import DAY, World  # noqa: E402
from scene import Fother, records  # noqa: E402

WINDOW = (DAY.format(10, 0), DAY.format(15, 0))
READ_DAYS = (20, 22, 25)
SIGHTING = ("state", "cluster", "namespace", "workload_kind", "workload", "pod", "container", "node", "image",
            "registry", "repository", "tag", "digest", "from_time", "to_time", "proof")
LOGIN = ("not_changed_since", "set_after", "age_proof", "secrets", "namespaces", "clusters", "users", "readers")
COPY = ("cluster", "namespace", "secret", "secret_type", "data_key", "registry_key", "kubelet_reads", "dead_key",
        "data_written", "immutable", "users", "last_seen")
FORMER_COPY = ("cluster", "namespace", "secret", "data_key", "registry_key", "last_seen")
USER = ("cluster", "namespace", "workload_kind", "workload", "secret", "relation", "via", "pods", "ended_pods")
SECRET = ("cluster", "namespace", "name", "registries", "entries_count", "data_written", "immutable", "blocks_pulls",
          "first_seen", "last_seen", "change", "users")


def bag(rows, fields=SIGHTING):
    return sorted((tuple(row[f] for f in fields) for row in rows), key=repr)


def login_of(row):
    return row["registry"], row["username"] or None, row["cred_kind"], row["fingerprint"]


def told_credentials(items):
    told = {}
    for row in items:
        if row["fingerprint"] is None:
            continue
        assert login_of(row) not in told, f"told twice: {login_of(row)}"
        users = {(*(u[f] for f in USER), tuple(sorted(u["images"]))) for u in row["used_by"]}
        told[login_of(row)] = {**{f: row[f] for f in LOGIN}, "used_by": sorted(users, key=repr),
                               "copies": bag(row["copies"], FORMER_COPY if "former" in row["notes"] else COPY)}
    return told


def told_secrets(items):
    told = {}
    for row in items:
        entries = sorted((e["registry"], e["registry_key"], e["username"] or "", e["form"], e["kubelet_reads"],
                          e["dead_key"], tuple(sorted(e["matches"]))) for e in row["entries"])
        told[row["uid"]] = {**{f: row[f] for f in SECRET}, "registries": sorted(row["registries"]), "entries": entries}
    return told


def told_images(items):
    told = {}
    for row in items:
        tag = row["tags"][0] if row["digest"] is None and row["tags"] else None
        key = row["registry"], row["repository"], row["digest"], tag
        told[key] = {**{f: row[f] for f in ("runs", "ran", "cached", "clusters", "first_seen", "last_seen")},
                     "tags": sorted(row["tags"]), "sightings": len(row["sightings"])}
    return told


def differences(what, told, right):
    """Lines for each thing that is told and should not be, or not told, or told differently."""
    if isinstance(right, list):
        return ([f"{what}: told, wrong: {row}" for row in told if told.count(row) > right.count(row)] +
                [f"{what}: not told: {row}" for row in right if right.count(row) > told.count(row)])
    lines = []
    for key in sorted({*told, *right}, key=repr):
        if key not in told or key not in right:
            lines.append(f"{what} {key}: {'not told' if key not in told else 'told, is not there'}")
        elif isinstance(right[key], dict):
            lines += differences(f"{what} {key}", told[key], right[key])
        elif isinstance(right[key], list) and right[key] and isinstance(right[key][0], tuple):
            lines += differences(f"{what} {key}", told[key], right[key])
        elif told[key] != right[key]:
            lines.append(f"{what} {key}: told {told[key]!r}, right {right[key]!r}")
    return lines


def compare(fother, right, as_of):
    lines = []
    ask = ("--as-of", as_of)
    logins = {login: {field: row[field] for field in (*LOGIN, "copies", "used_by")}
              for login, row in right.credentials().items()}
    lines += differences("credential", told_credentials(fother.answers("credentials", *ask)["items"]), logins)
    lines += differences("secret", told_secrets(fother.answers("secrets", *ask)["items"]), right.secrets())
    images = fother.answers("images", *ask)["items"]
    lines += differences("image", told_images(images), right.images())
    lines += differences("sighting", bag(s for image in images for s in image["sightings"]), bag(right.sightings()))
    return lines


def compare_triage(fother, right, as_of, bad):
    answer = fother.answers("triage", "--registry", "docker.io", "--window", "..".join(WINDOW), "--as-of", as_of,
                            *[word for value in bad for word in ("--bad", value)])
    told = {login_of(r): (r["standing"], r["action"], r["bad_readers"])
            for r in records(answer, "credential") if r["fingerprint"]}
    return differences("triage", told, right.triage("docker.io", WINDOW[1], bad)) + differences(
        "bad", bag(records(answer, "sighting")), bag(right.bad_sightings(bad)))


def check(seed, folder):
    """Lines of disagreement over all reads of one world."""
    world, fother, lines = World(seed), Fother(folder), []
    clusters = {c.name: Cluster(c.name, c.uid) for c in world.clusters}
    bad = world.random.sample(world.digests(), 2)
    for number, day in enumerate(READ_DAYS[:world.random.randint(1, 3)]):
        as_of = DAY.format(day, 12)
        if number:
            world.change(day)
        dump = Path(folder) / f"dump{number}"
        for cluster in world.clusters:
            if number == 0 or world.random.random() < 0.8:
                clusters[cluster.name].add(as_of, cluster.write(dump, as_of))
        if not dump.exists():
            break
        given = ("--as-of", as_of) if world.random.random() < 0.5 else ()
        fother.answers("credentials", "--snapshot", dump, *given)
        right = Answers(list(clusters.values()), b"a made-up key of 32 bytes, sure!")
        lines += [f"seed {seed} read {number}: {line}" for line in
                  compare(fother, right, as_of) + compare_triage(fother, right, as_of, bad)]
    return lines


@pytest.mark.parametrize("seed", [*range(20), 26, 161, 165, 510])
def test_answers_are_those_of_the_naive_program(seed, tmp_path):
    assert check(seed, tmp_path) == []


if __name__ == "__main__":
    for tried in range(int(sys.argv[1]), int(sys.argv[2])):
        with tempfile.TemporaryDirectory() as scratch:
            for disagreement in check(tried, scratch):
                print(disagreement, flush=True)
