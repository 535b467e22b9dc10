#!/usr/bin/python3
"""Runs a command and says what it took: {"wall": seconds, "cpu": seconds, "peak": bytes, "status": exit status} on stdout.

    /usr/bin/python3 -I -S tests/bench/run_measured.py OUTPUT COMMAND...

A program of its own because a process inherits its parent's peak when it starts: this one stays at some 10 MB.
"""
import os
import sys
import time


def main():
    output = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    start = time.monotonic()
    child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, output, 1)])
    _, status, usage = os.wait4(child, 0)
    wall = time.monotonic() - start
    print(f'{{"wall": {wall}, "cpu": {usage.ru_utime + usage.ru_stime}, "peak": {usage.ru_maxrss * 1024}, '
          f'"status": {os.waitstatus_to_exitcode(status)}}}')


if __name__ == "__main__":
    main()
