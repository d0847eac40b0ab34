"""Readers of disputes: lists by number and state, one dispute whole, and counts that tell nothing of anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from sanshe.accounts.public import User
from sanshe.areas.public import Area, AreaLevel, BodyKind, bodies_in
from sanshe.kernel import audit, clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import NotVisible
from sanshe.people.public import FileRow, Person

from .access import COUNTS, DisputeAccess, FiledDisputeAccess, PartyAccess, SittingAccess, TermAccess, TieAccess
from .actions.deciding import mediators_for
from .flow import TERM
from .models import Dispute, FiledDispute, MediatorTie, Party, Sitting, Term, kind_choices
from .words import OPEN, Answer, DisputesEvent, DisputeState

LIGHT = ("about", "wish", "facts", "terms_text", "court", "end_reason", "other_way")


def worklist(viewer: Viewer, state: str = "", kind: str = "") -> QuerySet[Dispute]:
    """The disputes that the viewer mediates or heads, those with the nearest date first."""
    rows = DisputeAccess.rows(viewer, "work").select_related("area", "mediator").defer(*LIGHT)
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        return rows.order_by("-pk")
    return rows.order_by(F("ended_at").desc(nulls_first=True), F("due_at").asc(nulls_last=True), "-pk")


def own_disputes(viewer: Viewer) -> QuerySet[Dispute]:
    """The disputes in which the viewer is a party, newest first."""
    return DisputeAccess.rows(viewer, "party").select_related("area").defer(*LIGHT).order_by("-pk")


def filed_by_me(viewer: Viewer) -> QuerySet[FiledDispute]:
    """What the viewer entered for others: numbers and states."""
    rows = FiledDisputeAccess.rows(viewer).exclude(parties__user=viewer.user_id).select_related("area")
    return rows.defer(*LIGHT).order_by("-pk")


def parties_of(viewer: Viewer, one: Dispute) -> list[Party]:
    """The parties, the applicant first."""
    return list(PartyAccess.rows(viewer).filter(dispute=one).order_by("side", "pk"))


def sittings_of(viewer: Viewer, one: Dispute) -> list[Sitting]:
    """The meetings, in their order."""
    return list(SittingAccess.rows(viewer).filter(dispute=one).select_related("written_by"))


def terms_of(viewer: Viewer, one: Dispute) -> list[tuple[Term, list[Any]]]:
    """What was agreed, each with its buttons."""
    rows = TermAccess.rows(viewer).filter(dispute=one).select_related("who", "dispute__area")
    return [(term, TERM.offers(term, viewer) if one.state == DisputeState.AGREED else []) for term in rows]


def readings_of(one: Dispute, limit: int = 30) -> list[audit.Entry]:
    """Who read it, newest first: shown to those who may read it."""
    rows = audit.history(one).filter(event__in=[DisputesEvent.READ, DisputesEvent.PRINTED])
    return list(rows[:limit])


def steps_of(one: Dispute) -> list[audit.Entry]:
    """What happened, newest first, without the readings."""
    return list(audit.history(one).exclude(event__in=[DisputesEvent.READ, DisputesEvent.PRINTED])[:60])


def mediators(one: Dispute) -> list[tuple[User, int]]:
    """Who may be appointed, with how many disputes each has in hand."""
    found = mediators_for(one)
    busy = dict(
        Dispute.objects.filter(mediator__in=found, state__in=[*OPEN, DisputeState.AGREED])
        .values_list("mediator")
        .annotate(n=Count("pk"))
    )
    return [(user, busy.get(user.pk, 0)) for user in found]


def ties_of(viewer: Viewer) -> list[MediatorTie]:
    """The relations the viewer declared and that still stand."""
    rows = TieAccess.rows(viewer).filter(ended_at__isnull=True).select_related("person__area")
    return list(rows.order_by("-pk"))


def committee_of(area: Area) -> str:
    """The name of a community's mediation committee, as registered or as it is called."""
    body = bodies_in(area).filter(kind=BodyKind.MEDIATION_COMMITTEE, area=area).first()
    return body.name if body is not None else f"{area.short_name}人民调解委员会"


def turned_over(matter_id: int) -> bool:
    """Whether a matter led to a dispute. Nothing more is told of it."""
    return Dispute.objects.filter(matter=matter_id).exists()


# -- counts --------------------------------------------------------------------------------------------------------

OUTCOMES: tuple[tuple[str, tuple[DisputeState, ...]], ...] = (
    ("达成协议", (DisputeState.AGREED, DisputeState.CLOSED)),
    ("未达成协议", (DisputeState.FAILED,)),
    ("未进入调解或当事人终止", (DisputeState.NOT_BEGUN, DisputeState.STOPPED)),
    ("办理中", OPEN),
)


