"""The tools that install packages, run the tests and count them: each must be able to fail (.ci/run: test_ci.py)."""
import importlib.machinery
import importlib.util
import os
import re
import shutil
import subprocess

import pytest


def run(command, **environment):
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | environment, timeout=120)
    return done.returncode, done.stdout + done.stderr


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


# install-packages

@pytest.fixture
def packages(root, tmp_path):
    """packages(LIST, ARGUMENT...) runs it on a list, with an apt-get that only tells how it was called."""
    script(tmp_path / "bin/apt-get", f'#!/bin/sh\necho "$@" >>{tmp_path}/apt\nexit "${{APT_EXIT:-0}}"\n')
    (tmp_path / "apt").touch()

    def call(listed, *arguments, **environment):
        (tmp_path / "list").write_text(listed)
        path = f"{tmp_path}/bin:{os.environ['PATH']}"
        status, said = run([root / "tools/install-packages", *arguments], PATH=path,
                           FOTHER_PACKAGES=str(tmp_path / "list"), **environment)
        return status, said, (tmp_path / "apt").read_text()

    return call


LIST = "# comment\n\nbash      build      a shell\nzz-none   test,demo  is nowhere\nzz-other  bench      neither\n"


def test_packages_that_are_there_are_passed_over_in_silence(packages):
    assert packages(LIST, "build") == (0, "", "")
    assert packages(LIST, "--check", "build") == (0, "", "")


@pytest.mark.skipif(os.geteuid() != 0, reason="would ask sudo for a password")
def test_packages_that_are_missing_are_installed_and_named(packages):
    status, said, apt = packages(LIST, "test")
    assert status == 0 and said == "installing what 'test' needs (reasons: tools/packages.txt): zz-none\n"
    assert apt == "-q update\n-q install -y --no-install-recommends zz-none\n"


def test_packages_check_says_what_why_and_how_and_installs_nothing(packages):
    status, said, apt = packages(LIST, "--check", "bench")
    assert (status, apt) == (1, "")
    assert said.startswith("missing: zz-other (neither)\n") and said.endswith("tools/install-packages bench\n")


@pytest.mark.skipif(os.geteuid() != 0, reason="would ask sudo for a password")
def test_packages_failure_of_apt_is_a_failure(packages):
    status, said, _ = packages(LIST, "demo", APT_EXIT="100")
    assert status == 1 and "apt-get failed" in said


@pytest.mark.parametrize("arguments", [[], ["--check"], ["nonsense"], ["test", "bench"]])
def test_packages_usage(packages, arguments):
    assert packages(LIST, *arguments)[0] == 2


def test_packages_lacking_part_of_a_name_are_missing(packages):
    """`bas` is no package although `bash` is installed."""
    assert packages("bas  build  half a name\n", "--check", "build")[0] == 1


def test_every_listed_package_has_known_groups_and_a_reason(root):
    lines = [line for line in (root / "tools/packages.txt").read_text().splitlines() if line and line[0] != "#"]
    assert len(lines) == len({line.split()[0] for line in lines})
    for line in lines:
        package, groups, *reason = line.split()
        assert set(groups.split(",")) <= {"build", "demo", "test", "bench", "coverage", "cluster",
                                            "kubernetes"} and reason, line


# run-tests

@pytest.fixture(scope="module")
def runner(root):
    path = root / "tools/run-tests"
    loader = importlib.machinery.SourceFileLoader("run_tests", str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("run_tests", loader))
    loader.exec_module(module)
    return module


CMOCKA = """\
[==========] Running 3 test(s).
[ RUN      ] first
[       OK ] first
[ RUN      ] second
[  ERROR   ] --- 1 != 2
[   LINE   ] --- x.c:3: error: Failure!
[  FAILED  ] second
[ RUN      ] third
skipped: no kernel here
[  SKIPPED ] third
[==========] 3 test(s) run.
"""
TRAILER = "[  PASSED  ] 1 test(s).\n[  FAILED  ] 1 test(s), listed below:\n[  FAILED  ] second\n\n 1 FAILED TEST(S)\n"


def count(runner, **test):
    step = runner.Step("x")
    runner.count_cmocka(step, {"name": "slice", "returncode": 0, "stdout": "", "stderr": ""} | test)
    return step.passed, step.failed, len(step.skipped)


