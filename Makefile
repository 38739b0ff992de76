# Everything a newcomer needs: make demo, make test. Both do their own set-up.
PYTHON ?= python3
PROVINCE ?= out/demo/tinh-mau
PORT ?= 4200
RUN_PACKAGES = python3-venv fontconfig libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation2
TEST_PACKAGES = poppler-utils libreoffice-calc chromium softhsm2
PACKAGES = models tasks flows expectations report_templates

.PHONY: setup demo demo-year test lint bench serve lock clean

setup: .venv/ready

.venv/ready: requirements.lock pyproject.toml
	@tools/system-packages $(RUN_PACKAGES)
	@echo "Setting up .venv (a few minutes the first time)"
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@.venv/bin/python -m compileall -q -j 0 .venv/lib $(PACKAGES) >/dev/null || true
	@touch $@

demo: setup
	@.venv/bin/python -m flows.demo out/demo

demo-year: setup
	@.venv/bin/python -m flows.demo.year out/demo-year

test: setup
	@tools/system-packages $(TEST_PACKAGES)
	@.venv/bin/python -m pytest -n 2 --dist loadfile

lint: setup
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: setup
	@tools/system-packages libreoffice-calc
	@.venv/bin/python -m benchmarks

serve: setup
	@.venv/bin/cchc --province $(PROVINCE) serve --port $(PORT)

lock:
	uv pip compile --universal --generate-hashes --python-version 3.11 --group dev --no-emit-index-url --no-header \
		--quiet pyproject.toml --output-file requirements.lock

clean:
	rm -rf out
