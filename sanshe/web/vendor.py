"""Copies the browser libraries from node_modules to `sanshe/web/static/lib` (not kept in git).

Run by `make setup` (`python -m sanshe.web.vendor`) and by the command line. No CDN: a closed network must do.
Source maps come along where a file names one, because the manifest storage refuses a missing map.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(__file__).resolve().parent / "static" / "lib"

# package file -> name under static/lib
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/css/tabler.min.css.map": "tabler.min.css.map",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "echarts/dist/echarts.common.min.js": "echarts.common.min.js",
    "lean-qr/index.mjs": "lean-qr.mjs",
    "leaflet/dist/leaflet.js": "leaflet.js",
    "leaflet/dist/leaflet.js.map": "leaflet.js.map",
    "leaflet/dist/leaflet.css": "leaflet.css",
    # The sheet names these pictures, and the manifest storage refuses a missing one; our maps draw circles.
    "leaflet/dist/images/layers.png": "images/layers.png",
    "leaflet/dist/images/layers-2x.png": "images/layers-2x.png",
    "leaflet/dist/images/marker-icon.png": "images/marker-icon.png",
}


def copy(source: Path = ROOT / "node_modules", target: Path = TARGET) -> list[Path]:
    """Copies what is missing or changed; returns the files written.

    Raises FileNotFoundError with a sentence when `npm ci` has not been run.
    """
    written: list[Path] = []
    for name, short in FILES.items():
        origin, goal = source / name, target / short
        if not origin.exists():
            raise FileNotFoundError(f"缺少 {origin}：请先运行 make setup（它会执行 npm ci）。")
        before = goal.stat() if goal.exists() else None
        now = origin.stat()
        if before and before.st_size == now.st_size and before.st_mtime >= now.st_mtime:
            continue
        goal.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(origin, goal)
        written.append(goal)
    return written


if __name__ == "__main__":
    try:
        for path in copy():
            print(path.relative_to(ROOT))
    except FileNotFoundError as missing:
        sys.exit(str(missing))
