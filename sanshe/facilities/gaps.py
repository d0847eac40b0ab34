"""What the norm asks of each community, what it has, what is missing: a few grouped queries for any number of areas.

Notice 二(一)2. Where households or floor areas are unknown the answer is 无数据: neither 0 nor met.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from sanshe.areas.public import in_force
from sanshe.kernel.access import LITERALS
from sanshe.kernel.params import Value

from . import households, norms
from .models import CommunityBase, DeveloperDuty, Facility, FacilityPlan, Room
from .words import DutyState, FacilityState, PlanState

ZERO = Decimal(0)
#: Plans and duties that still bring something.
OPEN_PLANS = (PlanState.PLANNED, PlanState.UNDER_WAY)
OPEN_DUTIES = (DutyState.DUTY, DutyState.BUILDING, DutyState.CHECKED)


@dataclass(frozen=True)
class Gap:
    """What one community has and lacks on a day; floor areas in m².

    `missing` and `missing_kinds` None: no data. `unknown`: facilities that count but whose floor area nobody entered.
    `planned` is what open plans and duties are to bring, `first_due` the day of the first of them.
    """

    area_id: int
    on: date
    limit: Value
    built_up: bool | None = None
    households: households.Figure | None = None
    have: Decimal = ZERO
    rows: int = 0
    unknown: int = 0
    surveyed: bool = False
    required: Decimal | None = None
    missing: Decimal | None = None
    kinds: frozenset[str] = frozenset()
    missing_kinds: tuple[str, ...] | None = None
    idle: Decimal = ZERO
    building: Decimal = ZERO
    planned: Decimal = ZERO
    planned_kinds: frozenset[str] = frozenset()
    plans: int = 0
    first_due: date | None = None

    @property
    def judged_as_built_up(self) -> bool:
        """A community of which nobody said whether it is built up is judged as such."""
        return self.built_up is not False

    @property
    def met(self) -> bool | None:
        """Whether the norm holds; None without data.

        The six parts belong to the norm where a developer builds the centre; elsewhere what is missing is shown only.
        """
        if self.missing is None:
            return None
        return not self.missing and (self.judged_as_built_up or not self.missing_kinds)

    @property
    def remaining(self) -> Decimal | None:
        """m² that are missing after all that is planned; None without data."""
        return None if self.missing is None else max(ZERO, self.missing - self.planned)

    @property
    def remaining_kinds(self) -> tuple[str, ...]:
        """Codes of parts that are missing and that no plan brings."""
        return tuple(code for code in self.missing_kinds or () if code not in self.planned_kinds)

    @property
    def why_unknown(self) -> str:
        """Why there is no figure, as a sentence; "" when there is one."""
        if self.missing is not None:
            return ""
        if self.required is None:
            return "没有户数：请填报社区基本情况。"
        if self.unknown:
            return f"{self.unknown} 处设施没有填面积。"
        return "没有登记设施，也没有标明清点完毕。"


@dataclass
class Total:
    """The sum over communities. Those without data are counted beside, never as nothing missing."""

    communities: int = 0
    short: int = 0
    met: int = 0
    no_data: int = 0
    plans: int = 0
    required: Decimal = ZERO
    have: Decimal = ZERO
    missing: Decimal = ZERO
    remaining: Decimal = ZERO
    idle: Decimal = ZERO
    kinds: dict[str, int] = field(default_factory=dict)

    def add(self, gap: Gap) -> None:
        """Count one community in."""
        self.communities += 1
        self.idle += gap.idle
        self.plans += gap.plans
        if gap.missing is None:
            self.no_data += 1
            return
        self.met += bool(gap.met)
        self.short += not gap.met
        self.required += gap.required or ZERO
        self.have += gap.have
        self.missing += gap.missing
        self.remaining += gap.remaining or ZERO
        for code in gap.missing_kinds or ():
            self.kinds[code] = self.kinds.get(code, 0) + 1


def total(gaps: Iterable[Gap]) -> Total:
    """Sum up the gaps of communities."""
    out = Total()
    for one in gaps:
        out.add(one)
    return out


def worst_first(gaps: Iterable[Gap]) -> list[Gap]:
    """By what is missing, most first; then by missing kinds; those without data at the end."""
    return sorted(gaps, key=lambda g: (g.missing is None, -(g.missing or ZERO), -len(g.missing_kinds or ()), g.area_id))


@dataclass
class _Seen:
    """What was read of one community."""

    built_up: bool | None = None
    surveyed: bool = False
    have: Decimal = ZERO
    centre: Decimal = ZERO
    rows: int = 0
    unknown: int = 0
    unknown_centre: int = 0
    kinds: set[str] = field(default_factory=set)
    idle: Decimal = ZERO
    building: Decimal = ZERO
    planned: Decimal = ZERO
    planned_centre: Decimal = ZERO
    planned_kinds: set[str] = field(default_factory=set)
    plans: int = 0
    first_due: date | None = None

    def plan(self, kind: str, size: Decimal, number: int, due: date, counts: bool) -> None:
        self.plans += number
        self.planned += size if counts else ZERO
        self.planned_centre += size if kind == norms.CENTRE else ZERO
        self.planned_kinds.add(kind)
        self.first_due = due if self.first_due is None else min(self.first_due, due)


def gap(area_ids: Collection[int], on: date) -> dict[int, Gap]:
    """The gap of each of these communities on a day. Eight queries, however many communities there are."""
    ids = list(dict.fromkeys(area_ids))
    if not ids:
        return {}
    seen: dict[int, _Seen] = defaultdict(_Seen)
    _read_bases(ids, on, seen)
    _read_facilities(ids, on, seen)
    _read_rooms(ids, on, seen)
    _read_plans(ids, on, seen)
    people = households.figures(ids, on)
    limits = norms.centre_limit(on), norms.share_limit(on)
    six = tuple(norms.parts(on))
    return {pk: _judge(pk, seen[pk], people.get(pk), on, limits, six) for pk in ids}


def _of(rows: QuerySet[Any], ids: list[int], path: str = "area") -> QuerySet[Any]:
    """The rows of these areas; past LITERALS of them all are read and the rest is left aside by the caller."""
    return rows.filter(**{f"{path}__in": ids}) if len(ids) <= LITERALS else rows


def _read_bases(ids: list[int], on: date, seen: dict[int, _Seen]) -> None:
    rows = _of(CommunityBase.objects.filter(on__lte=on), ids).order_by("area_id", "on")
    for area, built_up, surveyed in rows.values_list("area_id", "built_up", "surveyed"):
        one = seen[area]
        one.surveyed = surveyed
        if built_up is not None:
            one.built_up = built_up


def _read_facilities(ids: list[int], on: date, seen: dict[int, _Seen]) -> None:
    counted, states = set(norms.counted(on)), set(norms.counting_states(on))
    rows = _of(Facility.objects.filter(in_force(on) | Q(state=FacilityState.BUILDING, valid_to=None)), ids)
    grouped = rows.order_by().values_list("area_id", "kind", "state")
    for area, kind, state, size, most, number, sized in grouped.annotate(
        size=Sum("floor_area"), most=Max("floor_area"), number=Count("pk"), sized=Count("floor_area")
    ):
        one = seen[area]
        one.rows += number
        if state in states:
            one.kinds.add(kind)
            if kind in counted:
                one.have += size or ZERO
                one.unknown += number - sized
            if kind == norms.CENTRE:
                one.centre = max(one.centre, most or ZERO)
                one.unknown_centre += number - sized
        elif state == FacilityState.IDLE:
            one.idle += size or ZERO
        elif state == FacilityState.BUILDING:
            one.building += size or ZERO


def _read_rooms(ids: list[int], on: date, seen: dict[int, _Seen]) -> None:
    stands_for = norms.part_of_use(on)
    whole = Room.objects.filter(in_force(on), facility__state__in=norms.counting_states(on), use__in=list(stands_for))
    whole = whole.filter(Q(facility__valid_from__lte=on)).filter(
        Q(facility__valid_to=None) | Q(facility__valid_to__gt=on)
    )
    rows = _of(whole, ids, "facility__area").order_by().values_list("facility__area_id", "use").distinct()
    for area, use in rows:
        seen[area].kinds.add(stands_for[use])


def _read_plans(ids: list[int], on: date, seen: dict[int, _Seen]) -> None:
    counted = set(norms.counted(on))
    plans = _of(FacilityPlan.objects.filter(state__in=OPEN_PLANS), ids).order_by().values_list("area_id", "kind")
    for area, kind, size, number, due in plans.annotate(
        size=Sum("floor_area"), number=Count("pk"), first=Min("due")
    ).values_list("area_id", "kind", "size", "number", "first"):
        seen[area].plan(kind, size, number, due, kind in counted)
    duties = _of(DeveloperDuty.objects.filter(state__in=OPEN_DUTIES), ids)
    for area, size, due, parts in duties.values_list("area_id", "floor_area", "due", "parts"):
        seen[area].plan(norms.CENTRE, size, 1, due, norms.CENTRE in counted)
        seen[area].planned_kinds.update(parts)


def _judge(
    pk: int, one: _Seen, people: households.Figure | None, on: date, limits: tuple[Value, Value], six: tuple[str, ...]
) -> Gap:
    """Hold what a community has against the norm."""
    unbuilt = one.built_up is False
    limit = limits[0] if unbuilt else limits[1]
    have, unknown = (one.centre, one.unknown_centre) if unbuilt else (one.have, one.unknown)
    required: Decimal | None
    if unbuilt:
        required = Decimal(limit.value)
    else:
        required = None if people is None else _share(people.number, limit)
    known = one.rows > 0 or one.surveyed
    missing: Decimal | None = None
    if required is not None and known and (not unknown or have >= required):
        missing = max(ZERO, required - have)
    return Gap(
        pk,
        on,
        limit,
        built_up=one.built_up,
        households=people,
        have=have,
        rows=one.rows,
        unknown=unknown,
        surveyed=one.surveyed,
        required=required,
        missing=missing,
        kinds=frozenset(one.kinds),
        missing_kinds=tuple(code for code in six if code not in one.kinds) if known else None,
        idle=one.idle,
        building=one.building,
        planned=one.planned_centre if unbuilt else one.planned,
        planned_kinds=frozenset(one.planned_kinds),
        plans=one.plans,
        first_due=one.first_due,
    )


def _share(number: int, limit: Value) -> Decimal:
    """m² that so many households must have, to a tenth."""
    return (Decimal(number) * Decimal(limit.value) / 100).quantize(Decimal("0.1"))
