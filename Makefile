# Everything a person does with this repository. `make help` lists it.
#
# Two stamps tell what .venv holds: what the product needs to run, and what checks it too. The second covers the first.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv/bin
RUN_STAMP := .venv/.run-stamp
DEV_STAMP := .venv/.dev-stamp

# Two modules at a time, in the order in which tests/conftest.py puts them: the slow ones first.
BY_MODULE := -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help
help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

.PHONY: run
run: $(RUN_STAMP) build ## serve a demo hospital on 127.0.0.1:8000 (PORT=9000 make run)
	@exec $(VENV)/python -m chatserver demo

.PHONY: nodes
nodes: setup build ## serve it on two nodes behind a balancer, with PostgreSQL and Redis (PORT=9000 make nodes)
	@NODES_PORT=$${PORT:-8000} exec $(VENV)/honcho start

.PHONY: setup
setup: $(DEV_STAMP) ## make .venv with everything that develops and checks the product

.PHONY: build
build: $(RUN_STAMP) ## build the front end into build/front, when its sources have changed
	@$(VENV)/python scripts/build_front.py

.PHONY: test
test: setup build chromium ## check everything, as .ci/run does, and say how long each part took
	@scripts/lane --begin
# Side by side: one needs a single core, the other waits now and then. Each one's output comes in one piece.
	@scripts/lane "check and front-check, side by side" $(MAKE) --jobs=2 --output-sync=target check front-check
	@$(MAKE) --no-print-directory py-test
	@scripts/lane --told

.PHONY: check
check: setup ## check the Python side without running it
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/deptry .
	$(VENV)/vulture

.PHONY: front-check
front-check: $(RUN_STAMP) ## check and test the front end
	@$(VENV)/python scripts/build_front.py --with-tools
	npm run --silent check
	npm run --silent lint
	npm run --silent test

.PHONY: py-test
py-test: setup build chromium ## run all Python tests, in four lanes: those that start servers after the others, and last the browsers
	@command -v git >/dev/null || { echo "git is needed by the tests; none was found on the PATH (Debian: apt-get install git)." >&2; exit 1; }
	@scripts/lane "tests within a process" $(VENV)/python -m pytest -n 2 -m "not browser and not whole and not faults"
# Most of these wait: for a clock, for a process. The servers of a module are shared by its tests.
	@scripts/lane "tests with real servers" $(VENV)/python -m pytest $(BY_MODULE) -m "whole and not alone and not browser and not faults"
	@scripts/lane "tests of crowds and short promises, alone" $(VENV)/python -m pytest -m "alone and not browser and not faults"
# In a process of its own: what drives the browsers keeps an event loop running, in which no other test can start one.
	@scripts/lane "tests with real browsers" $(VENV)/python -m pytest $(BY_MODULE) -m browser

.PHONY: test-faults
test-faults: setup build ## run the fault tests with their full counts, for hours; ONLY=F03 one of them, RESUME=1 the rest
	FAULTS=full ONLY=$(ONLY) RESUME=$(RESUME) $(VENV)/python -m pytest tests/faults tests/hub/test_desk_histories.py

.PHONY: test-faults-front
test-faults-front: setup build chromium ## the same for the clients: the models, and real browsers
	@$(VENV)/python scripts/build_front.py --with-tools
	FAULTS=full npm run --silent test -- model
	FAULTS=full $(VENV)/python -m pytest tests/browser -k "f21 or f37 or f40 or model"

.PHONY: switched-off
switched-off: setup build ## switch off one mechanism after the other, in a copy, and see its test fail
	$(VENV)/python -m tests.mechanisms

.PHONY: bench-routing
bench-routing: setup ## measure what giving one conversation costs in a crowd, against a handful
	$(VENV)/python -m bench.routing
	$(VENV)/python -m bench.routing --postgres

.PHONY: bench
bench: setup build ## measure what everything costs, against bare references; NAMES="messages …" only those
	$(VENV)/python -m bench $(NAMES)

.PHONY: bench-quick
bench-quick: setup build ## the same in three minutes, and say what has become worse than recorded
	$(VENV)/python -m bench --quick $(NAMES)

.PHONY: bench-against
bench-against: setup build ## the quick one of another commit and of this tree in turns, and what has changed; REV=HEAD~5 NAMES="messages …" ROUNDS=2
	$(VENV)/python -m bench.against $(REV) $(NAMES) --rounds $(or $(ROUNDS),2)

.PHONY: bench-record
bench-record: setup ## take the figures of the last runs as those that later ones are compared with
	$(VENV)/python -m bench --record