def test_cmocka_cases_are_counted_once(runner):
    assert count(runner, stdout=CMOCKA, stderr=TRAILER, returncode=1) == (1, 1, 1)


def test_the_reason_of_a_skipped_cmocka_case_is_its_own(runner):
    step = runner.Step("x")
    more = "[ RUN      ] fourth\n[  SKIPPED ] fourth\n"
    runner.count_cmocka(step, {"name": "slice", "returncode": 0, "stdout": CMOCKA + more, "stderr": TRAILER})
    assert dict(step.skipped)["slice third"] == "no kernel here"
    assert "gives no reason" in dict(step.skipped)["slice fourth"]


def test_cmocka_case_without_a_verdict_failed(runner):
    assert count(runner, stdout="[ RUN      ] a\n[       OK ] a\n[ RUN      ] b\n", returncode=-11) == (1, 1, 0)


def test_cmocka_program_that_runs_nothing_failed(runner):
    assert count(runner, stdout="") == (0, 1, 0)


def test_cmocka_program_that_fails_after_its_cases_failed(runner):
    assert count(runner, stdout="[ RUN      ] a\n[       OK ] a\n", stderr="LeakSanitizer", returncode=1) == (1, 1, 0)


@pytest.fixture
def tree(root, tmp_path):
    """A tree whose lint tools are stand-ins."""
    (tmp_path / "tools").mkdir()
    shutil.copy(root / "tools/run-tests", tmp_path / "tools")
    for tool in ("check-text", "check-compile"):
        script(tmp_path / "tools" / tool, "#!/bin/sh\ntrue\n")
    script(tmp_path / "tools/check-layers", '#!/bin/sh\n[ "$1" != --list ] || echo includes\n')
    return tmp_path


def test_run_ends_with_the_count(tree):
    status, said = run([tree / "tools/run-tests", "lint"])
    assert status == 0 and re.search(r"\n9 passed, 0 failed\n\Z", said)


def test_run_prints_what_failed_and_exits_1(tree):
    script(tree / "tools/check-layers", '#!/bin/sh\n[ "$1" = --list ] && echo includes && exit\necho planted; exit 1\n')
    status, said = run([tree / "tools/run-tests", "lint"])
    assert status == 1 and "--- FAILED lint: check-layers includes\nplanted\n" in said
    assert said.endswith("\n8 passed, 1 failed\n")


@pytest.fixture
def pretend(tree):
    """pretend(NINJA, TARGETS): a build that only pretends; the environment that has it."""

    def tools(ninja="exit 0", targets="[]"):
        script(tree / "bin/meson", f"#!/bin/sh\nmkdir -p {tree}/build {tree}/build-fuzz\n"
                                   f"[ \"$1\" != introspect ] || echo '{targets}'\n")
        script(tree / "bin/ninja", f"#!/bin/sh\n{ninja}\n")
        return f"{tree}/bin:{os.environ['PATH']}"

    return tools


def test_run_without_anything_to_run_fails(tree, pretend):
    status, said = run([tree / "tools/run-tests", "fuzz"], PATH=pretend())
    assert status == 1 and "there are no fuzz targets" in said and said.endswith("\n0 passed, 1 failed\n")


def test_run_of_a_fuzz_source_that_no_target_has_fails(tree, pretend):
    for name in ("fuzz_listed.c", "fuzz_forgotten.c"):
        script(tree / "tests/fuzz" / name, "")
    script(tree / "tools/run-fuzz", "#!/bin/sh\necho $3: 7 inputs, no crash\n")
    sources = f'[{{"sources": ["{tree}/tests/fuzz/fuzz_listed.c"]}}, {{"linker": []}}]'
    targets = f'[{{"name": "fuzz_listed", "target_sources": {sources}}}, {{"name": "base", "target_sources": []}}]'
    status, said = run([tree / "tools/run-tests", "fuzz"], PATH=pretend(targets=targets))
    assert status == 1 and "FAILED fuzz, 5 s each: fuzz_forgotten.c\n" in said
    assert said.endswith("\n1 passed, 1 failed\n")


def test_run_with_a_tool_that_is_not_there_fails(tree):
    (tree / "tools/check-text").unlink()
    status, said = run([tree / "tools/run-tests", "lint"])
    assert status == 1 and "could not be run" in said and re.search(r" [1-9]\d* failed\n\Z", said)


