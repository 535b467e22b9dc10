#!/usr/bin/python3
"""Writes the dump of a large made-up cluster, and what is true of it. The same bytes each time.

    tests/bench/make_cluster.py [--secrets 10000] [--pull-secrets 1000] [--pods 5000] [--file-mb N] FOLDER

FOLDER/dump/secrets.json and pods.json as `kubectl get … -o json --show-managed-fields` prints them; with --file-mb cut into
lists of about N MB. FOLDER/truth.json: {"logins": [[namespace, secret, key]...], "used": [[namespace, secret] that a pod
names and that is there...], "jq": {why jq cannot see a login: [[namespace, secret, key]...]}}.
"""
import argparse
import base64
import json
import random
from pathlib import Path

import make_podlist

HOSTS = ["https://index.docker.io/v1/", "docker.io", "ghcr.io", "quay.io", "registry.acme.example:5000",
         "123456789012.dkr.ecr.eu-west-1.amazonaws.com", "europe-docker.pkg.dev/acme/web"]
NAMESPACES = 200
OTHERS = [("Opaque", 300), ("Opaque", 1200), ("kubernetes.io/tls", 4000), ("helm.sh/release.v1", 16000)]
# How many of 1,000 pull secrets are of which sort.
SORTS = {"plain": 860, "legacy": 40, "bad_base64": 20, "cut": 20, "capital": 20, "twice": 20, "opaque": 20}
JQ_MISSES = {
    "cut": "config cut off: fromjson gives up, although whole logins stand in it",
    "capital": "Auths in capitals: Go reads names in any case, so the kubelet uses it",
    "twice": "auths stands twice: Go merges both, jq keeps the last",
    "opaque": "in an Opaque secret: not looked for, read by the attacker all the same",
}


def name_of(number):
    """Of a pull secret: each namespace has a hub, and more."""
    return "hub" if number < NAMESPACES else f"pull-{number}"


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def login(rng):
    user, password = f"user{rng.randrange(200)}", f"dckr_pat_EXAMPLEexample{rng.randrange(400):06d}"
    return {"username": user, "password": password, "auth": encoded(f"{user}:{password}")}


def docker_config(rng, sort, keys):
    """The text of the docker config (of a .dockercfg for legacy)."""
    auths = {key: login(rng) for key in keys}
    if sort == "legacy":
        return json.dumps(auths)
    if sort == "cut":
        return json.dumps({"auths": auths})[:-20]
    if sort == "capital":
        return json.dumps({"Auths": auths})
    if sort == "twice":
        first, last = ({key: auths[key] for key in part} for part in (keys[:1], keys[1:]))
        return f'{{"auths": {json.dumps(first)}, "auths": {json.dumps(last)}}}'
    if sort == "bad_base64":
        auths = {key: {"auth": "%%%"} for key in keys}
    return json.dumps({"auths": auths})


def secret(namespace, name, kind, data, number):
    time = f"2026-{1 + number % 10:02d}-{1 + number % 28:02d}T10:00:00Z"
    return {"apiVersion": "v1", "data": data, "kind": "Secret", "type": kind, "metadata": {
        "creationTimestamp": time, "name": name, "namespace": namespace, "resourceVersion": str(number),
        "uid": f"00000000-0000-4000-8000-{number:012d}",
        "managedFields": [{"apiVersion": "v1", "fieldsType": "FieldsV1", "manager": "kubectl-create", "operation": "Update",
                           "time": time, "fieldsV1": {"f:data": {".": {}} | {f"f:{key}": {} for key in data}, "f:type": {}}}]}}


def place_of(sort):
    """(type, data key)"""
    if sort == "opaque":
        return "Opaque", "config.json"
    name = "dockercfg" if sort == "legacy" else "dockerconfigjson"
    return f"kubernetes.io/{name}", f".{name}"


def pull_secret(rng, number, truth):
    sort = rng.choices(list(SORTS), list(SORTS.values()))[0]
    namespace, name = f"team-{number % NAMESPACES}", name_of(number)
    keys = rng.sample(HOSTS, rng.choice([1, 1, 1, 2, 3]))
    rows = [[namespace, name, key] for key in keys]
    truth["logins"] += rows  # all of them: what the kubelet cannot use was read by the attacker all the same
    if sort in JQ_MISSES:
        truth["jq"].setdefault(JQ_MISSES[sort], []).extend(rows[:1] if sort == "twice" else rows)
    kind, key = place_of(sort)
    return secret(namespace, name, kind, {key: encoded(docker_config(rng, sort, keys))}, number)


def other_secret(rng, number):
    kind, size = rng.choice(OTHERS)
    value = base64.b64encode(rng.randbytes(rng.randrange(size // 2, size))).decode()
    return secret(f"team-{number % NAMESPACES}", f"other-{number}", kind, {"value": value}, number)


def secrets(rng, count, pull_count, truth):
    pulls = sorted(rng.sample(range(count), pull_count))
    order = {place: number for number, place in enumerate(pulls)}
    for place in range(count):
        if place in order:
            yield pull_secret(rng, order[place], truth)
        else:
            yield other_secret(rng, pull_count + place)


def pods(rng, count, pull_count, truth):
    """Most pull with their namespace's hub, some with another of its secrets, or with one that is not there."""
    used = set()
    for number in range(count):
        pod = make_podlist.pod(rng, number)
        namespace = pod["metadata"]["namespace"]
        pulls = range(int(namespace.removeprefix("team-")), pull_count, NAMESPACES)
        names = [name_of(rng.choice(pulls)) if pulls and rng.random() < 0.3 else "hub"]
        used |= {(namespace, name) for name in names if pulls}
        pod["spec"]["imagePullSecrets"] = [{"name": name} for name in names + ["gone"] * (rng.random() < 0.05)]
        yield pod
    truth["used"] = sorted(used)


def write_lists(folder, name, items, most_bytes):
    """One list, or several of about most_bytes, laid out as kubectl does."""
    number, texts, size = 0, [], 0

    def flush(file):
        file.write_text('{\n    "apiVersion": "v1",\n    "items": [\n' + ",\n".join(texts)
                        + '\n    ],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n')

    for item in items:
        texts.append("        " + json.dumps(item, indent=4).replace("\n", "\n        "))
        size += len(texts[-1])
        if most_bytes and size > most_bytes:
            flush(folder / f"{name}-{number}.json")
            number, texts, size = number + 1, [], 0
    flush(folder / (f"{name}-{number}.json" if number else f"{name}.json"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--secrets", type=int, default=10000)
    parser.add_argument("--pull-secrets", type=int, default=1000)
    parser.add_argument("--pods", type=int, default=5000)
    parser.add_argument("--file-mb", type=int, default=0)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    rng = random.Random(4)
    truth = {"logins": [], "used": [], "jq": {}}
    dump = options.folder / "dump"
    dump.mkdir(parents=True, exist_ok=True)
    most_bytes = options.file_mb * 1000 * 1000
    write_lists(dump, "secrets", secrets(rng, options.secrets, options.pull_secrets, truth), most_bytes)
    write_lists(dump, "pods", pods(rng, options.pods, options.pull_secrets, truth), most_bytes)
    (options.folder / "truth.json").write_text(json.dumps(truth))


if __name__ == "__main__":
    main()
