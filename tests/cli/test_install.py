"""`make install` puts the program, its manual and its documents where a package wants them."""
import subprocess

import pytest


@pytest.fixture(scope="module")
def installed(build, program, tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run(["meson", "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", folder], check=True,
                   capture_output=True)
    prefixes = [path.parent.parent for path in folder.rglob("bin/fother")]
    assert len(prefixes) == 1
    return prefixes[0]


def test_the_program_runs_where_it_was_put(installed):
    done = subprocess.run([installed / "bin/fother", "version"], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.startswith("fother ")


def test_the_manual_is_found(installed):
    assert (installed / "share/man/man1/fother.1").read_text().startswith(".TH FOTHER 1")


def test_documents_and_schema_come_with_it(installed, root):
    documents = installed / "share/doc/fother"
    for name in ("README.md", "SECURITY.md", "CHANGELOG.md", "LICENSE", "ARCHITECTURE.md"):
        assert (documents / name).exists()
    assert {path.name for path in (documents / "schema").iterdir()} == {p.name for p in (root / "docs/schema").iterdir()}


def test_nothing_else_is_installed(installed):
    assert sorted(path.name for path in installed.iterdir()) == ["bin", "share"]
    assert [path.name for path in (installed / "bin").iterdir()] == ["fother"]


def test_make_install_puts_it_below_prefix_in_destdir(root, build, tmp_path):
    if build != root / "build":
        pytest.skip("make install installs what is in build/ only")
    for prefix in ("/usr", "/opt/x"):  # the second one must not find the first one's folder again
        subprocess.run(["make", "install", f"DESTDIR={tmp_path}", f"PREFIX={prefix}"], cwd=root, capture_output=True,
                       check=True, timeout=300)
        assert (tmp_path / prefix[1:] / "bin/fother").exists()
        assert (tmp_path / prefix[1:] / "share/man/man1/fother.1").exists()
