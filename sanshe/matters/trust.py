"""How right the suggestions for triage have been: by month and by the way decided, with the rows behind each number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from .access import TriageAccess
from .models import Criterion, Triage
from .suggesting import stored
from .words import Route

#: What became of a suggestion: name → condition on the triage, and what it is called.
OUTCOMES: dict[str, tuple[Q, str]] = {
    "said": (Q(suggestion__certain=True), "给出建议"),
    "followed": (Q(followed=True), "采用"),
    "criterion": (Q(followed=False, suggestion__route=F("route")), "换了标准"),
    "route": (Q(followed=False) & ~Q(suggestion__route=F("route")), "改了分类"),
    "unsure": (Q(suggestion__certain=False), "拿不准"),
}
MONTHS = 12


@dataclass(frozen=True)
class Line:
    """One month and one way decided, with how often each outcome occurred. `route` empty: all ways."""

    month: date
    route: str
    label: str
    counts: Mapping[str, int]

    @property
    def share(self) -> float | None:
        """How many of the suggestions given were followed, between 0 and 1; None without any."""
        return self.counts["followed"] / self.counts["said"] if self.counts["said"] else None

    @property
    def route_share(self) -> float | None:
        """How many had at least the way right."""
        said = self.counts["said"]
        return (self.counts["followed"] + self.counts["criterion"]) / said if said else None

    @property
    def cells(self) -> list[tuple[str, int, str]]:
        """Outcome, number, what it is called; as the table shows them."""
        return [(name, self.counts[name], label) for name, (_, label) in OUTCOMES.items()]


def _judged(viewer: Viewer) -> QuerySet[Triage]:
    return TriageAccess.rows(viewer).filter(suggestion__isnull=False)


def _first_month(today: date) -> date:
    first = today.replace(day=1)
    for _ in range(MONTHS - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def judged(viewer: Viewer, today: date) -> list[Line]:
    """The last twelve months, newest first: a line for all, then one for each way that occurs."""
    first = _first_month(today)
    rows: Any = (
        _judged(viewer)
        .filter(at__gte=clock.at(first.year, first.month, 1))
        .annotate(month=TruncMonth("at", tzinfo=clock.TZ))
        .values("month", "route")
        .annotate(**{f"n_{name}": Count("pk", filter=condition) for name, (condition, _) in OUTCOMES.items()})
        .order_by("-month")
    )
    by_month: dict[date, dict[str, dict[str, int]]] = {}
    for row in rows:
        by_month.setdefault(row["month"].date(), {})[row["route"]] = {name: row[f"n_{name}"] for name in OUTCOMES}
    lines = []
    for month, routes in by_month.items():
        whole = {name: sum(counts[name] for counts in routes.values()) for name in OUTCOMES}
        lines.append(Line(month, "", "合计", whole))
        lines += [Line(month, r.value, str(r.label), routes[r.value]) for r in Route if r.value in routes]
    return lines


def by_route(lines: Iterable[Line]) -> list[Line]:
    """The same over all the months together: a line for each way that occurs."""
    found = []
    for route in Route:
        of = [line for line in lines if line.route == route.value]
        if of:
            counts = {name: sum(line.counts[name] for line in of) for name in OUTCOMES}
            found.append(Line(of[-1].month, route.value, str(route.label), counts))
    return found


def behind(viewer: Viewer, chosen: Mapping[str, Any]) -> QuerySet[Triage]:
    """The triages behind a number: `month` (its first day), `route`, `what` (an outcome), `pair` (the codes of what was
    suggested and what was decided, in the last twelve months), newest first."""
    rows = _judged(viewer)
    month: date | None = chosen.get("month")
    if month is not None:
        following = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
        rows = rows.filter(
            at__gte=clock.at(month.year, month.month, 1), at__lt=clock.at(following.year, following.month, 1)
        )
    if chosen.get("route"):
        rows = rows.filter(route=chosen["route"])
    if chosen.get("what") in OUTCOMES:
        rows = rows.filter(OUTCOMES[chosen["what"]][0])
    pair: tuple[str, str] | None = chosen.get("pair")
    if pair is not None:
        decided = Q(criterion__code=pair[1]) if pair[1] else Q(criterion=None)
        rows = rows.filter(decided, followed=False, suggestion__criterion__code=pair[0])
    if month is None:
        first = _first_month(clock.today())
        rows = rows.filter(at__gte=clock.at(first.year, first.month, 1))
    return rows.select_related("matter", "area", "criterion", "by", "suggestion__criterion").order_by("-at", "-pk")


def overruled(viewer: Viewer, today: date, most: int = 8) -> list[dict[str, Any]]:
    """Which suggestion was most often replaced by which decision: `suggested`, `decided`, their codes, `n`."""
    first = _first_month(today)
    rows: QuerySet[Any] = _judged(viewer).filter(followed=False, at__gte=clock.at(first.year, first.month, 1))
    pairs: Any = (
        rows.values(
            suggested=F("suggestion__criterion__name"),
            decided=F("criterion__name"),
            was=F("suggestion__criterion__code"),
            became=F("criterion__code"),
        )
        .annotate(n=Count("pk"))
        .order_by("-n", "suggested")[:most]
    )
    return list(pairs)


def named(pair: tuple[str, str]) -> tuple[str, str]:
    """The names of two criteria by their codes, of the newest version that has them."""
    rows = Criterion.objects.filter(code__in=pair, set__valid_from__isnull=False).order_by("set__valid_from")
    names = dict(rows.values_list("code", "name"))
    return names.get(pair[0], "—"), names.get(pair[1], "没有引用标准")


def learned_from() -> dict[str, Any]:
    """What is told about the model in use; empty while suggestions come from the words of the criteria."""
    return stored.about()
