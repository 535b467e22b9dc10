"""What a later dump of a cluster says of logins that it no longer holds."""
from scene import Fother, Scene, records

FIRST, SECOND = "2026-11-24T12:00:00Z", "2026-11-25T12:00:00Z"
OLD = "secret a/hub docker.io user=acme kind=pat n=1"
OTHER = "secret b/quay quay.io user=other"


def logins(fother, *words):
    return {(r["username"], r["fingerprint"]): r for r in records(fother.answers(*words), "credential")}


def read(fother, folder, lines, as_of, without=()):
    source = Scene(lines, without=without).write(folder)
    return logins(fother, "credentials", "--snapshot", source, "--as-of", as_of)


def test_a_replaced_login_is_listed_until_it_is_proven_dead(tmp_path):
    fother = Fother(tmp_path)
    first = read(fother, tmp_path / "1", (OLD, OTHER), FIRST)
    second = read(fother, tmp_path / "2", (OLD.replace("n=1", "n=2"), OTHER), SECOND)
    assert set(first) < set(second) and len(second) == 3
    old = next(key for key in first if key[0] == "acme")
    row = second[old]
    assert (row["secrets"], row["users"], row["notes"]) == (0, 0, ["former"])
    assert row["not_changed_since"] == first[old]["not_changed_since"]
    assert [(c["cluster"], c["namespace"], c["secret"], c["last_seen"]) for c in row["copies"]] == [
        ("prod", "a", "hub", "2026-11-24T12:00:00Z")]
    rows = records(fother.answers("triage", "--registry", "docker.io", "--window", "2026-11-20..2026-11-21"),
                   "credential")
    assert {r["fingerprint"]: r["standing"] for r in rows}[old[1]] == "burnt"


def test_a_deleted_secret_s_login_is_listed_too(tmp_path):
    fother = Fother(tmp_path)
    first = read(fother, tmp_path / "1", (OLD, OTHER), FIRST)
    second = read(fother, tmp_path / "2", (OTHER, "secret a/other quay.io user=other"), SECOND)
    old = next(key for key in first if key[0] == "acme")
    assert second[old]["notes"] == ["former"]


def test_secrets_that_were_not_read_again_keep_their_logins(tmp_path):
    fother = Fother(tmp_path)
    first = read(fother, tmp_path / "1", (OLD, OTHER), FIRST)
    second = read(fother, tmp_path / "2", (OLD, OTHER), SECOND, without=("secret",))
    old = next(key for key in first if key[0] == "acme")
    assert second[old]["secrets"] == 1 and "former" not in second[old]["notes"]
