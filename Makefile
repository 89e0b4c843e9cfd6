# Everything a day needs; `make help` lists it. Set-up happens by itself, in .venv, with uv where it is installed and pip
# otherwise. Nothing here needs root.

BIN := .venv/bin
READY := .venv/.ready
UV := $(shell command -v uv 2>/dev/null)
PYTHONS := $(or $(PYTHON),python3.13 python3.12 python3.11 python3 python3.14)
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

ifdef UV
  INSTALL := $(UV) pip install --quiet --python $(BIN)/python
else
  INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

.DEFAULT_GOAL := help
.PHONY: setup demo test soak mutate bench cover fix lock help

setup: $(READY) ## Make .venv and install what stands in requirements.lock (every other target does this first)

demo: $(READY) ## Run the three-month story on real contacts, e.g. make demo ARGS="--no-serve --seed 7"
	@$(BIN)/remit demo $(ARGS)

test: $(READY) ## Everything that must pass: form, types, import rows, tests in random order
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -n auto --hypothesis-profile=ci $(ARGS)

soak: $(READY) ## The same tests with many more examples, those that take minutes, and the mutants
	$(BIN)/pytest -n auto --hypothesis-profile=soak -m "soak or not soak" $(ARGS)
	$(BIN)/python -m tests.mutation.mutate

mutate: $(READY) ## Break gate and rules in thousands of small ways and list what no test notices; ARGS=core/gate.py for one file
	@$(BIN)/python -m tests.mutation.mutate $(ARGS)

bench: $(READY) ## Measure against the budgets, one JSON line per figure; make bench ONLY=evidence for one
	@$(BIN)/python bench/run.py $(ONLY)

cover: $(READY) ## Show the branches of core and flow that no test walks
	$(BIN)/pytest -n auto --hypothesis-profile=ci --cov $(ARGS)

fix: $(READY) ## Repair what tools can repair
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .
	$(BIN)/python docs/build_reference.py

lock: ## Write requirements.lock anew from pyproject.toml (needs uv); make lock ARGS=--upgrade takes newer versions
	@test -n "$(UV)" || { echo "make lock needs uv, and there is none on PATH. Try: pip install uv" >&2; exit 1; }
	$(UV) pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
	  --extra agents --group dev --output-file requirements.lock $(ARGS) pyproject.toml

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): pyproject.toml requirements.lock | $(BIN)/python
	@echo "Installing what stands in requirements.lock (the first time this takes about a minute) ..."
	@$(INSTALL) --requirement requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(BIN)/python:
ifdef UV
	@$(UV) venv --quiet --clear --seed --python "$(or $(PYTHON),>=3.11)" .venv
else
	@for python in $(PYTHONS); do \
	  if "$$python" -c '$(NEW_ENOUGH)' 2>/dev/null; then \
	    "$$python" -m venv --clear .venv && exit 0; rm -rf .venv; \
	    echo "$$python cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	  fi; \
	done; \
	echo "Remit needs Python 3.11 or newer. Looked for: $(PYTHONS). Install one, or name it: make setup PYTHON=/path/to/python" >&2; \
	exit 1
endif
