# The two commands of the README, and what developers run. Needs python3 (3.11 or newer) with venv, and make.
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2
PACKAGE := pyproject.toml geo_service/web/build_hook.py geo_service/web/package-lock.json

.PHONY: demo test test-fast lint bench clean

demo: .venv/demo-ready
	$(BIN)/geo-service demo $(ARGS)

test: .venv/test-ready lint
	$(BIN)/pytest -n $(WORKERS) --dist loadfile $(ARGS)

test-fast: .venv/test-ready
	$(BIN)/pytest -m "not slow and not browser" $(ARGS)

lint: .venv/test-ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

BENCHMARKS := start pvrp vrptw waste service replan matrix season tiles

bench: .venv/bench-ready
	for one in $(BENCHMARKS); do $(BIN)/python tests/benchmarks/$$one.py --short $(ARGS) || exit 1; done

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist

.venv/bin/python:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

.venv/demo-ready: $(PACKAGE) | .venv/bin/python
	@echo "installing geo-service and what it needs into .venv ..."
	$(BIN)/python -m pip install --quiet -e .
	@touch $@

.venv/test-ready: $(PACKAGE) | .venv/bin/python
	@echo "installing geo-service and what its tests need into .venv ..."
	$(BIN)/python -m pip install --quiet -e . --group dev
	@touch $@ .venv/demo-ready

.venv/bench-ready: .venv/test-ready
	@echo "installing the engines that ours is measured against into .venv ..."
	$(BIN)/python -m pip install --quiet --group bench
	@touch $@
