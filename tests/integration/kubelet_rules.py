"""What the kubelet does with pull secrets, written down a second time, slowly and plainly, to hold the C against.

From docs of Kubernetes and Go and the notes in keyring.h and docker_config.h; shares no code and no shape with src/credential.
Everything is bytes, as in Go.
"""
import base64
import binascii
import ipaddress
import json
import re

HOST_BYTES = rb"A-Za-z0-9\-_.~!$&'()*+,;=:\[\]<>\"\x80-\xff"


def broken_escape(text):
    """A percent sign without two hex digits behind it."""
    return re.search(rb"%(?![0-9A-Fa-f]{2})", text) is not None


def decode_escapes(text):
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), text)


def url_host(host):
    """The host of a URL as Go keeps it, or None."""
    if b"[" in host:
        literal = re.fullmatch(rb"\[([^\[]*)\]((?::[0-9]*)?)", host)
        if not literal:
            return None
        address, percent, zone = literal[1].partition(b"%25")
        if not re.fullmatch(rb"[0-9A-Fa-f:.]*", address):
            return None
        try:
            ipaddress.IPv6Address(address.decode())
        except ValueError:
            return None
        if percent:
            escapes_allowed = rb"%(25|20|[2-7][0-9A-Fa-f])"
            if not zone or broken_escape(zone):
                return None
            for escape in re.findall(rb"%..", zone, re.DOTALL):
                value = bytes([int(escape[1:], 16)])
                if not re.fullmatch(escapes_allowed, escape) or not re.fullmatch(rb"[% " + HOST_BYTES + rb"]", value):
                    return None
            if not re.fullmatch(rb"[" + HOST_BYTES + rb"%]*", zone):
                return None
            address += b"%" + decode_escapes(zone)
        return b"[" + address + b"]" + literal[2]
    if not re.fullmatch(rb"[^:]*(:[0-9]*)?", host, re.DOTALL):
        return None
    if not re.fullmatch(rb"(%25|%[89A-Fa-f][0-9A-Fa-f]|[" + HOST_BYTES + rb"])*", host):
        return None
    return decode_escapes(host)


def url(rest):
    """(host, path) of https:// and rest, or None where Go's url.Parse gives an error."""
    rest, _, fragment = rest.partition(b"#")
    if re.search(rb"[\x00-\x1f\x7f]", rest) or broken_escape(fragment):
        return None
    rest = rest.split(b"?")[0]
    authority = rest.split(b"/")[0]
    path = rest[len(authority):]
    user, at, host = authority.rpartition(b"@")
    if at and (not re.fullmatch(rb"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*", user) or broken_escape(user)):
        return None
    host = url_host(host)
    if host is None or broken_escape(path):
        return None
    return host, decode_escapes(path)


def split_port(host):
    for form in (rb"\[([^\[\]]*)\]:([^:\[\]]*)", rb"([^:\[\]]*):([^:\[\]]*)"):
        found = re.fullmatch(form, host, re.DOTALL)
        if found:
            return found[1], found[2]
    return host, b""


def rune(text):
    """The first character and its length, as Go decodes UTF-8."""
    for length in (1, 2, 3, 4):
        try:
            return ord(text[:length].decode("utf-8")), length
        except (UnicodeDecodeError, TypeError):
            continue
    return 0xFFFD, 1


def parse_class(pattern):
    """([a-z], what follows) of a pattern that starts with a bracket: (negated, ranges, rest), or None."""
    rest = pattern[1:]
    negated = rest.startswith(b"^")
    rest = rest[1:] if negated else rest
    ranges = []

    def bound(rest):
        if rest[:1] in (b"", b"-", b"]"):
            return None
        if rest[:1] == b"\\":
            rest = rest[1:]
            if not rest:
                return None
        value, length = rune(rest)
        if (value == 0xFFFD and length == 1) or not rest[length:]:
            return None
        return value, rest[length:]

    while not (ranges and rest.startswith(b"]")):
        low = bound(rest)
        if low is None:
            return None
        high = low
        if low[1].startswith(b"-"):
            high = bound(low[1][1:])
            if high is None:
                return None
        ranges.append((low[0], high[0]))
        rest = high[1]
    return negated, ranges, rest[1:]


def glob(pattern, name):
    """filepath.Match, by trying everything."""
    if not pattern:
        return not name
    first = pattern[:1]
    if first == b"*":
        if glob(pattern[1:], name):
            return True
        return name[:1] not in (b"", b"/") and glob(pattern, name[1:])
    if not name:
        return False
    if first == b"?":
        return name[:1] != b"/" and glob(pattern[1:], name[rune(name)[1]:])
    if first == b"[":
        parsed = parse_class(pattern)
        if parsed is None:
            return False
        value, length = rune(name)
        inside = any(low <= value <= high for low, high in parsed[1])
        return inside != parsed[0] and glob(parsed[2], name[length:])
    if first == b"\\":
        pattern = pattern[1:]
    return pattern[:1] == name[:1] and glob(pattern[1:], name[1:])


