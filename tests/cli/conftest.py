import pytest

from scene import Fother


@pytest.fixture
def fother(tmp_path):
    return Fother(tmp_path)
