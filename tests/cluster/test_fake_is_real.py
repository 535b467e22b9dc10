"""The fake API server of tests/live says what a real one says, to the same requests about the same objects."""
import json

import pytest

from api import Api
from live import world
from live.cases import ask_all
from live.compare import Fake, answer_shape
from live.fake_api import RECORDED, FakeApi
from live.record import Real
from live.tls import Certificates

NAMES = list(json.loads((RECORDED / "index.json").read_text()))


@pytest.fixture(scope="module")
def said_by_the_real_one(start_lab):
    lab = start_lab(controllers=False)
    world.fill(lab)
    yield ask_all(Real(lab))
    lab.stop()


@pytest.fixture(scope="module")
def said_by_the_fake(tmp_path_factory):
    pki = Certificates(tmp_path_factory.mktemp("fake-pki"))
    with FakeApi(pki) as api:
        yield ask_all(Fake(api, Api(api.server, pki.ca)))


@pytest.mark.parametrize("name", NAMES)
def test_both_say_the_same(name, said_by_the_real_one, said_by_the_fake):
    assert answer_shape(name, said_by_the_fake[name]) == answer_shape(name, said_by_the_real_one[name])


def test_nothing_else_was_said(said_by_the_real_one, said_by_the_fake):
    assert list(said_by_the_real_one) == NAMES == list(said_by_the_fake)
