"""`sanshe figures …`: compute stored figures."""

from __future__ import annotations

from datetime import datetime
from time import perf_counter

import click


@click.group()
def figures() -> None:
    """指标数。"""


@figures.command()
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="只计算这一天；缺省为今天和还没有存的月末。")
def compute(day: datetime | None) -> None:
    """计算并存下各街道、各区的全部指标。"""
    from sanshe.kernel import clock

    from .actions import compute as compute_day
    from .actions import compute_missing

    now, began = clock.now(), perf_counter()
    if day is not None:
        if day.date() > now.date():
            raise click.UsageError("日期还没有到。")
        made = compute_day(day.date(), now)
        click.echo(f"{day:%Y-%m-%d}：存下 {made} 个数，用时 {perf_counter() - began:.1f} 秒。")
        return
    done = compute_missing(now.date(), now)
    click.echo(f"计算了 {len(done)} 个日期，用时 {perf_counter() - began:.1f} 秒。")


commands: list[click.Command] = [figures]
