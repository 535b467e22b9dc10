"""Fixtures of the tests with fake API servers."""
import pytest

from live.fake_api import FakeApi
from live.scenery import LiveFother
from live.tls import Certificates


@pytest.fixture(scope="session")
def pki(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def start_api(pki):
    """start_api(): one more fake server, until the end of the test."""
    started = []

    def start(**options):
        started.append(FakeApi(pki, **options))
        return started[-1]

    yield start
    for one in started:
        one.stop()
    assert not [mistake for one in started for mistake in one.mistakes]


@pytest.fixture
def api(start_api):
    return start_api()


@pytest.fixture
def fother(tmp_path, pki):
    fother = LiveFother(tmp_path, pki)
    yield fother
    fother.stop_all()
