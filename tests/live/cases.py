"""Requests whose answers are recorded from a real API server, and asked of the fake and of the real one alike: both must say
the same.

A server is anything with
    get(path, accept=JSON, user="admin")    Answer(status, content_type, body); user None: no token; "wrong": one that nobody has
    watch(path, accept=JSON)                the same, with all that came until the server ended it
    change()                                shop/hub gets a label, shop/other is deleted, shop/new is created
    compact()                               forgets what was before: continue tokens end
    forget()                                forgets old changes: a watch from version 1 is too old
"""
import json
import threading
import time
import urllib.parse
from typing import NamedTuple

import live.wire as wire

JSON = "application/json"
PROTOBUF = "application/vnd.kubernetes.protobuf"
BOTH = f"{PROTOBUF}, {JSON}"
METADATA = ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
STREAM = ";stream=watch"
SECRETS = "/api/v1/secrets"
HUBS = "fieldSelector=" + urllib.parse.quote("type=kubernetes.io/dockerconfigjson", safe="")
NO_HUBS = "fieldSelector=" + urllib.parse.quote("type!=kubernetes.io/dockerconfigjson,type!=helm.sh/release.v1", safe="")
# Every list that Fother asks for, of kinds that Kubernetes has itself.
LISTS = {
    "namespaces": "/api/v1/namespaces", "secrets": SECRETS, "pods": "/api/v1/pods",
    "serviceaccounts": "/api/v1/serviceaccounts", "events": "/api/v1/events", "nodes": "/api/v1/nodes",
    "deployments": "/apis/apps/v1/deployments", "replicasets": "/apis/apps/v1/replicasets",
    "statefulsets": "/apis/apps/v1/statefulsets", "daemonsets": "/apis/apps/v1/daemonsets", "jobs": "/apis/batch/v1/jobs",
    "cronjobs": "/apis/batch/v1beta1/cronjobs", "replicationcontrollers": "/api/v1/replicationcontrollers",
    "podtemplates": "/api/v1/podtemplates",
}


class Answer(NamedTuple):
    status: int
    content_type: str
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


def token_of(answer):
    if answer.content_type == PROTOBUF:
        if answer.status == 200:
            return urllib.parse.quote(wire.read_list(answer.body)[2]["continue"])
        return urllib.parse.quote(wire.read_status(answer.body)["metadata"]["continue"])
    return urllib.parse.quote(answer.json["metadata"]["continue"])


def documents(server):
    yield "version", server.get("/version")
    yield "version-protobuf", server.get("/version", PROTOBUF)
    yield "version-anonymous", server.get("/version", user=None)
    yield "apis", server.get("/apis")
    yield "apis-anonymous", server.get("/apis", user=None)
    yield "kube-system", server.get("/api/v1/namespaces/kube-system")


def lists(server):
    for name, path in LISTS.items():
        yield f"list-{name}", server.get(path)
        yield f"list-{name}-protobuf", server.get(path, BOTH)
    yield "metadata", server.get(SECRETS, JSON + METADATA)
    yield "metadata-protobuf", server.get(SECRETS, f"{PROTOBUF}{METADATA}, {JSON}{METADATA}")
    yield "metadata-page", server.get(SECRETS + "?limit=2", JSON + METADATA)
    yield "selector", server.get(f"{SECRETS}?{HUBS}")
    yield "selector-protobuf", server.get(f"{SECRETS}?{HUBS}", BOTH)
    yield "selector-not", server.get(f"{SECRETS}?{NO_HUBS}")
    yield "selector-page", server.get(f"{SECRETS}?{HUBS}&limit=3")
    yield "empty", server.get("/api/v1/namespaces/kube-public/pods?limit=5")
    yield "no-such-namespace", server.get("/api/v1/namespaces/none/secrets")
    yield "version-0", server.get(SECRETS + "?limit=2&resourceVersion=0")


def pages(server):
    for name, accept in (("", JSON), ("-protobuf", BOTH)):
        one = server.get(SECRETS + "?limit=3", accept)
        two = server.get(f"{SECRETS}?limit=3&continue={token_of(one)}", accept)
        three = server.get(f"{SECRETS}?limit=3&continue={token_of(two)}", accept)
        yield f"page-1{name}", one
        yield f"page-2{name}", two
        yield f"page-3{name}", three
    of_one = server.get("/api/v1/namespaces/shop/secrets?limit=2")
    yield "page-namespace", of_one
    yield "page-namespace-2", server.get(f"/api/v1/namespaces/shop/secrets?limit=2&continue={token_of(of_one)}")
    yield "continue-with-version", server.get(f"{SECRETS}?limit=3&resourceVersion=1&continue={token_of(one)}")


def refusals(server):
    for name, accept in (("", JSON), ("-protobuf", BOTH)):
        yield f"unauthorized{name}", server.get(SECRETS, accept, user="wrong")
        yield f"forbidden{name}", server.get(SECRETS, accept, user="nobody")
    yield "unauthorized-version", server.get("/version", user="wrong")
    yield "anonymous", server.get(SECRETS, user=None)
    yield "forbidden-namespace", server.get("/api/v1/namespaces/shop/secrets?limit=500", user="nobody")
    yield "forbidden-get", server.get("/api/v1/namespaces/kube-system", user="nobody")
    yield "forbidden-group", server.get("/apis/apps/v1/deployments", user="nobody")
    yield "forbidden-watch", server.get(SECRETS + "?watch=1", user="nobody")
    yield "not-served", server.get("/apis/batch/v1/cronjobs?limit=500")
    yield "not-served-protobuf", server.get("/apis/batch/v1/cronjobs?limit=500", BOTH)
    yield "no-such-resource", server.get("/api/v1/nothing")
    yield "no-such-group", server.get("/apis/argoproj.io/v1alpha1/rollouts")
    yield "no-such-object", server.get("/api/v1/namespaces/none")
    yield "not-acceptable", server.get(SECRETS, "text/html")
    yield "continue-garbage", server.get(SECRETS + "?limit=3&continue=garbage")
    yield "continue-empty-object", server.get(SECRETS + "?limit=3&continue=e30")
    yield "limit-garbage", server.get(SECRETS + "?limit=x")


def watched(server, path, accept=JSON):
    """What a watch of four seconds saw of the changes; it began before them."""
    seen = []
    watcher = threading.Thread(target=lambda: seen.append(server.watch(path, accept)))
    watcher.start()
    # The watch starts at a version: it makes no difference which of both comes first.
    time.sleep(0.3)
    server.change()
    watcher.join()
    return seen[0]


def watches(server):
    version = server.get(SECRETS + "?limit=1").json["metadata"]["resourceVersion"]
    path = f"{SECRETS}?watch=1&allowWatchBookmarks=true&timeoutSeconds=4&{HUBS}&resourceVersion={version}"
    yield "watch", watched(server, path)
    # The same changes, as history.
    yield "watch-again", server.watch(path.replace("timeoutSeconds=4", "timeoutSeconds=1"))
    yield "watch-protobuf", server.watch(path.replace("timeoutSeconds=4", "timeoutSeconds=1"), PROTOBUF + STREAM)
    yield "watch-from-none", server.watch(f"{SECRETS}?watch=1&timeoutSeconds=1&{HUBS}")


def forgotten(server):
    old = server.get(SECRETS + "?limit=3")
    server.compact()
    for name, accept in (("", JSON), ("-protobuf", BOTH)):
        refused = server.get(f"{SECRETS}?limit=3&continue={token_of(old)}", accept)
        yield f"expired{name}", refused
        yield f"expired-next{name}", server.get(f"{SECRETS}?limit=3&continue={token_of(refused)}", accept)
    server.forget()
    yield "watch-too-old", server.watch(SECRETS + "?watch=1&resourceVersion=1")
    yield "watch-too-old-protobuf", server.watch(SECRETS + "?watch=1&resourceVersion=1", PROTOBUF + STREAM)


def ask_all(server):
    """{name: answer}."""
    found = {}
    for part in (documents, lists, pages, refusals, watches, forgotten):
        for name, answer in part(server):
            assert name not in found
            found[name] = answer
    return found
