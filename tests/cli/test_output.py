"""What leaves the program: schemas, widths, formats, exit codes, and that it says the same twice."""
import base64
import csv
import io
import json
import re
import unicodedata

import jsonschema
import pytest

from scene import AS_OF, FOTHER, ROOT, WINDOW, Scene, digest, records

WORLD = (
    "secret ci/hub user=acmeci kind=pat",
    "secret a/hub user=acmeweb kind=password",
    "secret b/broken auth=***",
    "deployment ci/scanner image=acme/scanner:1 digest=bad reads=hub",
    "deployment a/web image=acme/web:1 pull=hub",
    "cronjob a/report image=acme/report:2 state=none",
    "node n2 images=acme/report:2@bad,ghcr.io/acme/x:1@x",
)
COMMANDS = {
    "triage": ["triage", "--registry", "docker.io", "--window", WINDOW, "--bad", digest("bad")],
    "credentials": ["credentials"],
    "secrets": ["secrets"],
    "images": ["images"],
    "sightings": ["where", digest("bad")],
    "incidents": ["incident", "list"],
}


@pytest.fixture
def dump(tmp_path):
    return Scene(WORLD).write(tmp_path / "dump")


@pytest.fixture
def read(fother, dump):
    """Fother with the dump read and one incident opened."""
    fother.triage(dump, *COMMANDS["triage"][1:])
    return fother


