"""HTTP as src/net does it, against nginx and against servers that do what no good server does.

What is driven is net-get (net_get.c): it takes commands, and prints a line for each event.
"""
import gzip
import hashlib
import random
import ssl
import subprocess
import time
from collections import Counter
from email.utils import formatdate

import pytest
from net_servers import HttpProxy, Nginx, Pki, Server, SocksProxy, always, free_port

QUEUE_BYTES = 1024 * 1024
BIG_BYTES = 50 * 1000 * 1000
TOKEN = "Bearer made-up-token-4711"


class Event(dict):
    """What net-get printed in one line: type, ms, owner and the fields of its type."""

    def __init__(self, line):
        kind, ms, owner, *fields = line.rstrip("\n").split("\t")
        super().__init__(field.partition("=")[::2] for field in fields)
        self.type, self.ms, self.owner = kind, int(ms), owner


class Run:
    """All events of one net-get."""

    def __init__(self, lines, seconds):
        self.text, self.seconds = "".join(lines), seconds
        self.refused = [line.split("\t")[1].strip() for line in lines if line.startswith("REFUSED")]
        events = [Event(line) for line in lines if not line.startswith("REFUSED")]
        self.runs = [event for event in events if event.type == "RAN"]
        self.events = [event for event in events if event.type != "RAN"]

    def of(self, owner):
        return [event for event in self.events if event.owner == owner]

    def end(self, owner="a"):
        ends = [event for event in self.of(owner) if event.type == "END"]
        assert len(ends) == 1 and self.of(owner)[-1] is ends[0], self.text
        return ends[0]

    def types(self, owner="a"):
        return [event.type for event in self.of(owner)]

    def head(self, owner="a"):
        return next(event for event in self.of(owner) if event.type == "HEAD")

    def waits(self, owner="a"):
        return [event for event in self.of(owner) if event.type == "WAIT"]

    @property
    def peak_kib(self):
        return int(self.runs[-1]["peak_kib"])


@pytest.fixture
def program(build):
    path = build / "tests/unit/net/net-get"
    assert path.exists(), f"{path} is not built: make"
    return path


@pytest.fixture
def net(program):
    def run(*commands, queue=QUEUE_BYTES, env=None, seconds=60):
        """Each command: (word, ...) with a dict for key=value. Without a `run` one is added."""
        text = ""
        for command in commands:
            for part in command:
                words = [f"{key}={value}" for key, value in part.items()] if isinstance(part, dict) else [str(part)]
                text += "".join(word + "\t" for word in words)
            text = text.rstrip("\t") + "\n"
        if not any(command[0] == "run" for command in commands):
            text += "run\n"
        start = time.monotonic()
        done = subprocess.run([program, str(queue)], input=text.encode(), capture_output=True, timeout=seconds, env=env)
        assert done.returncode == 0, done.stderr.decode()
        assert b"made-up-token" not in done.stdout + done.stderr
        return Run(done.stdout.decode().splitlines(keepends=True), time.monotonic() - start)
    return run


@pytest.fixture(scope="session")
def pki(tmp_path_factory):
    return Pki(tmp_path_factory.mktemp("net") / "pki")


@pytest.fixture(scope="session")
def nginx(tmp_path_factory, pki):
    server = Nginx(tmp_path_factory.mktemp("nginx"), pki)
    rng = random.Random(20261125)
    (server.root / "big").write_bytes(rng.randbytes(BIG_BYTES))
    (server.root / "small").write_bytes(b"hello")
    (server.root / "list.json").write_bytes(b'{"kind":"SecretList"}' * 50000)
    for i in range(8):
        (server.root / f"part{i}").write_bytes(rng.randbytes(300000 + i * 77777))
    yield server
    server.stop()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def origin(url, name="A", **options):
    return "origin", name, {"url": url, **options}


def send(owner="a", to="A", path="/", **options):
    return "send", owner, to, {"path": path, **options}


# --- bodies, whole and slowly read ---

@pytest.mark.parametrize("kind", ["h2", "h1", "plain"])
def test_a_body_of_50_mb_and_a_slow_reader(net, nginx, pki, kind):
    """Nothing is lost and memory does not follow the body, whatever the size of the queue."""
    expected = sha256((nginx.root / "big").read_bytes())
    for queue in (64 * 1024, QUEUE_BYTES):
        run = net(origin(nginx.url(kind), ca=pki.ca), ("nap", 200), send(path="/small"), send("b", path="/big"), queue=queue)
        assert run.end()["body"] == "hello"
        assert run.end("b")["failure"] == "OK"
        assert run.end("b")["sha256"] == expected
        assert int(run.end("b")["wire"]) == BIG_BYTES
        assert run.peak_kib < 20 * 1024


@pytest.mark.parametrize("kind", ["h2", "h1", "plain"])
@pytest.mark.parametrize("queue", [1, 40000, QUEUE_BYTES])
def test_many_at_once_through_a_queue_that_is_always_full(net, nginx, pki, kind, queue):
    run = net(origin(nginx.url(kind), ca=pki.ca), ("nap", 50),
              *[send(f"t{i}", path=f"/part{i % 8}") for i in range(80)], queue=queue)
    for i in range(80):
        assert run.end(f"t{i}")["failure"] == "OK"
        assert run.end(f"t{i}")["sha256"] == sha256((nginx.root / f"part{i % 8}").read_bytes())


