"""Which dumps are of one cluster: by the UID of kube-system, by objects that both hold, by the address (model/sink.h)."""
import io
import json
import tarfile

from scene import Fother, Scene, records

WORLD = ("secret shop/hub docker.io user=acme", "secret ci/hub docker.io user=acme",
         "secret ci/build docker.io user=acmeci kind=pat", "deployment ci/scanner image=acme/scanner:1 pull=hub,build")
# The first two secrets are of two namespaces: a list of them is one of all namespaces, so that what it lacks is gone.
FIRST, SECOND, THIRD = "2026-11-23T12:00:00Z", "2026-11-24T12:00:00Z", "2026-11-25T12:00:00Z"


def dump(objects):
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})


def of_kind(scene, *kinds):
    return dump([o for o in scene.objects if o["kind"] in kinds])


def without_uids(scene):
    objects = json.loads(json.dumps(scene.objects))
    for o in objects:
        del o["metadata"]["uid"]
    return dump(objects)


def write(folder, text):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "all.json").write_text(text)
    return folder


def read(fother, source, as_of=SECOND, what="credentials"):
    """source: a folder, or the text or archive to pipe in."""
    piped = isinstance(source, (str, bytes))
    words = [what, "--snapshot", "-" if piped else source, "--as-of", as_of, "-o", "json", "--key-file", fother.key]
    done = fother.run(*words, stdin=source if piped else None)
    assert done.returncode in (0, 3, 4), done.stderr
    return json.loads(done.stdout)


def tar(**texts):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in texts.items():
            member = tarfile.TarInfo(f"dump/{name}/secrets.json")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()


def stored(fother, what="credentials"):
    return fother.answers(what)


def counts(answer):
    return {r["username"]: (r["secrets"], r["namespaces"], r["clusters"], r["users"], r["not_changed_since"])
            for r in records(answer, "credential")}


def gone(fother):
    return sorted((r["cluster"], r["namespace"], r["name"]) for r in stored(fother, "secrets")["items"]
                  if r["change"] == "gone")


def places(fother):
    return sorted((r["cluster"], r["namespace"], r["name"]) for r in stored(fother, "secrets")["items"])


def alone(tmp_path, scene):
    """What a store says that has read nothing but the whole dump."""
    (tmp_path / "alone").mkdir()
    return counts(read(Fother(tmp_path / "alone"), write(tmp_path / "alone-dump/prod", dump(scene.objects))))


def test_secrets_piped_first_and_the_whole_dump_later(fother, tmp_path):
    scene = Scene(WORLD)
    read(fother, of_kind(scene, "Secret"), FIRST)
    read(fother, write(tmp_path / "prod", dump(scene.objects)))
    assert counts(stored(fother)) == alone(tmp_path, scene)
    assert {cluster for cluster, _, _ in places(fother)} == {"prod"} and len(places(fother)) == 3
    rows = stored(fother, "secrets")["items"]
    assert {r["first_seen"] for r in rows} == {FIRST} and {r["last_seen"] for r in rows} == {SECOND}


def test_the_whole_dump_first_and_secrets_piped_later(fother, tmp_path):
    scene = Scene(WORLD)
    expected = alone(tmp_path, scene)
    read(fother, write(tmp_path / "prod", dump(scene.objects)))
    for as_of in (FIRST, SECOND, THIRD):
        read(fother, of_kind(scene, "Secret"), as_of)
        assert counts(stored(fother)) == expected
        assert len(places(fother)) == 3
    assert gone(fother) == []


def test_the_same_piped_twice_changes_nothing(fother):
    scene = Scene(WORLD)
    trimmed = without_uids(Scene(WORLD, without=["namespace"]))
    for text in (of_kind(scene, "Secret"), of_kind(scene, "Pod", "Secret"), trimmed):
        first = read(fother, text)["items"]
        assert read(fother, text)["items"] == first


