# Bare `make` lists what can be asked for. The first target to run builds .venv; the others reuse it.
.DEFAULT_GOAL := help
.PHONY: help report test long lint bench extras answers samples lab clean lock
BIN := .venv/bin
TENANTS ?= data/samples/troubled data/samples/healthy

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

report: .venv/.ready ## reports on the sample tenants, into reports/
	@for tenant in $(TENANTS); do $(BIN)/scimlab report $$tenant || exit $$?; done

test: .venv/.ready lint ## every test, and every committed page run again
	$(BIN)/python -m pytest -n 2
	$(BIN)/python -m pytest --nbval data/answers

long: .venv/.ready ## what takes minutes: every property with many more examples, many seeds
	$(BIN)/python -m pytest -n 2 -m "hypothesis or long" --hypothesis-profile=long

lint: .venv/.ready ## style of the code
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

extras: .venv/.extras ## all extras into .venv: live sessions and what the figures are compared with; their tests run too then

bench: .venv/.extras ## figures beside pandas and duckdb, see tests/bench/README.md
	$(BIN)/python tests/bench

answers: .venv/.ready ## the executed pages in data/answers, made again
	$(BIN)/python -m scimlab.report.answers

samples: .venv/.ready ## the sample tenants in data/samples, made again
	$(BIN)/python -m scimlab.simulate.samples

lab: .venv/.ready ## JupyterLab on the pages
	$(BIN)/jupyter lab --notebook-dir=. notebooks

clean: ## parsed parts and caches; exports and reports stay
	rm -rf data/private/.parts .pytest_cache .ruff_cache .hypothesis .import_linter_cache

lock: ## the two lock files, from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --universal --extra test --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements.lock
	uv pip compile pyproject.toml --universal --all-extras --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements-all.lock

# The locks are complete, so nothing is left to resolve: older pips refuse a hashed lock where two packages ask for one with and without an extra.
.venv/.ready: requirements.lock pyproject.toml
	@python=$$(for name in python3.12 python3.11 python3.13 python3 python; do \
		if $$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then echo $$name; break; fi; done); \
	if [ -z "$$python" ]; then echo "No Python 3.11, 3.12 or 3.13 was found. Install one (python.org, brew install python@3.12, apt install python3 python3-venv) and run make again." >&2; exit 2; fi; \
	if ! $$python -m venv .venv; then echo "$$python cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv. Then run make again." >&2; exit 2; fi
	@echo "Installing into .venv, once; this takes a minute or two."
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps -e .
	@touch $@

.venv/.extras: .venv/.ready requirements-all.lock
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-all.lock
	@touch $@
