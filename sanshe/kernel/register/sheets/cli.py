"""`sanshe registers import`: a sheet into a register from the command line, with the same preview, batch and undo."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click


@click.group()
def registers() -> None:
    """台账：用表格导入、撤销导入。"""


def _viewer(username: str) -> Any:
    from django.contrib.auth import get_user_model

    from sanshe.kernel.access import Viewer

    user = get_user_model()._default_manager.filter(username=username, is_active=True).first()
    if user is None:
        raise click.UsageError(f"没有名为“{username}”的可用账号。")
    return Viewer.of(user)


def _mapping(batch: Any, file: Path | None) -> list[str]:
    """The columns as matched by themselves, and as a JSON file {head: column} says."""
    if file is None:
        return list(batch.mapping)
    try:
        given = json.loads(file.read_text("utf-8"))
        wanted = {str(head): str(column) for head, column in given.items()}
    except (ValueError, AttributeError):
        raise click.UsageError(f'{file.name} 应是一个 JSON 对象，例如 {{"列名": "name"}}。') from None
    unknown = sorted(set(wanted) - set(batch.heads))
    if unknown:
        raise click.UsageError(f"表里没有这些列：{'、'.join(unknown)}。")
    return [wanted.get(head, held) for head, held in zip(batch.heads, batch.mapping, strict=True)]


@registers.command("import")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "username", required=True, help="以哪个账号的身份导入（按其岗位范围，记入审计）。")
@click.option("--dry-run", is_flag=True, help="只核对，不写入。")
@click.option("--sheet", default="", help="读取哪张工作表，缺省为第一张能认出表头的。")
@click.option("--map", "map_file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="列的对应，JSON 文件：{\"表里的列名\": \"台账的栏目\"}。")  # fmt: skip
@click.option("--back", type=click.Path(dir_okay=False, path_type=Path), help="不能导入的行写到哪个文件（xlsx）。")
def import_sheet(
    name: str, file: Path, username: str, dry_run: bool, sheet: str, map_file: Path | None, back: Path | None
) -> None:
    """把一个表格文件导入台账 NAME；同一张表导入两次不会重复登记。"""
    from sanshe.kernel import clock
    from sanshe.kernel.register import register_of

    from . import preview, store
    from .actions import staging, taking, writing
    from .models import ImportRow
    from .words import BatchState, RowState

    by, now = _viewer(username), clock.now()
    register = register_of(name)
    batch = taking.receive(
        register=register, data=file.read_bytes(), file_name=file.name, by=by, now=now, size=file.stat().st_size
    )
    batch = taking.look(batch=batch, sheet=sheet, now=now)
    if batch.state == BatchState.MAPPING or map_file is not None:
        batch.state = BatchState.MAPPING
        batch.save()
        batch = taking.assign(batch_id=batch.pk, mapping=_mapping(batch, map_file), by=by, now=now)
    for remark in batch.remarks:
        click.echo(remark)
    batch = staging.check(batch_id=batch.pk, by=by, now=now)
    click.echo(preview.sentence(batch, register, now))
    titles = {column.name: column.title for column in register.editable}
    for row in ImportRow.objects.filter(batch=batch, state=RowState.REFUSED).order_by("no")[:20]:
        said = "；".join(
            f"{titles.get(n, '')}{'：' if n in titles else ''}{s}" for n, s in (row.problems or {}).items()
        )
        click.echo(f"  第 {row.no} 行：{said}")
    if batch.back and back is not None:
        back.write_bytes(store.get(batch.back))
        click.echo(f"不能导入的行已标出原因，写在 {back.name} 里，改好后可以再次导入。")
    if dry_run or not (batch.count("added") or batch.count("changed")):
        taking.give_up(batch_id=batch.pk, by=by)
        return
    taking.confirm(batch_id=batch.pk, by=by)
    batch = writing.apply(batch_id=batch.pk, by=by, now=clock.now())
    click.echo(f"{preview.sentence(batch, register, now)}需要撤销时：sanshe registers undo {batch.pk} --by {username}")


@registers.command("undo")
@click.argument("batch_id", type=int)
@click.option("--by", "username", required=True, help="导入时所用的账号。")
def undo_import(batch_id: int, username: str) -> None:
    """撤销一次导入：新增的移除，修改的恢复，导入后又有改动的保持现状。"""
    from sanshe.kernel import clock
    from sanshe.kernel.register import register_of

    from . import preview
    from .actions import undoing

    by, now = _viewer(username), clock.now()
    undoing.ask_undo(batch_id=batch_id, by=by, now=now)
    batch = undoing.undo(batch_id=batch_id, by=by, now=now)
    click.echo(preview.sentence(batch, register_of(batch.register), now))
    for row in preview.undone_notes(batch):
        click.echo(f"  第 {row.no} 行：{row.told}")


@registers.command("template")
@click.argument("name")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--by", "username", required=True, help="下拉列表按哪个账号的范围列出。")
def write_template(name: str, file: Path, username: str) -> None:
    """写出台账 NAME 的空白模板。"""
    from sanshe.kernel.register import register_of

    from .template import template_book

    file.write_bytes(template_book(register_of(name), _viewer(username)))
    click.echo(f"模板已写到 {file.name}。")
