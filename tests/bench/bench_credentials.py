#!/usr/bin/python3
"""`fother credentials -o json` beside jq on the same files; for tools/run-bench.

    FOTHER_BUILD=build-bench tests/bench/bench_credentials.py [--pods 5000] [--rounds 7]

A dump of 10,000 secrets (1,000 of them with registry logins) and its pods, once as one file a kind, once in files of 10 MB.
In each round everything runs once, one after the other, so that all see the same machine; medians are told, and ratios that
were taken round by round. Speed and memory stand beside their aims and are never judged. Exit 1 only when an answer is
wrong: fother must find every login of the dump and every secret that its pods pull with, and may differ from jq only where
make_cluster.py says why.
"""
import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = Path(os.environ["FOTHER_BUILD"]).resolve()
MB = 1000 * 1000
SPEED_AIM, MAPPED_AIM, SMALL_FILES_AIM_MB = 10, 2, 64
# What is typed where there is no Fother: which registries are in the pull secrets, and which pods pull with them. Without
# `try` the first config that is cut off ends it all.
JQ_LOGINS = r'''.items[] | .metadata as $m
| select(.type == "kubernetes.io/dockerconfigjson" or .type == "kubernetes.io/dockercfg")
| (try (if .type == "kubernetes.io/dockercfg" then .data[".dockercfg"] | @base64d | fromjson
        else .data[".dockerconfigjson"] | @base64d | fromjson | .auths end | keys[]) catch empty)
| [$m.namespace, $m.name, .]'''
JQ_USERS = r'.items[] | .metadata as $m | .spec.imagePullSecrets[]? | [$m.namespace, .name, $m.name]'


class Taken:
    """What a run took; several of one procedure add up, but for the memory."""

    def __init__(self, wall=0.0, cpu=0.0, peak=0):
        self.wall, self.cpu, self.peak = wall, cpu, peak

    def __add__(self, other):
        return Taken(self.wall + other.wall, self.cpu + other.cpu, max(self.peak, other.peak))


def run(command, environment=None):
    """(Taken, output)"""
    with tempfile.NamedTemporaryFile() as output:
        measured = subprocess.run([sys.executable, "-I", "-S", HERE / "run_measured.py", output.name, *command],
                                  check=True, capture_output=True, text=True, env=environment)
        told = json.loads(measured.stdout)
        if told.pop("status"):
            sys.exit(f"{command[0]} failed: {measured.stderr}")
        return Taken(**told), output.read()


def run_fother(dump, state):
    return run([BUILD / "src/cli/fother", "credentials", "-o", "json", "--snapshot", dump],
               os.environ | {"XDG_STATE_HOME": str(state)})


def run_jq(dump):
    logins, found = run(["jq", "-c", JQ_LOGINS, *sorted(dump.glob("secrets*"))])
    users, pulls = run(["jq", "-c", JQ_USERS, *sorted(dump.glob("pods*"))])
    return logins + users, (found, pulls)


def one_round(large, small, warm_state):
    """{name: (Taken, output)}: fother with a new store and jq, on both forms of the dump; fother on what it has read."""
    results = {}
    for name, dump in (("large", large), ("small", small)):
        with tempfile.TemporaryDirectory(dir=BUILD) as state:
            results[f"fother {name}"] = run_fother(dump, state)
        results[f"jq {name}"] = run_jq(dump)
    results["fother again"] = run_fother(large, warm_state)
    return results


# --- answers ---


def answer_of_fother(output):
    """(logins, secrets in use)"""
    items = json.loads(output)["items"]
    return ({(copy["namespace"], copy["secret"], copy["registry_key"]) for item in items for copy in item["copies"]},
            {(use["namespace"], use["secret"]) for item in items for use in item["used_by"] if use["relation"] == "pulls"})


def answer_of_jq(output):
    logins, pulls = ({tuple(json.loads(line)) for line in lines.splitlines()} for lines in output)
    return logins, {row[:2] for row in pulls}


