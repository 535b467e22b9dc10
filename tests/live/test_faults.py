"""Live reading when the server, or what stands before it, does wrong: what is then missing is named exactly, and all else is
answered as it would be without.

What an answer should be is told by a dump of the same objects, less those that could not be read.
"""
import re
import time

import pytest

from live import faults
from live.cases import JSON, METADATA
from live.proxy import Proxy
from live.scenery import TRIAGE, Answer, LiveFother, differences, needles

PODS = "/api/v1/pods"
EVERYWHERE = ("*",), ()
DOCKERCFG, DOCKERCONFIGJSON = "kubernetes.io/dockercfg", "kubernetes.io/dockerconfigjson"
BOTH = pytest.mark.parametrize("encoding", ["auto", "json"])


def failed(kind, outcome="failed", subtype="*"):
    return {(kind, subtype): EVERYWHERE + (outcome,)}


@pytest.fixture(scope="module")
def whole(tmp_path_factory, pki):
    """The answer to everything."""
    answer = LiveFother(tmp_path_factory.mktemp("whole"), pki).reference()
    assert answer.code == 0 and answer.json["complete"] and len(answer.rows("credential")) == 3
    return answer


@pytest.fixture
def ask(fother, api):
    """ask(...): the answer of triage about the fake cluster; nothing secret is in it, nor in the store."""
    def run(*words, **how):
        answer = fother.use(fother.context(api)).triage(*words, **how)
        leaked = [needle for needle in needles() if needle in answer.output or needle.encode() in fother.stored()]
        assert not leaked
        return answer
    return run


def assert_whole(answer, whole):
    assert (answer.code, answer.missing, answer.json["errors"]) == (0, {}, []), answer.output
    assert answer.json["complete"] and answer.read["outcome"] == "complete" and answer.read["why"] is None
    assert answer.known == whole.known


def assert_missing(answer, missing, why, reference):
    """why: a pattern of the read's reason and of each row's cause. reference: the answer without what is missing."""
    assert answer.code == 4 and answer.missing == missing, answer.output
    assert not answer.json["complete"] and answer.json["errors"] == [] and answer.read["outcome"] == "partial"
    assert re.search(why, answer.read["why"]) and answer.causes
    assert all(re.search(why, cause) for cause in answer.causes), answer.causes
    assert differences(answer.known, reference.known) == []


# What is overcome

@BOTH
def test_without_a_fault_a_live_cluster_is_answered_as_a_dump_of_it(ask, api, whole, encoding):
    answer = ask("--encoding", encoding)
    assert_whole(answer, whole)
    assert answer.read["source_kind"] == "cluster" and answer.read["objects"] == 33
    used = {request.accept for request in api.requests if request.target.startswith("/api/v1/pods")}
    assert used == {"application/json"} if encoding == "json" else {"application/vnd.kubernetes.protobuf, application/json"}


@pytest.mark.parametrize("act, times", [
    (faults.status(503, "ServiceUnavailable"), 2),
    (faults.status(504, "Timeout"), 1),
    (faults.html(502), 1),
    (faults.html(503), 1),
    (faults.status(503, "ServiceUnavailable", Retry_After="1"), 1),
    (faults.no_answer(), 2),
], ids=["503", "504", "a proxy's 502", "a proxy's 503", "503 with Retry-After", "reset"])
def test_what_passes_is_asked_for_again(ask, api, whole, act, times):
    fault = api.fail(PODS, act, times=times)
    assert_whole(ask(), whole)
    assert fault.done == times and api.asked(PODS) == times + 1


@pytest.mark.parametrize("act, seconds", [(faults.too_many(seconds=1), 1), (faults.too_many(date_in=2), 1)],
                         ids=["seconds", "date"])
def test_retry_after_is_waited_for(ask, api, whole, act, seconds):
    api.fail(PODS, act, times=1)
    assert_whole(ask(), whole)
    first, second = api.of(PODS)
    assert second.at - first.at >= seconds