@pytest.mark.parametrize("kind", ["h2", "h1"])
def test_a_reader_that_stops_is_no_reason_for_a_timeout(net, nginx, pki, kind):
    """Longer than all three timeouts. The body is larger than what sockets buffer."""
    run = net(origin(nginx.url(kind), ca=pki.ca),
              send(path="/big", idle=300, connect=300, whole=2500), ("run", 20), ("sleep", 3500), ("run",), queue=100000)
    assert run.end()["failure"] == "OK", run.text
    assert run.end()["sha256"] == sha256((nginx.root / "big").read_bytes())
    assert run.end().ms > 3000


def test_a_small_answer_does_not_wait_for_a_large_one(net, nginx, pki):
    run = net(origin(nginx.url("h1"), ca=pki.ca), ("nap", 300), send("b", path="/big"), send(path="/small"))
    assert run.end().ms < run.end("b").ms / 2


def test_gzip_is_asked_for_and_unpacked(net, nginx, pki):
    body = (nginx.root / "list.json").read_bytes()
    run = net(origin(nginx.url("h2"), ca=pki.ca), send(path="/list.json", compressed=1), send("b", path="/list.json"))
    for owner in "ab":
        assert run.end(owner)["sha256"] == sha256(body)
    assert int(run.end()["wire"]) < len(body) / 20
    assert int(run.end("b")["wire"]) == len(body)
    assert run.head()["type"] == "application/json"


def test_gzip_that_nobody_asked_for_is_unpacked_too(net):
    packed = gzip.compress(b"hello")
    with Server(always(lambda c, r: c.answer("200 OK", packed, "Content-Encoding: gzip"))) as server:
        run = net(origin(server.url()), send())
        assert run.end()["body"] == "hello"
        assert server.requests[0][1]["accept-encoding"] == "identity"


def test_broken_gzip_is_no_answer(net):
    packed = bytearray(gzip.compress(random.Random(1).randbytes(5000)))
    packed[100:110] = b"\0" * 10
    packed[-6] ^= 1
    with Server(always(lambda c, r: c.answer("200 OK", packed, "Content-Encoding: gzip"))) as server:
        run = net(origin(server.url()), send(compressed=1, retries=3))
        assert run.end()["failure"] == "PROTOCOL"
        assert len(server.requests) == 1


def test_bytes_behind_gzip_are_no_answer(net):
    with Server(always(lambda c, r: c.answer("200 OK", gzip.compress(b"hello") + b"junk", "Content-Encoding: gzip"))) as server:
        run = net(origin(server.url()), send(compressed=1))
        assert run.end()["failure"] == "PROTOCOL" and run.end()["body"] == "hello"


def test_a_bomb_does_not_fill_the_memory(net):
    bomb = gzip.compress(b"\0" * 200_000_000)  # 1,000 times smaller
    with Server(always(lambda c, r: c.answer("200 OK", bomb, "Content-Encoding: gzip"))) as server:
        run = net(origin(server.url()), send(compressed=1))
        assert int(run.end()["bytes"]) == 200_000_000
        assert run.peak_kib < 64 * 1024


# --- connections ---

def test_one_connection_of_http_2_serves_all(net, nginx, pki):
    nginx.log()
    net(origin(nginx.url("h2"), ca=pki.ca), *[send(f"t{i}", path="/small") for i in range(50)])
    lines = nginx.log()
    assert len(lines) == 50
    assert {protocol for _, protocol, _, _ in lines} == {"HTTP/2.0"}
    assert len({connection for connection, _, _, _ in lines}) == 1


@pytest.mark.parametrize("kind", ["h1", "plain"])
def test_connections_of_http_1_are_kept_and_no_more_than_allowed(net, nginx, pki, kind):
    nginx.log()
    net(origin(nginx.url(kind), ca=pki.ca, connections=3), *[send(f"t{i}", path="/small") for i in range(50)], ("run",),
        *[send(f"u{i}", path="/small") for i in range(50)], ("run",))
    lines = nginx.log()
    assert len(lines) == 100
    assert {protocol for _, protocol, _, _ in lines} == {"HTTP/1.1"}
    assert len({connection for connection, _, _, _ in lines}) <= 3


def test_the_cap_holds_while_answers_take_time(net):
    with Server(always(lambda c, r: (time.sleep(0.05), c.answer("200 OK", b"x")))) as server:
        run = net(origin(server.url(), connections=5), *[send(f"t{i}") for i in range(40)])
        assert all(run.end(f"t{i}")["body"] == "x" for i in range(40))
        assert server.most_open == 5 and server.connections == 5


def test_waiting_for_a_connection_counts_for_no_timeout(net):
    """40 transfers over one connection take longer together than each of them may."""
    with Server(always(lambda c, r: (time.sleep(0.05), c.answer("200 OK", b"x")))) as server:
        run = net(origin(server.url(), connections=1),
                  *[send(f"t{i}", connect=400, idle=400, whole=400) for i in range(40)])
        assert all(run.end(f"t{i}")["failure"] == "OK" for i in range(40)), run.text
        assert run.end("t39").ms > 1900


