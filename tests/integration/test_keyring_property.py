"""The keyring and the docker configs against the kubelet's rules written a second time (kubelet_rules.py).

Random keys, images and configs from a grammar that loves near misses; thousands of them, the same ones each time. Another
seed: FOTHER_SEED=7 pytest tests/integration/test_keyring_property.py
"""
import base64
import json
import os
import random
import re
import subprocess
from collections import Counter

import kubelet_rules
import pytest

SEED = int(os.environ.get("FOTHER_SEED", "20261125"))
RINGS, IMAGES_PER_RING = 4000, 4
PAIRS = 20000
CONFIGS = 4000

HUB_HOSTS = ["docker.io", "index.docker.io", "registry-1.docker.io", "hub.docker.com", "registry.hub.docker.com",
             "registry.docker.io", "Docker.io", "INDEX.docker.io", "docker.io.", "*.docker.io", "*.io", "index.*.io", "d*r.io"]
OTHER_HOSTS = ["reg.example.com", "a.reg.example.com", "reg.example", "*.example.com", "r*g.example.com", "*.*.com",
               "*.*.example.com", "*", "*.*", "**.example.com", "reg.example.c*", "localhost", "LOCALHOST", "Reg.Example.com",
               "10.0.0.1", "10.0.*.1", "myorg", "A", "reg[1].example.com", "[r]eg.example.com", "re?.example.com",
               "reg\\.example.com", "", ".", "reg..com", "reg.example.com.", "ü.example.com", "%C3%BC.example.com",
               "%25C3%25BC.example.com", "r%65g.example.com", "r%25.example.com", "reg example.com", "reg<x>.com", "a,b.com"]
ADDRESSES = ["[::1]", "[fe80::1]", "[fe80::1%25eth0]", "[fe80::1%2525x]", "[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7:8:9]",
             "[::ffff:10.0.0.1]", "[1::2::3]", "[10.0.0.1]", "[::A]", "[::1", "::1", "[::1]x", "[fe80::1%25]", "[::01.2.3.4]",
             "[1:2:3:4:5:6:7::]", "[1:2:3:4:5:6:7:8::]", "[12345::]", "[::%31]", "[::1%25a%20b]", "[::1%25%ff]", "[::1%25]a]"]
PORTS = ["", "", "", "", ":", ":443", ":80", ":5000", ":05000", ":5000:5000", ":abc", ":*", "::", ":٣"]
SCHEMES = ["", "", "", "https://", "https://", "http://", "HTTPS://", "ftp://", "//", "https:/", "https://https://"]
USERS = ["", "", "", "", "", "", "user@", "u:p@", "u%zz@", "u%40x@", "a b@", "@", "a@b@", "ü@"]
PATHS = ["", "", "", "/", "/v1/", "/v2/", "/v1", "/v2", "/v1/myorg", "/v2/myorg/", "/V1/", "/v1//", "/v3/", "/v2/v1/", "//",
         "/myorg", "/my", "/myorg/", "/myorg/app", "/myorg/app/", "/library", "/library/nginx", "//myorg", "/my%6frg",
         "/my%256frg", "/myorg%2Fapp", "/%zz", "/%", "/my org", "/myorg%0a", "/%3Fx", "/myorg?x", "/myorg#f", "/myorg#%", "?",
         "#", "?x#y", "/*", "/my*", "/Myorg", "/..", "/./myorg", "/myorg\\app", "/ü", "/%25", "/%2525"]
MUTATIONS = list("abz.:/*?[]@%# \\\t\n\x7f-_0") + ["docker", "%2", "v1/"]
IMAGE_DOMAINS = ["docker.io"] * 6 + ["index.docker.io", "registry-1.docker.io", "hub.docker.com", "Docker.io",
                                      "docker.io:443", "reg.example.com", "a.reg.example.com", "reg.example.com:5000",
                                      "reg.example.com:05000", "reg.example.com:443", "localhost", "localhost:5000",
                                      "LOCALHOST", "A", "10.0.0.1", "10.0.9.1:5000", "[::1]", "[::1]:5000", "[fe80::1]:5000",
                                      "myorg", "rag.example.com", "1.example.com", "r.io", "[1:2:3:4:5:6:7:8]:443"]
IMAGE_PATHS = ["myorg/app", "myorg/app", "library/nginx", "myorg", "my", "myorg2/app", "myorg/app/web", "v1/myorg", "v2/x",
               "library/nginx", "my_org/app", "", "Myorg/app", "my%6frg/app", "myorg?x"]