@BOTH
@pytest.mark.parametrize("act", [faults.cut(0), faults.cut(700), faults.cut(700, reset=True), faults.cut(2500, chunked=True),
                                 faults.cut(2500, chunked=True, reset=True), faults.cut(1 << 20, chunked=True)],
                         ids=["at once", "length", "length reset", "chunks", "chunks reset", "only the end"])
def test_a_list_that_broke_off_is_read_again(ask, api, whole, act, encoding):
    fault = api.fail(PODS, act, times=2)
    assert_whole(ask("--encoding", encoding), whole)
    assert fault.done == 2 and api.asked(PODS) == 3


@BOTH
def test_a_page_that_broke_off_is_asked_for_again_with_its_token(ask, api, whole, encoding):
    api.page_max = 2
    api.fail(PODS, faults.cut(1200), nth=2, times=1)
    answer = ask("--encoding", encoding)
    assert_whole(answer, whole)
    first, second, third = api.of(PODS)
    assert "continue" not in first.query and second.query["continue"] == third.query["continue"]
    # The pod of the second page that came before the cut is not taken twice.
    assert answer.read["objects"] == 33


def test_slow_pieces_are_put_together(ask, api, whole):
    api.fail(PODS, faults.trickle(97, 0.005))
    assert_whole(ask(), whole)


@BOTH
def test_pages_of_any_size_are_read(ask, api, whole, encoding):
    api.page_max = 1
    assert_whole(ask("--encoding", encoding), whole)
    pages = api.of(PODS)
    assert len(pages) == 4 and all(page.query["limit"] == "500" for page in pages)
    assert len({page.query.get("continue") for page in pages}) == 4


@BOTH
def test_an_empty_page_with_a_token_is_not_the_end(ask, api, whole, encoding):
    api.page_max = 2
    api.fail(PODS, faults.empty_but_more, times=1)
    assert_whole(ask("--encoding", encoding), whole)
    assert api.asked(PODS) == 3


@BOTH
def test_an_item_on_two_pages_counts_once(ask, api, whole, encoding):
    api.page_max = 2
    api.fail(PODS, faults.repeat("pods", "ci/builder-1"), nth=2)
    assert_whole(ask("--encoding", encoding), whole)


@pytest.mark.parametrize("path", ["/version", "/apis", "/api/v1/namespaces/kube-system"])
@pytest.mark.parametrize("act", [faults.status(401, "Unauthorized"), faults.status(403, "Forbidden"), faults.html(200),
                                 faults.status(404, "NotFound"), faults.status(500, "InternalError")],
                         ids=["401", "403", "html", "404", "500"])
def test_the_small_documents_are_not_needed(ask, api, whole, path, act):
    api.fail(path, act, times=1)
    assert_whole(ask(), whole)


# Rights

def test_what_is_forbidden_for_all_namespaces_is_asked_of_each(ask, api, whole):
    api.rights = lambda user, verb, resource, namespace: resource in ("namespaces", "nodes") or namespace
    assert_whole(ask(), whole)
    assert api.asked("/api/v1/namespaces/shop/pods") == 1


def test_forbidden_namespaces_are_named(ask, api, fother):
    api.rights = lambda user, verb, resource, namespace: resource != "pods" or namespace in ("shop", "ci")
    answer = ask()
    others = ("data", "default", "kube-node-lease", "kube-public", "kube-system")
    assert_missing(answer, {("Pod", "*"): (others, (), "forbidden")}, "HTTP 403: pods is forbidden",
                   fother.reference({"pods/data/report-1"}))


