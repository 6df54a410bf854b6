# Every command of the project; `make` alone prints this help. Needs Python 3.11 or newer and make, nothing else.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
WHAT ?= transport
BENCHES := transport plan progress
# With its folders: a file that is gone has changed the page too.
PAGE := $(wildcard services/reporting/web/*.*) $(shell find services/reporting/web/src)
# Services and planners start as processes of their own: without bytecode each would compile all it imports anew, for seconds.
unexport PYTHONDONTWRITEBYTECODE

help: ## show this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(READY) ## the programme year 2023 on embedded Kafka and PostgreSQL (ENTERPRISES=10000, ENTERPRISES_FILE=…, ONCE=1)
	@$(BIN)/python -m rehearsal

test: $(READY) ## all tests, on the same embedded stack, two beside each other
	@$(BIN)/python -m pytest -q -n 2 --no-loadscope-reorder

check: $(READY) ## format, lint, types, architecture, contracts: what CI runs before the tests
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/basedpyright && $(BIN)/lint-imports && $(BIN)/python -m events.schemas --check

fmt: $(READY) ## format and mend what can be mended
	@$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format .

contracts: $(READY) ## regenerate JSON Schemas and docs/events.md from the contracts
	@$(BIN)/python -m events.schemas --write

faults: $(READY) ## kill, stop and restart everything, over five seeds each -> build/faults/summary.json
	@$(BIN)/python tests/faults/run.py

bench: $(READY) ## measure side by side (WHAT=transport, plan or progress) -> build/bench/$(WHAT).json
	@$(if $(filter $(BENCHES),$(WHAT)),,$(error There is no benchmark $(WHAT). WHAT is one of: $(BENCHES)))
	@$(BIN)/python tests/benchmarks/$(WHAT).py

lock: $(READY) ## pin requirements.in into requirements.lock, by hash and without addresses
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-annotate requirements.in -o requirements.lock

up: ## the same system in containers (docker compose)
	@docker compose up --build --detach --wait

down: ## stop the containers, keep their data
	@docker compose down

logs: ## follow the containers' logs
	@docker compose logs --follow

clean: ## remove everything that make has made, the embedded stack's data too
	@[ ! -x $(BIN)/python ] || $(BIN)/python -m stack down
	@rm -rf .local build .venv services/reporting/src/reporting/web/dist services/reporting/web/node_modules

$(READY): requirements.lock $(wildcard */*/pyproject.toml) pyproject.toml deploy/venv.sh $(PAGE)
	@PYTHON=$(PYTHON) bash deploy/venv.sh && touch $@

.PHONY: help run test check fmt contracts faults bench lock up down logs clean