def key_near(rng, image):
    """A key that serves the image, or nearly so."""
    domain, _, path = image.partition("/")
    if domain == "docker.io" and rng.random() < 0.3:
        domain = "index.docker.io"
    labels = domain.split(".")
    if rng.random() < 0.3:
        at = rng.randrange(len(labels))
        labels[at] = rng.choice(["*", labels[at][:1] + "*", "*" + labels[at][1:], labels[at] + "*"])
    prefix = ("/" + path)[:rng.randrange(len(path) + 2)] if rng.random() < 0.5 else ""
    return rng.choice(SCHEMES[:6]) + ".".join(labels) + rng.choice(["", "", "", "/v1", "/v2"]) + (prefix or rng.choice(["", "/"]))


def random_key(rng, image):
    if rng.random() < 0.03:
        return rng.choice(["", "*", "https://", "http://", "/", "//", ":", "://", "?", "#", "https://*", "@", "[", "]", "[]"])
    if rng.random() < 0.4:
        key = key_near(rng, image)
    else:
        host = rng.choice([image.split("/")[0], rng.choice(HUB_HOSTS), rng.choice(OTHER_HOSTS), rng.choice(ADDRESSES)])
        key = rng.choice(SCHEMES) + rng.choice(USERS) + host + rng.choice(PORTS) + rng.choice(PATHS)
    while rng.random() < 0.1:
        at = rng.randrange(len(key) + 1)
        key = key[:at] + rng.choice(MUTATIONS) + key[at + rng.randrange(2):]
    return key


def random_image(rng):
    image = rng.choice(IMAGE_DOMAINS) + "/" + rng.choice(IMAGE_PATHS)
    if rng.random() < 0.05:
        image = rng.choice(["nginx", "", "/", "/x", "docker.io", "localhost", "a b/c", "reg.example.com:x/y", image + "%"])
    return image


