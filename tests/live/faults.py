"""What a fake server can do wrong: each makes an act(reply, request) for FakeApi.fail().

Faults of lists work in both encodings.
"""
import email.utils
import gzip as gzip_codec
import json
import time

import live.wire as wire
from live.fake_api import Refusal, dump

MIB = 1 << 20
HTML = (b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>" + b"<p>Please sign in to go on.</p>" * 20
        + b"</body></html>\n")


def replace(reply, status, content_type, body, headers=None):
    reply.status, reply.content_type, reply.body, reply.page, reply.stream = status, content_type, body, None, None
    reply.headers.update(headers or {})


def status(code, reason="", message="made-up refusal", metadata=None, **headers):
    """A Status of any code; header names have _ for -."""
    refusal = Refusal(code, reason, message, metadata=metadata)

    def act(reply, request):
        made = request.api.refuse(request, refusal)
        replace(reply, code, made.content_type, made.body, {name.replace("_", "-"): value for name, value in headers.items()})
    return act


def too_many(seconds=None, date_in=None):
    """429 with Retry-After: seconds, or a date so many seconds from when it is sent."""
    def act(reply, request):
        after = str(seconds) if date_in is None else email.utils.formatdate(time.time() + date_in, usegmt=True)
        status(429, "TooManyRequests", "Too many requests, please try again later.", Retry_After=after)(reply, request)
    return act


def html(code=200, body=HTML):
    """A proxy's page."""
    return lambda reply, request: replace(reply, code, "text/html; charset=utf-8", body)


def plain(code, body):
    return lambda reply, request: replace(reply, code, "text/plain; charset=utf-8", body)


def redirect(where, code=302):
    return lambda reply, request: replace(reply, code, "text/html", b"<a>moved</a>\n", {"Location": where})


def content_type(name):
    """The right body under a wrong name."""
    def act(reply, request):
        reply.content_type = name
    return act


def cut(after, chunked=False, reset=False):
    """So many bytes of the body, then the connection ends."""
    def act(reply, request):
        reply.cut, reply.chunked, reply.after = after, chunked, "reset" if reset else "close"
    return act


def no_answer(reset=True):
    """The request is taken, and no byte comes back: a reset, or silence."""
    def act(reply, request):
        reply.silent, reply.after = True, "reset" if reset else "hang"
    return act


def hang(after):
    """So many bytes of the body, then silence."""
    def act(reply, request):
        reply.cut, reply.after = after, "hang"
    return act


def trickle(size, seconds):
    """Pieces of so many bytes, with pauses."""
    def act(reply, request):
        reply.pace = size, seconds
    return act


def gzip(reply, request):
    """As a server does with large answers, where it was asked to."""
    assert "gzip" in request.headers.get("Accept-Encoding", "")
    reply.finish()
    reply.page, reply.body = None, gzip_codec.compress(reply.body)
    reply.headers["Content-Encoding"] = "gzip"


def broken_gzip(reply, request):
    gzip(reply, request)
    reply.body = reply.body[:20] + b"\xff" * 20 + reply.body[40:]


# --- of lists ---

def of_page(change):
    """change(page), which has metadata, items (each encoded) and names."""
    def act(reply, request):
        if reply.page:
            change(reply.page)
    return act


def item(name, make_json, make_protobuf):
    """Another item in place of that of namespace/name."""
    def change(page):
        if name in page.names:
            page.items[page.names.index(name)] = make_protobuf(page.items[page.names.index(name)]) if page.protobuf \
                else make_json(page.items[page.names.index(name)])
    return of_page(change)


def garbage(name):
    """Its braces are right, and nothing else is."""
    return item(name, lambda _: b'{"metadata":{"name":nothing,\x01}}', lambda old: b"\xff" * len(old))


def wrong_types(name):
    """It reads well, and makes no sense."""
    def as_json(old):
        obj = json.loads(old)
        return dump(obj | {"metadata": {"name": ["made", "up"]}})[:-1]

    # Metadata whose name is a number.
    return item(name, as_json, lambda old: wire.field(1, wire.field(1, 7)) + b"".join(
        wire.field(number, value) for number, value in wire.fields(old) if number != 1))


def huge(name, size=9 * MIB):
    """One more piece of data, larger than any object may be."""
    def as_json(old):
        obj = json.loads(old)
        return dump(obj | {"data": obj.get("data", {}) | {"padding": "QUFB" * (size // 4)}})[:-1]

    return item(name, as_json, lambda old: old + wire.field(2, wire.field(1, "padding") + wire.field(2, b"A" * size)))


def null_items(page):
    """Only in JSON: protobuf has no null."""
    if not page.protobuf:
        page.items = None


def empty_but_more(reply, request):
    """A page without items, and a token for where it should have begun: a filter may leave a page empty."""
    reply.page.items, reply.page.names = [], []
    reply.page.metadata["continue"] = request.query.get("continue") or request.api.make_token(
        int(reply.page.metadata["resourceVersion"]), "")


def same_token(token="made-up-token-for-the-same-page"):
    """Whatever is asked, there is always more, at the same place."""
    def act(reply, request):
        if request.query.get("continue") == token:
            request.query.pop("continue")
            again = request.api.list(request, *request.api.find(request)[:2])
            replace(reply, 200, again.content_type, b"")
            reply.page = again.page
        reply.page.metadata["continue"] = token
    return act


def repeat(resource, name):
    """An item of an earlier page once more."""
    def act(reply, request):
        if reply.page and name not in reply.page.names:
            reply.page.items.append(reply.page.encode(request.api.world.resource(resource).items[name]))
    return act


def expired(new_token=True):
    """410 to every page that has a token."""
    def act(reply, request):
        if "continue" not in request.query:
            return
        metadata = {"continue": request.api.renewed(request.query["continue"])} if new_token else None
        status(410, "Expired", "The provided continue parameter is too old", metadata=metadata)(reply, request)
    return act
