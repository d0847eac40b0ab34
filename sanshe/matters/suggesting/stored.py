"""The learned model as a file in the data folder, read once and again when it has changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from .model import Model

_held: tuple[tuple[str, int, int], Model] | None = None


def file() -> Path:
    """Where the model lies."""
    return Path(settings.VAR) / "models" / "triage.npz"


def about() -> dict[str, Any]:
    """What is told about the model in use (`version`, `learned_at`, `texts`, `classes`, `accuracy`); empty without one.

    Stands in a file of its own, so that the web can read it.
    """
    try:
        found = json.loads(file().with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def current() -> Model | None:
    """The model in use; None while nothing was learned, or when the file can not be read. Loads numpy."""
    global _held
    path = file()
    try:
        seen = path.stat()
        mark = (str(path), seen.st_mtime_ns, seen.st_size)
        if _held is None or _held[0] != mark:
            from .model import Model

            _held = (mark, Model.load(path))
    except (OSError, ValueError, KeyError):
        return None
    return _held[1]


def keep(model: Model) -> None:
    """Put a model in use."""
    model.save(file())
    half = file().with_suffix(".json.part")
    half.write_text(json.dumps(model.about, ensure_ascii=False), encoding="utf-8")
    half.replace(file().with_suffix(".json"))
