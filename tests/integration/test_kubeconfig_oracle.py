"""Kubeconfigs, merged, against kubectl: `kubectl config view --raw --merge -o json` of random small files.

Files of a grammar that loves the same names, empty values, values of wrong types, JSON and YAML in their several forms. What
kubectl reads, we must read alike; what we refuse, kubectl must refuse too. Not said: anchors and aliases, which only
kubectl reads. Another seed: FOTHER_SEED=7 pytest tests/integration/test_kubeconfig_oracle.py
"""
import base64
import json
import os
import random
import re
import shutil
import subprocess
from collections import Counter

import pytest

SEED = int(os.environ.get("FOTHER_SEED", "20261125"))
CASES = 200
V1BETA1 = "client.authentication.k8s.io/v1beta1"
EXEC_EXTENSION = "client.authentication.k8s.io/exec"
SECRET = ("token", "password", "client-key-data", "proxy-url")


@pytest.fixture(scope="module")
def kubectl():
    path = shutil.which("kubectl")
    if not path:
        pytest.skip("no kubectl to hold kubeconfigs against")
    said = subprocess.run([path, "version", "--client", "-o", "json"], capture_output=True, text=True, timeout=60).stdout
    version = json.loads(said)["clientVersion"] if said else {"gitVersion": "unknown"}
    number = re.match(r"v1\.(\d+)", version["gitVersion"])
    if not number or int(number[1]) < 28:
        pytest.skip(f"kubectl is {version['gitVersion']}; before v1.28 it merged by other rules and knew fewer members")
    return path


@pytest.fixture(scope="module")
def probe(build):
    path = build / "tests/unit/kube_client/kubeconfig-probe"
    if not path.exists():
        pytest.fail(f"{path} is not built: ninja -C {build}")
    return path


# --- files ---


def text(rng):
    return rng.choice(["a", "b.example.com", "x/../y", "made-up-1", "yes", "07", "1e3", "~", "null", " spaced ", "ü", "#", "a: b", "-", "",
                       "2026-01-01", "0x1F", "line\nline", "'", '"', "true", "!x", "%y", "[z]", "\\n", "{", "=", "<<", "1:30"])


def plain(rng):
    return rng.choice(["a", "b", "c-d", "made-up-token", "made-up-longer-token"])


def data(rng):
    return base64.b64encode(rng.choice([b"made-up", b"x", b"made-up-data"])).decode()


def maybe(rng, chance, odd, usual):
    return odd if rng.random() < chance else usual


def odd_value(rng, name):
    """Go reads a list as bytes where it wants base64: not asked."""
    lists = [] if name.endswith("-data") else [[], ["a"]]
    return rng.choice([None, None, None, 1, True, {}, {"a": "b"}, 1.5, *lists])


def members(rng, grammar, chance):
    entry = {}
    for name, value in grammar.items():
        if rng.random() < chance:
            entry[name] = maybe(rng, 0.01, odd_value(rng, name), value(rng))
    if rng.random() < 0.1:
        entry[rng.choice(["Server", "TOKEN", "unknown", "extensions"])] = None
    items = list(entry.items())
    rng.shuffle(items)
    return dict(items)


def exec_config(rng):
    return rng.choice([{"a": [1, "b", None, True]}, {"audience": "x"}, {}])


