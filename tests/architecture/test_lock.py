"""The lock pins by hash and names no address, and no tracked file names the place that packages came from."""

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
HOSTS = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))]
SETTINGS = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "npm_config_registry")


def tracked_texts() -> dict[str, str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    paths = [ROOT / name.decode() for name in listed.split(b"\0") if name]
    contents = {path: path.read_bytes() for path in paths if path.is_file()}
    return {str(path.relative_to(ROOT)): raw.decode() for path, raw in contents.items() if b"\0" not in raw}


def test_the_lock_names_no_address() -> None:
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host| @ ", LOCK)


def test_every_requirement_is_pinned_and_hashed() -> None:
    requirements = re.split(r"\n(?=\S)", LOCK.strip())
    assert len(requirements) > 50
    for requirement in requirements:
        assert re.match(r"[\w.\[\]-]+==\S+", requirement), requirement
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", requirement), requirement


def test_everything_that_is_asked_for_is_locked() -> None:
    asked = {
        line.partition("[")[0].partition("=")[0].strip().lower()
        for line in (ROOT / "requirements.in").read_text("utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    }
    locked = {match[1].lower() for match in re.finditer(r"^([\w.-]+)(?:\[[\w,-]+\])?==", LOCK, re.MULTILINE)}
    assert asked <= locked


def test_no_tracked_file_names_a_package_registry() -> None:
    here = [urlsplit(os.environ[name]).hostname for name in SETTINGS if name in os.environ]
    hosts = [*HOSTS, *(host for host in here if host and host not in ("localhost", "127.0.0.1"))]
    named = {path: host for path, text in tracked_texts().items() for host in hosts if host in text}
    assert named == {}
