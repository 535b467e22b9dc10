"""Nobody uses it, or nobody knows: what a file that could not be read does to the users of a login."""
import pytest

from scene import Fother, Scene, records

LINES = ("secret a/hub docker.io user=acme", "secret b/used docker.io user=other",
         "deployment b/web image=acme/web:1 pull=used")


def users(tmp_path, name, text):
    fother = Fother(tmp_path)
    source = Scene(LINES).write(tmp_path / "dump")
    if name:
        (source / "prod" / name).write_text(text)
    answer = fother.triage(source, "--registry", "docker.io", "--since", "2026-11-20")
    unused = {row["subject"] for row in records(answer, "finding") if row["rule"] == "pull-unused"}
    return {row["username"]: row["users"] for row in records(answer, "credential")}, unused


CUT_EVENTS = '{"apiVersion":"v1","kind":"EventList","items":[{"metadata":{"name":"e","namespace":"a","uid":"1"}},{"metad'
CUT_CRONJOBS = CUT_EVENTS.replace("v1", "batch/v1").replace("EventList", "CronJobList")


@pytest.mark.parametrize(("name", "text"), [
    (None, ""),
    ("notes.txt", "nothing of ours"),
    ("events.json", CUT_EVENTS),
])
def test_nobody_is_nobody_where_all_that_can_use_it_was_read(tmp_path, name, text):
    assert users(tmp_path, name, text) == ({"acme": 0, "other": 1}, {"hub"})


@pytest.mark.parametrize(("name", "text"), [
    ("cronjobs.json", "error: You must be logged in to the server (Unauthorized)\n"),
    ("cronjobs.json", ""),
    ("cronjobs.json", '{"apiVersion":'),
    ("cronjobs.json", "no document at all\n"),
    ("cronjobs.json", CUT_CRONJOBS),
])
def test_a_lost_file_may_have_held_the_users(tmp_path, name, text):
    assert users(tmp_path, name, text) == ({"acme": None, "other": 1}, set())


def test_an_archive_or_a_link_in_the_folder_is_told(tmp_path):
    fother = Fother(tmp_path)
    source = Scene(LINES).write(tmp_path / "dump")
    (source / "stage.tgz").write_bytes(b"\x1f\x8b\x08")
    (source / "prod" / "pods.json").symlink_to("/nowhere")
    done = fother.run("credentials", "--snapshot", source, "--key-file", fother.key)
    assert done.returncode == 4
    why = fother.answers("credentials")["reads"][0]["why"]
    assert "stage.tgz: an archive in the folder was not read: give it to --snapshot itself" in why
    assert "prod/pods.json: a link" in why


def test_a_folder_without_objects_is_refused_and_nothing_is_kept(tmp_path):
    fother = Fother(tmp_path)
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "package.json").write_text('{"name": "web"}')
    done = fother.run("triage", "--registry", "docker.io", "--snapshot", tmp_path / "web", "--key-file", fother.key)
    assert done.returncode == 1 and "holds no Kubernetes object, only package.json" in done.stderr
    done = fother.run("credentials", "--key-file", fother.key)
    assert done.returncode == 2 and "nothing was read yet" in done.stderr


def test_a_cluster_of_error_texts_takes_nothing_from_the_others(tmp_path):
    fother = Fother(tmp_path)
    source = Scene(LINES).write(tmp_path / "dump")
    (source / "stage").mkdir()
    (source / "stage" / "pods.json").write_text("error: You must be logged in to the server (Unauthorized)\n")
    answer = fother.triage(source, "--registry", "docker.io", "--since", "2026-11-20", codes=(3, 4))
    assert {read["source"].rpartition("/")[2]: read["outcome"] for read in answer["reads"]} == {
        "prod": "complete", "stage": "failed"}
    assert {row["username"]: row["users"] for row in records(answer, "credential")} == {"acme": 0, "other": 1}
