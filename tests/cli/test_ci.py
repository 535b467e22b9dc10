"""What continuous integration prints and answers, with a make that only pretends."""
import os
import shutil
import subprocess

import pytest

FAKE_MAKE = """#!/bin/sh
# --no-print-directory, which would be lines after the count, and one target.
[ $# = 2 ] && [ "$1" = --no-print-directory ] || exit 9
target=$2
eval "said=\\$SAID_$(echo $target | tr - _) status=\\$STATUS_$(echo $target | tr - _)"
printf "$said"
[ "$status" = 0 ] || echo "make: *** [Makefile:1: $target] Error $status"
exit $status
"""


@pytest.fixture
def ci(root, tmp_path):
    """ci(test=(said, status), cluster=(said, status)): exit status and lines of .ci/run."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(root / ".ci/run", tmp_path / ".ci")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/make").write_text(FAKE_MAKE)
    (tmp_path / "bin/make").chmod(0o755)

    def call(test, cluster):
        said = {"SAID_test": test[0], "STATUS_test": str(test[1]), "SAID_test_cluster": cluster[0],
                "STATUS_test_cluster": str(cluster[1]), "PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}
        done = subprocess.run([tmp_path / ".ci/run"], capture_output=True, text=True, env=os.environ | said, timeout=60)
        return done.returncode, done.stdout.splitlines()

    return call


def test_the_last_line_has_the_sums(ci):
    status, lines = ci(("unit 7 passed, 0 failed 1 s\\n7 passed, 0 failed\\n", 0), ("5 passed, 0 failed\\n", 0))
    assert (status, lines) == (0, ["unit 7 passed, 0 failed 1 s", "make test: 7 passed, 0 failed",
                                   "make test-cluster: 5 passed, 0 failed", "12 passed, 0 failed"])


@pytest.mark.parametrize("test, cluster, total", [
    (("7 passed, 2 failed\\n", 2), ("5 passed, 0 failed\\n", 0), "12 passed, 2 failed"),
    (("7 passed, 0 failed\\n", 0), ("5 passed, 3 failed\\n", 2), "12 passed, 3 failed"),
    (("no package\\n", 2), ("5 passed, 0 failed\\n", 0), "5 passed, 1 failed"),
    (("7 passed, 0 failed\\n", 0), ("", 2), "7 passed, 1 failed"),
    (("7 passed, 0 failed\\n", 2), ("5 passed, 0 failed\\n", 0), "12 passed, 1 failed"),
    (("said nothing\\n", 0), ("5 passed, 0 failed\\n", 0), "5 passed, 1 failed"),
])
def test_a_failure_of_either_is_a_failure_and_both_run(ci, test, cluster, total):
    status, lines = ci(test, cluster)
    assert status != 0 and lines[-1] == total and not any("***" in line for line in lines)