def test_two_clusters_piped_one_after_the_other(fother):
    prod, stage = Scene(WORLD, cluster="prod"), Scene(WORLD[:2], cluster="stage")
    read(fother, of_kind(prod, "Secret"), FIRST)
    read(fother, of_kind(stage, "Secret"), SECOND)
    assert [cluster for cluster, _, _ in places(fother)] == ["stdin"] * 3 + ["stdin (2)"] * 2
    assert gone(fother) == []
    assert counts(stored(fother))["acme"][:3] == (4, 4, 2)


def test_an_archive_of_two_clusters_piped_twice_and_then_each_piped(fother):
    prod, stage = Scene(WORLD, cluster="prod"), Scene(WORLD[:2], cluster="stage")
    texts = {"prod": of_kind(prod, "Secret"), "stage": of_kind(stage, "Secret")}
    for source in (tar(**texts), tar(**texts), texts["stage"], texts["prod"]):
        read(fother, source)
        assert [cluster for cluster, _, _ in places(fother)] == ["prod"] * 3 + ["stage"] * 2


def test_two_folders_of_one_name(fother, tmp_path):
    prod, stage = Scene(WORLD, cluster="prod"), Scene(WORLD[:2], cluster="stage")
    one, two = tmp_path / "case1/dump", tmp_path / "case2/dump"
    read(fother, write(one, of_kind(prod, "Secret")), FIRST)
    read(fother, write(two, of_kind(stage, "Secret")), SECOND)
    assert gone(fother) == [] and len(places(fother)) == 5
    assert {cluster for cluster, _, _ in places(fother)} == {f"dump ({one})", f"dump ({two})"}
    # Each can be asked for by the name that is shown.
    only = fother.answers("secrets", "--cluster", f"dump ({two})")["items"]
    assert len(only) == 2


def test_one_folder_that_another_cluster_is_dumped_into(fother, tmp_path):
    prod, stage = Scene(WORLD, cluster="prod"), Scene(WORLD[:2], cluster="stage")
    read(fother, write(tmp_path / "dump", of_kind(prod, "Secret")), FIRST)
    read(fother, write(tmp_path / "dump", dump(stage.objects)), SECOND)
    assert gone(fother) == [] and len(places(fother)) == 5
    assert counts(stored(fother))["acme"][:3] == (4, 4, 2)


def test_dumps_without_uids_go_by_the_path(fother, tmp_path):
    less, more = Scene(WORLD[:2], without=["namespace"]), Scene(WORLD, without=["namespace"])
    read(fother, write(tmp_path / "case1/dump", without_uids(more)), FIRST)
    read(fother, write(tmp_path / "case2/dump", without_uids(less)), SECOND)
    assert gone(fother) == [] and len(places(fother)) == 5
    read(fother, write(tmp_path / "case1/dump", without_uids(less)), THIRD)
    one = f"dump ({tmp_path / 'case1/dump'})"
    assert gone(fother) == [(one, "ci", "build")]


def test_every_pod_replaced_is_the_same_cluster(fother, tmp_path):
    scene = Scene(WORLD, without=["namespace"])
    read(fother, write(tmp_path / "dump", dump(scene.objects)), FIRST)
    for o in scene.objects:
        if o["kind"] == "Pod":
            o["metadata"]["uid"] = o["metadata"]["uid"][::-1]
            o["metadata"]["name"] += "-new"
    read(fother, write(tmp_path / "dump", dump(scene.objects)), SECOND)
    assert {cluster for cluster, _, _ in places(fother)} == {"dump"}
    assert counts(stored(fother))["acme"][:3] == (2, 2, 1)


def test_known_clusters_with_one_secret_uid(fother, tmp_path):
    prod, stage = Scene(WORLD, cluster="prod"), Scene(WORLD, cluster="stage")
    for a, b in zip(prod.objects, stage.objects):
        if a["kind"] == "Secret":
            b["metadata"]["uid"] = a["metadata"]["uid"]
    read(fother, write(tmp_path / "prod", dump(prod.objects)), FIRST)
    read(fother, write(tmp_path / "stage", dump(stage.objects)), SECOND)
    assert counts(stored(fother))["acme"][:3] == (4, 4, 2)
    assert len(places(fother)) == 6 and gone(fother) == []
