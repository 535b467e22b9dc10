"""What tests say to registry-ask (registry_ask.c), and what it answers."""
import os
import subprocess


class Said:
    def __init__(self, process):
        self.text, self.errors, self.code = process.stdout, process.stderr, process.returncode
        self.answers, self.facts, self.sums = {}, {}, {}
        for line in self.text.splitlines():
            kind, *words = line.split("\t")
            fields = dict(word.partition("=")[::2] for word in words if "=" in word)
            if kind == "ANSWER":
                fields["outcome"], fields["names"] = words[1], [name for name in fields["names"].split(",") if name]
                self.answers.setdefault(int(words[0]), []).append(fields)
            elif kind == "FACTS":
                self.facts = fields
            elif kind == "RAN":
                self.sums = fields

    def last(self, number=0):
        answers = self.answers[number]
        assert [answer["last"] for answer in answers] == ["0"] * (len(answers) - 1) + ["1"], self.text
        return answers[-1]

    def outcome(self, number=0):
        return self.last(number)["outcome"]

    def outcomes(self):
        return [self.outcome(number) for number in sorted(self.answers)]

    def why(self, number=0):
        return self.last(number)["why"]

    def names(self, number=0):
        return [name for answer in self.answers[number] for name in answer["names"]]


def ask_registry(program, host, *asks, seconds=60, environment=None, **options):
    """Options: True for a word alone. Each ask: its words."""
    words = [f"host={host}"] + [name if value is True else f"{name}={value}" for name, value in options.items() if value is not None]
    text = "".join("\t".join(str(word) for word in ask) + "\n" for ask in asks)
    process = subprocess.run([program, *words], input=text, capture_output=True, text=True, timeout=seconds,
                             env=os.environ | (environment or {}))
    said = Said(process)
    assert process.returncode == 0, process.stderr + process.stdout
    return said
