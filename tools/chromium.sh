#!/usr/bin/env bash
# Prints the path of a Chromium or Chrome for the browser tests; as root on Debian or Ubuntu it
# installs one where there is none.
set -euo pipefail

find_browser() {
  local name
  for name in ${TUNINGFORK_CHROMIUM:-} chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null && "$name" --version >/dev/null 2>&1; then
      command -v "$name"
      return 0
    fi
  done
  return 1
}

find_browser && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Adding chromium with apt-get" >&2
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >&2
  find_browser && exit 0
fi
echo "The browser tests need Chromium. Install it (Debian: sudo apt-get install chromium) or name one in TUNINGFORK_CHROMIUM." >&2
exit 1
