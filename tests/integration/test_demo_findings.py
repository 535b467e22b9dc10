"""Fother finds in the demo what demo/README.md says it should, and nothing of it where it is not."""
import json
import subprocess

import pytest

AS_OF = "2026-11-25T09:00:00Z"


@pytest.fixture(scope="module")
def triage(root, program, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    made = subprocess.run(["/usr/bin/python3", root / "demo/make-demo.py", folder, "--as-of", AS_OF], check=True,
                          capture_output=True, text=True)
    command = [program, "triage", "--registry", "docker.io", "--repository", "acme", "--bad", folder / "bad-digests.txt",
               "--window", made.stdout.strip(), "--snapshot", folder, "-o", "json"]
    done = subprocess.run(command, env={"HOME": str(folder), "XDG_STATE_HOME": str(folder / "state")},
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 3, done.stderr
    return json.loads(done.stdout)


def rows(triage, record):
    return [item for item in triage["items"] if item["record"] == record]


def credential(triage, user, standing):
    (found,) = [row for row in rows(triage, "credential") if (row["username"], row["standing"]) == (user, standing)]
    return found


def copies(row):
    return {f"{copy['cluster']} {copy['namespace']}/{copy['secret']}" for copy in row["copies"]}


def findings(triage, rule):
    return {f"{row['namespace']}/{row['subject']}" for row in rows(triage, "finding") if row["rule"] == rule}


def places(triage, state):
    return {(row["cluster"], row["workload"] or row["node"], row["repository"]) for row in rows(triage, "sighting")
            if row["state"] == state and row["bad"]}


def test_bad_images(triage):
    assert places(triage, "runs") == {("prod", "scanner", "acme/scanner"), ("stage", "web", "acme/web"),
                                      ("stage", "storefront", "acme/storefront")}
    assert places(triage, "ran") == {("prod", "migrate-4-2", "acme/migrate")}
    assert ("prod", "prod-node-2", "acme/report") in places(triage, "cached")
    assert ("prod", "nightly-report", "acme/report") in places(triage, "template")
    assert not [row for row in rows(triage, "sighting") if row["workload"] == "web" and row["cluster"] == "prod"]


def test_what_to_do_first(triage):
    first = rows(triage, "action")[0]
    assert (first["action"], first["subject"]) == ("contain", "prod/ci Deployment/scanner")
    assert rows(triage, "credential")[0]["username"] == "acmeci"


def test_one_login_over_both_clusters(triage):
    row = credential(triage, "acmeci", "burnt")
    assert copies(row) == {"prod shop/hub", "prod payments/hub", "prod ci/hub", "prod data/hub", "prod monitoring/hub",
                           "prod ci/kaniko-config", "stage shop/hub", "stage ci/argo-hub"}
    assert (row["cred_kind"], row["clusters"], row["bad_readers"]) == ("pat", 2, 1)
    assert row["not_changed_since"].startswith("2025-11-02")
    assert set(row["reverted_by"]) == {"External Secrets", "Sealed Secrets", "Argo CD"}


def test_password_of_an_account(triage):
    row = credential(triage, "acme", "burnt")
    assert copies(row) == {"prod web/hub-immutable", "prod payments/registry-acme", "prod legacy/dockercfg"}
    assert row["cred_kind"] == "password" and "immutable" in row["notes"] and row["reverted_by"] == ["Helm"]


def test_made_again_with_the_old_value_is_burnt(triage):
    row = credential(triage, "acmecart", "burnt")
    assert copies(row) == {"prod shop/hub-cart", "stage shop/hub-cart"}
    assert row["not_changed_since"].startswith("2026-05-09")


def test_rotated_in_one_cluster_and_forgotten_in_the_other(triage):
    assert copies(credential(triage, "acmeweb", "burnt")) == {"stage web/hub-web"}
    rotated = [row for row in rows(triage, "credential") if row["username"] == "acmeweb" and row["standing"] != "burnt"]
    assert [copies(row) for row in rotated] == [{"prod web/hub-rotated"}]


def test_dead_key_unused_and_service_account_only(triage):
    assert "dead_key" in credential(triage, "acmelegacy", "burnt")["notes"]
    unused = credential(triage, "acmedev", "burnt")
    assert (unused["action"], unused["users"]) == ("delete", 0)
    assert "unused" in unused["notes"] and findings(triage, "pull-unused") == {"legacy/hub-unused"}
    builder = credential(triage, "acmebuilder", "burnt")
    assert builder["users"] == 1 and builder["action"] == "rotate"


def test_other_registries_are_out_of_scope_but_for_what_the_bad_scanner_reads(triage):
    others = [row for row in rows(triage, "credential") if row["registry"] != "docker.io"]
    assert [row["registry"] for row in others] == ["harbor.acme.example"]
    assert others[0]["bad_readers"] == 1 and others[0]["action"] == "revoke"


def test_broken_secrets(triage):
    blocked = {f"{row['namespace']}/{row['name']}" for row in rows(triage, "secret_row") if row["blocks_pulls"]}
    assert blocked == {"batch/hub-broken", "data/registry-truncated"}


def test_a_reference_to_a_secret_that_is_not_there(triage):
    assert findings(triage, "pull-missing") == {"sandbox/forgotten"}


def test_what_is_not_known(triage):
    told = "\n".join(f"{row['cluster']} {row['subject']} {row['why']}" for row in rows(triage, "unknown"))
    for part in ("prod/events.json", "stage/cronjobs.json", "You must be logged in", "cut at 50", "CronJob", "registry"):
        assert part in told
    assert triage["complete"] is False
    assert [read["outcome"] for read in triage["reads"]] == ["partial", "partial", "complete", "complete"]


def test_an_image_built_on_a_bad_one_is_found_by_its_layers(triage):
    row, = (row for row in rows(triage, "image") if (row["repository"], row["tags"]) == ("acme/storefront", ["12.5-rc1"]))
    web, = (row for row in rows(triage, "image") if row["repository"] == "acme/web" and row["bad"])
    assert row["built_on"] == web["digest"] and row["base_proof"] == "layers"
    assert any(act["subject"] == "stage/web Deployment/storefront" for act in rows(triage, "action") if act["action"] == "contain")


def test_the_overwritten_tag_is_told_with_what_was_done_to_it(triage):
    row, = (row for row in rows(triage, "tag_row") if (row["repository"], row["tag"]) == ("acme/web", "1.9"))
    assert (row["state"], row["change"], row["in_window"], row["runs_now"], row["runs_other"]) == \
        ("moved", "layers on top", True, 1, 3)
    assert row["moved_after"] < "2026-11-17" < row["moved_by"] < "2026-11-18"


def test_dates_are_those_of_the_layouts(triage):
    built = {(row["repository"], row["built"][:10]) for row in rows(triage, "image") if row["built"]}
    assert built == {("acme/web", "2026-10-15"), ("acme/web", "2026-11-17"), ("acme/api", "2026-10-27"),
                     ("acme/scanner", "2026-11-17"), ("acme/storefront", "2026-11-23"), ("acme/base", "2026-09-16")}
