"""One's own matters: what waits for me, what I brought up, what I follow; and how many follow a matter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.audit import Entry

from . import deadlines
from .access import CallBackAccess, HelpAccess, MatterAccess, SupportAccess
from .models import Matter, Support
from .queries import own_matters
from .words import OPEN, RIGHTED, CallBackState, HelpState, MattersEvent, MatterState

#: Of each kind at most so many are listed as waiting: the rest stands in the list below.
MOST = 10


@dataclass(frozen=True)
class Waiting:
    """One thing that the resident is to do: `label` on its button, `why` in a sentence."""

    title: str
    number: str
    label: str
    why: str
    url: str


def waiting_for_me(viewer: Viewer, now: datetime) -> list[Waiting]:
    """What waits for the viewer as a resident, in order of use: what holds a matter up first, ratings last."""
    if viewer.user_id is None:
        return []
    today = clock.local(now).date()
    found = [
        Waiting(
            str(m),
            m.number,
            "补交材料",
            f"还缺材料，{m.owed_on.month}月{m.owed_on.day}日前补齐" + ("，已经过了" if m.owed_on < today else ""),
            reverse("matters:bring", kwargs={"token": m.token}),
        )
        for m in own_matters(viewer).filter(state__in=OPEN, owed_on__isnull=False).order_by("owed_on")[:MOST]
        if m.owed_on is not None
    ]
    found += [
        Waiting(str(m), m.number, "补充情况", f"{m.host_unit}问您：{m.question}", _do(m, "answer_resident"))
        for m in own_matters(viewer).filter(state=MatterState.WAITING).exclude(question="")[:MOST]
    ]  # fmt: skip
    said = CallBackAccess.rows(viewer, "say").filter(
        state=CallBackState.CLOSED, satisfied__isnull=True, outcome__in=RIGHTED
    )
    found += [
        Waiting(str(c.matter), c.matter.number, "说说整改是否满意", "承办方答复已经改好，改得怎么样由您说。",
                reverse("matters:satisfied", kwargs={"token": c.matter.token, "pk": c.pk}))
        for c in said.filter(matter__reporter=viewer.user_id).select_related("matter").order_by("-closed_at")[:MOST]
    ]  # fmt: skip
    offers = HelpAccess.rows(viewer, "accept").filter(state=HelpState.OFFERED, matter__reporter=viewer.user_id)
    found += [
        Waiting(str(o.matter), o.matter.number, "答复邻居的帮忙", f"有邻居愿意帮忙：{o.text}", o.matter.progress_url)
        for o in offers.select_related("matter").order_by("offered_at")[:MOST]
    ]
    since = now - timedelta(days=deadlines.days("rating_days", now))
    done = MatterAccess.rows(viewer, "rate").filter(
        reporter=viewer.user_id, state=MatterState.DONE, rated_at__isnull=True, done_at__gte=since
    )
    found += [
        Waiting(str(m), m.number, "评价这次办理", "已经办结，评与不评都由您。", _do(m, "rate"))
        for m in done.order_by("-done_at")[:MOST]
    ]
    return found


def _do(matter: Matter, step: str) -> str:
    return reverse("matters:bearer_step", kwargs={"token": matter.token, "step": step})


def open_of_mine(viewer: Viewer) -> QuerySet[Matter]:
    """What the viewer brought up and is not finished: by the date that was promised."""
    return own_matters(viewer).filter(state__in=OPEN).order_by("promised_at", "pk")


def closed_of_mine(viewer: Viewer) -> QuerySet[Matter]:
    """What the viewer brought up and is over, newest first."""
    return own_matters(viewer).exclude(state__in=OPEN)


def followed(viewer: Viewer, limit: int = 50) -> list[Matter]:
    """The public matters that the viewer met with as well, newest first, as far as they still are public."""
    rows = SupportAccess.rows(viewer).filter(withdrawn_at__isnull=True, matter__public=True)
    related = rows.select_related("matter__area", "matter__criterion", "matter__host_unit")
    return [s.matter for s in related.order_by("-at")[:limit]]


def follows(viewer: Viewer, matter_id: int) -> bool:
    """Whether the viewer said to have met with the same."""
    if not viewer.signed_in:
        return False
    return SupportAccess.rows(viewer).filter(matter=matter_id, withdrawn_at__isnull=True).exists()


def supports_of(matter_ids: Iterable[int]) -> dict[int, int]:
    """How many neighbours met with the same, by matter; matters without any are not in it."""
    rows = Support.objects.filter(matter__in=list(matter_ids), withdrawn_at__isnull=True)
    return dict(rows.order_by().values("matter").annotate(n=Count("pk")).values_list("matter", "n"))


def with_supports(rows: QuerySet[Matter]) -> QuerySet[Matter]:
    """The rows, each with `supported`: how many neighbours met with the same. Counted for the rows shown alone."""
    each = Support.objects.filter(matter=OuterRef("pk"), withdrawn_at__isnull=True).order_by().values("matter")
    return rows.annotate(supported=Coalesce(Subquery(each.annotate(n=Count("pk")).values("n")), 0))


def contact_reads(matter: Matter, limit: int = 20) -> list[Entry]:
    """Who looked up the name and phone that the reporter left with a matter, when and why; newest first."""
    return list(audit.history(matter).filter(event=MattersEvent.CONTACT_SHOWN)[:limit])
