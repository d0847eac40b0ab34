"""`sanshe simulate`: a database as full as wanted, for measuring and for trying things out. Never for real work.

Matters are drawn by their own module; the registers of communities (people, facilities, organisations, workers, what a
place is known for) are each drawn by the module that owns them, and written here together, all or none.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click
from django.db import connection, transaction
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from sanshe.areas.public import MIX, Area, home_area, spots
from sanshe.evaluation.public import simulation as evaluation
from sanshe.facilities.public import simulation as facilities
from sanshe.kernel import audit, clock, mass
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.matters.public import simulate_matters
from sanshe.orgs.public import simulation as orgs
from sanshe.people.public import simulation as people
from sanshe.runtime.commands import as_owner
from sanshe.workforce.public import simulation as workforce

#: The event by which a seed that was used is known again.
EVENT = "registers_simulated"
SYSTEM = "模拟数据"
KINDS = ("people", "facilities", "orgs", "workforce", "evaluation")
LOCK = 20261106


@transaction.atomic
def fill_registers(
    *,
    seed: int,
    area: Area | None,
    now: datetime,
    limit: int | None = None,
    only: Sequence[str] = KINDS,
    wanted: dict[str, int] | None = None,
    mix: Sequence[int] = MIX,
    tell: Any = None,
) -> dict[str, int]:
    """Fill the registers of the communities of an area (None: all that are loaded); return rows by model.

    `wanted`: so many "people", "orgs", "workforce" in all; without it as many as plausible communities have. `mix`: of
    communities, how many meet the targets, nearly do, fall short, have no data. Raises Invalid when the seed was used.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    if audit.Entry.objects.filter(event=EVENT, data__seed=seed).exists():
        raise Invalid(f"种子 {seed} 的模拟台账已经放过，请用 --seed 换一个数。")
    found = spots(area, limit)
    if not found:
        raise Invalid("还没有载入社区，请先运行 sanshe areas load。")
    size = wanted or {}
    parts: list[mass.Part] = []
    for name in KINDS:
        if name not in only:
            continue
        if name == "people":
            parts.append(people(found, seed, wanted=size.get(name), mix=mix))
        elif name == "orgs":
            parts.append(orgs(found, seed, wanted=size.get(name), mix=mix))
        elif name == "workforce":
            parts.append(workforce(found, seed, wanted=size.get(name), mix=mix))
        else:
            parts.append((facilities if name == "facilities" else evaluation)(found, seed, mix=mix))
    done = mass.fill(parts, tell) if tell is not None else mass.fill(parts)
    rows = {str(model._meta.verbose_name): count for model, count in done.items() if count}
    audit.record(
        by=Viewer.system_account(SYSTEM), event=EVENT, obj=None, now=now,
        sentence=f"{{actor}}为 {len(found)} 个社区放入虚构的台账", data={"seed": seed, "communities": len(found)},
    )  # fmt: skip
    return rows


def _area(code: str, everywhere: bool) -> Area | None:
    if everywhere:
        return None
    try:
        return Area.objects.get(code=code) if code else home_area()
    except Area.DoesNotExist:
        if code:
            raise Invalid(f"没有代码为“{code}”的区域，请先运行 sanshe areas load，或核对代码。") from None
        raise Invalid("还没有载入区域，请先运行 sanshe areas load。") from None


class _Bars:
    """A bar for each part of the work."""

    def __init__(self, bar: Progress) -> None:
        self.bar = bar
        self.tasks: dict[str, TaskID] = {}

    def __call__(self, title: str, more: int, of: int) -> None:
        if title not in self.tasks:
            self.tasks[title] = self.bar.add_task(title, total=of)
        self.bar.advance(self.tasks[title], more)


def _mix(context: click.Context, parameter: click.Parameter, value: str) -> tuple[int, ...]:
    parts = value.replace("：", ":").split(":")
    if len(parts) != len(MIX) or not all(part.strip().isdigit() for part in parts) or not any(map(int, parts)):
        raise click.BadParameter("请写成四个数，例如 4:3:2:1（达到:接近:不足:无数据）。")
    return tuple(int(part) for part in parts)


@click.command()
@click.option("--matters", type=click.IntRange(1, 20_000_000), help="模拟多少件事项。")
@click.option("--registers", is_flag=True, help="模拟社区台账：住户人员、设施、社会组织、社工队伍、示范点和品牌。")
@click.option("--communities", type=click.IntRange(1), help="只填前多少个社区；缺省为区域内全部。")
@click.option("--people", type=click.IntRange(0), help="模拟多少人；缺省按每个社区的大致情形。")
@click.option("--organisations", type=click.IntRange(0), help="模拟多少个社会组织；缺省同上。")
@click.option("--workers", type=click.IntRange(0), help="模拟多少名工作人员；缺省同上。")
@click.option("--only", type=click.Choice(KINDS), multiple=True, help="只模拟这几种台账，可以重复。")
@click.option("--mix", default=":".join(map(str, MIX)), show_default=True, callback=_mix,
              help="达到、接近、不足、无数据的社区之比。")  # fmt: skip
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0, 800), help="同一个数得到同样的数据。")
@click.option("--areas", "code", default="", help="放在哪个区域（区划代码）；缺省为本平台所在的区域。")
@click.option("--all", "everywhere", is_flag=True, help="台账放在已载入的全部区域。")
@click.option("--yes", is_flag=True, help="确认要放入模拟数据（或设环境变量 SANSHE_SIMULATE=1）。")
@click.option("--force", is_flag=True, help="库里已有真实事项也放入。")
@as_owner
def simulate(
    matters: int | None, registers: bool, communities: int | None, people: int | None, organisations: int | None,
    workers: int | None, only: tuple[str, ...], mix: tuple[int, ...], seed: int, code: str, everywhere: bool,
    yes: bool, force: bool,
) -> None:  # fmt: skip
    """放入大量虚构的事项和台账，用来测量速度和试用；请不要在正式环境里运行。"""
    given = {"people": people, "orgs": organisations, "workforce": workers}
    wanted = {name: count for name, count in given.items() if count is not None}
    registers = registers or bool(wanted or only or communities)
    if matters is None and not registers:
        raise click.UsageError("请用 --matters 或 --registers 说明要模拟什么。")
    if not yes and os.environ.get("SANSHE_SIMULATE") != "1":
        raise Invalid("模拟数据会和真实数据混在一起，请只在测试用的数据库里运行；确认的话请加上 --yes。")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as bar:
        if matters is not None:
            simulate_matters(matters, seed, code, force, bar)
        done = {}
        if registers:
            done = fill_registers(
                seed=seed, area=_area(code, everywhere), now=clock.now(), limit=communities, only=only or KINDS,
                wanted=wanted, mix=mix, tell=_Bars(bar),
            )  # fmt: skip
    if matters is not None:
        click.echo(f"已放入 {matters:,} 件模拟事项，来源都标为 simulate。")
    for name, count in done.items():
        click.echo(f"  {name}  {count:>12,}")
