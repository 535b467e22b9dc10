"""tools/build-cluster-parts: what is finished is used at once, what is not is never taken for finished."""
import fcntl
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from lab import cluster_parts

ROOT = Path(__file__).resolve().parent.parent.parent


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)


class Tree:
    """A copy of the tool with an empty cache, and an apt-get that fails after it has told of itself."""

    def __init__(self, folder):
        self.folder, self.cache = folder, folder / "cache"
        script(folder / "tools/install-packages", "exit 0\n")
        shutil.copy(ROOT / "tools/build-cluster-parts", folder / "tools")
        script(folder / "bin/apt-get", f"echo called >>{folder}/apt; echo planted >&2; exit 100\n")
        self.result = self.cache / cluster_parts().parent.name

    def start(self):
        path = f"{self.folder}/bin:{os.environ['PATH']}"
        return subprocess.Popen([self.folder / "tools/build-cluster-parts"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, env=os.environ | {"FOTHER_CACHE": str(self.cache), "PATH": path})

    def run(self):
        process = self.start()
        said, told = process.communicate(timeout=60)
        return process.returncode, said, told

    def fill(self, without=None):
        for program in cluster_parts().iterdir():
            if program.name != without:
                script(self.result / "bin" / program.name, "")

    def asked_apt(self):
        return (self.folder / "apt").exists()


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path)


def test_the_programs_are_there_and_of_one_version():
    parts = cluster_parts()
    for program in ("kube-apiserver", "kube-controller-manager", "kubelet"):
        said = subprocess.run([parts / program, "--version"], capture_output=True, text=True, check=True).stdout
        assert said == f"Kubernetes v{parts.parent.name.removeprefix('kubernetes-')}\n"
    for program in ("etcd", "containerd", "ctr", "runc"):
        said = subprocess.run([parts / program, "--version"], capture_output=True, text=True, check=True).stdout
        assert re.search(r"\d\.\d", said), program


def test_what_is_finished_is_used_at_once_and_named_last(tree):
    tree.fill()
    assert tree.run() == (0, f"{tree.result}\n", "") and not tree.asked_apt()


def test_one_program_missing_is_not_finished(tree):
    tree.fill(without="kubelet")
    status, said, _ = tree.run()
    assert status != 0 and said == "" and tree.asked_apt()


def test_a_failure_is_shown_and_leaves_nothing_that_looks_finished(tree):
    (tree.cache / f"{tree.result.name}.unfinished/result/bin").mkdir(parents=True)
    status, said, told = tree.run()
    assert status != 0 and said == "" and not tree.result.exists()
    assert "planted\n" in told and "failed or stopped while reading the package lists" in told
    assert not list((tree.cache / f"{tree.result.name}.unfinished").glob("result"))


def test_a_second_run_waits_for_the_first_and_uses_what_that_built(tree):
    tree.cache.mkdir()
    with open(f"{tree.result}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = tree.start()
        assert "another run builds them; waiting" in second.stderr.readline()
        time.sleep(0.2)
        assert second.poll() is None
        tree.fill()
    assert second.communicate(timeout=60)[0] == f"{tree.result}\n" and second.returncode == 0 and not tree.asked_apt()
