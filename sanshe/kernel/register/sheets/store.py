"""What people sent lies encrypted in a folder of its own until it is no longer needed: never in clear, not for long."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings

from sanshe.kernel import crypto
from sanshe.kernel.errors import NotVisible

CONTEXT = "kernel.import"


def _folder() -> Path:
    # next to the platform's other files, so that a backup or a second machine knows it
    storage: Any = settings.STORAGES["default"]
    options: Any = storage.get("OPTIONS", {})
    root = Path(str(options.get("location") or settings.VAR / "files"))
    return root / "imports"


def put(data: bytes) -> str:
    """Keep bytes encrypted; return the name by which they are read."""
    name = uuid.uuid4().hex
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".part-{name}"
    draft.touch(0o600)
    draft.write_bytes(crypto.encrypt_bytes(data, f"{CONTEXT}.{name}"))
    os.replace(draft, folder / name)
    return name


def get(name: str) -> bytes:
    """The bytes in clear. Raises NotVisible when they were removed already."""
    try:
        return crypto.decrypt_bytes((_folder() / name).read_bytes(), f"{CONTEXT}.{name}")
    except (FileNotFoundError, IsADirectoryError):
        raise NotVisible("上传的表格已按保留期限删除，请重新上传。") from None


def drop(name: str) -> None:
    """Remove them."""
    if name:
        (_folder() / name).unlink(missing_ok=True)
