"""One cluster, read live, from dumps of kubectl, and frozen by `fother collect`: the answers are the same, byte for byte, but
for what the lists below name. And read in JSON and in protobuf: what is stored is the same.
"""
import difflib
import json
import os
import re
import subprocess

import pytest

import rich
from lab import ROOT
from live.scenery import TOKENS
from real import RealFother, now, wait_for_next_second

WAYS = ("protobuf", "json", "dump", "frozen")
SUBJECTS = {"where-image": ("where", "docker.io/acme/api"), "where-digest": ("where", "sha256:" + rich.DIGESTS["cron"]),
            "credentials": ("credentials",), "secrets": ("secrets",), "images": ("images",)}
# Source and times of the read.
READ_FIELDS = ("source", "source_kind", "started", "ended", "as_of", "as_of_from")
# How to ask for what was not asked for is another thing for each source: these fields of the rows about it.
UNKNOWN_FIELDS = {"logins in other secrets": ("why", "fix")}
# Fields of tables of the store. A dump of kubectl says nothing of the server, nor whether a list whose items are all in one
# namespace was asked of all; and defects are in its files.
STORED_MAY_DIFFER = {
    "json": {"read": ("started", "ended")},
    "frozen": {"read": READ_FIELDS},
    "dump": {"read": READ_FIELDS, "cluster": ("server_version",), "coverage": ("namespace",), "defect": ("file",)}}
# Tokens of service accounts and Helm releases are in a dump of all secrets, and never asked for live.
SECRETS_NEVER_ASKED_FOR = 2