@pytest.fixture
def pytest_suite(tree, pretend):
    """Runs a suite of one file with that text."""

    def suite(text, **build):
        script(tree / "tests/cli/test_x.py", text)
        return run([tree / "tools/run-tests", "pytest"], PATH=pretend(**build))

    return suite


def test_run_counts_pytest_and_names_skips_with_their_reason(pytest_suite):
    status, said = pytest_suite("import pytest\ndef test_a(): pass\ndef test_b(): pytest.skip('no kernel here')\n")
    assert status == 0
    assert said.endswith("skipped tests.cli.test_x::test_b: no kernel here\n1 skipped, for the reasons above\n1 passed, 0 failed\n")


@pytest.mark.parametrize("text, count", [
    ("def test_a(): pass\ndef test_b(): assert 0\n", "1 passed, 1 failed"),
    ("import nothing_such\n", "0 passed, 1 failed"),
    ("def test_a(gone): pass\n", "0 passed, 1 failed"),
    ("", "0 passed, 1 failed"),
])
def test_run_counts_what_pytest_could_not_do(pytest_suite, text, count):
    status, said = pytest_suite(text)
    assert status == 1 and said.endswith(f"\n{count}\n")


def test_run_with_a_build_that_fails_prints_it_and_fails(pytest_suite):
    status, said = pytest_suite("def test_a(): pass\n", ninja="echo x.c:3: error: planted; exit 1")
    assert status == 1 and "x.c:3: error: planted" in said and said.endswith("\n0 passed, 1 failed\n")


# run-fuzz, with a target that crashes on "FU"

@pytest.fixture(scope="module")
def target(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "tests/fuzz").mkdir(parents=True)
    source = folder / "fuzz_planted.c"
    source.write_text("#include <stdint.h>\n#include <stdlib.h>\n"
                      "int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n)\n"
                      "{ if (n > 1 && d[0] == 'F' && d[1] == 'U') abort(); return 0; }\n")
    subprocess.run(["clang-16", "-fsanitize=fuzzer", source, "-o", folder / "tests/fuzz/fuzz_planted"], check=True)
    return folder


@pytest.fixture
def fuzz(root, target, tmp_path):
    (tmp_path / "tools").mkdir()
    tool = shutil.copy(root / "tools/run-fuzz", tmp_path / "tools")
    seeds = tmp_path / "tests/fuzz/seeds/planted"

    def call(seed, seconds=1):
        seeds.mkdir(parents=True)
        if seed is not None:
            (seeds / "seed").write_bytes(seed)
        status, said = run([tool, "--build", target, "--seconds", str(seconds), "planted"])
        assert sorted(path.name for path in seeds.iterdir()) == (["seed"] if seed is not None else [])
        return status, said

    return call


def test_fuzz_keeps_the_crash_and_tells_how_to_see_it(fuzz, target):
    status, said = fuzz(b"FUZZ")
    assert status == 1
    command = re.search(r"see it again: (.*)", said).group(1)
    assert str(target / "crashes/fuzz_planted-crash-") in command
    assert run(command.split())[0] != 0


def test_fuzz_without_seeds_fails(fuzz):
    status, said = fuzz(None)
    assert status == 1 and "no seeds in tests/fuzz/seeds/planted" in said


def test_fuzz_of_a_target_that_is_not_built_fails(root):
    status, said = run([root / "tools/run-fuzz", "--seconds", "1", "no-such"])
    assert status == 1 and "not built" in said


def test_fuzz_says_how_many_inputs_it_tried(root, target, tmp_path):
    (tmp_path / "tools").mkdir()
    tool = shutil.copy(root / "tools/run-fuzz", tmp_path / "tools")
    folder = tmp_path / "build/tests/fuzz"
    folder.mkdir(parents=True)
    (tmp_path / "x.c").write_text("#include <stddef.h>\nint LLVMFuzzerTestOneInput(const unsigned char *d, size_t n)"
                                  "{ return d == 0 && n; }\n")
    subprocess.run(["clang-16", "-fsanitize=fuzzer", tmp_path / "x.c", "-o", folder / "fuzz_quiet"], check=True)
    (tmp_path / "tests/fuzz/seeds/quiet").mkdir(parents=True)
    (tmp_path / "tests/fuzz/seeds/quiet/seed").write_bytes(b"seed")
    status, said = run([tool, "--build", tmp_path / "build", "--seconds", "1", "quiet"])
    assert status == 0 and re.search(r"quiet: \d+ inputs, no crash", said)