.PHONY: bench-report
bench-report: setup ## write the last full run into docs/performance.md, and draw its picture
	$(VENV)/python -m bench.report.performance_page

.PHONY: bench-pages
bench-pages: setup build ## reload a heavy page again and again while 200 chat, in an archive of 1.2 million entries; QUICK=1 a tenth
	$(VENV)/python -m bench.pages $(if $(QUICK),--quick)

.PHONY: bench-launcher
bench-launcher: setup build chromium ## measure what the chat costs a page before the first click, at a quarter of the speed
	$(VENV)/python -m bench.launcher

.PHONY: bench-faults
bench-faults: setup ## crowds, storms and overload against the promises; ONLY=F43 one of them, QUICK=1 a small share
	$(VENV)/python -m bench.faults $(ONLY) $(if $(QUICK),--quick)

.PHONY: attack
attack: setup build ## hostile sockets of every kind beside honest people, 20 minutes; NAMES="trailers …" FULL=1
	$(VENV)/python -m bench.attack $(NAMES) $(if $(FULL),--full)

.PHONY: attack-report
attack-report: setup ## write what the last runs of it found into docs/reliability.md
	$(VENV)/python -m bench.attack --table

.PHONY: fuzz
fuzz: setup ## a million random streams of frames to our reading of them and to the library's, 10 minutes; STREAMS=100000 FIRST=1
	$(VENV)/python -m tests.runtime.framefuzz $(or $(STREAMS),1000000) $(or $(FIRST),1)

.PHONY: soak
soak: setup ## talk for 20 minutes while people come and go, and see that nothing grows (MINUTES=120 NODES=2 make soak)
	$(VENV)/python -m bench.soak --minutes $(or $(MINUTES),20) --nodes $(or $(NODES),0) --picture docs/images/soak.svg

.PHONY: coverage
coverage: setup build ## say which lines of the server the parallel tests leave out
	rm -rf build/coverage
	$(VENV)/coverage run -m pytest -m "not browser and not whole and not faults"
	$(VENV)/coverage combine --quiet
	$(VENV)/coverage report

.PHONY: chromium
chromium: ## make sure that the browser tests have their browser
	@scripts/chromium

.PHONY: types
types: setup ## write what the widget has of the frames' definition and of the emergency words
	$(VENV)/chatserver schema --typescript > build/frames.ts
	mv build/frames.ts widget/src/shared/frames.ts
	$(VENV)/python scripts/emergency_words.py
	$(VENV)/python scripts/consent_words.py

.PHONY: reference
reference: setup ## write the tables of docs/ from the code
	$(VENV)/python scripts/reference.py

.PHONY: record-outside
record-outside: setup build ## write tests/outside again: names, sessions, HTTP answers, a migrated database, as they are now
	RECORD_OUTSIDE=1 $(VENV)/python -m pytest -n 0 -q tests/outside

.PHONY: wheel
wheel: setup build notices ## pack dist/chatserver-*.whl with the built front end
	$(VENV)/python -m build --wheel --no-isolation

.PHONY: notices
notices: setup build ## write THIRD-PARTY-NOTICES.txt from what is installed
	$(VENV)/python scripts/notices.py

.PHONY: lock
lock: setup ## choose the newest allowed Python packages and write requirements/*.txt
	scripts/lock --upgrade

.PHONY: screenshots
screenshots: setup build chromium ## make the pictures of the README from the running product
	$(VENV)/python scripts/screenshots.py

.PHONY: pictures
pictures: setup build chromium ## take pictures of every state of the screens, into build/pictures/states, and audit them by axe
	$(VENV)/python scripts/pictures.py

.PHONY: audit
audit: setup build ## ask the package indexes for known holes (needs the network)
	scripts/uv tool run pip-audit --require-hashes --disable-pip -r requirements/dev.txt
	npm audit

.PHONY: format
format: setup ## put Python and TypeScript into shape
	@$(VENV)/python scripts/build_front.py --with-tools
	$(VENV)/ruff check --fix
	$(VENV)/ruff format
	npm run --silent format

.PHONY: clean
clean: ## remove everything made here, but never data/
	rm -rf .venv node_modules build dist test-output .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find bench chatserver tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN_STAMP): requirements/base.txt requirements/build.txt requirements/uv.txt pyproject.toml scripts/python-environment
	@scripts/python-environment run
	@touch $@

$(DEV_STAMP): requirements/dev.txt requirements/uv.txt pyproject.toml scripts/python-environment
	@scripts/python-environment dev
	@touch $(RUN_STAMP) $@
