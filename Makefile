# Two commands for a fresh machine with Python 3.11+ and make: `make demo` and `make test`.
PYTHON ?= python3
ENV := .venv
BIN := $(ENV)/bin

.PHONY: demo test lint bench clean

demo: $(ENV)/.runtime
	$(BIN)/sim compare scenarios/after_sales.yaml

# Numba's cache notices a change in a function's own file, not in those that it calls.
test: $(ENV)/.dev lint
	find sim tests -name '*.nb[ic]' -delete
	$(BIN)/python -m pytest -n auto -q

lint: $(ENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(ENV)/.runtime
	$(BIN)/python benchmarks/day_of_20000.py

$(ENV)/bin/python:
	$(PYTHON) -m venv $(ENV)

$(ENV)/.runtime: pyproject.toml | $(ENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(ENV)/.dev: pyproject.toml | $(ENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@ $(ENV)/.runtime

clean:
	rm -rf $(ENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
