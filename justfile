# Each line works without just: copy it.
default:
    @just --list

# Build the example company and open it
demo:
    ./shemei demo

# The whole suite
test *ARGS:
    ./shemei test {{ARGS}}

lint:
    .venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/lint-imports && .venv/bin/djhtml --check src

fix:
    .venv/bin/ruff check --fix . ; .venv/bin/ruff format . ; .venv/bin/djhtml src

types:
    .venv/bin/mypy src/shemei/engines src/shemei/warehouse src/shemei/edge src/shemei/platforms src/shemei/apps/*/rules.py --follow-imports=silent

# Renew the lock files; they name no host
lock:
    uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.lock
    uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --group dev pyproject.toml -o requirements-dev.lock
    uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -c requirements-dev.lock --group engines pyproject.toml -o requirements-engines.lock

# Ask every question on every engine (needs Java 17)
engines:
    uv venv -q --allow-existing .venv-engines
    uv pip install -q --python .venv-engines --require-hashes -r requirements-engines.lock
    .venv-engines/bin/python -m pytest -m engines tests/warehouse

# Everything a submission must pass
ci:
    bash .ci/run
