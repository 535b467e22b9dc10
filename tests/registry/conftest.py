import pytest

from lab import Lab


@pytest.fixture(scope="session")
def lab():
    one = Lab()
    yield one
    one.stop()
