#!/usr/bin/python3
"""`fother` on a live cluster beside a bare curl of the same pages, and beside `kubectl … -o json | jq`; for tools/run-bench.

    FOTHER_BUILD=build-bench tests/bench/bench_live.py [--rounds 7] [--flat]

One real API server on loopback with 10,000 secrets, 1,000 of them pull secrets, and 5,000 pods. What fother asks is taken
from the server's audit log, and curl asks exactly that, with the same Accept, in one process: one page after the other
on one connection, and as many at once as fother has under way (4). fother decodes, matches, stores and answers. Everything
runs once in each round, interleaved; medians are told, and ratios that were taken round by round. The server shares the
cores with all of them.

--flat: peak memory with 1,000, 10,000 and 100,000 secrets in the lists that are read (--all-secrets), always the same 1,000
of them with logins.

Figures stand beside their aims and are never judged. Exit 1 only when an answer is wrong.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = Path(os.environ["FOTHER_BUILD"]).resolve()
sys.path.insert(0, str(HERE.parent / "cluster"))

from bench_credentials import MB, machine, run  # noqa: E402
from lab import Lab  # noqa: E402
from objects import namespace, opaque_secret, pod, pull_secret  # noqa: E402

WALL_AIM, PEAK_AIM_MB = 1.3, 24
NAMESPACES, LOGINS = 100, 1000
ACCEPT = "Accept: application/vnd.kubernetes.protobuf, application/json"
KUBECTL_SECRETS = ('{kubectl} --kubeconfig {config} get secrets -A -o json --field-selector '
                   'type=kubernetes.io/dockerconfigjson | '
                   "jq -r '.items[] | .metadata.namespace as $n | .data[\".dockerconfigjson\"] | @base64d | fromjson | "
                   ".auths | to_entries[] | [$n, .key, .value.username] | @tsv'")
KUBECTL_ALL_SECRETS = ("{kubectl} --kubeconfig {config} get secrets -A -o json | "
                       "jq -r '.items[] | select(.type == \"kubernetes.io/dockerconfigjson\") | .metadata.namespace as $n | "
                       ".data[\".dockerconfigjson\"] | @base64d | fromjson | .auths | to_entries[] | "
                       "[$n, .key, .value.username] | @tsv'")
KUBECTL_PODS = ('{kubectl} --kubeconfig {config} get pods -A -o json | '
                "jq -r '.items[] | .status.containerStatuses[]? | .imageID'")


def fill_secrets(lab, opaque):
    lab.create(pull_secret(f"n{i % NAMESPACES}", f"hub-{i}", {"docker.io": (f"acme{i % 60}", f"made-up-password-{i % 120}")})
               for i in range(LOGINS))
    lab.create(opaque_secret(f"n{i % NAMESPACES}", f"opaque-{i}") for i in range(opaque))


def fill_pods(lab, count):
    lab.create(pod(f"n{i % NAMESPACES}", f"web-{i}", f"docker.io/acme/web{i % 50}:1", digest=f"{i % 50:064x}",
                   pull_secrets=[f"hub-{i % LOGINS}"]) for i in range(count))


class Question:
    """A command of fother on the lab, the curls of the same pages, and what is typed where there is no fother."""

    def __init__(self, lab, name, arguments, wanted, kubectl):
        self.lab, self.name, self.wanted, self.kubectl = lab, name, wanted, kubectl
        self.config = lab.kubeconfig()
        self.command = [BUILD / "src/cli/fother", *arguments, "--kubeconfig", self.config, "--context", "lab"]
        before = len(lab.requests())
        self.fother()
        asked = [one["uri"] for one in lab.requests()[before:] if "limit=" in one["uri"]]
        self.pages = [uri for uri in asked if any(part in uri for part in wanted)]

    def fother(self):
        with tempfile.TemporaryDirectory(dir=BUILD) as state:
            return run(self.command, os.environ | {"XDG_STATE_HOME": state})

    def curl(self, *options):
        config = "".join(f'url = "{self.lab.server}{page}"\noutput = "/dev/null"\n' for page in self.pages)
        with tempfile.NamedTemporaryFile("w", suffix=".curl") as file:
            file.write(config)
            file.flush()
            return run(["curl", "-s", "--cacert", self.lab.pki.ca, "-H", ACCEPT, "-H",
                        f"Authorization: Bearer {self.lab.token('admin')}", *options, "-K", file.name])

    def pipeline(self):
        return run(["bash", "-o", "pipefail", "-c", self.kubectl.format(kubectl=self.lab.parts / "kubectl", config=self.config)])

    def size(self):
        return sum(len(run(["curl", "-s", "--cacert", self.lab.pki.ca, "-H", ACCEPT, "-H",
                            f"Authorization: Bearer {self.lab.token('admin')}", self.lab.server + page])[1])
                   for page in self.pages)

    def round(self):
        return {"fother": self.fother(), "curl": self.curl(), "curl, 4 at once": self.curl("-Z", "--parallel-max", "4"),
                "kubectl | jq": self.pipeline()}


def ratios(rounds, name, what):
    return [getattr(one["fother"][0], what) / getattr(one[name][0], what) for one in rounds]


def tell(question, rounds):
    print(f"\n{question.name}: {len(question.pages)} pages, {question.size() / MB:.2f} MB in protobuf")
    print(f"{'':18}{'wall':>10}{'CPU':>10}{'peak':>10}")
    for name in rounds[0]:
        wall, cpu, peak = (statistics.median(getattr(one[name][0], what) for one in rounds)
                           for what in ("wall", "cpu", "peak"))
        print(f"{name:18}{wall:8.3f} s{cpu:8.3f} s{peak / MB:7.1f} MB")
    for name in list(rounds[0])[1:]:
        wall = ratios(rounds, name, "wall")
        aim = f"; aim {WALL_AIM}" if name == "curl" else ""
        print(f"fother takes {statistics.median(wall):.2f} times the wall time of {name} "
              f"(rounds: {min(wall):.2f} to {max(wall):.2f}{aim}), "
              f"{statistics.median(ratios(rounds, name, 'cpu')):.2f} times its CPU")


def logins(output):
    return {(item["registry"], item["username"], item["fingerprint"]) for item in map(json.loads, output.splitlines())
            if item.get("record") == "credential"}


def flat(lab, made):
    """Peak by the number of secrets. Returns what is wrong."""
    print(f"\npeak memory of `fother credentials --all-secrets` (aim {PEAK_AIM_MB} MB, flat)")
    found = []
    for count in (1000, 10_000, 100_000):
        lab.create(opaque_secret(f"n{i % NAMESPACES}", f"more-{i}") for i in range(made, count - LOGINS))
        made = max(made, count - LOGINS)
        question = Question(lab, "flat", ["credentials", "--all-secrets", "-o", "ndjson"], ["/secrets"], "")
        taken, output = question.fother()
        found.append(len(logins(output)))  # by fingerprints, whose key is new each time
        print(f"{count:8} secrets: {taken.peak / MB:.1f} MB, {taken.wall:.2f} s")
    return [] if set(found) == {120} else [f"not 120 logins each time: {found}"]


def ask(lab, rounds):
    """Tells every question. Returns what is wrong."""
    wrong = []

    def answer(name, arguments, kubectl, expected):
        question = Question(lab, name, arguments, ["/"], kubectl)
        told = [question.round() for _ in range(rounds)]
        tell(question, told)
        if expected and len(logins(told[-1]["fother"][1])) != expected:
            wrong.append(f"{name}: not the {expected} logins")

    fill_secrets(lab, 9000)
    answer("1,000 pull secrets of 10,000", ["credentials", "-o", "ndjson"], KUBECTL_SECRETS, 120)
    answer("10,000 secrets", ["credentials", "-o", "ndjson", "--all-secrets"], KUBECTL_ALL_SECRETS, 120)
    fill_pods(lab, 5000)
    answer("5,000 pods", ["images", "-o", "ndjson"], KUBECTL_PODS, 0)
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--flat", action="store_true")
    options = parser.parse_args()
    with Lab() as lab:
        lab.create(namespace(f"n{i}") for i in range(NAMESPACES))
        print(f"{options.rounds} rounds on {machine()}")
        if options.flat:
            fill_secrets(lab, 0)
            wrong = flat(lab, 0)
        else:
            wrong = ask(lab, options.rounds)
    for line in wrong:
        print(f"WRONG: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
