"""The fake server answers as the recorded one did; tests/cluster/test_fake_is_real.py asks a real one again."""
import json

import pytest

from cluster.api import Api
from live.cases import Answer, ask_all
from live.compare import Fake, answer_shape
from live.fake_api import RECORDED, FakeApi, recorded

INDEX = json.loads((RECORDED / "index.json").read_text())


@pytest.fixture(scope="module")
def answers(pki):
    with FakeApi(pki) as api:
        yield ask_all(Fake(api, Api(api.server, pki.ca)))


def test_every_recorded_answer_is_asked_for(answers):
    assert list(answers) == list(INDEX)
    assert {path.name for path in RECORDED.iterdir()} == {one["file"] for one in INDEX.values()} | {"index.json"}


@pytest.mark.parametrize("name", INDEX)
def test_it_answers_as_recorded(answers, name):
    told = Answer(INDEX[name]["status"], INDEX[name]["content_type"], recorded(name))
    assert answer_shape(name, answers[name]) == answer_shape(name, told)
