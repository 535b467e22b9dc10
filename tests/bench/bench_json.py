#!/usr/bin/python3
"""Our JSON reader beside yajl, on a list of pods of 100 MB; for tools/run-bench."""
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main():
    build = Path(os.environ["FOTHER_BUILD"])
    pods = build / "pods.json"
    if not pods.exists():
        subprocess.run([sys.executable, HERE / "make_podlist.py", pods], check=True)
    return subprocess.run([build / "tests/bench/bench_json", pods]).returncode


if __name__ == "__main__":
    sys.exit(main())
