"""Made-up values that are planted where secrets stand, and where to look for them: files, outputs, cores, memory."""
import base64
import functools
import json
import os
import shutil
import subprocess
import time
import urllib.parse
from pathlib import Path

import pytest

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may look into a process that is not dumpable")
needs_gcore = pytest.mark.skipif(not shutil.which("gcore"), reason="needs gdb's gcore")


class Planted:
    """A made-up value that stands nowhere else, with characters that every encoding changes."""

    def __init__(self, name, form='EXAMPLE-planted/{0}+"\\ü&=%-0123456789-{0}-EXAMPLE'):
        self.name = name
        self.value = form.format(name)

    @functools.cached_property
    def needles(self):
        return list(self.all_needles())

    def all_needles(self):
        raw = self.value.encode()
        # As others write JSON, and as Go does: kubectl, and API servers.
        escaped = {json.dumps(self.value)[1:-1].encode(), json.dumps(self.value, ensure_ascii=False)[1:-1].encode()}
        escaped |= {text.replace(b"&", b"\\u0026") for text in escaped}
        yield from {raw, *escaped}
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        for text in {raw, *escaped}:
            for encoded in in_base64(text):
                yield encoded
                yield from in_base64(encoded)  # the `auth` of a docker config, in the data of a secret
        yield urllib.parse.quote(self.value, safe="").encode()
        yield urllib.parse.quote_plus(self.value).encode()


def in_base64(text):
    """The characters that depend on nothing but the text, at each of the three alignments."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + text)
        yield encoded[4 if shift else 0:-4]


def found_in(data, planted):
    """Names of those that stand in it."""
    data = data.replace(b"\0" * 64, b"\0")  # most of a core
    return [one.name for one in planted if any(needle in data for needle in one.needles)]


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def full_pipe():
    """(read end, write end) of a pipe that nobody reads: who writes to it waits."""
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    try:
        while True:
            os.write(write_end, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(write_end, True)
    return read_end, write_end


def writes_to_a_pipe(child):
    """It waits in a write to its standard output."""
    wchan, syscall = (Path(f"/proc/{child.pid}/{name}").read_text() for name in ("wchan", "syscall"))
    return "pipe_write" in wchan or syscall.split()[:2] == ["1", "0x1"]


def core_of(child, folder):
    done = subprocess.run(["gcore", "-o", folder / "core", str(child.pid)], capture_output=True, timeout=120, check=False)
    file = folder / f"core.{child.pid}"
    assert file.exists(), done.stderr
    return file.read_bytes()


def memory_of(child):
    """All that the process can read of its own, also what is left out of cores."""
    with open(f"/proc/{child.pid}/mem", "rb", buffering=0) as memory:
        for line in Path(f"/proc/{child.pid}/maps").read_text().splitlines():
            span, flags, _, _, inode, *_ = line.split()
            if flags[0] != "r" or (inode != "0" and flags[1] != "w") or line.endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
                continue
            start, end = (int(text, 16) for text in span.split("-"))
            memory.seek(start)
            try:
                yield memory.read(end - start)
            except OSError:
                continue  # a guard page
