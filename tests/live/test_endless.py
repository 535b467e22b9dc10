"""Servers that never come to an end, or answer as no API server does: each list ends, and is named as missing."""
import json

import pytest

from live import faults
from live.test_faults import BOTH, PODS, ask, assert_missing, failed, whole  # noqa: F401 (fixtures)



def json_page(change):
    """The page in JSON, changed by change(dict)."""
    def act(reply, request):
        reply.finish()
        page = json.loads(reply.body)
        change(page)
        faults.replace(reply, 200, "application/json", json.dumps(page).encode())
    return act


@BOTH
def test_a_first_page_that_always_breaks_off_behind_its_items_ends(ask, api, whole, encoding):  # noqa: F811
    fault = api.fail(PODS, faults.cut(-1))
    assert_missing(ask("--encoding", encoding), failed("Pod"), "the connection broke off", whole)
    assert fault.done < 12


def test_a_list_that_expires_for_ever_ends(ask, api, fother):  # noqa: F811
    api.page_max = 2
    fault = api.fail(PODS + "?limit=500&continue", faults.expired())
    assert_missing(ask(), failed("Pod"), "HTTP 410", fother.reference(cut={"pods": 2}))
    assert fault.done < 12


def test_empty_pages_with_new_tokens_for_ever_end(ask, api, fother):  # noqa: F811
    pages = []

    def act(reply, request):
        pages.append(request)
        reply.page.items, reply.page.names = [], []
        reply.page.metadata["continue"] = f"made-up-token-{len(pages)}"
        request.query.pop("continue", None)

    def without_token(reply, request):
        request.query.pop("continue", None)
        again = request.api.list(request, *request.api.find(request)[:2])
        faults.replace(reply, 200, again.content_type, b"")
        reply.page = again.page
        act(reply, request)

    api.fail(PODS, without_token)
    assert_missing(ask(), failed("Pod"), "empty pages", fother.reference(lost={"pods"}))
    assert len(pages) < 1100


@pytest.mark.parametrize("change", [lambda page: page.pop("kind"), lambda page: page.update(kind="EventList"),
                                    lambda page: page.update(kind="Pod")], ids=["none", "another", "no list"])
def test_a_list_of_another_kind_is_none(ask, api, fother, change):  # noqa: F811
    """A gateway that says {"items": []} to everything must not pass for an empty cluster."""
    def act(page):
        change(page)
        page["items"] = []

    api.fail(PODS, json_page(act))
    assert_missing(ask("--encoding", "json"), failed("Pod"), "in place of a PodList", fother.reference(lost={"pods"}))


def test_a_list_that_ends_before_what_it_says_remains_is_not_whole(ask, api, whole):  # noqa: F811
    api.fail(PODS, json_page(lambda page: page["metadata"].update(remainingItemCount=7)))
    assert_missing(ask("--encoding", "json"), failed("Pod"), "7 more", whole)


def test_a_token_larger_than_any_request_costs_its_list_alone(ask, api, fother):  # noqa: F811
    api.fail(PODS, json_page(lambda page: page["metadata"].update({"continue": "made-up" * 50000})))
    assert_missing(ask("--encoding", "json"), failed("Pod"), "the continue token", fother.reference(lost={"pods"}))


def test_a_refusal_with_a_large_token_costs_its_list_alone(ask, api, fother):  # noqa: F811
    api.page_max = 2
    api.fail(PODS + "?limit=500&continue", faults.status(410, "Expired", "too old", metadata={"continue": "made-up" * 30000}))
    assert_missing(ask("--encoding", "json"), failed("Pod"), "continue", fother.reference(cut={"pods": 2}))


def test_a_namespace_that_is_not_there_is_said(ask, api):  # noqa: F811
    """A mistyped one must not look like a clean one."""
    answer = ask("-n", "shopp")
    rows = [row for row in answer.rows("unknown") if "shopp" in row["subject"] and "other namespaces" not in row["subject"]]
    assert answer.code == 4 and len(rows) == 1 and rows[0]["incomplete"], answer.output


def test_a_namespace_that_is_there_is_not_said(ask, api):  # noqa: F811
    answer = ask("-n", "shop")
    assert answer.code == 0 and not [row for row in answer.rows("unknown") if row["incomplete"]], answer.output