def test_where_namespaces_are_not_known_only_the_own_one_is_read(fother, api):
    api.rights = lambda user, verb, resource, namespace: namespace == "shop"
    answer = fother.use(fother.context(api, namespace="shop")).triage()
    assert answer.code == 4
    missing = answer.missing
    assert missing["Pod", "*"] == (("*",), ("shop",), "forbidden")
    assert missing["Secret", DOCKERCFG] == missing["Secret", DOCKERCONFIGJSON] == (("*",), ("shop",), "forbidden")
    assert missing["Node", "*"] == missing["Namespace", "*"] == EVERYWHERE + ("forbidden",)
    # shop/hub and shop/old: the logins of the others are not known.
    assert {row["username"] for row in answer.rows("credential")} == {"acme", "acmeold"}
    assert all({copy["namespace"] for copy in row["copies"]} == {"shop"} for row in answer.rows("credential"))


def test_only_some_namespaces_were_wanted(ask, api):
    answer = ask("-n", "shop", "-n", "data")
    assert api.asked("/api/v1/namespaces/shop/pods") == 1 and not api.asked(PODS)
    assert {copy["namespace"] for row in answer.rows("credential") for copy in row["copies"]} == {"shop", "data"}


# Kinds that are lost

REFUSED = {
    "500": (faults.status(500, "InternalError"), "HTTP 500: made-up refusal"),
    "429 for an hour": (faults.too_many(seconds=3600), "HTTP 429: Too many requests"),
    "404": (faults.status(404, "NotFound"), "HTTP 404: made-up refusal"),
    "404 of something else": (faults.plain(404, b"404 page not found\n"), "HTTP 404: 404 page not found"),
    "404 of a proxy": (faults.html(404), "HTTP 404: Sign in"),
    "422": (faults.status(422, "Invalid"), "HTTP 422: made-up refusal"),
    "a login page": (faults.html(200), "HTTP 200 with text/html in place of a list: is there a proxy"),
    "another type": (faults.content_type("application/octet-stream"), "HTTP 200 with application/octet-stream"),
    "no type": (faults.content_type(None), "HTTP 200 with no content type"),
    "redirect": (faults.redirect("https://127.0.0.1:1/elsewhere"), "HTTP 302"),
    "nothing": (lambda reply, request: faults.replace(reply, 200, "application/json", b""), "not a list in JSON"),
    "an object": (lambda reply, request: faults.replace(reply, 200, "application/json", b"{}"), "no list"),
    "a Status": (lambda reply, request: faults.replace(reply, 200, "application/json", b'{"kind":"Status","code":500}'),
                 "no list: Status"),
    "no envelope": (lambda reply, request: faults.replace(reply, 200, "application/vnd.kubernetes.protobuf", b"made-up" * 9),
                    "not a list in protobuf|protobuf"),
    "cut at the same place": (faults.cut(700), "the connection broke off"),
    "cut before all": (faults.cut(0, reset=True), "the connection broke off"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_list_that_cannot_be_read_is_named(ask, api, fother, name):
    act, why = REFUSED[name]
    api.fail(PODS, act)
    assert_missing(ask(), failed("Pod"), why, fother.reference({"pods"}))
    assert api.asked(PODS) == (5 if name.startswith("cut") else 1)


KINDS = [("namespaces", "Namespace"), ("pods", "Pod"), ("serviceaccounts", "ServiceAccount"), ("events", "Event"),
         ("nodes", "Node"), ("deployments", "Deployment"), ("replicasets", "ReplicaSet"), ("statefulsets", "StatefulSet"),
         ("daemonsets", "DaemonSet"), ("jobs", "Job"), ("cronjobs", "CronJob"),
         ("replicationcontrollers", "ReplicationController"), ("podtemplates", "PodTemplate")]


@pytest.mark.parametrize("resource, kind", KINDS)
def test_each_kind_is_lost_alone(ask, api, fother, whole, resource, kind):
    api.fail(f"/{resource}?", faults.status(500, "InternalError"))
    # Who it is is known from kube-system itself.
    reference = whole if kind == "Namespace" else fother.reference({resource})
    assert_missing(ask(), failed(kind), f"(^|{resource}: failed: )HTTP 500", reference)


@pytest.mark.parametrize("subtype, lost", [(DOCKERCFG, {"secrets/shop/old"}), (DOCKERCONFIGJSON, {
    "secrets/shop/hub", "secrets/data/hub", "secrets/ci/hub", "secrets/shop/other"})])
def test_each_type_of_secrets_is_lost_alone(ask, api, fother, subtype, lost):
    api.fail("secrets?limit=500&fieldSelector=type%3Dkubernetes.io%2F" + subtype.split("/")[1], faults.status(500))
    answer = ask()
    assert answer.missing == failed("Secret", subtype=subtype) and answer.code == 4
    assert {row["username"] for row in answer.rows("credential")} == (
        {"acme", "acmeci"} if subtype == DOCKERCFG else {"acmeold"})
    assert differences(answer.rows("image"), fother.reference(lost).rows("image")) == []


def test_groups_that_cannot_be_listed_are_asked_for(ask, api, fother):
    api.fail("/apis", faults.status(500, "InternalError"))
    answer = ask()
    kinds = {"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob"}
    customs = {"Rollout.argoproj.io", "DeploymentConfig.apps.openshift.io", "CloneSet.apps.kruise.io",
               "Service.serving.knative.dev"}
    assert {kind for kind, _ in answer.missing} == kinds | customs and answer.code == 4


def test_older_versions_are_asked_for_where_the_newer_one_is_not_served(ask, api, whole):
    assert_whole(ask(), whole)
    assert api.asked("/apis/batch/v1/cronjobs") == api.asked("/apis/batch/v1beta1/cronjobs") == 1


def test_json_is_asked_for_where_protobuf_is_refused(ask, api, whole):
    def no_protobuf(reply, request):
        if "protobuf" in request.accept:
            faults.status(406, "NotAcceptable")(reply, request)

    api.fail(PODS, no_protobuf)
    assert_whole(ask(), whole)
    assert [request.accept for request in api.of(PODS)][1] == "application/json"


# Pages that end, and do not

def test_a_list_that_expired_begins_again(ask, api, whole):
    api.page_max = 2
    api.fail(PODS, faults.expired(), nth=2, times=3)
    assert_whole(ask(), whole)
    assert ["continue" in page.query for page in api.of(PODS)] == [False, True, False, True, False, True]


@pytest.fixture
def three_times(api):
    """Each page with a token is refused, until the list was begun three times."""
    api.page_max = 2
    return lambda new_token: api.fail(PODS + "?limit=500&continue", faults.expired(new_token), times=3)


def test_a_list_that_expires_again_and_again_is_mixed(ask, api, three_times, whole):
    three_times(new_token=True)
    answer = ask()
    assert api.asked(PODS) == 7
    assert differences(answer.known, whole.known) == []
    assert answer.missing == failed("Pod", "mixed") and answer.code == 4


def test_without_a_new_token_it_is_lost(ask, api, three_times, fother):
    three_times(new_token=False)
    assert_missing(ask(), failed("Pod"), "HTTP 410: The provided continue parameter is too old",
                   fother.reference(cut={"pods": 2}))


def test_the_same_page_for_ever_ends(ask, api, whole):
    api.fail(PODS, faults.same_token())
    answer = ask()
    assert_missing(answer, failed("Pod"), "the same page again and again", whole)
    assert api.asked(PODS) == 2


@BOTH
def test_a_lost_second_page_leaves_the_first(ask, api, fother, encoding):
    api.page_max = 2
    api.fail(PODS + "?limit=500&continue", faults.status(500, "InternalError"))
    assert_missing(ask("--encoding", encoding), failed("Pod"), "HTTP 500", fother.reference(cut={"pods": 2}))


# Items

@BOTH
@pytest.mark.parametrize("act, code", [(faults.garbage("shop/web-1"), "bad_document"),
                                       (faults.wrong_types("shop/web-1"), "wrong_type"),
                                       (faults.huge("shop/web-1"), "too_large")], ids=["garbage", "types", "9 MiB"])
def test_one_bad_item_is_all_that_is_missing(ask, api, fother, encoding, act, code):
    api.fail(PODS, act)
    answer = ask("--encoding", encoding)
    assert_missing(answer, failed("Pod", "partial"), code, fother.reference(spoiled={"pods/shop/web-1"}))
    assert answer.read["defects"] == 1 and answer.read["objects"] == 32


@BOTH
def test_a_bad_secret_is_named_by_its_list(ask, api, fother, encoding):
    api.fail("dockerconfigjson", faults.garbage("ci/hub"))
    answer = ask("--encoding", encoding)
    assert_missing(answer, failed("Secret", "partial", DOCKERCONFIGJSON), "bad_document",
                   fother.reference(spoiled={"secrets/ci/hub"}))


def test_null_in_place_of_items_is_an_empty_list(ask, api, fother):
    api.fail(PODS, faults.of_page(faults.null_items))
    answer = ask("--encoding", "json")
    assert answer.code == 0 and answer.missing == {} and answer.known == fother.reference(empty={"pods"}).known


# Nothing can be read

@pytest.mark.parametrize("act, why", [
    (faults.status(401, "Unauthorized", "Unauthorized"), "HTTP 401: the server does not accept this login"),
    (faults.status(403, "Forbidden"), "forbidden: HTTP 403: made-up refusal"),
    (faults.status(404, "NotFound"), "failed: HTTP 404: made-up refusal"),
    (faults.plain(404, b"404 page not found\n"), "failed: HTTP 404: 404 page not found"),
    (faults.status(500, "InternalError"), "failed: HTTP 500: made-up refusal"),
    (faults.html(200), "is there a proxy or a login page in between?"),
], ids=["401", "403", "404", "no API server", "500", "a login page"])
def test_a_cluster_that_tells_nothing_has_failed(ask, api, act, why):
    api.fail("/", act)
    answer = ask()
    assert answer.code == 1 and answer.json is None
    assert f"context prod ({api.server})" in answer.errors and why in answer.errors
    assert "none of the sources could be read" in answer.errors
    assert ("--rbac" in answer.errors) == why.startswith("forbidden")


@pytest.mark.parametrize("certificate, why", [
    ("other", "an unknown authority signed the server's certificate"),
    ("wrong-name", "the server's certificate is for another name"),
    ("expired", "the server's certificate has expired"),
])
def test_a_certificate_that_does_not_verify(fother, start_api, certificate, why):
    api = start_api(certificate=certificate)
    answer = fother.use(fother.context(api)).triage()
    assert answer.code == 1 and why in answer.errors
    # Nobody was told the token.
    assert not api.requests


def test_an_unverified_certificate_is_said_aloud(fother, start_api, whole):
    api = start_api(certificate="other")
    answer = fother.use(fother.context(api, ca=None, insecure=True)).triage()
    assert answer.code == 0 and answer.known == whole.known
    assert "certificate was not verified" in answer.read["notes"] and "not verified" in answer.errors


def test_another_name_for_the_certificate(fother, start_api, whole):
    api = start_api(certificate="wrong-name")
    answer = fother.use(fother.context(api, cluster_fields={"tls-server-name": "other.example"})).triage()
    assert_whole(answer, whole)


@pytest.fixture
def through_proxy(fother, api):
    """As above, with a proxy in between: the server is no neighbour then, so that compression pays."""
    with Proxy() as proxy:
        fother.use(fother.context(api, server=f"https://prod.example:{api.port}", cluster_fields={
            "proxy-url": proxy.url, "tls-server-name": "localhost"}))
        proxy.to = api.port
        yield proxy


@BOTH
def test_compressed_lists_are_unpacked(fother, api, through_proxy, whole, encoding):
    fault = api.fail("limit=500", faults.gzip)
    assert_whole(fother.triage("--encoding", encoding), whole)
    assert fault.done >= 15 and through_proxy.asked == {f"prod.example:{api.port}"}


@BOTH
def test_a_list_that_does_not_unpack_is_lost(fother, api, through_proxy, encoding):
    api.fail(PODS, faults.broken_gzip)
    assert_missing(fother.triage("--encoding", encoding), failed("Pod"), "", fother.reference({"pods"}))


def test_a_redirect_is_not_followed(ask, api, start_api, fother):
    elsewhere = start_api()
    api.fail(PODS, faults.redirect(elsewhere.server + PODS))
    assert_missing(ask(), failed("Pod"), "HTTP 302", fother.reference({"pods"}))
    assert not elsewhere.requests


def test_nobody_listens(fother, api):
    api.stop()
    answer = fother.use(fother.context(api)).triage()
    assert answer.code == 1 and re.search(r"context prod \(https://127.0.0.1:\d+\): cannot connect", answer.errors)


# Findings go before what is missing

def test_findings_go_before_what_is_missing(fother, api):
    api.fail("/nodes?", faults.status(500))
    fother.use(fother.context(api))
    run = fother.run(*fother.live(*TRIAGE, "-o", "json"))
    answer = Answer(run)
    assert answer.code == 3 and answer.missing == failed("Node") and not answer.json["complete"]


# Logins that change

def rotate(api, tell):
    """A fault that changes the token after its request."""
    def act(reply, request):
        # First told: another list may be refused at the same moment.
        tell("made-up-token-second")
        api.users = {"made-up-token-second": "admin"}
    return act


def test_a_token_file_is_read_again_after_401(fother, api, whole):
    token = fother.folder / "token"
    token.write_text(api.token() + "\n")
    api.fail(PODS, rotate(api, token.write_text), times=1)
    answer = fother.use(fother.context(api, token=None, token_file=token)).triage()
    assert_whole(answer, whole)
    assert {request.user for request in api.requests} == {"admin", None}


def test_a_token_that_ended_for_good_leaves_what_was_read(fother, api):
    def end(reply, request):
        api.users = {}

    api.fail("/nodes?", end, times=1)
    answer = fother.use(fother.context(api)).triage()
    # What was under way at that moment may be on either side.
    assert answer.code == 4 and ("Node", "*") not in answer.missing and ("PodTemplate", "*") in answer.missing
    assert all("HTTP 401" in cause for cause in answer.causes)
    # Each list was asked for once: the same login again would not fare better.
    assert sum(request.user is None for request in api.requests) == len(answer.missing)


PLUGIN = """#!/bin/sh
echo called >>"{folder}/calls"
printf '{{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{{"token":"%s"}}}}' "$(cat {folder}/token)"
"""


@pytest.fixture
def plugin(fother, api):
    """A kubeconfig whose login comes from a command; returns the command."""
    path = fother.folder / "made-up-plugin"
    path.write_text(PLUGIN.format(folder=fother.folder))
    path.chmod(0o755)
    (fother.folder / "token").write_text(api.token())
    fother.use(fother.context(api, token=None, exec={"apiVersion": "client.authentication.k8s.io/v1", "command": str(path),
                                                     "interactiveMode": "Never"}))
    return path


def calls(fother):
    file = fother.folder / "calls"
    return file.read_text().count("called") if file.exists() else 0


def test_a_plugin_is_called_again_once_after_401(fother, api, plugin, whole):
    api.fail(PODS, rotate(api, (fother.folder / "token").write_text), times=1)
    assert_whole(fother.triage("--allow-exec", plugin), whole)
    assert calls(fother) == 2


def test_a_plugin_that_is_not_allowed_is_named_and_not_called(fother, api, plugin):
    answer = fother.triage()
    assert answer.code == 1 and "made-up-plugin" in answer.errors and "--allow-exec" in answer.errors
    assert calls(fother) == 0 and not api.requests


# ^C

def interrupted(fother, api, match, *words):
    """Runs until `match` is asked for and does not come, then ^C. (exit code, run, seconds until the end)."""
    run = fother.use(fother.context(api)).start(*fother.live(*TRIAGE, *words, "-o", "json"))
    api.wait(match)
    began = time.monotonic()
    code = run.interrupt()
    return code, run, time.monotonic() - began


@pytest.mark.parametrize("act", [faults.no_answer(reset=False), faults.hang(700)], ids=["no byte", "in the middle"])
def test_what_was_read_before_an_interrupt_is_kept_and_marked(fother, api, act):
    api.fail("/podtemplates?", act)
    code, run, seconds = interrupted(fother, api, "/podtemplates?")
    assert code == 1 and seconds < 2 and run.lines == []
    assert re.search(r"interrupted: the \d+ objects that were read are stored, and marked as incomplete", "".join(run.errors))
    answer = Answer(fother.run(*TRIAGE, "--fail-on", "none", "-o", "json", "--key-file", fother.key))
    assert answer.code == 4 and not answer.json["complete"] and answer.read["outcome"] == "interrupted"
    assert ("PodTemplate", "*") in answer.missing
    assert {outcome for _, _, outcome in answer.missing.values()} == {"interrupted"}
    assert {row["username"] for row in answer.rows("credential")} == {"acme", "acmeci", "acmeold"}
    assert not [needle for needle in needles() if needle in run.output or needle.encode() in fother.stored()]


def test_a_second_read_makes_good_what_was_interrupted(fother, api, whole):
    fault = api.fail("/podtemplates?", faults.no_answer(reset=False))
    assert interrupted(fother, api, "/podtemplates?")[0] == 1
    api.faults.remove(fault)
    answer = fother.triage()
    assert answer.code == 0 and answer.missing == {} and answer.json["complete"]
    assert answer.rows("image") == whole.rows("image")


def test_waiting_for_a_server_can_be_interrupted(fother, api):
    api.fail("/", faults.too_many(seconds=50))
    code, run, seconds = interrupted(fother, api, "/version")
    assert code == 1 and seconds < 2, run.output


def test_a_plugin_that_hangs_can_be_interrupted(fother, api, plugin):
    plugin.write_text(f"#!/bin/sh\necho called >>{fother.folder}/calls\nexec sleep 50\n")
    run = fother.start(*fother.live(*TRIAGE, "--allow-exec", plugin))
    for _ in range(1000):
        if calls(fother):
            break
        time.sleep(0.01)
    assert calls(fother) == 1 and run.interrupt() == 1


# Narrower reads

def test_metadata_alone_asks_for_no_value_and_says_what_that_costs(ask, api):
    answer = ask("--metadata-only")
    assert {request.accept.split(", ")[-1] for request in api.of("/api/v1/secrets")} == {JSON + METADATA}
    assert answer.code == 4 and {(kind, outcome) for (kind, _), (*_, outcome) in answer.missing.items()} == {
        ("Secret", "metadata")}
    assert answer.rows("credential") == [] and answer.read["outcome"] == "complete"
    subject = next(row["subject"] for row in answer.rows("unknown") if row["kind"])
    assert subject == "values of 5 Secrets of all namespaces"


def test_secrets_of_every_type_are_one_list(ask, api, whole):
    answer = ask("--all-secrets")
    assert [request.query["fieldSelector"] for request in api.of("/api/v1/secrets")] == [
        "type!=kubernetes.io/service-account-token,type!=helm.sh/release.v1"]
    assert answer.code == 0 and answer.missing == {}
    # The docker config in an Opaque secret is another login of acme.
    assert sorted((row["username"], [copy["secret"] for copy in row["copies"]]) for row in answer.rows("credential")) == [
        ("acme", ["config"]), ("acme", ["hub", "hub"]), ("acmeci", ["hub"]), ("acmeold", ["old"])]
    assert differences(answer.rows("image"), whole.rows("image")) == []
