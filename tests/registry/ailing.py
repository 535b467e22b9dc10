"""A registry of several repositories in one of which something is wrong, read by the commands that answer about it; and what
each of them says is missing.

    ailing = Ailing(tmp_path)                   # acme/good, acme/fine, acme/ill with tags 1 and 2; pods run all but the 2 of the good
    ailing.fake.fault(...)
    said = ailing.triage()                      # or repos(), images(); each with a store of its own
    said.status, said.missing, said.rows        # rows: of the good ones, without times, HOST in place of the registry

What is expected of the good ones is what the same commands say without the fault. What is missing is {what: why}, without
the notes that every triage has. Nothing that was found stops a triage here (--fail-on none): 4 is left for what is missing.
"""
import json
import re
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "cli"))

from fake_registry import FakeRegistry  # noqa: E402
from images import Image, layer  # noqa: E402
from scene import WINDOW, Fother, Scene, records  # noqa: E402

ILL = "acme/ill"
GOOD = ("acme/good", "acme/fine")
SECRET = "secret ns/hub docker.io user=acme"
MADE = "2026-11-20T10:00:00Z"
TIMES = {"read", "first_seen", "last_seen", "since", "seen", "rank", "why_read"}
ALWAYS = {"what executed", "copies outside Kubernetes", "logins in other secrets"}


def image(name, **how):
    return Image([layer({"app": name.encode()})], ["COPY app /app # buildkit"], **({"created": MADE} | how))


class Said:
    """The answer of one command."""

    def __init__(self, done, host):
        assert done.stdout, (done.returncode, done.stderr)
        self.status, self.err = done.returncode, done.stderr.replace(host, "HOST")
        self.answer = json.loads(done.stdout.replace(host, "HOST"))
        self.complete, self.errors = self.answer["complete"], self.answer["errors"]

    def all(self, record):
        return records(self.answer, record)

    @property
    def rows(self):
        """What is said of the good ones."""
        kept = [without_times(one) for one in self.answer["items"] if one["record"] not in ("unknown", "action")]
        return [one for one in kept if one.get("repository") in GOOD]

    def of(self, record, repository=ILL):
        return [one for one in self.all(record) if one.get("repository") == repository]

    @property
    def missing(self):
        """{subject: why} of NOT KNOWN."""
        return {one["subject"]: one["why"] for one in self.all("unknown")
                if one["subject"] not in ALWAYS and not one["subject"].startswith("no ")}

    @property
    def outcomes(self):
        """{repository: (outcome, why)}."""
        return {one["repository"]: (one["outcome"], one["why"]) for one in self.all("repository")}

    @property
    def read(self):
        """outcome, why of the read of the registry."""
        read = [one for one in self.answer["reads"] if one["source_kind"] == "registry"][-1]
        return read["outcome"], read["why"]


def without_times(value):
    if isinstance(value, dict):
        return {name: without_times(one) for name, one in value.items() if name not in TIMES and not name.startswith("cluster_uid")}
    return [without_times(one) for one in value] if isinstance(value, list) else value


class Ailing:
    def __init__(self, folder, fake=None, fill=True):
        self.folder, self.fake = Path(folder), fake or FakeRegistry()
        self.pods, self.stores, self.more = {}, 0, ()
        self.how = ("--plain-http", self.fake.host)
        for repository in (*GOOD, ILL) if fill else GOOD:
            for tag in ("1", "2"):
                self.fake.push(repository, tag, image(repository + tag))
            self.run_pod(repository, "1", image(repository + "1").digest)
        if fill:
            self.run_pod(ILL, "2", image(ILL + "2").digest)

    def stop(self):
        self.fake.stop()

    def run_pod(self, repository, tag, digest):
        self.pods[repository, tag] = digest

    def dump(self):
        lines = [f"deployment ns/{repository[5:]}-{tag} image={self.fake.host}/{repository}:{tag} digest={digest}"
                 for (repository, tag), digest in self.pods.items()]
        return Scene([SECRET, *lines]).write(Path(tempfile.mkdtemp(dir=self.folder)))

    def fother(self):
        self.stores += 1
        folder = self.folder / f"store{self.stores}"
        folder.mkdir()
        return Fother(folder)

    def ask(self, *words, fother=None):
        fother = fother or self.fother()
        done = fother.run(*words, "-o", "json", "--key-file", fother.key, *self.how, *self.more)
        return Said(done, self.fake.host)

    def repos(self, **how):
        return self.ask("registry", "repos", self.fake.host, **how)

    def stored(self, fother):
        """What repos() says of what is in the store."""
        return Said(fother.run("registry", "repos", self.fake.host, "--offline", "-o", "json", "--key-file", fother.key), self.fake.host)

    def stored_images(self, fother):
        return Said(fother.run("images", "-o", "json", "--key-file", fother.key), self.fake.host)

    def tags(self, repository=ILL, **how):
        return self.ask("registry", "tags", f"{self.fake.host}/{repository}", **how)

    def images(self, **how):
        return self.ask("images", "--read-registry", "--registry", self.fake.host, "--snapshot", self.dump(), **how)

    def triage(self, *words, **how):
        return self.ask("triage", "--registry", self.fake.host, "--read-registry", "--snapshot", self.dump(), "--window", WINDOW,
                        *(words or ("--fail-on", "none")), **how)

    def lines(self, path=""):
        return [request.line for request in self.fake.requests if re.search(path, request.line)]
