"""Every adjacent pair of rank classes of docs/ranking.md, one file each in ranking/: the world, the command, the order.

A file names what it expects of a section as a list; a row matches when each of its words stands in the record. A case with
`registry` has a real one, with what the lines push to it (pushed.py).
"""
import shlex
from pathlib import Path

import pytest
import yaml

from pushed import Lab, Pushed
from scene import AS_OF, WINDOW, Scene, digest, records

CASES = sorted(Path(__file__).with_name("ranking").glob("*.yaml"))


def command_of(case):
    words = shlex.split(case.get("command", f"--registry docker.io --window {WINDOW}"))
    return [digest(w[1:]) if w.startswith("%") else w for w in words]


def order_of(answer, section):
    if section == "do_now":
        return [(r["rule"], r["subject"]) for r in records(answer, "action")]
    if section == "bad_images":
        return [(r["state"], r["workload"] or r["node"]) for r in records(answer, "sighting")]
    if section == "images":
        return [(r["repository"], *(t for t in r["tags"] or ())) for r in records(answer, "image")]
    if section == "tags":
        return [(f"{r['repository']}:{r['tag']}", r["state"]) for r in records(answer, "tag_row")]
    return [(r["action"], r["standing"], r["username"], r["cred_kind"]) for r in records(answer, "credential")]


@pytest.fixture(scope="module")
def lab():
    one = Lab()
    yield one
    one.stop()


def push_all(case, lab, path, fother):
    """The registry's steps; `read` lets Fother ask it then. Times of its reads are the clock's."""
    pushed = Pushed(lab.registry(path.stem))
    host = pushed.registry.host
    for line in case["registry"]:
        if line == "read":
            done = fother.run("registry", "repos", host, "--plain-http", host, "--key-file", fother.key)
            assert done.returncode == 0, done.stderr
        else:
            pushed.step(line)
    case["given"] = [pushed.text(line) for line in case["given"]]
    case["command"] = f"--read-registry --plain-http {host} " + pushed.text(case["command"])
    for section in ("do_now", "bad_images", "images", "tags"):
        if section in case:
            case[section] = [pushed.text(line) for line in case[section]]


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_order(path, fother, tmp_path, lab):
    case = yaml.safe_load(path.read_text())
    if "registry" in case:
        push_all(case, lab, path, fother)
    dump = tmp_path / "dump"
    for folder, lines in case.get("before", {}).items():
        Scene(lines, without=case.get("without", ())).write(tmp_path / folder)
        fother.run("triage", "--registry", "docker.io", "--snapshot", tmp_path / folder, "--as-of",
                   case["before_as_of"], "--key-file", fother.key)
    Scene(case["given"], without=case.get("without", ())).write(dump)
    answer = fother.answers("triage", "--snapshot", dump, *command_of(case),
                            *(() if "registry" in case else ("--as-of", AS_OF)))
    checked = 0
    for section in ("do_now", "bad_images", "images", "tags", "credentials"):
        if section not in case:
            continue
        rows = [" ".join(map(str, row)) for row in order_of(answer, section)]
        expected = case[section]
        found = [row for row in rows if any(all(w in row.split() for w in e.split()) for e in expected)]
        assert len(found) == len(expected), (expected, rows)
        for want, have in zip(expected, found):
            assert all(word in have.split() for word in want.split()), (expected, rows)
        checked += 1
    assert checked, "the case expects nothing"


def test_every_class_stands_in_a_case():
    """A class of docs/ranking.md that no case names would be an untested rank."""
    text = Path(__file__).resolve().parents[2].joinpath("docs/ranking.md").read_text()
    rules = [line.split("`")[1] for line in text.splitlines() if line.startswith("| ") and "| `" in line]
    cases = "\n".join(path.read_text() for path in CASES)
    assert len(rules) >= 9
    for rule in rules:
        assert f"- {rule} " in cases, f"no case expects {rule}"
