#!/usr/bin/env bash
# Style, types and layers; runs all of them and fails if one did.
cd "$(dirname "$0")/.." || exit 1
bin=.venv/bin
status=0
$bin/ruff check . || status=1
$bin/ruff format --check . || status=1
$bin/mypy || status=1
$bin/lint-imports --no-cache --no-logo || status=1
exit $status
