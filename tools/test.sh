#!/usr/bin/env bash
# Runs the checks and tests in groups and says how long each took. Stops at nothing; fails at the end.
set -uo pipefail
cd "$(dirname "$0")/.."
export TUNINGFORK_CHROMIUM
TUNINGFORK_CHROMIUM=$(tools/chromium.sh) || exit 1
bin=.venv/bin
failed=()
report=()

group() {
  local name=$1 start=$SECONDS
  shift
  printf '\n== %s\n' "$name"
  if "$@"; then :; else failed+=("$name"); fi
  report+=("$(printf '%5d s  %s' $((SECONDS - start)) "$name")")
}

group lint tools/lint.sh
group core $bin/pytest -q -n 4 --dist worksteal tests --ignore=tests/pages --ignore=tests/browser
group pages $bin/pytest -q -n 3 --dist worksteal tests/pages
group browser $bin/pytest -q -n 3 --dist loadfile tests/browser

printf '\nSeconds per group\n'
printf '%s\n' "${report[@]}"
if [ ${#failed[@]} -gt 0 ]; then
  printf 'Failed: %s\n' "${failed[*]}"
  exit 1
fi
