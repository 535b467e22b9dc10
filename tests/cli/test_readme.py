"""The README's outputs are what the program prints: made again here, from the demo of one fixed morning.

    tests/cli/test_readme.py --write     puts the current outputs into README.md
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from scene import ROOT, Fother

README = ROOT / "README.md"
MORNING = "2026-11-25T12:00:00Z"
SHOWN_ROWS = {"BAD IMAGES": 4, "CREDENTIALS": 5, "NOT KNOWN": 6}
LEFT_OUT = ("IMAGES IN SCOPE", "BLOCKED PULLS", "ALSO WRONG", "NEXT")


def shorten(text):
    """The sections that the README shows, with their first rows."""
    sections = text.rstrip("\n").split("\n\n")
    out = []
    for section in sections:
        lines = section.splitlines()
        if lines[0].startswith(LEFT_OUT):
            continue
        rows = next((n for name, n in SHOWN_ROWS.items() if lines[0].startswith(name)), None)
        if rows and len(lines) > rows + 2:
            lines = lines[:rows + 2] + [" ..."]
        out.append("\n".join(lines))
    return "\n\n".join(out)


def triage(folder):
    fother = Fother(folder)
    demo = Path(folder) / "demo"
    window = subprocess.run(["/usr/bin/python3", ROOT / "demo/make-demo.py", demo, "--as-of", MORNING], check=True,
                            capture_output=True, text=True).stdout.strip()
    done = fother.run("triage", "--registry", "docker.io", "--repository", "acme", "--window", window, "--bad",
                      demo / "bad-digests.txt", "--snapshot", demo / "prod", "--snapshot", demo / "stage",
                      "--snapshot", demo / "images", "--as-of", MORNING, "--key-file", fother.key, columns=80)
    assert done.returncode == 3, done.stderr
    return shorten(done.stdout)


def next_steps(_):
    text = subprocess.run([ROOT / "demo/run.sh", "--next"], check=True, capture_output=True, text=True).stdout
    commands = text[text.index("\n  ") + 1:].rstrip()
    return re.sub(r"^  ", "", commands, flags=re.M)


def layers(folder):
    """Of what was built on a bad image, after the triage above."""
    fother = Fother(folder)
    built, = {row["digest"] for row in fother.answers("images")["items"] if row["repository"] == "acme/storefront" and
              "12.5-rc1" in row["tags"]}
    words = ["image", "layers", built.removeprefix("sha256:")[:12]]
    return "$ fother " + " ".join(words) + "\n" + fother.run(*words, "--offline", "--key-file", fother.key,
                                                                  columns=80).stdout.rstrip("\n")


BLOCKS = {"triage": triage, "next": next_steps, "layers": layers}  # in this order, in one store


def with_block(text, name, content):
    pattern = re.compile(rf"(<!-- output: {name} -->\n```\n).*?(```\n<!-- end -->)", re.S)
    assert pattern.search(text), name
    return pattern.sub(lambda m: m.group(1) + content + "\n" + m.group(2), text)


def current(folder):
    text = README.read_text()
    for name, make in BLOCKS.items():
        text = with_block(text, name, make(folder))
    return text


def test_readme_shows_what_is_printed(tmp_path):
    assert current(tmp_path) == README.read_text(), "run tests/cli/test_readme.py --write and look at the difference"


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    with tempfile.TemporaryDirectory() as scratch:
        README.write_text(current(scratch))
