"""`sanshe demo …`: tells the demo story and says who to sign in as; `sanshe docs`."""

from __future__ import annotations

from datetime import datetime

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from sanshe.accounts.public import demo_accounts
from sanshe.kernel import clock
from sanshe.runtime.commands import as_owner

from .docs_cli import docs
from .simulate import simulate


@click.group()
def demo() -> None:
    """演示数据与演示账号。"""


@demo.command()
@as_owner
def load() -> None:
    """放入演示故事（虚构的人物、机构和约三百件事项）和全部社区的虚构台账。已经放过的不会再放。"""
    from .demo.load import tell

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        transient=True,
    ) as bar:
        task = bar.add_task("正在放入演示故事", total=None)

        def show(moment: datetime, done: int, of: int) -> None:
            bar.update(task, description=f"正在放入演示故事（{moment:%Y年%-m月}）", completed=done, total=of)

        told = tell(clock.now(), progress=show)
    if told.already:
        click.echo("演示故事已经在数据库里，没有改动。")
    else:
        click.echo(f"演示故事已放好，共 {told.steps:,} 步，每一步都由该办的人按规则办理。")
    _say_accounts()


@demo.command()
def accounts() -> None:
    """列出各类演示账号和共用的密码。"""
    _say_accounts()


def _say_accounts() -> None:
    from .demo.cast import PASSWORD
    from .demo.guide import hints

    people = demo_accounts()
    if not people:
        click.echo("还没有演示账号，请先运行 sanshe demo load。")
        return
    table = Table(title="演示账号（人物均为虚构）", title_justify="left", show_edge=False, pad_edge=False)
    for head in ("身份", "姓名", "用户名", "岗位所在"):
        table.add_column(head, no_wrap=head != "岗位所在")
    for one in people:
        posts = list(one.posts_now)  # type: ignore[attr-defined]
        role = posts[0].get_role_display() if posts else "居民"
        where = "、".join(dict.fromkeys(str(p.area or p.body) for p in posts))
        table.add_row(role, one.name, one.username, where)
    console = Console(width=100, highlight=False)
    console.print(table)
    console.print(f"密码都是 [bold]{PASSWORD}[/]，登录页上也可以一键进入；演示账号不需要动态口令。")
    for line in hints():
        console.print(line, soft_wrap=True)


commands: list[click.Command] = [demo, docs, simulate]
