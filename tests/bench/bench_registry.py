#!/usr/bin/python3
"""Manifests, configs and dates of 200 repositories of 5 tags, read, decoded and stored by `fother`, beside skopeo; for
tools/run-bench.

    FOTHER_BUILD=build-bench tests/bench/bench_registry.py [--rounds 5] [--sample 40] [--flat]

A third of the images is Docker schema 2, the others OCI, every tenth tag an index of two platforms and their attestations.
Read from Debian's docker-registry and from nginx with the same bytes in files, which answers faster than the client asks.
An image is a tag here: of an index all platforms are read, not one as by skopeo. Each round runs everything once, one after
the other: fother into a new store, again into the same, the answer alone from it; skopeo, one process for each image of a
sample, as it is used. Medians are told.

--flat: peak memory with 100, 1,000 and 10,000 images.

Figures stand beside their aims and are never judged. Exit 1 only when an answer is wrong.
"""
import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = Path(os.environ["FOTHER_BUILD"]).resolve()
sys.path.insert(0, str(HERE.parent / "registry"))

from bench_credentials import MB, machine, run  # noqa: E402
from fast import FastFiles, FastRegistry  # noqa: E402
from images import Image, Index, layer  # noqa: E402
from lab import Lab  # noqa: E402

REPOSITORIES, TAGS = 200, 5
CPU_AIM_MS, PEER_CPU_MS, LIST_AIM = 0.15, 0.456, 480
STEPS = ["RUN /bin/sh -c set -eux; apt-get update; apt-get install -y --no-install-recommends ca-certificates # buildkit",
         "-ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "-WORKDIR /app",
         "COPY package.json package-lock.json ./ # buildkit", "RUN /bin/sh -c npm ci --omit=dev # buildkit",
         "COPY . . # buildkit", "-EXPOSE [8080/tcp]", "-USER 10001", '-CMD ["node" "server.js"]']


def date(number):
    return f"2026-{1 + number % 11:02}-{1 + number % 28:02}T{number % 24:02}:00:00.123456789Z"


class World:
    """(repository, tag, image) of all, by number, so that a larger world holds the smaller one."""

    def __init__(self, repositories, tags):
        rng = random.Random(7)
        bases = [Image([layer({"etc/os-release": b"made up %d\n" % i})], ["ADD file:made-up in /"],
                       date(i)) for i in range(5)]
        self.images = []
        for number in range(repositories * tags):
            base = bases[number % 5]
            form = "docker" if number % 3 == 0 else "oci"
            parts = [layer({f"app/{number}-{i}": b"%d" % rng.getrandbits(64)}) for i in range(4)]
            how = {"config": {"Env": ["PATH=/usr/local/bin:/usr/bin:/bin", "NODE_ENV=production", f"BUILD={number}"],
                              "Cmd": ["node", "server.js"], "User": "10001", "WorkingDir": "/app",
                              "Labels": {"org.opencontainers.image.version": f"1.0.{number}",
                                         "org.opencontainers.image.source": "https://git.example/acme/app"}}, "form": form}
            image = base.child(parts, STEPS, date(number), **how)
            if number % 10 == 9:
                image = Index([image, base.child(parts, STEPS, date(number), **how | {"architecture": "arm64"})], form=form,
                              attestations=True)
            self.images.append((f"acme/app-{number // tags:04}", f"v{number % tags}", image))

    def push(self, target):
        for repository, tag, image in self.images:
            target.push(repository, tag, image)


def fother(state, *arguments):
    return run([BUILD / "src/cli/fother", "registry", *arguments], os.environ | {"XDG_STATE_HOME": str(state)})


def read_all(host, state):
    return fother(state, "repos", host, "-q", "--plain-http", host)[0]


def answer(host, state):
    return fother(state, "repos", host, "-q", "--offline")[0]


def skopeo(host, images, at_once):
    names = "\n".join(f"docker://{host}/{repository}:{tag}" for repository, tag, _ in images)
    return run(["sh", "-c", f"echo '{names}' | xargs -P {at_once} -n 1 skopeo inspect --config --tls-verify=false >/dev/null"])[0]


