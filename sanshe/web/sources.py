"""What the home pages borrow from the modules through their `public.py`; nothing when a module is not installed."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings

from sanshe.kernel.access import Viewer


def _public(module: str, name: str) -> Callable[..., Any] | None:
    if not apps.is_installed(f"sanshe.{module}"):
        return None
    try:
        found = getattr(import_module(f"sanshe.{module}.public"), name, None)
    except ModuleNotFoundError:
        return None
    return found if callable(found) else None


def board_teaser(viewer: Viewer, limit: int = 5) -> list[Any]:
    """The newest public matters."""
    ask = _public("matters", "board_teaser")
    return list(ask(viewer, limit)) if ask else []


def board_figures(viewer: Viewer) -> list[dict[str, Any]]:
    """A few public figures: [{value, unit, label, url}]."""
    ask = _public("matters", "board_figures")
    return list(ask(viewer)) if ask else []


def my_matters(viewer: Viewer, limit: int) -> list[Any]:
    """What the viewer reported, newest first."""
    ask = _public("matters", "my_matters")
    return list(ask(viewer, limit)) if ask else []


def open_talks(viewer: Viewer, limit: int = 3) -> list[Any]:
    """Deliberations that the viewer may join or read now."""
    ask = _public("deliberation", "open_talks")
    return list(ask(viewer, limit)) if ask else []


def demo_accounts() -> list[Any]:
    """The demo's accounts, each with `posts_now`; empty on a real installation."""
    ask = _public("accounts", "demo_accounts")
    return list(ask()) if ask and settings.SANSHE_DEMO else []
