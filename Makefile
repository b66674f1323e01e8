# crqkit: `make` alone lists what there is. Needs Python 3.11, 3.12 or 3.13; everything else is set up in .venv.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup setup-dev demo test quick test-all lab notebooks bench studies environment lock clean

PYTHON ?= python3
VENV ?= .venv
UV ?= uv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet
SUPPORTED := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTEST := $(PY) -m pytest -n 2 --dist loadfile
NBVAL := --nbval --nbval-current-env --nbval-sanitize-with tests/nbval.cfg
RESOLVE := $(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --quiet

# A reader's own Python settings must not leak into the set-up.
unexport PYTHONHOME PYTHONPATH
export PIP_USER := 0

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/.core $(VENV)/.crqkit ## Set up what the commands need (once, and again when the lock changes)

setup-dev: $(VENV)/.dev $(VENV)/.crqkit ## Set up the course and the tests too

demo: setup ## Make the page of the example shop from its own exports
	@$(VENV)/bin/crqkit report datasets/boutique/exports -o out/boutique

# One pytest call comes last, so that its closing line tells the whole result.
test quick: export OPENBLAS_NUM_THREADS := 1
test quick: export MPLBACKEND := Agg
test: setup-dev ## Run every check
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(VENV)/bin/lint-imports --no-logo
	@$(PYTEST) $(NBVAL) tests crqkit tools notebooks

quick: setup-dev ## Run the tests without the notebooks
	@$(PYTEST) tests crqkit tools

test-all: ## Run every check on Python 3.12 and 3.13 too, each in its own environment
	@ran=0; for version in 3.12 3.13; do \
		if python$$version -c '$(SUPPORTED)' 2>/dev/null; then \
			echo "== Python $$version"; ran=1; \
			$(MAKE) --no-print-directory VENV=.venv-$$version PYTHON=python$$version test || exit 1; \
		else echo "== Python $$version is not on this machine: not tested"; fi; \
	done; [ $$ran = 1 ]

lab: setup-dev ## Open the course in JupyterLab
	@$(PY) -m jupyterlab notebooks

notebooks: setup-dev ## Execute and save the lessons, their exercises and the table of lessons
	@for step in run exercises table; do $(PY) -m crqkit.course.notebooks $$step || exit 1; done

bench: setup-dev ## Run every benchmark; each prints one JSON line last
	@for file in $(wildcard benchmarks/[a-z]*.py); do $(PY) $$file || exit 1; done

studies: setup-dev ## Run the simulation studies
	@for file in $(wildcard tests/studies/[a-z]*.py); do $(PY) $$file || exit 1; done

environment: setup ## Write environment.yml from pyproject.toml
	@$(PY) tools/environment.py

lock: ## Renew the locks (needs uv; `make lock UPGRADE=--upgrade` takes newer versions)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: python -m pip install uv"; exit 1; }
	@$(RESOLVE) $(UPGRADE) --extra build -o requirements.lock
	@$(RESOLVE) $(UPGRADE) --extra build --extra course --extra dev -c requirements.lock -o requirements-dev.lock

clean: ## Remove caches and the example page (the set-up in .venv stays)
	@rm -rf .pytest_cache .ruff_cache .import_linter_cache build dist *.egg-info out/boutique
	@rm -rf datasets/*/exports/crqkit-private/snapshots datasets/*/exports/crqkit-private/advice.csv
	@find crqkit tests tools benchmarks datasets -name __pycache__ -type d -prune -exec rm -rf {} +

# The set-up, in stamp files: each step is done once, and again when what it depends on changes.
FAILED := { echo "The set-up stopped. Mend what is said above (often: no network), then run the same command again."; exit 1; }

$(VENV)/.made:
	@for candidate in $(PYTHON) $(if $(filter file default,$(origin PYTHON)),python3.13 python3.12 python3.11); do \
		if $$candidate -c '$(SUPPORTED)' 2>/dev/null; then found=$$candidate; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "crqkit needs Python 3.11, 3.12 or 3.13 with its venv module."; \
		echo "'$(PYTHON)' is: $$($(PYTHON) --version 2>&1 | head -n 1)"; \
		echo "Install one (python.org; on Debian and Ubuntu: sudo apt install python3 python3-venv),"; \
		echo "or name the one to take: make PYTHON=/path/to/python3.12 $(or $(MAKECMDGOALS),demo)"; \
		exit 1; \
	fi; \
	echo "Setting up $(VENV) with $$($$found --version)."; \
	$$found -m venv $(VENV) || $(FAILED)
	@touch $@

$(VENV)/.core: requirements.lock | $(VENV)/.made
	@echo "Installing the libraries: about a minute and 860 MB, once."
	@begin=$$(date +%s); $(PIP) install --require-hashes -r requirements.lock || $(FAILED); \
	echo "Done in $$(($$(date +%s) - begin)) seconds."
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.core
	@echo "Installing what the course and the tests need: about half a minute and 340 MB more, once."
	@begin=$$(date +%s); \
	$(PIP) install --require-hashes --use-pep517 --no-build-isolation -r requirements-dev.lock || $(FAILED); \
	echo "Done in $$(($$(date +%s) - begin)) seconds."
	@touch $@

$(VENV)/.crqkit: pyproject.toml $(VENV)/.core
	@$(PIP) install --no-deps --no-build-isolation --editable . || $(FAILED)
	@touch $@
