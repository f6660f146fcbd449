# Every target first sets up what it needs, which takes no time when nothing has changed. PYTHON=... is the interpreter.
.POSIX:
SHELL = /bin/sh
IN_ENV = @sh scripts/bootstrap.sh run

.PHONY: help setup env demo test test-oldest lint format bench docs lock clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 21

setup: ## Create .venv and install the Pulumi CLI
	@sh scripts/bootstrap.sh setup

env: ## Print shell exports: eval "$(make -s env)"
	@sh scripts/bootstrap.sh env

demo: ## Create, change and destroy examples/quickstart on the fake; needs no account
	$(IN_ENV) python examples/quickstart/demo.py

test: ## Run all tests and show coverage
	$(IN_ENV) pytest -n auto --dist worksteal --cov --cov-report=term:skip-covered

test-oldest: ## Run the tests marked sdk with the oldest supported Pulumi SDK
	$(IN_ENV) sh scripts/test-oldest.sh

lint: ## Check style, types and imports between packages
	$(IN_ENV) ruff check
	$(IN_ENV) ruff format --check
	$(IN_ENV) mypy
	$(IN_ENV) lint-imports

format: ## Format the code and fix what ruff can fix
	$(IN_ENV) ruff check --fix
	$(IN_ENV) ruff format

bench: ## Run the benchmarks
	$(IN_ENV) python -m benchmarks

docs: ## Generate the pages of docs/
	$(IN_ENV) python -m scripts.docs

lock: ## Update requirements/dev.txt to the newest versions
	$(IN_ENV) python -m pip install --quiet --disable-pip-version-check uv
	$(IN_ENV) uv pip compile pyproject.toml --group dev --universal --python-version 3.10 --generate-hashes \
	    --no-emit-index-url --custom-compile-command 'make lock' --upgrade --quiet --output-file requirements/dev.txt

clean: ## Remove everything that was generated here; the Pulumi CLI in the user's cache stays
	rm -rf .venv .sdk-oldest .setup.lock .demo .coverage .coverage.* htmlcov build dist *.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
