"""Each check of `make lint` passes a clean tree and fails on a planted violation."""
import json
import shutil
import subprocess

import pytest

BASE_H = """\
/* A clean header. */
#ifndef FOTHER_BASE_ALPHA_H
#define FOTHER_BASE_ALPHA_H

#include <stddef.h>

size_t alpha_size(void);

#endif
"""
BASE_C = """\
#include "base/alpha.h"

/* A comment may say printf("x"), and so may a text. */
size_t alpha_size(void)
{
\treturn sizeof("free(malloc(1))");
}
"""
MODEL_H = """\
#ifndef FOTHER_MODEL_BETA_H
#define FOTHER_MODEL_BETA_H

#include "base/alpha.h"

struct beta {
\tvoid (*free)(void *);
};

#endif
"""
MODEL_C = """\
#include "model/beta.h"

#include <string.h>

#include "base/alpha.h"

void beta_drop(struct beta *beta)
{
\tbeta->free(beta);
}
"""


def twin(folder, *names):
    """The files of the unit tests of some sources of a folder."""
    tests = {f"tests/unit/{folder}/test_{name}.c": "int main(void)\n{\n\treturn 0;\n}\n" for name in names}
    return {**tests, f"tests/unit/{folder}/meson.build": f"foreach name : {list(names)}\nendforeach\n"}


@pytest.fixture
def tree(tmp_path, root):
    """A small clean tree with the real rules and the real banned.h."""
    for name, text in {"src/base/alpha.h": BASE_H, "src/base/alpha.c": BASE_C, "src/model/beta.h": MODEL_H,
                       "src/model/beta.c": MODEL_C, **twin("base", "alpha"), **twin("model", "beta"), "tools/hello.sh": "#!/bin/sh\necho hello\n",
                       "tools/hello": "#!/usr/bin/python3\nprint('hello')\n", "README.md": "Clean.\n"}.items():
        plant(tmp_path, name, text)
    for name in ("tools/layers.rules", "src/base/banned.h", ".clang-format", "tools/codespell.ignore"):
        shutil.copy(root / name, tmp_path / name)
    return tmp_path


def plant(tree, name, text):
    path = tree / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text) if isinstance(text, str) else path.write_bytes(text)


