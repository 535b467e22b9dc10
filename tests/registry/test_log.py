"""What Docker Hub's own records tell: who pushed what when, which token pulled from where."""
import json

import pytest

from command import Fother

CLEAN, BAD = "sha256:" + "1" * 64, "sha256:" + "2" * 64


def event(action, actor, time, tag="1.9", digest=BAD):
    return {"account": "acme", "action": action, "name": "acme/web", "actor": actor, "timestamp": time,
            "data": {"tag": tag, "digest": digest}}


AUDIT = {"logs": [event("repo.tag.push", "mallory", "2026-11-20T03:00:00Z"), event("repo.tag.push", "acmeci", "2026-10-01T10:00:00Z", digest=CLEAN),
                  event("repo.tag.delete", "mallory", "2026-11-20T03:05:00Z", tag="1.8", digest=CLEAN)]}
USAGE = """datehour,user_name,repository,access_token_name,ips,repository_privacy,tag,digest,version_checks,pulls
2026/11/20/04,acme,acme/web,ci-2024,198.51.100.7,private,1.9,,0,12
2026/11/20/05,acme,acme/api,ci-2024,192.0.2.1,private,4.2,,3,0
"""


@pytest.fixture
def fother(tmp_path):
    one = Fother(tmp_path)
    (tmp_path / "audit.json").write_text(json.dumps(AUDIT))
    (tmp_path / "usage.csv").write_text(USAGE)
    one.logs = ["--hub-audit", tmp_path / "audit.json", "--hub-usage", tmp_path / "usage.csv"]
    return one


def told(answer):
    return [(row["action"], row["repository"], row["actor"], row["token_name"], row["address"], row["count"])
            for row in answer.items("registry_event")]


def test_events_are_listed_latest_first(fother):
    assert told(fother.json("registry", "log", *fother.logs)) == [
        ("check", "acme/api", "acme", "ci-2024", "192.0.2.1", 3),
        ("pull", "acme/web", "acme", "ci-2024", "198.51.100.7", 12),
        ("delete_tag", "acme/web", "mallory", None, None, None),
        ("push", "acme/web", "mallory", None, None, None),
        ("push", "acme/web", "acmeci", None, None, None)]


def test_events_are_kept_and_narrowed(fother):
    fother.json("registry", "log", *fother.logs)
    assert [row[0] for row in told(fother.json("registry", "log", "--account", "mallory"))] == ["delete_tag", "push"]
    assert [row[0] for row in told(fother.json("registry", "log", "--account", "ci-2024"))] == ["check", "pull"]
    assert [row[1] for row in told(fother.json("registry", "log", "--repository", "acme/api"))] == ["acme/api"]
    window = "2026-11-20T03:00:00Z..2026-11-20T04:00:00Z"
    assert [row[0] for row in told(fother.json("registry", "log", "--window", window))] == ["pull", "delete_tag", "push"]
    assert not told(fother.json("registry", "log", "--registry", "quay.io"))


def test_a_tag_that_a_log_shows_pushed_over_is_told_with_who_did_it(fother):
    fother.json("registry", "log", *fother.logs)
    rows = {row["tag"]: row for row in fother.json("registry", "tags", "docker.io/acme/web", "--offline").items("tag_row")}
    assert (rows["1.9"]["digest"], rows["1.9"]["digest_before"], rows["1.9"]["moved_by_whom"]) == (BAD, CLEAN, "mallory")
    assert rows["1.9"]["moved_by"] == "2026-11-20T03:00:00Z"


def test_a_screen_without_rows_says_why(fother):
    assert fother.run("registry", "log", *fother.logs, "--registry", "quay.io").out == "No event of that scope is known.\n"
    assert fother.run("registry", "log").out.count("acme/web") == 4
