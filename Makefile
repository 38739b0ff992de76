# Everything a newcomer needs: make demo, make test. Both do their own set-up.
# The distribution's own where it is new enough: it is compiled for speed, as one that was compiled by hand rarely is.
PYTHON ?= $(shell /usr/bin/python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo /usr/bin/python3 || echo python3)
PROVINCE ?= out/demo/tinh-mau
PORT ?= 4200
RUN_PACKAGES = python3-venv fontconfig libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation2
TEST_PACKAGES = poppler-utils libreoffice-calc libreoffice-writer chromium softhsm2
PACKAGES = models tasks flows expectations report_templates
INSTALL = .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile
# On all cores, which pip would do on one.
COMPILE_BYTES = .venv/bin/python -m compileall -q -j 0 .venv/lib $(PACKAGES) >/dev/null || true
COMPILE = uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header --quiet

.PHONY: pictures setup develop demo demo-year test test-fast lint bench national faults serve lock clean mutants

# What it takes to run, and what it takes to change it: test tools, linters, what benchmarks compare with.
setup: .venv/ready
develop: .venv/ready-to-develop

.venv/ready: requirements.lock pyproject.toml
	@PYTHON=$(PYTHON) tools/system-packages $(RUN_PACKAGES)
	@echo "Setting up .venv (a few minutes the first time)"
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-build-isolation --editable .
	@$(COMPILE_BYTES)
	@touch $@

.venv/ready-to-develop: requirements-dev.lock .venv/ready
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@$(COMPILE_BYTES)
	@touch $@

demo: setup
	@.venv/bin/python -m flows.demo out/demo

demo-year: setup
	@.venv/bin/python -m flows.demo.year out/demo-year

test: develop
	@tools/system-packages $(TEST_PACKAGES)
	@PYTHONDONTWRITEBYTECODE= .venv/bin/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

# Under a minute on two cores: without servers, browsers, spreadsheet programs, rendered documents, many workbooks, suites of checks.
test-fast: develop
	@PYTHONDONTWRITEBYTECODE= .venv/bin/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not slow"

lint: develop
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: develop
	@tools/system-packages libreoffice-calc
	@.venv/bin/python -m benchmarks

# The year of the whole country, beside a naive script: promised within half an hour on two cores; a part of it by
# make national NATIONAL="--provinces 4", on two Dask workers by NATIONAL="--runner dask".
national: develop
	@.venv/bin/python -m benchmarks.national $(NATIONAL)

# What is lost, doubled or stuck when processes, disk, database, clock and mail fail, on both databases: half an hour.
faults: develop
	@.venv/bin/python -m benchmarks.faults

# The pictures of docs/huong-dan.md, from the real desk of the sample province: two minutes.
pictures: develop
	@tools/system-packages chromium
	@.venv/bin/python tools/pictures

# What the tests of rules and points would not notice: some ten minutes on a core of its own; a part of it by
# make mutants MUTANTS="--only tiers.py", a sample by MUTANTS="--sample 150 --seed 7".
mutants: develop
	@nice -n 10 .venv/bin/python -m benchmarks.mutants $(MUTANTS)

serve: setup
	@.venv/bin/cchc --province $(PROVINCE) serve --port $(PORT)

# Versions already locked stay; to renew one: make lock UPGRADE="--upgrade-package NAME".
lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: python3 -m pip install uv" >&2; exit 1; }
	$(COMPILE) $(UPGRADE) --group build pyproject.toml --output-file requirements.lock
	$(COMPILE) $(UPGRADE) --group dev --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock

clean:
	rm -rf out
