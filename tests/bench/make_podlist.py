#!/usr/bin/python3
"""Writes a PodList as an API server answers it, managedFields and all, of about the given size. The same bytes each time.

    tests/bench/make_podlist.py [--mb 100] [--indent] FILE

--indent: laid out as `kubectl get pods -o json --show-managed-fields` prints it; otherwise on one line, as it crosses
the network.
"""
import argparse
import json
import random
from pathlib import Path

APPS = ["web", "cart", "billing", "search", "mail", "scanner", "gateway", "report"]
CONDITIONS = ["Initialized", "Ready", "ContainersReady", "PodScheduled"]


def digest(rng):
    return f"{rng.getrandbits(256):064x}"


def uid(rng):
    text = f"{rng.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def container(rng, name):
    return {
        "name": name,
        "image": f"docker.io/acme/{rng.choice(APPS)}:{rng.randrange(1, 9)}.{rng.randrange(40)}.{rng.randrange(20)}",
        "args": ["--listen=:8080", "--log-format=json", f"--shard={rng.randrange(64)}"],
        "env": [{"name": f"SETTING_{n}", "value": f"value {rng.randrange(10 ** 6)}"} for n in range(4)]
        + [{"name": "NODE", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "spec.nodeName"}}}],
        "ports": [{"containerPort": 8080, "name": "http", "protocol": "TCP"}],
        "resources": {"limits": {"memory": "512Mi"}, "requests": {"cpu": "100m", "memory": "256Mi"}},
        "livenessProbe": {"failureThreshold": 3, "httpGet": {"path": "/healthz", "port": "http", "scheme": "HTTP"},
                          "periodSeconds": 10, "successThreshold": 1, "timeoutSeconds": 1},
        "securityContext": {"allowPrivilegeEscalation": False, "runAsNonRoot": True},
        "terminationMessagePath": "/dev/termination-log",
        "volumeMounts": [{"mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "name": "token", "readOnly": True}],
    }


def managed_fields(containers):
    of_containers = {
        f'k:{{"name":"{c["name"]}"}}': {
            ".": {}, "f:args": {}, "f:image": {}, "f:imagePullPolicy": {}, "f:name": {},
            "f:env": {".": {}} | {f'k:{{"name":"{e["name"]}"}}': {".": {}, "f:name": {}, "f:value": {}} for e in c["env"]},
            "f:livenessProbe": {".": {}, "f:failureThreshold": {}, "f:httpGet": {".": {}, "f:path": {}, "f:port": {}},
                                "f:periodSeconds": {}, "f:successThreshold": {}, "f:timeoutSeconds": {}},
            "f:ports": {".": {}, 'k:{"containerPort":8080,"protocol":"TCP"}': {".": {}, "f:containerPort": {}, "f:name": {}}},
            "f:resources": {".": {}, "f:limits": {".": {}, "f:memory": {}}, "f:requests": {".": {}, "f:cpu": {}}},
        } for c in containers}
    of_conditions = {f'k:{{"type":"{name}"}}': {".": {}, "f:lastProbeTime": {}, "f:status": {}, "f:type": {}}
                     for name in CONDITIONS}
    entry = {"apiVersion": "v1", "fieldsType": "FieldsV1", "operation": "Update", "time": "2026-11-20T09:12:40Z"}
    return [
        entry | {"manager": "kube-controller-manager", "fieldsV1": {
            "f:metadata": {"f:annotations": {".": {}, "f:checksum/config": {}}, "f:generateName": {},
                           "f:labels": {".": {}, "f:app.kubernetes.io/name": {}, "f:pod-template-hash": {}},
                           "f:ownerReferences": {".": {}}},
            "f:spec": {"f:containers": of_containers, "f:dnsPolicy": {}, "f:restartPolicy": {}, "f:schedulerName": {}}}},
        entry | {"manager": "kubelet", "subresource": "status", "fieldsV1": {
            "f:status": {"f:conditions": of_conditions, "f:containerStatuses": {}, "f:hostIP": {}, "f:phase": {},
                         "f:podIP": {}, "f:podIPs": {".": {}}, "f:startTime": {}}}},
    ]


def status(rng, containers):
    address = f"10.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)}"
    return {
        "phase": "Running", "podIP": address, "podIPs": [{"ip": address}], "startTime": "2026-11-20T09:12:38Z",
        "conditions": [{"lastProbeTime": None, "lastTransitionTime": "2026-11-20T09:12:40Z", "status": "True", "type": name}
                       for name in CONDITIONS],
        "containerStatuses": [{
            "name": c["name"], "image": c["image"], "imageID": f"docker.io/acme/{c['name']}@sha256:{digest(rng)}",
            "containerID": f"containerd://{digest(rng)}", "ready": True, "restartCount": rng.randrange(3),
            "started": True, "state": {"running": {"startedAt": "2026-11-20T09:12:40Z"}}} for c in containers],
    }


def pod(rng, number):
    app = rng.choice(APPS)
    containers = [container(rng, app)] + ([container(rng, "proxy")] if rng.random() < 0.3 else [])
    spec = {"containers": containers, "dnsPolicy": "ClusterFirst", "nodeName": f"node-{rng.randrange(90)}",
            "imagePullSecrets": [{"name": "hub"}], "restartPolicy": "Always", "serviceAccountName": app,
            "volumes": [{"name": "token", "projected": {"defaultMode": 420, "sources": [
                {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}}]}}]}
    if rng.random() < 0.2:
        spec["initContainers"] = [container(rng, "migrate")]
    metadata = {"name": f"{app}-{number}", "generateName": f"{app}-", "namespace": f"team-{rng.randrange(60)}",
                "uid": uid(rng), "resourceVersion": str(10 ** 7 + number), "creationTimestamp": "2026-11-20T09:12:37Z",
                "annotations": {"checksum/config": digest(rng)},
                "labels": {"app.kubernetes.io/name": app, "pod-template-hash": f"{rng.getrandbits(36):x}"},
                "managedFields": managed_fields(containers),
                "ownerReferences": [{"apiVersion": "apps/v1", "blockOwnerDeletion": True, "controller": True,
                                     "kind": "ReplicaSet", "name": app, "uid": uid(rng)}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": status(rng, containers)}


def write(out, size, indent):
    rng = random.Random(4)
    layout = {"indent": 4} if indent else {"separators": (",", ":")}
    written = out.write('{"apiVersion":"v1","items":[')
    number = 0
    while written < size:
        text = json.dumps(pod(rng, number), **layout)
        if indent:  # two levels further in, as an item of the list
            text = "\n        " + text.replace("\n", "\n        ")
        written += out.write(("," if number else "") + text)
        number += 1
    out.write('],"kind":"List","metadata":{"resourceVersion":""}}\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mb", type=int, default=100)
    parser.add_argument("--indent", action="store_true")
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    with options.file.open("w", encoding="ascii") as out:
        write(out, options.mb * 10 ** 6, options.indent)


if __name__ == "__main__":
    main()
