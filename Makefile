# make demo   the walkthrough of the README, then a running stack until Ctrl-C   (DEMO_FLAGS=--once to stop after it)
# make test   format, lint, types, import contracts and all tests
# make check  the same without the tests
# make docs   docs/token-checks.md, from the marks of the tests
# make interop  the servers that tests/interop needs, where Node.js and npm are there; part of `make test`
# make bench  how fast it is, beside others: writes benchmarks/results.md          (BENCH=jwt,cached for some parts, BENCH_FLAGS=--runs=5)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
DEMO_FLAGS ?=
PYTEST_FLAGS ?=
OIDC_PROVIDER := tests/interop/oidc_provider
PYTEST_WORKERS ?= auto
BENCH ?=
BENCH_FLAGS ?=

# Tests start hundreds of processes of the same files: once these are compiled, each starts in two thirds of the time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check interop bench docs format clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

$(VENV)/.run: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "apigw-oauth needs Python 3.11 or later; this is " + sys.version.split()[0] + ". Name another one with: make PYTHON=python3.12 …")'
	@echo "Setting up $(VENV) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) hatchling editables
	@$(PIP) --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@$(PIP) --no-build-isolation --editable '.[dev]'
	@touch $@

demo: $(VENV)/.run
	@$(BIN)/apigw-oauth demo $(DEMO_FLAGS)

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/.interop: $(VENV)/.dev
	@$(PIP) --no-build-isolation --editable '.[interop]'
	@touch $@

$(OIDC_PROVIDER)/node_modules/.package-lock.json: $(OIDC_PROVIDER)/package-lock.json
	@if command -v node >/dev/null && command -v npm >/dev/null; then \
	  echo "Setting up $(OIDC_PROVIDER)/node_modules …" && cd $(OIDC_PROVIDER) && npm ci --ignore-scripts --silent && \
	  touch node_modules/.package-lock.json; \
	fi

interop: $(VENV)/.interop $(OIDC_PROVIDER)/node_modules/.package-lock.json

test: check interop
	$(BIN)/python -m pytest --numprocesses $(PYTEST_WORKERS) --dist loadfile --cov --cov-report=term:skip-covered $(PYTEST_FLAGS)

bench: $(VENV)/.run
	@$(BIN)/python -m benchmarks $(BENCH) $(BENCH_FLAGS)

docs: $(VENV)/.dev
	$(BIN)/python -m tests.token_checks > docs/token-checks.md

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) .node $(OIDC_PROVIDER)/node_modules .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