def test_the_rate_limit_holds(net):
    with Server(always(lambda c, r: c.answer("200 OK", b"x"))) as server:
        run = net(origin(server.url(), rate=20, burst=5), *[send(f"t{i}") for i in range(25)])
        ends = sorted(run.end(f"t{i}").ms for i in range(25))
        assert ends[4] < 500 and 900 < ends[-1] < 2500


def test_a_kept_connection_that_the_server_closed_costs_no_failure(net):
    def once(connection):
        connection.request()
        connection.answer("200 OK", b"x")
    with Server(once) as server:
        run = net(origin(server.url()), send(), ("run",), ("sleep", 200), send("b"), ("run",))
        assert run.end("b")["failure"] == "OK" and server.connections == 2


def test_twenty_servers_of_which_some_hang(net):
    """The others are as fast as alone."""
    def hang(connection):
        connection.hang()
    hanging = [Server(hang) for _ in range(5)]
    good = [Server(always(lambda c, r: c.answer("200 OK", b"x" * 100000))) for _ in range(15)]
    servers = hanging + good
    commands = [origin(server.url(), name=f"S{i}") for i, server in enumerate(servers)]
    commands += [send(f"t{i}.{k}", to=f"S{i}", idle=1500) for i in range(20) for k in range(4)]
    run = net(*commands)
    for i in range(20):
        for k in range(4):
            end = run.end(f"t{i}.{k}")
            if i < 5:
                assert end["failure"] == "TIMEOUT" and 1400 < end.ms < 2500
            else:
                assert end["bytes"] == "100000" and end.ms < 1000
    for server in servers:
        server.close()


# --- TLS ---

def tls_server(pki, **how):
    return Server(always(lambda c, r: c.answer("200 OK", b"secret")), pki.context(**how))


def check_tls_failure(run, *parts):
    end = run.end()
    assert end["failure"] == "TLS", run.text
    for part in parts:
        assert part in end["message"]
    assert run.types() == ["END"]


def test_an_unknown_authority(net, pki):
    with tls_server(pki) as server:
        run = net(origin(server.url()), send(retries=3))
        check_tls_failure(run, "unknown authority")
        run = net(origin(server.url(), ca=pki.authority("other")), send(retries=3))
        check_tls_failure(run, "unknown authority")
        assert not server.requests


def test_a_certificate_for_another_name(net, pki):
    with tls_server(pki, name="elsewhere", names="DNS:elsewhere.example") as server:
        check_tls_failure(net(origin(server.url(), ca=pki.ca), send(retries=3)), "another name", "localhost")
        check_tls_failure(net(origin(server.url("127.0.0.1"), ca=pki.ca), send()), "another name", "127.0.0.1")


def test_an_expired_certificate(net, pki):
    with tls_server(pki, name="expired", days=-1) as server:
        check_tls_failure(net(origin(server.url(), ca=pki.ca), send(retries=3)), "has expired")


def test_insecure_takes_any_certificate(net, pki):
    with tls_server(pki, name="expired", days=-1) as server:
        assert net(origin(server.url(), insecure=1), send()).end()["body"] == "secret"


def test_another_server_name_is_sent_and_verified(net, pki):
    """And the Host header stays the real one."""
    seen = []
    context = pki.context(name="elsewhere", names="DNS:elsewhere.example")
    context.sni_callback = lambda sock, name, context: seen.append(name)
    with Server(always(lambda c, r: c.answer("200 OK", b"x")), context) as server:
        for host in ("127.0.0.1", "localhost"):
            run = net(origin(server.url(host), ca=pki.ca, sni="elsewhere.example"), send())
            assert run.end()["body"] == "x", run.text
            assert server.requests[-1][1]["host"] == f"{host}:{server.port}"
        assert seen == ["elsewhere.example"] * 2
        run = net(origin(server.url(), ca=pki.ca, sni="other.example"), send())
        check_tls_failure(run, "another name")


def test_another_server_name_over_http_2(net, nginx, pki):
    run = net(origin(nginx.url("h2"), ca=pki.ca, sni="127.0.0.1"), send(path="/small"))
    assert run.end()["body"] == "hello"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_client_certificate_that_is_wanted(net, pki, version):
    certificate, key = pki.signed("client")
    with tls_server(pki, client_ca=pki.ca, tls=version) as server:
        check_tls_failure(net(origin(server.url(), ca=pki.ca), send(retries=3)))
        run = net(origin(server.url(), ca=pki.ca, cert=certificate, key=key), send())
        assert run.end()["body"] == "secret"
        stranger, stranger_key = pki.signed("stranger", by="stranger-ca") if pki.authority("stranger-ca") else None
        check_tls_failure(net(origin(server.url(), ca=pki.ca, cert=stranger, key=stranger_key), send(retries=3)))


def test_a_key_that_is_none_of_the_certificate(net, pki):
    certificate, _ = pki.signed("client")
    _, key = pki.signed("server")
    with tls_server(pki, client_ca=pki.ca) as server:
        run = net(origin(server.url(), ca=pki.ca, cert=certificate, key=key), send(retries=3))
        check_tls_failure(run, "client's certificate or key")