@dataclass(frozen=True)
class Line:
    """A line of the table: a name, one cell an outcome, and the sum; None is a number too small to be told."""

    name: str
    cells: list[int | None]
    total: int | None


def hide_small(cells: list[int], below: int) -> list[int | None]:
    """Counts with the small ones hidden; when only one is, the next smallest too, or the sum would tell it."""
    hidden = {i for i, n in enumerate(cells) if 0 < n < below}
    if len(hidden) == 1:
        rest = [i for i, n in enumerate(cells) if n and i not in hidden]
        if rest:
            hidden.add(min(rest, key=lambda i: cells[i]))
    return [None if i in hidden else n for i, n in enumerate(cells)]


def communities_counted(viewer: Viewer) -> QuerySet[Area]:
    """The communities whose counts the viewer may read. Raises NotVisible for others."""
    found = Area.objects.none()
    rows = Area.objects.filter(level=AreaLevel.COMMUNITY)
    scopes = [s for role in COUNTS if (s := viewer.grants.areas.get(str(role)))]
    if not scopes:
        raise NotVisible()
    for scope in scopes:
        if scope.everywhere:
            return rows
        found = found | rows.filter(pk__in=scope.ids)
        for lo, hi in scope.ranges:
            found = found | rows.filter(lo__gte=lo, lo__lt=hi)
    return found


def _table(names: list[tuple[Any, str]], counts: Counter[tuple[Any, str]], below: int) -> list[Line]:
    lines = []
    for key, name in names:
        cells = [sum(counts[(key, s)] for s in states) for _, states in OUTCOMES]
        total = sum(cells)
        if total:
            lines.append(Line(name, hide_small(cells, below), None if total < below else total))
    return lines


def figures(viewer: Viewer, since: date, until: date) -> dict[str, Any]:
    """Counts by kind and by community of disputes entered from `since` up to, not on, `until`. Nothing else.

    Counts of other communities' disputes need no rule on rows: the area is the rule.
    """
    areas = communities_counted(viewer)
    rows = Dispute.objects.filter(
        area__in=areas.values("pk"), created_at__gte=clock.start_of(since), created_at__lt=clock.start_of(until)
    )
    value = params.get("mediation.hide_below", on=until)
    below = int(value.value)
    kinds: Counter[tuple[Any, str]] = Counter()
    places: Counter[tuple[Any, str]] = Counter()
    for area, kind, state, n in rows.values_list("area", "kind", "state").annotate(n=Count("pk")):
        kinds[(kind, state)] += n
        places[(area, state)] += n
    there = {area for area, _ in places}
    names = [(a.pk, a.short_name) for a in areas.filter(pk__in=there).order_by("lo")]
    sums = [sum(n for (_, s), n in kinds.items() if s in states) for _, states in OUTCOMES]
    total = sum(sums)
    return {
        "heads": [label for label, _ in OUTCOMES],
        "kinds": _table(list(kind_choices()), kinds, below),
        "places": _table(names, places, below) if len(names) > 1 else [],
        "total": None if 0 < total < below else total,
        "sums": hide_small(sums, below),
        "below": value,
    }


# -- a person's file -------------------------------------------------------------------------------------------------


def file_rows(viewer: Viewer, person: Person) -> Iterator[FileRow]:
    """The disputes to which the person is a party, for those who may read them: the person, mediator, head."""
    mine = Q(parties__person=person)
    if person.user_id:
        mine |= Q(parties__user=person.user_id)
    rows = DisputeAccess.rows(viewer).filter(mine).select_related("area").defer(*LIGHT).distinct()
    for one in rows.order_by("-pk")[:50]:
        yield FileRow(
            title=one.number,
            url=one.get_absolute_url(),
            state=str(one.get_state_display()),
            meta=(str(one.area), f"{clock.local(one.created_at):%Y-%m-%d}"),
        )


def against_erasure(person: Person, on: date) -> Iterator[str]:
    """What is open, and what ended too short a time ago."""
    mine = Dispute.objects.filter(parties__person=person).distinct()
    waiting = mine.filter(ended_at__isnull=True).count()
    if waiting:
        yield f"还有 {waiting} 件人民调解没有结束。"
    years = params.get("mediation.keep_years", on=on)
    since = clock.at(on.year - years.value, on.month, min(on.day, 28))
    fresh = mine.filter(ended_at__gte=since).count()
    if fresh:
        yield f"有 {fresh} 件人民调解结束不满 {years.shown}，当事人信息须保存至期满（{years.source}）。"


def unanswered(viewer: Viewer, one: Dispute) -> list[Party]:
    """The parties who have not said yet whether they want mediation."""
    return [p for p in parties_of(viewer, one) if p.answer == Answer.ASKED]
