"""What the documents say about the tree is true."""
import re

import pytest

DOCUMENTS = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/ARCHITECTURE.md", "docs/CODING.md"]
# Names with a part that the reader is to put in, and what is made by a build.
NOT_IN_THE_TREE = re.compile(r"[A-Z]{3,}|\*|^build|^dump|/$")


@pytest.fixture(scope="module")
def sources(root):
    return "\n".join(path.read_text() for path in sorted((root / "src").rglob("*.[ch]")))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(root, document):
    text = (root / document).read_text()
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if "://" not in target:
            assert ((root / document).parent / target).exists(), f"{document}: {target}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_paths_exist(root, document):
    for path in re.findall(r"`((?:src|tests|tools|docs|demo|model|store)/[^` ]*)`", (root / document).read_text()):
        path = path.rstrip(":,")
        if not NOT_IN_THE_TREE.search(path):
            assert (root / path).exists() or (root / "src" / path).exists(), f"{document}: {path}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_functions_exist(root, document, sources):
    for name in re.findall(r"`(\w+)\(\)`", (root / document).read_text()):
        assert re.search(rf"^[a-z][\w \t*]*\b{name}\(", sources, re.MULTILINE), f"{document}: {name}()"


@pytest.mark.parametrize("document", ["docs/ARCHITECTURE.md", "docs/CODING.md", "CONTRIBUTING.md"])
def test_identifiers_exist(root, document, sources):
    for name in re.findall(r"`(?:struct )?([a-z]+_[a-z_]+|[A-Z]+(?:_[A-Z]+)+)`", (root / document).read_text()):
        if not re.search(r"^(ret_|x_|_)|_EXAMPLE", name):
            assert re.search(rf"\b{name}\b", sources) or name in NAMES_ELSEWHERE, f"{document}: {name}"


# Test cases that CODING.md quotes.
NAMES_ELSEWHERE = {"an_auth_without_a_colon_blocks_the_secret"}


def test_every_folder_has_its_two_sentences(root):
    text = (root / "docs/ARCHITECTURE.md").read_text()
    described = dict(re.findall(r"^\*\*src/([a-z/]+)\*\* — (.*?)\n\n", text, re.MULTILINE | re.DOTALL))
    ruled = re.findall(r"^folder ([a-z/]+):", (root / "tools/layers.rules").read_text(), re.MULTILINE)
    assert sorted(described) == sorted(ruled)
    assert sorted(described) == sorted({path.parent.relative_to(root / "src").as_posix()
                                        for path in (root / "src").rglob("*.[ch]")})
    for folder, sentences in described.items():
        assert len(re.findall(r"\.(?:\s|$)", sentences)) == 2, folder


def test_every_make_target_that_is_documented_exists(root):
    makefile = (root / "Makefile").read_text()
    for document in DOCUMENTS:
        for target in re.findall(r"`make ([a-z]+)`", (root / document).read_text()):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{document}: make {target}"


def test_every_step_of_run_tests_that_is_documented_exists(root):
    steps = re.search(r"steps: ([a-z ]+)", (root / "CONTRIBUTING.md").read_text()).group(1).split()
    listed = re.search(r'choices=\[([^]]*), \[\]\]', (root / "tools/run-tests").read_text()).group(1)
    assert steps == re.findall(r'"([a-z]+)"', listed)
