"""What a new community must have, computed: each figure with its limit, unit and source, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sanshe.kernel import params
from sanshe.kernel.params import Value

from .models import BodyMember, SetupApplication

MET, SHORT, MISSING = "met", "short", "missing"


@dataclass(frozen=True)
class Check:
    """One condition: the figure and the limit in words, whether it is hard, where it stands, and how it comes out."""

    name: str
    title: str
    figure: str
    limit: str
    hard: bool
    source: str
    state: str
    short: str = ""

    @property
    def label(self) -> str:
        """How it comes out, in words."""
        return {MET: "符合", SHORT: "不符合" if self.hard else "偏离", MISSING: "无数据"}[self.state]

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return {MET: "done", SHORT: "bad" if self.hard else "todo", MISSING: "off"}[self.state]

    @property
    def force(self) -> str:
        """Hard, or in principle."""
        return "刚性" if self.hard else "原则上"

    @property
    def blocks(self) -> bool:
        """Whether it stands in the way: what is not shown counts as not met."""
        return self.hard and self.state != MET

    def plain(self) -> dict[str, Any]:
        """As kept with the decision."""
        return asdict(self)


def _say(value: Any, unit: str) -> str:
    number = Decimal(str(value)).quantize(Decimal("0.01")).normalize()
    return f"{number:,f} {unit}".replace("%", "%").replace(" %", "%")


def _number(value: Any, limit: Value, *, most: bool = False) -> Check:
    """A figure against a least (or a most) value."""
    name, unit = limit.name.partition(".")[2], limit.unit
    bound = f"{'不超过' if most else '不少于'} {_say(limit.value, unit)}"
    if value is None:
        return Check(name, limit.title, "无数据", bound, limit.hard, limit.source, MISSING)
    gap = Decimal(str(value)) - Decimal(str(limit.value)) if most else Decimal(str(limit.value)) - Decimal(str(value))
    if gap <= 0:
        return Check(name, limit.title, _say(value, unit), bound, limit.hard, limit.source, MET)
    by = f"{'超出' if most else '还差'} {_say(gap, unit).replace('%', ' 个百分点')}"
    return Check(name, limit.title, _say(value, unit), bound, limit.hard, limit.source, SHORT, by)


def setup_checks(application: SetupApplication, on: date) -> list[Check]:
    """Return every condition of setting up this community, as it stands with the values in force on a day."""
    about, span = params.get("setup.households_about", on=on), params.get("setup.households_about_span", on=on)
    households, planned = application.households, application.planned_households
    share = None
    if planned and application.moved_in_households is not None:
        share = Decimal(application.moved_in_households * 100) / Decimal(planned)
    return [
        _boundary(application, params.get("setup.boundary_fits", on=on)),
        _number(households, params.get("setup.households_least", on=on)),
        _about(households, about, span),
        _number(None if share is None else share.quantize(Decimal("0.1")), params.get("setup.moved_in_share", on=on)),
        _number(application.radius_minutes, params.get("setup.radius_minutes", on=on), most=True),
        _number(application.office_m2, params.get("setup.office_area", on=on)),
        _rooms(application, params.get("setup.rooms_fit", on=on)),
        _number(application.elderly_m2, params.get("setup.elderly_area", on=on)),
    ]


def _boundary(application: SetupApplication, limit: Value) -> Check:
    given = (limit.title, limit.hard, limit.source)
    if application.boundary_fits is None or not application.boundary_reference.strip():
        what = "无数据" if application.boundary_fits is None else "没有写明规划名称、图号"
        return Check("boundary_fits", given[0], what, "与布局规划相符", given[1], given[2], MISSING)
    state = MET if application.boundary_fits else SHORT
    figure = f"{'相符' if application.boundary_fits else '不符'}（{application.boundary_reference}）"
    return Check(
        "boundary_fits", given[0], figure, "与布局规划相符", given[1], given[2], state,
        "" if application.boundary_fits else "请调整管辖范围，或先报请修改规划",
    )  # fmt: skip


def _about(households: int | None, about: Value, span: Value) -> Check:
    """The size to keep to: not more than a span above it (below it the least value speaks)."""
    bound = f"{_say(about.value, about.unit)}左右（上下 {span.value}%，{span.source}）"
    if households is None:
        return Check("households_about", about.title, "无数据", bound, about.hard, about.source, MISSING)
    away = abs(households - about.value)
    figure = _say(households, about.unit)
    if away * 100 <= about.value * span.value:
        return Check("households_about", about.title, figure, bound, about.hard, about.source, MET)
    short = f"{'多' if households > about.value else '少'} {_say(away, about.unit)}"
    return Check("households_about", about.title, figure, bound, about.hard, about.source, SHORT, short)


def _rooms(application: SetupApplication, limit: Value) -> Check:
    """The rooms together must find their place in the office floor."""
    rooms, office = application.rooms or [], application.office_m2
    bound = "各功能室面积之和不超过办公服务用房面积"
    if not rooms or office is None:
        return Check("rooms_fit", limit.title, "无数据", bound, limit.hard, limit.source, MISSING)
    need = sum((Decimal(str(room["m2"])) for room in rooms), Decimal(0))
    figure = f"{len(rooms)} 间，共 {_say(need, '平方米')}"
    if need <= office:
        return Check("rooms_fit", limit.title, figure, bound, limit.hard, limit.source, MET)
    return Check(
        "rooms_fit", limit.title, figure, bound, limit.hard, limit.source, SHORT,
        f"还差 {_say(need - office, '平方米')}",
    )  # fmt: skip


def unmet(checks: Iterable[Check]) -> list[Check]:
    """Return the conditions that stand in the way."""
    return [check for check in checks if check.blocks]


def committee_checks(members: Iterable[BodyMember], on: date) -> list[Check]:
    """Return whether a residents' committee has the size and the terms that the law gives it."""
    rows = list(members)
    least, most = params.get("committee.members_least", on=on), params.get("committee.members_most", on=on)
    years = params.get("committee.term_years", on=on)
    count = len({row.name for row in rows})
    bound = f"{least.value} 至 {most.value} 人"
    size = MISSING if not rows else MET if least.value <= count <= most.value else SHORT
    short = ""
    if size == SHORT:
        short = f"还差 {least.value - count} 人" if count < least.value else f"超出 {count - most.value} 人"
    title = "居民委员会成员人数"
    found = [Check("members", title, f"{count} 人" if rows else "无数据", bound, True, least.source, size, short)]
    late = [row for row in rows if on >= _years_after(row.valid_from, int(years.value))]
    figure = "无数据" if not rows else f"{len(late)} 人任期已满" if late else "都在任期内"
    state = MISSING if not rows else SHORT if late else MET
    names = "、".join(row.name for row in late[:5])
    found.append(
        Check("term", years.title, figure, f"每届 {years.value} 年", True, years.source, state,
              f"应组织换届：{names}" if late else "")
    )  # fmt: skip
    return found


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