def readme_block():
    """The commands that README gives to make a dump, without the run of Fother at their end."""
    blocks = re.findall(r"```\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    [block] = [block for block in blocks if "kubectl get" in block]
    commands, _, fother = block.rpartition("\n\n")
    assert "--snapshot dump" in fother
    return commands


def all_secrets_command():
    [command] = re.findall(r"`(kubectl get secrets [^`]*)`", (ROOT / "README.md").read_text())
    return command


class Three:
    """The cluster, and a Fother with a store of its own for each way to read it."""

    def __init__(self, lab, folder):
        self.lab, self.folder = lab, folder
        self.kubeconfig = lab.kubeconfig(name="prod")
        self.as_of = now(1)
        self.dump("dump", readme_block())
        self.dump("dump-all", "umask 077; mkdir -p dump/prod; cd dump/prod\n" + readme_block().split("\n", 1)[1].partition(
            "for type in")[0] + all_secrets_command() + "\ncd ../..")

    def dump(self, name, commands):
        # kubectl before 1.21 always shows them.
        commands = commands.replace(" --show-managed-fields", "")
        folder = self.folder / name
        folder.mkdir()
        path = f"{self.lab.parts}:{os.environ['PATH']}"
        done = subprocess.run(["bash", "-euc", commands], cwd=folder, capture_output=True, text=True, check=False,
                              env=os.environ | {"PATH": path, "KUBECONFIG": str(self.kubeconfig)})
        assert done.returncode == 0 and done.stderr == "", done.stderr

    def source(self, way, options):
        fother = RealFother(self.folder / f"of-{way}{'-all' if options else ''}").use(self.kubeconfig)
        if way == "frozen":
            done = fother.run(*fother.live("collect", fother.folder / "evidence", "--as-of", self.as_of, *options))
            assert done.returncode == 0, done.stderr
            return fother, ["--snapshot", fother.folder / "evidence"]
        if way == "dump":
            return fother, ["--snapshot", self.folder / ("dump-all" if options else "dump") / "dump"]
        return fother, ["--context", "prod", "--kubeconfig", self.kubeconfig, "--encoding",
                        "auto" if way == "protobuf" else "json", *options]


@pytest.fixture(scope="module")
def three(start_lab, tmp_path_factory):
    lab = start_lab(controllers=False)
    rich.fill(lab)
    wait_for_next_second()
    yield Three(lab, tmp_path_factory.mktemp("three"))
    lab.stop()


class Answers:
    def __init__(self, three, way, options):
        self.way, self.never_asked_for = way, SECRETS_NEVER_ASKED_FOR if way == "dump" and options else 0
        self.fother, source = three.source(way, options)
        self.as_of = three.as_of
        self.lines = {"triage": self.ask("triage", "--registry", "docker.io", "--since", "30d", "--bad",
                                         "sha256:" + rich.DIGESTS["cron"], "--bad", "acme/gone:1", *source)}
        for name, words in SUBJECTS.items():
            self.lines[name] = self.ask(*words)

    def ask(self, *words):
        done = self.fother.run(*words, "--as-of", self.as_of, "--key-file", self.fother.key, "-o", "ndjson")
        assert done.returncode in (0, 3) and done.stderr == "", (self.way, words, done.returncode, done.stderr)
        return done.stdout.splitlines()

    @property
    def folder(self):
        """All bytes that Fother wrote."""
        return [path for path in self.fother.folder.rglob("*") if path.is_file()]


@pytest.fixture(scope="module", params=[(), ("--all-secrets",)], ids=["pull secrets", "all secrets"])
def answers(three, request):
    return {way: Answers(three, way, request.param) for way in WAYS}


def text(row):
    return json.dumps(row, separators=(",", ":"), ensure_ascii=False)


def normal(line, objects_never_asked_for=0):
    """The line, byte for byte, with marks in place of the fields that may differ."""
    row = json.loads(line)
    assert text(row) == line
    if "schema" in row:
        [read] = row["reads"]
        read |= dict.fromkeys(READ_FIELDS, "may differ") | {"objects": read["objects"] - objects_never_asked_for}
    elif row["record"] == "unknown":
        row |= dict.fromkeys(UNKNOWN_FIELDS.get(row["subject"], ()), "may differ")
    return text(row)


@pytest.mark.parametrize("subject", ["triage", *SUBJECTS])
@pytest.mark.parametrize("way", WAYS[1:])
def test_the_answer_is_the_same(answers, way, subject):
    expected = [normal(line) for line in answers["protobuf"].lines[subject]]
    found = [normal(line, answers[way].never_asked_for) for line in answers[way].lines[subject]]
    assert found == expected, "\n".join(difflib.unified_diff(expected, found, "live", way, lineterm="", n=0))


def test_both_encodings_were_asked_for(three, answers):
    """By the API server's own count; nobody else lists this kind."""
    counts = three.lab.api().get("/metrics").body.decode()
    for content_type in ("json", "vnd.kubernetes.protobuf"):
        assert re.search(rf'^apiserver_request_total.*contentType="application/{content_type}".*"podtemplates".*verb="LIST".* '
                         r"[1-9]\d*$", counts, re.MULTILINE), content_type


@pytest.mark.parametrize("subject", ["triage", *SUBJECTS])
def test_the_encoding_shows_nowhere(answers, subject):
    assert answers["json"].lines[subject] == answers["protobuf"].lines[subject]


def stored(one, way):
    """{table: sorted rows} of everything that is in the store, but for what may differ in `way`."""
    tables = {row["name"]: one.fother.query(f'SELECT * FROM "{row["name"]}"') for row in one.fother.query(
        "SELECT name FROM sqlite_schema WHERE type = 'table'")}
    for row in [*tables["read"], *(row for row in tables["coverage"] if row["kind"] == "Secret")]:
        row["objects"] -= one.never_asked_for
    return {table: sorted((row | dict.fromkeys(STORED_MAY_DIFFER[way].get(table, ())) for row in rows), key=repr)
            for table, rows in tables.items()}


@pytest.mark.parametrize("way", WAYS[1:])
def test_what_is_stored_is_the_same(answers, way):
    expected, found = stored(answers["protobuf"], way), stored(answers[way], way)
    assert set(found) == set(expected) and sum(map(len, expected.values())) > 200
    for table, rows in expected.items():
        difference = difflib.unified_diff([*map(repr, rows)], [*map(repr, found[table])], "live", way, lineterm="", n=0)
        assert found[table] == rows, table + "\n".join(difference)


def test_the_answers_are_rich(answers):
    """What is the same everywhere must be something."""
    lines = {subject: [json.loads(line) for line in lines] for subject, lines in answers["protobuf"].lines.items()}

    def words(subject, record, field):
        return {row[field] for row in lines[subject] if row.get("record") == record}

    assert {row.get("record") for row in lines["triage"]} >= {"action", "sighting", "image", "credential", "finding", "unknown"}
    assert words("triage", "finding", "rule") >= {
        "pull-missing", "pull-key-dead", "pull-password", "pull-entry-undecodable", "pull-unused", "pull-key-shadowed",
        "pull-rotation-blocked", "pull-unsupported-auth", "pull-exposed", "pull-defect"}
    assert words("triage", "sighting", "state") == {"pulled", "ran", "template", "waits"}
    assert words("secrets", "secret_row", "managed_by") == {
        "Sealed Secrets", "External Secrets", "Argo CD", "Helm", "Flux", None}
    defects = {defect.partition(" at ")[0] for row in lines["secrets"] for defect in row.get("defects") or ()}
    assert defects >= {"bad_base64", "no_colon_in_auth", "wrong_type", "duplicate_key", "auth_and_username", "unparsable_key",
                       "auths_in_dockercfg", "no_auths", "bad_json", "not_read_by_kubelet"}
    assert words("images", "image", "digest_kind") and len(lines["secrets"]) > 30 and len(lines["triage"]) > 200


def test_no_value_is_anywhere(answers):
    for one in answers.values():
        said = "\n".join(line for lines in one.lines.values() for line in lines)
        for needle in (*rich.needles(), *TOKENS):
            assert needle not in said, (one.way, needle)
            for path in one.folder:
                if path != one.fother.key:
                    assert needle.encode() not in path.read_bytes(), (one.way, needle, path)
