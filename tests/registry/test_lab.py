"""The lab is what it says: other people's tools get the same images from it, and only with the right login."""
import json
import subprocess

import pytest

from images import Image, Index, layer
from lab import most_at_once

MADE = "2026-10-01T00:00:00Z"


def skopeo(registry, image, *options):
    ca = registry.lab.pki.folder / "for-skopeo"
    ca.mkdir(exist_ok=True)
    (ca / "ca.crt").write_bytes(registry.lab.pki.ca.read_bytes())
    how = ["--cert-dir", ca] if registry.tls else ["--tls-verify=false"]
    return subprocess.run(["skopeo", "inspect", "-n", *how, *options, f"docker://{registry.host}/{image}"], capture_output=True,
                          text=True)


def base():
    return Image([layer({"etc/os-release": b"made up\n"})], created=MADE)


@pytest.mark.parametrize("form", ["oci", "docker"])
def test_images_and_indexes_are_read_by_skopeo(lab, form):
    plain = lab.registry(f"plain-{form}")
    image = Image(base().layers, created=MADE, form=form)
    index = Index([image, Image([layer({"a": b"x"})], created=MADE, architecture="arm64", form=form)], form=form)
    plain.push("acme/web", "1.0", image)
    plain.push("acme/web", "many", index)
    assert json.loads(skopeo(plain, "acme/web:1.0").stdout)["Digest"] == image.digest
    assert json.loads(skopeo(plain, "acme/web:many").stdout)["Layers"] == [image.layers[0].digest]
    asked = plain.requests()
    assert [one.path for one in asked][:2] == ["/v2/", "/v2/acme/web/manifests/1.0"]
    assert most_at_once(asked) == 1


def test_basic_and_token_logins_over_tls_are_asked_for(lab):
    basic = lab.registry("basic", users={"acme": "made-up-password-1"}, tls=True)
    tokens = lab.registry("tokens", token_users={"acme": "made-up-password-2"}, public=("open/",), tls=True)
    for registry, password in (basic, "made-up-password-1"), (tokens, "made-up-password-2"):
        registry.push("acme/web", "1", base())
        registry.push("open/web", "1", base())
        assert skopeo(registry, "acme/web:1", "--creds", f"acme:{password}").returncode == 0
        assert skopeo(registry, "acme/web:1", "--creds", "acme:made-up-wrong").returncode != 0
        assert skopeo(registry, "acme/web:1").returncode != 0
    assert skopeo(tokens, "open/web:1").returncode == 0
    assert tokens.issuer.asked[-1] == ("GET", ("repository:open/web:pull",), None)
    assert skopeo(basic, "open/web:1").returncode != 0