def wrong_answers(truth, fother, jq):
    """What is wrong; tells where jq differs and why."""
    expected, used = {tuple(row) for row in truth["logins"]}, {tuple(row) for row in truth["used"]}
    explained = {tuple(row) for rows in truth["jq"].values() for row in rows}
    print(f"\n{len(expected)} logins in {len({row[:2] for row in expected})} secrets: fother finds "
          f"{len(fother[0] & expected)}, jq {len(jq[0] & expected)}")
    for reason, rows in sorted(truth["jq"].items()):
        missed = {tuple(row) for row in rows} & fother[0] - jq[0]
        print(f"{len(missed):6} that jq does not find: {reason}")
    print(f"{len(used)} of the secrets are pulled with by pods: fother says so of {len(fother[1] & used)}, "
          f"jq of {len(jq[1] & used)}")
    if fother[0] != expected:
        yield f"fother: {len(expected - fother[0])} logins missing, {len(fother[0] - expected)} too many"
    if (fother[0] ^ jq[0]) - explained:
        yield f"{len((fother[0] ^ jq[0]) - explained)} logins differ from jq's, and nothing explains it"
    if fother[1] != used:
        yield f"fother: {len(used - fother[1])} secrets in use missing, {len(fother[1] - used)} too many"
    if jq[1] & {row[:2] for row in expected} != used:
        yield "jq names other secrets in use than the dump holds"


# --- figures ---


def machine():
    """The machine that the figures are of, in a line."""
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    jq = subprocess.run(["jq", "--version"], check=True, capture_output=True, text=True).stdout.strip()
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release()}, {jq}, load {os.getloadavg()[0]:.1f}"


def median(rounds, name, what):
    return statistics.median(getattr(results[name][0], what) for results in rounds)


def print_times(rounds, names):
    print(f"\n{'':16}{'wall':>10}{'CPU':>10}{'peak':>10}")
    for name in names:
        wall, cpu, peak = (median(rounds, name, what) for what in ("wall", "cpu", "peak"))
        print(f"{name:16}{wall:8.2f} s{cpu:8.2f} s{peak / MB:7.1f} MB")


def print_ratio(rounds, form, what, told):
    ratios = [getattr(results[f"jq {form}"][0], what) / getattr(results[f"fother {form}"][0], what) for results in rounds]
    print(f"{form}: jq takes {statistics.median(ratios):.1f} times {told} (rounds: {min(ratios):.1f} to {max(ratios):.1f}; "
          f"aim {SPEED_AIM})")


def print_figures(rounds, largest):
    print_times(rounds, rounds[0])
    print()
    for form in ("large", "small"):
        print_ratio(rounds, form, "wall", "as long")
        print_ratio(rounds, form, "cpu", "the CPU time")
    print(f"large: peak {median(rounds, 'fother large', 'peak') / largest:.2f} times the largest file, {largest / MB:.0f} MB "
          f"(aim below {MAPPED_AIM})")
    print(f"small: peak {median(rounds, 'fother small', 'peak') / MB:.0f} MB (aim below {SMALL_FILES_AIM_MB})")


# --- the run ---


def make(name, pods, *options):
    """The folder of a dump, made where it is missing or older than what makes it."""
    folder = BUILD / f"bench-{name}-{pods}"
    truth, makers = folder / "truth.json", (HERE / "make_cluster.py", HERE / "make_podlist.py")
    if not truth.exists() or truth.stat().st_mtime < max(maker.stat().st_mtime for maker in makers):
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, HERE / "make_cluster.py", "--pods", str(pods), *options, folder], check=True)
    return folder / "dump", json.loads(truth.read_text())


def check(results, truth):
    """What is wrong in the answers of a round."""
    fother = answer_of_fother(results["fother large"][1])
    yield from wrong_answers(truth, fother, answer_of_jq(results["jq large"][1]))
    for name in ("fother small", "fother again"):
        if answer_of_fother(results[name][1]) != fother:
            yield f"{name} answers otherwise than fother large"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pods", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    (large, truth), (small, _) = make("large", options.pods), make("small", options.pods, "--file-mb", "10")
    with tempfile.TemporaryDirectory(dir=BUILD) as warm_state:
        run_fother(large, warm_state)  # fills the store, and the page cache
        rounds = [one_round(large, small, warm_state) for _ in range(options.rounds)]
    print(f"{options.rounds} rounds on {machine()}")
    print_figures(rounds, max(path.stat().st_size for path in large.iterdir()))
    wrong = list(check(rounds[-1], truth))
    for line in wrong:
        print(f"WRONG: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
