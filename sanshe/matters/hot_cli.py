"""`sanshe matters hot`: the hot topics of a file of messages. Nothing of it touches the database."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sanshe.runtime.commands import without_database


@click.command("hot")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", help="打印表格，还是一段 JSON。"
)
@click.option(
    "--map", "mapping", default="", help="列的对应，例如 text=内容,time=时间,user=反映人,id=编号,title=标题。"
)
@click.option("--top", default=0, type=click.IntRange(0), help="只列前几个；缺省全部列出。")
@without_database
def hot(file: Path, form: str, mapping: str, top: int) -> None:
    """从 CSV 文件里找出热点：同一地点、同一件事、一段时间里多人反映。"""
    from .cli import _pairs
    from .same import sheet

    items, bad = sheet.read(file, _pairs(mapping) if mapping else {})
    topics = sheet.hot(items)
    topics = topics[:top] if top else topics
    if form == "json":
        click.echo(json.dumps([topic.as_data() for topic in topics], ensure_ascii=False))
    else:
        _table(topics, len(items))
    if bad:
        click.echo(f"有 {bad} 行没有内容或时间写法认不出，没有计入。", err=True)


def _table(topics: list, read: int) -> None:  # type: ignore[type-arg]
    """The table for reading."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{read} 条里有 {len(topics)} 个热点")
    for head, side in (("名次", "right"), ("热点", "left"), ("人数", "right"), ("条数", "right"), ("从", "left"),
                       ("到", "left"), ("编号", "left")):  # fmt: skip
        table.add_column(head, justify=side, overflow="fold")  # type: ignore[arg-type]
    for topic in topics:
        more = "" if len(topic.ids) <= 5 else f" 等 {len(topic.ids)} 条"
        table.add_row(
            str(topic.rank), topic.name, str(topic.heat.people), str(topic.heat.messages),
            f"{topic.heat.first:%Y-%m-%d}", f"{topic.heat.last:%Y-%m-%d}", " ".join(topic.ids[:5]) + more,
        )  # fmt: skip
    Console().print(table)