def test_a_key_with_a_pass_phrase_asks_nobody(net, pki):
    certificate, key = pki.signed("client")
    locked = pki.folder / "locked.key"
    pki.openssl("pkey", "-in", str(key), "-out", str(locked), "-aes256", "-passout", "pass:made-up")
    with tls_server(pki, client_ca=pki.ca) as server:
        run = net(origin(server.url(), ca=pki.ca, cert=certificate, key=locked), send(), seconds=10)
        check_tls_failure(run, "client's certificate or key")


def test_authorities_that_are_none(net, pki, tmp_path):
    (tmp_path / "no.crt").write_text("this is no certificate\n")
    with tls_server(pki) as server:
        check_tls_failure(net(origin(server.url(), ca=tmp_path / "no.crt"), send(retries=3)))


def test_connections_are_never_shared_between_logins(net, pki):
    """Same host, same port: one origin for each client certificate, one with other authorities, one insecure."""
    def tell_peer(connection, request):
        names = dict(part[0] for part in connection.sock.getpeercert()["subject"])
        connection.answer("200 OK", names["commonName"].encode())
    pairs = {name: pki.signed(name) for name in ("alice", "bob")}
    with Server(always(tell_peer), pki.context(client_ca=pki.ca)) as server:
        commands = [origin(server.url(), name=name, ca=pki.ca, cert=pair[0], key=pair[1]) for name, pair in pairs.items()]
        commands += [origin(server.url(), name="wrong", ca=pki.authority("other"), cert=pairs["bob"][0], key=pairs["bob"][1]),
                     origin(server.url(), name="insecure", insecure=1, cert=pairs["bob"][0], key=pairs["bob"][1])]
        for turn in range(3):
            commands += [send(f"{name}{turn}", to=name) for name in ("insecure", "alice", "bob", "wrong")] + [("run",)]
        run = net(*commands)
        for turn in range(3):
            assert run.end(f"alice{turn}")["body"] == "alice"
            assert run.end(f"bob{turn}")["body"] == "bob"
            assert run.end(f"insecure{turn}")["body"] == "bob"
            assert run.end(f"wrong{turn}")["failure"] == "TLS"


# --- faults, and what is tried again ---

def test_nobody_listens(net):
    port = free_port()
    run = net(origin(f"http://127.0.0.1:{port}"), send(retries=2), send("b"))
    assert run.types() == ["WAIT", "WAIT", "END"] and run.types("b") == ["END"]
    assert run.end()["failure"] == "CONNECT" and "cannot connect" in run.end()["message"]
    assert [wait["failure"] for wait in run.waits()] == ["CONNECT"] * 2
    assert int(run.waits()[0]["wait"]) <= 250 and int(run.waits()[1]["wait"]) <= 500


@pytest.mark.parametrize("how", ["length", "chunked", "reset"])
def test_a_body_that_breaks_off(net, how):
    def cut(connection):
        connection.request()
        if how == "chunked":
            connection.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n20\r\nwor")
        else:
            connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhellowor")
        if how == "reset":
            time.sleep(0.2)
            connection.reset()
    with Server(cut) as server:
        run = net(origin(server.url()), send(retries=3))
        assert run.types() == ["HEAD", "END"]
        assert run.end()["failure"] == "CUT" and run.end()["body"] == "hellowor"
        assert server.connections == 1


def test_a_connection_that_breaks_before_the_answer_is_tried_again(net):
    def third_time(connection):
        connection.request()
        if connection.number == 1:
            connection.reset()
        elif connection.number == 2:
            connection.write(b"HTTP/1.1 20")
        else:
            connection.answer("200 OK", b"x")
    with Server(third_time) as server:
        run = net(origin(server.url()), send(retries=5))
        assert run.types() == ["WAIT", "WAIT", "HEAD", "END"]
        assert run.end()["body"] == "x"
        assert run.waits()[0]["failure"] == "CUT"


def test_a_handshake_that_breaks_is_tried_again(net, pki):
    context = pki.context()

    def second_time(connection):
        if connection.number == 1:
            connection.reset()
            return
        connection.sock = context.wrap_socket(connection.sock, server_side=True)
        connection.file = connection.sock.makefile("rb")
        connection.request()
        connection.answer("200 OK", b"x")
    with Server(second_time) as server:
        run = net(origin(server.url(scheme="https"), ca=pki.ca), send(retries=1))
        assert run.types() == ["WAIT", "HEAD", "END"], run.text
        assert run.waits()[0]["failure"] == "CONNECT"


