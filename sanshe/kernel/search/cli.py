"""`sanshe search`: how the index stands, and all of it anew."""

from __future__ import annotations

import time

import click

from sanshe.runtime.commands import as_owner


@click.group()
def search() -> None:
    """检索索引：查看状态、重建。"""


@search.command("status")
def show() -> None:
    """看各类内容有多少已可检索、多少在排队，索引占多大。"""
    from .keeping import status

    found = status()
    for kind in found["kinds"]:
        click.echo(f"{kind['title']}：已收录 {kind['held']}，排队 {kind['waiting']}")
    click.echo(f"占用：表 {found['table'] / 1e6:.0f} MB，索引 {found['index'] / 1e6:.0f} MB")


@search.command("rebuild")
@as_owner
def rebuild() -> None:
    """全部重新收录（期间检索会等待）；平时由后台自动更新，用不着。"""
    from . import keeping

    began = time.monotonic()
    keeping.install()
    done = keeping.rebuild()
    for kind in keeping.indexed():
        click.echo(f"{kind.title}：{done[kind.name]}")
    click.echo(f"用时 {time.monotonic() - began:.1f} 秒")


commands: list[click.Command] = [search]
