#!/usr/bin/env bash
# Makes .venv from plain `python3 -m venv`: everything pinned by hash in requirements.lock, then the workspace's own packages.
set -euo pipefail
python=${PYTHON:-python3}

stop() {
  printf '%s\n%s\n' "$1" "$2" >&2
  exit 1
}

# Runs a step; should it fail, says in a sentence what is in the way, and at the end what the step itself said last.
step() {
  local said
  said=$("$@" 2>&1) && return
  tail -n 12 <<< "$said" >&2
  case $said in
    *"No space left on device"* | *"Disk quota exceeded"* | *ENOSPC*)
      stop "The disk is full: .venv needs about 2 GB. Free some room, then try again." \
        "디스크가 부족합니다: .venv에 약 2GB가 필요합니다. 공간을 확보한 뒤 다시 실행하십시오." ;;
    *"no wheels with a matching"* | *"compatible with the current platform"* | *"source distribution or wheel for the current platform"*)
      stop "A package has no wheel for this machine ($(uname -sm), $("$python" --version)). Use \`make up\` (containers) instead." \
        "이 컴퓨터($(uname -sm))용 패키지가 없습니다. 컨테이너 방식인 \`make up\`을 쓰십시오." ;;
    *"error sending request"* | *"Failed to fetch"* | *"from versions: none"* | *"Connection refused"* | *ECONN* | *ENOTFOUND* | *EAI_AGAIN* | *ETIMEDOUT*)
      stop "The packages cannot be fetched: the first set-up needs the network once. Behind a proxy or a mirror, set it up for pip, uv and npm." \
        "패키지를 내려받지 못했습니다. 처음 한 번은 네트워크가 필요합니다. 사내 프록시나 미러는 pip, uv, npm에 설정하십시오." ;;
    *)
      stop "The set-up failed at \`$1 ${*:2:3} …\`, for the reason above. \`make clean\`, then try again." \
        "위와 같은 이유로 설치하지 못했습니다. \`make clean\` 후 다시 실행하십시오." ;;
  esac
}

command -v "$python" > /dev/null && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  stop "Anjeon needs Python 3.11 or newer; $python is $("$python" --version 2> /dev/null || echo absent). Name another: make PYTHON=python3.12 …" \
    "Python 3.11 이상이 필요합니다. 다른 Python을 지정하십시오: make PYTHON=python3.12 …"
# Without ensurepip a .venv is left that has a Python but no pip.
[ -x .venv/bin/python ] && .venv/bin/python -m pip --version > /dev/null 2>&1 || {
  "$python" -c 'import ensurepip, venv' 2> /dev/null ||
    stop "No virtual environment can be made with $python; on Debian and Ubuntu: apt install python3-venv" \
      "가상 환경을 만들 수 없습니다. Debian과 Ubuntu에서는 apt install python3-venv를 실행하십시오."
  step "$python" -m venv --clear .venv
}
echo "Setting up .venv (the first time takes a minute) …"
awk '/^[^ ]/ {mine = /^uv==/} mine' requirements.lock | step tee .venv/uv.lock.txt
step .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .venv/uv.lock.txt
step .venv/bin/uv pip install --quiet --require-hashes --requirement requirements.lock
packages=()
for file in libs/*/pyproject.toml services/*/pyproject.toml deploy/*/pyproject.toml; do
  packages+=(--editable "./$(dirname "$file")")
done
step .venv/bin/uv pip install --quiet --no-deps --no-build-isolation "${packages[@]}"
[ ! -f services/reporting/web/build.py ] || step .venv/bin/python services/reporting/web/build.py