def run(root, tree, tool, *checks):
    done = subprocess.run([root / "tools" / tool, "--root", tree, *checks], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def header(name, body):
    guard = "FOTHER_" + name.upper().replace("/", "_").replace(".", "_")
    return f"#ifndef {guard}\n#define {guard}\n\n{body}\n\n#endif\n"


# Check, file to plant, its text, what the complaint must say.
LAYERS = [
    ("includes", "src/base/up.c", '#include "model/beta.h"\n', "src/base/up.c:1: base may not include model/beta.h"),
    ("includes", "src/collect/snapshot/x.c", '\n#include "store/s.h"\n', "x.c:2: "),
    ("includes", "src/base/gone.c", '#include "base/gone.h"\n', '"base/gone.h" is no header under src'),
    ("includes", "src/base/near.c", '#include "alpha.h"\n', '"alpha.h" is no header under src'),
    ("includes", "src/attic/x.c", "int x;\n", "folder attic has no line"),
    ("system-headers", "src/model/x.c", "#include <sqlite3.h>\n", "<sqlite3.h> belongs to store"),
    ("system-headers", "src/store/x.c", "#include <openssl/evp.h>\n", "<openssl/evp.h> belongs to base credential"),
    ("system-headers", "src/base/x.c", "#include <archive_entry.h>\n", "belongs to collect/snapshot"),
    ("system-headers", "src/cli/x.c", "#include <netdb.h>\n", "belongs to nobody"),
    ("calls", "src/model/x.c", "void f(void *p)\n{\n\tfree(p);\n}\n", "x.c:3: free() belongs to base/alloc.c"),
    ("calls", "src/base/x.c", "#define COPY(p) strdup(p)\n", "strdup() belongs to base/alloc.c"),
    ("calls", "src/model/x.c", 'void f(void)\n{\n\tprintf ("x");\n}\n', "printf() belongs to cli base/log.c"),
    ("calls", "src/triage/x.c", "int f(void)\n{\n\treturn (int)secret_reveal(0).len;\n}\n", "secret_reveal() belongs to"),
    ("calls", "src/model/x.c", "void f(void)\n{\n\texit(1);\n}\n", "exit() belongs to cli"),
    ("internal", "src/model/x.c", '#include "base/alpha_internal.h"\n', "alpha_internal.h is internal to its folder"),
    ("own-first", "src/base/alpha.c", '#include <stddef.h>\n#include "base/alpha.h"\n', '"base/alpha.h" must be the first'),
    ("own-first", "src/base/alpha.c", "int nothing;\n", '"base/alpha.h" must be the first'),
    ("rings", "src/base/alpha.h", header("base/alpha.h", '#include "model/beta.h"'), "ring: base -> model -> base"),
    ("rings", "src/base/alpha.h", header("base/alpha.h", '#include "model/beta.h"'),
     "ring: base/alpha.h -> model/beta.h -> base/alpha.h"),
    ("sizes", "src/base/x.c", "void f(void)\n{\n" + "\t;\n" * 99 + "}\n", "x.c:2: function of 101 lines"),
    ("sizes", "src/base/x.c", "\n" * 1001, "1001 lines; 1000 is the most"),
    ("guards", "src/base/x.h", "int x;\n", "no include guard FOTHER_BASE_X_H"),
    ("guards", "src/base/x.h", "#pragma once\n", "no include guard FOTHER_BASE_X_H"),
    ("twins", "src/base/x.c", "int x;\n", "src/base/x.c:1: no twin tests/unit/base/test_x.c"),
    ("twins", "src/collect/snapshot/x.c", "int x;\n", "no twin tests/unit/collect_snapshot/test_x.c"),
    ("twins", "tests/unit/base/meson.build", "# 'alphabet'\n", "meson.build does not list 'alpha'"),
]


def test_layers_pass_a_clean_tree(root, tree):
    assert run(root, tree, "check-layers") == (0, "")


@pytest.mark.parametrize("check, name, text, complaint", LAYERS)
def test_layers_fail_on(root, tree, check, name, text, complaint):
    plant(tree, name, text)
    status, said = run(root, tree, "check-layers", check)
    assert status == 1 and complaint in said


def test_layers_have_a_planted_violation_for_every_check(root, tree):
    listed = run(root, tree, "check-layers", "--list")[1].split()
    assert sorted(listed) == sorted({check for check, *_ in LAYERS})


def test_layers_take_what_is_just_allowed(root, tree):
    plant(tree, "src/base/x.c", "void f(void)\n{\n" + "\t;\n" * 98 + "}\n" + "\n" * 800)
    plant(tree, "src/store/store_read.h", header("store/store_read.h", ""))
    plant(tree, "src/derive/x.c", '#include "store/store_read.h"\n')
    plant(tree, "src/base/alpha_internal.h", header("base/alpha_internal.h", ""))
    plant(tree, "src/base/y.c", '#include "base/alpha_internal.h"\n')
    for name, text in {**twin("base", "alpha", "x", "y"), **twin("derive", "x"), **twin("model", "beta", "y")}.items():
        plant(tree, name, text)
    plant(tree, "src/model/y.c", 'int f(void *, ...) __attribute__((format(printf, 1, 2)));\n/*\n#include "cli/z.h"\n*/\n')
    assert run(root, tree, "check-layers") == (0, "")


def test_a_source_is_excused_from_its_twin_only_while_it_has_none(root, tree):
    plant(tree, "src/cli/command_x.c", "int x;\n")
    assert run(root, tree, "check-layers", "twins") == (0, "")
    for name, text in twin("cli", "command_x").items():
        plant(tree, name, text)
    assert "excuses it from a twin that it has" in run(root, tree, "check-layers", "twins")[1]


def test_an_excuse_needs_a_reason(root, tree):
    with (tree / "tools/layers.rules").open("a") as rules:
        rules.write("untwinned base/x.c:\n")
    status, said = run(root, tree, "check-layers")
    assert status == 1 and "no reason: untwinned base/x.c:" in said


def test_derive_sees_the_store_only_through_store_read(root, tree):
    plant(tree, "src/store/store.h", header("store/store.h", ""))
    plant(tree, "src/derive/x.c", '#include "store/store.h"\n')
    assert "derive may not include store/store.h" in run(root, tree, "check-layers", "includes")[1]


def test_a_rule_that_is_none_is_refused(root, tree):
    with (tree / "tools/layers.rules").open("a") as rules:
        rules.write("foldr base: model\n")
    status, said = run(root, tree, "check-layers")
    assert status == 1 and "not a rule: foldr base: model" in said


def test_an_empty_tree_is_no_clean_tree(root, tree):
    shutil.rmtree(tree / "src")
    status, said = run(root, tree, "check-layers")
    assert status == 1 and "no C files" in said


def test_report_measures_functions_and_files(root, tree):
    plant(tree, "src/base/x.c", "void f(void)\n{\n" + "\t;\n" * 48 + "}\n")
    said = run(root, tree, "check-layers", "--report")[1]
    assert "longest 50 (src/base/x.c:2)" in said and "3 files: median" in said


def test_headers_pass_a_clean_tree(root, tree):
    assert run(root, tree, "check-compile", "headers") == (0, "")


@pytest.mark.parametrize("text", ["uint64_t missing_include(void);\n", "struct twice {\n\tint a;\n};\n"])
def test_headers_fail_when_one_does_not_compile_alone_and_twice(root, tree, text):
    plant(tree, "src/base/x.h", text)
    status, said = run(root, tree, "check-compile", "headers")
    assert status == 1 and "src/base/x.h: does not compile alone" in said


def test_banned_names_are_refused_by_both_compilers(root, tree):
    assert run(root, tree, "check-compile", "banned") == (0, "")


def test_banned_fails_when_a_name_is_only_listed(root, tree):
    banned = tree / "src/base/banned.h"
    banned.write_text(banned.read_text().replace("#pragma GCC poison strcpy", "// #pragma GCC poison strcpy"))
    status, said = run(root, tree, "check-compile", "banned")
    assert status == 1 and "gcc takes strcpy" in said and "clang-16 takes strcpy" in said


@pytest.mark.parametrize("name", ["strcpy", "strcat", "sprintf", "strtok", "atoi", "localtime", "gets", "alloca"])
def test_banned_holds_at_least(root, name):
    assert name in (root / "src/base/banned.h").read_text().split()


def test_the_build_includes_banned_everywhere(build):
    commands = json.loads((build / "compile_commands.json").read_text())
    ours = [entry for entry in commands if "/src/" in entry["file"] or entry["file"].startswith("../src/")]
    assert ours and all("src/base/banned.h" in entry["command"] for entry in ours)


# Check, file to plant, its text, what the complaint must say.
TEXTS = [
    ("files", "README.md", "blank \n", "README.md:1: blank or carriage return"),
    ("files", "src/base/x.c", "int x;\r\n", "x.c:1: blank or carriage return"),
    ("files", "README.md", "no end", "README.md: no newline at the end"),
    ("files", "README.md", b"caf\xe9\n", "README.md: not UTF-8 at byte 3"),
    ("notes", "src/base/x.c", "/* TO" "DO: later */\n", "x.c:1: work put off"),
    ("notes", "tools/hello", "# a stub, for " "now\n", "hello:1: work put off"),
    ("shell", "tools/hello.sh", "#!/bin/sh\necho $1\n", "SC2086"),
    ("shell", "tools/other", "#!/usr/bin/env bash\ncd x\n", "SC2164"),
    ("python", "tools/hello", "#!/usr/bin/python3\nprint('\n", "tools/hello:2: "),
    ("python", "tests/x.py", "def f(:\n", "tests/x.py:1: "),
    ("spelling", "README.md", "Rec" "ieve it.\n", "rec" "ieve"),
    ("layout", "src/base/x.c", "int x (void) {return 1;}\n", "src/base/x.c:1: "),
]


@pytest.mark.parametrize("check", sorted({check for check, *_ in TEXTS}))
def test_texts_pass_a_clean_tree(root, tree, check):
    assert run(root, tree, "check-text", check) == (0, "")


@pytest.mark.parametrize("check, name, text, complaint", TEXTS)
def test_texts_fail_on(root, tree, check, name, text, complaint):
    plant(tree, name, text)
    status, said = run(root, tree, "check-text", check)
    assert status == 1 and complaint.lower() in said.lower()


@pytest.mark.parametrize("name", ["tests/data/x.json", "tests/fuzz/seeds/json/x", "build/x.txt", "build-clang/x.txt"])
def test_fixtures_and_what_was_built_are_what_they_are(root, tree, name):
    plant(tree, name, b"\xff \r\n TO" b"DO rec" b"ieve")
    for check in ("files", "notes", "spelling"):
        assert run(root, tree, "check-text", check) == (0, "")
