"""What of an answer must be the same wherever it comes from: everything but identities, versions, times, and the words in
which Go and Python complain.
"""
import base64
import json
import re
import struct

import live.wire as wire
from live.cases import JSON, PROTOBUF, STREAM, Answer
from live.world import HUB

VARIES = {"uid", "resourceVersion", "creationTimestamp", "buildDate", "managedFields", "firstTimestamp", "lastTimestamp",
          "controller-uid"}


def token_shape(token):
    said = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    return said | {"rv": -1 if said["rv"] == -1 else "version"}


def message_shape(text):
    text = re.sub(r"(continue key is not valid: )(?!server).*", r"\1why", text)
    return re.sub(r"\b\d+ \(\d+\)", "N (N)", text)


def shape(value):
    if isinstance(value, list):
        return [shape(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {}
    for key, one in value.items():
        if key in VARIES:
            made[key] = "varies" if one else one
        elif key == "continue":
            made[key] = token_shape(one)
        else:
            made[key] = message_shape(one) if key == "message" else shape(one)
    return made


def object_shape(item):
    """Which fields there are, and the fields of its metadata."""
    return wire.name_of(item), [number for number, _ in wire.fields(item)], [number for number, _ in
                                                                            wire.fields(wire.first(item, 1))]


def protobuf_shape(body):
    api_version, kind, raw = wire.open_envelope(body)
    if kind == "Status":
        return shape(wire.read_status(body))
    if not kind.endswith("List"):
        return api_version, kind, object_shape(raw) if wire.first(wire.first(raw, 1), 1) else "bookmark"
    _, _, metadata, items = wire.read_list(body)
    return api_version, kind, shape(metadata), [object_shape(item) for item in items]


def events_of(stream):
    """(type, object in its envelope) of a watch in protobuf."""
    while stream:
        size = struct.unpack(">I", stream[:4])[0]
        event, stream = stream[4:4 + size], stream[4 + size:]
        yield wire.first(event, 1).decode(), wire.first(wire.first(event, 2), 1)


def once(events):
    """How many bookmarks come, and when, is the server's affair."""
    return [event for at, event in enumerate(events) if at == 0 or "BOOKMARK" not in str(event) or event != events[at - 1]]


def answer_shape(name, answer):
    """Equal for two answers that say the same."""
    if answer.content_type == PROTOBUF + STREAM:
        return answer[:2], once([(kind, protobuf_shape(body)) for kind, body in events_of(answer.body)])
    if answer.content_type == PROTOBUF:
        return answer[:2], protobuf_shape(answer.body)
    if answer.content_type != JSON:
        return answer[:2], answer.body
    lines = [shape(json.loads(line)) for line in answer.body.splitlines()] if name.startswith("watch") else [shape(answer.json)]
    if name == "version-0":
        lines[0]["items"].sort(key=lambda item: (item["metadata"]["namespace"], item["metadata"]["name"]))
    if name == "watch-from-none":
        lines.sort(key=lambda event: (event["object"]["metadata"]["namespace"], event["object"]["metadata"]["name"]))
    return answer[:2], once(lines) if name.startswith("watch") else lines


class Fake:
    """A fake as cases.py wants a server."""

    def __init__(self, api, client):
        """client: an Api of tests/cluster/api.py, without a token."""
        self.api, self.client = api, client

    def headers(self, accept, user):
        return {"Accept": accept} | ({"Authorization": f"Bearer made-up-token-{user}"} if user else {})

    def get(self, path, accept=JSON, user="admin"):
        answer = self.client.get(path, **self.headers(accept, user))
        return Answer(answer.status, answer.headers["Content-Type"], answer.body)

    def watch(self, path, accept=JSON):
        return self.get(path, accept)

    def change(self):
        hub = self.api.world.get("secrets", "shop/hub")
        hub["metadata"]["labels"] = {"changed": "yes"}
        self.api.world.put("secrets", hub)
        self.api.world.delete("secrets", "shop/other")
        self.api.world.put("secrets", new_secret(hub["metadata"]["managedFields"]))

    def compact(self):
        self.api.expire()

    def forget(self):
        self.api.forget()


def pull_secret(namespace, name, auths, managed=()):
    """{registry: (user, password)}."""
    entries = {registry: {"auth": base64.b64encode(":".join(login).encode()).decode()} for registry, login in auths.items()}
    config = base64.b64encode(json.dumps({"auths": entries}).encode()).decode()
    return {"metadata": {"name": name, "namespace": namespace} | ({"managedFields": list(managed)} if managed else {}),
            "data": {".dockerconfigjson": config}, "type": "kubernetes.io/dockerconfigjson"}


def new_secret(managed):
    return pull_secret("shop", "new", {HUB: ("acmenew", "made-up-password-new")}, managed)
