"""`sanshe docs`: writes the reference from the code, or tells what of it is stale."""

from __future__ import annotations

from pathlib import Path

import click

from sanshe.runtime.commands import without_database


def folder() -> Path:
    """Where the reference stands."""
    from django.conf import settings

    return Path(settings.BASE_DIR) / "docs" / "reference"


def stale() -> list[str]:
    """Names of the files in docs/reference that are missing, differ from the code, or belong to nothing."""
    from sanshe.web.reference import documents

    wanted = documents()
    there = {p.name: p for p in folder().glob("*") if p.is_file()}
    wrong = [name for name, text in wanted.items() if name not in there or there[name].read_text("utf-8") != text]
    return sorted([*wrong, *(there.keys() - wanted.keys())])


@click.command("docs")
@click.option("--check", is_flag=True, help="只检查，不改文件；有过期的就列出来，并以 1 退出。")
@without_database
def docs(check: bool) -> None:
    """按代码重新生成 docs/reference 里的参考文档。"""
    from sanshe.web.reference import documents

    wrong = stale()
    if check:
        for name in wrong:
            click.echo(f"docs/reference/{name} 已过期。")
        if wrong:
            click.echo("请运行 make docs 重新生成。")
            raise SystemExit(1)
        click.echo("参考文档是最新的。")
        return
    wanted = documents()
    folder().mkdir(parents=True, exist_ok=True)
    for name in wrong:
        if name in wanted:
            (folder() / name).write_text(wanted[name], "utf-8")
        else:
            (folder() / name).unlink()
    click.echo(f"已更新：{'、'.join(wrong)}。" if wrong else "没有变化。")
