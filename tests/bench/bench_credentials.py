#!/usr/bin/python3
"""`fother credentials -o json` beside jq on the same files; for tools/run-bench.

A dump of 10,000 secrets (1,000 of them pull secrets) and 5,000 pods, as two large files and in files of 10 MB. The two take
turns, so that both see the same machine; the median of the rounds counts. Speed and memory are told beside their aims and
never judged; exit 1 only when an answer is wrong: fother must find every login of the dump, and jq may differ from it only
where make_cluster.py says so.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = Path(os.environ["FOTHER_BUILD"])
ROUNDS = 5
SPEED_AIM, MAPPED_AIM, SMALL_FILES_AIM_MB = 10, 2, 64
# What the people who have no Fother type.
JQ = ('.items[] | select(.type == "kubernetes.io/dockerconfigjson") | .metadata as $m '
      '| (try (.data[".dockerconfigjson"] | @base64d | fromjson | .auths | keys[]) catch empty) '
      '| [$m.namespace, $m.name, .]')


def make(folder, *options):
    if not (folder / "truth.json").exists():
        subprocess.run([sys.executable, HERE / "make_cluster.py", *options, folder], check=True)
    return folder


def run(command, environment=None):
    """(wall seconds, CPU seconds, peak MB, output)."""
    with tempfile.TemporaryFile() as output:
        start = time.monotonic()
        child = subprocess.Popen(command, stdout=output, env=environment)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        if status:
            sys.exit(f"{command[0]}: exit {os.waitstatus_to_exitcode(status)}")
        output.seek(0)
        return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output.read()


def run_fother(dump):
    """A first reading, into a new store."""
    with tempfile.TemporaryDirectory(dir=BUILD) as state:
        return run([BUILD / "src/cli/fother", "credentials", "-o", "json", "--snapshot", dump],
                   os.environ | {"XDG_STATE_HOME": state})


def run_jq(dump):
    return run(["jq", "-c", JQ, *sorted(dump.iterdir())])


def logins_of_fother(output):
    return {(copy["namespace"], copy["secret"], copy["registry_key"])
            for credential in json.loads(output)["items"] for copy in credential["copies"]}


def logins_of_jq(output):
    return {tuple(json.loads(line)) for line in output.splitlines()}


def wrong_answers(truth, fother, jq):
    """What is wrong, after telling where jq differs and why."""
    expected = {tuple(row) for row in truth["logins"]}
    explained = {tuple(row) for rows in truth["jq"].values() for row in rows}
    print(f"{len(expected)} logins in {len({row[:2] for row in expected})} secrets: "
          f"fother finds {len(fother & expected)}, jq {len(jq & expected)}")
    for reason, rows in sorted(truth["jq"].items()):
        differing = {tuple(row) for row in rows} & (fother ^ jq)
        if differing:
            print(f"  {len(differing):4} where jq {reason}")
    if fother != expected:
        yield f"fother: {len(expected - fother)} logins missing, {len(fother - expected)} too many"
    if (fother ^ jq) - explained:
        yield f"{len((fother ^ jq) - explained)} differences to jq that nothing explains"


def measure(title, dump):
    """Interleaved rounds; prints a line each, gives the medians and the last answers."""
    rounds = [(run_fother(dump), run_jq(dump)) for _ in range(ROUNDS)]
    medians = [[statistics.median(one[who][what] for one in rounds) for what in range(3)] for who in range(2)]
    for who, (wall, cpu, peak) in zip(("fother", "jq"), medians):
        print(f"{title:<24} {who:<8} {wall:7.2f} s   CPU {cpu:7.2f} s   peak {peak:7.1f} MB")
    print(f"{'':<24} jq takes {medians[1][0] / medians[0][0]:.1f} times as long, "
          f"{medians[1][1] / medians[0][1]:.1f} times the CPU time (aim {SPEED_AIM})")
    return medians[0][2], rounds[-1][0][3], rounds[-1][1][3]


def main():
    large, small = make(BUILD / "bench-large"), make(BUILD / "bench-small", "--file-mb", "10")
    wrong = []
    peak, fother, jq = measure("two large files", large / "dump")
    largest = max(path.stat().st_size for path in (large / "dump").iterdir()) / 1024 / 1024
    print(f"{'':<24} peak is {peak / largest:.2f} times the largest file of {largest:.0f} MB (aim below {MAPPED_AIM})")
    wrong += wrong_answers(json.loads((large / "truth.json").read_text()), logins_of_fother(fother), logins_of_jq(jq))
    peak, fother_small, _ = measure("files of 10 MB", small / "dump")
    print(f"{'':<24} peak is {peak:.0f} MB (aim below {SMALL_FILES_AIM_MB})")
    if logins_of_fother(fother_small) != logins_of_fother(fother):
        wrong.append("the same dump in small files gives other logins")
    for line in wrong:
        print(f"WRONG: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