def cpu_of(process):
    """Seconds so far of a server and its workers."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, fields = int(stat.parent.name), stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if process.pid in (pid, int(fields[1])):
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def check(world, host):
    """Every tag has the digest and the date that it was pushed with."""
    with tempfile.TemporaryDirectory(dir=BUILD) as state:
        read_all(host, state)
        repositories = sorted({f"{host}/{repository}" for repository, _, _ in world.images})
        _, output = fother(state, "tags", *repositories, "--offline", "-o", "ndjson")
    rows = [row for row in map(json.loads, output.splitlines()) if row.get("record") == "tag_row"]
    known = {(row["repository"], row["tag"]): (row["digest"], row["built"]) for row in rows}
    wrong = [f"{repository}:{tag}" for number, (repository, tag, image) in enumerate(world.images)
             if known.get((repository, tag)) != (image.digest, date(number).replace("789Z", "Z"))]
    if wrong:
        print(f"WRONG: {len(wrong)} of {len(world.images)} tags: {', '.join(wrong[:5])}")
    return not wrong


def median(taken, what):
    return statistics.median(getattr(one, what) for one in taken)


def tell(name, taken, images):
    cpu = median(taken, "cpu") / images * 1000
    print(f"  {name:28}{cpu:9.3f} ms CPU/image {images / median(taken, 'wall'):9.0f} images/s "
          f"{max(one.peak for one in taken) / MB:7.1f} MB")
    return cpu


def measure(world, host, process, rounds, sample):
    chosen = random.Random(3).sample(world.images, sample)
    results, server = {}, 0.0

    def took(name, taken):
        results.setdefault(name, []).append(taken)

    for _ in range(rounds):
        with tempfile.TemporaryDirectory(dir=BUILD) as state:
            before = cpu_of(process)
            took("fother", read_all(host, state))
            server += cpu_of(process) - before
            took("fother again", read_all(host, state))
            took("its answer alone", answer(host, state))
        for at_once in 1, 8:
            took(f"skopeo, {at_once} at a time", skopeo(host, chosen, at_once))
    return results, server / rounds


def tell_all(name, world, results, server, sample):
    count = len(world.images)
    print(f"\n{name}: {count} images of {REPOSITORIES} repositories; the server takes {server / count * 1000:.2f} ms CPU/image")
    ours = [tell(one, results[one], count) for one in ("fother", "fother again", "its answer alone")]
    for peer in "skopeo, 1 at a time", "skopeo, 8 at a time":
        print(f"    fother takes 1/{tell(peer, results[peer], sample) / ours[0]:.0f} of the CPU")
    print(f"    aim: at most {CPU_AIM_MS} ms (go-containerregistry with a shared puller, measured once: {PEER_CPU_MS}); reading "
          f"without the answer {ours[0] - ours[2]:.3f}")
    print(f"    repositories listed, each with its tags asked for their digests: "
          f"{REPOSITORIES / median(results['fother again'], 'wall'):.0f} a second (aim: {LIST_AIM})")


def flat(folder):
    for count in 100, 1000, 10000:
        files = FastFiles(Path(folder) / f"flat-{count}")
        World(count // TAGS, TAGS).push(files)
        server = FastRegistry(files)
        with tempfile.TemporaryDirectory(dir=BUILD) as state:
            taken, alone = read_all(server.host, state), answer(server.host, state)
        server.stop()
        print(f"  {count:6} images: peak {taken.peak / MB:6.1f} MB, of the answer alone {alone.peak / MB:6.1f} MB; "
              f"{taken.cpu / count * 1000:.3f} ms CPU/image")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sample", type=int, default=40)
    parser.add_argument("--flat", action="store_true")
    arguments = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        if arguments.flat:
            flat(folder)
            return 0
        lab, world = Lab(), World(REPOSITORIES, TAGS)
        files = FastFiles(folder)
        world.push(files)
        fast = FastRegistry(files)
        try:
            real = lab.registry("bench", settings={"log.level": "error"})
            world.push(real)
            right = check(world, fast.host) and check(world, real.host)
            servers = {"nginx": (fast.host, fast.process), "docker-registry 2.8.2": (real.host, lab.processes.running["bench"])}
            for name, (host, process) in servers.items():
                tell_all(name, world, *measure(world, host, process, arguments.rounds, arguments.sample), arguments.sample)
        finally:
            fast.stop()
            lab.stop()
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
