"""cli.md: every command of the command line."""

from __future__ import annotations

from collections.abc import Iterator

import click

from .tables import page, table


def commands_page() -> str:
    """Every command with its arguments and options."""
    from sanshe.runtime.cli import sanshe

    lead = "运行 `.venv/bin/sanshe 命令`；`--help` 显示说明。命令会自行启动和停止内置数据库。"
    return page("命令行", lead, *(_entry(path, command) for path, command in _all(sanshe, ("sanshe",))))


def _all(group: click.Group, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    parent = click.Context(click.Group("")) if len(path) > 1 else None
    ctx = click.Context(group, parent=parent, info_name=path[-1])
    for name in sorted(group.list_commands(ctx)):
        command = group.get_command(ctx, name)
        if command is None or command.hidden:
            continue
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from _all(command, (*path, name))


def _entry(path: tuple[str, ...], command: click.Command) -> str:
    said = (command.help or "").split("\f")[0].strip()
    rows = []
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            if parameter.hidden:
                continue
            rows.append(("、".join(f"`{o}`" for o in parameter.opts), parameter.help or ""))
        else:
            name = parameter.metavar or (parameter.name or "").upper()
            rows.append((f"`{name}`", "参数，可以有多个" if parameter.nargs == -1 else "参数"))
    return f"## {' '.join(path)}\n\n{said}\n" + ("\n" + table(("写法", "说明"), rows) if rows else "")
