# Everything runs in .venv, built from the lock files; nothing is taken from the system's Python packages.

PYTHON ?= python3
JOBS ?= 2
ARGS ?=
PYTEST_ARGS ?=
COVERAGE_MIN ?= 95

VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)

# pip compiles to bytecode by itself; uv has to be told, or every first import pays.
ifeq ($(UV),)
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
else
INSTALL := $(UV) pip install --quiet --python $(BIN)/python --compile-bytecode
endif

# Need more than a contributor's machine has; `make test-all` runs them.
SPECIAL := browser or cluster or replication
# One thread a process: the processes of xdist share the cores already.
PYTEST := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest --benchmark-disable
COVER := --cov --cov-report=

# A PYTHONPATH from outside would put other versions before the locked ones.
unexport PYTHONPATH PYTHONHOME

.NOTPARALLEL:
.PHONY: run test test-all bench docs lint clean

run: $(VENV)/.run $(VENV)/.balsim
	$(BIN)/balsim $(ARGS)

# Coverage cannot see inside compiled functions, so a subset runs a second time with the compiler off.
# The data file is named in full: tests start processes in other folders.
test: $(VENV)/.dev $(VENV)/.balsim
	rm -f .coverage .coverage.*
	COVERAGE_FILE="$(CURDIR)/.coverage.compiled" \
	    $(PYTEST) $(COVER) -n $(JOBS) --dist worksteal -m "not ($(SPECIAL))" $(PYTEST_ARGS)
	COVERAGE_FILE="$(CURDIR)/.coverage.uncompiled" NUMBA_DISABLE_JIT=1 \
	    $(PYTEST) $(COVER) -m "uncompiled and not ($(SPECIAL))" $(PYTEST_ARGS)
	$(BIN)/coverage combine
	$(BIN)/coverage report --fail-under=$(COVERAGE_MIN)

test-all: $(VENV)/.all test
	$(PYTEST) -m "$(SPECIAL)" $(PYTEST_ARGS)

bench: $(VENV)/.dev $(VENV)/.balsim
	$(BIN)/python -m benchmarks

docs: $(VENV)/.docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/mypy src/balsim

# Results (outputs/, multirun/) stay: they may have taken hours.
clean:
	rm -rf $(VENV) build dist site htmlcov .coverage .coverage.* .pytest_cache .ruff_cache .mypy_cache .hypothesis .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is written only after its step succeeded, so an interrupted step is done again.
# --clear: without the venv module's pip (Debian's python3-venv) a half-made .venv is left behind.
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit("balsim needs Python 3.11 or newer; try make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.run: requirements.lock | $(VENV)/.made
	@echo "Installing the locked packages into $(VENV) (a minute or two with pip, seconds with uv) ..."
	$(INSTALL) --require-hashes -r requirements.lock
	@touch $@

# The development lock holds everything the lean one does, at the same versions.
$(VENV)/.dev: requirements-dev.lock | $(VENV)/.made
	@echo "Installing the locked development packages into $(VENV) (a few minutes with pip, seconds with uv) ..."
	$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $(VENV)/.run $@

$(VENV)/.balsim: pyproject.toml | $(VENV)/.made
	$(INSTALL) --no-deps -e .
	@touch $@

$(VENV)/.all: $(VENV)/.dev pyproject.toml
	$(INSTALL) -e '.[cluster,dashboard,browser]'
	@touch $(VENV)/.balsim $@

$(VENV)/.docs: $(VENV)/.run pyproject.toml
	$(INSTALL) -e '.[docs]'
	@touch $(VENV)/.balsim $@
