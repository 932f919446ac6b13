# Two commands do everything on a fresh Debian 12 with Python 3.11, make and git:
#   make run   sets up, runs the main job in a demonstration workspace, then serves it on 127.0.0.1:8000
#   make test  sets up and runs every check of the project
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
DEMO := records/demo
PORT ?= 8000
JOBS ?= 2

.PHONY: help run job setup setup-test system test lint types contracts unit test-nightly bench sbom audit clean-demo

help: ## what can be asked for
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

$(VENV)/.runtime: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: apt-get install python3.11 python3.11-venv"; exit 1; }
	@test -x $(BIN)/python || { echo "Making the virtual environment"; $(PYTHON) -m venv $(VENV); }
	@echo "Installing the locked packages"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . 2>/dev/null \
	  || $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@$(BIN)/python -W ignore::SyntaxWarning -m compileall -q $(VENV)/lib qms >/dev/null
	@touch $@

$(VENV)/.testing: requirements-dev.lock $(VENV)/.runtime
	@echo "Installing what the tests need"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

system: ## the system libraries the PDF needs
	@bash .ci/system libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0

setup: system $(VENV)/.runtime ## the environment

setup-test: setup $(VENV)/.testing

run: setup ## set up, run the main job once, serve it on 127.0.0.1:8000 (Ctrl-C stops)
	@test -f $(DEMO)/DEMO.txt || $(BIN)/qms --home $(DEMO) demo run --once
	@echo "The story of the demonstration is told in $(DEMO)/DEMO.txt"
	@exec $(BIN)/qms --home $(DEMO) serve --with-worker --port $(PORT)

job: setup ## the main job alone, from nothing
	@$(BIN)/qms --home $(DEMO) demo run --fresh

test: setup-test lint types contracts unit ## every check, from nothing

lint: setup-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup-test
	$(BIN)/mypy

contracts: setup-test
	$(BIN)/lint-imports

unit: setup-test
	@rm -f .coverage .coverage.*.*
	$(BIN)/python -m tests.rule_coverage --config
	$(BIN)/python -m pytest -q -n $(JOBS) -m "rules and not nightly" --cov --cov-config=.coverage-rules.ini --cov-report=
	$(BIN)/python -m tests.rule_coverage
	$(BIN)/python -m pytest -q -n $(JOBS) --dist loadgroup -m "not rules and not nightly"

test-nightly: setup-test ## the long tests (UNTIL=SECOND of the epoch cuts what has not begun by then, and says so)
	$(BIN)/python -m pytest -q -n $(JOBS) --dist loadgroup -m nightly --durations=10 $(if $(UNTIL),--until $(UNTIL))

bench: setup-test ## ratios side by side
	for script in bench/*.py; do $(BIN)/python $$script; done

sbom: setup-test ## bill of materials and licences into dist/
	$(BIN)/python -m tests.supply dist

audit: setup-test ## the locks against a local advisory database (ADVISORIES=FOLDER)
	$(BIN)/python -m tests.supply --audit

clean-demo: ## forget the demonstration
	rm -rf $(DEMO)
