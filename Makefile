# Every target sets up what it needs; a second run takes no time. PYTHON=... chooses the interpreter.
.POSIX:
SHELL = /bin/sh
IN_ENV = @sh scripts/bootstrap.sh run

.PHONY: help setup env demo test test-oldest lint format bench docs lock clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 21

setup: ## Make .venv and get the Pulumi CLI
	@sh scripts/bootstrap.sh setup

env: ## Print shell exports: eval "$(make -s env)"
	@sh scripts/bootstrap.sh env

demo: ## Take examples/quickstart through its life, without an account
	$(IN_ENV) python examples/quickstart/demo.py

test: ## Run all tests and show coverage
	$(IN_ENV) pytest -n auto --cov --cov-report=term:skip-covered

test-oldest: ## Run the tests marked sdk on the oldest Pulumi SDK supported
	$(IN_ENV) sh scripts/test-oldest.sh

lint: ## Check style, types and who may import whom
	$(IN_ENV) ruff check
	$(IN_ENV) ruff format --check
	$(IN_ENV) mypy
	$(IN_ENV) lint-imports

format: ## Format the code and repair what can be repaired
	$(IN_ENV) ruff check --fix
	$(IN_ENV) ruff format

bench: ## Measure side by side, and print the ratios
	$(IN_ENV) python -m benchmarks

docs: ## Write the generated pages of docs/
	$(IN_ENV) python -m scripts.docs

lock: ## Compile requirements/dev.txt anew, newest versions
	$(IN_ENV) python -m pip install --quiet --disable-pip-version-check uv
	$(IN_ENV) uv pip compile pyproject.toml --group dev --universal --python-version 3.10 --generate-hashes \
	    --no-emit-index-url --custom-compile-command 'make lock' --upgrade --quiet --output-file requirements/dev.txt

clean: ## Remove what this checkout made; the user's CLI cache stays
	rm -rf .venv .sdk-oldest .setup.lock .demo .coverage .coverage.* htmlcov build dist *.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
