# Everything a newcomer needs: make run, make test. Each target brings the environment up first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# What the program needs lies in $(VENV)/wheels as well: the test that installs it with pipx asks no network.

.PHONY: run test check format bench fuzz screenshots docs messages dist clean help

help:  ## list the targets
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or newer is needed; say which with: make PYTHON=python3.12'; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' || { echo 'This Python has no venv module; on Debian: apt-get install python3-venv'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@$(BIN)/python -m compileall -q src
	PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-build-isolation --wheel-dir $(VENV)/wheels . 'pip>=26.1'
	@touch $@

run: $(READY)  ## open the reader on the articles that ship with it
	@$(BIN)/cryptonews

test: $(READY)  ## run every test
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: $(READY)  ## format, lint and strict types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(READY)  ## put the code into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY)  ## measure, and print the figures of docs/performance.md
	$(BIN)/python -m benchmarks

FUZZ := $(if $(INPUTS),--inputs $(INPUTS)) $(if $(SECONDS),--seconds $(SECONDS)) $(TARGETS)
fuzz: $(READY)  ## try odd inputs: make fuzz INPUTS=100000 SECONDS=60 TARGETS="query feed" (of each target)
	@PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[fuzz]' || echo 'goes on without atheris'
	$(BIN)/python -m fuzz $(FUZZ)

screenshots: $(READY)  ## make screenshots/*.svg and *.png from the samples
	$(BIN)/python -m screenshots

docs: $(READY)  ## write the generated tables into README.md and docs/
	$(BIN)/python -m docs

messages: $(READY)  ## bring the translations in line with the texts of the code, and compile them
	$(BIN)/python -m messages

dist: $(READY)  ## build dist/*.whl and dist/*.tar.gz
	rm -rf dist
	$(BIN)/python -m build --no-isolation

clean:  ## remove the environment and caches
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
