# Two commands for a newcomer: `make demo` and `make test`. Both make .venv from constraints.txt first.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test check peers golden docs configs venv clean

demo: venv
	@"$(BIN)/triton-data" run examples/quickstart.toml

test: venv check
	@"$(BIN)/python" -m pytest -n auto --maxprocesses 4 --dist loadfile

check: venv
	@"$(BIN)/ruff" check . && "$(BIN)/ruff" format --check . && "$(BIN)/mypy"

peers: venv  # what tests need from npm (servers, axe-core); kept in ~/.cache/triton-data-tests
	@"$(BIN)/python" -m tests.sources.peers
	@"$(BIN)/python" -m tests.report.axe

golden: venv  # renew the golden files after a change that was meant
	@RENEW_GOLDEN=1 "$(BIN)/python" -m pytest tests -k golden

docs: venv  # rewrite docs/cli.md from every verb's --help
	@"$(BIN)/python" docs/write_cli.py

configs: venv  # rewrite tune_configs/ from src/triton_data/train/
	@"$(BIN)/python" -m triton_data.train.presets
	@"$(BIN)/python" -m triton_data.train.trainers

venv: $(STAMP)

# `python -m venv` writes absolute paths into its scripts, so a moved checkout needs a new one: the stamp names its place.
$(STAMP): pyproject.toml constraints.txt
	@test -x "$(BIN)/python" || "$(PYTHON)" -m venv "$(VENV)"
	@"$(BIN)/python" -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch "$(STAMP)"

clean:
	rm -rf "$(VENV)" "$(VENV)-tune" runs build src/*.egg-info .mypy_cache .ruff_cache .pytest_cache
