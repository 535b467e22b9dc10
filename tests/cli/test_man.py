"""The manual page is good roff, and is made from what the program says (test_output.py: that it agrees with -h)."""
import subprocess

import pytest


@pytest.fixture(scope="module")
def page(program):
    return subprocess.run([program, "help", "--man"], capture_output=True, text=True, check=True).stdout


def test_mandoc_has_nothing_to_say(page):
    done = subprocess.run(["mandoc", "-Tlint", "-Wall"], input=page, capture_output=True, text=True)
    # The source is generated: nobody edits its long lines.
    said = [line for line in done.stdout.splitlines() if "input text line longer than 80 bytes" not in line]
    assert not said


def test_mandoc_would_have_said_something(page):
    done = subprocess.run(["mandoc", "-Tlint", "-Wall"], input=page + ".NOSUCH\n", capture_output=True, text=True)
    assert "unknown macro" in done.stdout


def test_the_built_page_is_the_programs(page, build):
    assert (build / "fother.1").read_text() == page
