"""What a case says of a registry, in one line a push, on a real docker-registry; and the cases' words for it.

    push acme/base:1 layers=a built=2026-10-01
    push acme/web:1 on=acme/base:1 layers=b built=2026-11-20
    push acme/web:1 on=acme/web:1 layers=c built=2026-11-20       # the tag moves
    read                                                          # Fother asks the registry now
    tag acme/web:1 as acme/web:old                                # what a name points to gets another one, or is put back
    delete acme/web:1                                             # what it points to, and so the tag

In the lines of a case HOST is the registry, and %acme/web:1 the digest that was pushed there last; %acme/web:1#1 the first.
"""
import re
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "registry"))

from images import Image, Index, layer  # noqa: E402
from lab import Lab  # noqa: E402


class Pushed:
    def __init__(self, registry):
        self.registry, self.names = registry, {}

    def step(self, line):
        verb, name, *rest = line.split()
        if verb == "tag":
            self.put(rest[-1], self.names[name][-1] if "#" not in name else self.find(name))
            return
        if verb == "delete":
            self.registry.delete(name.rsplit(":", 1)[0], self.names[name][-1].digest)
            return
        assert verb == "push", line
        how = dict(word.split("=", 1) for word in rest)
        layers = [layer({f"{one}.txt": one.encode()}) for one in how.get("layers", "")]
        built = how.get("built")
        built = f"{built}T12:00:00Z" if built and "T" not in built else built
        steps = [f"COPY {one}.txt /" for one in how.get("layers", "")]
        image = (self.names[how["on"]][-1].child(layers, steps, created=built) if "on" in how else
                 Image(layers, steps, created=built))
        self.put(name, image)

    def put(self, name, image):
        repository, tag = name.rsplit(":", 1)
        self.registry.push(repository, tag, image)
        self.names.setdefault(name, []).append(image)

    def find(self, name):
        name, _, number = name.partition("#")
        return self.names[name][int(number) - 1 if number else -1]

    def text(self, line):
        """A line of a case with the host and the digests in place of its words for them."""
        line = re.sub(r"%([a-z0-9./-]+/[a-z0-9./-]+:[a-z0-9.]+(?:#\d+)?)", lambda m: self.find(m.group(1)).digest, line)
        return line.replace("HOST", self.registry.host)


__all__ = ["Image", "Index", "Lab", "Pushed", "layer"]
