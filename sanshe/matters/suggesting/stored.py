"""The learned model as a file in the data folder, read once and again when it has changed.

Beside the model in use lies the one before it. A file that can not be read is put aside, never deleted, and the former
takes its place.
"""

from __future__ import annotations

import json
import shutil
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from .model import Model

#: What reading a damaged file may raise: cut off, not an archive, bits turned over, parts that are not there.
DAMAGED = (ValueError, KeyError, IndexError, TypeError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error)

_held: tuple[tuple[str, int, int], Model] | None = None


class Broken(Exception):
    """The file of the model in use is there but can not be read."""


def file() -> Path:
    """Where the model lies."""
    return Path(settings.VAR) / "models" / "triage.npz"


def former() -> Path:
    """Where the model lies that was in use before."""
    return file().with_name("triage.former.npz")


def about() -> dict[str, Any]:
    """What is told about the model in use (`version`, `learned_at`, `texts`, `classes`, `accuracy`); empty without one.

    Stands in a file of its own, so that the web can read it. `put_aside_at`: since when a broken file is out of use.
    """
    try:
        found = json.loads(file().with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def current() -> Model | None:
    """The model in use; None while nothing was learned. Loads numpy. Raises Broken when the file can not be read."""
    global _held
    path = file()
    try:
        seen = path.stat()
        mark = (str(path), seen.st_mtime_ns, seen.st_size)
        if _held is None or _held[0] != mark:
            _held = (mark, _read(path))
    except OSError:
        return None  # not there, or the disk does not answer just now: the next round tries again
    return _held[1]


def _read(path: Path) -> Model:
    from .model import Model

    try:
        return Model.load(path)
    except DAMAGED as error:
        raise Broken(f"{type(error).__name__}: {error}") from error


def keep(model: Model) -> None:
    """Put a model in use, and keep the one that was."""
    if file().exists():
        half = former().with_suffix(".part")
        shutil.copyfile(file(), half)
        half.replace(former())
    model.save(file())
    _tell(model.about)


def put_aside(at: str) -> Model | None:
    """Take the broken file out of use; the former model takes its place, if it can be read. Returns that, else None.

    `at`: the moment, as it is kept for the page that tells how right the suggestions are.
    """
    file().replace(file().with_name("triage.broken.npz"))
    try:
        before = _read(former())
    except (OSError, Broken):
        _tell({"put_aside_at": at})
        return None
    former().replace(file())
    _tell({**before.about, "put_aside_at": at})
    return before


def _tell(told: dict[str, Any]) -> None:
    half = file().with_suffix(".json.part")
    half.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    half.replace(file().with_suffix(".json"))
