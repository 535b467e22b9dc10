"""Programs of a test cluster: started with a log, ended by their id, also when the tests are killed."""
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LOG_LINES = 15
TMPFS_BYTES_MIN = 2 << 30
# Below what the kernel gives to outgoing connections, so that a port is still free when its server starts again.
PORTS = range(20000, 32000)

# Lives on while its standard input is open; then ends the processes that it was told of, last first, and the folder.
REAPER = """
import os, shutil, signal, sys
alive = []
for line in sys.stdin:
    change, pid = line.split()
    (alive.append if change == "+" else alive.remove)(int(pid))
for pid in reversed(alive):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
if alive:
    shutil.rmtree(sys.argv[1], ignore_errors=True)
"""


def free_port():
    for port in random.sample(PORTS, 100):
        with socket.socket() as taken:
            try:
                taken.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port")


def private_folder(name):
    """On a tmpfs when it has room: etcd waits for the disk at each write."""
    shm = Path("/dev/shm")
    roomy = shm.is_dir() and os.access(shm, os.W_OK) and shutil.disk_usage(shm).free > TMPFS_BYTES_MIN
    return Path(tempfile.mkdtemp(prefix=f"fother-{name}-", dir=shm if roomy else None))


class Processes:
    """Some processes with one folder: logs in FOLDER/logs/NAME.log, everything else as the caller likes."""

    def __init__(self, name):
        self.folder = private_folder(name)
        self.logs = self.folder / "logs"
        self.logs.mkdir()
        self.running = {}
        self.reaper = subprocess.Popen([sys.executable, "-c", REAPER, self.folder], stdin=subprocess.PIPE, text=True,
                                       start_new_session=True)

    def tell_reaper(self, change, pid):
        self.reaper.stdin.write(f"{change} {pid}\n")
        self.reaper.stdin.flush()

    def start(self, name, command, **environment):
        with open(self.logs / f"{name}.log", "ab") as log:
            # In a session of its own, so that ^C reaches the tests only and they can stop it in order.
            process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       cwd=self.folder, env=os.environ | environment, start_new_session=True)
        self.running[name] = process
        self.tell_reaper("+", process.pid)
        return process

    def stop(self, name, seconds=15, sign=signal.SIGTERM):
        """Waits for its end; what does not end is killed."""
        process = self.running.pop(name, None)
        if process is None:
            return
        process.send_signal(sign)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self.tell_reaper("-", process.pid)

    def wait_until(self, what, test, seconds=60, pause=0.1):
        """test() until it is true; an end of any process, or the time, is an error that shows the logs."""
        deadline = time.monotonic() + seconds
        while True:
            found = test()
            if found:
                return found
            dead = [name for name, process in self.running.items() if process.poll() is not None]
            if dead or time.monotonic() > deadline:
                why = f"{', '.join(dead)} ended" if dead else f"not within {seconds} s"
                raise RuntimeError(f"{what}: {why}\n{self.log_tails()}")
            time.sleep(pause)

    def log_tails(self, lines=LOG_LINES):
        """The last lines of each log, for the message of a failed test."""
        said = []
        for log in sorted(self.logs.glob("*.log")):
            last = log.read_text(errors="replace").splitlines()[-lines:]
            said += [f"--- {log.name}", *last]
        return "\n".join(said)

    def keep_logs(self, folder):
        shutil.copytree(self.logs, folder, dirs_exist_ok=True)

    def stop_all(self):
        """Last started first, then the folder goes."""
        for name in reversed(list(self.running)):
            self.stop(name)
        self.reaper.stdin.close()
        self.reaper.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
