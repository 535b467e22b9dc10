"""What every Python test may ask for."""
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# tools/run-tests names another build for coverage.
BUILD = Path(os.environ.get("FOTHER_BUILD", ROOT / "build"))


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
