"""Images in files: what skopeo converts into each form is read as the same images; what is frozen of a registry reads
like the registry itself."""
import gzip
import json
import lzma
import shutil
import subprocess

import pytest

from images import Artifact, Image, Index, layer
from layouts import copy, inspect, read_into, rows, run, tar_of, write_layout

MADE = "2026-10-01T00:00:00Z"
NAME = "docker.io/acme/web:1.0"


def web(form="oci"):
    return Image([layer({"etc/os-release": b"made up\n"}), layer({"app/run": b"#!/bin/sh\n"})], created=MADE, form=form,
                 history=["ADD rootfs / # buildkit", "-CMD [\"/app/run\"]", "COPY run /app/run # buildkit"],
                 config={"User": "1000", "Entrypoint": ["/app/run"], "Env": ["PATH=/bin"], "Labels": {"form": form}})


def only(items):
    assert len(items) == 1, items
    return items[0]


def facts(manifest):
    """What does not depend on the form that an image is in."""
    names = ("os", "architecture", "created", "dating", "history_count", "history_digest", "diff_ids", "chain_id", "user",
             "entrypoint", "env_names", "labels", "config_digest", "config_read", "builder", "kind")
    return {name: manifest[name] for name in names}


@pytest.fixture
def layout(tmp_path):
    return write_layout(tmp_path / "layout", {NAME: web()})


def read(program, tmp_path, *snapshots, code=0):
    store = tmp_path / "store.db"
    done = read_into(program, store, *snapshots)
    assert done.returncode == code, done.stderr
    return store


@pytest.mark.parametrize("form", ["folder", "tar", "tar.gz", "tar.xz", "tar.zst", "oci-archive", "docker folder"])
def test_each_form_gives_the_digest_that_skopeo_gives(program, tmp_path, layout, form):
    source, path = f"oci:{layout}:{NAME}", layout
    if form == "oci-archive":
        path = tmp_path / "web.tar"
        copy(source, f"oci-archive:{path}:{NAME}")
    elif form.startswith("tar"):
        path = tar_of(layout, tmp_path / "web.tar")
        if form == "tar.gz":
            path = tmp_path / "web.tar.gz"
            path.write_bytes(gzip.compress((tmp_path / "web.tar").read_bytes()))
        elif form == "tar.xz":
            path = tmp_path / "web.tar.xz"
            path.write_bytes(lzma.compress((tmp_path / "web.tar").read_bytes()))
        elif form == "tar.zst":
            subprocess.run(["zstd", "-q", tmp_path / "web.tar"], check=True)
            path = tmp_path / "web.tar.zst"
    elif form == "docker folder":
        path = write_layout(tmp_path / "docker", {NAME: web("docker")})
    store = read(program, tmp_path, path)
    tag, manifest = only(rows(store, "tag")), only(rows(store, "manifest"))
    if form == "docker folder":  # skopeo's layouts are of OCI's types alone
        assert tag["digest"] == manifest["digest"] == web("docker").digest
        return
    told = json.loads(inspect(source))
    assert (tag["registry"], tag["repository"], tag["tag"]) == ("docker.io", "acme/web", "1.0")
    assert tag["digest"] == manifest["digest"] == told["Digest"]
    assert json.loads(manifest["layers"]) == told["Layers"]
    assert manifest["architecture"] == told["Architecture"]
    config = json.loads(inspect(source, "--config"))
    assert json.loads(manifest["diff_ids"]) == config["rootfs"]["diff_ids"]
    one = only(rows(store, "read"))
    assert (one["source_kind"], one["outcome"], one["source"]) == ("images", "complete", str(path))
    assert only(rows(store, "cluster"))["cluster"].startswith("images:")


def test_what_docker_save_wrote_is_the_same_image_by_its_config(program, tmp_path, layout):
    saved = tmp_path / "saved.tar"
    copy(f"oci:{layout}:{NAME}", f"docker-archive:{saved}:acme/web:1.0")
    whole = only(rows(read(program, tmp_path / "a", layout), "manifest"))
    store = read(program, tmp_path / "b", saved)
    alone, tag = only(rows(store, "manifest")), only(rows(store, "tag"))
    assert alone["digest"] == tag["digest"] == web().config_digest
    assert facts(alone) == facts(whole)
    assert only(rows(store, "image_content"))["bytes"].encode() == web().config_data
    assert (tag["registry"], tag["repository"], tag["tag"]) == ("docker.io", "acme/web", "1.0")


def test_an_archive_of_docker_save_without_a_name(program, tmp_path, layout):
    saved = tmp_path / "saved.tar"
    copy(f"oci:{layout}:{NAME}", f"docker-archive:{saved}")
    store = read(program, tmp_path, saved)
    assert only(rows(store, "manifest"))["digest"] == web().config_digest
    assert rows(store, "tag") == [] and rows(store, "defect") == []