def index_of(key):
    """Where the kubelet files a key, or None when it drops it."""
    rest = key
    for scheme in (b"https://", b"http://"):
        if key.startswith(scheme):
            rest = key[len(scheme):]
            break
    parsed = url(rest)
    if parsed is None:
        return None
    host, path = parsed
    if path[:4] in (b"/v1/", b"/v2/"):
        path = path[3:]
    return host if path == b"/" else host + path


def index_matches(index, image):
    index, image = url(index), url(image)
    if index is None or image is None:
        return False
    index_host, index_port = split_port(index[0])
    image_host, image_port = split_port(image[0])
    index_labels, image_labels = index_host.split(b"."), image_host.split(b".")
    return (index_port == image_port and len(index_labels) == len(image_labels) and image[1].startswith(index[1])
            and all(glob(pattern, label) for pattern, label in zip(index_labels, image_labels)))


def is_default_registry(image):
    first, slash, _ = image.partition(b"/")
    if not first:
        return False
    return not slash or first in (b"docker.io", b"index.docker.io") or not re.search(rb"[.:]", first)


def lookup(secrets, image):
    """secrets: a list of keys for each secret of the pod. [(secret, key)] in the order in which they are tried."""
    filed = {}
    for number, keys in enumerate(secrets):
        for key in keys:
            index = index_of(key)
            if index is not None:
                filed.setdefault(index, []).append((number, key))
    found = []
    for index in sorted(filed, reverse=True):
        if index_matches(index, image):
            found += filed[index]
    if not found and is_default_registry(image):
        found = filed.get(b"index.docker.io", [])
    return found


# --- docker configs ---


class Blocked(Exception):
    """Go's decoder gives an error: no image of the pod is pulled."""


def folded(name):
    return name.replace("\u017f", "s").replace("\u212a", "k").translate(
        {code: code + 32 for code in range(ord("A"), ord("Z") + 1)})


class Pairs(list):
    """A JSON object: its members in order, repeated ones too."""


def decode_auth(text):
    raw = text.encode("utf-8", "surrogatepass")
    cleaned = raw.replace(b"\r", b"").replace(b"\n", b"")
    if not re.fullmatch(rb"[A-Za-z0-9+/]*=*", cleaned):
        raise Blocked("foreign byte")
    body = cleaned.rstrip(b"=")
    padding = len(cleaned) - len(body)
    if len(body) % 4 == 1 or padding not in (0, -len(body) % 4):
        raise Blocked("padding")
    if padding == 0 and len(body) % 4 and raw.strip().endswith(b"="):
        raise Blocked("padding")
    try:
        decoded = base64.b64decode(body + b"=" * (-len(body) % 4))
    except binascii.Error as error:
        raise Blocked(str(error)) from error
    user, colon, password = decoded.partition(b":")
    if not colon:
        raise Blocked("no colon")
    return user, password


def decode_entry(value):
    if value is None:
        return b"", b""
    if not isinstance(value, Pairs):
        raise Blocked("an entry that is no object")
    texts = {"username": "", "password": "", "email": "", "auth": ""}
    for name, member in value:
        if folded(name) in texts and member is not None:
            if not isinstance(member, str):
                raise Blocked("a field that is no text")
            texts[folded(name)] = member
    if texts["auth"]:
        return decode_auth(texts["auth"])
    return texts["username"].encode(), texts["password"].encode()


def decode_map(value, into):
    if not isinstance(value, Pairs):
        raise Blocked("a map that is no object")
    for key, entry in value:
        into.pop(key.encode(), None)
        into[key.encode()] = decode_entry(entry)


def decode_config(text, legacy=False):
    """{key: (user, password)} of a docker config, in the order of the text. Blocked where the kubelet fails."""
    try:
        document = json.loads(text, object_pairs_hook=Pairs)
    except ValueError as error:
        raise Blocked(str(error)) from error
    entries = {}
    if document is None:
        return entries
    if not isinstance(document, Pairs):
        raise Blocked("no object")
    if legacy:
        decode_map(document, entries)
        return entries
    for name, value in document:
        if folded(name) == "auths":
            if value is None:
                entries = {}
            else:
                decode_map(value, entries)
        if folded(name) == "httpheaders" and value is not None:
            if not isinstance(value, Pairs) or not all(v is None or isinstance(v, str) for _, v in value):
                raise Blocked("headers")
    return entries
