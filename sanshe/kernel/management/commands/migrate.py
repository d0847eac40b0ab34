"""`migrate` as Django does it, without redrawing all models after each new table.

While migrations run, Django redraws in memory every model that is reachable from the changed one, and here every
model is reachable from every other: nine tenths of the time of making the database went there. A new table, column,
index or constraint only needs its own model drawn anew; who changes or removes a column, or runs Python over
rows, still gets everything as Django draws it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import wraps
from typing import Any

from django.core.management.commands.migrate import Command as Plain
from django.db.migrations.state import ProjectState

# Operations after which no other model's columns, keys or types are different.
NARROW = ("add_model", "add_field", "_append_option", "_remove_option")
FIND = "_find_reload_model"  # names the models to draw anew


@contextlib.contextmanager
def narrow_redraws() -> Iterator[None]:
    """Redraw only the model itself after the operations of `NARROW`.

    The state is marked as Django marks a shortened redraw (`is_delayed`): before Python of a migration or of
    `post_migrate` sees the models, Django draws them all afresh.
    """
    plain: dict[str, Any] = {name: getattr(ProjectState, name) for name in (*NARROW, FIND)}
    narrow = False

    def find(self: ProjectState, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
        if not narrow:
            found: set[tuple[str, str]] = plain[FIND](self, app_label, model_name, delay)
            return found
        self.is_delayed = True
        return {(app_label, model_name)}

    def narrowed(method: Any) -> Any:
        @wraps(method)
        def call(*args: Any, **named: Any) -> Any:
            nonlocal narrow
            before, narrow = narrow, True
            try:
                return method(*args, **named)
            finally:
                narrow = before

        return call

    try:
        for name in NARROW:
            setattr(ProjectState, name, narrowed(plain[name]))
        setattr(ProjectState, FIND, find)
        yield
    finally:
        for name, method in plain.items():
            setattr(ProjectState, name, method)


class Command(Plain):
    """Django's own command, quicker."""

    def handle(self, *args: Any, **options: Any) -> Any:
        """Run it with narrow redraws."""
        with narrow_redraws():
            return super().handle(*args, **options)
