# make run · test · check · bench · soak · schema · docs · lock · clean
# Needs make and Python 3.12 or newer; everything else comes from requirements-dev.lock into .venv.

PORT ?= 8000
READY := .venv/ready
COMPILE := .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--no-emit-find-links --python-version 3.12 --custom-compile-command "make lock" pyproject.toml

export STEPWELL_DEVELOPMENT := 1
# Every process would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check bench soak schema docs lock format migration messages clean
.NOTPARALLEL:

run: export STEPWELL_ALLOW_LOCAL_WEBHOOKS := 1
run: export STEPWELL_DEFAULT_ORGANISATION := demo
run: $(READY)  ## a server with demonstration data on http://localhost:8000/
	@.venv/bin/stepwell migrate
	@.venv/bin/stepwell demo --port $(PORT)
	@exec .venv/bin/stepwell serve --port $(PORT)

test: $(READY)  ## all tests on SQLite, and beside it on PostgreSQL where one answers
	@.venv/bin/python -m tests.run $(ARGS)

soak: $(READY)  ## the long runs
	@.venv/bin/python -m tests.run --soak $(ARGS)

check: $(READY)  ## form, types, imports, migrations, schema, docs
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	DJANGO_SETTINGS_MODULE=tests.settings .venv/bin/python -m django makemigrations --check --dry-run
	.venv/bin/stepwell schema | diff -u schema.graphql - || { echo "The schema has changed: make schema, and say so in CHANGELOG.md."; exit 1; }
	@$(MAKE) --no-print-directory docs

bench: $(READY)  ## figures, in benchmarks/RESULTS.md: make bench USERS=100000 KEEP=1
	@.venv/bin/python -m benchmarks $(ARGS)

schema: $(READY)  ## write schema.graphql, the promise
	@.venv/bin/stepwell schema > schema.graphql.new && mv schema.graphql.new schema.graphql

docs: $(READY)  ## docs/ as pages, in site/
	.venv/bin/zensical build --clean --strict

lock: $(READY)  ## the newest versions that pyproject.toml allows: make lock ARGS=--upgrade
	$(COMPILE) $(ARGS) --output-file requirements.lock
	$(COMPILE) $(ARGS) --group dev --constraint requirements.lock --output-file requirements-dev.lock

format: $(READY)  ## let ruff put the form right
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

migration: $(READY)  ## write the migration of changed models: make migration NAME=what_it_does
	DJANGO_SETTINGS_MODULE=tests.settings .venv/bin/python -m django makemigrations stepwell --name $(NAME)

messages: $(READY)  ## collect the texts of pages that are to be translated, and compile those that are
	DJANGO_SETTINGS_MODULE=tests.settings .venv/bin/python -m tests.web.translations

clean:  ## remove what make made, but not ./data
	rm -rf .venv site .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .cache .coverage htmlcov

$(READY): requirements-dev.lock pyproject.toml .ci/environment
	@.ci/environment
