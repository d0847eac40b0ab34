"""What a module needs to add commands to `sanshe`, and how they are found.

A module puts `commands: list[click.Command]` into its `cli.py`. A group of the same name in two modules is
one group on the command line. The database is started and held around every command, as the app role;
a function marked `@without_database` does without, one marked `@as_owner` works as the owner of the tables.
"""

import contextlib
import functools
import importlib
import importlib.util
import os
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click

from sanshe.runtime.dsn import database_settings
from sanshe.runtime.embedded import current_cluster

F = TypeVar("F", bound=Callable[..., Any])


def without_database(function: F) -> F:
    """Mark a command's function (below `@click.command`) as not needing the database."""
    function.__dict__["sanshe_database"] = "none"
    return function


def as_owner(function: F) -> F:
    """Mark a command's function (below `@click.command`) as one that works as the owner of the tables."""
    function.__dict__["sanshe_database"] = "owner"
    return function


@contextlib.contextmanager
def database() -> Iterator[None]:
    """Start and hold the embedded database for the length of the block; nothing when it is an outside one."""
    cluster = current_cluster()
    if cluster is None:
        yield
        return
    with cluster.hold():
        yield


def set_up_django() -> None:
    """Load settings and models, once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()


def _with_database(function: F) -> F:
    wish = getattr(function, "sanshe_database", "app")
    if wish == "none" or hasattr(function, "sanshe_wrapped"):
        return function

    @functools.wraps(function)
    def held(*args: Any, **kwargs: Any) -> Any:
        from django.db import connection, connections

        if wish == "owner":
            connection.settings_dict.update(database_settings("owner"))
        with database():
            try:
                return function(*args, **kwargs)
            finally:
                # Called from within somebody's transaction, the connection is theirs and stays open.
                for open_one in connections.all(initialized_only=True):
                    if not open_one.in_atomic_block:
                        open_one.close()

    held.__dict__["sanshe_wrapped"] = True
    return held  # type: ignore[return-value]


def _prepare(command: click.Command) -> click.Command:
    """Wrap the functions of a command and of all below it."""
    command.options_metavar = "[选项]"
    if isinstance(command, click.Group):
        for below in command.commands.values():
            _prepare(below)
        if not command.invoke_without_command:
            return command
    if command.callback is not None:
        command.callback = _with_database(command.callback)
    return command


def merge(commands: list[click.Command]) -> dict[str, click.Command]:
    """Commands by name; groups of the same name become one. Raises ValueError when two commands collide."""
    found: dict[str, click.Command] = {}
    for command in commands:
        name = command.name or ""
        before = found.get(name)
        if before is None:
            found[name] = command
        elif isinstance(before, click.Group) and isinstance(command, click.Group):
            for key, below in command.commands.items():
                before.commands.setdefault(key, below)
        elif before is not command:
            raise ValueError(f"two modules define the command {name!r}")
    return found


@functools.cache
def discovered() -> dict[str, click.Command]:
    """The commands of every installed module, ready to run. Sets Django up."""
    set_up_django()
    from django.apps import apps

    commands: list[click.Command] = []
    for config in apps.get_app_configs():
        name = f"{config.name}.cli"
        if config.name.startswith("sanshe.") and importlib.util.find_spec(name) is not None:
            commands += importlib.import_module(name).commands
    return {name: _prepare(command) for name, command in merge(commands).items()}


class ChineseGroup(click.Group):
    """A group whose usage line is in Chinese."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"options_metavar": "[选项]", "subcommand_metavar": "命令 [参数]…", **kwargs})


class ModuleGroup(ChineseGroup):
    """A group that looks in the modules for what it does not know itself."""

    def _beyond(self, ctx: click.Context) -> dict[str, click.Command]:
        if ctx.parent is None:
            return discovered()
        twin = discovered().get(self.name or "")
        return dict(twin.commands) if isinstance(twin, click.Group) else {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Our own commands and those of the modules."""
        return sorted({*super().list_commands(ctx), *self._beyond(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Our own command first; Django is loaded only when it is not one of ours."""
        return super().get_command(ctx, cmd_name) or self._beyond(ctx).get(cmd_name)
