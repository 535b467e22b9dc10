"""--metadata-only on a real API server: no value is asked for, and the answer says what it cannot know; what an earlier read of
values told stays.
"""
import pytest

from live import world
from live.scenery import Answer
from objects import b64, object_path, pull_secret
from real import RealFother

TYPES = {"kubernetes.io/dockercfg", "kubernetes.io/dockerconfigjson"}
VALUES = [form for password in world.PASSWORDS.values() for form in (password, b64(password))]
NAMES = {("shop", "hub"), ("data", "hub"), ("shop", "old"), ("ci", "hub"), ("shop", "other")}


@pytest.fixture(params=["auto", "json"])
def metadata(fother, world_lab, request):
    """(the answer, its Fother): a first read, of metadata only."""
    fother.use(world_lab.kubeconfig(name="prod"))
    return fother.triage("--metadata-only", "--encoding", request.param), fother


def test_no_login_is_known_and_that_is_said(metadata):
    answer, _ = metadata
    assert answer.code == 4 and not answer.json["complete"] and answer.json["errors"] == []
    assert answer.missing == {("Secret", one): (("*",), (), "metadata") for one in TYPES}
    [row] = [row for row in answer.rows("unknown") if row["kind"] == "Secret"]
    assert "fingerprints" in row["why"] and "without --metadata-only" in row["fix"]
    assert answer.rows("credential") == []


@pytest.mark.parametrize("command", ["credentials", "secrets"])
def test_no_other_answer_is_complete_either(metadata, command):
    """An empty list of logins is not one that is known to be empty."""
    _, fother = metadata
    answer = Answer(fother.run(command, "-o", "json", "--key-file", fother.key))
    assert answer.code == 4 and not answer.json["complete"]
    screen = fother.run(command, "--key-file", fother.key)
    assert screen.returncode == 4 and "--metadata-only" in screen.stdout


def test_no_value_was_taken(metadata):
    answer, fother = metadata
    assert not [value for value in VALUES if value in answer.output or value.encode() in fother.stored()]
    for table in ("entry", "entry_value", "defect"):
        assert fother.query(f"SELECT * FROM {table}") == []


def test_which_secrets_there_are_how_old_and_who_uses_them_is_known(metadata, world_lab):
    _, fother = metadata
    rows = {(row["namespace"], row["name"]): row for row in fother.query("SELECT * FROM secret")}
    assert NAMES <= set(rows)
    for namespace, name in NAMES:
        there = world_lab.api().get(object_path(pull_secret(namespace, name, {}))).must().json
        row = rows[namespace, name]
        assert row["uid"] == there["metadata"]["uid"] and row["created"] and row["type"] in TYPES
        # By the managedFields, which say when data was written without saying what.
        assert row["data_written"] and row["data_written_by"] == "fother-tests"


def test_all_else_is_answered_as_ever(metadata, world_lab, tmp_path):
    answer, fother = metadata
    whole = RealFother(tmp_path / "whole").use(fother.kubeconfig).triage()
    assert whole.code == 0 and whole.rows("image")
    assert answer.rows("image", "sighting") == whole.rows("image", "sighting")


def test_only_metadata_is_asked_for(metadata, world_lab):
    """The same lists as ever: what differs is the Accept header, which the audit log does not show. The server's own count of
    bytes does: values of 40 KB would be in the answer."""
    _, fother = metadata
    large = pull_secret("shop", "large", {"docker.io": ("acme", "made-up-password-" + "x" * 40000)})
    world_lab.create([large])
    try:
        before = sent(world_lab)
        fother.triage("--metadata-only")
        middle = sent(world_lab)
        fother.triage()
        after = sent(world_lab)
        assert middle - before < 40000 < after - middle
    finally:
        world_lab.delete(large)


def sent(lab):
    """Bytes of all lists of secrets that the server has answered so far."""
    counts = [line.rsplit(" ", 1) for line in lab.api().get("/metrics").body.decode().splitlines()
              if line.startswith("apiserver_response_sizes_sum") and 'resource="secrets"' in line and 'verb="LIST"' in line]
    return sum(float(count) for _, count in counts)


def test_values_that_were_read_before_stay_known(fother, world_lab):
    fother.use(world_lab.kubeconfig(name="prod"))
    whole = fother.triage()
    assert whole.code == 0 and len(whole.rows("credential")) == 3
    entries = fother.query("SELECT cluster, secret_uid, registry_key, fingerprint, first_read FROM entry ORDER BY 2, 3")
    answer = fother.triage("--metadata-only")
    assert answer.code == 4 and set(answer.missing) == {("Secret", one) for one in TYPES}
    assert fother.query("SELECT cluster, secret_uid, registry_key, fingerprint, first_read FROM entry ORDER BY 2, 3") == entries

    def logins(one):
        return [(row["username"], row["fingerprint"], row["secrets"]) for row in one.rows("credential")]

    # Nothing was seen to be revoked, replaced or deleted: the logins are as burnt as they were.
    assert logins(answer) == logins(whole)
    again = fother.triage()
    assert again.code == 0 and logins(again) == logins(whole)
