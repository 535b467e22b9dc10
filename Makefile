# Everything one types here. The build itself is in meson.build; `make help` lists the targets.
PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_SECONDS ?= 60

# A pyenv's python3 may come first in PATH; the tests need Debian's, which has pytest.
PYTHON := /usr/bin/python3
C_FILES = $(shell find src tests tools -name '*.[ch]')

.PHONY: all help demo test test-cluster bench fuzz format lint coverage sanitize install clean
.NOTPARALLEL:

all: ## build build/src/cli/fother (installs nothing)
	@tools/install-packages --check build
	@test -f build/build.ninja || said=$$(meson setup build --prefix '$(PREFIX)' -Dtests=false) || \
		{ echo "$$said"; rm -rf build; exit 1; }
	@ninja -C build $(if $(MAKE_TERMOUT),,--quiet) src/cli/fother fother.1

demo: packages-demo all ## a realistic breach in build/demo, and its triage
	@demo/run.sh

test: packages-test ## every test but test-cluster; ends with "N passed, N failed"
	@$(PYTHON) tools/run-tests

test-cluster: packages-test packages-cluster ## against a real Kubernetes, that is built once (about 5 minutes)
	@$(PYTHON) tools/run-tests cluster

lint: packages-test ## layers, headers, layout, spelling, scripts
	@$(PYTHON) tools/run-tests lint

sanitize: packages-test ## the unit tests with address and undefined behaviour sanitizers
	@$(PYTHON) tools/run-tests sanitize

fuzz: packages-test ## every fuzz target for FUZZ_SECONDS (60) each
	@$(PYTHON) tools/run-tests fuzz --fuzz-seconds $(FUZZ_SECONDS)

bench: packages-bench ## speed and memory beside jq and yajl
	@tools/run-bench

coverage: packages-test packages-coverage ## which lines the tests reach: build-coverage/report/index.html
	@$(PYTHON) tools/run-tests coverage

format: packages-test ## lay out all C files with clang-format-16
	@clang-format-16 -i $(C_FILES)

install: all ## into DESTDIR/PREFIX: program, manual, documentation
	@said=$$(meson setup --reconfigure build -Dprefix='$(PREFIX)') || { echo "$$said"; exit 1; }
	@DESTDIR='$(DESTDIR)' meson install -C build --no-rebuild --quiet

clean: ## remove everything that was built
	@rm -rf build build-clang build-sanitize build-fuzz build-coverage build-bench

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 21

packages-%:
	@tools/install-packages $*
