# make run     start the portal on this machine; needs Python 3.11 or newer, nothing else
# make test    run the whole suite, on every database and broker that can be had
# make faults  break everything under load and count: nothing lost, nothing twice (FAULTS="F1 F10", SHORT=1)
# make bench   what the officers' pages cost at 1,000, 100,000 and 1,000,000 enquiries; needs PostgreSQL (BENCH="1000 5000")
# make check   style, types, migrations, deploy settings, import map
# make lock    renew the lock files from pyproject.toml
# make clean   remove what was built (the data in var/ stays)
#
# PORT, COUNCIL and DATA_DIR are respected: make run PORT=8001

VENV := $(or $(VIRTUAL_ENV),.venv)
PYTHON := $(VENV)/bin/python
BASE_PYTHON ?= $(shell command -v python3.11 || command -v python3)
PIP_INSTALL := $(PYTHON) -m pip install --disable-pip-version-check --require-hashes
UV_COMPILE = $(LOCK_VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate
LOCK_VENV := .lock-venv

.PHONY: help run test faults bench check lock clean

help:
	@sed -n 's/^# //p' Makefile

run: $(VENV)/.installed
	@$(PYTHON) manage.py build_assets
	@$(PYTHON) manage.py set_up
	@exec $(PYTHON) manage.py serve --with-parent

test: $(VENV)/.installed-dev
	@$(PYTHON) manage.py build_assets
	@exec $(PYTHON) -m tests.suite

faults: $(VENV)/.installed-dev
	@exec $(PYTHON) -m tests.faults $(FAULTS)

bench: $(VENV)/.installed-dev
	@exec $(PYTHON) -m tests.bench $(BENCH)

check: $(VENV)/.installed-dev
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) -m tests.production check --deploy --fail-level WARNING
	$(PYTHON) -m pytest -q tests/test_architecture.py

lock:
	$(BASE_PYTHON) -m venv $(LOCK_VENV)
	$(LOCK_VENV)/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(UV_COMPILE) pyproject.toml --output-file requirements.txt
	$(UV_COMPILE) pyproject.toml --extra dev --constraint requirements.txt --output-file requirements-dev.txt
	$(PYTHON) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["node"])' \
		| $(UV_COMPILE) - --output-file requirements-node.txt
	rm -rf $(LOCK_VENV)

clean:
	rm -rf static/built/* static/built/.stamp static/built/.lock node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis .lock-venv
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

# A stamp is newer than the lock it stands for, so an unchanged lock costs nothing.
$(VENV)/.installed: requirements.txt | $(PYTHON)
	$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt | $(PYTHON)
	$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@ $(VENV)/.installed

$(PYTHON):
	@"$(BASE_PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "The portal needs Python 3.11 or newer. Name it: make run BASE_PYTHON=/path/to/python3.11"; exit 1; }
	"$(BASE_PYTHON)" -m venv $(VENV) \
		|| { rm -rf $(VENV); echo "Python cannot make environments. On Debian: apt-get install python3-venv"; exit 1; }
