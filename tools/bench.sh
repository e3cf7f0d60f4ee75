#!/usr/bin/env bash
# Runs every benchmark, one after the other; each prints its ratios and limits.
cd "$(dirname "$0")/.." || exit 1
status=0
for file in benchmarks/bench_*.py; do
  printf '\n== %s\n' "$file"
  .venv/bin/python "$file" || status=1
done
exit $status
