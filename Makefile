# make demo: ingest data/raw/ and open the database in a browser.   make test: lint, types, import contracts, all tests.
# make bench: the speed on this machine, beside pdfium alone and a naive pipeline.
# make compile: machine code of the modules that every page goes through, for whoever reads an archive: three quarters of the time a page.
# All of them set everything up themselves: .venv with the locked dependencies and, where apt may be used, Tesseract, Chromium, Pango and
# LibreOffice.

# The distribution's Python where it can make environments: it is built with profile-guided and link-time optimisation, and finds
# assignments a tenth faster than one compiled plainly, such as pyenv's.
PYTHON ?= $(shell /usr/bin/python3.11 -c 'import ensurepip, venv; print("/usr/bin/python3.11")' 2>/dev/null || echo python3.11)
PORT ?= 8001
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
DB ?= data/processed/uppdrag.db

# apt, if it is here and we are root or may become root without being asked for a password; else nothing.
APT = $$(command -v apt-get >/dev/null || exit 0; \
	if [ "$$(id -u)" = 0 ]; then echo "env DEBIAN_FRONTEND=noninteractive apt-get"; \
	elif sudo -n true 2>/dev/null; then echo "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get"; fi)

# $(call apt,package ...): true if they could be installed. What apt says is shown only when it fails.
apt = apt="$(APT)"; [ -n "$$apt" ] && echo "Installing $(1) ..." && log=$$(mktemp) && \
	if { $$apt -qq update && $$apt -qq -y --no-install-recommends install $(1); } </dev/null >$$log 2>&1; \
	then rm -f $$log; else tail -n 3 $$log; rm -f $$log; false; fi

.PHONY: demo test bench compile setup ocr browser print office lock clean
.DEFAULT_GOAL := demo

demo: setup ocr print
	@$(BIN)/uppdrag ingest data/raw --db $(DB) || [ $$? -eq 1 ]
	@open=; [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ] || open=--open; \
	serve="$(BIN)/uppdrag serve --db $(DB) --port $(PORT) $$open"; \
	if [ -t 0 ] && command -v bash >/dev/null; \
	then bash -mc "$$serve; exit \$$?"; \
	else $$serve; fi
# bash -m: at a terminal the server has Ctrl-C to itself, so that make ends well when it does.

test: setup compile ocr browser print office
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2

bench: setup compile
	@$(BIN)/uppdrag bench

# Not part of setup: a few documents are read sooner than it is made. Where it cannot be made the sources do the same, slower.
compile: setup
	@$(BIN)/python -c 'from pipeline.compile import why_not; raise SystemExit(why_not() is not None)' || \
		{ $(call apt,gcc libc6-dev python3.11-dev); } || true
	@$(BIN)/python -m pipeline.compile

setup: $(VENV)/.project

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: install python3.11 and python3.11-venv, or say where it is with make PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { $(call apt,python3.11-venv); } || \
		{ echo "Python's venv module is needed: install python3.11-venv."; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.locked: requirements.lock | $(BIN)/python
	@echo "Installing the locked dependencies into $(VENV) (a few minutes the first time) ..."
	@$(PIP) install --quiet --require-hashes -r requirements.lock
	@touch $@

# The lock holds setuptools, so building the project itself asks the network for nothing.
$(VENV)/.project: pyproject.toml $(VENV)/.locked
	@PYTHONWARNINGS=ignore $(PIP) install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

ocr:
	@tesseract --list-langs 2>/dev/null | grep -qx swe || { $(call apt,tesseract-ocr tesseract-ocr-swe); } || \
		echo "Scanned pages will wait: install tesseract-ocr and tesseract-ocr-swe to have them read."

browser:
	@command -v chromium >/dev/null || { $(call apt,chromium); } || \
		echo "Tests in a browser will be left out: install chromium to have them run."

# What sets the text of `uppdrag list --format pdf`, and a typeface with Swedish letters.
print:
	@$(BIN)/python -c "import weasyprint" 2>/dev/null || \
		{ $(call apt,libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation); } || \
		echo "Lists as PDF will wait: install libpango-1.0-0, libpangoft2-1.0-0, libharfbuzz-subset0 and fonts-liberation."

# Opens workbooks in the tests, and prints documents for tests/extractors/printed.py.
office:
	@{ command -v soffice >/dev/null && test -e /usr/lib/libreoffice/program/libswlo.so; } || \
		{ $(call apt,libreoffice-calc-nogui libreoffice-writer-nogui); } || \
		echo "LibreOffice opens no workbooks and prints no documents in tests: install libreoffice-calc-nogui and libreoffice-writer-nogui."

lock: setup
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev --generate-hashes pyproject.toml -o requirements.lock

# The database stays: reviewers' work is in it.
clean:
	rm -rf $(VENV) data/processed/cache data/processed/prefect .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
