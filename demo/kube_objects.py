"""Kubernetes objects as `kubectl get -o json --show-managed-fields` prints them.

Every function returns plain dicts. Nothing is random: uids, hashes and suffixes come from the object's own name, so the
same call gives the same object, byte for byte.
"""
import base64
import datetime
import hashlib
import json


def digest_of(text):
    """A made-up image digest that is always the same for the same text."""
    return "sha256:" + hashlib.sha256(("fother demo " + text).encode()).hexdigest()


def hex_of(*parts):
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def uid_of(*parts):
    """Shaped like a version 4 UUID."""
    h = hex_of(*parts)
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:32]}"


def suffix_of(length, *parts):
    """Letters as Kubernetes puts them behind generated names (no vowels)."""
    letters = "bcdfghjklmnpqrstvwxz2456789"
    return "".join(letters[int(c, 16) + int(d, 16) % 11] for c, d in zip(hex_of(*parts), hex_of("x", *parts)))[:length]


class Clock:
    """Times relative to the moment the dump is made."""

    def __init__(self, now):
        self.now = now

    def ago(self, **delta):
        return stamp(self.now - datetime.timedelta(**delta))


def stamp(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


class Cluster:
    """What the objects of one cluster have in common."""

    def __init__(self, name, clock, runtime="containerd://1.7.27", version="v1.31.6"):
        self.name, self.clock, self.runtime, self.version = name, clock, runtime, version
        self.objects = {}  # kind -> list, in order of insertion

    def add(self, obj):
        self.objects.setdefault(obj["kind"], []).append(obj)
        return obj

    def uid(self, kind, namespace, name):
        return uid_of(self.name, kind, namespace or "", name)

    def metadata(self, kind, namespace, name, created, **more):
        meta = {
            "creationTimestamp": created,
            "name": name,
            "resourceVersion": str(10_000_000 + int(hex_of(self.name, kind, namespace or "", name, created)[:7], 16)),
            "uid": self.uid(kind, namespace, name),
        }
        if namespace:
            meta["namespace"] = namespace
        meta.update({key: value for key, value in more.items() if value})
        return meta


def managed(manager, time, fields, operation="Update", api="v1", subresource=None):
    """One entry of metadata.managedFields."""
    entry = {"apiVersion": api, "fieldsType": "FieldsV1", "fieldsV1": fields, "manager": manager,
             "operation": operation, "time": time}
    if subresource:
        entry["subresource"] = subresource
    return entry


def owner(cluster, api, kind, namespace, name):
    return {"apiVersion": api, "blockOwnerDeletion": True, "controller": True, "kind": kind, "name": name,
            "uid": cluster.uid(kind, namespace, name)}


# --- secrets -------------------------------------------------------------------------------------------------------

def b64(text):
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def auth_entry(user, password):
    """What `kubectl create secret docker-registry` writes."""
    return {"username": user, "password": password, "auth": b64(f"{user}:{password}")}


def auth_only(user, password):
    """What `docker login` writes."""
    return {"auth": b64(f"{user}:{password}")}


def docker_config(auths):
    return json.dumps({"auths": auths}, separators=(",", ":"))


def secret(cluster, namespace, name, kind, data, created, *, written=None, manager="kubectl-create", labels=None,
           annotations=None, owners=None, immutable=False):
    """`data` maps keys to bytes or text. `written` is when the data last changed: managedFields tell it."""
    fields = {"f:data": {".": {}, **{"f:" + key: {} for key in data}}, "f:type": {}}
    more = {"labels": labels, "annotations": annotations, "ownerReferences": owners,
            "managedFields": [managed(manager, written or created, fields)]}
    obj = {"apiVersion": "v1", "data": {key: b64(value) for key, value in data.items()}, "kind": "Secret",
           "metadata": cluster.metadata("Secret", namespace, name, created, **more), "type": kind}
    if immutable:
        obj["immutable"] = True
    return cluster.add(obj)


def pull_secret(cluster, namespace, name, auths, created, **more):
    """A kubernetes.io/dockerconfigjson secret; `auths` as a dict, or the config's whole text."""
    text = auths if isinstance(auths, str) else docker_config(auths)
    return secret(cluster, namespace, name, "kubernetes.io/dockerconfigjson", {".dockerconfigjson": text}, created,
                  **more)


def service_account(cluster, namespace, name, created, pull_secrets=()):
    obj = {"apiVersion": "v1", "kind": "ServiceAccount",
           "metadata": cluster.metadata("ServiceAccount", namespace, name, created)}
    if pull_secrets:
        obj["imagePullSecrets"] = [{"name": n} for n in pull_secrets]
    return cluster.add(obj)


def namespace(cluster, name, created):
    meta = cluster.metadata("Namespace", None, name, created, labels={"kubernetes.io/metadata.name": name},
                            managedFields=[managed("kubectl-create", created, {"f:metadata": {"f:labels": {".": {}}}})])
    return cluster.add({"apiVersion": "v1", "kind": "Namespace", "metadata": meta,
                        "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}})


# --- pods and what makes them --------------------------------------------------------------------------------------

def container(name, image, *, env=None, mounts=None, pull_policy="IfNotPresent"):
    spec = {
        "image": image,
        "imagePullPolicy": pull_policy,
        "name": name,
        "resources": {"limits": {"memory": "256Mi"}, "requests": {"cpu": "50m", "memory": "128Mi"}},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
    }
    if env:
        spec["env"] = env
    if mounts:
        spec["volumeMounts"] = mounts
    return spec


def pod_spec(containers, *, pull_secrets=(), account=None, volumes=None, init=None, restart="Always"):
    spec = {
        "containers": containers,
        "dnsPolicy": "ClusterFirst",
        "restartPolicy": restart,
        "schedulerName": "default-scheduler",
        "securityContext": {},
        "terminationGracePeriodSeconds": 30,
    }
    if init:
        spec["initContainers"] = init
    if pull_secrets:
        spec["imagePullSecrets"] = [{"name": n} for n in pull_secrets]
    if account:
        spec["serviceAccount"] = spec["serviceAccountName"] = account
    if volumes:
        spec["volumes"] = volumes
    return spec


def token_volume(pod_name):
    name = "kube-api-access-" + suffix_of(5, "token", pod_name)
    sources = [{"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
               {"configMap": {"items": [{"key": "ca.crt", "path": "ca.crt"}], "name": "kube-root-ca.crt"}},
               {"downwardAPI": {"items": [{"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"},
                                           "path": "namespace"}]}}]
    return {"name": name, "projected": {"defaultMode": 420, "sources": sources}}


def controller(cluster, api, kind, namespace, name, spec, created, **more):
    """Any object with a spec; managedFields as a deployer leaves them."""
    labels = more.pop("labels", {"app": name})
    status = more.pop("status", {"observedGeneration": 1})
    fields = {"f:spec": {"f:template": {"f:spec": {"f:containers": {".": {}}, "f:imagePullSecrets": {".": {}}}}}}
    meta = cluster.metadata(kind, namespace, name, created, generation=1, labels=labels,
                            managedFields=[managed("kubectl-client-side-apply", created, fields, api=api)], **more)
    return cluster.add({"apiVersion": api, "kind": kind, "metadata": meta, "spec": spec, "status": status})


def template(name, spec):
    return {"metadata": {"creationTimestamp": None, "labels": {"app": name}}, "spec": spec}


def replicated(name, spec, replicas):
    return {"progressDeadlineSeconds": 600, "replicas": replicas, "revisionHistoryLimit": 10,
            "selector": {"matchLabels": {"app": name}}, "template": template(name, spec)}


def deployment_status(replicas, created):
    return {"availableReplicas": replicas, "observedGeneration": 1, "readyReplicas": replicas, "replicas": replicas,
            "updatedReplicas": replicas,
            "conditions": [{"lastTransitionTime": created, "lastUpdateTime": created, "status": "True",
                            "message": "Deployment has minimum availability.", "type": "Available",
                            "reason": "MinimumReplicasAvailable"}]}


def container_status(cluster, pod_name, spec, image_digest, state, restarts=0):
    """`state` is the value of containerStatuses[].state; image_digest None: not pulled yet."""
    repository = spec["image"].split("@")[0].rsplit(":", 1)[0]
    running = "running" in state
    runtime, prefix = cluster.runtime.split(":")[0], ""
    if runtime == "docker":
        prefix = "docker-pullable://"
    return {
        "containerID": f"{runtime}://{hex_of(cluster.name, pod_name, spec['name'])}" if image_digest else "",
        "image": spec["image"],
        "imageID": f"{prefix}{repository}@{image_digest}" if image_digest else "",
        "lastState": {},
        "name": spec["name"],
        "ready": running,
        "restartCount": restarts,
        "started": running,
        "state": state,
    }


def running(since):
    return {"running": {"startedAt": since}}


def ended(since, until, code=0):
    return {"terminated": {"exitCode": code, "finishedAt": until, "reason": "Completed" if code == 0 else "Error",
                           "startedAt": since}}


def waiting(reason, message):
    return {"waiting": {"message": message, "reason": reason}}


def pod(cluster, namespace, name, spec, node, created, digests, *, state=None, phase="Running", owners=None,
        labels=None):
    """A scheduled pod. `digests` maps images to digests; `state` defaults to running since `created`."""
    spec = dict(spec, nodeName=node, serviceAccountName=spec.get("serviceAccountName", "default"),
                serviceAccount=spec.get("serviceAccountName", "default"), enableServiceLinks=True,
                preemptionPolicy="PreemptLowerPriority", priority=0,
                volumes=spec.get("volumes", []) + [token_volume(name)],
                tolerations=[{"effect": "NoExecute", "key": "node.kubernetes.io/" + key, "operator": "Exists",
                              "tolerationSeconds": 300} for key in ("not-ready", "unreachable")])
    state = state or running(created)
    pulled = "waiting" not in state

    def statuses(containers, of_state):
        return [container_status(cluster, name, c, digests.get(c["image"]) if pulled else None, of_state)
                for c in containers]
    status = {
        "conditions": [{"lastProbeTime": None, "lastTransitionTime": created, "status": "True", "type": kind}
                       for kind in ("Initialized", "PodScheduled")],
        "containerStatuses": statuses(spec["containers"], state),
        "hostIP": "10.0.0." + str(int(hex_of(node)[:2], 16)),
        "phase": phase,
        "podIP": "10.42.%d.%d" % (int(hex_of(node)[:2], 16), int(hex_of(name)[:2], 16)),
        "qosClass": "Burstable",
        "startTime": created,
    }
    if "initContainers" in spec:
        status["initContainerStatuses"] = statuses(spec["initContainers"], ended(created, created))
    kubelet = {"f:status": {"f:conditions": {".": {}}, "f:containerStatuses": {}, "f:phase": {}, "f:startTime": {}}}
    spec_fields = {"f:spec": {"f:containers": {f'k:{{"name":"{c["name"]}"}}': {".": {}, "f:image": {}, "f:name": {}}
                                               for c in spec["containers"]}}}
    meta = cluster.metadata("Pod", namespace, name, created, labels=labels, ownerReferences=owners,
                            managedFields=[managed("kube-controller-manager", created, spec_fields),
                                           managed("kubelet", created, kubelet, subresource="status")])
    return cluster.add({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec, "status": status})


# --- nodes, events -------------------------------------------------------------------------------------------------

def node_image(image, image_digest, size=None):
    repository = image.rsplit(":", 1)[0]
    return {"names": [f"{repository}@{image_digest}", image],
            "sizeBytes": size or 8_000_000 + int(hex_of(image)[:7], 16) % 400_000_000}


def node(cluster, name, created, images, heartbeat):
    conditions = [{"lastHeartbeatTime": heartbeat, "lastTransitionTime": created, "status": status, "type": kind,
                   "reason": "Kubelet" + kind, "message": "kubelet reports " + kind}
                  for kind, status in (("MemoryPressure", "False"), ("DiskPressure", "False"), ("Ready", "True"))]
    labels = {"kubernetes.io/arch": "amd64", "kubernetes.io/hostname": name, "kubernetes.io/os": "linux"}
    status = {"addresses": [{"address": name, "type": "Hostname"}], "capacity": {"cpu": "8", "memory": "32Gi"},
              "conditions": conditions, "images": sorted(images, key=lambda i: -i["sizeBytes"]),
              "nodeInfo": {"architecture": "amd64", "bootID": uid_of("boot", cluster.name, name),
                           "containerRuntimeVersion": cluster.runtime, "kernelVersion": "6.1.0-32-amd64",
                           "kubeletVersion": cluster.version, "operatingSystem": "linux",
                           "osImage": "Debian GNU/Linux 12 (bookworm)"}}
    meta = cluster.metadata("Node", None, name, created, labels=labels,
                            managedFields=[managed("kubelet", heartbeat, {"f:status": {"f:images": {}}},
                                                   subresource="status")])
    return cluster.add({"apiVersion": "v1", "kind": "Node", "metadata": meta,
                        "spec": {"podCIDR": "10.42.0.0/24"}, "status": status})


def event(cluster, pod_object, reason, message, first, last, *, count=1, kind="Normal"):
    """An event of the kubelet about a container of a pod."""
    meta, spec = pod_object["metadata"], pod_object["spec"]
    about = {"apiVersion": "v1", "fieldPath": f"spec.containers{{{spec['containers'][0]['name']}}}", "kind": "Pod",
             "name": meta["name"], "namespace": meta["namespace"], "resourceVersion": meta["resourceVersion"],
             "uid": meta["uid"]}
    name = f"{meta['name']}.{hex_of(reason, message, meta['uid'])[:16]}"
    return cluster.add({
        "apiVersion": "v1", "count": count, "eventTime": None, "firstTimestamp": first, "involvedObject": about,
        "kind": "Event", "lastTimestamp": last, "message": message,
        "metadata": cluster.metadata("Event", meta["namespace"], name, first), "reason": reason,
        "reportingComponent": "kubelet", "reportingInstance": spec["nodeName"],
        "source": {"component": "kubelet", "host": spec["nodeName"]}, "type": kind})


# --- files ---------------------------------------------------------------------------------------------------------

def list_of(objects):
    """What kubectl wraps around more than one object."""
    return {"apiVersion": "v1", "items": objects, "kind": "List", "metadata": {"resourceVersion": ""}}


def json_text(value):
    """Names in order and four blanks, as kubectl prints."""
    return json.dumps(value, indent=4, sort_keys=True, ensure_ascii=False) + "\n"


def yaml_text(value, indent=""):
    """Block style as kubectl prints it; texts that could be read as something else are quoted."""
    if isinstance(value, dict) and value:
        return "".join(yaml_member(key, value[key], indent) for key in sorted(value))
    if isinstance(value, list) and value:
        return "".join(yaml_item(item, indent) for item in value)
    return indent + yaml_scalar(value) + "\n"


def yaml_member(key, value, indent):
    if isinstance(value, (dict, list)) and value:
        return f"{indent}{yaml_scalar(key)}:\n" + yaml_text(value, indent + ("  " if isinstance(value, dict) else ""))
    return f"{indent}{yaml_scalar(key)}: {yaml_scalar(value)}\n"


def yaml_item(item, indent):
    if isinstance(item, (dict, list)) and item:
        return indent + "- " + yaml_text(item, indent + "  ")[len(indent) + 2:]
    return f"{indent}- {yaml_scalar(item)}\n"


def yaml_scalar(value):
    if isinstance(value, str) and value and value[0].isalpha() and all(c.isalnum() or c in "-./_" for c in value) \
            and value.lower() not in ("y", "n", "yes", "no", "on", "off", "true", "false", "null"):
        return value
    return json.dumps(value, ensure_ascii=False)
