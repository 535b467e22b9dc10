"""The manual page comes from the command table, and is good roff."""
import re
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


def test_it_names_every_command_and_option_of_help(page, fother):
    shown = subprocess.run(["mandoc", "-Tascii"], input=page, capture_output=True, text=True, check=True).stdout
    shown = re.sub(r".\x08", "", shown)
    help_text = fother("help").stdout
    commands = re.findall(r"^  ([a-z]+(?: [a-z]+)?)  +\S", help_text, re.MULTILINE)
    assert {"triage", "credentials", "secrets", "images", "where", "version"} <= set(commands)
    for command in commands:
        assert f"fother {command}" in shown
        for option in re.findall(r"(--[a-z][a-z-]+)", fother(*command.split(), "--help").stdout):
            assert option in shown


def test_the_built_page_is_the_programs(page, build):
    assert (build / "fother.1").read_text() == page
