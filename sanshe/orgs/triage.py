"""Which way a social organisation goes (notice 二(二)1): registration, the street, or the community's guidance.

A pure rule over told facts and dated parameters. Every condition answers with its figure, its limit and its source;
the answer names the conditions that decided.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from sanshe.kernel import params
from sanshe.kernel.params import Value

from .words import Form, Road


@dataclass(frozen=True)
class Facts:
    """What is told. None: not told, which counts as not shown. `funds` in yuan."""

    form: str = Form.ASSOCIATION
    individuals: int | None = None
    units: int | None = None
    funds: int | None = None
    charter: bool | None = None
    organs: bool | None = None
    head: bool | None = None
    place: bool | None = None
    staff: bool | None = None
    liability: bool | None = None
    sponsor: bool | None = None

    def told(self) -> dict[str, Any]:
        """The facts as they are kept."""
        return {key: value for key, value in asdict(self).items() if value is not None}

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Facts:
        """Kept facts again; what is no fact is left out."""
        return cls(**{f.name: kept[f.name] for f in fields(cls) if f.name in kept})


@dataclass(frozen=True)
class Check:
    """One condition: what was told, what is asked, whether it is met, and by how much it is short."""

    title: str
    figure: str
    limit: str
    met: bool
    short: str
    source: str
    hard: bool = True
    decides: bool = False

    def told(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


@dataclass(frozen=True)
class Answer:
    """The road, every condition, and the sentence that says which of them decided."""

    road: Road
    checks: list[Check]
    because: str
    next: list[str]
    on: date

    @property
    def deciding(self) -> list[Check]:
        """The conditions that decided."""
        return [check for check in self.checks if check.decides]


def triage(facts: Facts, on: date) -> Answer:
    """The road of an organisation with these facts, by the rules in force on a day."""
    legal = _legal(facts, on) if facts.form in (Form.ASSOCIATION, Form.SERVICE) else []
    unmet = [check for check in legal if check.hard and not check.met]
    if legal and not unmet:
        because = f"法定登记的 {len([c for c in legal if c.hard])} 项条件都满足。"
        return Answer(Road.REGISTER, [_deciding(c) if c.hard else c for c in legal], because, _register(on), on)
    size, order = _size(facts, on), _order(facts, on)
    first = "、".join(c.title for c in unmet)
    reason = f"法定登记条件还差 {len(unmet)} 项（{first}）" if legal else "还没有选定要登记的组织形式"
    if not size.met and not order.met:
        because = (
            f"{reason}；又因规模较小（{size.figure}，不足 {size.limit}）、组织较为松散（{order.short}），由社区指导。"
        )
        return Answer(Road.GUIDE, [*legal, _deciding(size), _deciding(order)], because, _guide(facts), on)
    kept = "人数够" if size.met else "有章程和负责人"
    because = f"{reason}；{kept}，不算规模较小、组织松散，由街道管理。"
    checks = [_deciding(c) if c in unmet else c for c in legal] + [size, order]
    if not legal:
        checks = [_deciding(c) if c.met else c for c in checks]
    return Answer(Road.FILE, checks, because, _file(on), on)


def _deciding(check: Check) -> Check:
    return Check(**{**asdict(check), "decides": True})


def _counted(title: str, have: int | None, unit: str, limit: Value) -> Check:
    least = int(limit.value)
    met = have is not None and have >= least
    short = "" if met else "没有填写" if have is None else f"差 {least - have:,} {unit}"
    figure = "没有填写" if have is None else f"{have:,} {unit}"
    return Check(title, figure, f"{least:,} {unit}以上", met, short, limit.source, limit.hard)


def _legal(facts: Facts, on: date) -> list[Check]:
    """The conditions that the law asks of this form."""
    kind = str(facts.form)
    checks = [_members(facts, on)] if facts.form == Form.ASSOCIATION else []
    checks.append(
        _counted("活动资金" if checks else "合法财产", facts.funds, "元", params.get(f"orgs.{kind}_funds", on=on))
    )
    listed = params.get(f"orgs.{kind}_conditions", on=on)
    for item in listed.value:
        told = getattr(facts, item["key"])
        figure = "没有填写" if told is None else "有" if told else "没有"
        short = "" if told else "没有填写" if told is None else "还没有"
        checks.append(Check(item["name"], figure, "有", bool(told), short, item.get("source", listed.source)))
    return checks


def _members(facts: Facts, on: date) -> Check:
    """50 individuals, or 30 units; with both, 50 together."""
    individuals, units = facts.individuals or 0, facts.units or 0
    if facts.individuals is None and facts.units is None:
        return _counted("会员数", None, "个", params.get("orgs.association_individuals", on=on))
    if individuals and units:
        limit = params.get("orgs.association_mixed", on=on)
        return _counted("会员总数（个人、单位混合）", individuals + units, "个", limit)
    if units:
        return _counted("单位会员数", units, "个", params.get("orgs.association_units", on=on))
    return _counted("个人会员数", individuals, "个", params.get("orgs.association_individuals", on=on))


def _size(facts: Facts, on: date) -> Check:
    people = (
        None if facts.individuals is None and facts.units is None else (facts.individuals or 0) + (facts.units or 0)
    )
    return _counted("人数规模", people, "人", params.get("orgs.loose_members", on=on))


def _order(facts: Facts, on: date) -> Check:
    missing = [word for word, told in (("章程", facts.charter), ("负责人", facts.head)) if not told]
    source = params.get("orgs.loose_members", on=on).source
    figure = "都有" if not missing else f"没有{'、'.join(missing)}"
    return Check("固定的章程和负责人", figure, "都有", not missing, figure if missing else "", source, hard=False)


def _register(on: date) -> list[str]:
    place, days = params.get("orgs.registrar", on=on), params.get("orgs.decision_days", on=on)
    return [
        f"到{place.value}申请法人登记，程序从简。",
        f"受理后 {days.shown}内作出决定（{days.source}）。",
        "办结取得统一社会信用代码前，先由街道记入台账。",
    ]


def _file(on: date) -> list[str]:
    return [
        "到所在街道办事处记入台账，由街道按规模、业务范围、成员和服务对象实施管理。",
        "条件补齐后可以再测算一次，申请法人登记。",
    ]


def _guide(facts: Facts) -> list[str]:
    return [
        "到社区说一声就可以开展活动：由社区党组织领导，居委会指导和管理。",
        "推选一位负责人，写下一页活动约定，人数多起来后可转由街道管理。",
    ]
