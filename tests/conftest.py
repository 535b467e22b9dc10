"""What every Python test may ask for."""
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# The build folder whose programs are tested, and the program: that of the folder, unless it is named too. Set here, before
# any suite is imported, so that all of them ask the environment and get one answer.
BUILD = Path(os.environ.setdefault("FOTHER_BUILD", str(ROOT / "build")))
PROGRAM = Path(os.environ.setdefault("FOTHER", str(BUILD / "src/cli/fother")))


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
    if not PROGRAM.exists():
        pytest.fail(f"{PROGRAM} is not built: make")
    return PROGRAM
