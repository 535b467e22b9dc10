"""Writes kubeconfig files; Lab.kubeconfig() says what may be asked for."""
import base64
import json
import re

# YAML 1.1 takes them for a boolean or nothing.
WORDS = {"true", "false", "yes", "no", "on", "off", "y", "n", "null"}


def data(path):
    return base64.b64encode(path.read_bytes()).decode()


def cluster_entry(lab, context):
    entry = {"server": context["server"]}
    if context.get("insecure"):
        entry["insecure-skip-tls-verify"] = True
    elif context.get("ca", "data") == "data":
        entry["certificate-authority-data"] = data(lab.pki.ca)
    elif context["ca"] == "file":
        entry["certificate-authority"] = str(lab.pki.ca)
    for key, name in (("tls_server_name", "tls-server-name"), ("proxy_url", "proxy-url")):
        if context.get(key):
            entry[name] = context[key]
    return entry | context.get("cluster_fields", {})


def user_entry(lab, context, path):
    user, login = context.get("user", "admin"), context.get("login", "token")
    entry = {}
    if login == "token":
        entry["token"] = lab.token(user)
    elif login == "token-file":
        # Relative to the kubeconfig, as files in it are.
        token = path.with_name(f"{path.stem}-{context.get('name', 'lab')}.token")
        token.write_text(lab.token(user) + "\n")
        entry["tokenFile"] = token.name
    elif login in ("certificate-files", "certificate-data"):
        certificate, key = lab.client_certificate(user)
        if login == "certificate-files":
            entry |= {"client-certificate": str(certificate), "client-key": str(key)}
        else:
            entry |= {"client-certificate-data": data(certificate), "client-key-data": data(key)}
    elif login != "none":
        raise ValueError(f"no such login: {login}")
    if context.get("impersonate"):
        entry["as"] = context["impersonate"]
    return entry | context.get("user_fields", {})


def block(value, indent=0):
    """YAML in block style, as kubectl writes it; a string is quoted where a reader might take it for something else."""
    pad = "  " * indent
    if isinstance(value, dict) and value:
        for key, one in value.items():
            nested = isinstance(one, (dict, list)) and one
            yield f"{pad}{key}:" + ("" if nested else f" {scalar(one)}")
            if nested:
                yield from block(one, indent + 1)
    elif isinstance(value, list):
        for one in value:
            first, *rest = block(one, indent + 1)
            yield f"{pad}- {first.strip()}"
            yield from rest
    else:
        yield f"{pad}{scalar(value)}"


def scalar(value):
    plain = isinstance(value, str) and re.fullmatch(r"[A-Za-z/][\w./-]*", value, re.ASCII) and value.lower() not in WORDS
    return value if plain else json.dumps(value)


def write_kubeconfig(lab, path, contexts, current=None):
    names = [context.get("name", "lab") for context in contexts]
    config = {"apiVersion": "v1", "kind": "Config", "current-context": current or names[0],
              "clusters": [], "users": [], "contexts": []}
    for name, context in zip(names, contexts):
        config["clusters"].append({"name": f"{name}-cluster", "cluster": cluster_entry(lab, context)})
        config["users"].append({"name": f"{name}-user", "user": user_entry(lab, context, path)})
        where = {"cluster": f"{name}-cluster", "user": f"{name}-user"}
        config["contexts"].append({"name": name, "context": where | (
            {"namespace": context["namespace"]} if context.get("namespace") else {})})
    path.write_text("\n".join(block(config)) + "\n")
    path.chmod(0o600)
    return path
