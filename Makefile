# All targets use the virtual environment .venv, which packaging/bootstrap.sh creates when needed.
SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Only the checks run side by side.
ifndef SIDE_BY_SIDE
.NOTPARALLEL:
endif
CHECK_SIDE_BY_SIDE := SIDE_BY_SIDE=yes --jobs=3 --output-sync=target types lint imports

BIN := .venv/bin
PYTHON_IN_VENV := $(BIN)/python
BUILD := build
SELF_TEST := $(BUILD)/self-test
# The project has neither a domain nor a home page yet.
APPSTREAM_PARDONS := --override=cid-desktopapp-is-not-rdns=info,url-homepage-missing=info
export PYTHON
# Test processes and their children would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ready-run  ## start the application with its own rehearsal platform (without a display: self-test)
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname -s)" = Darwin ]; then \
		exec $(BIN)/esign-desktop --sandbox $(ARGS); \
	fi; \
	echo "There is no display, so the self-test runs instead."; \
	$(MAKE) self-test

.PHONY: self-test
self-test: ready-run  ## run the main job without a display; keep the report, signed PDF and screenshots
	@mkdir -p $(SELF_TEST)
	@QT_QPA_PLATFORM=offscreen $(BIN)/esign-desktop --self-test --output $(SELF_TEST) $(ARGS); status=$$?; \
	echo "Report, signed PDF and screenshots are in $(CURDIR)/$(SELF_TEST):"; \
	(cd $(SELF_TEST) && find . -type f \( -name '*.png' -o -name '*.pdf' -o -name '*.json' \) | sort); \
	exit $$status

.PHONY: test
test: ready-test  ## run all checks and the main tests (12 minutes)
	@$(MAKE) $(CHECK_SIDE_BY_SIDE) audit dependencies spelling strings-check desktop-check
	@$(MAKE) tests

.PHONY: check
check:  ## run the quick checks: format, types, imports, unit tests (90 seconds)
	@$(MAKE) $(CHECK_SIDE_BY_SIDE)
	@$(MAKE) unit

.PHONY: nightly
nightly: ready-test  ## run the remaining long tests (35 minutes; JOBS and ARGS as for tests)
	$(call run_tests,nightly,junit-nightly)

.PHONY: bench
bench: ready-test $(BUILD)/bench-peers  ## run the benchmarks and write build/bench.json (ARGS="startup opening"; ARGS=--keep updates docs/benchmarks.md)
	$(PYTHON_IN_VENV) -m tests.benchmarks $(ARGS)

$(BUILD)/bench-peers: requirements/bench.txt
	@rm -rf $@
	$(PYTHON_IN_VENV) -m pip install --quiet --no-deps --require-hashes --target $@ -r requirements/bench.txt
	@touch $@

.PHONY: screenshots
screenshots: ready-test  ## take screenshots of every window into build/screenshots (ARGS="--only track"; ARGS=--keep updates docs/screenshots)
	$(PYTHON_IN_VENV) -m tests.pictures $(ARGS)

.PHONY: format
format: ready-check  ## format all code
	$(PYTHON_IN_VENV) -m ruff format .
	$(PYTHON_IN_VENV) -m ruff check --fix .

.PHONY: lint
lint: ready-check  ## check rules and format with ruff, and validate the workflows
	$(PYTHON_IN_VENV) -m ruff check .
	$(PYTHON_IN_VENV) -m ruff format --check .
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml

