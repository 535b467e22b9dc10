"""Fixtures of the tests against a real cluster; lab.py says what a lab offers."""
import os
import shutil
from pathlib import Path

import pytest

from lab import Lab
from live import world
from node import NodeLab, why_not
from real import RealFother

RUNNING = []
BUILD = Path(os.environ.get("FOTHER_BUILD", Path(__file__).resolve().parent.parent.parent / "build"))
LOGS = BUILD / "cluster-logs"


@pytest.fixture(scope="session")
def start_lab():
    """start_lab(...): a cluster with its logs in the messages of failed tests, until the end of the run or stop()."""
    shutil.rmtree(LOGS, ignore_errors=True)
    started = []

    def start(**options):
        lab = Lab(**options)
        started.append(lab)
        RUNNING.append(lab.processes)
        return lab

    yield start
    for lab in reversed(started):
        lab.stop()
        RUNNING.remove(lab.processes)


@pytest.fixture(scope="session")
def lab(start_lab):
    """The cluster that all tests share: each with namespaces and users of its own."""
    return start_lab()


@pytest.fixture(scope="session")
def world_lab(start_lab):
    """A cluster with the objects of tests/live/world.py and without controllers, so that it stays as it is. Who changes
    objects in it puts them back; its rights and its life are anybody's."""
    lab = start_lab(controllers=False)
    world.fill(lab)
    return lab


@pytest.fixture
def fother(tmp_path):
    fother = RealFother(tmp_path / "fother")
    yield fother
    fother.stop_all()


@pytest.fixture(scope="module")
def empty_lab(lab):
    """The shared cluster, without what other test files put into it."""
    lab.wipe()
    yield lab
    lab.wipe()


@pytest.fixture
def new_lab(start_lab):
    """new_lab(...): one more cluster, for this test only."""
    started = []

    def start(**options):
        started.append(start_lab(**options))
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.fixture(scope="session")
def node_lab(start_lab):
    """A cluster of its own with a real node (node.py)."""
    if reason := why_not():
        pytest.skip(f"no real node: {reason}")
    node = NodeLab(start_lab())
    yield node
    node.stop()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Adds the last lines of the clusters' logs to what a failed test says, and keeps the logs."""
    report = (yield).get_result()
    if not report.failed:
        return
    for number, processes in enumerate(RUNNING):
        if processes.logs.is_dir():
            report.sections.append((f"cluster {number}", processes.log_tails()))
            processes.keep_logs(LOGS / f"{item.name}-{number}")
