"""Which Chromium the tests drive."""

import os
import shutil


def program() -> str:
    """Its path: the one asked for by SANSHE_CHROMIUM, else the shell without windows, which needs half the time."""
    asked = os.environ.get("SANSHE_CHROMIUM")
    found = (shutil.which(name) for name in ("chromium-headless-shell", "chromium", "chromium-browser"))
    return asked or next((path for path in found if path), "/usr/bin/chromium")