def test_http_2_whose_server_dies(program, nginx, pki):
    """In the middle of a body it is a cut; what is asked later goes to the server that came in its place."""
    with subprocess.Popen([program, "50000"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.stdin.write(f"origin\tA\turl={nginx.url('h2')}\tca={pki.ca}\nnap\t2000\n"
                            "send\ta\tA\tpath=/big\tretries=3\nrun\t200\n")
        process.stdin.flush()
        lines = [process.stdout.readline()]
        while not lines[-1].startswith("RAN"):
            lines.append(process.stdout.readline())
        nginx.kill_workers()
        out, _ = process.communicate("nap\t0\nrun\nsend\tb\tA\tpath=/small\tretries=3\nrun\n", timeout=30)
    run = Run(lines + out.splitlines(keepends=True), 0)
    assert run.types() == ["HEAD", "END"] and run.end()["failure"] == "CUT", run.text
    assert run.end("b")["body"] == "hello"


@pytest.mark.parametrize("kind", ["goaway", "narrow"])
@pytest.mark.parametrize("queue", [1, QUEUE_BYTES])
def test_http_2_that_allows_little(net, nginx, pki, kind, queue):
    """GOAWAY after each 20 requests, or three streams at a time."""
    run = net(origin(nginx.url(kind), ca=pki.ca), *[send(f"t{i}", path=f"/part{i % 8}", retries=8) for i in range(150)],
              queue=queue)
    for i in range(150):
        assert run.end(f"t{i}")["failure"] == "OK", run.text
        assert run.end(f"t{i}")["sha256"] == sha256((nginx.root / f"part{i % 8}").read_bytes())


def answers(*given):
    """A talk that answers the n-th request of the server with the n-th (status, *headers), the last one again and again."""
    def answer(connection, request):
        status, *headers = given[min(len(connection.server.requests), len(given)) - 1]
        connection.answer(status, status.encode(), *headers)
    return always(answer)


@pytest.mark.parametrize("status", ["429 Too Many Requests", "502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"])
def test_later_is_tried_again_over_the_same_connection(net, status):
    with Server(answers((status,), ("200 OK",))) as server:
        run = net(origin(server.url()), send(retries=3))
        assert run.types() == ["WAIT", "HEAD", "END"] and run.end()["body"] == "200 OK"
        assert run.waits()[0]["status"] == status[:3] and status[:3] in run.waits()[0]["message"]
        assert server.connections == 1


@pytest.mark.parametrize("status", ["400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found", "410 Gone",
                                    "500 Internal Server Error", "501 Not Implemented", "301 Moved Permanently"])
def test_other_statuses_are_answers(net, status):
    with Server(answers((status, "Location: /other"))) as server:
        run = net(origin(server.url()), send(retries=3))
        assert run.types() == ["HEAD", "END"]
        assert run.head()["status"] == status[:3] and run.end()["body"] == status and run.end()["failure"] == "OK"
        assert len(server.requests) == 1


def test_the_last_refusal_is_delivered(net):
    with Server(answers(("503 Service Unavailable", "Content-Type: text/plain; charset=x"))) as server:
        run = net(origin(server.url()), send(retries=2))
        assert run.types() == ["WAIT", "WAIT", "HEAD", "END"]
        assert run.head()["status"] == "503" and run.head()["type"] == "text/plain"
        assert run.end()["body"] == "503 Service Unavailable"
        assert len(server.requests) == 3


def test_retry_after_in_seconds(net):
    with Server(answers(("429 Too Many Requests", "Retry-After: 1"), ("200 OK",))) as server:
        run = net(origin(server.url()), send(retries=1))
        assert run.waits()[0]["wait"] == "1000"
        assert 1000 <= run.end().ms < 2000


def test_retry_after_as_a_date_by_the_servers_clock(net):
    past = 1_000_000_000
    head = ("503 Service Unavailable", f"Date: {formatdate(past, usegmt=True)}",
            f"Retry-After: {formatdate(past + 2, usegmt=True)}")
    with Server(answers(head, ("200 OK",))) as server:
        run = net(origin(server.url()), send(retries=1))
        assert run.waits()[0]["wait"] == "2000"
        assert 2000 <= run.end().ms < 3000


def test_retry_after_that_is_too_long_ends_it(net):
    with Server(answers(("429 Too Many Requests", "Retry-After: 61"), ("200 OK",))) as server:
        run = net(origin(server.url()), send(retries=3))
        assert run.types() == ["HEAD", "END"] and run.head()["status"] == "429"


def test_what_a_refusal_says_is_not_read_for_ever(net):
    def endless(connection):
        connection.request()
        if connection.number > 1:
            connection.answer("200 OK", b"x")
            return
        connection.write(b"HTTP/1.1 503 No\r\nContent-Length: 1000000000\r\n\r\n")
        while True:
            connection.write(b"x" * 65536)
    with Server(endless) as server:
        run = net(origin(server.url()), send(retries=1))
        assert run.types() == ["WAIT", "HEAD", "END"] and run.seconds < 5


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_only_get_is_tried_again(net, method):
    with Server(answers(("503 Service Unavailable",))) as server:
        run = net(origin(server.url()), send(method=method, body="{}", body_type="application/json", retries=3))
        assert run.types() == ["HEAD", "END"]
        first, headers, body = server.requests[0]
        assert first.startswith(method) and headers["content-type"] == "application/json" and body == b"{}"
        assert "expect" not in headers


def test_head_has_no_body(net, nginx, pki):
    run = net(origin(nginx.url("h2"), ca=pki.ca), send(path="/big", method="HEAD"))
    assert run.head()["status"] == "200" and run.end()["bytes"] == "0"


# --- timeouts ---

def test_no_connection_in_time(net, pki):
    """A server that accepts and never shakes hands."""
    with Server(lambda connection: connection.hang()) as server:
        run = net(origin(server.url(scheme="https"), ca=pki.ca), send(connect=400, retries=1))
        assert run.types() == ["WAIT", "END"]
        assert run.end()["failure"] == "TIMEOUT" and "no connection" in run.end()["message"]
        assert "0.400 s" in run.end()["message"]
        assert 800 < run.end().ms < 2500


def test_no_byte_in_time(net):
    def stall(connection):
        connection.request()
        connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel")
        connection.hang()
    with Server(stall) as server:
        run = net(origin(server.url()), send(idle=400, retries=3))
        assert run.types() == ["HEAD", "END"]
        assert run.end()["failure"] == "TIMEOUT" and "no byte" in run.end()["message"] and run.end()["body"] == "hel"
        assert 350 < run.end().ms < 1500


def test_bytes_that_drip_are_no_idle_time_but_the_whole_has_an_end(net):
    def drip(connection):
        connection.request()
        connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            connection.write(b"x")
            time.sleep(0.1)
    with Server(drip) as server:
        run = net(origin(server.url()), send(idle=300, whole=1500), send("b", idle=300, whole=700))
        assert run.end()["failure"] == run.end("b")["failure"] == "TIMEOUT"
        assert "not complete" in run.end()["message"]
        assert 1400 < run.end().ms < 2500 and 600 < run.end("b").ms < 1400


def test_no_answer_in_time_is_tried_again(net):
    def second_time(connection):
        connection.request()
        if connection.number == 1:
            connection.hang()
        connection.answer("200 OK", b"x")
    with Server(second_time) as server:
        run = net(origin(server.url()), send(idle=300, retries=1))
        assert run.types() == ["WAIT", "HEAD", "END"] and run.waits()[0]["failure"] == "TIMEOUT"


# --- proxies ---

def proxied(pki):
    return tls_server(pki, name="inside", names="DNS:inside.example")


@pytest.mark.parametrize("form", ["proxy", "secret_proxy"])
def test_a_proxy_that_wants_a_login(net, pki, form):
    with proxied(pki) as server, HttpProxy("user:made-up-token@1") as proxy:
        url = f"https://inside.example:{server.port}"
        right = {form: f"http://user:made-up-token%401@127.0.0.1:{proxy.port}"}
        run = net(origin(url, ca=pki.ca, **right), send(authorization=TOKEN))
        assert run.end()["body"] == "secret"
        assert server.requests[0][1]["authorization"] == TOKEN
        first, headers, _ = proxy.requests[0]
        assert first == f"CONNECT inside.example:{server.port} HTTP/1.1"
        assert "authorization" not in headers
        for wrong in (f"http://user:made-up-token-wrong@127.0.0.1:{proxy.port}", f"http://127.0.0.1:{proxy.port}"):
            before = len(proxy.requests)
            run = net(origin(url, ca=pki.ca, **{form: wrong}), send(retries=3))
            assert run.types() == ["END"] and run.end()["failure"] == "PROXY" and "407" in run.end()["message"]
            assert len(proxy.requests) == before + 1


def test_a_proxy_with_another_server_name(net, pki):
    with proxied(pki) as server, HttpProxy() as proxy:
        run = net(origin(f"https://10.1.2.3:{server.port}", ca=pki.ca, sni="inside.example",
                         proxy=f"http://127.0.0.1:{proxy.port}"), send())
        assert run.end()["body"] == "secret", run.text
        assert proxy.requests[0][0] == f"CONNECT 10.1.2.3:{server.port} HTTP/1.1"
        assert server.requests[0][1]["host"] == f"10.1.2.3:{server.port}"


def test_a_proxy_over_tls(net, pki):
    with proxied(pki) as server, HttpProxy(context=pki.context()) as proxy:
        run = net(origin(f"https://inside.example:{server.port}", ca=pki.ca, proxy=f"https://localhost:{proxy.port}"), send())
        assert run.end()["body"] == "secret", run.text


def test_a_socks_proxy_resolves_names(net, pki):
    with proxied(pki) as server, SocksProxy("user:made-up-token") as proxy:
        url = f"https://inside.example:{server.port}"
        run = net(origin(url, ca=pki.ca, proxy=f"socks5://user:made-up-token@127.0.0.1:{proxy.port}"), send())
        assert run.end()["body"] == "secret", run.text
        assert proxy.asked == [(3, "inside.example", server.port)]
        run = net(origin(url, ca=pki.ca, proxy=f"socks5://user:made-up-token-wrong@127.0.0.1:{proxy.port}"), send(retries=3))
        assert run.types() == ["END"] and run.end()["failure"] == "PROXY"


def test_no_proxy_listens(net):
    run = net(origin("https://inside.example", proxy=f"http://127.0.0.1:{free_port()}"), send(retries=1))
    assert run.types() == ["WAIT", "END"] and run.end()["failure"] == "PROXY"


def test_the_environment_and_netrc_are_not_asked(net, tmp_path):
    (tmp_path / ".netrc").write_text("machine localhost login made-up password made-up-token\n")
    dead = f"http://127.0.0.1:{free_port()}"
    with Server(always(lambda c, r: c.answer("200 OK", b"x", "Set-Cookie: a=b"))) as server:
        run = net(origin(server.url()), send(), ("run",), send("b"), ("run",),
                  env={"HOME": str(tmp_path), "http_proxy": dead, "https_proxy": dead, "ALL_PROXY": dead, "all_proxy": dead})
        assert run.end()["body"] == run.end("b")["body"] == "x", run.text
        assert not {"authorization", "cookie"} & set(server.requests[0][1]) | set(server.requests[1][1]) & {"cookie"}


# --- ending early ---

def hanging_transfers():
    def stall(connection):
        connection.request()
        connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel")
        connection.hang()
    return Server(stall)


@pytest.mark.parametrize("stop", [[("run", 300), ("stop",)], [("alarm", 300000)]])
def test_stop_ends_what_hangs_at_once(net, pki, stop):
    """Bodies, handshakes, a line for a connection, and a pause before a retry."""
    with hanging_transfers() as bodies, Server(lambda c: c.hang()) as handshakes, \
            Server(answers(("503 Service Unavailable", "Retry-After: 50"))) as later:
        commands = [origin(bodies.url(), name="B", connections=5), origin(handshakes.url(scheme="https"), name="H", ca=pki.ca),
                    origin(later.url(), name="L")]
        commands += [send(f"b{i}", to="B") for i in range(10)] + [send(f"h{i}", to="H") for i in range(10)]
        commands += [send("l", to="L", retries=1)]
        run = net(*commands, *stop, ("run",), send("after", to="B"), ("run",))
        owners = [f"b{i}" for i in range(10)] + [f"h{i}" for i in range(10)] + ["l", "after"]
        assert all(run.end(owner)["failure"] == "CANCELLED" for owner in owners)
        assert max(run.end(owner).ms for owner in owners) < 1300
        assert run.seconds < 3


def test_cancel_ends_one_and_no_other(net):
    with hanging_transfers() as server:
        run = net(origin(server.url()), send(), send("b", idle=900), ("run", 300), ("cancel", "a"), ("run",))
        assert run.end()["failure"] == "CANCELLED" and run.end().ms < 700
        assert run.end("b")["failure"] == "TIMEOUT" and run.end("b")["body"] == "hel"


def test_cancel_while_the_queue_is_full(net, nginx, pki):
    for kind in ("h2", "h1"):
        run = net(origin(nginx.url(kind), ca=pki.ca), send(path="/big"), send("b", path="/part0"), ("nap", 5000), ("run", 150),
                  ("cancel", "a"), ("nap", 0), ("run",), queue=50000)
        assert run.end()["failure"] == "CANCELLED" and run.end().ms < 1500
        assert run.end("b")["sha256"] == sha256((nginx.root / "part0").read_bytes())


def test_the_end_of_the_program_does_not_wait_for_anybody(net):
    with hanging_transfers() as server:
        run = net(origin(server.url()), *[send(f"t{i}") for i in range(10)], ("run", 200))
        assert run.seconds < 2


# --- answers that are none, and requests that are none ---

@pytest.mark.parametrize("answer", ids=["text", "ssh", "long head"], argvalues=[b"hello, this is no HTTP\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n",
                                    b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (i, b"y" * 4000) for i in range(80)) + b"\r\n"])
def test_answers_that_are_no_http(net, answer):
    def talk(connection):
        connection.request()
        connection.write(answer)
    with Server(talk) as server:
        run = net(origin(server.url()), send(retries=3))
        assert run.types() == ["END"] and run.end()["failure"] == "PROTOCOL", run.text


def test_tls_where_plain_http_is_spoken(net, nginx):
    check_tls_failure(net(origin(nginx.url("plain").replace("http:", "https:"), insecure=1), send(retries=3)))


def test_interim_answers_are_read_over(net):
    def talk(connection):
        connection.request()
        connection.write(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
    with Server(talk) as server:
        run = net(origin(server.url()), send())
        assert run.types() == ["HEAD", "END"] and run.head()["status"] == "200"


def test_a_message_cannot_move_the_cursor(net, pki):
    with tls_server(pki, name="ansi", names="DNS:\\x1b[31mred.example") as server:
        message = net(origin(server.url(), ca=pki.ca), send()).end()["message"]
        assert "\x1b" not in message


def test_the_headers_of_a_request(net):
    with Server(always(lambda c, r: c.answer("200 OK", b"x"))) as server:
        net(origin(server.url("127.0.0.1") + "/prefix/"),
            send(path="/api/v1/pods?limit=5&x=../%2e", accept="application/json;q=0.9", authorization=TOKEN,
                 header="Impersonate-User:alice"))
        first, headers, _ = server.requests[0]
        assert first == "GET /prefix/api/v1/pods?limit=5&x=../%2e HTTP/1.1"
        assert headers["accept"] == "application/json;q=0.9" and headers["authorization"] == TOKEN
        assert headers["impersonate-user"] == "alice" and headers["user-agent"] == "fother"
        assert headers["host"] == f"127.0.0.1:{server.port}"


@pytest.mark.parametrize("url, part", [
    ("ftp://127.0.0.1", "https"), ("https://user:made-up-token@127.0.0.1", "login"), ("https://127.0.0.1/?a", "query"),
    ("https://127.0.0.1/#a", "fragment"), ("https://", "URL"), ("nothing", "URL"), ("https://a b", "URL")])
def test_urls_that_are_refused(net, url, part):
    run = net(origin(url))
    assert len(run.refused) == 1 and part in run.refused[0]


def test_proxies_that_are_refused(net):
    run = net(origin("https://127.0.0.1", proxy="ftp://made-up-token@x"), origin("https://127.0.0.1", proxy="socks4://x"))
    assert len(run.refused) == 2 and all("proxy" in said for said in run.refused)


def test_events_come_in_order(net, nginx, pki):
    run = net(origin(nginx.url("h2"), ca=pki.ca), *[send(f"t{i}", path="/part1") for i in range(30)])
    for i in range(30):
        assert run.types(f"t{i}") == ["HEAD", "END"]
    assert Counter(event.type for event in run.events) == {"HEAD": 30, "END": 30}


# --- what registries need ---

def test_a_head_has_no_body_and_its_connection_is_used_again(net):
    def answer(connection, request):
        if request[0].startswith("HEAD"):
            connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nContent-Type: text/a\r\n\r\n")
        else:
            connection.answer("200 OK", b"body")

    with Server(always(answer)) as server:
        run = net(origin(server.url(), connections=1), send("a", method="HEAD"), send("b"), send("c", method="HEAD"), send("d"))
        assert [run.end(owner)["body"] for owner in "abcd"] == ["", "body", "", "body"]
        assert run.head("a")["type"] == "text/a" and server.connections == 1
        assert [first.split()[0] for first, _, _ in server.requests] == ["HEAD", "GET", "HEAD", "GET"]


def test_a_head_is_tried_again(net):
    with Server(answers(("503 Service Unavailable",), ("200 OK",))) as server:
        run = net(origin(server.url()), send(method="HEAD", retries=1))
        assert run.head()["status"] == "200" and len(server.requests) == 2


def test_limits_are_given_out_where_the_owner_waits_himself(net):
    with Server(answers(("429 Too Many Requests", "Retry-After: 1"), ("200 OK",))) as server:
        run = net(origin(server.url()), send(retries=3, limits_are_answers=1))
        assert run.types() == ["HEAD", "END"] and run.head()["status"] == "429" and len(server.requests) == 1
    with Server(answers(("503 Service Unavailable",), ("200 OK",))) as server:
        run = net(origin(server.url()), send(retries=3, limits_are_answers=1))
        assert run.head()["status"] == "200"


def test_a_request_waits_before_it_is_sent_and_may_be_cancelled_meanwhile(net):
    with Server(always(lambda c, r: c.answer("200 OK", b"x"))) as server:
        run = net(origin(server.url()), send("a", delay=400), send("b"), send("c", delay=60000), ("run", 1000), ("cancel", "c"), ("run",))
        assert run.end("b").ms < 400 <= run.end("a").ms
        assert run.end("c")["failure"] == "CANCELLED" and len(server.requests) == 2


def test_headers_of_an_answer_each_by_its_number(net):
    with Server(always(lambda c, r: c.answer("401 Unauthorized", b"", 'WWW-Authenticate: Basic realm="a"', "link: </b>; rel=next",
                                             'www-authenticate: Bearer realm="c"'))) as server:
        head = net(origin(server.url()), send()).head()
        assert (head["challenge0"], head["challenge1"], head["link"]) == ('Basic realm="a"', 'Bearer realm="c"', "</b>; rel=next")


def test_a_body_that_is_secret_is_posted(net):
    with Server(always(lambda c, r: c.answer("200 OK", b"x"))) as server:
        net(origin(server.url()), send(method="POST", secret_body="refresh_token=made-up", body_type="application/x-www-form-urlencoded"), send("b"))
        posted = [request for request in server.requests if request[0].startswith("POST")]
        assert posted[0][2] == b"refresh_token=made-up" and posted[0][1]["content-type"] == "application/x-www-form-urlencoded"
        assert [request[2] for request in server.requests if request[0].startswith("GET")] == [b""]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433"])
def test_hosts_that_lead_inside_are_not_connected_to(net, host):
    with Server(always(lambda c, r: c.answer("200 OK", b"x"))) as server:
        run = net(origin(server.url(host), public_only=1), send(authorization=TOKEN, retries=3))
        assert run.types() == ["END"] and run.end()["failure"] == "CONNECT" and "not public" in run.end()["message"]
        assert server.connections == 0


def test_behind_a_proxy_hosts_are_the_proxys(net):
    with Server(always(lambda c, r: c.answer("200 OK", b"x"))) as server, HttpProxy() as proxy:
        run = net(origin(server.url("made-up.example", "https"), public_only=1, proxy=proxy.url(scheme="http")), send())
        assert "not public" not in run.end()["message"] and proxy.requests
