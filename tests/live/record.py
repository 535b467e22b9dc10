#!/usr/bin/python3
"""Records the answers of a real API server for the fake one into tests/live/recorded.

    tests/live/record.py

A file for each answer of cases.py, and index.json with status and content type of each. The server is the lab's
(tests/cluster/lab.py), filled by world.py: nothing in it comes from anywhere else.
"""
import json
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "cluster")]

from lab import Lab  # noqa: E402
from objects import object_path, pull_secret  # noqa: E402

from live import world  # noqa: E402
from live.cases import JSON, Answer, ask_all  # noqa: E402

RECORDED = HERE / "recorded"
CHANGED_LABEL = {"metadata": {"labels": {"changed": "yes"}}}


def new_secret():
    return pull_secret("shop", "new", {world.HUB: ("acmenew", "made-up-password-new")})


class Real:
    """A lab as cases.py wants a server."""

    def __init__(self, lab):
        self.lab = lab

    def api(self, user):
        return self.lab.api(None if user == "wrong" else user)

    def headers(self, accept, user):
        return {"Accept": accept} | ({"Authorization": "Bearer made-up-token-wrong"} if user == "wrong" else {})

    def get(self, path, accept=JSON, user="admin"):
        answer = self.api(user).get(path, **self.headers(accept, user))
        return Answer(answer.status, answer.headers["Content-Type"], answer.body)

    def watch(self, path, accept=JSON):
        connection = self.lab.api().connect(20)
        try:
            connection.request("GET", path, headers=self.lab.api().headers | {"Accept": accept})
            response = connection.getresponse()
            return Answer(response.status, response.headers["Content-Type"], response.read())
        finally:
            connection.close()

    def change(self):
        hub, other = (secret for secret in world.logins() if secret["metadata"]["name"] in ("hub", "other")
                      and secret["metadata"]["namespace"] == "shop")
        self.lab.api().patch(object_path(hub), CHANGED_LABEL).must()
        self.lab.delete(other)
        self.lab.create([new_secret()])

    def compact(self):
        self.lab.compact()

    def forget(self):
        self.lab.restart_apiserver()


def record():
    shutil.rmtree(RECORDED, ignore_errors=True)
    RECORDED.mkdir()
    with Lab(controllers=False) as lab:
        world.fill(lab)
        answers = ask_all(Real(lab))
    index = {}
    for name, answer in answers.items():
        kind = "json" if answer.body[:1] == b"{" else "txt" if answer.content_type.startswith("text/") else "pb"
        (RECORDED / f"{name}.{kind}").write_bytes(answer.body)
        index[name] = {"status": answer.status, "content_type": answer.content_type, "file": f"{name}.{kind}"}
    (RECORDED / "index.json").write_text(json.dumps(index, indent=1) + "\n")


if __name__ == "__main__":
    record()