def cells(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


@pytest.mark.parametrize("name", COMMANDS)
def test_json_validates(name, read):
    schema = json.loads((ROOT / f"docs/schema/{name}.schema.json").read_text())
    answer = read.answers(*COMMANDS[name])
    jsonschema.Draft202012Validator(schema).validate(answer)
    assert answer["schema"] == f"fother/{name}/v1"
    assert answer["items"]


@pytest.mark.parametrize("name", COMMANDS)
def test_schema_refuses_what_is_not_ours(name, read):
    """A schema that lets everything pass would prove nothing."""
    schema = json.loads((ROOT / f"docs/schema/{name}.schema.json").read_text())
    answer = read.answers(*COMMANDS[name])
    answer["items"][0]["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(answer)


def test_an_incident_shown_again_validates(read):
    schema = json.loads((ROOT / "docs/schema/triage.schema.json").read_text())
    answer = read.answers("incident", "show", "1")
    jsonschema.Draft202012Validator(schema).validate(answer)
    assert answer["incident"]["id"] == 1 and answer["items"]


@pytest.mark.parametrize("command, name", [
    (["triage", "--registry", "docker.io"], "triage"), (["credentials"], "credentials"), (["secrets"], "secrets")])
def test_bytes_that_are_not_utf8_have_a_twin(command, name, fother, tmp_path):
    user = b"ac\xffme"
    auth = base64.b64encode(user + b":example-password").decode()
    dump = Scene([f"secret a/hub auth={auth}", "deployment a/web image=acme/web:1 pull=hub"]).write(tmp_path / "dump")
    answer = fother.answers(*command, "--snapshot", dump, "--as-of", AS_OF)
    schema = json.loads((ROOT / f"docs/schema/{name}.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(answer)
    kind = "secret_row" if name == "secrets" else "credential"
    (row,) = (r for item in records(answer, kind) for r in item.get("entries", [item]))
    assert row["username"] == "ac\ufffdme"
    assert base64.b64decode(row["username_base64"]) == user
    lines = fother.run(*command, "-o", "csv", "--key-file", fother.key).stdout.encode()
    assert b"\xff" not in lines


@pytest.mark.parametrize("name", COMMANDS)
def test_ndjson_is_the_same_items_then_the_envelope(name, read):
    whole = read.answers(*COMMANDS[name])
    done = read.run(*COMMANDS[name], "-o", "ndjson", "--key-file", read.key)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[:-1] == whole["items"]
    assert lines[-1]["schema"] == whole["schema"] and "items" not in lines[-1]


@pytest.mark.parametrize("name", COMMANDS)
def test_csv_is_rfc_4180(name, read):
    done = read.run(*COMMANDS[name], "-o", "csv", "--key-file", read.key)
    assert done.stdout.count("\r\n") or done.stdout.endswith("\n")
    rows = list(csv.reader(io.StringIO(done.stdout, newline="")))
    assert len(rows) > 1
    assert len({len(row) for row in rows}) == 1, "every row has the header's columns"


@pytest.mark.parametrize("columns", [80, 120, 200])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_table_is_never_wider_than_the_terminal(name, columns, read):
    done = read.run(*COMMANDS[name], "--key-file", read.key, columns=columns)
    assert done.returncode in (0, 3, 4), done.stderr
    for line in done.stdout.splitlines():
        # Commands to copy, and the paths that go with them, are as long as they are.
        if not line.startswith(("(", " " + str(FOTHER), "    --store ", "    --key-file ")):
            assert cells(line) <= columns, line


@pytest.mark.parametrize("name", COMMANDS)
def test_wide_shortens_nothing(name, read):
    done = read.run(*COMMANDS[name], "-o", "wide", "--key-file", read.key, columns=40)
    assert ".." not in done.stdout.replace("2026-11-20 00:00Z .. ", "")
    assert "left out to fit" not in done.stdout


def test_wide_tells_where_every_copy_is(read):
    for command in (COMMANDS["triage"], COMMANDS["credentials"]):
        lines = read.run(*command, "-o", "wide", "--key-file", read.key).stdout.splitlines()
        copies = [line.split() for line in lines[next(i for i, x in enumerate(lines) if x.startswith("COPIES")):]]
        assert ["acmeci", "prod", "ci", "hub"] in [row[1:5] for row in copies]


@pytest.mark.parametrize("columns", [80, 120, 200])
def test_five_hundred_credentials_are_counted_and_the_first_shown(columns, fother, tmp_path):
    lines = [f"secret team-{n % 40}/hub-{n} user=a-user-with-a-long-name-{n} kind=pat" for n in range(500)]
    dump = Scene([*lines, "deployment team-7/web image=acme/web:1 pull=hub-7"]).write(tmp_path / "dump")
    command = ["triage", "--registry", "docker.io", "--window", WINDOW, "--key-file", fother.key, "--as-of", AS_OF]
    text = fother.run(*command, "--snapshot", dump, columns=columns).stdout
    assert "500 logins in 500 secrets: 500 burnt" in text and " more: -o wide shows all" in text
    answer = text.split("\nNEXT\n")[0]  # commands to copy are as long as their paths
    assert all(cells(line) <= columns for line in answer.splitlines())
    assert len(text.splitlines()) < 120, "more than a person reads"
    do_now = text.split("DO NOW", 1)[1].splitlines()
    assert "rotate" in do_now[2] and "name-7" in do_now[2], "the one in use comes first"
    wide = fother.run(*command, "-o", "wide", columns=columns).stdout
    assert all(f"a-user-with-a-long-name-{n} " in wide for n in range(500))


def test_colour_is_for_terminals_only(read):
    assert "\033" not in read.run(*COMMANDS["triage"], "--key-file", read.key).stdout


def test_quiet_prints_identities_only(read):
    assert read.run("secrets", "-q", "--key-file", read.key).stdout.splitlines() == [
        "prod/b/broken", "prod/a/hub", "prod/ci/hub"]
    lines = read.run(*COMMANDS["triage"], "-q", "--key-file", read.key).stdout.splitlines()
    assert lines[0] == digest("bad")
    assert all(re.fullmatch("[0-9a-f]{32}", line) for line in lines[1:])


def test_quiet_prints_an_identity_once(fother, tmp_path):
    dump = Scene(["deployment a/web image=acme/web:1 digest=bad", "node n2 images=acme/web:1@bad"]).write(tmp_path / "dump")
    done = fother.run("where", digest("bad"), "-q", "--snapshot", dump, "--key-file", fother.key)
    assert done.stdout.splitlines() == [digest("bad")]


def test_a_password_in_an_image_name_is_masked(fother, tmp_path):
    dump = Scene(["deployment a/web image=https://u:EXAMPLE-planted@host.example/x:1"]).write(tmp_path / "dump")
    for form in ("table", "json"):
        assert "EXAMPLE-planted" not in fother.run("images", "--snapshot", dump, "-o", form, "--key-file", fother.key).stdout
    assert b"EXAMPLE-planted" not in (fother.state / "fother/store.db").read_bytes()


def test_as_of_makes_everything_the_same_twice(fother, dump, tmp_path):
    command = [*COMMANDS["triage"], "--snapshot", dump, "--as-of", AS_OF, "--key-file", fother.key, "-o", "json"]
    first = fother.run(*command, XDG_STATE_HOME=str(tmp_path / "one"))
    second = fother.run(*command, XDG_STATE_HOME=str(tmp_path / "two"))
    assert first.stdout == second.stdout
    for form in ("table", "csv"):
        command[-1] = form
        assert (fother.run(*command, XDG_STATE_HOME=str(tmp_path / "three" / form)).stdout ==
                fother.run(*command, XDG_STATE_HOME=str(tmp_path / "four" / form)).stdout)


def strip_reads(answer):
    return {key: value for key, value in answer.items() if key not in ("reads", "generated")}


def test_reading_twice_changes_nothing(fother, dump):
    first = fother.answers("credentials", "--snapshot", dump, "--as-of", AS_OF)
    second = fother.answers("credentials", "--snapshot", dump, "--as-of", AS_OF)
    assert strip_reads(first) == strip_reads(second)


def test_a_second_snapshot_tells_new_changed_and_gone(fother, tmp_path):
    before = Scene(["secret a/stays user=one", "secret a/changes user=two value=example-old",
                    "secret a/goes user=three", "secret b/other user=four"]).write(tmp_path / "before")
    after = Scene(["secret a/stays user=one", "secret a/changes user=two value=example-new",
                   "secret a/comes user=five", "secret b/other user=four"]).write(tmp_path / "after")
    fother.answers("secrets", "--snapshot", before, "--as-of", "2026-11-24T00:00:00Z")
    answer = fother.answers("secrets", "--snapshot", after, "--as-of", "2026-11-25T00:00:00Z")
    assert {r["name"]: r["change"] for r in records(answer, "secret_row")} == {
        "stays": "same", "changes": "changed", "goes": "gone", "comes": "new", "other": "same"}


def test_gone_only_where_the_read_was_complete(fother, tmp_path):
    before = Scene(["secret a/goes user=one", "secret a/stays user=two", "secret b/x user=three"]).write(tmp_path / "before")
    after = Scene(["secret a/stays user=two", "secret b/x user=three"]).write(tmp_path / "after")
    cut = tmp_path / "after/prod/all.json"
    cut.write_text(cut.read_text()[:-30])
    fother.answers("secrets", "--snapshot", before, "--as-of", "2026-11-24T00:00:00Z")
    answer = fother.answers("secrets", "--snapshot", after, "--as-of", "2026-11-25T00:00:00Z", codes=(4,))
    assert {r["name"]: r["change"] for r in records(answer, "secret_row")}["goes"] != "gone"


@pytest.mark.parametrize("lost, change", [(None, "gone"), ("error: the connection was lost\n", None), ("", None)])
def test_gone_is_doubted_where_a_file_was_lost(lost, change, fother, tmp_path):
    """Lists of one namespace: the lost file may have been the other list."""
    before = Scene(["secret a/stays user=one", "secret a/goes user=two"]).write(tmp_path / "before")
    after = Scene(["secret a/stays user=one"]).write(tmp_path / "after")
    if lost is not None:
        (after / "prod/other.json").write_text(lost)
    fother.answers("secrets", "--snapshot", before, "--as-of", "2026-11-24T00:00:00Z")
    answer = fother.answers("secrets", "--snapshot", after, "--as-of", "2026-11-25T00:00:00Z")
    change_of = {r["name"]: r["change"] for r in records(answer, "secret_row")}
    assert (change_of["goes"] == "gone") == (change == "gone")


def test_an_older_snapshot_takes_nothing_back(fother, tmp_path):
    old = Scene(["secret a/hub user=one value=example-old"]).write(tmp_path / "old")
    new = Scene(["secret a/hub user=one value=example-new written=2026-11-22"]).write(tmp_path / "new")
    fother.answers("credentials", "--snapshot", new, "--as-of", "2026-11-25T00:00:00Z")
    only_new = fother.answers("credentials")
    fother.answers("credentials", "--snapshot", old, "--as-of", "2026-11-20T00:00:00Z")
    both = fother.answers("credentials")
    current = [r for r in both["items"] if r["secrets"]]
    assert [r["fingerprint"] for r in current] == [r["fingerprint"] for r in only_new["items"]]
    assert current[0]["set_after"] == "2026-11-20T00:00:00Z"
    assert [r["notes"] for r in both["items"] if not r["secrets"]] == [["former"]]


def test_two_clusters_share_a_login(fother, tmp_path):
    Scene(["secret a/hub user=acme"], cluster="prod").write(tmp_path / "dump")
    Scene(["secret b/hub user=acme"], cluster="stage").write(tmp_path / "dump")
    answer = fother.answers("credentials", "--snapshot", tmp_path / "dump")
    row = records(answer, "credential")[0]
    assert (row["secrets"], row["clusters"], len(answer["items"])) == (2, 2, 1)
    only = fother.answers("credentials", "--cluster", "stage")
    assert records(only, "credential")[0]["secrets"] == 1


def test_exit_codes(fother, dump, tmp_path):
    key = ["--key-file", fother.key]
    clean = Scene(["deployment a/web image=quay.io/acme/web:1 pull=hub",
                   "secret a/hub quay.io user=acme kind=pat"]).write(tmp_path / "clean")
    assert fother.run("triage", "--registry", "docker.io", "--snapshot", clean, *key).returncode == 0
    fother.state = tmp_path / "second"
    assert fother.run(*COMMANDS["triage"], "--snapshot", dump, *key).returncode == 3
    assert fother.run(*COMMANDS["triage"], "--fail-on", "none", *key).returncode == 0
    assert fother.run(*COMMANDS["triage"], "--fail-on", "loud", *key).returncode == 2
    assert fother.run("triage").returncode == 2
    assert fother.run("triage", "--registry", "docker.io", "--snapshot", tmp_path / "missing", *key).returncode == 1
    cut = Scene(["deployment a/web image=quay.io/acme/web:1"], without=["secret"]).write(tmp_path / "cut")
    (cut / "prod/secrets.json").write_text("error: You must be logged in to the server (Unauthorized)\n")
    fother.state = tmp_path / "third"
    assert fother.run("triage", "--registry", "docker.io", "--snapshot", cut, *key).returncode == 4


def test_one_bad_source_does_not_take_the_others_down(fother, dump, tmp_path):
    done = fother.run("credentials", "--snapshot", tmp_path / "missing", "--snapshot", dump, "-o", "json", "--key-file",
                      fother.key)
    answer = json.loads(done.stdout)
    assert done.returncode == 4
    assert answer["complete"] is False and "missing" in answer["errors"][0]
    assert answer["items"]


@pytest.mark.parametrize("words, says", [
    (["triage"], "which registry"),
    (["triage", "--registry", "docker.io", "--since", "soon"], "--since"),
    (["triage", "--registry", "docker.io", "--window", "2026-11-21..2026-11-20"], "--window"),
    (["triage", "--registry", "docker.io", "--since", "3d", "--window", "a..b"], "exclude"),
    (["triage", "--registry", "docker.io", "--bad", "sha256:12"], "not a whole digest"),
    (["triage", "--registry", "docker.io", "--bad", "acme/WEB:1"], "acme/WEB:1"),
    (["triage", "7"], "no incident 7"),
    (["triage", "seven"], "no incident number"),
    (["where"], "give one digest"),
    (["where", "sha256:XYZ"], "digest needs"),
    (["incident", "show", "9"], "no incident 9"),
    (["credentials", "-o", "xml"], "use table"),
    (["credentials", "--as-of", "yesterday"], "--as-of"),
    (["rotate"], "unknown command"),
    (["credentials", "extra"], "takes no `extra`"),
    (["credentials", "--cluster", "nosuch"], "it knows prod"),
    (["triage", "--registry", "docker.io", "--since", "2099-01-01"], "in the future"),
    (["triage", "--registry", "docker.io", "--bad", "SHA256:" + "a" * 64], "lower case"),
])
def test_the_likely_mistakes_are_usage_errors_that_say_what(words, says, read):
    done = read.run(*words, *(["--key-file", read.key] if words != ["rotate"] else []))
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert done.stderr.startswith("fother: error: ") and done.stderr.count("\n") == 1


def test_a_bad_line_in_a_bad_file_is_named(read, tmp_path):
    path = tmp_path / "bad.txt"
    path.write_text(f"# list\n{digest('bad')}\nacme/web\n")
    done = read.run("triage", "--registry", "docker.io", "--bad", path, "--key-file", read.key)
    assert done.returncode == 2
    assert f"{path}: line 3: " in done.stderr


def test_another_key_is_refused(read, tmp_path):
    other = tmp_path / "other"
    other.write_bytes(b"another made-up key of 32 bytes!")
    other.chmod(0o600)
    done = read.run("credentials", "--key-file", other)
    assert done.returncode == 1
    assert "every login would look changed" in done.stderr


def test_an_incident_is_refreshed_not_opened_twice(read, dump):
    again = read.triage(dump, *COMMANDS["triage"][1:])
    assert again["incident"]["id"] == 1
    more = read.answers("triage", "1", "--bad", "acme/web:1")
    assert len(more["incident"]["indicators"]) == 2
    other = read.answers("triage", "--registry", "ghcr.io")
    assert other["incident"]["id"] == 2
    assert [r["id"] for r in records(read.answers("incident", "list"), "incident")] == [1, 2]


def test_names_from_a_dump_cannot_steer_the_terminal_or_a_spreadsheet(fother, tmp_path):
    scene = Scene(["secret a/hub user=acme"])
    secret = next(o for o in scene.objects if o["kind"] == "Secret")
    secret["metadata"]["name"] = "=cmd|'/C calc'!A0\u202e\033[2J\r\nfother: error: all clean"
    folder = scene.write(tmp_path / "dump")
    for form in ("table", "wide", "csv", "json"):
        out = fother.run("secrets", "--snapshot", folder, "-o", form, "--key-file", fother.key).stdout
        assert "\033" not in out and "\u202e" not in out, form
        assert "\nfother: error" not in out, form
    rows = list(csv.reader(io.StringIO(fother.run("secrets", "-o", "csv", "--key-file", fother.key).stdout, newline="")))
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row if cell)


@pytest.mark.parametrize("command", ["triage", "credentials", "secrets", "images", "where", "incident list",
                                     "incident show", "help", "version"])
def test_help_and_manual_agree(command, fother):
    """-h lists exactly the options that the manual gives the command."""
    text = fother.run(*command.split(), "-h").stdout
    manual = fother.run("help", "--man").stdout
    section = manual.split(f".SS fother {command}", 1)[1].split(".SS", 1)[0].split(".SH", 1)[0]
    in_help = set(re.findall(r"^  (?:-\w, )?--([a-z-]+)", text, re.M))
    in_manual = {name.replace("\\-", "-") for name in re.findall(r"\\fB\\-\\-([a-z\\-]+)\\fR", section)}
    assert in_help == in_manual and in_help


def test_a_value_written_again_stays_as_old_as_it_is(fother, tmp_path):
    """Rewriting a secret with the old value after the breach moves its write time, not the value's age."""
    old = Scene(["secret a/hub user=acme written=2026-10-01"]).write(tmp_path / "old")
    again = Scene(["secret a/hub user=acme written=2026-11-23"]).write(tmp_path / "again")
    fother.answers("credentials", "--snapshot", old, "--as-of", "2026-11-22T00:00:00Z")
    answer = fother.triage(again, "--registry", "docker.io", "--window", WINDOW)
    row = records(answer, "credential")[0]
    assert (row["standing"], row["not_changed_since"]) == ("burnt", "2026-10-01T00:00:00Z")


def test_a_secret_made_again_with_the_old_value_stays_burnt(fother, tmp_path):
    scene = Scene(["secret a/hub user=acme written=2026-10-01"])
    fother.answers("credentials", "--snapshot", scene.write(tmp_path / "old"), "--as-of", "2026-11-22T00:00:00Z")
    again = Scene(["secret a/hub user=acme written=2026-11-23"])
    secret = next(o for o in again.objects if o["kind"] == "Secret")
    secret["metadata"].update(uid="00000000-0000-4000-8000-000000000001", creationTimestamp="2026-11-23T00:00:00Z")
    answer = fother.triage(again.write(tmp_path / "again"), "--registry", "docker.io", "--window", WINDOW)
    assert records(answer, "credential")[0]["standing"] == "burnt"


def test_a_replaced_login_stays_until_the_registry_revoked_it(fother, tmp_path):
    other = "secret b/other quay.io user=other kind=robot"
    old = Scene(["secret a/hub user=acme value=example-old", "secret b/hub user=gone", other]).write(tmp_path / "old")
    new = Scene(["secret a/hub user=acme value=example-new written=2026-11-23", other]).write(tmp_path / "new")
    fother.answers("credentials", "--snapshot", old, "--as-of", "2026-11-22T00:00:00Z")
    answer = fother.triage(new, "--registry", "docker.io", "--window", WINDOW)
    rows = {(r["username"], r["secrets"]): r for r in records(answer, "credential")}
    assert rows["acme", 1]["standing"] == "proven_new"
    assert (rows["acme", 0]["standing"], rows["acme", 0]["action"]) == ("burnt", "revoke")
    assert (rows["gone", 0]["standing"], rows["gone", 0]["action"]) == ("burnt", "revoke")
    assert [r["action"] for r in records(answer, "action")] == ["revoke", "revoke"]


def test_what_bad_code_reads_is_burnt_whichever_registry_and_however_new(fother, tmp_path):
    dump = Scene(["secret ci/harbor harbor.acme.example user=puller kind=robot written=2026-11-24",
                  "secret ci/other quay.io user=other kind=robot written=2026-11-24",
                  "deployment ci/scanner image=acme/scanner:1 digest=bad reads=harbor"]).write(tmp_path / "dump")
    answer = fother.triage(dump, "--registry", "docker.io", "--window", WINDOW, "--bad", digest("bad"))
    assert [(r["username"], r["standing"], r["action"]) for r in records(answer, "credential")] == [
        ("robot$puller", "burnt", "revoke")]
    assert any("harbor.acme.example" in r["subject"] for r in records(answer, "action"))


def test_everything_that_bad_code_reads_is_named(fother, tmp_path):
    scene = Scene(["secret ci/hub user=acmeci kind=pat",
                   "deployment ci/scanner image=acme/scanner:1 digest=bad reads=hub,db-password"])
    answer = fother.triage(scene.write(tmp_path / "dump"), "--registry", "docker.io", "--bad", digest("bad"))
    first = records(answer, "action")[0]
    assert (first["rule"], first["reads"]) == ("contain_reader", ["db-password", "hub"])
    assert "2 secrets" in first["why"]


@pytest.mark.parametrize("registry", ["docekr.io", "docker", "docker.com"])
def test_a_mistyped_registry_does_not_look_clean(registry, read):
    answer = read.answers("triage", "--registry", registry)
    row = next(r for r in records(answer, "unknown") if r["subject"] == f"anything of {registry}")
    assert "docker.io" in row["why"]


def test_what_was_not_dumped_is_said(fother, tmp_path):
    dump = Scene(["secret a/hub user=acme", "deployment a/web image=acme/web:1 pull=hub"],
                 without=["deployment"]).write(tmp_path / "dump")
    answer = fother.triage(dump, "--registry", "docker.io", "--window", WINDOW)
    said = {r["subject"]: r["incomplete"] for r in records(answer, "unknown")}
    assert said["owners of 2 pods"] is True
    assert said["logins in other secrets"] is False
    assert answer["complete"] is False


def test_a_dump_older_than_the_breach_is_not_an_answer(fother, tmp_path):
    dump = Scene(["secret a/hub user=acme"]).write(tmp_path / "dump")
    answer = fother.answers("triage", "--registry", "docker.io", "--snapshot", dump, "--as-of", "2026-11-01T00:00:00Z",
                            "--since", "2026-10-31")
    assert "everything since the breach" not in {r["subject"] for r in records(answer, "unknown")}
    fother.answers("triage", "1")
    newer = fother.answers("triage", "--registry", "docker.io", "--since", "2026-11-20")
    assert newer["complete"] is False
    assert "everything since the breach" in {r["subject"] for r in records(newer, "unknown")}


def test_a_suspended_cronjob_is_checked_not_held(fother, tmp_path):
    scene = Scene(["cronjob a/report image=acme/report:2 state=none", "node n2 images=acme/report:2@bad"])
    next(o for o in scene.objects if o["kind"] == "CronJob")["spec"]["suspend"] = True
    answer = fother.triage(scene.write(tmp_path / "dump"), "--registry", "docker.io", "--bad", digest("bad"))
    assert {r["subject"]: r["action"] for r in records(answer, "action")}["prod/a CronJob/report"] == "check"


def test_where_says_what_it_looked_for(read):
    out = read.run("where", "scanner", "--key-file", read.key).stdout
    assert "docker.io/library/scanner: not seen" in out and "docker.io/acme/scanner" in out


def test_a_part_is_not_taken_for_the_whole(fother, tmp_path):
    folder = Scene(["secret a/hub user=acme"]).write(tmp_path / "dump")
    (folder / "prod/jobs.json").write_text("error: You must be logged in to the server (Unauthorized)\n")
    done = fother.run("credentials", "--snapshot", folder, "--key-file", fother.key)
    assert done.returncode == 4 and "(incomplete: " in done.stdout


def test_a_cache_that_was_emptied_is_told_as_such(fother, tmp_path):
    login = "secret a/hub quay.io user=acme kind=pat"
    full = Scene([login, "node n2 images=acme/old:1@bad"]).write(tmp_path / "full")
    empty = Scene([login, "node n2 images=acme/new:1@good"]).write(tmp_path / "empty")
    command = ["triage", "--registry", "docker.io", "--bad", digest("bad")]
    first = fother.answers(*command, "--snapshot", full, "--as-of", "2026-11-24T00:00:00Z")
    second = fother.answers(*command, "--snapshot", empty, "--as-of", "2026-11-25T00:00:00Z")
    assert [records(a, "action")[0]["why"] for a in (first, second)] == [
        "a bad image is cached there", "a bad image was cached there"]


def test_an_unused_login_is_deleted_only_where_nothing_lists_its_secret(fother, tmp_path):
    dump = Scene(["secret a/unused user=one", "secret b/dead registry-1.docker.io user=two",
                  "deployment b/web image=acme/web:1 pull=dead"]).write(tmp_path / "dump")
    answer = fother.triage(dump, "--registry", "docker.io", "--window", WINDOW)
    assert {r["username"]: r["action"] for r in records(answer, "credential")} == {"one": "delete", "two": "revoke"}
