# Two commands for a fresh machine with Python 3.11+ and make: `make demo` and `make test`.
PYTHON ?= python3
ENV := .venv
BIN := $(ENV)/bin
SCENARIOS ?= 5000

.PHONY: demo test lint equality bench profile clean

demo: $(ENV)/.runtime
	$(BIN)/sim compare scenarios/after_sales.yaml

# The engine is compiled before the tests, so that their processes need not all do it.
test: $(ENV)/.dev lint
	$(BIN)/sim run scenarios/after_sales.yaml -n 1 --engine compiled >/dev/null
	$(BIN)/python -m pytest -n auto -q

equality: $(ENV)/.dev
	$(BIN)/python -m tests.equivalence.many --scenarios $(SCENARIOS)

lint: $(ENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(ENV)/.bench
	$(BIN)/python benchmarks/bench.py

profile: $(ENV)/.runtime
	$(BIN)/python benchmarks/where_time_goes.py

$(ENV)/bin/python:
	$(PYTHON) -m venv $(ENV)

$(ENV)/.runtime: pyproject.toml | $(ENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(ENV)/.bench: pyproject.toml | $(ENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[bench]'
	touch $@ $(ENV)/.runtime

$(ENV)/.dev: pyproject.toml | $(ENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@ $(ENV)/.runtime

clean:
	rm -rf $(ENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
