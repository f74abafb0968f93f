# Two commands for a newcomer: `make demo` and `make test`. Both make .venv from constraints.txt first.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# Tests wait for clocks, servers and jails a third of their time: with three at a time two cores are busy.
SPREAD := -n $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$(( n < 3 ? 3 : n > 4 ? 4 : n ))) --dist loadfile --no-loadscope-reorder

.PHONY: demo test test-slow test-torch check peers golden docs site configs datasets venv clean

demo: venv
	@"$(BIN)/triton-data" run examples/quickstart.toml

test: venv check
	@"$(BIN)/python" -m pytest $(SPREAD)

test-slow: venv  # what `make test` leaves out, an hour or so: whole pipelines, every cheat, every golden file, every tutorial
	@"$(BIN)/python" -m pytest $(SPREAD) -m 'slow and not gpu'

# The suite on another torch, in an environment of its own; the index has it as a CUDA build of some gigabytes.
test-torch: OTHER = $(VENV)-torch-$(TORCH)
test-torch:
	@test -n "$(TORCH)" || { echo 'say which: make test-torch TORCH=2.11.0' >&2; exit 2; }
	@test -x "$(OTHER)/bin/python" || "$(PYTHON)" -m venv "$(OTHER)"
	@grep -Ev '^(torch|triton|setuptools)==' constraints.txt > "$(OTHER)/constraints.txt"
	@"$(OTHER)/bin/python" -m pip install --quiet --disable-pip-version-check -c "$(OTHER)/constraints.txt" "torch==$(TORCH)" -e '.[dev]'
	@CUDA_VISIBLE_DEVICES= "$(OTHER)/bin/python" -m pytest $(SPREAD)

check: venv
	@"$(BIN)/ruff" check . && "$(BIN)/ruff" format --check . && "$(BIN)/mypy"

peers: venv  # what tests need from npm (servers, axe-core); kept in ~/.cache/triton-data-tests
	@"$(BIN)/python" -m tests.sources.peers
	@"$(BIN)/python" -m tests.report.axe
	@"$(BIN)/python" -m tests.generate.mock

golden: venv  # renew the golden files after a change that was meant
	@RENEW_GOLDEN=1 "$(BIN)/python" -m pytest -m "slow or not slow" tests -k golden

docs: venv  # rewrite docs/cli.md from every verb's --help, and docs/templates.md
	@"$(BIN)/python" docs/write_cli.py && "$(BIN)/python" docs/write_templates.py

site: venv  # docs/ as pages, in build/site
	@NO_MKDOCS_2_WARNING=1 "$(BIN)/mkdocs" build --strict --quiet && echo build/site/index.html

configs: venv  # rewrite tune_configs/ from src/triton_data/train/
	@"$(BIN)/python" -m triton_data.train.presets
	@"$(BIN)/python" -m triton_data.train.trainers

datasets: EACH = 1
datasets: venv  # datasets/templates: what the ledger knows to be right, and EACH fresh checks of each operation
	@"$(BIN)/python" -m triton_data.without_run.template_dataset --each $(EACH)

venv: $(STAMP)

# `python -m venv` writes absolute paths into its scripts, so a moved checkout needs a new one: the stamp names its place.
$(STAMP): pyproject.toml constraints.txt
	@test -x "$(BIN)/python" || "$(PYTHON)" -m venv "$(VENV)"
	@"$(BIN)/python" -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch "$(STAMP)"

clean:
	rm -rf "$(VENV)" "$(VENV)-tune" "$(VENV)"-torch-* runs build src/*.egg-info .mypy_cache .ruff_cache .pytest_cache