class Probe:
    """Gathers commands with the answers that are expected, then asks all at once."""

    def __init__(self, build):
        self.path = build / "tests/unit/credential/keyring-probe"
        if not self.path.exists():
            pytest.fail(f"{self.path} is not built: ninja -C {build}")
        self.commands, self.expected = [], []

    def tell(self, *words):
        self.commands.append(" ".join(word if isinstance(word, str) else word.hex() for word in words))

    def ask(self, *words, expected, about):
        self.tell(*words)
        self.expected.append((expected, about))

    def check(self):
        done = subprocess.run([self.path], input="\n".join(self.commands) + "\n", capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        answers = done.stdout.split("\n")[:-1]
        assert len(answers) == len(self.expected)
        wrong = [f"{about}\n  expected {expected!r}\n  answered {answer!r}"
                 for answer, (expected, about) in zip(answers, self.expected) if answer.strip() != expected]
        assert not wrong, f"{len(wrong)} differ; the first ones:\n" + "\n".join(wrong[:5])


@pytest.fixture
def probe(build):
    return Probe(build)


# The kubelet, for docker.io/myorg/app: how the key serves the image, or that it does not.
TRUTH = [
    ("https://index.docker.io/v1/", "fallback"), ("https://index.docker.io/v2/", "fallback"), ("index.docker.io", "fallback"),
    ("docker.io", "direct"), ("https://docker.io", "direct"), ("docker.io/myorg", "direct"), ("docker.io/my", "direct"),
    ("*.io", "direct"), ("registry-1.docker.io", "never"), ("https://registry-1.docker.io/v2/", "never"),
    ("hub.docker.com", "never"), ("registry.hub.docker.com", "never"), ("registry.docker.io", "never"),
    ("https://index.docker.io/v1", "never"), ("index.docker.io/myorg", "never"), ("*.docker.io", "never"),
    ("Docker.io", "never"), ("docker.io:443", "never"),
]


@pytest.mark.parametrize("key,how", TRUTH)
def test_truth_table_of_docker_hub(probe, key, how):
    image, key = b"docker.io/myorg/app", key.encode()
    used = "" if how == "never" else f"0:{key.hex()}"
    direct = "yes" if how == "direct" else "no"
    assert [name for _, name in kubelet_rules.lookup([[key]], image)] == ([key] if used else [])
    probe.tell("key", key)
    probe.ask("image", image, expected=used, about=key)
    probe.ask("match", key, image, expected=direct, about=key)
    probe.check()


def test_order_is_of_strings_and_of_secrets(probe):
    """`reg.example.com` stands before `*.example.com/team`, whichever is more specific; a path before its host."""
    secrets = [[b"*.example.com/team", b"reg.example.com"], [b"https://reg.example.com/v2/", b"reg.example.com/team"]]
    image = b"reg.example.com/team/app"
    expected = [(1, b"reg.example.com/team"), (0, b"reg.example.com"), (1, b"https://reg.example.com/v2/"),
                (0, b"*.example.com/team")]
    assert kubelet_rules.lookup(secrets, image) == expected
    for keys in secrets:
        for key in keys:
            probe.tell("key", key)
        probe.tell("secret")
    probe.ask("image", image, expected=" ".join(f"{n}:{key.hex()}" for n, key in expected), about="order")
    probe.check()


def test_random_rings(probe):
    rng, outcomes = random.Random(SEED), Counter()
    for _ in range(RINGS):
        near = random_image(rng)
        images = [near.encode()] + [random_image(rng).encode() for _ in range(IMAGES_PER_RING - 1)]
        secrets = [list(dict.fromkeys(random_key(rng, near).encode() for _ in range(rng.randrange(1, 4))))
                   for _ in range(rng.randrange(1, 4))]
        probe.tell("reset")
        for number, keys in enumerate(secrets):
            if number:
                probe.tell("secret")
            for key in keys:
                probe.tell("key", key)
                outcomes["kept" if kubelet_rules.index_of(key) is not None else "dropped"] += 1
        for image in images:
            found = kubelet_rules.lookup(secrets, image)
            outcomes[f"{min(len(found), 3)} found"] += 1
            expected = " ".join(f"{number}:{key.hex()}" for number, key in found)
            probe.ask("image", image, expected=expected, about=(image, secrets))
    probe.check()
    enough = {"kept": RINGS, "dropped": RINGS // 4, "0 found": RINGS, "1 found": RINGS // 4, "2 found": 100, "3 found": 20}
    assert all(outcomes[name] >= least for name, least in enough.items()), outcomes


def test_random_pairs(probe):
    rng, outcomes = random.Random(SEED + 1), Counter()
    for _ in range(PAIRS):
        image = random_image(rng)
        key = random_key(rng, image).encode()
        image = image.encode()
        if rng.random() < 0.1:
            at = rng.randrange(len(key) + 1)
            key = key[:at] + bytes([rng.randrange(256)]) + key[at:]
        index = kubelet_rules.index_of(key)
        expected = "dropped" if index is None else "yes" if kubelet_rules.index_matches(index, image) else "no"
        outcomes[expected] += 1
        probe.ask("match", key, image, expected=expected, about=(key, image))
    probe.check()
    assert all(outcomes[name] > PAIRS // 50 for name in ("yes", "no", "dropped")), outcomes


# Names of images as the distribution grammar has them, normalised.
DOMAIN = re.compile(r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])"
                    r"(?::[0-9]+)?")
PATH = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")


def can_be_named(image):
    domain, _, path = image.partition("/")
    is_domain = domain == "localhost" or re.search(r"[.:A-Z]", domain)
    unusual = ("index.docker.io", "registry-1.docker.io", "hub.docker.com", "registry.hub.docker.com", "registry.docker.io", "www.docker.io")
    return bool(is_domain and DOMAIN.fullmatch(domain) and PATH.fullmatch(path) and domain not in unusual)


def test_no_dead_key_serves_an_image(probe):
    """What is called dead matches nothing; what matches something is called live."""
    rng, live = random.Random(SEED + 2), 0
    for _ in range(PAIRS):
        image = random_image(rng)
        key = random_key(rng, image).encode()
        if can_be_named(image) and kubelet_rules.lookup([[key]], image.encode()):
            live += 1
            probe.ask("dead", key, expected="live", about=(key, image))
    assert live > PAIRS // 200
    for key in (b"index.docker.io/myorg", b"https://index.docker.io/v1", b"hub.docker.com", b"registry-1.docker.io", b"https://registry.hub.docker.com/v2/",
                b"myorg", b"reg.example.com/Team", b"reg.example.com//team", b"reg.example.com:abc", b"reg example.com", b"",
                b"HTTPS://reg.example.com", b"ftp://reg.example.com", b"reg_1.example.com", b"reg.example.com/a/../b",
                b"[::1]", b"index.docker.io:", b"reg..example.com", b"-reg.example.com", b"reg.example.com/%2541"):
        probe.ask("dead", key, expected="dead", about=key)
    for key in (b"Docker.io", b"docker.io:443", b"*.docker.io", b"localhost", b"LOCALHOST", b"*",
                b"[::1]:5000", b"index.docker.io", b"http://index.docker.io/v1/", b"reg.example.com/team", b"10.0.0.1:5000/a"):
        probe.ask("dead", key, expected="live", about=key)
    probe.check()


# --- whole configs ---


def maybe(rng, chance, odd, usual):
    return odd if rng.random() < chance else usual


def random_name(rng, name):
    if rng.random() < 0.85:
        return name
    return rng.choice([name.upper(), name.title(), name.swapcase(), name.replace("s", "\u017f"), name.replace("k", "\u212a"), name + " ",
                       name[:-1]])


def random_value(rng):
    return rng.choice([None, 0, 1.5, True, [], ["a"], {}, {"a": "b"}, "", "text", -1e3])


def random_auth(rng):
    user = rng.choice(["user", "", "u\u00fcser", "00000000-0000-0000-0000-000000000000", "<token>", "robot$x"])
    password = rng.choice(["EXAMPLEexample1", "", "pass:word:EXAMPLE", "EXAMPLE\n", "\u00fcEXAMPLE", "E\0X"])
    text = base64.b64encode(f"{user}{maybe(rng, 0.05, '', ':')}{password}".encode()).decode()
    form = rng.random()
    if form < 0.2:
        text = text.rstrip("=")
    elif form < 0.25:
        text += rng.choice(["=", "\n", " ", "==", "\r\n", "A", "*", "\t"])
    elif form < 0.3:
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice(["\n", "=", "-", " ", "\u00e9", "\r"]) + text[at:]
    return text


def random_entry(rng):
    if rng.random() < 0.04:
        return random_value(rng)
    members = []
    for name in ("username", "password", "email", "auth", "auth", "identitytoken", "registrytoken", "extra"):
        if rng.random() < 0.35:
            value = random_auth(rng) if name == "auth" else rng.choice(["user", "EXAMPLEexample2", "", "\u00e9"])
            members.append((random_name(rng, name), maybe(rng, 0.02, random_value(rng), value)))
    rng.shuffle(members)
    return members


def random_auths(rng):
    if rng.random() < 0.05:
        return random_value(rng)
    keys = ["docker.io", "https://index.docker.io/v1/", "reg.example.com", "reg.example.com", "*.example.com", "ü", ""]
    return [(rng.choice(keys), random_entry(rng)) for _ in range(rng.randrange(4))]


def random_config(rng):
    members = [(random_name(rng, "auths"), random_auths(rng)) for _ in range(rng.choice([0, 1, 1, 1, 1, 1, 2, 3]))]
    if rng.random() < 0.1:
        members.append((random_name(rng, "HttpHeaders"), maybe(rng, 0.3, random_value(rng), [("User-Agent", "x")])))
    if rng.random() < 0.1:
        members.append((rng.choice(["credsStore", "plugins", "other"]), random_value(rng)))
    rng.shuffle(members)
    return maybe(rng, 0.01, random_value(rng), members)


def as_text(rng, value):
    """JSON with the members of an object in the order of the list, repeated ones too."""
    if isinstance(value, list) and all(isinstance(member, tuple) for member in value):
        members = (f"{json.dumps(name, ensure_ascii=rng.random() < 0.5)}:{as_text(rng, member)}" for name, member in value)
        return "{" + ",".join(members) + "}"
    return json.dumps(value, ensure_ascii=rng.random() < 0.5)


def mangled(rng, text):
    form = rng.random()
    if form < 0.9:
        return text
    if form < 0.95:
        at = rng.randrange(len(text) + 1)
        return text[:at] + rng.choice(["", ",", "}", "\t", " ", '"', "\\", "null"]) + text[at:]
    return text + rng.choice(["{}", " ", "\n", "x", ",", "}"])


@pytest.mark.parametrize("command,legacy", [("config", False), ("legacy", True)])
def test_random_configs(probe, command, legacy):
    rng, outcomes = random.Random(SEED + 3), Counter()
    for _ in range(CONFIGS):
        text = mangled(rng, as_text(rng, random_auths(rng) if legacy else random_config(rng)))
        if not text:
            continue
        try:
            entries = kubelet_rules.decode_config(text, legacy)
            expected = " ".join(f"{key.hex()}:{user.hex()}:{password.hex()}" for key, (user, password) in entries.items())
            outcomes["decoded" if entries else "nothing"] += 1
        except kubelet_rules.Blocked:
            expected = "blocks"
            outcomes["blocked"] += 1
        probe.tell("reset")
        probe.ask(command, text.encode(), expected=expected, about=text)
    probe.check()
    assert all(outcomes[name] >= CONFIGS // 20 for name in ("decoded", "nothing", "blocked")), outcomes