CLUSTER = {
    "server": lambda rng: rng.choice(["https://a.example.com", "https://[::1]:6443", text(rng)]), "tls-server-name": text,
    "insecure-skip-tls-verify": lambda rng: rng.random() < 0.5, "certificate-authority": text,
    "certificate-authority-data": data, "proxy-url": plain, "disable-compression": lambda rng: rng.random() < 0.5,
    "extensions": lambda rng: [{"name": rng.choice([EXEC_EXTENSION, "other"]), "extension": exec_config(rng)}],
}
EXEC = {
    "apiVersion": lambda rng: rng.choice([V1BETA1, "client.authentication.k8s.io/v1"]), "command": text,
    "args": lambda rng: [text(rng) for _ in range(rng.randrange(3))],
    "env": lambda rng: [{"name": plain(rng), "value": text(rng)} for _ in range(rng.randrange(3))], "installHint": text,
    "interactiveMode": lambda rng: rng.choice(["Never", "IfAvailable", "Always"]), "provideClusterInfo": lambda rng: rng.random() < 0.5,
}
USER = {
    "client-certificate": text, "client-certificate-data": data, "client-key": text, "client-key-data": data, "token": text,
    "tokenFile": text, "username": text, "password": text, "as": text, "as-uid": text,
    "as-groups": lambda rng: [text(rng) for _ in range(rng.randrange(3))],
    "as-user-extra": lambda rng: {plain(rng): [text(rng)] for _ in range(rng.randrange(3))},
    "auth-provider": lambda rng: {"name": plain(rng), "config": {"a": "b"}}, "exec": lambda rng: members(rng, EXEC, 0.6),
}
CONTEXT = {"cluster": plain, "user": plain, "namespace": text}


def entries(rng, kind, grammar):
    names = rng.sample(["a", "b", "c-d", "on", "1", "e f"], rng.randrange(4))
    if names and rng.random() < 0.03:
        names.append(names[0])
    listed = [{"name": name, kind: members(rng, grammar, 0.3)} for name in names]
    if listed and rng.random() < 0.03:
        del listed[0][rng.choice(["name", kind])]
    return maybe(rng, 0.03, None, listed)


def random_file(rng):
    config = {"apiVersion": "v1", "kind": "Config", "preferences": {}, "clusters": entries(rng, "cluster", CLUSTER),
              "users": entries(rng, "user", USER), "contexts": entries(rng, "context", CONTEXT),
              "current-context": maybe(rng, 0.4, "", plain(rng))}
    for name in list(config):
        if rng.random() < 0.1:
            del config[name]
    if rng.random() < 0.02:
        config[rng.choice(["apiVersion", "kind", "clusters", "current-context"])] = rng.choice(["v2", "Pod", 1, {}, []])
    return config


# --- how they are written ---

# What needs quotes in YAML 1.1, and some that do not.
UNQUOTED = re.compile(r"[A-Za-z/][\w./-]*", re.ASCII)
WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


def scalar(rng, value):
    if value is None:
        return rng.choice(["null", "~", "", "Null"])
    if isinstance(value, bool):
        return rng.choice([["false", "no", "Off", "FALSE"], ["true", "yes", "On", "TRUE"]][value])
    if not isinstance(value, str) or not value.isprintable():
        return json.dumps(value)
    if UNQUOTED.fullmatch(value) and value.lower() not in WORDS and rng.random() < 0.7:
        return value
    return rng.choice([json.dumps(value), json.dumps(value, ensure_ascii=False), "'" + value.replace("'", "''") + "'"])


def flow(rng, value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {flow(rng, v) or 'null'}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(rng, one) or "null" for one in value) + maybe(rng, 0.1, ",", "") * bool(value) + "]"
    return scalar(rng, value)


def block(rng, value, indent=0):
    pad = "  " * indent
    if isinstance(value, dict):
        for key, one in value.items():
            nested = isinstance(one, (dict, list)) and one and rng.random() < 0.9
            yield f"{pad}{json.dumps(key) if rng.random() < 0.1 or key in WORDS or key == '1' else key}:" + (
                "" if nested else " " + flow(rng, one)) + maybe(rng, 0.05, "  # remark", "")
            if nested:
                yield from block(rng, one, indent + (1 if isinstance(one, dict) else rng.randrange(2)))
    else:
        for one in value:
            if isinstance(one, dict) and one:
                first, *rest = block(rng, one, indent + 1)
                yield f"{pad}- {first.strip()}"
                yield from rest
            else:
                yield f"{pad}- {flow(rng, one)}"


def write(rng, path, config):
    form = rng.random()
    if form < 0.3:
        content = json.dumps(config, indent=rng.choice([None, 2]), ensure_ascii=rng.random() < 0.5)
    elif form < 0.4:
        content = flow(rng, config)
    else:
        content = maybe(rng, 0.2, "---\n", "") + "\n".join(block(rng, config)) + maybe(rng, 0.1, "\n---\nkind: Pod", "")
    path.write_text(content + "\n")


