#!/usr/bin/env bash
# Makes .venv from plain `python3 -m venv`: everything pinned by hash in requirements.lock, then the workspace's own packages.
set -euo pipefail
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Anjeon needs Python 3.11 or newer; $("$python" --version) was found. Name another: make PYTHON=python3.12 …" >&2
  exit 1
}
[ -x .venv/bin/python ] || "$python" -m venv .venv || {
  echo "No virtual environment could be made; on Debian and Ubuntu: apt install python3-venv" >&2
  exit 1
}
echo "Setting up .venv (the first time takes a minute) …"
awk '/^[^ ]/ {mine = /^uv==/} mine' requirements.lock > .venv/uv.lock.txt
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .venv/uv.lock.txt
.venv/bin/uv pip install --quiet --require-hashes --requirement requirements.lock
packages=()
for file in libs/*/pyproject.toml services/*/pyproject.toml deploy/*/pyproject.toml; do
  packages+=(--editable "./$(dirname "$file")")
done
.venv/bin/uv pip install --quiet --no-deps --no-build-isolation "${packages[@]}"
[ ! -f services/reporting/web/build.py ] || .venv/bin/python services/reporting/web/build.py
