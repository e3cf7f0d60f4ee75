#!/usr/bin/env bash
# Makes .venv and installs into it what a requirements file names, only when that has changed.
# Usage: tools/install.sh run|dev
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:-run}
case $kind in
  run) requirements=requirements.txt ;;
  dev) requirements=requirements-dev.txt ;;
  *) echo "usage: tools/install.sh run|dev" >&2; exit 2 ;;
esac

say() { printf '%s\n' "$*" >&2; }

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }

find_python() {
  local candidate
  for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do
    if command -v "$candidate" >/dev/null && fits "$candidate"; then
      command -v "$candidate"
      return
    fi
  done
  say "No Python 3.11, 3.12 or 3.13 was found. On Debian or Ubuntu: apt-get install python3 python3-venv"
  exit 1
}

make_venv() {
  local python=$1 version
  "$python" -m venv .venv 2>/dev/null && return
  rm -rf .venv
  version=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "Adding $version with apt-get"
    apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$version" >&2 ||
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >&2
    "$python" -m venv .venv
  else
    say "$python cannot make virtual environments. Run: sudo apt-get install $version"
    exit 1
  fi
}

if [ ! -x .venv/bin/python ] || ! fits .venv/bin/python; then
  rm -rf .venv
  make_venv "$(find_python)"
fi

wanted=$(cat requirements.txt "$requirements" pyproject.toml | cat - <(.venv/bin/python -VV; pwd) | sha256sum)
stamp=.venv/.installed-$kind
if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
  exit 0
fi
say "Installing what $requirements names (some minutes the first time)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$requirements"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
printf '%s' "$wanted" > "$stamp"
