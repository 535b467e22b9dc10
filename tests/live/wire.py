"""Protocol buffers as an API server writes them: just enough to cut recorded lists into items and to make pages, Statuses
and metadata of them. Field numbers: generated.proto of kubernetes/apimachinery and kubernetes/api.
"""
import base64
import calendar
import json
import time

MAGIC = b"k8s\0"
LENGTHS = 2  # wire type of texts, bytes and messages


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value])


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def field(number, value):
    """A text, bytes, or a number."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | LENGTHS) + varint(len(value)) + value


def fields(message):
    """(number, value) pairs: bytes, or an int."""
    at, found = 0, []
    while at < len(message):
        key, at = read_varint(message, at)
        value, at = read_varint(message, at)
        if key & 7 == LENGTHS:
            end = at + value
            if end > len(message):
                raise ValueError("breaks off")
            value, at = message[at:end], end
        elif key & 7:
            raise ValueError(f"wire type {key & 7}")
        found.append((key >> 3, value))
    return found


def first(message, number):
    return next((value for known, value in fields(message) if known == number), None)


def envelope(api_version, kind, raw):
    return MAGIC + field(1, field(1, api_version) + field(2, kind)) + field(2, raw) + field(3, "") + field(4, "")


def open_envelope(body):
    """(apiVersion, kind, raw)."""
    if not body.startswith(MAGIC):
        raise ValueError("no envelope")
    about = first(body[4:], 1)
    return first(about, 1).decode(), first(about, 2).decode(), first(body[4:], 2)


def list_meta(metadata):
    remaining = metadata.get("remainingItemCount")
    return (field(1, "") + field(2, metadata.get("resourceVersion", "")) + field(3, metadata.get("continue", ""))
            + (field(4, remaining) if remaining is not None else b""))


def read_list_meta(message):
    names = {2: "resourceVersion", 3: "continue", 4: "remainingItemCount"}
    return {names[number]: value.decode() if isinstance(value, bytes) else value
            for number, value in fields(message) if number in names and value != b""}


def make_list(api_version, kind, metadata, items):
    return envelope(api_version, kind, field(1, list_meta(metadata)) + b"".join(field(2, item) for item in items))


def read_list(body):
    """(apiVersion, kind, metadata as a dict, the items' bytes)."""
    api_version, kind, raw = open_envelope(body)
    items = [value for number, value in fields(raw) if number == 2]
    return api_version, kind, read_list_meta(first(raw, 1)), items


def name_of(item):
    """(namespace, name) of any object."""
    metadata = first(item, 1)
    return first(metadata, 3).decode(), first(metadata, 1).decode()


def make_status(status):
    """A Status, given as its JSON."""
    details = status.get("details")
    packed = b"" if details is None else field(5, field(1, details.get("name", "")) + field(2, details.get("group", ""))
                                               + field(3, details.get("kind", ""))
                                               + field(5, details.get("retryAfterSeconds", 0)) + field(6, ""))
    return envelope("v1", "Status", field(1, list_meta(status["metadata"])) + field(2, status["status"])
                    + field(3, status["message"]) + field(4, status.get("reason", "")) + packed + field(6, status["code"]))


def read_status(body):
    _, kind, raw = open_envelope(body)
    assert kind == "Status"
    status = {"metadata": read_list_meta(first(raw, 1)), "status": first(raw, 2).decode(), "message": first(raw, 3).decode(),
              "reason": first(raw, 4).decode(), "code": first(raw, 6)}
    return status


def moment(text):
    return field(1, calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))) + field(2, 0)


def pairs(number, mapping):
    return b"".join(field(number, field(1, key) + field(2, value)) for key, value in sorted((mapping or {}).items()))


def managed_by(entry):
    owned = json.dumps(entry["fieldsV1"], separators=(",", ":"))
    return (field(1, entry["manager"]) + field(2, entry["operation"]) + field(3, entry["apiVersion"])
            + field(4, moment(entry["time"])) + field(6, entry["fieldsType"]) + field(7, field(1, owned)))


def make_metadata(metadata):
    managed = b"".join(field(17, managed_by(entry)) for entry in metadata.get("managedFields", ()))
    return (field(1, metadata["name"]) + field(2, "") + field(3, metadata["namespace"]) + field(4, "")
            + field(5, metadata["uid"]) + field(6, metadata["resourceVersion"]) + field(7, 0)
            + field(8, moment(metadata["creationTimestamp"])) + pairs(11, metadata.get("labels"))
            + pairs(12, metadata.get("annotations")) + field(15, "") + managed)


def make_secret(secret):
    """A Secret, given as its JSON."""
    data = {key: base64.b64decode(value) for key, value in secret.get("data", {}).items()}
    immutable = field(5, 1) if secret.get("immutable") else b""
    return field(1, make_metadata(secret["metadata"])) + pairs(2, data) + field(3, secret["type"]) + immutable
