"""Kubernetes objects in one call each, to be given to Lab.create().

    lab.create([namespace("shop"),
                pull_secret("shop", "hub", {"https://index.docker.io/v1/": ("acme", "made-up-password-1")}),
                pod("shop", "web-1", "acme/web:1", digest="1f" * 32, pull_secrets=["hub"])])

Every value that stands for a credential is made up and says so.
"""
import base64
import json

API = {"Namespace": "v1", "Secret": "v1", "Pod": "v1", "Node": "v1", "ServiceAccount": "v1", "Event": "v1",
       "ConfigMap": "v1", "Deployment": "apps/v1", "ReplicaSet": "apps/v1", "StatefulSet": "apps/v1",
       "DaemonSet": "apps/v1", "Job": "batch/v1", "CronJob": "batch/v1beta1", "NetworkPolicy": "networking.k8s.io/v1",
       "Role": "rbac.authorization.k8s.io/v1", "RoleBinding": "rbac.authorization.k8s.io/v1",
       "ClusterRole": "rbac.authorization.k8s.io/v1", "ClusterRoleBinding": "rbac.authorization.k8s.io/v1"}
PLURAL = {"NetworkPolicy": "networkpolicies"}


def b64(value):
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


def thing(kind, namespace, name, **rest):
    """Any object; labels, annotations and ownerReferences go into its metadata."""
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    for key in ("labels", "annotations", "ownerReferences", "finalizers"):
        if rest.get(key):
            metadata[key] = rest[key]
        rest.pop(key, None)
    return {"apiVersion": API[kind], "kind": kind, "metadata": metadata} | rest


def collection_path(kind, namespace=None):
    """/api/v1/namespaces/NAMESPACE/pods, or of all namespaces."""
    version = API[kind]
    return (("/apis/" if "/" in version else "/api/") + version + (f"/namespaces/{namespace}" if namespace else "")
            + "/" + PLURAL.get(kind, kind.lower() + "s"))


def object_path(obj):
    return collection_path(obj["kind"], obj["metadata"].get("namespace")) + "/" + obj["metadata"]["name"]


def namespace(name, **rest):
    return thing("Namespace", None, name, **rest)


def secret(namespace, name, data, secret_type="Opaque", **rest):
    """data: key to text or bytes, not yet in base64."""
    return thing("Secret", namespace, name, type=secret_type, data={key: b64(value) for key, value in data.items()}, **rest)


def docker_auths(auths):
    """{registry: (user, password)} as the `auths` of a docker config; a dict as value is taken as it is."""
    return {registry: entry if isinstance(entry, dict) else {"auth": b64(":".join(entry))}
            for registry, entry in auths.items()}


def pull_secret(namespace, name, auths, old=False, **rest):
    """old: of type dockercfg, without the `auths` around it."""
    auths = docker_auths(auths)
    if old:
        return secret(namespace, name, {".dockercfg": json.dumps(auths)}, "kubernetes.io/dockercfg", **rest)
    config = {".dockerconfigjson": json.dumps({"auths": auths})}
    return secret(namespace, name, config, "kubernetes.io/dockerconfigjson", **rest)


def opaque_secret(namespace, name, size=1500, **rest):
    text = f"made-up-value-of-{namespace}-{name}-"
    return secret(namespace, name, {"value": (text * (size // len(text) + 1))[:size]}, **rest)


def service_account(namespace, name, pull_secrets=(), **rest):
    return thing("ServiceAccount", namespace, name, imagePullSecrets=[{"name": one} for one in pull_secrets], **rest)


def pod_spec(image, pull_secrets=(), container="main", **rest):
    return {"containers": [{"name": container, "image": image}], "automountServiceAccountToken": False,
            "imagePullSecrets": [{"name": one} for one in pull_secrets]} | rest


def container_status(name, image, image_id, state=None):
    state = state or {"running": {"startedAt": "2026-11-20T08:00:00Z"}}
    return {"name": name, "image": image, "imageID": image_id, "ready": "running" in state, "restartCount": 0,
            "state": state} | ({"containerID": "containerd://" + "c0" * 32} if image_id else {})


def pod(namespace, name, image, digest=None, pull_secrets=(), node="node-1", phase="Running", state=None, **rest):
    """One container. digest: 64 hex digits of the image that runs; without it the pod has no status."""
    spec = pod_spec(image, pull_secrets, **rest.pop("spec", {})) | ({"nodeName": node} if node else {})
    if digest or state:
        image_id = f"{image.rsplit(':', 1)[0]}@sha256:{digest}" if digest else ""
        rest["status"] = {"phase": phase, "containerStatuses": [container_status("main", image, image_id, state)]}
    return thing("Pod", namespace, name, spec=spec, **rest)


def node(name, images=()):
    """images: (names, size) pairs, a list of names each."""
    images = [{"names": names, "sizeBytes": size} for names, size in images]
    return thing("Node", None, name, status={"images": images, "conditions": [{"type": "Ready", "status": "True"}]})


def workload(kind, namespace, name, image, replicas=0, pull_secrets=(), spec=None, **rest):
    """Deployment, ReplicaSet, StatefulSet. With replicas the controllers make pods, that nothing schedules."""
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": pod_spec(image, pull_secrets, **(spec or {}))}
    more = {"serviceName": name} if kind == "StatefulSet" else {}
    return thing(kind, namespace, name, spec={"replicas": replicas, "selector": {"matchLabels": labels},
                                              "template": template} | more, **rest)


def deployment(namespace, name, image, **rest):
    return workload("Deployment", namespace, name, image, **rest)


def event(namespace, name, involved, reason, message, time="2026-11-20T08:00:00Z", **rest):
    """involved: the object that it is about."""
    about = {"apiVersion": involved["apiVersion"], "kind": involved["kind"], "name": involved["metadata"]["name"],
             "namespace": involved["metadata"].get("namespace")}
    return thing("Event", namespace, name, involvedObject=about, reason=reason, message=message, type="Normal", count=1,
                 firstTimestamp=time, lastTimestamp=time, source={"component": "kubelet", "host": "node-1"}, **rest)


def rule(verbs, resources, groups=("",), names=()):
    """A rule of a role."""
    return {"apiGroups": list(groups), "resources": list(resources), "verbs": list(verbs)} | (
        {"resourceNames": list(names)} if names else {})