def test_several_images_of_one_archive(program, tmp_path, layout):
    other = write_layout(tmp_path / "other", {"x": Image([layer({"a": b"1"})], created=MADE)})
    saved = tmp_path / "saved.tar"
    copy(f"oci:{layout}:{NAME}", f"docker-archive:{saved}:acme/web:1.0", "--additional-tag", "acme/web:latest",
         "--additional-tag", "reg.example:5000/web:2")
    store = read(program, tmp_path, saved, other)
    assert {(one["registry"], one["repository"], one["tag"]) for one in rows(store, "tag")} == {
        ("docker.io", "acme/web", "1.0"), ("docker.io", "acme/web", "latest"), ("reg.example:5000", "web", "2"), ("", "other", "x")}


def test_an_index_of_which_one_platform_is_there(program, tmp_path):
    arm = Image([layer({"a": b"1"})], created=MADE, architecture="arm64")
    index = Index([web(), arm], attestations=True)
    layout = write_layout(tmp_path / "layout", {"many": index})
    (layout / "blobs/sha256" / arm.digest[7:]).unlink()
    store = read(program, tmp_path, layout, code=4)
    assert len(rows(store, "index_member")) == 4
    absent = only([one for one in rows(store, "registry_answer") if one["outcome"] == "absent"])
    assert absent["reference"] == arm.digest
    assert only(rows(store, "read"))["outcome"] == "partial"


def test_images_beside_a_dump_are_of_its_time(program, tmp_path, layout):
    dump = tmp_path / "dump"
    (dump / "prod").mkdir(parents=True)
    (dump / "prod/pods.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "b", "uid": "c", "creationTimestamp": MADE},
         "spec": {"containers": [{"name": "c", "image": NAME}]}}]}))
    shutil.copytree(layout, dump / "images/web")
    copy(f"oci:{layout}:{NAME}", f"docker-archive:{dump / 'images/saved.tar'}:acme/web:1.0")
    for source in dump, tar_of(dump, tmp_path / "dump.tar"):
        store = read(program, tmp_path / f"store of {source.name}", source, code=0 if source == dump else 4)
        reads = rows(store, "read")
        assert {one["source_kind"] for one in reads} == {"snapshot", "images"}
        assert {one["as_of"] for one in reads} == {reads[0]["as_of"]}
        assert len(rows(store, "manifest")) == (2 if source == dump else 1)  # an archive in an archive is told, not read
        assert len(rows(store, "pod")) == 1


def test_a_cut_archive_says_what_is_lost_and_gives_what_came_before(program, tmp_path, layout):
    whole = tar_of(layout, tmp_path / "whole.tar").read_bytes()
    cut = tmp_path / "cut.tar"
    cut.write_bytes(whole[:whole.index(b"index.json") + 600])
    store = read(program, tmp_path, cut, code=4)
    assert only(rows(store, "manifest"))["digest"] == web().digest
    one = only(rows(store, "read"))
    assert one["outcome"] == "partial" and one["why"]
    assert {"damaged_archive", "truncated"} & {one["code"] for one in rows(store, "defect")}


def test_changed_bytes_are_no_image(program, tmp_path, layout):
    place = layout / "blobs/sha256" / web().config_digest[7:]
    place.write_bytes(place.read_bytes().replace(b"1000", b"0000"))
    store = read(program, tmp_path, layout, code=4)
    assert only(rows(store, "manifest"))["config_read"] == 0
    assert only([one for one in rows(store, "registry_answer") if one["outcome"] == "invalid"])["reference"] == web().config_digest


# --- frozen registries ---

@pytest.fixture(scope="module")
def registry(lab):
    one = lab.registry("frozen")
    arm = Image([layer({"a": b"1"})], created=MADE, architecture="arm64")
    one.push("acme/web", "1.0", web())
    one.push("acme/web", "docker", web("docker"))
    one.push("acme/web", "many", Index([web(), arm], attestations=True))
    one.push("acme/api", "2", Image([layer({"api": b"1"})], created="1970-01-01T00:00:00Z", history=[]))
    one.push("acme/sbom", "x", Artifact("application/spdx+json"))
    return one


def collect(program, registry, folder, store, *options):
    return run(program, "collect", folder, "--read-registry", "--registry", registry.host, "--plain-http", registry.host,
               "--store", store, "-o", "json", *options)


def frozen(program, registry, tmp_path, *options):
    done = collect(program, registry, tmp_path / "frozen", tmp_path / "own.db", *options)
    assert done.returncode == 0, done.stderr
    return only(json.loads(done.stdout)["items"])


