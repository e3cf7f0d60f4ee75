# `make run` opens the app, `make test` runs every check and test; both install what they need.
# `make serve` serves it to several people, see docs/serve.md.
.PHONY: run demo serve test lint bench fuzz install install-dev clean

run: install
	@.venv/bin/tuning-fork open

demo: install
	@.venv/bin/tuning-fork open --demo

serve: install
	@.venv/bin/tuning-fork serve

test: install-dev
	@tools/test.sh

lint: install-dev
	@tools/lint.sh

bench: install-dev
	@tools/bench.sh

fuzz: install-dev
	@.venv/bin/python tests/security/fuzz_readers.py 600

install:
	@tools/install.sh run

install-dev: install
	@tools/install.sh dev

clean:
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache
