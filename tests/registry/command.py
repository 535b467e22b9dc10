"""Fother run on registries, as a user would; with a store and a docker config of its own.

    fother = Fother(tmp_path)
    fother.login(registry, "acme", "made-up-password")          # into DOCKER_CONFIG/config.json
    answer = fother.json("image", "inspect", f"{registry.host}/acme/web:1", registry=registry)
    fother.run(...)                                              # status, stdout, stderr
"""
import base64
import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOTHER = Path(os.environ.get("FOTHER", ROOT / "build/src/cli/fother"))
SECONDS = 120


class Answer:
    def __init__(self, ran):
        self.status, self.out, self.err = ran.returncode, ran.stdout, ran.stderr

    def json(self):
        return json.loads(self.out)

    def items(self, record=None):
        found = self.json()["items"]
        return [one for one in found if record is None or one["record"] == record]


class Fother:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.state, self.docker = self.folder / "state", self.folder / "docker"
        self.docker.mkdir(parents=True, exist_ok=True)
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "XDG_STATE_HOME": str(self.state),
                            "DOCKER_CONFIG": str(self.docker), "LANG": "C.UTF-8"}

    def login(self, host, user, password):
        path = self.docker / "config.json"
        config = json.loads(path.read_text()) if path.exists() else {"auths": {}}
        config["auths"][host] = {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}
        path.write_text(json.dumps(config))

    def how(self, registry):
        if registry is None:
            return []
        return ["--ca-file", str(registry.lab.pki.ca)] if registry.tls else ["--plain-http", registry.host]

    def run(self, *words, registry=None, **environment):
        return Answer(subprocess.run([FOTHER, *map(str, words), *self.how(registry)], capture_output=True, text=True, timeout=SECONDS,
                                     env=self.environment | environment, check=False))

    def json(self, *words, registry=None, status=0):
        answer = self.run(*words, "-o", "json", registry=registry)
        assert answer.status == status, answer.err + answer.out[-2000:]
        return answer
