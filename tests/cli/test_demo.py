"""`make demo` tells what to do first, and what to type for a cluster of one's own; what it says to type works."""
import os
import re
import subprocess
import time

import pytest

DEMO_SECONDS_MAX = 10


@pytest.fixture(scope="module")
def demo(root, program):
    if program != root / "build/src/cli/fother":
        pytest.skip("demo/run.sh runs the program of build/ only")
    start = time.monotonic()
    done = subprocess.run([root / "demo/run.sh"], capture_output=True, text=True, timeout=120)
    return done, time.monotonic() - start


@pytest.fixture(scope="module")
def next_lines(root):
    return subprocess.run([root / "demo/run.sh", "--next"], capture_output=True, text=True, check=True).stdout


def typed(next_lines):
    """The lines that are to be typed: those that are indented."""
    return "\n".join(line[2:] for line in next_lines.splitlines() if line.startswith("  "))


def test_demo_succeeds_in_time_without_a_complaint(demo):
    done, seconds = demo
    assert done.returncode == 0 and done.stderr == ""
    assert seconds < DEMO_SECONDS_MAX


def test_demo_shows_the_command_before_its_answer(demo):
    out = demo[0].stdout
    assert 0 < out.index("$ build/src/cli/fother triage") < out.index("DO NOW")
    assert "exit 3" in out


def test_the_command_that_demo_shows_gives_the_answer_that_it_shows(demo, root):
    command = re.search(r"^\$ (build.*?)\n\n", demo[0].stdout, re.MULTILINE | re.DOTALL).group(1)
    done = subprocess.run(["sh", "-c", command], cwd=root, capture_output=True, text=True)
    assert done.returncode == 3
    assert "DO NOW" in done.stdout and done.stderr == ""


def test_each_command_under_next_can_be_typed_as_it_stands(demo, root):
    section = demo[0].stdout.split("\nNEXT\n", 1)[1].split("\n\n", 1)[0].replace(" \\\n    ", " ")
    commands = [line.split("  ")[0].strip() for line in section.splitlines() if line.startswith(" build/")]
    assert len(commands) >= 4
    assert [command for command in commands if "--read-registry" in command]
    # One would ask Docker Hub for a company that is made up.
    for command in (command for command in commands if "--read-registry" not in command):
        done = subprocess.run(["sh", "-c", command], cwd=root, capture_output=True, text=True)
        assert done.returncode in (0, 3, 4) and done.stdout and not done.stderr, (command, done.stderr)


def test_demo_ends_with_what_to_type_next(demo, next_lines):
    assert demo[0].stdout.endswith(next_lines)


def test_no_line_of_the_demo_is_wider_than_a_terminal(root, program, demo):
    assert max(map(len, demo[0].stdout.splitlines())) <= 80


@pytest.fixture
def dumped(root, next_lines, tmp_path):
    """Runs the lines up to the triage, with a kubectl that notes how it was called."""
    kubectl = tmp_path / "bin/kubectl"
    kubectl.parent.mkdir()
    kubectl.write_text(f'#!/bin/sh\necho "$*" >>{tmp_path}/called\necho \'{{"kind":"List","items":[]}}\'\n')
    kubectl.chmod(0o755)
    lines = "\n".join(line for line in typed(next_lines).splitlines() if "fother" not in line)
    subprocess.run(["sh", "-euc", lines], cwd=tmp_path, check=True,
                   env=os.environ | {"PATH": f"{kubectl.parent}:{os.environ['PATH']}"})
    return tmp_path


def test_what_it_says_to_type_dumps_every_kind_that_is_read(dumped, root):
    files = {path.stem for path in (dumped / "dump/prod").iterdir()}
    table = (root / "src/kube/object/known_kinds.c").read_text()
    known = {f"{kind.lower()}s" for kind in re.findall(r'\{ "(\w+)", \{.*?\}, \w+, true,', table)}
    assert {"pods", "nodes", "secrets"} <= known and known - {"secrets"} <= files
    assert {"secrets-dockerconfigjson", "secrets-dockercfg"} <= files


def test_what_it_says_to_type_asks_for_times_and_for_no_other_secrets(dumped):
    called = (dumped / "called").read_text().splitlines()
    assert called and all("-A" in line and "-o json" in line and "--show-managed-fields" in line for line in called)
    secrets = [line for line in called if "get secrets" in line]
    assert len(secrets) == 2 and all("--field-selector type=kubernetes.io/docker" in line for line in secrets)


def test_what_it_says_to_type_leaves_files_that_nobody_else_reads(dumped):
    assert all(path.stat().st_mode & 0o077 == 0 for path in (dumped / "dump").rglob("*"))


def test_what_it_says_to_type_is_a_triage_that_the_program_takes(next_lines, program, tmp_path, root):
    command = typed(next_lines).strip().splitlines()[-1].strip()
    folder = tmp_path / "dump/prod"
    folder.mkdir(parents=True)
    (folder / "secrets.json").write_text('{"kind":"List","apiVersion":"v1","items":[]}')
    (folder / "namespaces.json").write_text('{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"default"}}')
    (tmp_path / "build").symlink_to(root / "build")
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True,
                          env=os.environ | {"XDG_STATE_HOME": str(tmp_path / "state")})
    assert done.returncode in (0, 4), done.stderr
