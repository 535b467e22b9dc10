"""What every Python test may ask for."""
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# tools/run-tests names another build for coverage.
BUILD = Path(os.environ.get("FOTHER_BUILD", ROOT / "build"))
COMMAND_SECONDS_MAX = 120


@pytest.fixture(scope="session")
def root():
    """The top of the source tree."""
    return ROOT


@pytest.fixture(scope="session")
def build():
    """The build folder whose programs are tested."""
    return BUILD


@pytest.fixture(scope="session")
def program():
    """The program itself."""
    path = BUILD / "src/cli/fother"
    if not path.exists():
        pytest.fail(f"{path} is not built: make")
    return path


@pytest.fixture
def fother(program, tmp_path):
    """fother(ARGUMENT..., check=EXIT or None, columns=80): runs it with a store of the test's own; a CompletedProcess with text."""

    def run(*arguments, check=0, columns=80, input=None, **environment):
        clean = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
        clean |= {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state"), "LC_ALL": "C.UTF-8", "TZ": "UTC",
                  "COLUMNS": str(columns)} | environment
        done = subprocess.run([program, *map(str, arguments)], input=input, capture_output=True, text=True,
                              env=clean, cwd=tmp_path, timeout=COMMAND_SECONDS_MAX)
        if check is not None and done.returncode != check:
            pytest.fail(f"fother {' '.join(map(str, arguments))}: exit {done.returncode}, not {check}\n"
                        f"{done.stdout}{done.stderr}")
        return done

    return run
