"""What of matters can be found: one's own and those of one's posts by all their words, the rest by what is public."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.fields import hash_of
from sanshe.kernel.search import Hit, Searchable, declare

from .access import UNIT, CriterionAccess, HotTopicAccess, MatterAccess, PublicMatterAccess, ServiceItemAccess
from .catalogue import items_in_force
from .lists.access import DutyItemAccess
from .models import Criterion, DutyItem, HotTopic, Matter, ServiceItem, TaskOrder
from .numbers import is_number, spelled
from .tasks.access import TaskOrderAccess
from .tasks.words import OrderState
from .words import OPEN

#: Matters that one phone number finds.
BY_PHONE = 10


def _line(row: Matter) -> str:
    return f"{row.number} · {row.area} · {clock.local(row.created_at):%Y-%m-%d}反映"


def by_whole_number(viewer: Viewer, typed: str) -> list[Hit]:
    """The matter of a number, or the newest of a phone number, as far as the viewer may see them."""
    rows = MatterAccess.rows(viewer).select_related("area")
    if is_number(typed):
        found = rows.filter(number=spelled(typed))
        if found.exists():
            return [Hit(str(one), _line(one), one.get_absolute_url(), "编号相符") for one in found]
        public = PublicMatterAccess.rows(viewer).select_related("area", "criterion").filter(number=spelled(typed))
        return [Hit(str(one), _line(one), one.get_absolute_url(), "编号相符") for one in public]
    digits = sum(c.isdigit() for c in typed)
    if not 7 <= digits <= 15 or not (viewer.is_staff and viewer.signed_in):
        return []
    newest = rows.filter(contact_phone_hash=hash_of("phone", typed)).order_by("-created_at")[:BY_PHONE]
    return [Hit(str(one), _line(one), one.get_absolute_url(), "留的是这个电话") for one in newest]


def by_public_number(viewer: Viewer, typed: str) -> list[Hit]:
    """The released matter of a number, for who has not signed in; for the others `by_whole_number` looks here too."""
    return [] if viewer.signed_in else by_whole_number(viewer, typed)


def _not_seen_anyway(viewer: Viewer) -> QuerySet[Any]:
    """Released matters but those that the viewer finds among the matters of the own posts."""
    q = MatterAccess.q(viewer)
    rows = PublicMatterAccess.rows(viewer)
    if q is True:
        return rows.none()
    return rows if q is False else rows.exclude(q)


def _services(viewer: Viewer) -> QuerySet[Any]:
    return items_in_force(viewer, clock.today())


def _mine(viewer: Viewer) -> Q:
    """What one reported or handles oneself, and what one's unit has."""
    me = viewer.user_id or 0
    return Q(reporter=me) | Q(handler=me) | Q(host_unit__in=viewer.bodies(*UNIT))


def _in_force(rows: QuerySet[Any]) -> QuerySet[Any]:
    today = clock.today()
    return rows.filter(Q(set__valid_to__isnull=True) | Q(set__valid_to__gt=today), set__valid_from__lte=today)


def _criteria(viewer: Viewer) -> QuerySet[Any]:
    return _in_force(CriterionAccess.rows(viewer))


def _duties(viewer: Viewer) -> QuerySet[Any]:
    return _in_force(DutyItemAccess.rows(viewer))


def _duty_line(row: DutyItem) -> str:
    return " · ".join(part for part in (row.code, row.get_kind_display(), row.leads) if part)


def _task_line(row: TaskOrder) -> str:
    return f"{row.asker} · {row.until:%Y-%m-%d}前完成"


def _topic_line(row: HotTopic) -> str:
    return f"{row.area} · {row.people} 人反映 {row.messages} 件 · 最近 {clock.local(row.last_at):%Y-%m-%d}"


def _service_line(row: ServiceItem) -> str:
    return f"{row.code} · 由{row.accepts}受理 · {row.days} 个工作日"


def _criterion_line(row: Criterion) -> str:
    return " · ".join(part for part in (row.code, row.get_route_display(), row.unit_hint) if part)


declare(
    Searchable(
        name="matters",
        title="事项",
        access=MatterAccess,
        fields=("title", "text", "place_text", "number"),
        shown=("text", "place_text"),
        line=_line,
        newest=("-created_at", "-pk"),
        mine=_mine,
        open=Q(state__in=OPEN),
        area="area",
        moment="created_at",
        related=("area",),
        offered=lambda viewer: viewer.signed_in,
        exactly=by_whole_number,
        indexed=True,
        rank=10,
    ),
    Searchable(
        name="public-matters",
        title="公示的事项",
        access=PublicMatterAccess,
        fields=("public_title", "public_text", "public_result", "number"),
        shown=("public_text", "public_result"),
        line=_line,
        newest=("-created_at", "-pk"),
        open=Q(state__in=OPEN),
        area="area",
        moment="created_at",
        related=("area", "criterion"),
        rows=_not_seen_anyway,
        exactly=by_public_number,
        indexed=True,
        kept=Q(public=True),
        rank=30,
    ),
    Searchable(
        name="services",
        title="服务事项",
        access=ServiceItemAccess,
        fields=("name", "field", "who", "guidance", "code"),
        shown=("who", "guidance"),
        line=_service_line,
        url=lambda row: reverse("matters:service", args=[row.code]),
        newest=("code", "pk"),
        rows=_services,
        rank=12,
    ),
    Searchable(
        name="criteria",
        title="分流标准",
        access=CriterionAccess,
        fields=("name", "covers", "guidance", "code"),
        heading=lambda row: str(row.name),
        shown=("guidance",),
        line=_criterion_line,
        url=lambda row: f"{reverse('matters:criteria')}#i-{row.pk}",
        newest=("code", "pk"),
        rows=_criteria,
        rank=38,
    ),
    Searchable(
        name="duties",
        title="社区职责清单",
        access=DutyItemAccess,
        fields=("name", "covers", "says", "leads", "code"),
        heading=lambda row: str(row.name),
        shown=("says",),
        line=_duty_line,
        url=lambda row: f"{reverse('matters:duties')}#i-{row.pk}",
        newest=("code", "pk"),
        rows=_duties,
        rank=39,
    ),
    Searchable(
        name="tasks",
        title="下派任务",
        access=TaskOrderAccess,
        fields=("title", "text", "basis"),
        shown=("text", "basis"),
        line=_task_line,
        newest=("-asked_at", "-pk"),
        mine=lambda viewer: Q(asked_by=viewer.user_id or 0),
        open=Q(state__in=(OrderState.OBJECTED, OrderState.WAITING, OrderState.OUT)),
        moment="asked_at",
        related=("area", "unit"),
        offered=lambda viewer: viewer.is_staff,
        rank=16,
    ),
    Searchable(
        name="hot-topics",
        title="热点",
        access=HotTopicAccess,
        fields=("name", "words"),
        line=_topic_line,
        newest=("-last_at", "-pk"),
        open=Q(over_at__isnull=True),
        area="area",
        moment="last_at",
        related=("area",),
        offered=lambda viewer: viewer.is_staff,
        rank=14,
    ),
)