# --- what kubectl says, in our form ---


def shortened(entry):
    """Without what is empty; the length in the place of what may be secret."""
    return {name: len(value.encode()) if name in SECRET else value for name, value in entry.items() if value}


def named(listed, kind):
    return {one["name"]: one[kind] for one in listed or []}


def cluster_of(entry):
    entry = dict(entry)
    for extension in entry.pop("extensions", None) or []:
        if extension["name"] == EXEC_EXTENSION:
            entry["exec-config"] = extension["extension"]
    return shortened({k: v for k, v in entry.items() if k != "exec-config"}) | (
        {"exec-config": entry["exec-config"]} if entry.get("exec-config") is not None else {})


def user_of(entry):
    entry = {k: v for k, v in entry.items() if k != "extensions"}
    provider, plugin = entry.pop("auth-provider", None), entry.pop("exec", None)
    entry = shortened(entry)
    if "as-user-extra" in entry:
        entry["as-user-extra"] = {k: v for k, v in entry["as-user-extra"].items() if v}
    if provider is not None:
        entry["auth-provider"] = provider["name"]
    if plugin is not None:
        env = [shortened({"name": one["name"]}) | ({"value": len(one["value"].encode())} if one["value"] else {})
               for one in plugin.pop("env") or []]
        entry["exec"] = shortened(plugin) | {"env": env}
    return entry


def kubectl_view(kubectl, paths):
    run = subprocess.run([kubectl, "config", "view", "--raw", "--merge", "-o", "json"], capture_output=True, text=True, timeout=60,
                         env={"PATH": os.environ["PATH"], "HOME": "/nowhere", "KUBECONFIG": paths})
    if run.returncode:
        return {"error": run.stderr.strip()}
    view = json.loads(run.stdout)
    return {"clusters": {name: cluster_of(one) for name, one in named(view["clusters"], "cluster").items()},
            "users": {name: user_of(one) for name, one in named(view["users"], "user").items()},
            "contexts": {name: shortened({k: v for k, v in one.items() if k != "extensions"})
                         for name, one in named(view["contexts"], "context").items()},
            "current-context": view["current-context"]}


def ours_in_its_form(ours):
    """kubectl fills in the mode of v1beta1, and we keep what is written."""
    for user in ours.get("users", {}).values():
        plugin = user.get("exec", {})
        if plugin.get("apiVersion") == V1BETA1:
            plugin.setdefault("interactiveMode", "IfAvailable")
    for cluster in ours.get("clusters", {}).values():
        if "exec-config" in cluster:
            cluster["exec-config"] = json.loads(cluster["exec-config"])
    return ours


def has_defect(ours):
    return "error" in ours or any("defect" in entry for kind in ("clusters", "users", "contexts") for entry in ours[kind].values())


def test_random_files(kubectl, probe, tmp_path):
    rng, outcomes, lists = random.Random(SEED), Counter(), []
    for case in range(CASES):
        folder = tmp_path / str(case)
        folder.mkdir()
        paths = []
        for number in range(rng.randrange(1, 4)):
            paths.append(folder / f"config{number}")
            write(rng, paths[-1], random_file(rng))
        lists.append(":".join(map(str, paths)))
    answered = subprocess.run([probe], input="\n".join(lists) + "\n", capture_output=True, text=True, timeout=60, check=True)
    for paths, line in zip(lists, answered.stdout.splitlines(), strict=True):
        ours, theirs = ours_in_its_form(json.loads(line)), kubectl_view(kubectl, paths)
        about = f"{paths}\nours:   {json.dumps(ours)}\nkubectl: {json.dumps(theirs)}"
        if "error" in theirs:
            outcomes["refused by both" if has_defect(ours) else "refused by kubectl alone"] += 1
            continue
        outcomes["read by both"] += 1
        assert not has_defect(ours), about
        assert ours == theirs, about
    assert outcomes["read by both"] > CASES / 3 and outcomes["refused by both"] > CASES / 50, outcomes