.PHONY: types types-linux types-windows types-macos
types: types-linux types-windows types-macos  ## check types with mypy --strict, the application also for Windows and macOS
types-linux: ready-check
	$(PYTHON_IN_VENV) -m mypy esign_desktop tests $(wildcard packaging/*.py packaging/linux/*.py packaging/windows/*.py)
types-windows: ready-check
	$(PYTHON_IN_VENV) -m mypy --platform win32 --cache-dir $(BUILD)/mypy-win32 esign_desktop
types-macos: ready-check
	$(PYTHON_IN_VENV) -m mypy --platform darwin --cache-dir $(BUILD)/mypy-darwin esign_desktop

.PHONY: imports
imports: ready-check  ## check the direction of imports
	$(BIN)/lint-imports --cache-dir $(BUILD)/import-linter

.PHONY: dependencies
dependencies: ready-check  ## check that declared and imported packages match
	$(PYTHON_IN_VENV) -m deptry esign_desktop

.PHONY: spelling
spelling: ready-check  ## check for common misspellings
	$(BIN)/codespell

.PHONY: strings
strings: ready-check  ## collect the texts of the interface into the translation files
	$(PYTHON_IN_VENV) packaging/strings.py

.PHONY: strings-check
strings-check: ready-check  ## check that all translations are collected and finished
	@if [ -f packaging/strings.py ]; then \
		echo "$(PYTHON_IN_VENV) packaging/strings.py --check"; $(PYTHON_IN_VENV) packaging/strings.py --check; \
	else echo "strings-check: no packaging/strings.py yet"; fi

.PHONY: desktop-check
desktop-check:  ## validate the desktop entry and the metainfo
	@if command -v desktop-file-validate >/dev/null; then desktop-file-validate resources/desktop/*.desktop; \
	else echo "desktop-check: desktop-file-validate is missing"; fi
	@if command -v appstreamcli >/dev/null; then appstreamcli validate --no-net $(APPSTREAM_PARDONS) packaging/*.metainfo.xml; \
	else echo "desktop-check: appstreamcli is missing"; fi

.PHONY: audit
audit: ready-check  ## check the dependencies for known vulnerabilities, if the data can be reached
	$(PYTHON_IN_VENV) packaging/audit.py

.PHONY: unit
unit: ready-check  ## run the quick tests
	$(PYTHON_IN_VENV) -m pytest -q --numprocesses=$(or $(JOBS),2) --dist=worksteal -m quick $(ARGS)

# Three processes keep two cores busy, since many tests wait for a child process, a server or a window.
# $(1): the tests, as an expression for pytest's -m. $(2): the name of the report.
define run_tests
	@$(PYTHON_IN_VENV) -m pytest -m "$(1)" --numprocesses=$(or $(JOBS),3) --dist=worksteal --junitxml=$(BUILD)/$(2).xml $(ARGS); \
	status=$$?; [ $$status -eq 1 ] || exit $$status; \
	$(PYTHON_IN_VENV) -m tests.retried $(BUILD)/$(2).xml || exit 1; \
	echo "Once more, one at a time: a test that passes now did not wait for what it needs, and is to be mended."; \
	$(PYTHON_IN_VENV) -m pytest -m "$(1)" --last-failed --last-failed-no-failures=none --junitxml=$(BUILD)/$(2)-again.xml
endef

.PHONY: tests
tests: ready-test  ## run the tests of make test, JOBS=3 at a time (JOBS=0: in one process); one or two failed tests are repeated alone
	$(call run_tests,not nightly,junit)

.PHONY: faults
faults: ready-test  ## send contracts with random faults (RUNS=5000 sends; default 500)
	FAULT_RUNS=$(or $(RUNS),500) $(PYTHON_IN_VENV) -m pytest -q tests/faults/test_random_runs.py $(ARGS)

.PHONY: attacks
attacks: ready-test  ## attack every kind of sandboxed child, and print what was denied
	$(PYTHON_IN_VENV) -m tests.attacks

.PHONY: day
day: ready-test  ## serve 300 customers at the counter with four kills (make test has CUSTOMERS=12)
	CUSTOMERS_OF_A_DAY=$(or $(CUSTOMERS),300) $(PYTHON_IN_VENV) -m pytest -q tests/e2e/counter/test_day.py $(ARGS)

.PHONY: flood
flood: ready-test  ## receive 10,000 notices, 200 per second, with a kill (make test has ten seconds of it)
	FLOOD_NOTICES=$(or $(NOTICES),10000) $(PYTHON_IN_VENV) -m pytest -q tests/e2e/test_notice_flood.py $(ARGS)

.PHONY: starts
starts: ready-test  ## start and stop the program 300 times with a screen reader (make test has STARTS=4)
	STARTS=$(or $(STARTS),300) $(PYTHON_IN_VENV) -m pytest -q tests/e2e/test_starts_while_read.py $(ARGS)

.PHONY: canary
canary: ready-test  ## run all tests with unique personal data, and search all files for it afterwards
	$(PYTHON_IN_VENV) -m tests.canaries $(ARGS)

.PHONY: mutants
mutants: ready-test  ## insert small random faults and report which ones make test detects (SEED=digest; recording takes an hour first)
	$(PYTHON_IN_VENV) -m tests.mutation $(or $(SEED),$(shell git rev-parse HEAD)) $(ARGS)

.PHONY: coverage
coverage: ready-test  ## run all tests and report line and branch coverage in build/coverage-html
	$(PYTHON_IN_VENV) -m pytest --cov --cov-report=term --cov-report=html:$(BUILD)/coverage-html $(ARGS)

.PHONY: wheel
wheel: ready-check  ## build the wheel into build/dist
	@rm -rf $(BUILD)/dist
	$(PYTHON_IN_VENV) -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir $(BUILD)/dist .

.PHONY: frozen
frozen: ready-packages  ## freeze the application for Linux into build/frozen/esign-desktop, in a separate tree (as root)
	packaging/linux/frozen.sh

.PHONY: packages
packages: ready-packages frozen  ## make .deb, .rpm, portable archive and checksums in build/packages
	$(PYTHON_IN_VENV) packaging/linux/packages.py --frozen $(BUILD)/frozen/esign-desktop --output $(BUILD)/packages

.PHONY: package-test
package-test: ready-packages  ## test installing, upgrading and removing the packages in minimal Debian trees (as root, after make packages)
	$(PYTHON_IN_VENV) packaging/linux/package_test.py --packages $(BUILD)/packages $(ARGS)

.PHONY: release
release: packages wheel  ## make a release in build/release: packages, source, component lists, checksums (as root; Windows if made)
	$(PYTHON_IN_VENV) packaging/release.py

.PHONY: windows
windows: ready-windows  ## make the program for Windows and its installer (MSI) in build/windows, under Wine (as root)
	$(PYTHON_IN_VENV) packaging/windows/make.py

.PHONY: windows-test
windows-test: ready-windows  ## test the program for Windows and its installer under Wine (as root, after make windows; ARGS="--only installer")
	$(PYTHON_IN_VENV) packaging/windows/make_test.py $(ARGS)

.PHONY: lock
lock:  ## resolve the dependencies into requirements/*.txt (requires uv; LOCK_ARGS=--upgrade for newer versions)
	@command -v uv >/dev/null || { echo "make lock requires uv on the PATH"; exit 1; }
	packaging/lock.sh $(LOCK_ARGS)

.PHONY: clean
clean:  ## remove generated files, except the virtual environment
	rm -rf $(BUILD) dist .hypothesis .ruff_cache
	find esign_desktop tests packaging -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: ready-run ready-check ready-test ready-packages ready-windows
ready-run ready-check ready-test ready-packages ready-windows:
	@packaging/bootstrap.sh $(@:ready-%=%)
