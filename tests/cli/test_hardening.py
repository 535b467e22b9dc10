"""The program as it is built is hardened: read from the file itself."""
import os
import re
import subprocess

import pytest

pytestmark = pytest.mark.skipif("FOTHER_BUILD" in os.environ and not os.environ["FOTHER_BUILD"].endswith("/build"),
                                reason="an instrumented build is not the one that is installed")


@pytest.fixture(scope="module")
def readelf(program):
    def read(*options):
        return subprocess.run(["readelf", "--wide", *options, program], capture_output=True, text=True, check=True).stdout

    return read


def segment(headers, name):
    return re.search(rf"^ +{name} .* ([RWE ]{{3}}) 0x", headers, re.MULTILINE)


def test_is_position_independent(readelf):
    assert re.search(r"Type: +DYN", readelf("--file-header"))
    assert re.search(r"\(FLAGS_1\).*\bPIE\b", readelf("--dynamic"))


def test_relocations_are_read_only_before_main(readelf):
    assert segment(readelf("--program-headers"), "GNU_RELRO")
    assert "BIND_NOW" in readelf("--dynamic") and re.search(r"\(FLAGS_1\).*\bNOW\b", readelf("--dynamic"))


def test_nothing_is_writable_and_executable(readelf):
    headers = readelf("--program-headers")
    assert segment(headers, "GNU_STACK").group(1) == "RW "
    flags = re.findall(r"^ +LOAD .* ([RWE ]{3}) 0x", headers, re.MULTILINE)
    assert flags and not [f for f in flags if "W" in f and "E" in f]


def test_stacks_are_guarded(readelf):
    assert "__stack_chk_fail" in readelf("--dyn-syms")


def test_calls_of_the_c_library_are_fortified(readelf):
    fortified = set(re.findall(r"\b__(\w+)_chk\b", readelf("--dyn-syms"))) - {"stack"}
    assert fortified & {"vsnprintf", "snprintf", "fprintf", "memcpy", "printf", "read"}


def test_libraries_come_from_the_system_only(readelf):
    dynamic = readelf("--dynamic")
    assert "RPATH" not in dynamic and "RUNPATH" not in dynamic
    assert "TEXTREL" not in dynamic


def test_it_links_what_it_uses(readelf):
    needed = re.findall(r"\(NEEDED\).*\[([^]]+)\]", readelf("--dynamic"))
    assert sorted(re.split(r"\.so|-2", name)[0] for name in needed if not name.startswith("ld-")) == [
        "libarchive", "libc", "libcrypto", "libcurl", "libsqlite3", "libyaml-0"]