OF_READS = ("first_read", "last_read", "gone_read", "read", "since")


def compared(store, table):
    kept = [{name: value for name, value in row.items() if name not in OF_READS} for row in rows(store, table)]
    return sorted(kept, key=lambda row: json.dumps({name: str(value) for name, value in row.items()}))


def test_a_frozen_registry_reads_like_the_live_one(program, tmp_path, registry):
    row = frozen(program, registry, tmp_path)
    assert row["outcome"] == "complete" and row["objects"] > 8
    live = run(program, "images", "--store", tmp_path / "live.db", "--read-registry", "--registry", registry.host, "--plain-http",
               registry.host)
    assert live.returncode == 0, live.stderr
    for source in row["path"], tmp_path / "frozen", tar_of(tmp_path / "frozen", tmp_path / "frozen.tar"):
        store = tmp_path / "frozen.db"
        done = read_into(program, store, source)
        assert done.returncode == 0, done.stderr
        for table in ("tag", "registry_answer", "manifest", "index_member", "image_content", "coverage", "defect", "registry_event",
                      "cluster"):
            assert compared(store, table) == compared(tmp_path / "live.db", table), table
        one = only(rows(store, "read"))
        assert (one["source_kind"], one["outcome"], one["as_of_from"]) == ("registry", "complete", "manifest")
        store.unlink()


def test_other_tools_read_it_as_a_layout(program, tmp_path, registry):
    row = frozen(program, registry, tmp_path)
    where = f"oci:{row['path']}:{registry.host}"
    assert inspect(f"{where}/acme/web:1.0", "--raw") == web().data
    assert inspect(f"{where}/acme/web:1.0", "--config", "--raw") == web().config_data
    assert json.loads(inspect(f"{where}/acme/web:many", "--raw"))["manifests"]
    index = json.loads((tmp_path / "frozen").glob("*/*/index.json").__next__().read_text())
    assert len(index["manifests"]) == 5


@pytest.mark.parametrize("damage", ["changed blob", "missing blob", "cut records", "changed manifest", "no manifest"])
def test_damage_is_told_and_the_rest_counts(program, tmp_path, registry, damage):
    from pathlib import Path
    folder = Path(frozen(program, registry, tmp_path)["path"])
    blob = folder / "blobs/sha256" / web().digest[7:]
    codes = {"changed blob": "changed", "missing blob": "missing", "cut records": "changed", "changed manifest": "bad_manifest",
             "no manifest": None}
    if damage == "changed blob":
        blob.write_bytes(blob.read_bytes().replace(b"2", b"3", 1))
    elif damage == "missing blob":
        blob.unlink()
    elif damage == "cut records":
        records = folder / "records.ndjson"
        records.write_bytes(records.read_bytes()[:-5])
    elif damage == "changed manifest":
        (folder / "manifest.json").write_text("{")
    else:
        (folder / "manifest.json").unlink()
    store = read(program, tmp_path, tmp_path / "frozen", code=4)
    one = only(rows(store, "read"))
    assert one["outcome"] == ("interrupted" if "manifest" in damage else "partial")
    assert one["why"]
    tags = {(one["repository"], one["tag"]) for one in rows(store, "tag")}
    assert ("acme/api", "2") in tags
    if codes[damage]:
        assert codes[damage] in {one["code"] for one in rows(store, "defect")}
    digests = {one["digest"] for one in rows(store, "manifest")}
    assert (web().digest in digests) == (damage not in ("changed blob", "missing blob"))
    assert web("docker").digest in digests


def test_a_second_run_is_beside_the_first(program, tmp_path, registry):
    first, second = (frozen(program, registry, tmp_path, "--as-of", "2026-11-25T11:55:00Z")["path"] for _ in range(2))
    assert second == first + "-2"


def test_a_registry_that_is_not_there_leaves_a_run_that_says_so(program, tmp_path, lab):
    done = run(program, "collect", tmp_path / "frozen", "--read-registry", "--registry", "127.0.0.1:9", "--plain-http", "127.0.0.1:9",
               "--store", tmp_path / "own.db", "-o", "json")
    assert done.returncode in (1, 4)
    manifest = json.loads(next((tmp_path / "frozen").glob("*/*/manifest.json")).read_text())
    assert manifest["outcome"] == "failed" and manifest["why"]


def test_what_is_to_be_frozen_must_be_said(program, tmp_path):
    for arguments in (["--read-registry"], ["--registry", "docker.io"]):
        done = run(program, "collect", tmp_path / "frozen", "--store", tmp_path / "own.db", *arguments)
        assert done.returncode == 2
        assert not (tmp_path / "frozen").exists()
