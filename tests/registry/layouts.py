"""Layouts and archives of images, and what the program makes of them.

    write_layout(folder, {"docker.io/acme/web:1.0": image, None: other})
    copy("oci:%s:docker.io/acme/web:1.0" % folder, "docker-archive:%s:acme/web:1.0" % tar)
    records(program, tmp_path, folder)["manifest"][digest]["created"]
"""
import json
import sqlite3
import subprocess
import tarfile

REF_NAME = "org.opencontainers.image.ref.name"


def write_blobs(folder, image):
    for digest, data in image.blobs().items() | {(one.digest, one.data) for one in image.manifests()}:
        algorithm, encoded = digest.split(":")
        place = folder / "blobs" / algorithm / encoded
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def write_layout(folder, images):
    """Of {name, or None: image}; names as skopeo has them."""
    descriptors = []
    for name, image in images.items():
        write_blobs(folder, image)
        descriptors.append(image.descriptor(**({"annotations": {REF_NAME: name}} if name else {})))
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": descriptors}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return folder


def tar_of(folder, path, mode="w"):
    with tarfile.open(path, mode) as tar:
        for one in sorted(folder.rglob("*")):
            tar.add(one, one.relative_to(folder), recursive=False)
    return path


def copy(source, target, *options):
    done = subprocess.run(["skopeo", "copy", "-q", "--insecure-policy", *options, source, target], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def inspect(source, *options):
    done = subprocess.run(["skopeo", "inspect", *options, source], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def run(program, *arguments, **how):
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, **how)


def read_into(program, store, *snapshots, options=()):
    """Exit code and standard error of a command that reads them."""
    given = [part for one in snapshots for part in ("--snapshot", one)]
    done = run(program, "images", "-o", "json", "--store", store, *given, *options)
    return done


def rows(store, table):
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as base:
        base.row_factory = sqlite3.Row
        return [dict(row) for row in base.execute(f"select * from {table}")]
